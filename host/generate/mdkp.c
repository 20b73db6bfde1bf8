/* Multidimensional knapsack problems as P. C. Chu and J. E. Beasley made OR-Library's mknapcb files
 * ("A genetic algorithm for the multidimensional knapsack problem", J. Heuristics 4, 1998, section
 * 4): weights uniform over 0 .. 1000, capacity = tightness x row sum, and a profit that follows the
 * weights, sum_i a_ij / m + 500 q_j with q_j uniform over [0, 1). All rounded down. */
#include "generate/draw.h"
#include "generate/recipe.h"

enum { ROWS = 5 };

taut_status taut_generate_chu_beasley(taut_instance *instance, const taut_recipe *recipe,
                                      taut_error *err)
{
	taut_mdkp_data *data = &instance->data.mdkp;
	const uint32_t  n = recipe->size;
	const uint32_t  m = recipe->rows ? recipe->rows : ROWS;
	/* 500 is half of the largest weight; 500 q_j m stays whole below the fraction that the
	 * division by m drops anyway */
	const uint64_t noise = (uint64_t)recipe->high * m / 2;
	taut_rng       weights;
	taut_rng       profits;
	taut_status    st = taut_draw_room((double)n * m, err);

	data->n = n;
	data->m = m;
	if (st == TAUT_OK)
		st = taut_draw_zeros(&data->weights, (size_t)n * m, err);
	if (st == TAUT_OK)
		st = taut_draw_zeros(&data->profits, n, err);
	if (st == TAUT_OK)
		st = taut_draw_zeros(&data->capacities, m, err);
	if (st != TAUT_OK)
		return st;
	taut_rng_init(&weights, recipe->seed, 0);
	taut_rng_init(&profits, recipe->seed, 1);
	for (uint32_t i = 0; i < m; i++) {
		int64_t sum = 0;
		for (uint32_t j = 0; j < n; j++) {
			int64_t a = taut_draw(&weights, recipe->low, recipe->high);
			data->weights.v[(size_t)i * n + j] = a;
			data->profits.v[j] += a;
			sum += a;
		}
		/* below 2^31 x 2^31 only in pieces: the product with a million could overflow */
		data->capacities.v[i] = sum / 1000000 * recipe->tightness_ppm +
		                        sum % 1000000 * recipe->tightness_ppm / 1000000;
	}
	for (uint32_t j = 0; j < n; j++) {
		int64_t q = noise ? (int64_t)taut_rng_below(&profits, noise) : 0;
		data->profits.v[j] = (data->profits.v[j] + q) / m;
	}
	return TAUT_OK;
}
