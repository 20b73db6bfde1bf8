/*
 * Samples of the cpu backend against exact distributions: sa, the ladders of pt and the Trotterised
 * distribution of sqa. Its bits are the model's (test_backend_tempering), so that a case of each is
 * enough. Every run starts from random states and is long beyond all memory of them: samples are
 * independent.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "backend/backend.h"
#include "base/alloc.h"
#include "distribution.h"

enum {
#ifdef NDEBUG
	GROUPS = 512 /* of 64 reads */
#else
	GROUPS = 64
#endif
};

/* The fixture's problem, as a backend takes it. */
static taut_problem *problem_of(const fixture *f)
{
	taut_problem *p = taut_alloc(1, sizeof *p, NULL);
	const size_t  n = f->problem.n;

	assert_non_null(p);
	p->n = f->problem.n;
	p->linear = taut_copy(f->linear, n, sizeof *p->linear, NULL);
	p->row = taut_copy(f->row, n + 1, sizeof *p->row, NULL);
	p->col = taut_copy(f->col, f->row[n], sizeof *p->col, NULL);
	p->coef = taut_copy(f->coef, f->row[n], sizeof *p->coef, NULL);
	assert_true(p->linear && p->row && p->col && p->coef);
	return p;
}

/* Last states of the reads. */
static taut_samples *last_states(const fixture *f, const taut_schedule *schedule)
{
	const taut_ctx ctx = {.threads = 1};
	taut_problem  *p = problem_of(f);
	taut_schedule  s = *schedule;
	taut_samples  *out;
	taut_backend  *b;
	bool           finished;

	s.reads = GROUPS * TAUT_LANES;
	s.track_from = s.sweeps;
	assert_int_equal(taut_backend_find(TAUT_BACKEND_CPU)->open(&b, NULL, NULL), TAUT_OK);
	assert_int_equal(b->ops->load(b, p, NULL), TAUT_OK);
	assert_int_equal(b->ops->run(&out, &finished, b, &s, &ctx, NULL), TAUT_OK);
	assert_true(finished);
	b->ops->close(b);
	taut_problem_free(p);
	return out;
}

static void count(histogram *h, const taut_samples *samples)
{
	for (size_t r = 0; r < samples->count; r++)
		h->count[samples->bits[r]]++;
	h->samples = (uint32_t)samples->count;
}

static void annealing(void **state)
{
	static histogram h;
	double           weight[MAX_STATES];
	fixture          f;
	taut_samples    *samples;
	taut_schedule    s = {.algorithm = TAUT_ALGORITHM_SA, .t_hot = 3.0, .t_cold = 3.0};

	(void)state;
	memset(&f, 0, sizeof f);
	sparse(&f);
	boltzmann(&h, weight, &f, taut_decode_temperature(taut_encode_temperature(3.0)));
	s.sweeps = 4 * mixing_sweeps(&h, weight, TAUT_RULE_METROPOLIS);
	s.seed = 1;
	samples = last_states(&f, &s);
	count(&h, samples);
	taut_samples_free(samples);
	assert_true(chi_square(&h, "cpu sa T 3") > 1e-4);
}

/* Every ladder has each rung once: its states together follow the mean of the rungs' distributions.
 */
static void ladders(void **state)
{
	enum { RUNGS = 8 };
	static const double rung[RUNGS] = {0.8, 1.2, 1.8, 2.7, 4.0, 6.0, 10.0, 30.0};
	static histogram    h;
	static histogram    one;
	double              weight[MAX_STATES];
	fixture             f;
	taut_samples       *samples;
	const taut_schedule s = {.algorithm = TAUT_ALGORITHM_PT,
	                         .acceptance = TAUT_ACCEPTANCE_HEATBATH,
	                         .sweeps = 300,
	                         .seed = 2,
	                         .rungs = rung,
	                         .n_rungs = RUNGS};

	(void)state;
	memset(&f, 0, sizeof f);
	memset(&h, 0, sizeof h);
	ring(&f);
	h.n_states = STATES;
	for (uint32_t r = 0; r < RUNGS; r++) {
		boltzmann(&one, weight, &f,
		          taut_decode_temperature(taut_encode_temperature(rung[r])));
		for (uint32_t x = 0; x < STATES; x++)
			h.probability[x] += one.probability[x] / RUNGS;
	}
	samples = last_states(&f, &s);
	count(&h, samples);
	for (uint32_t k = 0; k + 1 < RUNGS; k++)
		assert_true(samples->exchanges_accepted[k] > 0);
	taut_samples_free(samples);
	assert_true(chi_square(&h, "cpu pt, 8 rungs") > 1e-4);
}

static void slices(void **state)
{
	static histogram h;
	static double    weight[MAX_STATES];
	fixture          f;
	taut_samples    *samples;
	taut_schedule    s = {.algorithm = TAUT_ALGORITHM_SQA,
	                      .seed = 3,
	                      .t_hot = RING * SLICED_T,
	                      .t_cold = RING * SLICED_T,
	                      .ring = RING,
	                      .gamma_hot = SLICED_GAMMA,
	                      .gamma_cold = SLICED_GAMMA};

	(void)state;
	memset(&f, 0, sizeof f);
	sliced(&f);
	trotter(&h, weight, &f);
	s.sweeps = 4 * mixing_sweeps(&h, weight, TAUT_RULE_METROPOLIS);
	samples = last_states(&f, &s);
	for (size_t r = 0; r < samples->count; r += RING) {
		uint32_t x = 0;

		for (uint32_t k = 0; k < RING; k++)
			x |= (uint32_t)samples->bits[r + k] << (SLICED_N * k);
		h.count[x]++;
		h.samples++;
	}
	taut_samples_free(samples);
	assert_true(chi_square(&h, "cpu sqa, 12 spins") > 1e-4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(annealing),
		cmocka_unit_test(ladders),
		cmocka_unit_test(slices),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
