/* The public instance collection, where it is installed: every file of a native format is read, its
 * sizes and stated optimum agree with best_known.csv, and the solutions supplied with the data give
 * their values. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "formats/formats.h"
#include "formats/solution.h"
#include "spec/document.h"

enum { PATH_SIZE = 1024 };

static const struct {
	const char *folder;
	const char *family;
} sets[] = {
	{"mdkp", "mdkp"},
	{"mis", "mis"},
	{"qap", "qap"},
	{"tsp", "tsp"},
	{"maxcut", "maxcut"},
	{"qubo", "qubo"},
	{"qplib", "binary_program"},
	{"market_split/qoblib", "market_share"},
};
enum { N_SETS = sizeof sets / sizeof *sets };

static const char *root_folder(void)
{
	const char *root = getenv("TAUT_INSTANCES");

	return root ? root : TAUT_SOURCE_DIR "/../shared/instances";
}

/* "ROOT/path" */
static void full_path(char out[PATH_SIZE], const char *path)
{
	int length = snprintf(out, PATH_SIZE, "%s/%s", root_folder(), path);

	assert_true(length > 0 && length < PATH_SIZE);
}

static void skip_without_instances(const char *what)
{
	struct stat info;

	if (stat(root_folder(), &info) == 0 && S_ISDIR(info.st_mode))
		return;
	print_message("SKIPPED: %s: no folder %s (TAUT_INSTANCES)\n", what, root_folder());
	skip();
}

static bool ends_with(const char *text, const char *ending)
{
	size_t length = strlen(text);
	size_t n = strlen(ending);

	return length >= n && !strcmp(text + length - n, ending);
}

/* Reads every problem of a file of the collection; fails the test otherwise. */
static taut_instance_list read_file(const char *path, const char *family)
{
	char               full[PATH_SIZE];
	taut_options       options;
	taut_instance_list list;
	taut_error         err;

	full_path(full, path);
	taut_options_default(&options);
	if (family)
		options.family = taut_name_find(&taut_family_names, family);
	if (taut_formats_read(&list, full, &options, &err) != TAUT_OK)
		fail_msg("%s", err.text);
	return list;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

typedef void visit_fn(const char *path, const char *family, unsigned *count);

/* Visits the files below a folder in the order of their names. */
static void walk(const char *path, const char *family, visit_fn *visit, unsigned *count)
{
	char           full[PATH_SIZE];
	char         **names = NULL;
	size_t         n = 0;
	size_t         capacity = 0;
	struct dirent *entry;
	struct stat    info;
	DIR           *folder;

	full_path(full, path);
	assert_int_equal(stat(full, &info), 0);
	if (!S_ISDIR(info.st_mode)) {
		visit(path, family, count);
		return;
	}
	folder = opendir(full);
	assert_non_null(folder);
	while ((entry = readdir(folder)) != NULL) {
		char child[2 * PATH_SIZE];
		if (entry->d_name[0] == '.')
			continue;
		(void)snprintf(child, sizeof child, "%s/%s", path, entry->d_name);
		names = taut_grow(names, &capacity, n + 1, sizeof *names, NULL);
		assert_non_null(names);
		names[n++] = taut_copy_text(child, NULL);
	}
	(void)closedir(folder);
	if (n > 0)
		qsort(names, n, sizeof *names, by_name);
	for (size_t k = 0; k < n; k++) {
		walk(names[k], family, visit, count);
		taut_free(names[k]);
	}
	taut_free(names);
}

static void visit_instance(const char *path, const char *family, unsigned *count)
{
	taut_instance_list list;

	if (ends_with(path, ".sol") || ends_with(path, ".sln") || ends_with(path, ".lp"))
		return;
	list = read_file(path, family);
	assert_true(list.count >= 1);
	for (size_t k = 0; k < list.count; k++)
		assert_int_equal(list.items[k]->index, k + 1);
	taut_instance_list_fini(&list);
	(*count)++;
}

static void test_every_file(void **state)
{
	(void)state;
	skip_without_instances("every instance file");
	for (size_t k = 0; k < N_SETS; k++) {
		unsigned count = 0;
		walk(sets[k].folder, sets[k].family, visit_instance, &count);
		print_message("%s: %u files\n", sets[k].folder, count);
		assert_true(count > 0);
	}
}

/* Sizes as best_known.csv counts them. */
static void sizes(size_t *n, size_t *m, const taut_instance *p)
{
	switch (p->family) {
	case TAUT_FAMILY_MDKP:
		*n = p->data.mdkp.n;
		*m = p->data.mdkp.m;
		break;
	case TAUT_FAMILY_MIS:
	case TAUT_FAMILY_MAXCUT:
		*n = p->data.graph.n;
		*m = p->data.graph.n_edges;
		break;
	case TAUT_FAMILY_QAP:
		*n = p->data.qap.n;
		*m = p->data.qap.flows.n + p->data.qap.distances.n;
		break;
	case TAUT_FAMILY_TSP:
		*n = p->data.tsp.n;
		*m = *n * (*n - 1) / 2;
		break;
	case TAUT_FAMILY_MARKET_SHARE:
		*n = p->data.market.n;
		*m = p->data.market.m;
		break;
	case TAUT_FAMILY_QUBO:
		*n = p->data.qubo.n;
		*m = p->data.qubo.n_terms;
		break;
	case TAUT_FAMILY_BINARY_PROGRAM:
		*n = p->data.program.n;
		*m = p->data.program.n_rows;
		break;
	case TAUT_FAMILY_AUTO:
	case TAUT_N_FAMILIES:
		fail();
		break;
	}
}

/* The problem that a row of best_known.csv calls "mknapcb2-28 (5.250-27)" or "mknap2-sento1". */
static const taut_instance *find_problem(const taut_instance_list *list, char *instance)
{
	instance[strcspn(instance, " ")] = '\0';
	for (size_t k = 0; list->count > 1 && k < list->count; k++)
		if (!strcmp(list->items[k]->name, instance) ||
		    (!strncmp(instance, "mknap2-", 7) &&
		     !strcmp(list->items[k]->name, instance + 7)))
			return list->items[k];
	assert_int_equal(list->count, 1);
	return list->items[0];
}

enum { FAMILY, INSTANCE, FILE_PATH, N, M, SENSE, BEST, N_COLUMNS };

/* Splits a row of the CSV in place; the columns used here hold no quotes. */
static void split(char *column[N_COLUMNS], char *line)
{
	for (int k = 0; k < N_COLUMNS; k++) {
		char *comma = strchr(line, ',');
		assert_non_null(comma);
		*comma = '\0';
		column[k] = line;
		line = comma + 1;
	}
}

static const char *family_of(const char *path)
{
	for (size_t k = 0; k < N_SETS; k++)
		if (!strncmp(path, sets[k].folder, strlen(sets[k].folder)))
			return sets[k].family;
	return NULL;
}

static taut_solutions read_solutions(const char *path, uint32_t n_bits, uint32_t n_permuted)
{
	char           full[PATH_SIZE];
	char          *bytes;
	size_t         length;
	taut_solutions solutions;
	taut_error     err;

	full_path(full, path);
	if (taut_document_load(&bytes, &length, full, &err) != TAUT_OK ||
	    taut_solutions_parse(&solutions, bytes, length, full, n_bits, n_permuted, &err) != TAUT_OK)
		fail_msg("%s", err.text);
	taut_free(bytes);
	assert_int_equal(solutions.count, 1);
	return solutions;
}

/* The instance file beside a solution: the solution's path with another ending. */
static void beside(char out[PATH_SIZE], const char *path, const char *ending, const char *other)
{
	(void)snprintf(out, PATH_SIZE, "%.*s%s", (int)(strlen(path) - strlen(ending)), path, other);
}

/* The set of vertices that stands beside a QOBLIB graph has the optimal size; a .bst.sol may be
 * smaller than the best known (frb59-26-2: 58 of 59). */
static void check_set_size(const char *path, uint32_t n, const char *best)
{
	char           file[PATH_SIZE];
	char           full[PATH_SIZE];
	struct stat    info;
	bool           proven;
	taut_solutions s;

	beside(file, path, ".gph", ".opt.sol");
	full_path(full, file);
	proven = stat(full, &info) == 0;
	if (!proven)
		beside(file, path, ".gph", ".bst.sol");
	s = read_solutions(file, n, 0);
	if (proven)
		assert_int_equal(s.items[0].count, atoll(best));
	else
		assert_in_range(s.items[0].count, 1, (size_t)atoll(best));
	taut_solutions_fini(&s);
}

static void check_row(const taut_instance *p, char *const column[N_COLUMNS])
{
	taut_decimal best;
	size_t       n = 0;
	size_t       m = 0;

	sizes(&n, &m, p);
	if (n != (size_t)atoll(column[N]) || m != (size_t)atoll(column[M]))
		fail_msg("%s %s: %zu, %zu, not %s, %s", column[FILE_PATH], column[INSTANCE], n, m,
		         column[N], column[M]);
	if (ends_with(column[FILE_PATH], ".gph"))
		check_set_size(column[FILE_PATH], p->data.graph.n, column[BEST]);
	if (!p->has_best_known)
		return;
	assert_int_equal(taut_decimal_parse(&best, column[BEST], strlen(column[BEST]), NULL),
	                 TAUT_OK);
	assert_int_equal(p->best_known.value, best.value);
	assert_int_equal(p->best_known.decimals, best.decimals);
}

static void test_best_known(void **state)
{
	char               path[PATH_SIZE];
	char               read_path[PATH_SIZE] = "";
	char               line[4096];
	taut_instance_list list = {0};
	unsigned           n_rows = 0;
	FILE              *csv;

	(void)state;
	skip_without_instances("sizes and optima of best_known.csv");
	full_path(path, "best_known.csv");
	csv = fopen(path, "r");
	assert_non_null(csv);
	assert_non_null(fgets(line, sizeof line, csv)); /* the headings */
	while (fgets(line, sizeof line, csv)) {
		char *column[N_COLUMNS];
		split(column, line);
		if (!family_of(column[FILE_PATH]))
			continue; /* market-share JSON */
		if (strcmp(read_path, column[FILE_PATH]) != 0) {
			taut_instance_list_fini(&list);
			(void)snprintf(read_path, sizeof read_path, "%s", column[FILE_PATH]);
			list = read_file(read_path, family_of(read_path));
		}
		check_row(find_problem(&list, column[INSTANCE]), column);
		n_rows++;
	}
	(void)fclose(csv);
	taut_instance_list_fini(&list);
	print_message("%u rows\n", n_rows);
	assert_true(n_rows > 0);
}

static int64_t qap_cost(const taut_qap_data *q, const uint32_t *p, bool inverse)
{
	int64_t cost = 0;

	for (uint32_t i = 0; i < q->n; i++)
		for (uint32_t j = 0; j < q->n; j++)
			cost += inverse ? q->flows.v[p[i] * q->n + p[j]] *
			                          q->distances.v[i * q->n + j]
			                : q->flows.v[i * q->n + j] *
			                          q->distances.v[p[i] * q->n + p[j]];
	return cost;
}

static void visit_sln(const char *path, const char *family, unsigned *count)
{
	char                 file[PATH_SIZE];
	taut_instance_list   list;
	const taut_qap_data *q;
	taut_solutions       s;
	uint32_t            *p;

	if (!ends_with(path, ".sln"))
		return;
	beside(file, path, ".sln", ".dat");
	list = read_file(file, family);
	q = &list.items[0]->data.qap;
	s = read_solutions(path, q->n * q->n, q->n);
	p = taut_alloc(q->n, sizeof *p, NULL);
	assert_non_null(p);
	assert_int_equal(taut_solution_permutation(p, &s.items[0], q->n, NULL), TAUT_OK);
	assert_true(s.items[0].has_objective);
	if (qap_cost(q, p, false) != s.items[0].objective.value &&
	    qap_cost(q, p, true) != s.items[0].objective.value)
		fail_msg("%s: neither p nor its inverse costs what is stated", path);
	taut_free(p);
	taut_solutions_fini(&s);
	taut_instance_list_fini(&list);
	(*count)++;
}

static void visit_market_solution(const char *path, const char *family, unsigned *count)
{
	char                    file[PATH_SIZE];
	taut_instance_list      list;
	const taut_market_data *d;
	taut_solutions          s;

	if (!ends_with(path, ".opt.sol"))
		return;
	beside(file, path, ".opt.sol", ".dat");
	list = read_file(file, family);
	d = &list.items[0]->data.market;
	s = read_solutions(path, d->n, 0);
	assert_non_null(s.items[0].bits);
	for (uint32_t k = 0; k < d->m; k++) {
		int64_t sum = 0;
		for (uint32_t i = 0; i < d->n; i++)
			sum += d->demands.v[k * d->n + i] * s.items[0].bits[i];
		assert_int_equal(sum, d->targets.v[k]);
	}
	taut_solutions_fini(&s);
	taut_instance_list_fini(&list);
	(*count)++;
}

static void visit_independent_set(const char *path, const char *family, unsigned *count)
{
	const char            *ending = ends_with(path, ".opt.sol") ? ".opt.sol" : ".bst.sol";
	char                   file[PATH_SIZE];
	taut_instance_list     list;
	const taut_graph_data *g;
	taut_solutions         s;
	uint8_t               *chosen;

	if (!ends_with(path, ending))
		return;
	beside(file, path, ending, ".gph");
	list = read_file(file, family);
	g = &list.items[0]->data.graph;
	s = read_solutions(path, g->n, 0);
	chosen = taut_alloc(g->n, 1, NULL);
	assert_non_null(chosen);
	assert_int_equal(taut_solution_chosen(chosen, &s.items[0], g->n, NULL), TAUT_OK);
	for (size_t e = 0; e < g->n_edges; e++)
		assert_false(chosen[g->u[e]] && chosen[g->v[e]]);
	if (s.items[0].has_objective)
		assert_int_equal(s.items[0].objective.value, s.items[0].count);
	taut_free(chosen);
	taut_solutions_fini(&s);
	taut_instance_list_fini(&list);
	(*count)++;
}

static void test_solutions(void **state)
{
	unsigned n_qap = 0;
	unsigned n_market = 0;
	unsigned n_mis = 0;

	(void)state;
	skip_without_instances("supplied solutions");
	walk("qap/qaplib", "qap", visit_sln, &n_qap);
	walk("market_split/qoblib", "market_share", visit_market_solution, &n_market);
	walk("mis/qoblib", "mis", visit_independent_set, &n_mis);
	print_message("solutions: %u qap, %u market split, %u mis\n", n_qap, n_market, n_mis);
	assert_true(n_qap > 0 && n_market > 0 && n_mis > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_file),
		cmocka_unit_test(test_best_known),
		cmocka_unit_test(test_solutions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
