/* Looks for the noun phrase of a quantity. */
#include "indicator.h"
#include "gw/fold.h"

void gw_indicator_bind(gw_indicator_words *w, const gw_knowledge *k)
{
	w->k = k;
	w->end = gw_class_id(k, "ind.end");
	w->start = gw_class_id(k, "ind.start");
	w->unit = gw_class_id(k, "unit");
	w->time = gw_class_id(k, "time");
}

static bool ends_noun(uint32_t c)
{
	return c == ',' || c == 0x3001 || c == 0x3002 || c == ';' || c == '\n' || c == '(' || c == ')' || c == ':' || c == '!';
}

/* Takes leading and trailing words off until nothing more comes off. */
static gw_span trim(const gw_indicator_words *w, const gw_document *d, gw_span s)
{
	for (bool again = true; again && s.begin < s.end;) {
		again = false;
		const gw_token *t = gw_token_before(&d->lattice, s.end, w->end);
		if (t && t->begin >= s.begin) {
			s.end = t->begin;
			again = true;
			continue;
		}
		t = gw_token_at(&d->lattice, s.begin, w->time);
		if (!t)
			t = gw_token_at(&d->lattice, s.begin, w->start);
		if (t && t->end <= s.end) {
			s.begin = t->end;
			again = true;
		}
	}
	return s;
}

static gw_span noun_behind(const gw_indicator_words *w, const gw_document *d, gw_span value)
{
	const uint32_t *ch = d->source->text.ch;
	gw_span s = {value.end, value.end};
	while (s.end < d->span.end && s.end - s.begin < 16 && !ends_noun(ch[s.end])) {
		const gw_token *t = gw_token_at(&d->lattice, s.end, w->end);
		if (t && s.end > s.begin + 1)
			break;
		s.end++;
	}
	return s;
}

static gw_span noun_before(const gw_indicator_words *w, const gw_document *d, gw_span value, gw_span clause)
{
	const uint32_t *ch = d->source->text.ch;
	gw_span s = {value.begin, value.begin};
	while (s.begin > clause.begin && s.end - s.begin < 40 && ch[s.begin - 1] != ',' && ch[s.begin - 1] != ';' && ch[s.begin - 1] != ':')
		s.begin--;
	return trim(w, d, s);
}

gw_span gw_indicator_find(const gw_indicator_words *w, const gw_document *d, gw_span value, gw_span clause, gw_span unit)
{
	const gw_token *u = gw_span_empty(unit) ? NULL : gw_token_at(&d->lattice, unit.begin, w->unit);
	gw_str kind = u ? gw_entry_attr(gw_entry_at(w->k, u->entry), "kind") : (gw_str){NULL, 0};
	bool counts = gw_str_eq(kind, GW_STR("count")) || gw_span_empty(unit);
	const uint32_t *ch = d->source->text.ch;
	if (counts && value.end < d->span.end && gw_is_han(ch[value.end])) {
		gw_span behind = noun_behind(w, d, value);
		if (gw_span_len(behind) >= 2)
			return behind;
	}
	gw_span before = noun_before(w, d, value, clause);
	if (gw_span_len(before) >= 2)
		return before;
	/* The clause says nothing: the clause before it in the sentence does (…比例, 达到80%). */
	gw_span sentence = gw_document_sentence(d, value);
	if (clause.begin > sentence.begin + 1) {
		gw_span left = {sentence.begin, clause.begin - 1};
		before = noun_before(w, d, (gw_span){left.end, left.end}, left);
	}
	return before;
}
