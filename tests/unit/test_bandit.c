/* The bandit: shares follow success per work, react when it moves, and are what turns get. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "flow/bandit.h"

enum { ARMS = 4, TURNS = 20000 };

static double sum(const double *share)
{
	double total = 0.0;

	for (int a = 0; a < ARMS; a++)
		total += share[a];
	return total;
}

static void shares_follow_success(void **state)
{
	const double cost[ARMS] = {10.0, 10.0, 10.0, 10.0};
	double       share[ARMS];
	taut_bandit  b;

	(void)state;
	taut_bandit_init(&b, ARMS, 1);
	taut_bandit_shares(share, &b, cost);
	for (int a = 0; a < ARMS; a++)
		assert_true(share[a] == 0.25);
	for (uint32_t k = 0; k < 40; k++)
		taut_bandit_observe(&b, k % ARMS, 10.0, k % ARMS == 2 ? 3.0 : 0.1);
	taut_bandit_shares(share, &b, cost);
	assert_true(share[2] > 0.5 && share[0] > 0.04 && sum(share) > 0.999 && sum(share) < 1.001);
	/* the success moves to another arm: so do the shares, within a few turns */
	for (uint32_t k = 0; k < 40; k++)
		taut_bandit_observe(&b, k % ARMS, 10.0, k % ARMS == 0 ? 3.0 : 0.1);
	taut_bandit_shares(share, &b, cost);
	assert_true(share[0] > 0.5 && share[2] < 0.3 && share[2] > 0.04);
}

static void success_counts_per_work(void **state)
{
	const double cost[ARMS] = {10.0, 10.0, 10.0, 10.0};
	double       share[ARMS];
	taut_bandit  b;

	(void)state;
	taut_bandit_init(&b, ARMS, 1);
	for (uint32_t k = 0; k < 40; k++)
		taut_bandit_observe(&b, k % ARMS, k % ARMS == 1 ? 80.0 : 10.0, 1.0);
	taut_bandit_shares(share, &b, cost);
	assert_true(share[1] < 0.5 * share[0] && share[0] < 1.5 * share[3]);
}

static void work_has_the_shares(void **state)
{
	const double cost[ARMS] = {1.0, 0.0, 50.0, 5.0};
	double       share[ARMS];
	double       work[ARMS] = {0.0};
	double       total = 0.0;
	taut_bandit  b;

	(void)state;
	taut_bandit_init(&b, ARMS, 7);
	taut_bandit_observe(&b, 0, 1.0, 1.0);
	taut_bandit_observe(&b, 2, 50.0, 50.0);
	taut_bandit_observe(&b, 3, 5.0, 20.0);
	taut_bandit_shares(share, &b, cost);
	assert_true(share[1] == 0.0 && sum(share) > 0.999 && sum(share) < 1.001);
	for (int k = 0; k < TURNS; k++)
		work[taut_bandit_choose(&b, cost)] += 1.0;
	assert_true(work[1] == 0.0);
	for (int a = 0; a < ARMS; a++)
		total += work[a] * cost[a];
	/* the dearest arm has about 800 of the turns: 5 standard deviations are 18 % of its share
	 */
	for (int a = 0; a < ARMS; a++)
		assert_true(work[a] * cost[a] / total > share[a] * 0.82 - 1e-9 &&
		            work[a] * cost[a] / total < share[a] * 1.18 + 1e-9);
}

static void choices_are_the_seed_s(void **state)
{
	const double cost[ARMS] = {1.0, 2.0, 3.0, 4.0};
	taut_bandit  a;
	taut_bandit  b;
	taut_bandit  c;
	int          differ = 0;

	(void)state;
	taut_bandit_init(&a, ARMS, 3);
	taut_bandit_init(&b, ARMS, 3);
	taut_bandit_init(&c, ARMS, 4);
	for (int k = 0; k < 200; k++) {
		const uint32_t arm = taut_bandit_choose(&a, cost);

		assert_int_equal(arm, taut_bandit_choose(&b, cost));
		differ += arm != taut_bandit_choose(&c, cost);
		taut_bandit_observe(&a, arm, cost[arm], (double)(k % 3));
		taut_bandit_observe(&b, arm, cost[arm], (double)(k % 3));
	}
	assert_true(differ > 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shares_follow_success),
		cmocka_unit_test(success_counts_per_work),
		cmocka_unit_test(work_has_the_shares),
		cmocka_unit_test(choices_are_the_seed_s),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
