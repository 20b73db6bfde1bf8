/* What is there to run on, and with which bitstream: XRT's environment, cards, the choice of
 * --device, --bitstream, TAUT_BITSTREAM and bitstreams/MANIFEST.yaml. Looks at files alone; XRT is
 * not touched. */
#ifndef TAUT_BACKEND_XRT_FIND_H
#define TAUT_BACKEND_XRT_FIND_H

#include <stdbool.h>
#include <stdint.h>

#include "backend/backend.h"
#include "backend/xrt/xclbin.h"

/* A card. name is what taut shows and what --device finds a part of: "0000:65:00.1
 * xilinx_u55c_gen3x16_xdma_base_3". */
typedef struct {
	char address[32]; /* PCIe address; "" in emulation, where the number counts */
	char platform[65];
} taut_found_card;

typedef struct {
	taut_xclbin_mode mode; /* what XCL_EMULATION_MODE says; unset: CARD */
	uint32_t         count;
	taut_found_card  card[TAUT_DEVICES_MAX];
	bool             chosen[TAUT_DEVICES_MAX];
} taut_found;

/* Cards by rising address: in emulation those of $EMCONFIG_PATH/emconfig.json, one where that says
 * nothing; else folders of `drivers` (NULL: the driver's, /sys/bus/pci/drivers/xocl). EDEVICE: no
 * device, or an environment in which XRT would abort. */
taut_status taut_find_cards(taut_found *out, const char *drivers, taut_error *err) TAUT_MUST_CHECK;

void taut_found_name(char out[96], const taut_found_card *card);

/* Marks the cards of --device: a number, "all", part of a name; NULL: the first. EDEVICE when there
 * is none. */
taut_status taut_find_choose(taut_found *found, const char *device,
                             taut_error *err) TAUT_MUST_CHECK;

enum { TAUT_FOUND_PATH = 1024 };

/* The folder with MANIFEST.yaml: TAUT_BITSTREAMS; share/taut/bitstreams beside the folder of the
 * program; the source's bitstreams/. */
void taut_find_folder(char out[TAUT_FOUND_PATH]);

/* The bitstream's path, its content, checked: against the chosen cards and, where a manifest has a
 * row of the file, against the row. EDEVICE, ENOMEM. */
taut_status taut_find_bitstream(char path[TAUT_FOUND_PATH], taut_xclbin *out,
                                const taut_found *found, const char *bitstream,
                                taut_error *err) TAUT_MUST_CHECK;

#endif
