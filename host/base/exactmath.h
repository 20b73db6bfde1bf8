/* exp and log from IEEE additions, multiplications and divisions alone, in a fixed order: the same bits on
 * every machine, for every value that reaches a sample. (libm differs between versions.) Compile
 * with -ffp-contract=off. Relative error below 2^-50. */
#ifndef TAUT_BASE_EXACTMATH_H
#define TAUT_BASE_EXACTMATH_H

/* e^x; 0 below -745, +infinity above 709.78. */
double taut_exp(double x);

/* Natural logarithm of x > 0, finite. */
double taut_log(double x);

#endif
