/*
 * Runs and problems in the terms of the machine (hls/abi/machine.h): mode and rule, whether a
 * problem fits, and real temperatures as its integers. These are computed once on the host with
 * base/exactmath.h, so that every backend gets the same bits.
 */
#ifndef TAUT_BACKEND_ENCODE_H
#define TAUT_BACKEND_ENCODE_H

#include <stdint.h>

#include "backend/backend.h"
#include "hls/abi/machine.h"

/* The machine's algorithms, as taut_limits has them. */
enum {
	TAUT_ENCODE_ALGORITHMS =
		1 << TAUT_ALGORITHM_SA | 1 << TAUT_ALGORITHM_PT | 1 << TAUT_ALGORITHM_SQA
};

/* Of one of them. */
taut_machine_mode taut_encode_mode(taut_algorithm algorithm);
taut_machine_rule taut_encode_rule(taut_acceptance acceptance);

/* ELIMIT where the machine cannot hold the problem: its permutation is too long, or the energy or
 * its change by a move, at most bound (taut_problem_change_bound), is too large. where: completes
 * "at most 5 ..." in the message. */
taut_status taut_encode_check(const taut_problem *problem, int64_t bound, const char *where,
                              taut_error *err) TAUT_MUST_CHECK;

/* The nearest machine temperature to t >= 0, finite; relative error at most 2^-16. */
taut_temperature taut_encode_temperature(double t);

/* Its value. */
double taut_decode_temperature(taut_temperature t);

/* Sweeps [begin, end) of the schedule t_k = hot (cold / hot)^(k / (count - 1)), k < count, which
 * begins at hot and ends at cold exactly (a single sweep is cold); out: [end - begin]. 0 <= cold <=
 * hot, finite. No geometric series ends at 0: with cold = 0 the schedule is the line hot (1 - k /
 * (count - 1)). */
void taut_encode_schedule(taut_temperature *out, double hot, double cold, uint64_t count,
                          uint64_t begin, uint64_t end);

/* Sweeps [begin, end) of a run: its points, or its geometric schedule. out: [end - begin]. */
void taut_encode_run(taut_temperature *out, const taut_schedule *schedule, uint64_t begin,
                     uint64_t end);

/* sqa: the machine's temperatures, which are the run's, and slice couplings of sweeps [begin, end);
 * the transverse field falls as a temperature does. Both out: [end - begin]. */
void taut_encode_rings(taut_temperature *temperature, int64_t *jq, const taut_schedule *schedule,
                       uint64_t begin, uint64_t end);

/* pt: exchange[k] = (1/T_k - 1/T_{k+1}) 2^fraction rounded, for the ladder rung[0 .. rungs) with
 * rung[0] the coldest, 2 <= rungs <= TAUT_LANES; exchange: [rungs - 1]. Returns the fraction, the
 * largest in [TAUT_EXCHANGE_FRACTION_MIN, TAUT_EXCHANGE_FRACTION_MAX] for which all fit 31 bits. At
 * the smallest fraction larger differences (temperatures below 2^-19) saturate, and T = 0 is
 * allowed: an exchange that puts a worse state on the colder rung is then never accepted, as it
 * would be. */
uint32_t taut_encode_exchange(uint32_t *exchange, const taut_temperature *rung, uint32_t rungs);

/* sqa: round(2 J 2^s) of the coupling J = -(ring t / 2) ln tanh(gamma / (ring t)) between
 * neighbouring slices, s being that of the machine's temperature taut_encode_temperature(ring * t).
 * t, gamma >= 0, finite. At gamma = 0, where the slices freeze together, TAUT_JQ_MAX; at t = 0, 0.
 */
int64_t taut_encode_jq(double t, double gamma, uint32_t ring);

#endif
