#include "formulations/families/family.h"

#include <assert.h>
#include <inttypes.h>

#include "base/alloc.h"
#include "formulations/families/common.h"

static const taut_family_ops *const families[TAUT_N_FAMILIES] = {
	[TAUT_FAMILY_MDKP] = &taut_mdkp_ops,
	[TAUT_FAMILY_MIS] = &taut_mis_ops,
	[TAUT_FAMILY_QAP] = &taut_qap_ops,
	[TAUT_FAMILY_TSP] = &taut_tsp_ops,
	[TAUT_FAMILY_MARKET_SHARE] = &taut_market_share_ops,
	[TAUT_FAMILY_MAXCUT] = &taut_maxcut_ops,
	[TAUT_FAMILY_QUBO] = &taut_qubo_ops,
	[TAUT_FAMILY_BINARY_PROGRAM] = &taut_binary_program_ops,
};

const taut_family_ops *taut_family_find(taut_family family)
{
	assert(family > TAUT_FAMILY_AUTO && family < TAUT_N_FAMILIES);
	assert(families[family]->family == family);
	return families[family];
}

taut_status taut_expect_numbers(const taut_numbers *numbers, size_t rows, size_t columns,
                                const char *what, taut_error *err)
{
	/* Division, since the product of two hostile counts may wrap. */
	if (columns == 0 ? numbers->n == 0
	                 : numbers->n % columns == 0 && numbers->n / columns == rows)
		return TAUT_OK;
	return taut_fail(err, TAUT_EINPUT, "%zu %s where %zu x %zu are needed", numbers->n, what,
	                 rows, columns);
}

taut_status taut_expect_graph(const taut_graph_data *graph, taut_error *err)
{
	for (size_t e = 0; e < graph->n_edges; e++)
		if (graph->u[e] >= graph->n || graph->v[e] >= graph->n ||
		    graph->u[e] == graph->v[e])
			return taut_fail(
				err, TAUT_EINPUT,
				"edge %" PRIu64 " %" PRIu64 " in a graph of %" PRIu32 " vertices",
				(uint64_t)graph->u[e] + 1, (uint64_t)graph->v[e] + 1, graph->n);
	return TAUT_OK;
}

taut_status taut_numbers_at_scale(int64_t **out, const taut_numbers *numbers, int32_t decimals,
                                  taut_error *err)
{
	taut_status st = TAUT_OK;
	int64_t    *v = taut_alloc(numbers->n, sizeof *v, err);

	*out = NULL;
	if (!v)
		return TAUT_ENOMEM;
	for (size_t i = 0; i < numbers->n && st == TAUT_OK; i++)
		st = taut_rescale(&v[i], numbers->v[i], numbers->decimals, decimals, err);
	if (st == TAUT_OK)
		*out = v;
	else
		taut_free(v);
	return st;
}

taut_status taut_family_hand_over(taut_model **out, taut_model **m, taut_error *err)
{
	taut_status st = taut_model_finish(*m, err);

	if (st == TAUT_OK)
		*out = *m;
	else
		taut_model_free(*m);
	*m = NULL;
	return st;
}

taut_status taut_decoded_add(int64_t **values, taut_decoded *out, const char *key, size_t count,
                             int32_t decimals, taut_error *err)
{
	taut_decoded_list list = {.key = key, .decimals = decimals, .count = count};

	assert(out->n_lists < TAUT_DECODED_MAX);
	list.values = taut_alloc(count, sizeof *list.values, err);
	*values = list.values;
	if (!list.values) {
		taut_decoded_fini(out);
		return TAUT_ENOMEM;
	}
	out->lists[out->n_lists++] = list;
	return TAUT_OK;
}

taut_status taut_decoded_add_ones(taut_decoded *out, const char *key, const taut_model *m,
                                  const uint8_t *x, taut_error *err)
{
	taut_status st;
	size_t      count = 0;
	int64_t    *ones;

	for (uint32_t i = 0; i < m->n; i++)
		count += x[i];
	st = taut_decoded_add(&ones, out, key, count, 0, err);
	if (st != TAUT_OK)
		return st;
	count = 0;
	for (uint32_t i = 0; i < m->n; i++)
		if (x[i])
			ones[count++] = (int64_t)i + 1;
	return TAUT_OK;
}

taut_status taut_decoded_add_permutation(int64_t **values, taut_decoded *out, const char *key,
                                         const taut_model *m, const uint8_t *x, taut_error *err)
{
	const uint32_t n = m->permutation.n;
	taut_status    st = taut_decoded_add(values, out, key, n, 0, err);

	if (st != TAUT_OK)
		return st;
	for (uint32_t a = 0; a < n; a++) {
		const uint8_t *row = x + m->permutation.first + (size_t)a * n;
		uint32_t       ones = 0;
		for (uint32_t l = 0; l < n; l++) {
			ones += row[l];
			if (row[l])
				(*values)[a] = (int64_t)l + 1;
		}
		if (ones != 1)
			(*values)[a] = 0;
	}
	return TAUT_OK;
}
