/* What brings rules up: which of them are worth an attempt where.
 *
 * Rules are bits. What stands at a place has words of such bits, and a few operations on them say which rules can begin
 * there, go on behind that and suffer what stands before. A bit by slice of rules and position says where something calls
 * for any of them, so that most of the text is passed over, sixty-four positions at a time. */
#include "pattern.h"

/* ---- triggers ---- */

typedef struct table {
	gw_knowledge *k;
	gw_sayings *rows; /* by kind, then the paragraph's end, then by class */
} table;

static void say_first_set(const table *t, const gw_first_set *f, enum gw_saying what, uint64_t rule)
{
	uint32_t kinds = t->k->kinds;
	for (uint32_t i = 0; i < f->chars.count; i++) {
		uint32_t c = f->chars.items[i], kind = c <= 0xFFFF ? t->k->trie.chars[c].kind : 0;
		if (kind || what != GW_BEGINS) /* what has no kind brings nothing up */
			t->rows[kind].of[what] |= rule;
	}
	for (uint32_t i = 0; f->anywhere && i < kinds; i++)
		t->rows[i].of[what] |= rule;
	if (f->edge || f->anywhere)
		t->rows[kinds].of[what] |= rule;
	for (uint32_t c = 0; c < t->k->class_names.count; c++)
		if (gw_bit(f->classes, c))
			t->rows[kinds + 1 + c].of[what] |= rule;
}

static void say_rule(const table *t, gw_rule_slice *s, const gw_program *p, uint64_t rule)
{
	if (p->edge)
		s->edge |= rule;
	else if (p->first.anywhere)
		s->anywhere |= rule;
	else
		say_first_set(t, &p->first, GW_BEGINS, rule);
	say_first_set(t, &p->second[0], GW_BEHIND_CHAR, rule);
	say_first_set(t, &p->second[1], GW_BEHIND_TOKEN, rule);
	say_first_set(t, &p->before, GW_BEFORE, rule);
}

/* Most rows are alike: each is kept once. */
static void rows_keep(const table *t, gw_rule_slice *s, gw_arena *scratch)
{
	uint32_t kinds = t->k->kinds, classes = t->k->class_names.count;
	GW_LIST(gw_sayings) kept = {0};
	gw_map ids;
	gw_map_init(&ids, scratch);
	s->kind_rows = GW_NEW_N(t->k->arena, uint16_t, kinds + 1);
	s->class_rows = GW_NEW_N(t->k->arena, uint16_t, classes);
	for (uint32_t i = 0, last = 0; i < kinds + 1 + classes; i++) {
		if (i == 0 || memcmp(&t->rows[i], &kept.items[last], sizeof *t->rows) != 0) {
			uint32_t *id = gw_map_put(&ids, (gw_str){(const char *)&t->rows[i], sizeof *t->rows});
			if (*id == GW_NONE) {
				*id = kept.count;
				*GW_PUSH(t->k->arena, &kept) = t->rows[i];
			}
			last = *id;
		}
		*(i <= kinds ? &s->kind_rows[i] : &s->class_rows[i - kinds - 1]) = (uint16_t)last;
	}
	s->rows = kept.items;
}

static void note_call(gw_calls *c, bool back, uint64_t call)
{
	*(back ? &c->back : &c->ahead) |= call;
}

/* Which characters and classes call for the slice at all. */
static void note_calls(const table *t, const gw_rule_slice *s)
{
	uint64_t call = (uint64_t)1 << s->call;
	for (uint32_t i = 0; i < t->k->kinds; i++)
		note_call(&t->k->kind_calls[i], s->back, t->rows[i].of[GW_BEGINS] ? call : 0);
	for (uint32_t c = 0; c < t->k->class_names.count; c++)
		note_call(&t->k->class_calls[c], s->back, t->rows[t->k->kinds + 1 + c].of[GW_BEGINS] ? call : 0);
}

static void slice_build(gw_knowledge *k, gw_rule_slice *s)
{
	gw_arena scratch;
	gw_arena_init(&scratch);
	table t = {k, GW_NEW_N(&scratch, gw_sayings, k->kinds + 1 + k->class_names.count)};
	for (uint32_t i = 0; i < s->count; i++)
		say_rule(&t, s, &k->rules.items[s->rules[i].rule].program, (uint64_t)1 << i);
	rows_keep(&t, s, &scratch);
	note_calls(&t, s);
	gw_arena_release(&scratch);
}

static void slices_build(gw_knowledge *k, gw_rule_group *g, bool back)
{
	uint32_t first = 0;
	for (uint32_t i = 0; i < g->slices.count; i++)
		first += g->slices.items[i].count;
	gw_rule_slice *s = NULL;
	for (uint32_t i = 0; i < g->rules.count; i++) {
		if ((k->rules.items[g->rules.items[i]].program.dir < 0) != back)
			continue;
		if (!s || s->count == 64) {
			s = GW_PUSH(k->arena, &g->slices);
			*s = (gw_rule_slice){.first = first, .call = k->slices++ % 64, .back = back};
		}
		const gw_program *p = &k->rules.items[g->rules.items[i]].program;
		s->rules[s->count++] = (struct gw_member){g->rules.items[i], p->begin, p->checks, p->check_count};
		first++;
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
	k->kind_calls = GW_NEW_N(k->arena, gw_calls, k->kinds);
	k->class_calls = GW_NEW_N(k->arena, gw_calls, k->class_names.count);
	for (uint32_t i = 0; i < k->rule_groups.count; i++) {
		gw_rule_group *g = &k->rule_groups.items[i];
		slices_build(k, g, false);
		slices_build(k, g, true);
		for (uint32_t n = 0; n < g->slices.count; n++)
			slice_build(k, &g->slices.items[n]);
	}
}
