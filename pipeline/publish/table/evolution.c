/* Two versions of the schemas beside each other. */
#include "evolution.h"
#include "out.h"

bool gw_table_declared(const gw_table *t)
{
	return t->field_count > 0;
}

/* ---- comparing ---- */

static bool name_same(const gw_table *a, uint32_t i, const gw_table *b, uint32_t j)
{
	if (i == GW_NONE || j == GW_NONE)
		return i == j;
	return strcmp(a->fields[i].name, b->fields[j].name) == 0;
}

bool gw_keys_same(const gw_table *a, const gw_table *b)
{
	return gw_table_declared(a) && gw_table_declared(b) && name_same(a, a->primary, b, b->primary) &&
	       name_same(a, a->primary_within, b, b->primary_within);
}

static void columns_compare(gw_table_evolution *t, gw_arena *arena, const gw_table *was, const gw_table *is)
{
	for (uint32_t i = 0; i < is->field_count; i++) {
		uint32_t before = gw_table_field(was, is->fields[i].name);
		if (before == GW_NONE)
			*GW_PUSH(arena, &t->added) = is->fields[i].name;
		else if (was->fields[before].type != is->fields[i].type)
			*GW_PUSH(arena, &t->retyped) = i;
	}
	for (uint32_t i = 0; i < was->field_count; i++)
		if (gw_table_field(is, was->fields[i].name) == GW_NONE)
			*GW_PUSH(arena, &t->removed) = was->fields[i].name;
	t->key_changed = !gw_keys_same(was, is);
}

static gw_evolution_kind kind_of(const gw_table_evolution *t)
{
	if (t->table_removed || t->removed.count || t->retyped.count || t->key_changed)
		return GW_EVOLVED_MAJOR;
	return t->table_added || t->added.count ? GW_EVOLVED_MINOR : GW_EVOLVED_SAME;
}

void gw_evolution_find(gw_evolution *e, gw_arena *arena, const gw_schema *was, const gw_schema *is)
{
	*e = (gw_evolution){.was = was, .is = is};
	for (gw_table_id id = 0; was && id < GW_TABLES; id++) {
		const gw_table *a = &was->tables[id], *b = &is->tables[id];
		gw_table_evolution t = {.id = id};
		t.table_added = !gw_table_declared(a) && gw_table_declared(b);
		t.table_removed = gw_table_declared(a) && !gw_table_declared(b);
		if (gw_table_declared(a) && gw_table_declared(b))
			columns_compare(&t, arena, a, b);
		gw_evolution_kind kind = kind_of(&t);
		if (kind == GW_EVOLVED_SAME)
			continue;
		*GW_PUSH(arena, &e->tables) = t;
		e->kind = kind > e->kind ? kind : e->kind;
	}
}

/* ---- CHANGES.json ---- */

static const char *change_name(const gw_evolution *e, const char *was, const char *is)
{
	static const char *const names[] = {[GW_EVOLVED_MINOR] = "minor", [GW_EVOLVED_MAJOR] = "major"};
	if (e->kind != GW_EVOLVED_SAME)
		return names[e->kind];
	return was && is && strcmp(was, is) != 0 ? "patch" : "none";
}

static void json_text(const char *z, gw_buf *out)
{
	gw_json_str(out, z ? gw_str_of(z) : (gw_str){0});
}

static void json_list(const char *name, const char *const *items, uint32_t n, gw_buf *out)
{
	gw_buf_printf(out, "\"%s\": [", name);
	for (uint32_t i = 0; i < n; i++) {
		gw_buf_adds(out, i ? ", " : "");
		json_text(items[i], out);
	}
	gw_buf_addc(out, ']');
}

static void json_retyped(const gw_evolution *e, const gw_table_evolution *t, gw_buf *out)
{
	const gw_table *was = &e->was->tables[t->id], *is = &e->is->tables[t->id];
	gw_buf_adds(out, "\"retyped\": {");
	for (uint32_t i = 0; i < t->retyped.count; i++) {
		const gw_field *f = &is->fields[t->retyped.items[i]];
		gw_buf_adds(out, i ? ", " : "");
		json_text(f->name, out);
		gw_buf_printf(out, ": [\"%s\", \"%s\"]",
			gw_field_type_name(was->fields[gw_table_field(was, f->name)].type),
			gw_field_type_name(f->type));
	}
	gw_buf_addc(out, '}');
}

static void json_table(const gw_evolution *e, const gw_table_evolution *t, gw_buf *out)
{
	json_text(gw_table_names[t->id], out);
	if (t->table_added || t->table_removed) {
		gw_buf_adds(out, t->table_added ? ": \"added\"" : ": \"removed\"");
		return;
	}
	gw_buf_adds(out, ": {");
	json_list("added", t->added.items, t->added.count, out);
	gw_buf_adds(out, ", ");
	json_list("removed", t->removed.items, t->removed.count, out);
	gw_buf_adds(out, ", ");
	json_retyped(e, t, out);
	gw_buf_printf(out, ", \"key_changed\": %s}", t->key_changed ? "true" : "false");
}

void gw_evolution_json(const gw_evolution *e, const char *was, const char *is, gw_buf *out)
{
	gw_buf_adds(out, "{\"old\": ");
	json_text(was, out);
	gw_buf_adds(out, ", \"new\": ");
	json_text(is, out);
	gw_buf_printf(out, ", \"change\": \"%s\", \"tables\": {", change_name(e, was, is));
	for (uint32_t i = 0; i < e->tables.count; i++) {
		gw_buf_adds(out, i ? ", " : "");
		json_table(e, &e->tables.items[i], out);
	}
	gw_buf_adds(out, "}}");
}

/* ---- for people ---- */

static void readable_list(const char *word, const char *const *items, uint32_t n, gw_buf *out)
{
	for (uint32_t i = 0; i < n; i++)
		gw_buf_printf(out, "%s%s", i ? ", " : word, items[i]);
}

static void readable_table(const gw_evolution *e, const gw_table_evolution *t, gw_buf *out)
{
	const gw_table *was = &e->was->tables[t->id], *is = &e->is->tables[t->id];
	gw_buf_printf(out, "  %-15s", gw_table_names[t->id]);
	if (t->table_added || t->table_removed)
		gw_buf_adds(out, t->table_added ? " the table is new" : " the table is gone");
	readable_list(" + ", t->added.items, t->added.count, out);
	readable_list(" - ", t->removed.items, t->removed.count, out);
	for (uint32_t i = 0; i < t->retyped.count; i++) {
		const gw_field *f = &is->fields[t->retyped.items[i]];
		gw_buf_printf(out, "%s%s: %s → %s", i ? ", " : " ~ ", f->name,
			gw_field_type_name(was->fields[gw_table_field(was, f->name)].type),
			gw_field_type_name(f->type));
	}
	gw_buf_adds(out, t->key_changed ? " (another key: no row of one is a row of the other)\n" : "\n");
}

void gw_evolution_readable(const gw_evolution *e, const char *was, const char *is, gw_buf *out)
{
	static const char *const words[] = {[GW_EVOLVED_SAME] = "the columns are the same",
		[GW_EVOLVED_MINOR] = "columns were added; rows are compared by those that both have",
		[GW_EVOLVED_MAJOR] =
			"columns were removed, renamed or retyped; rows are compared by those that both have"};
	const char *change = change_name(e, was, is);
	if (!e->was || strcmp(change, "none") == 0)
		return;
	gw_buf_printf(out, "schema %s → %s, %s: %s\n", was ? was : "?", is ? is : "?", change, words[e->kind]);
	for (uint32_t i = 0; i < e->tables.count; i++)
		readable_table(e, &e->tables.items[i], out);
}
