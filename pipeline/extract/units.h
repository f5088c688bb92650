/* Lists of units cut into items (rules that emit `unit-list`). */
#ifndef GW_EXTRACT_UNITS_H
#define GW_EXTRACT_UNITS_H

#include "extract.h"

typedef struct unit_reader {
	const gw_knowledge *k;
	uint16_t body, label, unit;          /* captures */
	uint16_t none, tail, with, head, genhead, weak, time; /* classes */
	uint16_t roles[2], vouching[14], places[4];
} unit_reader;

typedef struct unit_item {
	gw_span span;
	uint32_t rule;
	bool organ;   /* becomes an agency; else a unit only */
	bool generic;
} unit_item;

typedef GW_LIST(unit_item) unit_list;

/* A list: what a rule that emits `unit-list` found, or the cell of a table below a header that is a label (`unit-cell`). */
typedef struct unit_body {
	gw_span span;
	uint32_t rule;
	bool labelled;           /* a label vouches for units that are not known */
	const gw_capture *label; /* of a cell: what its header says; else NULL */
} unit_body;

typedef GW_LIST(unit_body) unit_bodies;

void gw_units_bind(unit_reader *r, const gw_knowledge *k);
/* The items of all lists of a document, and what rules that emit `duty-unit` find beside them, in text order. `known`: the agencies found so far, in text order; an item never
 * cuts through one that spans separators (南宁、玉林市人民政府), and one that is exactly an item is left out. */
void gw_units_read(const unit_reader *r, gw_document *d, const gw_match *known, uint32_t known_count, unit_list *out);

/* The cells that are lists of units, in text order; a cell with a list of its own is none. `lists`: those of the document. */
void gw_units_cells(const unit_reader *r, gw_document *d, const gw_match_list *lists, unit_bodies *out);

/* 甲局(牵头): the word of a role that is all there is in a bracket at a position; NULL when there is none. */
const gw_token *gw_units_bracket_role(const unit_reader *r, const gw_document *d, uint32_t pos);
/* Whether a word such as 会同 begins at a position: those behind it answer for nothing. */
bool gw_units_others_begin(const unit_reader *r, const gw_document *d, uint32_t pos);
/* The match that meets a span; matches are in text order and do not meet each other. NULL when there is none. */
const gw_match *gw_match_over(const gw_match_list *all, gw_span at);

#endif
