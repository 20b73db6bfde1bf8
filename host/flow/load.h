/* From what the user names (a YAML spec or an instance file, and options) to problems that can be solved. */
#ifndef TAUT_FLOW_LOAD_H
#define TAUT_FLOW_LOAD_H

#include "base/options.h"
#include "model/instance.h"

typedef struct taut_spec taut_spec; /* spec/spec.h */

/* The problems of one SPEC argument. options are the spec's with the command line's laid over them. */
typedef struct {
	taut_instance **items; /* [count], owned */
	size_t          count;
	taut_options    options; /* texts are views into `spec` and the command line */
	taut_spec      *spec;    /* NULL for an instance file; owned */
	double          read_s;  /* seconds spent reading */
} taut_load_list;

/* path: a spec (.yaml, .yml) or an instance file. `over`: the command line's options. EINPUT with file:line:column, EIO, ENOMEM.
 * On failure the list is empty. */
taut_status taut_load(taut_load_list *out, const char *path, const taut_options *over, taut_error *err)
	TAUT_MUST_CHECK;
void        taut_load_fini(taut_load_list *list);

#endif
