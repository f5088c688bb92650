/* structure.h - what the files of this folder share: words, lines, markers.
 *
 *   split.c      one source -> documents            words.c     config/structure/words.yaml
 *   structure.c  the stage: lines -> the rest       lines.c     a stretch of text as lines, and what a line is like
 *   furniture.c  what is the page's                 marker.c    第三章 (二) 1. at the begin of a line
 *   metadata.c   labels, number, dates, issuer      sections.c  the outline -> the tree
 *   title.c      title and document type            outline.c   the lines that begin sections
 *   tables.c     tables flattened to lines          table_fit.c which line is a cell of which column
 *   table_line.c what a line of a table is like
 */
#ifndef GW_STRUCTURE_H
#define GW_STRUCTURE_H

#include "gw/read.h"
#include "gw/stage.h"

/* ---- words ---- */
typedef struct gw_word {
	const uint32_t *ch; /* folded */
	uint32_t len;
} gw_word;
typedef struct gw_word_list {
	gw_word *items;
	uint32_t count, cap;
	uint64_t firsts[4], lasts[4]; /* bit c % 256 for each first (last) character: most tries end here */
} gw_word_list;

typedef enum gw_label {
	GW_LABEL_TITLE, GW_LABEL_ISSUER, GW_LABEL_NUMBER, GW_LABEL_WRITTEN, GW_LABEL_PUBLISHED, GW_LABEL_EFFECTIVE,
	GW_LABEL_OTHER, GW_LABELS
} gw_label;

typedef enum gw_division { GW_DIV_BOOK, GW_DIV_SUBBOOK, GW_DIV_CHAPTER, GW_DIV_SECTION, GW_DIV_ARTICLE, GW_DIVS } gw_division;

typedef enum gw_where { GW_AT_ANYWHERE, GW_AT_TOP, GW_AT_BOTTOM, GW_AT_REST, GW_AT_CRUMB } gw_where;
typedef enum gw_how { GW_HOW_WHOLE, GW_HOW_PREFIX, GW_HOW_SUFFIX, GW_HOW_CONTAINS } gw_how;

typedef struct gw_furniture_rule {
	gw_where where;
	gw_how how;
	uint32_t max; /* longest line that it is believed of */
	gw_word_list words;
} gw_furniture_rule;

/* What a column of a table holds, told by its header. */
typedef enum gw_column {
	GW_COLUMN_NUMBER, GW_COLUMN_TASK, GW_COLUMN_UNITS, GW_COLUMN_DUE, GW_COLUMN_VALUE, GW_COLUMN_NOTE, GW_COLUMN_OTHER,
	GW_COLUMNS
} gw_column;

typedef struct gw_words {
	gw_word_list types, no_types, openers, issuers_strong, issuers_weak, no_issuers;
	gw_word_list labels[GW_LABELS];
	gw_word_list adopted, issued, effective, delivered, between;
	gw_word_list passed, speaks_for, to_whom, meets, mastheads; /* 已经, 我代表, 向, 会议, 文件 */
	gw_word_list contents, annexes, closings, printed, posts, title_tails;
	gw_word_list counts, terms, number_units, orders; /* 第, 届, 号, 令 */
	gw_word_list self, effect_from, effect_day, effect_since; /* 本, 自, 之日, 起 */
	gw_word_list divisions[GW_DIVS], not_behind_article;
	gw_word_list headers[GW_COLUMNS], lasting, table_notes;
	GW_LIST(gw_furniture_rule) furniture;
} gw_words;

/* Reads the file; NULL after reporting all that is wrong with it. Lifetime: run. */
const gw_words *gw_words_load(const char *path, gw_arena *run, gw_diag *diag);
/* The length of the longest word that begins at s.begin (ends at s.end) and lies within s; 0 when none. */
uint32_t gw_words_begin(const gw_word_list *l, const uint32_t *ch, gw_span s);
uint32_t gw_words_end(const gw_word_list *l, const uint32_t *ch, gw_span s);
/* The first (last) place within s where a word stands, an empty span when none does. */
gw_span gw_words_find(const gw_word_list *l, const uint32_t *ch, gw_span s);
gw_span gw_words_find_last(const gw_word_list *l, const uint32_t *ch, gw_span s);

/* ---- markers ----
 * A style is a way of numbering. Below, a style of a lower class stands above one of a higher; within a class the one
 * that a branch uses first stands above (sections.c). */
typedef enum gw_style {
	GW_STYLE_NONE,
	GW_STYLE_ANNEX,                                                            /* 附件1, an attached document's title */
	GW_STYLE_BOOK, GW_STYLE_SUBBOOK, GW_STYLE_CHAPTER, GW_STYLE_SECTION,       /* 第一编 第一分编 第一章 第一节 */
	GW_STYLE_ARTICLE, GW_STYLE_PART,                                           /* 第一条 一、 */
	GW_STYLE_ITEM, GW_STYLE_POINT, GW_STYLE_WHOLE,                             /* (一) 1. and a bare 1 of 1, 1.1, 1.1.1 */
	GW_STYLE_TENTH, GW_STYLE_HUNDREDTH,                                        /* 1.1 1.1.1 */
	GW_STYLE_BRACKET, GW_STYLE_HALF_BRACKET, GW_STYLE_CIRCLE, GW_STYLE_DASH,   /* (1) 1) ① —— */
	GW_STYLE_HEADLINE, GW_STYLE_PROSE,                                         /* in documents without markers */
	GW_STYLE_ROW,                                                              /* of a table; also what follows a table */
	GW_STYLES
} gw_style;

typedef struct gw_marker {
	gw_style style;
	uint32_t ordinal;  /* 0 for none */
	uint8_t hashes;    /* '#' of Markdown before it; a line may have these alone (then style is NONE) */
	gw_span span;      /* the marker itself, without '#' */
	uint32_t body;     /* where the text behind it begins */
} gw_marker;

/* ---- lines ---- */
typedef enum gw_line_role {
	GW_LINE_TEXT, GW_LINE_FURNITURE, GW_LINE_LABEL, /* a line of the metadata table, or its value */
	GW_LINE_TITLE, GW_LINE_NOTE,                    /* adoption, number, date, place: below a title */
	GW_LINE_CELL                                    /* a header or a cell of a table */
} gw_line_role;

typedef struct gw_row { /* of a table */
	uint32_t ordinal;  /* 0 for none */
	gw_span marker;    /* its number; may be empty */
	gw_span task;      /* the cell that names it */
} gw_row;

typedef struct gw_line {
	gw_span span;      /* without blanks at its ends, never empty */
	gw_line_role role;
	gw_marker marker;
	gw_span header;    /* of a cell: what stands above its column; else empty */
	const gw_row *row; /* the row that begins with this cell, else NULL */
} gw_line;

typedef struct gw_lines {
	const gw_text *text;
	const gw_words *words;
	gw_arena *arena;
	GW_LIST(gw_line) list;
	uint32_t body;      /* the first line of the text proper: all before may be table, title, notes */
	uint32_t title_end; /* the line behind the title, 0 where none stands in the text */
	gw_str published;   /* EDTF: when the page was; the document may know better */
	bool signed_off;    /* a signature was found */
	uint32_t sign_from, sign_to; /* its lines */
} gw_lines;

/* Cuts a stretch into lines and reads their markers. */
void gw_lines_cut(gw_lines *l, const gw_text *t, const gw_words *w, gw_span stretch, gw_arena *a);
/* Finds l->body. Call again when roles have changed. */
void gw_lines_find_body(gw_lines *l);
gw_marker gw_marker_read(const gw_words *w, const gw_text *t, gw_span line);
/* The character of the decoded source that a folded one came from. */
uint32_t gw_source_char(const gw_text *t, uint32_t pos);
/* Whether the source has blanks before a folded character that the folding dropped. */
bool gw_text_gap(const gw_text *t, uint32_t pos);
/* The source of a span on one line: no line ends, no blanks that the folding dropped. */
gw_str gw_span_source(gw_arena *a, const gw_text *t, gw_span s);
bool gw_ends_sentence(uint32_t c); /* 。！？；: what no title and no heading line ends with */
/* A date at the begin of s that reaches to its end (printing note 印发 apart). */
bool gw_line_is_date(const gw_lines *l, gw_span s, gw_date *out);
/* A date with its year that begins at pos and ends by `end`; the first one within s. */
bool gw_date_at(const gw_text *t, uint32_t pos, uint32_t end, gw_date *out);
bool gw_find_date(const gw_text *t, gw_span s, gw_date *out);
/* A note below a title: (2020年1月12日…会议通过), also with the bracket lost. */
bool gw_line_is_note(const gw_lines *l, gw_span s);
/* A line that may be a title or part of one; its length is that of a title, it ends no sentence, has no marker. */
bool gw_line_is_titlish(const gw_lines *l, const gw_line *line);
/* Whether a word stands within s, but not in the name of another document, 《…》. */
bool gw_line_says(const gw_word_list *words, const uint32_t *ch, gw_span s);
bool gw_line_is_bracket(const gw_text *t, gw_span s); /* (试行) */
/* The document type at the end of a title, brackets behind it left out; empty when there is none. */
gw_span gw_title_type(const gw_words *w, const gw_text *t, gw_span title);
/* The name of an organ that ends at s.end: its length, or 0. weak: endings that are no proof alone count too. */
uint32_t gw_issuer_end(const gw_words *w, const uint32_t *ch, gw_span s, bool weak);

/* Equal but for blanks, line ends and punctuation. */
bool gw_same_title(const gw_text *t, gw_span a, gw_span b);
/* An entry of a table of contents without the dots and the page number behind it; s itself when it has none. */
gw_span gw_contents_entry(const gw_text *t, gw_span s);
bool gw_line_is_contents(const gw_lines *l, gw_span s); /* 目录 */

/* ---- tables ---- */
typedef enum gw_content { /* of a line that may be a cell */
	GW_CONTENT_NUMBER, GW_CONTENT_DATE, GW_CONTENT_ORGANS, GW_CONTENT_PROSE, GW_CONTENT_VALUE, GW_CONTENT_TEXT, GW_CONTENTS
} gw_content;

enum { GW_TABLE_COLUMNS = 12, GW_PLACE_BAND = GW_TABLE_COLUMNS, GW_PLACE_OUT };

typedef struct gw_piece { /* of a line that holds a row */
	gw_span span;
	uint32_t column;
} gw_piece;
typedef GW_LIST(gw_piece) gw_piece_list;

/* Cuts a line at tabs, wide blanks and '|', a narrow table's at each blank; false when it has none. */
bool gw_table_cut(const gw_lines *l, gw_span line, bool narrow, gw_piece_list *out);
/* Only tabs and '|' tell where an empty cell was. */
bool gw_table_columns_are_sure(const gw_text *t, gw_span line);
/* 1 (一) 一、 alone in a line; 0 for none. */
uint32_t gw_table_ordinal(const gw_text *t, gw_span s);
gw_content gw_table_content(const gw_lines *l, gw_span s);

typedef struct gw_fit_line {
	gw_content content;
	uint32_t ordinal;  /* of a number */
	bool band;         /* may be a heading across all columns */
	bool list;         /* may go on in the cell before: both are items of a list, or sentences */
	bool opens;        /* a row's line is one line of the source, and this is its first cell … */
	bool glued;        /* … or one behind it */
	uint32_t fixed;    /* the column is known; GW_NONE where it is not */
	uint32_t place;    /* out: the column, or GW_PLACE_… */
	bool row;          /* out: begins a row */
} gw_fit_line;

/* Places lines in columns so that all fit best; empty cells are lines that are not there, and a cell may be several
 * lines. Returns what does not fit, in points. */
uint32_t gw_table_fit(const gw_column *columns, uint32_t column_count, gw_fit_line *lines, uint32_t count, gw_arena *a);

/* ---- the outline ---- */
typedef struct gw_mark { /* a line that begins a section */
	uint32_t line, ordinal;
	gw_style style;
	gw_span marker, heading;
	bool rest;              /* what follows a table */
	uint32_t parent, depth; /* another mark; set by sections.c */
} gw_mark;
typedef GW_LIST(gw_mark) gw_mark_list;

gw_mark_list gw_outline_find(gw_lines *l);
/* Lower ranks stand above higher ones; in styles of one rank the branch decides. */
int gw_style_rank(gw_style s);

/* ---- the steps of `structure`, in this order ---- */
void gw_furniture_mark(gw_lines *l);
void gw_metadata_table(gw_lines *l, gw_document *d);   /* labels and values: title, issuer, number, dates */
void gw_tables_find(gw_lines *l);                      /* cells: lines of their own, without markers */
void gw_title_find(gw_lines *l, gw_document *d);       /* title, type; marks lines */
void gw_metadata_notes(gw_lines *l, gw_document *d);   /* number, adoption, signature, effect, issuer */
void gw_sections_build(gw_lines *l, gw_document *d);   /* sections, paragraphs */

#endif
