/* Six projects, one budget: which ones to take? */
#include <math.h>
#include <stdio.h>

#include <taut/taut.h>

enum { PROJECTS = 6 };

static const double   value[PROJECTS] = {12, 9.5, 7, 14, 6, 8};
static const double   cost[PROJECTS] = {4, 3, 2, 5, 1.5, 2.5};
static const uint32_t sites[] = {0, 3, 5}; /* exactly one of them is built */

/* maximise value x, cost x <= 9, projects 1 and 2 exclude each other, 3 and 4 help each other */
static taut_status build(taut_input **out, taut_error *err)
{
	const uint32_t three = 3, four = 4;
	const double   together = 2;
	taut_status    st = taut_input_program(out, "projects", PROJECTS, TAUT_MAXIMISE, err);

	if (st == TAUT_OK)
		st = taut_input_add_linear(*out, PROJECTS, NULL, value, err);
	if (st == TAUT_OK)
		st = taut_input_add_quadratic(*out, 1, &three, &four, &together, err);
	if (st == TAUT_OK)
		st = taut_input_add_row(*out, "budget", PROJECTS, NULL, cost, -INFINITY, 9, err);
	if (st == TAUT_OK)
		st = taut_input_add_conflict(*out, 1, 2, err);
	if (st == TAUT_OK)
		st = taut_input_add_one_hot(*out, "site", 3, sites, err);
	return st;
}

/* After every round; anything but 0 would cancel. */
static int watch_progress(void *payload, const taut_progress *p)
{
	(void)payload;
	if (p->has_objective)
		fprintf(stderr, "round %lld: %g\n", (long long)p->round, p->objective);
	return 0;
}

int main(void)
{
	taut_error     err = {TAUT_OK, ""};
	taut_input    *input = NULL;
	taut_settings *settings = NULL;
	taut_solution *solution = NULL;
	taut_watch     watch = {.progress = watch_progress};
	taut_status    st = build(&input, &err);

	if (st == TAUT_OK)
		st = taut_settings_new(&settings, &err);
	if (st == TAUT_OK)
		st = taut_settings_set(settings, "seed", "7", &err);
	if (st == TAUT_OK)
		st = taut_input_solve(&solution, input, 0, settings, &watch, &err);
	if (st == TAUT_OK) {
		const taut_answer *answer = taut_solution_answer(solution);
		printf("%s, objective %s, projects",
		       answer->status == TAUT_ANSWER_FEASIBLE ? "feasible" : "not feasible",
		       answer->objective_text);
		for (uint32_t i = 0; i < answer->n; i++)
			if (answer->bits && answer->bits[i])
				printf(" %u", (unsigned)i);
		printf("\n");
	} else {
		fprintf(stderr, "%s\n", err.text);
	}
	taut_solution_free(solution);
	taut_settings_free(settings);
	taut_input_free(input);
	return taut_status_exit(st);
}
