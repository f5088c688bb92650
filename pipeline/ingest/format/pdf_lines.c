/* From the lines of pages to paragraphs.
 *
 * Running heads and page numbers: lines at the edge of the page that come back on other pages, numbers aside, or that
 * are nothing but a number. Paragraphs: a line goes on in the next one when it reaches the right margin and the next
 * one is of the same size and begins at the left margin. Where paragraphs are not indented, the end of a sentence
 * tells. */
#include "pdf.h"

#include <math.h>

enum { EDGE_LINES = 3, INDENT_LEAST = 14, INDENT_MOST = 60 /* points */ };

static double height_of(const gw_pdf_line *l)
{
	double h = l->bottom - l->top;
	return h > 1 ? h : 1;
}

/* ---- pieces of one line ---- */

/* A blank of a character or two, as behind 第一条, looks like the gap between columns to the program: the pieces of
 * such a line come one after the other. What stands further apart is cells of a table. */
static bool is_same_line(const gw_pdf_line *l, const gw_pdf_line *next)
{
	double gap = next->left - l->right, h = height_of(l);
	return !l->row && !next->row && fabs(l->top - next->top) < h * 0.3 && fabs(l->bottom - next->bottom) < h * 0.3 && gap > -h * 0.1 &&
	       gap < h * 3;
}

/* 第四章 with 第十三条 on the line below it: the program sees two columns, and gives the headings behind them. Only
 * what begins like an ordinal and is short is moved up to its heading. */
bool gw_pdf_is_ordinal(gw_str s)
{
	const char *p = s.ptr;
	return s.len && s.len <= 8 * 3 && gw_utf8_next(&p, p + s.len) == 0x7B2C /* 第 */;
}

static void headings_move(gw_pdf_page *page)
{
	for (uint32_t i = 0; i + 2 < page->lines.count; i++)
		for (uint32_t k = i + 2; gw_pdf_is_ordinal(page->lines.items[i].text) && k < page->lines.count && k < i + 60;
		        k++) {
			gw_pdf_line right = page->lines.items[k];
			if (is_same_line(&page->lines.items[i], &page->lines.items[i + 1]) ||
			        !is_same_line(&page->lines.items[i], &right))
				continue;
			memmove(&page->lines.items[i + 2], &page->lines.items[i + 1], (k - i - 1) * sizeof right);
			page->lines.items[i + 1] = right;
			break;
		}
}

static void pieces_join(gw_pdf *pdf)
{
	gw_buf b;
	gw_buf_init(&b);
	for (uint32_t i = 0; i < pdf->pages.count; i++) {
		gw_pdf_page *page = &pdf->pages.items[i];
		uint32_t n = 0;
		headings_move(page);
		for (uint32_t k = 0; k < page->lines.count; k++) {
			gw_pdf_line *l = &page->lines.items[k], *before = n ? &page->lines.items[n - 1] : NULL;
			if (!before || !is_same_line(before, l)) {
				page->lines.items[n++] = *l;
				continue;
			}
			gw_buf_clear(&b);
			gw_buf_add_str(&b, before->text);
			for (double gap = l->left - before->right; gap > 0; gap -= height_of(l) * 1.2)
				gw_buf_add_cp(&b, 0x3000);
			gw_buf_add_str(&b, l->text);
			before->text = gw_arena_str(pdf->arena, (gw_str){b.ptr, (uint32_t)b.len});
			before->right = l->right;
		}
		page->lines.count = n;
	}
	gw_buf_release(&b);
}

/* ---- heads and page numbers ---- */

/* The line without blanks, its numbers as '#': what pages have in common. */
static gw_str key_of(gw_arena *a, const gw_pdf_line *l)
{
	char *key = gw_arena_alloc(a, l->text.len + 1);
	uint32_t n = 0;
	for (uint32_t i = 0; i < l->text.len; i++) {
		char c = l->text.ptr[i];
		if (c == ' ')
			continue;
		bool digit = c >= '0' && c <= '9';
		if (digit && n && key[n - 1] == '#')
			continue;
		key[n++] = digit ? '#' : c;
	}
	return (gw_str){key, n};
}

/* 3, - 3 -, — 3 —, 3/12: digits and strokes. */
static bool is_page_number(const gw_pdf_line *l)
{
	const char *p = l->text.ptr, *end = p + l->text.len;
	unsigned digits = 0, all = 0;
	while (p < end) {
		uint32_t c = gw_utf8_next(&p, end);
		bool digit = (c >= '0' && c <= '9') || (c >= 0xFF10 && c <= 0xFF19);
		bool stroke = c == ' ' || c == '-' || c == '/' || c == '.' || c == 0xB7 || c == 0x3000 ||
		              (c >= 0x2010 && c <= 0x2015) || c == 0xFF0D || c == 0x2022 || c == 0x2500;
		if (!digit && !stroke)
			return false;
		digits += digit;
		all++;
	}
	return digits && digits <= 6 && all <= 14;
}

/* In the upper or lower eighth of the page. */
static bool is_at_edge(const gw_pdf_page *page, const gw_pdf_line *l)
{
	return l->bottom < page->height * 0.125 || l->top > page->height * 0.875;
}

bool gw_pdf_is_page_number(const gw_pdf_page *page, const gw_pdf_line *l)
{
	return is_at_edge(page, l) && is_page_number(l);
}

/* How many lines of the page stand further out than this one. */
static bool is_outermost(const gw_pdf_page *page, const gw_pdf_line *l)
{
	unsigned above = 0, below = 0;
	for (uint32_t i = 0; i < page->lines.count && (above < EDGE_LINES || below < EDGE_LINES); i++) {
		above += page->lines.items[i].top < l->top - 1;
		below += page->lines.items[i].top > l->top + 1;
	}
	return above < EDGE_LINES || below < EDGE_LINES;
}

static void heads_drop(gw_pdf *pdf)
{
	gw_map seen, last; /* on how many pages, and on which one last */
	gw_map_init(&seen, pdf->arena);
	gw_map_init(&last, pdf->arena);
	for (unsigned pass = 0; pass < 2; pass++)
		for (uint32_t i = 0; i < pdf->pages.count; i++) {
			gw_pdf_page *page = &pdf->pages.items[i];
			for (uint32_t k = 0; k < page->lines.count; k++) {
				gw_pdf_line *l = &page->lines.items[k];
				if (l->row || !is_at_edge(page, l) || !is_outermost(page, l))
					continue;
				gw_str key = key_of(pdf->arena, l);
				if (pass == 0) {
					uint32_t *times = gw_map_put(&seen, key), *on = gw_map_put(&last, key);
					if (*on != i)
						*times = *times == GW_NONE ? 1 : *times + 1;
					*on = i;
					continue;
				}
				uint32_t times = gw_map_get(&seen, key);
				bool often = times >= 3 && times * 3 >= pdf->pages.count;
				l->dropped = is_page_number(l) || often || (times == 2 && pdf->pages.count == 2);
			}
		}
}

/* ---- margins ---- */

/* A margin is where the outermost of the long lines begin or end. */
static void margins_of(const gw_pdf_page *page, double long_enough, double *left, double *right)
{
	*left = page->width;
	*right = 0;
	for (uint32_t i = 0; i < page->lines.count; i++) {
		const gw_pdf_line *l = &page->lines.items[i];
		if (l->dropped || l->row || l->right - l->left < long_enough)
			continue;
		*left = l->left < *left ? l->left : *left;
		*right = l->right > *right ? l->right : *right;
	}
}

static double longest_of(const gw_pdf_page *page)
{
	double most = 0;
	for (uint32_t i = 0; i < page->lines.count; i++) {
		const gw_pdf_line *l = &page->lines.items[i];
		if (!l->dropped && !l->row && l->right - l->left > most)
			most = l->right - l->left;
	}
	return most;
}

/* ---- paragraphs ---- */

static uint32_t last_of(gw_str s)
{
	const char *end = s.ptr + s.len, *p = end;
	while (p > s.ptr && ((unsigned char)*--p & 0xC0) == 0x80)
		;
	return s.len ? gw_utf8_next(&p, end) : 0;
}

static uint32_t first_of(gw_str s)
{
	const char *p = s.ptr;
	return s.len ? gw_utf8_next(&p, s.ptr + s.len) : 0;
}

static bool ends_sentence(gw_str s)
{
	uint32_t c = last_of(s);
	return c == 0x3002 || c == 0xFF01 || c == 0xFF1F || c == 0xFF1A || c == 0xFF1B || c == ':' || c == ';' ||
	       c == '!' || c == '?' || c == 0xFF09 || c == ')' || c == 0x3011 || c == 0x3015 || c == 0x201D;
}

typedef struct layout {
	double left, right;
	bool indented; /* paragraphs begin with an indent */
} layout;

static bool is_full(const layout *m, const gw_pdf_line *l)
{
	return l->right > m->right - height_of(l) * 2.6;
}

static bool is_set_in(const layout *m, const gw_pdf_line *l)
{
	return l->left > m->left + height_of(l) * 0.8;
}

static bool same_size(const gw_pdf_line *a, const gw_pdf_line *b)
{
	return fabs(height_of(a) - height_of(b)) < height_of(a) * 0.15;
}

/* The rest of a title: as far from one margin as from the other, below a line that has no room for more. */
static bool is_centred(const layout *m, const gw_pdf_line *l)
{
	double left = l->left - m->left, right = m->right - l->right, h = height_of(l);
	return left > h * 3 && right > h * 3 && fabs(left - right) < h * 0.6;
}

static bool goes_on(const layout *m, const gw_pdf_line *l, const layout *next_m, const gw_pdf_line *next)
{
	if (l->row || next->row || !is_full(m, l) || !same_size(l, next) || l->left > m->left + height_of(l) * 6)
		return false;
	if (is_set_in(next_m, next))
		return is_centred(next_m, next) && !ends_sentence(l->text);
	return m->indented || !ends_sentence(l->text);
}

/* Do lines behind a short line, which begin a paragraph beyond doubt, begin further in? */
static bool is_indented(const gw_pdf *pdf, const layout *margins)
{
	uint32_t in = 0, all = 0;
	for (uint32_t i = 0; i < pdf->pages.count; i++) {
		const gw_pdf_page *page = &pdf->pages.items[i];
		for (uint32_t k = 1; k < page->lines.count; k++) {
			const gw_pdf_line *l = &page->lines.items[k];
			if (l->dropped || l->note || l->row || l[-1].row || is_full(&margins[i], l - 1) || !is_full(&margins[i], l))
				continue;
			all++;
			in += is_set_in(&margins[i], l);
		}
	}
	return in * 2 > all;
}

static bool is_letter(uint32_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= 0xC0 && c < 0x250);
}

/* Where two lines become one, only words of letters need a blank: numbers and Chinese are broken anywhere. */
const char *gw_pdf_between(gw_str before, gw_str behind)
{
	uint32_t left = last_of(before), right = first_of(behind);
	return (is_letter(left) && right < 0x250) || (is_letter(right) && left < 0x250) ? " " : "";
}

/* A page of a few short lines, mostly the last one, has the margins of the page with the longest. */
static layout *layout_of(const gw_pdf *pdf)
{
	layout *margins = GW_NEW_N(pdf->arena, layout, pdf->pages.count + 1);
	double longest = 0;
	uint32_t model = 0;
	for (uint32_t i = 0; i < pdf->pages.count; i++) {
		double most = longest_of(&pdf->pages.items[i]);
		margins_of(&pdf->pages.items[i], most * 0.7, &margins[i].left, &margins[i].right);
		if (most > longest) {
			longest = most;
			model = i;
		}
	}
	for (uint32_t i = 0; i < pdf->pages.count; i++)
		if (longest_of(&pdf->pages.items[i]) < longest * 0.9 &&
		        fabs(pdf->pages.items[i].width - pdf->pages.items[model].width) < 1)
			margins[i] = margins[model];
	/* Where every paragraph is of one line, all lines seem to begin at the margin and begin at the indent. */
	for (uint32_t i = 0; i < pdf->pages.count; i++) {
		double further = margins[i].left - margins[model].left;
		if (further > INDENT_LEAST && further < INDENT_MOST)
			margins[i].left = margins[model].left;
	}
	bool indented = is_indented(pdf, margins);
	for (uint32_t i = 0; i < pdf->pages.count; i++)
		margins[i].indented = indented;
	return margins;
}

void gw_pdf_write(gw_pdf *pdf, gw_buf *out)
{
	for (unsigned pieces = 0; pieces < 3; pieces++) /* 第一章 总 则 is three */
		pieces_join(pdf);
	gw_pdf_signs_join(pdf);
	heads_drop(pdf);
	gw_pdf_notes_find(pdf);
	gw_pdf_tables_finish(pdf);
	const layout *margins = layout_of(pdf);
	const gw_pdf_line *before = NULL;
	const layout *before_m = NULL;
	for (uint32_t i = 0; i < pdf->pages.count; i++) {
		for (uint32_t k = 0; k < pdf->pages.items[i].lines.count; k++) {
			const gw_pdf_line *l = &pdf->pages.items[i].lines.items[k];
			if (l->dropped || l->note)
				continue;
			if (before && !goes_on(before_m, before, &margins[i], l))
				gw_buf_addc(out, '\n');
			else if (before)
				gw_buf_adds(out, gw_pdf_between(before->text, l->text));
			gw_pdf_text_add(out, &pdf->pages.items[i], l->text);
			before = l;
			before_m = &margins[i];
		}
	}
	if (before)
		gw_buf_addc(out, '\n');
	gw_pdf_notes_write(pdf, out);
}
