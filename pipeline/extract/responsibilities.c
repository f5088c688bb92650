/* Stage `extract-responsibilities`: who answers for what, in which role.
 *
 * Lists (rules that emit `unit-list`): every agency and unit inside a `body` takes the role of its label before
 * (牵头单位:甲、乙) or behind (甲、乙负责); in the cells of a table the role of their header (`unit-cell`). Prose (rules that emit `duty`): captures `unit`, `label`, `object`.
 * A document may say that the first of a list leads (rules that emit `duty-knowledge`). */
#include "units.h"

typedef struct duty_state {
	const gw_knowledge *k;
	uint16_t body, label, close, unit, object;
	uint16_t cls_agency, cls_unit;
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
	gw_units_bind(&s->units, k);
	return GW_OK;
}

/* The role that a label's lexicon entry names. */
static gw_duty_role role_of(const duty_state *s, const gw_document *d, const gw_capture *label)
{
	if (!label || label->token == GW_NONE)
		return GW_DUTY_RESPONSIBLE;
	gw_str role = gw_entry_attr(gw_entry_at(s->k, d->lattice.tokens[label->token].entry), "role");
	for (uint32_t r = 0; r < GW_DUTY_ROLES; r++)
		if (gw_str_eq(role, gw_str_of(gw_duty_role_names[r])))
			return (gw_duty_role)r;
	return GW_DUTY_RESPONSIBLE;
}

static gw_duty *duty_add(gw_document *d, uint32_t agency, uint32_t rule, gw_duty_role role, gw_span label)
{
	const gw_agency *a = &d->agencies.items[agency];
	gw_duty *x = GW_PUSH(d->source->arena, &d->duties);
	*x = (gw_duty){.span = a->span, .section = gw_fact_section(d, a->span), .rule = rule, .role = role, .label = label,
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

/* Whether the first unit of a list is the one that leads: a definite organ, with others behind it. */
static bool first_leads(const gw_document *d, gw_span body, uint32_t first)
{
	const gw_agency *a = &d->agencies.items[first];
	return !a->generic && !a->unit_only && a->span.end < body.end;
}

static void list_body(const duty_state *s, gw_document *d, uint32_t rule, gw_span body, const gw_capture *label, bool leads, gw_span lead_label)
{
	gw_duty_role role = role_of(s, d, label);
	uint32_t first = agency_from(d, body.begin);
	for (uint32_t i = first; i < d->agencies.count && d->agencies.items[i].span.end <= body.end; i++) {
		bool lead = leads && i == first && role == GW_DUTY_RESPONSIBLE && first_leads(d, body, i);
		duty_add(d, i, rule, lead ? GW_DUTY_LEAD : role, lead ? lead_label : label->span);
	}
}

/* A body belongs to the label before it, or to the closing word behind it. */
static void list_add(const duty_state *s, gw_document *d, const gw_match *m, bool leads, gw_span lead_label)
{
	for (uint32_t i = 0; i < m->capture_count; i++) {
		if (m->captures[i].name != s->body)
			continue;
		const gw_capture *label = NULL;
		for (uint32_t j = i; j-- > 0 && !label;)
			if (m->captures[j].name == s->label)
				label = &m->captures[j];
		bool behind = label == NULL;
		for (uint32_t j = i + 1; j < m->capture_count && behind && !label; j++)
			if (m->captures[j].name == s->close)
				label = &m->captures[j];
		if (label)
			list_body(s, d, m->rule, m->captures[i].span, label, leads && behind, lead_label);
	}
}

static void prose_add(const duty_state *s, gw_document *d, const gw_match *m)
{
	const gw_capture *label = gw_match_get(m, s->label), *object = gw_match_get(m, s->object);
	if (!label)
		return;
	for (uint32_t i = 0; i < m->capture_count; i++) {
		const gw_capture *c = &m->captures[i];
		if (c->name != s->unit || c->token == GW_NONE)
			continue;
		gw_duty *x = duty_add(d, d->lattice.tokens[c->token].entry, m->rule, role_of(s, d, label), label->span);
		x->prose = true;
		x->object = object ? object->span : (gw_span){m->whole.begin, m->whole.end};
	}
}

static bool in_any_list(const gw_match_list *lists, gw_span at)
{
	for (uint32_t i = 0; i < lists->count; i++)
		if (gw_span_meets(lists->items[i].whole, at))
			return true;
	return false;
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

static int duty_order(const gw_duty *a, const gw_duty *b)
{
	return a->span.begin != b->span.begin ? (a->span.begin < b->span.begin ? -1 : 1) : (int)a->role - (int)b->role;
}

/* Lists and prose were found one after the other; the table wants text order. Insertion sort: nearly sorted runs. */
static void order_duties(gw_document *d)
{
	for (uint32_t i = 1; i < d->duties.count; i++) {
		gw_duty x = d->duties.items[i];
		uint32_t at = i;
		while (at > 0 && duty_order(&x, &d->duties.items[at - 1]) < 0) {
			d->duties.items[at] = d->duties.items[at - 1];
			at--;
		}
		d->duties.items[at] = x;
	}
}

static gw_status duty_document(const void *state, gw_document *d, gw_diag *diag)
{
	(void)diag;
	const duty_state *s = state;
	gw_arena *a = d->source->arena;
	gw_match_list knowledge = {0}, lists = {0}, prose = {0};
	gw_rules_run(s->k, d, "duty-knowledge", true, a, &knowledge);
	uint32_t leads_from = GW_NONE;
	for (uint32_t i = 0; i < knowledge.count && leads_from == GW_NONE; i++)
		if (gw_rule_says(s->k, knowledge.items[i].rule, "first-leads"))
			leads_from = knowledge.items[i].whole.begin;
	gw_rules_run(s->k, d, "unit-list", true, a, &lists);
	for (uint32_t i = 0; i < lists.count; i++) {
		/* The list that says it is the first to which it applies. */
		bool leads = leads_from != GW_NONE && lists.items[i].whole.end > leads_from;
		list_add(s, d, &lists.items[i], leads, knowledge.count ? knowledge.items[0].whole : (gw_span){0, 0});
	}
	unit_bodies cells = {0};
	gw_units_cells(&s->units, d, &lists, &cells);
	for (uint32_t i = 0; i < cells.count; i++)
		list_body(s, d, cells.items[i].rule, cells.items[i].span, cells.items[i].label, false, (gw_span){0, 0});
	gw_rules_run(s->k, d, "duty", true, a, &prose);
	for (uint32_t i = 0; i < prose.count; i++)
		if (!in_any_list(&lists, prose.items[i].span) && !in_any_cell(&cells, prose.items[i].span) && !gw_inside_title_marks(d, prose.items[i].span))
			prose_add(s, d, &prose.items[i]);
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
