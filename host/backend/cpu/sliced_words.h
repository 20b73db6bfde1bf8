/*
 * Vectors of WIDTH words of 64 lanes, and the look-up of threshold planes. Included with WIDTH and
 * W(x), the name of x for it, defined.
 */

typedef uint64_t W(word) TAUT_VECTOR(8 * WIDTH);

#if VECTOR_BYTES == 64 && WIDTH == 8
#define NATIVE __m512i
#define OP(x)  _mm512_##x
#elif VECTOR_BYTES == 64 && WIDTH == 4
#define NATIVE __m256i
#define OP(x)  _mm256_##x
#elif VECTOR_BYTES == 64
#define NATIVE __m128i
#define OP(x)  _mm_##x
#endif

static inline W(word) W(sum)(W(word) a, W(word) b, W(word) c)
{
#if VECTOR_BYTES == 64
	return (W(word))OP(ternarylogic_epi64)((NATIVE)a, (NATIVE)b, (NATIVE)c, 0x96);
#else
	return a ^ b ^ c;
#endif
}

static inline W(word) W(majority)(W(word) a, W(word) b, W(word) c)
{
#if VECTOR_BYTES == 64
	return (W(word))OP(ternarylogic_epi64)((NATIVE)a, (NATIVE)b, (NATIVE)c, 0xE8);
#else
	return (a & b) | (c & (a ^ b));
#endif
}

/* Adds two bits to a plane; returns the carries. */
static inline W(word) W(full)(W(word) * plane, W(word) a, W(word) b)
{
	const W(word) old = *plane;

	*plane = W(sum)(old, a, b);
	return W(majority)(old, a, b);
}

static inline void W(ripple)(W(word) * v, W(word) carry, uint32_t from, uint32_t planes)
{
	for (uint32_t p = from; p < planes; p++) {
		const W(word) both = v[p] & carry;

		v[p] ^= carry;
		carry = both;
	}
}

/* The vector of a place in taut_cpu_sliced.at. */
static inline W(word) W(load)(const uint64_t *x, uint32_t at)
{
	return *(const W(word) *)(x + (size_t)at * (WIDTH / 2));
}

/* Adds four words to planes 0 and 1; returns the carries. */
static inline W(word) W(four)(W(word) * v, const uint64_t *x, const uint32_t *at)
{
	const W(word) a = W(full)(&v[0], W(load)(x, at[0]), W(load)(x, at[1]));
	const W(word) b = W(full)(&v[0], W(load)(x, at[2]), W(load)(x, at[3]));

	return W(full)(&v[1], a, b);
}

static inline W(word) W(eight)(W(word) * v, const uint64_t *x, const uint32_t *at)
{
	const W(word) a = W(four)(v, x, at);
	const W(word) b = W(four)(v, x, at + 4);

	return W(full)(&v[2], a, b);
}

/* Adds the words of a row to planes, 3 at least: carry-save trees, whose carries ripple on. */
static inline void W(add)(W(word) * v, uint32_t planes, const uint64_t *x, const uint32_t *at,
                          const uint32_t *end)
{
	for (; planes > 3 && end - at >= 16; at += 16) {
		const W(word) a = W(eight)(v, x, at);
		const W(word) b = W(eight)(v, x, at + 8);

		W(ripple)(v, W(full)(&v[3], a, b), 4, planes);
	}
	for (; end - at >= 8; at += 8)
		W(ripple)(v, W(eight)(v, x, at), 3, planes);
	if (end - at >= 4)
		W(ripple)(v, W(four)(v, x, at), 2, planes);
}

static inline W(word) W(broadcast)(uint64_t x)
{
	return (W(word)){0} + x;
}

static inline void W(constant)(W(word) * v, uint32_t planes, const uint64_t *spread, int value)
{
	for (uint32_t p = 0; p < planes; p++)
		v[p] = W(broadcast)(spread[((uint32_t)value >> (p / 8 * 8) & 255) * 8 + p % 8]);
}

/* The generators of the groups. */
#if WIDTH > 2
typedef uint32_t W(generator) TAUT_VECTOR(4 * WIDTH);
#else
typedef struct {
	uint32_t of[WIDTH];
} W(generator);
#endif

/* One advance: a visit's rows and rotations. */
typedef struct {
	uint32_t row[WIDTH] TAUT_ALIGNED(4 * WIDTH);
	W(word) rotation;
} W(draw);

static inline W(draw) W(advance)(W(generator) * generator)
{
	W(draw) draw;
#if WIDTH > 2
	W(generator) x = *generator;

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	*generator = x;
	x = x * 0x9E3779B1u >> 16;
	*(W(generator) *)draw.row = x >> 6;
	x &= 63;
#if VECTOR_BYTES == 64 && WIDTH == 8
	draw.rotation = (W(word))_mm512_cvtepu32_epi64((__m256i)x);
#else
	draw.rotation = (W(word))_mm256_cvtepu32_epi64((__m128i)x);
#endif
#else
	for (uint32_t w = 0; w < WIDTH; w++) {
		uint32_t bits;

		generator->of[w] = taut_machine_advance(generator->of[w]);
		bits = taut_machine_bits(generator->of[w]);
		draw.row[w] = bits >> 6;
		draw.rotation[w] = bits & 63;
	}
#endif
	return draw;
}

static inline W(word) W(rotated)(W(word) x, W(word) by)
{
#if VECTOR_BYTES == 64
	return (W(word))OP(rorv_epi64)((NATIVE)x, (NATIVE)by);
#else
	return x >> by | x << (-by & 63);
#endif
}

/* Four planes of a visit's thresholds, one word from the row of each group: a transposition. */
static inline void W(quad)(W(word) * out, const uint64_t *table, size_t stride,
                           const W(draw) * draw)
{
#define ROW(w) (table + (size_t)draw->row[w] * stride)
#if VECTOR_BYTES == 64 && WIDTH == 8
	const __m512i lower = _mm512_setr_epi64(0, 1, 8, 9, 4, 5, 12, 13);
	const __m512i upper = _mm512_setr_epi64(2, 3, 10, 11, 6, 7, 14, 15);
	__m512i       row[4], even[2], odd[2];

	for (uint32_t w = 0; w < 4; w++)
		row[w] = _mm512_inserti64x4(
			_mm512_castsi256_si512(_mm256_load_si256((const __m256i *)ROW(w))),
			_mm256_load_si256((const __m256i *)ROW(w + 4)), 1);
	for (uint32_t w = 0; w < 2; w++) {
		even[w] = _mm512_unpacklo_epi64(row[2 * w], row[2 * w + 1]);
		odd[w] = _mm512_unpackhi_epi64(row[2 * w], row[2 * w + 1]);
	}
	out[0] = (W(word))_mm512_permutex2var_epi64(even[0], lower, even[1]);
	out[1] = (W(word))_mm512_permutex2var_epi64(odd[0], lower, odd[1]);
	out[2] = (W(word))_mm512_permutex2var_epi64(even[0], upper, even[1]);
	out[3] = (W(word))_mm512_permutex2var_epi64(odd[0], upper, odd[1]);
#elif WIDTH == 4
	__m256i row[4], even[2], odd[2];

	for (uint32_t w = 0; w < 4; w++)
		row[w] = _mm256_load_si256((const __m256i *)ROW(w));
	for (uint32_t w = 0; w < 2; w++) {
		even[w] = _mm256_unpacklo_epi64(row[2 * w], row[2 * w + 1]);
		odd[w] = _mm256_unpackhi_epi64(row[2 * w], row[2 * w + 1]);
	}
	out[0] = (W(word))_mm256_permute2x128_si256(even[0], even[1], 0x20);
	out[1] = (W(word))_mm256_permute2x128_si256(odd[0], odd[1], 0x20);
	out[2] = (W(word))_mm256_permute2x128_si256(even[0], even[1], 0x31);
	out[3] = (W(word))_mm256_permute2x128_si256(odd[0], odd[1], 0x31);
#else
	for (uint32_t p = 0; p < 4; p++)
		out[p] = (W(word)){ROW(0)[p], ROW(1)[p]};
#endif
#undef ROW
}

#undef NATIVE
#undef OP
