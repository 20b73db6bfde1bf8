/* Integers in bits: weights that reach every number and no other; programs whose bits say the same
 * as their integers, value by value and row by row. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "answer/verify.h"
#include "base/alloc.h"
#include "base/rng.h"
#include "formulations/families/family.h"
#include "model/evaluate.h"
#include "model/integers.h"

#define OK(call) assert_int_equal((call), TAUT_OK)

enum { SEED = 20261121, RANGE_MAX = 150, BITS_MAX = 150, N_MAX = 4 };

/* All sums of the weights; encode finds bits for each. */
static void check_weights(int64_t range, int64_t most)
{
	int64_t        weight[BITS_MAX];
	const uint64_t count = taut_integer_weights(NULL, range, most);
	bool           reached[RANGE_MAX + 1] = {true};
	int64_t        sum = 0;

	assert_true(count <= BITS_MAX);
	assert_int_equal(taut_integer_weights(weight, range, most), count);
	for (uint64_t k = 0; k < count; k++) {
		assert_in_range(weight[k], 1, most ? most : range);
		sum += weight[k];
		for (int64_t v = sum; v >= weight[k]; v--)
			reached[v] = reached[v] || reached[v - weight[k]];
	}
	assert_int_equal(sum, range);
	for (int64_t v = 0; v <= range; v++) {
		uint8_t bits[BITS_MAX];
		int64_t got = 0;

		assert_true(reached[v]);
		taut_integer_encode(bits, weight, count, v);
		for (uint64_t k = 0; k < count; k++)
			got += bits[k] ? weight[k] : 0;
		assert_int_equal(got, v);
	}
}

static void test_weights(void **state)
{
	(void)state;
	for (int64_t range = 0; range <= RANGE_MAX; range++)
		for (int64_t most = 0; most <= 40; most++)
			check_weights(range, most);
}

/* The paper's example of a bound, and the counts by formula: floor(log2 R) + 1 without a bound, R
 * with 1. */
static void test_counts(void **state)
{
	static const int64_t bounded[] = {1, 2, 4, 8, 8, 1};
	int64_t              weight[8];

	(void)state;
	assert_int_equal(taut_integer_weights(weight, 24, 8), 6);
	assert_memory_equal(weight, bounded, sizeof bounded);
	for (uint32_t k = 0; k < 52; k++) {
		assert_int_equal(taut_integer_weights(NULL, INT64_C(1) << k, 0), k + 1);
		assert_int_equal(taut_integer_weights(NULL, (INT64_C(2) << k) - 1, 0), k + 1);
		assert_int_equal(taut_integer_weights(NULL, INT64_C(1) << k, 1), INT64_C(1) << k);
	}
	assert_int_equal(taut_integer_weights(NULL, 0, 0), 0);
}

static int64_t between(taut_rng *rng, int64_t lo, int64_t hi)
{
	return lo + (int64_t)taut_rng_below(rng, (uint64_t)(hi - lo + 1));
}

/* Decimals 0 or 1. */
static taut_decimal number(taut_rng *rng)
{
	return (taut_decimal){between(rng, -30, 30), (int32_t)between(rng, 0, 1)};
}

/* Up to four variables, at least one an integer; all pairs in the objective, two rows. */
static taut_instance *random_program(taut_rng *rng)
{
	taut_instance     *instance;
	taut_program_data *p;

	OK(taut_instance_new(&instance, TAUT_FAMILY_BINARY_PROGRAM, "p", NULL));
	p = &instance->data.program;
	p->n = (uint32_t)between(rng, 1, N_MAX);
	p->maximise = between(rng, 0, 1);
	p->offset = number(rng);
	p->integer_weight = between(rng, 0, 3);
	for (uint32_t i = 0; i < p->n; i++) {
		const int64_t lo = between(rng, -4, 3);

		if (i == 0 || between(rng, 0, 1))
			OK(taut_program_add_integer(p, i, lo, lo + between(rng, i == 0, 5), NULL));
		OK(taut_program_add_term(p, i, i, number(rng), NULL));
		OK(taut_program_add_term(p, i, TAUT_SQUARE, number(rng), NULL));
		for (uint32_t j = 0; j < i; j++)
			OK(taut_program_add_term(p, i, j, number(rng), NULL));
	}
	taut_program_settle_squares(p);
	for (int k = 0; k < 2; k++) {
		const taut_decimal lo = {between(rng, -40, 0), 1};
		const taut_decimal hi = {between(rng, 0, 40), 0};

		OK(taut_program_add_row(p, "row", k ? &lo : NULL, &hi, NULL));
		for (uint32_t i = 0; i < p->n; i++)
			OK(taut_program_add_entry(p, i, number(rng), NULL));
	}
	return instance;
}

/* What the bits say of each variable. */
static void values_of(int64_t value[N_MAX], const taut_model *m, const taut_program_data *p,
                      const uint8_t *x)
{
	uint32_t at = 0;
	uint32_t next = 0;

	for (uint32_t i = 0; i < p->n; i++) {
		if (next < p->n_integers && p->integers[next].variable == i) {
			assert_int_equal(m->integers[next].first, at);
			value[i] = taut_model_integer(m, next, x);
			assert_in_range(value[i] + 10, p->integers[next].lo + 10,
			                p->integers[next].hi + 10);
			at += m->integers[next++].count;
			continue;
		}
		assert_int_equal(m->bit_weight[at], 0);
		value[i] = x[at++];
	}
	assert_int_equal(at, m->n);
}

/* In units of 10^-3, whatever the scales. */
static int64_t thousandths(int64_t v, int32_t decimals)
{
	return v * taut_power_of_ten(3 - decimals);
}

static int64_t objective_of(const taut_program_data *p, const int64_t *value)
{
	int64_t sum = thousandths(p->offset.value, p->offset.decimals);

	for (size_t e = 0; e < p->n_terms; e++) {
		const int64_t q = thousandths(p->q.v[e], p->q.decimals);
		const int64_t v = value[p->i[e]];

		sum += p->j[e] == p->i[e]       ? q * v
		       : p->j[e] == TAUT_SQUARE ? q * v * v
		                                : q * v * value[p->j[e]];
	}
	return sum;
}

static int64_t activity_of(const taut_program_data *p, const taut_program_row *row,
                           const int64_t *value)
{
	int64_t sum = 0;

	for (size_t e = row->first; e < row->first + row->count; e++)
		sum += thousandths(p->row_coef.v[e], p->row_coef.decimals) * value[p->row_col[e]];
	return sum;
}

static bool row_holds(const taut_program_data *p, const taut_program_row *row, const int64_t *value)
{
	const int64_t sum = activity_of(p, row, value);

	return (!row->has_lo || sum >= thousandths(row->lo.value, row->lo.decimals)) &&
	       (!row->has_hi || sum <= thousandths(row->hi.value, row->hi.decimals));
}

/* The report's activities are those of the integers; a row of -x - y - ... is turned round. */
static void check_activities(const taut_model *m, const taut_program_data *p, const uint8_t *x,
                             const int64_t *value)
{
	taut_verdict v;

	OK(taut_verify(&v, m, x, NULL));
	for (uint32_t k = 0; k < m->n_rows; k++) {
		const int64_t sum = activity_of(p, &p->rows[k], value);
		const int64_t got = thousandths(v.activity[k], m->rows[k].decimals);

		const bool turned = m->rows[k].hi == TAUT_NO_LIMIT_HI; /* all have hi */

		assert_int_equal(got, turned ? -sum : sum);
	}
	taut_verdict_fini(&v);
}

static void check_program(const taut_instance *instance)
{
	const taut_program_data *p = &instance->data.program;
	taut_model              *m;

	OK(taut_family_find(TAUT_FAMILY_BINARY_PROGRAM)->build(&m, instance, NULL));
	assert_int_equal(m->n_integers, p->n_integers);
	for (uint32_t bits = 0; bits < UINT32_C(1) << m->n; bits++) {
		uint8_t      x[32];
		int64_t      value[N_MAX];
		taut_decoded decoded;

		for (uint32_t i = 0; i < m->n; i++)
			x[i] = bits >> i & 1;
		values_of(value, m, p, x);
		assert_int_equal(thousandths(taut_model_objective(m, x), m->decimals),
		                 objective_of(p, value));
		assert_int_equal(taut_model_feasible(m, x),
		                 row_holds(p, &p->rows[0], value) &&
		                         row_holds(p, &p->rows[1], value));
		if (bits % 16)
			continue;
		check_activities(m, p, x, value);
		OK(taut_family_find(TAUT_FAMILY_BINARY_PROGRAM)->decode(&decoded, m, x, NULL));
		assert_int_equal(decoded.n_lists, 3);
		assert_string_equal(decoded.lists[1].key, "integers");
		assert_string_equal(decoded.lists[2].key, "values");
		for (size_t k = 0; k < p->n_integers; k++) {
			assert_string_equal(decoded.lists[1].texts[k], m->integers[k].name);
			assert_int_equal(decoded.lists[2].values[k],
			                 value[p->integers[k].variable]);
		}
		taut_decoded_fini(&decoded);
	}
	taut_model_free(m);
}

static void test_programs(void **state)
{
	(void)state;
	for (uint64_t k = 0; k < 300; k++) {
		taut_rng       rng;
		taut_instance *instance;

		taut_rng_init(&rng, SEED, k);
		instance = random_program(&rng);
		check_program(instance);
		taut_instance_free(instance);
	}
}

/* Numbers that leave 64 bits, integers too many or too wide, nothing left. */
static void test_refusals(void **state)
{
	const taut_family_ops *family = taut_family_find(TAUT_FAMILY_BINARY_PROGRAM);
	taut_instance         *instance;
	taut_program_data     *p;
	taut_model            *m;
	taut_error             err;

	(void)state;
	OK(taut_instance_new(&instance, TAUT_FAMILY_BINARY_PROGRAM, "p", NULL));
	p = &instance->data.program;
	p->n = 1;
	assert_int_equal(taut_program_add_integer(p, 0, 0, TAUT_INTEGER_RANGE + 1, &err),
	                 TAUT_EINPUT);
	assert_int_equal(taut_program_add_integer(p, 0, INT64_MIN, INT64_MAX, &err), TAUT_EINPUT);
	OK(taut_program_add_integer(p, 0, 0, TAUT_INTEGER_RANGE, NULL));
	OK(taut_program_add_term(p, 0, TAUT_SQUARE, (taut_decimal){1, 0}, NULL));
	assert_int_equal(family->build(&m, instance, &err), TAUT_EINPUT);
	assert_non_null(strstr(err.text, "does not fit 64 bits"));
	p->integer_weight = 1000;
	assert_int_equal(family->build(&m, instance, &err), TAUT_ELIMIT);
	assert_non_null(strstr(err.text, "raise it"));
	p->integers[0].hi = 0;
	OK(family->build(&m, instance, &err)); /* one bit that says nothing */
	assert_int_equal(m->n, 1);
	assert_int_equal(taut_model_integer(m, 0, &(uint8_t){1}), 0);
	assert_int_equal(taut_model_objective(m, &(uint8_t){1}), 0);
	taut_model_free(m);
	taut_instance_free(instance);
}

/* Bits of one encoding say the same in another. */
static void test_bits_of_another_weight(void **state)
{
	const taut_family_ops *family = taut_family_find(TAUT_FAMILY_BINARY_PROGRAM);
	taut_rng               rng;

	(void)state;
	taut_rng_init(&rng, SEED, 9);
	for (int round = 0; round < 200; round++) {
		taut_instance     *instance = random_program(&rng);
		taut_program_data *p = &instance->data.program;
		taut_model        *from;
		taut_model        *to;
		uint8_t            x[64] = {0};
		uint8_t            y[64] = {0};
		char               text[64];
		int64_t            said[N_MAX];
		int64_t            says[N_MAX];
		bool               fits;

		OK(family->build(&from, instance, NULL));
		p->integer_weight = between(&rng, 0, 3);
		OK(family->build(&to, instance, NULL));
		assert_true(from->n < sizeof x && to->n < sizeof y);
		for (uint32_t i = 0; i < from->n; i++) {
			x[i] = between(&rng, 0, 1) == 1;
			text[i] = x[i] ? '1' : '0';
		}
		OK(taut_model_take_bits(y, &fits, to, text, from->n, from->integer_weight, NULL));
		assert_true(fits);
		values_of(said, from, p, x);
		values_of(says, to, p, y);
		assert_memory_equal(said, says, p->n * sizeof *said);
		assert_int_equal(taut_model_objective(from, x), taut_model_objective(to, y));
		text[from->n] = '0';
		OK(taut_model_take_bits(y, &fits, to, text, from->n + 1, from->integer_weight,
		                        NULL));
		assert_false(fits);
		OK(taut_model_take_bits(y, &fits, to, text, from->n - 1, from->integer_weight,
		                        NULL));
		assert_false(fits);
		taut_model_free(from);
		taut_model_free(to);
		taut_instance_free(instance);
	}
}

static void test_memory(void **state)
{
	taut_rng       rng;
	taut_instance *instance;
	taut_model    *m = NULL;
	taut_status    st = TAUT_ENOMEM;
	long           nth = 0;

	(void)state;
	if (!taut_faults_built()) {
		print_message("SKIPPED: built without TAUT_FAULTS\n");
		skip();
	}
	taut_rng_init(&rng, SEED, 7);
	instance = random_program(&rng);
	while (st == TAUT_ENOMEM) {
		taut_faults_arm(++nth, 0);
		st = taut_family_find(TAUT_FAMILY_BINARY_PROGRAM)->build(&m, instance, NULL);
	}
	taut_faults_arm(0, 0);
	assert_int_equal(st, TAUT_OK);
	assert_true(nth > 20);
	taut_model_free(m);
	taut_instance_free(instance);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_weights),
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_programs),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_bits_of_another_weight),
		cmocka_unit_test(test_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
