/* Uniform cities: whole coordinates in a square of side 10^6, as in the DIMACS challenge (D. S.
 * Johnson and L. A. McGeoch, "Experimental analysis of heuristics for the STSP", 2002, class E),
 * and TSPLIB's rounded distances EUC_2D. */
#include "base/alloc.h"
#include "generate/draw.h"
#include "generate/recipe.h"
#include "model/tsplib_distance.h"

taut_status taut_generate_euclidean(taut_instance *instance, const taut_recipe *recipe,
                                    taut_error *err)
{
	taut_tsp_data *data = &instance->data.tsp;
	const uint32_t n = recipe->size;
	double        *points = taut_alloc(2 * (size_t)n, sizeof *points, err);
	taut_rng       rng;
	taut_status    st;

	if (!points)
		return TAUT_ENOMEM;
	taut_rng_init(&rng, recipe->seed, 0);
	for (size_t k = 0; k < 2 * (size_t)n; k++)
		points[k] = (double)taut_draw(&rng, recipe->low, recipe->high);
	data->n = n;
	st = taut_tsplib_matrix(&data->distances, TAUT_METRIC_EUC_2D, points, n, err);
	taut_free(points);
	return st;
}
