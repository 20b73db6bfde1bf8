/*
 * Backend opencl: the bits of hls/model in all its forms, the choice of devices, the cache of
 * programs, and its errors. What needs a device is skipped, and says so, where there is none; where
 * the backend is not built in there is nothing to test.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "backend_fixture.h"

#ifdef TAUT_WITH_OPENCL
#include <time.h>
#include <unistd.h>

#include "backend/opencl/inside.h"
#include "backend/opencl/opencl.h"

enum { SEED = 20260301 };

static taut_backend *opened(void)
{
	taut_backend *b = NULL;
	taut_error    err = {TAUT_OK, ""};

	if (taut_opencl_ops.open(&b, NULL, &err) == TAUT_OK)
		return b;
	print_message("SKIPPED: %s\n", err.text);
	skip();
	return NULL;
}

/* The same couplings as a matrix. */
static taut_problem *as_dense(const taut_problem *p, int32_t factor)
{
	taut_problem *out = must(taut_alloc(1, sizeof *out, NULL));
	taut_matrix  *m;

	assert_int_equal(taut_matrix_new(&m, p->n, NULL), TAUT_OK);
	for (uint32_t i = 0; i < p->n; i++)
		for (uint64_t k = p->row[i]; k < p->row[i + 1]; k++)
			m->entry[i * m->stride + p->col[k]] = (int8_t)(p->coef[k] / factor);
	out->n = p->n;
	out->linear = must(taut_copy(p->linear, p->n, sizeof *p->linear, NULL));
	out->dense = m;
	out->dense_factor = factor;
	return out;
}

static taut_schedule schedule_of(taut_algorithm algorithm, bool heat, double t_hot)
{
	static double rungs[20];

	for (int k = 0; k < 20; k++)
		rungs[k] = t_hot * (k + 1) / 30.0;
	return (taut_schedule){.algorithm = algorithm,
	                       .acceptance =
	                               heat ? TAUT_ACCEPTANCE_HEATBATH : TAUT_ACCEPTANCE_METROPOLIS,
	                       .reads = 128,
	                       .sweeps = 21,
	                       .seed = SEED,
	                       .t_hot = t_hot,
	                       .t_cold = t_hot / 50,
	                       .rungs = algorithm == TAUT_ALGORITHM_PT ? rungs : NULL,
	                       .n_rungs = algorithm == TAUT_ALGORITHM_PT ? 20 : 0,
	                       .ring = algorithm == TAUT_ALGORITHM_SQA ? 16 : 0,
	                       .gamma_hot = t_hot,
	                       .gamma_cold = t_hot / 40,
	                       .track_from = 5};
}

/* Both rules; `same` is the problem that hls/model reads. */
static void compare(taut_backend *b, const taut_problem *p, const taut_problem *same,
                    taut_algorithm algorithm, double t_hot)
{
	for (int heat = 0; heat < 2; heat++) {
		const taut_schedule s = schedule_of(algorithm, heat, t_hot);
		taut_samples       *want = reference(same, &s, 8);
		taut_samples       *got = run(b, p, &s, 1);

		assert_same(want, got);
		assert_energies(p, got);
		taut_samples_free(want);
		taut_samples_free(got);
	}
}

/* Fields of 8, 16 and 32 bits; cold, and so hot that 16 bits of a threshold are not enough. */
static void flips(taut_algorithm algorithm)
{
	static const int32_t SIZES[] = {1, 120, 30000};
	taut_backend        *b = opened();
	taut_rng             rng;

	taut_rng_init(&rng, SEED, (uint64_t)algorithm);
	for (size_t k = 0; k < 3; k++) {
		taut_problem *p = bits_problem(70, 0.3, SIZES[k], false, &rng);

		compare(b, p, p, algorithm, 4.0 * SIZES[k]);
		assert_int_equal(((taut_opencl *)b)->bits, 8u << k);
		compare(b, p, p, algorithm, 5000.0 * SIZES[k]);
		taut_problem_free(p);
	}
	b->ops->close(b);
}

static void test_sa(void **state)
{
	(void)state;
	flips(TAUT_ALGORITHM_SA);
}

static void test_pt(void **state)
{
	(void)state;
	flips(TAUT_ALGORITHM_PT);
}

static void test_sqa(void **state)
{
	(void)state;
	flips(TAUT_ALGORITHM_SQA);
}

static void test_dense(void **state)
{
	static const int32_t FACTORS[] = {-1, 30, 100000};
	taut_backend        *b = opened();
	taut_rng             rng;

	(void)state;
	taut_rng_init(&rng, SEED, 10);
	for (size_t k = 0; k < 3; k++) {
		taut_problem *p = bits_problem(65, 0.9, 1, false, &rng);
		taut_problem *dense;

		for (uint64_t at = 0; at < p->row[p->n]; at++)
			p->coef[at] *= FACTORS[k];
		dense = as_dense(p, FACTORS[k]);
		compare(b, dense, p, k == 1 ? TAUT_ALGORITHM_PT : TAUT_ALGORITHM_SA,
		        5.0 * abs(FACTORS[k]));
		assert_int_equal(((taut_opencl *)b)->bits, 8u << k);
		taut_problem_free(p);
		taut_problem_free(dense);
	}
	b->ops->close(b);
}

static void test_groups(void **state)
{
	static const taut_algorithm ALGORITHMS[] = {TAUT_ALGORITHM_SA, TAUT_ALGORITHM_PT,
	                                            TAUT_ALGORITHM_SQA};
	taut_backend               *b = opened();
	taut_rng                    rng;

	(void)state;
	taut_rng_init(&rng, SEED, 11);
	for (size_t k = 0; k < 3; k++) {
		taut_problem *p = bits_problem(50, 0.5, 40, true, &rng);

		compare(b, p, p, ALGORITHMS[k], 150.0);
		taut_problem_free(p);
	}
	b->ops->close(b);
}

static void test_permutations(void **state)
{
	taut_backend *b = opened();
	taut_rng      rng;

	(void)state;
	taut_rng_init(&rng, SEED, 12);
	for (int kind = BOTH_SYMMETRIC; kind <= ASYMMETRIC; kind++) {
		taut_problem *p = permutation_problem(9, (symmetry)kind, 0.6, 30, &rng);

		compare(b, p, p, kind % 2 ? TAUT_ALGORITHM_PT : TAUT_ALGORITHM_SA, 2000.0);
		taut_problem_free(p);
	}
	b->ops->close(b);
}

/* The shape of GPUs, one lane a work-item, here on whatever the device is. */
static void test_lane_by_lane(void **state)
{
	taut_backend *b = opened();
	taut_rng      rng;
	taut_problem *p;
	taut_problem *q;

	(void)state;
	taut_rng_init(&rng, SEED, 13);
	((taut_opencl *)b)->device.type = CL_DEVICE_TYPE_GPU;
	p = bits_problem(45, 0.4, 1, false, &rng);
	q = permutation_problem(8, ASYMMETRIC, 0.6, 30, &rng);
	compare(b, p, p, TAUT_ALGORITHM_SA, 8.0);
	assert_int_equal(((taut_opencl *)b)->per_item, 1);
	compare(b, p, p, TAUT_ALGORITHM_PT, 8.0);
	compare(b, p, p, TAUT_ALGORITHM_SQA, 8.0);
	compare(b, q, q, TAUT_ALGORITHM_PT, 2000.0);
	taut_problem_free(p);
	taut_problem_free(q);
	b->ops->close(b);
}

/* Devices. */

static void test_choice(void **state)
{
	const taut_opencl_devices devices = {
		.count = 4,
		.device = {
			{.name = "pthread-Processor", .type = CL_DEVICE_TYPE_CPU},
			{.name = "xilinx_u55c", .type = CL_DEVICE_TYPE_ACCELERATOR, .card = true},
			{.name = "Fast Graphics 9000", .type = CL_DEVICE_TYPE_GPU},
			{.name = "Fast Graphics 100", .type = CL_DEVICE_TYPE_GPU}}};
	const struct {
		const char *wanted;
		uint32_t    number;
	} CHOICES[] = {{NULL, 2},   {"", 2},    {"0", 0},         {"3", 3},
	               {"PROC", 0}, {"u55", 1}, {"graphics 1", 3}};
	static const char *const  UNKNOWN[] = {"4", "99999999999999999999", "-1", "radeon", "1x"};
	const taut_opencl_devices processor = {
		.count = 1, .device = {{.name = "only", .type = CL_DEVICE_TYPE_CPU}}};
	taut_error err;
	uint32_t   number;

	(void)state;
	for (size_t k = 0; k < sizeof CHOICES / sizeof CHOICES[0]; k++) {
		assert_int_equal(taut_opencl_choose(&number, &devices, CHOICES[k].wanted, &err),
		                 TAUT_OK);
		assert_int_equal(number, CHOICES[k].number);
	}
	for (size_t k = 0; k < sizeof UNKNOWN / sizeof UNKNOWN[0]; k++) {
		assert_int_equal(taut_opencl_choose(&number, &devices, UNKNOWN[k], &err),
		                 TAUT_EDEVICE);
		assert_non_null(strstr(err.text, UNKNOWN[k]));
		assert_non_null(strstr(err.text, "2 'Fast Graphics 9000'"));
	}
	assert_int_equal(taut_opencl_choose(&number, &processor, NULL, &err), TAUT_OK);
	assert_int_equal(number, 0);
}

static void test_error_names(void **state)
{
	taut_error err;

	(void)state;
	assert_int_equal(taut_opencl_check(CL_SUCCESS, "nothing", &err), TAUT_OK);
	assert_int_equal(taut_opencl_check(CL_OUT_OF_RESOURCES, "a launch", &err), TAUT_EDEVICE);
	assert_non_null(strstr(err.text, "a launch: CL_OUT_OF_RESOURCES (the device was lost"));
	assert_int_equal(taut_opencl_check(-9999, "a launch", &err), TAUT_EDEVICE);
	assert_non_null(strstr(err.text, "error -9999"));
}

/* Programs. */

static const taut_opencl_source SMALL = TAUT_OPENCL_SWAPS;
static const char OPTIONS[] = "-cl-std=CL1.2 -DPER_ITEM=1 -DBITS=32 -DMODE=0 -DLANE_MAJOR=0";

static void build(const taut_opencl *self)
{
	cl_program program;
	cl_int     code;
	cl_kernel  kernel;
	taut_error err = {TAUT_OK, ""};

	if (taut_opencl_build(&program, self->context, &self->device, SMALL, OPTIONS, &err))
		fail_msg("%s", err.text);
	kernel = clCreateKernel(program, "anneal", &code);
	assert_int_equal(code, CL_SUCCESS);
	assert_int_equal(clReleaseKernel(kernel), CL_SUCCESS);
	assert_int_equal(clReleaseProgram(program), CL_SUCCESS);
}

static size_t read_all(const char *path, unsigned char *out, size_t size)
{
	FILE        *f = must(fopen(path, "rb"));
	const size_t n = fread(out, 1, size, f);

	assert_true(n < size);
	assert_int_equal(fclose(f), 0);
	return n;
}

static void write_all(const char *path, const unsigned char *data, size_t bytes)
{
	FILE *f = must(fopen(path, "wb"));

	assert_int_equal(fwrite(data, 1, bytes, f), bytes);
	assert_int_equal(fclose(f), 0);
}

/* Kept, taken from there, and made anew where the file is damaged, be it anywhere. */
static void test_cache(void **state)
{
	enum { ROOM = 1 << 22 };
	taut_backend  *b = opened();
	unsigned char *first = must(malloc(ROOM));
	unsigned char *again = must(malloc(ROOM));
	char           folder[] = "/tmp/taut-opencl-XXXXXX";
	char           command[64];
	char           path[600];
	size_t         bytes;

	(void)state;
	must(mkdtemp(folder));
	assert_int_equal(setenv("XDG_CACHE_HOME", folder, 1), 0);
	taut_opencl_cache_path(path, sizeof path, &((taut_opencl *)b)->device, SMALL, OPTIONS);
	assert_int_equal(strncmp(path, folder, strlen(folder)), 0);
	assert_int_not_equal(access(path, F_OK), 0);
	build((taut_opencl *)b);
	bytes = read_all(path, first, ROOM);
	build((taut_opencl *)b);
	assert_int_equal(read_all(path, again, ROOM), bytes);
	assert_memory_equal(first, again, bytes);
	for (size_t k = 0; k < 5; k++) {
		const size_t at[] = {0, 9, 20, bytes / 2, bytes - 1};

		memcpy(again, first, bytes);
		again[at[k]] ^= 1;
		write_all(path, again, bytes);
		build((taut_opencl *)b);
		read_all(path, again, ROOM);
		assert_int_equal(again[at[k]], first[at[k]]);
	}
	for (size_t length = 0; length < bytes; length += bytes / 3) {
		write_all(path, first, length);
		build((taut_opencl *)b);
		assert_true(read_all(path, again, ROOM) > length);
	}
	assert_int_equal(setenv("XDG_CACHE_HOME", "/proc/none/of/these", 1), 0);
	build((taut_opencl *)b);
	assert_int_equal(unsetenv("XDG_CACHE_HOME"), 0);
	(void)snprintf(command, sizeof command, "rm -r %s", folder);
	assert_int_equal(system(command), 0);
	free(first);
	free(again);
	b->ops->close(b);
}

static void test_build_failure(void **state)
{
	taut_backend *b = opened();
	cl_program    program;
	taut_error    err;

	(void)state;
	assert_int_equal(taut_opencl_build(&program, ((taut_opencl *)b)->context,
	                                   &((taut_opencl *)b)->device, SMALL,
	                                   "-DPER_ITEM=nonsense -DBITS=32 -DMODE=0 -DLANE_MAJOR=0",
	                                   &err),
	                 TAUT_EDEVICE);
	assert_null(program);
	assert_non_null(strstr(err.text, "building for"));
	assert_non_null(strstr(err.text, "nonsense"));
	b->ops->close(b);
}

/* Limits and losses. */

static void test_memory(void **state)
{
	taut_backend *b = opened();
	taut_opencl  *self = (taut_opencl *)b;
	taut_rng      rng;
	taut_problem *p;
	taut_error    err;

	(void)state;
	taut_rng_init(&rng, SEED, 20);
	p = bits_problem(60, 0.5, 10, false, &rng);
	self->device.memory_bytes = 10000;
	assert_int_equal(b->ops->load(b, p, &err), TAUT_ELIMIT);
	assert_non_null(strstr(err.text, "MB for it"));
	self->device.memory_bytes = 1 << 30;
	self->device.allocation_bytes = 5000;
	assert_int_equal(b->ops->load(b, p, &err), TAUT_ELIMIT);
	assert_non_null(strstr(err.text, "gives at most"));
	/* one group at a time: the same samples */
	self->device.allocation_bytes = 2 * TAUT_LANES * 60 * 3;
	compare(b, p, p, TAUT_ALGORITHM_SA, 30.0);
	assert_int_equal(self->groups, 1);
	p->linear[0] = 1 << 30;
	assert_int_equal(b->ops->load(b, p, &err), TAUT_ELIMIT);
	assert_non_null(strstr(err.text, "1073741823"));
	taut_problem_free(p);
	b->ops->close(b);
}

static void test_time_out(void **state)
{
	const taut_schedule s = schedule_of(TAUT_ALGORITHM_SA, false, 100.0);
	const taut_ctx      ctx = {.threads = 1};
	taut_backend       *b = opened();
	taut_samples       *out = NULL;
	bool                finished;
	taut_rng            rng;
	taut_problem       *p;
	taut_error          err;

	(void)state;
	taut_rng_init(&rng, SEED, 21);
	p = bits_problem(900, 0.5, 1, false, &rng);
	assert_int_equal(b->ops->load(b, p, &err), TAUT_OK);
	taut_opencl_set_patience(b, -1e9);
	assert_int_equal(b->ops->run(&out, &finished, b, &s, &ctx, &err), TAUT_EDEVICE);
	assert_non_null(strstr(err.text, "has not ended"));
	taut_samples_free(out);
	assert_int_equal(b->ops->run(&out, &finished, b, &s, &ctx, &err), TAUT_EDEVICE);
	assert_non_null(strstr(err.text, "is lost"));
	assert_null(out);
	assert_int_equal(b->ops->load(b, p, &err), TAUT_EDEVICE);
	assert_non_null(strstr(err.text, "is lost"));
	while (!taut_opencl_idle((taut_opencl *)b)) {
		const struct timespec pause = {0, 1000000};

		(void)nanosleep(&pause, NULL);
	}
	b->ops->close(b);
	taut_problem_free(p);
}

/* Open, load and run with the n-th allocation failing. */
static void test_allocation_failures(void **state)
{
	const taut_schedule s = schedule_of(TAUT_ALGORITHM_SA, false, 20.0);
	const taut_ctx      ctx = {.threads = 1};
	taut_backend       *b = opened();
	taut_status         st = TAUT_ENOMEM;
	taut_rng            rng;
	taut_problem       *problems[3];

	(void)state;
	b->ops->close(b);
	if (!taut_faults_built()) {
		print_message("SKIPPED: allocation faults are not built in\n");
		skip();
	}
	taut_rng_init(&rng, SEED, 22);
	problems[0] = bits_problem(20, 0.5, 1, false, &rng);
	problems[1] = bits_problem(20, 0.5, 5, true, &rng);
	problems[2] = permutation_problem(5, BOTH_SYMMETRIC, 1.0, 9, &rng);
	for (size_t k = 0; k < 3; k++) {
		int failed = 0;

		for (long n = 1; n <= 60; n++) {
			taut_samples *out = NULL;
			taut_error    err = {TAUT_OK, ""};
			bool          finished;

			taut_faults_arm(n, 0);
			st = taut_opencl_ops.open(&b, NULL, &err);
			if (st == TAUT_OK)
				st = b->ops->load(b, problems[k], &err);
			if (st == TAUT_OK)
				st = b->ops->run(&out, &finished, b, &s, &ctx, &err);
			taut_faults_arm(0, 0);
			if (st != TAUT_OK && st != TAUT_ENOMEM)
				fail_msg("allocation %ld: %s", n, err.text);
			failed += st == TAUT_ENOMEM;
			taut_samples_free(out);
			taut_opencl_ops.close(b);
		}
		/* the cache's are not missed, and there are fewer than 60 */
		assert_int_equal(st, TAUT_OK);
		assert_in_range(failed, 15, 59);
	}
	for (size_t k = 0; k < 3; k++)
		taut_problem_free(problems[k]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_choice),
		cmocka_unit_test(test_error_names),
		cmocka_unit_test(test_cache),
		cmocka_unit_test(test_build_failure),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_time_out),
		cmocka_unit_test(test_allocation_failures),
		cmocka_unit_test(test_sa),
		cmocka_unit_test(test_pt),
		cmocka_unit_test(test_sqa),
		cmocka_unit_test(test_dense),
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_permutations),
		cmocka_unit_test(test_lane_by_lane),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
#else
int main(void)
{
	(void)printf("SKIPPED: backend opencl is not built in\n");
	return 0;
}
#endif
