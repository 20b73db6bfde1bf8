/*
 * Problems, launches and states in the words of the kernels (hls/abi/kernel.h), and states back. Shared by csim and xrt.
 */
#ifndef TAUT_BACKEND_PACK_H
#define TAUT_BACKEND_PACK_H

#include "backend/launcher.h"
#include "hls/abi/kernel.h"
#include "qubo/problem.h"

/* How a problem lies in the buffers; the problem outlives it. */
typedef struct {
	const taut_problem *source;
	bool                exchange; /* kernel taut_exchange, else taut_anneal */
	taut_kernel_kind    kind;
	uint32_t            row_words; /* of dense rows */
	int32_t             factor;
	taut_word          *problem; /* [problem_words] */
	uint64_t            problem_words;
	uint64_t            coupling_words;
	uint64_t           *row; /* [n + 1] first word of every row; SPARSE alone, else NULL */
} taut_pack;

/* What csim or a card with units of these kernels takes. Leaves out the device's name. */
void taut_pack_limits(taut_limits *out, bool anneal, bool exchange);

/* Words that a backend keeps from one launch to the next; zeroed: none. */
typedef struct {
	taut_word *word; /* [words] */
	uint64_t   words;
} taut_word_buffer;

/* Makes room for so many words; what was there is lost where there were fewer. ENOMEM: none are left. */
taut_status taut_words_reserve(taut_word_buffer *buffer, uint64_t words, taut_error *err) TAUT_MUST_CHECK;
void        taut_words_free(taut_word_buffer *buffer);

/* Chooses the kernel and the narrowest kind that takes fewest words, and fills the problem's words. ELIMIT: more than the kernel
 * holds, saying what, by how much and what to do; ENOMEM. On failure *out needs no fini. */
taut_status taut_pack_init(taut_pack *out, const taut_problem *problem, taut_error *err) TAUT_MUST_CHECK;
void        taut_pack_fini(taut_pack *pack); /* accepts a zeroed one */

/* Words [first, first + count) of the couplings: a tile. Any tiling gives the same words. */
void taut_pack_couplings(taut_word *out, const taut_pack *pack, uint64_t first, uint64_t count);

enum { TAUT_NOISE_WORDS = TAUT_NOISE_COUNT / 32 };

/* out: [TAUT_NOISE_WORDS] */
void taut_pack_noise(taut_word *out, const taut_noise *noise, taut_machine_rule rule);

/* The pools of both rules, by rule; the caller frees either, here too where they are not all made. */
taut_status taut_pack_pools(taut_word *pool[2], const taut_noise *noise, taut_error *err) TAUT_MUST_CHECK;

/* Words of a job's launch buffer, and the buffer. */
uint64_t taut_pack_launch_words(const taut_job *job);
void     taut_pack_launch(taut_word *out, const taut_job *job);

/* A job's states; words: [job->groups * taut_kernel_state_words()]. unpack also adds the accepted exchanges; EDEVICE, and nothing
 * changed, where a position or a rung is none: what a card returns is never trusted as an index. */
void        taut_pack_state(taut_word *out, const taut_pack *pack, const taut_job *job);
taut_status taut_unpack_state(taut_job *job, const taut_pack *pack, const taut_word *words, taut_error *err) TAUT_MUST_CHECK;

/* What a status word says: OK, or EDEVICE with a readable message. */
taut_status taut_pack_check(const taut_word *status, uint64_t sweeps, taut_error *err) TAUT_MUST_CHECK;

#endif
