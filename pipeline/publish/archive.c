/* The bag as one file: ustar as GNU tar writes it, packed by libdeflate.
 *
 * Made equal byte for byte to
 *   LC_ALL=C tar --format=ustar --sort=name --mtime=@E --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX
 * so that anybody can make it again. Nothing volatile goes in: no clock, no owner, no name in the gzip headers.
 *
 * Packing is much of the work of a commit, so blocks of fixed size are packed side by side, each a gzip member of its
 * own; RFC 1952 (2.2) joins members by writing one behind the other. The cuts lie at fixed offsets: the bytes do not
 * depend on the number of threads. */
#include "publisher.h"

#include <errno.h>
#include <fcntl.h>
#include <libdeflate.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

enum { TAR_BLOCK = 512, TAR_RECORD = 10240, NAME_MAX_LEN = 100, PREFIX_MAX_LEN = 155 };
enum { BLOCK = 1 << 20, BLOCKS = 8 };
#define SIZE_LIMIT (UINT64_C(1) << 33) /* eleven octal digits */

/* ---- deflating ---- */

typedef struct block {
	struct libdeflate_compressor *compressor; /* made when the block is first used */
	const unsigned char *in;
	size_t in_len;
	gw_buf out;
	int level;
	bool failed;
	pthread_t thread;
	bool running;
} block;

static void *block_deflate(void *arg)
{
	block *b = arg;
	if (!b->compressor)
		b->compressor = libdeflate_alloc_compressor(b->level);
	if (!b->compressor) {
		b->failed = true;
		return NULL;
	}
	size_t room = libdeflate_gzip_compress_bound(b->compressor, b->in_len);
	gw_buf_clear(&b->out);
	b->out.len = libdeflate_gzip_compress(b->compressor, b->in, b->in_len, gw_buf_reserve(&b->out, room), room);
	b->failed = b->out.len == 0;
	return NULL;
}

typedef struct packer {
	gw_writer *gz;
	gw_sha256 tar_hash;
	unsigned char *room; /* BLOCKS blocks */
	size_t used;
	uint64_t total;
	uint32_t threads;
	bool failed;
	block blocks[BLOCKS];
} packer;

static void packer_open(packer *p, gw_arena *a, gw_writer *gz, int level)
{
	memset(p, 0, sizeof *p);
	p->gz = gz;
	p->room = gw_arena_alloc(a, (size_t)BLOCKS * BLOCK);
	p->threads = gw_cores();
	for (int i = 0; i < BLOCKS; i++)
		p->blocks[i].level = level;
	gw_sha256_init(&p->tar_hash);
}

static void packer_release(packer *p)
{
	for (int i = 0; i < BLOCKS; i++) {
		libdeflate_free_compressor(p->blocks[i].compressor);
		gw_buf_release(&p->blocks[i].out);
	}
}

/* Packs what is gathered; the hash of the plain bytes is taken meanwhile. */
static void pack(packer *p)
{
	int count = (int)((p->used + BLOCK - 1) / BLOCK);
	for (int i = 0; i < count; i++) {
		block *b = &p->blocks[i];
		size_t at = (size_t)i * BLOCK;
		b->in = p->room + at;
		b->in_len = p->used - at < BLOCK ? p->used - at : BLOCK;
		b->running = p->threads > 1 && pthread_create(&b->thread, NULL, block_deflate, b) == 0;
	}
	gw_sha256_add(&p->tar_hash, p->room, p->used);
	for (int i = 0; i < count; i++) {
		block *b = &p->blocks[i];
		if (b->running)
			pthread_join(b->thread, NULL);
		else
			block_deflate(b);
		p->failed = p->failed || b->failed;
		gw_writer_put(p->gz, b->out.ptr, b->out.len);
	}
	p->used = 0;
}

static void put(packer *p, const void *bytes, size_t n)
{
	const char *from = bytes;
	p->total += n;
	while (n) {
		size_t room = (size_t)BLOCKS * BLOCK - p->used, take = n < room ? n : room;
		memcpy(p->room + p->used, from, take);
		p->used += take;
		from += take;
		n -= take;
		if (p->used == (size_t)BLOCKS * BLOCK)
			pack(p);
	}
}

static void put_zeros(packer *p, size_t n)
{
	static const char zeros[TAR_BLOCK];
	for (; n; n -= n < TAR_BLOCK ? n : TAR_BLOCK)
		put(p, zeros, n < TAR_BLOCK ? n : TAR_BLOCK);
}

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

static bool header_put(packer *p, const char *path, uint64_t size, uint64_t mtime, bool folder)
{
	char h[TAR_BLOCK] = {0};
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
	put(p, h, TAR_BLOCK);
	return true;
}

/* ---- members ---- */

typedef struct entry {
	const char *path; /* with the top folder; a folder ends with '/' */
	const char *below; /* without it; NULL for a folder */
	uint64_t size;
} entry;

typedef GW_LIST(entry) entries;

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

static void entries_make(gw_arena *a, const char *top, const gw_members *files, uint32_t list_count, entries *out)
{
	gw_map seen;
	gw_map_init(&seen, a);
	for (uint32_t i = 0; i < list_count; i++) {
		for (uint32_t j = 0; j < files[i].count; j++) {
			const gw_member *m = &files[i].items[j];
			char *path = gw_arena_printf(a, "%s/%s", top, m->path);
			folders_add(a, out, &seen, path);
			*GW_PUSH(a, out) = (entry){path, m->path, m->size};
		}
	}
	qsort(out->items, out->count, sizeof *out->items, by_walk);
}

static gw_status trouble(gw_diag *diag, const char *path, const char *what, const char *why)
{
	gw_place at = {.path = path};
	return gw_report(diag, GW_E_OUTPUT_WRITE, &at, "the archive cannot be written: %s%s", what, why);
}

/* A file's bytes, checked against the size in its header: it must not have changed since it was written. */
static gw_status content_put(packer *p, const char *path, uint64_t size, char *step, size_t step_size, gw_diag *diag)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	uint64_t done = 0;
	ssize_t n = 0;
	while (fd >= 0 && ((n = read(fd, step, step_size)) > 0 || (n < 0 && errno == EINTR))) {
		if (n < 0)
			continue;
		put(p, step, (size_t)n);
		done += (uint64_t)n;
	}
	int error = errno;
	if (fd >= 0)
		close(fd);
	if (fd < 0 || n < 0)
		return trouble(diag, path, "", strerror(error));
	if (done != size)
		return trouble(diag, path, "the file has changed while it was packed", "");
	put_zeros(p, (size_t)(-size % TAR_BLOCK));
	return GW_OK;
}

static gw_status entries_put(packer *p, const char *folder, const entries *list, uint64_t mtime, gw_arena *a, gw_diag *diag)
{
	enum { STEP = 256 * 1024 };
	char *step = gw_arena_alloc(a, STEP);
	gw_status s = GW_OK;
	for (uint32_t i = 0; s == GW_OK && i < list->count; i++) {
		const entry *e = &list->items[i];
		if (!header_put(p, e->path, e->size, mtime, !e->below))
			return trouble(diag, e->path, "the ustar format cannot hold a path so long or a file of 8 GiB", "");
		if (e->below)
			s = content_put(p, gw_path_join(a, folder, e->below), e->size, step, STEP, diag);
		if (!gw_writer_ok(p->gz))
			return GW_FATAL;
	}
	put_zeros(p, 2 * TAR_BLOCK);
	put_zeros(p, (size_t)((TAR_RECORD - p->total % TAR_RECORD) % TAR_RECORD));
	return s;
}

static gw_status packed(packer *p, const char *folder, const entries *list, uint64_t mtime, gw_arena *a, gw_diag *diag)
{
	gw_status s = entries_put(p, folder, list, mtime, a, diag);
	pack(p);
	if (s == GW_OK && p->failed)
		s = trouble(diag, NULL, "not enough memory to pack it", "");
	return s;
}

gw_status gw_archive_write(const char *path, const char *folder, const char *top, const gw_members *files, uint32_t list_count,
	uint64_t mtime, int level, gw_archive_info *out, gw_diag *diag)
{
	gw_arena arena;
	gw_arena_init(&arena);
	entries list = {0};
	entries_make(&arena, top, files, list_count, &list);
	gw_writer *gz = gw_writer_open(path, diag);
	gw_status s = GW_FATAL;
	if (gz) {
		packer p;
		packer_open(&p, &arena, gz, level);
		s = packed(&p, folder, &list, mtime, &arena, diag);
		gw_sha256_hex(&p.tar_hash, out->tar_sha256);
		gw_status closed = gw_writer_close(gz, true, &out->gz_size, out->gz_sha256);
		s = s == GW_OK ? closed : s;
		packer_release(&p);
	}
	gw_arena_release(&arena);
	return s;
}
