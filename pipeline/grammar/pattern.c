/* Patterns: a regular-expression language whose atoms are characters and token classes; docs/rules.md is its
 * description. Here a pattern becomes a tree, the tree a program for match.c. */
#include "grammar.h"

#include <stdio.h>
#include <stdlib.h>

typedef enum node_kind {
	N_EMPTY, N_CHAR, N_SET, N_TOKEN, N_NOT, N_ANY, N_BEGIN, N_END, N_SEQ, N_ALT, N_REPEAT, N_CAPTURE, N_LOOK
} node_kind;

typedef struct node {
	node_kind kind;
	struct node *left, *right; /* SEQ and ALT: two; REPEAT, CAPTURE, LOOK: left */
	uint32_t ch;               /* CHAR */
	uint32_t index;            /* SET, TOKEN, NOT: in the program's sets */
	uint32_t min, max;         /* REPEAT; max GW_NONE: no limit */
	bool lazy, negative;
	int dir;                   /* LOOK */
	uint16_t name;             /* CAPTURE, TOKEN */
} node;

enum { CODE_MAX = 20000, DEPTH_MAX = 64, REPEAT_MAX = 200 };

typedef struct parser {
	gw_knowledge *k;
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

static node *make(parser *ps, node_kind kind, node *left, node *right)
{
	node *n = GW_NEW(ps->k->arena, node);
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

/* Behind '[': [abc] [^abc] [0-9] */
static node *read_set(parser *ps)
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
	if (chars.count)
		qsort(chars.items, chars.count, sizeof *chars.items, compare_u32);
	set.chars = chars.items;
	set.count = chars.count;
	node *n = make(ps, N_SET, NULL, NULL);
	n->index = ps->rule->program.sets.count;
	n->negative = set.negative;
	*GW_PUSH(ps->k->arena, &ps->rule->program.sets) = set;
	return n;
}

static size_t words_for(uint32_t bits)
{
	return (bits + 63) / 64;
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

static bool entry_passes(const gw_entry *e, gw_str key, gw_str values)
{
	/* `min` and `max` are about the length of the word itself. */
	if (gw_str_eq(key, GW_STR("min")) || gw_str_eq(key, GW_STR("max"))) {
		size_t want = (size_t)atoi(values.ptr), has = gw_utf8_count(e->surface.ptr, e->surface.len);
		return key.ptr[1] == 'i' ? has >= want : has <= want;
	}
	for (uint32_t a = 0; a < e->attr_count; a++)
		if (gw_str_eq(e->attrs[a].key, key) && value_listed(e->attrs[a].value, values))
			return true;
	return false;
}

/* <class key=value/value min=2>: only entries whose attribute has one of the values, of that length. */
static void add_filter(parser *ps, gw_class_set *set, gw_str key, gw_str values)
{
	const gw_knowledge *k = ps->k;
	uint64_t *entries = GW_NEW_N(k->arena, uint64_t, words_for(k->entries.count) + 1);
	for (uint32_t i = 0; i < k->entries.count; i++) {
		const gw_entry *e = &k->entries.items[i];
		if (!gw_bit(set->classes, e->cls) || (set->entries && !gw_bit(set->entries, i)))
			continue;
		if (entry_passes(e, key, values))
			gw_bit_set(entries, i);
	}
	set->entries = entries;
}

static bool is_value_char(char c)
{
	return c != '>' && c != ' ' && c != '|';
}

/* Behind '<': class, class|class, !class, class key=value */
static node *read_classes(parser *ps)
{
	bool not = take(ps, "!");
	gw_class_set set = {.classes = GW_NEW_N(ps->k->arena, uint64_t, words_for(ps->k->class_names.count) + 1)};
	do {
		skip_blanks(ps);
		add_class(ps, &set, read_name(ps));
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
		add_filter(ps, &set, key, (gw_str){b, (uint32_t)(ps->p - b)});
		skip_blanks(ps);
	}
	if (!ps->bad && !take(ps, ">"))
		complain(ps, GW_E_RULE_SYNTAX, "a > is missing", GW_STR(""));
	for (uint32_t c = 0; c < ps->k->class_names.count; c++)
		if (gw_bit(set.classes, c))
			set.glance |= gw_class_bit(c);
	node *n = make(ps, not ? N_NOT : N_TOKEN, NULL, NULL);
	n->index = ps->rule->program.class_sets.count;
	*GW_PUSH(ps->k->arena, &ps->rule->program.class_sets) = set;
	return n;
}

static node *read_alternatives(parser *ps);

static node *read_look(parser *ps, int dir, bool negative)
{
	node *n = make(ps, N_LOOK, NULL, NULL);
	n->dir = dir;
	n->negative = negative;
	n->left = read_alternatives(ps);
	return n;
}

/* A macro is read in place, as if it stood in brackets. */
static node *read_macro(parser *ps)
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
	node *n = read_alternatives(&inner);
	if (!inner.bad && inner.p < inner.end)
		complain(&inner, GW_E_RULE_SYNTAX, "something is left over in the macro", name);
	ps->bad = inner.bad;
	return n;
}

static node *read_group(parser *ps)
{
	node *n;
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

static node *read_atom(parser *ps)
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
	node *n = make(ps, N_CHAR, NULL, NULL);
	n->ch = read_char(ps);
	return n;
}

static bool nullable(const node *n)
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

static node *read_repeat(parser *ps, node *atom)
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
	node *n = make(ps, N_REPEAT, atom, NULL);
	n->min = min;
	n->max = max;
	n->lazy = take(ps, "?");
	return n;
}

static node *read_item(parser *ps)
{
	uint16_t name = read_capture_name(ps);
	node *n = read_atom(ps);
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

static node *read_sequence(parser *ps)
{
	node *seq = NULL;
	for (skip_blanks(ps); ps->p < ps->end && *ps->p != '|' && *ps->p != ')' && !ps->bad; skip_blanks(ps)) {
		node *item = read_item(ps);
		seq = seq ? make(ps, N_SEQ, seq, item) : item;
	}
	return seq ? seq : make(ps, N_EMPTY, NULL, NULL);
}

static node *read_alternatives(parser *ps)
{
	if (++ps->depth > DEPTH_MAX) {
		complain(ps, GW_E_RULE_SYNTAX, "nested too deeply", GW_STR(""));
		return make(ps, N_EMPTY, NULL, NULL);
	}
	node *alt = read_sequence(ps);
	while (!ps->bad && take(ps, "|"))
		alt = make(ps, N_ALT, alt, read_sequence(ps));
	ps->depth--;
	return alt;
}

/* ---- what a part can begin with ---- */

typedef struct first_set {
	GW_LIST(uint32_t) chars;
	uint64_t *classes; /* bit set */
	bool anywhere;
} first_set;

/* Adds what a node can begin with (end with, to the left); returns whether the node can be empty. */
static bool find_first(gw_knowledge *k, const gw_program *prog, const node *n, int dir, first_set *f)
{
	const node *a, *b;
	switch (n->kind) {
	case N_CHAR:
		*GW_PUSH(k->arena, &f->chars) = n->ch;
		return false;
	case N_SET: {
		const gw_char_set *s = &prog->sets.items[n->index];
		f->anywhere |= s->negative;
		for (uint32_t i = 0; i < s->count && !s->negative; i++)
			*GW_PUSH(k->arena, &f->chars) = s->chars[i];
		return false;
	}
	case N_TOKEN:
		for (size_t i = 0; i < words_for(k->class_names.count); i++)
			f->classes[i] |= prog->class_sets.items[n->index].classes[i];
		return false;
	case N_NOT:
	case N_ANY:
		f->anywhere = true;
		return false;
	case N_SEQ:
		a = dir > 0 ? n->left : n->right;
		b = dir > 0 ? n->right : n->left;
		return find_first(k, prog, a, dir, f) && find_first(k, prog, b, dir, f);
	case N_ALT: {
		bool left = find_first(k, prog, n->left, dir, f), right = find_first(k, prog, n->right, dir, f);
		return left || right;
	}
	case N_REPEAT: return find_first(k, prog, n->left, dir, f) || n->min == 0;
	case N_CAPTURE: return find_first(k, prog, n->left, dir, f);
	default: return true;
	}
}

static void first_set_init(gw_knowledge *k, first_set *f)
{
	memset(f, 0, sizeof *f);
	f->classes = GW_NEW_N(k->arena, uint64_t, words_for(k->class_names.count) + 1);
}

/* ---- the tree becomes a program ---- */

typedef struct emitter {
	gw_knowledge *k;
	gw_program *prog;
	bool overflow;
} emitter;

static uint32_t emit(emitter *e, gw_op_code op, uint16_t name, uint32_t x, uint32_t y)
{
	if (e->prog->code.count >= CODE_MAX) {
		e->overflow = true;
		return 0;
	}
	*GW_PUSH(e->k->arena, &e->prog->code) = (gw_inst){.op = (uint8_t)op, .name = name, .x = x, .y = y, .guard = GW_NONE};
	return e->prog->code.count - 1;
}

static void emit_node(emitter *e, const node *n, int dir);

static void emit_char(emitter *e, uint32_t ch)
{
	emit(e, GW_I_STRING, GW_NO_NAME, e->prog->strings.count, 1);
	*GW_PUSH(e->k->arena, &e->prog->strings) = ch;
}

/* The guard of what comes first, so that a split need not try what cannot be. */
static uint32_t guard_of(emitter *e, const node *n, int dir)
{
	first_set f;
	gw_guard g = {0, 0};
	first_set_init(e->k, &f);
	if (find_first(e->k, e->prog, n, dir, &f) || f.anywhere)
		return GW_NONE;
	for (uint32_t i = 0; i < f.chars.count; i++)
		g.chars |= gw_char_bit(f.chars.items[i]);
	for (uint32_t c = 0; c < e->k->class_names.count; c++)
		if (gw_bit(f.classes, c))
			g.classes |= gw_class_bit(c);
	*GW_PUSH(e->k->arena, &e->prog->guards) = g;
	return e->prog->guards.count - 1;
}

static void emit_split(emitter *e, uint32_t at, uint32_t first, uint32_t second, bool lazy)
{
	if (e->overflow)
		return;
	e->prog->code.items[at].x = lazy ? second : first;
	e->prog->code.items[at].y = lazy ? first : second;
}

static uint32_t emit_guarded(emitter *e, uint32_t guard)
{
	uint32_t split = emit(e, GW_I_SPLIT, GW_NO_NAME, 0, 0);
	if (!e->overflow)
		e->prog->code.items[split].guard = guard;
	return split;
}

static void emit_repeat(emitter *e, const node *n, int dir)
{
	uint32_t guard = n->lazy || n->max == n->min ? GW_NONE : guard_of(e, n->left, dir);
	for (uint32_t i = 0; i < n->min && !e->overflow; i++)
		emit_node(e, n->left, dir);
	if (n->max == GW_NONE) {
		uint32_t split = emit_guarded(e, guard);
		emit_node(e, n->left, dir);
		emit(e, GW_I_JUMP, GW_NO_NAME, split, 0);
		emit_split(e, split, split + 1, e->prog->code.count, n->lazy);
		return;
	}
	uint32_t splits = n->max - n->min;
	/* nested optionals: once one fails, all later ones do; every split leaves to the common end */
	GW_LIST(uint32_t) places = {0};
	for (uint32_t i = 0; i < splits && !e->overflow; i++) {
		*GW_PUSH(e->k->arena, &places) = emit_guarded(e, guard);
		emit_node(e, n->left, dir);
	}
	for (uint32_t i = 0; i < places.count; i++)
		emit_split(e, places.items[i], places.items[i] + 1, e->prog->code.count, n->lazy);
}

static void emit_alternatives(emitter *e, const node *n, int dir)
{
	uint32_t split = emit_guarded(e, guard_of(e, n->left, dir));
	emit_node(e, n->left, dir);
	uint32_t jump = emit(e, GW_I_JUMP, GW_NO_NAME, 0, 0);
	emit_split(e, split, split + 1, e->prog->code.count, false);
	emit_node(e, n->right, dir);
	if (!e->overflow)
		e->prog->code.items[jump].x = e->prog->code.count;
}

static void emit_node(emitter *e, const node *n, int dir)
{
	uint32_t at;
	switch (n->kind) {
	case N_EMPTY: break;
	case N_CHAR: emit_char(e, n->ch); break;
	case N_SET: emit(e, GW_I_SET, GW_NO_NAME, n->index, 0); break;
	case N_TOKEN: emit(e, GW_I_TOKEN, n->name, n->index, 0); break;
	case N_NOT: emit(e, GW_I_NOT, GW_NO_NAME, n->index, 0); break;
	case N_ANY: emit(e, GW_I_ANY, GW_NO_NAME, 0, 0); break;
	case N_BEGIN: emit(e, GW_I_BEGIN, GW_NO_NAME, 0, 0); break;
	case N_END: emit(e, GW_I_END, GW_NO_NAME, 0, 0); break;
	case N_SEQ:
		emit_node(e, dir > 0 ? n->left : n->right, dir);
		emit_node(e, dir > 0 ? n->right : n->left, dir);
		break;
	case N_ALT: emit_alternatives(e, n, dir); break;
	case N_REPEAT: emit_repeat(e, n, dir); break;
	case N_CAPTURE:
		emit(e, GW_I_OPEN, n->name, 0, 0);
		emit_node(e, n->left, dir);
		emit(e, GW_I_CLOSE, n->name, 0, 0);
		break;
	case N_LOOK:
		at = emit(e, GW_I_LOOK, GW_NO_NAME, 0, 0);
		emit_node(e, n->left, n->dir);
		emit(e, GW_I_MATCH, GW_NO_NAME, 0, 0);
		if (!e->overflow) {
			gw_inst *look = &e->prog->code.items[at];
			look->x = e->prog->code.count;
			look->dir = (int8_t)n->dir;
			look->negative = n->negative;
		}
		break;
	}
}

gw_status gw_pattern_compile(gw_knowledge *k, gw_rule *rule, gw_diag *diag)
{
	parser ps = {.k = k, .rule = rule, .diag = diag, .p = rule->match.ptr, .begin = rule->match.ptr, .end = rule->match.ptr + rule->match.len};
	node *tree = read_alternatives(&ps);
	if (!ps.bad && ps.p < ps.end)
		complain(&ps, GW_E_RULE_SYNTAX, "a ) too many", GW_STR(""));
	if (ps.bad)
		return GW_FAILED;
	gw_program *prog = &rule->program;
	prog->dir = rule->from_right ? -1 : 1;
	emitter e = {.k = k, .prog = prog};
	emit_node(&e, tree, prog->dir);
	emit(&e, GW_I_MATCH, GW_NO_NAME, 0, 0);
	if (e.overflow) {
		complain(&ps, GW_E_RULE_SYNTAX, "the pattern is too large; use smaller repeats", GW_STR(""));
		return GW_FAILED;
	}
	first_set f;
	first_set_init(k, &f);
	bool empty = find_first(k, prog, tree, prog->dir, &f);
	prog->first_classes = f.classes;
	prog->anywhere = f.anywhere;
	prog->first_chars.items = f.chars.items;
	prog->first_chars.count = prog->first_chars.cap = f.chars.count;
	if (empty)
		complain(&ps, GW_E_RULE_SYNTAX, "the pattern matches the empty text", GW_STR(""));
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
