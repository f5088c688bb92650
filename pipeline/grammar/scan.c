/* The scanner: every known word of a document in one pass, and the lattice that keeps them.
 *
 * One walk of the double array from each character. Most walks end at the first or second step. */
#include "grammar.h"

enum { MATCHES_AT_ONE_PLACE = 32 };

typedef struct gw_token_list {
	gw_token *items;
	uint32_t count, cap;
} gw_token_list;

static void push_word(const gw_trie *t, gw_arena *a, gw_token_list *out, uint32_t word, uint32_t begin, uint32_t end)
{
	for (uint32_t i = t->first_entry[word]; i < t->first_entry[word + 1]; i++)
		*GW_PUSH(a, out) = (gw_token){begin, end, t->word_classes[i], 0, t->word_entries[i]};
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

void gw_scan(const gw_knowledge *k, gw_document *d, const gw_token *extra, uint32_t extra_count)
{
	gw_arena *a = d->source->arena;
	const gw_text *text = &d->source->text;
	gw_token_list out = {0};
	uint32_t ends[MATCHES_AT_ONE_PLACE], words[MATCHES_AT_ONE_PLACE];
	/* A shield word hides the words inside it; those that reach beyond it stay. */
	uint32_t shield_end = 0;
	for (uint32_t p = d->span.begin; p < d->span.end; p++) {
		if (text->ch[p] > 0xFFFF || !gw_bit(k->trie.begins, text->ch[p]))
			continue;
		unsigned n = walk(&k->trie, text->ch, p, d->span.end, ends, words);
		uint32_t hide_to = shield_end;
		for (unsigned i = 0; i < n; i++)
			if (ends[i] > shield_end && gw_bit(k->trie.shields, words[i]))
				shield_end = ends[i];
		for (unsigned i = n; i-- > 0;) {
			bool shield = ends[i] == shield_end && gw_bit(k->trie.shields, words[i]);
			bool hidden = ends[i] <= hide_to || (ends[i] < shield_end && !shield);
			if (!hidden)
				push_word(&k->trie, a, &out, words[i], p, ends[i]);
		}
	}
	for (uint32_t i = 0; i < extra_count; i++)
		*GW_PUSH(a, &out) = extra[i];
	d->lattice = (gw_lattice){.tokens = out.items, .count = out.count, .tokens_cap = out.cap, .base = d->span.begin, .len = gw_span_len(d->span)};
	gw_lattice_index(a, &d->lattice);
}

/* Longer first, then class, then entry: the order in which patterns try them. */
static bool sorts_before(const gw_token *x, const gw_token *y)
{
	uint32_t lx = x->end - x->begin, ly = y->end - y->begin;
	if (lx != ly)
		return lx > ly;
	if (x->cls != y->cls)
		return x->cls < y->cls;
	return x->entry < y->entry;
}

static void order_by_begin(gw_lattice *l)
{
	for (uint32_t i = 0; i < l->count; i++)
		l->first[l->tokens[i].begin - l->base + 1]++;
	for (uint32_t p = 0; p <= l->len; p++)
		l->first[p + 1] += l->first[p];
	/* Counting sort, each bucket kept in order by insertion: buckets hold a few tokens. */
	gw_token *sorted = l->spare;
	for (uint32_t i = 0; i < l->count; i++) {
		uint32_t b = l->tokens[i].begin - l->base, lo = l->first[b], at = lo + l->fill[b]++;
		while (at > lo && sorts_before(&l->tokens[i], &sorted[at - 1])) {
			sorted[at] = sorted[at - 1];
			at--;
		}
		sorted[at] = l->tokens[i];
	}
	l->spare = l->tokens;
	l->tokens = sorted;
	uint32_t cap = l->spare_cap;
	l->spare_cap = l->tokens_cap;
	l->tokens_cap = cap;
}

static void order_by_end(gw_lattice *l)
{
	memset(l->fill, 0, (l->len + 1) * sizeof *l->fill);
	for (uint32_t i = 0; i < l->count; i++)
		l->last[l->tokens[i].end - l->base + 1]++;
	for (uint32_t p = 0; p <= l->len; p++)
		l->last[p + 1] += l->last[p];
	/* Tokens come by begin, so within one end the longer come first by themselves. */
	for (uint32_t i = 0; i < l->count; i++) {
		uint32_t e = l->tokens[i].end - l->base;
		l->by_end[l->last[e] + l->fill[e]++] = i;
	}
}

static void note_classes(gw_lattice *l)
{
	for (uint32_t i = 0; i < l->count; i++) {
		l->begins[l->tokens[i].begin - l->base] |= gw_class_bit(l->tokens[i].cls);
		l->ends[l->tokens[i].end - l->base] |= gw_class_bit(l->tokens[i].cls);
	}
}

/* Fresh or cleared arrays by position. */
static void make_room(gw_arena *arena, gw_lattice *l)
{
	if (!l->first) {
		l->first = GW_NEW_N(arena, uint32_t, l->len + 2);
		l->last = GW_NEW_N(arena, uint32_t, l->len + 2);
		l->fill = GW_NEW_N(arena, uint32_t, l->len + 1);
		l->begins = GW_NEW_N(arena, uint64_t, l->len + 1);
		l->ends = GW_NEW_N(arena, uint64_t, l->len + 1);
	} else {
		memset(l->first, 0, (l->len + 2) * sizeof *l->first);
		memset(l->last, 0, (l->len + 2) * sizeof *l->last);
		memset(l->fill, 0, (l->len + 1) * sizeof *l->fill);
		memset(l->begins, 0, (l->len + 1) * sizeof *l->begins);
		memset(l->ends, 0, (l->len + 1) * sizeof *l->ends);
	}
	if (l->by_end_cap < l->count) {
		l->by_end_cap = l->count + l->count / 8 + 64; /* facts are few beside words */
		l->by_end = GW_NEW_N(arena, uint32_t, l->by_end_cap);
	}
}

void gw_lattice_index(gw_arena *arena, gw_lattice *l)
{
	make_room(arena, l);
	if (l->spare_cap < l->count) {
		l->spare_cap = l->by_end_cap;
		l->spare = GW_NEW_N(arena, gw_token, l->spare_cap);
	}
	order_by_begin(l);
	order_by_end(l);
	note_classes(l);
}

void gw_lattice_add(gw_document *d, const gw_token *more, uint32_t count)
{
	if (count == 0)
		return;
	gw_arena *a = d->source->arena;
	gw_lattice *l = &d->lattice;
	/* The tokens lie in one of two rooms of the same size; both grow together. */
	if (l->count + count > l->spare_cap || l->count + count > l->tokens_cap) {
		uint32_t cap = l->count + count + l->count / 8 + 64;
		gw_token *all = GW_NEW_N(a, gw_token, cap);
		memcpy(all, l->tokens, l->count * sizeof *all);
		l->tokens = all;
		l->tokens_cap = cap;
		l->spare = GW_NEW_N(a, gw_token, cap);
		l->spare_cap = cap;
	}
	memcpy(l->tokens + l->count, more, count * sizeof *more);
	l->count += count;
	gw_lattice_index(a, l);
}

const gw_token *gw_token_at(const gw_lattice *l, uint32_t pos, uint16_t cls)
{
	if (pos < l->base || pos >= l->base + l->len)
		return NULL;
	for (uint32_t i = l->first[pos - l->base]; i < l->first[pos - l->base + 1]; i++)
		if (l->tokens[i].cls == cls)
			return &l->tokens[i];
	return NULL;
}

const gw_token *gw_token_before(const gw_lattice *l, uint32_t pos, uint16_t cls)
{
	if (pos < l->base || pos > l->base + l->len)
		return NULL;
	for (uint32_t i = l->last[pos - l->base]; i < l->last[pos - l->base + 1]; i++)
		if (l->tokens[l->by_end[i]].cls == cls)
			return &l->tokens[l->by_end[i]];
	return NULL;
}
