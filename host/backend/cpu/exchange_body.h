/*
 * Flips mixed with exchanges inside one-hot groups, 32-bit fields. Included after flip_body.h of
 * the same rule, with HEATBATH, NAME(x) and FLIP(x), the names of that variant, defined; they are
 * undefined at the end. Fields may wrap: differences inside a group are exact modulo 2^32, and
 * energies are summed from them.
 */

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

static inline void NAME(exchange)(taut_cpu_flips *f, uint32_t i, const uint16_t *draw,
                                  taut_cpu_scale scale)
{
	const uint32_t *const current = f->current + (size_t)f->group[i] * TAUT_LANES;
	const uint32_t *const fields = f->fields;
	int32_t               change[TAUT_LANES] TAUT_ALIGNED(64);
	uint64_t              moves = 0;
	uint64_t              still = 0;

	for (uint32_t l = 0; l < TAUT_LANES; l++) {
		const uint32_t from = current[l];
		const uint32_t to = NAME(target)(f, i, from);

		change[l] = (int32_t)(fields[(size_t)to * TAUT_LANES + l] -
		                      fields[(size_t)from * TAUT_LANES + l]);
		if (f->coupled && from != to)
			change[l] = (int32_t)((uint32_t)change[l] -
			                      (uint32_t)NAME(coupling)(f, to, from));
		still |= (uint64_t)(from == to) << l;
	}
	for (uint32_t v = 0; v < COUNT_32; v++)
		moves |= accepted_32(((const vec_32 *)change)[v],
		                     FLIP(threshold)(draw + v * WIDTH_32, scale))
		         << (v * WIDTH_32);
	moves &= ~still & f->active;
	if (!moves)
		return;
	NAME(add_energy)(f, moves, change);
	NAME(move)(f, i, moves);
}

static inline void NAME(single)(taut_cpu_flips *f, uint32_t i, const uint16_t *draw,
                                taut_cpu_scale scale)
{
	const int32_t *const field = (const int32_t *)f->fields + (size_t)i * TAUT_LANES;
	const uint64_t       spin = f->spins[i];
	const uint64_t       flips = FLIP(decide)(f, i, spin, draw, scale);
	int32_t              change[TAUT_LANES];

	if (!flips)
		return;
	for (uint32_t l = 0; l < TAUT_LANES; l++)
		change[l] = spin >> l & 1 ? -field[l] : field[l];
	NAME(add_energy)(f, flips, change);
	FLIP(flip)(f, i, spin, flips);
}

static uint32_t NAME(sweep)(taut_cpu_flips *f, uint32_t generator, taut_temperature t)
{
	const taut_cpu_scale scale =
		taut_cpu_scale_of(t, HEATBATH ? TAUT_RULE_HEATBATH : TAUT_RULE_METROPOLIS);
	const uint16_t *const noise = f->noise;
	uint32_t              x = generator;

	for (uint32_t i = 0; i < f->n; i++) {
		const uint16_t *draw;

		x = taut_machine_advance(x);
		draw = noise + rotated(taut_machine_bits(x));
		if (f->group[i] == TAUT_UNGROUPED)
			NAME(single)(f, i, draw, scale);
		else
			NAME(exchange)(f, i, draw, scale);
	}
	return x;
}

/* Energies are already sums of changes. */
static void NAME(measure)(taut_cpu_flips *f)
{
	(void)f;
}

#undef HEATBATH
#undef NAME
#undef FLIP
