/* The embedded metadata of an xclbin as a row of tags: as much XML as v++ writes, read strictly and
 * within bounds. Text between tags, comments, declarations and processing instructions are passed
 * over; entities are left as they are. */
#ifndef TAUT_BACKEND_XRT_XCLBIN_XML_H
#define TAUT_BACKEND_XRT_XCLBIN_XML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A place in the text. */
typedef struct {
	const char *at, *end;
	bool        broken; /* the text is no XML: an unfinished tag, a nameless one, .. */
} taut_xml;

typedef enum { TAUT_XML_OPEN, TAUT_XML_CLOSE, TAUT_XML_EMPTY } taut_xml_kind;

typedef struct {
	taut_xml_kind kind; /* <a>, </a>, <a/> */
	const char   *name;
	size_t        name_bytes;
	const char   *attributes; /* between the name and the tag's end */
	size_t        attributes_bytes;
} taut_xml_tag;

/* The next tag; false at the end, or where the text is broken. */
bool taut_xml_next(taut_xml_tag *out, taut_xml *xml);

bool taut_xml_is(const taut_xml_tag *tag, const char *name);

/* An attribute's value, which has `bytes` bytes; NULL: the tag has none of that name. */
const char *taut_xml_attribute(size_t *bytes, const taut_xml_tag *tag, const char *name);

/* Whether the attribute is there with that value. */
bool taut_xml_has(const taut_xml_tag *tag, const char *name, const char *value);

/* An attribute as a number, 0x.. or decimal; false: none, or no number of 64 bits. */
bool taut_xml_number(uint64_t *out, const taut_xml_tag *tag, const char *name);

#endif
