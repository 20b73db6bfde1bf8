#include "model/instance.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/checked.h"

taut_status taut_instance_new(taut_instance **out, taut_family family, const char *name,
                              taut_error *err)
{
	taut_status    st = TAUT_ENOMEM;
	taut_instance *instance;

	assert(out != NULL && family != TAUT_FAMILY_AUTO && family < TAUT_N_FAMILIES);
	*out = NULL;
	instance = taut_alloc(1, sizeof *instance, err);
	if (!instance)
		goto done;
	instance->family = family;
	instance->index = 1;
	instance->name = taut_copy_text(name ? name : "", err);
	if (!instance->name)
		goto done;
	*out = instance;
	instance = NULL; /* now the caller's */
	st = TAUT_OK;
done:
	taut_instance_free(instance);
	return st;
}

static void graph_fini(taut_graph_data *graph)
{
	taut_matrix_release(graph->dense);
	taut_free(graph->u);
	taut_free(graph->v);
	taut_numbers_fini(&graph->edge_weights);
	taut_numbers_fini(&graph->vertex_weights);
}

void taut_program_fini(taut_program_data *program)
{
	if (program->names)
		for (uint32_t i = 0; i < program->n; i++)
			taut_free(program->names[i]);
	for (size_t k = 0; k < program->n_rows; k++)
		taut_free(program->rows[k].name);
	for (size_t g = 0; g < program->n_groups; g++)
		taut_free(program->groups[g].name);
	taut_free(program->names);
	taut_free(program->i);
	taut_free(program->j);
	taut_numbers_fini(&program->q);
	taut_free(program->rows);
	taut_free(program->row_col);
	taut_numbers_fini(&program->row_coef);
	taut_free(program->conflict_u);
	taut_free(program->conflict_v);
	taut_free(program->groups);
	taut_free(program->group_var);
	taut_free(program->integers);
	*program = (taut_program_data){0};
}

static void data_fini(taut_instance *instance)
{
	switch (instance->family) {
	case TAUT_FAMILY_MDKP:
		taut_numbers_fini(&instance->data.mdkp.profits);
		taut_numbers_fini(&instance->data.mdkp.weights);
		taut_numbers_fini(&instance->data.mdkp.capacities);
		break;
	case TAUT_FAMILY_MIS:
	case TAUT_FAMILY_MAXCUT:
		graph_fini(&instance->data.graph);
		break;
	case TAUT_FAMILY_QAP:
		taut_numbers_fini(&instance->data.qap.flows);
		taut_numbers_fini(&instance->data.qap.distances);
		break;
	case TAUT_FAMILY_TSP:
		taut_numbers_fini(&instance->data.tsp.distances);
		break;
	case TAUT_FAMILY_MARKET_SHARE:
		taut_numbers_fini(&instance->data.market.demands);
		taut_numbers_fini(&instance->data.market.targets);
		break;
	case TAUT_FAMILY_QUBO:
		taut_matrix_release(instance->data.qubo.dense);
		taut_free(instance->data.qubo.i);
		taut_free(instance->data.qubo.j);
		taut_numbers_fini(&instance->data.qubo.q);
		break;
	case TAUT_FAMILY_BINARY_PROGRAM:
		taut_program_fini(&instance->data.program);
		break;
	case TAUT_FAMILY_AUTO:
	case TAUT_N_FAMILIES:
		break;
	}
}

void taut_instance_free(taut_instance *instance)
{
	if (!instance)
		return;
	data_fini(instance);
	taut_free(instance->name);
	taut_free(instance->file);
	taut_free(instance->note);
	taut_free(instance);
}

/* Grows one array of an instance's growable part; false with ENOMEM, the old array still in place.
 */
static bool grow(uint32_t **array, size_t *capacity, size_t need, taut_error *err)
{
	uint32_t *grown = taut_grow(*array, capacity, need, sizeof *grown, err);

	if (!grown)
		return false;
	*array = grown;
	return true;
}

/* The same for two arrays of one capacity, which moves only when both have grown. */
static bool grow_pair(uint32_t **a, uint32_t **b, size_t *capacity, size_t need, taut_error *err)
{
	size_t capacity_a = *capacity;
	size_t capacity_b = *capacity;

	if (!grow(a, &capacity_a, need, err) || !grow(b, &capacity_b, need, err))
		return false;
	*capacity = capacity_b;
	return true;
}

taut_status taut_graph_add_edge(taut_graph_data *graph, uint32_t u, uint32_t v,
                                const taut_decimal *weight, taut_error *err)
{
	taut_status st;

	if (!grow_pair(&graph->u, &graph->v, &graph->capacity, graph->n_edges + 1, err))
		return TAUT_ENOMEM;
	if (weight) {
		st = taut_numbers_push(&graph->edge_weights, *weight, err);
		if (st != TAUT_OK)
			return st;
	}
	graph->u[graph->n_edges] = u;
	graph->v[graph->n_edges] = v;
	graph->n_edges++;
	return TAUT_OK;
}

taut_status taut_qubo_add_term(taut_qubo_data *qubo, uint32_t i, uint32_t j, taut_decimal q,
                               taut_error *err)
{
	taut_status st;

	if (!grow_pair(&qubo->i, &qubo->j, &qubo->capacity, qubo->n_terms + 1, err))
		return TAUT_ENOMEM;
	st = taut_numbers_push(&qubo->q, q, err);
	if (st != TAUT_OK)
		return st;
	qubo->i[qubo->n_terms] = i < j ? i : j;
	qubo->j[qubo->n_terms] = i < j ? j : i;
	qubo->n_terms++;
	return TAUT_OK;
}

taut_status taut_program_add_term(taut_program_data *program, uint32_t i, uint32_t j,
                                  taut_decimal q, taut_error *err)
{
	taut_status st;

	if (!grow_pair(&program->i, &program->j, &program->term_capacity, program->n_terms + 1,
	               err))
		return TAUT_ENOMEM;
	st = taut_numbers_push(&program->q, q, err);
	if (st != TAUT_OK)
		return st;
	program->i[program->n_terms] = i;
	program->j[program->n_terms] = j;
	program->n_terms++;
	return TAUT_OK;
}

/* *out is a copy of name, or NULL for NULL; false with ENOMEM. */
static bool copy_name(char **out, const char *name, taut_error *err)
{
	*out = name ? taut_copy_text(name, err) : NULL;
	return !name || *out;
}

taut_status taut_program_add_row(taut_program_data *program, const char *name,
                                 const taut_decimal *lo, const taut_decimal *hi, taut_error *err)
{
	taut_program_row  row = {.first = program->n_row_entries};
	taut_program_row *rows = taut_grow(program->rows, &program->row_capacity,
	                                   program->n_rows + 1, sizeof *rows, err);

	if (!rows)
		return TAUT_ENOMEM;
	program->rows = rows;
	if (!copy_name(&row.name, name, err))
		return TAUT_ENOMEM;
	row.has_lo = lo != NULL;
	row.has_hi = hi != NULL;
	if (lo)
		row.lo = *lo;
	if (hi)
		row.hi = *hi;
	rows[program->n_rows++] = row;
	return TAUT_OK;
}

taut_status taut_program_add_entry(taut_program_data *program, uint32_t column, taut_decimal coef,
                                   taut_error *err)
{
	taut_status st;

	assert(program->n_rows > 0);
	if (!grow(&program->row_col, &program->row_entry_capacity, program->n_row_entries + 1, err))
		return TAUT_ENOMEM;
	st = taut_numbers_push(&program->row_coef, coef, err);
	if (st != TAUT_OK)
		return st;
	program->row_col[program->n_row_entries++] = column;
	program->rows[program->n_rows - 1].count++;
	return TAUT_OK;
}

taut_status taut_program_add_conflict(taut_program_data *program, uint32_t u, uint32_t v,
                                      taut_error *err)
{
	if (!grow_pair(&program->conflict_u, &program->conflict_v, &program->conflict_capacity,
	               program->n_conflicts + 1, err))
		return TAUT_ENOMEM;
	program->conflict_u[program->n_conflicts] = u;
	program->conflict_v[program->n_conflicts] = v;
	program->n_conflicts++;
	return TAUT_OK;
}

taut_status taut_program_add_group(taut_program_data *program, const char *name, bool at_most,
                                   taut_error *err)
{
	taut_program_group  group = {.first = program->n_group_vars, .at_most = at_most};
	taut_program_group *groups = taut_grow(program->groups, &program->group_capacity,
	                                       program->n_groups + 1, sizeof *groups, err);

	if (!groups)
		return TAUT_ENOMEM;
	program->groups = groups;
	if (!copy_name(&group.name, name, err))
		return TAUT_ENOMEM;
	groups[program->n_groups++] = group;
	return TAUT_OK;
}

taut_status taut_program_add_member(taut_program_data *program, uint32_t variable, taut_error *err)
{
	assert(program->n_groups > 0);
	if (!grow(&program->group_var, &program->group_var_capacity, program->n_group_vars + 1,
	          err))
		return TAUT_ENOMEM;
	program->group_var[program->n_group_vars++] = variable;
	program->groups[program->n_groups - 1].count++;
	return TAUT_OK;
}

taut_status taut_program_add_integer(taut_program_data *program, uint32_t variable, int64_t lo,
                                     int64_t hi, taut_error *err)
{
	taut_program_integer *grown;
	int64_t               range;

	assert(lo <= hi);
	assert(program->n_integers == 0 ||
	       program->integers[program->n_integers - 1].variable < variable);
	if (!taut_sub64(&range, hi, lo) || range > TAUT_INTEGER_RANGE)
		return taut_fail(err, TAUT_EINPUT,
		                 "an integer of %" PRId64 " to %" PRId64
		                 " has more than 2^52 values: give it narrower bounds",
		                 lo, hi);
	grown = taut_grow(program->integers, &program->integer_capacity, program->n_integers + 1,
	                  sizeof *grown, err);
	if (!grown)
		return TAUT_ENOMEM;
	program->integers = grown;
	grown[program->n_integers++] = (taut_program_integer){variable, lo, hi};
	return TAUT_OK;
}

static int by_variable(const void *a, const void *b)
{
	const taut_program_integer *p = a;
	const taut_program_integer *q = b;

	return p->variable < q->variable ? -1 : p->variable > q->variable;
}

void taut_program_settle_squares(taut_program_data *program)
{
	for (size_t k = 0; k < program->n_terms; k++) {
		const taut_program_integer key = {.variable = program->i[k]};

		if (program->j[k] == TAUT_SQUARE &&
		    (program->n_integers == 0 ||
		     !bsearch(&key, program->integers, program->n_integers, sizeof key,
		              by_variable)))
			program->j[k] = program->i[k];
	}
}
