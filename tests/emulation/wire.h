/*
 * Messages between XRT's emulation library and its device process, as XRT 2.13 sends them: a
 * request is a header of 14 bytes (size as fixed64, number of the call as fixed32) and a protobuf
 * message; a reply a header of 9 bytes (size alone) and a message. Fields are numbered 1 to 15 and
 * no call repeats one that is used here, so that a table by number holds a whole message.
 */
#ifndef TAUT_EMULATION_WIRE_H
#define TAUT_EMULATION_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Numbers of the calls (xcl_macros.h of XRT). */
typedef enum {
	TAUT_CALL_CLOSE = 1,
	TAUT_CALL_LOAD = 3,
	TAUT_CALL_ALLOC = 4,
	TAUT_CALL_FREE = 5,
	TAUT_CALL_TO_DEVICE = 6,
	TAUT_CALL_FROM_DEVICE = 7,
	TAUT_CALL_WRITE_REGISTERS = 9,
	TAUT_CALL_READ_REGISTERS = 11,
	TAUT_CALL_COPY = 22,
	TAUT_CALL_SETUP = 28,
	TAUT_CALL_WRITE_REGISTER = 51,
	TAUT_CALL_READ_REGISTER = 52,
	TAUT_CALL_VERSION = 53
} taut_call;

enum { TAUT_WIRE_FIELDS = 16, TAUT_WIRE_REQUEST_BYTES = 14, TAUT_WIRE_REPLY_BYTES = 9 };

/* Bytes that grow; zeroed before the first use. */
typedef struct {
	uint8_t *data;
	size_t   size;
	size_t   room;
} taut_bytes;

/* A decoded message: by field number a number, or bytes that are views of the message. Absent
 * fields are 0. */
typedef struct {
	uint64_t       number[TAUT_WIRE_FIELDS];
	const uint8_t *bytes[TAUT_WIRE_FIELDS];
	size_t         size[TAUT_WIRE_FIELDS];
} taut_message;

/* False: the end of the stream or an error. */
bool taut_read_all(int fd, void *out, size_t size);
bool taut_write_all(int fd, const void *data, size_t size);

/* Room for `size` bytes; contents are kept. False: out of memory. */
bool taut_bytes_reserve(taut_bytes *b, size_t size);

/* False: malformed. */
bool taut_message_decode(taut_message *out, const uint8_t *data, size_t size);

/* Appends one field. False: out of memory. */
bool taut_put_number(taut_bytes *b, uint32_t field, uint64_t value);
bool taut_put_bytes(taut_bytes *b, uint32_t field, const void *data, size_t size);

/* One request: its call and message. False: the end of the stream. */
bool taut_read_request(int fd, uint32_t *call, taut_bytes *message);
bool taut_write_request(int fd, uint32_t call, const taut_bytes *message);

bool taut_read_reply(int fd, taut_bytes *message);
bool taut_write_reply(int fd, const taut_bytes *message);

/* What a bus answers when nothing is behind it: reads are all ones, writes vanish, memory is
 * refused. Appended to `reply`. */
bool taut_answer_of_nobody(taut_bytes *reply, uint32_t call, const taut_message *request);

#endif
