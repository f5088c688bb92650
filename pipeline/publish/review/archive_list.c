/* What an archive holds: its members with sizes, places and hashes. TAR plain or gzipped, and ZIP, as this program and its
 * older versions have written them and as others pack such a snapshot again. */
#include "read.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { TAR_BLOCK = 512, STEP = 256 * 1024 };

typedef struct lister {
	gw_fileset *m;
	gw_diag *diag;
	gw_inflow in;
	char step[STEP];
} lister;

static gw_status broken(const lister *l, const char *what, const char *path)
{
	gw_place at = {.path = l->m->name};
	return gw_report(l->diag, GW_E_SNAPSHOT, &at, "%s%s%s", what, path ? ": " : "", path ? path : "");
}

static gw_status torn(const lister *l, const char *otherwise, const char *path)
{
	if (!l->in.problem)
		return broken(l, otherwise, path);
	gw_place at = {.path = l->m->name};
	return gw_report(l->diag, GW_E_SNAPSHOT, &at, "the archive cannot be inflated: %s", l->in.problem);
}

/* ---- names ---- */

/* Every part is a plain name: none leads up or out, none could be taken for another. */
static bool name_good(const char *path)
{
	for (const char *p = path; *p;) {
		size_t n = strcspn(p, "/");
		if (n == 0 || (n == 1 && p[0] == '.') || (n == 2 && p[0] == '.' && p[1] == '.'))
			return false;
		for (size_t i = 0; i < n; i++)
			if ((unsigned char)p[i] < 0x20 || p[i] == 0x7F || p[i] == '\\')
				return false;
		p += n;
		p += *p == '/';
	}
	return *path && *path != '/';
}

/* All members stand in one top folder, whose name is left out of their paths. NULL for what does not. */
static const char *below_top(gw_fileset *m, const char *path)
{
	const char *slash = strchr(path, '/');
	if (!slash || !name_good(path) || path[0] == '.')
		return NULL;
	size_t n = (size_t)(slash - path);
	if (!m->top)
		m->top = gw_arena_printf(&m->arena, "%.*s", (int)n, path);
	return strlen(m->top) == n && memcmp(m->top, path, n) == 0 ? slash + 1 : NULL;
}

/* ---- contents ---- */

/* Reads a member to its end. */
static gw_status content_hash(lister *l, gw_inflow *in, gw_fileset_file *f, uint32_t *crc)
{
	gw_sha256 hash;
	char *hex = gw_arena_alloc(&l->m->arena, 65);
	uLong sum = crc32(0, NULL, 0);
	uint64_t left = f->size;
	gw_sha256_init(&hash);
	for (size_t n; left && (n = gw_inflow_read(in, l->step, left < STEP ? (size_t)left : STEP)) > 0;) {
		gw_sha256_add(&hash, l->step, n);
		if (crc)
			sum = crc32(sum, (const Bytef *)l->step, (uInt)n);
		left -= n;
	}
	gw_sha256_hex(&hash, hex);
	f->sha256 = hex;
	if (crc)
		*crc = (uint32_t)sum;
	return left ? torn(l, "the archive ends within a member", f->path) : GW_OK;
}

/* ---- tar ---- */

/* A gap in a number (blanks before it, NUL or blank behind it) is what the format allows. */
static bool octal(const char *field, size_t n, uint64_t *out)
{
	size_t i = 0;
	*out = 0;
	while (i < n && field[i] == ' ')
		i++;
	size_t first = i;
	for (; i < n && field[i] >= '0' && field[i] <= '7'; i++)
		*out = *out << 3 | (uint64_t)(field[i] - '0');
	return i > first && (i == n || field[i] == 0 || field[i] == ' ');
}

static bool header_sound(const char *h)
{
	uint64_t said, sum = 0;
	for (size_t i = 0; i < TAR_BLOCK; i++)
		sum += i >= 148 && i < 156 ? ' ' : (unsigned char)h[i];
	return octal(h + 148, 8, &said) && said == sum && memcmp(h + 257, "ustar", 5) == 0;
}

static bool all_zero(const char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (bytes[i])
			return false;
	return true;
}

static const char *header_path(gw_arena *a, const char *h)
{
	int name = (int)strnlen(h, 100), prefix = (int)strnlen(h + 345, 155);
	if (prefix)
		return gw_arena_printf(a, "%.*s/%.*s", prefix, h + 345, name, h);
	return gw_arena_printf(a, "%.*s", name, h);
}

static gw_status tar_member(lister *l, const char *h)
{
	gw_fileset *m = l->m;
	uint64_t size;
	if (!header_sound(h) || !octal(h + 124, 12, &size))
		return broken(l, m->top ? "a damaged header in the archive" : "neither a folder nor an archive", NULL);
	const char *path = header_path(&m->arena, h), *below = below_top(m, path);
	if (!below)
		return broken(l, "a member outside the archive's one top folder, or with a name that is not safe", path);
	if (h[156] == '5')
		return GW_OK;
	if (h[156] != '0' && h[156] != 0)
		return broken(l, "a member that is neither a folder nor a file", path);
	gw_fileset_file *f = GW_PUSH(&m->arena, &m->items);
	*f = (gw_fileset_file){.path = below, .size = size, .offset = l->in.plain};
	gw_status s = content_hash(l, &l->in, f, NULL);
	size_t padding = (size_t)(-size % TAR_BLOCK);
	if (s == GW_OK && gw_inflow_read(&l->in, l->step, padding) < padding)
		s = torn(l, "the archive ends within a member", path);
	return s;
}

/* Behind the end mark there are zeros only; to the end, so that its checksums are seen. */
static gw_status tar_rest(lister *l)
{
	for (size_t n; (n = gw_inflow_read(&l->in, l->step, STEP)) > 0;)
		if (!all_zero(l->step, n))
			return broken(l, "something stands behind the archive's end mark", NULL);
	return l->in.problem ? torn(l, NULL, NULL) : GW_OK;
}

static gw_status tar_list(lister *l)
{
	gw_fileset *m = l->m;
	gw_status s = GW_OK;
	char h[TAR_BLOCK];
	gw_inflow_open(&l->in, m->fd, m->packing, 0, m->packed, UINT64_MAX);
	l->in.points = &m->points;
	while (s == GW_OK) {
		size_t n = gw_inflow_read(&l->in, h, TAR_BLOCK);
		if (n < TAR_BLOCK)
			s = torn(l, m->top ? "the archive ends without its end mark" : "neither a folder nor an archive", NULL);
		else if (all_zero(h, TAR_BLOCK))
			break;
		else
			s = tar_member(l, h);
	}
	if (s == GW_OK)
		s = m->top ? tar_rest(l) : broken(l, "the archive is empty", NULL);
	gw_inflow_close(&l->in);
	return s;
}

/* ---- ZIP (APPNOTE 6.3) ---- */

enum { ZIP_LOCAL = 0x04034b50, ZIP_CENTRAL = 0x02014b50, ZIP_END = 0x06054b50, ZIP_END64 = 0x06064b50, ZIP_LOCATOR = 0x07064b50 };
enum { LOCAL_LEN = 30, CENTRAL_LEN = 46, END_LEN = 22, END64_LEN = 56, LOCATOR_LEN = 20, COMMENT_MAX = 65535 };

static uint64_t little(const char *p, int n)
{
	uint64_t v = 0;
	for (int i = n; i-- > 0;)
		v = v << 8 | (unsigned char)p[i];
	return v;
}

static bool read_at(const lister *l, void *to, size_t n, uint64_t at)
{
	if (at > l->m->packed || n > l->m->packed - at)
		return false;
	return gw_read_at(l->m->fd, to, n, at);
}

typedef struct directory {
	uint64_t at, size, count;
} directory;

/* The record at the end says where the directory is; where numbers are too large for it, a second one does. */
static bool directory_find(lister *l, directory *d)
{
	uint64_t tail = l->m->packed < END_LEN + COMMENT_MAX ? l->m->packed : END_LEN + COMMENT_MAX, base = l->m->packed - tail;
	char *e = NULL, end64[END64_LEN];
	if (tail < END_LEN || !read_at(l, l->step, (size_t)tail, base))
		return false;
	for (size_t i = (size_t)tail - END_LEN + 1; i-- > 0 && !e;)
		if (little(l->step + i, 4) == ZIP_END && little(l->step + i + 20, 2) == tail - END_LEN - i)
			e = l->step + i;
	if (!e)
		return false;
	*d = (directory){.at = little(e + 16, 4), .size = little(e + 12, 4), .count = little(e + 10, 2)};
	if (d->at != UINT32_MAX && d->size != UINT32_MAX && d->count != UINT16_MAX)
		return true;
	if (e - l->step < LOCATOR_LEN || little(e - LOCATOR_LEN, 4) != ZIP_LOCATOR)
		return d->count == UINT16_MAX && d->at != UINT32_MAX;
	if (!read_at(l, end64, END64_LEN, little(e - LOCATOR_LEN + 8, 8)) || little(end64, 4) != ZIP_END64)
		return false;
	*d = (directory){.at = little(end64 + 48, 8), .size = little(end64 + 40, 8), .count = little(end64 + 32, 8)};
	return true;
}

/* Sizes and offset of an entry; those that are too large for their fields stand in an extra field, in this order. */
static void wide_numbers(const char *entry, uint64_t *size, uint64_t *packed, uint64_t *offset)
{
	uint64_t *const wide[] = {size, packed, offset};
	const char *p = entry + CENTRAL_LEN + little(entry + 28, 2), *end = p + little(entry + 30, 2);
	*packed = little(entry + 20, 4);
	*size = little(entry + 24, 4);
	*offset = little(entry + 42, 4);
	for (; end - p >= 4 && (size_t)(end - p - 4) >= little(p + 2, 2); p += 4 + little(p + 2, 2)) {
		const char *v = p + 4, *stop = v + little(p + 2, 2);
		for (int i = 0; little(p, 2) == 1 && i < 3; i++) {
			if (*wide[i] == UINT32_MAX && stop - v >= 8) {
				*wide[i] = little(v, 8);
				v += 8;
			}
		}
	}
}

/* Where the bytes begin is told by the header before them, which must speak of the same file. */
static bool local_header(const lister *l, const char *path, uint64_t *offset)
{
	char h[LOCAL_LEN], *name;
	size_t n = strlen(path);
	if (!read_at(l, h, LOCAL_LEN, *offset) || little(h, 4) != ZIP_LOCAL || little(h + 26, 2) != n)
		return false;
	name = gw_arena_alloc(&l->m->arena, n + 1);
	if (!read_at(l, name, n, *offset + LOCAL_LEN) || memcmp(name, path, n) != 0)
		return false;
	*offset += LOCAL_LEN + n + little(h + 28, 2);
	return true;
}

static gw_status zip_member(lister *l, const char *entry)
{
	enum { ENCRYPTED = 1, STORED = 0, DEFLATED = 8, TYPE = 0170000, FILE_TYPE = 0100000, FOLDER_TYPE = 0040000 };
	gw_fileset *m = l->m;
	const char *path = gw_arena_printf(&m->arena, "%.*s", (int)little(entry + 28, 2), entry + CENTRAL_LEN), *below;
	gw_fileset_file f = {0};
	uint64_t method = little(entry + 10, 2), type = little(entry + 40, 2) & TYPE;
	wide_numbers(entry, &f.size, &f.packed, &f.offset);
	if (strlen(path) != little(entry + 28, 2) || !(below = below_top(m, path)))
		return broken(l, "a member outside the archive's one top folder, or with a name that is not safe", path);
	if ((little(entry + 8, 2) & ENCRYPTED) || (method != STORED && method != DEFLATED) ||
		(type && type != FILE_TYPE && type != FOLDER_TYPE))
		return broken(l, "a member that is neither a folder nor a file, or packed in a way not known here", path);
	if (path[strlen(path) - 1] == '/')
		return GW_OK;
	if (!local_header(l, path, &f.offset) || f.offset > m->packed || f.packed > m->packed - f.offset)
		return broken(l, "a damaged header in the archive", path);
	f.path = below;
	f.packing = method == STORED ? GW_PACK_NONE : GW_PACK_DEFLATE;
	gw_fileset_stream(m, &f, &l->in);
	uint32_t crc = 0;
	gw_status s = content_hash(l, &l->in, &f, &crc);
	char more;
	l->in.left = 1; /* nothing but the declared bytes may come out */
	if (s == GW_OK && (crc != little(entry + 16, 4) || gw_inflow_read(&l->in, &more, 1) || l->in.problem))
		s = broken(l, "a member's checksum or size is wrong", path);
	gw_inflow_close(&l->in);
	*GW_PUSH(&m->arena, &m->items) = f;
	return s;
}

static gw_status zip_list(lister *l)
{
	directory d;
	if (!directory_find(l, &d) || d.at > l->m->packed || d.size > l->m->packed - d.at)
		return broken(l, "the archive's directory cannot be found; is it cut short?", NULL);
	char *bytes = gw_arena_alloc(&l->m->arena, (size_t)d.size + 1);
	if (!read_at(l, bytes, (size_t)d.size, d.at))
		return broken(l, "the archive's directory cannot be read", NULL);
	gw_status s = GW_OK;
	uint64_t at = 0, count = 0;
	while (s == GW_OK && d.size - at >= CENTRAL_LEN && little(bytes + at, 4) == ZIP_CENTRAL) {
		const char *e = bytes + at;
		uint64_t n = CENTRAL_LEN + little(e + 28, 2) + little(e + 30, 2) + little(e + 32, 2);
		if (n > d.size - at)
			break;
		s = zip_member(l, e);
		at += n;
		count++;
	}
	if (s == GW_OK && (at != d.size || count != d.count))
		s = broken(l, "the archive's directory is damaged", NULL);
	return s == GW_OK && !l->m->top ? broken(l, "the archive is empty", NULL) : s;
}

/* ---- both ---- */

gw_status gw_archive_list(gw_fileset *m, gw_diag *diag)
{
	lister *l = calloc(1, sizeof *l);
	if (!l)
		abort();
	char head[4] = {0};
	off_t size = lseek(m->fd, 0, SEEK_END);
	l->m = m;
	l->diag = diag;
	m->packed = size > 0 ? (uint64_t)size : 0;
	if (!read_at(l, head, sizeof head, 0) && m->packed >= sizeof head) {
		gw_status s = broken(l, strerror(errno), NULL);
		free(l);
		return s;
	}
	m->zip = little(head, 4) == ZIP_LOCAL || little(head, 4) == ZIP_END;
	m->packing = memcmp(head, "\x1f\x8b", 2) == 0 ? GW_PACK_GZIP : GW_PACK_NONE;
	gw_status s = m->zip ? zip_list(l) : tar_list(l);
	free(l);
	return s;
}
