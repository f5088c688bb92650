/* format/format.h - one small interface for every wrapping of text: bytes in, plain UTF-8 text out.
 *
 * What is a file of its own kind (DOCX, PDF, DOC) is read by the stage `convert` before anything is decoded; what is
 * text with markup in it (HTML, Markdown) by the stage `markup` behind it. The rest of the chain sees plain text, a
 * paragraph a line, a row of a table a line with tabs between its cells; positions count in that text. */
#ifndef GW_FORMAT_H
#define GW_FORMAT_H

#include "gw/file.h"
#include "gw/ingest.h"

typedef struct gw_format_job {
	const char *bytes; /* of the file; UTF-8 for formats of `markup` */
	size_t len;
	const char *path; /* the source path, for its ending */
	gw_arena *arena;
	gw_place at; /* for messages */
	gw_diag *diag;
	const struct gw_convert *convert;  /* settings; NULL in `markup` */
	const struct gw_page_words *words; /* NULL in `convert` */
} gw_format_job;

typedef struct gw_format {
	const char *name;
	/* By content; by name only where content cannot tell. */
	bool (*is)(const gw_format_job *job);
	/* Writes the text. GW_FAILED with a report puts the source into quarantine. */
	gw_status (*read)(const gw_format_job *job, gw_buf *out);
	bool by_program; /* another program does the work */
} gw_format;

/* Ended by NULL; the first that says it is takes the job. */
extern const gw_format *const gw_formats_packed[], *const gw_formats_markup[];
extern const gw_format gw_format_docx, gw_format_pdf, gw_format_ole, gw_format_office;
extern const gw_format gw_format_html, gw_format_markdown, gw_format_xml;

bool gw_format_ends_with(const char *path, const char *endings); /* ".htm|.html", any case */
gw_status gw_format_fail(const gw_format_job *job, gw_code code, const char *fmt, ...)
        __attribute__((format(printf, 3, 4)));

/* ---- the settings of `convert` ---- */
typedef struct gw_convert {
	int64_t max_bytes;       /* of the text that is taken out */
	int64_t seconds, memory; /* of a program that is called */
	const char *pdf;         /* pdftotext, resolved; "" where there is none */
	const char *rules;       /* pdftocairo, which lies beside it; "" where it does not */
	const char *converter;   /* a command for DOC and WPS; "" for none */
} gw_convert;

/* ---- programs ---- */
typedef enum gw_child_end {
	GW_CHILD_DONE,
	GW_CHILD_FAILED, /* it said so by its status, or a signal ended it */
	GW_CHILD_NO_START,
	GW_CHILD_TOO_LONG,
	GW_CHILD_TOO_MUCH
} gw_child_end;

/* Runs a program with the bytes as its standard input and collects its standard output. It gets no shell, hardly an
 * environment, and limits: of time, memory, output. */
typedef struct gw_child {
	const char *const *argv; /* argv[0]: the program's path */
	const char *bytes;
	size_t len;
	int64_t seconds, memory, max_output;
} gw_child;
gw_child_end gw_child_run(const gw_child *c, gw_buf *out, int *status);
/* The path of a program in $PATH, in the arena; NULL when there is none. */
const char *gw_program_find(gw_arena *a, const char *name);

/* ---- lines of pages and paragraphs ---- */
/* Adds text without blanks at its ends, blanks within made one, none beside a Han character at a line end. */
void gw_text_add_squeezed(gw_buf *out, const char *text, size_t n);

#endif
