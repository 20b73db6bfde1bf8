/* A YAML or JSON document as a small read-only tree that knows where every node stands. Hostile
 * files are refused while they are read: depth, nodes and bytes are limited, anchors, aliases,
 * tags, repeated keys and further documents are errors. The only place that knows libyaml is
 * document.c. */
#ifndef TAUT_SPEC_DOCUMENT_H
#define TAUT_SPEC_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

enum {
	TAUT_DOCUMENT_DEPTH_MAX = 64,
	TAUT_DOCUMENT_NODES_MAX = 20000000,
	TAUT_DOCUMENT_BYTES_MAX = 1 << 30
};

typedef enum { TAUT_NODE_SCALAR, TAUT_NODE_SEQUENCE, TAUT_NODE_MAPPING } taut_node_kind;

/* Nodes stand in document order: a node's first child follows it, its next sibling is `span`
 * further. A mapping's children are key, value, key, value, ...; keys are scalars and differ. */
typedef struct {
	const char *text; /* scalar: NUL-terminated UTF-8 without control characters but \t and \n;
	                     else NULL */
	uint32_t       line, column; /* from 1; columns count characters */
	uint32_t       count;        /* scalar: bytes of text; sequence: items; mapping: pairs */
	uint32_t       span;         /* nodes of the subtree, itself included */
	taut_node_kind kind;
	bool quoted; /* scalar in quotes or a block scalar: a text even where it looks like a number
	              */
} taut_node;

typedef struct taut_document taut_document;

/* Reads a file, or length bytes that stand at line:column (from 1) of the file `path`. EINPUT with
 * "path:line:column: ..." for anything that is not one document within the limits, EIO, ENOMEM. The
 * caller frees. On failure *out is NULL. */
taut_status taut_document_read(taut_document **out, const char *path,
                               taut_error *err) TAUT_MUST_CHECK;
taut_status taut_document_parse(taut_document **out, const char *bytes, size_t length,
                                const char *path, uint32_t line, uint32_t column,
                                taut_error *err) TAUT_MUST_CHECK;
void        taut_document_free(taut_document *document); /* accepts NULL */

/* A file whole, for what splits it before parsing: *out is [*length + 1] with a NUL at the end; the
 * caller frees. EIO, ENOMEM, EINPUT above TAUT_DOCUMENT_BYTES_MAX. On failure *out is NULL. */
taut_status taut_document_load(char **out, size_t *length, const char *path,
                               taut_error *err) TAUT_MUST_CHECK;

/* Views; they die with the document. */
const taut_node *taut_document_root(const taut_document *document);
const char      *taut_document_path(const taut_document *document);

/* First child of a sequence or mapping with count > 0; next sibling (one past the last is not a
 * node). */
static inline const taut_node *taut_node_first(const taut_node *node)
{
	return node + 1;
}

static inline const taut_node *taut_node_next(const taut_node *node)
{
	return node + node->span;
}

/* The value that a mapping holds for key; NULL when it has none or node is no mapping. */
const taut_node *taut_node_find(const taut_node *node, const char *key);

/* "a mapping", "a list", "a value": for messages. */
const char *taut_node_kind_text(taut_node_kind kind);

/* EINPUT with "path:line:column: " and the formatted text; returns it. */
taut_status taut_node_fail(const taut_document *document, const taut_node *node, taut_error *err,
                           const char *format, ...) TAUT_PRINTF(4, 5);

#endif
