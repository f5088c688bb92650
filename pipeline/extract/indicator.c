/* Looks for the noun phrase of a quantity. */
#include "indicator.h"
#include "evidence.h"
#include "gw/fold.h"

enum { BEHIND_MAX = 24, BEFORE_MAX = 60, SHORTEST = 4, DE = 0x7684, COMMA = 0x3001 };

void gw_indicator_bind(gw_indicator_words *w, const gw_knowledge *k)
{
	w->k = k;
	w->end = gw_class_id(k, "ind.end");
	w->start = gw_class_id(k, "ind.start");
	w->verb = gw_class_id(k, "demand.verb");
	w->hold = gw_class_id(k, "ind.hold");
	w->modal = gw_class_id(k, "demand.modal");
	w->reach = gw_class_id(k, "ind.reach");
	w->each = gw_class_id(k, "per.each");
	w->both = gw_class_id(k, "ind.both");
	w->empty = gw_class_id(k, "ind.empty");
	w->noise = gw_class_id(k, "ind.noise");
	w->shield = gw_class_id(k, "demand.not");
	w->unit = gw_class_id(k, "unit");
	w->time = gw_class_id(k, "time");
	w->number = gw_class_id(k, "number");
}

static bool ends_noun(uint32_t c)
{
	return c == ',' || c == 0x3002 || c == ';' || c == '\n' || c == '(' || c == ')' || c == ':' || c == '!' || c == '?';
}

static bool is_blank(uint32_t c)
{
	return c == ' ' || c == COMMA || c == DE || c == '.';
}

/* A word to take off at the end, or none. */
static const gw_token *tail(const gw_indicator_words *w, const gw_document *d, gw_span s)
{
	const uint16_t classes[] = {w->end, w->time, w->modal, w->reach, w->hold};
	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
		const gw_token *t = gw_token_before(&d->lattice, s.end, classes[i]);
		if (t && t->begin >= s.begin)
			return t;
	}
	return NULL;
}

static const gw_token *head(const gw_indicator_words *w, const gw_document *d, gw_span s)
{
	const uint16_t classes[] = {w->time, w->start, w->modal, w->noise};
	const gw_token *shield = gw_token_at(&d->lattice, s.begin, w->shield);
	for (size_t i = 0; i < sizeof classes / sizeof *classes && !shield; i++) {
		const gw_token *t = gw_token_at(&d->lattice, s.begin, classes[i]);
		if (t && t->end <= s.end)
			return t;
	}
	return NULL;
}

/* Takes leading and trailing words off until nothing more comes off. */
static gw_span trim(const gw_indicator_words *w, const gw_document *d, gw_span s)
{
	const uint32_t *ch = d->source->text.ch;
	for (bool again = true; again && s.begin < s.end;) {
		const gw_token *t;
		again = false;
		if (is_blank(ch[s.end - 1]))
			again = --s.end > s.begin;
		else if (is_blank(ch[s.begin]))
			again = ++s.begin < s.end;
		else if ((t = tail(w, d, s)) != NULL) {
			s.end = t->begin;
			again = true;
		} else if ((t = head(w, d, s)) != NULL) {
			s.begin = t->end;
			again = true;
		}
	}
	return s;
}

/* Behind a value the noun goes on up to a verb, a comma or the next number: 300个贫困村和17.8万贫困群众全部退出. */
static bool stops_noun(const gw_indicator_words *w, const gw_document *d, uint32_t pos, uint32_t from)
{
	const uint32_t *ch = d->source->text.ch;
	if (ends_noun(ch[pos]) || gw_token_at(&d->lattice, pos, w->number))
		return true;
	if (pos == from)
		return false;
	if (ch[pos] == COMMA && pos + 1 < d->span.end && gw_token_at(&d->lattice, pos + 1, w->number))
		return true;
	return gw_token_at(&d->lattice, pos, w->end) || gw_token_at(&d->lattice, pos, w->modal) || gw_token_at(&d->lattice, pos, w->reach) ||
		(pos > from + 1 && !gw_token_at(&d->lattice, pos, w->shield) && gw_token_at(&d->lattice, pos, w->verb));
}

static gw_span noun_behind(const gw_indicator_words *w, const gw_document *d, gw_span value, uint32_t limit)
{
	const uint32_t *ch = d->source->text.ch;
	gw_span s = {value.end, value.end};
	if (s.begin < limit && ch[s.begin] == DE)
		s.begin = ++s.end;
	while (s.end < limit && s.end - s.begin < BEHIND_MAX && !stops_noun(w, d, s.end, s.begin))
		s.end++;
	while (s.end > s.begin && (is_blank(ch[s.end - 1]) || gw_token_before(&d->lattice, s.end, w->both)))
		s.end--;
	return s;
}

/* The last part of a coordination, unless 分别 or 均 distributes over parts with one head (…用水量、…用水量). */
static uint32_t coordinated(const gw_indicator_words *w, const gw_document *d, gw_span s, bool both)
{
	const uint32_t *ch = d->source->text.ch;
	uint32_t p = s.end, depth = 0;
	for (; p > s.begin; p--) {
		depth = ch[p - 1] == ')' ? depth + 1 : ch[p - 1] == '(' && depth ? depth - 1 : depth;
		if (depth == 0 && ch[p - 1] == COMMA && !(both && p - 1 > s.begin && ch[p - 2] == ch[s.end - 1]))
			break;
	}
	(void)w;
	return p;
}

/* 工程项目的审批时间: the measured thing is behind the last 的, unless that is no noun of its own (…的比例). */
static uint32_t behind_de(const gw_indicator_words *w, const gw_document *d, gw_span s)
{
	const uint32_t *ch = d->source->text.ch;
	for (uint32_t p = s.end; p > s.begin; p--) {
		const gw_token *t;
		if (ch[p - 1] != DE)
			continue;
		if (s.end - p < SHORTEST || ((t = gw_token_at(&d->lattice, p, w->empty)) != NULL && t->end == s.end))
			return s.begin;
		return p;
	}
	return s.begin;
}

/* 全县完成农村危房改造: the noun behind the verb. */
static uint32_t behind_verb(const gw_indicator_words *w, const gw_document *d, gw_span s)
{
	uint32_t begin = s.begin, hidden = 0;
	for (uint32_t p = s.begin; p + 2 <= s.end; p++) {
		const gw_token *t = gw_token_at(&d->lattice, p, w->shield);
		if (t && t->end > hidden)
			hidden = t->end;
		t = gw_token_at(&d->lattice, p, w->start);
		if (t && t->end > hidden && t->end - t->begin >= 2 && t->end + 2 <= s.end)
			begin = t->end;
	}
	return begin;
}

static gw_span noun_before(const gw_indicator_words *w, const gw_document *d, gw_span s)
{
	if (s.end - s.begin > BEFORE_MAX)
		s.begin = s.end - BEFORE_MAX;
	const gw_token *last = NULL;
	for (uint32_t p = s.end; p > s.begin && !last && s.end - p < 8; p--)
		last = gw_token_before(&d->lattice, p, w->both);
	s = trim(w, d, s);
	s.begin = coordinated(w, d, s, last != NULL);
	s = trim(w, d, s);
	s.begin = behind_de(w, d, s);
	s.begin = behind_verb(w, d, s);
	return trim(w, d, s);
}

/* X达到Y总数25%, X不少于Y的5%: X is measured. Where the reach word is next to the number, all before it is X anyway. */
static uint32_t reached(const gw_indicator_words *w, const gw_document *d, gw_span s)
{
	for (uint32_t p = s.end; p > s.begin + 2; p--) {
		const gw_token *t = gw_token_before(&d->lattice, p, w->reach);
		if (t && t->begin >= s.begin + 2)
			return t->begin;
	}
	return s.end;
}

/* 每个片区形成…: what stands behind 每 says for whom, not what. */
static gw_span left_of(const gw_indicator_words *w, const gw_document *d, gw_span phrase, uint32_t first)
{
	gw_span s = {phrase.begin, first};
	const gw_token *t;
	for (uint32_t p = s.begin; p < s.end; p++)
		if ((t = gw_token_at(&d->lattice, p, w->each)) != NULL) {
			gw_span before = trim(w, d, (gw_span){s.begin, p});
			if (gw_span_len(before) >= 2)
				return (gw_span){s.begin, p};
			while (p < s.end && !gw_token_at(&d->lattice, p, w->end) && !gw_token_at(&d->lattice, p, w->verb) &&
				!gw_token_at(&d->lattice, p, w->modal))
				p++;
			s.begin = p;
		}
	s.end = reached(w, d, s);
	return s;
}

static bool held(const gw_indicator_words *w, const gw_document *d, uint32_t low, uint32_t pos)
{
	for (uint32_t p = pos; p > low && pos - p < 3; p--)
		if (gw_token_before(&d->lattice, p, w->hold))
			return true;
	return false;
}

/* What the sentence says before the phrase, nearest first; then the section's heading. */
static gw_span topic(const gw_indicator_words *w, const gw_document *d, gw_span phrase)
{
	const uint32_t *ch = d->source->text.ch;
	gw_span sentence = gw_document_sentence(d, phrase), found = {phrase.begin, phrase.begin};
	uint32_t sec = gw_document_section_at(d, phrase.begin);
	gw_span heading = sec == GW_NONE ? found : d->sections.items[sec].heading;
	if (phrase.begin > sentence.begin + 2 && ch[phrase.begin - 1] != ':') {
		gw_span left = gw_phrase(d, (gw_span){phrase.begin - 1, phrase.begin - 1});
		left.end = phrase.begin - 1;
		found = noun_before(w, d, left);
	}
	if (gw_span_len(found) < 2 && heading.end <= phrase.begin)
		found = noun_before(w, d, heading);
	return found;
}

gw_span gw_indicator_find(const gw_indicator_words *w, const gw_document *d, gw_span value, uint32_t first, gw_span unit)
{
	const uint32_t *ch = d->source->text.ch;
	const gw_token *u = gw_span_empty(unit) ? NULL : gw_token_at(&d->lattice, unit.begin, w->unit);
	gw_str kind = u ? gw_entry_attr(gw_entry_at(w->k, u->entry), "kind") : (gw_str){NULL, 0};
	bool counts = !u || gw_str_eq(kind, GW_STR("count")) || gw_str_eq(kind, GW_STR("people"));
	gw_span phrase = gw_phrase(d, (gw_span){first, value.end});
	bool more = value.end < phrase.end && (gw_is_han(ch[value.end]) || ch[value.end] == '"' || ch[value.end] == 0x201C);
	gw_span left = left_of(w, d, phrase, first), behind = {value.end, value.end};
	if (more)
		behind = noun_behind(w, d, value, phrase.end);
	bool possessed = more && ch[value.end] == DE && held(w, d, phrase.begin, first);
	if ((counts || possessed) && gw_span_len(behind) >= 1)
		return behind;
	gw_span before = noun_before(w, d, left);
	if (gw_span_len(before) >= 2)
		return before;
	if (gw_span_len(behind) >= 2)
		return behind;
	return topic(w, d, phrase);
}
