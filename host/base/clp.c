#include "base/clp.h"

#include <assert.h>

#ifndef TAUT_WITH_CLP

bool taut_clp_built(void)
{
	return false;
}

taut_status taut_clp_check(taut_error *err)
{
	return taut_fail(err, TAUT_EUSAGE,
	                 "is not built in: it needs CLP; install coinor-libclp-dev (Debian's "
	                 "name), configure with "
	                 "-DTAUT_WITH_CLP=ON and build again");
}

taut_status taut_clp_new(taut_clp **out, size_t n, const double *lo, const double *hi,
                         const double *cost, taut_error *err)
{
	(void)n;
	(void)lo;
	(void)hi;
	(void)cost;
	*out = NULL;
	return taut_clp_check(err);
}

void taut_clp_free(taut_clp *lp)
{
	assert(!lp);
	(void)lp;
}

/* There is no program, so nobody calls these. */
taut_status taut_clp_add_rows(taut_clp *lp, size_t count, const double *lower, const double *upper,
                              const int *first, const int *column, const double *entry,
                              taut_error *err)
{
	(void)lp;
	(void)count;
	(void)lower;
	(void)upper;
	(void)first;
	(void)column;
	(void)entry;
	return taut_clp_check(err);
}

void taut_clp_delete_rows(taut_clp *lp, size_t count, const int *row)
{
	(void)lp;
	(void)count;
	(void)row;
}

bool taut_clp_solve(taut_clp *lp, int steps, const taut_ctx *ctx)
{
	(void)lp;
	(void)steps;
	(void)ctx;
	return false;
}

double taut_clp_value(const taut_clp *lp)
{
	(void)lp;
	return 0;
}

const double *taut_clp_x(const taut_clp *lp)
{
	(void)lp;
	return NULL;
}

const double *taut_clp_price(const taut_clp *lp)
{
	(void)lp;
	return NULL;
}

uint64_t taut_clp_steps(const taut_clp *lp)
{
	(void)lp;
	return 0;
}

#else

#include <dlfcn.h>
#include <limits.h>
#include <string.h>

#include <Clp_C_Interface.h>

#include "base/alloc.h"

/* Simplex steps between looks at ctx, fewer of large programs: WORK / (entries + rows + columns).
 */
enum { CHUNK_MOST = 500, CHUNK_LEAST = 50, CHUNK_WORK = 20000000 };

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
	X(void, Clp_deleteRows, (Clp_Simplex *, int, const int *))                                 \
	X(void, Clp_setMaximumIterations, (Clp_Simplex *, int))                                    \
	X(int, Clp_dual, (Clp_Simplex *, int))                                                     \
	X(int, Clp_primal, (Clp_Simplex *, int))                                                   \
	X(int, Clp_isProvenOptimal, (Clp_Simplex *))                                               \
	X(int, Clp_isIterationLimitReached, (Clp_Simplex *))                                       \
	X(int, Clp_numberIterations, (Clp_Simplex *))                                              \
	X(double, Clp_getObjValue, (Clp_Simplex *))                                                \
	X(const double *, Clp_getColSolution, (Clp_Simplex *))                                     \
	X(const double *, Clp_getRowPrice, (Clp_Simplex *))

#define X(result, name, arguments) \
	_Static_assert(_Generic(&name, result(*) arguments : 1, default : 0), #name);
FUNCTIONS(X)
#undef X

typedef struct {
#define X(result, name, arguments) result(*name) arguments;
	FUNCTIONS(X)
#undef X
} functions;

struct taut_clp {
	functions    f;
	Clp_Simplex *model;
	size_t       n, rows, entries;
	uint64_t     steps;
};

bool taut_clp_built(void)
{
	return true;
}

static bool find(void *library, const char *name, void *out)
{
	void *const address = dlsym(library, name);

	memcpy(out, &address, sizeof address); /* POSIX: a function's address fits */
	return address != NULL;
}

static taut_status bind(functions *out, taut_error *err)
{
	/* never closed: the C++ library below it does not bear it */
	void *const library = dlopen("libClp.so.1", RTLD_NOW | RTLD_LOCAL);
	bool        complete = library != NULL;

#define X(result, name, arguments) complete = complete && find(library, #name, &out->name);
	FUNCTIONS(X)
#undef X
	return complete ? TAUT_OK
	                : taut_fail(err, TAUT_EUSAGE,
	                            "needs CLP's library, libClp.so.1, which %s; install "
	                            "coinor-libclp1 (Debian's name)",
	                            library ? "lacks a function" : "is not found");
}

taut_status taut_clp_check(taut_error *err)
{
	functions f;

	return bind(&f, err);
}

void taut_clp_free(taut_clp *lp)
{
	if (!lp)
		return;
	if (lp->model)
		lp->f.Clp_deleteModel(lp->model);
	taut_free(lp);
}

taut_status taut_clp_new(taut_clp **out, size_t n, const double *lo, const double *hi,
                         const double *cost, taut_error *err)
{
	taut_clp   *lp;
	int        *first = NULL;
	taut_status st;

	*out = NULL;
	if (n >= INT_MAX)
		return taut_fail(err, TAUT_ELIMIT, "%zu columns exceed CLP's 2^31", n);
	lp = taut_alloc(1, sizeof *lp, err);
	if (!lp)
		return TAUT_ENOMEM;
	st = bind(&lp->f, err);
	if (st != TAUT_OK)
		goto done;
	st = TAUT_ENOMEM;
	first = taut_alloc(n + 1, sizeof *first, err);
	if (!first)
		goto done;
	lp->model = lp->f.Clp_newModel();
	if (!lp->model) {
		st = taut_fail(err, TAUT_ENOMEM, "CLP has no memory for a model");
		goto done;
	}
	lp->n = n;
	lp->f.Clp_setLogLevel(lp->model, 0);
	lp->f.Clp_loadProblem(lp->model, (int)n, 0, first, NULL, NULL, lo, hi, cost, NULL, NULL);
	*out = lp;
	lp = NULL;
	st = TAUT_OK;
done:
	taut_free(first);
	taut_clp_free(lp);
	return st;
}

taut_status taut_clp_add_rows(taut_clp *lp, size_t count, const double *lower, const double *upper,
                              const int *first, const int *column, const double *entry,
                              taut_error *err)
{
	const size_t entries = (size_t)first[count];

	if (count == 0)
		return TAUT_OK;
	if (count > (size_t)INT_MAX - lp->rows || entries > (size_t)INT_MAX - lp->entries)
		return taut_fail(err, TAUT_ELIMIT, "%zu rows of %zu entries more exceed CLP's 2^31",
		                 count, entries);
	lp->f.Clp_addRows(lp->model, (int)count, lower, upper, first, column, entry);
	lp->rows += count;
	lp->entries += entries;
	return TAUT_OK;
}

void taut_clp_delete_rows(taut_clp *lp, size_t count, const int *row)
{
	assert(count <= lp->rows);
	if (count > 0)
		lp->f.Clp_deleteRows(lp->model, (int)count, row);
	lp->rows -= count; /* its entries stay counted: an upper limit */
}

/* One way of the simplex, in pieces. True where it came to an end. */
static bool pieces(taut_clp *lp, int (*way)(Clp_Simplex *, int), int *steps, const taut_ctx *ctx)
{
	const size_t pays = CHUNK_WORK / (lp->entries + lp->rows + lp->n + 1);
	const int    most = pays > CHUNK_MOST    ? CHUNK_MOST
	                    : pays < CHUNK_LEAST ? CHUNK_LEAST
	                                         : (int)pays;

	while (*steps > 0 && !taut_ctx_stopped(ctx)) {
		const int chunk = *steps < most ? *steps : most;
		int       taken;

		lp->f.Clp_setMaximumIterations(lp->model, chunk);
		(void)way(lp->model, 0);
		taken = lp->f.Clp_numberIterations(lp->model);
		lp->steps += (uint64_t)(taken > 0 ? taken : 0);
		*steps -= taken > 0 ? taken : 1;
		if (!lp->f.Clp_isIterationLimitReached(lp->model))
			return true;
	}
	return false;
}

bool taut_clp_solve(taut_clp *lp, int steps, const taut_ctx *ctx)
{
	bool ended = pieces(lp, lp->f.Clp_dual, &steps,
	                    ctx); /* after new rows the last basis stays dual feasible */

	if (ended && !lp->f.Clp_isProvenOptimal(lp->model))
		ended = pieces(lp, lp->f.Clp_primal, &steps, ctx);
	return ended && lp->f.Clp_isProvenOptimal(lp->model);
}

double taut_clp_value(const taut_clp *lp)
{
	return lp->f.Clp_getObjValue(lp->model);
}

const double *taut_clp_x(const taut_clp *lp)
{
	return lp->f.Clp_getColSolution(lp->model);
}

const double *taut_clp_price(const taut_clp *lp)
{
	return lp->f.Clp_getRowPrice(lp->model);
}

uint64_t taut_clp_steps(const taut_clp *lp)
{
	return lp->steps;
}

#endif
