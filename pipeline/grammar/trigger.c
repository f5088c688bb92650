/* What brings rules up: which of them are worth an attempt where.
 *
 * The rules of a group are bits. What stands at a place has a row of bit sets for them, and few words of bits say which rules
 * can begin there, go on behind that and suffer what stands before. A bit by group, direction and position says where something
 * calls for any of them, so that most of the text is passed over, sixty-four positions at a time. */
#include "pattern.h"

/* ---- triggers ---- */

typedef struct table {
	gw_knowledge *k;
	const gw_rule_group *g;
	uint64_t *rows; /* by kind, then the paragraph's end, then by class */
	size_t width;   /* words of a row */
} table;

static void say(table *t, size_t row, enum gw_saying what, uint32_t rule)
{
	gw_bit_set(t->rows + row * t->width + what * t->g->words, rule);
}

static void say_first_set(table *t, const gw_first_set *f, enum gw_saying what, uint32_t rule)
{
	uint32_t kinds = t->k->kinds;
	for (uint32_t c = 0; c < t->k->class_names.count; c++)
		if (gw_bit(f->classes, c))
			say(t, kinds + 1 + c, what, rule);
	for (uint32_t i = 0; i < f->chars.count; i++) {
		uint32_t c = f->chars.items[i], kind = c <= 0xFFFF ? t->k->trie.chars[c].kind : 0;
		if (kind || what != GW_BEGINS) /* what has no kind brings nothing up */
			say(t, kind, what, rule);
	}
	if (f->edge)
		say(t, kinds, what, rule);
	for (uint32_t i = 0; f->anywhere && i <= kinds; i++)
		say(t, i, what, rule);
}

static void say_rule(table *t, struct gw_triggers *to, const gw_program *p, uint32_t rule)
{
	to->used = true;
	if (p->edge) {
		*GW_PUSH(t->k->arena, &to->edge) = rule;
		return;
	}
	if (p->first.anywhere) {
		gw_bit_set(to->anywhere, rule);
		to->has_anywhere = true;
	} else {
		say_first_set(t, &p->first, GW_BEGINS, rule);
	}
	say_first_set(t, &p->second[0], GW_BEHIND_CHAR, rule);
	say_first_set(t, &p->second[1], GW_BEHIND_TOKEN, rule);
	say_first_set(t, &p->before, GW_BEFORE, rule);
	to->asks_before |= !p->before.anywhere;
}

/* Most rows are alike: each is kept once. */
static void rows_keep(table *t, struct gw_triggers *to, gw_arena *scratch)
{
	uint32_t kinds = t->k->kinds, classes = t->k->class_names.count, count = 0;
	uint64_t *kept = GW_NEW_N(t->k->arena, uint64_t, (kinds + 1 + classes) * t->width);
	gw_map ids;
	gw_map_init(&ids, scratch);
	to->kind_rows = GW_NEW_N(t->k->arena, uint16_t, kinds + 1);
	to->class_rows = GW_NEW_N(t->k->arena, uint16_t, classes);
	for (uint32_t i = 0; i < kinds + 1 + classes; i++) {
		const uint64_t *row = t->rows + i * t->width;
		uint32_t *id = gw_map_put(&ids, (gw_str){(const char *)row, (uint32_t)(t->width * sizeof *row)});
		if (*id == GW_NONE) {
			*id = count++;
			memcpy(kept + *id * t->width, row, t->width * sizeof *row);
		}
		*(i <= kinds ? &to->kind_rows[i] : &to->class_rows[i - kinds - 1]) = (uint16_t)*id;
	}
	to->rows = kept;
}

/* Which characters and classes call for the group at all. */
static void note_calls(const table *t, uint32_t group, int side)
{
	uint32_t kinds = t->k->kinds, classes = t->k->class_names.count;
	for (uint32_t i = 0; i < kinds + 1 + classes; i++) {
		uint64_t any = 0;
		for (uint32_t w = 0; w < t->g->words; w++)
			any |= t->rows[i * t->width + GW_BEGINS * t->g->words + w];
		if (any && i != kinds)
			*(i < kinds ? &t->k->kind_calls[side][i] : &t->k->class_calls[side][i - kinds - 1]) |= (uint64_t)1 << group % 64;
	}
}

static void triggers_build(gw_knowledge *k, uint32_t group, int side)
{
	gw_rule_group *g = &k->rule_groups.items[group];
	struct gw_triggers *to = &g->triggers[side];
	gw_arena scratch;
	gw_arena_init(&scratch);
	table t = {.k = k, .g = g, .width = (size_t)GW_SAYINGS * g->words};
	t.rows = GW_NEW_N(&scratch, uint64_t, (k->kinds + 1 + k->class_names.count) * t.width);
	to->anywhere = GW_NEW_N(k->arena, uint64_t, g->words);
	for (uint32_t i = 0; i < g->rules.count; i++) {
		const gw_program *p = &k->rules.items[g->rules.items[i]].program;
		if ((p->dir < 0) == (side == 1))
			say_rule(&t, to, p, i);
	}
	rows_keep(&t, to, &scratch);
	note_calls(&t, group, side);
	gw_arena_release(&scratch);
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
	for (uint32_t i = 0; i < k->rule_groups.count; i++) {
		k->rule_groups.items[i].words = (uint32_t)gw_bit_words(k->rule_groups.items[i].rules.count);
		for (int side = 0; side < 2; side++)
			triggers_build(k, i, side);
	}
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
		l->calls[side] = GW_NEW_N(d->source->arena, uint64_t, groups * l->call_words + 1);
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
