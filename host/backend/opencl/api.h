/* OpenCL's functions, from libOpenCL.so.1 at run time: one taut runs where it is and where it is
 * not, and links statically. */
#ifndef TAUT_BACKEND_OPENCL_API_H
#define TAUT_BACKEND_OPENCL_API_H

#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>

#define TAUT_OPENCL_FUNCTIONS(X)     \
	X(clBuildProgram)            \
	X(clCreateBuffer)            \
	X(clCreateCommandQueue)      \
	X(clCreateContext)           \
	X(clCreateKernel)            \
	X(clCreateProgramWithBinary) \
	X(clCreateProgramWithSource) \
	X(clEnqueueNDRangeKernel)    \
	X(clEnqueueReadBuffer)       \
	X(clEnqueueTask)             \
	X(clEnqueueWriteBuffer)      \
	X(clFinish)                  \
	X(clFlush)                   \
	X(clGetDeviceIDs)            \
	X(clGetDeviceInfo)           \
	X(clGetEventInfo)            \
	X(clGetEventProfilingInfo)   \
	X(clGetPlatformIDs)          \
	X(clGetPlatformInfo)         \
	X(clGetProgramBuildInfo)     \
	X(clGetProgramInfo)          \
	X(clReleaseCommandQueue)     \
	X(clReleaseContext)          \
	X(clReleaseEvent)            \
	X(clReleaseKernel)           \
	X(clReleaseMemObject)        \
	X(clReleaseProgram)          \
	X(clSetKernelArg)

typedef struct {
#define X(name) __typeof__(name) *name;
	TAUT_OPENCL_FUNCTIONS(X)
#undef X
} taut_opencl_api;

/* Loaded by the first call and kept to the process's end; from any thread. NULL where there is no
 * such library. */
const taut_opencl_api *taut_opencl_functions(void);

#ifndef TAUT_OPENCL_API_PLAIN
/* Calls look as they would to a linked library; all but the first, of taut_opencl_list, know that
 * it is there. */
#define clBuildProgram            taut_opencl_functions()->clBuildProgram
#define clCreateBuffer            taut_opencl_functions()->clCreateBuffer
#define clCreateCommandQueue      taut_opencl_functions()->clCreateCommandQueue
#define clCreateContext           taut_opencl_functions()->clCreateContext
#define clCreateKernel            taut_opencl_functions()->clCreateKernel
#define clCreateProgramWithBinary taut_opencl_functions()->clCreateProgramWithBinary
#define clCreateProgramWithSource taut_opencl_functions()->clCreateProgramWithSource
#define clEnqueueNDRangeKernel    taut_opencl_functions()->clEnqueueNDRangeKernel
#define clEnqueueReadBuffer       taut_opencl_functions()->clEnqueueReadBuffer
#define clEnqueueTask             taut_opencl_functions()->clEnqueueTask
#define clEnqueueWriteBuffer      taut_opencl_functions()->clEnqueueWriteBuffer
#define clFinish                  taut_opencl_functions()->clFinish
#define clFlush                   taut_opencl_functions()->clFlush
#define clGetDeviceIDs            taut_opencl_functions()->clGetDeviceIDs
#define clGetDeviceInfo           taut_opencl_functions()->clGetDeviceInfo
#define clGetEventInfo            taut_opencl_functions()->clGetEventInfo
#define clGetEventProfilingInfo   taut_opencl_functions()->clGetEventProfilingInfo
#define clGetPlatformIDs          taut_opencl_functions()->clGetPlatformIDs
#define clGetPlatformInfo         taut_opencl_functions()->clGetPlatformInfo
#define clGetProgramBuildInfo     taut_opencl_functions()->clGetProgramBuildInfo
#define clGetProgramInfo          taut_opencl_functions()->clGetProgramInfo
#define clReleaseCommandQueue     taut_opencl_functions()->clReleaseCommandQueue
#define clReleaseContext          taut_opencl_functions()->clReleaseContext
#define clReleaseEvent            taut_opencl_functions()->clReleaseEvent
#define clReleaseKernel           taut_opencl_functions()->clReleaseKernel
#define clReleaseMemObject        taut_opencl_functions()->clReleaseMemObject
#define clReleaseProgram          taut_opencl_functions()->clReleaseProgram
#define clSetKernelArg            taut_opencl_functions()->clSetKernelArg
#endif

#endif
