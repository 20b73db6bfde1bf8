#include "cli/output.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"

static taut_status io_error(const taut_output *out, const char *what, taut_error *err)
{
	return taut_fail(err, TAUT_EIO, "%s: %s: %s", out->path ? out->path : "stdout", what, strerror(errno));
}

taut_status taut_output_open(taut_output *out, const char *path, taut_error *err)
{
	struct stat info;
	taut_text   name = {0};
	taut_status st;

	*out = (taut_output){.stream = stdout};
	if (!path)
		return TAUT_OK;
	out->path = taut_copy_text(path, err);
	if (!out->path)
		return TAUT_ENOMEM;
	if (stat(path, &info) != 0 || S_ISREG(info.st_mode)) {
		taut_text_format(&name, "%s.part", path);
		st = taut_text_check(&name, err);
		if (st != TAUT_OK)
			return st;
		out->temporary = name.data;
	}
	out->stream = fopen(out->temporary ? out->temporary : path, "w");
	return out->stream ? TAUT_OK : io_error(out, "cannot be written", err);
}

taut_status taut_output_write(taut_output *out, taut_text *text, taut_error *err)
{
	taut_status st = taut_text_check(text, err);

	if (out->failed) {
		errno = out->failed;
		st = io_error(out, "write failed", err);
	}
	if (st == TAUT_OK && text->length > 0 &&
	    (fwrite(text->data, 1, text->length, out->stream) != text->length || fflush(out->stream) != 0))
		st = io_error(out, "write failed", err);
	taut_text_fini(text);
	return st;
}

static taut_status write_piece(void *payload, const char *bytes, size_t length)
{
	taut_output *out = payload;

	if (fwrite(bytes, 1, length, out->stream) == length)
		return TAUT_OK;
	out->failed = errno;
	return TAUT_EIO;
}

void taut_output_stream(taut_text *text, taut_output *out)
{
	*text = (taut_text){.sink = write_piece, .payload = out};
}

taut_status taut_output_commit(taut_output *out, taut_error *err)
{
	FILE *stream = out->stream;

	if (!out->path)
		return TAUT_OK;
	out->stream = NULL;
	if (fclose(stream) != 0)
		return io_error(out, "write failed", err);
	if (out->temporary && rename(out->temporary, out->path) != 0)
		return io_error(out, "cannot be renamed into place", err);
	taut_free(out->temporary);
	out->temporary = NULL;
	return TAUT_OK;
}

void taut_output_close(taut_output *out)
{
	if (out->path && out->stream)
		(void)fclose(out->stream);
	if (out->temporary)
		(void)remove(out->temporary);
	taut_free(out->temporary);
	taut_free(out->path);
	*out = (taut_output){0};
}
