/* state.h - what a run leaves for the next one: state/<version>.state beside the snapshots. Inside publish/ only.
 *
 *   magic, key, programs                 what must be the same for anything to be taken over
 *   heads, organ rows                    bytes of each table before its first row; organs as documents saw them, each once
 *   sources…, by path                    hash of the bytes, problems, rows, stretches of the tables, files, organs
 *   sha256                               over all before it
 *
 * A file of another format, a damaged or a foreign one is as good as none. Numbers are varints (7 bits a byte, the
 * lowest first), texts a length and bytes. */
#ifndef GW_PUBLISH_STATE_H
#define GW_PUBLISH_STATE_H

#include "gw/publish.h"

/* The files of a table. */
typedef enum gw_form { GW_FORM_CSV, GW_FORM_JSONL, GW_FORM_EXCEL, GW_FORMS } gw_form;
enum { GW_STATE_FILES = GW_FORMS * GW_TABLES };

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

typedef struct gw_state {
	gw_arena arena;
	char key[65];
	gw_str programs;
	uint64_t heads[GW_STATE_FILES], ends[GW_STATE_FILES]; /* of the rows in each file */
	GW_LIST(gw_str) organ_rows;                           /* packed, see organs.c */
	GW_LIST(gw_known) sources;
} gw_state;

/* NULL with *why set (NULL where there is none at all). */
gw_state *gw_state_load(const char *path, const char **why);
void gw_state_free(gw_state *s); /* NULL is fine */
const gw_known *gw_state_find(const gw_state *s, gw_str source_path);

/* ---- writing ---- */
/* What is kept of a source beside its rows: hash, by whom it was read, what was reported. */
void gw_state_memo(const gw_rows *rows, gw_buf *out);
typedef struct gw_state_out {
	gw_buf sources;
	uint64_t count;
} gw_state_out;
void gw_state_add(gw_state_out *o, const gw_known *k);
/* Replaces the file in one step. head: of its lists only organ_rows counts. */
gw_status gw_state_write(const char *path, const gw_state *head, const gw_state_out *o, gw_diag *diag);

#endif
