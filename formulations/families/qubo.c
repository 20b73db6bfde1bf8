/* Unconstrained binary quadratic: the terms as they stand, off-diagonal ones doubled where the file
 * lists one triangle of a symmetric matrix. */
#include "base/checked.h"
#include "formulations/families/common.h"

static taut_status add_dense(taut_model *m, const taut_qubo_data *data, taut_error *err)
{
	int64_t     factor;
	taut_status st = taut_rescale(&factor, data->dense_factor, 0, m->decimals, err);

	if (st == TAUT_OK && !taut_mul64(&factor, factor, data->pairs_twice ? 2 : 1))
		st = taut_fail(err, TAUT_EINPUT, "the coefficients overflow 64 bits");
	if (st == TAUT_OK)
		taut_model_set_dense(m, data->dense, factor);
	return st;
}

static taut_status build(taut_model **out, const taut_instance *instance, taut_error *err)
{
	const taut_qubo_data *data = &instance->data.qubo;
	const int32_t         decimals =
                data->q.decimals > data->offset.decimals ? data->q.decimals : data->offset.decimals;
	taut_model *m = NULL;
	int64_t     q;
	taut_status st;

	*out = NULL;
	st = taut_expect_numbers(&data->q, 1, data->n_terms, "coefficients", err);
	if (st == TAUT_OK)
		st = taut_model_new(&m, TAUT_FAMILY_QUBO, instance->name, data->n, data->maximise,
		                    decimals, err);
	if (st == TAUT_OK)
		st = taut_rescale(&q, data->offset.value, data->offset.decimals, decimals, err);
	if (st == TAUT_OK)
		st = taut_model_add_offset(m, q, err);
	for (size_t e = 0; e < data->n_terms && st == TAUT_OK; e++) {
		const int64_t times = data->pairs_twice && data->i[e] != data->j[e] ? 2 : 1;
		st = taut_rescale(&q, data->q.v[e], data->q.decimals, decimals, err);
		if (st == TAUT_OK && !taut_mul64(&q, q, times))
			st = taut_fail(err, TAUT_EINPUT, "term %zu overflows 64 bits", e + 1);
		if (st == TAUT_OK)
			st = taut_model_add_term(m, data->i[e], data->j[e], q, err);
	}
	if (st == TAUT_OK && data->dense)
		st = add_dense(m, data, err);
	if (st == TAUT_OK)
		st = taut_family_hand_over(out, &m, err);
	taut_model_free(m);
	return st;
}

static taut_status decode(taut_decoded *out, const taut_model *m, const uint8_t *x, taut_error *err)
{
	*out = (taut_decoded){0};
	return taut_decoded_add_ones(out, "ones", m, x, err);
}

const taut_family_ops taut_qubo_ops = {TAUT_FAMILY_QUBO, build, decode};
