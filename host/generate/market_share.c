/* Market-share problems of G. Cornuejols and M. Dawande ("A class of hard small 0-1 programs", IPCO
 * 1998): demands uniform over 0 .. 99, each target half of its row's sum, rounded down. Their class
 * has n = 10 (m - 1) variables; so m = n / 10 + 1 unless rows are given. */
#include "generate/draw.h"
#include "generate/recipe.h"

taut_status taut_generate_cornuejols_dawande(taut_instance *instance, const taut_recipe *recipe,
                                             taut_error *err)
{
	taut_market_data *data = &instance->data.market;
	const uint32_t    n = recipe->size;
	const uint32_t    m = recipe->rows ? recipe->rows : n / 10 + 1;
	taut_rng          rng;
	taut_status       st = taut_draw_room((double)n * m, err);

	data->n = n;
	data->m = m;
	if (st == TAUT_OK)
		st = taut_draw_zeros(&data->demands, (size_t)n * m, err);
	if (st == TAUT_OK)
		st = taut_draw_zeros(&data->targets, m, err);
	if (st != TAUT_OK)
		return st;
	taut_rng_init(&rng, recipe->seed, 0);
	for (uint32_t k = 0; k < m; k++) {
		int64_t sum = 0;
		for (uint32_t j = 0; j < n; j++) {
			int64_t a = taut_draw(&rng, recipe->low, recipe->high);
			data->demands.v[(size_t)k * n + j] = a;
			sum += a;
		}
		data->targets.v[k] = sum / 2;
	}
	return TAUT_OK;
}
