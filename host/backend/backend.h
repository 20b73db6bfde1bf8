/*
 * A backend: problem in, samples out. Contract (one conformance test runs on all of them): open -> limits -> any
 * number of (load -> any number of run) -> close; the same problem, schedule and seed give the same samples on every
 * backend whose limits say `exact`; energies are claims until the answer stage has recomputed them; no member of the
 * table is NULL; one handle per thread.
 */
#ifndef TAUT_BACKEND_BACKEND_H
#define TAUT_BACKEND_BACKEND_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"
#include "base/names.h"
#include "base/status.h"
#include "qubo/problem.h"

enum { TAUT_BACKEND_ABI = 2 };

/* Algorithms that move beside terms over activities; bit a: taut_algorithm a. */
#define TAUT_BACKEND_TERM_ALGORITHMS \
	(1u << TAUT_ALGORITHM_SA | 1u << TAUT_ALGORITHM_PT | 1u << TAUT_ALGORITHM_RANDOM)

typedef struct taut_backend taut_backend;

typedef struct {
	uint64_t max_variables;
	uint64_t max_couplings;     /* stored entries, both directions */
	uint32_t max_permutation;   /* 0: no permutation engine */
	bool     groups;            /* takes one-hot groups */
	bool     dense;             /* takes dense couplings */
	bool     terms;             /* takes terms over activities, with the algorithms below */
	uint32_t algorithms;        /* bit a: runs taut_algorithm a */
	bool     exact;             /* bit-identical with hls/model */
	char     device[96];        /* "Intel(R) Xeon(R), avx512, 64 lanes of 32 bits" */
} taut_limits;

/* One run. Temperatures fall geometrically from t_hot to t_cold over the sweeps, or follow the points. */
typedef struct {
	taut_algorithm  algorithm; /* never AUTO */
	taut_acceptance acceptance;
	uint32_t        reads; /* lanes; groups of 64 */
	uint64_t        sweeps;
	uint64_t        seed;
	double          t_hot, t_cold; /* device units; t_hot >= t_cold >= 0; sb, tabu and random use none */
	/* Instead of them a line through points that stand at equal distances over the sweeps, the first at the first
	 * sweep and the last at the last; device units, finite, >= 0. NULL: none. */
	const double *points; /* [n_points] */
	uint32_t      n_points;
	/* pt: the ladder, coldest first, device units, constant over the sweeps (t_hot, t_cold and points are not
	 * used); read r is on rung r % 64 % n_rungs at first. */
	const double *rungs; /* [n_rungs] */
	uint32_t      n_rungs; /* 2 to 64 */
	/* sqa: slices of a Trotter ring, 4 to 64, a power of two; the transverse field falls from gamma_hot to
	 * gamma_cold as temperatures do, device units; the temperatures are those of a slice's moves, ring times the
	 * model's. */
	uint32_t ring;
	double   gamma_hot, gamma_cold;
	uint64_t        track_from;    /* first sweep after which best states are kept */
	/* States to start from, of the same shape; read r takes sample r % initial->count. NULL: random. */
	const taut_samples *initial;
} taut_schedule;

/* What open is told; views that need not outlive it. NULL stands for no options. */
typedef struct {
	const char *device;    /* number from 0, or part of the name; NULL: the first */
	const char *bitstream; /* file; NULL: as the backend finds one (docs/hardware.md) */
} taut_backend_options;

/* Where time went since open, in seconds; runs at the same time on several units count once each. */
typedef struct {
	double pack;     /* host: problem and states to the device's form and back */
	double transfer; /* to and from the device */
	double kernel;   /* on the device */
} taut_backend_times;

enum { TAUT_DEVICES_MAX = 16 };

/* What `taut backends` lists. */
typedef struct {
	uint32_t count;
	char     name[TAUT_DEVICES_MAX][96];
	char     missing[256]; /* what is to be done to use the backend, or use more devices; "" when nothing is */
} taut_devices;

typedef struct {
	uint32_t          abi; /* TAUT_BACKEND_ABI */
	taut_backend_name name;
	void (*devices)(taut_devices *out); /* looks without opening; never fails */
	taut_status (*open)(taut_backend **out, const taut_backend_options *options, taut_error *err);
	void (*limits)(taut_limits *out, const taut_backend *b); /* after open; never fails */
	void (*times)(taut_backend_times *out, const taut_backend *b);
	/* Copies what it needs; the problem may die. ELIMIT when it exceeds the limits, saying what and by how much. */
	taut_status (*load)(taut_backend *b, const taut_problem *problem, taut_error *err);
	/* Blocks. Looks at the stop flag and the deadline at least once per sweep. When stopped early, samples are
	 * the best or current states so far of the first reads, one at least, and *finished is false. On failure
	 * *out is NULL, but for EDEVICE in mid-run: then it holds the states before the device was lost, where there
	 * are any. */
	taut_status (*run)(taut_samples **out, bool *finished, taut_backend *b, const taut_schedule *schedule,
			   const taut_ctx *ctx, taut_error *err);
	void (*close)(taut_backend *b); /* accepts NULL */
} taut_backend_ops;

struct taut_backend {
	const taut_backend_ops *ops; /* base class: first member of every backend */
};

/* True for auto and the backends that look at what open is told: the others have one device and no bitstream. */
bool taut_backend_has_choice(taut_backend_name name);

/* The table's row; NULL for a name that is not built in. AUTO gives the cpu. */
const taut_backend_ops *taut_backend_find(taut_backend_name name);

#endif
