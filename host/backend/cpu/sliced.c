/* Bit slices: which problems they fit, and the layout. */
#include "backend/cpu/sliced.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "backend/cpu/cpu.h"
#include "backend/lanes.h"
#include "base/alloc.h"

/* floor(c / g) and the rest */
static int32_t floor_shift(int32_t c, uint32_t shift)
{
	return c >> shift;
}

/* The common magnitude of the couplings, 0 where there is none. */
static uint32_t magnitude(const taut_problem *p)
{
	const uint64_t entries = p->row[p->n];
	uint32_t       size = 0;

	for (uint64_t k = 0; k < entries; k++) {
		const uint32_t q = (uint32_t)abs(p->coef[k]);

		if (size && q != size)
			return 0;
		size = q;
	}
	return size;
}

/* The shift and whether both signs occur; false where the problem has another form. */
static bool form(taut_cpu_sliced *s, const taut_problem *p)
{
	uint32_t size = 0;

	if (p->group || p->dense || !p->n)
		return false;
	size = magnitude(p);
	if (!size || size & (size - 1) || size > 1u << 20)
		return false;
	while (1u << s->shift < size)
		s->shift++;
	for (uint32_t i = 0; i < p->n; i++)
		if (p->linear[i] % (int32_t)(size > 1 ? size / 2 : 1))
			return false;
	for (uint64_t k = 0; k < p->row[p->n]; k++)
		s->complement |= p->coef[k] < 0;
	return true;
}

/* Planes for |V| + 2, and words stored with their padding; false where it takes too many. */
static bool measure(taut_cpu_sliced *s, uint64_t *stored, const taut_problem *p)
{
	int64_t most = 0;

	*stored = 0;
	for (uint32_t i = 0; i < p->n; i++) {
		const int64_t c = floor_shift(p->linear[i], s->shift);
		int64_t       up = 0;
		int64_t       down = 0;

		for (uint64_t k = p->row[i]; k < p->row[i + 1]; k++)
			*(p->coef[k] > 0 ? &up : &down) += 1;
		most = llabs(c - down) > most ? llabs(c - down) : most;
		most = llabs(c + up) > most ? llabs(c + up) : most;
		*stored += (uint64_t)(up + down + TAUT_SLICED_BLOCK - 1) / TAUT_SLICED_BLOCK *
		           TAUT_SLICED_BLOCK;
	}
	for (s->planes = 2; (int64_t)1 << (s->planes - 1) < most + 2; s->planes++)
		if (s->planes == TAUT_SLICED_PLANES)
			return false;
	s->n = p->n;
	s->words = s->complement ? 2 * p->n : p->n;
	return p->n < UINT32_MAX / 4;
}

static void fill(taut_cpu_sliced *s, const taut_problem *p)
{
	uint64_t at = 0;

	for (uint32_t i = 0; i < p->n; i++) {
		const int32_t c = floor_shift(p->linear[i], s->shift);
		const int32_t rest = p->linear[i] - c * (1 << s->shift);
		int32_t       down = 0;

		for (uint64_t k = p->row[i]; k < p->row[i + 1]; k++) {
			const bool negative = p->coef[k] < 0;

			s->at[at++] = 2 * (s->complement ? 2 * p->col[k] + negative : p->col[k]);
			down += negative;
		}
		while (at % TAUT_SLICED_BLOCK)
			s->at[at++] = 2 * s->words;
		s->first[i + 1] = at;
		s->half[i] = rest != 0;
		s->halves |= rest != 0;
		s->constant[i] = (int16_t)(c - down);
		s->total[i] = (int16_t)(2 * c - down + s->half[i]);
	}
	for (uint32_t byte = 0; byte < 256; byte++)
		for (uint32_t p2 = 0; p2 < 8; p2++)
			s->spread[byte * 8 + p2] = byte >> p2 & 1 ? ~(uint64_t)0 : 0;
}

taut_status taut_cpu_sliced_new(taut_cpu_sliced **out, const taut_problem *problem, taut_error *err)
{
	taut_cpu_sliced *s = taut_alloc(1, sizeof *s, err);
	uint64_t         stored = 0;
	taut_status      st = TAUT_ENOMEM;

	*out = NULL;
	if (!s)
		goto done;
	if (!form(s, problem) || !measure(s, &stored, problem)) {
		st = TAUT_OK;
		goto done;
	}
	s->first = taut_alloc((size_t)s->n + 1, sizeof *s->first, err);
	s->at = taut_alloc(stored, sizeof *s->at, err);
	s->constant = taut_alloc(s->n, sizeof *s->constant, err);
	s->total = taut_alloc(s->n, sizeof *s->total, err);
	s->half = taut_alloc(s->n, sizeof *s->half, err);
	s->spread = taut_alloc_aligned((size_t)256 * 8, sizeof *s->spread, err);
	if (!s->first || !s->at || !s->constant || !s->total || !s->half || !s->spread)
		goto done;
	fill(s, problem);
	*out = s;
	s = NULL;
	st = TAUT_OK;
done:
	taut_cpu_sliced_free(s);
	return st;
}

/* A word or two of lanes cost the same. One alone pays where rows are long and planes few. */
bool taut_cpu_sliced_pays(const taut_cpu_sliced *s, size_t groups)
{
	return groups > 1 || (s->planes <= 7 && s->first[s->n] >= (uint64_t)16 * s->n);
}

void taut_cpu_sliced_free(taut_cpu_sliced *s)
{
	if (!s)
		return;
	taut_free(s->first);
	taut_free(s->at);
	taut_free(s->constant);
	taut_free(s->total);
	taut_free(s->half);
	taut_free(s->spread);
	taut_free(s);
}

/* A batch. */

enum { DRAWS_PER_ROW = 2 }; /* above which all rows of the table are made at once */

typedef struct {
	taut_cpu_slices                s;
	const taut_cpu_sliced_kernels *isa;
	const taut_cpu_sliced_kernel  *kernel;
	const void                    *noise;
	taut_machine_rule              rule;
	taut_cpu_batch                 batch;
	uint64_t                      *best;                   /* [words][width] */
	uint64_t                       sweep;                  /* from 1 */
	uint64_t                       drawn[TAUT_NOISE_ROWS]; /* the last sweep that drew a row */
	uint16_t                       row[TAUT_NOISE_ROWS + 1]; /* rows drawn in this one */
} sliced;

static void sliced_close(void *state)
{
	sliced *m = state;

	if (!m)
		return;
	taut_free(m->s.x);
	taut_free(m->s.table);
	taut_free(m->best);
	taut_free(m);
}

static const taut_cpu_sliced_kernel *find(const taut_cpu_sliced_kernels *isa, uint32_t width,
                                          uint32_t planes)
{
	uint32_t k = 0;

	while (isa->kernels[k].width < width || isa->kernels[k].planes < planes)
		k++;
	assert(k < isa->count);
	return &isa->kernels[k];
}

static taut_status sliced_open(void **state, const taut_cpu_run *run, const taut_cpu_batch *batch,
                               taut_error *err)
{
	const taut_cpu        *cpu = run->cpu;
	const taut_cpu_sliced *data = cpu->sliced;
	sliced                *m = taut_alloc(1, sizeof *m, err);
	taut_status            st = TAUT_ENOMEM;
	size_t                 width;

	*state = NULL;
	if (!m)
		goto done;
	m->isa = cpu->kernels->sliced;
	m->kernel = find(m->isa, batch->groups, data->planes);
	m->noise = run->rule == TAUT_RULE_HEATBATH ? (const void *)cpu->noise->heatbath
	                                           : cpu->noise->metropolis;
	m->rule = run->rule;
	m->batch = *batch;
	m->s.data = data;
	width = m->kernel->width;
	m->s.x = taut_alloc_aligned(((size_t)data->words + 1) * width, sizeof *m->s.x, err);
	m->s.table = taut_alloc_aligned(TAUT_NOISE_ROWS * taut_cpu_sliced_stride(m->kernel->planes),
	                                sizeof *m->s.table, err);
	m->best = taut_alloc_aligned((size_t)data->words * width, sizeof *m->best, err);
	if (!m->s.x || !m->s.table || !m->best)
		goto done;
	*state = m;
	m = NULL;
	st = TAUT_OK;
done:
	sliced_close(m);
	return st;
}

/* Words of a variable apart from those of the next. */
static size_t step(const sliced *m)
{
	return (size_t)m->kernel->width << m->s.data->complement;
}

static void sliced_load(void *state, const taut_samples *samples)
{
	sliced      *m = state;
	const size_t width = m->kernel->width;

	for (uint32_t g = 0; g < m->batch.groups; g++) {
		const uint32_t left = m->batch.lanes - g * TAUT_LANES;

		taut_lanes_load(m->s.x + g, step(m), samples,
		                    m->batch.first + (size_t)g * TAUT_LANES,
		                    left < TAUT_LANES ? left : TAUT_LANES);
	}
	if (!m->s.data->complement)
		return;
	for (size_t i = 0; i < m->s.data->n; i++)
		for (size_t w = 0; w < width; w++)
			m->s.x[(2 * i + 1) * width + w] = ~m->s.x[2 * i * width + w];
}

/* The rows that a sweep draws; returns how many. */
static uint32_t drawn_rows(sliced *m, const taut_cpu_drive *drive)
{
	uint32_t count = 0;

	m->sweep++;
	for (uint32_t g = 0; g < m->batch.groups; g++) {
		uint32_t x = drive->generator[g];

		for (uint32_t i = 0; i < m->s.data->n; i++) {
			uint32_t row;

			x = taut_machine_advance(x);
			row = taut_machine_bits(x) >> 6;
			m->row[count] = (uint16_t)row;
			count += m->drawn[row] != m->sweep;
			m->drawn[row] = m->sweep;
		}
	}
	return count;
}

static void make_table(sliced *m, const taut_cpu_drive *drive)
{
	const uint64_t draws = (uint64_t)m->s.data->n * m->batch.groups;
	const bool     all = draws > DRAWS_PER_ROW * TAUT_NOISE_ROWS;
	const uint32_t count = all ? TAUT_NOISE_ROWS : drawn_rows(m, drive);

	m->isa->tabulate(&m->s, m->kernel->planes, m->noise, m->rule, drive->temperature[0],
	                 all ? NULL : m->row, count);
}

static void sliced_sweep(void *state, taut_cpu_drive *drive)
{
	sliced *m = state;

	assert(drive->width == 1);
	make_table(m, drive);
	m->kernel->sweep(&m->s, drive->generator);
}

static void sliced_energies(int64_t *out, void *state)
{
	const sliced *m = state;
	int64_t       energy[TAUT_CPU_GROUPS * TAUT_LANES];

	m->kernel->measure(energy, &m->s);
	memcpy(out, energy, m->batch.groups * TAUT_LANES * sizeof *out);
}

static void sliced_keep(void *state, const uint64_t *lanes)
{
	sliced      *m = state;
	const size_t width = m->kernel->width;

	for (size_t i = 0; i < m->s.data->n; i++)
		for (size_t w = 0; w < width; w++) {
			const uint64_t x = m->s.x[i * step(m) + w];
			uint64_t      *best = &m->best[i * step(m) + w];

			*best = (*best & ~lanes[w]) | (x & lanes[w]);
		}
}

static void sliced_store(taut_samples *samples, const void *state, bool best)
{
	const sliced *m = state;

	for (uint32_t g = 0; g < m->batch.groups; g++) {
		const uint32_t left = m->batch.lanes - g * TAUT_LANES;

		taut_lanes_store(samples, m->batch.first + (size_t)g * TAUT_LANES,
		                     left < TAUT_LANES ? left : TAUT_LANES,
		                     (best ? m->best : m->s.x) + g, step(m));
	}
}

#define LAYOUT(k)                                                                            \
	{                                                                                    \
		.name = "bit slices", .groups = k, .open = sliced_open, .load = sliced_load, \
		.sweep = sliced_sweep, .energies = sliced_energies, .keep = sliced_keep,     \
		.store = sliced_store, .close = sliced_close                                 \
	}

const taut_cpu_layout *taut_cpu_bit_slices(const taut_cpu *cpu)
{
	static const taut_cpu_layout   LAYOUTS[] = {LAYOUT(2), LAYOUT(4), LAYOUT(8)};
	const taut_cpu_sliced_kernels *isa = cpu->kernels->sliced;
	size_t                         k = 0;

	while (LAYOUTS[k].groups < isa->kernels[isa->count - 1].width)
		k++;
	return &LAYOUTS[k];
}
