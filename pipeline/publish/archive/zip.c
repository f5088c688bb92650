/* The bag as a ZIP file (APPNOTE 6.3), for those whose tools open nothing else.
 *
 * The same members in the same order as in the tar, each packed alone; times are the given one in UTC, nothing volatile
 * goes in. A member is packed in memory, so that its sizes are known before it; one that is too large for that is packed
 * by zlib as it is read, and its sizes follow it. The directory at the end names all members: it is made on the way, and
 * waits in a temporary file. */
#include "../snapshot/publisher.h"

#include <errno.h>
#include <fcntl.h>
#include <libdeflate.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

enum { LOCAL = 0x04034b50, CENTRAL = 0x02014b50, END = 0x06054b50, END64 = 0x06064b50, LOCATOR = 0x07064b50, SIZES = 0x08074b50 };
enum { STORED = 0, DEFLATED = 8, SIZES_FOLLOW = 8, NEEDS = 20, NEEDS64 = 45, UNIX = 3 << 8, WIDE_ID = 1 };
enum { STEP = 256 * 1024 };
#define IN_MEMORY ((uint64_t)64 << 20)
#define WIDE UINT64_C(0xFFFFFFFF) /* numbers from here on stand in an extra field */

typedef struct member {
	const gw_archive_entry *entry;
	uint64_t offset, packed;
	uint32_t crc;
	uint16_t method, flags;
} member;

typedef struct zipper {
	gw_arena arena; /* of a member */
	gw_writer *out;
	gw_diag *diag;
	uint64_t at;
	uint32_t time; /* as DOS had it: the date above, the time below */
	int level;
	struct libdeflate_compressor *compressor;
	gw_buf room, plain, packed;
	gw_tape directory;
} zipper;

static gw_status trouble(const zipper *z, const char *path, const char *what, const char *why)
{
	gw_place at = {.path = path};
	return gw_report(z->diag, GW_E_OUTPUT_WRITE, &at, "the archive cannot be written: %s%s", what, why);
}

/* ---- numbers and headers ---- */

static void little(gw_buf *b, uint64_t v, int bytes)
{
	for (; bytes; bytes--, v >>= 8)
		gw_buf_addc(b, (char)(v & 0xff));
}

static uint64_t narrow(uint64_t v)
{
	return v < WIDE ? v : WIDE;
}

static uint32_t dos_time(uint64_t epoch)
{
	time_t t = (time_t)epoch;
	struct tm tm;
	gmtime_r(&t, &tm);
	if (tm.tm_year < 80)
		return 1 << 21 | 1 << 16; /* 1980-01-01 */
	if (tm.tm_year > 207)
		tm = (struct tm){.tm_year = 207, .tm_mon = 11, .tm_mday = 31};
	return (uint32_t)(tm.tm_year - 80) << 25 | (uint32_t)(tm.tm_mon + 1) << 21 | (uint32_t)tm.tm_mday << 16 |
	       (uint32_t)tm.tm_hour << 11 | (uint32_t)tm.tm_min << 5 | (uint32_t)tm.tm_sec / 2;
}

static void put(zipper *z, const gw_buf *b)
{
	gw_writer_put(z->out, b->ptr, b->len);
	z->at += b->len;
}

/* Large files get wide numbers in the local header too, whatever they are packed to. */
static bool is_wide(const member *m)
{
	return m->entry->size >= WIDE - (WIDE >> 8);
}

static void local_put(zipper *z, const member *m)
{
	gw_buf *b = &z->room;
	bool follow = m->flags & SIZES_FOLLOW, wide = is_wide(m);
	gw_buf_clear(b);
	little(b, LOCAL, 4);
	little(b, wide ? NEEDS64 : NEEDS, 2);
	little(b, m->flags, 2);
	little(b, m->method, 2);
	little(b, z->time, 4);
	little(b, m->crc, 4); /* 0 where it follows */
	little(b, wide ? WIDE : follow ? 0 : m->packed, 4);
	little(b, wide ? WIDE : follow ? 0 : m->entry->size, 4);
	little(b, strlen(m->entry->path), 2);
	little(b, wide ? 20 : 0, 2);
	gw_buf_adds(b, m->entry->path);
	if (wide) {
		little(b, WIDE_ID, 2);
		little(b, 16, 2);
		little(b, 0, 8);
		little(b, 0, 8);
	}
	put(z, b);
}

static void central_note(zipper *z, const member *m)
{
	gw_buf *b = &z->room;
	uint64_t wide[3];
	unsigned n = 0;
	if (m->entry->size >= WIDE)
		wide[n++] = m->entry->size;
	if (m->packed >= WIDE)
		wide[n++] = m->packed;
	if (m->offset >= WIDE)
		wide[n++] = m->offset;
	gw_buf_clear(b);
	little(b, CENTRAL, 4);
	little(b, UNIX | (n ? NEEDS64 : NEEDS), 2);
	little(b, n || is_wide(m) ? NEEDS64 : NEEDS, 2);
	little(b, m->flags, 2);
	little(b, m->method, 2);
	little(b, z->time, 4);
	little(b, m->crc, 4);
	little(b, narrow(m->packed), 4);
	little(b, narrow(m->entry->size), 4);
	little(b, strlen(m->entry->path), 2);
	little(b, n ? 4 + 8 * n : 0, 2);
	little(b, 0, 2 + 2 + 2); /* no comment, the first disk, no text */
	little(b, m->entry->below ? UINT64_C(0100644) << 16 : UINT64_C(040755) << 16 | 0x10, 4);
	little(b, narrow(m->offset), 4);
	gw_buf_adds(b, m->entry->path);
	if (n) {
		little(b, WIDE_ID, 2);
		little(b, 8 * n, 2);
		for (unsigned i = 0; i < n; i++)
			little(b, wide[i], 8);
	}
	gw_tape_add(&z->directory, b->ptr, b->len, NULL, 0);
}

static void end_put(zipper *z, uint64_t directory, uint64_t count)
{
	gw_buf *b = &z->room;
	uint64_t size = z->at - directory, here = z->at;
	gw_buf_clear(b);
	if (count >= 0xFFFF || size >= WIDE || directory >= WIDE) {
		little(b, END64, 4);
		little(b, 44, 8); /* bytes that follow in this record */
		little(b, UNIX | NEEDS64, 2);
		little(b, NEEDS64, 2);
		little(b, 0, 8); /* disks */
		little(b, count, 8);
		little(b, count, 8);
		little(b, size, 8);
		little(b, directory, 8);
		little(b, LOCATOR, 4);
		little(b, 0, 4);
		little(b, here, 8);
		little(b, 1, 4);
	}
	little(b, END, 4);
	little(b, 0, 4);
	little(b, count < 0xFFFF ? count : 0xFFFF, 2);
	little(b, count < 0xFFFF ? count : 0xFFFF, 2);
	little(b, narrow(size), 4);
	little(b, narrow(directory), 4);
	little(b, 0, 2);
	put(z, b);
}

/* ---- members ---- */

static gw_status read_whole(zipper *z, int fd, const char *path, uint64_t size)
{
	gw_buf_clear(&z->plain);
	char *to = gw_buf_reserve(&z->plain, (size_t)size + 1);
	for (ssize_t n = 1; n != 0 && z->plain.len <= size;) {
		n = read(fd, to + z->plain.len, (size_t)size + 1 - z->plain.len);
		if (n < 0 && errno != EINTR)
			return trouble(z, path, "", strerror(errno));
		z->plain.len += n > 0 ? (size_t)n : 0;
	}
	return z->plain.len == size ? GW_OK : trouble(z, path, "the file has changed while it was packed", "");
}

static gw_status small_put(zipper *z, member *m, int fd, const char *path)
{
	gw_status s = read_whole(z, fd, path, m->entry->size);
	if (s != GW_OK)
		return s;
	size_t bound = libdeflate_deflate_compress_bound(z->compressor, z->plain.len);
	gw_buf_clear(&z->packed);
	z->packed.len = libdeflate_deflate_compress(z->compressor, z->plain.ptr, z->plain.len, gw_buf_reserve(&z->packed, bound), bound);
	bool smaller = z->packed.len && z->packed.len < z->plain.len;
	const gw_buf *content = smaller ? &z->packed : &z->plain;
	m->method = smaller ? DEFLATED : STORED;
	m->packed = content->len;
	m->crc = libdeflate_crc32(0, z->plain.ptr, z->plain.len);
	local_put(z, m);
	put(z, content);
	return gw_writer_ok(z->out) ? GW_OK : GW_FATAL;
}

/* Reads on, packs on; the last call flushes. */
static gw_status pack_on(zipper *z, member *m, z_stream *stream, int fd, const char *path, uint64_t *size)
{
	static unsigned char none[1];
	char *in = gw_buf_reserve(&z->plain, STEP);
	unsigned char *out = (unsigned char *)gw_buf_reserve(&z->packed, STEP);
	int code = Z_OK;
	while (code != Z_STREAM_END && gw_writer_ok(z->out)) {
		ssize_t n = read(fd, in, STEP);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return trouble(z, path, "", strerror(errno));
		stream->next_in = n ? (unsigned char *)in : none;
		stream->avail_in = (uInt)n;
		m->crc = libdeflate_crc32(m->crc, in, (size_t)n);
		*size += (uint64_t)n;
		do {
			stream->next_out = out;
			stream->avail_out = STEP;
			code = deflate(stream, n ? Z_NO_FLUSH : Z_FINISH);
			gw_writer_put(z->out, out, STEP - stream->avail_out);
			m->packed += STEP - stream->avail_out;
		} while (stream->avail_out == 0);
	}
	return gw_writer_ok(z->out) ? GW_OK : GW_FATAL;
}

static gw_status large_put(zipper *z, member *m, int fd, const char *path)
{
	z_stream stream = {0};
	uint64_t size = 0;
	if (deflateInit2(&stream, z->level, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY) != Z_OK)
		return trouble(z, path, "not enough memory to pack it", "");
	m->method = DEFLATED;
	m->flags = SIZES_FOLLOW;
	local_put(z, m);
	gw_buf_clear(&z->plain);
	gw_buf_clear(&z->packed);
	gw_status s = pack_on(z, m, &stream, fd, path, &size);
	deflateEnd(&stream);
	z->at += m->packed;
	if (s == GW_OK && size != m->entry->size)
		s = trouble(z, path, "the file has changed while it was packed", "");
	gw_buf_clear(&z->room);
	little(&z->room, SIZES, 4);
	little(&z->room, m->crc, 4);
	little(&z->room, m->packed, is_wide(m) ? 8 : 4);
	little(&z->room, m->entry->size, is_wide(m) ? 8 : 4);
	put(z, &z->room);
	return s;
}

static gw_status member_put(zipper *z, const char *folder, member *m, uint64_t in_memory)
{
	m->offset = z->at;
	if (!m->entry->below) {
		local_put(z, m);
		return GW_OK;
	}
	const char *path = gw_path_join(&z->arena, folder, m->entry->below);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return trouble(z, path, "", strerror(errno));
	gw_status s = m->entry->size <= in_memory ? small_put(z, m, fd, path) : large_put(z, m, fd, path);
	close(fd);
	return s;
}

/* The next file, the folders before it that are new. */
static gw_status members_put(zipper *z, const char *folder, const gw_archive_entries *list, uint64_t in_memory)
{
	gw_status s = GW_OK;
	for (uint32_t i = 0; s == GW_OK && i < list->count; i++) {
		member m = {.entry = &list->items[i]};
		s = member_put(z, folder, &m, in_memory);
		central_note(z, &m);
	}
	return s;
}

static gw_status directory_put(zipper *z)
{
	gw_tape_cursor c = {0};
	gw_str record;
	uint64_t begin = z->at;
	gw_tape_rewind(&c, &z->directory);
	while (gw_tape_next(&c, &record)) {
		gw_writer_put(z->out, record.ptr, record.len);
		z->at += record.len;
	}
	bool whole = !c.failed;
	gw_tape_cursor_release(&c);
	end_put(z, begin, z->directory.count);
	return whole ? GW_OK : trouble(z, NULL, "its directory cannot be read back from the temporary file", "");
}

static gw_status all_put(zipper *z, const char *folder, const char *top, const gw_roll *roll, uint64_t in_memory)
{
	gw_roll_call call;
	gw_buf last;
	gw_status s = GW_OK;
	gw_archive_entries list = {0};
	gw_buf_init(&last);
	gw_roll_begin(&call, roll, true);
	while (s == GW_OK && gw_archive_entries_next(&call, &z->arena, top, &last, &list)) {
		s = members_put(z, folder, &list, in_memory);
		list = (gw_archive_entries){0};
		gw_arena_reset(&z->arena);
	}
	gw_buf_release(&last);
	if (!gw_roll_end(&call) && s == GW_OK)
		s = trouble(z, NULL, "the list of files cannot be read back from the temporary file", "");
	return s == GW_OK ? directory_put(z) : s;
}

gw_status gw_zip_write(const char *path, const char *folder, const char *top, const gw_roll *roll, uint64_t mtime, int level,
	 uint64_t in_memory, gw_zip_info *out, gw_diag *diag)
{
	zipper z = {.diag = diag, .time = dos_time(mtime), .level = level, .out = gw_writer_open(path, diag)};
	z.compressor = libdeflate_alloc_compressor(level);
	gw_arena_init(&z.arena);
	gw_tape_init(&z.directory, STEP);
	gw_status s = z.out ? GW_OK : GW_FATAL;
	if (s == GW_OK && !z.compressor)
		s = trouble(&z, path, "not enough memory to pack it", "");
	if (s == GW_OK)
		s = all_put(&z, folder, top, roll, in_memory ? in_memory : IN_MEMORY);
	gw_status closed = z.out ? gw_writer_close(z.out, true, &out->size, out->sha256) : s;
	libdeflate_free_compressor(z.compressor);
	gw_buf_release(&z.room);
	gw_buf_release(&z.plain);
	gw_buf_release(&z.packed);
	gw_tape_release(&z.directory);
	gw_arena_release(&z.arena);
	return s == GW_OK ? closed : s;
}
