/* The outline of a document: which lines begin a section, and with what heading.
 *
 * Mostly a line says so itself by its marker. Without a marker begin the annexes, the titles of attached documents,
 * headings in Markdown, and, where a document has no markers at all, its headlines and paragraphs: there a task would
 * otherwise have no section of its own. */
#include "structure.h"
#include "gw/fold.h"

enum {
	HEADING_MAX = 40, /* with its marker */
	HEADLINE_MAX = 40,
	PROSE_MIN = 12,
	PROSE_LONG = 40,  /* a line of so many characters is text even if it does not end a sentence */
	MARKS_MIN = 2,    /* fewer markers than this are none */
	DECIMALS_MIN = 3, /* 1.1 is a marker if it is used so often */
	ANNEX_LINES = 3,  /* of an annex's title */
	ANNEX_LINE_MAX = 60
};

typedef struct tree {
	gw_lines *l;
	gw_mark_list marks;
	gw_style hash_style[8]; /* the style that lines with so many '#' have */
	bool decimals;          /* 1.1 and a bare 1 are markers here */
} tree;

static uint32_t last_char(const tree *t, uint32_t line)
{
	return t->l->text->ch[t->l->list.items[line].span.end - 1];
}

/* ---- headings ---- */

static bool is_stop(const uint32_t *ch, uint32_t p, gw_span s)
{
	if (ch[p] == 0x3002 || ch[p] == ';')
		return true;
	/* 12:1 is a ratio */
	return ch[p] == ':' && !(p > s.begin && p + 1 < s.end && gw_is_digit(ch[p - 1]) && gw_is_digit(ch[p + 1]));
}

/* A bracket that holds a label, (责任单位:…), is no part of the heading before it. */
static bool opens_label(const uint32_t *ch, uint32_t p, uint32_t end)
{
	for (uint32_t q = p + 1; q < end && q < p + 12 && ch[q] != ')' && ch[q] != ']'; q++)
		if (ch[q] == ':')
			return true;
	return false;
}

/* Behind the marker up to the first 。 or : outside of brackets, or the whole line. */
static gw_span heading_of(const uint32_t *ch, gw_span s, uint32_t max)
{
	uint32_t depth = 0, p = s.begin, end = gw_span_len(s) > max ? s.begin + max : s.end;
	for (; p < end; p++) {
		uint32_t c = ch[p];
		if ((c == '(' || c == '[') && !depth && opens_label(ch, p, s.end))
			break;
		if (c == '(' || c == '[' || c == 0x300A)
			depth++;
		else if (depth && (c == ')' || c == ']' || c == 0x300B))
			depth--;
		else if (!depth && is_stop(ch, p, s))
			break;
	}
	while (p > s.begin && (ch[p - 1] == ' ' || ch[p - 1] == ',' || ch[p - 1] == 0x3001 || ch[p - 1] == 0x3002 ||
	                              ch[p - 1] == ';'))
		p--;
	return (gw_span){s.begin, p};
}

/* A paragraph without a marker has a heading only if its first sentence is one. */
static gw_span prose_heading(const uint32_t *ch, gw_span s)
{
	gw_span h = heading_of(ch, s, HEADING_MAX + 1);
	return gw_span_len(h) <= HEADING_MAX && h.end + 1 < s.end && ch[h.end] == 0x3002 ? h
	                                                                                 : (gw_span){s.begin, s.begin};
}

/* ---- collecting ---- */

static gw_mark *push(tree *t, uint32_t line, gw_style style, uint32_t ordinal)
{
	const gw_line *at = &t->l->list.items[line];
	gw_mark *m = GW_PUSH(t->l->arena, &t->marks);
	m->line = line;
	m->style = style;
	m->ordinal = ordinal;
	m->parent = GW_NONE;
	m->marker = at->marker.span;
	m->heading = (gw_span){at->marker.body, at->marker.body};
	return m;
}

/* A signature above a date looks like a headline above text. */
static bool in_signature(const gw_lines *l, uint32_t i)
{
	return l->signed_off && i >= l->sign_from && i < l->sign_to;
}

/* Number and stop behind 附件: 附件1. 附件二: */
static uint32_t annex_marker(const gw_lines *l, gw_span s)
{
	const uint32_t *ch = l->text->ch;
	uint32_t n = gw_words_begin(&l->words->annexes, ch, s), p = s.begin + n;
	if (!n)
		return 0;
	gw_number number;
	if (p < s.end && gw_is_digit(ch[p]))
		while (p < s.end && gw_is_digit(ch[p]))
			p++;
	else if (p < s.end && gw_read_number(ch, l->text->len, p, &number) && number.han && number.span.end <= s.end)
		p = number.span.end;
	while (p < s.end && (ch[p] == ':' || ch[p] == '.' || ch[p] == 0x3001 || ch[p] == ' '))
		p++;
	return p - s.begin;
}

/* The lines of the heading of an annex that begins at line i, its marker's own line included. */
static uint32_t annex_lines(const gw_lines *l, uint32_t i, bool titled)
{
	uint32_t n = 1;
	gw_span s = {l->list.items[i].marker.body, l->list.items[i].span.end};
	if (titled && !gw_span_empty(gw_title_type(l->words, l->text, s)))
		return n;
	while (n <= ANNEX_LINES && i + n < l->list.count) {
		const gw_line *line = &l->list.items[i + n];
		if (!gw_line_is_titlish(l, line) || gw_span_len(line->span) > HEADLINE_MAX)
			break;
		n++;
		if (!gw_span_empty(gw_title_type(l->words, l->text, line->span)))
			break;
	}
	/* A title ends before the text; a table of short lines has none. */
	return n > ANNEX_LINES ? 2 : n;
}

/* The points behind a line that go on with a list in it open no sections. */
static void pass_points(gw_lines *l, uint32_t i, uint32_t want)
{
	for (uint32_t k = i + 1; k < l->list.count && l->list.items[k].marker.style == GW_STYLE_POINT &&
	                         l->list.items[k].marker.ordinal == want;
	        k++, want++)
		l->list.items[k].marker.style = GW_STYLE_NONE;
}

/* Before the signature 附件:甲 only lists what is behind it, and 2.乙 goes on with that list. */
static void pass_list(gw_lines *l, uint32_t i)
{
	uint32_t want = 2;
	if (gw_span_len(l->list.items[i].span) == annex_marker(l, l->list.items[i].span))
		want = 1;
	pass_points(l, i, want);
}

/* 注:1.甲 below a table: 2.乙 on the next line is a note as well. */
static void pass_notes(gw_lines *l, uint32_t i)
{
	gw_span s = l->list.items[i].span;
	uint32_t n = gw_words_begin(&l->words->table_notes, l->text->ch, s);
	if (!n || n + 1 >= gw_span_len(s) || l->text->ch[s.begin + n] != ':')
		return;
	gw_marker m = gw_marker_read(l->words, l->text, (gw_span){s.begin + n + 1, s.end});
	if (m.style == GW_STYLE_POINT && m.ordinal == 1)
		pass_points(l, i, 2);
}

/* 附:甲 above a name and a date: an attached letter lists here what comes behind its own signature. */
static bool signs_below(const gw_lines *l, uint32_t i)
{
	gw_date date;
	return i + 2 < l->list.count && gw_span_len(l->list.items[i + 1].span) <= HEADLINE_MAX &&
	       gw_issuer_end(l->words, l->text->ch, l->list.items[i + 1].span, true) &&
	       gw_line_is_date(l, l->list.items[i + 2].span, &date);
}

/* An annex: 附件 on a line of its own, or behind the signature with its title. Returns its lines, 0 for none. */
static uint32_t collect_annex(tree *t, uint32_t i)
{
	gw_lines *l = t->l;
	gw_line *line = &l->list.items[i];
	gw_span s = {line->marker.body, line->span.end};
	uint32_t n = line->marker.style == GW_STYLE_NONE ? annex_marker(l, s) : 0;
	/* 附件:1.甲 names the first of a list. */
	bool lists = n > 1 && !gw_is_digit(l->text->ch[s.begin + n - 2]) &&
	             gw_marker_read(l->words, l->text, (gw_span){s.begin + n, s.end}).style == GW_STYLE_POINT;
	bool alone = n == gw_span_len(s), behind = l->signed_off && i >= l->sign_to;
	if (!n || gw_span_len(s) > ANNEX_LINE_MAX || (!alone && gw_ends_sentence(last_char(t, i))))
		return 0;
	if (l->signed_off ? !behind || lists
	                  : !alone || (i + 1 < l->list.count && l->list.items[i + 1].marker.style == GW_STYLE_POINT)) {
		pass_list(l, i);
		return 0;
	}
	if (!alone && !(l->text->ch[s.begin + n - 1] == ':' || gw_is_digit(l->text->ch[s.begin + n - 1]) ||
	                      gw_text_gap(l->text, s.begin + n)))
		return 0;
	if (!alone && signs_below(l, i))
		return 0;
	uint32_t lines = annex_lines(l, i, !alone);
	gw_mark *m = push(t, i, GW_STYLE_ANNEX, 0);
	m->marker = (gw_span){s.begin, s.begin + n};
	while (m->marker.end > m->marker.begin && gw_ends_sentence(l->text->ch[m->marker.end - 1]))
		m->marker.end--;
	m->heading = alone && lines > 1 ? (gw_span){line[1].span.begin, line[lines - 1].span.end}
	                                : (gw_span){s.begin + n, line[lines - 1].span.end};
	return lines;
}

/* Whether the letter before the signature names a document: 现将《…》印发给你们. */
static bool is_cited(const gw_lines *l, gw_span title)
{
	const uint32_t *ch = l->text->ch;
	uint32_t end = l->list.items[l->sign_from].span.begin;
	for (uint32_t p = l->list.items[0].span.begin; p < end; p++) {
		if (ch[p] != 0x300A)
			continue;
		uint32_t q = p + 1;
		while (q < end && ch[q] != 0x300B)
			q++;
		if (gw_same_title(l->text, (gw_span){p + 1, q}, title))
			return true;
	}
	return false;
}

/* The title of an attached document: right behind the signature, or named in the letter. */
static uint32_t collect_attached(tree *t, uint32_t i, bool first)
{
	gw_lines *l = t->l;
	for (uint32_t n = 1; l->signed_off && i >= l->sign_to && n <= ANNEX_LINES && i + n <= l->list.count; n++) {
		const gw_line *last = &l->list.items[i + n - 1];
		gw_span s = {l->list.items[i].span.begin, last->span.end};
		if (!(last->role == GW_LINE_TITLE ? last->marker.style == GW_STYLE_NONE : gw_line_is_titlish(l, last)))
			break;
		if (gw_span_empty(gw_title_type(l->words, l->text, s)) || !(first || is_cited(l, s)))
			continue;
		gw_mark *m = push(t, i, GW_STYLE_ANNEX, 0);
		m->heading = s;
		return n;
	}
	return 0;
}

/* The style by which a line counts in this document. Headings in Markdown count like those marked ones that have as
 * many
 * '#': 附则 behind 第九章 is a chapter. */
static gw_style style_in(const tree *t, const gw_line *line)
{
	gw_style s = line->marker.style;
	if (!t->decimals && (s == GW_STYLE_WHOLE || s == GW_STYLE_TENTH || s == GW_STYLE_HUNDREDTH))
		return GW_STYLE_NONE;
	if (s == GW_STYLE_NONE && line->marker.hashes && line->role == GW_LINE_TEXT)
		return t->hash_style[line->marker.hashes] ? t->hash_style[line->marker.hashes]
		       : line->marker.hashes <= 2         ? GW_STYLE_CHAPTER
		                                          : GW_STYLE_SECTION;
	return s;
}

/* What only the whole document tells. */
static void survey(tree *t)
{
	uint32_t decimals = 0;
	for (uint32_t i = 0; i < t->l->list.count; i++) {
		const gw_line *line = &t->l->list.items[i];
		gw_style s = line->marker.style;
		if (s == GW_STYLE_TENTH || s == GW_STYLE_HUNDREDTH)
			decimals++;
		if (s != GW_STYLE_NONE && line->marker.hashes && !t->hash_style[line->marker.hashes])
			t->hash_style[line->marker.hashes] = s;
	}
	t->decimals = decimals >= DECIMALS_MIN;
}

/* Rows are sections; what follows the last one is none of it. */
static void collect_row(tree *t, uint32_t i, const gw_row *row)
{
	gw_mark *m = push(t, i, GW_STYLE_ROW, row ? row->ordinal : 0);
	m->rest = !row;
	if (!row)
		return;
	m->marker = row->marker;
	m->heading = heading_of(t->l->text->ch, row->task, HEADING_MAX);
}

/* ---- footnotes, which readers of formats set behind the text ---- */

/* [12] at the begin of a line: its length, 0 for none. */
static uint32_t note_sign(const gw_lines *l, uint32_t i)
{
	gw_span s = l->list.items[i].span;
	const uint32_t *ch = l->text->ch;
	uint32_t p = s.begin + 1;
	while (p < s.end && p < s.begin + 5 && gw_is_digit(ch[p]))
		p++;
	return ch[s.begin] == '[' && p > s.begin + 1 && p + 1 < s.end && ch[p] == ']' ? p + 1 - s.begin : 0;
}

/* The line that the notes at the end begin with. */
static uint32_t notes_begin(const gw_lines *l)
{
	uint32_t i = l->list.count;
	while (i > l->body + 1 && (l->list.items[i - 1].role == GW_LINE_FURNITURE || note_sign(l, i - 1)))
		i--;
	return i;
}

/* A note is about what refers to it, which the text does not tell: it is no part of the section that stands last. */
static void collect_note(tree *t, uint32_t i)
{
	gw_line *line = &t->l->list.items[i];
	gw_mark *m = push(t, i, GW_STYLE_ANNEX, 0);
	m->marker = (gw_span){line->span.begin, line->span.begin + note_sign(t->l, i)};
	m->heading = (gw_span){m->marker.end, m->marker.end};
}

/* One walk over the lines. What opens an annex must be asked before the marker, for its title may begin like one. */
static void collect(tree *t)
{
	gw_lines *l = t->l;
	bool fresh = false; /* nothing but brackets since the signature */
	bool table = false; /* stands right above */
	uint32_t notes = notes_begin(l);
	for (uint32_t i = 0; i < l->list.count;) {
		const gw_line *line = &l->list.items[i];
		if (i >= notes && line->role == GW_LINE_TEXT) {
			collect_note(t, i++);
			continue;
		}
		if (l->signed_off && i == l->sign_to)
			fresh = true;
		uint32_t n = line->role == GW_LINE_FURNITURE ? 0 : line->role == GW_LINE_TEXT ? collect_annex(t, i) : 0;
		if (!n && line->role != GW_LINE_FURNITURE)
			n = collect_attached(t, i, fresh);
		fresh = fresh && !n && (line->role == GW_LINE_FURNITURE || gw_line_is_bracket(l->text, line->span));
		if (!n && line->role == GW_LINE_TEXT)
			pass_notes(l, i);
		gw_style style = n || line->role != GW_LINE_TEXT ? GW_STYLE_NONE : style_in(t, &l->list.items[i]);
		if (style != GW_STYLE_NONE) {
			gw_mark *m = push(t, i, style, line->marker.ordinal);
			uint32_t used = gw_span_len(m->marker);
			m->heading = heading_of(l->text->ch, (gw_span){line->marker.body, line->span.end},
			        used < HEADING_MAX ? HEADING_MAX - used : 1);
		} else if (line->row || (table && !n && line->role == GW_LINE_TEXT)) {
			collect_row(t, i, line->row);
		}
		/* A form has cells and no rows. */
		table = line->role == GW_LINE_CELL ? table || line->row : table && line->role == GW_LINE_FURNITURE;
		i += n ? n : 1;
	}
}

/* ---- documents without markers ---- */

/* A paragraph of text, not a name in a list or the salutation. */
static bool is_prose(const tree *t, uint32_t i)
{
	const gw_line *line = &t->l->list.items[i];
	uint32_t len = gw_span_len(line->span);
	return line->role == GW_LINE_TEXT && len >= PROSE_MIN &&
	       (gw_ends_sentence(last_char(t, i)) || len >= PROSE_LONG) && !(i == t->l->body && last_char(t, i) == ':');
}

/* A short line that ends no sentence, with text below it. */
static bool is_headline(const tree *t, uint32_t i)
{
	const gw_line *line = &t->l->list.items[i];
	if (i + 1 >= t->l->list.count || in_signature(t->l, i) || gw_span_len(line->span) > HEADLINE_MAX ||
	        gw_span_len(line->span) < 4 || !gw_line_is_titlish(t->l, line) || last_char(t, i) == ',' ||
	        last_char(t, i) == 0x3001)
		return false;
	uint32_t next = i + 1;
	while (next < t->l->list.count && t->l->list.items[next].role == GW_LINE_FURNITURE)
		next++;
	return next < t->l->list.count && is_prose(t, next);
}

/* The few marks that were found keep their places among the paragraphs. */
static void collect_paragraphs(tree *t)
{
	tree old = *t;
	const gw_lines *l = t->l;
	uint32_t first = l->body, k = 0;
	bool headed = false;
	t->marks.items = NULL;
	t->marks.count = t->marks.cap = 0;
	for (uint32_t i = l->body; i < l->list.count && !headed; i++)
		if (is_headline(t, i)) {
			headed = true;
			first = i; /* what is above is the preamble */
		}
	for (uint32_t i = 0; i < l->list.count; i++) {
		const gw_line *line = &l->list.items[i];
		if (k < old.marks.count && old.marks.items[k].line == i) {
			*GW_PUSH(l->arena, &t->marks) = old.marks.items[k++];
		} else if (i >= first && headed && is_headline(t, i)) {
			push(t, i, GW_STYLE_HEADLINE, 0)->heading = line->span;
		} else if (i >= first && is_prose(t, i)) {
			push(t, i, GW_STYLE_PROSE, 0)->heading = prose_heading(l->text->ch, line->span);
		}
	}
}

/* Dashes and (1) alone are lists within paragraphs, not the frame of a document. */
static bool has_outline(const tree *t)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < t->marks.count; i++)
		n += gw_style_rank(t->marks.items[i].style) <= gw_style_rank(GW_STYLE_HUNDREDTH) &&
		     t->marks.items[i].style != GW_STYLE_ANNEX;
	return n >= MARKS_MIN;
}

gw_mark_list gw_outline_find(gw_lines *l)
{
	tree t = {.l = l};
	survey(&t);
	collect(&t);
	if (!has_outline(&t))
		collect_paragraphs(&t);
	return t.marks;
}
