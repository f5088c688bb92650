/* gw/publish.h - from rows to an immutable snapshot, and back.
 *
 * Everything is built in <output>/<dataset>/.tmp-<pid>…, hashed while it is written, synced, renamed into
 * snapshots/<version>, then `latest` is switched by one rename. A failure at any point leaves the old snapshot. */
#ifndef GW_PUBLISH_H
#define GW_PUBLISH_H

#include "gw/rows.h"
#include "gw/settings.h"

/* The `publish:` part of the configuration. */
typedef struct gw_publish_settings {
	bool csv, jsonl, json, texts;
	bool archive, zip;        /* archive: {tar: true, zip: false, level: 1} */
	bool excel;               /* csv: {excel: true} */
	int64_t archive_level;    /* 1 (fast) to 9 (small) */
	int64_t keep;             /* snapshots kept, 0 = all */
	const char *schemas;      /* folder of the schemas */
	/* for datapackage.json and croissant.json; may be "", NULL in settings made by hand */
	const char *title, *description, *homepage, *creator, *licence_name, *licence_path;
	gw_node *sources;         /* for both; may be NULL */
	int64_t jobs;             /* threads that pack the archive, 0: as many as there are cores; no option of `publish:` */
	gw_node *archive_node;    /* `archive:` as written; NULL in settings made by hand */
	gw_node *csv_node;        /* `csv:` as written, true, false or {excel: …}; NULL in settings made by hand */
} gw_publish_settings;
extern const gw_option gw_publish_options[];
/* After gw_options_read: turns csv_node and archive_node into what they say. false after a report. */
bool gw_publish_settings_finish(gw_publish_settings *s, gw_diag *diag);

/* ---- one source as the bytes that a snapshot holds of it ----
 * A packet: the lines for each table, the names of its own files, its organs. It is a pure function of rows, schema and
 * settings and holds no pointers, so it may be made by any thread and be kept, for the same build of the program. */
typedef struct gw_render gw_render;
gw_render *gw_render_new(const gw_schema *schema, const gw_publish_settings *settings); /* one a thread; settings are finished */
void gw_render_free(gw_render *r); /* NULL is fine */
/* Checks rows (unless rows->checked) and keys, and replaces `packet`. Every value above GW_OK means that the rows cannot be
 * published; of a broken source nothing may be. */
gw_status gw_render_rows(gw_render *r, const gw_rows *rows, gw_buf *packet, gw_diag *diag);

/* A snapshot being built. Sources must come in the order of their paths (bytes). */
typedef struct gw_publisher gw_publisher;

/* Takes the lock, clears left-overs of killed runs, makes the building place. NULL after a report;
 * *busy says that another run holds the lock (exit 75). */
gw_publisher *gw_publisher_open(const char *output, const char *dataset, const gw_schema *schema,
	const gw_publish_settings *settings, bool *busy, gw_diag *diag);
/* The two halves of adding a source. The first writes the files that are the source's own, which is the one that `r` has
 * rendered last, its rows still there; any thread, any order. The second sends the rest on its way: one thread, in order;
 * it copies what it keeps. */
gw_status gw_publisher_put_files(const gw_publisher *p, const gw_render *r, gw_diag *diag);
gw_status gw_publisher_take(gw_publisher *p, const gw_buf *packet, gw_diag *diag);
gw_status gw_publisher_add(gw_publisher *p, const gw_rows *rows, gw_diag *diag); /* rendered, and both */

/* ---- incremental runs: what the run that published the latest snapshot has left of each source ---- */
typedef struct gw_known gw_known;
/* Before the first source. key: a SHA-256 over all that reaches rows besides their source. programs: the same for
 * sources that were read by other programs. A state that cannot be used is told of and ignored; with `full` none is
 * looked for. The commit leaves a state in any case. */
void gw_publisher_resume(gw_publisher *p, const char key[65], gw_str programs, bool full, gw_diag *diag);
/* The source with these bytes, in the arena; NULL where it has to be extracted. Thread-safe while sources are added. */
const gw_known *gw_publisher_known(const gw_publisher *p, gw_arena *arena, gw_str source_path, const char sha256[65]);
/* Makes rows that say "as before", and reports again what was reported of the source. opened_as: for those messages. */
void gw_known_recall(const gw_known *k, const char *opened_as, gw_rows *rows, gw_diag *problems);
/* After a failure: the latest snapshot is not what its run has written. All must be extracted, by a new publisher. */
bool gw_publisher_stale(const gw_publisher *p);

typedef struct gw_published {
	bool changed;             /* false: the content is that of the latest snapshot, nothing was published */
	char version[96];         /* of the snapshot that is the latest now */
	char content_sha256[65];
	char previous[96];        /* "" for the first */
	uint64_t rows[GW_TABLES];
	uint64_t documents, rejects, payload_bytes, archive_bytes, zip_bytes;
	uint64_t taken_sources, taken_documents; /* not extracted, but taken over from the snapshot before */
	char archive_sha256[65], tar_sha256[65], zip_sha256[65];
	const char *snapshot_path, *archive_path, *zip_path, *quarantine_path; /* NULL when none; in the publisher */
} gw_published;
/* Ends: organizations, keys, datapackage.json, CHANGES.json, bag, archive, rename, latest. */
gw_status gw_publisher_commit(gw_publisher *p, const char *run_id, gw_published *out, gw_diag *diag);
/* Puts the rejects so far into quarantine/<run>.jsonl; commit does it too. For runs that fail for their rejects.
 * *path (may be NULL) is NULL when there were none. */
gw_status gw_publisher_quarantine(gw_publisher *p, const char *run_id, const char **path, gw_diag *diag);
const char *gw_publisher_place(const gw_publisher *p); /* <output>/<dataset> */
void gw_publisher_close(gw_publisher *p); /* drops the lock; removes what was not committed */

/* ---- the snapshots of a dataset ---- */
typedef struct gw_snapshot_info {
	const char *version, *path;
	const char *archive;      /* NULL when there is none */
	uint64_t sequence;
	bool latest;
} gw_snapshot_info;
typedef GW_LIST(gw_snapshot_info) gw_snapshot_list;
/* Those of <output>/<dataset>, oldest first. An empty list where there are none. */
gw_status gw_snapshots_list(gw_arena *arena, const char *place, gw_snapshot_list *out, gw_diag *diag);
/* Removes all but the newest `keep` (at least 1), with their archives; never the latest. Takes no lock: the caller holds it. */
gw_status gw_snapshots_prune(const char *place, int64_t keep, uint32_t *removed, gw_diag *diag);

/* ---- reading back ---- */
/* SNAPSHOT is a folder or an archive (.tar.gz, .tar, .zip). Problems are reported; GW_OK means every check passed. */
gw_status gw_snapshot_verify(const char *snapshot, gw_diag *diag);
/* Unpacks an archive below `folder`, which is made where it is not there: into the folder that the archive names, which must
 * not be there. Every hash is checked before and on the way; it is seen when it is whole. *path (in the arena) is what it
 * became. Rows are not looked at: that is verify's. */
gw_status gw_archive_unpack(gw_arena *arena, const char *archive, const char *folder, const char **path, gw_diag *diag);
/* Hands over the rows of one table. A snapshot without that table is reported (GW_E_SNAPSHOT). */
typedef gw_status (*gw_row_fn)(void *ctx, const gw_table *t, const gw_cell *cells);
gw_status gw_snapshot_rows(const char *snapshot, gw_table_id table, gw_row_fn each, void *ctx, gw_diag *diag);
/* The documents of one source as nested JSON, one after the other: what `show --json` prints. */
gw_status gw_rows_print_nested(const gw_schema *schema, const gw_rows *rows, gw_buf *out, gw_diag *diag);
typedef struct gw_diff_counts {
	uint64_t added[GW_TABLES], removed[GW_TABLES], changed[GW_TABLES];
	uint64_t schema; /* tables whose columns differ */
} gw_diff_counts;
/* CHANGES.json's bytes (also `diff --json`; old_snapshot NULL: the first one, all rows are added) and/or a readable text, which
 * of each list shows so many rows. */
gw_status gw_snapshot_diff(const char *old_snapshot, const char *new_snapshot, gw_buf *json, gw_buf *readable, uint32_t shown,
	gw_diff_counts *counts, gw_diag *diag);

#endif
