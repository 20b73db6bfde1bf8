#include "bound/depth_first.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/checked.h"
#include "bound/one_sided.h"

enum {
	FRACTION_BITS = 20, /* multipliers are rounded to 2^-20 where 64 bits allow it */
	ROOT_STEPS = 300,
	NODE_STEPS = 12,
	FEW = 12,                  /* free variables for which `all of them` is tried */
	BETWEEN = 4,               /* thresholds tried where the proof is out of reach */
	VARIABLES_MAX = 4096,      /* larger models are not tried */
	MULTIPLIERS_MAX = 1 << 20, /* variables x rows: what the stack holds */
	CLOCK_WORK = 1 << 18       /* matrix entries between looks at the clock */
};
static const int64_t OBJECTIVE_MAX = INT64_C(1) << 60;
static const double  ROOT_THETA = 1.0;
static const double  NODE_THETA = 0.7;
static const double  CUT = 0.8; /* of the step where it brings nothing */
static const double  DEFLECTION = 0.4;

/* A variable that was set to one value, and may have to be set to the other. */
typedef struct {
	uint32_t trail; /* variables fixed before it; it stands at order[trail] */
	uint8_t  other;
	bool     pending; /* the other value was not looked at yet */
	int64_t  bound;   /* of that child, scaled */
} frame;

typedef struct {
	taut_one_sided  p;
	const taut_ctx *ctx;
	int             bits;
	uint8_t        *x;     /* [n] values of the fixed variables */
	uint8_t        *inner; /* [n] of the free ones in the inner solution */
	uint8_t        *best;  /* [n], the caller's */
	uint32_t       *order; /* [n] the fixed variables, then the free ones */
	uint32_t        n_fixed;
	int64_t         profit; /* of the fixed variables */
	int64_t        *rest;   /* [m] b less the fixed variables' activity */
	int64_t        *least;  /* [m] least activity of the free variables */
	int64_t        *d;      /* [n] d_j, scaled; 0: nothing known */
	int64_t        *whole;  /* [m] multipliers per unit of the row, scaled; or activities */
	double         *l;      /* [m] multipliers per unit of the scaled row */
	double         *least_l, *slack, *direction; /* [m] */
	double         *root_l;                      /* [m] */
	double         *saved;                       /* [n][m] multipliers of the frames */
	frame          *frames;                      /* [n] */
	uint32_t        depth;
	int64_t         bound; /* of the node at hand, scaled */
	int64_t         own;   /* U of the node at hand, which may be above it; scaled */
	int64_t         need;  /* N: a better x has at least so much */
	bool            found; /* best holds a feasible x, worth `value` */
	bool            improved;
	int64_t         value;
	uint64_t        nodes, work, clock_at;
	bool            stopped;
} search;

bool taut_depth_first_applies(const taut_model *model)
{
	return taut_one_sided_applies(model) && model->n <= VARIABLES_MAX &&
	       (uint64_t)model->n * 2 * model->n_rows <= MULTIPLIERS_MAX;
}

static void search_fini(search *s)
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

static taut_status search_allocate(search *s, taut_error *err)
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

/* --- fixing --- */

static void fix(search *s, uint32_t position, uint8_t value)
{
	const taut_one_sided *p = &s->p;
	const uint32_t        j = s->order[position];

	s->order[position] = s->order[s->n_fixed];
	s->order[s->n_fixed++] = j;
	s->x[j] = value;
	s->profit += value ? p->c[j] : 0;
	for (size_t e = p->column_first[j]; e < p->column_first[j + 1]; e++) {
		const int64_t a = p->column_coef[e];

		s->least[p->column_row[e]] -= a < 0 ? a : 0;
		s->rest[p->column_row[e]] -= value ? a : 0;
	}
	s->work += p->column_first[j + 1] - p->column_first[j];
}

/* Frees the variables that were fixed last. Their places in `order` stay. */
static void release(search *s, uint32_t n_fixed)
{
	const taut_one_sided *p = &s->p;

	while (s->n_fixed > n_fixed) {
		const uint32_t j = s->order[--s->n_fixed];

		s->profit -= s->x[j] ? p->c[j] : 0;
		for (size_t e = p->column_first[j]; e < p->column_first[j + 1]; e++) {
			const int64_t a = p->column_coef[e];

			s->least[p->column_row[e]] += a < 0 ? a : 0;
			s->rest[p->column_row[e]] += s->x[j] ? a : 0;
		}
		s->work += p->column_first[j + 1] - p->column_first[j];
	}
}

/* Fixes what has only one feasible value; false where the node has no feasible x. */
static bool propagate(search *s)
{
	const taut_one_sided *p = &s->p;
	bool                  changed = true;

	while (changed) {
		changed = false;
		for (uint32_t k = 0; k < p->m; k++)
			if (s->rest[k] < s->least[k])
				return false;
		for (uint32_t at = s->n_fixed; at < p->n; at++) {
			const uint32_t j = s->order[at];
			bool           never[2] = {false, false};

			for (size_t e = p->column_first[j]; e < p->column_first[j + 1]; e++) {
				const int64_t a = p->column_coef[e];
				const int64_t spare =
					s->rest[p->column_row[e]] - s->least[p->column_row[e]];

				never[a > 0] |= (a > 0 ? a : -a) > spare;
			}
			s->work += p->column_first[j + 1] - p->column_first[j];
			if (!never[0] && !never[1])
				continue;
			fix(s, at, never[0] ? 1 : 0);
			changed = true;
			if (never[0] && never[1])
				return false;
		}
	}
	return true;
}

/* --- answers --- */

static int64_t scaled(const search *s, int64_t value)
{
	return value * (INT64_C(1) << s->bits);
}

/* The least multiple of the step above a value. */
static int64_t next_value(const search *s, int64_t value)
{
	int64_t rest = value % s->p.step;

	rest += rest < 0 ? s->p.step : 0;
	return value - rest + s->p.step;
}

/* The largest multiple of the step that is no larger. */
static int64_t floored(const search *s, int64_t value)
{
	return next_value(s, value) - s->p.step;
}

/* Keeps the fixed variables with `inner` for the free ones, where that is feasible and better. */
static void try_inner(search *s)
{
	const taut_one_sided *p = &s->p;
	int64_t               value = s->profit;

	memcpy(s->whole, s->rest, p->m * sizeof *s->whole);
	for (uint32_t at = s->n_fixed; at < p->n; at++) {
		const uint32_t j = s->order[at];

		if (!s->inner[j])
			continue;
		value += p->c[j];
		for (size_t e = p->column_first[j]; e < p->column_first[j + 1]; e++)
			s->whole[p->column_row[e]] -= p->column_coef[e];
		s->work += p->column_first[j + 1] - p->column_first[j];
	}
	if (value < s->need)
		return;
	for (uint32_t k = 0; k < p->m; k++)
		if (s->whole[k] < 0)
			return;
	for (uint32_t at = 0; at < p->n; at++) {
		const uint32_t j = s->order[at];

		s->best[j] = at < s->n_fixed ? s->x[j] : s->inner[j];
	}
	s->found = s->improved = true;
	s->value = value;
	s->need = next_value(s, value);
}

/* Every free variable at its better value, which settles the node where it is feasible. */
static void try_all(search *s)
{
	for (uint32_t at = s->n_fixed; at < s->p.n; at++)
		s->inner[s->order[at]] = s->p.c[s->order[at]] > 0;
	try_inner(s);
}

/* --- bounds --- */

/* U(l) in floating point, the inner solution and its slack. */
static double evaluate(search *s)
{
	const taut_one_sided *p = &s->p;
	double                value = (double)s->profit;

	for (uint32_t k = 0; k < p->m; k++) {
		s->slack[k] = (double)s->rest[k] / p->scale[k];
		value += s->l[k] * s->slack[k];
	}
	for (uint32_t at = s->n_fixed; at < p->n; at++) {
		const uint32_t j = s->order[at];
		const size_t   first = p->column_first[j];
		const size_t   end = p->column_first[j + 1];
		double         d = (double)p->c[j];

		for (size_t e = first; e < end; e++)
			d -= s->l[p->column_row[e]] * p->column_scaled[e];
		s->work += end - first;
		s->inner[j] = d > 0;
		if (d <= 0)
			continue;
		value += d;
		for (size_t e = first; e < end; e++)
			s->slack[p->column_row[e]] -= p->column_scaled[e];
	}
	return value;
}

/* One step along the deflected subgradient; false at a minimum. */
static bool move(search *s, double length)
{
	const uint32_t m = s->p.m;
	double         norm = 0;

	for (uint32_t k = 0; k < m; k++) {
		s->direction[k] = s->slack[k] + DEFLECTION * s->direction[k];
		if (s->l[k] <= 0 && s->direction[k] > 0)
			s->direction[k] = 0;
		norm += s->direction[k] * s->direction[k];
	}
	if (norm <= 0)
		return false;
	for (uint32_t k = 0; k < m; k++) {
		s->l[k] -= length / norm * s->direction[k];
		if (s->l[k] < 0)
			s->l[k] = 0;
	}
	return true;
}

static bool fits(const search *s)
{
	for (uint32_t k = 0; k < s->p.m; k++)
		if (s->slack[k] < -1e-9)
			return false;
	return true;
}

/* Searches for multipliers under which the node can be closed; the best stand in l. */
static void descend(search *s, int steps, double theta)
{
	const size_t bytes = s->p.m * sizeof *s->l;
	double       least = INFINITY;

	memset(s->direction, 0, bytes);
	for (; steps > 0; steps--) {
		const double value = evaluate(s);
		const double need = (double)s->need;

		if (fits(s))
			try_inner(s);
		if (value < least) {
			least = value;
			memcpy(s->least_l, s->l, bytes);
		} else {
			theta *= CUT;
		}
		if (least < need - 1e-6 * fabs(need) - 1e-3 ||
		    !move(s, theta * (value - need + 0.5 * (double)s->p.step)))
			break;
	}
	memcpy(s->l, s->least_l, bytes);
}

/* d and U, scaled, at l rounded; false on overflow. */
static bool exact_bound(int64_t *out, search *s)
{
	const taut_one_sided *p = &s->p;
	int64_t               sum = scaled(s, s->profit);

	for (uint32_t k = 0; k < p->m; k++) {
		const double whole = floor(ldexp(s->l[k] / p->scale[k], s->bits) + 0.5);

		if (!(whole >= 0 && whole < 0x1p62))
			return false;
		s->whole[k] = (int64_t)whole;
		if (!taut_muladd64(&sum, s->whole[k], s->rest[k]))
			return false;
	}
	for (uint32_t at = s->n_fixed; at < p->n; at++) {
		const uint32_t j = s->order[at];
		int64_t        d = scaled(s, p->c[j]);

		for (size_t e = p->column_first[j]; e < p->column_first[j + 1]; e++)
			if (!taut_muladd64(&d, -s->whole[p->column_row[e]], p->column_coef[e]))
				return false;
		s->work += p->column_first[j + 1] - p->column_first[j];
		if (d == INT64_MIN || (d > 0 && !taut_add64(&sum, sum, d)))
			return false;
		s->d[j] = d;
	}
	*out = sum;
	return true;
}

/* True where a bound says that nothing better is there. */
static bool closed(const search *s, int64_t bound)
{
	return bound < scaled(s, s->need);
}

/* Variables whose other value closes the node; true where there are any. */
static bool fix_by_cost(search *s, int64_t bound)
{
	const uint32_t before = s->n_fixed;

	for (uint32_t at = before; at < s->p.n; at++) {
		const int64_t d = s->d[s->order[at]];
		const int64_t cost = d < 0 ? -d : d;
		int64_t       left;

		if (taut_sub64(&left, bound, cost) && closed(s, left))
			fix(s, at, d > 0);
	}
	return s->n_fixed > before;
}

/* Closes the node at hand (false), or leaves it with its bound, fixings and the d of its free
 * variables. */
static bool node(search *s)
{
	s->nodes++;
	for (int pass = 0; pass < 3; pass++) {
		const bool root = s->depth == 0 && pass == 0;
		int64_t    bound;

		if (closed(s, s->bound) || !propagate(s))
			return false;
		if (s->p.n - s->n_fixed <= FEW)
			try_all(s);
		if (s->n_fixed == s->p.n)
			return false;
		descend(s, root ? ROOT_STEPS : NODE_STEPS, root ? ROOT_THETA : NODE_THETA);
		if (!exact_bound(&bound, s)) {
			memset(s->d, 0, s->p.n * sizeof *s->d);
			s->own = s->bound;
			return !closed(s, s->bound);
		}
		s->own = bound;
		if (bound < s->bound)
			s->bound = bound;
		if (closed(s, s->bound))
			return false;
		if (!fix_by_cost(s, bound))
			break;
	}
	return propagate(s) && s->n_fixed < s->p.n;
}

/* --- the tree --- */

/* The free variable that the bound is least sure of. */
static uint32_t choose(const search *s)
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

static void branch(search *s)
{
	const uint32_t at = choose(s);
	const int64_t  d = s->d[s->order[at]];
	const uint8_t  first = d >= 0;
	frame         *f = &s->frames[s->depth];

	*f = (frame){.trail = s->n_fixed, .other = !first, .pending = true};
	if (!taut_sub64(&f->bound, s->own, d < 0 ? -d : d) || f->bound > s->bound)
		f->bound = s->bound;
	memcpy(s->saved + (size_t)s->depth * s->p.m, s->l, s->p.m * sizeof *s->l);
	s->depth++;
	fix(s, at, first);
}

/* The next node that is open; false where there is none. */
static bool backtrack(search *s)
{
	while (s->depth > 0) {
		frame *f = &s->frames[s->depth - 1];

		release(s, f->trail);
		if (f->pending && !closed(s, f->bound)) {
			f->pending = false;
			s->bound = f->bound;
			memcpy(s->l, s->saved + (size_t)(s->depth - 1) * s->p.m,
			       s->p.m * sizeof *s->l);
			fix(s, f->trail, f->other);
			return true;
		}
		s->depth--;
	}
	return false;
}

static bool out_of_work(search *s, uint64_t limit)
{
	if (s->work >= s->clock_at) {
		s->clock_at = s->work + CLOCK_WORK;
		s->stopped = taut_ctx_stopped(s->ctx);
	}
	return s->stopped || s->work >= limit;
}

/* Looks for an x better than the threshold. Complete (true): nothing is better than it or, where
 * `value` has grown beyond it, than that. Else nothing is better than *open. */
static bool run(int64_t *open, search *s, int64_t threshold, int64_t bound, uint64_t limit)
{
	bool at_node = true;
	bool split;

	s->depth = 0;
	s->need = next_value(s, threshold);
	s->bound = scaled(s, bound);
	memcpy(s->l, s->root_l, s->p.m * sizeof *s->l);
	while (at_node && !out_of_work(s, limit)) {
		split = node(s);
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
		*open = floored(s, most >> s->bits);
		if (*open < s->need - s->p.step)
			*open = s->need - s->p.step;
	}
	release(s, 0);
	return !at_node;
}

/* First for the proof. Where it is out of reach, thresholds between what is known and the bound:
 * the search for anything better than a threshold is the smaller the higher it is, and when it ends
 * the threshold is a bound. */
static int64_t prove(bool *proven, search *s, uint64_t work)
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
		threshold = floored(s, below + (bound - below) / 2);
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

static taut_status search_init(search *s, const taut_model *model, const double *multipliers,
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
	search      s = {.ctx = ctx, .best = x, .found = has_incumbent};
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
