/* The hardware kernels on the host's processor: the same words as on a card, the same calls. */
#include "backend/csim/csim.h"

#include <assert.h>
#include <pthread.h>
#include <stdio.h>

#include "backend/launcher.h"
#include "backend/pack.h"
#include "base/alloc.h"
#include "base/clock.h"
#include "hls/kernel/kernels.h"

enum { TILE_WORDS = 1 << 14 };

typedef struct {
	taut_backend       base;
	taut_noise        *noise;
	taut_problem      *problem;   /* NULL before the first load */
	taut_pack          pack;      /* of it */
	taut_word         *couplings; /* the card's copy */
	taut_word         *pool[2];   /* noise by rule */
	taut_word_buffer   launch, state;
	taut_word          status;
	taut_backend_times times;
} csim;

/* The kernels' on-chip memory is static: one call at a time in a process. */
static pthread_mutex_t kernel_lock = PTHREAD_MUTEX_INITIALIZER;

/* What a build of narrower kernels lacks; "" where all lanes are there. */
static void describe_missing(char *out, size_t size)
{
	out[0] = '\0';
	if (TAUT_KERNEL_LANES < TAUT_LANES)
		(void)snprintf(out, size,
		               "the kernels are built with %d lanes a group and csim needs %d: "
		               "configure with -DTAUT_KERNEL_LANES=%d",
		               TAUT_KERNEL_LANES, TAUT_LANES, TAUT_LANES);
}

static void describe_device(char *out, size_t size)
{
	(void)snprintf(out, size, "hls kernels on the host, %d groups of %d lanes",
	               TAUT_KERNEL_GROUPS, TAUT_KERNEL_LANES);
}

static void csim_devices(taut_devices *out)
{
	*out = (taut_devices){0};
	describe_missing(out->missing, sizeof out->missing);
	if (out->missing[0])
		return;
	out->count = 1;
	describe_device(out->name[0], sizeof out->name[0]);
}

static void unload(csim *c)
{
	taut_pack_fini(&c->pack);
	taut_problem_free(c->problem);
	taut_free(c->couplings);
	c->problem = NULL;
	c->couplings = NULL;
}

static void csim_close(taut_backend *b)
{
	csim *c = (csim *)b;

	if (!c)
		return;
	unload(c);
	taut_noise_free(c->noise);
	taut_free(c->pool[0]);
	taut_free(c->pool[1]);
	taut_words_free(&c->launch);
	taut_words_free(&c->state);
	taut_free(c);
}

static taut_status csim_open(taut_backend **out, const taut_backend_options *options,
                             taut_error *err)
{
	csim       *c = NULL;
	char        missing[160];
	taut_status st = TAUT_ENOMEM;

	(void)options; /* there is one device, without a bitstream */
	*out = NULL;
	describe_missing(missing, sizeof missing);
	if (missing[0])
		return taut_fail(err, TAUT_EDEVICE, "%s", missing);
	c = taut_alloc(1, sizeof *c, err);
	if (!c)
		goto done;
	c->base.ops = &taut_csim_ops;
	st = taut_noise_new(&c->noise, err);
	if (st)
		goto done;
	st = taut_pack_pools(c->pool, c->noise, err);
	if (st)
		goto done;
	*out = &c->base;
	c = NULL;
done:
	csim_close(c ? &c->base : NULL);
	return st;
}

static void csim_limits(taut_limits *out, const taut_backend *b)
{
	(void)b;
	taut_pack_limits(out, true, true);
	describe_device(out->device, sizeof out->device);
}

static void csim_times(taut_backend_times *out, const taut_backend *b)
{
	*out = ((const csim *)b)->times;
}

/* Adds the seconds since *since to *sum; *since is now. */
static void lap(double *sum, double *since)
{
	const double now = taut_clock_s();

	*sum += now - *since;
	*since = now;
}

/* Tile by tile, as to a card's memory. */
static taut_status load_couplings(csim *c, double *since, taut_error *err)
{
	const uint64_t words = c->pack.coupling_words;

	c->couplings = taut_alloc_aligned(words, sizeof *c->couplings, err);
	if (!c->couplings)
		return TAUT_ENOMEM;
	for (uint64_t first = 0; first < words; first += TILE_WORDS)
		taut_pack_couplings(c->couplings + first, &c->pack, first,
		                    words - first < TILE_WORDS ? words - first : TILE_WORDS);
	lap(&c->times.transfer, since);
	return TAUT_OK;
}

static taut_status csim_load(taut_backend *b, const taut_problem *problem, taut_error *err)
{
	csim       *c = (csim *)b;
	double      since = taut_clock_s();
	taut_status st;

	unload(c);
	st = taut_problem_dup(&c->problem, problem, err);
	if (st)
		goto done;
	st = taut_pack_init(&c->pack, c->problem, err);
	if (st)
		goto done;
	lap(&c->times.pack, &since);
	st = load_couplings(c, &since, err);
done:
	if (st)
		unload(c);
	return st;
}

/* Packs the job and runs the kernel on it. */
static taut_status csim_start(void *device, uint32_t unit, taut_job *job, taut_error *err)
{
	csim            *c = device;
	const taut_pack *k = &c->pack;
	const uint64_t   state_words =
		taut_kernel_state_words(c->problem->n, c->problem->permutation_n) * job->groups;
	double      since = taut_clock_s();
	taut_status st;

	(void)unit;
	st = taut_words_reserve(&c->launch, taut_pack_launch_words(job), err);
	if (st)
		return st;
	st = taut_words_reserve(&c->state, state_words, err);
	if (st)
		return st;
	taut_pack_launch(c->launch.word, job);
	taut_pack_state(c->state.word, k, job);
	c->status = (taut_word){{0}};
	lap(&c->times.pack, &since);
	(void)pthread_mutex_lock(&kernel_lock);
	since = taut_clock_s();
	(k->exchange ? taut_exchange : taut_anneal)(TAUT_KERNEL_ABI, c->launch.word,
	                                            c->pool[job->launch.rule], k->problem,
	                                            c->couplings, c->state.word, &c->status);
	lap(&c->times.kernel, &since);
	(void)pthread_mutex_unlock(&kernel_lock);
	return TAUT_OK;
}

static taut_status csim_wait(void *device, uint32_t unit, taut_job *job, taut_error *err)
{
	csim       *c = device;
	double      since = taut_clock_s();
	taut_status st =
		taut_pack_check(&c->status, job->launch.sweep_end - job->launch.sweep_begin, err);

	(void)unit;
	if (st)
		return st;
	st = taut_unpack_state(job, &c->pack, c->state.word, err);
	lap(&c->times.pack, &since);
	return st;
}

static taut_status csim_run(taut_samples **out, bool *finished, taut_backend *b,
                            const taut_schedule *schedule, const taut_ctx *ctx, taut_error *err)
{
	csim               *c = (csim *)b;
	const taut_launcher launcher = {.device = c,
	                                .units = 1,
	                                .groups = TAUT_KERNEL_GROUPS,
	                                .start = csim_start,
	                                .wait = csim_wait};

	assert(c->problem != NULL);
	return taut_launcher_run(out, finished, &launcher, c->problem, c->noise, schedule, ctx,
	                         err);
}

const taut_backend_ops taut_csim_ops = {.abi = TAUT_BACKEND_ABI,
                                        .name = TAUT_BACKEND_CSIM,
                                        .devices = csim_devices,
                                        .open = csim_open,
                                        .limits = csim_limits,
                                        .times = csim_times,
                                        .load = csim_load,
                                        .run = csim_run,
                                        .close = csim_close};
