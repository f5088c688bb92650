/* format/docx.h - what the files that read DOCX share. */
#ifndef GW_FORMAT_DOCX_H
#define GW_FORMAT_DOCX_H

#include "format.h"

#include <libxml/xmlreader.h>

enum { GW_DOCX_LEVELS = 9 };

typedef struct gw_docx_level {
	uint32_t start;
	const char *format; /* "decimal", "chineseCounting" … */
	const char *text;   /* "第%1条" */
	bool plain;         /* isLgl: all numbers of the text as decimals */
} gw_docx_level;

typedef struct gw_docx_abstract {
	const char *id;
	gw_docx_level level[GW_DOCX_LEVELS];
	uint32_t count[GW_DOCX_LEVELS]; /* the last number given; 0: none yet */
} gw_docx_abstract;

typedef struct gw_docx_num {
	const char *id;
	uint32_t abstract;                /* index */
	uint32_t restart[GW_DOCX_LEVELS]; /* startOverride + 1; 0: none, or used up */
} gw_docx_num;

typedef struct gw_docx_style {
	const char *id, *based_on, *num; /* NULL where it has none */
	uint32_t level;
} gw_docx_style;

typedef struct gw_docx_numbering {
	gw_arena *arena;
	GW_LIST(gw_docx_abstract) abstracts;
	GW_LIST(gw_docx_num) nums;
	GW_LIST(gw_docx_style) styles;
} gw_docx_numbering;

/* Both leave out what they cannot read: a document without its numbers is still a document. */
void gw_docx_numbering_read(gw_docx_numbering *n, const char *xml, size_t len);
void gw_docx_styles_read(gw_docx_numbering *n, const char *xml, size_t len);
/* The number of the next paragraph of a list, "" for none. num may be NULL: the style's. */
const char *gw_docx_label(gw_docx_numbering *n, const char *style, const char *num, uint32_t level);

/* ---- XML ---- */
/* No network, no external entities, no entities at all: a document type ends the reading. */
xmlTextReader *gw_xml_open(const char *bytes, size_t n);
/* 1 at a node, 0 at the end, -1 broken, -2 a document type (entities could be declared in it). */
int gw_xml_next(xmlTextReader *r);
bool gw_xml_is(xmlTextReader *r, const char *local_name);
/* The value of an attribute by its local name, in the arena; NULL when absent. */
const char *gw_xml_attribute(xmlTextReader *r, const char *local_name, gw_arena *a);

#endif
