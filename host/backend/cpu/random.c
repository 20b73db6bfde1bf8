#include "backend/cpu/random.h"

#include "backend/cpu/lone.h"
#include "backend/initial.h"

static taut_status state_task(void *payload, size_t task, uint32_t worker, taut_error *err)
{
	const taut_cpu_lone_run *run = payload;
	const taut_problem      *p = run->cpu->problem;

	(void)worker;
	(void)err;
	/* the first task always gives a sample */
	if (task > 0 && taut_ctx_stopped(run->ctx))
		return TAUT_OK;
	run->out->energy[task] = taut_initial_energy(p, run->out, task);
	run->outcome[task] = TAUT_CPU_DONE;
	run->proposals[task] = (uint64_t)p->n + p->permutation_n;
	return TAUT_OK;
}

taut_status taut_cpu_random_run(taut_samples *samples, bool *finished, const taut_cpu *cpu,
                                const taut_schedule *schedule, const taut_ctx *ctx, taut_error *err)
{
	taut_cpu_lone_run run = {
		.cpu = cpu, .schedule = schedule, .ctx = ctx, .out = samples, .block = 1};

	return taut_cpu_lone_tasks(finished, &run, state_task, err);
}
