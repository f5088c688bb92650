/* The bag as one file: ustar as GNU tar writes it, packed by pack.c.
 *
 * Made equal byte for byte to
 *   LC_ALL=C tar --format=ustar --sort=name --mtime=@E --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX
 * so that anybody can make it again. Nothing volatile goes in: no clock, no owner, no name in the gzip headers.
 *
 * Sizes are known, so every member has its place before the first byte is read, and any stretch of the archive can be
 * put together by itself: that is what the threads of the packer do. Headers name the version, so they are others in
 * every archive; what stands between them mostly is not. Therefore cuts lie round the content of larger files, and in
 * tables at some of the sources (cuts.c). */
#include "pack.h"
#include "publisher.h"

#include <errno.h>
#include <fcntl.h>
#include <libdeflate.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TAR_BLOCK = 512, TAR_RECORD = 10240, NAME_MAX_LEN = 100, PREFIX_MAX_LEN = 155 };
/* A file that is smaller shares its piece with its neighbours: alone it would pack badly. */
enum { LEAST = 64 * 1024 };
#define SIZE_LIMIT (UINT64_C(1) << 33) /* eleven octal digits */

/* ---- ustar ---- */

/* Digits to the end of the field but one, then NUL. */
static void octal(char *field, size_t size, uint64_t value)
{
	for (size_t i = size - 1; i-- > 0; value >>= 3)
		field[i] = (char)('0' + (value & 7));
}

/* As GNU tar: a long path is cut at the last '/' that leaves at most 155 bytes before it. */
static bool name_put(char *header, const char *path)
{
	size_t n = strlen(path);
	if (n <= NAME_MAX_LEN) {
		memcpy(header, path, n);
		return true;
	}
	size_t cut = n > PREFIX_MAX_LEN + 1 ? PREFIX_MAX_LEN + 1 : path[n - 1] == '/' ? n - 1 : n;
	while (--cut > 0 && path[cut] != '/')
		;
	if (cut == 0 || n - cut - 1 > NAME_MAX_LEN || n - cut - 1 == 0)
		return false;
	memcpy(header + 345, path, cut);
	memcpy(header, path + cut + 1, n - cut - 1);
	return true;
}

static bool header_make(char h[TAR_BLOCK], const char *path, uint64_t size, uint64_t mtime, bool folder)
{
	memset(h, 0, TAR_BLOCK);
	if (size >= SIZE_LIMIT || mtime >= SIZE_LIMIT || !name_put(h, path))
		return false;
	octal(h + 100, 8, folder ? 0755 : 0644);
	octal(h + 108, 8, 0);
	octal(h + 116, 8, 0);
	octal(h + 124, 12, size);
	octal(h + 136, 12, mtime);
	h[156] = folder ? '5' : '0';
	memcpy(h + 257, "ustar\00000", 8);
	octal(h + 329, 8, 0);
	octal(h + 337, 8, 0);
	unsigned sum = 8 * ' ';
	for (unsigned i = 0; i < TAR_BLOCK; i++)
		sum += (unsigned char)h[i];
	octal(h + 148, 7, sum); /* six digits, NUL, blank */
	h[155] = ' ';
	return true;
}

/* ---- members ---- */

typedef gw_archive_entry entry;
typedef gw_archive_entries entries;

/* Folders are walked by name, each entered where it stands: as if '/' came before every other byte. */
static int by_walk(const void *x, const void *y)
{
	const unsigned char *a = (const unsigned char *)((const entry *)x)->path;
	const unsigned char *b = (const unsigned char *)((const entry *)y)->path;
	while (*a && *a == *b) {
		a++;
		b++;
	}
	int m = *a == '/' ? 1 : *a ? *a + 1 : 0, n = *b == '/' ? 1 : *b ? *b + 1 : 0;
	return m - n;
}

static void folders_add(gw_arena *a, entries *list, gw_map *seen, const char *path)
{
	for (const char *p = strchr(path, '/'); p; p = strchr(p + 1, '/')) {
		gw_str folder = {path, (uint32_t)(p - path) + 1};
		uint32_t *place = gw_map_put(seen, folder);
		if (*place == GW_NONE)
			*GW_PUSH(a, list) = (entry){.path = gw_arena_str(a, folder).ptr};
		*place = 1;
	}
}

void gw_archive_entries_make(gw_arena *a, const char *top, const gw_members *files, uint32_t list_count, entries *out)
{
	gw_map seen;
	gw_map_init(&seen, a);
	for (uint32_t i = 0; i < list_count; i++) {
		for (uint32_t j = 0; j < files[i].count; j++) {
			const gw_member *m = &files[i].items[j];
			char *path = gw_arena_printf(a, "%s/%s", top, m->path);
			folders_add(a, out, &seen, path);
			*GW_PUSH(a, out) = (entry){path, m->path, m->size, 0, m};
		}
	}
	qsort(out->items, out->count, sizeof *out->items, by_walk);
}

static uint64_t padded(uint64_t size, uint64_t to)
{
	return (size + to - 1) / to * to;
}

/* Gives every member its place; returns the size of the archive. */
static uint64_t places_set(entries *list)
{
	uint64_t at = 0;
	for (uint32_t i = 0; i < list->count; i++) {
		list->items[i].at = at;
		at += TAR_BLOCK + padded(list->items[i].size, TAR_BLOCK);
	}
	return padded(at + 2 * TAR_BLOCK, TAR_RECORD);
}

/* ---- pieces ---- */

typedef struct plan {
	gw_arena *arena;
	uint64_t begin; /* of the piece in the making */
	GW_LIST(gw_piece) pieces;
} plan;

static void cut(plan *p, uint64_t at, bool comes_again)
{
	while (p->begin < at) {
		uint64_t left = at - p->begin;
		uint32_t size = left < GW_PIECE_MAX ? (uint32_t)left : GW_PIECE_MAX;
		*GW_PUSH(p->arena, &p->pieces) = (gw_piece){p->begin, size, comes_again};
		p->begin += size;
	}
}

static bool comes_again(const gw_member *m)
{
	return m->cut_count || (m->size >= LEAST && (strncmp(m->path, "data/documents/", 15) == 0 ||
		strncmp(m->path, GW_TEXT_FOLDER, sizeof GW_TEXT_FOLDER - 1) == 0));
}

static void pieces_plan(plan *p, const entries *list, uint64_t size)
{
	for (uint32_t i = 0; i < list->count; i++) {
		const entry *e = &list->items[i];
		uint64_t content = e->at + TAR_BLOCK;
		if (!e->file || !comes_again(e->file))
			continue;
		cut(p, content, false);
		for (uint32_t j = 0; j < e->file->cut_count; j++)
			cut(p, content + e->file->cuts[j], true);
		cut(p, content + e->size, true);
	}
	cut(p, size, false);
}

/* ---- any stretch of it ---- */

typedef struct archive {
	int folder; /* open */
	const char *name;
	entries list;
	uint64_t mtime;
	_Atomic(const char *) *stale; /* gets a linked file that is not what it was */
} archive;

static bool trouble(gw_diag *diag, const char *path, const char *what, const char *why)
{
	gw_place at = {.path = path};
	gw_report(diag, GW_E_OUTPUT_WRITE, &at, "the archive cannot be written: %s%s", what, why);
	return false;
}

static bool read_all(int fd, uint64_t from, unsigned char *to, size_t n, int *error)
{
	while (n) {
		ssize_t did = pread(fd, to, n, (off_t)from);
		if (did < 0 && errno == EINTR)
			continue;
		if (did <= 0) {
			*error = did < 0 ? errno : 0;
			return false;
		}
		to += did;
		from += (uint64_t)did;
		n -= (size_t)did;
	}
	return true;
}

/* Of a file that is cut, whoever reads its first bytes looks at all of it. */
static bool crc_fits(int fd, const gw_member *m, uint64_t from, const unsigned char *bytes, size_t n)
{
	enum { STEP = 256 * 1024 };
	if (from)
		return true;
	uint32_t crc = libdeflate_crc32(0, bytes, n);
	unsigned char *room = n < m->size ? malloc(STEP) : NULL;
	for (uint64_t at = n; at < m->size;) {
		size_t step = m->size - at < STEP ? (size_t)(m->size - at) : STEP;
		int error;
		if (!room || !read_all(fd, at, room, step, &error))
			break;
		crc = libdeflate_crc32(crc, room, step);
		at += step;
	}
	free(room);
	return crc == m->crc;
}

/* Bytes of a file, checked against the size in its header: it must not have changed since it was written. */
static bool content_read(const archive *a, const entry *e, uint64_t from, unsigned char *to, size_t n, gw_diag *diag)
{
	int fd = openat(a->folder, e->below, O_RDONLY | O_CLOEXEC), error = 0;
	struct stat st;
	bool same = false;
	if (fd < 0 || fstat(fd, &st) != 0)
		error = errno;
	else
		same = (uint64_t)st.st_size == e->size && read_all(fd, from, to, n, &error);
	if (!error && e->file->linked && !(same && crc_fits(fd, e->file, from, to, n))) {
		atomic_store(a->stale, e->below);
		same = false;
	}
	if (fd >= 0)
		close(fd);
	if (error)
		return trouble(diag, e->below, "", strerror(error));
	if (atomic_load(a->stale))
		return false; /* told by the caller */
	return same || trouble(diag, e->below, "the file has changed while it was packed", "");
}

/* Of the pieces that begin at `at`, the part that falls into the stretch. */
typedef struct stretch {
	unsigned char *to;
	uint64_t begin, end;
} stretch;

static bool overlap(const stretch *s, uint64_t at, uint64_t size, uint64_t *from, size_t *n)
{
	uint64_t begin = at > s->begin ? at : s->begin, end = at + size < s->end ? at + size : s->end;
	*from = begin - at;
	*n = begin < end ? (size_t)(end - begin) : 0;
	return begin < end;
}

static bool entry_fill(const archive *a, const entry *e, const stretch *s, gw_diag *diag)
{
	char header[TAR_BLOCK];
	uint64_t from, content = e->at + TAR_BLOCK;
	size_t n;
	if (overlap(s, e->at, TAR_BLOCK, &from, &n)) {
		if (!header_make(header, e->path, e->size, a->mtime, !e->below))
			return trouble(diag, e->path, "the ustar format cannot hold a path so long or a file of 8 GiB", "");
		memcpy(s->to + (e->at + from - s->begin), header + from, n);
	}
	return !overlap(s, content, e->size, &from, &n) ||
	       content_read(a, e, from, s->to + (content + from - s->begin), n, diag);
}

static uint32_t entry_at(const entries *list, uint64_t at)
{
	uint32_t low = 0, high = list->count;
	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;
		if (list->items[middle].at <= at)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* A gw_pack_source's fill. */
static bool fill(const void *ctx, uint64_t at, unsigned char *to, size_t n, gw_diag *diag)
{
	const archive *a = ctx;
	const stretch s = {to, at, at + n};
	memset(to, 0, n);
	for (uint32_t i = entry_at(&a->list, at); i < a->list.count && a->list.items[i].at < s.end; i++)
		if (!entry_fill(a, &a->list.items[i], &s, diag))
			return false;
	return true;
}

static gw_status packed(archive *a, gw_writer *gz, int level, uint32_t threads, const gw_blocks *old, gw_blocks *made, gw_arena *arena,
	gw_archive_info *out, gw_diag *diag)
{
	plan p = {.arena = arena};
	_Atomic(const char *) stale = NULL;
	a->folder = open(a->name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (a->folder < 0) {
		trouble(diag, a->name, "", strerror(errno));
		return GW_FAILED;
	}
	a->stale = &stale;
	pieces_plan(&p, &a->list, places_set(&a->list));
	const gw_pack_source source = {a, fill, p.pieces.items, p.pieces.count};
	gw_status s = gw_pack(&source, level, threads, old, made, gz, out->tar_sha256, diag);
	close(a->folder);
	out->stale = atomic_load(&stale);
	return s;
}

gw_status gw_archive_write(const char *path, const char *folder, const char *top, const gw_members *files, uint32_t list_count,
	uint64_t mtime, int level, uint32_t threads, const gw_blocks *old, gw_blocks *made, gw_archive_info *out, gw_diag *diag)
{
	gw_arena arena;
	gw_arena_init(&arena);
	archive a = {.name = folder, .mtime = mtime};
	gw_archive_entries_make(&arena, top, files, list_count, &a.list);
	gw_writer *gz = gw_writer_open(path, diag);
	gw_status s = GW_FATAL;
	if (gz) {
		s = packed(&a, gz, level, threads, old, made, &arena, out, diag);
		gw_status closed = gw_writer_close(gz, false, &out->gz_size, out->gz_sha256);
		s = s == GW_OK ? closed : s;
	}
	gw_arena_release(&arena);
	return s;
}
