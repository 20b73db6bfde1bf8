/* Rows of a model as a plan sees them, and the published weights (plan.h). */
#include <math.h>

#include "base/checked.h"
#include "formulations/plan.h"

static const double CORE = 50;
/* a variable of two equations then has no coefficient above 4 times the objective's */
static const double EQUATION = 1.98;

bool taut_row_needs_term(const taut_model *m, uint32_t k, bool exchange)
{
	const taut_row *row = &m->rows[k];

	if (row->tag == TAUT_ROW_AT_MOST_ONE)
		return false;
	if (!exchange || row->tag != TAUT_ROW_ONE_HOT || !row->count)
		return true;
	return m->structure != TAUT_STRUCTURE_ASSIGNMENT && m->structure != TAUT_STRUCTURE_TOUR &&
	       m->group_of[m->row_col[row->first]] != k;
}

void taut_row_range(int64_t *lo, int64_t *hi, const taut_model *m, uint32_t k)
{
	const taut_row *row = &m->rows[k];

	*lo = *hi = 0;
	for (size_t e = row->first; e < row->first + row->count; e++)
		*(m->row_coef[e] < 0 ? lo : hi) += m->row_coef[e];
}

bool taut_row_is_equation(const taut_row *row)
{
	return row->lo == row->hi;
}

double taut_row_cut(const taut_row *row, double v)
{
	if (row->lo != TAUT_NO_LIMIT_LO && v < (double)row->lo)
		return (double)row->lo;
	if (row->hi != TAUT_NO_LIMIT_HI && v > (double)row->hi)
		return (double)row->hi;
	return v;
}

double taut_row_size(const taut_model *m, uint32_t k)
{
	const taut_row *row = &m->rows[k];
	double          sum = 0;

	for (size_t e = row->first; e < row->first + row->count; e++)
		sum += fabs((double)m->row_coef[e]);
	return sum;
}

double taut_row_mean_size(const taut_model *m, uint32_t k)
{
	const double sum = taut_row_size(m, k);

	return sum > 0 ? sum / (double)m->rows[k].count : 1.0;
}

bool taut_plan_has_row(const taut_plan *plan, uint32_t k)
{
	const taut_row *row = &plan->model->rows[k];
	int64_t         lo, hi;

	taut_row_range(&lo, &hi, plan->model, k);
	return taut_row_needs_term(plan->model, k, plan->exchange) &&
	       (lo < row->lo || hi > row->hi);
}

static double size_of_change(const taut_plan *plan, uint32_t i)
{
	return fmax(fabs(plan->change[i].lo), fabs(plan->change[i].hi));
}

double taut_plan_top_change(const taut_plan *plan, uint32_t k)
{
	const taut_row *row = &plan->model->rows[k];
	double          top = 0;

	for (size_t e = row->first; e < row->first + row->count; e++)
		top = fmax(top, size_of_change(plan, plan->model->row_col[e]));
	return top;
}

double taut_plan_flip_weight(const taut_plan *plan, uint32_t k)
{
	const taut_model *m = plan->model;
	const taut_row   *row = &m->rows[k];
	uint64_t divisor = taut_gcd(taut_gcd(0, plan->rows[k].target), plan->rows[k].slack);

	for (size_t e = row->first; e < row->first + row->count; e++)
		divisor = taut_gcd(divisor, m->row_coef[e]);
	return divisor ? (1.0 + taut_plan_top_change(plan, k)) / ((double)divisor * (double)divisor)
	               : 0.0;
}

double taut_plan_ratio_weight(const taut_plan *plan, uint32_t k)
{
	const taut_model *m = plan->model;
	const taut_row   *row = &m->rows[k];
	double            top = 0;

	for (size_t e = row->first; e < row->first + row->count; e++) {
		const double a = (double)m->row_coef[e];

		if (a != 0.0)
			top = fmax(top, (1.0 + size_of_change(plan, m->row_col[e])) / (a * a));
	}
	return top;
}

double taut_plan_mild_weight(const taut_plan *plan, uint32_t k)
{
	const taut_model *m = plan->model;
	const taut_row   *row = &m->rows[k];
	double            change = 0;
	double            square = 0;

	for (size_t e = row->first; e < row->first + row->count; e++) {
		change += size_of_change(plan, m->row_col[e]);
		square += (double)m->row_coef[e] * (double)m->row_coef[e];
	}
	return square > 0 ? change / square : 0.0;
}

double taut_plan_core_weight(const taut_plan *plan, uint32_t k, uint32_t sharing)
{
	const taut_row *row = &plan->model->rows[k];
	const double    mild = taut_plan_mild_weight(plan, k);
	double          top = 0;

	if (mild == 0.0) /* any weight will do */
		return 1.0;
	if (!taut_row_is_equation(row))
		return mild * CORE / ((double)row->count * (double)(sharing ? sharing : 1));
	for (size_t e = row->first; e < row->first + row->count; e++)
		top = fmax(top, fabs((double)plan->model->row_coef[e]));
	return plan->largest > 0 ? fmin(mild, EQUATION * plan->largest / (top * top)) : mild;
}
