/* Pseudo-Boolean problems (Roussel and Manquinho, "Input/output format for the PB competitions",
 * 2012): an optional objective `min: terms ;`, constraints `terms >= b ;`, comments in lines that
 * begin with *. A term is an integer and literals x3 or ~x3; ~x is 1 - x, exactly. The objective
 * may multiply two variables, as QPLIB-PB does; constraints are linear. Where a header states
 * counts of variables, constraints and equalities they are checked; its #product= is not, as
 * published files (QPLIB_0752) contradict their own. */
#include <inttypes.h>

#include "base/checked.h"
#include "formats/reader.h"

enum { LITERALS_MAX = 2 };

typedef struct {
	uint32_t variable; /* from 0 */
	bool     negated;
} literal;

/* coef * the product of distinct literals; one that is always 0 has coef 0 */
typedef struct {
	int64_t coef;
	int     n_literals;
	literal literals[LITERALS_MAX];
} term;

typedef struct {
	taut_scan         *scan;
	taut_program_data *program;
	uint32_t           variables_most; /* allowed */
	int64_t            n_equalities;
	/* stated by the header, -1: not */
	int64_t stated_variables, stated_constraints, stated_equalities;
} opb;

static taut_decimal whole(int64_t value)
{
	return (taut_decimal){value, 0};
}

static bool starts_literal(const taut_token *token)
{
	return token->text[0] == 'x' || token->text[0] == '~';
}

static taut_status read_literal(literal *out, opb *o, const taut_token *token, taut_error *err)
{
	char        quote[TAUT_QUOTE_SIZE];
	taut_token  digits = *token;
	size_t      skipped = 1;
	int64_t     number = 0;
	taut_status st;

	out->negated = token->text[0] == '~';
	if (out->negated)
		skipped = 2;
	if (token->length <= skipped || token->text[skipped - 1] != 'x' ||
	    token->text[skipped] < '0' || token->text[skipped] > '9')
		return taut_scan_fail(o->scan, token, err, "%s is no variable x1, x2, ... or ~x1",
		                      taut_token_quote(quote, token));
	digits.text += skipped;
	digits.length -= skipped;
	digits.column += skipped;
	st = taut_token_integer(&number, o->scan, &digits, "variable", 1, o->variables_most, err);
	if (st != TAUT_OK)
		return st;
	out->variable = (uint32_t)(number - 1);
	if (number > o->program->n)
		o->program->n = (uint32_t)number;
	return TAUT_OK;
}

/* x x = x and x ~x = 0. */
static taut_status multiply(opb *o, term *t, literal l, const taut_token *token, taut_error *err)
{
	for (int k = 0; k < t->n_literals; k++) {
		if (t->literals[k].variable != l.variable)
			continue;
		if (t->literals[k].negated != l.negated)
			t->coef = 0;
		return TAUT_OK;
	}
	if (t->n_literals == LITERALS_MAX)
		return taut_scan_fail(o->scan, token, err,
		                      "a product of more than two variables is not supported");
	t->literals[t->n_literals++] = l;
	return TAUT_OK;
}

/* Reads the term that begins with a token. */
static taut_status read_term(term *out, opb *o, const taut_token *first, taut_error *err)
{
	taut_token  token;
	literal     l = {0};
	char        quote[TAUT_QUOTE_SIZE];
	taut_status st;

	*out = (term){0};
	/* -INT64_MAX, so that every coefficient can be negated */
	st = taut_token_integer(&out->coef, o->scan, first, "coefficient", -INT64_MAX, INT64_MAX,
	                        err);
	if (st == TAUT_OK && (!taut_scan_peek(o->scan, &token) || !starts_literal(&token)))
		return taut_scan_fail(o->scan, first, err, "no variable after the coefficient %s",
		                      taut_token_quote(quote, first));
	while (st == TAUT_OK && taut_scan_peek(o->scan, &token) && starts_literal(&token)) {
		(void)taut_scan_next(o->scan, &token);
		st = read_literal(&l, o, &token, err);
		if (st == TAUT_OK)
			st = multiply(o, out, l, &token, err);
	}
	return st;
}

static taut_status too_large(const opb *o, taut_error *err)
{
	return taut_scan_fail(o->scan, NULL, err, "the sum of constants does not fit 64 bits");
}

/* Adds c (s0 + s1 x_i)(t0 + t1 x_j) to the objective, s and t being (0, 1) for x and (1, -1) for
 * ~x. */
static taut_status add_objective_term(opb *o, const term *t, taut_error *err)
{
	taut_program_data *p = o->program;
	literal            a = t->literals[0];
	literal            b = t->literals[t->n_literals - 1];
	int64_t            a1 = a.negated ? -t->coef : t->coef;
	int64_t            b1 = b.negated ? -t->coef : t->coef;
	taut_status        st = TAUT_OK;

	if (t->n_literals == 1) {
		if (a.negated && !taut_add64(&p->offset.value, p->offset.value, t->coef))
			return too_large(o, err);
		st = taut_program_add_term(p, a.variable, a.variable, whole(a1), err);
		return taut_scan_context(o->scan, st, err);
	}
	if (a.negated && b.negated && !taut_add64(&p->offset.value, p->offset.value, t->coef))
		return too_large(o, err);
	if (b.negated)
		st = taut_program_add_term(p, a.variable, a.variable, whole(a1), err);
	if (st == TAUT_OK && a.negated)
		st = taut_program_add_term(p, b.variable, b.variable, whole(b1), err);
	if (st == TAUT_OK)
		st = taut_program_add_term(p, a.variable, b.variable, whole(b.negated ? -a1 : a1),
		                           err);
	return taut_scan_context(o->scan, st, err);
}

static taut_status read_objective(opb *o, bool maximise, taut_error *err)
{
	taut_token  token;
	term        t;
	taut_status st = taut_scan_need(&token, o->scan, "':'", err);

	if (st == TAUT_OK && !taut_token_is(&token, ":"))
		return taut_scan_fail(o->scan, &token, err, "no ':' after min or max");
	o->program->maximise = maximise;
	while (st == TAUT_OK) {
		st = taut_scan_need(&token, o->scan, "';'", err);
		if (st != TAUT_OK || taut_token_is(&token, ";"))
			break;
		st = read_term(&t, o, &token, err);
		if (st == TAUT_OK && t.coef != 0)
			st = add_objective_term(o, &t, err);
	}
	return st;
}

/* Appends a linear term to the newest row; what ~x adds to the activity goes to *constant. */
static taut_status add_row_term(opb *o, const term *t, int64_t *constant, taut_error *err)
{
	literal     l = t->literals[0];
	taut_status st;

	if (t->n_literals > 1)
		return taut_scan_fail(o->scan, NULL, err,
		                      "a product in a constraint is not supported");
	if (l.negated && !taut_add64(constant, *constant, t->coef))
		return too_large(o, err);
	st = taut_program_add_entry(o->program, l.variable, whole(l.negated ? -t->coef : t->coef),
	                            err);
	return taut_scan_context(o->scan, st, err);
}

/* The rest of a constraint from its relation on, into the newest row. */
static taut_status read_relation(opb *o, const taut_token *relation, int64_t constant,
                                 taut_error *err)
{
	taut_program_row *row = &o->program->rows[o->program->n_rows - 1];
	taut_token        token = *relation;
	taut_decimal      side = {0, 0};
	taut_status       st = TAUT_OK;

	row->has_lo = relation->text[0] != '<';
	row->has_hi = relation->text[0] != '>';
	o->n_equalities += row->has_lo && row->has_hi;
	if (!taut_token_is(relation, "=")) /* the marks are single characters: > and = */
		st = taut_scan_need(&token, o->scan, "'='", err);
	if (st == TAUT_OK && !taut_token_is(&token, "="))
		return taut_scan_fail(o->scan, &token, err, "the relation must be >=, <= or =");
	if (st == TAUT_OK)
		st = taut_scan_integer(&side.value, o->scan, "right-hand side", INT64_MIN,
		                       INT64_MAX, err);
	if (st == TAUT_OK && !taut_sub64(&side.value, side.value, constant))
		return too_large(o, err);
	row->lo = side;
	row->hi = side;
	if (st == TAUT_OK)
		st = taut_scan_need(&token, o->scan, "';'", err);
	if (st == TAUT_OK && !taut_token_is(&token, ";"))
		return taut_scan_fail(o->scan, &token, err, "no ';' after the right-hand side");
	return st;
}

/* Reads the constraint that begins with a token. */
static taut_status read_constraint(opb *o, taut_token token, taut_error *err)
{
	int64_t     constant = 0;
	term        t;
	taut_status st = taut_program_add_row(o->program, NULL, NULL, NULL, err);

	for (size_t k = 0; st == TAUT_OK; k++) {
		char c = token.text[0];
		if (k > 0 && (c == '<' || c == '=' || c == '>'))
			return read_relation(o, &token, constant, err);
		if (k > 0 && c == ';')
			return taut_scan_fail(o->scan, &token, err,
			                      "the constraint ends without >=, <= or =");
		st = read_term(&t, o, &token, err);
		if (st == TAUT_OK)
			st = add_row_term(o, &t, &constant, err);
		if (st == TAUT_OK)
			st = taut_scan_need(&token, o->scan, "';'", err);
	}
	return st;
}

/* A comment line; the first one may state counts: `* #variable= 4 #constraint= 2`. */
static taut_status read_comment(opb *o, taut_error *err)
{
	taut_token  token;
	taut_token  equals;
	taut_status st = TAUT_OK;

	while (st == TAUT_OK && taut_scan_next_here(o->scan, &token)) {
		int64_t *stated = NULL;
		int64_t  most = TAUT_SCAN_COUNT_MAX;
		if (taut_token_is(&token, "#variable")) {
			stated = &o->stated_variables;
			most = o->variables_most;
		} else if (taut_token_is(&token, "#constraint")) {
			stated = &o->stated_constraints;
		} else if (taut_token_is(&token, "#equal")) {
			stated = &o->stated_equalities;
		}
		if (stated && taut_scan_next_here(o->scan, &equals) && taut_token_is(&equals, "="))
			st = taut_scan_integer_here(stated, o->scan, "count in the header", 0, most,
			                            err);
	}
	return st;
}

static taut_status check_counts(opb *o, taut_error *err)
{
	taut_program_data *p = o->program;

	if (o->stated_variables >= 0) {
		if (p->n > o->stated_variables)
			return taut_scan_fail(o->scan, NULL, err,
			                      "x%" PRIu32 " occurs, the header states %" PRId64
			                      " variables",
			                      p->n, o->stated_variables);
		p->n = (uint32_t)o->stated_variables;
	}
	if (p->n == 0)
		return taut_scan_fail(o->scan, NULL, err, "no variable in the file");
	if (o->stated_constraints >= 0 && (uint64_t)o->stated_constraints != p->n_rows)
		return taut_scan_fail(o->scan, NULL, err,
		                      "%zu constraints, the header states %" PRId64, p->n_rows,
		                      o->stated_constraints);
	if (o->stated_equalities >= 0 && o->stated_equalities != o->n_equalities)
		return taut_scan_fail(o->scan, NULL, err,
		                      "%" PRId64 " equalities, the header states %" PRId64,
		                      o->n_equalities, o->stated_equalities);
	return TAUT_OK;
}

taut_status taut_read_opb(taut_reader *reader, taut_error *err)
{
	taut_scan     *scan = reader->scan;
	taut_instance *instance;
	taut_token     token;
	bool           at_start = true;
	opb            o = {.scan = scan,
	                    .variables_most = taut_scan_variables_most(scan),
	                    .stated_variables = -1,
	                    .stated_constraints = -1,
	                    .stated_equalities = -1};
	taut_status    st;

	st = taut_reader_add(&instance, reader, TAUT_FAMILY_BINARY_PROGRAM, NULL, err);
	if (st != TAUT_OK)
		return st;
	o.program = &instance->data.program;
	scan->marks = ";:<>=";
	while (st == TAUT_OK && taut_scan_next(scan, &token)) {
		bool maximise = taut_token_is(&token, "max");
		if (token.text[0] == '*') {
			st = read_comment(&o, err);
			continue;
		}
		if (at_start && (maximise || taut_token_is(&token, "min")))
			st = read_objective(&o, maximise, err);
		else
			st = read_constraint(&o, token, err);
		at_start = false;
	}
	return st == TAUT_OK ? check_counts(&o, err) : st;
}
