/* host/model: random models against an evaluation that is written from the raw terms in 128 bits;
 * shape of the finished arrays; the range proof; groups and structure. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <inttypes.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "model/evaluate.h"
#include "model/model.h"

enum { SEED = 20250102, MAX_TERMS = 64, MAX_ROWS = 8, MAX_N = 12 };

__extension__ typedef __int128 wide;

/* What went into a model, as it went in. */
typedef struct {
	size_t   count;
	uint32_t col[MAX_TERMS];
	int64_t  coef[MAX_TERMS];
	int64_t  lo, hi; /* row */
	int64_t  target; /* form: lo is the weight */
	int      kind;
} raw_sum;

typedef struct {
	uint32_t n;
	int64_t  offset;
	size_t   n_terms;
	uint32_t i[MAX_TERMS], j[MAX_TERMS];
	int64_t  q[MAX_TERMS];
	size_t   n_conflicts;
	uint32_t u[MAX_TERMS], v[MAX_TERMS];
	uint32_t n_rows, n_forms;
	raw_sum  rows[MAX_ROWS], forms[MAX_ROWS];
	uint32_t side; /* of the permutation block */
	int64_t  flow[MAX_N], distance[MAX_N];
} raw_model;

static void start(taut_rng *rng, uint64_t stream)
{
	print_message("seed %d, stream %" PRIu64 "\n", SEED, stream);
	taut_rng_init(rng, SEED, stream);
}

static void ok(taut_status st, const taut_error *err)
{
	if (st != TAUT_OK)
		print_error("%s\n", err->text);
	assert_int_equal(st, TAUT_OK);
}

static int64_t number(taut_rng *rng, int64_t magnitude)
{
	return (int64_t)taut_rng_below(rng, (uint64_t)(2 * magnitude + 1)) - magnitude;
}

static wide raw_dot(const raw_sum *sum, const uint8_t *x)
{
	wide total = 0;

	for (size_t e = 0; e < sum->count; e++)
		total += (wide)sum->coef[e] * x[sum->col[e]];
	return total;
}

static wide raw_objective(const raw_model *raw, const uint8_t *x)
{
	const uint32_t s = raw->side;
	wide           total = raw->offset;

	for (size_t e = 0; e < raw->n_terms; e++)
		total += (wide)raw->q[e] * x[raw->i[e]] * x[raw->j[e]];
	for (uint32_t f = 0; f < raw->n_forms; f++) {
		wide r = raw_dot(&raw->forms[f], x) - raw->forms[f].target;
		if (raw->forms[f].kind == TAUT_FORM_SQUARE)
			r = r * r;
		total += raw->forms[f].lo * (r < 0 ? -r : r);
	}
	for (uint32_t a = 0; a < s; a++)
		for (uint32_t b = 0; b < s; b++)
			for (uint32_t k = 0; k < s; k++)
				for (uint32_t l = 0; l < s; l++)
					total += (wide)raw->flow[a * s + b] *
					         raw->distance[k * s + l] * x[a * s + k] *
					         x[b * s + l];
	return total;
}

static void random_sum(raw_sum *sum, taut_rng *rng, uint32_t n, int64_t magnitude)
{
	sum->count = n ? (size_t)taut_rng_below(rng, 10) : 0;
	for (size_t e = 0; e < sum->count; e++) {
		sum->col[e] = (uint32_t)taut_rng_below(rng, n);
		sum->coef[e] = number(rng, magnitude); /* zeros and repeats included */
	}
}

static void random_raw(raw_model *raw, taut_rng *rng)
{
	const int64_t magnitude = taut_rng_below(rng, 2) ? 3 : INT64_C(1) << 40;

	*raw = (raw_model){.n = (uint32_t)taut_rng_below(rng, 9)};
	raw->side = (uint32_t)taut_rng_below(rng, 4);
	if (raw->side * raw->side > raw->n)
		raw->side = 0;
	raw->offset = number(rng, magnitude);
	raw->n_terms = raw->n ? (size_t)taut_rng_below(rng, MAX_TERMS) : 0;
	for (size_t e = 0; e < raw->n_terms; e++) {
		raw->i[e] = (uint32_t)taut_rng_below(rng, raw->n);
		raw->j[e] = (uint32_t)taut_rng_below(rng, raw->n);
		raw->q[e] = number(rng, magnitude);
	}
	raw->n_conflicts = raw->n > 1 ? (size_t)taut_rng_below(rng, 12) : 0;
	for (size_t e = 0; e < raw->n_conflicts; e++) {
		raw->u[e] = (uint32_t)taut_rng_below(rng, raw->n);
		raw->v[e] = (raw->u[e] + 1 + (uint32_t)taut_rng_below(rng, raw->n - 1)) % raw->n;
	}
	raw->n_rows = (uint32_t)taut_rng_below(rng, MAX_ROWS);
	for (uint32_t k = 0; k < raw->n_rows; k++) {
		raw_sum *row = &raw->rows[k];
		random_sum(row, rng, raw->n, magnitude);
		row->lo = number(rng, 2 * magnitude);
		row->hi = row->lo + (int64_t)taut_rng_below(rng, 3 * (uint64_t)magnitude);
		if (taut_rng_below(rng, 3) == 0)
			row->lo = TAUT_NO_LIMIT_LO;
		if (taut_rng_below(rng, 3) == 0)
			row->hi = TAUT_NO_LIMIT_HI;
	}
	raw->n_forms = (uint32_t)taut_rng_below(rng, 3);
	for (uint32_t f = 0; f < raw->n_forms; f++) {
		random_sum(&raw->forms[f], rng, raw->n, 1000);
		raw->forms[f].kind = (int)taut_rng_below(rng, 2);
		raw->forms[f].target = number(rng, 1000);
		raw->forms[f].lo = number(rng, 5);
	}
	for (uint32_t c = 0; c < raw->side * raw->side; c++) {
		raw->flow[c] = number(rng, 9);
		raw->distance[c] = number(rng, magnitude);
	}
}

static taut_model *build(const raw_model *raw)
{
	taut_error  err;
	taut_model *m;

	ok(taut_model_new(&m, TAUT_FAMILY_BINARY_PROGRAM, "random", raw->n, false, 0, &err), &err);
	ok(taut_model_add_offset(m, raw->offset, &err), &err);
	for (size_t e = 0; e < raw->n_terms; e++)
		ok(taut_model_add_term(m, raw->i[e], raw->j[e], raw->q[e], &err), &err);
	for (size_t e = 0; e < raw->n_conflicts; e++)
		ok(taut_model_add_conflict(m, raw->u[e], raw->v[e], &err), &err);
	for (uint32_t k = 0; k < raw->n_rows; k++) {
		const raw_sum *row = &raw->rows[k];
		ok(taut_model_add_row(m, TAUT_ROW_LINEAR, row->col, row->coef, row->count, row->lo,
		                      row->hi, 0, k % 2 ? "odd" : NULL, &err),
		   &err);
	}
	for (uint32_t f = 0; f < raw->n_forms; f++) {
		const raw_sum *form = &raw->forms[f];
		ok(taut_model_add_form(m, (taut_form_kind)form->kind, form->lo, form->col,
		                       form->coef, form->count, form->target, NULL, &err),
		   &err);
	}
	if (raw->side)
		ok(taut_model_set_permutation(m, raw->side, raw->flow, raw->distance, &err), &err);
	ok(taut_model_finish(m, &err), &err);
	return m;
}

static bool raw_conflict(const raw_model *raw, uint32_t u, uint32_t v)
{
	for (size_t e = 0; e < raw->n_conflicts; e++)
		if ((raw->u[e] == u && raw->v[e] == v) || (raw->u[e] == v && raw->v[e] == u))
			return true;
	return false;
}

static void compare_at(const raw_model *raw, const taut_model *m, const uint8_t *x)
{
	size_t violations = 0;

	assert_true(taut_model_objective(m, x) == raw_objective(raw, x));
	for (uint32_t f = 0; f < raw->n_forms; f++)
		assert_true(taut_form_residual(m, f, x) ==
		            raw_dot(&raw->forms[f], x) - raw->forms[f].target);
	for (uint32_t k = 0; k < raw->n_rows; k++) {
		const raw_sum *row = &raw->rows[k];
		const wide     activity = raw_dot(row, x);
		wide           distance = 0;
		if (row->lo != TAUT_NO_LIMIT_LO && activity < row->lo)
			distance = row->lo - activity;
		if (row->hi != TAUT_NO_LIMIT_HI && activity > row->hi)
			distance = activity - row->hi;
		assert_true(taut_row_activity(m, k, x) == activity);
		assert_true(taut_row_violation(m, k, (int64_t)activity) == distance);
		violations += distance > 0;
	}
	for (uint32_t a = 0; a < raw->side; a++) {
		uint32_t across = 0;
		uint32_t down = 0;
		for (uint32_t l = 0; l < raw->side; l++) {
			across += x[a * raw->side + l];
			down += x[l * raw->side + a];
		}
		violations += across != 1;
		violations += down != 1;
	}
	for (uint32_t u = 0; u < raw->n; u++)
		for (uint32_t v = 0; v < u; v++)
			violations += x[u] && x[v] && raw_conflict(raw, u, v);
	assert_int_equal(taut_model_violations(m, x), violations);
	assert_int_equal(taut_model_feasible(m, x), violations == 0);
}

/* The shapes that model.h promises. */
static void check_shape(const taut_model *m)
{
	size_t entries = 0;

	for (uint32_t i = 0; i < m->n; i++) {
		for (size_t e = m->quad_row[i]; e < m->quad_row[i + 1]; e++) {
			const uint32_t j = m->quad_col[e];
			bool           mirrored = false;
			assert_true(j != i && j < m->n && m->quad_coef[e] != 0);
			assert_true(e == m->quad_row[i] || m->quad_col[e - 1] < j);
			for (size_t d = m->quad_row[j]; d < m->quad_row[j + 1]; d++)
				mirrored |=
					m->quad_col[d] == i && m->quad_coef[d] == m->quad_coef[e];
			assert_true(mirrored);
		}
		for (size_t e = m->conflict_row[i]; e < m->conflict_row[i + 1]; e++) {
			assert_true(m->conflict_col[e] != i && m->conflict_col[e] < m->n);
			assert_true(e == m->conflict_row[i] ||
			            m->conflict_col[e - 1] < m->conflict_col[e]);
		}
		for (size_t e = m->column_first[i]; e < m->column_first[i + 1]; e++) {
			const taut_row *row = &m->rows[m->column_row[e]];
			bool            found = false;
			for (size_t d = row->first; d < row->first + row->count; d++)
				found |= m->row_col[d] == i && m->row_coef[d] == m->column_coef[e];
			assert_true(found);
		}
	}
	assert_int_equal(m->conflict_row[m->n], 2 * m->n_conflicts);
	for (uint32_t k = 0; k < m->n_rows; k++) {
		const taut_row *row = &m->rows[k];
		entries += row->count;
		for (size_t e = row->first; e < row->first + row->count; e++)
			assert_true(m->row_coef[e] != 0 &&
			            (e == row->first || m->row_col[e - 1] < m->row_col[e]));
	}
	assert_int_equal(m->column_first[m->n], entries);
	assert_null(m->draft);
}

static void random_models_evaluate_exactly(void **state)
{
	taut_rng rng;

	(void)state;
	start(&rng, 1);
	for (int round = 0; round < 1000; round++) {
		raw_model   raw;
		taut_model *m;
		random_raw(&raw, &rng);
		m = build(&raw);
		check_shape(m);
		for (uint32_t bits = 0; bits < 1u << raw.n; bits++) {
			uint8_t x[MAX_N];
			for (uint32_t i = 0; i < raw.n; i++)
				x[i] = bits >> i & 1;
			compare_at(&raw, m, x);
		}
		taut_model_free(m);
	}
}

/* Sum over the pairs of set bits, from the definition. */
static wide block_by_pairs(const taut_model *m, const uint8_t *x)
{
	const uint32_t n = m->permutation.n;
	uint32_t      *set = taut_alloc(m->n, sizeof *set, NULL);
	size_t         n_set = 0;
	wide           total = 0;

	assert_non_null(set);
	for (uint32_t i = 0; i < m->n; i++)
		if (x[i])
			set[n_set++] = i;
	for (size_t s = 0; s < n_set; s++)
		for (size_t t = 0; t < n_set; t++)
			total += (wide)m->permutation.flow[set[s] / n * n + set[t] / n] *
			         m->permutation.distance[set[s] % n * n + set[t] % n];
	taut_free(set);
	return total;
}

/* Sizes on both sides of what evaluation reads into its stack, with whole, broken and empty
 * permutations. */
static void large_blocks_evaluate_exactly(void **state)
{
	static const uint32_t sides[] = {1, 255, 256, 257, 300, 1025};
	taut_rng              rng;
	taut_error            err;

	(void)state;
	start(&rng, 2);
	for (size_t c = 0; c < sizeof sides / sizeof sides[0]; c++) {
		const uint32_t n = sides[c];
		const size_t   cells = (size_t)n * n;
		const bool     sparse = n > 300;
		taut_model    *m;
		int64_t       *flow = taut_alloc(cells, sizeof *flow, NULL);
		int64_t       *distance = taut_alloc(cells, sizeof *distance, NULL);
		uint8_t       *x = taut_alloc(cells, 1, NULL);
		assert_true(flow && distance && x);
		for (size_t e = 0; e < cells; e++) {
			if (!sparse || taut_rng_below(&rng, 500) == 0)
				flow[e] = number(&rng, 1000);
			distance[e] = number(&rng, 1000);
		}
		ok(taut_model_new(&m, TAUT_FAMILY_QAP, "block", (uint32_t)cells, false, 0, &err),
		   &err);
		ok(taut_model_set_permutation(m, n, flow, distance, &err), &err);
		ok(taut_model_finish(m, &err), &err);
		assert_int_equal(m->structure, TAUT_STRUCTURE_ASSIGNMENT);
		assert_int_equal(taut_model_objective(m, x), 0);
		assert_int_equal(taut_model_violations(m, x), 2 * n);
		for (uint32_t a = 0; a < n; a++)
			x[a * n + (a + 7) % n] = 1;
		assert_true(taut_model_feasible(m, x));
		assert_true(taut_model_objective(m, x) == block_by_pairs(m, x));
		for (uint32_t e = 0; e < n; e++)
			x[taut_rng_below(&rng, cells)] ^= 1;
		assert_true(taut_model_objective(m, x) == block_by_pairs(m, x));
		taut_model_free(m);
		taut_free(flow);
		taut_free(distance);
		taut_free(x);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_models_evaluate_exactly),
		cmocka_unit_test(large_blocks_evaluate_exactly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
