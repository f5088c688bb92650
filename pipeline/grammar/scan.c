/* The scanner: every known word of a document in one pass, in the order in which the lattice keeps them.
 *
 * One walk of the double array from each character. Most walks end at the first or second step. */
#include "grammar.h"

#include <stdlib.h>

enum { MATCHES_AT_ONE_PLACE = 32 };

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
	uint32_t from = t->first_entry[word], n = t->first_entry[word + 1] - from;
	while (l->count + n > l->tokens_cap)
		gw_list_grow_(a, (void **)&l->tokens, &l->tokens_cap, sizeof *l->tokens);
	gw_token *to = l->tokens + l->count;
	for (uint32_t i = 0; i < n; i++)
		to[i] = (gw_token){begin, end, t->word_classes[from + i], 0, t->word_entries[from + i]};
	l->count += n;
}

/* All words from one place, shortest first; returns how many. */
static unsigned walk(const gw_trie *t, const uint32_t *ch, uint32_t pos, uint32_t end, uint32_t ends[], uint32_t words[])
{
	unsigned n = 0;
	uint32_t node = t->root[ch[pos]];
	for (uint32_t p = pos + 1;; p++) {
		const struct gw_trie_cell *cell = &t->cells[node];
		if (t->word[node] != GW_NONE && n < MATCHES_AT_ONE_PLACE) {
			ends[n] = p;
			words[n++] = t->word[node];
		}
		if (cell->base == 0 || p == end || ch[p] > 0xFFFF)
			return n;
		uint32_t next = (uint32_t)cell->base + t->symbol[ch[p]];
		/* Symbol 0 is no character of any word; its cell is never a child. */
		if (t->cells[next].check != (int32_t)node || next == (uint32_t)cell->base)
			return n;
		node = next;
	}
}

/* The words from p on that no shield hides; a shield hides the words inside it, those that reach beyond it stay. */
static void scan_from(const gw_knowledge *k, gw_document *d, uint32_t p, uint32_t *shield_end)
{
	const gw_trie *t = &k->trie;
	uint32_t ends[MATCHES_AT_ONE_PLACE], words[MATCHES_AT_ONE_PLACE], hide_to = *shield_end;
	unsigned n = walk(t, d->source->text.ch, p, d->span.end, ends, words);
	for (unsigned i = 0; i < n; i++)
		if (ends[i] > *shield_end && gw_bit(t->shields, words[i]))
			*shield_end = ends[i];
	for (unsigned i = n; i-- > 0;) {
		bool shield = ends[i] == *shield_end && gw_bit(t->shields, words[i]);
		if (ends[i] > hide_to && (ends[i] >= *shield_end || shield))
			push_word(t, d->source->arena, &d->lattice, words[i], p, ends[i]);
	}
}

void gw_scan(const gw_knowledge *k, gw_document *d, const gw_token *extra, uint32_t extra_count)
{
	gw_arena *a = d->source->arena;
	const uint32_t *ch = d->source->text.ch;
	gw_lattice *l = &d->lattice;
	gw_token *more = GW_NEW_N(a, gw_token, extra_count + 1);
	uint32_t shield_end = 0, next = 0;
	if (extra_count)
		memcpy(more, extra, extra_count * sizeof *more);
	qsort(more, extra_count, sizeof *more, gw_token_order);
	gw_lattice_open(a, l, d->span);
	for (uint32_t p = d->span.begin; p < d->span.end; p++) {
		uint32_t bucket = l->first[p - l->base] = l->count;
		if (ch[p] <= 0xFFFF) {
			l->begins[p - l->base] = k->char_groups[0][ch[p]];
			l->ends[p - l->base + 1] = k->char_groups[1][ch[p]];
			if (gw_bit(k->trie.begins, ch[p]))
				scan_from(k, d, p, &shield_end);
		}
		for (; next < extra_count && more[next].begin == p; next++)
			push_token(a, l, more[next], bucket);
	}
	gw_lattice_index(a, l);
}
