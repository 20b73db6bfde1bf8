#include "formulations/lagrangian/master.h"

#include <assert.h>
#include <float.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clp.h"

/* Simplex steps of one master: far above what one of CUTS_MAX cuts takes, and an end to one that does
 * not settle. */
enum { STEPS_MAX = 20000 };

struct taut_master {
	taut_clp *lp;         /* NULL: none yet */
	size_t    loaded;     /* cuts in it */
	uint64_t  generation; /* of them */
};

bool taut_master_built(void)
{
	return taut_clp_built();
}

taut_status taut_master_new(taut_master **out, taut_error *err)
{
	taut_error  why = {TAUT_OK, ""};
	taut_status st = taut_clp_check(&why);

	*out = NULL;
	if (st != TAUT_OK)
		return taut_fail(err, st,
		                 "method 'cutting_plane' %.180s, or take --method bundle, which "
		                 "needs nothing",
		                 why.text);
	*out = taut_alloc(1, sizeof **out, err);
	return *out ? TAUT_OK : TAUT_ENOMEM;
}

void taut_master_free(taut_master *master)
{
	if (!master)
		return;
	taut_clp_free(master->lp);
	taut_free(master);
}

/* An empty program: columns v_0..v_{n-1} and t, no rows; -t is minimised. */
static taut_status load(taut_master *m, const taut_cuts *cuts, taut_error *err)
{
	const size_t columns = (size_t)cuts->n + 1;
	double      *lo = taut_alloc(columns, sizeof *lo, err);
	double      *hi = taut_alloc(columns, sizeof *hi, err);
	double      *cost = taut_alloc(columns, sizeof *cost, err);
	taut_status  st = TAUT_ENOMEM;

	if (!lo || !hi || !cost)
		goto done;
	taut_clp_free(m->lp);
	m->loaded = 0;
	m->generation = cuts->generation;
	for (uint32_t j = 0; j < cuts->n; j++) {
		lo[j] = cuts->side[j].lo;
		hi[j] = cuts->side[j].hi;
	}
	lo[cuts->n] = -DBL_MAX;
	hi[cuts->n] = DBL_MAX;
	cost[cuts->n] = -1;
	st = taut_clp_new(&m->lp, columns, lo, hi, cost, err);
done:
	taut_free(lo);
	taut_free(hi);
	taut_free(cost);
	return st;
}

/* t - slope v <= value for the cuts that are not in it yet. */
static taut_status add_cuts(taut_master *m, const taut_cuts *cuts, taut_error *err)
{
	const size_t width = (size_t)cuts->n + 1;
	const size_t count = cuts->count - m->loaded;
	int         *columns = NULL, *first = NULL; /* 0..n of every new cut */
	double      *entries = NULL, *lower = NULL, *upper = NULL;
	taut_status  st = TAUT_ENOMEM;

	if (count == 0)
		return TAUT_OK;
	if (count > INT_MAX / width)
		return taut_fail(err, TAUT_ELIMIT,
		                 "%zu cuts of %" PRIu32 " rows exceed CLP's 2^31 entries", count,
		                 cuts->n);
	columns = taut_alloc(count * width, sizeof *columns, err);
	entries = taut_alloc(count * width, sizeof *entries, err);
	first = taut_alloc(count + 1, sizeof *first, err);
	lower = taut_alloc(count, sizeof *lower, err);
	upper = taut_alloc(count, sizeof *upper, err);
	if (!columns || !entries || !first || !lower || !upper)
		goto done;
	for (size_t i = 0; i < count; i++) {
		const double *slope = cuts->slope + (m->loaded + i) * cuts->n;

		for (uint32_t j = 0; j < cuts->n; j++) {
			columns[i * width + j] = (int)j;
			entries[i * width + j] = -slope[j];
		}
		columns[i * width + cuts->n] = (int)cuts->n;
		entries[i * width + cuts->n] = 1;
		first[i + 1] = (int)((i + 1) * width);
		lower[i] = -DBL_MAX;
		upper[i] = cuts->value[m->loaded + i];
	}
	st = taut_clp_add_rows(m->lp, count, lower, upper, first, columns, entries, err);
	if (st == TAUT_OK)
		m->loaded = cuts->count;
done:
	taut_free(columns);
	taut_free(entries);
	taut_free(first);
	taut_free(lower);
	taut_free(upper);
	return st;
}

taut_status taut_master_solve(double *v, double *value, bool *solved, taut_master *master,
                              const taut_cuts *cuts, const taut_ctx *ctx, taut_error *err)
{
	const double *x;
	taut_status   st = TAUT_OK;

	assert(cuts->count > 0);
	*solved = false;
	if (!master->lp || master->generation != cuts->generation)
		st = load(master, cuts, err);
	if (st == TAUT_OK)
		st = add_cuts(master, cuts, err);
	if (st != TAUT_OK || !taut_clp_solve(master->lp, STEPS_MAX, ctx))
		return st;
	x = taut_clp_x(master->lp);
	for (uint32_t j = 0; j < cuts->n; j++) /* within CLP's tolerance */
		v[j] = x[j] < cuts->side[j].lo   ? cuts->side[j].lo
		       : x[j] > cuts->side[j].hi ? cuts->side[j].hi
		                                 : x[j];
	*value = -taut_clp_value(master->lp);
	*solved = true;
	return TAUT_OK;
}
