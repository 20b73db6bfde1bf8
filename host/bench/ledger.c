#include "bench/ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"
#include "bench/csv.h"

void taut_bench_records_fini(taut_bench_records *records)
{
	for (size_t i = 0; i < records->count; i++)
		taut_bench_record_fini(&records->items[i]);
	taut_free(records->items);
	*records = (taut_bench_records){0};
}

static bool is_regular_or_new(const char *path)
{
	struct stat info;

	return stat(path, &info) != 0 || S_ISREG(info.st_mode);
}

static bool is_ours(const taut_csv *csv)
{
	bool ours = csv->n_columns == TAUT_BENCH_N_COLUMNS;

	for (size_t c = 0; c < csv->n_columns && ours; c++)
		ours = strcmp(taut_csv_field(csv, 0, c), taut_bench_column_table[c].name) == 0;
	return ours;
}

static taut_status copy_row(taut_bench_record *out, const taut_csv *csv, size_t r, taut_error *err)
{
	taut_status st = TAUT_OK;

	for (size_t c = 0; c < csv->n_columns && st == TAUT_OK; c++)
		if (taut_csv_field(csv, r, c)[0])
			st = taut_bench_set(out, (taut_bench_column)c, taut_csv_field(csv, r, c),
			                    err);
	return st;
}

taut_status taut_bench_ledger_read(taut_bench_records *out, const char *path, taut_error *err)
{
	struct stat info;
	taut_csv    csv;
	taut_status st;

	*out = (taut_bench_records){0};
	if (stat(path, &info) != 0 || !S_ISREG(info.st_mode))
		return TAUT_OK;
	st = taut_csv_read(&csv, path, true, err);
	if (st != TAUT_OK)
		return st;
	if (csv.n_records == 0 ? csv.text.length > 0 : !is_ours(&csv))
		st = taut_fail(err, TAUT_EINPUT,
		               "%s: is not a table of this version's bench; remove it or name "
		               "another with --csv",
		               path);
	else if (csv.n_records > 1 &&
	         !(out->items = taut_alloc(csv.n_records, sizeof *out->items, err)))
		st = TAUT_ENOMEM;
	for (size_t r = 1; r < csv.n_records && st == TAUT_OK; r++) {
		out->count = r;
		st = copy_row(&out->items[r - 1], &csv, r, err);
	}
	taut_csv_fini(&csv);
	if (st != TAUT_OK)
		taut_bench_records_fini(out);
	return st;
}

static void put_record(taut_text *out, const taut_bench_record *record)
{
	for (int c = 0; c < TAUT_BENCH_N_COLUMNS; c++) {
		if (c)
			taut_text_put(out, ",");
		taut_csv_put(out, taut_bench_get(record, (taut_bench_column)c));
	}
	taut_text_put(out, "\n");
}

static void put_names(taut_text *out)
{
	for (int c = 0; c < TAUT_BENCH_N_COLUMNS; c++)
		taut_text_format(out, "%s%s", c ? "," : "", taut_bench_column_table[c].name);
	taut_text_put(out, "\n");
}

static taut_status io_error(const char *path, const char *what, taut_error *err)
{
	return taut_fail(err, TAUT_EIO, "%s: %s: %s", path, what, strerror(errno));
}

/* Writes a text and empties it. What a failed write left of a row is cut off again. */
static taut_status write_text(int file, const char *path, taut_text *text, taut_error *err)
{
	const off_t before = lseek(file, 0, SEEK_END);
	size_t      done = 0;
	taut_status st = taut_text_check(text, err);

	while (st == TAUT_OK && done < text->length) {
		ssize_t n = write(file, text->data + done, text->length - done);
		if (n > 0) {
			done += (size_t)n;
		} else if (n < 0 && errno != EINTR) {
			st = io_error(path, "write failed", err);
			if (before >= 0 && done > 0 && ftruncate(file, before) != 0)
				st = io_error(path, "write failed, and a part of a row is left",
				              err);
		}
	}
	taut_text_fini(text);
	return st;
}

taut_status taut_bench_ledger_open(taut_bench_ledger *out, const char *path,
                                   const taut_bench_records *kept, taut_error *err)
{
	const bool  replaced = is_regular_or_new(path);
	taut_text   part = {0};
	taut_text   text = {0};
	taut_status st;

	*out = (taut_bench_ledger){.path = path, .file = -1};
	taut_text_format(&part, replaced ? "%s.part" : "%s", path);
	st = taut_text_check(&part, err);
	if (st != TAUT_OK)
		return st;
	out->file = open(part.data, O_WRONLY | O_CREAT | O_APPEND | (replaced ? O_TRUNC : 0), 0666);
	if (out->file < 0)
		st = io_error(path, "cannot be written", err);
	put_names(&text);
	for (size_t i = 0; i < kept->count; i++)
		put_record(&text, &kept->items[i]);
	if (st == TAUT_OK)
		st = write_text(out->file, path, &text, err);
	if (st == TAUT_OK && replaced && rename(part.data, path) != 0)
		st = io_error(path, "cannot be renamed into place", err);
	if (st != TAUT_OK && replaced && out->file >= 0)
		(void)remove(part.data);
	if (st != TAUT_OK)
		taut_bench_ledger_close(out);
	taut_text_fini(&text);
	taut_text_fini(&part);
	return st;
}

taut_status taut_bench_ledger_append(taut_bench_ledger *ledger, const taut_bench_record *record,
                                     taut_error *err)
{
	taut_text text = {0};

	put_record(&text, record);
	return write_text(ledger->file, ledger->path, &text, err);
}

void taut_bench_ledger_close(taut_bench_ledger *ledger)
{
	if (ledger->file >= 0)
		(void)close(ledger->file);
	ledger->file = -1;
}
