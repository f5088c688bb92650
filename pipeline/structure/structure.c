/* The stage `structure`: a document's metadata, furniture, sections and paragraphs. */
#include "structure.h"

typedef struct settings {
	const char *words;
} settings;

static const gw_option options[] = {{"words", GW_OPT_FILE, offsetof(settings, words), "structure/words.yaml", 0, 0,
                                            NULL, "Words of titles, labels and page furniture."},
        {0}};

static gw_status open(const void *set, gw_knowledge *k, gw_arena *run, void **state, gw_diag *diag)
{
	(void)k; /* works on lines, before the words of the lexicons are looked for */
	const gw_words *w = gw_words_load(((const settings *)set)->words, run, diag);
	const gw_words **keep = GW_NEW(run, const gw_words *);
	*keep = w;
	*state = keep;
	return w ? GW_OK : GW_FAILED;
}

static void keep_furniture(const gw_lines *l, gw_document *d)
{
	for (uint32_t i = 0; i < l->list.count; i++)
		if (l->list.items[i].role == GW_LINE_FURNITURE)
			*GW_PUSH(l->arena, &d->furniture) = l->list.items[i].span;
}

static gw_status document(const void *state, gw_document *d, gw_diag *diag)
{
	const gw_words *w = *(const gw_words *const *)state;
	gw_lines l;
	gw_lines_cut(&l, &d->source->text, w, d->span, d->source->arena);
	gw_metadata_table(&l, d);
	gw_furniture_mark(&l);
	gw_tables_find(&l);
	gw_title_find(&l, d);
	gw_metadata_notes(&l, d);
	gw_sections_build(&l, d);
	keep_furniture(&l, d);
	if (!gw_span_empty(d->title))
		return GW_OK;
	gw_place at = {.path = d->source->opened_as.ptr,
	        .line = gw_source_line(&d->source->text, d->source->text.src[d->span.begin])};
	return gw_report(diag, GW_W_NO_TITLE, &at, "no title was found");
}

const gw_stage gw_stage_structure = {
        .name = "structure",
        .summary = "Finds title, issuer, number and dates, page furniture, sections and paragraphs.",
        .reads = GW_HAS_FOLDED | GW_HAS_DOCUMENTS,
        .writes = GW_HAS_SECTIONS,
        .options = options,
        .settings_size = sizeof(settings),
        .open = open,
        .document = document,
};
