/* What tests/unit/test_templates.c calls of the templates of the four add-a pages. In the tree each
 * of these lines stands in the header of the table that it belongs to: families/common.h,
 * formats/reader.h and writer.h, formulations/methods.h, and the backend's own. */
#ifndef TAUT_DOCS_TEMPLATES_H
#define TAUT_DOCS_TEMPLATES_H

#include "backend/backend.h"
#include "formats/reader.h"
#include "formats/writer.h"
#include "formulations/families/family.h"
#include "formulations/formulation.h"

extern const taut_family_ops taut_cover_ops;

taut_status taut_read_edges(taut_reader *reader, taut_error *err) TAUT_MUST_CHECK;
taut_status taut_write_edges(const taut_writer *w, taut_error *err) TAUT_MUST_CHECK;

extern const taut_formulation_ops taut_growing_ops;

extern const taut_backend_ops taut_descent_ops;

#endif
