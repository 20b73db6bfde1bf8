#include "answer/verify.h"

#include <assert.h>

#include "base/alloc.h"
#include "model/evaluate.h"

/* Number of conflicts of u with larger variables that are both 1. */
static size_t conflicts_above(const taut_model *m, const uint8_t *x, uint32_t u)
{
	size_t count = 0;

	if (x[u])
		for (size_t e = m->conflict_row[u]; e < m->conflict_row[u + 1]; e++)
			count += m->conflict_col[e] > u && x[m->conflict_col[e]];
	return count;
}

taut_status taut_verify(taut_verdict *out, const taut_model *m, const uint8_t *x, taut_error *err)
{
	taut_verdict v = {0};

	assert(out != NULL && m->draft == NULL);
	*out = v;
	v.activity = taut_alloc(m->n_rows, sizeof *v.activity, err);
	v.violation = taut_alloc(m->n_rows, sizeof *v.violation, err);
	if (!v.activity || !v.violation) {
		taut_verdict_fini(&v);
		return TAUT_ENOMEM;
	}
	v.objective = taut_model_objective(m, x);
	for (uint32_t k = 0; k < m->n_rows; k++) {
		v.activity[k] = taut_row_activity(m, k, x);
		v.violation[k] = taut_row_violation(m, k, v.activity[k]);
		v.n_violated_rows += v.violation[k] > 0;
		v.activity[k] += m->rows[k].shift;
	}
	for (uint32_t u = 0; u < m->n; u++)
		v.n_conflicts += conflicts_above(m, x, u);
	v.feasible = v.n_violated_rows == 0 && v.n_conflicts == 0;
	*out = v;
	return TAUT_OK;
}

void taut_verdict_fini(taut_verdict *verdict)
{
	taut_free(verdict->activity);
	taut_free(verdict->violation);
	*verdict = (taut_verdict){0};
}

void taut_verdict_conflict(uint32_t *u, uint32_t *v, const taut_model *m, const uint8_t *x,
                           size_t nth)
{
	uint32_t i = 0;
	size_t   count = conflicts_above(m, x, 0);

	while (count <= nth) {
		nth -= count;
		i++;
		assert(i < m->n);
		count = conflicts_above(m, x, i);
	}
	*u = i;
	for (size_t e = m->conflict_row[i]; e < m->conflict_row[i + 1]; e++) {
		*v = m->conflict_col[e];
		if (*v > i && x[*v] && nth-- == 0)
			return;
	}
	assert(false);
}
