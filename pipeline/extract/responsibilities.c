/* Stage `extract-responsibilities`: who answers for what, in which role.
 *
 * Lists (rules that emit `unit-list`): every agency and unit inside a `body` takes the role of its label before
 * (牵头单位:甲、乙) or behind (甲、乙负责); in the cells of a table the role of their header (`unit-cell`). Prose (rules that emit `duty`): captures `unit`, `label`, `object`.
 * A document may say that the first of a list leads (rules that emit `duty-knowledge`). */
#include "units.h"

#include <stdlib.h>

typedef struct duty_state {
	const gw_knowledge *k;
	uint16_t body, label, close, unit, object;
	uint16_t cls_agency, cls_unit, around;
	unit_reader units;
} duty_state;

static gw_status duty_open(const void *settings, gw_knowledge *k, gw_arena *arena, void **state, gw_diag *diag)
{
	*state = GW_NEW(arena, duty_state);
	return gw_extract_open(settings, k, diag);
}

static gw_status duty_bind(void *state, const gw_knowledge *k, gw_diag *diag)
{
	(void)diag;
	duty_state *s = state;
	s->k = k;
	s->body = gw_name_id(k, "body");
	s->label = gw_name_id(k, "label");
	s->close = gw_name_id(k, "close");
	s->unit = gw_name_id(k, "unit");
	s->object = gw_name_id(k, "object");
	s->cls_agency = gw_class_id(k, "agency");
	s->cls_unit = gw_class_id(k, "unit-only");
	s->around = gw_class_id(k, "organ.around");
	gw_units_bind(&s->units, k);
	return GW_OK;
}

/* The role that a label's lexicon entry names. */
static gw_duty_role role_of(const duty_state *s, const gw_document *d, uint32_t token)
{
	if (token == GW_NONE)
		return GW_DUTY_RESPONSIBLE;
	gw_str role = gw_entry_attr(gw_entry_at(s->k, d->lattice.tokens[token].entry), "role");
	for (uint32_t r = 0; r < GW_DUTY_ROLES; r++)
		if (gw_str_eq(role, gw_str_of(gw_duty_role_names[r])))
			return (gw_duty_role)r;
	return GW_DUTY_RESPONSIBLE;
}

/* The unit is all that stands there: 各有关|省级人民政府. */
static gw_span unit_span(const duty_state *s, const gw_document *d, gw_span name)
{
	const gw_token *t = gw_token_before(&d->lattice, name.begin, s->around);
	return (gw_span){t ? t->begin : name.begin, name.end};
}

static gw_duty *duty_add(const duty_state *s, gw_document *d, uint32_t agency, uint32_t rule, gw_duty_role role, gw_span label)
{
	const gw_agency *a = &d->agencies.items[agency];
	gw_duty *x = GW_PUSH(d->source->arena, &d->duties);
	*x = (gw_duty){.span = unit_span(s, d, a->span), .section = gw_fact_section(d, a->span), .rule = rule, .role = role, .label = label,
		.unit = a->name, .agency = agency, .due = GW_NONE, .task = GW_NONE};
	return x;
}

/* First agency of the document at or behind a position. */
static uint32_t agency_from(const gw_document *d, uint32_t pos)
{
	uint32_t lo = 0, hi = d->agencies.count;
	while (lo < hi) {
		uint32_t mid = (lo + hi) / 2;
		if (d->agencies.items[mid].span.begin < pos)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* What a document says of the first unit of its lists. */
typedef struct list_order {
	bool first_leads;
	uint32_t from; /* where it begins to hold */
	gw_span said;  /* the words that say so */
} list_order;

/* Whether the first unit of a list is the one that leads: a definite organ, with others behind it. */
static bool first_leads(const gw_document *d, gw_span body, uint32_t first)
{
	const gw_agency *a = &d->agencies.items[first];
	return !a->generic && !a->unit_only && a->span.end < body.end;
}

static void list_body(const duty_state *s, gw_document *d, uint32_t rule, gw_span body, const gw_capture *label, const list_order *order)
{
	gw_duty_role role = role_of(s, d, label->token);
	uint32_t first = agency_from(d, body.begin);
	for (uint32_t i = first; i < d->agencies.count && d->agencies.items[i].span.end <= body.end; i++) {
		uint32_t end = d->agencies.items[i].span.end;
		const gw_token *own = gw_units_bracket_role(&s->units, d, end);
		if (own)
			duty_add(s, d, i, rule, role_of(s, d, (uint32_t)(own - d->lattice.tokens)), (gw_span){own->begin, own->end});
		else if (order && i == first && role == GW_DUTY_RESPONSIBLE && first_leads(d, body, i))
			duty_add(s, d, i, rule, GW_DUTY_LEAD, order->said);
		else
			duty_add(s, d, i, rule, role, label->span);
		if (gw_units_others_begin(&s->units, d, end))
			break;
	}
}

/* A body belongs to the label before it, or to the closing word behind it. Returns whether a label names who leads. */
static bool list_add(const duty_state *s, gw_document *d, const gw_match *m, const list_order *order, bool led)
{
	bool leader = false;
	for (uint32_t i = 0; i < m->capture_count; i++) {
		if (m->captures[i].name != s->body)
			continue;
		const gw_capture *label = NULL, *next = i + 1 < m->capture_count ? &m->captures[i + 1] : NULL;
		if (next && next->name == s->close && next->span.begin == m->captures[i].span.end)
			label = next; /* 责任单位:甲局牵头,乙局 */
		for (uint32_t j = i; j-- > 0 && !label;)
			if (m->captures[j].name == s->label)
				label = &m->captures[j];
		bool before = label && label != next;
		for (uint32_t j = i + 1; j < m->capture_count && !label; j++)
			if (m->captures[j].name == s->close)
				label = &m->captures[j];
		if (!label)
			continue;
		leader |= before && role_of(s, d, label->token) == GW_DUTY_LEAD;
		list_body(s, d, m->rule, m->captures[i].span, label, led && before ? NULL : order);
	}
	return leader;
}

/* The lists of one section may name the leader under a label of his own; then no first unit leads. */
static void lists_add(const duty_state *s, gw_document *d, const gw_match_list *lists, const list_order *order)
{
	uint32_t led = GW_NONE;
	for (uint32_t i = 0; i < lists->count; i++) {
		const gw_match *m = &lists->items[i];
		uint32_t section = gw_fact_section(d, m->whole);
		bool holds = order->first_leads && m->whole.end > order->from;
		if (list_add(s, d, m, holds ? order : NULL, led == section))
			led = section;
	}
}

static void cells_add(const duty_state *s, gw_document *d, const unit_bodies *cells, const list_order *order)
{
	bool led = !order->first_leads;
	for (uint32_t i = 0; i < cells->count && !led; i++)
		led = role_of(s, d, cells->items[i].label->token) == GW_DUTY_LEAD;
	for (uint32_t i = 0; i < cells->count; i++)
		list_body(s, d, cells->items[i].rule, cells->items[i].span, cells->items[i].label, led ? NULL : order);
}

/* What a duty is about, without the marker of its item and without the stop of a label: (二)抢险组:由甲局牵头 */
static gw_span bare_object(const gw_document *d, gw_span object)
{
	uint32_t section = gw_document_section_at(d, object.begin);
	const gw_section *sec = section == GW_NONE ? NULL : &d->sections.items[section];
	if (sec && object.begin < sec->marker.end && sec->marker.end < object.end)
		object.begin = sec->marker.end;
	while (object.begin + 1 < object.end && d->source->text.ch[object.begin] == ' ')
		object.begin++;
	object.end -= object.end > object.begin + 1 && d->source->text.ch[object.end - 1] == ':';
	return object;
}

/* A word of a role stands behind its unit; of several, each unit has the nearest: 甲牵头,乙配合. */
static void prose_add(const duty_state *s, gw_document *d, const gw_match *m)
{
	const gw_capture *object = gw_match_get(m, s->object);
	for (uint32_t i = 0; i < m->capture_count; i++) {
		const gw_capture *c = &m->captures[i], *label = gw_match_get(m, s->label);
		if (c->name != s->unit || c->token == GW_NONE || !label)
			continue;
		for (uint32_t j = m->capture_count; j-- > i + 1;)
			if (m->captures[j].name == s->label)
				label = &m->captures[j];
		gw_duty *x = duty_add(s, d, d->lattice.tokens[c->token].entry, m->rule, role_of(s, d, label->token), label->span);
		x->prose = object || !gw_rule_says(s->k, m->rule, "item");
		x->object = bare_object(d, object ? object->span : m->whole);
	}
}

/* Cells are in text order. */
static bool in_any_cell(const unit_bodies *cells, gw_span at)
{
	uint32_t low = 0, high = cells->count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (cells->items[middle].span.end <= at.begin)
			low = middle + 1;
		else
			high = middle;
	}
	return low < cells->count && gw_span_meets(cells->items[low].span, at);
}

/* Lists and prose were found one after the other; the tables want text order. */
static int duty_order(const void *x, const void *y)
{
	const gw_duty *a = x, *b = y;
	if (a->span.begin != b->span.begin)
		return a->span.begin < b->span.begin ? -1 : 1;
	if (a->role != b->role)
		return a->role < b->role ? -1 : 1;
	return (a->task > b->task) - (a->task < b->task); /* the order in which they were found */
}

static void order_duties(gw_document *d)
{
	for (uint32_t i = 0; i < d->duties.count; i++)
		d->duties.items[i].task = i;
	if (d->duties.count)
		qsort(d->duties.items, d->duties.count, sizeof *d->duties.items, duty_order);
	for (uint32_t i = 0; i < d->duties.count; i++)
		d->duties.items[i].task = GW_NONE;
}

/* 列第一位者为牵头单位 within a list (下同) goes for this list and those behind it, on its own for all. */
static list_order order_of(const duty_state *s, gw_document *d, const gw_match_list *lists)
{
	gw_match_list found = {0};
	gw_rules_run(s->k, d, "duty-knowledge", true, gw_stage_room(d), &found);
	for (uint32_t i = 0; i < found.count; i++) {
		gw_span said = found.items[i].whole;
		if (gw_rule_says(s->k, found.items[i].rule, "first-leads"))
			return (list_order){true, gw_match_over(lists, said) ? said.begin : 0, said};
	}
	return (list_order){0};
}

/* The words of a duty, without what it is about: that may hold a list of its own. */
static gw_span core_of(const duty_state *s, const gw_match *m)
{
	gw_span core = {m->whole.end, m->whole.begin};
	for (uint32_t i = 0; i < m->capture_count; i++) {
		const gw_capture *c = &m->captures[i];
		if (c->name != s->unit && c->name != s->label)
			continue;
		core.begin = c->span.begin < core.begin ? c->span.begin : core.begin;
		core.end = c->span.end > core.end ? c->span.end : core.end;
	}
	return core;
}

static gw_status duty_document(const void *state, gw_document *d, gw_diag *diag)
{
	(void)diag;
	const duty_state *s = state;
	gw_arena *a = gw_stage_room(d);
	gw_match_list lists = {0}, prose = {0};
	unit_bodies cells = {0};
	gw_rules_run(s->k, d, "unit-list", true, a, &lists);
	list_order order = order_of(s, d, &lists);
	lists_add(s, d, &lists, &order);
	gw_units_cells(&s->units, d, &lists, &cells);
	cells_add(s, d, &cells, &order);
	gw_rules_run(s->k, d, "duty", true, a, &prose);
	for (uint32_t i = 0; i < prose.count; i++) {
		gw_span core = core_of(s, &prose.items[i]);
		if (!gw_match_over(&lists, core) && !in_any_cell(&cells, core) && !gw_inside_title_marks(d, prose.items[i].span))
			prose_add(s, d, &prose.items[i]);
	}
	order_duties(d);
	return GW_OK;
}

const gw_stage gw_stage_extract_responsibilities = {
	.name = "extract-responsibilities",
	.summary = "Finds who answers for which task, in lists with role labels and in prose.",
	.reads = GW_HAS_FOLDED | GW_HAS_SECTIONS | GW_HAS_LATTICE | GW_HAS_AGENCIES,
	.writes = GW_HAS_DUTIES,
	.options = gw_extract_options,
	.settings_size = sizeof(extract_settings),
	.open = duty_open,
	.bind = duty_bind,
	.document = duty_document,
};
