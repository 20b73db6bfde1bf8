/* Inside of the cpu backend: what its files share. */
#ifndef TAUT_BACKEND_CPU_CPU_H
#define TAUT_BACKEND_CPU_CPU_H

#include "backend/backend.h"
#include "backend/cpu/kernels.h"
#include "backend/cpu/ladders.h"
#include "backend/cpu/layout.h"
#include "backend/noise.h"
#include "base/parallel.h"

extern const taut_backend_ops taut_cpu_ops;

/* Opens with a given instruction set ("generic", "avx2", "avx512", "avx512vnni"; NULL: the widest
 * present). EUSAGE when it is unknown or this processor lacks it. */
taut_status taut_cpu_open_isa(taut_backend **out, const char *isa, taut_error *err) TAUT_MUST_CHECK;

/* How couplings of bits are taken. AUTO: as the cost model says (docs/cpu.md); SPARSE: lane-major;
 * SLICED: bit slices where they fit, else lane-major. */
typedef enum {
	TAUT_CPU_FORM_AUTO,
	TAUT_CPU_FORM_SPARSE,
	TAUT_CPU_FORM_SLICED,
	TAUT_CPU_FORM_DENSE
} taut_cpu_form;

typedef struct taut_cpu {
	taut_backend            base;
	const taut_cpu_kernels *kernels;
	taut_noise             *noise;
	char                    device[96];
	taut_problem           *problem; /* NULL before the first load */
	taut_cpu_sliced        *sliced;  /* NULL where the problem does not fit */
	taut_cpu_width          width;   /* of sparse fields: the narrowest that holds them */
	taut_cpu_form           form;
	taut_cpu_dense          dense; /* n is 0 where couplings are taken as sparse */
	taut_cpu_terms          terms; /* count is 0 where there are none */
	taut_cpu_swaps          swaps; /* of a permutation problem; arrays owned */
	taut_backend_times      times;
} taut_cpu;

/* Of the problems loaded from now on; for tests and benches: samples do not depend on it. Couplings
 * that only one form can take are taken by it. */
void taut_cpu_set_form(taut_backend *b, taut_cpu_form form);

/* Fills cpu->swaps from cpu->problem. ENOMEM. */
taut_status taut_cpu_swaps_init(taut_cpu_swaps *swaps, const taut_problem *problem,
                                const taut_noise *noise, taut_error *err) TAUT_MUST_CHECK;
void        taut_cpu_swaps_fini(taut_cpu_swaps *swaps);

enum { TAUT_CPU_CHUNK = 4096 }; /* sweeps whose temperatures are held at once */

/* What became of a task. */
typedef enum {
	TAUT_CPU_SKIPPED, /* stopped before it began */
	TAUT_CPU_CUT,     /* stopped within; states are valid */
	TAUT_CPU_DONE
} taut_cpu_outcome;

/* One run: tasks are batches of groups, or slices of the lanes of one (permutations), and write
 * their own reads of *out alone. */
typedef struct taut_cpu_run {
	const taut_cpu         *cpu;
	const taut_schedule    *schedule;
	const taut_ctx         *ctx;
	taut_samples           *out; /* first states on entry */
	taut_machine_mode       mode;
	taut_machine_rule       rule;
	const taut_cpu_layout  *layout;      /* of bits */
	uint32_t                groups;      /* a task */
	taut_cpu_swaps          swaps;       /* cpu->swaps with the run's rule */
	uint32_t                parts;       /* tasks a group; 1 but for permutations */
	uint64_t                sweeps;      /* 0 where there is nothing to visit */
	const taut_temperature *temperature; /* sa: [sweeps], or NULL where they exceed a chunk */
	taut_cpu_exchanges     *exchanges;   /* [tasks] of pt, else NULL */
	taut_cpu_outcome       *outcome;     /* [tasks] */
	uint64_t               *proposals;   /* [tasks] */
} taut_cpu_run;

/* Temperatures of the sweeps [begin, *end), *end on return, and in sqa their jq; both out:
 * [TAUT_CPU_CHUNK], the first not used where run->temperature is there. Not of pt. */
const taut_temperature *taut_cpu_run_steps(uint64_t *end, const taut_cpu_run *run,
                                           taut_temperature *scratch, int64_t *jq, uint64_t begin);

/* The tasks (base/parallel.h); payload: taut_cpu_run. */
taut_task_fn taut_cpu_flip_task;
taut_task_fn taut_cpu_swap_task;

#endif
