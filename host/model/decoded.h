/* An answer said in the family's own terms: what a family's decode gives and reports write. */
#ifndef TAUT_MODEL_DECODED_H
#define TAUT_MODEL_DECODED_H

#include <stddef.h>
#include <stdint.h>

/* An answer in the family's own terms: a heading and a list of whole numbers or names, several of them.
 * Written to JSON's `decoded` as {key: [..], ..} and to the text report. */
typedef struct {
	const char *key;    /* "items", "tour", "assignment", ...; static */
	int64_t    *values; /* [count], or NULL when texts is used */
	char      **texts;  /* [count] or NULL; each owned */
	int32_t     decimals; /* scale of values */
	size_t      count;
} taut_decoded_list;

enum { TAUT_DECODED_MAX = 4 };

typedef struct {
	size_t            n_lists;
	taut_decoded_list lists[TAUT_DECODED_MAX];
} taut_decoded;

void taut_decoded_fini(taut_decoded *decoded);

#endif
