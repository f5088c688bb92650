/* Keys within one source. Across sources there is nothing to remember: a document's id begins with its source's
 * path, every other key with its document's id, and the publisher takes each path once. */
#include "publisher.h"

typedef struct key_check {
	const gw_schema *schema;
	const gw_rows *rows;
	gw_diag *diag;
	gw_map keys[GW_TABLES];
	gw_buf key; /* the key in hand: its first part, NUL, its second */
} key_check;

static gw_status broken(const key_check *c, const gw_table *t, gw_str key, const char *what)
{
	gw_place at = {.path = c->rows->source_path.ptr};
	return gw_report(c->diag, GW_E_ROW, &at, "%s, row %.*s: %s", t->name, (int)key.len, key.ptr, what);
}

static gw_str key_make(key_check *c, const gw_cell *cells, uint32_t within, uint32_t field)
{
	if (within == GW_NONE)
		return cells[field].s;
	gw_buf_clear(&c->key);
	gw_buf_add_str(&c->key, cells[within].s);
	gw_buf_addc(&c->key, 0);
	gw_buf_add_str(&c->key, cells[field].s);
	return (gw_str){c->key.ptr, (uint32_t)c->key.len};
}

static bool begins(gw_str s, gw_str with, char next)
{
	return s.len > with.len + 1 && memcmp(s.ptr, with.ptr, with.len) == 0 && s.ptr[with.len] == next;
}

/* The key begins with that of what holds it. Organs belong to no document; sections are keyed by theirs. */
static bool in_place(const key_check *c, const gw_table *t, const gw_cell *cells)
{
	gw_str key = cells[t->primary].s;
	if (t->id == GW_T_ORGANIZATIONS || t->primary_within != GW_NONE)
		return true;
	if (t->id == GW_T_DOCUMENTS)
		return begins(key, c->rows->source_path, '#');
	return begins(key, cells[gw_table_field(t, "document_id")].s, '/');
}

static gw_status primary_check(key_check *c, const gw_table *t)
{
	gw_status status = GW_OK;
	for (uint32_t i = 0; i < c->rows->table[t->id].count; i++) {
		const gw_cell *cells = c->rows->table[t->id].items[i];
		gw_str shown = cells[t->primary].s;
		uint32_t *place = gw_map_put(&c->keys[t->id], key_make(c, cells, t->primary_within, t->primary));
		/* An organ comes once a document; it is merged, so its key may come back. */
		if (*place != GW_NONE && t->id != GW_T_ORGANIZATIONS)
			status = broken(c, t, shown, "the key stands twice");
		if (!in_place(c, t, cells))
			status = broken(c, t, shown, "the key does not begin with that of its document");
		*place = i;
	}
	return status;
}

static gw_status foreign_check(key_check *c, const gw_table *t, const gw_foreign *f)
{
	gw_status status = GW_OK;
	for (uint32_t i = 0; i < c->rows->table[t->id].count; i++) {
		const gw_cell *cells = c->rows->table[t->id].items[i];
		if (cells[f->field].kind == GW_CELL_NULL)
			continue;
		/* Neighbours mostly stand in one section. */
		const gw_cell *before = i ? c->rows->table[t->id].items[i - 1] : NULL;
		if (before && gw_str_eq(before[f->field].s, cells[f->field].s) &&
			(f->within == GW_NONE || gw_str_eq(before[f->within].s, cells[f->within].s)))
			continue;
		if (gw_map_get(&c->keys[f->table], key_make(c, cells, f->within, f->field)) != GW_NONE)
			continue;
		gw_buf what;
		gw_buf_init(&what);
		gw_buf_printf(&what, "%s is no row of %s: %.*s", t->fields[f->field].name, gw_table_names[f->table],
			(int)cells[f->field].s.len, cells[f->field].s.ptr);
		status = broken(c, t, cells[t->primary].s, what.ptr);
		gw_buf_release(&what);
	}
	return status;
}

gw_status gw_keys_check(const gw_schema *schema, const gw_rows *rows, gw_arena *scratch, gw_diag *diag)
{
	key_check c = {.schema = schema, .rows = rows, .diag = diag};
	gw_status status = GW_OK;
	gw_buf_init(&c.key);
	for (gw_table_id id = 0; id < GW_TABLES; id++) {
		gw_map_init(&c.keys[id], scratch);
		if (primary_check(&c, &schema->tables[id]) != GW_OK)
			status = GW_FAILED;
	}
	for (gw_table_id id = 0; id < GW_TABLES; id++)
		for (uint32_t i = 0; i < schema->tables[id].foreign_count; i++)
			if (foreign_check(&c, &schema->tables[id], &schema->tables[id].foreign[i]) != GW_OK)
				status = GW_FAILED;
	gw_buf_release(&c.key);
	return status;
}
