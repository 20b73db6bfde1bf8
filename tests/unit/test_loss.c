/* What a solve does when its backend cannot be had, refuses the problem or is lost. */
#include "faulty_backend.h"

#include <stdlib.h>

enum { READS = 70 };

static int  notices;
static char notice[512];

static void take_notice(void *payload, const char *text)
{
	(void)payload;
	notices++;
	(void)snprintf(notice, sizeof notice, "%s", text);
}

static int set_up(void **state)
{
	(void)state;
	faulty_reset();
	notices = 0;
	notice[0] = '\0';
	return unsetenv("TAUT_BITSTREAM");
}

static taut_status solve(taut_result **out, taut_load_list *list, taut_error *err)
{
	const taut_ctx         ctx = {.threads = 2,
	                              .log = take_notice,
	                              .deadline_s = list->options.time_limit > 0.0 ? 1e18 : 0.0};
	const taut_solve_hooks hooks = {.find = faulty_find};

	return taut_solve(out, list->items[0], &list->options, &ctx, &hooks, err);
}

/* Rounds of a multiplier method; the result must be whole, with so many rounds' samples. */
static void expect_survival(uint64_t rounds)
{
	taut_load_list list;
	taut_result   *r = NULL;
	taut_error     err = {TAUT_OK, ""};

	load_spec(&list, "mdkp");
	list.options.local_search = TAUT_SWITCH_OFF; /* nor an exact finish before the loss */
	list.options.backend = TAUT_BACKEND_XRT;
	list.options.rounds = 5;
	assert_int_equal(solve(&r, &list, &err), TAUT_OK);
	assert_int_equal(r->solver.backend, TAUT_BACKEND_XRT);
	assert_true(r->has_answer && r->verdict.feasible);
	assert_int_equal(r->raw.samples, rounds * READS);
	assert_int_equal(r->formulation.rounds, rounds);
	assert_true(r->baseline.known);
	assert_true(r->time_s.pack == 1.0 && r->time_s.transfer == 2.0 && r->time_s.kernel == 4.0);
	assert_int_equal(r->failure[0] != '\0', rounds < 5);
	taut_result_free(r);
	taut_load_fini(&list);
}

static void lost_in_mid_run_leaves_the_answer(void **state)
{
	(void)state;
	expect_survival(5);
	faulty_reset();
	faulty.run_fails = 2;
	expect_survival(2); /* the rounds before */
	faulty_reset();
	faulty.run_fails = 2;
	faulty.leaves = true;
	expect_survival(3); /* and what came of the last */
	faulty_reset();
	faulty.run_fails = 0;
	faulty.leaves = true;
	expect_survival(1);
	faulty_reset();
	faulty.load_fails = 2;
	faulty.load = TAUT_EDEVICE;
	expect_survival(2);
	assert_int_equal(notices, 0);
}

static void expect_failure(const char *spec, taut_algorithm algorithm, taut_status status,
                           const char *message)
{
	taut_load_list list;
	taut_result   *r = NULL;
	taut_error     err = {TAUT_OK, ""};

	load_spec(&list, spec);
	list.options.backend = TAUT_BACKEND_XRT;
	list.options.algorithm = (int)algorithm;
	assert_int_equal(solve(&r, &list, &err), status);
	assert_null(r);
	assert_int_equal(err.code, status);
	assert_non_null(strstr(err.text, message));
	assert_int_equal(solve(&r, &list, NULL), status == TAUT_ELIMIT ? TAUT_ELIMIT : TAUT_OK);
	taut_result_free(r);
	taut_load_fini(&list);
	assert_int_equal(notices, 0);
}

static void lost_before_any_sample_is_a_failure(void **state)
{
	(void)state;
	faulty.run_fails = 0;
	expect_failure("mdkp", TAUT_ALGORITHM_AUTO, TAUT_EDEVICE, "the card fell silent");
	/* the pilot of pt: what it leaves are no samples, and nothing leaks */
	faulty_reset();
	faulty.run_fails = 4;
	faulty.leaves = true;
	expect_failure("maxcut", TAUT_ALGORITHM_PT, TAUT_EDEVICE, "the card fell silent");
	faulty_reset();
	faulty.load_fails = 0;
	faulty.load = TAUT_EDEVICE;
	expect_failure("maxcut", TAUT_ALGORITHM_SA, TAUT_EDEVICE, "no room on the card");
}

static void portfolio_survives_too(void **state)
{
	taut_load_list list;
	taut_result   *r = NULL;
	taut_error     err = {TAUT_OK, ""};

	(void)state;
	faulty.run_fails = 3;
	faulty.algorithms =
		1u << TAUT_ALGORITHM_SA | 1u << TAUT_ALGORITHM_PT | 1u << TAUT_ALGORITHM_SQA;
	load_spec(&list, "qubo");
	list.options.backend = TAUT_BACKEND_XRT;
	list.options.time_limit = 1.0; /* far: the loss ends it */
	assert_int_equal(solve(&r, &list, &err), TAUT_OK);
	assert_int_equal(r->formulation.rounds, 3);
	assert_true(r->has_answer && r->solver.portfolio.n > 0);
	assert_string_equal(r->failure, "the card fell silent");
	taut_result_free(r);
	taut_load_fini(&list);
}

/* Backend auto: which backend answered; the answer is the cpu's in any case. */
static taut_backend_name automatic(const char *bitstream, taut_algorithm algorithm)
{
	taut_load_list    list;
	taut_result      *r = NULL;
	taut_result      *cpu = NULL;
	taut_error        err = {TAUT_OK, ""};
	taut_backend_name name;

	load_spec(&list, "mdkp");
	list.options.local_search = TAUT_SWITCH_OFF; /* nor an exact finish after a round */
	list.options.bitstream = bitstream;
	list.options.algorithm = (int)algorithm;
	list.options.rounds = 3;
	if (solve(&r, &list, &err) != TAUT_OK)
		fail_msg("%s", err.text);
	list.options.backend = TAUT_BACKEND_CPU;
	list.options.bitstream = NULL; /* the cpu takes none */
	assert_int_equal(solve(&cpu, &list, &err), TAUT_OK);
	assert_int_equal(r->raw.samples, cpu->raw.samples);
	assert_int_equal(r->verdict.objective, cpu->verdict.objective);
	assert_memory_equal(r->bits, cpu->bits, r->model->n);
	assert_string_equal(r->failure, "");
	name = r->solver.backend;
	taut_result_free(r);
	taut_result_free(cpu);
	taut_load_fini(&list);
	return name;
}

static void auto_looks_for_a_card(void **state)
{
	(void)state;
	assert_int_equal(automatic(NULL, TAUT_ALGORITHM_SA), TAUT_BACKEND_CPU);
	assert_int_equal(faulty.loads, 0);
	assert_int_equal(automatic("a.xclbin", TAUT_ALGORITHM_SA), TAUT_BACKEND_XRT);
	assert_int_equal(setenv("TAUT_BITSTREAM", "", 1), 0);
	assert_int_equal(automatic(NULL, TAUT_ALGORITHM_SA), TAUT_BACKEND_CPU);
	assert_int_equal(setenv("TAUT_BITSTREAM", "a.xclbin", 1), 0);
	assert_int_equal(automatic(NULL, TAUT_ALGORITHM_SA), TAUT_BACKEND_XRT);
	assert_int_equal(unsetenv("TAUT_BITSTREAM"), 0);
	faulty.devices = 1;
	assert_int_equal(automatic(NULL, TAUT_ALGORITHM_SA), TAUT_BACKEND_XRT);
	assert_int_equal(notices, 0);
}

static void expect_fall_back(taut_algorithm algorithm, const char *reason)
{
	notices = 0;
	assert_int_equal(automatic("a.xclbin", algorithm), TAUT_BACKEND_CPU);
	assert_int_equal(notices, 1);
	assert_non_null(strstr(notice, "the cpu anneals"));
	assert_non_null(strstr(notice, reason));
	faulty_reset();
}

static void auto_falls_back_with_one_notice(void **state)
{
	(void)state;
	faulty.absent = true;
	expect_fall_back(TAUT_ALGORITHM_SA, "not built in");
	faulty.open = TAUT_EDEVICE;
	expect_fall_back(TAUT_ALGORITHM_SA, "no card in the slot");
	faulty.algorithms = 1u << TAUT_ALGORITHM_SA;
	expect_fall_back(TAUT_ALGORITHM_TABU, "'tabu'");
	faulty.load_fails = 0;
	faulty.load = TAUT_ELIMIT;
	expect_fall_back(TAUT_ALGORITHM_SA, "no room on the card");
	faulty.load_fails = 2; /* multipliers have changed the problem */
	faulty.load = TAUT_ELIMIT;
	expect_fall_back(TAUT_ALGORITHM_SA, "no room on the card");
	faulty.run_fails = 0;
	expect_fall_back(TAUT_ALGORITHM_SA, "the card fell silent");
	faulty.run_fails = 3;
	expect_fall_back(TAUT_ALGORITHM_PT, "the card fell silent");
}

static void a_named_backend_never_falls_back(void **state)
{
	(void)state;
	faulty.algorithms = 1u << TAUT_ALGORITHM_SA;
	expect_failure("mdkp", TAUT_ALGORITHM_TABU, TAUT_ELIMIT,
	               "algorithm 'tabu' is not one of backend 'xrt'");
	faulty_reset();
	faulty.open = TAUT_ELIMIT;
	expect_failure("mdkp", TAUT_ALGORITHM_SA, TAUT_ELIMIT, "no card in the slot");
	faulty_reset();
	faulty.load_fails = 0;
	faulty.load = TAUT_EDEVICE;
	expect_failure("mdkp", TAUT_ALGORITHM_SA, TAUT_EDEVICE, "no room on the card");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(lost_in_mid_run_leaves_the_answer, set_up),
		cmocka_unit_test_setup(lost_before_any_sample_is_a_failure, set_up),
		cmocka_unit_test_setup(portfolio_survives_too, set_up),
		cmocka_unit_test_setup(auto_looks_for_a_card, set_up),
		cmocka_unit_test_setup(auto_falls_back_with_one_notice, set_up),
		cmocka_unit_test_setup(a_named_backend_never_falls_back, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
