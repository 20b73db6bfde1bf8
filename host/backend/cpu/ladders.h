/* pt on the cpu: the ladders of one group of lanes, whose rungs wander over the lanes
 * (hls/abi/machine.h). */
#ifndef TAUT_BACKEND_CPU_LADDERS_H
#define TAUT_BACKEND_CPU_LADDERS_H

#include "backend/backend.h"
#include "backend/noise.h"
#include "hls/abi/machine.h"

/* By pair of rungs, all ladders together. */
typedef struct {
	uint64_t proposed[TAUT_LANES];
	uint64_t accepted[TAUT_LANES];
} taut_cpu_exchanges;

typedef struct {
	uint32_t          rungs;
	uint32_t          begin, end; /* ladders that exchange */
	taut_machine_rule rule;
	const void       *noise;                   /* the pool, not doubled */
	taut_temperature  temperature[TAUT_LANES]; /* [rungs] */
	uint32_t          exchange[TAUT_LANES];    /* [rungs - 1] */
	uint32_t          fraction;
	uint8_t           rung[TAUT_LANES]; /* of each lane */
	uint8_t           lane[TAUT_LANES]; /* [ladders][rungs] where each rung is */
} taut_cpu_ladders;

/* Rungs in order over the lanes [first, first + lanes), first on a ladder's begin; the schedule is
 * one of pt. */
void taut_cpu_ladders_init(taut_cpu_ladders *out, const taut_schedule *schedule,
                           const taut_noise *noise, uint32_t first, uint32_t lanes);

/* Of all lanes, out: [TAUT_LANES]. */
void taut_cpu_ladders_temperatures(taut_temperature *out, const taut_cpu_ladders *l);

/* Exchanges after a sweep; generator: its state after the sweep's last visit. Counts grow. */
void taut_cpu_ladders_exchange(taut_cpu_ladders *l, taut_cpu_exchanges *counts, uint32_t generator,
                               uint64_t sweep, const int64_t energy[TAUT_LANES]);

#endif
