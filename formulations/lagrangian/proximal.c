#include "formulations/lagrangian/proximal.h"

#include <assert.h>
#include <math.h>

#include "base/alloc.h"

enum { STEPS_MAX = 800, HALVINGS = 40, REFRESH = 64 };
static const double SHARE = 0.05; /* of the predicted gain */
static const double LEAST = 1e-9;

typedef struct {
	const taut_cuts *cuts;
	const double    *centre;
	double           tau;
	double          *weight; /* [count] */
	double          *mean;   /* [n] sum of weight times slope */
	double          *v;      /* [n] */
	double          *cut;    /* [count] at v */
} work;

static double boxed(const work *w, uint32_t j, double mean)
{
	const taut_side *side = &w->cuts->side[j];

	return fmax(side->lo, fmin(side->hi, w->centre[j] + w->tau * mean));
}

/* v and the cuts' values there. */
static void place(work *w)
{
	const taut_cuts *c = w->cuts;

	for (uint32_t j = 0; j < c->n; j++)
		w->v[j] = boxed(w, j, w->mean[j]);
	for (size_t i = 0; i < c->count; i++) {
		const double *slope = c->slope + i * c->n;
		double        value = c->value[i];

		for (uint32_t j = 0; j < c->n; j++)
			value += slope[j] * w->v[j];
		w->cut[i] = value;
	}
}

/* The mean slope afresh: steps leave rounding in it. */
static void refresh(work *w)
{
	const taut_cuts *c = w->cuts;

	for (uint32_t j = 0; j < c->n; j++)
		w->mean[j] = 0;
	for (size_t i = 0; i < c->count; i++)
		for (uint32_t j = 0; j < c->n && w->weight[i] > 0; j++)
			w->mean[j] += w->weight[i] * c->slope[i * c->n + j];
}

/* cut_to - cut_from after weight `step` has gone from one to the other: grows with step. */
static double difference(const work *w, size_t to, size_t from, double step)
{
	const taut_cuts *c = w->cuts;
	const double    *a = c->slope + to * c->n;
	const double    *b = c->slope + from * c->n;
	double           value = c->value[to] - c->value[from];

	for (uint32_t j = 0; j < c->n; j++) {
		const double d = a[j] - b[j];

		value += d * boxed(w, j, w->mean[j] + step * d);
	}
	return value;
}

static void shift(work *w, size_t to, size_t from)
{
	const taut_cuts *c = w->cuts;
	double           lo = 0;
	double           hi = w->weight[from];

	if (difference(w, to, from, hi) <= 0) {
		lo = hi; /* all of it */
	} else {
		for (int k = 0; k < HALVINGS; k++) {
			const double middle = 0.5 * (lo + hi);

			*(difference(w, to, from, middle) <= 0 ? &lo : &hi) = middle;
		}
	}
	w->weight[to] += lo;
	w->weight[from] -= lo;
	for (uint32_t j = 0; j < c->n; j++)
		w->mean[j] += lo * (c->slope[to * c->n + j] - c->slope[from * c->n + j]);
}

/* One step; false where the weights are good enough. */
static bool improve(work *w, double at_centre)
{
	const size_t count = w->cuts->count;
	size_t       least = 0;
	size_t       most = count; /* none yet */
	double       mean = 0;

	place(w);
	for (size_t i = 0; i < count; i++) {
		if (w->cut[i] < w->cut[least])
			least = i;
		if (w->weight[i] > 0 && (most == count || w->cut[i] > w->cut[most]))
			most = i;
		mean += w->weight[i] * w->cut[i];
	}
	if (mean - w->cut[least] <= fmax(LEAST, SHARE * (w->cut[least] - at_centre)) ||
	    w->cut[most] <= w->cut[least])
		return false;
	shift(w, least, most);
	return true;
}

taut_status taut_proximal_solve(double *v, double *value, double *mean, const taut_cuts *cuts,
                                const double *centre, double at_centre, double tau, taut_error *err)
{
	work        w = {.cuts = cuts, .centre = centre, .tau = tau, .v = v};
	size_t      first = 0;
	taut_status st = TAUT_ENOMEM;

	assert(cuts->count > 0 && tau > 0);
	w.weight = taut_alloc(cuts->count, sizeof *w.weight, err);
	w.mean = taut_alloc(cuts->n, sizeof *w.mean, err);
	w.cut = taut_alloc(cuts->count, sizeof *w.cut, err);
	if (!w.weight || !w.mean || !w.cut)
		goto done;
	place(&w); /* mean 0: at the centre */
	for (size_t i = 1; i < cuts->count; i++)
		if (w.cut[i] < w.cut[first])
			first = i;
	w.weight[first] = 1;
	for (int step = 0; step < STEPS_MAX; step++) {
		if (step % REFRESH == 0)
			refresh(&w);
		if (!improve(&w, at_centre))
			break;
	}
	place(&w);
	*value = w.cut[0];
	*mean = 0;
	for (size_t i = 0; i < cuts->count; i++) {
		*value = fmin(*value, w.cut[i]);
		*mean += w.weight[i] * w.cut[i];
	}
	st = TAUT_OK;
done:
	taut_free(w.weight);
	taut_free(w.mean);
	taut_free(w.cut);
	return st;
}
