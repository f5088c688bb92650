/* gw/rows.h - declared tables, rows, and how a document becomes rows.
 *
 * schemas/<version>/<table>.json (Frictionless table schemas) are the declaration: columns, order, types, constraints, keys.
 * They are loaded at the start; a row is an array of cells in the order of its table's fields. */
#ifndef GW_ROWS_H
#define GW_ROWS_H

#include "gw/source.h"
#include "gw/knowledge.h"

typedef enum gw_table_id {
	GW_T_DOCUMENTS, GW_T_SECTIONS, GW_T_AGENCIES, GW_T_ORGANIZATIONS, GW_T_DEADLINES, GW_T_DATES,
	GW_T_TARGETS, GW_T_QUANTITIES, GW_T_RESPONSIBILITIES, GW_T_TASKS, GW_TABLES
} gw_table_id;
extern const char *const gw_table_names[GW_TABLES]; /* "documents" … ; the order in which tables are published */

typedef enum gw_cell_kind { GW_CELL_NULL, GW_CELL_STR, GW_CELL_INT, GW_CELL_NUM, GW_CELL_BOOL } gw_cell_kind;
typedef struct gw_cell {
	gw_cell_kind kind;
	gw_str s;
	int64_t i; /* INT and BOOL */
	double n;
} gw_cell;

typedef enum gw_field_type { GW_F_STRING, GW_F_INTEGER, GW_F_NUMBER, GW_F_BOOLEAN, GW_F_DATE } gw_field_type;

typedef struct gw_field {
	const char *name;
	gw_field_type type;
	bool required;
	bool has_min, has_max;
	double min, max;
	const char **choices; /* enum; NULL when free */
	uint32_t choice_count;
	const char *pattern;  /* POSIX ERE text as declared; compiled inside the schema, as one of these */
	const struct gw_shape *shape;
	void *compiled;
} gw_field;

/* A key is one field, or two where ids count within a document: sections are keyed by document_id and section_id. */
typedef struct gw_foreign {
	uint32_t field;
	gw_table_id table;
	uint32_t to;        /* field there */
	uint32_t within, to_within; /* the part before it, here and there; GW_NONE where the key is one field */
} gw_foreign;

typedef struct gw_table {
	gw_table_id id;
	const char *name;
	gw_field *fields;
	uint32_t field_count;
	uint32_t primary;   /* field index of the key, its last part where it has two */
	uint32_t primary_within; /* field index of the part before it; GW_NONE where the key is one field */
	gw_foreign *foreign;
	uint32_t foreign_count;
	const struct gw_json_names *names; /* of the fields, as rows of JSON have them */
	const char *json;   /* the schema file's bytes, copied into snapshots */
	size_t json_len;
} gw_table;

/* The pages of Markdown that are made from the tables: folder/pages/. */
typedef enum gw_page { GW_PAGE_README, GW_PAGE_LOADING, GW_PAGE_TABLES, GW_PAGE_TABLES_ZH, GW_PAGES } gw_page;

typedef struct gw_schema {
	const char *version;
	const char *folder;
	gw_table tables[GW_TABLES];
	const struct gw_template *pages[GW_PAGES]; /* NULL in the schema of a snapshot */
} gw_schema;

/* Loads schemas/<version>/ and schemas/pages/ of `folder`, and proves that its columns are those the program makes. With version NULL
 * the files stand in the folder itself (data/schemas of a snapshot), whatever their columns; a table that is not among
 * them has no fields. Lifetime: run; one schema may be used by many threads. NULL after a report. */
const gw_schema *gw_schema_load(gw_arena *arena, const char *folder, const char *version, gw_diag *diag);
/* Before its arena is released: frees the compiled patterns. NULL is fine. */
void gw_schema_release(const gw_schema *schema);
uint32_t gw_table_field(const gw_table *t, const char *name); /* GW_NONE when absent */
/* What is made from the tables, for the snapshot and for the tree: a JSON Schema (2020-12) of a record of JSON lines, or with
 * GW_TABLES of the nested JSON of a document; and the data dictionary, a page of Markdown in English or Chinese. */
void gw_json_schema_print(const gw_schema *schema, gw_table_id table, gw_buf *out);
void gw_dictionary_print(const gw_schema *schema, bool chinese, gw_buf *out);
/* Checks one row: types, required, enums, ranges, patterns. Keys across rows are checked by the publisher.
 * GW_OK or a report naming table, row key and field. */
gw_status gw_row_check(const gw_table *t, const gw_cell *cells, const char *source_path, gw_diag *diag);
/* The same behind a row that has passed: what it shares with that one is not looked at again. */
gw_status gw_row_check_after(const gw_table *t, const gw_cell *before, const gw_cell *cells, const char *source_path, gw_diag *diag);

/* A number as it is published: plain, no exponent for ordinary sizes, at most 10 significant digits (whole numbers: all). */
void gw_number_print(gw_buf *out, double value);

/* All rows of one source, in the arena: what `map` prints and what the publisher takes. Organizations come as
 * one row an organ and document, with that document's counts; the publisher merges them. Such a row has one cell
 * more than its table has fields: the document_id of the document that saw the organ.
 * There are no empty strings: what is not there is null in every format. */
typedef struct gw_rows {
	gw_str source_path;  /* NUL-terminated */
	gw_str text;         /* the decoded source, kept with the snapshot */
	char text_sha256[65];
	GW_LIST(gw_cell *) table[GW_TABLES];
	uint64_t rows_told;  /* read back: how many rows the source has, as its text row says */
	bool checked;        /* every row has passed gw_row_check */
	/* rejects: the source went to quarantine instead */
	bool rejected;
	gw_str source_sha256;
	gw_problem reject;   /* the first error */
	gw_str raw;          /* its bytes, for replay; not owned */
	/* for incremental runs */
	const struct gw_known *known; /* as in the latest snapshot (gw/publish.h): no rows and no text here */
	uint32_t known_documents;
	bool by_program;              /* another program took the text out of the file */
	const gw_diag *problems;      /* what was reported of the source; NULL: nothing */
	gw_str opened_as;             /* the path in those reports */
} gw_rows;

/* Makes the rows of a source whose stages are done. */
void gw_tabulate(const gw_schema *schema, const gw_knowledge *k, gw_source *s, gw_rows *out);

/* NDJSON, one row a line: {"table":"agencies", …}; then {"table":"text", …} with the number of rows before it, or
 * {"table":"rejects", …}. Deterministic bytes. */
void gw_rows_print(const gw_schema *schema, const gw_rows *rows, gw_buf *out);
/* A reject as one JSON object, as in quarantine/<run>.jsonl; and its way back (a line of a quarantine file, or of
 * table "rejects"). `raw` is plain where it is UTF-8, else base64 ("raw_encoding" says which). */
void gw_reject_print(const gw_rows *rows, gw_buf *out);
gw_status gw_reject_parse(gw_arena *arena, const char *line, size_t n, const gw_place *at, gw_rows *out, gw_diag *diag);

/* One line of gw_rows_print, added to the rows of its source. A trailing CR or TAB is tolerated. */
gw_status gw_rows_parse_line(const gw_schema *schema, gw_arena *arena, const char *line, size_t n, const gw_place *at,
	gw_rows *into, gw_diag *diag);

/* Row files as a stream of sources, in the order of their paths, whatever the order of files and lines: what
 * `publish` hands to the publisher. Plain or gzip; "-" is standard input. Only an index is kept in memory. */
typedef struct gw_row_files gw_row_files;
gw_row_files *gw_row_files_open(const gw_schema *schema, const char *const *paths, uint32_t count, gw_diag *diag); /* NULL after a report */
/* The next source's rows, in the arena (reset it between calls). *end is set behind the last one. */
gw_status gw_row_files_next(gw_row_files *f, gw_arena *arena, gw_rows *out, bool *end, gw_diag *diag);
void gw_row_files_close(gw_row_files *f);

#endif
