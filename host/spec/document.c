#include "spec/document.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <yaml.h>

#include "base/alloc.h"
#include "spec/name_index.h"

/* Scalar texts are packed into chunks that never move. */
typedef struct chunk {
	struct chunk *next;
	size_t        used, size;
	char         *bytes; /* [size] */
} chunk;

enum { CHUNK_BYTES = 1 << 16 };

struct taut_document {
	char      *path;
	taut_node *nodes; /* [n_nodes] */
	size_t     n_nodes, capacity;
	chunk     *chunks; /* newest first */
};

/* What taut_document_parse needs while events come in. */
typedef struct {
	taut_document *doc;
	const char    *bytes; /* [length] */
	size_t         length;
	uint32_t       line, column;            /* of the first byte, from 1 */
	uint32_t open[TAUT_DOCUMENT_DEPTH_MAX]; /* containers that are open, outermost first */
	uint32_t depth;
	uint32_t documents;
} loader;

void taut_document_free(taut_document *document)
{
	if (!document)
		return;
	while (document->chunks) {
		chunk *next = document->chunks->next;
		taut_free(document->chunks->bytes);
		taut_free(document->chunks);
		document->chunks = next;
	}
	taut_free(document->nodes);
	taut_free(document->path);
	taut_free(document);
}

const taut_node *taut_document_root(const taut_document *document)
{
	assert(document->n_nodes > 0);
	return document->nodes;
}

const char *taut_document_path(const taut_document *document)
{
	return document->path;
}

const taut_node *taut_node_find(const taut_node *node, const char *key)
{
	const taut_node *at = taut_node_first(node);

	if (node->kind != TAUT_NODE_MAPPING)
		return NULL;
	for (uint32_t k = 0; k < node->count; k++) {
		if (strcmp(at->text, key) == 0)
			return taut_node_next(at);
		at = taut_node_next(taut_node_next(at));
	}
	return NULL;
}

const char *taut_node_kind_text(taut_node_kind kind)
{
	switch (kind) {
	case TAUT_NODE_SCALAR:
		return "a value";
	case TAUT_NODE_SEQUENCE:
		return "a list";
	case TAUT_NODE_MAPPING:
		return "a mapping";
	}
	return "";
}

taut_status taut_node_fail(const taut_document *document, const taut_node *node, taut_error *err,
                           const char *format, ...)
{
	char    text[sizeof err->text];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof text, format, args);
	va_end(args);
	return taut_fail(err, TAUT_EINPUT, "%s:%" PRIu32 ":%" PRIu32 ": %s", document->path,
	                 node->line, node->column, text);
}

/* libyaml counts lines and columns of its input from 0. */
static uint32_t line_of(const loader *l, const yaml_mark_t *mark)
{
	return l->line + (uint32_t)mark->line;
}

static uint32_t column_of(const loader *l, const yaml_mark_t *mark)
{
	return (mark->line == 0 ? l->column : 1) + (uint32_t)mark->column;
}

static taut_status fail_at(const loader *l, const yaml_mark_t *mark, taut_error *err,
                           const char *text)
{
	return taut_fail(err, TAUT_EINPUT, "%s:%" PRIu32 ":%" PRIu32 ": %s", l->doc->path,
	                 line_of(l, mark), column_of(l, mark), text);
}

/* The byte at a mark, whose column counts characters; '\0' past the end. */
static char byte_at(const loader *l, const yaml_mark_t *mark)
{
	size_t line = 0;
	size_t column = 0;
	size_t i = 0;

	while (i < l->length && line < mark->line)
		line += l->bytes[i++] == '\n';
	for (; i < l->length; i++) {
		bool inside =
			((unsigned char)l->bytes[i] & 0xC0) == 0x80; /* of a UTF-8 character */
		if (!inside && column++ == mark->column)
			return l->bytes[i];
	}
	return '\0';
}

/* What libyaml found wrong. A reader error (encoding, control characters) knows only the byte. */
static taut_status syntax_error(const loader *l, const yaml_parser_t *parser, taut_error *err)
{
	yaml_mark_t mark = parser->problem_mark;
	char        text[200];

	if (parser->error == YAML_MEMORY_ERROR)
		return taut_fail(err, TAUT_ENOMEM, "%s: out of memory", l->doc->path);
	if (parser->error == YAML_READER_ERROR) {
		mark = (yaml_mark_t){0};
		for (size_t i = 0; i < parser->problem_offset && i < l->length; i++) {
			mark.column++;
			if (l->bytes[i] == '\n') {
				mark.line++;
				mark.column = 0;
			}
		}
		(void)snprintf(text, sizeof text,
		               "%s (byte %zu of the file's text): not a text file?",
		               parser->problem, parser->problem_offset + 1);
		return fail_at(l, &mark, err, text);
	}
	if (byte_at(l, &mark) == '\t')
		return fail_at(l, &mark, err, "found a tab: YAML indents with spaces only");
	(void)snprintf(text, sizeof text, "%s%s%s",
	               parser->problem ? parser->problem : "syntax error",
	               parser->context ? " " : "", parser->context ? parser->context : "");
	return fail_at(l, &mark, err, text);
}

/* A copy of length bytes with a NUL in the newest chunk. */
static char *store_text(taut_document *doc, const char *text, size_t length, taut_error *err)
{
	chunk *c = doc->chunks;
	char  *at;

	if (!c || c->size - c->used < length + 1) {
		size_t size = length + 1 > CHUNK_BYTES ? length + 1 : CHUNK_BYTES;
		c = taut_alloc(1, sizeof *c, err);
		if (!c)
			return NULL;
		c->bytes = taut_alloc(size, 1, err);
		if (!c->bytes) {
			taut_free(c);
			return NULL;
		}
		c->size = size;
		c->next = doc->chunks;
		doc->chunks = c;
	}
	at = c->bytes + c->used;
	memcpy(at, text, length);
	at[length] = '\0';
	c->used += length + 1;
	return at;
}

/* Appends a node and counts it in its parent. A node in a key's place must be a scalar. */
static taut_status add_node(loader *l, taut_node_kind kind, const yaml_mark_t *mark,
                            taut_error *err)
{
	taut_document *doc = l->doc;
	taut_node     *grown;
	taut_node     *parent;

	if (doc->n_nodes >= TAUT_DOCUMENT_NODES_MAX)
		return fail_at(l, mark, err, "more than 20 million values: too large for a spec");
	grown = taut_grow(doc->nodes, &doc->capacity, doc->n_nodes + 1, sizeof *grown, err);
	if (!grown)
		return TAUT_ENOMEM;
	doc->nodes = grown;
	parent = l->depth > 0 ? &grown[l->open[l->depth - 1]] : NULL;
	if (parent) {
		/* While a mapping is open its count is of nodes; close_node halves it. */
		bool key = parent->kind == TAUT_NODE_MAPPING && parent->count % 2 == 0;
		if (key && kind != TAUT_NODE_SCALAR)
			return fail_at(l, mark, err,
			               "a key must be a plain word, not a list or mapping");
		parent->count++;
	}
	grown[doc->n_nodes++] = (taut_node){
		.line = line_of(l, mark), .column = column_of(l, mark), .span = 1, .kind = kind};
	return TAUT_OK;
}

static taut_status open_node(loader *l, taut_node_kind kind, const yaml_mark_t *mark,
                             taut_error *err)
{
	taut_status st;

	if (l->depth == TAUT_DOCUMENT_DEPTH_MAX)
		return fail_at(l, mark, err, "nested deeper than 64 levels");
	st = add_node(l, kind, mark, err);
	if (st == TAUT_OK)
		l->open[l->depth++] = (uint32_t)(l->doc->n_nodes - 1);
	return st;
}

static taut_status refuse_repeated_keys(const loader *l, const taut_node *mapping, taut_error *err)
{
	taut_name_index    index = {0};
	taut_indexed_name *names;
	const taut_node   *node = taut_node_first(mapping);
	uint32_t           first;
	uint32_t           repeat;
	taut_status        st = TAUT_OK;

	names = taut_alloc(mapping->count, sizeof *names, err);
	if (!names)
		return TAUT_ENOMEM;
	for (uint32_t k = 0; k < mapping->count; k++) {
		names[k] = (taut_indexed_name){node->text, (uint32_t)(node - mapping)};
		node = taut_node_next(taut_node_next(node));
	}
	taut_name_index_init(&index, names, mapping->count);
	repeat = taut_name_index_repeat(&index, &first);
	if (repeat != TAUT_NAME_NONE)
		st = taut_node_fail(l->doc, mapping + repeat, err,
		                    "key '%.60s' stands twice (first at %" PRIu32 ":%" PRIu32 ")",
		                    mapping[repeat].text, mapping[first].line,
		                    mapping[first].column);
	taut_name_index_fini(&index);
	return st;
}

static taut_status close_node(loader *l, taut_error *err)
{
	uint32_t   at = l->open[--l->depth];
	taut_node *node = &l->doc->nodes[at];

	node->span = (uint32_t)(l->doc->n_nodes - at);
	if (node->kind != TAUT_NODE_MAPPING)
		return TAUT_OK;
	assert(node->count % 2 == 0);
	node->count /= 2;
	return node->count > 1 ? refuse_repeated_keys(l, node, err) : TAUT_OK;
}

static taut_status add_scalar(loader *l, const yaml_event_t *event, taut_error *err)
{
	const char *text = (const char *)event->data.scalar.value;
	size_t      length = event->data.scalar.length;
	taut_node  *node;
	taut_status st = add_node(l, TAUT_NODE_SCALAR, &event->start_mark, err);

	if (st != TAUT_OK)
		return st;
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)text[i];
		if ((c < 0x20 && c != '\t' && c != '\n') || c == 0x7F)
			return fail_at(l, &event->start_mark, err, "a control character in a text");
	}
	node = &l->doc->nodes[l->doc->n_nodes - 1];
	node->count = (uint32_t)length; /* the file has no more than 2^30 bytes */
	node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
	node->text = store_text(l->doc, text, length, err);
	return node->text ? TAUT_OK : TAUT_ENOMEM;
}

/* Anchors and tags of a node are refused before it is added. */
static taut_status refuse_marks(const loader *l, const yaml_event_t *event,
                                const yaml_char_t *anchor, const yaml_char_t *tag, taut_error *err)
{
	if (anchor)
		return fail_at(l, &event->start_mark, err,
		               "anchors and aliases (&name, *name) are not supported");
	if (tag)
		return fail_at(l, &event->start_mark, err, "tags (!name) are not supported");
	return TAUT_OK;
}

static taut_status take_event(loader *l, const yaml_event_t *event, taut_error *err)
{
	taut_status st = TAUT_OK;

	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT:
		if (l->documents++ > 0)
			st = fail_at(l, &event->start_mark, err,
			             "a second document starts here; a file holds one");
		break;
	case YAML_ALIAS_EVENT:
		st = refuse_marks(l, event, event->data.alias.anchor, NULL, err);
		break;
	case YAML_SCALAR_EVENT:
		st = refuse_marks(l, event, event->data.scalar.anchor, event->data.scalar.tag, err);
		if (st == TAUT_OK)
			st = add_scalar(l, event, err);
		break;
	case YAML_SEQUENCE_START_EVENT:
		st = refuse_marks(l, event, event->data.sequence_start.anchor,
		                  event->data.sequence_start.tag, err);
		if (st == TAUT_OK)
			st = open_node(l, TAUT_NODE_SEQUENCE, &event->start_mark, err);
		break;
	case YAML_MAPPING_START_EVENT:
		st = refuse_marks(l, event, event->data.mapping_start.anchor,
		                  event->data.mapping_start.tag, err);
		if (st == TAUT_OK)
			st = open_node(l, TAUT_NODE_MAPPING, &event->start_mark, err);
		break;
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		st = close_node(l, err);
		break;
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_STREAM_END_EVENT:
	case YAML_DOCUMENT_END_EVENT:
		break;
	}
	return st;
}

static taut_status take_all_events(loader *l, taut_error *err)
{
	yaml_parser_t parser;
	taut_status   st = TAUT_OK;
	bool          more = true;

	if (!yaml_parser_initialize(&parser))
		return taut_fail(err, TAUT_ENOMEM, "%s: out of memory", l->doc->path);
	yaml_parser_set_input_string(&parser, (const unsigned char *)l->bytes, l->length);
	while (st == TAUT_OK && more) {
		yaml_event_t event;
		if (!yaml_parser_parse(&parser, &event)) {
			st = syntax_error(l, &parser, err);
			break;
		}
		more = event.type != YAML_STREAM_END_EVENT;
		st = take_event(l, &event, err);
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&parser);
	return st;
}

taut_status taut_document_parse(taut_document **out, const char *bytes, size_t length,
                                const char *path, uint32_t line, uint32_t column, taut_error *err)
{
	loader      l = {.bytes = bytes, .length = length, .line = line, .column = column};
	taut_status st = TAUT_ENOMEM;

	assert(line > 0 && column > 0);
	*out = NULL;
	l.doc = taut_alloc(1, sizeof *l.doc, err);
	if (!l.doc)
		goto done;
	l.doc->path = taut_copy_text(path, err);
	if (!l.doc->path)
		goto done;
	st = take_all_events(&l, err);
	if (st == TAUT_OK && l.doc->n_nodes == 0)
		st = taut_fail(err, TAUT_EINPUT, "%s:%" PRIu32 ":%" PRIu32 ": the file is empty",
		               path, line, column);
	if (st != TAUT_OK)
		goto done;
	assert(l.depth == 0 && l.doc->nodes[0].span == l.doc->n_nodes);
	*out = l.doc;
	l.doc = NULL; /* now the caller's */
done:
	taut_document_free(l.doc);
	return st;
}

taut_status taut_document_load(char **out, size_t *length, const char *path, taut_error *err)
{
	enum { READ_BYTES = 1 << 16 };
	taut_status st = TAUT_OK;
	FILE       *file = NULL;
	char       *bytes = NULL;
	size_t      capacity = 0;
	size_t      used = 0;
	size_t      got;

	*out = NULL;
	file = fopen(path, "rb");
	if (!file)
		return taut_fail(err, TAUT_EIO, "%s: cannot open: %s", path, strerror(errno));
	do {
		char *grown = taut_grow(bytes, &capacity, used + READ_BYTES + 1, 1, err);
		if (!grown) {
			st = TAUT_ENOMEM;
			goto done;
		}
		bytes = grown;
		got = fread(bytes + used, 1, READ_BYTES, file);
		used += got;
		if (used > TAUT_DOCUMENT_BYTES_MAX) {
			st = taut_fail(err, TAUT_EINPUT, "%s: larger than 1 GiB", path);
			goto done;
		}
	} while (got > 0);
	if (ferror(file)) {
		st = taut_fail(err, TAUT_EIO, "%s: cannot read: %s", path, strerror(errno));
		goto done;
	}
	bytes[used] = '\0';
	*length = used;
	*out = bytes;
	bytes = NULL; /* now the caller's */
done:
	taut_free(bytes);
	(void)fclose(file);
	return st;
}

taut_status taut_document_read(taut_document **out, const char *path, taut_error *err)
{
	char       *bytes;
	size_t      length;
	taut_status st = taut_document_load(&bytes, &length, path, err);

	*out = NULL;
	if (st == TAUT_OK)
		st = taut_document_parse(out, bytes, length, path, 1, 1, err);
	taut_free(bytes);
	return st;
}
