/* Looks for the noun phrase of a quantity. */
#include "indicator.h"
#include "evidence.h"
#include "gw/fold.h"

enum { BEHIND_MAX = 24, BEFORE_MAX = 60, BOTH_MAX = 14, SHORTEST = 4, CHAIN = 4, DE = 0x7684, COMMA = 0x3001 };

void gw_indicator_bind(gw_indicator_words *w, const gw_knowledge *k)
{
	w->k = k;
	w->end = gw_class_id(k, "ind.end");
	w->start = gw_class_id(k, "ind.start");
	w->cut = gw_class_id(k, "ind.cut");
	w->by = gw_class_id(k, "ind.by");
	w->right = gw_class_id(k, "demand.right");
	w->per = gw_class_id(k, "per");
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
	w->level = gw_class_id(k, "change.level");
	w->agency = gw_class_id(k, "agency");
}

static bool ends_noun(uint32_t c)
{
	return c == ',' || c == 0x3002 || c == ';' || c == '\n' || c == '(' || c == ')' || c == ':' || c == '!' ||
	       c == '?';
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
	const uint16_t classes[] = {w->time, w->start, w->cut, w->modal, w->noise, w->level};
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
	if (ends_noun(d->source->text.ch[pos]))
		return true;
	if (pos == from || gw_token_at(&d->lattice, pos, w->shield))
		return false;
	const uint16_t classes[] = {w->number, w->end, w->modal, w->reach, w->right, w->cut};
	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
		if (gw_token_at(&d->lattice, pos, classes[i]))
			return true;
	return pos > from + 1 && gw_token_at(&d->lattice, pos, w->verb);
}

static bool is_quote(uint32_t c)
{
	return c == '"' || c == 0x201C || c == 0x201D;
}

/* 带动性强、综合效益好的优势特色产业: behind the 的; 事项的全省推广: before it. */
static gw_span noun_at_de(const gw_document *d, gw_span s)
{
	const uint32_t *ch = d->source->text.ch;
	bool listed = false;
	for (uint32_t p = s.begin; p < s.end; p++) {
		listed = listed || ch[p] == COMMA;
		if (ch[p] != DE || p < s.begin + 2)
			continue;
		return listed && s.end - p > 2 ? (gw_span){p + 1, s.end} : (gw_span){s.begin, p};
	}
	return s;
}

static gw_span noun_behind(const gw_indicator_words *w, const gw_document *d, gw_span value, uint32_t limit)
{
	const uint32_t *ch = d->source->text.ch;
	gw_span s = {value.end, value.end};
	const gw_token *t;
	if (s.begin < limit && ch[s.begin] == DE)
		s.begin++;
	while (s.begin < limit && ((t = head(w, d, (gw_span){s.begin, limit})) != NULL ||
	                                  (t = gw_token_at(&d->lattice, s.begin, w->hold)) != NULL))
		s.begin = t->end;
	s.end = s.begin;
	bool quoted = false;
	for (; s.end < limit && s.end - s.begin < BEHIND_MAX && (quoted || !stops_noun(w, d, s.end, s.begin)); s.end++)
		quoted = is_quote(ch[s.end]) ? !quoted : quoted;
	while (s.end > s.begin && (is_blank(ch[s.end - 1]) || gw_token_before(&d->lattice, s.end, w->both)))
		s.end--;
	return noun_at_de(d, s);
}

static bool same_two(const uint32_t *ch, uint32_t a, uint32_t b)
{
	return ch[a] == ch[b] && ch[a + 1] == ch[b + 1];
}

/* 一般登记、抵押登记时间: the head that both parts share begins where the second repeats the end of the first. */
static uint32_t shared_head(const uint32_t *ch, gw_span s, uint32_t comma)
{
	for (uint32_t p = comma + 1; comma >= s.begin + 2 && p + 2 < s.end; p++)
		if (same_two(ch, p, comma - 2))
			return p;
	return s.begin;
}

/* The last part of a coordination; all of it where 分别 or 均 gives each part its value. */
static uint32_t coordinated(const gw_document *d, gw_span s, bool both)
{
	const uint32_t *ch = d->source->text.ch;
	for (uint32_t p = s.end, depth = 0; p > s.begin; p--) {
		depth = ch[p - 1] == ')' ? depth + 1 : ch[p - 1] == '(' && depth ? depth - 1 : depth;
		if (depth == 0 && ch[p - 1] == COMMA)
			return both ? shared_head(ch, s, p - 1) : p;
	}
	return s.begin;
}

/* 工程项目的审批时间: the measured thing is behind the last 的, unless that is no noun of its own (…的比例). */
static uint32_t behind_de(const gw_indicator_words *w, const gw_document *d, gw_span s, bool *whole)
{
	const uint32_t *ch = d->source->text.ch;
	for (uint32_t p = s.end; p > s.begin; p--) {
		const gw_token *t;
		if (ch[p - 1] != DE)
			continue;
		if (s.end - p < SHORTEST || ((t = gw_token_at(&d->lattice, p, w->empty)) != NULL && t->end == s.end)) {
			*whole = true;
			return s.begin;
		}
		return p;
	}
	return s.begin;
}

/* 全县完成农村危房改造: the noun behind the last verb. */
static uint32_t behind_verb(const gw_indicator_words *w, const gw_document *d, gw_span s)
{
	uint32_t begin = s.begin, hidden = 0;
	for (uint32_t p = s.begin; p + 2 <= s.end; p++) {
		const gw_token *t = gw_token_at(&d->lattice, p, w->shield);
		if (t && t->end > hidden)
			hidden = t->end;
		t = gw_token_at(&d->lattice, p, w->cut);
		if (t && t->end > hidden && t->end + 2 <= s.end)
			begin = t->end;
	}
	return begin;
}

static bool distributes(const gw_indicator_words *w, const gw_document *d, gw_span s)
{
	for (uint32_t p = s.end; p > s.begin && s.end - p < BOTH_MAX; p--) {
		const gw_token *t = gw_token_before(&d->lattice, p, w->both);
		if (t && gw_str_eq(gw_entry_attr(gw_entry_at(w->k, t->entry), "each"), GW_STR("yes")))
			return true;
	}
	return false;
}

static gw_span noun_before(const gw_indicator_words *w, const gw_document *d, gw_span s)
{
	if (s.end - s.begin > BEFORE_MAX)
		s.begin = s.end - BEFORE_MAX;
	bool both = distributes(w, d, s), whole = false;
	s = trim(w, d, s);
	s.begin = behind_de(w, d, s, &whole);
	s = trim(w, d, s);
	if (whole)
		return s;
	s.begin = coordinated(d, s, both);
	s = trim(w, d, s);
	s.begin = behind_verb(w, d, s);
	return trim(w, d, s);
}

/* X达到Y总数25%, X不少于Y的5%: X is measured. Where the reach word is next to the number, all before it is X anyway. */
static uint32_t reached(const gw_indicator_words *w, const gw_document *d, gw_span s)
{
	uint32_t end = s.end;
	for (uint32_t p = s.end; p > s.begin + 2; p--) {
		const gw_token *t = gw_token_before(&d->lattice, p, w->reach);
		if (!t || t->begin < s.begin + 2)
			continue;
		end = t->begin;
		if (p < s.end)
			break; /* 日检测量通过混样检测达到: past the one next to the number */
		p = t->begin + 1;
	}
	return end;
}

/* Where what 每 says ends: 每个片区|形成, 每5公里堤段|巡查人员. */
static uint32_t each_end(const gw_indicator_words *w, const gw_document *d, uint32_t p, uint32_t end)
{
	while (p < end && !gw_token_at(&d->lattice, p, w->end) && !gw_token_at(&d->lattice, p, w->verb) &&
	        !gw_token_at(&d->lattice, p, w->modal) && !gw_token_at(&d->lattice, p, w->reach))
		p++;
	return p;
}

/* The stretch before a value that may name what is measured. What stands behind 每 says for whom, not what; an act that
 * is counted is named by its object (供水设施每季度巡查1次), or by itself behind an organ (市政府每季度调度1次). */
static gw_span left_of(const gw_indicator_words *w, const gw_document *d, gw_span s, bool act)
{
	const gw_token *t;
	for (uint32_t p = s.begin; p < s.end; p++) {
		if ((t = gw_token_at(&d->lattice, p, w->per)) != NULL && t->end < s.end) {
			gw_span rest = trim(w, d, (gw_span){t->end, s.end}), owner = trim(w, d, (gw_span){s.begin, p});
			if (act && gw_span_len(rest) >= 2 &&
			        (gw_span_len(owner) < 2 || gw_token_before(&d->lattice, owner.end, w->agency)))
				return (gw_span){t->end, s.end};
			if (act && gw_span_len(owner) >= 2)
				return (gw_span){s.begin, p};
			p = t->end - 1;
		} else if ((t = gw_token_at(&d->lattice, p, w->each)) != NULL && t->end < s.end) {
			uint32_t end = each_end(w, d, t->end, s.end);
			if (gw_span_len(trim(w, d, (gw_span){end, s.end})) >= 2)
				return (gw_span){end, s.end};
			if (gw_span_len(trim(w, d, (gw_span){s.begin, p})) >= 2)
				s.end = p;
			break;
		}
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

/* 按购置费的70%给予补贴: what is given is behind the verb that follows. */
static gw_span given(const gw_indicator_words *w, const gw_document *d, gw_span value, gw_span phrase)
{
	bool by = false;
	for (uint32_t p = phrase.begin; p < value.begin && !by; p++)
		by = gw_token_at(&d->lattice, p, w->by) != NULL;
	for (uint32_t p = value.end; by && p < phrase.end; p++) {
		const gw_token *t = gw_token_at(&d->lattice, p, w->hold);
		if (t)
			return noun_behind(w, d, (gw_span){t->end, t->end}, phrase.end);
	}
	return (gw_span){value.end, value.end};
}

/* The number before that measures the same. A condition (人数在500万以下的,达到…) is not what the target behind it
 * measures: its like is the last target of the paragraph. */
static const gw_quantity *like_before(const gw_document *d, gw_span phrase, const gw_quantity *before)
{
	if (!before || before->span.begin < gw_document_sentence(d, phrase).begin)
		return NULL;
	if (before->target || before->span.begin >= phrase.begin)
		return before;
	uint32_t par = gw_document_paragraph_at(d, phrase.begin);
	for (const gw_quantity *q = before; par != GW_NONE && before - q < CHAIN && q > d->quantities.items; q--)
		if (q[-1].target && q[-1].span.begin >= d->paragraphs.items[par].begin)
			return &q[-1];
	return before;
}

/* What the sentence says before: the indicator of the number before, the phrase before, then the section's heading. */
static gw_span topic(const gw_indicator_words *w, const gw_document *d, gw_span phrase, const gw_quantity *before)
{
	const uint32_t *ch = d->source->text.ch;
	gw_span sentence = gw_document_sentence(d, phrase), found = {phrase.begin, phrase.begin};
	const gw_quantity *q = like_before(d, phrase, before);
	if (q && q->indicator.begin >= d->span.begin && gw_span_len(q->indicator) >= 2)
		return q->indicator;
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

typedef struct unit_kind {
	bool counts, act, weak;
} unit_kind;

static unit_kind kind_of(const gw_indicator_words *w, const gw_document *d, gw_span unit)
{
	const gw_token *u = gw_span_empty(unit) ? NULL : gw_token_at(&d->lattice, unit.begin, w->unit);
	if (!u)
		return (unit_kind){.counts = true, .weak = !gw_span_empty(unit)};
	const gw_entry *e = gw_entry_at(w->k, u->entry);
	gw_str kind = gw_entry_attr(e, "kind");
	return (unit_kind){gw_str_eq(kind, GW_STR("count")) || gw_str_eq(kind, GW_STR("people")),
	        gw_str_eq(gw_entry_attr(e, "act"), GW_STR("yes")), false};
}

/* The phrase before a value, from behind the number before it where that stands in the same phrase. */
static gw_span room_before(gw_span phrase, uint32_t first, const gw_quantity *before)
{
	gw_span s = {phrase.begin, first};
	if (before && before->span.end > s.begin && before->span.end <= first)
		s.begin = before->span.end;
	return s;
}

/* 每户最高不超过, 其中烟台不低于: for whom, of which; what is measured was said before. */
static bool says_whom(const gw_indicator_words *w, const gw_document *d, gw_span room, gw_span found)
{
	uint32_t n = gw_span_len(found);
	const gw_token *which = gw_token_at(&d->lattice, room.begin, w->noise);
	return (n <= 4 && (gw_token_at(&d->lattice, found.begin, w->each) ||
	                          gw_token_at(&d->lattice, found.begin, w->per))) ||
	       (n <= 3 && which && found.begin >= which->end);
}

gw_span gw_indicator_find(const gw_indicator_words *w, const gw_document *d, gw_span value, uint32_t first,
        gw_span unit, const gw_quantity *before)
{
	const uint32_t *ch = d->source->text.ch;
	unit_kind kind = kind_of(w, d, unit);
	if (before && before->span.begin >= first && before->span.end <= value.begin)
		return before->indicator; /* a list shares one */
	gw_span phrase = gw_phrase(d, (gw_span){first, value.end}), behind = {value.end, value.end};
	bool more = value.end < phrase.end && (gw_is_han(ch[value.end]) || is_quote(ch[value.end]));
	bool possessed = more && held(w, d, phrase.begin, first);
	if (more && (possessed || ch[value.end] != DE || !kind.counts || kind.weak))
		behind = noun_behind(w, d, value, phrase.end);
	gw_span gift = given(w, d, value, phrase);
	if (gw_span_len(gift) >= 2)
		return gift;
	if ((kind.counts || possessed) && gw_span_len(behind) >= 1)
		return behind;
	gw_span room = room_before(phrase, first, before);
	gw_span found = noun_before(w, d, left_of(w, d, room, kind.act));
	if (gw_span_len(found) >= 2 && !says_whom(w, d, room, found))
		return found;
	return gw_span_len(behind) >= 2 && (!more || ch[value.end] != DE) ? behind : topic(w, d, phrase, before);
}
