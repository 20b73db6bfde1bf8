/* The fixed data of the permutation engine (kernels.h) from flow and distance. */
#include "backend/cpu/cpu.h"
#include "backend/swap_terms.h"
#include "base/alloc.h"

static const uint32_t *spread(const taut_cpu_swaps *s, const int32_t *m, taut_shape shape,
                              taut_error *err)
{
	uint32_t *out =
		taut_alloc_aligned((size_t)s->n * s->stride + TAUT_CPU_BLOCK, sizeof *out, err);

	if (out)
		taut_shape_fill(out, s->stride, m, s->n, shape);
	return out;
}

/* One of the two matrices as the direct form has it: rows, and columns in pairs. */
static taut_status narrow(const int16_t **row, const int16_t **pair, const taut_cpu_swaps *s,
                          const uint32_t *wide, taut_error *err)
{
	const size_t stride = s->stride;
	const size_t n_pairs = ((size_t)s->n + 1) / 2;
	int16_t     *rows = taut_alloc_aligned(s->n * stride + TAUT_CPU_ROW, sizeof *rows, err);
	int16_t     *pairs = NULL;

	*row = rows;
	if (!rows)
		return TAUT_ENOMEM;
	pairs = taut_alloc_aligned(2 * n_pairs * stride, sizeof *pairs, err);
	*pair = pairs;
	if (!pairs)
		return TAUT_ENOMEM;
	for (size_t k = 0; k < s->n; k++)
		for (size_t c = 0; c < s->n; c++) {
			const int16_t entry = (int16_t)(int32_t)wide[k * stride + c];

			rows[c * stride + k] = entry;
			pairs[(k / 2 * stride + c) * 2 + k % 2] = entry;
		}
	return TAUT_OK;
}

static bool fits_16(const taut_cpu_swaps *s, const uint32_t *wide)
{
	for (size_t k = 0; k < (size_t)s->n * s->stride; k++)
		if ((int32_t)wide[k] < INT16_MIN || (int32_t)wide[k] > INT16_MAX)
			return false;
	return true;
}

/* Moves a sweep from which the direct form is cheaper. A visit of it costs 0.08 n ns more, for dot
 * products; a move of it 0.4 n ns for vectors, of the kept form 15 ns and 1.07 for every vector of
 * the rows where x_u and x_v differ (docs/permutations.md). Whatever it says, the bits are the
 * same.
 */
static uint64_t direct_from(const taut_cpu_swaps *s)
{
	const double n = s->n;
	const double all = n * s->terms; /* rows of all terms */
	double       rows = 0.0;         /* not 0 in x_u and x_v together, on average */
	double       move;

	for (uint32_t t = 0; t < s->terms; t++)
		for (size_t k = 0; k < (size_t)s->n * s->stride; k++)
			rows += s->x[t][k] != 0 ? 2.0 / n : 0.0;
	rows = rows < all ? rows : all;
	move = 15.0 + 1.07 * rows * (s->stride / TAUT_CPU_BLOCK) - 0.4 * all;
	return move > 0.0 ? (uint64_t)(0.5 * n * (n - 1.0) * 0.08 * all / move) : UINT64_MAX;
}

static taut_status init_direct(taut_cpu_swaps *s, const int32_t *distance, taut_error *err)
{
	int32_t    *diagonal;
	taut_status st;

	for (uint32_t t = 0; t < s->terms; t++)
		if (!fits_16(s, s->x[t]) || !fits_16(s, s->y[t]))
			return TAUT_OK;
	diagonal = taut_alloc(s->n, sizeof *diagonal, err);
	s->direct.diagonal = diagonal;
	if (!diagonal)
		return TAUT_ENOMEM;
	for (size_t l = 0; l < s->n; l++)
		diagonal[l] = distance[l * s->n + l];
	for (uint32_t t = 0; t < s->terms; t++) {
		st = narrow(&s->direct.x_row[t], &s->direct.x_pair[t], s, s->x[t], err);
		if (st)
			return st;
		st = narrow(&s->direct.y_row[t], &s->direct.y_pair[t], s, s->y[t], err);
		if (st)
			return st;
	}
	s->direct.from = direct_from(s);
	s->direct.fits = true;
	return TAUT_OK;
}

/* Lists of what is not 0 in the rows of x. */
static taut_status list_entries(taut_cpu_swaps *s, uint32_t t, taut_error *err)
{
	uint32_t *first = taut_alloc((size_t)s->n + 1, sizeof *first, err);
	uint32_t *entry = taut_alloc((size_t)s->n * s->n, sizeof *entry, err);
	uint32_t  count = 0;

	s->first[t] = first;
	s->entry[t] = entry;
	if (!first || !entry)
		return TAUT_ENOMEM;
	for (size_t a = 0; a < s->n; a++) {
		for (size_t b = 0; b < s->n; b++)
			if (s->x[t][a * s->stride + b])
				entry[count++] = (uint32_t)b;
		first[a + 1] = count;
	}
	return TAUT_OK;
}

static taut_status widen_noise(taut_cpu_swaps *s, const taut_noise *noise, taut_error *err)
{
	int32_t *metropolis = taut_alloc(TAUT_NOISE_COUNT, sizeof *metropolis, err);
	int32_t *heatbath;

	s->noise[TAUT_RULE_METROPOLIS] = metropolis;
	if (!metropolis)
		return TAUT_ENOMEM;
	heatbath = taut_alloc(TAUT_NOISE_COUNT, sizeof *heatbath, err);
	s->noise[TAUT_RULE_HEATBATH] = heatbath;
	if (!heatbath)
		return TAUT_ENOMEM;
	for (size_t k = 0; k < TAUT_NOISE_COUNT; k++) {
		metropolis[k] = noise->metropolis[k];
		heatbath[k] = noise->heatbath[k];
		if (metropolis[k] > s->largest[TAUT_RULE_METROPOLIS])
			s->largest[TAUT_RULE_METROPOLIS] = metropolis[k];
		if (2 * heatbath[k] > s->largest[TAUT_RULE_HEATBATH])
			s->largest[TAUT_RULE_HEATBATH] = 2 * heatbath[k];
	}
	return TAUT_OK;
}

taut_status taut_cpu_swaps_init(taut_cpu_swaps *swaps, const taut_problem *problem,
                                const taut_noise *noise, taut_error *err)
{
	const uint32_t        n = problem->permutation_n;
	const taut_swap_terms terms = taut_swap_terms_of(problem);
	taut_cpu_swaps        s = {.n = n,
	                           .stride = (n + TAUT_CPU_BLOCK - 1) / TAUT_CPU_BLOCK * TAUT_CPU_BLOCK,
	                           .terms = terms.count};
	taut_status           st = TAUT_ENOMEM;

	*swaps = (taut_cpu_swaps){.n = 0};
	for (uint32_t t = 0; t < s.terms; t++) {
		s.x[t] = spread(&s, problem->flow, terms.x[t], err);
		if (!s.x[t])
			goto done;
		s.y[t] = spread(&s, problem->distance, terms.y[t], err);
		if (!s.y[t])
			goto done;
	}
	s.p = spread(&s, problem->flow, TAUT_SHAPE_CORNER, err);
	if (!s.p)
		goto done;
	s.q = spread(&s, problem->distance, TAUT_SHAPE_CORNER, err);
	if (!s.q)
		goto done;
	st = widen_noise(&s, noise, err);
	for (uint32_t t = 0; t < s.terms && st == TAUT_OK; t++)
		st = list_entries(&s, t, err);
	if (st)
		goto done;
	s.direct.both = terms.even_distance ? 2 : 1;
	st = init_direct(&s, problem->distance, err);
	if (st)
		goto done;
	*swaps = s;
	s = (taut_cpu_swaps){.n = 0};
done:
	taut_cpu_swaps_fini(&s);
	return st;
}

void taut_cpu_swaps_fini(taut_cpu_swaps *swaps)
{
	for (int t = 0; t < 2; t++) {
		taut_free((void *)swaps->x[t]);
		taut_free((void *)swaps->y[t]);
		taut_free((void *)swaps->noise[t]);
		taut_free((void *)swaps->first[t]);
		taut_free((void *)swaps->entry[t]);
		taut_free((void *)swaps->direct.x_row[t]);
		taut_free((void *)swaps->direct.y_row[t]);
		taut_free((void *)swaps->direct.x_pair[t]);
		taut_free((void *)swaps->direct.y_pair[t]);
	}
	taut_free((void *)swaps->direct.diagonal);
	taut_free((void *)swaps->p);
	taut_free((void *)swaps->q);
	*swaps = (taut_cpu_swaps){.n = 0};
}
