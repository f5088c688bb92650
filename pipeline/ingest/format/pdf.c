/* PDF with a text layer, by pdftotext of poppler-utils.
 *
 * The program and not the library: it is small to call, PDF is what is most often hostile, and a program can be held to
 * limits of time and memory and may crash alone. It is asked for the place of every line (-bbox-layout), since where a
 * line begins and ends on the page says what no text alone can: whether the paragraph goes on. */
#include "pdf.h"

#include <stdlib.h>
#include <time.h>

enum {
	GAPS_LEAST = 3,
	DRAWN_MOST = 300 /* pages of a file that are drawn for their rules: each takes a call of a program */
};

static bool pdf_is(const gw_format_job *job)
{
	/* some programs write a line of their own first */
	size_t n = job->len < 1024 ? job->len : 1024;
	const char *hit = memmem(job->bytes, n, "%PDF-", 5);
	return hit && (hit == job->bytes || gw_format_ends_with(job->path, ".pdf"));
}

/* ---- the lines and their places ---- */

static double number_of(xmlTextReader *r, const char *name)
{
	xmlChar *text = xmlTextReaderGetAttribute(r, (const xmlChar *)name);
	double v = text ? strtod((const char *)text, NULL) : 0;
	xmlFree(text);
	return v;
}

typedef struct collector {
	gw_pdf *pdf;
	gw_buf line;
	double word_end; /* of the word before on the line */
} collector;

static void line_close(collector *c)
{
	gw_pdf *pdf = c->pdf;
	if (!pdf->pages.count)
		return;
	gw_pdf_page *page = &pdf->pages.items[pdf->pages.count - 1];
	const char *text = c->line.ptr ? c->line.ptr : "";
	gw_pdf_line *l = page->lines.count ? &page->lines.items[page->lines.count - 1] : NULL;
	if (!l || l->text.ptr)
		return;
	l->text = gw_arena_str(pdf->arena, (gw_str){text, (uint32_t)c->line.len});
	if (!c->line.len)
		page->lines.count--;
}

/* Words of Chinese are set apart only where there is room between them on the page. */
static void word_add(collector *c, xmlTextReader *r, const char *text)
{
	gw_pdf_page *page = &c->pdf->pages.items[c->pdf->pages.count - 1];
	gw_pdf_word *w = GW_PUSH(c->pdf->arena, &page->words);
	double from = number_of(r, "xMin"), height = number_of(r, "yMax") - number_of(r, "yMin");
	const gw_pdf_line *l = &page->lines.items[page->lines.count - 1];
	*w = (gw_pdf_word){from, number_of(r, "xMax"), number_of(r, "yMin"), number_of(r, "yMax"),
	        gw_arena_str(c->pdf->arena, gw_str_of(text)), page->lines.count - 1};
	if (gw_pdf_is_raised(w->text, height, l->bottom - l->top))
		w->text = gw_str_of(gw_arena_printf(c->pdf->arena, "\x02%s\x02", text));
	if (c->line.len && from - c->word_end > height * 0.15)
		gw_buf_addc(&c->line, ' ');
	/* a wide gap is the gap between two cells */
	if (c->line.len && from - c->word_end > height * 1.8)
		gw_buf_addc(&c->line, ' ');
	gw_buf_add_str(&c->line, w->text);
	c->word_end = w->right;
}

static void element(collector *c, xmlTextReader *r)
{
	gw_pdf *pdf = c->pdf;
	if (gw_xml_is(r, "page")) {
		gw_pdf_page *page = GW_PUSH(pdf->arena, &pdf->pages);
		page->width = number_of(r, "width");
		page->height = number_of(r, "height");
	} else if (!pdf->pages.count) {
		return;
	} else if (gw_xml_is(r, "line")) {
		gw_pdf_page *page = &pdf->pages.items[pdf->pages.count - 1];
		gw_pdf_line *l = GW_PUSH(pdf->arena, &page->lines);
		l->left = number_of(r, "xMin");
		l->right = number_of(r, "xMax");
		l->top = number_of(r, "yMin");
		l->bottom = number_of(r, "yMax");
		gw_buf_clear(&c->line);
	} else if (gw_xml_is(r, "word") && pdf->pages.items[pdf->pages.count - 1].lines.count) {
		xmlChar *text = xmlTextReaderReadString(r);
		word_add(c, r, text ? (const char *)text : "");
		xmlFree(text);
	}
}

/* Control characters stand in the output as they stood in the file, and XML has no place for them. */
static void controls_drop(gw_buf *b)
{
	for (size_t i = 0; i < b->len; i++) {
		unsigned char ch = (unsigned char)b->ptr[i];
		if ((ch < 0x20 && ch != '\n') || ch == 0x7F)
			b->ptr[i] = ' ';
	}
}

bool gw_pdf_read_layout(gw_pdf *pdf, gw_buf *xml)
{
	controls_drop(xml);
	collector c = {.pdf = pdf};
	xmlTextReader *r = gw_xml_open(xml->ptr, xml->len);
	gw_buf_init(&c.line);
	int got = 0;
	while (r && (got = xmlTextReaderRead(r)) == 1) {
		if (xmlTextReaderNodeType(r) == XML_READER_TYPE_ELEMENT)
			element(&c, r);
		else if (xmlTextReaderNodeType(r) == XML_READER_TYPE_END_ELEMENT && gw_xml_is(r, "line"))
			line_close(&c);
	}
	gw_buf_release(&c.line);
	xmlFreeTextReader(r);
	xmlResetLastError();
	return got == 0 && r;
}

/* ---- the program ---- */

static gw_status program_run(const gw_format_job *job, gw_buf *xml)
{
	const gw_convert *set = job->convert;
	const char *argv[] = {set->pdf, "-q", "-enc", "UTF-8", "-bbox-layout", "-", "-", NULL};
	/* places take some thirty times the room of the text */
	gw_child child = {argv, job->bytes, job->len, set->seconds, set->memory, set->max_bytes * 32};
	int status;
	if (!*set->pdf)
		return gw_format_fail(job, GW_E_FORMAT_PROGRAM,
		        "PDF needs the program pdftotext, which is not here; install poppler-utils, or name it under "
		        "convert.pdf");
	switch (gw_child_run(&child, xml, &status)) {
	case GW_CHILD_DONE:
		return GW_OK;
	case GW_CHILD_TOO_LONG:
		return gw_format_fail(job, GW_E_FORMAT_LIMIT, "reading the PDF took more than convert.seconds (%lld)",
		        (long long)set->seconds);
	case GW_CHILD_TOO_MUCH:
		return gw_format_fail(job, GW_E_FORMAT_LIMIT, "the text in it is larger than convert.max_bytes (%lld)",
		        (long long)set->max_bytes);
	case GW_CHILD_NO_START:
		return gw_format_fail(job, GW_E_FORMAT_PROGRAM, "%s cannot be started", set->pdf);
	default:
		return gw_format_fail(
		        job, GW_E_FORMAT, "not a PDF that can be read: damaged, or protected by a password");
	}
}

/* ---- tables ---- */

/* Words beside each other with room between them, on more than a line or two: only then is it worth to have the page
 * drawn. Chinese text has no such room but behind 第三条. */
static bool may_have_table(const gw_pdf_page *page)
{
	uint32_t gaps = 0;
	for (uint32_t i = 1; i < page->words.count; i++) {
		const gw_pdf_word *w = &page->words.items[i], *before = w - 1;
		double height = w->bottom - w->top, gap = w->left - before->right;
		gaps += w->line == before->line && gap > height * 0.25 && !gw_pdf_is_ordinal(before->text);
	}
	for (uint32_t i = 1; i < page->lines.count && gaps < GAPS_LEAST; i++) {
		const gw_pdf_line *l = &page->lines.items[i], *before = l - 1;
		gaps += l->top < before->bottom && l->bottom > before->top &&
		        (l->left > before->right || l->right < before->left);
	}
	return gaps >= GAPS_LEAST;
}

static int64_t seconds_now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

/* All programs that work on the file share its time. */
static gw_status tables_read(const gw_format_job *job, gw_pdf *pdf, int64_t begin)
{
	gw_status status = GW_OK;
	uint32_t drawn = 0;
	for (uint32_t i = 0; i < pdf->pages.count && status == GW_OK; i++) {
		gw_pdf_rules rules = {0}, gutters = {0};
		gw_pdf_page *page = &pdf->pages.items[i];
		if (!may_have_table(page))
			continue;
		int64_t left = job->convert->seconds - (seconds_now() - begin);
		if (drawn++ < DRAWN_MOST)
			status = gw_pdf_rules_read(job, i, left > 0 ? left : 0, &rules);
		if (status != GW_OK || gw_pdf_tables_find(pdf, page, &rules))
			continue;
		gw_pdf_gutters_find(pdf->arena, page, &gutters);
		gw_pdf_tables_find(pdf, page, &gutters);
	}
	return status;
}

static gw_status pdf_read(const gw_format_job *job, gw_buf *out)
{
	gw_pdf pdf = {.arena = job->arena};
	int64_t begin = seconds_now();
	gw_buf xml;
	gw_buf_init(&xml);
	gw_status status = program_run(job, &xml);
	if (status == GW_OK && !gw_pdf_read_layout(&pdf, &xml))
		status = gw_format_fail(
		        job, GW_E_FORMAT, "pdftotext gave something else than the lines of its pages");
	gw_buf_release(&xml);
	uint32_t lines = 0;
	for (uint32_t i = 0; i < pdf.pages.count; i++)
		lines += pdf.pages.items[i].lines.count;
	if (status == GW_OK && !lines)
		status = gw_format_fail(job, GW_E_FORMAT,
		        "a PDF of %u pages without a text layer, a scan perhaps: recognise its "
		        "characters (OCR) first",
		        pdf.pages.count);
	if (status == GW_OK)
		status = tables_read(job, &pdf, begin);
	if (status == GW_OK)
		gw_pdf_write(&pdf, out);
	return status;
}

const gw_format gw_format_pdf = {"PDF", pdf_is, pdf_read, true};
