/*
 * The thresholds of sqa, (e m - jq c) >> s in 64 bits, in 32. A visit knows three of them, for
 * c = -2, 0, 2, all of one draw. Let em = H 2^s + L, 0 <= L < 2^s, and -jq c = A 2^s + B likewise;
 * then
 *
 *   (em - jq c) >> s = H + A + [L >= 2^s - B]
 *
 * where H + A may be clamped beyond every change: with |H| <= 2^29 clamping A at
 * +-(2^30 + 2^29) decides alike. Heat bath: em = 2 h m and c is even, so that h m - jq c / 2 is
 * shifted by s - 1. In 16 bits em is its two halves, and H < 2^15.
 */
#ifndef TAUT_BACKEND_CPU_RINGS_H
#define TAUT_BACKEND_CPU_RINGS_H

#include <stdbool.h>

#include "backend/cpu/threshold.h"

/* A and 2^s - B of one c. */
typedef struct {
	int32_t  add;
	uint32_t carry;
} taut_cpu_offset;

typedef struct {
	taut_temperature t;
	int64_t          jq;
	uint32_t         ring;
	uint32_t         m;
	int              right; /* s, or s - 1 of heat bath */
	taut_cpu_offset  plus;  /* c = 2 */
	taut_cpu_offset  minus; /* c = -2 */
	bool             fits;  /* H and the carries are in range; else the definition decides */
	bool             narrow_fits; /* the same of 16 bits */
	uint64_t         first, last; /* slices 0 and P - 1 of every ring */
} taut_cpu_rings;

static inline taut_cpu_offset taut_cpu_offset_of(int64_t value, int right)
{
	const int64_t limit = ((int64_t)1 << 30) + (1 << 29);
	int64_t       add = value >> right;

	if (add < -limit)
		add = -limit;
	if (add > limit - 1)
		add = limit - 1;
	return (taut_cpu_offset){
		.add = (int32_t)add,
		.carry = (uint32_t)(((int64_t)1 << right) - (value & (((int64_t)1 << right) - 1))),
	};
}

static inline taut_cpu_rings taut_cpu_rings_of(taut_temperature t, int64_t jq, uint32_t ring,
                                               taut_machine_rule rule)
{
	const bool     heat = rule == TAUT_RULE_HEATBATH;
	const int      right = heat ? t.s - 1 : t.s;
	const int64_t  step = heat ? jq : 2 * jq;
	taut_cpu_rings r = {.t = t, .jq = jq, .ring = ring, .m = t.m, .right = right};

	r.fits = right >= (heat ? 2 : 3) && right <= 31;
	r.narrow_fits = !heat && right > 16 && right <= 31;
	if (r.fits) {
		r.plus = taut_cpu_offset_of(-step, right);
		r.minus = taut_cpu_offset_of(step, right);
	}
	for (uint32_t l = 0; l < TAUT_LANES; l += ring) {
		r.first |= (uint64_t)1 << l;
		r.last |= (uint64_t)1 << (l + ring - 1);
	}
	return r;
}

/* The lanes in which a spin would flip, were c = -2, 0 or 2. */
typedef struct {
	uint64_t minus, zero, plus;
} taut_cpu_thirds;

/* Even slices decide first, then the odd ones beside them: all that flip. w: the spins. */
static inline uint64_t taut_cpu_rings_flip(const taut_cpu_rings *r, uint64_t w,
                                           const taut_cpu_thirds *would)
{
	uint64_t half = 0x5555555555555555u;
	uint64_t now = w;

	for (int k = 0; k < 2; k++, half = ~half) {
		const uint64_t before =
			((now << 1) & ~r->first) | ((now >> (r->ring - 1)) & r->first);
		const uint64_t after = ((now >> 1) & ~r->last) | ((now << (r->ring - 1)) & r->last);
		const uint64_t one = ~(now ^ before);
		const uint64_t other = ~(now ^ after);

		now ^= half & ((one & other & would->plus) | ((one ^ other) & would->zero) |
		               (~(one | other) & would->minus));
	}
	return now ^ w;
}

/* H + A + [L >= 2^s - B] */
static inline vec_32 offset_32(vec_32 high, uvec_32 low, taut_cpu_offset offset)
{
	return high + offset.add - (vec_32)(low >= (uvec_32){0} + offset.carry);
}

/* From the definition, for temperatures at the ends of the machine's range. */
static inline taut_cpu_thirds taut_cpu_rings_exact(const taut_cpu_rings *r, const int32_t *change,
                                                   const int32_t *draw)
{
	taut_cpu_thirds would = {0, 0, 0};

	for (uint32_t l = 0; l < TAUT_LANES; l++) {
		const uint64_t bit = (uint64_t)1 << l;

		if (change[l] <= taut_machine_threshold(draw[l], r->t, -2 * r->jq))
			would.minus |= bit;
		if (change[l] <= taut_machine_threshold(draw[l], r->t, 0))
			would.zero |= bit;
		if (change[l] <= taut_machine_threshold(draw[l], r->t, 2 * r->jq))
			would.plus |= bit;
	}
	return would;
}

#endif
