#include "backend/xrt/manifest.h"

#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "hls/abi/kernel.h"
#include "spec/document.h"

#define REBUILD                                                                                    \
	"; build the bitstream from this version (bitstreams/) or use the taut that it was built " \
	"from"

struct taut_manifest {
	taut_document     *document;
	uint32_t           count;
	taut_manifest_row *row; /* [count] */
};

/* Keys of a row. */
enum {
	K_FILE,
	K_STATUS,
	K_CARD,
	K_TARGET,
	K_PLATFORM,
	K_PARAMETERS,
	K_CLOCK,
	K_UNITS,
	K_ABI,
	K_HASH,
	K_BYTES,
	K_SHA256,
	K_UUID,
	K_TOOL,
	K_DATE,
	K_COUNT
};
static const char *const KEYS[K_COUNT] = {"file",       "status",    "card",  "target", "platform",
                                          "parameters", "clock_mhz", "units", "abi",    "hash",
                                          "bytes",      "sha256",    "uuid",  "tool",   "date"};

/* A whole number, hexadecimal after 0x. */
static bool number(uint64_t *out, const char *text, uint64_t most)
{
	const bool hex = text[0] == '0' && text[1] == 'x';
	uint64_t   value = 0;

	if (hex)
		text += 2;
	if (!*text)
		return false;
	for (; *text; text++) {
		static const char DIGITS[] = "0123456789abcdef";
		const char       *d = strchr(DIGITS, *text);
		const uint64_t    base = hex ? 16 : 10, digit = d ? (uint64_t)(d - DIGITS) : 16;

		if (digit >= base || value > (most - digit) / base)
			return false;
		value = value * base + digit;
	}
	*out = value;
	return true;
}

/* The row's scalar under each key, "" where there is none. */
static taut_status read_texts(const char *text[K_COUNT], const taut_document *d,
                              const taut_node *node, taut_error *err)
{
	const taut_node *key;

	if (node->kind != TAUT_NODE_MAPPING)
		return taut_node_fail(d, node, err, "a row (a mapping) is expected, not %s",
		                      taut_node_kind_text(node->kind));
	for (int k = 0; k < K_COUNT; k++)
		text[k] = "";
	key = node->count ? taut_node_first(node) : NULL;
	for (uint32_t i = 0; i < node->count; i++) {
		const taut_node *value = taut_node_next(key);
		int              k = 0;

		while (k < K_COUNT && strcmp(key->text, KEYS[k]) != 0)
			k++;
		if (k == K_COUNT)
			return taut_node_fail(
				d, key, err,
				"unknown key '%s'; docs/hardware.md lists those of a row",
				key->text);
		if (k != K_PARAMETERS && k != K_UNITS) {
			if (value->kind != TAUT_NODE_SCALAR || !value->text[0])
				return taut_node_fail(d, value, err, "%s: a value is expected",
				                      KEYS[k]);
			text[k] = value->text;
		}
		key = taut_node_next(value);
	}
	return TAUT_OK;
}

static bool hexadecimal(const char *text, size_t length)
{
	return strlen(text) == length && strspn(text, "0123456789abcdef") == length;
}

static taut_status read_row(taut_manifest_row *out, const taut_document *d, const taut_node *node,
                            taut_error *err)
{
	const char *text[K_COUNT];
	uint64_t    abi = 0, hash = 0, bytes = 0;
	taut_status st = read_texts(text, d, node, err);

	if (st != TAUT_OK)
		return st;
	for (int k = K_FILE; k <= K_TARGET; k++)
		if (!text[k][0])
			return taut_node_fail(d, node, err, "a row needs '%s'", KEYS[k]);
	if (strcmp(text[K_STATUS], "built") != 0 && strcmp(text[K_STATUS], "recipe") != 0)
		return taut_node_fail(d, node, err,
		                      "status: 'built' or 'recipe' is expected, not '%s'",
		                      text[K_STATUS]);
	if (strcmp(text[K_TARGET], "hw") != 0 && strcmp(text[K_TARGET], "hw_emu") != 0)
		return taut_node_fail(d, node, err,
		                      "target: 'hw' or 'hw_emu' is expected, not '%s'",
		                      text[K_TARGET]);
	if (strchr(text[K_FILE], '/'))
		return taut_node_fail(d, node, err,
		                      "file: '%s' is not a name in the manifest's own folder",
		                      text[K_FILE]);
	*out = (taut_manifest_row){.file = text[K_FILE],
	                           .card = text[K_CARD],
	                           .mode = strcmp(text[K_TARGET], "hw") == 0 ? TAUT_XCLBIN_CARD
	                                                                     : TAUT_XCLBIN_HW_EMU,
	                           .platform = text[K_PLATFORM],
	                           .built = strcmp(text[K_STATUS], "built") == 0,
	                           .sha256 = text[K_SHA256],
	                           .uuid = text[K_UUID]};
	if (!out->built)
		return TAUT_OK;
	for (int k = K_ABI; k <= K_UUID; k++)
		if (!text[k][0])
			return taut_node_fail(d, node, err, "a row of a built bitstream needs '%s'",
			                      KEYS[k]);
	if (!number(&abi, text[K_ABI], UINT32_MAX) || !number(&hash, text[K_HASH], UINT64_MAX) ||
	    !number(&bytes, text[K_BYTES], UINT64_MAX) || !bytes)
		return taut_node_fail(d, node, err,
		                      "abi, hash and bytes are whole numbers (0x.. or decimal), "
		                      "not '%s', '%s', '%s'",
		                      text[K_ABI], text[K_HASH], text[K_BYTES]);
	if (!hexadecimal(text[K_SHA256], 64))
		return taut_node_fail(d, node, err,
		                      "sha256: 64 digits of 0-9a-f are expected, not '%s'",
		                      text[K_SHA256]);
	out->abi = (uint32_t)abi;
	out->hash = hash;
	out->bytes = bytes;
	return TAUT_OK;
}

static taut_status read_all(taut_manifest *m, taut_error *err)
{
	const taut_node *root = taut_document_root(m->document);
	const taut_node *version = taut_node_find(root, "version"),
			*rows = taut_node_find(root, "bitstreams"), *node;
	taut_status st = TAUT_OK;

	if (!version || version->kind != TAUT_NODE_SCALAR || strcmp(version->text, "1") != 0)
		return taut_node_fail(m->document, version ? version : root, err,
		                      "'version: 1' is expected: this taut knows no other");
	if (!rows || rows->kind != TAUT_NODE_SEQUENCE || root->count != 2)
		return taut_node_fail(m->document, rows ? rows : root, err,
		                      "'version' and 'bitstreams', a list of rows, are expected");
	m->row = taut_alloc(rows->count ? rows->count : 1, sizeof *m->row, err);
	if (!m->row)
		return TAUT_ENOMEM;
	m->count = rows->count;
	node = rows->count ? taut_node_first(rows) : NULL;
	for (uint32_t i = 0; st == TAUT_OK && i < m->count; i++) {
		st = read_row(&m->row[i], m->document, node, err);
		node = taut_node_next(node);
	}
	return st;
}

taut_status taut_manifest_read(taut_manifest **out, const char *path, taut_error *err)
{
	taut_manifest *m = taut_alloc(1, sizeof *m, err);
	taut_status    st;

	*out = NULL;
	if (!m)
		return TAUT_ENOMEM;
	st = taut_document_read(&m->document, path, err);
	if (st == TAUT_OK)
		st = read_all(m, err);
	if (st == TAUT_OK)
		*out = m;
	else
		taut_manifest_free(m);
	return st;
}

void taut_manifest_free(taut_manifest *manifest)
{
	if (!manifest)
		return;
	taut_document_free(manifest->document);
	taut_free(manifest->row);
	taut_free(manifest);
}

uint32_t taut_manifest_count(const taut_manifest *manifest)
{
	return manifest->count;
}

const taut_manifest_row *taut_manifest_at(const taut_manifest *manifest, uint32_t row)
{
	return &manifest->row[row];
}

const taut_manifest_row *taut_manifest_of_file(const taut_manifest *manifest, const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;

	for (uint32_t i = 0; i < manifest->count; i++)
		if (strcmp(manifest->row[i].file, name) == 0)
			return &manifest->row[i];
	return NULL;
}

bool taut_manifest_fits(const taut_manifest_row *row, const char *platform)
{
	const size_t length = strlen(row->card);

	for (const char *at = platform; (at = strstr(at, row->card)) != NULL; at++)
		if ((at == platform || at[-1] == '_') && (at[length] == '_' || !at[length]))
			return true;
	return false;
}

taut_status taut_manifest_check(const taut_manifest_row *row, const taut_xclbin *file,
                                const char *path, taut_error *err)
{
	char uuid[37];

	if (!row->built)
		return taut_fail(err, TAUT_EDEVICE,
		                 "%s: MANIFEST.yaml has it as a recipe, not as built; write its "
		                 "row (bitstreams/build prints it)",
		                 path);
	if (row->abi != TAUT_KERNEL_ABI)
		return taut_fail(err, TAUT_EDEVICE,
		                 "%s: MANIFEST.yaml says ABI %u, this taut has ABI %u" REBUILD,
		                 path, row->abi, TAUT_KERNEL_ABI);
	if (row->hash != TAUT_KERNEL_HASH)
		return taut_fail(err, TAUT_EDEVICE,
		                 "%s: MANIFEST.yaml says kernels 0x%016" PRIx64
		                 ", this taut has 0x%016" PRIx64 REBUILD,
		                 path, row->hash, (uint64_t)TAUT_KERNEL_HASH);
	if (row->bytes != file->bytes)
		return taut_fail(err, TAUT_EDEVICE,
		                 "%s: %" PRIu64 " bytes, MANIFEST.yaml says %" PRIu64
		                 "; copy the bitstream again, or write its row anew",
		                 path, file->bytes, row->bytes);
	taut_xclbin_uuid_text(uuid, file->uuid);
	if (strcmp(row->uuid, uuid) != 0)
		return taut_fail(err, TAUT_EDEVICE,
		                 "%s: its uuid is %s, MANIFEST.yaml says %s; it is another build",
		                 path, uuid, row->uuid);
	if (file->sha256[0] && strcmp(row->sha256, file->sha256) != 0)
		return taut_fail(err, TAUT_EDEVICE,
		                 "%s: its SHA-256 is %.16s.., MANIFEST.yaml says %.16s..; the file "
		                 "was changed, copy it again",
		                 path, file->sha256, row->sha256);
	return TAUT_OK;
}
