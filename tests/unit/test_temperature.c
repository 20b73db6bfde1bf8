#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>

#include "qubo/temperature.h"

/* A ring of n spins with couplings of +-weight, as a cut: fields are 0 or +-2 weight / 2. */
enum { N = 6 };

static taut_temperature_range of_ring(int32_t weight)
{
	int32_t      linear[N];
	uint64_t     row[N + 1];
	uint32_t     col[2 * N];
	int32_t      coef[2 * N];
	taut_problem p = {.n = N, .linear = linear, .row = row, .col = col, .coef = coef};

	for (uint32_t i = 0; i < N; i++) {
		linear[i] = -2 * weight;
		row[i] = 2 * i;
		col[2 * i] = (i + N - 1) % N;
		col[2 * i + 1] = (i + 1) % N;
		coef[2 * i] = coef[2 * i + 1] = 2 * weight;
	}
	row[N] = 2 * N;
	return taut_temperature_default(&p);
}

static void test_scales_with_the_coefficients(void **state)
{
	const taut_temperature_range one = of_ring(1);
	const taut_temperature_range many = of_ring(1000);

	(void)state;
	assert_true(one.cold > 0.0 && one.cold < one.hot);
	assert_true(one.hot < 4.0);                    /* the largest change is 4 */
	assert_true(one.cold < 0.7 && one.cold > 0.1); /* the least is 2 */
	assert_true(many.hot > 999.0 * one.hot && many.hot < 1001.0 * one.hot);
	assert_true(many.cold > 999.0 * one.cold && many.cold < 1001.0 * one.cold);
}

static void test_no_changes(void **state)
{
	int32_t             linear[2] = {0, 0};
	uint64_t            row[3] = {0, 0, 0};
	int32_t             zeros[9] = {0};
	taut_problem        flat = {.n = 2, .linear = linear, .row = row};
	taut_problem        none = {.n = 0, .row = row};
	taut_problem        same = {.permutation_n = 3, .flow = zeros, .distance = zeros};
	taut_problem        single = {.permutation_n = 1, .flow = zeros, .distance = zeros};
	taut_problem *const all[] = {&flat, &none, &same, &single};

	(void)state;
	for (size_t k = 0; k < 4; k++) {
		const taut_temperature_range t = taut_temperature_default(all[k]);

		assert_true(t.cold > 0.0 && t.cold <= t.hot && t.hot < 1e9);
	}
}

/* One field alone: between the two ends it must come to rest. */
static void test_linear(void **state)
{
	int32_t                linear[2] = {-7, 3};
	uint64_t               row[3] = {0, 0, 0};
	taut_problem           p = {.n = 2, .linear = linear, .row = row};
	taut_temperature_range t = taut_temperature_default(&p);

	(void)state;
	assert_true(t.cold < 3.0 && t.hot > 2.0 && t.hot < 7.0);
}

static void test_permutation(void **state)
{
	int32_t                flow[16] = {0, 5, 2, 4, 1, 0, 3, 0, 2, 3, 0, 0, 4, 0, 0, 5};
	int32_t                distance[16] = {0, 1, 2, 3, 1, 0, 1, 2, 2, 1, 0, 1, 3, 2, 1, 0};
	taut_problem           p = {.permutation_n = 4, .flow = flow, .distance = distance};
	taut_temperature_range small = taut_temperature_default(&p);
	taut_temperature_range large;

	(void)state;
	assert_true(small.cold > 0.0 && small.cold < 1.0);
	assert_true(small.hot > 1.0 && small.hot < 40.0);
	for (size_t k = 0; k < 16; k++)
		distance[k] *= 50;
	large = taut_temperature_default(&p);
	assert_true(large.hot > 49.9 * small.hot && large.hot < 50.1 * small.hot);
	assert_true(large.cold > 49.9 * small.cold && large.cold < 50.1 * small.cold);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scales_with_the_coefficients),
		cmocka_unit_test(test_no_changes),
		cmocka_unit_test(test_linear),
		cmocka_unit_test(test_permutation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
