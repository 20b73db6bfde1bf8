#include "spec/inline.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/options.h"
#include "model/tsplib_distance.h"
#include "spec/market_json.h"

/* n cities are n^2 binaries and a matrix of n^2 distances: 10^8 of them is the most that a spec may
 * ask for. */
enum { CITIES_MAX = 10000 };

static taut_status build_mdkp(taut_instance *instance, const taut_value *values, taut_error *err)
{
	taut_mdkp_data *d = &instance->data.mdkp;
	uint32_t        columns = 0;
	taut_status     st;

	for (int k = 0; k < 3; k++) {
		st = taut_value_not_negative(values[k], err);
		if (st != TAUT_OK)
			return st;
	}
	st = taut_value_numbers(&d->profits, values[0], err);
	if (st == TAUT_OK)
		st = taut_value_matrix(&d->weights, &d->m, &columns, values[1], err);
	if (st == TAUT_OK)
		st = taut_value_same(taut_value_of(values[1], taut_node_first(values[1].node)),
		                     columns, d->profits.n, "numbers in a row", "one per profit",
		                     err);
	if (st == TAUT_OK)
		st = taut_value_numbers(&d->capacities, values[2], err);
	if (st == TAUT_OK)
		st = taut_value_same(values[2], d->capacities.n, d->m, "numbers",
		                     "one per row of weights", err);
	d->n = columns;
	return st;
}

/* Reads [u, v] or, where weighted, [u, v, w]; an edge without w weighs 1. */
static taut_status read_edges(taut_graph_data *graph, bool weighted, taut_value v, taut_error *err)
{
	taut_value_pair *pairs = NULL;
	const taut_node *item = taut_node_first(v.node);
	taut_status      st = taut_value_expect(v, TAUT_NODE_SEQUENCE, err);

	if (st != TAUT_OK)
		return st;
	pairs = taut_alloc(v.node->count, sizeof *pairs, err);
	if (!pairs)
		return TAUT_ENOMEM;
	for (uint32_t k = 0; k < v.node->count; k++) {
		taut_decimal weight = {1, 0};
		taut_value   edge;
		uint32_t     a = 0;
		uint32_t     b = 0;
		st = taut_value_tuple(&edge, v, item, k, 2, weighted ? 3 : 2,
		                      weighted ? "[u, v] or [u, v, weight]" : "[u, v]", err);
		if (st == TAUT_OK)
			st = taut_value_index(&a, taut_value_of(v, item + 1), graph->n, err);
		if (st == TAUT_OK)
			st = taut_value_index(&b, taut_value_of(v, item + 2), graph->n, err);
		if (st == TAUT_OK && item->count == 3)
			st = taut_value_decimal(&weight, taut_value_of(v, item + 3), err);
		if (st == TAUT_OK && a == b)
			st = taut_value_fail(edge, err, "an edge from vertex %" PRIu32 " to itself",
			                     a + 1);
		if (st == TAUT_OK)
			st = taut_value_context(
				edge,
				taut_graph_add_edge(graph, a, b, weighted ? &weight : NULL, err),
				err);
		if (st != TAUT_OK)
			goto done;
		pairs[k] = (taut_value_pair){a < b ? a : b, a < b ? b : a, item};
		item = taut_node_next(item);
	}
	st = taut_value_pairs_differ(v, pairs, v.node->count, err);
done:
	taut_free(pairs);
	return st;
}

static taut_status build_mis(taut_instance *instance, const taut_value *values, taut_error *err)
{
	taut_graph_data *g = &instance->data.graph;
	taut_status      st = taut_value_count(&g->n, values[0], TAUT_VALUE_COUNT_MAX, err);

	if (st == TAUT_OK)
		st = read_edges(g, false, values[1], err);
	if (st == TAUT_OK && values[2].node)
		st = taut_value_numbers(&g->vertex_weights, values[2], err);
	if (st == TAUT_OK && values[2].node)
		st = taut_value_same(values[2], g->vertex_weights.n, g->n, "numbers",
		                     "one per vertex", err);
	return st;
}

static taut_status build_maxcut(taut_instance *instance, const taut_value *values, taut_error *err)
{
	taut_graph_data *g = &instance->data.graph;
	taut_status      st = taut_value_count(&g->n, values[0], TAUT_VALUE_COUNT_MAX, err);

	return st == TAUT_OK ? read_edges(g, true, values[1], err) : st;
}

static taut_status read_square(taut_numbers *out, uint32_t *n, taut_value v, taut_error *err)
{
	uint32_t    columns = 0;
	taut_status st = taut_value_matrix(out, n, &columns, v, err);

	if (st == TAUT_OK)
		st = taut_value_same(v, columns, *n, "columns", "as many as rows", err);
	return st;
}

static taut_status build_qap(taut_instance *instance, const taut_value *values, taut_error *err)
{
	taut_qap_data *d = &instance->data.qap;
	uint32_t       n = 0;
	taut_status    st = read_square(&d->flows, &d->n, values[0], err);

	if (st == TAUT_OK)
		st = read_square(&d->distances, &n, values[1], err);
	if (st == TAUT_OK)
		st = taut_value_same(values[1], n, d->n, "rows", "as many as flows has", err);
	return st;
}

static taut_status read_points(taut_tsp_data *d, taut_value v, taut_metric metric, taut_error *err)
{
	taut_numbers numbers = {0};
	double      *points = NULL;
	uint32_t     columns = 0;
	taut_status  st = taut_value_matrix(&numbers, &d->n, &columns, v, err);

	if (st == TAUT_OK)
		st = taut_value_same(v, columns, 2, "numbers a point", "[x, y]", err);
	if (st == TAUT_OK && d->n > CITIES_MAX)
		st = taut_value_fail(v, err, "%" PRIu32 " points are more than %d", d->n,
		                     CITIES_MAX);
	if (st != TAUT_OK)
		goto done;
	points = taut_alloc(numbers.n, sizeof *points, err);
	if (!points) {
		st = TAUT_ENOMEM;
		goto done;
	}
	for (size_t i = 0; i < numbers.n; i++)
		points[i] = taut_decimal_to_double(numbers.v[i], numbers.decimals);
	st = taut_tsplib_matrix(&d->distances, metric, points, d->n, err);
	st = taut_value_context(v, st, err);
done:
	taut_free(points);
	taut_numbers_fini(&numbers);
	return st;
}

static taut_status build_tsp(taut_instance *instance, const taut_value *values, taut_error *err)
{
	taut_tsp_data *d = &instance->data.tsp;
	taut_value     distances = values[0];
	taut_value     points = values[1];
	taut_value     metric = values[2];
	int            metric_at = TAUT_METRIC_EUC_2D;
	taut_status    st = TAUT_OK;

	if (distances.node && points.node)
		return taut_value_fail(points, err, "tsp takes distances or points, not both");
	if (metric.node && !points.node)
		return taut_value_fail(metric, err, "a metric is for points");
	if (distances.node)
		return read_square(&d->distances, &d->n, distances, err);
	if (metric.node)
		st = taut_value_choice(&metric_at, metric, &taut_metric_names, err);
	return st == TAUT_OK ? read_points(d, points, (taut_metric)metric_at, err) : st;
}

static taut_status build_market(taut_instance *instance, const taut_value *values, taut_error *err)
{
	static const taut_name forms[] = {{"deviation", "minimise the sum of |demand x - target|"},
	                                  {"feasibility", "demand x = target as constraints"}};
	static const taut_name_list form_names = {forms, 2};
	taut_market_data           *d = &instance->data.market;
	int                         form = 0;
	taut_status st = taut_value_matrix(&d->demands, &d->m, &d->n, values[0], err);

	if (st == TAUT_OK && values[2].node)
		st = taut_value_choice(&form, values[2], &form_names, err);
	if (st != TAUT_OK)
		return st;
	d->feasibility = form == 1;
	if (values[1].node) {
		st = taut_value_numbers(&d->targets, values[1], err);
		return st == TAUT_OK ? taut_value_same(values[1], d->targets.n, d->m, "numbers",
		                                       "one per row of demands", err)
		                     : st;
	}
	st = taut_market_half_targets(d, err);
	if (st != TAUT_OK)
		return taut_value_context(values[0], st, err);
	instance->note =
		st == TAUT_OK ? taut_copy_text("targets are half the row sums, rounded down", err)
			      : NULL;
	return instance->note || st != TAUT_OK ? st : TAUT_ENOMEM;
}

static taut_status build_qubo(taut_instance *instance, const taut_value *values, taut_error *err)
{
	taut_qubo_data  *d = &instance->data.qubo;
	taut_value       terms = values[1];
	taut_value_pair *pairs = NULL;
	const taut_node *item = taut_node_first(terms.node);
	taut_status      st = taut_value_count(&d->n, values[0], TAUT_VALUE_COUNT_MAX, err);

	if (st == TAUT_OK)
		st = taut_value_expect(terms, TAUT_NODE_SEQUENCE, err);
	if (st != TAUT_OK)
		return st;
	pairs = taut_alloc(terms.node->count, sizeof *pairs, err);
	if (!pairs)
		return TAUT_ENOMEM;
	for (uint32_t k = 0; k < terms.node->count; k++) {
		taut_decimal q = {0};
		taut_value   term;
		uint32_t     i = 0;
		uint32_t     j = 0;
		st = taut_value_tuple(&term, terms, item, k, 3, 3, "[i, j, q]", err);
		if (st == TAUT_OK)
			st = taut_value_index(&i, taut_value_of(terms, item + 1), d->n, err);
		if (st == TAUT_OK)
			st = taut_value_index(&j, taut_value_of(terms, item + 2), d->n, err);
		if (st == TAUT_OK)
			st = taut_value_decimal(&q, taut_value_of(terms, item + 3), err);
		pairs[k] = (taut_value_pair){i < j ? i : j, i < j ? j : i, item};
		if (st == TAUT_OK)
			st = taut_value_context(
				term, taut_qubo_add_term(d, pairs[k].u, pairs[k].v, q, err), err);
		if (st != TAUT_OK)
			goto done;
		item = taut_node_next(item);
	}
	st = taut_value_pairs_differ(terms, pairs, terms.node->count, err);
done:
	taut_free(pairs);
	return st;
}

#define BIT(option) (UINT64_C(1) << TAUT_OPTION_##option)

static const taut_inline_family families[TAUT_N_FAMILIES] = {
	[TAUT_FAMILY_MDKP] = {.keys = {{"profits", true, "n numbers"},
                                       {"weights", true, "m rows of n numbers"},
                                       {"capacities", true, "m numbers"}},
                              .build = build_mdkp},
	[TAUT_FAMILY_MIS] = {.keys = {{"vertices", true, "a count"},
                                      {"edges", true, "a list of [u, v]"},
                                      {"weights", false, "a number per vertex"}},
                             .options = BIT(complement) | BIT(weights),
                             .build = build_mis},
	[TAUT_FAMILY_MAXCUT] = {.keys = {{"vertices", true, "a count"},
                                         {"edges", true, "a list of [u, v, weight]"}},
                                .build = build_maxcut},
	[TAUT_FAMILY_QAP] = {.keys = {{"flows", true, "n rows of n numbers"},
                                      {"distances", true, "n rows of n numbers"}},
                             .build = build_qap},
	[TAUT_FAMILY_TSP] = {.keys = {{"distances", false, "n rows of n numbers"},
                                      {"points", false, "a list of [x, y]"},
                                      {"metric", false, "euc_2d, ceil_2d, att or geo"}},
                             .build = build_tsp},
	[TAUT_FAMILY_MARKET_SHARE] = {.keys = {{"demands", true, "m rows of n numbers"},
                                               {"targets", false, "m numbers"},
                                               {"form", false, "deviation or feasibility"}},
                                      .build = build_market},
	[TAUT_FAMILY_QUBO] = {.keys = {{"variables", true, "a count"},
                                       {"terms", true, "a list of [i, j, q]"}},
                              .options = BIT(sense) | BIT(pairs),
                              .build = build_qubo},
	[TAUT_FAMILY_BINARY_PROGRAM] =
		{.keys = {{"variables", true, "a count or a list of names"},
                          {"objective", true, "sense, offset, linear, quadratic"},
                          {"constraints", false, "a list of name, terms, bounds"},
                          {"conflicts", false, "a list of [a, b]"},
                          {"groups", false, "a list of exactly_one or at_most_one"},
                          {"integers", false, "{variable: [lowest, highest], ...}"}},
                 .options = BIT(integer_weight),
                 .build = taut_inline_program},
};

const taut_inline_family *taut_inline_find(taut_family family)
{
	assert(family < TAUT_N_FAMILIES);
	return families[family].build ? &families[family] : NULL;
}

bool taut_inline_present(const taut_node *problem)
{
	for (int f = 0; f < TAUT_N_FAMILIES; f++)
		for (int k = 0; k < TAUT_INLINE_KEYS_MAX && families[f].keys[k].key; k++)
			if (taut_node_find(problem, families[f].keys[k].key))
				return true;
	return false;
}

/* "mdkp needs profits (n numbers), ...; 'weights' is missing" */
static taut_status missing_key(taut_value problem, taut_family family, const char *missing,
                               taut_error *err)
{
	const taut_inline_key *keys = families[family].keys;
	char                   needs[300] = "";
	size_t                 used = 0;

	for (int k = 0; k < TAUT_INLINE_KEYS_MAX && keys[k].key && used < sizeof needs; k++)
		if (keys[k].required || (family == TAUT_FAMILY_TSP && k < 2)) /* one of two */
			used += (size_t)snprintf(needs + used, sizeof needs - used, "%s%s (%s)",
			                         used ? ", " : "", keys[k].key, keys[k].shape);
	return taut_value_fail(problem, err, "inline data of %s need %s; %s missing",
	                       taut_family_names.names[family].name, needs, missing);
}

taut_status taut_inline_read(taut_instance **out, taut_value problem, taut_family family,
                             const char *name, taut_error *err)
{
	const taut_inline_family *f = taut_inline_find(family);
	taut_value                values[TAUT_INLINE_KEYS_MAX] = {0};
	taut_instance            *instance = NULL;
	taut_status               st = TAUT_OK;

	assert(f != NULL);
	*out = NULL;
	for (int k = 0; k < TAUT_INLINE_KEYS_MAX && f->keys[k].key; k++) {
		char missing[40];
		values[k] = taut_value_of(problem, taut_node_find(problem.node, f->keys[k].key));
		values[k].name = f->keys[k].key;
		(void)snprintf(missing, sizeof missing, "'%s' is", f->keys[k].key);
		if (!values[k].node && f->keys[k].required)
			return missing_key(problem, family, missing, err);
	}
	if (family == TAUT_FAMILY_TSP && !values[0].node && !values[1].node)
		return missing_key(problem, family, "distances and points are", err);
	st = taut_instance_new(&instance, family, name, err);
	if (st == TAUT_OK)
		st = f->build(instance, values, err);
	if (st == TAUT_OK) {
		*out = instance;
		instance = NULL; /* now the caller's */
	}
	taut_instance_free(instance);
	return st;
}
