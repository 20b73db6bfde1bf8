#include "spec/value.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/options.h"

taut_status taut_value_fail(taut_value v, taut_error *err, const char *format, ...)
{
	char    text[sizeof err->text];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof text, format, args);
	va_end(args);
	return taut_node_fail(v.document, v.node, err, "%s%s%s", v.name, v.name[0] ? ": " : "",
	                      text);
}

taut_status taut_value_context(taut_value v, taut_status st, taut_error *err)
{
	if (st != TAUT_EINPUT)
		return st;
	return taut_context(err, st, "%s:%" PRIu32 ":%" PRIu32 ": %s",
	                    taut_document_path(v.document), v.node->line, v.node->column, v.name);
}

taut_status taut_value_expect(taut_value v, taut_node_kind kind, taut_error *err)
{
	bool empty = v.node->kind == TAUT_NODE_SCALAR && v.node->count == 0 && !v.node->quoted;

	if (v.node->kind == kind && !empty)
		return TAUT_OK;
	return taut_value_fail(v, err, "%s is expected, not %s", taut_node_kind_text(kind),
	                       empty ? "nothing" : taut_node_kind_text(v.node->kind));
}

/* The path of an option whose last part is key; NULL when there is none. */
static const char *path_of_key(const char *key)
{
	for (int i = 0; i < TAUT_N_OPTIONS; i++) {
		const char *path = taut_option_table[i].path;
		const char *dot = path ? strrchr(path, '.') : NULL;
		if (path && strcmp(dot ? dot + 1 : path, key) == 0)
			return path;
	}
	return NULL;
}

static taut_status unknown_key(taut_value v, const taut_node *key, const char *const *known,
                               size_t count, taut_error *err)
{
	taut_nearest nearest = taut_nearest_to(key->text);
	char         hint[80];

	for (size_t k = 0; k < count; k++)
		taut_nearest_try(&nearest, known[k]);
	if (!nearest.best)
		nearest.best = path_of_key(key->text);
	taut_nearest_hint(hint, sizeof hint, &nearest);
	return taut_value_fail(taut_value_of(v, key), err, "unknown key '%.60s'%s", key->text,
	                       hint);
}

taut_status taut_value_known_keys(taut_value v, const char *const *known, size_t count,
                                  taut_error *err)
{
	const taut_node *key = taut_node_first(v.node);
	taut_status      st = taut_value_expect(v, TAUT_NODE_MAPPING, err);

	for (uint32_t i = 0; st == TAUT_OK && i < v.node->count; i++) {
		size_t k = 0;
		while (k < count && strcmp(known[k], key->text) != 0)
			k++;
		if (k == count)
			st = unknown_key(v, key, known, count, err);
		key = taut_node_next(taut_node_next(key));
	}
	return st;
}

taut_status taut_value_text(const char **out, taut_value v, taut_error *err)
{
	taut_status st = taut_value_expect(v, TAUT_NODE_SCALAR, err);

	if (st == TAUT_OK && v.node->count == 0)
		st = taut_value_fail(v, err, "an empty text");
	if (st == TAUT_OK)
		*out = v.node->text;
	return st;
}

/* A scalar that is no quoted text. */
static taut_status expect_number(taut_value v, taut_error *err)
{
	taut_status st = taut_value_expect(v, TAUT_NODE_SCALAR, err);

	if (st == TAUT_OK && v.node->quoted)
		st = taut_value_fail(v, err, "a number is expected, not a text in quotes");
	return st;
}

taut_status taut_value_decimal(taut_decimal *out, taut_value v, taut_error *err)
{
	taut_status st = expect_number(v, err);

	if (st != TAUT_OK)
		return st;
	st = taut_decimal_parse(out, v.node->text, v.node->count, err);
	return taut_value_context(v, st, err);
}

taut_status taut_value_count(uint32_t *out, taut_value v, uint32_t limit, taut_error *err)
{
	int64_t     x = 0;
	taut_status st = expect_number(v, err);

	if (st != TAUT_OK)
		return st;
	st = taut_integer_parse(&x, v.node->text, v.node->count, err);
	if (st != TAUT_OK)
		return taut_value_context(v, st, err);
	if (x < 1 || x > limit)
		return taut_value_fail(v, err, "%" PRId64 " is outside 1 to %" PRIu32, x, limit);
	*out = (uint32_t)x;
	return TAUT_OK;
}

taut_status taut_value_index(uint32_t *out, taut_value v, uint32_t n, taut_error *err)
{
	taut_status st = taut_value_count(out, v, n, err);

	if (st == TAUT_OK)
		(*out)--;
	return st;
}

taut_status taut_value_choice(int *out, taut_value v, const taut_name_list *list, taut_error *err)
{
	const char  *text = NULL;
	taut_status  st = taut_value_text(&text, v, err);
	taut_nearest nearest;
	char         hint[80];
	char         known[200] = "";
	size_t       used = 0;

	if (st != TAUT_OK)
		return st;
	*out = taut_name_find(list, text);
	if (*out >= 0)
		return TAUT_OK;
	nearest = taut_nearest_to(text);
	for (size_t i = 0; i < list->count; i++) {
		taut_nearest_try(&nearest, list->names[i].name);
		if (used < sizeof known)
			used += (size_t)snprintf(known + used, sizeof known - used, "%s%s",
			                         i ? ", " : "", list->names[i].name);
	}
	taut_nearest_hint(hint, sizeof hint, &nearest);
	return taut_value_fail(v, err, "'%.60s' is none of %s%s", text, known, hint);
}

taut_status taut_value_numbers(taut_numbers *out, taut_value v, taut_error *err)
{
	const taut_node *item = taut_node_first(v.node);
	taut_decimal     x = {0};
	taut_status      st = taut_value_expect(v, TAUT_NODE_SEQUENCE, err);

	if (st == TAUT_OK && v.node->count == 0)
		st = taut_value_fail(v, err, "an empty list");
	for (uint32_t i = 0; st == TAUT_OK && i < v.node->count; i++) {
		taut_value at = taut_value_of(v, item);
		st = taut_value_decimal(&x, at, err);
		if (st == TAUT_OK)
			st = taut_value_context(at, taut_numbers_push(out, x, err), err);
		item = taut_node_next(item);
	}
	return st;
}

taut_status taut_value_matrix(taut_numbers *out, uint32_t *rows, uint32_t *columns, taut_value v,
                              taut_error *err)
{
	const taut_node *row = taut_node_first(v.node);
	taut_status      st = taut_value_expect(v, TAUT_NODE_SEQUENCE, err);

	if (st == TAUT_OK && v.node->count == 0)
		st = taut_value_fail(v, err, "an empty list");
	if (st != TAUT_OK)
		return st;
	*rows = v.node->count;
	for (uint32_t i = 0; i < *rows; i++) {
		taut_value at = taut_value_of(v, row);
		if (row->kind != TAUT_NODE_SEQUENCE)
			return taut_value_fail(
				at, err, "row %" PRIu32 " is %s, a list of numbers is expected",
				i + 1, taut_node_kind_text(row->kind));
		if (i == 0)
			*columns = row->count;
		if (row->count != *columns)
			return taut_value_fail(at, err,
			                       "row %" PRIu32 " has %" PRIu32 " numbers, %" PRIu32
			                       " expected",
			                       i + 1, row->count, *columns);
		st = taut_value_numbers(out, at, err);
		if (st != TAUT_OK)
			return st;
		row = taut_node_next(row);
	}
	return TAUT_OK;
}

taut_status taut_value_same(taut_value v, size_t got, size_t expected, const char *things,
                            const char *why, taut_error *err)
{
	if (got == expected)
		return TAUT_OK;
	return taut_value_fail(v, err, "%zu %s, %zu expected (%s)", got, things, expected, why);
}

taut_status taut_value_not_negative(taut_value v, taut_error *err)
{
	for (uint32_t k = 0; k < v.node->span; k++) {
		const taut_node *node = v.node + k;
		if (node->kind == TAUT_NODE_SCALAR && node->text[0] == '-')
			return taut_value_fail(taut_value_of(v, node), err, "%s is negative",
			                       node->text);
	}
	return TAUT_OK;
}

taut_status taut_value_tuple(taut_value *out, taut_value v, const taut_node *item, uint32_t at,
                             uint32_t low, uint32_t high, const char *shape, taut_error *err)
{
	*out = taut_value_of(v, item);
	if (item->kind != TAUT_NODE_SEQUENCE)
		return taut_value_fail(*out, err, "item %" PRIu32 " is %s, %s expected", at + 1,
		                       taut_node_kind_text(item->kind), shape);
	if (item->count < low || item->count > high)
		return taut_value_fail(*out, err,
		                       "item %" PRIu32 " has length %" PRIu32 ", %s expected",
		                       at + 1, item->count, shape);
	return TAUT_OK;
}

static int compare_pairs(const void *a, const void *b)
{
	const taut_value_pair *x = a;
	const taut_value_pair *y = b;

	if (x->u != y->u)
		return x->u < y->u ? -1 : 1;
	if (x->v != y->v)
		return x->v < y->v ? -1 : 1;
	return (x->node > y->node) - (x->node < y->node);
}

taut_status taut_value_pairs_differ(taut_value v, taut_value_pair *pairs, size_t count,
                                    taut_error *err)
{
	const taut_value_pair *repeat = NULL;

	assert(pairs != NULL || count == 0);
	if (count > 1)
		qsort(pairs, count, sizeof *pairs, compare_pairs);
	for (size_t k = 1; k < count; k++)
		if (pairs[k].u == pairs[k - 1].u && pairs[k].v == pairs[k - 1].v &&
		    (!repeat || pairs[k].node < repeat->node))
			repeat = &pairs[k];
	if (!repeat)
		return TAUT_OK;
	return taut_value_fail(
		taut_value_of(v, repeat->node), err,
		"the pair %" PRIu32 ", %" PRIu32 " stands twice (first at %" PRIu32 ":%" PRIu32 ")",
		repeat->u + 1, repeat->v + 1, repeat[-1].node->line, repeat[-1].node->column);
}
