/* Runs compiled patterns over the paragraphs of a document.
 *
 * Every attempt of a pattern has a budget of steps, and so have all attempts of a group of rules on a paragraph together, by
 * its length: the time is linear in the text whatever the pattern, and a megabyte of digits, where every attempt uses all of
 * its steps, takes seconds instead of minutes. Both are far above what real matches need: in 1.9 MB of official documents
 * no group took more than 20,000 steps for a paragraph. When those of a paragraph are used up, what matches at once is still
 * found. */
#include "machine.h"

#include <stdlib.h>

enum { STEPS = 20000, PARAGRAPH_STEPS = 1000000, STEPS_PER_CHAR = 400, STEPS_AT_LEAST = 100 };

typedef struct session {
	const gw_knowledge *k;
	const gw_rule_group *g;
	gw_arena *arena;
	gw_machine m;
	uint32_t *done;        /* by rule of the group: where its last match reached to */
	uint32_t *tried;       /* by rule of the group: position + 1 of the last attempt; NEVER: the paragraph lacks what it needs */
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

static void keep_match(session *s, uint32_t rule, gw_span whole)
{
	gw_match *m = GW_PUSH(s->arena, s->out);
	gw_capture *caps = GW_NEW_N(s->arena, gw_capture, s->m.count + 1);
	memcpy(caps, s->m.captures, s->m.count * sizeof *caps);
	if (s->m.prog->dir < 0)
		qsort(caps, s->m.count, sizeof *caps, capture_order);
	*m = (gw_match){.span = whole, .whole = whole, .rule = rule, .capture_count = s->m.count, .captures = caps};
	for (uint32_t i = 0; i < s->m.count; i++)
		if (caps[i].name == s->span_name)
			m->span = caps[i].span;
}

#define NEVER UINT32_MAX

static void attempt(session *s, uint32_t in_group, uint32_t pos, int dir)
{
	uint32_t *tried = &s->tried[in_group];
	if (*tried == pos + 1 || *tried == NEVER)
		return;
	if (*tried == 0 && !gw_needs_met(&s->k->rules.items[s->g->rules.items[in_group]].program, s->present)) {
		*tried = NEVER;
		return;
	}
	*tried = pos + 1;
	bool inside_last = s->done[in_group] != GW_NONE && (dir > 0 ? pos < s->done[in_group] : pos > s->done[in_group]);
	if (inside_last)
		return;
	uint32_t rule = s->g->rules.items[in_group];
	s->m.prog = &s->k->rules.items[rule].program;
	uint32_t steps = s->steps >= STEPS ? STEPS : s->steps > STEPS_AT_LEAST ? (uint32_t)s->steps : STEPS_AT_LEAST;
	s->m.steps = steps;
	bool found = gw_machine_run(&s->m, pos, dir);
	uint32_t used = steps - s->m.steps;
	s->steps -= used < s->steps ? used : s->steps;
	if (!found || s->m.stop == pos)
		return;
	gw_span whole = dir > 0 ? (gw_span){pos, s->m.stop} : (gw_span){s->m.stop, pos};
	s->done[in_group] = s->m.stop;
	keep_match(s, rule, whole);
}

/* Attempts those of some rules at pos that can go on at `next`, behind what brought them up. */
static void attempt_each(session *s, const gw_trigger *rules, uint32_t count, uint32_t pos, uint32_t next, int dir)
{
	uint64_t classes = gw_glance(s->m.l, next, dir);
	uint32_t c = gw_char_here(&s->m, next, dir);
	uint64_t chars = c == GW_NO_CHAR ? 0 : gw_char_bit(c);
	for (const gw_trigger *t = rules; t < rules + count; t++)
		if ((t->next.classes & classes) || (t->next.chars & chars) || t->next.chars == UINT64_MAX)
			attempt(s, t->rule, pos, dir);
}

static void try_tokens(session *s, const struct gw_triggers *t, uint32_t pos, int dir)
{
	uint32_t to, index;
	for (uint32_t i = gw_tokens_here(s->m.l, pos, dir, &to); i < to; i++) {
		const gw_token *token = gw_token_of(s->m.l, i, dir, &index);
		uint32_t from = t->class_first[token->cls], count = t->class_first[token->cls + 1] - from;
		if (count)
			attempt_each(s, t->class_rules + from, count, pos, dir > 0 ? token->end : token->begin, dir);
	}
}

static void try_here(session *s, const struct gw_triggers *t, uint32_t pos, int dir)
{
	uint64_t here = gw_glance(s->m.l, pos, dir);
	uint32_t c = dir > 0 ? s->m.ch[pos] : s->m.ch[pos - 1];
	uint32_t list = here & t->by_char && c <= 0xFFFF ? t->char_index[s->k->trie.chars[c].trigger] : 0;
	if (list)
		attempt_each(s, t->char_lists[list - 1].rules.items, t->char_lists[list - 1].rules.count, pos, pos + (uint32_t)dir, dir);
	if (here & t->by_token)
		try_tokens(s, t, pos, dir);
	for (uint32_t i = 0; i < t->anywhere.count; i++)
		attempt(s, t->anywhere.items[i], pos, dir);
}

/* The next position in [pos, to), or in (to, pos] to the left, at which something may begin; `to` when there is none.
 * Most positions trigger nothing: they are passed over in fours. */
static uint32_t next_trigger(const uint64_t *here, uint64_t mask, uint32_t pos, uint32_t to, int dir)
{
	if (dir > 0) {
		for (; to - pos >= 4 && !((here[pos] | here[pos + 1] | here[pos + 2] | here[pos + 3]) & mask); pos += 4)
			;
		while (pos != to && !(here[pos] & mask))
			pos++;
		return pos;
	}
	for (; pos - to >= 4 && !((here[pos] | here[pos - 1] | here[pos - 2] | here[pos - 3]) & mask); pos -= 4)
		;
	while (pos != to && !(here[pos] & mask))
		pos--;
	return pos;
}

/* One pass over a paragraph. */
static void try_all(session *s, const struct gw_triggers *t, gw_span p, int dir)
{
	const uint64_t *here = (dir > 0 ? s->m.l->begins : s->m.l->ends) - s->m.l->base;
	uint32_t from = dir > 0 ? p.begin : p.end, to = dir > 0 ? p.end : p.begin, pos = from;
	for (uint32_t i = 0; i < t->edge.count; i++)
		attempt(s, t->edge.items[i], from, dir);
	while (pos != to && (t->anywhere.count || (pos = next_trigger(here, t->by_char | t->by_token, pos, to, dir)) != to)) {
		try_here(s, t, pos, dir);
		pos += (uint32_t)dir;
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
static bool is_called_for(const session *s, int side)
{
	const struct gw_triggers *t = &s->g->triggers[side];
	uint64_t marks = s->present[s->m.l->present_words - 2 + (unsigned)side];
	return t->used && (t->anywhere.count || t->edge.count || (marks & (t->by_char | t->by_token)));
}

static void run_paragraph(session *s, gw_span p, bool select)
{
	uint32_t from = s->out->count, n = s->g->rules.count;
	bool ahead = is_called_for(s, 0), back = is_called_for(s, 1);
	if ((!ahead && !back) || !has_hope(s))
		return;
	s->m.begin = p.begin;
	s->m.end = p.end;
	s->steps = PARAGRAPH_STEPS + (uint64_t)gw_span_len(p) * STEPS_PER_CHAR;
	memset(s->done, 0xFF, n * sizeof *s->done);
	memset(s->tried, 0, n * sizeof *s->tried);
	if (ahead)
		try_all(s, &s->g->triggers[0], p, 1);
	if (back)
		try_all(s, &s->g->triggers[1], p, -1);
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
	session s = {.k = k, .g = g, .arena = arena, .out = out, .span_name = gw_name_id(k, "span")};
	s.m.l = &d->lattice;
	s.m.ch = d->source->text.ch;
	s.m.captures = captures;
	s.done = GW_NEW_N(arena, uint32_t, g->rules.count);
	s.tried = GW_NEW_N(arena, uint32_t, g->rules.count);
	if (!d->lattice.present)
		gw_presence_build(k, d);
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
