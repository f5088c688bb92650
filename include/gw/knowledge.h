/* gw/knowledge.h - what the program knows of words: lexicons, rules, cues. Built while opening, then const.
 *
 * Lexicon file (config/lexicon/<name>.lex, config/gazetteer/<name>.lex), UTF-8, one entry a line:
 *     # comment
 *     @class organ.head kind=department        the class of the lines below, with attributes they all share
 *     发展和改革委员会|发展改革委|发改委  level=provincial
 * The first surface is the canonical one, the others name the same thing. Attributes are key=value behind two
 * blanks or a tab; a value has no blanks. A line `@source …`, `@licence …`, `@about …` documents the file and is
 * required once each. A word may stand in several classes. Surfaces are folded like documents (gw/fold.h).
 *
 * Rule file (config/rules/<name>.yaml): see docs/rules.md; patterns are regular expressions whose atoms are
 * literals and token classes. Cue file (config/rules/cues-<name>.yaml): weighted evidence for a decision. */
#ifndef GW_KNOWLEDGE_H
#define GW_KNOWLEDGE_H

#include "gw/settings.h"
#include "gw/source.h"

typedef struct gw_knowledge gw_knowledge;

/* ---- building (while opening) ---- */
gw_knowledge *gw_knowledge_new(gw_arena *run_arena);
/* Files may be named more than once; each is read once. Problems are reported, all of a file in one go. */
gw_status gw_knowledge_add_lexicon(gw_knowledge *k, const char *path, gw_diag *diag);
/* Adds the rules, macros and cues of a YAML file. */
/* Begins to read rule files that will be added, while others are: a matter of time alone, what they say is told when they
 * are added. Once. */
void gw_knowledge_read_ahead(gw_knowledge *k, const char *const *paths, uint32_t count);
gw_status gw_knowledge_add_rules(gw_knowledge *k, const char *path, gw_diag *diag);
/* A file of words that a stage reads by itself: it counts in the version. After all lexicons and rules. */
gw_status gw_knowledge_note_file(gw_knowledge *k, const char *path, gw_diag *diag);
/* Makes the trie, compiles all patterns, checks all classes. After this everything is const. */
gw_status gw_knowledge_build(gw_knowledge *k, gw_diag *diag);
/* SHA-256 over the contents of all files, in order of their names: the lexicon version. */
void gw_knowledge_version(const gw_knowledge *k, char hex[65]);
const char *gw_knowledge_file(const gw_knowledge *k, const char *path); /* SHA-256 of one of them, as it was read; NULL: none of them */
void gw_knowledge_free(gw_knowledge *k); /* what is not in the run arena */

/* ---- classes and entries ----
 * Reader classes are made by code, not by lexicons; token.entry indexes document->numbers, dates or durations:
 *   number  number.scaled (a number with 万 or 亿, besides number)  number.percent (百分之五)  number.ratio (1.94:1)  number.fraction (三分之二)  number.masked (20xx)  number.ordinal
 *   date.y  date.ym  date.ymd  date.m  date.md  date.part (quarter, half-year, 旬)  date.bare (a side of a range)  date.day (31日)
 *   date.dotted (2025.10)
 *   duration.year .quarter .month .week .day .workday .hour .minute .second
 * Fact classes are added to the lattice once their stage is done: "time", "agency", "agency.modal" (an agency that can
 * bear a duty of its own: X应当…) and "unit-only" (indexes of document->agencies all three), "quantity". Words of the class "shield" hide the words inside them from the scanner. */
uint16_t gw_class_id(const gw_knowledge *k, const char *name); /* UINT16_MAX when unknown */
uint16_t gw_class_intern(gw_knowledge *k, const char *name);   /* while opening; makes it */
const char *gw_class_name(const gw_knowledge *k, uint16_t cls);
/* Whether a rule or a cue looks for the class; tokens that nobody looks for need not be added. */
bool gw_class_is_used(const gw_knowledge *k, uint16_t cls);

typedef struct gw_entry {
	gw_str surface;     /* folded */
	gw_str canonical;   /* the first surface of its line */
	uint16_t cls;
	uint16_t attr_count;
	const struct gw_attr *attrs;
	uint32_t group;     /* the same for all surfaces of one line */
} gw_entry;
typedef struct gw_attr {
	gw_str key, value;
} gw_attr;
const gw_entry *gw_entry_at(const gw_knowledge *k, uint32_t entry);
/* {NULL,0} when absent. Inline: the lengths of keys are known where it is called. */
static inline gw_str gw_entry_attr(const gw_entry *e, const char *key)
{
	uint32_t len = (uint32_t)strlen(key);
	for (uint32_t i = 0; i < e->attr_count; i++)
		if (e->attrs[i].key.len == len && memcmp(e->attrs[i].key.ptr, key, len) == 0)
			return e->attrs[i].value;
	return (gw_str){NULL, 0};
}
/* The same of the word behind a token; {NULL,0} too for tokens that are no words: numbers, dates, facts. */
gw_str gw_token_attr(const gw_knowledge *k, const gw_token *t, const char *key);
uint32_t gw_entry_find(const gw_knowledge *k, uint16_t cls, gw_str folded_surface); /* GW_NONE when absent */
uint32_t gw_entry_count(const gw_knowledge *k);

/* ---- scanning ---- */
/* Finds every word of every lexicon in the document's text and fills document->lattice, together with the
 * tokens that the readers made (extra, any order). One walk of the trie from every position. */
void gw_scan(const gw_knowledge *k, gw_document *d, const gw_token *extra, uint32_t extra_count);
/* Adds tokens to a lattice (facts that a stage found). */
void gw_lattice_add(gw_document *d, const gw_token *more, uint32_t count);
const gw_token *gw_token_find(const gw_lattice *l, uint32_t pos, uint16_t cls); /* of a position within the lattice */
const gw_token *gw_token_find_before(const gw_lattice *l, uint32_t pos, uint16_t cls);
static inline bool gw_token_may_stand(const gw_lattice *l, const uint64_t *places, uint32_t at, uint16_t cls)
{
	return cls != UINT16_MAX && places[at] & l->class_bits[cls]; /* a class that no lexicon has stands nowhere */
}
/* The longest token of a class that begins (ends) at a position; NULL when none. Mostly there is none, and the glance says so. */
static inline const gw_token *gw_token_at(const gw_lattice *l, uint32_t pos, uint16_t cls)
{
	bool may = pos >= l->base && pos < l->base + l->len && gw_token_may_stand(l, l->begins, pos - l->base, cls);
	return may ? gw_token_find(l, pos, cls) : NULL;
}
static inline const gw_token *gw_token_before(const gw_lattice *l, uint32_t pos, uint16_t cls)
{
	bool may = pos >= l->base && pos <= l->base + l->len && gw_token_may_stand(l, l->ends, pos - l->base, cls);
	return may ? gw_token_find_before(l, pos, cls) : NULL;
}

/* ---- rules ---- */
typedef struct gw_rule_info {
	gw_str id;
	gw_str emits;       /* "time", "agency", "quantity", "list", "prose", … : chosen by the stage */
	double priority;
	gw_place at;
	uint32_t field_count;
	const gw_attr *fields; /* `set:` of the rule: what a match fixes, such as relation=by */
} gw_rule_info;

typedef struct gw_capture {
	uint16_t name;      /* gw_name_id */
	gw_span span;
	uint32_t token;     /* index in the lattice when the captured thing is one token, else GW_NONE */
} gw_capture;

typedef struct gw_match {
	gw_span span;       /* the capture named "span", or the whole match */
	gw_span whole;
	uint32_t rule;
	uint32_t capture_count;
	const gw_capture *captures; /* in text order; a name may come back (lists) */
} gw_match;

uint16_t gw_name_id(const gw_knowledge *k, const char *capture_name); /* UINT16_MAX when no rule uses it */
const gw_rule_info *gw_rule_at(const gw_knowledge *k, uint32_t rule);
uint32_t gw_rule_count(const gw_knowledge *k);
uint32_t gw_rule_find(const gw_knowledge *k, const char *id); /* GW_NONE when unknown */
/* The rule's `example` or `not` texts: a scalar or a list of scalars, or NULL. */
const gw_node *gw_rule_texts(const gw_knowledge *k, uint32_t rule, bool examples);
gw_str gw_rule_field(const gw_knowledge *k, uint32_t rule, const char *key);
const gw_capture *gw_match_get(const gw_match *m, uint16_t name);  /* first of that name, or NULL */

typedef GW_LIST(gw_match) gw_match_list;
/* Runs all rules that emit `emits` over every paragraph of the document (furniture left out). `select`: keep only
 * the best of matches that meet (priority, then length, then earlier, then the rule
 * that was read first); else all are returned, in text order.
 * Lives in `arena`. */
void gw_rules_run(const gw_knowledge *k, gw_document *d, const char *emits, bool select, gw_arena *arena, gw_match_list *out);

/* ---- cues ----
 * A decision is a named choice ("time.role"); a cue gives weight to one of its values when its class or words
 * stand in a given place round the fact. The value with the highest sum wins; ties fall to the one named first. */
typedef struct gw_decision gw_decision;
const gw_decision *gw_decision_find(const gw_knowledge *k, const char *name); /* NULL when no cue names it */

typedef struct gw_cue_context {
	const gw_document *d;
	gw_span span;       /* the fact */
	uint32_t rule;      /* its rule: the rule's fields and id can be cues too; GW_NONE */
	gw_str extra;       /* words of the stage about the fact, parted by blanks: "title before"; may be empty */
} gw_cue_context;
/* Returns the value's index (in gw_decision_value order). scores may be NULL; else gw_decision_count of them. */
uint32_t gw_decide(const gw_knowledge *k, const gw_decision *dec, const gw_cue_context *c, double *scores);
uint32_t gw_decision_count(const gw_decision *dec);
gw_str gw_decision_value(const gw_decision *dec, uint32_t i);
uint32_t gw_decision_index(const gw_decision *dec, const char *value); /* GW_NONE when dec is NULL or has no such value */
/* One line a cue that fired: "time.role past +2.0 cue time.past.word 近年来 left" */
void gw_decide_explain(const gw_knowledge *k, const gw_decision *dec, const gw_cue_context *c, gw_buf *out);

#endif
