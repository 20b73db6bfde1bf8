#include "formulations/closed.h"

#include <math.h>
#include <string.h>

bool taut_closed_is(const taut_plan *plan)
{
	const taut_model *m = plan->model;

	if (taut_model_is_coupled(m) || m->n_forms || m->permutation.n || m->n_conflicts)
		return false;
	for (uint32_t k = 0; k < m->n_rows; k++)
		if (m->rows[k].tag == TAUT_ROW_AT_MOST_ONE)
			return false;
	return true;
}

/* x_i = 1 of the minimiser: returns its part of the objective. */
static double take(double *activity, const taut_plan *plan, uint32_t i)
{
	const taut_model *m = plan->model;

	for (size_t e = m->column_first[i]; e < m->column_first[i + 1]; e++)
		activity[m->column_row[e]] += (double)m->column_coef[e];
	return plan->change[i].lo;
}

double taut_closed_minimise(double *activity, double *value, double *group, uint32_t *member,
                            const taut_plan *plan, const double *l)
{
	const taut_model *m = plan->model;
	double            f = (m->maximise ? -1.0 : 1.0) * (double)m->offset;
	double            sum = value ? *value : 0;

	memset(activity, 0, m->n_rows * sizeof *activity);
	for (uint32_t k = 0; k < m->n_rows; k++)
		group[k] = INFINITY;
	for (uint32_t i = 0; i < m->n; i++) {
		const uint32_t k = plan->exchange ? m->group_of[i] : TAUT_NO_GROUP;
		double         change = plan->change[i].lo;

		for (size_t e = m->column_first[i]; e < m->column_first[i + 1]; e++)
			change += l[m->column_row[e]] * (double)m->column_coef[e];
		if (k == TAUT_NO_GROUP && change < 0) {
			sum += change;
			f += take(activity, plan, i);
		} else if (k != TAUT_NO_GROUP && change < group[k]) {
			group[k] = change;
			member[k] = i;
		}
	}
	for (uint32_t k = 0; k < m->n_rows; k++) {
		if (!isfinite(group[k]))
			continue;
		sum += group[k];
		f += take(activity, plan, member[k]);
	}
	if (value)
		*value = sum;
	return f;
}
