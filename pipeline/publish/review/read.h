/* read.h - snapshots read back: a folder or an archive as a set of files, tables as rows of cells.
 *
 * An archive is read through once, to list its members, hash them and note where inflating can begin again; then members
 * are read from there as they are wanted. Nothing is unpacked, on no disk and not in memory. Lifetime: from open to close. */
#ifndef GW_PUBLISH_READ_H
#define GW_PUBLISH_READ_H

#include "gw/file.h"
#include "gw/rows.h"
#include "../archive/inflow.h"

#include <csv.h>

typedef struct gw_fileset_file {
	const char *path;   /* below the snapshot's root: "data/agencies.csv" */
	uint64_t size;
	/* members of archives */
	uint64_t offset;    /* in the plain tar; of a ZIP, in the file */
	uint64_t packed;    /* bytes in a ZIP */
	gw_packing packing; /* in a ZIP */
	const char *sha256; /* NULL: not known yet (files in folders) */
} gw_fileset_file;

typedef struct gw_fileset {
	gw_arena arena;
	const char *name;   /* the snapshot as it was named, for messages */
	const char *root;   /* of a folder; NULL for an archive */
	bool tables_only;   /* data/documents and data/text are left out */
	int lock;           /* on that folder, so that nobody removes it meanwhile; -1 for none */
	/* of an archive */
	int fd;             /* -1 for folders */
	bool zip;
	gw_packing packing;
	uint64_t packed;    /* its size */
	gw_points points;
	const char *top;    /* its one folder */
	GW_LIST(gw_fileset_file) items; /* by path, bytes */
} gw_fileset;

/* `snapshot` may also be the folder of a dataset: then its latest one is read. A link is followed once, so that all files
 * are of one snapshot even if `latest` is switched meanwhile. */
gw_status gw_fileset_open(gw_fileset *m, const char *snapshot, gw_diag *diag);
/* The same without the files of single sources, of which there are many, if it is a folder. */
gw_status gw_fileset_open_tables(gw_fileset *m, const char *snapshot, gw_diag *diag);
void gw_fileset_close(gw_fileset *m);
const gw_fileset_file *gw_fileset_find(const gw_fileset *m, const char *path); /* NULL when absent */
gw_status gw_fileset_load(const gw_fileset *m, const gw_fileset_file *f, gw_loaded *out, gw_diag *diag); /* gw_file_unload */
/* The same, but what stands in a folder is mapped. */
gw_status gw_fileset_map(const gw_fileset *m, const gw_fileset_file *f, gw_loaded *out, gw_diag *diag);
/* The bytes of a file or member from its beginning on; close it. Whoever reads fewer bytes than its size asks gw_fileset_torn. */
void gw_fileset_stream(const gw_fileset *m, const gw_fileset_file *f, gw_inflow *out);
gw_status gw_fileset_torn(const gw_fileset *m, const gw_fileset_file *f, const gw_inflow *in, gw_diag *diag);
/* "name/path", in the diag's manner of naming places. */
const char *gw_fileset_shown(gw_fileset *m, const char *path);
/* The schemas that the snapshot carries. NULL after a report. */
const gw_schema *gw_fileset_schema(gw_fileset *m, gw_diag *diag);

/* ---- inside: archive_list.c ---- */
/* Lists the archive that is open in m->fd. */
gw_status gw_archive_list(gw_fileset *m, gw_diag *diag);

/* ---- rows of one table, in the order of the file ---- */
typedef enum gw_row_format { GW_ROWS_CSV, GW_ROWS_JSONL } gw_row_format;
typedef enum gw_row_state { GW_ROW_END, GW_ROW_GOOD, GW_ROW_BAD } gw_row_state;

typedef struct gw_row_reader {
	const gw_table *table;
	gw_row_format format;
	const char *bytes, *at, *end;
	uint32_t line;      /* of the row that was read last, from 1 */
	uint32_t next_line;
	size_t offset;      /* where that row begins; only of bytes that are all there */
	gw_cell *cells;     /* table->field_count of them; strings hold until the next row */
	gw_buf problem;     /* why the row is bad */
	/* inside */
	gw_inflow *from;    /* where more bytes come from when these end; NULL: nowhere */
	gw_buf room;        /* holds them */
	struct csv_parser csv;
	gw_buf text;        /* the fields of the row behind each other */
	uint32_t *ends;     /* of each field in text */
	uint32_t count;
	bool complete;      /* the row's last field has come */
	void *json;
} gw_row_reader;

/* Reads the header of a CSV too: false, with `problem` set, when it is not that of the table. */
bool gw_row_reader_open(gw_row_reader *r, const gw_table *table, gw_row_format format, const char *bytes, size_t n);
/* The same over a member that is read as it is wanted, so that a table of any size costs no more than its longest row.
 * `from` stays the caller's, for as long as the reader is used. */
bool gw_row_reader_open_stream(gw_row_reader *r, const gw_table *table, gw_row_format format, gw_inflow *from);
gw_row_state gw_row_reader_next(gw_row_reader *r);
/* The same, but of the cells only those of the primary key are set. The row is not checked beyond them. */
gw_row_state gw_row_reader_next_key(gw_row_reader *r);
/* Goes to a row by an offset seen before; the line numbers are wrong from then on. */
void gw_row_reader_seek(gw_row_reader *r, size_t offset);
void gw_row_reader_close(gw_row_reader *r);

/* The row's primary key: one field, or two with a NUL between them. */
void gw_row_key(const gw_table *t, const gw_cell *cells, gw_buf *out);
bool gw_cell_eq(const gw_cell *a, const gw_cell *b);
void gw_cell_print(const gw_cell *c, gw_buf *out); /* as in a CSV, unquoted */

#endif
