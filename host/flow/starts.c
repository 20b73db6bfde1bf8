#include "flow/starts.h"

#include <inttypes.h>

#include "formulations/plan.h"

/* Exactly one 1 in every row that exchange moves keep. */
static taut_status check_groups(const taut_claim *claim, const char *path, const taut_model *m,
                                taut_error *err)
{
	for (uint32_t k = 0; k < m->n_rows; k++) {
		const taut_row *row = &m->rows[k];
		size_t          ones = 0;

		if (row->tag != TAUT_ROW_ONE_HOT || taut_row_needs_term(m, k, true))
			continue;
		for (size_t e = row->first; e < row->first + row->count; e++)
			ones += claim->bits[m->row_col[e]];
		if (ones != 1)
			return taut_fail(
				err, TAUT_EINPUT,
				"%s:%zu: one-hot row %" PRIu32
				"%s%s holds %zu ones; a state for exchange moves "
				"has exactly one (taut repair makes it so, --moves flip takes any)",
				path, claim->line, k + 1, row->name ? " " : "",
				row->name ? row->name : "", ones);
	}
	return TAUT_OK;
}

taut_status taut_starts_read(taut_starts *out, const char *path, const taut_model *model,
                             uint32_t index, bool exchange, taut_error *err)
{
	taut_status st;

	*out = (taut_starts){0};
	st = taut_claims_read(&out->claims, path, model, index, err);
	for (size_t i = 0; st == TAUT_OK && exchange && i < out->claims.count; i++)
		st = check_groups(&out->claims.items[i], path, model, err);
	if (st != TAUT_OK)
		taut_starts_fini(out);
	return st;
}

void taut_starts_fini(taut_starts *starts)
{
	taut_samples_free(starts->samples);
	taut_claims_fini(&starts->claims);
	*starts = (taut_starts){0};
}

taut_status taut_starts_encode(taut_starts *starts, const taut_codec *codec,
                               const taut_problem *problem, const taut_formulation *formulation,
                               taut_error *err)
{
	const taut_claims *claims = &starts->claims;
	taut_samples      *s;
	taut_status        st;

	taut_samples_free(starts->samples);
	st = taut_samples_new(&starts->samples, problem, claims->count, err);
	s = starts->samples;
	for (size_t r = 0; st == TAUT_OK && r < claims->count; r++) {
		taut_codec_encode(s, r, codec, claims->items[r].bits);
		if (formulation->ops->complete)
			formulation->ops->complete(s->bits + r * s->words, formulation,
			                           claims->items[r].bits);
	}
	return st;
}
