/* The double array: built once from all words, walked from every character of every document. */
#include "grammar.h"

#include <stdlib.h>

typedef struct key {
	uint64_t first; /* the first four symbols in one number: most comparisons end there */
	const uint16_t *sym;
	uint32_t len;
	uint32_t entry;
} key;

typedef struct builder {
	gw_trie *t;
	const key *keys;
	int32_t *base, *check;
	uint32_t *word;
	uint32_t cap;
	uint32_t free_hint; /* no free cell lies below */
	uint32_t top;       /* one behind the highest used cell */
	uint32_t words;
	uint32_t *entry_word; /* word of each key */
} builder;

static int key_compare(const void *a, const void *b)
{
	const key *x = a, *y = b;
	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	uint32_t n = x->len < y->len ? x->len : y->len;
	for (uint32_t i = 4; i < n; i++)
		if (x->sym[i] != y->sym[i])
			return x->sym[i] < y->sym[i] ? -1 : 1;
	if (x->len != y->len)
		return x->len < y->len ? -1 : 1;
	return (x->entry > y->entry) - (x->entry < y->entry);
}

static void grow(builder *b, uint32_t need)
{
	if (need <= b->cap)
		return;
	uint32_t cap = b->cap ? b->cap : 4096;
	while (cap < need)
		cap *= 2;
	b->base = realloc(b->base, cap * sizeof *b->base);
	b->check = realloc(b->check, cap * sizeof *b->check);
	b->word = realloc(b->word, cap * sizeof *b->word);
	if (!b->base || !b->check || !b->word)
		abort();
	for (uint32_t i = b->cap; i < cap; i++) {
		b->base[i] = 0;
		b->check[i] = -1;
		b->word[i] = GW_NONE;
	}
	b->cap = cap;
}

/* A base at which all symbols find a free cell. The search starts where cells begin to be free; once it had to pass
 * over a stretch that is nearly full, later searches start behind it (as Darts does): without that, building is
 * quadratic and takes ten times as long. */
static uint32_t place(builder *b, const uint16_t *syms, uint32_t n)
{
	uint32_t start = b->free_hint > syms[0] ? b->free_hint - syms[0] : 1;
	uint32_t occupied = 0;
	for (uint32_t at = start;; at++) {
		if (at + b->t->symbols + 2 > b->cap)
			grow(b, at + b->t->symbols + 2);
		if (b->check[at + syms[0]] >= 0) {
			occupied++;
			continue;
		}
		uint32_t i = 1;
		while (i < n && b->check[at + syms[i]] < 0)
			i++;
		if (i < n)
			continue;
		if (occupied * 20 > (at - start + 1) * 19)
			b->free_hint = at + syms[0];
		return at;
	}
}

static void build_node(builder *b, uint32_t node, uint32_t lo, uint32_t hi, uint32_t depth)
{
	while (lo < hi && b->keys[lo].len == depth) {
		if (b->word[node] == GW_NONE)
			b->word[node] = b->words++;
		b->entry_word[lo++] = b->word[node];
	}
	if (lo == hi)
		return;
	uint16_t *syms = malloc((hi - lo) * sizeof *syms);
	if (!syms)
		abort();
	uint32_t n = 0;
	for (uint32_t i = lo; i < hi; i++)
		if (n == 0 || syms[n - 1] != b->keys[i].sym[depth])
			syms[n++] = b->keys[i].sym[depth];
	uint32_t at = place(b, syms, n);
	b->base[node] = (int32_t)at;
	for (uint32_t i = 0; i < n; i++) {
		b->check[at + syms[i]] = (int32_t)node;
		if (at + syms[i] >= b->top)
			b->top = at + syms[i] + 1;
	}
	for (uint32_t i = 0, from = lo; i < n; i++) {
		uint32_t to = from;
		while (to < hi && b->keys[to].sym[depth] == syms[i])
			to++;
		build_node(b, at + syms[i], from, to, depth + 1);
		from = to;
	}
	free(syms);
}

/* Class, then entry: the order in which the lattice keeps tokens. */
static int entry_order(const void *a, const void *b)
{
	const struct gw_word_entry *x = a, *y = b;
	if (x->cls != y->cls)
		return x->cls < y->cls ? -1 : 1;
	return (x->entry > y->entry) - (x->entry < y->entry);
}

/* Which entries each word stands for: the keys come by word. */
static void collect_entries(gw_knowledge *k, const builder *b, uint32_t n)
{
	gw_trie *t = &k->trie;
	uint32_t *first = calloc(b->words + 1u, sizeof *first);
	if (!first)
		abort();
	t->entries = GW_NEW_N(k->arena, struct gw_word_entry, n + GW_ENTRIES_BEYOND);
	t->no_word = n;
	for (uint32_t from = 0, to; from < n; from = to) {
		bool shield = false;
		for (to = from; to < n && b->entry_word[to] == b->entry_word[from]; to++) {
			const gw_entry *e = &k->entries.items[b->keys[to].entry];
			t->entries[to] = (struct gw_word_entry){.entry = b->keys[to].entry, .cls = e->cls};
			shield |= e->cls == k->shield;
		}
		if (to - from > 1)
			qsort(t->entries + from, to - from, sizeof *t->entries, entry_order);
		uint32_t count = to - from < GW_WORD_COUNT ? to - from : GW_WORD_COUNT;
		t->entries[from].flags = (uint16_t)(count | (shield ? GW_WORD_SHIELD : 0));
		first[b->entry_word[from]] = from;
	}
	t->word = GW_NEW_N(k->arena, uint32_t, t->size);
	for (uint32_t i = 0; i < t->size; i++) {
		bool word = b->word[i] != GW_NONE;
		t->word[i] = word ? first[b->word[i]] : GW_NONE;
		t->cells[i].base = b->base[i] ? b->base[i] << 2 | 2 | word : word ? (int32_t)(t->word[i] << 2 | 1) : 0;
	}
	free(first);
}

static key *make_keys(gw_knowledge *k)
{
	gw_trie *t = &k->trie;
	t->symbol = GW_NEW_N(k->arena, uint16_t, 65536);
	t->chars = GW_NEW_N(k->arena, struct gw_char_known, 65536);
	key *keys = calloc(k->entries.count + 1u, sizeof *keys);
	if (!keys)
		abort();
	t->symbols = 1;
	for (uint32_t i = 0; i < k->entries.count; i++) {
		gw_str s = k->entries.items[i].surface;
		uint16_t *sym = GW_NEW_N(k->arena, uint16_t, s.len);
		uint32_t n = 0;
		for (const char *p = s.ptr; p < s.ptr + s.len;) {
			uint32_t c = gw_utf8_next(&p, s.ptr + s.len) & 0xFFFF;
			if (!t->symbol[c])
				t->symbol[c] = (uint16_t)t->symbols++;
			sym[n++] = t->symbol[c];
		}
		keys[i] = (key){0, sym, n, i};
		for (uint32_t j = 0; j < 4; j++) /* a missing one is 0, before all symbols */
			keys[i].first = keys[i].first << 16 | (j < n ? sym[j] : 0);
	}
	return keys;
}

/* Counted out by their first symbol, so that only the few that share it need comparing. */
static key *sort_keys(key *keys, uint32_t n, uint32_t symbols)
{
	uint32_t *to = calloc(symbols + 1u, sizeof *to);
	key *sorted = calloc(n + 1u, sizeof *sorted);
	if (!to || !sorted)
		abort();
	for (uint32_t i = 0; i < n; i++)
		to[(keys[i].first >> 48) + 1]++;
	for (uint32_t s = 0; s < symbols; s++)
		to[s + 1] += to[s];
	for (uint32_t i = 0; i < n; i++)
		sorted[to[keys[i].first >> 48]++] = keys[i];
	for (uint32_t s = 0, from = 0; s < symbols; from = to[s++])
		if (to[s] - from > 1)
			qsort(sorted + from, to[s] - from, sizeof *sorted, key_compare);
	free(to);
	free(keys);
	return sorted;
}

gw_status gw_trie_build(gw_knowledge *k, gw_diag *diag)
{
	(void)diag;
	uint32_t n = k->entries.count;
	key *keys = make_keys(k);
	keys = sort_keys(keys, n, k->trie.symbols);
	builder b = {.t = &k->trie, .keys = keys, .free_hint = 1};
	b.entry_word = calloc(n + 1u, sizeof *b.entry_word);
	if (!b.entry_word)
		abort();
	grow(&b, k->trie.symbols + 2);
	b.check[0] = 0;
	b.top = 1;
	build_node(&b, 0, 0, n, 0);
	gw_trie *t = &k->trie;
	/* A walk may look as far as the highest base plus the highest symbol. */
	t->size = b.top + t->symbols + 1;
	grow(&b, t->size);
	t->cells = GW_NEW_N(k->arena, struct gw_trie_cell, t->size);
	for (uint32_t i = 0; i < t->size; i++)
		t->cells[i].check = b.check[i];
	t->root = (uint32_t)b.base[0];
	collect_entries(k, &b, n);
	free(b.base);
	free(b.check);
	free(b.word);
	free(b.entry_word);
	free(keys);
	return GW_OK;
}
