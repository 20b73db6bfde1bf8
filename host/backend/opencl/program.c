#include "backend/opencl/program.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backend/opencl/sources.h"
#include "base/alloc.h"

/* FNV-1a (Fowler, Noll, Vo 1991), 64 bits: tells builds apart, and damage by accident. */
static uint64_t hash(uint64_t h, const void *data, size_t bytes)
{
	const unsigned char *p = data;

	for (size_t k = 0; k < bytes; k++)
		h = (h ^ p[k]) * 0x100000001B3u;
	return h;
}

static uint64_t hash_text(uint64_t h, const char *text)
{
	return hash(h, text, strlen(text) + 1);
}

#define HASH_START 0xCBF29CE484222325u

typedef struct {
	const char *const *line; /* [count] */
	cl_uint            count;
} lines;

static lines lines_of(taut_opencl_source source)
{
	switch (source) {
	case TAUT_OPENCL_FLIPS:
		return (lines){TAUT_SOURCE_flips,
		               sizeof TAUT_SOURCE_flips / sizeof TAUT_SOURCE_flips[0]};
	case TAUT_OPENCL_SWAPS:
		return (lines){TAUT_SOURCE_swaps,
		               sizeof TAUT_SOURCE_swaps / sizeof TAUT_SOURCE_swaps[0]};
	}
	return (lines){NULL, 0};
}

static const lines MACHINE = {TAUT_SOURCE_machine,
                              sizeof TAUT_SOURCE_machine / sizeof TAUT_SOURCE_machine[0]};

static uint64_t key_of(const taut_opencl_device *device, taut_opencl_source source,
                       const char *options)
{
	static const cl_device_info ABOUT[] = {CL_DEVICE_NAME, CL_DEVICE_VENDOR, CL_DEVICE_VERSION,
	                                       CL_DRIVER_VERSION};
	const lines                 l = lines_of(source);
	uint64_t                    h = hash_text(HASH_START, options);
	char                        text[512];

	for (cl_uint k = 0; k < MACHINE.count; k++)
		h = hash_text(h, MACHINE.line[k]);
	for (cl_uint k = 0; k < l.count; k++)
		h = hash_text(h, l.line[k]);
	for (size_t k = 0; k < sizeof ABOUT / sizeof ABOUT[0]; k++) {
		memset(text, 0, sizeof text);
		(void)clGetDeviceInfo(device->id, ABOUT[k], sizeof text - 1, text, NULL);
		h = hash_text(h, text);
	}
	memset(text, 0, sizeof text);
	(void)clGetPlatformInfo(device->platform, CL_PLATFORM_VERSION, sizeof text - 1, text, NULL);
	return hash_text(h, text);
}

/* The folder, with those above it, if make_it. "" where there is none. */
static void cache_folder(char *out, size_t size, bool make_it)
{
	const char *base = getenv("XDG_CACHE_HOME");
	const char *home = getenv("HOME");
	int         n;

	*out = '\0';
	if (base && *base == '/')
		n = snprintf(out, size, "%s/taut/opencl", base);
	else if (home && *home == '/')
		n = snprintf(out, size, "%s/.cache/taut/opencl", home);
	else
		return;
	if (n < 0 || (size_t)n >= size) {
		*out = '\0';
		return;
	}
	for (char *p = out + 1; make_it && *p; p++)
		if (*p == '/') {
			*p = '\0';
			(void)mkdir(out, 0777); /* there already, or the file will not open */
			*p = '/';
		}
	if (make_it)
		(void)mkdir(out, 0777);
}

void taut_opencl_cache_path(char *out, size_t size, const taut_opencl_device *device,
                            taut_opencl_source source, const char *options)
{
	char folder[512];
	int  n;

	cache_folder(folder, sizeof folder, false);
	n = *folder ? snprintf(out, size, "%s/%016llx.bin", folder,
	                       (unsigned long long)key_of(device, source, options))
	            : -1;
	if (n < 0 || (size_t)n >= size)
		*out = '\0';
}

/* A file: this, then the binary. */
typedef struct {
	char     magic[8];
	uint64_t key;
	uint64_t bytes;
	uint64_t sum;
} cache_header;

static const char MAGIC[8] = {'t', 'a', 'u', 't', 'c', 'l', '0', '1'};

/* NULL where there is no whole and sound file. */
static unsigned char *cache_read(const char *path, uint64_t key, size_t *bytes)
{
	FILE          *f = *path ? fopen(path, "rb") : NULL;
	unsigned char *data = NULL;
	struct stat    about;
	cache_header   h;
	bool           sound = false;

	if (!f)
		return NULL;
	if (fstat(fileno(f), &about) || fread(&h, sizeof h, 1, f) != 1)
		goto done;
	if (memcmp(h.magic, MAGIC, sizeof MAGIC) != 0 || h.key != key || h.bytes == 0 ||
	    about.st_size < (off_t)sizeof h || h.bytes != (uint64_t)about.st_size - sizeof h)
		goto done;
	data = taut_alloc((size_t)h.bytes, 1, NULL);
	if (!data || fread(data, 1, (size_t)h.bytes, f) != h.bytes)
		goto done;
	*bytes = (size_t)h.bytes;
	sound = hash(HASH_START, data, *bytes) == h.sum;
done:
	(void)fclose(f);
	if (!sound) {
		taut_free(data);
		data = NULL;
	}
	return data;
}

/* Written beside and renamed, so that readers see all or nothing. */
static void cache_write(const char *path, uint64_t key, const unsigned char *data, size_t bytes)
{
	cache_header h = {.key = key, .bytes = bytes, .sum = hash(HASH_START, data, bytes)};
	char         folder[512];
	char         beside[640];
	bool         whole;
	FILE        *f;
	int          fd;

	memcpy(h.magic, MAGIC, sizeof MAGIC);
	cache_folder(folder, sizeof folder, true);
	if (!*path || (size_t)snprintf(beside, sizeof beside, "%s.XXXXXX", path) >= sizeof beside)
		return;
	fd = mkstemp(beside);
	if (fd < 0)
		return;
	f = fdopen(fd, "wb");
	if (!f) {
		(void)close(fd);
		(void)unlink(beside);
		return;
	}
	whole = fwrite(&h, sizeof h, 1, f) == 1 && fwrite(data, 1, bytes, f) == bytes;
	whole = fclose(f) == 0 && whole;
	if (!whole || rename(beside, path))
		(void)unlink(beside);
}

static void keep(cl_program program, const char *path, uint64_t key)
{
	size_t         bytes = 0;
	unsigned char *data;

	if (clGetProgramInfo(program, CL_PROGRAM_BINARY_SIZES, sizeof bytes, &bytes, NULL) !=
	            CL_SUCCESS ||
	    bytes == 0)
		return;
	data = taut_alloc(bytes, 1, NULL);
	if (data &&
	    clGetProgramInfo(program, CL_PROGRAM_BINARIES, sizeof data, &data, NULL) == CL_SUCCESS)
		cache_write(path, key, data, bytes);
	taut_free(data);
}

/* *out is NULL where the cache does not help. */
static void from_cache(cl_program *out, cl_context context, const taut_opencl_device *device,
                       const char *options, const char *path, uint64_t key)
{
	size_t               bytes = 0;
	unsigned char       *data = cache_read(path, key, &bytes);
	const unsigned char *view = data;
	cl_int               status = CL_SUCCESS;
	cl_int               code = CL_SUCCESS;

	*out = NULL;
	if (!data)
		return;
	*out = clCreateProgramWithBinary(context, 1, &device->id, &bytes, &view, &status, &code);
	if (*out && (code != CL_SUCCESS || status != CL_SUCCESS ||
	             clBuildProgram(*out, 1, &device->id, options, NULL, NULL) != CL_SUCCESS)) {
		(void)clReleaseProgram(*out);
		*out = NULL;
	}
	taut_free(data);
}

/* The first lines of the log, on one. */
static taut_status build_failed(cl_program program, const taut_opencl_device *device, cl_int code,
                                taut_error *err)
{
	char   scratch[24];
	char   text[160];
	char  *log = NULL;
	size_t bytes = 0;

	text[0] = '\0';
	if (clGetProgramBuildInfo(program, device->id, CL_PROGRAM_BUILD_LOG, 0, NULL, &bytes) ==
	            CL_SUCCESS &&
	    bytes)
		log = taut_alloc(bytes + 1, 1, NULL);
	if (log && clGetProgramBuildInfo(program, device->id, CL_PROGRAM_BUILD_LOG, bytes, log,
	                                 NULL) == CL_SUCCESS)
		(void)snprintf(text, sizeof text, "%s", log);
	taut_free(log);
	for (char *p = text; *p; p++)
		if (*p == '\n' || *p == '\r' || *p == '\t')
			*p = ' ';
	return taut_fail(err, TAUT_EDEVICE, "OpenCL: building for '%s': %s: %s", device->name,
	                 taut_opencl_error(code, scratch), *text ? text : "no log");
}

taut_status taut_opencl_build(cl_program *out, cl_context context, const taut_opencl_device *device,
                              taut_opencl_source source, const char *options, taut_error *err)
{
	const lines    l = lines_of(source);
	const uint64_t key = key_of(device, source, options);
	const char   **all = NULL;
	char           path[600];
	taut_status    st = TAUT_OK;
	cl_int         code = CL_SUCCESS;

	taut_opencl_cache_path(path, sizeof path, device, source, options);
	from_cache(out, context, device, options, path, key);
	if (*out)
		return TAUT_OK;
	all = taut_alloc((size_t)MACHINE.count + l.count, sizeof *all, err);
	if (!all)
		return TAUT_ENOMEM;
	memcpy(all, MACHINE.line, MACHINE.count * sizeof *all);
	memcpy(all + MACHINE.count, l.line, l.count * sizeof *all);
	*out = clCreateProgramWithSource(context, MACHINE.count + l.count, all, NULL, &code);
	st = taut_opencl_check(code, "taking the source", err);
	if (st)
		goto done;
	code = clBuildProgram(*out, 1, &device->id, options, NULL, NULL);
	if (code != CL_SUCCESS)
		st = build_failed(*out, device, code, err);
	else
		keep(*out, path, key);
done:
	taut_free(all);
	if (st && *out)
		(void)clReleaseProgram(*out);
	if (st)
		*out = NULL;
	return st;
}
