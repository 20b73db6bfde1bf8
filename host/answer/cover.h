/* Minimum vertex cover by local search with edge weights: the complement is an independent set. */
#ifndef TAUT_ANSWER_COVER_H
#define TAUT_ANSWER_COVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "base/rng.h"
#include "base/status.h"

/*
 * NuMVC (Cai, Su, Luo & Sattar 2013, J. Artificial Intelligence Research 46): from x, [n] of 0/1,
 * an independent set of the graph in symmetric CSR, looks for larger ones: a vertex leaves the
 * cover, the one whose edges weigh least; as long as an edge is uncovered one vertex more leaves
 * and an endpoint of an uncovered edge, drawn at random, comes in; edges that stay uncovered gain
 * weight. On return x is the largest set found, of equal ones the first. `work` bounds the vertices
 * and edges looked at. Deterministic in (x, rng) unless ctx stops it. ENOMEM, x is then as it was.
 */
taut_status taut_cover_search(uint8_t *x, uint32_t n, const size_t *row, const uint32_t *col,
                              uint64_t work, taut_rng *rng, const taut_ctx *ctx,
                              taut_error *err) TAUT_MUST_CHECK;

#endif
