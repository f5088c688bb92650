#include "extract.h"

const gw_option gw_extract_options[] = {
	{"rules", GW_OPT_FILES, offsetof(extract_settings, rules), NULL, 0, 0, ".yaml", "Rule files, or folders of them."},
	{"lexicons", GW_OPT_FILES, offsetof(extract_settings, lexicons), "", 0, 0, ".lex", "Lexicons besides those of the scan stage."},
	{0}};

gw_status gw_extract_open(const extract_settings *s, gw_knowledge *k, gw_diag *diag)
{
	gw_status worst = GW_OK, one;
	for (uint32_t i = 0; i < s->lexicons.count; i++)
		worst = (one = gw_knowledge_add_lexicon(k, s->lexicons.items[i], diag)) > worst ? one : worst;
	for (uint32_t i = 0; i < s->rules.count; i++)
		worst = (one = gw_knowledge_add_rules(k, s->rules.items[i], diag)) > worst ? one : worst;
	return worst;
}

bool gw_rule_says(const gw_knowledge *k, uint32_t rule, const char *key)
{
	gw_str v = gw_rule_field(k, rule, key);
	return gw_str_eq(v, GW_STR("yes")) || gw_str_eq(v, GW_STR("true"));
}

enum { TITLE_OPEN = 0x300A, TITLE_CLOSE = 0x300B, TITLE_MAX = 200 };

bool gw_inside_title_marks(const gw_document *d, gw_span at)
{
	const gw_text *t = &d->source->text;
	uint32_t low = at.begin > d->span.begin + TITLE_MAX ? at.begin - TITLE_MAX : d->span.begin, p = at.begin;
	int closed = 0;
	/* A mark that was never closed ends with its paragraph, so the look back does too. */
	while ((p = gw_text_last_sign(t, (gw_span){low, p})) != GW_NONE && t->ch[p] != '\n')
		if (t->ch[p] == TITLE_CLOSE)
			closed++;
		else if (t->ch[p] == TITLE_OPEN && closed-- == 0)
			return true;
	return false;
}

uint32_t gw_fact_section(const gw_document *d, gw_span at)
{
	return gw_document_section_at(d, at.begin);
}
