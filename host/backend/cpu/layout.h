/*
 * How a batch of groups lies in memory, and the loops over it. The driver (flips.c) knows the order
 * of things - reseeding, temperatures, when a best state is kept, when to stop - and a layout the
 * bits: any way of finding the same decisions is allowed by hls/abi/machine.h. The groups of a
 * batch are independent; a layout takes several where that pays.
 */
#ifndef TAUT_BACKEND_CPU_LAYOUT_H
#define TAUT_BACKEND_CPU_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "hls/abi/machine.h"
#include "qubo/problem.h"

struct taut_cpu;
struct taut_cpu_run;

enum { TAUT_CPU_GROUPS = 8 }; /* groups of a batch, at most */

/* Reads [first, first + lanes) of a run; read r is lane r % TAUT_LANES of group r / TAUT_LANES. */
typedef struct {
	size_t   first;  /* a multiple of TAUT_LANES */
	uint32_t lanes;  /* 1 .. groups * TAUT_LANES; those beyond in the last group are dropped */
	uint32_t groups; /* 1 .. the layout's groups */
} taut_cpu_batch;

/* What drives one sweep. Arrays by lane are [groups][TAUT_LANES]. pt has temperatures by lane; sa
 * and sqa one. */
typedef struct {
	uint32_t generator[TAUT_CPU_GROUPS]; /* in: at the start; out: after the last visit */
	/* width 1: one for all lanes; TAUT_LANES: by lane */
	const taut_temperature *temperature;
	uint32_t                width;
	/* sqa: slices of a ring and jq of machine.h, else ring is 0 */
	uint32_t ring;
	int64_t  jq;
} taut_cpu_drive;

typedef struct {
	const char *name;
	uint32_t    groups; /* most groups of a batch */
	/* Memory for a batch of the run. *state is NULL on failure. ENOMEM. */
	taut_status (*open)(void **state, const struct taut_cpu_run *run,
	                    const taut_cpu_batch *batch, taut_error *err);
	/* First states from the batch's reads of *samples. */
	void (*load)(void *state, const taut_samples *samples);
	void (*sweep)(void *state, taut_cpu_drive *drive);
	/* Current energies, [groups * TAUT_LANES]; those of dropped lanes are anything. */
	void (*energies)(int64_t *out, void *state);
	/* Makes the current states of the given lanes, a word by group, their best ones. */
	void (*keep)(void *state, const uint64_t *lanes);
	/* Current or best states into the batch's reads of *samples. */
	void (*store)(taut_samples *samples, const void *state, bool best);
	void (*close)(void *state); /* accepts NULL */
} taut_cpu_layout;

extern const taut_cpu_layout taut_cpu_lane_major; /* lane_major.c: any CSR over bits */
extern const taut_cpu_layout taut_cpu_dense_rows; /* dense.c: problems with dense data */

/* sliced.c: bit slices of cpu->sliced, sa; as many groups as the instruction set has words in a
 * register. */
const taut_cpu_layout *taut_cpu_bit_slices(const struct taut_cpu *cpu);

/* The layout for a run that has so many groups a thread. */
const taut_cpu_layout *taut_cpu_layout_choose(const struct taut_cpu *cpu, taut_machine_mode mode,
                                              size_t groups);

#endif
