/* Plain IEEE + - * / sqrt in fixed order: the temperatures reach every sample. */
#include "qubo/temperature.h"

#include <math.h>

#include "base/checked.h"
#include "base/exactmath.h"

/* docs/machine.md, "Default temperatures", derives and measures these. */
static const double HOT_FLIP = 0.6;
static const double HOT_SWAP = 0.25;
static const double COLD_STEPS = 10.0; /* e^(gap / T) = 10 moves: a tenth of a step up a sweep */
static const double COLD_FLIP = 0.2;
static const double COLD_SWAP = 0.015;

enum { PAIRED_ROWS = 256 }; /* of longer permutations a sample of the rows is compared */

/* What the changes of one variable look like. Sums of integers below 2^53 are exact in any order,
 * so that dense couplings give what sparse ones do. */
typedef struct {
	double size;   /* root mean square of the field over random states */
	double spread; /* its standard deviation */
	double gap; /* least non-zero magnitude that divisibility allows; 0: the field is always 0
	             */
} change_size;

/* Least non-zero |offset + multiple of step|. */
static uint64_t least(int64_t offset, uint64_t step)
{
	uint64_t r;

	if (step == 0)
		return taut_magnitude(offset);
	r = taut_magnitude(offset) % step;
	if (r == 0)
		return step;
	return r < step - r ? r : step - r;
}

/* Coupling one by one or by terms, whichever there are. */
static int64_t whole_coupling(const taut_problem *p, uint32_t i, uint32_t j)
{
	int64_t q = taut_term_coupling(p->terms, i, j);

	for (uint64_t k = p->row[i]; k < p->row[i + 1]; k++)
		if (p->col[k] == j)
			q += p->coef[k];
	return q;
}

/* Greatest common divisor of the couplings of i, terms included, given a divisor of all of them:
 * mostly that is it, and the first few couplings tell. */
static uint64_t coupling_divisor(const taut_problem *p, uint32_t i, uint64_t least_divisor)
{
	const taut_term_columns *c = &p->terms->columns;
	const taut_terms        *rows = p->terms->rows;
	uint64_t                 step = 0;

	for (uint64_t k = p->row[i]; k < p->row[i + 1] && step != least_divisor; k++)
		step = taut_gcd(step, whole_coupling(p, i, p->col[k]));
	for (size_t k = c->first[i]; k < c->first[i + 1]; k++) {
		const uint32_t r = c->term[k];

		for (size_t e = rows->first[r]; e < rows->first[r + 1] && step != least_divisor;
		     e++)
			if (rows->col[e] != i && taut_term_is_square(rows, r))
				step = taut_gcd(step, whole_coupling(p, i, rows->col[e]));
	}
	return step;
}

/* The terms' part. Squares as the couplings that they stand for. An excess has the slope 0 or
 * weight * coef: as likely, so half of it on average. */
static void add_terms(double *mean, double *variance, uint64_t *step, const taut_problem *p,
                      uint32_t i)
{
	const taut_term_columns *c = &p->terms->columns;
	const taut_terms        *rows = p->terms->rows;
	uint64_t                 slopes = 0; /* of excesses */
	uint64_t                 common = *step;
	bool                     squares = false;

	for (size_t k = c->first[i]; k < c->first[i + 1]; k++) {
		const int64_t slope = rows->weight[c->term[k]] * c->coef[k];

		common = taut_gcd(common, slope);
		if (taut_term_is_square(rows, c->term[k])) {
			squares = true;
			continue;
		}
		slopes = taut_gcd(slopes, slope);
		*mean += 0.5 * (double)slope;
		*variance += 0.25 * (double)slope * (double)slope;
	}
	*step = common;
	if (!squares)
		return;
	*mean += 0.5 * taut_term_coupling_sum(p->terms, i);
	*variance += 0.25 * taut_term_coupling_squares(p->terms, i);
	for (uint64_t k = p->row[i]; k < p->row[i + 1]; k++)
		*variance += 0.5 * (double)p->coef[k] *
		             (double)taut_term_coupling(p->terms, i, p->col[k]);
	*step = taut_gcd(slopes, (int64_t)coupling_divisor(p, i, common));
}

static change_size measure(const taut_problem *p, uint32_t i)
{
	double   mean = (double)p->linear[i];
	double   variance = 0.0;
	uint64_t step = 0;

	/* x_j is 0 or 1 alike: mean q / 2, variance q^2 / 4 */
	if (p->dense) {
		const double           f = (double)p->dense_factor;
		const taut_matrix_sums row = taut_matrix_row_sums(p->dense, i);

		mean += 0.5 * f * (double)(row.positive + row.negative);
		variance = 0.25 * f * f * (double)taut_matrix_row_squares(p->dense, i);
		step = taut_magnitude(p->dense_factor * taut_matrix_row_divisor(p->dense, i));
	} else {
		for (uint64_t k = p->row[i]; k < p->row[i + 1]; k++) {
			const double q = (double)p->coef[k];

			mean += 0.5 * q;
			variance += 0.25 * q * q;
			if (step != 1)
				step = taut_gcd(step, p->coef[k]);
		}
	}
	if (p->terms)
		add_terms(&mean, &variance, &step, p, i);
	return (change_size){.size = sqrt(mean * mean + variance),
	                     .spread = sqrt(variance),
	                     .gap = (double)least(p->linear[i], step)};
}

static taut_temperature_range of_flips(const taut_problem *p)
{
	const double steps = taut_log(COLD_STEPS * (p->n + 1.0));
	double       square = 0.0;
	double       cold = 0.0;
	double       n_moving = 0.0;

	for (uint32_t i = 0; i < p->n; i++) {
		const change_size c = measure(p, i);
		const double      gap = c.gap / steps;
		const double      spread = COLD_FLIP * c.spread / sqrt((double)p->n);
		const double      own = gap > spread ? gap : spread;

		if (c.size == 0.0)
			continue;
		square += c.size * c.size;
		n_moving += 1.0;
		if (own > 0.0 && (cold == 0.0 || own < cold))
			cold = own;
	}
	if (n_moving == 0.0)
		return (taut_temperature_range){1.0, 1.0};
	return (taut_temperature_range){HOT_FLIP * sqrt(square / n_moving), cold};
}

/* Of the differences f_b = m_ub - m_vb, b not u or v, of two rows of m + m': means over pairs of
 * rows. */
typedef struct {
	double squares; /* sum of f_b^2 */
	double cross;   /* sum over b != c of f_b f_c */
} row_differences;

static row_differences differ(const int32_t *m, uint32_t n)
{
	/* all pairs, or of long permutations every step-th row against all */
	const uint32_t  step = 1 + n / PAIRED_ROWS;
	double          n_pairs = 0.0;
	row_differences out = {0.0, 0.0};

	for (size_t u = 0; u < n; u += step)
		for (size_t v = 0; v < n; v += step) {
			double sum = 0.0;
			double squares = 0.0;

			if (u == v)
				continue;
			for (size_t b = 0; b < n; b++) {
				const double f = ((double)m[u * n + b] - (double)m[v * n + b]) +
				                 ((double)m[b * n + u] - (double)m[b * n + v]);

				if (b == u || b == v)
					continue;
				sum += f;
				squares += f * f;
			}
			out.squares += squares;
			out.cross += sum * sum - squares;
			n_pairs += 1.0;
		}
	if (n_pairs > 0.0) {
		out.squares /= n_pairs;
		out.cross /= n_pairs;
	}
	return out;
}

static uint64_t divisor_of(const int32_t *m, size_t count)
{
	uint64_t g = 0;

	for (size_t k = 0; k < count && g != 1; k++)
		g = taut_gcd(g, m[k]);
	return g;
}

static taut_temperature_range of_swaps(const taut_problem *p)
{
	const uint32_t n = p->permutation_n;
	const size_t   square = (size_t)n * n;
	double         gap;
	double         spread;
	double         others = n > 2 ? (double)n - 2.0 : 1.0;
	double         pairs = n > 3 ? others * (others - 1.0) : 1.0;

	const row_differences f = differ(p->flow, n);
	const row_differences d = differ(p->distance, n);

	/* f pairs with (d + d') / 2: its squares are a quarter */
	spread = 0.25 * (f.squares * d.squares / others + f.cross * d.cross / pairs);
	spread = spread > 0.0 ? sqrt(spread) : 0.0;
	gap = (double)divisor_of(p->flow, square) * (double)divisor_of(p->distance, square);
	if (gap == 0.0 || spread == 0.0)
		return (taut_temperature_range){1.0, 1.0};
	gap /= taut_log(COLD_STEPS * 0.5 * n * (n - 1.0));
	return (taut_temperature_range){.hot = HOT_SWAP * spread,
	                                .cold = gap > COLD_SWAP * spread ? gap
	                                                                 : COLD_SWAP * spread};
}

taut_temperature_range taut_temperature_default(const taut_problem *problem)
{
	taut_temperature_range t = problem->permutation_n ? of_swaps(problem) : of_flips(problem);

	if (t.cold <= 0.0 || t.cold > t.hot)
		t.cold = t.hot;
	return t;
}
