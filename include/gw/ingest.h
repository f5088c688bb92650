/* gw/ingest.h - from paths to sources, in a stable order. */
#ifndef GW_INGEST_H
#define GW_INGEST_H

#include "gw/file.h"
#include "gw/source.h"
#include "gw/settings.h"
#include "gw/tape.h"

/* One source to be read. */
typedef struct gw_input {
	const char *path;        /* file to open; NULL for content held in memory (NDJSON, standard input) or in a spool */
	const char *source_path; /* as published, '/' between parts */
	const char *content;     /* with path == NULL */
	size_t content_len;
	uint64_t size;           /* bytes, where known */
	const struct gw_spool *spool; /* a member of an archive: its bytes stand there, `size` of them from `offset` */
	uint64_t offset;
	const char *opened_as;   /* for messages; NULL: path, else source_path */
	const char *refused;     /* why it cannot be used, known before it is read; NULL */
	gw_code refused_code;
} gw_input;

typedef struct gw_inputs {
	GW_LIST(gw_input) items; /* by source_path, bytes; no two alike */
	uint64_t skipped;        /* special files, loops: reported */
	struct gw_spool *spool;  /* what was taken out of archives; NULL as long as there was none */
	bool put_away;           /* the list is on the tape instead */
	gw_tape tape;
} gw_inputs;
uint32_t gw_inputs_count(const gw_inputs *in);
/* Takes the list out of memory: what is left is read in its order, and the arena of the list may go. False where inputs have
 * their content with them: nothing has changed. */
bool gw_inputs_put_away(gw_inputs *in);
/* The list back in memory. False when it cannot be read back: then it stays where it is. */
bool gw_inputs_fetch(gw_arena *arena, gw_inputs *in);
/* Every so-manieth input, from the part-th on (1 is the first). False as above. */
bool gw_inputs_keep_part(gw_inputs *in, uint32_t part, uint32_t parts);
/* Reads the list in its order, wherever it is. The texts of `out` are in `room`, or in the list. */
typedef struct gw_inputs_reader {
	const gw_inputs *in;
	uint32_t next;
	gw_tape_cursor cursor;
} gw_inputs_reader;
void gw_inputs_begin(gw_inputs_reader *r, const gw_inputs *in);
bool gw_inputs_next(gw_inputs_reader *r, gw_buf *room, gw_input *out); /* false behind the last, or when it cannot be read back */
void gw_inputs_end(gw_inputs_reader *r);

/* Lists all inputs: a file, a folder (recursive, by name, hidden files left out, links followed but never in a circle),
 * "-" for standard input (one document named "-"). Two sources of one path are an error; with several inputs the
 * input's last path component comes first. What cannot be opened is listed too: loading it fails and says why. GW_FAILED when a path does not exist. Lifetime: arena. */
gw_status gw_inputs_list(gw_arena *arena, const char *const *paths, uint32_t count, const gw_strings *exclude, gw_inputs *out, gw_diag *diag);
/* The same, put away from the first on: no list of them is ever in memory, unless standard input is among them. */
gw_status gw_inputs_list_away(gw_arena *arena, const char *const *paths, uint32_t count, const gw_strings *exclude, gw_inputs *out, gw_diag *diag);

/* ---- archives: folders in one file ---- */
typedef struct gw_archive_settings {
	bool open;            /* else an archive is an input like any other, and no text */
	int64_t max_depth;    /* archives within archives */
	int64_t max_files;    /* in one archive and those within it */
	int64_t max_file_bytes;
	int64_t max_bytes;    /* of one archive and those within it, unpacked */
	int64_t max_ratio;    /* unpacked to packed */
} gw_archive_settings;
extern const gw_option gw_archive_options[];

/* Puts the files of every archive (ZIP, TAR, 7z, gzip …; by content) among the inputs in its place, as a.zip/b.txt,
 * archives within archives too; the order is that of the archive. Their bytes go to a temporary file without a name, so
 * that memory stays small whatever an archive holds. What cannot be used (links, names that lead out, too much of
 * anything) becomes an input that says why and is rejected when its turn comes. To be called once. False when a list that
 * was put away cannot be read back. */
bool gw_inputs_unpack(gw_arena *arena, const gw_archive_settings *settings, const gw_strings *exclude, gw_inputs *in);
/* Sorts by source path. Two of one path are reported: GW_FAILED. */
gw_status gw_inputs_sort(gw_inputs *in, gw_diag *diag);
void gw_inputs_release(gw_inputs *in); /* the spool; the rest lives in the arena */
/* The bytes of an input that stands in a spool. */
gw_status gw_spool_load(const gw_input *in, gw_loaded *out, gw_diag *diag);

/* The NDJSON of `gongwen map`: one object a line, {"source_path", "content" | "content_base64"}. A trailing TAB or CR is
 * tolerated, a line may be of any length. Calls `each` for every document, in order; stops when it returns above GW_WARN. */
typedef gw_status (*gw_input_fn)(void *ctx, const gw_input *in, gw_diag *diag);
gw_status gw_ndjson_read(int fd, gw_input_fn each, void *ctx, gw_diag *diag);

/* The programs that the stage `convert` calls, as they are installed now: path, size, time. */
void gw_convert_programs(const void *state, gw_buf *out);

/* ---- decoding ---- */
/* Each decoder bids on the bytes; the best bid wins (ingest/decode/). */
typedef struct gw_decoder {
	const char *name;        /* IANA */
	const char *aliases;     /* "gbk|gb2312|cp936" */
	/* 0..1000 for how likely the bytes are in this encoding; looks at all of them when it must. */
	int (*bid)(const char *bytes, size_t n);
	/* Decodes to UTF-8. Undecodable bytes become U+FFFD and are counted. `skip` bytes (a BOM) are left out before. */
	gw_status (*decode)(const char *bytes, size_t n, gw_arena *arena, const char **out, size_t *out_len, uint32_t *errors, gw_diag *diag);
} gw_decoder;
const gw_decoder *gw_decoder_find(const char *name); /* by name or alias, any case; NULL when unknown */
/* By the bytes alone, without mark or declaration, for short things such as the names inside an archive. NULL when
 * nothing fits, or what fits has no decoder here. */
const gw_decoder *gw_decoder_guess(const char *bytes, size_t n);

#endif
