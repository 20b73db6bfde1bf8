#include "generate/generate.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "generate/recipe.h"

#define FAMILY(name) (1u << TAUT_FAMILY_##name)
#define TAKES(field) (UINT64_C(1) << TAUT_OPTION_##field)

enum {
	GRAPHS = FAMILY(MIS) | FAMILY(MAXCUT) | FAMILY(QUBO),
	SIZE_MAX_MATRIX = 10000, /* as the readers of QAPLIB and TSPLIB */
	SIZE_MAX_LIST = 2000000000
};

typedef struct {
	taut_generator     kind;
	unsigned           families;  /* a set */
	uint64_t           takes;     /* besides size, range and seed */
	int64_t            low, high; /* its own range */
	int64_t            low_min;   /* the least LO that it can use */
	uint32_t           size_max;
	taut_generator_fn *make;
} generator;

/* The first that fits a family is the family's `auto`. */
static const generator generators[] = {
	{TAUT_GENERATOR_CHU_BEASLEY, FAMILY(MDKP), TAKES(rows) | TAKES(tightness), 0, 1000, 0,
         SIZE_MAX_LIST, taut_generate_chu_beasley},
	{TAUT_GENERATOR_TAILLARD, FAMILY(QAP), 0, 0, 99, 0, SIZE_MAX_MATRIX,
         taut_generate_taillard},
	{TAUT_GENERATOR_EUCLIDEAN, FAMILY(TSP), 0, 1, 1000000, INT32_MIN, SIZE_MAX_MATRIX,
         taut_generate_euclidean},
	{TAUT_GENERATOR_CORNUEJOLS_DAWANDE, FAMILY(MARKET_SHARE), TAKES(rows), 0, 99, 0,
         SIZE_MAX_LIST, taut_generate_cornuejols_dawande},
	{TAUT_GENERATOR_BEASLEY, FAMILY(QUBO), TAKES(density), -100, 100, INT32_MIN, SIZE_MAX_LIST,
         taut_generate_beasley},
	{TAUT_GENERATOR_PLANTED, FAMILY(BINARY_PROGRAM),
         TAKES(rows) | TAKES(density) | TAKES(tightness), -99, 99, INT32_MIN, SIZE_MAX_LIST,
         taut_generate_planted},
	{TAUT_GENERATOR_PLANTED_QUADRATIC, FAMILY(BINARY_PROGRAM),
         TAKES(rows) | TAKES(density) | TAKES(tightness), -99, 99, INT32_MIN, SIZE_MAX_LIST,
         taut_generate_planted_quadratic},
	{TAUT_GENERATOR_GNP, GRAPHS, TAKES(density), 1, 1, INT32_MIN, SIZE_MAX_LIST,
         taut_generate_gnp},
	{TAUT_GENERATOR_GNM, GRAPHS, TAKES(density) | TAKES(edges), 1, 1, INT32_MIN, SIZE_MAX_LIST,
         taut_generate_gnm},
	{TAUT_GENERATOR_TORUS2D, GRAPHS, TAKES(rows), -1, 1, INT32_MIN, SIZE_MAX_LIST,
         taut_generate_torus2d},
	{TAUT_GENERATOR_TORUS3D, GRAPHS, 0, -1, 1, INT32_MIN, SIZE_MAX_LIST, taut_generate_torus3d},
	{TAUT_GENERATOR_COMPLETE, FAMILY(MAXCUT) | FAMILY(QUBO), 0, -1, 1, INT32_MIN, SIZE_MAX_LIST,
         taut_generate_complete},
};
enum { N_GENERATORS = sizeof generators / sizeof *generators };

static const char *kind_name(taut_generator kind)
{
	return taut_generator_names.names[kind].name;
}

/* EUSAGE with the kinds that the family has. */
static taut_status refuse_kind(taut_family family, taut_generator kind, taut_error *err)
{
	taut_text   known = {0};
	taut_status st;

	for (size_t g = 0; g < N_GENERATORS; g++)
		if (generators[g].families >> family & 1u)
			taut_text_format(&known, "%s%s", known.length ? ", " : "",
			                 kind_name(generators[g].kind));
	st = taut_text_check(&known, err);
	if (st == TAUT_OK)
		st = taut_fail(err, TAUT_EUSAGE, "kind: '%s' is not for family %s, which has %s",
		               kind_name(kind), taut_family_names.names[family].name, known.data);
	taut_text_fini(&known);
	return st;
}

/* The generator of a kind and a family, AUTO being the family's first. EUSAGE. */
static taut_status find(const generator **out, taut_family family, taut_generator kind,
                        taut_error *err)
{
	for (size_t g = 0; g < N_GENERATORS; g++) {
		*out = &generators[g];
		if (generators[g].families >> family & 1u &&
		    (kind == TAUT_GENERATOR_AUTO || kind == generators[g].kind))
			return TAUT_OK;
	}
	return refuse_kind(family, kind, err);
}

/* An option that the kind has no use for is an error, not a silence. */
static taut_status refuse_others(const generator *g, const taut_options *options, taut_error *err)
{
	const uint64_t all = TAKES(rows) | TAKES(edges) | TAKES(density) | TAKES(tightness);

	for (int i = 0; i < TAUT_N_OPTIONS; i++)
		if (all & ~g->takes & options->given & UINT64_C(1) << i)
			return taut_fail(err, TAUT_EUSAGE, "%s does not apply to kind %s",
			                 strrchr(taut_option_table[i].path, '.') + 1,
			                 kind_name(g->kind));
	return TAUT_OK;
}

static taut_status read_range(taut_recipe *recipe, const generator *g, taut_family family,
                              const char *range, taut_error *err)
{
	const bool    on_vertices = family == TAUT_FAMILY_MIS;
	const int64_t low_min = on_vertices ? 0 : g->low_min;
	taut_status   st = TAUT_OK;

	recipe->low = on_vertices ? 1 : g->low;
	recipe->high = on_vertices ? 1 : g->high;
	if (range)
		st = taut_range_parse(&recipe->low, &recipe->high, range, err);
	if (st == TAUT_OK && recipe->low < low_min)
		return taut_fail(err, TAUT_EUSAGE,
		                 "range: %s begins below %" PRId64 ", the least that kind %s takes",
		                 range, low_min, kind_name(g->kind));
	if (st == TAUT_OK && recipe->low == 0 && recipe->high == 0)
		return taut_fail(err, TAUT_EUSAGE, "range: %s holds nothing but 0", range);
	return st;
}

static taut_status read_recipe(taut_recipe *out, const generator *g, taut_family family,
                               const taut_options *options, taut_error *err)
{
	bool seeded = taut_option_given(options, TAUT_OPTION_generate_seed);

	*out = (taut_recipe){
		.size = (uint32_t)options->size,
		.rows = (uint32_t)options->rows,
		.edges = (uint64_t)options->edges,
		.density = options->density,
		.tightness_ppm = (int64_t)(options->tightness * 1e6 + 0.5),
		.seed = (uint64_t)options->generate_seed,
	};
	if (!seeded && g->kind == TAUT_GENERATOR_TAILLARD)
		out->seed = TAUT_TAILLARD_SEED;
	if (options->size > g->size_max)
		return taut_fail(err, TAUT_EUSAGE, "size: kind %s goes up to %" PRIu32,
		                 kind_name(g->kind), g->size_max);
	return read_range(out, g, family, options->range, err);
}

/* What the instance was made from, so that a report says how to make it again. */
static taut_status describe(taut_instance *instance, const generator *g, const taut_recipe *r,
                            taut_error *err)
{
	taut_text   note = {0};
	taut_status st;

	taut_text_format(&note, "generated: kind %s, size %" PRIu32, kind_name(g->kind), r->size);
	if (r->rows)
		taut_text_format(&note, ", rows %" PRIu32, r->rows);
	if (r->edges)
		taut_text_format(&note, ", edges %" PRIu64, r->edges);
	else if (g->takes & TAKES(density))
		taut_text_format(&note, ", density %g", r->density);
	if (g->takes & TAKES(tightness))
		taut_text_format(&note, ", tightness %g", (double)r->tightness_ppm / 1e6);
	taut_text_format(&note, ", range %" PRId64 "..%" PRId64 ", seed %" PRIu64, r->low, r->high,
	                 r->seed);
	st = taut_text_check(&note, err);
	if (st == TAUT_OK)
		instance->note = taut_copy_text(note.data, err);
	taut_text_fini(&note);
	return instance->note || st != TAUT_OK ? st : TAUT_ENOMEM;
}

taut_status taut_generate(taut_instance **out, taut_family family, const taut_options *options,
                          taut_error *err)
{
	taut_instance   *instance = NULL;
	taut_text        name = {0};
	const generator *g;
	taut_recipe      recipe;
	taut_status      st;

	assert(family != TAUT_FAMILY_AUTO && family < TAUT_N_FAMILIES);
	*out = NULL;
	st = find(&g, family, (taut_generator)options->generator, err);
	if (st == TAUT_OK)
		st = refuse_others(g, options, err);
	if (st == TAUT_OK)
		st = read_recipe(&recipe, g, family, options, err);
	if (st != TAUT_OK)
		goto done;
	taut_text_format(&name, "%s-%" PRIu32 "-%" PRIu64, kind_name(g->kind), recipe.size,
	                 recipe.seed);
	st = taut_text_check(&name, err);
	if (st == TAUT_OK)
		st = taut_instance_new(&instance, family, name.data, err);
	if (st == TAUT_OK)
		st = g->make(instance, &recipe, err);
	if (st == TAUT_OK)
		st = describe(instance, g, &recipe, err);
	if (st != TAUT_OK)
		goto done;
	*out = instance;
	instance = NULL; /* now the caller's */
done:
	taut_instance_free(instance);
	taut_text_fini(&name);
	return st;
}
