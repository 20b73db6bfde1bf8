/* TSPLIB95 (G. Reinelt 1995): keyword lines, then sections. TYPE TSP and ATSP; distances from
 * coordinates by the functions of model/tsplib_distance.h, or EXPLICIT in any of the nine matrix
 * forms. */
#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "formats/reader.h"
#include "model/tsplib_distance.h"

enum { CITIES_MAX = 10000 }; /* n^2 distances of 8 bytes */

/* clang-format off */
#define KEYS(X)                   \
	X(NAME)                    \
	X(TYPE)                    \
	X(COMMENT)                 \
	X(DIMENSION)               \
	X(EDGE_WEIGHT_TYPE)        \
	X(EDGE_WEIGHT_FORMAT)      \
	X(NODE_COORD_TYPE)         \
	X(DISPLAY_DATA_TYPE)       \
	X(NODE_COORD_SECTION)      \
	X(EDGE_WEIGHT_SECTION)     \
	X(DISPLAY_DATA_SECTION)    \
	X(EOF)
/* clang-format on */

#define X(name) KEY_##name,
typedef enum { KEYS(X) N_KEYS } key;
#undef X
static const char *const key_names[] = {
#define X(name) #name,
	KEYS(X)
#undef X
};

/* The matrix forms: by columns, the upper triangle is read as the lower one by rows. */
typedef enum { FORM_NONE, FORM_FUNCTION, FORM_FULL, FORM_UPPER, FORM_LOWER } form;
static const struct {
	const char *name;
	form        form;
	bool        diagonal;
} forms[] = {
	{"FUNCTION", FORM_FUNCTION, false},   {"FULL_MATRIX", FORM_FULL, true},
	{"UPPER_ROW", FORM_UPPER, false},     {"LOWER_ROW", FORM_LOWER, false},
	{"UPPER_DIAG_ROW", FORM_UPPER, true}, {"LOWER_DIAG_ROW", FORM_LOWER, true},
	{"UPPER_COL", FORM_LOWER, false},     {"LOWER_COL", FORM_UPPER, false},
	{"UPPER_DIAG_COL", FORM_LOWER, true}, {"LOWER_DIAG_COL", FORM_UPPER, true},
};

typedef struct {
	taut_scan     *scan;
	taut_instance *instance;
	unsigned       seen; /* bit k: key k */
	uint32_t       n;    /* 0 before DIMENSION */
	bool           symmetric;
	bool           is_explicit;
	taut_metric    metric; /* TAUT_N_METRICS: none yet, or EXPLICIT */
	form           form;
	bool           diagonal;
	double        *points;  /* [n][2] or NULL */
	taut_scan      section; /* bookmark of EDGE_WEIGHT_SECTION, for complaints */
	taut_numbers   weights; /* of EDGE_WEIGHT_SECTION, as they stand there */
} tsplib;

static bool was_seen(const tsplib *t, key k)
{
	return t->seen & 1u << k;
}

static taut_status unsupported(const tsplib *t, const taut_token *value, const char *allowed,
                               taut_error *err)
{
	char quote[TAUT_QUOTE_SIZE];

	return taut_scan_fail(t->scan, value, err, "%s is not supported; allowed are %s",
	                      taut_token_quote(quote, value), allowed);
}

static taut_status set_name(tsplib *t, const taut_token *value, taut_error *err)
{
	char *name = taut_reader_stem(value->text, value->length, err);

	if (!name)
		return TAUT_ENOMEM;
	taut_free(t->instance->name);
	t->instance->name = name;
	return TAUT_OK;
}

static taut_status set_type(tsplib *t, const taut_token *value, taut_error *err)
{
	if (!taut_token_is(value, "TSP") && !taut_token_is(value, "ATSP"))
		return unsupported(t, value, "TSP and ATSP", err);
	t->symmetric = taut_token_is(value, "TSP");
	return TAUT_OK;
}

static taut_status set_metric(tsplib *t, const taut_token *value, taut_error *err)
{
	static const char *const names[TAUT_N_METRICS] = {
		[TAUT_METRIC_EUC_2D] = "EUC_2D",
		[TAUT_METRIC_CEIL_2D] = "CEIL_2D",
		[TAUT_METRIC_ATT] = "ATT",
		[TAUT_METRIC_GEO] = "GEO",
	};

	t->is_explicit = taut_token_is(value, "EXPLICIT");
	for (int k = 0; k < TAUT_N_METRICS; k++)
		if (taut_token_is(value, names[k]))
			t->metric = (taut_metric)k;
	if (!t->is_explicit && t->metric == TAUT_N_METRICS)
		return unsupported(t, value, "EUC_2D, CEIL_2D, ATT, GEO and EXPLICIT", err);
	return TAUT_OK;
}

static taut_status set_form(tsplib *t, const taut_token *value, taut_error *err)
{
	for (size_t k = 0; k < sizeof forms / sizeof *forms; k++) {
		if (!taut_token_is(value, forms[k].name))
			continue;
		t->form = forms[k].form;
		t->diagonal = forms[k].diagonal;
		return TAUT_OK;
	}
	return unsupported(t, value, "FUNCTION, FULL_MATRIX and {UPPER,LOWER}_{,DIAG_}{ROW,COL}",
	                   err);
}

static taut_status set_coordinates(tsplib *t, const taut_token *value, taut_error *err)
{
	if (!taut_token_is(value, "TWOD_COORDS") && !taut_token_is(value, "NO_COORDS"))
		return unsupported(t, value, "TWOD_COORDS and NO_COORDS", err);
	return TAUT_OK;
}

/* Reads `id x y` lines; into t->points unless they are for display only. */
static taut_status read_points(tsplib *t, double *points, taut_error *err)
{
	static const char *const what[2] = {"first coordinate", "second coordinate"};
	bool                    *placed = taut_alloc(t->n, sizeof *placed, err);
	taut_status              st = placed ? TAUT_OK : TAUT_ENOMEM;

	for (uint32_t k = 0; st == TAUT_OK && k < t->n; k++) {
		taut_token   token;
		taut_decimal x;
		int64_t      city = 0;
		st = taut_scan_integer(&city, t->scan, "city", 1, t->n, err);
		if (st == TAUT_OK && placed[city - 1])
			st = taut_scan_fail(t->scan, NULL, err, "city %" PRId64 " stood before",
			                    city);
		for (size_t axis = 0; st == TAUT_OK && axis < 2; axis++) {
			st = taut_scan_need_here(&token, t->scan, what[axis], err);
			if (st == TAUT_OK)
				st = taut_token_number(&x, t->scan, &token, what[axis], err);
			if (st == TAUT_OK && points)
				points[2 * (size_t)(city - 1) + axis] =
					taut_decimal_to_double(x.value, x.decimals);
		}
		if (st == TAUT_OK) {
			placed[city - 1] = true;
			st = taut_scan_line_end(t->scan, err);
		}
	}
	taut_free(placed);
	return st;
}

/* The globe's coordinates as DDD.MM: more than a quarter or half turn is no place on it. */
static taut_status check_globe(const tsplib *t, taut_error *err)
{
	for (size_t k = 0; t->metric == TAUT_METRIC_GEO && k < t->n; k++) {
		const double *p = t->points + 2 * k;
		if (p[0] < -90.0 || p[0] > 90.0 || p[1] < -180.0 || p[1] > 180.0)
			return taut_scan_fail(t->scan, NULL, err,
			                      "city %zu: GEO coordinates (%g, %g) leave -90 to 90 "
			                      "or -180 to 180",
			                      k + 1, p[0], p[1]);
	}
	return TAUT_OK;
}

static taut_status read_coordinates(tsplib *t, taut_error *err)
{
	taut_status st;

	if (t->n > t->scan->size / 6) /* "1 0 0\n" */
		return taut_scan_fail(t->scan, NULL, err,
		                      "%" PRIu32 " cities cannot stand in a file of %zu bytes",
		                      t->n, t->scan->size);
	t->points = taut_alloc((size_t)t->n * 2, sizeof *t->points, err);
	if (!t->points)
		return TAUT_ENOMEM;
	st = read_points(t, t->points, err);
	return st == TAUT_OK ? check_globe(t, err) : st;
}

static taut_status read_weights(tsplib *t, taut_error *err)
{
	size_t n = t->n;
	size_t count = n * (t->diagonal ? n + 1 : n - 1) / 2;

	if (!t->is_explicit || t->form == FORM_NONE || t->form == FORM_FUNCTION)
		return taut_scan_fail(t->scan, NULL, err,
		                      "EDGE_WEIGHT_SECTION needs EDGE_WEIGHT_TYPE EXPLICIT and a "
		                      "matrix EDGE_WEIGHT_FORMAT before it");
	if (t->form == FORM_FULL)
		count = n * n;
	t->section = *t->scan;
	return taut_scan_numbers(&t->weights, t->scan, 1, count, "distances", TAUT_SCAN_SIGNED,
	                         err);
}

static taut_status read_value(tsplib *t, key k, taut_error *err)
{
	taut_token  value;
	int64_t     n = 0;
	taut_status st;

	st = taut_scan_need_here(&value, t->scan, "the keyword's value", err);
	if (st != TAUT_OK)
		return st;
	if (k == KEY_NAME)
		st = set_name(t, &value, err);
	else if (k == KEY_TYPE)
		st = set_type(t, &value, err);
	else if (k == KEY_EDGE_WEIGHT_TYPE)
		st = set_metric(t, &value, err);
	else if (k == KEY_EDGE_WEIGHT_FORMAT)
		st = set_form(t, &value, err);
	else if (k == KEY_NODE_COORD_TYPE)
		st = set_coordinates(t, &value, err);
	else if (k == KEY_DIMENSION)
		st = taut_token_integer(&n, t->scan, &value, "DIMENSION", 1, CITIES_MAX, err);
	if (k == KEY_DIMENSION)
		t->n = (uint32_t)n;
	taut_scan_skip_line(t->scan); /* names and types carry remarks: TYPE: TSP (M.~Hofmeister) */
	return st;
}

static taut_status read_section(tsplib *t, key k, taut_error *err)
{
	taut_status st = taut_scan_line_end(t->scan, err);

	if (st != TAUT_OK)
		return st;
	if (t->n == 0)
		return taut_scan_fail(t->scan, NULL, err, "%s before DIMENSION", key_names[k]);
	if (k == KEY_EDGE_WEIGHT_SECTION)
		return read_weights(t, err);
	if (k == KEY_DISPLAY_DATA_SECTION)
		return read_points(t, NULL, err);
	if (!was_seen(t, KEY_EDGE_WEIGHT_TYPE))
		return taut_scan_fail(t->scan, NULL, err, "%s before EDGE_WEIGHT_TYPE",
		                      key_names[k]);
	return read_coordinates(t, err);
}

/* The keyword that a token is; N_KEYS with a complaint when it is none or stood before. */
static key find_key(tsplib *t, const taut_token *token, taut_error *err)
{
	char quote[TAUT_QUOTE_SIZE];
	int  k = 0;

	while (k < N_KEYS && !taut_token_is(token, key_names[k]))
		k++;
	if (k == N_KEYS) {
		(void)taut_scan_fail(t->scan, token, err, "%s is no keyword that is read here",
		                     taut_token_quote(quote, token));
		return N_KEYS;
	}
	if (k != KEY_COMMENT && was_seen(t, (key)k)) {
		(void)taut_scan_fail(t->scan, token, err, "a second %s", key_names[k]);
		return N_KEYS;
	}
	t->seen |= 1u << k;
	return (key)k;
}

static taut_status read_parts(tsplib *t, taut_error *err)
{
	taut_token  token;
	taut_status st = TAUT_OK;

	while (st == TAUT_OK && !was_seen(t, KEY_EOF) && taut_scan_next(t->scan, &token)) {
		key       k = find_key(t, &token, err);
		taut_scan after = *t->scan;
		if (k == N_KEYS)
			return TAUT_EINPUT;
		if (taut_scan_next_here(&after, &token) && taut_token_is(&token, ":"))
			*t->scan = after;
		if (k == KEY_COMMENT)
			taut_scan_skip_line(t->scan);
		else if (k >= KEY_NODE_COORD_SECTION && k != KEY_EOF)
			st = read_section(t, k, err);
		else if (k != KEY_EOF)
			st = read_value(t, k, err);
	}
	return st == TAUT_OK ? taut_scan_end(t->scan, err) : st;
}

/* Spreads the listed distances over the matrix. The diagonal is no part of a tour and becomes 0
 * (some files have 9999 there). */
static taut_status fill_matrix(tsplib *t, taut_error *err)
{
	const size_t   n = t->n;
	const int64_t *next = t->weights.v;
	int64_t       *d = taut_alloc(n * n, sizeof *d, err);

	if (!d)
		return TAUT_ENOMEM;
	t->instance->data.tsp.distances = (taut_numbers){
		.v = d, .n = n * n, .capacity = n * n, .decimals = t->weights.decimals};
	for (size_t i = 0; i < n; i++) {
		size_t first = t->form == FORM_UPPER ? i + !t->diagonal : 0;
		size_t end = t->form == FORM_LOWER ? i + t->diagonal : n;
		for (size_t j = first; j < end; j++, next++) {
			if (i == j)
				continue;
			d[i * n + j] = *next;
			if (t->form != FORM_FULL)
				d[j * n + i] = *next;
		}
	}
	for (size_t i = 0; t->symmetric && i < n; i++)
		for (size_t j = 0; j < i; j++)
			if (d[i * n + j] != d[j * n + i])
				return taut_scan_fail(&t->section, NULL, err,
				                      "the distances of cities %zu and %zu differ "
				                      "by direction: TYPE must be ATSP",
				                      j + 1, i + 1);
	return TAUT_OK;
}

static taut_status build(tsplib *t, taut_error *err)
{
	taut_tsp_data *tsp = &t->instance->data.tsp;

	if (t->n == 0)
		return taut_scan_fail(t->scan, NULL, err, "no DIMENSION in the file");
	if (!was_seen(t, KEY_EDGE_WEIGHT_TYPE))
		return taut_scan_fail(t->scan, NULL, err, "no EDGE_WEIGHT_TYPE in the file");
	tsp->n = t->n;
	if (t->is_explicit) {
		if (!was_seen(t, KEY_EDGE_WEIGHT_SECTION))
			return taut_scan_fail(t->scan, NULL, err,
			                      "no EDGE_WEIGHT_SECTION in the file");
		return fill_matrix(t, err);
	}
	if (!t->points)
		return taut_scan_fail(t->scan, NULL, err, "no NODE_COORD_SECTION in the file");
	return taut_scan_context(
		t->scan, taut_tsplib_matrix(&tsp->distances, t->metric, t->points, t->n, err), err);
}

taut_status taut_read_tsplib(taut_reader *reader, taut_error *err)
{
	tsplib      t = {.scan = reader->scan, .symmetric = true, .metric = TAUT_N_METRICS};
	taut_status st = taut_reader_add(&t.instance, reader, TAUT_FAMILY_TSP, NULL, err);

	if (st != TAUT_OK)
		return st;
	t.scan->marks = ":";
	st = read_parts(&t, err);
	if (st == TAUT_OK)
		st = build(&t, err);
	taut_free(t.points);
	taut_numbers_fini(&t.weights);
	return st;
}
