#include "flow/claims.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "formats/solution.h"
#include "model/evaluate.h"
#include "model/integers.h"
#include "spec/answer_json.h"
#include "spec/document.h"

bool taut_claim_agrees(const taut_claim *claim, int64_t objective, int32_t decimals)
{
	int32_t to = decimals > claim->objective.decimals ? decimals : claim->objective.decimals;
	int64_t ours;
	int64_t theirs;

	if (!claim->has_objective)
		return true;
	if (taut_rescale(&ours, objective, decimals, to, NULL) != TAUT_OK ||
	    taut_rescale(&theirs, claim->objective.value, claim->objective.decimals, to, NULL) != TAUT_OK)
		return false; /* one fits at this scale and the other does not: they differ */
	return ours == theirs;
}

void taut_claims_fini(taut_claims *claims)
{
	for (size_t i = 0; i < claims->count; i++)
		taut_free(claims->items[i].bits);
	taut_free(claims->items);
	*claims = (taut_claims){0};
}

/* A further claim with zeroed bits; NULL with ENOMEM. Room for it is there. */
static taut_claim *add_claim(taut_claims *claims, const taut_model *m, taut_error *err)
{
	taut_claim *claim = &claims->items[claims->count];

	claim->bits = taut_alloc(m->n, sizeof *claim->bits, err);
	if (!claim->bits)
		return NULL;
	claims->count++;
	return claim;
}

/* Sets the block's bits to p, or to its inverse. */
static void set_permutation(uint8_t *x, uint32_t n, const uint32_t *p, bool inverse)
{
	memset(x, 0, (size_t)n * n);
	for (uint32_t a = 0; a < n; a++)
		x[inverse ? (size_t)p[a] * n + a : (size_t)a * n + p[a]] = 1;
}

static taut_status claim_permutation(taut_claim *claim, const taut_model *m, const taut_solution *s,
				     taut_error *err)
{
	uint32_t    n = m->permutation.n;
	uint32_t   *p = taut_alloc(n, sizeof *p, err);
	taut_status st;

	if (!p)
		return TAUT_ENOMEM;
	st = taut_solution_permutation(p, s, n, err);
	if (st == TAUT_OK) {
		set_permutation(claim->bits, n, p, false);
		if (!taut_claim_agrees(claim, taut_model_objective(m, claim->bits), m->decimals)) {
			set_permutation(claim->bits, n, p, true);
			if (!taut_claim_agrees(claim, taut_model_objective(m, claim->bits), m->decimals))
				set_permutation(claim->bits, n, p, false);
		}
	}
	taut_free(p);
	return st;
}

static taut_status claim_solution(taut_claims *out, const taut_model *m, const char *path,
				  const taut_solution *s, taut_error *err)
{
	taut_claim *claim = add_claim(out, m, err);
	taut_status st = TAUT_OK;

	if (!claim)
		return TAUT_ENOMEM;
	claim->line = s->line;
	claim->has_objective = s->has_objective;
	claim->objective = s->objective;
	if (s->bits)
		memcpy(claim->bits, s->bits, m->n);
	else if (m->permutation.n)
		st = claim_permutation(claim, m, s, err);
	else
		st = taut_solution_chosen(claim->bits, s, m->n, err);
	return st == TAUT_OK ? st : taut_context(err, st, "%s:%zu", path, s->line);
}

static taut_status read_solutions(taut_claims *out, const char *bytes, size_t length, const char *path,
				  const taut_model *m, taut_error *err)
{
	taut_solutions found;
	taut_status    st = taut_solutions_parse(&found, bytes, length, path, m->n, m->permutation.n, err);

	if (st != TAUT_OK)
		return st;
	out->items = taut_alloc(found.count, sizeof *out->items, err);
	if (!out->items)
		st = TAUT_ENOMEM;
	for (size_t i = 0; i < found.count && st == TAUT_OK; i++)
		st = claim_solution(out, m, path, &found.items[i], err);
	taut_solutions_fini(&found);
	return st;
}

/* True when a record is for this problem: it says nothing else. */
static bool is_for(const taut_answer_record *r, const taut_model *m, uint32_t index)
{
	return (!r->name || strcmp(r->name, m->name) == 0) && (r->index == 0 || r->index == index);
}

/* Bits of integers may be of another encoding: the record says which. */
static taut_status claim_record(taut_claims *out, const taut_model *m, const char *path,
				const taut_answer_record *r, taut_error *err)
{
	const bool  own = !r->has_integer_weight || r->integer_weight == m->integer_weight;
	taut_claim *claim = add_claim(out, m, err);
	bool        fits = r->n_bits == m->n;
	taut_status st = TAUT_OK;

	if (!claim)
		return TAUT_ENOMEM;
	claim->line = r->line;
	claim->has_objective = r->has_objective;
	claim->objective = r->objective;
	if (!own)
		st = taut_model_take_bits(claim->bits, &fits, m, r->bits, r->n_bits, r->integer_weight, err);
	for (uint32_t v = 0; v < m->n && own && fits; v++)
		claim->bits[v] = r->bits[v] == '1';
	if (st == TAUT_OK && !fits)
		st = taut_fail(err, TAUT_EINPUT, "%s:%" PRIu32 ": answer.bits has %zu bits, %s has %" PRIu32 " variables%s",
			       path, r->line, r->n_bits, m->name, m->n,
			       m->n_integers && own ? "; bits of integers differ by --integer-weight" : "");
	return st;
}

static taut_status read_json(taut_claims *out, const char *bytes, size_t length, const char *path,
			     const taut_model *m, uint32_t index, taut_error *err)
{
	taut_answer_list found;
	taut_status      st = taut_answer_json_parse(&found, bytes, length, path, err);

	if (st != TAUT_OK)
		return st;
	out->items = taut_alloc(found.count, sizeof *out->items, err);
	if (!out->items)
		st = TAUT_ENOMEM;
	for (size_t i = 0; i < found.count && st == TAUT_OK; i++) {
		const taut_answer_record *r = &found.items[i];

		if (is_for(r, m, index))
			st = claim_record(out, m, path, r, err);
	}
	if (st == TAUT_OK && out->count == 0)
		st = taut_fail(err, TAUT_EINPUT, "%s: no answer for problem %s (index %" PRIu32 ")", path, m->name, index);
	taut_answer_list_fini(&found);
	return st;
}

/* A result JSON begins with a brace. */
static bool begins_with_brace(const char *bytes, size_t length)
{
	size_t at = 0;

	while (at < length && isspace((unsigned char)bytes[at]))
		at++;
	return at < length && bytes[at] == '{';
}

taut_status taut_claims_read(taut_claims *out, const char *path, const taut_model *model, uint32_t index,
			     taut_error *err)
{
	char       *bytes; /* read once: the path may be a pipe */
	size_t      length;
	taut_status st = taut_document_load(&bytes, &length, path, err);

	*out = (taut_claims){0};
	if (st != TAUT_OK)
		return st;
	st = begins_with_brace(bytes, length) ? read_json(out, bytes, length, path, model, index, err)
					      : read_solutions(out, bytes, length, path, model, err);
	taut_free(bytes);
	if (st != TAUT_OK)
		taut_claims_fini(out);
	return st;
}
