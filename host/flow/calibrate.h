/* Inside host/flow only: short anneals for a method that weighs its numbers by samples
 * (taut_formulation's calibrating). */
#ifndef TAUT_FLOW_CALIBRATE_H
#define TAUT_FLOW_CALIBRATE_H

#include "flow/run.h"

/* Before the loop; nothing where the method asks for none. The samples' answers are kept, the
 * samples are not among those that the report counts; their proposals are. Ends where the method is
 * content, the time is up or the device is lost. */
taut_status taut_run_calibrate(taut_run *r, taut_error *err) TAUT_MUST_CHECK;

#endif
