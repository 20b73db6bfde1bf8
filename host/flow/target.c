#include "flow/target.h"

int64_t taut_target_units(taut_decimal target, const taut_model *model)
{
	int64_t value;
	int64_t unit;
	int64_t rest;

	if (target.decimals <= model->decimals) {
		if (taut_rescale(&value, target.value, target.decimals, model->decimals, NULL) ==
		    TAUT_OK)
			return value;
		return target.value > 0 ? INT64_MAX : INT64_MIN;
	}
	unit = taut_power_of_ten(target.decimals - model->decimals);
	value = target.value / unit;
	rest = target.value % unit; /* of the target's sign */
	if (model->maximise)
		return rest > 0 ? value + 1 : value;
	return rest < 0 ? value - 1 : value;
}
