/* Stage `extract-deadlines`: every expression of time, its calendar value and its role.
 *
 * Rules that emit `time` join dates and lengths with the words round them; captures: `from`, `to`, `also`, `edge`,
 * `from-edge`, `len`, `named`, `anchor`, `day`. The value comes from the captures, the relation from the rule, the role
 * from the decision time.role. */
#include "extract.h"
#include "gw/fold.h"
#include "gw/read.h"

#include <stdio.h>
#include <stdlib.h>

enum { CELLS_ASKED = 64, ACT_REACH = 80, ACT_NEAR = 8 };

typedef struct time_state {
	const gw_knowledge *k;
	const gw_decision *role;
	gw_time_role roles[GW_TIME_ROLES]; /* by value of the decision */
	uint16_t day, from, to, also, edge, from_edge, len, named, anchor, cls, label, due, shift, act, act_on, carry, now_before, now_after;
	uint16_t signer[3]; /* what a signature ends with */
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
	s->signer[0] = gw_class_id(k, "organ.head");
	s->signer[1] = gw_class_id(k, "organ.name");
	s->signer[2] = gw_class_id(k, "organ.bare");
	s->day = gw_name_id(k, "day");
	s->from = gw_name_id(k, "from");
	s->to = gw_name_id(k, "to");
	s->also = gw_name_id(k, "also");
	s->edge = gw_name_id(k, "edge");
	s->from_edge = gw_name_id(k, "from-edge");
	s->len = gw_name_id(k, "len");
	s->named = gw_name_id(k, "named");
	s->anchor = gw_name_id(k, "anchor");
	s->cls = gw_class_id(k, "time");
	s->label = gw_class_id(k, "time.label");
	s->due = gw_class_id(k, "due.label");
	s->shift = gw_class_id(k, "time.shift");
	s->act = gw_class_id(k, "time.act");
	s->act_on = gw_class_id(k, "time.act.on");
	s->carry = gw_class_id(k, "time.carry");
	s->now_before = gw_class_id(k, "time.now.before");
	s->now_after = gw_class_id(k, "time.now.after");
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

static bool lacks_year(const gw_date *x)
{
	return x->year < 0 && !x->year_mask;
}

/* 今年, 去年, 次年 before a date: the years by which it is moved from the document's own. */
static bool shifted(const gw_document *d, const time_state *s, gw_span at, int *years)
{
	const gw_token *t = gw_token_before(&d->lattice, at.begin, s->shift);
	if (!t)
		return false;
	gw_str by = gw_entry_attr(gw_entry_at(s->k, t->entry), "by");
	*years = by.ptr ? atoi(by.ptr) : 0;
	return true;
}

/* The first date that begins at a place or behind it; they are in text order. */
static uint32_t dates_from(const gw_document *d, uint32_t pos)
{
	uint32_t low = 0, high = d->dates.count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (d->dates.items[middle].span.begin < pos)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The nearest date with a year before a place in its sentence. The years of other documents' names and of what is
 * compared with say nothing: 较2020年增长5%, 8月底前…. */
static const gw_date *year_nearby(const gw_document *d, const time_state *s, gw_span at)
{
	gw_span sentence = gw_document_sentence(d, at);
	const gw_date *before = NULL;
	int years;
	if (shifted(d, s, at, &years))
		return NULL;
	for (uint32_t i = dates_from(d, sentence.begin); i < d->dates.count; i++) {
		const gw_date *x = &d->dates.items[i];
		if (x->span.end > at.begin)
			break;
		if (lacks_year(x) || gw_inside_title_marks(d, x->span))
			continue;
		uint32_t left = x->span.begin > d->span.begin ? d->source->text.ch[x->span.begin - 1] : 0;
		if (left == 0x6BD4 || left == 0x8F83) /* 比 较 */
			continue;
		before = x;
	}
	return before;
}

/* 6月7日、8日: the day alone takes the rest from the date before it. */
static gw_date day_of(const gw_document *d, uint32_t entry)
{
	gw_date x = d->dates.items[entry], before;
	for (uint32_t i = entry; i > 0; i--) {
		before = d->dates.items[i - 1];
		if (before.month < 0 || before.span.begin < gw_document_sentence(d, x.span).begin)
			continue;
		int most = gw_days_in_month(before.year_mask ? -1 : before.year, before.month);
		before.day = x.day <= most ? x.day : (int8_t)-1;
		return before;
	}
	return x;
}

static void value_of_dates(gw_document *d, const time_state *s, const gw_match *m, gw_time *t, const gw_token *from,
        const gw_token *to)
{
	gw_arena *a = d->source->arena;
	gw_date x = d->dates.items[from->entry];
	gw_edge edge = edge_of(d, m, s->edge);
	const gw_date *near = NULL;
	if (x.month < 0 && x.year_mask && d->source->text.ch[x.span.end - 1] == 0x6708) /* 20xx年xx月底: of a month not told */
		edge = GW_EDGE_WHOLE;
	if (x.month < 0 && x.day > 0 && gw_rule_says(s->k, m->rule, "joined"))
		x = day_of(d, from->entry);
	if (lacks_year(&x) && x.month > 0 && (!to || lacks_year(&d->dates.items[to->entry])))
		near = year_nearby(d, s, m->span);
	if (near)
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
	if (!anchor)
		return;
	gw_span what = anchor->span;
	uint32_t sec = gw_document_section_at(d, what.begin);
	if (sec != GW_NONE && gw_span_within(d->sections.items[sec].marker, what)) /* 第五条 任期届满前 */
		what.begin = d->sections.items[sec].marker.end;
	while (what.begin < what.end && d->source->text.ch[what.begin] == ' ')
		what.begin++;
	t->anchor = gw_text_utf8(a, &d->source->text, what);
}

/* 每周五, 每周二、周四: the days' numerals are calendar syntax. */
static gw_str rrule_weekly(gw_document *d, const time_state *s, const gw_match *m)
{
	static const uint32_t numerals[] = {0x4E00, 0x4E8C, 0x4E09, 0x56DB, 0x4E94, 0x516D, 0x65E5, 0x5929};
	static const char *const days[] = {"MO", "TU", "WE", "TH", "FR", "SA", "SU", "SU"};
	gw_buf b;
	gw_buf_init(&b);
	gw_buf_adds(&b, "FREQ=WEEKLY;BYDAY");
	char sign = '=';
	for (uint32_t c = 0; c < m->capture_count; c++) {
		if (m->captures[c].name != s->day)
			continue;
		for (size_t i = 0; i < 8; i++)
			if (numerals[i] == d->source->text.ch[m->captures[c].span.begin])
				gw_buf_printf(&b, "%c%s", sign, days[i]);
		sign = ',';
	}
	gw_str out = gw_arena_str(d->source->arena, (gw_str){b.ptr, (uint32_t)b.len});
	gw_buf_release(&b);
	return out;
}

typedef struct calendar {
	uint32_t months, days; /* bits */
} calendar;

static uint32_t bits(int from, int to)
{
	uint32_t b = 0;
	for (int i = from; i <= to && i < 32; i++)
		b |= (uint32_t)1 << i;
	return b;
}

static void add_date(calendar *c, const gw_date *x)
{
	if (x->month > 0)
		c->months |= bits(x->month, x->month_to > 0 ? x->month_to : x->month);
	if (x->day > 0)
		c->days |= bits(x->day, x->day_to > 0 ? x->day_to : x->decade ? 29 : x->day);
}

/* 每年六月至九月, over New Year too. A rule can say no stretch of days over months, so it says the months. */
static void add_range(calendar *c, const gw_date *x, const gw_date *y)
{
	int last = y->month_to > 0 ? y->month_to : y->month;
	if (x->month < 0 || last < 0 || last == x->month) {
		add_date(c, x);
		if (x->day > 0 && y->day > 0)
			c->days = bits(x->day, y->day_to > 0 ? y->day_to : y->day);
		return;
	}
	c->months |= last > x->month ? bits(x->month, last) : bits(x->month, 12) | bits(1, last);
}

/* 3,6,9,12 of a rule */
static uint32_t bits_named(gw_str list)
{
	uint32_t b = 0, n = 0;
	for (uint32_t i = 0; i <= list.len; i++) {
		bool digit = i < list.len && list.ptr[i] >= '0' && list.ptr[i] <= '9';
		if (!digit && n)
			b |= bits((int)n, (int)n);
		n = digit ? n * 10 + (uint32_t)(list.ptr[i] - '0') : 0;
	}
	return b;
}

static uint32_t add_listed(calendar *c, const gw_document *d, const time_state *s, const gw_match *m)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < m->capture_count; i++)
		if (m->captures[i].name == s->also && m->captures[i].token != GW_NONE) {
			add_date(c, &d->dates.items[d->lattice.tokens[m->captures[i].token].entry]);
			n++;
		}
	return n;
}

static gw_str recurrence(gw_document *d, const time_state *s, const gw_match *m, const gw_token *from, gw_str form)
{
	gw_arena *a = d->source->arena;
	const gw_token *to = captured(d, m, s->to);
	gw_str fixed = gw_rule_field(s->k, m->rule, "rrule");
	gw_edge edge = edge_of(d, m, s->edge);
	calendar c = {bits_named(gw_rule_field(s->k, m->rule, "months")), 0};
	uint32_t listed = add_listed(&c, d, s, m);
	if (fixed.ptr)
		return fixed;
	if (gw_match_get(m, s->day))
		return rrule_weekly(d, s, m);
	if (gw_str_eq(form, GW_STR("yearly")) && !listed && !to) {
		const gw_date none = {.year = -1, .month = -1, .day = -1, .month_to = -1, .day_to = -1};
		return gw_rrule_yearly(a, from ? &d->dates.items[from->entry] : &none, edge);
	}
	if (from && to)
		add_range(&c, &d->dates.items[from->entry], &d->dates.items[to->entry]);
	else if (from)
		add_date(&c, &d->dates.items[from->entry]);
	return gw_rrule_on(a, c.months, c.days, edge == GW_EDGE_END);
}

/* 2月2日、2月3日: two of one list. */
static bool joins(const gw_document *d, gw_span left, gw_span right)
{
	uint32_t c = left.end + 1 == right.begin ? d->source->text.ch[left.end] : 0;
	return c == 0x3001 || c == 0x548C || c == 0x53CA || c == 0x4E0E; /* 、 和 及 与 */
}

/* 每年6月20日前、12月10日前: what is joined to a date of each year is one too. */
static void share_recurrence(gw_document *d, const time_state *s, const gw_match *m, const gw_time *before, gw_time *t)
{
	const gw_token *from = captured(d, m, s->from);
	if (!t->edtf.len || !before->rrule.len || !from || captured(d, m, s->to) || !joins(d, before->span, t->span))
		return;
	const gw_date *x = &d->dates.items[from->entry];
	gw_str form = gw_rule_field(s->k, before->rule, "form");
	if (!gw_str_eq(form, GW_STR("yearly")) || !lacks_year(x) || x->month < 0)
		return;
	t->edtf = t->start = t->end = (gw_str){NULL, 0};
	t->rrule = gw_rrule_yearly(d->source->arena, x, edge_of(d, m, s->edge));
}

static gw_relation relation_of(const time_state *s, uint32_t rule, const gw_document *d, const gw_token *from)
{
	gw_str says = gw_rule_field(s->k, rule, "relation");
	bool day = from && d->dates.items[from->entry].day > 0 && !d->dates.items[from->entry].decade;
	for (uint32_t r = 1; r < GW_RELS; r++)
		if (gw_str_eq(says, gw_str_of(gw_relation_names[r])))
			return r == GW_REL_IN && day ? GW_REL_AT : (gw_relation)r;
	return GW_REL_NONE;
}

/* 十四五, and 十四五末: its last day. */
static gw_str value_of_name(gw_document *d, const time_state *s, const gw_match *m, const gw_token *named)
{
	gw_str edtf = gw_entry_attr(gw_entry_at(s->k, named->entry), "edtf");
	const char *slash = edtf.len ? memchr(edtf.ptr, '/', edtf.len) : NULL;
	if (!slash || !gw_rule_says(s->k, m->rule, "end"))
		return edtf;
	return gw_str_of(gw_arena_printf(d->source->arena, "%.4s-12-31", slash + 1));
}

static void set_value(gw_document *d, const time_state *s, const gw_match *m, gw_time *t)
{
	const gw_token *from = captured(d, m, s->from), *to = captured(d, m, s->to);
	const gw_token *len = captured(d, m, s->len), *named = captured(d, m, s->named);
	gw_str form = gw_rule_field(s->k, m->rule, "form"), fixed = gw_rule_field(s->k, m->rule, "edtf");
	t->relation = relation_of(s, m->rule, d, from);
	if (form.ptr)
		t->rrule = recurrence(d, s, m, from, form);
	else if (fixed.ptr)
		t->edtf = fixed;
	else if (from)
		value_of_dates(d, s, m, t, from, to);
	else if (len)
		value_of_length(d, s, m, t, len);
	else if (named)
		t->edtf = value_of_name(d, s, m, named);
	char start[11], end[11];
	if (t->edtf.len && gw_edtf_bounds(t->edtf, start, end)) {
		if (start[0])
			t->start = gw_arena_str(d->source->arena, gw_str_of(start));
		if (end[0])
			t->end = gw_arena_str(d->source->arena, gw_str_of(end));
	}
}

/* A day alone on its line, below a short one that ends with an organ: what is signed within a document. */
static bool below_signer(const time_state *s, const gw_document *d, uint32_t paragraph, gw_span at)
{
	enum { SIGNER_MAX = 40 };
	if (!paragraph || gw_span_len(d->paragraphs.items[paragraph]) > gw_span_len(at) + 2)
		return false;
	gw_span above = d->paragraphs.items[paragraph - 1];
	for (size_t i = 0; i < 3 && gw_span_len(above) <= SIGNER_MAX; i++)
		if (gw_token_before(&d->lattice, above.end, s->signer[i]))
			return true;
	return false;
}

/* A line that holds little besides a date is a signature when it stands in the last fifth, right below the title, below
 * who signs, or gives the day that the document was found to be issued on. */
static bool is_signature(const time_state *s, const gw_document *d, const gw_time *t)
{
	gw_span at = t->span;
	uint32_t p = gw_document_paragraph_at(d, at.begin);
	if (p == GW_NONE)
		return false;
	gw_span para = d->paragraphs.items[p];
	if (gw_span_len(para) > gw_span_len(at) + 12 || d->source->text.ch[para.end - 1] == 0x3002)
		return false;
	uint32_t title = gw_document_paragraph_at(d, d->title.begin), top_end = title == GW_NONE ? 4 : title + 5;
	const uint32_t *ch = d->source->text.ch;
	if (ch[para.begin] == '(' && ch[para.end - 1] == ')' && at.end + 1 == para.end) /* (某部 1997年1月28日) */
		return true;
	bool late = p * 5 >= d->paragraphs.count * 4, top = para.begin >= d->title.end && p <= top_end;
	return late || top || (t->edtf.len == 10 && below_signer(s, d, p, at)) || gw_str_eq(t->edtf, d->issued_on);
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

/* 2025.10 is a month only where its column says that something is due then. */
static bool in_its_column(const time_state *s, const gw_document *d, const gw_match *m)
{
	if (!gw_rule_says(s->k, m->rule, "due-cell"))
		return true;
	const gw_table_cell *cell = gw_document_cell_at(d, m->span.begin);
	return cell && header_says(d, cell, s->due);
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

/* 6月3日公布结果 is no issue of a document; 公布施行, 公布的 are. */
static bool has_object(const time_state *s, const gw_document *d, uint32_t pos)
{
	return pos < d->span.end && gw_is_han(d->source->text.ch[pos]) && !gw_token_at(&d->lattice, pos, s->act_on);
}

/* 6月1日起实施封闭管理 is what is done, 6月1日起实施 what the document does itself. */
static bool carried_out(const time_state *s, const gw_document *d, gw_span at)
{
	const gw_token *t = gw_token_at(&d->lattice, at.end, s->carry);
	return t && has_object(s, d, t->end);
}

/* What was done on a day stands behind it, before the next date: 2024年9月12日…会议通过 2024年9月20日…公布. Names of
 * other documents, 《…》, are passed over. */
static gw_str act_behind(const time_state *s, const gw_document *d, gw_span at, uint32_t near)
{
	const uint32_t *ch = d->source->text.ch;
	uint32_t end = gw_document_sentence(d, at).end, next = dates_from(d, at.end), depth = 0;
	while (next < d->dates.count && d->dates.items[next].span.begin < end && d->dates.items[next].month < 0)
		next++; /* 第3日 is no date that something else was done on */
	if (next < d->dates.count && d->dates.items[next].span.begin < end)
		end = d->dates.items[next].span.begin;
	if (end - at.end > ACT_REACH)
		end = at.end + ACT_REACH;
	gw_str found = {NULL, 0};
	for (uint32_t p = at.end; p < end && !(ch[p] == ',' && p - at.end >= near); p++) {
		depth += ch[p] == 0x300A;
		depth -= ch[p] == 0x300B && depth;
		const gw_token *t = depth ? NULL : gw_token_at(&d->lattice, p, s->act);
		gw_str act = t && t->end <= end ? gw_entry_attr(gw_entry_at(s->k, t->entry), "act") : (gw_str){NULL, 0};
		if (act.ptr && gw_str_eq(act, GW_STR("issued")) && has_object(s, d, t->end))
			continue;
		if (act.ptr && (!found.ptr || gw_str_eq(act, GW_STR("adopted"))))
			found = act;
	}
	return found;
}

/* The last day of a time that names no year, as if it were of the document's own one: 今年6月底前. Without 今年 only what
 * lies ahead of the document's day is sure. */
static const char *supposed_end(const time_state *s, const gw_document *d, const gw_time *t, const char *issued,
        char out[11], bool *told)
{
	const char *side = t->edtf.len ? memchr(t->edtf.ptr, '/', t->edtf.len) : NULL;
	side = side ? side + 1 : t->edtf.ptr;
	int years = 0;
	*told = shifted(d, s, t->span, &years);
	if (t->edtf.len < 7 || strncmp(side, "XXXX-", 5) != 0 || strchr(side + 5, 'X'))
		return NULL;
	snprintf(out, 11, "%04u-%s", (unsigned)(atoi(issued) + years) % 10000u, side + 5);
	if (strlen(out) == 7)
		strcat(out, "-28");
	return *told || strcmp(out, issued) >= 0 ? out : NULL;
}

/* The day that a document speaks from: told by its page, or only the year, by its title or in its text. */
typedef struct own_day {
	char day[11];
	bool known, sure, guessed; /* guessed: by the text, enough to tell what lies behind it */
} own_day;

/* 刚刚过去的2025年, 二、2026年工作安排: which year a text calls its own. */
static bool year_of_text(const time_state *s, const gw_document *d, own_day *own)
{
	for (uint32_t i = dates_from(d, d->title.end); i < d->dates.count; i++) {
		const gw_date *x = &d->dates.items[i];
		if (x->year <= 0 || x->year_mask || x->month > 0 || gw_inside_title_marks(d, x->span))
			continue;
		uint32_t behind = x->span.end + (d->source->text.ch[x->span.end] == 0x7684); /* 的 */
		const gw_token *t = gw_token_at(&d->lattice, behind, s->now_after);
		if (!t)
			t = gw_token_before(&d->lattice, x->span.begin, s->now_before);
		if (!t)
			continue;
		gw_str by = gw_entry_attr(gw_entry_at(s->k, t->entry), "by");
		snprintf(own->day, 11, "%04u-01-01", (unsigned)(x->year + (by.ptr ? atoi(by.ptr) : 0)) % 10000u);
		return true;
	}
	return false;
}

static void find_own_day(const time_state *s, const gw_document *d, own_day *own)
{
	char end[11];
	const gw_str said[] = {d->issued_on, d->adopted_on, d->effective_on};
	*own = (own_day){.known = true, .sure = true};
	for (size_t i = 0; i < sizeof said / sizeof *said; i++)
		if (said[i].len >= 4 && gw_edtf_bounds(said[i], own->day, end) && own->day[0])
			return;
	own->sure = false;
	for (uint32_t i = dates_from(d, d->title.begin); i < d->dates.count; i++) {
		const gw_date *x = &d->dates.items[i];
		if (x->span.end > d->title.end)
			break;
		if (x->year > 0 && !x->year_mask) {
			snprintf(own->day, 11, "%04u-01-01", (unsigned)x->year % 10000u);
			return;
		}
	}
	own->known = own->guessed = year_of_text(s, d, own);
}

static void add_place_in_time(gw_buf *b, const time_state *s, const gw_document *d, const gw_time *t, const own_day *own)
{
	char supposed[11];
	int years = 0;
	if (own->known) {
		bool told = t->end.len > 0;
		const char *last = told ? t->end.ptr : supposed_end(s, d, t, own->day, supposed, &told);
		int order = last ? strcmp(last, own->day) : 0;
		/* 今年6月底前 of a page that was put up again in July is due all the same. */
		if (order < 0 && !t->end.len && shifted(d, s, t->span, &years) && years >= 0)
			order = 0;
		if (order < 0 || (order && !own->guessed))
			gw_buf_adds(b, order < 0 ? "before " : told && own->sure ? "after " : "ahead ");
	} else if (shifted(d, s, t->span, &years) && years)
		gw_buf_adds(b, years < 0 ? "before " : "after ");
}

/* Words about a time for the cues: in the title, in a signature, before or after the document's own day. */
static gw_str about(const time_state *s, const gw_document *d, const gw_time *t, const gw_time *before,
        const own_day *own)
{
	const uint32_t *ch = d->source->text.ch;
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
	else if (t->relation == GW_REL_AT && is_signature(s, d, t))
		gw_buf_adds(&b, "signature ");
	gw_str act = {NULL, 0};
	bool day = ch[t->span.end - 1] != 0x5E74 && ch[t->span.end - 1] != 0x6708; /* not 年, 月: 2024118日 is a day too */
	if ((t->relation == GW_REL_AT || t->relation == GW_REL_IN) && (day || t->edtf.len > 4))
		act = act_behind(s, d, t->span, day ? ACT_NEAR : 0); /* 2018年11月,某部印发…: what happened once */
	if (act.ptr)
		gw_buf_printf(&b, "act-%.*s ", (int)act.len, act.ptr);
	if (t->span.begin > d->span.begin && ch[t->span.begin - 1] == '(' && ch[t->span.end] == ')')
		gw_buf_adds(&b, "bracketed ");
	gw_span clause = gw_document_clause(d, t->span);
	if (clause.end > t->span.end && ch[clause.end - 1] == 0x7684) /* …的: a case that is meant */
		gw_buf_adds(&b, "condition ");
	if (carried_out(s, d, t->span))
		gw_buf_adds(&b, "carried-out ");
	add_place_in_time(&b, s, d, t, own);
	if (before && joins(d, before->span, t->span) && !gw_rule_says(s->k, before->rule, "listed"))
		gw_buf_printf(&b, "joined-%s ", gw_time_role_names[before->role]);
	gw_str out = gw_arena_str(d->source->arena, (gw_str){b.ptr ? b.ptr : "", (uint32_t)b.len});
	gw_buf_release(&b);
	return out;
}

/* 2024、2025年度: the years before the last are what it is. */
static void share_listed(const time_state *s, gw_document *d)
{
	for (uint32_t i = d->times.count - 1; i > 0; i--) {
		gw_time *t = &d->times.items[i - 1], *next = t + 1;
		if (!gw_rule_says(s->k, t->rule, "listed") || !joins(d, t->span, next->span))
			return;
		t->role = next->role;
	}
}

/* 4月5日、7月5日、10月5日前: the last says for all. */
static void share_role(gw_document *d)
{
	uint32_t n = d->times.count;
	const gw_time *last = &d->times.items[n - 1];
	if (last->role != GW_TIME_DEADLINE || last->relation != GW_REL_BY)
		return;
	for (uint32_t i = n - 1; i > 0; i--) {
		gw_time *t = &d->times.items[i - 1];
		if (t->role != GW_TIME_SCHEDULE || (t->relation != GW_REL_AT && t->relation != GW_REL_IN) ||
		        !joins(d, t->span, d->times.items[i].span))
			return;
		t->role = GW_TIME_DEADLINE;
	}
}

static gw_status time_document(const void *state, gw_document *d, gw_diag *diag)
{
	(void)diag;
	const time_state *s = state;
	gw_arena *a = gw_stage_room(d);
	gw_match_list found = {0};
	own_day own;
	gw_rules_run(s->k, d, "time", true, a, &found);
	find_own_day(s, d, &own);
	gw_token *tokens = GW_NEW_N(a, gw_token, found.count + 1);
	for (uint32_t i = 0; i < found.count; i++) {
		const gw_match *m = &found.items[i];
		if (gw_rule_says(s->k, m->rule, "drop") || !in_its_column(s, d, m))
			continue;
		tokens[d->times.count] = (gw_token){m->span.begin, m->span.end, s->cls, 0, d->times.count};
		gw_time *t = GW_PUSH(d->source->arena, &d->times);
		*t = (gw_time){.span = m->span, .section = gw_fact_section(d, m->span), .rule = m->rule};
		set_value(d, s, m, t);
		if (d->times.count > 1)
			share_recurrence(d, s, m, t - 1, t);
		gw_cue_context c = {d, t->span, t->rule, about(s, d, t, d->times.count > 1 ? t - 1 : NULL, &own)};
		t->role = s->role ? s->roles[gw_decide(s->k, s->role, &c, NULL)] : GW_TIME_PERIOD;
		share_listed(s, d);
		share_role(d);
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
