#include "wire.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* No message of XRT comes near it: buffers travel in pieces of 8 MiB. */
static const uint64_t message_max = 1u << 28;

bool taut_read_all(int fd, void *out, size_t size)
{
	uint8_t *at = out;

	while (size > 0) {
		const ssize_t n = read(fd, at, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += n;
		size -= (size_t)n;
	}
	return true;
}

bool taut_write_all(int fd, const void *data, size_t size)
{
	const uint8_t *at = data;

	while (size > 0) {
		const ssize_t n = write(fd, at, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += n;
		size -= (size_t)n;
	}
	return true;
}

bool taut_bytes_reserve(taut_bytes *b, size_t size)
{
	if (size <= b->room)
		return true;
	uint8_t *grown = realloc(b->data, size + 64);
	if (grown == NULL)
		return false;
	b->data = grown;
	b->room = size + 64;
	return true;
}

/* A varint at *at; false past the end. */
static bool get_varint(uint64_t *out, const uint8_t **at, const uint8_t *end)
{
	*out = 0;
	for (uint32_t shift = 0; shift < 64 && *at < end; shift += 7) {
		const uint8_t byte = *(*at)++;

		*out |= (uint64_t)(byte & 0x7Fu) << shift;
		if (!(byte & 0x80u))
			return true;
	}
	return false;
}

bool taut_message_decode(taut_message *out, const uint8_t *data, size_t size)
{
	const uint8_t *at = data, *const end = data + size;

	memset(out, 0, sizeof *out);
	while (at < end) {
		uint64_t tag, value = 0, length = 0;

		if (!get_varint(&tag, &at, end))
			return false;
		switch (tag & 7u) {
		case 0: /* varint */
			if (!get_varint(&value, &at, end))
				return false;
			break;
		case 1: /* fixed64 */
			length = 8;
			break;
		case 2: /* bytes */
			if (!get_varint(&length, &at, end))
				return false;
			break;
		case 5: /* fixed32 */
			length = 4;
			break;
		default:
			return false;
		}
		if (length > (uint64_t)(end - at))
			return false;
		if (tag >> 3 < TAUT_WIRE_FIELDS) {
			out->number[tag >> 3] = value;
			out->bytes[tag >> 3] = at;
			out->size[tag >> 3] = (size_t)length;
		}
		at += length;
	}
	return true;
}

static size_t put_varint(uint8_t *out, uint64_t value)
{
	size_t n = 0;

	for (; value > 0x7Fu; value >>= 7)
		out[n++] = (uint8_t)(value | 0x80u);
	out[n++] = (uint8_t)value;
	return n;
}

bool taut_put_number(taut_bytes *b, uint32_t field, uint64_t value)
{
	if (!taut_bytes_reserve(b, b->size + 20))
		return false;
	b->size += put_varint(b->data + b->size, (uint64_t)field << 3);
	b->size += put_varint(b->data + b->size, value);
	return true;
}

bool taut_put_bytes(taut_bytes *b, uint32_t field, const void *data, size_t size)
{
	if (!taut_bytes_reserve(b, b->size + size + 20))
		return false;
	b->size += put_varint(b->data + b->size, (uint64_t)field << 3 | 2u);
	b->size += put_varint(b->data + b->size, size);
	if (size > 0)
		memcpy(b->data + b->size, data, size);
	b->size += size;
	return true;
}

static uint64_t get_fixed(const uint8_t *at, uint32_t bytes)
{
	uint64_t value = 0;

	for (uint32_t k = 0; k < bytes; k++)
		value |= (uint64_t)at[k] << (8 * k);
	return value;
}

static void put_fixed(uint8_t *at, uint64_t value, uint32_t bytes)
{
	for (uint32_t k = 0; k < bytes; k++)
		at[k] = (uint8_t)(value >> (8 * k));
}

static bool read_body(int fd, taut_bytes *message, uint64_t size)
{
	if (size > message_max || !taut_bytes_reserve(message, (size_t)size))
		return false;
	message->size = (size_t)size;
	return taut_read_all(fd, message->data, message->size);
}

bool taut_read_request(int fd, uint32_t *call, taut_bytes *message)
{
	uint8_t header[TAUT_WIRE_REQUEST_BYTES];

	if (!taut_read_all(fd, header, sizeof header) || header[0] != 0x09 || header[9] != 0x15)
		return false;
	*call = (uint32_t)get_fixed(header + 10, 4);
	return read_body(fd, message, get_fixed(header + 1, 8));
}

bool taut_write_request(int fd, uint32_t call, const taut_bytes *message)
{
	uint8_t header[TAUT_WIRE_REQUEST_BYTES] = {[0] = 0x09, [9] = 0x15};

	put_fixed(header + 1, message->size, 8);
	put_fixed(header + 10, call, 4);
	return taut_write_all(fd, header, sizeof header) &&
	       taut_write_all(fd, message->data, message->size);
}

bool taut_read_reply(int fd, taut_bytes *message)
{
	uint8_t header[TAUT_WIRE_REPLY_BYTES];

	if (!taut_read_all(fd, header, sizeof header) || header[0] != 0x09)
		return false;
	return read_body(fd, message, get_fixed(header + 1, 8));
}

bool taut_write_reply(int fd, const taut_bytes *message)
{
	uint8_t header[TAUT_WIRE_REPLY_BYTES] = {[0] = 0x09};

	put_fixed(header + 1, message->size, 8);
	return taut_write_all(fd, header, sizeof header) &&
	       taut_write_all(fd, message->data, message->size);
}

static bool put_ones(taut_bytes *reply, uint32_t field, uint64_t size)
{
	uint8_t *ones = size <= message_max ? malloc((size_t)size + 1) : NULL;
	bool     ok = ones != NULL;

	if (ok) {
		memset(ones, 0xFF, (size_t)size);
		ok = taut_put_bytes(reply, field, ones, (size_t)size);
	}
	free(ones);
	return ok;
}

bool taut_answer_of_nobody(taut_bytes *reply, uint32_t call, const taut_message *request)
{
	switch (call) {
	case TAUT_CALL_LOAD:
	case TAUT_CALL_ALLOC:
		return taut_put_number(reply, 1, 0);
	case TAUT_CALL_TO_DEVICE:
		return taut_put_number(reply, 1, request->number[5]);
	case TAUT_CALL_FROM_DEVICE:
		return taut_put_number(reply, 1, request->number[5]) &&
		       put_ones(reply, 2, request->number[5]);
	case TAUT_CALL_READ_REGISTERS:
	case TAUT_CALL_READ_REGISTER:
		return taut_put_number(reply, 1, 1) && put_ones(reply, 2, request->number[3]);
	default:
		return taut_put_number(reply, 1, 1);
	}
}
