/* Looks for noun phrases by the words that may not stand in them: lexicon classes ind.*. */
#include "noun.h"
#include "gw/fold.h"

enum {
	BEHIND_MAX = 24,
	BEFORE_MAX = 60,
	BOTH_MAX = 14,
	LIST_MAX = 26,
	SHORTEST = 4,
	WORD = 6,
	NAME_MAX = 8,
	EACH_MAX = 3
};
enum { DE = 0x7684, COMMA = 0x3001 };

void gw_indicator_bind(gw_indicator_words *w, const gw_knowledge *k)
{
	const struct {
		uint16_t *to;
		const char *name;
	} classes[] = {
	        {&w->end, "ind.end"},
	        {&w->start, "ind.start"},
	        {&w->act, "ind.act"},
	        {&w->cut, "ind.cut"},
	        {&w->by, "ind.by"},
	        {&w->hold, "ind.hold"},
	        {&w->reach, "ind.reach"},
	        {&w->both, "ind.both"},
	        {&w->noise, "ind.noise"},
	        {&w->measure, "ind.measure"},
	        {&w->suffix, "ind.suffix"},
	        {&w->when, "ind.when"},
	        {&w->grant, "ind.grant"},
	        {&w->fine, "ind.fine"},
	        {&w->either, "ind.either"},
	        {&w->than, "ind.than"},
	        {&w->to, "ind.to"},
	        {&w->purpose, "ind.purpose"},
	        {&w->equals, "ind.eq"},
	        {&w->share, "ind.share"},
	        {&w->verb, "demand.verb"},
	        {&w->right, "demand.right"},
	        {&w->modal, "demand.modal"},
	        {&w->shield, "demand.not"},
	        {&w->per, "per"},
	        {&w->each, "per.each"},
	        {&w->unit, "unit"},
	        {&w->time, "time"},
	        {&w->number, "number"},
	        {&w->level, "change.level"},
	        {&w->agency, "agency"},
	        {&w->before, "cmp.before"},
	        {&w->change, "change"},
	        {&w->upon, "ind.upon"},
	        {&w->compose, "ind.compose"},
	        {&w->reckon, "ind.reckon"},
	        {&w->apart, "cmp.apart"},
	        {&w->kind, "ind.kind"},
	        {&w->place[0], "region.province"},
	        {&w->place[1], "region.prefecture"},
	        {&w->place[2], "region.county"},
	        {&w->place[3], "adm"},
	};
	w->k = k;
	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
		*classes[i].to = gw_class_id(k, classes[i].name);
}

bool gw_noun_ends(uint32_t c)
{
	return c == ',' || c == 0x3002 || c == ';' || c == '\n' || c == '(' || c == ')' || c == ':' || c == '!' ||
	       c == '?';
}

bool gw_noun_quote(uint32_t c)
{
	return c == '"' || c == 0x201C || c == 0x201D;
}

static bool is_blank(uint32_t c)
{
	return c == ' ' || c == COMMA || c == DE || c == '.';
}

bool gw_noun_hidden(const gw_indicator_words *w, const gw_document *d, uint32_t pos)
{
	for (uint32_t p = pos > WORD ? pos - WORD + 1 : 0; p <= pos; p++) {
		const gw_token *t = gw_token_at(&d->lattice, p, w->shield);
		if (t && t->end > pos)
			return true;
	}
	return false;
}

static bool yes(const gw_indicator_words *w, const gw_token *t, const char *key)
{
	return gw_str_eq(gw_token_attr(w->k, t, key), GW_STR("yes"));
}

bool gw_noun_is_measure(const gw_indicator_words *w, const gw_document *d, gw_span s)
{
	const gw_token *t = gw_token_before(&d->lattice, s.end, w->measure);
	return t && t->begin == s.begin;
}

bool gw_noun_measures(const gw_indicator_words *w, const gw_document *d, gw_span s)
{
	const uint16_t classes[] = {w->measure, w->suffix};
	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
		const gw_token *t = gw_token_before(&d->lattice, s.end, classes[i]);
		bool measure = t && (classes[i] == w->measure ? !yes(w, t, "thing") : yes(w, t, "measure"));
		if (measure && t->begin >= s.begin)
			return true;
	}
	return false;
}

/* A word to take off at the end, or none. */
static const gw_token *tail(const gw_indicator_words *w, const gw_document *d, gw_span s, bool named)
{
	const uint16_t classes[] = {w->end, w->time, w->modal, w->reach, w->hold, w->cut};
	const gw_token *longest = NULL;
	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
		const gw_token *t = gw_token_before(&d->lattice, s.end, classes[i]);
		if (!t || t->begin < s.begin || (classes[i] != w->time && gw_noun_hidden(w, d, t->begin)))
			continue;
		if (classes[i] == w->hold && named && yes(w, t, "noun"))
			continue;
		if (classes[i] == w->cut && (t->begin < s.begin + 2 || yes(w, t, "noun") ||
		                                    gw_token_before(&d->lattice, s.end, w->act)))
			continue; /* 中欧班列开行 */
		if (!longest || t->begin < longest->begin)
			longest = t;
	}
	return longest;
}

/* 建设规模, 投资率, 搬迁补助, 种植业: the verb belongs to a name. */
static bool names_measure(
        const gw_indicator_words *w, const gw_document *d, uint32_t verb_end, uint32_t end, bool grants)
{
	const uint16_t classes[] = {w->measure, w->suffix, w->grant};
	for (size_t i = 0; i < 2u + grants; i++) {
		const gw_token *t = gw_token_at(&d->lattice, verb_end, classes[i]);
		bool inner = t && classes[i] == w->suffix && !yes(w, t, "measure");
		if (t && (inner || t->end == end || d->source->text.ch[t->end] == COMMA) &&
		        !gw_token_at(&d->lattice, verb_end, w->shield))
			return true;
	}
	return false;
}

/* Whether a word at the head stays: the verb of a measure's name, an act that stands alone, 全国 before a noun; and
 * where one letter would be left. */
static bool stays(const gw_indicator_words *w, const gw_document *d, const gw_token *t, gw_span s)
{
	if (t->cls == w->time)
		return false;
	bool verb = t->cls == w->cut || t->cls == w->act;
	bool named = (verb || (t->cls == w->start && t->end > t->begin + 1)) && t->end < s.end &&
	             names_measure(w, d, t->end, s.end, verb);
	if (named || t->end + 1 == s.end)
		return true;
	if (t->cls == w->act)
		return t->end == s.end || (gw_span_len(s) <= NAME_MAX && gw_noun_measures(w, d, s));
	return t->cls == w->noise && t->end < s.end && yes(w, t, "alone");
}

/* A word to take off at the head, the longest, or none. */
static const gw_token *head(const gw_indicator_words *w, const gw_document *d, gw_span s)
{
	const uint16_t classes[] = {w->time, w->start, w->cut, w->modal, w->noise, w->level, w->act};
	const gw_token *longest = NULL;
	if (gw_token_at(&d->lattice, s.begin, w->shield))
		return NULL;
	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
		const gw_token *t = gw_token_at(&d->lattice, s.begin, classes[i]);
		if (t && t->end <= s.end && (!longest || t->end > longest->end) && !stays(w, d, t, s))
			longest = t;
	}
	return longest;
}

/* 比20xx年, 较上年: the word that compares goes with the time it stands before. */
static uint32_t without_than(const gw_indicator_words *w, const gw_document *d, gw_span s)
{
	const gw_token *t = gw_token_before(&d->lattice, s.end, w->than);
	return t && t->begin >= s.begin ? t->begin : s.end;
}

/* 补助总额可在现有标准上增加: the adverbial that ends the stretch begins at its last 在. */
static uint32_t without_upon(const gw_indicator_words *w, const gw_document *d, gw_span s)
{
	const gw_token *t = gw_token_before(&d->lattice, s.end, w->upon);
	if (!t || yes(w, t, "open"))
		return s.end;
	for (uint32_t p = t->begin; p > s.begin + 1; p--) {
		t = gw_token_at(&d->lattice, p - 1, w->upon);
		if (t && yes(w, t, "open"))
			return t->begin;
	}
	return s.end;
}

/* 新建(改扩建)120个: the verb in front of a bracket that ends the stretch. */
static const gw_token *act_before_bracket(const gw_indicator_words *w, const gw_document *d, gw_span s)
{
	const uint32_t *ch = d->source->text.ch;
	uint32_t p = s.end;
	while (p > s.begin && ch[p - 1] != '(')
		p--;
	const gw_token *t = p > s.begin ? gw_token_before(&d->lattice, p - 1, w->cut) : NULL;
	return t && t->begin >= s.begin ? t : NULL;
}

/* 行驶记录至少保存90日: what is kept is measured. */
static const gw_token *kept(const gw_indicator_words *w, const gw_document *d, gw_span s)
{
	const gw_token *t = gw_token_before(&d->lattice, s.end, w->grant);
	if (!t || t->begin < s.begin + 2)
		return NULL;
	return gw_token_before(&d->lattice, t->begin, w->modal) || gw_token_before(&d->lattice, t->begin, w->before)
	               ? t
	               : NULL;
}

gw_span gw_noun_trim(const gw_indicator_words *w, const gw_document *d, gw_span s, bool named)
{
	const uint32_t *ch = d->source->text.ch;
	const uint32_t last = s.end; /* 研发投入年均增长: what stands before a word taken off is a noun */
	for (bool again = true; again && s.begin < s.end;) {
		const gw_token *t;
		uint32_t upon = without_upon(w, d, s);
		again = upon < s.end;
		s.end = upon;
		if (again)
			continue;
		if (is_blank(ch[s.end - 1]))
			again = --s.end > s.begin;
		else if (is_blank(ch[s.begin]))
			again = ++s.begin < s.end;
		else if (ch[s.end - 1] == ')' && (t = act_before_bracket(w, d, s)) != NULL) {
			s.end = t->begin;
			again = true;
		} else if ((t = kept(w, d, s)) != NULL || (t = tail(w, d, s, named || s.end < last)) != NULL) {
			s.end = t->begin;
			if (t->cls == w->time)
				s.end = without_than(w, d, s);
			again = true;
		} else if ((t = head(w, d, s)) != NULL) {
			s.begin = t->end;
			again = true;
		}
	}
	return s;
}

/* A verb in front of the name of a measure is no verb (储备能力), nor is one that closes a noun (复诊计划); one that is
 * a noun as well ends the noun phrase only at its end (入河口整治, but 城市更新片区). */
static bool verb_stops(const gw_indicator_words *w, const gw_document *d, uint32_t pos, uint32_t limit, uint16_t cls)
{
	const gw_token *t = gw_token_at(&d->lattice, pos, cls), *act = gw_token_at(&d->lattice, pos, w->act);
	if (act && (!t || act->end >= t->end))
		return act->end >= limit || gw_noun_ends(d->source->text.ch[act->end]) ||
		       d->source->text.ch[act->end] == COMMA;
	return t && !gw_token_at(&d->lattice, t->end, w->measure) && !gw_token_at(&d->lattice, t->end, w->suffix) &&
	       t->end < limit && !gw_noun_ends(d->source->text.ch[t->end]);
}

/* Behind a value the noun goes on up to a verb, a comma or the next number: 300个贫困村和17.8万贫困群众全部退出. */
static bool stops_noun(
        const gw_indicator_words *w, const gw_document *d, uint32_t pos, uint32_t from, uint32_t limit, bool held)
{
	if (gw_noun_ends(d->source->text.ch[pos]))
		return true;
	if (gw_token_at(&d->lattice, pos, w->number))
		return true;
	if (pos == from || gw_noun_hidden(w, d, pos))
		return false;
	if (gw_token_at(&d->lattice, pos, w->either))
		return true;
	if (pos > from + 1 && verb_stops(w, d, pos, limit, w->purpose))
		return true; /* 3亿元资金支持再就业 */
	if (held && gw_token_at(&d->lattice, pos, w->grant))
		return false;
	const uint16_t classes[] = {w->end, w->reach, w->cut};
	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
		if (gw_token_at(&d->lattice, pos, classes[i]))
			return true;
	const gw_token *right = gw_token_at(&d->lattice, pos, w->right),
	               *scope = gw_token_at(&d->lattice, pos, w->noise);
	return right || scope || verb_stops(w, d, pos, limit, w->modal) ||
	       (pos > from + 1 && verb_stops(w, d, pos, limit, w->verb));
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

/* 1所政府举办的卫生院: where the verb that ends the stretch closes a clause with 的, the noun stands behind that. */
static uint32_t behind_clause(const gw_indicator_words *w, const gw_document *d, gw_span s, uint32_t limit)
{
	const uint16_t classes[] = {w->cut, w->act, w->verb, w->right};
	for (size_t i = 0; s.end > s.begin && i < sizeof classes / sizeof *classes; i++) {
		const gw_token *t = gw_token_at(&d->lattice, s.end, classes[i]);
		if (t && t->end + 2 < limit && d->source->text.ch[t->end] == DE)
			return t->end;
	}
	return 0;
}

gw_span gw_noun_behind(const gw_indicator_words *w, const gw_document *d, gw_span value, uint32_t limit, bool held)
{
	const uint32_t *ch = d->source->text.ch;
	gw_span s = {value.end, value.end};
	const gw_token *t;
	if (s.begin < limit && ch[s.begin] == DE)
		s.begin++;
	const uint16_t none[] = {w->level, w->reach, w->equals, w->purpose}; /* 由4300家压减至: the noun is not here */
	for (size_t i = 0; s.begin == value.end && i < sizeof none / sizeof *none; i++)
		if (gw_token_at(&d->lattice, s.begin, none[i]))
			return s;
	while (s.begin < limit && !gw_token_at(&d->lattice, s.begin, w->act) &&
	        !(held && gw_token_at(&d->lattice, s.begin, w->grant)) &&
	        ((t = head(w, d, (gw_span){s.begin, limit})) != NULL ||
	                ((t = gw_token_at(&d->lattice, s.begin, w->hold)) != NULL &&
	                        !gw_noun_hidden(w, d, s.begin))))
		s.begin = t->end;
	s.end = s.begin;
	bool quoted = false;
	for (; s.end < limit && s.end - s.begin < BEHIND_MAX &&
	        (quoted || !stops_noun(w, d, s.end, s.begin, limit, held));
	        s.end++)
		quoted = gw_noun_quote(ch[s.end]) ? !quoted : quoted;
	uint32_t clause = behind_clause(w, d, s, limit);
	gw_span inner = clause ? gw_noun_behind(w, d, (gw_span){clause, clause}, limit, held) : s;
	if (clause && gw_span_len(inner) >= 2)
		return inner;
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
		if (same_two(ch, p, comma - 2)) {
			uint32_t more = 0; /* 高技术制造业、装备制造业增加值: the whole word */
			while (p - more > comma + 1 && comma - 2 - more > s.begin &&
			        ch[p - more - 1] == ch[comma - 3 - more])
				more++;
			return p - more > comma + 1 ? p - more : s.begin;
		}
	return s.begin;
}

static bool begins_with_verb(const gw_indicator_words *w, const gw_document *d, uint32_t pos, uint32_t end)
{
	const uint16_t classes[] = {w->cut, w->start, w->verb};
	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
		const gw_token *t = gw_token_at(&d->lattice, pos, classes[i]);
		if (t && !gw_noun_hidden(w, d, pos) && t->end <= end && !names_measure(w, d, t->end, end, true))
			return true;
	}
	return false;
}

/* The last part of a coordination whose parts are acts (修缮甲、新建乙) or that is too long; else all of it. */
static uint32_t coordinated(const gw_indicator_words *w, const gw_document *d, gw_span s, bool both)
{
	const uint32_t *ch = d->source->text.ch;
	for (uint32_t p = s.end, depth = 0; p > s.begin; p--) {
		depth = ch[p - 1] == ')' ? depth + 1 : ch[p - 1] == '(' && depth ? depth - 1 : depth;
		if (depth || ch[p - 1] != COMMA)
			continue;
		if (both)
			return shared_head(ch, s, p - 1);
		if (begins_with_verb(w, d, p, s.end) || s.end - s.begin > LIST_MAX)
			return p;
	}
	return s.begin;
}

/* 工程项目的审批时间: the measured thing is behind the last 的, unless that is no noun of its own (…的比例). */
static uint32_t behind_de(const gw_indicator_words *w, const gw_document *d, gw_span s, bool *whole)
{
	const uint32_t *ch = d->source->text.ch;
	for (uint32_t p = s.end; p > s.begin; p--) {
		if (ch[p - 1] != DE)
			continue;
		if (gw_noun_is_measure(w, d, (gw_span){p, s.end}) && gw_token_before(&d->lattice, s.begin, w->than))
			return p; /* 与城区的差距 */
		if (s.end - p < SHORTEST || gw_noun_is_measure(w, d, (gw_span){p, s.end})) {
			*whole = true;
			return s.begin;
		}
		return p;
	}
	return s.begin;
}

/* 家庭医生签约服务覆盖率: in front of a measure at the clause's begin, a verb that is a noun as well parts nothing. */
static bool is_subject(const gw_indicator_words *w, const gw_document *d, gw_span s)
{
	uint32_t before = s.begin > d->span.begin ? d->source->text.ch[s.begin - 1] : '\n';
	return gw_noun_measures(w, d, s) && (before == COMMA || gw_noun_ends(before));
}

/* 全县完成农村危房改造: the noun behind the last verb; behind a list's 等 (煤炭、矿石等大宗货物). */
static uint32_t behind_verb(const gw_indicator_words *w, const gw_document *d, gw_span s, bool far)
{
	const uint32_t *ch = d->source->text.ch;
	uint32_t begin = s.begin, depth = 0;
	bool subject = is_subject(w, d, s);
	for (uint32_t p = s.begin; p + 2 < s.end; p++) {
		depth = ch[p] == '(' ? depth + 1 : ch[p] == ')' && depth ? depth - 1 : depth;
		const gw_token *t = depth ? NULL : gw_token_at(&d->lattice, p, w->cut);
		if (t && ((far && !yes(w, t, "far")) || (subject && p > s.begin + 1 && yes(w, t, "noun"))))
			continue;
		if (!t && !depth)
			t = gw_token_at(&d->lattice, p, w->agency);
		if (!t || gw_noun_hidden(w, d, p) || names_measure(w, d, t->end, s.end, true) ||
		        t->end + (yes(w, t, "list") ? 3 : 2) > s.end)
			continue;
		begin = t->end;
		p = t->end - 1;
	}
	return begin;
}

static bool distributes(const gw_indicator_words *w, const gw_document *d, gw_span s)
{
	for (uint32_t p = s.end; p > s.begin && s.end - p < BOTH_MAX; p--) {
		const gw_token *t = gw_token_before(&d->lattice, p, w->both);
		if (t && yes(w, t, "each"))
			return true;
	}
	return false;
}

gw_span gw_noun_before(const gw_indicator_words *w, const gw_document *d, gw_span s, bool named)
{
	if (s.end - s.begin > BEFORE_MAX)
		s.begin = s.end - BEFORE_MAX;
	bool both = distributes(w, d, s), whole = false;
	uint32_t last = s.end;
	s = gw_noun_trim(w, d, s, named);
	named = named || s.end < last;
	s.begin = behind_de(w, d, s, &whole);
	s = gw_noun_trim(w, d, s, named);
	if (whole) {
		s.begin = behind_verb(w, d, s, true);
		return gw_noun_trim(w, d, s, named);
	}
	s.begin = coordinated(w, d, s, both);
	s = gw_noun_trim(w, d, s, named);
	s.begin = behind_verb(w, d, s, false);
	return gw_noun_trim(w, d, s, named);
}

/* The end of the part that begins at a place: before 、, or 和, 及 … */
static uint32_t part_end(const gw_indicator_words *w, const gw_document *d, uint32_t p, uint32_t end, uint32_t *next)
{
	for (*next = end; p < end; p++) {
		const gw_token *t = gw_token_at(&d->lattice, p, w->both);
		if (d->source->text.ch[p] != COMMA && (!t || gw_noun_hidden(w, d, p) || yes(w, t, "each")))
			continue;
		*next = t ? t->end : p + 1;
		return p;
	}
	return end;
}

gw_span gw_noun_part(const gw_indicator_words *w, const gw_document *d, gw_span s, uint32_t index, uint32_t count)
{
	gw_span found = s;
	uint32_t n = 0;
	for (uint32_t p = s.begin, next; p < s.end; p = next, n++) {
		gw_span part = {p, part_end(w, d, p, s.end, &next)};
		if (!gw_noun_measures(w, d, part))
			return s;
		found = n == index ? part : found;
	}
	return n == count ? found : s;
}

static bool kind_is(const gw_indicator_words *w, const gw_token *unit, const char *kind)
{
	return gw_str_eq(gw_entry_attr(gw_entry_at(w->k, unit->entry), "kind"), gw_str_of(kind));
}

static gw_span trimmed_end(const gw_indicator_words *w, const gw_document *d, uint32_t begin, uint32_t end)
{
	return gw_noun_trim(w, d, (gw_span){begin, end}, false);
}

uint32_t gw_noun_each_end(const gw_indicator_words *w, const gw_document *d, uint32_t p, uint32_t end)
{
	const uint16_t classes[] = {w->end, w->verb, w->cut, w->modal, w->reach, w->hold};
	const gw_token *t, *n = gw_token_at(&d->lattice, p, w->number), *unit = gw_token_at(&d->lattice, p, w->unit);
	if (n && unit && unit->end > n->end)
		n = NULL; /* 千瓦时 */
	unit = gw_token_at(&d->lattice, n ? n->end : p, w->unit);
	if (unit && unit->end < end && n && kind_is(w, unit, "time"))
		return unit->end;
	t = unit && !n ? gw_token_at(&d->lattice, unit->end, w->measure) : NULL;
	if (t && !yes(w, t, "thing"))
		return unit->end; /* 每具重量 */
	if (unit && n && unit->end + 3 <= end && gw_noun_measures(w, d, trimmed_end(w, d, unit->end, end)))
		return unit->end; /* 每万人口医师拥有量 */
	bool measured = unit && unit->end + 2 <= end && !n && !kind_is(w, unit, "count") && !kind_is(w, unit, "people");
	uint32_t from = p, open = p + 1;
	if (measured)
		from = p = open = unit->end;
	for (; p < end && d->source->text.ch[p] != ','; p++) {
		for (size_t i = 0; i < sizeof classes / sizeof *classes && p >= open && !gw_noun_hidden(w, d, p); i++)
			if ((t = gw_token_at(&d->lattice, p, classes[i])) != NULL &&
			        (t->end < end || p - from <= EACH_MAX || !gw_token_at(&d->lattice, p, w->grant)))
				return p;
		if (p > from + 2 && gw_token_at(&d->lattice, p, w->act))
			return p;
		t = gw_token_before(&d->lattice, p, w->when);
		if (t && t->begin > from && yes(w, t, "among"))
			return p;
	}
	return p;
}
