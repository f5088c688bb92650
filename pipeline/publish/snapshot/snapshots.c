/* The snapshots of a dataset: what `latest` says, the list, removing old ones. */
#include "publisher.h"

#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <unistd.h>

const char *const gw_archive_endings[] = {".tar.gz", ".zip"};
const unsigned gw_archive_ending_count = sizeof gw_archive_endings / sizeof *gw_archive_endings;

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

int gw_is_latest(const char *place, const char *version)
{
	gw_arena a;
	char target[1024];
	gw_arena_init(&a);
	ssize_t n = readlink(gw_path_join(&a, place, "latest"), target, sizeof target - 1);
	int unknown = n < 0 && errno != ENOENT;
	target[n > 0 ? n : 0] = 0;
	gw_arena_release(&a);
	return unknown ? -1 : strcmp(gw_path_base(target), version) == 0;
}

/* ---- the list ---- */

static const char *latest_name(gw_arena *a, const char *place)
{
	char *target = gw_arena_alloc(a, 1024);
	ssize_t n = readlink(gw_path_join(a, place, "latest"), target, 1023);
	return n < 0 ? "" : gw_path_base(target);
}

const char *gw_dataset_of(gw_arena *a, const char *place)
{
	char *real = realpath(place, NULL);
	const char *dataset = gw_arena_str(a, gw_str_of(gw_path_base(real ? real : place))).ptr;
	free(real);
	return dataset;
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
	const char *dataset = gw_dataset_of(arena, place);
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
		for (unsigned i = 0; i < gw_archive_ending_count && !s->archive; i++) {
			const char *path = gw_arena_printf(arena, "%s/archives/%s-%s%s", place, dataset, e->d_name, gw_archive_endings[i]);
			s->archive = gw_path_exists(path) ? path : NULL;
		}
		s->sequence = sequence;
		s->latest = strcmp(latest, e->d_name) == 0;
	}
	closedir(dir);
	if (out->count)
		qsort(out->items, out->count, sizeof *out->items, by_sequence);
	return GW_OK;
}

/* ---- removing ---- */

static gw_status archives_remove(const char *place, const char *dataset, const char *version, gw_diag *diag)
{
	gw_arena a;
	gw_arena_init(&a);
	gw_status s = GW_OK;
	for (unsigned i = 0; i < gw_archive_ending_count; i++) {
		const char *path = gw_arena_printf(&a, "%s/archives/%s-%s%s", place, dataset, version, gw_archive_endings[i]);
		gw_place at = {.path = path};
		if (unlink(path) != 0 && errno != ENOENT && errno != ENOTDIR)
			s = gw_report(diag, GW_E_OUTPUT_DIR, &at, "the archive cannot be removed: %s", strerror(errno));
	}
	gw_arena_release(&a);
	return s;
}

gw_status gw_snapshot_take_back(const char *place, const char *dataset, const char *version, gw_diag *diag)
{
	gw_arena a;
	gw_arena_init(&a);
	gw_status archives = archives_remove(place, dataset, version, diag);
	gw_status s = gw_dir_remove(gw_arena_printf(&a, "%s/snapshots/%s", place, version), diag);
	gw_arena_release(&a);
	return s == GW_OK ? archives : s;
}

/* The archives first: a snapshot without its archive is whole, an archive without its snapshot would be forgotten. */
static gw_status snapshot_remove(const char *place, const char *dataset, const char *version, gw_diag *diag)
{
	gw_status status = archives_remove(place, dataset, version, diag);
	if (status != GW_OK)
		return status;
	/* Renamed before it is taken apart, so nobody meets half a snapshot; left-overs go with the next run. */
	gw_arena a;
	gw_arena_init(&a);
	const char *path = gw_arena_printf(&a, "%s/snapshots/%s", place, version);
	const char *away = gw_arena_printf(&a, "%s/snapshots/.tmp-old-%s", place, version);
	status = gw_dir_remove(away, diag);
	gw_place at = {.path = path};
	if (status == GW_OK && rename(path, away) != 0 && errno != ENOENT)
		status = gw_report(diag, GW_E_OUTPUT_DIR, &at, "the snapshot cannot be removed: %s", strerror(errno));
	if (status == GW_OK) /* else half of it might come back under its own name after a loss of power */
		status = gw_dir_sync(gw_path_dir(&a, path), diag);
	if (status == GW_OK)
		status = gw_dir_remove(away, diag);
	gw_arena_release(&a);
	return status;
}

/* Readers hold a lock on the folder. An archive that is being read needs none: who has it open keeps it. */
static gw_status prune_one(const char *place, const char *dataset, const gw_snapshot_info *s, gw_diag *diag)
{
	gw_place at = {.path = s->path};
	int lock = gw_dir_lock(s->path, false);
	if (lock == -2)
		return gw_report(diag, GW_W_SNAPSHOT_READ, &at, "the snapshot is being read and stays; a later run or prune removes it");
	gw_status status = snapshot_remove(place, dataset, s->version, diag);
	gw_lock_drop(lock);
	return status;
}

/* What cannot be removed does not keep the others. */
gw_status gw_snapshots_prune(const char *place, int64_t keep, uint32_t *removed, gw_diag *diag)
{
	gw_arena a;
	gw_arena_init(&a);
	gw_snapshot_list list;
	gw_status worst = gw_snapshots_list(&a, place, &list, diag);
	const char *dataset = gw_dataset_of(&a, place);
	uint32_t count = 0, stay = keep < 1 ? 1 : keep > list.count ? list.count : (uint32_t)keep;
	for (uint32_t i = 0; i + stay < list.count; i++) {
		if (list.items[i].latest)
			continue;
		gw_status s = prune_one(place, dataset, &list.items[i], diag);
		count += s == GW_OK;
		worst = s > worst ? s : worst;
	}
	if (removed)
		*removed = count;
	gw_arena_release(&a);
	return worst;
}
