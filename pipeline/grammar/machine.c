/* A small backtracking machine over characters and tokens. Every attempt has a budget of steps, so that the time is linear
 * in the text whatever the pattern. Ways not taken yet wait on a stack; only look-arounds, which a pattern has few of within
 * each other, call the machine anew. It is made twice, for either direction. */
#include "machine.h"

#define INLINE static inline __attribute__((always_inline))

INLINE uint32_t step(uint32_t pos, uint32_t count, bool back)
{
	return back ? pos - count : pos + count;
}

/* ---- characters ---- */

INLINE bool has_char(const gw_machine *m, uint32_t pos, bool back)
{
	return back ? pos > m->begin : pos < m->end;
}

INLINE uint32_t char_at(const gw_machine *m, uint32_t pos, bool back)
{
	return m->ch[back ? pos - 1 : pos];
}

INLINE bool char_here(const gw_machine *m, uint32_t c, uint32_t pos, bool back)
{
	return has_char(m, pos, back) && char_at(m, pos, back) == c;
}

INLINE bool string_here(const gw_machine *m, uint32_t at, uint32_t len, uint32_t pos, bool back)
{
	const uint32_t *want = m->parts->strings.items + at;
	if (len > (back ? pos - m->begin : m->end - pos))
		return false;
	for (uint32_t i = 0; i < len; i++)
		if (char_at(m, step(pos, i, back), back) != want[i])
			return false;
	return true;
}

static bool is_listed(const gw_char_set *s, uint32_t c)
{
	for (uint32_t i = s->count; i-- > 0 && s->chars[i] >= c;)
		if (s->chars[i] == c)
			return true;
	return false;
}

INLINE bool in_set(const gw_machine *m, const gw_char_set *s, uint32_t pos, bool back)
{
	uint32_t at = back ? pos - 1 : pos;
	if (s->wide && m->ch[at] > 0xFFFF)
		return is_listed(s, m->ch[at]) != s->negative;
	return gw_bit(s->kinds, m->kinds[at]);
}

/* ---- tokens ---- */

INLINE bool token_fits(const gw_class_set *set, const gw_token *t)
{
	return gw_bit(set->classes, t->cls) && (!set->entries || gw_bit(set->entries, t->entry));
}

/* Whether one of the tokens here fits; of those within the paragraph alone, or of all. */
static bool token_here(const gw_machine *m, const gw_class_set *set, uint32_t pos, bool back, bool within)
{
	uint32_t to, index;
	for (uint32_t i = gw_tokens_here(m, pos, back, &to); i < to; i++) {
		const gw_token *t = gw_token_of(m, i, back, &index);
		if (token_fits(set, t) && (!within || (t->begin >= m->begin && t->end <= m->end)))
			return true;
	}
	return false;
}

INLINE bool none_here(const gw_machine *m, const gw_class_set *set, uint32_t pos, bool back)
{
	return !(set->glance & m->glances[back][pos]) || (!set->exact && !token_here(m, set, pos, back, false));
}

/* One character that SET, NOT or ANY is content with. */
INLINE bool fits_one(const gw_machine *m, gw_op_code what, uint32_t x, uint32_t pos, bool back)
{
	if (!has_char(m, pos, back))
		return false;
	if (what == GW_I_SET)
		return in_set(m, &m->parts->sets.items[x], pos, back);
	return what != GW_I_NOT || none_here(m, &m->parts->class_sets.items[x], pos, back);
}

/* ---- ways ---- */

/* What follows depends on instruction, place, counts and marks alone. */
INLINE bool been_at(gw_machine *m, uint32_t pc, uint32_t pos)
{
	struct gw_been *b = &m->been[(pc * 37 + pos + m->counts * 11) % GW_CHOICES];
	if (b->round == m->round && b->pc == pc && b->pos == pos && b->counts == m->counts)
		return true;
	*b = (struct gw_been){m->round, pc, pos, m->counts};
	return false;
}

INLINE uint32_t pc_of(const gw_machine *m, const gw_inst *in)
{
	return (uint32_t)(in - m->code);
}

INLINE void keep_way(gw_machine *m, const gw_inst *in, uint32_t pos, uint32_t next)
{
	m->choices[m->depth++] = (struct gw_choice){pc_of(m, in), pos, m->counts, (uint16_t)m->count, (uint16_t)next};
}

/* Keeps the next way of an instruction. false: the first of its ways was gone before, from this very place, in vain. */
INLINE bool choose(gw_machine *m, const gw_inst *in, uint32_t pos, uint32_t way, uint32_t next)
{
	if (way == 0 && been_at(m, pc_of(m, in), pos))
		return false;
	keep_way(m, in, pos, next);
	return true;
}

INLINE bool may_follow(const gw_machine *m, const gw_inst *in, uint32_t pos, bool back)
{
	return gw_meets(&m->guards[in->after], gw_see(m, pos, back));
}

static bool capture_push(gw_machine *m, uint16_t name, gw_span span, uint32_t token)
{
	if (m->count == GW_CAPTURES)
		return false;
	m->captures[m->count++] = (gw_capture){name, span, token};
	return true;
}

/* The following take an instruction's way (0: the first that leads on) and move the place: false when there is none. */

INLINE bool take_branch(gw_machine *m, const gw_inst *in, uint32_t pos, uint32_t way, bool back, const gw_inst **to)
{
	const gw_branch *b = m->parts->branches.items + in->x;
	uint32_t count = in->y, from = way, next;
	gw_guard seen = gw_see(m, pos, back);
	while (way < count && !gw_meets(&m->guards[b[way].guard], seen))
		way++;
	for (next = way + 1; next < count && !gw_meets(&m->guards[b[next].guard], seen);)
		next++;
	if (way == count || (next < count && !choose(m, in, pos, from, next)))
		return false;
	*to = m->code + b[way].pc;
	return true;
}

/* Once more, or on: the loop's count says which of them may be. */
INLINE bool take_count(gw_machine *m, const gw_inst *in, uint32_t pos, uint32_t way, bool back, const gw_inst **to)
{
	const gw_loop *l = &m->parts->loops.items[in->x];
	uint32_t n = m->counts >> l->shift & 0xFF;
	gw_guard seen = gw_see(m, pos, back);
	bool more = n < l->max && gw_meets(&m->guards[in->guard], seen);
	bool leave = n >= l->min && gw_meets(&m->guards[in->after], seen);
	if (way || !(more && leave))
		more = way ? l->lazy : more;
	else if (choose(m, in, pos, way, 1))
		more = !l->lazy;
	else
		return false;
	if (!more && !leave)
		return false;
	if (!more)
		m->counts &= ~((uint32_t)0xFF << l->shift);
	else if (l->max != GW_NONE || n < l->min)
		m->counts += (uint32_t)1 << l->shift;
	*to = more ? in + 1 : m->code + in->y;
	return true;
}

INLINE bool take_token(gw_machine *m, const gw_inst *in, uint32_t *pos, uint32_t way, bool back)
{
	const gw_class_set *set = &m->parts->class_sets.items[in->x];
	uint32_t to, index, first = gw_tokens_here(m, *pos, back, &to);
	if (!(set->glance & m->glances[back][*pos]))
		return false;
	for (uint32_t i = first + way; i < to; i++) {
		const gw_token *t = gw_token_of(m, i, back, &index);
		uint32_t behind = back ? t->begin : t->end;
		if (!token_fits(set, t) || t->begin < m->begin || t->end > m->end || !may_follow(m, in, behind, back))
			continue;
		if (i + 1 < to && !choose(m, in, *pos, way, i + 1 - first))
			return false;
		*pos = behind;
		return in->name == GW_NO_NAME || capture_push(m, in->name, (gw_span){t->begin, t->end}, index);
	}
	return false;
}

/* The first of the words that begins with a character, or one behind. */
INLINE uint32_t word_from(const gw_literal *words, uint32_t count, uint32_t c)
{
	uint32_t lo = 0;
	while (lo < count) {
		uint32_t mid = (lo + count) / 2;
		if (words[mid].first < c)
			lo = mid + 1;
		else
			count = mid;
	}
	return lo;
}

INLINE bool take_word(gw_machine *m, const gw_inst *in, uint32_t *pos, uint32_t way, bool back)
{
	const gw_literal *w = m->parts->words.items + in->x;
	if (!has_char(m, *pos, back) || !gw_meets(&m->guards[in->guard], gw_see(m, *pos, back)))
		return false;
	uint32_t c = char_at(m, *pos, back);
	for (uint32_t i = way ? way : word_from(w, in->y, c); i < in->y && w[i].first == c; i++) {
		uint32_t behind = step(*pos, w[i].len, back);
		if (!string_here(m, w[i].at, w[i].len, *pos, back) || !may_follow(m, in, behind, back))
			continue;
		if (i + 1 < in->y && w[i + 1].first == c && !choose(m, in, *pos, way, i + 1))
			return false;
		*pos = behind;
		return true;
	}
	return false;
}

INLINE bool spend(gw_machine *m, uint32_t steps)
{
	m->steps = m->steps > steps ? m->steps - steps : 0;
	return m->steps != 0;
}

/* A place behind the loop from which the rest has not failed yet. */
INLINE bool may_leave(gw_machine *m, const gw_inst *in, uint32_t pos, bool back)
{
	return may_follow(m, in, pos, back) && !been_at(m, pc_of(m, in), pos);
}

/* How often a loop's character stands from here on, up to a number of times; no further than there are steps for. */
INLINE uint32_t times_here(const gw_machine *m, const gw_loop *l, uint32_t max, uint32_t pos, bool back)
{
	uint32_t n = 0;
	if (max > m->steps)
		max = m->steps;
	while (n < max && fits_one(m, l->what, l->x, step(pos, n, back), back))
		n++;
	return n;
}

/* As many characters as there are, then fewer; the way is the number to try. */
INLINE bool take_many(gw_machine *m, const gw_inst *in, const gw_loop *l, uint32_t *pos, uint32_t way, bool back)
{
	uint32_t n = way ? way - 1 : times_here(m, l, l->max, *pos, back);
	if (!way && (n < l->min || !spend(m, n)))
		return false;
	while (!may_leave(m, in, step(*pos, n, back), back))
		if (n-- == l->min)
			return false;
	if (n > l->min)
		keep_way(m, in, *pos, n);
	*pos = step(*pos, n, back);
	return true;
}

/* As few as may be, then more; the way is one more than the number that was tried. */
INLINE bool take_few(gw_machine *m, const gw_inst *in, const gw_loop *l, uint32_t *pos, uint32_t way, bool back)
{
	uint32_t n = way ? way - 1 : times_here(m, l, l->min, *pos, back);
	if (!way && (n < l->min || !spend(m, n)))
		return false;
	for (bool tried = way != 0;; tried = !may_leave(m, in, step(*pos, n, back), back)) {
		if (!tried)
			break;
		if (n == l->max || !spend(m, 1) || !fits_one(m, l->what, l->x, step(*pos, n, back), back))
			return false;
		n++;
	}
	if (n < l->max)
		keep_way(m, in, *pos, n + 1);
	*pos = step(*pos, n, back);
	return true;
}

INLINE bool take_loop(gw_machine *m, const gw_inst *in, uint32_t *pos, uint32_t way, bool back)
{
	const gw_loop *l = &m->parts->loops.items[in->x];
	return l->lazy ? take_few(m, in, l, pos, way, back) : take_many(m, in, l, pos, way, back);
}

/* ---- look-arounds ---- */

static bool run_ahead(gw_machine *m, const gw_inst *in, uint32_t pos);
static bool run_back(gw_machine *m, const gw_inst *in, uint32_t pos);

static bool word_here(const gw_machine *m, const gw_inst *in, uint32_t pos, bool back)
{
	const gw_literal *w = m->parts->words.items + in->x;
	uint32_t c = has_char(m, pos, back) ? char_at(m, pos, back) : 0;
	for (uint32_t i = word_from(w, in->y, c); i < in->y && w[i].first == c; i++)
		if (string_here(m, w[i].at, w[i].len, pos, back))
			return true;
	return false;
}

/* One instruction that does not go on. */
static bool holds(const gw_machine *m, const gw_inst *in, uint32_t pos, bool back)
{
	switch ((gw_op_code)in->op) {
	case GW_I_CHAR: return char_here(m, in->x, pos, back);
	case GW_I_STRING: return string_here(m, in->x, in->y, pos, back);
	case GW_I_WORDS: return word_here(m, in, pos, back);
	case GW_I_TOKEN: return token_here(m, &m->parts->class_sets.items[in->x], pos, back, true);
	case GW_I_BEGIN: return pos == m->begin;
	case GW_I_END: return pos == m->end;
	default: return fits_one(m, (gw_op_code)in->op, in->x, pos, back);
	}
}

static bool flat_holds(const gw_machine *m, const gw_inst *in, uint32_t pos, gw_guard seen, bool back)
{
	if (in->op != GW_I_ALT)
		return holds(m, in, pos, back);
	const gw_branch *b = m->parts->branches.items + in->x;
	for (uint32_t i = 0; i < in->y; i++)
		if (gw_meets(&m->guards[b[i].guard], seen) && holds(m, m->code + b[i].pc, pos, back))
			return true;
	return false;
}

/* A look-around leaves no captures and does not move. */
static bool inner_holds(gw_machine *m, const gw_inst *in, uint32_t pos)
{
	if (in->flat)
		return flat_holds(m, in + 1, pos, gw_see(m, pos, in->back), in->back);
	uint32_t count = m->count, counts = m->counts, stop = m->stop, round = m->round;
	m->round = ++m->rounds;
	bool found = in->back ? run_back(m, in + 1, pos) : run_ahead(m, in + 1, pos);
	m->round = round;
	m->count = count;
	m->counts = counts;
	m->stop = stop;
	return found;
}

/* Most are decided at a glance. */
INLINE bool look_holds(gw_machine *m, const gw_inst *in, uint32_t pos)
{
	bool may = gw_meets(&m->guards[in->guard], in->back ? gw_see(m, pos, true) : gw_see(m, pos, false));
	return (may && inner_holds(m, in, pos)) != in->negative;
}

/* ---- the machine ---- */

/* What a later look-around says depends on its mark: a new place is as good as a new attempt. */
INLINE void mark(gw_machine *m, uint32_t which, uint32_t pos)
{
	if (m->marks[which] != pos)
		m->round = ++m->rounds;
	m->marks[which] = pos;
}

INLINE bool run(gw_machine *m, const gw_inst *in, uint32_t pos, bool back)
{
	uint32_t bottom = m->depth, way = 0;
	while (m->steps) {
		bool on = true;
		const gw_inst *next = in + 1;
		m->steps--;
		switch ((gw_op_code)in->op) {
		case GW_I_CHAR:
			on = char_here(m, in->x, pos, back);
			pos = step(pos, 1, back);
			break;
		case GW_I_STRING:
			on = string_here(m, in->x, in->y, pos, back);
			pos = step(pos, in->y, back);
			break;
		case GW_I_SET:
		case GW_I_NOT:
		case GW_I_ANY:
			on = fits_one(m, (gw_op_code)in->op, in->x, pos, back);
			pos = step(pos, 1, back);
			break;
		case GW_I_WORDS: on = take_word(m, in, &pos, way, back); break;
		case GW_I_SPAN: on = take_loop(m, in, &pos, way, back); break;
		case GW_I_TOKEN: on = take_token(m, in, &pos, way, back); break;
		case GW_I_BEGIN: on = pos == m->begin; break;
		case GW_I_END: on = pos == m->end; break;
		case GW_I_ALT: on = take_branch(m, in, pos, way, back, &next); break;
		case GW_I_AGAIN:
			in = m->code + in->x;
			/* fall through */
		case GW_I_COUNT: on = take_count(m, in, pos, way, back, &next); break;
		case GW_I_JUMP: next = m->code + in->x; break;
		case GW_I_OPEN: on = capture_push(m, in->name, (gw_span){pos, pos}, GW_OPENED); break;
		case GW_I_CLOSE: on = capture_push(m, in->name, (gw_span){pos, pos}, GW_CLOSED); break;
		case GW_I_LOOK:
			on = look_holds(m, in, pos);
			next = m->code + in->x;
			break;
		case GW_I_MARK: mark(m, in->x, pos); break;
		case GW_I_LATER:
			on = look_holds(m, in, m->marks[in->y]);
			next = m->code + in->x;
			break;
		case GW_I_MATCH:
			m->stop = pos;
			m->depth = bottom;
			return true;
		default: __builtin_unreachable(); /* there are no others */
		}
		way = 0;
		in = next;
		if (on)
			continue;
		if (m->depth == bottom)
			return false;
		const struct gw_choice *c = &m->choices[--m->depth];
		in = m->code + c->pc;
		pos = c->pos;
		m->count = c->count;
		m->counts = c->counts;
		way = c->next;
	}
	m->depth = bottom;
	return false;
}

static bool run_ahead(gw_machine *m, const gw_inst *in, uint32_t pos)
{
	return run(m, in, pos, false);
}

static bool run_back(gw_machine *m, const gw_inst *in, uint32_t pos)
{
	return run(m, in, pos, true);
}

void gw_machine_bind(gw_machine *m, const gw_knowledge *k, const gw_document *d)
{
	const gw_lattice *l = &d->lattice;
	m->parts = &k->parts;
	m->code = k->parts.code.items;
	m->guards = k->parts.guards.items;
	m->kind_bits = k->kind_bits;
	m->tokens = l->tokens;
	m->by_end = l->by_end;
	m->ch = d->source->text.ch;
	m->kinds = l->kinds - l->base;
	m->glances[0] = l->begins - l->base;
	m->glances[1] = l->ends - l->base;
	m->indexes[0] = l->first - l->base;
	m->indexes[1] = l->last - l->base;
}

bool gw_machine_run(gw_machine *m, uint32_t begin, uint32_t pos, bool back)
{
	const gw_inst *in = m->code + begin;
	if (m->rounds > UINT32_MAX / 2) {
		memset(m->been, 0, sizeof m->been);
		m->rounds = 0;
	}
	m->count = m->depth = m->counts = 0;
	m->round = ++m->rounds;
	return back ? run_back(m, in, pos) : run_ahead(m, in, pos);
}
