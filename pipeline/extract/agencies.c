/* Stage `extract-agencies`: organs of party and state.
 *
 * Rules that emit `agency` find the names; those with `drop: yes` are decoys (meetings, phrases). Whether a mention is
 * generic comes from the rule, or from the decision agency.generic where the rule leaves it open; agency.keep lets
 * cues take a mention out by its context. Captures named `part`, `head` and `tail` spell out what is
 * shared: 各(市)、(州)、(县)[人民政府], (省)、(市)[人大常委会]、[政府]{党组}. Rules that emit `agency-define` read short names that the document itself gives
 * (以下简称省协调办): from there on they are names. */
#include "units.h"

#include <assert.h>
#include <wchar.h>

typedef struct agency_state {
	const gw_knowledge *k;
	const gw_decision *generic, *keep;
	uint32_t generic_yes, keep_no; /* values of the decisions */
	uint16_t part, head, tail, name, cls, modal, unit_only, lead, organ_name, organ_head, organ_office, statute;
	unit_reader units;
} agency_state;

static gw_status agency_open(const void *settings, gw_knowledge *k, gw_arena *arena, void **state, gw_diag *diag)
{
	*state = GW_NEW(arena, agency_state);
	return gw_extract_open(settings, k, diag);
}

static gw_status agency_bind(void *state, const gw_knowledge *k, gw_diag *diag)
{
	(void)diag;
	agency_state *s = state;
	s->k = k;
	s->generic = gw_decision_find(k, "agency.generic");
	s->keep = gw_decision_find(k, "agency.keep");
	s->generic_yes = gw_decision_index(s->generic, "yes");
	s->keep_no = gw_decision_index(s->keep, "no");
	s->part = gw_name_id(k, "part");
	s->head = gw_name_id(k, "head");
	s->tail = gw_name_id(k, "tail");
	s->name = gw_name_id(k, "name");
	s->organ_head = gw_class_id(k, "organ.head");
	s->organ_office = gw_class_id(k, "organ.office");
	s->cls = gw_class_id(k, "agency");
	s->modal = gw_class_id(k, "agency.modal");
	s->unit_only = gw_class_id(k, "unit-only");
	gw_units_bind(&s->units, k);
	s->organ_name = gw_class_id(k, "organ.name");
	s->statute = gw_class_id(k, "statute.type");
	s->lead = gw_class_id(k, "organ.around");
	return GW_OK;
}

/* What the whole country's organs issue has no province or county of its own: 省军区 is each of them. */
static gw_str of_document(const agency_state *s, const gw_document *d)
{
	const char *both = d->issuer.len ? memmem(d->issuer.ptr, d->issuer.len, "、", strlen("、")) : NULL;
	gw_str issuer = {d->issuer.ptr, both ? (uint32_t)(both - d->issuer.ptr) : d->issuer.len};
	uint32_t entry = issuer.len && d->type.len ? gw_entry_find(s->k, s->organ_name, issuer) : GW_NONE;
	if (entry == GW_NONE || !gw_str_eq(gw_entry_attr(gw_entry_at(s->k, entry), "level"), GW_STR("national")))
		return (gw_str){NULL, 0};
	uint32_t type = gw_entry_find(s->k, s->statute, d->type);
	return type == GW_NONE ? (gw_str){NULL, 0} : GW_STR("national-statute");
}

static bool is_generic(const agency_state *s, const gw_document *d, const gw_match *m)
{
	gw_str says = gw_rule_field(s->k, m->rule, "generic");
	if (says.ptr && !gw_str_eq(says, GW_STR("open")))
		return gw_str_eq(says, GW_STR("yes"));
	gw_cue_context c = {d, m->span, m->rule, of_document(s, d)};
	return s->generic && gw_decide(s->k, s->generic, &c, NULL) == s->generic_yes;
}

static bool is_kept(const agency_state *s, const gw_document *d, const gw_match *m)
{
	if (gw_rule_says(s->k, m->rule, "drop") || gw_inside_title_marks(d, m->span))
		return false;
	gw_cue_context c = {d, m->span, m->rule, {NULL, 0}};
	return !s->keep || gw_decide(s->k, s->keep, &c, NULL) != s->keep_no;
}

/* A name of a coordination: what stands before the first part, a part, a head, the shared end. */
static void name_add(const agency_state *s, gw_document *d, const gw_match *m, gw_agency *a, gw_span lead, gw_span part, gw_span head)
{
	gw_arena *arena = d->source->arena;
	const gw_text *t = &d->source->text;
	const gw_capture *tail = gw_match_get(m, s->tail);
	gw_span spans[] = {lead, part, head, tail ? tail->span : (gw_span){0, 0}};
	gw_buf name;
	gw_buf_init(&name);
	for (size_t i = 0; i < sizeof spans / sizeof *spans; i++) {
		gw_str text = gw_text_utf8(arena, t, spans[i]);
		gw_buf_add(&name, text.ptr, text.len);
	}
	a->names[a->name_count++] = gw_arena_str(arena, (gw_str){name.ptr, (uint32_t)name.len});
	gw_buf_release(&name);
}

static void names_join(gw_document *d, gw_agency *a)
{
	gw_buf all;
	gw_buf_init(&all);
	for (uint32_t i = 0; i < a->name_count; i++) {
		if (i)
			gw_buf_adds(&all, "、");
		gw_buf_add(&all, a->names[i].ptr, a->names[i].len);
	}
	a->name = gw_arena_str(d->source->arena, (gw_str){all.ptr, (uint32_t)all.len});
	gw_buf_release(&all);
}

/* How many names the parts and heads make: each head goes with all parts of its group, and a part behind a head opens
 * the next group. */
static uint32_t names_count(const agency_state *s, const gw_match *m)
{
	uint32_t names = 0, parts = 0;
	bool had_head = false;
	for (uint32_t i = 0; i < m->capture_count; i++) {
		uint16_t name = m->captures[i].name;
		if (name == s->part) {
			parts = had_head ? 1 : parts + 1;
			had_head = false;
		} else if (name == s->head) {
			names += parts ? parts : 1;
			had_head = true;
		}
	}
	return names;
}

static bool is_piece(const agency_state *s, const gw_capture *c)
{
	return c->name == s->part || c->name == s->head;
}

/* 各市、州、县人民政府, 市中级法院、检察院和县法院、检察院党组: what stands before the first part goes before each, the end
 * that all share behind each. */
static void spell_out(const agency_state *s, gw_document *d, const gw_match *m, gw_agency *a)
{
	uint32_t count = names_count(s, m), first = 0;
	if (count < 2)
		return;
	while (!is_piece(s, &m->captures[first]))
		first++;
	gw_span lead = {m->span.begin, m->captures[first].span.begin};
	a->names = GW_NEW_N(d->source->arena, gw_str, count);
	for (uint32_t i = first, from = first; i < m->capture_count; i++) {
		const gw_capture *c = &m->captures[i];
		if (c->name == s->part && i > first && m->captures[i - 1].name == s->head)
			from = i;
		if (c->name != s->head)
			continue;
		if (m->captures[from].name != s->part)
			name_add(s, d, m, a, lead, (gw_span){0, 0}, c->span);
		for (uint32_t p = from; p < i; p++)
			if (m->captures[p].name == s->part)
				name_add(s, d, m, a, lead, m->captures[p].span, c->span);
	}
	names_join(d, a);
}

static gw_agency *mention_add(const agency_state *s, gw_document *d, gw_span span, uint32_t rule)
{
	gw_agency *a = GW_PUSH(d->source->arena, &d->agencies);
	a->span = span;
	a->section = gw_fact_section(d, span);
	a->rule = rule;
	a->organization = GW_NONE;
	a->name = gw_text_utf8(d->source->arena, &d->source->text, span);
	a->entry = gw_entry_find(s->k, s->organ_name, a->name);
	return a;
}

/* 各有关省级人民政府: the words round a name are no part of it. */
static gw_span without_lead(const agency_state *s, const gw_document *d, gw_span span)
{
	enum { SHORTEST = 2 };
	const gw_token *t = gw_token_at(&d->lattice, span.begin, s->lead);
	return t && t->end + SHORTEST <= span.end ? (gw_span){t->end, span.end} : span;
}

static void found_add(const agency_state *s, gw_document *d, const gw_match *m)
{
	gw_agency *a = mention_add(s, d, without_lead(s, d, m->span), m->rule);
	a->generic = is_generic(s, d, m);
	spell_out(s, d, m, a);
}

static void unit_add(const agency_state *s, gw_document *d, const unit_item *u)
{
	gw_agency *a = mention_add(s, d, u->organ ? without_lead(s, d, u->span) : u->span, u->rule);
	a->generic = u->generic || !u->organ;
	a->unit_only = !u->organ;
}

/* Both lists are in text order. What a list of units says wins over the names found inside its items. */
static void merge(const agency_state *s, gw_document *d, const gw_match *names, uint32_t count, const unit_list *units)
{
	uint32_t u = 0;
	for (uint32_t i = 0; i < count; i++) {
		while (u < units->count && units->items[u].span.begin <= names[i].span.begin)
			unit_add(s, d, &units->items[u++]);
		bool inside = u > 0 && gw_span_meets(units->items[u - 1].span, names[i].span);
		bool ahead = u < units->count && gw_span_meets(units->items[u].span, names[i].span);
		if (!inside && !ahead)
			found_add(s, d, &names[i]);
	}
	while (u < units->count)
		unit_add(s, d, &units->items[u++]);
}

/* ---- short names that the document defines ---- */

typedef struct short_name {
	gw_span text;    /* where it is defined */
	gw_span organ;   /* the mention before the bracket, or the one it is a part of */
	uint32_t rule;
	bool anywhere; /* before it is defined too */
} short_name;
typedef GW_LIST(short_name) short_name_list;
typedef GW_LIST(gw_match) found_list;

/* So many names a document may define: each is looked for in all of it. */
enum { NAMES_MAX = 200 };

/* 领导小组 stays a common noun even where a document says that it means one organ, as do 中心 and 公司; 大数据中心 says
 * what it is for. */
static bool is_common_noun(const agency_state *s, const gw_document *d, gw_span name)
{
	enum { BARE_MAX = 3 };
	const gw_token *head = gw_token_at(&d->lattice, name.begin, s->organ_head), *office = gw_token_at(&d->lattice, name.begin, s->organ_office);
	if (office && office->end >= name.end)
		return true;
	if (!head || head->end < name.end)
		return false;
	if (gw_str_eq(gw_entry_attr(gw_entry_at(s->k, head->entry), "alias"), GW_STR("yes")))
		return false; /* 协调委: a word that only shortens a name */
	gw_str kind = gw_entry_attr(gw_entry_at(s->k, head->entry), "kind");
	return gw_span_len(name) <= BARE_MAX || gw_str_eq(kind, GW_STR("leading_group")) || gw_str_eq(kind, GW_STR("office")) ||
		gw_str_eq(kind, GW_STR("party"));
}

/* What was found stands in order and never meets: only the last that begins before a place can end there. */
static const gw_match *found_that_ends(const found_list *found, uint32_t end)
{
	uint32_t lo = 0, hi = found->count;
	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		if (found->items[mid].span.begin < end)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo && found->items[lo - 1].span.end == end ? &found->items[lo - 1] : NULL;
}

static bool is_known(const gw_document *d, const short_name_list *names, gw_span text)
{
	const uint32_t *ch = d->source->text.ch;
	uint32_t len = gw_span_len(text);
	for (uint32_t i = 0; i < names->count; i++)
		if (gw_span_len(names->items[i].text) == len &&
		        memcmp(ch + names->items[i].text.begin, ch + text.begin, len * sizeof *ch) == 0)
			return true;
	return false;
}

/* A name that a rule captures in a mention (…公司[青岭煤矿], 成立[联合采购办公室]) is one wherever it stands. */
static void names_captured(const agency_state *s, gw_document *d, const found_list *found, short_name_list *names)
{
	for (uint32_t i = 0; i < found->count && names->count < NAMES_MAX; i++) {
		const gw_match *m = &found->items[i];
		const gw_capture *c = gw_match_get(m, s->name);
		if (c && !is_common_noun(s, d, c->span) && !is_known(d, names, c->span))
			*GW_PUSH(gw_stage_room(d), names) = (short_name){c->span, m->span, m->rule, true};
	}
}

static void definitions_read(const agency_state *s, gw_document *d, const found_list *found, short_name_list *names)
{
	gw_arena *arena = gw_stage_room(d);
	gw_match_list m = {0};
	gw_rules_run(s->k, d, "agency-define", true, arena, &m);
	for (uint32_t i = 0; i < m.count; i++) {
		const gw_match *organ = found_that_ends(found, m.items[i].whole.begin);
		for (uint32_t c = 0; organ && c < m.items[i].capture_count; c++) {
			const gw_capture *cap = &m.items[i].captures[c];
			if (cap->name == s->name && !is_common_noun(s, d, cap->span) && names->count < NAMES_MAX)
				*GW_PUSH(arena, names) = (short_name){cap->span, organ->span, m.items[i].rule, false};
		}
	}
}

/* Where a name goes on with its committee or office: 青岭煤矿|党委. */
static uint32_t with_office(const agency_state *s, const gw_document *d, uint32_t end)
{
	enum { LONGEST = 4 };
	const gw_token *t = gw_token_at(&d->lattice, end, s->organ_head);
	gw_str kind = t ? gw_entry_attr(gw_entry_at(s->k, t->entry), "kind") : (gw_str){NULL, 0};
	bool office = t && t->end > end + 1 && t->end <= end + LONGEST && t->end <= d->span.end &&
	              (gw_str_eq(kind, GW_STR("party")) || gw_str_eq(kind, GW_STR("office")));
	return office ? t->end : end;
}

/* The first place from p on, before `to`, where the characters of a name stand; `to` when there is none. All of a long
 * text is looked through for each name: in large steps for its first character. */
static uint32_t name_next(const uint32_t *ch, gw_span name, uint32_t p, uint32_t to)
{
	static_assert(sizeof(wchar_t) == sizeof *ch, "wmemchr looks for code points");
	uint32_t len = gw_span_len(name);
	const uint32_t *want = ch + name.begin;
	while (p + len <= to) {
		const wchar_t *at = wmemchr((const wchar_t *)(ch + p), (wchar_t)want[0], to - len + 1 - p);
		if (!at)
			return to;
		p = (uint32_t)((const uint32_t *)at - ch);
		if (memcmp(ch + p, want, len * sizeof *ch) == 0)
			return p;
		p++;
	}
	return to;
}

/* The items from `known` on among those before them: both stand in order. */
static void merge_in(gw_arena *arena, found_list *found, uint32_t known)
{
	uint32_t left = known, added = found->count - known;
	gw_match *more = GW_NEW_N(arena, gw_match, added + 1);
	memcpy(more, found->items + known, added * sizeof *more);
	for (uint32_t to = found->count; added; to--) {
		if (left && found->items[left - 1].span.begin > more[added - 1].span.begin)
			found->items[to - 1] = found->items[--left];
		else
			found->items[to - 1] = more[--added];
	}
}

/* From its definition on, a short name is found wherever no rule has found a name. Both go through the text from left to
 * right: what was found is in its order and stays so. */
static void occurrences_add(const agency_state *s, gw_document *d, const short_name *n, found_list *found)
{
	const uint32_t *ch = d->source->text.ch, len = gw_span_len(n->text), known = found->count;
	uint32_t next = 0, p = n->anywhere ? d->span.begin : n->text.begin; /* next: the first found that ends behind the place */
	for (; (p = name_next(ch, n->text, p, d->span.end)) < d->span.end; p++) {
		gw_span at = {p, p + len};
		if (gw_inside_title_marks(d, at))
			continue;
		while (next < known && found->items[next].span.end <= p)
			next++;
		gw_match *after = next < known ? &found->items[next] : NULL;
		if (after && after->span.begin < at.end)
			continue;
		uint32_t end = with_office(s, d, at.end);
		if (after && end > at.end && after->span.begin == at.end && after->span.end == end) {
			after->span.begin = after->whole.begin = at.begin;
			after->rule = n->rule;
			continue;
		}
		at.end = after && after->span.begin < end ? at.end : end;
		*GW_PUSH(gw_stage_room(d), found) = (gw_match){.span = at, .whole = at, .rule = n->rule};
		p = at.end - 1;
	}
	if (found->count > known)
		merge_in(gw_stage_room(d), found, known);
}

static void short_names_resolve(gw_document *d, const short_name *n)
{
	const uint32_t *ch = d->source->text.ch;
	uint32_t full = 0, len = gw_span_len(n->text);
	for (uint32_t i = 0; i < d->agencies.count; i++) {
		gw_agency *a = &d->agencies.items[i];
		if (a->span.begin == n->organ.begin && a->span.end == n->organ.end)
			full = i + 1;
		else if (full && gw_span_len(a->span) == len && memcmp(ch + a->span.begin, ch + n->text.begin, len * sizeof *ch) == 0) {
			a->short_for = full;
			a->generic = d->agencies.items[full - 1].generic;
		}
	}
}

static void tokens_add(const agency_state *s, gw_document *d)
{
	gw_token *tokens = GW_NEW_N(gw_stage_room(d), gw_token, d->agencies.count * 2);
	uint32_t n = 0;
	for (uint32_t i = 0; i < d->agencies.count; i++) {
		const gw_agency *a = &d->agencies.items[i];
		tokens[n++] = (gw_token){a->span.begin, a->span.end, a->unit_only ? s->unit_only : s->cls, 0, i};
		if (!a->unit_only && gw_rule_says(s->k, a->rule, "modal"))
			tokens[n++] = (gw_token){a->span.begin, a->span.end, s->modal, 0, i};
	}
	gw_lattice_add(d, tokens, n);
}

static gw_status agency_document(const void *state, gw_document *d, gw_diag *diag)
{
	(void)diag;
	const agency_state *s = state;
	gw_match_list all = {0};
	found_list found = {0};
	short_name_list names = {0};
	unit_list units = {0};
	gw_rules_run(s->k, d, "agency", true, gw_stage_room(d), &all);
	for (uint32_t i = 0; i < all.count; i++)
		if (is_kept(s, d, &all.items[i]))
			*GW_PUSH(gw_stage_room(d), &found) = all.items[i];
	definitions_read(s, d, &found, &names);
	names_captured(s, d, &found, &names);
	for (uint32_t i = 0; i < names.count; i++)
		occurrences_add(s, d, &names.items[i], &found);
	gw_units_read(&s->units, d, found.items, found.count, &units);
	merge(s, d, found.items, found.count, &units);
	for (uint32_t i = 0; i < names.count; i++)
		short_names_resolve(d, &names.items[i]);
	tokens_add(s, d);
	return GW_OK;
}

const gw_stage gw_stage_extract_agencies = {
	.name = "extract-agencies",
	.summary = "Finds organs of party and state, definite ones and classes.",
	.reads = GW_HAS_FOLDED | GW_HAS_SECTIONS | GW_HAS_LATTICE,
	.writes = GW_HAS_AGENCIES,
	.options = gw_extract_options,
	.settings_size = sizeof(extract_settings),
	.open = agency_open,
	.bind = agency_bind,
	.document = agency_document,
};
