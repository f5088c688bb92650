/* The snapshot in the making: opening, taking in sources, giving up. commit.c ends it. */
#include "publisher.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

gw_status gw_publisher_settle(gw_publisher *p, gw_status s, gw_diag *diag)
{
	gw_diag_merge(diag, &p->own);
	gw_diag_clear(&p->own);
	for (gw_table_id id = 0; id < GW_TABLES; id++) {
		for (gw_form form = 0; form < GW_FORMS; form++) {
			gw_diag_merge(diag, &p->tables[id].own[form]);
			gw_diag_clear(&p->tables[id].own[form]);
		}
	}
	return s;
}

static gw_status fail(gw_publisher *p, gw_diag *diag)
{
	p->failed = true;
	return gw_publisher_settle(p, GW_FATAL, diag);
}

const char *gw_table_path(gw_arena *a, gw_form form, gw_table_id id)
{
	static const char *const folders[] = {"", "", "excel/"}, *const endings[] = {"csv", "jsonl", "csv"};
	return gw_arena_printf(a, "data/%s%s.%s", folders[form], gw_table_names[id], endings[form]);
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

static gw_writer *table_open(gw_publisher *p, gw_form form, const gw_table *t)
{
	const char *path = gw_path_join(&p->scratch, p->bag, gw_table_path(&p->scratch, form, t->id));
	return gw_writer_open(path, &p->tables[t->id].own[form]);
}

/* The head of a table's file. */
static void head_put(gw_publisher *p, gw_writer *w, gw_form form, gw_table_id id)
{
	if (w)
		gw_writer_put(w, p->packet.ptr, p->packet.len);
	p->keep.ends[gw_state_place(form, id)] = w ? p->packet.len : 0;
}

static bool open_tables(gw_publisher *p)
{
	for (gw_table_id id = 0; id < GW_TABLES; id++) {
		const gw_table *t = &p->schema->tables[id];
		gw_table_out *o = &p->tables[id];
		if ((p->settings.csv && !(o->csv = table_open(p, GW_FORM_CSV, t))) ||
			(p->settings.jsonl && !(o->jsonl = table_open(p, GW_FORM_JSONL, t))) ||
			(p->settings.excel && !(o->excel = table_open(p, GW_FORM_EXCEL, t))))
			return false;
		gw_buf_clear(&p->packet);
		gw_csv_header(&p->packet, t, "\n");
		head_put(p, o->csv, GW_FORM_CSV, id);
		gw_buf_clear(&p->packet);
		gw_buf_adds(&p->packet, "\xEF\xBB\xBF"); /* without it spreadsheets guess the encoding, wrongly */
		gw_csv_header(&p->packet, t, "\r\n");
		head_put(p, o->excel, GW_FORM_EXCEL, id);
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
	gw_organs_open(&p->organs, &p->arena, &p->schema->tables[GW_T_ORGANIZATIONS]);
	p->bag_folder = open(p->bag, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (p->bag_folder < 0) {
		gw_place at = {.path = p->bag};
		gw_report(diag, GW_E_OUTPUT_DIR, &at, "the folder cannot be opened: %s", strerror(errno));
	}
	p->settler = gw_settler_open(p->bag_folder);
	return p->bag_folder >= 0 && open_tables(p);
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
	for (gw_table_id id = 0; id < GW_TABLES; id++)
		for (gw_form form = 0; form < GW_FORMS; form++)
			gw_diag_init(&p->tables[id].own[form]);
	p->lock = p->bag_folder = -1;
	p->files = gw_sorter_new(0);
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
	for (gw_table_id id = 0; id < GW_TABLES; id++)
		for (gw_form form = 0; form < GW_FORMS; form++)
			gw_diag_release(&p->tables[id].own[form]);
	drop(&p->rejects);
	gw_keep_release(p);
	if (p->building)
		gw_dir_remove(p->building, &p->own);
	gw_settler_close(p->settler);
	if (p->bag_folder >= 0)
		close(p->bag_folder);
	gw_lock_drop(p->lock);
	gw_render_free(p->render);
	gw_organs_release(&p->organs);
	gw_sorter_free(p->files);
	gw_buf_release(&p->packet);
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

/* Creates a file that is there once. A text that another source has too is there already: the name is its hash. */
static gw_status put_file(const gw_publisher *p, const gw_packet_file *f, const char *bytes, gw_diag *diag)
{
	bool shared = strncmp(f->path, GW_TEXT_FOLDER, sizeof GW_TEXT_FOLDER - 1) == 0;
	return gw_file_create(p->bag_folder, p->bag, f->path, bytes, f->size, shared, diag);
}

gw_status gw_publisher_put_files(const gw_publisher *p, const gw_render *r, gw_diag *diag)
{
	gw_render_file f = {0};
	gw_status s = GW_OK;
	while (s == GW_OK && gw_render_file_next(r, &f))
		s = put_file(p, f.is, f.bytes, diag);
	return s == GW_OK ? GW_OK : GW_FATAL;
}

static void files_enter(gw_publisher *p, const gw_packet *k)
{
	for (uint64_t i = 0; i < k->file_count; i++) {
		const gw_packet_file *f = &k->files[i];
		gw_member m = {.path = f->path, .size = f->size, .crc = (uint32_t)f->crc};
		memcpy(m.sha256, f->sha256, sizeof m.sha256);
		gw_roll_add(p->files, &m);
	}
}

static bool send(gw_writer *w, gw_bytes lines)
{
	if (w)
		gw_writer_put(w, lines.ptr, lines.len);
	return !w || gw_writer_ok(w);
}

bool gw_publisher_send(gw_publisher *p, gw_table_id id, const gw_packet_table *t)
{
	gw_table_out *o = &p->tables[id];
	o->rows += t->rows;
	o->guarded += t->guarded;
	return send(o->csv, t->csv) && send(o->jsonl, t->jsonl) && send(o->excel, t->excel);
}

static void organs_take(gw_publisher *p, gw_bytes rows)
{
	uint32_t count = p->schema->tables[GW_T_ORGANIZATIONS].field_count;
	gw_cell *cells = GW_NEW_N(&p->scratch, gw_cell, count);
	while (gw_packet_cells(&rows, cells, count))
		gw_keep_organ(p, gw_organs_add(&p->organs, cells), cells[p->organs.mentions].i, cells[p->organs.documents].i);
}

static gw_status put_reject(gw_publisher *p, gw_bytes line)
{
	if (!p->rejects)
		p->rejects = gw_writer_open(gw_path_join(&p->scratch, p->building, "rejects.jsonl"), &p->own);
	if (!p->rejects)
		return GW_FAILED;
	gw_writer_put(p->rejects, line.ptr, line.len);
	p->reject_count++;
	return gw_writer_ok(p->rejects) ? GW_OK : GW_FAILED;
}

/* One path once, in order: what keys and content rely on. */
static bool in_order(const gw_publisher *p, gw_str source_path, gw_diag *diag)
{
	gw_str last = {p->last_path.ptr, (uint32_t)p->last_path.len};
	gw_place at = {.path = source_path.ptr};
	if (last.ptr && gw_str_cmp(last, source_path) >= 0) {
		gw_report(diag, GW_E_INTERNAL, &at, "the source comes after %s, which is not the order of paths", last.ptr);
		return false;
	}
	return true;
}

static gw_status take_packet(gw_publisher *p, const gw_packet *k, gw_diag *diag)
{
	if (k->reject.ptr)
		return put_reject(p, k->reject);
	if (k->known)
		return gw_keep_take(p, k->known - 1, diag);
	if (gw_keep_begin(p, diag) != GW_OK)
		return GW_FATAL;
	p->documents += k->documents;
	files_enter(p, k);
	organs_take(p, k->organs);
	for (gw_table_id id = 0; id < GW_TABLES; id++)
		if (!gw_publisher_send(p, id, &k->table[id]))
			return GW_FAILED;
	gw_keep_end(p, k);
	return GW_OK;
}

gw_status gw_publisher_take(gw_publisher *p, const gw_buf *packet, gw_diag *diag)
{
	gw_packet k;
	if (p->failed)
		return GW_FATAL;
	gw_arena_reset(&p->scratch);
	gw_packet_read(packet, &k);
	if (!in_order(p, k.source_path, diag) || take_packet(p, &k, diag) != GW_OK)
		return fail(p, diag);
	gw_settler_note(p->settler, packet->len);
	for (uint64_t i = 0; i < k.file_count; i++)
		gw_settler_note(p->settler, k.files[i].size);
	gw_buf_clear(&p->last_path);
	gw_buf_add_str(&p->last_path, k.source_path);
	return GW_OK;
}

gw_status gw_publisher_add(gw_publisher *p, const gw_rows *rows, gw_diag *diag)
{
	if (p->failed)
		return GW_FATAL;
	if (!p->render)
		p->render = gw_render_new(p->schema, &p->settings);
	if (!in_order(p, rows->source_path, diag) || gw_render_rows(p->render, rows, &p->packet, diag) != GW_OK ||
		gw_publisher_put_files(p, p->render, diag) != GW_OK)
		return fail(p, diag);
	return gw_publisher_take(p, &p->packet, diag);
}
