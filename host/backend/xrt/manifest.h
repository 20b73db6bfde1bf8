/*
 * bitstreams/MANIFEST.yaml: which bitstreams there are, what each was built from and for.
 * tools/check_manifest checks the file itself against its schema; the host reads what it needs and
 * refuses what it does not understand.
 */
#ifndef TAUT_BACKEND_XRT_MANIFEST_H
#define TAUT_BACKEND_XRT_MANIFEST_H

#include <stdbool.h>
#include <stdint.h>

#include "backend/xrt/xclbin.h"
#include "base/status.h"

/* A row; views into the manifest, "" where the file says nothing. */
typedef struct {
	const char      *file; /* relative to the manifest's folder */
	const char      *card; /* u55c */
	const char      *platform;
	taut_xclbin_mode mode;  /* target: hw or hw_emu */
	bool             built; /* else a recipe: what to build, no file yet */
	uint32_t         abi;   /* TAUT_KERNEL_ABI it was built from; recipe: 0 */
	uint64_t         hash;  /* TAUT_KERNEL_HASH it was built from; recipe: 0 */
	uint64_t         bytes; /* of the file; recipe: 0 */
	const char      *sha256;
	const char      *uuid;
} taut_manifest_row;

typedef struct taut_manifest taut_manifest;

/* Reads a file. EINPUT with path:line:column, EIO, ENOMEM. The caller frees. On failure *out is
 * NULL. */
taut_status taut_manifest_read(taut_manifest **out, const char *path,
                               taut_error *err) TAUT_MUST_CHECK;
void        taut_manifest_free(taut_manifest *manifest); /* accepts NULL */

uint32_t                 taut_manifest_count(const taut_manifest *manifest);
const taut_manifest_row *taut_manifest_at(const taut_manifest *manifest, uint32_t row); /* a view */

/* The row of a file, by its last name; NULL: none. */
const taut_manifest_row *taut_manifest_of_file(const taut_manifest *manifest, const char *path);

/* Whether a row's card is the one of a platform: the part between underscores that names it, as in
 * xilinx_u55c_gen3x16_xdma_base_3.
 */
bool taut_manifest_fits(const taut_manifest_row *row, const char *platform);

/* EDEVICE when the row and this taut, or the row and the file, disagree; path is the file's. */
taut_status taut_manifest_check(const taut_manifest_row *row, const taut_xclbin *file,
                                const char *path, taut_error *err) TAUT_MUST_CHECK;

#endif
