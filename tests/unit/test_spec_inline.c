/* Inline data of every family, and what the command line changes about them. */
#include "spec_fixture.h"

static void check_numbers(const taut_numbers *got, int32_t decimals, size_t n,
                          const int64_t *expected)
{
	assert_int_equal(got->decimals, decimals);
	assert_int_equal(got->n, n);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(got->v[i], expected[i]);
}
#define NUMBERS(got, decimals, ...)                                                       \
	check_numbers(&(got), decimals, sizeof(int64_t[]){__VA_ARGS__} / sizeof(int64_t), \
	              (const int64_t[]){__VA_ARGS__})

static void knapsack_and_graphs(void **state)
{
	taut_spec *spec =
		good("taut: 1\nbest_known: 9.5\nproblem:\n  type: mdkp\n  profits: [6, 5.25, 4]\n"
	             "  weights: [[2, 3, 1], [4, 1, 2]]\n  capacities: [4, 5e1]\n");
	const taut_mdkp_data  *d = &spec->instance->data.mdkp;
	const taut_graph_data *g;

	(void)state;
	assert_int_equal(spec->instance->family, TAUT_FAMILY_MDKP);
	assert_string_equal(spec->instance->name, "spec");
	assert_null(spec->instance->file);
	assert_int_equal(spec->instance->index, 1);
	assert_true(spec->instance->has_best_known);
	assert_int_equal(spec->instance->best_known.value, 95);
	assert_int_equal(spec->instance->best_known.decimals, 1);
	assert_int_equal(d->n, 3);
	assert_int_equal(d->m, 2);
	NUMBERS(d->profits, 2, 600, 525, 400);
	NUMBERS(d->weights, 0, 2, 3, 1, 4, 1, 2);
	NUMBERS(d->capacities, 0, 4, 50);
	taut_spec_free(spec);

	spec = good("taut: 1\nproblem: {type: mis, vertices: 3, edges: [[3, 1]], weights: [1, 2, "
	            "2.5], complement: yes}\n");
	g = &spec->instance->data.graph;
	assert_int_equal(g->n, 3);
	assert_int_equal(g->n_edges, 1);
	assert_int_equal(g->u[0], 2);
	assert_int_equal(g->v[0], 0);
	assert_true(g->complement);
	NUMBERS(g->vertex_weights, 1, 10, 20, 25);
	assert_int_equal(g->edge_weights.n, 0);
	taut_spec_free(spec);
	spec = good("taut: 1\nproblem: {type: mis, vertices: 2, edges: [], weights: [1, 2], "
	            "vertex_weights: unit}\n");
	assert_int_equal(spec->instance->data.graph.n_edges, 0);
	assert_int_equal(spec->instance->data.graph.vertex_weights.n, 0);
	assert_false(spec->instance->data.graph.complement);
	taut_spec_free(spec);

	spec = good("taut: 1\nproblem: {type: maxcut, vertices: 4, edges: [[1, 2, -3], [3, 4]]}\n");
	g = &spec->instance->data.graph;
	assert_int_equal(g->n_edges, 2);
	NUMBERS(g->edge_weights, 0, -3, 1);
	taut_spec_free(spec);
}

static void assignment_and_tours(void **state)
{
	taut_spec *spec = good("taut: 1\nproblem: {type: qap, flows: [[0, 1], [2, 0]], distances: "
	                       "[[0, 5], [6, 0]]}\n");

	(void)state;
	assert_int_equal(spec->instance->data.qap.n, 2);
	NUMBERS(spec->instance->data.qap.flows, 0, 0, 1, 2, 0);
	NUMBERS(spec->instance->data.qap.distances, 0, 0, 5, 6, 0);
	taut_spec_free(spec);
	spec = good("taut: 1\nproblem: {type: tsp, distances: [[0, 5], [6, 0]]}\n");
	assert_int_equal(spec->instance->data.tsp.n, 2);
	NUMBERS(spec->instance->data.tsp.distances, 0, 0, 5, 6, 0);
	taut_spec_free(spec);
	spec = good("taut: 1\nproblem: {type: tsp, points: [[0, 0], [1, 1], [0, 2.5]]}\n");
	NUMBERS(spec->instance->data.tsp.distances, 0, 0, 1, 3, 1, 0, 2, 3, 2, 0);
	taut_spec_free(spec);
	spec = good("taut: 1\nproblem: {type: tsp, points: [[0, 0], [1, 1], [0, 2.5]], metric: "
	            "ceil_2d}\n");
	NUMBERS(spec->instance->data.tsp.distances, 0, 0, 2, 3, 2, 0, 2, 3, 2, 0);
	taut_spec_free(spec);
}

static void market_share(void **state)
{
	taut_spec *spec = good("taut: 1\nproblem: {type: market_share, demands: [[1, 2], [3, 4]], "
	                       "targets: [1, 4]}\n");
	taut_market_data *d = &spec->instance->data.market;

	(void)state;
	assert_int_equal(d->n, 2);
	assert_int_equal(d->m, 2);
	assert_false(d->feasibility);
	assert_null(spec->instance->note);
	NUMBERS(d->demands, 0, 1, 2, 3, 4);
	NUMBERS(d->targets, 0, 1, 4);
	taut_spec_free(spec);
	spec = good("taut: 1\nproblem: {type: market_share, form: feasibility, demands: [[1, 2], "
	            "[-3, -4]]}\n");
	d = &spec->instance->data.market;
	assert_true(d->feasibility);
	NUMBERS(d->targets, 0, 1, -4); /* rounded down */
	assert_non_null(strstr(spec->instance->note, "half the row sums"));
	taut_spec_free(spec);
}

static void qubo_and_overlay(void **state)
{
	static const char text[] =
		"taut: 1\nproblem: {type: qubo, variables: 4, terms: [[1, 1, 3], [4, 2, -0.5]]}\n";
	taut_spec      *spec = good(text);
	taut_qubo_data *d = &spec->instance->data.qubo;
	taut_options    over;
	taut_error      err = {0};

	(void)state;
	assert_int_equal(d->n, 4);
	assert_int_equal(d->n_terms, 2);
	assert_int_equal(d->i[1], 1);
	assert_int_equal(d->j[1], 3);
	NUMBERS(d->q, 1, 30, -5);
	assert_false(d->maximise);
	assert_false(d->pairs_twice);

	taut_options_default(&over);
	assert_int_equal(taut_option_set(&over, TAUT_OPTION_sense, "max", "--sense", &err),
	                 TAUT_OK);
	assert_int_equal(taut_option_set(&over, TAUT_OPTION_pairs, "twice", "--pairs", &err),
	                 TAUT_OK);
	assert_int_equal(taut_option_set(&over, TAUT_OPTION_best_known, "-7", "--best-known", &err),
	                 TAUT_OK);
	assert_int_equal(taut_option_set(&over, TAUT_OPTION_family, "qubo", "--family", &err),
	                 TAUT_OK);
	assert_int_equal(taut_spec_overlay(spec, &over, &err), TAUT_OK);
	assert_true(d->maximise);
	assert_true(d->pairs_twice);
	assert_int_equal(spec->instance->best_known.value, -7);

	assert_int_equal(taut_option_set(&over, TAUT_OPTION_family, "mis", "--family", &err),
	                 TAUT_OK);
	assert_int_equal(taut_spec_overlay(spec, &over, &err), TAUT_EUSAGE);
	assert_non_null(strstr(err.text, "--family mis"));
	taut_options_default(&over);
	assert_int_equal(taut_option_set(&over, TAUT_OPTION_index, "2", "--index", &err), TAUT_OK);
	assert_int_equal(taut_spec_overlay(spec, &over, &err), TAUT_EUSAGE);
	assert_non_null(strstr(err.text, "--index"));
	taut_spec_free(spec);
}

static void binary_program(void **state)
{
	taut_spec *spec =
		good("taut: 1\nproblem:\n  type: binary_program\n  variables: [a, b, c]\n"
	             "  objective: {sense: max, offset: -1.5, linear: {a: 1, c: 2}, quadratic: "
	             "[[c, a, 4], [b, 2, 5]]}\n"
	             "  constraints:\n"
	             "  - {name: cap, terms: {a: 1, b: 2.5}, at_most: 3}\n"
	             "  - {terms: [[c, 1], [1, -1]], at_least: 0, at_most: 1}\n"
	             "  - {terms: {b: 1}, equal: 0.5}\n"
	             "  conflicts: [[a, 3]]\n"
	             "  groups: [{name: g, exactly_one: [a, b]}, {at_most_one: [b, c]}]\n");
	const taut_program_data *p = &spec->instance->data.program;
	static const uint32_t    i[] = {0, 2, 2, 1};
	static const uint32_t    j[] = {0, 2, 0, 1};

	(void)state;
	assert_int_equal(p->n, 3);
	assert_string_equal(p->names[2], "c");
	assert_true(p->maximise);
	assert_int_equal(p->offset.value, -15);
	assert_int_equal(p->offset.decimals, 1);
	assert_int_equal(p->n_terms, 4);
	for (size_t k = 0; k < 4; k++) {
		assert_true(p->i[k] == i[k] || p->i[k] == j[k]); /* either order */
		assert_int_equal(p->i[k] + p->j[k], i[k] + j[k]);
	}
	NUMBERS(p->q, 0, 1, 2, 4, 5);
	assert_int_equal(p->n_rows, 3);
	assert_string_equal(p->rows[0].name, "cap");
	assert_null(p->rows[1].name);
	assert_true(!p->rows[0].has_lo && p->rows[0].has_hi && p->rows[0].hi.value == 3);
	assert_true(p->rows[1].has_lo && p->rows[1].has_hi && p->rows[1].lo.value == 0);
	assert_true(p->rows[2].has_lo && p->rows[2].has_hi && p->rows[2].lo.value == 5);
	assert_int_equal(p->rows[2].hi.decimals, 1);
	assert_int_equal(p->rows[1].first, 2);
	assert_int_equal(p->rows[1].count, 2);
	NUMBERS(p->row_coef, 1, 10, 25, 10, -10, 10);
	assert_int_equal(p->row_col[3], 0);
	assert_int_equal(p->n_conflicts, 1);
	assert_int_equal(p->conflict_v[0], 2);
	assert_int_equal(p->n_groups, 2);
	assert_string_equal(p->groups[0].name, "g");
	assert_false(p->groups[0].at_most);
	assert_true(p->groups[1].at_most);
	assert_int_equal(p->group_var[3], 2);
	taut_spec_free(spec);

	spec = good("taut: 1\nproblem: {type: binary_program, variables: 12, objective: {linear: "
	            "{x12: 1, 3: 2}}}\n");
	p = &spec->instance->data.program;
	assert_int_equal(p->n, 12);
	assert_null(p->names);
	assert_false(p->maximise);
	assert_int_equal(p->i[0], 11);
	assert_int_equal(p->i[1], 2);
	taut_spec_free(spec);
}

/* A million numbers, which take a fraction of a second; only the values are tested. */
static void large_matrix(void **state)
{
	enum { N = 700 };
	char      *text = malloc(2 * (size_t)N * N * 5 + 100);
	size_t     used = 0;
	taut_spec *spec;

	(void)state;
	assert_non_null(text);
	used += (size_t)sprintf(text + used, "taut: 1\nproblem:\n  type: qap\n");
	for (int matrix = 0; matrix < 2; matrix++) {
		used += (size_t)sprintf(text + used, "  %s:\n", matrix ? "distances" : "flows");
		for (int i = 0; i < N; i++) {
			used += (size_t)sprintf(text + used, "  - [");
			for (int j = 0; j < N; j++)
				used += (size_t)sprintf(text + used, "%d%s",
				                        (i * 7 + j * 3 + matrix) % 100,
				                        j + 1 < N ? ", " : "]\n");
		}
	}
	spec = good(text);
	assert_int_equal(spec->instance->data.qap.n, N);
	for (int i = 0; i < N; i++) {
		for (int j = 0; j < N; j++) {
			assert_int_equal(spec->instance->data.qap.flows.v[i * N + j],
			                 (i * 7 + j * 3) % 100);
			assert_int_equal(spec->instance->data.qap.distances.v[i * N + j],
			                 (i * 7 + j * 3 + 1) % 100);
		}
	}
	taut_spec_free(spec);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knapsack_and_graphs), cmocka_unit_test(assignment_and_tours),
		cmocka_unit_test(market_share),        cmocka_unit_test(qubo_and_overlay),
		cmocka_unit_test(binary_program),      cmocka_unit_test(large_matrix),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
