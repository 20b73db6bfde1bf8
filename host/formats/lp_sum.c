#include "formats/lp_sum.h"

#include <assert.h>

/* One term before it is added; without a variable it is a constant. */
typedef struct {
	taut_decimal coef;
	bool         has_variable;
	uint32_t     i, j; /* equal: linear */
} term;

static taut_status read_number(taut_decimal *out, taut_lp_lex *lex, taut_error *err)
{
	const char *text = lex->text + lex->from;
	taut_token  token;

	if (taut_decimal_parse(out, text, lex->at - lex->from, NULL) != TAUT_OK) {
		token = taut_lp_token(lex);
		return taut_token_number(out, lex->scan, &token, "coefficient", err);
	}
	taut_lp_next(lex);
	return TAUT_OK;
}

/* True when the present name is a variable of the sum: no label, and no section at a line's
 * beginning. */
static bool is_variable(const taut_lp_lex *lex)
{
	size_t end;

	return lex->kind == TAUT_LP_NAME && !taut_lp_is_label(lex) &&
	       !(lex->first && taut_lp_section_at(lex, &end) != TAUT_LP_NO_SECTION);
}

static taut_status read_variable(uint32_t *out, taut_lp_sum *s, taut_error *err)
{
	taut_status st =
		taut_columns_put(out, &s->columns, s->lex.from, s->lex.at - s->lex.from, err);

	taut_lp_next(&s->lex);
	return st;
}

/* Moves past signs; *any whether there were some. True when an odd number of them are minus. */
static bool skip_signs(taut_lp_lex *lex, bool *any)
{
	bool negative = false;

	*any = lex->kind == TAUT_LP_SIGN;
	for (; lex->kind == TAUT_LP_SIGN; taut_lp_next(lex))
		negative ^= lex->text[lex->from] == '-';
	return negative;
}

/* Reads [number [*]] [variable], one of both at least. */
static taut_status read_factor(term *out, taut_lp_sum *s, bool negative, taut_error *err)
{
	taut_lp_lex *lex = &s->lex;
	taut_status  st = TAUT_OK;

	*out = (term){.coef = {1, 0}};
	if (lex->kind == TAUT_LP_NUMBER) {
		st = read_number(&out->coef, lex, err);
		if (st == TAUT_OK && taut_lp_is(lex, '*')) {
			taut_lp_next(lex);
			if (!is_variable(lex))
				return taut_lp_fail(lex, err, "no variable after *");
		}
	} else if (!is_variable(lex)) {
		return taut_lp_fail(lex, err, "a number or a variable should stand here");
	}
	if (negative)
		out->coef.value = -out->coef.value; /* magnitudes are at most INT64_MAX */
	out->has_variable = is_variable(lex);
	if (st == TAUT_OK && out->has_variable) {
		st = read_variable(&out->i, s, err);
		out->j = out->i;
	}
	return st;
}

static taut_status add_term(taut_lp_sum *s, taut_lp_sum_place place, const term *t, taut_error *err)
{
	taut_error  inner = {0};
	taut_status st;

	if (!t->has_variable)
		st = taut_decimal_add(&s->constant, s->constant, t->coef, &inner);
	else if (place == TAUT_LP_SUM_OBJECTIVE)
		st = taut_program_add_term(s->program, t->i, t->j, t->coef, &inner);
	else
		st = taut_program_add_entry(s->program, t->i, t->coef, &inner);
	if (st == TAUT_EINPUT)
		return taut_lp_fail(&s->lex, err, "%s", inner.text);
	if (st != TAUT_OK && err)
		*err = inner;
	return st;
}

/* After the first variable of a product: ^ 2, or * variable. */
static taut_status read_product(term *t, taut_lp_sum *s, taut_error *err)
{
	taut_lp_lex *lex = &s->lex;
	const bool   power = taut_lp_is(lex, '^');
	taut_decimal two = {0, 0};
	taut_status  st = TAUT_OK;

	if (!power && !taut_lp_is(lex, '*'))
		return taut_lp_fail(lex, err, "no ^ 2 and no * variable after a variable in [ ]");
	taut_lp_next(lex);
	if (power && lex->kind == TAUT_LP_NUMBER)
		st = read_number(&two, lex, err);
	else if (!power && is_variable(lex))
		st = read_variable(&t->j, s, err);
	else
		return taut_lp_fail(lex, err, power ? "no 2 after ^" : "no variable after *");
	if (st == TAUT_OK && power && (two.value != 2 || two.decimals != 0))
		return taut_lp_fail(lex, err, "a power other than 2 is not supported");
	if (st == TAUT_OK && (taut_lp_is(lex, '*') || taut_lp_is(lex, '^')))
		return taut_lp_fail(lex, err,
		                    "a product of more than two variables is not supported");
	if (t->j == t->i)
		t->j = TAUT_SQUARE;
	return st;
}

/* Halves the objective's terms from one on, exactly: 3 / 2 is 15 at one more decimal. */
static taut_status halve(taut_numbers *numbers, size_t first, taut_error *err)
{
	bool odd = false;

	for (size_t k = first; k < numbers->n && !odd; k++)
		odd = numbers->v[k] % 2 != 0;
	if (odd && numbers->decimals == TAUT_DECIMALS_MAX)
		return taut_fail(err, TAUT_EINPUT, "half of a coefficient has too many decimals");
	for (size_t k = 0; odd && k < numbers->n; k++) {
		taut_status st = taut_rescale(&numbers->v[k], numbers->v[k], numbers->decimals,
		                              numbers->decimals + 1, err);
		if (st != TAUT_OK)
			return st;
	}
	numbers->decimals += odd;
	for (size_t k = first; k < numbers->n; k++)
		numbers->v[k] /= 2;
	return TAUT_OK;
}

/* After ]: [/ 2]. */
static taut_status read_half(taut_lp_sum *s, size_t first, taut_error *err)
{
	taut_lp_lex *lex = &s->lex;
	taut_decimal two = {0, 0};
	taut_error   inner = {0};
	taut_status  st = TAUT_OK;

	if (!taut_lp_is(lex, '/'))
		return TAUT_OK;
	taut_lp_next(lex);
	if (lex->kind != TAUT_LP_NUMBER)
		return taut_lp_fail(lex, err, "no 2 after /");
	st = read_number(&two, lex, err);
	if (st == TAUT_OK && (two.value != 2 || two.decimals != 0))
		return taut_lp_fail(lex, err, "a divisor other than 2 is not supported");
	if (st == TAUT_OK && halve(&s->program->q, first, &inner) != TAUT_OK)
		return taut_lp_fail(lex, err, "%s", inner.text);
	return st;
}

/* [ products ] [/ 2], from the word after the bracket on */
static taut_status read_bracket(taut_lp_sum *s, bool negative, taut_error *err)
{
	const size_t first = s->program->n_terms;
	taut_status  st = TAUT_OK;
	bool         any = true;
	term         t;

	while (st == TAUT_OK && !taut_lp_is(&s->lex, ']')) {
		const bool at_first = s->program->n_terms == first;
		const bool minus = skip_signs(&s->lex, &any);
		if (!at_first && !any)
			return taut_lp_fail(&s->lex, err, "+, - or ] should stand here");
		st = read_factor(&t, s, minus != negative, err);
		if (st == TAUT_OK && !t.has_variable)
			return taut_lp_fail(&s->lex, err, "a number without a variable in [ ]");
		if (st == TAUT_OK)
			st = read_product(&t, s, err);
		if (st == TAUT_OK)
			st = add_term(s, TAUT_LP_SUM_OBJECTIVE, &t, err);
	}
	if (st != TAUT_OK)
		return st;
	taut_lp_next(&s->lex);
	return read_half(s, first, err);
}

/* At the bracket in the newest row. */
static taut_status refuse_quadratic_row(const taut_lp_sum *s, taut_error *err)
{
	const char *name = s->program->rows[s->program->n_rows - 1].name;

	if (name)
		return taut_lp_fail(&s->lex, err,
		                    "constraint '%.60s' is quadratic: constraints must be linear, "
		                    "products may stand in the objective",
		                    name);
	return taut_lp_fail(&s->lex, err,
	                    "the constraint is quadratic: constraints must be linear, products may "
	                    "stand in the objective");
}

taut_status taut_lp_sum_read(taut_lp_sum *sum, taut_lp_sum_place place, taut_error *err)
{
	taut_lp_lex *lex = &sum->lex;
	taut_status  st = TAUT_OK;
	term         t;

	sum->constant = (taut_decimal){0, 0};
	for (bool first = true; st == TAUT_OK; first = false) {
		bool       any_sign;
		const bool negative = skip_signs(lex, &any_sign);
		if (!any_sign && (!first || (lex->kind != TAUT_LP_NUMBER && !is_variable(lex) &&
		                             !taut_lp_is(lex, '['))))
			break;
		if (taut_lp_is(lex, '[')) {
			if (place == TAUT_LP_SUM_ROW)
				return refuse_quadratic_row(sum, err);
			taut_lp_next(lex);
			st = read_bracket(sum, negative, err);
			continue;
		}
		st = read_factor(&t, sum, negative, err);
		if (st == TAUT_OK)
			st = add_term(sum, place, &t, err);
	}
	return st;
}
