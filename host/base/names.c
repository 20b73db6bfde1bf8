#include "base/names.h"

#include <stdio.h>
#include <string.h>

#define ROW(constant, spelling, help) {spelling, help},
#define LIST(variable, list)                                   \
	static const taut_name variable##_rows[] = {list(ROW)}; \
	const taut_name_list   variable = {variable##_rows, sizeof variable##_rows / sizeof variable##_rows[0]};

LIST(taut_family_names, TAUT_FAMILIES)
LIST(taut_format_names, TAUT_FORMATS)
LIST(taut_method_names, TAUT_METHODS)
LIST(taut_backend_names, TAUT_BACKENDS)
LIST(taut_algorithm_names, TAUT_ALGORITHMS)
LIST(taut_acceptance_names, TAUT_ACCEPTANCES)
LIST(taut_moves_names, TAUT_MOVES)
LIST(taut_sense_names, TAUT_SENSES)
LIST(taut_pairs_names, TAUT_PAIRS)
LIST(taut_weighting_names, TAUT_WEIGHTINGS)
LIST(taut_switch_names, TAUT_SWITCHES)
LIST(taut_penalty_rule_names, TAUT_PENALTY_RULES)
LIST(taut_correlation_names, TAUT_CORRELATIONS)
LIST(taut_generator_names, TAUT_GENERATORS)

int taut_name_find(const taut_name_list *list, const char *text)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->names[i].name, text) == 0)
			return (int)i;
	return -1;
}

enum { LONGEST = 48 }; /* names longer than this are not compared */

/* Optimal string alignment distance: insert, delete, replace or swap two neighbours, one each. */
static size_t edit_distance(const char *a, const char *b)
{
	size_t table[LONGEST + 1][LONGEST + 1];
	size_t n = strlen(a);
	size_t m = strlen(b);

	for (size_t i = 0; i <= n; i++)
		table[i][0] = i;
	for (size_t j = 0; j <= m; j++)
		table[0][j] = j;
	for (size_t i = 1; i <= n; i++) {
		for (size_t j = 1; j <= m; j++) {
			size_t best = table[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
			if (table[i - 1][j] + 1 < best)
				best = table[i - 1][j] + 1;
			if (table[i][j - 1] + 1 < best)
				best = table[i][j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    table[i - 2][j - 2] + 1 < best)
				best = table[i - 2][j - 2] + 1;
			table[i][j] = best;
		}
	}
	return table[n][m];
}

taut_nearest taut_nearest_to(const char *typed)
{
	return (taut_nearest){.typed = typed};
}

void taut_nearest_try(taut_nearest *nearest, const char *name)
{
	size_t length = strlen(nearest->typed);
	size_t distance;

	if (length > LONGEST || strlen(name) > LONGEST)
		return;
	distance = edit_distance(nearest->typed, name);
	/* Further than a third of the word (at least 2) is no likeness. */
	if (distance > (length / 3 > 2 ? length / 3 : 2) || distance >= strlen(name))
		return;
	if (!nearest->best || distance < nearest->distance) {
		nearest->best = name;
		nearest->distance = distance;
	}
}

void taut_nearest_hint(char *out, size_t size, const taut_nearest *nearest)
{
	if (nearest->best)
		(void)snprintf(out, size, " (did you mean '%s'?)", nearest->best);
	else if (size)
		out[0] = '\0';
}
