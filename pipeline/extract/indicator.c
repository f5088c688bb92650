/* Chooses the noun phrase of a quantity: behind the value, before it, or what the sentence spoke of before. */
#include "indicator.h"
#include "evidence.h"
#include "gw/fold.h"

enum { COMMA = 0x3001 };
enum { CHAIN = 4, PHRASES = 4, FINE_MAX = 14, HOLD = 3, LIKE = 80, WHOM_MAX = 6, CLASS_MAX = 4, TO_WHOM = 12, COMPOSE_MAX = 6, DE = 0x7684 };

/* What the unit says of the number. */
typedef struct unit_kind {
	bool counts, act, weak;
} unit_kind;

typedef struct look {
	const gw_indicator_words *w;
	const gw_document *d;
	const uint32_t *ch;
	gw_span value, phrase, room; /* room: the phrase before the value, from behind the number before it */
	const gw_quantity *before;
	unit_kind kind;
	gw_str unit;
	bool named; /* a comparator leads the value */
} look;

static gw_str attr(const look *l, const gw_token *t, const char *key)
{
	return gw_entry_attr(gw_entry_at(l->w->k, t->entry), key);
}

static bool yes(const look *l, const gw_token *t, const char *key)
{
	return gw_str_eq(attr(l, t, key), GW_STR("yes"));
}

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

static bool bracketed(const look *l)
{
	return l->phrase.begin > l->d->span.begin && l->ch[l->phrase.begin - 1] == '(';
}

/* ---- before the value ---- */

/* X达到Y总数25%, X不少于Y的5%: X is measured. Where the reach word is next to the number, all before it is X anyway. */
static uint32_t reached(const look *l, gw_span s)
{
	uint32_t end = s.end;
	for (uint32_t p = s.end; p > s.begin + 2; p--) {
		const gw_token *t = gw_token_before(&l->d->lattice, p, l->w->reach);
		if (!t || t->begin < s.begin + 2 || gw_noun_hidden(l->w, l->d, t->begin))
			continue;
		end = t->begin;
		if (p < s.end)
			break; /* 日检测量通过混样检测达到: past the one next to the number */
		p = t->begin + 1;
	}
	return end;
}

/* 房租按市场价的50%收取: what is measured by something else stands before 按. */
static gw_span before_by(const look *l, gw_span s)
{
	for (uint32_t p = s.begin + 2; p < s.end; p++) {
		gw_span part = {s.begin, p};
		if (!gw_token_at(&l->d->lattice, p, l->w->by) || gw_noun_hidden(l->w, l->d, p))
			continue;
		part = gw_noun_trim(l->w, l->d, part, true);
		return gw_noun_measures(l->w, l->d, part) || gw_token_before(&l->d->lattice, part.end, l->w->grant)
		               ? part
		               : s;
	}
	return s;
}

/* 民生支出占财政支出的80%: the first is measured, unless the whole names a share (X占Y的比重). */
static gw_span before_share(const look *l, gw_span s)
{
	gw_span whole = gw_noun_trim(l->w, l->d, s, l->named);
	const gw_token *m = gw_token_before(&l->d->lattice, whole.end, l->w->measure);
	if (m && yes(l, m, "ratio"))
		return s;
	for (uint32_t p = s.begin + 2; p < s.end; p++)
		if (gw_token_at(&l->d->lattice, p, l->w->share) && !gw_noun_hidden(l->w, l->d, p)) {
			gw_span part = gw_noun_trim(l->w, l->d, (gw_span){s.begin, p}, false);
			return gw_span_len(part) >= 2 ? (gw_span){s.begin, p} : s;
		}
	return s;
}

static gw_span trimmed(const look *l, uint32_t begin, uint32_t end)
{
	return gw_noun_trim(l->w, l->d, (gw_span){begin, end}, l->named);
}

/* Whether a stretch only says when: 休渔期间, 发生疫情时. */
static bool says_when(const look *l, gw_span s)
{
	const gw_token *t = gw_token_before(&l->d->lattice, s.end, l->w->when);
	return t && t->begin >= s.begin && !gw_noun_hidden(l->w, l->d, t->begin) && !yes(l, t, "among");
}

/* The counted act is named by its object (供水设施每季度巡查1次), unless that is an organ or a time, or the act has an
 * object of its own (职工每年接受培训2次). */
static bool owned(const look *l, gw_span owner, gw_span rest, uint32_t end)
{
	gw_span noun = gw_noun_before(l->w, l->d, (gw_span){rest.begin, rest.end}, l->named);
	return gw_span_len(owner) >= 2 && !gw_token_before(&l->d->lattice, owner.end, l->w->agency) &&
	       !says_when(l, (gw_span){owner.begin, end}) && !gw_token_at(&l->d->lattice, owner.begin, l->w->each) &&
	       (gw_span_len(noun) < 2 || noun.begin == rest.begin);
}

/* 在接受教育期间按照每月400元: what stands behind the words that say when. */
static uint32_t behind_when(const look *l, gw_span s)
{
	const gw_token *at = gw_token_at(&l->d->lattice, s.begin, l->w->upon), *by;
	if (!at || !yes(l, at, "open"))
		return s.begin;
	for (uint32_t p = s.begin + 2; p <= s.end; p++) {
		const gw_token *t = gw_token_before(&l->d->lattice, p, l->w->when);
		by = p < s.end ? gw_token_at(&l->d->lattice, p, l->w->by) : NULL;
		if (t && t->begin > s.begin && !yes(l, t, "among") && by)
			return p;
	}
	return s.begin;
}

/* Where a stretch begins without the times at its head. */
static uint32_t trimmed_at(const look *l, gw_span s)
{
	const gw_token *t;
	while (s.begin < s.end && ((t = gw_token_at(&l->d->lattice, s.begin, l->w->time)) != NULL ||
	                                  (t = gw_token_at(&l->d->lattice, s.begin, l->w->noise)) != NULL))
		s.begin = t->end;
	return s.begin;
}

/* 在沿江地区建设展销中心8个: behind the verb that follows where, for whom. */
static gw_span where_to(const look *l, gw_span s)
{
	const uint16_t verbs[] = {l->w->start, l->w->cut, l->w->verb};
	const gw_token *where = gw_token_at(&l->d->lattice, trimmed_at(l, s), l->w->to), *t = NULL;
	for (uint32_t p = where ? where->end + 2 : s.end; p + 2 < s.end && !t; p++)
		for (size_t i = 0; i < sizeof verbs / sizeof *verbs && !t; i++) {
			t = gw_token_at(&l->d->lattice, p, verbs[i]);
			if (t && (t->end < p + 2 || gw_noun_hidden(l->w, l->d, p)))
				t = NULL;
		}
	gw_span rest = t ? gw_noun_before(l->w, l->d, (gw_span){t->end, s.end}, l->named) : s;
	return t && gw_span_len(rest) >= 2 && !gw_noun_measures(l->w, l->d, rest) ? (gw_span){t->end, s.end} : s;
}

/* The stretch before a value that may name what is measured. What stands behind 每 says for whom, not what. */
static gw_span left_of(const look *l, gw_span s)
{
	const gw_token *t;
	for (uint32_t p = s.begin; p < s.end; p++) {
		if ((t = gw_token_at(&l->d->lattice, p, l->w->per)) != NULL && t->end < s.end) {
			gw_span rest = trimmed(l, t->end, s.end), owner = trimmed(l, s.begin, p);
			bool mine = l->kind.act && owned(l, owner, (gw_span){t->end, s.end}, p);
			if (l->kind.act && gw_span_len(rest) >= 2 && !mine)
				return (gw_span){t->end, s.end};
			if (mine)
				return (gw_span){s.begin, p};
			p = t->end - 1;
		} else if ((t = gw_token_at(&l->d->lattice, p, l->w->each)) != NULL && t->end < s.end) {
			uint32_t end = gw_noun_each_end(l->w, l->d, t->end, s.end);
			if (gw_span_len(trimmed(l, end, s.end)) >= 2)
				return (gw_span){end, s.end};
			if (gw_span_len(trimmed(l, s.begin, p)) >= 2)
				s.end = p;
			break;
		}
	}
	s.begin = behind_when(l, s);
	s.end = reached(l, s);
	if (l->kind.counts)
		s = where_to(l, s);
	return before_share(l, before_by(l, s));
}

/* 对小微企业补贴不低于35%, 在显著位置公示15日: the act itself is measured. */
static gw_span deed(const look *l, gw_span found)
{
	const gw_token *t = gw_token_before(&l->d->lattice, found.end, l->w->grant);
	for (uint32_t p = l->room.begin; t && t->begin > found.begin && p < t->begin; p++)
		if (gw_token_at(&l->d->lattice, p, l->w->to))
			return (gw_span){t->begin, t->end};
	return found;
}

static bool is_place(const look *l, gw_span s)
{
	for (size_t i = 0; i < sizeof l->w->place / sizeof *l->w->place; i++)
		if (gw_token_at(&l->d->lattice, s.begin, l->w->place[i]))
			return true;
	return false;
}

/* 每户最高不超过, 其中烟台不低于: for whom, of which; 数量不超过, 疫情时达到: of what? It was said before. */
static bool says_whom(const look *l, gw_span found)
{
	uint32_t n = gw_span_len(found);
	const gw_token *which = gw_token_at(&l->d->lattice, l->room.begin, l->w->noise);
	const gw_token *measure = gw_token_before(&l->d->lattice, found.end, l->w->measure);
	bool alone = measure && measure->begin == found.begin && yes(l, measure, "of");
	return alone || says_when(l, found) || gw_token_at(&l->d->lattice, found.begin, l->w->share) ||
	       (n <= WHOM_MAX && (gw_token_at(&l->d->lattice, found.begin, l->w->each) ||
	                                 gw_token_at(&l->d->lattice, found.begin, l->w->per))) ||
	       (n <= 3 && which && yes(l, which, "part") && found.begin >= which->end && is_place(l, found));
}

/* Whether the phrase is a bracket or begins with 其中: it speaks of a part of what was said. */
static bool in_part(const look *l)
{
	const gw_token *which = gw_token_at(&l->d->lattice, l->phrase.begin, l->w->noise);
	return bracketed(l) || (which && yes(l, which, "part"));
}

/* 集中采购比例达到100%(山区可放宽至80%): a share of something that is no measure goes on with the one before it. */
static const gw_quantity *same_frame(const look *l, gw_span found)
{
	bool part = in_part(l) || (!gw_span_empty(found) && gw_span_len(found) <= CLASS_MAX);
	if (!part || !l->before || l->ch[l->value.end - 1] != '%' || gw_noun_measures(l->w, l->d, found))
		return NULL;
	uint32_t from = gw_document_sentence(l->d, l->value).begin;
	for (const gw_quantity *q = l->before; q->span.begin >= from; q--) {
		if (gw_str_eq(q->unit, GW_STR("%")))
			return !q->change.len && gw_noun_measures(l->w, l->d, q->indicator) ? q : NULL;
		if (q == l->d->quantities.items || l->before - q >= CHAIN)
			break;
	}
	return NULL;
}

/* ---- behind the value ---- */

static bool held(const look *l, uint32_t low, uint32_t pos)
{
	for (uint32_t p = pos; p > low && pos - p < HOLD; p--) {
		const gw_token *t = gw_token_before(&l->d->lattice, p, l->w->hold);
		if (t && !(l->named && yes(l, t, "noun")))
			return true;
	}
	return false;
}

/* 处二倍以上五倍以下罚款, 给予举报人五百元奖励: what is imposed or given. */
static gw_span fine(const look *l)
{
	uint32_t next = l->value.end + (l->ch[l->value.end] == DE);
	const gw_token *g = next < l->phrase.end ? gw_token_at(&l->d->lattice, next, l->w->grant) : NULL;
	if (g && g->end == l->phrase.end && !l->kind.counts)
		return (gw_span){g->begin, g->end};
	for (uint32_t p = l->value.end; p < l->phrase.end && p < l->value.end + FINE_MAX; p++) {
		const gw_token *t = gw_token_at(&l->d->lattice, p, l->w->fine);
		if (t)
			return (gw_span){t->begin, t->end};
	}
	return (gw_span){l->value.end, l->value.end};
}

/* 按不低于整改总量10%的比例: what a share is taken from, between the comparator and the number. */
static gw_span whole_of(const look *l)
{
	for (uint32_t p = l->room.end; p > l->room.begin + 2; p--) {
		const gw_token *t = gw_token_before(&l->d->lattice, p, l->w->apart);
		gw_span s = {p, l->room.end};
		if (!t || t->begin < l->room.begin)
			continue;
		s.end -= gw_span_len(s) && l->ch[s.end - 1] == DE;
		return gw_span_len(s) >= 2 && gw_noun_measures(l->w, l->d, s) ? s : (gw_span){p, p};
	}
	return (gw_span){l->room.end, l->room.end};
}

/* 按总用量的60%估算采购量: what is reckoned stands behind the verb. */
static gw_span reckoned(const look *l)
{
	const gw_token *t = gw_token_at(&l->d->lattice, l->value.end, l->w->reckon);
	if (!t || !gw_is_han(l->ch[t->end]))
		return (gw_span){l->value.end, l->value.end};
	return gw_noun_behind(l->w, l->d, (gw_span){t->end, t->end}, l->phrase.end, true);
}

/* 按购置费的70%给予补贴: a share of what stands between 按 and 的. */
static gw_span share_of(const look *l, gw_span by)
{
	gw_span none = {l->value.end, l->value.end}, owner = trimmed(l, l->phrase.begin, by.begin);
	uint32_t from = by.end > l->room.begin ? by.end : l->room.begin;
	if (gw_noun_measures(l->w, l->d, owner) && !gw_token_at(&l->d->lattice, l->phrase.begin, l->w->to))
		return none; /* 租金按市场价的50%收取 */
	for (uint32_t p = l->room.end; p > from; p--)
		if (gw_token_before(&l->d->lattice, p, l->w->apart))
			from = p;
	if (l->room.end <= from + 2 || l->ch[l->room.end - 1] != DE || !gw_str_eq(l->unit, GW_STR("%")))
		return none;
	gw_span object = reckoned(l);
	if (gw_span_len(object) >= 2)
		return object;
	return gw_noun_before(l->w, l->d, (gw_span){from, l->room.end}, false);
}

/* 按每亩200元给予补贴: what is given is behind the verb that follows; 按不低于10%的比例抽查 says it itself. */
static gw_span given(const look *l)
{
	bool by = false;
	uint32_t end = l->value.end;
	for (uint32_t p = l->phrase.begin; p < l->value.begin && !by; p++) {
		const gw_token *t = gw_token_at(&l->d->lattice, p, l->w->by);
		by = t && !yes(l, t, "agent");
		gw_span share = by ? share_of(l, (gw_span){t->begin, t->end}) : l->value;
		if (by && gw_span_len(share) >= 2)
			return share;
	}
	for (uint32_t p = end; by && p < l->phrase.end; p++) {
		const gw_token *t = gw_token_at(&l->d->lattice, p, l->w->hold);
		if (!t || !yes(l, t, "give"))
			continue;
		gw_span noun = gw_noun_behind(l->w, l->d, (gw_span){t->end, t->end}, l->phrase.end, true);
		if (!gw_span_empty(noun) || gw_token_at(&l->d->lattice, p, l->w->grant))
			return gw_span_empty(noun) ? (gw_span){t->begin, t->end} : noun;
	}
	const gw_token *t = by && l->ch[end] == DE ? gw_token_at(&l->d->lattice, end + 1, l->w->measure) : NULL;
	const gw_span of = t && yes(l, t, "ratio") ? whole_of(l) : (gw_span){end, end};
	if (gw_span_len(of) >= 2)
		return of;
	for (uint32_t p = t ? t->end : l->phrase.end; p < l->phrase.end; p++) {
		const gw_token *verb = gw_token_at(&l->d->lattice, p, l->w->cut);
		gw_span noun = {end, end};
		if (verb && !gw_noun_hidden(l->w, l->d, p) && gw_is_han(l->ch[verb->end]))
			noun = gw_noun_behind(l->w, l->d, (gw_span){verb->end, verb->end}, l->phrase.end, true);
		if (gw_span_len(noun) >= 2)
			return noun; /* 按每百户30平方米的标准配建用房 */
	}
	bool again = t && l->before && l->before->span.begin >= gw_document_sentence(l->d, l->value).begin &&
	             gw_str_eq(l->before->unit, l->unit) && !yes(l, t, "ratio");
	if (again)
		return l->before->indicator; /* …的标准配建用房, 按每百户20平方米的标准补建 */
	return t && yes(l, t, "ratio") ? (gw_span){t->begin, t->end} : (gw_span){end, end};
}

/* ---- said before ---- */

/* The number before that measures the same. A condition (人数在500万以下的,达到…) is not what the target behind it
 * measures: its like is the last target of the paragraph. */
static const gw_quantity *like_before(const look *l)
{
	const gw_quantity *before = l->before;
	uint32_t par = gw_document_paragraph_at(l->d, l->phrase.begin);
	bool near = before && before->span.begin >= gw_document_sentence(l->d, l->phrase).begin;
	bool like = before && par != GW_NONE && before->span.begin >= l->d->paragraphs.items[par].begin &&
	            before->span.end + LIKE >= l->value.begin && gw_str_eq(before->unit, l->unit);
	if (!near && !like)
		return NULL;
	if (!like && !before->target && before->span.end + 3 < l->phrase.begin && l->ch[before->span.end] == DE)
		return NULL; /* which are meant, of another kind */
	if (before->target || before->span.begin >= l->phrase.begin)
		return before;
	for (const gw_quantity *q = before; par != GW_NONE && before - q < CHAIN && q > l->d->quantities.items; q--)
		if (q[-1].target && q[-1].span.begin >= l->d->paragraphs.items[par].begin)
			return &q[-1];
	return before;
}

/* The noun of the phrases before, past conditions (…的,). */
static gw_span phrase_noun(const look *l)
{
	gw_span sentence = gw_document_sentence(l->d, l->phrase), found = {l->phrase.begin, l->phrase.begin};
	uint32_t at = l->phrase.begin;
	for (int i = 0; i < PHRASES && at > sentence.begin + 2 && l->ch[at - 1] != ':'; i++) {
		gw_span left = gw_phrase(l->d, (gw_span){at - 1, at - 1});
		left.end = at - 1;
		at = left.begin;
		const gw_quantity *q = l->before;
		bool within = q && q->span.begin >= left.begin && q->span.end <= left.end;
		if (within && q->span.end + 3 < left.end && l->ch[q->span.end] == DE)
			left.begin = q->span.end + 1; /* 金额5万元以上的担保业务收费,不高于 … */
		else if (within)
			left.end = q->span.begin;
		if (gw_span_empty(left) || l->ch[left.end - 1] == DE || says_when(l, left))
			continue;
		found = gw_noun_before(l->w, l->d, before_by(l, left), false);
		if (gw_span_len(found) >= 2)
			break;
	}
	return found;
}

/* 报送方案和联络员名单(1名): the last noun before the bracket that the value stands in. */
static gw_span before_bracket(const look *l)
{
	uint32_t at = l->phrase.begin - 1;
	gw_span left = gw_phrase(l->d, (gw_span){at, at});
	left.end = at;
	const gw_quantity *q = l->before;
	if (q && q->span.end > left.begin)
		left.begin = q->span.end < left.end ? q->span.end : left.end;
	gw_span s = gw_noun_before(l->w, l->d, left, false);
	for (uint32_t p = s.end; p > s.begin + 2; p--)
		if (gw_token_before(&l->d->lattice, p - 1, l->w->both) && s.end - p >= 2)
			return (gw_span){p - 1, s.end};
	return s;
}

/* 按购置费的70%给予补贴,最高5000元: behind a share the sum is that of what is given. */
static const gw_token *gift_behind(const look *l, const gw_quantity *q)
{
	if (!gw_str_eq(q->unit, GW_STR("%")) || gw_str_eq(l->unit, q->unit))
		return NULL;
	for (uint32_t p = q->span.end; p < l->phrase.begin; p++) {
		const gw_token *t = gw_token_at(&l->d->lattice, p, l->w->grant);
		const gw_token *give = t ? gw_token_before(&l->d->lattice, p, l->w->hold) : NULL;
		if (give && yes(l, give, "give"))
			return t;
	}
	return NULL;
}

/* What the sentence says before: the indicator of the number before, the phrases before, then the section's heading. */
static gw_span topic(const look *l)
{
	if (bracketed(l) && l->room.begin == l->phrase.begin) {
		gw_span noun = before_bracket(l);
		if (gw_span_len(noun) >= 2)
			return noun;
	}
	const gw_quantity *q = like_before(l);
	const gw_token *gift = q ? gift_behind(l, q) : NULL;
	if (gift)
		return (gw_span){gift->begin, gift->end};
	if (q && q->indicator.begin >= l->d->span.begin && gw_span_len(q->indicator) >= 2)
		return q->indicator;
	uint32_t sec = gw_document_section_at(l->d, l->phrase.begin);
	gw_span found = phrase_noun(l), heading = sec == GW_NONE ? found : l->d->sections.items[sec].heading;
	if (gw_span_len(found) < 2 && heading.end <= l->phrase.begin)
		found = gw_noun_before(l->w, l->d, heading, false);
	return found;
}

/* 补助标准,一级每人3000元,二级2000元: a short name of a class; the measure is the sentence's topic. */
static gw_span by_class(const look *l, gw_span found)
{
	gw_span none = {l->value.end, l->value.end};
	if (l->kind.counts || gw_span_empty(found) || gw_span_len(found) > CLASS_MAX ||
	        found.begin != l->room.begin || gw_noun_measures(l->w, l->d, found) ||
	        !gw_token_before(&l->d->lattice, found.end, l->w->kind))
		return none;
	gw_span sentence = gw_document_sentence(l->d, l->phrase), said = phrase_noun(l);
	const gw_quantity *q = l->before;
	if (q && q->span.begin >= sentence.begin)
		said = gw_str_eq(q->unit, l->unit) ? q->indicator : none;
	return gw_noun_measures(l->w, l->d, said) ? said : none;
}

/* 资金由省级承担60%、市级承担40%: who bears a part; of what was said with the part before. */
static const gw_quantity *borne(const look *l, gw_span found)
{
	const gw_token *t = gw_token_before(&l->d->lattice, l->room.end, l->w->hold);
	const gw_quantity *q = l->before;
	if (!t || !yes(l, t, "part") || !q || q->span.begin < gw_document_sentence(l->d, l->value).begin)
		return NULL;
	return gw_str_eq(q->unit, l->unit) && !gw_noun_measures(l->w, l->d, found) ? q : NULL;
}

/* 委员会由五至十一人组成: the subject before 由 is measured. */
static gw_span composed(const look *l)
{
	gw_span none = {l->value.end, l->value.end};
	const gw_token *by = gw_token_before(&l->d->lattice, l->room.end, l->w->by);
	bool made = false;
	for (uint32_t p = l->value.end; p < l->phrase.end && p < l->value.end + COMPOSE_MAX && !made; p++)
		made = gw_token_at(&l->d->lattice, p, l->w->compose) != NULL;
	if (!made || !by || !yes(l, by, "agent"))
		return none;
	return gw_noun_before(l->w, l->d, (gw_span){l->phrase.begin, by->begin}, false);
}

/* The noun right behind the value, where one may stand. */
static gw_span behind_of(const look *l, bool more, bool possessed)
{
	bool de = l->ch[l->value.end] == DE;
	if (more && (possessed || !de || !l->kind.counts || l->kind.weak))
		return gw_noun_behind(l->w, l->d, l->value, l->phrase.end, possessed);
	return (gw_span){l->value.end, l->value.end};
}

/* 每人奖励1万元: the verb next to the value names what is given; of 分别给予50万元 the sentence spoke before. */
static gw_span giving(const look *l)
{
	gw_span none = {l->value.end, l->value.end};
	const gw_token *t = gw_token_before(&l->d->lattice, l->room.end, l->w->hold);
	if (!t || t->begin < l->room.begin || !yes(l, t, "give"))
		return none;
	if (gw_token_before(&l->d->lattice, l->room.end, l->w->grant)) {
		gw_span noun = deed(l, gw_noun_before(l->w, l->d, left_of(l, l->room), true));
		bool whole = noun.end == t->end &&
		             (gw_span_len(noun) > WHOM_MAX || !gw_token_at(&l->d->lattice, noun.begin, l->w->each));
		return whole ? noun : (gw_span){t->begin, t->end};
	}
	const gw_quantity *q = like_before(l);
	return q && q->indicator.begin >= l->d->span.begin ? q->indicator : none;
}

/* 每季度通报1次情况, 每月督导1次: the act between how often and how many times. */
static gw_span often(const look *l)
{
	const gw_token *t = l->kind.act ? gw_token_before(&l->d->lattice, l->room.end, l->w->act) : NULL;
	uint32_t at = t ? t->begin : l->room.begin;
	for (uint32_t p = at; p > l->room.begin && at - p < TO_WHOM; p--)
		if (gw_token_at(&l->d->lattice, p - 1, l->w->to))
			at = p - 1; /* 每半年向省委报告1次进展 */
	bool every = at > l->room.begin && gw_token_before(&l->d->lattice, at, l->w->per);
	gw_span subject = {l->value.end, l->value.end};
	if (!every)
		return subject;
	return (gw_span){t->begin, t->end};
}

/* 选派不少于15%的骨干医师; 收入来源、3000元以上的经费: the verb's object, or a list's part of its own, is behind. */
static gw_span object_behind(const look *l)
{
	uint32_t end = l->value.end, from = l->room.end;
	gw_span none = {end, end};
	if (end >= l->phrase.end || l->ch[end] != DE || l->kind.counts || from == l->room.begin)
		return none;
	const gw_token *verb = gw_token_before(&l->d->lattice, from, l->w->cut);
	bool governed = verb && verb->begin >= l->room.begin && !yes(l, verb, "far");
	bool share = gw_str_eq(l->unit, GW_STR("%")) && governed;
	const gw_token *per = gw_token_before(&l->d->lattice, from, l->w->per);
	gw_span noun = gw_noun_behind(l->w, l->d, l->value, l->phrase.end, true);
	bool dues = per && per->begin > l->room.begin && gw_noun_measures(l->w, l->d, noun) &&
	            !gw_noun_is_measure(l->w, l->d, noun); /* 分摊每月2000元的扣除额度 */
	if (!share && !dues && l->ch[from - 1] != COMMA)
		return none;
	return gw_span_len(noun) >= 2 && !gw_noun_is_measure(l->w, l->d, noun) ? noun : none;
}

static gw_span choose(const look *l)
{
	uint32_t end = l->value.end, first = l->room.end;
	bool more = end < l->phrase.end && (gw_is_han(l->ch[end]) || gw_noun_quote(l->ch[end]));
	bool possessed = more && held(l, l->phrase.begin, first);
	gw_span behind = behind_of(l, more, possessed), gift = composed(l);
	if (gw_span_len(gift) >= 2)
		return gift;
	gift = fine(l);
	if (gw_span_empty(gift))
		gift = given(l);
	if (gw_span_len(gift) >= 2)
		return gift;
	gift = often(l);
	if (gw_span_len(gift) >= 2 && gw_span_len(behind) >= 1)
		return gift;
	if ((l->kind.counts || possessed) && gw_span_len(behind) >= 1)
		return behind;
	gift = object_behind(l);
	if (gw_span_len(gift) >= 2)
		return gift;
	gift = giving(l);
	if (gw_span_len(gift) >= 2)
		return gift;
	gw_span found = gw_noun_before(l->w, l->d, left_of(l, l->room), l->named);
	const gw_quantity *frame = same_frame(l, found);
	if (!frame)
		frame = borne(l, found);
	if (frame)
		return frame->indicator;
	gw_span class_of = by_class(l, found);
	if (gw_span_len(class_of) >= 2)
		return class_of;
	if (gw_span_len(found) >= 2 && !says_whom(l, found))
		return deed(l, found);
	bool of = gw_span_len(found) >= 2 && gw_noun_is_measure(l->w, l->d, found);
	bool by = gw_span_empty(found) && gw_token_before(&l->d->lattice, first, l->w->by); /* 按照3600元定额扣除 */
	if (gw_span_len(behind) >= 2 && !by && (of || !more || l->ch[end] != DE))
		return behind;
	bool share = l->unit.len == 0 || gw_str_eq(l->unit, GW_STR("%"));
	if (share && gw_span_len(behind) >= 1 && gw_span_empty(found) && !gw_noun_is_measure(l->w, l->d, behind) &&
	        gw_span_empty(gw_noun_trim(l->w, l->d, l->room, false)) && !bracketed(l))
		return behind; /* 80%以上的行政村 */
	gw_span said = topic(l);
	if (gw_span_len(said) >= 2)
		return said;
	const gw_token *verb = gw_token_before(&l->d->lattice, l->room.end, l->w->hold);
	return of ? found : verb && yes(l, verb, "noun") ? (gw_span){verb->begin, verb->end} : said;
}

gw_span gw_indicator_find(const gw_indicator_words *w, const gw_document *d, gw_span value, uint32_t first,
        gw_span unit, gw_str unit_text, const gw_quantity *before)
{
	if (before && before->span.begin >= first && before->span.end <= value.begin)
		return before->indicator; /* a list shares one */
	gw_span phrase = gw_phrase(d, (gw_span){first, value.end});
	look l = {w, d, d->source->text.ch, value, phrase, {phrase.begin, first}, before, kind_of(w, d, unit),
	        unit_text, false};
	if (before && before->span.end > phrase.begin && before->span.end <= first)
		l.room.begin = before->span.end;
	const gw_token *cmp = gw_token_at(&d->lattice, first, w->before);
	l.named = cmp && !gw_str_eq(attr(&l, cmp, "op"), GW_STR("="));
	return choose(&l);
}
