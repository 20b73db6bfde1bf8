/*
 * Runs cut into launches, on devices made of hls/model: any number of units and groups and any
 * cutting gives the samples of the cpu; what a stopped run or a lost device leaves are the states
 * that the model has after as many sweeps.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <time.h>

#include "backend_fixture.h"
#include "backend/energies.h"
#include "backend/launcher.h"

enum { SEED = 20261121, UNITS_MAX = 5, GROUPS_MAX = 16 };

/* Runs in wait what start was given. */
typedef struct {
	taut_machine_problem machine;
	taut_job            *job[UNITS_MAX]; /* under way; else NULL */
	uint64_t             done[GROUPS_MAX];
	uint32_t             launches;
	uint32_t             units_used;  /* a bit each */
	uint64_t             longest;     /* sweeps of a launch */
	uint32_t             most_groups; /* of a launch */
	uint32_t             most_flying;
	uint32_t             groups; /* allowed */
	long                 delay_ns;
	/* the call that fails, counted from 1 over all units; 0: none */
	uint32_t    fail_start, fail_wait;
	uint32_t    starts, waits;
	taut_status failure;
	/* set after so many launches; 0: never */
	uint32_t stop_after;
	int      stop;
} fake;

static taut_status fake_start(void *device, uint32_t unit, taut_job *job, taut_error *err)
{
	fake    *f = device;
	uint32_t flying = 1;

	assert_true(unit < UNITS_MAX);
	assert_null(f->job[unit]);
	assert_true(job->groups >= 1 && job->groups <= f->groups);
	assert_true(job->launch.group + job->groups <= GROUPS_MAX);
	assert_true(job->launch.sweep_begin < job->launch.sweep_end);
	assert_true(job->launch.sweep_end <= job->launch.sweep_count);
	for (uint32_t g = 0; g < job->groups; g++)
		assert_int_equal(f->done[job->launch.group + g], job->launch.sweep_begin);
	if (++f->starts == f->fail_start)
		return taut_fail(err, f->failure, "start %u failed", f->starts);
	for (uint32_t u = 0; u < UNITS_MAX; u++)
		flying += f->job[u] != NULL;
	f->most_flying = flying > f->most_flying ? flying : f->most_flying;
	f->most_groups = job->groups > f->most_groups ? job->groups : f->most_groups;
	f->units_used |= 1u << unit;
	f->job[unit] = job;
	return TAUT_OK;
}

/* One sweep of one group, and the exchanges that the wanted ladders accept. */
static void fake_sweep(const fake *f, taut_job *job, uint32_t g, uint64_t sweep)
{
	taut_machine_launch part = job->launch;
	taut_machine_state *state = &job->state[g];
	uint8_t             before[TAUT_LANES];
	const uint64_t      at = sweep - part.sweep_begin;

	part.group += g;
	part.temperature += at * part.temperature_width;
	part.jq += part.mode == TAUT_MODE_SQA ? at : 0;
	part.sweep_begin = sweep;
	part.sweep_end = sweep + 1;
	memcpy(before, state->rung, sizeof before);
	taut_model_launch(&f->machine, &part, state);
	if (part.mode != TAUT_MODE_PT)
		return;
	for (uint32_t l = 0; l < taut_job_ladders(job, g) * part.rungs; l++)
		if (state->rung[l] > before[l])
			job->accepted[before[l]]++;
}

static taut_status fake_wait(void *device, uint32_t unit, taut_job *job, taut_error *err)
{
	fake                      *f = device;
	const taut_machine_launch *l = &job->launch;
	const struct timespec      delay = {.tv_nsec = f->delay_ns};

	assert_ptr_equal(f->job[unit], job);
	f->job[unit] = NULL;
	if (f->delay_ns)
		(void)nanosleep(&delay, NULL);
	if (++f->waits == f->fail_wait)
		return taut_fail(err, f->failure, "wait %u failed", f->waits);
	for (uint32_t g = 0; g < job->groups; g++) {
		for (uint64_t s = l->sweep_begin; s < l->sweep_end; s++)
			fake_sweep(f, job, g, s);
		f->done[l->group + g] = l->sweep_end;
	}
	f->launches++;
	if (l->sweep_end - l->sweep_begin > f->longest)
		f->longest = l->sweep_end - l->sweep_begin;
	f->stop = f->stop || f->launches == f->stop_after;
	return TAUT_OK;
}

static taut_status run_fake(taut_samples **out, bool *finished, fake *f, uint32_t units,
                            const taut_problem *p, const taut_schedule *s, uint32_t threads,
                            taut_error *err)
{
	const taut_launcher launcher = {.device = f,
	                                .units = units,
	                                .groups = f->groups,
	                                .start = fake_start,
	                                .wait = fake_wait};
	const taut_ctx      ctx = {.threads = threads, .stop = &f->stop};
	taut_noise         *noise;
	taut_status         st;

	f->machine = machine_of(p);
	*out = NULL;
	st = taut_noise_new(&noise, err);
	if (st)
		return st;
	st = taut_launcher_run(out, finished, &launcher, p, noise, s, &ctx, err);
	for (uint32_t u = 0; u < UNITS_MAX; u++)
		assert_null(f->job[u]);
	taut_noise_free(noise);
	return st;
}

static void assert_same_counts(const taut_samples *a, const taut_samples *b)
{
	assert_int_equal(a->proposals, b->proposals);
	assert_int_equal(a->n_rungs, b->n_rungs);
	assert_memory_equal(a->exchanges_proposed, b->exchanges_proposed,
	                    sizeof a->exchanges_proposed);
	assert_memory_equal(a->exchanges_accepted, b->exchanges_accepted,
	                    sizeof a->exchanges_accepted);
}

static taut_samples *run_cpu(const taut_problem *p, const taut_schedule *s)
{
	taut_backend *b;
	taut_samples *out;

	assert_int_equal(taut_cpu_open_isa(&b, NULL, NULL), TAUT_OK);
	out = run(b, p, s, 1);
	b->ops->close(b);
	return out;
}

/* On every number of units, as the cpu does. */
static void compare(const taut_problem *p, const taut_schedule *s)
{
	taut_samples *want = run_cpu(p, s);

	for (uint32_t units = 1; units <= 3; units++)
		for (uint32_t groups = 1; groups <= 4; groups += units) {
			fake          f = {.groups = groups};
			taut_samples *got;
			bool          finished;

			assert_int_equal(
				run_fake(&got, &finished, &f, units, p, s, 1 + units % 2, NULL),
				TAUT_OK);
			assert_true(finished);
			assert_same(want, got);
			assert_same_counts(want, got);
			taut_samples_free(got);
		}
	taut_samples_free(want);
}

static taut_schedule schedule_of(taut_algorithm algorithm, uint32_t reads, uint64_t sweeps)
{
	static const double rung[] = {1.0, 2.5, 6.0, 20.0, 55.0, 90.0};

	return (taut_schedule){.algorithm = algorithm,
	                       .acceptance = (taut_acceptance)(reads % 2),
	                       .reads = reads,
	                       .sweeps = sweeps,
	                       .seed = 1000 + reads,
	                       .t_hot = 60.0,
	                       .t_cold = 2.0,
	                       .rungs = rung,
	                       .n_rungs = algorithm == TAUT_ALGORITHM_PT ? 6 : 0,
	                       .ring = algorithm == TAUT_ALGORITHM_SQA ? 8 : 0,
	                       .gamma_hot = 30.0,
	                       .gamma_cold = 1.0,
	                       .track_from = sweeps / 2};
}

static taut_problem *problem_of(int kind)
{
	taut_rng rng;

	taut_rng_init(&rng, SEED, (uint64_t)kind);
	return kind == 2 ? permutation_problem(6, ASYMMETRIC, 1.0, 9, &rng)
	                 : bits_problem(19, 0.4, 15, kind == 1, &rng);
}

static void test_same_as_cpu(void **state)
{
	static const uint32_t       READS[] = {1, 9, 64, 65, 130, 253};
	static const taut_algorithm ALGORITHMS[] = {TAUT_ALGORITHM_SA, TAUT_ALGORITHM_PT,
	                                            TAUT_ALGORITHM_SQA};

	(void)state;
	for (int kind = 0; kind < 3; kind++) {
		taut_problem *p = problem_of(kind);

		for (size_t a = 0; a < 3; a++)
			for (size_t r = 0; r < 6; r++) {
				const taut_schedule s = schedule_of(ALGORITHMS[a], READS[r], 6);

				if (kind < 2 || ALGORITHMS[a] != TAUT_ALGORITHM_SQA)
					compare(p, &s);
			}
		taut_problem_free(p);
	}
}

/* Nothing to visit, no sweeps, points in place of a geometric schedule, given states. */
static void test_corners(void **state)
{
	static const double points[] = {50.0, 1.0, 30.0, 0.0};
	taut_schedule       s = schedule_of(TAUT_ALGORITHM_SA, 70, 0);
	taut_schedule       pt = schedule_of(TAUT_ALGORITHM_PT, 70, 4);
	taut_problem       *p = problem_of(0);
	taut_samples       *first;
	taut_problem       *one;
	taut_rng            rng;

	(void)state;
	compare(p, &s);
	taut_rng_init(&rng, SEED, 7);
	one = permutation_problem(1, ASYMMETRIC, 1.0, 9, &rng);
	s.sweeps = 5;
	compare(one, &s);
	compare(one, &pt);
	taut_problem_free(one);
	s.points = points;
	s.n_points = 4;
	compare(p, &s);
	first = run_cpu(p, &s);
	first->count = 3;
	s.initial = first;
	compare(p, &s);
	taut_samples_free(first);
	taut_problem_free(p);
}

/* Energies of many samples together are those of each. */
static void test_energies(void **state)
{
	static const uint32_t NS[] = {1, 40, 70, 129};
	taut_rng              rng;

	(void)state;
	taut_rng_init(&rng, SEED, 8);
	for (size_t k = 0; k < 16; k++) {
		const taut_schedule s = {.reads = 3 + 40 * (uint32_t)k, .seed = k};
		taut_problem       *p =
			bits_problem(NS[k % 4], 0.95, k % 3 ? 1000 : 8000000, k / 4 % 2, &rng);
		taut_samples *x;

		if (k >= 12) /* fields that wrap where they are of no account */
			for (uint32_t i = 0; i < p->n && p->group; i++)
				for (uint64_t e = p->row[i]; e < p->row[i + 1]; e++)
					if (p->group[i] == p->group[p->col[e]] &&
					    p->group[i] != TAUT_QUBO_UNGROUPED)
						p->coef[e] = INT32_MAX;
		assert_int_equal(taut_initial_new(&x, p, &s, NULL), TAUT_OK);
		for (size_t r = 0; r < x->count; r++)
			x->energy[r] = -1;
		assert_int_equal(taut_energies_set(x, p, 1, x->count, 2, NULL), TAUT_OK);
		assert_int_equal(x->energy[0], -1);
		x->energy[0] = taut_initial_energy(p, x, 0);
		assert_energies(p, x);
		taut_samples_free(x);
		taut_problem_free(p);
	}
}

/* Launches grow where they are short, and stay short where they take long. */
static void test_lengths(void **state)
{
	taut_problem *p = problem_of(0);

	(void)state;
	for (int slow = 0; slow < 2; slow++) {
		const taut_schedule s = schedule_of(TAUT_ALGORITHM_SQA, 10, slow ? 150 : 700);
		fake                f = {.groups = 1, .delay_ns = slow ? 30000000 : 0};
		taut_samples       *want = run_cpu(p, &s);
		taut_samples       *got;
		bool                finished;

		assert_int_equal(run_fake(&got, &finished, &f, 1, p, &s, 1, NULL), TAUT_OK);
		assert_same(want, got);
		/* 1 + 2048 / 20 at first; then at most two thirds of the one before */
		assert_true(f.launches >= 2);
		if (slow)
			assert_int_equal(f.longest, 103);
		taut_samples_free(got);
		taut_samples_free(want);
	}
	taut_problem_free(p);
}

/* All units are at work at once, and jobs as large as they may be. */
static void test_units(void **state)
{
	const taut_schedule s = schedule_of(TAUT_ALGORITHM_SA, 64 * 11, 3);
	taut_problem       *p = problem_of(0);
	fake                f = {.groups = 2};
	taut_samples       *got;
	bool                finished;

	(void)state;
	assert_int_equal(run_fake(&got, &finished, &f, 4, p, &s, 1, NULL), TAUT_OK);
	assert_int_equal(f.units_used, 15);
	assert_int_equal(f.most_flying, 4);
	assert_int_equal(f.most_groups, 2);
	taut_samples_free(got);
	/* few groups are shared among the units rather than given to one */
	f = (fake){.groups = 8};
	assert_int_equal(run_fake(&got, &finished, &f, 5, p, &s, 1, NULL), TAUT_OK);
	assert_int_equal(f.most_flying, 4); /* 3, 3, 3 and 2 of 11 */
	assert_int_equal(f.most_groups, 3);
	taut_samples_free(got);
	taut_problem_free(p);
}

/* Every sample is what the model has after the sweeps that its group got. */
static void assert_states(const taut_samples *got, const fake *f, const taut_problem *p,
                          const taut_schedule *s)
{
	taut_schedule full = *s;
	taut_samples *want;
	model_run     m;

	full.reads = (s->reads + TAUT_LANES - 1) / TAUT_LANES * TAUT_LANES;
	assert_int_equal(taut_initial_new(&want, p, &full, NULL), TAUT_OK);
	model_init(&m, p, s);
	for (size_t first = 0; first < want->count; first += TAUT_LANES) {
		taut_machine_state *now = &m.state;

		m.launch.group = (uint32_t)(first / TAUT_LANES);
		model_load(&m, want, first);
		model_sweeps(&m, 0, f->done[first / TAUT_LANES]);
		if (now->best_energy[0] == TAUT_NO_ENERGY) {
			memcpy(now->best_energy, now->energy, sizeof now->energy);
			memcpy(now->best_spins, now->spins, p->n * sizeof *now->spins);
			memcpy(now->best_position, now->position,
			       (size_t)TAUT_LANES * p->permutation_n * sizeof *now->position);
		}
		model_store(&m, want, first);
	}
	model_fini(&m);
	assert_true(got->count <= s->reads);
	want->count = got->count;
	assert_same(want, got);
	assert_energies(p, got);
	taut_samples_free(want);
}

/* Reads up to the last group that got sweeps. */
static size_t reads_of(const fake *f, const taut_schedule *s)
{
	size_t groups = 0;

	for (size_t g = 0; g < GROUPS_MAX; g++)
		if (f->done[g])
			groups = g + 1;
	return groups * TAUT_LANES < s->reads ? groups * TAUT_LANES : s->reads;
}

static void test_lost(void **state)
{
	(void)state;
	for (int kind = 0; kind < 3; kind++) {
		taut_schedule s = schedule_of(kind == 1 ? TAUT_ALGORITHM_PT : TAUT_ALGORITHM_SA,
		                              64 * 5 + 9, 400);
		taut_problem *p = problem_of(kind);
		uint32_t      with_states = 0;

		s.track_from = kind == 0 ? 0 : kind == 1 ? 200 : UINT64_MAX;
		for (uint32_t nth = 1; nth <= 9; nth++)
			for (int at_wait = 0; at_wait < 2; at_wait++) {
				fake          f = {.groups = 2,
				                   .fail_start = at_wait ? 0 : nth,
				                   .fail_wait = at_wait ? nth : 0,
				                   .failure = TAUT_EDEVICE};
				taut_error    err = {TAUT_OK, ""};
				taut_samples *got;
				bool          finished = true;

				if (run_fake(&got, &finished, &f, 2, p, &s, 1, &err) == TAUT_OK) {
					/* fewer launches than that */
					assert_true(finished);
				} else {
					assert_int_equal(err.code, TAUT_EDEVICE);
					assert_non_null(strstr(err.text, " failed"));
					assert_false(finished);
					assert_int_equal(got ? got->count : 0, reads_of(&f, &s));
				}
				if (got)
					assert_states(got, &f, p, &s);
				with_states += got && !finished;
				taut_samples_free(got);
			}
		assert_true(with_states >= 4);
		taut_problem_free(p);
	}
}

/* What is no lost device leaves nothing. */
static void test_failed(void **state)
{
	const taut_schedule s = schedule_of(TAUT_ALGORITHM_SA, 64 * 5, 400);
	taut_problem       *p = problem_of(0);

	(void)state;
	for (uint32_t nth = 1; nth <= 4; nth++)
		for (int at_wait = 0; at_wait < 2; at_wait++) {
			fake          f = {.groups = 1,
			                   .fail_start = at_wait ? 0 : nth,
			                   .fail_wait = at_wait ? nth : 0,
			                   .failure = TAUT_ELIMIT};
			taut_samples *got;
			bool          finished = true;

			assert_int_equal(run_fake(&got, &finished, &f, 2, p, &s, 1, NULL),
			                 TAUT_ELIMIT);
			assert_null(got);
			assert_false(finished);
		}
	taut_problem_free(p);
}

static void test_stopped(void **state)
{
	(void)state;
	for (int kind = 0; kind < 3; kind++) {
		taut_schedule s = schedule_of(kind == 0 ? TAUT_ALGORITHM_PT : TAUT_ALGORITHM_SA,
		                              64 * 5 + 9, 300);
		taut_problem *p = problem_of(kind);

		s.track_from = kind == 1 ? 0 : UINT64_MAX;
		for (uint32_t after = 0; after <= 6; after++) {
			fake f = {.groups = 1 + after % 2, .stop_after = after, .stop = after == 0};
			taut_samples *got;
			bool          finished = true;

			assert_int_equal(run_fake(&got, &finished, &f, 2, p, &s, 1, NULL), TAUT_OK);
			assert_false(finished);
			assert_int_equal(got->count,
			                 after ? reads_of(&f, &s) : f.groups * TAUT_LANES);
			if (!after)
				assert_int_equal(f.starts, 0);
			assert_states(got, &f, p, &s);
			taut_samples_free(got);
		}
		taut_problem_free(p);
	}
}

/* Every allocation fails once: ENOMEM, nothing is left behind (leaks show under the sanitizers). */
static void test_failing_allocations(void **state)
{
	(void)state;
	if (!taut_faults_built()) {
		print_message("SKIPPED: built without TAUT_FAULTS\n");
		skip();
	}
	for (int kind = 0; kind < 3; kind++) {
		const taut_schedule s =
			schedule_of(kind == 0 ? TAUT_ALGORITHM_SQA : TAUT_ALGORITHM_PT, 200, 3);
		taut_problem *p = problem_of(kind);
		taut_status   st = TAUT_ENOMEM;

		for (long nth = 1; st; nth++) {
			fake          f = {.groups = 1};
			taut_samples *got;
			bool          finished;

			taut_faults_arm(nth, 0);
			st = run_fake(&got, &finished, &f, 2, p, &s, 1, NULL);
			taut_faults_arm(0, 0);
			assert_true(st == TAUT_OK || st == TAUT_ENOMEM);
			assert_int_equal(got == NULL, st != TAUT_OK);
			assert_true(nth < 1000);
			taut_samples_free(got);
		}
		taut_problem_free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_as_cpu),
		cmocka_unit_test(test_corners),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_units),
		cmocka_unit_test(test_energies),
		cmocka_unit_test(test_lost),
		cmocka_unit_test(test_failed),
		cmocka_unit_test(test_stopped),
		cmocka_unit_test(test_failing_allocations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
