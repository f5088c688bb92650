/* Patterns: a regular-expression language whose atoms are characters and token classes; docs/rules.md is its
 * description. Here a pattern becomes a tree; compile.c makes a program of that for machine.c. */
#include "pattern.h"

#include <stdio.h>
#include <stdlib.h>

enum { DEPTH_MAX = 64, REPEAT_MAX = 200 };

typedef struct parser {
	gw_knowledge *k;
	gw_arena *scratch; /* the tree is of no interest beyond its program */
	gw_rule *rule;
	gw_diag *diag;
	const char *p, *end, *begin;
	uint32_t depth;
	bool bad;
} parser;

static void complain(parser *ps, gw_code code, const char *what, gw_str word)
{
	if (ps->bad)
		return; /* the first error of a pattern says what matters */
	ps->bad = true;
	gw_place at = ps->rule->match_at;
	gw_report(ps->diag, code, &at, "rule %.*s, at character %zu of its pattern: %s%s%.*s", (int)ps->rule->info.id.len, ps->rule->info.id.ptr,
		gw_utf8_count(ps->begin, (size_t)(ps->p - ps->begin)) + 1, what, word.len ? " " : "", (int)word.len, word.ptr);
}

static gw_pattern_node *make(parser *ps, gw_pattern_kind kind, gw_pattern_node *left, gw_pattern_node *right)
{
	gw_pattern_node *n = GW_NEW(ps->scratch, gw_pattern_node);
	n->kind = kind;
	n->left = left;
	n->right = right;
	n->name = GW_NO_NAME;
	return n;
}

static void skip_blanks(parser *ps)
{
	while (ps->p < ps->end && (*ps->p == ' ' || *ps->p == '\n' || *ps->p == '\t'))
		ps->p++;
}

static bool take(parser *ps, const char *what)
{
	size_t n = strlen(what);
	if ((size_t)(ps->end - ps->p) < n || memcmp(ps->p, what, n) != 0)
		return false;
	ps->p += n;
	return true;
}

static bool is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '*';
}

static gw_str read_name(parser *ps)
{
	const char *b = ps->p;
	while (ps->p < ps->end && is_name_char(*ps->p))
		ps->p++;
	return (gw_str){b, (uint32_t)(ps->p - b)};
}

/* One character, folded as documents are; a backslash takes the next one literally. */
static uint32_t read_char(parser *ps)
{
	if (*ps->p == '\\' && ps->p + 1 < ps->end)
		ps->p++;
	uint32_t c = gw_utf8_next(&ps->p, ps->end), out[4];
	unsigned n = 0;
	if (c == UINT32_MAX)
		return 0xFFFD;
	gw_fold_class f = gw_fold(c, out, &n);
	return f == GW_FOLD_KEEP ? out[0] : c;
}

static int compare_u32(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

uint32_t gw_char_set_keep(gw_knowledge *k, gw_arena *scratch, gw_char_set set)
{
	uint32_t *key = GW_NEW_N(scratch, uint32_t, set.count + 1);
	key[0] = set.negative;
	if (set.count) {
		qsort(set.chars, set.count, sizeof *set.chars, compare_u32);
		memcpy(key + 1, set.chars, set.count * sizeof *key);
	}
	uint32_t *id = gw_map_put(&k->parts.set_ids, (gw_str){(const char *)key, (uint32_t)((set.count + 1) * sizeof *key)});
	if (*id == GW_NONE) {
		*id = k->parts.sets.count;
		*GW_PUSH(k->arena, &k->parts.sets) = set;
	}
	k->parts.sets.items[*id].uses++;
	return *id;
}

/* Behind '[': [abc] [^abc] [0-9] */
static gw_pattern_node *read_set(parser *ps)
{
	gw_char_set set = {.negative = take(ps, "^")};
	GW_LIST(uint32_t) chars = {0};
	while (ps->p < ps->end && *ps->p != ']') {
		if (*ps->p == ' ') {
			ps->p++;
			continue;
		}
		uint32_t from = read_char(ps), to = from;
		if (ps->p + 1 < ps->end && ps->p[0] == '-' && ps->p[1] != ']') {
			ps->p++;
			to = read_char(ps);
			if (to < from || to - from > 1000)
				complain(ps, GW_E_RULE_SYNTAX, "a range in [ ] goes up, over at most 1000 characters", GW_STR(""));
		}
		for (uint32_t c = from; c <= to && !ps->bad; c++)
			*GW_PUSH(ps->k->arena, &chars) = c;
	}
	if (!take(ps, "]"))
		complain(ps, GW_E_RULE_SYNTAX, "a ] is missing", GW_STR(""));
	set.chars = chars.items;
	set.count = chars.count;
	gw_pattern_node *n = make(ps, N_SET, NULL, NULL);
	n->index = gw_char_set_keep(ps->k, ps->scratch, set);
	n->negative = set.negative;
	return n;
}

/* A class by name, or all classes that begin like "organ.*". */
static void add_class(parser *ps, gw_class_set *set, gw_str name)
{
	bool found = false;
	if (name.len && name.ptr[name.len - 1] == '*') {
		for (uint32_t c = 0; c < ps->k->class_names.count; c++)
			if (strncmp(ps->k->class_names.items[c], name.ptr, name.len - 1) == 0) {
				gw_bit_set(set->classes, c);
				found = true;
			}
	} else {
		uint32_t c = gw_map_get(&ps->k->class_ids, name);
		if (c != GW_NONE) {
			gw_bit_set(set->classes, c);
			found = true;
		}
	}
	if (!found)
		complain(ps, GW_E_RULE_CLASS, "no lexicon or reader makes the class", name);
}

static bool value_listed(gw_str value, gw_str list)
{
	for (const char *b = list.ptr, *end = list.ptr + list.len; b <= end;) {
		const char *bar = memchr(b, '/', (size_t)(end - b));
		const char *e = bar ? bar : end;
		if (gw_str_eq(value, (gw_str){b, (uint32_t)(e - b)}))
			return true;
		b = e + 1;
	}
	return false;
}

/* `min` and `max` are about the length of the word itself. */
static bool length_passes(const gw_entry *e, bool is_min, size_t want)
{
	size_t has = gw_utf8_count(e->surface.ptr, e->surface.len);
	return is_min ? has >= want : has <= want;
}

static bool attribute_passes(const gw_entry *e, gw_str key, gw_str values)
{
	for (uint32_t a = 0; a < e->attr_count; a++)
		if (gw_str_eq(e->attrs[a].key, key) && value_listed(e->attrs[a].value, values))
			return true;
	return false;
}

/* <class key=value/value min=2>: only entries whose attribute has one of the values, of that length. */
static void add_filter(parser *ps, gw_class_set *set, gw_str key, gw_str values)
{
	const gw_knowledge *k = ps->k;
	uint64_t *entries = GW_NEW_N(k->arena, uint64_t, gw_bit_words(k->entries.count) + 1);
	bool is_min = gw_str_eq(key, GW_STR("min")), by_length = is_min || gw_str_eq(key, GW_STR("max"));
	size_t want = by_length ? (size_t)atoi(values.ptr) : 0;
	for (uint32_t c = 0; c < k->class_names.count; c++) {
		for (uint32_t n = k->class_first[c]; gw_bit(set->classes, c) && n < k->class_first[c + 1]; n++) {
			uint32_t i = k->class_entries[n];
			const gw_entry *e = &k->entries.items[i];
			if (set->entries && !gw_bit(set->entries, i))
				continue;
			if (by_length ? length_passes(e, is_min, want) : attribute_passes(e, key, values))
				gw_bit_set(entries, i);
		}
	}
	set->entries = entries;
}

static bool is_value_char(char c)
{
	return c != '>' && c != ' ' && c != '|';
}

/* class, class|class, class key=value, up to the > */
static void read_class_set(parser *ps, gw_class_set *set)
{
	set->classes = GW_NEW_N(ps->k->arena, uint64_t, gw_bit_words(ps->k->class_names.count) + 1);
	do {
		skip_blanks(ps);
		add_class(ps, set, read_name(ps));
		skip_blanks(ps);
	} while (!ps->bad && take(ps, "|"));
	while (!ps->bad && ps->p < ps->end && *ps->p != '>') {
		gw_str key = read_name(ps);
		if (key.len == 0 || !take(ps, "=")) {
			complain(ps, GW_E_RULE_SYNTAX, "in < > stand classes, then key=value", GW_STR(""));
			break;
		}
		const char *b = ps->p;
		while (ps->p < ps->end && is_value_char(*ps->p))
			ps->p++;
		add_filter(ps, set, key, (gw_str){b, (uint32_t)(ps->p - b)});
		skip_blanks(ps);
	}
	if (!ps->bad && !take(ps, ">"))
		complain(ps, GW_E_RULE_SYNTAX, "a > is missing", GW_STR(""));
}

/* Behind '<': a set of classes, or ! and one. One that was read before is known by its text. */
static gw_pattern_node *read_classes(parser *ps)
{
	gw_parts *parts = &ps->k->parts;
	bool not = take(ps, "!");
	const char *close = memchr(ps->p, '>', (size_t)(ps->end - ps->p));
	gw_str text = {ps->p, close ? (uint32_t)(close - ps->p) : 0};
	gw_pattern_node *n = make(ps, not ? N_NOT : N_TOKEN, NULL, NULL);
	n->index = gw_map_get(&parts->class_set_ids, text);
	if (n->index != GW_NONE) {
		ps->p = close + 1;
	} else {
		gw_class_set set = {0};
		read_class_set(ps, &set);
		n->index = parts->class_sets.count;
		if (!ps->bad && ps->p == text.ptr + text.len + 1)
			*gw_map_put(&parts->class_set_ids, text) = n->index;
		*GW_PUSH(ps->k->arena, &parts->class_sets) = set;
	}
	parts->class_sets.items[n->index].uses++;
	return n;
}

static gw_pattern_node *read_alternatives(parser *ps);

static gw_pattern_node *read_look(parser *ps, int dir, bool negative)
{
	gw_pattern_node *n = make(ps, N_LOOK, NULL, NULL);
	n->dir = dir;
	n->negative = negative;
	n->left = read_alternatives(ps);
	return n;
}

/* A macro is read in place, as if it stood in brackets. */
static gw_pattern_node *read_macro(parser *ps)
{
	gw_str name = read_name(ps);
	uint32_t i = gw_map_get(&ps->k->macros, name);
	if (!take(ps, "}") || i == GW_NONE) {
		complain(ps, GW_E_RULE_SYNTAX, "no such macro:", name);
		return make(ps, N_EMPTY, NULL, NULL);
	}
	gw_str text = ps->k->macro_texts.items[i];
	parser inner = *ps;
	inner.p = inner.begin = text.ptr;
	inner.end = text.ptr + text.len;
	inner.depth = ps->depth + 1;
	if (inner.depth >= DEPTH_MAX) {
		complain(ps, GW_E_RULE_SYNTAX, "macros that name each other:", name);
		return make(ps, N_EMPTY, NULL, NULL);
	}
	gw_pattern_node *n = read_alternatives(&inner);
	if (!inner.bad && inner.p < inner.end)
		complain(&inner, GW_E_RULE_SYNTAX, "something is left over in the macro", name);
	ps->bad = inner.bad;
	return n;
}

static gw_pattern_node *read_group(parser *ps)
{
	gw_pattern_node *n;
	if (take(ps, "?="))
		n = read_look(ps, 1, false);
	else if (take(ps, "?!"))
		n = read_look(ps, 1, true);
	else if (take(ps, "?<="))
		n = read_look(ps, -1, false);
	else if (take(ps, "?<!"))
		n = read_look(ps, -1, true);
	else
		n = read_alternatives(ps);
	if (!take(ps, ")"))
		complain(ps, GW_E_RULE_SYNTAX, "a ) is missing", GW_STR(""));
	return n;
}

/* name:( name:< name:{ name:[  -- else the letters are literals. */
static uint16_t read_capture_name(parser *ps)
{
	const char *was = ps->p;
	gw_str name = read_name(ps);
	if (name.len && name.ptr[0] >= 'a' && name.ptr[0] <= 'z' && ps->p + 1 < ps->end && ps->p[0] == ':' && strchr("(<{[", ps->p[1])) {
		ps->p++;
		return gw_name_intern(ps->k, name);
	}
	ps->p = was;
	return GW_NO_NAME;
}

static gw_pattern_node *read_atom(parser *ps)
{
	if (take(ps, "("))
		return read_group(ps);
	if (take(ps, "<"))
		return read_classes(ps);
	if (take(ps, "["))
		return read_set(ps);
	if (take(ps, "{"))
		return read_macro(ps);
	if (take(ps, "."))
		return make(ps, N_ANY, NULL, NULL);
	if (take(ps, "^"))
		return make(ps, N_BEGIN, NULL, NULL);
	if (take(ps, "$"))
		return make(ps, N_END, NULL, NULL);
	if (strchr("?*+>]}", *ps->p)) {
		complain(ps, GW_E_RULE_SYNTAX, "a literal ? * + > ] } needs a backslash", GW_STR(""));
		ps->p++;
		return make(ps, N_EMPTY, NULL, NULL);
	}
	gw_pattern_node *n = make(ps, N_CHAR, NULL, NULL);
	n->ch = read_char(ps);
	return n;
}

static bool nullable(const gw_pattern_node *n)
{
	switch (n->kind) {
	case N_SEQ: return nullable(n->left) && nullable(n->right);
	case N_ALT: return nullable(n->left) || nullable(n->right);
	case N_REPEAT: return n->min == 0 || nullable(n->left);
	case N_CAPTURE: return nullable(n->left);
	case N_EMPTY: case N_BEGIN: case N_END: case N_LOOK: return true;
	default: return false;
	}
}

static uint32_t read_count(parser *ps)
{
	uint32_t v = 0;
	while (ps->p < ps->end && *ps->p >= '0' && *ps->p <= '9' && v <= REPEAT_MAX)
		v = v * 10 + (uint32_t)(*ps->p++ - '0');
	return v;
}

static gw_pattern_node *read_repeat(parser *ps, gw_pattern_node *atom)
{
	uint32_t min, max;
	if (take(ps, "?")) {
		min = 0;
		max = 1;
	} else if (take(ps, "*")) {
		min = 0;
		max = GW_NONE;
	} else if (take(ps, "+")) {
		min = 1;
		max = GW_NONE;
	} else if (ps->p + 1 < ps->end && *ps->p == '{' && ps->p[1] >= '0' && ps->p[1] <= '9') {
		ps->p++;
		min = max = read_count(ps);
		if (take(ps, ","))
			max = *ps->p == '}' ? GW_NONE : read_count(ps);
		if (!take(ps, "}") || min > REPEAT_MAX || (max != GW_NONE && (max > REPEAT_MAX || max < min)))
			complain(ps, GW_E_RULE_SYNTAX, "a repeat is {m}, {m,n} or {m,} up to 200", GW_STR(""));
	} else
		return atom;
	if (nullable(atom) && max == GW_NONE)
		complain(ps, GW_E_RULE_SYNTAX, "what is repeated without limit may not be empty", GW_STR(""));
	gw_pattern_node *n = make(ps, N_REPEAT, atom, NULL);
	n->min = min;
	n->max = max;
	n->lazy = take(ps, "?");
	return n;
}

static gw_pattern_node *read_item(parser *ps)
{
	uint16_t name = read_capture_name(ps);
	gw_pattern_node *n = read_atom(ps);
	if (name != GW_NO_NAME) {
		if (n->kind == N_TOKEN)
			n->name = name; /* one token: the capture remembers which */
		else {
			n = make(ps, N_CAPTURE, n, NULL);
			n->name = name;
		}
	}
	return read_repeat(ps, n);
}

static gw_pattern_node *read_sequence(parser *ps)
{
	gw_pattern_node *seq = NULL;
	for (skip_blanks(ps); ps->p < ps->end && *ps->p != '|' && *ps->p != ')' && !ps->bad; skip_blanks(ps)) {
		gw_pattern_node *item = read_item(ps);
		seq = seq ? make(ps, N_SEQ, seq, item) : item;
	}
	return seq ? seq : make(ps, N_EMPTY, NULL, NULL);
}

static gw_pattern_node *read_alternatives(parser *ps)
{
	if (++ps->depth > DEPTH_MAX) {
		complain(ps, GW_E_RULE_SYNTAX, "nested too deeply", GW_STR(""));
		return make(ps, N_EMPTY, NULL, NULL);
	}
	gw_pattern_node *alt = read_sequence(ps);
	while (!ps->bad && take(ps, "|"))
		alt = make(ps, N_ALT, alt, read_sequence(ps));
	ps->depth--;
	return alt;
}

gw_status gw_pattern_compile(gw_knowledge *k, gw_arena *scratch, gw_rule *rule, gw_diag *diag)
{
	parser ps = {.k = k, .scratch = scratch, .rule = rule, .diag = diag, .p = rule->match.ptr, .begin = rule->match.ptr, .end = rule->match.ptr + rule->match.len};
	gw_pattern_node *tree = read_alternatives(&ps);
	if (!ps.bad && ps.p < ps.end)
		complain(&ps, GW_E_RULE_SYNTAX, "a ) too many", GW_STR(""));
	if (ps.bad)
		return GW_FAILED;
	gw_program *prog = &rule->program;
	prog->dir = rule->from_right ? -1 : 1;
	if (!gw_program_emit(k, scratch, prog, tree)) {
		complain(&ps, GW_E_RULE_SYNTAX, "the pattern is too large; use smaller repeats", GW_STR(""));
		return GW_FAILED;
	}
	if (gw_program_find_first(k, scratch, prog, tree))
		complain(&ps, GW_E_RULE_SYNTAX, "the pattern matches the empty text", GW_STR(""));
	gw_program_find_needs(k, prog, tree);
	return ps.bad ? GW_FAILED : GW_OK;
}

uint16_t gw_name_intern(gw_knowledge *k, gw_str name)
{
	uint32_t *id = gw_map_put(&k->names, name);
	if (*id == GW_NONE) {
		*id = k->name_texts.count;
		*GW_PUSH(k->arena, &k->name_texts) = gw_arena_str(k->arena, name);
	}
	return (uint16_t)*id;
}
