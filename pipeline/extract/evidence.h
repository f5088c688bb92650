/* What stands round a number and says how it is meant: words for the cues of quantity.role and quantity.keep. */
#ifndef GW_EXTRACT_EVIDENCE_H
#define GW_EXTRACT_EVIDENCE_H

#include "gw/knowledge.h"

typedef struct gw_evidence_words {
	const gw_knowledge *k;
	uint16_t demand, shield, right, modal, state, near, level, unit, weak, equals, bound, hold, served, measure;
} gw_evidence_words;

void gw_evidence_bind(gw_evidence_words *w, const gw_knowledge *k);

/* The stretch between commas (not 、) and the edges of the bracket or sentence that holds a span; a section's marker
 * is no part of it. */
gw_span gw_phrase(const gw_document *d, gw_span at);

/* The first time that begins at or behind a position, by binary search; times.count when none. */
uint32_t gw_times_from(const gw_document *d, uint32_t pos);

/* Words for gw_cue_context.extra. `quantity` is the last one found before this one, or NULL. */
gw_str gw_evidence_find(const gw_evidence_words *w, const gw_document *d, const gw_quantity *q, const gw_number *n,
        gw_span unit, gw_span behind, const gw_quantity *before);

#endif
