/* Grids closed to a torus, as G. Rinaldi's rudy makes them for spin glasses and for the G-set's
 * toroidal graphs (Helmberg and Rendl 2000): every vertex is joined to the next one in each
 * direction. A side has at least 3 vertices, as else a pair would be joined twice. */
#include "generate/edges.h"

#include <inttypes.h>

enum { SIDE_MIN = 3 };

/* Layers x rows x columns, vertex (a, b, c) at (a rows + b) columns + c; one layer has no edges
 * between layers. */
static taut_status fill(taut_instance *instance, const taut_recipe *recipe, const uint32_t side[3],
                        taut_error *err)
{
	const uint32_t area = side[1] * side[2];
	taut_edges     edges;
	taut_status    st = taut_edges_init(&edges, instance, recipe,
	                                    (side[0] > 1 ? 3.0 : 2.0) * recipe->size, err);

	for (uint32_t i = 0; st == TAUT_OK && i < recipe->size; i++) {
		const uint32_t a = i / area;
		const uint32_t b = i / side[2] % side[1];
		const uint32_t c = i % side[2];
		st = taut_edges_add(&edges, i, c + 1 < side[2] ? i + 1 : i - c, err);
		if (st == TAUT_OK)
			st = taut_edges_add(&edges, i,
			                    b + 1 < side[1] ? i + side[2] : i - b * side[2], err);
		if (st == TAUT_OK && side[0] > 1)
			st = taut_edges_add(&edges, i, a + 1 < side[0] ? i + area : i - a * area,
			                    err);
	}
	return st;
}

/* The largest s with s^power <= n. */
static uint32_t root(uint32_t n, int power)
{
	uint64_t s = 1;

	while (power == 2 ? (s + 1) * (s + 1) <= n : (s + 1) * (s + 1) * (s + 1) <= n)
		s++;
	return (uint32_t)s;
}

taut_status taut_generate_torus2d(taut_instance *instance, const taut_recipe *recipe,
                                  taut_error *err)
{
	const uint32_t n = recipe->size;
	const uint32_t rows = recipe->rows ? recipe->rows : root(n, 2);
	const uint32_t side[3] = {1, rows, n / rows};

	if (side[1] * side[2] != n)
		return recipe->rows
		               ? taut_fail(err, TAUT_EUSAGE,
		                           "rows: %" PRIu32 " does not divide the size %" PRIu32,
		                           rows, n)
		               : taut_fail(err, TAUT_EUSAGE,
		                           "size: %" PRIu32 " is no square, as %" PRIu32
		                           " is, and no rows are given",
		                           n, rows * rows);
	if (side[1] < SIDE_MIN || side[2] < SIDE_MIN)
		return taut_fail(err, TAUT_EUSAGE,
		                 "a torus of %" PRIu32 " x %" PRIu32 ": each side needs %d",
		                 side[1], side[2], SIDE_MIN);
	return fill(instance, recipe, side, err);
}

taut_status taut_generate_torus3d(taut_instance *instance, const taut_recipe *recipe,
                                  taut_error *err)
{
	const uint32_t s = root(recipe->size, 3);
	const uint32_t side[3] = {s, s, s};

	if (s * s * s != recipe->size || s < SIDE_MIN)
		return taut_fail(err, TAUT_EUSAGE,
		                 "size: %" PRIu32 " is no cube of at least 27, as %" PRIu32 " is",
		                 recipe->size, s < SIDE_MIN ? 27 : s * s * s);
	return fill(instance, recipe, side, err);
}
