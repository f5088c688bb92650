/* inflow.h - the plain bytes of a packed file, one after the other or from any place on. Inside publish/ only.
 *
 * A gzip file can be read from its beginning only. While it is read for the first time, places are noted where inflating
 * can begin again: the beginnings of its members, and within a member the 32 KiB before a block of deflate.
 *
 *   plain   0         128 K       256 K   1 M (next member)
 *   points  |           |           |     |             each: offset in the file, bits, window (none at a member's start)
 *
 * Windows cost memory, so only so many are kept; when there are more, every second goes. */
#ifndef GW_PUBLISH_INFLOW_H
#define GW_PUBLISH_INFLOW_H

#include "gw/base.h"

#include <zlib.h>

typedef struct gw_point {
	uint64_t plain, packed; /* offsets */
	int bits;               /* of the byte before `packed` that belong to what comes */
	unsigned char *window;  /* NULL where none is needed */
	uint32_t window_len;
} gw_point;

typedef struct gw_points {
	gw_point *items;
	uint32_t count, capacity, windows;
	uint32_t most;          /* windows; 0: 1024 */
	uint64_t step; /* plain bytes between two of them, at least */
} gw_points;
void gw_points_release(gw_points *p);

typedef enum gw_packing { GW_PACK_NONE, GW_PACK_GZIP, GW_PACK_DEFLATE } gw_packing;

typedef struct gw_inflow {
	int fd;                 /* not owned, unless it says so */
	bool owns_fd;
	gw_packing packing;
	uint64_t at, end;       /* of the packed bytes: the next to be read, and where they end */
	uint64_t plain;         /* offset of the next plain byte */
	uint64_t left;          /* plain bytes that are still to be given */
	gw_points *points;      /* where to note points; NULL when none are wanted */
	const char *problem;    /* why it ended too early; NULL while all is well */
	z_stream z;
	bool begun, finished;
	bool raw, between;      /* resumed within a gzip member; at the end of one */
	unsigned char in[64 * 1024];
} gw_inflow;

/* The packed bytes [at, end) of fd, which give `plain` bytes (UINT64_MAX: as many as come). */
void gw_inflow_open(gw_inflow *f, int fd, gw_packing packing, uint64_t at, uint64_t end, uint64_t plain);
/* Plain bytes [plain, plain + n) of a gzip file whose points were noted. */
void gw_inflow_resume(gw_inflow *f, int fd, const gw_points *points, uint64_t end, uint64_t plain, uint64_t n);
/* As many bytes as there are up to n. Fewer: the end, or a problem. */
size_t gw_inflow_read(gw_inflow *f, void *to, size_t n);
void gw_inflow_close(gw_inflow *f);

#endif
