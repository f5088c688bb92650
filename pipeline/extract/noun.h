/* The noun phrase that stands before or behind a value. */
#ifndef GW_EXTRACT_NOUN_H
#define GW_EXTRACT_NOUN_H

#include "gw/knowledge.h"

typedef struct gw_indicator_words {
	const gw_knowledge *k;
	uint16_t end, start, act, cut, by, hold, reach, both, noise, measure, suffix, when, grant, fine, either, than, to, purpose, equals, share; /* ind.* */
	uint16_t verb, right, modal, shield, per, each, unit, time, number, level, agency, before, change, upon, compose, reckon, apart, kind, place[4];
} gw_indicator_words;

void gw_indicator_bind(gw_indicator_words *w, const gw_knowledge *k);

bool gw_noun_ends(uint32_t c);  /* a sign that no noun phrase goes across */
bool gw_noun_quote(uint32_t c); /* " or a typographic one */
/* Whether a word that hides others lies over the place: a verb that begins inside it is none. */
bool gw_noun_hidden(const gw_indicator_words *w, const gw_document *d, uint32_t pos);
/* A measure's own name that needs no other (数量 of what?): the whole stretch is one such word. */
bool gw_noun_is_measure(const gw_indicator_words *w, const gw_document *d, gw_span s);
/* Whether the stretch ends with the name of a measure: 率, 比例, 总额. */
bool gw_noun_measures(const gw_indicator_words *w, const gw_document *d, gw_span s);
/* Takes leading and trailing words off until nothing more comes off. `named`: a comparator follows, so that 投入 and
 * 补助 at the end are nouns. */
gw_span gw_noun_trim(const gw_indicator_words *w, const gw_document *d, gw_span s, bool named);
/* The noun phrase at the end of a stretch that leads to a value. */
gw_span gw_noun_before(const gw_indicator_words *w, const gw_document *d, gw_span s, bool named);
/* The noun phrase that begins behind a value, not past `limit`; `held`: a verb before the value governs it. */
gw_span gw_noun_behind(
        const gw_indicator_words *w, const gw_document *d, gw_span value, uint32_t limit, bool held);

/* Where what 每 says ends: 每个片区|形成, 每5公里堤段|巡查人员, 每万名劳动者中|研发人员, 每亩|节本增效. */
uint32_t gw_noun_each_end(const gw_indicator_words *w, const gw_document *d, uint32_t p, uint32_t end);
/* 开工率、完成率分别达到92%和118%: the part of a coordinated noun phrase that belongs to one of `count` numbers; all of it
 * where the parts are not as many or not nouns of their own (铁路和水路货运量). */
gw_span gw_noun_part(const gw_indicator_words *w, const gw_document *d, gw_span s, uint32_t index, uint32_t count);

#endif
