#define _GNU_SOURCE
#include "card.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "memory.h"
#include "units.h"
#include "wire.h"

typedef struct {
	taut_memory memory;
	taut_units  units;
	uint64_t    launches;
	uint64_t    reads; /* of memory */
} card;

/* Whether TAUT_EMULATION_FAULT names this one; *value is the number behind it, or 0. */
static bool fault(const char *name, uint64_t *value)
{
	const char  *at = getenv("TAUT_EMULATION_FAULT");
	const size_t length = strlen(name);

	*value = 0;
	while (at != NULL && *at != 0) {
		if (strncmp(at, name, length) == 0 &&
		    (at[length] == 0 || at[length] == ':' || at[length] == ',')) {
			if (at[length] == ':')
				*value = strtoull(at + length + 1, NULL, 0);
			return true;
		}
		at = strchr(at, ',');
		at = at != NULL ? at + 1 : NULL;
	}
	return false;
}

/* Field `k` as a path; the caller frees. */
static char *path_of(const taut_message *request, uint32_t k)
{
	return request->size[k] > 0 ? strndup((const char *)request->bytes[k], request->size[k])
	                            : NULL;
}

static bool load(card *c, const taut_message *request)
{
	uint64_t ignored;
	char    *xml = path_of(request, 1), *object = path_of(request, 2);
	/* Without a bitstream: XRT wants memory before it loads one. */
	bool ok = (xml == NULL && object == NULL) ||
	          (!fault("load_fails", &ignored) && xml != NULL && object != NULL &&
	           taut_units_load(&c->units, xml, object));

	free(xml);
	free(object);
	return ok;
}

static bool alloc(card *c, uint64_t address, uint64_t size)
{
	uint64_t most;

	if (fault("alloc_fails_above", &most) && size > most)
		return false;
	return taut_memory_alloc(&c->memory, address, size);
}

static void start(card *c, taut_unit *u)
{
	uint64_t   after;
	const bool hangs = fault("hang_after_launches", &after) && c->launches >= after;

	if (taut_unit_control(u) & 1u) {
		(void)fprintf(stderr, "emulated card: %s is started while it runs\n", u->name);
		return;
	}
	u->wrong_abi = fault("wrong_abi", &after);
	u->wrong_hash = fault("wrong_hash", &after);
	if (hangs)
		u->state = TAUT_UNIT_RUNNING;
	else if (!taut_unit_start(u, &c->memory))
		_exit(3);
	if (fault("die_after_launches", &after) && c->launches >= after)
		(void)kill(getpid(), SIGKILL);
	if (fault("bus_dies_after_launches", &after) && c->launches >= after)
		(void)kill(getppid(), SIGKILL);
	c->launches++;
}

static void write_registers(card *c, uint64_t address, const uint8_t *data, size_t size)
{
	taut_unit *u = taut_units_at(&c->units, address);

	if (u == NULL || size > TAUT_REGISTER_BYTES - (size_t)(address - u->base)) {
		(void)fprintf(stderr, "emulated card: no registers at 0x%" PRIx64 ", %zu bytes\n",
		              address, size);
		return;
	}
	memcpy(u->registers + (address - u->base), data, size);
	if (address == u->base && size > 0 && data[0] & 1u)
		start(c, u);
}

static bool read_registers(card *c, taut_bytes *reply, uint64_t address, uint64_t size)
{
	taut_unit *u = taut_units_at(&c->units, address);
	uint8_t    data[TAUT_REGISTER_BYTES];

	memset(data, 0xFF, sizeof data);
	if (size > sizeof data)
		size = sizeof data;
	if (u != NULL && size <= TAUT_REGISTER_BYTES - (address - u->base)) {
		memcpy(data, u->registers + (address - u->base), (size_t)size);
		if (address == u->base)
			data[0] = (uint8_t)taut_unit_control(u);
	}
	return taut_put_number(reply, 1, 1) && taut_put_bytes(reply, 2, data, (size_t)size);
}

static void to_device(card *c, uint64_t address, const uint8_t *data, size_t size)
{
	uint8_t *at = taut_memory_at(&c->memory, address, size);

	if (at != NULL && size > 0)
		memcpy(at, data, size);
	else if (at == NULL)
		(void)fprintf(stderr, "emulated card: %zu bytes to 0x%" PRIx64 ": no such memory\n",
		              size, address);
}

/* False: out of memory, or nothing there. */
static bool from_device(card *c, taut_bytes *reply, uint64_t address, uint64_t size)
{
	const uint8_t *at = taut_memory_at(&c->memory, address, size);
	uint64_t       after;

	if (fault("die_after_reads", &after) && c->reads >= after)
		(void)kill(getpid(), SIGKILL);
	c->reads++;
	return at != NULL && taut_put_number(reply, 1, size) &&
	       taut_put_bytes(reply, 2, at, (size_t)size);
}

/* False: the answer is what nobody answers. */
static bool answer(card *c, taut_bytes *reply, uint32_t call, const taut_message *r)
{
	switch (call) {
	case TAUT_CALL_LOAD:
		return taut_put_number(reply, 1, load(c, r));
	case TAUT_CALL_ALLOC:
		return taut_put_number(reply, 1, alloc(c, r->number[1], r->number[2]));
	case TAUT_CALL_FREE:
		taut_memory_free(&c->memory, r->number[1], taut_units_busy(&c->units));
		return taut_put_number(reply, 1, 1);
	case TAUT_CALL_TO_DEVICE:
		to_device(c, r->number[3], r->bytes[4], r->size[4]);
		return taut_put_number(reply, 1, r->number[5]);
	case TAUT_CALL_FROM_DEVICE:
		return from_device(c, reply, r->number[4], r->number[5]);
	case TAUT_CALL_WRITE_REGISTERS:
		write_registers(c, r->number[2], r->bytes[4], r->size[4]);
		return taut_put_number(reply, 1, 1);
	case TAUT_CALL_WRITE_REGISTER:
		write_registers(c, r->number[1] + r->number[2], r->bytes[3], r->size[3]);
		return taut_put_number(reply, 1, 1);
	case TAUT_CALL_READ_REGISTERS:
		return read_registers(c, reply, r->number[2], r->number[3]);
	case TAUT_CALL_READ_REGISTER:
		return read_registers(c, reply, r->number[1] + r->number[2], r->number[3]);
	case TAUT_CALL_CLOSE:
	case TAUT_CALL_SETUP:
	case TAUT_CALL_VERSION:
		return taut_put_number(reply, 1, 1);
	default:
		(void)fprintf(stderr, "emulated card: call %" PRIu32 " is not emulated\n", call);
		return false;
	}
}

_Noreturn void taut_card(int fd)
{
	static card  c;
	taut_bytes   message = {0}, reply = {0};
	taut_message request;
	uint32_t     call = 0;

	while (taut_read_request(fd, &call, &message) &&
	       taut_message_decode(&request, message.data, message.size)) {
		reply.size = 0;
		if (!answer(&c, &reply, call, &request)) {
			reply.size = 0;
			if (!taut_answer_of_nobody(&reply, call, &request))
				break;
		}
		if (!taut_write_reply(fd, &reply))
			break;
		if (call == TAUT_CALL_CLOSE && request.number[3] != 0)
			break;
	}
	_exit(0);
}
