/* normalize/normalize.h - what the files of this folder share. */
#ifndef GW_NORMALIZE_H
#define GW_NORMALIZE_H

#include "gw/source.h"

/* A line of the source that is not blank, in folded characters: ch[end] is its '\n' (or the text's end), and the next
 * line begins behind it. Columns count a Han character as two. */
typedef struct norm_line {
	uint32_t begin, end;
	uint32_t indent; /* columns of blanks before it */
	uint32_t width;  /* columns with the indent, without blanks behind */
	uint32_t blanks; /* blank lines before it */
} norm_line;

typedef struct norm_text {
	uint32_t *ch, *src;
	uint32_t len;
	norm_line *lines;
	uint32_t line_count;
} norm_text;

/* Folds a decoded text; every line end is kept as '\n', blank lines are not (fold_lines.c). */
void norm_fold(const gw_text *t, gw_arena *a, norm_text *out);

typedef enum norm_join { NORM_JOIN_AUTO, NORM_JOIN_NEVER, NORM_JOIN_ALWAYS } norm_join;

/* For each line whether it goes on with a name, begun on a line before it, that stands elsewhere in the text on one line
 * (join_names.c). */
bool *norm_names_find(const norm_text *n, gw_arena *a);
/* Takes out the line ends within sentences and such names, in place (join.c). */
void norm_join_lines(norm_text *n, norm_join how, gw_arena *a);

#endif
