/* auto's rival: when it takes over, when it gives way, and that both keep their state. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/clock.h"
#include "flow/run.h"

typedef struct {
	taut_options options;
	taut_ctx     ctx;
	taut_result  result;
	taut_run     r;
} fixture;

/* max 5 x0 + 4 x1 + 3 x2, 2 x0 + 3 x1 + x2 <= 4 */
static taut_model *model(void)
{
	const uint32_t columns[] = {0, 1, 2};
	const int64_t  weights[] = {2, 3, 1};
	taut_model    *m = NULL;

	assert_int_equal(taut_model_new(&m, TAUT_FAMILY_MDKP, "k", 3, true, 0, NULL), TAUT_OK);
	for (uint32_t i = 0; i < 3; i++)
		assert_int_equal(taut_model_add_term(m, i, i, 5 - (int64_t)i, NULL), TAUT_OK);
	assert_int_equal(taut_model_add_row(m, TAUT_ROW_LINEAR, columns, weights, 3,
	                                    TAUT_NO_LIMIT_LO, 4, 0, NULL, NULL),
	                 TAUT_OK);
	assert_int_equal(taut_model_finish(m, NULL), TAUT_OK);
	return m;
}

static void begin(fixture *f)
{
	*f = (fixture){.ctx = {.threads = 1, .deadline_s = taut_clock_s() + 1000}};
	taut_options_default(&f->options);
	f->result.formulation.method = f->result.formulation.played[0].method =
		TAUT_METHOD_AUGMENTED_LAGRANGIAN;
	f->r = (taut_run){.options = &f->options,
	                  .ctx = &f->ctx,
	                  .result = &f->result,
	                  .timed = true,
	                  .rounds = {.options = &f->options, .timed = true, .multiplier = true}};
	f->r.model = model();
	assert_int_equal(taut_formulation_find(TAUT_METHOD_AUGMENTED_LAGRANGIAN)
	                         ->start(&f->r.formulation, f->r.model, &f->options, false, NULL,
	                                 &f->ctx, NULL),
	                 TAUT_OK);
}

static void end(fixture *f)
{
	f->r.formulation->ops->close(f->r.formulation);
	if (f->r.rival.other)
		f->r.rival.other->ops->close(f->r.rival.other);
	taut_model_free(f->r.model);
}

/* A round of 100 proposals, and the method of the next. */
static taut_method round_of(fixture *f, bool progress)
{
	f->result.solver.proposals += 100;
	taut_rounds_observe(&f->r.rounds, progress);
	taut_rival_observe(&f->r, progress);
	assert_int_equal(taut_rival_change(&f->r, NULL), TAUT_OK);
	assert_int_equal(f->result.formulation.method, f->r.formulation->ops->name);
	return f->result.formulation.method;
}

static void it_takes_over_at_a_stall(void **state)
{
	const taut_method first = TAUT_METHOD_AUGMENTED_LAGRANGIAN;
	const taut_method rival = TAUT_METHOD_BUNDLE;
	fixture           f;

	(void)state;
	begin(&f);
	assert_int_equal(round_of(&f, true), first);
	assert_int_equal(round_of(&f, false), first);
	assert_int_equal(round_of(&f, false), rival);
	assert_int_equal(f.r.rounds.level, 0); /* as long as the first's */
	/* without progress it gives way, and does not come again: the first has made some */
	assert_int_equal(round_of(&f, false), rival);
	assert_int_equal(round_of(&f, false), first);
	assert_int_equal(f.r.rounds.level, 1);
	for (int k = 0; k < 6; k++)
		assert_int_equal(round_of(&f, false), first);
	assert_int_equal(f.r.rounds.level, 4);
	assert_int_equal(f.result.formulation.played[0].rounds, 9);
	assert_int_equal(f.result.formulation.played[0].progress, 1);
	assert_int_equal(f.result.formulation.played[1].rounds, 2);
	assert_int_equal(f.result.formulation.played[1].method, rival);
	end(&f);
}

static void it_stays_where_it_is_better(void **state)
{
	fixture f;

	(void)state;
	begin(&f);
	(void)round_of(&f, true);
	(void)round_of(&f, false);
	assert_int_equal(round_of(&f, false), TAUT_METHOD_BUNDLE);
	for (int k = 0; k < 4; k++)
		assert_int_equal(round_of(&f, true), TAUT_METHOD_BUNDLE);
	for (int k = 0; k < 4; k++) /* 4 of 8 against 1 of 3 */
		assert_int_equal(round_of(&f, false), TAUT_METHOD_BUNDLE);
	end(&f);
}

static void only_auto_changes_and_only_in_time(void **state)
{
	fixture f;

	(void)state;
	begin(&f);
	f.options.method = TAUT_METHOD_AUGMENTED_LAGRANGIAN;
	for (int k = 0; k < 6; k++)
		assert_int_equal(round_of(&f, false), TAUT_METHOD_AUGMENTED_LAGRANGIAN);
	f.options.method = TAUT_METHOD_AUTO;
	f.r.timed = false;
	for (int k = 0; k < 6; k++)
		assert_int_equal(round_of(&f, false), TAUT_METHOD_AUGMENTED_LAGRANGIAN);
	assert_int_equal(f.result.formulation.played[1].rounds, 0);
	end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_takes_over_at_a_stall),
		cmocka_unit_test(it_stays_where_it_is_better),
		cmocka_unit_test(only_auto_changes_and_only_in_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
