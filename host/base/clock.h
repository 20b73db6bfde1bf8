/* Wall-clock seconds that never run backwards. */
#ifndef TAUT_BASE_CLOCK_H
#define TAUT_BASE_CLOCK_H

/* Seconds since an arbitrary fixed moment. */
double taut_clock_s(void);

#endif
