/* The scanner: every known word of a document in one pass, in the order in which the lattice keeps them.
 *
 * What a text goes on with cannot be guessed, so every branch on it is a stall, and what the documents need of the cache
 * is not there for the tables, so every look at them is a wait. Hence a block of positions at a time, in loops without
 * branches whose looks do not wait for each other: symbols, the first two steps of all walks, then tokens, of which so
 * many are copied whether all of them count or not. Only where a word may be longer than two characters (one position in
 * twenty), or a shield is near, the double array is walked as the books say. */
#include "grammar.h"

#include <stdlib.h>

enum { MATCHES_AT_ONE_PLACE = 32, BLOCK = 64, PAIR_BITS = 17 };

static inline uint32_t pair_hash(uint32_t first, uint32_t second)
{
	return (first * 0x9E3779B1u + second * 0x85EBCA6Bu) >> (32 - PAIR_BITS);
}

/* ---- what is known before the first document ---- */

/* Symbols for the characters that only patterns name. A step of a walk may look as far as the highest base plus the
 * highest symbol. */
static void symbols_complete(gw_knowledge *k)
{
	gw_trie *t = &k->trie;
	uint32_t before = t->symbols;
	for (uint32_t c = 0; c < 65536; c++)
		if (t->chars[c].kind && !t->symbol[c])
			t->symbol[c] = (uint16_t)t->symbols++;
	uint32_t size = t->size + t->symbols - before;
	struct gw_trie_cell *cells = GW_NEW_N(k->arena, struct gw_trie_cell, size);
	memcpy(cells, t->cells, t->size * sizeof *cells);
	for (uint32_t i = t->size; i < size; i++)
		cells[i].check = -1;
	t->cells = cells;
}

static struct gw_first first_of(const gw_knowledge *k, uint32_t c)
{
	const gw_trie *t = &k->trie;
	struct gw_first f = {.node = INT32_MIN, .kind = t->chars[c].kind};
	uint32_t node = t->root + t->symbol[c];
	if (!t->root || t->cells[node].check != 0)
		return f;
	f.base = t->cells[node].base;
	f.node = (int32_t)node;
	if (!gw_node_is_word(f.base))
		return f;
	f.entry = gw_node_entry(t, node, f.base);
	f.count = t->entries[f.entry].flags & GW_WORD_COUNT;
	f.shield = t->entries[f.entry].flags & GW_WORD_SHIELD;
	memcpy(f.entries, t->entries + f.entry, sizeof f.entries);
	for (uint32_t i = 0; i < f.count; i++)
		f.bits |= k->class_bits[t->entries[f.entry + i].cls];
	return f;
}

static void pairs_find(gw_knowledge *k)
{
	gw_trie *t = &k->trie;
	t->pairs = GW_NEW_N(k->arena, uint64_t, (1u << PAIR_BITS) / 64);
	for (uint32_t i = 1; i < t->size; i++) {
		uint32_t above = t->cells[i].check < 1 ? 0 : (uint32_t)t->cells[i].check;
		if (above && t->cells[above].check == 0) {
			uint32_t h = pair_hash(above - t->root, i - gw_node_children(t->cells[above].base));
			t->pairs[h >> 6] |= (uint64_t)1 << (h & 63);
		}
	}
}

void gw_scan_build(gw_knowledge *k)
{
	gw_trie *t = &k->trie;
	symbols_complete(k);
	/* On cache lines of their own. */
	uintptr_t room = (uintptr_t)gw_arena_alloc(k->arena, (t->symbols + 1) * sizeof *t->firsts);
	t->firsts = (struct gw_first *)((room + sizeof *t->firsts - 1) / sizeof *t->firsts * sizeof *t->firsts);
	for (uint32_t c = 0; c < 65536; c++)
		if (t->symbol[c])
			t->firsts[t->symbol[c]] = first_of(k, c);
	t->firsts[0].node = INT32_MIN;
	pairs_find(k);
}

/* ---- tokens ---- */

static void tokens_room(gw_arena *a, gw_lattice *l, uint32_t count, uint32_t more)
{
	while (l->tokens_cap - count < more)
		gw_list_grow_(a, (void **)&l->tokens, &l->tokens_cap, sizeof *l->tokens);
}

/* The tokens of one position, in their order: the words from the longest to the shortest, extra tokens between. */
static void push_token(gw_arena *a, gw_lattice *l, gw_token t, uint32_t bucket)
{
	uint32_t at = l->count;
	tokens_room(a, l, l->count, 1);
	while (at > bucket && gw_token_sorts_before(&t, &l->tokens[at - 1])) {
		l->tokens[at] = l->tokens[at - 1];
		at--;
	}
	l->tokens[at] = t;
	l->count++;
	l->last[t.end - l->base + 1]++;
	l->begins[t.begin - l->base] |= l->class_bits[t.cls];
	l->ends[t.end - l->base] |= l->class_bits[t.cls];
}

/* Tokens of some entries, whether all of them count or not. Both halves of a token go in one piece, the second of them is
 * the entry without its flags. */
static inline void put_some(gw_token *to, const struct gw_word_entry *from, uint32_t begin, uint32_t end)
{
	static const struct gw_word_entry all = {UINT16_MAX, 0, UINT32_MAX};
	const gw_span span = {begin, end};
	uint64_t mask, half;
	memcpy(&mask, &all, sizeof mask);
#pragma GCC unroll 4
	for (uint32_t i = 0; i < GW_ENTRIES_BEYOND; i++) {
		memcpy(&half, &from[i], sizeof half);
		half &= mask;
		memcpy(&to[i].begin, &span, sizeof span);
		memcpy(&to[i].cls, &half, sizeof half);
	}
}

/* A token of each entry; there is room for some more. */
static inline void put_tokens(gw_token *to, const struct gw_word_entry *from, uint32_t count, uint32_t begin, uint32_t end)
{
	for (uint32_t i = 0; i < count || i == 0; i += GW_ENTRIES_BEYOND)
		put_some(to + i, from + i, begin, end);
}

/* Behind the tokens that are there; returns how many there are then. */
static uint32_t push_word(const gw_trie *t, gw_arena *a, gw_lattice *l, uint32_t count, uint32_t entry, uint32_t begin, uint32_t end)
{
	uint32_t n = t->entries[entry].flags & GW_WORD_COUNT;
	if (l->tokens_cap - count < n + GW_ENTRIES_BEYOND)
		tokens_room(a, l, count, n + GW_ENTRIES_BEYOND);
	gw_token *to = l->tokens + count;
	put_tokens(to, t->entries + entry, n, begin, end);
	uint64_t bits = 0;
	for (uint32_t i = 0; i < n; i++)
		bits |= l->class_bits[to[i].cls];
	l->begins[begin - l->base] |= bits;
	l->ends[end - l->base] |= bits;
	l->last[end - l->base + 1] += n;
	return count + n;
}

/* ---- the pass ---- */

typedef struct block {
	uint32_t begin, n;
	uint16_t symbols[BLOCK + 2];
	uint64_t known;       /* places at which two characters stand that may begin a word */
	uint32_t twos[BLOCK]; /* the word of two characters */
	uint64_t has_two, has_more; /* where there is one; where two steps are not enough, or it is a shield */
} block;

typedef struct scan {
	const gw_trie *t;
	gw_arena *a;
	gw_lattice *l;
	const uint32_t *ch;
	uint32_t end;         /* of the document */
	uint32_t shield_end;  /* up to here a shield hides words */
	const gw_token *extra, *extra_end; /* those that are still to come */
} scan;

static inline uint16_t symbol_of(const gw_trie *t, uint32_t c)
{
	return c <= 0xFFFF ? t->symbol[c] : 0;
}

/* A bit for each place of a block that lies before a position. */
static inline uint64_t places_before(const block *b, uint32_t pos)
{
	uint32_t n = pos > b->begin ? pos - b->begin : 0;
	return n < BLOCK ? ((uint64_t)1 << n) - 1 : UINT64_MAX;
}

/* All words from one place, shortest first; returns how many. */
static unsigned walk(const scan *s, uint32_t pos, uint32_t ends[], uint32_t words[])
{
	const gw_trie *t = s->t;
	const struct gw_first *f = &t->firsts[symbol_of(t, s->ch[pos])];
	uint32_t node = (uint32_t)f->node;
	int32_t base = f->base;
	unsigned n = 0;
	for (uint32_t p = pos + 1;; p++) {
		if (gw_node_is_word(base) && n < MATCHES_AT_ONE_PLACE) {
			ends[n] = p;
			words[n++] = gw_node_entry(t, node, base);
		}
		if (!gw_node_goes_on(base) || p == s->end)
			return n;
		uint32_t next = gw_node_children(base) + symbol_of(t, s->ch[p]);
		if (t->cells[next].check != (int32_t)node) /* the cell for symbol 0 is never a child */
			return n;
		node = next;
		base = t->cells[node].base;
	}
}

/* The words from p on that no shield hides; a shield hides the words inside it, those that reach beyond it stay. */
static void scan_from(scan *s, uint32_t p)
{
	const struct gw_word_entry *entries = s->t->entries;
	uint32_t ends[MATCHES_AT_ONE_PLACE], words[MATCHES_AT_ONE_PLACE], hide_to = s->shield_end;
	unsigned n = walk(s, p, ends, words);
	for (unsigned i = 0; i < n; i++)
		if (ends[i] > s->shield_end && entries[words[i]].flags & GW_WORD_SHIELD)
			s->shield_end = ends[i];
	for (unsigned i = n; i-- > 0;) {
		bool shield = ends[i] == s->shield_end && entries[words[i]].flags & GW_WORD_SHIELD;
		if (ends[i] > hide_to && (ends[i] >= s->shield_end || shield))
			s->l->count = push_word(s->t, s->a, s->l, s->l->count, words[i], p, ends[i]);
	}
}

static void symbols_read(const scan *s, block *b)
{
	uint32_t there = s->end - b->begin < BLOCK + 2 ? s->end - b->begin : BLOCK + 2;
	const uint32_t *ch = s->ch + b->begin;
	for (uint32_t i = 0; i < there; i++)
		b->symbols[i] = symbol_of(s->t, ch[i]);
	for (uint32_t i = there; i < BLOCK + 2; i++)
		b->symbols[i] = 0;
}

/* Reads the symbols, and sends for what the steps and tokens will need of them. */
static void block_read(const scan *s, block *b, uint32_t begin)
{
	const gw_trie *t = s->t;
	const uint64_t *pairs = t->pairs;
	uint64_t known = 0;
	b->begin = begin;
	b->n = s->end - begin < BLOCK ? s->end - begin : BLOCK;
	symbols_read(s, b);
	for (uint32_t i = 0; i < BLOCK; i++) {
		uint32_t h = pair_hash(b->symbols[i], b->symbols[i + 1]);
		known |= (pairs[h >> 6] >> (h & 63) & 1) << i;
		__builtin_prefetch(&t->firsts[b->symbols[i]]);
	}
	b->known = known &= places_before(b, begin + b->n);
	for (; known; known &= known - 1) {
		const uint16_t *two = b->symbols + __builtin_ctzll(known);
		__builtin_prefetch(&t->cells[gw_node_children(t->firsts[two[0]].base) + two[1]]);
	}
}

/* The first two steps from the i-th place of a block, and whether there is a third. */
static inline void two_steps(const gw_trie *t, block *b, unsigned i)
{
	const struct gw_first *f = &t->firsts[b->symbols[i]];
	uint32_t node = gw_node_children(f->base) + b->symbols[i + 1];
	int32_t base = t->cells[node].base & -(t->cells[node].check == f->node);
	uint32_t on = 0 - (uint32_t)gw_node_goes_on(base), word = 0 - (uint32_t)gw_node_is_word(base);
	bool longer = on & (t->cells[(gw_node_children(base) + b->symbols[i + 2]) & on].check == (int32_t)node);
	uint32_t entry = (t->word[node & on & word] & on) | (gw_node_children(base) & ~on);
	entry = (entry & word) | (t->no_word & ~word);
	bool shield = t->entries[entry].flags & GW_WORD_SHIELD;
	b->twos[i] = entry;
	b->has_two |= (uint64_t)(word & 1) << i;
	b->has_more |= (uint64_t)(longer | shield) << i;
}

static void block_step(const scan *s, block *b)
{
	b->has_two = b->has_more = 0;
	for (uint64_t known = b->known; known; known &= known - 1)
		two_steps(s->t, b, (unsigned)__builtin_ctzll(known));
}

/* The word of two characters, if there is one, and the one that the character is by itself. Inline: twice as quick. */
static inline __attribute__((always_inline)) uint32_t take(const scan *s, const struct gw_first *f, uint32_t two, bool has_two,
	uint32_t p, uint32_t count)
{
	gw_lattice *l = s->l;
	uint32_t at = p - l->base;
	if (has_two)
		count = push_word(s->t, s->a, l, count, two, p, p + 2);
	if (l->tokens_cap - count < (uint32_t)f->count + GW_ENTRIES_BEYOND)
		tokens_room(s->a, l, count, (uint32_t)f->count + GW_ENTRIES_BEYOND);
	gw_token *to = l->tokens + count;
	put_some(to, f->entries, p, p + 1);
	if (f->count > GW_ENTRIES_BEYOND)
		put_tokens(to, s->t->entries + f->entry, f->count, p, p + 1);
	l->last[at + 2] += f->count;
	l->begins[at] |= f->bits;
	l->ends[at + 1] |= f->bits;
	return count + f->count;
}

/* Places that need more than a copy: longer words, shields and what lies below them, extra tokens. */
static uint64_t special_places(const scan *s, const block *b)
{
	uint64_t special = b->has_more | places_before(b, s->shield_end);
	for (const gw_token *t = s->extra; t < s->extra_end && t->begin < b->begin + b->n; t++)
		special |= (uint64_t)1 << (t->begin - b->begin);
	return special;
}

static uint32_t take_special(scan *s, const block *b, uint32_t i, uint32_t bucket)
{
	uint32_t p = b->begin + i;
	const struct gw_first *f = &s->t->firsts[b->symbols[i]];
	s->l->count = bucket;
	if (b->has_more >> i & 1 || f->shield || p < s->shield_end)
		scan_from(s, p);
	else
		s->l->count = take(s, f, b->twos[i], b->has_two >> i & 1, p, bucket);
	for (; s->extra < s->extra_end && s->extra->begin == p; s->extra++)
		push_token(s->a, s->l, *s->extra, bucket);
	return s->l->count;
}

static void block_take(scan *s, const block *b)
{
	gw_lattice *l = s->l;
	uint32_t count = l->count, *first = l->first + (b->begin - l->base);
	uint16_t *kinds = l->kinds + (b->begin - l->base);
	uint64_t special = special_places(s, b), has_two = b->has_two;
	for (uint32_t i = 0, n = b->n; i < n; i++) {
		const struct gw_first *f = &s->t->firsts[b->symbols[i]];
		first[i] = count;
		kinds[i] = f->kind;
		if ((special >> i & 1) | f->shield) {
			count = take_special(s, b, i, count);
			special |= places_before(b, s->shield_end);
		} else {
			count = take(s, f, b->twos[i], has_two >> i & 1, b->begin + i, count);
		}
	}
	l->count = count;
}

/* The order that is needed: within a place the tokens are put in order as they come. */
static bool by_begin(const gw_token *tokens, uint32_t count)
{
	for (uint32_t i = 1; i < count; i++)
		if (tokens[i].begin < tokens[i - 1].begin)
			return false;
	return true;
}

void gw_scan(const gw_knowledge *k, gw_document *d, const gw_token *extra, uint32_t extra_count)
{
	gw_arena *a = gw_document_room(d);
	gw_token *more = GW_NEW_N(gw_stage_room(d), gw_token, extra_count + 1);
	if (extra_count)
		memcpy(more, extra, extra_count * sizeof *more);
	if (!by_begin(more, extra_count))
		qsort(more, extra_count, sizeof *more, gw_token_order);
	gw_lattice_open(k, a, &d->lattice, d->span);
	scan s = {.t = &k->trie, .a = a, .l = &d->lattice, .ch = d->source->text.ch, .end = d->span.end,
		.extra = more, .extra_end = more + extra_count};
	block blocks[2];
	block_read(&s, &blocks[0], d->span.begin);
	block_step(&s, &blocks[0]);
	/* While the tokens of a block are written, the tables for the next one come. */
	for (unsigned i = 0; blocks[i].n; i ^= 1) {
		block_read(&s, &blocks[i ^ 1], blocks[i].begin + blocks[i].n);
		block_take(&s, &blocks[i]);
		block_step(&s, &blocks[i ^ 1]);
	}
	gw_lattice_index(a, &d->lattice);
}
