/* The kept form of the permutation engine (swap.h): G is kept whole, a change takes four gathers.
 */

/* own[a] = G[a][p(a)] */
static inline void kept_own(const taut_cpu_swaps *s, taut_cpu_swap_lane *lane)
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
static inline void kept_add(const taut_cpu_swaps *s, const taut_cpu_swap_lane *lane, uint32_t count,
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
static inline void kept_add_all(const taut_cpu_swaps *s, const taut_cpu_swap_lane *lane,
                                uint32_t count, const uint32_t *add)
{
	uint32_t first = 0;

	for (; first + 4 * WIDTH_32 <= s->stride; first += 4 * WIDTH_32)
		kept_add(s, lane, count, add, first, 4);
	for (; first < s->stride; first += WIDTH_32)
		kept_add(s, lane, count, add, first, 1);
}

/* Lists the rows a with x_ua - x_va (or x_ua alone) not 0 in lane->row and lane->factor. */
static inline uint32_t kept_list(const taut_cpu_swaps *s, taut_cpu_swap_lane *lane,
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

static void kept_start(const taut_cpu_swaps *s, taut_cpu_swap_lane *lane)
{
	const size_t stride = s->stride;

	memset(lane->fields, 0, s->n * stride * sizeof *lane->fields);
	for (uint32_t t = 0; t < s->terms; t++)
		for (size_t b = 0; b < s->n; b++)
			kept_add_all(s, lane, kept_list(s, lane, s->x[t] + b * stride, NULL),
			             s->y[t] + (size_t)lane->position[b] * stride);
	kept_own(s, lane);
}

/* The same from the lists of what is not 0 in both rows, where they are short: a row of G may come
 * twice. UINT32_MAX where they are not. */
static inline uint32_t kept_list_short(const taut_cpu_swaps *s, taut_cpu_swap_lane *lane,
                                       uint32_t t, uint32_t u, uint32_t v)
{
	const uint32_t *const first = s->first[t];
	const uint32_t        n_u = first[u + 1] - first[u];
	const uint32_t        n_v = first[v + 1] - first[v];

	if (n_u + n_v > s->n / 2)
		return UINT32_MAX;
	for (uint32_t k = 0; k < n_u; k++) {
		lane->row[k] = s->entry[t][first[u] + k];
		lane->factor[k] = s->x[t][(size_t)u * s->stride + lane->row[k]];
	}
	for (uint32_t k = 0; k < n_v; k++) {
		lane->row[n_u + k] = s->entry[t][first[v] + k];
		lane->factor[n_u + k] = 0 - s->x[t][(size_t)v * s->stride + lane->row[n_u + k]];
	}
	return n_u + n_v;
}

static inline void kept_own_row(const taut_cpu_swaps *s, taut_cpu_swap_lane *lane, uint32_t a)
{
	lane->own[a] = lane->fields[(size_t)a * s->stride + (size_t)lane->position[a]];
}

/* Exchanges the images of u and v: a term of G changes by (x_ua - x_va)(y_mk - y_lk). */
static void kept_accept(const taut_cpu_swaps *s, taut_cpu_swap_lane *lane, uint32_t u, uint32_t v)
{
	const size_t    stride = s->stride;
	const size_t    l = (size_t)lane->position[u];
	const size_t    m = (size_t)lane->position[v];
	uint32_t *const change = lane->scratch;
	bool            all = false; /* rows of G have changed */

	lane->position[u] = (int32_t)m;
	lane->position[v] = (int32_t)l;
	for (uint32_t t = 0; t < s->terms; t++) {
		const uint32_t *const ym = s->y[t] + m * stride;
		const uint32_t *const yl = s->y[t] + l * stride;
		uint32_t              count = kept_list_short(s, lane, t, u, v);
		const bool            some = count != UINT32_MAX;

		if (!some)
			count = kept_list(s, lane, s->x[t] + u * stride, s->x[t] + v * stride);
		for (size_t k = 0; k < stride; k++)
			change[k] = ym[k] - yl[k];
		kept_add_all(s, lane, count, change);
		for (uint32_t k = 0; some && k < count; k++)
			kept_own_row(s, lane, lane->row[k]);
		all = all || !some;
	}
	if (all) {
		kept_own(s, lane);
	} else {
		kept_own_row(s, lane, u);
		kept_own_row(s, lane, v);
	}
}

/* Changes of its pairs; those beyond n are of no meaning. */
static inline block kept_changes(const taut_cpu_swaps *s, const taut_cpu_swap_lane *lane,
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

/* Makes G when the direct form has the rest, or the rest when there is G. */
static void kept_switch(const taut_cpu_swaps *s, taut_cpu_swap_lane *lane)
{
	if (lane->kept)
		direct_start(s, lane);
	else
		for (size_t a = 0; a < s->n; a++)
			direct_fields(s, lane, (uint32_t)a, lane->fields + a * s->stride);
	lane->kept = !lane->kept;
}

static void kept_rows(const taut_cpu_swaps *s, taut_cpu_swap_lane *lane, uint32_t begin,
                      uint32_t end, const uint16_t *bits, taut_temperature t)
{
	const taut_cpu_scale scale = taut_cpu_scale_of(t, s->rule);
	const vec_32         cap = swap_cap(s, t);
	const uint32_t       n = s->n;

	for (uint32_t a = begin; a < end; bits += n - 1 - a, a++)
		for (uint32_t b = a + 1; b < n; b += BLOCK) {
			uint32_t open = swap_open(n, a, b);
			block    change = kept_changes(s, lane, a, b);
			block    threshold;

			if (!(open & swap_below(&change, cap)))
				continue;
			threshold = swap_thresholds(s, lane->lane, bits + (b - a - 1), scale);
			for (;;) {
				const uint32_t yes = open & swap_accepted(&change, &threshold);
				uint32_t       k;

				if (!yes)
					break;
				k = (uint32_t)__builtin_ctz(yes);
				lane->energy += block_entry(&change, k);
				lane->moves++;
				kept_accept(s, lane, a, b + k);
				open &= ~((2u << k) - 1);
				if (!open)
					break;
				change = kept_changes(s, lane, a, b);
			}
		}
}
