/* What a match cannot do without: most attempts are spared because a word that their rule needs does not stand in the
 * paragraph at all.
 *
 * A need is a set of classes and characters one of which every match of the rule holds or sees round it. Needs and the
 * presence of a paragraph are rows of the same bits: one for each class, then one for each kind of character. */
#include "pattern.h"

#include <stdlib.h>

enum { NEEDS_MAX = 6, WIDE = 60 };

size_t gw_presence_words(const gw_knowledge *k)
{
	return gw_bit_words(k->class_names.count) + gw_bit_words(k->kinds);
}

/* ---- needs of a pattern ---- */

typedef struct needs {
	const gw_knowledge *k;
	gw_arena *arena;
} needs;

static gw_need *need_new(needs *f, gw_need_list *to)
{
	gw_need *n = GW_PUSH(f->arena, to);
	n->classes = GW_NEW_N(f->arena, uint64_t, gw_bit_words(f->k->class_names.count) + 1);
	return n;
}

static void need_chars(needs *f, gw_need_list *to, const uint32_t *chars, uint32_t count)
{
	bool known = count != 0;
	for (uint32_t i = 0; i < count; i++)
		known &= chars[i] <= 0xFFFF; /* others are not looked for */
	if (!known)
		return;
	gw_need *n = need_new(f, to);
	for (uint32_t i = 0; i < count; i++)
		*GW_PUSH(f->arena, &n->chars) = chars[i];
	n->size = count;
}

static void need_classes(needs *f, gw_need_list *to, const uint64_t *classes)
{
	gw_need *n = need_new(f, to);
	for (uint32_t c = 0; c < f->k->class_names.count; c++)
		if (gw_bit(classes, c)) {
			gw_bit_set(n->classes, c);
			n->size += 2;
		}
}

/* The one that is likely the rarest. */
static const gw_need *narrowest(const gw_need_list *all)
{
	const gw_need *best = &all->items[0];
	for (uint32_t i = 1; i < all->count; i++)
		if (all->items[i].size < best->size)
			best = &all->items[i];
	return best;
}

static void need_either(needs *f, gw_need_list *to, const gw_need *a, const gw_need *b)
{
	gw_need *n = need_new(f, to);
	for (size_t i = 0; i < gw_bit_words(f->k->class_names.count); i++)
		n->classes[i] = a->classes[i] | b->classes[i];
	for (uint32_t i = 0; i < a->chars.count; i++)
		*GW_PUSH(f->arena, &n->chars) = a->chars.items[i];
	for (uint32_t i = 0; i < b->chars.count; i++)
		*GW_PUSH(f->arena, &n->chars) = b->chars.items[i];
	n->size = a->size + b->size;
}

static void find_needs(needs *f, const gw_pattern_node *n, gw_need_list *to)
{
	gw_need_list left = {0}, right = {0};
	switch (n->kind) {
	case N_CHAR: need_chars(f, to, &n->ch, 1); break;
	case N_SET:
		if (!f->k->parts.sets.items[n->index].negative)
			need_chars(f, to, f->k->parts.sets.items[n->index].chars, f->k->parts.sets.items[n->index].count);
		break;
	case N_TOKEN: need_classes(f, to, f->k->parts.class_sets.items[n->index].classes); break;
	case N_SEQ:
		find_needs(f, n->left, to);
		find_needs(f, n->right, to);
		break;
	case N_ALT:
		find_needs(f, n->left, &left);
		find_needs(f, n->right, &right);
		if (left.count && right.count)
			need_either(f, to, narrowest(&left), narrowest(&right));
		break;
	case N_REPEAT:
		if (n->min)
			find_needs(f, n->left, to);
		break;
	case N_CAPTURE: find_needs(f, n->left, to); break;
	case N_LOOK:
		if (!n->negative)
			find_needs(f, n->left, to);
		break;
	default: break;
	}
}

/* What brings the rule up is there whenever it is asked. */
static bool is_what_it_begins_with(const gw_knowledge *k, const gw_program *prog, const gw_need *n)
{
	for (size_t i = 0; i < gw_bit_words(k->class_names.count); i++)
		if (prog->first.classes[i] & ~n->classes[i])
			return false;
	for (uint32_t i = 0; i < prog->first.chars.count; i++) {
		bool has = false;
		for (uint32_t j = 0; j < n->chars.count && !has; j++)
			has = n->chars.items[j] == prog->first.chars.items[i];
		if (!has)
			return false;
	}
	return !prog->first.anywhere && !prog->edge;
}

static int need_order(const void *a, const void *b)
{
	const gw_need *x = a, *y = b;
	if (x->size != y->size)
		return x->size < y->size ? -1 : 1;
	return (x->at > y->at) - (x->at < y->at);
}

void gw_program_find_needs(gw_knowledge *k, gw_program *prog, const gw_pattern_node *tree)
{
	needs f = {k, k->arena};
	gw_need_list all = {0};
	find_needs(&f, tree, &all);
	for (uint32_t i = 0; i < all.count; i++)
		all.items[i].at = i;
	if (all.count)
		qsort(all.items, all.count, sizeof *all.items, need_order);
	for (uint32_t i = 0; i < all.count && prog->needs.count < NEEDS_MAX; i++)
		if (all.items[i].size < WIDE && !is_what_it_begins_with(k, prog, &all.items[i]))
			*GW_PUSH(k->arena, &prog->needs) = all.items[i];
}

/* ---- rows of bits ---- */

/* The words of a row that are not empty. */
static void add_checks(gw_knowledge *k, gw_program *p, const uint64_t *row)
{
	for (uint32_t w = 0; w < gw_presence_words(k); w++)
		if (row[w])
			*GW_PUSH(k->arena, &k->parts.checks) = (gw_need_check){row[w], w, false};
	k->parts.checks.items[k->parts.checks.count - 1].last = true;
	p->check_count = k->parts.checks.count - p->checks;
}

void gw_needs_build(gw_knowledge *k)
{
	size_t class_words = gw_bit_words(k->class_names.count);
	uint64_t *row = GW_NEW_N(k->arena, uint64_t, gw_presence_words(k));
	for (uint32_t r = 0; r < k->rules.count; r++) {
		gw_program *p = &k->rules.items[r].program;
		p->checks = k->parts.checks.count;
		for (uint32_t i = 0; i < p->needs.count; i++) {
			const gw_need *n = &p->needs.items[i];
			memset(row, 0, gw_presence_words(k) * sizeof *row);
			memcpy(row, n->classes, class_words * sizeof *row);
			for (uint32_t c = 0; c < n->chars.count; c++)
				gw_bit_set(row + class_words, k->trie.chars[n->chars.items[c]].kind);
			add_checks(k, p, row);
		}
	}
}

bool gw_needs_met(const gw_need_check *checks, uint32_t count, const uint64_t *present)
{
	uint64_t common = 0;
	for (const gw_need_check *c = checks; c < checks + count; c++) {
		common |= present[c->word] & c->mask;
		if (c->last && !common)
			return false;
		common = c->last ? 0 : common;
	}
	return true;
}
