#include "cli/samples.h"

#include <string.h>

#include "base/alloc.h"
#include "model/evaluate.h"
#include "report/json.h"

enum {
	LANES = 64, /* reads of a group: read r is lane r % 64 */
	NUMBER_BYTES = 8
};

/* One read and what the model says of it. */
typedef struct {
	uint64_t       round; /* from 1 */
	size_t         read;
	int64_t        energy;
	const uint8_t *x; /* [model->n] */
	bool           feasible;
	int64_t        objective;
} read_line;

taut_status taut_samples_file_open(taut_samples_file *out, const char *path, taut_error *err)
{
	size_t n = strlen(path);

	*out = (taut_samples_file){.binary = n >= 4 && strcmp(path + n - 4, ".bin") == 0};
	return taut_output_open(&out->output, path, err);
}

static void put_json(taut_text *text, const taut_model *m, const read_line *l)
{
	taut_json j = {.text = text};

	taut_json_open(&j, NULL, '{');
	taut_json_text(&j, "problem", m->name);
	taut_json_uint(&j, "round", l->round);
	taut_json_uint(&j, "read", l->read);
	taut_json_uint(&j, "lane", l->read % LANES);
	taut_json_int(&j, "energy", l->energy);
	taut_json_decimal(&j, "objective", l->objective, m->decimals);
	taut_json_bool(&j, "feasible", l->feasible);
	taut_json_bits(&j, "bits", l->x, m->n);
	taut_json_close(&j, '}');
	taut_text_put(text, "\n");
}

/* The low bytes of a number, lowest first. */
static void put_number(taut_text *text, uint64_t value, size_t bytes)
{
	char little[NUMBER_BYTES];

	for (size_t k = 0; k < bytes; k++)
		little[k] = (char)(unsigned char)(value >> 8 * k & 0xFF);
	taut_text_add(text, little, bytes);
}

/* Magic, once, and the head of a round's block. */
static void put_head(taut_text *text, bool *begun, const taut_model *m, uint64_t round,
                     size_t reads)
{
	static const char zeros[NUMBER_BYTES] = {0};
	size_t            name = strlen(m->name);
	size_t            words = ((size_t)m->n + 63) / 64;

	if (!*begun)
		taut_text_add(text, "TAUTSMP1", 8);
	*begun = true;
	put_number(text, name, 4);
	put_number(text, m->n, 4);
	put_number(text, round, 8);
	put_number(text, reads, 8);
	put_number(text, (uint64_t)m->decimals, 4);
	put_number(text, 24 + 8 * words, 4);
	taut_text_add(text, m->name, name);
	taut_text_add(text, zeros, (8 - name % 8) % 8);
}

static void put_record(taut_text *text, const taut_model *m, const read_line *l)
{
	put_number(text, l->read, 4);
	put_number(text, l->read % LANES, 2);
	put_number(text, l->feasible, 2);
	put_number(text, (uint64_t)l->energy, 8);
	put_number(text, (uint64_t)l->objective, 8);
	for (uint32_t i = 0; i < m->n; i += 64) {
		uint64_t word = 0;

		for (uint32_t k = 0; k < 64 && i + k < m->n; k++)
			word |= (uint64_t)l->x[i + k] << k;
		put_number(text, word, 8);
	}
}

taut_status taut_samples_file_write(void *payload, uint64_t round, const taut_model *m,
                                    const taut_codec *codec, const taut_samples *samples,
                                    taut_error *err)
{
	taut_samples_file *file = payload;
	taut_text          text;
	uint8_t           *x = taut_alloc(m->n, sizeof *x, err);
	read_line          line = {.round = round + 1, .x = x};
	taut_status        st;

	if (!x)
		return TAUT_ENOMEM;
	taut_output_stream(&text, &file->output);
	if (file->binary)
		put_head(&text, &file->begun, m, line.round, samples->count);
	for (size_t r = 0; r < samples->count && text.status == TAUT_OK; r++) {
		taut_codec_decode(x, codec, samples, r);
		line.read = r;
		line.energy = samples->energy[r];
		line.feasible = taut_model_feasible(m, x);
		line.objective = taut_model_objective(m, x);
		if (file->binary)
			put_record(&text, m, &line);
		else
			put_json(&text, m, &line);
	}
	st = taut_output_write(&file->output, &text, err);
	taut_free(x);
	return st;
}

taut_status taut_samples_file_commit(taut_samples_file *file, taut_error *err)
{
	return taut_output_commit(&file->output, err);
}

void taut_samples_file_close(taut_samples_file *file)
{
	taut_output_close(&file->output);
}
