/* From a sample's bits or positions to the model's variables. */
#include "qubo/codec.h"

#include <assert.h>
#include <string.h>

#include "base/alloc.h"

void taut_codec_fini(taut_codec *codec)
{
	if (!codec)
		return;
	taut_free(codec->at);
	*codec = (taut_codec){0};
}

void taut_codec_decode(uint8_t *x, const taut_codec *codec, const taut_samples *samples, size_t r)
{
	const size_t n = codec->permutation;

	assert(r < samples->count);
	if (n) {
		const uint16_t *position = samples->position + r * n;

		assert(samples->permutation_n == n && codec->n_model == n * n);
		memset(x, 0, codec->n_model);
		for (size_t a = 0; a < n; a++)
			x[a * n + position[a]] = 1;
		return;
	}
	for (uint32_t i = 0; i < codec->n_model; i++) {
		const uint32_t at = codec->at ? codec->at[i] : i;

		if (at >= TAUT_CODEC_ZERO) {
			x[i] = at == TAUT_CODEC_ONE;
			continue;
		}
		assert(at < samples->n);
		x[i] = taut_sample_bit(samples, r, at);
	}
}

void taut_codec_encode(taut_samples *samples, size_t r, const taut_codec *codec, const uint8_t *x)
{
	const size_t n = codec->permutation;

	assert(r < samples->count && samples->permutation_n == n);
	for (size_t a = 0; a < n; a++) {
		const uint8_t *one = memchr(x + a * n, 1, n);

		assert(one != NULL);
		samples->position[r * n + a] = (uint16_t)(one - (x + a * n));
	}
	for (uint32_t i = 0; n == 0 && i < codec->n_model; i++) {
		const uint32_t at = codec->at ? codec->at[i] : i;

		if (at < TAUT_CODEC_ZERO && x[i])
			samples->bits[r * samples->words + at / 64] |= UINT64_C(1) << at % 64;
	}
}
