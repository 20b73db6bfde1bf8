/* MANIFEST.yaml, cards and the choice of a bitstream, on files made for it. */
#define _XOPEN_SOURCE 700 /* mkdtemp */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "backend/xrt/find.h"
#include "backend/xrt/manifest.h"
#include "hls/abi/kernel.h"
#include "xclbin_fixture.h"

static char folder[] = "/tmp/taut-test-manifest-XXXXXX";
static char command[256];

static const char *in_folder(const char *name)
{
	static char path[4][256];
	static int  at;

	at = (at + 1) % 4;
	(void)snprintf(path[at], sizeof path[at], "%s/%s", folder, name);
	return path[at];
}

static void write_bytes(const char *name, const void *data, size_t bytes)
{
	FILE *f = fopen(in_folder(name), "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(data, 1, bytes, f), bytes);
	assert_int_equal(fclose(f), 0);
}

static void write_text(const char *name, const char *text)
{
	write_bytes(name, text, strlen(text));
}

/* A manifest with a built row; the arguments stand in place of what is right. */
static void write_manifest(const char *card, uint64_t hash, uint64_t bytes, const char *sha256,
                           const char *uuid)
{
	char text[1024];

	(void)snprintf(
		text, sizeof text,
		"version: 1\nbitstreams:\n  - {file: r.xclbin, status: recipe, card: u50, target: "
	        "hw}\n"
		"  - file: a.xclbin\n    status: built\n    card: %s\n    target: hw\n    abi: 1\n "
	        "   hash: 0x%016" PRIx64 "\n    bytes: %" PRIu64
		"\n    sha256: %s\n    uuid: %s\n    tool: v++ 2022.1\n    date: 2026-01-01\n"
		"    parameters: {lanes: 64}\n    units: {taut_anneal: 1}\n",
		card, hash, bytes, sha256, uuid);
	write_text("MANIFEST.yaml", text);
}

static const char UUID[] = "00112233-4455-6677-8899-aabbccddeeff";
static const char ANY_SHA[] = "0000000000000000000000000000000000000000000000000000000000000000";

static void unreadable(const char *text, const char *part)
{
	taut_manifest *m;
	taut_error     err = {TAUT_OK, ""};

	write_text("MANIFEST.yaml", text);
	assert_int_equal(taut_manifest_read(&m, in_folder("MANIFEST.yaml"), &err), TAUT_EINPUT);
	assert_null(m);
	if (!strstr(err.text, part))
		fail_msg("'%s' is not in '%s'", part, err.text);
}

#define ROW(rest) "version: 1\nbitstreams:\n  - {file: a.xclbin, card: u50, target: hw, " rest "}\n"

static void defects(void **state)
{
	(void)state;
	unreadable("version: 2\nbitstreams: []\n", "'version: 1' is expected");
	unreadable("version: 1\n", "'version' and 'bitstreams'");
	unreadable("version: 1\nbitstreams: []\nmore: 1\n", "'version' and 'bitstreams'");
	unreadable("version: 1\nbitstreams: [a]\n", "a row (a mapping) is expected");
	unreadable(ROW("status: recipe, colour: red"), "unknown key 'colour'");
	unreadable(ROW("status: maybe"), "'built' or 'recipe'");
	unreadable(ROW("clock_mhz: 300"), "a row needs 'status'");
	unreadable(ROW("status: built"), "needs 'abi'");
	unreadable(ROW("status: built, abi: 1, hash: 1g, bytes: 1, sha256: 0, uuid: 0"),
	           "whole numbers");
	unreadable(ROW("status: built, abi: 1, hash: 1, bytes: 99999999999999999999, sha256: 0, "
	               "uuid: 0"),
	           "whole numbers");
	unreadable(ROW("status: built, abi: 1, hash: 1, bytes: 1, sha256: abc, uuid: 0"),
	           "64 digits");
	unreadable("version: 1\nbitstreams: [{file: ../a.xclbin, card: u50, target: hw, status: "
	           "recipe}]\n",
	           "own folder");
	unreadable("version: 1\nbitstreams: [{file: a.xclbin, card: u50, target: moon, status: "
	           "recipe}]\n",
	           "'hw' or 'hw_emu'");
}

static void shipped(void **state)
{
	taut_manifest *m;
	taut_error     err;

	(void)state;
	assert_int_equal(taut_manifest_read(&m, TAUT_SOURCE_DIR "/bitstreams/MANIFEST.yaml", &err),
	                 TAUT_OK);
	assert_true(taut_manifest_count(m) >= 4);
	for (uint32_t i = 0; i < taut_manifest_count(m); i++)
		assert_true(taut_manifest_fits(taut_manifest_at(m, i),
		                               taut_manifest_at(m, i)->platform));
	taut_manifest_free(m);
}

static void fits(void **state)
{
	const taut_manifest_row row = {.card = "u50"};

	(void)state;
	assert_true(taut_manifest_fits(&row, "xilinx_u50_gen3x16_xdma_base_5"));
	assert_true(taut_manifest_fits(&row, "u50"));
	assert_false(taut_manifest_fits(&row, "xilinx_u50c_gen3x16"));
	assert_false(taut_manifest_fits(&row, "xilinx_u250_gen3x16"));
	assert_false(taut_manifest_fits(&row, ""));
}

/* The message of a choice that fails; "" when it does not. */
static const char *choice(const taut_found *found, const char *bitstream, taut_error *err)
{
	char        path[TAUT_FOUND_PATH];
	taut_xclbin x;

	*err = (taut_error){TAUT_OK, ""};
	if (taut_find_bitstream(path, &x, found, bitstream, err) != TAUT_OK) {
		assert_int_equal(err->code, TAUT_EDEVICE);
		return err->text;
	}
	assert_string_equal(path, in_folder("a.xclbin"));
	return "";
}

static void expect(const taut_found *found, const char *bitstream, const char *part)
{
	taut_error  err;
	const char *text = choice(found, bitstream, &err);

	if (*part ? !strstr(text, part) : *text != '\0')
		fail_msg("'%s' is not in '%s'", part, text);
}

static void choosing(void **state)
{
	static xclbin_file f;
	taut_found         found = {.count = 1,
	                            .card = {{"0000:65:00.1", "xilinx_u55c_gen3x16_xdma_base_3"}},
	                            .chosen = {true}};
	taut_xclbin        x;
	taut_error         err;
	char               sha[65];

	(void)state;
	write_xclbin(&f, &(xclbin_wish){0});
	write_bytes("a.xclbin", f.data, f.bytes);
	assert_int_equal(taut_xclbin_read(&x, in_folder("a.xclbin"), &err), TAUT_OK);
	(void)snprintf(sha, sizeof sha, "%s", x.sha256[0] ? x.sha256 : ANY_SHA);
	assert_int_equal(setenv("TAUT_BITSTREAMS", folder, 1), 0);
	assert_int_equal(unsetenv("TAUT_BITSTREAM"), 0);
	write_manifest("u55c", TAUT_KERNEL_HASH, f.bytes, sha, UUID);
	expect(&found, NULL, "");
	expect(&found, in_folder("a.xclbin"), "");
	expect(&found, in_folder("b.xclbin"), "unreadable bitstream");
	expect(&found, "", "unreadable bitstream");
	write_manifest("u55c", TAUT_KERNEL_HASH ^ 1, f.bytes, sha, UUID);
	expect(&found, NULL, "built for another version of the kernels");
	expect(&found, in_folder("a.xclbin"), "MANIFEST.yaml says kernels 0x");
	write_manifest("u55c", TAUT_KERNEL_HASH, f.bytes + 1, sha, UUID);
	expect(&found, NULL, "bytes, MANIFEST.yaml says");
	write_manifest("u55c", TAUT_KERNEL_HASH, f.bytes, sha,
	               "10112233-4455-6677-8899-aabbccddeeff");
	expect(&found, NULL, "its uuid is");
	write_manifest("u55c", TAUT_KERNEL_HASH, f.bytes, ANY_SHA, UUID);
	expect(&found, NULL, x.sha256[0] ? "its SHA-256 is" : "");
	write_manifest("u280", TAUT_KERNEL_HASH, f.bytes, sha, UUID);
	expect(&found, NULL, "no row for the card");
	(void)snprintf(found.card[0].platform, sizeof found.card[0].platform,
	               "xilinx_u50_gen3x16_xdma_base_5");
	expect(&found, NULL, "a recipe for the card, but no built file");
	expect(&found, in_folder("a.xclbin"),
	       "wrong platform: it is for xilinx_u55c_gen3x16_xdma_3_202210_1, the card has "
	       "xilinx_u50");
	found.mode = TAUT_XCLBIN_SW_EMU;
	expect(&found, in_folder("a.xclbin"), "wrong platform: it is for a card");
	write_xclbin(&f, &(xclbin_wish){.mode = 5});
	write_bytes("a.xclbin", f.data, f.bytes);
	found.mode = TAUT_XCLBIN_CARD;
	expect(&found, in_folder("a.xclbin"), "set XCL_EMULATION_MODE=sw_emu");
	assert_int_equal(unlink(in_folder("MANIFEST.yaml")), 0);
	expect(&found, NULL, "no bitstream: give one");
	write_text("MANIFEST.yaml", "[");
	expect(&found, NULL, "MANIFEST.yaml:2:1:");
}

static void cards(void **state)
{
	taut_found found;
	taut_error err;
	char       name[96];

	(void)state;
	(void)unsetenv("XCL_EMULATION_MODE");
	assert_int_equal(mkdir(in_folder("drivers"), 0700), 0);
	assert_int_equal(taut_find_cards(&found, in_folder("drivers"), &err), TAUT_EDEVICE);
	assert_non_null(strstr(err.text, "no device"));
	for (const char *const *d =
	             (const char *const[]){"drivers/module", "drivers/0000:b3:00.1",
	                                   "drivers/0000:65:00.1", "drivers/0000:65:00.1/rom.u.1",
	                                   "lib", NULL};
	     *d; d++)
		assert_int_equal(mkdir(in_folder(*d), 0700), 0);
	write_text("drivers/0000:65:00.1/rom.u.1/VBNV", "xilinx_u50_gen3x16_xdma_base_5\n");
	(void)unsetenv("XILINX_XRT");
	assert_int_equal(taut_find_cards(&found, in_folder("drivers"), &err), TAUT_EDEVICE);
	assert_non_null(strstr(err.text, "XILINX_XRT is not set"));
	(void)setenv("XILINX_XRT", folder, 1);
	assert_int_equal(taut_find_cards(&found, in_folder("drivers"), &err), TAUT_EDEVICE);
	assert_non_null(strstr(err.text, "has no lib/libxrt_core.so.2"));
	write_text("lib/libxrt_core.so.2", "");
	assert_int_equal(taut_find_cards(&found, in_folder("drivers"), &err), TAUT_OK);
	assert_int_equal(found.count, 2);
	taut_found_name(name, &found.card[0]);
	assert_string_equal(name, "0000:65:00.1 xilinx_u50_gen3x16_xdma_base_5");
	assert_int_equal(taut_find_choose(&found, NULL, &err), TAUT_OK);
	assert_true(found.chosen[0] && !found.chosen[1]);
	assert_int_equal(taut_find_choose(&found, "1", &err), TAUT_OK);
	assert_true(!found.chosen[0] && found.chosen[1]);
	assert_int_equal(taut_find_choose(&found, "b3:00", &err), TAUT_OK);
	assert_true(!found.chosen[0] && found.chosen[1]);
	assert_int_equal(taut_find_choose(&found, "all", &err), TAUT_OK);
	assert_true(found.chosen[0] && found.chosen[1]);
	for (const char *const *none =
	             (const char *const[]){"2", "u250", "99999999999999999999", NULL};
	     *none; none++) {
		assert_int_equal(taut_find_choose(&found, *none, &err), TAUT_EDEVICE);
		assert_non_null(
			strstr(err.text,
		               "0: 0000:65:00.1 xilinx_u50_gen3x16_xdma_base_5, 1: 0000:b3:00.1"));
	}
}

static void emulation(void **state)
{
	taut_found found;
	taut_error err;

	(void)state;
	(void)setenv("XCL_EMULATION_MODE", "swemu", 1);
	assert_int_equal(taut_find_cards(&found, NULL, &err), TAUT_EDEVICE);
	assert_non_null(strstr(err.text, "XCL_EMULATION_MODE is 'swemu'"));
	(void)setenv("XCL_EMULATION_MODE", "sw_emu", 1);
	(void)setenv("XILINX_XRT", folder, 1);
	assert_int_equal(taut_find_cards(&found, NULL, &err), TAUT_EDEVICE);
	assert_non_null(strstr(err.text, "has no lib/libxrt_swemu.so.2"));
	write_text("lib/libxrt_swemu.so.2", "");
	(void)unsetenv("XILINX_VITIS");
	assert_int_equal(taut_find_cards(&found, NULL, &err), TAUT_EDEVICE);
	assert_non_null(strstr(err.text, "XILINX_VITIS is not set"));
	(void)setenv("XILINX_VITIS", folder, 1);
	(void)unsetenv("USER");
	assert_int_equal(taut_find_cards(&found, NULL, &err), TAUT_EDEVICE);
	assert_non_null(strstr(err.text, "USER is not set"));
	(void)setenv("USER", "x", 1);
	(void)setenv("EMCONFIG_PATH", folder, 1);
	assert_int_equal(taut_find_cards(&found, NULL, &err), TAUT_OK);
	assert_int_equal(found.count, 1);
	write_text("emconfig.json", "{\"Platform\": {\"Boards\": [{\"Devices\": [{\"Name\": "
	                            "\"a_u50_b\", \"NumDevices\": \"2\"}, {\"Name\": \"c\"}]}]}}");
	assert_int_equal(taut_find_cards(&found, NULL, &err), TAUT_OK);
	assert_int_equal(found.count, 3);
	assert_string_equal(found.card[1].platform, "a_u50_b");
	assert_string_equal(found.card[2].platform, "c");
	write_text("emconfig.json", "{\"Platform\": [1, {\"Boards\": 7}]}");
	assert_int_equal(taut_find_cards(&found, NULL, &err), TAUT_OK);
	assert_int_equal(found.count, 1);
	(void)unsetenv("XCL_EMULATION_MODE");
}

static int begin(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : 1;
}

static int end(void **state)
{
	(void)state;
	(void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(defects), cmocka_unit_test(shipped),
	                                   cmocka_unit_test(fits),    cmocka_unit_test(choosing),
	                                   cmocka_unit_test(cards),   cmocka_unit_test(emulation)};

	return cmocka_run_group_tests(tests, begin, end);
}
