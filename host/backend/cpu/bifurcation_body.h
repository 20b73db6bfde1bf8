/* Simulated bifurcation (bifurcation.c). Discrete: one read, variables side by side. Ballistic: 16
 * reads side by side, variable by variable. */

typedef float vec_f TAUT_VECTOR(VECTOR_BYTES);

/* One step of a register of positions. */
static inline void bifurcation_move(vec_f *x, vec_f *y, vec_f force, taut_cpu_bifurcation_step step)
{
	const vec_f  momentum = *y + (step.drift * *x + step.pull * force);
	const vec_f  position = *x + step.dt * momentum;
	const vec_32 sign = (vec_32)position & INT32_MIN;
	const vec_32 size = (vec_32)position & INT32_MAX;
	/* floats of one sign are ordered like their bits; 0x3F800000 is 1 */
	const vec_32 out = size > 0x3F800000;

	*x = (vec_f)(((vec_32)position & ~out) | ((sign | 0x3F800000) & out));
	*y = (vec_f)((vec_32)momentum & ~out);
}

static void bifurcation_discrete(uint64_t *crossed, float *x, float *y, const int32_t *fields,
                                 const uint64_t *bits, uint32_t words,
                                 taut_cpu_bifurcation_step step)
{
	vec_f *const        px = (vec_f *)x;
	vec_f *const        py = (vec_f *)y;
	const vec_32 *const force = (const vec_32 *)fields;

	for (uint32_t w = 0; w < words; w++) {
		uint64_t negative = 0;

		for (uint32_t v = 0; v < COUNT_32; v++) {
			const size_t at = (size_t)w * COUNT_32 + v;

			bifurcation_move(&px[at], &py[at],
			                 __builtin_convertvector(force[at], vec_f), step);
			negative |= accepted_32((vec_32)px[at], (vec_32){0} - 1) << (v * WIDTH_32);
		}
		crossed[w] = ~negative ^ bits[w];
	}
}

static void bifurcation_ballistic(float *x, float *y, const float *force, size_t count,
                                  taut_cpu_bifurcation_step step)
{
	for (size_t at = 0; at < count; at += WIDTH_32)
		bifurcation_move((vec_f *)(x + at), (vec_f *)(y + at), *(const vec_f *)(force + at),
		                 step);
}

enum { BALLISTIC_COUNT = TAUT_CPU_BALLISTIC / WIDTH_32 };

static inline void bifurcation_sparse_row(float *force, const taut_problem *p, const float *outer,
                                          const float *x, uint32_t i)
{
	const uint64_t end = p->row[i + 1];
	vec_f          sum[BALLISTIC_COUNT];

	for (uint32_t v = 0; v < BALLISTIC_COUNT; v++)
		sum[v] = (vec_f){0} + outer[i];
	for (uint64_t k = p->row[i]; k < end; k++) {
		const vec_f *const from =
			(const vec_f *)(x + (size_t)p->col[k] * TAUT_CPU_BALLISTIC);
		const float q = (float)p->coef[k];

		for (uint32_t v = 0; v < BALLISTIC_COUNT; v++)
			sum[v] += q * from[v];
	}
	memcpy(force + (size_t)i * TAUT_CPU_BALLISTIC, sum, sizeof sum);
}

/* `rows` rows of a dense problem from row `first` on, in the registers that there are for their
 * sums. */
static inline void bifurcation_dense_rows(float *force, const taut_problem *p, const float *outer,
                                          const float *x, const float *panel, uint32_t first,
                                          uint32_t rows)
{
	const float  factor = (float)p->dense_factor;
	const size_t n = p->n;
	vec_f        sum[TAUT_CPU_PANEL][BALLISTIC_COUNT];

	for (uint32_t r = 0; r < rows; r++)
		for (uint32_t v = 0; v < BALLISTIC_COUNT; v++)
			sum[r][v] = (vec_f){0};
	for (size_t j = 0; j < n; j++) {
		const vec_f *const from = (const vec_f *)(x + j * TAUT_CPU_BALLISTIC);

		for (uint32_t r = 0; r < rows; r++)
			for (uint32_t v = 0; v < BALLISTIC_COUNT; v++)
				sum[r][v] += panel[r * n + j] * from[v];
	}
	for (uint32_t r = 0; r < rows; r++)
		for (uint32_t v = 0; v < BALLISTIC_COUNT; v++) {
			const vec_f total = outer[first + r] + factor * sum[r][v];

			memcpy(force + (size_t)(first + r) * TAUT_CPU_BALLISTIC + v * WIDTH_32,
			       &total, sizeof total);
		}
}

static void bifurcation_force(float *force, const taut_problem *p, const float *outer,
                              const float *x, float *panel, uint32_t begin, uint32_t end)
{
	enum { ROWS = VECTOR_BYTES == 64 ? 8 : VECTOR_BYTES == 32 ? 4 : 2 };
	uint32_t i = begin;

	if (!p->dense) {
		for (; i < end; i++)
			bifurcation_sparse_row(force, p, outer, x, i);
		return;
	}
	while (i < end) {
		const uint32_t rows = end - i < ROWS ? end - i : ROWS;

		for (uint32_t r = 0; r < rows; r++) {
			const int8_t *const row = taut_matrix_row(p->dense, i + r);
			float *const        to = panel + (size_t)r * p->n;

			for (uint32_t j = 0; j < p->n; j++)
				to[j] = row[j];
		}
		if (rows == ROWS)
			bifurcation_dense_rows(force, p, outer, x, panel, i, ROWS);
		else
			for (uint32_t r = 0; r < rows; r++)
				bifurcation_dense_rows(force, p, outer, x, panel + (size_t)r * p->n,
				                       i + r, 1);
		i += rows;
	}
}
