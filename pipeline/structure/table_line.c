/* A line of a table by itself: the cells on it, and what it is like. */
#include "structure.h"
#include "gw/fold.h"

enum {
	PROSE_MIN = 30,
	VALUE_MAX = 12,
	DATE_TAIL = 4, /* 底前, 以前 */
	LASTING_TAIL = 4,
	ORDINAL_MAX = 999
};

/* ---- rows on a line ---- */

static bool is_pipe(const gw_text *t, uint32_t pos)
{
	return t->ch[pos] == '|';
}

/* The cells' edges between two characters that follow each other: each tab is one, a run of blanks is one. */
static uint32_t edges_between(const gw_text *t, uint32_t left, uint32_t right, bool narrow)
{
	uint32_t tabs = 0, blanks = 0, out[4];
	unsigned n;
	if (t->src[right] <= t->src[left] + 1)
		return 0;
	gw_str gap = gw_source_slice(t, t->src[left] + 1, t->src[right]);
	for (const char *p = gap.ptr; p < gap.ptr + gap.len;) {
		uint32_t c = gw_utf8_next(&p, gap.ptr + gap.len);
		gw_fold_class cls = gw_fold(c, out, &n);
		if (cls == GW_FOLD_BREAK)
			return 0;
		tabs += c == '\t';
		blanks += cls == GW_FOLD_BLANK;
	}
	return tabs ? tabs : blanks > !narrow;
}

static void piece_add(gw_arena *a, gw_piece_list *out, const gw_text *t, gw_span s, uint32_t column)
{
	while (s.begin < s.end && t->ch[s.begin] == ' ')
		s.begin++;
	while (s.end > s.begin && t->ch[s.end - 1] == ' ')
		s.end--;
	if (!gw_span_empty(s))
		*GW_PUSH(a, out) = (gw_piece){s, column};
}

/* 总  则, 联  系  人: a word set wide is no two cells. Each of its characters stands alone between blanks. */
static bool is_set_wide(const gw_text *t, gw_span left, uint32_t p, uint32_t end)
{
	for (uint32_t q = left.begin; q < left.end; q++)
		if (!gw_is_han(t->ch[q]) || (q > left.begin && !edges_between(t, q - 1, q, false)))
			return false;
	return gw_is_han(t->ch[p]) && (p + 1 == end || edges_between(t, p, p + 1, false)) && !gw_span_empty(left);
}

bool gw_table_cut(const gw_lines *l, gw_span line, bool narrow, gw_piece_list *out)
{
	const gw_text *t = l->text;
	uint32_t from = line.begin, column = 0, last = line.begin;
	bool piped = is_pipe(t, line.begin), any = piped;
	out->count = 0;
	for (uint32_t p = line.begin; p < line.end; p++) {
		if (piped && is_pipe(t, p)) {
			piece_add(l->arena, out, t, (gw_span){from, p}, column);
			column += p > line.begin;
			from = p + 1;
		}
		if (t->ch[p] == ' ' || piped)
			continue;
		uint32_t edges = p > line.begin ? edges_between(t, last, p, narrow) : 0;
		if (edges && !is_set_wide(t, (gw_span){from, last + 1}, p, line.end)) {
			piece_add(l->arena, out, t, (gw_span){from, p}, column);
			column += edges;
			from = p;
			any = true;
		}
		last = p;
	}
	piece_add(l->arena, out, t, (gw_span){from, line.end}, column);
	return any;
}

bool gw_table_columns_are_sure(const gw_text *t, gw_span line)
{
	gw_str all = gw_source_slice(t, t->src[line.begin], t->src[line.end - 1] + 1);
	return is_pipe(t, line.begin) || memchr(all.ptr, '\t', all.len);
}

/* ---- what a line is like ---- */

uint32_t gw_table_ordinal(const gw_text *t, gw_span s)
{
	gw_number number;
	if (gw_span_len(s) > 2 && t->ch[s.begin] == '(' && t->ch[s.end - 1] == ')')
		s = (gw_span){s.begin + 1, s.end - 1};
	else if (gw_span_len(s) > 1 && (t->ch[s.end - 1] == 0x3001 || t->ch[s.end - 1] == '.'))
		s.end--;
	if (gw_span_len(s) > 5 || !gw_read_number(t->ch, t->len, s.begin, &number) || number.span.end != s.end ||
	        number.decimals || number.percent || number.masked || number.about || number.more ||
	        number.value > ORDINAL_MAX)
		return 0;
	return (uint32_t)number.value;
}

static bool is_organ(const gw_lines *l, gw_span s)
{
	const uint32_t *ch = l->text->ch;
	for (uint32_t p = s.begin + 1; p < s.end && ch[s.end - 1] == ')'; p++)
		if (ch[p] == '(')
			s.end = p;
	return gw_span_len(s) > 1 && gw_issuer_end(l->words, ch, s, true);
}

/* Names of organs, parted by stops; half of them may end in ways that are not known. */
static bool is_organs(const gw_lines *l, gw_span s)
{
	const uint32_t *ch = l->text->ch;
	uint32_t from = s.begin, all = 0, organs = 0, depth = 0;
	for (uint32_t p = s.begin; p <= s.end; p++) {
		if (p < s.end && ch[p] == '(')
			depth++;
		if (p < s.end && ch[p] == ')' && depth)
			depth--;
		bool stop = p == s.end || ch[p] == 0x3001 || ch[p] == ',' || ch[p] == ';' || ch[p] == '/' ||
		            ch[p] == ' ' || gw_text_gap(l->text, p);
		if (!stop || (depth && p < s.end) || p == from)
			continue;
		all++;
		organs += is_organ(l, (gw_span){from, p});
		from = p < s.end && (gw_is_han(ch[p]) || ch[p] == '(') && ch[p] != 0x3001 ? p : p + 1;
	}
	return organs && organs * 2 >= all;
}

/* 2025年底前, 2025年3月至6月, 长期坚持 */
static bool is_date(const gw_lines *l, gw_span s)
{
	const uint32_t *ch = l->text->ch;
	gw_date date;
	uint32_t p = s.begin, dates = 0, n = gw_words_begin(&l->words->lasting, ch, s);
	if (n && gw_span_len(s) <= n + LASTING_TAIL)
		return true;
	for (uint32_t gap = 0; p < s.end && gap <= DATE_TAIL; gap++) {
		if (gw_read_date(ch, l->text->len, p, &date) && date.span.end <= s.end) {
			p = date.span.end;
			gap = 0;
			dates++;
		} else {
			p++;
		}
	}
	return dates && s.end - p <= DATE_TAIL;
}

gw_content gw_table_content(const gw_lines *l, gw_span s)
{
	const uint32_t *ch = l->text->ch;
	uint32_t digits = 0;
	if (gw_table_ordinal(l->text, s))
		return GW_CONTENT_NUMBER;
	if (is_date(l, s))
		return GW_CONTENT_DATE;
	if (is_organs(l, s))
		return GW_CONTENT_ORGANS;
	if (gw_span_len(s) >= PROSE_MIN || ch[s.end - 1] == 0x3002)
		return GW_CONTENT_PROSE;
	for (uint32_t p = s.begin; p < s.end; p++)
		digits += gw_is_digit(ch[p]);
	return digits && gw_span_len(s) <= VALUE_MAX ? GW_CONTENT_VALUE : GW_CONTENT_TEXT;
}
