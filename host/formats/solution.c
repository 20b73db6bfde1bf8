#include "formats/solution.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "formats/scan.h"

enum { DIGITS_MAX = 18 }; /* a longer run of 0 and 1 is no number of ours */

void taut_solutions_fini(taut_solutions *solutions)
{
	for (size_t k = 0; k < solutions->count; k++) {
		taut_free(solutions->items[k].bits);
		taut_free(solutions->items[k].list);
	}
	taut_free(solutions->items);
	*solutions = (taut_solutions){0};
}

/* Appends an empty answer; *out is a view until the next one is added. */
static taut_status add(taut_solution **out, taut_solutions *solutions, size_t line, taut_error *err)
{
	taut_solution *items = taut_grow(solutions->items, &solutions->capacity,
	                                 solutions->count + 1, sizeof *items, err);

	*out = NULL;
	if (!items)
		return TAUT_ENOMEM;
	solutions->items = items;
	*out = &items[solutions->count++];
	(*out)->line = line;
	return TAUT_OK;
}

static bool only_bits(const taut_token *token)
{
	for (size_t i = 0; i < token->length; i++)
		if (token->text[i] != '0' && token->text[i] != '1')
			return false;
	return true;
}

/* A bitstring of any length, as opposed to a number. */
static bool is_bitstring(const taut_token *token, uint32_t n_bits)
{
	int64_t number = 0;

	if (!only_bits(token))
		return false;
	if (token->length == n_bits || token->length > DIGITS_MAX)
		return true;
	return token->length > 1 &&
	       (token->text[0] == '0' ||
	        taut_integer_parse(&number, token->text, token->length, NULL) != TAUT_OK ||
	        number > n_bits);
}

static taut_status read_bitstrings(taut_solutions *out, taut_scan *scan, uint32_t n_bits,
                                   taut_error *err)
{
	taut_token  token;
	taut_status st = TAUT_OK;

	while (st == TAUT_OK && taut_scan_next(scan, &token)) {
		taut_solution *s;
		char           quote[TAUT_QUOTE_SIZE];
		if (!only_bits(&token))
			return taut_scan_fail(scan, &token, err, "%s is no bitstring",
			                      taut_token_quote(quote, &token));
		if (token.length != n_bits)
			return taut_scan_fail(scan, &token, err,
			                      "%zu bits, the problem has %" PRIu32, token.length,
			                      n_bits);
		st = taut_scan_line_end(scan, err);
		if (st == TAUT_OK)
			st = add(&s, out, token.line, err);
		if (st != TAUT_OK)
			return st;
		s->bits = taut_alloc(n_bits, 1, err);
		if (!s->bits)
			return TAUT_ENOMEM;
		s->count = n_bits;
		for (uint32_t i = 0; i < n_bits; i++)
			s->bits[i] = token.text[i] == '1';
	}
	return st;
}

/* Takes the line `n value` in front of a permutation: two numbers, n the first, n more to follow.
 */
static taut_status read_header(taut_solution *s, taut_scan *scan, uint32_t n, taut_error *err)
{
	taut_scan  ahead = *scan;
	taut_token size;
	taut_token value;
	taut_token token;
	int64_t    stated = 0;
	size_t     left = 0;

	if (!taut_scan_next(&ahead, &size) || !taut_scan_next_here(&ahead, &value) ||
	    taut_scan_next_here(&ahead, &token))
		return TAUT_OK;
	if (taut_integer_parse(&stated, size.text, size.length, NULL) != TAUT_OK || stated != n)
		return TAUT_OK;
	*scan = ahead;
	while (left < n && taut_scan_next(&ahead, &token))
		left++;
	if (left < n)
		return taut_scan_fail(&ahead, NULL, err,
		                      "the file ends after %zu of the permutation's %" PRIu32
		                      " numbers",
		                      left, n);
	s->has_objective = true;
	return taut_token_number(&s->objective, scan, &value, "objective", err);
}

/* Turns a list into bits where it is n_bits numbers 0 and 1. */
static taut_status bits_of_list(taut_solution *s, uint32_t n_bits, taut_error *err)
{
	if (s->count != n_bits)
		return TAUT_OK;
	for (size_t i = 0; i < s->count; i++)
		if (s->list[i] > 1)
			return TAUT_OK;
	s->bits = taut_alloc(s->count, 1, err);
	if (!s->bits)
		return TAUT_ENOMEM;
	for (size_t i = 0; i < s->count; i++)
		s->bits[i] = s->list[i] == 1;
	taut_free(s->list);
	s->list = NULL;
	return TAUT_OK;
}

static taut_status check_count(const taut_solution *s, const taut_scan *scan, uint32_t n_bits,
                               uint32_t n_permuted, taut_error *err)
{
	size_t zeros = 0;

	if (s->bits)
		return TAUT_OK;
	if (n_permuted && s->count != n_permuted)
		return taut_scan_fail(scan, NULL, err,
		                      "%zu numbers where a permutation of %" PRIu32 " should stand",
		                      s->count, n_permuted);
	for (size_t i = 0; i < s->count; i++)
		zeros += s->list[i] == 0;
	if (!n_permuted && zeros > 0) /* things count from 1, so these were meant as bits */
		return taut_scan_fail(scan, NULL, err, "%zu bits, the problem has %" PRIu32,
		                      s->count, n_bits);
	return TAUT_OK;
}

static taut_status read_list(taut_solutions *out, taut_scan *scan, uint32_t n_bits,
                             uint32_t n_permuted, taut_error *err)
{
	taut_token     token;
	size_t         capacity = 0;
	taut_solution *s;
	taut_status    st = add(&s, out, scan->line, err);

	if (st == TAUT_OK && n_permuted)
		st = read_header(s, scan, n_permuted, err);
	while (st == TAUT_OK && taut_scan_next(scan, &token)) {
		int64_t *grown = taut_grow(s->list, &capacity, s->count + 1, sizeof *grown, err);
		if (!grown)
			return TAUT_ENOMEM;
		s->list = grown;
		st = taut_token_integer(&grown[s->count], scan, &token, "answer", 0,
		                        n_permuted ? n_permuted : n_bits, err);
		s->count++;
	}
	if (st == TAUT_OK)
		st = bits_of_list(s, n_bits, err);
	return st == TAUT_OK ? check_count(s, scan, n_bits, n_permuted, err) : st;
}

/* `# Objective value = V`, as Gurobi writes it. */
static taut_status read_stated(taut_solution *s, taut_scan scan, taut_error *err)
{
	static const char *const words[] = {"#", "Objective", "value", "="};
	taut_token               token;
	taut_status              st = TAUT_OK;

	scan.comment = NULL;
	for (; st == TAUT_OK && taut_scan_find(&scan); taut_scan_skip_line(&scan)) {
		size_t matched = 0;
		while (matched < 4 && taut_scan_next_here(&scan, &token) &&
		       taut_token_is(&token, words[matched]))
			matched++;
		if (matched < 4 || !taut_scan_next_here(&scan, &token))
			continue;
		st = taut_token_number(&s->objective, &scan, &token, "objective", err);
		s->has_objective = true;
	}
	return st;
}

static taut_status read_answers(taut_solutions *out, taut_scan *scan, uint32_t n_bits,
                                uint32_t n_permuted, taut_error *err)
{
	taut_scan   start = *scan;
	taut_token  first;
	taut_status st;

	scan->comment = "#";
	if (!taut_scan_find(scan) || !taut_scan_peek(scan, &first))
		return taut_scan_fail(scan, NULL, err, "no answer in the file");
	if (is_bitstring(&first, n_bits))
		st = read_bitstrings(out, scan, n_bits, err);
	else
		st = read_list(out, scan, n_bits, n_permuted, err);
	if (st == TAUT_OK && !out->items[0].has_objective)
		st = read_stated(&out->items[0], start, err);
	return st;
}

taut_status taut_solutions_parse(taut_solutions *out, const char *bytes, size_t length,
                                 const char *path, uint32_t n_bits, uint32_t n_permuted,
                                 taut_error *err)
{
	taut_scan   scan;
	taut_status st;

	assert(out != NULL && n_bits > 0);
	*out = (taut_solutions){0};
	st = taut_scan_open_bytes(&scan, path, bytes, length, err);
	if (st != TAUT_OK)
		return st;
	for (size_t i = 0; i < scan.size; i++)
		if (scan.text[i] == ',')
			scan.text[i] = ' ';
	st = read_answers(out, &scan, n_bits, n_permuted, err);
	if (st != TAUT_OK)
		taut_solutions_fini(out);
	taut_scan_close(&scan);
	return st;
}

taut_status taut_solution_permutation(uint32_t *out, const taut_solution *solution, uint32_t n,
                                      taut_error *err)
{
	uint8_t    *seen = NULL;
	int64_t     first = 1;
	taut_status st = TAUT_OK;

	if (!solution->list || solution->count != n)
		return taut_fail(err, TAUT_EINPUT, "line %zu: no permutation of %" PRIu32,
		                 solution->line, n);
	seen = taut_alloc(n, 1, err);
	if (!seen)
		return TAUT_ENOMEM;
	for (uint32_t i = 0; i < n; i++)
		if (solution->list[i] == 0)
			first = 0;
	for (uint32_t i = 0; st == TAUT_OK && i < n; i++) {
		int64_t p = solution->list[i] - first;
		if (p < 0 || p >= n || seen[p]) {
			st = taut_fail(err, TAUT_EINPUT,
			               "line %zu: %" PRId64
			               " stands twice or is out of range: no permutation",
			               solution->line, solution->list[i]);
			break;
		}
		seen[p] = 1;
		out[i] = (uint32_t)p;
	}
	taut_free(seen);
	return st;
}

taut_status taut_solution_chosen(uint8_t *out, const taut_solution *solution, uint32_t n,
                                 taut_error *err)
{
	if (!solution->list)
		return taut_fail(err, TAUT_EINPUT, "line %zu: no list of chosen things",
		                 solution->line);
	memset(out, 0, n);
	for (size_t i = 0; i < solution->count; i++) {
		int64_t v = solution->list[i];
		if (v < 1 || v > n || out[v - 1])
			return taut_fail(err, TAUT_EINPUT,
			                 "line %zu: %" PRId64
			                 " stands twice or is not in 1 to %" PRIu32,
			                 solution->line, v, n);
		out[v - 1] = 1;
	}
	return TAUT_OK;
}
