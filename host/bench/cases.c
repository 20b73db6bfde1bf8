#define _XOPEN_SOURCE 700 /* realpath */
#include "bench/cases.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/text.h"
#include "bench/csv.h"
#include "flow/load.h"
#include "formats/formats.h"

#define TABLE "best_known.csv"

/* An operand and the table that covers it. */
typedef struct {
	const char *operand;
	size_t      length; /* of it, without slashes at its end */
	char       *real;   /* its absolute path; owned */
	char       *table;  /* path of the table, or NULL; owned */
	const char *below;  /* view of real: the operand's path from the table's folder, "" for that
	                       folder itself */
	taut_csv            csv;
	const taut_options *options;
} source;

static void case_fini(taut_bench_case *c)
{
	taut_free(c->name);
	taut_free(c->path);
	taut_free(c->index);
	taut_free(c->best_known);
	*c = (taut_bench_case){0};
}

void taut_bench_cases_fini(taut_bench_cases *cases)
{
	for (size_t i = 0; i < cases->count; i++)
		case_fini(&cases->items[i]);
	taut_free(cases->items);
	*cases = (taut_bench_cases){0};
}

/* The options with which a file is read: a spec tells its own family. */
static taut_options reading_options(const char *path, const taut_options *options)
{
	taut_options o = *options;

	if (taut_formats_is_spec(path)) {
		o.family = TAUT_FAMILY_AUTO;
		o.given &= ~(UINT64_C(1) << TAUT_OPTION_family);
	}
	return o;
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool has_ending(const char *path, const char *ending)
{
	size_t n = strlen(path);
	size_t k = strlen(ending);

	return n >= k && strcmp(path + n - k, ending) == 0;
}

/* Takes *c over, or drops one that is there already or not wanted. */
static taut_status take(taut_bench_cases *cases, taut_bench_case *c, const taut_options *options,
                        taut_error *err)
{
	taut_bench_case *items;
	bool             wanted = true;

	if (options->index)
		wanted = strcasecmp(c->index ? c->index : c->name, options->index) == 0;
	for (size_t i = 0; i < cases->count && wanted; i++)
		wanted = strcmp(cases->items[i].path, c->path) != 0 ||
		         !same_text(cases->items[i].index, c->index);
	if (!wanted) {
		case_fini(c);
		return TAUT_OK;
	}
	items = taut_grow(cases->items, &cases->capacity, cases->count + 1, sizeof *items, err);
	if (!items) {
		case_fini(c);
		return TAUT_ENOMEM;
	}
	cases->items = items;
	items[cases->count++] = *c;
	return TAUT_OK;
}

/* "operand/rest", or the operand where rest is empty. The caller frees. */
static taut_status join(char **out, const char *folder, size_t length, const char *rest,
                        taut_error *err)
{
	taut_text   text = {0};
	taut_status st;

	taut_text_format(&text, "%.*s%s%s", (int)length, folder,
	                 rest[0] && folder[length - 1] != '/' ? "/" : "", rest);
	st = taut_text_check(&text, err);
	*out = st == TAUT_OK ? text.data : NULL;
	if (st != TAUT_OK)
		taut_text_fini(&text);
	return st;
}

/* The nearest table in the operand's folder or above it; none is no failure. */
static taut_status find_table(source *s, taut_error *err)
{
	struct stat info;
	size_t      length = strlen(s->real);
	taut_status st = TAUT_OK;

	s->below = s->real + length;
	while (st == TAUT_OK && !s->table) {
		st = join(&s->table, s->real, length ? length : 1, TABLE, err);
		if (st == TAUT_OK && (stat(s->table, &info) != 0 || !S_ISREG(info.st_mode))) {
			taut_free(s->table);
			s->table = NULL;
			if (length <= 1)
				break;
			while (length > 0 && s->real[length - 1] != '/')
				length--;
			s->below = s->real + length;
			length -= length > 1;
		}
	}
	return st == TAUT_OK && s->table ? taut_csv_read(&s->csv, s->table, false, err) : st;
}

/* Columns of the table that are used. */
enum { FAMILY, INSTANCE, PATH, SENSE, BEST_KNOWN, N_USED };

static taut_status find_columns(size_t column[N_USED], const source *s, taut_error *err)
{
	static const char *const names[N_USED] = {"family", "instance", "path", "sense",
	                                          "best_known"};

	for (int k = 0; k < N_USED; k++) {
		column[k] = taut_csv_column(&s->csv, names[k]);
		if (column[k] == s->csv.n_columns)
			return taut_fail(err, TAUT_EINPUT, "%s:1: no column '%s'", s->table,
			                 names[k]);
	}
	return TAUT_OK;
}

/* What stands in the row besides names; the collection's words for families that Taut calls
 * otherwise. */
static taut_status row_kind(taut_bench_case *c, const source *s, const size_t column[N_USED],
                            size_t record, taut_error *err)
{
	static const struct {
		const char *word;
		taut_family family;
	} also[] = {{"clique", TAUT_FAMILY_MIS},
	            {"market_split", TAUT_FAMILY_MARKET_SHARE},
	            {"qplib", TAUT_FAMILY_BINARY_PROGRAM}};
	const char *family = taut_csv_field(&s->csv, record, column[FAMILY]);
	const char *sense = taut_csv_field(&s->csv, record, column[SENSE]);
	int         known = taut_name_find(&taut_family_names, family);
	int         direction = taut_name_find(&taut_sense_names, sense);

	for (size_t k = 0; k < sizeof also / sizeof *also && known < 0; k++)
		if (strcmp(family, also[k].word) == 0)
			known = (int)also[k].family;
	if (known < 0)
		return taut_fail(err, TAUT_EINPUT, "%s:%zu: family '%.40s' is not known", s->table,
		                 s->csv.line[record], family);
	if (direction < 0)
		return taut_fail(err, TAUT_EINPUT, "%s:%zu: sense '%.40s' is neither min nor max",
		                 s->table, s->csv.line[record], sense);
	c->family = (taut_family)known;
	c->sense = (taut_sense)direction;
	c->clique = strcmp(family, "clique") == 0;
	return TAUT_OK;
}

/* Problem K or NAME of "file.txt" where the row's instance is "file-K" or "file-NAME (anything)".
 */
static taut_status row_index(char **out, const char *path, const char *instance, taut_error *err)
{
	const char *base = strrchr(path, '/');
	const char *end = strstr(instance, " (");
	size_t      stem;
	char       *index;

	base = base ? base + 1 : path;
	stem = strrchr(base, '.') ? (size_t)(strrchr(base, '.') - base) : strlen(base);
	if (strncmp(base, instance, stem) == 0 && instance[stem] == '-')
		instance += stem + 1;
	index = taut_copy_text(instance, err);
	if (index && end && end > instance)
		index[end - instance] = '\0';
	*out = index;
	return index ? TAUT_OK : TAUT_ENOMEM;
}

/* How many rows the file of this row has. */
static size_t rows_of_file(const source *s, size_t path_column, const char *path)
{
	size_t n = 0;

	for (size_t r = 1; r < s->csv.n_records && n < 2; r++)
		n += strcmp(taut_csv_field(&s->csv, r, path_column), path) == 0;
	return n;
}

/* The row's path from the operand: "" where it is the operand itself; NULL where it is not below
 * it. */
static const char *from_operand(const source *s, const char *path)
{
	size_t length = strlen(s->below);

	if (length == 0)
		return path;
	if (strncmp(path, s->below, length) != 0 || (path[length] != '\0' && path[length] != '/'))
		return NULL;
	return path + length + (path[length] == '/');
}

static taut_status add_row(taut_bench_cases *cases, const source *s, const size_t column[N_USED],
                           size_t record, taut_error *err)
{
	const char     *path = taut_csv_field(&s->csv, record, column[PATH]);
	const char     *instance = taut_csv_field(&s->csv, record, column[INSTANCE]);
	const char     *best_known = taut_csv_field(&s->csv, record, column[BEST_KNOWN]);
	const char     *rest = from_operand(s, path);
	taut_bench_case c = {0};
	taut_status     st;

	if (!rest)
		return TAUT_OK;
	st = row_kind(&c, s, column, record, err);
	if (st != TAUT_OK ||
	    (s->options->family != TAUT_FAMILY_AUTO && s->options->family != (int)c.family))
		return st;
	st = join(&c.path, s->operand, s->length, rest, err);
	if (st == TAUT_OK && !(c.name = taut_copy_text(instance, err)))
		st = TAUT_ENOMEM;
	if (st == TAUT_OK && best_known[0] && !(c.best_known = taut_copy_text(best_known, err)))
		st = TAUT_ENOMEM;
	if (st == TAUT_OK && rows_of_file(s, column[PATH], path) > 1)
		st = row_index(&c.index, path, instance, err);
	if (st == TAUT_OK)
		return take(cases, &c, s->options, err);
	case_fini(&c);
	return st;
}

static taut_status add_rows(taut_bench_cases *cases, const source *s, taut_error *err)
{
	size_t      column[N_USED];
	taut_status st = TAUT_OK;

	if (s->csv.n_records == 0)
		return TAUT_OK;
	st = find_columns(column, s, err);
	for (size_t r = 1; r < s->csv.n_records && st == TAUT_OK; r++)
		st = add_row(cases, s, column, r, err);
	return st;
}

/* One problem of a file without rows. number 0: the file could not be read, or holds one problem.
 */
static taut_status add_problem(taut_bench_cases *cases, const char *path, const char *name,
                               uint32_t number, const taut_options *options, taut_error *err)
{
	taut_bench_case c = {.family = (taut_family)reading_options(path, options).family};
	taut_options    all = *options;
	taut_text       index = {0};
	taut_status     st = TAUT_OK;

	all.index = NULL; /* was applied when the file was read */
	c.path = taut_copy_text(path, err);
	c.name = taut_copy_text(name, err);
	if (!c.path || !c.name)
		st = TAUT_ENOMEM;
	if (st == TAUT_OK && number > 0) {
		taut_text_format(&index, "%u", (unsigned)number);
		st = taut_text_check(&index, err);
		c.index = index.data;
	}
	if (st == TAUT_OK)
		return take(cases, &c, &all, err);
	case_fini(&c);
	return st;
}

/* The problems of a file without rows. */
static taut_status add_file(taut_bench_cases *cases, const char *path, const taut_options *options,
                            taut_error *err)
{
	taut_load_list list;
	taut_error     ignored = {TAUT_OK, ""};
	const char    *base = strrchr(path, '/');
	taut_options   reading = reading_options(path, options);
	taut_status    st = taut_load(&list, path, &reading, &ignored);

	if (st == TAUT_ENOMEM)
		return taut_fail(err, st, "%s", ignored.text);
	if (st != TAUT_OK)
		return add_problem(cases, path, base ? base + 1 : path, 0, options, err);
	for (size_t i = 0; i < list.count && st == TAUT_OK; i++) {
		const taut_instance *p = list.items[i];
		bool                 several = list.count > 1 || p->index > 1 || options->index;
		if (options->family == TAUT_FAMILY_AUTO || options->family == (int)p->family)
			st = add_problem(cases, path, p->name, several ? p->index : 0, options,
			                 err);
	}
	taut_load_fini(&list);
	return st;
}

/* True when the table has a row for a file below the operand, whether it was taken or not. */
static bool has_row(const source *s, const char *path)
{
	size_t column = taut_csv_column(&s->csv, "path");

	path += s->length;
	path += *path == '/';
	for (size_t r = 1; r < s->csv.n_records; r++) {
		const char *rest = from_operand(s, taut_csv_field(&s->csv, r, column));
		if (rest && strcmp(rest, path) == 0)
			return true;
	}
	return false;
}

/* Files that no reader is meant for. */
static bool is_no_instance(const char *path)
{
	static const char *const endings[] = {".csv", ".md", ".sln", ".sol"};

	for (size_t k = 0; k < sizeof endings / sizeof *endings; k++)
		if (has_ending(path, endings[k]))
			return true;
	return false;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void free_names(char **names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		taut_free(names[i]);
	taut_free(names);
}

/* The paths in a folder, sorted, without hidden ones. */
static taut_status list_folder(char ***out, size_t *n, const char *path, taut_error *err)
{
	DIR           *folder = opendir(path);
	struct dirent *entry;
	size_t         capacity = 0;
	char         **grown = NULL;
	taut_status    st = TAUT_OK;

	*out = NULL;
	*n = 0;
	if (!folder)
		return taut_fail(err, TAUT_EIO, "%s: %s", path, strerror(errno));
	while (st == TAUT_OK && (entry = readdir(folder)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		grown = taut_grow(*out, &capacity, *n + 1, sizeof *grown, err);
		if (!grown) {
			st = TAUT_ENOMEM;
			break;
		}
		*out = grown;
		st = join(&grown[*n], path, strlen(path), entry->d_name, err);
		*n += st == TAUT_OK;
	}
	(void)closedir(folder);
	if (*out)
		qsort(*out, *n, sizeof **out, by_name);
	return st;
}

/* The files below a folder that have no row. */
static taut_status add_folder(taut_bench_cases *cases, const source *s, const char *path,
                              taut_error *err)
{
	char      **names;
	size_t      n;
	struct stat info;
	taut_status st = list_folder(&names, &n, path, err);

	for (size_t i = 0; i < n && st == TAUT_OK; i++) {
		bool wanted = taut_formats_is_spec(names[i]) ||
		              (s->options->family != TAUT_FAMILY_AUTO && !is_no_instance(names[i]));
		if (stat(names[i], &info) != 0)
			continue;
		if (S_ISDIR(info.st_mode))
			st = add_folder(cases, s, names[i], err);
		else if (S_ISREG(info.st_mode) && wanted && !has_row(s, names[i]))
			st = add_file(cases, names[i], s->options, err);
	}
	free_names(names, n);
	return st;
}

taut_status taut_bench_cases_add(taut_bench_cases *cases, const char *operand,
                                 const taut_options *options, taut_error *err)
{
	source       s = {.operand = operand, .length = strlen(operand), .options = options};
	struct stat  info;
	char        *plain = NULL;
	const size_t before = cases->count;
	taut_status  st;

	while (s.length > 1 && operand[s.length - 1] == '/')
		s.length--;
	if (stat(operand, &info) != 0)
		return taut_fail(err, TAUT_EIO, "%s: %s", operand, strerror(errno));
	st = join(&plain, operand, s.length, "", err);
	if (st == TAUT_OK && !(s.real = realpath(operand, NULL)))
		st = taut_fail(err, TAUT_EIO, "%s: %s", operand, strerror(errno));
	if (st == TAUT_OK)
		st = find_table(&s, err);
	if (st == TAUT_OK)
		st = add_rows(cases, &s, err);
	if (st == TAUT_OK && S_ISDIR(info.st_mode))
		st = add_folder(cases, &s, plain, err);
	else if (st == TAUT_OK && cases->count == before)
		st = add_file(cases, plain, options, err);
	taut_csv_fini(&s.csv);
	taut_free(s.table);
	free(s.real); /* of realpath, not of base/alloc.h */
	taut_free(plain);
	return st;
}

/* Sets an option that the user did not. */
static taut_status set(taut_options *options, taut_option_id id, const char *text, taut_error *err)
{
	if (taut_option_given(options, id))
		return TAUT_OK;
	return taut_option_set(options, id, text, taut_option_table[id].flag, err);
}

taut_status taut_bench_case_options(taut_options *out, const taut_bench_case *c,
                                    const taut_options *user, taut_error *err)
{
	taut_status st = TAUT_OK;

	*out = reading_options(c->path, user);
	out->index = NULL;
	out->given &= ~(UINT64_C(1) << TAUT_OPTION_index);
	if (c->index)
		st = set(out, TAUT_OPTION_index, c->index, err);
	if (st == TAUT_OK && c->family != TAUT_FAMILY_AUTO)
		st = set(out, TAUT_OPTION_family, taut_family_names.names[c->family].name, err);
	if (st == TAUT_OK && c->family == TAUT_FAMILY_QUBO && c->sense != TAUT_SENSE_FILE)
		st = set(out, TAUT_OPTION_sense, taut_sense_names.names[c->sense].name, err);
	if (st == TAUT_OK && c->clique)
		st = set(out, TAUT_OPTION_complement, "true", err);
	if (st == TAUT_OK && c->clique)
		st = set(out, TAUT_OPTION_weights, "unit", err);
	return st;
}
