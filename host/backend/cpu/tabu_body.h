/* Tabu search (tabu.c): least changes of energy by blocks of 64 variables. */

/* Changes of register v of a block. */
static inline vec_32 tabu_change(const int32_t *fields, uint64_t bits, uint32_t v)
{
	const vec_32 one = expand_32(bits, v);

	return (((const vec_32 *)fields)[v] ^ one) - one;
}

static inline vec_32 tabu_lesser(vec_32 a, vec_32 b)
{
	const vec_32 less = a < b;

	return (a & less) | (b & ~less);
}

static inline int32_t tabu_least_lane(vec_32 x)
{
	int32_t lane[WIDTH_32];
	int32_t least = INT32_MAX;

	memcpy(lane, &x, sizeof lane);
	for (uint32_t l = 0; l < WIDTH_32; l++)
		least = lane[l] < least ? lane[l] : least;
	return least;
}

static void tabu_refresh(int32_t *loose, int32_t *held, const uint32_t *list, uint32_t count,
                         const int32_t *fields, const uint64_t *bits, const uint64_t *holds)
{
	for (uint32_t k = 0; k < count; k++) {
		const uint32_t b = list[k];
		const vec_32   top = (vec_32){0} + INT32_MAX;
		vec_32         least = top;
		vec_32         least_held = top;

		for (uint32_t v = 0; v < COUNT_32; v++) {
			const vec_32 change = tabu_change(fields + (size_t)b * 64, bits[b], v);
			const vec_32 hold = expand_32(holds[b], v);

			least = tabu_lesser(least, (change & ~hold) | (top & hold));
			least_held = tabu_lesser(least_held, (change & hold) | (top & ~hold));
		}
		loose[b] = tabu_least_lane(least);
		held[b] = holds[b] ? tabu_least_lane(least_held) : INT32_MAX;
	}
}

static int32_t tabu_least(const int32_t *values, uint32_t count)
{
	int32_t least = values[0];

	for (uint32_t k = 1; k < count; k++)
		least = values[k] < least ? values[k] : least;
	return least;
}

static uint64_t tabu_matching(const int32_t *fields, uint64_t bits, int32_t change)
{
	uint64_t     yes = 0;
	const vec_32 limit = (vec_32){0} + change;

	for (uint32_t v = 0; v < COUNT_32; v++)
		yes |= accepted_32(tabu_change(fields, bits, v), limit) << (v * WIDTH_32);
	return yes;
}
