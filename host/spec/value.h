/* Typed values from the nodes of a document: numbers, counts, indices, lists and matrices. Every
 * defect is EINPUT with "path:line:column: name: ...", where name is the key under which the user
 * wrote it. */
#ifndef TAUT_SPEC_VALUE_H
#define TAUT_SPEC_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/decimal.h"
#include "base/names.h"
#include "spec/document.h"

/* The largest count of variables, vertices, rows or cities that a spec may state. */
enum { TAUT_VALUE_COUNT_MAX = 10000000 };

/* A node, where it stands and what it is called in messages. A view. */
typedef struct {
	const taut_document *document;
	const taut_node     *node;
	const char          *name;
} taut_value;

/* The same place's other node, under the same name. */
static inline taut_value taut_value_of(taut_value v, const taut_node *node)
{
	v.node = node;
	return v;
}

taut_status taut_value_fail(taut_value v, taut_error *err, const char *format, ...)
	TAUT_PRINTF(3, 4);

/* Puts the place in front of a message that knows none: for EINPUT from a callee. Returns st,
 * whatever it is. */
taut_status taut_value_context(taut_value v, taut_status st, taut_error *err) TAUT_MUST_CHECK;

/* EINPUT unless the node is of the kind: "a list is expected, not a value". */
taut_status taut_value_expect(taut_value v, taut_node_kind kind, taut_error *err) TAUT_MUST_CHECK;

/* EINPUT at the first key of a mapping that is none of known[count], with the nearest known key, or
 * the place in a spec where a key of that name belongs. v.name may be "": the whole file. */
taut_status taut_value_known_keys(taut_value v, const char *const *known, size_t count,
                                  taut_error *err) TAUT_MUST_CHECK;

/* A text that is not empty; a view into the document. */
taut_status taut_value_text(const char **out, taut_value v, taut_error *err) TAUT_MUST_CHECK;

/* A number outside quotes, exact. */
taut_status taut_value_decimal(taut_decimal *out, taut_value v, taut_error *err) TAUT_MUST_CHECK;

/* A whole number from 1 to limit. */
taut_status taut_value_count(uint32_t *out, taut_value v, uint32_t limit,
                             taut_error *err) TAUT_MUST_CHECK;

/* A whole number from 1 to n, given back from 0. */
taut_status taut_value_index(uint32_t *out, taut_value v, uint32_t n,
                             taut_error *err) TAUT_MUST_CHECK;

/* A name of the list, as its index. */
taut_status taut_value_choice(int *out, taut_value v, const taut_name_list *list,
                              taut_error *err) TAUT_MUST_CHECK;

/* A list of numbers, at least one. The caller frees *out also on failure. */
taut_status taut_value_numbers(taut_numbers *out, taut_value v, taut_error *err) TAUT_MUST_CHECK;

/* A list of rows of one length, appended row by row. The caller frees *out also on failure. */
taut_status taut_value_matrix(taut_numbers *out, uint32_t *rows, uint32_t *columns, taut_value v,
                              taut_error *err) TAUT_MUST_CHECK;

/* EINPUT unless got == expected: "27 numbers, 28 expected (one per item)". */
taut_status taut_value_same(taut_value v, size_t got, size_t expected, const char *things,
                            const char *why, taut_error *err) TAUT_MUST_CHECK;

/* EINPUT with the place of the first number below 0 in a list of numbers or of lists of numbers. */
taut_status taut_value_not_negative(taut_value v, taut_error *err) TAUT_MUST_CHECK;

/* Item `at` (from 0) of a list, as a list of low to high values; shape says them: "[u, v]". */
taut_status taut_value_tuple(taut_value *out, taut_value v, const taut_node *item, uint32_t at,
                             uint32_t low, uint32_t high, const char *shape,
                             taut_error *err) TAUT_MUST_CHECK;

/* A pair u <= v that must not stand twice, and the node that says it. */
typedef struct {
	uint32_t         u, v;
	const taut_node *node;
} taut_value_pair;

/* Sorts the pairs; EINPUT at the earliest one that repeats another. v: the list they come from. */
taut_status taut_value_pairs_differ(taut_value v, taut_value_pair *pairs, size_t count,
                                    taut_error *err) TAUT_MUST_CHECK;

#endif
