/*
 * Every spin s_i = sign(x_i) = 2 bit_i - 1 is a particle at x_i between walls at +-1, with
 *
 *   y_i += dt (-(1 - p) x_i - c0 force_i),   x_i += dt y_i,   at a wall y_i = 0,
 *
 * p rising from 0 to 1. With spins 4 E = const + sum_i h_i s_i + sum_{i<j} q_ij s_i s_j, h_i = 2
 * c_i + sum_j q_ij. The discrete force is the slope of 4 E at the signs, h_i + sum_j q_ij s_j = 2
 * F_i: twice the field of the bits, which are kept as integers and change only where a particle
 * crosses 0. The ballistic force is h_i + sum_j q_ij x_j, of 16 reads at once, in float, in order
 * of j.
 */
#include "backend/cpu/bifurcation.h"

#include <math.h>
#include <string.h>

#include "backend/cpu/lone.h"
#include "base/alloc.h"

enum {
	BLOCK = 2 * TAUT_CPU_BALLISTIC, /* reads of a task */
	CHECKPOINT = 16                 /* ballistic steps between two looks at the energies */
};

/* Found by trial, docs/sb.md: c0 in units of 1 / coupling, and the longest time steps. */
static const double PULL_DISCRETE = 0.6;
static const double PULL_BALLISTIC = 0.5;
static const double STEP_DISCRETE = 0.9;
static const double STEP_BALLISTIC = 1.0;
static const float  START = 0.1f; /* positions and momenta begin within it */

typedef struct {
	double c0, dt;
} pace;

typedef struct {
	taut_cpu_lone_run lone;  /* first: the payload of the tasks */
	float            *outer; /* [n] h_i */
	pace              discrete, ballistic;
} bifurcation;

/* A task's memory. */
typedef struct {
	const bifurcation  *b;
	const taut_problem *problem;
	uint64_t            steps; /* of all reads together */
	bool                stopped;
	taut_cpu_lone       lone[TAUT_CPU_BALLISTIC];
	float              *x, *y;   /* [64 words] or [n][TAUT_CPU_BALLISTIC] */
	float              *force;   /* [n][TAUT_CPU_BALLISTIC] */
	float              *panel;   /* [TAUT_CPU_PANEL][n] of dense problems */
	uint64_t           *crossed; /* [words] */
} flock;

/* Sum and sum of squares of row i. */
static void row_sums(double *sum, double *square, const taut_problem *p, uint32_t i)
{
	*sum = *square = 0.0;
	if (p->dense) {
		const double           factor = p->dense_factor;
		const taut_matrix_sums sums = taut_matrix_row_sums(p->dense, i);

		*sum = factor * (double)(sums.negative + sums.positive);
		*square = factor * factor * (double)taut_matrix_row_squares(p->dense, i);
		return;
	}
	for (uint64_t k = p->row[i]; k < p->row[i + 1]; k++) {
		*sum += p->coef[k];
		*square += (double)p->coef[k] * p->coef[k];
	}
}

/*
 * h, and c0 and dt. The couplings' size is R, the root mean square over i of sqrt(sum_j q_ij^2)
 * (Goto et al.: c0 = 0.5 / R). An oscillator of stiffness k is stable under this integrator up to
 * dt^2 k = 4; the stiffest has about 1 + c0 L, L the largest eigenvalue of q: 2 R where q is random
 * (Wigner), |q 1| / |1| where all couplings are alike.
 */
static void set_pace(bifurcation *b, const taut_problem *p)
{
	double squares = 0.0;
	double uniform = 0.0;
	double size;
	double stiff;

	for (uint32_t i = 0; i < p->n; i++) {
		double sum;
		double square;

		row_sums(&sum, &square, p, i);
		b->outer[i] = (float)(2.0 * p->linear[i] + sum);
		squares += square;
		uniform += sum * sum;
	}
	size = squares > 0.0 ? sqrt(squares / p->n) : 1.0;
	stiff = sqrt(uniform / p->n) / size;
	stiff = stiff > 2.0 ? stiff : 2.0;
	b->discrete = (pace){PULL_DISCRETE / size, 1.0 / sqrt(PULL_DISCRETE * stiff)};
	b->ballistic = (pace){PULL_BALLISTIC / size, sqrt(3.0 / (1.0 + PULL_BALLISTIC * stiff))};
	if (b->discrete.dt > STEP_DISCRETE)
		b->discrete.dt = STEP_DISCRETE;
	if (b->ballistic.dt > STEP_BALLISTIC)
		b->ballistic.dt = STEP_BALLISTIC;
}

static float unit(taut_rng *rng)
{
	return (float)(taut_rng_next(rng) >> 40) * 0x1p-24f;
}

/* First positions and momenta, of the signs of the first state; entry i at x[i * stride]. */
static void place(float *x, float *y, size_t stride, const taut_cpu_lone *lone, taut_rng rng)
{
	for (uint32_t i = 0; i < lone->problem->n; i++) {
		const float size = START * unit(&rng);

		x[i * stride] = taut_cpu_lone_bit(lone, i) ? size : -size;
		y[i * stride] = START * (2.0f * unit(&rng) - 1.0f);
	}
}

/* Step k, where the force is given in units of `force`. */
static taut_cpu_bifurcation_step step_of(uint64_t k, uint64_t steps, pace at, double force)
{
	const double rest = steps > 1 ? 1.0 - (double)k / (double)(steps - 1) : 0.0;

	return (taut_cpu_bifurcation_step){(float)(-rest * at.dt), (float)(-force * at.c0 * at.dt),
	                                   (float)at.dt};
}

/* Makes the bits of a word the signs again, and says what work that was. */
static uint64_t follow(taut_cpu_lone *lone, uint32_t word, uint64_t crossed)
{
	uint64_t work = 0;

	while (crossed) {
		const uint32_t i = word * 64 + (uint32_t)__builtin_ctzll(crossed);

		crossed &= crossed - 1;
		taut_cpu_lone_flip(lone, i);
		work += taut_cpu_lone_degree(lone, i);
	}
	return work;
}

static uint64_t inside(const flock *f, uint32_t word)
{
	const uint32_t rest = f->problem->n - 64 * word;

	return rest >= 64 ? ~(uint64_t)0 : ((uint64_t)1 << rest) - 1;
}

/* One read. */
static void discrete(flock *f, size_t r)
{
	const taut_cpu_lone_run *run = &f->b->lone;
	const uint64_t           steps = run->schedule->sweeps;
	taut_cpu_lone *const     lone = &f->lone[0];
	uint64_t                 work = 0;

	taut_cpu_lone_load(lone, run->out, r);
	memset(f->x, 0, (size_t)lone->words * 64 * sizeof *f->x);
	memset(f->y, 0, (size_t)lone->words * 64 * sizeof *f->y);
	place(f->x, f->y, 1, lone, taut_cpu_lone_stream(run->schedule, r));
	for (uint64_t k = 0; k < steps && !f->stopped; k++) {
		lone->kernels->discrete(f->crossed, f->x, f->y, lone->fields, lone->bits,
		                        lone->words, step_of(k, steps, f->b->discrete, 2.0));
		work += f->problem->n;
		for (uint32_t w = 0; w < lone->words && !f->stopped; w++) {
			work += follow(lone, w, f->crossed[w] & inside(f, w));
			if (work >= TAUT_CPU_LONE_LOOK) {
				f->stopped = taut_ctx_stopped(run->ctx);
				work = 0;
			}
		}
		taut_cpu_lone_keep(lone);
		f->steps++;
	}
	taut_cpu_lone_store(run->out, r, lone);
}

/* The forces of all, a piece at a time. */
static void pull(flock *f)
{
	const taut_problem *p = f->problem;
	const uint64_t      entries = p->dense ? (uint64_t)p->n * p->n : p->row[p->n];
	const uint32_t      piece =
		TAUT_CPU_PANEL + (uint32_t)(TAUT_CPU_LONE_LOOK / (1 + entries / p->n));

	for (uint32_t i = 0; i < p->n && !f->stopped; i += piece) {
		const uint32_t end = p->n - i > piece ? i + piece : p->n;

		f->lone[0].kernels->force(f->force, p, f->b->outer, f->x, f->panel, i, end);
		f->stopped = taut_ctx_stopped(f->b->lone.ctx);
	}
}

/* Follows the signs of lane l. */
static void checkpoint(flock *f, uint32_t l)
{
	taut_cpu_lone *const lone = &f->lone[l];

	for (uint32_t w = 0; w < lone->words; w++) {
		const float *const x = f->x + (size_t)w * 64 * TAUT_CPU_BALLISTIC + l;
		const uint64_t     active = inside(f, w);
		uint64_t           positive = 0;

		for (uint32_t i = 0; i < 64 && active >> i; i++)
			positive |= (uint64_t)!signbit(x[(size_t)i * TAUT_CPU_BALLISTIC]) << i;
		(void)follow(lone, w, positive ^ lone->bits[w]);
	}
	taut_cpu_lone_keep(lone);
}

/* Loads the reads first, first + 2, ..; fewer when it is time to stop, but one at least. */
static uint32_t load(flock *f, size_t first, uint32_t lanes)
{
	const taut_cpu_lone_run *run = &f->b->lone;
	const size_t             bytes = f->problem->n * TAUT_CPU_BALLISTIC * sizeof(float);

	memset(f->x, 0, bytes);
	memset(f->y, 0, bytes);
	for (uint32_t l = 0; l < lanes; l++) {
		const size_t r = first + (size_t)2 * l;

		f->stopped = l > 0 && taut_ctx_stopped(run->ctx);
		if (f->stopped)
			return l;
		taut_cpu_lone_load(&f->lone[l], run->out, r);
		place(f->x + l, f->y + l, TAUT_CPU_BALLISTIC, &f->lone[l],
		      taut_cpu_lone_stream(run->schedule, r));
	}
	return lanes;
}

/* The reads first, first + 2, .. Returns how many of them have begun. */
static uint32_t ballistic(flock *f, size_t first, uint32_t reads)
{
	const taut_cpu_lone_run *run = &f->b->lone;
	const uint64_t           steps = run->schedule->sweeps;
	const size_t             count = (size_t)f->problem->n * TAUT_CPU_BALLISTIC;
	const uint32_t           lanes = load(f, first, reads);

	for (uint64_t k = 0; k < steps; k++) {
		pull(f);
		if (f->stopped)
			break;
		f->lone[0].kernels->ballistic(f->x, f->y, f->force, count,
		                              step_of(k, steps, f->b->ballistic, 1.0));
		f->steps += lanes;
		if (k % CHECKPOINT == CHECKPOINT - 1 || k + 1 == steps)
			for (uint32_t l = 0; l < lanes; l++)
				checkpoint(f, l);
	}
	for (uint32_t l = 0; l < lanes; l++)
		taut_cpu_lone_store(run->out, first + (size_t)2 * l, &f->lone[l]);
	return lanes;
}

/* A read that had not begun when it was time to stop repeats the one before it. */
static void repeat(taut_samples *s, size_t r)
{
	memcpy(s->bits + r * s->words, s->bits + (r - 1) * s->words, s->words * sizeof *s->bits);
	s->energy[r] = s->energy[r - 1];
}

static void fini(flock *f)
{
	for (uint32_t l = 0; l < TAUT_CPU_BALLISTIC; l++)
		taut_cpu_lone_fini(&f->lone[l]);
	taut_free(f->x);
	taut_free(f->y);
	taut_free(f->force);
	taut_free(f->panel);
	taut_free(f->crossed);
}

static taut_status init(flock *f, const bifurcation *b, uint32_t lanes, taut_error *err)
{
	const taut_cpu     *cpu = b->lone.cpu;
	const taut_problem *p = cpu->problem;
	const size_t        panel = p->dense ? p->n : 0;
	const size_t        n = (size_t)p->n + 4; /* 16 n + 64 entries are also 64 words */

	*f = (flock){.b = b, .problem = p};
	for (uint32_t l = 0; l < lanes; l++)
		if (taut_cpu_lone_init(&f->lone[l], p, &cpu->kernels->lone, err))
			return TAUT_ENOMEM;
	f->x = taut_alloc_aligned(n, TAUT_CPU_BALLISTIC * sizeof *f->x, err);
	if (!f->x)
		return TAUT_ENOMEM;
	f->y = taut_alloc_aligned(n, TAUT_CPU_BALLISTIC * sizeof *f->y, err);
	if (!f->y)
		return TAUT_ENOMEM;
	f->force = taut_alloc_aligned(n, TAUT_CPU_BALLISTIC * sizeof *f->force, err);
	if (!f->force)
		return TAUT_ENOMEM;
	f->panel = taut_alloc_aligned(panel, TAUT_CPU_PANEL * sizeof *f->panel, err);
	if (!f->panel)
		return TAUT_ENOMEM;
	f->crossed = taut_alloc(f->lone[0].words, sizeof *f->crossed, err);
	return f->crossed ? TAUT_OK : TAUT_ENOMEM;
}

static taut_status flock_task(void *payload, size_t task, uint32_t worker, taut_error *err)
{
	const bifurcation       *b = payload;
	const taut_cpu_lone_run *run = &b->lone;
	const size_t             first = task * BLOCK;
	const size_t             left = run->out->count - first;
	const uint32_t           reads = left < BLOCK ? (uint32_t)left : BLOCK;
	uint32_t                 begun;
	flock                    f;
	taut_status              st;

	(void)worker;
	/* the first task always gives samples */
	if (task > 0 && taut_ctx_stopped(run->ctx))
		return TAUT_OK;
	st = init(&f, b, (reads + 1) / 2, err);
	if (st)
		goto done;
	begun = ballistic(&f, first, (reads + 1) / 2);
	for (uint32_t r = 1; r < reads; r++)
		if (r % 2 ? f.stopped : r / 2 >= begun)
			repeat(run->out, first + r);
		else if (r % 2)
			discrete(&f, first + r);
	run->outcome[task] = f.stopped ? TAUT_CPU_CUT : TAUT_CPU_DONE;
	run->proposals[task] = f.steps * f.problem->n;
done:
	fini(&f);
	return st;
}

taut_status taut_cpu_bifurcation_run(taut_samples *samples, bool *finished, const taut_cpu *cpu,
                                     const taut_schedule *schedule, const taut_ctx *ctx,
                                     taut_error *err)
{
	const taut_problem *p = cpu->problem;
	taut_status         st = TAUT_OK;
	bifurcation         b = {.lone = {.cpu = cpu,
	                                  .schedule = schedule,
	                                  .ctx = ctx,
	                                  .out = samples,
	                                  .block = BLOCK}};

	*finished = true;
	if (p->n == 0)
		return TAUT_OK;
	b.outer = taut_alloc(p->n, sizeof *b.outer, err);
	if (!b.outer)
		return TAUT_ENOMEM;
	set_pace(&b, p);
	st = taut_cpu_lone_tasks(finished, &b.lone, flock_task, err);
	taut_free(b.outer);
	return st;
}
