#include "base/status.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

taut_status taut_fail(taut_error *err, taut_status code, const char *format, ...)
{
	va_list args;

	assert(code != TAUT_OK);
	if (err) {
		err->code = code;
		va_start(args, format);
		(void)vsnprintf(err->text, sizeof err->text, format, args);
		va_end(args);
	}
	return code;
}

taut_status taut_context(taut_error *err, taut_status code, const char *format, ...)
{
	char    tail[sizeof err->text];
	va_list args;
	int     used;

	assert(code != TAUT_OK);
	if (!err)
		return code;
	memcpy(tail, err->text, sizeof tail);
	va_start(args, format);
	used = vsnprintf(err->text, sizeof err->text, format, args);
	va_end(args);
	if (used >= 0 && (size_t)used < sizeof err->text) {
		/* A tail that does not fit is cut: the front names the place. */
		size_t room = sizeof err->text - (size_t)used;
		size_t want = strlen(tail);
		if (room > 3) {
			memcpy(err->text + used, ": ", 2);
			if (want > room - 3)
				want = room - 3;
			memcpy(err->text + used + 2, tail, want);
			err->text[(size_t)used + 2 + want] = '\0';
		}
	}
	return code;
}

int taut_status_exit(taut_status code)
{
	switch (code) {
#define X(name, exit_code, text) \
	case TAUT_##name:        \
		return exit_code;
		TAUT_STATUSES(X)
#undef X
	}
	return 1;
}

const char *taut_status_text(taut_status code)
{
	switch (code) {
#define X(name, exit_code, text) \
	case TAUT_##name:        \
		return text;
		TAUT_STATUSES(X)
#undef X
	}
	return "unknown status";
}
