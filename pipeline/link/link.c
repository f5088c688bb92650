/* Stage `link`: what belongs to what - due dates, tasks, organisations. */
#include "link.h"

typedef struct link_settings {
	int unused;
} link_settings;

static const gw_option options[] = {{0}};

typedef struct link_open_state {
	link_state s; /* first: the state is handed on as this */
	gw_arena *arena;
} link_open_state;

static gw_status link_open(const void *settings, gw_knowledge *k, gw_arena *arena, void **state, gw_diag *diag)
{
	(void)settings;
	(void)k;
	(void)diag;
	link_open_state *s = GW_NEW(arena, link_open_state);
	s->arena = arena;
	*state = s;
	return GW_OK;
}

static gw_status link_bind(void *state, const gw_knowledge *k, gw_diag *diag)
{
	(void)diag;
	link_open_state *o = state;
	link_state *s = &o->s;
	s->k = k;
	s->province = gw_class_id(k, "region.province");
	s->prefecture = gw_class_id(k, "region.prefecture");
	s->county = gw_class_id(k, "region.county");
	s->adm = gw_class_id(k, "adm");
	s->adm_inner = gw_class_id(k, "adm.inner");
	s->head = gw_class_id(k, "organ.head");
	s->govt = gw_class_id(k, "govt");
	s->organ_name = gw_class_id(k, "organ.name");
	s->organ_bare = gw_class_id(k, "organ.bare");
	s->organ_weak = gw_class_id(k, "organ.weak");
	s->organ_sole = gw_class_id(k, "organ.sole");
	s->organ_lead = gw_class_id(k, "organ.lead");
	s->organ_local = gw_class_id(k, "organ.local");
	s->organ_office = gw_class_id(k, "organ.office");
	s->due_label = gw_class_id(k, "due.label");
	s->duty_above = gw_class_id(k, "duty.above");
	return gw_regions_bind(s, o->arena);
}

static gw_status link_document(const void *state, gw_document *d, gw_diag *diag)
{
	(void)diag;
	const link_state *s = state;
	gw_link_organizations(s, d);
	gw_link_tasks(s, d);
	return GW_OK;
}

const gw_stage gw_stage_link = {
	.name = "link",
	.summary = "Joins facts: tasks with units, due dates and targets; mentions with organisations.",
	.reads = GW_HAS_SECTIONS | GW_HAS_LATTICE,
	.writes = GW_HAS_LINKS,
	.uses = GW_HAS_TIMES | GW_HAS_AGENCIES | GW_HAS_QUANTITIES | GW_HAS_DUTIES,
	.options = options,
	.settings_size = sizeof(link_settings),
	.open = link_open,
	.bind = link_bind,
	.document = link_document,
};
