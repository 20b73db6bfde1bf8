/* A card: the host's end of protocol.h. Starts the server, sends requests, keeps the time, and ends
 * the server with everything that XRT started when the card does not answer. One thread at a time.
 */
#ifndef TAUT_BACKEND_XRT_CARD_H
#define TAUT_BACKEND_XRT_CARD_H

#include <stdbool.h>

#include "backend/xrt/protocol.h"
#include "base/status.h"

typedef struct taut_card taut_card;

/* Starts a server and loads the runtime in it. EDEVICE: no runtime; ENOMEM. The caller closes. On
 * failure *out is NULL. */
taut_status taut_card_open(taut_card **out, taut_error *err) TAUT_MUST_CHECK;
void        taut_card_close(taut_card *card); /* accepts NULL */

/* Shared memory: TAUT_XRT_TILE_BYTES. It is the server's while a request that names it is not
 * collected. */
void *taut_card_tile(taut_card *card, uint32_t tile);

/* Sends without waiting for the answer. EDEVICE: the card is lost. */
taut_status taut_card_post(taut_card *card, const taut_xrt_request *request,
                           taut_error *err) TAUT_MUST_CHECK;

/* Takes the oldest answer that is outstanding (answer may be NULL) and waits up to timeout_s for
 * it. EDEVICE: the request failed, or the card is lost: it did not answer in time or its server
 * ended. A lost card stays lost. */
taut_status taut_card_collect(taut_card *card, taut_xrt_answer *answer, double timeout_s,
                              taut_error *err) TAUT_MUST_CHECK;

/* Answers outstanding. */
uint32_t taut_card_outstanding(const taut_card *card);

/* Both; nothing is outstanding before. */
taut_status taut_card_call(taut_card *card, const taut_xrt_request *request,
                           taut_xrt_answer *answer, double timeout_s,
                           taut_error *err) TAUT_MUST_CHECK;

bool taut_card_lost(const taut_card *card);

/* Ends the server at once, which is the way to stop what runs on the card. */
void taut_card_drop(taut_card *card);

/* Seconds that requests spent in transfers since open. */
double taut_card_transfer_s(const taut_card *card);

#endif
