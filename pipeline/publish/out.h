/* out.h - cells and rows as bytes: JSON, CSV. Inside publish/ only. */
#ifndef GW_PUBLISH_OUT_H
#define GW_PUBLISH_OUT_H

#include "gw/rows.h"

/* ---- JSON (json_out.c) ---- */
void gw_json_str(gw_buf *out, gw_str s);          /* quoted; {NULL,0} is null */
void gw_json_cell(gw_buf *out, const gw_cell *c);
/* ,"name": with its quotes, ready to be copied: one for each field of a table, made once. */
typedef struct gw_json_names {
	gw_str *comma_name; /* by field index */
} gw_json_names;
void gw_json_names_make(gw_arena *arena, const gw_table *t, gw_json_names *out);
/* {…} and LF, every field, in the order of the table. */
void gw_json_row(gw_buf *out, const gw_table *t, const gw_json_names *names, const gw_cell *cells);
/* The members of an object without its braces, each with a comma before it; fields with skip[i] and nulls left out. */
void gw_json_members(gw_buf *out, const gw_table *t, const gw_json_names *names, const gw_cell *cells, const bool *skip);

/* ---- CSV (csv_out.c) ---- */
/* RFC 4180, LF, a cell quoted only where it has to be. */
void gw_csv_header(gw_buf *out, const gw_table *t, const char *line_end);
void gw_csv_row(gw_buf *out, const gw_table *t, const gw_cell *cells);
/* The copy for spreadsheets: CR LF, and a ' before texts that would be taken for a formula. Returns the cells so changed. */
uint32_t gw_csv_excel_row(gw_buf *out, const gw_table *t, const gw_cell *cells);

/* ---- texts of several pieces (join.c) ---- */
/* The same words on one line: where a line end broke them, it and the blanks round it go. */
gw_str gw_line_join(gw_arena *arena, gw_str s);
/* A list joined by ;, each item once. A task may have thousands of targets, so what stands there is looked up, not
 * searched for. */
typedef struct gw_list {
	gw_buf text; /* the caller releases it */
	gw_map seen;
} gw_list;
void gw_list_begin(gw_list *l, gw_arena *arena);
void gw_list_join(gw_list *l, gw_str item);

/* ---- base64 (rows_print.c) ---- */
/* Appends base64. */
void gw_base64_add(gw_buf *out, gw_str bytes);
/* {NULL,0} when it is no base64. */
gw_str gw_base64_read(gw_arena *arena, gw_str text);

#endif
