#include "spec/spec.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "spec/inline.h"
#include "spec/value.h"

enum { VERSION = 1, PATH_MAX_CHARS = 64, KNOWN_MAX = 64 };

void taut_spec_free(taut_spec *spec)
{
	if (!spec)
		return;
	for (int i = 0; i < TAUT_N_OPTIONS; i++)
		taut_free(spec->texts[i]);
	taut_instance_free(spec->instance);
	taut_free(spec->file);
	taut_free(spec->name);
	taut_free(spec);
}

/* The known keys of a mapping, gathered for messages. Views into const tables. */
typedef struct {
	const char *keys[KNOWN_MAX];
	size_t      count;
} known_keys;

static void know(known_keys *known, const char *key)
{
	assert(known->count < KNOWN_MAX);
	known->keys[known->count++] = key;
}

/* Length of the section in an option's path: "solver.reads" has 6, "best_known" 0. A section may
 * stand in another: "problem.generate.size". */
static size_t section_length(const char *path)
{
	const char *dot = strrchr(path, '.');

	return dot ? (size_t)(dot - path) : 0;
}

/* True for the path (or NULL) of an option in that section; "" is the top level. */
static bool in_section(const char *path, const char *section)
{
	size_t length = strlen(section);

	return path && section_length(path) == length && strncmp(path, section, length) == 0;
}

/* Adds the keys that options have in a section. */
static void know_options(known_keys *known, const char *section)
{
	for (int i = 0; i < TAUT_N_OPTIONS; i++) {
		const char *path = taut_option_table[i].path;
		if (in_section(path, section))
			know(known, section[0] ? path + strlen(section) + 1 : path);
	}
}

/* True where options have paths "name.key". */
static bool is_section(const char *name)
{
	for (int i = 0; i < TAUT_N_OPTIONS; i++)
		if (name[0] && in_section(taut_option_table[i].path, name))
			return true;
	return false;
}

/* The folder of `base` joined with a relative path. */
static char *resolve(const char *base, const char *path, taut_error *err)
{
	const char *slash = strrchr(base, '/');
	size_t      folder = slash && path[0] != '/' ? (size_t)(slash - base) + 1 : 0;
	size_t      length = strlen(path) + 1;
	char       *joined = taut_alloc(folder + length, 1, err);

	if (joined) {
		memcpy(joined, base, folder);
		memcpy(joined + folder, path, length);
	}
	return joined;
}

/* Sets option `id` from its node; a text is copied, as the document dies before the options; files
 * are relative to the spec. */
static taut_status set_option(taut_spec *spec, taut_option_id id, taut_value v, taut_error *err)
{
	const taut_option *o = &taut_option_table[id];
	const char        *text;
	taut_status        st = taut_value_expect(v, TAUT_NODE_SCALAR, err);

	if (st != TAUT_OK)
		return st;
	if ((o->kind == TAUT_KIND_INT || o->kind == TAUT_KIND_REAL) && v.node->quoted)
		return taut_value_fail(v, err, "a number is expected, not a text in quotes");
	text = v.node->text;
	if (o->kind == TAUT_KIND_TEXT) {
		assert(!spec->texts[id]);
		spec->texts[id] = text[0] && strcmp(o->unit, "FILE") == 0
		                          ? resolve(taut_document_path(v.document), text, err)
		                          : taut_copy_text(text, err);
		if (!spec->texts[id])
			return TAUT_ENOMEM;
		text = spec->texts[id];
	}
	st = taut_option_set(&spec->options, id, text, v.name, err);
	if (st != TAUT_EUSAGE)
		return st;
	if (err)
		err->code = TAUT_EINPUT;
	return taut_context(err, TAUT_EINPUT, "%s:%" PRIu32 ":%" PRIu32,
	                    taut_document_path(v.document), v.node->line, v.node->column);
}

/* Sets every option that a mapping holds; section is "" for the top level. Other keys are passed
 * over. */
static taut_status set_options(taut_spec *spec, taut_value mapping, const char *section,
                               taut_error *err)
{
	const taut_node *key = taut_node_first(mapping.node);
	taut_status      st = TAUT_OK;

	for (uint32_t k = 0; st == TAUT_OK && k < mapping.node->count; k++) {
		char           path[PATH_MAX_CHARS];
		taut_option_id id;
		(void)snprintf(path, sizeof path, "%s%s%s", section, section[0] ? "." : "",
		               key->text);
		id = strchr(key->text, '.') ? TAUT_N_OPTIONS : taut_option_by_path(path);
		if (id != TAUT_N_OPTIONS) {
			taut_value v = taut_value_of(mapping, taut_node_next(key));
			v.name = path;
			st = set_option(spec, id, v, err);
		}
		key = taut_node_next(taut_node_next(key));
	}
	return st;
}

/* `taut: 1` says that the file is a spec and how to read the rest: it is checked before anything
 * else. */
static taut_status check_version(taut_value root, taut_error *err)
{
	uint32_t    version = 0;
	taut_value  v = taut_value_of(root, taut_node_find(root.node, "taut"));
	taut_status st;

	if (!v.node)
		return taut_value_fail(root, err, "'taut: 1' is missing: no spec of taut");
	v.name = "taut";
	st = taut_value_count(&version, v, UINT32_MAX, err);
	if (st == TAUT_OK && version != VERSION)
		st = taut_value_fail(
			v, err, "version %" PRIu32 " of the spec, this program reads version %d",
			version, VERSION);
	return st;
}

static taut_status check_top_keys(taut_value root, taut_error *err)
{
	static const char *const sections[] = {"problem", "formulation", "shrink", "solver",
	                                       "answer"};
	known_keys               known = {.keys = {"taut", "name"}, .count = 2};

	for (size_t k = 0; k < sizeof sections / sizeof sections[0]; k++) {
		assert(is_section(sections[k]));
		know(&known, sections[k]);
	}
	know_options(&known, "");
	return taut_value_known_keys(root, known.keys, known.count, err);
}

/* Every section but `problem`: options only. */
static taut_status read_sections(taut_spec *spec, taut_value root, taut_error *err)
{
	const taut_node *key = taut_node_first(root.node);
	taut_status      st = set_options(spec, root, "", err);

	for (uint32_t k = 0; st == TAUT_OK && k < root.node->count; k++) {
		if (is_section(key->text) && strcmp(key->text, "problem") != 0) {
			taut_value section = taut_value_of(root, taut_node_next(key));
			known_keys known = {0};
			section.name = key->text;
			know_options(&known, key->text);
			st = taut_value_known_keys(section, known.keys, known.count, err);
			if (st == TAUT_OK)
				st = set_options(spec, section, key->text, err);
		}
		key = taut_node_next(taut_node_next(key));
	}
	return st;
}

static taut_status read_file(taut_spec *spec, taut_value v, taut_error *err)
{
	const char *path = NULL;
	FILE       *file;
	taut_status st = taut_value_text(&path, v, err);

	if (st != TAUT_OK)
		return st;
	spec->file = resolve(taut_document_path(v.document), path, err);
	if (!spec->file)
		return TAUT_ENOMEM;
	file = fopen(spec->file, "rb");
	if (!file)
		return taut_value_fail(v, err, "cannot open '%s': %s", spec->file, strerror(errno));
	(void)fclose(file);
	return TAUT_OK;
}

/* The first option of `problem` that is given and that data of the family do not take, inline or
 * generated; TAUT_N_OPTIONS when there is none. */
static taut_option_id misplaced_option(const taut_options *options, taut_family family)
{
	uint64_t taken = taut_inline_find(family)->options;
	int      i = 0;

	while (i < TAUT_N_OPTIONS) {
		bool of_problem = in_section(taut_option_table[i].path, "problem");
		if (of_problem && i != TAUT_OPTION_family && !(taken >> i & 1) &&
		    taut_option_given(options, (taut_option_id)i))
			break;
		i++;
	}
	return (taut_option_id)i;
}

taut_status taut_spec_apply(taut_instance *instance, const taut_options *options, taut_error *err)
{
	if (instance->family == TAUT_FAMILY_QUBO && options->sense != TAUT_SENSE_FILE)
		instance->data.qubo.maximise = options->sense == TAUT_SENSE_MAX;
	if (instance->family == TAUT_FAMILY_QUBO && options->pairs != TAUT_PAIRS_FILE)
		instance->data.qubo.pairs_twice = options->pairs == TAUT_PAIRS_TWICE;
	if (instance->family == TAUT_FAMILY_MIS) {
		instance->data.graph.complement = options->complement;
		if (options->weights == TAUT_WEIGHTING_UNIT)
			taut_numbers_fini(&instance->data.graph.vertex_weights);
	}
	if (instance->family == TAUT_FAMILY_BINARY_PROGRAM)
		instance->data.program.integer_weight = options->integer_weight;
	instance->has_best_known = options->best_known != NULL;
	if (!instance->has_best_known)
		return TAUT_OK;
	return taut_decimal_parse(&instance->best_known, options->best_known,
	                          strlen(options->best_known), err);
}

/* Data that are no file, `what`, need a family and take only its options. */
static taut_status check_family(const taut_spec *spec, taut_value problem, const char *what,
                                taut_error *err)
{
	taut_family    family = (taut_family)spec->options.family;
	taut_option_id misplaced;
	const char    *key;

	if (family == TAUT_FAMILY_AUTO)
		return taut_value_fail(problem, err, "%s data need a 'type', such as mdkp or qubo",
		                       what);
	misplaced = misplaced_option(&spec->options, family);
	if (misplaced == TAUT_N_OPTIONS)
		return TAUT_OK;
	key = taut_option_table[misplaced].path + strlen("problem.");
	return taut_value_fail(taut_value_of(problem, taut_node_find(problem.node, key)), err,
	                       "'%s' does not apply to %s data of %s", key, what,
	                       taut_family_names.names[family].name);
}

static taut_status read_inline(taut_spec *spec, taut_value problem, taut_error *err)
{
	taut_status st = check_family(spec, problem, "inline", err);

	if (st == TAUT_OK)
		st = taut_inline_read(&spec->instance, problem, (taut_family)spec->options.family,
		                      spec->name, err);
	return st == TAUT_OK ? taut_spec_apply(spec->instance, &spec->options, err) : st;
}

/* What to generate: options, and where they stand, for those who generate. */
static taut_status read_generate(taut_spec *spec, taut_value problem, taut_value v, taut_error *err)
{
	known_keys  known = {0};
	taut_status st;

	v.name = "problem.generate";
	st = taut_value_expect(v, TAUT_NODE_MAPPING, err);
	know_options(&known, v.name);
	if (st == TAUT_OK)
		st = taut_value_known_keys(v, known.keys, known.count, err);
	if (st == TAUT_OK)
		st = set_options(spec, v, v.name, err);
	if (st == TAUT_OK)
		st = check_family(spec, problem, "generated", err);
	spec->generate_line = v.node->line;
	spec->generate_column = v.node->column;
	return st;
}

/* What `problem` may hold: its options, and a file, a generator or the inline keys of the family,
 * of any where it is not told. */
static taut_status check_problem_keys(taut_value problem, taut_family family, taut_error *err)
{
	known_keys known = {.keys = {"file", "generate"}, .count = 2};

	know_options(&known, "problem");
	for (int f = TAUT_FAMILY_AUTO + 1; f < TAUT_N_FAMILIES; f++) {
		const taut_inline_key *keys = taut_inline_find((taut_family)f)->keys;
		if (family != TAUT_FAMILY_AUTO && f != (int)family)
			continue;
		for (int k = 0; k < TAUT_INLINE_KEYS_MAX && keys[k].key; k++)
			know(&known, keys[k].key);
	}
	return taut_value_known_keys(problem, known.keys, known.count, err);
}

static taut_status read_problem(taut_spec *spec, taut_value problem, taut_error *err)
{
	const taut_node *file;
	const taut_node *generate;
	taut_status      st = taut_value_expect(problem, TAUT_NODE_MAPPING, err);

	if (st == TAUT_OK)
		st = set_options(spec, problem, "problem", err);
	if (st == TAUT_OK)
		st = check_problem_keys(problem, (taut_family)spec->options.family, err);
	if (st != TAUT_OK)
		return st;
	file = taut_node_find(problem.node, "file");
	generate = taut_node_find(problem.node, "generate");
	if (generate && (file || taut_inline_present(problem.node)))
		return taut_value_fail(taut_value_of(problem, generate), err,
		                       "a generator beside %s: only one of them can be the problem",
		                       file ? "a file" : "inline data");
	if (file && taut_inline_present(problem.node))
		return taut_value_fail(
			taut_value_of(problem, file), err,
			"a file and inline data: only one of them can be the problem");
	if (file) {
		problem.name = "problem.file";
		return read_file(spec, taut_value_of(problem, file), err);
	}
	if (generate)
		return read_generate(spec, problem, taut_value_of(problem, generate), err);
	if (spec->options.family == TAUT_FAMILY_AUTO && !taut_inline_present(problem.node))
		return taut_value_fail(problem, err, "neither a file nor inline data");
	return read_inline(spec, problem, err);
}

/* `name`, or the spec's file name without folders and ending. */
static taut_status read_name(taut_spec *spec, taut_value root, taut_error *err)
{
	taut_value  v = taut_value_of(root, taut_node_find(root.node, "name"));
	const char *slash = strrchr(taut_document_path(root.document), '/');
	const char *text = slash ? slash + 1 : taut_document_path(root.document);
	char       *dot;
	taut_status st = TAUT_OK;

	v.name = "name";
	if (v.node)
		st = taut_value_text(&text, v, err);
	if (st != TAUT_OK)
		return st;
	spec->name = taut_copy_text(text, err);
	if (!spec->name)
		return TAUT_ENOMEM;
	dot = v.node ? NULL : strrchr(spec->name, '.');
	if (dot && dot != spec->name)
		*dot = '\0';
	return TAUT_OK;
}

taut_status taut_spec_read(taut_spec **out, const char *path, taut_error *err)
{
	taut_document *document = NULL;
	taut_spec     *spec = NULL;
	taut_value     root;
	taut_value     problem;
	taut_status    st = taut_document_read(&document, path, err);

	*out = NULL;
	if (st != TAUT_OK)
		goto done;
	spec = taut_alloc(1, sizeof *spec, err);
	if (!spec) {
		st = TAUT_ENOMEM;
		goto done;
	}
	taut_options_default(&spec->options);
	root = (taut_value){document, taut_document_root(document), ""};
	st = taut_value_expect(root, TAUT_NODE_MAPPING, err);
	if (st == TAUT_OK)
		st = check_version(root, err);
	if (st == TAUT_OK)
		st = check_top_keys(root, err);
	if (st == TAUT_OK)
		st = read_name(spec, root, err);
	if (st == TAUT_OK)
		st = read_sections(spec, root, err);
	problem = (taut_value){document, taut_node_find(root.node, "problem"), "problem"};
	if (st == TAUT_OK && !problem.node)
		st = taut_value_fail(root, err, "'problem' is missing");
	if (st == TAUT_OK)
		st = read_problem(spec, problem, err);
	if (st != TAUT_OK)
		goto done;
	assert(!spec->file + !spec->instance + !spec->generate_line == 2);
	*out = spec;
	spec = NULL; /* now the caller's */
done:
	taut_spec_free(spec);
	taut_document_free(document);
	return st;
}

taut_status taut_spec_overlay(taut_spec *spec, const taut_options *over, taut_error *err)
{
	const taut_family family = (taut_family)spec->options.family;
	taut_option_id    misplaced;

	if (!spec->file) {
		if (taut_option_given(over, TAUT_OPTION_family) &&
		    over->family != TAUT_FAMILY_AUTO && over->family != (int)family)
			return taut_fail(err, TAUT_EUSAGE,
			                 "--family %s: the spec's problem is of family %s",
			                 taut_family_names.names[over->family].name,
			                 taut_family_names.names[family].name);
		misplaced = misplaced_option(over, family);
		if (misplaced != TAUT_N_OPTIONS)
			return taut_fail(err, TAUT_EUSAGE,
			                 "--%s does not apply to the spec's %s data of %s",
			                 taut_option_table[misplaced].flag,
			                 spec->instance ? "inline" : "generated",
			                 taut_family_names.names[family].name);
	}
	taut_options_overlay(&spec->options, over);
	if (!spec->file)
		spec->options.family = (int)family;
	return spec->instance ? taut_spec_apply(spec->instance, &spec->options, err) : TAUT_OK;
}
