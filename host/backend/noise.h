/*
 * The noise pools of the machine's contract (hls/abi/machine.h), computed once per process from the
 * formula and checked against the contract's CRCs. Read-only and shared by all threads.
 */
#ifndef TAUT_BACKEND_NOISE_H
#define TAUT_BACKEND_NOISE_H

#include <stdint.h>

#include "base/status.h"
#include "hls/abi/machine.h"

/* The doubled pools hold every row twice in a row of 2 * TAUT_LANES entries, so that a visit's
 * rotated row is TAUT_LANES consecutive entries from row * 2 * TAUT_LANES + rotation. All are
 * 64-byte aligned. */
typedef struct taut_noise {
	uint16_t *metropolis;         /* [TAUT_NOISE_COUNT], 2^-12 */
	int16_t  *heatbath;           /* [TAUT_NOISE_COUNT], 2^-11 */
	uint16_t *metropolis_doubled; /* [TAUT_NOISE_ROWS][2 * TAUT_LANES] */
	int16_t  *heatbath_doubled;   /* [TAUT_NOISE_ROWS][2 * TAUT_LANES] */
} taut_noise;

/* Both pools. The caller frees. EDEVICE where this machine's arithmetic does not give the
 * contract's bits, ENOMEM. On failure *out is NULL. */
taut_status taut_noise_new(taut_noise **out, taut_error *err) TAUT_MUST_CHECK;
void        taut_noise_free(taut_noise *noise); /* accepts NULL */

#endif
