/* exp, log, cos and acos from IEEE additions, multiplications, divisions and square roots alone, in
 * a fixed order: the same bits on every machine, for every value that reaches a sample or an
 * instance. (libm differs between versions.) Compile with -ffp-contract=off. Relative error below
 * 2^-50. */
#ifndef TAUT_BASE_EXACTMATH_H
#define TAUT_BASE_EXACTMATH_H

/* e^x; 0 below -745, +infinity above 709.78. */
double taut_exp(double x);

/* Natural logarithm of x > 0, finite. */
double taut_log(double x);

/* Cosine of x radians, |x| <= 1000; absolute error below 2^-50. */
double taut_cos(double x);

/* The angle of [0, pi] whose cosine is x of [-1, 1]. */
double taut_acos(double x);

#endif
