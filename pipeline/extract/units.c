/* Cuts lists of units into items.
 *
 *   责任单位:机关各股室处、中心          -> 机关各股室处 | 中心
 *   (省有关单位,各市、州、县人民政府)   -> the second is one item, for the agency rules read it as one
 *   (教育部等有关部门和单位负责)        -> 教育部
 *   a cell of a table below 责任单位     -> like a list behind that label
 */
#include "units.h"

#include <stdlib.h>

void gw_units_bind(unit_reader *r, const gw_knowledge *k)
{
	r->k = k;
	r->body = gw_name_id(k, "body");
	r->label = gw_name_id(k, "label");
	r->none = gw_class_id(k, "unit.none");
	r->tail = gw_class_id(k, "unit.tail");
	r->head = gw_class_id(k, "organ.head");
	r->genhead = gw_class_id(k, "organ.genhead");
	r->weak = gw_class_id(k, "qual.weak");
}

typedef struct cutter {
	const unit_reader *r;
	gw_document *d;
	const uint32_t *ch;
	const gw_match *known;
	uint32_t known_count;
	uint32_t next; /* first known agency that may lie in or behind the place reached */
	uint32_t rule;
	bool labelled;
	bool shared;   /* an earlier item of the list began with a qualifier (各) */
	unit_list *out;
} cutter;

static bool is_separator(uint32_t c)
{
	return c == 0x3001 || c == ',' || c == ';' || c == '/' || c == ' ';
}

static bool is_connector(uint32_t c)
{
	return c == 0x548C || c == 0x53CA || c == 0x4E0E; /* 和 及 与 */
}

/* The known agency that covers a position, or NULL. */
static const gw_match *agency_over(cutter *c, uint32_t pos)
{
	while (c->next < c->known_count && c->known[c->next].span.end <= pos)
		c->next++;
	return c->next < c->known_count && c->known[c->next].span.begin <= pos ? &c->known[c->next] : NULL;
}

/* Takes 等有关部门, 按职责分工 and blanks off the end. */
static gw_span trim_item(const cutter *c, gw_span s)
{
	bool again = true;
	while (again && s.begin < s.end) {
		again = false;
		if (is_separator(c->ch[s.end - 1])) {
			s.end--;
			again = true;
			continue;
		}
		const gw_token *t = gw_token_before(&c->d->lattice, s.end, c->r->tail);
		if (t && t->begin >= s.begin) {
			s.end = t->begin;
			again = true;
		}
	}
	while (s.begin < s.end && is_separator(c->ch[s.begin]))
		s.begin++;
	return s;
}

static bool known_exactly(const cutter *c, gw_span s)
{
	for (uint32_t i = 0; i < c->known_count && c->known[i].span.begin <= s.begin; i++)
		if (c->known[i].span.begin == s.begin && c->known[i].span.end == s.end)
			return true;
	return false;
}

static bool has_known_inside(const cutter *c, gw_span s)
{
	for (uint32_t i = 0; i < c->known_count && c->known[i].span.begin < s.end; i++)
		if (gw_span_meets(c->known[i].span, s))
			return true;
	return false;
}

static void item_add(cutter *c, gw_span raw)
{
	gw_span s = trim_item(c, raw);
	if (gw_span_empty(s) || gw_span_len(s) > 60)
		return;
	const gw_lattice *l = &c->d->lattice;
	bool weak = gw_token_at(l, s.begin, c->r->weak) != NULL;
	for (uint32_t p = s.begin; p < s.end; p++) /* 机关各股室、中心: 各 goes for the centres as well */
		c->shared |= gw_token_at(l, p, c->r->weak) != NULL;
	if (known_exactly(c, s))
		return;
	const gw_token *none = gw_token_at(l, s.begin, c->r->none);
	const gw_token *head = gw_token_before(l, s.end, c->r->head), *genhead = gw_token_before(l, s.end, c->r->genhead);
	bool whole_none = none && none->end == s.end;
	bool organ = !whole_none && ((head && head->begin >= s.begin) || (genhead && genhead->begin >= s.begin));
	if (!organ && !whole_none && !c->labelled)
		return; /* behind a list stand many things; only a label vouches for odd units */
	if (has_known_inside(c, s) && !c->labelled)
		return;
	unit_item *u = GW_PUSH(c->d->source->arena, c->out);
	bool bare = head && head->begin == s.begin;
	*u = (unit_item){.span = s, .rule = c->rule, .organ = organ, .generic = weak || (genhead && !head) || (bare && c->shared)};
}

/* 甲和乙 where both sides are known agencies are two items. */
static bool parts_two_agencies(cutter *c, uint32_t pos)
{
	const uint32_t next = c->next;
	bool before = false, behind = false;
	for (uint32_t i = next ? next - 1 : 0; i < c->known_count && c->known[i].span.begin <= pos + 1; i++) {
		before |= c->known[i].span.end == pos;
		behind |= c->known[i].span.begin == pos + 1;
	}
	return before && behind;
}

static void cut(cutter *c, gw_span body)
{
	uint32_t from = body.begin, depth = 0;
	c->next = 0;
	for (uint32_t p = body.begin; p < body.end; p++) {
		const gw_match *over = agency_over(c, p);
		if (over && over->span.end <= body.end) {
			p = over->span.end - 1; /* never inside a known name */
			continue;
		}
		if (c->ch[p] == '(')
			depth++;
		else if (c->ch[p] == ')' && depth)
			depth--;
		else if (depth == 0 && (is_separator(c->ch[p]) || (is_connector(c->ch[p]) && parts_two_agencies(c, p)))) {
			item_add(c, (gw_span){from, p});
			from = p + 1;
		}
	}
	item_add(c, (gw_span){from, body.end});
}

/* ---- cells of tables ---- */

/* The match that meets a span; matches are in text order and do not meet each other. */
static const gw_match *match_over(const gw_match_list *all, gw_span at)
{
	uint32_t low = 0, high = all->count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (all->items[middle].whole.end <= at.begin)
			low = middle + 1;
		else
			high = middle;
	}
	return low < all->count && gw_span_meets(all->items[low].whole, at) ? &all->items[low] : NULL;
}

void gw_units_cells(const unit_reader *r, gw_document *d, const gw_match_list *lists, unit_bodies *out)
{
	gw_match_list headers = {0};
	if (d->cells.count == 0)
		return;
	gw_rules_run(r->k, d, "unit-cell", true, d->source->arena, &headers);
	for (uint32_t i = 0; i < d->cells.count; i++) {
		const gw_table_cell *cell = &d->cells.items[i];
		const gw_match *m = match_over(&headers, cell->header);
		const gw_capture *label = m ? gw_match_get(m, r->label) : NULL;
		if (label && !match_over(lists, cell->span))
			*GW_PUSH(d->source->arena, out) = (unit_body){cell->span, m->rule, gw_rule_says(r->k, m->rule, "labelled"), label};
	}
}

/* ---- all lists ---- */

static int body_order(const void *a, const void *b)
{
	const unit_body *x = a, *y = b;
	return (x->span.begin > y->span.begin) - (x->span.begin < y->span.begin);
}

void gw_units_read(const unit_reader *r, gw_document *d, const gw_match *known, uint32_t known_count, unit_list *out)
{
	gw_match_list lists = {0};
	unit_bodies bodies = {0};
	gw_rules_run(r->k, d, "unit-list", true, d->source->arena, &lists);
	gw_units_cells(r, d, &lists, &bodies);
	for (uint32_t i = 0; i < lists.count; i++) {
		const gw_match *m = &lists.items[i];
		for (uint32_t j = 0; j < m->capture_count; j++)
			if (m->captures[j].name == r->body)
				*GW_PUSH(d->source->arena, &bodies) =
					(unit_body){m->captures[j].span, m->rule, gw_rule_says(r->k, m->rule, "labelled"), NULL};
	}
	if (d->cells.count && bodies.count)
		qsort(bodies.items, bodies.count, sizeof *bodies.items, body_order);
	for (uint32_t i = 0; i < bodies.count; i++) {
		const unit_body *b = &bodies.items[i];
		cutter c = {.r = r, .d = d, .ch = d->source->text.ch, .known = known, .known_count = known_count, .rule = b->rule, .out = out};
		c.labelled = b->labelled;
		cut(&c, b->span);
	}
}
