/* pack.h - many bytes, deflated by many threads. Inside publish/ only. */
#ifndef GW_PUBLISH_PACK_H
#define GW_PUBLISH_PACK_H

#include "gw/file.h"

/* Where the bytes come from: any stretch of them, for any thread. */
typedef struct gw_pack_source {
	const void *ctx;
	bool (*fill)(const void *ctx, uint64_t at, unsigned char *to, size_t n, gw_diag *diag); /* false after a report */
	uint64_t size;
} gw_pack_source;

/* Writes `size` bytes of the source as gzip, and hashes them as they are. The bytes written depend on the level, not on
 * the number of threads. */
gw_status gw_pack(const gw_pack_source *source, int level, uint32_t threads, gw_writer *gz, char plain_sha256[65], gw_diag *diag);

#endif
