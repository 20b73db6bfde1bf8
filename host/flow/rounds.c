#include "flow/rounds.h"

#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "flow/algorithm.h"
#include "formats/scan.h"

/* Under a time limit the sweeps double: from the second round on at least a quarter of the time has
 * gone into one anneal that was not cut. Long anneals are what hard problems want; multipliers want
 * rounds to settle in, as long as these make progress. */
enum {
	TIMED_READS = 256,            /* four groups of lanes: docs/portfolio.md */
	TIMED_PERMUTATION_READS = 16, /* lanes go one after the other: long chains of few */
	TIMED_SWEEPS = 64,            /* of the first round */
	MULTIPLIER_SWEEPS = 256,      /* with multipliers: docs/loop.md */
	IDLE_MAX = 2,   /* rounds in a row without progress before the sweeps double */
	ROUNDS_MAX = 8, /* and rounds altogether */
	TEMPERATURES_MAX = 1000000
};

/* Of the hottest temperature, where anneals begin at old states. */
static const double REHEAT = 0.2;

/* A rule for weights that are not asked for, or that are given, would be passed over. */
static taut_status check_rule(const taut_options *o, taut_error *err)
{
	const char *rule = taut_penalty_rule_names.names[o->penalty_rule].name;

	if (!taut_option_given(o, TAUT_OPTION_penalty_rule))
		return TAUT_OK;
	if (o->method != TAUT_METHOD_PENALTY)
		return taut_fail(err, TAUT_EUSAGE,
		                 "penalty-rule: %s is for method penalty, and the method is %s; "
		                 "--method penalty, or no rule",
		                 rule, taut_method_names.names[o->method].name);
	if (o->penalty > 0.0)
		return taut_fail(err, TAUT_EUSAGE,
		                 "penalty-rule: %s does not go with a weight, penalty %g; one of "
		                 "the two",
		                 rule, o->penalty);
	return TAUT_OK;
}

static taut_status check_options(const taut_options *o, taut_error *err)
{
	if (o->schedule && (o->t_hot > 0.0 || o->t_cold > 0.0))
		return taut_fail(
			err, TAUT_EUSAGE,
			"schedule: it gives all temperatures; t-hot and t-cold do not go with it");
	if (o->t_hot > 0.0 && o->t_cold > o->t_hot)
		return taut_fail(err, TAUT_EUSAGE, "t-cold: %g is above t-hot, %g", o->t_cold,
		                 o->t_hot);
	return check_rule(o, err);
}

/* One temperature on every line that is not empty. */
static taut_status read_temperatures(taut_rounds *r, taut_scan *scan, taut_error *err)
{
	size_t       capacity = 0;
	taut_token   token;
	taut_decimal number;
	taut_status  st = TAUT_OK;

	while (taut_scan_next(scan, &token)) {
		double *grown =
			taut_grow(r->temperature, &capacity, (size_t)r->n + 1, sizeof *grown, err);
		if (!grown)
			return TAUT_ENOMEM;
		r->temperature = grown;
		st = taut_token_number(&number, scan, &token, "temperature", err);
		if (st == TAUT_OK && number.value < 0)
			st = taut_scan_fail(scan, &token, err, "a temperature is below 0");
		if (st == TAUT_OK)
			st = taut_scan_line_end(scan, err);
		if (st == TAUT_OK && r->n == TEMPERATURES_MAX)
			st = taut_scan_fail(scan, &token, err, "more than %d temperatures",
			                    TEMPERATURES_MAX);
		if (st != TAUT_OK)
			return st;
		r->temperature[r->n++] = taut_decimal_to_double(number.value, number.decimals);
	}
	return r->n ? st : taut_scan_fail(scan, NULL, err, "no temperature in the file");
}

taut_status taut_rounds_init(taut_rounds *out, const taut_options *options, bool timed,
                             taut_error *err)
{
	taut_scan   scan;
	taut_status st = check_options(options, err);

	*out = (taut_rounds){.options = options, .timed = timed};
	if (st != TAUT_OK || !options->schedule)
		return st;
	st = taut_scan_open(&scan, options->schedule, err);
	if (st != TAUT_OK)
		return st;
	scan.comment = "#";
	st = read_temperatures(out, &scan, err);
	taut_scan_close(&scan);
	if (st == TAUT_OK && !(out->point = taut_alloc(out->n, sizeof *out->point, err)))
		st = TAUT_ENOMEM;
	if (st != TAUT_OK)
		taut_rounds_fini(out);
	return st;
}

void taut_rounds_fini(taut_rounds *rounds)
{
	taut_free(rounds->temperature);
	taut_free(rounds->point);
	*rounds = (taut_rounds){0};
}

/* The file's temperatures; else those given, and by default the problem's. One given alone moves
 * the other default out of its way. */
static void plan_temperatures(taut_schedule *out, taut_rounds *r, const taut_problem *problem,
                              double device_units)
{
	const taut_options    *o = r->options;
	taut_temperature_range t = {0};

	if (r->n) {
		for (uint32_t k = 0; k < r->n; k++)
			r->point[k] = r->temperature[k] * device_units;
		out->points = r->point;
		out->n_points = r->n;
		out->t_hot = r->point[0];
		out->t_cold = r->point[r->n - 1];
		return;
	}
	t = taut_algorithm_range(out->algorithm, problem);
	out->t_hot = o->t_hot > 0.0 ? o->t_hot * device_units : t.hot;
	out->t_cold = o->t_cold > 0.0 ? o->t_cold * device_units : t.cold;
	if (out->t_cold > out->t_hot) {
		if (o->t_cold > 0.0)
			out->t_hot = out->t_cold;
		else
			out->t_cold = out->t_hot;
	}
}

bool taut_rounds_portfolio(const taut_rounds *r)
{
	const taut_options *o = r->options;

	return r->timed && !r->multiplier && o->algorithm == TAUT_ALGORITHM_AUTO && !o->initial &&
	       !o->schedule;
}

/* Reads and sweeps that grow without end; in a portfolio every arm lets its own grow. */
static void plan_timed(taut_schedule *out, const taut_rounds *r, const taut_problem *problem,
                       uint64_t round)
{
	const taut_options *o = r->options;
	uint64_t            level = r->multiplier ? r->level : round;

	if (!taut_option_given(o, TAUT_OPTION_reads))
		out->reads = problem->permutation_n && out->algorithm != TAUT_ALGORITHM_PT
		                     ? TIMED_PERMUTATION_READS
		                     : TIMED_READS; /* ladders go together */
	if (!taut_option_given(o, TAUT_OPTION_sweeps))
		out->sweeps = r->multiplier ? MULTIPLIER_SWEEPS : TIMED_SWEEPS;
	if (taut_rounds_portfolio(r))
		return;
	for (; level > 0 && out->sweeps < UINT64_C(1) << 40; level--)
		out->sweeps *= 2;
}

void taut_rounds_observe(taut_rounds *r, bool progress)
{
	const taut_options *o = r->options;

	if (!r->multiplier || !r->timed)
		return;
	r->idle = progress ? 0 : r->idle + 1;
	r->here++;
	r->stalled = r->idle == IDLE_MAX;
	if (r->stalled || r->here == ROUNDS_MAX) {
		r->level++;
		r->here = 0;
	}
	r->warm = !r->stalled && !o->initial && !o->schedule && o->t_hot == 0.0;
	if (r->stalled)
		r->idle = 0;
}

void taut_rounds_plan(taut_schedule *out, taut_rounds *r, const taut_problem *problem,
                      double device_units, uint64_t round)
{
	const taut_options *o = r->options;

	*out = (taut_schedule){
		.algorithm = o->algorithm == TAUT_ALGORITHM_AUTO ? TAUT_ALGORITHM_SA
	                                                         : (taut_algorithm)o->algorithm,
		.acceptance = (taut_acceptance)o->acceptance,
		.reads = (uint32_t)o->reads,
		.sweeps = (uint64_t)o->sweeps,
		.seed = taut_mix64(taut_mix64((uint64_t)o->seed + 1) + round),
	};
	plan_temperatures(out, r, problem, device_units);
	if (r->warm) {
		out->t_hot *= REHEAT;
		if (out->t_hot < out->t_cold)
			out->t_hot = out->t_cold;
	}
	if (r->timed)
		plan_timed(out, r, problem, round);
}
