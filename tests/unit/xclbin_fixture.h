/* A valid xclbin of two units, written from the format's description and not from the reader.
 * Include after cmocka.h. */
#ifndef TAUT_TESTS_XCLBIN_FIXTURE_H
#define TAUT_TESTS_XCLBIN_FIXTURE_H

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { FILE_MAX = 16384 };

typedef struct {
	uint8_t data[FILE_MAX];
	size_t  bytes;
	size_t  section[5]; /* where each section's data begin: metadata, memory, layout,
	                       connectivity, bitstream */
} xclbin_file;

/* What may differ; zeroed: a good file. */
typedef struct {
	const char *platform;    /* NULL: xilinx_u55c_gen3x16_xdma_3_202210_1 */
	uint16_t    mode;        /* XCLBIN_MODE; 0: a card */
	const char *kernel;      /* in the metadata; NULL: taut_anneal */
	const char *unit;        /* in the layout; NULL: taut_anneal:taut_anneal_1 */
	const char *argument;    /* of number 4; NULL: couplings */
	const char *offset;      /* of it; NULL: 0x3c */
	int         arguments;   /* 0: 7 */
	int         connections; /* 0: all 12 */
	int         leave_out;   /* section 1 + i is left out of the table */
	uint32_t    bank;        /* of the last connection */
} xclbin_wish;

static inline void put(uint8_t *at, uint64_t value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		at[i] = (uint8_t)(value >> (8 * i));
}

static inline size_t write_metadata(char *out, size_t size, const xclbin_wish *w)
{
	static const char *const NAMES[] = {"abi",       "launch", "noise", "problem",
	                                    "couplings", "state",  "status"};
	static const char *const OFFSETS[] = {"0x10", "0x18", "0x24", "0x30",
	                                      "0x3C", "0x48", "0x54"};
	const char *const kernels[2] = {w->kernel ? w->kernel : "taut_anneal", "taut_exchange"};
	size_t            n = (size_t)snprintf(
			   out, size, "<?xml version=\"1.0\"?>\n<!-- > -->\n<project>\n<core name=\"c\">");

	for (int k = 0; k < 2; k++) {
		n += (size_t)snprintf(out + n, size - n,
		                      "<kernel name=\"%s\" language='c'>\n<port name=\"a>b\"/>\n",
		                      kernels[k]);
		for (int a = 0; a < (w->arguments ? w->arguments : 7); a++)
			n += (size_t)snprintf(out + n, size - n,
			                      "<arg name=\"%s\" addressQualifier=\"%d\" id=\"%d\" "
			                      "size=\"0x%d\" offset=\"%s\"/>\n",
			                      a == 4 && w->argument ? w->argument : NAMES[a], a > 0,
			                      a, a ? 8 : 4,
			                      a == 4 && w->offset ? w->offset : OFFSETS[a]);
		n += (size_t)snprintf(out + n, size - n,
		                      "<instance name=\"%s_1\"><addrRemap "
		                      "base=\"0x%x\"/></instance>\n</kernel>\n",
		                      kernels[k], 0x1800000 + 0x10000 * k);
	}
	return n + (size_t)snprintf(out + n, size - n, "</core></project>\n");
}

static inline void write_xclbin(xclbin_file *f, const xclbin_wish *w)
{
	static const uint32_t KINDS[5] = {2, 6, 8, 7, 0};
	size_t                at = 456 + 5 * 40, sizes[5];
	char                 *text = (char *)f->data;
	uint8_t              *p;
	int                   n = w->connections ? w->connections : 12;

	memset(f, 0, sizeof *f);
	f->section[0] = at;
	sizes[0] = write_metadata(text + at, FILE_MAX - at, w);
	at = (at + sizes[0] + 7) & ~(size_t)7;
	f->section[1] = at; /* one bank of 16 GiB */
	sizes[1] = 8 + 40;
	put(f->data + at, 1, 4);
	p = f->data + at + 8;
	p[0] = 1;
	p[1] = 1;
	put(p + 8, 16u << 20, 8);
	at += sizes[1];
	f->section[2] = at; /* two units */
	sizes[2] = 8 + 2 * 80;
	put(f->data + at, 2, 4);
	for (uint32_t u = 0; u < 2; u++) {
		p = f->data + at + 8 + (size_t)u * 80;
		put(p, 1, 4);
		put(p + 8, 0x1800000u + 0x10000u * u, 8);
		(void)snprintf((char *)p + 16, 64, "%s",
		               u         ? "taut_exchange:taut_exchange_1"
		               : w->unit ? w->unit
		                         : "taut_anneal:taut_anneal_1");
	}
	at += sizes[2];
	f->section[3] = at;
	sizes[3] = 4 + (size_t)n * 12;
	put(f->data + at, (uint64_t)n, 4);
	for (int i = 0; i < n; i++) {
		p = f->data + at + 4 + (size_t)i * 12;
		put(p, (uint64_t)(1 + i % 6), 4);
		put(p + 4, (uint64_t)(i / 6), 4);
		put(p + 8, i == n - 1 ? w->bank : 0, 4);
	}
	at = (at + sizes[3] + 7) & ~(size_t)7;
	f->section[4] = at;
	sizes[4] = 64;
	memset(f->data + at, 0xA5, 64);
	f->bytes = at + 64;
	memcpy(f->data, "xclbin2", 8);
	put(f->data + 8, UINT32_MAX, 4);
	put(f->data + 304, f->bytes, 8);
	put(f->data + 332, w->mode, 2);
	(void)snprintf((char *)f->data + 352, 64, "%s",
	               w->platform ? w->platform : "xilinx_u55c_gen3x16_xdma_3_202210_1");
	for (uint32_t i = 0; i < 16; i++)
		f->data[416 + i] = (uint8_t)(17 * i);
	put(f->data + 448, 5, 4);
	for (int i = 0; i < 5; i++) {
		p = f->data + 456 + (size_t)i * 40;
		put(p, w->leave_out == i + 1 ? 30 : KINDS[i], 4);
		put(p + 24, f->section[i], 8);
		put(p + 32, sizes[i], 8);
	}
}

#endif
