/* The stage `markup`: pages become the text that a reader sees of them. */
#include "decoders.h"
#include "format/page.h"

#include "gw/stage.h"

#include <libxml/parser.h>

typedef struct markup_settings {
	const char *pages, *words;
	int64_t max_depth, max_line;
} markup_settings;

/* What a source is worked on with. */
typedef struct markup_state {
	gw_page_words words;
	uint32_t max_line;
} markup_state;

static const gw_option options[] = {
        {"pages", GW_OPT_FILE, offsetof(markup_settings, pages), "structure/pages.yaml", 0, 0, NULL,
                "Ids and classes by which web pages name their text and their furniture."},
        {"words", GW_OPT_FILE, offsetof(markup_settings, words), "structure/words.yaml", 0, 0, NULL,
                "The labels of metadata, for tables that write no colon behind them."},
        {"max_depth", GW_OPT_INT, offsetof(markup_settings, max_depth), "1000", 16, 2000, NULL,
                "A page whose tags are nested deeper is rejected."},
        {"max_line", GW_OPT_INT, offsetof(markup_settings, max_line), "1M", 1000, 1 << 30, NULL,
                "A text with a longer line, in characters, is rejected: no document has one, and data that is no document has."},
        {0},
};

/* ---- words ---- */

static gw_status list_read(gw_map *to, const gw_node *list, gw_arena *arena, gw_diag *diag)
{
	if (!list || list->kind != GW_NODE_LIST)
		return list ? gw_report(diag, GW_E_CONFIG_TYPE, &list->at, "expected a list of words, found %s",
		                      gw_node_kind_name(list->kind))
		            : GW_OK;
	for (uint32_t i = 0; i < list->items.count; i++) {
		const gw_node *item = list->items.items[i];
		if (item->kind != GW_NODE_SCALAR)
			return gw_report(diag, GW_E_CONFIG_TYPE, &item->at, "expected a word, found %s",
			        gw_node_kind_name(item->kind));
		*gw_map_put(to, gw_page_squeeze(arena, item->text)) = 1;
	}
	return GW_OK;
}

/* meta: {name: label}; `title` stands for the title. */
static gw_status metas_read(gw_page_words *w, const gw_node *map, gw_arena *arena, gw_diag *diag)
{
	if (map && map->kind != GW_NODE_MAP)
		return gw_report(diag, GW_E_CONFIG_TYPE, &map->at, "expected {name: label}, found %s",
		        gw_node_kind_name(map->kind));
	for (uint32_t i = 0; map && i < map->pairs.count; i++) {
		const gw_node *label = map->pairs.items[i].value;
		if (label->kind != GW_NODE_SCALAR)
			return gw_report(diag, GW_E_CONFIG_TYPE, &label->at, "expected a label, found %s",
			        gw_node_kind_name(label->kind));
		gw_page_meta *m = GW_PUSH(arena, &w->metas);
		m->name = map->pairs.items[i].key->text.ptr;
		m->label = strcmp(label->text.ptr, "title") == 0 ? NULL : label->text.ptr;
	}
	return GW_OK;
}

static gw_status pages_read(gw_page_words *w, const char *path, gw_arena *arena, gw_diag *diag)
{
	const gw_node *map = gw_yaml_load(arena, path, diag);
	gw_status worst = map ? GW_OK : GW_FAILED;
	for (uint32_t i = 0; map && i < map->pairs.count; i++) {
		const gw_node *key = map->pairs.items[i].key, *value = map->pairs.items[i].value;
		gw_status s = GW_OK;
		if (strcmp(key->text.ptr, "containers") == 0)
			s = list_read(&w->containers, value, arena, diag);
		else if (strcmp(key->text.ptr, "furniture") == 0)
			s = list_read(&w->furniture, value, arena, diag);
		else if (strcmp(key->text.ptr, "meta") == 0)
			s = metas_read(w, value, arena, diag);
		else if (strcmp(key->text.ptr, "about") != 0 && strcmp(key->text.ptr, "source") != 0 &&
		         strcmp(key->text.ptr, "licence") != 0)
			s = gw_report(diag, GW_E_CONFIG_KEY, &key->at,
			        "unknown key \"%s\"; known are containers, furniture, meta, about, source, licence",
			        key->text.ptr);
		worst = s > worst ? s : worst;
	}
	return worst;
}

static gw_status labels_read(gw_page_words *w, const char *path, gw_arena *arena, gw_diag *diag)
{
	const gw_node *map = gw_yaml_load(arena, path, diag), *labels = map ? gw_node_get(map, "labels") : NULL;
	gw_status worst = map ? GW_OK : GW_FAILED;
	for (uint32_t i = 0; labels && labels->kind == GW_NODE_MAP && i < labels->pairs.count; i++) {
		gw_status s = list_read(&w->labels, labels->pairs.items[i].value, arena, diag);
		worst = s > worst ? s : worst;
	}
	return worst;
}

static gw_status markup_open(const void *settings, gw_knowledge *k, gw_arena *run_arena, void **state, gw_diag *diag)
{
	(void)k;
	const markup_settings *set = settings;
	markup_state *st = GW_NEW(run_arena, markup_state);
	gw_page_words *w = &st->words;
	*state = st;
	st->max_line = (uint32_t)set->max_line;
	xmlInitParser(); /* once, before there are threads */
	gw_map_init(&w->containers, run_arena);
	gw_map_init(&w->furniture, run_arena);
	gw_map_init(&w->labels, run_arena);
	w->max_depth = set->max_depth;
	gw_status pages = pages_read(w, set->pages, run_arena, diag),
	          labels = labels_read(w, set->words, run_arena, diag);
	return pages > labels ? pages : labels;
}

/* ---- a source ---- */

static gw_status markup_read(const gw_format_job *job, gw_source *s)
{
	const gw_format *const *f = gw_formats_markup;
	if (s->origin) /* its text was taken out of a file that is no text: what looks like markup is meant */
		return GW_OK;
	while (*f && !(*f)->is(job))
		f++;
	if (!*f)
		return GW_OK;
	gw_buf out;
	gw_buf_init(&out);
	gw_status status = (*f)->read(job, &out);
	if (status < GW_FAILED) {
		gw_str text = gw_arena_str(s->arena, (gw_str){out.ptr ? out.ptr : "", (uint32_t)out.len});
		s->text = (gw_text){.bytes = text.ptr, .byte_len = text.len};
		gw_text_index(&s->text, s->arena);
	}
	gw_buf_release(&out);
	return status;
}

static gw_status lines_check(const gw_format_job *job, const gw_text *t, uint32_t max_line)
{
	for (uint32_t i = 0; i < t->line_count; i++) {
		uint32_t end = i + 1 < t->line_count ? t->line_start[i + 1] : t->char_count;
		gw_place at = {.path = job->at.path, .line = i + 1};
		if (end - t->line_start[i] > max_line)
			return gw_report(job->diag, GW_E_FORMAT_LIMIT, &at, "a line of %u characters; markup.max_line is %u",
			        end - t->line_start[i], max_line);
	}
	return GW_OK;
}

static gw_status markup_source(const void *state, gw_source *s, gw_diag *diag)
{
	const markup_state *st = state;
	gw_format_job job = {.bytes = s->text.bytes,
	        .len = s->text.byte_len,
	        .path = s->path.ptr ? gw_arena_str(s->arena, s->path).ptr : "",
	        .arena = s->arena,
	        .diag = diag,
	        .words = &st->words};
	job.at.path = s->opened_as.ptr ? gw_arena_str(s->arena, s->opened_as).ptr : job.path;
	gw_status status = markup_read(&job, s);
	return status < GW_FAILED ? lines_check(&job, &s->text, st->max_line) : status;
}

const gw_stage gw_stage_markup = {
        .name = "markup",
        .summary = "Takes the document out of web pages, and the signs out of Markdown; other text stays as it is.",
        .reads = GW_HAS_TEXT,
        .writes = GW_HAS_PLAIN,
        .options = options,
        .settings_size = sizeof(markup_settings),
        .open = markup_open,
        .source = markup_source,
};
