/* Inline data of a binary_program: variables by name or by number from 1. */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "spec/inline.h"
#include "spec/name_index.h"

typedef struct {
	taut_program_data *data;
	taut_name_index    names; /* of the variables; empty where the spec gives a count */
	uint32_t          *group; /* [n] number of the newest group that has the variable, from 1 */
	/* [n] lowest <= highest of an integer; 1 and 0 of the others, which are 0-1 */
	int64_t *lowest, *highest;
} program;

/* The user's names, which must differ and must not look like numbers: a number is an index. */
static taut_status read_names(program *p, taut_value v, taut_error *err)
{
	taut_indexed_name *names = NULL;
	const taut_node   *item = taut_node_first(v.node);
	uint32_t           n = v.node->count;
	uint32_t           first;
	uint32_t           repeat;
	taut_status        st = TAUT_OK;

	if (n == 0 || n > TAUT_VALUE_COUNT_MAX)
		return taut_value_fail(v, err, "%" PRIu32 " names, 1 to %d expected", n,
		                       TAUT_VALUE_COUNT_MAX);
	p->data->names = taut_alloc(n, sizeof *p->data->names, err);
	if (!p->data->names)
		return TAUT_ENOMEM;
	p->data->n = n;
	names = taut_alloc(n, sizeof *names, err);
	if (!names)
		return TAUT_ENOMEM;
	taut_name_index_init(&p->names, names, 0); /* owns the array from here; filled below */
	for (uint32_t i = 0; i < n; i++) {
		taut_value   at = taut_value_of(v, item);
		taut_decimal number;
		st = taut_value_text(&names[i].text, at, err);
		if (st != TAUT_OK)
			return st;
		if (taut_decimal_parse(&number, names[i].text, item->count, NULL) == TAUT_OK)
			return taut_value_fail(at, err, "the name '%.40s' is a number",
			                       names[i].text);
		names[i].at = i;
		p->data->names[i] = taut_copy_text(names[i].text, err);
		if (!p->data->names[i])
			return TAUT_ENOMEM;
		item = taut_node_next(item);
	}
	taut_name_index_init(&p->names, names, n);
	repeat = taut_name_index_repeat(&p->names, &first);
	if (repeat != TAUT_NAME_NONE)
		return taut_value_fail(
			taut_value_of(v, v.node + 1 + repeat), err,
			"the name '%.60s' stands twice (first at %" PRIu32 ":%" PRIu32 ")",
			p->data->names[repeat], v.node[1 + first].line, v.node[1 + first].column);
	return TAUT_OK;
}

static taut_status read_variables(program *p, taut_value v, taut_error *err)
{
	taut_status st;

	if (v.node->kind == TAUT_NODE_SEQUENCE)
		st = read_names(p, v, err);
	else
		st = taut_value_count(&p->data->n, v, TAUT_VALUE_COUNT_MAX, err);
	if (st != TAUT_OK)
		return st;
	p->group = taut_alloc(p->data->n, sizeof *p->group, err);
	p->lowest = taut_alloc(p->data->n, sizeof *p->lowest, err);
	p->highest = taut_alloc(p->data->n, sizeof *p->highest, err);
	if (!p->group || !p->lowest || !p->highest)
		return TAUT_ENOMEM;
	for (uint32_t i = 0; i < p->data->n; i++)
		p->lowest[i] = 1;
	return TAUT_OK;
}

/* A variable by its name, by its number from 1, or, where no names are given, as x1, x2, ... */
static taut_status read_variable(uint32_t *out, const program *p, taut_value v, taut_error *err)
{
	const char  *text = NULL;
	taut_nearest nearest;
	char         hint[80];
	int64_t      number;
	size_t       skip;
	taut_status  st = taut_value_text(&text, v, err);

	if (st != TAUT_OK)
		return st;
	*out = taut_name_index_find(&p->names, text);
	if (*out != TAUT_NAME_NONE)
		return TAUT_OK;
	skip = !p->data->names && text[0] == 'x';
	if (taut_integer_parse(&number, text + skip, v.node->count - skip, NULL) == TAUT_OK) {
		if (number < 1 || number > p->data->n)
			return taut_value_fail(v, err, "variable %s is outside 1 to %" PRIu32, text,
			                       p->data->n);
		*out = (uint32_t)(number - 1);
		return TAUT_OK;
	}
	nearest = taut_nearest_to(text);
	for (uint32_t i = 0; p->data->names && i < p->data->n; i++)
		taut_nearest_try(&nearest, p->data->names[i]);
	taut_nearest_hint(hint, sizeof hint, &nearest);
	return taut_value_fail(v, err, "unknown variable '%.60s'%s", text, hint);
}

static bool is_integer(const program *p, uint32_t i)
{
	return p->lowest[i] <= p->highest[i];
}

static taut_status read_whole(int64_t *out, taut_value v, taut_error *err)
{
	const char *text = NULL;
	taut_error  inner;
	taut_status st = taut_value_text(&text, v, err);

	if (st == TAUT_OK && taut_integer_parse(out, text, v.node->count, &inner) != TAUT_OK)
		return taut_value_fail(
			v, err,
			"%s; an integer needs two whole numbers, its lowest and highest "
			"value",
			inner.text);
	return st;
}

/* {variable: [lowest, highest], ...} */
static taut_status read_integers(program *p, taut_value v, taut_error *err)
{
	const taut_node *item = taut_node_first(v.node);
	taut_status      st = taut_value_expect(v, TAUT_NODE_MAPPING, err);

	for (uint32_t k = 0; st == TAUT_OK && k < v.node->count; k++) {
		const taut_node *bounds = taut_node_next(item);
		taut_value       at;
		uint32_t         i = 0;
		int64_t          lo = 0;
		int64_t          hi = 0;

		st = read_variable(&i, p, taut_value_of(v, item), err);
		if (st == TAUT_OK && is_integer(p, i))
			st = taut_value_fail(taut_value_of(v, item), err,
			                     "variable '%s' stands twice", item->text);
		if (st == TAUT_OK)
			st = taut_value_tuple(&at, v, bounds, k, 2, 2, "[lowest, highest]", err);
		if (st == TAUT_OK)
			st = read_whole(&lo, taut_value_of(v, bounds + 1), err);
		if (st == TAUT_OK)
			st = read_whole(&hi, taut_value_of(v, bounds + 2), err);
		if (st == TAUT_OK && lo > hi)
			st = taut_value_fail(at, err, "the lowest value is above the highest");
		if (st != TAUT_OK)
			return st;
		p->lowest[i] = lo;
		p->highest[i] = hi;
		item = taut_node_next(bounds);
	}
	for (uint32_t i = 0; st == TAUT_OK && i < p->data->n; i++)
		if (is_integer(p, i))
			st = taut_value_context(v,
			                        taut_program_add_integer(p->data, i, p->lowest[i],
			                                                 p->highest[i], err),
			                        err);
	return st;
}

/* A variable that must be 0-1. */
static taut_status read_binary(uint32_t *out, const program *p, taut_value v, taut_error *err)
{
	taut_status st = read_variable(out, p, v, err);

	if (st == TAUT_OK && is_integer(p, *out))
		st = taut_value_fail(
			v, err, "variable '%.60s' is an integer: only 0-1 variables stand here",
			v.node->text);
	return st;
}

/* One linear term of the objective or of the newest row. */
static taut_status add_linear(program *p, bool objective, taut_value name, taut_value number,
                              taut_error *err)
{
	taut_decimal c = {0};
	uint32_t     i = 0;
	taut_status  st = read_variable(&i, p, name, err);

	if (st == TAUT_OK)
		st = taut_value_decimal(&c, number, err);
	if (st != TAUT_OK)
		return st;
	st = objective ? taut_program_add_term(p->data, i, i, c, err)
	               : taut_program_add_entry(p->data, i, c, err);
	return taut_value_context(number, st, err);
}

/* {name: coefficient, ...} or [[name, coefficient], ...] */
static taut_status read_linear(program *p, bool objective, taut_value v, taut_error *err)
{
	const taut_node *item = taut_node_first(v.node);
	taut_status      st = TAUT_OK;

	if (v.node->kind == TAUT_NODE_SCALAR)
		return taut_value_fail(
			v, err,
			"{variable: coefficient, ...} or [[variable, coefficient], ...] "
			"expected");
	for (uint32_t k = 0; st == TAUT_OK && k < v.node->count; k++) {
		taut_value pair = taut_value_of(v, item);
		if (v.node->kind == TAUT_NODE_SEQUENCE) {
			st = taut_value_tuple(&pair, v, item, k, 2, 2, "[variable, coefficient]",
			                      err);
			pair.node = taut_node_first(item);
		}
		if (st == TAUT_OK)
			st = add_linear(p, objective, pair,
			                taut_value_of(v, taut_node_next(pair.node)), err);
		item = taut_node_next(v.node->kind == TAUT_NODE_SEQUENCE ? item
		                                                         : taut_node_next(item));
	}
	return st;
}

/* [[a, b, coefficient], ...]; repeats add up. */
static taut_status read_quadratic(program *p, taut_value v, taut_error *err)
{
	const taut_node *item = taut_node_first(v.node);
	taut_status      st = taut_value_expect(v, TAUT_NODE_SEQUENCE, err);

	for (uint32_t k = 0; st == TAUT_OK && k < v.node->count; k++) {
		taut_value   term;
		taut_decimal q = {0};
		uint32_t     i = 0;
		uint32_t     j = 0;
		st = taut_value_tuple(&term, v, item, k, 3, 3, "[variable, variable, coefficient]",
		                      err);
		if (st == TAUT_OK)
			st = read_variable(&i, p, taut_value_of(v, item + 1), err);
		if (st == TAUT_OK)
			st = read_variable(&j, p, taut_value_of(v, item + 2), err);
		if (st == TAUT_OK)
			st = taut_value_decimal(&q, taut_value_of(v, item + 3), err);
		if (i == j && st == TAUT_OK && is_integer(p, i))
			j = TAUT_SQUARE;
		if (st == TAUT_OK)
			st = taut_value_context(term, taut_program_add_term(p->data, i, j, q, err),
			                        err);
		item = taut_node_next(item);
	}
	return st;
}

/* The value of a mapping's key, named by it; node NULL when it is not there. */
static taut_value value_of_key(taut_value mapping, const char *key)
{
	taut_value v = taut_value_of(mapping, taut_node_find(mapping.node, key));

	v.name = key;
	return v;
}

static taut_status read_objective(program *p, taut_value v, taut_error *err)
{
	static const char *const    keys[] = {"sense", "offset", "linear", "quadratic"};
	static const taut_name      sense_rows[] = {{"min", "minimise"}, {"max", "maximise"}};
	static const taut_name_list senses = {sense_rows, 2};
	int                         sense = 0;
	taut_value                  at;
	taut_status st = taut_value_known_keys(v, keys, sizeof keys / sizeof keys[0], err);

	at = value_of_key(v, "sense");
	if (st == TAUT_OK && at.node)
		st = taut_value_choice(&sense, at, &senses, err);
	p->data->maximise = sense == 1;
	at = value_of_key(v, "offset");
	if (st == TAUT_OK && at.node)
		st = taut_value_decimal(&p->data->offset, at, err);
	at = value_of_key(v, "linear");
	if (st == TAUT_OK && at.node)
		st = read_linear(p, true, at, err);
	at = value_of_key(v, "quadratic");
	if (st == TAUT_OK && at.node)
		st = read_quadratic(p, at, err);
	return st;
}

/* The limits of a row: at_least, at_most, both, or equal. */
typedef struct {
	bool         has_lo, has_hi;
	taut_decimal lo, hi;
} limits;

/* True where lo > hi for certain; numbers that share no scale are left to the model. */
static bool crossed(const limits *l)
{
	int32_t to = l->lo.decimals > l->hi.decimals ? l->lo.decimals : l->hi.decimals;
	int64_t lo;
	int64_t hi;

	return l->has_lo && l->has_hi &&
	       taut_rescale(&lo, l->lo.value, l->lo.decimals, to, NULL) == TAUT_OK &&
	       taut_rescale(&hi, l->hi.value, l->hi.decimals, to, NULL) == TAUT_OK && lo > hi;
}

static taut_status read_limits(limits *out, taut_value row, taut_error *err)
{
	taut_value  lo = value_of_key(row, "at_least");
	taut_value  hi = value_of_key(row, "at_most");
	taut_value  equal = value_of_key(row, "equal");
	taut_status st = TAUT_OK;

	if (equal.node && (lo.node || hi.node))
		return taut_value_fail(equal, err, "stands beside at_least or at_most");
	if (!equal.node && !lo.node && !hi.node)
		return taut_value_fail(row, err, "no limit: at_least, at_most or equal is missing");
	if (equal.node)
		lo = hi = equal;
	*out = (limits){.has_lo = lo.node != NULL, .has_hi = hi.node != NULL};
	if (out->has_lo)
		st = taut_value_decimal(&out->lo, lo, err);
	if (st == TAUT_OK && out->has_hi)
		st = taut_value_decimal(&out->hi, hi, err);
	if (st == TAUT_OK && crossed(out))
		st = taut_value_fail(row, err, "at_least %s is more than at_most %s", lo.node->text,
		                     hi.node->text);
	return st;
}

static taut_status read_name(const char **out, taut_value mapping, taut_error *err)
{
	taut_value name = value_of_key(mapping, "name");

	*out = NULL;
	return name.node ? taut_value_text(out, name, err) : TAUT_OK;
}

static taut_status read_row(program *p, taut_value row, taut_error *err)
{
	static const char *const keys[] = {"name",    "terms", "at_least",
	                                   "at_most", "equal", "quadratic"};
	const char              *name = NULL;
	limits                   l = {0};
	taut_value               terms = value_of_key(row, "quadratic");
	taut_status st = taut_value_known_keys(row, keys, sizeof keys / sizeof keys[0], err);

	if (st == TAUT_OK)
		st = read_name(&name, row, err);
	if (st == TAUT_OK && terms.node)
		return taut_value_fail(
			terms, err,
			"constraint '%.60s' is quadratic: constraints must be linear, "
			"products may stand in the objective",
			name ? name : "without a name");
	if (st != TAUT_OK)
		return st;
	terms = value_of_key(row, "terms");
	if (!terms.node)
		return taut_value_fail(row, err, "terms are missing");
	if (terms.node->kind != TAUT_NODE_SCALAR && terms.node->count == 0)
		return taut_value_fail(terms, err, "no terms; leave the constraint out");
	st = read_limits(&l, row, err);
	if (st == TAUT_OK)
		st = taut_program_add_row(p->data, name, l.has_lo ? &l.lo : NULL,
		                          l.has_hi ? &l.hi : NULL, err);
	if (st == TAUT_OK)
		st = read_linear(p, false, terms, err);
	return st;
}

static taut_status read_rows(program *p, taut_value v, taut_error *err)
{
	const taut_node *item = taut_node_first(v.node);
	taut_status      st = taut_value_expect(v, TAUT_NODE_SEQUENCE, err);

	for (uint32_t k = 0; st == TAUT_OK && k < v.node->count; k++) {
		st = read_row(p, taut_value_of(v, item), err);
		item = taut_node_next(item);
	}
	return st;
}

static taut_status read_conflicts(program *p, taut_value v, taut_error *err)
{
	const taut_node *item = taut_node_first(v.node);
	taut_status      st = taut_value_expect(v, TAUT_NODE_SEQUENCE, err);

	for (uint32_t k = 0; st == TAUT_OK && k < v.node->count; k++) {
		taut_value pair;
		uint32_t   a = 0;
		uint32_t   b = 0;
		st = taut_value_tuple(&pair, v, item, k, 2, 2, "[variable, variable]", err);
		if (st == TAUT_OK)
			st = read_binary(&a, p, taut_value_of(v, item + 1), err);
		if (st == TAUT_OK)
			st = read_binary(&b, p, taut_value_of(v, item + 2), err);
		if (st == TAUT_OK && a == b)
			st = taut_value_fail(pair, err, "a variable in conflict with itself");
		if (st == TAUT_OK)
			st = taut_program_add_conflict(p->data, a, b, err);
		item = taut_node_next(item);
	}
	return st;
}

/* Group number `number`, from 1. */
static taut_status read_group(program *p, uint32_t number, taut_value group, taut_error *err)
{
	static const char *const keys[] = {"name", "exactly_one", "at_most_one"};
	const char              *name = NULL;
	taut_value               members;
	const taut_node         *item;
	bool                     at_most;
	taut_status st = taut_value_known_keys(group, keys, sizeof keys / sizeof keys[0], err);

	if (st != TAUT_OK)
		return st;
	members = value_of_key(group, "exactly_one");
	at_most = !members.node;
	if (at_most == !taut_node_find(group.node, "at_most_one"))
		return taut_value_fail(group, err, "either exactly_one or at_most_one is expected");
	if (at_most)
		members = value_of_key(group, "at_most_one");
	st = read_name(&name, group, err);
	if (st == TAUT_OK)
		st = taut_value_expect(members, TAUT_NODE_SEQUENCE, err);
	if (st == TAUT_OK && members.node->count == 0)
		st = taut_value_fail(members, err, "no variables");
	if (st == TAUT_OK)
		st = taut_program_add_group(p->data, name, at_most, err);
	item = taut_node_first(members.node);
	for (uint32_t k = 0; st == TAUT_OK && k < members.node->count; k++) {
		uint32_t i = 0;
		st = read_binary(&i, p, taut_value_of(members, item), err);
		if (st == TAUT_OK && p->group[i] == number)
			st = taut_value_fail(taut_value_of(members, item), err,
			                     "variable '%s' stands twice", item->text);
		if (st == TAUT_OK) {
			p->group[i] = number;
			st = taut_program_add_member(p->data, i, err);
		}
		item = taut_node_next(item);
	}
	return st;
}

static taut_status read_groups(program *p, taut_value v, taut_error *err)
{
	const taut_node *item = taut_node_first(v.node);
	taut_status      st = taut_value_expect(v, TAUT_NODE_SEQUENCE, err);

	for (uint32_t k = 0; st == TAUT_OK && k < v.node->count; k++) {
		st = read_group(p, k + 1, taut_value_of(v, item), err);
		item = taut_node_next(item);
	}
	return st;
}

taut_status taut_inline_program(taut_instance *instance, const taut_value *values, taut_error *err)
{
	program     p = {.data = &instance->data.program};
	taut_status st = read_variables(&p, values[0], err);

	if (st == TAUT_OK && values[5].node)
		st = read_integers(&p, values[5], err);
	if (st == TAUT_OK)
		st = read_objective(&p, values[1], err);
	if (st == TAUT_OK && values[2].node)
		st = read_rows(&p, values[2], err);
	if (st == TAUT_OK && values[3].node)
		st = read_conflicts(&p, values[3], err);
	if (st == TAUT_OK && values[4].node)
		st = read_groups(&p, values[4], err);
	taut_name_index_fini(&p.names);
	taut_free(p.group);
	taut_free(p.lowest);
	taut_free(p.highest);
	return st;
}
