/* Bitstreams as they are and as they should not be: every defect is a message and EDEVICE, never a
 * crash. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "backend/xrt/xclbin.h"
#include "backend/xrt/xclbin_xml.h"
#include "base/rng.h"
#include "xclbin_fixture.h"

/* The message of a file that is refused; "" when it is taken. A copy of exact size shows reads
 * beyond its end to the sanitizer. */
static const char *refusal(taut_xclbin *out, const uint8_t *data, size_t bytes, taut_error *err)
{
	uint8_t    *copy = malloc(bytes ? bytes : 1);
	taut_status st;

	assert_non_null(copy);
	memcpy(copy, data, bytes);
	*err = (taut_error){TAUT_OK, ""};
	st = taut_xclbin_parse(out, copy, bytes, "a.xclbin", err);
	free(copy);
	if (st == TAUT_OK)
		return "";
	assert_int_equal(st, TAUT_EDEVICE);
	assert_memory_equal(err->text, "a.xclbin: ", 10);
	return err->text;
}

static void refused(const xclbin_wish *wish, const char *part)
{
	static xclbin_file f;
	taut_xclbin        x;
	taut_error         err;

	write_xclbin(&f, wish);
	if (!strstr(refusal(&x, f.data, f.bytes, &err), part))
		fail_msg("'%s' is not in '%s'", part, err.text);
}

static void good_file(void **state)
{
	static xclbin_file f;
	taut_xclbin        x;
	taut_error         err;
	char               uuid[37];

	(void)state;
	write_xclbin(&f, &(xclbin_wish){0});
	assert_string_equal(refusal(&x, f.data, f.bytes, &err), "");
	assert_int_equal(x.bytes, f.bytes);
	assert_int_equal(x.mode, TAUT_XCLBIN_CARD);
	assert_string_equal(x.platform, "xilinx_u55c_gen3x16_xdma_3_202210_1");
	assert_int_equal(x.n_units, 2);
	assert_int_equal(x.unit[0].kernel, TAUT_XCLBIN_ANNEAL);
	assert_string_equal(x.unit[0].name, "taut_anneal_1");
	assert_int_equal(x.unit[1].kernel, TAUT_XCLBIN_EXCHANGE);
	assert_string_equal(x.unit[1].name, "taut_exchange_1");
	assert_int_equal(x.unit[1].base, 0x1810000);
	assert_true(x.unit[0].bank_bytes == (uint64_t)16 << 30);
	taut_xclbin_uuid_text(uuid, x.uuid);
	assert_string_equal(uuid, "00112233-4455-6677-8899-aabbccddeeff");
}

static void defects(void **state)
{
	(void)state;
	refused(&(xclbin_wish){.leave_out = 1}, "no section EMBEDDED_METADATA");
	refused(&(xclbin_wish){.leave_out = 2}, "no section MEM_TOPOLOGY");
	refused(&(xclbin_wish){.leave_out = 3}, "no section IP_LAYOUT");
	refused(&(xclbin_wish){.leave_out = 4}, "no section CONNECTIVITY");
	refused(&(xclbin_wish){.leave_out = 5}, "no section BITSTREAM");
	refused(&(xclbin_wish){.kernel = "vadd"}, "metadata does not describe taut_anneal");
	refused(&(xclbin_wish){.argument = "matrix"}, "wrong kernel: argument 4 of taut_anneal");
	refused(&(xclbin_wish){.offset = "0x40"}, "wrong kernel: argument 4 of taut_anneal");
	refused(&(xclbin_wish){.offset = "0x3C3C3C3C3C3C3C3C3"}, "lacks id, offset");
	refused(&(xclbin_wish){.arguments = 6}, "does not have the 7 arguments");
	refused(&(xclbin_wish){.connections = 11},
	        "argument status of taut_exchange_1 is connected to no bank");
	refused(&(xclbin_wish){.bank = 1}, "bank 1 of 1");
	refused(&(xclbin_wish){.bank = UINT32_MAX}, "bank 4294967295 of 1");
	refused(&(xclbin_wish){.unit = "taut_anneal:"}, "a unit without a name");
	refused(&(xclbin_wish){.platform = "\001"}, "platform's name");
}

static void other_kernels(void **state)
{
	static xclbin_file f;
	taut_xclbin        x;
	taut_error         err;

	(void)state;
	write_xclbin(&f, &(xclbin_wish){0});
	memcpy(f.data + f.section[2] + 8 + 16, "vadd", 5);
	memcpy(f.data + f.section[2] + 8 + 80 + 16, "taut_exchanged:x", 17);
	assert_non_null(strstr(refusal(&x, f.data, f.bytes, &err),
	                       "wrong kernel: the bitstream has no unit"));
	/* one of the two kernels is enough */
	write_xclbin(&f, &(xclbin_wish){.unit = "vadd:vadd_1"});
	assert_string_equal(refusal(&x, f.data, f.bytes, &err), "");
	assert_int_equal(x.n_units, 1);
}

static void software_emulation(void **state)
{
	static xclbin_file f;
	taut_xclbin        x;
	taut_error         err;

	(void)state;
	write_xclbin(&f, &(xclbin_wish){.mode = 5});
	assert_string_equal(refusal(&x, f.data, f.bytes, &err), "");
	assert_int_equal(x.mode, TAUT_XCLBIN_SW_EMU);
	/* there registers elsewhere than the metadata say make runs hang */
	put(f.data + f.section[2] + 8 + 8, 0x1820000, 8);
	assert_non_null(strstr(refusal(&x, f.data, f.bytes, &err),
	                       "registers of taut_anneal_1 at 0x1800000"));
}

/* Every length, so more than 200 truncations; also with a header that owns up to it. */
static void truncations(void **state)
{
	static xclbin_file f;
	taut_xclbin        x;
	taut_error         err;

	(void)state;
	write_xclbin(&f, &(xclbin_wish){0});
	assert_true(f.bytes > 2000);
	for (size_t bytes = 0; bytes < f.bytes; bytes++) {
		assert_non_null(strstr(refusal(&x, f.data, bytes, &err), "truncated"));
		if (bytes >= 312) {
			put(f.data + 304, bytes, 8);
			assert_string_not_equal(refusal(&x, f.data, bytes, &err), "");
			put(f.data + 304, f.bytes, 8);
		}
	}
}

/* Random bytes anywhere, few or many: taken or refused, never worse. */
static void garbling(void **state)
{
	static xclbin_file good, f;
	taut_rng           rng;
	taut_xclbin        x;
	taut_error         err;
	uint32_t           taken = 0, refusals = 0;

	(void)state;
	taut_rng_init(&rng, 20, 0);
	write_xclbin(&good, &(xclbin_wish){0});
	for (int trial = 0; trial < 20000; trial++) {
		const uint64_t changes = 1 + taut_rng_below(&rng, 8);
		/* mostly where the numbers are, sometimes in the XML */
		const size_t from = trial % 4 == 0   ? 0
		                    : trial % 4 == 1 ? good.section[0]
		                    : trial % 4 == 2 ? 448
		                                     : good.section[1];
		const size_t to = trial % 4 == 1   ? good.section[1]
		                  : trial % 4 == 2 ? good.section[0]
		                                   : good.bytes;

		f = good;
		for (uint64_t i = 0; i < changes; i++)
			f.data[from + (size_t)taut_rng_below(&rng, to - from)] =
				(uint8_t)taut_rng_below(&rng, 256);
		if (refusal(&x, f.data, f.bytes, &err)[0])
			refusals++;
		else
			taken++;
	}
	assert_true(refusals > 5000);
	assert_true(taken > 100);
}

static void counts_beyond_the_section(void **state)
{
	static const uint32_t COUNTS[] = {2, 3, 1000, INT32_MAX, UINT32_MAX};
	static xclbin_file    f;
	taut_xclbin           x;
	taut_error            err;

	(void)state;
	for (size_t i = 0; i < sizeof COUNTS / sizeof COUNTS[0]; i++)
		for (int s = 1; s < 4; s++) {
			if ((s == 2 && COUNTS[i] <= 2) || (s == 3 && COUNTS[i] < 13))
				continue;
			write_xclbin(&f, &(xclbin_wish){0});
			put(f.data + f.section[s], COUNTS[i], 4);
			assert_non_null(
				strstr(refusal(&x, f.data, f.bytes, &err), "does not hold its"));
		}
	write_xclbin(&f, &(xclbin_wish){0});
	put(f.data + 456 + 24, UINT64_MAX - 3, 8); /* an offset that wraps */
	assert_non_null(strstr(refusal(&x, f.data, f.bytes, &err), "outside the file"));
	write_xclbin(&f, &(xclbin_wish){0});
	put(f.data + 448, UINT32_MAX, 4);
	assert_non_null(strstr(refusal(&x, f.data, f.bytes, &err), "4294967295 sections"));
}

static void tags(void **state)
{
	static const char TEXT[] =
		"x <!-- <a> --><![CDATA[<b>]]><c d=\"1>2\" e='0x1F'/><f></f  ><g h = '9' i>";
	taut_xml     xml = {TEXT, TEXT + strlen(TEXT), false};
	taut_xml_tag tag;
	uint64_t     value;

	(void)state;
	assert_true(taut_xml_next(&tag, &xml) && taut_xml_is(&tag, "c") &&
	            tag.kind == TAUT_XML_EMPTY);
	assert_true(taut_xml_has(&tag, "d", "1>2"));
	assert_true(taut_xml_number(&value, &tag, "e") && value == 31);
	assert_false(taut_xml_number(&value, &tag, "d"));
	assert_false(taut_xml_number(&value, &tag, "z"));
	assert_true(taut_xml_next(&tag, &xml) && taut_xml_is(&tag, "f") &&
	            tag.kind == TAUT_XML_OPEN);
	assert_true(taut_xml_next(&tag, &xml) && taut_xml_is(&tag, "f") &&
	            tag.kind == TAUT_XML_CLOSE);
	assert_true(taut_xml_next(&tag, &xml) && taut_xml_number(&value, &tag, "h") && value == 9);
	assert_false(taut_xml_has(&tag, "i", ""));
	assert_false(taut_xml_next(&tag, &xml));
	assert_false(xml.broken);
	for (const char *const *bad =
	             (const char *const[]){"<a", "<a b=\"c>", "<!-- a", "< >", "<a <b>", NULL};
	     *bad; bad++) {
		xml = (taut_xml){*bad, *bad + strlen(*bad), false};
		assert_false(taut_xml_next(&tag, &xml));
		assert_true(xml.broken);
	}
}

static void files(void **state)
{
	static xclbin_file f;
	char               path[] = "/tmp/taut-test-xclbin-XXXXXX";
	const int          fd = mkstemp(path);
	taut_xclbin        x;
	taut_error         err;

	(void)state;
	write_xclbin(&f, &(xclbin_wish){0});
	assert_true(fd >= 0);
	assert_int_equal(write(fd, f.data, f.bytes), f.bytes);
	assert_int_equal(close(fd), 0);
	assert_int_equal(taut_xclbin_read(&x, path, &err), TAUT_OK);
	assert_true(x.sha256[0] == '\0' || strlen(x.sha256) == 64);
	if (!x.sha256[0])
		print_message("no libcrypto: SHA-256 not looked at\n");
	assert_int_equal(truncate(path, 0), 0);
	assert_int_equal(taut_xclbin_read(&x, path, &err), TAUT_EDEVICE);
	assert_non_null(strstr(err.text, "truncated xclbin: 0 bytes"));
	assert_int_equal(unlink(path), 0);
	assert_int_equal(taut_xclbin_read(&x, path, &err), TAUT_EDEVICE);
	assert_non_null(strstr(err.text, "unreadable bitstream"));
	assert_int_equal(taut_xclbin_read(&x, "/", &err), TAUT_EDEVICE);
	assert_non_null(strstr(err.text, "unreadable"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(good_file),
	                                   cmocka_unit_test(defects),
	                                   cmocka_unit_test(other_kernels),
	                                   cmocka_unit_test(software_emulation),
	                                   cmocka_unit_test(truncations),
	                                   cmocka_unit_test(garbling),
	                                   cmocka_unit_test(counts_beyond_the_section),
	                                   cmocka_unit_test(tags),
	                                   cmocka_unit_test(files)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
