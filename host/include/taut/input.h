/*
 * Problems to solve: read from a file, or built in memory.
 *
 * Numbers are doubles in these calls and exact decimals inside: 0.1 is taken as 0.1, the shortest
 * decimal that reads back as the same double. Whole numbers of 64 bits and decimals of up to 15
 * digits are taken; 1.0 / 3 is refused with EINPUT, since a rounded copy would be another problem:
 * round first, as round(x * 1e6) / 1e6 does. Variables, vertices and facilities count from 0.
 * Arrays are copied.
 *
 * A finished input is only read by the calls that take it const, so threads may share it; building
 * is for one thread. What is wrong in the whole (sums beyond 64 bits, a group that names a variable
 * twice) is reported by taut_input_solve.
 */
#ifndef TAUT_PUBLIC_INPUT_H
#define TAUT_PUBLIC_INPUT_H

#include <stddef.h>
#include <stdint.h>

#include "taut/settings.h"

typedef struct taut_input taut_input;

typedef enum { TAUT_MINIMISE, TAUT_MAXIMISE } taut_direction;

TAUT_C_BEGIN

/* Reads a YAML spec or an instance file; a file may hold several problems. `settings` (NULL: none)
 * say how (family, format, index, ...) and stand over what the spec says, here and in every solve.
 * The caller frees *out. EINPUT with file:line:column, EUSAGE, EIO, ENOMEM; *out is then NULL. */
TAUT_API taut_status taut_input_read(taut_input **out, const char *path,
                                     const taut_settings *settings,
                                     taut_error          *err) TAUT_MUST_CHECK;

/* A 0-1 program of n variables without terms, for the adding calls below. The caller frees *out.
 * `name` stands in reports. EINPUT, ENOMEM; *out is then NULL. */
TAUT_API taut_status taut_input_program(taut_input **out, const char *name, uint32_t n,
                                        taut_direction direction, taut_error *err) TAUT_MUST_CHECK;

/*
 * Adding to a program. Repeated terms add up. `var` NULL stands for variables 0 .. count - 1. Names
 * of rows and groups are copied and may be NULL. EUSAGE where the input is no program, EINPUT for a
 * variable outside 0 .. n - 1 or a number that is refused, ENOMEM. After a failure the program is
 * incomplete: it cannot be solved any more, only freed.
 */
TAUT_API taut_status taut_input_add_constant(taut_input *input, double value,
                                             taut_error *err) TAUT_MUST_CHECK;
/* sum_k coef[k] x[var[k]]; both [count]. */
TAUT_API taut_status taut_input_add_linear(taut_input *input, size_t count, const uint32_t *var,
                                           const double *coef, taut_error *err) TAUT_MUST_CHECK;
/* sum_k coef[k] x[i[k]] x[j[k]]; all [count]. i[k] == j[k] is linear. */
TAUT_API taut_status taut_input_add_quadratic(taut_input *input, size_t count, const uint32_t *i,
                                              const uint32_t *j, const double *coef,
                                              taut_error *err) TAUT_MUST_CHECK;
/* lo <= sum_k coef[k] x[var[k]] <= hi; both [count]. -INFINITY or INFINITY: no limit on that side.
 */
TAUT_API taut_status taut_input_add_row(taut_input *input, const char *name, size_t count,
                                        const uint32_t *var, const double *coef, double lo,
                                        double hi, taut_error *err) TAUT_MUST_CHECK;
/* x[u] and x[v] are not both 1. */
TAUT_API taut_status taut_input_add_conflict(taut_input *input, uint32_t u, uint32_t v,
                                             taut_error *err) TAUT_MUST_CHECK;
/* Exactly one, or at most one, of var [count] is 1. */
TAUT_API taut_status taut_input_add_one_hot(taut_input *input, const char *name, size_t count,
                                            const uint32_t *var, taut_error *err) TAUT_MUST_CHECK;
TAUT_API taut_status taut_input_add_at_most_one(taut_input *input, const char *name, size_t count,
                                                const uint32_t *var,
                                                taut_error     *err) TAUT_MUST_CHECK;

/* Whole problems in one call. The caller frees *out. EINPUT, ENOMEM; *out is then NULL. */

/* QUBO over n variables: sum_k coef[k] x[i[k]] x[j[k]], arrays [count], i[k] == j[k] linear; every
 * term counts once, repeats add up. */
TAUT_API taut_status taut_input_qubo(taut_input **out, const char *name, uint32_t n,
                                     taut_direction direction, size_t count, const uint32_t *i,
                                     const uint32_t *j, const double *coef,
                                     taut_error *err) TAUT_MUST_CHECK;
/* Maximum cut of a graph of n vertices: edges u[k] - v[k] of weight[k], arrays [count]; weight
 * NULL: all 1. Repeated edges add up. */
TAUT_API taut_status taut_input_maxcut(taut_input **out, const char *name, uint32_t n, size_t count,
                                       const uint32_t *u, const uint32_t *v, const double *weight,
                                       taut_error *err) TAUT_MUST_CHECK;
/* Quadratic assignment: minimise sum_ab flow[a][b] distance[p(a)][p(b)] over permutations p; both
 * [n * n], row by row. Variable a * n + l of the answer is 1 iff p(a) = l. */
TAUT_API taut_status taut_input_qap(taut_input **out, const char *name, uint32_t n,
                                    const double *flow, const double *distance,
                                    taut_error *err) TAUT_MUST_CHECK;

/* Problems held: 1 for what was built, one or more for what was read. */
TAUT_API size_t taut_input_count(const taut_input *input);
/* Name of problem number `at` from 0; NULL beyond the last. View, dies with the input. */
TAUT_API const char *taut_input_name(const taut_input *input, size_t at);

TAUT_API void taut_input_free(taut_input *input); /* accepts NULL */

TAUT_C_END

#endif
