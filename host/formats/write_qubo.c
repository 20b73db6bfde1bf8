/* Quadratic forms without constraints, to be minimised: a maximisation is written with its sign
 * turned. Coordinates (coo), qbsolv's .qubo, one triangle of a symmetric matrix, and JSON. */
#include <inttypes.h>

#include "base/checked.h"
#include "formats/expand.h"
#include "formats/writer.h"

/* How a format writes its entries. */
typedef struct {
	const char *open, *between, *close; /* around and between i, j and q */
	const char *separator;              /* between entries */
	uint32_t    base;                   /* of the indices */
	bool        halved;                 /* an off-diagonal entry counts twice when it is read */
} entry_style;

static const entry_style line_from_0 = {"", " ", "\n", "", 0, false};
static const entry_style line_from_1_halved = {"", " ", "\n", "", 1, true};
static const entry_style json_from_0 = {"    [", ", ", "]", ",\n", 0, false};

static taut_status refuse_constraints(const taut_writer *w, const char *format, taut_error *err)
{
	const taut_model *m = w->model;

	if (m->n_rows > 0 || m->n_conflicts > 0)
		return taut_fail(
			err, TAUT_EUSAGE,
			"%s: %s holds no constraints; 'taut formulate' writes the QUBO of a method",
			m->name, format);
	for (uint32_t f = 0; f < m->n_forms; f++)
		if (m->forms[f].kind == TAUT_FORM_ABS)
			return taut_fail(err, TAUT_EUSAGE,
			                 "%s: |a x - b| is no quadratic form; 'taut formulate' "
			                 "writes the QUBO of a method",
			                 m->name);
	return TAUT_OK;
}

/* Numbers of diagonal and off-diagonal entries. */
typedef struct {
	size_t linear, quadratic;
} entry_count;

static entry_count count_entries(taut_expansion *e)
{
	entry_count count = {0, 0};

	for (uint32_t i = 0; i < e->model->n; i++) {
		taut_expansion_go(e, i);
		count.linear += e->linear != 0;
		count.quadratic += e->n_terms;
	}
	return count;
}

static void write_entry(taut_text *text, const entry_style *style, uint32_t i, uint32_t j,
                        int64_t q, int32_t decimals)
{
	taut_text_put(text, style->open);
	taut_write_number(text, (int64_t)i + style->base, 0);
	taut_text_put(text, style->between);
	taut_write_number(text, (int64_t)j + style->base, 0);
	taut_text_put(text, style->between);
	taut_write_number(text, q, decimals);
	taut_text_put(text, style->close);
}

/* The entries of one row of the triangle, the linear one or the others. q / 2 has one decimal more
 * than q. */
static taut_status write_row(taut_text *text, const entry_style *style, const taut_expansion *e,
                             uint32_t i, bool linear, bool quadratic, bool *first, taut_error *err)
{
	const int64_t sign = e->model->maximise ? -1 : 1;
	const int32_t decimals = e->model->decimals;

	if (linear && e->linear != 0) {
		taut_text_put(text, *first ? "" : style->separator);
		write_entry(text, style, i, i, sign * e->linear, decimals);
		*first = false;
	}
	for (size_t k = 0; quadratic && k < e->n_terms; k++) {
		int64_t q = sign * e->coef[k];
		int32_t places = decimals;
		if (style->halved && q % 2 == 0) {
			q /= 2;
		} else if (style->halved) {
			places++;
			if (!taut_mul64(&q, q, 5))
				return taut_fail(err, TAUT_EINPUT,
				                 "%s: half of a coefficient does not fit 64 bits",
				                 e->model->name);
		}
		taut_text_put(text, *first ? "" : style->separator);
		write_entry(text, style, i, e->col[k], q, places);
		*first = false;
	}
	return TAUT_OK;
}

static taut_status write_entries(taut_text *text, const entry_style *style, taut_expansion *e,
                                 bool linear, bool quadratic, taut_error *err)
{
	taut_status st = TAUT_OK;
	bool        first = true;

	for (uint32_t i = 0; st == TAUT_OK && i < e->model->n; i++) {
		taut_expansion_go(e, i);
		st = write_row(text, style, e, i, linear, quadratic, &first, err);
	}
	return st;
}

/* What readers of bare entries would not know stands in comments, KEY=VALUE. */
static void write_header(const taut_writer *w, const char *mark, const taut_expansion *e)
{
	taut_text_format(w->text, "%s vartype=BINARY\n%s name=", mark, mark);
	taut_write_word(w->text, w->instance->name);
	taut_text_format(w->text, "\n%s variables=%" PRIu32 "\n%s offset=", mark, e->model->n,
	                 mark);
	taut_write_number(w->text, e->model->maximise ? -e->offset : e->offset, e->model->decimals);
	taut_text_format(w->text,
	                 "\n%s minimise offset + the sum of q x_i x_j over the lines i j q, "
	                 "variables from 0\n",
	                 mark);
	if (e->model->maximise)
		taut_text_format(w->text, "%s the problem maximises: every sign is turned\n", mark);
}

taut_status taut_write_coo(const taut_writer *w, taut_error *err)
{
	taut_expansion e;
	taut_status    st = refuse_constraints(w, "coo", err);

	if (st == TAUT_OK)
		st = taut_expansion_init(&e, w->model, err);
	if (st != TAUT_OK)
		return st;
	write_header(w, "#", &e);
	st = write_entries(w->text, &line_from_0, &e, true, true, err);
	taut_expansion_fini(&e);
	return st;
}

/* Diagonal entries first, as qbsolv wants them. */
taut_status taut_write_qbsolv(const taut_writer *w, taut_error *err)
{
	taut_expansion e;
	entry_count    count;
	taut_status    st = refuse_constraints(w, "qbsolv", err);

	if (st == TAUT_OK)
		st = taut_expansion_init(&e, w->model, err);
	if (st != TAUT_OK)
		return st;
	count = count_entries(&e);
	write_header(w, "c", &e);
	taut_text_format(w->text, "p qubo 0 %" PRIu32 " %zu %zu\n", w->model->n, count.linear,
	                 count.quadratic);
	st = write_entries(w->text, &line_from_0, &e, true, false, err);
	if (st == TAUT_OK)
		st = write_entries(w->text, &line_from_0, &e, false, true, err);
	taut_expansion_fini(&e);
	return st;
}

/* Written for the reader's default, minimise and count off-diagonal lines twice. The format has no
 * place for a constant. */
taut_status taut_write_triangle(const taut_writer *w, taut_error *err)
{
	taut_expansion e;
	entry_count    count;
	taut_status    st = refuse_constraints(w, "triangle", err);

	if (st == TAUT_OK)
		st = taut_expansion_init(&e, w->model, err);
	if (st != TAUT_OK)
		return st;
	if (e.offset != 0) {
		st = taut_fail(err, TAUT_EINPUT,
		               "%s: triangle has no place for the objective's constant; coo has",
		               w->instance->name);
		goto done;
	}
	count = count_entries(&e);
	taut_text_format(w->text, "%" PRIu32 " %zu\n", w->model->n, count.linear + count.quadratic);
	st = write_entries(w->text, &line_from_1_halved, &e, true, true, err);
done:
	taut_expansion_fini(&e);
	return st;
}

taut_status taut_write_qubo_json(const taut_writer *w, taut_error *err)
{
	taut_expansion e;
	taut_status    st = refuse_constraints(w, "json", err);

	if (st == TAUT_OK)
		st = taut_expansion_init(&e, w->model, err);
	if (st != TAUT_OK)
		return st;
	taut_text_put(w->text, "{\n  \"name\": \"");
	taut_write_word(w->text, w->instance->name);
	taut_text_format(w->text,
	                 "\",\n  \"sense\": \"min\",\n  \"variables\": %" PRIu32
	                 ",\n  \"offset\": ",
	                 w->model->n);
	taut_write_number(w->text, w->model->maximise ? -e.offset : e.offset, w->model->decimals);
	taut_text_put(w->text, ",\n  \"terms\": [\n");
	st = write_entries(w->text, &json_from_0, &e, true, true, err);
	taut_text_put(w->text, "\n  ]\n}\n");
	taut_expansion_fini(&e);
	return st;
}
