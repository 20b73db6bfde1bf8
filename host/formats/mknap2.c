/* OR-Library mknap2 (J. Heitkoetter): prose, and after each line `problem NAME.DAT` the data: `m n`
 * (constraints first), n profits, m capacities, the weights constraint by constraint, the optimum.
 * Lines of plus signs are rules; text after // is a comment. What stands between problems is prose
 * and passed over, unless it starts with a number: then the sizes of the problem before it are
 * wrong. */
#include "formats/mdkp.h"

#include <ctype.h>

#include "base/alloc.h"

static bool is_rule(const taut_token *token)
{
	for (size_t i = 0; i < token->length; i++)
		if (token->text[i] != '+')
			return false;
	return true;
}

static bool is_number(const taut_token *token)
{
	taut_decimal ignored;

	return taut_decimal_parse(&ignored, token->text, token->length, NULL) == TAUT_OK;
}

/* Moves behind the next line `problem NAME`; *found is false at the end of the file. */
static taut_status find_problem(bool *found, taut_token *name, taut_scan *scan, bool prose_only,
                                taut_error *err)
{
	taut_token first;
	taut_token third;
	taut_scan  line;
	char       quote[TAUT_QUOTE_SIZE];

	*found = false;
	while (taut_scan_next(scan, &first)) {
		line = *scan;
		if (taut_token_is(&first, "problem") && taut_scan_next_here(&line, name) &&
		    !taut_scan_next_here(&line, &third)) {
			*scan = line;
			*found = true;
			return TAUT_OK;
		}
		if (prose_only && is_number(&first))
			return taut_scan_fail(scan, &first, err,
			                      "%s after the optimum of the problem before",
			                      taut_token_quote(quote, &first));
		taut_scan_skip_line(scan);
	}
	return TAUT_OK;
}

static taut_status read_problem(taut_reader *reader, const taut_token *name, taut_error *err)
{
	taut_scan     *scan = reader->scan;
	char          *stem = taut_reader_stem(name->text, name->length, err);
	taut_instance *instance;
	taut_token     rule;
	taut_status    st = TAUT_ENOMEM;

	if (!stem)
		goto done;
	for (char *c = stem; *c; c++) /* SENTO1.DAT is called sento1 everywhere else */
		*c = (char)tolower((unsigned char)*c);
	st = taut_reader_add(&instance, reader, TAUT_FAMILY_MDKP, stem, err);
	while (st == TAUT_OK && taut_scan_peek(scan, &rule) && is_rule(&rule))
		(void)taut_scan_next(scan, &rule);
	if (st == TAUT_OK)
		st = taut_mdkp_size(&instance->data.mdkp, scan, false, err);
	if (st == TAUT_OK)
		st = taut_mdkp_profits(&instance->data.mdkp, scan, err);
	if (st == TAUT_OK)
		st = taut_mdkp_capacities(&instance->data.mdkp, scan, err);
	if (st == TAUT_OK)
		st = taut_mdkp_weights(&instance->data.mdkp, scan, err);
	if (st == TAUT_OK)
		st = taut_mdkp_optimum(instance, scan, err);
done:
	taut_free(stem);
	return st;
}

taut_status taut_read_mknap2(taut_reader *reader, taut_error *err)
{
	taut_scan  *scan = reader->scan;
	taut_token  name;
	bool        found = true;
	taut_status st = TAUT_OK;

	scan->comment = "//";
	while (st == TAUT_OK && found) {
		st = find_problem(&found, &name, scan, reader->list->count > 0, err);
		if (st == TAUT_OK && found)
			st = read_problem(reader, &name, err);
	}
	if (st == TAUT_OK && reader->list->count == 0)
		st = taut_scan_fail(scan, NULL, err, "no line 'problem NAME' in the file");
	return st;
}
