/*
 * Reads that go their own ways (bifurcation.c, tabu.c): the state of one over bits, with its local
 * fields side by side and its energy counted on exactly, and the tasks of a run of them.
 */
#ifndef TAUT_BACKEND_CPU_LONE_H
#define TAUT_BACKEND_CPU_LONE_H

#include "backend/cpu/cpu.h"
#include "base/rng.h"

typedef struct {
	const taut_problem          *problem;
	const taut_cpu_lone_kernels *kernels;
	uint32_t                     words;
	uint64_t                    *bits; /* [words] 0 beyond n */
	int32_t  *fields; /* [64 words] F_i = c_i + sum_j q_ij x_j; INT32_MAX beyond n */
	int64_t   energy;
	uint64_t *best; /* [words] */
	int64_t   best_energy;
} taut_cpu_lone;

/* ENOMEM; fini also after that. */
taut_status taut_cpu_lone_init(taut_cpu_lone *lone, const taut_problem *problem,
                               const taut_cpu_lone_kernels *kernels,
                               taut_error                  *err) TAUT_MUST_CHECK;
void        taut_cpu_lone_fini(taut_cpu_lone *lone);

/* Takes read r of the samples, which is then the best state too; and writes the best state there.
 */
void taut_cpu_lone_load(taut_cpu_lone *lone, const taut_samples *samples, size_t r);
void taut_cpu_lone_store(taut_samples *samples, size_t r, const taut_cpu_lone *lone);

/* Flips variable i. */
void taut_cpu_lone_flip(taut_cpu_lone *lone, uint32_t i);

/* Keeps the state where it is better than the best. */
void taut_cpu_lone_keep(taut_cpu_lone *lone);

static inline bool taut_cpu_lone_bit(const taut_cpu_lone *lone, uint32_t i)
{
	return lone->bits[i / 64] >> (i % 64) & 1;
}

/* Stored couplings of variable i: the work of flipping it. */
static inline uint64_t taut_cpu_lone_degree(const taut_cpu_lone *lone, uint32_t i)
{
	const taut_problem *p = lone->problem;

	return p->dense ? p->n : p->row[i + 1] - p->row[i];
}

/* Work between two looks at the clock, which takes about 30 ns: some 10 microseconds. */
enum { TAUT_CPU_LONE_LOOK = 16384 };

/* A run: tasks take `block` reads each and write these alone. */
typedef struct {
	const taut_cpu      *cpu;
	const taut_schedule *schedule;
	const taut_ctx      *ctx;
	taut_samples        *out; /* first states on entry */
	uint32_t             block;
	taut_cpu_outcome    *outcome;   /* [tasks] */
	uint64_t            *proposals; /* [tasks] */
} taut_cpu_lone_run;

/* Runs the tasks; their payload is the run, its two arrays live for the call. Drops the reads from
 * the first task that did not begin, and counts the proposals. ENOMEM. */
taut_status taut_cpu_lone_tasks(bool *finished, taut_cpu_lone_run *run, taut_task_fn *task,
                                taut_error *err) TAUT_MUST_CHECK;

/* The random stream of a read, another one than that of its first state. */
static inline taut_rng taut_cpu_lone_stream(const taut_schedule *schedule, size_t r)
{
	taut_rng rng;

	taut_rng_init(&rng, taut_mix64(schedule->seed + 1), r);
	return rng;
}

#endif
