/*
 * What the host and a card's server tell each other. XRT lives in a process of its own, one for
 * every card: a forked child that runs server.c. Whatever XRT does there (it is known to abort, to
 * crash on files, to print to stdout, to replace signal handlers, to signal its process group and
 * to spin when a device dies) costs the host an error message and nothing else, and ending the
 * child is the one way to end a run that hangs.
 *
 * A socket carries messages of fixed size, each answered in order; two tiles of shared memory carry
 * data, so that one is packed while the other goes to the card.
 */
#ifndef TAUT_BACKEND_XRT_PROTOCOL_H
#define TAUT_BACKEND_XRT_PROTOCOL_H

#include <stdint.h>

#include "hls/abi/kernel.h"

enum { TAUT_XRT_TILES = 2, TAUT_XRT_TILE_BYTES = 4 << 20, TAUT_XRT_PATH = 1024 };
enum { TAUT_XRT_BUFFERS_MAX = 512, TAUT_XRT_POLL_MS = 2 };

typedef enum {
	TAUT_XRT_HELLO, /* loads the runtime */
	TAUT_XRT_OPEN,  /* text: the card's address, or index where it is "" */
	TAUT_XRT_LOAD,  /* text: the bitstream's path */
	TAUT_XRT_UNIT, /* text: kernel:{instance}; answers with the unit and its arguments' banks */
	TAUT_XRT_ALLOC, /* size, bank: answers with the buffer */
	TAUT_XRT_FREE,  /* buffer */
	TAUT_XRT_WRITE, /* buffer, offset, size, tile: to the card */
	TAUT_XRT_READ,  /* buffer, offset, size, tile: from the card */
	TAUT_XRT_BIND,  /* unit, abi, buffers: the unit's arguments */
	TAUT_XRT_START, /* unit */
	TAUT_XRT_POLL   /* unit: waits up to TAUT_XRT_POLL_MS; answers with done */
} taut_xrt_request_kind;

typedef struct {
	taut_xrt_request_kind kind;
	uint32_t              index, unit, buffer, bank, tile, abi;
	uint64_t              offset, size;                   /* bytes */
	uint32_t              buffers[TAUT_KERNEL_ARGUMENTS]; /* [0] unused */
	char                  text[TAUT_XRT_PATH];
} taut_xrt_request;

typedef struct {
	uint32_t failed;
	uint32_t unit, buffer, done;
	uint32_t banks[TAUT_KERNEL_ARGUMENTS]; /* [0] unused */
	double   transfer_s;                   /* the request's time in transfers */
	double   kernel_s;                     /* POLL, done: since START */
	char     text[200];                    /* failed: why */
} taut_xrt_answer;

#endif
