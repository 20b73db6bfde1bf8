/* What dense couplings cost (docs/cpu.md): counted entries times measured picoseconds. */
#include <stdlib.h>

#include "backend/cpu/dense.h"

/* One core of a server at 3.5 GHz; n = 1,000 to 2,500. */
const taut_cpu_costs taut_cpu_costs_generic = {.visit = 4500,
                                               .dots = 2690,
                                               .counts = 720,
                                               .keep = 150,
                                               .row = 7840,
                                               .row_8 = 1400,
                                               .sparse_visit = 1000,
                                               .link = {40, 52, 170, 13}};

const taut_cpu_costs taut_cpu_costs_avx2 = {.visit = 2100,
                                            .dots = 455,
                                            .counts = 210,
                                            .keep = 95,
                                            .row = 1350,
                                            .row_8 = 780,
                                            .sparse_visit = 250,
                                            .link = {17, 32, 66, 10}};

const taut_cpu_costs taut_cpu_costs_avx512 = {.visit = 900,
                                              .dots = 350,
                                              .counts = 155,
                                              .keep = 65,
                                              .row = 1050,
                                              .row_8 = 620,
                                              .sparse_visit = 200,
                                              .link = {14, 30, 60, 6}};

const taut_cpu_costs taut_cpu_costs_avx512vnni = {.visit = 800,
                                                  .dots = 225,
                                                  .counts = 71,
                                                  .keep = 65,
                                                  .row = 1050,
                                                  .row_8 = 620,
                                                  .sparse_visit = 200,
                                                  .link = {14, 30, 60, 6}};

/* Flips of a thousand visits at four temperatures of a schedule, each a third of the one before,
 * and visits of a thousand in which any of 64 lanes flips, 1 - (1 - flips)^64. */
static const struct {
	uint32_t flips, any;
} SCHEDULE[] = {{400, 1000}, {70, 990}, {10, 474}, {1, 62}};

enum { N_SCHEDULE = sizeof SCHEDULE / sizeof SCHEDULE[0] };

uint64_t taut_cpu_dense_break_even(const taut_cpu_dense_group *g, const taut_cpu_costs *costs)
{
	const taut_cpu_dense *d = g->data;
	/* a hot visit goes over all lanes in any case: n 64 hot = n lanes keep + flips row */
	const uint64_t hot =
		TAUT_LANES * (uint64_t)(d->bits ? costs->counts : costs->dots * d->planes);
	const uint64_t keep = (uint64_t)g->lanes * costs->keep;
	const uint64_t row = (uint64_t)d->planes * (d->rows_8 > 1 ? costs->row_8 : costs->row);

	return hot > keep ? d->n * (hot - keep) / row : 0;
}

bool taut_cpu_dense_pays(const taut_problem *p, uint32_t planes, taut_cpu_link link,
                         const taut_cpu_costs *costs)
{
	const uint64_t n = p->n;
	const uint64_t stored = p->row[n];
	const uint64_t blocks = (n + TAUT_DENSE_BLOCK - 1) / TAUT_DENSE_BLOCK;
	/* sliced problems have couplings of one magnitude, which can be counted */
	const bool     ones = link == TAUT_CPU_LINK_SLICED;
	const uint64_t hot = ones ? costs->counts : (uint64_t)costs->dots * planes;
	const uint64_t row = ones ? costs->row_8 : (uint64_t)costs->row * planes;
	uint64_t       sparse = 0; /* of a sweep of one lane, times a thousand */
	uint64_t       dense = 0;

	for (uint32_t k = 0; k < N_SCHEDULE; k++) {
		const uint64_t cold = (uint64_t)costs->keep * 1000 + row * SCHEDULE[k].flips;
		const uint64_t less = hot * 1000 < cold ? hot * 1000 : cold;

		sparse += n * costs->sparse_visit * 1000 +
		          stored * costs->link[link] * (ones ? 1000 : SCHEDULE[k].any);
		dense += n * ((uint64_t)costs->visit * 1000 + blocks * less);
	}
	return dense < sparse;
}
