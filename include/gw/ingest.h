/* gw/ingest.h - from paths to sources, in a stable order. */
#ifndef GW_INGEST_H
#define GW_INGEST_H

#include "gw/source.h"
#include "gw/settings.h"

/* One source to be read. */
typedef struct gw_input {
	const char *path;        /* file to open; NULL for content held in memory (NDJSON, standard input) */
	const char *source_path; /* as published, '/' between parts */
	const char *content;     /* with path == NULL */
	size_t content_len;
	uint64_t size;           /* bytes, where known */
} gw_input;

typedef struct gw_inputs {
	GW_LIST(gw_input) items; /* by source_path, bytes; no two alike */
	uint64_t skipped;        /* special files, loops: reported */
} gw_inputs;

/* Lists all inputs: a file, a folder (recursive, by name, hidden files left out, links followed but never in a circle),
 * "-" for standard input (one document named "-"). Two sources of one path are an error; with several inputs the
 * input's last path component comes first. What cannot be opened is listed too: loading it fails and says why. GW_FAILED when a path does not exist. Lifetime: arena. */
gw_status gw_inputs_list(gw_arena *arena, const char *const *paths, uint32_t count, const gw_strings *exclude, gw_inputs *out, gw_diag *diag);

/* The NDJSON of `gongwen map`: one object a line, {"source_path", "content" | "content_base64"}. A trailing TAB or CR is
 * tolerated, a line may be of any length. Calls `each` for every document, in order; stops when it returns above GW_WARN. */
typedef gw_status (*gw_input_fn)(void *ctx, const gw_input *in, gw_diag *diag);
gw_status gw_ndjson_read(int fd, gw_input_fn each, void *ctx, gw_diag *diag);

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
