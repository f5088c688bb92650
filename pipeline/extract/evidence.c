/* Structural evidence about a quantity.
 *
 * The cues of a rule file see words in a sentence, but not which word governs a number: 建设 far left of a bracket, 的
 * behind the number, a deadline in the same item. What takes looking at the structure is found here and handed over as
 * plain words:
 *
 *   verb-at verb modal right-verb   a demand next to the number, somewhere before it in its phrase, behind it
 *   state-at state                  共, 已, 现有 …: the same for descriptions
 *   due due-item past               a time of that role in the sentence, or in the item's own bracket or line behind it
 *   de-topic                        人口不超过100万的城市,: a phrase of its own that says which are meant
 *   de de-bound de-end de-before cond  80%的…, 5万人以上的镇, 500万以下的, …的7个县, and a phrase that ends in 的
 *   measure count-last spec pair class-of level-next defines  a share or amount; 入库项目86个; 35吨敞顶箱; 从45%提高到
 *   after-target after-status       what the number before it in the sentence is
 *   must served                     应当有5人以上的, an item that begins with 有; 从业3年以上的: a minimum that is set
 *   since recap idle                a year to compare with and none to come; 甲、乙两个市场; nothing demands or states
 * it in-bracket han-one han-small weak per often  每…, and the same with a number of acts: 每3年调整一次 */
#include "evidence.h"
#include "gw/fold.h"

enum {
	LOOK_LEFT = 60,
	LOOK_RIGHT = 30,
	NEAR = 3,
	CHAIN = 30,
	DE = 0x7684,
	COMMA = 0x3001,
	TIMES = 0xD7,
	EVERY = 0x6BCF
};
enum { LIST = 10, PART = 12, PARTS = 40, TOPIC = 10, AND = 0x548C, STOP = 0x3002, HAVE = 0x6709, ETC = 0x7B49, YEAR = 0x5E74, MONTH = 0x6708 };

typedef struct view {
	const gw_evidence_words *w;
	const gw_document *d;
	const uint32_t *ch;
	gw_span at, phrase, sentence, behind; /* behind: 以上, 以下 … within the quantity */
	bool bound;                           /* 超过, 低于: a limit that may select cases */
	bool share;                           /* %, 三分之二, 2倍 */
	bool state;                           /* 目前, 现有 … before the number */
	bool every;                           /* a 每 before the number */
	bool must;                            /* 应当有 …: what there has to be */
	bool served;                          /* 从业3年以上 */
	bool right;                           /* a verb behind the number */
	uint32_t verb;                        /* the end of the last demand before the number, 0 for none */
	gw_buf out;
} view;

void gw_evidence_bind(gw_evidence_words *w, const gw_knowledge *k)
{
	w->k = k;
	w->demand = gw_class_id(k, "demand.verb");
	w->shield = gw_class_id(k, "demand.not");
	w->right = gw_class_id(k, "demand.right");
	w->modal = gw_class_id(k, "demand.modal");
	w->state = gw_class_id(k, "state.word");
	w->near = gw_class_id(k, "state.near");
	w->level = gw_class_id(k, "change.level");
	w->unit = gw_class_id(k, "unit");
	w->equals = gw_class_id(k, "ind.eq");
	w->weak = gw_class_id(k, "unit.weak");
	w->bound = gw_class_id(k, "cmp.behind");
	w->hold = gw_class_id(k, "ind.hold");
	w->served = gw_class_id(k, "demand.served");
	w->measure = gw_class_id(k, "ind.measure");
}

/* Whether a sentence ends there, or only a phrase. The colon of a ratio (5:1) ends nothing. */
typedef enum phrase_end { GOES_ON, ENDS_PHRASE, ENDS_SENTENCE } phrase_end;

static inline phrase_end end_at(const uint32_t *ch, uint32_t pos)
{
	uint32_t c = ch[pos];
	if (c > 0x3002)
		return GOES_ON;
	if (c == ';' || c == 0x3002 || c == '\n' || c == '!' || c == '?')
		return ENDS_SENTENCE;
	if (c == ':')
		return pos == 0 || ch[pos - 1] < '0' || ch[pos - 1] > '9' ? ENDS_PHRASE : GOES_ON;
	return c == ',' ? ENDS_PHRASE : GOES_ON;
}

static bool opens(uint32_t c)
{
	return c == '(' || c == '[';
}

static bool closes(uint32_t c)
{
	return c == ')' || c == ']';
}

/* Within its sentence: a bracket may hold the ends of phrases, but not that of the sentence. */
gw_span gw_phrase(const gw_document *d, gw_span at)
{
	const uint32_t *ch = d->source->text.ch;
	gw_span r = gw_document_room_of_sentence(d, at), s = at;
	uint32_t sec = gw_document_section_at(d, at.begin), depth = 0;
	if (sec != GW_NONE && d->sections.items[sec].marker.end > r.begin &&
	        d->sections.items[sec].marker.end <= at.begin)
		r.begin = d->sections.items[sec].marker.end;
	for (; s.begin > r.begin; s.begin--) {
		uint32_t c = ch[s.begin - 1];
		phrase_end end = end_at(ch, s.begin - 1);
		if (end == ENDS_SENTENCE || (depth == 0 && (opens(c) || end)))
			break;
		depth = closes(c) ? depth + 1 : opens(c) ? depth - 1 : depth;
	}
	for (depth = 0; s.end < r.end; s.end++) {
		uint32_t c = ch[s.end];
		phrase_end end = end_at(ch, s.end);
		if (end == ENDS_SENTENCE || (depth == 0 && (closes(c) || end)))
			break;
		depth = opens(c) ? depth + 1 : closes(c) ? depth - 1 : depth;
	}
	return s;
}

uint32_t gw_times_from(const gw_document *d, uint32_t pos)
{
	uint32_t low = 0, high = d->times.count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (d->times.items[middle].span.begin < pos)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool has_time(const gw_document *d, gw_span in, gw_time_role role)
{
	for (uint32_t i = gw_times_from(d, in.begin); i < d->times.count && d->times.items[i].span.begin < in.end; i++)
		if (d->times.items[i].role == role)
			return true;
	return false;
}

/* Whether the last time before a number is a past one (that of a comparison and a plain length left out). */
static bool last_is_past(const gw_document *d, gw_span in)
{
	bool past = false;
	for (uint32_t i = gw_times_from(d, in.begin); i < d->times.count && d->times.items[i].span.begin < in.end;
	        i++) {
		gw_time_role role = d->times.items[i].role;
		if (role != GW_TIME_REFERENCE && role != GW_TIME_LIMIT)
			past = role == GW_TIME_PAST;
	}
	return past;
}

static void say(view *v, bool true_of_it, const char *word)
{
	if (true_of_it) {
		gw_buf_adds(&v->out, word);
		gw_buf_addc(&v->out, ' ');
	}
}

static const gw_token *tokens_in(const gw_document *d, uint32_t from, uint32_t to, const gw_token **end)
{
	const gw_lattice *l = &d->lattice;
	*end = l->tokens + l->first[to - l->base];
	return l->tokens + l->first[from - l->base];
}

/* Whether a word says what there has to be: 有 behind a modal (应当有), or first in a numbered item (3.有). */
static bool requires(const view *v, const gw_token *t, uint32_t modal)
{
	bool near = t->cls == v->w->near && t->begin + 1 == t->end && v->ch[t->begin] == HAVE;
	if (gw_token_before(&v->d->lattice, t->end, v->w->state))
		return false; /* 只有 */
	if (!near && (t->cls != v->w->hold ||
	                     !gw_str_eq(gw_entry_attr(gw_entry_at(v->w->k, t->entry), "have"), GW_STR("yes"))))
		return false;
	uint32_t sec = gw_document_section_at(v->d, t->begin);
	gw_span marker = sec == GW_NONE ? (gw_span){0, 0} : v->d->sections.items[sec].marker;
	return (modal && modal == t->begin) ||
	       (t->begin == v->phrase.begin && !gw_span_empty(marker) && marker.end == t->begin);
}

/* 从业3年以上, 任职满两年: how long somebody must have done something. */
static bool served(const view *v, gw_span unit)
{
	if (gw_span_empty(unit) || gw_span_empty(v->behind) ||
	        (v->ch[unit.begin] != YEAR && v->ch[unit.end - 1] != MONTH))
		return false;
	return gw_token_before(&v->d->lattice, v->at.begin, v->w->served) != NULL;
}

/* The governing words left of the number. A verb inside a longer noun (建设项目, 改造类) governs nothing. */
static void look_left(view *v)
{
	uint32_t low = v->at.begin > v->phrase.begin + LOOK_LEFT ? v->at.begin - LOOK_LEFT : v->phrase.begin;
	uint32_t modal = 0, state = 0, hidden = 0;
	const gw_token *end;
	for (const gw_token *t = tokens_in(v->d, low, v->at.begin, &end); t < end; t++) {
		if (t->end > v->at.begin)
			continue;
		if (t->cls == v->w->shield && t->end > hidden)
			hidden = t->end;
		else if (t->end <= hidden)
			continue;
		else if (requires(v, t, modal))
			v->must = true;
		else if (t->cls == v->w->demand)
			v->verb = t->end;
		else if (t->cls == v->w->modal)
			modal = t->end > modal ? t->end : modal;
		else if (t->cls == v->w->state)
			state = t->end;
	}
	say(v, v->verb && v->at.begin - v->verb <= NEAR, "verb-at");
	say(v, v->verb && v->at.begin - v->verb > NEAR, "verb");
	say(v, modal, "modal");
	const gw_token *near = gw_token_before(&v->d->lattice, v->at.begin, v->w->near);
	bool demanded = near && modal && near->begin <= modal; /* 应当有 */
	say(v, (state && v->at.begin - state <= 1) || (near && !demanded && !v->must), "state-at");
	say(v, v->must, "must");
	say(v, v->served, "served");
	say(v, state && v->at.begin - state > 1, "state");
	v->state = state > 0;
	for (uint32_t p = v->at.begin; p > low && !v->every; p--)
		v->every = v->ch[p - 1] == EVERY;
	say(v, v->every, "per");
}

/* 离岸10公里以上、水深20米以上的项目: the 的 behind a later bound of the list is that of this one too. */
static bool goes_on(const view *v, uint32_t high)
{
	if (v->at.end >= high || v->ch[v->at.end] != COMMA)
		return false;
	for (uint32_t p = v->at.end + 1; p < high; p++)
		if (v->ch[p] == DE)
			return gw_token_before(&v->d->lattice, p, v->w->bound) != NULL;
	return false;
}

/* 人口不超过100万的城市,标准为…: a phrase of its own at the head of a clause says which are meant. */
static bool topic(const view *v)
{
	uint32_t from = v->phrase.begin, to = v->phrase.end;
	uint32_t sec = gw_document_section_at(v->d, from);
	bool first = from == v->sentence.begin || v->ch[from - 1] == ';' || v->ch[from - 1] == '\n' ||
	             (sec != GW_NONE && v->d->sections.items[sec].marker.end == from);
	bool comparator = !gw_is_digit(v->ch[v->at.begin]) && gw_span_empty(v->behind);
	return first && comparator && !v->verb && to < v->sentence.end && v->ch[to] == ',' &&
	       to - v->at.end <= TOPIC;
}

/* 的 behind the number opens a noun that it describes; at the phrase's end it makes a condition of it all. */
static void look_right(view *v)
{
	uint32_t high = v->phrase.end > v->at.end + LOOK_RIGHT ? v->at.end + LOOK_RIGHT : v->phrase.end;
	const gw_token *end;
	for (const gw_token *t = tokens_in(v->d, v->at.end, high, &end); t < end; t++)
		if (t->cls == v->w->right && t->end <= high) {
			say(v, true, "right-verb");
			v->right = true;
			break;
		}
	const uint32_t *ch = v->ch;
	uint32_t end_at = v->phrase.end, after = end_at < v->sentence.end && closes(ch[end_at]) ? end_at + 1 : end_at;
	bool more = v->at.end < end_at;
	/* (运距500公里以上)的煤炭: the bracket says which, so the 的 behind it counts. */
	bool past_bracket = !more && after > end_at && after < v->sentence.end && ch[after] == DE;
	bool de = (more && ch[v->at.end] == DE) || past_bracket;
	bool last = more && v->at.end + 1 >= end_at;
	bool object = v->verb && v->at.begin - v->verb <= NEAR; /* 参加3—12个月的就业见习 */
	bool minimum = v->must || v->served;
	say(v, de && !last && !minimum && (!object || v->bound), "de");
	say(v,
	        !minimum && ((de && !last) || goes_on(v, high)) &&
	                (v->bound || (!v->share && !gw_span_empty(v->behind))),
	        "de-bound");
	say(v, de && last && !v->served, "de-end");
	say(v, de && !last && topic(v), "de-topic");
	say(v, !de && more && !minimum && ch[end_at - 1] == DE, "cond");
	say(v, more && gw_token_at(&v->d->lattice, v->at.end, v->w->level), "level-next");
	say(v, more && !gw_span_empty(v->behind) && gw_token_at(&v->d->lattice, v->at.end, v->w->equals), "defines");
}

/* 1200mm×1000mm: the size of something. */
static bool crossed(const view *v)
{
	uint32_t before = v->at.begin > v->phrase.begin ? v->ch[v->at.begin - 1] : 0,
	         after = v->at.end < v->phrase.end ? v->ch[v->at.end] : 0;
	return before == TIMES || before == '*' || after == TIMES || after == '*';
}

/* 国内、国外两个市场: a list stands right before the number, no verb between. */
static bool sums_up(const view *v)
{
	for (uint32_t p = v->at.begin; p > v->phrase.begin && p + LIST > v->at.begin; p--) {
		if (v->ch[p - 1] == COMMA)
			return v->verb < p;
	}
	return false;
}

/* 甲、乙、丙3个县: as many parts as the number says stand right before it, from the phrase's begin or a verb. */
static bool counts_up(const view *v, double value)
{
	uint32_t low = v->verb > v->phrase.begin ? v->verb : v->phrase.begin, parts = 1, length = 0;
	if (v->at.begin > low && v->ch[v->at.begin - 1] == ETC)
		return false; /* 甲、乙等2个县 */
	if (value < 2 || value > PARTS || v->verb == v->at.begin || !gw_is_han(v->ch[v->at.end]))
		return false;
	if (gw_token_before(&v->d->lattice, v->at.begin, v->w->state) ||
	        gw_token_before(&v->d->lattice, v->at.begin, v->w->near))
		return false; /* 甲、乙共2个县 */
	uint32_t joined = 0; /* 甲、乙和丙3个县 */
	for (uint32_t p = v->at.begin; p > low && length < PART; p--, length++)
		if (v->ch[p - 1] == COMMA || v->ch[p - 1] == AND) {
			joined += v->ch[p - 1] == AND;
			parts += v->ch[p - 1] == COMMA;
			length = 0;
		}
	return (double)parts == value || (parts > 1 && (double)(parts + joined) == value);
}

/* 开展5种以上手术的医院占比: the number says which are meant, of which a share is measured. */
static bool share_of(const view *v)
{
	bool de = false;
	for (uint32_t p = v->at.end + 2; p < v->phrase.end; p++) {
		const gw_token *t = de ? gw_token_at(&v->d->lattice, p, v->w->measure) : NULL;
		if (t && gw_str_eq(gw_entry_attr(gw_entry_at(v->w->k, t->entry), "ratio"), GW_STR("yes")))
			return true;
		de |= v->ch[p] == DE;
	}
	return false;
}

/* Counts and measures are talked of in different ways. */
static void look_at_unit(view *v, gw_span unit, const gw_number *n)
{
	const gw_token *u = gw_span_empty(unit) ? NULL : gw_token_at(&v->d->lattice, unit.begin, v->w->unit);
	gw_str kind = u ? gw_entry_attr(gw_entry_at(v->w->k, u->entry), "kind") : (gw_str){"", 0};
	bool share = gw_str_eq(kind, GW_STR("percent")) || gw_str_eq(kind, GW_STR("money")) ||
	             gw_str_eq(kind, GW_STR("time")) || gw_str_eq(kind, GW_STR("area"));
	bool counted = !u || gw_str_eq(kind, GW_STR("count")) || gw_str_eq(kind, GW_STR("people"));
	bool noun = v->at.end < v->phrase.end && gw_is_han(v->ch[v->at.end]) && v->ch[v->at.end] != DE;
	/* 35吨敞顶箱: what it is like, not how much of it; 5000元奖励 is an amount all the same. */
	/* 治理120公里河道 is an amount, 35吨以下锅炉 is not whatever the verb. */
	/* 推动甲、乙等60万千瓦机组并网: an aim for what is so large. */
	bool governed = v->verb && gw_span_empty(v->behind) && (v->at.begin == v->verb || (v->right && n->value >= 1e4));
	say(v, !counted && !share && noun && !governed && !gw_token_at(&v->d->lattice, v->at.end, v->w->right), "spec");
	say(v, crossed(v), "pair");
	say(v, !counted || gw_span_empty(unit), "measure");
	say(v, counted && !gw_span_empty(unit) && !noun, "count-last");
	say(v, counted && v->at.begin > v->phrase.begin && v->ch[v->at.begin - 1] == DE, "de-before");
	say(v, !u && !gw_span_empty(unit) && gw_token_at(&v->d->lattice, unit.begin, v->w->weak),
	        n->han ? "weak weak-han" : "weak");
	bool some = !counted && !gw_str_eq(kind, GW_STR("percent")) && !gw_str_eq(kind, GW_STR("time"));
	bool bounds = noun && !v->must && !gw_span_empty(v->behind);
	bool shared = bounds && counted && share_of(v);
	say(v, shared, "de-bound");
	say(v, (bounds && some && !gw_token_at(&v->d->lattice, v->at.end, v->w->right)) || shared,
	        "class-of");
	say(v, v->every && u && gw_str_eq(gw_entry_attr(gw_entry_at(v->w->k, u->entry), "act"), GW_STR("yes")),
	        "often");
	bool bare = n->span.begin == v->at.begin; /* no comparator: 不少于三类 is meant as a number */
	bool small = counted && bare && gw_span_empty(v->behind) && n->han && n->value < 13 && gw_span_len(n->span) == 1;
	say(v, n->han && n->value < 1.5 && gw_span_len(n->span) == 1, "han-one");
	say(v, small, "han-small");
	say(v, small ? sums_up(v) : u && counted && gw_span_empty(v->behind) && counts_up(v, n->value), "recap");
	say(v,
	        small && !v->verb && !v->state && !v->every && u &&
	                gw_str_eq(gw_entry_attr(gw_entry_at(v->w->k, u->entry), "abstract"), GW_STR("yes")),
	        "idle");
}

/* A share or a multiple selects no class of things by itself: 80%以上的村, 2倍以下的罚款. */
static bool is_share(const gw_evidence_words *w, const gw_document *d, gw_span unit, const gw_number *n)
{
	const gw_token *u = gw_span_empty(unit) ? NULL : gw_token_at(&d->lattice, unit.begin, w->unit);
	gw_str kind = u ? gw_entry_attr(gw_entry_at(w->k, u->entry), "kind") : (gw_str){"", 0};
	if (gw_span_empty(unit))
		return n->value < 1; /* 三分之二 */
	return gw_str_eq(kind, GW_STR("percent")) || gw_str_eq(kind, GW_STR("ratio"));
}

static bool stops_between(const view *v, const gw_quantity *before)
{
	for (uint32_t p = before->span.end; p < v->at.begin; p++)
		if (v->ch[p] == STOP)
			return before->target;
	return false;
}

gw_str gw_evidence_find(const gw_evidence_words *w, const gw_document *d, const gw_quantity *q, const gw_number *n,
        gw_span unit, gw_span behind, const gw_quantity *before)
{
	view v = {w, d, d->source->text.ch, q->span, gw_phrase(d, q->span), gw_document_sentence(d, q->span), behind,
	        q->op == GW_OP_GT || q->op == GW_OP_LT, is_share(w, d, unit, n), false, false, false, false, false, 0, {0}};
	gw_buf_init(&v.out);
	v.served = served(&v, unit);
	look_left(&v);
	look_right(&v);
	look_at_unit(&v, unit, n);
	bool due = has_time(d, (gw_span){v.sentence.begin, v.phrase.end}, GW_TIME_DEADLINE);
	uint32_t p = gw_document_paragraph_at(d, q->span.begin);
	gw_span rest = {v.sentence.end, p == GW_NONE ? v.sentence.end : d->paragraphs.items[p].end};
	say(&v, due, "due");
	rest.begin = v.phrase.end < rest.end ? v.phrase.end : rest.end;
	say(&v, !due && has_time(d, rest, GW_TIME_DEADLINE), "due-item");
	say(&v, last_is_past(d, (gw_span){v.sentence.begin, q->span.begin}), "past-at");
	say(&v, has_time(d, (gw_span){v.sentence.begin, q->span.begin}, GW_TIME_PAST), "past");
	bool from = v.state && before && before->span.begin >= v.phrase.begin && before->span.end <= q->span.begin &&
	            gw_token_at(&d->lattice, before->span.end, w->level);
	say(&v, from, "from-to"); /* 由目前的40家压减至30家 */
	say(&v, v.phrase.begin > d->span.begin && opens(v.ch[v.phrase.begin - 1]), "in-bracket");
	bool near = before && before->span.end + CHAIN >= q->span.begin && p != GW_NONE &&
	            before->span.begin >= d->paragraphs.items[p].begin;
	bool since = !due && has_time(d, (gw_span){v.sentence.begin, q->span.begin}, GW_TIME_REFERENCE);
	say(&v, since, "since");
	near = near && !stops_between(&v, before);
	bool chained = before && (before->span.begin >= v.sentence.begin || near);
	say(&v, chained, before && before->target ? "after-target" : "after-status");
	gw_str words = gw_arena_str(d->source->arena, (gw_str){v.out.ptr ? v.out.ptr : "", (uint32_t)v.out.len});
	gw_buf_release(&v.out);
	return words;
}
