/* The snapshots of a dataset: what `latest` says, the list, removing old ones. */
#include "publisher.h"

#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <unistd.h>

static gw_status broken(gw_diag *diag, const char *path, const char *what)
{
	gw_place at = {.path = path};
	return gw_report(diag, GW_E_SNAPSHOT, &at, "%s", what);
}

/* <schema version>-<six digits or more>-<12 hex digits> */
bool gw_version_parse(const char *version, uint64_t *sequence)
{
	const char *hash = strrchr(version, '-'), *number = hash;
	if (!hash || hash == version || strlen(hash + 1) != 12 || strspn(hash + 1, "0123456789abcdef") != 12)
		return false;
	while (number > version && number[-1] >= '0' && number[-1] <= '9')
		number--;
	if (hash - number < 6 || hash - number > 18 || number == version || number[-1] != '-')
		return false;
	*sequence = strtoull(number, NULL, 10);
	return true;
}

static bool read_descriptor(const char *path, char content_sha256[65], gw_diag *diag)
{
	gw_loaded file;
	if (gw_file_load(path, UINT64_MAX, &file, diag) != GW_OK)
		return false;
	json_t *root = json_loadb(file.bytes, file.len, 0, NULL);
	gw_file_unload(&file);
	const char *hash = json_string_value(json_object_get(json_object_get(root, "gongwen"), "content_sha256"));
	bool good = hash && strlen(hash) == 64;
	if (good)
		memcpy(content_sha256, hash, 65);
	else
		broken(diag, path, "does not say \"content_sha256\"");
	json_decref(root);
	return good;
}

gw_status gw_latest_read(const char *place, char version[96], char content_sha256[65], uint64_t *sequence, gw_diag *diag)
{
	gw_arena a;
	gw_arena_init(&a);
	const char *link = gw_path_join(&a, place, "latest");
	char target[1024];
	ssize_t n = readlink(link, target, sizeof target - 1);
	gw_status s = GW_OK;
	version[0] = content_sha256[0] = 0;
	*sequence = 0;
	if (n < 0 && errno != ENOENT) {
		s = broken(diag, link, strerror(errno));
	} else if (n >= 0) {
		target[n] = 0;
		const char *name = gw_path_base(target);
		if (strlen(name) >= 96 || !gw_version_parse(name, sequence))
			s = broken(diag, link, "does not point at a snapshot");
		else if (!read_descriptor(gw_path_join(&a, link, "data/datapackage.json"), content_sha256, diag))
			s = GW_FAILED;
		else
			strcpy(version, name);
	}
	gw_arena_release(&a);
	return s;
}

/* ---- the list ---- */

static const char *latest_name(gw_arena *a, const char *place)
{
	char *target = gw_arena_alloc(a, 1024);
	ssize_t n = readlink(gw_path_join(a, place, "latest"), target, 1023);
	return n < 0 ? "" : gw_path_base(target);
}

static int by_sequence(const void *x, const void *y)
{
	const gw_snapshot_info *a = x, *b = y;
	if (a->sequence != b->sequence)
		return a->sequence < b->sequence ? -1 : 1;
	return strcmp(a->version, b->version);
}

gw_status gw_snapshots_list(gw_arena *arena, const char *place, gw_snapshot_list *out, gw_diag *diag)
{
	*out = (gw_snapshot_list){0};
	const char *folder = gw_path_join(arena, place, "snapshots"), *latest = latest_name(arena, place);
	/* The folder of a dataset bears its name, and archives begin with it. */
	char *real = realpath(place, NULL);
	const char *dataset = gw_arena_str(arena, gw_str_of(gw_path_base(real ? real : place))).ptr;
	free(real);
	DIR *dir = opendir(folder);
	if (!dir)
		return errno == ENOENT ? GW_OK : broken(diag, folder, strerror(errno));
	for (struct dirent *e; (e = readdir(dir)) != NULL;) {
		uint64_t sequence;
		if (!gw_version_parse(e->d_name, &sequence))
			continue;
		gw_snapshot_info *s = GW_PUSH(arena, out);
		s->version = gw_arena_str(arena, gw_str_of(e->d_name)).ptr;
		s->path = gw_path_join(arena, folder, e->d_name);
		s->archive = gw_arena_printf(arena, "%s/archives/%s-%s.tar.gz", place, dataset, e->d_name);
		if (!gw_path_exists(s->archive))
			s->archive = NULL;
		s->sequence = sequence;
		s->latest = strcmp(latest, e->d_name) == 0;
	}
	closedir(dir);
	if (out->count)
		qsort(out->items, out->count, sizeof *out->items, by_sequence);
	return GW_OK;
}

/* The archive first: a snapshot without its archive is whole, an archive without its snapshot would be forgotten. */
static gw_status snapshot_remove(const gw_snapshot_info *s, gw_diag *diag)
{
	gw_place at = {.path = s->archive};
	if (s->archive && unlink(s->archive) != 0 && errno != ENOENT)
		return gw_report(diag, GW_E_OUTPUT_DIR, &at, "the archive cannot be removed: %s", strerror(errno));
	/* Renamed before it is taken apart, so nobody meets half a snapshot; left-overs go with the next run. */
	gw_arena a;
	gw_arena_init(&a);
	const char *away = gw_path_join(&a, gw_path_dir(&a, s->path), gw_arena_printf(&a, ".tmp-old-%s", s->version));
	gw_status status = gw_dir_remove(away, diag);
	at.path = s->path;
	if (status == GW_OK && rename(s->path, away) != 0)
		status = gw_report(diag, GW_E_OUTPUT_DIR, &at, "the snapshot cannot be removed: %s", strerror(errno));
	if (status == GW_OK)
		status = gw_dir_remove(away, diag);
	gw_arena_release(&a);
	return status;
}

gw_status gw_snapshots_prune(const char *place, int64_t keep, uint32_t *removed, gw_diag *diag)
{
	gw_arena a;
	gw_arena_init(&a);
	gw_snapshot_list list;
	gw_status s = gw_snapshots_list(&a, place, &list, diag);
	uint32_t count = 0, over = keep < 1 ? list.count - (list.count > 0) : list.count > keep ? list.count - (uint32_t)keep : 0;
	for (uint32_t i = 0; s == GW_OK && i < list.count && over; i++) {
		if (list.items[i].latest)
			continue;
		s = snapshot_remove(&list.items[i], diag);
		count += s == GW_OK;
		over--;
	}
	if (removed)
		*removed = count;
	gw_arena_release(&a);
	return s;
}
