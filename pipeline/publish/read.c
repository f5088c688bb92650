/* A snapshot as a set of files, whether it is a folder or an archive. */
#include "read.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { TAR_BLOCK = 512, DEPTH_MAX = 16 };

static gw_status broken(const gw_fileset *m, gw_diag *diag, const char *what, const char *path)
{
	gw_place at = {.path = m->name};
	return gw_report(diag, GW_E_SNAPSHOT, &at, "%s%s%s", what, path ? ": " : "", path ? path : "");
}

/* ---- folders ---- */

static gw_status folder_list(gw_fileset *m, const char *below, unsigned depth, gw_diag *diag);

static gw_status entry_add(gw_fileset *m, const char *path, unsigned depth, gw_diag *diag)
{
	struct stat st;
	if (lstat(gw_path_join(&m->arena, m->root, path), &st) != 0)
		return broken(m, diag, strerror(errno), path);
	if (S_ISDIR(st.st_mode))
		return folder_list(m, path, depth + 1, diag);
	if (!S_ISREG(st.st_mode))
		return broken(m, diag, "a snapshot holds folders and regular files only", path);
	*GW_PUSH(&m->arena, &m->items) = (gw_fileset_file){.path = path, .size = (uint64_t)st.st_size};
	return GW_OK;
}

static gw_status folder_list(gw_fileset *m, const char *below, unsigned depth, gw_diag *diag)
{
	if (depth > DEPTH_MAX)
		return broken(m, diag, "folders are nested too deep", below);
	DIR *dir = opendir(gw_path_join(&m->arena, m->root, below));
	if (!dir)
		return broken(m, diag, strerror(errno), below);
	gw_status status = GW_OK;
	for (struct dirent *e; (e = readdir(dir)) != NULL;) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		gw_status s = entry_add(m, gw_path_join(&m->arena, below, e->d_name), depth, diag);
		status = s > status ? s : status;
	}
	closedir(dir);
	return status;
}

/* ---- archives ---- */

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

static bool all_zero(const char *block)
{
	for (size_t i = 0; i < TAR_BLOCK; i++)
		if (block[i])
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

/* All members stand in one top folder, whose name is left out of their paths. NULL for what does not. */
static const char *below_top(gw_fileset *m, const char *path, const char **top)
{
	const char *slash = strchr(path, '/');
	if (!slash || slash == path || strstr(path, "..") || strstr(path, "//"))
		return NULL;
	size_t n = (size_t)(slash - path);
	if (!*top)
		*top = gw_arena_printf(&m->arena, "%.*s", (int)n, path);
	return strlen(*top) == n && memcmp(*top, path, n) == 0 ? slash + 1 : NULL;
}

static gw_status archive_list(gw_fileset *m, gw_diag *diag)
{
	const char *top = NULL;
	size_t at = 0;
	while (at + TAR_BLOCK <= m->tar.len) {
		const char *h = m->tar.bytes + at;
		uint64_t size;
		if (all_zero(h))
			return top ? GW_OK : broken(m, diag, "the archive is empty", NULL);
		if (!header_sound(h) || !octal(h + 124, 12, &size))
			return broken(m, diag, at ? "a damaged header in the archive" : "neither a folder nor a tar archive", NULL);
		const char *path = header_path(&m->arena, h), *below = below_top(m, path, &top);
		if (!below)
			return broken(m, diag, "a member outside the archive's one top folder", path);
		at += TAR_BLOCK;
		if (h[156] == '5')
			continue;
		if (h[156] != '0' && h[156] != 0)
			return broken(m, diag, "a member that is neither a folder nor a file", path);
		if (size > m->tar.len - at)
			return broken(m, diag, "the archive ends within a member", path);
		*GW_PUSH(&m->arena, &m->items) = (gw_fileset_file){.path = below, .size = size, .offset = at};
		at += (size_t)((size + TAR_BLOCK - 1) / TAR_BLOCK * TAR_BLOCK);
	}
	return broken(m, diag, "the archive ends without its end mark", NULL);
}

/* Inflates (plain files pass through) into `fd`. */
static gw_status inflate_to(const gw_fileset *m, gzFile gz, int fd, gw_diag *diag)
{
	static const unsigned room = 256 * 1024;
	char *block = malloc(room);
	gw_status status = block ? GW_OK : broken(m, diag, "out of memory", NULL);
	while (status == GW_OK) {
		int n = gzread(gz, block, room);
		if (n < 0) {
			int code;
			status = broken(m, diag, "the archive cannot be inflated", gzerror(gz, &code));
		}
		if (n <= 0)
			break;
		for (ssize_t done = 0, did; done < n; done += did) {
			did = write(fd, block + done, (size_t)(n - done));
			if (did < 0 && errno == EINTR)
				did = 0;
			if (did < 0) {
				gw_place at = {.path = "TMPDIR"};
				status = gw_report(diag, GW_E_OUTPUT_WRITE, &at, "no room for the inflated archive: %s", strerror(errno));
				break;
			}
		}
	}
	free(block);
	return status;
}

/* The temporary file has a name only until it is opened, so nothing can be left behind. */
static gw_status archive_load(gw_fileset *m, const char *path, gw_diag *diag)
{
	const char *tmp = getenv("TMPDIR");
	char *name = gw_arena_printf(&m->arena, "%s/gongwen-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	gzFile gz = gzopen(path, "rb");
	if (!gz)
		return broken(m, diag, strerror(errno), NULL);
	int fd = mkstemp(name);
	gw_status status;
	if (fd < 0) {
		gw_place at = {.path = name};
		status = gw_report(diag, GW_E_OUTPUT_WRITE, &at, "no temporary file: %s", strerror(errno));
	} else {
		status = inflate_to(m, gz, fd, diag);
		close(fd);
		if (status == GW_OK)
			status = gw_file_load(name, UINT64_MAX, &m->tar, diag);
		unlink(name);
	}
	/* A stream cut short shows only here. */
	if (gzclose_r(gz) != Z_OK && status == GW_OK)
		status = broken(m, diag, "the archive is cut short", NULL);
	return status == GW_OK ? archive_list(m, diag) : status;
}

/* ---- both ---- */

static int by_path(const void *a, const void *b)
{
	return strcmp(((const gw_fileset_file *)a)->path, ((const gw_fileset_file *)b)->path);
}

static const char *folder_of(gw_fileset *m, const char *snapshot)
{
	char *latest = gw_path_join(&m->arena, snapshot, "latest");
	bool dataset = !gw_path_is_dir(gw_path_join(&m->arena, snapshot, "data")) && gw_path_is_dir(latest);
	return dataset ? latest : gw_arena_printf(&m->arena, "%s", snapshot);
}

/* Where a link leads, named from where we stand as the link was. */
static const char *link_followed(gw_arena *a, const char *path)
{
	enum { LINKS_MAX = 8 };
	char target[4096];
	ssize_t n = (ssize_t)strlen(path);
	while (n > 1 && path[n - 1] == '/') /* a link with a slash behind it is followed before it is looked at */
		n--;
	path = gw_arena_printf(a, "%.*s", (int)n, path);
	for (int i = 0; i < LINKS_MAX && (n = readlink(path, target, sizeof target - 1)) > 0; i++) {
		target[n] = 0;
		path = gw_path_join(a, gw_path_dir(a, path), target);
	}
	return path;
}

/* Between finding the folder and locking it, it may be removed, and `latest` may lead to another one. */
static gw_status folder_open(gw_fileset *m, gw_diag *diag)
{
	enum { TRIES = 5 };
	gw_place at = {.path = m->name};
	for (int i = 0; i < TRIES; i++) {
		struct stat there, held;
		m->root = link_followed(&m->arena, m->name);
		m->lock = gw_dir_lock(m->root, true);
		if (m->lock >= 0 && stat(m->root, &there) == 0 && fstat(m->lock, &held) == 0 && there.st_ino == held.st_ino)
			return folder_list(m, "", 0, diag);
		if (m->lock == -1)
			return broken(m, diag, strerror(errno), NULL);
		gw_lock_drop(m->lock);
		m->lock = -1;
	}
	return gw_report(diag, GW_E_SNAPSHOT_NONE, &at, "the snapshot has just been removed");
}

static gw_status twice_refused(const gw_fileset *m, gw_diag *diag)
{
	for (uint32_t i = 1; i < m->items.count; i++)
		if (strcmp(m->items.items[i - 1].path, m->items.items[i].path) == 0)
			return broken(m, diag, "a member stands twice", m->items.items[i].path);
	return GW_OK;
}

gw_status gw_fileset_open(gw_fileset *m, const char *snapshot, gw_diag *diag)
{
	memset(m, 0, sizeof *m);
	gw_arena_init(&m->arena);
	m->tar.bytes = "";
	m->lock = -1;
	m->name = gw_arena_printf(&m->arena, "%s", snapshot);
	gw_status status;
	if (!gw_path_exists(snapshot)) {
		gw_place at = {.path = snapshot};
		status = gw_report(diag, GW_E_SNAPSHOT_NONE, &at, "no such snapshot or archive");
	} else if (gw_path_is_dir(snapshot)) {
		m->name = folder_of(m, snapshot);
		status = folder_open(m, diag);
	} else {
		status = archive_load(m, snapshot, diag);
	}
	if (m->items.count)
		qsort(m->items.items, m->items.count, sizeof *m->items.items, by_path);
	return status == GW_OK ? twice_refused(m, diag) : status;
}

void gw_fileset_close(gw_fileset *m)
{
	gw_file_unload(&m->tar);
	gw_lock_drop(m->lock);
	gw_arena_release(&m->arena);
}

const gw_fileset_file *gw_fileset_find(const gw_fileset *m, const char *path)
{
	gw_fileset_file want = {.path = path};
	return m->items.count ? bsearch(&want, m->items.items, m->items.count, sizeof want, by_path) : NULL;
}

gw_status gw_fileset_load(const gw_fileset *m, const gw_fileset_file *f, gw_loaded *out, gw_diag *diag)
{
	if (!m->root) { /* a slice of the archive: gw_file_unload has nothing to free */
		*out = (gw_loaded){.bytes = m->tar.bytes + f->offset, .len = (size_t)f->size};
		return GW_OK;
	}
	gw_arena a;
	gw_arena_init(&a);
	gw_status s = gw_file_load(gw_path_join(&a, m->root, f->path), UINT64_MAX, out, diag);
	gw_arena_release(&a);
	return s;
}

const char *gw_fileset_shown(gw_fileset *m, const char *path)
{
	return gw_path_join(&m->arena, m->name, path);
}

/* ---- schemas ---- */

/* The loader of schemas reads folders; those of an archive are put into one for a moment. */
static const gw_schema *schema_by_copy(gw_fileset *m, gw_diag *diag)
{
	static const char below[] = "data/schemas/";
	const char *tmp = getenv("TMPDIR");
	char *dir = gw_arena_printf(&m->arena, "%s/gongwen-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	if (!mkdtemp(dir)) {
		broken(m, diag, "no temporary folder for the schemas", strerror(errno));
		return NULL;
	}
	gw_status status = GW_OK;
	for (uint32_t i = 0; i < m->items.count && status == GW_OK; i++) {
		const gw_fileset_file *f = &m->items.items[i];
		if (strncmp(f->path, below, sizeof below - 1) != 0 || strchr(f->path + sizeof below - 1, '/'))
			continue;
		char *to = gw_path_join(&m->arena, dir, f->path + sizeof below - 1);
		status = gw_file_replace(to, m->tar.bytes + f->offset, (size_t)f->size, diag);
	}
	const gw_schema *schema = status == GW_OK ? gw_schema_load(&m->arena, dir, NULL, diag) : NULL;
	gw_dir_remove(dir, diag);
	return schema;
}

const gw_schema *gw_fileset_schema(gw_fileset *m, gw_diag *diag)
{
	if (m->root)
		return gw_schema_load(&m->arena, gw_path_join(&m->arena, m->root, "data/schemas"), NULL, diag);
	return schema_by_copy(m, diag);
}
