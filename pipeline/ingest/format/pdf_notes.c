/* Footnotes of PDF. They stand between the lines of a paragraph or the rows of a table that goes on over the page, so
 * they are set behind the text, as [1] and what it says, and the raised 1 in the text, which would add itself to a
 * number before it, is left out. A footnote is in smaller letters at the foot of its page and begins with its sign. */
#include "pdf.h"

enum { NOTE_LINES = 16, SIGN_REACH = 6, HEIGHTS = 400 /* in quarters of a point */ };
static const double smaller = 0.94, raised = 0.78;

/* Which height most of the text has. */
static double body_height(const gw_pdf *pdf)
{
	uint64_t weight[HEIGHTS] = {0};
	uint32_t best = 0;
	for (uint32_t i = 0; i < pdf->pages.count; i++)
		for (uint32_t k = 0; k < pdf->pages.items[i].lines.count; k++) {
			const gw_pdf_line *l = &pdf->pages.items[i].lines.items[k];
			double quarters = (l->bottom - l->top) * 4;
			if (!l->dropped && !l->row && quarters > 0 && quarters < HEIGHTS)
				weight[(uint32_t)quarters] += l->text.len;
		}
	for (uint32_t i = 0; i < HEIGHTS; i++)
		if (weight[i] > weight[best])
			best = i;
	return best / 4.0;
}

/* ---- signs ---- */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* ① … ⑳ */
static bool is_circled(const char *p, const char *end)
{
	uint32_t c = p < end ? gw_utf8_next(&p, end) : 0;
	return c >= 0x2460 && c <= 0x2473;
}

/* 1 [1] ① *: the sign at the begin of a text, without brackets; its bytes, those of brackets and blanks behind it
 * included. A bare number must be raised or set apart, for a list begins with numbers too. */
static uint32_t sign_read(gw_str s, gw_str *sign)
{
	const char *p = s.ptr, *end = s.ptr + s.len;
	bool bound = p < end && (*p == '[' || *p == GW_PDF_RAISED);
	p += bound;
	*sign = (gw_str){p, 0};
	if (is_circled(p, end))
		gw_utf8_next(&p, end);
	else
		while (p < end && p - sign->ptr < 2 && (is_digit(*p) || (*p == '*' && p == sign->ptr)))
			p++;
	sign->len = (uint32_t)(p - sign->ptr);
	if (!sign->len || (p < end && is_digit(*p)))
		return 0;
	bool closed = p < end && (*p == ']' || *p == GW_PDF_RAISED);
	p += closed;
	const char *text = p;
	for (const char *q = p; q < end; p = q) {
		uint32_t c = gw_utf8_next(&q, end);
		if (c != ' ' && c != '\t' && c != 0x3000)
			break;
	}
	return bound == closed && (bound || p > text || !is_digit(*sign->ptr)) ? (uint32_t)(p - s.ptr) : 0;
}

bool gw_pdf_is_raised(gw_str word, double height, double line_height)
{
	gw_str sign;
	const char *p = word.ptr, *end = p + word.len;
	bool bracket = p < end && *p == '[';
	for (p += bracket; p < end && (is_digit(*p) || *p == '*' || *p == ']'); p++)
		;
	if (height >= line_height * raised || word.len > 4)
		return false;
	return p == end || (sign_read(word, &sign) == word.len && is_circled(sign.ptr, end));
}

/* ---- notes ---- */

static bool is_small(const gw_pdf_line *l, double body)
{
	return !l->row && l->bottom - l->top < body * smaller;
}

static bool is_sign_of(gw_str sign, const gw_pdf_line *l, const gw_pdf_line *note)
{
	double gap = note->left - l->right, height = note->bottom - note->top;
	gw_str text;
	return !note->row && !note->dropped && gap > -1 && gap < height && l->top > note->top - height / 2 &&
	       l->bottom <= note->bottom && l->bottom - l->top < height * raised && sign_read(sign, &text);
}

/* A raised sign before a note may be a line by itself to the program, and not the one right before it. */
static void signs_join(gw_arena *a, gw_pdf_page *page)
{
	for (uint32_t i = 0; i < page->lines.count; i++) {
		gw_pdf_line *l = &page->lines.items[i];
		if (l->row || l->dropped || l->text.len > 4)
			continue;
		gw_str sign = gw_str_of(gw_arena_printf(a, "%.*s ", (int)l->text.len, l->text.ptr ? l->text.ptr : ""));
		for (uint32_t k = i + 1; k < page->lines.count && k <= i + SIGN_REACH && !l->dropped; k++) {
			gw_pdf_line *note = &page->lines.items[k];
			if (!is_sign_of(sign, l, note))
				continue;
			note->text = gw_str_of(
			        gw_arena_printf(a, "%s%.*s", sign.ptr, (int)note->text.len, note->text.ptr));
			note->left = l->left;
			l->dropped = true;
		}
	}
}

/* The notes at the foot of a page: small lines to its end, the first of them with a sign. */
static void page_notes(gw_pdf_page *page, double body)
{
	uint32_t first = page->lines.count, lines = 0;
	gw_str sign;
	for (uint32_t i = page->lines.count; i-- > 0;) {
		const gw_pdf_line *l = &page->lines.items[i];
		if (l->dropped)
			continue;
		if (!is_small(l, body) || l->top < page->height / 2 || ++lines > NOTE_LINES)
			break;
		if (sign_read(l->text, &sign))
			first = i;
	}
	for (uint32_t i = first; i < page->lines.count; i++)
		page->lines.items[i].note = !page->lines.items[i].dropped;
}

void gw_pdf_signs_join(gw_pdf *pdf)
{
	for (uint32_t i = 0; i < pdf->pages.count; i++)
		signs_join(pdf->arena, &pdf->pages.items[i]);
}

void gw_pdf_notes_find(gw_pdf *pdf)
{
	double body = body_height(pdf);
	for (uint32_t i = 0; i < pdf->pages.count; i++)
		page_notes(&pdf->pages.items[i], body);
}

static bool has_note(const gw_pdf_page *page, gw_str raised_sign)
{
	gw_str want, sign;
	const char *p = raised_sign.ptr;
	uint32_t cut = raised_sign.len > 2 && *p == '[' ? 1 : 0;
	want = (gw_str){p + cut, raised_sign.len - 2 * cut};
	for (uint32_t i = 0; i < page->lines.count; i++)
		if (page->lines.items[i].note && sign_read(page->lines.items[i].text, &sign) && gw_str_eq(sign, want))
			return true;
	return false;
}

void gw_pdf_text_add(gw_buf *out, const gw_pdf_page *page, gw_str text)
{
	for (uint32_t i = 0; i < text.len; i++) {
		const char *p = text.ptr + i, *end = NULL;
		if (*p == GW_PDF_RAISED)
			end = memchr(p + 1, GW_PDF_RAISED, text.len - i - 1);
		if (end && has_note(page, (gw_str){p + 1, (uint32_t)(end - p - 1)}))
			i += (uint32_t)(end - p);
		else if (*p != GW_PDF_RAISED)
			gw_buf_addc(out, *p);
	}
}

void gw_pdf_notes_write(const gw_pdf *pdf, gw_buf *out)
{
	for (uint32_t i = 0; i < pdf->pages.count; i++) {
		const gw_pdf_page *page = &pdf->pages.items[i];
		gw_str before = {0}, sign;
		for (uint32_t k = 0; k < page->lines.count; k++) {
			const gw_pdf_line *l = &page->lines.items[k];
			if (!l->note)
				continue;
			uint32_t n = sign_read(l->text, &sign);
			if (n)
				gw_buf_printf(out, "%s[%.*s]", before.len ? "\n" : "", (int)sign.len, sign.ptr);
			else
				gw_buf_adds(out, gw_pdf_between(before, l->text));
			gw_pdf_text_add(out, page, (gw_str){l->text.ptr + n, l->text.len - n});
			before = l->text;
		}
		if (before.len)
			gw_buf_addc(out, '\n');
	}
}
