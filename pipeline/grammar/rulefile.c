/* Reads rule files: `macros`, `rules` and `cues`, each by its option table. */
#include "grammar.h"

typedef struct rule_settings {
	const char *id, *emits, *match;
	int anchor;
	double priority;
	gw_node *set, *example, *not;
} rule_settings;

static const gw_option rule_options[] = {
	{"id", GW_OPT_STRING, offsetof(rule_settings, id), NULL, 0, 0, NULL, "Names the rule in every row that it makes."},
	{"emits", GW_OPT_STRING, offsetof(rule_settings, emits), NULL, 0, 0, NULL, "What a match is; stages ask for their own kinds."},
	{"match", GW_OPT_STRING, offsetof(rule_settings, match), NULL, 0, 0, NULL, "The pattern."},
	{"anchor", GW_OPT_CHOICE, offsetof(rule_settings, anchor), "start", 0, 0, "start|end", "From which end the pattern is tried."},
	{"priority", GW_OPT_NUMBER, offsetof(rule_settings, priority), "0", 0, 0, NULL, "Higher wins where matches meet; then the longer."},
	{"set", GW_OPT_NODE, offsetof(rule_settings, set), "", 0, 0, NULL, "Fields that a match fixes."},
	{"example", GW_OPT_NODE, offsetof(rule_settings, example), "", 0, 0, NULL, "Texts with <<what it must find>>."},
	{"not", GW_OPT_NODE, offsetof(rule_settings, not), "", 0, 0, NULL, "Texts in which it must find nothing."},
	{0}};

typedef struct cue_settings {
	const char *id, *decide, *value, *about;
	double weight;
	int where, bound;
	int64_t within;
	gw_strings classes, words, rules;
} cue_settings;

static const gw_option cue_options[] = {
	{"id", GW_OPT_STRING, offsetof(cue_settings, id), NULL, 0, 0, NULL, "Names the cue."},
	{"decide", GW_OPT_STRING, offsetof(cue_settings, decide), NULL, 0, 0, NULL, "The decision, such as time.role."},
	{"for", GW_OPT_STRING, offsetof(cue_settings, value), NULL, 0, 0, NULL, "The value that it speaks for."},
	{"weight", GW_OPT_NUMBER, offsetof(cue_settings, weight), NULL, -100, 100, NULL, "How much; below 0 it speaks against."},
	{"where", GW_OPT_CHOICE, offsetof(cue_settings, where), "always", 0, 0,
		"always|left|right|inside|clause|sentence|paragraph|heading|title|type|section|extra", "Where it looks."},
	{"within", GW_OPT_INT, offsetof(cue_settings, within), "1000", 0, 100000, NULL, "Characters between it and the fact, for left and right."},
	{"bound", GW_OPT_CHOICE, offsetof(cue_settings, bound), "sentence", 0, 0, "sentence|clause", "What left and right do not look beyond."},
	{"class", GW_OPT_STRINGS, offsetof(cue_settings, classes), "", 0, 0, NULL, "Token classes that it looks for."},
	{"words", GW_OPT_STRINGS, offsetof(cue_settings, words), "", 0, 0, NULL, "Words that it looks for."},
	{"rule", GW_OPT_STRINGS, offsetof(cue_settings, rules), "", 0, 0, NULL, "Only facts of these rules; an id, or a prefix ended by a dot."},
	{"about", GW_OPT_STRING, offsetof(cue_settings, about), "", 0, 0, NULL, "Why."},
	{0}};

static gw_status read_macros(gw_knowledge *k, const gw_node *map, gw_diag *diag)
{
	if (map->kind != GW_NODE_MAP && map->kind != GW_NODE_NULL)
		return gw_report(diag, GW_E_CONFIG_TYPE, &map->at, "`macros` is a map from names to patterns");
	for (uint32_t i = 0; i < map->pairs.count; i++) {
		const gw_pair *p = &map->pairs.items[i];
		if (p->value->kind != GW_NODE_SCALAR) {
			gw_report(diag, GW_E_CONFIG_TYPE, &p->value->at, "a macro is a pattern");
			continue;
		}
		uint32_t *slot = gw_map_put(&k->macros, p->key->text);
		if (*slot != GW_NONE)
			gw_report(diag, GW_E_RULE_ID, &p->key->at, "the macro `%s` stands twice", p->key->text.ptr);
		*slot = k->macro_texts.count;
		*GW_PUSH(k->arena, &k->macro_texts) = gw_arena_str(k->arena, p->value->text);
	}
	return GW_OK;
}

static void read_fields(gw_knowledge *k, gw_rule *r, const gw_node *set, gw_diag *diag)
{
	if (!set)
		return;
	if (set->kind != GW_NODE_MAP) {
		gw_report(diag, GW_E_CONFIG_TYPE, &set->at, "`set` is a map");
		return;
	}
	gw_attr *fields = GW_NEW_N(k->arena, gw_attr, set->pairs.count);
	for (uint32_t i = 0; i < set->pairs.count; i++)
		fields[i] = (gw_attr){set->pairs.items[i].key->text, set->pairs.items[i].value->text};
	r->info.fields = fields;
	r->info.field_count = set->pairs.count;
}

static void check_texts(const gw_node *n, gw_diag *diag)
{
	if (n && n->kind != GW_NODE_LIST && n->kind != GW_NODE_SCALAR)
		gw_report(diag, GW_E_CONFIG_TYPE, &n->at, "a text or a list of texts was expected");
}

static void read_rule(gw_knowledge *k, const gw_node *n, gw_diag *diag)
{
	rule_settings s = {0};
	if (!gw_options_read(rule_options, n, &s, k->arena, diag))
		return;
	uint32_t *slot = gw_map_put(&k->rule_ids, gw_str_of(s.id));
	if (*slot != GW_NONE) {
		gw_report(diag, GW_E_RULE_ID, &n->at, "the rule id `%s` stands twice; it is also at %s:%u", s.id,
			k->rules.items[*slot].info.at.path, k->rules.items[*slot].info.at.line);
		return;
	}
	*slot = k->rules.count;
	gw_rule *r = GW_PUSH(k->arena, &k->rules);
	r->info = (gw_rule_info){.id = gw_str_of(s.id), .emits = gw_str_of(s.emits), .priority = s.priority, .at = n->at};
	r->match = gw_str_of(s.match);
	const gw_node *pattern = gw_node_get(n, "match");
	r->match_at = pattern ? pattern->at : n->at;
	r->from_right = s.anchor == 1;
	r->examples = s.example;
	r->nots = s.not;
	check_texts(s.example, diag);
	check_texts(s.not, diag);
	read_fields(k, r, s.set, diag);
}

static gw_decision *decision_get(gw_knowledge *k, gw_str name)
{
	for (uint32_t i = 0; i < k->decisions.count; i++)
		if (gw_str_eq(k->decisions.items[i].name, name))
			return &k->decisions.items[i];
	gw_decision *d = GW_PUSH(k->arena, &k->decisions);
	d->name = name;
	return d;
}

static uint32_t value_get(gw_knowledge *k, gw_decision *d, gw_str name)
{
	for (uint32_t i = 0; i < d->values.count; i++)
		if (gw_str_eq(d->values.items[i], name))
			return i;
	*GW_PUSH(k->arena, &d->values) = name;
	return d->values.count - 1;
}

/* Words that a cue looks for in the text become entries of a class of its own, so that the scanner finds them. */
static uint16_t words_class(gw_knowledge *k, const cue_settings *s)
{
	uint16_t cls = gw_class_intern(k, gw_arena_printf(k->arena, "cue:%s", s->id));
	for (uint32_t i = 0; i < s->words.count; i++) {
		uint32_t n;
		uint32_t *ch = gw_fold_text(k->arena, gw_str_of(s->words.items[i]), &n);
		gw_str word = gw_fold_to_utf8(k->arena, ch, n);
		if (word.len)
			gw_entry_add(k, cls, word, word, NULL, 0, k->groups++);
	}
	return cls;
}

static gw_str *copy_strings(gw_knowledge *k, const gw_strings *s)
{
	gw_str *out = GW_NEW_N(k->arena, gw_str, s->count);
	for (uint32_t i = 0; i < s->count; i++)
		out[i] = gw_str_of(s->items[i]);
	return out;
}

static void read_cue(gw_knowledge *k, const gw_node *n, gw_diag *diag)
{
	cue_settings s = {0};
	if (!gw_options_read(cue_options, n, &s, k->arena, diag))
		return;
	gw_cue c = {.id = gw_str_of(s.id), .weight = s.weight, .place = (gw_cue_place)s.where, .within = (uint32_t)s.within, .in_clause = s.bound == 1, .at = n->at};
	bool by_text = c.place >= GW_CUE_LEFT && c.place <= GW_CUE_TITLE;
	if (by_text && s.classes.count + s.words.count == 0) {
		gw_report(diag, GW_E_CUE, &n->at, "the cue `%s` looks for nothing: it needs `class` or `words`", s.id);
		return;
	}
	if (by_text) {
		c.classes = GW_NEW_N(k->arena, uint16_t, s.classes.count + 1);
		for (uint32_t i = 0; i < s.classes.count; i++)
			c.classes[c.class_count++] = gw_class_intern(k, s.classes.items[i]);
		if (s.words.count)
			c.classes[c.class_count++] = words_class(k, &s);
	} else {
		c.words = copy_strings(k, &s.words);
		c.word_count = s.words.count;
	}
	c.rules = copy_strings(k, &s.rules);
	c.rule_count = s.rules.count;
	gw_decision *d = decision_get(k, gw_str_of(s.decide));
	c.value = value_get(k, d, gw_str_of(s.value));
	*GW_PUSH(k->arena, &d->cues) = c;
}

/* `values:` fixes the order of a decision's values; the first wins ties. */
static void read_values(gw_knowledge *k, const gw_node *map, gw_diag *diag)
{
	if (map->kind != GW_NODE_MAP) {
		gw_report(diag, GW_E_CONFIG_TYPE, &map->at, "`decisions` is a map from decisions to lists of their values");
		return;
	}
	for (uint32_t i = 0; i < map->pairs.count; i++) {
		const gw_pair *p = &map->pairs.items[i];
		gw_decision *d = decision_get(k, p->key->text);
		for (uint32_t v = 0; v < p->value->items.count; v++)
			value_get(k, d, p->value->items.items[v]->text);
	}
}

static void read_list(gw_knowledge *k, const gw_node *list, void (*read)(gw_knowledge *, const gw_node *, gw_diag *), gw_diag *diag)
{
	if (list->kind == GW_NODE_NULL)
		return;
	if (list->kind != GW_NODE_LIST) {
		gw_report(diag, GW_E_CONFIG_TYPE, &list->at, "a list was expected, this is %s", gw_node_kind_name(list->kind));
		return;
	}
	for (uint32_t i = 0; i < list->items.count; i++)
		read(k, list->items.items[i], diag);
}

gw_status gw_rulefile_take(gw_knowledge *k, const gw_node *root, gw_diag *diag)
{
	uint32_t before = diag->errors;
	for (uint32_t i = 0; i < root->pairs.count; i++) {
		const gw_pair *p = &root->pairs.items[i];
		if (gw_str_eq(p->key->text, GW_STR("macros")))
			read_macros(k, p->value, diag);
		else if (gw_str_eq(p->key->text, GW_STR("decisions")))
			read_values(k, p->value, diag);
		else if (gw_str_eq(p->key->text, GW_STR("rules")))
			read_list(k, p->value, read_rule, diag);
		else if (gw_str_eq(p->key->text, GW_STR("cues")))
			read_list(k, p->value, read_cue, diag);
		else if (!gw_str_eq(p->key->text, GW_STR("about")))
			gw_report(diag, GW_E_CONFIG_KEY, &p->key->at, "unknown key `%s`; known are about, macros, decisions, rules, cues", p->key->text.ptr);
	}
	return diag->errors > before ? GW_FAILED : GW_OK;
}
