/* What changed between two snapshots: rows by primary key, table by table. What their schemas say differently is told
 * first (evolution.c); a column that only one of them has is no change of a row.
 *
 *   old table ──> keys, with the place of their rows ──> sorted ─┐
 *   new table ──> keys, with the place of their rows ──> sorted ─┴─> joined ──> added, removed, changed, by key
 *
 * The keys are sorted by way of a file (gw/tape.h), so any table fits into little memory; the rows themselves are read
 * again where they are compared or printed. */
#include "diff.h"

#include <jansson.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

typedef gw_diff_version version;
typedef gw_diff_side side;
typedef gw_diff work;

/* GIVE_BACK: bytes of a mapped table that are kept at hand. */
enum { LIST_ROOM = 256 << 10, GIVE_BACK = 4 << 20 };

/* ---- opening ---- */

static const char *kept(version *v, const char *z)
{
	return z ? gw_arena_str(&v->m.arena, gw_str_of(z)).ptr : NULL;
}

/* By the descriptor; where that is silent, by the folder's name, whose first part is the schema's version. */
static gw_status version_names(version *v, gw_diag *diag)
{
	const gw_fileset_file *f = gw_fileset_find(&v->m, "data/datapackage.json");
	gw_loaded file;
	if (f && gw_fileset_load(&v->m, f, &file, diag) != GW_OK)
		return GW_FAILED;
	if (f) {
		json_t *root = json_loadb(file.bytes, file.len, 0, NULL);
		v->name = kept(v, json_string_value(json_object_get(root, "version")));
		v->schema_name = kept(v, json_string_value(json_object_get(json_object_get(root, "gongwen"), "schema_version")));
		json_decref(root);
		gw_file_unload(&file);
	}
	v->name = v->name ? v->name : gw_path_base(v->m.name);
	uint64_t sequence;
	if (!v->schema_name && gw_version_parse(v->name, &sequence))
		v->schema_name = gw_arena_printf(&v->m.arena, "%.*s", (int)strcspn(v->name, "-"), v->name);
	return GW_OK;
}

static gw_status version_open(version *v, const char *snapshot, gw_diag *diag)
{
	gw_status s = gw_fileset_open_tables(&v->m, snapshot, diag);
	if (s != GW_OK)
		return s;
	v->schema = gw_fileset_schema(&v->m, diag);
	gw_status named = version_names(v, diag);
	return v->schema ? named : GW_FAILED;
}

static void version_close(version *v)
{
	gw_schema_release(v->schema);
	gw_fileset_close(&v->m);
}

static gw_status side_broken(const side *s, version *v, const gw_row_reader *r, gw_diag *diag)
{
	gw_place at = {.path = gw_fileset_shown(&v->m, s->path), .line = r->line};
	return gw_report(diag, GW_E_SNAPSHOT, &at, "%s", r->problem.ptr);
}

static gw_status readers_open(side *s, version *v, gw_row_format format, gw_diag *diag)
{
	s->open = true;
	bool walks = gw_row_reader_open(&s->walk, s->table, format, s->file.bytes, s->file.len);
	bool jumps = gw_row_reader_open(&s->jump, s->table, format, s->file.bytes, s->file.len);
	return walks && jumps ? GW_OK : side_broken(s, v, &s->walk, diag);
}

static gw_status side_open_kept(side *s, version *v, gw_diag *diag)
{
	gw_form form = gw_keep_form(v->publisher);
	if (!v->publisher->settings.csv && !v->publisher->settings.jsonl)
		return GW_OK;
	s->path = gw_table_path(&v->m.arena, form, s->table->id);
	gw_status status = gw_keep_rows(v->publisher, v->old, s->table->id, &v->m.arena, &s->parts, &s->parted, diag);
	if (status != GW_OK)
		return status;
	status = gw_file_map(gw_path_join(&v->m.arena, gw_keep_folder(v->publisher, v->old), s->path), &s->file, diag);
	return status == GW_OK ? readers_open(s, v, form == GW_FORM_CSV ? GW_ROWS_CSV : GW_ROWS_JSONL, diag) : status;
}

/* A table that a snapshot has not has no rows there. */
static gw_status side_open(side *s, version *v, gw_table_id id, gw_diag *diag)
{
	static const char *const endings[] = {[GW_ROWS_CSV] = "csv", [GW_ROWS_JSONL] = "jsonl"};
	*s = (side){.table = NULL};
	if (!v->schema)
		return GW_OK;
	s->table = &v->schema->tables[id];
	if (v->publisher)
		return side_open_kept(s, v, diag);
	if (!gw_table_declared(s->table))
		return GW_OK;
	for (gw_row_format format = GW_ROWS_CSV; format <= GW_ROWS_JSONL; format++) {
		s->path = gw_arena_printf(&v->m.arena, "data/%s.%s", s->table->name, endings[format]);
		const gw_fileset_file *f = gw_fileset_find(&v->m, s->path);
		if (!f)
			continue;
		gw_status status = gw_fileset_map(&v->m, f, &s->file, diag);
		return status == GW_OK ? readers_open(s, v, format, diag) : status;
	}
	return GW_OK;
}

static void side_close(side *s)
{
	gw_sorter_free(s->keys);
	if (!s->open)
		return;
	gw_row_reader_close(&s->walk);
	gw_row_reader_close(&s->jump);
	gw_file_unload(&s->file);
}

/* ---- reading ---- */

/* A table of any size is mapped; what was read is given back to the system, and comes again where it is wanted. */
static void give_back(side *s)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE), end = s->walk.offset / page * page;
	if (!s->file.mapped || s->walk.offset < s->given + GIVE_BACK)
		return;
	madvise((char *)s->file.handle + s->given, (size_t)(end - s->given), MADV_DONTNEED);
	s->given = end;
}

static const char *row_bytes(side *s, const gw_diff_row *row)
{
	s->looked += row->size;
	if (s->file.mapped && s->looked > GIVE_BACK) {
		madvise(s->file.handle, s->file.len, MADV_DONTNEED);
		s->looked = 0;
	}
	return s->file.bytes + row->at;
}

const gw_cell *gw_diff_row_at(side *s, const gw_diff_row *row)
{
	row_bytes(s, row);
	gw_row_reader_seek(&s->jump, (size_t)row->at);
	gw_row_reader_next(&s->jump);
	return s->jump.cells;
}

/* To the next of the stretches that are to be read; false behind the last one. */
static bool part_next(side *s)
{
	if (!s->parted || s->part == s->parts.count)
		return false;
	const gw_stretch *p = &s->parts.items[s->part++];
	s->walk.at = s->file.bytes + p->begin;
	s->walk.end = s->walk.at + p->size;
	return true;
}

static gw_row_state row_next(side *s, bool key_only)
{
	gw_row_state state;
	do
		state = key_only ? gw_row_reader_next_key(&s->walk) : gw_row_reader_next(&s->walk);
	while (state == GW_ROW_END && part_next(s));
	give_back(s);
	return state;
}

/* Rows that this run or the one before has written itself are not taken apart. */
static gw_status keys_read(work *w, side *s, version *v, bool key_only)
{
	gw_row_state state;
	s->keys = gw_sorter_new(0);
	if (!s->open)
		return GW_OK;
	if (s->parted && !part_next(s))
		return GW_OK;
	while ((state = row_next(s, key_only || v->publisher)) != GW_ROW_END) {
		if (state == GW_ROW_BAD)
			return side_broken(s, v, &s->walk, w->diag);
		gw_row_key(s->table, s->walk.cells, &w->key);
		gw_diff_row row = {s->walk.offset, (uint64_t)(s->walk.at - s->file.bytes) - s->walk.offset};
		gw_sorter_add(s->keys, (gw_str){w->key.ptr, (uint32_t)w->key.len}, &row, sizeof row);
	}
	return GW_OK;
}

/* ---- comparing ---- */

/* What was retyped is compared as it is written. */
static bool same_as_text(const gw_cell *a, const gw_cell *b)
{
	gw_buf x, y;
	gw_buf_init(&x);
	gw_buf_init(&y);
	gw_cell_print(a, &x);
	gw_cell_print(b, &y);
	bool same = x.len == y.len && (x.len == 0 || memcmp(x.ptr, y.ptr, x.len) == 0);
	gw_buf_release(&x);
	gw_buf_release(&y);
	return same;
}

uint32_t gw_diff_fields(const work *w, const gw_cell *was, const gw_cell *is, gw_diff_field_fn each, void *ctx)
{
	uint32_t n = 0;
	const gw_table *now = w->new_side.table, *then = w->old_side.table;
	for (uint32_t i = 0; i < now->field_count; i++) {
		uint32_t old = w->old_field[i];
		if (old == GW_NONE || gw_cell_eq(&was[old], &is[i]) ||
			(then->fields[old].type != now->fields[i].type && same_as_text(&was[old], &is[i])))
			continue;
		n++;
		if (each)
			each(now->fields[i].name, &was[old], &is[i], ctx);
	}
	return n;
}

/* Where both sides stand: each at a row, or behind its last. */
typedef struct heads {
	gw_sorted was, is;
	bool has_was, has_is;
} heads;

static gw_diff_row row_of(const gw_sorted *r)
{
	gw_diff_row row;
	memcpy(&row, r->value.ptr, sizeof row);
	return row;
}

static bool rows_differ(work *w, const gw_diff_change *c)
{
	if (w->rows_alike && c->was.size == c->is.size &&
		memcmp(row_bytes(&w->old_side, &c->was), row_bytes(&w->new_side, &c->is), (size_t)c->was.size) == 0)
		return false;
	return gw_diff_fields(w, gw_diff_row_at(&w->old_side, &c->was), gw_diff_row_at(&w->new_side, &c->is), NULL, NULL) > 0;
}

static void note(gw_tape *list, const gw_diff_change *c, gw_str key)
{
	gw_tape_add(list, c, sizeof *c, key.ptr, key.len);
}

/* Of rows of one key in a broken old snapshot the first one counts. */
static void was_next(work *w, heads *h, gw_buf *last)
{
	gw_buf_clear(last);
	gw_buf_add_str(last, h->was.key);
	do
		h->has_was = gw_sorter_next(w->old_side.keys, &h->was);
	while (h->has_was && gw_str_eq(h->was.key, (gw_str){last->ptr, (uint32_t)last->len}));
}

static void join_step(work *w, heads *h, gw_buf *last)
{
	int order = !h->has_is ? -1 : !h->has_was ? 1 : gw_str_cmp(h->was.key, h->is.key);
	gw_diff_change c = {.was = order <= 0 ? row_of(&h->was) : (gw_diff_row){0}, .is = order >= 0 ? row_of(&h->is) : (gw_diff_row){0}};
	bool same_key = order == 0 && w->keys_same;
	if (order >= 0 && !same_key)
		note(&w->added, &c, h->is.key);
	if (order <= 0 && !same_key)
		note(&w->removed, &c, h->was.key);
	if (same_key && rows_differ(w, &c))
		note(&w->changed, &c, h->is.key);
	if (order >= 0)
		h->has_is = gw_sorter_next(w->new_side.keys, &h->is);
	/* A new row of the same key may follow. */
	bool again = same_key && h->has_is && gw_str_eq(h->is.key, h->was.key);
	if (order <= 0 && !again)
		was_next(w, h, last);
}

static gw_status torn(work *w)
{
	return gw_report(w->diag, GW_E_INTERNAL, NULL, "keys cannot be read back from the temporary file");
}

static gw_status keys_join(work *w)
{
	heads h;
	gw_buf last;
	gw_buf_init(&last);
	h.has_was = gw_sorter_next(w->old_side.keys, &h.was);
	h.has_is = gw_sorter_next(w->new_side.keys, &h.is);
	while (h.has_was || h.has_is)
		join_step(w, &h, &last);
	gw_buf_release(&last);
	return gw_sorter_failed(w->old_side.keys) || gw_sorter_failed(w->new_side.keys) ? torn(w) : GW_OK;
}

static void tables_match(work *w)
{
	const gw_table *then = w->old_side.table, *now = w->new_side.table;
	w->old_field = GW_NEW_N(&w->arena, uint32_t, now->field_count);
	for (uint32_t i = 0; then && i < now->field_count; i++)
		w->old_field[i] = gw_table_field(then, now->fields[i].name);
	w->keys_same = then && gw_keys_same(then, now);
	w->rows_alike = w->keys_same && then->field_count == now->field_count && w->old_side.walk.format == w->new_side.walk.format;
	for (uint32_t i = 0; w->rows_alike && i < now->field_count; i++)
		w->rows_alike = w->old_field[i] == i && then->fields[i].type == now->fields[i].type;
}

/* The keys of both sides, in order. */
static gw_status table_read(work *w, gw_table_id id)
{
	gw_status s = side_open(&w->old_side, w->old_version, id, w->diag);
	gw_status t = side_open(&w->new_side, w->new_version, id, w->diag);
	if (s != GW_OK || t != GW_OK)
		return s > t ? s : t;
	tables_match(w);
	s = keys_read(w, &w->old_side, w->old_version, false);
	if (s == GW_OK)
		s = keys_read(w, &w->new_side, w->new_version, !w->old_side.open);
	if (s != GW_OK)
		return s;
	gw_sorter_rewind(w->old_side.keys);
	gw_sorter_rewind(w->new_side.keys);
	return GW_OK;
}

/* ---- all tables ----
 * While the changes of one table are told, the keys of the next are read by a thread, where there is a core for it. */

typedef struct turn {
	work w;
	gw_table_id id;
	gw_diag diag; /* of the reading */
	gw_status status;
	pthread_t thread;
	bool reading;
} turn;

static void *turn_read(void *arg)
{
	turn *t = arg;
	work *w = &t->w;
	gw_tape *const lists[] = {&w->added, &w->removed, &w->changed};
	gw_arena_init(&w->arena);
	gw_buf_init(&w->key);
	for (unsigned i = 0; i < sizeof lists / sizeof *lists; i++)
		gw_tape_init(lists[i], LIST_ROOM);
	t->status = table_read(w, t->id);
	return NULL;
}

static void turn_begin(turn *t, const work *shared, gw_table_id id, bool ahead)
{
	t->w = *shared;
	t->w.diag = &t->diag;
	t->id = id;
	gw_diag_init(&t->diag);
	t->reading = ahead && pthread_create(&t->thread, NULL, turn_read, t) == 0;
	if (!t->reading)
		turn_read(t);
}

static void turn_wait(turn *t)
{
	if (t->reading)
		pthread_join(t->thread, NULL);
	t->reading = false;
}

static gw_status turn_tell(turn *t, gw_diag *diag, gw_diff_counts *counts)
{
	work *w = &t->w;
	gw_status s = t->status == GW_OK ? keys_join(w) : t->status;
	if (s == GW_OK) {
		counts->added[t->id] = w->added.count;
		counts->removed[t->id] = w->removed.count;
		counts->changed[t->id] = w->changed.count;
		if (w->json)
			gw_diff_json_table(w, t->id);
		if (w->readable)
			gw_diff_readable_table(w, t->id);
	}
	if (s == GW_OK && w->torn)
		s = torn(w);
	gw_diag_merge(diag, &t->diag);
	return s;
}

static void turn_end(turn *t)
{
	work *w = &t->w;
	side_close(&w->old_side);
	side_close(&w->new_side);
	gw_tape_release(&w->added);
	gw_tape_release(&w->removed);
	gw_tape_release(&w->changed);
	gw_buf_release(&w->key);
	gw_arena_release(&w->arena);
	gw_diag_release(&t->diag);
}

static gw_status all_tables(const work *shared, bool ahead, gw_diff_counts *counts)
{
	turn turns[2];
	gw_status status = GW_OK;
	turn_begin(&turns[0], shared, 0, false);
	for (gw_table_id id = 0; id < GW_TABLES && status == GW_OK; id++) {
		turn *now = &turns[id % 2], *next = &turns[(id + 1) % 2];
		bool more = id + 1 < GW_TABLES;
		if (more && ahead)
			turn_begin(next, shared, id + 1, true);
		status = turn_tell(now, shared->diag, counts);
		turn_end(now);
		if (more && ahead)
			turn_wait(next);
		if (more && ahead && status != GW_OK)
			turn_end(next);
		if (more && !ahead && status == GW_OK)
			turn_begin(next, shared, id + 1, false);
	}
	return status;
}

static gw_status tables_diff(work *w, uint32_t threads, gw_diff_counts *counts)
{
	const version *was = w->old_version, *is = w->new_version;
	gw_evolution_find(w->evolution, &w->new_version->m.arena, was->schema, is->schema);
	counts->schema = w->evolution->tables.count;
	if (w->json)
		gw_diff_json_head(w);
	if (w->readable) {
		gw_buf_printf(w->readable, "%s → %s\n", was->name ? was->name : "(nothing)", is->name);
		gw_evolution_readable(w->evolution, was->schema_name, is->schema_name, w->readable);
	}
	gw_status status = all_tables(w, threads > 1, counts);
	if (w->json)
		gw_buf_adds(w->json, "\n}\n}\n");
	return status;
}

gw_status gw_snapshot_diff(const char *old_snapshot, const char *new_snapshot, gw_buf *json, gw_buf *readable, uint32_t shown,
	gw_diff_counts *counts, gw_diag *diag)
{
	version was = {.schema = NULL}, is = {.schema = NULL};
	gw_evolution evolution = {0};
	work w = {.old_version = &was, .new_version = &is, .evolution = &evolution, .diag = diag, .json = json, .readable = readable, .shown = shown};
	gw_diff_counts own;
	counts = counts ? counts : &own;
	memset(counts, 0, sizeof *counts);
	gw_status s = old_snapshot ? version_open(&was, old_snapshot, diag) : GW_OK;
	gw_status t = version_open(&is, new_snapshot, diag);
	s = s > t ? s : t;
	if (s == GW_OK)
		s = tables_diff(&w, gw_cores(), counts);
	if (old_snapshot)
		version_close(&was);
	version_close(&is);
	return s;
}

/* The same as gw_snapshot_diff's JSON; with a state of the snapshot before, by the rows that can differ alone. */
static gw_status publisher_diff(work *w, gw_publisher *p, const gw_edition *e)
{
	gw_diff_counts counts = {0};
	const char *before = *e->previous ? gw_arena_printf(&p->scratch, "%s/snapshots/%s", p->place, e->previous) : NULL;
	version was = {.schema = NULL}, is = {.schema = p->schema, .name = e->version, .schema_name = p->schema->version, .publisher = p};
	gw_arena_init(&is.m.arena);
	is.m.name = is.name;
	w->old_version = &was;
	w->new_version = &is;
	gw_status s = GW_OK;
	if (p->keep.old) {
		was = (version){.schema = p->schema, .name = e->previous, .schema_name = p->schema->version, .publisher = p, .old = true};
		gw_arena_init(&was.m.arena);
		was.m.name = was.name;
	} else if (before) {
		s = version_open(&was, before, w->diag);
	}
	if (s == GW_OK)
		s = tables_diff(w, p->settings.jobs > 0 ? (uint32_t)p->settings.jobs : gw_cores(), &counts);
	if (p->keep.old)
		gw_arena_release(&was.m.arena);
	else if (before)
		version_close(&was);
	gw_arena_release(&is.m.arena);
	return s;
}

gw_status gw_publisher_diff(gw_publisher *p, const gw_edition *e, gw_writer *to, gw_diag *diag)
{
	gw_buf json;
	gw_evolution evolution = {0};
	work w = {.evolution = &evolution, .diag = diag, .json = &json, .to = to};
	gw_buf_init(&json);
	gw_status s = publisher_diff(&w, p, e);
	gw_writer_put(to, json.ptr, json.len);
	gw_buf_release(&json);
	return s;
}
