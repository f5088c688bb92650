/* ingest/decoders.h - what the files that decode share. */
#ifndef GW_INGEST_DECODERS_H
#define GW_INGEST_DECODERS_H

#include "gw/ingest.h"

extern const gw_decoder gw_decoder_utf8, gw_decoder_gb18030, gw_decoder_big5, gw_decoder_utf16le, gw_decoder_utf16be,
        gw_decoder_utf32le, gw_decoder_utf32be, gw_decoder_hz, gw_decoder_iso2022cn;
extern const gw_decoder *const gw_decoders[]; /* in order of preference where bids are equal; NULL at the end */

/* SURE: every byte fits. From ENOUGH on nobody else is asked; below LEAST it is no bid at all. */
enum { GW_BID_SURE = 1000, GW_BID_ENOUGH = 880, GW_BID_LEAST = 300 };

typedef struct gw_detected {
	const gw_decoder *decoder; /* NULL: nothing fits */
	const char *source;        /* "bom", "declared", "detected" */
	unsigned skip;             /* bytes of the mark at the beginning */
	bool whole;                /* the decoder bid SURE: UTF-8 needs no second look */
	gw_str declared;           /* the name a declaration gives where it is wrong or unknown; in the bytes */
	const gw_decoder *configured; /* what fits far better than the configured one; NULL */
	const char *binary;        /* what the bytes are when they are no text; NULL */
	const char *foreign;       /* the encoding that they seem to be in when there is no decoder for it; NULL */
} gw_detected;

/* The encoding of the bytes by their mark (0 when none). */
const gw_decoder *gw_detect_mark(const char *bytes, size_t n, unsigned *skip);
/* By mark, declaration, bids; binary formats are recognised. */
gw_detected gw_detect(const char *bytes, size_t n);

/* ---- how well bytes fit (weigh.c, foreign.c) ---- */
typedef struct gw_weight {
	uint64_t bits;          /* eighths of a bit that the text takes; the right encoding takes least */
	uint32_t han, bad;      /* ideographs, replacements but for one at the very end */
	uint64_t han_bits;      /* of the ideographs alone */
} gw_weight;

gw_weight gw_weigh_text(const char *utf8, size_t n);
unsigned gw_char_bits(uint32_t c);
/* The stretch that is weighed: the same for all encodings. Points into the bytes. */
gw_str gw_sample_take(const char *bytes, size_t n);
gw_weight gw_weigh_as(const gw_decoder *d, gw_str sample);
int gw_bid_of(uint64_t bits, size_t bytes);
int gw_bid_by_text(const gw_decoder *d, const char *bytes, size_t n);

/* The best of the encodings that are known by name only. */
typedef struct gw_foreign {
	const char *name;
	uint64_t bits;
} gw_foreign;
gw_foreign gw_foreign_best(gw_str sample);
const char *gw_foreign_escapes(const char *bytes, size_t n); /* NULL: none of theirs */

/* ---- lines in another encoding than their file (mixed.c) ---- */
typedef struct gw_mixed {
	uint32_t lines, first_line; /* how many, and where the first of them is, from 1 */
	const char *other;          /* its encoding */
} gw_mixed;
/* Decodes line by line; *errors is that of the whole file in its own encoding. With lines == 0 nothing was done and the file is all in its own encoding. */
gw_mixed gw_mixed_decode(const gw_decoder *own, const char *bytes, size_t n, gw_arena *arena, const char **out,
        size_t *out_len, uint32_t *errors);

/* UTF-8 and GB 18030 in turns, too much of both for either to win: the one with more lines. NULL: it is not that. */
const gw_decoder *gw_mixed_main(const char *bytes, size_t n);

/* ---- text that was decoded wrongly before it came here (mojibake.c) ---- */
typedef struct gw_mojibake {
	uint32_t repaired, seen;    /* stretches: made good, and recognised but left as they are */
	size_t first;               /* byte in the text as it came */
	uint32_t first_line, first_lost_line;
	const char *really, *shown; /* "UTF-8" shown as "windows-1252" */
	uint32_t lost;              /* replacement characters that went through another encoding, halves of characters */
	size_t first_lost;
} gw_mojibake;
/* Looks for it in valid UTF-8; where repair is allowed and certain a new text is made in the arena. */
gw_mojibake gw_mojibake_mend(const char **text, size_t *len, bool repair, gw_arena *arena);
/* Its half for UTF-8 shown as GBK (mojibake_gbk.c); `from`: nothing before it begins one. Adds to *found but for the
 * lines. */
void gw_mojibake_mend_gbk(
        const char **text, size_t *len, const char *from, bool repair, gw_arena *arena, gw_mojibake *found);

/* A character of GB 2312, row and column from 0; UINT32_MAX where there is none (gb18030.c). */
uint32_t gw_gb2312_char(unsigned row, unsigned column);
/* The pair of each character of the basic plane, lead byte above; 0: it has none. */
const uint16_t *gw_gbk_pairs(gw_arena *arena);

/* Counts characters and lines of t->bytes and fills byte_at, line_start (index.c). */
void gw_text_index(gw_text *t, gw_arena *a);

#endif
