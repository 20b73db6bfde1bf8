/*
 * check VERSION FILE: what a user of the installed library does besides example.c: reads samples,
 * cancels from another thread, meets errors. Leaves a result's JSON in FILE. Valid C11 and C++17
 * (check.cpp). Prints nothing but what is wrong; exits with 0 when all is well.
 */
#include <locale.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <taut/taut.h>

enum { N = 60, EDGES = 240 };

static uint32_t from[EDGES];
static uint32_t to[EDGES];

static void require(int fine, const char *what)
{
	if (fine)
		return;
	fprintf(stderr, "check: %s\n", what);
	exit(1);
}

/* Edges that a bitstring cuts. */
static double cut(const uint8_t *bits)
{
	double edges = 0;

	for (int k = 0; k < EDGES; k++)
		edges += bits[from[k]] != bits[to[k]];
	return edges;
}

static taut_input *graph(void)
{
	taut_input *input;
	taut_error  err;
	uint32_t    state = 1;

	for (int k = 0; k < EDGES; k++) {
		state = state * 1664525u + 1013904223u;
		from[k] = state >> 8 & 31;
		to[k] = 32 + (state >> 16) % (N - 32);
	}
	require(taut_input_maxcut(&input, "graph", N, EDGES, from, to, NULL, &err) == TAUT_OK,
	        err.text);
	return input;
}

static void set(taut_settings *settings, const char *name, const char *value)
{
	taut_error err;

	require(taut_settings_set(settings, name, value, &err) == TAUT_OK, err.text);
}

typedef struct {
	uint64_t count;
	double   best;
} seen;

static int take_sample(void *payload, const taut_sample *sample)
{
	seen *s = (seen *)payload;

	require(sample->n == N && sample->violations == 0, "a sample's size");
	require(sample->objective == cut(sample->bits), "a sample's objective");
	if (s->count++ == 0 || sample->objective > s->best)
		s->best = sample->objective;
	return 0;
}

static void write_text(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	require(file && fputs(text, file) >= 0 && fclose(file) == 0, path);
}

static void solve_and_sample(const taut_input *input, const char *path)
{
	taut_settings     *settings;
	taut_solution     *solution;
	const taut_answer *answer;
	taut_error         err;
	taut_watch         watch;
	seen               s = {0, 0};

	memset(&watch, 0, sizeof watch);
	watch.sample = take_sample;
	watch.payload = &s;
	require(taut_settings_new(&settings, &err) == TAUT_OK, err.text);
	set(settings, "reads", "32");
	set(settings, "sweeps", "200");
	require(taut_input_solve(&solution, input, 0, settings, &watch, &err) == TAUT_OK, err.text);
	answer = taut_solution_answer(solution);
	require(answer->status == TAUT_ANSWER_FEASIBLE && !answer->interrupted, "the status");
	require(answer->objective == EDGES, "a bipartite graph is cut whole");
	require(answer->objective == cut(answer->bits), "the answer's objective");
	require(strcmp(answer->objective_text, "240") == 0, "the objective's text");
	require(!answer->has_bound || answer->bound >= answer->objective, "the bound");
	require(s.count == 32 && answer->samples == 32, "the number of samples");
	require(s.best <= answer->objective, "the best sample");
	write_text(path, taut_solution_json(solution));
	taut_solution_free(solution);
	taut_settings_free(settings);
}

typedef struct {
	const taut_input *input;
	volatile int      cancel;
	taut_status       status;
	int               interrupted;
} job;

/* Hours of work, which only the cancel ends. */
static void *work(void *payload)
{
	job           *j = (job *)payload;
	taut_settings *settings;
	taut_solution *solution;
	taut_error     err;
	taut_watch     watch;

	memset(&watch, 0, sizeof watch);
	watch.cancel = &j->cancel;
	require(taut_settings_new(&settings, &err) == TAUT_OK, err.text);
	set(settings, "sweeps", "100000000");
	set(settings, "rounds", "1000000");
	j->status = taut_input_solve(&solution, j->input, 0, settings, &watch, &err);
	require(j->status == TAUT_OK, err.text);
	j->interrupted = taut_solution_answer(solution)->interrupted;
	taut_solution_free(solution);
	taut_settings_free(settings);
	return NULL;
}

static void cancel_a_solve(void)
{
	enum { M = 100, PAIRS = M * (M - 1) / 2 };
	static uint32_t u[PAIRS];
	static uint32_t v[PAIRS];
	static double   w[PAIRS];
	taut_error      err;
	pthread_t       thread;
	taut_input     *input;
	job             j = {NULL, 0, TAUT_OK, 0};
	uint32_t        state = 1;
	size_t          n = 0;

	for (uint32_t a = 0; a < M; a++) {
		for (uint32_t b = 0; b < a; b++) {
			state = state * 1664525u + 1013904223u;
			u[n] = a;
			v[n] = b;
			w[n++] = ((double)((state >> 16) % 201) - 100) / 10;
		}
	}
	require(taut_input_maxcut(&input, "complete", M, n, u, v, w, &err) == TAUT_OK, err.text);
	j.input = input;
	require(pthread_create(&thread, NULL, work, &j) == 0, "a thread");
	j.cancel = 1;
	require(pthread_join(thread, NULL) == 0 && j.interrupted, "the cancel");
	taut_input_free(input);
}

static void meet_errors(void)
{
	static const double third[] = {1.0 / 3};
	taut_settings      *settings;
	taut_input         *input;
	taut_error          err;

	require(taut_input_read(&input, "no/such/file.yaml", NULL, &err) == TAUT_EIO && !input,
	        "a file");
	require(strstr(err.text, "no/such/file.yaml") != NULL, "the file's name");
	require(taut_settings_new(&settings, &err) == TAUT_OK, err.text);
	require(taut_settings_set(settings, "reds", "1", &err) == TAUT_EUSAGE, "an unknown option");
	require(strstr(err.text, "reads") != NULL, "the nearest option");
	taut_settings_free(settings);
	require(taut_input_program(&input, "p", 1, TAUT_MINIMISE, &err) == TAUT_OK, err.text);
	require(taut_input_add_linear(input, 1, NULL, third, &err) == TAUT_EINPUT,
	        "1/3 is no decimal");
	taut_input_free(input);
	require(strlen(taut_status_text(TAUT_EINPUT)) > 0 && taut_status_exit(TAUT_EINPUT) == 3,
	        "a status");
}

int main(int argc, char **argv)
{
	taut_input *input = graph();

	(void)setlocale(LC_ALL, ""); /* a program's affair: numbers stay as they are */
	require(argc == 3 && strcmp(taut_version(), argv[1]) == 0, "the version");
	solve_and_sample(input, argv[2]);
	cancel_a_solve();
	meet_errors();
	taut_input_free(input);
	return 0;
}
