/*
 * Compute units: registers as in hls/abi/kernel.h and the kernel behind them, on a thread of its
 * own. Every unit loads a private copy of the bitstream's shared object, for kernels have static
 * memory.
 */
#ifndef TAUT_EMULATION_UNITS_H
#define TAUT_EMULATION_UNITS_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hls/abi/kernel.h"
#include "memory.h"

enum { TAUT_UNITS_MAX = 16 };

typedef void (*taut_kernel_top)(uint32_t abi, const taut_word *launch, const taut_word *noise,
                                const taut_word *problem, const taut_word *couplings,
                                taut_word *state, taut_word *status);

typedef enum { TAUT_UNIT_IDLE, TAUT_UNIT_RUNNING, TAUT_UNIT_DONE } taut_unit_state;

typedef struct {
	char            name[64]; /* kernel:instance */
	uint64_t        base;     /* of its registers */
	uint8_t         registers[TAUT_REGISTER_BYTES];
	taut_kernel_top top;
	void           *library;
	pthread_t       thread;
	bool            joinable;
	taut_word      *argument[TAUT_KERNEL_ARGUMENTS]; /* [0] is not used */
	uint32_t        abi;
	bool            wrong_abi;  /* fault: called as if built for another contract */
	bool            wrong_hash; /* fault: another hash in the status */
	pthread_mutex_t lock;
	pthread_cond_t  changed;
	taut_unit_state state;
} taut_unit;

typedef struct {
	taut_unit unit[TAUT_UNITS_MAX];
	size_t    n;
} taut_units;

/* The units that the metadata names, from the shared object; units of before end. False, with a
 * line on stderr: unreadable, an unknown kernel, no unit. */
bool taut_units_load(taut_units *units, const char *xml_path, const char *object_path);

/* The unit that holds the register; NULL: none. */
taut_unit *taut_units_at(taut_units *units, uint64_t address);

bool taut_units_busy(taut_units *units);

/* Runs the kernel on the buffers that the registers name. False, with a line on stderr: an address
 * outside all buffers. */
bool taut_unit_start(taut_unit *unit, const taut_memory *memory);

/* The control register: waits a little while the kernel runs, so that a host that polls without
 * pause does not take a core. */
uint32_t taut_unit_control(taut_unit *unit);

#endif
