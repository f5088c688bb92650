/* One row an organ over all documents. Sources come in one order, so "first" means the same on every run.
 *
 * Most rows that documents give are the same but for their counts. Each is kept once, packed: a byte string that is
 * compared, merged once, and handed to the next run. */
#include "publisher.h"

#include <stdlib.h>

void gw_organs_open(gw_organs *o, gw_arena *arena, const gw_table *t)
{
	memset(o, 0, sizeof *o);
	o->arena = arena;
	o->t = t;
	gw_map_init(&o->by_id, arena);
	gw_map_init(&o->aliases, arena);
	gw_map_init(&o->row_at, arena);
	o->id = gw_table_field(t, "agency_id");
	o->name = gw_table_field(t, "name");
	o->alias_column = gw_table_field(t, "aliases");
	o->mentions = gw_table_field(t, "mention_count");
	o->documents = gw_table_field(t, "document_count");
}

/* Joined by |, each once. The set of all pairs seen spares a search through the aliases of one organ: a class of
 * organs may have hundreds. */
static void alias_add(gw_organs *o, gw_organ *organ, uint32_t index, gw_str alias)
{
	if (alias.len == 0 || gw_str_eq(alias, organ->cells[o->name].s))
		return;
	gw_buf key;
	gw_buf_init(&key);
	gw_buf_add_u64(&key, index);
	gw_buf_addc(&key, '|');
	gw_buf_add_str(&key, alias);
	uint32_t *seen = gw_map_put(&o->aliases, (gw_str){key.ptr, (uint32_t)key.len});
	if (*seen == GW_NONE) {
		*seen = index;
		if (organ->aliases.len)
			gw_buf_addc(&organ->aliases, '|');
		gw_buf_add_str(&organ->aliases, alias);
	}
	gw_buf_release(&key);
}

static void aliases_add(gw_organs *o, gw_organ *organ, uint32_t index, gw_str joined)
{
	const char *p = joined.ptr, *end = p + joined.len;
	while (joined.len && p <= end) {
		const char *stop = memchr(p, '|', (size_t)(end - p));
		stop = stop ? stop : end;
		alias_add(o, organ, index, (gw_str){p, (uint32_t)(stop - p)});
		p = stop + 1;
	}
}

static void texts_take(gw_organs *o, gw_organ *organ, const gw_cell *row)
{
	for (uint32_t i = 0; i < o->t->field_count; i++) {
		if (organ->cells[i].kind != GW_CELL_NULL || row[i].kind != GW_CELL_STR || i == o->alias_column)
			continue;
		organ->cells[i] = row[i];
		organ->cells[i].s = gw_arena_str(o->arena, row[i].s);
	}
}

/* The texts of a row one behind the other: 0 for null, else the length and one more in four bytes, and the bytes. */
static void pack(const gw_organs *o, const gw_cell *row, gw_buf *out)
{
	for (uint32_t i = 0; i < o->t->field_count; i++) {
		bool text = row[i].kind == GW_CELL_STR;
		uint32_t n = text ? row[i].s.len + 1 : 0;
		gw_buf_add(out, &n, sizeof n);
		if (text)
			gw_buf_add_str(out, row[i].s);
	}
}

static bool unpack(const gw_organs *o, gw_str packed, gw_cell *row)
{
	const char *p = packed.ptr, *end = p + packed.len;
	memset(row, 0, sizeof *row * o->t->field_count);
	for (uint32_t i = 0; i < o->t->field_count; i++) {
		uint32_t n;
		if ((size_t)(end - p) < sizeof n)
			return false;
		memcpy(&n, p, sizeof n);
		p += sizeof n;
		if (n == 0)
			continue;
		if (n - 1 > (size_t)(end - p))
			return false;
		row[i] = (gw_cell){.kind = GW_CELL_STR, .s = {p, n - 1}};
		p += n - 1;
	}
	return p == end && row[o->id].kind == GW_CELL_STR;
}

static uint32_t merge(gw_organs *o, const gw_cell *row)
{
	uint32_t *place = gw_map_put(&o->by_id, row[o->id].s);
	if (*place == GW_NONE) {
		*place = o->items.count;
		gw_organ *fresh = GW_PUSH(o->arena, &o->items);
		fresh->cells = GW_NEW_N(o->arena, gw_cell, o->t->field_count);
		gw_buf_init(&fresh->aliases);
	}
	uint32_t index = *place;
	gw_organ *organ = &o->items.items[index];
	texts_take(o, organ, row);
	/* Two documents may know one organ by two full names: the later is an alias. */
	alias_add(o, organ, index, row[o->name].s);
	aliases_add(o, organ, index, row[o->alias_column].s);
	return index;
}

uint32_t gw_organs_row(gw_organs *o, gw_str packed)
{
	uint32_t *place = gw_map_put(&o->row_at, packed);
	if (*place == GW_NONE) {
		gw_cell *row = GW_NEW_N(o->arena, gw_cell, o->t->field_count);
		gw_str own = gw_arena_str(o->arena, packed);
		if (!unpack(o, own, row))
			return GW_NONE;
		*place = o->rows.count;
		*GW_PUSH(o->arena, &o->rows) = (gw_organ_row){own, merge(o, row)};
	}
	return *place;
}

static void count_add(gw_organ *organ, uint32_t column, int64_t count)
{
	organ->cells[column] = (gw_cell){.kind = GW_CELL_INT, .i = organ->cells[column].i + count};
}

void gw_organs_count(gw_organs *o, uint32_t row, int64_t mentions, int64_t documents)
{
	gw_organ *organ = &o->items.items[o->rows.items[row].organ];
	count_add(organ, o->mentions, mentions);
	count_add(organ, o->documents, documents);
}

uint32_t gw_organs_add(gw_organs *o, const gw_cell *row)
{
	gw_buf packed;
	gw_buf_init(&packed);
	pack(o, row, &packed);
	uint32_t index = gw_organs_row(o, (gw_str){packed.ptr, (uint32_t)packed.len});
	gw_buf_release(&packed);
	gw_organs_count(o, index, row[o->mentions].i, row[o->documents].i);
	return index;
}

static int by_id(const void *x, const void *y, void *column)
{
	gw_cell *const *a = x, *const *b = y;
	uint32_t i = *(uint32_t *)column;
	return gw_str_cmp((*a)[i].s, (*b)[i].s);
}

gw_cell **gw_organs_rows(gw_organs *o)
{
	gw_cell **rows = GW_NEW_N(o->arena, gw_cell *, o->items.count);
	for (uint32_t i = 0; i < o->items.count; i++) {
		gw_organ *organ = &o->items.items[i];
		if (organ->aliases.len)
			organ->cells[o->alias_column] = (gw_cell){.kind = GW_CELL_STR,
				.s = {organ->aliases.ptr, (uint32_t)organ->aliases.len}};
		rows[i] = organ->cells;
	}
	if (o->items.count)
		qsort_r(rows, o->items.count, sizeof *rows, by_id, &o->id);
	return rows;
}

void gw_organs_release(gw_organs *o)
{
	for (uint32_t i = 0; i < o->items.count; i++)
		gw_buf_release(&o->items.items[i].aliases);
	memset(&o->items, 0, sizeof o->items);
}
