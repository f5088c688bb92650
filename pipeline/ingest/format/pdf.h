/* format/pdf.h - the lines of a PDF and where they stand on their pages. */
#ifndef GW_FORMAT_PDF_H
#define GW_FORMAT_PDF_H

#include "docx.h"

typedef struct gw_pdf_row { /* of a table with rules */
	const struct gw_pdf_table *table;
	gw_str *cells; /* one a column; empty where a cell from above or from the left reaches to */
} gw_pdf_row;

typedef struct gw_pdf_line {
	double left, right, top, bottom; /* points, from the upper left corner */
	gw_str text;
	gw_pdf_row *row; /* the line is a row, without a text until all is known; else NULL */
	bool dropped;    /* a page number, a running head */
	bool note;       /* of a footnote */
} gw_pdf_line;

typedef struct gw_pdf_word {
	double left, right, top, bottom;
	gw_str text;
	uint32_t line; /* the line that the program put it into */
} gw_pdf_word;

typedef struct gw_pdf_page {
	double width, height;
	GW_LIST(gw_pdf_line) lines; /* in the order of reading */
	GW_LIST(gw_pdf_word) words;
} gw_pdf_page;

typedef struct gw_pdf_rule { /* a line that is drawn */
	bool upright;
	double at, from, to; /* x, and y from … to, of an upright one; else y, and x from … to */
} gw_pdf_rule;
typedef GW_LIST(gw_pdf_rule) gw_pdf_rules;

typedef struct gw_pdf {
	gw_arena *arena;
	GW_LIST(gw_pdf_page) pages;
} gw_pdf;

/* The rules on a page, counted from 0, by the program that draws it (pdf_rules.c); none where it is not installed, or
 * cannot draw it. GW_FAILED when it took too long. */
gw_status gw_pdf_rules_read(const gw_format_job *job, uint32_t page, int64_t seconds, gw_pdf_rules *out);
void gw_pdf_rules_of_svg(gw_arena *arena, const gw_buf *svg, gw_pdf_rules *out); /* what it has drawn */
/* Makes rows of the words between rules (pdf_table.c); false when there are none. */
bool gw_pdf_tables_find(gw_pdf *pdf, gw_pdf_page *page, const gw_pdf_rules *rules);
/* The rules that a table without any would have (pdf_gutter.c); the words must know their lines. */
void gw_pdf_gutters_find(gw_arena *a, const gw_pdf_page *page, gw_pdf_rules *out);
/* Goes on with tables over the ends of pages, and writes the rows' texts. Heads of pages must be dropped before. */
void gw_pdf_tables_finish(gw_pdf *pdf);
/* Footnotes (pdf_notes.c). What may be the sign of one in the text is kept between two GW_PDF_RAISED until the notes are
 * known; gw_pdf_text_add writes a text without the signs of the page's notes. */
#define GW_PDF_RAISED '\x02'
bool gw_pdf_is_raised(gw_str word, double height, double line_height);
void gw_pdf_signs_join(gw_pdf *pdf); /* before page numbers are dropped: a sign alone looks like one */
void gw_pdf_notes_find(gw_pdf *pdf); /* after that */
void gw_pdf_notes_write(const gw_pdf *pdf, gw_buf *out);
void gw_pdf_text_add(gw_buf *out, const gw_pdf_page *page, gw_str text);
/* What stands between two pieces of text that become one, "" or " ": words of letters are kept apart. */
const char *gw_pdf_between(gw_str before, gw_str behind);
bool gw_pdf_is_page_number(const gw_pdf_page *page, const gw_pdf_line *l);
bool gw_pdf_is_ordinal(gw_str s); /* 第十三条: looks like a cell for the room behind it */
/* What `pdftotext -bbox-layout` writes, of which the control characters are blanked; false: it is not that. */
bool gw_pdf_read_layout(gw_pdf *pdf, gw_buf *xml);
/* The lines as text: paragraphs mended, page numbers and running heads left out (pdf_lines.c). */
void gw_pdf_write(gw_pdf *pdf, gw_buf *out);

#endif
