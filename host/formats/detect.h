/* Telling the format of a file by its name's ending and by what stands in it. */
#ifndef TAUT_FORMATS_DETECT_H
#define TAUT_FORMATS_DETECT_H

#include "base/names.h"
#include "formats/scan.h"

/*
 * The format of a file that was just opened: by its name's ending; by a first word that only one
 * format has; by the family, where that leaves one format or the first line decides; by the count
 * of numbers, where that fits one format alone. EINPUT that names --family and --format when none
 * of this decides.
 */
taut_status taut_format_detect(taut_format *out, const taut_scan *scan, taut_family family,
                               taut_error *err) TAUT_MUST_CHECK;

#endif
