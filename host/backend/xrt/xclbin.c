#include "backend/xrt/xclbin.h"

#include <dlfcn.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "backend/xrt/xclbin_xml.h"
#include "base/alloc.h"
#include "hls/abi/kernel.h"

const char *const taut_xclbin_kernels[TAUT_XCLBIN_N_KERNELS] = {"taut_anneal", "taut_exchange"};

#define GET_ANOTHER "; copy or build the bitstream again (docs/hardware.md)"

/* Places in the header, and sizes. */
enum {
	AT_LENGTH = 304,
	AT_MODE = 332,
	AT_PLATFORM = 352,
	AT_UUID = 416,
	AT_SECTIONS = 448,
	HEADER = 456,
	SECTION = 40,
	SECTIONS_MAX = 1024,
	BANK = 40,
	BANKS_AT = 8,
	IP = 80,
	IPS_AT = 8,
	CONNECTION = 12,
	CONNECTIONS_AT = 4
};

/* Sections, by number. */
enum { S_BITSTREAM, S_METADATA = 2, S_MEMORY = 6, S_CONNECTIVITY, S_IPS, S_PDI = 18, S_KINDS = 32 };

enum { IP_IS_KERNEL = 1, MODE_HW_EMU = 4, MODE_SW_EMU = 5, MODE_HW_EMU_PR = 6 };

typedef struct {
	const uint8_t *data;
	uint64_t       bytes;
	bool           present;
} section;

typedef struct {
	const char *path;
	taut_error *err;
	section     section[S_KINDS]; /* the first of each kind */
} reader;

static const char *const ARGUMENTS[TAUT_KERNEL_ARGUMENTS] = {
	"abi", "launch", "noise", "problem", "couplings", "state", "status"};
static const uint32_t OFFSETS[TAUT_KERNEL_ARGUMENTS] = {
	TAUT_REGISTER_ABI,       TAUT_REGISTER_LAUNCH, TAUT_REGISTER_NOISE, TAUT_REGISTER_PROBLEM,
	TAUT_REGISTER_COUPLINGS, TAUT_REGISTER_STATE,  TAUT_REGISTER_STATUS};
enum { COUPLINGS = 4 };

static uint64_t get(const uint8_t *at, uint32_t bytes)
{
	uint64_t value = 0;

	for (uint32_t i = 0; i < bytes; i++)
		value |= (uint64_t)at[i] << (8 * i);
	return value;
}

static taut_status bad(const reader *r, const char *what)
{
	return taut_fail(r->err, TAUT_EDEVICE, "%s: %s" GET_ANOTHER, r->path, what);
}

/* The header's own fields and every section's place. */
static taut_status read_header(taut_xclbin *out, reader *r, const uint8_t *data, size_t bytes)
{
	uint64_t n;

	if (bytes < HEADER)
		return taut_fail(
			r->err, TAUT_EDEVICE,
			"%s: truncated xclbin: %zu bytes, the header alone takes %d" GET_ANOTHER,
			r->path, bytes, HEADER);
	if (memcmp(data, "xclbin2", 8) != 0)
		return bad(r, "not an xclbin file (it does not begin with xclbin2)");
	if (get(data + AT_LENGTH, 8) != bytes)
		return taut_fail(r->err, TAUT_EDEVICE,
		                 "%s: truncated or garbled xclbin: its header says %" PRIu64
		                 " bytes, the file has %zu" GET_ANOTHER,
		                 r->path, get(data + AT_LENGTH, 8), bytes);
	n = get(data + AT_SECTIONS, 4);
	if (n == 0 || n > SECTIONS_MAX || HEADER + n * SECTION > bytes)
		return taut_fail(r->err, TAUT_EDEVICE,
		                 "%s: garbled xclbin: %" PRIu64
		                 " sections, 1 to %d expected within the file" GET_ANOTHER,
		                 r->path, n, SECTIONS_MAX);
	for (uint64_t i = 0; i < n; i++) {
		const uint8_t *at = data + HEADER + i * SECTION;
		const uint64_t kind = get(at, 4), begin = get(at + 24, 8), size = get(at + 32, 8);

		if (begin > bytes || size > bytes - begin ||
		    (size > 0 && begin < HEADER + n * SECTION))
			return taut_fail(r->err, TAUT_EDEVICE,
			                 "%s: garbled xclbin: section %" PRIu64 " (kind %" PRIu64
			                 ") lies at %" PRIu64 " with %" PRIu64
			                 " bytes, outside the file of %zu" GET_ANOTHER,
			                 r->path, i, kind, begin, size, bytes);
		if (kind < S_KINDS && !r->section[kind].present)
			r->section[kind] = (section){data + begin, size, true};
	}
	memcpy(out->uuid, data + AT_UUID, 16);
	memcpy(out->platform, data + AT_PLATFORM, 64);
	for (char *c = out->platform; *c; c++)
		if (*c < ' ' || *c > '~')
			return bad(r, "garbled xclbin: the platform's name is no text");
	n = get(data + AT_MODE, 2);
	out->mode = n == MODE_SW_EMU                          ? TAUT_XCLBIN_SW_EMU
	            : n == MODE_HW_EMU || n == MODE_HW_EMU_PR ? TAUT_XCLBIN_HW_EMU
	                                                      : TAUT_XCLBIN_CARD;
	return TAUT_OK;
}

/* A section that holds `count` items of `each` bytes after `head` bytes, of which the first 4 are
 * the count. */
static taut_status read_table(uint32_t *count, const reader *r, int kind, const char *name,
                              uint32_t head, uint32_t each)
{
	const section *s = &r->section[kind];
	uint64_t       n;

	*count = 0;
	if (!s->present)
		return taut_fail(r->err, TAUT_EDEVICE,
		                 "%s: garbled xclbin: no section %s" GET_ANOTHER, r->path, name);
	n = s->bytes < head ? 0 : get(s->data, 4);
	if (s->bytes < head || n > (s->bytes - head) / each)
		return taut_fail(r->err, TAUT_EDEVICE,
		                 "%s: garbled xclbin: section %s of %" PRIu64
		                 " bytes does not hold its %" PRIu64 " entries" GET_ANOTHER,
		                 r->path, name, s->bytes, n);
	*count = (uint32_t)n;
	return TAUT_OK;
}

/* One <arg> of our kernel. */
static taut_status check_argument(const reader *r, const char *kernel, const taut_xml_tag *tag,
                                  uint32_t *seen)
{
	uint64_t id, offset, size, qualifier;

	if (!taut_xml_number(&id, tag, "id") || !taut_xml_number(&offset, tag, "offset") ||
	    !taut_xml_number(&size, tag, "size") ||
	    !taut_xml_number(&qualifier, tag, "addressQualifier"))
		return taut_fail(r->err, TAUT_EDEVICE,
		                 "%s: garbled xclbin: an argument of %s lacks id, offset, size or "
		                 "addressQualifier" GET_ANOTHER,
		                 r->path, kernel);
	if (id >= TAUT_KERNEL_ARGUMENTS || (*seen >> id & 1u) ||
	    !taut_xml_has(tag, "name", ARGUMENTS[id]) || offset != OFFSETS[id] ||
	    size != (id ? 8u : 4u) || qualifier != (id ? 1u : 0u))
		return taut_fail(r->err, TAUT_EDEVICE,
		                 "%s: wrong kernel: argument %" PRIu64
		                 " of %s is not that of this taut (%s of %d bytes at offset 0x%x); "
		                 "use the bitstream of this version or build one (bitstreams/)",
		                 r->path, id, kernel,
		                 id < TAUT_KERNEL_ARGUMENTS ? ARGUMENTS[id] : "none", id ? 8 : 4,
		                 id < TAUT_KERNEL_ARGUMENTS ? OFFSETS[id] : 0u);
	*seen |= 1u << id;
	return TAUT_OK;
}

/* Every <kernel> of ours has our arguments; found[k]: kernel k is there. instances: our kernels'
 * instances seen with their bases. */
static taut_status check_metadata(taut_xclbin *out, const reader *r, bool *found)
{
	const section *s = &r->section[S_METADATA];
	taut_xml       xml = {(const char *)s->data, (const char *)s->data + s->bytes, false};
	taut_xml_tag   tag;
	int            kernel = -1;
	uint32_t       seen = 0, at = 0;

	if (!s->present || s->bytes == 0)
		return bad(r, "garbled xclbin: no section EMBEDDED_METADATA");
	while (taut_xml_next(&tag, &xml)) {
		uint64_t base;

		if (taut_xml_is(&tag, "kernel")) {
			if (kernel >= 0 && seen != (1u << TAUT_KERNEL_ARGUMENTS) - 1)
				return taut_fail(r->err, TAUT_EDEVICE,
				                 "%s: wrong kernel: %s does not have the %d "
				                 "arguments of this taut; use the bitstream of "
				                 "this version or build one (bitstreams/)",
				                 r->path, taut_xclbin_kernels[kernel],
				                 TAUT_KERNEL_ARGUMENTS);
			kernel = -1;
			seen = 0;
			for (int k = 0; tag.kind == TAUT_XML_OPEN && k < TAUT_XCLBIN_N_KERNELS; k++)
				if (taut_xml_has(&tag, "name", taut_xclbin_kernels[k])) {
					kernel = k;
					found[k] = true;
				}
		} else if (kernel >= 0 && tag.kind != TAUT_XML_CLOSE && taut_xml_is(&tag, "arg")) {
			taut_status st =
				check_argument(r, taut_xclbin_kernels[kernel], &tag, &seen);

			if (st != TAUT_OK)
				return st;
		} else if (kernel >= 0 && taut_xml_is(&tag, "instance")) {
			for (at = 0; tag.kind != TAUT_XML_CLOSE && at < out->n_units; at++)
				if ((int)out->unit[at].kernel == kernel &&
				    taut_xml_has(&tag, "name", out->unit[at].name))
					break;
		} else if (kernel >= 0 && taut_xml_is(&tag, "addrRemap") && at < out->n_units &&
		           taut_xml_number(&base, &tag, "base") &&
		           out->mode == TAUT_XCLBIN_SW_EMU && base != out->unit[at].base) {
			return taut_fail(r->err, TAUT_EDEVICE,
			                 "%s: garbled xclbin: registers of %s at 0x%" PRIx64
			                 " in the metadata, at 0x%" PRIx64
			                 " in the layout" GET_ANOTHER,
			                 r->path, out->unit[at].name, base, out->unit[at].base);
		}
	}
	if (xml.broken || kernel >= 0)
		return bad(r, "garbled xclbin: the embedded metadata is no XML");
	return TAUT_OK;
}

/* IP_LAYOUT: units of our kernels, named kernel:instance. */
static taut_status read_units(taut_xclbin *out, const reader *r, uint32_t *ip_of, uint32_t n_ips)
{
	for (uint32_t i = 0; i < n_ips; i++) {
		const uint8_t *at = r->section[S_IPS].data + IPS_AT + (size_t)i * IP;
		const char    *name = (const char *)at + 16;
		const char    *end = memchr(name, 0, 64);

		if (get(at, 4) != IP_IS_KERNEL)
			continue;
		if (!end)
			return bad(r, "garbled xclbin: a unit's name does not end");
		for (int k = 0; k < TAUT_XCLBIN_N_KERNELS; k++) {
			const size_t      length = strlen(taut_xclbin_kernels[k]);
			taut_xclbin_unit *u = &out->unit[out->n_units];

			if (strncmp(name, taut_xclbin_kernels[k], length) != 0 ||
			    name[length] != ':')
				continue;
			if (out->n_units == TAUT_XCLBIN_UNITS_MAX)
				return bad(r, "more than 64 compute units");
			*u = (taut_xclbin_unit){.kernel = (taut_xclbin_kernel)k,
			                        .base = get(at + 8, 8)};
			memcpy(u->name, name + length + 1, (size_t)(end - name) - length);
			if (!u->name[0])
				return bad(r, "garbled xclbin: a unit without a name");
			for (const char *c = u->name; *c; c++)
				if (*c <= ' ' || *c > '~')
					return bad(r, "garbled xclbin: a unit's name is no text");
			ip_of[out->n_units++] = i;
		}
	}
	if (out->n_units == 0)
		return taut_fail(r->err, TAUT_EDEVICE,
		                 "%s: wrong kernel: the bitstream has no unit of taut_anneal or "
		                 "taut_exchange; use one of taut's "
		                 "(bitstreams/MANIFEST.yaml)",
		                 r->path);
	return TAUT_OK;
}

/* CONNECTIVITY: every buffer argument of every unit leads to a bank. */
static taut_status read_banks(taut_xclbin *out, const reader *r, const uint32_t *ip_of,
                              uint32_t n_connections, uint32_t n_banks)
{
	for (uint32_t u = 0; u < out->n_units; u++) {
		uint32_t seen = 0;

		for (uint32_t i = 0; i < n_connections; i++) {
			const uint8_t *at = r->section[S_CONNECTIVITY].data + CONNECTIONS_AT +
			                    (size_t)i * CONNECTION;
			const uint64_t argument = get(at, 4), ip = get(at + 4, 4),
				       bank = get(at + 8, 4);
			const uint8_t *memory;

			if (ip != ip_of[u])
				continue;
			if (bank >= n_banks || argument == 0 || argument >= TAUT_KERNEL_ARGUMENTS)
				return taut_fail(
					r->err, TAUT_EDEVICE,
					"%s: garbled xclbin: argument %" PRIu64
					" of %s is connected to bank %" PRIu64 " of %u" GET_ANOTHER,
					r->path, argument, out->unit[u].name, bank, n_banks);
			memory = r->section[S_MEMORY].data + BANKS_AT + (size_t)bank * BANK;
			if (!memory[1])
				return taut_fail(r->err, TAUT_EDEVICE,
				                 "%s: garbled xclbin: argument %s of %s is "
				                 "connected to an unused bank" GET_ANOTHER,
				                 r->path, ARGUMENTS[argument], out->unit[u].name);
			seen |= 1u << argument;
			if (argument == COUPLINGS) { /* several banks side by side are one */
				const uint64_t kb = get(memory + 8, 8),
					       bytes = kb > UINT64_MAX >> 10 ? UINT64_MAX
				                                             : kb << 10;

				out->unit[u].bank_bytes =
					bytes > UINT64_MAX - out->unit[u].bank_bytes
						? UINT64_MAX
						: out->unit[u].bank_bytes + bytes;
			}
		}
		for (uint32_t a = 1; a < TAUT_KERNEL_ARGUMENTS; a++)
			if (!(seen >> a & 1u))
				return taut_fail(r->err, TAUT_EDEVICE,
				                 "%s: garbled xclbin: argument %s of %s is "
				                 "connected to no bank" GET_ANOTHER,
				                 r->path, ARGUMENTS[a], out->unit[u].name);
	}
	return TAUT_OK;
}

taut_status taut_xclbin_parse(taut_xclbin *out, const uint8_t *data, size_t bytes, const char *path,
                              taut_error *err)
{
	reader      r = {.path = path, .err = err};
	uint32_t    ip_of[TAUT_XCLBIN_UNITS_MAX] = {0}, n_ips, n_banks, n_connections;
	bool        found[TAUT_XCLBIN_N_KERNELS] = {false};
	taut_status st;

	*out = (taut_xclbin){.bytes = bytes};
	st = read_header(out, &r, data, bytes);
	if (st == TAUT_OK && !r.section[S_BITSTREAM].bytes && !r.section[S_PDI].bytes)
		st = bad(&r, "garbled xclbin: no section BITSTREAM");
	if (st == TAUT_OK)
		st = read_table(&n_banks, &r, S_MEMORY, "MEM_TOPOLOGY", BANKS_AT, BANK);
	if (st == TAUT_OK)
		st = read_table(&n_ips, &r, S_IPS, "IP_LAYOUT", IPS_AT, IP);
	if (st == TAUT_OK)
		st = read_table(&n_connections, &r, S_CONNECTIVITY, "CONNECTIVITY", CONNECTIONS_AT,
		                CONNECTION);
	if (st == TAUT_OK)
		st = read_units(out, &r, ip_of, n_ips);
	if (st == TAUT_OK)
		st = read_banks(out, &r, ip_of, n_connections, n_banks);
	if (st == TAUT_OK)
		st = check_metadata(out, &r, found);
	for (uint32_t u = 0; st == TAUT_OK && u < out->n_units; u++)
		if (!found[out->unit[u].kernel])
			st = taut_fail(
				err, TAUT_EDEVICE,
				"%s: garbled xclbin: the metadata does not describe %s" GET_ANOTHER,
				path, taut_xclbin_kernels[out->unit[u].kernel]);
	return st;
}

/* Hexadecimal SHA-256 through libcrypto, which every machine with XRT has; "" elsewhere. Loaded
 * here so that taut needs neither. */
static void digest(char out[65], const uint8_t *data, size_t bytes)
{
	static const char *const NAMES[] = {"libcrypto.so.3", "libcrypto.so.1.1", "libcrypto.so"};
	unsigned char *(*sha256)(const unsigned char *, size_t, unsigned char *) = NULL;
	unsigned char sum[32];
	void         *library = NULL, *symbol;

	out[0] = '\0';
	for (size_t i = 0; !library && i < sizeof NAMES / sizeof NAMES[0]; i++)
		library = dlopen(NAMES[i], RTLD_NOW | RTLD_LOCAL);
	symbol = library ? dlsym(library, "SHA256") : NULL;
	memcpy(&sha256, &symbol, sizeof sha256);
	if (sha256 && sha256(data, bytes, sum))
		for (size_t i = 0; i < 32; i++)
			(void)snprintf(out + 2 * i, 3, "%02x", sum[i]);
	if (library)
		(void)dlclose(library);
}

static taut_status read_file(uint8_t **out, size_t *bytes, FILE *file, const char *path,
                             taut_error *err)
{
	size_t capacity = 0;

	*bytes = 0;
	for (;;) {
		const size_t need = *bytes + (1 << 20);
		uint8_t     *grown = taut_grow(*out, &capacity, need, 1, err);
		size_t       got;

		if (!grown)
			return TAUT_ENOMEM;
		*out = grown;
		got = fread(*out + *bytes, 1, capacity - *bytes, file);
		*bytes += got;
		if (ferror(file))
			return taut_fail(err, TAUT_EDEVICE, "%s: unreadable: %s", path,
			                 strerror(errno));
		if (got == 0)
			return TAUT_OK;
	}
}

taut_status taut_xclbin_read(taut_xclbin *out, const char *path, taut_error *err)
{
	FILE       *file = fopen(path, "rb");
	uint8_t    *data = NULL;
	size_t      bytes = 0;
	taut_status st;

	*out = (taut_xclbin){0};
	if (!file)
		return taut_fail(
			err, TAUT_EDEVICE,
			"%s: unreadable bitstream: %s; check --bitstream or TAUT_BITSTREAM", path,
			strerror(errno));
	st = read_file(&data, &bytes, file, path, err);
	(void)fclose(file);
	if (st == TAUT_OK)
		st = taut_xclbin_parse(out, data, bytes, path, err);
	if (st == TAUT_OK)
		digest(out->sha256, data, bytes);
	taut_free(data);
	return st;
}

void taut_xclbin_uuid_text(char out[37], const uint8_t uuid[16])
{
	size_t at = 0;

	for (uint32_t i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			out[at++] = '-';
		(void)snprintf(out + at, 3, "%02x", uuid[i]);
		at += 2;
	}
}
