/* Organisations: every mention is resolved to an organ with a region.
 *
 * The document's own region comes from its title, else its issuer, else the place of a signature. 省, 市, 区 before a
 * name stand for the regions that contain it. What nothing resolves keeps an empty region: visibly unresolved. */
#include "link.h"

/* A document's region and those that contain it, by level: 0 province, 1 prefecture, 2 county. "" where unknown. */
typedef struct home {
	char code[3][7];
} home;

static bool is_region(const link_state *s, uint16_t cls)
{
	return cls == s->province || cls == s->prefecture || cls == s->county;
}

static int code_level(const char *code)
{
	return memcmp(code + 2, "0000", 4) == 0 ? 0 : memcmp(code + 4, "00", 2) == 0 ? 1 : 2;
}

static void home_set(home *h, const char *code)
{
	int level = code_level(code);
	for (int i = 0; i <= level; i++) {
		memcpy(h->code[i], code, 7);
		if (i == 0)
			memcpy(h->code[i] + 2, "0000", 5);
		else if (i == 1)
			memcpy(h->code[i] + 4, "00", 3);
	}
}

/* The region named at a position: of several with one name, the one inside `within` (a code), else the longest, else the
 * highest. *end is moved behind it. */
static bool region_at(const link_state *s, const gw_document *d, uint32_t pos, const char *within, char code[7], uint32_t *end)
{
	const gw_lattice *l = &d->lattice;
	const gw_entry *best = NULL;
	uint32_t best_end = 0;
	if (pos < l->base || pos >= l->base + l->len)
		return false;
	for (uint32_t i = l->first[pos - l->base]; i < l->first[pos - l->base + 1]; i++) {
		const gw_token *t = &l->tokens[i];
		if (!is_region(s, t->cls) || t->end < best_end)
			continue;
		const gw_entry *e = gw_entry_at(s->k, t->entry);
		gw_str c = gw_entry_attr(e, "code");
		if (c.len != 6)
			continue;
		size_t shared = within[0] ? (size_t)(code_level(within) + 1) * 2 : 0;
		bool fits = !within[0] || memcmp(c.ptr, within, shared) == 0;
		if (!best || t->end > best_end || (fits && memcmp(gw_entry_attr(best, "code").ptr, within, shared) != 0)) {
			best = e;
			best_end = t->end;
		}
	}
	if (!best)
		return false;
	memcpy(code, gw_entry_attr(best, "code").ptr, 6);
	code[6] = 0;
	*end = best_end;
	return true;
}

/* 烟台市芝罘区: the last of a chain of regions, each inside the one before it. */
static bool region_chain(const link_state *s, const gw_document *d, gw_span at, const char *within, char code[7], uint32_t *end)
{
	char next[7];
	uint32_t p = at.begin, e = 0;
	if (!region_at(s, d, p, within, code, &e) || e > at.end)
		return false;
	*end = e;
	while (e < at.end && region_at(s, d, e, code, next, &e) && e <= at.end && code_level(next) > code_level(code)) {
		memcpy(code, next, 7);
		*end = e;
	}
	return true;
}

static bool home_from(const link_state *s, const gw_document *d, gw_span stretch, home *h)
{
	char code[7];
	uint32_t end;
	for (uint32_t p = stretch.begin; p < stretch.end; p++)
		if (region_chain(s, d, (gw_span){p, stretch.end}, "", code, &end)) {
			home_set(h, code);
			return true;
		}
	return false;
}

/* Where neither title nor issuer names a region: the first agency with one, if the text speaks of its own 省, 市, 县. */
static void find_home(const link_state *s, const gw_document *d, home *h)
{
	memset(h, 0, sizeof *h);
	if (home_from(s, d, d->title, h))
		return;
	for (uint32_t i = d->agencies.count; i-- > 0;) {
		const gw_agency *a = &d->agencies.items[i];
		if (!a->generic && d->issuer.len && gw_str_eq(a->name, d->issuer) && home_from(s, d, a->span, h))
			return;
	}
	for (uint32_t i = d->agencies.count; i-- > 0;)
		if (!d->agencies.items[i].generic && home_from(s, d, d->agencies.items[i].span, h))
			return;
}

static const char *level_name(const char *code)
{
	static const char *const names[] = {"provincial", "prefectural", "county"};
	return code[0] ? names[code_level(code)] : "";
}

/* Which of the home's regions an administrative word means. 市 is a prefecture, or in a county-level city the county. */
static const char *home_of_word(const link_state *s, const home *h, const gw_token *adm)
{
	gw_str level = gw_entry_attr(gw_entry_at(s->k, adm->entry), "level");
	if (gw_str_eq(level, GW_STR("provincial")))
		return h->code[0];
	if (gw_str_eq(level, GW_STR("prefectural"))) {
		/* 市 of a document of 北京市 is the municipality itself. */
		bool municipal = h->code[0][0] && !h->code[1][0] && strchr("135", h->code[0][0]) && h->code[0][1] <= '2';
		return h->code[1][0] ? h->code[1] : municipal ? h->code[0] : "";
	}
	if (gw_str_eq(level, GW_STR("county")))
		return h->code[2];
	return "";
}

static gw_str head_kind(const link_state *s, const gw_document *d, gw_span name)
{
	const uint16_t classes[] = {s->govt, s->head};
	for (size_t i = 0; i < 2; i++) {
		const gw_token *t = gw_token_before(&d->lattice, name.end, classes[i]);
		if (t && t->begin >= name.begin)
			return gw_entry_attr(gw_entry_at(s->k, t->entry), "kind");
	}
	return gw_str_of(gw_token_before(&d->lattice, name.end, s->adm) ? "" : "department");
}

typedef struct resolved {
	gw_str id, name, kind, level;
	const char *code;
} resolved;

static gw_str join(gw_arena *a, gw_str x, gw_str y)
{
	return gw_str_of(gw_arena_printf(a, "%.*s%.*s", (int)x.len, x.ptr ? x.ptr : "", (int)y.len, y.ptr ? y.ptr : ""));
}

static void resolve_by_region(const link_state *s, gw_document *d, const gw_agency *m, const home *h, resolved *out)
{
	gw_arena *a = d->source->arena;
	const char *within = h->code[1][0] ? h->code[1] : h->code[0];
	char code[7] = "";
	uint32_t end = m->span.begin;
	const gw_token *adm = gw_token_at(&d->lattice, m->span.begin, s->adm);
	const region *r = NULL;
	if (region_chain(s, d, m->span, within, code, &end) || region_chain(s, d, m->span, "", code, &end))
		r = gw_region_find(s, code);
	else if (adm && adm->end <= m->span.end) {
		const char *own = home_of_word(s, h, adm);
		r = own[0] ? gw_region_find(s, own) : NULL;
		end = r ? adm->end : m->span.begin;
	}
	gw_str rest = gw_text_utf8(a, &d->source->text, (gw_span){end, m->span.end});
	if (r) {
		const gw_entry *e = gw_entry_at(s->k, r->entry);
		out->name = join(a, e->canonical, rest);
		out->code = r->code;
		out->level = gw_str_of(level_name(r->code));
	} else {
		out->name = m->name;
		out->code = "";
		out->level = adm ? gw_entry_attr(gw_entry_at(s->k, adm->entry), "level") : (gw_str){"", 0};
	}
	out->kind = head_kind(s, d, m->span);
	out->id = gw_str_of(gw_arena_printf(a, "%s:%.*s", r ? r->code : "-", (int)out->name.len, out->name.ptr));
}

static void resolve(const link_state *s, gw_document *d, const gw_agency *m, const home *h, resolved *out)
{
	gw_arena *a = d->source->arena;
	*out = (resolved){.code = "", .level = {"", 0}};
	if (m->generic) {
		out->name = m->name;
		out->kind = GW_STR("class");
		out->id = gw_str_of(gw_arena_printf(a, "class:%.*s", (int)m->name.len, m->name.ptr));
	} else if (m->entry != GW_NONE) {
		const gw_entry *e = gw_entry_at(s->k, m->entry);
		out->name = e->canonical;
		out->kind = gw_entry_attr(e, "kind");
		out->level = gw_entry_attr(e, "level");
		out->id = gw_str_of(gw_arena_printf(a, "CN:%.*s", (int)out->name.len, out->name.ptr));
	} else
		resolve_by_region(s, d, m, h, out);
}

static uint32_t organization_get(gw_document *d, gw_map *ids, const link_state *s, const resolved *r)
{
	uint32_t *slot = gw_map_put(ids, r->id);
	if (*slot == GW_NONE) {
		*slot = d->organizations.count;
		gw_organization *o = GW_PUSH(d->source->arena, &d->organizations);
		const region *reg = r->code[0] ? gw_region_find(s, r->code) : NULL;
		*o = (gw_organization){.id = r->id, .name = r->name, .kind = r->kind, .level = r->level, .region_code = gw_str_of(r->code)};
		o->region = reg ? gw_entry_at(s->k, reg->entry)->canonical : (gw_str){"", 0};
	}
	return *slot;
}

static void alias_add(gw_arena *a, gw_organization *o, gw_str surface)
{
	if (gw_str_eq(surface, o->name))
		return;
	for (uint32_t i = 0; i < o->aliases.count; i++)
		if (gw_str_eq(o->aliases.items[i], surface))
			return;
	*GW_PUSH(a, &o->aliases) = surface;
}

static void document_region(const link_state *s, gw_document *d, const home *h)
{
	for (int level = 2; level >= 0; level--) {
		const region *r = h->code[level][0] ? gw_region_find(s, h->code[level]) : NULL;
		if (r) {
			d->region_code = gw_str_of(r->code);
			d->region = gw_entry_at(s->k, r->entry)->canonical;
			return;
		}
	}
}

void gw_link_organizations(const link_state *s, gw_document *d)
{
	home h;
	gw_map ids;
	gw_map_init(&ids, d->source->arena);
	find_home(s, d, &h);
	document_region(s, d, &h);
	for (uint32_t i = 0; i < d->agencies.count; i++) {
		gw_agency *m = &d->agencies.items[i];
		if (m->unit_only)
			continue;
		resolved r;
		resolve(s, d, m, &h, &r);
		m->organization = organization_get(d, &ids, s, &r);
		gw_organization *o = &d->organizations.items[m->organization];
		o->mentions++;
		alias_add(d->source->arena, o, m->name);
		if (d->issuer.len && !d->issuer_id.len && gw_str_eq(m->name, d->issuer))
			d->issuer_id = o->id;
	}
}
