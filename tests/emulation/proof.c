/*
 * The emulation by itself: a program that drives XRT's native C API alone, with proof_kernel.c
 * behind it. emulation_proof XCLBIN [WORDS] [UNITS] [ROUNDS] 0: all sums are right. Everything else
 * is a line on stderr and 1.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <xrt/xrt_bo.h>
#include <xrt/xrt_device.h>
#include <xrt/xrt_kernel.h>

#include "hls/abi/kernel.h"

enum { n_buffers = TAUT_KERNEL_ARGUMENTS - 1, most_units = 4 };

typedef struct {
	xrtKernelHandle kernel;
	xrtRunHandle    run;
	xrtBufferHandle buffer[n_buffers];
} unit;

static int fail(const char *what)
{
	(void)fprintf(stderr, "proof: %s\n", what);
	return 1;
}

static size_t buffer_words(size_t buffer, size_t words)
{
	return buffer == 3 || buffer == 4 ? words : 1; /* couplings, state */
}

static int open_unit(unit *u, xrtDeviceHandle device, const unsigned char *uuid, unsigned k,
                     size_t words)
{
	char name[64];

	(void)snprintf(name, sizeof name, "taut_proof:{taut_proof_%u}", k + 1);
	u->kernel = xrtPLKernelOpen(device, uuid, name);
	if (u->kernel == NULL)
		return fail("no kernel");
	u->run = xrtRunOpen(u->kernel);
	if (u->run == NULL)
		return fail("no run");
	if (xrtRunSetArg(u->run, 0, k + 1) != 0)
		return fail("scalar argument");
	for (size_t b = 0; b < n_buffers; b++) {
		u->buffer[b] =
			xrtBOAlloc(device, buffer_words(b, words) * TAUT_WORD_BYTES, 0,
		                   (xrtMemoryGroup)xrtKernelArgGroupId(u->kernel, (int)b + 1));
		if (u->buffer[b] == NULL)
			return fail("no buffer");
		if (xrtRunSetArg(u->run, (int)b + 1, u->buffer[b]) != 0)
			return fail("buffer argument");
	}
	return 0;
}

/* Item i of a buffer's word k for the unit. */
static uint64_t item(size_t buffer, unsigned unit_at, uint64_t k)
{
	return (buffer + 1) * 0x9E3779B97F4A7C15u + unit_at * 1000003u + k;
}

static int fill(unit *u, unsigned unit_at, uint64_t *host, size_t words)
{
	for (size_t b = 0; b < n_buffers; b++) {
		const size_t n = buffer_words(b, words);

		for (size_t k = 0; k < 8 * n; k++)
			host[k] = b == 0 ? words : item(b, unit_at, k);
		if (xrtBOWrite(u->buffer[b], host, n * TAUT_WORD_BYTES, 0) != 0 ||
		    xrtBOSync(u->buffer[b], XCL_BO_SYNC_BO_TO_DEVICE, n * TAUT_WORD_BYTES, 0) != 0)
			return fail("write");
	}
	return 0;
}

static int check(unit *u, unsigned unit_at, uint64_t *host, size_t words, uint64_t rounds)
{
	if (xrtBOSync(u->buffer[4], XCL_BO_SYNC_BO_FROM_DEVICE, words * TAUT_WORD_BYTES, 0) != 0 ||
	    xrtBORead(u->buffer[4], host, words * TAUT_WORD_BYTES, 0) != 0)
		return fail("read");
	for (size_t k = 0; k < 8 * words; k++) {
		const uint64_t once = item(3, unit_at, k) + item(1, unit_at, k % 8) +
		                      item(2, unit_at, k % 8) + unit_at + 1;

		if (host[k] != item(4, unit_at, k) + rounds * once) {
			(void)fprintf(stderr, "proof: unit %u, item %zu: 0x%" PRIx64 "\n", unit_at,
			              k, host[k]);
			return 1;
		}
	}
	if (xrtBOSync(u->buffer[5], XCL_BO_SYNC_BO_FROM_DEVICE, TAUT_WORD_BYTES, 0) != 0 ||
	    xrtBORead(u->buffer[5], host, TAUT_WORD_BYTES, 0) != 0)
		return fail("read");
	return host[0] == rounds ? 0 : fail("static memory is not the unit's own");
}

static int run_all(unit *units, unsigned n)
{
	for (unsigned k = 0; k < n; k++)
		if (xrtRunStart(units[k].run) != 0)
			return fail("start");
	for (unsigned k = 0; k < n; k++)
		for (unsigned long tries = 0; xrtRunState(units[k].run) != ERT_CMD_STATE_COMPLETED;
		     tries++) {
			if (tries > 200000)
				return fail("time-out");
			(void)nanosleep(&(struct timespec){.tv_nsec = 50000}, NULL);
		}
	return 0;
}

int main(int argc, char **argv)
{
	const size_t   words = argc > 2 ? strtoul(argv[2], NULL, 0) : 100;
	const unsigned n = argc > 3 ? (unsigned)strtoul(argv[3], NULL, 0) : 2;
	const uint64_t rounds = argc > 4 ? strtoull(argv[4], NULL, 0) : 2;
	unit           units[most_units];
	unsigned char  uuid[16];
	int            rc = 0;

	if (argc < 2 || n > most_units)
		return fail("usage: emulation_proof XCLBIN [WORDS] [UNITS] [ROUNDS]");
	xrtDeviceHandle device = xrtDeviceOpen(0);
	if (device == NULL)
		return fail("no device");
	if (xrtDeviceLoadXclbinFile(device, argv[1]) != 0 ||
	    xrtDeviceGetXclbinUUID(device, uuid) != 0)
		return fail("the xclbin is refused");
	uint64_t *host = malloc(8 * sizeof *host * (words ? words : 1));
	if (host == NULL)
		return fail("out of memory");
	for (unsigned k = 0; k < n && rc == 0; k++) {
		rc = open_unit(&units[k], device, uuid, k, words);
		if (rc == 0)
			rc = fill(&units[k], k, host, words);
	}
	for (uint64_t k = 0; k < rounds && rc == 0; k++)
		rc = run_all(units, n);
	for (unsigned k = 0; k < n && rc == 0; k++)
		rc = check(&units[k], k, host, words, rounds);
	for (unsigned k = 0; k < n && rc == 0; k++) {
		(void)xrtRunClose(units[k].run);
		for (size_t b = 0; b < n_buffers; b++)
			(void)xrtBOFree(units[k].buffer[b]);
		(void)xrtKernelClose(units[k].kernel);
	}
	free(host);
	if (rc == 0)
		(void)xrtDeviceClose(device);
	return rc;
}
