/* sqa: a sweep over rings of slices. Part of flip_body.h. */

#if BITS == 16
/* H + [L >= 2^s - B] + A, saturated: the carry first, while H is far from the bounds. Below, A
 * counts down to -2^16, which no H makes up for; above, one bound is enough. */
static inline vec_16 NAME(offset)(vec_16 high, uvec_16 top, uvec_16 bottom, taut_cpu_offset offset)
{
	const uvec_16 carry_top = (uvec_16){0} + (uint16_t)(offset.carry >> 16);
	const uvec_16 carry_bottom = (uvec_16){0} + (uint16_t)offset.carry;
	const vec_16  carries = (vec_16)(top > carry_top) |
	                       ((vec_16)(top == carry_top) & (vec_16)(bottom >= carry_bottom));
	const int32_t add = offset.add < -65536 ? -65536 : offset.add > 32767 ? 32767 : offset.add;
	const vec_16  one = (vec_16){0} + (int16_t)(add < -32768 ? -32768 : add);
	const vec_16  other = (vec_16){0} + (int16_t)(add < -32768 ? add + 32768 : 0);

	return saturated_sum_16(saturated_sum_16(high - carries, one), other);
}
#endif

/* Of register v. */
static inline void NAME(offer)(taut_cpu_thirds *would, VECTOR change, const uint16_t *draw,
                               const taut_cpu_rings *r, uint32_t v)
{
#if BITS == 16
	const uvec_16 e = load_16(draw);
	const uvec_16 product = high_product_16(e, (uint16_t)r->m);
	const uvec_16 bottom = e * (uint16_t)r->m;
	const vec_16  high = (vec_16)(product >> (r->right - 16));
	const uvec_16 top = product & (uint16_t)((1u << (r->right - 16)) - 1);
	const vec_16  minus = NAME(offset)(high, top, bottom, r->minus);
	const vec_16  plus = NAME(offset)(high, top, bottom, r->plus);
#else
#if HEATBATH
	const vec_32  product = widen_signed((const int16_t *)draw) * (int32_t)r->m;
	const vec_32  high = product >> r->right;
#else
	const uvec_32 product = widen_unsigned(draw) * r->m;
	const vec_32  high = (vec_32)(product >> r->right);
#endif
	const uvec_32 low = (uvec_32)product & ((1u << r->right) - 1);
	const vec_32  minus = offset_32(high, low, r->minus);
	const vec_32  plus = offset_32(high, low, r->plus);
#endif
	would->zero |= ACCEPTED(change, high) << (v * WIDTH);
	would->minus |= ACCEPTED(change, minus) << (v * WIDTH);
	would->plus |= ACCEPTED(change, plus) << (v * WIDTH);
}

static taut_cpu_thirds NAME(offer_exact)(const taut_cpu_flips *f, uint32_t i, uint64_t spin,
                                         const uint16_t *draw, const taut_cpu_rings *r)
{
	const FIELD *const field = (const FIELD *)f->fields + (size_t)i * TAUT_LANES;
	int32_t            change[TAUT_LANES];
	int32_t            e[TAUT_LANES];

	for (uint32_t l = 0; l < TAUT_LANES; l++) {
		change[l] = spin >> l & 1 ? -field[l] : field[l];
		e[l] = HEATBATH ? 2 * (int32_t)((const int16_t *)draw)[l] : draw[l];
	}
	return taut_cpu_rings_exact(r, change, e);
}

static inline uint64_t NAME(decide_rings)(const taut_cpu_flips *f, uint32_t i, uint64_t spin,
                                          const uint16_t *draw, const taut_cpu_rings *r)
{
	const VECTOR *const field = (const VECTOR *)f->fields + (size_t)i * COUNT;
	taut_cpu_thirds     would = {0, 0, 0};

	if (BITS == 16 ? r->narrow_fits : r->fits)
		for (uint32_t v = 0; v < COUNT; v++)
			NAME(offer)(&would, TURNED(field[v], spin, v), draw + v * WIDTH, r, v);
	else
		would = NAME(offer_exact)(f, i, spin, draw, r);
	return taut_cpu_rings_flip(r, spin, &would) & f->active;
}

static uint32_t NAME(sweep_rings)(taut_cpu_flips *f, uint32_t generator, taut_temperature t,
                                  int64_t jq, uint32_t ring)
{
	const taut_cpu_rings  r = taut_cpu_rings_of(t, jq, ring, RULE);
	const uint16_t *const noise = f->noise;
	const uint32_t        n = f->n;
	uint32_t              x = generator;

	for (uint32_t i = 0; i < n; i++) {
		const uint64_t spin = f->spins[i];
		uint64_t       flips;

		x = taut_machine_advance(x);
		flips = NAME(decide_rings)(f, i, spin, noise + rotated(taut_machine_bits(x)), &r);
		if (flips)
			NAME(flip)(f, i, spin, flips);
	}
	return x;
}
