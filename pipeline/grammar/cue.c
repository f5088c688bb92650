/* Decisions by weighted cues: every cue that fires adds its weight once to the value it speaks for. */
#include "grammar.h"

#include <stdlib.h>

static bool names_rule(const gw_cue *q, gw_str id)
{
	for (uint32_t i = 0; i < q->rule_count; i++) {
		gw_str r = q->rules[i];
		bool prefix = r.len && r.ptr[r.len - 1] == '.';
		if (prefix ? id.len >= r.len && memcmp(id.ptr, r.ptr, r.len) == 0 : gw_str_eq(id, r))
			return true;
	}
	return false;
}

static void bind_rules(gw_knowledge *k, gw_cue *q)
{
	q->rule_bits = GW_NEW_N(k->arena, uint64_t, k->rules.count / 64 + 1);
	for (uint32_t r = 0; q->rule_count && r < k->rules.count; r++)
		if (names_rule(q, k->rules.items[r].info.id))
			gw_bit_set(q->rule_bits, r);
}

/* Cues that ask for no token, and by word those that want a word of the stage. */
static void bind_facts(gw_knowledge *k, gw_decision *d)
{
	gw_map_init(&d->extra_ids, k->arena);
	for (uint32_t q = 0; q < d->cues.count; q++) {
		const gw_cue *cue = &d->cues.items[q];
		bind_rules(k, &d->cues.items[q]);
		if (cue->place == GW_CUE_ALWAYS || cue->place == GW_CUE_TYPE || cue->place == GW_CUE_SECTION)
			*GW_PUSH(k->arena, &d->plain) = q;
		for (uint32_t w = 0; w < cue->word_count && cue->place == GW_CUE_EXTRA; w++) {
			uint32_t *id = gw_map_put(&d->extra_ids, cue->words[w]);
			if (*id == GW_NONE) {
				*id = d->extra_cues.count;
				*GW_PUSH(k->arena, &d->extra_cues) = (gw_cue_list){0};
			}
			*GW_PUSH(k->arena, &d->extra_cues.items[*id]) = q;
		}
	}
}

static void bind_places(gw_knowledge *k, gw_decision *d)
{
	d->in_paragraph = GW_NEW_N(k->arena, uint64_t, k->class_names.count / 64 + 1);
	for (uint32_t q = 0; q < d->cues.count; q++) {
		const gw_cue *cue = &d->cues.items[q];
		d->looks_in_paragraph |= cue->place == GW_CUE_PARAGRAPH;
		d->looks_in_heading |= cue->place == GW_CUE_HEADING;
		d->looks_in_title |= cue->place == GW_CUE_TITLE;
		for (uint32_t w = 0; w < cue->class_count && cue->place == GW_CUE_PARAGRAPH; w++)
			gw_bit_set(d->in_paragraph, cue->classes[w]);
	}
}

void gw_decisions_build(gw_knowledge *k)
{
	uint32_t classes = k->class_names.count;
	for (uint32_t i = 0; i < k->decisions.count; i++) {
		gw_decision *d = &k->decisions.items[i];
		bind_facts(k, d);
		d->class_first = GW_NEW_N(k->arena, uint32_t, classes + 1);
		GW_LIST(uint32_t) all = {0};
		for (uint32_t c = 0; c < classes; c++) {
			d->class_first[c] = all.count;
			for (uint32_t q = 0; q < d->cues.count; q++)
				for (uint32_t w = 0; w < d->cues.items[q].class_count; w++)
					if (d->cues.items[q].classes[w] == c)
						*GW_PUSH(k->arena, &all) = q;
		}
		d->class_first[classes] = all.count;
		d->class_cues = all.items;
		bind_places(k, d);
	}
}

const gw_decision *gw_decision_find(const gw_knowledge *k, const char *name)
{
	gw_str s = gw_str_of(name);
	for (uint32_t i = 0; i < k->decisions.count; i++)
		if (gw_str_eq(k->decisions.items[i].name, s))
			return &k->decisions.items[i];
	return NULL;
}

uint32_t gw_decision_count(const gw_decision *dec)
{
	return dec->values.count;
}

gw_str gw_decision_value(const gw_decision *dec, uint32_t i)
{
	return dec->values.items[i];
}

uint32_t gw_decision_index(const gw_decision *dec, const char *value)
{
	for (uint32_t i = 0; dec && i < dec->values.count; i++)
		if (gw_str_eq(dec->values.items[i], gw_str_of(value)))
			return i;
	return GW_NONE;
}

/* What a decision looks at, found once for a fact. */
enum { EXTRA_WORDS = 64 }; /* of a stage about one fact; more are not looked at */

typedef struct view {
	const gw_knowledge *k;
	const gw_decision *dec;
	const gw_cue_context *c;
	gw_span clause, sentence, bound; /* bound: the clause for cues that stay in it */
	bool *fired;            /* by cue */
	const gw_token **token; /* what it fired on, for the explanation; may be NULL */
} view;

static bool rule_fits(const view *v, const gw_cue *q)
{
	if (q->rule_count == 0)
		return true;
	return v->c->rule != GW_NONE && gw_bit(q->rule_bits, v->c->rule);
}

/* Whether a token stands where a cue that looks near the fact wants it. */
static bool near_fits(const view *v, const gw_cue *q, const gw_token *t)
{
	gw_span s = v->c->span, at = {t->begin, t->end};
	if (q->in_clause && !gw_span_within(at, v->bound))
		return false;
	switch (q->place) {
	case GW_CUE_LEFT: return t->end <= s.begin && s.begin - t->end <= q->within;
	case GW_CUE_RIGHT: return t->begin >= s.end && t->begin - s.end <= q->within;
	case GW_CUE_INSIDE: return gw_span_within(at, s);
	case GW_CUE_CLAUSE: return gw_span_within(at, v->clause) && !gw_span_meets(at, s);
	case GW_CUE_SENTENCE: return !gw_span_meets(at, s);
	default: return false;
	}
}

static void fire(view *v, uint32_t q, const gw_token *t)
{
	if (v->fired[q])
		return;
	v->fired[q] = true;
	if (v->token)
		v->token[q] = t;
}

/* Lets the cues see all tokens of a stretch; `wide` is the place that the stretch is, or ALWAYS for the sentence. */
static void look_through(view *v, gw_span stretch, gw_cue_place wide)
{
	const gw_lattice *l = &v->c->d->lattice;
	if (stretch.begin < l->base)
		stretch.begin = l->base;
	if (stretch.end > l->base + l->len)
		stretch.end = l->base + l->len;
	if (gw_span_empty(stretch))
		return;
	uint32_t from = l->first[stretch.begin - l->base], to = l->first[stretch.end - l->base];
	for (uint32_t i = from; i < to; i++) {
		const gw_token *t = &l->tokens[i];
		for (uint32_t x = v->dec->class_first[t->cls]; x < v->dec->class_first[t->cls + 1]; x++) {
			uint32_t q = v->dec->class_cues[x];
			const gw_cue *cue = &v->dec->cues.items[q];
			bool fits = wide == GW_CUE_ALWAYS ? near_fits(v, cue, t) : cue->place == wide && t->end <= stretch.end;
			if (!v->fired[q] && fits && rule_fits(v, cue))
				fire(v, q, t);
		}
	}
}

static bool word_listed(const gw_cue *q, gw_str word)
{
	for (uint32_t i = 0; i < q->word_count; i++)
		if (gw_str_eq(q->words[i], word))
			return true;
	return false;
}

/* The stage's own words about the fact are parted by blanks. */
static void look_at_words(view *v)
{
	gw_str all = v->c->extra;
	for (uint32_t b = 0, e, n = 0; b < all.len && n < EXTRA_WORDS; b = e + 1, n++) {
		for (e = b; e < all.len && all.ptr[e] != ' '; e++)
			;
		uint32_t word = gw_map_get(&v->dec->extra_ids, (gw_str){all.ptr + b, e - b});
		const gw_cue_list *cues = word == GW_NONE ? NULL : &v->dec->extra_cues.items[word];
		for (uint32_t i = 0; cues && i < cues->count; i++)
			if (rule_fits(v, &v->dec->cues.items[cues->items[i]]))
				fire(v, cues->items[i], NULL);
	}
}

static void look_at_facts(view *v)
{
	const gw_document *d = v->c->d;
	uint32_t sec = gw_document_section_at(d, v->c->span.begin);
	gw_str section = sec == GW_NONE ? GW_STR("") : gw_str_of(gw_section_kind_names[d->sections.items[sec].kind]);
	for (uint32_t i = 0; i < v->dec->plain.count; i++) {
		uint32_t q = v->dec->plain.items[i];
		const gw_cue *cue = &v->dec->cues.items[q];
		bool fits = cue->place == GW_CUE_ALWAYS || word_listed(cue, cue->place == GW_CUE_TYPE ? d->type : section);
		if (fits && rule_fits(v, cue))
			fire(v, q, NULL);
	}
	look_at_words(v);
}

/* Paragraphs and headings of text without stops have no end; no fact looks further than this, so that the time stays linear. */
enum { WIDE_REACH = 2000, HEADING_REACH = 200 };

static gw_span near_part(gw_span s, uint32_t pos, uint32_t reach)
{
	if (pos > s.begin && pos - s.begin > reach)
		s.begin = pos - reach < s.end ? pos - reach : s.end;
	if (s.end > pos && s.end - pos > reach)
		s.end = pos + reach > s.begin ? pos + reach : s.begin;
	return s;
}

static void look_at_paragraph(view *v)
{
	const gw_document *d = v->c->d;
	uint32_t pos = v->c->span.begin, p = gw_document_paragraph_at(d, pos);
	if (p != GW_NONE && gw_paragraph_has(v->k, d, p, v->dec->in_paragraph))
		look_through(v, near_part(d->paragraphs.items[p], pos, WIDE_REACH), GW_CUE_PARAGRAPH);
}

static void look_at_headings(view *v)
{
	const gw_document *d = v->c->d;
	for (uint32_t s = gw_document_section_at(d, v->c->span.begin); s != GW_NONE; s = d->sections.items[s].parent) {
		gw_span heading = d->sections.items[s].heading;
		look_through(v, near_part(heading, heading.begin, HEADING_REACH), GW_CUE_HEADING);
	}
}

static void look_wide(view *v)
{
	gw_span title = v->c->d->title;
	if (v->dec->looks_in_paragraph)
		look_at_paragraph(v);
	if (v->dec->looks_in_heading)
		look_at_headings(v);
	if (v->dec->looks_in_title)
		look_through(v, near_part(title, title.begin, HEADING_REACH), GW_CUE_TITLE);
}

/* 2025年,建成…: a fact that ends its clause is said of the next one, so that one bounds it; so are the facts of a list,
 * 7日、8日召开. */
static gw_span bounding_clause(const view *v)
{
	const uint32_t *ch = v->c->d->source->text.ch;
	gw_span c = v->clause, s = v->c->span;
	while (c.end + 1 < v->sentence.end && (ch[c.end] == 0x3001 || (ch[c.end] == ',' && c.end == s.end))) /* 、 */
		c.end = gw_document_clause(v->c->d, (gw_span){c.end + 1, c.end + 2}).end;
	return c;
}

static void look(view *v)
{
	v->sentence = gw_document_sentence(v->c->d, v->c->span);
	v->clause = gw_document_clause_in(v->c->d, v->c->span, v->sentence);
	v->bound = bounding_clause(v);
	look_at_facts(v);
	look_through(v, v->sentence, GW_CUE_ALWAYS);
	look_wide(v);
}

enum { CUES_ON_STACK = 512, VALUES_ON_STACK = 64 };

static void note_reason(const gw_knowledge *k, const gw_decision *dec, const gw_cue_context *c)
{
	gw_arena *a = c->d->source->arena;
	gw_buf lines;
	gw_buf_init(&lines);
	gw_decide_explain(k, dec, c, &lines);
	if (lines.len)
		*GW_PUSH(a, c->d->source->reasons) = (gw_reason){c->span, gw_arena_str(a, (gw_str){lines.ptr, (uint32_t)lines.len})};
	gw_buf_release(&lines);
}

uint32_t gw_decide(const gw_knowledge *k, const gw_decision *dec, const gw_cue_context *c, double *scores)
{
	bool fired[CUES_ON_STACK] = {0};
	double sums[VALUES_ON_STACK] = {0};
	view v = {.k = k, .dec = dec, .c = c, .fired = fired};
	if (dec->cues.count > CUES_ON_STACK || dec->values.count > VALUES_ON_STACK)
		return 0; /* refused while building */
	look(&v);
	if (c->d->source->reasons)
		note_reason(k, dec, c);
	for (uint32_t q = 0; q < dec->cues.count; q++)
		if (fired[q])
			sums[dec->cues.items[q].value] += dec->cues.items[q].weight;
	uint32_t best = 0;
	for (uint32_t i = 1; i < dec->values.count; i++)
		if (sums[i] > sums[best] + 1e-9)
			best = i;
	if (scores)
		memcpy(scores, sums, dec->values.count * sizeof *scores);
	return best;
}

void gw_decide_explain(const gw_knowledge *k, const gw_decision *dec, const gw_cue_context *c, gw_buf *out)
{
	bool fired[CUES_ON_STACK] = {0};
	const gw_token *token[CUES_ON_STACK] = {0};
	view v = {.k = k, .dec = dec, .c = c, .fired = fired, .token = token};
	if (dec->cues.count > CUES_ON_STACK)
		return;
	look(&v);
	for (uint32_t q = 0; q < dec->cues.count; q++) {
		if (!fired[q])
			continue;
		const gw_cue *cue = &dec->cues.items[q];
		gw_buf_printf(out, "%s %s %+.1f cue %s", dec->name.ptr, dec->values.items[cue->value].ptr, cue->weight, cue->id.ptr);
		if (token[q]) {
			gw_arena a;
			gw_arena_init(&a);
			gw_str w = gw_text_utf8(&a, &c->d->source->text, (gw_span){token[q]->begin, token[q]->end});
			gw_buf_printf(out, " %.*s", (int)w.len, w.ptr);
			gw_arena_release(&a);
		}
		gw_buf_addc(out, '\n');
	}
}
