/* Stage `extract-deadlines`: every expression of time, its calendar value and its role.
 *
 * Rules that emit `time` join dates and lengths with the words round them; captures: `from`, `to`, `edge`, `from-edge`, `len`,
 * `named`, `anchor`. The value comes from the captures, the relation from the rule, the role from the decision time.role. */
#include "extract.h"
#include "gw/read.h"

#include <stdlib.h>

enum { CELLS_ASKED = 64 };

typedef struct time_state {
	const gw_knowledge *k;
	const gw_decision *role;
	gw_time_role roles[GW_TIME_ROLES]; /* by value of the decision */
	uint16_t day, from, to, edge, from_edge, len, named, anchor, cls, label, due;
} time_state;

static gw_status time_open(const void *settings, gw_knowledge *k, gw_arena *arena, void **state, gw_diag *diag)
{
	*state = GW_NEW(arena, time_state);
	return gw_extract_open(settings, k, diag);
}

static gw_status time_bind(void *state, const gw_knowledge *k, gw_diag *diag)
{
	time_state *s = state;
	s->k = k;
	s->day = gw_name_id(k, "day");
	s->from = gw_name_id(k, "from");
	s->to = gw_name_id(k, "to");
	s->edge = gw_name_id(k, "edge");
	s->from_edge = gw_name_id(k, "from-edge");
	s->len = gw_name_id(k, "len");
	s->named = gw_name_id(k, "named");
	s->anchor = gw_name_id(k, "anchor");
	s->cls = gw_class_id(k, "time");
	s->label = gw_class_id(k, "time.label");
	s->due = gw_class_id(k, "due.label");
	s->role = gw_decision_find(k, "time.role");
	for (uint32_t i = 0; s->role && i < gw_decision_count(s->role); i++) {
		gw_str v = gw_decision_value(s->role, i);
		uint32_t r = 0;
		while (r < GW_TIME_ROLES && !gw_str_eq(v, gw_str_of(gw_time_role_names[r])))
			r++;
		if (r == GW_TIME_ROLES || i >= GW_TIME_ROLES)
			return gw_report(diag, GW_E_CUE, NULL, "time.role has no value `%.*s`", (int)v.len, v.ptr);
		s->roles[i] = (gw_time_role)r;
	}
	return GW_OK;
}

static const gw_token *captured(const gw_document *d, const gw_match *m, uint16_t name)
{
	const gw_capture *c = gw_match_get(m, name);
	return c && c->token != GW_NONE ? &d->lattice.tokens[c->token] : NULL;
}

/* 底 末 mean the last day, 初 the first. */
static gw_edge edge_of(const gw_document *d, const gw_match *m, uint16_t name)
{
	const gw_capture *c = gw_match_get(m, name);
	if (!c || gw_span_empty(c->span))
		return GW_EDGE_WHOLE;
	switch (d->source->text.ch[c->span.end - 1]) {
	case 0x5E95: case 0x672B: return GW_EDGE_END;   /* 底 末 */
	case 0x521D: return GW_EDGE_START;              /* 初 */
	case 0x4E2D: return GW_EDGE_MIDDLE;             /* 中 */
	default: return GW_EDGE_WHOLE;
	}
}

/* The nearest date with a year before a place in its sentence, else the nearest one behind. */
static const gw_date *year_nearby(const gw_document *d, gw_span at)
{
	gw_span sentence = gw_document_sentence(d, at);
	const gw_date *before = NULL, *behind = NULL;
	for (uint32_t i = 0; i < d->dates.count; i++) {
		const gw_date *x = &d->dates.items[i];
		if (x->span.begin < sentence.begin || x->span.end > sentence.end || (x->year < 0 && !x->year_mask) || gw_span_meets(x->span, at))
			continue;
		if (x->span.end <= at.begin)
			before = x;
		else if (!behind)
			behind = x;
	}
	return before ? before : behind;
}

static bool lacks_year(const gw_date *x)
{
	return x->year < 0 && !x->year_mask;
}

static void value_of_dates(gw_document *d, const time_state *s, const gw_match *m, gw_time *t, const gw_token *from, const gw_token *to)
{
	gw_arena *a = d->source->arena;
	gw_date x = d->dates.items[from->entry];
	gw_edge edge = edge_of(d, m, s->edge);
	const gw_date *near = NULL;
	if (lacks_year(&x) && (!to || lacks_year(&d->dates.items[to->entry])) && (near = year_nearby(d, m->span)))
		gw_date_take_year(&x, near);
	if (to) {
		gw_date y = d->dates.items[to->entry];
		if (near)
			gw_date_take_year(&y, near);
		t->edtf = gw_date_range_edtf(a, &x, edge_of(d, m, s->from_edge), &y, edge);
	} else
		t->edtf = gw_date_edtf(a, &x, edge);
}

static void value_of_length(gw_document *d, const time_state *s, const gw_match *m, gw_time *t, const gw_token *len)
{
	gw_arena *a = d->source->arena;
	const gw_capture *anchor = gw_match_get(m, s->anchor);
	t->duration = gw_duration_iso(a, &d->durations.items[len->entry]);
	if (anchor)
		t->anchor = gw_text_utf8(a, &d->source->text, anchor->span);
}

/* 每周五: the days' numerals are calendar syntax. */
static gw_str rrule_weekly(gw_arena *a, uint32_t numeral)
{
	static const uint32_t numerals[] = {0x4E00, 0x4E8C, 0x4E09, 0x56DB, 0x4E94, 0x516D, 0x65E5, 0x5929};
	static const char *const days[] = {"MO", "TU", "WE", "TH", "FR", "SA", "SU", "SU"};
	for (size_t i = 0; i < 8; i++)
		if (numerals[i] == numeral)
			return gw_str_of(gw_arena_printf(a, "FREQ=WEEKLY;BYDAY=%s", days[i]));
	return (gw_str){NULL, 0};
}

/* 每年六月至九月: the months, for a rule can say no stretch of days over months. */
static gw_date months_between(const gw_date *from, const gw_date *to)
{
	gw_date x = *from;
	x.month_to = to->month_to > 0 ? to->month_to : to->month;
	x.day = x.day_to = -1;
	x.decade = false;
	return x;
}

static void value_of_recurrence(gw_document *d, const time_state *s, const gw_match *m, gw_time *t, const gw_token *from, gw_str form)
{
	gw_arena *a = d->source->arena;
	const gw_date none = {.year = -1, .month = -1, .day = -1, .month_to = -1, .day_to = -1};
	const gw_date *x = from ? &d->dates.items[from->entry] : &none;
	const gw_token *to = captured(d, m, s->to);
	gw_date months;
	if (from && to && d->dates.items[to->entry].month >= x->month) {
		months = months_between(x, &d->dates.items[to->entry]);
		x = &months;
	}
	const gw_capture *day = gw_match_get(m, s->day);
	if (day)
		t->rrule = rrule_weekly(a, d->source->text.ch[day->span.begin]);
	else if (gw_str_eq(form, GW_STR("monthly")))
		t->rrule = gw_rrule_monthly(a, x->day, 1);
	else
		t->rrule = gw_rrule_yearly(a, x, edge_of(d, m, s->edge));
}

static gw_relation relation_of(const time_state *s, uint32_t rule, const gw_document *d, gw_span span, const gw_token *from)
{
	gw_str says = gw_rule_field(s->k, rule, "relation");
	for (uint32_t r = 1; r < GW_RELS; r++)
		if (gw_str_eq(says, gw_str_of(gw_relation_names[r])))
			return r == GW_REL_IN && from && d->dates.items[from->entry].day > 0 ? GW_REL_AT : (gw_relation)r;
	(void)span;
	return GW_REL_NONE;
}

static void set_value(gw_document *d, const time_state *s, const gw_match *m, gw_time *t)
{
	const gw_token *from = captured(d, m, s->from), *to = captured(d, m, s->to);
	const gw_token *len = captured(d, m, s->len), *named = captured(d, m, s->named);
	gw_str form = gw_rule_field(s->k, m->rule, "form");
	t->relation = relation_of(s, m->rule, d, m->span, from);
	if (form.ptr)
		value_of_recurrence(d, s, m, t, from, form);
	else if (from)
		value_of_dates(d, s, m, t, from, to);
	else if (len)
		value_of_length(d, s, m, t, len);
	else if (named)
		t->edtf = gw_entry_attr(gw_entry_at(s->k, named->entry), "edtf");
	char start[11], end[11];
	if (t->edtf.len && gw_edtf_bounds(t->edtf, start, end)) {
		if (start[0])
			t->start = gw_arena_str(d->source->arena, gw_str_of(start));
		if (end[0])
			t->end = gw_arena_str(d->source->arena, gw_str_of(end));
	}
}

/* A line that holds little besides a date is a signature when it stands in the last fifth, right below the title, or gives the day that
 * the document was found to be issued on. */
static bool is_signature(const gw_document *d, const gw_time *t)
{
	gw_span at = t->span;
	uint32_t p = gw_document_paragraph_at(d, at.begin);
	if (p == GW_NONE)
		return false;
	gw_span para = d->paragraphs.items[p];
	if (gw_span_len(para) > gw_span_len(at) + 12 || d->source->text.ch[para.end - 1] == 0x3002)
		return false;
	bool late = p * 5 >= d->paragraphs.count * 4, top = para.begin >= d->title.end && p <= 4;
	return late || top || gw_str_eq(t->edtf, d->issued_on);
}

/* 成文日期: on a line, the day on the next: pages that were tables once. */
static bool has_label_line(const time_state *s, const gw_document *d, gw_span at)
{
	uint32_t p = gw_document_paragraph_at(d, at.begin);
	if (p == GW_NONE || p == 0 || gw_span_len(d->paragraphs.items[p]) > gw_span_len(at) + 2)
		return false;
	return gw_token_before(&d->lattice, d->paragraphs.items[p - 1].end, s->label) != NULL;
}

/* Whether a cell's header holds a word of a class: 完成时限(月) is one of due dates. */
static bool header_says(const gw_document *d, const gw_table_cell *cell, uint16_t cls)
{
	for (uint32_t p = cell->header.begin; p < cell->header.end; p++)
		if (gw_token_at(&d->lattice, p, cls))
			return true;
	return false;
}

/* 2025年 above a column is no date of its own. Not every row has a cell in that column: a few rows are asked. */
static bool in_header(const gw_document *d, gw_span at)
{
	uint32_t low = 0, high = d->cells.count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (d->cells.items[middle].span.begin < at.end)
			low = middle + 1;
		else
			high = middle;
	}
	for (uint32_t i = low; i < d->cells.count && i < low + CELLS_ASKED; i++)
		if (gw_span_within(at, d->cells.items[i].header))
			return true;
	return false;
}

/* Words about a time for the cues: in the title, in a signature, before or after the document's own day. */
static gw_str about(const time_state *s, const gw_document *d, const gw_time *t)
{
	gw_buf b;
	gw_buf_init(&b);
	if (gw_span_meets(t->span, d->title))
		gw_buf_adds(&b, "title ");
	if (gw_inside_title_marks(d, t->span))
		gw_buf_adds(&b, "title-marks ");
	const gw_table_cell *cell = gw_document_cell_at(d, t->span.begin);
	if (cell) /* no signature, however short its line is */
		gw_buf_adds(&b, header_says(d, cell, s->due) ? "due-cell " : "cell ");
	else if (in_header(d, t->span))
		gw_buf_adds(&b, "table-header ");
	else if (has_label_line(s, d, t->span))
		gw_buf_adds(&b, "label ");
	else if (t->relation == GW_REL_AT && is_signature(d, t))
		gw_buf_adds(&b, "signature ");
	char start[11], end[11];
	if (d->issued_on.len >= 4 && t->end.len && gw_edtf_bounds(d->issued_on, start, end) && start[0])
		gw_buf_adds(&b, strcmp(t->end.ptr, start) < 0 ? "before" : "after");
	gw_str out = gw_arena_str(d->source->arena, (gw_str){b.ptr ? b.ptr : "", (uint32_t)b.len});
	gw_buf_release(&b);
	return out;
}

static gw_status time_document(const void *state, gw_document *d, gw_diag *diag)
{
	(void)diag;
	const time_state *s = state;
	gw_arena *a = d->source->arena;
	gw_match_list found = {0};
	gw_rules_run(s->k, d, "time", true, a, &found);
	gw_token *tokens = GW_NEW_N(a, gw_token, found.count + 1);
	for (uint32_t i = 0; i < found.count; i++) {
		const gw_match *m = &found.items[i];
		if (gw_rule_says(s->k, m->rule, "drop"))
			continue;
		tokens[d->times.count] = (gw_token){m->span.begin, m->span.end, s->cls, 0, d->times.count};
		gw_time *t = GW_PUSH(a, &d->times);
		*t = (gw_time){.span = m->span, .section = gw_fact_section(d, m->span), .rule = m->rule};
		set_value(d, s, m, t);
		gw_cue_context c = {d, t->span, t->rule, about(s, d, t)};
		t->role = s->role ? s->roles[gw_decide(s->k, s->role, &c, NULL)] : GW_TIME_PERIOD;
	}
	gw_lattice_add(d, tokens, d->times.count);
	return GW_OK;
}

const gw_stage gw_stage_extract_deadlines = {
	.name = "extract-deadlines",
	.summary = "Finds dates, periods, time limits and recurring dates, their values and roles.",
	.reads = GW_HAS_FOLDED | GW_HAS_SECTIONS | GW_HAS_LATTICE,
	.writes = GW_HAS_TIMES,
	.options = gw_extract_options,
	.settings_size = sizeof(extract_settings),
	.open = time_open,
	.bind = time_bind,
	.document = time_document,
};
