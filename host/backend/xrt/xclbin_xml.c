#include "backend/xrt/xclbin_xml.h"

#include <string.h>

static bool space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool name_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '-' || c == ':' || c == '.';
}

static const char *find(const char *at, const char *end, const char *what)
{
	const size_t length = strlen(what);

	for (; (size_t)(end - at) >= length; at++)
		if (memcmp(at, what, length) == 0)
			return at;
	return NULL;
}

/* The '>' that ends the tag begun before `at`: not one within quotes. */
static const char *tag_end(const char *at, const char *end)
{
	char quote = 0;

	for (; at < end; at++) {
		if (quote)
			quote = *at == quote ? 0 : quote;
		else if (*at == '"' || *at == '\'')
			quote = *at;
		else if (*at == '>')
			return at;
		else if (*at == '<')
			return NULL;
	}
	return NULL;
}

/* Past a comment, CDATA, declaration or processing instruction that begins at '<'; NULL:
 * unfinished. */
static const char *pass(const char *at, const char *end)
{
	static const char *const PAIRS[][2] = {
		{"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}, {"<!", ">"}};

	for (size_t i = 0; i < sizeof PAIRS / sizeof PAIRS[0]; i++) {
		const size_t length = strlen(PAIRS[i][0]);

		if ((size_t)(end - at) >= length && memcmp(at, PAIRS[i][0], length) == 0) {
			const char *close = find(at + length, end, PAIRS[i][1]);

			return close ? close + strlen(PAIRS[i][1]) : NULL;
		}
	}
	return NULL;
}

bool taut_xml_next(taut_xml_tag *out, taut_xml *xml)
{
	const char *at, *close;

	for (;;) {
		if (xml->broken || xml->at >= xml->end)
			return false;
		at = memchr(xml->at, '<', (size_t)(xml->end - xml->at));
		if (!at) {
			xml->at = xml->end;
			return false;
		}
		if (xml->end - at < 2 || (at[1] != '!' && at[1] != '?'))
			break;
		at = pass(at, xml->end);
		xml->broken = at == NULL;
		xml->at = at ? at : xml->end;
	}
	close = tag_end(at + 1, xml->end);
	xml->at = close ? close + 1 : xml->end;
	if (!close) {
		xml->broken = true;
		return false;
	}
	at++;
	*out = (taut_xml_tag){.kind = TAUT_XML_OPEN};
	if (*at == '/') {
		out->kind = TAUT_XML_CLOSE;
		at++;
	} else if (close[-1] == '/') {
		out->kind = TAUT_XML_EMPTY;
		close--;
	}
	out->name = at;
	while (at < close && name_byte(*at))
		at++;
	out->name_bytes = (size_t)(at - out->name);
	out->attributes = at;
	out->attributes_bytes = (size_t)(close - at);
	xml->broken = out->name_bytes == 0;
	return !xml->broken;
}

bool taut_xml_is(const taut_xml_tag *tag, const char *name)
{
	return tag->name_bytes == strlen(name) && memcmp(tag->name, name, tag->name_bytes) == 0;
}

const char *taut_xml_attribute(size_t *bytes, const taut_xml_tag *tag, const char *name)
{
	const char *at = tag->attributes, *const end = at + tag->attributes_bytes;
	const char *key, *value;
	size_t      key_bytes;

	while (at < end) {
		while (at < end && space(*at))
			at++;
		key = at;
		while (at < end && name_byte(*at))
			at++;
		key_bytes = (size_t)(at - key);
		while (at < end && space(*at))
			at++;
		if (key_bytes == 0 || at == end || *at++ != '=')
			return NULL;
		while (at < end && space(*at))
			at++;
		if (at == end || (*at != '"' && *at != '\''))
			return NULL;
		value = at + 1;
		at = memchr(value, *at, (size_t)(end - value));
		if (!at)
			return NULL;
		if (key_bytes == strlen(name) && memcmp(key, name, key_bytes) == 0) {
			*bytes = (size_t)(at - value);
			return value;
		}
		at++;
	}
	return NULL;
}

bool taut_xml_has(const taut_xml_tag *tag, const char *name, const char *value)
{
	size_t      bytes;
	const char *found = taut_xml_attribute(&bytes, tag, name);

	return found && bytes == strlen(value) && memcmp(found, value, bytes) == 0;
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return 16;
}

bool taut_xml_number(uint64_t *out, const taut_xml_tag *tag, const char *name)
{
	size_t      bytes, i = 0;
	const char *text = taut_xml_attribute(&bytes, tag, name);
	const bool  hex = text && bytes > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	const uint64_t base = hex ? 16 : 10;

	*out = 0;
	if (!text || bytes == 0)
		return false;
	for (i = hex ? 2 : 0; i < bytes; i++) {
		const uint64_t d = (uint64_t)digit(text[i]);

		if (d >= base || *out > (UINT64_MAX - d) / base)
			return false;
		*out = *out * base + d;
	}
	return true;
}
