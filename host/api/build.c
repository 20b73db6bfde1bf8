/* Problems built in memory: every number made exact, every index checked, then the instance's own
 * additions. */
#include <assert.h>
#include <inttypes.h>
#include <math.h>

#include "api/input.h"
#include "api/number.h"
#include "base/alloc.h"
#include "base/checked.h"

/* as in specs: far beyond what anneals, and a sum of a few arrays of it still fits in memory */
enum { N_MAX = 10000000 };

/* A new instance of n variables, vertices or facilities. */
static taut_status begin(taut_instance **out, taut_family family, const char *name, uint32_t n,
                         taut_error *err)
{
	*out = NULL;
	if (n == 0 || n > N_MAX)
		return taut_fail(err, TAUT_EINPUT, "size %" PRIu32 " is outside 1 to %d", n,
		                 (int)N_MAX);
	return taut_instance_new(out, family, name, err);
}

/* Ends a building call: hands the instance to a new input, or frees it. */
static taut_status end(taut_input **out, taut_instance *instance, taut_status st, taut_error *err)
{
	if (st == TAUT_OK)
		return taut_input_take(out, instance, err);
	taut_instance_free(instance);
	return st;
}

taut_status taut_input_program(taut_input **out, const char *name, uint32_t n,
                               taut_direction direction, taut_error *err)
{
	taut_instance *instance;
	taut_status    st;

	*out = NULL;
	st = begin(&instance, TAUT_FAMILY_BINARY_PROGRAM, name, n, err);
	if (st == TAUT_OK) {
		instance->data.program.n = n;
		instance->data.program.maximise = direction == TAUT_MAXIMISE;
	}
	return end(out, instance, st, err);
}

/* The program that an adding call works on; NULL with EUSAGE where there is none or one is broken.
 */
static taut_program_data *program_of(taut_input *input, taut_error *err)
{
	if (input->list.count != 1 || input->list.items[0]->file || input->list.spec ||
	    input->list.items[0]->family != TAUT_FAMILY_BINARY_PROGRAM) {
		(void)taut_fail(err, TAUT_EUSAGE,
		                "only a program made by taut_input_program takes additions");
		return NULL;
	}
	if (input->broken != TAUT_OK) {
		(void)taut_fail(err, TAUT_EUSAGE, "an earlier addition to this program failed");
		return NULL;
	}
	return &input->list.items[0]->data.program;
}

static taut_status check_index(uint32_t i, const taut_program_data *p, taut_error *err)
{
	return i < p->n ? TAUT_OK
	                : taut_fail(err, TAUT_EINPUT,
	                            "variable %" PRIu32 " is outside 0 to %" PRIu32, i, p->n - 1);
}

/* Variable number k of a list, where NULL stands for 0, 1, 2, ... */
static taut_status variable(uint32_t *out, const uint32_t *var, size_t k,
                            const taut_program_data *p, taut_error *err)
{
	*out = var ? var[k] : k < UINT32_MAX ? (uint32_t)k : UINT32_MAX;
	return check_index(*out, p, err);
}

/* Ends an adding call: a failure breaks the program. */
static taut_status added(taut_input *input, taut_status st)
{
	input->broken = st;
	return st;
}

taut_status taut_input_add_constant(taut_input *input, double value, taut_error *err)
{
	taut_program_data *p = program_of(input, err);
	taut_decimal       x = {0};
	taut_decimal       sum;
	int64_t            a = 0;
	int64_t            b = 0;
	taut_status        st;

	if (!p)
		return TAUT_EUSAGE;
	st = taut_number_exact(&x, value, err);
	sum.decimals = x.decimals > p->offset.decimals ? x.decimals : p->offset.decimals;
	if (st == TAUT_OK)
		st = taut_rescale(&a, x.value, x.decimals, sum.decimals, err);
	if (st == TAUT_OK)
		st = taut_rescale(&b, p->offset.value, p->offset.decimals, sum.decimals, err);
	if (st == TAUT_OK && !taut_add64(&sum.value, a, b))
		st = taut_fail(err, TAUT_EINPUT, "the sum of the constants overflows 64 bits");
	if (st == TAUT_OK)
		p->offset = sum;
	return added(input, st);
}

taut_status taut_input_add_linear(taut_input *input, size_t count, const uint32_t *var,
                                  const double *coef, taut_error *err)
{
	taut_program_data *p = program_of(input, err);
	taut_status        st = TAUT_OK;

	if (!p)
		return TAUT_EUSAGE;
	for (size_t k = 0; k < count && st == TAUT_OK; k++) {
		taut_decimal c = {0};
		uint32_t     i = 0;
		st = variable(&i, var, k, p, err);
		if (st == TAUT_OK)
			st = taut_number_exact(&c, coef[k], err);
		if (st == TAUT_OK)
			st = taut_program_add_term(p, i, i, c, err);
		if (st != TAUT_OK)
			st = taut_context(err, st, "term %zu", k);
	}
	return added(input, st);
}

taut_status taut_input_add_quadratic(taut_input *input, size_t count, const uint32_t *i,
                                     const uint32_t *j, const double *coef, taut_error *err)
{
	taut_program_data *p = program_of(input, err);
	taut_status        st = TAUT_OK;

	if (!p)
		return TAUT_EUSAGE;
	for (size_t k = 0; k < count && st == TAUT_OK; k++) {
		taut_decimal c = {0};
		st = check_index(i[k], p, err);
		if (st == TAUT_OK)
			st = check_index(j[k], p, err);
		if (st == TAUT_OK)
			st = taut_number_exact(&c, coef[k], err);
		if (st == TAUT_OK)
			st = taut_program_add_term(p, i[k], j[k], c, err);
		if (st != TAUT_OK)
			st = taut_context(err, st, "term %zu", k);
	}
	return added(input, st);
}

/* A limit of a row; *has is false for the infinite one that means none. */
static taut_status limit(taut_decimal *out, bool *has, double value, double none, taut_error *err)
{
	*has = value != none;
	return *has ? taut_number_exact(out, value, err) : TAUT_OK;
}

taut_status taut_input_add_row(taut_input *input, const char *name, size_t count,
                               const uint32_t *var, const double *coef, double lo, double hi,
                               taut_error *err)
{
	taut_program_data *p = program_of(input, err);
	taut_decimal       low = {0};
	taut_decimal       high = {0};
	bool               has_lo;
	bool               has_hi = false;
	taut_status        st;

	if (!p)
		return TAUT_EUSAGE;
	st = limit(&low, &has_lo, lo, -INFINITY, err);
	if (st == TAUT_OK)
		st = limit(&high, &has_hi, hi, INFINITY, err);
	if (st == TAUT_OK && !(lo <= hi))
		st = taut_fail(err, TAUT_EINPUT, "lower limit %g is above upper limit %g", lo, hi);
	if (st == TAUT_OK)
		st = taut_program_add_row(p, name, has_lo ? &low : NULL, has_hi ? &high : NULL,
		                          err);
	for (size_t k = 0; k < count && st == TAUT_OK; k++) {
		taut_decimal c = {0};
		uint32_t     i = 0;
		st = variable(&i, var, k, p, err);
		if (st == TAUT_OK)
			st = taut_number_exact(&c, coef[k], err);
		if (st == TAUT_OK)
			st = taut_program_add_entry(p, i, c, err);
	}
	if (st != TAUT_OK)
		st = taut_context(err, st, "row '%.60s'", name ? name : "");
	return added(input, st);
}

taut_status taut_input_add_conflict(taut_input *input, uint32_t u, uint32_t v, taut_error *err)
{
	taut_program_data *p = program_of(input, err);
	taut_status        st;

	if (!p)
		return TAUT_EUSAGE;
	st = check_index(u, p, err);
	if (st == TAUT_OK)
		st = check_index(v, p, err);
	if (st == TAUT_OK && u == v)
		st = taut_fail(err, TAUT_EINPUT, "variable %" PRIu32 " conflicts with itself", u);
	if (st == TAUT_OK)
		st = taut_program_add_conflict(p, u, v, err);
	return added(input, st);
}

static taut_status add_group(taut_input *input, const char *name, bool at_most, size_t count,
                             const uint32_t *var, taut_error *err)
{
	taut_program_data *p = program_of(input, err);
	taut_status        st;

	if (!p)
		return TAUT_EUSAGE;
	st = taut_program_add_group(p, name, at_most, err);
	for (size_t k = 0; k < count && st == TAUT_OK; k++) {
		uint32_t i = 0;
		st = variable(&i, var, k, p, err);
		if (st == TAUT_OK)
			st = taut_program_add_member(p, i, err);
	}
	if (st != TAUT_OK)
		st = taut_context(err, st, "group '%.60s'", name ? name : "");
	return added(input, st);
}

taut_status taut_input_add_one_hot(taut_input *input, const char *name, size_t count,
                                   const uint32_t *var, taut_error *err)
{
	return add_group(input, name, false, count, var, err);
}

taut_status taut_input_add_at_most_one(taut_input *input, const char *name, size_t count,
                                       const uint32_t *var, taut_error *err)
{
	return add_group(input, name, true, count, var, err);
}

static taut_status check_pair(uint32_t i, uint32_t j, uint32_t n, taut_error *err)
{
	return i < n && j < n ? TAUT_OK
	                      : taut_fail(err, TAUT_EINPUT,
	                                  "pair %" PRIu32 ", %" PRIu32 " is outside 0 to %" PRIu32,
	                                  i, j, n - 1);
}

taut_status taut_input_qubo(taut_input **out, const char *name, uint32_t n,
                            taut_direction direction, size_t count, const uint32_t *i,
                            const uint32_t *j, const double *coef, taut_error *err)
{
	taut_instance *instance;
	taut_status    st;

	*out = NULL;
	st = begin(&instance, TAUT_FAMILY_QUBO, name, n, err);
	if (st == TAUT_OK) {
		instance->data.qubo.n = n;
		instance->data.qubo.maximise = direction == TAUT_MAXIMISE;
	}
	for (size_t k = 0; k < count && st == TAUT_OK; k++) {
		taut_decimal q = {0};
		st = check_pair(i[k], j[k], n, err);
		if (st == TAUT_OK)
			st = taut_number_exact(&q, coef[k], err);
		if (st == TAUT_OK)
			st = taut_qubo_add_term(&instance->data.qubo, i[k], j[k], q, err);
		if (st != TAUT_OK)
			st = taut_context(err, st, "term %zu", k);
	}
	return end(out, instance, st, err);
}

taut_status taut_input_maxcut(taut_input **out, const char *name, uint32_t n, size_t count,
                              const uint32_t *u, const uint32_t *v, const double *weight,
                              taut_error *err)
{
	taut_instance *instance;
	taut_status    st;

	*out = NULL;
	st = begin(&instance, TAUT_FAMILY_MAXCUT, name, n, err);
	if (st == TAUT_OK)
		instance->data.graph.n = n;
	for (size_t k = 0; k < count && st == TAUT_OK; k++) {
		taut_decimal w = {1, 0};
		st = check_pair(u[k], v[k], n, err);
		if (st == TAUT_OK && u[k] == v[k])
			st = taut_fail(err, TAUT_EINPUT, "it joins vertex %" PRIu32 " with itself",
			               u[k]);
		if (st == TAUT_OK && weight)
			st = taut_number_exact(&w, weight[k], err);
		if (st == TAUT_OK)
			st = taut_graph_add_edge(&instance->data.graph, u[k], v[k],
			                         weight ? &w : NULL, err);
		if (st != TAUT_OK)
			st = taut_context(err, st, "edge %zu", k);
	}
	return end(out, instance, st, err);
}

taut_status taut_input_qap(taut_input **out, const char *name, uint32_t n, const double *flow,
                           const double *distance, taut_error *err)
{
	taut_instance *instance;
	taut_status    st;

	*out = NULL;
	st = begin(&instance, TAUT_FAMILY_QAP, name, n, err);
	if (st == TAUT_OK && n > UINT16_MAX) /* n * n variables */
		st = taut_fail(err, TAUT_EINPUT, "%" PRIu32 " facilities; 1 to 65535 are taken", n);
	if (st == TAUT_OK) {
		instance->data.qap.n = n;
		st = taut_numbers_push_exact(&instance->data.qap.flows, flow, (size_t)n * n, "flow",
		                             err);
	}
	if (st == TAUT_OK)
		st = taut_numbers_push_exact(&instance->data.qap.distances, distance, (size_t)n * n,
		                             "distance", err);
	return end(out, instance, st, err);
}
