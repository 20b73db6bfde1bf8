/* G(n, m): m edges, each set of m pairs as likely as any other (P. Erdos and A. Renyi, "On random
 * graphs", 1959). Pairs are drawn until m different ones are there; of more than half of all
 * pairs, the others are drawn instead. */
#include "generate/edges.h"

#include <assert.h>
#include <inttypes.h>

#include "base/alloc.h"

/* A set of pairs: open addressing, at most half full. */
typedef struct {
	uint64_t *slots; /* [mask + 1], low << 32 | high; 0 (no pair, as low < high) is free */
	size_t    mask;
} pair_set;

static taut_status set_init(pair_set *out, uint64_t count, taut_error *err)
{
	out->mask = 15;
	while (out->mask / 2 < count)
		out->mask = out->mask * 2 + 1;
	out->slots = taut_alloc(out->mask + 1, sizeof *out->slots, err);
	return out->slots ? TAUT_OK : TAUT_ENOMEM;
}

/* The slot that holds {low, high}, or the free one where it belongs. */
static uint64_t *set_find(const pair_set *set, uint32_t low, uint32_t high)
{
	uint64_t key = (uint64_t)low << 32 | high;
	size_t   at = (size_t)taut_mix64(key) & set->mask;

	while (set->slots[at] && set->slots[at] != key)
		at = (at + 1) & set->mask;
	return &set->slots[at];
}

/* Draws pairs until `count` new ones are in the set; with edges, adds them there too. */
static taut_status draw_pairs(pair_set *set, uint64_t count, taut_edges *edges,
                              const taut_recipe *recipe, taut_error *err)
{
	taut_rng    rng;
	taut_status st = TAUT_OK;

	taut_rng_init(&rng, recipe->seed, 0);
	while (st == TAUT_OK && count > 0) {
		uint32_t  a = (uint32_t)taut_rng_below(&rng, recipe->size);
		uint32_t  b = (uint32_t)taut_rng_below(&rng, recipe->size - 1);
		uint32_t  low;
		uint32_t  high;
		uint64_t *slot;
		b += b >= a;
		low = a < b ? a : b;
		high = a < b ? b : a;
		slot = set_find(set, low, high);
		if (*slot)
			continue;
		*slot = (uint64_t)low << 32 | high;
		count--;
		if (edges)
			st = taut_edges_add(edges, low, high, err);
	}
	return st;
}

/* Adds every pair that is not in the set. */
static taut_status add_others(const pair_set *set, taut_edges *edges, uint32_t n, taut_error *err)
{
	taut_status st = TAUT_OK;

	for (uint32_t u = 0; st == TAUT_OK && u < n; u++)
		for (uint32_t v = u + 1; st == TAUT_OK && v < n; v++)
			if (!*set_find(set, u, v))
				st = taut_edges_add(edges, u, v, err);
	return st;
}

taut_status taut_generate_gnm(taut_instance *instance, const taut_recipe *recipe, taut_error *err)
{
	const uint64_t pairs = taut_edges_pairs(recipe->size);
	pair_set       set = {0};
	taut_edges     edges;
	uint64_t       m = recipe->edges;
	taut_status    st;

	if (m > pairs)
		return taut_fail(err, TAUT_EUSAGE,
		                 "edges: %" PRIu64 ", but %" PRIu32 " vertices have %" PRIu64
		                 " pairs",
		                 m, recipe->size, pairs);
	if (m == 0)
		m = (uint64_t)(recipe->density * (double)pairs + 0.5);
	st = taut_edges_init(&edges, instance, recipe, (double)m, err);
	if (st == TAUT_OK)
		st = set_init(&set, m <= pairs / 2 ? m : pairs - m, err);
	if (st == TAUT_OK && m <= pairs / 2)
		st = draw_pairs(&set, m, &edges, recipe, err);
	else if (st == TAUT_OK)
		st = draw_pairs(&set, pairs - m, NULL, recipe, err);
	if (st == TAUT_OK && m > pairs / 2)
		st = add_others(&set, &edges, recipe->size, err);
	if (st == TAUT_OK)
		taut_edges_finish(&edges);
	taut_free(set.slots);
	return st;
}
