#include "answer/result.h"

#include <math.h>

#include "base/alloc.h"

void taut_result_free(taut_result *result)
{
	if (!result)
		return;
	taut_model_free(result->model);
	taut_free(result->file);
	taut_free(result->note);
	taut_free(result->formulation.weights);
	taut_free(result->formulation.multipliers);
	taut_free(result->bits);
	taut_verdict_fini(&result->verdict);
	taut_decoded_fini(&result->decoded);
	taut_free(result);
}

bool taut_result_gap(double *out, const taut_result *result)
{
	double objective = (double)result->verdict.objective;

	if (!result->bound.known || !result->has_answer || !result->verdict.feasible)
		return false;
	if (result->bound.value == result->verdict.objective) {
		*out = 0.0;
		return true;
	}
	if (result->verdict.objective == 0)
		return false;
	*out = fabs((double)result->bound.value - objective) / fabs(objective);
	return true;
}

/* objective: units of 10^-decimals */
static double best_known_distance(const taut_result *r, double objective)
{
	const double best = taut_decimal_to_double(r->best_known.value, r->best_known.decimals);
	const double found = objective / (double)taut_power_of_ten(r->model->decimals);
	const double worse = r->model->maximise ? best - found : found - best;

	return best != 0.0 ? worse / fabs(best) : worse;
}

bool taut_result_best_known_gap(double *out, const taut_result *result)
{
	if (!result->has_best_known || !result->has_answer || !result->verdict.feasible)
		return false;
	*out = best_known_distance(result, (double)result->verdict.objective);
	return true;
}

bool taut_result_mean_gap(double *out, const taut_result *result)
{
	if (!result->has_best_known || !result->raw.has_mended)
		return false;
	*out = best_known_distance(result, result->raw.mended);
	return true;
}
