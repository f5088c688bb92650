/* Organisations: every mention is resolved to an organ with a region.
 *
 * The document's own region comes from its title, else its issuer, else the place of a signature. 省, 市, 区 before a
 * name stand for the regions that contain it. What nothing resolves keeps an empty region: visibly unresolved. */
#include "link.h"

typedef struct resolved {
	gw_str id, name, kind, level;
	const char *code;
} resolved;

/* A document's region and those that contain it, by level: 0 province, 1 prefecture, 2 county. "" where unknown. */
typedef struct home {
	char code[3][7];
	bool alone;      /* a county named without the region that contains it: there may be several of that name */
	bool national;   /* a document of the state as a whole */
	resolved issuer; /* empty where unknown */
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
	char code[7], first[7];
	uint32_t end;
	for (uint32_t p = stretch.begin; p < stretch.end; p++)
		if (region_chain(s, d, (gw_span){p, stretch.end}, "", code, &end)) {
			home_set(h, code);
			h->alone = region_at(s, d, p, "", first, &end) && code_level(first) == 2;
			return true;
		}
	return false;
}

/* A county of the same name inside a region, or the one asked about itself. */
static const region *namesake(const link_state *s, const char *county, const char *within)
{
	const region *r = gw_region_find(s, county);
	size_t shared = code_level(within) == 0 ? 2 : 4;
	for (uint32_t i = 0; r && i < s->region_count; i++)
		if (memcmp(s->regions[i].code, within, shared) == 0 &&
			gw_str_eq(gw_entry_at(s->k, s->regions[i].entry)->canonical, gw_entry_at(s->k, r->entry)->canonical))
			return &s->regions[i];
	return NULL;
}

/* Whether a region has its name for itself. */
static bool is_only_one(const link_state *s, const char *code)
{
	const region *r = gw_region_find(s, code);
	return !r || !r->shared;
}

/* 朝阳区人民政府 alone is Beijing's or Changchun's: the first organ of a city or province that has one decides. */
static void home_settle(const link_state *s, const gw_document *d, home *h)
{
	char code[7];
	uint32_t end;
	for (uint32_t i = 0; h->alone && i < d->agencies.count; i++) {
		const gw_agency *m = &d->agencies.items[i];
		char first[7];
		if (m->generic || !region_at(s, d, m->span.begin, "", first, &end) || code_level(first) == 2 ||
			!region_chain(s, d, m->span, "", code, &end))
			continue;
		const region *r = namesake(s, h->code[2], code);
		if (!r)
			continue;
		home_set(h, r->code);
		h->alone = false;
	}
	if (h->alone && !is_only_one(s, h->code[2]))
		memset(h->code, 0, sizeof h->code); /* nothing tells which: unresolved */
}

/* Of several issuers on one line the first. */
static const gw_agency *issuer_of(const gw_document *d)
{
	const gw_agency *first = NULL;
	for (uint32_t i = 0; d->issuer.len && i < d->agencies.count; i++) {
		const gw_agency *m = &d->agencies.items[i];
		if (m->generic || m->name.len > d->issuer.len || memcmp(m->name.ptr, d->issuer.ptr, m->name.len) != 0)
			continue;
		if (m->name.len == d->issuer.len)
			return m;
		if (!first || m->name.len > first->name.len)
			first = m;
	}
	return first;
}

/* Title, then issuer, then the last organ with a region: most documents are signed at their end. An organ of the
 * state as a whole has no region of its own: 国务院关于…湖北省…的批复 is no document of 湖北省. */
static void find_home(const link_state *s, const gw_document *d, home *h)
{
	memset(h, 0, sizeof *h);
	const gw_agency *issuer = issuer_of(d);
	if (issuer && issuer->entry != GW_NONE) {
		h->national = gw_str_eq(gw_entry_attr(gw_entry_at(s->k, issuer->entry), "level"), GW_STR("national"));
		return;
	}
	if (home_from(s, d, d->title, h) || (issuer && home_from(s, d, issuer->span, h))) {
		home_settle(s, d, h);
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

static bool ends_with(gw_str whole, gw_str end)
{
	return whole.len > end.len && memcmp(whole.ptr + whole.len - end.len, end.ptr, end.len) == 0;
}

/* Which of the home's regions an administrative word means: the smallest that is called so. 市 is the city itself in
 * 汉川市, the prefecture in a county, the municipality in 北京市海淀区; 区 may be 自治区. */
static const region *home_of_word(const link_state *s, const home *h, const gw_token *adm)
{
	const gw_entry *word = gw_entry_at(s->k, adm->entry);
	int from = gw_str_eq(gw_entry_attr(word, "level"), GW_STR("provincial")) ? 0 : 2;
	for (int level = from; level >= 0; level--) {
		const region *r = h->code[level][0] ? gw_region_find(s, h->code[level]) : NULL;
		if (r && ends_with(gw_entry_at(s->k, r->entry)->canonical, word->surface))
			return r;
	}
	return NULL;
}

/* The longest word of a class that ends where `rest` ends and lies in it. */
static const gw_entry *word_at_end(const link_state *s, const gw_document *d, gw_span rest, uint16_t cls)
{
	const gw_lattice *l = &d->lattice;
	uint32_t at = rest.end - l->base;
	for (uint32_t i = l->last[at]; i < l->last[at + 1]; i++) {
		const gw_token *t = &l->tokens[l->by_end[i]];
		if (t->cls == cls && t->begin >= rest.begin)
			return gw_entry_at(s->k, t->entry);
	}
	return NULL;
}

/* What the name ends with says what it is; 委 alone behind a place is the party committee (`sole`). */
static const gw_entry *head_of(const link_state *s, const gw_document *d, gw_span rest)
{
	const gw_token *sole = gw_token_at(&d->lattice, rest.begin, s->organ_sole);
	if (sole && sole->end == rest.end)
		return gw_entry_at(s->k, sole->entry);
	const uint16_t classes[] = {s->organ_bare, s->govt, s->head, s->organ_name};
	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
		const gw_entry *e = word_at_end(s, d, rest, classes[i]);
		if (e)
			return e;
	}
	return NULL;
}

static gw_str join(gw_arena *a, gw_str x, gw_str y)
{
	return GW_JOIN(a, x, y);
}

static gw_str kind_of(const gw_entry *head)
{
	return head ? gw_entry_attr(head, "kind") : GW_STR("department");
}

/* 发改委 is 发展和改革委员会: the full name of what stands behind a place, an inner office kept behind it. */
static gw_str full_name(const link_state *s, gw_arena *a, gw_str rest)
{
	for (uint32_t cut = rest.len; cut > 0; cut--) {
		if (cut < rest.len && ((unsigned char)rest.ptr[cut] & 0xC0) == 0x80)
			continue;
		gw_str behind = {rest.ptr + cut, rest.len - cut};
		uint32_t e = gw_entry_find(s->k, s->organ_local, (gw_str){rest.ptr, cut});
		if (e != GW_NONE && (behind.len == 0 || gw_entry_find(s->k, s->organ_office, behind) != GW_NONE))
			return join(a, gw_entry_at(s->k, e)->canonical, behind);
	}
	return rest;
}

/* 成都理工大学 is not 成都市理工大学: what is no organ of the place itself keeps its name as it is written. */
static bool keeps_place(const gw_entry *head)
{
	gw_str kind = kind_of(head);
	return gw_str_eq(kind, GW_STR("institution")) || gw_str_eq(kind, GW_STR("enterprise")) || gw_str_eq(kind, GW_STR("military")) ||
		gw_str_eq(kind, GW_STR("mass_organization")) || (head && gw_entry_attr(head, "place").len);
}

/* 中共 before a place: the region begins behind it. */
static const gw_token *lead_of(const link_state *s, const gw_document *d, gw_span at)
{
	const gw_token *lead = gw_token_at(&d->lattice, at.begin, s->organ_lead);
	return lead && lead->end < at.end ? lead : NULL;
}

static const region *region_of(const link_state *s, const gw_document *d, gw_span at, const home *h, uint32_t *end)
{
	const char *within = h->code[1][0] ? h->code[1] : h->code[0];
	const gw_token *adm = gw_token_at(&d->lattice, at.begin, s->adm);
	const region *r = NULL;
	char code[7] = "";
	if (region_chain(s, d, at, within, code, end) || region_chain(s, d, at, "", code, end)) {
		char first[7];
		uint32_t first_end;
		bool alone = region_at(s, d, at.begin, within, first, &first_end) && code_level(first) == 2;
		bool near = within[0] && memcmp(code, within, code_level(within) == 0 ? 2 : 4) == 0;
		r = alone && !near && !is_only_one(s, code) ? NULL : gw_region_find(s, code);
	} else if (adm && adm->end <= at.end) {
		r = home_of_word(s, h, adm);
		*end = adm->end;
	}
	if (!r)
		*end = at.begin;
	return r;
}

static gw_str national_id(gw_arena *a, gw_str name)
{
	return join(a, GW_STR("CN:"), name);
}

/* The organ's name without its region, and with what a lead such as 共青团 adds in front. */
static void name_put(const link_state *s, gw_document *d, gw_str place, gw_span rest, const gw_token *lead, resolved *out)
{
	gw_arena *a = d->source->arena;
	gw_str keep = lead ? gw_entry_attr(gw_entry_at(s->k, lead->entry), "keep") : (gw_str){NULL, 0};
	out->name = join(a, place, full_name(s, a, gw_text_utf8(a, &d->source->text, rest)));
	if (keep.len) {
		out->name = join(a, keep, out->name);
		out->kind = gw_entry_attr(gw_entry_at(s->k, lead->entry), "kind");
	}
}

static void resolve_by_region(const link_state *s, gw_document *d, const gw_agency *m, const home *h, resolved *out)
{
	gw_arena *a = d->source->arena;
	const gw_token *lead = lead_of(s, d, m->span);
	gw_span at = {lead ? lead->end : m->span.begin, m->span.end};
	const gw_token *adm = gw_token_at(&d->lattice, at.begin, s->adm);
	uint32_t end = at.begin;
	const region *r = m->names ? NULL : region_of(s, d, at, h, &end); /* several organs in one have no one region */
	const gw_entry *head = head_of(s, d, (gw_span){r || !adm ? end : adm->end, at.end});
	gw_str place = {NULL, 0};
	out->name = m->name;
	out->kind = kind_of(head);
	if (r) {
		bool by_word = adm && adm->end == end;
		if (by_word || !keeps_place(head))
			name_put(s, d, gw_entry_at(s->k, r->entry)->canonical, (gw_span){end, at.end}, lead, out);
		out->code = r->code;
		out->level = gw_str_of(level_name(r->code));
	} else if (adm && !m->names) {
		place = gw_entry_attr(gw_entry_at(s->k, adm->entry), "full"); /* 兵团 */
		gw_str word = place.len ? place : gw_entry_at(s->k, adm->entry)->surface;
		name_put(s, d, word, (gw_span){adm->end, at.end}, lead, out);
		out->level = gw_entry_attr(gw_entry_at(s->k, adm->entry), "level");
	}
	const char *where = r ? r->code : place.len ? "CN" : "-";
	out->id = GW_JOIN(a, gw_str_of(where), GW_STR(":"), out->name);
}

/* 发展改革委 alone: the nation's in a document of the nation, else that of the document's own region. */
static bool resolve_bare(const link_state *s, gw_document *d, const gw_agency *m, const home *h, resolved *out)
{
	gw_arena *a = d->source->arena;
	uint32_t at = gw_entry_find(s->k, s->organ_bare, m->name);
	const gw_entry *e = at == GW_NONE ? NULL : gw_entry_at(s->k, at);
	if (!e || gw_entry_attr(e, "place").len)
		return false;
	gw_str national = gw_entry_attr(e, "national");
	const region *r = NULL;
	for (int level = 2; level >= 0 && !r; level--)
		r = h->code[level][0] ? gw_region_find(s, h->code[level]) : NULL;
	out->kind = gw_entry_attr(e, "kind");
	if (national.len && (h->national || gw_str_eq(gw_entry_attr(e, "level"), GW_STR("national")))) {
		uint32_t whole = gw_entry_find(s->k, s->organ_name, national);
		out->name = whole == GW_NONE ? national : gw_entry_at(s->k, whole)->canonical;
		out->level = GW_STR("national");
		out->id = national_id(a, out->name);
		return true;
	}
	if (!r)
		return false;
	out->name = join(a, gw_entry_at(s->k, r->entry)->canonical, full_name(s, a, m->name));
	out->code = r->code;
	out->level = gw_str_of(level_name(r->code));
	out->id = GW_JOIN(a, gw_str_of(r->code), GW_STR(":"), out->name);
	return true;
}

/* 央行 stands for 中国人民银行: the entry of the full name. */
static const gw_entry *whole_name(const link_state *s, const gw_agency *m)
{
	if (m->entry != GW_NONE)
		return gw_entry_at(s->k, m->entry);
	uint32_t weak = gw_entry_find(s->k, s->organ_weak, m->name);
	gw_str full = weak == GW_NONE ? (gw_str){NULL, 0} : gw_entry_attr(gw_entry_at(s->k, weak), "full");
	uint32_t e = full.len ? gw_entry_find(s->k, s->organ_name, full) : GW_NONE;
	return e == GW_NONE ? NULL : gw_entry_at(s->k, e);
}

/* The word for the issuer at the begin of a mention: 局 (of 局机关党委 too), 我局. */
static const gw_token *inner_of(const link_state *s, const gw_document *d, gw_span at, gw_str issuer)
{
	const gw_lattice *l = &d->lattice;
	uint32_t from = at.begin - l->base;
	for (uint32_t i = l->first[from]; i < l->first[from + 1]; i++) {
		const gw_token *t = &l->tokens[i];
		if (t->cls != s->adm_inner || t->end >= at.end)
			continue;
		gw_str end = gw_entry_attr(gw_entry_at(s->k, t->entry), "end");
		if (ends_with(issuer, end.len ? end : gw_entry_at(s->k, t->entry)->surface))
			return t;
	}
	return NULL;
}

/* 局办公室 in a document of 平原县司法局 is an office of that. */
static bool resolve_inner(const link_state *s, gw_document *d, const gw_agency *m, const home *h, resolved *out)
{
	gw_arena *a = d->source->arena;
	const gw_token *inner = h->issuer.name.len ? inner_of(s, d, m->span, h->issuer.name) : NULL;
	if (!inner)
		return false;
	*out = h->issuer;
	out->name = join(a, h->issuer.name, gw_text_utf8(a, &d->source->text, (gw_span){inner->end, m->span.end}));
	out->kind = kind_of(head_of(s, d, (gw_span){inner->end, m->span.end}));
	const char *where = h->issuer.code[0] ? h->issuer.code : h->national ? "CN" : "-";
	out->id = GW_JOIN(a, gw_str_of(where), GW_STR(":"), out->name);
	return true;
}

static void resolve(const link_state *s, gw_document *d, const gw_agency *m, const home *h, resolved *out)
{
	gw_arena *a = d->source->arena;
	const gw_entry *e = whole_name(s, m);
	const gw_token *of = gw_token_at(&d->lattice, m->span.begin, s->organ_name);
	*out = (resolved){.code = "", .level = {"", 0}, .name = m->name};
	if (m->generic) {
		out->kind = GW_STR("class");
		out->id = join(a, GW_STR("class:"), m->name);
	} else if (e) {
		out->name = e->canonical;
		out->kind = gw_entry_attr(e, "kind");
		out->level = gw_entry_attr(e, "level");
		out->id = national_id(a, out->name);
	} else if (of && of->end < m->span.end) { /* 国务院教育行政部门: a part of a known organ */
		e = gw_entry_at(s->k, of->entry);
		out->kind = kind_of(head_of(s, d, (gw_span){of->end, m->span.end}));
		out->level = gw_entry_attr(e, "level");
		out->id = national_id(a, out->name);
	} else if (!resolve_inner(s, d, m, h, out) && !resolve_bare(s, d, m, h, out))
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
	const gw_agency *issuer = issuer_of(d);
	if (issuer) {
		resolved r;
		resolve(s, d, issuer, &h, &r);
		h.issuer = r;
	}
	for (uint32_t i = 0; i < d->agencies.count; i++) {
		gw_agency *m = &d->agencies.items[i];
		if (m->unit_only)
			continue;
		resolved r;
		resolve(s, d, m->short_for ? &d->agencies.items[m->short_for - 1] : m, &h, &r);
		m->organization = organization_get(d, &ids, s, &r);
		gw_organization *o = &d->organizations.items[m->organization];
		o->mentions++;
		alias_add(d->source->arena, o, m->name);
		if (m == issuer)
			d->issuer_id = o->id;
	}
}
