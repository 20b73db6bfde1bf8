/* The LP files of the public instance collection, where it is installed: the market-share models
 * hold the data of the JSON files beside them, and the penalty QUBOs of Sloane's graphs are worth
 * what the graphs say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "formats/formats.h"
#include "formulations/families/family.h"
#include "model/evaluate.h"
#include "spec/market_json.h"

enum { PATH_SIZE = 1024 };

/* "ROOT/path", or false where the collection is not installed. */
static bool find_file(char out[PATH_SIZE], const char *format, ...)
{
	const char *root = getenv("TAUT_INSTANCES");
	struct stat info;
	va_list     args;
	int         length;

	length = snprintf(out, PATH_SIZE, "%s/",
	                  root ? root : TAUT_SOURCE_DIR "/../shared/instances");
	assert_true(length > 0 && length < PATH_SIZE);
	if (stat(out, &info) != 0)
		return false;
	va_start(args, format);
	(void)vsnprintf(out + length, PATH_SIZE - (size_t)length, format, args);
	va_end(args);
	return true;
}

static void skip_without_instances(void)
{
	char path[PATH_SIZE];

	if (find_file(path, "."))
		return;
	print_message("SKIPPED: no folder %s (TAUT_INSTANCES)\n", path);
	skip();
}

static taut_instance_list read_file(const char *path, const char *family)
{
	taut_options       options;
	taut_instance_list list;
	taut_error         err = {0};

	taut_options_default(&options);
	options.family = taut_name_find(&taut_family_names, family);
	if (taut_formats_read(&list, path, &options, &err) != TAUT_OK)
		fail_msg("%s", err.text);
	assert_int_equal(list.count, 1);
	return list;
}

static void market_models(void **state)
{
	(void)state;
	skip_without_instances();
	for (int products = 2; products <= 3; products++) {
		for (int k = 0; k < 5; k++) {
			static const char *const folder =
				"market_split/smu/market_sharing_%d_products/"
			        "%d_%d_updated_results/";
			char                    path[PATH_SIZE];
			char                    place[PATH_SIZE];
			taut_options            options;
			taut_instance_list      list;
			taut_instance          *json;
			taut_error              err = {0};
			const taut_market_data *a;
			const taut_market_data *b;
			(void)snprintf(place, sizeof place, folder, products, products, k);
			assert_true(find_file(path, "%s%d_%d_model_new.lp", place, products, k));
			list = read_file(path, "auto");
			assert_int_equal(list.items[0]->family, TAUT_FAMILY_MARKET_SHARE);
			assert_true(find_file(path, "%smarket_sharing_solution_new.json", place));
			taut_options_default(&options);
			if (taut_market_json_read(&json, path, &options, &err) != TAUT_OK)
				fail_msg("%s", err.text);
			a = &list.items[0]->data.market;
			b = &json->data.market;
			assert_int_equal(a->n, b->n);
			assert_int_equal(a->m, b->m);
			assert_int_equal(a->demands.decimals, b->demands.decimals);
			assert_memory_equal(a->demands.v, b->demands.v,
			                    a->demands.n * sizeof *a->demands.v);
			assert_memory_equal(a->targets.v, b->targets.v,
			                    a->targets.n * sizeof *a->targets.v);
			taut_instance_free(json);
			taut_instance_list_fini(&list);
		}
	}
}

/* The model of a file's only problem. */
static taut_model *read_model(const char *path, const char *family)
{
	taut_instance_list list = read_file(path, family);
	taut_model        *m;
	taut_error         err = {0};

	if (taut_family_find(list.items[0]->family)->build(&m, list.items[0], &err) != TAUT_OK)
		fail_msg("%s: %s", path, err.text);
	taut_instance_list_fini(&list);
	return m;
}

/* -|x| + (n + 1) times the edges within x, in units of the model. */
static void compare_with_graph(const taut_model *m, const taut_graph_data *g, taut_rng *rng)
{
	uint8_t *x = taut_alloc(g->n, 1, NULL);

	assert_int_equal(m->n, g->n);
	for (int round = 0; round < 100; round++) {
		int64_t value = 0;
		for (uint32_t i = 0; i < g->n; i++) {
			x[i] = (uint8_t)taut_rng_below(rng, 2);
			value -= x[i];
		}
		for (size_t e = 0; e < g->n_edges; e++)
			value += ((int64_t)g->n + 1) * (x[g->u[e]] & x[g->v[e]]);
		assert_int_equal(taut_model_objective(m, x),
		                 value * taut_power_of_ten(m->decimals));
	}
	taut_free(x);
}

static void graph_qubos(void **state)
{
	static const char *const graphs[][2] = {
		{"1dc", "128"}, {"1dc", "64"}, {"1et", "64"}, {"1tc", "16"},
		{"1tc", "32"},  {"1tc", "64"}, {"1tc", "8"},
	};
	taut_rng rng;

	(void)state;
	skip_without_instances();
	taut_rng_init(&rng, 7, 0);
	print_message("seed 7\n");
	for (size_t k = 0; k < sizeof graphs / sizeof *graphs; k++) {
		char               path[PATH_SIZE];
		taut_instance_list list;
		taut_model        *program;
		taut_model        *qubo;
		assert_true(find_file(path, "mis/sloane/%s.%s.txt", graphs[k][0], graphs[k][1]));
		list = read_file(path, "mis");
		assert_true(find_file(path, "qubo/smu_lp/%s_%s_txt/qubo.lp", graphs[k][0],
		                      graphs[k][1]));
		program = read_model(path, "auto");
		qubo = read_model(path, "qubo");
		assert_int_equal(program->family, TAUT_FAMILY_BINARY_PROGRAM);
		assert_int_equal(qubo->family, TAUT_FAMILY_QUBO);
		compare_with_graph(program, &list.items[0]->data.graph, &rng);
		compare_with_graph(qubo, &list.items[0]->data.graph, &rng);
		taut_model_free(program);
		taut_model_free(qubo);
		taut_instance_list_fini(&list);
	}
}

/* The other penalty QUBOs: unconstrained, and as many variables as the name of the family says. */
static void other_qubos(void **state)
{
	static const struct {
		const char *name;
		uint32_t    n;
	} files[] = {
		{"chr12a_dat", 144}, {"chr12b_dat", 144},
		{"chr12c_dat", 144}, {"had12_dat", 144},
		{"nug12_dat", 144},  {"rou12_dat", 144},
		{"scr12_dat", 144},  {"tai10a_dat", 100},
		{"tai10b_dat", 100}, {"tai12a_dat", 144},
		{"tai12b_dat", 144}, {"hp1_dat", 60},
		{"hp2_dat", 67},     {"pb1_dat", 59},
		{"pet7_dat", 100},   {"ms_seed1_prod5_gen", 156},
	};

	(void)state;
	skip_without_instances();
	for (size_t k = 0; k < sizeof files / sizeof *files; k++) {
		char        path[PATH_SIZE];
		taut_model *m;
		assert_true(find_file(path, "qubo/smu_lp/%s/qubo.lp", files[k].name));
		m = read_model(path, "qubo");
		assert_int_equal(m->n, files[k].n);
		assert_int_equal(m->n_rows, 0);
		assert_false(m->maximise);
		taut_model_free(m);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(market_models),
		cmocka_unit_test(graph_qubos),
		cmocka_unit_test(other_qubos),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
