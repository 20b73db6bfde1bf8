/* Problems that are matrices: QAPLIB, TSPLIB's EXPLICIT FULL_MATRIX, market split. */
#include <inttypes.h>

#include "formats/writer.h"

taut_status taut_write_qaplib(const taut_writer *w, taut_error *err)
{
	const taut_qap_data *data = &w->instance->data.qap;

	(void)err;
	taut_text_format(w->text, "%" PRIu32 "\n\n", data->n);
	taut_write_rows(w->text, &data->flows, data->n, data->n);
	taut_text_put(w->text, "\n");
	taut_write_rows(w->text, &data->distances, data->n, data->n);
	return TAUT_OK;
}

static bool is_symmetric(const taut_tsp_data *data)
{
	const int64_t *d = data->distances.v;

	for (size_t a = 0; a < data->n; a++)
		for (size_t b = 0; b < a; b++)
			if (d[a * data->n + b] != d[b * data->n + a])
				return false;
	return true;
}

taut_status taut_write_tsplib(const taut_writer *w, taut_error *err)
{
	const taut_tsp_data *data = &w->instance->data.tsp;

	(void)err;
	taut_text_put(w->text, "NAME: ");
	taut_write_word(w->text, w->instance->name);
	taut_text_format(w->text,
	                 "\nTYPE: %s\nDIMENSION: %" PRIu32
	                 "\nEDGE_WEIGHT_TYPE: EXPLICIT\nEDGE_WEIGHT_FORMAT: "
	                 "FULL_MATRIX\nEDGE_WEIGHT_SECTION\n",
	                 is_symmetric(data) ? "TSP" : "ATSP", data->n);
	taut_write_rows(w->text, &data->distances, data->n, data->n);
	taut_text_put(w->text, "EOF\n");
	return TAUT_OK;
}

taut_status taut_write_qoblib_ms(const taut_writer *w, taut_error *err)
{
	const taut_market_data *data = &w->instance->data.market;

	if (data->feasibility)
		return taut_fail(err, TAUT_EUSAGE,
		                 "%s: qoblib_ms is read as deviation; equations are written as lp, "
		                 "mps or opb",
		                 w->instance->name);
	taut_text_put(w->text, "# ");
	taut_write_word(w->text, w->instance->name);
	taut_text_format(w->text, "\n%" PRIu32 " %" PRIu32 "\n", data->m, data->n);
	for (size_t k = 0; k < data->m; k++) {
		for (size_t j = 0; j < data->n; j++) {
			taut_write_number(w->text, data->demands.v[k * data->n + j],
			                  data->demands.decimals);
			taut_text_put(w->text, " ");
		}
		taut_write_number(w->text, data->targets.v[k], data->targets.decimals);
		taut_text_put(w->text, "\n");
	}
	return TAUT_OK;
}

static void write_list(taut_text *text, const taut_numbers *numbers, size_t first, size_t count)
{
	taut_text_put(text, "[");
	for (size_t j = 0; j < count; j++) {
		taut_text_put(text, j > 0 ? ", " : "");
		taut_write_number(text, numbers->v[first + j], numbers->decimals);
	}
	taut_text_put(text, "]");
}

taut_status taut_write_market_json(const taut_writer *w, taut_error *err)
{
	const taut_market_data *data = &w->instance->data.market;

	if (data->feasibility)
		return taut_fail(err, TAUT_EUSAGE,
		                 "%s: market_json is read as deviation; equations are written as "
		                 "lp, mps or opb",
		                 w->instance->name);
	taut_text_put(w->text, "{\n  \"demands\": [\n");
	for (size_t k = 0; k < data->m; k++) {
		taut_text_put(w->text, "    ");
		write_list(w->text, &data->demands, k * data->n, data->n);
		taut_text_put(w->text, k + 1 < data->m ? ",\n" : "\n  ],\n");
	}
	taut_text_put(w->text, "  \"target_demands\": ");
	write_list(w->text, &data->targets, 0, data->m);
	if (w->instance->has_best_known) {
		taut_text_put(w->text, ",\n  \"objective_value\": ");
		taut_write_number(w->text, w->instance->best_known.value,
		                  w->instance->best_known.decimals);
	}
	taut_text_put(w->text, "\n}\n");
	return TAUT_OK;
}
