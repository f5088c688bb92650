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
	const void *what; /* whatever the source needs to fill it */
} gw_piece;

/* Where the bytes come from, piece by piece. */
typedef struct gw_pack_source {
	void *pieces;
	/* The next piece, what it needs in the arena; false behind the last. Called in order, by one thread at a time. */
	bool (*next)(void *pieces, gw_arena *arena, gw_piece *out);
	const void *ctx;
	bool (*fill)(const void *ctx, const gw_piece *piece, unsigned char *to, gw_diag *diag); /* any thread; false after a report */
} gw_pack_source;

/* Writes the bytes of the source as gzip, and hashes them as they are. What is written depends on pieces and level, not on
 * the number of threads, nor on what is used again. old and made may be NULL. */
gw_status gw_pack(const gw_pack_source *source, int level, uint32_t threads, const gw_blocks *old, gw_blocks *made, gw_writer *gz,
	char plain_sha256[65], gw_diag *diag);

#endif
