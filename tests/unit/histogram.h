/* Counted states against exact probabilities: the chi-square test. Include after cmocka.h. */
#ifndef TAUT_TESTS_HISTOGRAM_H
#define TAUT_TESTS_HISTOGRAM_H

#include <inttypes.h>
#include <math.h>

enum { MAX_STATES = 4096 };

/* Boltzmann probabilities and what was counted. */
typedef struct {
	uint32_t n_states;
	double   probability[MAX_STATES];
	uint32_t count[MAX_STATES];
	uint32_t samples;
} histogram;

/* p of a chi-square with `free` degrees of freedom (Wilson & Hilferty 1931: its cube root is nearly
 * normal). */
static inline double p_value(double chi, double free)
{
	const double spread = 2.0 / (9.0 * free);

	return 0.5 * erfc((cbrt(chi / free) - 1.0 + spread) / sqrt(2.0 * spread));
}

/* Cells of an expected count below 5 are pooled into one, which joins the last other cell if it is
 * still too small. Prints one line. */
static inline double chi_square(const histogram *h, const char *name)
{
	double pooled = 0.0;
	double pooled_count = 0.0;
	double last = 0.0;
	double last_count = 0.0;
	double chi = 0.0;
	int    cells = 0;
	double p;

	for (uint32_t x = 0; x < h->n_states; x++) {
		const double expected = h->probability[x] * h->samples;

		if (h->probability[x] == 0.0)
			assert_int_equal(h->count[x], 0);
		if (expected < 5.0) {
			pooled += expected;
			pooled_count += h->count[x];
			continue;
		}
		if (cells++)
			chi += (last_count - last) * (last_count - last) / last;
		last = expected;
		last_count = h->count[x];
	}
	if (pooled >= 5.0) {
		chi += (pooled_count - pooled) * (pooled_count - pooled) / pooled;
		cells++;
		pooled = pooled_count = 0.0;
	}
	last += pooled;
	last_count += pooled_count;
	chi += (last_count - last) * (last_count - last) / last;
	assert_true(cells > 1);
	p = p_value(chi, cells - 1);
	print_message("%-34s %8" PRIu32 " samples, chi-square %7.1f, %4d free, p %.4f\n", name,
	              h->samples, chi, cells - 1, p);
	return p;
}

static inline void normalise(histogram *h)
{
	double sum = 0.0;

	for (uint32_t x = 0; x < h->n_states; x++)
		sum += h->probability[x];
	for (uint32_t x = 0; x < h->n_states; x++)
		h->probability[x] /= sum;
}

#endif
