/* Dense couplings give at every stage what the same couplings one by one give: model, local search,
 * quadratic form, machine's problem, temperatures, files. Every allocation on the way fails once.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <inttypes.h>
#include <string.h>

#include "answer/flips.h"
#include "backend/initial.h"
#include "base/alloc.h"
#include "base/rng.h"
#include "flow/export.h"
#include "formats/write.h"
#include "formulations/families/family.h"
#include "formulations/formulation.h"
#include "model/evaluate.h"
#include "qubo/scale.h"
#include "qubo/temperature.h"

enum { SEED = 20260418, POINTS = 20 };

static void ok(taut_status st, const taut_error *err)
{
	if (st != TAUT_OK)
		print_error("%s\n", err->text);
	assert_int_equal(st, TAUT_OK);
}

/* The same problem twice: index 0 dense, 1 listed. */
typedef struct {
	taut_instance *instance[2];
	taut_model    *model[2];
	taut_qubo     *qubo[2];
	taut_problem  *problem[2];
	taut_scale     scale[2];
} pair;

/* What the couplings are: entries of -size to size, times factor; density in tenths. */
typedef struct {
	taut_family family;
	uint32_t    n;
	int32_t     size;
	int64_t     factor;
	uint32_t    tenths;
	bool        twice, maximise;
	bool        whole; /* the machine's problem stays dense */
} kind;

static const kind KINDS[] = {
	{TAUT_FAMILY_MAXCUT, 1, 127, 1, 10, false, true, false},
	{TAUT_FAMILY_MAXCUT, 2, 127, 1, 10, false, true, false},
	{TAUT_FAMILY_MAXCUT, 67, 1, 1, 10, false, true, true},
	{TAUT_FAMILY_MAXCUT, 128, 127, 1, 10, false, true, true},
	{TAUT_FAMILY_MAXCUT, 65, 3, -1000, 7, false, true, true},
	{TAUT_FAMILY_MAXCUT, 30, 0, 5, 10, false, true, false},
	{TAUT_FAMILY_QUBO, 63, 127, 1, 9, true, false, true},
	{TAUT_FAMILY_QUBO, 64, 100, -3, 6, false, true, true},
	{TAUT_FAMILY_QUBO, 100, 1, INT64_C(1) << 40, 10, true, false, false},
};

static void list_pair(taut_instance *to, uint32_t i, uint32_t j, int64_t value)
{
	const taut_decimal number = {.value = value};
	taut_error         err;

	if (to->family == TAUT_FAMILY_QUBO)
		ok(taut_qubo_add_term(&to->data.qubo, i, j, number, &err), &err);
	else
		ok(taut_graph_add_edge(&to->data.graph, i, j, &number, &err), &err);
}

static void make_instances(pair *p, const kind *k, taut_rng *rng)
{
	taut_matrix *m;
	taut_error   err;

	for (int f = 0; f < 2; f++)
		ok(taut_instance_new(&p->instance[f], k->family, "test", &err), &err);
	ok(taut_matrix_new(&m, k->n, &err), &err);
	for (uint32_t i = 0; i < k->n; i++)
		for (uint32_t j = i + 1; j < k->n; j++) {
			const int32_t e =
				(int32_t)taut_rng_below(rng, 2u * (uint64_t)k->size + 1) - k->size;

			if (!e || taut_rng_below(rng, 10) >= k->tenths)
				continue;
			m->entry[i * m->stride + j] = (int8_t)e;
			list_pair(p->instance[1], i, j, k->factor * e);
		}
	taut_matrix_mirror(m);
	for (int f = 0; f < 2; f++) {
		taut_qubo_data *q = &p->instance[f]->data.qubo;

		if (k->family == TAUT_FAMILY_MAXCUT) {
			p->instance[f]->data.graph.n = k->n;
			continue;
		}
		q->n = k->n;
		q->pairs_twice = k->twice;
		q->maximise = k->maximise;
		for (uint32_t i = 0; i < k->n; i += 3)
			list_pair(p->instance[f], i, i, (int64_t)i - 50);
	}
	if (k->family == TAUT_FAMILY_MAXCUT) {
		p->instance[0]->data.graph.dense = m;
		p->instance[0]->data.graph.dense_factor = k->factor;
	} else {
		p->instance[0]->data.qubo.dense = m;
		p->instance[0]->data.qubo.dense_factor = k->factor;
	}
}

static taut_status make_qubo(taut_qubo **out, const taut_model *m, taut_error *err)
{
	const taut_formulation_ops *ops = taut_formulation_find(TAUT_METHOD_PENALTY);
	const taut_ctx              ctx = {.threads = 1};
	taut_formulation           *f;
	taut_codec                  codec = {0};
	taut_options                options;
	taut_status                 st;

	taut_options_default(&options);
	*out = NULL;
	st = ops->start(&f, m, &options, false, NULL, &ctx, err);
	if (st == TAUT_OK)
		st = ops->encode(out, &codec, f, &ctx, err);
	if (f)
		ops->close(f);
	taut_codec_fini(&codec);
	return st;
}

static void pair_init(pair *p, const kind *k, taut_rng *rng)
{
	taut_error err;

	*p = (pair){0};
	make_instances(p, k, rng);
	for (int f = 0; f < 2; f++) {
		ok(taut_family_find(k->family)->build(&p->model[f], p->instance[f], &err), &err);
		ok(make_qubo(&p->qubo[f], p->model[f], &err), &err);
		ok(taut_scale_problem(&p->problem[f], &p->scale[f], p->qubo[f], &err), &err);
	}
	assert_non_null(p->model[0]->dense);
	assert_non_null(p->qubo[0]->dense);
	assert_null(p->model[1]->dense);
	assert_int_equal(p->problem[0]->dense != NULL, k->whole);
}

static void pair_fini(pair *p)
{
	for (int f = 0; f < 2; f++) {
		taut_problem_free(p->problem[f]);
		taut_qubo_free(p->qubo[f]);
		taut_model_free(p->model[f]);
		taut_instance_free(p->instance[f]);
	}
}

static void check_flips(const taut_model *m, const uint8_t *from, taut_rng *rng)
{
	taut_flips f;
	uint8_t   *x = taut_copy(from, m->n, 1, NULL);
	taut_error err;

	ok(taut_flips_init(&f, m, &err), &err);
	taut_flips_set(&f, x);
	assert_int_equal(f.objective, f.sign * taut_model_objective(m, x));
	for (int k = 0; k < 5; k++) {
		const uint32_t i = (uint32_t)taut_rng_below(rng, m->n);
		const int64_t  change = taut_flips_change(&f, i);
		const int64_t  before = f.objective;

		taut_flips_flip(&f, i);
		assert_int_equal(f.objective, before + change);
		assert_int_equal(f.objective, f.sign * taut_model_objective(m, x));
	}
	taut_flips_fini(&f);
	taut_free(x);
}

static void check_points(const pair *p, taut_rng *rng)
{
	const uint32_t n = p->model[0]->n;
	uint8_t       *x = taut_alloc(n, 1, NULL);
	taut_samples  *samples;
	taut_error     err;

	ok(taut_samples_new(&samples, p->problem[1], 1, &err), &err);
	for (int k = 0; k < POINTS; k++) {
		int64_t value[2];

		memset(samples->bits, 0, samples->words * sizeof *samples->bits);
		for (uint32_t i = 0; i < n; i++) {
			x[i] = (uint8_t)taut_rng_below(rng, 2);
			samples->bits[i / 64] |= (uint64_t)x[i] << i % 64;
		}
		assert_int_equal(taut_model_objective(p->model[0], x),
		                 taut_model_objective(p->model[1], x));
		for (int f = 0; f < 2; f++) {
			ok(taut_qubo_energy(&value[f], p->qubo[f], x, &err), &err);
			check_flips(p->model[f], x, rng);
		}
		assert_int_equal(value[0], value[1]);
		assert_int_equal(taut_initial_energy(p->problem[0], samples, 0),
		                 taut_initial_energy(p->problem[1], samples, 0));
	}
	taut_samples_free(samples);
	taut_free(x);
}

static void check_problems(const pair *p)
{
	const taut_problem          *a = p->problem[0];
	const taut_problem          *b = p->problem[1];
	const taut_temperature_range s = taut_temperature_default(a);
	const taut_temperature_range t = taut_temperature_default(b);

	assert_memory_equal(&p->scale[0], &p->scale[1], sizeof p->scale[0]);
	assert_memory_equal(a->linear, b->linear, a->n * sizeof *a->linear);
	assert_int_equal(taut_problem_change_bound(a), taut_problem_change_bound(b));
	assert_true(s.hot == t.hot && s.cold == t.cold);
	if (!a->dense) { /* it had to be expanded */
		assert_memory_equal(a->row, b->row, (b->n + 1) * sizeof *b->row);
		assert_memory_equal(a->col, b->col, b->row[b->n] * sizeof *b->col);
		assert_memory_equal(a->coef, b->coef, b->row[b->n] * sizeof *b->coef);
		return;
	}
	for (uint32_t i = 0; i < a->n; i++) {
		const int8_t *entry = taut_matrix_row(a->dense, i);
		uint64_t      at = b->row[i];

		for (uint32_t j = 0; j < a->n; j++) {
			if (!entry[j])
				continue;
			assert_true(at < b->row[i + 1]);
			assert_int_equal(j, b->col[at]);
			assert_int_equal(a->dense_factor * entry[j], b->coef[at]);
			at++;
		}
		assert_int_equal(at, b->row[i + 1]);
	}
}

static void check_expansion(const pair *p)
{
	const taut_qubo *list = p->qubo[1];
	taut_qubo       *q;
	taut_error       err;

	ok(taut_qubo_expand(&q, p->qubo[0], &err), &err);
	assert_memory_equal(q->row, list->row, (list->n + 1) * sizeof *q->row);
	assert_memory_equal(q->col, list->col, list->row[list->n] * sizeof *q->col);
	assert_memory_equal(q->coef, list->coef, list->row[list->n] * sizeof *q->coef);
	assert_memory_equal(q->linear, list->linear, list->n * sizeof *q->linear);
	assert_int_equal(q->offset, list->offset);
	taut_qubo_free(q);
}

/* The file of the instance, or with `exported` of its quadratic form. */
static taut_text file_of(const pair *p, int f, taut_format format, bool exported)
{
	taut_instance *instance = NULL;
	taut_model    *model = NULL;
	taut_text      text = {0};
	int32_t        times;
	taut_error     err;

	if (exported)
		ok(taut_export_qubo(&instance, &model, &times, p->qubo[f], p->model[f]->decimals,
		                    "exported", &err),
		   &err);
	ok(taut_formats_write(&text, exported ? instance : p->instance[f],
	                      exported ? model : p->model[f], format, &err),
	   &err);
	taut_instance_free(instance);
	taut_model_free(model);
	return text;
}

static void check_files(const pair *p)
{
	static const taut_format FORMATS[] = {TAUT_FORMAT_AUTO, TAUT_FORMAT_LP,
	                                      TAUT_FORMAT_MPS,  TAUT_FORMAT_OPB,
	                                      TAUT_FORMAT_COO,  TAUT_FORMAT_QBSOLV};

	for (size_t k = 0; k < sizeof FORMATS / sizeof *FORMATS; k++)
		for (int exported = 0; exported < 2; exported++) {
			taut_text a = file_of(p, 0, FORMATS[k], exported);
			taut_text b = file_of(p, 1, FORMATS[k], exported);

			assert_string_equal(a.data, b.data);
			taut_text_fini(&a);
			taut_text_fini(&b);
		}
}

static void stages_agree(void **state)
{
	taut_rng rng;

	(void)state;
	print_message("seed %d\n", SEED);
	taut_rng_init(&rng, SEED, 0);
	for (size_t k = 0; k < sizeof KINDS / sizeof *KINDS; k++) {
		pair p;

		print_message("kind %zu\n", k);
		pair_init(&p, &KINDS[k], &rng);
		assert_int_equal(p.model[0]->structure, p.model[1]->structure);
		check_points(&p, &rng);
		check_problems(&p);
		check_expansion(&p);
		check_files(&p);
		pair_fini(&p);
	}
}

/* Sums beyond 64 bits are refused, of both forms alike, and before anything wraps. */
static void ranges_are_proven(void **state)
{
	const kind  k = {TAUT_FAMILY_MAXCUT, 64, 127, 1, 10, false, true, true};
	taut_status last = TAUT_OK;
	taut_rng    rng;
	pair        p;

	(void)state;
	taut_rng_init(&rng, SEED, 1);
	pair_init(&p, &k, &rng);
	for (int bits = 1; bits < 55; bits++) {
		taut_graph_data *list = &p.instance[1]->data.graph;
		taut_status      st[2];

		p.instance[0]->data.graph.dense_factor *= 2;
		for (size_t e = 0; e < list->n_edges; e++)
			list->edge_weights.v[e] *= 2;
		for (int f = 0; f < 2; f++) {
			taut_model *m;
			taut_error  err;

			st[f] = taut_family_find(k.family)->build(&m, p.instance[f], &err);
			taut_model_free(m);
		}
		assert_int_equal(st[0], st[1]);
		assert_true(st[0] == TAUT_OK || st[0] == TAUT_EINPUT);
		last = st[0];
	}
	assert_int_equal(last, TAUT_EINPUT);
	pair_fini(&p);
}

static taut_status whole_way(const taut_instance *instance)
{
	taut_model   *m = NULL;
	taut_qubo    *q = NULL;
	taut_qubo    *sparse = NULL;
	taut_problem *p = NULL;
	taut_problem *copy = NULL;
	taut_scale    scale;
	taut_flips    flips = {0};
	taut_error    err;
	taut_status   st = taut_family_find(instance->family)->build(&m, instance, &err);

	if (st == TAUT_OK)
		st = make_qubo(&q, m, &err);
	if (st == TAUT_OK)
		st = taut_qubo_expand(&sparse, q, &err);
	if (st == TAUT_OK)
		st = taut_scale_problem(&p, &scale, q, &err);
	if (st == TAUT_OK)
		st = taut_problem_dup(&copy, p, &err);
	if (st == TAUT_OK)
		st = taut_flips_init(&flips, m, &err);
	if (st == TAUT_OK)
		taut_flips_fini(&flips);
	taut_problem_free(copy);
	taut_problem_free(p);
	taut_qubo_free(sparse);
	taut_qubo_free(q);
	taut_model_free(m);
	return st;
}

static void failures_leak_nothing(void **state)
{
	const kind  k = {TAUT_FAMILY_QUBO, 20, 127, 1, 10, true, false, true};
	taut_rng    rng;
	pair        p;
	taut_status st = TAUT_ENOMEM;

	(void)state;
	if (!taut_faults_built()) {
		print_message("SKIPPED: built without TAUT_FAULTS\n");
		skip();
	}
	taut_rng_init(&rng, SEED, 2);
	pair_init(&p, &k, &rng);
	for (long nth = 1; st == TAUT_ENOMEM; nth++) {
		assert_true(nth < 1000);
		taut_faults_arm(nth, 0);
		st = whole_way(p.instance[0]);
		taut_faults_arm(0, 0);
	}
	assert_int_equal(st, TAUT_OK);
	pair_fini(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stages_agree),
		cmocka_unit_test(ranges_are_proven),
		cmocka_unit_test(failures_leak_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
