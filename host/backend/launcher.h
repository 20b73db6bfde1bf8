/*
 * A run cut into launches (hls/abi/machine.h), for every backend whose device runs launches: first states, tables of
 * temperatures, lengths of launches, the stop flag, several units, samples. Chunk lengths follow measured time, about 20 ms a launch,
 * and change no bit.
 */
#ifndef TAUT_BACKEND_LAUNCHER_H
#define TAUT_BACKEND_LAUNCHER_H

#include "backend/backend.h"
#include "backend/noise.h"
#include "hls/abi/machine.h"

/* One launch of `groups` groups of lanes, numbered from launch.group on. */
typedef struct {
	taut_machine_launch launch;
	uint32_t            groups;
	uint32_t            lanes; /* 1 to 64: wanted of the last group; of the others all */
	taut_machine_state *state; /* [groups] in and out */
	/* pt: accepted exchanges of the pairs (k, k + 1), of all groups the ladders [0, taut_job_ladders); the device
	 * adds to it. Others are not counted, so that counts are the same on every backend. */
	uint64_t accepted[TAUT_LANES];
} taut_job;

/* pt: whole ladders among the wanted lanes of the job's group g. */
static inline uint32_t taut_job_ladders(const taut_job *job, uint32_t g)
{
	return (g + 1 < job->groups ? TAUT_LANES : job->lanes) / job->launch.rungs;
}

/* A device that runs jobs. Every unit runs one job at a time; jobs and what they point to stay in place until wait. */
typedef struct {
	void    *device;
	uint32_t units;
	uint32_t groups; /* most of a job */
	/* Returns when the job is under way. */
	taut_status (*start)(void *device, uint32_t unit, taut_job *job, taut_error *err);
	/* Blocks until the unit's job is done and its states are back. EDEVICE: lost or timed out; the job's states
	 * are then as they were before it. */
	taut_status (*wait)(void *device, uint32_t unit, taut_job *job, taut_error *err);
} taut_launcher;

/* A run as backend.h says, of sa, pt and sqa. */
taut_status taut_launcher_run(taut_samples **out, bool *finished, const taut_launcher *launcher,
                              const taut_problem *problem, const taut_noise *noise, const taut_schedule *schedule,
                              const taut_ctx *ctx, taut_error *err) TAUT_MUST_CHECK;

#endif
