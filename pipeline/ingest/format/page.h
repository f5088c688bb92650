/* format/page.h - a web page as a tree of our own, and what is known of pages. */
#ifndef GW_FORMAT_PAGE_H
#define GW_FORMAT_PAGE_H

#include "format.h"

typedef struct gw_page_meta {
	const char *name, *label; /* label NULL: the title */
} gw_page_meta;

/* What is known of pages in words: config/structure/pages.yaml, and the labels of words.yaml. */
typedef struct gw_page_words {
	gw_map containers; /* ids and classes of what holds the text, lower case */
	gw_map furniture;  /* ids and classes, or parts of them, of what is the page's own */
	gw_map labels;     /* of metadata, without blanks */
	GW_LIST(gw_page_meta) metas;
	int64_t max_depth;
} gw_page_words;

typedef enum gw_tag_kind {
	GW_TAG_INLINE,
	GW_TAG_BLOCK,
	GW_TAG_PARAGRAPH, /* a block that is no whole text by itself */
	GW_TAG_HEADING,
	GW_TAG_BREAK,
	GW_TAG_TABLE,
	GW_TAG_ROW,
	GW_TAG_CELL,
	GW_TAG_TERM, /* dt */
	GW_TAG_LINK,
	GW_TAG_PRE,
	GW_TAG_TITLE,
	GW_TAG_META,
	GW_TAG_TEXT,   /* a piece of text: no tag at all */
	GW_TAG_DROPPED /* scripts, styles, forms, navigation */
} gw_tag_kind;

/* What the sign of a footnote may be: raised, a link within the page. */
enum { GW_REFERS_RAISED = 1, GW_REFERS_LINK = 2 };

typedef struct gw_node_html {
	gw_tag_kind kind;
	uint32_t parent, first, last, next; /* indexes, GW_NONE */
	gw_str text;                        /* of a piece of text; of a meta its content */
	const char *names; /* id and classes, lower case, blanks between; NULL for none. Of a meta its name */
	uint16_t span;     /* of a cell: columns */
	uint16_t rows;     /* of a cell: rows */
	bool dropped, main;
	uint8_t refers; /* GW_REFERS_…: of it, or of what it stands in */
	uint32_t good; /* characters of prose below, links left out */
} gw_node_html;

typedef struct gw_page {
	gw_arena *arena;
	GW_LIST(gw_node_html) nodes; /* [0] is the root */
	uint32_t main;               /* what holds the text */
	const char *title;           /* of <title>; "" */
} gw_page;

/* Builds the tree (page_tree.c). */
gw_status gw_page_parse(const gw_format_job *job, gw_page *page);
/* Finds furniture and the node that holds the text (page_main.c). */
void gw_page_find_main(gw_page *page, const gw_page_words *words);
/* Writes the text: title, metadata, then the main text (page_text.c). */
void gw_page_write(gw_page *page, const gw_page_words *words, gw_buf *out);

/* The text of a word without blanks, in the arena; blanks of all widths. */
gw_str gw_page_squeeze(gw_arena *a, gw_str s);

#endif
