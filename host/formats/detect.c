#include "formats/detect.h"

#include <ctype.h>
#include <string.h>

/* Endings that belong to one format alone. */
static const struct {
	const char *ending;
	taut_format format;
} endings[] = {
	{".tsp", TAUT_FORMAT_TSPLIB},       {".atsp", TAUT_FORMAT_TSPLIB},
	{".clq", TAUT_FORMAT_DIMACS},       {".col", TAUT_FORMAT_DIMACS},
	{".gph", TAUT_FORMAT_DIMACS},       {".opb", TAUT_FORMAT_OPB},
	{".sparse", TAUT_FORMAT_TRIANGLE},  {".mc", TAUT_FORMAT_RUDY},
	{".rud", TAUT_FORMAT_RUDY},         {".rudy", TAUT_FORMAT_RUDY},
	{".json", TAUT_FORMAT_MARKET_JSON}, {".coo", TAUT_FORMAT_COO},
	{".qubo", TAUT_FORMAT_QBSOLV},      {".lp", TAUT_FORMAT_LP},
	{".mps", TAUT_FORMAT_MPS},          {".qps", TAUT_FORMAT_MPS},
	{".qplib", TAUT_FORMAT_QPLIB},      {".mis", TAUT_FORMAT_BHOSLIB},
};

static taut_format by_ending(const char *file)
{
	size_t length = strlen(file);

	for (size_t k = 0; k < sizeof endings / sizeof *endings; k++) {
		size_t n = strlen(endings[k].ending);
		if (length > n && !strcmp(file + length - n, endings[k].ending))
			return endings[k].format;
	}
	return TAUT_FORMAT_AUTO;
}

static bool has_problem_line(taut_scan scan)
{
	taut_token token;

	for (; taut_scan_next(&scan, &token); taut_scan_skip_line(&scan))
		if (taut_token_is(&token, "problem"))
			return true;
	return false;
}

static bool is_one_of(const taut_token *token, const char *const *words, size_t n)
{
	for (size_t k = 0; k < n; k++)
		if (taut_token_is(token, words[k]))
			return true;
	return false;
}

/* Minimize, max and the like, in any case; an .opb writes a colon after it. */
static bool is_lp_word(const taut_token *token)
{
	static const char *const words[] = {"min", "minimize", "minimise", "minimum",
	                                    "max", "maximize", "maximise", "maximum"};
	char                     small[16] = {0};

	if (token->length >= sizeof small)
		return false;
	for (size_t k = 0; k < token->length; k++)
		small[k] = (char)tolower((unsigned char)token->text[k]);
	return is_one_of(&(taut_token){small, token->length, 0, 0}, words,
	                 sizeof words / sizeof *words);
}

/* Files that begin with a comment line of *: .opb and MPS. */
static taut_format by_word_after_stars(taut_scan scan)
{
	static const char *const mps[] = {"NAME", "ROWS", "OBJSENSE", "name", "rows"};
	taut_token               token = {0};

	while (taut_scan_next(&scan, &token) && token.text[0] == '*')
		taut_scan_skip_line(&scan);
	return is_one_of(&token, mps, sizeof mps / sizeof *mps) ? TAUT_FORMAT_MPS : TAUT_FORMAT_OPB;
}

/* A first word that numbers cannot begin with. */
static taut_format by_first_word(taut_scan scan)
{
	static const char *const tsplib_keys[] = {"NAME", "TYPE", "COMMENT", "DIMENSION"};
	taut_scan                start = scan;
	taut_token               token;
	taut_token               second = {0};

	scan.marks = ":";
	if (!taut_scan_next(&scan, &token))
		return TAUT_FORMAT_AUTO;
	(void)taut_scan_next_here(&scan, &second);
	if (token.text[0] == '{' || token.text[0] == '[')
		return TAUT_FORMAT_MARKET_JSON;
	if (taut_token_is(&token, "#") && taut_token_is(&second, "vartype=BINARY"))
		return TAUT_FORMAT_COO;
	if (token.text[0] == '#')
		return TAUT_FORMAT_QOBLIB_MS;
	if (taut_token_is(&token, "p") && taut_token_is(&second, "qubo"))
		return TAUT_FORMAT_QBSOLV;
	if (token.text[0] == '*')
		return by_word_after_stars(start);
	if (token.text[0] == '\\' || (is_lp_word(&token) && !taut_token_is(&second, ":")))
		return TAUT_FORMAT_LP;
	if (taut_token_is(&token, "min") || taut_token_is(&token, "max"))
		return TAUT_FORMAT_OPB;
	if (is_one_of(&token, tsplib_keys, sizeof tsplib_keys / sizeof *tsplib_keys) &&
	    taut_token_is(&second, ":"))
		return TAUT_FORMAT_TSPLIB;
	if (taut_token_is(&token, "NAME") || taut_token_is(&token, "ROWS") ||
	    taut_token_is(&token, "OBJSENSE"))
		return TAUT_FORMAT_MPS;
	if (taut_token_is(&token, "c") || taut_token_is(&second, "edge") ||
	    taut_token_is(&second, "col"))
		return TAUT_FORMAT_DIMACS;
	if (taut_token_is(&token, "p"))
		return TAUT_FORMAT_TRIANGLE;
	return has_problem_line(start) ? TAUT_FORMAT_MKNAP2 : TAUT_FORMAT_AUTO;
}

/* Numbers of the first line that has any. */
static size_t first_line(taut_scan scan, int64_t value[3])
{
	taut_token token;
	size_t     n = 0;

	(void)taut_scan_find(&scan);
	for (; taut_scan_next_here(&scan, &token); n++)
		if (n < 3 &&
		    taut_integer_parse(&value[n], token.text, token.length, NULL) != TAUT_OK)
			value[n] = -1;
	return n;
}

/* Where the family is known; AUTO where it has no format. */
static taut_format by_family(const taut_scan *scan, taut_family family)
{
	int64_t ignored[3];

	switch (family) {
	case TAUT_FAMILY_MDKP:
		return first_line(*scan, ignored) == 1 ? TAUT_FORMAT_ORLIB : TAUT_FORMAT_SAC94;
	case TAUT_FAMILY_MIS:
		return TAUT_FORMAT_DIMACS;
	case TAUT_FAMILY_QAP:
		return TAUT_FORMAT_QAPLIB;
	case TAUT_FAMILY_TSP:
		return TAUT_FORMAT_TSPLIB;
	case TAUT_FAMILY_MARKET_SHARE:
		return TAUT_FORMAT_QOBLIB_MS;
	case TAUT_FAMILY_MAXCUT:
		return TAUT_FORMAT_RUDY;
	case TAUT_FAMILY_QUBO:
		return TAUT_FORMAT_TRIANGLE;
	case TAUT_FAMILY_BINARY_PROGRAM:
		return TAUT_FORMAT_OPB;
	case TAUT_FAMILY_AUTO:
	case TAUT_N_FAMILIES:
		break;
	}
	return TAUT_FORMAT_AUTO;
}

/* Numbers alone and no family: the one format whose sizes agree with the count of all numbers, else
 * AUTO. (In double: sizes may be wild, and counts below 2^53 are exact.) */
static taut_format by_count(taut_scan scan)
{
	int64_t    first[3] = {-1, -1, -1};
	size_t     n_first = first_line(scan, first);
	double     a = (double)first[0];
	double     b = (double)first[1];
	double     count = 0.0;
	taut_token token;

	while (taut_scan_next(&scan, &token))
		count++;
	if (n_first == 1)
		return count == 1.0 + 2.0 * a * a ? TAUT_FORMAT_QAPLIB : TAUT_FORMAT_ORLIB;
	if (n_first == 3 && count == 3.0 + a + a * b + b)
		return TAUT_FORMAT_SAC94;
	if (n_first == 2) {
		bool knapsack = count == 2.0 + a + a * b + b;
		bool market = count == 2.0 + a * (b + 1.0);
		bool pairs = count == 2.0 + 3.0 * b; /* rudy or triangle: who knows */
		if (knapsack && !market && !pairs)
			return TAUT_FORMAT_SAC94;
		if (market && !knapsack && !pairs)
			return TAUT_FORMAT_QOBLIB_MS;
	}
	return TAUT_FORMAT_AUTO;
}

taut_status taut_format_detect(taut_format *out, const taut_scan *scan, taut_family family,
                               taut_error *err)
{
	*out = by_ending(scan->file);
	if (*out == TAUT_FORMAT_AUTO)
		*out = by_first_word(*scan);
	if (*out == TAUT_FORMAT_AUTO)
		*out = by_family(scan, family);
	if (*out == TAUT_FORMAT_AUTO)
		*out = by_count(*scan);
	if (*out != TAUT_FORMAT_AUTO)
		return TAUT_OK;
	return taut_fail(err, TAUT_EINPUT,
	                 "%s: name and content do not tell the format; give --family or --format",
	                 scan->file);
}
