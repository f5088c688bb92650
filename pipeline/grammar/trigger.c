/* What brings rules up: which of them are worth an attempt where. A bit by group of rules, direction and position says where
 * something calls for them, so that most of the text is passed over, sixty-four positions at a time. */
#include "pattern.h"

/* ---- triggers ---- */

static gw_trigger trigger_of(const gw_knowledge *k, const gw_program *p, uint32_t in_group, bool token)
{
	return (gw_trigger){in_group, gw_guard_of(k, &p->second[token])};
}

/* kind_calls: those of the side; call: the group's bit in them. */
static void trigger_char(gw_knowledge *k, struct gw_triggers *t, uint64_t *kind_calls, uint64_t call, uint32_t c, gw_trigger rule)
{
	uint32_t kind = c > 0xFFFF ? 0 : k->trie.chars[c].kind;
	if (kind == 0)
		return;
	if (!t->char_index[kind]) {
		kind_calls[kind] |= call;
		if (t->char_count == t->char_cap)
			gw_list_grow_(k->arena, (void **)&t->char_lists, &t->char_cap, sizeof *t->char_lists);
		t->char_index[kind] = (uint16_t)++t->char_count;
	}
	struct gw_char_list *list = &t->char_lists[t->char_index[kind] - 1];
	if (list->rules.count == 0 || list->rules.items[list->rules.count - 1].rule != rule.rule)
		*GW_PUSH(k->arena, &list->rules) = rule;
}

static bool is_on_side(const gw_program *p, int side)
{
	return (p->dir < 0) == (side == 1);
}

static void trigger_classes(gw_knowledge *k, const gw_rule_group *g, struct gw_triggers *t, int side, uint64_t call)
{
	uint32_t classes = k->class_names.count;
	GW_LIST(gw_trigger) all = {0};
	t->class_first = GW_NEW_N(k->arena, uint32_t, classes + 1);
	for (uint32_t c = 0; c < classes; c++) {
		t->class_first[c] = all.count;
		for (uint32_t i = 0; i < g->rules.count; i++) {
			const gw_program *p = &k->rules.items[g->rules.items[i]].program;
			if (is_on_side(p, side) && !p->edge && gw_bit(p->first.classes, c))
				*GW_PUSH(k->arena, &all) = trigger_of(k, p, i, true);
		}
		if (all.count > t->class_first[c])
			k->class_calls[side][c] |= call;
	}
	t->class_first[classes] = all.count;
	t->class_rules = all.items;
}

static void triggers_build(gw_knowledge *k, gw_rule_group *g, int side)
{
	struct gw_triggers *t = &g->triggers[side];
	uint64_t call = (uint64_t)1 << (g - k->rule_groups.items) % 64;
	t->char_index = GW_NEW_N(k->arena, uint16_t, k->kinds);
	trigger_classes(k, g, t, side, call);
	for (uint32_t i = 0; i < g->rules.count; i++) {
		const gw_program *p = &k->rules.items[g->rules.items[i]].program;
		if (!is_on_side(p, side))
			continue;
		t->used = true;
		if (p->edge) {
			*GW_PUSH(k->arena, &t->edge) = i;
			continue;
		}
		if (p->first.anywhere)
			*GW_PUSH(k->arena, &t->anywhere) = i;
		for (uint32_t c = 0; c < p->first.chars.count && !p->first.anywhere; c++)
			trigger_char(k, t, k->kind_calls[side], call, p->first.chars.items[c], trigger_of(k, p, i, false));
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
	for (int side = 0; side < 2; side++) {
		k->kind_calls[side] = GW_NEW_N(k->arena, uint64_t, k->kinds);
		k->class_calls[side] = GW_NEW_N(k->arena, uint64_t, k->class_names.count);
	}
	for (uint32_t i = 0; i < k->rule_groups.count; i++)
		for (int side = 0; side < 2; side++)
			triggers_build(k, &k->rule_groups.items[i], side);
}

/* ---- calls ---- */

static inline void call(gw_lattice *l, int side, uint64_t groups, uint32_t at)
{
	for (; groups; groups &= groups - 1)
		gw_bit_set(l->calls[side] + (size_t)__builtin_ctzll(groups) * l->call_words, at);
}

static void call_for_tokens(gw_lattice *l, const gw_token *tokens, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		call(l, 0, l->class_calls[0][tokens[i].cls], tokens[i].begin - l->base);
		call(l, 1, l->class_calls[1][tokens[i].cls], tokens[i].end - l->base);
	}
}

void gw_calls_build(const gw_knowledge *k, gw_document *d)
{
	gw_lattice *l = &d->lattice;
	size_t groups = k->rule_groups.count < 64 ? k->rule_groups.count : 64;
	l->call_words = (uint32_t)gw_bit_words(l->len + 1);
	for (int side = 0; side < 2; side++)
		l->calls[side] = GW_NEW_N(gw_document_room(d), uint64_t, groups * l->call_words + 1);
	for (uint32_t p = 0; p < l->len; p++) {
		call(l, 0, k->kind_calls[0][l->kinds[p]], p);
		call(l, 1, k->kind_calls[1][l->kinds[p]], p + 1);
	}
	call_for_tokens(l, l->tokens, l->count);
}

void gw_calls_add(gw_lattice *l, const gw_token *tokens, uint32_t count)
{
	if (l->calls[0])
		call_for_tokens(l, tokens, count);
}
