/* The bag as one file: ustar as GNU tar writes it, packed by pack.c.
 *
 * Made equal byte for byte to
 *   LC_ALL=C tar --format=ustar --sort=name --mtime=@E --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX
 * so that anybody can make it again. Nothing volatile goes in: no clock, no owner, no name in the gzip headers.
 *
 * Sizes are known, so every member has its place before its bytes are read, and any piece of the archive can be
 * put together by itself: that is what the threads of the packer do, while the list of members is gone through once. Headers name the version, so they are others in
 * every archive; what stands between them mostly is not. Therefore cuts lie round the content of larger files, and in
 * tables at some of the sources (cuts.c). */
#include "pack.h"
#include "../snapshot/publisher.h"

#include <errno.h>
#include <fcntl.h>
#include <libdeflate.h>
#include <stdatomic.h>
#include <stdio.h>
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

/* Members come as tar walks them, so a folder is new where the path before was not in it. */
static void folders_add(gw_arena *a, entries *list, const char *path, gw_str last)
{
	for (const char *p = strchr(path, '/'); p; p = strchr(p + 1, '/')) {
		gw_str folder = {path, (uint32_t)(p - path) + 1};
		if (last.len < folder.len || memcmp(last.ptr, folder.ptr, folder.len) != 0)
			*GW_PUSH(a, list) = (entry){.path = gw_arena_str(a, folder).ptr};
	}
}

const gw_member *gw_archive_entries_next(gw_roll_call *call, gw_arena *a, const char *top, gw_buf *last, gw_archive_entries *out)
{
	const gw_member *m = gw_roll_next(call);
	if (!m)
		return NULL;
	char *path = gw_arena_printf(a, "%s/%s", top, m->path);
	folders_add(a, out, path, (gw_str){last->ptr, (uint32_t)last->len});
	*GW_PUSH(a, out) = (entry){.path = path, .below = path + strlen(top) + 1, .size = m->size, .linked = m->linked, .crc = m->crc};
	gw_buf_clear(last);
	gw_buf_adds(last, path);
	return m;
}

static uint64_t padded(uint64_t size, uint64_t to)
{
	return (size + to - 1) / to * to;
}

/* ---- pieces ---- */

/* What has to be cut of a file: at its begin, at its cuts, at its end. */
typedef struct cutting {
	uint64_t content, size;
	const uint64_t *cuts;
	uint32_t count, next; /* next: 0 for the begin, count + 1 for the end */
	bool on;
} cutting;

/* Goes through the members once, and keeps those that the next piece may need. */
typedef struct plan {
	const char *top;
	gw_roll_call call;
	gw_buf last;
	gw_arena arenas[2];   /* entries live in one of them, and move to the other when many are gone */
	uint32_t arena;
	entries list;
	uint32_t first;       /* of the list: those before it are gone */
	uint64_t at;          /* where the next member stands */
	uint64_t begin, end;  /* what can be cut into pieces now */
	bool comes_again, ended;
	cutting file;
} plan;

static uint64_t entry_end(const entry *e)
{
	return e->at + TAR_BLOCK + padded(e->size, TAR_BLOCK);
}

static bool comes_again(const gw_member *m)
{
	return m->cut_count || (m->size >= LEAST && (strncmp(m->path, "data/documents/", 15) == 0 ||
		strncmp(m->path, GW_TEXT_FOLDER, sizeof GW_TEXT_FOLDER - 1) == 0));
}

static void cut(plan *p, uint64_t at, bool again)
{
	p->end = at;
	p->comes_again = again;
}

static void file_cut(plan *p)
{
	cutting *f = &p->file;
	uint32_t i = f->next++;
	f->on = i <= f->count;
	cut(p, f->content + (i == 0 ? 0 : i <= f->count ? f->cuts[i - 1] : f->size), i > 0);
}

/* The next member, its folders before it. */
static void member_plan(plan *p)
{
	uint32_t from = p->list.count;
	const gw_member *m = gw_archive_entries_next(&p->call, &p->arenas[p->arena], p->top, &p->last, &p->list);
	for (uint32_t i = from; i < p->list.count; i++) {
		p->list.items[i].at = p->at;
		p->at = entry_end(&p->list.items[i]);
	}
	if (!m) {
		p->ended = true;
		cut(p, padded(p->at + 2 * TAR_BLOCK, TAR_RECORD), false);
	} else if (comes_again(m)) {
		p->file = (cutting){p->list.items[p->list.count - 1].at + TAR_BLOCK, m->size, m->cuts, m->cut_count, 0, true};
	} else if (p->at - p->begin >= GW_PIECE_MAX) {
		cut(p, p->begin + (p->at - p->begin) / GW_PIECE_MAX * GW_PIECE_MAX, false); /* wherever the next cut lies */
	}
}

static entry entry_copy(gw_arena *a, const entry *e)
{
	entry copy = *e;
	copy.path = gw_arena_str(a, gw_str_of(e->path)).ptr;
	copy.below = e->below ? copy.path + (e->below - e->path) : NULL;
	return copy;
}

/* Gives memory back when most of the list is behind us. */
static void list_trim(plan *p)
{
	enum { MANY = 1024 };
	while (p->first < p->list.count && entry_end(&p->list.items[p->first]) <= p->begin)
		p->first++;
	if (p->first < MANY || p->first < p->list.count / 2)
		return;
	gw_arena *to = &p->arenas[!p->arena];
	entries kept = {0};
	for (uint32_t i = p->first; i < p->list.count; i++)
		*GW_PUSH(to, &kept) = entry_copy(to, &p->list.items[i]);
	gw_arena_reset(&p->arenas[p->arena]);
	p->arena = !p->arena;
	p->list = kept;
	p->first = 0;
}

/* A gw_pack_source's next: the piece, and the members in it. */
static bool piece_next(void *ctx, gw_arena *arena, gw_piece *out)
{
	plan *p = ctx;
	while (p->begin >= p->end && (p->file.on || !p->ended)) {
		if (p->file.on)
			file_cut(p);
		else
			member_plan(p);
	}
	if (p->begin >= p->end)
		return false;
	uint64_t left = p->end - p->begin;
	*out = (gw_piece){.at = p->begin, .size = left < GW_PIECE_MAX ? (uint32_t)left : GW_PIECE_MAX, .comes_again = p->comes_again};
	entries *in = GW_NEW(arena, entries);
	p->begin += out->size;
	for (uint32_t i = p->first; i < p->list.count && p->list.items[i].at < p->begin; i++)
		*GW_PUSH(arena, in) = entry_copy(arena, &p->list.items[i]);
	out->what = in;
	list_trim(p);
	return true;
}

static void plan_begin(plan *p, const char *top, const gw_roll *roll)
{
	memset(p, 0, sizeof *p);
	p->top = top;
	gw_roll_begin(&p->call, roll, true);
	gw_arena_init(&p->arenas[0]);
	gw_arena_init(&p->arenas[1]);
}

static bool plan_end(plan *p)
{
	gw_buf_release(&p->last);
	gw_arena_release(&p->arenas[0]);
	gw_arena_release(&p->arenas[1]);
	return gw_roll_end(&p->call);
}

/* ---- any stretch of it ---- */

/* A linked file that is not what it was. Whoever finds one first writes its name: the list's own goes with its stretch. */
typedef struct stale_file {
	atomic_flag taken;
	atomic_bool found;
	char name[256];
} stale_file;

typedef struct archive {
	int folder; /* open */
	const char *name;
	plan plan;
	uint64_t mtime;
	stale_file *stale;
} archive;

static void stale_note(stale_file *f, const char *name)
{
	if (!atomic_flag_test_and_set(&f->taken))
		snprintf(f->name, sizeof f->name, "%s", name);
	atomic_store(&f->found, true);
}

static bool trouble(gw_diag *diag, const char *path, const char *what, const char *why)
{
	gw_place at = {.path = path};
	gw_report(diag, GW_E_OUTPUT_WRITE, &at, "the archive cannot be written: %s%s", what, why);
	return false;
}

/* Of a file that is cut, whoever reads its first bytes looks at all of it. */
static bool crc_fits(int fd, const entry *m, uint64_t from, const unsigned char *bytes, size_t n)
{
	enum { STEP = 256 * 1024 };
	if (from)
		return true;
	uint32_t crc = libdeflate_crc32(0, bytes, n);
	unsigned char *room = n < m->size ? malloc(STEP) : NULL;
	for (uint64_t at = n; at < m->size;) {
		size_t step = m->size - at < STEP ? (size_t)(m->size - at) : STEP;
		if (!room || !gw_read_at(fd, room, step, at))
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
	else if ((uint64_t)st.st_size == e->size) {
		same = gw_read_at(fd, to, n, from);
		error = same ? 0 : errno;
	}
	if (!error && e->linked && !(same && crc_fits(fd, e, from, to, n))) {
		stale_note(a->stale, e->below);
		same = false;
	}
	if (fd >= 0)
		close(fd);
	if (error)
		return trouble(diag, e->below, "", strerror(error));
	if (atomic_load(&a->stale->found))
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
	if (overlap(s, content, e->size, &from, &n) && !content_read(a, e, from, s->to + (content + from - s->begin), n, diag))
		return false;
	if (overlap(s, content + e->size, padded(e->size, TAR_BLOCK) - e->size, &from, &n))
		memset(s->to + (content + e->size + from - s->begin), 0, n);
	return true;
}

/* A gw_pack_source's fill. */
static bool fill(const void *ctx, const gw_piece *piece, unsigned char *to, gw_diag *diag)
{
	const entries *in = piece->what;
	const stretch s = {to, piece->at, piece->at + piece->size};
	uint64_t end = s.begin;
	for (uint32_t i = 0; i < in->count; end = entry_end(&in->items[i++]))
		if (!entry_fill(ctx, &in->items[i], &s, diag))
			return false;
	if (end < s.end)
		memset(to + (end - s.begin), 0, (size_t)(s.end - end));
	return true;
}

static gw_status packed(archive *a, gw_writer *gz, int level, uint32_t threads, const gw_blocks *old, gw_blocks *made,
	gw_archive_info *out, gw_diag *diag)
{
	stale_file stale = {.taken = ATOMIC_FLAG_INIT};
	a->folder = open(a->name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (a->folder < 0) {
		trouble(diag, a->name, "", strerror(errno));
		return GW_FAILED;
	}
	a->stale = &stale;
	const gw_pack_source source = {&a->plan, piece_next, a, fill};
	gw_status s = gw_pack(&source, level, threads, old, made, gz, out->tar_sha256, diag);
	close(a->folder);
	snprintf(out->stale, sizeof out->stale, "%s", atomic_load(&stale.found) ? stale.name : "");
	return s;
}

gw_status gw_archive_write(const char *path, const char *folder, const char *top, const gw_roll *roll, uint64_t mtime,
	int level, uint32_t threads, const gw_blocks *old, gw_blocks *made, gw_archive_info *out, gw_diag *diag)
{
	archive a = {.name = folder, .mtime = mtime};
	gw_writer *gz = gw_writer_open(path, diag);
	if (!gz)
		return GW_FATAL;
	plan_begin(&a.plan, top, roll);
	gw_status s = packed(&a, gz, level, threads, old, made, out, diag);
	gw_status closed = gw_writer_close(gz, false, &out->gz_size, out->gz_sha256);
	if (!plan_end(&a.plan) && s == GW_OK)
		s = gw_report(diag, GW_E_INTERNAL, NULL, "the list of files cannot be read back from the temporary file");
	return s == GW_OK ? closed : s;
}
