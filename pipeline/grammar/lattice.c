/* The lattice: the tokens of a document by where they begin and by where they end.
 *
 * The scanner delivers them in order. Facts are added by merging: what was ordered stays so, and the indexes by position
 * only shift. */
#include "grammar.h"

#include <stdlib.h>

/* Longer first, then class, then entry: the order in which patterns try them. */
bool gw_token_sorts_before(const gw_token *x, const gw_token *y)
{
	uint32_t lx = x->end - x->begin, ly = y->end - y->begin;
	if (lx != ly)
		return lx > ly;
	if (x->cls != y->cls)
		return x->cls < y->cls;
	return x->entry < y->entry;
}

int gw_token_order(const void *x, const void *y)
{
	const gw_token *a = x, *b = y;
	if (a->begin != b->begin)
		return a->begin < b->begin ? -1 : 1;
	return gw_token_sorts_before(a, b) ? -1 : gw_token_sorts_before(b, a);
}

void gw_lattice_open(const gw_knowledge *k, gw_arena *a, gw_lattice *l, gw_span span)
{
	uint32_t len = gw_span_len(span);
	*l = (gw_lattice){.base = span.begin, .len = len, .class_bits = k->class_bits, .class_calls = k->class_calls};
	l->first = GW_RAW_N(a, uint32_t, len + 2);
	l->last = GW_NEW_N(a, uint32_t, len + 3);
	l->kinds = GW_RAW_N(a, uint16_t, len + 1);
	l->kinds[len] = 0;
	l->begins = GW_NEW_N(a, uint64_t, len + 1);
	l->ends = GW_NEW_N(a, uint64_t, len + 2);
	l->tokens_cap = len + len / 2 + 64; /* what official prose comes to; more grow */
	l->tokens = GW_RAW_N(a, gw_token, l->tokens_cap);
}

/* Tokens come by begin, so within one end the longer come first by themselves. */
static void order_by_end(gw_arena *a, gw_lattice *l)
{
	if (l->by_end_cap < l->count) {
		l->by_end_cap = l->count + l->count / 8 + 64; /* facts are few beside words */
		l->by_end = GW_RAW_N(a, uint32_t, l->by_end_cap);
	}
	for (uint32_t i = 0; i < l->count; i++)
		l->by_end[l->last[l->tokens[i].end - l->base]++] = i;
	/* Every begin has moved up to the next one's. */
	memmove(l->last + 1, l->last, l->len * sizeof *l->last);
	l->last[0] = 0;
}

static void note_classes(gw_lattice *l, const gw_token *tokens, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		l->begins[tokens[i].begin - l->base] |= l->class_bits[tokens[i].cls];
		l->ends[tokens[i].end - l->base] |= l->class_bits[tokens[i].cls];
	}
}

void gw_lattice_index(gw_arena *a, gw_lattice *l)
{
	l->first[l->len] = l->first[l->len + 1] = l->count;
	for (uint32_t p = 0; p <= l->len; p++)
		l->last[p + 1] += l->last[p];
	order_by_end(a, l);
}

/* ---- adding facts ---- */

static int by_position(const void *x, const void *y)
{
	uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
	return (a > b) - (a < b);
}

/* index[p] counts the tokens whose place lies before p; the new places come in order. */
static void shift(uint32_t *index, uint32_t entries, const uint32_t *places, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		uint32_t to = i + 1 < count ? places[i + 1] + 1 : entries;
		for (uint32_t p = places[i] + 1; p < to; p++)
			index[p] += i + 1;
	}
}

static void shift_indexes(gw_arena *a, gw_lattice *l, const gw_token *more, uint32_t count)
{
	uint32_t *places = GW_NEW_N(a, uint32_t, count);
	for (uint32_t i = 0; i < count; i++)
		places[i] = more[i].begin - l->base;
	shift(l->first, l->len + 2, places, count);
	for (uint32_t i = 0; i < count; i++)
		places[i] = more[i].end - l->base;
	qsort(places, count, sizeof *places, by_position);
	shift(l->last, l->len + 2, places, count);
}

/* From the end on, so that the old ones make room in place. */
static void merge(gw_lattice *l, const gw_token *more, uint32_t count)
{
	uint32_t done = l->count;
	for (uint32_t i = count; i-- > 0;) {
		uint32_t at = l->first[more[i].begin - l->base], end = l->first[more[i].begin - l->base + 1];
		while (at < end && gw_token_sorts_before(&l->tokens[at], &more[i]))
			at++;
		memmove(l->tokens + at + i + 1, l->tokens + at, (done - at) * sizeof *l->tokens);
		l->tokens[at + i] = more[i];
		done = at;
	}
	l->count += count;
}

static void room_make(gw_arena *a, gw_lattice *l, uint32_t count)
{
	if (count <= l->tokens_cap)
		return;
	uint32_t cap = count + count / 8 + 64;
	l->tokens = gw_arena_grow(a, l->tokens, l->tokens_cap * sizeof *l->tokens, cap * sizeof *l->tokens);
	l->tokens_cap = cap;
}

void gw_lattice_add(gw_document *d, const gw_token *tokens, uint32_t count)
{
	if (count == 0)
		return;
	gw_arena *a = gw_document_room(d), *room = gw_stage_room(d);
	gw_lattice *l = &d->lattice;
	gw_token *more = GW_RAW_N(room, gw_token, count);
	memcpy(more, tokens, count * sizeof *more);
	qsort(more, count, sizeof *more, gw_token_order);
	room_make(a, l, l->count + count);
	merge(l, more, count);
	shift_indexes(room, l, more, count);
	order_by_end(a, l);
	note_classes(l, more, count);
	gw_overview_add(d, more, count);
}

/* ---- looking ---- */

const gw_token *gw_token_find(const gw_lattice *l, uint32_t pos, uint16_t cls)
{
	for (uint32_t i = l->first[pos - l->base]; i < l->first[pos - l->base + 1]; i++)
		if (l->tokens[i].cls == cls)
			return &l->tokens[i];
	return NULL;
}

const gw_token *gw_token_find_before(const gw_lattice *l, uint32_t pos, uint16_t cls)
{
	for (uint32_t i = l->last[pos - l->base]; i < l->last[pos - l->base + 1]; i++)
		if (l->tokens[l->by_end[i]].cls == cls)
			return &l->tokens[l->by_end[i]];
	return NULL;
}
