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
	uint32_t group;
	gw_arena *arena;
	gw_machine m;
	/* By rule of the group, for the paragraph. */
	struct asked {
		uint32_t tried; /* position + 1 of the last attempt; NEVER: the paragraph lacks what it needs */
		uint32_t done;  /* where its last match reached to, GW_NONE when there was none */
	} *asked;
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

static void keep_match(session *s, uint32_t rule, gw_span whole)
{
	gw_match *m = GW_PUSH(s->arena, s->out);
	gw_capture *caps = GW_NEW_N(s->arena, gw_capture, s->m.count + 1);
	uint32_t count = captures_settle(s->m.captures, s->m.count, caps);
	if (s->m.prog->dir < 0)
		qsort(caps, count, sizeof *caps, capture_order);
	*m = (gw_match){.span = whole, .whole = whole, .rule = rule, .capture_count = count, .captures = caps};
	for (uint32_t i = 0; i < count; i++)
		if (caps[i].name == s->span_name)
			m->span = caps[i].span;
}

#define NEVER UINT32_MAX

/* Whether a rule is still to be tried at a place: not twice, not within its last match, not where a word is missing. */
static inline bool is_due(session *s, uint32_t in_group, uint32_t pos, bool back)
{
	struct asked *a = &s->asked[in_group];
	if (a->tried == pos + 1 || a->tried == NEVER)
		return false;
	if (a->tried == 0 && !gw_needs_met(&s->k->rules.items[s->g->rules.items[in_group]].program, s->present)) {
		a->tried = NEVER;
		return false;
	}
	a->tried = pos + 1;
	return a->done == GW_NONE || (back ? pos <= a->done : pos >= a->done);
}

static void attempt(session *s, uint32_t in_group, uint32_t pos, bool back)
{
	if (!is_due(s, in_group, pos, back))
		return;
	uint32_t rule = s->g->rules.items[in_group];
	s->m.prog = &s->k->rules.items[rule].program;
	uint32_t steps = s->steps >= GW_STEPS ? GW_STEPS : s->steps > STEPS_AT_LEAST ? (uint32_t)s->steps : STEPS_AT_LEAST;
	s->m.steps = steps;
	bool found = gw_machine_run(&s->m, pos, back);
	uint32_t used = steps - s->m.steps;
	s->steps -= used < s->steps ? used : s->steps;
	if (!found || s->m.stop == pos)
		return;
	s->asked[in_group].done = s->m.stop;
	keep_match(s, rule, back ? (gw_span){s->m.stop, pos} : (gw_span){pos, s->m.stop});
}

/* Attempts those of some rules at pos that can go on at `next`, behind what brought them up. */
static void attempt_each(session *s, const gw_trigger *rules, uint32_t count, uint32_t pos, uint32_t next, bool back)
{
	gw_guard seen = gw_see(&s->m, next, back);
	for (const gw_trigger *t = rules; t < rules + count; t++)
		if (gw_meets(&t->next, seen))
			attempt(s, t->rule, pos, back);
}

static void try_here(session *s, const struct gw_triggers *t, uint32_t pos, bool back)
{
	const gw_lattice *l = s->m.l;
	uint32_t list = t->char_index[l->kinds[pos - l->base - back]], to, index;
	if (list)
		attempt_each(s, t->char_lists[list - 1].rules.items, t->char_lists[list - 1].rules.count, pos, back ? pos - 1 : pos + 1, back);
	for (uint32_t i = gw_tokens_here(l, pos, back, &to); i < to; i++) {
		const gw_token *token = gw_token_of(l, i, back, &index);
		uint32_t from = t->class_first[token->cls], count = t->class_first[token->cls + 1] - from;
		if (count)
			attempt_each(s, t->class_rules + from, count, pos, back ? token->begin : token->end, back);
	}
	for (uint32_t i = 0; i < t->anywhere.count; i++)
		attempt(s, t->anywhere.items[i], pos, back);
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

/* One pass over a paragraph, or its part that is left behind `pos`, from one place to the next that calls for the group. */
static void try_all(session *s, const struct gw_triggers *t, gw_span p, bool back)
{
	const uint64_t *calls = gw_calls_of(s->m.l, s->group, back);
	uint32_t base = s->m.l->base, pos = back ? p.end : p.begin, to = back ? p.begin : p.end;
	for (uint32_t i = 0; i < t->edge.count; i++)
		attempt(s, t->edge.items[i], pos, back);
	for (; pos != to; pos = back ? pos - 1 : pos + 1) {
		if (!t->anywhere.count)
			pos = base + (back ? last_bit(calls, pos - base, to - base) : next_bit(calls, pos - base, to - base));
		if (pos == to)
			break;
		try_here(s, t, pos, back);
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
	for (uint32_t i = 0; i < s->g->rules.count && !hope; i++)
		hope = gw_needs_met(&s->k->rules.items[s->g->rules.items[i]].program, s->present);
	return hope;
}

/* Whether anything in the paragraph brings up a rule of one side. */
static bool is_called_for(const session *s, gw_span p, bool back)
{
	const struct gw_triggers *t = &s->g->triggers[back];
	const uint64_t *calls = gw_calls_of(s->m.l, s->group, back);
	uint32_t begin = p.begin - s->m.l->base, end = p.end - s->m.l->base;
	return t->used && (t->anywhere.count || t->edge.count || (back ? last_bit(calls, end, begin) != begin : next_bit(calls, begin, end) != end));
}

static void run_paragraph(session *s, gw_span p, bool select)
{
	uint32_t from = s->out->count, n = s->g->rules.count;
	bool ahead = is_called_for(s, p, false), back = is_called_for(s, p, true);
	if ((!ahead && !back) || !has_hope(s))
		return;
	s->m.begin = p.begin;
	s->m.end = p.end;
	s->steps = PARAGRAPH_STEPS + (uint64_t)gw_span_len(p) * STEPS_PER_CHAR;
	for (uint32_t i = 0; i < n; i++)
		s->asked[i] = (struct asked){0, GW_NONE};
	if (ahead)
		try_all(s, &s->g->triggers[0], p, false);
	if (back)
		try_all(s, &s->g->triggers[1], p, true);
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
	session s = {.k = k, .g = g, .group = (uint32_t)(g - k->rule_groups.items), .arena = arena, .out = out, .span_name = gw_name_id(k, "span")};
	s.m.l = &d->lattice;
	s.m.ch = d->source->text.ch;
	s.m.guards = k->guards.items;
	s.m.kind_bits = k->kind_bits;
	s.m.captures = captures;
	s.m.choices = choices;
	s.asked = GW_NEW_N(arena, struct asked, g->rules.count);
	if (!d->lattice.present) {
		gw_presence_build(k, d);
		gw_calls_build(k, d);
	}
	for (uint32_t i = 0, next = 0; i < d->paragraphs.count; i++) {
		s.present = d->lattice.present + (size_t)i * d->lattice.present_words;
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
