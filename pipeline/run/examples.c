/* Runs the examples of all rules: `<<…>>` in an example is what the rule must find there; in a `not` it must find nothing.
 * Each text goes through the whole chain, so rules over agencies or times have them to build on. */
#include "gw/run.h"

#include <stdlib.h>

typedef struct trial {
	const gw_config *c;
	gw_arena arena;
	gw_diag scratch, *diag;
	uint32_t rule;
	const gw_node *at;
} trial;

/* The text without its marks; spans of what was marked, in characters of the stripped text. */
static gw_str strip_marks(gw_arena *a, gw_str text, gw_span *marked, uint32_t *count)
{
	char *out = gw_arena_alloc(a, (size_t)text.len + 1);
	uint32_t n = 0, chars = 0;
	*count = 0;
	for (uint32_t i = 0; i < text.len; i++) {
		bool open = i + 1 < text.len && text.ptr[i] == '<' && text.ptr[i + 1] == '<';
		bool close = i + 1 < text.len && text.ptr[i] == '>' && text.ptr[i + 1] == '>';
		if (open && *count < 64)
			marked[*count] = (gw_span){chars, chars};
		else if (close && *count < 64)
			marked[(*count)++].end = chars;
		if (open || close) {
			i++;
			continue;
		}
		out[n++] = text.ptr[i];
		chars += ((unsigned char)text.ptr[i] & 0xC0) != 0x80;
	}
	return (gw_str){out, n};
}

static void complain(trial *t, gw_str text, const char *what, gw_str word)
{
	const gw_rule_info *r = gw_rule_at(t->c->knowledge, t->rule);
	gw_report(t->diag, GW_E_RULE_EXAMPLE, &t->at->at, "rule %.*s %s `%.*s` in: %.*s", (int)r->id.len, r->id.ptr, what, (int)word.len,
		word.ptr ? word.ptr : "", (int)text.len, text.ptr);
}

static bool listed(const gw_span *spans, uint32_t n, gw_place_in_text p)
{
	for (uint32_t i = 0; i < n; i++)
		if (spans[i].begin == p.char_start && spans[i].end == p.char_end)
			return true;
	return false;
}

/* What the rule finds in the documents of a source that has gone through the chain. */
static uint32_t find(trial *t, gw_source *s, bool select, gw_place_in_text *found, uint32_t room)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < s->documents.count; i++) {
		gw_match_list m = {0};
		gw_document *d = &s->documents.items[i];
		gw_rules_run(t->c->knowledge, d, gw_rule_at(t->c->knowledge, t->rule)->emits.ptr, select, &t->arena, &m);
		for (uint32_t j = 0; j < m.count && n < room; j++)
			if (m.items[j].rule == t->rule)
				found[n++] = gw_source_place(&s->text, m.items[j].span);
	}
	return n;
}

static void try_text(trial *t, gw_str text, bool example)
{
	gw_span marked[64];
	gw_place_in_text found[64];
	uint32_t wanted;
	gw_arena_reset(&t->arena);
	gw_diag_clear(&t->scratch);
	gw_str plain = strip_marks(&t->arena, text, marked, &wanted);
	gw_source s = {.arena = &t->arena, .path = GW_STR("example"), .opened_as = GW_STR("example"), .raw = plain.ptr, .raw_len = plain.len};
	gw_sha256_of(plain.ptr, plain.len, s.sha256);
	gw_chain_run(t->c, &s, &t->scratch);
	uint32_t n = find(t, &s, !example, found, 64);
	for (uint32_t i = 0; i < n; i++)
		if (!example || !listed(marked, wanted, found[i]))
			complain(t, text, example ? "also finds" : "must not find", found[i].text);
	for (uint32_t i = 0; example && i < wanted; i++) {
		bool hit = false;
		for (uint32_t j = 0; j < n; j++)
			hit |= found[j].char_start == marked[i].begin && found[j].char_end == marked[i].end;
		if (!hit)
			complain(t, text, "does not find", gw_source_slice(&s.text, marked[i].begin, marked[i].end));
	}
	if (example && wanted == 0)
		complain(t, text, "has an example without << >>", (gw_str){NULL, 0});
}

static void try_texts(trial *t, const gw_node *texts, bool example)
{
	if (!texts)
		return;
	t->at = texts;
	if (texts->kind == GW_NODE_SCALAR)
		try_text(t, texts->text, example);
	for (uint32_t i = 0; i < texts->items.count; i++) {
		t->at = texts->items.items[i];
		try_text(t, t->at->text, example);
	}
}

gw_status gw_rules_check_examples(const gw_config *c, gw_diag *diag)
{
	trial t = {.c = c, .diag = diag};
	uint32_t before = diag->errors;
	gw_arena_init(&t.arena);
	gw_diag_init(&t.scratch);
	for (t.rule = 0; t.rule < gw_rule_count(c->knowledge); t.rule++) {
		try_texts(&t, gw_rule_texts(c->knowledge, t.rule, true), true);
		try_texts(&t, gw_rule_texts(c->knowledge, t.rule, false), false);
	}
	gw_diag_release(&t.scratch);
	gw_arena_release(&t.arena);
	return diag->errors > before ? GW_FAILED : GW_OK;
}
