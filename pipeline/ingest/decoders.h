/* ingest/decoders.h - what the files that decode share. */
#ifndef GW_INGEST_DECODERS_H
#define GW_INGEST_DECODERS_H

#include "gw/ingest.h"

extern const gw_decoder gw_decoder_utf8, gw_decoder_gb18030, gw_decoder_utf16le, gw_decoder_utf16be;
extern const gw_decoder *const gw_decoders[]; /* in order of preference where bids are equal; NULL at the end */

/* SURE: every byte fits. From ENOUGH on nobody else is asked; below LEAST it is no bid at all. */
enum { GW_BID_SURE = 1000, GW_BID_ENOUGH = 880, GW_BID_LEAST = 300 };

typedef struct gw_detected {
	const gw_decoder *decoder; /* NULL: nothing fits */
	const char *source;        /* "bom", "declared", "detected" */
	unsigned skip;             /* bytes of the mark at the beginning */
	bool whole;                /* the decoder bid SURE: UTF-8 needs no second look */
	gw_str declared;           /* the name a declaration gives where it is wrong or unknown; in the bytes */
	const char *binary;        /* what the bytes are when they are no text; NULL */
} gw_detected;

/* The encoding of the bytes by their mark (0 when none). */
const gw_decoder *gw_detect_mark(const char *bytes, size_t n, unsigned *skip);
/* By mark, declaration, bids; binary formats are recognised. */
gw_detected gw_detect(const char *bytes, size_t n);

/* Counts characters and lines of t->bytes and fills byte_at, line_start (index.c). */
void gw_text_index(gw_text *t, gw_arena *a);

#endif
