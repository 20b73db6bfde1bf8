#include "formats/unconstrained.h"

#include <assert.h>

/* Takes the terms over. */
static void move_terms(taut_qubo_data *out, taut_program_data *from)
{
	*out = (taut_qubo_data){.n = from->n,
	                        .maximise = from->maximise,
	                        .offset = from->offset,
	                        .n_terms = from->n_terms,
	                        .capacity = from->term_capacity,
	                        .i = from->i,
	                        .j = from->j,
	                        .q = from->q};
	for (size_t k = 0; k < out->n_terms; k++) {
		const uint32_t larger = out->i[k] > out->j[k] ? out->i[k] : out->j[k];
		out->i[k] ^= out->j[k] ^ larger;
		out->j[k] = larger;
	}
	from->i = NULL;
	from->j = NULL;
	from->q = (taut_numbers){0};
	from->n_terms = 0;
}

taut_status taut_unconstrained_replace(taut_reader *reader, taut_error *err)
{
	taut_program_data *program = &reader->list->items[reader->list->count - 1]->data.program;
	taut_instance     *qubo;
	taut_status        st;

	assert(program->n_conflicts == 0 && program->n_groups == 0);
	if (program->n_rows > 0)
		return taut_scan_fail(reader->scan, NULL, err,
		                      "family qubo has no constraints, the file has %zu (fixed "
		                      "variables count)",
		                      program->n_rows);
	if (taut_option_given(reader->options, TAUT_OPTION_pairs))
		return taut_fail(err, TAUT_EUSAGE,
		                 "--pairs is for lists of matrix entries; this format writes "
		                 "products out");
	st = taut_instance_new(&qubo, TAUT_FAMILY_QUBO, NULL, err);
	if (st != TAUT_OK)
		return st;
	move_terms(&qubo->data.qubo, program);
	if (reader->options->sense != TAUT_SENSE_FILE)
		qubo->data.qubo.maximise = reader->options->sense == TAUT_SENSE_MAX;
	taut_reader_replace(reader, qubo);
	return TAUT_OK;
}
