/* The end of a snapshot: identity, description, bag, archive, and the renames that make it seen.
 *
 * Everything that can fail for want of room or rights is done inside the building place. Then come renames, and
 * the switch of `latest` last: a run killed at any moment leaves the old snapshot where it was. */
#include "publisher.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static const uint64_t no_epoch = 315532800; /* 1980-01-01, the first day that all archive formats know */

static gw_status trouble(gw_diag *diag, const char *path, const char *what)
{
	gw_place at = {.path = path};
	return gw_report(diag, GW_E_OUTPUT_WRITE, &at, "%s: %s", what, strerror(errno));
}

/* ---- the payload ---- */

static gw_status close_table(gw_publisher *p, gw_writer **w, gw_form form, gw_table_id id)
{
	if (!*w)
		return GW_OK;
	gw_writer *open = *w;
	*w = NULL;
	gw_status s = gw_bag_close(p, open, gw_table_path(&p->arena, form, id));
	gw_cuts_choose(p, form, id, &p->payload.items[p->payload.count - 1]);
	return s;
}

static gw_status close_tables(gw_publisher *p)
{
	gw_status worst = GW_OK;
	for (gw_table_id id = 0; id < GW_TABLES; id++) {
		gw_table_out *o = &p->tables[id];
		gw_status s[] = {close_table(p, &o->csv, GW_FORM_CSV, id), close_table(p, &o->jsonl, GW_FORM_JSONL, id),
			close_table(p, &o->excel, GW_FORM_EXCEL, id)};
		for (unsigned i = 0; i < sizeof s / sizeof *s; i++)
			worst = s[i] > worst ? s[i] : worst;
	}
	return worst;
}

static gw_status put_organizations(gw_publisher *p, gw_diag *diag)
{
	const gw_table *t = &p->schema->tables[GW_T_ORGANIZATIONS];
	gw_cell **rows = gw_organs_rows(&p->organs);
	gw_buf csv, jsonl, excel;
	gw_json_names names;
	gw_json_names_make(&p->arena, t, &names);
	gw_buf_init(&csv);
	gw_buf_init(&jsonl);
	gw_buf_init(&excel);
	gw_status worst = GW_OK;
	for (uint32_t i = 0; worst < GW_FATAL && i < p->organs.items.count; i++) {
		gw_buf_clear(&csv);
		gw_buf_clear(&jsonl);
		gw_buf_clear(&excel);
		gw_status s = gw_row_check(t, rows[i], NULL, diag);
		worst = s > worst ? s : worst;
		gw_row_write(&csv, &jsonl, t, &names, rows[i], NULL);
		uint64_t guarded = p->settings.excel ? gw_csv_excel_row(&excel, t, rows[i]) : 0;
		gw_packet_table lines = {.csv = {csv.ptr, csv.len}, .jsonl = {jsonl.ptr, jsonl.len}, .excel = {excel.ptr, excel.len},
			.rows = 1, .guarded = guarded};
		if (!gw_publisher_send(p, GW_T_ORGANIZATIONS, &lines))
			worst = GW_FATAL;
	}
	gw_buf_release(&csv);
	gw_buf_release(&jsonl);
	gw_buf_release(&excel);
	return worst;
}

/* The tables as they are declared, and the JSON Schemas made from them. */
static gw_status put_schemas(gw_publisher *p)
{
	gw_status s = GW_OK;
	gw_nest nest = {0};
	gw_nest_open(&nest, &p->scratch, p->schema);
	for (gw_table_id id = 0; s == GW_OK && id < GW_TABLES; id++) {
		const gw_table *t = &p->schema->tables[id];
		s = gw_bag_put(p, &p->payload, gw_arena_printf(&p->arena, "data/schemas/%s.json", t->name), t->json, t->json_len);
	}
	for (gw_table_id id = 0; s == GW_OK && id <= GW_TABLES; id++)
		s = gw_bag_put_json(p, gw_arena_printf(&p->arena, "data/schemas/%s.schema.json", id < GW_TABLES ? gw_table_names[id] : "document"),
			gw_json_schema(&nest, id));
	return s;
}

/* A bag and an archive know no empty folders; a run without documents leaves some. */
static void remove_empty(gw_publisher *p)
{
	static const char *const folders[] = {"data/documents", "data/text"};
	for (unsigned i = 0; i < sizeof folders / sizeof *folders; i++)
		rmdir(gw_path_join(&p->scratch, p->bag, folders[i]));
}

/* ---- to disk ---- */

static gw_status sync_all(gw_publisher *p, gw_diag *diag)
{
	errno = gw_settler_finish(p->settler);
	return errno ? trouble(diag, p->bag, "cannot be brought to disk") : GW_OK;
}

static gw_status move(const char *from, const char *to, const char *folder, gw_diag *diag)
{
	if (rename(from, to) != 0)
		return trouble(diag, to, "cannot be put into place");
	return gw_dir_sync(folder, diag);
}

/* ---- quarantine ---- */

gw_status gw_publisher_quarantine(gw_publisher *p, const char *run_id, const char **path, gw_diag *diag)
{
	if (path)
		*path = NULL;
	gw_status s = GW_OK;
	if (p->rejects) {
		const char *folder = gw_path_join(&p->arena, p->place, "quarantine");
		const char *from = gw_path_join(&p->arena, p->building, "rejects.jsonl");
		const char *to = gw_arena_printf(&p->arena, "%s/%s.jsonl", folder, run_id);
		gw_writer *w = p->rejects;
		p->rejects = NULL;
		s = gw_writer_close(w, true, NULL, NULL);
		if (s == GW_OK)
			s = gw_dir_make(folder, diag);
		if (s == GW_OK)
			s = gw_dir_sync(p->place, diag); /* the folder may be new */
		if (s == GW_OK)
			s = move(from, to, folder, diag);
		if (s == GW_OK)
			p->quarantine_path = to;
	}
	if (path)
		*path = p->quarantine_path;
	return gw_publisher_settle(p, s, diag);
}

/* ---- the snapshot ---- */

static gw_status describe(gw_publisher *p, gw_edition *e, gw_diag *diag)
{
	snprintf(e->version, sizeof e->version, "%s-%06llu-%.12s", p->schema->version, (unsigned long long)e->sequence,
		e->content_sha256);
	gw_status s = gw_descriptor_put(p, e);
	if (s == GW_OK)
		s = gw_croissant_put(p, e);
	if (s == GW_OK)
		s = gw_readme_put(p, e);
	if (s == GW_OK)
		s = gw_changes_put(p, e, diag);
	return s == GW_OK ? gw_bag_finish(p, e) : s;
}

/* "<dataset>-<version>": the archive's name and its one folder. */
static char *full_name(gw_publisher *p, const gw_edition *e)
{
	return gw_arena_printf(&p->arena, "%s-%s", p->dataset, e->version);
}

static char *archive_made(gw_publisher *p, const char *ending)
{
	return gw_arena_printf(&p->arena, "%s/archive%s", p->building, ending);
}

static gw_status make_archives(gw_publisher *p, const gw_edition *e, gw_published *out, gw_diag *diag)
{
	const gw_members lists[] = {p->payload, p->tags};
	const gw_roll roll = {lists, 2, p->files};
	gw_archive_info info = {0};
	gw_zip_info zip = {0};
	gw_status s = GW_OK;
	uint64_t time = p->has_epoch ? p->epoch : no_epoch;
	int level = (int)p->settings.archive_level;
	gw_settler_go_on(p->settler);
	if (p->settings.archive) {
		gw_blocks old;
		bool again = gw_keep_blocks(p, e->previous, &old);
		s = gw_archive_write(archive_made(p, ".tar.gz"), p->bag, full_name(p, e), &roll, time, level,
			p->settings.jobs > 0 ? (uint32_t)p->settings.jobs : gw_cores(), again ? &old : NULL,
			p->keep.on ? &p->keep.blocks : NULL, &info, diag);
		gw_blocks_release(&old);
		if (*info.stale)
			return gw_keep_stale(p, info.stale, diag);
	}
	if (s == GW_OK && p->settings.zip)
		s = gw_zip_write(archive_made(p, ".zip"), p->bag, full_name(p, e), &roll, time, level, 0, &zip, diag);
	out->zip_bytes = zip.size;
	memcpy(out->zip_sha256, zip.sha256, sizeof zip.sha256);
	out->archive_bytes = info.gz_size;
	memcpy(out->archive_sha256, info.gz_sha256, sizeof info.gz_sha256);
	memcpy(out->tar_sha256, info.tar_sha256, sizeof info.tar_sha256);
	return s;
}

/* A failed run leaves nothing that looks like a snapshot. What keeps it from going is told by what failed before. */
static bool take_back(gw_publisher *p, const gw_edition *e)
{
	gw_diag quiet;
	gw_diag_init(&quiet);
	/* Only the sync behind the last rename failed: nobody may rely on it, so `latest` leads back. Where not even that can be
	 * done the snapshot is published, and the problem told. */
	const char *latest = gw_path_join(&p->arena, p->place, "latest");
	if (gw_is_latest(p->place, e->version) == 1 && !*e->previous)
		unlink(latest);
	else if (gw_is_latest(p->place, e->version) == 1)
		gw_link_replace(latest, gw_arena_printf(&p->arena, "snapshots/%s", e->previous), &quiet);
	int published = gw_is_latest(p->place, e->version);
	if (published == 0)
		gw_snapshot_take_back(p->place, p->dataset, e->version, &quiet);
	gw_diag_release(&quiet);
	return published != 1;
}

static gw_status put_archive(gw_publisher *p, const gw_edition *e, const char *ending, const char **path, gw_diag *diag)
{
	const char *archives = gw_path_join(&p->arena, p->place, "archives");
	*path = gw_arena_printf(&p->arena, "%s/%s%s", archives, full_name(p, e), ending);
	return move(archive_made(p, ending), *path, archives, diag);
}

/* The renames. A snapshot of this very name that is not the latest is what a killed run left between two of them. */
static gw_status put_in_place(gw_publisher *p, const gw_edition *e, gw_published *out, gw_diag *diag)
{
	const char *folder = gw_path_join(&p->arena, p->place, "snapshots");
	out->snapshot_path = gw_path_join(&p->arena, folder, e->version);
	gw_status s = GW_OK;
	if (gw_path_exists(out->snapshot_path))
		s = gw_snapshot_take_back(p->place, p->dataset, e->version, diag);
	if (s == GW_OK)
		s = move(p->bag, out->snapshot_path, folder, diag);
	if (s == GW_OK && p->settings.archive)
		s = put_archive(p, e, ".tar.gz", &out->archive_path, diag);
	if (s == GW_OK && p->settings.zip)
		s = put_archive(p, e, ".zip", &out->zip_path, diag);
	if (s == GW_OK)
		s = gw_link_replace(gw_path_join(&p->arena, p->place, "latest"),
			gw_arena_printf(&p->arena, "snapshots/%s", e->version), diag);
	return s == GW_OK || take_back(p, e) ? s : GW_OK;
}

/* Before everything is brought to disk, so that their names are too. */
static gw_status make_places(gw_publisher *p, gw_diag *diag)
{
	gw_status s = gw_dir_make(gw_path_join(&p->arena, p->place, "snapshots"), diag);
	return s == GW_OK && (p->settings.archive || p->settings.zip) ? gw_dir_make(gw_path_join(&p->arena, p->place, "archives"), diag) : s;
}

static gw_status publish(gw_publisher *p, gw_edition *e, const char *run_id, gw_published *out, gw_diag *diag)
{
	e->sequence++;
	gw_status s = describe(p, e, diag);
	if (s == GW_OK)
		s = make_archives(p, e, out, diag);
	if (s == GW_OK)
		s = gw_intent_put(p, e);
	if (s == GW_OK)
		s = make_places(p, diag);
	if (s == GW_OK)
		s = sync_all(p, diag);
	if (s == GW_OK)
		s = gw_publisher_quarantine(p, run_id, &out->quarantine_path, diag);
	/* Before the switch: a run killed between the two leaves the old snapshot with its own state. */
	if (s == GW_OK)
		gw_keep_save(p, e->version, diag);
	if (s == GW_OK)
		s = put_in_place(p, e, out, diag);
	if (s == GW_OK)
		gw_keep_tidy(p, e->version);
	out->payload_bytes = p->file_bytes;
	for (uint32_t i = 0; i < p->payload.count; i++)
		out->payload_bytes += p->payload.items[i].size;
	return s;
}

static void count_up(const gw_publisher *p, const gw_edition *e, gw_published *out)
{
	memcpy(out->content_sha256, e->content_sha256, sizeof out->content_sha256);
	memcpy(out->previous, e->previous, sizeof out->previous);
	for (gw_table_id id = 0; id < GW_TABLES; id++)
		out->rows[id] = p->tables[id].rows;
	out->documents = p->documents;
	out->rejects = p->reject_count;
	out->taken_sources = p->keep.taken_sources;
	out->taken_documents = p->keep.taken_documents;
}

static gw_status unchanged(gw_publisher *p, const gw_edition *e, const char *run_id, bool save, gw_published *out, gw_diag *diag)
{
	memcpy(out->version, e->previous, sizeof out->version);
	out->snapshot_path = gw_arena_printf(&p->arena, "%s/snapshots/%s", p->place, e->previous);
	if (save)
		gw_keep_save(p, e->previous, diag);
	gw_keep_tidy(p, e->previous); /* a run killed behind its switch has not */
	return gw_publisher_quarantine(p, run_id, &out->quarantine_path, diag);
}

static gw_status put_payload(gw_publisher *p, gw_diag *diag)
{
	gw_status s = gw_keep_flush(p, diag);
	if (s == GW_OK)
		s = put_organizations(p, diag);
	gw_status closed = close_tables(p);
	s = closed > s ? closed : s;
	return s == GW_OK ? put_schemas(p) : s;
}

/* `latest` may have been set back by hand to an older snapshot: no number is given twice. */
static gw_status last_sequence(gw_publisher *p, uint64_t *sequence, gw_diag *diag)
{
	gw_snapshot_list list;
	gw_status s = gw_snapshots_list(&p->arena, p->place, &list, diag);
	if (s == GW_OK && list.count && list.items[list.count - 1].sequence > *sequence)
		*sequence = list.items[list.count - 1].sequence;
	return s;
}

static gw_status finish(gw_publisher *p, const char *run_id, gw_published *out, gw_diag *diag)
{
	gw_edition e = {0};
	char latest_content[65];
	gw_status s = gw_latest_read(p->place, e.previous, latest_content, &e.sequence, diag);
	bool all_known = s == GW_OK && gw_keep_is_all(p);
	if (all_known)
		p->tables[GW_T_ORGANIZATIONS].rows = p->organs.items.count;
	else if (s == GW_OK)
		s = put_payload(p, diag);
	if (s == GW_OK)
		s = last_sequence(p, &e.sequence, diag);
	if (s != GW_OK)
		return s;
	remove_empty(p);
	if (all_known)
		memcpy(e.content_sha256, latest_content, sizeof latest_content);
	else
		s = gw_content_hash(p, e.content_sha256, diag);
	if (s != GW_OK)
		return s;
	out->changed = strcmp(e.content_sha256, latest_content) != 0;
	count_up(p, &e, out);
	if (out->changed) {
		s = publish(p, &e, run_id, out, diag);
		memcpy(out->version, e.version, sizeof out->version);
	} else {
		s = unchanged(p, &e, run_id, !all_known, out, diag);
	}
	/* The snapshot is published now: an old one that stays is no reason to call the run failed. */
	if (s == GW_OK && p->settings.keep > 0)
		gw_snapshots_prune(p->place, p->settings.keep, NULL, diag);
	return s;
}

gw_status gw_publisher_commit(gw_publisher *p, const char *run_id, gw_published *out, gw_diag *diag)
{
	memset(out, 0, sizeof *out);
	if (p->failed)
		return GW_FATAL;
	p->failed = true; /* commit comes once */
	gw_arena_reset(&p->scratch);
	gw_status s = gw_publisher_settle(p, finish(p, run_id, out, diag), diag);
	return s == GW_OK ? GW_OK : GW_FATAL;
}
