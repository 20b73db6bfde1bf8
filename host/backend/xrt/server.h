/* The other end of protocol.h: what the forked child runs. The one place that calls XRT. */
#ifndef TAUT_BACKEND_XRT_SERVER_H
#define TAUT_BACKEND_XRT_SERVER_H

#include <stdint.h>

/* Answers requests from the socket until it closes; tiles are TAUT_XRT_TILES shared tiles. Ends
 * with the whole process group when lifeline, the reading end of a pipe that nobody writes to,
 * closes. Never returns. */
_Noreturn void taut_xrt_serve(int socket, int lifeline, uint8_t *tiles);

#endif
