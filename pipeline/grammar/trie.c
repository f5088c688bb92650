/* The double array: built once from all words, walked from every character of every document. */
#include "grammar.h"

#include <stdlib.h>

typedef struct key {
	uint64_t first; /* the first four symbols in one number: most comparisons end there */
	const uint16_t *sym;
	uint32_t len;
	uint32_t entry;
} key;

/* As in gw_trie_cell, but that zero means none: check and word are one higher. */
typedef struct cell {
	uint32_t base, check, word;
} cell;

typedef struct builder {
	gw_trie *t;
	gw_arena arena; /* of all that is only needed here */
	const key *keys;
	cell *cells;
	uint32_t cap;
	uint32_t free_hint; /* no free cell lies below */
	uint32_t top;       /* one behind the highest used cell */
	uint32_t words;
	uint32_t *entry_word; /* word of each key */
	GW_LIST(uint16_t) syms; /* of the children of all nodes on the way to the one in hand */
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
	uint32_t cap = b->cap * 2 > need ? b->cap * 2 : need;
	b->cells = gw_arena_grow(&b->arena, b->cells, b->cap * sizeof *b->cells, cap * sizeof *b->cells);
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
		if (b->cells[at + syms[0]].check) {
			occupied++;
			continue;
		}
		uint32_t i = 1;
		while (i < n && !b->cells[at + syms[i]].check)
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
		if (!b->cells[node].word)
			b->cells[node].word = ++b->words;
		b->entry_word[lo++] = b->cells[node].word - 1;
	}
	if (lo == hi)
		return;
	uint32_t first = b->syms.count;
	for (uint32_t i = lo; i < hi; i++)
		if (b->syms.count == first || b->syms.items[b->syms.count - 1] != b->keys[i].sym[depth])
			*GW_PUSH(&b->arena, &b->syms) = b->keys[i].sym[depth];
	uint32_t n = b->syms.count - first, at = place(b, b->syms.items + first, n);
	b->cells[node].base = at;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t child = at + b->syms.items[first + i];
		b->cells[child].check = node + 1;
		if (child >= b->top)
			b->top = child + 1;
	}
	for (uint32_t i = 0, from = lo; i < n; i++) {
		uint32_t to = from, sym = b->syms.items[first + i];
		while (to < hi && b->keys[to].sym[depth] == sym)
			to++;
		build_node(b, at + sym, from, to, depth + 1);
		from = to;
	}
	b->syms.count = first;
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
static void collect_entries(gw_knowledge *k, builder *b, uint32_t n)
{
	gw_trie *t = &k->trie;
	uint32_t *first = GW_NEW_N(&b->arena, uint32_t, b->words + 1);
	t->entries = GW_NEW_N(&k->trie_arena, struct gw_word_entry, n + GW_ENTRIES_BEYOND);
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
	t->word = GW_NEW_N(&k->trie_arena, uint32_t, t->size);
	for (uint32_t i = 0; i < t->size; i++) {
		const cell *c = &b->cells[i];
		t->word[i] = c->word ? first[c->word - 1] : GW_NONE;
		t->cells[i].base = (int32_t)(c->base ? c->base << 2 | 2 | (c->word != 0) : c->word ? t->word[i] << 2 | 1 : 0);
		t->cells[i].check = (int32_t)c->check - 1;
	}
}

/* Words are folded, sound UTF-8. What lies beyond the basic plane is in no text that is walked: one character for all. */
static uint32_t next_char(const unsigned char **p)
{
	const unsigned char *s = *p;
	unsigned n = s[0] < 0x80 ? 1 : s[0] < 0xE0 ? 2 : s[0] < 0xF0 ? 3 : 4;
	*p += n;
	switch (n) {
	case 1: return s[0];
	case 2: return (s[0] & 31u) << 6 | (s[1] & 63u);
	case 3: return (s[0] & 15u) << 12 | (s[1] & 63u) << 6 | (s[2] & 63u);
	default: return 0xFFFF;
	}
}

static key *make_keys(gw_knowledge *k, builder *b)
{
	gw_trie *t = &k->trie;
	size_t bytes = 0;
	for (uint32_t i = 0; i < k->entries.count; i++)
		bytes += k->entries.items[i].surface.len;
	uint16_t *sym = GW_NEW_N(&b->arena, uint16_t, bytes + 1);
	key *keys = GW_NEW_N(&b->arena, key, k->entries.count + 1);
	t->symbol = GW_NEW_N(&k->trie_arena, uint16_t, 65536);
	t->chars = GW_NEW_N(&k->trie_arena, struct gw_char_known, 65536);
	t->symbols = 1;
	for (uint32_t i = 0; i < k->entries.count; i++) {
		gw_str s = k->entries.items[i].surface;
		uint32_t n = 0;
		for (const unsigned char *p = (const unsigned char *)s.ptr, *end = p + s.len; p < end;) {
			uint32_t c = next_char(&p);
			if (!t->symbol[c])
				t->symbol[c] = (uint16_t)t->symbols++;
			sym[n++] = t->symbol[c];
		}
		keys[i] = (key){0, sym, n, i};
		for (uint32_t j = 0; j < 4; j++) /* a missing one is 0, before all symbols */
			keys[i].first = keys[i].first << 16 | (j < n ? sym[j] : 0);
		sym += n;
	}
	return keys;
}

/* Counted out by their first symbol, so that only the few that share it need comparing. */
static void sort_keys(builder *b, key *keys, uint32_t n)
{
	uint32_t symbols = b->t->symbols, *to = GW_NEW_N(&b->arena, uint32_t, symbols + 1);
	key *sorted = GW_NEW_N(&b->arena, key, n + 1);
	for (uint32_t i = 0; i < n; i++)
		to[(keys[i].first >> 48) + 1]++;
	for (uint32_t s = 0; s < symbols; s++)
		to[s + 1] += to[s];
	for (uint32_t i = 0; i < n; i++)
		sorted[to[keys[i].first >> 48]++] = keys[i];
	for (uint32_t s = 0, from = 0; s < symbols; from = to[s++])
		if (to[s] - from > 1)
			qsort(sorted + from, to[s] - from, sizeof *sorted, key_compare);
	b->keys = sorted;
}

void gw_trie_build(gw_knowledge *k)
{
	enum { ROOM = 4 << 20 }; /* what the words of the default configuration take here */
	gw_trie *t = &k->trie;
	uint32_t n = k->entries.count;
	builder b = {.t = t, .free_hint = 1, .top = 1};
	gw_arena_init(&b.arena);
	gw_arena_reserve(&b.arena, ROOM);
	gw_arena_reserve(&k->trie_arena, ROOM / 2);
	sort_keys(&b, make_keys(k, &b), n);
	b.entry_word = GW_NEW_N(&b.arena, uint32_t, n + 1);
	grow(&b, 2 * (n + t->symbols + 2));
	b.cells[0].check = 1;
	build_node(&b, 0, 0, n, 0);
	/* A walk may look as far as the highest base plus the highest symbol. */
	t->size = b.top + t->symbols + 1;
	grow(&b, t->size);
	t->cells = GW_NEW_N(&k->trie_arena, struct gw_trie_cell, t->size);
	t->root = b.cells[0].base;
	collect_entries(k, &b, n);
	gw_arena_release(&b.arena);
}
