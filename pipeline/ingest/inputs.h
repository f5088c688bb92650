/* ingest/inputs.h - what listing and unpacking share. */
#ifndef GW_INGEST_INPUTS_H
#define GW_INGEST_INPUTS_H

#include "gw/ingest.h"

/* File names are bytes; what is published is UTF-8. A byte that is none is written as %XX. */
const char *gw_name_publishable(gw_arena *a, const char *path);
/* Patterns are about the published path; one without '/' also about any name in it. */
bool gw_name_excluded(const gw_strings *exclude, const char *source_path);

/* A list that goes where lists are put away, one by one and in order; `record` is room. */
void gw_inputs_away_begin(gw_inputs *in);
void gw_inputs_away_add(gw_inputs *list, const gw_input *in, gw_buf *record);
gw_input gw_input_copy(gw_arena *a, const gw_input *in); /* its texts in the arena, but for its content */

/* ---- the spool: a temporary file without a name ---- */
typedef struct gw_spool {
	int fd;
	uint64_t used;
	int error; /* errno of the write that failed */
} gw_spool;
gw_spool *gw_spool_open(void); /* never NULL; `error` says why it cannot be used */
void gw_spool_close(gw_spool *s);
bool gw_spool_add(gw_spool *s, const void *bytes, size_t n);
size_t gw_spool_read(const gw_spool *s, uint64_t offset, void *to, size_t n); /* less at its end, or when it fails */

#endif
