/* A slice of the lanes of a group over permutations. The lanes are independent and go one after the
 * other, through a piece of the visits at a time, whose random bits they share. */
#include <assert.h>
#include <string.h>

#include "backend/cpu/cpu.h"
#include "backend/initial.h"
#include "base/alloc.h"

enum {
	PIECE = 16384, /* visits of a piece, to the next whole row: 2 to 10 milliseconds of 64 lanes
	                */
	SEGMENTS = 4096, /* sweeps that a piece touches, at most */
	VECTORS = 15     /* of a lane */
};

/* Rows [begin, end) of one sweep. */
typedef struct {
	uint64_t         sweep;
	taut_temperature temperature;
	uint32_t         begin, end;
	size_t           at; /* of the first visit's bits */
} segment;

typedef struct {
	const taut_cpu_run *run;
	taut_cpu_swap_lane *lane;        /* [lanes] */
	uint16_t           *best;        /* [lanes][n] */
	int64_t            *best_energy; /* [lanes] */
	uint16_t           *bits;     /* [PIECE + n + 2 TAUT_CPU_BLOCK], from TAUT_CPU_BLOCK on */
	segment            *segments; /* [SEGMENTS] */
	taut_temperature   *scratch;
	uint32_t            group; /* number of the group of lanes */
	size_t              first; /* read of lane 0 */
	uint32_t            lanes;
	/* where the next piece begins */
	uint64_t                sweep;
	uint32_t                row;
	uint32_t                generator;
	const taut_temperature *temperature; /* of sweeps [temperature_begin, temperature_end) */
	uint64_t                temperature_begin, temperature_end;
	/* pt */
	taut_cpu_ladders    ladders;
	taut_cpu_exchanges *exchanges; /* counts of this task; else NULL */
} slice;

static void fini(slice *w)
{
	for (uint32_t l = 0; w->lane && l < w->lanes; l++) {
		taut_free(w->lane[l].position);
		taut_free(w->lane[l].fields);
	}
	taut_free(w->lane);
	taut_free(w->best);
	taut_free(w->best_energy);
	taut_free(w->bits);
	taut_free(w->segments);
	taut_free(w->scratch);
}

/* All vectors in one piece of memory, `position` its beginning. */
static taut_status init_lane(taut_cpu_swap_lane *lane, const taut_cpu_swaps *s, taut_error *err)
{
	const size_t length = (size_t)s->stride + TAUT_CPU_BLOCK;
	uint32_t    *at = taut_alloc_aligned(VECTORS * length, sizeof *at, err);

	lane->position = (int32_t *)at;
	if (!at)
		return TAUT_ENOMEM;
	lane->own = at += length;
	lane->scratch = at += length;
	lane->row = at += length;
	lane->factor = at += length;
	lane->diagonal = at += length;
	lane->ahead = at += length;
	lane->place = (uint16_t *)(at += length);
	lane->inverse = (uint16_t *)(at += length);
	for (int t = 0; t < 2; t++) {
		lane->pull[t] = (int16_t *)(at += length);
		lane->next[t] = (int16_t *)(at += length);
	}
	lane->turned = (int16_t *)(at += length);
	lane->back = at += length;
	lane->fields = taut_alloc_aligned((s->n + TAUT_CPU_BLOCK) * (size_t)s->stride,
	                                  sizeof *lane->fields, err);
	return lane->fields ? TAUT_OK : TAUT_ENOMEM;
}

static taut_status init(slice *w, const taut_cpu_run *run, size_t task, taut_error *err)
{
	const taut_cpu_swaps *s = &run->swaps;
	const size_t          share = TAUT_LANES / run->parts;
	const size_t          left = run->out->count - task * share;
	taut_status           st = TAUT_ENOMEM;

	*w = (slice){.run = run,
	             .group = (uint32_t)(task / run->parts),
	             .first = task * share,
	             .lanes = (uint32_t)(left < share ? left : share)};
	if (run->mode == TAUT_MODE_PT) {
		w->exchanges = &run->exchanges[task];
		taut_cpu_ladders_init(&w->ladders, run->schedule, run->cpu->noise,
		                      (uint32_t)(w->first % TAUT_LANES), w->lanes);
	}
	w->best = taut_alloc((size_t)w->lanes * s->n, sizeof *w->best, err);
	if (!w->best)
		goto done;
	w->best_energy = taut_alloc(w->lanes, sizeof *w->best_energy, err);
	if (!w->best_energy)
		goto done;
	w->bits = taut_alloc((size_t)PIECE + s->n + 2 * TAUT_CPU_BLOCK, sizeof *w->bits, err);
	if (!w->bits)
		goto done;
	w->segments = taut_alloc(SEGMENTS, sizeof *w->segments, err);
	if (!w->segments)
		goto done;
	w->scratch = taut_alloc(run->temperature ? 0 : TAUT_CPU_CHUNK, sizeof *w->scratch, err);
	if (!w->scratch)
		goto done;
	w->lane = taut_alloc(w->lanes, sizeof *w->lane, err);
	if (!w->lane)
		goto done;
	st = TAUT_OK;
	for (uint32_t l = 0; l < w->lanes && st == TAUT_OK; l++)
		st = init_lane(&w->lane[l], s, err);
done:
	return st;
}

static void start(slice *w)
{
	const taut_cpu_run   *run = w->run;
	const taut_cpu_swaps *s = &run->swaps;

	for (uint32_t l = 0; l < w->lanes; l++) {
		taut_cpu_swap_lane *lane = &w->lane[l];
		const size_t        r = w->first + l;

		lane->lane = (uint32_t)(r % TAUT_LANES);
		for (size_t a = 0; a < s->n; a++)
			lane->position[a] = run->out->position[r * s->n + a];
		lane->energy = taut_initial_energy(run->cpu->problem, run->out, r);
		w->best_energy[l] = TAUT_NO_ENERGY;
		run->cpu->kernels->swap.start(s, lane);
	}
}

static void begin_sweep(slice *w)
{
	w->row = 0;
	w->generator = taut_machine_reseed(w->run->schedule->seed, w->group, w->sweep);
	if (w->exchanges || w->sweep < w->temperature_end)
		return;
	w->temperature_begin = w->sweep;
	w->temperature =
		taut_cpu_run_steps(&w->temperature_end, w->run, w->scratch, NULL, w->sweep);
}

/* Draws the bits of the next piece and returns its number of segments. Before an exchange the lanes
 * wait for each other: pt's pieces end with a sweep. */
static size_t draw_piece(slice *w)
{
	const uint32_t  n = w->run->swaps.n;
	uint16_t *const bits = w->bits + TAUT_CPU_BLOCK;
	size_t          at = 0;
	size_t          count = 0;

	while (at < PIECE && count < SEGMENTS && w->sweep < w->run->sweeps) {
		segment *part = &w->segments[count++];
		uint32_t x;

		if (w->row == 0)
			begin_sweep(w);
		*part = (segment){.sweep = w->sweep, .begin = w->row, .at = at};
		if (!w->exchanges)
			part->temperature = w->temperature[w->sweep - w->temperature_begin];
		x = w->generator;
		for (; w->row + 1 < n && at < PIECE; w->row++)
			for (uint32_t b = w->row + 1; b < n; b++) {
				x = taut_machine_advance(x);
				bits[at++] = (uint16_t)taut_machine_bits(x);
			}
		w->generator = x;
		part->end = w->row;
		if (w->row + 1 == n) {
			w->sweep++;
			w->row = 0;
			if (w->exchanges)
				break;
		}
	}
	return count;
}

static void keep_best(slice *w, uint32_t l)
{
	const taut_cpu_swap_lane *lane = &w->lane[l];
	const size_t              n = w->run->swaps.n;

	if (lane->energy >= w->best_energy[l])
		return;
	w->best_energy[l] = lane->energy;
	for (size_t a = 0; a < n; a++)
		w->best[l * n + a] = (uint16_t)lane->position[a];
}

static void exchange(slice *w, uint64_t sweep)
{
	int64_t energy[TAUT_LANES] = {0};

	for (uint32_t l = 0; l < w->lanes; l++)
		energy[w->lane[l].lane] = w->lane[l].energy;
	taut_cpu_ladders_exchange(&w->ladders, w->exchanges, w->generator, sweep, energy);
}

static taut_temperature temperature_of(const slice *w, uint32_t lane, const segment *part)
{
	return w->exchanges ? w->ladders.temperature[w->ladders.rung[lane]] : part->temperature;
}

static void run_piece(slice *w, size_t n_segments)
{
	const taut_cpu_run   *run = w->run;
	const taut_cpu_swaps *s = &run->swaps;

	for (uint32_t l = 0; l < w->lanes; l++)
		for (size_t k = 0; k < n_segments; k++) {
			const segment *part = &w->segments[k];

			run->cpu->kernels->swap.rows(s, &w->lane[l], part->begin, part->end,
			                             w->bits + TAUT_CPU_BLOCK + part->at,
			                             temperature_of(w, w->lane[l].lane, part));
			if (part->end + 1 == s->n && (part->sweep >= run->schedule->track_from ||
			                              part->sweep + 1 == run->sweeps))
				keep_best(w, l);
		}
	if (w->exchanges && w->segments[n_segments - 1].end + 1 == s->n)
		exchange(w, w->segments[n_segments - 1].sweep);
}

static void finish(const slice *w)
{
	const size_t  n = w->run->swaps.n;
	taut_samples *out = w->run->out;

	for (uint32_t l = 0; l < w->lanes; l++) {
		uint16_t  *position = out->position + (w->first + l) * n;
		const bool tracked = w->best_energy[l] != TAUT_NO_ENERGY;

		for (size_t a = 0; a < n; a++)
			position[a] =
				tracked ? w->best[l * n + a] : (uint16_t)w->lane[l].position[a];
		out->energy[w->first + l] = tracked ? w->best_energy[l] : w->lane[l].energy;
	}
}

taut_status taut_cpu_swap_task(void *payload, size_t task, uint32_t worker, taut_error *err)
{
	const taut_cpu_run *run = payload;
	uint64_t            visits = 0;
	bool                stopped = false;
	slice               w;
	taut_status         st;

	(void)worker;
	/* the first slice always gives samples */
	if (task > 0 && taut_ctx_stopped(run->ctx))
		return TAUT_OK;
	st = init(&w, run, task, err);
	if (st)
		goto done;
	start(&w);
	while (w.sweep < run->sweeps && !(stopped = taut_ctx_stopped(run->ctx))) {
		const size_t   n_segments = draw_piece(&w);
		const segment *last = &w.segments[n_segments - 1];

		run_piece(&w, n_segments);
		visits += last->at;
		for (uint32_t a = last->begin; a < last->end; a++)
			visits += run->swaps.n - 1 - a;
	}
	finish(&w);
	run->outcome[task] = stopped ? TAUT_CPU_CUT : TAUT_CPU_DONE;
	run->proposals[task] = visits * w.lanes;
done:
	fini(&w);
	return st;
}
