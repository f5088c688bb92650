/* A source whose stages are done becomes rows. The only place that knows both the facts and the columns. */
#include "out.h"

#include <math.h>
#include <stdlib.h>

/* Everything about the document being written. Ids are by letter and ordinal in text order, so each list has a
 * table from its index to its id. */
typedef struct tab {
	const gw_schema *schema;
	const gw_knowledge *k;
	gw_arena *arena;
	const gw_document *d;
	gw_rows *out;
	const gw_table *t; /* of the row being filled */
	gw_cell *cells;
	gw_cell nowhere;   /* for columns that the schema lacks */
	uint32_t next;     /* where the next column is looked for first */
	const char **names; /* by column of this table: the name that it was last asked for by, as long as it is the very same */
	const char **known[GW_TABLES];
	uint32_t line;     /* of the row before: rows come in the order of the text */
	uint32_t *time_order, *agency_order, *quantity_order, *duty_order, *task_order;
	gw_str *time_id, *task_id; /* time_id: deadlines only, {NULL,0} for dates */
} tab;

/* ---- cells ---- */

static void row_begin(tab *b, gw_table_id id)
{
	b->t = &b->schema->tables[id];
	/* One cell more: organizations carry their document there. */
	b->cells = GW_NEW_N(b->arena, gw_cell, b->t->field_count + 1);
	*GW_PUSH(b->arena, &b->out->table[id]) = b->cells;
	b->next = 0;
	if (!b->known[id])
		b->known[id] = GW_NEW_N(b->arena, const char *, b->t->field_count);
	b->names = b->known[id];
}

/* Columns are filled in about the order of the schema, so the search ends at its first step. A column that the
 * schema does not have is let go: schema.c has refused such schemas, only old ones read from snapshots lack any. */
static gw_cell *cell(tab *b, const char *name)
{
	uint32_t i = b->next;
	if (i >= b->t->field_count || b->names[i] != name) {
		for (i = 0; i < b->t->field_count && b->names[i] != name; i++)
			;
		i = i < b->t->field_count ? i : gw_table_field(b->t, name);
		if (i == GW_NONE)
			return &b->nowhere;
		b->names[i] = name;
	}
	b->next = i + 1;
	return &b->cells[i];
}

/* Empty texts are null: a reader of CSV could not tell the two apart. */
static void put_str(tab *b, const char *name, gw_str s)
{
	gw_cell *c = cell(b, name);
	if (s.ptr && s.len)
		*c = (gw_cell){.kind = GW_CELL_STR, .s = s};
}

static void put_z(tab *b, const char *name, const char *z)
{
	put_str(b, name, gw_str_of(z));
}

static void put_int(tab *b, const char *name, uint64_t i)
{
	*cell(b, name) = (gw_cell){.kind = GW_CELL_INT, .i = (int64_t)i};
}

static void put_num(tab *b, const char *name, double n)
{
	gw_cell *c = cell(b, name);
	if (isfinite(n))
		*c = (gw_cell){.kind = GW_CELL_NUM, .n = n};
}

static void put_bool(tab *b, const char *name, bool yes)
{
	*cell(b, name) = (gw_cell){.kind = GW_CELL_BOOL, .i = yes};
}

/* ---- text ---- */

static gw_str one_line(tab *b, gw_span span)
{
	return gw_span_empty(span) ? (gw_str){NULL, 0} : gw_line_join(b->arena, gw_source_place_near(&b->d->source->text, span, b->line).text);
}

static void put_list(tab *b, const char *name, gw_buf *list)
{
	put_str(b, name, gw_arena_str(b->arena, (gw_str){list->ptr, (uint32_t)list->len}));
	gw_buf_release(list);
}

/* ---- order and ids ---- */

typedef struct placed {
	gw_span span;
	uint32_t index;
} placed;

static int by_place(const void *x, const void *y)
{
	const placed *a = x, *b = y;
	if (a->span.begin != b->span.begin)
		return a->span.begin < b->span.begin ? -1 : 1;
	if (a->span.end != b->span.end)
		return a->span.end < b->span.end ? -1 : 1;
	return (a->index > b->index) - (a->index < b->index);
}

/* The indexes of a list in text order. `spans` is the span of its first item, `step` the size of an item. */
static uint32_t *text_order(gw_arena *a, const gw_span *spans, size_t step, uint32_t count)
{
	placed *p = GW_NEW_N(a, placed, count);
	bool sorted = true;
	for (uint32_t i = 0; i < count; i++) {
		const gw_span *s = (const gw_span *)(const void *)((const char *)spans + step * i);
		p[i] = (placed){*s, i};
		sorted = sorted && (i == 0 || by_place(&p[i - 1], &p[i]) < 0);
	}
	if (!sorted)
		qsort(p, count, sizeof *p, by_place);
	uint32_t *order = GW_NEW_N(a, uint32_t, count);
	for (uint32_t i = 0; i < count; i++)
		order[i] = p[i].index;
	return order;
}
#define TEXT_ORDER(b, list) \
	((list).count ? text_order((b)->arena, &(list).items->span, sizeof *(list).items, (list).count) : NULL)

/* <document>/<letter><ordinal> */
static gw_str make_id(tab *b, char letter, uint32_t ordinal)
{
	char tail[12], *p = tail + sizeof tail;
	uint32_t v = ordinal;
	do
		*--p = (char)('0' + v % 10);
	while ((v /= 10) != 0);
	*--p = letter;
	*--p = '/';
	uint32_t n = (uint32_t)(tail + sizeof tail - p);
	char *id = gw_arena_alloc(b->arena, b->d->id.len + n + 1);
	memcpy(id, b->d->id.ptr, b->d->id.len);
	memcpy(id + b->d->id.len, p, n);
	return (gw_str){id, b->d->id.len + n};
}

static bool is_deadline(const gw_time *t)
{
	return t->role == GW_TIME_DEADLINE || t->role == GW_TIME_SCHEDULE;
}

/* Ids that other rows refer to. */
static void make_ids(tab *b)
{
	const gw_document *d = b->d;
	b->time_order = TEXT_ORDER(b, d->times);
	b->agency_order = TEXT_ORDER(b, d->agencies);
	b->quantity_order = TEXT_ORDER(b, d->quantities);
	b->duty_order = TEXT_ORDER(b, d->duties);
	b->task_order = TEXT_ORDER(b, d->tasks);
	b->time_id = GW_NEW_N(b->arena, gw_str, d->times.count);
	b->task_id = GW_NEW_N(b->arena, gw_str, d->tasks.count);
	uint32_t deadlines = 0;
	for (uint32_t i = 0; i < d->times.count; i++)
		if (is_deadline(&d->times.items[b->time_order[i]]))
			b->time_id[b->time_order[i]] = make_id(b, 'd', ++deadlines);
	for (uint32_t i = 0; i < d->tasks.count; i++)
		b->task_id[b->task_order[i]] = make_id(b, 'k', i + 1);
}

/* Only deadlines have rows in the table that deadline_id points into. */
static gw_str due_id(const tab *b, uint32_t time)
{
	return time == GW_NONE ? (gw_str){NULL, 0} : b->time_id[time];
}

static gw_str agency_id(const tab *b, uint32_t agency)
{
	const gw_document *d = b->d;
	uint32_t o = agency == GW_NONE ? GW_NONE : d->agencies.items[agency].organization;
	return o == GW_NONE ? (gw_str){NULL, 0} : d->organizations.items[o].id;
}

/* ---- position ---- */

/* The id of a fact's section. Text before the first section counts to that one; a document without sections is
 * all preamble (sections_add writes that row). */
static gw_str section_id(const gw_document *d, uint32_t section, gw_span span)
{
	if (d->sections.count == 0)
		return GW_STR("0");
	if (section == GW_NONE)
		section = gw_document_section_at(d, span.begin);
	if (section == GW_NONE) {
		section = 0;
		while (section + 1 < d->sections.count && d->sections.items[section + 1].span.begin <= span.begin)
			section++;
	}
	return d->sections.items[section].id;
}

static gw_place_in_text put_place(tab *b, gw_span span)
{
	gw_place_in_text p = gw_source_place_near(&b->d->source->text, span, b->line);
	b->line = p.line;
	put_int(b, "line", p.line);
	put_int(b, "char_start", p.char_start);
	put_int(b, "char_end", p.char_end);
	return p;
}

static void put_position(tab *b, gw_span span, uint32_t section, uint32_t rule)
{
	put_str(b, "document_id", b->d->id);
	put_str(b, "section_id", section_id(b->d, section, span));
	put_str(b, "text", put_place(b, span).text);
	if (rule != GW_NONE && b->k)
		put_str(b, "rule", gw_rule_at(b->k, rule)->id);
}

/* ---- tables ---- */

static gw_str hashed_path(tab *b, const char *folder, const char sha256[65], const char *ending)
{
	return GW_JOIN(b->arena, gw_str_of(folder), GW_STR("/"), {sha256, 32}, GW_STR("."), gw_str_of(ending));
}

static void document_add(tab *b, const gw_source *s)
{
	const gw_document *d = b->d;
	char sha256[65];
	gw_sha256_of(d->id.ptr, d->id.len, sha256);
	row_begin(b, GW_T_DOCUMENTS);
	put_str(b, "document_id", d->id);
	put_str(b, "source_path", s->path);
	put_int(b, "part", d->part);
	put_z(b, "source_sha256", s->sha256);
	put_int(b, "source_bytes", s->origin ? s->origin_len : s->raw_len);
	put_z(b, "encoding", s->encoding);
	put_z(b, "encoding_source", s->encoding_source);
	put_int(b, "encoding_errors", s->encoding_errors);
	put_str(b, "title", d->title_text);
	put_str(b, "document_type", d->type);
	put_str(b, "issuer", d->issuer);
	put_str(b, "issuer_id", d->issuer_id);
	put_str(b, "region_code", d->region_code);
	put_str(b, "region", d->region);
	put_str(b, "document_number", d->number);
	put_str(b, "adopted_on", d->adopted_on);
	put_str(b, "issued_on", d->issued_on);
	put_str(b, "effective_on", d->effective_on);
	gw_place_in_text p = put_place(b, d->span);
	put_int(b, "char_count", p.char_end - p.char_start);
	put_int(b, "section_count", d->sections.count ? d->sections.count : 1);
	put_str(b, "json_path", hashed_path(b, "documents", sha256, "json"));
	put_str(b, "text_path", hashed_path(b, "text", b->out->text_sha256, "txt"));
}

static void section_add(tab *b, const gw_section *s)
{
	row_begin(b, GW_T_SECTIONS);
	put_str(b, "document_id", b->d->id);
	put_str(b, "section_id", s->id);
	put_str(b, "parent_id", s->parent == GW_NONE ? (gw_str){NULL, 0} : b->d->sections.items[s->parent].id);
	put_int(b, "depth", s->depth);
	put_z(b, "kind", gw_section_kind_names[s->kind]);
	put_str(b, "marker", one_line(b, s->marker));
	if (s->ordinal)
		put_int(b, "ordinal", s->ordinal);
	put_str(b, "heading", one_line(b, s->heading));
	put_str(b, "text", put_place(b, s->span).text);
	put_str(b, "rule", GW_JOIN(b->arena, GW_STR("section."), gw_str_of(gw_section_kind_names[s->kind])));
}

static void sections_add(tab *b)
{
	const gw_document *d = b->d;
	for (uint32_t i = 0; i < d->sections.count; i++)
		section_add(b, &d->sections.items[i]);
	gw_section all = {.id = GW_STR("0"), .parent = GW_NONE, .kind = GW_SEC_PREAMBLE, .span = d->span};
	if (d->sections.count == 0)
		section_add(b, &all);
}

static void agencies_add(tab *b)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < b->d->agencies.count; i++) {
		const gw_agency *a = &b->d->agencies.items[b->agency_order[i]];
		if (a->unit_only)
			continue;
		row_begin(b, GW_T_AGENCIES);
		put_str(b, "mention_id", make_id(b, 'a', ++n));
		put_position(b, a->span, a->section, a->rule);
		put_str(b, "agency_id", agency_id(b, b->agency_order[i]));
		put_bool(b, "generic", a->generic);
	}
}

static int by_organization(const void *x, const void *y)
{
	const gw_organization *const *a = x, *const *b = y;
	return gw_str_cmp((*a)->id, (*b)->id);
}

/* By id, the only order that rows mixed by an engine can be brought back to. */
static void organizations_add(tab *b)
{
	uint32_t count = b->d->organizations.count;
	const gw_organization **sorted = GW_NEW_N(b->arena, const gw_organization *, count);
	for (uint32_t i = 0; i < count; i++)
		sorted[i] = &b->d->organizations.items[i];
	if (count)
		qsort(sorted, count, sizeof *sorted, by_organization);
	for (uint32_t i = 0; i < count; i++) {
		const gw_organization *o = sorted[i];
		gw_buf aliases;
		gw_buf_init(&aliases);
		for (uint32_t j = 0; j < o->aliases.count; j++) {
			if (j)
				gw_buf_addc(&aliases, '|');
			gw_buf_add_str(&aliases, o->aliases.items[j]);
		}
		row_begin(b, GW_T_ORGANIZATIONS);
		put_str(b, "agency_id", o->id);
		put_str(b, "name", o->name);
		put_list(b, "aliases", &aliases);
		put_str(b, "kind", o->kind);
		put_str(b, "level", o->level);
		put_str(b, "region_code", o->region_code);
		put_str(b, "region", o->region);
		put_int(b, "mention_count", o->mentions);
		put_int(b, "document_count", 1);
		b->cells[b->t->field_count] = (gw_cell){.kind = GW_CELL_STR, .s = b->d->id};
	}
}

static void times_add(tab *b)
{
	uint32_t dates = 0;
	for (uint32_t i = 0; i < b->d->times.count; i++) {
		uint32_t index = b->time_order[i];
		const gw_time *t = &b->d->times.items[index];
		row_begin(b, is_deadline(t) ? GW_T_DEADLINES : GW_T_DATES);
		if (is_deadline(t))
			put_str(b, "deadline_id", b->time_id[index]);
		else
			put_str(b, "date_id", make_id(b, 't', ++dates));
		put_position(b, t->span, t->section, t->rule);
		put_z(b, "role", gw_time_role_names[t->role]);
		put_z(b, "relation", gw_relation_names[t->relation]);
		put_str(b, "edtf", t->edtf);
		put_str(b, "date_start", t->start);
		put_str(b, "date_end", t->end);
		put_str(b, "duration", t->duration);
		put_str(b, "rrule", t->rrule);
		put_str(b, "anchor", t->anchor);
	}
}

static void quantities_add(tab *b)
{
	uint32_t n[2] = {0, 0};
	for (uint32_t i = 0; i < b->d->quantities.count; i++) {
		const gw_quantity *q = &b->d->quantities.items[b->quantity_order[i]];
		row_begin(b, q->target ? GW_T_TARGETS : GW_T_QUANTITIES);
		put_str(b, q->target ? "target_id" : "quantity_id", make_id(b, q->target ? 'g' : 'q', ++n[q->target]));
		put_position(b, q->span, q->section, q->rule);
		put_z(b, "role", q->target ? "target" : "status");
		put_str(b, "indicator", one_line(b, q->indicator));
		put_z(b, "op", gw_op_names[q->op]);
		put_num(b, "value", q->value);
		if (q->op == GW_OP_RANGE)
			put_num(b, "value2", q->value2);
		put_str(b, "unit", q->unit);
		put_str(b, "change", q->change);
		put_str(b, "base", q->base);
		put_str(b, "per", q->per);
		put_str(b, "deadline_id", due_id(b, q->due));
	}
}

static void duties_add(tab *b)
{
	for (uint32_t i = 0; i < b->d->duties.count; i++) {
		const gw_duty *r = &b->d->duties.items[b->duty_order[i]];
		row_begin(b, GW_T_RESPONSIBILITIES);
		put_str(b, "responsibility_id", make_id(b, 'r', i + 1));
		put_str(b, "task_id", r->task == GW_NONE ? (gw_str){NULL, 0} : b->task_id[r->task]);
		put_position(b, r->span, r->section, r->rule);
		put_z(b, "role", gw_duty_role_names[r->role]);
		put_str(b, "label", one_line(b, r->label));
		put_str(b, "unit", r->unit);
		put_str(b, "agency_id", agency_id(b, r->agency));
		put_str(b, "deadline_id", due_id(b, r->due));
	}
}

/* ---- the ledger ---- */

static void put_units(tab *b, const gw_task *task, gw_duty_role role, const char *name)
{
	gw_list list;
	gw_list_begin(&list, b->arena);
	for (uint32_t i = 0; i < task->duties.count; i++) {
		const gw_duty *r = &b->d->duties.items[task->duties.items[i]];
		if (r->role == role)
			gw_list_join(&list, r->unit);
	}
	put_list(b, name, &list.text);
}

/* The indicator and the words of the quantity itself, so nothing has to be put into words here. */
static void put_targets(tab *b, const gw_task *task)
{
	gw_list list;
	gw_buf item;
	gw_list_begin(&list, b->arena);
	gw_buf_init(&item);
	for (uint32_t i = 0; i < task->targets.count; i++) {
		const gw_quantity *q = &b->d->quantities.items[task->targets.items[i]];
		gw_buf_clear(&item);
		gw_buf_add_str(&item, one_line(b, q->indicator));
		if (item.len)
			gw_buf_addc(&item, ' ');
		gw_buf_add_str(&item, one_line(b, q->span));
		gw_list_join(&list, (gw_str){item.ptr, (uint32_t)item.len});
	}
	gw_buf_release(&item);
	put_int(b, "target_count", task->targets.count);
	put_list(b, "targets", &list.text);
}

static void tasks_add(tab *b)
{
	for (uint32_t i = 0; i < b->d->tasks.count; i++) {
		const gw_task *task = &b->d->tasks.items[b->task_order[i]];
		const gw_time *due = task->due == GW_NONE ? NULL : &b->d->times.items[task->due];
		row_begin(b, GW_T_TASKS);
		put_str(b, "task_id", b->task_id[b->task_order[i]]);
		put_position(b, task->span, task->section, task->rule);
		put_str(b, "marker", one_line(b, task->marker));
		put_str(b, "title", one_line(b, task->title));
		put_units(b, task, GW_DUTY_LEAD, "lead_units");
		put_units(b, task, GW_DUTY_RESPONSIBLE, "responsible_units");
		put_units(b, task, GW_DUTY_SUPPORT, "support_units");
		if (due) {
			put_str(b, "due_text", one_line(b, due->span));
			put_str(b, "due", due->edtf);
			put_str(b, "due_date", due->end);
			put_str(b, "rrule", due->rrule);
		}
		put_targets(b, task);
		put_str(b, "deadline_id", due_id(b, task->due));
	}
}

/* A plain UTF-8 file is its own text: to compare them costs a tenth of hashing once more. */
static void text_hash(const gw_source *s, gw_rows *out)
{
	bool hashed = !s->origin && strlen(s->sha256) == sizeof s->sha256 - 1;
	if (hashed && s->raw_len == out->text.len && out->text.len && memcmp(s->raw, out->text.ptr, out->text.len) == 0)
		memcpy(out->text_sha256, s->sha256, sizeof out->text_sha256);
	else
		gw_sha256_of(out->text.ptr, out->text.len, out->text_sha256);
}

void gw_tabulate(const gw_schema *schema, const gw_knowledge *k, gw_source *s, gw_rows *out)
{
	memset(out, 0, sizeof *out);
	out->source_path = s->path;
	out->source_sha256 = gw_arena_str(s->arena, gw_str_of(s->sha256));
	if (s->rejected) {
		out->rejected = true;
		out->raw = (gw_str){s->raw, (uint32_t)s->raw_len};
		return;
	}
	out->text = (gw_str){s->text.bytes ? s->text.bytes : "", s->text.byte_len};
	text_hash(s, out);
	for (uint32_t i = 0; i < s->documents.count; i++) {
		tab b = {.schema = schema, .k = k, .arena = s->arena, .d = &s->documents.items[i], .out = out};
		make_ids(&b);
		document_add(&b, s);
		sections_add(&b);
		agencies_add(&b);
		organizations_add(&b);
		times_add(&b);
		quantities_add(&b);
		duties_add(&b);
		tasks_add(&b);
	}
}
