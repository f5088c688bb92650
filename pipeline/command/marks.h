/* Facts marked in a document's text, for people. Private to this folder. */
#ifndef GW_COMMAND_MARKS_H
#define GW_COMMAND_MARKS_H

#include "command.h"

typedef enum gw_mark_kind { GW_MARK_AGENCY, GW_MARK_TIME, GW_MARK_QUANTITY, GW_MARK_DUTY, GW_MARK_KINDS } gw_mark_kind;

typedef struct gw_mark {
	uint32_t begin, end; /* source characters */
	gw_mark_kind kind;   /* of the last label */
	gw_str label;        /* "agency, lead" */
} gw_mark;
typedef GW_LIST(gw_mark) gw_mark_list;

/* The facts of one document among the rows of its source, by begin, the longer first; one mark a span. */
void gw_marks_collect(gw_arena *a, const gw_schema *schema, const gw_rows *rows, gw_str document_id, gw_mark_list *out);
/* A stretch of the source as one line, its facts coloured or in brackets. */
void gw_marks_print(const gw_mark_list *marks, gw_place_in_text at, bool colour, gw_buf *out);
/* What the colours mean. */
void gw_marks_legend(gw_buf *out);
/* A cell as text; {NULL,0} for null and for a column that is not there. */
gw_str gw_cell_text(gw_arena *a, const gw_table *t, const gw_cell *cells, const char *field);

#endif
