/* Programs that minimise deviations with slack variables, as models of market sharing are written:
 *
 *   minimise sum_k p_k + m_k   subject to   a_k x + p_k - m_k = b_k,   x 0-1,   p, m >= 0,
 *
 * p and m in no other place, and their upper bounds (if any) too wide to bind. Then the least value
 * for a given x is exactly sum_k |a_k x - b_k|: the family market_share. */
#ifndef TAUT_FORMATS_DEVIATION_H
#define TAUT_FORMATS_DEVIATION_H

#include "formats/columns.h"

/* A market_share with the same data, the 0-1 variables in the order of their
 * declaration, then of their first occurrence; *out is NULL
 * where the program is no such model. The caller frees. EINPUT where a sum of demands overflows,
 * ENOMEM. */
taut_status taut_deviation_find(taut_instance **out, const taut_columns *columns,
                                const taut_instance *program, taut_error *err) TAUT_MUST_CHECK;

#endif
