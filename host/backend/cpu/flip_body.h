/*
 * Flips, for one width of field and one rule. Included with
 *   BITS      16 or 32
 *   HEATBATH  0 or 1 (with 32 only)
 *   NAME(x)   the name of x in this variant
 * defined; they are undefined at the end.
 */
#define GLUE_(a, b) a##b
#define GLUE(a, b)  GLUE_(a, b)
#define FIELD       GLUE(GLUE(int, BITS), _t)
#define VECTOR      GLUE(vec_, BITS)
#define UVECTOR     GLUE(uvec_, BITS)
#define WIDTH       GLUE(WIDTH_, BITS)
#define COUNT       GLUE(COUNT_, BITS)
#define EXPAND      GLUE(expand_, BITS)
#define ACCEPTED    GLUE(accepted_, BITS)
#define RULE        (HEATBATH ? TAUT_RULE_HEATBATH : TAUT_RULE_METROPOLIS)

#ifndef TAUT_FLIP_ROTATED
#define TAUT_FLIP_ROTATED
/* Place of lane 0's draw in the doubled rows: row * 128 + rotation. */
static inline uint32_t rotated(uint32_t bits)
{
	return bits + (bits & ~63u);
}
#endif

/* Adds q dx to the fields of every neighbour of i. */
static inline void NAME(spread)(const taut_cpu_flips *f, uint32_t i, const VECTOR *dx)
{
	const uint64_t        end = f->row[i + 1];
	const uint32_t *const col = f->col;
	const int32_t *const  coef = f->coef;
	UVECTOR *const        fields = f->fields;
	UVECTOR               d[COUNT];

	for (uint32_t v = 0; v < COUNT; v++)
		d[v] = (UVECTOR)dx[v];
	for (uint64_t k = f->row[i]; k < end; k++) {
		UVECTOR *const field = fields + (size_t)col[k] * COUNT;
		const UVECTOR  q = (UVECTOR){0} + (GLUE(GLUE(uint, BITS), _t))coef[k];

		for (uint32_t v = 0; v < COUNT; v++)
			field[v] += q * d[v];
	}
}

static void NAME(start)(taut_cpu_flips *f)
{
	FIELD *const fields = f->fields;

	for (size_t i = 0; i < f->n; i++)
		for (size_t l = 0; l < TAUT_LANES; l++)
			fields[i * TAUT_LANES + l] = (FIELD)f->linear[i];
	for (uint32_t i = 0; i < f->n; i++) {
		VECTOR dx[COUNT];

		for (uint32_t v = 0; v < COUNT; v++)
			dx[v] = -EXPAND(f->spins[i], v);
		NAME(spread)(f, i, dx);
	}
}

/* Thresholds of the lanes of register v. */
static inline VECTOR NAME(threshold)(const uint16_t *draw, taut_cpu_scale scale)
{
#if BITS == 16
	/* s >= 17: at most 48263 2^16 2^-17 < 2^15 */
	return (VECTOR)(high_product_16(load_16(draw), (uint16_t)scale.m) >> (scale.right - 16));
#elif HEATBATH
	return threshold_heatbath(widen_signed((const int16_t *)draw), scale);
#else
	return threshold_metropolis(widen_unsigned(draw), scale);
#endif
}

#if BITS == 16
/* Hot temperatures, s <= 16: in 32 bits, and saturated. s < 0 needs no shift: e m is 0 or above
 * 2^15. */
static inline VECTOR NAME(hot_threshold)(const uint16_t *draw, taut_cpu_scale scale)
{
	int16_t t[WIDTH];
	VECTOR  out;

	for (uint32_t l = 0; l < WIDTH; l++) {
		const uint32_t e = draw[l];
		const uint32_t wide = e * scale.m >> scale.right;

		t[l] = (int16_t)(wide < INT16_MAX ? wide : INT16_MAX);
	}
	memcpy(&out, t, sizeof out);
	return out;
}
#endif

/* The lanes in which i flips. */
static inline uint64_t NAME(decide)(const taut_cpu_flips *f, uint32_t i, uint64_t spin,
                                    const uint16_t *draw, taut_cpu_scale scale)
{
	const VECTOR *const field = (const VECTOR *)f->fields + (size_t)i * COUNT;
	uint64_t            flips = 0;

	for (uint32_t v = 0; v < COUNT; v++) {
		const VECTOR one = EXPAND(spin, v);
		const VECTOR change = (field[v] ^ one) - one;
#if BITS == 16
		const VECTOR threshold = scale.right > 16
		                                 ? NAME(threshold)(draw + v * WIDTH, scale)
		                                 : NAME(hot_threshold)(draw + v * WIDTH, scale);
#else
		const VECTOR   threshold = NAME(threshold)(draw + v * WIDTH, scale);
#endif
		flips |= ACCEPTED(change, threshold) << (v * WIDTH);
	}
	return flips & f->active;
}

/* Flips i in the lanes of a word. */
static inline void NAME(flip)(taut_cpu_flips *f, uint32_t i, uint64_t spin, uint64_t flips)
{
	VECTOR dx[COUNT]; /* 1 where i becomes 1, -1 where it becomes 0 */

	for (uint32_t v = 0; v < COUNT; v++)
		dx[v] = EXPAND(flips & spin, v) - EXPAND(flips & ~spin, v);
	f->spins[i] = spin ^ flips;
	NAME(spread)(f, i, dx);
}

static uint32_t NAME(sweep)(taut_cpu_flips *f, uint32_t generator, taut_temperature t)
{
	const taut_cpu_scale  scale = taut_cpu_scale_of(t, RULE);
	const uint16_t *const noise = f->noise;
	const uint32_t        n = f->n;
	uint32_t              x = generator;

	for (uint32_t i = 0; i < n; i++) {
		const uint64_t spin = f->spins[i];
		uint64_t       flips;

		x = taut_machine_advance(x);
		flips = NAME(decide)(f, i, spin, noise + rotated(taut_machine_bits(x)), scale);
		if (flips)
			NAME(flip)(f, i, spin, flips);
	}
	return x;
}

#include "backend/cpu/ladder_body.h"
#include "backend/cpu/ring_body.h"

/* 2 E = sum_i x_i (c_i + F_i). 16 bits: |c + F| < 2^15, so that 2^16 terms fit 32 bits. */
static void NAME(measure)(taut_cpu_flips *f)
{
	const VECTOR *const fields = f->fields;
	int64_t             sum[TAUT_LANES] = {0};

	for (uint32_t i = 0; i < f->n;) {
#if BITS == 16
		const uint32_t end = f->n - i > 65536 ? i + 65536 : f->n;
		int32_t        part[TAUT_LANES] = {0};
#else
		const uint32_t end = f->n;
		int64_t *const part = sum;
#endif
		for (; i < end; i++) {
			FIELD term[TAUT_LANES] TAUT_ALIGNED(64);

			for (uint32_t v = 0; v < COUNT; v++)
				((VECTOR *)term)[v] =
					(fields[(size_t)i * COUNT + v] + (FIELD)f->linear[i]) &
					EXPAND(f->spins[i], v);
			for (uint32_t l = 0; l < TAUT_LANES; l++)
				part[l] += term[l];
		}
#if BITS == 16
		for (uint32_t l = 0; l < TAUT_LANES; l++)
			sum[l] += part[l];
#endif
	}
	for (uint32_t l = 0; l < TAUT_LANES; l++)
		f->energy[l] = sum[l] / 2;
}

#undef GLUE_
#undef GLUE
#undef FIELD
#undef VECTOR
#undef UVECTOR
#undef WIDTH
#undef COUNT
#undef EXPAND
#undef ACCEPTED
#undef RULE
#undef BITS
#undef HEATBATH
#undef NAME
