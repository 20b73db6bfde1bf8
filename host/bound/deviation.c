#include "bound/deviation.h"

#include <assert.h>

#include "base/checked.h"

/* Least and most of |a x - b|; the model proves that all of it fits. */
static void magnitude(int64_t *least, int64_t *most, const taut_model *m, const taut_form *form)
{
	int64_t  lo = -form->target, hi = -form->target;
	uint64_t divisor = 0, rest;

	for (size_t e = form->first; e < form->first + form->count; e++) {
		const int64_t a = m->form_coef[e];

		lo += a < 0 ? a : 0;
		hi += a > 0 ? a : 0;
		divisor = taut_gcd(divisor, a);
	}
	rest = divisor > 0 ? taut_magnitude(form->target) % divisor : 0;
	*least = lo > 0   ? lo
	         : hi < 0 ? -hi
	                  : (int64_t)(rest < divisor - rest ? rest : divisor - rest);
	*most = -lo > hi ? -lo : hi;
}

int64_t taut_deviation_gain(const taut_model *model)
{
	int64_t sum = 0;

	for (uint32_t f = 0; f < model->n_forms; f++) {
		const taut_form *form = &model->forms[f];
		const int64_t    weight = model->maximise ? form->weight : -form->weight;
		int64_t          least, most, size;

		magnitude(&least, &most, model, form);
		size = weight < 0 ? least : most;
		sum += weight * (form->kind == TAUT_FORM_SQUARE ? size * size : size);
	}
	return sum;
}

taut_status taut_bound_deviation(taut_bound *out, const taut_model *model, const taut_ctx *ctx,
                                 taut_error *err)
{
	const int64_t gain = taut_deviation_gain(model);

	(void)ctx;
	(void)err;
	assert(model->structure == TAUT_STRUCTURE_DEVIATION);
	*out = (taut_bound){.known = true,
	                    .value = model->offset + (model->maximise ? gain : -gain),
	                    .kind = "deviation"};
	return TAUT_OK;
}
