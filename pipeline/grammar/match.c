/* Runs compiled patterns over the paragraphs of a document.
 *
 * A small backtracking machine over characters and tokens. Every attempt has a budget of steps, and so have all attempts on
 * a paragraph together, by its length: the time is linear in the text whatever the pattern, and a megabyte of digits, where
 * every attempt uses all of its steps, takes seconds instead of minutes. Both are far above what real matches need: in
 * 1.9 MB of official documents the hungriest paragraph took 325,000 steps, the next one 82,000. When the paragraph's are
 * used up, what matches at once is still found. */
#include "grammar.h"

#include <stdlib.h>

enum { STEPS = 20000, CAPTURES = 4096, PARAGRAPH_STEPS = 1000000, STEPS_PER_CHAR = 400, STEPS_AT_LEAST = 100, BRANCHES = 256 };

typedef struct machine {
	const gw_program *prog;
	const gw_lattice *l;
	const uint32_t *ch;
	uint32_t begin, end; /* the paragraph */
	uint32_t steps;
	uint32_t stop;       /* where the match ended */
	gw_capture *captures;
	uint32_t count;
	uint32_t marks[GW_MARKS];
	uint32_t looks; /* how deep in look-arounds */
	/* Branches that this attempt has been through and that must have failed, or it would be over: words overlap, and a
	 * name is come by on many ways. A small table that forgets. */
	uint32_t round; /* of the attempt, and of its marks */
	struct branch {
		uint32_t round, pc, pos;
	} tried[BRANCHES];
} machine;

static bool in_set(const gw_char_set *s, uint32_t c)
{
	if (!(s->glance & gw_char_bit(c)))
		return s->negative;
	uint32_t lo = 0, hi = s->count;
	while (lo < hi) {
		uint32_t mid = (lo + hi) / 2;
		if (s->chars[mid] < c)
			lo = mid + 1;
		else
			hi = mid;
	}
	return (lo < s->count && s->chars[lo] == c) != s->negative;
}

static bool token_fits(const gw_class_set *set, const gw_token *t)
{
	return gw_bit(set->classes, t->cls) && (!set->entries || gw_bit(set->entries, t->entry));
}

/* The tokens that begin (dir > 0) or end (dir < 0) at a position, as a range of an index. */
static uint32_t tokens_here(const gw_lattice *l, uint32_t pos, int dir, uint32_t *to)
{
	uint32_t p = pos - l->base;
	const uint32_t *index = dir > 0 ? l->first : l->last;
	*to = index[p + 1];
	return index[p];
}

static const gw_token *token_of(const gw_lattice *l, uint32_t i, int dir, uint32_t *index)
{
	*index = dir > 0 ? i : l->by_end[i];
	return &l->tokens[*index];
}

/* The classes of the tokens at a position, at a glance. */
static uint64_t glance(const gw_lattice *l, uint32_t pos, int dir)
{
	return (dir > 0 ? l->begins : l->ends)[pos - l->base];
}

static bool none_here(const machine *m, const gw_class_set *set, uint32_t pos, int dir)
{
	if (!(set->glance & glance(m->l, pos, dir)))
		return true;
	uint32_t to, index;
	for (uint32_t i = tokens_here(m->l, pos, dir, &to); i < to; i++)
		if (token_fits(set, token_of(m->l, i, dir, &index)))
			return false;
	return true;
}

static bool capture_push(machine *m, uint16_t name, gw_span span, uint32_t token)
{
	if (m->count == CAPTURES)
		return false;
	m->captures[m->count++] = (gw_capture){name, span, token};
	return true;
}

/* Marks a capture that is still open; no span of a document is that long. */
#define OPEN_MARK (GW_NONE - 1)

static gw_capture *capture_open(machine *m, uint16_t name)
{
	for (uint32_t i = m->count; i-- > 0;)
		if (m->captures[i].name == name && m->captures[i].token == OPEN_MARK)
			return &m->captures[i];
	return NULL;
}

static bool run(machine *m, uint32_t pc, uint32_t pos, int dir);

static bool run_token(machine *m, const gw_inst *in, uint32_t pc, uint32_t pos, int dir)
{
	const gw_class_set *set = &m->prog->class_sets.items[in->x];
	if (!(set->glance & glance(m->l, pos, dir)))
		return false;
	uint32_t to, index, count = m->count;
	for (uint32_t i = tokens_here(m->l, pos, dir, &to); i < to; i++) {
		const gw_token *t = token_of(m->l, i, dir, &index);
		if (!token_fits(set, t) || t->begin < m->begin || t->end > m->end)
			continue;
		if (in->name != GW_NO_NAME && !capture_push(m, in->name, (gw_span){t->begin, t->end}, index))
			return false;
		if (run(m, pc + 1, dir > 0 ? t->end : t->begin, dir))
			return true;
		m->count = count;
	}
	return false;
}

/* A look-around leaves no captures and does not move. */
static bool look_holds(machine *m, const gw_inst *in, uint32_t pc, uint32_t pos)
{
	uint32_t count = m->count, stop = m->stop;
	m->looks++;
	bool found = run(m, pc + 1, pos, in->dir);
	m->looks--;
	m->count = count;
	m->stop = stop;
	return found != (in->negative != 0);
}

static bool run_close(machine *m, const gw_inst *in, uint32_t pc, uint32_t pos, int dir)
{
	gw_capture *c = capture_open(m, in->name);
	if (!c)
		return false;
	uint32_t at = (uint32_t)(c - m->captures), from = c->span.begin;
	c->token = GW_NONE;
	c->span = from <= pos ? (gw_span){from, pos} : (gw_span){pos, from};
	if (run(m, pc + 1, pos, dir))
		return true;
	m->captures[at].token = OPEN_MARK;
	m->captures[at].span = (gw_span){from, from};
	return false;
}

#define NO_CHAR UINT32_MAX

/* The next character in the paragraph. */
static uint32_t char_here(const machine *m, uint32_t pos, int dir)
{
	if (dir > 0)
		return pos < m->end ? m->ch[pos] : NO_CHAR;
	return pos > m->begin ? m->ch[pos - 1] : NO_CHAR;
}

static bool may_begin(const machine *m, const gw_guard *g, uint32_t pos, int dir)
{
	if (g->classes & glance(m->l, pos, dir))
		return true;
	uint32_t c = g->chars ? char_here(m, pos, dir) : NO_CHAR;
	return c != NO_CHAR && (g->chars & gw_char_bit(c));
}

/* What follows depends on instruction, place and marks alone. A look-around may be asked twice and hold twice. */
static bool failed_before(machine *m, uint32_t pc, uint32_t pos)
{
	struct branch *b = &m->tried[(pc * 37 + pos) % BRANCHES];
	if (m->looks)
		return false;
	if (b->round == m->round && b->pc == pc && b->pos == pos)
		return true;
	*b = (struct branch){m->round, pc, pos};
	return false;
}

/* ---- characters ---- */

static uint32_t step(uint32_t pos, uint32_t count, int dir)
{
	return dir > 0 ? pos + count : pos - count;
}

static bool string_here(const machine *m, uint32_t at, uint32_t len, uint32_t pos, int dir)
{
	const uint32_t *want = m->prog->strings.items + at;
	if (len > (dir > 0 ? m->end - pos : pos - m->begin))
		return false;
	const uint32_t *has = dir > 0 ? m->ch + pos : m->ch + pos - 1;
	for (uint32_t i = 0; i < len; i++, has += dir)
		if (*has != want[i])
			return false;
	return true;
}

static bool fits_one(const machine *m, gw_op_code what, uint32_t x, uint32_t pos, int dir)
{
	uint32_t c = char_here(m, pos, dir);
	switch (what) {
	case GW_I_SET: return c != NO_CHAR && in_set(&m->prog->sets.items[x], c);
	case GW_I_NOT: return c != NO_CHAR && none_here(m, &m->prog->class_sets.items[x], pos, dir);
	default: return c != NO_CHAR;
	}
}

/* Whether an instruction can do anything at a place: false is certain. */
static bool may_go_on(const machine *m, const gw_inst *in, uint32_t pos, int dir)
{
	switch ((gw_op_code)in->op) {
	case GW_I_STRING: return char_here(m, pos, dir) == m->prog->strings.items[in->x];
	case GW_I_SET: return fits_one(m, GW_I_SET, in->x, pos, dir);
	case GW_I_TOKEN: return (m->prog->class_sets.items[in->x].glance & glance(m->l, pos, dir)) != 0;
	case GW_I_WORDS: return may_begin(m, &m->prog->guards.items[in->guard], pos, dir);
	default: return true;
	}
}

static bool spend(machine *m, uint32_t steps)
{
	m->steps = m->steps > steps ? m->steps - steps : 0;
	return m->steps != 0;
}

/* A place behind the loop from which the rest has not failed yet. */
static bool run_behind(machine *m, uint32_t pc, uint32_t pos, int dir)
{
	if (!may_go_on(m, &m->prog->code.items[pc + 1], pos, dir) || failed_before(m, pc, pos))
		return false;
	uint32_t count = m->count;
	if (run(m, pc + 1, pos, dir))
		return true;
	m->count = count;
	return false;
}

static bool run_loop(machine *m, uint32_t pc, uint32_t pos, int dir)
{
	const gw_loop *l = &m->prog->loops.items[m->prog->code.items[pc].x];
	uint32_t n = 0, max = l->lazy ? l->min : l->max;
	while (n < max && fits_one(m, l->what, l->x, step(pos, n, dir), dir))
		n++;
	if (n < l->min || !spend(m, n))
		return false;
	if (!l->lazy) {
		for (uint32_t left = n - l->min + 1; left-- > 0;)
			if (run_behind(m, pc, step(pos, l->min + left, dir), dir))
				return true;
		return false;
	}
	for (;; n++) {
		if (run_behind(m, pc, step(pos, n, dir), dir))
			return true;
		if (n == l->max || !spend(m, 1) || !fits_one(m, l->what, l->x, step(pos, n, dir), dir))
			return false;
	}
}

/* The next of the words from `from` on that stands here; the number of words when none does. */
static uint32_t next_word(const machine *m, const gw_inst *in, uint32_t from, uint32_t pos, int dir)
{
	const gw_literal *w = m->prog->words.items + in->x;
	while (from < in->y && !string_here(m, w[from].at, w[from].len, pos, dir))
		from++;
	return from;
}

static bool run(machine *m, uint32_t pc, uint32_t pos, int dir)
{
	const gw_inst *code = m->prog->code.items;
	for (;;) {
		const gw_inst *in = &code[pc];
		if (m->steps == 0)
			return false;
		m->steps--;
		switch ((gw_op_code)in->op) {
		case GW_I_STRING:
			if (!string_here(m, in->x, in->y, pos, dir))
				return false;
			pos = step(pos, in->y, dir);
			pc++;
			break;
		case GW_I_SET:
		case GW_I_ANY:
		case GW_I_NOT:
			if (!fits_one(m, (gw_op_code)in->op, in->x, pos, dir))
				return false;
			pos = step(pos, 1, dir);
			pc++;
			break;
		case GW_I_WORDS: {
			const gw_literal *w = m->prog->words.items + in->x;
			if (!may_begin(m, &m->prog->guards.items[in->guard], pos, dir))
				return false;
			uint32_t count = m->count, word = next_word(m, in, 0, pos, dir), next;
			for (; word < in->y && (next = next_word(m, in, word + 1, pos, dir)) < in->y; word = next) {
				if (run(m, pc + 1, step(pos, w[word].len, dir), dir))
					return true;
				m->count = count;
			}
			if (word >= in->y)
				return false;
			pos = step(pos, w[word].len, dir);
			pc++;
			break;
		}
		case GW_I_SPAN: return run_loop(m, pc, pos, dir);
		case GW_I_TOKEN: return run_token(m, in, pc, pos, dir);
		case GW_I_BEGIN:
			if (pos != m->begin)
				return false;
			pc++;
			break;
		case GW_I_END:
			if (pos != m->end)
				return false;
			pc++;
			break;
		case GW_I_SPLIT: {
			uint32_t count = m->count;
			if (in->guard != GW_NONE && !may_begin(m, &m->prog->guards.items[in->guard], pos, dir)) {
				pc = in->y;
				break;
			}
			if (failed_before(m, pc, pos))
				return false;
			if (run(m, in->x, pos, dir))
				return true;
			m->count = count;
			pc = in->y;
			break;
		}
		case GW_I_JUMP: pc = in->x; break;
		case GW_I_OPEN:
			if (!capture_push(m, in->name, (gw_span){pos, pos}, OPEN_MARK))
				return false;
			pc++;
			break;
		case GW_I_CLOSE: return run_close(m, in, pc, pos, dir);
		case GW_I_LOOK:
			if (!look_holds(m, in, pc, pos))
				return false;
			pc = in->x;
			break;
		case GW_I_MARK:
			m->round += m->marks[in->x] != pos;
			m->marks[in->x] = pos;
			pc++;
			break;
		case GW_I_LATER:
			if (!look_holds(m, in, pc, m->marks[in->y]))
				return false;
			pc = in->x;
			break;
		case GW_I_MATCH: m->stop = pos; return true;
		}
	}
}

/* ---- a group of rules over a paragraph ---- */

typedef struct session {
	const gw_knowledge *k;
	const gw_rule_group *g;
	gw_arena *arena;
	machine m;
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
	if (*tried == 0 && !gw_needs_met(&s->k->rules.items[s->g->rules.items[in_group]].program, s->present, s->m.l->present_words)) {
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
	s->m.count = 0;
	s->m.round++;
	bool found = run(&s->m, 0, pos, dir);
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
	uint64_t classes = glance(s->m.l, next, dir);
	uint32_t c = char_here(&s->m, next, dir);
	uint64_t chars = c == NO_CHAR ? 0 : gw_char_bit(c);
	for (const gw_trigger *t = rules; t < rules + count; t++)
		if ((t->next.classes & classes) || (t->next.chars & chars) || t->next.chars == UINT64_MAX)
			attempt(s, t->rule, pos, dir);
}

static void try_tokens(session *s, const struct gw_triggers *t, uint32_t pos, int dir)
{
	uint32_t to, index;
	for (uint32_t i = tokens_here(s->m.l, pos, dir, &to); i < to; i++) {
		const gw_token *token = token_of(s->m.l, i, dir, &index);
		uint32_t from = t->class_first[token->cls], count = t->class_first[token->cls + 1] - from;
		if (count)
			attempt_each(s, t->class_rules + from, count, pos, dir > 0 ? token->end : token->begin, dir);
	}
}

static void try_here(session *s, const struct gw_triggers *t, uint32_t pos, int dir)
{
	uint64_t here = glance(s->m.l, pos, dir);
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

static void run_paragraph(session *s, gw_span p, bool select)
{
	uint32_t from = s->out->count, n = s->g->rules.count;
	s->m.begin = p.begin;
	s->m.end = p.end;
	s->steps = PARAGRAPH_STEPS + (uint64_t)gw_span_len(p) * STEPS_PER_CHAR;
	memset(s->done, 0xFF, n * sizeof *s->done);
	memset(s->tried, 0, n * sizeof *s->tried);
	if (s->g->triggers[0].used)
		try_all(s, &s->g->triggers[0], p, 1);
	if (s->g->triggers[1].used)
		try_all(s, &s->g->triggers[1], p, -1);
	if (select)
		select_best(s, from, p);
	if (s->out->count > from + 1)
		qsort(s->out->items + from, s->out->count - from, sizeof *s->out->items, match_by_place);
}

static bool is_furniture(const gw_document *d, gw_span p)
{
	for (uint32_t i = 0; i < d->furniture.count; i++)
		if (gw_span_within(p, d->furniture.items[i]))
			return true;
	return false;
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
	gw_capture captures[CAPTURES]; /* 80 KB */
	session s = {.k = k, .g = g, .arena = arena, .out = out, .span_name = gw_name_id(k, "span")};
	s.m.l = &d->lattice;
	s.m.ch = d->source->text.ch;
	s.m.captures = captures;
	s.done = GW_NEW_N(arena, uint32_t, g->rules.count);
	s.tried = GW_NEW_N(arena, uint32_t, g->rules.count);
	if (!d->lattice.present)
		gw_presence_build(k, d);
	for (uint32_t i = 0; i < d->paragraphs.count; i++) {
		s.present = d->lattice.present + (size_t)i * d->lattice.present_words;
		if (!is_furniture(d, d->paragraphs.items[i]))
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
