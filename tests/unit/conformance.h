/*
 * The backends under test and one comparison for all of them. Include after cmocka.h.
 *
 * TAUT_TEST_BACKENDS=xrt,csim restricts the tests to these backends; one that is named there and
 * does not open is then a failure. Without it every backend of the registry is tested, and one that
 * is not built in or finds no device is skipped with a message.
 */
#ifndef TAUT_TESTS_CONFORMANCE_H
#define TAUT_TESTS_CONFORMANCE_H

#include <stdlib.h>

#include "backend_fixture.h"
#include "base/matrix.h"

typedef struct {
	taut_backend *backend; /* NULL: skipped */
	taut_limits   limits;
	uint32_t      compared; /* runs that were found identical */
} tested;

static tested under_test[TAUT_N_BACKENDS];

static inline bool is_named(const char *list, const char *name)
{
	const size_t length = strlen(name);

	for (const char *at = list; *at; at += strcspn(at, ","), at += *at == ',')
		if (strcspn(at, ",") == length && strncmp(at, name, length) == 0)
			return true;
	return false;
}

static inline int open_backends(void **state)
{
	const char *list = getenv("TAUT_TEST_BACKENDS");
	uint32_t    count = 0;

	(void)state;
	for (int k = TAUT_BACKEND_CPU; k < TAUT_N_BACKENDS; k++) {
		const char             *name = taut_backend_names.names[k].name;
		const taut_backend_ops *ops = taut_backend_find((taut_backend_name)k);
		tested                 *t = &under_test[k];
		taut_error              err = {TAUT_EDEVICE, "not built in"};

		if (list && !is_named(list, name))
			continue;
		if (!ops || ops->open(&t->backend, NULL, &err)) {
			print_message("SKIPPED backend %s: %s\n", name, err.text);
			t->backend = NULL;
			if (list)
				return -1;
			continue;
		}
		ops->limits(&t->limits, t->backend);
		print_message("backend %s: %s\n", name, t->limits.device);
		count++;
	}
	return count ? 0 : -1;
}

/* Every exact backend was really compared. */
static inline int close_backends(void **state)
{
	int failed = 0;

	(void)state;
	for (int k = 0; k < TAUT_N_BACKENDS; k++) {
		tested *t = &under_test[k];

		if (!t->backend)
			continue;
		if (t->limits.exact) {
			print_message("backend %s: %u runs identical with the reference\n",
			              taut_backend_names.names[k].name, t->compared);
			failed |= t->compared == 0;
		}
		t->backend->ops->close(t->backend);
		t->backend = NULL;
	}
	return failed;
}

/* Whether the limits let a run through. */
static inline bool takes(const taut_limits *l, const taut_problem *p, const taut_schedule *s)
{
	return p->n <= l->max_variables && p->permutation_n <= l->max_permutation &&
	       (!p->row || p->row[p->n] <= l->max_couplings) && (l->groups || !p->group) &&
	       (l->dense || !p->dense) && l->algorithms >> s->algorithm & 1;
}

static inline void assert_same_counts(const taut_samples *a, const taut_samples *b)
{
	assert_int_equal(a->proposals, b->proposals);
	assert_int_equal(a->n_rungs, b->n_rungs);
	assert_memory_equal(a->exchanges_proposed, b->exchanges_proposed,
	                    sizeof a->exchanges_proposed);
	assert_memory_equal(a->exchanges_accepted, b->exchanges_accepted,
	                    sizeof a->exchanges_accepted);
}

static inline taut_samples *run_cpu(const taut_problem *p, const taut_schedule *s)
{
	taut_backend *b;
	taut_samples *out;

	assert_int_equal(taut_cpu_open_isa(&b, NULL, NULL), TAUT_OK);
	out = run(b, p, s, 1);
	b->ops->close(b);
	return out;
}

/* The run on every exact backend: samples as in `want`, work and exchanges as counted by the cpu.
 */
static inline void compare_with(const taut_samples *want, const taut_problem *p,
                                const taut_schedule *s)
{
	taut_samples *cpu = run_cpu(p, s);

	assert_same(want, cpu);
	for (int k = 0; k < TAUT_N_BACKENDS; k++) {
		tested       *t = &under_test[k];
		taut_samples *got;

		if (!t->backend || !t->limits.exact || !takes(&t->limits, p, s))
			continue;
		got = run(t->backend, p, s, 2);
		assert_same(want, got);
		assert_same_counts(cpu, got);
		t->compared++;
		taut_samples_free(got);
	}
	taut_samples_free(cpu);
}

/* With hls/model; twin: the same problem in another form, or NULL. */
static inline void compare(const taut_problem *p, const taut_problem *twin, const taut_schedule *s)
{
	taut_samples *want = reference(p, s, s->sweeps / 2);

	assert_energies(p, want);
	compare_with(want, p, s);
	if (twin)
		compare_with(want, twin, s);
	taut_samples_free(want);
}

/* With the cpu alone, where the model would take long. */
static inline void compare_cpu(const taut_problem *p, const taut_schedule *s)
{
	taut_samples *want = run_cpu(p, s);

	assert_energies(p, want);
	compare_with(want, p, s);
	taut_samples_free(want);
}

/* p with its couplings, all multiples of factor, in a matrix. */
static inline taut_problem *dense_twin(const taut_problem *p, int32_t factor)
{
	taut_problem *d = must(taut_alloc(1, sizeof *d, NULL));
	taut_matrix  *m;

	assert_int_equal(taut_matrix_new(&m, p->n, NULL), TAUT_OK);
	d->n = p->n;
	d->linear = must(taut_copy(p->linear, p->n, sizeof *p->linear, NULL));
	for (uint32_t i = 0; i < p->n; i++)
		for (uint64_t e = p->row[i]; e < p->row[i + 1]; e++) {
			assert_int_equal(p->coef[e] % factor, 0);
			m->entry[i * m->stride + p->col[e]] = (int8_t)(p->coef[e] / factor);
		}
	d->dense = m;
	d->dense_factor = factor;
	return d;
}

/* Variables without couplings. */
static inline taut_problem *plain_problem(uint32_t n)
{
	taut_problem *p = must(taut_alloc(1, sizeof *p, NULL));

	p->n = n;
	p->linear = must(taut_alloc(n, sizeof *p->linear, NULL));
	p->row = must(taut_alloc((size_t)n + 1, sizeof *p->row, NULL));
	p->col = must(taut_alloc(1, sizeof *p->col, NULL));
	p->coef = must(taut_alloc(1, sizeof *p->coef, NULL));
	return p;
}

#endif
