/* The words of config/structure/words.yaml, and the few ways to look for them in a line. */
#include "structure.h"
#include "gw/fold.h"

typedef struct loader {
	gw_arena *run;
	gw_diag *diag;
	bool failed;
} loader;

typedef struct list_key {
	const char *key;
	size_t offset; /* of a gw_word_list in gw_words */
} list_key;

static inline void bit_set(uint64_t bits[4], uint32_t c)
{
	bits[c >> 6 & 3] |= (uint64_t)1 << (c & 63);
}

static inline bool bit(const uint64_t bits[4], uint32_t c)
{
	return bits[c >> 6 & 3] >> (c & 63) & 1;
}

/* ---- reading ---- */

static void wrong(loader *l, gw_code code, const gw_place *at, const char *key, const char *what)
{
	gw_report(l->diag, code, at, "%s: %s", key, what);
	l->failed = true;
}

/* Every bad word is reported, and the rest of the list read on. */
static void read_list(loader *l, const char *key, const gw_node *n, gw_word_list *out)
{
	if (n->kind != GW_NODE_LIST) {
		wrong(l, GW_E_CONFIG_TYPE, &n->at, key, "expected a list of words");
		return;
	}
	for (uint32_t i = 0; i < n->items.count; i++) {
		const gw_node *item = n->items.items[i];
		gw_word w = {0};
		if (item->kind == GW_NODE_SCALAR)
			w.ch = gw_fold_text(l->run, item->text, &w.len);
		if (!w.len) {
			wrong(l, GW_E_CONFIG_TYPE, &item->at, key, "expected a word");
			continue;
		}
		*GW_PUSH(l->run, out) = w;
		bit_set(out->firsts, w.ch[0]);
		bit_set(out->lasts, w.ch[w.len - 1]);
	}
}

static gw_word_list *list_of(gw_words *w, const list_key *k)
{
	/* The offset was taken of a member of this type, so the place is aligned for it. */
	return (gw_word_list *)(void *)((char *)w + k->offset);
}

/* Every key of `map` must be in the table; every key of the table should be in the map. */
static void read_lists(loader *l, const gw_node *map, const char *name, const list_key *keys, gw_words *w)
{
	if (map->kind != GW_NODE_MAP) {
		wrong(l, GW_E_CONFIG_TYPE, &map->at, name, "expected a map of word lists");
		return;
	}
	for (uint32_t i = 0; i < map->pairs.count; i++) {
		const gw_pair *p = &map->pairs.items[i];
		const list_key *k = keys;
		while (k->key && !gw_str_eq(p->key->text, gw_str_of(k->key)))
			k++;
		if (k->key)
			read_list(l, k->key, p->value, list_of(w, k));
		else
			wrong(l, GW_E_CONFIG_KEY, &p->key->at, p->key->text.ptr, "unknown key");
	}
}

/* The index of a rule's word among its choices, 0 after a report. */
static int choice_of(loader *l, const gw_node *rule, const char *key, const char *const *choices)
{
	const gw_node *n = gw_node_get(rule, key);
	for (int i = 0; n && choices[i]; i++)
		if (gw_str_eq(n->text, gw_str_of(choices[i])))
			return i;
	wrong(l, n ? GW_E_CONFIG_RANGE : GW_E_CONFIG_MISSING, n ? &n->at : &rule->at, key, "not one of its choices");
	return 0;
}

/* A rule's own number, small and whole. */
static uint32_t number_of(loader *l, const gw_node *rule, const char *key, uint32_t preset)
{
	const gw_node *n = gw_node_get(rule, key);
	uint32_t v = 0;
	if (!n)
		return preset;
	for (uint32_t i = 0; i < n->text.len; i++) {
		if (n->text.ptr[i] < '0' || n->text.ptr[i] > '9' || v > 9999) {
			wrong(l, GW_E_CONFIG_TYPE, &n->at, key, "expected a number up to 99999");
			return preset;
		}
		v = v * 10 + (uint32_t)(n->text.ptr[i] - '0');
	}
	return v;
}

static void read_furniture(loader *l, const gw_node *list, gw_words *w)
{
	static const char *const wheres[] = {"anywhere", "top", "bottom", "rest", "crumb", NULL};
	static const char *const hows[] = {"whole", "prefix", "suffix", "contains", NULL};
	if (list->kind != GW_NODE_LIST) {
		wrong(l, GW_E_CONFIG_TYPE, &list->at, "furniture", "expected a list of rules");
		return;
	}
	for (uint32_t i = 0; i < list->items.count; i++) {
		const gw_node *rule = list->items.items[i];
		gw_furniture_rule *r = GW_PUSH(l->run, &w->furniture);
		r->where = (gw_where)choice_of(l, rule, "where", wheres);
		r->how = (gw_how)choice_of(l, rule, "how", hows);
		r->max = number_of(l, rule, "max", 60);
		const gw_node *words = gw_node_get(rule, "words");
		if (words)
			read_list(l, "words", words, &r->words);
		else
			wrong(l, GW_E_CONFIG_MISSING, &rule->at, "words", "missing");
	}
}

#define AT(member) offsetof(gw_words, member)
static const list_key plain_keys[] = {{"document_types", AT(types)}, {"not_document_types", AT(no_types)},
        {"title_openers", AT(openers)}, {"not_issuer_endings", AT(no_issuers)}, {"adopted", AT(adopted)},
        {"issued", AT(issued)}, {"effective", AT(effective)}, {"delivered", AT(delivered)},
        {"notes_between", AT(between)}, {"contents", AT(contents)}, {"annexes", AT(annexes)},
        {"closings", AT(closings)}, {"printed", AT(printed)}, {"posts", AT(posts)}, {"title_tails", AT(title_tails)},
        {"counts", AT(counts)}, {"terms", AT(terms)}, {"number_units", AT(number_units)}, {"orders", AT(orders)},
        {"self", AT(self)}, {"effect_from", AT(effect_from)}, {"effect_day", AT(effect_day)},
        {"effect_since", AT(effect_since)}, {"not_behind_article", AT(not_behind_article)}, {"lasting", AT(lasting)},
        {"table_notes", AT(table_notes)}, {"passed", AT(passed)},
        {"speaks_for", AT(speaks_for)}, {"to_whom", AT(to_whom)}, {"meets", AT(meets)}, {"mastheads", AT(mastheads)}, {NULL, 0}};
static const list_key header_keys[] = {{"number", AT(headers[GW_COLUMN_NUMBER])}, {"task", AT(headers[GW_COLUMN_TASK])},
        {"units", AT(headers[GW_COLUMN_UNITS])}, {"due", AT(headers[GW_COLUMN_DUE])},
        {"value", AT(headers[GW_COLUMN_VALUE])}, {"note", AT(headers[GW_COLUMN_NOTE])},
        {"other", AT(headers[GW_COLUMN_OTHER])}, {NULL, 0}};
static const list_key issuer_keys[] = {{"strong", AT(issuers_strong)}, {"weak", AT(issuers_weak)}, {NULL, 0}};
static const list_key label_keys[] = {{"title", AT(labels[GW_LABEL_TITLE])}, {"issuer", AT(labels[GW_LABEL_ISSUER])},
        {"number", AT(labels[GW_LABEL_NUMBER])}, {"written", AT(labels[GW_LABEL_WRITTEN])},
        {"published", AT(labels[GW_LABEL_PUBLISHED])}, {"effective", AT(labels[GW_LABEL_EFFECTIVE])},
        {"other", AT(labels[GW_LABEL_OTHER])}, {NULL, 0}};
static const list_key division_keys[] = {{"book", AT(divisions[GW_DIV_BOOK])},
        {"subbook", AT(divisions[GW_DIV_SUBBOOK])}, {"chapter", AT(divisions[GW_DIV_CHAPTER])},
        {"section", AT(divisions[GW_DIV_SECTION])}, {"article", AT(divisions[GW_DIV_ARTICLE])}, {NULL, 0}};
static const struct {
	const char *key;
	const list_key *lists;
} groups[] = {{"issuer_endings", issuer_keys}, {"labels", label_keys}, {"divisions", division_keys},
        {"table_headers", header_keys}};

static void read_pair(loader *l, const gw_pair *p, gw_words *w)
{
	static const char *const about[] = {"about", "source", "licence"};
	for (size_t i = 0; i < sizeof about / sizeof *about; i++)
		if (gw_str_eq(p->key->text, gw_str_of(about[i])))
			return;
	for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
		if (gw_str_eq(p->key->text, gw_str_of(groups[i].key))) {
			read_lists(l, p->value, groups[i].key, groups[i].lists, w);
			return;
		}
	if (gw_str_eq(p->key->text, GW_STR("furniture"))) {
		read_furniture(l, p->value, w);
		return;
	}
	for (const list_key *k = plain_keys; k->key; k++)
		if (gw_str_eq(p->key->text, gw_str_of(k->key))) {
			read_list(l, k->key, p->value, list_of(w, k));
			return;
		}
	wrong(l, GW_E_CONFIG_KEY, &p->key->at, p->key->text.ptr, "unknown key");
}

const gw_words *gw_words_load(const char *path, gw_arena *run, gw_diag *diag)
{
	loader l = {run, diag, false};
	gw_node *root = gw_yaml_load(run, path, diag);
	if (!root)
		return NULL;
	gw_words *w = GW_NEW(run, gw_words);
	if (root->kind != GW_NODE_MAP)
		wrong(&l, GW_E_CONFIG_TYPE, &root->at, "words", "expected a map");
	for (uint32_t i = 0; root->kind == GW_NODE_MAP && i < root->pairs.count; i++)
		read_pair(&l, &root->pairs.items[i], w);
	return l.failed ? NULL : w;
}

/* ---- looking ----
 * The lists are short and so are the lines that they are tried on. One word, 自, is looked for everywhere: hence the
 * bits, which made the stage a third faster. */

static bool stands(const gw_word *w, const uint32_t *ch)
{
	return w->ch[0] == ch[0] && memcmp(w->ch, ch, w->len * sizeof *ch) == 0;
}

uint32_t gw_words_begin(const gw_word_list *l, const uint32_t *ch, gw_span s)
{
	uint32_t best = 0, room = gw_span_empty(s) ? 0 : gw_span_len(s);
	if (!room || !bit(l->firsts, ch[s.begin]))
		return 0;
	for (uint32_t i = 0; i < l->count; i++) {
		const gw_word *w = &l->items[i];
		if (w->len <= room && w->len > best && stands(w, ch + s.begin))
			best = w->len;
	}
	return best;
}

uint32_t gw_words_end(const gw_word_list *l, const uint32_t *ch, gw_span s)
{
	uint32_t best = 0, room = gw_span_empty(s) ? 0 : gw_span_len(s);
	if (!room || !bit(l->lasts, ch[s.end - 1]))
		return 0;
	for (uint32_t i = 0; i < l->count; i++) {
		const gw_word *w = &l->items[i];
		if (w->len <= room && w->len > best && stands(w, ch + s.end - w->len))
			best = w->len;
	}
	return best;
}

gw_span gw_words_find(const gw_word_list *l, const uint32_t *ch, gw_span s)
{
	for (uint32_t p = s.begin; p < s.end; p++) {
		uint32_t n = bit(l->firsts, ch[p]) ? gw_words_begin(l, ch, (gw_span){p, s.end}) : 0;
		if (n)
			return (gw_span){p, p + n};
	}
	return (gw_span){s.end, s.end};
}

gw_span gw_words_find_last(const gw_word_list *l, const uint32_t *ch, gw_span s)
{
	for (uint32_t p = s.end; p > s.begin; p--) {
		uint32_t n = bit(l->lasts, ch[p - 1]) ? gw_words_end(l, ch, (gw_span){s.begin, p}) : 0;
		if (n)
			return (gw_span){p - n, p};
	}
	return (gw_span){s.begin, s.begin};
}
