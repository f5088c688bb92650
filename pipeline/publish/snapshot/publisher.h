/* publisher.h - a snapshot while it is being built. Inside publish/ only.
 *
 *   <place>/.lock                       held from open to close
 *   <place>/.tmp-<pid>/bag/             becomes snapshots/<version>/
 *   <place>/.tmp-<pid>/rejects.jsonl    becomes quarantine/<run>.jsonl
 *   <place>/.tmp-<pid>/archive.tar.gz   becomes archives/<dataset>-<version>.tar.gz; archive.zip alike
 *   <place>/.tmp-<pid>/intent           the version, from before the first of these renames: if a run is killed between
 *                                       them, the next one knows what to take back
 *
 * Sources are written out at once. What stays in memory: a line a file for the manifests, and the organs, which are
 * merged over all documents.
 *
 * Instructions for 1.9 MB of made-up source (19 MB of payload; callgrind, without hashing and packing): rows as CSV and
 * JSON lines 50 million, nested documents out of them 18 million, checks of rows and keys 35 million, packets 19 million;
 * the stages before took 1,350 million. */
#ifndef GW_PUBLISHER_H
#define GW_PUBLISHER_H

#include "gw/file.h"
#include "gw/publish.h"
#include "gw/tape.h"
#include "../archive/blocks.h"
#include "../table/out.h"
#include "settle.h"
#include "../keep/state.h"

#include <jansson.h>

#define GW_TEXT_FOLDER "data/text/"

/* A file of the bag. */
typedef struct gw_member {
	const char *path; /* from the bag's root: "data/agencies.csv" */
	uint64_t size;
	char sha256[65];
	bool linked;          /* taken over unread: its bytes are held against the CRC-32 when they are packed */
	uint32_t crc;
	const uint64_t *cuts; /* where a table may be cut so that the pieces come again in the next snapshot */
	uint32_t cut_count;
} gw_member;
typedef GW_LIST(gw_member) gw_members;

/* ---- all files of a bag (roll.c) ---- */
typedef struct gw_roll {
	const gw_members *lists; /* in any order */
	uint32_t list_count;
	gw_sorter *many;         /* by gw_roll_add: files of sources, all in folders of their own; may be NULL */
} gw_roll;
typedef struct gw_roll_call {
	gw_arena arena;
	const gw_member **few;
	uint32_t few_count, next;
	gw_sorter *many;
	gw_sorted head;
	gw_member one;  /* the next of the many, its path in `path` */
	gw_buf path;
	bool walk, has_head, has_one, given;
} gw_roll_call;
void gw_roll_add(gw_sorter *many, const gw_member *m);
/* By the bytes of their paths, or with `walk` as tar enters folders by name. One call at a time. */
void gw_roll_begin(gw_roll_call *c, const gw_roll *roll, bool walk);
const gw_member *gw_roll_next(gw_roll_call *c); /* until the next; NULL behind the last */
bool gw_roll_end(gw_roll_call *c); /* false: not all could be read back */
int gw_path_walk_order(const char *a, const char *b);

/* ---- rows of one source as bytes (render.c) ---- */
typedef struct gw_row_text {
	gw_buf csv, jsonl, excel; /* lines, without a header; those that the settings ask for */
	size_t *at;       /* (field_count + 1) a row: where its members begin in jsonl */
	uint64_t guarded; /* cells changed in `excel` */
} gw_row_text;

/* ---- nested documents (document_json.c) ---- */
enum { GW_NEST_FACTS = 5 };
extern const gw_table_id gw_nest_facts[GW_NEST_FACTS]; /* tables whose rows hang on sections, in the order of their members */
typedef struct gw_nest {
	const gw_schema *schema;
	bool *skip[GW_TABLES];            /* columns that nesting makes superfluous */
	uint32_t document[GW_TABLES];     /* column of document_id */
	uint32_t section[GW_TABLES];      /* of section_id */
	uint32_t parent, duty_task;       /* sections.parent_id, responsibilities.task_id */
} gw_nest;
void gw_nest_open(gw_nest *n, gw_arena *arena, const gw_schema *schema);
/* The JSON of document number `document`. at[] holds, by table, the first row not yet used; rows are in the order of
 * documents. `row` is the document's row as published. */
gw_status gw_nest_document(const gw_nest *n, const gw_rows *rows, const gw_row_text text[GW_TABLES], uint32_t document,
	const gw_cell *row, uint32_t at[GW_TABLES], gw_arena *scratch, gw_buf *out, gw_diag *diag);

/* ---- JSON Schemas (json_schema.c) ---- */
/* Of a record of JSON lines; of a nested document with GW_TABLES. The caller's to release. */
json_t *gw_json_schema(const gw_nest *n, gw_table_id table);

/* ---- keys (keys.c) ---- */
/* Primary keys are there once, foreign keys lead somewhere, ids begin with their document's, documents' with their
 * source's: so keys are unique over all sources if sources are. */
gw_status gw_keys_check(const gw_schema *schema, const gw_rows *rows, gw_arena *scratch, gw_diag *diag);

/* ---- organs over all documents (organs.c) ---- */
typedef struct gw_organ {
	gw_cell *cells;
	gw_buf aliases;
} gw_organ;
/* What a document said of an organ, without counts, packed; and the organ that it was merged into. */
typedef struct gw_organ_row {
	gw_str packed;
	uint32_t organ;
} gw_organ_row;
typedef struct gw_organs {
	gw_arena *arena;
	const gw_table *t;
	gw_map by_id, aliases, row_at;
	GW_LIST(gw_organ) items;
	GW_LIST(gw_organ_row) rows;
	uint32_t id, name, alias_column, mentions, documents; /* columns */
} gw_organs;
void gw_organs_open(gw_organs *o, gw_arena *arena, const gw_table *t);
/* Adds the row of a document; returns the index of its packed row. */
uint32_t gw_organs_add(gw_organs *o, const gw_cell *row);
/* The same in two steps, for what an earlier run has packed. GW_NONE: the bytes are no row. */
uint32_t gw_organs_row(gw_organs *o, gw_str packed);
void gw_organs_count(gw_organs *o, uint32_t row, int64_t mentions, int64_t documents);
/* The merged rows, by id. */
gw_cell **gw_organs_rows(gw_organs *o);
void gw_organs_release(gw_organs *o);

/* ---- packets (packet.c): one source's part of a snapshot as one string of bytes, see gw_render_rows ---- */
typedef struct gw_bytes {
	const char *ptr;
	uint64_t len; /* a table's part of a large source may be longer than a gw_str can be */
} gw_bytes;

typedef struct gw_packet_table {
	gw_bytes csv, jsonl, excel;
	uint64_t rows, guarded;
	uint32_t crc[GW_FORMS];  /* of the three */
} gw_packet_table;

typedef struct gw_packet_file {
	char path[56], sha256[72]; /* from the bag's root */
	uint64_t size, crc;
} gw_packet_file;

typedef struct gw_packet {
	gw_str source_path;
	gw_bytes reject;         /* its line for the quarantine; {NULL,0} for a source that was used */
	uint64_t known;          /* 1 and the index in the state of the latest snapshot: nothing else is here; 0: extracted */
	gw_bytes memo;           /* what the state keeps of the source beside its rows */
	uint64_t documents;
	gw_packet_table table[GW_TABLES];
	gw_bytes organs;         /* rows of organizations as gw_packet_cells reads them */
	const gw_packet_file *files; /* without their bytes, which the worker has written */
	uint64_t file_count;
} gw_packet;
void gw_packet_write(const gw_packet *p, gw_buf *out);
/* Views into the bytes, which are those of gw_packet_write. */
void gw_packet_read(const gw_buf *bytes, gw_packet *out);
void gw_packet_cells_add(gw_buf *out, const gw_cell *cells, uint32_t count);
/* The next row; false behind the last. Texts point into the packet. */
bool gw_packet_cells(gw_bytes *rest, gw_cell *cells, uint32_t count);

/* The files of the source that was rendered last, one after the other: `f` is all zero at first. */
typedef struct gw_render_file {
	const gw_packet_file *is;
	const char *bytes;
	uint64_t at; /* among the nested documents */
	uint32_t count;
} gw_render_file;
bool gw_render_file_next(const gw_render *r, gw_render_file *f);

/* ---- the publisher ---- */
/* The end of a source's rows; one source in 8 has one, one in 16 a rank of 4 or more, and so on. */
typedef struct gw_cut {
	uint64_t at, rank;
} gw_cut;
typedef struct gw_table_out {
	gw_writer *csv, *jsonl, *excel;
	GW_LIST(gw_cut) cuts[GW_FORMS];
	uint64_t rows, guarded; /* guarded: cells changed in the copy for spreadsheets */
	gw_diag own[GW_FORMS];  /* of each writer: files are copied side by side */
} gw_table_out;

/* ---- taking over from the latest snapshot (keep.c) ---- */
typedef struct gw_keep {
	bool on;                     /* a state is to be left */
	bool full;                   /* and none is to be used */
	bool stale;                  /* the latest snapshot is not what its state says */
	gw_state *old;               /* of the latest snapshot; NULL: nothing can be taken over */
	bool programs_same;
	const char *from;            /* folder of the latest snapshot */
	int from_folder;             /* the same, open */
	bool *taken;                 /* by source of the old state */
	gw_state_reader taking, copying; /* sources of the old state, as they are taken and as they are copied */
	gw_diag own;                 /* of the state in the making, which is no fault of the snapshot */
	uint32_t first, count;       /* sources taken over whose rows have yet to be copied: neighbours in the old state */
	uint32_t *row_of;            /* old packed rows of organs to ours, GW_NONE: not met yet */
	uint64_t taken_sources, taken_documents, fresh_sources;
	gw_state head;               /* of the state to be written */
	gw_state_out out;
	uint64_t ends[GW_STATE_FILES]; /* bytes written to each file so far */
	gw_stretches fresh[GW_TABLES]; /* of the sources that were extracted, in the form that gw_keep_form says */
	GW_LIST(gw_state_organ) organs; /* of the source in hand */
	gw_blocks blocks;            /* of the archive in the making */
} gw_keep;

struct gw_publisher {
	gw_arena arena, scratch; /* scratch: reset for every source */
	gw_render *render;       /* for sources handed in as rows */
	gw_buf packet;
	gw_diag own;             /* for the writers, which outlive the diag of a call */
	const gw_schema *schema;
	gw_publish_settings settings;
	const char *dataset, *place, *building, *bag;
	int lock, bag_folder;
	gw_settler *settler;
	bool has_epoch;          /* SOURCE_DATE_EPOCH is set */
	uint64_t epoch;
	gw_table_out tables[GW_TABLES];
	gw_organs organs;
	gw_keep keep;
	gw_members payload, tags; /* but for the files of sources */
	gw_sorter *files;        /* those: by gw_roll_add */
	uint64_t file_count, file_bytes; /* of those, known with the content hash */
	gw_buf last_path;
	gw_writer *rejects;
	uint64_t reject_count, documents, used_sources;
	const char *quarantine_path;
	bool failed;
};

/* Writes a whole file of the bag and enters it in a list. */
gw_status gw_bag_put(gw_publisher *p, gw_members *list, const char *path, const char *bytes, size_t n);
/* The same for JSON, which it takes over: indented, an LF at its end. */
gw_status gw_bag_put_json(gw_publisher *p, const char *path, json_t *root);
/* The payload's file at this path; NULL when there is none. */
const gw_member *gw_bag_find(const gw_publisher *p, const char *path);
/* Closes a file of the bag and enters it. */
gw_status gw_bag_close(gw_publisher *p, gw_writer *w, const char *path);
/* Sends lines to the files of a table. False when one cannot be written. */
bool gw_publisher_send(gw_publisher *p, gw_table_id id, const gw_packet_table *t);
/* Takes the problems that writers have met over to the caller's diag. */
gw_status gw_publisher_settle(gw_publisher *p, gw_status s, gw_diag *diag);

/* "data/agencies.csv", from the bag's root. */
const char *gw_table_path(gw_arena *a, gw_form form, gw_table_id id);

/* A source that is extracted: before its rows, for each organ in it, and when all has been sent. */
gw_status gw_keep_begin(gw_publisher *p, gw_diag *diag);
void gw_keep_organ(gw_publisher *p, uint32_t row, int64_t mentions, int64_t documents);
void gw_keep_end(gw_publisher *p, const gw_packet *k);
/* A source that is taken over: copied with its neighbours when the next one comes that is not. */
gw_status gw_keep_take(gw_publisher *p, uint64_t index, gw_diag *diag);
gw_status gw_keep_flush(gw_publisher *p, gw_diag *diag);
/* The latest snapshot and nothing else: what is published is the same. */
bool gw_keep_is_all(const gw_publisher *p);
/* Leaves the state for the next run, if one is wanted. What keeps it from being written is no fault of the snapshot. */
void gw_keep_save(gw_publisher *p, const char *version, gw_diag *diag);
void gw_keep_tidy(gw_publisher *p, const char *version); /* removes the states of other versions */
/* Where in a table of the latest snapshot or of this one the rows stand that can differ; not *parted: anywhere. Fails as
 * gw_keep_stale does when the state cannot be read any more. */
gw_status gw_keep_rows(gw_publisher *p, bool old, gw_table_id id, gw_arena *a, gw_stretches *out, bool *parted, gw_diag *diag);
const char *gw_keep_folder(const gw_publisher *p, bool old);
gw_form gw_keep_form(const gw_publisher *p);
/* The archive's members: of the one before (false: there are none to be used), and a list for those of the new one. */
bool gw_keep_blocks(gw_publisher *p, const char *previous, gw_blocks *old);
/* Where the rows of a source end, for the archive. */
void gw_cuts_add(gw_publisher *p, gw_str source_path, const uint64_t ends[GW_STATE_FILES]);
void gw_cuts_choose(gw_publisher *p, gw_form form, gw_table_id id, gw_member *m);
/* A file of the latest snapshot is not what its state says: everything has to be extracted again. */
gw_status gw_keep_stale(gw_publisher *p, const char *what, gw_diag *diag);
void gw_keep_release(gw_publisher *p);
static inline gw_writer *gw_table_writer(const gw_table_out *o, gw_form form)
{
	return form == GW_FORM_CSV ? o->csv : form == GW_FORM_JSONL ? o->jsonl : o->excel;
}

/* ---- what stands beside the tables ---- */
/* The identity of the snapshot in the making. */
typedef struct gw_edition {
	uint64_t sequence;
	char version[96], content_sha256[65], previous[96];
} gw_edition;
gw_status gw_descriptor_put(gw_publisher *p, const gw_edition *e); /* data/datapackage.json */
gw_status gw_croissant_put(gw_publisher *p, const gw_edition *e);  /* data/croissant.json */
gw_status gw_readme_put(gw_publisher *p, const gw_edition *e);     /* data/README.md */
gw_status gw_changes_put(gw_publisher *p, const gw_edition *e, gw_diag *diag);    /* data/CHANGES.json */
gw_status gw_publisher_diff(gw_publisher *p, const gw_edition *e, gw_writer *to, gw_diag *diag); /* its content */
gw_status gw_bag_finish(gw_publisher *p, const gw_edition *e);     /* bagit.txt, manifests */
gw_status gw_content_hash(gw_publisher *p, char hex[65], gw_diag *diag); /* over the payload so far */
/* "2024-01-31" or "2024-01-31T00:00:00Z" of a second since 1970. */
void gw_epoch_print(uint64_t epoch, bool with_time, char out[32]);

/* ---- archive.c ---- */
typedef struct gw_archive_info {
	char tar_sha256[65], gz_sha256[65];
	uint64_t gz_size;
	char stale[256]; /* after a failure: the file that is not what it was when it was linked, else "" */
} gw_archive_info;
/* Packs the files of a folder as GNU tar would in the ustar format, with `top` as the one folder at the root. Not synced.
 * old: an archive whose members may be used again; made: gets the members of this one (blocks.h). Both may be NULL. */
gw_status gw_archive_write(const char *path, const char *folder, const char *top, const gw_roll *roll, uint64_t mtime,
	int level, uint32_t threads, const gw_blocks *old, gw_blocks *made, gw_archive_info *out, gw_diag *diag);

/* A folder or file of an archive; a folder stands right before what is in it. */
typedef struct gw_archive_entry {
	const char *path;  /* with the top folder; a folder ends with '/' */
	const char *below; /* without it; NULL for a folder */
	uint64_t size;
	uint64_t at;       /* of its header in a tar */
	bool linked;       /* as in gw_member */
	uint32_t crc;
} gw_archive_entry;
typedef GW_LIST(gw_archive_entry) gw_archive_entries;
/* Adds the next file, with the folders before it that are new since `last` (the path of the file before, "" at first), and
 * returns it; NULL behind the last. Texts are in the arena. */
const gw_member *gw_archive_entries_next(gw_roll_call *call, gw_arena *a, const char *top, gw_buf *last, gw_archive_entries *out);

/* ---- zip.c ---- */
typedef struct gw_zip_info {
	char sha256[65];
	uint64_t size;
} gw_zip_info;
/* The same members as a ZIP file. Files up to `in_memory` bytes (0: 64 MiB) are packed in memory. */
gw_status gw_zip_write(const char *path, const char *folder, const char *top, const gw_roll *roll, uint64_t mtime, int level, uint64_t in_memory, gw_zip_info *out, gw_diag *diag);

/* ---- recover.c: what killed runs have left ---- */
/* Says in the building place which snapshot is about to be put into place. */
gw_status gw_intent_put(gw_publisher *p, const gw_edition *e);
/* Takes back what was put into place and never became the latest, and clears the building places. */
void gw_leftovers_clear(gw_publisher *p);

/* ---- snapshots.c ---- */
/* What `latest` points at. version is "" where there is none. */
gw_status gw_latest_read(const char *place, char version[96], char content_sha256[65], uint64_t *sequence, gw_diag *diag);
/* Whether `latest` leads to this version: 1, 0, or -1 when that cannot be told. */
int gw_is_latest(const char *place, const char *version);
/* Removes a snapshot that never was the latest, with its archives; what is not there is fine. It needs no room on the disk. */
gw_status gw_snapshot_take_back(const char *place, const char *dataset, const char *version, gw_diag *diag);
/* The folder of a dataset bears its name, and archives begin with it. */
const char *gw_dataset_of(gw_arena *a, const char *place);
extern const char *const gw_archive_endings[]; /* ".tar.gz" and the others */
extern const unsigned gw_archive_ending_count;
/* "1.0.0-000003-5f0c9b1e77aa": its sequence; false for other names. */
bool gw_version_parse(const char *version, uint64_t *sequence);

#endif
