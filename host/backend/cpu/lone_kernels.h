/*
 * Loops of the algorithms in which every read goes its own way (bifurcation.c, tabu.c), compiled
 * once per instruction set like the others (kernels.h). Arrays over variables are padded to blocks
 * of 64 and 64-byte aligned. All sets give the same bits: integers, or IEEE additions and
 * multiplications in a fixed order.
 */
#ifndef TAUT_BACKEND_CPU_LONE_KERNELS_H
#define TAUT_BACKEND_CPU_LONE_KERNELS_H

#include <stdint.h>

#include "qubo/problem.h"

enum { TAUT_CPU_BALLISTIC = 16 }; /* lanes of the ballistic kernels */

/* A step of simulated bifurcation: y += drift x + pull force, x += dt y, walls at |x| = 1. */
typedef struct {
	float drift;
	float pull;
	float dt;
} taut_cpu_bifurcation_step;

typedef struct {
	/* fields[j] += by * row[j], j < n rounded up to 64. */
	void (*add_row)(int32_t *fields, const int8_t *row, uint32_t n, int32_t by);

	/* One step of x, y: [64 words], the force being the fields. crossed: [words], the variables
	 * whose sign is no longer their bit's. */
	void (*discrete)(uint64_t *crossed, float *x, float *y, const int32_t *fields,
	                 const uint64_t *bits, uint32_t words, taut_cpu_bifurcation_step step);
	/* force[i][l] = outer[i] + sum_j q_ij x[j][l] for begin <= i < end, in order of j; force,
	 * x: [n] [TAUT_CPU_BALLISTIC]; panel: scratch of dense problems, [TAUT_CPU_PANEL][n]. */
	void (*force)(float *force, const taut_problem *problem, const float *outer, const float *x,
	              float *panel, uint32_t begin, uint32_t end);
	/* One step of x, y: [count]. */
	void (*ballistic)(float *x, float *y, const float *force, size_t count,
	                  taut_cpu_bifurcation_step step);

	/* Least change of energy over the variables of each of the blocks list[0 .. count): loose:
	 * those that are not held; held: those that are. INT32_MAX where there is none. */
	void (*refresh)(int32_t *loose, int32_t *held, const uint32_t *list, uint32_t count,
	                const int32_t *fields, const uint64_t *bits, const uint64_t *holds);
	/* The least of count > 0 values. */
	int32_t (*least)(const int32_t *values, uint32_t count);
	/* The variables of a block whose change is at most `change`. fields: [64]. */
	uint64_t (*matching)(const int32_t *fields, uint64_t bits, int32_t change);
} taut_cpu_lone_kernels;

enum { TAUT_CPU_PANEL = 8 }; /* rows of a dense problem at once */

#endif
