/*
 * Flips, for one width of field and one rule. Included with
 *   BITS      8, 16 or 32
 *   HEATBATH  0 or 1
 *   NAME(x)   the name of x in this variant
 * defined; they are undefined at the end. Narrow fields (8 and 16) have no rings under heat bath,
 * and no temperatures by lane; 8 bits have no rings.
 */
#define GLUE_(a, b) a##b
#define GLUE(a, b)  GLUE_(a, b)
#define FIELD       GLUE(GLUE(int, BITS), _t)
#define VECTOR      GLUE(vec_, BITS)
#define WIDTH       GLUE(WIDTH_, BITS)
#define COUNT       GLUE(COUNT_, BITS)
#define EXPAND      GLUE(expand_, BITS)
#define ACCEPTED    GLUE(accepted_, BITS)
#define TURNED      GLUE(turned_, BITS)
#define STEP        GLUE(step_, BITS)
#define STEP_OF     GLUE(step_of_, BITS)
#define STEPPED     GLUE(stepped_, BITS)
#define RULE        (HEATBATH ? TAUT_RULE_HEATBATH : TAUT_RULE_METROPOLIS)
#if BITS == 32
#define SCALE       taut_cpu_scale
#define SCALE_OF(t) taut_cpu_scale_of(t, RULE)
#else
#define SCALE       narrow_scale
#define SCALE_OF(t) narrow_scale_of(t, RULE, 0)
#endif

#ifndef TAUT_FLIP_ROTATED
#define TAUT_FLIP_ROTATED
/* Place of lane 0's draw in the doubled rows: row * 128 + rotation. */
static inline uint32_t rotated(uint32_t bits)
{
	return bits + (bits & ~63u);
}
#endif

/* The fields of the neighbours of i after it becomes 1 in the lanes of `up` and 0 in those of
 * `down`. */
static inline void NAME(spread)(const taut_cpu_flips *f, uint32_t i, uint64_t up, uint64_t down)
{
	const uint64_t        end = f->row[i + 1];
	const uint32_t *const col = f->col;
	const int32_t *const  coef = f->coef;
	VECTOR *const         fields = f->fields;
	const STEP            step = STEP_OF(up, down);

	for (uint64_t k = f->row[i]; k < end; k++) {
		VECTOR *const field = fields + (size_t)col[k] * COUNT;

		for (uint32_t v = 0; v < COUNT; v++)
			field[v] = STEPPED(field[v], (FIELD)coef[k], &step, v);
	}
}

static void NAME(start)(taut_cpu_flips *f)
{
	FIELD *const fields = f->fields;

	for (size_t i = 0; i < f->n; i++)
		for (size_t l = 0; l < TAUT_LANES; l++)
			fields[i * TAUT_LANES + l] = (FIELD)f->linear[i];
	for (uint32_t i = 0; i < f->n; i++)
		NAME(spread)(f, i, f->spins[i], 0);
}

/* Thresholds of the lanes of a register. */
static inline VECTOR NAME(threshold)(const uint16_t *draw, SCALE scale)
{
#if BITS == 8
	return narrow_threshold_8(draw, &scale);
#elif BITS == 16
	return narrow_threshold(draw, &scale);
#elif HEATBATH
	return threshold_heatbath(widen_signed((const int16_t *)draw), scale);
#else
	return threshold_metropolis(widen_unsigned(draw), scale);
#endif
}

/* The lanes in which i flips. */
static inline uint64_t NAME(decide)(const taut_cpu_flips *f, uint32_t i, uint64_t spin,
                                    const uint16_t *draw, SCALE scale)
{
	const VECTOR *const field = (const VECTOR *)f->fields + (size_t)i * COUNT;
	uint64_t            flips = 0;

	for (uint32_t v = 0; v < COUNT; v++)
		flips |= ACCEPTED(TURNED(field[v], spin, v),
		                  NAME(threshold)(draw + v * WIDTH, scale))
		         << (v * WIDTH % 64);
	return flips & f->active;
}

/* Flips i in the lanes of a word. */
static inline void NAME(flip)(taut_cpu_flips *f, uint32_t i, uint64_t spin, uint64_t flips)
{
	f->spins[i] = spin ^ flips;
	NAME(spread)(f, i, flips & ~spin, flips & spin);
}

static uint32_t NAME(sweep)(taut_cpu_flips *f, uint32_t generator, taut_temperature t)
{
	const SCALE           scale = SCALE_OF(t);
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

#if BITS == 32 || !HEATBATH
#include "backend/cpu/ladder_body.h"
#endif
#if BITS == 32 || (BITS == 16 && !HEATBATH)
#include "backend/cpu/ring_body.h"
#endif

/* 2 E = sum_i x_i (c_i + F_i); narrow terms are summed in twice their width, as many as fit. */
static void NAME(measure)(taut_cpu_flips *f)
{
#if BITS == 32
	typedef int64_t sum;
	enum { BLOCK = INT32_MAX };
#elif BITS == 16
	typedef int32_t sum;
	enum { BLOCK = 1 << 14 };
#else
	typedef int16_t sum;
	enum { BLOCK = 1 << 6 };
#endif
	const VECTOR *const fields = f->fields;

	memset(f->energy, 0, sizeof f->energy);
	for (uint32_t i = 0; i < f->n;) {
		const uint32_t end = f->n - i > BLOCK ? i + BLOCK : f->n;
		sum            part[TAUT_LANES] TAUT_ALIGNED(64) = {0};

		for (; i < end; i++) {
			FIELD term[TAUT_LANES] TAUT_ALIGNED(64);
			FIELD linear[TAUT_LANES] TAUT_ALIGNED(64);

			for (uint32_t v = 0; v < COUNT; v++) {
				const VECTOR one = EXPAND(f->spins[i], v);

				((VECTOR *)term)[v] = fields[(size_t)i * COUNT + v] & one;
				((VECTOR *)linear)[v] = one & (FIELD)f->linear[i];
			}
			for (uint32_t l = 0; l < TAUT_LANES; l++)
				part[l] = (sum)(part[l] + term[l] + linear[l]);
		}
		for (uint32_t l = 0; l < TAUT_LANES; l++)
			f->energy[l] += part[l];
	}
	for (uint32_t l = 0; l < TAUT_LANES; l++)
		f->energy[l] /= 2;
}

#undef GLUE_
#undef GLUE
#undef FIELD
#undef VECTOR
#undef WIDTH
#undef COUNT
#undef EXPAND
#undef ACCEPTED
#undef TURNED
#undef STEP
#undef STEP_OF
#undef STEPPED
#undef RULE
#undef SCALE
#undef SCALE_OF
#undef BITS
#undef HEATBATH
#undef NAME
