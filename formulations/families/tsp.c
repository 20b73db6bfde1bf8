/* Travelling salesman: a quadratic assignment of positions to cities with a cyclic flow. x_(a n +
 * l): city l stands at position a; flow 1 from each position to the next, so that the objective is
 * the closed tour's length. */
#include <inttypes.h>

#include "base/alloc.h"
#include "base/decimal.h"
#include "formulations/families/common.h"

static taut_status add_tour(taut_model *m, const taut_tsp_data *data, taut_error *err)
{
	const size_t n = data->n;
	taut_status  st;
	int64_t     *distance = NULL;
	int64_t     *flow = taut_alloc(n * n, sizeof *flow, err);

	if (!flow)
		return TAUT_ENOMEM;
	st = taut_numbers_at_scale(&distance, &data->distances, data->distances.decimals, err);
	if (st != TAUT_OK)
		goto done;
	/* A tour never goes from a city to itself, whatever a file's diagonal says; a single city
	 * has no leg. */
	for (size_t l = 0; l < n; l++)
		distance[l * n + l] = 0;
	for (size_t a = 0; a < n && n > 1; a++)
		flow[a * n + (a + 1) % n] = 1;
	st = taut_model_set_permutation(m, data->n, flow, distance, err);
done:
	taut_free(flow);
	taut_free(distance);
	return st;
}

static taut_status build(taut_model **out, const taut_instance *instance, taut_error *err)
{
	const taut_tsp_data *data = &instance->data.tsp;
	taut_model          *m = NULL;
	taut_status          st;

	*out = NULL;
	if (data->n == 0 || data->n > UINT16_MAX) /* n * n variables */
		return taut_fail(err, TAUT_EINPUT, "%" PRIu32 " cities; 1 to 65535 are taken",
		                 data->n);
	st = taut_expect_numbers(&data->distances, data->n, data->n, "distances", err);
	if (st == TAUT_OK)
		st = taut_model_new(&m, TAUT_FAMILY_TSP, instance->name, data->n * data->n, false,
		                    data->distances.decimals, err);
	if (st == TAUT_OK)
		st = add_tour(m, data, err);
	if (st == TAUT_OK)
		st = taut_family_hand_over(out, &m, err);
	if (st == TAUT_OK)
		(*out)->structure = TAUT_STRUCTURE_TOUR;
	taut_model_free(m);
	return st;
}

/* The tour starts at city 1 where it visits every city; a broken one stands as it is, 0 for an
 * empty position. */
static taut_status decode(taut_decoded *out, const taut_model *m, const uint8_t *x, taut_error *err)
{
	const uint32_t n = m->permutation.n;
	taut_status    st = TAUT_ENOMEM;
	uint8_t       *visited;
	int64_t       *by_position = NULL;
	int64_t       *tour;
	uint32_t       n_visited = 0;
	uint32_t       start = 0;

	*out = (taut_decoded){0};
	visited = taut_alloc((size_t)n + 1, 1, err);
	if (!visited)
		goto done;
	st = taut_decoded_add_permutation(&tour, out, "tour", m, x, err);
	if (st != TAUT_OK)
		goto done;
	by_position = taut_copy(tour, n, sizeof *tour, err);
	if (!by_position) {
		taut_decoded_fini(out);
		st = TAUT_ENOMEM;
		goto done;
	}
	for (uint32_t a = 0; a < n; a++) {
		if (by_position[a] == 1)
			start = a;
		n_visited += by_position[a] > 0 && !visited[by_position[a]];
		visited[by_position[a]] = 1;
	}
	for (uint32_t a = 0; a < n && n_visited == n; a++)
		tour[a] = by_position[(start + a) % n];
done:
	taut_free(visited);
	taut_free(by_position);
	return st;
}

const taut_family_ops taut_tsp_ops = {TAUT_FAMILY_TSP, build, decode};
