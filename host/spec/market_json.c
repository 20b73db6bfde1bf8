#include "spec/market_json.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/checked.h"
#include "spec/value.h"

taut_status taut_market_half_targets(taut_market_data *data, taut_error *err)
{
	assert(data->targets.n == 0);
	for (uint32_t k = 0; k < data->m; k++) {
		const int64_t *row = data->demands.v + (size_t)k * data->n;
		int64_t        sum = 0;
		int64_t        half;
		taut_status    st;
		for (uint32_t i = 0; i < data->n; i++)
			if (!taut_add64(&sum, sum, row[i]))
				return taut_fail(err, TAUT_EINPUT,
				                 "the sum of row %" PRIu32 " does not fit 64 bits",
				                 k + 1);
		half = sum / 2 - (sum % 2 < 0); /* towards minus infinity */
		st = taut_numbers_push(&data->targets, (taut_decimal){half, data->demands.decimals},
		                       err);
		if (st != TAUT_OK)
			return st;
	}
	return TAUT_OK;
}

static taut_value value_of(const taut_document *document, const char *key)
{
	return (taut_value){document, taut_node_find(taut_document_root(document), key), key};
}

static taut_status read_data(taut_market_data *data, const taut_document *document, taut_error *err)
{
	taut_value  demands = value_of(document, "demands");
	taut_value  targets = value_of(document, "target_demands");
	taut_status st;

	if (!demands.node)
		return taut_node_fail(document, taut_document_root(document), err,
		                      "no 'demands': without them a solution is no problem");
	st = taut_value_matrix(&data->demands, &data->m, &data->n, demands, err);
	if (st != TAUT_OK)
		return st;
	if (!targets.node)
		return taut_value_context(demands, taut_market_half_targets(data, err), err);
	st = taut_value_numbers(&data->targets, targets, err);
	return st == TAUT_OK ? taut_value_same(targets, data->targets.n, data->m, "numbers",
	                                       "one per row of demands", err)
	                     : st;
}

/* objective_value comes from a floating-point solver: 2.000000000000078 means 2. */
static taut_status read_objective(taut_instance *instance, taut_value v, taut_error *err)
{
	double      x;
	double      whole;
	char       *end;
	taut_status st = taut_value_expect(v, TAUT_NODE_SCALAR, err);

	if (st != TAUT_OK)
		return st;
	x = strtod(v.node->text, &end);
	whole = floor(x + 0.5);
	if (*end == '\0' && end > v.node->text && fabs(x - whole) <= 1e-6 &&
	    fabs(whole) < 9007199254740992.0)
		instance->best_known = (taut_decimal){(int64_t)whole, 0};
	else
		st = taut_value_decimal(&instance->best_known, v, err);
	instance->has_best_known = st == TAUT_OK;
	return st;
}

/* x: [n] from [{retailer: 1 to n, assigned_to: D1 or D2}, ...], each retailer once. */
static taut_status read_assignment(uint8_t *x, uint32_t n, taut_value v, taut_error *err)
{
	enum { UNSET = 2 };
	const taut_node *item = taut_node_first(v.node);
	taut_status      st = taut_value_expect(v, TAUT_NODE_SEQUENCE, err);

	if (st == TAUT_OK)
		st = taut_value_same(v, v.node->count, n, "assignments",
		                     "one per column of demands", err);
	memset(x, UNSET, n);
	for (uint32_t k = 0; st == TAUT_OK && k < n; k++) {
		taut_value retailer = taut_value_of(v, taut_node_find(item, "retailer"));
		taut_value side = taut_value_of(v, taut_node_find(item, "assigned_to"));
		uint32_t   i = 0;
		if (!retailer.node || !side.node)
			return taut_value_fail(
				taut_value_of(v, item), err,
				"{retailer: number, assigned_to: D1 or D2} expected");
		st = taut_value_index(&i, retailer, n, err);
		if (st != TAUT_OK)
			return st;
		if (x[i] != UNSET)
			return taut_value_fail(retailer, err, "retailer %" PRIu32 " stands twice",
			                       i + 1);
		if (side.node->kind != TAUT_NODE_SCALAR ||
		    (strcmp(side.node->text, "D1") != 0 && strcmp(side.node->text, "D2") != 0))
			return taut_value_fail(side, err, "D1 or D2 expected");
		x[i] = side.node->text[1] == '1';
		item = taut_node_next(item);
	}
	return st;
}

/* sum_k |demands_k x - targets_k|; false on overflow. */
static bool deviation(taut_decimal *out, const taut_market_data *d, const uint8_t *x)
{
	int32_t decimals = d->demands.decimals > d->targets.decimals ? d->demands.decimals
	                                                             : d->targets.decimals;
	int64_t demand_unit = taut_power_of_ten(decimals - d->demands.decimals);
	int64_t target_unit = taut_power_of_ten(decimals - d->targets.decimals);
	int64_t sum = 0;

	for (uint32_t k = 0; k < d->m; k++) {
		int64_t rest = 0;
		for (uint32_t i = 0; i < d->n; i++)
			if (x[i] &&
			    !taut_muladd64(&rest, d->demands.v[(size_t)k * d->n + i], demand_unit))
				return false;
		if (!taut_muladd64(&rest, d->targets.v[k], -target_unit) ||
		    !taut_abs64(&rest, rest) || !taut_add64(&sum, sum, rest))
			return false;
	}
	*out = (taut_decimal){sum, decimals};
	return true;
}

/* A solution in the file must give the stated objective; where it does not, the note tells. */
static taut_status check_solution(char *note, size_t size, const taut_instance *instance,
                                  taut_value v, taut_error *err)
{
	const taut_market_data *d = &instance->data.market;
	uint8_t                *x = taut_alloc(d->n, 1, err);
	taut_decimal            value = {0};
	char                    got[32];
	char                    stated[32];
	taut_status             st = TAUT_ENOMEM;

	if (!x)
		goto done;
	st = read_assignment(x, d->n, v, err);
	if (st != TAUT_OK)
		goto done;
	if (!deviation(&value, d, x)) {
		st = taut_value_fail(v, err, "its deviation does not fit 64 bits");
		goto done;
	}
	taut_decimal_format(got, sizeof got, value.value, value.decimals);
	taut_decimal_format(stated, sizeof stated, instance->best_known.value,
	                    instance->best_known.decimals);
	if (strcmp(got, stated) != 0)
		(void)snprintf(note, size,
		               "the file's assignment gives %s, its objective_value is %s", got,
		               stated);
done:
	taut_free(x);
	return st;
}

/* The file's name without folders and ending: the problem's name. */
static char *stem(const char *path, taut_error *err)
{
	const char *slash = strrchr(path, '/');
	char       *name = taut_copy_text(slash ? slash + 1 : path, err);
	char       *dot = name ? strrchr(name, '.') : NULL;

	if (dot && dot != name)
		*dot = '\0';
	return name;
}

static taut_status check_options(const taut_instance *instance, const taut_options *options,
                                 taut_error *err)
{
	const char *index = options->index;

	if (options->family != TAUT_FAMILY_AUTO && options->family != TAUT_FAMILY_MARKET_SHARE)
		return taut_fail(err, TAUT_EINPUT,
		                 "%s: market_json holds a market_share problem, not a %s",
		                 instance->file, taut_family_names.names[options->family].name);
	if (index && strcmp(index, "1") != 0 && strcmp(index, instance->name) != 0)
		return taut_fail(err, TAUT_EINPUT,
		                 "%s: no problem '%.60s': the file holds one, '%s'", instance->file,
		                 index, instance->name);
	return TAUT_OK;
}

taut_status taut_market_json_read(taut_instance **out, const char *path,
                                  const taut_options *options, taut_error *err)
{
	taut_document *document = NULL;
	taut_instance *instance = NULL;
	char          *name = stem(path, err);
	char           note[160] = "";
	taut_value     objective;
	taut_value     solution;
	taut_status    st = name ? TAUT_OK : TAUT_ENOMEM;

	*out = NULL;
	if (st == TAUT_OK)
		st = taut_instance_new(&instance, TAUT_FAMILY_MARKET_SHARE, name, err);
	if (st != TAUT_OK)
		goto done;
	instance->file = taut_copy_text(path, err);
	st = instance->file ? check_options(instance, options, err) : TAUT_ENOMEM;
	if (st == TAUT_OK)
		st = taut_document_read(&document, path, err);
	if (st == TAUT_OK)
		st = read_data(&instance->data.market, document, err);
	if (st != TAUT_OK)
		goto done;
	if (!value_of(document, "target_demands").node)
		(void)snprintf(note, sizeof note, "targets are half the row sums, rounded down");
	objective = value_of(document, "objective_value");
	solution = value_of(document, "retailer_assignments");
	if (objective.node)
		st = read_objective(instance, objective, err);
	if (st == TAUT_OK && objective.node && solution.node)
		st = check_solution(note, sizeof note, instance, solution, err);
	if (st == TAUT_OK && note[0]) {
		instance->note = taut_copy_text(note, err);
		st = instance->note ? TAUT_OK : TAUT_ENOMEM;
	}
	if (st != TAUT_OK)
		goto done;
	*out = instance;
	instance = NULL; /* now the caller's */
done:
	taut_instance_free(instance);
	taut_document_free(document);
	taut_free(name);
	return st;
}
