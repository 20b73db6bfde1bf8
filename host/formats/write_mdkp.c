/* Knapsack problems: the three formats differ in the order of their parts. An optimum that is not
 * known stands as 0. */
#include <inttypes.h>

#include "formats/writer.h"

static void write_optimum(taut_text *text, const taut_instance *instance)
{
	if (instance->has_best_known)
		taut_write_number(text, instance->best_known.value, instance->best_known.decimals);
	else
		taut_text_put(text, "0");
	taut_text_put(text, "\n");
}

taut_status taut_write_orlib_body(const taut_writer *w, taut_error *err)
{
	const taut_mdkp_data *data = &w->instance->data.mdkp;

	(void)err;
	taut_text_format(w->text, "%" PRIu32 " %" PRIu32 " ", data->n, data->m);
	write_optimum(w->text, w->instance);
	taut_write_rows(w->text, &data->profits, 1, data->n);
	taut_write_rows(w->text, &data->weights, data->m, data->n);
	taut_write_rows(w->text, &data->capacities, 1, data->m);
	return TAUT_OK;
}

taut_status taut_write_orlib(const taut_writer *w, taut_error *err)
{
	taut_text_put(w->text, "1\n");
	return taut_write_orlib_body(w, err);
}

taut_status taut_write_sac94(const taut_writer *w, taut_error *err)
{
	return taut_write_orlib_body(w, err);
}

/* Names are told from the data by a line `problem NAME`, so a name is one word. */
taut_status taut_write_mknap2(const taut_writer *w, taut_error *err)
{
	const taut_mdkp_data *data = &w->instance->data.mdkp;

	(void)err;
	taut_text_put(w->text, "problem ");
	taut_write_word(w->text, w->instance->name);
	taut_text_format(w->text, ".DAT\n%" PRIu32 " %" PRIu32 "\n", data->m, data->n);
	taut_write_rows(w->text, &data->profits, 1, data->n);
	taut_write_rows(w->text, &data->capacities, 1, data->m);
	taut_write_rows(w->text, &data->weights, data->m, data->n);
	write_optimum(w->text, w->instance);
	return TAUT_OK;
}
