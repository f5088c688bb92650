/* out.h - cells and rows as bytes: JSON, CSV. Inside publish/ only. */
#ifndef GW_PUBLISH_OUT_H
#define GW_PUBLISH_OUT_H

#include "gw/rows.h"

/* ---- JSON (json_out.c) ---- */
void gw_json_str(gw_buf *out, gw_str s);          /* quoted; {NULL,0} is null */
void gw_json_cell(gw_buf *out, const gw_cell *c);
/* The text quoted, where room is for WORST bytes for each of its own and two quotes; returns its end. */
enum { GW_JSON_WORST = 6, GW_CSV_WORST = 2 };
char *gw_json_put(char *to, gw_str s);

/* ---- CSV (csv_out.c): RFC 4180, a cell quoted only where it has to be ---- */
char *gw_csv_put(char *to, gw_str s);
void gw_csv_header(gw_buf *out, const gw_table *t, const char *line_end);
/* The copy for spreadsheets: CR LF, and a ' before texts that would be taken for a formula. Returns the cells so changed. */
uint32_t gw_csv_excel_row(gw_buf *out, const gw_table *t, const gw_cell *cells);

/* ---- rows, in both forms at once (row_out.c) ---- */
/* ,"name": with its quotes, ready to be copied: one for each field of a table, made once. */
typedef struct gw_json_names {
	gw_str *comma_name; /* by field index; GW_NAME_ROOM bytes or more can be read at each */
	size_t size;        /* of all of them */
} gw_json_names;
enum { GW_NAME_ROOM = 32 };
void gw_json_names_make(gw_arena *arena, const gw_table *t, gw_json_names *out);
/* Appends the row to `csv` (unless NULL), cells parted by commas, and LF; and to `json` as {…} and LF: every field, in
 * the order of the table. at[i] (unless NULL) becomes the place in `json` where ,"name":value of field i begins, and
 * at[field_count] the one behind the last; the first comma has become the brace. */
void gw_row_write(gw_buf *csv, gw_buf *json, const gw_table *t, const gw_json_names *names, const gw_cell *cells, size_t *at);
/* As JSON alone, behind what stands in `json` already (an object begun, with a member), without the field `own`. */
void gw_row_append(gw_buf *json, const gw_table *t, const gw_json_names *names, const gw_cell *cells, uint32_t own);

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
