/* The one file that calls XRT: its native C API, loaded at run time, behind the requests of
 * protocol.h. XRT's handles are all void * and two of its calls are variadic, so nothing but this
 * file sees them. Runs in a child of its own and never returns; no memory comes from the host's
 * allocator here. */
#include "backend/xrt/server.h"

#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <xrt/xrt_device.h>
#include <xrt/xrt_bo.h>
#include <xrt/xrt_kernel.h>

#include "backend/xrt/protocol.h"
#include "backend/xrt/xclbin.h"
#include "base/attr.h"
#include "base/clock.h"

#define CALLS(X)                   \
	X(xrtDeviceOpen)           \
	X(xrtDeviceOpenByBDF)      \
	X(xrtDeviceClose)          \
	X(xrtDeviceLoadXclbinFile) \
	X(xrtDeviceGetXclbinUUID)  \
	X(xrtPLKernelOpen)         \
	X(xrtKernelClose)          \
	X(xrtKernelArgGroupId)     \
	X(xrtRunOpen)              \
	X(xrtRunSetArg)            \
	X(xrtRunStart)             \
	X(xrtRunState)             \
	X(xrtRunClose)             \
	X(xrtBOAlloc)              \
	X(xrtBOFree)               \
	X(xrtBOAddress)            \
	X(xrtBOSync)               \
	X(xrtBOWrite)              \
	X(xrtBORead)

typedef struct {
	xrtKernelHandle kernel;
	xrtRunHandle    run;
	double          started_s;
} unit;

typedef struct {
	xrtBufferHandle handle; /* NULL: free place */
	uint64_t        size, address;
	uint32_t        bank;
} buffer;

typedef struct {
#define X(name) __typeof__(name) *name;
	CALLS(X)
#undef X
	uint8_t        *tiles;
	int             lifeline;
	_Atomic bool    watching; /* a child of ours that ends is the emulated device */
	xrtDeviceHandle device;
	xuid_t          uuid;
	uint32_t        n_units;
	unit            unit[TAUT_XCLBIN_UNITS_MAX];
	buffer          buffer[TAUT_XRT_BUFFERS_MAX];
} server;

static void TAUT_PRINTF(2, 3) fail(taut_xrt_answer *a, const char *format, ...)
{
	va_list args;

	a->failed = 1;
	va_start(args, format);
	(void)vsnprintf(a->text, sizeof a->text, format, args);
	va_end(args);
}

/* Ends the process group with the host, and this process with an emulated device that died: the
 * shim would spin. */
static void *watch(void *payload)
{
	server *s = payload;
	pid_t   before = 0;

	for (;;) {
		struct pollfd p = {.fd = s->lifeline, .events = 0};
		siginfo_t     info = {0};

		if (poll(&p, 1, 100) > 0)
			(void)kill(0, SIGKILL);
		/* The shim runs short commands too; it collects those at once. */
		if (!s->watching || waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0)
			info.si_pid = 0;
		if (info.si_pid && info.si_pid == before) {
			(void)fprintf(stderr, "\nthe emulated device's process ended\n");
			_exit(EXIT_FAILURE);
		}
		before = info.si_pid;
	}
	return NULL;
}

static void *load_library(char path[TAUT_XRT_PATH])
{
	static const char NAME[] = "libxrt_coreutil.so.2";
	const char       *root = getenv("XILINX_XRT");
	void             *library = dlopen(NAME, RTLD_NOW | RTLD_GLOBAL);

	if (!library && root) {
		(void)snprintf(path, TAUT_XRT_PATH, "%s/lib/%s", root, NAME);
		library = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
	}
	if (!library) {
		(void)snprintf(path, TAUT_XRT_PATH, "/opt/xilinx/xrt/lib/%s", NAME);
		library = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
	}
	return library;
}

static void hello(server *s, taut_xrt_answer *a)
{
	char  path[TAUT_XRT_PATH];
	void *library = load_library(path), *symbol;

	if (!library) {
		fail(a, "no runtime: libxrt_coreutil.so.2 is not found; install XRT (Debian: "
		        "apt-get install libxrt1) or, where it is "
		        "installed elsewhere, set XILINX_XRT to its folder");
		return;
	}
#define X(name)                                                                              \
	symbol = dlsym(library, #name);                                                      \
	memcpy(&s->name, &symbol, sizeof symbol);                                            \
	if (!symbol) {                                                                       \
		fail(a,                                                                      \
		     "this XRT has no %s: XRT 2.13 or a later one with the native C API is " \
		     "needed",                                                               \
		     #name);                                                                 \
		return;                                                                      \
	}
	CALLS(X)
#undef X
}

static void open_device(server *s, const taut_xrt_request *q, taut_xrt_answer *a)
{
	s->device = q->text[0] ? s->xrtDeviceOpenByBDF(q->text) : s->xrtDeviceOpen(q->index);
	if (!s->device)
		fail(a, "XRT does not open the device; `xbutil examine` shows whether the card is "
		        "ready");
}

static void load_bitstream(server *s, const taut_xrt_request *q, taut_xrt_answer *a)
{
	if (s->xrtDeviceLoadXclbinFile(s->device, q->text) != 0)
		fail(a, "XRT does not load it: it is for another platform, or the card is in use");
	else if (s->xrtDeviceGetXclbinUUID(s->device, s->uuid) != 0)
		fail(a, "XRT does not say what it has loaded");
	else
		s->watching = true;
}

static void open_unit(server *s, const taut_xrt_request *q, taut_xrt_answer *a)
{
	unit *u = &s->unit[s->n_units];

	if (s->n_units == TAUT_XCLBIN_UNITS_MAX) {
		fail(a, "more than %d units", TAUT_XCLBIN_UNITS_MAX);
		return;
	}
	u->kernel = s->xrtPLKernelOpen(s->device, s->uuid, q->text);
	u->run = u->kernel ? s->xrtRunOpen(u->kernel) : NULL;
	if (!u->run) {
		fail(a, "XRT does not open compute unit %.80s", q->text);
		return;
	}
	for (int i = 1; i < TAUT_KERNEL_ARGUMENTS; i++) {
		const int bank = s->xrtKernelArgGroupId(u->kernel, i);

		if (bank < 0) {
			fail(a, "XRT knows no bank of argument %d of %.80s", i, q->text);
			return;
		}
		a->banks[i] = (uint32_t)bank;
	}
	a->unit = s->n_units++;
}

/* A place that no other buffer of the bank has: a device that refuses memory was seen to give
 * address 0 for all. */
static bool overlaps(const server *s, const buffer *b)
{
	for (uint32_t i = 0; i < TAUT_XRT_BUFFERS_MAX; i++) {
		const buffer *o = &s->buffer[i];

		if (o->handle && o != b && o->bank == b->bank &&
		    b->address < o->address + o->size && o->address < b->address + b->size)
			return true;
	}
	return false;
}

static void alloc_buffer(server *s, const taut_xrt_request *q, taut_xrt_answer *a)
{
	buffer *b = NULL;

	for (uint32_t i = 0; !b && i < TAUT_XRT_BUFFERS_MAX; i++)
		if (!s->buffer[i].handle) {
			b = &s->buffer[i];
			a->buffer = i;
		}
	if (!b) {
		fail(a, "more than %d buffers", TAUT_XRT_BUFFERS_MAX);
		return;
	}
	*b = (buffer){.size = q->size, .bank = q->bank};
	b->handle = s->xrtBOAlloc(s->device, q->size, 0, (xrtMemoryGroup)q->bank);
	if (b->handle) {
		b->address = s->xrtBOAddress(b->handle);
		if (!overlaps(s, b))
			return;
		(void)s->xrtBOFree(b->handle);
		b->handle = NULL;
	}
	fail(a,
	     "out of device memory: no %.3f MB in bank %u; end other users of the card, or use "
	     "fewer reads or a smaller problem",
	     1e-6 * (double)q->size, q->bank);
}

static buffer *buffer_of(server *s, const taut_xrt_request *q, taut_xrt_answer *a)
{
	buffer *b = q->buffer < TAUT_XRT_BUFFERS_MAX ? &s->buffer[q->buffer] : NULL;

	/* XRT itself writes beyond a buffer's end where it is told to. */
	if (b && b->handle && q->tile < TAUT_XRT_TILES && q->size <= TAUT_XRT_TILE_BYTES &&
	    q->offset <= b->size && q->size <= b->size - q->offset)
		return b;
	fail(a, "a transfer of %llu bytes at %llu is out of range", (unsigned long long)q->size,
	     (unsigned long long)q->offset);
	return NULL;
}

static void transfer(server *s, const taut_xrt_request *q, taut_xrt_answer *a)
{
	const double start = taut_clock_s();
	buffer      *b = buffer_of(s, q, a);
	uint8_t     *tile;
	int          bad;

	if (!b)
		return;
	tile = s->tiles + (size_t)q->tile * TAUT_XRT_TILE_BYTES;
	if (q->kind == TAUT_XRT_WRITE) {
		bad = s->xrtBOWrite(b->handle, tile, q->size, q->offset);
		bad = bad ? bad
		          : s->xrtBOSync(b->handle, XCL_BO_SYNC_BO_TO_DEVICE, q->size, q->offset);
	} else {
		bad = s->xrtBOSync(b->handle, XCL_BO_SYNC_BO_FROM_DEVICE, q->size, q->offset);
		bad = bad ? bad : s->xrtBORead(b->handle, tile, q->size, q->offset);
	}
	if (bad)
		fail(a, "a transfer of %llu bytes %s the card failed", (unsigned long long)q->size,
		     q->kind == TAUT_XRT_WRITE ? "to" : "from");
	a->transfer_s = taut_clock_s() - start;
}

static void bind_unit(server *s, const taut_xrt_request *q, taut_xrt_answer *a)
{
	xrtRunHandle run = s->unit[q->unit].run;
	int          bad = s->xrtRunSetArg(run, 0, q->abi);

	for (int i = 1; i < TAUT_KERNEL_ARGUMENTS; i++) {
		xrtBufferHandle handle = q->buffers[i] < TAUT_XRT_BUFFERS_MAX
		                                 ? s->buffer[q->buffers[i]].handle
		                                 : NULL;

		bad |= handle ? s->xrtRunSetArg(run, i, handle) : 1;
	}
	if (bad)
		fail(a, "XRT does not take the arguments of a run");
}

static void start_unit(server *s, const taut_xrt_request *q, taut_xrt_answer *a)
{
	s->unit[q->unit].started_s = taut_clock_s();
	if (s->xrtRunStart(s->unit[q->unit].run) != 0)
		fail(a, "XRT does not start a run");
}

/* Looks at the state ourselves: XRT 2.13 does not keep the time-out of xrtRunWaitFor. */
static void wait_unit(server *s, const taut_xrt_request *q, taut_xrt_answer *a)
{
	const struct timespec nap = {.tv_nsec = 20000};
	const double          begin = taut_clock_s();

	for (;;) {
		const int    state = (int)s->xrtRunState(s->unit[q->unit].run);
		const double now = taut_clock_s();

		if (state == ERT_CMD_STATE_COMPLETED) {
			a->done = 1;
			a->kernel_s = now - s->unit[q->unit].started_s;
			return;
		}
		if (state != ERT_CMD_STATE_NEW && state != ERT_CMD_STATE_QUEUED &&
		    state != ERT_CMD_STATE_RUNNING && state != ERT_CMD_STATE_SUBMITTED) {
			fail(a, "a run ended in state %d (%s)", state,
			     state == ERT_CMD_STATE_TIMEOUT ? "time-out" : "error or abort");
			return;
		}
		if (now - begin > 1e-3 * TAUT_XRT_POLL_MS)
			return;
		(void)nanosleep(&nap, NULL);
	}
}

static void answer(server *s, const taut_xrt_request *q, taut_xrt_answer *a)
{
	if (q->kind >= TAUT_XRT_BIND && q->unit >= s->n_units) {
		fail(a, "no unit %u", q->unit);
		return;
	}
	switch (q->kind) {
	case TAUT_XRT_HELLO:
		hello(s, a);
		break;
	case TAUT_XRT_OPEN:
		open_device(s, q, a);
		break;
	case TAUT_XRT_LOAD:
		load_bitstream(s, q, a);
		break;
	case TAUT_XRT_UNIT:
		open_unit(s, q, a);
		break;
	case TAUT_XRT_ALLOC:
		alloc_buffer(s, q, a);
		break;
	case TAUT_XRT_FREE:
		if (q->buffer < TAUT_XRT_BUFFERS_MAX && s->buffer[q->buffer].handle) {
			(void)s->xrtBOFree(s->buffer[q->buffer].handle);
			s->buffer[q->buffer].handle = NULL;
		}
		break;
	case TAUT_XRT_WRITE:
	case TAUT_XRT_READ:
		transfer(s, q, a);
		break;
	case TAUT_XRT_BIND:
		bind_unit(s, q, a);
		break;
	case TAUT_XRT_START:
		start_unit(s, q, a);
		break;
	case TAUT_XRT_POLL:
		wait_unit(s, q, a);
		break;
	}
}

static void close_all(server *s)
{
	for (uint32_t i = 0; i < s->n_units; i++) {
		(void)s->xrtRunClose(s->unit[i].run);
		(void)s->xrtKernelClose(s->unit[i].kernel);
	}
	for (uint32_t i = 0; i < TAUT_XRT_BUFFERS_MAX; i++)
		if (s->buffer[i].handle)
			(void)s->xrtBOFree(s->buffer[i].handle);
	s->watching = false;
	if (s->device)
		(void)s->xrtDeviceClose(s->device);
}

_Noreturn void taut_xrt_serve(int socket, int lifeline, uint8_t *tiles)
{
	static server    state; /* of this process alone, which does nothing else */
	server          *s = &state;
	taut_xrt_request request;
	pthread_t        watcher;

	s->tiles = tiles;
	s->lifeline = lifeline;
	if (pthread_create(&watcher, NULL, watch, s) != 0)
		_exit(EXIT_FAILURE);
	while (recv(socket, &request, sizeof request, 0) == (ssize_t)sizeof request) {
		taut_xrt_answer a = {0};

		request.text[sizeof request.text - 1] = '\0';
		answer(s, &request, &a);
		if (send(socket, &a, sizeof a, 0) != (ssize_t)sizeof a)
			break;
	}
	close_all(s);
	_exit(EXIT_SUCCESS);
}
