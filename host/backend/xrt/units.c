#include "backend/xrt/units.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

enum { TILE_WORDS = TAUT_XRT_TILE_BYTES / TAUT_WORD_BYTES };

enum { PATIENCE_S = 30 };

/* TAUT_XRT_TIMEOUT; PATIENCE_S where it is not set or empty, 0 where it is nonsense. */
static double patience_given(const char **text)
{
	char  *end = NULL;
	double value;

	*text = getenv("TAUT_XRT_TIMEOUT");
	if (!*text || !**text)
		return PATIENCE_S;
	value = strtod(*text, &end);
	return end != *text && !*end && value >= 0.1 && value <= 1e6 ? value : 0;
}

double taut_xrt_patience_s(void)
{
	const char  *text;
	const double value = patience_given(&text);

	return value > 0 ? value : PATIENCE_S;
}

taut_status taut_xrt_patience_check(taut_error *err)
{
	const char *text;

	if (patience_given(&text) > 0)
		return TAUT_OK;
	return taut_fail(err, TAUT_EDEVICE,
	                 "TAUT_XRT_TIMEOUT is '%.40s': seconds, 0.1 to 1000000, or unset it", text);
}

taut_status taut_xrt_flush(taut_card *card, taut_error *err)
{
	taut_status st = TAUT_OK;

	while (taut_card_outstanding(card) > 0) {
		taut_status one = taut_card_collect(card, NULL, taut_xrt_patience_s(),
		                                    st == TAUT_OK ? err : NULL);

		st = st == TAUT_OK ? one : st;
	}
	return st;
}

/* A request with nothing outstanding before it. */
static taut_status call(taut_card *card, const taut_xrt_request *q, taut_xrt_answer *a,
                        taut_error *err)
{
	taut_status st = taut_xrt_flush(card, err);

	return st == TAUT_OK ? taut_card_call(card, q, a, taut_xrt_patience_s(), err) : st;
}

taut_status taut_xrt_reserve(taut_xrt_unit *unit, int argument, uint64_t words, taut_error *err)
{
	taut_xrt_buffer *b = &unit->buffer[argument];
	taut_xrt_request q = {.kind = TAUT_XRT_FREE, .buffer = b->id, .bank = unit->bank[argument]};
	taut_xrt_answer  a;
	taut_status      st = TAUT_OK;

	if (words == 0)
		words = 1;
	if (b->words >= words)
		return TAUT_OK;
	unit->bound = false;
	if (b->words > 0)
		st = call(unit->card, &q, NULL, err);
	b->words = 0;
	q.kind = TAUT_XRT_ALLOC;
	q.size = words * TAUT_WORD_BYTES;
	if (st == TAUT_OK)
		st = call(unit->card, &q, &a, err);
	if (st == TAUT_OK)
		*b = (taut_xrt_buffer){a.buffer, words};
	return st;
}

taut_status taut_xrt_put(taut_xrt_unit *unit, int argument, const taut_word *data, uint64_t words,
                         taut_error *err)
{
	taut_xrt_request q = {.kind = TAUT_XRT_WRITE, .buffer = unit->buffer[argument].id};
	taut_status      st = taut_xrt_flush(unit->card, err);

	for (uint64_t at = 0; st == TAUT_OK && at < words; at += TILE_WORDS) {
		const uint64_t n = words - at < TILE_WORDS ? words - at : TILE_WORDS;

		/* Answers come in order: the tile that is written next belongs to the oldest. */
		if (taut_card_outstanding(unit->card) == TAUT_XRT_TILES)
			st = taut_card_collect(unit->card, NULL, taut_xrt_patience_s(), err);
		if (st != TAUT_OK)
			break;
		memcpy(taut_card_tile(unit->card, q.tile), data + at, n * TAUT_WORD_BYTES);
		q.offset = at * TAUT_WORD_BYTES;
		q.size = n * TAUT_WORD_BYTES;
		st = taut_card_post(unit->card, &q, err);
		q.tile = (q.tile + 1) % TAUT_XRT_TILES;
	}
	return st;
}

taut_status taut_xrt_get(taut_word *out, taut_xrt_unit *unit, int argument, uint64_t words,
                         taut_error *err)
{
	taut_xrt_request q = {.kind = TAUT_XRT_READ, .buffer = unit->buffer[argument].id};
	taut_status      st = TAUT_OK;

	for (uint64_t at = 0; st == TAUT_OK && at < words; at += TILE_WORDS) {
		q.offset = at * TAUT_WORD_BYTES;
		q.size = (words - at < TILE_WORDS ? words - at : TILE_WORDS) * TAUT_WORD_BYTES;
		st = call(unit->card, &q, NULL, err);
		if (st == TAUT_OK)
			memcpy(out + at, taut_card_tile(unit->card, 0), q.size);
	}
	return st;
}

taut_status taut_xrt_start(taut_xrt_unit *unit, uint32_t abi, taut_error *err)
{
	taut_xrt_request q = {.kind = TAUT_XRT_BIND, .unit = unit->id, .abi = abi};
	taut_status      st = TAUT_OK;

	for (int i = 1; i < TAUT_KERNEL_ARGUMENTS; i++)
		q.buffers[i] = unit->buffer[i].id;
	if (!unit->bound)
		st = call(unit->card, &q, NULL, err);
	unit->bound = st == TAUT_OK && abi == TAUT_KERNEL_ABI;
	q.kind = TAUT_XRT_START;
	return st == TAUT_OK ? call(unit->card, &q, NULL, err) : st;
}

taut_status taut_xrt_wait(taut_xrt_unit *unit, double *kernel_s, double timeout_s, taut_error *err)
{
	const taut_xrt_request q = {.kind = TAUT_XRT_POLL, .unit = unit->id};
	const double           end = taut_clock_s() + timeout_s;
	taut_xrt_answer        a = {0};
	taut_status            st = TAUT_OK;

	while (st == TAUT_OK && !a.done) {
		st = call(unit->card, &q, &a, err);
		if (st == TAUT_OK && !a.done && taut_clock_s() > end) {
			taut_card_drop(unit->card);
			return taut_fail(err, TAUT_EDEVICE,
			                 "time-out: unit %s has not finished within %.1f s and was "
			                 "ended with its card; see `xbutil examine`, or allow more "
			                 "with TAUT_XRT_TIMEOUT=SECONDS",
			                 unit->name, timeout_s);
		}
	}
	if (st == TAUT_OK)
		*kernel_s += a.kernel_s;
	return st;
}

taut_status taut_xrt_status(taut_word *out, taut_xrt_unit *unit, taut_error *err)
{
	taut_status st = taut_xrt_get(out, unit, TAUT_XRT_STATUS, 1, err);

	if (st != TAUT_OK || taut_word_get32(out, TAUT_STATUS_CODE) != UINT32_MAX)
		return st;
	taut_card_drop(unit->card); /* a bus without a card reads as ones */
	return taut_fail(err, TAUT_EDEVICE,
	                 "device lost: unit %s answers with ones alone; `xbutil examine` shows the "
	                 "card's state",
	                 unit->name);
}

taut_status taut_xrt_probe(taut_xrt_unit *unit, double *kernel_s, taut_error *err)
{
	static const taut_word ZERO;
	taut_word              status;
	taut_status            st = TAUT_OK;
	uint64_t               hash;
	uint32_t               abi;

	for (int i = 1; st == TAUT_OK && i < TAUT_KERNEL_ARGUMENTS; i++) {
		st = taut_xrt_reserve(unit, i, 64, err);
		if (st == TAUT_OK)
			st = taut_xrt_put(unit, i, &ZERO, 1, err);
	}
	if (st == TAUT_OK)
		st = taut_xrt_start(unit, UINT32_MAX, err);
	if (st != TAUT_OK)
		return taut_context(err, st, "unit %s", unit->name);
	st = taut_xrt_wait(unit, kernel_s, taut_xrt_patience_s(), err);
	if (st == TAUT_OK)
		st = taut_xrt_status(&status, unit, err);
	if (st != TAUT_OK)
		return st;
	abi = taut_word_get32(&status, TAUT_STATUS_ABI);
	hash = taut_word_get64(&status, TAUT_STATUS_HASH);
	if (taut_word_get32(&status, TAUT_STATUS_CODE) != TAUT_CODE_ABI)
		return taut_fail(err, TAUT_EDEVICE,
		                 "unit %s answers with code %u instead of its version: it is no "
		                 "kernel of taut",
		                 unit->name, taut_word_get32(&status, TAUT_STATUS_CODE));
	if (abi != TAUT_KERNEL_ABI || hash != TAUT_KERNEL_HASH)
		return taut_fail(err, TAUT_EDEVICE,
		                 "unit %s was built from ABI %u and hash 0x%016" PRIx64
		                 ", this taut from ABI %u and 0x%016" PRIx64
		                 "; build the bitstream from this version (bitstreams/) or use the "
		                 "taut that belongs to it",
		                 unit->name, abi, hash, TAUT_KERNEL_ABI,
		                 (uint64_t)TAUT_KERNEL_HASH);
	return TAUT_OK;
}

/* The unit's own buffer of couplings, or that of an earlier unit in the same bank. */
static taut_status reserve_couplings(taut_xrt_unit *const *units, uint32_t at, uint64_t words,
                                     taut_error *err)
{
	taut_xrt_unit *u = units[at];

	if (words * TAUT_WORD_BYTES > u->bank_bytes)
		return taut_fail(err, TAUT_ELIMIT,
		                 "couplings take %.1f MB, the bank of unit %s has %.1f MB; take a "
		                 "bitstream with larger banks, or --backend cpu",
		                 1e-6 * (double)words * TAUT_WORD_BYTES, u->name,
		                 1e-6 * (double)u->bank_bytes);
	for (uint32_t i = 0; i < at; i++)
		if (units[i]->card == u->card &&
		    units[i]->bank[TAUT_XRT_COUPLINGS] == u->bank[TAUT_XRT_COUPLINGS] &&
		    !units[i]->borrowed) {
			if (!u->borrowed) { /* its own, from the probe, goes */
				const taut_xrt_request q = {
					.kind = TAUT_XRT_FREE,
					.buffer = u->buffer[TAUT_XRT_COUPLINGS].id};
				taut_status st = call(u->card, &q, NULL, err);

				if (st != TAUT_OK)
					return st;
			}
			u->borrowed = true;
			u->bound = false;
			u->buffer[TAUT_XRT_COUPLINGS] = units[i]->buffer[TAUT_XRT_COUPLINGS];
			return TAUT_OK;
		}
	return taut_xrt_reserve(u, TAUT_XRT_COUPLINGS, words, err);
}

/* Whether unit `at` is the first of its card. */
static bool leads(taut_xrt_unit *const *units, uint32_t at)
{
	for (uint32_t i = 0; i < at; i++)
		if (units[i]->card == units[at]->card)
			return false;
	return true;
}

/* One tile, which lies in the tiles of card units[lead]->card, to every buffer of that card. */
static taut_status send_tile(taut_xrt_unit *const *units, uint32_t count, uint32_t lead,
                             taut_xrt_request *q, taut_error *err)
{
	taut_card  *card = units[lead]->card;
	taut_status st = TAUT_OK;

	for (uint32_t i = lead; st == TAUT_OK && i < count; i++)
		if (units[i]->card == card && !units[i]->borrowed) {
			q->buffer = units[i]->buffer[TAUT_XRT_COUPLINGS].id;
			st = taut_card_post(card, q, err);
		}
	return st;
}

/* Waits until no more than the previous tile's requests are outstanding: the next tile is then
 * free. */
static taut_status free_tile(taut_xrt_unit *const *units, uint32_t count, uint32_t lead,
                             taut_error *err)
{
	taut_card  *card = units[lead]->card;
	taut_status st = TAUT_OK;
	uint32_t    of_a_tile = 0;

	for (uint32_t i = lead; i < count; i++)
		of_a_tile += units[i]->card == card && !units[i]->borrowed;
	while (st == TAUT_OK && taut_card_outstanding(card) > of_a_tile)
		st = taut_card_collect(card, NULL, taut_xrt_patience_s(), err);
	return st;
}

taut_status taut_xrt_load(taut_xrt_unit *const *units, uint32_t count, const taut_pack *pack,
                          double *pack_s, taut_error *err)
{
	taut_xrt_request q = {.kind = TAUT_XRT_WRITE};
	taut_status      st = TAUT_OK;

	for (uint32_t i = 0; st == TAUT_OK && i < count; i++) {
		st = taut_xrt_flush(units[i]->card, err);
		if (st == TAUT_OK)
			st = reserve_couplings(units, i, pack->coupling_words, err);
	}
	for (uint64_t at = 0; st == TAUT_OK && at < pack->coupling_words; at += TILE_WORDS) {
		const uint64_t n = pack->coupling_words - at < TILE_WORDS
		                           ? pack->coupling_words - at
		                           : TILE_WORDS;
		const void    *packed = NULL;

		q.offset = at * TAUT_WORD_BYTES;
		q.size = n * TAUT_WORD_BYTES;
		for (uint32_t i = 0; st == TAUT_OK && i < count; i++) {
			double start;

			if (!leads(units, i))
				continue;
			st = free_tile(units, count, i, err);
			start = taut_clock_s();
			if (packed)
				memcpy(taut_card_tile(units[i]->card, q.tile), packed, q.size);
			else
				taut_pack_couplings(taut_card_tile(units[i]->card, q.tile), pack,
				                    at, n);
			packed = taut_card_tile(units[i]->card, q.tile);
			*pack_s += taut_clock_s() - start;
			if (st == TAUT_OK)
				st = send_tile(units, count, i, &q, err);
		}
		q.tile = (q.tile + 1) % TAUT_XRT_TILES;
	}
	for (uint32_t i = 0; i < count; i++) {
		taut_status one = taut_xrt_flush(units[i]->card, st == TAUT_OK ? err : NULL);

		st = st == TAUT_OK ? one : st;
	}
	return st;
}
