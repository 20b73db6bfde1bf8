/* The exponential and the logistic quantiles at (k + 1/2) / 2^16, shuffled together. */
#include "backend/noise.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>

#include "base/alloc.h"
#include "base/exactmath.h"

static uint16_t exponential(uint32_t k)
{
	const double u = ((double)k + 0.5) / TAUT_NOISE_COUNT;

	return (uint16_t)floor(-taut_log(u) * (1 << TAUT_NOISE_FRACTION) + 0.5);
}

static int16_t logistic(uint32_t k)
{
	const double u = ((double)k + 0.5) / TAUT_NOISE_COUNT;

	return (int16_t)floor(taut_log((1.0 - u) / u) * (1 << (TAUT_NOISE_FRACTION - 1)) + 0.5);
}

/* One Fisher-Yates pass from the top, the same for both pools; random words are splitmix64's high
 * halves, scaled to [0, i] by a multiplication (Lemire 2019; its bias of 2^-16 is of no account
 * here). */
static void shuffle(uint16_t *metropolis, int16_t *heatbath)
{
	uint64_t z = TAUT_NOISE_SHUFFLE_SEED;

	for (uint32_t i = TAUT_NOISE_COUNT - 1; i > 0; i--) {
		z += TAUT_MACHINE_GOLDEN;
		const uint32_t j = (uint32_t)((taut_machine_mix(z) >> 32) * (i + 1) >> 32);
		const uint16_t m = metropolis[i];
		const int16_t  h = heatbath[i];

		assert(j <= i);
		metropolis[i] = metropolis[j];
		metropolis[j] = m;
		heatbath[i] = heatbath[j];
		heatbath[j] = h;
	}
}

/* CRC-32 (IEEE 802.3, reflected) of 16-bit words as little-endian bytes. */
static uint32_t crc_byte(uint32_t crc, uint32_t byte)
{
	crc ^= byte;
	for (int bit = 0; bit < 8; bit++)
		crc = crc >> 1 ^ (0xEDB88320u & (0u - (crc & 1u)));
	return crc;
}

static uint32_t crc_word(uint32_t crc, uint16_t word)
{
	return crc_byte(crc_byte(crc, word & 0xFFu), word >> 8);
}

static taut_status check(const taut_noise *noise, taut_error *err)
{
	uint32_t metropolis = UINT32_MAX;
	uint32_t heatbath = UINT32_MAX;

	for (uint32_t k = 0; k < TAUT_NOISE_COUNT; k++) {
		metropolis = crc_word(metropolis, noise->metropolis[k]);
		heatbath = crc_word(heatbath, (uint16_t)noise->heatbath[k]);
	}
	if (~metropolis != TAUT_NOISE_CRC_METROPOLIS || ~heatbath != TAUT_NOISE_CRC_HEATBATH)
		return taut_fail(err, TAUT_EDEVICE,
		                 "noise pools have CRC-32 %08" PRIx32 " and %08" PRIx32
		                 ", not %08" PRIx32 " and %08" PRIx32
		                 ": floating-point arithmetic is not IEEE 754",
		                 ~metropolis, ~heatbath, (uint32_t)TAUT_NOISE_CRC_METROPOLIS,
		                 (uint32_t)TAUT_NOISE_CRC_HEATBATH);
	return TAUT_OK;
}

static void fill(taut_noise *noise)
{
	for (uint32_t k = 0; k < TAUT_NOISE_COUNT; k++) {
		noise->metropolis[k] = exponential(k);
		noise->heatbath[k] = logistic(k);
	}
	shuffle(noise->metropolis, noise->heatbath);
	for (uint32_t k = 0; k < 2 * TAUT_NOISE_COUNT; k++) {
		const uint32_t at = k / (2 * TAUT_LANES) * TAUT_LANES + k % TAUT_LANES;

		noise->metropolis_doubled[k] = noise->metropolis[at];
		noise->heatbath_doubled[k] = noise->heatbath[at];
	}
}

taut_status taut_noise_new(taut_noise **out, taut_error *err)
{
	const size_t count = TAUT_NOISE_COUNT;
	taut_status  st = TAUT_ENOMEM;
	taut_noise  *noise = NULL;

	assert(out != NULL);
	*out = NULL;
	noise = taut_alloc(1, sizeof *noise, err);
	if (!noise)
		goto done;
	noise->metropolis = taut_alloc_aligned(count, sizeof *noise->metropolis, err);
	if (!noise->metropolis)
		goto done;
	noise->heatbath = taut_alloc_aligned(count, sizeof *noise->heatbath, err);
	if (!noise->heatbath)
		goto done;
	noise->metropolis_doubled =
		taut_alloc_aligned(2 * count, sizeof *noise->metropolis_doubled, err);
	if (!noise->metropolis_doubled)
		goto done;
	noise->heatbath_doubled =
		taut_alloc_aligned(2 * count, sizeof *noise->heatbath_doubled, err);
	if (!noise->heatbath_doubled)
		goto done;
	fill(noise);
	st = check(noise, err);
	if (st)
		goto done;
	*out = noise;
	noise = NULL;
done:
	taut_noise_free(noise);
	return st;
}

void taut_noise_free(taut_noise *noise)
{
	if (!noise)
		return;
	taut_free(noise->metropolis);
	taut_free(noise->heatbath);
	taut_free(noise->metropolis_doubled);
	taut_free(noise->heatbath_doubled);
	taut_free(noise);
}
