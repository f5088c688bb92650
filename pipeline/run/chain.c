/* The chain: from the `stages:` list to opened stages, and one source through them. */
#include "chain.h"

static const char *const part_names[] = {"raw bytes", "text", "folded text", "documents", "sections", "known words",
	"times", "agencies", "quantities", "duties", "links", "content of files", "plain text"};
enum { PARTS = sizeof part_names / sizeof part_names[0] };

/* Without these there is nothing that a row could stand on. */
static const uint32_t needed_at_end = GW_HAS_TEXT | GW_HAS_FOLDED | GW_HAS_DOCUMENTS;

void gw_parts_name(uint32_t parts, gw_buf *out)
{
	const char *between = "";
	for (uint32_t i = 0; i < PARTS; i++) {
		if (!(parts & 1u << i))
			continue;
		gw_buf_printf(out, "%s%s", between, part_names[i]);
		between = ", ";
	}
}

/* ---- reading the list ---- */

/* Ten stages or so: a walk is as good as a map. */
static const gw_stage *stage_find(const gw_stage *const *known, gw_str name)
{
	for (; *known; known++)
		if (gw_str_eq(gw_str_of((*known)->name), name))
			return *known;
	return NULL;
}

/* All names are listed: the list is short, and a slip is seen at once. */
static bool unknown_stage(const gw_stage *const *known, const gw_node *name, gw_diag *diag)
{
	gw_buf all;
	gw_buf_init(&all);
	for (uint32_t i = 0; known[i]; i++)
		gw_buf_printf(&all, "%s%s", i ? ", " : "", known[i]->name);
	gw_report(diag, GW_E_STAGE_UNKNOWN, &name->at, "no stage \"%s\"; there are: %s", name->text.ptr,
		all.ptr ? all.ptr : "none");
	gw_buf_release(&all);
	return false;
}

/* An item is a name, or a map of one key: the name, with the options under it. */
static bool item_parts(const gw_node *item, const gw_node **name, const gw_node **options, gw_diag *diag)
{
	*name = item;
	*options = NULL;
	if (item->kind == GW_NODE_SCALAR)
		return true;
	if (item->kind == GW_NODE_MAP && item->pairs.count == 1) {
		*name = item->pairs.items[0].key;
		*options = item->pairs.items[0].value;
		return true;
	}
	gw_report(diag, GW_E_CONFIG_TYPE, &item->at,
		"expected the name of a stage, or one name with its options under it, found %s%s",
		gw_node_kind_name(item->kind), item->kind == GW_NODE_MAP ? " of several keys" : "");
	return false;
}

/* A stage that ran twice would write what others have read already; every part is written once. */
static bool stage_twice(const gw_config *c, const gw_stage *stage, const gw_node *name, gw_diag *diag)
{
	for (uint32_t i = 0; i < c->chain.count; i++) {
		if (c->chain.items[i].stage != stage)
			continue;
		gw_report(diag, GW_E_STAGE_TWICE, &name->at, "the stage %s stands already in line %u", stage->name,
			c->chain.items[i].at.line);
		return true;
	}
	return false;
}

static bool item_read(gw_config *c, const gw_node *item, const gw_stage *const *known, gw_diag *diag)
{
	static const gw_option no_options[] = {{.name = NULL}};
	const gw_node *name, *options;
	if (!item_parts(item, &name, &options, diag))
		return false;
	const gw_stage *stage = stage_find(known, name->text);
	if (!stage)
		return unknown_stage(known, name, diag);
	if (stage_twice(c, stage, name, diag))
		return false;
	gw_chain_link *link = GW_PUSH(&c->arena, &c->chain);
	link->stage = stage;
	link->at = name->at;
	void *settings = gw_arena_alloc(&c->arena, stage->settings_size ? stage->settings_size : 1);
	/* A stage named alone has no map whose folder could be taken for its default paths: an empty one has. */
	gw_node *empty = GW_NEW(&c->arena, gw_node);
	*empty = (gw_node){.kind = GW_NODE_MAP, .at = name->at};
	if (!options || options->kind == GW_NODE_NULL)
		options = empty;
	bool good = gw_options_read(stage->options ? stage->options : no_options, options, settings, &c->arena, diag);
	/* NULL marks the settings as unusable: the stage is checked for its order, but not opened. */
	link->settings = good ? settings : NULL;
	return good;
}

bool gw_chain_read(gw_config *c, const gw_node *list, const gw_stage *const *known, gw_diag *diag)
{
	if (list->kind != GW_NODE_LIST) {
		gw_report(diag, GW_E_CONFIG_TYPE, &list->at, "stages: expected a list of stages, found %s",
			gw_node_kind_name(list->kind));
		return false;
	}
	bool good = true;
	for (uint32_t i = 0; i < list->items.count; i++)
		good = item_read(c, list->items.items[i], known, diag) && good;
	return good;
}

/* ---- the order ---- */

/* Who would make a part: for messages that say what to do, not only what is wrong. */
static const gw_stage *maker_of(const gw_stage *const *known, uint32_t part)
{
	for (; *known; known++)
		if ((*known)->writes & part)
			return *known;
	return NULL;
}

/* Tells "in the wrong order" from "not there at all". */
static bool stands_behind(const gw_config *c, uint32_t from, const gw_stage *stage)
{
	for (uint32_t i = from + 1; i < c->chain.count; i++)
		if (c->chain.items[i].stage == stage)
			return true;
	return false;
}

static bool missing_report(const gw_config *c, uint32_t at, uint32_t part, const gw_stage *const *known, gw_diag *diag)
{
	const gw_chain_link *link = &c->chain.items[at];
	const gw_stage *maker = maker_of(known, part);
	gw_buf what;
	gw_buf_init(&what);
	gw_parts_name(part, &what);
	if (maker && stands_behind(c, at, maker))
		gw_report(diag, GW_E_STAGE_ORDER, &link->at, "%s uses the %s that %s makes; put %s before it",
			link->stage->name, what.ptr, maker->name, maker->name);
	else
		gw_report(diag, GW_E_STAGE_ORDER, &link->at,
			"%s needs the %s; no earlier stage makes that, put %s before it", link->stage->name, what.ptr,
			maker ? maker->name : "a stage that does");
	gw_buf_release(&what);
	return false;
}

/* A part that is only used when there may be missing, but it must not come too late: that would be silently without it.
 */
static uint32_t come_too_late(const gw_config *c, uint32_t at, uint32_t have)
{
	uint32_t late = 0;
	for (uint32_t i = at + 1; i < c->chain.count; i++)
		late |= c->chain.items[i].stage->writes;
	return c->chain.items[at].stage->uses & late & ~have;
}

/* Only the first missing part is told: the stage that makes it needs the ones before it anyway. */
static bool end_check(const gw_config *c, uint32_t have, const gw_stage *const *known, gw_diag *diag)
{
	const gw_place nowhere = {.path = c->path};
	const gw_place *at = c->chain.count ? &c->chain.items[c->chain.count - 1].at : &nowhere;
	for (uint32_t i = 0; i < PARTS; i++) {
		uint32_t part = 1u << i;
		if (!(needed_at_end & part & ~have))
			continue;
		const gw_stage *maker = maker_of(known, part);
		gw_report(diag, GW_E_STAGE_ORDER, at, "the list ends without %s: rows cannot be made; add the stage %s",
			part_names[i], maker ? maker->name : "that makes it");
		return false;
	}
	return true;
}

bool gw_chain_check(const gw_config *c, const gw_stage *const *known, gw_diag *diag)
{
	bool good = true;
	uint32_t have = GW_HAS_RAW;
	for (uint32_t at = 0; at < c->chain.count; at++) {
		const gw_stage *stage = c->chain.items[at].stage;
		uint32_t missing = (stage->reads & ~have) | come_too_late(c, at, have);
		for (uint32_t i = 0; i < PARTS; i++)
			if (missing & 1u << i)
				good = missing_report(c, at, 1u << i, known, diag);
		/* What was complained of once counts as there, so that one slip gives one message. */
		have |= stage->writes | missing;
	}
	return end_check(c, have, known, diag) && good;
}

/* ---- opening ---- */

/* The name goes into the diag, so that every problem says which stage met it. */
static gw_status stage_open(gw_config *c, gw_chain_link *link, gw_diag *diag)
{
	if (!link->settings)
		return GW_FAILED;
	if (!link->stage->open)
		return GW_OK;
	diag->stage = link->stage->name;
	gw_status s = link->stage->open(link->settings, c->knowledge, &c->arena, &link->state, diag);
	diag->stage = NULL;
	return s;
}

/* Classes and rules have their ids only now that all words are known. */
static gw_status bind_all(gw_config *c, gw_diag *diag)
{
	gw_status worst = GW_OK;
	for (uint32_t i = 0; i < c->chain.count; i++) {
		gw_chain_link *link = &c->chain.items[i];
		if (!link->stage->bind)
			continue;
		diag->stage = link->stage->name;
		gw_status s = link->stage->bind(link->state, c->knowledge, diag);
		diag->stage = NULL;
		worst = s > worst ? s : worst;
	}
	return worst;
}

/* Files that stages read by themselves are knowledge too: with other words in them the same document gives other rows. */
static gw_status files_note(gw_config *c, gw_diag *diag)
{
	gw_status worst = GW_OK;
	for (uint32_t i = 0; i < c->chain.count; i++) {
		const gw_chain_link *link = &c->chain.items[i];
		for (const gw_option *o = link->stage->options; o && o->name; o++) {
			if (o->kind != GW_OPT_FILE)
				continue;
			const char *path = *(const char *const *)(const void *)((const char *)link->settings + o->offset);
			gw_status s = *path ? gw_knowledge_note_file(c->knowledge, path, diag) : GW_OK;
			worst = s > worst ? s : worst;
		}
	}
	return worst;
}

/* While the first stage reads its lexicons. */
static void rules_read_ahead(gw_config *c)
{
	GW_LIST(const char *) paths = {0};
	for (uint32_t i = 0; i < c->chain.count; i++) {
		const gw_chain_link *link = &c->chain.items[i];
		for (const gw_option *o = link->stage->options; link->settings && o && o->name; o++) {
			const gw_strings *files = (const void *)((const char *)link->settings + o->offset);
			bool rules = o->kind == GW_OPT_FILES && o->choices && strcmp(o->choices, ".yaml") == 0;
			for (uint32_t n = 0; rules && n < files->count; n++)
				*GW_PUSH(&c->arena, &paths) = files->items[n];
		}
	}
	gw_knowledge_read_ahead(c->knowledge, paths.items, paths.count);
}

gw_status gw_chain_open(gw_config *c, gw_diag *diag)
{
	enum { WORDS = 6 << 20 }; /* what those of the default configuration come to */
	gw_arena_reserve(&c->arena, WORDS);
	c->knowledge = gw_knowledge_new(&c->arena);
	rules_read_ahead(c);
	gw_status worst = GW_OK;
	bool all_named = true;
	for (uint32_t i = 0; i < c->chain.count; i++) {
		gw_status s = stage_open(c, &c->chain.items[i], diag);
		all_named = all_named && c->chain.items[i].settings;
		worst = s > worst ? s : worst;
	}
	/* With a lexicon that was not even named, every pattern that uses its classes would be complained of. */
	if (all_named && worst < GW_FATAL) {
		gw_status s = gw_knowledge_build(c->knowledge, diag);
		worst = s > worst ? s : worst;
		if (worst < GW_FAILED)
			worst = files_note(c, diag);
	}
	return worst >= GW_FAILED ? worst : bind_all(c, diag);
}

void gw_chain_close(gw_config *c)
{
	for (uint32_t i = 0; i < c->chain.count; i++) {
		gw_chain_link *link = &c->chain.items[i];
		if (link->state && link->stage->close)
			link->stage->close(link->state);
		link->state = NULL;
	}
	if (c->knowledge)
		gw_knowledge_free(c->knowledge);
	c->knowledge = NULL;
}

/* ---- running ---- */

/* One stage on a source, or on one of its documents. */
static gw_status link_run(const gw_chain_link *link, gw_source *s, gw_document *d, gw_diag *diag)
{
	uint32_t errors = diag->errors;
	diag->stage = link->stage->name;
	gw_status status = d ? link->stage->document(link->state, d, diag) : link->stage->source(link->state, s, diag);
	/* A reject always has a reason that can be published. */
	if (status >= GW_FAILED && diag->errors == errors)
		gw_report(diag, GW_E_INTERNAL, NULL, "the stage %s failed without saying why", link->stage->name);
	diag->stage = NULL;
	return status;
}

/* The documents one after the other, each through all of the stages: of a compilation only one has its lattice at a time.
 * The first failing document takes its source with it: a source is published whole or not at all. */
static gw_status documents_run(const gw_chain_link *links, uint32_t count, gw_source *s, gw_diag *diag)
{
	gw_status worst = GW_OK;
	for (uint32_t n = 0; n < s->documents.count && worst < GW_FAILED; n++) {
		gw_document *d = &s->documents.items[n];
		for (uint32_t i = 0; i < count && worst < GW_FAILED; i++) {
			gw_status status = link_run(&links[i], s, d, diag);
			worst = status > worst ? status : worst;
			if (s->rooms)
				gw_arena_reset(&s->rooms->stage);
		}
		if (s->rooms) {
			gw_arena_reset(&s->rooms->document);
			d->lattice = (gw_lattice){0};
		}
	}
	return worst;
}

gw_status gw_chain_run(const gw_config *c, gw_source *s, gw_diag *diag)
{
	gw_status worst = GW_OK;
	for (uint32_t i = 0, to; i < c->chain.count && worst < GW_FAILED; i = to) {
		const gw_chain_link *links = c->chain.items;
		for (to = i; to < c->chain.count && links[to].stage->document; to++)
			;
		gw_status status = to > i ? documents_run(links + i, to - i, s, diag) : link_run(&links[to++], s, NULL, diag);
		worst = status > worst ? status : worst;
	}
	s->rejected = worst >= GW_FAILED;
	return worst;
}
