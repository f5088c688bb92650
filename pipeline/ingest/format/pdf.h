/* format/pdf.h - the lines of a PDF and where they stand on their pages. */
#ifndef GW_FORMAT_PDF_H
#define GW_FORMAT_PDF_H

#include "docx.h"

typedef struct gw_pdf_line {
	double left, right, top, bottom; /* points, from the upper left corner */
	gw_str text;
	bool dropped; /* a page number, a running head */
} gw_pdf_line;

typedef struct gw_pdf_page {
	double width, height;
	GW_LIST(gw_pdf_line) lines; /* in the order of reading */
} gw_pdf_page;

typedef struct gw_pdf {
	gw_arena *arena;
	GW_LIST(gw_pdf_page) pages;
} gw_pdf;

/* The lines as text: paragraphs mended, page numbers and running heads left out (pdf_lines.c). */
void gw_pdf_write(gw_pdf *pdf, gw_buf *out);

#endif
