/*
 * Flips beside terms over activities (qubo/terms.h), 32-bit fields. Included after flip_body.h of
 * the same rule, with HEATBATH, NAME(x) and FLIP(x), the names of that variant, defined; they are
 * undefined at the end.
 *
 * The activities of the 64 lanes lie side by side as the fields do: of a square u = weight * a, of
 * an excess e = a - limit. With s = 1 - 2 x_i a flip of i changes the energy by
 *
 *   s (F_i + sum_squares c u) - s x_i sum_squares weight c^2  +  sum_excesses weight (max(0, e + s
 * c) - max(0, e)),
 *
 * modulo 2^32 throughout, which is exact because the result is below 2^30. A square takes a product
 * and a sum a register, an excess a product and six more; a flip takes two masked sums for each of
 * either. Energies are summed from the changes.
 */
#define RULE (HEATBATH ? TAUT_RULE_HEATBATH : TAUT_RULE_METROPOLIS)

#ifndef TAUT_TERM_TYPES
#define TAUT_TERM_TYPES
static inline vec_32 positive_32(vec_32 x)
{
#if VECTOR_BYTES == 64
	return (vec_32)_mm512_max_epi32((__m512i)x, _mm512_setzero_si512());
#elif VECTOR_BYTES == 32
	return (vec_32)_mm256_max_epi32((__m256i)x, _mm256_setzero_si256());
#else
	return x & (x > 0);
#endif
}

/* The changes of i in all lanes. */
static inline void term_changes(vec_32 *change, const taut_cpu_flips *f, uint32_t i, uint64_t spin)
{
	const taut_cpu_terms *const t = f->terms;
	const vec_32 *const         activity = (const vec_32 *)f->activity;
	const uint32_t              squares = t->excess[i];
	const uint32_t              end = t->first[i + 1];
	const vec_32                own = (vec_32){0} + t->own[i];
	uvec_32                     sum[COUNT_32];

	for (uint32_t v = 0; v < COUNT_32; v++)
		sum[v] = (uvec_32){0} + (uint32_t)f->linear[i];
	for (uint32_t v = 0; f->fields && v < COUNT_32; v++)
		sum[v] = ((const uvec_32 *)f->fields)[(size_t)i * COUNT_32 + v];
	for (uint32_t k = t->first[i]; k < squares; k++) {
		const uvec_32 *const u =
			(const uvec_32 *)activity + (size_t)t->entry[k].term * COUNT_32;
		const uvec_32 c = (uvec_32){0} + (uint32_t)t->entry[k].factor;

		for (uint32_t v = 0; v < COUNT_32; v++)
			sum[v] += c * u[v];
	}
	for (uint32_t v = 0; v < COUNT_32; v++) {
		sum[v] -= (uvec_32)(own & expand_32(spin, v));
		sum[v] = (uvec_32)turned_32((vec_32)sum[v], spin, v);
	}
	for (uint32_t k = squares; k < end; k++) {
		const vec_32 *const e = activity + (size_t)t->entry[k].term * COUNT_32;
		const uvec_32       w = (uvec_32){0} + (uint32_t)t->entry[k].factor;
		const vec_32        c = (vec_32){0} + t->entry[k].step;

		for (uint32_t v = 0; v < COUNT_32; v++)
			sum[v] += w * (uvec_32)(positive_32(e[v] + turned_32(c, spin, v)) -
			                        positive_32(e[v]));
	}
	for (uint32_t v = 0; v < COUNT_32; v++)
		change[v] = (vec_32)sum[v];
}

/* Activities and energies follow a flip of i. */
static inline void term_follow(taut_cpu_flips *f, uint32_t i, uint64_t up, uint64_t down,
                               const vec_32 *change)
{
	const taut_cpu_terms *const t = f->terms;
	vec_32 *const               activity = (vec_32 *)f->activity;
	const step_32               step = step_of_32(up, down);
	int32_t                     moved[TAUT_LANES] TAUT_ALIGNED(64);

	for (uint32_t k = t->first[i]; k < t->first[i + 1]; k++) {
		vec_32 *const a = activity + (size_t)t->entry[k].term * COUNT_32;

		for (uint32_t v = 0; v < COUNT_32; v++)
			a[v] = stepped_32(a[v], t->entry[k].step, &step, v);
	}
	for (uint32_t v = 0; v < COUNT_32; v++)
		((vec_32 *)moved)[v] = change[v] & expand_32(up | down, v);
	for (uint32_t l = 0; l < TAUT_LANES; l++)
		f->energy[l] += moved[l];
}
#endif

/* Activities from spins; energies are the caller's. */
static void NAME(start)(taut_cpu_flips *f)
{
	const taut_cpu_terms *const t = f->terms;
	const vec_32                none[COUNT_32] = {{0}};

	if (f->fields)
		FLIP(start)(f);
	for (size_t r = 0; r < t->count; r++)
		for (size_t l = 0; l < TAUT_LANES; l++)
			f->activity[r * TAUT_LANES + l] = t->empty[r];
	for (uint32_t i = 0; i < f->n; i++)
		term_follow(f, i, f->spins[i], 0, none);
}

/* One sweep at one temperature, or, where by_lane is not NULL, at one for each lane. */
static inline uint32_t NAME(visits)(taut_cpu_flips *f, uint32_t generator, taut_cpu_scale scale,
                                    const taut_cpu_scales *by_lane)
{
	const uint16_t *const noise = f->noise;
	uint32_t              x = generator;

	for (uint32_t i = 0; i < f->n; i++) {
		const uint64_t  spin = f->spins[i];
		const uint16_t *draw;
		vec_32          change[COUNT_32];
		uint64_t        flips = 0;

		x = taut_machine_advance(x);
		draw = noise + rotated(taut_machine_bits(x));
		term_changes(change, f, i, spin);
		for (uint32_t v = 0; v < COUNT_32; v++)
			flips |= accepted_32(
					 change[v],
					 by_lane ? FLIP(tempered)(draw + v * WIDTH_32, by_lane, v)
						 : FLIP(threshold)(draw + v * WIDTH_32, scale))
			         << (v * WIDTH_32);
		flips &= f->active;
		if (!flips)
			continue;
		term_follow(f, i, flips & ~spin, flips & spin, change);
		if (f->fields)
			FLIP(flip)(f, i, spin, flips);
		else
			f->spins[i] = spin ^ flips;
	}
	return x;
}

static uint32_t NAME(sweep)(taut_cpu_flips *f, uint32_t generator, taut_temperature t)
{
	return NAME(visits)(f, generator, taut_cpu_scale_of(t, RULE), NULL);
}

static uint32_t NAME(sweep_tempered)(taut_cpu_flips *f, uint32_t generator,
                                     const taut_temperature *t)
{
	taut_cpu_scales scales;

	taut_cpu_scales_of(&scales, t, RULE);
	return NAME(visits)(f, generator, taut_cpu_scale_of(t[0], RULE), &scales);
}

/* Energies are already sums of changes. */
static void NAME(measure)(taut_cpu_flips *f)
{
	(void)f;
}

#undef RULE
#undef HEATBATH
#undef NAME
#undef FLIP
