#include "base/clock.h"

#include <time.h>

double taut_clock_s(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
		return 0.0; /* no such clock: POSIX promises it */
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}
