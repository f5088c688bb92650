/* From the tree of a pattern to a program for machine.c, and what a match can begin with. */
#include "pattern.h"

#include <stdlib.h>

enum { CODE_MAX = 20000 };

/* ---- what a part can begin with ---- */

/* Adds what a node can begin with (end with, to the left); returns whether what follows counts too: the node can be
 * empty. What must stand ahead is what a match begins with, however wide the part behind it is. */
static bool find_first(const gw_knowledge *k, const gw_program *prog, const gw_pattern_node *n, int dir, gw_first_set *f)
{
	const gw_pattern_node *a, *b;
	switch (n->kind) {
	case N_CHAR:
		*GW_PUSH(f->arena, &f->chars) = n->ch;
		return false;
	case N_SET: {
		const gw_char_set *s = &prog->sets.items[n->index];
		f->anywhere |= s->negative;
		for (uint32_t i = 0; i < s->count && !s->negative; i++)
			*GW_PUSH(f->arena, &f->chars) = s->chars[i];
		return false;
	}
	case N_TOKEN:
		for (size_t i = 0; i < gw_bit_words(k->class_names.count); i++)
			f->classes[i] |= prog->class_sets.items[n->index].classes[i];
		return false;
	case N_NOT:
	case N_ANY:
		f->anywhere = true;
		return false;
	case N_SEQ:
		a = dir > 0 ? n->left : n->right;
		b = dir > 0 ? n->right : n->left;
		return find_first(k, prog, a, dir, f) && find_first(k, prog, b, dir, f);
	case N_ALT: {
		bool left = find_first(k, prog, n->left, dir, f), right = find_first(k, prog, n->right, dir, f);
		return left || right;
	}
	case N_REPEAT: return find_first(k, prog, n->left, dir, f) || n->min == 0;
	case N_CAPTURE: return find_first(k, prog, n->left, dir, f);
	case N_LOOK: return n->negative || n->dir != dir || find_first(k, prog, n->left, dir, f);
	default: return true;
	}
}

static bool can_be_empty(const gw_pattern_node *n)
{
	switch (n->kind) {
	case N_CHAR:
	case N_SET:
	case N_TOKEN:
	case N_NOT:
	case N_ANY: return false;
	case N_SEQ: return can_be_empty(n->left) && can_be_empty(n->right);
	case N_ALT: return can_be_empty(n->left) || can_be_empty(n->right);
	case N_REPEAT: return n->min == 0 || can_be_empty(n->left);
	case N_CAPTURE: return can_be_empty(n->left);
	default: return true;
	}
}

static void first_set_init(const gw_knowledge *k, gw_arena *arena, gw_first_set *f)
{
	*f = (gw_first_set){.arena = arena};
	f->classes = GW_NEW_N(arena, uint64_t, gw_bit_words(k->class_names.count) + 1);
}

/* ---- what a match goes on with behind its first element ----
 * Most attempts fail there; to know it beforehand saves them. */

static void add_all(const gw_knowledge *k, gw_first_set *to, const gw_first_set *from)
{
	for (uint32_t i = 0; i < from->chars.count; i++)
		*GW_PUSH(to->arena, &to->chars) = from->chars.items[i];
	for (size_t i = 0; i < gw_bit_words(k->class_names.count); i++)
		to->classes[i] |= from->classes[i];
	to->anywhere |= from->anywhere;
}

/* What can stand where n begins, given what can stand behind it. */
static void begin_with(const gw_knowledge *k, const gw_program *prog, const gw_pattern_node *n, int dir, const gw_first_set *next,
	gw_first_set *out)
{
	if (find_first(k, prog, n, dir, out))
		add_all(k, out, next);
}

/* Adds to `out` what can follow those first elements of n that are tokens, or those that are characters; returns whether
 * n can be empty. */
static bool find_second(const gw_knowledge *k, const gw_program *prog, const gw_pattern_node *n, bool tokens, const gw_first_set *next,
	gw_first_set *out)
{
	int dir = prog->dir;
	const gw_pattern_node *a = dir > 0 ? n->left : n->right, *b = dir > 0 ? n->right : n->left;
	gw_first_set then;
	switch (n->kind) {
	case N_CHAR:
	case N_SET:
	case N_TOKEN:
		if (tokens == (n->kind == N_TOKEN))
			add_all(k, out, next);
		return false;
	case N_NOT:
	case N_ANY: add_all(k, out, next); return false;
	case N_SEQ:
		first_set_init(k, out->arena, &then);
		begin_with(k, prog, b, dir, next, &then);
		return find_second(k, prog, a, tokens, &then, out) && find_second(k, prog, b, tokens, next, out);
	case N_ALT: {
		bool left = find_second(k, prog, n->left, tokens, next, out);
		return find_second(k, prog, n->right, tokens, next, out) || left;
	}
	case N_REPEAT:
		first_set_init(k, out->arena, &then);
		begin_with(k, prog, n->left, dir, next, &then);
		add_all(k, &then, next);
		return find_second(k, prog, n->left, tokens, &then, out) || n->min == 0;
	case N_CAPTURE: return find_second(k, prog, n->left, tokens, next, out);
	case N_LOOK:
		/* The triggers come from what it sees, not from what is matched. */
		out->anywhere |= !n->negative && n->dir == dir;
		return true;
	default: return true;
	}
}

/* ---- the tree becomes a program ---- */

typedef struct emitter {
	gw_knowledge *k;
	gw_arena *scratch;
	gw_program *prog;
	GW_LIST(const gw_pattern_node *) later; /* look-arounds by mark */
	bool overflow;
} emitter;

static uint32_t emit(emitter *e, gw_op_code op, uint16_t name, uint32_t x, uint32_t y)
{
	if (e->prog->code.count >= CODE_MAX) {
		e->overflow = true;
		return 0;
	}
	*GW_PUSH(e->k->arena, &e->prog->code) = (gw_inst){.op = (uint8_t)op, .name = name, .x = x, .y = y};
	return e->prog->code.count - 1;
}

/* An alternative of some branches; branch_here says where they are. */
static uint32_t emit_alt(emitter *e, uint32_t count)
{
	uint32_t at = emit(e, GW_I_ALT, GW_NO_NAME, e->prog->branches.count, count);
	for (uint32_t i = 0; i < count; i++)
		GW_PUSH(e->k->arena, &e->prog->branches);
	return at;
}

/* The next instruction is where a branch begins. */
static void branch_here(emitter *e, uint32_t alt, uint32_t branch)
{
	if (!e->overflow)
		e->prog->branches.items[e->prog->code.items[alt].x + branch].pc = e->prog->code.count;
}

static void emit_node(emitter *e, const gw_pattern_node *n, int dir);

typedef GW_LIST(const gw_pattern_node *) node_list;

/* The parts of a sequence in the order of reading. */
static void sequence_parts(emitter *e, const gw_pattern_node *n, int dir, node_list *out)
{
	if (n->kind == N_SEQ) {
		sequence_parts(e, dir > 0 ? n->left : n->right, dir, out);
		sequence_parts(e, dir > 0 ? n->right : n->left, dir, out);
	} else if (n->kind != N_EMPTY) {
		*GW_PUSH(e->scratch, out) = n;
	}
}

/* From `from` on: how many characters come one after the other. They go to the strings. */
static uint32_t add_chars(emitter *e, const node_list *parts, uint32_t from)
{
	uint32_t count = 0;
	for (; from + count < parts->count && parts->items[from + count]->kind == N_CHAR; count++)
		*GW_PUSH(e->k->arena, &e->prog->strings) = parts->items[from + count]->ch;
	return count;
}

static uint32_t emit_chars(emitter *e, const node_list *parts, uint32_t from)
{
	uint32_t at = e->prog->strings.count, count = add_chars(e, parts, from);
	if (count == 1)
		emit(e, GW_I_CHAR, GW_NO_NAME, parts->items[from]->ch, 0);
	else
		emit(e, GW_I_STRING, GW_NO_NAME, at, count);
	return count;
}

static void emit_sequence(emitter *e, const gw_pattern_node *n, int dir)
{
	node_list parts = {0};
	sequence_parts(e, n, dir, &parts);
	for (uint32_t i = 0; i < parts.count && !e->overflow;) {
		if (parts.items[i]->kind == N_CHAR)
			i += emit_chars(e, &parts, i);
		else
			emit_node(e, parts.items[i++], dir);
	}
}

/* [^,]{2,40}: one character at a time needs no splits. */
static bool emit_loop(emitter *e, const gw_pattern_node *n)
{
	const gw_pattern_node *one = n->left;
	gw_loop loop = {.x = one->index, .min = n->min, .max = n->max, .lazy = n->lazy};
	switch (one->kind) {
	case N_SET: loop.what = GW_I_SET; break;
	case N_NOT: loop.what = GW_I_NOT; break;
	case N_ANY: loop.what = GW_I_ANY; break;
	default: return false;
	}
	if (n->max < 2)
		return false;
	emit(e, GW_I_SPAN, GW_NO_NAME, e->prog->loops.count, 0);
	*GW_PUSH(e->k->arena, &e->prog->loops) = loop;
	return true;
}

static void emit_repeat(emitter *e, const gw_pattern_node *n, int dir)
{
	if (emit_loop(e, n))
		return;
	uint32_t once_more = n->lazy, leave = !n->lazy;
	for (uint32_t i = 0; i < n->min && !e->overflow; i++)
		emit_node(e, n->left, dir);
	if (n->max == GW_NONE) {
		uint32_t alt = emit_alt(e, 2);
		branch_here(e, alt, once_more);
		emit_node(e, n->left, dir);
		emit(e, GW_I_JUMP, GW_NO_NAME, alt, 0);
		branch_here(e, alt, leave);
		return;
	}
	/* nested optionals: once one fails, all later ones do; each leaves to the common end */
	GW_LIST(uint32_t) alts = {0};
	for (uint32_t i = n->min; i < n->max && !e->overflow; i++) {
		uint32_t alt = emit_alt(e, 2);
		*GW_PUSH(e->scratch, &alts) = alt;
		branch_here(e, alt, once_more);
		emit_node(e, n->left, dir);
	}
	for (uint32_t i = 0; i < alts.count; i++)
		branch_here(e, alts.items[i], leave);
}

/* ---- alternatives ----
 * Characters that stand beside each other, (甲|乙), are a set, and words, (甲|乙丙|丁), one instruction. */

static bool is_word(const gw_pattern_node *n)
{
	return n->kind == N_CHAR || (n->kind == N_SEQ && is_word(n->left) && is_word(n->right));
}

static void branches_of(emitter *e, const gw_pattern_node *n, node_list *out)
{
	if (n->kind != N_ALT) {
		*GW_PUSH(e->scratch, out) = n;
		return;
	}
	branches_of(e, n->left, out);
	branches_of(e, n->right, out);
}

static int u32_order(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

static void emit_set(emitter *e, const gw_pattern_node *const *chars, uint32_t count)
{
	gw_char_set set = {.chars = GW_NEW_N(e->k->arena, uint32_t, count), .count = count};
	for (uint32_t i = 0; i < count; i++)
		set.chars[i] = chars[i]->ch;
	qsort(set.chars, count, sizeof *set.chars, u32_order);
	emit(e, GW_I_SET, GW_NO_NAME, e->prog->sets.count, 0);
	*GW_PUSH(e->k->arena, &e->prog->sets) = set;
}

/* By first character; strings were added in the order of the pattern. */
static int word_order(const void *a, const void *b)
{
	const gw_literal *x = a, *y = b;
	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	return (x->at > y->at) - (x->at < y->at);
}

static void emit_words(emitter *e, const gw_pattern_node *const *words, uint32_t count, int dir)
{
	gw_program *prog = e->prog;
	uint32_t from = prog->words.count;
	emit(e, GW_I_WORDS, GW_NO_NAME, from, count);
	for (uint32_t i = 0; i < count; i++) {
		node_list chars = {0};
		sequence_parts(e, words[i], dir, &chars);
		uint32_t at = prog->strings.count, len = add_chars(e, &chars, 0);
		*GW_PUSH(e->k->arena, &prog->words) = (gw_literal){chars.items[0]->ch, at, len};
	}
	qsort(prog->words.items + from, count, sizeof *prog->words.items, word_order);
}

/* How many of the branches from `from` on are one instruction together. */
static uint32_t run_of(const node_list *all, uint32_t from, bool *chars)
{
	uint32_t count = 0;
	*chars = true;
	for (; from + count < all->count && is_word(all->items[from + count]); count++)
		*chars &= all->items[from + count]->kind == N_CHAR;
	return count;
}

static void emit_alternatives(emitter *e, const gw_pattern_node *n, int dir)
{
	node_list all = {0};
	uint32_t parts = 0, alt = 0;
	bool chars;
	branches_of(e, n, &all);
	for (uint32_t i = 0, run; i < all.count; i += run ? run : 1, parts++)
		run = run_of(&all, i, &chars);
	if (parts > 1)
		alt = emit_alt(e, parts);
	GW_LIST(uint32_t) jumps = {0};
	for (uint32_t i = 0, run, part = 0; i < all.count && !e->overflow; i += run ? run : 1, part++) {
		if (parts > 1)
			branch_here(e, alt, part);
		run = run_of(&all, i, &chars);
		if (run > 1 && chars)
			emit_set(e, all.items + i, run);
		else if (run > 1)
			emit_words(e, all.items + i, run, dir);
		else
			emit_node(e, all.items[i], dir);
		if (part + 1 < parts)
			*GW_PUSH(e->scratch, &jumps) = emit(e, GW_I_JUMP, GW_NO_NAME, 0, 0);
	}
	for (uint32_t i = 0; i < jumps.count && !e->overflow; i++)
		e->prog->code.items[jumps.items[i]].x = e->prog->code.count;
}

static void emit_node(emitter *e, const gw_pattern_node *n, int dir)
{
	uint32_t at;
	switch (n->kind) {
	case N_EMPTY: break;
	case N_SET: emit(e, GW_I_SET, GW_NO_NAME, n->index, 0); break;
	case N_TOKEN: emit(e, GW_I_TOKEN, n->name, n->index, 0); break;
	case N_NOT: emit(e, GW_I_NOT, GW_NO_NAME, n->index, 0); break;
	case N_ANY: emit(e, GW_I_ANY, GW_NO_NAME, 0, 0); break;
	case N_BEGIN: emit(e, GW_I_BEGIN, GW_NO_NAME, 0, 0); break;
	case N_END: emit(e, GW_I_END, GW_NO_NAME, 0, 0); break;
	case N_CHAR:
	case N_SEQ: emit_sequence(e, n, dir); break;
	case N_ALT: emit_alternatives(e, n, dir); break;
	case N_REPEAT: emit_repeat(e, n, dir); break;
	case N_CAPTURE:
		emit(e, GW_I_OPEN, n->name, 0, 0);
		emit_node(e, n->left, dir);
		emit(e, GW_I_CLOSE, n->name, 0, 0);
		break;
	case N_LOOK:
		at = emit(e, GW_I_LOOK, GW_NO_NAME, 0, 0);
		emit_node(e, n->left, n->dir);
		emit(e, GW_I_MATCH, GW_NO_NAME, 0, 0);
		if (!e->overflow) {
			gw_inst *look = &e->prog->code.items[at];
			look->x = e->prog->code.count;
			look->back = n->dir < 0;
			look->negative = n->negative;
		}
		break;
	}
}

/* ---- conditions that can wait ----
 * A look-around depends on its place alone. Where one that is costly stands in the sequence that a match must pass, its
 * place is marked and it is asked last, once all else has matched, which it seldom does. */

static uint32_t node_cost(const gw_pattern_node *n)
{
	if (!n)
		return 0;
	uint32_t inner = node_cost(n->left) + node_cost(n->right);
	return n->kind == N_REPEAT ? inner * (n->max < 16 ? n->max : 16) : inner + 1;
}

static void emit_spine(emitter *e, const gw_pattern_node *n, int dir)
{
	enum { CHEAP = 30 };
	node_list parts = {0};
	sequence_parts(e, n, dir, &parts);
	for (uint32_t i = 0; i < parts.count && !e->overflow; i++) {
		const gw_pattern_node *part = parts.items[i];
		if (part->kind == N_CHAR) {
			i += emit_chars(e, &parts, i) - 1;
		} else if (part->kind == N_LOOK && node_cost(part->left) > CHEAP && e->later.count < GW_MARKS) {
			emit(e, GW_I_MARK, GW_NO_NAME, e->later.count, 0);
			*GW_PUSH(e->scratch, &e->later) = part;
		} else {
			emit_node(e, part, dir);
		}
	}
}

/* A jump to a jump goes where that one goes. */
static void jump_shorten(const gw_program *prog, uint32_t *pc)
{
	while (prog->code.items[*pc].op == GW_I_JUMP)
		*pc = prog->code.items[*pc].x;
}

static void jumps_shorten(gw_program *prog)
{
	for (uint32_t i = 0; i < prog->code.count; i++)
		if (prog->code.items[i].op == GW_I_JUMP)
			jump_shorten(prog, &prog->code.items[i].x);
	for (uint32_t i = 0; i < prog->branches.count; i++)
		jump_shorten(prog, &prog->branches.items[i].pc);
}

bool gw_program_emit(gw_knowledge *k, gw_arena *scratch, gw_program *prog, const gw_pattern_node *tree)
{
	emitter e = {.k = k, .scratch = scratch, .prog = prog};
	emit_spine(&e, tree, prog->dir);
	for (uint32_t i = 0; i < e.later.count; i++) {
		uint32_t at = prog->code.count;
		emit_node(&e, e.later.items[i], prog->dir);
		if (!e.overflow) {
			prog->code.items[at].op = GW_I_LATER;
			prog->code.items[at].y = i;
		}
	}
	emit(&e, GW_I_MATCH, GW_NO_NAME, 0, 0);
	if (!e.overflow)
		jumps_shorten(prog);
	return !e.overflow;
}

/* Out of the scratch arena. */
static gw_first_set first_set_keep(const gw_knowledge *k, const gw_first_set *f)
{
	gw_first_set kept;
	first_set_init(k, k->arena, &kept);
	memcpy(kept.classes, f->classes, gw_bit_words(k->class_names.count) * sizeof *kept.classes);
	kept.chars.items = GW_NEW_N(k->arena, uint32_t, f->chars.count);
	kept.chars.count = kept.chars.cap = f->chars.count;
	if (f->chars.count)
		memcpy(kept.chars.items, f->chars.items, f->chars.count * sizeof *kept.chars.items);
	kept.anywhere = f->anywhere;
	return kept;
}

bool gw_program_find_first(gw_knowledge *k, gw_arena *scratch, gw_program *prog, const gw_pattern_node *tree)
{
	gw_first_set end, first, second;
	first_set_init(k, scratch, &end);
	first_set_init(k, scratch, &first);
	end.anywhere = true;
	bool open = find_first(k, prog, tree, prog->dir, &first);
	first.anywhere |= open;
	prog->first = first_set_keep(k, &first);
	for (int token = 0; token < 2; token++) {
		first_set_init(k, scratch, &second);
		find_second(k, prog, tree, token, &end, &second);
		prog->second[token] = first_set_keep(k, &second);
	}
	prog->edge = prog->code.items[0].op == (prog->dir > 0 ? GW_I_BEGIN : GW_I_END);
	return can_be_empty(tree);
}
