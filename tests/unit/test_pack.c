/*
 * Problems, launches and states in the kernels' words, read back by bytes as hls/abi/kernel.h says,
 * without the code that wrote them.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>

#include "backend_fixture.h"
#include "backend/pack.h"
#include "base/matrix.h"

enum { SEED = 20261122, RUNGS = 5 };

/* Bits [at, at + bits) of a buffer, bits <= 64 and a power of two. */
static uint64_t read_bits(const taut_word *words, uint64_t at, uint32_t bits)
{
	uint64_t value = 0;

	for (uint32_t k = 0; k < bits; k++) {
		const uint64_t bit = at + k;

		value |= (words[bit / 512].v[bit / 64 % 8] >> bit % 64 & 1) << k;
	}
	return value;
}

static uint32_t item32(const taut_word *words, uint64_t k)
{
	return (uint32_t)read_bits(words, 32 * k, 32);
}

static int64_t signed_item(const taut_word *words, uint64_t k, uint32_t bits)
{
	const uint64_t value = read_bits(words, bits * k, bits);

	return value >> (bits - 1) ? (int64_t)value - ((int64_t)1 << bits) : (int64_t)value;
}

/* Row i of a packed problem's couplings; out: [n]. */
static void read_row(int64_t *out, const taut_word *problem, const taut_word *couplings, uint32_t i)
{
	static const uint32_t BITS[] = {
		[TAUT_KIND_DENSE8] = 8, [TAUT_KIND_DENSE16] = 16, [TAUT_KIND_DENSE32] = 32};
	const uint32_t   n = item32(problem, TAUT_PROBLEM_SIZE);
	const uint32_t   kind = item32(problem, TAUT_PROBLEM_KIND);
	const size_t     row_words = item32(problem, TAUT_PROBLEM_ROW_WORDS);
	const int64_t    factor = (int32_t)item32(problem, TAUT_PROBLEM_FACTOR);
	const taut_word *row = couplings + i * row_words;

	memset(out, 0, n * sizeof *out);
	if (kind == TAUT_KIND_SPARSE) {
		const taut_word *rows = problem + 1 + (n + 15) / 16;
		uint32_t         last = 0;

		for (uint64_t k = item32(rows, i) * 8ull; k < item32(rows, i + 1) * 8ull; k++) {
			const uint32_t column = item32(couplings, 2 * k);
			const int32_t  q = (int32_t)item32(couplings, 2 * k + 1);

			assert_true(column < n && (q == 0 || column >= last));
			last = q ? column : last;
			out[column] += q;
		}
	} else if (kind == TAUT_KIND_DENSE1) {
		for (uint32_t j = 0; j < n; j++)
			out[j] = i == j ? 0 : read_bits(row, j, 1) ? -factor : factor;
	} else {
		for (uint32_t j = 0; j < n; j++)
			out[j] = factor * signed_item(row, j, BITS[kind]);
	}
}

static taut_word *pack_all(const taut_pack *k)
{
	taut_word *words = must(taut_alloc_aligned(k->coupling_words, sizeof *words, NULL));

	taut_pack_couplings(words, k, 0, k->coupling_words);
	return words;
}

/* Tiles of any length give the same words, whatever was there before. */
static void assert_tiles(const taut_pack *k, const taut_word *want)
{
	for (uint64_t tile = 1; tile < 2 * k->coupling_words; tile = 3 * tile + 1) {
		taut_word *got = must(taut_alloc_aligned(k->coupling_words, sizeof *got, NULL));

		memset(got, 0xA5, k->coupling_words * sizeof *got);
		for (uint64_t first = 0; first < k->coupling_words; first += tile) {
			const uint64_t left = k->coupling_words - first;

			taut_pack_couplings(got + first, k, first, left < tile ? left : tile);
		}
		assert_memory_equal(got, want, k->coupling_words * sizeof *got);
		taut_free(got);
	}
}

/* Beyond column n and on the diagonal nothing is set. */
static void assert_padding(const taut_pack *k, const taut_word *words)
{
	static const uint32_t BITS[] = {0, 1, 8, 16, 32, 32};
	const uint32_t        bits = BITS[k->kind];
	const uint32_t        n = k->source->n;

	if (k->kind == TAUT_KIND_SPARSE)
		return;
	for (uint32_t i = 0; i < n; i++) {
		const taut_word *row = words + (size_t)i * k->row_words;

		assert_int_equal(read_bits(row, (uint64_t)i * bits, bits), 0);
		for (uint64_t j = n; j < k->row_words * 512ull / bits; j++)
			assert_int_equal(read_bits(row, j * bits, bits), 0);
	}
}

static void assert_header(const taut_pack *k, const taut_problem *p)
{
	const taut_word *at = k->problem + 1;

	assert_int_equal(item32(k->problem, TAUT_PROBLEM_KIND), k->kind);
	assert_int_equal(item32(k->problem, TAUT_PROBLEM_SIZE), p->n);
	assert_int_equal(item32(k->problem, TAUT_PROBLEM_ROW_WORDS), k->row_words);
	assert_int_equal(item32(k->problem, TAUT_PROBLEM_WINDOW), TAUT_KERNEL_WINDOW);
	assert_int_equal(item32(k->problem, TAUT_PROBLEM_GROUPS), k->exchange ? p->n_groups : 0);
	for (uint32_t i = 0; i < p->n; i++)
		assert_int_equal((int32_t)item32(at, i), p->linear[i]);
	at += (p->n + 15) / 16;
	if (k->kind == TAUT_KIND_SPARSE) {
		assert_int_equal(item32(at, p->n), k->coupling_words);
		at += p->n / 16 + 1;
	}
	if (k->exchange) {
		const taut_word *sizes = at + (p->n + 15) / 16;

		for (uint32_t g = 0; g < p->n_groups; g++) {
			uint32_t size = 0;

			for (uint32_t i = 0; i < p->n; i++)
				size += p->group[i] == g;
			assert_int_equal(item32(sizes, g), size);
		}
		for (uint32_t i = 0; i < p->n; i++)
			assert_int_equal(item32(at, i), p->group[i]);
		at = sizes + (p->n_groups + 15) / 16;
	}
	assert_ptr_equal(at, k->problem + k->problem_words);
}

/* d: p, or p with its couplings in a matrix. */
static void check_form(const taut_problem *d, const taut_problem *p, taut_kernel_kind kind,
                       int32_t factor)
{
	taut_error err = {TAUT_OK, ""};
	taut_pack  k;
	taut_word *words;
	int64_t   *got;

	if (taut_pack_init(&k, d, &err))
		fail_msg("%s", err.text);
	assert_int_equal(k.kind, kind);
	assert_int_equal(k.factor, factor);
	assert_int_equal(k.exchange, p->group != NULL && p->n_groups > 0);
	assert_header(&k, p);
	words = pack_all(&k);
	got = must(taut_alloc(p->n, sizeof *got, NULL));
	for (uint32_t i = 0; i < p->n; i++) {
		read_row(got, k.problem, words, i);
		for (uint64_t e = p->row[i]; e < p->row[i + 1]; e++)
			got[p->col[e]] -= p->coef[e];
		for (uint32_t j = 0; j < p->n; j++)
			assert_int_equal(got[j], 0);
	}
	taut_free(got);
	assert_padding(&k, words);
	assert_tiles(&k, words);
	taut_free(words);
	taut_pack_fini(&k);
}

/* Multiplies all couplings. */
static void scale(taut_problem *p, int32_t factor)
{
	for (uint64_t e = 0; e < p->row[p->n]; e++)
		p->coef[e] *= factor;
}

/* Every pair coupled by 1 or -1, the same from both sides. */
static taut_problem *signs(uint32_t n, taut_rng *rng)
{
	taut_problem *p = bits_problem(n, 2.0, 500000, false, rng);
	taut_problem *q = must(taut_alloc(1, sizeof *q, NULL));

	*q = *p;
	q->col = must(taut_alloc((size_t)n * n, sizeof *q->col, NULL));
	q->coef = must(taut_alloc((size_t)n * n, sizeof *q->coef, NULL));
	q->row = must(taut_alloc((size_t)n + 1, sizeof *q->row, NULL));
	for (uint32_t i = 0; i < n; i++) {
		q->row[i + 1] = q->row[i];
		for (uint32_t j = 0; j < n; j++) {
			if (i == j)
				continue;
			q->col[q->row[i + 1]] = j;
			q->coef[q->row[i + 1]++] = (i * j + i + j) % 3 ? 1 : -1;
		}
	}
	taut_free(p->row);
	taut_free(p->col);
	taut_free(p->coef);
	taut_free(p);
	return q;
}

static const uint32_t SIZES[] = {2, 17, 63, 64, 65, 129, 511};

static void test_kinds(void **state)
{
	taut_rng rng;

	(void)state;
	taut_rng_init(&rng, SEED, 1);
	for (size_t k = 0; k < 7; k++) {
		const uint32_t n = SIZES[k];
		taut_problem  *p = signs(n, &rng);

		check_form(p, p, TAUT_KIND_DENSE1, 1);
		scale(p, 1001);
		check_form(p, p, TAUT_KIND_DENSE1, 1001);
		/* one that differs */
		if (n > 2) {
			p->coef[0] *= 3;
			p->coef[p->row[1]] = p->coef[0];
			check_form(p, p, TAUT_KIND_DENSE8, 1001);
		}
		taut_problem_free(p);
	}
	for (size_t k = 3; k < 7; k++) {
		taut_problem *p = bits_problem(SIZES[k], 0.9, 120, false, &rng);

		p->coef[0] = p->coef[p->row[1]] = 127; /* prime */
		check_form(p, p, TAUT_KIND_DENSE8, 1);
		scale(p, 3000);
		check_form(p, p, TAUT_KIND_DENSE8, 3000);
		scale(p, -1);
		p->coef[0] = p->coef[p->row[1]] = 30011;
		check_form(p, p, TAUT_KIND_SPARSE, 1);
		taut_problem_free(p);
		p = bits_problem(SIZES[k], 0.9, 32000, false, &rng);
		p->coef[0] = p->coef[p->row[1]] = 32003; /* prime */
		check_form(p, p, TAUT_KIND_DENSE16, 1);
		scale(p, 5);
		check_form(p, p, TAUT_KIND_DENSE16, 5);
		taut_problem_free(p);
		p = bits_problem(SIZES[k], 0.03, 100, false, &rng);
		check_form(p, p, TAUT_KIND_SPARSE, 1);
		taut_problem_free(p);
		p = bits_problem(SIZES[k], 0.0, 100, false, &rng);
		check_form(p, p, TAUT_KIND_SPARSE, 1);
		taut_problem_free(p);
	}
}

/* p with its couplings, all multiples of factor, in a matrix. */
static taut_problem *dense_twin(const taut_problem *p, int32_t factor)
{
	taut_problem *d = must(taut_alloc(1, sizeof *d, NULL));
	taut_matrix  *m;

	assert_int_equal(taut_matrix_new(&m, p->n, NULL), TAUT_OK);
	d->n = p->n;
	d->linear = must(taut_copy(p->linear, p->n, sizeof *p->linear, NULL));
	for (uint32_t i = 0; i < p->n; i++)
		for (uint64_t e = p->row[i]; e < p->row[i + 1]; e++) {
			assert_int_equal(p->coef[e] % factor, 0);
			m->entry[i * m->stride + p->col[e]] = (int8_t)(p->coef[e] / factor);
		}
	d->dense = m;
	d->dense_factor = factor;
	return d;
}

/* The same words from a matrix as from single couplings. */
static void test_matrices(void **state)
{
	static const int32_t FACTORS[] = {1, -1, 700, -700};
	taut_rng             rng;

	(void)state;
	taut_rng_init(&rng, SEED, 2);
	for (size_t k = 0; k < 7; k++)
		for (size_t f = 0; f < 4; f++) {
			const uint32_t n = SIZES[k];
			const int32_t  size = FACTORS[f] < 0 ? -FACTORS[f] : FACTORS[f];
			taut_problem  *p = signs(n, &rng);
			taut_problem  *d;

			scale(p, FACTORS[f]);
			d = dense_twin(p, FACTORS[f]);
			check_form(d, p, TAUT_KIND_DENSE1, size);
			taut_problem_free(p);
			taut_problem_free(d);
			if (n < 60)
				continue;
			p = bits_problem(n, 0.9, 120, false, &rng);
			p->coef[0] = p->coef[p->row[1]] = 127; /* prime */
			scale(p, FACTORS[f]);
			d = dense_twin(p, FACTORS[f]);
			check_form(d, p, TAUT_KIND_DENSE8, size);
			taut_problem_free(p);
			taut_problem_free(d);
			p = bits_problem(n, 0.03, 100, false, &rng);
			scale(p, FACTORS[f]);
			d = dense_twin(p, FACTORS[f]);
			check_form(d, p, TAUT_KIND_SPARSE, 1);
			taut_problem_free(p);
			taut_problem_free(d);
		}
}

static void test_groups(void **state)
{
	taut_rng rng;

	(void)state;
	taut_rng_init(&rng, SEED, 3);
	for (size_t k = 3; k < 6; k++) {
		taut_problem *p = bits_problem(SIZES[k], 0.9, 120, true, &rng);

		p->coef[0] = p->coef[p->row[1]] = 127;
		check_form(p, p, TAUT_KIND_DENSE8, 1);
		p->coef[0] = p->coef[p->row[1]] = 1000003;
		/* taut_exchange alone takes 32 bits: 16 of them a word against 8 pairs */
		check_form(p, p, TAUT_KIND_DENSE32, 1);
		taut_problem_free(p);
		/* and it takes no sign bits */
		p = signs(SIZES[k], &rng);
		p->group = must(taut_alloc(p->n, sizeof *p->group, NULL));
		p->n_groups = 1;
		check_form(p, p, TAUT_KIND_DENSE8, 1);
		/* all variables free: nothing to exchange */
		p->n_groups = 0;
		memset(p->group, 0xFF, p->n * sizeof *p->group);
		check_form(p, p, TAUT_KIND_DENSE1, 1);
		taut_problem_free(p);
	}
}

static void test_permutations(void **state)
{
	static const uint32_t LENGTHS[] = {1, 2, 15, 16, TAUT_KERNEL_PERMUTATION, 17, 33};
	taut_rng              rng;

	(void)state;
	taut_rng_init(&rng, SEED, 4);
	for (size_t s = 0; s < 7 && LENGTHS[s] <= TAUT_KERNEL_PERMUTATION; s++) {
		const uint32_t n = LENGTHS[s];
		taut_problem  *p = permutation_problem(n, ASYMMETRIC, 0.8, 90, &rng);
		taut_pack      k;
		taut_word     *words;

		assert_int_equal(taut_pack_init(&k, p, NULL), TAUT_OK);
		assert_true(k.exchange);
		assert_int_equal(k.problem_words, 1);
		assert_int_equal(item32(k.problem, TAUT_PROBLEM_KIND), TAUT_KIND_PERMUTATION);
		assert_int_equal(item32(k.problem, TAUT_PROBLEM_SIZE), n);
		assert_int_equal(item32(k.problem, TAUT_PROBLEM_ROW_WORDS), (n + 15) / 16);
		words = pack_all(&k);
		for (uint64_t i = 0; i < n; i++)
			for (uint64_t j = 0; j < k.row_words * 16; j++) {
				const uint64_t at = i * k.row_words * 16 + j;
				const uint64_t next = at + (uint64_t)n * k.row_words * 16;

				assert_int_equal((int32_t)item32(words, at),
				                 j < n ? p->flow[i * n + j] : 0);
				assert_int_equal((int32_t)item32(words, next),
				                 j < n ? p->distance[i * n + j] : 0);
			}
		assert_tiles(&k, words);
		taut_free(words);
		taut_pack_fini(&k);
		taut_problem_free(p);
	}
}

static void expect_limit(const taut_problem *p, const char *one, const char *two)
{
	taut_error err = {TAUT_OK, ""};
	taut_pack  k;

	assert_int_equal(taut_pack_init(&k, p, &err), TAUT_ELIMIT);
	if (!strstr(err.text, one) || !strstr(err.text, two))
		fail_msg("'%s' lacks '%s' or '%s'", err.text, one, two);
	assert_null(k.problem);
	assert_null(k.row);
}

/* A problem without couplings. */
static taut_problem *plain(uint32_t n)
{
	taut_problem *p = must(taut_alloc(1, sizeof *p, NULL));

	p->n = n;
	p->linear = must(taut_alloc(n, sizeof *p->linear, NULL));
	p->row = must(taut_alloc((size_t)n + 1, sizeof *p->row, NULL));
	p->col = must(taut_alloc(1, sizeof *p->col, NULL));
	p->coef = must(taut_alloc(1, sizeof *p->coef, NULL));
	return p;
}

static void test_limits(void **state)
{
	char          number[16];
	taut_rng      rng;
	taut_problem *p;
	taut_pack     k;

	(void)state;
	taut_rng_init(&rng, SEED, 5);
	p = plain(TAUT_KERNEL_VARIABLES);
	assert_int_equal(taut_pack_init(&k, p, NULL), TAUT_OK);
	taut_pack_fini(&k);
	taut_problem_free(p);
	p = plain(TAUT_KERNEL_VARIABLES + 1);
	(void)snprintf(number, sizeof number, "%d", TAUT_KERNEL_VARIABLES + 1);
	expect_limit(p, number, "--shrink-target");
	taut_problem_free(p);
	p = plain(TAUT_KERNEL_GROUPED + 1);
	p->group = must(taut_alloc(p->n, sizeof *p->group, NULL));
	p->n_groups = 1;
	(void)snprintf(number, sizeof number, "%d", TAUT_KERNEL_GROUPED);
	expect_limit(p, number, "--moves flip");
	taut_problem_free(p);
	p = permutation_problem(TAUT_KERNEL_PERMUTATION + 1, BOTH_SYMMETRIC, 1.0, 9, &rng);
	(void)snprintf(number, sizeof number, "%d", TAUT_KERNEL_PERMUTATION);
	expect_limit(p, number, "--backend cpu");
	taut_problem_free(p);
	p = bits_problem(3, 0.0, 1, false, &rng);
	p->linear[0] = 1 << 30;
	expect_limit(p, "1073741823", "1.0 times too large");
	taut_problem_free(p);
}

static void test_noise(void **state)
{
	taut_word  *words = must(taut_alloc(2048, sizeof *words, NULL));
	taut_noise *noise;

	(void)state;
	assert_int_equal(taut_noise_new(&noise, NULL), TAUT_OK);
	taut_pack_noise(words, noise, TAUT_RULE_METROPOLIS);
	for (uint32_t k = 0; k < TAUT_NOISE_COUNT; k++)
		assert_int_equal(read_bits(words, 16ull * k, 16), noise->metropolis[k]);
	taut_pack_noise(words, noise, TAUT_RULE_HEATBATH);
	for (uint32_t k = 0; k < TAUT_NOISE_COUNT; k++)
		assert_int_equal(signed_item(words, k, 16), noise->heatbath[k]);
	taut_noise_free(noise);
	taut_free(words);
}

/* The header's items, numbered here by hand. */
static void test_launch(void **state)
{
	taut_temperature temperature[3 * TAUT_LANES];
	uint32_t         exchange[TAUT_LANES];
	const int64_t    jq[] = {1, TAUT_JQ_MAX, 77};
	taut_word        words[6 + 3 * 4];

	(void)state;
	for (uint32_t k = 0; k < 3 * TAUT_LANES; k++)
		temperature[k] = (taut_temperature){(uint16_t)(40000 + k), (int16_t)(k - 9)};
	for (uint32_t k = 0; k < TAUT_LANES; k++)
		exchange[k] = 1000000 + k;
	for (int mode = TAUT_MODE_SA; mode <= TAUT_MODE_SQA; mode++) {
		const bool     pt = mode == TAUT_MODE_PT;
		const bool     sqa = mode == TAUT_MODE_SQA;
		const uint32_t width = pt ? 64 : 1;
		const taut_job job = {.launch = {.mode = (taut_machine_mode)mode,
		                                 .rule = TAUT_RULE_HEATBATH,
		                                 .seed = 0x0123456789ABCDEF,
		                                 .group = 77,
		                                 .sweep_begin = 0x100000002,
		                                 .sweep_end = 0x100000005,
		                                 .sweep_count = 0x200000006,
		                                 .track_from = 0x300000007,
		                                 .temperature_width = width,
		                                 .temperature = temperature,
		                                 .rungs = pt ? 33 : 0,
		                                 .exchange = exchange,
		                                 .exchange_fraction = pt ? 41 : 0,
		                                 .ring = sqa ? 8 : 0,
		                                 .jq = jq},
		                      .groups = 3};
		const uint32_t want[32] = {TAUT_KERNEL_ABI,
		                           (uint32_t)mode,
		                           1,
		                           3,
		                           77,
		                           width,
		                           pt ? 33 : 0,
		                           pt ? 41 : 0,
		                           sqa ? 8 : 0,
		                           0,
		                           0x89ABCDEF,
		                           0x01234567,
		                           2,
		                           1,
		                           5,
		                           1,
		                           6,
		                           2,
		                           7,
		                           3};

		memset(words, 0xA5, sizeof words);
		assert_int_equal(taut_pack_launch_words(&job), pt ? 6 + 12 : 6 + 3);
		taut_pack_launch(words, &job);
		for (uint32_t k = 0; k < 32; k++)
			assert_int_equal(item32(words, k), want[k]);
		for (uint32_t k = 0; k < 64; k++)
			assert_int_equal(item32(words, 32 + k), pt && k < 32 ? exchange[k] : 0);
		for (uint32_t k = 0; k < 3 * width; k++) {
			const uint64_t at = pt ? k : 16ull * k;

			assert_int_equal(read_bits(words + 6, 32 * at, 16), temperature[k].m);
			assert_int_equal(signed_item(words + 6, 2 * at + 1, 16), temperature[k].s);
			if (!pt)
				assert_int_equal(read_bits(words + 6 + k, 64, 64), sqa ? jq[k] : 0);
		}
	}
}

/* States with every bit of them random. */
static void random_permutation(uint16_t *out, uint32_t n, taut_rng *rng)
{
	for (uint32_t a = 0; a < n; a++) {
		const uint64_t b = taut_rng_below(rng, (uint64_t)a + 1);

		out[a] = out[b];
		out[b] = (uint16_t)a;
	}
}

static void random_state(taut_machine_state *s, uint32_t n, uint32_t permutation_n, taut_rng *rng)
{
	s->spins = must(taut_alloc(n, sizeof *s->spins, NULL));
	s->best_spins = must(taut_alloc(n, sizeof *s->spins, NULL));
	s->position = must(taut_alloc((size_t)64 * permutation_n, sizeof *s->position, NULL));
	s->best_position = must(taut_alloc((size_t)64 * permutation_n, sizeof *s->position, NULL));
	for (uint32_t i = 0; i < n; i++) {
		s->spins[i] = taut_rng_next(rng);
		s->best_spins[i] = taut_rng_next(rng);
	}
	for (uint32_t l = 0; l < TAUT_LANES; l++) {
		random_permutation(s->position + l * permutation_n, permutation_n, rng);
		random_permutation(s->best_position + l * permutation_n, permutation_n, rng);
		s->energy[l] = (int64_t)taut_rng_next(rng);
		s->best_energy[l] = l % 3 != 1 ? (int64_t)taut_rng_next(rng) : TAUT_NO_ENERGY;
		s->rung[l] = (uint8_t)taut_rng_below(rng, RUNGS);
	}
}

static void free_state(taut_machine_state *s)
{
	taut_free(s->spins);
	taut_free(s->best_spins);
	taut_free(s->position);
	taut_free(s->best_position);
}

/* As the contract places them. */
static void assert_block(const taut_word *block, const taut_machine_state *s, uint32_t n,
                         uint32_t permutation_n)
{
	const uint64_t half =
		permutation_n ? 64ull * ((permutation_n + 31) / 32) : 8ull * ((n + 63) / 64);
	const uint64_t row = (permutation_n + 31) / 32 * 512ull;

	for (uint32_t l = 0; l < TAUT_LANES; l++) {
		assert_int_equal(read_bits(block, 64 * l, 64), s->energy[l]);
		assert_int_equal(read_bits(block + 8, 64 * l, 64), s->best_energy[l]);
		assert_int_equal(read_bits(block + 16, 8 * l, 8), s->rung[l]);
		for (uint64_t i = 0; i < n; i++) {
			const uint64_t at = (i / 64 * 64 + l) * 64 + i % 64;

			assert_int_equal(read_bits(block + 24, at, 1), s->spins[i] >> l & 1);
			assert_int_equal(read_bits(block + 24 + half, at, 1),
			                 s->best_spins[i] >> l & 1);
		}
		for (uint64_t a = 0; a < permutation_n; a++) {
			assert_int_equal(read_bits(block + 24, l * row + 16 * a, 16),
			                 s->position[l * permutation_n + a]);
			assert_int_equal(read_bits(block + 24 + half, l * row + 16 * a, 16),
			                 s->best_position[l * permutation_n + a]);
		}
	}
	for (uint32_t k = 17; k < 24; k++)
		for (uint32_t v = 0; v < 8; v++)
			assert_int_equal(block[k].v[v], 0);
}

static void assert_same_state(const taut_machine_state *a, const taut_machine_state *b, uint32_t n,
                              uint32_t permutation_n)
{
	const size_t positions = (size_t)64 * permutation_n * sizeof *a->position;

	assert_memory_equal(a->energy, b->energy, sizeof a->energy);
	assert_memory_equal(a->best_energy, b->best_energy, sizeof a->best_energy);
	assert_memory_equal(a->rung, b->rung, sizeof a->rung);
	assert_memory_equal(a->spins, b->spins, n * sizeof *a->spins);
	assert_memory_equal(a->best_spins, b->best_spins, n * sizeof *a->spins);
	assert_memory_equal(a->position, b->position, positions);
	assert_memory_equal(a->best_position, b->best_position, positions);
}

/* There and back; accepted exchanges of wanted ladders alone are counted. */
static void test_states(void **state)
{
	static const uint32_t NS[] = {1, 63, 64, 65, 200, 0, 0, 0};
	static const uint32_t LENGTHS[] = {0, 0, 0, 0, 0, 1, 32, 33};
	taut_rng              rng;

	(void)state;
	taut_rng_init(&rng, SEED, 6);
	for (size_t k = 0; k < 8; k++) {
		const taut_problem source = {.n = NS[k], .permutation_n = LENGTHS[k]};
		const taut_pack    pack = {.source = &source};
		const uint64_t     words = taut_kernel_state_words(NS[k], LENGTHS[k]);
		taut_word         *buffer = must(taut_alloc(2 * words, sizeof *buffer, NULL));
		taut_machine_state from[2];
		taut_machine_state to[2];
		taut_job           job = {
				  .launch = {.mode = TAUT_MODE_PT, .rungs = RUNGS}, .groups = 2, .lanes = 12};

		for (int g = 0; g < 2; g++) {
			random_state(&from[g], NS[k], LENGTHS[k], &rng);
			random_state(&to[g], NS[k], LENGTHS[k], &rng);
		}
		memset(buffer, 0xA5, 2 * words * sizeof *buffer);
		job.state = from;
		taut_pack_state(buffer, &pack, &job);
		for (uint32_t g = 0; g < 2; g++) {
			assert_block(buffer + g * words, &from[g], NS[k], LENGTHS[k]);
			for (uint32_t l = 0; l < 64; l++)
				taut_word_set32(buffer + g * words + 17 + l / 16, l % 16,
				                1000 + 100 * g + l);
		}
		job.state = to;
		job.accepted[3] = 7;
		assert_int_equal(taut_unpack_state(&job, &pack, buffer, NULL), TAUT_OK);
		for (int g = 0; g < 2; g++)
			assert_same_state(&from[g], &to[g], NS[k], LENGTHS[k]);
		for (uint32_t r = 0; r < 64; r++) {
			uint64_t sum = r == 3 ? 7 : 0;

			/* twelve ladders of the first group, two of the second */
			for (uint32_t j = 0; r < 4 && j < 12; j++)
				sum += 1000 + 5 * j + r + (j < 2 ? 1100 + 5 * j + r : 0);
			assert_int_equal(job.accepted[r], sum);
		}
		for (int g = 0; g < 2; g++) {
			free_state(&from[g]);
			free_state(&to[g]);
		}
		taut_free(buffer);
	}
}

/* A card that is lost reads as ones, also between two reads; nothing of it may become an index. */
static void test_garbage_is_refused(void **state)
{
	enum { N = 33 };

	const taut_problem source = {.permutation_n = N};
	const taut_pack    pack = {.source = &source};
	const uint64_t     words = taut_kernel_state_words(0, N);
	taut_word         *buffer = must(taut_alloc(2 * words, sizeof *buffer, NULL));
	taut_machine_state kept[2], to[2];
	taut_job   job = {.launch = {.mode = TAUT_MODE_PT, .rungs = RUNGS}, .groups = 2, .lanes = 64};
	taut_error err;
	taut_rng   rng;

	(void)state;
	for (int g = 0; g < 2; g++) {
		taut_rng_init(&rng, SEED, 7 + (uint64_t)g);
		random_state(&kept[g], 0, N, &rng);
		taut_rng_init(&rng, SEED, 7 + (uint64_t)g);
		random_state(&to[g], 0, N, &rng);
	}
	job.state = to;
	/* from the second group on: all, all but the first word, the last word of positions, a rung */
	for (int c = 0; c < 5; c++) {
		taut_word *second = buffer + words;

		taut_pack_state(buffer, &pack, &job);
		if (c == 0)
			memset(second, 0xff, words * sizeof *second);
		else if (c == 1)
			memset(second + TAUT_STATE_BODY, 0xff, (words - TAUT_STATE_BODY) * sizeof *second);
		else if (c == 2)
			second[words - 2].v[0] |= 0xffff;
		else if (c == 3) /* a value twice */
			second[TAUT_STATE_BODY].v[0] =
				(second[TAUT_STATE_BODY].v[0] & ~(uint64_t)0xffff) |
				(second[TAUT_STATE_BODY].v[0] >> 16 & 0xffff);
		else
			second[TAUT_STATE_RUNG].v[7] = (uint64_t)RUNGS << 56;
		assert_int_equal(taut_unpack_state(&job, &pack, buffer, &err), TAUT_EDEVICE);
		assert_non_null(strstr(err.text, c == 0 || c == 4 ? "rung" : "no permutation"));
		for (int g = 0; g < 2; g++)
			assert_same_state(&to[g], &kept[g], 0, N);
		assert_int_equal(job.accepted[0], 0);
	}
	for (int g = 0; g < 2; g++) {
		free_state(&kept[g]);
		free_state(&to[g]);
	}
	taut_free(buffer);
}

static void test_status(void **state)
{
	static const struct {
		uint32_t    code;
		const char *text;
	} CASES[] = {
		{TAUT_CODE_NOTHING, "no status"}, {TAUT_CODE_ABI, "version 1"},
		{TAUT_CODE_SIZE, "size"},         {TAUT_CODE_KIND, "algorithm"},
		{TAUT_CODE_WINDOW, "window"},     {99, "99"},
	};
	const taut_word good = {
		{TAUT_CODE_DONE | (uint64_t)TAUT_KERNEL_ABI << 32, TAUT_KERNEL_HASH, 5, 123}};
	taut_word  word = good;
	taut_error err;

	(void)state;
	assert_int_equal(taut_pack_check(&word, 5, &err), TAUT_OK);
	assert_int_equal(taut_pack_check(&word, 6, &err), TAUT_EDEVICE);
	assert_non_null(strstr(err.text, "5 sweeps of 6"));
	for (size_t c = 0; c < sizeof CASES / sizeof CASES[0]; c++) {
		word = good;
		taut_word_set32(&word, TAUT_STATUS_CODE, CASES[c].code);
		assert_int_equal(taut_pack_check(&word, 5, &err), TAUT_EDEVICE);
		if (!strstr(err.text, CASES[c].text))
			fail_msg("'%s' lacks '%s'", err.text, CASES[c].text);
	}
	word = (taut_word){{0}};
	assert_int_equal(taut_pack_check(&word, 5, &err), TAUT_EDEVICE);
	assert_non_null(strstr(err.text, "no status"));
	word = good;
	word.v[1] ^= 1;
	assert_int_equal(taut_pack_check(&word, 5, &err), TAUT_EDEVICE);
	assert_non_null(strstr(err.text, "hash"));
	word = good;
	taut_word_set32(&word, TAUT_STATUS_ABI, 8);
	assert_int_equal(taut_pack_check(&word, 5, &err), TAUT_EDEVICE);
	assert_non_null(strstr(err.text, "version 8"));
}

static void test_failing_allocations(void **state)
{
	taut_rng rng;

	(void)state;
	if (!taut_faults_built()) {
		print_message("SKIPPED: built without TAUT_FAULTS\n");
		skip();
	}
	taut_rng_init(&rng, SEED, 7);
	for (int kind = 0; kind < 2; kind++) {
		taut_problem *p = kind ? permutation_problem(9, ASYMMETRIC, 1.0, 9, &rng)
		                       : bits_problem(40, 0.5, 9, true, &rng);
		taut_status   st = TAUT_ENOMEM;
		long          nth;

		for (nth = 1; st; nth++) {
			taut_pack k;

			taut_faults_arm(nth, 0);
			st = taut_pack_init(&k, p, NULL);
			taut_faults_arm(0, 0);
			assert_true(st == TAUT_OK || st == TAUT_ENOMEM);
			if (st == TAUT_OK)
				taut_pack_fini(&k);
		}
		assert_int_equal(nth - 2, kind ? 1 : 2);
		taut_problem_free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),  cmocka_unit_test(test_matrices),
		cmocka_unit_test(test_groups), cmocka_unit_test(test_permutations),
		cmocka_unit_test(test_limits), cmocka_unit_test(test_noise),
		cmocka_unit_test(test_launch), cmocka_unit_test(test_states),
		cmocka_unit_test(test_status), cmocka_unit_test(test_garbage_is_refused),
		cmocka_unit_test(test_failing_allocations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
