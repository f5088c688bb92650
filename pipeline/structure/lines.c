/* A stretch of folded text as lines, and questions about single lines. */
#include "structure.h"
#include "gw/fold.h"

/* A title, however many lines it takes, is no longer; nor is a note of adoption (a law that was changed often). */
enum { TITLE_MAX = 120, NOTE_MAX = 600, HEAD_LINES = 80, PLAIN_MAX = 80 };

/* ---- cutting ---- */

void gw_lines_cut(gw_lines *l, const gw_text *t, const gw_words *w, gw_span stretch, gw_arena *a)
{
	*l = (gw_lines){.text = t, .words = w, .arena = a};
	for (uint32_t p = stretch.begin; p < stretch.end;) {
		gw_span s = {p, gw_char_find(t->ch, (gw_span){p, stretch.end}, '\n')};
		p = s.end + 1;
		while (s.begin < s.end && t->ch[s.begin] == ' ')
			s.begin++;
		while (s.end > s.begin && t->ch[s.end - 1] == ' ')
			s.end--;
		if (gw_span_empty(s))
			continue;
		gw_line *line = GW_PUSH(a, &l->list);
		line->span = s;
		line->marker = gw_marker_read(w, t, s);
	}
}

/* ---- the source behind a place ---- */

uint32_t gw_source_char(const gw_text *t, uint32_t pos)
{
	gw_str s = gw_source_slice(t, t->src[pos], t->src[pos] + 1);
	const char *p = s.ptr;
	return s.len ? gw_utf8_next(&p, s.ptr + s.len) : 0;
}

bool gw_text_gap(const gw_text *t, uint32_t pos)
{
	return pos > 0 && pos < t->len && t->src[pos] > t->src[pos - 1] + 1;
}

gw_str gw_span_source(gw_arena *a, const gw_text *t, gw_span s)
{
	char *out = gw_arena_alloc(a, (size_t)gw_span_len(s) * 4 + 1);
	uint32_t bytes = 0, at = t->src[s.begin];
	gw_str all = gw_span_empty(s) ? (gw_str){0} : gw_source_slice(t, at, t->src[s.end - 1] + 1);
	const char *from = all.ptr, *end = all.ptr + all.len;
	for (uint32_t p = s.begin; p < s.end; p++) {
		/* One source character may have become several folded ones. */
		if (t->ch[p] == '\n' || (p > s.begin && t->src[p] == t->src[p - 1]))
			continue;
		for (; at < t->src[p]; at++)
			gw_utf8_next(&from, end);
		const char *next = from;
		gw_utf8_next(&next, end);
		at++;
		memcpy(out + bytes, from, (size_t)(next - from));
		bytes += (uint32_t)(next - from);
		from = next;
	}
	return (gw_str){out, bytes};
}

/* ---- what a line is like ---- */

bool gw_ends_sentence(uint32_t c)
{
	return c == 0x3002 /* 。 */ || c == '!' || c == '?' || c == ';' || c == ':';
}

bool gw_line_is_bracket(const gw_text *t, gw_span s)
{
	if (gw_span_len(s) < 3 || t->ch[s.begin] != '(' || t->ch[s.end - 1] != ')')
		return false;
	for (uint32_t p = s.begin + 1; p < s.end - 1; p++)
		if (t->ch[p] == '(' || t->ch[p] == ')')
			return false;
	return true;
}

bool gw_date_at(const gw_text *t, uint32_t pos, uint32_t end, gw_date *out)
{
	/* Only a whole date names a day of the document's life; a year alone names its subject. */
	return gw_read_date(t->ch, t->len, pos, out) && out->span.end <= end && out->year != -1 &&
	       (out->month != -1 || out->damaged);
}

bool gw_find_date(const gw_text *t, gw_span s, gw_date *out)
{
	for (uint32_t p = s.begin; p < s.end; p++)
		if (gw_date_at(t, p, s.end, out))
			return true;
	return false;
}

bool gw_line_is_date(const gw_lines *l, gw_span s, gw_date *out)
{
	if (gw_line_is_bracket(l->text, s))
		s = (gw_span){s.begin + 1, s.end - 1};
	s.end -= gw_words_end(&l->words->issued, l->text->ch, s);
	return !gw_span_empty(s) && gw_date_at(l->text, s.begin, s.end, out) && out->span.end == s.end;
}

bool gw_line_says(const gw_word_list *words, const uint32_t *ch, gw_span s)
{
	uint32_t depth = 0;
	for (uint32_t p = s.begin; p < s.end; p++) {
		if (ch[p] == 0x300A)
			depth++;
		else if (ch[p] == 0x300B && depth)
			depth--;
		else if (!depth && gw_words_begin(words, ch, (gw_span){p, s.end}))
			return true;
	}
	return false;
}

bool gw_line_is_note(const gw_lines *l, gw_span s)
{
	const uint32_t *ch = l->text->ch;
	const gw_words *w = l->words;
	gw_date date;
	gw_span in = s;
	if (gw_span_len(s) > NOTE_MAX || ch[s.end - 1] == 0x3002)
		return false;
	while (in.begin < in.end && (ch[in.begin] == '(' || ch[in.begin] == '-' || ch[in.begin] == ' '))
		in.begin++;
	bool opened = ch[s.begin] == '(' && ch[s.end - 1] == ')';
	if (!gw_find_date(l->text, in, &date) || (date.span.begin != in.begin && !opened))
		return false;
	return gw_line_says(&w->adopted, ch, in) || gw_line_says(&w->issued, ch, in) ||
	       gw_line_says(&w->effective, ch, in) || gw_line_says(&w->delivered, ch, in);
}

/* A bracket that closes and was not opened: the end of something that began above. */
static bool closes_more(const uint32_t *ch, gw_span s)
{
	int depth = 0;
	for (uint32_t p = s.begin; p < s.end && depth >= 0; p++)
		depth += (ch[p] == '(' || ch[p] == '[' || ch[p] == 0x300A) -
		         (ch[p] == ')' || ch[p] == ']' || ch[p] == 0x300B);
	return depth < 0;
}

bool gw_line_is_titlish(const gw_lines *l, const gw_line *line)
{
	const uint32_t *ch = l->text->ch;
	uint32_t first = ch[line->marker.body], last = ch[line->span.end - 1];
	if (line->marker.body == line->span.end || line->role != GW_LINE_TEXT || line->marker.style != GW_STYLE_NONE)
		return false;
	if (gw_span_len(line->span) < 2 || gw_span_len(line->span) > TITLE_MAX || gw_ends_sentence(last) ||
	        closes_more(ch, line->span))
		return false;
	/* 》 and 〉 at the begin are the rest of a sentence that a page has torn, as are stops. */
	return gw_is_han(first) || gw_is_digit(first) || gw_is_letter(first) || first == '"' || first == 0x300A;
}

/* ---- where the text proper begins ---- */

/* The text proper begins with a marker, a sentence or a salutation, or with a line too long for a heading. */
static bool begins_body(const gw_lines *l, const gw_line *line)
{
	const uint32_t *ch = l->text->ch;
	uint32_t len = gw_span_len(line->span), last = ch[line->span.end - 1];
	if (line->role == GW_LINE_CELL)
		return true;
	if (line->role != GW_LINE_TEXT || gw_line_is_note(l, line->span))
		return false;
	if (line->marker.style != GW_STYLE_NONE && line->marker.style != GW_STYLE_DASH)
		return true;
	/* A colon ends a salutation as well as a label that is not known; salutations are longer. */
	return (gw_ends_sentence(last) && len > 4) || len > PLAIN_MAX;
}

void gw_lines_find_body(gw_lines *l)
{
	uint32_t seen = 0;
	for (l->body = 0; l->body < l->list.count; l->body++) {
		const gw_line *line = &l->list.items[l->body];
		if (begins_body(l, line))
			return;
		/* A page whose head goes on for ever has none. */
		if (line->role == GW_LINE_TEXT && ++seen > HEAD_LINES)
			return;
	}
}

/* ---- titles and names ---- */

/* 方案(试行), 方案(2020-2025年): the bracket says nothing of the type. */
static gw_span without_bracket(const gw_text *t, gw_span s)
{
	uint32_t last = gw_span_empty(s) ? 0 : t->ch[s.end - 1];
	uint32_t open = last == ')' ? '(' : last == ']' ? '[' : 0;
	for (uint32_t p = s.end; open && p > s.begin; p--)
		if (t->ch[p - 1] == open)
			return (gw_span){s.begin, p - 1};
	return s;
}

gw_span gw_title_type(const gw_words *w, const gw_text *t, gw_span title)
{
	gw_span s = title;
	for (int round = 0; round < 3; round++)
		s = without_bracket(t, s);
	while (s.end > s.begin && (t->ch[s.end - 1] == '"' || t->ch[s.end - 1] == 0x300B || t->ch[s.end - 1] == '\n'))
		s.end--;
	uint32_t n = gw_words_end(&w->types, t->ch, s), no = gw_words_end(&w->no_types, t->ch, s);
	/* The type alone is no title of that type, and a longer word that only ends like it is another word. */
	if (n == 0 || no > n || n >= gw_span_len(s))
		return (gw_span){title.end, title.end};
	return (gw_span){s.end - n, s.end};
}

uint32_t gw_issuer_end(const gw_words *w, const uint32_t *ch, gw_span s, bool weak)
{
	uint32_t n = gw_words_end(&w->issuers_strong, ch, s);
	uint32_t more = weak ? gw_words_end(&w->issuers_weak, ch, s) : 0;
	if (more > n)
		n = more;
	return gw_words_end(&w->no_issuers, ch, s) >= n ? 0 : n;
}
