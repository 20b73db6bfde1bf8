/* QUBO as one triangle of a matrix (Beasley 1998 and the Biq Mac library): `n m` or `p n m`, then m
 * lines `i j q`, variables from 1. By default the triangle is half of a symmetric Q and the
 * objective x'Qx, so that an off-diagonal line counts twice, and it is minimised; --pairs and
 * --sense say otherwise. Either triangle may be given, or a mixture, but a pair only once. */
#include "formats/pairs.h"

#include <stdio.h>

/* Reads the line of one term, from its first token on. */
static taut_status read_term(taut_qubo_data *qubo, taut_scan *scan, taut_error *err)
{
	taut_token   token;
	taut_decimal q;
	uint32_t     i;
	uint32_t     j;
	taut_status  st = taut_pairs_ends(&i, &j, scan, "variable", qubo->n, err);

	if (st == TAUT_OK)
		st = taut_scan_need_here(&token, scan, "the term's coefficient", err);
	if (st == TAUT_OK)
		st = taut_token_number(&q, scan, &token, "coefficient", err);
	if (st == TAUT_OK)
		st = taut_scan_line_end(scan, err);
	if (st != TAUT_OK)
		return st;
	return taut_scan_context(scan, taut_qubo_add_term(qubo, i, j, q, err), err);
}

static taut_status read_terms(taut_qubo_data *qubo, taut_scan *scan, size_t m, taut_error *err)
{
	taut_scan   body = *scan;
	taut_status st = TAUT_OK;

	for (size_t k = 0; st == TAUT_OK && k < m; k++) {
		if (!taut_scan_find(scan))
			return taut_scan_fail(scan, NULL, err,
			                      "the file ends after %zu of %zu terms", k, m);
		st = read_term(qubo, scan, err);
	}
	if (st == TAUT_OK)
		st = taut_scan_end(scan, err);
	return st == TAUT_OK ? taut_pairs_refuse_repeats(body, qubo->i, qubo->j, qubo->n_terms,
	                                                 qubo->n, err)
	                     : st;
}

static taut_status set_convention(taut_instance *instance, const taut_options *options,
                                  taut_error *err)
{
	taut_qubo_data *qubo = &instance->data.qubo;
	char            note[128];

	qubo->maximise = options->sense == TAUT_SENSE_MAX;
	qubo->pairs_twice = options->pairs != TAUT_PAIRS_ONCE;
	(void)snprintf(note, sizeof note, "%s; an off-diagonal line i j q counts %s",
	               qubo->maximise ? "maximise" : "minimise",
	               qubo->pairs_twice ? "twice: 2 q x_i x_j" : "once: q x_i x_j");
	return taut_reader_note(instance, note, err);
}

taut_status taut_read_triangle(taut_reader *reader, taut_error *err)
{
	taut_scan     *scan = reader->scan;
	taut_instance *instance;
	taut_token     token;
	size_t         m = 0;
	taut_status    st = taut_reader_add(&instance, reader, TAUT_FAMILY_QUBO, NULL, err);

	if (st == TAUT_OK)
		st = set_convention(instance, reader->options, err);
	if (st != TAUT_OK)
		return st;
	if (taut_scan_peek(scan, &token) && taut_token_is(&token, "p"))
		(void)taut_scan_next(scan, &token);
	else
		(void)taut_scan_find(scan);
	st = taut_pairs_header(&instance->data.qubo.n, &m, scan, "number of variables",
	                       "number of terms", err);
	return st == TAUT_OK ? read_terms(&instance->data.qubo, scan, m, err) : st;
}
