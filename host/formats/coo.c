/* QUBO as coordinates: lines `i j q`, variables from 0, to be minimised, each line counting once.
 * Two formats differ in their comments and their counts:
 *
 *   coo     comments after #; as many variables as the largest index needs (dimod's COOrdinate
 * format) qbsolv  comments after c; one line `p qubo 0 n diagonals couplers`, then the diagonal
 * lines, then the others (qbsolv's README)
 *
 * A comment KEY=VALUE may say variables (at least that many), offset and vartype (BINARY alone is
 * taken): bare lines have no place for them. --sense and --pairs say otherwise, as for triangles.
 */
#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "formats/pairs.h"

typedef struct {
	taut_scan      *scan;
	taut_qubo_data *qubo;
	uint32_t        most;   /* variables allowed */
	uint32_t        stated; /* variables that comment or p line state; 0: none yet */
	/* of the p line */
	bool   has_problem;
	size_t problem_line;
	size_t diagonals, couplers; /* stated */
	size_t n_diagonals;         /* read */
} coo;

/* The value of a token KEY=VALUE; false where the token is no such thing. */
static bool value_of(taut_token *value, const taut_token *token, const char *key)
{
	size_t length = strlen(key);

	if (token->length <= length || strncmp(token->text, key, length) != 0 ||
	    token->text[length] != '=')
		return false;
	*value = *token;
	value->text += length + 1;
	value->length -= length + 1;
	value->column += length + 1;
	return true;
}

/* The rest of a comment line. */
static taut_status read_comment(coo *c, taut_error *err)
{
	taut_token  token;
	taut_token  value;
	char        quote[TAUT_QUOTE_SIZE];
	int64_t     n = 0;
	taut_status st = TAUT_OK;

	while (st == TAUT_OK && taut_scan_next_here(c->scan, &token)) {
		if (value_of(&value, &token, "variables")) {
			st = taut_token_integer(&n, c->scan, &value, "number of variables", 1,
			                        c->most, err);
			c->stated = (uint32_t)n;
		} else if (value_of(&value, &token, "offset")) {
			st = taut_token_number(&c->qubo->offset, c->scan, &value, "offset", err);
		} else if (value_of(&value, &token, "vartype") &&
		           !taut_token_is(&value, "BINARY")) {
			st = taut_scan_fail(c->scan, &value, err,
			                    "vartype %s: only BINARY is taken",
			                    taut_token_quote(quote, &value));
		}
	}
	return st;
}

/* `qubo 0 n diagonals couplers`; the 0 is qbsolv's topology. */
static taut_status read_problem_line(coo *c, const taut_token *key, taut_error *err)
{
	taut_token  token;
	int64_t     n = 0;
	int64_t     diagonals = 0;
	int64_t     couplers = 0;
	taut_status st;

	if (c->has_problem)
		return taut_scan_fail(c->scan, key, err, "a second line 'p'; the first is line %zu",
		                      c->problem_line);
	c->has_problem = true;
	c->problem_line = key->line;
	st = taut_scan_need_here(&token, c->scan, "'qubo'", err);
	if (st == TAUT_OK && !taut_token_is(&token, "qubo"))
		return taut_scan_fail(c->scan, &token, err, "'p qubo' expected");
	if (st == TAUT_OK)
		st = taut_scan_need_here(&token, c->scan, "the topology, 0", err);
	if (st == TAUT_OK && !taut_token_is(&token, "0") && !taut_token_is(&token, "unconstrained"))
		return taut_scan_fail(c->scan, &token, err,
		                      "the topology must be 0, unconstrained");
	if (st == TAUT_OK)
		st = taut_scan_integer_here(&n, c->scan, "number of variables", 1, c->most, err);
	if (st == TAUT_OK)
		st = taut_scan_integer_here(&diagonals, c->scan, "number of diagonal lines", 0,
		                            TAUT_SCAN_COUNT_MAX, err);
	if (st == TAUT_OK)
		st = taut_scan_integer_here(&couplers, c->scan, "number of couplers", 0,
		                            TAUT_SCAN_COUNT_MAX, err);
	if (st == TAUT_OK)
		st = taut_scan_line_end(c->scan, err);
	c->stated = (uint32_t)n;
	c->diagonals = (size_t)diagonals;
	c->couplers = (size_t)couplers;
	return st;
}

/* Reads a line `i j q` from its first token on. */
static taut_status read_term(coo *c, const taut_token *first, taut_error *err)
{
	int64_t      i = 0;
	int64_t      j = 0;
	uint32_t     low;
	uint32_t     high;
	taut_token   token;
	taut_decimal q;
	taut_status  st =
		taut_token_integer(&i, c->scan, first, "variable", 0, (int64_t)c->most - 1, err);

	if (st == TAUT_OK)
		st = taut_scan_integer_here(&j, c->scan, "variable", 0, (int64_t)c->most - 1, err);
	if (st == TAUT_OK)
		st = taut_scan_need_here(&token, c->scan, "the term's coefficient", err);
	if (st == TAUT_OK)
		st = taut_token_number(&q, c->scan, &token, "coefficient", err);
	if (st == TAUT_OK)
		st = taut_scan_line_end(c->scan, err);
	if (st != TAUT_OK)
		return st;
	low = (uint32_t)(i < j ? i : j);
	high = (uint32_t)(i < j ? j : i);
	if (high >= c->qubo->n)
		c->qubo->n = high + 1;
	c->n_diagonals += low == high;
	return taut_scan_context(c->scan, taut_qubo_add_term(c->qubo, low, high, q, err), err);
}

/* EINPUT at the line of the first pair that stood before; `body` is the file's beginning. */
static taut_status refuse_repeats(const coo *c, taut_scan body, bool qbsolv, taut_error *err)
{
	const taut_qubo_data *q = c->qubo;
	taut_token            token;
	bool                 *repeats;
	size_t                at = 0;
	size_t                k = 0;
	taut_status           st = taut_pairs_repeats(&repeats, q->i, q->j, q->n_terms, q->n, err);

	if (st != TAUT_OK)
		return st;
	while (at < q->n_terms && !repeats[at])
		at++;
	taut_free(repeats);
	if (at == q->n_terms)
		return TAUT_OK;
	while (taut_scan_next(&body, &token)) {
		if ((!qbsolv || (token.text[0] != 'c' && token.text[0] != 'p')) &&
		    token.text[0] != '#' && k++ == at)
			break;
		taut_scan_skip_line(&body);
	}
	return taut_scan_fail(&body, &token, err, "the pair %" PRIu32 " %" PRIu32 " stood before",
	                      q->i[at], q->j[at]);
}

static taut_status check_counts(coo *c, taut_error *err)
{
	taut_qubo_data *q = c->qubo;
	const size_t    couplers = q->n_terms - c->n_diagonals;

	if (c->stated > 0 && q->n > c->stated)
		return taut_scan_fail(c->scan, NULL, err,
		                      "variable %" PRIu32 " occurs, and the file states %" PRIu32
		                      " variables from 0",
		                      q->n - 1, c->stated);
	if (c->stated > 0)
		q->n = c->stated;
	if (q->n == 0)
		return taut_scan_fail(c->scan, NULL, err, "no variable in the file");
	if (c->has_problem && (c->diagonals != c->n_diagonals || c->couplers != couplers))
		return taut_scan_fail(
			c->scan, NULL, err,
			"%zu diagonal lines and %zu couplers, line %zu states %zu and %zu",
			c->n_diagonals, couplers, c->problem_line, c->diagonals, c->couplers);
	return TAUT_OK;
}

static taut_status read_line(coo *c, const taut_token *first, bool qbsolv, taut_error *err)
{
	char quote[TAUT_QUOTE_SIZE];

	if (first->text[0] == (qbsolv ? 'c' : '#'))
		return read_comment(c, err);
	if (!qbsolv)
		return read_term(c, first, err);
	if (taut_token_is(first, "p"))
		return read_problem_line(c, first, err);
	if (!c->has_problem)
		return taut_scan_fail(c->scan, first, err,
		                      "%s before the line 'p qubo 0 n diagonals couplers'",
		                      taut_token_quote(quote, first));
	return read_term(c, first, err);
}

static taut_status read_file(taut_reader *reader, bool qbsolv, taut_error *err)
{
	taut_scan      body = *reader->scan;
	coo            c = {.scan = reader->scan, .most = taut_scan_variables_most(reader->scan)};
	taut_instance *instance;
	taut_token     first;
	taut_status    st = taut_reader_add(&instance, reader, TAUT_FAMILY_QUBO, NULL, err);

	if (st != TAUT_OK)
		return st;
	c.qubo = &instance->data.qubo;
	c.qubo->maximise = reader->options->sense == TAUT_SENSE_MAX;
	c.qubo->pairs_twice = reader->options->pairs == TAUT_PAIRS_TWICE;
	while (st == TAUT_OK && taut_scan_next(c.scan, &first))
		st = read_line(&c, &first, qbsolv, err);
	if (st == TAUT_OK && qbsolv && !c.has_problem)
		st = taut_scan_fail(c.scan, NULL, err,
		                    "no line 'p qubo 0 n diagonals couplers' in the file");
	if (st == TAUT_OK)
		st = check_counts(&c, err);
	return st == TAUT_OK ? refuse_repeats(&c, body, qbsolv, err) : st;
}

taut_status taut_read_coo(taut_reader *reader, taut_error *err)
{
	return read_file(reader, false, err);
}

taut_status taut_read_qbsolv(taut_reader *reader, taut_error *err)
{
	return read_file(reader, true, err);
}
