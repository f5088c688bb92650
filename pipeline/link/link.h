/* Inside of the stage `link`. */
#ifndef GW_LINK_LINK_H
#define GW_LINK_LINK_H

#include "gw/stage.h"

/* Regions by GB/T 2260 code, from the gazetteer. */
typedef struct region {
	char code[7];
	uint32_t entry; /* its first entry: canonical name and level */
	bool shared;    /* another region has the same name */
} region;

typedef struct link_state {
	const gw_knowledge *k;
	uint16_t province, prefecture, county, adm, adm_inner, head, govt, organ_name, organ_bare, organ_weak, organ_sole, organ_lead, organ_local, organ_office, due_label, duty_above;
	region *regions; /* by code */
	uint32_t region_count;
} link_state;

gw_status gw_regions_bind(link_state *s, gw_arena *arena);
const region *gw_region_find(const link_state *s, const char *code);

void gw_link_organizations(const link_state *s, gw_document *d);
void gw_link_tasks(const link_state *s, gw_document *d);

#endif
