/* Stage `extract-targets`: numbers with a measure, told apart into targets and quantities.
 *
 * Rules that emit `quantity` capture `cmp` (comparators before), `n` (numbers), `unit`, `behind`; form=list makes one quantity a
 * number. The role is the decision quantity.role; quantity.keep takes out small numerals that count nothing. */
#include "extract.h"
#include "indicator.h"

#include <stdlib.h>

typedef struct target_state {
	const gw_knowledge *k;
	const gw_decision *role, *keep;
	uint32_t role_target, keep_no;
	uint16_t cmp, n, unit, behind;               /* captures */
	uint16_t apart, change, level, per, cls;     /* classes */
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
	s->unit = gw_name_id(k, "unit");
	s->behind = gw_name_id(k, "behind");
	s->apart = gw_class_id(k, "cmp.apart");
	s->change = gw_class_id(k, "change");
	s->level = gw_class_id(k, "change.level");
	s->per = gw_class_id(k, "per");
	s->cls = gw_class_id(k, "quantity");
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

/* The last token of a class that ends at most `reach` characters before a place, in the same clause. */
static const gw_token *token_left(const gw_document *d, gw_span clause, uint32_t pos, uint32_t reach, uint16_t cls)
{
	uint32_t low = pos > clause.begin + reach ? pos - reach : clause.begin;
	for (uint32_t p = pos; p > low; p--) {
		const gw_token *t = gw_token_before(&d->lattice, p, cls);
		if (t && t->begin >= clause.begin)
			return t;
	}
	return NULL;
}

static gw_op op_of(const target_state *s, const gw_document *d, const gw_match *m, gw_span clause)
{
	gw_op op = GW_OP_EQ;
	for (uint32_t i = 0; i < m->capture_count; i++)
		if (m->captures[i].name == s->cmp && op == GW_OP_EQ)
			op = op_named(attr_of(s, d, &m->captures[i], "op"), op);
	gw_str behind = attr_of(s, d, gw_match_get(m, s->behind), "op");
	if (op == GW_OP_EQ && behind.ptr)
		op = op_named(behind, op);
	if (op != GW_OP_EQ)
		return op;
	const gw_token *t = token_left(d, clause, m->span.begin, 14, s->apart);
	return t ? op_named(gw_entry_attr(gw_entry_at(s->k, t->entry), "op"), op) : op;
}

/* 50万元/亩: the 万 belongs to the unit's currency; 2000万元: to the number. */
static void unit_and_value(gw_document *d, const target_state *s, const gw_match *m, gw_quantity *q, const gw_number *n)
{
	gw_arena *a = d->source->arena;
	const gw_capture *unit = gw_match_get(m, s->unit);
	q->unit = unit ? gw_text_utf8(a, &d->source->text, unit->span) : gw_rule_field(s->k, m->rule, "unit");
	if (!q->unit.ptr)
		q->unit = (gw_str){"", 0};
	q->value = n->value;
	bool money_per = unit && n->scale >= 9999 && n->scale <= 10001 && q->unit.len > 4 && memchr(q->unit.ptr, '/', q->unit.len) &&
		memcmp(q->unit.ptr, "元", 3) == 0;
	if (money_per) {
		q->value = n->value / n->scale;
		q->unit = gw_str_of(gw_arena_printf(a, "万%.*s", (int)q->unit.len, q->unit.ptr));
	}
	if (n->more && q->op == GW_OP_EQ)
		q->op = GW_OP_GT;
}

static void surroundings(const target_state *s, gw_document *d, gw_quantity *q, gw_span clause)
{
	const gw_token *change = gw_token_before(&d->lattice, q->span.begin, s->change);
	const gw_token *level = gw_token_before(&d->lattice, q->span.begin, s->level);
	if (change && (!level || level->begin > change->begin))
		q->change = gw_entry_attr(gw_entry_at(s->k, change->entry), "change");
	const gw_token *per = token_left(d, clause, q->span.begin, 12, s->per);
	if (per)
		q->per = gw_entry_attr(gw_entry_at(s->k, per->entry), "per");
	for (uint32_t i = 0; i < d->times.count; i++) {
		const gw_time *t = &d->times.items[i];
		if (t->role == GW_TIME_REFERENCE && gw_span_within(t->span, gw_document_sentence(d, q->span)) && q->change.len)
			q->base = gw_text_utf8(d->source->arena, &d->source->text, t->span);
	}
}

static bool in_pair(const gw_document *d, gw_span at, uint32_t open, uint32_t close)
{
	const uint32_t *ch = d->source->text.ch;
	uint32_t p = at.begin, low = at.begin > d->span.begin + 30 ? at.begin - 30 : d->span.begin;
	while (p > low && ch[p - 1] != '\n' && ch[p - 1] != close && ch[p - 1] != open)
		p--;
	return p > low && ch[p - 1] == open;
}

/* Whether a deadline stands in the sentence. */
static bool has_due(const gw_document *d, gw_span sentence, gw_time_role role)
{
	for (uint32_t i = 0; i < d->times.count; i++)
		if (d->times.items[i].role == role && gw_span_within(d->times.items[i].span, sentence))
			return true;
	return false;
}

static gw_str about(const gw_document *d, const gw_quantity *q, const gw_number *n)
{
	gw_span sentence = gw_document_sentence(d, q->span);
	bool small = n->han && n->value < 13 && gw_span_len(n->span) == 1;
	return gw_str_of(gw_arena_printf(d->source->arena, "%s%s%s%s%s", small && n->value < 1.5 ? "han-one " : "", small ? "han-small " : "",
		has_due(d, sentence, GW_TIME_DEADLINE) ? "due " : "", has_due(d, sentence, GW_TIME_PAST) ? "past " : "",
		in_pair(d, q->span, '(', ')') ? "in-bracket " : ""));
}

static void quantity_add(const target_state *s, gw_document *d, const gw_match *m, gw_span span, const gw_number *n, const gw_number *n2)
{
	gw_quantity q = {.span = span, .section = gw_fact_section(d, span), .rule = m->rule, .due = GW_NONE};
	gw_span clause = gw_document_clause(d, span);
	q.op = op_of(s, d, m, clause);
	unit_and_value(d, s, m, &q, n);
	if (n2) {
		q.op = GW_OP_RANGE;
		q.value2 = n2->value;
		/* 3-5万元: the scale stands at the second number only. */
		if (n->scale < 2 && n2->scale > 1 && n->value < n2->value / n2->scale)
			q.value = n->value * n2->scale;
	}
	surroundings(s, d, &q, clause);
	gw_cue_context c = {d, span, m->rule, about(d, &q, n)};
	if (s->keep && gw_decide(s->k, s->keep, &c, NULL) == s->keep_no)
		return;
	q.target = s->role && gw_decide(s->k, s->role, &c, NULL) == s->role_target;
	q.indicator = gw_indicator_find(&s->words, d, span, clause, gw_match_get(m, s->unit) ? gw_match_get(m, s->unit)->span : (gw_span){0, 0});
	*GW_PUSH(d->source->arena, &d->quantities) = q;
}

static const gw_number *number_of(const gw_document *d, const gw_capture *c)
{
	return &d->numbers.items[d->lattice.tokens[c->token].entry];
}

/* One quantity a number: 30、45个工作日 are 30 and 45个工作日; 3个、2个工作日 are 3个 and 2个工作日. */
static void list_add(const target_state *s, gw_document *d, const gw_match *m)
{
	const uint32_t *ch = d->source->text.ch;
	for (uint32_t i = 0; i < m->capture_count; i++) {
		const gw_capture *c = &m->captures[i];
		if (c->name != s->n || c->token == GW_NONE)
			continue;
		gw_span span = {c->span.begin, c->span.end};
		while (span.end < m->span.end && ch[span.end] != 0x3001 && ch[span.end] != ',')
			span.end++;
		quantity_add(s, d, m, span, number_of(d, c), NULL);
	}
}

static void match_add(const target_state *s, gw_document *d, const gw_match *m)
{
	const gw_number *n[2] = {NULL, NULL};
	uint32_t count = 0;
	for (uint32_t i = 0; i < m->capture_count && count < 2; i++)
		if (m->captures[i].name == s->n && m->captures[i].token != GW_NONE)
			n[count++] = number_of(d, &m->captures[i]);
	if (count)
		quantity_add(s, d, m, m->span, n[0], n[1]);
}

static gw_status target_document(const void *state, gw_document *d, gw_diag *diag)
{
	(void)diag;
	const target_state *s = state;
	gw_arena *a = d->source->arena;
	gw_match_list found = {0};
	gw_rules_run(s->k, d, "quantity", true, a, &found);
	for (uint32_t i = 0; i < found.count; i++) {
		const gw_match *m = &found.items[i];
		if (gw_rule_says(s->k, m->rule, "drop") || gw_inside_title_marks(d, m->span))
			continue;
		if (gw_str_eq(gw_rule_field(s->k, m->rule, "form"), GW_STR("list")))
			list_add(s, d, m);
		else
			match_add(s, d, m);
	}
	gw_token *tokens = GW_NEW_N(a, gw_token, d->quantities.count + 1);
	for (uint32_t i = 0; i < d->quantities.count; i++)
		tokens[i] = (gw_token){d->quantities.items[i].span.begin, d->quantities.items[i].span.end, s->cls, 0, i};
	gw_lattice_add(d, tokens, d->quantities.count);
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
