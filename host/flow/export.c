#include "flow/export.h"

#include <stdio.h>

#include "base/checked.h"
#include "base/decimal.h"

/* A number v of the QUBO is v / 2^shift * factor in units of 10^-decimals of the problem. */
typedef struct {
	int32_t shift;
	int64_t factor;
	int32_t decimals;
} export_scale;

static int32_t trailing_zeros(int64_t v, int32_t most)
{
	int32_t zeros = 0;

	while (zeros < most && v % 2 == 0) {
		v /= 2;
		zeros++;
	}
	return zeros;
}

/* Bits of the fraction that no number uses. */
static int32_t unused_bits(const taut_qubo *q)
{
	int32_t zeros = trailing_zeros(q->offset, q->fraction_bits);

	for (uint32_t i = 0; i < q->n; i++)
		zeros = trailing_zeros(q->linear[i], zeros);
	for (size_t e = 0; e < q->row[q->n]; e++)
		zeros = trailing_zeros(q->coef[e], zeros);
	if (q->dense)
		zeros = trailing_zeros(q->dense_factor, zeros);
	return zeros;
}

/* Sum of all |numbers|, each pair twice, as the model's proof of its range counts them; false where
 * it leaves 62 bits. */
static bool magnitude(int64_t *sum, const taut_qubo *q)
{
	int64_t part;
	bool    fits = taut_abs64(sum, q->offset);

	for (uint32_t i = 0; fits && i < q->n; i++)
		fits = taut_abs64(&part, q->linear[i]) && taut_add64(sum, *sum, part);
	for (size_t e = 0; fits && e < q->row[q->n]; e++)
		fits = taut_abs64(&part, q->coef[e]) && taut_add64(sum, *sum, part);
	for (uint32_t i = 0; fits && q->dense && i < q->n; i++) {
		const taut_matrix_sums row = taut_matrix_row_sums(q->dense, i);

		fits = taut_abs64(&part, q->dense_factor) &&
		       taut_muladd64(sum, part, row.positive - row.negative);
	}
	return fits && *sum < INT64_C(1) << 62;
}

/* v 2^-k = v 5^k 10^-k: a decimal where 5^k leaves room and the digits suffice. */
static void choose_scale(export_scale *out, int32_t *times_bits, const taut_qubo *q,
                         int32_t decimals)
{
	const int32_t unused = unused_bits(q);
	const int32_t k = q->fraction_bits - unused;
	int64_t       sum = 0;
	int64_t       factor = 1;
	int64_t       ignored;

	*out = (export_scale){.shift = unused, .factor = 1, .decimals = decimals};
	*times_bits = k;
	for (int32_t i = 0; i < k && factor <= INT64_MAX / 5; i++)
		factor *= 5;
	if (k == 0 || (decimals + k <= TAUT_DECIMALS_MAX && magnitude(&sum, q) &&
	               taut_mul64(&ignored, (sum >> unused) + 1, 2 * factor))) {
		*out = (export_scale){.shift = unused, .factor = factor, .decimals = decimals + k};
		*times_bits = 0;
	}
}

static int64_t scaled(const export_scale *s, int64_t v)
{
	return v / (INT64_C(1) << s->shift) * s->factor;
}

static taut_status fill(taut_model *m, const taut_qubo *q, const export_scale *s, taut_error *err)
{
	taut_status st = taut_model_add_offset(m, scaled(s, q->offset), err);

	for (uint32_t i = 0; i < q->n && st == TAUT_OK; i++) {
		st = taut_model_add_term(m, i, i, scaled(s, q->linear[i]), err);
		for (size_t e = q->row[i]; e < q->row[i + 1] && st == TAUT_OK; e++)
			if (q->col[e] > i)
				st = taut_model_add_term(m, i, q->col[e], scaled(s, q->coef[e]),
				                         err);
	}
	if (st == TAUT_OK && q->dense)
		taut_model_set_dense(m, q->dense, scaled(s, q->dense_factor));
	return st == TAUT_OK ? taut_model_finish(m, err) : st;
}

/* All couplings one by one, or in a matrix. */
static taut_status export_couplings(taut_instance **instance, taut_model **model,
                                    int32_t *times_bits, const taut_qubo *qubo, int32_t decimals,
                                    const char *name, taut_error *err)
{
	export_scale scale;
	char         label[160];
	taut_status  st;

	*instance = NULL;
	*model = NULL;
	if (qubo->permutation_n > 0)
		return taut_fail(
			err, TAUT_EUSAGE,
			"%s: exchange moves keep the permutation, so that there is no QUBO", name);
	choose_scale(&scale, times_bits, qubo, decimals);
	if (*times_bits > 0)
		(void)snprintf(label, sizeof label, "%.100s_times_2^%d", name, (int)*times_bits);
	else
		(void)snprintf(label, sizeof label, "%.100s", name);
	st = taut_instance_new(instance, TAUT_FAMILY_QUBO, label, err);
	if (st == TAUT_OK)
		st = taut_model_new(model, TAUT_FAMILY_QUBO, label, qubo->n, false, scale.decimals,
		                    err);
	if (st == TAUT_OK)
		st = fill(*model, qubo, &scale, err);
	if (st == TAUT_OK)
		return TAUT_OK;
	taut_instance_free(*instance);
	taut_model_free(*model);
	*instance = NULL;
	*model = NULL;
	return st;
}

taut_status taut_export_qubo(taut_instance **instance, taut_model **model, int32_t *times_bits,
                             const taut_qubo *qubo, int32_t decimals, const char *name,
                             taut_error *err)
{
	taut_qubo  *expanded = NULL;
	taut_status st = TAUT_OK;

	*instance = NULL;
	*model = NULL;
	if (qubo->terms)
		st = taut_qubo_expand(&expanded, qubo, err);
	if (st == TAUT_OK)
		st = export_couplings(instance, model, times_bits, expanded ? expanded : qubo,
		                      decimals, name, err);
	taut_qubo_free(expanded);
	return st;
}
