/*
 * Products of a model's quadratic objective as columns of its relaxation.
 *
 * Proof obligation. For 0-1 variables z = x_i x_j keeps z >= 0, z <= x_i, z <= x_j and z >= x_i + x_j - 1 (McCormick 1976;
 * Glover & Woolsey 1974); of these only the sides that the sign of its gain leans on are added. x_i x_j = 0 where i and j
 * are in conflict or together in a group of at most one, and such products are left out. For a group G without i:
 *   - at most one:  sum_{j in S} x_i x_j = x_i sum_{j in S} x_j <= x_i  for any S of G;
 *   - exactly one:  x_i = x_i sum_{j in G} x_j = sum_{j in G} x_i x_j, where a product that has no column is 0, or at most x_j,
 *     so that  sum_{with column} z_ij + sum_{without} x_j >= x_i.
 * (Adams & Sherali 1986.) Columns have no upper limit but 1, which holds too.
 */
#ifndef TAUT_BOUND_PRODUCTS_H
#define TAUT_BOUND_PRODUCTS_H

#include "bound/relaxation.h"

/* Adds columns and rows to a fresh relaxation of a model with couplings that are not dense. *fits is false, and the
 * relaxation of no use, beyond `entries_max` row entries. ENOMEM. */
taut_status taut_products_add(bool *fits, taut_relaxation *r, size_t entries_max, taut_error *err) TAUT_MUST_CHECK;

#endif
