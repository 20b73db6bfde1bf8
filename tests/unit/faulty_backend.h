/* A backend for tests: the cpu's, with faults on order, under the name xrt. */
#ifndef TAUT_TESTS_FAULTY_BACKEND_H
#define TAUT_TESTS_FAULTY_BACKEND_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "backend/backend.h"
#include "flow/load.h"
#include "flow/solve.h"

enum { NEVER = 1000000 };

/* What is to go wrong; zeroed, with the numbers NEVER, everything goes well. */
static struct {
	bool        absent;       /* not in the table */
	taut_status open;         /* OK, or what open says */
	int         load_fails;   /* number of the load that fails, from 0 */
	taut_status load;         /* and what it says */
	int         run_fails;    /* number of the run that loses the device */
	bool        leaves;       /* it leaves samples all the same */
	int         flip_read;    /* this read's first place is wrong, and so is its energy */
	bool        energy_alone; /* or only that */
	uint32_t    algorithms;   /* 0: the cpu's */
	uint32_t    devices;      /* that are listed */
	/* counted */
	int loads, runs;
} faulty;

static void faulty_reset(void)
{
	memset(&faulty, 0, sizeof faulty);
	faulty.load_fails = faulty.run_fails = faulty.flip_read = NEVER;
}

static const taut_backend_ops *cpu_ops(void)
{
	return taut_backend_find(TAUT_BACKEND_CPU);
}

static const taut_backend_ops faulty_ops;

static void faulty_devices(taut_devices *out)
{
	*out = (taut_devices){.count = faulty.devices};
}

static taut_status faulty_open(taut_backend **out, const taut_backend_options *options,
                               taut_error *err)
{
	taut_status st;

	*out = NULL;
	if (faulty.open != TAUT_OK)
		return taut_fail(err, faulty.open, "no card in the slot");
	st = cpu_ops()->open(out, options, err);
	if (st == TAUT_OK)
		(*out)->ops = &faulty_ops;
	return st;
}

static void faulty_limits(taut_limits *out, const taut_backend *b)
{
	cpu_ops()->limits(out, b);
	if (faulty.algorithms)
		out->algorithms = faulty.algorithms;
}

static void faulty_times(taut_backend_times *out, const taut_backend *b)
{
	(void)b;
	*out = (taut_backend_times){.pack = 1.0, .transfer = 2.0, .kernel = 4.0};
}

static taut_status faulty_load(taut_backend *b, const taut_problem *problem, taut_error *err)
{
	if (faulty.loads++ == faulty.load_fails)
		return taut_fail(err, faulty.load, "no room on the card");
	return cpu_ops()->load(b, problem, err);
}

static taut_status faulty_run(taut_samples **out, bool *finished, taut_backend *b,
                              const taut_schedule *schedule, const taut_ctx *ctx, taut_error *err)
{
	const size_t read = (size_t)faulty.flip_read;
	const bool   lost = faulty.runs++ == faulty.run_fails;
	taut_status  st;

	*out = NULL;
	if (lost && !faulty.leaves)
		return taut_fail(err, TAUT_EDEVICE, "the card fell silent");
	st = cpu_ops()->run(out, finished, b, schedule, ctx, err);
	if (st == TAUT_OK && faulty.flip_read != NEVER) {
		taut_samples *s = *out;
		if (!faulty.energy_alone && s->permutation_n) {
			uint16_t *p = s->position + read * s->permutation_n;
			uint16_t  first = p[0];
			p[0] = p[1];
			p[1] = first;
		} else if (!faulty.energy_alone) {
			s->bits[read * s->words] ^= 1;
		}
		s->energy[read] += 1;
	}
	if (st == TAUT_OK && lost) {
		*finished = false;
		st = taut_fail(err, TAUT_EDEVICE, "the card fell silent");
	}
	return st;
}

static void faulty_close(taut_backend *b)
{
	cpu_ops()->close(b);
}

static const taut_backend_ops faulty_ops = {.abi = TAUT_BACKEND_ABI,
                                            .name = TAUT_BACKEND_XRT,
                                            .devices = faulty_devices,
                                            .open = faulty_open,
                                            .limits = faulty_limits,
                                            .times = faulty_times,
                                            .load = faulty_load,
                                            .run = faulty_run,
                                            .close = faulty_close};

static const taut_backend_ops *faulty_find(taut_backend_name name)
{
	if (name == TAUT_BACKEND_XRT)
		return faulty.absent ? NULL : &faulty_ops;
	return taut_backend_find(name);
}

/* A shipped spec with few reads and sweeps. */
static void load_spec(taut_load_list *list, const char *name)
{
	char         path[512];
	taut_options over;
	taut_error   err;

	taut_options_default(&over);
	(void)snprintf(path, sizeof path, "%s/formulations/specs/%s.yaml", TAUT_SOURCE_DIR, name);
	if (taut_load(list, path, &over, &err) != TAUT_OK)
		fail_msg("%s", err.text);
	assert_int_equal(list->count, 1);
	list->options.reads = 70;
	list->options.sweeps = 40;
}

#endif
