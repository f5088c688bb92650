/* state.h - what a run leaves for the next one: state/<version>.state beside the snapshots. Inside publish/ only.
 *
 *   magic
 *   head               key, programs: what must be the same for anything to be taken over; bytes of each table before
 *                      its first row
 *   sources…, by path  stretches of the tables, hash of the bytes, problems, rows, files, organs
 *   organ rows…        organs as documents saw them, each once
 *   sha256             over all before it
 *
 * A file of another format, a damaged or a foreign one is as good as none. Head, sources and organ rows are records, a
 * length of 32 bits before each; a record without length ends each list. Within them numbers are varints (7 bits a byte,
 * the lowest first), texts a length and bytes. Written while the run goes on and read record by record: in memory is where every 32nd
 * source stands, some 12 bytes a source. */
#ifndef GW_PUBLISH_STATE_H
#define GW_PUBLISH_STATE_H

#include "gw/file.h"
#include "gw/publish.h"

/* The files of a table. */
typedef enum gw_form { GW_FORM_CSV, GW_FORM_JSONL, GW_FORM_EXCEL, GW_FORMS } gw_form;
enum { GW_STATE_FILES = GW_FORMS * GW_TABLES };
#define GW_STATE_MAGIC "gongwen state 2\n"

/* Where the rows of one source stand in one file, and their CRC-32. */
typedef struct gw_stretch {
	uint64_t begin, size;
	uint32_t crc;
} gw_stretch;
typedef GW_LIST(gw_stretch) gw_stretches;

/* A file that belongs to one source: its nested documents, its text. */
typedef struct gw_state_file {
	const char *path; /* from the bag's root */
	uint64_t size;
	char sha256[65];
	uint32_t crc;
} gw_state_file;

/* An organ in one document: the row it gave, which many documents share, and the counts there. */
typedef struct gw_state_organ {
	uint32_t row;
	uint64_t mentions, documents;
} gw_state_organ;

struct gw_known {
	gw_str path;             /* NUL-terminated */
	uint32_t index;          /* in the state */
	gw_str memo;             /* as gw_state_memo made it; the next three are read from there */
	char sha256[65];         /* of the source's bytes */
	bool by_program;
	gw_problem *problems;    /* a path that is NULL stands for the source's */
	uint32_t problem_count;
	uint32_t rows[GW_TABLES], guarded[GW_TABLES];
	gw_stretch *stretches;   /* GW_STATE_FILES of them, by form, then table */
	gw_state_file *files;
	gw_state_organ *organs;
	uint32_t file_count, organ_count;
};

static inline uint32_t gw_state_place(gw_form form, gw_table_id id) { return (uint32_t)form * GW_TABLES + (uint32_t)id; }

/* Where every so-manieth source stands. */
typedef struct gw_state_block {
	const char *path; /* of its first source */
	uint64_t at;      /* in the file */
	uint64_t ends[GW_STATE_FILES]; /* of the rows before it */
} gw_state_block;

typedef struct gw_state {
	gw_arena arena;
	char key[65];
	gw_str programs;
	uint64_t heads[GW_STATE_FILES], ends[GW_STATE_FILES]; /* of the rows in each file */
	GW_LIST(gw_str) organ_rows;                           /* packed, see organs.c */
	uint32_t count;                                       /* of sources */
	/* of a state that was loaded */
	int fd;
	uint64_t sources_end;
	GW_LIST(gw_state_block) blocks;
} gw_state;

/* NULL with *why set (NULL where there is none at all). */
gw_state *gw_state_load(const char *path, const char **why);
void gw_state_free(gw_state *s); /* NULL is fine */
/* In the arena; NULL when there is no such source. Thread-safe. */
const gw_known *gw_state_find(const gw_state *s, gw_str source_path, gw_arena *arena);
/* Reads sources one after the other, or any; the block that was read last is kept. False when it cannot be read any more. */
typedef struct gw_state_reader {
	gw_buf bytes;
	bool loaded;
	uint32_t block; /* that is in `bytes` */
	uint32_t next;  /* the source at `at` */
	size_t at;
	uint64_t ends[GW_STATE_FILES];
} gw_state_reader; /* all zero at first; gw_buf_release(&r.bytes) */
bool gw_state_read(const gw_state *s, gw_state_reader *r, uint32_t index, gw_arena *arena, gw_known *out);

/* ---- writing ---- */
/* What is kept of a source beside its rows: hash, by whom it was read, what was reported. */
void gw_state_memo(const gw_rows *rows, gw_buf *out);
typedef struct gw_state_out {
	gw_writer *w;   /* NULL: nothing is written */
	gw_buf record;
	uint64_t count;
} gw_state_out;
/* Opens a file beside the snapshot and puts the head into it: key, programs, heads. */
bool gw_state_begin(gw_state_out *o, const char *path, const gw_state *head, gw_diag *diag);
void gw_state_add(gw_state_out *o, const gw_known *k);
/* The rest, and to disk. Closes the file in any case. */
gw_status gw_state_end(gw_state_out *o, const gw_state *head);
void gw_state_drop(gw_state_out *o); /* nothing more is wanted; may be called always */

#endif
