/* What can be told at a glance: each position of a document has a bit for its character and some for its tokens, each branch
 * of a program the bits of what it can begin with, and most of them need no more than that to be refused.
 *
 * There are more characters and classes than bits. Those that patterns name most have a bit of their own, the others share
 * some; those that always stand in the same sets share one at no loss. */
#include "pattern.h"

#include <stdlib.h>

/* ---- kinds: the characters that patterns name are numbered ---- */

static void kind_give(gw_knowledge *k, uint32_t c)
{
	if (c <= 0xFFFF && !k->trie.chars[c].kind)
		k->trie.chars[c].kind = (uint16_t)k->kinds++;
}

static void kinds_number(gw_knowledge *k)
{
	const gw_parts *p = &k->parts;
	k->kinds = 1;
	for (uint32_t i = 0; i < p->code.count; i++)
		if (p->code.items[i].op == GW_I_CHAR)
			kind_give(k, p->code.items[i].x);
	for (uint32_t i = 0; i < p->strings.count; i++)
		kind_give(k, p->strings.items[i]);
	for (uint32_t i = 0; i < p->sets.count; i++)
		for (uint32_t c = 0; c < p->sets.items[i].count; c++)
			kind_give(k, p->sets.items[i].chars[c]);
}

static uint32_t kind_of(const gw_knowledge *k, uint32_t c)
{
	return c <= 0xFFFF ? k->trie.chars[c].kind : 0;
}

/* ---- bits ---- */

typedef struct use {
	uint32_t what, sets; /* in how many sets it stands */
	uint64_t where;      /* the same for those that always stand together */
} use;

static use *uses_new(gw_arena *scratch, uint32_t count)
{
	use *uses = GW_NEW_N(scratch, use, count);
	for (uint32_t i = 0; i < count; i++)
		uses[i].what = i;
	return uses;
}

static void use_note(use *u, uint64_t set, uint32_t times)
{
	u->sets += times;
	u->where += set;
}

static int use_order(const void *a, const void *b)
{
	const use *x = a, *y = b;
	if (x->sets != y->sets)
		return x->sets > y->sets ? -1 : 1;
	if (x->where != y->where)
		return x->where < y->where ? -1 : 1;
	return (x->what > y->what) - (x->what < y->what);
}

/* Deals out `count` bits from `first` on. */
static void bits_share_out(use *uses, uint32_t n, uint32_t first, uint32_t count, uint64_t *bits)
{
	enum { SHARED = 14 };
	uint32_t groups = 0, own = count - SHARED;
	qsort(uses, n, sizeof *uses, use_order);
	for (uint32_t i = 0; i < n && uses[i].sets; i++) {
		groups += i == 0 || uses[i].where != uses[i - 1].where;
		uint32_t at = groups - 1 < own ? groups - 1 : own + (groups - 1) % SHARED;
		bits[uses[i].what] = (uint64_t)1 << (first + at);
	}
}

static void class_bits_build(gw_knowledge *k, gw_arena *scratch)
{
	size_t words = gw_bit_words(k->class_names.count);
	use *uses = uses_new(scratch, k->class_names.count);
	for (uint32_t i = 0; i < k->parts.class_sets.count; i++) {
		const gw_class_set *set = &k->parts.class_sets.items[i];
		uint64_t h = gw_hash64(set->classes, words * sizeof *set->classes);
		for (uint32_t w = 0; w < words; w++)
			for (uint64_t bits = set->classes[w]; bits; bits &= bits - 1)
				use_note(&uses[w * 64 + (uint32_t)__builtin_ctzll(bits)], h, set->uses);
	}
	k->class_bits = GW_NEW_N(k->arena, uint64_t, k->class_names.count);
	bits_share_out(uses, k->class_names.count, 0, 63, k->class_bits);
	for (uint32_t c = 0; c < k->class_names.count; c++)
		if (!k->class_bits[c])
			k->class_bits[c] = GW_OTHER_CLASS;
}

static void kind_note(const gw_knowledge *k, use *uses, uint32_t c)
{
	use_note(&uses[kind_of(k, c)], gw_hash64(&c, sizeof c), 1);
}

static void kind_bits_build(gw_knowledge *k, gw_arena *scratch)
{
	const gw_parts *p = &k->parts;
	use *uses = uses_new(scratch, k->kinds);
	for (uint32_t i = 0; i < p->sets.count; i++) {
		const gw_char_set *s = &p->sets.items[i];
		uint64_t h = gw_hash64(s->chars, s->count * sizeof *s->chars);
		for (uint32_t c = 0; c < s->count; c++)
			use_note(&uses[kind_of(k, s->chars[c])], h, s->uses);
	}
	for (uint32_t i = 0; i < p->code.count; i++) {
		const gw_inst *in = &p->code.items[i];
		if (in->op == GW_I_CHAR || in->op == GW_I_STRING)
			kind_note(k, uses, in->op == GW_I_CHAR ? in->x : p->strings.items[in->x]);
	}
	for (uint32_t i = 0; i < p->words.count; i++)
		kind_note(k, uses, p->words.items[i].first);
	uses[0].sets = 0;
	k->kind_bits = GW_NEW_N(k->arena, uint64_t, k->kinds);
	bits_share_out(uses, k->kinds, 1, 62, k->kind_bits);
	for (uint32_t i = 0; i < k->kinds; i++)
		if (!k->kind_bits[i])
			k->kind_bits[i] = GW_OTHER_CHAR;
}

/* ---- sets ---- */

static uint64_t glance_of(const uint64_t *set, size_t words, const uint64_t *bits_of)
{
	uint64_t glance = 0;
	for (uint32_t w = 0; w < words; w++)
		for (uint64_t bits = set[w]; bits; bits &= bits - 1)
			glance |= bits_of[w * 64 + (uint32_t)__builtin_ctzll(bits)];
	return glance;
}

static void class_set_finish(const gw_knowledge *k, gw_class_set *set)
{
	set->glance = glance_of(set->classes, gw_bit_words(k->class_names.count), k->class_bits);
	set->exact = !set->entries;
	for (uint32_t c = 0; c < k->class_names.count && set->exact; c++)
		set->exact = gw_bit(set->classes, c) || !(k->class_bits[c] & set->glance);
}

static void char_set_finish(const gw_knowledge *k, gw_char_set *set)
{
	size_t words = gw_bit_words(k->kinds);
	uint64_t *kinds = GW_NEW_N(k->arena, uint64_t, words);
	for (uint32_t i = 0; i < set->count; i++) {
		set->wide |= set->chars[i] > 0xFFFF;
		if (set->chars[i] <= 0xFFFF)
			gw_bit_set(kinds, kind_of(k, set->chars[i]));
	}
	for (uint32_t i = 0; set->negative && i < k->kinds; i++)
		kinds[i >> 6] ^= (uint64_t)1 << (i & 63);
	set->kinds = kinds;
	set->glance = glance_of(kinds, words, k->kind_bits) | (set->wide ? GW_OTHER_CHAR : 0);
}

/* ---- guards ---- */

/* The character of a place: any, but there is one. */
#define SOME_CHAR (~GW_NO_CHAR)

static uint32_t guard_keep(gw_knowledge *k, gw_guard g)
{
	uint32_t *id = gw_map_put(&k->parts.guard_ids, (gw_str){(const char *)&g, sizeof g});
	if (*id == GW_NONE) {
		*id = k->parts.guards.count;
		*GW_PUSH(k->arena, &k->parts.guards) = g;
	}
	return *id;
}

typedef struct guarding {
	gw_knowledge *k;
	const gw_parts *parts;
	gw_guard *known; /* by instruction; all zero: not yet */
} guarding;

static gw_guard guard_at(guarding *g, uint32_t pc, bool back);

static gw_guard either(gw_guard a, gw_guard b)
{
	return (gw_guard){a.chars | b.chars, a.classes | b.classes};
}

static gw_guard guard_of_one(const guarding *g, gw_op_code what, uint32_t x)
{
	return (gw_guard){what == GW_I_SET ? g->parts->sets.items[x].glance : SOME_CHAR, 0};
}

static gw_guard guard_of_words(const guarding *g, const gw_inst *in)
{
	gw_guard out = {0, 0};
	for (uint32_t i = 0; i < in->y; i++)
		out.chars |= g->k->kind_bits[kind_of(g->k, g->parts->words.items[in->x + i].first)];
	return out;
}

static gw_guard guard_of_branches(guarding *g, const gw_inst *in, bool back)
{
	gw_guard out = {0, 0};
	for (uint32_t i = 0; i < in->y; i++)
		out = either(out, guard_at(g, g->parts->branches.items[in->x + i].pc, back));
	return out;
}

static gw_guard guard_of_count(guarding *g, uint32_t pc, bool enough, bool back)
{
	gw_guard inner = guard_at(g, pc + 1, back);
	return enough ? either(inner, guard_at(g, g->parts->code.items[pc].y, back)) : inner;
}

/* What must stand ahead is what comes first, however wide the part behind it is. */
static gw_guard guard_of_look(guarding *g, uint32_t pc, bool back)
{
	const gw_inst *in = &g->parts->code.items[pc];
	if (in->op == GW_I_LOOK && !in->negative && in->back == back) {
		gw_guard inner = guard_at(g, pc + 1, back);
		if (inner.chars != UINT64_MAX)
			return inner;
	}
	return guard_at(g, in->x, back);
}

static gw_guard guard_find(guarding *g, uint32_t pc, bool back)
{
	const gw_inst *in = &g->parts->code.items[pc];
	switch ((gw_op_code)in->op) {
	case GW_I_CHAR: return (gw_guard){g->k->kind_bits[kind_of(g->k, in->x)], 0};
	case GW_I_STRING: return (gw_guard){g->k->kind_bits[kind_of(g->k, g->parts->strings.items[in->x])], 0};
	case GW_I_SET:
	case GW_I_NOT:
	case GW_I_ANY: return guard_of_one(g, (gw_op_code)in->op, in->x);
	case GW_I_WORDS: return guard_of_words(g, in);
	case GW_I_SPAN: {
		const gw_loop *l = &g->parts->loops.items[in->x];
		gw_guard one = guard_of_one(g, l->what, l->x);
		return l->min ? one : either(one, guard_at(g, pc + 1, back));
	}
	case GW_I_TOKEN: return (gw_guard){0, g->parts->class_sets.items[in->x].glance};
	case GW_I_BEGIN: return back ? (gw_guard){GW_NO_CHAR, 0} : guard_at(g, pc + 1, back);
	case GW_I_END: return back ? guard_at(g, pc + 1, back) : (gw_guard){GW_NO_CHAR, 0};
	case GW_I_ALT: return guard_of_branches(g, in, back);
	case GW_I_COUNT: return guard_of_count(g, pc, g->parts->loops.items[in->x].min == 0, back);
	case GW_I_AGAIN: return guard_of_count(g, in->x, true, back);
	case GW_I_JUMP: return guard_at(g, in->x, back);
	case GW_I_OPEN:
	case GW_I_CLOSE:
	case GW_I_MARK: return guard_at(g, pc + 1, back);
	case GW_I_LOOK:
	case GW_I_LATER: return guard_of_look(g, pc, back);
	case GW_I_MATCH: break;
	}
	return GW_ANYTHING;
}

/* What comes back to itself without a character, an empty part of a loop, may be anything. */
static gw_guard guard_at(guarding *g, uint32_t pc, bool back)
{
	gw_guard *known = &g->known[pc];
	if (!known->chars && !known->classes) {
		*known = GW_ANYTHING;
		*known = guard_find(g, pc, back);
	}
	return *known;
}

/* One instruction, and the inner program is over. */
static bool is_one_step(const gw_parts *p, uint32_t pc)
{
	uint32_t next = pc + 1;
	while (p->code.items[next].op == GW_I_JUMP)
		next = p->code.items[next].x;
	return p->code.items[pc].op <= GW_I_END && p->code.items[pc].op != GW_I_SPAN && p->code.items[next].op == GW_I_MATCH;
}

static bool is_flat(const gw_parts *p, uint32_t pc)
{
	const gw_inst *in = &p->code.items[pc];
	bool flat = in->op == GW_I_ALT || is_one_step(p, pc);
	for (uint32_t i = 0; in->op == GW_I_ALT && flat && i < in->y; i++)
		flat = is_one_step(p, p->branches.items[in->x + i].pc);
	return flat;
}

/* The instructions from `from` to `to`; look-arounds within have their own direction. */
static void guard_stretch(guarding *g, uint32_t from, uint32_t to, bool back)
{
	for (uint32_t pc = from; pc < to; pc++) {
		gw_inst *in = &g->parts->code.items[pc];
		switch ((gw_op_code)in->op) {
		case GW_I_WORDS: in->guard = guard_keep(g->k, guard_at(g, pc, back));
		/* fall through */
		case GW_I_SPAN:
		case GW_I_TOKEN: in->after = guard_keep(g->k, guard_at(g, pc + 1, back)); break;
		case GW_I_COUNT:
			in->guard = guard_keep(g->k, guard_at(g, pc + 1, back));
			in->after = guard_keep(g->k, guard_at(g, in->y, back));
			break;
		case GW_I_ALT:
			for (uint32_t i = 0; i < in->y; i++) {
				gw_branch *b = &g->parts->branches.items[in->x + i];
				b->guard = guard_keep(g->k, guard_at(g, b->pc, back));
			}
			break;
		case GW_I_LOOK:
		case GW_I_LATER:
			in->guard = guard_keep(g->k, guard_at(g, pc + 1, in->back));
			in->flat = is_flat(g->parts, pc + 1);
			guard_stretch(g, pc + 1, in->x, in->back);
			pc = in->x - 1;
			break;
		default: break;
		}
	}
}

static void guards_build(gw_knowledge *k, gw_arena *scratch)
{
	guard_keep(k, GW_ANYTHING);
	guarding g = {k, &k->parts, GW_NEW_N(scratch, gw_guard, k->parts.code.count)};
	for (uint32_t r = 0; r < k->rules.count; r++) {
		const gw_program *p = &k->rules.items[r].program;
		guard_stretch(&g, p->begin, p->end, p->dir < 0);
	}
}

void gw_glances_build(gw_knowledge *k)
{
	gw_arena scratch;
	gw_arena_init(&scratch);
	kinds_number(k);
	class_bits_build(k, &scratch);
	kind_bits_build(k, &scratch);
	for (uint32_t i = 0; i < k->parts.class_sets.count; i++)
		class_set_finish(k, &k->parts.class_sets.items[i]);
	for (uint32_t i = 0; i < k->parts.sets.count; i++)
		char_set_finish(k, &k->parts.sets.items[i]);
	guards_build(k, &scratch);
	gw_arena_release(&scratch);
}
