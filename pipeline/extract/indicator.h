/* The indicator of a quantity: the noun phrase that says what is measured. */
#ifndef GW_EXTRACT_INDICATOR_H
#define GW_EXTRACT_INDICATOR_H

#include "noun.h"

/* `before`: the last quantity found, or NULL; in 从45%提高到60% the second number has the first one's indicator.
 * Counted things (300个贫困村) have it behind the value, measures before it; what a verb holds (具备1万份/天的检测能力)
 * behind it too. `first`: where the first number of a list begins, so that all of 分别压缩至30、45个工作日 share one.
 * May be empty. */
gw_span gw_indicator_find(const gw_indicator_words *w, const gw_document *d, gw_span value, uint32_t first,
        gw_span unit, gw_str unit_text, const gw_quantity *before);

#endif
