/* Dense data of a problem (dense.h): digits of the entries, the blocks on the diagonal, and bits
 * where all entries are of one magnitude. */
#include <assert.h>
#include <stdlib.h>

#include "backend/cpu/dense.h"
#include "base/alloc.h"
#include "base/checked.h"

enum { DIGITS = 1 << TAUT_DENSE_DIGIT }; /* of a plane but the last, from -DIGITS / 2 on */

/* Without a branch: signs are random. */
static uint32_t magnitude(int32_t x)
{
	const uint32_t sign = (uint32_t)(x >> 31);

	return ((uint32_t)x ^ sign) - sign;
}

/* Greatest common divisor of the couplings, 1 where there are none, and largest magnitude. */
static void divisor(uint32_t *factor, uint32_t *largest, const taut_problem *p)
{
	const uint64_t       stored = p->row[p->n];
	const int32_t *const coef = p->coef;
	uint32_t             most = 0;
	uint32_t             any = 0; /* the common power of two is its lowest bit */
	uint32_t             odd = 0; /* the rest of the divisor, mostly 1 soon */
	uint32_t             shift;

	for (uint64_t k = 0; k < stored; k++) {
		const uint32_t m = magnitude(coef[k]);

		most = m > most ? m : most;
		any |= m;
	}
	shift = any ? (uint32_t)__builtin_ctz(any) : 0;
	for (uint64_t k = 0; k < stored && odd != 1; k++) {
		const uint32_t m = magnitude(coef[k]) >> shift;

		if (m != odd)
			odd = (uint32_t)taut_gcd(odd, m);
	}
	*factor = (odd ? odd : 1) << shift;
	*largest = most;
}

/* Planes for entries up to a magnitude: the last takes 127 of the others' unit. */
static uint32_t planes_of(uint32_t largest)
{
	uint64_t limit = INT8_MAX;
	uint32_t planes = 1;

	while (largest > limit) {
		limit = limit * DIGITS + DIGITS / 2 - 1;
		planes++;
	}
	return planes;
}

uint32_t taut_cpu_dense_planes(const taut_problem *p)
{
	uint32_t factor;
	uint32_t largest;
	uint32_t planes;

	if (p->n == 0 || p->n > TAUT_DENSE_MAX || p->group || p->permutation_n)
		return 0;
	divisor(&factor, &largest, p);
	planes = planes_of(largest / factor);
	return planes <= TAUT_DENSE_PLANES ? planes : 0;
}

static void set_digits(int8_t *const *plane, uint32_t planes, size_t at, int32_t entry)
{
	for (uint32_t p = 0; p + 1 < planes; p++) {
		/* the residue of least magnitude */
		const int32_t digit =
			(int32_t)(((uint32_t)entry + DIGITS / 2) % DIGITS) - DIGITS / 2;

		plane[p][at] = (int8_t)digit;
		entry = (entry - digit) / DIGITS;
	}
	assert(entry >= -INT8_MAX && entry <= INT8_MAX);
	plane[planes - 1][at] = (int8_t)entry;
}

/* Division by a number that divides: a shift, and a product modulo 2^32 with the inverse of the odd
 * rest, which each step of Newton's makes right in twice as many bits (Warren, Hacker's Delight,
 * section 10-16). */
typedef struct {
	uint32_t shift, inverse;
} exact;

static exact exact_quotient(uint32_t number)
{
	const uint32_t shift = (uint32_t)__builtin_ctz(number);
	const uint32_t odd = number >> shift;
	uint32_t       inverse = odd; /* right in three bits */

	for (uint32_t bits = 3; bits < 32; bits *= 2)
		inverse *= 2 - odd * inverse;
	return (exact){shift, inverse};
}

static int32_t divide(int32_t x, exact by)
{
	return (int32_t)((uint32_t)(x >> by.shift) * by.inverse);
}

static taut_status planes_from_rows(taut_cpu_dense *d, const taut_problem *p, taut_error *err)
{
	uint32_t factor;
	uint32_t largest;
	exact    quotient;
	int8_t  *plane[TAUT_DENSE_PLANES] = {NULL};

	divisor(&factor, &largest, p);
	d->factor = (int32_t)factor;
	d->planes = planes_of(largest / factor);
	assert(d->planes <= TAUT_DENSE_PLANES);
	d->stride = (size_t)d->blocks * TAUT_DENSE_BLOCK;
	for (uint32_t q = 0; q < d->planes; q++) {
		d->plane[q] = plane[q] = taut_alloc_aligned(d->n, d->stride, err);
		if (!plane[q])
			return TAUT_ENOMEM;
	}
	quotient = exact_quotient(factor);
	for (size_t i = 0; i < d->n; i++)
		for (uint64_t k = p->row[i]; k < p->row[i + 1]; k++)
			set_digits(plane, d->planes, i * d->stride + p->col[k],
			           divide(p->coef[k], quotient));
	return TAUT_OK;
}

taut_status taut_cpu_dense_problem(taut_problem **out, const taut_problem *problem, taut_error *err)
{
	const taut_problem *p = problem;
	taut_problem       *made = NULL;
	taut_matrix        *matrix = NULL;
	uint32_t            factor;
	uint32_t            largest;
	exact               quotient;
	taut_status         st = TAUT_ENOMEM;

	*out = NULL;
	divisor(&factor, &largest, p);
	assert(planes_of(largest / factor) == 1);
	quotient = exact_quotient(factor);
	made = taut_alloc(1, sizeof *made, err);
	if (!made)
		goto done;
	made->n = p->n;
	made->dense_factor = (int32_t)factor;
	made->linear = taut_copy(p->linear, p->n, sizeof *made->linear, err);
	if (!made->linear)
		goto done;
	st = taut_matrix_new(&matrix, p->n, err);
	if (st)
		goto done;
	made->dense = matrix;
	for (size_t i = 0; i < p->n; i++) {
		const uint32_t *const col = p->col + p->row[i];
		const int32_t *const  coef = p->coef + p->row[i];
		const size_t          count = (size_t)(p->row[i + 1] - p->row[i]);
		int8_t *const         row = matrix->entry + i * matrix->stride;

		for (size_t k = 0; k < count; k++)
			row[col[k]] = (int8_t)divide(coef[k], quotient);
	}
	*out = made;
	made = NULL;
done:
	taut_problem_free(made);
	return st;
}

/* Largest magnitude of a digit, and the only one that is not 0, or 0. */
static void magnitudes(uint32_t *largest, uint32_t *only, const taut_cpu_dense *d)
{
	uint32_t high = 0;
	uint32_t low = UINT8_MAX; /* least magnitude - 1, 255 being that of 0 */

	for (uint32_t p = 0; p < d->planes; p++)
		for (size_t i = 0; i < d->n; i++) {
			const int8_t *row = d->plane[p] + i * d->stride;
			uint8_t       row_high = 0;
			uint8_t       row_low = UINT8_MAX;

			for (size_t j = 0; j < d->n; j++) {
				const uint8_t m = (uint8_t)(row[j] < 0 ? -row[j] : row[j]);
				const uint8_t less = (uint8_t)(m - 1);

				row_high = m > row_high ? m : row_high;
				row_low = less < row_low ? less : row_low;
			}
			high = row_high > high ? row_high : high;
			low = row_low < low ? row_low : low;
		}
	*largest = high;
	*only = d->planes == 1 && low + 1 == high ? high : 0;
}

/* The blocks on the diagonal, and the sums within them. */
static taut_status init_near(taut_cpu_dense *d, taut_error *err)
{
	const size_t padded = (size_t)d->blocks * TAUT_DENSE_BLOCK;
	int32_t     *own = taut_alloc_aligned(padded, sizeof *own, err);

	d->own = own;
	if (!own)
		return TAUT_ENOMEM;
	for (uint32_t p = 0; p < d->planes; p++) {
		int8_t *near = taut_alloc_aligned(padded, TAUT_DENSE_BLOCK, err);

		d->near[p] = near;
		if (!near)
			return TAUT_ENOMEM;
		for (size_t i = 0; i < d->n; i++) {
			const size_t  k = i % TAUT_DENSE_BLOCK;
			const int8_t *row = d->plane[p] + i * d->stride + (i - k);

			for (size_t c = 0; c < TAUT_DENSE_BLOCK; c++) {
				near[i * TAUT_DENSE_BLOCK + c] = row[c];
				if (c / 4 <= k / 4)
					own[i] += row[c] * (1 << (p * TAUT_DENSE_DIGIT));
			}
		}
	}
	return TAUT_OK;
}

/* The first of eight entries in the lowest byte. */
static uint64_t eight_entries(const int8_t *from)
{
	uint64_t x = 0;

	for (uint32_t k = 0; k < 8; k++)
		x |= (uint64_t)(uint8_t)from[k] << (8 * k);
	return x;
}

static const uint64_t TOPS = 0x8080808080808080u; /* the top bits of bytes */

/* They as one byte: the product adds bit k to place 56 + k without carries. */
static uint64_t top_bits(uint64_t x)
{
	return (x & TOPS) / 128 * 0x0102040810204080u >> 56;
}

static taut_status init_bits(taut_cpu_dense *d, int32_t unit, taut_error *err)
{
	uint64_t *bits = taut_alloc_aligned((size_t)d->n * d->blocks, 2 * sizeof *bits, err);
	int32_t  *negative = taut_alloc(d->n, sizeof *negative, err);

	d->bits = bits;
	d->negative = negative;
	d->unit = unit;
	if (!bits || !negative)
		return TAUT_ENOMEM;
	/* rows are padded with 0 */
	for (size_t i = 0; i < d->n; i++)
		for (size_t b = 0; b < d->blocks; b++) {
			const int8_t *entry = d->plane[0] + i * d->stride + b * TAUT_DENSE_BLOCK;
			uint64_t      minus = 0;
			uint64_t      some = 0;

			for (uint32_t k = 0; k < TAUT_DENSE_BLOCK; k += 8) {
				const uint64_t x = eight_entries(entry + k);

				minus |= top_bits(x) << k;
				some |= top_bits(x | ((x & ~TOPS) + ~TOPS)) << k;
			}
			bits[(i * d->blocks + b) * 2] = minus;
			bits[(i * d->blocks + b) * 2 + 1] = some;
			negative[i] += __builtin_popcountll(minus);
		}
	return TAUT_OK;
}

static taut_status init_linear(taut_cpu_dense *d, const taut_problem *p, taut_error *err)
{
	int32_t *linear =
		taut_alloc_aligned((size_t)d->blocks * TAUT_DENSE_BLOCK, sizeof *linear, err);

	d->linear = linear;
	if (!linear)
		return TAUT_ENOMEM;
	for (size_t i = 0; i < d->n; i++)
		linear[i] = p->linear[i];
	return TAUT_OK;
}

taut_status taut_cpu_dense_init(taut_cpu_dense *out, const taut_problem *problem, int64_t bound,
                                taut_error *err)
{
	taut_cpu_dense d = {.n = problem->n,
	                    .blocks = (problem->n + TAUT_DENSE_BLOCK - 1) / TAUT_DENSE_BLOCK,
	                    .changes = TAUT_DENSE_BLOCK};
	uint32_t       largest;
	uint32_t       only;
	taut_status    st = TAUT_OK;

	*out = (taut_cpu_dense){.n = 0};
	assert(problem->n > 0 && !problem->group && !problem->permutation_n);
	while (d.changes > 1 && bound > INT32_MAX / d.changes)
		d.changes /= 2;
	if (problem->dense) {
		d.shared = true;
		d.factor = problem->dense_factor;
		d.planes = 1;
		d.plane[0] = problem->dense->entry;
		d.stride = problem->dense->stride;
	} else {
		st = planes_from_rows(&d, problem, err);
	}
	if (st)
		goto done;
	st = init_linear(&d, problem, err);
	if (st)
		goto done;
	st = init_near(&d, err);
	if (st)
		goto done;
	magnitudes(&largest, &only, &d);
	d.rows_8 = INT8_MAX / (largest ? largest : 1);
	if (only)
		st = init_bits(&d, (int32_t)only, err);
	if (st)
		goto done;
	*out = d;
	d = (taut_cpu_dense){.n = 0};
done:
	taut_cpu_dense_fini(&d);
	return st;
}

void taut_cpu_dense_fini(taut_cpu_dense *dense)
{
	for (uint32_t p = 0; p < TAUT_DENSE_PLANES; p++) {
		taut_free((void *)dense->near[p]);
		if (!dense->shared)
			taut_free((void *)dense->plane[p]);
	}
	taut_free((void *)dense->linear);
	taut_free((void *)dense->own);
	taut_free((void *)dense->bits);
	taut_free((void *)dense->negative);
	*dense = (taut_cpu_dense){.n = 0};
}

taut_status taut_cpu_dense_group_init(taut_cpu_dense_group *g, const taut_cpu_dense *data,
                                      uint32_t lanes, const void *noise, taut_error *err)
{
	const size_t padded = (size_t)data->blocks * TAUT_DENSE_BLOCK;
	const size_t square = (size_t)TAUT_LANES * TAUT_DENSE_BLOCK;

	*g = (taut_cpu_dense_group){.data = data,
	                            .noise = noise,
	                            .active = ~(uint64_t)0 >> (TAUT_LANES - lanes),
	                            .lanes = lanes};
	g->spins = taut_alloc_aligned(padded, sizeof *g->spins, err);
	if (!g->spins)
		return TAUT_ENOMEM;
	g->packed = taut_alloc_aligned(padded, sizeof *g->packed, err);
	if (!g->packed)
		return TAUT_ENOMEM;
	if (!data->bits) {
		g->bytes = taut_alloc_aligned(padded, TAUT_LANES, err);
		if (!g->bytes)
			return TAUT_ENOMEM;
	}
	g->kept = taut_alloc_aligned(data->blocks * square, sizeof *g->kept, err);
	if (!g->kept)
		return TAUT_ENOMEM;
	g->sums = taut_alloc_aligned(square, sizeof *g->sums, err);
	if (!g->sums)
		return TAUT_ENOMEM;
	g->turned = taut_alloc_aligned(square, sizeof *g->turned, err);
	if (!g->turned)
		return TAUT_ENOMEM;
	g->moved = taut_alloc_aligned(square, sizeof *g->moved, err);
	if (!g->moved)
		return TAUT_ENOMEM;
	g->flipped = taut_alloc(TAUT_LANES, sizeof *g->flipped, err);
	if (!g->flipped)
		return TAUT_ENOMEM;
	g->n_flipped = taut_alloc(TAUT_LANES, sizeof *g->n_flipped, err);
	return g->n_flipped ? TAUT_OK : TAUT_ENOMEM;
}

void taut_cpu_dense_group_fini(taut_cpu_dense_group *g)
{
	taut_free(g->spins);
	taut_free(g->packed);
	taut_free(g->bytes);
	taut_free(g->kept);
	taut_free(g->sums);
	taut_free(g->turned);
	taut_free(g->moved);
	taut_free(g->flipped);
	taut_free(g->n_flipped);
}
