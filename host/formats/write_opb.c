/* Pseudo-Boolean problems. Numbers are whole: rows are scaled up, an objective with fractions is
 * refused. A constant c of the objective stands as c x1 + c ~x1, and a x <= b as -a x >= -b, as
 * solvers of the competitions read no other. */
#include <inttypes.h>

#include "formats/expand.h"
#include "formats/writer.h"

enum { TERMS_A_LINE = 12 };

static void write_variable(taut_text *text, uint32_t i)
{
	taut_text_put(text, "x");
	taut_write_number(text, (int64_t)i + 1, 0);
	taut_text_put(text, " ");
}

static void write_term(taut_text *text, size_t *n_terms, int64_t coef, uint32_t i)
{
	if (*n_terms > 0 && *n_terms % TERMS_A_LINE == 0)
		taut_text_put(text, "\n");
	++*n_terms;
	taut_write_signed(text, coef, 0);
	write_variable(text, i);
}

static void write_objective(taut_text *text, taut_expansion *e)
{
	const taut_model *m = e->model;
	size_t            n_terms = 0;

	taut_text_put(text, m->maximise ? "max: " : "min: ");
	if (e->offset != 0) {
		write_term(text, &n_terms, e->offset, 0);
		taut_write_signed(text, e->offset, 0);
		taut_text_put(text, "~");
		write_variable(text, 0);
	}
	for (uint32_t i = 0; i < m->n; i++) {
		taut_expansion_go(e, i);
		if (e->linear != 0)
			write_term(text, &n_terms, e->linear, i);
		for (size_t k = 0; k < e->n_terms; k++) {
			write_term(text, &n_terms, e->coef[k], i);
			write_variable(text, e->col[k]);
		}
	}
	taut_text_put(text, ";\n");
}

/* sign * a x, relation, sign * limit. A row without entries gets the term 0 x1. */
static void write_row(taut_text *text, const taut_model *m, const taut_row *row, int64_t sign,
                      const char *relation, int64_t limit)
{
	size_t n_terms = 0;

	for (size_t e = row->first; e < row->first + row->count; e++)
		write_term(text, &n_terms, sign * m->row_coef[e], m->row_col[e]);
	if (row->count == 0)
		write_term(text, &n_terms, 0, 0);
	taut_text_put(text, relation);
	taut_write_number(text, sign * limit, 0);
	taut_text_put(text, " ;\n");
}

/* Constraints and, of these, equations that the rows become. */
static void count_rows(size_t *constraints, size_t *equations, const taut_model *m)
{
	*constraints = m->n_conflicts;
	*equations = 0;
	for (uint32_t k = 0; k < m->n_rows; k++) {
		const bool lo = m->rows[k].lo != TAUT_NO_LIMIT_LO;
		const bool hi = m->rows[k].hi != TAUT_NO_LIMIT_HI;
		if (lo && hi && m->rows[k].lo == m->rows[k].hi) {
			++*constraints;
			++*equations;
		} else {
			*constraints += (size_t)lo + (size_t)hi;
		}
	}
}

static void write_rows(taut_text *text, const taut_model *m)
{
	for (uint32_t k = 0; k < m->n_rows; k++) {
		const taut_row *row = &m->rows[k];
		if (row->lo == row->hi) {
			write_row(text, m, row, 1, "= ", row->lo);
			continue;
		}
		if (row->lo != TAUT_NO_LIMIT_LO)
			write_row(text, m, row, 1, ">= ", row->lo);
		if (row->hi != TAUT_NO_LIMIT_HI)
			write_row(text, m, row, -1, ">= ", row->hi);
	}
	for (uint32_t u = 0; u < m->n; u++)
		for (size_t e = m->conflict_row[u]; e < m->conflict_row[u + 1]; e++)
			if (m->conflict_col[e] > u) {
				taut_text_put(text, "-1 ");
				write_variable(text, u);
				taut_text_put(text, "-1 ");
				write_variable(text, m->conflict_col[e]);
				taut_text_put(text, ">= -1 ;\n");
			}
}

taut_status taut_write_opb(const taut_writer *w, taut_error *err)
{
	const taut_model *m = w->model;
	taut_expansion    e;
	size_t            constraints;
	size_t            equations;
	taut_status       st;

	if (m->decimals != 0)
		return taut_fail(err, TAUT_EINPUT,
		                 "%s: opb holds whole numbers, and the objective has fractions; lp "
		                 "holds them",
		                 m->name);
	for (uint32_t f = 0; f < m->n_forms; f++)
		if (m->forms[f].kind == TAUT_FORM_ABS)
			return taut_fail(err, TAUT_EUSAGE,
			                 "%s: |a x - b| is no polynomial; lp and mps hold it",
			                 m->name);
	st = taut_expansion_init(&e, m, err);
	if (st != TAUT_OK)
		return st;
	count_rows(&constraints, &equations, m);
	taut_text_format(w->text, "* #variable= %" PRIu32 " #constraint= %zu #equal= %zu\n* ", m->n,
	                 constraints, equations);
	taut_write_word(w->text, w->instance->name);
	taut_text_put(w->text, "\n");
	write_objective(w->text, &e);
	write_rows(w->text, m);
	taut_expansion_fini(&e);
	return TAUT_OK;
}
