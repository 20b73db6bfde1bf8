/* Writing problems as instance files: what `taut convert` and `taut generate` share. */
#ifndef TAUT_CLI_CONVERT_H
#define TAUT_CLI_CONVERT_H

#include "base/options.h"
#include "model/instance.h"

/* Writes one problem, or several of family mdkp, to a file, or to stdout for "-". The format is options->to, else by the
 * file's ending, else the family's own; options->best_known stands over the problem's. The errors of formats/write.h; EIO. */
taut_status taut_cli_convert(taut_instance *const *items, size_t count, const taut_options *options, const char *path,
			     taut_error *err) TAUT_MUST_CHECK;

#endif
