/* What changed between two snapshots: rows by primary key, table by table. What their schemas say differently is told
 * first (evolution.c); a column that only one of them has is no change of a row.
 *
 * In memory are the keys of one table of the old snapshot and where its rows begin; the rows themselves are read
 * again where they are compared or printed. */
#include "evolution.h"
#include "publisher.h"
#include "read.h"

#include <jansson.h>
#include <stdlib.h>

enum { SHOWN_CHARS = 48 };

typedef struct change {
	gw_str key;
	size_t old_at, new_at;
	bool met; /* old rows: the new snapshot has the key too */
} change;

typedef GW_LIST(change) changes;

/* One snapshot. */
typedef struct version {
	gw_fileset m;
	const gw_schema *schema;
	const char *name; /* NULL: there is no snapshot before the first */
	gw_publisher *publisher; /* rows come from there, not from the fileset: of the old snapshot or of the new one */
	bool old;
	const char *schema_name; /* its schema's version; NULL where nothing tells it */
} version;

/* One table of one snapshot: one reader goes through it, the other one jumps. */
typedef struct side {
	const gw_table *table;
	gw_loaded file;
	gw_row_reader walk, jump;
	bool open;
	const char *path;
} side;

typedef struct work {
	version old_version, new_version;
	gw_evolution evolution;
	gw_diag *diag;
	gw_buf *json, *readable;
	gw_arena arena; /* of one table */
	side old_side, new_side;
	uint32_t *old_field; /* of each field of the new table, or GW_NONE */
	bool keys_same;
	uint32_t shown; /* rows of a list that are printed for people */
	changes old_rows, added, removed, changed;
	gw_map old_keys;
	gw_buf key;
} work;

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
	gw_status s = gw_fileset_open(&v->m, snapshot, diag);
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
	gw_status status = gw_keep_rows(v->publisher, v->old, s->table->id, &s->file, diag);
	s->path = gw_table_path(&v->m.arena, form, s->table->id);
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
		gw_status status = gw_fileset_load(&v->m, f, &s->file, diag);
		return status == GW_OK ? readers_open(s, v, format, diag) : status;
	}
	return GW_OK;
}

static void side_close(side *s)
{
	if (!s->open)
		return;
	gw_row_reader_close(&s->walk);
	gw_row_reader_close(&s->jump);
	gw_file_unload(&s->file);
}

static const gw_cell *row_at(side *s, size_t offset)
{
	gw_row_reader_seek(&s->jump, offset);
	gw_row_reader_next(&s->jump);
	return s->jump.cells;
}

/* ---- comparing ---- */

static gw_str key_of(work *w, const gw_row_reader *r)
{
	gw_row_key(r->table, r->cells, &w->key);
	return (gw_str){w->key.ptr, (uint32_t)w->key.len};
}

static gw_status old_read(work *w)
{
	gw_row_reader *r = &w->old_side.walk;
	gw_row_state state;
	while (w->old_side.open && (state = gw_row_reader_next(r)) != GW_ROW_END) {
		if (state == GW_ROW_BAD)
			return side_broken(&w->old_side, &w->old_version, r, w->diag);
		uint32_t *place = gw_map_put(&w->old_keys, key_of(w, r));
		if (*place != GW_NONE)
			continue; /* a broken snapshot; the first of the two counts */
		*place = w->old_rows.count;
		*GW_PUSH(&w->arena, &w->old_rows) = (change){.key = gw_arena_str(&w->arena, key_of(w, r)), .old_at = r->offset};
	}
	return GW_OK;
}

typedef void (*field_fn)(const char *name, const gw_cell *was, const gw_cell *is, void *ctx);

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

/* Calls `each` for every field that differs and returns their number, in the order of the new table. Columns that only
 * one of the tables has are the schema's change, not the row's. */
static uint32_t fields_compare(const work *w, const gw_cell *was, const gw_cell *is, field_fn each, void *ctx)
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

static gw_status new_read(work *w)
{
	gw_row_reader *r = &w->new_side.walk;
	gw_row_state state;
	bool all_new = !w->old_side.open;
	while (w->new_side.open && (state = all_new ? gw_row_reader_next_key(r) : gw_row_reader_next(r)) != GW_ROW_END) {
		if (state == GW_ROW_BAD)
			return side_broken(&w->new_side, &w->new_version, r, w->diag);
		gw_str key = key_of(w, r);
		uint32_t old = w->keys_same ? gw_map_get(&w->old_keys, key) : GW_NONE;
		if (old == GW_NONE) {
			*GW_PUSH(&w->arena, &w->added) = (change){.key = gw_arena_str(&w->arena, key), .new_at = r->offset};
			continue;
		}
		change *c = &w->old_rows.items[old];
		c->met = true;
		c->new_at = r->offset;
		if (fields_compare(w, row_at(&w->old_side, c->old_at), r->cells, NULL, NULL))
			*GW_PUSH(&w->arena, &w->changed) = *c;
	}
	return GW_OK;
}

static int by_key(const void *a, const void *b)
{
	return gw_str_cmp(((const change *)a)->key, ((const change *)b)->key);
}

static void sort(changes *c)
{
	if (c->count)
		qsort(c->items, c->count, sizeof *c->items, by_key);
}

static gw_status table_compare(work *w, gw_table_id id)
{
	memset(&w->old_rows, 0, sizeof w->old_rows);
	memset(&w->added, 0, sizeof w->added);
	memset(&w->removed, 0, sizeof w->removed);
	memset(&w->changed, 0, sizeof w->changed);
	gw_map_init(&w->old_keys, &w->arena);
	gw_status s = side_open(&w->old_side, &w->old_version, id, w->diag);
	gw_status t = side_open(&w->new_side, &w->new_version, id, w->diag);
	if (s != GW_OK || t != GW_OK)
		return s > t ? s : t;
	const gw_table *now = w->new_side.table;
	w->old_field = GW_NEW_N(&w->arena, uint32_t, now->field_count);
	for (uint32_t i = 0; w->old_side.table && i < now->field_count; i++)
		w->old_field[i] = gw_table_field(w->old_side.table, now->fields[i].name);
	w->keys_same = w->old_side.table && gw_keys_same(w->old_side.table, now);
	s = old_read(w);
	if (s == GW_OK)
		s = new_read(w);
	for (uint32_t i = 0; i < w->old_rows.count; i++)
		if (!w->old_rows.items[i].met)
			*GW_PUSH(&w->arena, &w->removed) = w->old_rows.items[i];
	sort(&w->added);
	sort(&w->removed);
	sort(&w->changed);
	return s;
}

/* ---- CHANGES.json ---- */

/* A key of two parts is a list of both. */
static void json_key(gw_str key, gw_buf *out)
{
	const char *gap = memchr(key.ptr, 0, key.len);
	if (!gap) {
		gw_json_str(out, key);
		return;
	}
	uint32_t n = (uint32_t)(gap - key.ptr);
	gw_buf_addc(out, '[');
	gw_json_str(out, (gw_str){key.ptr, n});
	gw_buf_adds(out, ", ");
	gw_json_str(out, (gw_str){gap + 1, key.len - n - 1});
	gw_buf_addc(out, ']');
}

static void json_keys(const char *name, const changes *c, gw_buf *out)
{
	gw_buf_printf(out, "\"%s\": [", name);
	for (uint32_t i = 0; i < c->count; i++) {
		gw_buf_adds(out, i ? ",\n\t\t" : "\n\t\t");
		json_key(c->items[i].key, out);
	}
	gw_buf_addc(out, ']');
}

typedef struct fields_out {
	gw_buf *out;
	bool more;
} fields_out;

static void json_field(const char *name, const gw_cell *was, const gw_cell *is, void *ctx)
{
	fields_out *f = ctx;
	gw_buf_printf(f->out, "%s\"%s\": [", f->more ? ", " : "", name);
	f->more = true;
	gw_json_cell(f->out, was);
	gw_buf_adds(f->out, ", ");
	gw_json_cell(f->out, is);
	gw_buf_addc(f->out, ']');
}

static void json_table(work *w, gw_table_id id)
{
	gw_buf *out = w->json;
	gw_buf_printf(out, "%s\n\"%s\": {\"added\": %u, \"removed\": %u, \"changed\": %u, \"rows\": {\n\t", id ? "," : "",
		gw_table_names[id], w->added.count, w->removed.count, w->changed.count);
	json_keys("added", &w->added, out);
	gw_buf_adds(out, ",\n\t");
	json_keys("removed", &w->removed, out);
	gw_buf_adds(out, ",\n\t\"changed\": [");
	for (uint32_t i = 0; i < w->changed.count; i++) {
		const change *c = &w->changed.items[i];
		fields_out f = {.out = out};
		gw_buf_adds(out, i ? ",\n\t\t{\"key\": " : "\n\t\t{\"key\": ");
		json_key(c->key, out);
		gw_buf_adds(out, ", \"fields\": {");
		fields_compare(w, row_at(&w->old_side, c->old_at), row_at(&w->new_side, c->new_at), json_field, &f);
		gw_buf_adds(out, "}}");
	}
	gw_buf_adds(out, "]}}");
}

static void json_version(const char *label, const char *name, gw_buf *out)
{
	gw_buf_printf(out, "\"%s\": ", label);
	gw_json_str(out, gw_str_of(name));
	gw_buf_adds(out, ",\n");
}

/* ---- for people ---- */

/* On one line and not too long. */
static void short_text(gw_str s, gw_buf *out)
{
	const char *p = s.ptr, *end = p + s.len;
	for (unsigned n = 0; p < end; n++) {
		uint32_t c = gw_utf8_next(&p, end);
		if (n == SHOWN_CHARS) {
			gw_buf_adds(out, "…");
			return;
		}
		gw_buf_add_cp(out, c == UINT32_MAX ? 0xFFFD : c < 0x20 ? ' ' : c);
	}
}

static void short_cell(const gw_cell *c, gw_buf *out)
{
	if (c->kind == GW_CELL_STR)
		short_text(c->s, out);
	else if (c->kind == GW_CELL_NULL)
		gw_buf_adds(out, "nothing");
	else
		gw_cell_print(c, out);
}

static void key_line(char sign, gw_str key, gw_buf *out)
{
	gw_buf_printf(out, "  %c ", sign);
	for (uint32_t i = 0; i < key.len; i++)
		gw_buf_addc(out, key.ptr[i] ? key.ptr[i] : ' ');
}

/* What tells most about a row besides its key. */
static void row_gist(const gw_table *t, const gw_cell *cells, gw_buf *out)
{
	static const char *const names[] = {"title", "name", "heading", "text"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		uint32_t f = gw_table_field(t, names[i]);
		if (f == GW_NONE || cells[f].kind != GW_CELL_STR)
			continue;
		gw_buf_adds(out, "  ");
		short_text(cells[f].s, out);
		return;
	}
}

static void readable_field(const char *name, const gw_cell *was, const gw_cell *is, void *ctx)
{
	fields_out *f = ctx;
	gw_buf_printf(f->out, "%s%s: ", f->more ? "; " : "  ", name);
	f->more = true;
	short_cell(was, f->out);
	gw_buf_adds(f->out, " → ");
	short_cell(is, f->out);
}

static void readable_rows(work *w, char sign, const changes *list)
{
	gw_buf *out = w->readable;
	for (uint32_t i = 0; i < list->count && i < w->shown; i++) {
		const change *c = &list->items[i];
		fields_out f = {.out = out};
		key_line(sign, c->key, out);
		if (sign == '~')
			fields_compare(w, row_at(&w->old_side, c->old_at), row_at(&w->new_side, c->new_at), readable_field, &f);
		else if (sign == '+')
			row_gist(w->new_side.table, row_at(&w->new_side, c->new_at), out);
		else
			row_gist(w->old_side.table, row_at(&w->old_side, c->old_at), out);
		gw_buf_addc(out, '\n');
	}
	if (list->count > w->shown)
		gw_buf_printf(out, "  %c … and %u more (--verbose shows them)\n", sign, list->count - w->shown);
}

static void readable_table(work *w, gw_table_id id)
{
	gw_buf_printf(w->readable, "%-17s +%u -%u ~%u\n", gw_table_names[id], w->added.count, w->removed.count,
		w->changed.count);
	readable_rows(w, '+', &w->added);
	readable_rows(w, '-', &w->removed);
	readable_rows(w, '~', &w->changed);
}

/* ---- all tables ---- */

static gw_status table_diff(work *w, gw_table_id id, gw_diff_counts *counts)
{
	gw_arena_init(&w->arena);
	gw_status s = table_compare(w, id);
	if (s == GW_OK) {
		counts->added[id] = w->added.count;
		counts->removed[id] = w->removed.count;
		counts->changed[id] = w->changed.count;
		if (w->json)
			json_table(w, id);
		if (w->readable)
			readable_table(w, id);
	}
	side_close(&w->old_side);
	side_close(&w->new_side);
	gw_arena_release(&w->arena);
	return s;
}

static gw_status tables_diff(work *w, gw_diff_counts *counts)
{
	gw_status status = GW_OK;
	const version *was = &w->old_version, *is = &w->new_version;
	gw_evolution_find(&w->evolution, &w->new_version.m.arena, was->schema, is->schema);
	counts->schema = w->evolution.tables.count;
	if (w->json) {
		gw_buf_adds(w->json, "{\n");
		json_version("old", was->name, w->json);
		json_version("new", is->name, w->json);
		gw_buf_adds(w->json, "\"schema\": ");
		gw_evolution_json(&w->evolution, was->schema_name, is->schema_name, w->json);
		gw_buf_adds(w->json, ",\n\"tables\": {");
	}
	if (w->readable) {
		gw_buf_printf(w->readable, "%s → %s\n", was->name ? was->name : "(nothing)", is->name);
		gw_evolution_readable(&w->evolution, was->schema_name, is->schema_name, w->readable);
	}
	gw_buf_init(&w->key);
	for (gw_table_id id = 0; id < GW_TABLES && status == GW_OK; id++)
		status = table_diff(w, id, counts);
	gw_buf_release(&w->key);
	if (w->json)
		gw_buf_adds(w->json, "\n}\n}\n");
	return status;
}

gw_status gw_snapshot_diff(const char *old_snapshot, const char *new_snapshot, gw_buf *json, gw_buf *readable, uint32_t shown,
	gw_diff_counts *counts, gw_diag *diag)
{
	work w = {.diag = diag, .json = json, .readable = readable, .shown = shown};
	gw_diff_counts own;
	counts = counts ? counts : &own;
	memset(counts, 0, sizeof *counts);
	gw_status s = old_snapshot ? version_open(&w.old_version, old_snapshot, diag) : GW_OK;
	gw_status t = version_open(&w.new_version, new_snapshot, diag);
	s = s > t ? s : t;
	if (s == GW_OK)
		s = tables_diff(&w, counts);
	if (old_snapshot)
		version_close(&w.old_version);
	version_close(&w.new_version);
	return s;
}

gw_status gw_publisher_diff(gw_publisher *p, const gw_edition *e, gw_buf *json, gw_diag *diag)
{
	work w = {.diag = diag, .json = json};
	gw_diff_counts counts = {0};
	w.old_version = (version){.schema = p->schema, .name = e->previous, .schema_name = p->schema->version, .publisher = p, .old = true};
	w.new_version = (version){.schema = p->schema, .name = e->version, .schema_name = p->schema->version, .publisher = p};
	gw_arena_init(&w.old_version.m.arena);
	gw_arena_init(&w.new_version.m.arena);
	w.old_version.m.name = w.old_version.name;
	w.new_version.m.name = w.new_version.name;
	gw_status s = tables_diff(&w, &counts);
	gw_arena_release(&w.old_version.m.arena);
	gw_arena_release(&w.new_version.m.arena);
	return s;
}
