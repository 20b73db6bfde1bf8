/* What a generator is told, and the generators: one per file, listed in generate.c. */
#ifndef TAUT_GENERATE_RECIPE_H
#define TAUT_GENERATE_RECIPE_H

#include "model/instance.h"

/* Checked by generate.c: the numbers that the kind takes are in its range. */
typedef struct {
	uint32_t size;          /* >= 1 */
	uint32_t rows;          /* 0: not given */
	uint64_t edges;         /* 0: not given */
	double   density;       /* in (0, 1] */
	int64_t  tightness_ppm; /* tightness in millionths, 0 to 1000000 */
	int64_t  low, high;     /* numbers drawn, low <= high, within 32 bits */
	uint64_t seed;          /* of taut_rng_init, or of Taillard's generator */
} taut_recipe;

/* Each fills the empty data of an instance whose family it is for. EUSAGE where the recipe makes
 * none, ENOMEM; the instance is the caller's to free in any case. */
typedef taut_status taut_generator_fn(taut_instance *instance, const taut_recipe *recipe,
                                      taut_error *err);

taut_generator_fn taut_generate_chu_beasley;
taut_generator_fn taut_generate_taillard;
taut_generator_fn taut_generate_euclidean;
taut_generator_fn taut_generate_cornuejols_dawande;
taut_generator_fn taut_generate_beasley;
taut_generator_fn taut_generate_planted;
taut_generator_fn taut_generate_planted_quadratic;
taut_generator_fn taut_generate_gnp;
taut_generator_fn taut_generate_gnm;
taut_generator_fn taut_generate_torus2d;
taut_generator_fn taut_generate_torus3d;
taut_generator_fn taut_generate_complete;

/* The seed of Taillard's published instances. */
enum { TAUT_TAILLARD_SEED = 123456789 };

#endif
