#include "cli/signals.h"

#include <signal.h>
#include <string.h>

/* The one mutable file-level variable of the program: a handler has no other way to speak. */
static volatile int stop_flag;

static void on_signal(int number)
{
	(void)number;
	stop_flag = 1;
}

const volatile int *taut_signals_watch(void)
{
	struct sigaction action;

	memset(&action, 0, sizeof action);
	action.sa_handler = on_signal;
	action.sa_flags = (int)SA_RESETHAND; /* the next one has its default action */
	(void)sigaction(SIGINT, &action, NULL);
	(void)sigaction(SIGTERM, &action, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
	return &stop_flag;
}
