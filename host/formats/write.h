/* Writing instance files: one writer per format behind one table, exact decimals always. Formats of
 * one family are written from the instance's data, the general ones (lp, mps, opb, coo, qbsolv,
 * triangle) from the model, so that any family's problem can be written as a program and any
 * unconstrained one as a QUBO (docs/convert.md). */
#ifndef TAUT_FORMATS_WRITE_H
#define TAUT_FORMATS_WRITE_H

#include "base/names.h"
#include "base/text.h"
#include "model/instance.h"
#include "model/model.h"

/*
 * Appends a file that holds one problem. `model` is the instance's
 * (taut_family_find(family)->build). AUTO: the family's native format. Reading the file gives the
 * same objective and the same feasible points; what a format's convention turns round (a maximised
 * QUBO) is said in docs/convert.md. EUSAGE when the format cannot hold the family; EINPUT when it
 * cannot hold these numbers (a fraction in opb); ELIMIT when the terms written out are too many; a
 * text that failed to grow or to flush is the caller's to check (taut_text_check).
 */
taut_status taut_formats_write(taut_text *out, const taut_instance *instance,
                               const taut_model *model, taut_format format,
                               taut_error *err) TAUT_MUST_CHECK;

/* The same for several problems of family mdkp in one file, orlib (AUTO) or mknap2; EUSAGE that
 * names the count for a format that holds one problem. */
taut_status taut_formats_write_list(taut_text *out, taut_instance *const *items, size_t count,
                                    taut_format format, taut_error *err) TAUT_MUST_CHECK;

/* The format that a file's ending tells a writer of this family, AUTO where it tells none. */
taut_format taut_formats_by_ending(const char *path, taut_family family);

#endif
