/* One node of the depth-first search (depth_first.h, which states what is proven): fixed variables,
 * the search for good multipliers, the exact bound and what it fixes. */
#ifndef TAUT_BOUND_NODE_H
#define TAUT_BOUND_NODE_H

#include "base/ctx.h"
#include "bound/one_sided.h"

/* A variable that was set to one value, and may have to be set to the other. */
typedef struct {
	uint32_t trail; /* variables fixed before it; it stands at order[trail] */
	uint8_t  other;
	bool     pending; /* the other value was not looked at yet */
	int64_t  bound;   /* of that child, scaled */
} taut_node_frame;

typedef struct {
	taut_one_sided   p;
	const taut_ctx  *ctx;
	int              bits;
	uint8_t         *x;     /* [n] values of the fixed variables */
	uint8_t         *inner; /* [n] of the free ones in the inner solution */
	uint8_t         *best;  /* [n], the caller's */
	uint32_t        *order; /* [n] the fixed variables, then the free ones */
	uint32_t         n_fixed;
	int64_t          profit; /* of the fixed variables */
	int64_t         *rest;   /* [m] b less the fixed variables' activity */
	int64_t         *least;  /* [m] least activity of the free variables */
	int64_t         *d;      /* [n] d_j, scaled; 0: nothing known */
	int64_t         *whole;  /* [m] multipliers per unit of the row, scaled; or activities */
	double          *l;      /* [m] multipliers per unit of the scaled row */
	double          *least_l, *slack, *direction; /* [m] */
	double          *root_l;                      /* [m] */
	double          *saved;                       /* [n][m] multipliers of the frames */
	taut_node_frame *frames;                      /* [n] */
	uint32_t         depth;
	int64_t          bound; /* of the node at hand, scaled */
	int64_t          own;   /* U of the node at hand, which may be above it; scaled */
	int64_t          need;  /* N: a better x has at least so much */
	bool             found; /* best holds a feasible x, worth `value` */
	bool             improved;
	int64_t          value;
	uint64_t         nodes, work, clock_at;
	bool             stopped;
} taut_node;

static inline int64_t taut_node_scaled(const taut_node *s, int64_t value)
{
	return value * (INT64_C(1) << s->bits);
}

/* The least multiple of the step above a value. */
static inline int64_t taut_node_next_value(const taut_node *s, int64_t value)
{
	int64_t rest = value % s->p.step;

	rest += rest < 0 ? s->p.step : 0;
	return value - rest + s->p.step;
}

/* The largest multiple of the step that is no larger. */
static inline int64_t taut_node_floored(const taut_node *s, int64_t value)
{
	return taut_node_next_value(s, value) - s->p.step;
}

/* True where a bound says that nothing better is there. */
static inline bool taut_node_closed(const taut_node *s, int64_t bound)
{
	return bound < taut_node_scaled(s, s->need);
}

/* A look at ctx, now and then. */
bool taut_node_stopped(taut_node *s);

/* Fixes the free variable at order[position], which becomes the last of the fixed. */
void taut_node_fix(taut_node *s, uint32_t position, uint8_t value);

/* Frees the variables that were fixed last, down to n_fixed. Their places in `order` stay. */
void taut_node_release(taut_node *s, uint32_t n_fixed);

/* False: the node is closed, and what it holds of value has been kept. True: its bound, fixings and
 * the d of its free variables are set, and it is to be split. */
bool taut_node_search(taut_node *s);

#endif
