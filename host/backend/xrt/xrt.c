/*
 * The backend on cards through XRT. A problem is packed once (backend/pack.h) and streamed to every
 * unit of its kernel; a run is cut into launches (backend/launcher.h), one at a time on every unit.
 * XRT itself is called in server.c, in another process.
 */
#include "backend/xrt/xrt.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "backend/xrt/find.h"
#include "backend/xrt/units.h"
#include "base/alloc.h"
#include "base/clock.h"

enum {
	OPEN_S = 180,
	UNITS_MAX = TAUT_XCLBIN_UNITS_MAX
}; /* programming a card takes up to a minute */

typedef struct {
	taut_backend     base;
	taut_noise      *noise;
	taut_xclbin      bitstream;
	taut_card       *card[TAUT_DEVICES_MAX];
	uint32_t         n_cards;
	char             name[96]; /* of the first card */
	taut_xrt_unit    unit[UNITS_MAX];
	uint32_t         n_units;
	taut_xrt_unit   *used[UNITS_MAX]; /* units of the loaded problem's kernel */
	uint32_t         n_used;
	taut_problem    *problem; /* NULL before the first load */
	taut_pack        pack;
	taut_word_buffer staging; /* of what goes to a unit and comes back */
	double           pack_s, kernel_s;
} xrt_backend;

static void xrt_devices(taut_devices *out)
{
	taut_card  *card = NULL;
	taut_error  err = {TAUT_OK, ""};
	taut_found  found;
	taut_status st = taut_card_open(&card, &err);

	*out = (taut_devices){0};
	taut_card_close(card);
	if (st == TAUT_OK)
		st = taut_find_cards(&found, NULL, &err);
	for (uint32_t i = 0; st == TAUT_OK && i < found.count; i++)
		taut_found_name(out->name[out->count++], &found.card[i]);
	(void)snprintf(out->missing, sizeof out->missing, "%.255s", st == TAUT_OK ? "" : err.text);
}

/* The card's bitstream loaded, its units open and asked what they are. */
static taut_status open_card(xrt_backend *b, taut_card *card, const taut_found_card *found,
                             uint32_t index, const char *path, taut_error *err)
{
	taut_xrt_request q = {.kind = TAUT_XRT_OPEN, .index = index};
	taut_xrt_answer  a;
	char             name[96];
	taut_status      st;

	taut_found_name(name, found);
	(void)snprintf(q.text, sizeof q.text, "%s", found->address);
	st = taut_card_call(card, &q, NULL, OPEN_S, err);
	if (st != TAUT_OK)
		return taut_context(err, st, "%s", name);
	q.kind = TAUT_XRT_LOAD;
	(void)snprintf(q.text, sizeof q.text, "%s", path);
	st = taut_card_call(card, &q, NULL, OPEN_S, err);
	if (st != TAUT_OK)
		return taut_context(err, st, "%.60s on %.60s", path, name);
	q.kind = TAUT_XRT_UNIT;
	for (uint32_t i = 0; st == TAUT_OK && i < b->bitstream.n_units; i++) {
		const taut_xclbin_unit *x = &b->bitstream.unit[i];
		taut_xrt_unit          *u = &b->unit[b->n_units];

		if (b->n_units == UNITS_MAX)
			return taut_fail(
				err, TAUT_EDEVICE,
				"more than %d compute units on all cards; name one card (--device)",
				UNITS_MAX);
		(void)snprintf(q.text, sizeof q.text, "%s:{%s}", taut_xclbin_kernels[x->kernel],
		               x->name);
		st = taut_card_call(card, &q, &a, OPEN_S, err);
		if (st != TAUT_OK)
			break;
		*u = (taut_xrt_unit){.card = card,
		                     .id = a.unit,
		                     .kernel = x->kernel,
		                     .name = x->name,
		                     .bank_bytes = x->bank_bytes,
		                     .rule = -1};
		memcpy(u->bank, a.banks, sizeof u->bank);
		b->n_units++;
		st = taut_xrt_probe(u, &b->kernel_s, err);
	}
	return st;
}

static taut_status open_cards(xrt_backend *b, const taut_backend_options *options, taut_error *err)
{
	char        path[TAUT_FOUND_PATH];
	taut_found  found;
	taut_status st = taut_card_open(&b->card[0], err); /* no runtime is said before no device */

	b->n_cards = st == TAUT_OK;
	if (st == TAUT_OK)
		st = taut_find_cards(&found, NULL, err);
	if (st == TAUT_OK)
		st = taut_find_choose(&found, options ? options->device : NULL, err);
	if (st == TAUT_OK)
		st = taut_find_bitstream(path, &b->bitstream, &found,
		                         options ? options->bitstream : NULL, err);
	for (uint32_t i = 0, n = 0; st == TAUT_OK && i < found.count; i++) {
		if (!found.chosen[i])
			continue;
		if (n == 0)
			taut_found_name(b->name, &found.card[i]);
		else
			st = taut_card_open(&b->card[n], err);
		n++;
		if (st == TAUT_OK) {
			b->n_cards = n;
			st = open_card(b, b->card[n - 1], &found.card[i], i, path, err);
		}
	}
	return st;
}

static void xrt_close(taut_backend *base)
{
	xrt_backend *b = (xrt_backend *)base;

	if (!b)
		return;
	for (uint32_t i = 0; i < b->n_cards; i++)
		taut_card_close(b->card[i]);
	taut_pack_fini(&b->pack);
	taut_problem_free(b->problem);
	taut_noise_free(b->noise);
	taut_words_free(&b->staging);
	taut_free(b);
}

static taut_status xrt_open(taut_backend **out, const taut_backend_options *options,
                            taut_error *err)
{
	xrt_backend *b = taut_alloc(1, sizeof *b, err);
	taut_status  st;

	*out = NULL;
	if (!b)
		return TAUT_ENOMEM;
	b->base.ops = &taut_xrt_ops;
	st = taut_xrt_patience_check(err);
	if (st == TAUT_OK)
		st = open_cards(b, options, err);
	if (st == TAUT_OK)
		st = taut_noise_new(&b->noise, err);
	if (st == TAUT_OK)
		*out = &b->base;
	else
		xrt_close(&b->base);
	return st == TAUT_EDEVICE ? taut_context(err, st, "backend xrt") : st;
}

static uint32_t units_of(const xrt_backend *b, taut_xclbin_kernel kernel)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < b->n_units; i++)
		n += b->unit[i].kernel == kernel;
	return n;
}

static void xrt_limits(taut_limits *out, const taut_backend *base)
{
	const xrt_backend *b = (const xrt_backend *)base;
	const uint32_t     anneal = units_of(b, TAUT_XCLBIN_ANNEAL),
		       exchange = units_of(b, TAUT_XCLBIN_EXCHANGE);
	uint64_t bank = UINT64_MAX;

	for (uint32_t i = 0; i < b->n_units; i++)
		bank = b->unit[i].bank_bytes < bank ? b->unit[i].bank_bytes : bank;
	taut_pack_limits(out, anneal > 0, exchange > 0);
	out->max_couplings = bank / 8; /* a sparse entry */
	(void)snprintf(out->device, sizeof out->device, "%.56s, %u card%s, %u + %u units", b->name,
	               b->n_cards, b->n_cards == 1 ? "" : "s", anneal, exchange);
}

static void xrt_times(taut_backend_times *out, const taut_backend *base)
{
	const xrt_backend *b = (const xrt_backend *)base;

	*out = (taut_backend_times){.pack = b->pack_s, .kernel = b->kernel_s};
	for (uint32_t i = 0; i < b->n_cards; i++)
		out->transfer += taut_card_transfer_s(b->card[i]);
}

static taut_status xrt_load(taut_backend *base, const taut_problem *problem, taut_error *err)
{
	xrt_backend *b = (xrt_backend *)base;
	const double start = taut_clock_s();
	taut_status  st;

	taut_pack_fini(&b->pack);
	b->pack = (taut_pack){0};
	taut_problem_free(b->problem);
	b->problem = NULL;
	b->n_used = 0;
	st = taut_problem_dup(&b->problem, problem, err);
	if (st == TAUT_OK)
		st = taut_pack_init(&b->pack, b->problem, err);
	b->pack_s += taut_clock_s() - start;
	for (uint32_t i = 0; st == TAUT_OK && i < b->n_units; i++)
		if (b->unit[i].kernel ==
		    (b->pack.exchange ? TAUT_XCLBIN_EXCHANGE : TAUT_XCLBIN_ANNEAL))
			b->used[b->n_used++] = &b->unit[i];
	if (st == TAUT_OK && b->n_used == 0)
		st = taut_fail(err, TAUT_ELIMIT,
		               "the bitstream has no unit of %s, which this problem needs; use "
		               "another bitstream%s",
		               taut_xclbin_kernels[b->pack.exchange ? TAUT_XCLBIN_EXCHANGE
		                                                    : TAUT_XCLBIN_ANNEAL],
		               b->pack.exchange ? " or --moves flip" : "");
	if (st == TAUT_OK)
		st = taut_xrt_load(b->used, b->n_used, &b->pack, &b->pack_s, err);
	for (uint32_t i = 0; st == TAUT_OK && i < b->n_used; i++) {
		b->used[i]->sweep_s = 0;
		st = taut_xrt_reserve(b->used[i], TAUT_XRT_TERMS, b->pack.problem_words, err);
		if (st == TAUT_OK)
			st = taut_xrt_put(b->used[i], TAUT_XRT_TERMS, b->pack.problem,
			                  b->pack.problem_words, err);
		if (st == TAUT_OK)
			st = taut_xrt_flush(b->used[i]->card, err);
	}
	if (st != TAUT_OK) {
		taut_problem_free(b->problem);
		b->problem = NULL;
	}
	return st;
}

static taut_status put_noise(xrt_backend *b, taut_xrt_unit *u, taut_machine_rule rule,
                             taut_error *err)
{
	taut_status st;

	if (u->rule == (int)rule)
		return TAUT_OK;
	u->rule = -1;
	st = taut_words_reserve(&b->staging, TAUT_NOISE_WORDS, err);
	if (st == TAUT_OK)
		st = taut_xrt_reserve(u, TAUT_XRT_NOISE, TAUT_NOISE_WORDS, err);
	if (st != TAUT_OK)
		return st;
	taut_pack_noise(b->staging.word, b->noise, rule);
	st = taut_xrt_put(u, TAUT_XRT_NOISE, b->staging.word, TAUT_NOISE_WORDS, err);
	if (st == TAUT_OK)
		u->rule = (int)rule;
	return st;
}

static uint64_t state_words(const xrt_backend *b, const taut_job *job)
{
	return job->groups * taut_kernel_state_words(b->problem->n, b->problem->permutation_n);
}

static taut_status start_job(void *device, uint32_t at, taut_job *job, taut_error *err)
{
	static const taut_word
		       NOTHING; /* TAUT_CODE_NOTHING: an old answer is never taken for a new one */
	xrt_backend   *b = device;
	taut_xrt_unit *u = b->used[at];
	const uint64_t launch = taut_pack_launch_words(job), state = state_words(b, job);
	taut_status    st = put_noise(b, u, job->launch.rule, err);
	double         start;

	if (st == TAUT_OK)
		st = taut_words_reserve(&b->staging, launch > state ? launch : state, err);
	if (st == TAUT_OK)
		st = taut_xrt_reserve(u, TAUT_XRT_LAUNCH, launch, err);
	if (st == TAUT_OK)
		st = taut_xrt_reserve(u, TAUT_XRT_STATE, state, err);
	if (st != TAUT_OK)
		return st;
	start = taut_clock_s();
	taut_pack_launch(b->staging.word, job);
	b->pack_s += taut_clock_s() - start;
	st = taut_xrt_put(u, TAUT_XRT_LAUNCH, b->staging.word, launch, err);
	start = taut_clock_s();
	taut_pack_state(b->staging.word, &b->pack, job);
	b->pack_s += taut_clock_s() - start;
	if (st == TAUT_OK)
		st = taut_xrt_put(u, TAUT_XRT_STATE, b->staging.word, state, err);
	if (st == TAUT_OK)
		st = taut_xrt_put(u, TAUT_XRT_STATUS, &NOTHING, 1, err);
	return st == TAUT_OK ? taut_xrt_start(u, TAUT_KERNEL_ABI, err) : st;
}

static taut_status wait_job(void *device, uint32_t at, taut_job *job, taut_error *err)
{
	xrt_backend   *b = device;
	taut_xrt_unit *u = b->used[at];
	const uint64_t sweeps = job->launch.sweep_end - job->launch.sweep_begin,
		       state = state_words(b, job);
	const double expected = u->sweep_s * (double)sweeps, before = b->kernel_s,
		     patience = taut_xrt_patience_s();
	taut_word   status;
	double      start;
	taut_status st = taut_xrt_wait(u, &b->kernel_s,
	                               20 * expected > patience ? 20 * expected : patience, err);

	/* the status last: a card that was lost before it was read makes it ones, and all read
	 * before is dropped */
	if (st == TAUT_OK)
		st = taut_words_reserve(&b->staging, state, err);
	if (st == TAUT_OK)
		st = taut_xrt_get(b->staging.word, u, TAUT_XRT_STATE, state, err);
	if (st == TAUT_OK)
		st = taut_xrt_status(&status, u, err);
	if (st == TAUT_OK)
		st = taut_pack_check(&status, sweeps, err);
	if (st != TAUT_OK)
		return st;
	u->sweep_s = sweeps ? (b->kernel_s - before) / (double)sweeps : 0;
	start = taut_clock_s();
	st = taut_unpack_state(job, &b->pack, b->staging.word, err);
	b->pack_s += taut_clock_s() - start;
	return st;
}

static taut_status xrt_run(taut_samples **out, bool *finished, taut_backend *base,
                           const taut_schedule *schedule, const taut_ctx *ctx, taut_error *err)
{
	xrt_backend        *b = (xrt_backend *)base;
	const taut_launcher launcher = {.device = b,
	                                .units = b->n_used,
	                                .groups = TAUT_KERNEL_GROUPS,
	                                .start = start_job,
	                                .wait = wait_job};

	assert(b->problem != NULL);
	return taut_launcher_run(out, finished, &launcher, b->problem, b->noise, schedule, ctx,
	                         err);
}

const taut_backend_ops taut_xrt_ops = {.abi = TAUT_BACKEND_ABI,
                                       .name = TAUT_BACKEND_XRT,
                                       .devices = xrt_devices,
                                       .open = xrt_open,
                                       .limits = xrt_limits,
                                       .times = xrt_times,
                                       .load = xrt_load,
                                       .run = xrt_run,
                                       .close = xrt_close};
