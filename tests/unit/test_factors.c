/* Rows kept as activities: the form, its energies, and the machine's samples beside those of the
 * same couplings one by one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "backend_fixture.h"
#include "base/checked.h"
#include "qubo/scale.h"
#include "qubo/temperature.h"

enum { SWEEPS = 12, CASES = 24 };

/* A row over a random part of n variables. Returns its length. */
static size_t random_row(uint32_t *col, int64_t *coef, uint32_t n, int32_t size, double density,
                         taut_rng *rng)
{
	size_t count = 0;

	for (uint32_t i = 0; i < n; i++) {
		if (taut_rng_unit(rng) >= density)
			continue;
		col[count] = i;
		coef[count] = within(rng, size);
		coef[count] += coef[count] == 0;
		count++;
	}
	return count;
}

/* The same random form: with squares kept and with squares expanded; `excesses` beside them. */
typedef struct {
	taut_qubo *kept;
	taut_qubo *expanded; /* without the excesses */
} forms;

static forms random_forms(uint32_t n, uint32_t squares, uint32_t excesses, double objective,
                          taut_rng *rng)
{
	taut_qubo_builder *a = NULL, *b = NULL;
	forms              f = {NULL, NULL};
	uint32_t          *col = must(taut_alloc(n, sizeof *col, NULL));
	int64_t           *coef = must(taut_alloc(n, sizeof *coef, NULL));
	const double       density = 0.2 + 0.8 * taut_rng_unit(rng);
	const int32_t      size = 1 + (int32_t)taut_rng_below(rng, 9);

	assert_int_equal(taut_qubo_builder_new(&a, n, 0, NULL), TAUT_OK);
	assert_int_equal(taut_qubo_builder_new(&b, n, 0, NULL), TAUT_OK);
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t j = 0; j <= i; j++) {
			const int64_t v =
				i == j || taut_rng_unit(rng) < objective ? within(rng, 50) : 0;

			assert_int_equal(taut_qubo_add_pair(a, i, j, v, NULL), TAUT_OK);
			assert_int_equal(taut_qubo_add_pair(b, i, j, v, NULL), TAUT_OK);
		}
	for (uint32_t r = 0; r < squares + excesses; r++) {
		const size_t  count = random_row(col, coef, n, size, density, rng);
		const int64_t weight = 1 + (int64_t)taut_rng_below(rng, 20);
		const int64_t limit = within(rng, 20);

		if (r >= squares) {
			assert_int_equal(
				taut_qubo_add_excess(a, weight, col, coef, count, limit, NULL),
				TAUT_OK);
			continue;
		}
		assert_int_equal(taut_qubo_keep_square(a, weight, col, coef, count, limit, NULL),
		                 TAUT_OK);
		assert_int_equal(taut_qubo_add_square(b, weight, col, coef, count, limit, NULL),
		                 TAUT_OK);
	}
	assert_int_equal(taut_qubo_builder_finish(&f.kept, a, NULL), TAUT_OK);
	assert_int_equal(taut_qubo_builder_finish(&f.expanded, b, NULL), TAUT_OK);
	taut_qubo_builder_free(a);
	taut_qubo_builder_free(b);
	taut_free(col);
	taut_free(coef);
	return f;
}

static void forms_free(forms *f)
{
	taut_qubo_free(f->kept);
	taut_qubo_free(f->expanded);
}

static int64_t energy_of(const taut_qubo *q, const uint8_t *x)
{
	int64_t e = 0;

	assert_int_equal(taut_qubo_energy(&e, q, x, NULL), TAUT_OK);
	return e;
}

/* What the terms of a form should be worth, by their definition with offset. */
static int64_t excess_of(const taut_qubo *q, const uint8_t *x)
{
	int64_t sum = 0;

	for (uint32_t r = 0; q->terms && r < q->terms->count; r++) {
		int64_t a = 0;

		if (taut_term_is_square(q->terms, r))
			continue;
		for (uint64_t e = q->terms->first[r]; e < q->terms->first[r + 1]; e++)
			a += x[q->terms->col[e]] ? q->terms->coef[e] : 0;
		a -= q->terms->limit[r];
		sum += q->terms->weight[r] * (a > 0 ? a : 0);
	}
	return sum;
}

static void energies_agree(void **state)
{
	taut_rng rng;
	uint8_t  x[40];

	(void)state;
	taut_rng_init(&rng, 5, 1);
	for (int c = 0; c < CASES; c++) {
		const uint32_t n = 1 + (uint32_t)taut_rng_below(&rng, 40);
		forms          f = random_forms(n, (uint32_t)taut_rng_below(&rng, 4),
		                                (uint32_t)taut_rng_below(&rng, 4), 0.3, &rng);

		for (int t = 0; t < 50; t++) {
			for (uint32_t i = 0; i < n; i++)
				x[i] = taut_rng_below(&rng, 2) != 0;
			assert_int_equal(energy_of(f.kept, x),
			                 energy_of(f.expanded, x) + excess_of(f.kept, x));
		}
		forms_free(&f);
	}
}

/* The two forms become the same problem: unit, bound on changes as far as rows do not cancel,
 * temperatures; and expanding gives what was never kept. */
static void scaling_agrees(void **state)
{
	taut_rng rng;
	int      kept = 0;

	(void)state;
	taut_rng_init(&rng, 6, 1);
	for (int c = 0; c < CASES; c++) {
		const uint32_t n = 2 + (uint32_t)taut_rng_below(&rng, 40);
		forms f = random_forms(n, 1 + (uint32_t)taut_rng_below(&rng, 4), 0, 0.3, &rng);
		taut_problem *a = NULL, *b = NULL;
		taut_qubo    *again = NULL;
		taut_scale    sa, sb;

		assert_int_equal(taut_scale_problem(&a, &sa, f.kept, NULL), TAUT_OK);
		assert_int_equal(taut_scale_problem(&b, &sb, f.expanded, NULL), TAUT_OK);
		kept += a->terms != NULL;
		assert_true(sa.unit == sb.unit);
		assert_memory_equal(a->linear, b->linear, n * sizeof *a->linear);
		if (a->terms) {
			const taut_temperature_range ta = taut_temperature_default(a);
			const taut_temperature_range tb = taut_temperature_default(b);

			assert_true(ta.hot == tb.hot && ta.cold == tb.cold);
			assert_true(taut_problem_change_bound(a) >= taut_problem_change_bound(b));
		}
		if (f.kept->terms) {
			assert_int_equal(taut_qubo_expand(&again, f.kept, NULL), TAUT_OK);
			assert_int_equal(again->row[n], f.expanded->row[n]);
			assert_memory_equal(again->coef, f.expanded->coef,
			                    again->row[n] * sizeof *again->coef);
			assert_memory_equal(again->linear, f.expanded->linear,
			                    n * sizeof *again->linear);
		}
		taut_qubo_free(again);
		taut_problem_free(a);
		taut_problem_free(b);
		forms_free(&f);
	}
	assert_true(kept > CASES / 2);
}

static taut_schedule schedule_of(taut_algorithm algorithm, taut_acceptance acceptance,
                                 const taut_temperature_range *t, const double *rungs,
                                 uint64_t seed)
{
	return (taut_schedule){.algorithm = algorithm,
	                       .acceptance = acceptance,
	                       .reads = 1 + (uint32_t)(seed * 37 % 130),
	                       .sweeps = SWEEPS,
	                       .seed = seed,
	                       .t_hot = t->hot,
	                       .t_cold = t->cold,
	                       .rungs = algorithm == TAUT_ALGORITHM_PT ? rungs : NULL,
	                       .n_rungs = algorithm == TAUT_ALGORITHM_PT ? 5 : 0};
}

/* Samples of the kept form on one instruction set. */
static void check_isa(const char *isa, const taut_problem *kept, const taut_problem *expanded,
                      const taut_schedule *s)
{
	taut_backend *b = NULL;
	taut_samples *want;
	taut_samples *got;

	if (taut_cpu_open_isa(&b, isa, NULL) != TAUT_OK) {
		print_message("SKIPPED: no %s here\n", isa);
		return;
	}
	want = reference(kept, s, SWEEPS / 3);
	got = run(b, kept, s, 1);
	assert_same(got, want);
	assert_energies(kept, got);
	taut_samples_free(got);
	got = run(b, kept, s, 3);
	assert_same(got, want);
	taut_samples_free(got);
	if (expanded) {
		got = run(b, expanded, s, 2);
		assert_same(got, want);
		taut_samples_free(got);
	}
	taut_samples_free(want);
	b->ops->close(b);
}

static void check_samples(uint32_t n, uint32_t squares, uint32_t excesses, double objective,
                          taut_rng *rng, uint64_t seed)
{
	static const taut_algorithm  algorithms[] = {TAUT_ALGORITHM_SA, TAUT_ALGORITHM_PT};
	static const taut_acceptance rules[] = {TAUT_ACCEPTANCE_METROPOLIS,
	                                        TAUT_ACCEPTANCE_HEATBATH};
	forms                        f = random_forms(n, squares, excesses, objective, rng);
	taut_problem                *kept = NULL, *expanded = NULL;
	taut_scale                   scale;
	taut_temperature_range       t;
	double                       rungs[5];

	assert_int_equal(taut_scale_problem(&kept, &scale, f.kept, NULL), TAUT_OK);
	if (!excesses)
		assert_int_equal(taut_scale_problem(&expanded, &scale, f.expanded, NULL), TAUT_OK);
	t = taut_temperature_default(kept);
	for (int k = 0; k < 5; k++)
		rungs[k] = t.cold * (1 + k) + t.hot * k / 5;
	for (size_t a = 0; a < 2; a++)
		for (size_t r = 0; r < 2; r++) {
			const taut_schedule s =
				schedule_of(algorithms[a], rules[r], &t, rungs, seed + a + r);

			for (size_t k = 0; k < sizeof ISAS / sizeof ISAS[0]; k++)
				check_isa(ISAS[k], kept, expanded, &s);
		}
	taut_problem_free(kept);
	taut_problem_free(expanded);
	forms_free(&f);
}

/* Factored and expanded, on every instruction set and thread count, the contract's bits. */
static void squares_sample_alike(void **state)
{
	taut_rng rng;

	(void)state;
	taut_rng_init(&rng, 7, 1);
	for (uint64_t c = 0; c < 8; c++)
		check_samples(1 + (uint32_t)taut_rng_below(&rng, 70), 1 + (uint32_t)(c % 4), 0,
		              c % 2 ? 0.0 : 0.2, &rng, 10 * c + 1);
}

static void excesses_sample_alike(void **state)
{
	taut_rng rng;

	(void)state;
	taut_rng_init(&rng, 8, 1);
	for (uint64_t c = 0; c < 8; c++)
		check_samples(1 + (uint32_t)taut_rng_below(&rng, 70), (uint32_t)(c % 3),
		              1 + (uint32_t)(c % 5), c % 2 ? 0.0 : 0.2, &rng, 10 * c + 3);
}

/* Changes up to the machine's 2^30, where products wrap. */
static void extreme_weights(void **state)
{
	taut_qubo_builder *b = NULL;
	taut_qubo         *q = NULL;
	taut_problem      *p = NULL;
	taut_scale         scale;
	uint32_t           col[9];
	int64_t            coef[9];

	(void)state;
	for (uint32_t i = 0; i < 9; i++) {
		col[i] = i;
		coef[i] = i % 2 ? 1000 + i : -(int64_t)(1001 + i);
	}
	assert_int_equal(taut_qubo_builder_new(&b, 9, 0, NULL), TAUT_OK);
	assert_int_equal(taut_qubo_add_pair(b, 0, 0, 1, NULL), TAUT_OK);
	assert_int_equal(taut_qubo_keep_square(b, 41, col, coef, 9, 0, NULL), TAUT_OK);
	assert_int_equal(taut_qubo_add_excess(b, 500001, col, coef, 9, -700, NULL), TAUT_OK);
	assert_int_equal(taut_qubo_builder_finish(&q, b, NULL), TAUT_OK);
	assert_int_equal(taut_scale_problem(&p, &scale, q, NULL), TAUT_OK);
	assert_int_equal(scale.shift, 0);
	assert_in_range(taut_problem_change_bound(p), 1 << 29, (1 << 30) - 1);
	for (size_t k = 0; k < sizeof ISAS / sizeof ISAS[0]; k++)
		for (uint64_t seed = 0; seed < 3; seed++) {
			const taut_temperature_range t = {1e9, 1e3};
			const taut_schedule          s = schedule_of(
					 TAUT_ALGORITHM_SA, TAUT_ACCEPTANCE_METROPOLIS, &t, NULL, seed);

			check_isa(ISAS[k], p, NULL, &s);
		}
	taut_problem_free(p);
	taut_qubo_free(q);
	taut_qubo_builder_free(b);
}

static void refusals(void **state)
{
	taut_qubo_builder *b = NULL;
	taut_qubo         *q = NULL;
	taut_qubo         *expanded = NULL;
	const uint32_t     col[] = {0, 1};
	const int64_t      coef[] = {1, INT64_C(1) << 32};
	const int64_t      ones[] = {1, 1};
	taut_error         err = {TAUT_OK, ""};

	(void)state;
	assert_int_equal(taut_qubo_builder_new(&b, 2, 0, NULL), TAUT_OK);
	assert_int_equal(taut_qubo_add_excess(b, 1, col, coef, 2, 1, &err), TAUT_ELIMIT);
	assert_non_null(strstr(err.text, "4294967296"));
	taut_qubo_builder_free(b);
	assert_int_equal(taut_qubo_builder_new(&b, 2, 0, NULL), TAUT_OK);
	assert_int_equal(taut_qubo_add_excess(b, 1, col, ones, 2, 1, &err), TAUT_OK);
	assert_int_equal(taut_qubo_builder_finish(&q, b, NULL), TAUT_OK);
	assert_int_equal(taut_qubo_expand(&expanded, q, &err), TAUT_ELIMIT);
	assert_null(expanded);
	assert_non_null(strstr(err.text, "native"));
	taut_qubo_free(q);
	taut_qubo_builder_free(b);
}

/* Builds, scales, loads and anneals; true where all of it worked. */
static bool attempt(void)
{
	const uint32_t     col[] = {0, 1, 2, 3};
	const int64_t      coef[] = {1, 2, 3, 4};
	const taut_ctx     ctx = {.threads = 1};
	taut_qubo_builder *b = NULL;
	taut_qubo         *q = NULL, *expanded = NULL;
	taut_problem      *p = NULL;
	taut_backend      *cpu = NULL;
	taut_samples      *samples = NULL;
	taut_scale         scale;
	bool               finished;
	taut_schedule      s = {
		     .algorithm = TAUT_ALGORITHM_SA, .reads = 2, .sweeps = 2, .t_hot = 5, .t_cold = 1};
	taut_status st = taut_qubo_builder_new(&b, 4, 0, NULL);

	if (st == TAUT_OK)
		st = taut_qubo_add_pair(b, 0, 1, 3, NULL);
	if (st == TAUT_OK)
		st = taut_qubo_keep_square(b, 2, col, coef, 4, 5, NULL);
	if (st == TAUT_OK)
		st = taut_qubo_builder_finish(&q, b, NULL);
	if (st == TAUT_OK)
		st = taut_qubo_expand(&expanded, q, NULL);
	if (st == TAUT_OK)
		st = taut_scale_problem(&p, &scale, q, NULL);
	if (st == TAUT_OK)
		st = taut_cpu_open_isa(&cpu, NULL, NULL);
	if (st == TAUT_OK)
		st = cpu->ops->load(cpu, p, NULL);
	if (st == TAUT_OK)
		st = cpu->ops->run(&samples, &finished, cpu, &s, &ctx, NULL);
	assert_true(st == TAUT_OK || st == TAUT_ENOMEM);
	taut_samples_free(samples);
	if (cpu)
		cpu->ops->close(cpu);
	taut_problem_free(p);
	taut_qubo_free(expanded);
	taut_qubo_free(q);
	taut_qubo_builder_free(b);
	return st == TAUT_OK;
}

static void every_allocation_may_fail(void **state)
{
	long nth = 1;

	(void)state;
	if (!taut_faults_built()) {
		print_message("SKIPPED: built without TAUT_FAULTS\n");
		skip();
	}
	for (bool done = false; !done; nth++) {
		taut_faults_arm(nth, 0);
		done = attempt();
		taut_faults_arm(0, 0);
	}
	assert_in_range(nth, 30, 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(energies_agree),
		cmocka_unit_test(scaling_agrees),
		cmocka_unit_test(squares_sample_alike),
		cmocka_unit_test(excesses_sample_alike),
		cmocka_unit_test(extreme_weights),
		cmocka_unit_test(refusals),
		cmocka_unit_test(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
