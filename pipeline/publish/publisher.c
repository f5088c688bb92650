/* The snapshot in the making: opening, taking in sources, giving up. commit.c ends it. */
#include "publisher.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A run with a systematic fault would break every row: the first ones tell. */
enum { BROKEN_ROWS_TOLD = 20 };

gw_status gw_publisher_settle(gw_publisher *p, gw_status s, gw_diag *diag)
{
	gw_diag_merge(diag, &p->own);
	gw_diag_clear(&p->own);
	return s;
}

static gw_status fail(gw_publisher *p, gw_diag *diag)
{
	p->failed = true;
	return gw_publisher_settle(p, GW_FATAL, diag);
}

/* ---- opening ---- */

/* The name goes into paths inside the bag, the archive's name and the descriptor: lower-case ASCII throughout. */
static bool name_good(const char *name)
{
	size_t n = strlen(name);
	return n > 0 && n <= 64 && name[0] != '.' && name[0] != '-' &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789._-") == n;
}

static bool read_epoch(gw_publisher *p, gw_diag *diag)
{
	const char *text = getenv("SOURCE_DATE_EPOCH");
	if (!text || !*text)
		return true;
	char *end;
	errno = 0;
	unsigned long long v = strtoull(text, &end, 10);
	/* Eleven octal digits in an archive, four of the year in a date. */
	p->has_epoch = true;
	p->epoch = v;
	if (*text >= '0' && *text <= '9' && !*end && !errno && v < UINT64_C(1) << 33)
		return true;
	gw_report(diag, GW_E_CONFIG_RANGE, NULL, "SOURCE_DATE_EPOCH is \"%s\", expected seconds since 1970", text);
	return false;
}

static bool make_folders(gw_publisher *p, gw_diag *diag)
{
	gw_leftovers_clear(p);
	p->building = gw_path_join(&p->arena, p->place, gw_arena_printf(&p->arena, ".tmp-%ld", (long)getpid()));
	p->bag = gw_path_join(&p->arena, p->building, "bag");
	const gw_publish_settings *s = &p->settings;
	return gw_dir_make(gw_path_join(&p->arena, p->bag, "data/schemas"), diag) == GW_OK &&
	       (!s->json || gw_dir_make(gw_path_join(&p->arena, p->bag, "data/documents"), diag) == GW_OK) &&
	       (!s->texts || gw_dir_make(gw_path_join(&p->arena, p->bag, "data/text"), diag) == GW_OK) &&
	       (!s->excel || gw_dir_make(gw_path_join(&p->arena, p->bag, "data/excel"), diag) == GW_OK);
}

static gw_writer *table_open(gw_publisher *p, const char *folder, const gw_table *t, const char *ending)
{
	const char *path = gw_arena_printf(&p->scratch, "%s/%s%s.%s", p->bag, folder, t->name, ending);
	return gw_writer_open(path, &p->own);
}

static bool open_tables(gw_publisher *p)
{
	for (gw_table_id id = 0; id < GW_TABLES; id++) {
		const gw_table *t = &p->schema->tables[id];
		gw_table_out *o = &p->tables[id];
		if ((p->settings.csv && !(o->csv = table_open(p, "data/", t, "csv"))) ||
			(p->settings.jsonl && !(o->jsonl = table_open(p, "data/", t, "jsonl"))) ||
			(p->settings.excel && !(o->excel = table_open(p, "data/excel/", t, "csv"))))
			return false;
		gw_buf_clear(&p->out);
		gw_csv_header(&p->out, t, "\n");
		if (o->csv)
			gw_writer_put(o->csv, p->out.ptr, p->out.len);
		gw_buf_clear(&p->out);
		gw_buf_adds(&p->out, "\xEF\xBB\xBF"); /* without it spreadsheets guess the encoding, wrongly */
		gw_csv_header(&p->out, t, "\r\n");
		if (o->excel)
			gw_writer_put(o->excel, p->out.ptr, p->out.len);
	}
	return true;
}

static bool take_lock(gw_publisher *p, bool *busy, gw_diag *diag)
{
	const char *path = gw_path_join(&p->arena, p->place, ".lock");
	if (gw_dir_make(p->place, diag) != GW_OK)
		return false;
	p->lock = gw_lock_take(path, false, diag);
	*busy = p->lock == -2;
	gw_place at = {.path = path};
	if (*busy)
		gw_report(diag, GW_E_OUTPUT_LOCK, &at, "another run is publishing this dataset; try again later");
	return p->lock >= 0;
}

static bool set_up(gw_publisher *p, bool *busy, gw_diag *diag)
{
	if (!name_good(p->dataset)) {
		gw_report(diag, GW_E_CONFIG_RANGE, NULL,
			"the dataset's name \"%s\" may hold a to z, 0 to 9, dots, dashes and underscores only, at most 64", p->dataset);
		return false;
	}
	if (!gw_publish_settings_finish(&p->settings, diag) || !read_epoch(p, diag) || !take_lock(p, busy, diag) ||
		!make_folders(p, diag))
		return false;
	gw_nest_open(&p->nest, &p->arena, p->schema);
	gw_organs_open(&p->organs, &p->arena, &p->schema->tables[GW_T_ORGANIZATIONS]);
	gw_map_init(&p->texts, &p->arena);
	return open_tables(p);
}

gw_publisher *gw_publisher_open(const char *output, const char *dataset, const gw_schema *schema,
	const gw_publish_settings *settings, bool *busy, gw_diag *diag)
{
	gw_publisher *p = calloc(1, sizeof *p);
	if (!p) {
		fputs("gongwen: out of memory (the publisher)\n", stderr);
		exit(1);
	}
	gw_arena_init(&p->arena);
	gw_arena_init(&p->scratch);
	gw_diag_init(&p->own);
	p->lock = -1;
	p->schema = schema;
	p->settings = *settings;
	p->dataset = gw_arena_str(&p->arena, gw_str_of(dataset)).ptr;
	p->place = gw_path_join(&p->arena, output, dataset);
	*busy = false;
	if (set_up(p, busy, diag))
		return p;
	gw_publisher_settle(p, GW_FATAL, diag);
	gw_publisher_close(p);
	return NULL;
}

static void drop(gw_writer **w)
{
	if (*w)
		gw_writer_close(*w, false, NULL, NULL);
	*w = NULL;
}

void gw_publisher_close(gw_publisher *p)
{
	if (!p)
		return;
	for (gw_table_id id = 0; id < GW_TABLES; id++) {
		drop(&p->tables[id].csv);
		drop(&p->tables[id].jsonl);
		drop(&p->tables[id].excel);
	}
	drop(&p->rejects);
	if (p->building)
		gw_dir_remove(p->building, &p->own);
	gw_lock_drop(p->lock);
	gw_organs_release(&p->organs);
	gw_buf_release(&p->out);
	gw_buf_release(&p->last_path);
	gw_arena_release(&p->scratch);
	gw_arena_release(&p->arena);
	gw_diag_release(&p->own);
	free(p);
}

const char *gw_publisher_place(const gw_publisher *p)
{
	return p->place;
}

/* ---- taking in ---- */

void gw_publisher_row(gw_publisher *p, gw_table_id id, const gw_cell *cells)
{
	const gw_table *t = &p->schema->tables[id];
	gw_table_out *o = &p->tables[id];
	o->rows++;
	if (o->csv) {
		gw_buf_clear(&p->out);
		gw_csv_row(&p->out, t, cells);
		gw_writer_put(o->csv, p->out.ptr, p->out.len);
	}
	if (o->jsonl) {
		gw_buf_clear(&p->out);
		gw_json_row(&p->out, t, &p->nest.names[id], cells);
		gw_writer_put(o->jsonl, p->out.ptr, p->out.len);
	}
	if (o->excel) {
		gw_buf_clear(&p->out);
		o->guarded += gw_csv_excel_row(&p->out, t, cells);
		gw_writer_put(o->excel, p->out.ptr, p->out.len);
	}
}

static bool rows_good(gw_publisher *p, const gw_rows *rows, gw_diag *diag)
{
	unsigned broken = 0;
	for (gw_table_id id = 0; id < GW_TABLES; id++)
		for (uint32_t i = 0; i < rows->table[id].count && broken < BROKEN_ROWS_TOLD; i++)
			broken += gw_row_check(&p->schema->tables[id], rows->table[id].items[i], rows->source_path.ptr, diag) != GW_OK;
	return !broken && gw_keys_check(p->schema, rows, &p->scratch, diag) == GW_OK;
}

static gw_status put_file(gw_publisher *p, const char *path, const char *bytes, size_t n)
{
	return gw_bag_put(p, &p->payload, path, bytes, n);
}

static gw_status put_text(gw_publisher *p, const gw_rows *rows)
{
	const char *path = gw_arena_printf(&p->scratch, "data/text/%.32s.txt", rows->text_sha256);
	uint32_t *seen = gw_map_put(&p->texts, gw_str_of(path));
	if (*seen != GW_NONE)
		return GW_OK;
	*seen = 1;
	return put_file(p, gw_arena_str(&p->arena, gw_str_of(path)).ptr, rows->text.ptr, rows->text.len);
}

/* The row with the paths of files that the settings leave out set to null. */
static gw_cell *document_row(gw_publisher *p, const gw_cell *cells)
{
	const gw_table *t = &p->schema->tables[GW_T_DOCUMENTS];
	gw_cell *row = GW_NEW_N(&p->scratch, gw_cell, t->field_count);
	memcpy(row, cells, sizeof *row * t->field_count);
	if (!p->settings.json)
		row[gw_table_field(t, "json_path")] = (gw_cell){0};
	if (!p->settings.texts)
		row[gw_table_field(t, "text_path")] = (gw_cell){0};
	return row;
}

/* Writes the documents' rows and their nested files. */
static gw_status put_documents(gw_publisher *p, const gw_rows *rows, gw_diag *diag)
{
	const gw_table *t = &p->schema->tables[GW_T_DOCUMENTS];
	uint32_t at[GW_TABLES] = {0}, json_path = gw_table_field(t, "json_path");
	gw_buf json;
	gw_buf_init(&json);
	gw_status s = GW_OK;
	for (uint32_t i = 0; s == GW_OK && i < rows->table[GW_T_DOCUMENTS].count; i++) {
		gw_cell *row = document_row(p, rows->table[GW_T_DOCUMENTS].items[i]);
		gw_publisher_row(p, GW_T_DOCUMENTS, row);
		p->documents++;
		if (!p->settings.json)
			continue;
		gw_str name = row[json_path].s;
		gw_buf_clear(&json);
		s = gw_nest_document(&p->nest, rows, row, at, &p->scratch, &json, diag);
		if (s == GW_OK)
			s = put_file(p, gw_arena_printf(&p->arena, "data/%.*s", (int)name.len, name.ptr), json.ptr, json.len);
	}
	/* Rows that no document has taken stand in another order than the documents, so they would be missing above. */
	for (gw_table_id id = GW_T_SECTIONS; s == GW_OK && p->settings.json && id < GW_TABLES; id++) {
		gw_place place = {.path = rows->source_path.ptr};
		if (at[id] != rows->table[id].count)
			s = gw_report(diag, GW_E_ROW, &place, "%s: rows are not in the order of their documents", gw_table_names[id]);
	}
	gw_buf_release(&json);
	return s;
}

static gw_status put_reject(gw_publisher *p, const gw_rows *rows)
{
	if (!p->rejects)
		p->rejects = gw_writer_open(gw_path_join(&p->scratch, p->building, "rejects.jsonl"), &p->own);
	if (!p->rejects)
		return GW_FAILED;
	gw_buf_clear(&p->out);
	gw_reject_print(rows, &p->out);
	gw_writer_put(p->rejects, p->out.ptr, p->out.len);
	p->reject_count++;
	return gw_writer_ok(p->rejects) ? GW_OK : GW_FAILED;
}

static bool writers_good(const gw_publisher *p)
{
	for (gw_table_id id = 0; id < GW_TABLES; id++) {
		const gw_table_out *o = &p->tables[id];
		if ((o->csv && !gw_writer_ok(o->csv)) || (o->jsonl && !gw_writer_ok(o->jsonl)) || (o->excel && !gw_writer_ok(o->excel)))
			return false;
	}
	return true;
}

/* Rows may come from files: the names that they give to files are the ones the program would give, so that no file
 * is written twice or in another place. */
static bool paths_good(gw_publisher *p, const gw_rows *rows, gw_diag *diag)
{
	const gw_table *t = &p->schema->tables[GW_T_DOCUMENTS];
	uint32_t json = gw_table_field(t, "json_path"), text = gw_table_field(t, "text_path");
	gw_place at = {.path = rows->source_path.ptr};
	for (uint32_t i = 0; i < rows->table[GW_T_DOCUMENTS].count; i++) {
		const gw_cell *cells = rows->table[GW_T_DOCUMENTS].items[i];
		char hash[65];
		gw_sha256_of(cells[t->primary].s.ptr, cells[t->primary].s.len, hash);
		if (!gw_str_eq(cells[json].s, gw_str_of(gw_arena_printf(&p->scratch, "documents/%.32s.json", hash))) ||
			!gw_str_eq(cells[text].s, gw_str_of(gw_arena_printf(&p->scratch, "text/%.32s.txt", rows->text_sha256)))) {
			gw_report(diag, GW_E_ROW, &at, "documents, row %u: json_path or text_path is not made from its id and text", i + 1);
			return false;
		}
	}
	return true;
}

/* One path once, in order: what keys and content rely on. */
static bool in_order(gw_publisher *p, const gw_rows *rows, gw_diag *diag)
{
	gw_str last = {p->last_path.ptr, (uint32_t)p->last_path.len};
	gw_place at = {.path = rows->source_path.ptr};
	if (last.ptr && gw_str_cmp(last, rows->source_path) >= 0) {
		gw_report(diag, GW_E_INTERNAL, &at, "the source comes after %s, which is not the order of paths", last.ptr);
		return false;
	}
	gw_buf_clear(&p->last_path);
	gw_buf_add_str(&p->last_path, rows->source_path);
	return true;
}

static gw_status put_source(gw_publisher *p, const gw_rows *rows, gw_diag *diag)
{
	if (rows->rejected)
		return put_reject(p, rows);
	if (!rows_good(p, rows, diag))
		return GW_FAILED;
	gw_place at = {.path = rows->source_path.ptr};
	if (rows->table[GW_T_DOCUMENTS].count && !rows->text.ptr)
		return gw_report(diag, GW_E_ROW, &at, "the source has rows, but no text");
	if (!paths_good(p, rows, diag))
		return GW_FAILED;
	gw_status s = put_documents(p, rows, diag);
	if (s == GW_OK && p->settings.texts && rows->table[GW_T_DOCUMENTS].count)
		s = put_text(p, rows);
	for (gw_table_id id = GW_T_SECTIONS; s == GW_OK && id < GW_TABLES; id++) {
		for (uint32_t i = 0; i < rows->table[id].count; i++) {
			if (id == GW_T_ORGANIZATIONS)
				gw_organs_add(&p->organs, rows->table[id].items[i]);
			else
				gw_publisher_row(p, id, rows->table[id].items[i]);
		}
	}
	return s == GW_OK && !writers_good(p) ? GW_FAILED : s;
}

gw_status gw_publisher_add(gw_publisher *p, const gw_rows *rows, gw_diag *diag)
{
	if (p->failed)
		return GW_FATAL;
	gw_arena_reset(&p->scratch);
	if (!in_order(p, rows, diag) || put_source(p, rows, diag) != GW_OK)
		return fail(p, diag);
	return gw_publisher_settle(p, GW_OK, diag);
}
