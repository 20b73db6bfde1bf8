#include "formulations/lagrangian/dual.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"

/* As in augmented_lagrangian.c: what counts as a breach, in average items; what counts as no
 * progress. */
static const double TOLERANCE = 0.5;
static const double STALL = 0.7;
enum { GROWTHS_MAX = 20 };
/* More couplings than these are not worth their memory: the squares are then left out. */
static const double SQUARES_LIMIT = 0x1p24;
/* Row entries that a call may visit: about a second. */
static const double ENTRIES_LIMIT = 0x1p29;

static void init_squares(taut_dual *d, const taut_options *options)
{
	const taut_model *m = d->plan.model;
	const double      most = 0.5 * (double)m->n * ((double)m->n - 1);
	double            couplings = 0;
	uint32_t          sharing = 0;

	for (uint32_t k = 0; k < m->n_rows; k++) {
		d->breach[k] = INFINITY;
		if (!taut_plan_has_row(&d->plan, k))
			continue;
		sharing += !taut_row_is_equation(&m->rows[k]);
		couplings += 0.5 * (double)m->rows[k].count * (double)m->rows[k].count;
	}
	if (!d->cuts.closed || fmin(couplings, most) > SQUARES_LIMIT)
		return;
	for (uint32_t k = 0; k < m->n_rows; k++) {
		const double given = taut_plan_given_weight(&d->plan, options, k);

		if (taut_plan_has_row(&d->plan, k))
			d->rho[k] = 2 * (given > 0 ? given
			                           : taut_plan_core_weight(&d->plan, k, sharing));
	}
}

taut_status taut_dual_init(taut_dual *out, const taut_formulation_ops *ops, const taut_model *model,
                           const taut_options *options, bool exchange, const double *multipliers,
                           size_t limit, taut_error *err)
{
	const size_t rows = model->n_rows;
	taut_status  st = taut_plan_init(&out->plan, ops, model, options, exchange, err);

	if (st == TAUT_OK)
		st = taut_cuts_init(&out->cuts, &out->plan, limit, err);
	if (st != TAUT_OK)
		return st;
	out->value = -INFINITY;
	out->best = taut_alloc(out->cuts.n, sizeof *out->best, err);
	out->trial = taut_alloc(out->cuts.n, sizeof *out->trial, err);
	out->l = taut_alloc(rows, sizeof *out->l, err);
	out->rho = taut_alloc(rows, sizeof *out->rho, err);
	out->breach = taut_alloc(rows, sizeof *out->breach, err);
	out->growths = taut_alloc(rows, sizeof *out->growths, err);
	if (!out->best || !out->trial || !out->l || !out->rho || !out->breach || !out->growths)
		return TAUT_ENOMEM;
	taut_cuts_start(out->best, &out->cuts, multipliers);
	memcpy(out->trial, out->best, out->cuts.n * sizeof *out->trial);
	init_squares(out, options);
	return TAUT_OK;
}

void taut_dual_fini(taut_dual *dual)
{
	taut_cuts_fini(&dual->cuts);
	taut_plan_fini(&dual->plan);
	taut_free(dual->best);
	taut_free(dual->trial);
	taut_free(dual->l);
	taut_free(dual->rho);
	taut_free(dual->breach);
	taut_free(dual->growths);
}

void taut_dual_describe(taut_applied *out, const taut_formulation *f)
{
	taut_plan_describe(out, f);
	out->dual = ((const taut_dual *)f)->l;
}

double taut_dual_size(const taut_dual *dual)
{
	return fmax(fabs(dual->value), 1e-3);
}

uint64_t taut_dual_budget(const taut_dual *dual, uint64_t wish)
{
	const taut_model *m = dual->plan.model;
	const double      entries = (double)m->column_first[m->n] + (double)m->n;
	const double      most = ENTRIES_LIMIT / (entries + 1);

	return most >= (double)wish ? wish : most < 4 ? 4 : (uint64_t)most;
}

static void apply_row(taut_dual *d, uint32_t k, const double *mean)
{
	const taut_row *row = &d->plan.model->rows[k];
	const double    l = d->l[k];
	taut_row_term  *term = &d->plan.rows[k];
	double          off;

	*term = (taut_row_term){.multiplier = l};
	term->target = row->hi == TAUT_NO_LIMIT_HI || (l < 0 && row->lo != TAUT_NO_LIMIT_LO)
	                       ? row->lo
	                       : row->hi;
	if (mean && l == 0.0 && row->lo != TAUT_NO_LIMIT_LO && mean[k] < (double)row->lo)
		term->target = row->lo;
	off = mean ? mean[k] - (double)term->target : 0.0;
	if (taut_row_is_equation(row) || (term->target == row->hi && l + d->rho[k] * off > 0) ||
	    (term->target == row->lo && l + d->rho[k] * off < 0))
		term->weight = d->rho[k] / 2;
	if (term->weight == 0.0 && l == 0.0)
		*term = (taut_row_term){0};
}

void taut_dual_apply(taut_dual *dual, const double *v, const double *mean)
{
	taut_cuts_prices(dual->l, &dual->cuts, v);
	for (uint32_t j = 0; j < dual->cuts.n; j++)
		apply_row(dual, dual->cuts.side[j].row, mean);
}

void taut_dual_stiffen(taut_dual *dual, const double *mean)
{
	const taut_model *m = dual->plan.model;

	for (uint32_t k = 0; k < m->n_rows; k++) {
		const double breach = dual->rho[k] > 0
		                              ? fabs(mean[k] - taut_row_cut(&m->rows[k], mean[k])) /
		                                        taut_row_mean_size(m, k)
		                              : 0;

		if (breach > TOLERANCE && breach > STALL * dual->breach[k] &&
		    dual->growths[k] < GROWTHS_MAX) {
			dual->rho[k] *= 2;
			dual->growths[k]++;
		}
		dual->breach[k] = breach;
	}
}
