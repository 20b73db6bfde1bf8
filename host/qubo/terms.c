#include "qubo/terms.h"

#include <string.h>

#include "base/alloc.h"
#include "base/checked.h"

static const int64_t ACTIVITY_LIMIT = INT64_C(1) << TAUT_ACTIVITY_BITS;

void taut_terms_free(taut_terms *terms)
{
	if (!terms)
		return;
	taut_free(terms->first);
	taut_free(terms->col);
	taut_free(terms->coef);
	taut_free(terms->weight);
	taut_free(terms->limit);
	taut_free(terms);
}

taut_status taut_terms_new(taut_terms **out, uint32_t count, size_t entries, taut_error *err)
{
	taut_terms *t = taut_alloc(1, sizeof *t, err);

	*out = NULL;
	if (!t)
		return TAUT_ENOMEM;
	t->count = count;
	t->first = taut_alloc((size_t)count + 1, sizeof *t->first, err);
	t->col = t->first ? taut_alloc(entries, sizeof *t->col, err) : NULL;
	t->coef = t->col ? taut_alloc(entries, sizeof *t->coef, err) : NULL;
	t->weight = t->coef ? taut_alloc(count, sizeof *t->weight, err) : NULL;
	t->limit = t->weight ? taut_alloc(count, sizeof *t->limit, err) : NULL;
	if (!t->limit) {
		taut_terms_free(t);
		return TAUT_ENOMEM;
	}
	*out = t;
	return TAUT_OK;
}

taut_status taut_terms_dup(taut_terms **out, const taut_terms *terms, taut_error *err)
{
	const size_t entries = terms ? terms->first[terms->count] : 0;
	taut_status  st;

	*out = NULL;
	if (!terms)
		return TAUT_OK;
	st = taut_terms_new(out, terms->count, entries, err);
	if (st != TAUT_OK)
		return st;
	memcpy((*out)->first, terms->first, ((size_t)terms->count + 1) * sizeof *terms->first);
	if (entries) {
		memcpy((*out)->col, terms->col, entries * sizeof *terms->col);
		memcpy((*out)->coef, terms->coef, entries * sizeof *terms->coef);
	}
	if (terms->count) {
		memcpy((*out)->weight, terms->weight, terms->count * sizeof *terms->weight);
		memcpy((*out)->limit, terms->limit, terms->count * sizeof *terms->limit);
	}
	return TAUT_OK;
}

bool taut_terms_exceed(const taut_terms *terms)
{
	for (uint32_t r = 0; terms && r < terms->count; r++)
		if (!taut_term_is_square(terms, r))
			return true;
	return false;
}

bool taut_term_range(int64_t *lo, int64_t *hi, const taut_terms *t, uint32_t r)
{
	*lo = *hi = 0;
	for (size_t e = t->first[r]; e < t->first[r + 1]; e++) {
		int64_t *end = t->coef[e] < 0 ? lo : hi;

		*end += t->coef[e];
		if (*end > ACTIVITY_LIMIT || *end < -ACTIVITY_LIMIT)
			return false;
	}
	return true;
}

static int64_t excess(int64_t activity, int64_t limit)
{
	return activity > limit ? activity - limit : 0;
}

bool taut_term_value(int64_t *out, const taut_terms *t, uint32_t r, int64_t activity,
                     int64_t squares)
{
	int64_t amount;

	if (taut_term_is_square(t, r)) {
		/* a^2 and the sum of squares are both even or both odd */
		if (!taut_mul64(&amount, activity, activity) ||
		    !taut_add64(&amount, amount, -squares))
			return false;
		amount /= 2;
	} else {
		amount = excess(activity, t->limit[r]) - excess(0, t->limit[r]);
	}
	return taut_mul64(out, amount, t->weight[r]);
}

void taut_term_columns_fini(taut_term_columns *columns)
{
	taut_free(columns->first);
	taut_free(columns->term);
	taut_free(columns->coef);
	*columns = (taut_term_columns){NULL, NULL, NULL};
}

taut_status taut_term_columns_init(taut_term_columns *out, const taut_terms *terms, uint32_t n,
                                   taut_error *err)
{
	const size_t entries = terms->first[terms->count];

	*out = (taut_term_columns){NULL, NULL, NULL};
	out->first = taut_alloc((size_t)n + 2, sizeof *out->first, err);
	out->term = out->first ? taut_alloc(entries, sizeof *out->term, err) : NULL;
	out->coef = out->term ? taut_alloc(entries, sizeof *out->coef, err) : NULL;
	if (!out->coef) {
		taut_term_columns_fini(out);
		return TAUT_ENOMEM;
	}
	for (size_t e = 0; e < entries; e++)
		out->first[terms->col[e] + 2]++;
	for (size_t i = 0; i < n; i++)
		out->first[i + 2] += out->first[i + 1];
	/* first[i + 1] runs from the start of column i to its end, where column i + 1 starts */
	for (uint32_t r = 0; r < terms->count; r++)
		for (size_t e = terms->first[r]; e < terms->first[r + 1]; e++) {
			const size_t at = out->first[terms->col[e] + 1]++;

			out->term[at] = r;
			out->coef[at] = terms->coef[e];
		}
	return TAUT_OK;
}

/* --- the table --- */

enum { GRAM_MAX = 1024 }; /* terms whose products are held: 8 MiB */

void taut_term_table_free(taut_term_table *table)
{
	if (!table)
		return;
	taut_terms_free(table->rows);
	taut_term_columns_fini(&table->columns);
	taut_free(table->lo);
	taut_free(table->hi);
	taut_free(table->total);
	taut_free(table->gram);
	taut_free(table);
}

static int64_t clamped(int64_t a, int64_t b)
{
	int64_t sum;

	if (!taut_add64(&sum, a, b))
		sum = a < 0 ? -ACTIVITY_LIMIT : ACTIVITY_LIMIT;
	return sum < -ACTIVITY_LIMIT  ? -ACTIVITY_LIMIT
	       : sum > ACTIVITY_LIMIT ? ACTIVITY_LIMIT
	                              : sum;
}

static int64_t clamped_product(int64_t a, int64_t b)
{
	int64_t product;

	if (!taut_mul64(&product, a, b))
		return (a < 0) == (b < 0) ? ACTIVITY_LIMIT : -ACTIVITY_LIMIT;
	return clamped(product, 0);
}

static void add_range(taut_term_table *t, uint32_t i, int64_t lo, int64_t hi)
{
	t->lo[i] = clamped(t->lo[i], lo < hi ? lo : hi);
	t->hi[i] = clamped(t->hi[i], lo < hi ? hi : lo);
}

/* What every term can add to the fields of its variables. */
static void set_ranges(taut_term_table *t)
{
	const taut_terms *rows = t->rows;

	for (uint32_t r = 0; r < rows->count; r++) {
		int64_t lo, hi;

		if (!taut_term_range(&lo, &hi, rows, r)) {
			lo = -ACTIVITY_LIMIT;
			hi = ACTIVITY_LIMIT;
		}
		t->total[r] = lo + hi;
		for (size_t e = rows->first[r]; e < rows->first[r + 1]; e++) {
			const int64_t c = rows->coef[e];
			const int64_t step = clamped_product(rows->weight[r], c);

			if (taut_term_is_square(rows, r))
				add_range(t, rows->col[e],
				          clamped_product(step, lo - (c < 0 ? c : 0)),
				          clamped_product(step, hi - (c > 0 ? c : 0)));
			else
				add_range(t, rows->col[e], step < 0 ? step : 0,
				          step > 0 ? step : 0);
		}
	}
}

static void set_gram(taut_term_table *t)
{
	const taut_term_columns *c = &t->columns;
	const size_t             count = t->rows->count;

	for (uint32_t j = 0; j < t->n; j++)
		for (size_t a = c->first[j]; a < c->first[j + 1]; a++)
			for (size_t b = c->first[j]; b < c->first[j + 1]; b++)
				t->gram[c->term[a] * count + c->term[b]] +=
					(double)c->coef[a] * (double)c->coef[b];
}

taut_status taut_term_table_new(taut_term_table **out, taut_terms *rows, uint32_t n,
                                taut_error *err)
{
	taut_term_table *t = taut_alloc(1, sizeof *t, err);
	taut_status      st = TAUT_ENOMEM;
	bool             gram = rows->count <= GRAM_MAX;

	*out = NULL;
	if (!t) {
		taut_terms_free(rows);
		return TAUT_ENOMEM;
	}
	t->n = n;
	t->rows = rows;
	for (uint32_t r = 0; r < rows->count; r++)
		gram = gram && taut_term_is_square(rows, r);
	st = taut_term_columns_init(&t->columns, rows, n, err);
	if (st != TAUT_OK)
		goto done;
	t->lo = taut_alloc(n, sizeof *t->lo, err);
	t->hi = t->lo ? taut_alloc(n, sizeof *t->hi, err) : NULL;
	t->total = t->hi ? taut_alloc(rows->count, sizeof *t->total, err) : NULL;
	if (t->total && gram)
		t->gram = taut_alloc((size_t)rows->count * rows->count, sizeof *t->gram, err);
	if (!t->total || (gram && !t->gram)) {
		st = TAUT_ENOMEM;
		goto done;
	}
	set_ranges(t);
	if (gram)
		set_gram(t);
	*out = t;
	t = NULL;
done:
	taut_term_table_free(t);
	return st;
}

int64_t taut_term_coupling(const taut_term_table *t, uint32_t i, uint32_t j)
{
	const taut_term_columns *c = &t->columns;
	uint64_t                 sum = 0;
	size_t                   a = c->first[i];
	size_t                   b = c->first[j];

	while (a < c->first[i + 1] && b < c->first[j + 1]) {
		const uint32_t r = c->term[a];

		if (r == c->term[b] && taut_term_is_square(t->rows, r))
			sum += (uint64_t)t->rows->weight[r] * (uint64_t)c->coef[a] *
			       (uint64_t)c->coef[b];
		a += r <= c->term[b];
		b += r >= c->term[b];
	}
	return (int64_t)sum;
}

double taut_term_coupling_sum(const taut_term_table *t, uint32_t i)
{
	const taut_terms *rows = t->rows;
	double            sum = 0;

	for (size_t k = t->columns.first[i]; k < t->columns.first[i + 1]; k++) {
		const uint32_t r = t->columns.term[k];
		const double   c = (double)t->columns.coef[k];

		if (taut_term_is_square(rows, r))
			sum += (double)rows->weight[r] * c * ((double)t->total[r] - c);
	}
	return sum;
}

/* By rows: every j once, in the first term that it shares with i. */
static double squares_by_rows(const taut_term_table *t, uint32_t i)
{
	const taut_term_columns *c = &t->columns;
	double                   sum = 0;

	for (size_t k = c->first[i]; k < c->first[i + 1]; k++) {
		const uint32_t r = c->term[k];

		for (size_t e = t->rows->first[r]; e < t->rows->first[r + 1]; e++) {
			const uint32_t j = t->rows->col[e];
			size_t         a = c->first[i];
			size_t         b = c->first[j];

			while (c->term[a] != c->term[b]) /* they share r */
				c->term[a] < c->term[b] ? a++ : b++;
			if (j == i || c->term[a] != r)
				continue;
			const double q = (double)taut_term_coupling(t, i, j);

			sum += q * q;
		}
	}
	return sum;
}

double taut_term_coupling_squares(const taut_term_table *t, uint32_t i)
{
	const taut_term_columns *c = &t->columns;
	const size_t             count = t->rows->count;
	double                   sum = 0;

	if (!t->gram)
		return squares_by_rows(t, i);
	for (size_t a = c->first[i]; a < c->first[i + 1]; a++)
		for (size_t b = c->first[i]; b < c->first[i + 1]; b++) {
			const double ca = (double)c->coef[a];
			const double cb = (double)c->coef[b];

			sum += (double)t->rows->weight[c->term[a]] * ca *
			       (double)t->rows->weight[c->term[b]] * cb *
			       (t->gram[c->term[a] * count + c->term[b]] - ca * cb);
		}
	return sum;
}
