/* Problems whose data stand in the spec itself: one table of the keys that each family takes. */
#ifndef TAUT_SPEC_INLINE_H
#define TAUT_SPEC_INLINE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/instance.h"
#include "spec/value.h"

enum { TAUT_INLINE_KEYS_MAX = 6 };

typedef struct {
	const char *key; /* NULL: no more */
	bool        required;
	const char *shape; /* what the user writes there */
} taut_inline_key;

typedef struct {
	taut_inline_key keys[TAUT_INLINE_KEYS_MAX];
	uint64_t options; /* bits of the problem's options (taut_options.given) that inline data
	                     take */
	/* Fills the instance's data; values stand in the order of keys, node NULL where the spec
	 * has none. */
	taut_status (*build)(taut_instance *instance, const taut_value *values, taut_error *err);
} taut_inline_family;

/* The row of a family; NULL for AUTO. */
const taut_inline_family *taut_inline_find(taut_family family);

/* True when the mapping `problem` holds a key of any family's inline data. */
bool taut_inline_present(const taut_node *problem);

/* The instance that the mapping `problem` holds inline. Keys that no family knows are the caller's.
 * EINPUT with position, ENOMEM. The caller frees. On failure *out is NULL. */
taut_status taut_inline_read(taut_instance **out, taut_value problem, taut_family family,
                             const char *name, taut_error *err) TAUT_MUST_CHECK;

/* binary_program's builder (inline_program.c). */
taut_status taut_inline_program(taut_instance *instance, const taut_value *values,
                                taut_error *err) TAUT_MUST_CHECK;

#endif
