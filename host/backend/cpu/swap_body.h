/*
 * The permutation engine of one lane: blocks of 16 pairs (a, b .. b + 15) are tested at once; the
 * first that is accepted is carried out and the rest of its block tested again, so that the order
 * is exactly sequential.
 */

enum { BLOCK = TAUT_CPU_BLOCK };

/* own[a] = G[a][p(a)] */
static inline void swap_own(const taut_cpu_swaps *s, taut_cpu_swap_lane *lane)
{
	const size_t stride = s->stride;
	vec_32       down; /* to the next rows */

	for (int32_t k = 0; k < WIDTH_32; k++)
		down[k] = k * (int32_t)stride;
	for (size_t a = 0; a < s->n; a += WIDTH_32) {
		const vec_32 own =
			gather_32(lane->fields + a * stride, down + load_32(lane->position + a));

		memcpy(lane->own + a, &own, sizeof own);
	}
}

/* Adds factor[k] * add to row row[k] of G, for all k < count, in `width` registers from column
 * `first` on. */
static inline void swap_add(const taut_cpu_swaps *s, const taut_cpu_swap_lane *lane, uint32_t count,
                            const uint32_t *add, uint32_t first, uint32_t width)
{
	const uint32_t *const row = lane->row;
	const uint32_t *const factor = lane->factor;
	uint32_t *const       fields = lane->fields + first;
	const size_t          stride = s->stride;
	uvec_32               own[4];

	for (uint32_t v = 0; v < width; v++)
		own[v] = ((const uvec_32 *)(add + first))[v];
	for (uint32_t k = 0; k < count; k++) {
		uvec_32 *const to = (uvec_32 *)(fields + row[k] * stride);

		for (uint32_t v = 0; v < width; v++)
			to[v] += own[v] * factor[k];
	}
}

/* The same in all columns. */
static inline void swap_add_all(const taut_cpu_swaps *s, const taut_cpu_swap_lane *lane,
                                uint32_t count, const uint32_t *add)
{
	uint32_t first = 0;

	for (; first + 4 * WIDTH_32 <= s->stride; first += 4 * WIDTH_32)
		swap_add(s, lane, count, add, first, 4);
	for (; first < s->stride; first += WIDTH_32)
		swap_add(s, lane, count, add, first, 1);
}

/* Lists the rows a with x_ua - x_va (or x_ua alone) not 0 in lane->row and lane->factor. */
static inline uint32_t swap_list(const taut_cpu_swaps *s, taut_cpu_swap_lane *lane,
                                 const uint32_t *xu, const uint32_t *xv)
{
	uint32_t count = 0;

	for (uint32_t a = 0; a < s->n; a++) {
		const uint32_t factor = xu[a] - (xv ? xv[a] : 0);

		lane->row[count] = a;
		lane->factor[count] = factor;
		count += factor != 0;
	}
	return count;
}

static void swap_start(const taut_cpu_swaps *s, taut_cpu_swap_lane *lane)
{
	const size_t stride = s->stride;

	memset(lane->fields, 0, s->n * stride * sizeof *lane->fields);
	for (uint32_t t = 0; t < s->terms; t++)
		for (size_t b = 0; b < s->n; b++)
			swap_add_all(s, lane, swap_list(s, lane, s->x[t] + b * stride, NULL),
			             s->y[t] + (size_t)lane->position[b] * stride);
	swap_own(s, lane);
}

/* Exchanges the images of u and v: a term of G changes by (x_ua - x_va)(y_mk - y_lk). */
static void swap_accept(const taut_cpu_swaps *s, taut_cpu_swap_lane *lane, uint32_t u, uint32_t v)
{
	const size_t    stride = s->stride;
	const size_t    l = (size_t)lane->position[u];
	const size_t    m = (size_t)lane->position[v];
	uint32_t *const change = lane->change;

	for (uint32_t t = 0; t < s->terms; t++) {
		const uint32_t *const ym = s->y[t] + m * stride;
		const uint32_t *const yl = s->y[t] + l * stride;
		const uint32_t        count =
			swap_list(s, lane, s->x[t] + u * stride, s->x[t] + v * stride);

		for (size_t k = 0; k < stride; k++)
			change[k] = ym[k] - yl[k];
		swap_add_all(s, lane, count, change);
	}
	lane->position[u] = (int32_t)m;
	lane->position[v] = (int32_t)l;
	swap_own(s, lane);
}

/* A block of 16 pairs (a, b .. b + 15). */
typedef struct {
	vec_32 v[TAUT_CPU_BLOCK / WIDTH_32];
} block;

/* Changes of its pairs; those beyond n are of no meaning. */
static inline block swap_changes(const taut_cpu_swaps *s, const taut_cpu_swap_lane *lane,
                                 uint32_t a, uint32_t b)
{
	const size_t          stride = s->stride;
	const size_t          l = (size_t)lane->position[a];
	const uint32_t *const row = lane->fields + a * stride;
	const uint32_t *const column = lane->fields + b * stride + l;
	const uint32_t *const p = s->p + a * stride + b;
	const uint32_t *const q = s->q + l * stride;
	const uvec_32         own_a = (uvec_32){0} + lane->own[a];
	vec_32                down; /* to the next rows of the column */
	block                 change;

	for (int32_t k = 0; k < WIDTH_32; k++)
		down[k] = k * (int32_t)stride;
	for (uint32_t v = 0; v < BLOCK / WIDTH_32; v++) {
		const uint32_t at = v * WIDTH_32;
		const vec_32   to = load_32(lane->position + b + at);
		const uvec_32  there = (uvec_32)gather_32(row, to) +
		                      (uvec_32)gather_32(column + at * stride, down);
		const uvec_32 here = own_a + (uvec_32)load_32(lane->own + b + at);
		const uvec_32 both = (uvec_32)load_32(p + at) * (uvec_32)gather_32(q, to);

		change.v[v] = (vec_32)(there - here + both);
	}
	return change;
}

static inline block swap_thresholds(const taut_cpu_swaps *s, uint32_t lane, const uint16_t *bits,
                                    taut_cpu_scale scale)
{
	const int32_t *const noise = s->noise[s->rule];
	block                threshold;

	for (uint32_t v = 0; v < BLOCK / WIDTH_32; v++) {
		const uvec_32 x = widen_unsigned(bits + v * WIDTH_32);
		const vec_32  draw = gather_32(noise, (vec_32)((x & ~63u) | ((x + lane) & 63u)));

		threshold.v[v] = s->rule == TAUT_RULE_HEATBATH
		                         ? threshold_heatbath(draw, scale)
		                         : threshold_metropolis((uvec_32)draw, scale);
	}
	return threshold;
}

/* Bit k: change k <= threshold k. */
static inline uint32_t swap_accepted(const block *change, const block *threshold)
{
	uint32_t yes = 0;

	for (uint32_t v = 0; v < BLOCK / WIDTH_32; v++)
		yes |= (uint32_t)accepted_32(change->v[v], threshold->v[v]) << (v * WIDTH_32);
	return yes;
}

static inline int32_t block_entry(const block *x, uint32_t k)
{
	int32_t entries[BLOCK];

	memcpy(entries, x, sizeof entries);
	return entries[k];
}

static void swap_rows(const taut_cpu_swaps *s, taut_cpu_swap_lane *lane, uint32_t begin,
                      uint32_t end, const uint16_t *bits, taut_temperature t)
{
	const taut_cpu_scale scale = taut_cpu_scale_of(t, s->rule);
	const uint32_t       n = s->n;
	int64_t              energy = lane->energy;

	for (uint32_t a = begin; a < end; bits += n - 1 - a, a++)
		for (uint32_t b = a + 1; b < n; b += BLOCK) {
			const block threshold =
				swap_thresholds(s, lane->lane, bits + (b - a - 1), scale);
			block    change = swap_changes(s, lane, a, b);
			uint32_t open = n - b < BLOCK ? (1u << (n - b)) - 1 : (1u << BLOCK) - 1;
			uint32_t yes;

			while ((yes = open & swap_accepted(&change, &threshold)) != 0) {
				const uint32_t k = (uint32_t)__builtin_ctz(yes);

				energy += block_entry(&change, k);
				swap_accept(s, lane, a, b + k);
				open &= ~((2u << k) - 1);
				if (!open)
					break;
				change = swap_changes(s, lane, a, b);
			}
		}
	lane->energy = energy;
}
