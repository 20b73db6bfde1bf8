#include "base/parallel.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <unistd.h>

#include "base/alloc.h"

typedef struct {
	taut_task_fn   *fn;
	void           *payload;
	size_t          n_tasks;
	atomic_size_t   next;
	atomic_bool     failed;
	pthread_mutex_t lock; /* guards the three below */
	size_t          failed_task;
	taut_status     status;
	taut_error      error;
} loop;

typedef struct {
	loop     *loop;
	uint32_t  worker;
	pthread_t thread;
} seat;

uint32_t taut_processors(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : (uint32_t)n;
}

static void *work(void *arg)
{
	seat *s = arg;
	loop *l = s->loop;

	while (!atomic_load(&l->failed)) {
		taut_error  err = {TAUT_OK, ""};
		size_t      task = atomic_fetch_add(&l->next, 1);
		taut_status st;

		if (task >= l->n_tasks)
			break;
		st = l->fn(l->payload, task, s->worker, &err);
		if (st == TAUT_OK)
			continue;
		pthread_mutex_lock(&l->lock);
		if (l->status == TAUT_OK || task < l->failed_task) {
			l->status = st;
			l->failed_task = task;
			l->error = err;
		}
		pthread_mutex_unlock(&l->lock);
		atomic_store(&l->failed, true);
	}
	return NULL;
}

taut_status taut_parallel(taut_task_fn *fn, void *payload, size_t n_tasks, uint32_t threads,
			  taut_error *err)
{
	loop     l = {.fn = fn, .payload = payload, .n_tasks = n_tasks};
	uint32_t n_seats = threads ? threads : 1;
	uint32_t n_started = 1;
	seat    *seats;

	if (n_seats > n_tasks)
		n_seats = n_tasks ? (uint32_t)n_tasks : 1;
	seats = taut_alloc(n_seats, sizeof *seats, err);
	if (!seats)
		return TAUT_ENOMEM;
	pthread_mutex_init(&l.lock, NULL);
	for (uint32_t i = 0; i < n_seats; i++)
		seats[i] = (seat){.loop = &l, .worker = i};
	while (n_started < n_seats &&
	       pthread_create(&seats[n_started].thread, NULL, work, &seats[n_started]) == 0)
		n_started++;
	work(&seats[0]);
	for (uint32_t i = 1; i < n_started; i++)
		pthread_join(seats[i].thread, NULL);
	pthread_mutex_destroy(&l.lock);
	taut_free(seats);
	if (l.status != TAUT_OK && err)
		*err = l.error;
	return l.status;
}
