/* One document as nested JSON: metadata, the tree of sections with the facts in each, the ledger of tasks.
 * Made from the rows, not from the facts, so that it is the same whether rows came from memory or from files; and from
 * rows already written as JSON, of which it takes the members that it shows.
 *
 *   {"$schema", document columns…, "organizations": […], "sections": [{…, "agencies": […], …, "sections": […]}],
 *    "tasks": [{…, "responsibilities": […]}], "responsibilities": [those of no task]}
 *
 * Nulls are left out; so are columns that only say where in the tree a row stands. */
#include "publisher.h"

/* Tables whose rows hang on sections, in the order of their members. */
const gw_table_id gw_nest_facts[GW_NEST_FACTS] = {GW_T_AGENCIES, GW_T_DEADLINES, GW_T_DATES, GW_T_TARGETS, GW_T_QUANTITIES};

/* The rows of one table in one document, grouped by what holds them: those of group g are
 * order[first[g]] … order[first[g + 1] - 1], counted from `begin`. The last group is "held by nothing". */
typedef struct grouped {
	uint32_t begin, count; /* among the rows of the source */
	uint32_t *first, *order;
} grouped;

typedef struct nesting {
	const gw_nest *n;
	gw_arena *scratch;
	gw_buf *out;
	gw_diag *diag;
	const gw_rows *rows;
	const gw_row_text *text;
	gw_str id; /* of the document */
	uint32_t section_begin, section_count;
	gw_map section_at; /* section_id to index */
	grouped fact[GW_NEST_FACTS], duties;
} nesting;

static void skip(gw_nest *n, gw_table_id id, const char *name)
{
	uint32_t i = gw_table_field(&n->schema->tables[id], name);
	if (i != GW_NONE)
		n->skip[id][i] = true;
}

void gw_nest_open(gw_nest *n, gw_arena *arena, const gw_schema *schema)
{
	n->schema = schema;
	for (gw_table_id id = 0; id < GW_TABLES; id++) {
		const gw_table *t = &schema->tables[id];
		n->skip[id] = GW_NEW_N(arena, bool, t->field_count);
		n->document[id] = id == GW_T_ORGANIZATIONS ? t->field_count : gw_table_field(t, "document_id");
		n->section[id] = gw_table_field(t, "section_id");
		if (id != GW_T_DOCUMENTS)
			skip(n, id, "document_id");
	}
	for (unsigned i = 0; i < GW_NEST_FACTS; i++)
		skip(n, gw_nest_facts[i], "section_id");
	skip(n, GW_T_SECTIONS, "parent_id");
	skip(n, GW_T_SECTIONS, "depth");
	skip(n, GW_T_ORGANIZATIONS, "document_count");
	skip(n, GW_T_RESPONSIBILITIES, "task_id");
	n->parent = gw_table_field(&schema->tables[GW_T_SECTIONS], "parent_id");
	n->duty_task = gw_table_field(&schema->tables[GW_T_RESPONSIBILITIES], "task_id");
}

/* ---- gathering ---- */

/* The next rows of a table that belong to the document: the first one; *at goes behind the last. */
static uint32_t take(nesting *d, gw_table_id id, uint32_t *at, uint32_t *count)
{
	uint32_t begin = *at, column = d->n->document[id];
	while (*at < d->rows->table[id].count && gw_str_eq(d->rows->table[id].items[*at][column].s, d->id))
		++*at;
	*count = *at - begin;
	return begin;
}

/* Counting sort, so the order within a group is that of the rows. */
static void group(nesting *d, gw_table_id id, grouped *g, const gw_map *holders, uint32_t holder_count, uint32_t column)
{
	uint32_t *held = GW_NEW_N(d->scratch, uint32_t, g->count);
	g->first = GW_NEW_N(d->scratch, uint32_t, holder_count + 3);
	g->order = GW_NEW_N(d->scratch, uint32_t, g->count);
	for (uint32_t i = 0; i < g->count; i++) {
		const gw_cell *c = &d->rows->table[id].items[g->begin + i][column];
		uint32_t h = c->kind == GW_CELL_STR ? gw_map_get(holders, c->s) : GW_NONE;
		held[i] = h == GW_NONE ? holder_count : h;
		g->first[held[i] + 2]++;
	}
	for (uint32_t h = 2; h < holder_count + 3; h++)
		g->first[h] += g->first[h - 1];
	for (uint32_t i = 0; i < g->count; i++)
		g->order[g->first[held[i] + 1]++] = i;
}

/* ---- writing ---- */

/* The members of a row that are shown, stretch by stretch out of the row as it was written; `first` is what stands
 * before the first of them. Every row has at least one that is there: its key. */
static void members_copy(nesting *d, gw_table_id id, const gw_cell *cells, uint32_t row, char first)
{
	uint32_t count = d->n->schema->tables[id].field_count;
	const size_t *at = d->text[id].at + (size_t)row * (count + 1);
	const bool *skip = d->n->skip[id];
	const char *json = d->text[id].jsonl.ptr;
	char *begin = gw_buf_reserve(d->out, at[count] - at[0]), *to = begin;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t from = i;
		while (i < count && !skip[i] && cells[i].kind != GW_CELL_NULL)
			i++;
		memcpy(to, json + at[from], at[i] - at[from]);
		to += at[i] - at[from];
	}
	*begin = first;
	*to = 0;
	d->out->len = (size_t)(to - d->out->ptr);
}

/* {"a":…,"b":… without the closing brace. */
static void object_open(nesting *d, gw_table_id id, uint32_t row)
{
	members_copy(d, id, d->rows->table[id].items[row], row, '{');
}

static void array_open(nesting *d, const char *name)
{
	gw_buf_adds(d->out, ",\"");
	gw_buf_adds(d->out, name);
	gw_buf_adds(d->out, "\":[");
}

/* Each object on a line of its own: readable enough, and cheap. */
static void separate(nesting *d, bool first)
{
	gw_buf_adds(d->out, first ? "\n" : ",\n");
}

static void group_write(nesting *d, gw_table_id id, const grouped *g, uint32_t which)
{
	for (uint32_t i = g->first[which]; i < g->first[which + 1]; i++) {
		separate(d, i == g->first[which]);
		object_open(d, id, g->begin + g->order[i]);
		gw_buf_addc(d->out, '}');
	}
	gw_buf_addc(d->out, ']');
}

static void section_open(nesting *d, uint32_t index)
{
	object_open(d, GW_T_SECTIONS, d->section_begin + index);
	for (unsigned f = 0; f < GW_NEST_FACTS; f++) {
		if (d->fact[f].first[index] == d->fact[f].first[index + 1])
			continue;
		array_open(d, gw_table_names[gw_nest_facts[f]]);
		group_write(d, gw_nest_facts[f], &d->fact[f], index);
	}
}

/* Sections come parent first. The open ones are kept on a stack, so depth costs no recursion: rows may come from a
 * file that somebody else wrote. */
static gw_status sections_write(nesting *d)
{
	uint32_t *open = GW_NEW_N(d->scratch, uint32_t, d->section_count + 1), depth = 0;
	bool *has_children = GW_NEW_N(d->scratch, bool, d->section_count);
	gw_cell *const *sections = d->rows->table[GW_T_SECTIONS].items + d->section_begin;
	array_open(d, "sections");
	for (uint32_t i = 0; i < d->section_count; i++) {
		const gw_cell *parent = &sections[i][d->n->parent];
		uint32_t above = parent->kind == GW_CELL_STR ? gw_map_get(&d->section_at, parent->s) : GW_NONE;
		for (; depth && open[depth - 1] != above; depth--)
			gw_buf_adds(d->out, has_children[open[depth - 1]] ? "]}" : "}");
		if (!depth && parent->kind == GW_CELL_STR) {
			gw_place at = {.path = d->rows->source_path.ptr};
			gw_str id = sections[i][d->n->section[GW_T_SECTIONS]].s;
			return gw_report(d->diag, GW_E_ROW, &at, "sections, row %.*s: its parent is not the section before it or one above",
				(int)id.len, id.ptr);
		}
		if (depth && !has_children[above])
			array_open(d, "sections");
		separate(d, depth ? !has_children[above] : i == 0);
		if (depth)
			has_children[above] = true;
		section_open(d, i);
		open[depth++] = i;
	}
	for (; depth; depth--)
		gw_buf_adds(d->out, has_children[open[depth - 1]] ? "]}" : "}");
	gw_buf_addc(d->out, ']');
	return GW_OK;
}

static void tasks_write(nesting *d, uint32_t tasks, uint32_t count)
{
	array_open(d, "tasks");
	for (uint32_t i = 0; i < count; i++) {
		separate(d, i == 0);
		object_open(d, GW_T_TASKS, tasks + i);
		if (d->duties.first[i] != d->duties.first[i + 1]) {
			array_open(d, gw_table_names[GW_T_RESPONSIBILITIES]);
			group_write(d, GW_T_RESPONSIBILITIES, &d->duties, i);
		}
		gw_buf_addc(d->out, '}');
	}
	gw_buf_addc(d->out, ']');
	if (d->duties.first[count] != d->duties.first[count + 1]) {
		array_open(d, gw_table_names[GW_T_RESPONSIBILITIES]);
		group_write(d, GW_T_RESPONSIBILITIES, &d->duties, count);
	}
}

static void organizations_write(nesting *d, uint32_t organs, uint32_t count)
{
	array_open(d, gw_table_names[GW_T_ORGANIZATIONS]);
	for (uint32_t i = 0; i < count; i++) {
		separate(d, i == 0);
		object_open(d, GW_T_ORGANIZATIONS, organs + i);
		gw_buf_addc(d->out, '}');
	}
	gw_buf_addc(d->out, ']');
}

gw_status gw_nest_document(const gw_nest *n, const gw_rows *rows, const gw_row_text text[GW_TABLES], uint32_t document,
	const gw_cell *row, uint32_t at[GW_TABLES], gw_arena *scratch, gw_buf *out, gw_diag *diag)
{
	nesting d = {.n = n, .scratch = scratch, .out = out, .diag = diag, .rows = rows, .text = text};
	uint32_t organ_count, task_count;
	d.id = row[n->schema->tables[GW_T_DOCUMENTS].primary].s;
	d.section_begin = take(&d, GW_T_SECTIONS, &at[GW_T_SECTIONS], &d.section_count);
	gw_map_init(&d.section_at, scratch);
	for (uint32_t i = 0; i < d.section_count; i++)
		*gw_map_put(&d.section_at, rows->table[GW_T_SECTIONS].items[d.section_begin + i][n->section[GW_T_SECTIONS]].s) = i;
	for (unsigned f = 0; f < GW_NEST_FACTS; f++) {
		d.fact[f].begin = take(&d, gw_nest_facts[f], &at[gw_nest_facts[f]], &d.fact[f].count);
		group(&d, gw_nest_facts[f], &d.fact[f], &d.section_at, d.section_count, n->section[gw_nest_facts[f]]);
	}
	uint32_t organs = take(&d, GW_T_ORGANIZATIONS, &at[GW_T_ORGANIZATIONS], &organ_count);
	uint32_t tasks = take(&d, GW_T_TASKS, &at[GW_T_TASKS], &task_count);
	gw_map task_at;
	gw_map_init(&task_at, scratch);
	for (uint32_t i = 0; i < task_count; i++)
		*gw_map_put(&task_at, rows->table[GW_T_TASKS].items[tasks + i][n->schema->tables[GW_T_TASKS].primary].s) = i;
	d.duties.begin = take(&d, GW_T_RESPONSIBILITIES, &at[GW_T_RESPONSIBILITIES], &d.duties.count);
	group(&d, GW_T_RESPONSIBILITIES, &d.duties, &task_at, task_count, n->duty_task);

	gw_buf_adds(out, "{\"$schema\":\"../schemas/document.schema.json\"");
	members_copy(&d, GW_T_DOCUMENTS, row, document, ',');
	organizations_write(&d, organs, organ_count);
	gw_status s = sections_write(&d);
	tasks_write(&d, tasks, task_count);
	gw_buf_adds(out, "}\n");
	return s;
}
