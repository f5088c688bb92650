/* Facts marked in the text. Marks may lie within each other (a responsible unit within a longer name) and, rarely,
 * cross; a crossing one ends with the one it began in. */
#include "marks.h"

#include <stdlib.h>

static const char *const colours[GW_MARK_KINDS] = {"\033[36m", "\033[33m", "\033[32m", "\033[35m"};
static const char *const kind_names[GW_MARK_KINDS] = {"agency", "time", "quantity", "responsibility"};
enum { DEPTH_MAX = 8 };

gw_str gw_cell_text(gw_arena *a, const gw_table *t, const gw_cell *cells, const char *field)
{
	uint32_t i = gw_table_field(t, field);
	if (i == GW_NONE)
		return (gw_str){NULL, 0};
	gw_buf number;
	switch (cells[i].kind) {
	case GW_CELL_NULL:
		return (gw_str){NULL, 0};
	case GW_CELL_STR:
		return cells[i].s;
	case GW_CELL_BOOL:
		return cells[i].i ? GW_STR("true") : GW_STR("false");
	case GW_CELL_INT:
		return gw_str_of(gw_arena_printf(a, "%lld", (long long)cells[i].i));
	case GW_CELL_NUM:
		break;
	}
	gw_buf_init(&number);
	gw_number_print(&number, cells[i].n);
	gw_str text = gw_arena_str(a, (gw_str){number.ptr, (uint32_t)number.len});
	gw_buf_release(&number);
	return text;
}

/* ---- labels ---- */

static void label_agency(gw_arena *a, const gw_table *t, const gw_cell *row, gw_buf *out)
{
	gw_buf_adds(out, gw_str_eq(gw_cell_text(a, t, row, "generic"), GW_STR("true")) ? "agency class" : "agency");
}

/* The fields that are there, in the order given: "deadline 2025-12-31". */
static void label_fields(gw_arena *a, const gw_table *t, const gw_cell *row, const char *const *fields, gw_buf *out)
{
	for (const char *between = ""; *fields; fields++) {
		gw_str value = gw_cell_text(a, t, row, *fields);
		if (!value.len)
			continue;
		gw_buf_adds(out, between);
		gw_buf_add_str(out, value);
		between = " ";
	}
}

static void label_row(gw_arena *a, const gw_table *t, const gw_cell *row, gw_buf *out)
{
	static const char *const time[] = {"role", "edtf", "duration", "rrule", NULL};
	static const char *const quantity[] = {"role", "op", "value", "value2", "unit", NULL};
	static const char *const duty[] = {"role", NULL};
	switch (t->id) {
	case GW_T_AGENCIES:
		label_agency(a, t, row, out);
		break;
	case GW_T_DEADLINES:
	case GW_T_DATES:
		label_fields(a, t, row, time, out);
		break;
	case GW_T_TARGETS:
	case GW_T_QUANTITIES:
		label_fields(a, t, row, quantity, out);
		break;
	default:
		label_fields(a, t, row, duty, out);
		break;
	}
}

/* ---- collecting ---- */

static void table_collect(
	gw_arena *a, const gw_table *t, const gw_rows *rows, gw_str document, gw_mark_kind kind, gw_mark_list *out)
{
	uint32_t id = gw_table_field(t, "document_id"), begin = gw_table_field(t, "char_start"),
		 end = gw_table_field(t, "char_end");
	gw_buf label;
	gw_buf_init(&label);
	for (uint32_t i = 0; i < rows->table[t->id].count; i++) {
		const gw_cell *row = rows->table[t->id].items[i];
		if (!gw_str_eq(row[id].s, document))
			continue;
		gw_buf_clear(&label);
		label_row(a, t, row, &label);
		*GW_PUSH(a, out) = (gw_mark){(uint32_t)row[begin].i, (uint32_t)row[end].i, kind,
			gw_arena_str(a, (gw_str){label.ptr, (uint32_t)label.len})};
	}
	gw_buf_release(&label);
}

/* Outer marks come before the inner ones; the rest only makes the order total. */
static int by_begin(const void *x, const void *y)
{
	const gw_mark *a = x, *b = y;
	if (a->begin != b->begin)
		return a->begin < b->begin ? -1 : 1;
	if (a->end != b->end)
		return a->end > b->end ? -1 : 1;
	return a->kind != b->kind ? (a->kind < b->kind ? -1 : 1) : gw_str_cmp(a->label, b->label);
}

/* Marks of one span become one; a label that came already (two duties of one unit) is not said again. */
static void same_spans_join(gw_arena *a, gw_mark_list *list)
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i < list->count; i++) {
		gw_mark *m = &list->items[i], *last = kept ? &list->items[kept - 1] : NULL;
		if (!last || last->begin != m->begin || last->end != m->end) {
			list->items[kept++] = *m;
			continue;
		}
		bool again = i > 0 && last->label.len >= m->label.len &&
			     memcmp(last->label.ptr + last->label.len - m->label.len, m->label.ptr, m->label.len) == 0;
		if (!again)
			last->label = gw_str_of(gw_arena_printf(a, "%.*s, %.*s", (int)last->label.len, last->label.ptr,
				(int)m->label.len, m->label.ptr));
		last->kind = m->kind;
	}
	list->count = kept;
}

void gw_marks_collect(gw_arena *a, const gw_schema *schema, const gw_rows *rows, gw_str document_id, gw_mark_list *out)
{
	static const struct {
		gw_table_id table;
		gw_mark_kind kind;
	} from[] = {{GW_T_AGENCIES, GW_MARK_AGENCY}, {GW_T_DEADLINES, GW_MARK_TIME}, {GW_T_DATES, GW_MARK_TIME},
		{GW_T_TARGETS, GW_MARK_QUANTITY}, {GW_T_QUANTITIES, GW_MARK_QUANTITY},
		{GW_T_RESPONSIBILITIES, GW_MARK_DUTY}};
	for (size_t i = 0; i < sizeof from / sizeof from[0]; i++)
		table_collect(a, &schema->tables[from[i].table], rows, document_id, from[i].kind, out);
	if (out->count)
		qsort(out->items, out->count, sizeof *out->items, by_begin);
	same_spans_join(a, out);
}

/* ---- printing ---- */

typedef struct open_marks {
	const gw_mark *mark[DEPTH_MAX];
	uint32_t end[DEPTH_MAX];
	int depth;
	bool colour;
	gw_buf *out;
} open_marks;

/* Deeper than DEPTH_MAX nothing is marked: no document has been seen with more than three. */
static void mark_open(open_marks *o, const gw_mark *m)
{
	uint32_t end = m->end;
	if (o->depth == DEPTH_MAX)
		return;
	if (o->depth && end > o->end[o->depth - 1])
		end = o->end[o->depth - 1];
	o->mark[o->depth] = m;
	o->end[o->depth++] = end;
	gw_buf_adds(o->out, o->colour ? colours[m->kind] : "\xE3\x80\x90");
}

static void mark_close(open_marks *o)
{
	const gw_mark *m = o->mark[--o->depth];
	if (o->colour) {
		gw_buf_adds(o->out, "\033[0m");
		if (o->depth)
			gw_buf_adds(o->out, colours[o->mark[o->depth - 1]->kind]);
		return;
	}
	gw_buf_addc(o->out, '|');
	gw_buf_add_str(o->out, m->label);
	gw_buf_adds(o->out, "\xE3\x80\x91");
}

/* Marks are for the whole document, a paragraph needs its own: by binary search. */
static uint32_t first_at(const gw_mark_list *marks, uint32_t at)
{
	uint32_t low = 0, high = marks->count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (marks->items[middle].begin < at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void gw_marks_print(const gw_mark_list *marks, gw_place_in_text at, bool colour, gw_buf *out)
{
	open_marks o = {.colour = colour, .out = out};
	uint32_t next = first_at(marks, at.char_start), pos = at.char_start;
	const char *p = at.text.ptr, *end = p + at.text.len;
	for (;; pos++) {
		while (o.depth && o.end[o.depth - 1] <= pos)
			mark_close(&o);
		if (p >= end)
			break;
		for (; next < marks->count && marks->items[next].begin <= pos; next++)
			if (marks->items[next].end > pos)
				mark_open(&o, &marks->items[next]);
		uint32_t cp = gw_utf8_next(&p, end);
		/* Lines broken within a paragraph are joined; nothing may move the terminal's cursor. */
		if (cp >= 0x20 && cp != 0x7F && !(cp >= 0x80 && cp < 0xA0))
			gw_buf_add_cp(out, cp);
	}
	while (o.depth)
		mark_close(&o);
	gw_buf_addc(out, '\n');
}

void gw_marks_legend(gw_buf *out)
{
	for (int i = 0; i < GW_MARK_KINDS; i++)
		gw_buf_printf(out, "%s%s\033[0m%s", colours[i], kind_names[i], i + 1 < GW_MARK_KINDS ? "  " : "\n");
}
