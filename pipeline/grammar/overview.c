/* The overview of a document, made once before rules are run: what its paragraphs have, and which of its places call for rules.
 *
 * A row of presence has a bit for each class and each kind of character, as the rows of need.c. A row of calls has a bit for
 * each position, and there is one for each slice of rules. What stages find is added. */
#include "pattern.h"

static inline void call(gw_lattice *l, uint64_t slices, uint32_t at)
{
	for (; slices; slices &= slices - 1)
		gw_bit_set(l->calls + (size_t)__builtin_ctzll(slices) * l->call_words, at);
}

static inline void call_for(gw_lattice *l, const gw_calls *c, uint32_t begin, uint32_t end)
{
	if (c->ahead | c->back) {
		call(l, c->ahead, begin);
		call(l, c->back, end);
	}
}

static inline uint64_t *presence_of(const gw_lattice *l, uint32_t paragraph)
{
	return l->present + (size_t)paragraph * l->present_words;
}

static inline void note_token(gw_lattice *l, uint64_t *classes, const gw_token *t)
{
	gw_bit_set(classes, t->cls);
	call_for(l, &l->class_calls[t->cls], t->begin - l->base, t->end - l->base);
}

static void note_paragraph(const gw_knowledge *k, gw_lattice *l, uint32_t paragraph, gw_span s)
{
	uint64_t *classes = presence_of(l, paragraph), *kinds = classes + gw_bit_words(k->class_names.count);
	uint32_t begin = s.begin - l->base, end = s.end - l->base, to = l->first[end];
	for (uint32_t p = begin; p < end; p++) {
		uint32_t kind = l->kinds[p];
		gw_bit_set(kinds, kind);
		call_for(l, &k->kind_calls[kind], p, p + 1);
	}
	for (uint32_t i = l->first[begin]; i < to; i++)
		note_token(l, classes, &l->tokens[i]);
}

void gw_overview_build(const gw_knowledge *k, gw_document *d)
{
	gw_lattice *l = &d->lattice;
	size_t slices = k->slices < 64 ? k->slices : 64;
	l->present_words = (uint32_t)gw_presence_words(k);
	l->present = GW_NEW_N(gw_document_room(d), uint64_t, (size_t)d->paragraphs.count * l->present_words + 1);
	l->call_words = (uint32_t)gw_bit_words(l->len + 1);
	l->calls = GW_NEW_N(gw_document_room(d), uint64_t, slices * l->call_words + 1);
	for (uint32_t i = 0; i < d->paragraphs.count; i++)
		note_paragraph(k, l, i, d->paragraphs.items[i]);
}

void gw_overview_add(gw_document *d, const gw_token *tokens, uint32_t count)
{
	gw_lattice *l = &d->lattice;
	for (uint32_t i = 0, p = 0; l->present && i < count; i++) {
		while (p < d->paragraphs.count && d->paragraphs.items[p].end <= tokens[i].begin)
			p++;
		if (p < d->paragraphs.count && d->paragraphs.items[p].begin <= tokens[i].begin)
			note_token(l, presence_of(l, p), &tokens[i]);
	}
}

bool gw_paragraph_has(const gw_knowledge *k, const gw_document *d, uint32_t paragraph, const uint64_t *classes)
{
	bool has = !d->lattice.present; /* no rule was run yet */
	for (size_t w = 0; w < gw_bit_words(k->class_names.count) && !has; w++)
		has = presence_of(&d->lattice, paragraph)[w] & classes[w];
	return has;
}
