#include "bench/plot.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"
#include "bench/formulations.h"

extern char **environ;

/* A picture: what of every tally it shows. */
typedef struct {
	const char        *file;
	const char        *title;
	taut_bench_measure measure;
	bool               largest; /* not the mean */
	bool               logarithmic;
	double             unit; /* of the axis */
} picture;

static const picture pictures[] = {
	{"raw.svg", "samples feasible before repair, %", TAUT_MEASURE_RAW, false, false, 100},
	{"gap.svg", "mean gap to the best known value after repair, %", TAUT_MEASURE_MEAN_GAP,
         false, true, 100},
	{"range.svg", "largest coefficient / smallest, of the widest instance", TAUT_MEASURE_RANGE,
         true, true, 1},
};

/* Runs gnuplot and returns its exit status, 127 where it cannot be run. */
static int run_gnuplot(const char *argument, bool silent)
{
	char *const                argv[] = {"gnuplot", (char *)argument, NULL};
	posix_spawn_file_actions_t actions;
	pid_t                      child;
	int                        status = 0;
	int                        failed;

	if (posix_spawn_file_actions_init(&actions) != 0)
		return 127;
	failed = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	if (!failed && silent)
		failed = posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null",
		                                          O_WRONLY, 0);
	if (!failed)
		failed = posix_spawnp(&child, argv[0], &actions, NULL, argv, environ);
	(void)posix_spawn_file_actions_destroy(&actions);
	if (failed)
		return 127;
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return 127;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 127;
}

taut_status taut_bench_plot_check(taut_error *err)
{
	if (run_gnuplot("--version", true) == 0)
		return TAUT_OK;
	return taut_fail(
		err, TAUT_EUSAGE,
		"--plot: the program gnuplot cannot be run, which draws the plots; install it "
		"(Debian: gnuplot-nox) or leave --plot out");
}

/* A text between single quotes, as gnuplot has them. */
static void put_quoted(taut_text *out, const char *folder, const char *file)
{
	taut_text_put(out, "'");
	for (const char *c = folder; *c; c++) {
		taut_text_add(out, c, 1);
		if (*c == '\'')
			taut_text_put(out, "'");
	}
	taut_text_format(out, "/%s'", file);
}

/* The families that have something to show, in their order; on a logarithmic axis no zero. */
static size_t families(taut_family *out, const picture *p, const taut_bench_plan *plan,
                       const taut_bench_outcome *outcome)
{
	size_t n = 0;

	for (int f = TAUT_FAMILY_AUTO + 1; f < TAUT_N_FAMILIES; f++) {
		bool any = false;
		for (size_t k = 0; k < plan->n_methods && !any; k++) {
			const taut_bench_tally t =
				taut_bench_tally_of(plan, outcome, (taut_family)f, k);
			any = t.n[p->measure] > 0 && (!p->logarithmic || t.largest[p->measure] > 0);
		}
		if (any)
			out[n++] = (taut_family)f;
	}
	return n;
}

/* A line for every method, a column for every family; NaN where a method has nothing to show. */
static void put_data(taut_text *out, const picture *p, const taut_bench_plan *plan,
                     const taut_bench_outcome *outcome, const taut_family *family, size_t n)
{
	taut_text_put(out, "$data << end\nmethod");
	for (size_t f = 0; f < n; f++)
		taut_text_format(out, " %s", taut_family_names.names[family[f]].name);
	for (size_t k = 0; k < plan->n_methods; k++) {
		taut_text_format(out, "\n%s", taut_method_names.names[plan->methods[k]].name);
		for (size_t f = 0; f < n; f++) {
			const taut_bench_tally s = taut_bench_tally_of(plan, outcome, family[f], k);
			const double           runs = (double)s.n[p->measure];
			if (s.n[p->measure] == 0)
				taut_text_put(out, " NaN");
			else
				taut_text_format(out, " %.6g",
				                 p->unit * (p->largest ? s.largest[p->measure]
				                                       : s.sum[p->measure] / runs));
		}
	}
	taut_text_put(out, "\nend\n");
}

static void put_picture(taut_text *out, const char *folder, const picture *p,
                        const taut_bench_plan *plan, const taut_bench_outcome *outcome)
{
	taut_family  family[TAUT_N_FAMILIES];
	const size_t n = families(family, p, plan, outcome);

	if (n == 0) {
		taut_text_format(out, "# %s: nothing to show\n", p->file);
		return;
	}
	taut_text_put(out,
	              "reset\n"
	              "set terminal svg size 900,420 font 'sans-serif,12' background '#ffffff'\n"
	              "set output ");
	put_quoted(out, folder, p->file);
	taut_text_format(out,
	                 "\nset style data histograms\n"
	                 "set style fill solid\n"
	                 "set grid y\n"
	                 "set xtics rotate by -20 noenhanced\n"
	                 "set key outside top center horizontal noenhanced\n"
	                 "set ylabel '%s'\n%s\n",
	                 p->title, p->logarithmic ? "set logscale y" : "set yrange [0:*]");
	put_data(out, p, plan, outcome, family, n);
	for (size_t f = 0; f < n; f++)
		taut_text_format(out, "%s using %zu:xtic(1) title columnheader(%zu)",
		                 f ? ",\\\n     ''" : "plot $data", f + 2, f + 2);
	taut_text_put(out, "\nunset output\n");
}

static taut_status write_script(const char *path, const taut_text *script, taut_error *err)
{
	FILE *file = fopen(path, "w");
	bool  whole = file && fwrite(script->data, 1, script->length, file) == script->length;

	if (file)
		whole = fclose(file) == 0 && whole;
	return whole ? TAUT_OK : taut_fail(err, TAUT_EIO, "%s: %s", path, strerror(errno));
}

taut_status taut_bench_plot(const char *folder, const taut_bench_plan *plan,
                            const taut_bench_outcome *outcome, taut_error *err)
{
	taut_text   path = {0};
	taut_text   script = {0};
	taut_status st = TAUT_OK;

	if (mkdir(folder, 0777) != 0 && errno != EEXIST)
		return taut_fail(err, TAUT_EIO, "%s: %s", folder, strerror(errno));
	taut_text_format(&path, "%s/plots.gp", folder);
	for (size_t k = 0; k < sizeof pictures / sizeof *pictures; k++)
		put_picture(&script, folder, &pictures[k], plan, outcome);
	st = taut_text_check(&path, err);
	if (st == TAUT_OK)
		st = taut_text_check(&script, err);
	if (st == TAUT_OK)
		st = write_script(path.data, &script, err);
	if (st == TAUT_OK && run_gnuplot(path.data, false) != 0)
		st = taut_fail(err, TAUT_EIO, "%s: gnuplot failed on it", path.data);
	taut_text_fini(&path);
	taut_text_fini(&script);
	return st;
}
