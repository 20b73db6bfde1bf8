/* Every allocation on the way from an instance to a decoded answer fails once: the call reports
 * ENOMEM, hands nothing out and (under the address sanitizer) leaks nothing. Effective in builds
 * with TAUT_FAULTS. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "formulations/families/family.h"
#include "model/instance.h"

enum { N = 3 };

static taut_status push_all(taut_numbers *numbers, size_t count, taut_error *err)
{
	taut_status st = TAUT_OK;

	for (size_t e = 0; e < count && st == TAUT_OK; e++)
		st = taut_numbers_push(numbers, (taut_decimal){(int64_t)e + 1, 0}, err);
	return st;
}

static taut_status fill_graph(taut_graph_data *graph, taut_error *err)
{
	taut_status st = TAUT_OK;

	graph->n = N;
	for (uint32_t v = 1; v < N && st == TAUT_OK; v++)
		st = taut_graph_add_edge(graph, v - 1, v, NULL, err);
	return st;
}

static taut_status fill_program(taut_program_data *p, taut_error *err)
{
	const taut_decimal one = {1, 0};
	taut_status        st;

	p->n = N;
	st = taut_program_add_term(p, 0, 2, one, err);
	if (st == TAUT_OK)
		st = taut_program_add_conflict(p, 0, 1, err);
	if (st == TAUT_OK)
		st = taut_program_add_row(p, "row", NULL, &one, err);
	if (st == TAUT_OK)
		st = taut_program_add_entry(p, 2, one, err);
	if (st == TAUT_OK)
		st = taut_program_add_entry(p, 1, one, err); /* unsorted: takes scratch */
	if (st == TAUT_OK)
		st = taut_program_add_group(p, "group", false, err);
	if (st == TAUT_OK)
		st = taut_program_add_member(p, 0, err);
	return st;
}

static taut_status fill(taut_instance *i, taut_error *err)
{
	taut_status st = TAUT_OK;

	switch (i->family) {
	case TAUT_FAMILY_MDKP:
		i->data.mdkp.n = i->data.mdkp.m = N;
		st = push_all(&i->data.mdkp.profits, N, err);
		if (st == TAUT_OK)
			st = push_all(&i->data.mdkp.weights, N * N, err);
		return st == TAUT_OK ? push_all(&i->data.mdkp.capacities, N, err) : st;
	case TAUT_FAMILY_MIS:
		i->data.graph.complement = true;
		return fill_graph(&i->data.graph, err);
	case TAUT_FAMILY_MAXCUT:
		return fill_graph(&i->data.graph, err);
	case TAUT_FAMILY_QAP:
		i->data.qap.n = N;
		st = push_all(&i->data.qap.flows, N * N, err);
		return st == TAUT_OK ? push_all(&i->data.qap.distances, N * N, err) : st;
	case TAUT_FAMILY_TSP:
		i->data.tsp.n = N;
		return push_all(&i->data.tsp.distances, N * N, err);
	case TAUT_FAMILY_MARKET_SHARE:
		i->data.market.n = i->data.market.m = N;
		st = push_all(&i->data.market.demands, N * N, err);
		return st == TAUT_OK ? push_all(&i->data.market.targets, N, err) : st;
	case TAUT_FAMILY_QUBO:
		i->data.qubo.n = N;
		return taut_qubo_add_term(&i->data.qubo, 0, 1, (taut_decimal){2, 0}, err);
	case TAUT_FAMILY_BINARY_PROGRAM:
		return fill_program(&i->data.program, err);
	case TAUT_FAMILY_AUTO:
	case TAUT_N_FAMILIES:
		break;
	}
	return st;
}

static taut_status whole_way(taut_family family, taut_error *err)
{
	const uint8_t          x[N * N] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
	const taut_family_ops *ops = taut_family_find(family);
	taut_instance         *instance = NULL;
	taut_model            *m = NULL;
	taut_decoded           decoded = {0};
	taut_status            st = taut_instance_new(&instance, family, "test", err);

	if (st == TAUT_OK)
		st = fill(instance, err);
	if (st == TAUT_OK) {
		st = ops->build(&m, instance, err);
		assert_true((st == TAUT_OK) == (m != NULL));
	}
	if (st == TAUT_OK) {
		st = ops->decode(&decoded, m, x, err);
		assert_true((st == TAUT_OK) == (decoded.n_lists > 0));
		if (st == TAUT_OK)
			taut_decoded_fini(&decoded);
	}
	taut_model_free(m);
	taut_instance_free(instance);
	return st;
}

static void every_failed_allocation_is_reported(void **state)
{
	(void)state;
	if (!taut_faults_built())
		skip();
	for (int f = TAUT_FAMILY_AUTO + 1; f < TAUT_N_FAMILIES; f++) {
		taut_status st = TAUT_ENOMEM;
		long        nth = 0;
		while (st != TAUT_OK) {
			taut_error err = {TAUT_OK, ""};
			taut_faults_arm(++nth, 0);
			st = whole_way((taut_family)f, &err);
			taut_faults_arm(0, 0);
			assert_true(st == TAUT_OK || st == TAUT_ENOMEM);
			assert_int_equal(err.code, st);
			assert_true(nth < 1000);
		}
		assert_true(nth > 10); /* faults did fire */
	}
}

static void the_whole_way_works_without_faults(void **state)
{
	(void)state;
	for (int f = TAUT_FAMILY_AUTO + 1; f < TAUT_N_FAMILIES; f++)
		assert_int_equal(whole_way((taut_family)f, NULL), TAUT_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_whole_way_works_without_faults),
		cmocka_unit_test(every_failed_allocation_is_reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
