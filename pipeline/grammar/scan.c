/* The scanner: every known word of a document in one pass, in the order in which the lattice keeps them.
 *
 * One walk of the double array from each character. Most walks end at the first or second step. */
#include "grammar.h"

#include <stdlib.h>

enum { MATCHES_AT_ONE_PLACE = 32, AHEAD = 6 };

/* The tokens of one position, in their order: the words from the longest to the shortest, extra tokens between. */
static void push_token(gw_arena *a, gw_lattice *l, gw_token t, uint32_t bucket)
{
	uint32_t at = l->count;
	if (l->count == l->tokens_cap)
		gw_list_grow_(a, (void **)&l->tokens, &l->tokens_cap, sizeof *l->tokens);
	while (at > bucket && gw_token_sorts_before(&t, &l->tokens[at - 1])) {
		l->tokens[at] = l->tokens[at - 1];
		at--;
	}
	l->tokens[at] = t;
	l->count++;
}

static void push_word(const gw_trie *t, gw_arena *a, gw_lattice *l, uint32_t word, uint32_t begin, uint32_t end)
{
	const struct gw_word_entry *e = &t->entries[word];
	for (bool more = true; more; e++) {
		if (l->count == l->tokens_cap)
			gw_list_grow_(a, (void **)&l->tokens, &l->tokens_cap, sizeof *l->tokens);
		l->tokens[l->count++] = (gw_token){begin, end, e->cls, 0, e->entry};
		more = !e->last;
	}
}

/* All words from one place, shortest first; returns how many. */
static unsigned walk(const gw_trie *t, const uint32_t *ch, uint32_t pos, uint32_t end, uint32_t ends[], uint32_t words[])
{
	unsigned n = 0;
	int32_t base = t->chars[ch[pos]].base;
	uint32_t node = t->root + t->chars[ch[pos]].symbol;
	for (uint32_t p = pos + 1;; p++) {
		if (base & 1 && n < MATCHES_AT_ONE_PLACE) {
			ends[n] = p;
			words[n++] = t->word[node];
		}
		if (base <= 1 || p == end || ch[p] > 0xFFFF)
			return n;
		uint32_t symbol = t->chars[ch[p]].symbol, next = (uint32_t)(base >> 1) + symbol;
		/* Symbol 0 is no character of any word; its cell is never a child. */
		if (symbol == 0 || t->cells[next].check != (int32_t)node)
			return n;
		node = next;
		base = t->cells[node].base;
	}
}

/* The words from p on that no shield hides; a shield hides the words inside it, those that reach beyond it stay. */
static void scan_from(const gw_knowledge *k, gw_document *d, uint32_t p, uint32_t *shield_end)
{
	const gw_trie *t = &k->trie;
	uint32_t ends[MATCHES_AT_ONE_PLACE], words[MATCHES_AT_ONE_PLACE], hide_to = *shield_end;
	unsigned n = walk(t, d->source->text.ch, p, d->span.end, ends, words);
	for (unsigned i = 0; i < n; i++)
		if (ends[i] > *shield_end && t->entries[words[i]].shield)
			*shield_end = ends[i];
	for (unsigned i = n; i-- > 0;) {
		bool shield = ends[i] == *shield_end && t->entries[words[i]].shield;
		if (ends[i] > hide_to && (ends[i] >= *shield_end || shield))
			push_word(t, gw_document_room(d), &d->lattice, words[i], p, ends[i]);
	}
}

/* The second step of a walk is where the processor would wait for memory. */
static void fetch_ahead(const gw_trie *t, const uint32_t *ch)
{
	if (ch[0] <= 0xFFFF && ch[1] <= 0xFFFF)
		__builtin_prefetch(&t->cells[(uint32_t)(t->chars[ch[0]].base >> 1) + t->chars[ch[1]].symbol]);
}

void gw_scan(const gw_knowledge *k, gw_document *d, const gw_token *extra, uint32_t extra_count)
{
	gw_arena *a = gw_document_room(d);
	const uint32_t *ch = d->source->text.ch;
	gw_lattice *l = &d->lattice;
	gw_token *more = GW_NEW_N(gw_stage_room(d), gw_token, extra_count + 1);
	uint32_t shield_end = 0, next = 0;
	if (extra_count)
		memcpy(more, extra, extra_count * sizeof *more);
	qsort(more, extra_count, sizeof *more, gw_token_order);
	gw_lattice_open(k, a, l, d->span);
	for (uint32_t p = d->span.begin; p < d->span.end; p++) {
		if (d->span.end - p > AHEAD + 1)
			fetch_ahead(&k->trie, ch + p + AHEAD);
		uint32_t bucket = l->first[p - l->base] = l->count;
		if (ch[p] <= 0xFFFF) {
			const struct gw_char_known *c = &k->trie.chars[ch[p]];
			l->begins[p - l->base] = k->char_marks[0][c->trigger];
			l->ends[p - l->base + 1] = k->char_marks[1][c->trigger];
			if (c->base)
				scan_from(k, d, p, &shield_end);
		}
		for (; next < extra_count && more[next].begin == p; next++)
			push_token(a, l, more[next], bucket);
	}
	gw_lattice_index(a, l);
}
