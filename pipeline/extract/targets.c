/* Stage `extract-targets`: numbers with a measure, told apart into targets and quantities.
 *
 * Rules that emit `quantity` capture `cmp` (comparators before), `n` (numbers), `unit`, `behind`; form=list makes one
 * quantity a number. What stands round them is found by evidence.c. The role is the decision quantity.role;
 * quantity.keep takes out small numerals that count nothing. */
#include "extract.h"
#include "evidence.h"
#include "indicator.h"

#include "gw/read.h"

#include <stdlib.h>

/* How far a comparator or a 每 may stand apart from its number. */
enum { APART = 16, PER = 30 };

static const char *const length_classes[] = {"duration.day", "duration.week", "duration.month", "duration.year"};

typedef struct target_state {
	const gw_knowledge *k;
	const gw_decision *role, *keep;
	uint32_t role_target, keep_no;
	uint16_t cmp, n, u, unit, behind, half;                                /* captures */
	uint16_t apart, change, level, per, each, cls, base, piece, length[4]; /* classes */
	bool used; /* some rule or cue looks for quantities */
	gw_evidence_words evidence;
	gw_indicator_words words;
} target_state;

static gw_status target_open(const void *settings, gw_knowledge *k, gw_arena *arena, void **state, gw_diag *diag)
{
	*state = GW_NEW(arena, target_state);
	return gw_extract_open(settings, k, diag);
}

static gw_status target_bind(void *state, const gw_knowledge *k, gw_diag *diag)
{
	(void)diag;
	target_state *s = state;
	s->k = k;
	s->role = gw_decision_find(k, "quantity.role");
	s->keep = gw_decision_find(k, "quantity.keep");
	s->role_target = gw_decision_index(s->role, "target");
	s->keep_no = gw_decision_index(s->keep, "no");
	s->cmp = gw_name_id(k, "cmp");
	s->n = gw_name_id(k, "n");
	s->u = gw_name_id(k, "u");
	s->unit = gw_name_id(k, "unit");
	s->behind = gw_name_id(k, "behind");
	s->half = gw_name_id(k, "half");
	s->apart = gw_class_id(k, "cmp.apart");
	s->change = gw_class_id(k, "change");
	s->level = gw_class_id(k, "change.level");
	s->per = gw_class_id(k, "per");
	s->each = gw_class_id(k, "per.each");
	s->cls = gw_class_id(k, "quantity");
	s->base = gw_class_id(k, "base.word");
	s->piece = gw_class_id(k, "per.piece");
	s->used = gw_class_is_used(k, s->cls);
	for (size_t i = 0; i < sizeof s->length / sizeof *s->length; i++)
		s->length[i] = gw_class_id(k, length_classes[i]);
	gw_evidence_bind(&s->evidence, k);
	gw_indicator_bind(&s->words, k);
	return GW_OK;
}

static gw_op op_named(gw_str name, gw_op otherwise)
{
	for (uint32_t i = 0; i < GW_OPS; i++)
		if (gw_str_eq(name, gw_str_of(gw_op_names[i])))
			return (gw_op)i;
	return otherwise;
}

static gw_str attr_of(const target_state *s, const gw_document *d, const gw_capture *c, const char *key)
{
	if (!c || c->token == GW_NONE)
		return (gw_str){NULL, 0};
	return gw_entry_attr(gw_entry_at(s->k, d->lattice.tokens[c->token].entry), key);
}

/* The last token of a class that ends at most `reach` characters before a place, not before `from`. */
static const gw_token *token_left(const gw_document *d, uint32_t from, uint32_t pos, uint32_t reach, uint16_t cls)
{
	uint32_t low = pos > from + reach ? pos - reach : from;
	for (uint32_t p = pos; p > low; p--) {
		const gw_token *t = gw_token_before(&d->lattice, p, cls);
		if (t && t->begin >= from)
			return t;
	}
	return NULL;
}

/* Where the looking back for a comparator apart ends: the phrase's begin, or the quantity before. */
static uint32_t reach_back(const gw_document *d, gw_span phrase, uint32_t begin)
{
	uint32_t n = d->quantities.count;
	uint32_t last = n && d->quantities.items[n - 1].span.end <= begin ? d->quantities.items[n - 1].span.end : 0;
	return last > phrase.begin ? last : phrase.begin;
}

static gw_op op_of(const target_state *s, const gw_document *d, const gw_match *m, gw_span span)
{
	gw_op op = GW_OP_EQ;
	for (uint32_t i = 0; i < m->capture_count; i++)
		if (m->captures[i].name == s->cmp && op == GW_OP_EQ)
			op = op_named(attr_of(s, d, &m->captures[i], "op"), op);
	const gw_capture *c = gw_match_get(m, s->behind);
	gw_str behind = attr_of(s, d, c, "op");
	if (op == GW_OP_EQ && behind.ptr && gw_span_within(c->span, span))
		op = op_named(behind, op);
	return op;
}

/* 低于首期交存额30%, 超过总数的一半: what the share is taken from stands between. */
static bool counted_from(const target_state *s, const gw_document *d, uint32_t from, uint32_t to)
{
	bool of = to > from && d->source->text.ch[to - 1] == 0x7684;
	return to > from + of && gw_noun_measures(&s->words, d, (gw_span){from, to - of});
}

/* 压缩至3个、2个工作日, 不少于本单位执法人员总数5%: the comparator stands apart and is no part of the span. */
static gw_op op_apart(const target_state *s, const gw_document *d, const gw_match *m, uint32_t reach)
{
	const gw_token *t = token_left(d, reach, m->span.begin, APART, s->apart);
	if (t && gw_str_eq(gw_entry_attr(gw_entry_at(s->k, t->entry), "of"), GW_STR("yes")) &&
	        !counted_from(s, d, t->end, m->span.begin))
		return GW_OP_EQ;
	return t ? op_named(gw_entry_attr(gw_entry_at(s->k, t->entry), "op"), GW_OP_EQ) : GW_OP_EQ;
}

/* 50万元/亩: the 万 belongs to the unit's currency; 2000万元: to the number. */
static void unit_and_value(
        gw_document *d, const target_state *s, const gw_match *m, gw_quantity *q, const gw_number *n, gw_span unit)
{
	gw_arena *a = d->source->arena;
	q->unit = gw_span_empty(unit) ? gw_rule_field(s->k, m->rule, "unit") : gw_text_utf8(a, &d->source->text, unit);
	if (!q->unit.ptr)
		q->unit = (gw_str){"", 0};
	q->value = n->value + (gw_match_get(m, s->half) ? n->scale / 2 : 0); /* 三吨半 */
	bool money_per = n->scale >= 9999 && n->scale <= 10001 && q->unit.len > 4 &&
	                 memchr(q->unit.ptr, '/', q->unit.len) && memcmp(q->unit.ptr, "元", 3) == 0;
	if (money_per) {
		q->value = n->value / n->scale;
		q->unit = gw_str_of(gw_arena_printf(a, "万%.*s", (int)q->unit.len, q->unit.ptr));
	}
	if (n->more && q->op == GW_OP_EQ)
		q->op = GW_OP_GT;
}

/* What a number is per: 每年 by its word, 每10天 as a length, 每个片区 as the text behind 每. */
static gw_str per_of(const target_state *s, gw_document *d, uint32_t from, uint32_t begin)
{
	const gw_token *t = token_left(d, from, begin, PER, s->per);
	if (t)
		return gw_entry_attr(gw_entry_at(s->k, t->entry), "per");
	t = token_left(d, from, begin, PER, s->each);
	if (!t)
		return (gw_str){NULL, 0};
	for (size_t i = 0; i < sizeof s->length / sizeof *s->length; i++) {
		const gw_token *len = gw_token_at(&d->lattice, t->end, s->length[i]);
		if (len && len->end <= begin)
			return gw_duration_iso(d->source->arena, &d->durations.items[len->entry]);
	}
	gw_span of = {t->end, gw_noun_each_end(&s->words, d, t->end, begin)};
	if (gw_span_len(of) > 2 && gw_token_at(&d->lattice, of.begin, s->piece))
		of.begin++; /* 每个片区: 片区 */
	return gw_span_len(of) >= 1 ? gw_text_utf8(d->source->arena, &d->source->text, of) : (gw_str){NULL, 0};
}

/* What the sentence compares with: 比2020年, 较上年; a year in another phrase is that of another number. */
static gw_str base_of(const target_state *s, gw_document *d, gw_span phrase, uint32_t begin)
{
	gw_span base = {0, 0};
	for (uint32_t i = gw_times_from(d, phrase.begin); i < d->times.count && d->times.items[i].span.end <= begin;
	        i++)
		if (d->times.items[i].role == GW_TIME_REFERENCE)
			base = d->times.items[i].span;
	for (uint32_t p = begin; gw_span_empty(base) && p > phrase.begin; p--) {
		const gw_token *t = gw_token_before(&d->lattice, p, s->base);
		if (t && t->begin > phrase.begin && gw_token_before(&d->lattice, t->begin, s->words.than))
			base = (gw_span){t->begin, t->end};
	}
	return gw_span_empty(base) ? (gw_str){NULL, 0} : gw_text_utf8(d->source->arena, &d->source->text, base);
}

/* 压减渔船150艘: the verb stands before the thing that becomes fewer, no other verb between. */
static const gw_token *change_with_object(const target_state *s, const gw_document *d, uint32_t low, uint32_t begin)
{
	for (uint32_t p = begin; p > low && begin - p < APART; p--) {
		const gw_token *t = gw_token_before(&d->lattice, p, s->change);
		if (t && t->begin >= low &&
		        gw_str_eq(gw_entry_attr(gw_entry_at(s->k, t->entry), "object"), GW_STR("yes")) &&
		        !gw_token_at(&d->lattice, t->begin, s->level))
			return t;
		if (gw_token_before(&d->lattice, p, s->words.verb))
			return NULL;
	}
	return NULL;
}

/* A change is one by that amount (增长8.9%), not one to it (提高到63%); its base is what the sentence compares with. */
static void change_of(const target_state *s, gw_document *d, gw_quantity *q, gw_span phrase, uint32_t begin, bool counted)
{
	const gw_token *change = gw_token_before(&d->lattice, begin, s->change);
	const gw_token *level = gw_token_before(&d->lattice, begin, s->level);
	if (level && (!change || level->begin <= change->begin))
		return;
	if (!change && counted)
		change = change_with_object(s, d, reach_back(d, phrase, begin), begin);
	if (!change || (counted && gw_str_eq(gw_entry_attr(gw_entry_at(s->k, change->entry), "count"), GW_STR("no"))))
		return;
	q->change = gw_entry_attr(gw_entry_at(s->k, change->entry), "change");
	q->base = base_of(s, d, phrase, begin);
}

/* 50-70万, 3-5万元: the scale of the second number is that of the first where it has none and would else be far
 * smaller. */
static void range_to(gw_quantity *q, const gw_number *n, const gw_number *n2)
{
	q->op = GW_OP_RANGE;
	q->value2 = n2->value;
	if (n->scale < 2 && n2->scale > 1 && n->value < n2->value / n2->scale)
		q->value = n->value * n2->scale;
}

/* Whether things are counted, by the unit. */
static bool counts(const target_state *s, const gw_document *d, gw_span unit)
{
	const gw_token *u = gw_span_empty(unit) ? NULL : gw_token_at(&d->lattice, unit.begin, s->words.unit);
	gw_str kind = u ? gw_entry_attr(gw_entry_at(s->k, u->entry), "kind") : (gw_str){"", 0};
	return gw_str_eq(kind, GW_STR("count")) || gw_str_eq(kind, GW_STR("people"));
}

/* One number of a match. */
typedef struct item {
	gw_span span, unit;
	const gw_number *n, *upto;
} item;

static void quantity_add(const target_state *s, gw_document *d, const gw_match *m, const item *it)
{
	gw_quantity q = {.span = it->span, .section = gw_fact_section(d, it->span), .rule = m->rule, .due = GW_NONE};
	gw_span phrase = gw_phrase(d, (gw_span){m->span.begin, m->span.begin});
	uint32_t reach = reach_back(d, phrase, m->span.begin);
	q.op = op_of(s, d, m, it->span);
	if (q.op == GW_OP_EQ)
		q.op = op_apart(s, d, m, reach);
	unit_and_value(d, s, m, &q, it->n, it->unit);
	if (it->upto)
		range_to(&q, it->n, it->upto);
	change_of(s, d, &q, phrase, m->span.begin, counts(s, d, it->unit));
	q.per = per_of(s, d, reach, m->span.begin);
	const gw_capture *behind = gw_match_get(m, s->behind);
	const gw_quantity *before = d->quantities.count ? &d->quantities.items[d->quantities.count - 1] : NULL;
	gw_cue_context c = {d, it->span, m->rule,
	        gw_evidence_find(
	                &s->evidence, d, &q, it->n, it->unit, behind ? behind->span : (gw_span){0, 0}, before)};
	if (s->keep && gw_decide(s->k, s->keep, &c, NULL) == s->keep_no)
		return;
	q.target = s->role && gw_decide(s->k, s->role, &c, NULL) == s->role_target;
	q.indicator = gw_indicator_find(&s->words, d, it->span, m->span.begin, it->unit, q.unit, before);
	*GW_PUSH(d->source->arena, &d->quantities) = q;
}

static const gw_number *number_of(const gw_document *d, const gw_capture *c)
{
	return &d->numbers.items[d->lattice.tokens[c->token].entry];
}

/* Whether a list's last unit goes on from a number's own (3个、2个工作日): then it is the unit of both. */
static bool unit_goes_on(const gw_document *d, gw_span own, gw_span last)
{
	const uint32_t *ch = d->source->text.ch;
	if (gw_span_len(own) > gw_span_len(last))
		return false;
	for (uint32_t i = 0; i < gw_span_len(own); i++)
		if (ch[own.begin + i] != ch[last.begin + i])
			return false;
	return true;
}

/* The captures of a list come as n u n u … n unit; an item reaches to the end of its own unit. */
static void list_add(const target_state *s, gw_document *d, const gw_match *m)
{
	const gw_capture *last = gw_match_get(m, s->unit);
	uint32_t base = d->quantities.count, begin = m->span.begin;
	bool pairs = false; /* 92%和81%: one for each; 92%、81%: the whole for both */
	for (uint32_t i = 0; i < m->capture_count && last; i++) {
		const gw_capture *c = &m->captures[i], *own = i + 1 < m->capture_count ? c + 1 : NULL;
		if (c->name != s->n || c->token == GW_NONE)
			continue;
		own = own && own->name == s->u ? own : NULL;
		bool final = c->span.end == last->span.begin;
		item it = {{begin, final ? m->span.end
		                   : own ? own->span.end
		                         : c->span.end},
		        last->span, number_of(d, c), NULL};
		if (own && !unit_goes_on(d, own->span, last->span))
			it.unit = own->span;
		pairs = gw_token_before(&d->lattice, c->span.begin, s->words.both) != NULL;
		quantity_add(s, d, m, &it);
		begin = it.span.end + 1;
	}
	/* What holds for one number of a list holds for all. */
	gw_quantity *q = d->quantities.items + base;
	gw_span whole = d->quantities.count > base ? q->indicator : (gw_span){0, 0};
	for (uint32_t i = 0, n = d->quantities.count - base; i < n; i++) {
		q[i].target = q->target;
		q[i].indicator = pairs ? gw_noun_part(&s->words, d, whole, i, n) : whole;
	}
}

static void match_add(const target_state *s, gw_document *d, const gw_match *m)
{
	const gw_number *n[2] = {NULL, NULL};
	uint32_t count = 0;
	for (uint32_t i = 0; i < m->capture_count && count < 2; i++)
		if (m->captures[i].name == s->n && m->captures[i].token != GW_NONE)
			n[count++] = number_of(d, &m->captures[i]);
	/* 半个工作日: the rule itself says the number. */
	gw_str said = gw_rule_field(s->k, m->rule, "value");
	const gw_number written = {
	        .span = {m->span.begin, m->span.begin}, .value = said.len ? strtod(said.ptr, NULL) : 0, .scale = 1};
	if (said.len && count == 0)
		n[count++] = &written;
	const gw_capture *unit = gw_match_get(m, s->unit);
	item it = {m->span, unit ? unit->span : (gw_span){0, 0}, n[0], n[1]};
	if (count)
		quantity_add(s, d, m, &it);
}

static void tokens_add(const target_state *s, gw_document *d)
{
	gw_token *tokens = GW_NEW_N(gw_stage_room(d), gw_token, d->quantities.count + 1);
	for (uint32_t i = 0; i < d->quantities.count; i++)
		tokens[i] =
		        (gw_token){d->quantities.items[i].span.begin, d->quantities.items[i].span.end, s->cls, 0, i};
	gw_lattice_add(d, tokens, d->quantities.count);
}

static gw_status target_document(const void *state, gw_document *d, gw_diag *diag)
{
	(void)diag;
	const target_state *s = state;
	gw_match_list found = {0};
	gw_rules_run(s->k, d, "quantity", true, gw_stage_room(d), &found);
	for (uint32_t i = 0; i < found.count; i++) {
		const gw_match *m = &found.items[i];
		if (gw_rule_says(s->k, m->rule, "drop") || gw_inside_title_marks(d, m->span))
			continue;
		if (gw_str_eq(gw_rule_field(s->k, m->rule, "form"), GW_STR("list")))
			list_add(s, d, m);
		else
			match_add(s, d, m);
	}
	if (s->used)
		tokens_add(s, d);
	return GW_OK;
}

const gw_stage gw_stage_extract_targets = {
        .name = "extract-targets",
        .summary = "Finds numbers with a measure, told apart into targets and descriptions.",
        .reads = GW_HAS_FOLDED | GW_HAS_SECTIONS | GW_HAS_LATTICE,
        .writes = GW_HAS_QUANTITIES,
        .uses = GW_HAS_TIMES,
        .options = gw_extract_options,
        .settings_size = sizeof(extract_settings),
        .open = target_open,
        .bind = target_bind,
        .document = target_document,
};
