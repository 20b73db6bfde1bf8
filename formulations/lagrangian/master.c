#include "formulations/lagrangian/master.h"

#include <assert.h>

#ifndef TAUT_WITH_CLP

bool taut_master_built(void)
{
	return false;
}

taut_status taut_master_new(taut_master **out, taut_error *err)
{
	*out = NULL;
	return taut_fail(err, TAUT_EUSAGE,
	                 "method 'cutting_plane' is not built in: it needs CLP; install "
	                 "coinor-libclp-dev (Debian's name), configure with -DTAUT_WITH_CLP=ON and "
	                 "build again, or take --method bundle, which needs nothing");
}

void taut_master_free(taut_master *master)
{
	(void)master;
}

taut_status taut_master_solve(double *v, double *value, bool *solved, taut_master *master,
                              const taut_cuts *cuts, taut_error *err)
{
	(void)v;
	(void)value;
	(void)master;
	(void)cuts;
	*solved = false;
	return taut_fail(err, TAUT_EUSAGE, "CLP is not built in");
}

#else

#include <dlfcn.h>
#include <float.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <Clp_C_Interface.h>

#include "base/alloc.h"

/* X(result, name, arguments): checked against CLP's header below. */
#define FUNCTIONS(X)                                                                               \
	X(Clp_Simplex *, Clp_newModel, (void))                                                     \
	X(void, Clp_deleteModel, (Clp_Simplex *))                                                  \
	X(void, Clp_setLogLevel, (Clp_Simplex *, int))                                             \
	X(void, Clp_loadProblem,                                                                   \
	  (Clp_Simplex *, const int, const int, const CoinBigIndex *, const int *, const double *, \
	   const double *, const double *, const double *, const double *, const double *))        \
	X(void, Clp_addRows,                                                                       \
	  (Clp_Simplex *, int, const double *, const double *, const CoinBigIndex *, const int *,  \
	   const double *))                                                                        \
	X(void, Clp_setObjSense, (Clp_Simplex *, double))                                          \
	X(int, Clp_dual, (Clp_Simplex *, int))                                                     \
	X(int, Clp_primal, (Clp_Simplex *, int))                                                   \
	X(int, Clp_isProvenOptimal, (Clp_Simplex *))                                               \
	X(double, Clp_getObjValue, (Clp_Simplex *))                                                \
	X(const double *, Clp_getColSolution, (Clp_Simplex *))

#define X(result, name, arguments) \
	_Static_assert(_Generic(&name, result(*) arguments : 1, default : 0), #name);
FUNCTIONS(X)
#undef X

typedef struct {
#define X(result, name, arguments) result(*name) arguments;
	FUNCTIONS(X)
#undef X
} functions;

struct taut_master {
	functions    clp;
	Clp_Simplex *model;      /* NULL: none yet */
	size_t       loaded;     /* cuts in it */
	uint64_t     generation; /* of them */
	int         *columns;    /* scratch: 0..n of every new cut */
	double      *entries;
	int         *first;
	double      *lower, *upper;
};

static bool find(void *library, const char *name, void *out)
{
	void *const address = dlsym(library, name);

	memcpy(out, &address, sizeof address); /* POSIX: a function's address fits */
	return address != NULL;
}

bool taut_master_built(void)
{
	return true;
}

taut_status taut_master_new(taut_master **out, taut_error *err)
{
	/* never closed: the C++ library below it does not bear it */
	void *const  library = dlopen("libClp.so.1", RTLD_NOW | RTLD_LOCAL);
	taut_master *m;
	bool         complete = library != NULL;

	*out = NULL;
	m = taut_alloc(1, sizeof *m, err);
	if (!m)
		return TAUT_ENOMEM;
#define X(result, name, arguments) complete = complete && find(library, #name, &m->clp.name);
	FUNCTIONS(X)
#undef X
	if (!complete) {
		taut_free(m);
		return taut_fail(err, TAUT_EUSAGE,
		                 "method 'cutting_plane' needs CLP's library, libClp.so.1, which "
		                 "%s; install coinor-libclp1 (Debian's name), or take --method "
		                 "bundle, which needs nothing",
		                 library ? "lacks a function" : "is not found");
	}
	*out = m;
	return TAUT_OK;
}

static void free_scratch(taut_master *m)
{
	taut_free(m->columns);
	taut_free(m->entries);
	taut_free(m->first);
	taut_free(m->lower);
	taut_free(m->upper);
	m->columns = m->first = NULL;
	m->entries = m->lower = m->upper = NULL;
}

void taut_master_free(taut_master *master)
{
	if (!master)
		return;
	if (master->model)
		master->clp.Clp_deleteModel(master->model);
	free_scratch(master);
	taut_free(master);
}

/* An empty program: columns v_0..v_{n-1} and t, no rows. */
static taut_status load(taut_master *m, const taut_cuts *cuts, taut_error *err)
{
	const size_t columns = (size_t)cuts->n + 1;
	int         *first = taut_alloc(columns + 1, sizeof *first, err);
	double      *lo = taut_alloc(columns, sizeof *lo, err);
	double      *hi = taut_alloc(columns, sizeof *hi, err);
	double      *cost = taut_alloc(columns, sizeof *cost, err);
	taut_status  st = TAUT_ENOMEM;

	if (!first || !lo || !hi || !cost)
		goto done;
	if (m->model)
		m->clp.Clp_deleteModel(m->model);
	m->model = m->clp.Clp_newModel();
	m->loaded = 0;
	m->generation = cuts->generation;
	if (!m->model) {
		st = taut_fail(err, TAUT_ENOMEM, "CLP has no memory for a model");
		goto done;
	}
	m->clp.Clp_setLogLevel(m->model, 0);
	for (uint32_t j = 0; j < cuts->n; j++) {
		lo[j] = cuts->side[j].lo;
		hi[j] = cuts->side[j].hi;
	}
	lo[cuts->n] = -DBL_MAX; /* CLP's infinity */
	hi[cuts->n] = DBL_MAX;
	cost[cuts->n] = 1;
	m->clp.Clp_loadProblem(m->model, (int)columns, 0, first, NULL, NULL, lo, hi, cost, NULL,
	                       NULL);
	m->clp.Clp_setObjSense(m->model, -1); /* maximise */
	st = TAUT_OK;
done:
	taut_free(first);
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
	taut_status  st = TAUT_ENOMEM;

	if (count == 0)
		return TAUT_OK;
	if (count > INT_MAX / width)
		return taut_fail(err, TAUT_ELIMIT,
		                 "%zu cuts of %" PRIu32 " rows exceed CLP's 2^31 entries", count,
		                 cuts->n);
	m->columns = taut_alloc(count * width, sizeof *m->columns, err);
	m->entries = taut_alloc(count * width, sizeof *m->entries, err);
	m->first = taut_alloc(count + 1, sizeof *m->first, err);
	m->lower = taut_alloc(count, sizeof *m->lower, err);
	m->upper = taut_alloc(count, sizeof *m->upper, err);
	if (!m->columns || !m->entries || !m->first || !m->lower || !m->upper)
		goto done;
	for (size_t i = 0; i < count; i++) {
		const double *slope = cuts->slope + (m->loaded + i) * cuts->n;

		for (uint32_t j = 0; j < cuts->n; j++) {
			m->columns[i * width + j] = (int)j;
			m->entries[i * width + j] = -slope[j];
		}
		m->columns[i * width + cuts->n] = (int)cuts->n;
		m->entries[i * width + cuts->n] = 1;
		m->first[i + 1] = (int)((i + 1) * width);
		m->lower[i] = -DBL_MAX;
		m->upper[i] = cuts->value[m->loaded + i];
	}
	m->clp.Clp_addRows(m->model, (int)count, m->lower, m->upper, m->first, m->columns,
	                   m->entries);
	m->loaded = cuts->count;
	st = TAUT_OK;
done:
	free_scratch(m);
	return st;
}

taut_status taut_master_solve(double *v, double *value, bool *solved, taut_master *master,
                              const taut_cuts *cuts, taut_error *err)
{
	taut_status st = TAUT_OK;

	assert(cuts->count > 0);
	*solved = false;
	if (!master->model || master->generation != cuts->generation)
		st = load(master, cuts, err);
	if (st == TAUT_OK)
		st = add_cuts(master, cuts, err);
	if (st != TAUT_OK)
		return st;
	(void)master->clp.Clp_dual(master->model, 0); /* the last basis stays dual feasible */
	if (!master->clp.Clp_isProvenOptimal(master->model))
		(void)master->clp.Clp_primal(master->model, 0);
	if (!master->clp.Clp_isProvenOptimal(master->model))
		return TAUT_OK;
	memcpy(v, master->clp.Clp_getColSolution(master->model), cuts->n * sizeof *v);
	for (uint32_t j = 0; j < cuts->n; j++) /* CLP's tolerance */
		v[j] = v[j] < cuts->side[j].lo   ? cuts->side[j].lo
		       : v[j] > cuts->side[j].hi ? cuts->side[j].hi
		                                 : v[j];
	*value = master->clp.Clp_getObjValue(master->model);
	*solved = true;
	return TAUT_OK;
}

#endif
