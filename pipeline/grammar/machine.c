/* A small backtracking machine over characters and tokens. Every attempt has a budget of steps, so that the time is linear
 * in the text whatever the pattern. */
#include "machine.h"

static inline bool in_set(const gw_char_set *s, uint32_t c)
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

static bool none_here(const gw_machine *m, const gw_class_set *set, uint32_t pos, int dir)
{
	if (!(set->glance & gw_glance(m->l, pos, dir)))
		return true;
	uint32_t to, index;
	for (uint32_t i = gw_tokens_here(m->l, pos, dir, &to); i < to; i++)
		if (token_fits(set, gw_token_of(m->l, i, dir, &index)))
			return false;
	return true;
}

static bool capture_push(gw_machine *m, uint16_t name, gw_span span, uint32_t token)
{
	if (m->count == GW_CAPTURES)
		return false;
	m->captures[m->count++] = (gw_capture){name, span, token};
	return true;
}

/* Marks a capture that is still open; no span of a document is that long. */
#define OPEN_MARK (GW_NONE - 1)

static gw_capture *capture_open(gw_machine *m, uint16_t name)
{
	for (uint32_t i = m->count; i-- > 0;)
		if (m->captures[i].name == name && m->captures[i].token == OPEN_MARK)
			return &m->captures[i];
	return NULL;
}

static bool run(gw_machine *m, uint32_t pc, uint32_t pos, int dir);

static bool run_token(gw_machine *m, const gw_inst *in, uint32_t pc, uint32_t pos, int dir)
{
	const gw_class_set *set = &m->prog->class_sets.items[in->x];
	if (!(set->glance & gw_glance(m->l, pos, dir)))
		return false;
	uint32_t to, index, count = m->count;
	for (uint32_t i = gw_tokens_here(m->l, pos, dir, &to); i < to; i++) {
		const gw_token *t = gw_token_of(m->l, i, dir, &index);
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
static bool look_holds(gw_machine *m, const gw_inst *in, uint32_t pc, uint32_t pos)
{
	uint32_t count = m->count, stop = m->stop;
	m->looks++;
	bool found = run(m, pc + 1, pos, in->dir);
	m->looks--;
	m->count = count;
	m->stop = stop;
	return found != (in->negative != 0);
}

static bool run_close(gw_machine *m, const gw_inst *in, uint32_t pc, uint32_t pos, int dir)
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

static inline bool may_begin(const gw_machine *m, const gw_guard *g, uint32_t pos, int dir)
{
	if (g->classes & gw_glance(m->l, pos, dir))
		return true;
	uint32_t c = g->chars ? gw_char_here(m, pos, dir) : GW_NO_CHAR;
	return c != GW_NO_CHAR && (g->chars & gw_char_bit(c));
}

/* What follows depends on instruction, place and marks alone. A look-around may be asked twice and hold twice. */
static inline bool failed_before(gw_machine *m, uint32_t pc, uint32_t pos)
{
	struct branch *b = &m->tried[(pc * 37 + pos) % GW_BRANCHES];
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

static inline bool string_here(const gw_machine *m, uint32_t at, uint32_t len, uint32_t pos, int dir)
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

static inline bool fits_one(const gw_machine *m, gw_op_code what, uint32_t x, uint32_t pos, int dir)
{
	uint32_t c = gw_char_here(m, pos, dir);
	switch (what) {
	case GW_I_SET: return c != GW_NO_CHAR && in_set(&m->prog->sets.items[x], c);
	case GW_I_NOT: return c != GW_NO_CHAR && none_here(m, &m->prog->class_sets.items[x], pos, dir);
	default: return c != GW_NO_CHAR;
	}
}

/* Whether an instruction can do anything at a place: false is certain. */
static bool may_go_on(const gw_machine *m, const gw_inst *in, uint32_t pos, int dir)
{
	switch ((gw_op_code)in->op) {
	case GW_I_STRING: return gw_char_here(m, pos, dir) == m->prog->strings.items[in->x];
	case GW_I_SET: return fits_one(m, GW_I_SET, in->x, pos, dir);
	case GW_I_TOKEN: return (m->prog->class_sets.items[in->x].glance & gw_glance(m->l, pos, dir)) != 0;
	case GW_I_WORDS: return may_begin(m, &m->prog->guards.items[in->guard], pos, dir);
	default: return true;
	}
}

static bool spend(gw_machine *m, uint32_t steps)
{
	m->steps = m->steps > steps ? m->steps - steps : 0;
	return m->steps != 0;
}

/* A place behind the loop from which the rest has not failed yet. */
static bool run_behind(gw_machine *m, uint32_t pc, uint32_t pos, int dir)
{
	if (!may_go_on(m, &m->prog->code.items[pc + 1], pos, dir) || failed_before(m, pc, pos))
		return false;
	uint32_t count = m->count;
	if (run(m, pc + 1, pos, dir))
		return true;
	m->count = count;
	return false;
}

static bool run_loop(gw_machine *m, uint32_t pc, uint32_t pos, int dir)
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
static uint32_t next_word(const gw_machine *m, const gw_inst *in, uint32_t from, uint32_t pos, int dir)
{
	const gw_literal *w = m->prog->words.items + in->x;
	while (from < in->y && !string_here(m, w[from].at, w[from].len, pos, dir))
		from++;
	return from;
}

static bool run(gw_machine *m, uint32_t pc, uint32_t pos, int dir)
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

bool gw_machine_run(gw_machine *m, uint32_t pos, int dir)
{
	m->count = 0;
	m->round++;
	return run(m, 0, pos, dir);
}
