#include "bound/sdp.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "bound/definite.h"
#include "bound/ising.h"

#if FLT_EVAL_METHOD != 0
#error "the proof needs operations on doubles to be rounded to double"
#endif

/* Measured on G-set and OR-Library problems (docs/bound.md). */
enum {
	ENTRIES_MAX = 1 << 23, /* of the couplings, each twice */
	FACTOR_MAX = 8 << 20,  /* entries */
	RANK_MAX = 32,         /* more is slower and not better */
	SWEEPS_MAX = 2000,
	LANCZOS_STEPS = 120,
	TRIES = 6,
	BITS_MAX = 30
};
static const uint64_t MIXING_WORK = 600000000;
static const uint64_t FACTOR_WORK = 10000000000;
static const double   CONVERGED = 1e-8;   /* relative gain of a sweep */
static const double   FIRST_SHIFT = 1e-5; /* of the mean y, beyond the estimate */
static const double   SHIFT_GROWTH = 10.0;

typedef struct {
	taut_couplings a;
	bool           hub; /* the last spin stands for the field */
	uint32_t       rank;
	int            bits;
	size_t        *row; /* a's arrays, owned */
	uint32_t      *col;
	double        *value;
	double        *v; /* [n][rank] */
	double        *g; /* [max(rank, n)] scratch */
	double        *y; /* [n] */
	double        *u; /* [2 n] scratch */
	taut_definite  definite;
} sdp;

static void sdp_fini(sdp *p)
{
	taut_free(p->row);
	taut_free(p->col);
	taut_free(p->value);
	taut_free(p->v);
	taut_free(p->g);
	taut_free(p->y);
	taut_free(p->u);
	taut_definite_fini(&p->definite);
}

static void put(sdp *p, size_t *at, uint32_t col, int64_t value)
{
	p->col[*at] = col;
	p->value[(*at)++] = (double)value;
}

/* W in rows; the caller has seen that its numbers are below 2^50. */
static void fill(sdp *p, const taut_ising *s)
{
	const uint32_t n = s->model->n;
	size_t         at = 0;

	for (uint32_t i = 0; i < n; i++) {
		const taut_coupling_row row = taut_model_couplings(s->model, i);

		for (size_t k = 0; k < row.count; k++)
			if (taut_coupling_column(&row, k) != i && taut_coupling(&row, k) != 0)
				put(p, &at, taut_coupling_column(&row, k),
				    s->sign * taut_coupling(&row, k));
		if (s->field[i])
			put(p, &at, n, s->field[i]);
		p->row[i + 1] = at;
	}
	for (uint32_t i = 0; i < n && p->hub; i++)
		if (s->field[i])
			put(p, &at, i, s->field[i]);
	p->row[p->a.n] = at;
}

static taut_status sdp_init(sdp *p, const taut_ising *s, taut_error *err)
{
	const uint32_t n = s->model->n + (s->has_field ? 1 : 0);
	const size_t   entries = 2 * (s->terms + (s->has_field ? s->model->n : 0));
	const uint32_t enough = (uint32_t)ceil(sqrt(2.0 * n)) + 1;
	const uint32_t rank = enough < RANK_MAX ? enough : RANK_MAX;

	*p = (sdp){.hub = s->has_field, .rank = (rank + 3) / 4 * 4, .bits = BITS_MAX};
	/* y stays below 2^52 units: a margin of 4 over the largest row sum, of which y is at most
	 * one plus a shift of as much */
	while (p->bits > 0 && ldexp(4.0 * (double)s->largest * n, p->bits) >= 0x1p52)
		p->bits--;
	p->row = taut_alloc((size_t)n + 1, sizeof *p->row, err);
	p->col = taut_alloc(entries, sizeof *p->col, err);
	p->value = taut_alloc(entries, sizeof *p->value, err);
	p->v = taut_alloc((size_t)n * p->rank, sizeof *p->v, err);
	p->g = taut_alloc(n > p->rank ? n : p->rank, sizeof *p->g, err);
	p->y = taut_alloc(n, sizeof *p->y, err);
	p->u = taut_alloc(2 * (size_t)n, sizeof *p->u, err);
	if (!p->row || !p->col || !p->value || !p->v || !p->g || !p->y || !p->u)
		return TAUT_ENOMEM;
	p->a = (taut_couplings){.n = n, .row = p->row, .col = p->col, .value = p->value};
	fill(p, s);
	return TAUT_OK;
}

/* v = x / |x|, or x's old direction stays where it is 0; returns |x|. */
static double normalise(double *v, const double *x, uint32_t rank, double sign)
{
	double sum = 0.0;

	for (uint32_t k = 0; k < rank; k++)
		sum += x[k] * x[k];
	sum = sqrt(sum);
	for (uint32_t k = 0; k < rank && sum > 0.0; k++)
		v[k] = sign * x[k] / sum;
	return sum;
}

static void set_vectors(sdp *p)
{
	taut_rng rng;

	taut_rng_init(&rng, 1, 0);
	for (uint32_t i = 0; i < p->a.n; i++) {
		for (uint32_t k = 0; k < p->rank; k++)
			p->g[k] = taut_rng_unit(&rng) - 0.5;
		normalise(p->v + (size_t)i * p->rank, p->g, p->rank, 1.0);
	}
}

/* One turn through all vectors; y becomes the norms, and their sum is returned. */
static double sweep(sdp *p)
{
	const uint32_t rank = p->rank;
	double *const  g = p->g;
	double         sum = 0.0;

	for (uint32_t i = 0; i < p->a.n; i++) {
		memset(g, 0, rank * sizeof *g);
		for (size_t e = p->row[i]; e < p->row[i + 1]; e++) {
			const double *v = p->v + (size_t)p->col[e] * rank;
			const double  w = p->value[e];

			for (uint32_t k = 0; k < rank; k++)
				g[k] += w * v[k];
		}
		p->y[i] = normalise(p->v + (size_t)i * rank, g, rank, -1.0);
		sum += p->y[i];
	}
	return sum;
}

static void mix(sdp *p, const taut_ctx *ctx)
{
	const uint64_t cost = (uint64_t)(p->row[p->a.n] + p->a.n) * p->rank + 1;
	double         before = 0.0;
	uint64_t       work = 0;

	set_vectors(p);
	for (int k = 0; k < SWEEPS_MAX && work < MIXING_WORK && !taut_ctx_stopped(ctx); k++) {
		const double sum = sweep(p);

		work += cost;
		if (k > 0 && fabs(sum - before) <= CONVERGED * sum)
			break;
		before = sum;
	}
}

/* out = (W + Diag(y)) x */
static void apply(double *out, const sdp *p, const double *x)
{
	for (uint32_t i = 0; i < p->a.n; i++) {
		double sum = p->y[i] * x[i];

		for (size_t e = p->row[i]; e < p->row[i + 1]; e++)
			sum += p->value[e] * x[p->col[e]];
		out[i] = sum;
	}
}

/* Eigenvalues of a tridiagonal matrix below x (Sturm). */
static int below(const double *diagonal, const double *beside, int n, double x)
{
	double pivot = 1.0;
	int    count = 0;

	for (int k = 0; k < n; k++) {
		pivot = diagonal[k] - x - (k ? beside[k - 1] * beside[k - 1] / pivot : 0.0);
		if (pivot == 0.0)
			pivot = -DBL_MIN;
		count += pivot < 0.0;
	}
	return count;
}

/* An estimate of the least eigenvalue of W + Diag(y), between -size and size. */
static double least_eigenvalue(sdp *p, double size, const taut_ctx *ctx)
{
	const uint32_t n = p->a.n;
	double         diagonal[LANCZOS_STEPS], beside[LANCZOS_STEPS];
	double        *now = p->u, *last = p->u + n, *next = p->g;
	double         lo = -size, hi = size;
	int            steps = 0;
	taut_rng       rng;

	taut_rng_init(&rng, 2, 0);
	for (uint32_t i = 0; i < n; i++) {
		next[i] = taut_rng_unit(&rng) - 0.5;
		last[i] = 0.0;
	}
	normalise(now, next, n, 1.0);
	while (steps < LANCZOS_STEPS && (uint32_t)steps < n && !taut_ctx_stopped(ctx)) {
		double along = 0.0;

		apply(next, p, now);
		for (uint32_t i = 0; i < n; i++)
			along += next[i] * now[i];
		for (uint32_t i = 0; i < n; i++)
			next[i] -= along * now[i] + (steps ? beside[steps - 1] * last[i] : 0.0);
		diagonal[steps] = along;
		memcpy(last, now, n * sizeof *last);
		beside[steps] = normalise(now, next, n, 1.0);
		if (beside[steps++] <= 1e-12 * size)
			break;
	}
	for (int k = 0; k < 60; k++) {
		const double middle = 0.5 * (lo + hi);

		if (below(diagonal, beside, steps, middle) > 0)
			hi = middle;
		else
			lo = middle;
	}
	return hi;
}

/* The lemma's margin in units of 2^-bits, rounded up; trace in the same units. */
static taut_int128 margin(uint32_t n, taut_int128 trace)
{
	return ((trace * ((taut_int128)n + 3)) >> 50) + 2;
}

/* Tries y + shift; true when it is proven, with *sum = sum y in units. */
static bool prove(taut_int128 *sum, sdp *p, double shift, const taut_ctx *ctx)
{
	taut_int128 trace = 0;

	for (uint32_t i = 0; i < p->a.n; i++) {
		const double units = ceil(ldexp(p->y[i] + shift, p->bits));

		if (!(units >= 0.0 && units < 0x1p52))
			return false;
		trace += (int64_t)units;
		p->u[i] = ldexp(units, -p->bits);
	}
	if (!taut_definite_factor(&p->definite, p->u, ctx))
		return false;
	*sum = trace + margin(p->a.n, trace) * p->a.n;
	return true;
}

static bool search(taut_int128 *sum, sdp *p, const taut_ctx *ctx)
{
	uint64_t work = 0;
	double   mean = 0.0, size = 0.0, shift, more;

	mix(p, ctx);
	for (uint32_t i = 0; i < p->a.n; i++) {
		double row = p->y[i];

		for (size_t e = p->row[i]; e < p->row[i + 1]; e++)
			row += fabs(p->value[e]);
		size = row > size ? row : size;
		mean += p->y[i] / p->a.n;
	}
	shift = -least_eigenvalue(p, size, ctx);
	shift = shift > 0.0 ? shift : 0.0;
	more = FIRST_SHIFT * mean;
	if (2 * p->definite.work > FACTOR_WORK) /* one try only */
		more *= SHIFT_GROWTH * SHIFT_GROWTH;
	for (int k = 0; k < TRIES && !taut_ctx_stopped(ctx); k++, more *= SHIFT_GROWTH) {
		if (work + p->definite.work > FACTOR_WORK)
			return false;
		work += p->definite.work;
		if (prove(sum, p, shift + more, ctx))
			return true;
	}
	return false;
}

static taut_status raise(taut_bound *out, const taut_ising *s, const taut_ctx *ctx, taut_error *err)
{
	sdp         p;
	bool        fits = false;
	taut_int128 sum;
	int64_t     value;
	taut_status st = sdp_init(&p, s, err);

	if (st == TAUT_OK)
		st = taut_definite_init(&p.definite, &fits, &p.a, p.hub, FACTOR_MAX, ctx, err);
	if (st == TAUT_OK && fits && p.definite.work <= FACTOR_WORK && search(&sum, &p, ctx)) {
		/* 4 f >= constant - sum / 2 / 2^bits */
		const int64_t units = INT64_C(2) << p.bits;

		if (taut_ising_value(&value, s, (taut_int128)s->constant * units - sum, units) &&
		    (!out->known || s->sign * value > s->sign * out->value))
			*out = (taut_bound){.known = true, .value = value, .kind = "sdp"};
	}
	sdp_fini(&p);
	return st;
}

taut_status taut_bound_sdp(taut_bound *out, const taut_model *model, const taut_ctx *ctx,
                           taut_error *err)
{
	taut_ising  s;
	bool        fits;
	taut_status st = taut_ising_init(&s, &fits, model, err);

	*out = (taut_bound){.kind = "gershgorin"};
	if (st == TAUT_OK && fits) {
		out->known =
			taut_ising_value(&out->value, &s, (taut_int128)s.constant - s.magnitude, 1);
		if (s.terms > 0 && s.terms + model->n <= ENTRIES_MAX / 2 &&
		    4.0 * (double)s.largest * (model->n + 1) < 0x1p52 &&
		    s.magnitude < INT64_C(1) << 50 && !taut_ctx_stopped(ctx))
			st = raise(out, &s, ctx, err);
	}
	taut_ising_fini(&s);
	return st;
}
