/* A snapshot as a set of files, whether it is a folder or an archive. */
#include "read.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEPTH_MAX = 16 };

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
	if (S_ISDIR(st.st_mode) && m->tables_only && (strcmp(path, "data/documents") == 0 || strcmp(path, "data/text") == 0))
		return GW_OK;
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

static gw_status archive_open(gw_fileset *m, gw_diag *diag)
{
	m->fd = open(m->name, O_RDONLY | O_CLOEXEC);
	if (m->fd < 0)
		return broken(m, diag, strerror(errno), NULL);
	struct stat st;
	if (fstat(m->fd, &st) != 0 || !S_ISREG(st.st_mode))
		return broken(m, diag, "not a file; an archive is read in several places, which a pipe has not", NULL);
	return gw_archive_list(m, diag);
}

static void file_stream(const gw_fileset *m, const gw_fileset_file *f, gw_inflow *out)
{
	gw_arena a;
	gw_arena_init(&a);
	int fd = open(gw_path_join(&a, m->root, f->path), O_RDONLY | O_CLOEXEC);
	gw_inflow_open(out, fd, GW_PACK_NONE, 0, f->size, f->size);
	out->owns_fd = fd >= 0;
	out->problem = fd < 0 ? strerror(errno) : NULL;
	gw_arena_release(&a);
}

void gw_fileset_stream(const gw_fileset *m, const gw_fileset_file *f, gw_inflow *out)
{
	if (m->root)
		file_stream(m, f, out);
	else if (m->zip)
		gw_inflow_open(out, m->fd, f->packing, f->offset, f->offset + f->packed, f->size);
	else if (m->packing == GW_PACK_NONE)
		gw_inflow_open(out, m->fd, GW_PACK_NONE, f->offset, m->packed, f->size);
	else
		gw_inflow_resume(out, m->fd, &m->points, m->packed, f->offset, f->size);
}

gw_status gw_fileset_torn(const gw_fileset *m, const gw_fileset_file *f, const gw_inflow *in, gw_diag *diag)
{
	gw_buf what;
	gw_buf_init(&what);
	gw_buf_printf(&what, "a member cannot be read (%s)", in->problem ? in->problem : "the archive has changed");
	gw_status s = broken(m, diag, what.ptr, f->path);
	gw_buf_release(&what);
	return s;
}

static gw_status member_load(const gw_fileset *m, const gw_fileset_file *f, gw_loaded *out, gw_diag *diag)
{
	gw_inflow *in = malloc(sizeof *in);
	char *bytes = f->size < SIZE_MAX ? malloc((size_t)f->size + 1) : NULL;
	gw_status s = GW_OK;
	if (!in || !bytes) {
		s = broken(m, diag, "not enough memory for a member", f->path);
	} else {
		gw_fileset_stream(m, f, in);
		if (gw_inflow_read(in, bytes, (size_t)f->size) < f->size)
			s = gw_fileset_torn(m, f, in, diag);
		gw_inflow_close(in);
		bytes[f->size] = 0;
	}
	*out = (gw_loaded){.bytes = s == GW_OK ? bytes : "", .len = s == GW_OK ? (size_t)f->size : 0, .handle = s == GW_OK ? bytes : NULL};
	if (s != GW_OK)
		free(bytes);
	free(in);
	return s;
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

static gw_status fileset_open(gw_fileset *m, const char *snapshot, bool tables_only, gw_diag *diag)
{
	memset(m, 0, sizeof *m);
	m->tables_only = tables_only;
	gw_arena_init(&m->arena);
	m->lock = m->fd = -1;
	m->name = gw_arena_printf(&m->arena, "%s", snapshot);
	gw_status status;
	if (!gw_path_exists(snapshot)) {
		gw_place at = {.path = snapshot};
		status = gw_report(diag, GW_E_SNAPSHOT_NONE, &at, "no such snapshot or archive");
	} else if (gw_path_is_dir(snapshot)) {
		m->name = folder_of(m, snapshot);
		status = folder_open(m, diag);
	} else {
		status = archive_open(m, diag);
	}
	if (m->items.count)
		qsort(m->items.items, m->items.count, sizeof *m->items.items, by_path);
	return status == GW_OK ? twice_refused(m, diag) : status;
}

gw_status gw_fileset_open(gw_fileset *m, const char *snapshot, gw_diag *diag)
{
	return fileset_open(m, snapshot, false, diag);
}

gw_status gw_fileset_open_tables(gw_fileset *m, const char *snapshot, gw_diag *diag)
{
	return fileset_open(m, snapshot, true, diag);
}

void gw_fileset_close(gw_fileset *m)
{
	if (m->fd >= 0)
		close(m->fd);
	gw_points_release(&m->points);
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
	if (!m->root)
		return member_load(m, f, out, diag);
	gw_arena a;
	gw_arena_init(&a);
	gw_status s = gw_file_load(gw_path_join(&a, m->root, f->path), UINT64_MAX, out, diag);
	gw_arena_release(&a);
	return s;
}

gw_status gw_fileset_map(const gw_fileset *m, const gw_fileset_file *f, gw_loaded *out, gw_diag *diag)
{
	if (!m->root)
		return member_load(m, f, out, diag);
	gw_arena a;
	gw_arena_init(&a);
	gw_status s = gw_file_map(gw_path_join(&a, m->root, f->path), out, diag);
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
		gw_loaded file;
		status = gw_fileset_load(m, f, &file, diag);
		if (status == GW_OK)
			status = gw_file_replace(gw_path_join(&m->arena, dir, f->path + sizeof below - 1), file.bytes, file.len, diag);
		gw_file_unload(&file);
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
