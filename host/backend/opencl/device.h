/* Devices of all OpenCL platforms, in the order of the platforms: what there is, and which is
 * meant. */
#ifndef TAUT_BACKEND_OPENCL_DEVICE_H
#define TAUT_BACKEND_OPENCL_DEVICE_H

#include "backend/backend.h"
#include "backend/opencl/api.h"

typedef struct {
	cl_platform_id platform;
	cl_device_id   id;
	cl_device_type type;
	char           name[96];
	bool           card; /* Xilinx: takes binaries alone */
	cl_ulong       memory_bytes;
	cl_ulong       allocation_bytes; /* of one buffer, at most */
	cl_uint        units;
} taut_opencl_device;

typedef struct {
	uint32_t           count;
	taut_opencl_device device[TAUT_DEVICES_MAX];
} taut_opencl_devices;

/* All of them, TAUT_DEVICES_MAX at most. EDEVICE where there is none, saying what is to be
 * installed. */
taut_status taut_opencl_list(taut_opencl_devices *out, taut_error *err) TAUT_MUST_CHECK;

/* Number of the one that is meant: a number from 0, or part of a name, case not minded; NULL: the
 * first GPU or accelerator, else the first. EDEVICE where there is no such one, with a list. Cards
 * are not chosen without being named. */
taut_status taut_opencl_choose(uint32_t *out, const taut_opencl_devices *devices,
                               const char *wanted, taut_error *err) TAUT_MUST_CHECK;

/* "CL_OUT_OF_RESOURCES", or "error -9999" in *scratch. */
const char *taut_opencl_error(cl_int code, char scratch[24]);

/* EDEVICE with the name of the code, and what to do where that is known; OK for CL_SUCCESS. */
taut_status taut_opencl_check(cl_int code, const char *what, taut_error *err) TAUT_MUST_CHECK;

#endif
