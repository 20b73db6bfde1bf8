/*
 * The machine's reference (hls/model): golden samples, a case computed by hand, any chunking of the
 * sweeps, energies from the definition, invariants of groups, permutations and ladders.
 * TAUT_REGENERATE=1 in the environment writes tests/data/golden.txt instead of comparing with it.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/rng.h"
#include "machine_cases.h"

/* CRC-32 of count elements of size bytes each, as little-endian bytes. */
static uint32_t crc(const void *array, size_t count, size_t size)
{
	uint32_t sum = UINT32_MAX;

	for (size_t i = 0; i < count; i++) {
		uint64_t value = 0;

		if (size == 1)
			value = ((const uint8_t *)array)[i];
		else if (size == 2)
			value = ((const uint16_t *)array)[i];
		else
			value = ((const uint64_t *)array)[i];
		for (size_t byte = 0; byte < size; byte++) {
			sum ^= (uint32_t)(value >> (8 * byte)) & 0xFFu;
			for (int b = 0; b < 8; b++)
				sum = sum >> 1 ^ (0xEDB88320u & (0u - (sum & 1u)));
		}
	}
	return ~sum;
}

static void describe(FILE *out, const fixture *f, const char *name)
{
	const taut_machine_state *s = &f->state;
	const size_t              positions = (size_t)TAUT_LANES * f->problem.permutation_n;
	uint32_t                  now;
	uint32_t                  best;
	int64_t                   least = s->best_energy[0];

	if (positions) {
		now = crc(s->position, positions, 2);
		best = crc(s->best_position, positions, 2);
	} else {
		now = crc(s->spins, f->problem.n, 8);
		best = crc(s->best_spins, f->problem.n, 8);
	}
	for (uint32_t lane = 1; lane < TAUT_LANES; lane++)
		least = s->best_energy[lane] < least ? s->best_energy[lane] : least;
	fprintf(out, "%s %08" PRIx32 " %08" PRIx32 " %08" PRIx32 " %08" PRIx32 " %08" PRIx32, name,
	        now, crc(s->energy, TAUT_LANES, 8), best, crc(s->best_energy, TAUT_LANES, 8),
	        crc(s->rung, TAUT_LANES, 1));
	fprintf(out, " %" PRId64 "\n", least);
}

/* Everything of one case, so that a new implementation can see where it goes wrong. */
static void describe_whole(FILE *out, const fixture *f)
{
	for (uint32_t i = 0; i < f->problem.n; i++)
		fprintf(out, "word %" PRIu32 " %016" PRIx64 " %016" PRIx64 "\n", i, f->spins[i],
		        f->best_spins[i]);
	for (uint32_t lane = 0; lane < TAUT_LANES; lane++)
		fprintf(out, "lane %" PRIu32 " %" PRId64 " %" PRId64 "\n", lane,
		        f->state.energy[lane], f->state.best_energy[lane]);
}

static const char golden_head[] =
	"# Golden samples of hls/abi/machine.h, explained in docs/machine.md. Written by\n"
	"# TAUT_REGENERATE=1 test_machine; compared by test_machine.\n"
	"# case, CRC-32 of: states, energies, best states, best energies, rungs; least best "
	"energy\n";

static void write_golden(FILE *out, const taut_noise *noise)
{
	fixture f;

	fputs(golden_head, out);
	for (size_t k = 0; k < N_CASES; k++) {
		make(&f, &cases[k], noise);
		run_part(&f, 0, cases[k].sweeps);
		describe(out, &f, cases[k].name);
	}
	fprintf(out, "# %s in full: word, spins, best spins; lane, energy, best energy\n",
	        cases[0].name);
	make(&f, &cases[0], noise);
	run_part(&f, 0, cases[0].sweeps);
	describe_whole(out, &f);
}

static void golden(void **state)
{
	const taut_noise *noise = *state;
	const char        path[] = TAUT_SOURCE_DIR "/tests/data/golden.txt";
	const char       *regenerate = getenv("TAUT_REGENERATE");
	FILE             *got;
	FILE             *want;
	char              got_line[160];
	char              want_line[160];

	if (regenerate && strcmp(regenerate, "1") == 0) {
		got = fopen(path, "w");
		assert_non_null(got);
		write_golden(got, noise);
		assert_int_equal(fclose(got), 0);
		print_message("wrote %s\n", path);
		return;
	}
	want = fopen(path, "r");
	assert_non_null(want);
	got = tmpfile();
	assert_non_null(got);
	write_golden(got, noise);
	rewind(got);
	while (fgets(got_line, sizeof got_line, got)) {
		assert_non_null(fgets(want_line, sizeof want_line, want));
		assert_string_equal(got_line, want_line);
	}
	assert_null(fgets(want_line, sizeof want_line, want));
	fclose(got);
	fclose(want);
}

/* A pool whose every draw is 1 (4096 / 2^12). */
static void ones(uint16_t *noise)
{
	for (uint32_t k = 0; k < TAUT_NOISE_COUNT; k++)
		noise[k] = 1 << TAUT_NOISE_FRACTION;
}

/*
 * E = x0 - 2 x1 + 3 x2 + 2 x0 x1 - 4 x0 x2 + x1 x2, lane l < 8 starting from x_i = bit i of l,
 * every draw 1, T = 2: flip iff D <= 2. States as x0 x1 x2.
 *
 *   lane   start E   visit 0: D       visit 1: D       visit 2: D
 *   0      000   0   +1 -> 100   1     0 -> 110   1     0 -> 111   1
 *   1      100   1   -1 -> 000   0    -2 -> 010  -2    +4 :  010  -2
 *   2      010  -2   +3 :  010  -2    +2 -> 000   0    +3 :  000   0
 *   3      110   1   -3 -> 010  -2    +2 -> 000   0    +3 :  000   0
 *   4      001   3   -3 -> 101   0    +1 -> 111   1     0 -> 110   1
 *   5      101   0   +3 :  101   0    +1 -> 111   1     0 -> 110   1
 *   6      011   2   -1 -> 111   1    -1 -> 101   0    +1 -> 100   1
 *   7      111   1   +1 -> 011   2    +1 -> 001   3    -3 -> 000   0
 */
static void hand_flips(void **state)
{
	static const int32_t   q[9] = {1, 2, -4, 2, -2, 1, -4, 1, 3};
	static const int64_t   energy[8] = {1, -2, 0, 0, 1, 1, 1, 0};
	const taut_temperature two = {32768, 26};
	uint16_t               noise[TAUT_NOISE_COUNT];
	fixture                f;

	(void)state;
	memset(&f, 0, sizeof f);
	ones(noise);
	fixture_matrix(&f, 3, q);
	fixture_launch(&f, TAUT_MODE_SA, TAUT_RULE_METROPOLIS, 1, 1, 1);
	f.temperature[0] = two;
	f.launch.noise = noise;
	fixture_start(&f);
	f.spins[0] = 0xAA;
	f.spins[1] = 0xCC;
	f.spins[2] = 0xF0;
	for (uint32_t lane = 0; lane < TAUT_LANES; lane++)
		f.state.energy[lane] = taut_model_energy(&f.problem, &f.state, lane);
	run_part(&f, 0, 1);
	assert_int_equal(f.spins[0] & 0xFF, 0x71);
	assert_int_equal(f.spins[1] & 0xFF, 0x33);
	assert_int_equal(f.spins[2] & 0xFF, 0x01);
	for (uint32_t lane = 0; lane < 8; lane++) {
		assert_int_equal(f.state.energy[lane], energy[lane]);
		assert_int_equal(f.state.best_energy[lane], energy[lane]);
	}
}

/*
 * One variable without energy in rings of 4 slices, every draw 1, T = 2, 2 J = 3: flip iff 0 <= 2 -
 * 3 c, that is c <= 0.
 *
 *   ring     start   even lanes      odd lanes
 *   0        + - - - c -2  2 : ----  c  2  2 : ----
 *   1        + + - - c  0  0 : -++-  c  0  0 : --++
 *   2        + - + - c -2 -2 : ----  c  2  2 : ----   (all at once would swap + and - for ever)
 */
static void hand_slices(void **state)
{
	static const int32_t   q[1] = {0};
	const taut_temperature two = {32768, 26};
	uint16_t               noise[TAUT_NOISE_COUNT];
	fixture                f;

	(void)state;
	memset(&f, 0, sizeof f);
	ones(noise);
	fixture_matrix(&f, 1, q);
	fixture_launch(&f, TAUT_MODE_SQA, TAUT_RULE_METROPOLIS, 1, 1, 1);
	fixture_ring(&f, 4);
	f.temperature[0] = two;
	f.jq[0] = (int64_t)3 << 26;
	f.launch.noise = noise;
	fixture_start(&f);
	f.spins[0] = 0x531;
	run_part(&f, 0, 1);
	assert_int_equal(f.spins[0], 0xC0);
}

/* The first visits of (seed 1, group 2, sweep 3), from an independent program. */
static void hand_noise(void **state)
{
	static const struct {
		uint32_t x;
		uint32_t bits;
		uint32_t at[2]; /* of lanes 0 and 63 */
		int32_t  metropolis[2];
		int32_t  heatbath[2];
	} visit[3] = {
		{0xe9977b8c, 0x0e35, {3637, 3636}, {5, 3883}, {-27656, 1876}},
		{0xda39e71f, 0x09ef, {2543, 2542}, {2499, 8109}, {-710, 7500}},
		{0x3d94fa32, 0x9b00, {39680, 39743}, {2784, 2432}, {-110, -860}},
	};
	const taut_noise *noise = *state;
	uint32_t          x = taut_machine_reseed(1, 2, 3);

	assert_int_equal(x, 0x8568f7c4);
	for (int v = 0; v < 3; v++) {
		x = taut_machine_advance(x);
		assert_int_equal(x, visit[v].x);
		assert_int_equal(taut_machine_bits(x), visit[v].bits);
		for (int k = 0; k < 2; k++) {
			const uint32_t at = taut_machine_draw(visit[v].bits, k ? 63 : 0);

			assert_int_equal(at, visit[v].at[k]);
			assert_int_equal(
				taut_machine_noise(noise->metropolis, TAUT_RULE_METROPOLIS, at),
				visit[v].metropolis[k]);
			assert_int_equal(
				taut_machine_noise(noise->heatbath, TAUT_RULE_HEATBATH, at),
				visit[v].heatbath[k]);
		}
	}
}

static void thresholds(void **state)
{
	const taut_temperature one = {32768, 27};
	const taut_temperature huge = {65535, -996};
	const taut_temperature tiny = {40000, 1024};
	const taut_temperature zero = {0, 0};

	(void)state;
	/* floor of the exact product: e = 2.5 and -2.5 at T = 1 */
	assert_int_equal(taut_machine_threshold(10240, one, 0), 2);
	assert_int_equal(taut_machine_threshold(-10240, one, 0), -3);
	assert_int_equal(taut_machine_threshold(1, huge, 0), TAUT_THRESHOLD_MAX);
	assert_int_equal(taut_machine_threshold(-2, huge, 0), TAUT_THRESHOLD_MIN);
	assert_int_equal(taut_machine_threshold(0, huge, 0), 0);
	assert_int_equal(taut_machine_threshold(48265, tiny, 0), 0);
	assert_int_equal(taut_machine_threshold(-48266, tiny, 0), -1);
	assert_int_equal(taut_machine_threshold(48265, zero, 0), 0);
	assert_int_equal(taut_machine_threshold(-48266, zero, 0), 0);
	/* the strongest ring coupling, at both ends of the draw and the shift */
	assert_int_equal(taut_machine_threshold(48265, one, -4 * TAUT_JQ_MAX), TAUT_THRESHOLD_MAX);
	assert_int_equal(taut_machine_threshold(-48266, one, 4 * TAUT_JQ_MAX), TAUT_THRESHOLD_MIN);
	assert_int_equal(taut_machine_shift(INT64_MIN, -40), TAUT_THRESHOLD_MIN);
	assert_int_equal(taut_machine_shift(INT64_MAX, 100), 1);
	assert_int_equal(taut_machine_shift(3, -2), 12);
	assert_int_equal(taut_machine_shift(-3, -2), -12);
	assert_int_equal(taut_machine_shift(1, -31), TAUT_THRESHOLD_MAX);

	/* draw 1: accept iff 2^18 (hotter - colder) <= 2^20 */
	assert_true(taut_machine_exchange(1 << 18, 20, 100, 104, 4096));
	assert_false(taut_machine_exchange(1 << 18, 20, 100, 105, 4096));
	assert_true(taut_machine_exchange(1 << 18, 20, 105, 100, 0));
	assert_true(taut_machine_exchange(1 << 18, 20, 100, 96, -4096));
	assert_false(taut_machine_exchange(1 << 18, 20, 100, 97, -4096));
	assert_false(taut_machine_exchange(INT32_MAX, 12, INT64_MIN / 4, INT64_MAX / 4, 48265));
	assert_true(taut_machine_exchange(INT32_MAX, 59, INT64_MAX / 4, INT64_MIN / 4, -10));
	assert_true(taut_machine_exchange(INT32_MAX, 59, 0, INT32_MAX, 48265));
}

static void assert_same(const fixture *a, const fixture *b)
{
	assert_memory_equal(a->spins, b->spins, sizeof a->spins);
	assert_memory_equal(a->best_spins, b->best_spins, sizeof a->best_spins);
	assert_memory_equal(a->position, b->position, sizeof a->position);
	assert_memory_equal(a->best_position, b->best_position, sizeof a->best_position);
	assert_memory_equal(a->state.energy, b->state.energy, sizeof a->state.energy);
	assert_memory_equal(a->state.best_energy, b->state.best_energy,
	                    sizeof a->state.best_energy);
	assert_memory_equal(a->state.rung, b->state.rung, sizeof a->state.rung);
}

static void chunking(void **state)
{
	const uint64_t seed = 2024;
	taut_rng       rng;
	fixture        whole;
	fixture        parts;

	print_message("seed %" PRIu64 "\n", seed);
	taut_rng_init(&rng, seed, 0);
	for (size_t k = 0; k < N_CASES; k++) {
		make(&whole, &cases[k], *state);
		run_part(&whole, 0, cases[k].sweeps);
		for (int trial = 0; trial < 4; trial++) {
			const uint64_t longest = trial == 0 ? 1 : 20;
			uint64_t       at = 0;

			make(&parts, &cases[k], *state);
			while (at < cases[k].sweeps) {
				uint64_t end = at + taut_rng_below(&rng, longest + 1);

				end = end < cases[k].sweeps ? end : cases[k].sweeps;
				run_part(&parts, at, end);
				at = end;
			}
			assert_same(&whole, &parts);
		}
	}
}

static void check_groups(const fixture *f, const uint64_t *spins)
{
	for (uint32_t g = 0; g < f->problem.n_groups; g++) {
		uint64_t any = 0;
		uint64_t twice = 0;

		for (uint32_t i = 0; i < f->problem.n; i++) {
			if (f->problem.group[i] != g)
				continue;
			twice |= any & spins[i];
			any |= spins[i];
		}
		assert_true(any == UINT64_MAX);
		assert_true(twice == 0);
	}
}

static void check_permutations(const fixture *f, const uint16_t *position)
{
	const uint32_t n = f->problem.permutation_n;

	for (uint32_t lane = 0; lane < TAUT_LANES; lane++) {
		uint32_t seen = 0;

		for (uint32_t a = 0; a < n; a++)
			seen |= 1u << position[lane * n + a];
		assert_int_equal(seen, (1u << n) - 1);
	}
}

static void check_rungs(const fixture *f)
{
	const uint32_t rungs = f->launch.rungs;

	for (uint32_t lane = 0; lane < TAUT_LANES; lane += rungs) {
		uint64_t seen = 0;

		if (lane + rungs > TAUT_LANES) {
			for (uint32_t l = lane; l < TAUT_LANES; l++)
				assert_int_equal(f->state.rung[l], l % rungs);
			return;
		}
		for (uint32_t l = lane; l < lane + rungs; l++)
			seen |= (uint64_t)1 << f->state.rung[l];
		assert_true(seen == (rungs == 64 ? UINT64_MAX : ((uint64_t)1 << rungs) - 1));
	}
}

/* After every sweep of every case: energies as defined, groups, permutations and ladders whole, and
 * the best state the first one with the least tracked energy. */
static void invariants(void **state)
{
	fixture f;
	fixture best;

	for (size_t k = 0; k < N_CASES; k++) {
		int64_t  expected[TAUT_LANES];
		uint64_t moved = 0;

		make(&f, &cases[k], *state);
		for (uint32_t lane = 0; lane < TAUT_LANES; lane++)
			expected[lane] = TAUT_NO_ENERGY;
		for (uint64_t s = 0; s < cases[k].sweeps; s++) {
			const bool tracked = s >= cases[k].track_from || s + 1 == cases[k].sweeps;

			run_part(&f, s, s + 1);
			best = f;
			best.state.spins = f.best_spins;
			best.state.position = f.best_position;
			for (uint32_t lane = 0; lane < TAUT_LANES; lane++) {
				const int64_t e = taut_model_energy(&f.problem, &f.state, lane);

				assert_int_equal(f.state.energy[lane], e);
				if (tracked && e < expected[lane])
					expected[lane] = e;
				assert_int_equal(f.state.best_energy[lane], expected[lane]);
				if (expected[lane] != TAUT_NO_ENERGY)
					assert_int_equal(
						taut_model_energy(&f.problem, &best.state, lane),
						expected[lane]);
				moved += f.launch.rungs &&
				         f.state.rung[lane] != lane % f.launch.rungs;
			}
			check_groups(&f, f.spins);
			if (f.problem.permutation_n)
				check_permutations(&f, f.position);
			if (f.launch.rungs)
				check_rungs(&f);
		}
		assert_true((moved > 0) == (cases[k].mode == TAUT_MODE_PT));
	}
}

/* The host may count from any energy: only differences are added. */
static void offset(void **state)
{
	fixture a;
	fixture b;

	make(&a, &cases[0], *state);
	make(&b, &cases[0], *state);
	for (uint32_t lane = 0; lane < TAUT_LANES; lane++)
		b.state.energy[lane] += (int64_t)1 << 50;
	run_part(&a, 0, cases[0].sweeps);
	run_part(&b, 0, cases[0].sweeps);
	assert_memory_equal(a.spins, b.spins, sizeof a.spins);
	assert_memory_equal(a.best_spins, b.best_spins, sizeof a.best_spins);
	for (uint32_t lane = 0; lane < TAUT_LANES; lane++)
		assert_int_equal(b.state.best_energy[lane] - a.state.best_energy[lane],
		                 (int64_t)1 << 50);
}

/* Another group, seed or sweep draws other noise. */
static void streams(void **state)
{
	fixture a;
	fixture b;

	make(&a, &cases[0], *state);
	run_part(&a, 0, 5);
	make(&b, &cases[0], *state);
	b.launch.group++;
	run_part(&b, 0, 5);
	assert_memory_not_equal(a.spins, b.spins, sizeof a.spins);
	make(&b, &cases[0], *state);
	b.launch.seed++;
	run_part(&b, 0, 5);
	assert_memory_not_equal(a.spins, b.spins, sizeof a.spins);
	for (uint64_t sweep = 0; sweep < 1000; sweep++)
		assert_int_not_equal(taut_machine_reseed(0, 0, sweep),
		                     taut_machine_reseed(0, 0, sweep + 1));
}

static int set_up(void **state)
{
	return taut_noise_new((taut_noise **)state, NULL) != TAUT_OK;
}

static int tear_down(void **state)
{
	taut_noise_free(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden),      cmocka_unit_test(hand_flips),
		cmocka_unit_test(hand_slices), cmocka_unit_test(hand_noise),
		cmocka_unit_test(thresholds),  cmocka_unit_test(chunking),
		cmocka_unit_test(invariants),  cmocka_unit_test(offset),
		cmocka_unit_test(streams),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
