#include "refine/contract.h"

#include <assert.h>

#include "base/alloc.h"

static const uint32_t NONE = UINT32_MAX;

/* Bit k of a spin: whether it stands in state k as it does in state 0. Two spins agree where these
 * are equal. sign is state 0. */
static void read_states(uint64_t *signature, int8_t *sign, const taut_spins *g,
                        const taut_samples *samples, const size_t *member, size_t count)
{
	const uint64_t *const first = samples->bits + member[0] * samples->words;

	for (uint32_t i = 0; i < samples->n; i++)
		sign[i] = first[i / 64] >> (i % 64) & 1 ? 1 : -1;
	for (size_t k = 1; k < count; k++) {
		const uint64_t *const bits = samples->bits + member[k] * samples->words;

		for (uint32_t i = 0; i < samples->n; i++)
			signature[i] |= ((bits[i / 64] ^ first[i / 64]) >> (i % 64) & 1) << k;
	}
	if (g->ghost)
		sign[samples->n] = 1;
}

/* Numbers the clusters by connected components over couplings between equal signatures; `order`
 * gets the spins cluster by cluster, begin[c] where cluster c starts. Returns their number. */
static uint32_t number(uint32_t *cluster, uint32_t *order, uint32_t *begin,
                       const uint64_t *signature, const taut_spins *g)
{
	uint32_t n_clusters = 0;
	uint32_t n = 0;

	for (uint32_t i = 0; i < g->n; i++)
		cluster[i] = NONE;
	for (uint32_t i = 0; i < g->n; i++) {
		if (cluster[i] != NONE)
			continue;
		begin[n_clusters] = n;
		cluster[i] = n_clusters;
		order[n++] = i;
		for (uint32_t at = begin[n_clusters]; at < n; at++) {
			const uint32_t u = order[at];

			for (uint64_t k = g->row[u]; k < g->row[u + 1]; k++) {
				const uint32_t v = g->col[k];

				if (cluster[v] == NONE && signature[v] == signature[u]) {
					cluster[v] = n_clusters;
					order[n++] = v;
				}
			}
		}
		n_clusters++;
	}
	begin[n_clusters] = n;
	return n_clusters;
}

/* The couplings of the clusters, row by row; where[] holds the place of a column in the open row.
 */
static void couple(taut_contract *out, const taut_spins *g, const uint32_t *order,
                   const uint32_t *begin, uint64_t *where)
{
	taut_spins *h = &out->spins;
	uint64_t    at = 0;

	for (uint32_t c = 0; c < h->n; c++) {
		h->row[c] = at;
		for (uint32_t m = begin[c]; m < begin[c + 1]; m++) {
			const uint32_t u = order[m];

			for (uint64_t k = g->row[u]; k < g->row[u + 1]; k++) {
				const uint32_t v = g->col[k];
				const uint32_t d = out->cluster[v];

				if (d == c)
					continue;
				if (where[d] <= h->row[c]) {
					h->col[at] = d;
					h->weight[at] = 0;
					where[d] = ++at;
				}
				h->weight[where[d] - 1] +=
					g->weight[k] * out->sign[u] * out->sign[v];
			}
		}
	}
	h->row[h->n] = at;
}

taut_status taut_contract_init(taut_contract *out, const taut_spins *spins,
                               const taut_samples *samples, const size_t *member, size_t count,
                               taut_error *err)
{
	const uint32_t n = spins->n;
	taut_status    st = TAUT_ENOMEM;
	uint64_t      *signature = taut_alloc(n, sizeof *signature, err);
	uint32_t      *order = signature ? taut_alloc(n, sizeof *order, err) : NULL;
	uint32_t      *begin = order ? taut_alloc((size_t)n + 1, sizeof *begin, err) : NULL;
	uint64_t       n_cut = 0;

	assert(count >= 1 && count <= TAUT_CONTRACT_STATES);
	*out = (taut_contract){0};
	if (!begin || !(out->cluster = taut_alloc(n, sizeof *out->cluster, err)) ||
	    !(out->sign = taut_alloc(n, sizeof *out->sign, err)))
		goto done;
	read_states(signature, out->sign, spins, samples, member, count);
	out->spins.n = number(out->cluster, order, begin, signature, spins);
	for (uint32_t i = 0; i < n; i++)
		for (uint64_t k = spins->row[i]; k < spins->row[i + 1]; k++)
			n_cut += out->cluster[spins->col[k]] != out->cluster[i];
	out->spins.row = taut_alloc((size_t)out->spins.n + 1, sizeof *out->spins.row, err);
	out->spins.col = out->spins.row ? taut_alloc(n_cut, sizeof *out->spins.col, err) : NULL;
	out->spins.weight =
		out->spins.col ? taut_alloc(n_cut, sizeof *out->spins.weight, err) : NULL;
	if (!out->spins.weight)
		goto done;
	for (uint32_t c = 0; c < out->spins.n; c++)
		signature[c] = 0; /* now the places of columns */
	couple(out, spins, order, begin, signature);
	st = TAUT_OK;
done:
	taut_free(signature);
	taut_free(order);
	taut_free(begin);
	if (st != TAUT_OK)
		taut_contract_fini(out);
	return st;
}

void taut_contract_fini(taut_contract *contract)
{
	taut_spins_fini(&contract->spins);
	taut_free(contract->cluster);
	taut_free(contract->sign);
	*contract = (taut_contract){0};
}

void taut_contract_expand(int8_t *state, const taut_contract *contract, const int8_t *clusters,
                          uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		state[i] = (int8_t)(contract->sign[i] * clusters[contract->cluster[i]]);
}
