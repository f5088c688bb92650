/* Runs compiled patterns over the paragraphs of a document.
 *
 * Every attempt of a pattern has a budget of steps, and so have all attempts of a group of rules on a paragraph together, by
 * its length: the time is linear in the text whatever the pattern, and a megabyte of digits, where every attempt uses all of
 * its steps, takes seconds instead of minutes. Both are far above what real matches need: in 1.9 MB of official documents
 * no group took more than 20,000 steps for a paragraph. When those of a paragraph are used up, what matches at once is still
 * found. */
#include "machine.h"

#include <stdlib.h>

enum { PARAGRAPH_STEPS = 1000000, STEPS_PER_CHAR = 400, STEPS_AT_LEAST = 100 };

typedef struct session {
	const gw_knowledge *k;
	const gw_rule_group *g;
	gw_arena *arena;
	gw_machine m;
	const gw_lattice *l;
	/* By rule of the group, in the order of its slices. */
	struct asked {
		uint32_t paragraph; /* the last one in which it was thought of, counted from 1: the others are of that one */
		uint32_t done;      /* where its last match reached to, GW_NONE when there was none */
		bool hopeless;      /* the paragraph lacks what it needs */
	} *asked;
	uint32_t paragraph;
	const uint64_t *present; /* what stands in the paragraph */
	uint64_t steps;        /* left for the paragraph */
	gw_match_list *out;
	uint16_t span_name;
} session;

static int capture_order(const void *a, const void *b)
{
	const gw_capture *x = a, *y = b;
	if (x->span.begin != y->span.begin)
		return x->span.begin < y->span.begin ? -1 : 1;
	return x->span.end > y->span.end ? -1 : x->span.end < y->span.end;
}

/* The machine notes begins and ends; here they become spans, in order of their begins. Returns how many. */
static uint32_t captures_settle(const gw_capture *noted, uint32_t count, gw_capture *out)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < count; i++) {
		if (noted[i].token != GW_CLOSED) {
			out[n++] = noted[i];
			continue;
		}
		for (uint32_t o = n; o-- > 0;)
			if (out[o].token == GW_OPENED && out[o].name == noted[i].name) {
				uint32_t a = out[o].span.begin, b = noted[i].span.begin;
				out[o] = (gw_capture){noted[i].name, a <= b ? (gw_span){a, b} : (gw_span){b, a}, GW_NONE};
				break;
			}
	}
	return n;
}

static void keep_match(session *s, uint32_t rule, gw_span whole, bool back)
{
	gw_match *m = GW_PUSH(s->arena, s->out);
	gw_capture *caps = GW_NEW_N(s->arena, gw_capture, s->m.count + 1);
	uint32_t count = captures_settle(s->m.captures, s->m.count, caps);
	if (back)
		qsort(caps, count, sizeof *caps, capture_order);
	*m = (gw_match){.span = whole, .whole = whole, .rule = rule, .capture_count = count, .captures = caps};
	for (uint32_t i = 0; i < count; i++)
		if (caps[i].name == s->span_name)
			m->span = caps[i].span;
}

static bool has_needs(const session *s, const struct gw_member *rule)
{
	return gw_needs_met(s->k->parts.checks.items + rule->checks, rule->check_count, s->present);
}

/* Tries a rule of a slice at a place, unless the paragraph lacks what it needs, or its last match reaches over the place. */
static void attempt(session *s, const gw_rule_slice *slice, uint32_t which, uint32_t pos)
{
	const struct gw_member *rule = &slice->rules[which];
	struct asked *a = &s->asked[slice->first + which];
	if (a->paragraph != s->paragraph)
		*a = (struct asked){s->paragraph, GW_NONE, !has_needs(s, rule)};
	bool in_last = a->done != GW_NONE && (slice->back ? pos > a->done : pos < a->done);
	if (a->hopeless || in_last)
		return;
	uint32_t steps = s->steps >= GW_STEPS ? GW_STEPS : s->steps > STEPS_AT_LEAST ? (uint32_t)s->steps : STEPS_AT_LEAST;
	s->m.steps = steps;
	bool found = gw_machine_run(&s->m, rule->begin, pos, slice->back);
	uint32_t used = steps - s->m.steps;
	s->steps -= used < s->steps ? used : s->steps;
	if (!found || s->m.stop == pos)
		return;
	a->done = s->m.stop;
	keep_match(s, rule->rule, slice->back ? (gw_span){s->m.stop, pos} : (gw_span){pos, s->m.stop}, slice->back);
}

static void attempt_all(session *s, const gw_rule_slice *slice, uint64_t rules, uint32_t pos)
{
	for (; rules; rules &= rules - 1)
		attempt(s, slice, (uint32_t)__builtin_ctzll(rules), pos);
}

/* What the character at a place says; the paragraph's end says something too. */
static inline const gw_sayings *said_by_char(const session *s, const gw_rule_slice *slice, uint32_t pos, bool back)
{
	bool some = back ? pos > s->m.begin : pos < s->m.end;
	return &slice->rows[slice->kind_rows[some ? s->m.kinds[back ? pos - 1 : pos] : s->k->kinds]];
}

static inline const gw_sayings *said_by_token(const gw_rule_slice *slice, const gw_token *t)
{
	return &slice->rows[slice->class_rows[t->cls]];
}

/* The rules of which something at a place says so. */
static inline uint64_t said_at(const session *s, const gw_rule_slice *slice, enum gw_saying what, uint32_t pos, bool back)
{
	uint64_t rules = said_by_char(s, slice, pos, back)->of[what];
	uint32_t to, index;
	for (uint32_t i = gw_tokens_here(&s->m, pos, back, &to); i < to; i++)
		rules |= said_by_token(slice, gw_token_of(&s->m, i, back, &index))->of[what];
	return rules;
}

/* Of the rules that begin with what stands at a place, those that can go on behind it. */
static inline uint64_t rules_due(const session *s, const gw_rule_slice *slice, uint32_t pos, bool back)
{
	uint64_t due = slice->anywhere, begins = said_by_char(s, slice, pos, back)->of[GW_BEGINS];
	uint32_t to, index;
	if (begins)
		due |= begins & said_at(s, slice, GW_BEHIND_CHAR, back ? pos - 1 : pos + 1, back);
	for (uint32_t i = gw_tokens_here(&s->m, pos, back, &to); i < to; i++) {
		const gw_token *t = gw_token_of(&s->m, i, back, &index);
		begins = said_by_token(slice, t)->of[GW_BEGINS] & ~due;
		if (begins)
			due |= begins & said_at(s, slice, GW_BEHIND_TOKEN, back ? t->begin : t->end, back);
	}
	return due;
}

/* The first bit that is set in [from, to); `to` when none is. */
static uint32_t next_bit(const uint64_t *bits, uint32_t from, uint32_t to)
{
	for (uint32_t w = from >> 6; from < to; from = ++w << 6) {
		uint64_t left = bits[w] & UINT64_MAX << (from & 63);
		if (left) {
			from = w << 6 | (uint32_t)__builtin_ctzll(left);
			return from < to ? from : to;
		}
	}
	return to;
}

/* The last bit that is set in (to, from]; `to` when none is. */
static uint32_t last_bit(const uint64_t *bits, uint32_t from, uint32_t to)
{
	for (uint32_t w = from >> 6; from > to; from = (w-- << 6) - 1) {
		uint64_t left = bits[w] & UINT64_MAX >> (63 - (from & 63));
		if (left) {
			from = w << 6 | (63 - (uint32_t)__builtin_clzll(left));
			return from > to ? from : to;
		}
		if (w == 0)
			break;
	}
	return to;
}

static inline const uint64_t *calls_of(const session *s, const gw_rule_slice *slice)
{
	return s->l->calls + (size_t)slice->call * s->l->call_words;
}

/* The next place from pos on that calls for a slice, `to` when there is none. */
static inline uint32_t next_call(const session *s, const gw_rule_slice *slice, uint32_t pos, uint32_t to, bool back)
{
	const uint64_t *calls = calls_of(s, slice);
	uint32_t base = s->l->base;
	if (slice->anywhere || pos == to)
		return pos;
	return base + (back ? last_bit(calls, pos - base, to - base) : next_bit(calls, pos - base, to - base));
}

/* One pass over a paragraph, from one place that calls for the slice to the next. */
static inline void try_all(session *s, const gw_rule_slice *slice, gw_span p, bool back)
{
	uint32_t pos = back ? p.end : p.begin, to = back ? p.begin : p.end;
	attempt_all(s, slice, slice->edge, pos);
	while ((pos = next_call(s, slice, pos, to, back)) != to) {
		uint64_t due = rules_due(s, slice, pos, back);
		if (due)
			attempt_all(s, slice, due & said_at(s, slice, GW_BEFORE, pos, !back), pos);
		pos = back ? pos - 1 : pos + 1;
	}
}

static int match_by_place(const void *a, const void *b)
{
	const gw_match *x = a, *y = b;
	if (x->span.begin != y->span.begin)
		return x->span.begin < y->span.begin ? -1 : 1;
	if (x->span.end != y->span.end)
		return x->span.end > y->span.end ? -1 : 1;
	return (x->rule > y->rule) - (x->rule < y->rule);
}

typedef struct ranked {
	const gw_match *m;
	double priority;
} ranked;

static int match_by_worth(const void *a, const void *b)
{
	const ranked *x = a, *y = b;
	if (x->priority < y->priority || x->priority > y->priority)
		return x->priority > y->priority ? -1 : 1;
	uint32_t lx = gw_span_len(x->m->span), ly = gw_span_len(y->m->span);
	if (lx != ly)
		return lx > ly ? -1 : 1;
	return match_by_place(x->m, y->m);
}

/* Keeps the best of the matches from `from` on that meet each other. */
static void select_best(session *s, uint32_t from, gw_span paragraph)
{
	uint32_t n = s->out->count - from, kept = 0;
	if (n < 2)
		return;
	ranked *r = GW_NEW_N(s->arena, ranked, n);
	gw_match *copy = GW_NEW_N(s->arena, gw_match, n);
	memcpy(copy, s->out->items + from, n * sizeof *copy);
	for (uint32_t i = 0; i < n; i++)
		r[i] = (ranked){&copy[i], s->k->rules.items[copy[i].rule].info.priority};
	qsort(r, n, sizeof *r, match_by_worth);
	uint8_t *taken = GW_NEW_N(s->arena, uint8_t, gw_span_len(paragraph) + 1);
	for (uint32_t i = 0; i < n; i++) {
		gw_span p = r[i].m->span;
		if (memchr(taken + (p.begin - paragraph.begin), 1, gw_span_len(p)))
			continue;
		memset(taken + (p.begin - paragraph.begin), 1, gw_span_len(p));
		s->out->items[from + kept++] = *r[i].m;
	}
	s->out->count = from + kept;
}

/* Whether any rule of a small group has what it needs; of a large one some rule always has. */
static bool has_hope(const session *s)
{
	enum { FEW = 12 };
	bool hope = s->g->rules.count > FEW;
	for (uint32_t i = 0; i < s->g->slices.count && !hope; i++)
		for (uint32_t r = 0; r < s->g->slices.items[i].count && !hope; r++)
			hope = has_needs(s, &s->g->slices.items[i].rules[r]);
	return hope;
}

static void run_slice(session *s, const gw_rule_slice *slice, gw_span p)
{
	if (slice->back)
		try_all(s, slice, p, true);
	else
		try_all(s, slice, p, false);
}

/* Whether anything in the paragraph brings up a rule. */
static bool is_called_for(const session *s, const gw_rule_slice *slice, gw_span p)
{
	bool back = slice->back;
	uint32_t from = back ? p.end : p.begin, to = back ? p.begin : p.end;
	return slice->edge || slice->anywhere || next_call(s, slice, from, to, back) != to;
}

static void run_paragraph(session *s, gw_span p, bool select)
{
	uint32_t from = s->out->count;
	bool called = false;
	for (uint32_t i = 0; i < s->g->slices.count && !called; i++)
		called = is_called_for(s, &s->g->slices.items[i], p);
	if (!called || !has_hope(s))
		return;
	s->m.begin = p.begin;
	s->m.end = p.end;
	s->steps = PARAGRAPH_STEPS + (uint64_t)gw_span_len(p) * STEPS_PER_CHAR;
	for (uint32_t i = 0; i < s->g->slices.count; i++)
		run_slice(s, &s->g->slices.items[i], p);
	if (select)
		select_best(s, from, p);
	if (s->out->count > from + 1)
		qsort(s->out->items + from, s->out->count - from, sizeof *s->out->items, match_by_place);
}

/* Both stand in order: *next is the first stretch of furniture that ends behind the paragraphs before. */
static bool is_furniture(const gw_document *d, gw_span p, uint32_t *next)
{
	while (*next < d->furniture.count && d->furniture.items[*next].end <= p.begin)
		++*next;
	return *next < d->furniture.count && gw_span_within(p, d->furniture.items[*next]);
}

static const gw_rule_group *group_find(const gw_knowledge *k, const char *emits)
{
	gw_str name = gw_str_of(emits);
	for (uint32_t i = 0; i < k->rule_groups.count; i++)
		if (gw_str_eq(k->rule_groups.items[i].emits, name))
			return &k->rule_groups.items[i];
	return NULL;
}

void gw_rules_run(const gw_knowledge *k, gw_document *d, const char *emits, bool select, gw_arena *arena, gw_match_list *out)
{
	const gw_rule_group *g = group_find(k, emits);
	if (!g)
		return;
	gw_capture captures[GW_CAPTURES]; /* 80 KB */
	struct gw_choice choices[GW_STEPS]; /* 320 KB, of which few are touched */
	session s = {.k = k, .g = g, .arena = arena, .out = out, .span_name = gw_name_id(k, "span")};
	s.l = &d->lattice;
	s.m.captures = captures;
	s.m.choices = choices;
	s.asked = GW_NEW_N(arena, struct asked, g->rules.count);
	if (!s.l->present)
		gw_overview_build(k, d);
	gw_machine_bind(&s.m, k, d);
	for (uint32_t i = 0, next = 0; i < d->paragraphs.count; i++) {
		s.present = s.l->present + (size_t)i * s.l->present_words;
		s.paragraph = i + 1;
		if (!is_furniture(d, d->paragraphs.items[i], &next))
			run_paragraph(&s, d->paragraphs.items[i], select);
	}
}

const gw_capture *gw_match_get(const gw_match *m, uint16_t name)
{
	for (uint32_t i = 0; i < m->capture_count; i++)
		if (m->captures[i].name == name)
			return &m->captures[i];
	return NULL;
}
