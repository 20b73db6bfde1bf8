/*
 * Random binary programs around a planted point, so that they are known to be feasible (this
 * program's own construction). A point x* is drawn, each bit 0 or 1; a row has each variable with
 * probability density (one at least), coefficients uniform over the numbers of the range that are
 * not 0; rows are <=, >= and = in turn. An equation holds at x*; an inequality leaves x* the share
 * 1 - tightness of what lies between its activity there and the largest (smallest) activity.
 * Minimised is a linear objective from the same range, in the quadratic kind with a product for
 * each pair with probability density.
 */
#include "generate/edges.h"

#include "base/alloc.h"

typedef struct {
	const taut_recipe *recipe;
	taut_program_data *program;
	uint8_t           *planted; /* [n] */
	taut_rng           places;
	taut_rng           numbers;
} maker;

static taut_decimal draw_number(maker *m)
{
	return (taut_decimal){
		.value = taut_draw_nonzero(&m->numbers, m->recipe->low, m->recipe->high)};
}

/* Adds one coefficient to the newest row; *at_planted, *least and *most follow its activities. */
static taut_status add_entry(maker *m, uint32_t j, int64_t *at_planted, int64_t *least,
                             int64_t *most, taut_error *err)
{
	taut_decimal a = draw_number(m);

	*at_planted += m->planted[j] ? a.value : 0;
	*(a.value < 0 ? least : most) += a.value;
	return taut_program_add_entry(m->program, j, a, err);
}

/* What tightness leaves of a distance, rounded down; in pieces, as the product could overflow. */
static int64_t room(const taut_recipe *recipe, int64_t distance)
{
	int64_t left = 1000000 - recipe->tightness_ppm;

	return distance / 1000000 * left + distance % 1000000 * left / 1000000;
}

static taut_status add_row(maker *m, uint32_t k, taut_error *err)
{
	const uint32_t    n = m->recipe->size;
	int64_t           at_planted = 0;
	int64_t           least = 0;
	int64_t           most = 0;
	taut_program_row *row;
	taut_status       st = taut_program_add_row(m->program, NULL, NULL, NULL, err);

	if (st != TAUT_OK)
		return st;
	for (uint64_t j = taut_draw_gap(&m->places, m->recipe->density); st == TAUT_OK && j < n;
	     j += 1 + taut_draw_gap(&m->places, m->recipe->density))
		st = add_entry(m, (uint32_t)j, &at_planted, &least, &most, err);
	row = &m->program->rows[k];
	if (st == TAUT_OK && row->count == 0)
		st = add_entry(m, (uint32_t)taut_rng_below(&m->places, n), &at_planted, &least,
		               &most, err);
	row->has_lo = k % 3 != 0;
	row->has_hi = k % 3 != 1;
	row->lo.value = k % 3 == 2 ? at_planted : at_planted - room(m->recipe, at_planted - least);
	row->hi.value = k % 3 == 2 ? at_planted : at_planted + room(m->recipe, most - at_planted);
	return st;
}

static taut_status add_objective(maker *m, bool quadratic, taut_error *err)
{
	const uint32_t n = m->recipe->size;
	uint64_t       i = 0;
	taut_status    st = TAUT_OK;

	for (uint32_t j = 0; st == TAUT_OK && j < n; j++)
		st = taut_program_add_term(m->program, j, j, draw_number(m), err);
	for (uint32_t j = 1; quadratic && st == TAUT_OK && j < n;) {
		i += taut_draw_gap(&m->places, m->recipe->density);
		while (j < n && i >= j)
			i -= j++;
		if (j < n)
			st = taut_program_add_term(m->program, (uint32_t)i++, j, draw_number(m),
			                           err);
	}
	return st;
}

static taut_status make(taut_instance *instance, const taut_recipe *recipe, bool quadratic,
                        taut_error *err)
{
	const uint32_t n = recipe->size;
	const uint32_t rows = recipe->rows ? recipe->rows : n / 10 + 1;
	const double   products = quadratic ? recipe->density * (double)taut_edges_pairs(n) : 0.0;
	maker          m = {.recipe = recipe, .program = &instance->data.program};
	taut_rng       point;
	taut_status    st = taut_draw_room(
		   recipe->density * (double)n * rows + (double)rows + (double)n + products, err);

	if (st != TAUT_OK)
		return st;
	m.planted = taut_alloc(n, sizeof *m.planted, err);
	if (!m.planted)
		return TAUT_ENOMEM;
	m.program->n = n;
	taut_rng_init(&point, recipe->seed, 0);
	taut_rng_init(&m.places, recipe->seed, 1);
	taut_rng_init(&m.numbers, recipe->seed, 2);
	for (uint32_t j = 0; j < n; j++)
		m.planted[j] = (uint8_t)(taut_rng_next(&point) >> 63);
	for (uint32_t k = 0; st == TAUT_OK && k < rows; k++)
		st = add_row(&m, k, err);
	if (st == TAUT_OK)
		st = add_objective(&m, quadratic, err);
	taut_free(m.planted);
	return st;
}

taut_status taut_generate_planted(taut_instance *instance, const taut_recipe *recipe,
                                  taut_error *err)
{
	return make(instance, recipe, false, err);
}

taut_status taut_generate_planted_quadratic(taut_instance *instance, const taut_recipe *recipe,
                                            taut_error *err)
{
	return make(instance, recipe, true, err);
}
