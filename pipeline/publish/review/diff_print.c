/* What changed between two snapshots, as CHANGES.json and for people. */
#include "diff.h"

enum { SHOWN_CHARS = 48, DRAIN = 64 * 1024 };

/* The changes of a list, one after the other. */
typedef struct rows {
	gw_tape_cursor cursor;
	gw_diff_change change;
	gw_str key;
} rows;

static void rows_begin(rows *r, const gw_tape *list)
{
	*r = (rows){.key = {NULL, 0}};
	gw_tape_rewind(&r->cursor, list);
}

static bool rows_next(rows *r)
{
	gw_str record;
	if (!gw_tape_next(&r->cursor, &record))
		return false;
	memcpy(&r->change, record.ptr, sizeof r->change);
	r->key = (gw_str){record.ptr + sizeof r->change, record.len - (uint32_t)sizeof r->change};
	return true;
}

static void rows_end(gw_diff *w, rows *r)
{
	if (r->cursor.failed)
		w->torn = true;
	gw_tape_cursor_release(&r->cursor);
}

/* ---- CHANGES.json ---- */

static void drain(gw_diff *w)
{
	if (!w->to || w->json->len < DRAIN)
		return;
	gw_writer_put(w->to, w->json->ptr, w->json->len);
	gw_buf_clear(w->json);
}

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

static void json_keys(gw_diff *w, const char *name, const gw_tape *list)
{
	gw_buf *out = w->json;
	rows r;
	gw_buf_printf(out, "\"%s\": [", name);
	rows_begin(&r, list);
	for (bool more = false; rows_next(&r); more = true) {
		gw_buf_adds(out, more ? ",\n\t\t" : "\n\t\t");
		json_key(r.key, out);
		drain(w);
	}
	rows_end(w, &r);
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

/* The cells of both sides of a changed row. */
static void fields_print(gw_diff *w, const rows *r, gw_diff_field_fn each, gw_buf *out)
{
	fields_out f = {.out = out};
	gw_diff_fields(w, gw_diff_row_at(&w->old_side, &r->change.was), gw_diff_row_at(&w->new_side, &r->change.is), each, &f);
}

void gw_diff_json_table(gw_diff *w, gw_table_id id)
{
	gw_buf *out = w->json;
	rows r;
	gw_buf_printf(out, "%s\n\"%s\": {\"added\": %llu, \"removed\": %llu, \"changed\": %llu, \"rows\": {\n\t", id ? "," : "",
		gw_table_names[id], (unsigned long long)w->added.count, (unsigned long long)w->removed.count,
		(unsigned long long)w->changed.count);
	json_keys(w, "added", &w->added);
	gw_buf_adds(out, ",\n\t");
	json_keys(w, "removed", &w->removed);
	gw_buf_adds(out, ",\n\t\"changed\": [");
	rows_begin(&r, &w->changed);
	for (bool more = false; rows_next(&r); more = true) {
		gw_buf_adds(out, more ? ",\n\t\t{\"key\": " : "\n\t\t{\"key\": ");
		json_key(r.key, out);
		gw_buf_adds(out, ", \"fields\": {");
		fields_print(w, &r, json_field, out);
		gw_buf_adds(out, "}}");
		drain(w);
	}
	rows_end(w, &r);
	gw_buf_adds(out, "]}}");
}

static void json_version(const char *label, const char *name, gw_buf *out)
{
	gw_buf_printf(out, "\"%s\": ", label);
	gw_json_str(out, gw_str_of(name));
	gw_buf_adds(out, ",\n");
}

void gw_diff_json_head(gw_diff *w)
{
	const gw_diff_version *was = w->old_version, *is = w->new_version;
	gw_buf_adds(w->json, "{\n");
	json_version("old", was->name, w->json);
	json_version("new", is->name, w->json);
	gw_buf_adds(w->json, "\"schema\": ");
	gw_evolution_json(w->evolution, was->schema_name, is->schema_name, w->json);
	gw_buf_adds(w->json, ",\n\"tables\": {");
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
static void row_gist(gw_diff_side *s, const gw_diff_row *row, gw_buf *out)
{
	static const char *const names[] = {"title", "name", "heading", "text"};
	const gw_cell *cells = gw_diff_row_at(s, row);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		uint32_t f = gw_table_field(s->table, names[i]);
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

static void readable_rows(gw_diff *w, char sign, const gw_tape *list)
{
	gw_buf *out = w->readable;
	rows r;
	rows_begin(&r, list);
	for (uint32_t i = 0; i < w->shown && rows_next(&r); i++) {
		key_line(sign, r.key, out);
		if (sign == '~')
			fields_print(w, &r, readable_field, out);
		else if (sign == '+')
			row_gist(&w->new_side, &r.change.is, out);
		else
			row_gist(&w->old_side, &r.change.was, out);
		gw_buf_addc(out, '\n');
	}
	rows_end(w, &r);
	if (list->count > w->shown)
		gw_buf_printf(out, "  %c … and %llu more (--verbose shows them)\n", sign, (unsigned long long)(list->count - w->shown));
}

void gw_diff_readable_table(gw_diff *w, gw_table_id id)
{
	gw_buf_printf(w->readable, "%-17s +%llu -%llu ~%llu\n", gw_table_names[id], (unsigned long long)w->added.count,
		(unsigned long long)w->removed.count, (unsigned long long)w->changed.count);
	readable_rows(w, '+', &w->added);
	readable_rows(w, '-', &w->removed);
	readable_rows(w, '~', &w->changed);
}
