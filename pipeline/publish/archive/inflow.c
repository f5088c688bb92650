/* Inflating from any place on. The code goes by zlib's own example, zran.c. */
#include "inflow.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WINDOW = 32 * 1024, WINDOWS_MAX = 1024, STEP = 128 * 1024 };
enum { AS_GZIP = 15 + 16, AS_RAW = -15 };
enum { GZIP_TRAILER = 8 };

/* ---- points ---- */

void gw_points_release(gw_points *p)
{
	for (uint32_t i = 0; i < p->count; i++)
		free(p->items[i].window);
	free(p->items);
	*p = (gw_points){0};
}

/* Every second window goes, and from now on they come half as often. Members' beginnings cost next to nothing. */
static void points_thin(gw_points *p)
{
	uint32_t kept = 0, windows = 0, seen = 0;
	for (uint32_t i = 0; i < p->count; i++) {
		if (p->items[i].window && seen++ % 2) {
			free(p->items[i].window);
			continue;
		}
		windows += p->items[i].window != NULL;
		p->items[kept++] = p->items[i];
	}
	p->count = kept;
	p->windows = windows;
	p->step *= 2;
}

static gw_point *points_add(gw_points *p)
{
	if (p->count == p->capacity) {
		p->capacity = p->capacity ? p->capacity * 2 : 64;
		gw_point *items = realloc(p->items, p->capacity * sizeof *items);
		if (!items) {
			fputs("gongwen: out of memory (an archive)\n", stderr);
			exit(1);
		}
		p->items = items;
	}
	return &p->items[p->count++];
}

/* Called where inflating can begin again. */
static void point_note(gw_inflow *f, bool needs_window)
{
	gw_points *p = f->points;
	if (!p->step)
		p->step = STEP;
	if (p->count && f->plain - p->items[p->count - 1].plain < (needs_window ? p->step : STEP))
		return;
	gw_point point = {.plain = f->plain, .packed = f->at - f->z.avail_in};
	if (needs_window) {
		if (p->windows == (p->most ? p->most : WINDOWS_MAX))
			points_thin(p);
		unsigned char window[WINDOW];
		uInt n = 0;
		if (inflateGetDictionary(&f->z, window, &n) != Z_OK || !(point.window = malloc(n ? n : 1)))
			return; /* one place less to begin at */
		memcpy(point.window, window, n);
		point.window_len = n;
		point.bits = f->z.data_type & 7;
		p->windows++;
	}
	*points_add(p) = point;
}

/* ---- opening ---- */

void gw_inflow_open(gw_inflow *f, int fd, gw_packing packing, uint64_t at, uint64_t end, uint64_t plain)
{
	memset(f, 0, offsetof(gw_inflow, in));
	f->fd = fd;
	f->packing = packing;
	f->at = at;
	f->end = end;
	f->left = plain;
	f->between = packing == GW_PACK_GZIP;
	if (packing == GW_PACK_NONE)
		return;
	f->begun = inflateInit2(&f->z, packing == GW_PACK_GZIP ? AS_GZIP : AS_RAW) == Z_OK;
	if (!f->begun)
		f->problem = "not enough memory to inflate it";
}

static void skip(gw_inflow *f, uint64_t n)
{
	char *room = malloc(WINDOW);
	while (room && n) {
		size_t did = gw_inflow_read(f, room, n < WINDOW ? (size_t)n : WINDOW);
		n -= did;
		if (!did)
			break;
	}
	free(room);
}

void gw_inflow_resume(gw_inflow *f, int fd, const gw_points *points, uint64_t end, uint64_t plain, uint64_t n)
{
	const gw_point *from = NULL;
	uint32_t low = 0, high = points->count; /* the last point at or before `plain` */
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (points->items[middle].plain <= plain)
			low = middle + 1;
		else
			high = middle;
	}
	from = low ? &points->items[low - 1] : NULL;
	gw_inflow_open(f, fd, GW_PACK_GZIP, from ? from->packed : 0, end, UINT64_MAX);
	f->plain = from ? from->plain : 0;
	if (f->begun && from && from->window) {
		unsigned char before;
		f->raw = true;
		f->between = false;
		inflateReset2(&f->z, AS_RAW);
		if (from->bits && pread(fd, &before, 1, (off_t)from->packed - 1) == 1)
			inflatePrime(&f->z, from->bits, before >> (8 - from->bits));
		inflateSetDictionary(&f->z, from->window, from->window_len);
	}
	skip(f, plain - f->plain);
	f->left = n;
}

void gw_inflow_close(gw_inflow *f)
{
	if (f->begun)
		inflateEnd(&f->z);
	f->begun = false;
	if (f->owns_fd)
		close(f->fd);
	f->owns_fd = false;
}

/* ---- reading ---- */

/* Reads what is packed into `to`; 0 at its end. */
static size_t read_packed(gw_inflow *f, void *to, size_t n)
{
	if (n > f->end - f->at)
		n = (size_t)(f->end - f->at);
	ssize_t did;
	do
		did = n ? pread(f->fd, to, n, (off_t)f->at) : 0;
	while (did < 0 && errno == EINTR);
	if (did < 0)
		f->problem = strerror(errno);
	if (did <= 0)
		return 0;
	f->at += (uint64_t)did;
	return (size_t)did;
}

static bool more_in(gw_inflow *f)
{
	if (f->z.avail_in == 0) {
		f->z.next_in = f->in;
		f->z.avail_in = (uInt)read_packed(f, f->in, sizeof f->in);
	}
	return f->z.avail_in > 0;
}

/* A member has ended: behind it is the next one, or nothing. */
static void member_end(gw_inflow *f)
{
	for (int i = 0; f->raw && i < GZIP_TRAILER && more_in(f); i++) { /* zlib reads it only when it has seen the beginning */
		f->z.next_in++;
		f->z.avail_in--;
	}
	inflateReset2(&f->z, AS_GZIP);
	f->raw = false;
	f->between = true;
}

/* One step of zlib: some bytes, or the end of a block or of a member. */
static void step(gw_inflow *f)
{
	unsigned before = f->z.avail_out;
	int code = inflate(&f->z, f->points ? Z_BLOCK : Z_NO_FLUSH);
	f->plain += before - f->z.avail_out;
	if (code == Z_STREAM_END && f->packing == GW_PACK_GZIP)
		member_end(f);
	else if (code == Z_STREAM_END)
		f->finished = true;
	else if (code != Z_OK && code != Z_BUF_ERROR)
		f->problem = code == Z_MEM_ERROR ? "not enough memory to inflate it" : f->z.msg ? f->z.msg : "damaged";
	else if (f->points && (f->z.data_type & (128 | 64)) == 128)
		point_note(f, true);
}

static size_t inflated(gw_inflow *f, void *to, size_t n)
{
	f->z.next_out = to;
	f->z.avail_out = (uInt)n;
	while (f->z.avail_out && !f->problem && !f->finished) {
		if (!more_in(f)) {
			if (!f->problem && !f->between)
				f->problem = "it is cut short";
			break;
		}
		if (f->between && f->points)
			point_note(f, false);
		f->between = false;
		step(f);
	}
	return n - f->z.avail_out;
}

size_t gw_inflow_read(gw_inflow *f, void *to, size_t n)
{
	enum { MOST = 1 << 30 };
	size_t done = 0;
	if (n > f->left)
		n = (size_t)f->left;
	while (done < n && !f->problem) {
		size_t want = n - done < MOST ? n - done : MOST;
		size_t did = f->packing == GW_PACK_NONE ? read_packed(f, (char *)to + done, want) : inflated(f, (char *)to + done, want);
		if (!did)
			break;
		done += did;
	}
	if (f->packing == GW_PACK_NONE)
		f->plain += done;
	f->left -= done;
	return done;
}
