/*
 * Free MPS. OBJSENSE says the direction; the constant of the objective stands on its row's
 * right-hand side with the sign turned; products stand in QUADOBJ, the upper triangle of Q in c x +
 * x'Qx / 2, so that x_i x_j has its plain coefficient. Every row has a name: the model's where all
 * rows have one, else c1, c2, ...; conflicts are rows kU_V over u + v <= 1. |a x - b| becomes two
 * continuous variables, as in LP.
 */
#include <inttypes.h>

#include "base/checked.h"
#include "formats/expand.h"
#include "formats/labels.h"
#include "formats/writer.h"

typedef struct {
	taut_text        *text;
	const taut_model *model;
	taut_labels       labels;
	bool              named_rows;
} mps;

static void write_row_name(mps *f, uint32_t k)
{
	if (f->named_rows) {
		taut_text_put(f->text, taut_labels_row(&f->labels, k));
		return;
	}
	taut_text_add(f->text, "c", 1);
	taut_write_number(f->text, (int64_t)k + 1, 0);
}

static void write_conflict_name(mps *f, uint32_t u, uint32_t v)
{
	taut_text_add(f->text, "k", 1);
	taut_write_number(f->text, (int64_t)(u < v ? u : v) + 1, 0);
	taut_text_add(f->text, "_", 1);
	taut_write_number(f->text, (int64_t)(u < v ? v : u) + 1, 0);
}

static bool is_free(const taut_row *row)
{
	return row->lo == TAUT_NO_LIMIT_LO && row->hi == TAUT_NO_LIMIT_HI;
}

/* Ranged rows are L rows with a range. */
static void write_row_types(mps *f)
{
	const taut_model *m = f->model;

	taut_text_put(f->text, "ROWS\n N obj\n");
	for (uint32_t k = 0; k < m->n_rows; k++) {
		const taut_row *row = &m->rows[k];
		const char     *type = row->lo == row->hi            ? " E "
		                       : row->hi != TAUT_NO_LIMIT_HI ? " L "
		                                                     : " G ";
		if (is_free(row))
			continue;
		taut_text_put(f->text, type);
		write_row_name(f, k);
		taut_text_put(f->text, "\n");
	}
	for (uint32_t k = 0; k < m->n_forms; k++)
		if (m->forms[k].kind == TAUT_FORM_ABS)
			taut_text_format(f->text, " E deviation_%" PRIu32 "\n", k + 1);
	for (uint32_t u = 0; u < m->n; u++)
		for (size_t e = m->conflict_row[u]; e < m->conflict_row[u + 1]; e++)
			if (m->conflict_col[e] > u) {
				taut_text_put(f->text, " L ");
				write_conflict_name(f, u, m->conflict_col[e]);
				taut_text_put(f->text, "\n");
			}
}

static void begin_entry(mps *f, uint32_t i)
{
	taut_text_put(f->text, " ");
	taut_labels_variable(f->text, &f->labels, i);
	taut_text_put(f->text, " ");
}

static void end_entry(mps *f, int64_t value, int32_t decimals)
{
	taut_text_put(f->text, " ");
	taut_write_number(f->text, value, decimals);
	taut_text_put(f->text, "\n");
}

/* What variable i has in the |a x - b|. */
static void write_form_entries(mps *f, uint32_t i)
{
	const taut_model *m = f->model;

	for (uint32_t k = 0; k < m->n_forms; k++) {
		const taut_form *form = &m->forms[k];
		for (size_t e = form->first;
		     form->kind == TAUT_FORM_ABS && e < form->first + form->count; e++) {
			if (m->form_col[e] != i)
				continue;
			begin_entry(f, i);
			taut_text_format(f->text, "deviation_%" PRIu32, k + 1);
			end_entry(f, m->form_coef[e], m->decimals);
		}
	}
}

/* The objective's entry is written for every variable, also 0: a column exists by its entries. */
static void write_column(mps *f, taut_expansion *x, uint32_t i)
{
	const taut_model *m = f->model;

	taut_expansion_go(x, i);
	begin_entry(f, i);
	taut_text_put(f->text, "obj");
	end_entry(f, x->linear, m->decimals);
	for (size_t e = m->column_first[i]; e < m->column_first[i + 1]; e++) {
		const uint32_t k = m->column_row[e];
		if (is_free(&m->rows[k]))
			continue;
		begin_entry(f, i);
		write_row_name(f, k);
		end_entry(f, m->column_coef[e], m->rows[k].decimals);
	}
	write_form_entries(f, i);
	for (size_t e = m->conflict_row[i]; e < m->conflict_row[i + 1]; e++) {
		begin_entry(f, i);
		write_conflict_name(f, i, m->conflict_col[e]);
		end_entry(f, 1, 0);
	}
}

static void write_columns(mps *f, taut_expansion *x)
{
	const taut_model *m = f->model;

	taut_text_put(f->text, "COLUMNS\n MARKER 'MARKER' 'INTORG'\n");
	for (uint32_t i = 0; i < m->n; i++)
		write_column(f, x, i);
	taut_text_put(f->text, " MARKER 'MARKER' 'INTEND'\n");
	for (uint32_t k = 0; k < m->n_forms; k++) {
		if (m->forms[k].kind != TAUT_FORM_ABS)
			continue;
		for (int side = 0; side < 2; side++) {
			const char *name = side == 0 ? "s_plus" : "s_minus";
			taut_text_format(f->text, " %s_%" PRIu32 " obj", name, k + 1);
			end_entry(f, m->forms[k].weight, 0);
			taut_text_format(f->text, " %s_%" PRIu32 " deviation_%" PRIu32 " %s\n",
			                 name, k + 1, k + 1, side == 0 ? "-1" : "1");
		}
	}
}

static void write_sides(mps *f, const taut_expansion *x)
{
	const taut_model *m = f->model;

	taut_text_put(f->text, "RHS\n");
	if (x->offset != 0) {
		taut_text_put(f->text, " RHS obj");
		end_entry(f, -x->offset, m->decimals);
	}
	for (uint32_t k = 0; k < m->n_rows; k++) {
		const taut_row *row = &m->rows[k];
		if (is_free(row))
			continue;
		taut_text_put(f->text, " RHS ");
		write_row_name(f, k);
		end_entry(f, row->hi != TAUT_NO_LIMIT_HI ? row->hi : row->lo, row->decimals);
	}
	for (uint32_t k = 0; k < m->n_forms; k++)
		if (m->forms[k].kind == TAUT_FORM_ABS) {
			taut_text_format(f->text, " RHS deviation_%" PRIu32, k + 1);
			end_entry(f, m->forms[k].target, m->decimals);
		}
	for (uint32_t u = 0; u < m->n; u++)
		for (size_t e = m->conflict_row[u]; e < m->conflict_row[u + 1]; e++)
			if (m->conflict_col[e] > u) {
				taut_text_put(f->text, " RHS ");
				write_conflict_name(f, u, m->conflict_col[e]);
				end_entry(f, 1, 0);
			}
}

static bool is_ranged(const taut_row *row)
{
	return row->lo != TAUT_NO_LIMIT_LO && row->hi != TAUT_NO_LIMIT_HI && row->lo != row->hi;
}

/* hi - lo does not overflow: the model proved both below 2^62. */
static void write_ranges(mps *f)
{
	const taut_model *m = f->model;
	bool              any = false;

	for (uint32_t k = 0; k < m->n_rows; k++) {
		const taut_row *row = &m->rows[k];
		if (!is_ranged(row))
			continue;
		taut_text_put(f->text, any ? " RNG " : "RANGES\n RNG ");
		write_row_name(f, k);
		end_entry(f, row->hi - row->lo, row->decimals);
		any = true;
	}
}

static void write_bounds(mps *f)
{
	taut_text_put(f->text, "BOUNDS\n");
	for (uint32_t i = 0; i < f->model->n; i++) {
		taut_text_put(f->text, " BV BND ");
		taut_labels_variable(f->text, &f->labels, i);
		taut_text_put(f->text, "\n");
	}
}

static void write_products(mps *f, taut_expansion *x)
{
	bool any = false;

	for (uint32_t i = 0; i < f->model->n; i++) {
		taut_expansion_go(x, i);
		for (size_t k = 0; k < x->n_terms; k++) {
			taut_text_put(f->text, any ? "" : "QUADOBJ\n");
			begin_entry(f, i);
			taut_labels_variable(f->text, &f->labels, x->col[k]);
			end_entry(f, x->coef[k], f->model->decimals);
			any = true;
		}
	}
}

taut_status taut_write_mps(const taut_writer *w, taut_error *err)
{
	mps            f = {.text = w->text, .model = w->model};
	taut_expansion x;
	taut_status    st = taut_expansion_refuse_forms(w->model, err);

	if (st == TAUT_OK)
		st = taut_labels_init(&f.labels, w->model, err);
	if (st == TAUT_OK)
		st = taut_expansion_init(&x, w->model, err);
	if (st != TAUT_OK)
		return st;
	f.named_rows = true;
	for (uint32_t k = 0; k < w->model->n_rows; k++)
		f.named_rows &= taut_labels_row(&f.labels, k) != NULL;
	taut_text_put(f.text, "NAME ");
	taut_write_word(f.text, w->instance->name);
	taut_text_put(f.text, w->model->maximise ? "\nOBJSENSE\n MAX\n" : "\n");
	write_row_types(&f);
	write_columns(&f, &x);
	write_sides(&f, &x);
	write_ranges(&f);
	write_bounds(&f);
	write_products(&f, &x);
	taut_text_put(f.text, "ENDATA\n");
	taut_expansion_fini(&x);
	return TAUT_OK;
}
