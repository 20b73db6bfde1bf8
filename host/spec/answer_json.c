#include "spec/answer_json.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "spec/value.h"

void taut_answer_list_fini(taut_answer_list *list)
{
	for (size_t k = 0; k < list->count; k++) {
		taut_free(list->items[k].name);
		taut_free(list->items[k].bits);
	}
	taut_free(list->items);
	*list = (taut_answer_list){0};
}

/* A walk through the file's bytes; line and column count from 1. */
typedef struct {
	const char *at;
	const char *end;
	uint32_t    line, column;
} cursor;

static void step(cursor *c)
{
	assert(c->at < c->end);
	if (*c->at == '\n') {
		c->line++;
		c->column = 1;
	} else if (((unsigned char)*c->at & 0xC0) != 0x80) { /* not inside a UTF-8 character */
		c->column++;
	}
	c->at++;
}

/* Past the object that starts at the cursor, or past the end where it is not closed. */
static void skip_object(cursor *c)
{
	size_t depth = 0;
	bool   in_text = false;

	do {
		char x = *c->at;
		if (in_text && x == '\\' && c->at + 1 < c->end)
			step(c);
		else if (x == '"')
			in_text = !in_text;
		else if (!in_text && (x == '{' || x == '['))
			depth++;
		else if (!in_text && (x == '}' || x == ']'))
			depth--;
		step(c);
	} while (depth > 0 && c->at < c->end);
}

static taut_value member(taut_value object, const char *key, const char *name)
{
	return (taut_value){object.document, object.node ? taut_node_find(object.node, key) : NULL,
	                    name};
}

/* JSON's null says as little as no member at all. */
static bool given(taut_value v)
{
	return v.node && !(v.node->kind == TAUT_NODE_SCALAR && !v.node->quoted &&
	                   strcmp(v.node->text, "null") == 0);
}

static taut_status read_bits(taut_answer_record *r, taut_value v, taut_error *err)
{
	const char *text = NULL;
	taut_status st = taut_value_text(&text, v, err);

	if (st != TAUT_OK)
		return st;
	r->n_bits = strspn(text, "01");
	if (text[r->n_bits] != '\0')
		return taut_value_fail(v, err, "character %zu is neither 0 nor 1", r->n_bits + 1);
	r->bits = taut_copy_text(text, err);
	return r->bits ? TAUT_OK : TAUT_ENOMEM;
}

static taut_status read_weight(taut_answer_record *r, taut_value v, taut_error *err)
{
	taut_decimal number;
	taut_status  st = taut_value_decimal(&number, v, err);

	if (st == TAUT_OK && (number.decimals > 0 || number.value < 0))
		st = taut_value_fail(v, err, "a whole number from 0 is expected");
	r->has_integer_weight = true;
	r->integer_weight = st == TAUT_OK ? number.value : 0;
	return st;
}

static taut_status read_record(taut_answer_record *r, const taut_document *document,
                               taut_error *err)
{
	taut_value  root = {document, taut_document_root(document), ""};
	taut_value  problem = member(root, "problem", "problem");
	taut_value  answer = member(root, "answer", "answer");
	taut_value  name = member(problem, "name", "problem.name");
	taut_value  index = member(problem, "index", "problem.index");
	taut_value  weight = member(problem, "integer_weight", "problem.integer_weight");
	taut_value  bits = member(answer, "bits", "answer.bits");
	taut_value  objective = member(answer, "objective", "answer.objective");
	const char *text = NULL;
	taut_status st = TAUT_OK;

	r->line = root.node->line;
	if (!given(bits))
		return taut_value_fail(root, err, "no answer.bits: this is no result of taut");
	st = read_bits(r, bits, err);
	if (st == TAUT_OK && given(objective)) {
		st = taut_value_decimal(&r->objective, objective, err);
		r->has_objective = true;
	}
	if (st == TAUT_OK && given(weight))
		st = read_weight(r, weight, err);
	if (st == TAUT_OK && given(index))
		st = taut_value_count(&r->index, index, UINT32_MAX, err);
	if (st == TAUT_OK && given(name)) {
		st = taut_value_text(&text, name, err);
		r->name = st == TAUT_OK ? taut_copy_text(text, err) : NULL;
		if (st == TAUT_OK && !r->name)
			st = TAUT_ENOMEM;
	}
	return st;
}

/* Appends the object between the two cursors. */
static taut_status add_record(taut_answer_list *list, size_t *capacity, const char *path,
                              const cursor *from, const cursor *to, taut_error *err)
{
	taut_document      *document = NULL;
	taut_answer_record *grown =
		taut_grow(list->items, capacity, list->count + 1, sizeof *grown, err);
	taut_status st;

	if (!grown)
		return TAUT_ENOMEM;
	list->items = grown;
	list->count++;
	st = taut_document_parse(&document, from->at, (size_t)(to->at - from->at), path, from->line,
	                         from->column, err);
	if (st == TAUT_OK)
		st = read_record(&grown[list->count - 1], document, err);
	taut_document_free(document);
	return st;
}

taut_status taut_answer_json_parse(taut_answer_list *out, const char *bytes, size_t length,
                                   const char *path, taut_error *err)
{
	size_t      capacity = 0;
	taut_status st = TAUT_OK;
	cursor      c = {bytes, bytes + length, 1, 1};

	*out = (taut_answer_list){0};
	while (st == TAUT_OK && c.at < c.end) {
		cursor from = c;
		if (strchr(" \t\r\n", *c.at) && *c.at) {
			step(&c);
		} else if (*c.at == '{') {
			skip_object(&c);
			st = add_record(out, &capacity, path, &from, &c, err);
		} else {
			st = taut_fail(err, TAUT_EINPUT,
			               "%s:%" PRIu32 ":%" PRIu32 ": a JSON object { is expected",
			               path, c.line, c.column);
		}
	}
	if (st == TAUT_OK && out->count == 0)
		st = taut_fail(err, TAUT_EINPUT,
		               "%s:%" PRIu32 ":%" PRIu32 ": no result in the file", path, c.line,
		               c.column);
	if (st != TAUT_OK)
		taut_answer_list_fini(out);
	return st;
}
