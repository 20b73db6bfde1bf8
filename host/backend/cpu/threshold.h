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

#include "backend/cpu/lanes.h"

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

static inline vec_32 threshold_metropolis(uvec_32 e, taut_cpu_scale scale)
{
	uvec_32 t = e * scale.m >> scale.right;

	if (scale.right == 0) { /* e m >> 1 < 2^31 needs no cap */
		const uvec_32 cap = (uvec_32){0} + (uint32_t)scale.cap;
		const uvec_32 over = (uvec_32)(t > cap);

		t = ((t & ~over) | (cap & over)) << scale.left;
	}
	return (vec_32)t;
}

static inline vec_32 threshold_heatbath(vec_32 h, taut_cpu_scale scale)
{
	vec_32 t = h * (int32_t)scale.m >> scale.right;

	if (scale.left) {
		const vec_32 cap = (vec_32){0} + scale.cap;
		const vec_32 over = t > cap;
		const vec_32 under = t < -cap;

		t = (t & ~over & ~under) | (cap & over) | (-cap & under);
		t *= (vec_32){0} + (int32_t)(1u << scale.left);
	}
	return t;
}

#endif
