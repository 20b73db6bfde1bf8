/* A parallel loop over independent tasks. Which thread runs a task is not determined; the results
 * must not depend on it, and do not where each task writes only its own place. */
#ifndef TAUT_BASE_PARALLEL_H
#define TAUT_BASE_PARALLEL_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* Runs task number `task` as worker `worker` (< threads; for scratch memory by worker). */
typedef taut_status taut_task_fn(void *payload, size_t task, uint32_t worker, taut_error *err);

/* Number of processors that this process may use, at least 1. */
uint32_t taut_processors(void);

/* Calls fn(payload, t, worker, err) for every t < n_tasks on up to `threads` threads, the caller's
 * among them. When tasks fail, no new ones start and the error of the lowest failed task is
 * returned. A thread that cannot be started is not an error: the others do its work. */
taut_status taut_parallel(taut_task_fn *fn, void *payload, size_t n_tasks, uint32_t threads,
			  taut_error *err) TAUT_MUST_CHECK;

#endif
