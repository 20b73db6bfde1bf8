#include "flow/compare_samples.h"

#include <assert.h>

static const uint32_t POLYNOMIAL = 0xEDB88320u; /* reversed */

/* The value's low `bytes` bytes, the lowest first. */
static uint32_t crc_add(uint32_t crc, uint64_t value, int bytes)
{
	for (int b = 0; b < bytes; b++) {
		crc ^= (uint32_t)(value >> (8 * b)) & 0xFFu;
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1u ? POLYNOMIAL : 0u);
	}
	return crc;
}

uint32_t taut_samples_crc(const taut_samples *s)
{
	uint32_t crc = UINT32_MAX;

	for (size_t k = 0; s->permutation_n && k < s->count * s->permutation_n; k++)
		crc = crc_add(crc, s->position[k], 2);
	for (size_t k = 0; !s->permutation_n && k < s->count * s->words; k++)
		crc = crc_add(crc, s->bits[k], 8);
	for (size_t r = 0; r < s->count; r++)
		crc = crc_add(crc, (uint64_t)s->energy[r], 8);
	return ~crc;
}

/* First place where read r differs, or the number of places. */
static uint32_t first_place(const taut_samples *a, const taut_samples *b, size_t r)
{
	if (a->permutation_n) {
		const uint16_t *p = a->position + r * a->permutation_n;
		const uint16_t *q = b->position + r * b->permutation_n;
		uint32_t        at = 0;

		while (at < a->permutation_n && p[at] == q[at])
			at++;
		return at;
	}
	for (size_t w = 0; w < a->words; w++) {
		const uint64_t x = a->bits[r * a->words + w] ^ b->bits[r * b->words + w];

		if (x)
			return (uint32_t)(64 * w) + (uint32_t)__builtin_ctzll(x);
	}
	return a->n;
}

static uint32_t variable_of(const taut_codec *codec, uint32_t bit)
{
	if (!codec->at)
		return bit < codec->n_model ? bit : TAUT_NO_VARIABLE;
	for (uint32_t i = 0; i < codec->n_model; i++)
		if (codec->at[i] == bit)
			return i;
	return TAUT_NO_VARIABLE;
}

/* What stands at the place in both. */
static void fill_place(taut_difference *out, const taut_samples *a, const taut_samples *b,
                       const taut_codec *codec)
{
	if (a->permutation_n) {
		const size_t at = out->read * a->permutation_n + out->place;

		out->kind = TAUT_DIFFERS_POSITION;
		out->value = a->position[at];
		out->reference_value = b->position[at];
		out->variable = out->place * a->permutation_n + out->reference_value;
	} else {
		out->kind = TAUT_DIFFERS_BIT;
		out->value = taut_sample_bit(a, out->read, out->place);
		out->reference_value = taut_sample_bit(b, out->read, out->place);
		out->variable = variable_of(codec, out->place);
	}
}

bool taut_samples_differ(taut_difference *out, const taut_samples *a, const taut_samples *b,
                         const taut_codec *codec, const taut_model *model)
{
	const size_t   count = a->count < b->count ? a->count : b->count;
	const uint32_t places = a->permutation_n ? a->permutation_n : a->n;

	assert(a->n == b->n && a->permutation_n == b->permutation_n && a->words == b->words);
	for (size_t r = 0; r < count; r++) {
		*out = (taut_difference){.kind = TAUT_DIFFERS_ENERGY,
		                         .read = r,
		                         .place = first_place(a, b, r),
		                         .variable = TAUT_NO_VARIABLE,
		                         .energy = a->energy[r],
		                         .reference_energy = b->energy[r]};
		if (out->place < places)
			fill_place(out, a, b, codec);
		else if (out->energy == out->reference_energy)
			continue;
		if (out->variable < model->n && model->variable_name)
			out->name = model->variable_name[out->variable];
		return true;
	}
	*out = (taut_difference){
		.kind = TAUT_DIFFERS_COUNT, .read = count, .variable = TAUT_NO_VARIABLE};
	return a->count != b->count;
}
