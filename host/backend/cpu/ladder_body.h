/* pt: a sweep whose lanes each have their own temperature. Part of flip_body.h. */

static inline VECTOR NAME(tempered)(const uint16_t *draw, const taut_cpu_scales *scales, uint32_t v)
{
#if BITS == 8
	return tempered_8(draw, scales, v);
#elif BITS == 16
	return tempered_16(draw, scales, v);
#elif HEATBATH
	return tempered_heatbath(widen_signed((const int16_t *)draw), scales, v);
#else
	return tempered_metropolis(widen_unsigned(draw), scales, v);
#endif
}

static inline uint64_t NAME(decide_tempered)(const taut_cpu_flips *f, uint32_t i, uint64_t spin,
                                             const uint16_t *draw, const taut_cpu_scales *scales)
{
	const VECTOR *const field = (const VECTOR *)f->fields + (size_t)i * COUNT;
	uint64_t            flips = 0;

	for (uint32_t v = 0; v < COUNT; v++)
		flips |= ACCEPTED(TURNED(field[v], spin, v),
		                  NAME(tempered)(draw + v * WIDTH, scales, v))
		         << (v * WIDTH % 64);
	return flips & f->active;
}

static uint32_t NAME(sweep_tempered)(taut_cpu_flips *f, uint32_t generator,
                                     const taut_temperature *t)
{
	const uint16_t *const noise = f->noise;
	const uint32_t        n = f->n;
	uint32_t              x = generator;
	taut_cpu_scales       scales;

	taut_cpu_scales_of(&scales, t, RULE);
	for (uint32_t i = 0; i < n; i++) {
		const uint64_t spin = f->spins[i];
		uint64_t       flips;

		x = taut_machine_advance(x);
		flips = NAME(decide_tempered)(f, i, spin, noise + rotated(taut_machine_bits(x)),
		                              &scales);
		if (flips)
			NAME(flip)(f, i, spin, flips);
	}
	return x;
}
