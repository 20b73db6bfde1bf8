#include "bench/recipes.h"

#include <assert.h>

#include "base/alloc.h"
#include "base/text.h"
#include "generate/generate.h"

/* Arguments of `taut generate`; best known values are proven by trying every answer
 * (tests/flow/test_bench_formulations.py). */
static const struct {
	taut_family family;
	int         size, rows; /* rows 0: as the family has them */
	const char *best_known;
} recipes[] = {
	{TAUT_FAMILY_MDKP, 20, 5, "7022"},      {TAUT_FAMILY_MIS, 20, 0, "13"},
	{TAUT_FAMILY_QAP, 5, 0, "12902"},       {TAUT_FAMILY_TSP, 6, 0, "1990688"},
	{TAUT_FAMILY_MARKET_SHARE, 18, 2, "0"}, {TAUT_FAMILY_BINARY_PROGRAM, 20, 6, "-347"},
};

static taut_status append(taut_bench_cases *cases, size_t k, taut_error *err)
{
	const char      *family = taut_family_names.names[recipes[k].family].name;
	taut_text        name = {0};
	taut_text        path = {0};
	taut_bench_case  c = {.family = recipes[k].family, .recipe = (uint32_t)k + 1};
	taut_bench_case *items = NULL;
	taut_status      st;

	taut_text_format(&name, "%s-%d", family, recipes[k].size);
	taut_text_format(&path, "taut generate %s --size %d", family, recipes[k].size);
	if (recipes[k].rows)
		taut_text_format(&path, " --rows %d", recipes[k].rows);
	st = taut_text_check(&name, err);
	if (st == TAUT_OK)
		st = taut_text_check(&path, err);
	if (st == TAUT_OK)
		c.best_known = taut_copy_text(recipes[k].best_known, err);
	if (c.best_known)
		items = taut_grow(cases->items, &cases->capacity, cases->count + 1, sizeof *items,
		                  err);
	if (!items) {
		taut_free(c.best_known);
		taut_text_fini(&name);
		taut_text_fini(&path);
		return st != TAUT_OK ? st : TAUT_ENOMEM;
	}
	c.name = name.data;
	c.path = path.data;
	cases->items = items;
	items[cases->count++] = c;
	return TAUT_OK;
}

taut_status taut_bench_recipes_add(taut_bench_cases *cases, const taut_options *options,
                                   taut_error *err)
{
	taut_status st = TAUT_OK;

	for (size_t k = 0; k < sizeof recipes / sizeof *recipes && st == TAUT_OK; k++)
		if (options->family == TAUT_FAMILY_AUTO ||
		    options->family == (int)recipes[k].family)
			st = append(cases, k, err);
	return st;
}

taut_status taut_bench_recipe_make(taut_instance **out, const taut_bench_case *c, taut_error *err)
{
	taut_options options;

	assert(c->recipe > 0 && c->recipe <= sizeof recipes / sizeof *recipes);
	taut_options_default(&options);
	options.size = recipes[c->recipe - 1].size;
	options.rows = recipes[c->recipe - 1].rows;
	options.given |= UINT64_C(1) << TAUT_OPTION_size;
	if (options.rows)
		options.given |= UINT64_C(1) << TAUT_OPTION_rows;
	return taut_generate(out, recipes[c->recipe - 1].family, &options, err);
}
