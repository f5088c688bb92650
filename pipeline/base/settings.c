/* Option tables: one description of a module's settings, read from a YAML tree. */
#include "gw/settings.h"
#include "gw/file.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

/* What the readers of single values share. */
typedef struct task {
	const gw_option *opt;
	void *field;
	gw_arena *arena;
	gw_diag *diag;
	const char *folder; /* of the YAML file: relative paths begin there */
	bool preset;        /* the value is the table's own default */
} task;

static bool wrong_type(const task *t, const gw_node *n, const char *expected)
{
	if (n->kind == GW_NODE_SCALAR)
		gw_report(t->diag, GW_E_CONFIG_TYPE, &n->at, "%s: %s%s%s is not %s", t->opt->name, n->quoted ? "\"" : "",
			n->text.ptr, n->quoted ? "\" (in quotes: a text)" : "", expected);
	else
		gw_report(t->diag, GW_E_CONFIG_TYPE, &n->at, "%s: expected %s, found %s", t->opt->name, expected,
			gw_node_kind_name(n->kind));
	return false;
}

static bool is_plain(const gw_node *n)
{
	return n->kind == GW_NODE_SCALAR && !n->quoted && n->text.len > 0;
}

/* ---- paths ---- */

/* "config" and "../output" give "output", not "config/../output": these paths are shown in messages. Only for a
 * real folder, since behind a link ".." is another place. */
static char *resolve(gw_arena *a, const char *folder, const char *value)
{
	while (strncmp(value, "./", 2) == 0)
		value += 2;
	char *dir = gw_arena_printf(a, "%s", folder);
	while (strncmp(value, "../", 3) == 0 || strcmp(value, "..") == 0) {
		const char *last = gw_path_base(dir);
		struct stat st;
		if (!*last || strcmp(last, ".") == 0 || strcmp(last, "..") == 0 || lstat(dir, &st) != 0 || !S_ISDIR(st.st_mode))
			break;
		dir = gw_path_dir(a, dir);
		value += value[2] ? 3 : 2;
	}
	return *value ? gw_path_join(a, dir, value) : dir;
}

static bool path_missing(const task *t, const gw_node *n, const char *path, const char *what)
{
	gw_report(t->diag, GW_E_CONFIG_PATH, &n->at, "%s: %s%s %s", t->opt->name, t->preset ? "the default " : "", path, what);
	return false;
}

static void strings_add(const task *t, gw_strings *list, const char *item, gw_place at)
{
	if (list->count == list->cap) {
		uint32_t cap = list->cap ? list->cap * 2 : 8;
		list->items = gw_arena_grow(t->arena, list->items, sizeof *list->items * list->cap, sizeof *list->items * cap);
		list->at = gw_arena_grow(t->arena, list->at, sizeof *list->at * list->cap, sizeof *list->at * cap);
		list->cap = cap;
	}
	list->items[list->count] = item;
	list->at[list->count++] = at;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool has_ending(const char *name, const char *ending)
{
	size_t n = strlen(name), e = ending ? strlen(ending) : 0;
	return n >= e && (e == 0 || strcmp(name + n - e, ending) == 0);
}

/* The files of a folder with the option's ending, by name; hidden ones (editors leave them) left out. */
static bool folder_add(const task *t, const gw_node *n, const char *path, gw_strings *list)
{
	DIR *dir = opendir(path);
	if (!dir)
		return path_missing(t, n, path, strerror(errno));
	uint32_t first = list->count;
	for (struct dirent *e; (e = readdir(dir)) != NULL;) {
		char *file = gw_path_join(t->arena, path, e->d_name);
		if (e->d_name[0] != '.' && has_ending(e->d_name, t->opt->choices) && !gw_path_is_dir(file))
			strings_add(t, list, file, n->at);
	}
	closedir(dir);
	if (list->count == first)
		return path_missing(t, n, path,
			gw_arena_printf(t->arena, "holds no file *%s", t->opt->choices ? t->opt->choices : ""));
	qsort(list->items + first, list->count - first, sizeof *list->items, by_name);
	return true;
}

/* ---- one reader a kind ---- */

/* "" as a default: an empty text for those that are strings, no node and no items for the others. */
static void none_set(const task *t)
{
	switch (t->opt->kind) {
	case GW_OPT_STRING:
	case GW_OPT_FILE:
	case GW_OPT_PATH: *(const char **)t->field = ""; break;
	case GW_OPT_STRINGS:
	case GW_OPT_PATHS:
	case GW_OPT_FILES: *(gw_strings *)t->field = (gw_strings){0}; break;
	case GW_OPT_NODE: *(gw_node **)t->field = NULL; break;
	case GW_OPT_PLACED: *(gw_placed *)t->field = (gw_placed){.text = ""}; break;
	default: break;
	}
}

static bool read_bool(const task *t, const gw_node *n)
{
	bool yes = is_plain(n) && gw_str_eq(n->text, GW_STR("true"));
	if (!yes && !(is_plain(n) && gw_str_eq(n->text, GW_STR("false"))))
		return wrong_type(t, n, "true or false");
	*(bool *)t->field = yes;
	return true;
}

static bool in_range(const task *t, const gw_node *n, double v)
{
	const gw_option *o = t->opt;
	if ((o->min == 0 && o->max == 0) || (v >= o->min && v <= o->max))
		return true;
	gw_report(t->diag, GW_E_CONFIG_RANGE, &n->at, "%s: %s is out of range, expected %.15g to %.15g", o->name, n->text.ptr,
		o->min, o->max);
	return false;
}

static bool read_int(const task *t, const gw_node *n)
{
	static const char suffixes[] = "KMG";
	if (!is_plain(n))
		return wrong_type(t, n, "a whole number");
	const char *text = n->text.ptr;
	char *end;
	errno = 0;
	long long v = strtoll(text, &end, 10);
	bool fits = errno == 0;
	/* strtoll would also take leading blanks and a plus; a plain scalar has no blanks. */
	if (end == text || *text == '+')
		return wrong_type(t, n, "a whole number");
	const char *suffix = *end ? strchr(suffixes, *end) : NULL;
	if (suffix) {
		end++;
		fits = !__builtin_mul_overflow(v, 1LL << (10 * (suffix - suffixes + 1)), &v) && fits;
	}
	if (*end)
		return wrong_type(t, n, "a whole number (K, M or G may follow)");
	if (!fits) {
		gw_report(t->diag, GW_E_CONFIG_RANGE, &n->at, "%s: %s is too large", t->opt->name, text);
		return false;
	}
	if (!in_range(t, n, (double)v))
		return false;
	*(int64_t *)t->field = v;
	return true;
}

static bool read_number(const task *t, const gw_node *n)
{
	/* The letters keep strtod from its words (inf, nan) and from hexadecimal. */
	if (!is_plain(n) || n->text.ptr[strspn(n->text.ptr, "0123456789.eE+-")])
		return wrong_type(t, n, "a number");
	char *end;
	double v = strtod(n->text.ptr, &end);
	if (*end)
		return wrong_type(t, n, "a number");
	if (!isfinite(v)) {
		gw_report(t->diag, GW_E_CONFIG_RANGE, &n->at, "%s: %s is too large", t->opt->name, n->text.ptr);
		return false;
	}
	if (!in_range(t, n, v))
		return false;
	*(double *)t->field = v;
	return true;
}

static bool read_string(const task *t, const gw_node *n)
{
	if (n->kind != GW_NODE_SCALAR)
		return wrong_type(t, n, "a text");
	if (t->opt->kind == GW_OPT_PLACED)
		*(gw_placed *)t->field = (gw_placed){n->text.ptr, n->at};
	else
		*(const char **)t->field = n->text.ptr;
	return true;
}

static bool read_choice(const task *t, const gw_node *n)
{
	if (n->kind != GW_NODE_SCALAR)
		return wrong_type(t, n, "a word");
	int index = 0;
	for (const char *p = t->opt->choices;; index++) {
		size_t len = strcspn(p, "|");
		if (len == n->text.len && memcmp(p, n->text.ptr, len) == 0) {
			*(int *)t->field = index;
			return true;
		}
		if (!p[len])
			break;
		p += len + 1;
	}
	gw_report(t->diag, GW_E_CONFIG_RANGE, &n->at, "%s: \"%s\" is none of %s", t->opt->name, n->text.ptr, t->opt->choices);
	return false;
}

static bool read_path(const task *t, const gw_node *n)
{
	if (n->kind != GW_NODE_SCALAR)
		return wrong_type(t, n, "a path");
	if (n->text.len == 0 && t->opt->preset && !*t->opt->preset) { /* "" switches off what may be left out */
		none_set(t);
		return true;
	}
	if (n->text.len == 0)
		return wrong_type(t, n, "a path");
	const char *path = resolve(t->arena, t->folder, n->text.ptr);
	if (t->opt->kind == GW_OPT_FILE && !gw_path_exists(path))
		return path_missing(t, n, path, "does not exist");
	if (t->opt->kind == GW_OPT_FILE && gw_path_is_dir(path))
		return path_missing(t, n, path, "is a folder, expected a file");
	*(const char **)t->field = path;
	return true;
}

static bool files_add(const task *t, const gw_node *n, gw_strings *list)
{
	const char *path = resolve(t->arena, t->folder, n->text.ptr);
	if (gw_path_is_dir(path))
		return folder_add(t, n, path, list);
	if (!gw_path_exists(path))
		return path_missing(t, n, path, "does not exist");
	strings_add(t, list, path, n->at);
	return true;
}

static bool list_item_add(const task *t, const gw_node *n, gw_strings *list)
{
	bool path = t->opt->kind != GW_OPT_STRINGS;
	if (n->kind != GW_NODE_SCALAR || (path && n->text.len == 0))
		return wrong_type(t, n, path ? "a path" : "a text");
	if (t->opt->kind == GW_OPT_FILES)
		return files_add(t, n, list);
	path = path && strcmp(n->text.ptr, "-") != 0;
	strings_add(t, list, path ? resolve(t->arena, t->folder, n->text.ptr) : n->text.ptr, n->at);
	return true;
}

/* One value alone stands for a list of one. */
static bool read_strings(const task *t, const gw_node *n)
{
	gw_strings list = {0};
	bool good = true;
	if (n->kind == GW_NODE_SCALAR)
		good = list_item_add(t, n, &list);
	else if (n->kind == GW_NODE_LIST)
		for (uint32_t i = 0; i < n->items.count; i++)
			good = list_item_add(t, n->items.items[i], &list) && good;
	else
		return wrong_type(t, n, "a list");
	*(gw_strings *)t->field = list;
	return good;
}

static bool value_read(const task *t, gw_node *n)
{
	switch (t->opt->kind) {
	case GW_OPT_BOOL: return read_bool(t, n);
	case GW_OPT_INT: return read_int(t, n);
	case GW_OPT_NUMBER: return read_number(t, n);
	case GW_OPT_STRING:
	case GW_OPT_PLACED: return read_string(t, n);
	case GW_OPT_CHOICE: return read_choice(t, n);
	case GW_OPT_FILE:
	case GW_OPT_PATH: return read_path(t, n);
	case GW_OPT_STRINGS:
	case GW_OPT_PATHS:
	case GW_OPT_FILES: return read_strings(t, n);
	case GW_OPT_NODE: *(gw_node **)t->field = n; return true;
	}
	return false;
}

/* ---- defaults ---- */

static void place_set(gw_node *n, gw_place at)
{
	n->at = at;
	for (uint32_t i = 0; i < n->items.count; i++)
		place_set(n->items.items[i], at);
}

static bool preset_read(task *t, const gw_node *map)
{
	const char *preset = t->opt->preset;
	if (!*preset) {
		none_set(t);
		return true;
	}
	gw_node *n = gw_yaml_parse(t->arena, NULL, preset, strlen(preset), t->diag);
	if (!n)
		return false;
	/* Complaints about a default name the map that could have said better. */
	place_set(n, map ? map->at : (gw_place){0});
	t->preset = true;
	return value_read(t, n);
}

/* ---- keys ---- */

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Edit distance, for "did you mean"; names of options are short, longer ones count as far. */
static size_t distance(const char *a, const char *b)
{
	enum { NAME_MAX_LEN = 40 };
	size_t row[NAME_MAX_LEN + 1], n = strlen(b);
	if (n > NAME_MAX_LEN || strlen(a) > NAME_MAX_LEN)
		return SIZE_MAX;
	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 0; a[i]; i++) {
		size_t diagonal = row[0];
		row[0] = i + 1;
		for (size_t j = 0; j < n; j++) {
			size_t change = diagonal + (a[i] != b[j]);
			diagonal = row[j + 1];
			row[j + 1] = least(change, least(row[j], diagonal) + 1);
		}
	}
	return row[n];
}

static void unknown_key(const gw_option *table, const gw_node *key, gw_diag *diag)
{
	gw_buf names;
	gw_buf_init(&names);
	const char *near = NULL;
	size_t best = 3; /* two slips at most */
	for (const gw_option *o = table; o->name; o++) {
		size_t d = distance(key->text.ptr, o->name);
		if (d < best) {
			best = d;
			near = o->name;
		}
		gw_buf_printf(&names, "%s%s", o == table ? "" : ", ", o->name);
	}
	if (near)
		gw_report(diag, GW_E_CONFIG_KEY, &key->at, "unknown key \"%s\"; did you mean \"%s\"?", key->text.ptr, near);
	else if (names.len)
		gw_report(diag, GW_E_CONFIG_KEY, &key->at, "unknown key \"%s\"; expected one of: %s", key->text.ptr, names.ptr);
	else
		gw_report(diag, GW_E_CONFIG_KEY, &key->at, "unknown key \"%s\"; there is nothing to set here", key->text.ptr);
	gw_buf_release(&names);
}

static bool keys_known(const gw_option *table, const gw_node *map, gw_diag *diag)
{
	bool good = true;
	for (uint32_t i = 0; i < map->pairs.count; i++) {
		const gw_node *key = map->pairs.items[i].key;
		const gw_option *o = table;
		while (o->name && !gw_str_eq(gw_str_of(o->name), key->text))
			o++;
		if (o->name)
			continue;
		unknown_key(table, key, diag);
		good = false;
	}
	return good;
}

bool gw_options_read(const gw_option *table, const gw_node *map, void *settings, gw_arena *arena, gw_diag *diag)
{
	bool good = true;
	if (map && map->kind != GW_NODE_MAP && map->kind != GW_NODE_NULL) {
		gw_report(diag, GW_E_CONFIG_TYPE, &map->at, "expected a map (key: value), found %s", gw_node_kind_name(map->kind));
		return false;
	}
	if (map)
		good = keys_known(table, map, diag);
	const char *folder = map && map->at.path ? gw_path_dir(arena, map->at.path) : ".";
	for (const gw_option *o = table; o->name; o++) {
		task t = {.opt = o, .field = (char *)settings + o->offset, .arena = arena, .diag = diag, .folder = folder};
		gw_node *value = gw_node_get(map, o->name);
		if (value && value->kind != GW_NODE_NULL) { /* a key without a value leaves the default */
			good = value_read(&t, value) && good;
		} else if (o->preset) {
			good = preset_read(&t, map) && good;
		} else {
			gw_report(diag, GW_E_CONFIG_MISSING, value ? &value->at : map ? &map->at : NULL, "the key \"%s\" is missing: %s",
				o->name, o->help ? o->help : "it is required");
			good = false;
		}
	}
	return good;
}

/* ---- documentation ---- */

static void type_document(const gw_option *o, gw_buf *out)
{
	static const char *const names[] = {"true or false", "whole number", "number", "text", "", "file", "path",
		"list of texts", "list of paths", "list of files", "map or list", "text"};
	if (o->kind == GW_OPT_CHOICE) {
		for (const char *p = o->choices;; p++) {
			size_t len = strcspn(p, "|");
			gw_buf_printf(out, "`%.*s`", (int)len, p);
			p += len;
			if (!*p)
				break;
			gw_buf_adds(out, " or ");
		}
		return;
	}
	gw_buf_adds(out, names[o->kind]);
	if ((o->kind == GW_OPT_INT || o->kind == GW_OPT_NUMBER) && (o->min != 0 || o->max != 0))
		gw_buf_printf(out, ", %.15g to %.15g", o->min, o->max);
	if (o->kind == GW_OPT_FILES && o->choices && *o->choices)
		gw_buf_printf(out, " (a folder: its `*%s`)", o->choices);
}

void gw_options_document(const gw_option *table, gw_buf *out)
{
	gw_buf_adds(out, "| key | value | default | meaning |\n| --- | --- | --- | --- |\n");
	for (const gw_option *o = table; o->name; o++) {
		gw_buf_printf(out, "| `%s` | ", o->name);
		type_document(o, out);
		if (!o->preset)
			gw_buf_adds(out, " | required | ");
		else if (*o->preset)
			gw_buf_printf(out, " | `%s` | ", o->preset);
		else
			gw_buf_adds(out, " | none | ");
		gw_buf_printf(out, "%s |\n", o->help ? o->help : "");
	}
}
