/* From the tree of a pattern to a program for machine.c. */
#include "pattern.h"

#include <stdlib.h>

enum { PATTERN_MAX = 20000 };

/* ---- the tree becomes a program ---- */

typedef struct emitter {
	gw_knowledge *k;
	gw_arena *scratch;
	gw_parts *parts;
	GW_LIST(const gw_pattern_node *) later; /* look-arounds by mark */
	uint32_t counts; /* how deep in loops that are counted */
} emitter;

static uint32_t emit(emitter *e, gw_op_code op, uint16_t name, uint32_t x, uint32_t y)
{
	*GW_PUSH(e->k->arena, &e->parts->code) = (gw_inst){.op = (uint8_t)op, .name = name, .x = x, .y = y};
	return e->parts->code.count - 1;
}

/* An alternative of some branches; branch_here says where they are. */
static uint32_t emit_alt(emitter *e, uint32_t count)
{
	uint32_t at = emit(e, GW_I_ALT, GW_NO_NAME, e->parts->branches.count, count);
	for (uint32_t i = 0; i < count; i++)
		GW_PUSH(e->k->arena, &e->parts->branches);
	return at;
}

/* The next instruction is where a branch begins. */
static void branch_here(emitter *e, uint32_t alt, uint32_t branch)
{
	e->parts->branches.items[e->parts->code.items[alt].x + branch].pc = e->parts->code.count;
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
		*GW_PUSH(e->k->arena, &e->parts->strings) = parts->items[from + count]->ch;
	return count;
}

static uint32_t emit_chars(emitter *e, const node_list *parts, uint32_t from)
{
	uint32_t at = e->parts->strings.count, count = add_chars(e, parts, from);
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
	for (uint32_t i = 0; i < parts.count;) {
		if (parts.items[i]->kind == N_CHAR)
			i += emit_chars(e, &parts, i);
		else
			emit_node(e, parts.items[i++], dir);
	}
}

/* [^,]{2,40}: one character at a time needs no choice for each. */
static bool emit_span(emitter *e, const gw_pattern_node *n)
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
	emit(e, GW_I_SPAN, GW_NO_NAME, e->parts->loops.count, 0);
	*GW_PUSH(e->k->arena, &e->parts->loops) = loop;
	return true;
}

static void emit_counted(emitter *e, const gw_pattern_node *n, int dir)
{
	gw_loop loop = {.what = GW_I_COUNT, .shift = (uint8_t)(8 * e->counts++), .lazy = n->lazy};
	loop.min = n->min;
	loop.max = n->max;
	uint32_t count = emit(e, GW_I_COUNT, GW_NO_NAME, e->parts->loops.count, 0);
	*GW_PUSH(e->k->arena, &e->parts->loops) = loop;
	emit_node(e, n->left, dir);
	emit(e, GW_I_AGAIN, GW_NO_NAME, count, 0);
	e->parts->code.items[count].y = e->parts->code.count;
	e->counts--;
}

/* One after the other. */
static void emit_copies(emitter *e, const gw_pattern_node *n, int dir)
{
	uint32_t once_more = n->lazy, leave = !n->lazy;
	for (uint32_t i = 0; i < n->min; i++)
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
	for (uint32_t i = n->min; i < n->max; i++) {
		uint32_t alt = emit_alt(e, 2);
		*GW_PUSH(e->scratch, &alts) = alt;
		branch_here(e, alt, once_more);
		emit_node(e, n->left, dir);
	}
	for (uint32_t i = 0; i < alts.count; i++)
		branch_here(e, alts.items[i], leave);
}

/* What may be there or not is cheaper without a count, and so is what may come by for ever. */
static void emit_repeat(emitter *e, const gw_pattern_node *n, int dir)
{
	if (emit_span(e, n))
		return;
	bool plain = n->max <= 1 || (n->max == GW_NONE && n->min <= 1);
	if (plain || e->counts == GW_COUNTS)
		emit_copies(e, n, dir);
	else
		emit_counted(e, n, dir);
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

static void emit_set(emitter *e, const gw_pattern_node *const *chars, uint32_t count)
{
	gw_char_set set = {.chars = GW_NEW_N(e->k->arena, uint32_t, count), .count = count};
	for (uint32_t i = 0; i < count; i++)
		set.chars[i] = chars[i]->ch;
	emit(e, GW_I_SET, GW_NO_NAME, gw_char_set_keep(e->k, e->scratch, set), 0);
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
	gw_parts *parts = e->parts;
	uint32_t from = parts->words.count;
	emit(e, GW_I_WORDS, GW_NO_NAME, from, count);
	for (uint32_t i = 0; i < count; i++) {
		node_list chars = {0};
		sequence_parts(e, words[i], dir, &chars);
		uint32_t at = parts->strings.count, len = add_chars(e, &chars, 0);
		*GW_PUSH(e->k->arena, &parts->words) = (gw_literal){chars.items[0]->ch, at, len};
	}
	qsort(parts->words.items + from, count, sizeof *parts->words.items, word_order);
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
	for (uint32_t i = 0, run, part = 0; i < all.count; i += run ? run : 1, part++) {
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
	for (uint32_t i = 0; i < jumps.count; i++)
		e->parts->code.items[jumps.items[i]].x = e->parts->code.count;
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
	case N_LOOK: {
		at = emit(e, GW_I_LOOK, GW_NO_NAME, 0, 0);
		emit_node(e, n->left, n->dir);
		emit(e, GW_I_MATCH, GW_NO_NAME, 0, 0);
		gw_inst *look = &e->parts->code.items[at];
		look->x = e->parts->code.count;
		look->back = n->dir < 0;
		look->negative = n->negative;
		break;
	}
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
	for (uint32_t i = 0; i < parts.count; i++) {
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

/* ---- what comes out is shortened ---- */

/* A jump to a jump goes where that one goes. */
static uint32_t jump_end(const gw_parts *parts, uint32_t pc)
{
	while (parts->code.items[pc].op == GW_I_JUMP)
		pc = parts->code.items[pc].x;
	return pc;
}

/* A branch to other alternatives further on becomes their branches: three things that may be there or not, one after the
 * other, are asked for at once. */
static void branches_join(emitter *e, gw_inst *in, uint32_t pc)
{
	enum { MANY = 8 };
	GW_LIST(gw_branch) all = {0};
	for (uint32_t i = 0; i < in->y; i++) {
		gw_branch b = e->parts->branches.items[in->x + i];
		const gw_inst *to = &e->parts->code.items[b.pc];
		bool joins = to->op == GW_I_ALT && b.pc > pc && all.count + to->y <= MANY;
		for (uint32_t j = 0; joins && j < to->y; j++)
			*GW_PUSH(e->scratch, &all) = e->parts->branches.items[to->x + j];
		if (!joins)
			*GW_PUSH(e->scratch, &all) = b;
	}
	if (all.count == in->y)
		return;
	in->x = e->parts->branches.count;
	in->y = all.count;
	for (uint32_t i = 0; i < all.count; i++)
		*GW_PUSH(e->k->arena, &e->parts->branches) = all.items[i];
}

static void jumps_shorten(emitter *e, uint32_t begin)
{
	for (uint32_t pc = e->parts->code.count; pc-- > begin;) {
		gw_inst *in = &e->parts->code.items[pc];
		if (in->op == GW_I_JUMP)
			in->x = jump_end(e->parts, in->x);
		if (in->op != GW_I_ALT)
			continue;
		for (uint32_t i = 0; i < in->y; i++) {
			gw_branch *b = &e->parts->branches.items[in->x + i];
			b->pc = jump_end(e->parts, b->pc);
		}
		branches_join(e, in, pc);
	}
}

/* Its instructions, were all repeats written out. */
static uint32_t node_size(const gw_pattern_node *n)
{
	if (!n)
		return 0;
	uint32_t left = node_size(n->left), size = left + node_size(n->right);
	switch (n->kind) {
	case N_SEQ: break;
	case N_REPEAT: size = (left + 1) * (n->max == GW_NONE ? n->min + 1 : n->max); break;
	default: size++;
	}
	return size < PATTERN_MAX ? size : PATTERN_MAX;
}

bool gw_program_emit(gw_knowledge *k, gw_arena *scratch, gw_program *prog, const gw_pattern_node *tree)
{
	emitter e = {.k = k, .scratch = scratch, .parts = &k->parts};
	if (node_size(tree) == PATTERN_MAX)
		return false;
	prog->begin = k->parts.code.count;
	emit_spine(&e, tree, prog->dir);
	for (uint32_t i = 0; i < e.later.count; i++) {
		uint32_t at = k->parts.code.count;
		emit_node(&e, e.later.items[i], prog->dir);
		k->parts.code.items[at].op = GW_I_LATER;
		k->parts.code.items[at].y = i;
	}
	emit(&e, GW_I_MATCH, GW_NO_NAME, 0, 0);
	prog->end = k->parts.code.count;
	jumps_shorten(&e, prog->begin);
	return true;
}
