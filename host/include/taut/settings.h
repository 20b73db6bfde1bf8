/* How a problem is read and solved: options by the names of the command line (docs/options.md). */
#ifndef TAUT_PUBLIC_SETTINGS_H
#define TAUT_PUBLIC_SETTINGS_H

#include "taut/status.h"

/* A set of options. Calls that take one only read it, so threads may share it; setting is for one
 * thread. */
typedef struct taut_settings taut_settings;

TAUT_C_BEGIN

/* All options at their defaults. The caller frees. ENOMEM. On failure *out is NULL. */
TAUT_API taut_status taut_settings_new(taut_settings **out, taut_error *err) TAUT_MUST_CHECK;
TAUT_API void        taut_settings_free(taut_settings *settings); /* accepts NULL */

/*
 * Sets one option from its text: taut_settings_set(s, "time-limit", "2.5", &err). `name` is the
 * option of `taut solve` without its dashes, or the key of a spec ("solver.time_limit"); options
 * that say where the program writes (json, output, samples, ...) are not taken. Both texts are
 * copied. EUSAGE with the allowed values or the nearest known name, ENOMEM; the settings are then
 * as before.
 */
TAUT_API taut_status taut_settings_set(taut_settings *settings, const char *name, const char *value,
                                       taut_error *err) TAUT_MUST_CHECK;

TAUT_C_END

#endif
