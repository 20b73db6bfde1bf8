/*
 * CPLEX LP. The objective lists every variable, those without a linear term with coefficient 0, so
 * that readers number the variables in the model's order; its constant is a plain number; products
 * stand in [ ... ] / 2, doubled. Conflicts are rows u + v <= 1. A ranged row becomes two rows, as
 * the format has no way to write one that all readers share. |a x - b| becomes two continuous
 * variables, a x - s_plus + s_minus = b, whose sum the objective counts.
 */
#include <inttypes.h>

#include "base/checked.h"
#include "formats/expand.h"
#include "formats/labels.h"
#include "formats/writer.h"

enum { TERMS_A_LINE = 10 };

typedef struct {
	taut_text        *text;
	const taut_model *model;
	taut_labels       labels;
	size_t            n_terms; /* of the present expression */
} lp;

/* sign, magnitude and a blank; lines are broken between terms. */
static void write_coefficient(lp *f, int64_t coef, int32_t decimals)
{
	if (f->n_terms > 0 && f->n_terms % TERMS_A_LINE == 0)
		taut_text_add(f->text, "\n  ", 3);
	f->n_terms++;
	taut_text_add(f->text, coef < 0 ? "- " : "+ ", 2);
	taut_write_number(f->text, coef < 0 ? -coef : coef, decimals);
	taut_text_add(f->text, " ", 1);
}

static void write_term(lp *f, int64_t coef, int32_t decimals, uint32_t i)
{
	write_coefficient(f, coef, decimals);
	taut_labels_variable(f->text, &f->labels, i);
	taut_text_add(f->text, " ", 1);
}

static void write_deviation(lp *f, const char *sign, uint32_t k, const char *name)
{
	taut_text_put(f->text, sign);
	taut_text_put(f->text, name);
	taut_write_number(f->text, (int64_t)k + 1, 0);
	taut_text_add(f->text, " ", 1);
}

/* The products, where there are any. A coefficient and its double fit: the model proved |q| < 2^62.
 */
static void write_products(lp *f, taut_expansion *e)
{
	bool any = false;

	for (uint32_t i = 0; i < f->model->n; i++) {
		taut_expansion_go(e, i);
		for (size_t k = 0; k < e->n_terms; k++) {
			taut_text_put(f->text, any ? "" : "\n  + [ ");
			write_term(f, 2 * e->coef[k], f->model->decimals, i);
			taut_text_add(f->text, "* ", 2);
			taut_labels_variable(f->text, &f->labels, e->col[k]);
			taut_text_add(f->text, " ", 1);
			any = true;
		}
	}
	taut_text_put(f->text, any ? "] / 2\n" : "\n");
}

static void write_objective(lp *f, taut_expansion *e)
{
	const taut_model *m = f->model;

	taut_text_put(f->text, m->maximise ? "Maximize\n obj: " : "Minimize\n obj: ");
	for (uint32_t i = 0; i < m->n; i++) {
		taut_expansion_go(e, i);
		write_term(f, e->linear, m->decimals, i);
	}
	for (uint32_t k = 0; k < m->n_forms; k++) {
		if (m->forms[k].kind != TAUT_FORM_ABS)
			continue;
		write_coefficient(f, m->forms[k].weight, 0);
		write_deviation(f, "", k, "s_plus_");
		write_coefficient(f, m->forms[k].weight, 0);
		write_deviation(f, "", k, "s_minus_");
	}
	if (e->offset != 0)
		write_coefficient(f, e->offset, m->decimals);
	write_products(f, e);
}

static void write_expression(lp *f, const uint32_t *col, const int64_t *coef, size_t count,
                             int32_t decimals)
{
	f->n_terms = 0;
	for (size_t e = 0; e < count; e++)
		write_term(f, coef[e], decimals, col[e]);
	if (count == 0)
		write_term(f, 0, 0, 0);
}

static void write_row(lp *f, const taut_row *row, const char *name, const char *relation,
                      int64_t limit)
{
	const taut_model *m = f->model;

	taut_text_put(f->text, " ");
	if (name)
		taut_text_format(f->text, "%s: ", name);
	write_expression(f, m->row_col + row->first, m->row_coef + row->first, row->count,
	                 row->decimals);
	taut_text_put(f->text, relation);
	taut_write_number(f->text, limit, row->decimals);
	taut_text_put(f->text, "\n");
}

static void write_rows(lp *f)
{
	const taut_model *m = f->model;

	for (uint32_t k = 0; k < m->n_rows; k++) {
		const taut_row *row = &m->rows[k];
		const char     *name = taut_labels_row(&f->labels, k);
		if (row->lo == row->hi) {
			write_row(f, row, name, "= ", row->lo);
			continue;
		}
		if (row->hi != TAUT_NO_LIMIT_HI) {
			write_row(f, row, name, "<= ", row->hi);
			name = NULL; /* the row's other side goes without */
		}
		if (row->lo != TAUT_NO_LIMIT_LO)
			write_row(f, row, name, ">= ", row->lo);
	}
	for (uint32_t k = 0; k < m->n_forms; k++) {
		const taut_form *form = &m->forms[k];
		if (form->kind != TAUT_FORM_ABS)
			continue;
		taut_text_put(f->text, " ");
		write_expression(f, m->form_col + form->first, m->form_coef + form->first,
		                 form->count, m->decimals);
		write_deviation(f, "- ", k, "s_plus_");
		write_deviation(f, "+ ", k, "s_minus_");
		taut_text_put(f->text, "= ");
		taut_write_number(f->text, form->target, m->decimals);
		taut_text_put(f->text, "\n");
	}
}

static void write_conflicts(lp *f)
{
	const taut_model *m = f->model;

	for (uint32_t u = 0; u < m->n; u++)
		for (size_t e = m->conflict_row[u]; e < m->conflict_row[u + 1]; e++)
			if (m->conflict_col[e] > u) {
				taut_text_put(f->text, " ");
				taut_labels_variable(f->text, &f->labels, u);
				taut_text_put(f->text, " + ");
				taut_labels_variable(f->text, &f->labels, m->conflict_col[e]);
				taut_text_put(f->text, " <= 1\n");
			}
}

taut_status taut_write_lp(const taut_writer *w, taut_error *err)
{
	lp             f = {.text = w->text, .model = w->model};
	taut_expansion e;
	taut_status    st = taut_expansion_refuse_forms(w->model, err);

	if (st == TAUT_OK)
		st = taut_labels_init(&f.labels, w->model, err);
	if (st == TAUT_OK)
		st = taut_expansion_init(&e, w->model, err);
	if (st != TAUT_OK)
		return st;
	taut_text_put(f.text, "\\ ");
	taut_write_word(f.text, w->instance->name);
	taut_text_format(f.text, ", family %s%s\n", taut_family_names.names[w->model->family].name,
	                 w->model->variable_name && !f.labels.variables
	                         ? "; its names are no LP names"
	                         : "");
	write_objective(&f, &e);
	taut_text_put(f.text, "Subject To\n");
	write_rows(&f);
	write_conflicts(&f);
	taut_text_put(f.text, "Binary\n");
	for (uint32_t i = 0; i < w->model->n; i++) {
		taut_text_add(f.text, " ", 1);
		taut_labels_variable(f.text, &f.labels, i);
		taut_text_put(f.text,
		              (i + 1) % TERMS_A_LINE == 0 || i + 1 == w->model->n ? "\n" : "");
	}
	taut_text_put(f.text, "End\n");
	taut_expansion_fini(&e);
	return TAUT_OK;
}
