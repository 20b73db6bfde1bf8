#include "backend/xrt/find.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backend/xrt/manifest.h"
#include "hls/abi/kernel.h"
#include "spec/document.h"

#define DRIVERS "/sys/bus/pci/drivers/xocl"

static const char *const MODES[] = {"", "hw_emu", "sw_emu"};

static const char *variable(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

/* Whether folder/name can be read. */
static bool readable(const char *folder, const char *name)
{
	char path[TAUT_FOUND_PATH];

	return folder && (size_t)snprintf(path, sizeof path, "%s/%s", folder, name) < sizeof path &&
	       access(path, R_OK) == 0;
}

/* XRT 2.13 ends the program with an exception where its libraries are not below XILINX_XRT. */
static taut_status check_environment(taut_xclbin_mode mode, taut_error *err)
{
	const char *root = variable("XILINX_XRT");
	const char *library = mode == TAUT_XCLBIN_SW_EMU   ? "lib/libxrt_swemu.so.2"
	                      : mode == TAUT_XCLBIN_HW_EMU ? "lib/libxrt_hwemu.so.2"
	                                                   : "lib/libxrt_core.so.2";

	if (!root)
		return taut_fail(err, TAUT_EDEVICE,
		                 "XILINX_XRT is not set: source XRT's setup.sh, or set it to a "
		                 "folder with %s (docs/hardware.md)",
		                 library);
	if (!readable(root, library))
		return taut_fail(err, TAUT_EDEVICE,
		                 "XILINX_XRT is %s, but it has no %s: set it to XRT's own folder "
		                 "(docs/hardware.md)",
		                 root, library);
	if (mode == TAUT_XCLBIN_CARD)
		return TAUT_OK;
	if (!variable("XILINX_VITIS") || !readable(variable("XILINX_VITIS"), "."))
		return taut_fail(
			err, TAUT_EDEVICE,
			"XILINX_VITIS is %s: emulation needs Vitis, or run under tools/emulate",
			variable("XILINX_VITIS") ? "no folder" : "not set");
	if (!variable("USER"))
		return taut_fail(err, TAUT_EDEVICE,
		                 "USER is not set: XRT's emulation names its socket by it");
	return TAUT_OK;
}

static taut_status find_mode(taut_xclbin_mode *out, taut_error *err)
{
	const char *mode = variable("XCL_EMULATION_MODE");

	*out = TAUT_XCLBIN_CARD;
	if (!mode)
		return TAUT_OK;
	for (int i = 1; i <= TAUT_XCLBIN_SW_EMU; i++)
		if (strcmp(mode, MODES[i]) == 0)
			*out = (taut_xclbin_mode)i;
	if (*out == TAUT_XCLBIN_CARD)
		return taut_fail(err, TAUT_EDEVICE,
		                 "XCL_EMULATION_MODE is '%s': sw_emu, hw_emu or unset is expected",
		                 mode);
	return TAUT_OK;
}

/* A row of emconfig.json: as many cards of a name as it says. */
static void add_emulated(taut_found *out, const taut_node *device)
{
	const taut_node *name = taut_node_find(device, "Name"),
			*number = taut_node_find(device, "NumDevices");
	unsigned long n =
		number && number->kind == TAUT_NODE_SCALAR ? strtoul(number->text, NULL, 10) : 1;

	for (; n > 0 && out->count < TAUT_DEVICES_MAX; n--)
		(void)snprintf(out->card[out->count++].platform, sizeof out->card[0].platform, "%s",
		               name && name->kind == TAUT_NODE_SCALAR ? name->text : "");
}

/* The names under Platform: Boards: Devices of emconfig.json; none where it cannot be read. */
static void read_emconfig(taut_found *out)
{
	char             path[TAUT_FOUND_PATH];
	const char      *folder = variable("EMCONFIG_PATH");
	taut_document   *d = NULL;
	const taut_node *top, *boards, *board;

	(void)snprintf(path, sizeof path, "%s/emconfig.json", folder ? folder : ".");
	if (access(path, R_OK) != 0 || taut_document_read(&d, path, NULL) != TAUT_OK)
		return;
	top = taut_node_find(taut_document_root(d), "Platform");
	boards = top ? taut_node_find(top, "Boards") : NULL;
	board = boards && boards->kind == TAUT_NODE_SEQUENCE && boards->count
	                ? taut_node_first(boards)
	                : NULL;
	for (uint32_t b = 0; board && b < boards->count; b++, board = taut_node_next(board)) {
		const taut_node *devices = taut_node_find(board, "Devices");
		const taut_node *device =
			devices && devices->kind == TAUT_NODE_SEQUENCE && devices->count
				? taut_node_first(devices)
				: NULL;

		for (uint32_t i = 0; device && i < devices->count;
		     i++, device = taut_node_next(device))
			add_emulated(out, device);
	}
	taut_document_free(d);
}

/* The first line of folder/<rom...>/VBNV: the platform on the card. */
static void read_platform(taut_found_card *card, const char *folder)
{
	DIR           *d = opendir(folder);
	struct dirent *e;

	while (d && !card->platform[0] && (e = readdir(d)) != NULL) {
		char  path[TAUT_FOUND_PATH];
		FILE *file;

		if (strncmp(e->d_name, "rom", 3) != 0 ||
		    (size_t)snprintf(path, sizeof path, "%s/%s/VBNV", folder, e->d_name) >=
		            sizeof path)
			continue;
		file = fopen(path, "r");
		if (file && fgets(card->platform, sizeof card->platform, file))
			card->platform[strcspn(card->platform, "\n")] = '\0';
		if (file)
			(void)fclose(file);
	}
	if (d)
		(void)closedir(d);
}

static int by_address(const void *a, const void *b)
{
	return strcmp(((const taut_found_card *)a)->address, ((const taut_found_card *)b)->address);
}

static void read_drivers(taut_found *out, const char *drivers)
{
	DIR           *d = opendir(drivers);
	struct dirent *e;

	while (d && out->count < TAUT_DEVICES_MAX && (e = readdir(d)) != NULL) {
		taut_found_card *card = &out->card[out->count];
		char             path[TAUT_FOUND_PATH];

		/* 0000:65:00.1 */
		if (strlen(e->d_name) < 12 || strlen(e->d_name) >= sizeof card->address ||
		    e->d_name[4] != ':' || !strchr(e->d_name, '.') ||
		    (size_t)snprintf(path, sizeof path, "%s/%s", drivers, e->d_name) >= sizeof path)
			continue;
		memcpy(card->address, e->d_name, strlen(e->d_name) + 1);
		read_platform(card, path);
		out->count++;
	}
	if (d)
		(void)closedir(d);
	qsort(out->card, out->count, sizeof out->card[0], by_address);
}

taut_status taut_find_cards(taut_found *out, const char *drivers, taut_error *err)
{
	taut_status st;

	*out = (taut_found){0};
	st = find_mode(&out->mode, err);
	if (st != TAUT_OK)
		return st;
	if (out->mode != TAUT_XCLBIN_CARD) {
		st = check_environment(out->mode, err);
		if (st == TAUT_OK)
			read_emconfig(out);
		if (st == TAUT_OK && out->count == 0)
			out->count = 1;
		return st;
	}
	read_drivers(out, drivers ? drivers : DRIVERS);
	if (out->count == 0)
		return taut_fail(err, TAUT_EDEVICE,
		                 "no device: no card is bound to XRT's driver (" DRIVERS
		                 "); install the card and XRT's kernel modules (`lspci -d 10ee:` "
		                 "lists cards), or run under tools/emulate");
	return check_environment(out->mode, err);
}

void taut_found_name(char out[96], const taut_found_card *card)
{
	(void)snprintf(out, 96, "%.30s%s%.64s", card->address[0] ? card->address : "emulation",
	               card->platform[0] ? " " : "", card->platform);
}

taut_status taut_find_choose(taut_found *found, const char *device, taut_error *err)
{
	const bool all = device && strcmp(device, "all") == 0;
	const bool digits = device && *device && strspn(device, "0123456789") == strlen(device) &&
	                    strlen(device) < 9;
	char     name[96], list[160] = "";
	uint32_t n = 0;

	memset(found->chosen, 0, sizeof found->chosen);
	for (uint32_t i = 0; i < found->count; i++) {
		taut_found_name(name, &found->card[i]);
		if (!device  ? i == 0
		    : all    ? true
		    : digits ? i == strtoul(device, NULL, 10)
		             : n == 0 && strstr(name, device) != NULL) {
			found->chosen[i] = true;
			n++;
		}
		if (strlen(list) + strlen(name) + 8 < sizeof list)
			(void)snprintf(list + strlen(list), sizeof list - strlen(list), "%s%u: %s",
			               i ? ", " : "", i, name);
	}
	return n ? TAUT_OK
	         : taut_fail(err, TAUT_EDEVICE, "no device '%s'; there are %s", device, list);
}

void taut_find_folder(char out[TAUT_FOUND_PATH])
{
	const char *given = variable("TAUT_BITSTREAMS");
	char        program[TAUT_FOUND_PATH - 64];
	ssize_t     length;
	char       *slash;

	if (given) {
		(void)snprintf(out, TAUT_FOUND_PATH, "%s", given);
		return;
	}
	length = readlink("/proc/self/exe", program, sizeof program - 1);
	program[length > 0 ? length : 0] = '\0';
	slash = strrchr(program, '/');
	if (slash) {
		*slash = '\0';
		(void)snprintf(out, TAUT_FOUND_PATH, "%s/../share/taut/bitstreams", program);
		if (readable(out, "MANIFEST.yaml"))
			return;
	}
	(void)snprintf(out, TAUT_FOUND_PATH, "%s", TAUT_SOURCE_BITSTREAMS);
}

static taut_status read_manifest(taut_manifest **out, const char *folder, taut_error *err)
{
	char        path[TAUT_FOUND_PATH];
	taut_error  own = {TAUT_OK, ""};
	taut_status st;

	*out = NULL;
	if ((size_t)snprintf(path, sizeof path, "%s/MANIFEST.yaml", folder) >= sizeof path)
		return taut_fail(err, TAUT_EDEVICE, "%s: the path of the manifest is too long",
		                 folder);
	st = taut_manifest_read(out, path, &own);
	if (st == TAUT_EINPUT || st == TAUT_EIO) /* not what the user asked to be read */
		st = TAUT_EDEVICE;
	if (st != TAUT_OK)
		st = taut_fail(err, st, "%s", own.text);
	return st;
}

/* The row whose file fits the first chosen card and this taut. */
static taut_status choose_row(char path[TAUT_FOUND_PATH], const taut_manifest *m,
                              const taut_found *found, const char *folder, taut_error *err)
{
	const char *platform = "";
	uint32_t    card = 0, built = 0;

	for (uint32_t i = found->count; i-- > 0;)
		platform = found->chosen[i] ? found->card[i].platform : platform;
	for (uint32_t i = 0; i < taut_manifest_count(m); i++) {
		const taut_manifest_row *row = taut_manifest_at(m, i);

		if (row->mode != found->mode || !taut_manifest_fits(row, platform))
			continue;
		card++;
		built += row->built;
		if (row->built && row->abi == TAUT_KERNEL_ABI && row->hash == TAUT_KERNEL_HASH &&
		    readable(folder, row->file) &&
		    (size_t)snprintf(path, TAUT_FOUND_PATH, "%s/%s", folder, row->file) <
		            TAUT_FOUND_PATH)
			return TAUT_OK;
	}
	return taut_fail(err, TAUT_EDEVICE,
	                 "no bitstream for '%s': %s; give one with --bitstream or TAUT_BITSTREAM "
	                 "(docs/hardware.md)",
	                 platform,
	                 built  ? "those of MANIFEST.yaml were built for another version of the "
	                          "kernels or their files are not there"
	                 : card ? "MANIFEST.yaml has a recipe for the card, but no built file "
	                          "(bitstreams/build)"
	                        : "MANIFEST.yaml has no row for the card");
}

/* The part of a platform's name that names the card: xilinx_(u55c)_gen3x16_.. */
static bool same_card(const char *a, const char *b)
{
	const char *x = strchr(a, '_'), *y = strchr(b, '_');
	size_t      n;

	if (!x || !y)
		return true; /* unknown: XRT decides */
	n = strcspn(x + 1, "_") + 1;
	return strncmp(x, y, n) == 0 && (y[n] == '_' || !y[n]);
}

static taut_status check_platform(const taut_xclbin *x, const char *path, const taut_found *found,
                                  taut_error *err)
{
	if (x->mode != found->mode && x->mode != TAUT_XCLBIN_CARD)
		return taut_fail(err, TAUT_EDEVICE,
		                 "%s: wrong platform: it is for %s; set XCL_EMULATION_MODE=%s "
		                 "(tools/emulate does for its own)",
		                 path, MODES[x->mode], MODES[x->mode]);
	if (x->mode != found->mode)
		return taut_fail(err, TAUT_EDEVICE,
		                 "%s: wrong platform: it is for a card (%s), but "
		                 "XCL_EMULATION_MODE is %s; unset that",
		                 path, x->platform, MODES[found->mode]);
	for (uint32_t i = 0; i < found->count; i++)
		if (found->chosen[i] && !same_card(found->card[i].platform, x->platform))
			return taut_fail(err, TAUT_EDEVICE,
			                 "%s: wrong platform: it is for %s, the card has %s; use "
			                 "the card's own bitstream (bitstreams/MANIFEST.yaml) or "
			                 "another card (--device)",
			                 path, x->platform, found->card[i].platform);
	return TAUT_OK;
}

/* The manifest beside a given bitstream, where there is one, else the one of taut_find_folder. */
static void folder_of(char folder[TAUT_FOUND_PATH], const char *path)
{
	const char *slash = strrchr(path, '/');

	(void)snprintf(folder, TAUT_FOUND_PATH, "%.*s", slash ? (int)(slash - path) : 1,
	               slash ? path : ".");
	if (!readable(folder, "MANIFEST.yaml"))
		taut_find_folder(folder);
}

taut_status taut_find_bitstream(char path[TAUT_FOUND_PATH], taut_xclbin *out,
                                const taut_found *found, const char *bitstream, taut_error *err)
{
	char                     folder[TAUT_FOUND_PATH];
	const char              *given = bitstream ? bitstream : variable("TAUT_BITSTREAM");
	taut_manifest           *m = NULL;
	const taut_manifest_row *row;
	taut_status              st;

	if (given && strlen(given) >= TAUT_FOUND_PATH)
		return taut_fail(err, TAUT_EDEVICE, "the bitstream's path is longer than %d bytes",
		                 TAUT_FOUND_PATH - 1);
	if (given) {
		(void)snprintf(path, TAUT_FOUND_PATH, "%s", given);
		folder_of(folder, given);
	} else {
		taut_find_folder(folder);
	}
	st = readable(folder, "MANIFEST.yaml") ? read_manifest(&m, folder, err) : TAUT_OK;
	if (st == TAUT_OK && !given)
		st = m ? choose_row(path, m, found, folder, err)
		       : taut_fail(err, TAUT_EDEVICE,
		                   "no bitstream: give one with --bitstream or TAUT_BITSTREAM, or "
		                   "set TAUT_BITSTREAMS to a folder "
		                   "with MANIFEST.yaml (docs/hardware.md)");
	if (st == TAUT_OK)
		st = taut_xclbin_read(out, path, err);
	if (st == TAUT_OK)
		st = check_platform(out, path, found, err);
	row = st == TAUT_OK && m ? taut_manifest_of_file(m, path) : NULL;
	if (row)
		st = taut_manifest_check(row, out, path, err);
	taut_manifest_free(m);
	return st;
}
