/* pack.h - many bytes, deflated by many threads; members of an earlier file are used again. Inside publish/ only.
 *
 *   bytes ──> pieces, as the caller cuts them ──> gzip members, one a piece ──> the file
 *                │ known by its tag? the member of the earlier file
 *                └ else deflated */
#ifndef GW_PUBLISH_PACK_H
#define GW_PUBLISH_PACK_H

#include "blocks.h"

enum { GW_PIECE_MAX = 1 << 20 };
typedef struct gw_piece {
	uint64_t at;
	uint32_t size;    /* at most GW_PIECE_MAX */
	bool comes_again; /* the next file may hold the same one */
} gw_piece;

/* Where the bytes come from: any stretch of them, for any thread. */
typedef struct gw_pack_source {
	const void *ctx;
	bool (*fill)(const void *ctx, uint64_t at, unsigned char *to, size_t n, gw_diag *diag); /* false after a report */
	const gw_piece *pieces; /* all of the bytes, in order */
	uint32_t count;
} gw_pack_source;

/* Writes the bytes of the source as gzip, and hashes them as they are. What is written depends on pieces and level, not on
 * the number of threads, nor on what is used again. old and made may be NULL. */
gw_status gw_pack(const gw_pack_source *source, int level, uint32_t threads, const gw_blocks *old, gw_blocks *made, gw_writer *gz,
	char plain_sha256[65], gw_diag *diag);

#endif
