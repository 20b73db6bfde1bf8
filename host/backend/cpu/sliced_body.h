/*
 * Loops over bit slices, for one width and up to so many planes. Included after sliced_words.h with
 * WIDTH, W(x), PLANES and NAME(x) defined; the last two are undefined at the end.
 */

/* V_i, or with total (c_i + F_i) / g. */
static inline void NAME(field)(W(word) * v, uint32_t planes, const taut_cpu_slices *s, uint32_t i,
                               int constant)
{
	const taut_cpu_sliced *data = s->data;

	W(constant)(v, planes, data->spread, constant);
	W(add)(v, planes, s->x, data->at + data->first[i], data->at + data->first[i + 1]);
}

/* Where D <= t: the carry out of u - V or u - ~V, the sign planes exchanged. */
static inline W(word) NAME(accepted)(const W(word) * v, W(word) x, bool half, const uint64_t *table,
                                     const W(draw) * draw)
{
	enum { STRIDE = PLANES / 4 * 4 + 4 };
	static const uint64_t ALL[2] = {0, ~(uint64_t)0};
	const W(word) halves = W(broadcast)(ALL[half]);
	W(word) u[STRIDE];
	W(word) carry;

	for (uint32_t p = 0; p < STRIDE; p += 4)
		W(quad)(u + p, table + p, STRIDE, draw);
	for (uint32_t p = 0; p < PLANES + 1; p++)
		u[p] = W(rotated)(u[p], draw->rotation);
	carry = (u[PLANES] & halves) | (~x & ~halves);
	for (uint32_t p = 0; p + 1 < PLANES; p++)
		carry = W(majority)(u[p], v[p] ^ ~x, carry);
	return W(majority)(~u[PLANES - 1], v[PLANES - 1] ^ x, carry);
}

static void NAME(sweep)(taut_cpu_slices *s, uint32_t *generator)
{
	const taut_cpu_sliced *data = s->data;
	const bool             complement = data->complement;
	W(word) *const         words = (W(word) *)s->x;
	W(generator) state;

	memcpy(&state, generator, sizeof state);
	for (uint32_t i = 0; i < data->n; i++) {
		const W(draw) draw = W(advance)(&state);
		W(word) *const own = words + ((size_t)i << complement);
		W(word) x = *own;
		W(word) v[PLANES];

		NAME(field)(v, PLANES, s, i, data->constant[i]);
		x ^= NAME(accepted)(v, x, data->half[i], s->table, &draw);
		*own = x;
		if (complement)
			own[1] = ~x;
	}
	memcpy(generator, &state, sizeof state);
}

/* Adds the planes of the sums, two's complement, to the energies by lane. */
static void NAME(flush)(int64_t *out, W(word) * sum, uint32_t planes)
{
	for (uint32_t w = 0; w < WIDTH; w++) {
		uint64_t block[64];

		for (uint32_t p = 0; p < 64; p++)
			block[p] = sum[p < planes ? p : planes - 1][w];
		taut_transpose_64(block);
		for (uint32_t l = 0; l < TAUT_LANES; l++)
			out[w * TAUT_LANES + l] += (int64_t)block[l];
	}
	memset(sum, 0, planes * sizeof *sum);
}

/* 2 E = sum_i x_i (c_i + F_i), in units of g; summed 2^12 terms at a time. */
static void NAME(measure)(int64_t *out, const taut_cpu_slices *s)
{
	enum { TERM = PLANES + 1, SUM = TERM + 12 };
	const taut_cpu_sliced *data = s->data;
	W(word) sum[SUM] = {0};

	memset(out, 0, WIDTH * TAUT_LANES * sizeof *out);
	for (uint32_t i = 0; i < data->n; i++) {
		const W(word) x = ((const W(word) *)s->x)[(size_t)i << data->complement];
		W(word) carry = {0};
		W(word) v[TERM];

		NAME(field)(v, TERM, s, i, data->total[i]);
		for (uint32_t p = 0; p < SUM; p++) {
			const W(word) old = sum[p];
			const W(word) term = v[p < TERM ? p : TERM - 1] & x;

			sum[p] = W(sum)(old, term, carry);
			carry = W(majority)(old, term, carry);
		}
		if (i % 4096 == 4095)
			NAME(flush)(out, sum, SUM);
	}
	NAME(flush)(out, sum, SUM);
	for (uint32_t l = 0; l < WIDTH * TAUT_LANES; l++)
		out[l] = out[l] * ((int64_t)1 << data->shift) / 2;
}

#undef PLANES
#undef NAME
