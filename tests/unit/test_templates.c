/* The templates of the four add-a pages, called as the tables would call them: a graph in a new
 * format becomes a problem of a new family, is encoded by a new method, annealed by a new backend,
 * and answered. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "answer/answers.h"
#include "backend/initial.h"
#include "base/alloc.h"
#include "docs/templates/templates.h"
#include "model/evaluate.h"
#include "qubo/scale.h"

/* Petersen's graph: 10 vertices, independence number 4, so that a smallest cover has 6. */
static const char PETERSEN[] =
	"10\n1 2\n2 3\n3 4\n4 5\n5 1\n1 6\n2 7\n3 8\n4 9\n5 10\n6 8\n8 10\n10 7\n7 9\n9 6\n";
enum { COVER = 6, N = 10, M = 15 };
static const taut_ctx CTX = {.threads = 1};

/* Reads `text` as a file of the template's format. The caller frees *list. */
static taut_status read_text(taut_instance_list *list, const char *text, taut_error *err)
{
	char         path[] = "/tmp/taut-edges-XXXXXX";
	int          file = mkstemp(path);
	taut_scan    scan;
	taut_options options;
	taut_reader reader = {.scan = &scan, .options = &options, .name = "petersen", .list = list};
	taut_status st;

	*list = (taut_instance_list){0};
	taut_options_default(&options);
	assert_true(file >= 0);
	assert_int_equal(write(file, text, strlen(text)), (ssize_t)strlen(text));
	assert_int_equal(close(file), 0);
	assert_int_equal(taut_scan_open(&scan, path, err), TAUT_OK);
	st = taut_read_edges(&reader, err);
	taut_scan_close(&scan);
	assert_int_equal(remove(path), 0);
	return st;
}

static taut_model *petersen(void)
{
	taut_instance_list list;
	taut_model        *m;
	taut_error         err;

	assert_int_equal(read_text(&list, PETERSEN, &err), TAUT_OK);
	assert_int_equal(list.count, 1);
	assert_int_equal(taut_cover_ops.build(&m, list.items[0], &err), TAUT_OK);
	taut_instance_list_fini(&list);
	return m;
}

static void bits_of(uint8_t x[N], uint32_t number)
{
	for (uint32_t i = 0; i < N; i++)
		x[i] = number >> i & 1;
}

static void format_reads_writes_and_refuses(void **state)
{
	static const struct {
		const char *text, *needle;
	} bad[] = {{"3\n1 2\n2 4\n", ":3:"},     {"3\n1 1\n", ":2: a loop at vertex 1"},
	           {"3\n1 2\n2 1\n", ":3:"},     {"3\n1 2 5\n", ":2:"},
	           {"3 4\n1 2\n", ":1:"},        {"3\n1\n", ":2:"},
	           {"99999999999\n1 2\n", ":1:"}};
	taut_instance_list list;
	taut_text          text = {0};
	taut_error         err;
	taut_writer        w = {.text = &text};

	(void)state;
	for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
		assert_int_equal(read_text(&list, bad[k].text, &err), TAUT_EINPUT);
		assert_non_null(strstr(err.text, bad[k].needle));
		taut_instance_list_fini(&list);
	}
	assert_int_equal(read_text(&list, PETERSEN, &err), TAUT_OK);
	assert_int_equal(list.items[0]->data.graph.n_edges, M);
	w.instance = list.items[0];
	assert_int_equal(taut_write_edges(&w, &err), TAUT_OK);
	assert_string_equal(text.data, PETERSEN);
	list.items[0]->data.graph.complement = true;
	assert_int_equal(taut_write_edges(&w, &err), TAUT_EINPUT);
	taut_text_fini(&text);
	taut_instance_list_fini(&list);
}

static void family_builds_and_decodes(void **state)
{
	taut_model  *m = petersen();
	taut_decoded decoded;
	taut_error   err;
	int64_t      best = N;
	uint8_t      x[N];

	(void)state;
	assert_false(m->maximise);
	assert_int_equal(m->n_rows, M);
	for (uint32_t number = 0; number < 1u << N; number++) {
		bits_of(x, number);
		if (taut_model_feasible(m, x) && taut_model_objective(m, x) < best)
			best = taut_model_objective(m, x);
	}
	assert_int_equal(best, COVER);
	bits_of(x, 1u << 2 | 1u << 7);
	assert_int_equal(taut_cover_ops.decode(&decoded, m, x, &err), TAUT_OK);
	assert_string_equal(decoded.lists[0].key, "cover");
	assert_int_equal(decoded.lists[0].count, 2);
	assert_int_equal(decoded.lists[0].values[0], 3);
	assert_int_equal(decoded.lists[0].values[1], 8);
	taut_decoded_fini(&decoded);
	taut_model_free(m);
}

static taut_formulation *start(const taut_model *m)
{
	taut_formulation *f;
	taut_options      options;
	taut_error        err;

	taut_options_default(&options);
	assert_int_equal(taut_growing_ops.start(&f, m, &options, false, NULL, &CTX, &err), TAUT_OK);
	return f;
}

/* The encoded form at every x is f(x) + sum P_k (a_k x - 1)^2, and P_k doubles where the mean
 * breaks row k. */
static void formulation_is_its_formula_and_grows(void **state)
{
	taut_model       *m = petersen();
	taut_formulation *f = start(m);
	double            mean[M];
	taut_round        round = {.samples = 1, .mean_activity = mean};
	taut_error        err;

	(void)state;
	for (int turn = 0; turn < 3; turn++) {
		taut_qubo   *qubo;
		taut_codec   codec;
		taut_applied applied;
		assert_int_equal(f->ops->encode(&qubo, &codec, f, &CTX, &err), TAUT_OK);
		f->ops->describe(&applied, f);
		assert_int_equal(applied.slack_variables, 0);
		for (uint32_t k = 0; k < M; k++)
			assert_true(applied.weights[k] ==
			            applied.weights[0] * (k == 3 ? 1 << turn : 1));
		for (uint32_t number = 0; number < 1u << N; number++) {
			uint8_t x[N];
			int64_t value;
			double  expected;
			bits_of(x, number);
			expected = (double)taut_model_objective(m, x);
			for (uint32_t k = 0; k < M; k++) {
				double off = (double)taut_row_activity(m, k, x) - 1.0;
				expected += applied.weights[k] * off * off;
			}
			assert_int_equal(taut_qubo_energy(&value, qubo, x, &err), TAUT_OK);
			assert_true(expected ==
			            (double)value / (double)(INT64_C(1) << qubo->fraction_bits));
		}
		taut_codec_fini(&codec);
		taut_qubo_free(qubo);
		for (uint32_t k = 0; k < M; k++)
			mean[k] = k == 3 ? 0.5 : 1.5;
		assert_int_equal(f->ops->observe(f, &round, &CTX, &err), TAUT_OK);
	}
	f->ops->close(f);
	f = NULL;
	taut_growing_ops.close(f);
	taut_model_free(m);
}

static void backend_ends_where_no_flip_helps(void **state)
{
	taut_model       *m = petersen();
	taut_formulation *f = start(m);
	taut_schedule     schedule = {
		    .reads = 70, .sweeps = 100, .seed = 5, .algorithm = TAUT_ALGORITHM_SA};
	taut_ctx      ctx = {.threads = 1};
	taut_scale    scale;
	taut_qubo    *qubo;
	taut_codec    codec;
	taut_problem *problem;
	taut_samples *samples;
	taut_backend *b;
	taut_limits   limits;
	taut_error    err;
	bool          finished;

	(void)state;
	assert_int_equal(f->ops->encode(&qubo, &codec, f, &CTX, &err), TAUT_OK);
	assert_int_equal(taut_scale_problem(&problem, &scale, qubo, &err), TAUT_OK);
	assert_int_equal(taut_descent_ops.open(&b, NULL, &err), TAUT_OK);
	b->ops->limits(&limits, b);
	assert_false(limits.exact);
	problem->n_groups = 1;
	assert_int_equal(b->ops->load(b, problem, &err), TAUT_ELIMIT);
	problem->n_groups = 0;
	assert_int_equal(b->ops->load(b, problem, &err), TAUT_OK);
	assert_int_equal(b->ops->run(&samples, &finished, b, &schedule, &ctx, &err), TAUT_OK);
	assert_true(finished);
	assert_int_equal(samples->count, 70);
	for (size_t r = 0; r < samples->count; r++) {
		const int64_t energy = samples->energy[r];
		assert_int_equal(energy, taut_initial_energy(problem, samples, r));
		for (uint32_t i = 0; i < problem->n; i++) {
			samples->bits[r * samples->words] ^= UINT64_C(1) << i;
			assert_true(taut_initial_energy(problem, samples, r) >= energy);
			samples->bits[r * samples->words] ^= UINT64_C(1) << i;
		}
	}
	taut_samples_free(samples);
	b->ops->close(b);
	taut_problem_free(problem);
	taut_codec_fini(&codec);
	taut_qubo_free(qubo);
	f->ops->close(f);
	taut_model_free(m);
}

/* One round of the closed loop, as host/flow turns it. */
static void turn(taut_answers *answers, taut_formulation *f, taut_backend *b, uint64_t seed,
                 const taut_ctx *ctx)
{
	taut_schedule schedule = {
		.reads = 16, .sweeps = 50, .seed = seed, .algorithm = TAUT_ALGORITHM_SA};
	taut_round    round;
	taut_scale    scale;
	taut_qubo    *qubo;
	taut_codec    codec;
	taut_problem *problem;
	taut_samples *samples;
	taut_error    err;
	bool          finished;

	assert_int_equal(f->ops->encode(&qubo, &codec, f, &CTX, &err), TAUT_OK);
	assert_int_equal(taut_scale_problem(&problem, &scale, qubo, &err), TAUT_OK);
	assert_int_equal(b->ops->load(b, problem, &err), TAUT_OK);
	assert_int_equal(b->ops->run(&samples, &finished, b, &schedule, ctx, &err), TAUT_OK);
	assert_int_equal(taut_answers_take(answers, &codec, samples, 1, ctx, &err), TAUT_OK);
	round = (taut_round){.samples = answers->round_samples,
	                     .feasible = answers->round_feasible,
	                     .mean_activity = answers->mean_activity};
	assert_int_equal(f->ops->observe(f, &round, &CTX, &err), TAUT_OK);
	taut_samples_free(samples);
	taut_problem_free(problem);
	taut_codec_fini(&codec);
	taut_qubo_free(qubo);
}

/* Without repair: the annealer's own samples have to be feasible and reach the optimum. */
static void all_four_solve_a_problem(void **state)
{
	taut_model       *m = petersen();
	taut_formulation *f = start(m);
	taut_ctx          ctx = {.threads = 1};
	taut_answers      answers;
	taut_backend     *b;
	taut_error        err;

	(void)state;
	assert_int_equal(taut_descent_ops.open(&b, NULL, &err), TAUT_OK);
	assert_int_equal(taut_answers_init(&answers, m, NULL, false, false, 1, &err), TAUT_OK);
	for (uint64_t round = 0; round < 8; round++)
		turn(&answers, f, b, round, &ctx);
	assert_true(answers.has_incumbent && answers.incumbent_feasible);
	assert_int_equal(answers.incumbent_objective, COVER);
	assert_true(taut_model_feasible(m, answers.incumbent));
	taut_answers_fini(&answers);
	b->ops->close(b);
	f->ops->close(f);
	taut_model_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(format_reads_writes_and_refuses),
		cmocka_unit_test(family_builds_and_decodes),
		cmocka_unit_test(formulation_is_its_formula_and_grows),
		cmocka_unit_test(backend_ends_where_no_flip_helps),
		cmocka_unit_test(all_four_solve_a_problem),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
