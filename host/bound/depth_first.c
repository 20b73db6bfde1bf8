#include "bound/depth_first.h"

#include <string.h>

#include "base/alloc.h"
#include "base/checked.h"
#include "bound/node.h"

enum {
	FRACTION_BITS = 20,       /* multipliers are rounded to 2^-20 where 64 bits allow it */
	BETWEEN = 4,              /* thresholds tried where the proof is out of reach */
	VARIABLES_MAX = 4096,     /* larger models are not tried */
	MULTIPLIERS_MAX = 1 << 20 /* variables x rows: what the stack holds */
};
static const int64_t OBJECTIVE_MAX = INT64_C(1) << 60;

bool taut_depth_first_applies(const taut_model *model)
{
	return taut_one_sided_applies(model) && model->n <= VARIABLES_MAX &&
	       (uint64_t)model->n * 2 * model->n_rows <= MULTIPLIERS_MAX;
}

static void search_fini(taut_node *s)
{
	taut_one_sided_fini(&s->p);
	taut_free(s->x);
	taut_free(s->inner);
	taut_free(s->order);
	taut_free(s->rest);
	taut_free(s->least);
	taut_free(s->d);
	taut_free(s->whole);
	taut_free(s->l);
	taut_free(s->least_l);
	taut_free(s->slack);
	taut_free(s->direction);
	taut_free(s->root_l);
	taut_free(s->saved);
	taut_free(s->frames);
}

static taut_status search_allocate(taut_node *s, taut_error *err)
{
	const uint32_t n = s->p.n;
	const uint32_t m = s->p.m;

	s->x = taut_alloc(n, 1, err);
	s->inner = taut_alloc(n, 1, err);
	s->order = taut_alloc(n, sizeof *s->order, err);
	s->rest = taut_alloc(m, sizeof *s->rest, err);
	s->least = taut_alloc(m, sizeof *s->least, err);
	s->d = taut_alloc(n, sizeof *s->d, err);
	s->whole = taut_alloc(m, sizeof *s->whole, err);
	s->l = taut_alloc(m, sizeof *s->l, err);
	s->least_l = taut_alloc(m, sizeof *s->least_l, err);
	s->slack = taut_alloc(m, sizeof *s->slack, err);
	s->direction = taut_alloc(m, sizeof *s->direction, err);
	s->root_l = taut_alloc(m, sizeof *s->root_l, err);
	s->saved = taut_alloc((size_t)n * m, sizeof *s->saved, err);
	s->frames = taut_alloc(n, sizeof *s->frames, err);
	return s->x && s->inner && s->order && s->rest && s->least && s->d && s->whole && s->l &&
	                       s->least_l && s->slack && s->direction && s->root_l && s->saved &&
	                       s->frames
	               ? TAUT_OK
	               : TAUT_ENOMEM;
}

/* --- the tree --- */

/* The free variable that the bound is least sure of. */
static uint32_t choose(const taut_node *s)
{
	uint32_t at = s->n_fixed;
	int64_t  least = INT64_MAX;

	for (uint32_t q = s->n_fixed; q < s->p.n; q++) {
		const int64_t d = s->d[s->order[q]];

		if ((d < 0 ? -d : d) < least) {
			least = d < 0 ? -d : d;
			at = q;
		}
	}
	return at;
}

static void branch(taut_node *s)
{
	const uint32_t   at = choose(s);
	const int64_t    d = s->d[s->order[at]];
	const uint8_t    first = d >= 0;
	taut_node_frame *f = &s->frames[s->depth];

	*f = (taut_node_frame){.trail = s->n_fixed, .other = !first, .pending = true};
	if (!taut_sub64(&f->bound, s->own, d < 0 ? -d : d) || f->bound > s->bound)
		f->bound = s->bound;
	memcpy(s->saved + (size_t)s->depth * s->p.m, s->l, s->p.m * sizeof *s->l);
	s->depth++;
	taut_node_fix(s, at, first);
}

/* The next node that is open; false where there is none. */
static bool backtrack(taut_node *s)
{
	while (s->depth > 0) {
		taut_node_frame *f = &s->frames[s->depth - 1];

		taut_node_release(s, f->trail);
		if (f->pending && !taut_node_closed(s, f->bound)) {
			f->pending = false;
			s->bound = f->bound;
			memcpy(s->l, s->saved + (size_t)(s->depth - 1) * s->p.m,
			       s->p.m * sizeof *s->l);
			taut_node_fix(s, f->trail, f->other);
			return true;
		}
		s->depth--;
	}
	return false;
}

static bool out_of_work(taut_node *s, uint64_t limit)
{
	return taut_node_stopped(s) || s->work >= limit;
}

/* Looks for an x better than the threshold. Complete (true): nothing is better than it or, where
 * `value` has grown beyond it, than that. Else nothing is better than *open. */
static bool run(int64_t *open, taut_node *s, int64_t threshold, int64_t bound, uint64_t limit)
{
	bool at_node = true;
	bool split;

	s->depth = 0;
	s->need = taut_node_next_value(s, threshold);
	s->bound = taut_node_scaled(s, bound);
	memcpy(s->l, s->root_l, s->p.m * sizeof *s->l);
	while (at_node && !out_of_work(s, limit)) {
		split = taut_node_search(s);
		if (s->depth == 0)
			memcpy(s->root_l, s->l, s->p.m * sizeof *s->l);
		if (split)
			branch(s);
		else
			at_node = backtrack(s);
	}
	if (at_node) {
		int64_t most = s->bound;

		for (uint32_t k = 0; k < s->depth; k++)
			if (s->frames[k].pending && s->frames[k].bound > most)
				most = s->frames[k].bound;
		*open = taut_node_floored(s, most >> s->bits);
		if (*open < s->need - s->p.step)
			*open = s->need - s->p.step;
	}
	taut_node_release(s, 0);
	return !at_node;
}

/* First for the proof. Where it is out of reach, thresholds between what is known and the bound:
 * the search for anything better than a threshold is the smaller the higher it is, and when it ends
 * the threshold is a bound. */
static int64_t prove(bool *proven, taut_node *s, uint64_t work)
{
	const int64_t none = s->p.least - s->p.step;      /* below every x */
	int64_t       bound = s->p.absolute + s->p.least; /* sum of the positive c */
	int64_t       open = bound;
	int64_t       below = s->found ? s->value : none;

	*proven = run(&open, s, below, bound, work / 2);
	bound = open < bound ? open : bound;
	for (int k = 0; k < BETWEEN && !*proven && !s->stopped; k++) {
		int64_t threshold;

		below = s->found && s->value > below ? s->value : below;
		threshold = taut_node_floored(s, below + (bound - below) / 2);
		if (threshold <= below || s->work >= work)
			break;
		if (run(&open, s, threshold, bound, s->work + work / (2 * BETWEEN))) {
			bound = s->found && s->value > threshold ? s->value : threshold;
		} else {
			bound = open < bound ? open : bound;
			below = threshold;
		}
	}
	*proven |= s->found && bound <= s->value;
	return *proven && s->found ? s->value : bound;
}

static taut_status search_init(taut_node *s, const taut_model *model, const double *multipliers,
                               taut_error *err)
{
	taut_status st = taut_one_sided_init(&s->p, model, err);

	if (st != TAUT_OK)
		return st;
	if (s->p.absolute > OBJECTIVE_MAX)
		return TAUT_ELIMIT;
	st = search_allocate(s, err);
	if (st != TAUT_OK)
		return st;
	for (s->bits = FRACTION_BITS; s->p.absolute > OBJECTIVE_MAX >> s->bits;)
		s->bits--;
	for (uint32_t j = 0; j < s->p.n; j++) {
		s->order[j] = j;
		for (size_t e = s->p.column_first[j]; e < s->p.column_first[j + 1]; e++)
			s->least[s->p.column_row[e]] +=
				s->p.column_coef[e] < 0 ? s->p.column_coef[e] : 0;
	}
	for (uint32_t k = 0; k < s->p.m; k++) {
		s->rest[k] = s->p.b[k];
		if (multipliers && !s->p.negated[k])
			s->root_l[k] = multipliers[s->p.source[k]] * s->p.scale[k];
	}
	return TAUT_OK;
}

/* A value of c x as an objective; false on overflow. */
static bool objective(int64_t *out, const taut_model *model, int64_t value)
{
	return taut_add64(out, model->offset, model->maximise ? value : -value);
}

taut_status taut_depth_first_search(taut_depth_first *out, uint8_t *x, bool has_incumbent,
                                    const taut_model *model, const double *multipliers,
                                    uint64_t work, const taut_ctx *ctx, taut_error *err)
{
	taut_node   s = {.ctx = ctx, .best = x, .found = has_incumbent};
	taut_status st = search_init(&s, model, multipliers, err);
	int64_t     bound;

	*out = (taut_depth_first){0};
	if (st == TAUT_ELIMIT) { /* nothing is proven */
		if (err)
			*err = (taut_error){TAUT_OK, ""};
		st = TAUT_OK;
		goto done;
	}
	if (st != TAUT_OK)
		goto done;
	for (uint32_t j = 0; j < model->n && has_incumbent; j++)
		s.value += x[j] ? s.p.c[j] : 0;
	bound = prove(&out->proven, &s, work);
	out->improved = s.improved;
	out->bounded = (s.found || !out->proven) && objective(&out->bound, model, bound);
	if (s.found && !objective(&out->objective, model, s.value))
		out->proven = out->bounded = false;
	out->nodes = s.nodes;
	out->work = s.work;
done:
	search_fini(&s);
	return st;
}
