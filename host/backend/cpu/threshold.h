/*
 * taut_machine_threshold in 32 bits, for a temperature that all lanes share. |change| < 2^30, so
 * that thresholds from 2^30 on are alike, and so are those up to -2^30: the contract's clamps may
 * be anywhere beyond.
 *
 * Metropolis: e m < 2^16 2^16, unsigned. s >= 0: e m >> s, and 0 from s = 32 on, which m = 0 gives
 * too. s < 0: e m << k, k = -s; the least of e m and 2^(30 - k) first, for that is 2^30 after the
 * shift. k > 30 acts like 30: e m >= 1 gives 2^30 and 0 stays 0. Heat bath: 2 h m >> s with |h| <=
 * 24131, so that |h m| < 2^31: h m >> (s - 1), and from s = 32 on the sign, as h m >> 31. s <= 0: h
 * m << (1 - s) between the clamps -2^(30 - k), 2^(30 - k).
 */
#ifndef TAUT_BACKEND_CPU_THRESHOLD_H
#define TAUT_BACKEND_CPU_THRESHOLD_H

#include <stdint.h>

#include "hls/abi/machine.h"

typedef struct {
	uint32_t m;
	int      right; /* 0..31 */
	int      left;  /* 0..30, only with right 0 */
	int32_t  cap;   /* 2^(30 - left) */
} taut_cpu_scale;

static inline taut_cpu_scale taut_cpu_scale_of(taut_temperature t, taut_machine_rule rule)
{
	const int      s = rule == TAUT_RULE_HEATBATH ? t.s - 1 : t.s;
	taut_cpu_scale scale = {t.m, s, 0, 1 << 30};

	if (s < 0) {
		scale.right = 0;
		scale.left = s < -30 ? 30 : -s;
		scale.cap = 1 << (30 - scale.left);
	} else if (s > 31) {
		scale.right = 31;
		if (rule == TAUT_RULE_METROPOLIS)
			scale.m = 0;
	}
	return scale;
}

static inline int32_t taut_cpu_threshold_metropolis(uint32_t e, taut_cpu_scale scale)
{
	const uint32_t value = e * scale.m >> scale.right;
	const uint32_t cap = (uint32_t)scale.cap;

	return (int32_t)((value < cap ? value : cap) << scale.left);
}

static inline int32_t taut_cpu_threshold_heatbath(int32_t h, taut_cpu_scale scale)
{
	const int32_t value = h * (int32_t)scale.m >> scale.right;
	const int32_t high = value < scale.cap ? value : scale.cap;

	return (high > -scale.cap ? high : -scale.cap) * (1 << scale.left);
}

#endif
