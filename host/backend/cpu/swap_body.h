/*
 * The permutation engine of one lane: blocks of 16 pairs (a, b .. b + 15) are tested at once; the
 * first that is accepted is carried out and the rest of its block tested again, so that the order
 * is exactly sequential.
 */

enum { BLOCK = TAUT_CPU_BLOCK };

/* own[a] = G[a][p(a)] */
static inline void swap_own(const taut_cpu_swaps *s, taut_cpu_swap_lane *lane)
{
	for (size_t a = 0; a < s->n; a++)
		lane->own[a] = lane->fields[a * s->stride + (size_t)lane->position[a]];
}

/* to[k] += factor * from[k] */
static inline void swap_add(uint32_t *to, const uint32_t *from, uint32_t factor, uint32_t stride)
{
	uvec_32 *const       out = (uvec_32 *)to;
	const uvec_32 *const in = (const uvec_32 *)from;

	for (uint32_t v = 0; v < stride / WIDTH_32; v++)
		out[v] += in[v] * factor;
}

static void swap_start(const taut_cpu_swaps *s, taut_cpu_swap_lane *lane)
{
	const size_t stride = s->stride;

	memset(lane->fields, 0, s->n * stride * sizeof *lane->fields);
	for (uint32_t t = 0; t < s->terms; t++)
		for (size_t b = 0; b < s->n; b++)
			for (size_t a = 0; a < s->n; a++) {
				const uint32_t factor = s->x[t][b * stride + a];

				if (factor)
					swap_add(lane->fields + a * stride,
					         s->y[t] + (size_t)lane->position[b] * stride,
					         factor, s->stride);
			}
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
		const uint32_t *const xu = s->x[t] + u * stride;
		const uint32_t *const xv = s->x[t] + v * stride;

		for (size_t k = 0; k < stride; k++)
			change[k] = s->y[t][m * stride + k] - s->y[t][l * stride + k];
		for (size_t a = 0; a < s->n; a++)
			if (xu[a] != xv[a])
				swap_add(lane->fields + a * stride, change, xu[a] - xv[a],
				         s->stride);
	}
	lane->position[u] = (int32_t)m;
	lane->position[v] = (int32_t)l;
	swap_own(s, lane);
}

/* The changes of the pairs (a, b .. b + 15); those beyond n are of no meaning. */
static inline void swap_changes(int32_t *change, const taut_cpu_swaps *s,
                                const taut_cpu_swap_lane *lane, uint32_t a, uint32_t b)
{
	const size_t          stride = s->stride;
	const size_t          l = (size_t)lane->position[a];
	const uint32_t *const row = lane->fields + a * stride;
	const uint32_t *const column = lane->fields + b * stride + l;
	const uint32_t *const p = s->p + a * stride + b;
	const uint32_t *const q = s->q + l * stride;
	const uint32_t *const own = lane->own + b;
	const int32_t *const  position = lane->position + b;
	const uint32_t        own_a = lane->own[a];
	const int32_t         step = (int32_t)stride;

	for (int32_t k = 0; k < BLOCK; k++)
		change[k] = (int32_t)(row[position[k]] - own_a + column[k * step] - own[k] +
		                      p[k] * q[position[k]]);
}

static inline void swap_thresholds(int32_t *threshold, const taut_cpu_swaps *s, uint32_t lane,
                                   const uint16_t *bits, taut_cpu_scale scale)
{
	const int32_t *const noise = s->noise[s->rule];
	int32_t              draw[BLOCK];

	for (uint32_t k = 0; k < BLOCK; k++)
		draw[k] = noise[(int32_t)((bits[k] & ~63u) | ((lane + bits[k]) & 63u))];
	if (s->rule == TAUT_RULE_HEATBATH)
		for (uint32_t k = 0; k < BLOCK; k++)
			threshold[k] = taut_cpu_threshold_heatbath(draw[k], scale);
	else
		for (uint32_t k = 0; k < BLOCK; k++)
			threshold[k] = taut_cpu_threshold_metropolis((uint32_t)draw[k], scale);
}

/* Bit k: change[k] <= threshold[k]. */
static inline uint32_t swap_accepted(const int32_t *change, const int32_t *threshold)
{
	uint32_t yes = 0;

	for (uint32_t v = 0; v < BLOCK / WIDTH_32; v++)
		yes |= (uint32_t)accepted_32(((const vec_32 *)change)[v],
		                             ((const vec_32 *)threshold)[v])
		       << (v * WIDTH_32);
	return yes;
}

static void swap_rows(const taut_cpu_swaps *s, taut_cpu_swap_lane *lane, uint32_t begin,
                      uint32_t end, const uint16_t *bits, taut_temperature t)
{
	const taut_cpu_scale scale = taut_cpu_scale_of(t, s->rule);
	const uint32_t       n = s->n;
	int64_t              energy = lane->energy;

	for (uint32_t a = begin; a < end; bits += n - 1 - a, a++)
		for (uint32_t b = a + 1; b < n; b += BLOCK) {
			int32_t  threshold[BLOCK] TAUT_ALIGNED(64);
			int32_t  change[BLOCK] TAUT_ALIGNED(64);
			uint32_t open = n - b < BLOCK ? (1u << (n - b)) - 1 : (1u << BLOCK) - 1;
			uint32_t yes;

			swap_thresholds(threshold, s, lane->lane, bits + (b - a - 1), scale);
			swap_changes(change, s, lane, a, b);
			while ((yes = open & swap_accepted(change, threshold)) != 0) {
				const uint32_t k = (uint32_t)__builtin_ctz(yes);

				energy += change[k];
				swap_accept(s, lane, a, b + k);
				open &= ~((2u << k) - 1);
				if (!open)
					break;
				swap_changes(change, s, lane, a, b);
			}
		}
	lane->energy = energy;
}
