/* Inside host/api only: options and the texts that they are views of. */
#ifndef TAUT_API_SETTINGS_H
#define TAUT_API_SETTINGS_H

#include "base/options.h"
#include "taut/settings.h"

struct taut_settings {
	taut_options options; /* `given` marks what was set; texts are views into `texts` */
	char        *texts[TAUT_N_OPTIONS]; /* by option, NULL where not set */
};

/* Deep copy; NULL gives the defaults. The caller frees. ENOMEM. On failure *out is NULL. */
taut_status taut_settings_dup(taut_settings **out, const taut_settings *settings,
                              taut_error *err) TAUT_MUST_CHECK;

#endif
