/* The stage `normalize`: folds the text and joins lines that were broken within a sentence. */
#include "normalize.h"

#include "gw/stage.h"

typedef struct normalize_settings {
	int join_lines;
} normalize_settings;

static const gw_option options[] = {
        {"join_lines", GW_OPT_CHOICE, offsetof(normalize_settings, join_lines), "auto", 0, 0, "auto|never|always",
                "Whether lines that were broken within a sentence are joined; always: all but at blank lines, indents "
                "and markers."},
        {0},
};

static gw_status normalize_open(const void *settings, gw_knowledge *k, gw_arena *run_arena, void **state, gw_diag *diag)
{
	(void)k;
	(void)diag;
	normalize_settings *st = GW_NEW(run_arena, normalize_settings);
	*st = *(const normalize_settings *)settings;
	*state = st;
	return GW_OK;
}

static gw_status normalize_source(const void *state, gw_source *s, gw_diag *diag)
{
	(void)diag;
	const normalize_settings *st = state;
	norm_text n;
	norm_fold(&s->text, s->arena, &n);
	norm_join_lines(&n, (norm_join)st->join_lines, s->arena);
	s->text.ch = n.ch;
	s->text.src = n.src;
	s->text.len = n.len;
	s->text.signs = gw_text_signs(s->arena, n.ch, n.len);
	return GW_OK;
}

const gw_stage gw_stage_normalize = {
        .name = "normalize",
        .summary = "Folds characters to one form, drops blanks between Han characters, joins broken lines.",
        .reads = GW_HAS_TEXT,
        .uses = GW_HAS_PLAIN,
        .writes = GW_HAS_FOLDED,
        .options = options,
        .settings_size = sizeof(normalize_settings),
        .open = normalize_open,
        .source = normalize_source,
};
