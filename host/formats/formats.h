/* Reading native instance files: one reader per format behind one table. Files are read whole;
 * every number is exact; every error says file:line. */
#ifndef TAUT_FORMATS_FORMATS_H
#define TAUT_FORMATS_FORMATS_H

#include "base/options.h"
#include "model/instance.h"

typedef struct {
	taut_instance **items; /* [count], each owned */
	size_t          count;
} taut_instance_list;

void taut_instance_list_fini(taut_instance_list *list);

/*
 * The problems of a file: all of them, or the one that options->index names (from 1, or by the name
 * that the file gives it). The format is options->format, or told by name and content; the family
 * is options->family, or the format's first one. sense, pairs, complement and weights of the options
 * are applied. EINPUT with "file:line: ..." for anything malformed, truncated or out of range and
 * for a family that the format cannot hold; EUSAGE for an index that no problem has, for an option
 * of another family, and for market_json (read by spec/market_json.h); EIO when the file cannot
 * be read; ENOMEM. On failure the list is empty.
 */
taut_status taut_formats_read(taut_instance_list *out, const char *path,
                              const taut_options *options, taut_error *err) TAUT_MUST_CHECK;

/* True when the file looks like a YAML spec rather than an instance: by its ending, .yaml or .yml.
 */
bool taut_formats_is_spec(const char *path);

#endif
