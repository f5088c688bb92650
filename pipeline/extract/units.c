/* Cuts lists of units into items.
 *
 *   责任单位:机关各股室处、中心          -> 机关各股室处 | 中心
 *   (省有关单位,各市、州、县人民政府)   -> the second is one item, for the agency rules read it as one
 *   (教育部等有关部门和单位负责)        -> 教育部
 *   a cell of a table below 责任单位     -> like a list behind that label
 */
#include "units.h"

#include <assert.h>
#include <stdlib.h>

/* Classes of words that make a short item a unit even where it ends like none: 各股室, 城区, 财务. */
static const char *const vouching[] = {"adm", "adm.many", "adm.level", "qual", "qual.weak", "region.province", "region.prefecture",
	"region.county", "region.zone", "organ.office", "organ.sector", "organ.bare", "organ.weak", "organ.class"};

/* What the name of a place ends with. */
static const char *const ending_places[] = {"adm", "adm.many", "region.prefecture", "region.county"};

enum { ITEM_MAX = 60, NAME_MAX = 3, PLACE_MAX = 14 }; /* characters of an item, of a person's name, of a place's */

void gw_units_bind(unit_reader *r, const gw_knowledge *k)
{
	r->k = k;
	r->body = gw_name_id(k, "body");
	r->label = gw_name_id(k, "label");
	r->unit = gw_name_id(k, "unit");
	r->none = gw_class_id(k, "unit.none");
	r->tail = gw_class_id(k, "unit.tail");
	r->with = gw_class_id(k, "unit.with");
	r->head = gw_class_id(k, "organ.head");
	r->genhead = gw_class_id(k, "organ.genhead");
	r->weak = gw_class_id(k, "qual.weak");
	r->time = gw_class_id(k, "time");
	r->roles[0] = gw_class_id(k, "duty.close");
	r->roles[1] = gw_class_id(k, "duty.label");
	static_assert(sizeof vouching / sizeof *vouching == sizeof r->vouching / sizeof *r->vouching, "one id a class");
	for (size_t i = 0; i < sizeof vouching / sizeof *vouching; i++)
		r->vouching[i] = gw_class_id(k, vouching[i]);
	static_assert(sizeof ending_places / sizeof *ending_places == sizeof r->places / sizeof *r->places, "one id a class");
	for (size_t i = 0; i < sizeof ending_places / sizeof *ending_places; i++)
		r->places[i] = gw_class_id(k, ending_places[i]);
}

/* What closes a bracket that holds a role: ( [ < 〈; 0 where none opens. */
static uint32_t closing_of(uint32_t c)
{
	return c == '(' ? ')' : c == '[' ? ']' : c == '<' ? '>' : c == 0x3008 ? 0x3009 : 0;
}

const gw_token *gw_units_bracket_role(const unit_reader *r, const gw_document *d, uint32_t pos)
{
	const uint32_t *ch = d->source->text.ch;
	uint32_t close = pos + 1 < d->span.end ? closing_of(ch[pos]) : 0;
	if (!close)
		return NULL;
	for (int i = 0; i < 2; i++) {
		const gw_token *t = gw_token_at(&d->lattice, pos + 1, r->roles[i]);
		if (t && t->end < d->span.end && ch[t->end] == close)
			return t;
	}
	return NULL;
}

bool gw_units_others_begin(const unit_reader *r, const gw_document *d, uint32_t pos)
{
	return gw_token_at(&d->lattice, pos, r->with) != NULL;
}

typedef struct cutter {
	const unit_reader *r;
	gw_document *d;
	const uint32_t *ch;
	const gw_match *known; /* by place; none meets another */
	uint32_t known_count;
	uint32_t next; /* first known agency that may lie in or behind the place reached */
	uint32_t rule;
	bool labelled;
	bool shared;   /* an earlier item of the list began with a qualifier (各) */
	bool loose;    /* the item stands behind a blank or a semicolon, where a name or another matter may stand too */
	unit_list *out;
} cutter;

static bool is_separator(uint32_t c)
{
	return c == 0x3001 || c == ',' || c == ';' || c == '/' || c == '|' || c == ' ';
}

static bool is_connector(uint32_t c)
{
	return c == 0x548C || c == 0x53CA || c == 0x4E0E; /* 和 及 与 */
}

/* The first known agency that ends behind a position. */
static uint32_t known_from(const cutter *c, uint32_t pos)
{
	uint32_t low = 0, high = c->known_count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (c->known[middle].span.end <= pos)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The known agency that covers a position, or NULL. */
static const gw_match *agency_over(cutter *c, uint32_t pos)
{
	while (c->next < c->known_count && c->known[c->next].span.end <= pos)
		c->next++;
	return c->next < c->known_count && c->known[c->next].span.begin <= pos ? &c->known[c->next] : NULL;
}

static bool is_closing(uint32_t c)
{
	return c == ')' || c == ']' || c == '>' || c == 0x3009;
}

/* 甲局(牵头): where the bracket begins; s.end when there is none. */
static uint32_t before_bracket_role(const cutter *c, gw_span s)
{
	uint32_t p = s.end;
	if (s.end - s.begin < 4 || !is_closing(c->ch[s.end - 1]))
		return s.end;
	while (p > s.begin && closing_of(c->ch[p - 1]) != c->ch[s.end - 1])
		p--;
	const gw_token *t = p > s.begin ? gw_units_bracket_role(c->r, c->d, p - 1) : NULL;
	return t && t->end + 1 == s.end ? p - 1 : s.end;
}

/* Takes 等有关部门, 按职责分工, (牵头) and blanks off the end. */
static gw_span trim_item(const cutter *c, gw_span s)
{
	for (uint32_t end = 0; s.begin < s.end && end != s.end;) {
		end = s.end;
		if (is_separator(c->ch[s.end - 1]))
			s.end--;
		const gw_token *t = gw_token_before(&c->d->lattice, s.end, c->r->tail);
		if (t && t->begin >= s.begin)
			s.end = t->begin;
		s.end = before_bracket_role(c, s);
	}
	while (s.begin < s.end && is_separator(c->ch[s.begin]))
		s.begin++;
	return s;
}

/* 各乡镇(街道), 柳林镇: what no label vouches for says by its begin or its end that it is some or one of the places. */
static bool is_place(const cutter *c, gw_span s)
{
	const gw_lattice *l = &c->d->lattice;
	uint32_t end = s.end;
	if (c->ch[end - 1] == ')')
		while (end > s.begin + 1 && c->ch[end - 1] != '(')
			end--;
	end -= end > s.begin + 1 && end < s.end; /* before the bracket */
	for (size_t i = 0; i < sizeof ending_places / sizeof *ending_places; i++) {
		const gw_token *t = gw_token_before(l, end, c->r->places[i]);
		if (t && t->begin >= s.begin)
			return gw_span_len(s) <= PLACE_MAX && gw_span_len(s) > 1;
	}
	return false;
}

/* Dates, amounts and names of persons stand in lists of units too. */
static bool may_be_unit(const cutter *c, gw_span s)
{
	const gw_lattice *l = &c->d->lattice;
	bool vouched = gw_span_len(s) > NAME_MAX;
	if (c->loose)
		return is_place(c, s);
	for (uint32_t p = s.begin; p < s.end; p++) {
		if ((c->ch[p] >= '0' && c->ch[p] <= '9') || gw_token_at(l, p, c->r->time))
			return false;
		for (size_t i = 0; i < sizeof vouching / sizeof *vouching && !vouched; i++)
			vouched = gw_token_at(l, p, c->r->vouching[i]) != NULL;
	}
	return vouched;
}

static void item_add(cutter *c, gw_span raw)
{
	gw_span s = trim_item(c, raw);
	if (gw_span_empty(s) || gw_span_len(s) > ITEM_MAX)
		return;
	const gw_lattice *l = &c->d->lattice;
	bool weak = gw_token_at(l, s.begin, c->r->weak) != NULL;
	for (uint32_t p = s.begin; p < s.end; p++) /* 机关各股室、中心: 各 goes for the centres as well */
		c->shared |= gw_token_at(l, p, c->r->weak) != NULL;
	uint32_t k = known_from(c, s.begin);
	bool holds_known = k < c->known_count && c->known[k].span.begin < s.end;
	if (holds_known && c->known[k].span.begin == s.begin && c->known[k].span.end == s.end)
		return;
	const gw_token *none = gw_token_at(l, s.begin, c->r->none);
	const gw_token *head = gw_token_before(l, s.end, c->r->head), *genhead = gw_token_before(l, s.end, c->r->genhead);
	bool whole_none = none && none->end == s.end;
	bool organ = !whole_none && ((head && head->begin >= s.begin) || (genhead && genhead->begin >= s.begin));
	/* Behind a list stand many things; only a label vouches for odd units. */
	if (!organ && !whole_none && !(c->labelled ? may_be_unit(c, s) : is_place(c, s)))
		return;
	if (holds_known && !c->labelled)
		return;
	unit_item *u = GW_PUSH(gw_stage_room(c->d), c->out);
	bool bare = head && head->begin == s.begin;
	*u = (unit_item){.span = s, .rule = c->rule, .organ = organ, .generic = weak || (genhead && !head) || (bare && c->shared)};
}

/* 甲和乙 where both sides are known agencies are two items. */
static bool parts_two_agencies(const cutter *c, uint32_t pos)
{
	uint32_t before = known_from(c, pos - 1), behind = known_from(c, pos + 1);
	return before < c->known_count && c->known[before].span.end == pos && behind < c->known_count &&
	       c->known[behind].span.begin == pos + 1;
}

/* A blank that the folding dropped, behind what ends like a unit: 甲局 乙局, 甲局 张三. */
static bool parts_by_blank(const cutter *c, uint32_t from, uint32_t pos)
{
	const gw_text *t = &c->d->source->text;
	const gw_lattice *l = &c->d->lattice;
	if (pos <= from || t->src[pos] <= t->src[pos - 1] + 1)
		return false;
	uint32_t known = known_from(c, pos - 1);
	return (known < c->known_count && c->known[known].span.end == pos) || gw_token_before(l, pos, c->r->head) ||
	       gw_token_before(l, pos, c->r->genhead);
}

/* Two units that were read as one name over such a blank. */
static bool is_torn(const cutter *c, gw_span name)
{
	for (uint32_t p = name.begin + 1; p < name.end && c->labelled; p++)
		if (parts_by_blank(c, name.begin, p))
			return true;
	return false;
}

static void cut(cutter *c, gw_span body)
{
	uint32_t from = body.begin, depth = 0;
	c->next = known_from(c, body.begin);
	for (uint32_t p = body.begin; p < body.end; p++) {
		if (depth == 0 && parts_by_blank(c, from, p)) {
			item_add(c, (gw_span){from, p});
			c->loose = true;
			from = p;
		}
		const gw_match *over = agency_over(c, p);
		if (over && over->span.end <= body.end && !is_torn(c, over->span)) {
			p = over->span.end - 1; /* never inside a known name */
			if (gw_units_others_begin(c->r, c->d, p + 1) && p + 1 < body.end) {
				body.end = p + 1; /* 甲局会同乙局: whoever comes now answers for nothing */
				break;
			}
			continue;
		}
		if (c->ch[p] == '(')
			depth++;
		else if (c->ch[p] == ')' && depth)
			depth--;
		else if (depth == 0 && (is_separator(c->ch[p]) || (is_connector(c->ch[p]) && parts_two_agencies(c, p)))) {
			item_add(c, (gw_span){from, p});
			c->loose = c->ch[p] == ';' || c->ch[p] == ' ';
			from = p + 1;
		}
	}
	item_add(c, (gw_span){from, body.end});
}

/* ---- cells of tables ---- */

const gw_match *gw_match_over(const gw_match_list *all, gw_span at)
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
	gw_rules_run(r->k, d, "unit-cell", true, gw_stage_room(d), &headers);
	for (uint32_t i = 0; i < d->cells.count; i++) {
		const gw_table_cell *cell = &d->cells.items[i];
		const gw_match *m = gw_match_over(&headers, cell->header);
		const gw_capture *label = m ? gw_match_get(m, r->label) : NULL;
		if (label && !gw_match_over(lists, cell->span))
			*GW_PUSH(gw_stage_room(d), out) = (unit_body){cell->span, m->rule, gw_rule_says(r->k, m->rule, "labelled"), label};
	}
}

/* ---- bodies without a name ---- */

/* Units are in text order and do not meet each other. */
static bool meets_unit(const unit_list *units, uint32_t count, gw_span at)
{
	uint32_t low = 0, high = count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (units->items[middle].span.end <= at.begin)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && gw_span_meets(units->items[low].span, at);
}

static int item_order(const void *a, const void *b)
{
	const unit_item *x = a, *y = b;
	return (x->span.begin > y->span.begin) - (x->span.begin < y->span.begin);
}

/* 领导小组负责…, 下设办公室,负责…: units that no list names and that are no agencies. `listed`: the lists of the document. */
static void bare_add(const unit_reader *r, gw_document *d, const cutter *known, const gw_match_list *listed, unit_list *out)
{
	gw_match_list found = {0};
	uint32_t before = out->count;
	gw_rules_run(r->k, d, "duty-unit", true, gw_stage_room(d), &found);
	for (uint32_t i = 0; i < found.count; i++) {
		const gw_capture *c = gw_match_get(&found.items[i], r->unit);
		uint32_t k = c ? known_from(known, c->span.begin) : 0;
		if (!c || (k < known->known_count && known->known[k].span.begin < c->span.end) || gw_match_over(listed, c->span) ||
		        meets_unit(out, before, c->span))
			continue;
		*GW_PUSH(gw_stage_room(d), out) = (unit_item){.span = c->span, .rule = found.items[i].rule};
	}
	if (out->count > before)
		qsort(out->items, out->count, sizeof *out->items, item_order);
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
	gw_rules_run(r->k, d, "unit-list", true, gw_stage_room(d), &lists);
	gw_units_cells(r, d, &lists, &bodies);
	for (uint32_t i = 0; i < lists.count; i++) {
		const gw_match *m = &lists.items[i];
		for (uint32_t j = 0; j < m->capture_count; j++)
			if (m->captures[j].name == r->body)
				*GW_PUSH(gw_stage_room(d), &bodies) =
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
	cutter names = {.known = known, .known_count = known_count};
	bare_add(r, d, &names, &lists, out);
}
