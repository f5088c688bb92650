/* sample.h - a source with two small documents and facts of every kind, made by hand: what stages would leave behind.
 * The text is folded one to one, so a span is found by looking for its words. */
#ifndef GW_TEST_SAMPLE_H
#define GW_TEST_SAMPLE_H

#include "gw/rows.h"

#include <stdlib.h>

static const char sample_text[] = "甲市森林计划\n"
				  "一、植树\n"
				  "(一)到2027年底前,\"绿地\",覆盖率达到40%以上。(牵头单位:林业局;配合单位:园林局)\r\n"
				  "二、附则\n"
				  "自2024年1月1日起施行, 现有树约3.5万棵。\n"
				  "乙市公告\n"
				  "由林业局负责解释。\n";

static inline uint32_t *sample_chars(gw_arena *a, const char *p, size_t bytes, uint32_t *n)
{
	uint32_t *ch = GW_NEW_N(a, uint32_t, bytes + 1);
	const char *end = p + bytes;
	for (*n = 0; p < end; ++*n)
		ch[*n] = gw_utf8_next(&p, end);
	return ch;
}

/* Fills text for the given UTF-8, without any folding. */
static inline void sample_text_set(gw_source *s, const char *text)
{
	gw_text *t = &s->text;
	size_t bytes = strlen(text);
	uint32_t n, *src, *byte_at, *lines;
	t->bytes = text;
	t->byte_len = (uint32_t)bytes;
	t->ch = sample_chars(s->arena, text, bytes, &n);
	t->len = t->char_count = n;
	t->signs = gw_text_signs(s->arena, t->ch, n);
	t->src = src = GW_NEW_N(s->arena, uint32_t, n + 1);
	t->byte_at = byte_at = GW_NEW_N(s->arena, uint32_t, n / GW_BYTE_STEP + 1);
	t->line_start = lines = GW_NEW_N(s->arena, uint32_t, n + 1);
	t->line_count = 1;
	const char *p = text;
	for (uint32_t i = 0; i <= n; i++) {
		src[i] = i;
		if (i % GW_BYTE_STEP == 0)
			byte_at[i / GW_BYTE_STEP] = (uint32_t)(p - text);
		if (i == n)
			break;
		if (gw_utf8_next(&p, text + bytes) == '\n')
			lines[t->line_count++] = i + 1;
	}
}

/* The span of some words, at or behind a position. Fails loudly when they are not there. */
static inline gw_span sample_find(const gw_source *s, const char *words, uint32_t from)
{
	uint32_t n, *w = sample_chars(s->arena, words, strlen(words), &n);
	for (uint32_t i = from; i + n <= s->text.len; i++)
		if (memcmp(s->text.ch + i, w, n * sizeof *w) == 0)
			return (gw_span){i, i + n};
	abort();
}

static inline gw_span sample_from_to(const gw_source *s, const char *from, const char *to)
{
	gw_span a = sample_find(s, from, 0);
	return (gw_span){a.begin, *to ? sample_find(s, to, a.begin).begin : s->text.len};
}

static inline void sample_section(gw_source *s, gw_document *d, const char *id, uint32_t parent, gw_section_kind kind,
	const char *marker, const char *heading, const char *next)
{
	gw_section *x = GW_PUSH(s->arena, &d->sections);
	x->id = gw_str_of(id);
	x->parent = parent;
	x->depth = parent == GW_NONE ? 0 : d->sections.items[parent].depth + 1;
	x->kind = kind;
	x->ordinal = *marker ? 1 : 0;
	x->span = x->branch = sample_from_to(s, *marker ? marker : heading, next);
	if (*marker)
		x->marker = sample_find(s, marker, 0);
	x->heading = sample_find(s, heading, x->span.begin);
}

static inline void sample_organ(gw_source *s, gw_document *d, const char *id, const char *name, const char *alias, uint32_t mentions)
{
	gw_organization *o = GW_PUSH(s->arena, &d->organizations);
	o->id = gw_str_of(id);
	o->name = gw_str_of(name);
	o->kind = GW_STR("department");
	o->level = GW_STR("prefectural");
	o->region_code = GW_STR("330100");
	o->mentions = mentions;
	if (*alias)
		*GW_PUSH(s->arena, &o->aliases) = gw_str_of(alias);
}

static inline void sample_agency(gw_source *s, gw_document *d, const char *words, uint32_t section, uint32_t organ, bool unit_only)
{
	gw_agency *a = GW_PUSH(s->arena, &d->agencies);
	a->span = sample_find(s, words, d->span.begin);
	a->section = section;
	a->rule = GW_NONE;
	a->organization = organ;
	a->name = gw_str_of(words);
	a->unit_only = unit_only;
}

static inline void sample_time(gw_source *s, gw_document *d, const char *words, uint32_t section, gw_time_role role,
	gw_relation relation, const char *edtf, const char *end)
{
	gw_time *t = GW_PUSH(s->arena, &d->times);
	t->span = sample_find(s, words, 0);
	t->section = section;
	t->rule = GW_NONE;
	t->role = role;
	t->relation = relation;
	t->edtf = gw_str_of(edtf);
	t->start = t->end = gw_str_of(end);
}

static inline void sample_quantity(gw_source *s, gw_document *d, const char *words, const char *indicator, bool target, gw_op op,
	double value, const char *unit, uint32_t due)
{
	gw_quantity *q = GW_PUSH(s->arena, &d->quantities);
	q->span = sample_find(s, words, 0);
	q->section = GW_NONE;
	q->rule = GW_NONE;
	q->target = target;
	q->op = op;
	q->value = value;
	q->unit = gw_str_of(unit);
	q->indicator = sample_find(s, indicator, 0);
	q->due = due;
}

static inline void sample_duty(gw_source *s, gw_document *d, const char *unit, const char *label, gw_duty_role role, uint32_t agency,
	uint32_t section, uint32_t task)
{
	gw_duty *r = GW_PUSH(s->arena, &d->duties);
	r->label = sample_find(s, label, d->span.begin);
	r->span = sample_find(s, unit, d->span.begin);
	r->section = section;
	r->rule = GW_NONE;
	r->role = role;
	r->unit = gw_str_of(unit);
	r->agency = agency;
	r->due = GW_NONE;
	r->task = task;
}

static inline gw_document *sample_document(gw_source *s, uint32_t part, const char *title, const char *next)
{
	gw_document *d = GW_PUSH(s->arena, &s->documents);
	d->source = s;
	d->part = part;
	d->id = gw_str_of(gw_arena_printf(s->arena, "%.*s#%u", (int)s->path.len, s->path.ptr, part));
	d->span = sample_from_to(s, title, next);
	d->title = sample_find(s, title, 0);
	d->title_text = gw_str_of(title);
	return d;
}

static inline void sample_first(gw_source *s)
{
	gw_document *d = sample_document(s, 1, "甲市森林计划", "乙市公告");
	d->issued_on = GW_STR("2023-12");
	sample_section(s, d, "1", GW_NONE, GW_SEC_PART, "一、", "植树", "(一)");
	sample_section(s, d, "1.1", 0, GW_SEC_ITEM, "(一)", "到2027年底前", "二、");
	sample_section(s, d, "2", GW_NONE, GW_SEC_PART, "二、", "附则", "乙市公告");
	sample_organ(s, d, "330100:林业局", "甲市林业局", "林业局", 1);
	sample_organ(s, d, "330100:园林局", "甲市园林局", "", 1);
	/* Out of text order, as a stage may leave them. */
	sample_agency(s, d, "园林局", 1, 1, false);
	sample_agency(s, d, "林业局", 1, 0, false);
	sample_agency(s, d, "绿地", 1, GW_NONE, true);
	sample_time(s, d, "自2024年1月1日起", 2, GW_TIME_EFFECTIVE, GW_REL_FROM, "2024-01-01", "2024-01-01");
	sample_time(s, d, "到2027年底前", 1, GW_TIME_DEADLINE, GW_REL_BY, "2027-12-31", "2027-12-31");
	sample_quantity(s, d, "40%以上", "覆盖率", true, GW_OP_GE, 40, "%", 1);
	sample_quantity(s, d, "约3.5万棵", "现有树", false, GW_OP_ABOUT, 3.5 * 10000, "棵", GW_NONE);
	sample_duty(s, d, "林业局", "牵头单位", GW_DUTY_LEAD, 1, 1, 0);
	sample_duty(s, d, "园林局", "配合单位", GW_DUTY_SUPPORT, 0, 1, 0);
	gw_task *t = GW_PUSH(s->arena, &d->tasks);
	t->span = d->sections.items[1].span;
	t->section = 1;
	t->rule = GW_NONE;
	t->marker = d->sections.items[1].marker;
	t->title = d->sections.items[1].heading;
	t->due = 1;
	*GW_PUSH(s->arena, &t->duties) = 0;
	*GW_PUSH(s->arena, &t->duties) = 1;
	*GW_PUSH(s->arena, &t->targets) = 0;
	t->duty_count = 2;
	t->target_count = 1;
}

/* A document without sections, with a duty that belongs to no task. */
static inline void sample_second(gw_source *s)
{
	gw_document *d = sample_document(s, 2, "乙市公告", "");
	sample_organ(s, d, "330100:林业局", "甲市林业局", "市林业局", 1);
	sample_agency(s, d, "林业局", GW_NONE, 0, false);
	sample_duty(s, d, "林业局", "负责解释", GW_DUTY_INTERPRET, 0, GW_NONE, GW_NONE);
}

static inline gw_source *sample_source(gw_arena *a, const char *path)
{
	gw_source *s = GW_NEW(a, gw_source);
	s->arena = a;
	s->path = gw_arena_str(a, gw_str_of(path));
	s->opened_as = s->path;
	s->raw = sample_text;
	s->raw_len = sizeof sample_text - 1;
	gw_sha256_of(s->raw, s->raw_len, s->sha256);
	s->encoding = "UTF-8";
	s->encoding_source = "detected";
	sample_text_set(s, sample_text);
	sample_first(s);
	sample_second(s);
	return s;
}

/* Facts name no rule where there is no knowledge; the schema wants one, so the rows get it here. */
static inline void sample_rules(const gw_schema *schema, gw_rows *rows)
{
	for (gw_table_id id = 0; id < GW_TABLES; id++) {
		uint32_t rule = gw_table_field(&schema->tables[id], "rule");
		for (uint32_t i = 0; rule != GW_NONE && i < rows->table[id].count; i++)
			if (rows->table[id].items[i][rule].kind == GW_CELL_NULL)
				rows->table[id].items[i][rule] = (gw_cell){.kind = GW_CELL_STR, .s = GW_STR("sample.rule")};
	}
}

static inline void sample_rows(const gw_schema *schema, gw_arena *a, const char *path, gw_rows *out)
{
	gw_tabulate(schema, NULL, sample_source(a, path), out);
	sample_rules(schema, out);
}

#endif
