/* Inside host/api only: what an input holds. */
#ifndef TAUT_API_INPUT_H
#define TAUT_API_INPUT_H

#include "api/settings.h"
#include "flow/load.h"
#include "taut/input.h"

struct taut_input {
	taut_load_list list;
	taut_settings *settings; /* given for reading; list.options has views of its texts */
	taut_status    broken;   /* what a failed addition returned: it cannot be solved */
};

/* An input that holds one instance, which it takes over also on failure. The caller frees. ENOMEM.
 */
taut_status taut_input_take(taut_input **out, taut_instance *instance,
                            taut_error *err) TAUT_MUST_CHECK;

#endif
