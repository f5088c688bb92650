/* Titles and names that a page writes twice: once on one line, in its table or within 《》, and once over several lines,
 * where the break may stand in the middle of a word. Lines that make up such a name together, to the letter, are one. */
#include "normalize.h"

enum {
	NAME_LEAST = 12, /* characters; shorter ones may be cells of a table that meet by chance */
	NAME_MOST = 120,
	LINES_MOST = 5,
	LABEL_MOST = 12, /* 标题: */
	FIRSTS = 4096
};

typedef struct name {
	uint64_t hash;
	uint32_t begin, len;
} name;

typedef struct name_index {
	const norm_text *n;
	gw_arena *arena;
	GW_LIST(name) names;
	uint32_t *slots, mask; /* name + 1 by hash; 0 empty */
	uint64_t firsts[FIRSTS / 64]; /* a bit for the first two characters of each: most lines end here */
} name_index;

static uint64_t hash_more(uint64_t h, const uint32_t *ch, uint32_t len)
{
	for (uint32_t i = 0; i < len; i++)
		h = (h ^ ch[i]) * 1099511628211u;
	return h;
}

static uint32_t first_bit(const uint32_t *ch)
{
	return (ch[0] * 31 + ch[1]) % FIRSTS;
}

static void name_add(name_index *x, uint32_t begin, uint32_t end)
{
	uint32_t len = end - begin;
	if (end <= begin || len < NAME_LEAST || len > NAME_MOST)
		return;
	const uint32_t *ch = x->n->ch + begin;
	*GW_PUSH(x->arena, &x->names) = (name){hash_more(0, ch, len), begin, len};
	x->firsts[first_bit(ch) / 64] |= (uint64_t)1 << first_bit(ch) % 64;
}

/* What stands within 《》, names in names too. */
static void quoted_add(name_index *x, uint32_t begin, uint32_t end)
{
	uint32_t open[8], depth = 0;
	for (uint32_t p = gw_char_find(x->n->ch, (gw_span){begin, end}, 0x300A); p < end; p++) {
		if (x->n->ch[p] == 0x300A && depth < 8)
			open[depth++] = p + 1;
		else if (x->n->ch[p] == 0x300B && depth)
			name_add(x, open[--depth], p);
	}
}

/* A line, and what stands in it behind a label and a number: 附件:1.… */
static void line_add(name_index *x, const norm_line *l)
{
	const uint32_t *ch = x->n->ch;
	uint32_t p = l->begin, q;
	quoted_add(x, l->begin, l->end);
	if (l->end - l->begin > NAME_MOST + LABEL_MOST)
		return;
	name_add(x, l->begin, l->end);
	for (q = p; q < l->end && q < p + LABEL_MOST && ch[q] != ':'; q++)
		;
	if (q < l->end && ch[q] == ':')
		name_add(x, p = q + 1, l->end);
	for (q = p; q < l->end && ch[q] - '0' < 10; q++)
		;
	if (q > p && q < l->end && (ch[q] == '.' || ch[q] == 0x3001))
		name_add(x, q + 1, l->end);
}

static void index_make(name_index *x)
{
	for (uint32_t i = 0; i < x->n->line_count; i++)
		line_add(x, &x->n->lines[i]);
	for (x->mask = 15; x->mask < x->names.count * 2; x->mask = x->mask * 2 + 1)
		;
	x->slots = GW_NEW_N(x->arena, uint32_t, x->mask + 1);
	for (uint32_t i = 0; i < x->names.count; i++) {
		uint32_t s = (uint32_t)(x->names.items[i].hash >> 32) & x->mask;
		while (x->slots[s])
			s = (s + 1) & x->mask;
		x->slots[s] = i + 1;
	}
}

/* Whether the lines from..to make up the name. */
static bool spells(const name_index *x, const name *known, uint32_t from, uint32_t to)
{
	uint32_t done = 0;
	for (uint32_t i = from; i <= to; i++) {
		const norm_line *l = &x->n->lines[i];
		uint32_t len = l->end - l->begin;
		if (done + len > known->len ||
		        memcmp(x->n->ch + l->begin, x->n->ch + known->begin + done, len * sizeof *x->n->ch) != 0)
			return false;
		done += len;
	}
	return done == known->len;
}

static bool is_name(const name_index *x, uint64_t hash, uint32_t from, uint32_t to)
{
	for (uint32_t s = (uint32_t)(hash >> 32) & x->mask; x->slots[s]; s = (s + 1) & x->mask) {
		const name *known = &x->names.items[x->slots[s] - 1];
		if (known->hash == hash && spells(x, known, from, to))
			return true;
	}
	return false;
}

/* The last line of the longest name that begins with line i over several lines; i itself for none. */
static uint32_t name_end(const name_index *x, uint32_t i)
{
	const norm_line *l = &x->n->lines[i];
	uint32_t len = l->end - l->begin, best = i;
	if (len < 2 || len > NAME_MOST ||
	        !(x->firsts[first_bit(x->n->ch + l->begin) / 64] >> first_bit(x->n->ch + l->begin) % 64 & 1))
		return i;
	uint64_t h = hash_more(0, x->n->ch + l->begin, len);
	for (uint32_t k = i + 1; k < x->n->line_count && k < i + LINES_MOST; k++) {
		l = &x->n->lines[k];
		len += l->end - l->begin;
		if (len > NAME_MOST || l->blanks > 1)
			break;
		h = hash_more(h, x->n->ch + l->begin, l->end - l->begin);
		if (len >= NAME_LEAST && is_name(x, h, i, k))
			best = k;
	}
	return best;
}

bool *norm_names_find(const norm_text *n, gw_arena *a)
{
	bool *goes_on = GW_NEW_N(a, bool, n->line_count + 1);
	name_index *x = GW_NEW(a, name_index);
	x->n = n;
	x->arena = a;
	index_make(x);
	for (uint32_t i = 0; x->names.count && i < n->line_count; i++)
		for (uint32_t end = name_end(x, i); i < end; i++)
			goes_on[i + 1] = true;
	return goes_on;
}
