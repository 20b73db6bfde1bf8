/* A program without rows as a qubo, where --family qubo asks for it. */
#ifndef TAUT_FORMATS_UNCONSTRAINED_H
#define TAUT_FORMATS_UNCONSTRAINED_H

#include "formats/reader.h"

/* Replaces the newest instance, a binary_program, by a qubo of the same objective; --sense is
 * applied. EINPUT when it has rows, EUSAGE for --pairs, ENOMEM. */
taut_status taut_unconstrained_replace(taut_reader *reader, taut_error *err) TAUT_MUST_CHECK;

#endif
