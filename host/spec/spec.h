/* A YAML spec, version 1 (docs/spec.md): the problem, in a file, inline or to be generated, and the
 * options of its run. The keys of the options come from the table in base/options.h, those of
 * inline data from spec/inline.h. */
#ifndef TAUT_SPEC_SPEC_H
#define TAUT_SPEC_SPEC_H

#include "base/options.h"
#include "model/instance.h"

/* Exactly one of file, instance and generate_line is there. Everything is owned by the spec. */
typedef struct taut_spec {
	char        *name;    /* as given, else the spec's file name without ending */
	taut_options options; /* `given` marks what the spec sets; texts are views into `texts` */
	char        *file; /* instance file, relative paths taken from the spec's folder; or NULL */
	taut_instance *instance;                 /* inline data with the options applied; or NULL */
	uint32_t generate_line, generate_column; /* where problem.generate stands; 0: nowhere */
	char    *texts[TAUT_N_OPTIONS];          /* by option; NULL where the spec gives none */
} taut_spec;

/* EINPUT with "path:line:column: ..." for everything that is wrong in the spec, a problem.file that
 * cannot be opened included; EIO when the spec itself cannot be read; ENOMEM. The caller frees. On
 * failure *out is NULL. */
taut_status taut_spec_read(taut_spec **out, const char *path, taut_error *err) TAUT_MUST_CHECK;
void        taut_spec_free(taut_spec *spec); /* accepts NULL */

/* Applies what the options of `problem` say about data that are no file: sense, pairs, complement,
 * vertex weights, best known. EINPUT for a best_known that is no number. */
taut_status taut_spec_apply(taut_instance *instance, const taut_options *options,
                            taut_error *err) TAUT_MUST_CHECK;

/* Lays the options given in `over` (the command line; its texts must live as long) over the spec's
 * and applies them to inline data. EUSAGE where they do not fit those or a generator: another
 * family, a format, an index. */
taut_status taut_spec_overlay(taut_spec *spec, const taut_options *over,
                              taut_error *err) TAUT_MUST_CHECK;

#endif
