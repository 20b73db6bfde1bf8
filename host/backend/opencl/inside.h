/* Inside of the opencl backend: what its files share. */
#ifndef TAUT_BACKEND_OPENCL_INSIDE_H
#define TAUT_BACKEND_OPENCL_INSIDE_H

#include "backend/launcher.h"
#include "backend/opencl/device.h"
#include "backend/opencl/program.h"

/* Buffers on the device. */
typedef enum {
	/* of a launch */
	BUFFER_LAUNCH,
	BUFFER_TABLE,
	BUFFER_JQ,
	/* for good: the doubled pools */
	BUFFER_NOISE,
	BUFFER_NOISE_HEATBATH,
	/* of the problem, from load on */
	BUFFER_LINEAR,
	BUFFER_ROW,
	BUFFER_COL,
	BUFFER_COEF,   /* or dense entries */
	BUFFER_PLACES, /* one-hot groups */
	BUFFER_DATA,   /* permutations: matrices */
	/* of the groups of lanes; those of states are [2][groups].., current and then best */
	BUFFER_WORDS,
	BUFFER_LANES,
	BUFFER_FIELDS,
	BUFFER_POSITIONS,
	BUFFER_ENERGIES,
	BUFFER_RUNGS,
	BUFFER_CURRENT,
	BUFFERS
} taut_opencl_buffer;

typedef enum {
	KERNEL_UNPACK,
	KERNEL_START,
	KERNEL_ANNEAL,
	KERNEL_PACK,
	KERNELS
} taut_opencl_kernel;

typedef struct {
	char       options[160];
	cl_program program; /* NULL: none */
	cl_kernel  kernel[KERNELS];
} taut_opencl_program;

/* The launch header (hls/opencl/machine.cl): 16 items and the exchange constants. */
enum { TAUT_OPENCL_LAUNCH_ITEMS = 16 + TAUT_LANES };

enum { TAUT_OPENCL_MODES = 3, TAUT_OPENCL_EVENTS = 16 };

/* Commands under way, for the times. */
typedef struct {
	cl_event event[TAUT_OPENCL_EVENTS];
	bool     transfer[TAUT_OPENCL_EVENTS];
	uint32_t count;
} taut_opencl_events;

typedef struct {
	taut_backend        base;
	taut_opencl_device  device;
	cl_context          context;
	cl_command_queue    queue;
	taut_noise         *noise;
	cl_mem              buffer[BUFFERS];
	size_t              bytes[BUFFERS];
	taut_opencl_program program[TAUT_OPENCL_MODES];
	taut_backend_times  times;
	double              patience_s; /* beyond what a launch is expected to take; tests set it */
	bool                lost;       /* a launch did not end in time; its events are kept */
	/* of the problem */
	taut_problem      *problem; /* NULL before the first load */
	taut_opencl_source source;
	uint32_t           per_item; /* lanes of a work-item */
	uint32_t           bits;     /* of fields */
	uint32_t           terms;    /* permutations */
	/* of the launch under way */
	taut_opencl_events events;
	double             expected_s;
	double             update_s; /* longest seen, of one visit of one group */
	/* host's side of states: what came back from the last launch, and what is to go */
	uint64_t                *words, *words_sent;         /* [2][groups][n] */
	uint16_t                *positions, *positions_sent; /* [2][groups][64][permutation_n] */
	int64_t                 *energies;                   /* [groups][2][64] */
	cl_uint                 *rungs;                      /* [groups][2][64] */
	cl_ulong                *launch;                     /* [TAUT_OPENCL_LAUNCH_ITEMS] */
	void                    *table, *jq;                 /* of the launch */
	size_t                   table_bytes, jq_bytes;
	uint32_t                 groups;   /* that these and the buffers hold */
	uint32_t                 resident; /* groups of the states that the device has; 0: none */
	struct taut_opencl_card *card;     /* card.c; NULL: the device takes sources */
} taut_opencl;

/* Of the states of so many groups, current ones alone. */
static inline size_t taut_opencl_words(const taut_opencl *self, uint32_t groups)
{
	return (size_t)groups * self->problem->n;
}

static inline size_t taut_opencl_positions(const taut_opencl *self, uint32_t groups)
{
	return (size_t)groups * TAUT_LANES * self->problem->permutation_n;
}

/* data.c: takes a problem, *problem dup'ed into self. ELIMIT, EDEVICE, ENOMEM. */
taut_status taut_opencl_load(taut_opencl *self, const taut_problem *problem,
                             taut_error *err) TAUT_MUST_CHECK;

/* Bytes on the device for one group. */
uint64_t taut_opencl_group_bytes(const taut_opencl *self);
/* Groups that fit beside the problem, at least 1 after load. */
uint32_t taut_opencl_groups_most(const taut_opencl *self);

/* A buffer of so many bytes at least. EDEVICE. */
taut_status taut_opencl_reserve(taut_opencl *self, taut_opencl_buffer which, uint64_t bytes,
                                taut_error *err) TAUT_MUST_CHECK;
/* The same, written; blocks. */
taut_status taut_opencl_put(taut_opencl *self, taut_opencl_buffer which, const void *data,
                            uint64_t bytes, taut_error *err) TAUT_MUST_CHECK;

/* prepare.c: the program of a mode for the problem, built if it is not there. */
taut_status taut_opencl_prepare(taut_opencl *self, taut_machine_mode mode,
                                taut_error *err) TAUT_MUST_CHECK;
void        taut_opencl_forget(taut_opencl_program *program);
/* Memory for so many groups on both sides. */
taut_status taut_opencl_hold(taut_opencl *self, uint32_t groups, taut_error *err) TAUT_MUST_CHECK;
void        taut_opencl_release_host(taut_opencl *self);
/* job.c: of taut_launcher; device: taut_opencl */
taut_status taut_opencl_start(void *device, uint32_t unit, taut_job *job,
                              taut_error *err) TAUT_MUST_CHECK;
taut_status taut_opencl_wait(void *device, uint32_t unit, taut_job *job,
                             taut_error *err) TAUT_MUST_CHECK;

/* wait.c: a place for the event of the next command, transfer or kernel; count is one less again
 * where the command is refused. */
cl_event *taut_opencl_next_event(taut_opencl *self, bool transfer);
/* Before a launch: no events, and what it is expected to take. */
void taut_opencl_expect(taut_opencl *self, const taut_job *job);
/* Waits for the last event and adds the times of all; *spent_s grows by them. EDEVICE. */
taut_status taut_opencl_finish(taut_opencl *self, double *spent_s, taut_error *err) TAUT_MUST_CHECK;
void        taut_opencl_learn(taut_opencl *self, const taut_job *job, double spent_s);
/* No command is under way. */
bool taut_opencl_idle(const taut_opencl *self);
/* After a command was refused: waits for those before it. */
void taut_opencl_abandon(taut_opencl *self);

/* card.c: cards of Xilinx run the kernels of hls/kernel, from an xclbin. bitstream: as of
 * taut_backend_options. */
taut_status taut_opencl_card_open(taut_opencl *self, uint32_t number, const char *bitstream,
                                  taut_error *err) TAUT_MUST_CHECK;
void        taut_opencl_card_close(taut_opencl *self);
taut_status taut_opencl_card_load(taut_opencl *self, taut_error *err) TAUT_MUST_CHECK;
taut_status taut_opencl_card_start(void *device, uint32_t unit, taut_job *job,
                                   taut_error *err) TAUT_MUST_CHECK;
taut_status taut_opencl_card_wait(void *device, uint32_t unit, taut_job *job,
                                  taut_error *err) TAUT_MUST_CHECK;

#endif
