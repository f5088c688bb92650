/* What killed runs have left behind, cleared by the next run under the lock.
 *
 * Between the renames of a commit a snapshot and its archive stand in their places while `latest` still leads to the old
 * one. The file `intent` in the building place names them: it is on disk before the first rename, and goes with the
 * building place after the last. */
#include "publisher.h"

#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

enum { INTENT_MAX = 128 };

gw_status gw_intent_put(gw_publisher *p, const gw_edition *e)
{
	gw_writer *w = gw_writer_open(gw_path_join(&p->arena, p->building, "intent"), &p->own);
	if (!w)
		return GW_FAILED;
	gw_writer_put(w, e->version, strlen(e->version));
	return gw_writer_close(w, false, NULL, NULL); /* synced with all the rest */
}

/* False when it must be kept, since what it speaks of could not be taken back. */
static bool take_back(gw_publisher *p, const char *building)
{
	const char *path = gw_path_join(&p->scratch, building, "intent");
	gw_loaded file;
	uint64_t sequence;
	if (!gw_path_exists(path))
		return true;
	if (gw_file_load(path, INTENT_MAX, &file, &p->own) != GW_OK)
		return false;
	const char *version = gw_arena_str(&p->scratch, (gw_str){file.bytes, (uint32_t)file.len}).ptr;
	gw_file_unload(&file);
	/* An intent that was cut short was written before any rename. */
	if (!gw_version_parse(version, &sequence) || strchr(version, '/'))
		return true;
	int latest = gw_is_latest(p->place, version);
	return latest == 1 || (latest == 0 && gw_snapshot_take_back(p->place, p->dataset, version, &p->own) == GW_OK);
}

/* A folder that somebody holds a lock on is being filled: `unpack` may be at work here. */
static void clear_one(gw_publisher *p, const char *path)
{
	int lock = gw_dir_lock(path, false);
	if (lock != -2 && take_back(p, path))
		gw_dir_remove(path, &p->own);
	gw_lock_drop(lock);
}

static void clear_folder(gw_publisher *p, const char *folder, unsigned depth)
{
	DIR *dir = opendir(folder);
	if (!dir)
		return;
	for (struct dirent *e; (e = readdir(dir)) != NULL;) {
		const char *path = gw_path_join(&p->scratch, folder, e->d_name);
		if (strncmp(e->d_name, ".tmp-", 5) == 0)
			clear_one(p, path);
		else if (depth && e->d_name[0] != '.' && e->d_type != DT_LNK && e->d_type != DT_REG)
			clear_folder(p, path, depth - 1);
	}
	closedir(dir);
}

/* In the place and in its folders: snapshots/, archives/, runs/ and so on. */
void gw_leftovers_clear(gw_publisher *p)
{
	clear_folder(p, p->place, 1);
	gw_diag_clear(&p->own); /* what cannot be removed now is in nobody's way */
}
