/*
 * Flips mixed with exchanges inside one-hot groups, 32-bit fields. Included after flip_body.h of
 * the same rule, with HEATBATH, NAME(x) and FLIP(x), the names of that variant, defined; they are
 * undefined at the end. Fields may wrap: differences inside a group are exact modulo 2^32, and
 * energies are summed from them.
 */

#define RULE (HEATBATH ? TAUT_RULE_HEATBATH : TAUT_RULE_METROPOLIS)

#ifndef TAUT_EXCHANGE_TYPES
#define TAUT_EXCHANGE_TYPES
/* What a visit's thresholds come from: rings (sqa), else temperatures by lane (pt), else one. */
typedef struct {
	taut_cpu_scale         shared;
	const taut_cpu_scales *by_lane;
	const taut_cpu_rings  *rings;
} taut_cpu_drives;

/* Where a visit proposes to move the one of its group, and what that changes. */
typedef struct {
	int32_t  change[TAUT_LANES] TAUT_ALIGNED(64);
	uint32_t to[TAUT_LANES];
	uint64_t moving; /* lanes that move if they accept */
} taut_cpu_proposals;
#endif

static void NAME(start)(taut_cpu_flips *f)
{
	FLIP(start)(f);
	for (uint32_t i = 0; i < f->n; i++) {
		if (f->group[i] == TAUT_UNGROUPED)
			continue;
		for (uint32_t l = 0; l < TAUT_LANES; l++)
			if (f->spins[i] >> l & 1)
				f->current[(size_t)f->group[i] * TAUT_LANES + l] = i;
	}
}

/* Coupling of two variables, found by bisection: rows are sorted. */
static inline int32_t NAME(coupling)(const taut_cpu_flips *f, uint32_t i, uint32_t j)
{
	uint64_t low = f->row[i];
	uint64_t high = f->row[i + 1];

	while (low < high) {
		const uint64_t middle = low + (high - low) / 2;

		if (f->col[middle] < j)
			low = middle + 1;
		else
			high = middle;
	}
	return low < f->row[i + 1] && f->col[low] == j ? f->coef[low] : 0;
}

/* Where a visit to i proposes to move its group's one that is at j: member (v - number of j) mod k.
 */
static inline uint32_t NAME(target)(const taut_cpu_flips *f, uint32_t i, uint32_t j)
{
	const uint32_t *const member = f->member + f->member_first[f->group[i]];
	const uint32_t        k = f->member_first[f->group[i] + 1] - f->member_first[f->group[i]];
	const uint32_t        v = f->number[i];
	const uint32_t        at = f->number[j];

	return member[at <= v ? v - at : v + k - at];
}

static inline void NAME(add_energy)(taut_cpu_flips *f, uint64_t moves, const int32_t *change)
{
	for (uint64_t left = moves; left; left &= left - 1) {
		const int l = __builtin_ctzll(left);

		f->energy[l] += change[l];
	}
}

/* Moves the ones of i's group in the lanes of a word: lanes with the same one have the same target.
 */
static inline void NAME(move)(taut_cpu_flips *f, uint32_t i, uint64_t moves)
{
	uint32_t *const current = f->current + (size_t)f->group[i] * TAUT_LANES;

	for (uint64_t left = moves; left;) {
		const uint32_t from = current[__builtin_ctzll(left)];
		const uint32_t to = NAME(target)(f, i, from);
		const uint64_t mine = left & f->spins[from];

		left &= ~mine;
		FLIP(flip)(f, from, f->spins[from], mine);
		FLIP(flip)(f, to, f->spins[to], mine);
		for (uint64_t lanes = mine; lanes; lanes &= lanes - 1)
			current[__builtin_ctzll(lanes)] = to;
	}
}

/* The proposals of a visit to i. */
static inline void NAME(propose)(const taut_cpu_flips *f, uint32_t i, taut_cpu_proposals *p)
{
	const uint32_t *const current = f->current + (size_t)f->group[i] * TAUT_LANES;
	const uint32_t *const fields = f->fields;

	p->moving = 0;
	for (uint32_t l = 0; l < TAUT_LANES; l++) {
		const uint32_t from = current[l];
		const uint32_t to = NAME(target)(f, i, from);

		p->to[l] = to;
		p->change[l] = (int32_t)(fields[(size_t)to * TAUT_LANES + l] -
		                         fields[(size_t)from * TAUT_LANES + l]);
		if (f->coupled && from != to)
			p->change[l] = (int32_t)((uint32_t)p->change[l] -
			                         (uint32_t)NAME(coupling)(f, to, from));
		p->moving |= (uint64_t)(from != to) << l;
	}
	p->moving &= f->active;
}

static inline void NAME(carry_out)(taut_cpu_flips *f, uint32_t i, const taut_cpu_proposals *p,
                                   uint64_t moves)
{
	if (!moves)
		return;
	NAME(add_energy)(f, moves, p->change);
	NAME(move)(f, i, moves);
}

/* sqa: c is the sum over both variables, s_to = -1 and s_from = 1. */
static inline void NAME(exchange_rings)(taut_cpu_flips *f, uint32_t i, const uint16_t *draw,
                                        const taut_cpu_rings *r, const taut_cpu_proposals *p)
{
	const uint32_t *const current = f->current + (size_t)f->group[i] * TAUT_LANES;

	for (uint32_t half = 0; half < 2; half++) {
		uint64_t moves = 0;

		for (uint32_t l = half; l < TAUT_LANES; l += 2) {
			const uint32_t from = current[l];
			const uint32_t first = l & ~(r->ring - 1);
			const uint32_t before = current[first | ((l - 1) & (r->ring - 1))];
			const uint32_t after = current[first | ((l + 1) & (r->ring - 1))];
			const int      c = 2 * ((before == from) + (after == from) -
                                           (before == p->to[l]) - (after == p->to[l]));
			const int32_t  e =
                                HEATBATH ? 2 * (int32_t)((const int16_t *)draw)[l] : draw[l];

			if (p->change[l] <= taut_machine_threshold(e, r->t, r->jq * c))
				moves |= (uint64_t)1 << l;
		}
		NAME(carry_out)(f, i, p, moves & p->moving);
	}
}

static inline void NAME(exchange)(taut_cpu_flips *f, uint32_t i, const uint16_t *draw,
                                  const taut_cpu_drives *drive)
{
	taut_cpu_proposals p;
	uint64_t           moves = 0;

	NAME(propose)(f, i, &p);
	if (drive->rings) {
		NAME(exchange_rings)(f, i, draw, drive->rings, &p);
		return;
	}
	for (uint32_t v = 0; v < COUNT_32; v++) {
		const uint16_t *const own = draw + v * WIDTH_32;
		const vec_32 threshold = drive->by_lane ? FLIP(tempered)(own, drive->by_lane, v)
		                                        : FLIP(threshold)(own, drive->shared);

		moves |= accepted_32(((const vec_32 *)p.change)[v], threshold) << (v * WIDTH_32);
	}
	NAME(carry_out)(f, i, &p, moves & p.moving);
}

static inline void NAME(single)(taut_cpu_flips *f, uint32_t i, const uint16_t *draw,
                                const taut_cpu_drives *drive)
{
	const int32_t *const field = (const int32_t *)f->fields + (size_t)i * TAUT_LANES;
	const uint64_t       spin = f->spins[i];
	const uint64_t flips = drive->rings ? FLIP(decide_rings)(f, i, spin, draw, drive->rings)
	                       : drive->by_lane
	                               ? FLIP(decide_tempered)(f, i, spin, draw, drive->by_lane)
	                               : FLIP(decide)(f, i, spin, draw, drive->shared);
	int32_t        change[TAUT_LANES];

	if (!flips)
		return;
	for (uint32_t l = 0; l < TAUT_LANES; l++)
		change[l] = spin >> l & 1 ? -field[l] : field[l];
	NAME(add_energy)(f, flips, change);
	FLIP(flip)(f, i, spin, flips);
}

static inline uint32_t NAME(visits)(taut_cpu_flips *f, uint32_t generator,
                                    const taut_cpu_drives *drive)
{
	const uint16_t *const noise = f->noise;
	uint32_t              x = generator;

	for (uint32_t i = 0; i < f->n; i++) {
		const uint16_t *draw;

		x = taut_machine_advance(x);
		draw = noise + rotated(taut_machine_bits(x));
		if (f->group[i] == TAUT_UNGROUPED)
			NAME(single)(f, i, draw, drive);
		else
			NAME(exchange)(f, i, draw, drive);
	}
	return x;
}

static uint32_t NAME(sweep)(taut_cpu_flips *f, uint32_t generator, taut_temperature t)
{
	const taut_cpu_drives drive = {.shared = taut_cpu_scale_of(t, RULE)};

	return NAME(visits)(f, generator, &drive);
}

static uint32_t NAME(sweep_tempered)(taut_cpu_flips *f, uint32_t generator,
                                     const taut_temperature *t)
{
	taut_cpu_scales scales;

	taut_cpu_scales_of(&scales, t, RULE);
	return NAME(visits)(f, generator, &(taut_cpu_drives){.by_lane = &scales});
}

static uint32_t NAME(sweep_rings)(taut_cpu_flips *f, uint32_t generator, taut_temperature t,
                                  int64_t jq, uint32_t ring)
{
	const taut_cpu_rings rings = taut_cpu_rings_of(t, jq, ring, RULE);

	return NAME(visits)(f, generator, &(taut_cpu_drives){.rings = &rings});
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
