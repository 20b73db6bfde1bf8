/* Problems over bits and runs of the cpu backend, for the tests of the algorithms in which every
 * read goes its own way. */
#ifndef TAUT_TESTS_LONE_FIXTURE_H
#define TAUT_TESTS_LONE_FIXTURE_H

#include <string.h>

#include "backend/cpu/cpu.h"
#include "backend/initial.h"
#include "base/alloc.h"
#include "base/clock.h"
#include "base/rng.h"

enum { FIXTURE_SEED = 20250711 }; /* of the random problems */

static inline void *must(void *memory)
{
	assert_non_null(memory);
	return memory;
}

/* From a symmetric matrix q[n][n], its diagonal being the linear part; dense: entries of 8 bits
 * times factor. */
static inline taut_problem *problem_of(uint32_t n, const int32_t *q, int32_t factor, bool dense)
{
	taut_problem *p = must(taut_alloc(1, sizeof *p, NULL));
	taut_matrix  *matrix = NULL;
	uint64_t      stored = 0;

	p->n = n;
	p->linear = must(taut_alloc(n, sizeof *p->linear, NULL));
	for (size_t i = 0; i < n; i++)
		p->linear[i] = q[i * n + i];
	if (dense) {
		assert_int_equal(taut_matrix_new(&matrix, n, NULL), TAUT_OK);
		for (size_t i = 0; i < n; i++)
			for (size_t j = 0; j < n; j++)
				if (i != j)
					matrix->entry[i * matrix->stride + j] =
						(int8_t)(q[i * n + j] / factor);
		p->dense = matrix;
		p->dense_factor = factor;
		return p;
	}
	p->row = must(taut_alloc((size_t)n + 1, sizeof *p->row, NULL));
	p->col = must(taut_alloc((size_t)n * n, sizeof *p->col, NULL));
	p->coef = must(taut_alloc((size_t)n * n, sizeof *p->coef, NULL));
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < n; j++)
			if (i != j && q[i * n + j]) {
				p->col[stored] = (uint32_t)j;
				p->coef[stored++] = q[i * n + j];
			}
		p->row[i + 1] = stored;
	}
	return p;
}

/* Each pair coupled with probability density; |q| <= size, multiplied by factor, and |linear| <=
 * size factor. The caller frees. */
static inline int32_t *random_matrix(uint32_t n, double density, int32_t size, int32_t factor,
                                     taut_rng *rng)
{
	int32_t *q = must(taut_alloc((size_t)n * n, sizeof *q, NULL));

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j <= i; j++)
			if (i == j || taut_rng_unit(rng) < density)
				q[i * n + j] = q[j * n + i] =
					factor *
					((int32_t)taut_rng_below(rng, 2 * (uint64_t)size + 1) -
				         size);
	return q;
}

static inline taut_problem *random_problem(uint32_t n, double density, int32_t size, bool dense,
                                           taut_rng *rng)
{
	int32_t      *q = random_matrix(n, density, size, 1, rng);
	taut_problem *p = problem_of(n, q, 1, dense);

	taut_free(q);
	return p;
}

/* Frustrated loops: each is short of one satisfied coupling in every state, and in the planted one
 * of no more; *least is the energy of the planted state, the least of all. */
static inline taut_problem *planted_problem(int64_t *least, uint32_t n, uint32_t loops,
                                            taut_rng *rng)
{
	int32_t      *q = must(taut_alloc((size_t)n * n, sizeof *q, NULL));
	int           spin[64];
	taut_problem *p;

	assert_true(n <= 64);
	*least = 0;
	for (uint32_t i = 0; i < n; i++)
		spin[i] = taut_rng_below(rng, 2) ? 1 : -1;
	for (uint32_t k = 0; k < loops; k++) {
		const uint32_t length = 4 + (uint32_t)taut_rng_below(rng, 4);
		const uint32_t broken = (uint32_t)taut_rng_below(rng, length);
		uint32_t       at[8];

		for (uint32_t a = 0; a < length;) { /* distinct */
			bool twice = false;

			at[a] = (uint32_t)taut_rng_below(rng, n);
			for (uint32_t b = 0; b < a; b++)
				twice |= at[b] == at[a];
			a += !twice;
		}
		*least -= (int64_t)length - 2;
		for (uint32_t a = 0; a < length; a++) {
			const size_t  i = at[a];
			const size_t  j = at[(a + 1) % length];
			const int32_t w = (a == broken ? 1 : -1) * spin[i] * spin[j];

			/* w s_i s_j = w - 2 w x_i - 2 w x_j + 4 w x_i x_j */
			*least -= w;
			q[i * n + i] -= 2 * w;
			q[j * n + j] -= 2 * w;
			q[i * n + j] += 4 * w;
			q[j * n + i] += 4 * w;
		}
	}
	p = problem_of(n, q, 1, false);
	taut_free(q);
	return p;
}

static inline int64_t energy_of(const taut_problem *p, const taut_samples *s, size_t r)
{
	int64_t sum = 0;

	if (!p->dense)
		return taut_initial_energy(p, s, r);
	for (uint32_t i = 0; i < p->n; i++) {
		if (!taut_sample_bit(s, r, i))
			continue;
		sum += p->linear[i];
		for (uint32_t j = 0; j < i; j++)
			if (taut_sample_bit(s, r, j))
				sum += (int64_t)p->dense_factor * taut_matrix_row(p->dense, i)[j];
	}
	return sum;
}

/* The least energy of all states, n <= 20, in Gray code's order. */
static inline int64_t brute_force(const taut_problem *p)
{
	const uint32_t words = 1;
	uint64_t       bits = 0;
	taut_samples   s = {.count = 1, .n = p->n, .words = words, .bits = &bits};
	int64_t        energy = 0;
	int64_t        least = 0;

	for (uint64_t k = 1; k < (uint64_t)1 << p->n; k++) {
		const uint32_t i = (uint32_t)__builtin_ctzll(k);
		int64_t        field = p->linear[i];

		for (uint64_t e = p->row[i]; e < p->row[i + 1]; e++)
			field += taut_sample_bit(&s, 0, p->col[e]) ? p->coef[e] : 0;
		energy += taut_sample_bit(&s, 0, i) ? -field : field;
		bits ^= (uint64_t)1 << i;
		least = energy < least ? energy : least;
	}
	return least;
}

static inline int64_t least_energy(const taut_samples *s)
{
	int64_t least = s->energy[0];

	for (size_t r = 1; r < s->count; r++)
		least = s->energy[r] < least ? s->energy[r] : least;
	return least;
}

/* Runs to the end on one instruction set (NULL: the widest); NULL where this processor lacks it. */
static inline taut_samples *run_on(const char *isa, const taut_problem *p, const taut_schedule *s,
                                   uint32_t threads)
{
	const taut_ctx ctx = {.threads = threads};
	taut_error     err = {TAUT_OK, ""};
	taut_samples  *out = NULL;
	bool           finished = false;
	taut_backend  *b;

	if (taut_cpu_open_isa(&b, isa, NULL))
		return NULL;
	if (b->ops->load(b, p, &err) || b->ops->run(&out, &finished, b, s, &ctx, &err))
		fail_msg("%s", err.text);
	assert_true(finished);
	assert_int_equal(out->count, s->reads);
	b->ops->close(b);
	return out;
}

static inline void assert_energies(const taut_problem *p, const taut_samples *s)
{
	for (size_t r = 0; r < s->count; r++)
		assert_int_equal(s->energy[r], energy_of(p, s, r));
}

/* Every instruction set and thread count gives the same samples, of exact energies. The caller
 * frees them. */
static inline taut_samples *run_everywhere(const taut_problem *p, const taut_schedule *s)
{
	static const char *const ISAS[] = {"generic", "avx2", "avx512", "avx512vnni"};
	taut_samples            *want = run_on(NULL, p, s, 1);

	assert_energies(p, want);
	assert_int_equal(want->proposals, (uint64_t)p->n * s->reads * s->sweeps);
	for (size_t k = 0; k < 3; k++)
		for (uint32_t threads = 1; threads <= 3; threads += 2) {
			taut_samples *got = run_on(ISAS[k], p, s, threads);

			if (!got)
				continue;
			assert_memory_equal(got->energy, want->energy,
			                    want->count * sizeof *want->energy);
			assert_memory_equal(got->bits, want->bits,
			                    want->count * want->words * sizeof *want->bits);
			taut_samples_free(got);
		}
	return want;
}

/* Stopped before it begins, and by a deadline: valid states of the first reads, not finished, soon.
 */
static inline void check_stops(taut_algorithm algorithm)
{
	taut_rng rng;

	taut_rng_init(&rng, FIXTURE_SEED, 100);
	for (int kind = 0; kind < 4; kind++) {
		taut_problem       *p = random_problem(300, 0.3, 9, kind % 2, &rng);
		const taut_schedule s = {.algorithm = algorithm,
		                         .reads = 100,
		                         .sweeps = (uint64_t)1 << 40,
		                         .seed = 1};
		const int           stop = kind < 2;
		const double        begin_s = taut_clock_s();
		const taut_ctx      ctx = {
			     .threads = 2, .stop = &stop, .deadline_s = stop ? 0.0 : begin_s + 0.05};
		bool          finished = true;
		taut_backend *b;
		taut_samples *got;

		assert_int_equal(taut_cpu_open_isa(&b, NULL, NULL), TAUT_OK);
		assert_int_equal(b->ops->load(b, p, NULL), TAUT_OK);
		assert_int_equal(b->ops->run(&got, &finished, b, &s, &ctx, NULL), TAUT_OK);
		assert_false(finished);
		assert_true(taut_clock_s() - begin_s < 2.0); /* sanitizers included */
		assert_true(got->count >= 1 && got->count <= 100);
		assert_true(stop || got->proposals > 0);
		assert_energies(p, got);
		taut_samples_free(got);
		b->ops->close(b);
		taut_problem_free(p);
	}
}

/* Given states are where the reads begin: none ends above its own, and without a sweep it is the
 * answer. */
static inline void check_initial(taut_algorithm algorithm)
{
	taut_schedule s = {.algorithm = algorithm, .reads = 37, .sweeps = 60, .seed = 5};
	taut_rng      rng;
	taut_problem *p;
	taut_samples *first;
	taut_samples *second;

	taut_rng_init(&rng, FIXTURE_SEED, 101);
	p = random_problem(90, 0.2, 20, false, &rng);
	first = run_on(NULL, p, &s, 1);
	s.initial = first;
	s.reads = 50;
	s.sweeps = 3;
	second = run_on(NULL, p, &s, 1);
	for (size_t r = 0; r < 50; r++)
		assert_true(second->energy[r] <= first->energy[r % 37]);
	taut_samples_free(second);
	s.sweeps = 0;
	second = run_on(NULL, p, &s, 1);
	assert_memory_equal(second->bits, first->bits, 37 * first->words * sizeof *first->bits);
	assert_memory_equal(second->energy, first->energy, 37 * sizeof *first->energy);
	taut_samples_free(second);
	taut_samples_free(first);
	taut_problem_free(p);
}

/* A read is a function of (seed, number): more reads begin with the same. */
static inline void check_prefix(taut_algorithm algorithm)
{
	taut_schedule s = {.algorithm = algorithm, .reads = 41, .sweeps = 50, .seed = 8};
	taut_rng      rng;
	taut_problem *p;
	taut_samples *few;
	taut_samples *many;

	taut_rng_init(&rng, FIXTURE_SEED, 102);
	p = random_problem(130, 0.1, 3, false, &rng);
	few = run_on(NULL, p, &s, 1);
	s.reads = 99;
	many = run_on(NULL, p, &s, 2);
	assert_memory_equal(few->bits, many->bits, 41 * few->words * sizeof *few->bits);
	taut_samples_free(many);
	s.seed = 9;
	many = run_on(NULL, p, &s, 2);
	assert_memory_not_equal(few->bits, many->bits, 41 * few->words * sizeof *few->bits);
	taut_samples_free(many);
	taut_samples_free(few);
	taut_problem_free(p);
}

/* Groups and permutations are refused, with what to do. */
static inline void check_refused(taut_algorithm algorithm)
{
	const taut_schedule s = {.algorithm = algorithm, .reads = 2, .sweeps = 2};
	const taut_ctx      ctx = {.threads = 1};
	taut_backend       *b;

	assert_int_equal(taut_cpu_open_isa(&b, NULL, NULL), TAUT_OK);
	for (int permutation = 0; permutation < 2; permutation++) {
		taut_problem *p = must(taut_alloc(1, sizeof *p, NULL));
		bool          finished = true;
		taut_samples *out;
		taut_error    err;

		if (permutation) {
			p->permutation_n = 3;
			p->flow = must(taut_alloc(9, sizeof *p->flow, NULL));
			p->distance = must(taut_alloc(9, sizeof *p->distance, NULL));
		} else {
			p->n = 2;
			p->n_groups = 1;
			p->linear = must(taut_alloc(2, sizeof *p->linear, NULL));
			p->row = must(taut_alloc(3, sizeof *p->row, NULL));
			p->col = must(taut_alloc(1, sizeof *p->col, NULL));
			p->coef = must(taut_alloc(1, sizeof *p->coef, NULL));
			p->group = must(taut_alloc(2, sizeof *p->group, NULL));
		}
		assert_int_equal(b->ops->load(b, p, NULL), TAUT_OK);
		assert_int_equal(b->ops->run(&out, &finished, b, &s, &ctx, &err), TAUT_ELIMIT);
		assert_null(out);
		assert_false(finished);
		assert_non_null(strstr(err.text, "--moves flip"));
		taut_problem_free(p);
	}
	b->ops->close(b);
}

/* Of so few bits that all states can be tried, the least is found. */
static inline void check_least(taut_algorithm algorithm, uint32_t reads, uint64_t sweeps,
                               uint64_t stream)
{
	taut_rng rng;

	taut_rng_init(&rng, FIXTURE_SEED, stream);
	for (uint32_t n = 1; n <= 16; n++)
		for (int trial = 0; trial < 3; trial++) {
			const taut_schedule s = {.algorithm = algorithm,
			                         .reads = reads,
			                         .sweeps = sweeps,
			                         .seed = n};
			taut_problem *p = random_problem(n, trial ? 0.5 : 1.0, trial == 2 ? 1 : 50,
			                                 false, &rng);
			taut_samples *got = run_on(NULL, p, &s, 1);

			assert_int_equal(least_energy(got), brute_force(p));
			taut_samples_free(got);
			taut_problem_free(p);
		}
}

/* In builds with faults: whichever allocation of a run fails, it says so and leaks nothing. */
static inline void check_faults(taut_algorithm algorithm)
{
	const taut_schedule s = {.algorithm = algorithm, .reads = 40, .sweeps = 4, .seed = 1};
	const taut_ctx      ctx = {.threads = 1};
	taut_rng            rng;
	taut_backend       *b;

	if (!taut_faults_built()) {
		print_message("SKIPPED: built without TAUT_FAULTS\n");
		return;
	}
	taut_rng_init(&rng, FIXTURE_SEED, 103);
	assert_int_equal(taut_cpu_open_isa(&b, NULL, NULL), TAUT_OK);
	for (int dense = 0; dense < 2; dense++) {
		taut_problem *p = random_problem(70, 0.5, 5, dense, &rng);
		taut_status   st = TAUT_ENOMEM;

		assert_int_equal(b->ops->load(b, p, NULL), TAUT_OK);
		for (long nth = 1; st; nth++) {
			bool          finished = true;
			taut_samples *out;

			taut_faults_arm(nth, 0);
			st = b->ops->run(&out, &finished, b, &s, &ctx, NULL);
			taut_faults_arm(0, 0);
			assert_true(st == TAUT_OK || st == TAUT_ENOMEM);
			assert_true(st == TAUT_OK ? out != NULL : out == NULL);
			assert_true(nth > 5 || st);
			taut_samples_free(out);
		}
		taut_problem_free(p);
	}
	b->ops->close(b);
}

#endif
