#include "bound/linear_program.h"

#include <limits.h>
#include <math.h>

#include "base/alloc.h"
#include "bound/clique_cuts.h"
#include "bound/cover_cuts.h"
#include "bound/deviation.h"
#include "bound/products.h"

enum {
	ENTRIES_MAX = 4000000,
	ROUNDS_MAX = 200,
	PATIENCE = 5 /* rounds whose cuts bring little before the end */
};
/* Entries looked at: by the simplex, counted as the whole program per step; by separation. */
static const uint64_t SOLVE_WORK = 250000000;
static const uint64_t CUT_WORK = 300000000;
static const double   LITTLE = 1e-5; /* of the bound */

typedef struct {
	taut_relaxation   r;
	taut_cover_cuts  *covers;
	taut_clique_cuts *cliques;
	size_t            base; /* rows that stay */
	size_t            n_covers, n_cliques;
	uint64_t          solve_work, cut_work;
	double *multipliers; /* [n_rows] prices of a knapsack's rows before cuts share them, or NULL
	                      */
} search;

static taut_status search_init(bool *fits, search *s, const taut_model *model, taut_error *err)
{
	taut_status st = taut_relaxation_init(&s->r, model, err);

	*fits = true;
	if (st == TAUT_OK && taut_model_is_coupled(model))
		st = taut_products_add(fits, &s->r, ENTRIES_MAX, err);
	s->base = s->r.n_rows;
	*fits = *fits && (s->base == 0 || s->r.first[s->base] <= ENTRIES_MAX);
	if (st == TAUT_OK && model->n_rows > 0)
		st = taut_cover_cuts_new(&s->covers, &s->r, err);
	if (st == TAUT_OK && model->n_conflicts > 0)
		st = taut_clique_cuts_new(&s->cliques, model, err);
	return st;
}

/* *n_added is 0 on entry. */
static taut_status separate(size_t *n_added, search *s, const double *x, taut_error *err)
{
	const taut_model *m = s->r.m;
	size_t            cliques;
	taut_status       st = TAUT_OK;

	if (s->cliques)
		st = taut_clique_cuts_separate(n_added, s->cliques, &s->r, x, &s->cut_work,
		                               CUT_WORK, err);
	cliques = *n_added;
	s->n_cliques += cliques;
	for (uint32_t k = 0; k < m->n_rows && st == TAUT_OK; k++)
		for (int side = m->rows[k].tag == TAUT_ROW_LINEAR ? 0 : 2;
		     side < 2 && st == TAUT_OK; side++)
			st = taut_cover_cuts_separate(n_added, s->covers, &s->r, k, side, x,
			                              &s->cut_work, CUT_WORK, err);
	s->n_covers += *n_added - cliques;
	return st;
}

/* What a simplex step costs at most, about. */
static uint64_t step_work(const search *s)
{
	return (s->r.n_rows > 0 ? s->r.first[s->r.n_rows] : 0) + s->r.n_rows + s->r.n + 1;
}

static taut_status solve(const double **x, bool *solved, search *s, const taut_ctx *ctx,
                         taut_error *err)
{
	const uint64_t before = s->r.lp ? taut_clp_steps(s->r.lp) : 0;
	const uint64_t left =
		s->solve_work < SOLVE_WORK ? (SOLVE_WORK - s->solve_work) / step_work(s) : 0;
	taut_status st = taut_relaxation_solve(
		x, solved, &s->r, left > INT_MAX / 2 ? INT_MAX / 2 : (int)left, ctx, err);

	if (st == TAUT_OK)
		s->solve_work += (taut_clp_steps(s->r.lp) - before + 1) * step_work(s);
	return st;
}

static taut_status note_multipliers(search *s, taut_error *err)
{
	const taut_model *m = s->r.m;

	s->multipliers = taut_alloc(m->n_rows, sizeof *s->multipliers, err);
	if (!s->multipliers)
		return TAUT_ENOMEM;
	for (uint32_t k = 0; k < m->n_rows; k++)
		s->multipliers[k] = ldexp((double)s->r.row_price[k], -s->r.bits);
	return TAUT_OK;
}

/* Solve, certify, separate, until cuts bring little. */
static taut_status run(search *s, const taut_ctx *ctx, taut_error *err)
{
	double      last = INFINITY;
	int         patience = PATIENCE;
	taut_status st = TAUT_OK;

	for (int round = 0; round < ROUNDS_MAX && patience > 0 && st == TAUT_OK; round++) {
		const double *x;
		double        reach;
		size_t        n_added = 0;
		bool          solved;

		st = solve(&x, &solved, s, ctx, err);
		if (st == TAUT_OK && round == 0 && s->r.known &&
		    s->r.m->structure == TAUT_STRUCTURE_KNAPSACK)
			st = note_multipliers(s, err);
		if (st != TAUT_OK || !solved)
			break;
		reach = ldexp((double)s->r.reach, -s->r.bits);
		patience =
			s->r.known && last - reach < LITTLE * fabs(reach) ? patience - 1 : PATIENCE;
		last = s->r.known && reach < last ? reach : last;
		if (s->r.n_rows - s->base > 2 * (size_t)s->r.n && patience == PATIENCE)
			st = taut_relaxation_drop(&s->r, s->base, err);
		if (st == TAUT_OK)
			st = separate(&n_added, s, x, err);
		if (n_added == 0)
			break;
	}
	return st;
}

static const char *kind(const search *s)
{
	return s->r.n > s->r.m->n ? "lp_products"
	       : s->n_cliques > 0 ? "lp_clique"
	       : s->n_covers > 0  ? "lp_cover"
	                          : "lp";
}

taut_status taut_bound_linear_program(taut_bound *out, const taut_model *model, const taut_ctx *ctx,
                                      taut_error *err)
{
	search      s = {0};
	taut_error  why = {TAUT_OK, ""};
	bool        fits;
	taut_status st;

	*out = (taut_bound){0};
	if (model->dense || model->permutation.flow || model->n == 0 || taut_ctx_stopped(ctx) ||
	    taut_clp_check(&why) != TAUT_OK)
		return TAUT_OK;
	st = search_init(&fits, &s, model, err);
	if (st == TAUT_OK && fits)
		st = run(&s, ctx, err);
	if (st == TAUT_OK && s.r.known)
		st = taut_relaxation_bound(out, &s.r, taut_deviation_gain(model), kind(&s), err);
	if (st == TAUT_OK && out->known) {
		out->multipliers = s.multipliers;
		s.multipliers = NULL;
	}
	taut_free(s.multipliers);
	taut_cover_cuts_free(s.covers);
	taut_clique_cuts_free(s.cliques);
	taut_relaxation_fini(&s.r);
	return st;
}
