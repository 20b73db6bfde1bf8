/*
 * A formulation method: model and multipliers in, QUBO and codec out, and after every round of annealing the residuals
 * back in. The loop itself is host/flow's; a method never calls upstream. One file per method, one row in registry.c.
 * Contract: start -> any number of (encode -> observe) -> describe -> close.
 */
#ifndef TAUT_FORMULATIONS_FORMULATION_H
#define TAUT_FORMULATIONS_FORMULATION_H

#include "base/ctx.h"
#include "base/options.h"
#include "model/model.h"
#include "qubo/codec.h"
#include "qubo/qubo.h"

/* What a round's samples told, before repair. */
typedef struct {
	size_t        samples;       /* > 0 */
	size_t        feasible;      /* of them */
	/* Means over all samples, each weighted by exp(-(E - least) / D), D the mean of E - least (host/answer) */
	const double *mean_activity; /* [n_rows] a_k x, in the row's units */
	double        mean_conflicts; /* conflicts with both ends 1 */
	bool          has_incumbent; /* a feasible answer is known (after repair) */
	int64_t       incumbent;     /* its objective, units of 10^-decimals, model's sense */
	/* The distinct samples of lowest energy, before repair, at most TAUT_ROUND_POINTS of them: what the masters of
	 * cutting_plane and bundle take cuts from. 0 and NULL where nobody collects them. */
	size_t          n_points;
	const int64_t  *point_objective; /* [n_points] units of 10^-decimals, model's sense */
	const int64_t  *point_activity;  /* [n_points][n_rows] a_k x, in the row's units */
	const uint64_t *point_conflicts; /* [n_points] conflicts with both ends 1 */
} taut_round;

enum { TAUT_ROUND_POINTS = 64 };

/* What the method applied, for the report, in the family's own units (decimals taken in). Arrays are views into the
 * method. */
typedef struct {
	uint32_t      slack_variables; /* bits that the method added */
	const double *weights;     /* [n_rows] weight of the squared violation, objective units per squared row
	                            * unit; NULL: none */
	const double *multipliers; /* [n_rows], objective units per row unit; NULL: none */
	double        conflict_weight; /* objective units per conflict; 0: none */
	/* [n_rows] the best multipliers known, before rounding, >= 0 for <= rows, per unit of the row's integers in units
	 * of 10^-decimals of the objective: where a bound may be evaluated. NULL: none. */
	const double *dual;
} taut_applied;

typedef struct taut_formulation taut_formulation;

typedef struct {
	taut_method name;
	bool        flips; /* moves single bits: one-hot groups are rows like others; a permutation block is kept */
	bool        multiplier; /* rounds change the QUBO; otherwise one encoding serves all rounds */
	/* options->penalty, ->moves are looked at. `exchange`: structure kept by the moves (one-hot groups,
	 * permutation blocks) needs no penalty. `multipliers`: [n_rows] a good start (from a bound), or NULL. The
	 * model outlives the formulation. Work is counted; a stop or deadline of ctx ends it early with what there is.
	 * ELIMIT with the estimated size when the expansion is too large. */
	taut_status (*start)(taut_formulation **out, const taut_model *model, const taut_options *options,
			     bool exchange, const double *multipliers, const taut_ctx *ctx, taut_error *err);
	/* The caller frees both. On failure *out is NULL and *codec empty; with OK *out is NULL where ctx stopped it before
	 * there was a form: there is no time left to anneal it in. */
	taut_status (*encode)(taut_qubo **out, taut_codec *codec, taut_formulation *f, const taut_ctx *ctx,
			      taut_error *err);
	/* As start, ended early by ctx with what there is. */
	taut_status (*observe)(taut_formulation *f, const taut_round *round, const taut_ctx *ctx, taut_error *err);
	/* Sets the bits that the method added to the model's in one sample of the last encoding so that they suit x ([n] of
	 * 0 and 1) best; the sample's are 0 on entry. NULL where the method adds none. */
	void (*complete)(uint64_t *bits, const taut_formulation *f, const uint8_t *x);
	void (*describe)(taut_applied *out, const taut_formulation *f);
	void (*close)(taut_formulation *f); /* accepts NULL */
} taut_formulation_ops;

struct taut_formulation {
	const taut_formulation_ops *ops; /* base class: first member of every method */
	/* Set by start, cleared by observe: what the method wants now are the samples of short anneals, to weigh its
	 * numbers by. From then on one encoding serves, unless ops->multiplier. */
	bool calibrating;
};

/* The table's row, never NULL; AUTO must be resolved first. */
const taut_formulation_ops *taut_formulation_find(taut_method method);

/* The method that `auto` takes for a model, and why in one clause (static text). activities: the backend takes rows as
 * activities (taut_limits.terms). */
taut_method taut_formulation_choose(const char **why, const taut_model *model, bool exchange, bool activities);

/* True when exchange moves apply: a permutation block over all variables whose objective is flow x distance, or one-hot
 * groups in the model. */
bool taut_formulation_exchanges(const taut_model *model);

/* Binaries of the slack encoding of every row that is not an equation: floor(log2 range) + 1 bits per row, added to n
 * (Sharma & Lau 2025, table 1). Rows kept by structure and conflicts need none. */
uint64_t taut_slack_baseline(const taut_model *model);

#endif
