/* The exact quadratic form: release and evaluation. builder.c makes it. */
#include "qubo/qubo.h"

#include <assert.h>

#include "base/alloc.h"
#include "base/checked.h"

void taut_qubo_free(taut_qubo *qubo)
{
	if (!qubo)
		return;
	taut_free(qubo->linear);
	taut_free(qubo->row);
	taut_free(qubo->col);
	taut_free(qubo->coef);
	taut_free(qubo->group);
	taut_free(qubo->flow);
	taut_free(qubo->distance);
	taut_free(qubo);
}

/* Adds sum F_ab D_lm over all ordered pairs of ones (a,l), (b,m): any x, not permutations alone. */
static bool add_permutation(int64_t *sum, const taut_qubo *q, const uint8_t *x)
{
	const size_t n = q->permutation_n;
	bool         fits = true;

	for (size_t i = 0; fits && i < n * n; i++) {
		if (!x[i])
			continue;
		for (size_t j = 0; fits && j < n * n; j++)
			if (x[j])
				fits = taut_muladd64(sum, q->flow[i / n * n + j / n],
				                     q->distance[i % n * n + j % n]);
	}
	return fits;
}

static bool add_couplings(int64_t *sum, const taut_qubo *q, const uint8_t *x)
{
	for (uint32_t i = 0; i < q->n; i++) {
		if (!x[i])
			continue;
		if (!taut_add64(sum, *sum, q->linear[i]))
			return false;
		for (size_t e = q->row[i]; e < q->row[i + 1] && q->col[e] < i; e++)
			if (x[q->col[e]] && !taut_add64(sum, *sum, q->coef[e]))
				return false;
	}
	return true;
}

taut_status taut_qubo_energy(int64_t *out, const taut_qubo *qubo, const uint8_t *x, taut_error *err)
{
	int64_t sum = qubo->offset;

	assert(out && x);
	if (!(qubo->permutation_n ? add_permutation(&sum, qubo, x) : add_couplings(&sum, qubo, x)))
		return taut_fail(err, TAUT_EINPUT, "an energy exceeds 64 bits");
	*out = sum;
	return TAUT_OK;
}
