/* The quadratic form, its builder, the codec and the scaling, against definitions written out. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "qubo/codec.h"
#include "qubo/qubo.h"
#include "qubo/scale.h"

enum { SEED = 20240611 };

static taut_rng seeded(uint64_t stream)
{
	taut_rng rng;

	print_message("seed %d, stream %llu\n", SEED, (unsigned long long)stream);
	taut_rng_init(&rng, SEED, stream);
	return rng;
}

static int64_t between(taut_rng *rng, int64_t lo, int64_t hi)
{
	return lo + (int64_t)taut_rng_below(rng, (uint64_t)(hi - lo + 1));
}

static void set_bits(uint8_t *x, uint32_t n, uint64_t bits)
{
	for (uint32_t i = 0; i < n; i++)
		x[i] = bits >> i & 1;
}

static void assert_form_is_sorted(const taut_qubo *q)
{
	for (uint32_t i = 0; i < q->n; i++)
		for (size_t e = q->row[i]; e < q->row[i + 1]; e++) {
			size_t back = q->row[q->col[e]];

			assert_true(e == q->row[i] || q->col[e] > q->col[e - 1]);
			assert_int_not_equal(q->col[e], i);
			assert_true(q->coef[e] != 0);
			while (back < q->row[q->col[e] + 1] && q->col[back] != i)
				back++;
			assert_true(back < q->row[q->col[e] + 1]);
			assert_int_equal(q->coef[back], q->coef[e]);
		}
}

/* Random terms and squares on both paths (few columns: triplets; many: triangle), and the same sum
 * by hand. */
static void builder_matches_definition(void **state)
{
	taut_rng rng = seeded(1);

	(void)state;
	for (int round = 0; round < 60; round++) {
		const uint32_t     n = (uint32_t)between(&rng, 1, 10);
		taut_qubo_builder *b = NULL;
		taut_qubo         *q = NULL;
		int64_t            matrix[10][10] = {{0}}, offset = between(&rng, -9, 9);
		int64_t            coef[6][10], weight[6], target[6];
		uint32_t           col[6][10];
		size_t             count[6];
		uint8_t            x[10];

		assert_int_equal(taut_qubo_builder_new(&b, n, 3, NULL), TAUT_OK);
		assert_int_equal(taut_qubo_add_offset(b, offset, NULL), TAUT_OK);
		for (int t = 0; t < 40; t++) {
			const uint32_t i = (uint32_t)taut_rng_below(&rng, n);
			const uint32_t j = (uint32_t)taut_rng_below(&rng, n);
			const int64_t  v = between(&rng, -5, 5);

			matrix[i][j] += v;
			assert_int_equal(taut_qubo_add_pair(b, i, j, v, NULL), TAUT_OK);
		}
		for (int s = 0; s < 6; s++) {
			count[s] = 0;
			for (uint32_t i = 0; i < n; i++)
				if (taut_rng_below(&rng, 3)) {
					coef[s][count[s]] = between(&rng, -7, 7);
					col[s][count[s]++] = round % 2 ? i : n - 1 - i;
				}
			weight[s] = between(&rng, -3, 3);
			target[s] = between(&rng, -9, 9);
			assert_int_equal(taut_qubo_add_square(b, weight[s], col[s], coef[s],
			                                      count[s], target[s], NULL),
			                 TAUT_OK);
		}
		assert_int_equal(taut_qubo_builder_finish(&q, b, NULL), TAUT_OK);
		taut_qubo_builder_free(b);
		assert_int_equal(q->fraction_bits, 3);
		assert_form_is_sorted(q);
		for (uint64_t bits = 0; bits < 1u << n; bits++) {
			int64_t want = offset, got = 0;

			set_bits(x, n, bits);
			for (uint32_t i = 0; i < n; i++)
				for (uint32_t j = 0; j < n; j++)
					want += x[i] * x[j] * matrix[i][j];
			for (int s = 0; s < 6; s++) {
				int64_t r = -target[s];

				for (size_t k = 0; k < count[s]; k++)
					r += coef[s][k] * x[col[s][k]];
				want += weight[s] * r * r;
			}
			assert_int_equal(taut_qubo_energy(&got, q, x, NULL), TAUT_OK);
			assert_int_equal(got, want);
		}
		taut_qubo_free(q);
	}
}

/* More triplets than the builder keeps unmerged: all of them on few pairs. */
static void repeats_are_merged_on_the_way(void **state)
{
	enum { N = 7, TERMS = 3000000 };
	taut_qubo_builder *b = NULL;
	taut_qubo         *q = NULL;
	int64_t            got = 0;
	const uint8_t      ones[N] = {1, 1, 1, 1, 1, 1, 1};

	(void)state;
	assert_int_equal(taut_qubo_builder_new(&b, N, 0, NULL), TAUT_OK);
	for (uint32_t t = 0; t < TERMS; t++) {
		const uint32_t i = t % N;
		const uint32_t j = (t / N) % N;

		if (i != j)
			assert_int_equal(taut_qubo_add_pair(b, i, j, 1, NULL), TAUT_OK);
		else
			got--;
	}
	got += TERMS;
	assert_int_equal(taut_qubo_builder_finish(&q, b, NULL), TAUT_OK);
	taut_qubo_builder_free(b);
	assert_int_equal(q->row[N], N * (N - 1));
	assert_form_is_sorted(q);
	{
		int64_t energy = 0;

		assert_int_equal(taut_qubo_energy(&energy, q, ones, NULL), TAUT_OK);
		assert_int_equal(energy, got);
	}
	taut_qubo_free(q);
}

static void overflow_is_an_error(void **state)
{
	const uint32_t     col[2] = {0, 1};
	const int64_t      coef[2] = {INT64_C(1) << 40, INT64_C(1) << 40};
	taut_qubo_builder *b = NULL;
	taut_qubo         *q = NULL;
	taut_error         err;

	(void)state;
	assert_int_equal(taut_qubo_builder_new(&b, 2, 0, NULL), TAUT_OK);
	assert_int_equal(taut_qubo_add_square(b, 1, col, coef, 2, 0, &err), TAUT_EINPUT);
	assert_int_equal(err.code, TAUT_EINPUT);
	assert_int_equal(taut_qubo_add_offset(b, INT64_MAX, NULL), TAUT_OK);
	assert_int_equal(taut_qubo_add_offset(b, 1, NULL), TAUT_EINPUT);
	taut_qubo_builder_free(b);

	assert_int_equal(taut_qubo_builder_new(&b, 2, 0, NULL), TAUT_OK);
	assert_int_equal(taut_qubo_add_pair(b, 0, 1, INT64_MAX, NULL), TAUT_OK);
	assert_int_equal(taut_qubo_add_pair(b, 1, 0, INT64_MAX, NULL), TAUT_OK);
	assert_int_equal(taut_qubo_builder_finish(&q, b, NULL), TAUT_EINPUT);
	assert_null(q);
	taut_qubo_builder_free(b);
}

/* --- codec --- */

static void codec_reads_bits_and_positions(void **state)
{
	uint32_t     at[4] = {1, TAUT_CODEC_ONE, 0, TAUT_CODEC_ZERO};
	uint64_t     bits[2] = {2, 1};
	uint16_t     position[3] = {2, 0, 1};
	taut_samples s = {.count = 2, .n = 2, .words = 1, .bits = bits};
	taut_samples p = {.count = 1, .permutation_n = 3, .position = position};
	taut_codec   codec = {.n_model = 4, .at = at};
	uint8_t      x[9];

	(void)state;
	taut_codec_decode(x, &codec, &s, 0);
	assert_memory_equal(x, ((uint8_t[]){1, 1, 0, 0}), 4);
	taut_codec_decode(x, &codec, &s, 1);
	assert_memory_equal(x, ((uint8_t[]){0, 1, 1, 0}), 4);
	codec = (taut_codec){.n_model = 2};
	taut_codec_decode(x, &codec, &s, 0);
	assert_memory_equal(x, ((uint8_t[]){0, 1}), 2);
	codec = (taut_codec){.n_model = 9, .permutation = 3};
	taut_codec_decode(x, &codec, &p, 0);
	assert_memory_equal(x, ((uint8_t[]){0, 0, 1, 1, 0, 0, 0, 1, 0}), 9);
}

static void codec_writes_what_it_reads(void **state)
{
	uint32_t     at[4] = {1, TAUT_CODEC_ONE, 70, TAUT_CODEC_ZERO};
	uint64_t     bits[4] = {0};
	uint16_t     position[6] = {0};
	taut_samples s = {.count = 2, .n = 71, .words = 2, .bits = bits};
	taut_samples p = {.count = 2, .permutation_n = 3, .position = position};
	taut_codec   codec = {.n_model = 4, .at = at};

	(void)state;
	taut_codec_encode(&s, 1, &codec, ((uint8_t[]){1, 0, 1, 1}));
	assert_memory_equal(bits, ((uint64_t[]){0, 0, 2, 64}), sizeof bits);
	codec = (taut_codec){.n_model = 3};
	taut_codec_encode(&s, 0, &codec, ((uint8_t[]){1, 0, 1}));
	assert_memory_equal(bits, ((uint64_t[]){5, 0, 2, 64}), sizeof bits);
	codec = (taut_codec){.n_model = 9, .permutation = 3};
	taut_codec_encode(&p, 1, &codec, ((uint8_t[]){0, 0, 1, 1, 0, 0, 0, 1, 0}));
	assert_memory_equal(position, ((uint16_t[]){0, 0, 0, 2, 0, 1}), sizeof position);
}

/* --- scale --- */

static int64_t problem_energy(const taut_problem *p, const uint8_t *x)
{
	int64_t sum = 0;

	for (uint32_t i = 0; i < p->n; i++) {
		sum += x[i] * (int64_t)p->linear[i];
		for (uint64_t e = p->row[i]; e < p->row[i + 1]; e++)
			if (p->col[e] < i)
				sum += x[i] * x[p->col[e]] * (int64_t)p->coef[e];
	}
	return sum;
}

static taut_qubo *random_form(taut_rng *rng, uint32_t n, int64_t size, int64_t factor)
{
	taut_qubo_builder *b = NULL;
	taut_qubo         *q = NULL;

	assert_int_equal(taut_qubo_builder_new(&b, n, 5, NULL), TAUT_OK);
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t j = 0; j <= i; j++)
			assert_int_equal(taut_qubo_add_pair(
						 b, i, j, factor * between(rng, -size, size), NULL),
			                 TAUT_OK);
	assert_int_equal(taut_qubo_builder_finish(&q, b, NULL), TAUT_OK);
	taut_qubo_builder_free(b);
	return q;
}

/* From sizes that fit to sizes that lose 30 bits: every energy is within the error that is
 * reported, which is 0 exactly when nothing was dropped; no flip reaches 2^30. */
static void scaled_energies_keep_the_reported_error(void **state)
{
	taut_rng rng = seeded(2);

	(void)state;
	for (int round = 0; round < 120; round++) {
		const uint32_t n = 8;
		const int64_t  size = INT64_C(3) << (round % 56);
		taut_qubo     *q = random_form(&rng, n, size, round % 3 ? 1 : 6);
		taut_problem  *p = NULL;
		taut_scale     scale;
		double         worst = 0;

		assert_int_equal(taut_scale_problem(&p, &scale, q, NULL), TAUT_OK);
		assert_true(taut_problem_change_bound(p) < INT64_C(1) << 30);
		assert_true(scale.divisor % (round % 3 ? 1 : 6) == 0);
		assert_true((scale.shift == 0) == (scale.rounding_error == 0.0));
		if (size < INT64_C(1) << 25)
			assert_int_equal(scale.shift, 0);
		for (uint64_t bits = 0; bits < 1u << n; bits++) {
			uint8_t x[8];
			int64_t exact, changed;

			set_bits(x, n, bits);
			assert_int_equal(taut_qubo_energy(&exact, q, x, NULL), TAUT_OK);
			/* in units of 2^-5 */
			worst = fmax(worst, fabs(ldexp((double)exact, -5) -
			                         (double)problem_energy(p, x) * scale.unit));
			for (uint32_t i = 0; i < n; i++) {
				x[i] ^= 1;
				changed = problem_energy(p, x);
				x[i] ^= 1;
				changed -= problem_energy(p, x);
				assert_true(changed < INT64_C(1) << 30);
				assert_true(-changed < INT64_C(1) << 30);
			}
		}
		assert_true(worst <= scale.rounding_error * (1 + 1e-9));
		if (scale.shift) /* and the report is not idle: the worst case is near it */
			assert_true(scale.rounding_error < 60 * scale.unit);
		taut_problem_free(p);
		taut_qubo_free(q);
	}
}

static void scale_reports_range_and_unit(void **state)
{
	taut_qubo_builder *b = NULL;
	taut_qubo         *q = NULL;
	taut_problem      *p = NULL;
	taut_scale         scale;

	(void)state;
	assert_int_equal(taut_qubo_builder_new(&b, 3, 1, NULL), TAUT_OK);
	assert_int_equal(taut_qubo_add_pair(b, 0, 1, 12, NULL), TAUT_OK);
	assert_int_equal(taut_qubo_add_pair(b, 2, 2, -30, NULL), TAUT_OK);
	assert_int_equal(taut_qubo_builder_finish(&q, b, NULL), TAUT_OK);
	taut_qubo_builder_free(b);
	assert_int_equal(taut_scale_problem(&p, &scale, q, NULL), TAUT_OK);
	assert_int_equal(scale.divisor, 6);
	assert_int_equal(scale.shift, 0);
	assert_int_equal(scale.coefficient_min, 2);
	assert_int_equal(scale.coefficient_max, 5);
	assert_true(scale.unit == 3.0);
	assert_int_equal(p->linear[2], -5);
	assert_int_equal(p->coef[0], 2);
	taut_problem_free(p);
	taut_qubo_free(q);
}

static taut_qubo *random_permutation_problem(taut_rng *rng, uint32_t n, int64_t flow,
                                             int64_t distance)
{
	taut_qubo *q = taut_alloc(1, sizeof *q, NULL);

	q->n = n * n;
	q->permutation_n = n;
	q->flow = taut_alloc((size_t)n * n, sizeof *q->flow, NULL);
	q->distance = taut_alloc((size_t)n * n, sizeof *q->distance, NULL);
	for (uint32_t e = 0; e < n * n; e++) {
		q->flow[e] = between(rng, -flow / 4, flow);
		q->distance[e] = between(rng, 0, distance);
	}
	return q;
}

static int64_t permutation_energy(const taut_problem *p, const uint32_t *at)
{
	const uint32_t n = p->permutation_n;
	int64_t        sum = 0;

	for (uint32_t a = 0; a < n; a++)
		for (uint32_t b = 0; b < n; b++)
			sum += (int64_t)p->flow[a * n + b] * p->distance[at[a] * n + at[b]];
	return sum;
}

static void try_swaps(const taut_problem *p, const taut_qubo *q, const taut_scale *scale,
                      uint32_t *at)
{
	const uint32_t n = p->permutation_n;
	const int64_t  energy = permutation_energy(p, at);
	uint8_t        x[36] = {0};
	int64_t        exact = 0;

	for (uint32_t a = 0; a < n; a++)
		x[a * n + at[a]] = 1;
	assert_int_equal(taut_qubo_energy(&exact, q, x, NULL), TAUT_OK);
	assert_true(fabs((double)exact - (double)energy * scale->unit) <=
	            scale->rounding_error * (1 + 1e-9));
	for (uint32_t a = 0; a < n; a++)
		for (uint32_t b = 0; b < a; b++) {
			const uint32_t hold = at[a];
			int64_t        change;

			at[a] = at[b];
			at[b] = hold;
			change = permutation_energy(p, at) - energy;
			at[b] = at[a];
			at[a] = hold;
			assert_true(change < INT64_C(1) << 30 && -change < INT64_C(1) << 30);
		}
}

static void no_swap_exceeds_the_machine(void **state)
{
	taut_rng rng = seeded(3);

	(void)state;
	for (int round = 0; round < 60; round++) {
		const uint32_t n = (uint32_t)between(&rng, 2, 6);
		taut_qubo     *q = random_permutation_problem(&rng, n, INT64_C(40) << (round % 30),
		                                              INT64_C(90) << (round % 11));
		taut_problem  *p = NULL;
		taut_scale     scale;

		assert_int_equal(taut_scale_problem(&p, &scale, q, NULL), TAUT_OK);
		assert_true((scale.shift == 0) == (scale.rounding_error == 0.0));
		for (int t = 0; t < 20; t++) {
			uint32_t at[6];

			for (uint32_t a = 0; a < n; a++) {
				const uint32_t b = (uint32_t)taut_rng_below(&rng, a + 1);

				at[a] = a;
				at[a] = at[b];
				at[b] = a;
			}
			try_swaps(p, q, &scale, at);
		}
		taut_problem_free(p);
		taut_qubo_free(q);
	}
}

/* A builder whose ctx has stopped takes no more couplings and hands over nothing. */
static void test_watched(void **state)
{
	enum { WIDE = 3000 };
	static uint32_t    col[WIDE];
	static int64_t     coef[WIDE];
	int                stop = 0;
	const taut_ctx     ctx = {.stop = &stop, .threads = 1};

	(void)state;
	for (uint32_t i = 0; i < WIDE; i++) {
		col[i] = i;
		coef[i] = 1 + i % 7;
	}
	for (uint32_t n = WIDE; n <= 2 * WIDE; n += WIDE) /* dense triangle, triplets */
		for (stop = 0; stop < 2; stop++) {
			taut_qubo_builder *b = NULL;
			taut_qubo         *q = NULL;
			const int          late = stop;

			stop = 0;
			assert_int_equal(taut_qubo_builder_new(&b, n, 0, NULL), TAUT_OK);
			taut_qubo_builder_watch(b, &ctx);
			stop = late;
			assert_int_equal(taut_qubo_add_square(b, 1, col, coef, WIDE, 5, NULL),
			                 TAUT_OK);
			assert_int_equal(taut_qubo_builder_finish(&q, b, NULL), TAUT_OK);
			assert_true((q == NULL) == (late == 1));
			assert_true(!q || q->row[n] == (size_t)WIDE * (WIDE - 1));
			taut_qubo_free(q);
			taut_qubo_builder_free(b);
		}
}

/* Too large an expansion is refused before any of it is made. */
static void test_too_many_couplings(void **state)
{
	enum { WIDE = 6000 };
	static uint32_t    col[WIDE];
	static int64_t     coef[WIDE];
	taut_qubo_builder *b = NULL;
	taut_qubo         *q = NULL;
	taut_qubo         *expanded = NULL;
	taut_error         err = {TAUT_OK, ""};

	(void)state;
	for (uint32_t i = 0; i < WIDE; i++) {
		col[i] = i;
		coef[i] = 1;
	}
	assert_int_equal(taut_qubo_builder_new(&b, WIDE, 0, NULL), TAUT_OK);
	assert_int_equal(taut_qubo_keep_square(b, 1, col, coef, WIDE, 5, NULL), TAUT_OK);
	assert_int_equal(taut_qubo_builder_finish(&q, b, NULL), TAUT_OK);
	assert_int_equal(taut_qubo_expand(&expanded, q, &err), TAUT_ELIMIT);
	assert_null(expanded);
	assert_non_null(strstr(err.text, "1.8e+07"));
	assert_non_null(strstr(err.text, "1.5e+07"));
	assert_non_null(strstr(err.text, "--method native"));
	taut_qubo_free(q);
	taut_qubo_builder_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_watched),
		cmocka_unit_test(test_too_many_couplings),
		cmocka_unit_test(builder_matches_definition),
		cmocka_unit_test(repeats_are_merged_on_the_way),
		cmocka_unit_test(overflow_is_an_error),
		cmocka_unit_test(codec_reads_bits_and_positions),
		cmocka_unit_test(codec_writes_what_it_reads),
		cmocka_unit_test(scaled_energies_keep_the_reported_error),
		cmocka_unit_test(scale_reports_range_and_unit),
		cmocka_unit_test(no_swap_exceeds_the_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
