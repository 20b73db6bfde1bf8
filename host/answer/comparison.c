#include "answer/comparison.h"

#include <math.h>

#include "base/alloc.h"

static const double CONFIDENCE = 0.99;

void taut_comparison_free(taut_comparison *comparison)
{
	if (!comparison)
		return;
	taut_result_free(comparison->problem);
	taut_free(comparison->rows);
	taut_free(comparison);
}

bool taut_comparison_identical(const taut_comparison *c)
{
	for (size_t k = 0; k < c->n_rows; k++)
		if (k != c->reference && (!c->rows[k].compared || c->rows[k].differs))
			return false;
	return c->reference < c->n_rows && c->n_rows > 1;
}

bool taut_compared_rate(double *out, const taut_compared *row)
{
	if (row->updates == 0 || row->time_s.run <= 0.0)
		return false;
	*out = (double)row->updates / row->time_s.run;
	return true;
}

bool taut_compared_time_to_target(double *out, const taut_compared *row)
{
	double share;
	double reads = 1.0;

	if (row->state != TAUT_COMPARED_DONE || row->samples == 0 || row->successes == 0)
		return false;
	share = (double)row->successes / (double)row->samples;
	if (share < CONFIDENCE)
		reads = log1p(-CONFIDENCE) / log1p(-share);
	*out = reads * row->time_s.run / (double)row->samples;
	return true;
}

bool taut_compared_gap(double *out, const taut_comparison *c, const taut_compared *row)
{
	const taut_result *p = c->problem;
	double             best;
	double             objective;

	if (!p->has_best_known || !row->has_answer || !row->feasible_answer)
		return false;
	best = taut_decimal_to_double(p->best_known.value, p->best_known.decimals);
	objective = taut_decimal_to_double(row->best, p->model->decimals);
	*out = p->model->maximise ? best - objective : objective - best;
	if (best != 0.0)
		*out /= fabs(best);
	return true;
}
