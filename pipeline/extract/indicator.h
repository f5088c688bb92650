/* The indicator of a quantity: the noun phrase that says what is measured. */
#ifndef GW_EXTRACT_INDICATOR_H
#define GW_EXTRACT_INDICATOR_H

#include "gw/knowledge.h"

typedef struct gw_indicator_words {
	const gw_knowledge *k;
	uint16_t end, start, unit, time;
} gw_indicator_words;

void gw_indicator_bind(gw_indicator_words *w, const gw_knowledge *k);
/* Left of the value up to the clause's edge, trimmed of verbs; for counted things (300个贫困村) the noun behind. */
gw_span gw_indicator_find(const gw_indicator_words *w, const gw_document *d, gw_span value, gw_span clause, gw_span unit);

#endif
