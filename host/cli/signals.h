/* SIGINT and SIGTERM set a flag; a second one ends the program at once. */
#ifndef TAUT_CLI_SIGNALS_H
#define TAUT_CLI_SIGNALS_H

/* Installs the handlers; the flag is non-zero after the first signal. Also ignores SIGPIPE, so that a closed pipe is a
 * write error like any other. */
const volatile int *taut_signals_watch(void);

#endif
