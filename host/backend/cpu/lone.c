#include "backend/cpu/lone.h"

#include <assert.h>
#include <string.h>

#include "base/alloc.h"

taut_status taut_cpu_lone_init(taut_cpu_lone *lone, const taut_problem *problem,
                               const taut_cpu_lone_kernels *kernels, taut_error *err)
{
	const size_t words = ((size_t)problem->n + 63) / 64;

	assert(!problem->group && !problem->permutation_n);
	*lone = (taut_cpu_lone){.problem = problem, .kernels = kernels, .words = (uint32_t)words};
	lone->bits = taut_alloc(words, sizeof *lone->bits, err);
	if (!lone->bits)
		return TAUT_ENOMEM;
	lone->best = taut_alloc(words, sizeof *lone->best, err);
	if (!lone->best)
		return TAUT_ENOMEM;
	lone->fields = taut_alloc_aligned(words * 64, sizeof *lone->fields, err);
	return lone->fields ? TAUT_OK : TAUT_ENOMEM;
}

void taut_cpu_lone_fini(taut_cpu_lone *lone)
{
	taut_free(lone->bits);
	taut_free(lone->best);
	taut_free(lone->fields);
	*lone = (taut_cpu_lone){.problem = NULL};
}

/* Adds by times the couplings of i to the fields. Every set of ones is a state, so that no partial
 * sum leaves the machine's range. */
static inline void spread(const taut_cpu_lone *lone, uint32_t i, int32_t by)
{
	const taut_problem *p = lone->problem;
	int32_t *const      fields = lone->fields;

	if (p->dense) {
		lone->kernels->add_row(fields, taut_matrix_row(p->dense, i), p->n,
		                       by * p->dense_factor);
		return;
	}
	for (uint64_t k = p->row[i]; k < p->row[i + 1]; k++)
		fields[p->col[k]] += by * p->coef[k];
}

void taut_cpu_lone_load(taut_cpu_lone *lone, const taut_samples *samples, size_t r)
{
	const uint32_t n = lone->problem->n;
	int64_t        twice = 0; /* 2 E = sum_i x_i (c_i + F_i) */

	memcpy(lone->bits, samples->bits + r * samples->words, lone->words * sizeof *lone->bits);
	memcpy(lone->best, lone->bits, lone->words * sizeof *lone->bits);
	memcpy(lone->fields, lone->problem->linear, n * sizeof *lone->fields);
	for (size_t i = n; i < (size_t)lone->words * 64; i++)
		lone->fields[i] = INT32_MAX;
	for (uint32_t i = 0; i < n; i++)
		if (taut_cpu_lone_bit(lone, i))
			spread(lone, i, 1);
	for (uint32_t i = 0; i < n; i++)
		if (taut_cpu_lone_bit(lone, i))
			twice += (int64_t)lone->problem->linear[i] + lone->fields[i];
	lone->energy = lone->best_energy = twice / 2;
}

void taut_cpu_lone_store(taut_samples *samples, size_t r, const taut_cpu_lone *lone)
{
	memcpy(samples->bits + r * samples->words, lone->best, lone->words * sizeof *lone->best);
	samples->energy[r] = lone->best_energy;
}

void taut_cpu_lone_flip(taut_cpu_lone *lone, uint32_t i)
{
	const int32_t by = taut_cpu_lone_bit(lone, i) ? -1 : 1;

	lone->energy += by * lone->fields[i];
	lone->bits[i / 64] ^= (uint64_t)1 << i % 64;
	spread(lone, i, by);
}

void taut_cpu_lone_keep(taut_cpu_lone *lone)
{
	if (lone->energy >= lone->best_energy)
		return;
	lone->best_energy = lone->energy;
	memcpy(lone->best, lone->bits, lone->words * sizeof *lone->best);
}

taut_status taut_cpu_lone_tasks(bool *finished, taut_cpu_lone_run *run, taut_task_fn *task,
                                taut_error *err)
{
	taut_samples  *out = run->out;
	const uint32_t threads = run->ctx->threads ? run->ctx->threads : 1;
	const size_t   n_tasks = (out->count + run->block - 1) / run->block;
	taut_status    st = TAUT_ENOMEM;
	size_t         t;

	run->outcome = taut_alloc(n_tasks, sizeof *run->outcome, err);
	if (!run->outcome)
		goto done;
	run->proposals = taut_alloc(n_tasks, sizeof *run->proposals, err);
	if (!run->proposals)
		goto done;
	st = taut_parallel(task, run, n_tasks, threads, err);
	if (st)
		goto done;
	*finished = true;
	for (t = 0; t < n_tasks && run->outcome[t] != TAUT_CPU_SKIPPED; t++) {
		*finished = *finished && run->outcome[t] == TAUT_CPU_DONE;
		out->proposals += run->proposals[t];
	}
	if (t < n_tasks) {
		out->count = t * run->block;
		*finished = false;
	}
done:
	taut_free(run->outcome);
	taut_free(run->proposals);
	return st;
}
