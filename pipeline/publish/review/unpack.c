/* From an archive back to a folder.
 *
 * The bag in the archive is verified first, from the hashes that listing it has given. Then its members are written to a
 * folder .tmp-…, hashed again on the way, synced, and renamed. Names were looked at when the archive was listed: each
 * part is plain, so nothing can land outside the new folder, in which there are no links. */
#include "verify.h"
#include "gw/publish.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct unpacker {
	gw_fileset *m;
	gw_diag *diag;
	const char *folder, *building, *target;
	gw_map folders; /* made already */
	gw_inflow in;
	char step[256 * 1024];
} unpacker;

static gw_status trouble(gw_diag *diag, const char *path, const char *what, int error)
{
	gw_place at = {.path = path};
	return gw_report(diag, GW_E_OUTPUT_WRITE, &at, "%s%s%s", what, error ? ": " : "", error ? strerror(error) : "");
}

/* ---- one member ---- */

static gw_status folder_make(unpacker *u, const char *path)
{
	const char *slash = strrchr(path, '/');
	gw_str name = {path, slash ? (uint32_t)(slash - path) : 0};
	uint32_t *made = gw_map_put(&u->folders, name);
	if (!slash || *made != GW_NONE)
		return GW_OK;
	*made = 1;
	return gw_dir_make(gw_path_join(&u->m->arena, u->building, gw_arena_str(&u->m->arena, name).ptr), u->diag);
}

static gw_status member_write(unpacker *u, const gw_fileset_file *f, gw_writer *w)
{
	uint64_t done = 0;
	gw_fileset_stream(u->m, f, &u->in);
	for (size_t n; done < f->size && gw_writer_ok(w) && (n = gw_inflow_read(&u->in, u->step, sizeof u->step)) > 0; done += n)
		gw_writer_put(w, u->step, n);
	gw_status s = done < f->size && gw_writer_ok(w) ? gw_fileset_torn(u->m, f, &u->in, u->diag) : GW_OK;
	gw_inflow_close(&u->in);
	return s;
}

static gw_status member_unpack(unpacker *u, const gw_fileset_file *f)
{
	char sha256[65];
	gw_status s = folder_make(u, f->path);
	gw_writer *w = s == GW_OK ? gw_writer_open(gw_path_join(&u->m->arena, u->building, f->path), u->diag) : NULL;
	if (!w)
		return GW_FAILED;
	s = member_write(u, f, w);
	gw_status closed = gw_writer_close(w, false, NULL, sha256);
	if (s != GW_OK || closed != GW_OK)
		return GW_FAILED;
	return strcmp(sha256, f->sha256) == 0 ? GW_OK : gw_fileset_torn(u->m, f, &u->in, u->diag);
}

/* ---- the folder ---- */

/* What a killed run of ours has left. One that is at work holds a lock. */
static void leftovers_clear(unpacker *u, const char *prefix)
{
	gw_diag quiet;
	gw_diag_init(&quiet);
	DIR *dir = opendir(u->folder);
	for (struct dirent *e; dir && (e = readdir(dir)) != NULL;) {
		const char *path = gw_path_join(&u->m->arena, u->folder, e->d_name);
		int lock = strncmp(e->d_name, prefix, strlen(prefix)) == 0 ? gw_dir_lock(path, false) : -1;
		if (lock >= 0)
			gw_dir_remove(path, &quiet);
		gw_lock_drop(lock);
	}
	if (dir)
		closedir(dir);
	gw_diag_release(&quiet);
}

static gw_status put_in_place(unpacker *u, int lock)
{
	if (syncfs(lock) != 0)
		return trouble(u->diag, u->building, "cannot be brought to disk", errno);
	int failed = renameat2(AT_FDCWD, u->building, AT_FDCWD, u->target, RENAME_NOREPLACE);
	if (failed && (errno == EINVAL || errno == ENOSYS)) /* not every file system knows it */
		failed = gw_path_exists(u->target) ? (errno = EEXIST, -1) : rename(u->building, u->target);
	if (failed)
		return trouble(u->diag, u->target, "cannot be put into place", errno);
	gw_status s = gw_dir_sync(u->folder, u->diag);
	/* Nobody may rely on it, so it is taken back; where not even that can be done it is there, and the problem told. */
	return s != GW_OK && rename(u->target, u->building) == 0 ? s : GW_OK;
}

static gw_status all_unpack(unpacker *u)
{
	gw_status s = GW_OK;
	if (mkdir(u->building, 0777) != 0)
		return trouble(u->diag, u->building, "the folder cannot be made", errno);
	int lock = gw_dir_lock(u->building, false);
	if (lock < 0)
		s = trouble(u->diag, u->building, "the folder cannot be locked", errno);
	for (uint32_t i = 0; s == GW_OK && i < u->m->items.count; i++)
		s = member_unpack(u, &u->m->items.items[i]);
	if (s == GW_OK)
		s = put_in_place(u, lock);
	if (s != GW_OK)
		gw_dir_remove(u->building, u->diag);
	gw_lock_drop(lock);
	return s;
}

static gw_status unpack(gw_fileset *m, const char *folder, const char **path, gw_diag *diag)
{
	unpacker *u = malloc(sizeof *u);
	struct stat st;
	if (!u)
		return trouble(diag, m->name, "not enough memory to unpack it", 0);
	const char *prefix = gw_arena_printf(&m->arena, ".tmp-%s-", m->top);
	u->m = m;
	u->diag = diag;
	u->folder = folder;
	u->target = *path = gw_path_join(&m->arena, folder, m->top);
	u->building = gw_path_join(&m->arena, folder, gw_arena_printf(&m->arena, "%s%ld", prefix, (long)getpid()));
	gw_map_init(&u->folders, &m->arena);
	gw_status s = gw_dir_make(folder, diag);
	if (s == GW_OK && lstat(u->target, &st) == 0) {
		s = trouble(diag, u->target, "this is there already; nothing is overwritten", 0);
	} else if (s == GW_OK) {
		leftovers_clear(u, prefix);
		s = all_unpack(u);
	}
	free(u);
	return s;
}

gw_status gw_archive_unpack(gw_arena *arena, const char *archive, const char *folder, const char **path, gw_diag *diag)
{
	gw_verify v = {.diag = diag};
	*path = NULL;
	gw_status s = gw_fileset_open(&v.m, archive, diag);
	if (s == GW_OK && v.m.root) {
		gw_place at = {.path = archive};
		s = gw_report(diag, GW_E_SNAPSHOT, &at, "a folder, not an archive");
	}
	if (s == GW_OK)
		gw_verify_bag(&v);
	if (s == GW_OK && v.broken)
		s = GW_FAILED;
	if (s == GW_OK)
		s = unpack(&v.m, folder, path, diag);
	if (s == GW_OK)
		*path = gw_arena_printf(arena, "%s", *path);
	gw_fileset_close(&v.m);
	return s;
}
