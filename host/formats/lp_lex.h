/* The words of a CPLEX LP file. Lines may break anywhere and be of any length, so the only thing
 * that a line says is where a section may begin. */
#ifndef TAUT_FORMATS_LP_LEX_H
#define TAUT_FORMATS_LP_LEX_H

#include "formats/scan.h"

typedef enum {
	TAUT_LP_END, /* of the file */
	TAUT_LP_NUMBER,
	TAUT_LP_NAME,
	TAUT_LP_SIGN,     /* + - */
	TAUT_LP_RELATION, /* < <= =< = > >= => */
	TAUT_LP_MARK      /* any of : * ^ / [ ] and what no word begins with */
} taut_lp_kind;

typedef enum {
	TAUT_LP_NO_SECTION,
	TAUT_LP_MINIMISE,
	TAUT_LP_MAXIMISE,
	TAUT_LP_ROWS,
	TAUT_LP_BOUNDS,
	TAUT_LP_BINARIES,
	TAUT_LP_GENERALS,
	TAUT_LP_FILE_END,
	TAUT_LP_REFUSED /* sections that a 0-1 program has no use for */
} taut_lp_section;

/* The present word. Plain data: a copy is a bookmark. Start with scan and text set, the rest zero.
 */
typedef struct {
	const taut_scan *scan;
	const char      *text;
	size_t           at; /* after the present word */
	taut_lp_kind     kind;
	size_t           from;  /* where the word begins */
	bool             first; /* no other word stands before it on its line */
} taut_lp_lex;

/* Moves to the next word. */
void taut_lp_next(taut_lp_lex *lex);

/* True when the present word is the mark c. */
bool taut_lp_is(const taut_lp_lex *lex, char c);

/* True when a colon follows: the present name is a row's. */
bool taut_lp_is_label(const taut_lp_lex *lex);

/* The section that the present word begins (two words for "subject to"), *end after it; or
 * TAUT_LP_NO_SECTION. A label begins none. */
taut_lp_section taut_lp_section_at(const taut_lp_lex *lex, size_t *end);

/* True when the present name is the word, in any case. */
bool taut_lp_is_word(const taut_lp_lex *lex, const char *word);

/* The present word as a token, for messages. */
taut_token taut_lp_token(const taut_lp_lex *lex);

/* EINPUT "file:line:column: ..." at the present word. */
taut_status taut_lp_fail(const taut_lp_lex *lex, taut_error *err, const char *format, ...)
	TAUT_PRINTF(3, 4);

#endif
