#include "backend/opencl/device.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* of cl_ext.h: the loader found no platform */
#define NO_PLATFORM (-1001)

#define CODES(X)                                                                     \
	X(CL_DEVICE_NOT_FOUND, "")                                                   \
	X(CL_DEVICE_NOT_AVAILABLE, "another process may hold it")                    \
	X(CL_COMPILER_NOT_AVAILABLE, "the device takes binaries alone")              \
	X(CL_MEM_OBJECT_ALLOCATION_FAILURE, "fewer --reads need less memory")        \
	X(CL_OUT_OF_RESOURCES,                                                       \
	  "the device was lost or ran out of memory: fewer --reads need less")       \
	X(CL_OUT_OF_HOST_MEMORY, "")                                                 \
	X(CL_PROFILING_INFO_NOT_AVAILABLE, "")                                       \
	X(CL_BUILD_PROGRAM_FAILURE, "")                                              \
	X(CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST, "an earlier command failed") \
	X(CL_INVALID_VALUE, "")                                                      \
	X(CL_INVALID_DEVICE, "")                                                     \
	X(CL_INVALID_CONTEXT, "")                                                    \
	X(CL_INVALID_COMMAND_QUEUE, "the device may be lost")                        \
	X(CL_INVALID_MEM_OBJECT, "")                                                 \
	X(CL_INVALID_BINARY, "")                                                     \
	X(CL_INVALID_BUILD_OPTIONS, "")                                              \
	X(CL_INVALID_PROGRAM, "")                                                    \
	X(CL_INVALID_PROGRAM_EXECUTABLE, "")                                         \
	X(CL_INVALID_KERNEL_NAME, "")                                                \
	X(CL_INVALID_ARG_INDEX, "")                                                  \
	X(CL_INVALID_ARG_VALUE, "")                                                  \
	X(CL_INVALID_ARG_SIZE, "")                                                   \
	X(CL_INVALID_KERNEL_ARGS, "")                                                \
	X(CL_INVALID_WORK_GROUP_SIZE, "")                                            \
	X(CL_INVALID_BUFFER_SIZE, "fewer --reads need smaller buffers")

typedef struct {
	cl_int      code;
	const char *name;
	const char *advice;
} code_text;

#define X(name, advice) {name, #name, advice},
static const code_text TEXTS[] = {CODES(X)};
#undef X

static const code_text *find_code(cl_int code)
{
	for (size_t k = 0; k < sizeof TEXTS / sizeof TEXTS[0]; k++)
		if (TEXTS[k].code == code)
			return &TEXTS[k];
	return NULL;
}

const char *taut_opencl_error(cl_int code, char scratch[24])
{
	const code_text *text = find_code(code);

	if (text)
		return text->name;
	(void)snprintf(scratch, 24, "error %d", (int)code);
	return scratch;
}

taut_status taut_opencl_check(cl_int code, const char *what, taut_error *err)
{
	const code_text *text = find_code(code);
	const char      *advice = text ? text->advice : "";
	char             scratch[24];

	if (code == CL_SUCCESS)
		return TAUT_OK;
	return taut_fail(err, TAUT_EDEVICE, "OpenCL: %s: %s%s%s%s", what,
	                 taut_opencl_error(code, scratch), *advice ? " (" : "", advice,
	                 *advice ? ")" : "");
}

static void read_device(taut_opencl_device *out, cl_platform_id platform, cl_device_id id,
                        const char *platform_name)
{
	char name[256] = "";

	*out = (taut_opencl_device){.platform = platform, .id = id};
	/* what cannot be read stays 0 */
	(void)clGetDeviceInfo(id, CL_DEVICE_TYPE, sizeof out->type, &out->type, NULL);
	(void)clGetDeviceInfo(id, CL_DEVICE_NAME, sizeof name - 1, name, NULL);
	(void)clGetDeviceInfo(id, CL_DEVICE_GLOBAL_MEM_SIZE, sizeof out->memory_bytes,
	                      &out->memory_bytes, NULL);
	(void)clGetDeviceInfo(id, CL_DEVICE_MAX_MEM_ALLOC_SIZE, sizeof out->allocation_bytes,
	                      &out->allocation_bytes, NULL);
	(void)clGetDeviceInfo(id, CL_DEVICE_MAX_COMPUTE_UNITS, sizeof out->units, &out->units,
	                      NULL);
	out->card = (out->type & CL_DEVICE_TYPE_ACCELERATOR) != 0 &&
	            strstr(platform_name, "Xilinx") != NULL;
	(void)snprintf(out->name, sizeof out->name, "%.90s", name);
}

static void add_devices(taut_opencl_devices *out, cl_platform_id platform)
{
	cl_device_id ids[TAUT_DEVICES_MAX];
	cl_uint      count = 0;
	char         name[128] = "";

	(void)clGetPlatformInfo(platform, CL_PLATFORM_NAME, sizeof name - 1, name, NULL);
	if (clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, TAUT_DEVICES_MAX, ids, &count) !=
	    CL_SUCCESS)
		return;
	for (cl_uint k = 0; k < count && k < TAUT_DEVICES_MAX && out->count < TAUT_DEVICES_MAX; k++)
		read_device(&out->device[out->count++], platform, ids[k], name);
}

taut_status taut_opencl_list(taut_opencl_devices *out, taut_error *err)
{
	cl_platform_id platforms[TAUT_DEVICES_MAX];
	cl_uint        count = 0;
	cl_int         code;

	out->count = 0;
	if (!taut_opencl_functions())
		return taut_fail(
			err, TAUT_EDEVICE,
			"no OpenCL: libOpenCL.so.1 is not there; install an ICD loader and an "
			"ICD, e.g. ocl-icd-libopencl1 and pocl-opencl-icd");
	code = clGetPlatformIDs(TAUT_DEVICES_MAX, platforms, &count);
	if (code != CL_SUCCESS && code != NO_PLATFORM)
		return taut_opencl_check(code, "listing platforms", err);
	if (code == NO_PLATFORM || count == 0)
		return taut_fail(
			err, TAUT_EDEVICE,
			"no OpenCL platform: install an ICD, e.g. pocl-opencl-icd for processors");
	for (cl_uint k = 0; k < count && k < TAUT_DEVICES_MAX; k++)
		add_devices(out, platforms[k]);
	if (out->count == 0)
		return taut_fail(err, TAUT_EDEVICE,
		                 "no OpenCL device on %u platform%s: check the device's driver, "
		                 "permissions and the driver's own cache folder",
		                 (unsigned)count, count > 1 ? "s" : "");
	return TAUT_OK;
}

static bool contains(const char *text, const char *part)
{
	const size_t length = strlen(part);

	for (; *text; text++) {
		size_t k = 0;

		while (k < length &&
		       tolower((unsigned char)text[k]) == tolower((unsigned char)part[k]))
			k++;
		if (k == length)
			return true;
	}
	return false;
}

static uint32_t by_default(const taut_opencl_devices *devices)
{
	const cl_device_type fast = CL_DEVICE_TYPE_GPU | CL_DEVICE_TYPE_ACCELERATOR;

	for (uint32_t k = 0; k < devices->count; k++)
		if (!devices->device[k].card && (devices->device[k].type & fast))
			return k;
	for (uint32_t k = 0; k < devices->count; k++)
		if (!devices->device[k].card)
			return k;
	return 0;
}

static taut_status unknown(const taut_opencl_devices *devices, const char *wanted, taut_error *err)
{
	char   list[192] = "";
	size_t used = 0;

	for (uint32_t k = 0; k < devices->count && used + 1 < sizeof list; k++) {
		const int n = snprintf(list + used, sizeof list - used, "%s%u '%s'", k ? ", " : "",
		                       (unsigned)k, devices->device[k].name);

		used += n > 0 ? (size_t)n : 0;
	}
	return taut_fail(err, TAUT_EDEVICE, "--device '%s' is not an OpenCL device; there %s %s",
	                 wanted, devices->count > 1 ? "are" : "is", list);
}

taut_status taut_opencl_choose(uint32_t *out, const taut_opencl_devices *devices,
                               const char *wanted, taut_error *err)
{
	char         *end;
	unsigned long number;

	*out = by_default(devices);
	if (!wanted || !*wanted)
		return TAUT_OK;
	errno = 0;
	number = strtoul(wanted, &end, 10);
	if (isdigit((unsigned char)*wanted) && *end == '\0') {
		if (errno || number >= devices->count)
			return unknown(devices, wanted, err);
		*out = (uint32_t)number;
		return TAUT_OK;
	}
	for (uint32_t k = 0; k < devices->count; k++)
		if (contains(devices->device[k].name, wanted)) {
			*out = k;
			return TAUT_OK;
		}
	return unknown(devices, wanted, err);
}
