#define TAUT_OPENCL_API_PLAIN
#include "backend/opencl/api.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>

/* A constant of the process, found once. */
static pthread_once_t  once = PTHREAD_ONCE_INIT;
static taut_opencl_api api;
static bool            complete;

static bool find(void *library, const char *name, void *out)
{
	void *const address = dlsym(library, name);

	memcpy(out, &address, sizeof address); /* POSIX: a function's address fits */
	return address != NULL;
}

static void load(void)
{
	/* never closed: drivers leave threads behind */
	void *const library = dlopen("libOpenCL.so.1", RTLD_NOW | RTLD_LOCAL);

	if (!library)
		return;
	complete = true;
#define X(function) complete = find(library, #function, &api.function) && complete;
	TAUT_OPENCL_FUNCTIONS(X)
#undef X
}

const taut_opencl_api *taut_opencl_functions(void)
{
	(void)pthread_once(&once, load);
	return complete ? &api : NULL;
}
