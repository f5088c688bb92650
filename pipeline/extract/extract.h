/* What the extract-* stages share: their settings (own rules and lexicons) and how they are opened. */
#ifndef GW_EXTRACT_EXTRACT_H
#define GW_EXTRACT_EXTRACT_H

#include "gw/stage.h"

typedef struct extract_settings {
	gw_strings rules, lexicons;
} extract_settings;

extern const gw_option gw_extract_options[];
/* Adds the stage's files to the knowledge. */
gw_status gw_extract_open(const extract_settings *s, gw_knowledge *k, gw_diag *diag);

/* Whether a rule says `key: yes`. */
bool gw_rule_says(const gw_knowledge *k, uint32_t rule, const char *key);

/* Stretches between 《 and 》 (nested ones too) of a paragraph hold names of documents: no facts of their own. */
bool gw_inside_title_marks(const gw_document *d, gw_span at);

/* The section that a fact belongs to. */
uint32_t gw_fact_section(const gw_document *d, gw_span at);

#endif
