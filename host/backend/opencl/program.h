/* Programs: built from the sources of hls/opencl at run time, kept on disk. */
#ifndef TAUT_BACKEND_OPENCL_PROGRAM_H
#define TAUT_BACKEND_OPENCL_PROGRAM_H

#include "backend/opencl/device.h"

typedef enum { TAUT_OPENCL_FLIPS, TAUT_OPENCL_SWAPS } taut_opencl_source;

/* Builds machine.cl and the source behind it with the options, or takes the build from the cache: a
 * file of
 * ${XDG_CACHE_HOME:-~/.cache}/taut/opencl named by the hash of source, options, device and driver.
 * A file that is damaged or cannot be read or written is as good as none. EDEVICE with the first
 * lines of the build's log; ENOMEM. On failure *out is NULL. */
taut_status taut_opencl_build(cl_program *out, cl_context context, const taut_opencl_device *device,
                              taut_opencl_source source, const char *options,
                              taut_error *err) TAUT_MUST_CHECK;

/* Where the build of so named source and options is kept, or "" where there is no folder for it. */
void taut_opencl_cache_path(char *out, size_t size, const taut_opencl_device *device,
                            taut_opencl_source source, const char *options);

#endif
