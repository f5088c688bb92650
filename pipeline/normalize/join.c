/* Which line ends stand within a sentence and are taken out.
 *
 * Documents come in two shapes. On web pages a paragraph is a line; a break within a sentence is an accident there, and
 * only what can be nothing else is joined: an open 《 or bracket that is closed soon after, a comma at the end, a line
 * that begins with what cannot begin one, a date in pieces. A line without punctuation is a heading, a cell or a
 * signature and stays alone, however long. Plain text from mail or PDF is wrapped at a fixed width: there the full
 * lines are joined to the next. Whether a text is wrapped is seen from its lines' widths. Names that stand elsewhere on
 * one line are joined anywhere (join_names.c). */
#include "normalize.h"

#include "gw/fold.h"

enum {
	LONG_ENOUGH = 20,    /* characters; a shorter line that ends in a comma may be a cell of a list */
	BRACKET_REACH = 200, /* characters to either side in which the two halves of a bracket are looked for */
	BRACKET_LINES = 12,  /* the same in lines; some pages set every word apart */
	WRAP_LEAST = 40,     /* columns; narrower is a list of names */
	WRAP_MOST = 160,
	WRAP_PLAY = 4, /* columns by which full lines differ: a wide character, a punctuation mark carried over */
};

typedef struct layout {
	bool wrapped, double_spaced;
	uint32_t full;   /* columns from which on a line counts as full */
	uint32_t margin; /* columns before every line */
	bool parted;     /* paragraphs begin with an indent, or blank lines stand between them */
	bool indented;   /* nearly every paragraph begins with an indent */
} layout;

/* ---- what a line begins and ends with ---- */

static bool is_numeral(uint32_t c)
{
	/* 一二三四五六七八九十百零〇两: number syntax */
	static const uint32_t numerals[] = {0x4E00, 0x4E8C, 0x4E09, 0x56DB, 0x4E94, 0x516D, 0x4E03, 0x516B, 0x4E5D,
	        0x5341, 0x767E, 0x96F6, 0x3007, 0x4E24};
	for (size_t i = 0; i < sizeof numerals / sizeof *numerals; i++)
		if (numerals[i] == c)
			return true;
	return false;
}

static bool in_set(const uint32_t *set, uint32_t c)
{
	while (*set && *set != c)
		set++;
	return *set != 0;
}

/* Signs that open an item of a list: bullets, Markdown, dashes, circled numbers. */
static bool is_bullet(uint32_t c)
{
	static const uint32_t bullets[] = {'-', '#', '*', '|', '>', 0x2022, 0x25CF, 0x25A0, 0x25A1, 0x25C6, 0x25C7,
	        0x2605, 0x2606, 0x25B2, 0x25B3, 0x203B, 0x25B6, 0x25BA, 0x2192, 0x27A2, 0};
	return in_set(bullets, c) || (c >= 0x2460 && c <= 0x24FF) || (c >= 0x2776 && c <= 0x2793) ||
	       (c >= 0x3251 && c <= 0x325F) || (c >= 0x3280 && c <= 0x3289);
}

/* Does a section or an item begin here? 第X章, 一、, (一), 1., ①, ——; any unit behind 第X is taken for one. */
static bool is_marker(const uint32_t *p, const uint32_t *end)
{
	const uint32_t *from = p;
	bool bracket = p < end && *p == '(', ordinal = p < end && *p == 0x7B2C /* 第 */;
	if (p < end && is_bullet(*p))
		return true;
	p += bracket || ordinal;
	const uint32_t *number = p;
	bool digits = p < end && gw_is_digit(*p);
	while (p < end && p - from < 8 && (digits ? gw_is_digit(*p) : is_numeral(*p)))
		p++;
	if (p == number || p == end)
		return false;
	if (bracket)
		return *p == ')';
	if (ordinal)
		return gw_is_han(*p);
	if (*p == 0x3001 /* 、 */ || *p == ')')
		return true;
	return *p == '.' && p - number <= 3 && !(p + 1 < end && gw_is_digit(p[1]));
}

/* "责任单位:" and the like: a label opens a new statement. */
static bool is_label(const uint32_t *p, const uint32_t *end)
{
	for (unsigned i = 0; i < 9 && p + i < end; i++) {
		if (p[i] == ':')
			return i > 0;
		if (!gw_is_han(p[i]))
			return false;
	}
	return false;
}

/* No line of Chinese begins with these; folded quotes say nothing of their side. */
static bool cannot_begin(uint32_t c)
{
	static const uint32_t set[] = {',', '.', ';', ':', '!', '?', ')', ']', '%', 0x3001, 0x3002, 0x300B, 0x3009, 0};
	return in_set(set, c);
}

static bool ends_sentence(const uint32_t *begin, const uint32_t *end)
{
	static const uint32_t final[] = {0x3002, '!', '?', ';', ':', 0};
	/* a closing quote or bracket may stand behind the full stop */
	for (int i = 0; i < 2 && end > begin && (end[-1] == '"' || end[-1] == ')' || end[-1] == '\''); i++)
		end--;
	return end > begin && in_set(final, end[-1]);
}

/* ---- the shape of the text ---- */

static void find_margin(const norm_text *n, layout *lay)
{
	uint32_t by_indent[64] = {0}, deeper = 0;
	for (uint32_t i = 0; i < n->line_count; i++)
		by_indent[n->lines[i].indent < 63 ? n->lines[i].indent : 63]++;
	while (lay->margin < 63 && by_indent[lay->margin] * 10 < n->line_count)
		lay->margin++;
	if (lay->margin == 63)
		lay->margin = 0;
	for (uint32_t i = 0; i < n->line_count; i++)
		deeper += n->lines[i].indent >= lay->margin + 2;
	lay->parted = deeper >= 2 && deeper * 20 >= n->line_count;
	uint32_t set_in = 0;
	for (uint32_t i = 0; i < n->line_count; i++)
		set_in += n->lines[i].indent >= 2;
	lay->indented = set_in >= 8 && set_in * 2 > n->line_count;
}

/* Wrapped: a third of the lines have nearly one width, next to none is longer, and most of them end within a sentence.
 */
static void find_wrap(const norm_text *n, layout *lay)
{
	uint32_t by_width[WRAP_MOST + 1] = {0}, best = 0, width = 0, longer = 0, open = 0;
	for (uint32_t i = 0; i < n->line_count; i++)
		if (n->lines[i].width <= WRAP_MOST)
			by_width[n->lines[i].width]++;
	for (uint32_t w = WRAP_LEAST; w <= WRAP_MOST; w++) {
		uint32_t full = 0;
		for (uint32_t i = 0; i < WRAP_PLAY; i++)
			full += by_width[w - i];
		if (full >= best && full) {
			best = full;
			width = w;
		}
	}
	if (best < 5 || best * 3 < n->line_count)
		return;
	lay->full = width - WRAP_PLAY + 1;
	for (uint32_t i = 0; i < n->line_count; i++) {
		const norm_line *l = &n->lines[i];
		longer += l->width > width + 2;
		open += l->width >= lay->full && !ends_sentence(n->ch + l->begin, n->ch + l->end);
	}
	lay->wrapped = longer * 20 <= n->line_count && open * 2 >= best;
}

static layout find_layout(const norm_text *n)
{
	layout lay = {0};
	uint32_t spaced = 0;
	for (uint32_t i = 0; i < n->line_count; i++)
		spaced += n->lines[i].blanks > 0;
	lay.double_spaced = n->line_count >= 8 && spaced * 4 >= n->line_count * 3;
	find_margin(n, &lay);
	lay.parted = lay.parted || (!lay.double_spaced && spaced >= 2 && spaced * 20 >= n->line_count);
	find_wrap(n, &lay);
	return lay;
}

/* ---- one line end ---- */

/* What stands on both sides. The left side is the text as joined so far, from the begin of its paragraph. */
typedef struct seam {
	const uint32_t *begin, *left; /* [begin, left) */
	const uint32_t *right, *stop; /* [right, stop): the next line */
	const uint32_t *last;         /* the end of the text */
	const norm_line *before, *after;
	uint32_t indent; /* of the paragraph's first line */
} seam;

/* 1 for a bracket or title mark that opens, -1 for one that closes; ideographs are decided by the first comparison. */
static inline int bracket(uint32_t c)
{
	if (c > 0x300B)
		return 0;
	switch (c) {
	case '(': case '[': case 0x300A: case 0x3008: return 1;
	case ')': case ']': case 0x300B: case 0x3009: return -1;
	default: return 0;
	}
}

/* An open bracket on the left whose other half comes soon. */
static uint32_t open_bracket(const seam *s)
{
	uint32_t depth = 0, found = 0;
	int side;
	for (const uint32_t *p = s->left; p > s->begin && s->left - p < BRACKET_REACH && !found; p--) {
		if ((side = bracket(p[-1])) < 0)
			depth++;
		else if (side > 0 && !depth--)
			found = p[-1];
	}
	if (!found)
		return 0;
	depth = 0;
	unsigned lines = 0;
	for (const uint32_t *p = s->right; p < s->last && p - s->right < BRACKET_REACH; p++) {
		if ((side = bracket(*p)) > 0)
			depth++;
		else if (side < 0 && !depth--)
			return found;
		else if (*p == '\n' && ++lines == BRACKET_LINES)
			break;
	}
	return 0;
}

static bool splits_bracket(const seam *s)
{
	uint32_t c = open_bracket(s);
	if (c == 0x300A || c == 0x3008)
		return true;
	/* Within ( and [ a line may be an item of its own. */
	return c && !is_marker(s->right, s->stop) && !is_label(s->right, s->stop) &&
	       (s->left - s->begin >= LONG_ENOUGH || s->left[-1] == c || s->left[-1] == ',' || s->left[-1] == 0x3001);
}

static bool splits_clause(const seam *s)
{
	uint32_t c = s->left[-1];
	return (c == ',' || c == 0x3001) && s->left - s->begin >= LONG_ENOUGH &&
	       s->after->indent <= s->before->indent + 1 && !is_marker(s->right, s->stop) &&
	       !is_label(s->right, s->stop);
}

/* Where paragraphs begin with an indent, a long one that breaks off within a sentence goes on in a line that has none. */
static bool splits_indented(const seam *s, const layout *lay)
{
	return lay->indented && s->indent >= 2 && s->after->indent < 2 && s->left - s->begin >= LONG_ENOUGH &&
	       !ends_sentence(s->begin, s->left) && !is_marker(s->right, s->stop) && !is_label(s->right, s->stop);
}

/* 2023|年, 2023年10|月, 2023年|10月, 2023年10月|24日: pages that set every part of a date apart. */
static bool splits_date(const seam *s)
{
	static const uint32_t units[] = {0x5E74 /* 年 */, 0x6708 /* 月 */, 0x65E5 /* 日 */, 0};
	const uint32_t *l = s->left, *r = s->right;
	if (in_set(units, *r)) {
		while (l > s->begin && gw_is_digit(l[-1]))
			l--;
		if (*r == units[0])
			return s->left - l == 4;
		return l < s->left && s->left - l <= 2 && l > s->begin &&
		       l[-1] == (*r == units[1] ? units[0] : units[1]);
	}
	if (l - s->begin < 2 || !(l[-1] == units[0] || l[-1] == units[1]) || !gw_is_digit(l[-2]))
		return false;
	while (r < s->stop && gw_is_digit(*r))
		r++;
	if (r == s->right || r - s->right > 2)
		return false;
	r += r == s->stop && r < s->last; /* the unit may have a line of its own */
	return r < s->last && *r == (l[-1] == units[0] ? units[1] : units[2]);
}

static bool splits_wrapped(const seam *s, const layout *lay)
{
	if (s->before->width < lay->full || s->after->indent > lay->margin + 1)
		return false;
	bool whole = ends_sentence(s->begin, s->left), marker = is_marker(s->right, s->stop);
	/* Where paragraphs are set apart, a line that is not goes on with the one before; else only a sentence tells.
	 */
	return lay->parted ? !(whole && marker) : !whole && !marker;
}

/* The right line cannot begin by itself. A % behind words is the cell of a table, though. */
static bool goes_on(const seam *s)
{
	return cannot_begin(*s->right) && !(*s->right == '%' && s->right + 1 == s->stop && !gw_is_digit(s->left[-1]));
}

static bool joins(const seam *s, const layout *lay, norm_join how)
{
	if (how == NORM_JOIN_NEVER)
		return false;
	if (s->after->blanks > (lay->double_spaced ? 1u : 0u))
		return false;
	/* With a blank line between, only the surest of signs count. */
	if (s->after->blanks)
		return splits_clause(s) || goes_on(s);
	if (how == NORM_JOIN_ALWAYS)
		return s->after->indent <= lay->margin + 1 && !is_marker(s->right, s->stop);
	return goes_on(s) || splits_date(s) || splits_clause(s) || splits_bracket(s) ||
	       splits_indented(s, lay) || (lay->wrapped && splits_wrapped(s, lay));
}

/* What comes between two joined lines: words are kept apart, a number or PM|2.5 is not. */
static bool needs_blank(uint32_t left, uint32_t right)
{
	return gw_is_letter(left) && gw_is_letter(right);
}

void norm_join_lines(norm_text *n, norm_join how, gw_arena *a)
{
	if (how == NORM_JOIN_NEVER || n->line_count < 2)
		return;
	layout lay = find_layout(n);
	const bool *named = norm_names_find(n, a);
	uint32_t to = n->lines[0].end, paragraph = 0, indent = n->lines[0].indent;
	for (uint32_t i = 1; i < n->line_count; i++) {
		const norm_line *l = &n->lines[i];
		uint32_t at = l->begin, len = l->end - l->begin;
		seam s = {n->ch + paragraph, n->ch + to, n->ch + at, n->ch + l->end, n->ch + n->len, l - 1, l, indent};
		if (!named[i] && !joins(&s, &lay, how)) {
			n->ch[to] = '\n';
			n->src[to++] = n->src[at - 1];
			paragraph = to;
			indent = l->indent;
		} else if (needs_blank(n->ch[to - 1], n->ch[at])) {
			n->ch[to] = ' ';
			n->src[to++] = n->src[at - 1];
		}
		if (to != at) {
			memmove(n->ch + to, n->ch + at, len * sizeof *n->ch);
			memmove(n->src + to, n->src + at, len * sizeof *n->src);
		}
		to += len;
	}
	n->src[to] = n->src[n->len];
	n->len = to;
}
