/* Cards of Xilinx through the vendor's OpenCL: the kernels of hls/kernel from an xclbin, with the
 * buffers of hls/abi/kernel.h. One unit, one queue; backend xrt drives several. */
#include <stdio.h>

#include "backend/opencl/inside.h"
#include "backend/pack.h"
#include "backend/xrt/find.h"
#include "base/alloc.h"
#include "base/clock.h"

enum { TILE_WORDS = 1 << 16 };

/* Arguments of a kernel; ABI is a number. */
enum {
	ARGUMENT_ABI,
	ARGUMENT_LAUNCH,
	ARGUMENT_NOISE,
	ARGUMENT_PROBLEM,
	ARGUMENT_COUPLINGS,
	ARGUMENT_STATE,
	ARGUMENT_STATUS
};

typedef struct taut_opencl_card {
	cl_program       program;
	cl_kernel        kernel; /* of the problem */
	cl_mem           memory[TAUT_KERNEL_ARGUMENTS];
	uint64_t         words[TAUT_KERNEL_ARGUMENTS];
	taut_pack        pack;
	taut_word       *pool[2]; /* noise by rule */
	int              rule;    /* of the pool on the card; -1: none */
	taut_word_buffer launch, state;
	taut_word        status;
} card;

static void unload(card *c)
{
	for (int k = 0; k < TAUT_KERNEL_ARGUMENTS; k++) {
		if (c->memory[k])
			(void)clReleaseMemObject(c->memory[k]);
		c->memory[k] = NULL;
		c->words[k] = 0;
	}
	if (c->kernel)
		(void)clReleaseKernel(c->kernel);
	c->kernel = NULL;
	c->rule = -1;
	taut_pack_fini(&c->pack);
	c->pack = (taut_pack){.source = NULL};
}

void taut_opencl_card_close(taut_opencl *self)
{
	card *c = self->card;

	if (!c)
		return;
	unload(c);
	if (c->program)
		(void)clReleaseProgram(c->program);
	taut_free(c->pool[0]);
	taut_free(c->pool[1]);
	taut_words_free(&c->launch);
	taut_words_free(&c->state);
	taut_free(c);
	self->card = NULL;
}

static taut_status read_file(unsigned char **out, const char *path, size_t bytes, taut_error *err)
{
	FILE          *f = fopen(path, "rb");
	unsigned char *data = f ? taut_alloc(bytes, 1, err) : NULL;
	taut_status    st = TAUT_OK;

	if (!f)
		st = taut_fail(err, TAUT_EDEVICE, "%s cannot be read", path);
	else if (!data)
		st = TAUT_ENOMEM;
	else if (fread(data, 1, bytes, f) != bytes)
		st = taut_fail(err, TAUT_EDEVICE, "%s has become shorter", path);
	if (f)
		(void)fclose(f);
	if (st) {
		taut_free(data);
		data = NULL;
	}
	*out = data;
	return st;
}

/* The bitstream, checked before the runtime sees it. */
static taut_status open_program(taut_opencl *self, uint32_t number, const char *bitstream,
                                taut_error *err)
{
	char                 path[TAUT_FOUND_PATH];
	taut_found           found;
	taut_xclbin          xclbin;
	unsigned char       *data = NULL;
	const unsigned char *view;
	size_t               bytes;
	cl_int               loaded = CL_SUCCESS;
	cl_int               code = CL_SUCCESS;
	taut_status          st = taut_find_cards(&found, NULL, err);

	if (st)
		return st;
	if (number >= found.count)
		return taut_fail(err, TAUT_EDEVICE, "OpenCL has card %u, the driver %u",
		                 (unsigned)number + 1, (unsigned)found.count);
	found.chosen[number] = true;
	st = taut_find_bitstream(path, &xclbin, &found, bitstream, err);
	if (st)
		return st;
	bytes = (size_t)xclbin.bytes;
	st = read_file(&data, path, bytes, err);
	if (st)
		return st;
	view = data;
	self->card->program = clCreateProgramWithBinary(self->context, 1, &self->device.id, &bytes,
	                                                &view, &loaded, &code);
	taut_free(data);
	return taut_opencl_check(code != CL_SUCCESS ? code : loaded, path, err);
}

taut_status taut_opencl_card_open(taut_opencl *self, uint32_t number, const char *bitstream,
                                  taut_error *err)
{
	card       *c = taut_alloc(1, sizeof *c, err);
	taut_status st;

	if (!c)
		return TAUT_ENOMEM;
	self->card = c;
	c->rule = -1;
	st = taut_pack_pools(c->pool, self->noise, err);
	return st ? st : open_program(self, number, bitstream, err);
}

/* The argument's buffer, bound to the kernel before anything is written: the argument decides on
 * the bank. */
static taut_status reserve(taut_opencl *self, int argument, uint64_t words, taut_error *err)
{
	card  *c = self->card;
	cl_int code = CL_SUCCESS;

	words = words < 1 ? 1 : words;
	if (c->words[argument] >= words)
		return TAUT_OK;
	if (c->memory[argument])
		(void)clReleaseMemObject(c->memory[argument]);
	c->words[argument] = 0;
	c->memory[argument] = clCreateBuffer(self->context, CL_MEM_READ_WRITE,
	                                     (size_t)words * TAUT_WORD_BYTES, NULL, &code);
	if (code != CL_SUCCESS)
		c->memory[argument] = NULL;
	if (code == CL_SUCCESS)
		code = clSetKernelArg(c->kernel, (cl_uint)argument, sizeof c->memory[argument],
		                      &c->memory[argument]);
	if (code == CL_SUCCESS)
		c->words[argument] = words;
	return taut_opencl_check(code, "a buffer of the card", err);
}

static taut_status put(taut_opencl *self, int argument, uint64_t first, const taut_word *data,
                       uint64_t words, taut_error *err)
{
	if (words == 0)
		return TAUT_OK;
	return taut_opencl_check(clEnqueueWriteBuffer(self->queue, self->card->memory[argument],
	                                              CL_TRUE, (size_t)first * TAUT_WORD_BYTES,
	                                              (size_t)words * TAUT_WORD_BYTES, data, 0,
	                                              NULL, NULL),
	                         "writing to the card", err);
}

static taut_status put_couplings(taut_opencl *self, taut_error *err)
{
	card          *c = self->card;
	const uint64_t words = c->pack.coupling_words;
	const uint64_t tile = words < TILE_WORDS ? words : TILE_WORDS;
	taut_word     *data;
	taut_status    st = reserve(self, ARGUMENT_COUPLINGS, words, err);

	if (st)
		return st;
	data = taut_alloc_aligned((size_t)tile, sizeof *data, err);
	if (!data)
		return TAUT_ENOMEM;
	for (uint64_t first = 0; first < words && st == TAUT_OK; first += tile) {
		const uint64_t count = words - first < tile ? words - first : tile;

		taut_pack_couplings(data, &c->pack, first, count);
		st = put(self, ARGUMENT_COUPLINGS, first, data, count, err);
	}
	taut_free(data);
	return st;
}

taut_status taut_opencl_card_load(taut_opencl *self, taut_error *err)
{
	card         *c = self->card;
	const cl_uint abi = TAUT_KERNEL_ABI;
	const double  start_s = taut_clock_s();
	cl_int        code = CL_SUCCESS;
	taut_status   st;

	unload(c);
	self->update_s = 0.0;
	st = taut_pack_init(&c->pack, self->problem, err);
	self->times.pack += taut_clock_s() - start_s;
	if (st)
		return st;
	c->kernel = clCreateKernel(
		c->program,
		taut_xclbin_kernels[c->pack.exchange ? TAUT_XCLBIN_EXCHANGE : TAUT_XCLBIN_ANNEAL],
		&code);
	if (code != CL_SUCCESS)
		c->kernel = NULL;
	if (code == CL_SUCCESS)
		code = clSetKernelArg(c->kernel, ARGUMENT_ABI, sizeof abi, &abi);
	st = taut_opencl_check(code, "the kernel for these moves", err);
	if (st == TAUT_OK)
		st = reserve(self, ARGUMENT_NOISE, TAUT_NOISE_WORDS, err);
	if (st == TAUT_OK)
		st = reserve(self, ARGUMENT_STATUS, 1, err);
	if (st == TAUT_OK)
		st = reserve(self, ARGUMENT_PROBLEM, c->pack.problem_words, err);
	if (st == TAUT_OK)
		st = put(self, ARGUMENT_PROBLEM, 0, c->pack.problem, c->pack.problem_words, err);
	if (st == TAUT_OK)
		st = put_couplings(self, err);
	return st;
}

static uint64_t state_words(const taut_opencl *self, const taut_job *job)
{
	return taut_kernel_state_words(self->problem->n, self->problem->permutation_n) *
	       job->groups;
}

/* One command of the launch; the first failure stays. */
static void note(taut_opencl *self, cl_int *code, cl_int next)
{
	self->events.count -= next != CL_SUCCESS;
	if (*code == CL_SUCCESS)
		*code = next;
}

static void write_words(taut_opencl *self, cl_int *code, int argument, const taut_word *data,
                        uint64_t words)
{
	if (*code == CL_SUCCESS)
		note(self, code,
		     clEnqueueWriteBuffer(self->queue, self->card->memory[argument], CL_FALSE, 0,
		                          (size_t)words * TAUT_WORD_BYTES, data, 0, NULL,
		                          taut_opencl_next_event(self, true)));
}

static void read_words(taut_opencl *self, cl_int *code, taut_word *data, int argument,
                       uint64_t words)
{
	if (*code == CL_SUCCESS)
		note(self, code,
		     clEnqueueReadBuffer(self->queue, self->card->memory[argument], CL_FALSE, 0,
		                         (size_t)words * TAUT_WORD_BYTES, data, 0, NULL,
		                         taut_opencl_next_event(self, true)));
}

static cl_int enqueue(taut_opencl *self, const taut_job *job)
{
	card  *c = self->card;
	cl_int code = CL_SUCCESS;

	if (c->rule != (int)job->launch.rule)
		write_words(self, &code, ARGUMENT_NOISE, c->pool[job->launch.rule],
		            TAUT_NOISE_WORDS);
	c->rule = (int)job->launch.rule;
	write_words(self, &code, ARGUMENT_LAUNCH, c->launch.word, taut_pack_launch_words(job));
	write_words(self, &code, ARGUMENT_STATE, c->state.word, state_words(self, job));
	write_words(self, &code, ARGUMENT_STATUS, &c->status, 1);
	if (code == CL_SUCCESS)
		note(self, &code,
		     clEnqueueTask(self->queue, c->kernel, 0, NULL,
		                   taut_opencl_next_event(self, false)));
	read_words(self, &code, c->state.word, ARGUMENT_STATE, state_words(self, job));
	read_words(self, &code, &c->status, ARGUMENT_STATUS, 1);
	return code == CL_SUCCESS ? clFlush(self->queue) : code;
}

taut_status taut_opencl_card_start(void *device, uint32_t unit, taut_job *job, taut_error *err)
{
	taut_opencl *self = device;
	card        *c = self->card;
	double       start_s = taut_clock_s();
	taut_status  st;

	(void)unit;
	st = taut_words_reserve(&c->launch, taut_pack_launch_words(job), err);
	if (st == TAUT_OK)
		st = taut_words_reserve(&c->state, state_words(self, job), err);
	if (st == TAUT_OK)
		st = reserve(self, ARGUMENT_LAUNCH, taut_pack_launch_words(job), err);
	if (st == TAUT_OK)
		st = reserve(self, ARGUMENT_STATE, state_words(self, job), err);
	if (st)
		return st;
	taut_opencl_expect(self, job);
	taut_pack_launch(c->launch.word, job);
	taut_pack_state(c->state.word, &c->pack, job);
	c->status = (taut_word){{0}};
	self->times.pack += taut_clock_s() - start_s;
	st = taut_opencl_check(enqueue(self, job), "a launch on the card", err);
	if (st)
		taut_opencl_abandon(self);
	return st;
}

taut_status taut_opencl_card_wait(void *device, uint32_t unit, taut_job *job, taut_error *err)
{
	taut_opencl *self = device;
	card        *c = self->card;
	double       spent_s = 0.0;
	taut_status  st = taut_opencl_finish(self, &spent_s, err);

	(void)unit;
	if (st == TAUT_OK)
		st = taut_pack_check(&c->status, job->launch.sweep_end - job->launch.sweep_begin,
		                     err);
	if (st)
		return st;
	taut_opencl_learn(self, job, spent_s);
	return taut_unpack_state(job, &c->pack, c->state.word, err);
}
