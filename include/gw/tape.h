/* gw/tape.h - lists longer than memory: records written one behind the other and read from the front, as often as
 * one likes, and such records in order.
 *
 *   records ──> memory, up to `room` bytes ──> a file without a name in $TMPDIR
 *
 * Where no such file can be made, or the disk is full, everything stays in memory: nothing fails for want of it. Reading
 * back what is in the file may fail; the cursor says so. Not thread-safe while records are added. */
#ifndef GW_TAPE_H
#define GW_TAPE_H

#include "gw/base.h"

/* ---- a tape ---- */
typedef struct gw_tape {
	gw_buf tail;      /* behind what is in the file */
	uint64_t filed;   /* bytes in the file */
	uint64_t count;   /* records */
	size_t room;
	int fd;           /* -1: none yet */
	bool full;        /* the file takes no more */
} gw_tape;
void gw_tape_init(gw_tape *t, size_t room);
void gw_tape_release(gw_tape *t);
void gw_tape_clear(gw_tape *t);
/* A record of two parts, either may be empty; it is read back as one. At most 4 GiB. */
void gw_tape_add(gw_tape *t, const void *a, size_t an, const void *b, size_t bn);

/* Reads records in their order. The tape must not change meanwhile; many cursors may read it at once. */
typedef struct gw_tape_cursor {
	const gw_tape *t;
	uint64_t at, end;  /* of the bytes that are still to be fetched */
	gw_buf room;
	size_t used, step; /* of `room`; bytes fetched at a time */
	bool failed;       /* the file cannot be read back: what came so far is not all */
} gw_tape_cursor;
void gw_tape_rewind(gw_tape_cursor *c, const gw_tape *t); /* on a zeroed cursor, or one in use */
/* The next record, until the next call; false behind the last, or when reading has failed. */
bool gw_tape_next(gw_tape_cursor *c, gw_str *record);
void gw_tape_cursor_release(gw_tape_cursor *c);

/* ---- records in order ----
 * By key (gw_str_cmp); those of one key as they were added. Sorted runs of `room` bytes are filed and merged while they are
 * read. */
typedef struct gw_sorted {
	gw_str key, value; /* until the next one is read */
} gw_sorted;
typedef struct gw_sorter gw_sorter;
gw_sorter *gw_sorter_new(size_t room); /* 0: 1 MiB */
void gw_sorter_free(gw_sorter *s); /* NULL is fine */
void gw_sorter_add(gw_sorter *s, gw_str key, const void *value, size_t n);
uint64_t gw_sorter_count(const gw_sorter *s);
void gw_sorter_rewind(gw_sorter *s); /* to the first; more may still be added before */
/* The next record. False behind the last, or when the file cannot be read back: gw_sorter_failed tells. */
bool gw_sorter_next(gw_sorter *s, gw_sorted *out);
bool gw_sorter_failed(const gw_sorter *s);

#endif
