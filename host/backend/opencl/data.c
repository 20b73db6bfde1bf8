/* A problem on the device. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "backend/encode.h"
#include "backend/opencl/inside.h"
#include "backend/swap_terms.h"
#include "base/alloc.h"

taut_status taut_opencl_reserve(taut_opencl *self, taut_opencl_buffer which, uint64_t bytes,
                                taut_error *err)
{
	const size_t size = bytes < 64 ? 64 : (size_t)bytes;
	cl_int       code = CL_SUCCESS;

	if (self->bytes[which] >= size)
		return TAUT_OK;
	if (self->buffer[which])
		(void)clReleaseMemObject(self->buffer[which]);
	self->bytes[which] = 0;
	self->buffer[which] = clCreateBuffer(self->context, CL_MEM_READ_WRITE, size, NULL, &code);
	if (code != CL_SUCCESS) {
		char what[64];

		self->buffer[which] = NULL;
		(void)snprintf(what, sizeof what, "a buffer of %zu bytes", size);
		return taut_opencl_check(code, what, err);
	}
	self->bytes[which] = size;
	return TAUT_OK;
}

taut_status taut_opencl_put(taut_opencl *self, taut_opencl_buffer which, const void *data,
                            uint64_t bytes, taut_error *err)
{
	taut_status st = taut_opencl_reserve(self, which, bytes, err);

	if (st || bytes == 0)
		return st;
	return taut_opencl_check(clEnqueueWriteBuffer(self->queue, self->buffer[which], CL_TRUE, 0,
	                                              (size_t)bytes, data, 0, NULL, NULL),
	                         "writing the problem", err);
}

/* The largest |field| that the spins can give. */
static int64_t largest_field(const taut_problem *p)
{
	int64_t largest = 0;

	for (uint32_t i = 0; i < p->n; i++) {
		int64_t low = p->linear[i];
		int64_t high = p->linear[i];

		if (p->dense) {
			const taut_matrix_sums sums = taut_matrix_row_sums(p->dense, i);
			const int64_t          factor = p->dense_factor;

			low += factor * (factor > 0 ? sums.negative : sums.positive);
			high += factor * (factor > 0 ? sums.positive : sums.negative);
		}
		for (uint64_t k = p->dense ? 0 : p->row[i]; !p->dense && k < p->row[i + 1]; k++) {
			low += p->coef[k] < 0 ? p->coef[k] : 0;
			high += p->coef[k] > 0 ? p->coef[k] : 0;
		}
		largest = high > largest ? high : largest;
		largest = -low > largest ? -low : largest;
	}
	return largest;
}

static taut_status put_couplings(taut_opencl *self, const taut_problem *p, taut_error *err)
{
	taut_status st = taut_opencl_put(self, BUFFER_LINEAR, p->linear,
	                                 (uint64_t)p->n * sizeof *p->linear, err);

	if (st)
		return st;
	if (p->dense)
		return taut_opencl_put(self, BUFFER_COEF, p->dense->entry,
		                       (uint64_t)p->n * p->dense->stride, err);
	st = taut_opencl_put(self, BUFFER_ROW, p->row, ((uint64_t)p->n + 1) * sizeof *p->row, err);
	if (st)
		return st;
	st = taut_opencl_put(self, BUFFER_COL, p->col, p->row[p->n] * sizeof *p->col, err);
	if (st)
		return st;
	return taut_opencl_put(self, BUFFER_COEF, p->coef, p->row[p->n] * sizeof *p->coef, err);
}

/* Group [n], number within it [n], first member of every group [n_groups + 1], members. */
static taut_status put_groups(taut_opencl *self, const taut_problem *p, taut_error *err)
{
	const size_t n = p->n;
	const size_t count = 3 * n + p->n_groups + 1;
	uint32_t    *places = taut_alloc(count, sizeof *places, err);
	uint32_t    *number, *first, *member;
	taut_status  st;

	if (!places)
		return TAUT_ENOMEM;
	number = places + n;
	first = number + n;
	member = first + p->n_groups + 1;
	memcpy(places, p->group, n * sizeof *places);
	for (size_t i = 0; i < n; i++)
		if (places[i] != TAUT_UNGROUPED)
			number[i] = first[places[i] + 1]++;
	for (size_t k = 0; k < p->n_groups; k++)
		first[k + 1] += first[k];
	for (size_t i = 0; i < n; i++)
		if (places[i] != TAUT_UNGROUPED)
			member[first[places[i]] + number[i]] = (uint32_t)i;
	st = taut_opencl_put(self, BUFFER_PLACES, places, count * sizeof *places, err);
	taut_free(places);
	return st;
}

/* Permutations: x_t and y_t of both terms, P and Q (hls/opencl/swaps.cl). */
static taut_status put_matrices(taut_opencl *self, const taut_problem *p, taut_error *err)
{
	const taut_swap_terms s = taut_swap_terms_of(p);
	const uint32_t        n = p->permutation_n;
	const size_t          size = (size_t)n * n;
	uint32_t             *data = taut_alloc(6 * size, sizeof *data, err);
	taut_status           st;

	if (!data)
		return TAUT_ENOMEM;
	self->terms = s.count;
	for (uint32_t t = 0; t < s.count; t++) {
		taut_shape_fill(data + 2 * t * size, n, p->flow, n, s.x[t]);
		taut_shape_fill(data + (2 * t + 1) * size, n, p->distance, n, s.y[t]);
	}
	taut_shape_fill(data + 4 * size, n, p->flow, n, TAUT_SHAPE_CORNER);
	taut_shape_fill(data + 5 * size, n, p->distance, n, TAUT_SHAPE_CORNER);
	st = taut_opencl_put(self, BUFFER_DATA, data, 6 * size * sizeof *data, err);
	taut_free(data);
	return st;
}

static uint64_t problem_bytes(const taut_problem *p)
{
	const uint64_t n = p->n;

	if (p->permutation_n)
		return (uint64_t)24 * p->permutation_n * p->permutation_n;
	return 4 * n + (p->dense ? n * p->dense->stride : 8 * (n + 1) + 8 * p->row[n]) +
	       (p->group ? 4 * (3 * n + p->n_groups + 1) : 0);
}

/* The largest buffer of the problem, and of one group. */
static uint64_t largest_buffer(const taut_opencl *self, const taut_problem *p)
{
	const uint64_t n = p->n;
	const uint64_t of_group =
		p->permutation_n ? (uint64_t)4 * TAUT_LANES * p->permutation_n * p->permutation_n
				 : 2 * TAUT_LANES * n * (self->bits / 8);
	const uint64_t of_problem = p->permutation_n              ? problem_bytes(p)
	                            : p->dense                    ? n * p->dense->stride
	                            : 8 * (n + 1) > 4 * p->row[n] ? 8 * (n + 1)
	                                                          : 4 * p->row[n];

	return of_group > of_problem ? of_group : of_problem;
}

uint64_t taut_opencl_group_bytes(const taut_opencl *self)
{
	const taut_problem *p = self->problem;
	const uint64_t      n = p->n;

	if (p->permutation_n)
		return (uint64_t)TAUT_LANES * p->permutation_n *
		               (4 + 4 * (uint64_t)p->permutation_n) +
		       24 * TAUT_LANES;
	return n * (16 + 3 * TAUT_LANES * (self->bits / 8)) + 24 * TAUT_LANES +
	       (uint64_t)4 * TAUT_LANES * p->n_groups;
}

/* Of the device's memory; the rest is for the driver and its programs. */
static uint64_t memory(const taut_opencl *self)
{
	return self->device.memory_bytes / 10 * 8;
}

uint32_t taut_opencl_groups_most(const taut_opencl *self)
{
	const uint64_t used = problem_bytes(self->problem);
	const uint64_t one = taut_opencl_group_bytes(self);
	const uint64_t left = memory(self) > used ? (memory(self) - used) / one : 0;
	const uint64_t in_buffer =
		self->device.allocation_bytes / one; /* no buffer of a group is larger than all */
	const uint64_t most = left < in_buffer ? left : in_buffer;

	return most < 1 ? 1 : most > 4096 ? 4096 : (uint32_t)most;
}

static taut_status check_memory(const taut_opencl *self, const taut_problem *p, taut_error *err)
{
	const uint64_t largest = largest_buffer(self, p);
	const uint64_t all = problem_bytes(p) + taut_opencl_group_bytes(self);

	if (p->terms)
		return taut_fail(err, TAUT_ELIMIT,
		                 "rows kept as activities run on the cpu backend alone");
	if (all > memory(self))
		return taut_fail(err, TAUT_ELIMIT,
		                 "the problem with 64 lanes takes %" PRIu64 " MB, '%s' has %" PRIu64
		                 " MB for it",
		                 all / 1000000, self->device.name, memory(self) / 1000000);
	if (largest > self->device.allocation_bytes)
		return taut_fail(err, TAUT_ELIMIT,
		                 "the problem takes a buffer of %" PRIu64
		                 " MB, '%s' gives at most %" PRIu64 " MB",
		                 largest / 1000000, self->device.name,
		                 (uint64_t)self->device.allocation_bytes / 1000000);
	return TAUT_OK;
}

static void choose_form(taut_opencl *self, const taut_problem *p)
{
	const bool    processor = (self->device.type & CL_DEVICE_TYPE_CPU) != 0;
	const int64_t largest = p->permutation_n || p->group ? INT32_MAX : largest_field(p);

	self->source = p->permutation_n ? TAUT_OPENCL_SWAPS : TAUT_OPENCL_FLIPS;
	self->per_item = processor && !p->permutation_n && !p->group ? TAUT_LANES : 1;
	self->bits = largest <= INT8_MAX ? 8 : largest <= INT16_MAX ? 16 : 32;
}

taut_status taut_opencl_load(taut_opencl *self, const taut_problem *problem, taut_error *err)
{
	taut_status st;

	taut_problem_free(self->problem);
	self->problem = NULL;
	self->resident = 0;
	self->update_s = 0.0;
	st = taut_encode_check(problem, taut_problem_change_bound(problem), "on an OpenCL device",
	                       err);
	if (st)
		return st;
	st = taut_problem_dup(&self->problem, problem, err);
	if (st)
		return st;
	choose_form(self, problem);
	st = check_memory(self, problem, err);
	if (st == TAUT_OK && problem->permutation_n)
		st = put_matrices(self, problem, err);
	else if (st == TAUT_OK)
		st = put_couplings(self, problem, err);
	if (st == TAUT_OK && problem->group)
		st = put_groups(self, problem, err);
	if (st) {
		taut_problem_free(self->problem);
		self->problem = NULL;
	}
	return st;
}
