/* Regions by code, for what 省, 市, 区 of a document mean. */
#include "link.h"

#include <stdlib.h>

static int by_code(const void *a, const void *b)
{
	const region *x = a, *y = b;
	int c = strcmp(x->code, y->code);
	return c ? c : (x->entry > y->entry) - (x->entry < y->entry);
}

/* There are several 朝阳区. */
static void note_shared_names(link_state *s)
{
	gw_map names;
	gw_arena scratch;
	gw_arena_init(&scratch);
	gw_map_init(&names, &scratch);
	for (uint32_t i = 0; i < s->region_count; i++) {
		uint32_t *slot = gw_map_put(&names, gw_entry_at(s->k, s->regions[i].entry)->canonical);
		if (*slot == GW_NONE)
			*slot = i;
		else if (strcmp(s->regions[*slot].code, s->regions[i].code) != 0)
			s->regions[i].shared = s->regions[*slot].shared = true;
	}
	gw_arena_release(&scratch);
}

gw_status gw_regions_bind(link_state *s, gw_arena *arena)
{
	uint32_t n = gw_entry_count(s->k), count = 0;
	s->regions = GW_NEW_N(arena, region, n + 1);
	for (uint32_t i = 0; i < n; i++) {
		const gw_entry *e = gw_entry_at(s->k, i);
		if (e->cls != s->province && e->cls != s->prefecture && e->cls != s->county)
			continue;
		gw_str code = gw_entry_attr(e, "code");
		if (code.len != 6 || !gw_str_eq(e->surface, e->canonical))
			continue;
		region *r = &s->regions[count++];
		memcpy(r->code, code.ptr, 6);
		r->entry = i;
	}
	qsort(s->regions, count, sizeof *s->regions, by_code);
	s->region_count = count;
	note_shared_names(s);
	return GW_OK;
}

const region *gw_region_find(const link_state *s, const char *code)
{
	uint32_t lo = 0, hi = s->region_count;
	while (lo < hi) {
		uint32_t mid = (lo + hi) / 2;
		if (strcmp(s->regions[mid].code, code) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < s->region_count && strcmp(s->regions[lo].code, code) == 0 ? &s->regions[lo] : NULL;
}
