#include "bound/theta.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/checked.h"
#include "base/rng.h"
#include "bound/sdp.h"

/* Measured on Sloane's and DIMACS graphs (docs/bound.md). */
enum {
	VERTICES_MAX = 1500,
	CONFLICTS_MAX = 1 << 18,
	RANK = 48,  /* a multiple of 4 */
	SWEEPS = 4, /* between steps of the multipliers */
	STEPS_MAX = 1500,
	BITS = 20 /* fraction bits of the multipliers of the largest weight */
};
static const uint64_t WORK = 3000000000;
static const double   PENALTY = 0.5;
static const double   SETTLED = 0.01;
static const double   MULTIPLIER_MAX = 0x1p40; /* 2^18 of them fit 64 bits */

typedef struct {
	const taut_model *m;
	double           *weight;     /* [n] of the largest */
	double           *vector;     /* [n][RANK] v, along v_0 first */
	double           *multiplier; /* [2 n_conflicts] l, both of a pair */
} theta;

static void theta_fini(theta *s)
{
	taut_free(s->weight);
	taut_free(s->vector);
	taut_free(s->multiplier);
}

static taut_status theta_init(theta *s, const taut_model *m, int64_t largest, taut_error *err)
{
	taut_rng rng;

	*s = (theta){.m = m};
	s->weight = taut_alloc(m->n, sizeof *s->weight, err);
	s->vector = taut_alloc((size_t)m->n * RANK, sizeof *s->vector, err);
	s->multiplier = taut_alloc(2 * m->n_conflicts, sizeof *s->multiplier, err);
	if (!s->weight || !s->vector || !s->multiplier)
		return TAUT_ENOMEM;
	taut_rng_init(&rng, 1, 0);
	for (uint32_t v = 0; v < m->n; v++)
		s->weight[v] = (double)m->linear[v] / (double)largest;
	for (size_t e = 0; e < (size_t)m->n * RANK; e++)
		s->vector[e] = taut_rng_unit(&rng) - 0.5;
	return TAUT_OK;
}

static double product(const double *a, const double *b)
{
	double sum[4] = {0.0};

	for (int k = 0; k < RANK; k += 4)
		for (int j = 0; j < 4; j++)
			sum[j] += a[k + j] * b[k + j];
	return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

/* v becomes the point of the sphere farthest along g. */
static void place(double *v, const double *g)
{
	const double size = sqrt(product(g, g));

	for (int k = 0; k < RANK && size > 0.0; k++)
		v[k] = 0.5 * g[k] / size + (k == 0 ? 0.5 : 0.0);
}

/*
 * v_u goes to the least of a quadratic that touches the augmented Lagrangian
 *   - w_u v_u0 + sum_x l_ux v_u v_x + penalty / 2 (v_u v_x)^2
 * from above: its curvature is penalty sum |v_x|^2, which is at least the true one.
 */
static void turn(theta *s, uint32_t u)
{
	const taut_model *m = s->m;
	double           *v = s->vector + (size_t)u * RANK;
	double            g[RANK] = {0.0};
	double            curvature = 0.0;

	for (size_t e = m->conflict_row[u]; e < m->conflict_row[u + 1]; e++) {
		const double *x = s->vector + (size_t)m->conflict_col[e] * RANK;
		const double  slope = s->multiplier[e] + PENALTY * product(v, x);

		curvature += PENALTY * x[0]; /* |x|^2 = x_0 */
		for (int k = 0; k < RANK; k++)
			g[k] -= slope * x[k];
	}
	g[0] += s->weight[u] - 0.5 * curvature;
	for (int k = 0; k < RANK; k++)
		g[k] += curvature * v[k];
	place(v, g);
}

/* The largest |v_u v_x| on a conflict, after a step of the multipliers. */
static double step(theta *s)
{
	const taut_model *m = s->m;
	double            worst = 0.0;

	for (uint32_t u = 0; u < m->n; u++)
		for (size_t e = m->conflict_row[u]; e < m->conflict_row[u + 1]; e++) {
			const double x = product(s->vector + (size_t)u * RANK,
			                         s->vector + (size_t)m->conflict_col[e] * RANK);

			s->multiplier[e] += PENALTY * x;
			worst = fabs(x) > worst ? fabs(x) : worst;
		}
	return worst;
}

/* The largest |v_u v_x| on a conflict at the end. */
static double search(theta *s, const taut_ctx *ctx)
{
	const uint32_t n = s->m->n;
	const uint64_t cost = (2 * s->m->n_conflicts + n) * RANK * (SWEEPS + 1);
	uint64_t       work = 0;
	double         worst = HUGE_VAL;

	for (uint32_t u = 0; u < n; u++) {
		double g[RANK];

		memcpy(g, s->vector + (size_t)u * RANK, sizeof g);
		place(s->vector + (size_t)u * RANK, g);
	}
	for (int k = 0; k < STEPS_MAX && work < WORK && !taut_ctx_stopped(ctx); k++, work += cost) {
		for (int sweep = 0; sweep < SWEEPS; sweep++)
			for (uint32_t u = 0; u < n; u++)
				turn(s, u);
		worst = step(s);
		if (worst < 1e-6)
			break;
	}
	return worst;
}

/* 2^bits w, up to the next integer. */
static int64_t scaled(int64_t weight, int bits)
{
	return bits >= 0 ? weight * (INT64_C(1) << bits) : ((weight - 1) >> -bits) + 1;
}

/* 2^bits w x - sum 2^bits l_uv x_u x_v, without rows; `unit` is 2^bits of the largest weight. */
static taut_status relaxed(taut_model **out, const theta *s, int bits, double unit, taut_error *err)
{
	const taut_model *m = s->m;
	taut_status       st = taut_model_new(out, TAUT_FAMILY_QUBO, "theta", m->n, true, 0, err);

	for (uint32_t u = 0; u < m->n && st == TAUT_OK; u++) {
		st = taut_model_add_term(*out, u, u, scaled(m->linear[u], bits), err);
		for (size_t e = m->conflict_row[u]; e < m->conflict_row[u + 1]; e++) {
			const double l = rint(s->multiplier[e] * unit);

			if (m->conflict_col[e] > u && fabs(l) < MULTIPLIER_MAX && st == TAUT_OK)
				st = taut_model_add_term(*out, u, m->conflict_col[e], -(int64_t)l,
				                         err);
		}
	}
	return st == TAUT_OK ? taut_model_finish(*out, err) : st;
}

/* value / 2^bits, down to a multiple of the weights' divisor. */
static bool take_value(taut_bound *out, const taut_model *m, int64_t value, int bits)
{
	uint64_t divisor = 0;

	for (uint32_t v = 0; v < m->n; v++)
		divisor = taut_gcd(divisor, m->linear[v]);
	if (bits >= 0)
		value >>= bits;
	else if (!taut_mul64(&value, value, INT64_C(1) << -bits))
		return false;
	value -= value % (int64_t)divisor; /* >= 0, as the empty set is worth 0 */
	out->kind = "theta";
	return taut_add64(&out->value, value, m->offset);
}

taut_status taut_bound_theta(taut_bound *out, bool *settled, const taut_model *model,
                             const taut_ctx *ctx, taut_error *err)
{
	theta       s;
	taut_model *m = NULL;
	taut_bound  found = {0};
	int64_t     largest = 0;
	int         bits = BITS;
	bool        near = false;
	taut_status st;

	assert(model->structure == TAUT_STRUCTURE_INDEPENDENT && model->maximise);
	*out = (taut_bound){0};
	*settled = false;
	for (uint32_t v = 0; v < model->n; v++)
		largest = model->linear[v] > largest ? model->linear[v] : largest;
	if (largest == 0 || model->n > VERTICES_MAX || model->n_conflicts > CONFLICTS_MAX)
		return TAUT_OK;
	for (int64_t rest = largest; rest > 1; rest >>= 1)
		bits--;
	st = theta_init(&s, model, largest, err);
	if (st == TAUT_OK) {
		near = search(&s, ctx) <= SETTLED;
		st = relaxed(&m, &s, bits, ldexp((double)largest, bits), err);
	}
	if (st == TAUT_OK)
		st = taut_bound_sdp(&found, m, ctx, err);
	if (st == TAUT_OK && found.known)
		out->known = take_value(out, model, found.value, bits);
	*settled = out->known && near;
	taut_model_free(m);
	theta_fini(&s);
	return st;
}
