/* The compute units of an open backend and what they hold: buffers on cards, and a problem in them.
 * Errors are those of card.h. */
#ifndef TAUT_BACKEND_XRT_UNITS_H
#define TAUT_BACKEND_XRT_UNITS_H

#include <stdbool.h>

#include "backend/pack.h"
#include "backend/xrt/card.h"
#include "backend/xrt/xclbin.h"

/* Memory on a card. */
typedef struct {
	uint32_t id;
	uint64_t words; /* 0: none */
} taut_xrt_buffer;

/* A kernel's buffer arguments, by number; [0] is no buffer. */
enum {
	TAUT_XRT_LAUNCH = 1,
	TAUT_XRT_NOISE,
	TAUT_XRT_TERMS,
	TAUT_XRT_COUPLINGS,
	TAUT_XRT_STATE,
	TAUT_XRT_STATUS
};

typedef struct {
	taut_card         *card;
	uint32_t           id; /* the server's */
	taut_xclbin_kernel kernel;
	const char        *name;
	uint64_t           bank_bytes;
	uint32_t           bank[TAUT_KERNEL_ARGUMENTS];
	taut_xrt_buffer    buffer[TAUT_KERNEL_ARGUMENTS];
	bool               borrowed; /* couplings are those of an earlier unit in the same bank */
	bool               bound;    /* the run has these buffers as arguments */
	int                rule;     /* taut_machine_rule of the noise that it holds; -1: none */
	double             sweep_s;  /* of the last launch; 0: none yet */
} taut_xrt_unit;

/* Seconds after which a request that should take no time counts as lost: TAUT_XRT_TIMEOUT, or 30.
 */
double taut_xrt_patience_s(void);

/* EDEVICE where TAUT_XRT_TIMEOUT is set to anything but seconds. */
taut_status taut_xrt_patience_check(taut_error *err) TAUT_MUST_CHECK;

/* Takes all answers that are outstanding. */
taut_status taut_xrt_flush(taut_card *card, taut_error *err) TAUT_MUST_CHECK;

/* Makes buffer `argument` of a unit hold at least that many words; its content is then lost. */
taut_status taut_xrt_reserve(taut_xrt_unit *unit, int argument, uint64_t words,
                             taut_error *err) TAUT_MUST_CHECK;

/* Words to and from a buffer's beginning. put may return before they are there, and before it has
 * failed; flush says. */
taut_status taut_xrt_put(taut_xrt_unit *unit, int argument, const taut_word *data, uint64_t words,
                         taut_error *err) TAUT_MUST_CHECK;
taut_status taut_xrt_get(taut_word *out, taut_xrt_unit *unit, int argument, uint64_t words,
                         taut_error *err) TAUT_MUST_CHECK;

/* Starts the unit on its buffers with that first argument; waits for it. *kernel_s grows. EDEVICE:
 * time-out; the card is then dropped. */
taut_status taut_xrt_start(taut_xrt_unit *unit, uint32_t abi, taut_error *err) TAUT_MUST_CHECK;
taut_status taut_xrt_wait(taut_xrt_unit *unit, double *kernel_s, double timeout_s,
                          taut_error *err) TAUT_MUST_CHECK;

/* The unit's status word. EDEVICE: the device is lost and the card dropped, for all that is read
 * from it is ones. */
taut_status taut_xrt_status(taut_word *out, taut_xrt_unit *unit, taut_error *err) TAUT_MUST_CHECK;

/* Runs the unit with an ABI that no kernel has: it answers with its own and its hash. EDEVICE where
 * they are not this taut's. */
taut_status taut_xrt_probe(taut_xrt_unit *unit, double *kernel_s, taut_error *err) TAUT_MUST_CHECK;

/* Puts the problem's couplings into all units [count] of the kernel, tile by tile: while one goes
 * to the cards the next is packed. Units of a card in one bank share one buffer. ELIMIT: they
 * exceed a bank. */
taut_status taut_xrt_load(taut_xrt_unit *const *units, uint32_t count, const taut_pack *pack,
                          double *pack_s, taut_error *err) TAUT_MUST_CHECK;

#endif
