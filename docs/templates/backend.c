/* descent: from every first state flips whatever lowers the energy, in index order, until nothing
 * does or the sweeps are done. No noise, no temperatures: the smallest backend that solves
 * something. */
#include "docs/templates/templates.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "backend/initial.h"
#include "base/alloc.h"

/* In the tree a row of TAUT_BACKENDS in base/names.h makes this name. */
#define TAUT_BACKEND_DESCENT TAUT_BACKEND_NONE

typedef struct {
	taut_backend  base;    /* first */
	taut_problem *problem; /* NULL before the first load */
} descent;

static void descent_devices(taut_devices *out)
{
	*out = (taut_devices){.count = 1};
	(void)snprintf(out->name[0], sizeof out->name[0], "this processor");
}

static taut_status descent_open(taut_backend **out, const taut_backend_options *options,
                                taut_error *err)
{
	descent *self = taut_alloc(1, sizeof *self, err);

	(void)options; /* there is one device */
	*out = NULL;
	if (!self)
		return TAUT_ENOMEM;
	self->base.ops = &taut_descent_ops;
	*out = &self->base;
	return TAUT_OK;
}

static void descent_limits(taut_limits *out, const taut_backend *b)
{
	(void)b;
	*out = (taut_limits){.max_variables = UINT32_MAX,
	                     .max_couplings = UINT64_MAX,
	                     .max_permutation = 0,
	                     .groups = false,
	                     .algorithms = 1u << TAUT_ALGORITHM_SA,
	                     .exact = false};
	(void)snprintf(out->device, sizeof out->device, "greedy descent, one thread");
}

static void descent_times(taut_backend_times *out, const taut_backend *b)
{
	(void)b;
	*out = (taut_backend_times){0}; /* nothing is packed or transferred, or measured */
}

static taut_status descent_load(taut_backend *b, const taut_problem *problem, taut_error *err)
{
	descent *self = (descent *)b;

	if (problem->permutation_n > 0 || problem->n_groups > 0)
		return taut_fail(err, TAUT_ELIMIT,
		                 "descent takes flips alone; --moves flip expands the problem");
	taut_problem_free(self->problem);
	return taut_problem_dup(&self->problem, problem, err);
}

/* Change of energy when bit i of sample r flips. */
static int64_t change(const taut_problem *p, const taut_samples *s, size_t r, uint32_t i)
{
	int64_t field = p->linear[i];

	for (uint64_t e = p->row[i]; e < p->row[i + 1]; e++)
		if (taut_sample_bit(s, r, p->col[e]))
			field += p->coef[e];
	return taut_sample_bit(s, r, i) ? -field : field;
}

/* One pass over all variables; true when a bit was flipped. */
static bool sweep(const taut_problem *p, taut_samples *s, size_t r)
{
	bool moved = false;

	for (uint32_t i = 0; i < p->n; i++) {
		const int64_t d = change(p, s, r, i);

		if (d >= 0)
			continue;
		s->bits[r * s->words + i / 64] ^= UINT64_C(1) << i % 64;
		s->energy[r] += d;
		moved = true;
	}
	s->proposals += p->n;
	return moved;
}

static taut_status descent_run(taut_samples **out, bool *finished, taut_backend *b,
                               const taut_schedule *schedule, const taut_ctx *ctx, taut_error *err)
{
	const descent *self = (const descent *)b;
	taut_status    st;

	assert(self->problem != NULL);
	*finished = false;
	st = taut_initial_new(out, self->problem, schedule, err);
	if (st != TAUT_OK)
		return st;
	for (size_t r = 0; r < (*out)->count; r++)
		(*out)->energy[r] = taut_initial_energy(self->problem, *out, r);
	for (size_t r = 0; r < (*out)->count; r++)
		for (uint64_t k = 0; k < schedule->sweeps && sweep(self->problem, *out, r); k++)
			if (taut_ctx_stopped(ctx))
				return TAUT_OK; /* the states so far */
	*finished = true;
	return TAUT_OK;
}

static void descent_close(taut_backend *b)
{
	descent *self = (descent *)b;

	if (!self)
		return;
	taut_problem_free(self->problem);
	taut_free(self);
}

const taut_backend_ops taut_descent_ops = {.abi = TAUT_BACKEND_ABI,
                                           .name = TAUT_BACKEND_DESCENT,
                                           .devices = descent_devices,
                                           .open = descent_open,
                                           .limits = descent_limits,
                                           .times = descent_times,
                                           .load = descent_load,
                                           .run = descent_run,
                                           .close = descent_close};
