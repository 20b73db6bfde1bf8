/* The generators: the same numbers on every machine (golden checksums), Taillard's equal to
 * QAPLIB's files, and what each of the others promises. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "formats/formats.h"
#include "generate/generate.h"

/* Sets the options of a text such as "size=10 seed=3". */
static void set_options(taut_options *o, char *storage, size_t size, const char *settings)
{
	taut_options_default(o);
	assert_true(strlen(settings) < size);
	(void)snprintf(storage, size, "%s", settings);
	for (char *word = strtok(storage, " "); word; word = strtok(NULL, " ")) {
		char           path[64];
		char          *value = strchr(word, '=');
		taut_error     err = {TAUT_OK, ""};
		taut_option_id id;
		assert_non_null(value);
		*value++ = '\0';
		(void)snprintf(path, sizeof path, "problem.generate.%s", word);
		id = taut_option_by_path(path);
		assert_int_not_equal(id, TAUT_N_OPTIONS);
		if (taut_option_set(o, id, value, word, &err) != TAUT_OK)
			fail_msg("%s", err.text);
	}
}

static taut_instance *make(taut_family family, const char *settings)
{
	taut_instance *instance = NULL;
	taut_options   o;
	char           storage[200];
	taut_error     err = {TAUT_OK, ""};

	set_options(&o, storage, sizeof storage, settings);
	if (taut_generate(&instance, family, &o, &err) != TAUT_OK)
		fail_msg("%s %s: %s", taut_family_names.names[family].name, settings, err.text);
	assert_int_equal(instance->family, family);
	assert_true(strlen(instance->name) > 0);
	assert_non_null(instance->note);
	return instance;
}

/* CRC-32 (IEEE 802.3) over 64-bit numbers, least byte first. */
static void crc_add(uint32_t *crc, int64_t number)
{
	for (int byte = 0; byte < 8; byte++) {
		*crc ^= (uint32_t)((uint64_t)number >> 8 * byte & 0xFFu);
		for (int bit = 0; bit < 8; bit++)
			*crc = *crc >> 1 ^ (0xEDB88320u & (0u - (*crc & 1u)));
	}
}

static void crc_numbers(uint32_t *crc, const taut_numbers *numbers)
{
	assert_int_equal(numbers->decimals, 0);
	crc_add(crc, (int64_t)numbers->n);
	for (size_t k = 0; k < numbers->n; k++)
		crc_add(crc, numbers->v[k]);
}

static void crc_pairs(uint32_t *crc, const uint32_t *a, const uint32_t *b, size_t count)
{
	crc_add(crc, (int64_t)count);
	for (size_t k = 0; k < count; k++) {
		crc_add(crc, a[k]);
		crc_add(crc, b[k]);
	}
}

static void crc_program(uint32_t *crc, const taut_program_data *p)
{
	crc_pairs(crc, p->i, p->j, p->n_terms);
	crc_numbers(crc, &p->q);
	crc_numbers(crc, &p->row_coef);
	crc_pairs(crc, p->row_col, p->row_col, p->n_row_entries);
	for (size_t k = 0; k < p->n_rows; k++) {
		crc_add(crc, p->rows[k].has_lo ? p->rows[k].lo.value : INT64_MIN);
		crc_add(crc, p->rows[k].has_hi ? p->rows[k].hi.value : INT64_MAX);
		crc_add(crc, (int64_t)p->rows[k].count);
	}
}

static uint32_t checksum(const taut_instance *instance)
{
	uint32_t crc = 0xFFFFFFFFu;

	switch (instance->family) {
	case TAUT_FAMILY_MDKP:
		crc_numbers(&crc, &instance->data.mdkp.profits);
		crc_numbers(&crc, &instance->data.mdkp.weights);
		crc_numbers(&crc, &instance->data.mdkp.capacities);
		break;
	case TAUT_FAMILY_MIS:
	case TAUT_FAMILY_MAXCUT:
		crc_add(&crc, instance->data.graph.n);
		crc_pairs(&crc, instance->data.graph.u, instance->data.graph.v,
		          instance->data.graph.n_edges);
		crc_numbers(&crc, &instance->data.graph.edge_weights);
		crc_numbers(&crc, &instance->data.graph.vertex_weights);
		break;
	case TAUT_FAMILY_QAP:
		crc_numbers(&crc, &instance->data.qap.flows);
		crc_numbers(&crc, &instance->data.qap.distances);
		break;
	case TAUT_FAMILY_TSP:
		crc_numbers(&crc, &instance->data.tsp.distances);
		break;
	case TAUT_FAMILY_MARKET_SHARE:
		crc_numbers(&crc, &instance->data.market.demands);
		crc_numbers(&crc, &instance->data.market.targets);
		break;
	case TAUT_FAMILY_QUBO:
		crc_add(&crc, instance->data.qubo.n);
		crc_pairs(&crc, instance->data.qubo.i, instance->data.qubo.j,
		          instance->data.qubo.n_terms);
		crc_numbers(&crc, &instance->data.qubo.q);
		break;
	case TAUT_FAMILY_BINARY_PROGRAM:
		crc_program(&crc, &instance->data.program);
		break;
	case TAUT_FAMILY_AUTO:
	case TAUT_N_FAMILIES:
		fail();
	}
	return ~crc;
}

static const struct {
	taut_family family;
	const char *settings;
	uint32_t    crc;
} golden[] = {
	{TAUT_FAMILY_MDKP, "size=100 rows=5 tightness=0.25 seed=1", 0x261048B3},
	{TAUT_FAMILY_MDKP, "size=17 rows=3 tightness=0.333333 range=5..9 seed=2", 0x05CA4D12},
	{TAUT_FAMILY_QAP, "size=12", 0xE0E6CEC8},
	{TAUT_FAMILY_QAP, "size=15", 0x53B7EAB4},
	{TAUT_FAMILY_QAP, "size=17", 0xE2411767},
	{TAUT_FAMILY_QAP, "size=20", 0x68EBBB87},
	{TAUT_FAMILY_QAP, "size=25", 0x211C20AA},
	{TAUT_FAMILY_QAP, "size=30", 0x1257DD7E},
	{TAUT_FAMILY_QAP, "size=35", 0x2D836264},
	{TAUT_FAMILY_QAP, "size=40", 0x8529F675},
	{TAUT_FAMILY_QAP, "size=50", 0x6C552556},
	{TAUT_FAMILY_QAP, "size=60", 0x86093FCB},
	{TAUT_FAMILY_QAP, "size=80", 0x0BFA72BA},
	{TAUT_FAMILY_QAP, "size=100", 0xDD5166D2},
	{TAUT_FAMILY_QAP, "size=30 seed=1 range=1..9", 0x77B5F560},
	{TAUT_FAMILY_TSP, "size=50 seed=1", 0xB4FFA34B},
	{TAUT_FAMILY_TSP, "size=50 range=-500..500 seed=1", 0x34E867E5},
	{TAUT_FAMILY_MARKET_SHARE, "size=30 seed=1", 0xE8A5D54D},
	{TAUT_FAMILY_MARKET_SHARE, "size=50 rows=6 range=0..199 seed=9", 0xD5A3417F},
	{TAUT_FAMILY_QUBO, "size=100 seed=1", 0x84F3D061},
	{TAUT_FAMILY_QUBO, "kind=complete size=40 range=-127..127 seed=1", 0x578E6AE0},
	{TAUT_FAMILY_QUBO, "kind=torus3d size=27 seed=1", 0x98587FA8},
	{TAUT_FAMILY_BINARY_PROGRAM, "size=60 seed=1", 0xDFC12EE6},
	{TAUT_FAMILY_BINARY_PROGRAM, "kind=planted_quadratic size=60 rows=9 tightness=1 seed=4",
         0x405A99BB},
	{TAUT_FAMILY_MAXCUT, "size=200 density=0.05 seed=1", 0x849CE644},
	{TAUT_FAMILY_MAXCUT, "kind=gnm size=200 edges=1000 range=-1..1 seed=1", 0x5019C513},
	{TAUT_FAMILY_MAXCUT, "kind=torus2d size=100 seed=1", 0x205AD94B},
	{TAUT_FAMILY_MAXCUT, "kind=torus2d size=60 rows=5 range=-10..10 seed=1", 0x8B075B61},
	{TAUT_FAMILY_MAXCUT, "kind=torus3d size=64 seed=1", 0x1ECD336F},
	{TAUT_FAMILY_MAXCUT, "kind=complete size=60 seed=1", 0x67547260},
	{TAUT_FAMILY_MIS, "size=100 density=0.1 seed=1", 0xAA053555},
	{TAUT_FAMILY_MIS, "kind=gnm size=50 edges=900 range=1..20 seed=1", 0x8027E79B},
};
enum { N_GOLDEN = sizeof golden / sizeof *golden };

static void same_numbers_on_every_machine(void **state)
{
	int n_wrong = 0;

	(void)state;
	for (size_t k = 0; k < N_GOLDEN; k++) {
		taut_instance *a = make(golden[k].family, golden[k].settings);
		taut_instance *b = make(golden[k].family, golden[k].settings);
		uint32_t       crc = checksum(a);
		assert_int_equal(crc, checksum(b));
		if (crc != golden[k].crc) {
			print_error("%s %s: 0x%08X, 0x%08X expected\n",
			            taut_family_names.names[golden[k].family].name,
			            golden[k].settings, crc, golden[k].crc);
			n_wrong++;
		}
		taut_instance_free(a);
		taut_instance_free(b);
	}
	assert_int_equal(n_wrong, 0);
}

static void another_seed_is_another_instance(void **state)
{
	(void)state;
	for (int f = TAUT_FAMILY_AUTO + 1; f < TAUT_N_FAMILIES; f++) {
		taut_instance *a = make((taut_family)f, "size=30 seed=1");
		taut_instance *b = make((taut_family)f, "size=30 seed=2");
		taut_instance *c = make((taut_family)f, "size=31 seed=1");
		assert_int_not_equal(checksum(a), checksum(b));
		assert_int_not_equal(checksum(a), checksum(c));
		taut_instance_free(a);
		taut_instance_free(b);
		taut_instance_free(c);
	}
}

static void taillard_equals_qaplib(void **state)
{
	static const int sizes[] = {10, 12, 15, 17, 20, 25, 30, 35, 40, 50, 60, 80, 100};
	const char      *root = getenv("TAUT_INSTANCES");
	taut_options     options;
	int              n_equal = 0;

	(void)state;
	taut_options_default(&options);
	options.family = TAUT_FAMILY_QAP;
	for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
		taut_instance_list file = {0};
		char               path[1024];
		char               settings[40];
		taut_instance     *made;
		(void)snprintf(path, sizeof path, "%s/qap/qaplib/tai%da.dat",
		               root ? root : TAUT_SOURCE_DIR "/../shared/instances", sizes[k]);
		if (taut_formats_read(&file, path, &options, NULL) != TAUT_OK)
			continue;
		(void)snprintf(settings, sizeof settings, "size=%d", sizes[k]);
		made = make(TAUT_FAMILY_QAP, settings);
		assert_int_equal(file.items[0]->data.qap.n, sizes[k]);
		for (int i = 0; i < sizes[k] * sizes[k]; i++)
			if (made->data.qap.flows.v[i] != file.items[0]->data.qap.flows.v[i] ||
			    made->data.qap.distances.v[i] != file.items[0]->data.qap.distances.v[i])
				fail_msg("entry %d differs from %s", i, path);
		n_equal++;
		taut_instance_free(made);
		taut_instance_list_fini(&file);
	}
	if (n_equal == 0) {
		print_message("SKIPPED: no QAPLIB files tai*a.dat (TAUT_INSTANCES)\n");
		skip();
	}
	print_message("%d files of QAPLIB equal\n", n_equal);
}

static void chu_beasley_follows_its_definition(void **state)
{
	taut_instance        *instance = make(TAUT_FAMILY_MDKP, "size=2000 rows=4 tightness=0.29");
	const taut_mdkp_data *d = &instance->data.mdkp;
	int64_t               total = 0;
	int64_t               noise = 0;

	(void)state;
	assert_int_equal(d->n, 2000);
	assert_int_equal(d->m, 4);
	for (size_t i = 0; i < 4; i++) {
		int64_t sum = 0;
		for (size_t j = 0; j < 2000; j++) {
			int64_t a = d->weights.v[i * 2000 + j];
			assert_in_range(a, 0, 1000);
			sum += a;
		}
		assert_int_equal(d->capacities.v[i], sum * 29 / 100);
		total += sum;
	}
	for (size_t j = 0; j < 2000; j++) {
		int64_t sum = 0;
		for (size_t i = 0; i < 4; i++)
			sum += d->weights.v[i * 2000 + j];
		assert_in_range(d->profits.v[j] - sum / 4, 0, 500);
		noise += d->profits.v[j] - sum / 4;
	}
	/* means of 500 and 250, five standard errors: 5 x 289 / sqrt(8000), 5 x 144 / sqrt(2000) */
	assert_in_range(total / 8000, 483, 517);
	assert_in_range(noise / 2000, 233, 267);
	taut_instance_free(instance);
}

static void market_share_targets_are_halves(void **state)
{
	taut_instance          *instance = make(TAUT_FAMILY_MARKET_SHARE, "size=30");
	const taut_market_data *d = &instance->data.market;

	(void)state;
	assert_int_equal(d->m, 4); /* n = 10 (m - 1) */
	assert_false(d->feasibility);
	for (size_t k = 0; k < 4; k++) {
		int64_t sum = 0;
		for (size_t j = 0; j < 30; j++) {
			assert_in_range(d->demands.v[k * 30 + j], 0, 99);
			sum += d->demands.v[k * 30 + j];
		}
		assert_int_equal(d->targets.v[k], sum / 2);
	}
	taut_instance_free(instance);
}

static void distances_are_a_metric_up_to_rounding(void **state)
{
	taut_instance *instance = make(TAUT_FAMILY_TSP, "size=25 seed=7");
	const int64_t *d = instance->data.tsp.distances.v;

	(void)state;
	for (size_t i = 0; i < 25; i++) {
		assert_int_equal(d[i * 25 + i], 0);
		for (size_t j = 0; j < 25; j++) {
			assert_int_equal(d[i * 25 + j], d[j * 25 + i]);
			assert_in_range(d[i * 25 + j], 0, 1414213);
			for (size_t k = 0; k < 25; k++)
				assert_true(d[i * 25 + j] <= d[i * 25 + k] + d[k * 25 + j] + 1);
		}
	}
	taut_instance_free(instance);
}

/* Checks that no pair stands twice and returns the least and the largest degree. */
static void check_simple(const taut_graph_data *g, uint32_t *least, uint32_t *most)
{
	uint8_t  *seen = taut_alloc((size_t)g->n * g->n, 1, NULL);
	uint32_t *degree = taut_alloc(g->n, sizeof *degree, NULL);

	assert_true(seen && degree);
	for (size_t k = 0; k < g->n_edges; k++) {
		uint32_t low = g->u[k] < g->v[k] ? g->u[k] : g->v[k];
		uint32_t high = g->u[k] < g->v[k] ? g->v[k] : g->u[k];
		assert_true(low < high && high < g->n);
		assert_int_equal(seen[(size_t)low * g->n + high]++, 0);
		degree[low]++;
		degree[high]++;
	}
	*least = UINT32_MAX;
	*most = 0;
	for (uint32_t i = 0; i < g->n; i++) {
		*least = degree[i] < *least ? degree[i] : *least;
		*most = degree[i] > *most ? degree[i] : *most;
	}
	taut_free(seen);
	taut_free(degree);
}

static const struct {
	const char *settings;
	size_t      edges_low, edges_high;
	uint32_t    degree_low, degree_high;
} graphs[] = {
	/* 19900 pairs: mean 1990, five standard deviations 212 */
	{"size=200 density=0.1 seed=5", 1778, 2202, 0, 199},
	{"size=200 density=0.9 seed=5", 17698, 18122, 0, 199},
	{"size=30 density=1", 435, 435, 29, 29},
	{"size=1", 0, 0, 0, 0},
	{"kind=gnm size=100 edges=1", 1, 1, 0, 1},
	{"kind=gnm size=100 edges=2475", 2475, 2475, 0, 99},
	{"kind=gnm size=100 edges=2476", 2476, 2476, 0, 99},
	{"kind=gnm size=100 edges=4950", 4950, 4950, 99, 99},
	{"kind=gnm size=100 density=0.2", 990, 990, 0, 99},
	{"kind=gnm size=1", 0, 0, 0, 0},
	{"kind=torus2d size=9", 18, 18, 4, 4},
	{"kind=torus2d size=35 rows=5", 70, 70, 4, 4},
	{"kind=torus3d size=27", 81, 81, 6, 6},
	{"kind=torus3d size=125", 375, 375, 6, 6},
};

static void graphs_are_simple_with_the_stated_degrees(void **state)
{
	(void)state;
	for (size_t k = 0; k < sizeof graphs / sizeof *graphs; k++) {
		taut_instance         *maxcut = make(TAUT_FAMILY_MAXCUT, graphs[k].settings);
		taut_instance         *mis = make(TAUT_FAMILY_MIS, graphs[k].settings);
		const taut_graph_data *g = &maxcut->data.graph;
		uint32_t               least;
		uint32_t               most;
		check_simple(g, &least, &most);
		assert_in_range(g->n_edges, graphs[k].edges_low, graphs[k].edges_high);
		assert_in_range(least, graphs[k].degree_low, graphs[k].degree_high);
		assert_in_range(most, graphs[k].degree_low, graphs[k].degree_high);
		assert_int_equal(mis->data.graph.n_edges, g->n_edges);
		assert_int_equal(mis->data.graph.edge_weights.n, 0);
		assert_memory_equal(mis->data.graph.u, g->u, g->n_edges * sizeof *g->u);
		assert_memory_equal(mis->data.graph.v, g->v, g->n_edges * sizeof *g->v);
		taut_instance_free(maxcut);
		taut_instance_free(mis);
	}
}

/* Every choice of two of the ten pairs of five vertices comes about as often as any other. */
static void gnm_is_uniform(void **state)
{
	enum { RUNS = 4500, CHOICES = 45 };
	int    count[25 * 25] = {0};
	int    n_met = 0;
	double chi_square = 0.0;

	(void)state;
	for (int seed = 1; seed <= RUNS; seed++) {
		char           settings[60];
		taut_instance *instance;
		uint32_t       a;
		uint32_t       b;
		(void)snprintf(settings, sizeof settings, "kind=gnm size=5 edges=2 seed=%d", seed);
		instance = make(TAUT_FAMILY_MIS, settings);
		a = instance->data.graph.u[0] * 5 + instance->data.graph.v[0];
		b = instance->data.graph.u[1] * 5 + instance->data.graph.v[1];
		count[a < b ? a * 25 + b : b * 25 + a]++;
		taut_instance_free(instance);
	}
	for (int k = 0; k < 25 * 25; k++) {
		double off = (double)count[k] - (double)RUNS / CHOICES;
		if (!count[k])
			continue;
		n_met++;
		chi_square += off * off * CHOICES / RUNS;
	}
	assert_int_equal(n_met, CHOICES);
	assert_true(chi_square < 87.0); /* 44 degrees of freedom, p = 1e-4 */
}

static void weights_avoid_zero_and_leave_the_graph_alone(void **state)
{
	taut_instance *plain = make(TAUT_FAMILY_MAXCUT, "size=100 seed=3");
	taut_instance *signs = make(TAUT_FAMILY_MAXCUT, "size=100 seed=3 range=-1..1");
	taut_instance *wide = make(TAUT_FAMILY_MAXCUT, "size=100 seed=3 range=-127..127");
	taut_instance *heavy = make(TAUT_FAMILY_MIS, "size=100 seed=3 range=0..3");
	const size_t   n_edges = plain->data.graph.n_edges;
	int            sum = 0;

	(void)state;
	assert_int_equal(plain->data.graph.edge_weights.n, 0);
	assert_int_equal(signs->data.graph.edge_weights.n, n_edges);
	assert_memory_equal(plain->data.graph.u, signs->data.graph.u, n_edges * sizeof(uint32_t));
	assert_memory_equal(plain->data.graph.v, wide->data.graph.v, n_edges * sizeof(uint32_t));
	for (size_t k = 0; k < n_edges; k++) {
		int64_t w = wide->data.graph.edge_weights.v[k];
		assert_int_equal(llabs(signs->data.graph.edge_weights.v[k]), 1);
		assert_true(w != 0 && llabs(w) <= 127);
		sum += (int)signs->data.graph.edge_weights.v[k];
	}
	assert_in_range(sum + 120, 0, 240); /* 500 signs: five standard deviations are 112 */
	assert_int_equal(heavy->data.graph.vertex_weights.n, 100);
	for (size_t i = 0; i < 100; i++)
		assert_in_range(heavy->data.graph.vertex_weights.v[i], 0, 3);
	taut_instance_free(plain);
	taut_instance_free(signs);
	taut_instance_free(wide);
	taut_instance_free(heavy);
}

static void beasley_fills_a_tenth_of_the_triangle(void **state)
{
	taut_instance        *instance = make(TAUT_FAMILY_QUBO, "size=250 seed=11");
	const taut_qubo_data *d = &instance->data.qubo;
	size_t                n_diagonal = 0;

	(void)state;
	assert_int_equal(d->n, 250);
	assert_true(d->pairs_twice && !d->maximise);
	/* 31375 entries: mean 3122 (a 200th is 0), five standard deviations 266 */
	assert_in_range(d->n_terms, 2856, 3388);
	for (size_t k = 0; k < d->n_terms; k++) {
		assert_true(d->i[k] <= d->j[k] && d->j[k] < 250);
		assert_true(d->q.v[k] != 0 && llabs(d->q.v[k]) <= 100);
		n_diagonal += d->i[k] == d->j[k];
		if (k > 0) /* in order: no pair twice */
			assert_true(d->i[k - 1] < d->i[k] ||
			            (d->i[k - 1] == d->i[k] && d->j[k - 1] < d->j[k]));
	}
	assert_in_range(n_diagonal, 2, 50); /* mean 25, five standard deviations 24 */
	taut_instance_free(instance);
}

/* The point that was planted (stream 0 of the seed) satisfies every row, and where tightness is 1
 * with equality. */
static void planted_point_is_feasible(void **state)
{
	static const char *const settings[] = {"size=80 rows=30 seed=6",
	                                       "size=80 rows=30 seed=6 tightness=1",
	                                       "size=80 rows=30 seed=6 tightness=0 density=1e-6"};

	(void)state;
	for (size_t s = 0; s < 3; s++) {
		taut_instance           *instance = make(TAUT_FAMILY_BINARY_PROGRAM, settings[s]);
		const taut_program_data *p = &instance->data.program;
		taut_rng                 rng;
		int                      x[80];
		taut_rng_init(&rng, 6, 0);
		for (int j = 0; j < 80; j++)
			x[j] = (int)(taut_rng_next(&rng) >> 63);
		assert_int_equal(p->n_rows, 30);
		for (size_t k = 0; k < p->n_rows; k++) {
			const taut_program_row *row = &p->rows[k];
			int64_t                 activity = 0;
			assert_true(row->count >= 1);
			for (size_t e = row->first; e < row->first + row->count; e++)
				activity += p->row_coef.v[e] * x[p->row_col[e]];
			assert_true(row->has_lo || row->has_hi);
			assert_int_equal(row->has_lo && row->has_hi, k % 3 == 2);
			assert_true(!row->has_lo || row->lo.value <= activity);
			assert_true(!row->has_hi || row->hi.value >= activity);
			if (s == 1)
				assert_int_equal(row->has_hi ? row->hi.value : row->lo.value,
				                 activity);
		}
		assert_int_equal(p->n_terms, 80);
		taut_instance_free(instance);
	}
}

static const struct {
	taut_family family;
	const char *settings;
	const char *needle;
} refused[] = {
	{TAUT_FAMILY_MDKP, "kind=taillard",
         "kind: 'taillard' is not for family mdkp, which has chu_beasley"},
	{TAUT_FAMILY_MAXCUT, "kind=beasley", "which has gnp, gnm, torus2d, torus3d, complete"},
	{TAUT_FAMILY_MIS, "kind=complete", "which has gnp, gnm, torus2d, torus3d"},
	{TAUT_FAMILY_QAP, "density=0.5", "density does not apply to kind taillard"},
	{TAUT_FAMILY_TSP, "rows=5", "rows does not apply to kind euclidean"},
	{TAUT_FAMILY_MAXCUT, "edges=5", "edges does not apply to kind gnp"},
	{TAUT_FAMILY_QAP, "size=10001", "size: kind taillard goes up to 10000"},
	{TAUT_FAMILY_QAP, "seed=0", "Taillard's generator takes 1 to 2147483646"},
	{TAUT_FAMILY_QAP, "seed=2147483647", "Taillard's generator takes 1 to 2147483646"},
	{TAUT_FAMILY_QAP, "range=-1..5", "range: -1..5 begins below 0"},
	{TAUT_FAMILY_MIS, "range=-1..5", "range: -1..5 begins below 0"},
	{TAUT_FAMILY_MDKP, "range=0..0", "range: 0..0 holds nothing but 0"},
	{TAUT_FAMILY_MDKP, "size=2000000 rows=1000", "about 2e+09 numbers: more than"},
	{TAUT_FAMILY_MAXCUT, "size=2000000000", "numbers: more than"},
	{TAUT_FAMILY_MAXCUT, "kind=complete size=2000000000", "numbers: more than"},
	{TAUT_FAMILY_QUBO, "size=1000000 density=1", "numbers: more than"},
	{TAUT_FAMILY_MARKET_SHARE, "size=2000000", "numbers: more than"},
	{TAUT_FAMILY_BINARY_PROGRAM, "size=2000000", "numbers: more than"},
	{TAUT_FAMILY_BINARY_PROGRAM, "kind=planted_quadratic size=2000000 rows=1",
         "numbers: more than"},
	{TAUT_FAMILY_MAXCUT, "kind=gnm size=5 edges=11", "edges: 11, but 5 vertices have 10 pairs"},
	{TAUT_FAMILY_MAXCUT, "kind=torus2d size=10", "size: 10 is no square, as 9 is"},
	{TAUT_FAMILY_MAXCUT, "kind=torus2d size=10 rows=3", "rows: 3 does not divide the size 10"},
	{TAUT_FAMILY_MAXCUT, "kind=torus2d size=10 rows=5", "a torus of 5 x 2: each side needs 3"},
	{TAUT_FAMILY_MAXCUT, "kind=torus2d size=4", "a torus of 2 x 2: each side needs 3"},
	{TAUT_FAMILY_MAXCUT, "kind=torus3d size=100",
         "size: 100 is no cube of at least 27, as 64 is"},
	{TAUT_FAMILY_MAXCUT, "kind=torus3d size=8", "as 27 is"},
};

static void what_cannot_be_made_is_refused(void **state)
{
	(void)state;
	for (size_t k = 0; k < sizeof refused / sizeof *refused; k++) {
		taut_instance *instance = NULL;
		taut_options   o;
		char           storage[200];
		taut_error     err = {TAUT_OK, ""};
		set_options(&o, storage, sizeof storage, refused[k].settings);
		if (taut_generate(&instance, refused[k].family, &o, &err) != TAUT_EUSAGE)
			fail_msg("%s is not refused", refused[k].settings);
		assert_null(instance);
		if (!strstr(err.text, refused[k].needle))
			fail_msg("'%s' is not in '%s'", refused[k].needle, err.text);
	}
}

static void ranges_are_read_exactly(void **state)
{
	static const char *const bad[] = {"",
	                                  "5",
	                                  "5..",
	                                  "..5",
	                                  "5..4",
	                                  "1.5..3",
	                                  "a..b",
	                                  "0..2147483648",
	                                  "-2147483649..0",
	                                  "1..2..3",
	                                  "1 .. 2x"};
	int64_t                  low;
	int64_t                  high;

	(void)state;
	assert_int_equal(taut_range_parse(&low, &high, "-127..127", NULL), TAUT_OK);
	assert_true(low == -127 && high == 127);
	assert_int_equal(taut_range_parse(&low, &high, "-2147483648..2147483647", NULL), TAUT_OK);
	assert_true(low == INT32_MIN && high == INT32_MAX);
	for (size_t k = 0; k < sizeof bad / sizeof *bad; k++)
		if (taut_range_parse(&low, &high, bad[k], NULL) != TAUT_EUSAGE)
			fail_msg("'%s' is read", bad[k]);
}

/* The n-th allocation fails, for every n: an error, nothing lost. */
static void out_of_memory_is_an_error(void **state)
{
	(void)state;
	if (!taut_faults_built()) {
		print_message("SKIPPED: built without TAUT_FAULTS\n");
		skip();
	}
	for (size_t k = 0; k < N_GOLDEN; k++) {
		taut_instance *instance = NULL;
		taut_options   o;
		char           storage[200];
		taut_status    st = TAUT_ENOMEM;
		set_options(&o, storage, sizeof storage, golden[k].settings);
		for (long nth = 1; st != TAUT_OK; nth++) {
			taut_faults_arm(nth, 0);
			st = taut_generate(&instance, golden[k].family, &o, NULL);
			taut_faults_arm(0, 0);
			assert_true(st == TAUT_OK ? instance != NULL : instance == NULL);
			assert_true(st == TAUT_OK || st == TAUT_ENOMEM);
		}
		assert_int_equal(checksum(instance), golden[k].crc);
		taut_instance_free(instance);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_numbers_on_every_machine),
		cmocka_unit_test(another_seed_is_another_instance),
		cmocka_unit_test(taillard_equals_qaplib),
		cmocka_unit_test(chu_beasley_follows_its_definition),
		cmocka_unit_test(market_share_targets_are_halves),
		cmocka_unit_test(distances_are_a_metric_up_to_rounding),
		cmocka_unit_test(graphs_are_simple_with_the_stated_degrees),
		cmocka_unit_test(gnm_is_uniform),
		cmocka_unit_test(weights_avoid_zero_and_leave_the_graph_alone),
		cmocka_unit_test(beasley_fills_a_tenth_of_the_triangle),
		cmocka_unit_test(planted_point_is_feasible),
		cmocka_unit_test(what_cannot_be_made_is_refused),
		cmocka_unit_test(ranges_are_read_exactly),
		cmocka_unit_test(out_of_memory_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
