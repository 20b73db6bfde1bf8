#include "bound/gilmore_lawler.h"

#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/checked.h"
#include "model/assignment.h"

typedef struct {
	size_t          n;
	int64_t        *flow;     /* [n][n - 1] lines without their diagonal entry, falling */
	int64_t        *distance; /* [n][n - 1] likewise, rising; negated for a maximisation */
	int64_t         sign;     /* -1: maximise */
	taut_assignment assignment;
} glb;

static void glb_fini(glb *g)
{
	taut_free(g->flow);
	taut_free(g->distance);
	taut_assignment_fini(&g->assignment);
}

static taut_status glb_init(glb *g, const taut_model *m, taut_error *err)
{
	const size_t n = m->permutation.n;

	*g = (glb){.n = n, .sign = m->maximise ? -1 : 1};
	g->flow = taut_alloc(n * n, sizeof *g->flow, err);
	g->distance = taut_alloc(n * n, sizeof *g->distance, err);
	if (!g->flow || !g->distance)
		return TAUT_ENOMEM;
	return taut_assignment_init(&g->assignment, m->permutation.n, err);
}

static int rising(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a;
	const int64_t y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static int falling(const void *a, const void *b)
{
	return rising(b, a);
}

/* Sorted lines of a matrix times sign, without the diagonal: rows, or columns. */
static void sort_lines(int64_t *out, const int64_t *matrix, size_t n, int64_t sign, bool columns,
                       int (*order)(const void *, const void *))
{
	for (size_t a = 0; a < n; a++) {
		int64_t *line = out + a * (n - 1);
		size_t   at = 0;

		for (size_t b = 0; b < n; b++)
			if (b != a)
				line[at++] = sign * matrix[columns ? b * n + a : a * n + b];
		qsort(line, n - 1, sizeof *line, order);
	}
}

/* The costs c_al; false when ctx stops. The model proves that sum |F| sum |D| < 2^62. */
static bool set_costs(glb *g, const taut_permutation *block, bool columns, const taut_ctx *ctx)
{
	const size_t n = g->n;

	sort_lines(g->flow, block->flow, n, 1, columns, falling);
	sort_lines(g->distance, block->distance, n, g->sign, columns, rising);
	for (size_t a = 0; a < n; a++) {
		const int64_t *flow = g->flow + a * (n - 1);

		if (taut_ctx_stopped(ctx))
			return false;
		for (size_t l = 0; l < n; l++) {
			const int64_t *distance = g->distance + l * (n - 1);
			int64_t sum = g->sign * block->flow[a * n + a] * block->distance[l * n + l];

			for (size_t k = 0; k + 1 < n; k++)
				sum += flow[k] * distance[k];
			g->assignment.cost[a * n + l] = sum;
		}
	}
	return true;
}

bool taut_is_symmetric(const int64_t *matrix, uint32_t n)
{
	for (uint32_t a = 0; a < n; a++)
		for (uint32_t b = 0; b < a; b++)
			if (matrix[a * n + b] != matrix[b * n + a])
				return false;
	return true;
}

static void raise(taut_bound *out, glb *g, const taut_model *m, bool columns, const taut_ctx *ctx)
{
	int64_t value;

	if (!set_costs(g, &m->permutation, columns, ctx) ||
	    !taut_assignment_bound(&value, &g->assignment, ctx) ||
	    !taut_add64(&value, g->sign * value, m->offset))
		return;
	if (out->known && g->sign * value <= g->sign * out->value)
		return;
	*out = (taut_bound){.known = true, .value = value, .kind = "gilmore_lawler"};
}

taut_status taut_bound_gilmore_lawler(taut_bound *out, const taut_model *model, const taut_ctx *ctx,
                                      taut_error *err)
{
	const taut_permutation *block = &model->permutation;
	glb                     g = {0};
	taut_status             st;

	assert(model->structure == TAUT_STRUCTURE_ASSIGNMENT);
	*out = (taut_bound){0};
	st = glb_init(&g, model, err);
	if (st != TAUT_OK)
		goto done;
	raise(out, &g, model, false, ctx);
	if (!taut_is_symmetric(block->flow, block->n) ||
	    !taut_is_symmetric(block->distance, block->n))
		raise(out, &g, model, true, ctx);
done:
	glb_fini(&g);
	return st;
}
