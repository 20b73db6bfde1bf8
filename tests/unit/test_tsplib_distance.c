/* The distances of TSPLIB95: values worked out by hand, and a published optimum that only the right
 * rounding gives. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "model/tsplib_distance.h"

static int64_t distance(taut_metric metric, double ax, double ay, double bx, double by)
{
	const double a[2] = {ax, ay};
	const double b[2] = {bx, by};
	int64_t      d = -1;

	assert_int_equal(taut_tsplib_distance(&d, metric, a, b, NULL), TAUT_OK);
	return d;
}

static void plane(void **state)
{
	(void)state;
	assert_int_equal(distance(TAUT_METRIC_EUC_2D, 0, 0, 3, 4), 5);
	assert_int_equal(distance(TAUT_METRIC_EUC_2D, 1, 1, 0, 0), 1);   /* 1.41 */
	assert_int_equal(distance(TAUT_METRIC_EUC_2D, 0, 0, 0, 2.5), 3); /* halves go up */
	assert_int_equal(distance(TAUT_METRIC_EUC_2D, 0, 0, 0, 2.49), 2);
	assert_int_equal(distance(TAUT_METRIC_CEIL_2D, 0, 0, 3, 4), 5);
	assert_int_equal(distance(TAUT_METRIC_CEIL_2D, 0, 0, 0, 2.01), 3);
	assert_int_equal(distance(TAUT_METRIC_ATT, 0, 0, 3, 4),
	                 2); /* sqrt(2.5) = 1.58, rounds to 2 */
	assert_int_equal(distance(TAUT_METRIC_ATT, 0, 0, 7, 0),
	                 3); /* sqrt(4.9) = 2.21, 2 is too little */
	assert_int_equal(distance(TAUT_METRIC_ATT, 0, 0, 10, 30), 10); /* sqrt(100) */
}

/* Worked out with another program from section 2.4 of TSPLIB95. Minutes 0.51 mean 51/60. */
static void globe(void **state)
{
	static const double city[4][2] = {
		{48.51, 2.21}, {52.31, 13.23}, {-33.52, 151.13}, {-33.52, -70.40}};

	(void)state;
	for (int i = 0; i < 4; i++) {
		static const int64_t expected[4][4] = {{0, 878, 16981, 11697},
		                                       {878, 0, 16115, 12574},
		                                       {16981, 16115, 0, 11322},
		                                       {11697, 12574, 11322, 0}};
		for (int j = 0; j < 4; j++)
			if (i != j)
				assert_int_equal(distance(TAUT_METRIC_GEO, city[i][0], city[i][1],
				                          city[j][0], city[j][1]),
				                 expected[i][j]);
	}
	assert_int_equal(distance(TAUT_METRIC_GEO, 10.3, 20.3, 10.3, 20.3),
	                 1); /* two cities at one place */
}

static void matrix(void **state)
{
	static const double points[] = {0, 0, 3, 4, 6, 8};
	static const double far[] = {0, 0, 1, 1, 1e300, 0};
	taut_numbers        d;
	taut_error          err = {0};

	(void)state;
	assert_int_equal(taut_tsplib_matrix(&d, TAUT_METRIC_EUC_2D, points, 3, &err), TAUT_OK);
	assert_int_equal(d.n, 9);
	assert_int_equal(d.decimals, 0);
	for (int i = 0; i < 3; i++)
		for (int j = 0; j < 3; j++)
			assert_int_equal(d.v[3 * i + j], 5 * abs(i - j));
	taut_numbers_fini(&d);
	assert_int_equal(taut_tsplib_matrix(&d, TAUT_METRIC_GEO, points, 3, &err), TAUT_OK);
	for (int i = 0; i < 3; i++)
		assert_int_equal(d.v[4 * i], 0); /* not GEO's 1 */
	taut_numbers_fini(&d);
	assert_int_equal(taut_tsplib_matrix(&d, TAUT_METRIC_EUC_2D, far, 3, &err), TAUT_EINPUT);
	assert_null(d.v);
	assert_string_equal(
		err.text,
		"cities 1 and 3: distance of (0, 0) and (1e+300, 0) is no number below 2^53");
}

/* TSPLIB's optimal tour of ulysses16 has length 6859. */
static void published_tour(void **state)
{
	static const int tour[16] = {1, 14, 13, 12, 7, 6, 15, 5, 11, 9, 10, 16, 3, 2, 4, 8};
	const char      *root = getenv("TAUT_INSTANCES");
	char             path[1000];
	char             line[200];
	double           points[32];
	int              n = 0;
	FILE            *file;
	taut_numbers     d;
	int64_t          length = 0;

	(void)state;
	(void)snprintf(path, sizeof path, "%s/tsp/ulysses16.tsp",
	               root ? root : TAUT_SOURCE_DIR "/../shared/instances");
	file = fopen(path, "r");
	if (!file) {
		printf("SKIPPED: no tsp/ulysses16.tsp under TAUT_INSTANCES\n");
		skip();
	}
	while (fgets(line, sizeof line, file)) {
		int    city;
		double x;
		double y;
		if (sscanf(line, "%d %lf %lf", &city, &x, &y) == 3 && city == n + 1 && n < 16) {
			points[2 * n] = x;
			points[2 * n + 1] = y;
			n++;
		}
	}
	assert_int_equal(fclose(file), 0);
	assert_int_equal(n, 16);
	assert_int_equal(taut_tsplib_matrix(&d, TAUT_METRIC_GEO, points, 16, NULL), TAUT_OK);
	for (int k = 0; k < 16; k++)
		length += d.v[(tour[k] - 1) * 16 + tour[(k + 1) % 16] - 1];
	assert_int_equal(length, 6859);
	taut_numbers_fini(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plane),
		cmocka_unit_test(globe),
		cmocka_unit_test(matrix),
		cmocka_unit_test(published_tour),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
