/* The direct form of the permutation engine (swap.h): what G says of row a comes from dot products
 * with vectors that are kept in the order of the permutation. */

/* sum + the products of 16-bit pairs, modulo 2^32. */
static inline uvec_32 add_pairs(uvec_32 sum, uvec_32 x, uvec_32 y)
{
#if VECTOR_BYTES == 64
	return sum + (uvec_32)_mm512_madd_epi16((__m512i)x, (__m512i)y);
#elif VECTOR_BYTES == 32
	return sum + (uvec_32)_mm256_madd_epi16((__m256i)x, (__m256i)y);
#elif defined(__SSE2__)
	return sum + (uvec_32)_mm_madd_epi16((__m128i)x, (__m128i)y);
#else
	for (uint32_t k = 0; k < WIDTH_32; k++)
		sum[k] += (uint32_t)((int16_t)x[k] * (int16_t)y[k]) +
		          (uint32_t)((int16_t)(x[k] >> 16) * (int16_t)(y[k] >> 16));
	return sum;
#endif
}

static inline uvec_32 broadcast_pair(const int16_t *pair)
{
	uint32_t two;

	memcpy(&two, pair, sizeof two);
	return (uvec_32){0} + two;
}

/* out[c] = sum[c] + the sum over k of z[k] times entry k of column c, for `count` blocks of columns
 * c. A function of its own: the registers are all its. */
static inline void add_dots(uint32_t *sum, uint32_t count, const int16_t *pairs, uint32_t stride,
                            const int16_t *z, uint32_t n_pairs)
{
	enum { EACH = BLOCK / WIDTH_32 };
	uvec_32 own[2 * EACH];

	for (uint32_t v = 0; v < count * EACH; v++)
		own[v] = ((const uvec_32 *)sum)[v];
	for (uint32_t k = 0; k < n_pairs; k++) {
		const uvec_32 two = broadcast_pair(z + 2 * (size_t)k);

		for (uint32_t v = 0; v < count * EACH; v++)
			own[v] = add_pairs(own[v], ((const uvec_32 *)(const void *)pairs)[v], two);
		pairs += 2 * (size_t)stride;
	}
	for (uint32_t v = 0; v < count * EACH; v++)
		((uvec_32 *)sum)[v] = own[v];
}

static TAUT_NOINLINE void add_dots_1(uint32_t *sum, const int16_t *pairs, uint32_t stride,
                                     const int16_t *z, uint32_t n_pairs)
{
	add_dots(sum, 1, pairs, stride, z, n_pairs);
}

static TAUT_NOINLINE void add_dots_2(uint32_t *sum, const int16_t *pairs, uint32_t stride,
                                     const int16_t *z, uint32_t n_pairs)
{
	add_dots(sum, 2, pairs, stride, z, n_pairs);
}

/* out[k] = row[index[k]] for k < stride; row has TAUT_CPU_ROW readable entries. */
static inline void permute_16(int16_t *out, const int16_t *row, const uint16_t *index,
                              uint32_t stride)
{
#if VECTOR_BYTES == 64
	if (stride <= TAUT_CPU_ROW) {
		const __m512i a = _mm512_loadu_si512(row);
		const __m512i b = _mm512_loadu_si512(row + 32);
		const __m512i c = _mm512_loadu_si512(row + 64);
		const __m512i d = _mm512_loadu_si512(row + 96);

		for (uint32_t k = 0; k < stride; k += WIDTH_16) {
			const __m512i   at = _mm512_load_si512(index + k);
			const __m512i   x = _mm512_permutex2var_epi16(a, at, b);
			const __m512i   y = _mm512_permutex2var_epi16(c, at, d);
			const __mmask32 upper = _mm512_test_epi16_mask(at, _mm512_set1_epi16(64));

			_mm512_store_si512(out + k, _mm512_mask_mov_epi16(x, upper, y));
		}
		return;
	}
#endif
	for (uint32_t k = 0; k < stride; k++)
		out[k] = row[index[k]];
}

/* sum[c] += the sum over k of z[k] times entry k of column c, for the columns c of `count` blocks.
 */
static inline void direct_dots(const taut_cpu_swaps *s, uint32_t *sum, uint32_t count,
                               const int16_t *pairs, const int16_t *z)
{
	const uint32_t n_pairs = (s->n + 1) / 2;

	for (; count >= 2; count -= 2, sum += 2 * BLOCK, pairs += 4 * BLOCK)
		add_dots_2(sum, pairs, s->stride, z, n_pairs);
	if (count)
		add_dots_1(sum, pairs, s->stride, z, n_pairs);
}

/* Row a of G. */
static inline void direct_fields(const taut_cpu_swaps *s, taut_cpu_swap_lane *lane, uint32_t a,
                                 uint32_t *out)
{
	memset(out, 0, s->stride * sizeof *out);
	for (uint32_t t = 0; t < s->terms; t++) {
		permute_16(lane->turned, s->direct.x_row[t] + (size_t)a * s->stride, lane->inverse,
		           s->stride);
		direct_dots(s, out, s->stride / BLOCK, s->direct.y_pair[t], lane->turned);
	}
}

/* G[b][p(a)] of the row a at hand for the b of `count` blocks from b on. */
static inline void direct_back(const taut_cpu_swaps *s, taut_cpu_swap_lane *lane, uint32_t b,
                               uint32_t count)
{
	memset(lane->back + b, 0, count * BLOCK * sizeof *lane->back);
	for (uint32_t t = 0; t < s->terms; t++)
		direct_dots(s, lane->back + b, count, s->direct.x_pair[t] + (size_t)2 * b,
		            lane->pull[t]);
}

/* All vectors from positions. */
static void direct_start(const taut_cpu_swaps *s, taut_cpu_swap_lane *lane)
{
	for (uint32_t a = 0; a < s->n; a++) {
		const uint32_t l = (uint32_t)lane->position[a];

		lane->place[a] = (uint16_t)l;
		lane->inverse[l] = (uint16_t)a;
		lane->diagonal[a] = (uint32_t)s->direct.diagonal[l];
	}
	for (uint32_t a = 0; a < s->n; a++) {
		direct_fields(s, lane, a, lane->scratch);
		lane->own[a] = lane->scratch[lane->position[a]];
	}
}

/* What the visits of row a need. */
static inline void direct_row(const taut_cpu_swaps *s, taut_cpu_swap_lane *lane, uint32_t a)
{
	const size_t l = (size_t)lane->position[a];

	direct_fields(s, lane, a, lane->scratch);
	for (uint32_t b = (a + 1) / BLOCK * BLOCK; b < s->n; b += WIDTH_32) {
		const vec_32 ahead = gather_32(lane->scratch, load_32(lane->position + b));

		memcpy(lane->ahead + b, &ahead, sizeof ahead);
	}
	for (uint32_t t = 0; t < s->terms; t++)
		permute_16(lane->pull[t], s->direct.y_row[t] + l * s->stride, lane->place,
		           s->stride);
}

/* Changes of the pairs (a, b .. b + 15), b a multiple of 16. */
static inline block direct_changes(const taut_cpu_swaps *s, const taut_cpu_swap_lane *lane,
                                   uint32_t a, uint32_t b)
{
	const uint32_t *const p = s->p + (size_t)a * s->stride + b;
	const uvec_32         own_a = (uvec_32){0} + lane->own[a];
	const uvec_32         diagonal_a = (uvec_32){0} + lane->diagonal[a];
	block                 change;

	for (uint32_t v = 0; v < BLOCK / WIDTH_32; v++) {
		const uint32_t at = b + v * WIDTH_32;
		uvec_32        q = (uvec_32)widen_signed(lane->pull[0] + at);

		if (s->terms == 2)
			q += (uvec_32)widen_signed(lane->pull[1] + at);
		q = diagonal_a + (uvec_32)load_32(lane->diagonal + at) - q * s->direct.both;
		change.v[v] = (vec_32)((uvec_32)load_32(lane->back + at) +
		                       (uvec_32)load_32(lane->ahead + at) - own_a -
		                       (uvec_32)load_32(lane->own + at) +
		                       (uvec_32)load_32(p + v * WIDTH_32) * q);
	}
	return change;
}

/* own and ahead follow one term of the exchange of a and v; xa, xv: rows of a and v; change of the
 * pull by next. ahead only from v on. */
static inline void direct_follow(const taut_cpu_swaps *s, taut_cpu_swap_lane *lane, uint32_t a,
                                 uint32_t v, uint32_t t)
{
	const int16_t *const xa = s->direct.x_row[t] + (size_t)a * s->stride;
	const int16_t *const xv = s->direct.x_row[t] + (size_t)v * s->stride;
	const int16_t *const old = lane->pull[t];
	const int16_t *const new = lane->next[t];
	const uvec_32   factor = (uvec_32){0} + ((uint32_t)xa[a] - (uint32_t)xv[a]);
	const uint32_t  from = v / BLOCK * BLOCK;
	uint32_t *const own = lane->own;
	uint32_t *const ahead = lane->ahead;

	for (uint32_t b = 0; b < s->n; b += WIDTH_32) {
		const uvec_32 dy = (uvec_32)widen_signed(new + b) - (uvec_32)widen_signed(old + b);
		const uvec_32 dx = (uvec_32)widen_signed(xa + b) - (uvec_32)widen_signed(xv + b);

		*(uvec_32 *)(own + b) += dx * dy;
		if (b >= from)
			*(uvec_32 *)(ahead + b) += factor * dy;
	}
}

/* Exchanges the images l of a, the row at hand, and m of v. */
static void direct_accept(const taut_cpu_swaps *s, taut_cpu_swap_lane *lane, uint32_t a, uint32_t v)
{
	const size_t   stride = s->stride;
	const size_t   l = (size_t)lane->position[a];
	const size_t   m = (size_t)lane->position[v];
	const uint32_t diagonal = lane->diagonal[a];
	uint32_t       own_a = lane->ahead[v];
	uint32_t       own_v = lane->back[v];

	lane->position[a] = (int32_t)m;
	lane->position[v] = (int32_t)l;
	lane->place[a] = (uint16_t)m;
	lane->place[v] = (uint16_t)l;
	lane->inverse[m] = (uint16_t)a;
	lane->inverse[l] = (uint16_t)v;
	lane->diagonal[a] = lane->diagonal[v];
	lane->diagonal[v] = diagonal;
	for (uint32_t t = 0; t < s->terms; t++) {
		const int16_t *const xa = s->direct.x_row[t] + a * stride;
		const int16_t *const xv = s->direct.x_row[t] + v * stride;
		const int16_t *const ym = s->direct.y_row[t] + m * stride;
		const int16_t *const yl = s->direct.y_row[t] + l * stride;
		int16_t *const       pull = lane->pull[t];

		own_a += ((uint32_t)xa[a] - (uint32_t)xv[a]) * ((uint32_t)ym[m] - (uint32_t)yl[m]);
		own_v += ((uint32_t)xa[v] - (uint32_t)xv[v]) * ((uint32_t)ym[l] - (uint32_t)yl[l]);
		permute_16(lane->next[t], ym, lane->place, s->stride);
		direct_follow(s, lane, a, v, t);
		lane->pull[t] = lane->next[t];
		lane->next[t] = pull;
	}
	lane->own[a] = own_a;
	lane->own[v] = own_v;
}

/* The visits (a, b .. b + 15) of row a, those that accept; limit: of its thresholds. */
static inline bool direct_block(const taut_cpu_swaps *s, taut_cpu_swap_lane *lane, uint32_t a,
                                uint32_t b, const block *threshold, uint32_t open, block change)
{
	bool moved = false;

	for (;;) {
		const uint32_t yes = open & swap_accepted(&change, threshold);
		uint32_t       k;

		if (!yes)
			break;
		k = (uint32_t)__builtin_ctz(yes);
		lane->energy += block_entry(&change, k);
		lane->moves++;
		direct_accept(s, lane, a, b + k);
		moved = true;
		open &= ~((2u << k) - 1);
		if (!open)
			break;
		direct_back(s, lane, b, 1);
		change = direct_changes(s, lane, a, b);
	}
	return moved;
}

static void direct_rows(const taut_cpu_swaps *s, taut_cpu_swap_lane *lane, uint32_t begin,
                        uint32_t end, const uint16_t *bits, taut_temperature t)
{
	const taut_cpu_scale scale = taut_cpu_scale_of(t, s->rule);
	const vec_32         cap = swap_cap(s, t);
	const uint32_t       n = s->n;

	for (uint32_t a = begin; a < end; bits += n - 1 - a, a++) {
		const uint16_t *const row_bits = bits - (a + 1); /* of b at b */
		uint32_t              ready = 0; /* lane->back is right from b up to here */

		direct_row(s, lane, a);
		for (uint32_t b = (a + 1) / BLOCK * BLOCK; b < n; b += BLOCK) {
			const uint32_t open = swap_open(n, a, b);
			block          change;
			block          threshold;

			if (b >= ready) {
				const uint32_t count = s->stride - b > BLOCK ? 2 : 1;

				direct_back(s, lane, b, count);
				ready = b + count * BLOCK;
			}
			change = direct_changes(s, lane, a, b);
			if (!(open & swap_below(&change, cap)))
				continue;
			threshold = swap_thresholds(s, lane->lane, row_bits + b, scale);
			if (direct_block(s, lane, a, b, &threshold, open, change))
				ready = 0;
		}
	}
}
