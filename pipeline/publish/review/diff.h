/* diff.h - two snapshots being compared. Inside publish/ only: diff.c finds, diff_print.c tells. */
#ifndef GW_PUBLISH_DIFF_H
#define GW_PUBLISH_DIFF_H

#include "../table/evolution.h"
#include "../snapshot/publisher.h"
#include "read.h"

#include "gw/tape.h"

/* One snapshot. */
typedef struct gw_diff_version {
	gw_fileset m;
	const gw_schema *schema;
	const char *name; /* NULL: there is no snapshot before the first */
	gw_publisher *publisher; /* rows come from there, not from the fileset: of the old snapshot or of the new one */
	bool old;
	const char *schema_name; /* its schema's version; NULL where nothing tells it */
} gw_diff_version;

/* One table of one snapshot: one reader goes through it, the other one jumps. */
typedef struct gw_diff_side {
	const gw_table *table;
	gw_loaded file;
	gw_row_reader walk, jump;
	bool open;
	const char *path;
	gw_sorter *keys; /* with gw_diff_row: where the row stands */
	gw_stretches parts; /* of the file, where `parted`: what is to be read */
	uint32_t part;
	bool parted;
	uint64_t given;  /* bytes of the mapped file that were given back */
	uint64_t looked; /* bytes of rows that were jumped to since the last time */
} gw_diff_side;

/* Where a row stands in its file. */
typedef struct gw_diff_row {
	uint64_t at, size;
} gw_diff_row;

/* What differs; on tapes, the key behind it. */
typedef struct gw_diff_change {
	gw_diff_row was, is;
} gw_diff_change;

/* What is above the arena is shared by all tables, the rest belongs to the table in hand. */
typedef struct gw_diff {
	gw_diff_version *old_version, *new_version;
	gw_evolution *evolution;
	gw_diag *diag;
	gw_buf *json, *readable;
	gw_writer *to;   /* takes the JSON as it grows; NULL: it stays in `json` */
	gw_arena arena;  /* of one table */
	gw_diff_side old_side, new_side;
	uint32_t *old_field; /* of each field of the new table, or GW_NONE */
	bool keys_same;  /* the tables have one key: rows can be told to be the same */
	bool rows_alike; /* and one form: rows of the same bytes are the same */
	uint32_t shown;  /* rows of a list that are printed for people */
	gw_tape added, removed, changed; /* by key */
	gw_buf key;
	bool torn;       /* a list could not be read back */
} gw_diff;

const gw_cell *gw_diff_row_at(gw_diff_side *s, const gw_diff_row *row);
/* Calls `each` for every field that differs and returns their number, in the order of the new table. Columns that only
 * one of the tables has are the schema's change, not the row's. */
typedef void (*gw_diff_field_fn)(const char *name, const gw_cell *was, const gw_cell *is, void *ctx);
uint32_t gw_diff_fields(const gw_diff *w, const gw_cell *was, const gw_cell *is, gw_diff_field_fn each, void *ctx);

/* ---- diff_print.c ---- */
void gw_diff_json_head(gw_diff *w);
void gw_diff_json_table(gw_diff *w, gw_table_id id);
void gw_diff_readable_table(gw_diff *w, gw_table_id id);

#endif
