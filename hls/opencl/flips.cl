/*
 * Flips by kept local fields F_i = c_i + sum_j q_ij x_j, lanes side by side: field and spin (0 or -1) of variable i in lane l of group g are
 * entries (g n + i) 64 + l. A visit compares all lanes of a work-item at once; where any flips, its row is added under masks. Groups of lanes
 * are independent, and so are lanes but in pt (after each sweep) and sqa (twice a visit).
 *
 *   words -> unpack -> spins, best -> start -> fields -> anneal -> pack -> words
 *
 * Options further to machine.cl's: DENSE 1: rows of int8 times a factor, else CSR; GROUPED 1 (PER_ITEM 1, BITS 32): one-hot groups move
 * their one; fields may then wrap.
 */
#define GLUE_(a, b) a##b
#define GLUE(a, b) GLUE_(a, b)
#if BITS == 8
#define FIELD char
#define FIELD_MAX 127
#elif BITS == 16
#define FIELD short
#define FIELD_MAX 32767
#else
#define FIELD int
#endif

typedef WIDE(FIELD) fields;

typedef union {
	fields v;
	FIELD  e[PER_ITEM];
} fields_of;

#if PER_ITEM == 64
typedef ushort ushorts_anywhere __attribute__((ext_vector_type(64), aligned(2)));
#define DRAWS(noise, at) (*(global const ushorts_anywhere *)((noise) + (at)))
static bool any_lane(fields f)
{
#if __has_builtin(__builtin_reduce_or)
	return __builtin_reduce_or(f) != 0;
#else
	fields_of u = {f};
	FIELD     any = 0;

	for (uint l = 0; l < PER_ITEM; l++)
		any |= u.e[l];
	return any != 0;
#endif
}
#else
#define DRAWS(noise, at) ((noise)[(at) + get_local_id(0)])
static bool any_lane(fields f)
{
	return f != 0;
}
#endif

/* Couplings of a problem: CSR, or DENSE rows of `stride` bytes. */
#if DENSE
#define COUPLINGS global const char *restrict entry, int factor, uint stride
#define PASS_COUPLINGS entry, factor, stride
#define FOR_ROW(i, j, q)                                                                     \
	for (uint j = 0; j < n; j++)                                                         \
		for (FIELD q = (FIELD)(factor * entry[(ulong)(i) * stride + j]), once_ = 1; once_; once_ = 0)
#else
#define COUPLINGS global const ulong *restrict row, global const uint *restrict col, global const int *restrict coef
#define PASS_COUPLINGS row, col, coef
#define FOR_ROW(i, j, q)                                                                     \
	for (ulong k_ = row[i], end_ = row[(i) + 1]; k_ < end_; k_++)                        \
		for (uint j = col[k_], once_ = 1; once_; once_ = 0)                          \
			for (FIELD q = (FIELD)coef[k_]; once_; once_ = 0)
#endif

/* The lanes of the launch's words. One work-item for every variable and block of lanes. */
kernel void unpack(global const ulong *words, global fields *out, ulong count)
{
	const size_t at = get_global_id(0);
	fields_of    x;

	if (at >= count * BLOCKS)
		return;
	for (uint l = 0; l < PER_ITEM; l++)
		x.e[l] = (FIELD)(-(int)(words[at / BLOCKS] >> (at % BLOCKS * PER_ITEM + l) & 1));
	out[at] = x.v;
}

/* And back. One work-item for every variable. */
kernel void pack(global const FIELD *lanes, global ulong *words, ulong count)
{
	const size_t at = get_global_id(0);
	ulong        w = 0;

	if (at >= count)
		return;
	for (uint l = 0; l < LANES; l++)
		w |= (ulong)(lanes[at * LANES + l] & 1) << l;
	words[at] = w;
}

/* Fields of the spins. One work-item for every variable and block of lanes. */
kernel void start(global const fields *restrict spins, global fields *restrict out, global const int *restrict linear, uint n,
                  ulong count, COUPLINGS)
{
	const size_t at = get_global_id(0);
	const size_t i = at / BLOCKS % n;
	const size_t first = (at / BLOCKS - i) * BLOCKS + at % BLOCKS; /* of variable 0 */
	fields       sum = (fields)(FIELD)linear[i];

	if (at >= count * BLOCKS)
		return;
	FOR_ROW(i, j, q)
		sum += spins[first + (size_t)j * BLOCKS] & q;
	out[at] = sum;
}

/* taut_machine_threshold with the temperatures of a work-item's lanes prepared: of Metropolis, draw m as 32 bits without sign; of heat bath,
 * half of it with sign, so that the shift is one less. Shifted right by `right`, then left by `left`, saturated where it is
 * beyond `high` or `low` before. */
typedef struct {
	uint  heat;
	uints m;
	uints right, left;
	uints high; /* int in heat bath */
	ints  low;
	/* all lanes alike and cold: 16 bits are enough (machine s above 16) */
	bool   narrow;
	ushort m_narrow;
	ushort right_narrow;
} scale;

static void scale_lane(uints_of *m, uints_of *right, uints_of *left, uints_of *high, ints_of *low, uint l, uint temperature, uint heat)
{
	const int s = shift_of(temperature);
	const int down = heat ? s - 1 : s;
	const int up = down < 0 ? (down < -30 ? 30 : -down) : 0;

	m->e[l] = heat || down < 32 ? mantissa_of(temperature) : 0;
	right->e[l] = (uint)(down < 0 ? 0 : down > 31 ? 31 : down);
	left->e[l] = (uint)up;
	low->e[l] = up ? THRESHOLD_MIN >> up : down ? INT_MIN : THRESHOLD_MIN;
	if (up)
		high->e[l] = (uint)(THRESHOLD_MAX >> up);
	else if (heat)
		high->e[l] = down ? INT_MAX : THRESHOLD_MAX;
	else
		high->e[l] = down > 1 ? UINT_MAX : (1u << (30 + down)) - 1;
}

static void set_scale(scale *out, global const uint *table, uint width, uint heat, uint first_lane, global const uint *rung)
{
	uints_of m, right, left, high;
	ints_of  low;
	const int s = shift_of(table[0]);

	for (uint l = 0; l < PER_ITEM; l++)
		scale_lane(&m, &right, &left, &high, &low, l, temperature_of(table, width, first_lane + l, rung), heat);
	out->heat = heat;
	out->m = m.v;
	out->right = right.v;
	out->left = left.v;
	out->high = high.v;
	out->low = low.v;
	out->narrow = width == 1 && s > 16;
	out->m_narrow = (ushort)(heat || s < 32 ? mantissa_of(table[0]) : 0);
	out->right_narrow = (ushort)(heat ? (s > 32 ? 15 : s - 17) : s > 31 ? 0 : s - 16);
}

static ints thresholds(ushorts draw, const scale *t)
{
	if (t->heat) {
		const ints p = CONVERT(CONVERT(draw, shorts), ints) * CONVERT(t->m, ints);
		const ints in = (p >> CONVERT(t->right, ints)) << CONVERT(t->left, ints);

		return p > CONVERT(t->high, ints) ? (ints)THRESHOLD_MAX : p < t->low ? (ints)THRESHOLD_MIN : in;
	}
	const uints p = CONVERT(draw, uints) * t->m;
	const ints  in = CONVERT((p >> t->right) << t->left, ints);

	return p > t->high ? (ints)THRESHOLD_MAX : in;
}

/* Saturated at the width of fields, which decides alike. */
static fields field_thresholds(global const ushort *noise, uint at, const scale *t)
{
	const ushorts draw = DRAWS(noise, at);
#if BITS < 32
	if (t->narrow) {
		shorts r;

		if (t->heat) {
			/* times m without sign: m - 2^16 falls short by the draw */
			const shorts h = CONVERT(draw, shorts);
			const ints   p = CONVERT(h, ints) * CONVERT((shorts)(short)t->m_narrow, ints) >> 16;

			r = (CONVERT(p, shorts) + (t->m_narrow ? h : (shorts)0)) >> (shorts)(short)t->right_narrow;
		} else {
			const uints p = CONVERT(draw, uints) * CONVERT((ushorts)t->m_narrow, uints) >> 16;

			r = CONVERT(CONVERT(p, ushorts) >> (ushorts)t->right_narrow, shorts);
		}
#if BITS == 8
		r = r > (shorts)FIELD_MAX ? (shorts)FIELD_MAX : r < (shorts)(-FIELD_MAX - 1) ? (shorts)(-FIELD_MAX - 1) : r;
#endif
		return CONVERT(r, fields);
	}
	{
		const ints r = thresholds(draw, t);

		return CONVERT(r > (ints)FIELD_MAX ? (ints)FIELD_MAX : r < (ints)(-FIELD_MAX - 1) ? (ints)(-FIELD_MAX - 1) : r,
		               fields);
	}
#else
	return thresholds(draw, t);
#endif
}

/* The neighbours of i follow where it flips; s: its spins before. */
static void spread(global fields *restrict field, uint n, uint i, fields s, fields flips, COUPLINGS)
{
#if BITS == 16
	const fields step = flips & (s | (fields)(FIELD)1);

	FOR_ROW(i, j, q)
		field[(size_t)j * BLOCKS] += step * q;
#else
	const fields down = flips & s;

	FOR_ROW(i, j, q)
		field[(size_t)j * BLOCKS] += (((fields)q ^ s) & flips) - down;
#endif
}

#if MODE == SQA
/* c of the spin of a lane: its product with those of both neighbouring slices; row: spins of the variable. */
static int ring_c(global const FIELD *row, uint ring, uint lane)
{
	const uint first = lane & ~(ring - 1);
	const FIELD x = row[lane];

	return 2 - 2 * ((row[first | ((lane - 1) & (ring - 1))] != x) + (row[first | ((lane + 1) & (ring - 1))] != x));
}

static bool ring_accepts(global const ushort *noise, uint heat, uint at, uint lane, uint temperature, long jq, int c, long change)
{
	const long value = (long)noise_at(noise, heat, at + lane) * mantissa_of(temperature) - jq * c;

	return change <= shifted(value, shift_of(temperature));
}
#endif

#if GROUPED
/* Where a visit to i proposes to move the one of its group that is at j. places: group [n], number within it [n], first member of
 * every group [n_groups + 1], members. */
static uint target(global const uint *places, uint n, uint n_groups, uint i, uint j)
{
	global const uint *number = places + n;
	global const uint *first = number + n;
	global const uint *member = first + n_groups + 1 + first[places[i]];
	const uint         k = first[places[i] + 1] - first[places[i]];
	const uint         v = number[i];
	const uint         at = number[j];

	return member[at <= v ? v - at : v + k - at];
}

/* By bisection: rows are sorted. */
static uint coupling(uint i, uint j, COUPLINGS)
{
	ulong low = row[i];
	ulong high = row[i + 1];

	while (low < high) {
		const ulong middle = low + (high - low) / 2;

		if (col[middle] < j)
			low = middle + 1;
		else
			high = middle;
	}
	return low < row[i + 1] && col[low] == j ? (uint)coef[low] : 0;
}
#endif

/* Energies of the lanes of a work-item, in registers as long as a sweep lasts. */
static bool keep_best(global const fields *spins, global fields *best, uint n, const longs_of *energy, longs_of *best_energy)
{
	fields_of better;

	for (uint l = 0; l < PER_ITEM; l++) {
		better.e[l] = energy->e[l] < best_energy->e[l] ? -1 : 0;
		best_energy->e[l] = energy->e[l] < best_energy->e[l] ? energy->e[l] : best_energy->e[l];
	}
	if (!any_lane(better.v))
		return false;
	for (size_t i = 0; i < n; i++)
		best[i * BLOCKS] = (spins[i * BLOCKS] & better.v) | (best[i * BLOCKS] & ~better.v);
	return true;
}

/* One launch of one group for every work-group. states: [2][groups][n][64] current and best; energies: [groups][2][64] current and best; rungs: [groups][2][64] rung of a
 * lane and accepted exchanges; current: [groups][n_groups][64] the one of a one-hot group; table: [sweeps][width] temperatures
 * m | s << 16. */
kernel __attribute__((reqd_work_group_size(BLOCKS, 1, 1))) void
anneal(global const ulong *restrict launch, global const uint *restrict table, global const long *restrict jq_of, global const ushort *restrict noise, uint n,
       global FIELD *restrict states, global FIELD *restrict all_fields, global long *restrict energies, global uint *rungs,
#if GROUPED
       global const uint *restrict places, uint n_groups, global uint *restrict all_current,
#endif
       COUPLINGS)
{
	const uint   g = (uint)get_group_id(0);
	const uint   block = (uint)get_local_id(0);
	const uint   lane0 = block * PER_ITEM;
	const size_t first = (size_t)g * n * LANES;
	global FIELD *const  spin_rows = states + first;
	global fields *const spins = (global fields *)spin_rows + block;
	global fields *const best = (global fields *)(spin_rows + get_num_groups(0) * n * LANES) + block;
	global fields *const field = (global fields *)(all_fields + first) + block;
	global long *const   energy_at = energies + (size_t)g * 2 * LANES;
	global uint *const   rung = rungs + (size_t)g * 2 * LANES;
	const uint           width = (uint)launch[WIDTH];
	const uint           heat = (uint)launch[RULE];
	longs_of             energy, best_energy;

	for (uint l = 0; l < PER_ITEM; l++) {
		energy.e[l] = energy_at[lane0 + l];
		best_energy.e[l] = energy_at[LANES + lane0 + l];
	}
#if GROUPED
	global uint *const current = all_current + (size_t)g * n_groups * LANES + block;

	for (uint i = 0; i < n; i++)
		if (places[i] != UINT_MAX && spins[(size_t)i * BLOCKS])
			current[places[i] * LANES] = i;
#endif
	for (ulong sweep = launch[BEGIN]; sweep < launch[END]; sweep++, table += width) {
		uint  generator = reseed(launch[SEED], (uint)launch[GROUP] + g, sweep);
		scale t;
#if BITS < 32
		ints gain = (ints)0; /* energies since the last flush: 2^16 changes fit */
#endif
#if MODE == SQA
		const long jq = jq_of[sweep - launch[BEGIN]];
		const uint ring = (uint)launch[RING];
#else
		set_scale(&t, table, width, heat, lane0, rung);
#endif
		for (uint i = 0; i < n; i++) {
			generator = advance(generator);
			const uint   at = rotated(random_bits(generator));
			const size_t here = (size_t)i * BLOCKS;
#if GROUPED
			const uint from = places[i] == UINT_MAX ? i : current[places[i] * LANES];
			const uint to = places[i] == UINT_MAX ? i : target(places, n, n_groups, i, from);
			const bool pair = from != to;
			const bool moving = pair || places[i] == UINT_MAX;
			int        change;
			bool       yes = false;

			if (pair)
				change = (int)((uint)field[(size_t)to * BLOCKS] - (uint)field[(size_t)from * BLOCKS] -
				               coupling(to, from, PASS_COUPLINGS));
			else
				change = (field[here] ^ spins[here]) - spins[here];
#if MODE == SQA
			for (uint half_ = 0; half_ < 2; half_++) {
				if (moving && (block & 1) == half_) {
					int c = ring_c(spin_rows + (size_t)to * LANES, ring, block);

					if (pair)
						c += ring_c(spin_rows + (size_t)from * LANES, ring, block);
					yes = ring_accepts(noise, heat, at, block, temperature_of(table, width, block, rung), jq, c, change);
					if (yes) {
						spins[(size_t)to * BLOCKS] ^= -1;
						if (pair)
							spins[(size_t)from * BLOCKS] ^= -1;
					}
				}
				MEET();
			}
#else
			yes = moving && change <= field_thresholds(noise, at, &t);
			if (yes) {
				spins[(size_t)to * BLOCKS] ^= -1;
				if (pair)
					spins[(size_t)from * BLOCKS] ^= -1;
			}
#endif
			if (yes) {
				/* spins before */
				spread(field, n, to, ~spins[(size_t)to * BLOCKS], -1, PASS_COUPLINGS);
				if (pair) {
					spread(field, n, from, ~spins[(size_t)from * BLOCKS], -1, PASS_COUPLINGS);
					current[places[i] * LANES] = to;
				}
				energy.e[0] += change;
			}
#else
			fields       flips;
			const fields s = spins[here];
			const fields change = (field[here] ^ s) - s;
#if MODE == SQA
			const fields_of changes = {change};
			fields_of       yes = {(fields)(FIELD)0};

			for (uint half_ = 0; half_ < 2; half_++) {
				global FIELD *const row_ = spin_rows + (size_t)i * LANES;

				for (uint l = (lane0 ^ half_) & 1; l < PER_ITEM; l += 2) {
					const uint lane = lane0 + l;

					if (!ring_accepts(noise, heat, at, lane, temperature_of(table, width, lane, rung), jq,
					                  ring_c(row_, ring, lane), changes.e[l]))
						continue;
					yes.e[l] = -1;
					row_[lane] ^= -1;
				}
				MEET();
			}
			flips = yes.v;
#else
			flips = change <= field_thresholds(noise, at, &t) ? (fields)(FIELD)-1 : (fields)(FIELD)0;
#endif
			if (any_lane(flips)) {
				spins[here] = s ^ flips;
				spread(field, n, i, s, flips, PASS_COUPLINGS);
#if BITS < 32
				gain += CONVERT(change & flips, ints);
#else
				energy.v += CONVERT(change & flips, longs);
#endif
			}
#if BITS < 32
			if (i % 65536 == 65535) {
				energy.v += CONVERT(gain, longs);
				gain = (ints)0;
			}
#endif
#endif
		}
#if BITS < 32
		energy.v += CONVERT(gain, longs);
#endif
#if MODE == PT
		for (uint l = 0; l < PER_ITEM; l++)
			energy_at[lane0 + l] = energy.e[l];
		MEET();
		if (block == 0)
			exchange_rungs(launch, noise, generator, sweep, energy_at, rung, rung + LANES);
		MEET();
#endif
		if (sweep >= launch[TRACK] || sweep + 1 == launch[COUNT])
			keep_best(spins, best, n, &energy, &best_energy);
	}
	for (uint l = 0; l < PER_ITEM; l++) {
		energy_at[lane0 + l] = energy.e[l];
		energy_at[LANES + lane0 + l] = best_energy.e[l];
	}
}
