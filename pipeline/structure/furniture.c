/* What is the page's and not the document's: buttons, breadcrumbs, notices, tables of contents.
 *
 * Patterns are words in the configuration. Some are believed anywhere, some only above or below the text, so that a
 * sentence of the document is never taken for a button. */
#include "structure.h"
#include "gw/fold.h"

/* What follows "related articles" is short; a longer rest is a document. Nor is a table of contents longer. */
enum { REST_LINES = 60, CONTENTS_LINES = 400, CRUMB_MAX = 16 };

static bool rule_fits(const gw_furniture_rule *r, const uint32_t *ch, gw_span s)
{
	if (gw_span_len(s) > r->max)
		return false;
	switch (r->how) {
	case GW_HOW_WHOLE:
		return gw_words_begin(&r->words, ch, s) == gw_span_len(s);
	case GW_HOW_PREFIX:
		return gw_words_begin(&r->words, ch, s) != 0;
	case GW_HOW_SUFFIX:
		return gw_words_end(&r->words, ch, s) != 0;
	case GW_HOW_CONTAINS:
		return !gw_span_empty(gw_words_find(&r->words, ch, s));
	}
	return false;
}

static bool is_furniture(const gw_lines *l, gw_where where, const gw_line *line)
{
	for (uint32_t i = 0; i < l->words->furniture.count; i++) {
		const gw_furniture_rule *r = &l->words->furniture.items[i];
		gw_date date;
		if (r->where != where || !rule_fits(r, l->text->ch, line->span))
			continue;
		/* "来源: 某报 2023年10月25日" tells when the text was printed: that is kept. */
		if ((where == GW_AT_TOP || where == GW_AT_BOTTOM) && gw_find_date(l->text, line->span, &date))
			continue;
		return true;
	}
	return false;
}

/* Furniture opens no section. */
static void mark(gw_line *line)
{
	line->role = GW_LINE_FURNITURE;
	line->marker.style = GW_STYLE_NONE;
}

static void mark_range(gw_lines *l, gw_where where, uint32_t from, uint32_t to)
{
	for (uint32_t i = from; i < to; i++)
		if (l->list.items[i].role == GW_LINE_TEXT && is_furniture(l, where, &l->list.items[i]))
			mark(&l->list.items[i]);
}

/* A '>' of a breadcrumb takes its short neighbours along. */
static void mark_crumbs(gw_lines *l)
{
	for (uint32_t i = 0; i < l->body; i++) {
		gw_line *line = &l->list.items[i];
		if (line->role == GW_LINE_LABEL || !is_furniture(l, GW_AT_CRUMB, line))
			continue;
		mark(line);
		if (i && gw_span_len(line[-1].span) <= CRUMB_MAX && line[-1].role == GW_LINE_TEXT)
			mark(line - 1);
		if (i + 1 < l->body && gw_span_len(line[1].span) <= CRUMB_MAX && line[1].role == GW_LINE_TEXT &&
		        gw_is_han(l->text->ch[line[1].span.begin]))
			mark(line + 1);
	}
}

/* What a page shows behind the document. Only near its end: the same words may open a chapter. */
static void mark_rest(gw_lines *l)
{
	uint32_t n = l->list.count;
	for (uint32_t i = n > REST_LINES ? n - REST_LINES : 0; i < n; i++) {
		if (i <= l->body || l->list.items[i].role != GW_LINE_TEXT ||
		        !is_furniture(l, GW_AT_REST, &l->list.items[i]))
			continue;
		for (; i < n; i++)
			mark(&l->list.items[i]);
	}
}

/* ---- the table of contents of a single document ---- */

/* Folded text, so that blanks and widths do not matter. */
static bool same_text(const gw_text *t, gw_span a, gw_span b)
{
	return gw_span_len(a) == gw_span_len(b) &&
	       memcmp(t->ch + a.begin, t->ch + b.begin, gw_span_len(a) * sizeof *t->ch) == 0;
}

gw_span gw_contents_entry(const gw_text *t, gw_span s)
{
	uint32_t end = s.end;
	while (end > s.begin && gw_is_digit(t->ch[end - 1]))
		end--;
	uint32_t text = end;
	while (text > s.begin && (t->ch[text - 1] == '.' || t->ch[text - 1] == ' ' || t->ch[text - 1] == '-' ||
	                                 t->ch[text - 1] == 0x2026 /* … */ || t->ch[text - 1] == 0xB7))
		text--;
	/* Digits right behind the title may be part of it. */
	if (text == end && end < s.end && !gw_text_gap(t, end))
		return s;
	return text > s.begin ? (gw_span){s.begin, text} : s;
}

bool gw_line_is_contents(const gw_lines *l, gw_span s)
{
	return gw_words_begin(&l->words->contents, l->text->ch, s) == gw_span_len(s);
}

/* The entries are repeated as headings further down. They open no sections, and what they say is said there. */
static void mark_contents(gw_lines *l)
{
	uint32_t n = l->list.count;
	for (uint32_t i = 0; i + 2 < n; i++) {
		gw_line *head = &l->list.items[i];
		if (!gw_line_is_contents(l, head->span))
			continue;
		gw_span first = gw_contents_entry(l->text, head[1].span);
		for (uint32_t j = i + 3; j < n && j < i + CONTENTS_LINES; j++)
			if (same_text(l->text, first, l->list.items[j].span)) {
				for (; i < j; i++)
					mark(&l->list.items[i]);
				return;
			}
	}
}

void gw_furniture_mark(gw_lines *l)
{
	mark_range(l, GW_AT_ANYWHERE, 0, l->list.count);
	mark_contents(l);
	gw_lines_find_body(l);
	mark_range(l, GW_AT_TOP, 0, l->body);
	mark_crumbs(l);
	mark_rest(l);
	uint32_t tail = l->list.count;
	while (tail > l->body) {
		const gw_line *line = &l->list.items[tail - 1];
		if (line->role != GW_LINE_FURNITURE && gw_ends_sentence(l->text->ch[line->span.end - 1]) &&
		        !is_furniture(l, GW_AT_BOTTOM, line))
			break;
		tail--;
	}
	mark_range(l, GW_AT_BOTTOM, tail, l->list.count);
	gw_lines_find_body(l);
}
