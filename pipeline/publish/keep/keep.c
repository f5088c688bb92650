/* Taking over from the latest snapshot what an unchanged source gave: its stretch of every table, its files, what it
 * said of organs.
 *
 * The state of the latest snapshot says where all that stands (state.h); copy.c moves it, and finds out if the snapshot
 * is not what its state says. Then the publisher is stale, and the run begins anew with nothing known. */
#include "../snapshot/publisher.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static gw_form form_read(const gw_publisher *p)
{
	return p->settings.csv ? GW_FORM_CSV : GW_FORM_JSONL;
}

gw_form gw_keep_form(const gw_publisher *p)
{
	return form_read(p);
}

/* ---- opening ---- */

static gw_status set_aside(gw_diag *diag, const char *path, const char *why)
{
	gw_place at = {.path = path};
	return gw_report(diag, GW_W_STATE, &at, "%s; everything is extracted again", why);
}

/* Do the files of the snapshot have the sizes that its state says? Their bytes are looked at when they are copied. */
static bool sizes_fit(gw_publisher *p, const gw_state *s, const char *from)
{
	for (gw_table_id id = 0; id < GW_TABLES; id++) {
		for (gw_form form = 0; form < GW_FORMS; form++) {
			if (!gw_table_writer(&p->tables[id], form) || id == GW_T_ORGANIZATIONS)
				continue;
			uint32_t at = gw_state_place(form, id);
			uint64_t size = 0;
			const char *path = gw_path_join(&p->scratch, from, gw_table_path(&p->scratch, form, id));
			if (!gw_file_size(path, &size) || size != s->ends[at] || s->heads[at] != p->keep.ends[at])
				return false;
		}
	}
	return true;
}

static const char *state_path(gw_publisher *p, const char *version)
{
	return gw_arena_printf(&p->arena, "%s/state/%s.state", p->place, version);
}

static const char *blocks_path(gw_publisher *p, const char *version)
{
	return gw_arena_printf(&p->arena, "%s/state/%s.blocks", p->place, version);
}

static void old_open(gw_publisher *p, gw_str programs, gw_diag *diag)
{
	gw_keep *k = &p->keep;
	char version[96], content[65];
	uint64_t sequence;
	const char *why;
	gw_diag quiet; /* a broken `latest` is told by the commit */
	gw_diag_init(&quiet);
	gw_status s = gw_latest_read(p->place, version, content, &sequence, &quiet);
	gw_diag_release(&quiet);
	if (s != GW_OK || !*version)
		return;
	const char *path = state_path(p, version);
	k->from = gw_arena_printf(&p->arena, "%s/snapshots/%s", p->place, version);
	gw_state *old = gw_state_load(path, &why);
	if (why)
		set_aside(diag, path, why);
	if (old && strcmp(old->key, k->head.key) == 0 && !sizes_fit(p, old, k->from)) {
		set_aside(diag, path, "the tables of the latest snapshot have other sizes than their run wrote");
	} else if (old && strcmp(old->key, k->head.key) == 0) {
		k->old = old;
		k->from_folder = open(k->from, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		k->programs_same = gw_str_eq(old->programs, programs);
		k->taken = GW_NEW_N(&p->arena, bool, old->count);
		k->row_of = GW_NEW_N(&p->arena, uint32_t, old->organ_rows.count);
		memset(k->row_of, 0xFF, sizeof *k->row_of * old->organ_rows.count);
		return;
	}
	gw_state_free(old);
}

void gw_publisher_resume(gw_publisher *p, const char key[65], gw_str programs, bool full, gw_diag *diag)
{
	gw_keep *k = &p->keep;
	k->on = true;
	memcpy(k->head.key, key, 64);
	k->head.programs = gw_arena_str(&p->arena, programs);
	for (int i = 0; i < GW_STATE_FILES; i++)
		k->head.heads[i] = k->ends[i];
	gw_diag_init(&k->own);
	gw_state_begin(&k->out, gw_path_join(&p->scratch, p->building, "state"), &k->head, &k->own);
	k->full = full;
	if (!full)
		old_open(p, programs, diag);
}

void gw_keep_release(gw_publisher *p)
{
	if (p->keep.old && p->keep.from_folder >= 0)
		close(p->keep.from_folder);
	gw_state_free(p->keep.old);
	p->keep.old = NULL;
	gw_buf_release(&p->keep.taking.bytes);
	gw_buf_release(&p->keep.copying.bytes);
	gw_state_drop(&p->keep.out);
	if (p->keep.on)
		gw_diag_release(&p->keep.own);
	gw_blocks_release(&p->keep.blocks);
}

bool gw_publisher_stale(const gw_publisher *p)
{
	return p->keep.stale;
}

const gw_known *gw_publisher_known(const gw_publisher *p, gw_arena *arena, gw_str source_path, const char sha256[65])
{
	const gw_known *k = p->keep.old ? gw_state_find(p->keep.old, source_path, arena) : NULL;
	bool same = k && memcmp(k->sha256, sha256, 64) == 0 && (p->keep.programs_same || !k->by_program);
	return same ? k : NULL;
}

void gw_known_recall(const gw_known *k, const char *opened_as, gw_rows *rows, gw_diag *problems)
{
	rows->known = k;
	rows->known_documents = k->rows[GW_T_DOCUMENTS];
	for (uint32_t i = 0; i < k->problem_count; i++) {
		const gw_problem *was = &k->problems[i];
		gw_place at = was->place;
		at.path = at.path ? at.path : opened_as;
		problems->stage = was->stage;
		gw_report(problems, was->code, &at, "%s", was->message);
	}
	problems->stage = NULL;
}

/* ---- a source that is extracted ---- */

gw_status gw_keep_begin(gw_publisher *p, gw_diag *diag)
{
	p->keep.organs.count = 0;
	return gw_keep_flush(p, diag);
}

void gw_keep_organ(gw_publisher *p, uint32_t row, int64_t mentions, int64_t documents)
{
	gw_keep *k = &p->keep;
	if (k->on)
		*GW_PUSH(&p->arena, &k->organs) = (gw_state_organ){row, (uint64_t)mentions, (uint64_t)documents};
}

/* Neighbours are one stretch: they are read in one go. */
static void stretch_add(gw_arena *a, gw_stretches *list, const gw_stretch *s)
{
	gw_stretch *last = list->count ? &list->items[list->count - 1] : NULL;
	if (last && last->begin + last->size == s->begin)
		last->size += s->size;
	else if (s->size)
		*GW_PUSH(a, list) = *s;
}

static void stretches_make(gw_publisher *p, const gw_packet *packet, gw_stretch *out)
{
	gw_keep *k = &p->keep;
	for (gw_table_id id = 0; id < GW_TABLES; id++) {
		const gw_packet_table *t = &packet->table[id];
		uint64_t sizes[GW_FORMS] = {[GW_FORM_CSV] = t->csv.len, [GW_FORM_JSONL] = t->jsonl.len, [GW_FORM_EXCEL] = t->excel.len};
		for (gw_form form = 0; form < GW_FORMS; form++) {
			uint32_t at = gw_state_place(form, id);
			out[at] = (gw_stretch){k->ends[at], sizes[form], t->crc[form]};
			k->ends[at] += sizes[form];
		}
		if (k->old)
			stretch_add(&p->arena, &k->fresh[id], &out[gw_state_place(form_read(p), id)]);
	}
}

static gw_state_file *files_make(gw_publisher *p, const gw_packet *packet)
{
	gw_state_file *files = GW_NEW_N(&p->scratch, gw_state_file, packet->file_count);
	for (uint64_t i = 0; i < packet->file_count; i++) {
		const gw_packet_file *f = &packet->files[i];
		files[i] = (gw_state_file){.path = f->path, .size = f->size, .crc = (uint32_t)f->crc};
		memcpy(files[i].sha256, f->sha256, sizeof files[i].sha256);
	}
	return files;
}

void gw_keep_end(gw_publisher *p, const gw_packet *packet)
{
	gw_keep *k = &p->keep;
	gw_stretch stretches[GW_STATE_FILES];
	stretches_make(p, packet, stretches);
	gw_cuts_add(p, packet->source_path, k->ends);
	if (!k->on)
		return;
	gw_known now = {.path = packet->source_path, .memo = {packet->memo.ptr, (uint32_t)packet->memo.len}, .stretches = stretches};
	for (gw_table_id id = 0; id < GW_TABLES; id++) {
		now.rows[id] = (uint32_t)packet->table[id].rows;
		now.guarded[id] = (uint32_t)packet->table[id].guarded;
	}
	now.files = files_make(p, packet);
	now.file_count = (uint32_t)packet->file_count;
	now.organs = k->organs.items;
	now.organ_count = k->organs.count;
	k->fresh_sources++;
	gw_state_add(&k->out, &now);
}

/* ---- a source that is taken over ---- */

static void organs_take(gw_publisher *p, gw_known *now)
{
	gw_keep *k = &p->keep;
	for (uint32_t i = 0; i < now->organ_count; i++) {
		gw_state_organ *o = &now->organs[i];
		uint32_t *row = &k->row_of[o->row];
		if (*row == GW_NONE)
			*row = gw_organs_row(&p->organs, k->old->organ_rows.items[o->row]);
		if (*row == GW_NONE) {
			k->stale = true;
			return;
		}
		o->row = *row;
		gw_organs_count(&p->organs, *row, (int64_t)o->mentions, (int64_t)o->documents);
	}
}

static void rows_count(gw_publisher *p, const gw_known *now)
{
	p->keep.taken_sources++;
	p->keep.taken_documents += now->rows[GW_T_DOCUMENTS];
	p->documents += now->rows[GW_T_DOCUMENTS];
	for (gw_table_id id = 0; id < GW_TABLES; id++) {
		p->tables[id].rows += id == GW_T_ORGANIZATIONS ? 0 : now->rows[id];
		p->tables[id].guarded += now->guarded[id];
	}
}

/* The entry of the old state becomes that of the new one: only the numbers of its organ rows are others. */
gw_status gw_keep_take(gw_publisher *p, uint64_t at, gw_diag *diag)
{
	gw_keep *k = &p->keep;
	uint32_t index = (uint32_t)at;
	gw_known now;
	if (k->count && index != k->first + k->count && gw_keep_flush(p, diag) != GW_OK)
		return GW_FATAL;
	if (!gw_state_read(k->old, &k->taking, index, &p->scratch, &now))
		return gw_keep_stale(p, "its state", diag);
	if (!k->count)
		k->first = index;
	k->count++;
	k->taken[index] = true;
	rows_count(p, &now);
	organs_take(p, &now);
	gw_state_add(&k->out, &now);
	if (!k->stale)
		return GW_OK;
	set_aside(diag, k->from, "the organs in its state cannot be read");
	return GW_FATAL;
}

bool gw_keep_is_all(const gw_publisher *p)
{
	const gw_keep *k = &p->keep;
	return k->old && k->fresh_sources == 0 && k->taken_sources == k->old->count && k->count == k->taken_sources;
}

/* ---- what can have changed ---- */

const char *gw_keep_folder(const gw_publisher *p, bool old)
{
	return old ? p->keep.from : p->bag;
}

static bool rows_gone(const gw_keep *k, uint32_t file, gw_arena *a, gw_stretches *out)
{
	gw_state_reader r = {.loaded = false};
	gw_arena room;
	bool good = true;
	gw_arena_init(&room);
	for (uint32_t i = 0; good && i < k->old->count; i++) {
		gw_known was;
		gw_arena_reset(&room);
		if (k->taken[i])
			continue;
		good = gw_state_read(k->old, &r, i, &room, &was);
		if (good)
			stretch_add(a, out, &was.stretches[file]);
	}
	gw_arena_release(&room);
	gw_buf_release(&r.bytes);
	return good;
}

gw_status gw_keep_rows(gw_publisher *p, bool old, gw_table_id id, gw_arena *a, gw_stretches *out, bool *parted, gw_diag *diag)
{
	const gw_keep *k = &p->keep;
	memset(out, 0, sizeof *out);
	*parted = k->old && id != GW_T_ORGANIZATIONS;
	if (*parted && old && !rows_gone(k, gw_state_place(form_read(p), id), a, out))
		return gw_keep_stale(p, "its state", diag);
	for (uint32_t i = 0; *parted && !old && i < k->fresh[id].count; i++)
		*GW_PUSH(a, out) = k->fresh[id].items[i];
	return GW_OK;
}

/* ---- the state for the next run ---- */

bool gw_keep_blocks(gw_publisher *p, const char *previous, gw_blocks *old)
{
	const gw_keep *k = &p->keep;
	const char *gz = gw_arena_printf(&p->arena, "%s/archives/%s-%s.tar.gz", p->place, p->dataset, previous);
	/* Another program or level packs otherwise. */
	const char *key = gw_arena_printf(&p->arena, "%.60s %d", k->head.key, (int)p->settings.archive_level);
	bool found = false;
	if (k->on && !k->full && *previous)
		found = gw_blocks_load(old, blocks_path(p, previous), gz, key);
	else
		memset(old, 0, sizeof *old);
	if (k->on)
		gw_blocks_init(&p->keep.blocks, key, found ? old : NULL);
	return found;
}

/* Those of one version are enough: that of the latest snapshot. */
void gw_keep_tidy(gw_publisher *p, const char *version)
{
	const char *folder = gw_path_dir(&p->arena, state_path(p, version));
	size_t n = strlen(version);
	DIR *dir = p->keep.on ? opendir(folder) : NULL;
	if (!dir)
		return;
	for (struct dirent *e; (e = readdir(dir)) != NULL;)
		if (e->d_name[0] != '.' && (strncmp(e->d_name, version, n) != 0 || e->d_name[n] != '.'))
			unlink(gw_path_join(&p->scratch, folder, e->d_name));
	closedir(dir);
}

/* From beside the snapshot into its place: on disk before its name is. */
static gw_status state_save(gw_publisher *p, const char *path, gw_diag *diag)
{
	gw_keep *k = &p->keep;
	for (uint32_t i = 0; i < p->organs.rows.count; i++)
		*GW_PUSH(&p->arena, &k->head.organ_rows) = p->organs.rows.items[i].packed;
	gw_status s = gw_state_end(&k->out, &k->head);
	if (s == GW_OK)
		s = gw_dir_make(gw_path_dir(&p->arena, path), diag);
	return s == GW_OK ? gw_file_move(gw_path_join(&p->arena, p->building, "state"), path, diag) : s;
}

void gw_keep_save(gw_publisher *p, const char *version, gw_diag *diag)
{
	gw_keep *k = &p->keep;
	if (!k->on)
		return;
	const char *path = state_path(p, version);
	gw_status s = state_save(p, path, &k->own);
	if (s == GW_OK && k->blocks.count)
		s = gw_blocks_save(&k->blocks, blocks_path(p, version), &k->own);
	if (s != GW_OK)
		set_aside(diag, path, k->own.problems.count ? k->own.problems.items[0].message : "cannot be kept");
}
