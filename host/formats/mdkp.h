/* What the three knapsack formats share. */
#ifndef TAUT_FORMATS_MDKP_H
#define TAUT_FORMATS_MDKP_H

#include "formats/reader.h"

/* Reads the two sizes in the order in which the format has them. */
taut_status taut_mdkp_size(taut_mdkp_data *out, taut_scan *scan, bool items_first,
                           taut_error *err) TAUT_MUST_CHECK;

/* The parts, once n and m are set; their order is the format's. */
taut_status taut_mdkp_profits(taut_mdkp_data *out, taut_scan *scan,
                              taut_error *err) TAUT_MUST_CHECK;
taut_status taut_mdkp_weights(taut_mdkp_data *out, taut_scan *scan,
                              taut_error *err) TAUT_MUST_CHECK;
taut_status taut_mdkp_capacities(taut_mdkp_data *out, taut_scan *scan,
                                 taut_error *err) TAUT_MUST_CHECK;

/* The next number is the optimum; 0 says that it is not known. */
taut_status taut_mdkp_optimum(taut_instance *out, taut_scan *scan, taut_error *err) TAUT_MUST_CHECK;

#endif
