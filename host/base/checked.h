/* Integer arithmetic that reports overflow instead of wrapping, or cannot overflow. Those that
 * return bool return true where the exact result fits *out; *out is undefined otherwise. */
#ifndef TAUT_BASE_CHECKED_H
#define TAUT_BASE_CHECKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline bool taut_add64(int64_t *out, int64_t a, int64_t b)
{
	return !__builtin_add_overflow(a, b, out);
}

static inline bool taut_sub64(int64_t *out, int64_t a, int64_t b)
{
	return !__builtin_sub_overflow(a, b, out);
}

static inline bool taut_mul64(int64_t *out, int64_t a, int64_t b)
{
	return !__builtin_mul_overflow(a, b, out);
}

/* *sum += a * b */
static inline bool taut_muladd64(int64_t *sum, int64_t a, int64_t b)
{
	int64_t product;

	return taut_mul64(&product, a, b) && taut_add64(sum, *sum, product);
}

/* |a|, false for INT64_MIN */
static inline bool taut_abs64(int64_t *out, int64_t a)
{
	if (a == INT64_MIN)
		return false;
	*out = a < 0 ? -a : a;
	return true;
}

/* |a|, of INT64_MIN too */
static inline uint64_t taut_magnitude(int64_t a)
{
	return a < 0 ? 0 - (uint64_t)a : (uint64_t)a;
}

/* Greatest common divisor of divisor and |a|, 0 where both are 0 (Euclid, Elements, VII.2). */
static inline uint64_t taut_gcd(uint64_t divisor, int64_t a)
{
	uint64_t rest = taut_magnitude(a);

	while (rest) {
		const uint64_t r = divisor % rest;

		divisor = rest;
		rest = r;
	}
	return divisor;
}

static inline bool taut_mul_size(size_t *out, size_t a, size_t b)
{
	return !__builtin_mul_overflow(a, b, out);
}

static inline bool taut_add_size(size_t *out, size_t a, size_t b)
{
	return !__builtin_add_overflow(a, b, out);
}

#endif
