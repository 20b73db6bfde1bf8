/*
 * An xclbin file, checked before XRT sees it: XRT 2.13 itself reads beyond the end of a truncated
 * one. Knows the format alone, not XRT, so it is built and tested everywhere. Format: xclbin.h of
 * XRT (a header of 456 bytes, 40 bytes for every section, sections).
 */
#ifndef TAUT_BACKEND_XRT_XCLBIN_H
#define TAUT_BACKEND_XRT_XCLBIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

enum { TAUT_XCLBIN_UNITS_MAX = 64 };

/* The kernels of hls/abi/kernel.h. */
typedef enum { TAUT_XCLBIN_ANNEAL, TAUT_XCLBIN_EXCHANGE, TAUT_XCLBIN_N_KERNELS } taut_xclbin_kernel;

extern const char
	*const taut_xclbin_kernels[TAUT_XCLBIN_N_KERNELS]; /* "taut_anneal", "taut_exchange" */

/* What the bitstream runs on. */
typedef enum { TAUT_XCLBIN_CARD, TAUT_XCLBIN_HW_EMU, TAUT_XCLBIN_SW_EMU } taut_xclbin_mode;

/* A compute unit. */
typedef struct {
	taut_xclbin_kernel kernel;
	char               name[64];   /* of the instance */
	uint64_t           base;       /* of its registers */
	uint64_t           bank_bytes; /* of the banks that its couplings may lie in, together */
} taut_xclbin_unit;

typedef struct {
	uint64_t         bytes; /* of the file */
	uint8_t          uuid[16];
	char             platform[65];
	taut_xclbin_mode mode;
	char             sha256[65]; /* hexadecimal; "" where this machine has no libcrypto */
	uint32_t         n_units;
	taut_xclbin_unit unit[TAUT_XCLBIN_UNITS_MAX];
} taut_xclbin;

/*
 * Reads and checks a file, or `bytes` bytes that were read from `path`: magic, length, every
 * section's place, the sections that XRT needs, at least one unit of our kernels, their arguments
 * at the offsets of hls/abi/kernel.h, every buffer argument connected to a bank. EDEVICE saying
 * what is wrong and what to do, ENOMEM.
 */
taut_status taut_xclbin_read(taut_xclbin *out, const char *path, taut_error *err) TAUT_MUST_CHECK;
taut_status taut_xclbin_parse(taut_xclbin *out, const uint8_t *data, size_t bytes, const char *path,
                              taut_error *err) TAUT_MUST_CHECK;

/* "01234567-89ab-..." */
void taut_xclbin_uuid_text(char out[37], const uint8_t uuid[16]);

#endif
