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

/* The couplings of i inside its group, or zeros again. */
static inline void NAME(inside)(const taut_cpu_flips *f, uint32_t i, int on)
{
	for (uint64_t k = f->row[i]; k < f->row[i + 1]; k++)
		if (f->group[f->col[k]] == f->group[i])
			f->inside[f->col[k]] = on ? f->coef[k] : 0;
}

static inline void NAME(add_energy)(taut_cpu_flips *f, uint64_t moves, const int32_t *change)
{
	for (uint64_t left = moves; left; left &= left - 1) {
		const int l = __builtin_ctzll(left);

		f->energy[l] += change[l];
	}
}

/* Moves the ones of a group to i in the lanes of a word. */
static inline void NAME(move)(taut_cpu_flips *f, uint32_t i, uint64_t moves)
{
	uint32_t *const current = f->current + (size_t)f->group[i] * TAUT_LANES;

	for (uint64_t left = moves; left;) {
		const uint32_t j = current[__builtin_ctzll(left)];
		const uint64_t mine = left & f->spins[j];

		left &= ~mine;
		FLIP(flip)(f, j, f->spins[j], mine);
	}
	FLIP(flip)(f, i, f->spins[i], moves);
	for (uint32_t l = 0; l < TAUT_LANES; l++)
		current[l] = moves >> l & 1 ? i : current[l];
}

static inline void NAME(exchange)(taut_cpu_flips *f, uint32_t i, const uint16_t *draw,
                                  taut_cpu_scale scale)
{
	const uint32_t *const current = f->current + (size_t)f->group[i] * TAUT_LANES;
	const uint32_t *const fields = f->fields;
	int32_t               change[TAUT_LANES] TAUT_ALIGNED(64);
	uint64_t              moves = 0;

	NAME(inside)(f, i, 1);
	for (uint32_t l = 0; l < TAUT_LANES; l++) {
		const uint32_t j = current[l];

		change[l] = (int32_t)(fields[(size_t)i * TAUT_LANES + l] -
		                      fields[(size_t)j * TAUT_LANES + l] - (uint32_t)f->inside[j]);
	}
	for (uint32_t v = 0; v < COUNT_32; v++)
		moves |= accepted_32(((const vec_32 *)change)[v],
		                     FLIP(threshold)(draw + v * WIDTH_32, scale))
		         << (v * WIDTH_32);
	NAME(inside)(f, i, 0);
	moves &= ~f->spins[i] & f->active;
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

static void NAME(sweep)(taut_cpu_flips *f, uint32_t generator, taut_temperature t)
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
}

/* Energies are already sums of changes. */
static void NAME(measure)(taut_cpu_flips *f)
{
	(void)f;
}

#undef HEATBATH
#undef NAME
#undef FLIP
