/*
 * Uniform quadratic assignment problems of E. Taillard ("Robust taboo search for the quadratic
 * assignment problem", Parallel Computing 17, 1991): symmetric matrices with a zero diagonal,
 * entries uniform over 0 .. 99, drawn row by row above the diagonal, distances first, both from one
 * stream of the generator that he published in "Benchmarks for basic scheduling problems" (EJOR 64,
 * 1993): x <- 16807 x mod (2^31 - 1), number = low + floor(x / (2^31 - 1) * (high - low + 1)).
 *
 * Every taiNNa of QAPLIB starts from the seed 123456789 (recovered by trying all seeds against the
 * files; all entries agree). QAPLIB's files of N = 50 and 100 have the two matrices the other way
 * round, which is the same problem with inverse permutations; with that seed so have ours.
 */
#include "generate/draw.h"
#include "generate/recipe.h"

#include <assert.h>

enum { MULTIPLIER = 16807, MODULUS = 2147483647 };

/* Schrage's method is for 32 bits; in 64 the product is exact as it stands. */
static int64_t draw(int64_t *state, int64_t low, int64_t high)
{
	*state = *state * MULTIPLIER % MODULUS;
	assert(*state > 0);
	/* floor(x / m * r) in double is this number too: the quotient is at least 1/m off any
	 * whole number, far more than a double errs */
	return low + *state * (high - low + 1) / MODULUS;
}

static void draw_matrix(taut_numbers *matrix, uint32_t n, const taut_recipe *recipe, int64_t *state)
{
	for (uint32_t i = 0; i < n; i++) {
		for (uint32_t j = i + 1; j < n; j++) {
			int64_t x = draw(state, recipe->low, recipe->high);
			matrix->v[(size_t)i * n + j] = x;
			matrix->v[(size_t)j * n + i] = x;
		}
	}
}

taut_status taut_generate_taillard(taut_instance *instance, const taut_recipe *recipe,
                                   taut_error *err)
{
	taut_qap_data *data = &instance->data.qap;
	const uint32_t n = recipe->size;
	const bool     turned = recipe->seed == TAUT_TAILLARD_SEED && (n == 50 || n == 100);
	int64_t        state = (int64_t)recipe->seed;
	taut_status    st;

	if (recipe->seed < 1 || recipe->seed >= MODULUS)
		return taut_fail(err, TAUT_EUSAGE, "seed: Taillard's generator takes 1 to %d",
		                 MODULUS - 1);
	data->n = n;
	st = taut_draw_zeros(&data->flows, (size_t)n * n, err);
	if (st == TAUT_OK)
		st = taut_draw_zeros(&data->distances, (size_t)n * n, err);
	if (st != TAUT_OK)
		return st;
	draw_matrix(turned ? &data->flows : &data->distances, n, recipe, &state);
	draw_matrix(turned ? &data->distances : &data->flows, n, recipe, &state);
	return TAUT_OK;
}
