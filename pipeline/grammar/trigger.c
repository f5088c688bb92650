/* What brings rules up: which of them are worth an attempt where, and the bits by position that say so. */
#include "grammar.h"

#include <stdlib.h>

static size_t class_words(const gw_knowledge *k)
{
	return (k->class_names.count + 63) / 64;
}

/* ---- the bits of classes in glances ---- */

typedef struct class_use {
	uint32_t cls, sets; /* in how many class sets it stands */
	uint64_t where;     /* the same for classes that always stand together */
} class_use;

static uint64_t set_hash(const gw_knowledge *k, const uint64_t *classes)
{
	uint64_t h = 0xcbf29ce484222325u;
	for (size_t i = 0; i < class_words(k); i++)
		h = (h ^ classes[i]) * 0x100000001b3u ^ h >> 29;
	return h;
}

static void uses_count(const gw_knowledge *k, class_use *uses)
{
	for (uint32_t r = 0; r < k->rules.count; r++) {
		const gw_program *p = &k->rules.items[r].program;
		for (uint32_t i = 0; i < p->class_sets.count; i++) {
			const uint64_t *set = p->class_sets.items[i].classes;
			uint64_t h = set_hash(k, set);
			for (uint32_t word = 0; word < class_words(k); word++)
				for (uint64_t bits = set[word]; bits; bits &= bits - 1) {
					class_use *use = &uses[word * 64 + (uint32_t)__builtin_ctzll(bits)];
					use->sets++;
					use->where += h;
				}
		}
	}
}

static int use_order(const void *a, const void *b)
{
	const class_use *x = a, *y = b;
	if (x->sets != y->sets)
		return x->sets > y->sets ? -1 : 1;
	if (x->where != y->where)
		return x->where < y->where ? -1 : 1;
	return (x->cls > y->cls) - (x->cls < y->cls);
}

/* Classes that always stand together share a bit at no loss; those that patterns name most have their own, and only the
 * others share the last ones. */
static void bits_share_out(gw_knowledge *k, const class_use *uses)
{
	enum { SHARED = 12, ALL = 64 - GW_GROUP_BITS };
	uint32_t kinds = 0;
	for (uint32_t i = 0; i < k->class_names.count && uses[i].sets; i++) {
		kinds += i == 0 || uses[i].where != uses[i - 1].where;
		uint32_t at = kinds - 1 < ALL - SHARED ? kinds - 1 : ALL - SHARED + (kinds - 1) % SHARED;
		k->class_bits[uses[i].cls] = (uint64_t)1 << (GW_GROUP_BITS + at);
	}
}

static uint64_t glance_of(const gw_knowledge *k, const uint64_t *classes)
{
	uint64_t glance = 0;
	for (uint32_t word = 0; word < class_words(k); word++)
		for (uint64_t bits = classes[word]; bits; bits &= bits - 1)
			glance |= k->class_bits[word * 64 + (uint32_t)__builtin_ctzll(bits)];
	return glance;
}

void gw_class_bits_build(gw_knowledge *k)
{
	class_use *uses = GW_NEW_N(k->arena, class_use, k->class_names.count);
	for (uint32_t c = 0; c < k->class_names.count; c++)
		uses[c].cls = c;
	uses_count(k, uses);
	qsort(uses, k->class_names.count, sizeof *uses, use_order);
	k->class_bits = GW_NEW_N(k->arena, uint64_t, k->class_names.count);
	bits_share_out(k, uses);
	for (uint32_t r = 0; r < k->rules.count; r++) {
		gw_program *p = &k->rules.items[r].program;
		for (uint32_t i = 0; i < p->class_sets.count; i++)
			p->class_sets.items[i].glance = glance_of(k, p->class_sets.items[i].classes);
		for (uint32_t i = 0; i < p->guards.count; i++)
			p->guards.items[i].classes = glance_of(k, p->guard_classes.items[i]);
	}
}

/* ---- triggers ---- */

static gw_trigger trigger_of(const gw_program *p, uint32_t in_group, uint32_t second)
{
	const gw_guard anything = {UINT64_MAX, UINT64_MAX};
	return (gw_trigger){in_group, second == GW_NONE ? anything : p->guards.items[second]};
}

static void trigger_char(gw_knowledge *k, struct gw_triggers *t, int side, uint32_t c, gw_trigger rule)
{
	uint32_t id = c > 0xFFFF ? 0 : k->trie.chars[c].trigger;
	if (id == 0)
		return;
	if (!t->char_index[id]) {
		k->char_marks[side][id] |= t->by_char;
		if (t->char_count == t->char_cap)
			gw_list_grow_(k->arena, (void **)&t->char_lists, &t->char_cap, sizeof *t->char_lists);
		t->char_index[id] = (uint16_t)++t->char_count;
	}
	struct gw_char_list *list = &t->char_lists[t->char_index[id] - 1];
	if (list->rules.count == 0 || list->rules.items[list->rules.count - 1].rule != rule.rule)
		*GW_PUSH(k->arena, &list->rules) = rule;
}

static bool is_on_side(const gw_program *p, int side)
{
	return (p->dir < 0) == (side == 1);
}

static void trigger_classes(gw_knowledge *k, const gw_rule_group *g, struct gw_triggers *t, int side)
{
	uint32_t classes = k->class_names.count;
	GW_LIST(gw_trigger) all = {0};
	t->class_first = GW_NEW_N(k->arena, uint32_t, classes + 1);
	for (uint32_t c = 0; c < classes; c++) {
		t->class_first[c] = all.count;
		for (uint32_t i = 0; i < g->rules.count; i++) {
			const gw_program *p = &k->rules.items[g->rules.items[i]].program;
			if (is_on_side(p, side) && !p->edge && gw_bit(p->first_classes, c))
				*GW_PUSH(k->arena, &all) = trigger_of(p, i, p->second_token);
		}
		if (all.count > t->class_first[c])
			k->class_marks[side][c] |= t->by_token;
	}
	t->class_first[classes] = all.count;
	t->class_rules = all.items;
}

static void triggers_build(gw_knowledge *k, gw_rule_group *g, int side)
{
	struct gw_triggers *t = &g->triggers[side];
	uint32_t group = (uint32_t)(g - k->rule_groups.items);
	t->by_char = gw_group_bit(group, true);
	t->by_token = gw_group_bit(group, false);
	t->char_index = GW_NEW_N(k->arena, uint16_t, k->trigger_chars);
	trigger_classes(k, g, t, side);
	for (uint32_t i = 0; i < g->rules.count; i++) {
		const gw_program *p = &k->rules.items[g->rules.items[i]].program;
		if (!is_on_side(p, side))
			continue;
		t->used = true;
		if (p->edge) {
			*GW_PUSH(k->arena, &t->edge) = i;
			continue;
		}
		if (p->anywhere)
			*GW_PUSH(k->arena, &t->anywhere) = i;
		for (uint32_t c = 0; c < p->first_chars.count && !p->anywhere; c++)
			trigger_char(k, t, side, p->first_chars.items[c], trigger_of(p, i, p->second_char));
	}
}

/* Few characters bring rules up: they are numbered, so that what is kept for each stays small. */
static void trigger_chars_number(gw_knowledge *k)
{
	k->trigger_chars = k->needed_chars;
	for (uint32_t r = 0; r < k->rules.count; r++) {
		const gw_program *p = &k->rules.items[r].program;
		for (uint32_t i = 0; i < p->first_chars.count; i++) {
			uint32_t c = p->first_chars.items[i];
			if (c <= 0xFFFF && !k->trie.chars[c].trigger)
				k->trie.chars[c].trigger = (uint16_t)k->trigger_chars++;
		}
	}
}

void gw_rule_groups_build(gw_knowledge *k)
{
	for (uint32_t r = 0; r < k->rules.count; r++) {
		gw_str emits = k->rules.items[r].info.emits;
		gw_rule_group *g = NULL;
		for (uint32_t i = 0; i < k->rule_groups.count; i++)
			if (gw_str_eq(k->rule_groups.items[i].emits, emits))
				g = &k->rule_groups.items[i];
		if (!g) {
			g = GW_PUSH(k->arena, &k->rule_groups);
			g->emits = emits;
		}
		*GW_PUSH(k->arena, &g->rules) = r;
	}
	trigger_chars_number(k);
	for (int side = 0; side < 2; side++) {
		k->char_marks[side] = GW_NEW_N(k->arena, uint64_t, k->trigger_chars);
		k->class_marks[side] = GW_NEW_N(k->arena, uint64_t, k->class_names.count);
		memcpy(k->class_marks[side], k->class_bits, k->class_names.count * sizeof *k->class_bits);
	}
	for (uint32_t i = 0; i < k->rule_groups.count; i++)
		for (int side = 0; side < 2; side++)
			triggers_build(k, &k->rule_groups.items[i], side);
}
