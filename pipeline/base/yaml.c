/* YAML by libyaml's events as a tree that keeps its marks.
 *
 * Events, not libyaml's own documents: those lose the marks of aliases and take duplicate keys in silence. */
#include "gw/file.h"
#include "gw/settings.h"

#include <yaml.h>

/* Deeper nesting than this is a mistake or an attack; the reader recurses. */
enum { DEPTH_MAX = 64 };
#define FILE_MAX ((uint64_t)64 << 20)

typedef struct anchor {
	gw_str name;
	gw_node *node; /* NULL while the node is being read: an alias to it would be a circle */
} anchor;

typedef struct reader {
	yaml_parser_t parser;
	gw_arena *arena;
	gw_diag *diag;
	const char *path, *bytes;
	size_t len;
	unsigned depth;
	bool dead; /* a syntax error: no more events */
	GW_LIST(anchor) anchors;
} reader;

const char *gw_node_kind_name(gw_node_kind k)
{
	static const char *const names[] = {"a value", "a list", "a map", "nothing"};
	return names[k];
}

gw_node *gw_node_get(const gw_node *map, const char *key)
{
	if (!map || map->kind != GW_NODE_MAP)
		return NULL;
	gw_str want = gw_str_of(key);
	for (uint32_t i = 0; i < map->pairs.count; i++)
		if (gw_str_eq(map->pairs.items[i].key->text, want))
			return map->pairs.items[i].value;
	return NULL;
}

/* libyaml counts lines and columns from 0. */
static gw_place place_of(const reader *r, yaml_mark_t m)
{
	return (gw_place){.path = r->path, .line = (uint32_t)m.line + 1, .column = (uint32_t)m.column + 1};
}

/* An error of the bytes themselves comes with a byte offset and no mark. */
static gw_place place_of_byte(const reader *r, size_t offset)
{
	gw_place p = {.path = r->path, .line = 1, .byte_offset = offset};
	size_t start = 0, end = offset < r->len ? offset : r->len;
	for (size_t i = 0; i < end; i++)
		if (r->bytes[i] == '\n') {
			p.line++;
			start = i + 1;
		}
	p.column = (uint32_t)gw_utf8_count(r->bytes + start, end - start) + 1;
	return p;
}

static void syntax_error(reader *r)
{
	const yaml_parser_t *p = &r->parser;
	const char *what = p->problem ? p->problem : "out of memory";
	r->dead = true;
	if (p->error == YAML_READER_ERROR) {
		gw_place at = place_of_byte(r, p->problem_offset);
		gw_report(r->diag, GW_E_CONFIG_SYNTAX, &at, "%s; the file must be UTF-8 text", what);
		return;
	}
	gw_place at = place_of(r, p->problem_mark);
	if (p->context && p->context_mark.line != p->problem_mark.line)
		gw_report(r->diag, GW_E_CONFIG_SYNTAX, &at, "%s (%s that begins in line %zu)", what, p->context,
			p->context_mark.line + 1);
	else if (p->context)
		gw_report(r->diag, GW_E_CONFIG_SYNTAX, &at, "%s (%s)", what, p->context);
	else
		gw_report(r->diag, GW_E_CONFIG_SYNTAX, &at, "%s", what);
}

static bool event_next(reader *r, yaml_event_t *e)
{
	if (r->dead)
		return false;
	if (yaml_parser_parse(&r->parser, e))
		return true;
	syntax_error(r);
	return false;
}

static gw_node *node_new(reader *r, gw_node_kind kind, const yaml_event_t *e)
{
	gw_node *n = GW_NEW(r->arena, gw_node);
	n->kind = kind;
	n->at = place_of(r, e->start_mark);
	return n;
}

/* Tags would let a file say one thing and mean another; only "this is a string" is taken. */
static bool tag_is_string(reader *r, const yaml_char_t *tag, const gw_place *at)
{
	const char *t = (const char *)tag;
	if (!t)
		return false;
	if (strcmp(t, YAML_STR_TAG) == 0 || strcmp(t, "!") == 0)
		return true;
	gw_report(r->diag, GW_E_CONFIG_TYPE, at, "the tag %s is not used here; leave it out", t);
	return false;
}

static bool scalar_is_null(const gw_node *n)
{
	static const char *const words[] = {"", "~", "null", "Null", "NULL"};
	for (size_t i = 0; !n->quoted && i < sizeof words / sizeof *words; i++)
		if (gw_str_eq(n->text, gw_str_of(words[i])))
			return true;
	return false;
}

static gw_node *scalar_new(reader *r, const yaml_event_t *e)
{
	gw_node *n = node_new(r, GW_NODE_SCALAR, e);
	gw_str value = {(const char *)e->data.scalar.value, (uint32_t)e->data.scalar.length};
	n->text = gw_arena_str(r->arena, value);
	n->quoted = e->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
	if (tag_is_string(r, e->data.scalar.tag, &n->at))
		n->quoted = true;
	if (memchr(value.ptr, 0, value.len))
		gw_report(r->diag, GW_E_CONFIG_TYPE, &n->at, "a value must not hold the character NUL");
	return n;
}

static anchor *anchor_find(reader *r, const char *name)
{
	/* From the end: an anchor may be set anew, the last one counts. */
	for (uint32_t i = r->anchors.count; i-- > 0;)
		if (gw_str_eq(r->anchors.items[i].name, gw_str_of(name)))
			return &r->anchors.items[i];
	return NULL;
}

/* Returns the index of the anchor, or GW_NONE where the event has none. */
static uint32_t anchor_begin(reader *r, const yaml_char_t *name)
{
	if (!name)
		return GW_NONE;
	GW_PUSH(r->arena, &r->anchors)->name = gw_arena_str(r->arena, gw_str_of((const char *)name));
	return r->anchors.count - 1;
}

static void anchor_end(reader *r, uint32_t index, gw_node *n)
{
	if (index != GW_NONE)
		r->anchors.items[index].node = n;
}

static gw_node *alias_read(reader *r, const yaml_event_t *e)
{
	const char *name = (const char *)e->data.alias.anchor;
	const anchor *a = anchor_find(r, name);
	if (a && a->node)
		return a->node;
	gw_node *n = node_new(r, GW_NODE_NULL, e);
	if (a)
		gw_report(r->diag, GW_E_CONFIG_SYNTAX, &n->at, "*%s stands within what it names", name);
	else
		gw_report(r->diag, GW_E_CONFIG_SYNTAX, &n->at, "*%s: there is no anchor &%s before this line", name, name);
	return n;
}

static gw_node *node_read(reader *r, yaml_event_t *e);

static bool too_deep(reader *r, const gw_place *at)
{
	if (r->depth < DEPTH_MAX)
		return false;
	gw_report(r->diag, GW_E_CONFIG_SYNTAX, at, "nested more than %d deep", DEPTH_MAX);
	r->dead = true;
	return true;
}

static gw_node *list_read(reader *r, const yaml_event_t *start)
{
	gw_node *n = node_new(r, GW_NODE_LIST, start);
	uint32_t index = anchor_begin(r, start->data.sequence_start.anchor);
	tag_is_string(r, start->data.sequence_start.tag, &n->at);
	if (too_deep(r, &n->at))
		return n;
	r->depth++;
	yaml_event_t e;
	while (event_next(r, &e)) {
		if (e.type == YAML_SEQUENCE_END_EVENT) {
			yaml_event_delete(&e);
			break;
		}
		gw_node *item = node_read(r, &e);
		*GW_PUSH(r->arena, &n->items) = item;
	}
	r->depth--;
	anchor_end(r, index, n);
	return n;
}

static void pair_add(reader *r, gw_node *map, gw_node *key, gw_node *value)
{
	/* Keys are read before it is known that they are keys: an unquoted null is a word there. */
	if (key->kind == GW_NODE_NULL && key->text.ptr)
		key->kind = GW_NODE_SCALAR;
	if (key->kind != GW_NODE_SCALAR) {
		gw_report(r->diag, GW_E_CONFIG_TYPE, &key->at, "a key must be a word, not %s", gw_node_kind_name(key->kind));
		return;
	}
	/* Maps are short: a search costs less than a table. */
	for (uint32_t i = 0; i < map->pairs.count; i++) {
		const gw_node *first = map->pairs.items[i].key;
		if (gw_str_eq(first->text, key->text)) {
			gw_report(r->diag, GW_E_CONFIG_TWICE, &key->at, "the key \"%s\" stands twice; the first is in line %u",
				key->text.ptr, first->at.line);
			return;
		}
	}
	*GW_PUSH(r->arena, &map->pairs) = (gw_pair){key, value};
}

static gw_node *map_read(reader *r, const yaml_event_t *start)
{
	gw_node *n = node_new(r, GW_NODE_MAP, start);
	uint32_t index = anchor_begin(r, start->data.mapping_start.anchor);
	tag_is_string(r, start->data.mapping_start.tag, &n->at);
	if (too_deep(r, &n->at))
		return n;
	r->depth++;
	yaml_event_t e;
	while (event_next(r, &e)) {
		if (e.type == YAML_MAPPING_END_EVENT) {
			yaml_event_delete(&e);
			break;
		}
		gw_node *key = node_read(r, &e);
		if (!event_next(r, &e))
			break;
		gw_node *value = node_read(r, &e);
		pair_add(r, n, key, value);
	}
	r->depth--;
	anchor_end(r, index, n);
	return n;
}

/* Reads the node that begins with this event; deletes the event. Never NULL. */
static gw_node *node_read(reader *r, yaml_event_t *e)
{
	gw_node *n;
	if (e->type == YAML_SCALAR_EVENT) {
		n = scalar_new(r, e);
		if (scalar_is_null(n))
			n->kind = GW_NODE_NULL;
		anchor_end(r, anchor_begin(r, e->data.scalar.anchor), n);
	} else if (e->type == YAML_SEQUENCE_START_EVENT) {
		n = list_read(r, e);
	} else if (e->type == YAML_MAPPING_START_EVENT) {
		n = map_read(r, e);
	} else {
		n = alias_read(r, e);
	}
	yaml_event_delete(e);
	return n;
}

/* The frame round the one document: stream start, document start, node, document end, stream end. */
static gw_node *stream_read(reader *r)
{
	gw_node *root = NULL;
	yaml_event_t e;
	bool more = true;
	while (more && event_next(r, &e)) {
		gw_place at = place_of(r, e.start_mark);
		switch (e.type) {
		case YAML_STREAM_END_EVENT:
			more = false;
			break;
		case YAML_DOCUMENT_START_EVENT:
			if (!root)
				break;
			gw_report(r->diag, GW_E_CONFIG_SYNTAX, &at, "a second document begins; one document a file");
			more = false;
			break;
		case YAML_STREAM_START_EVENT:
		case YAML_DOCUMENT_END_EVENT:
			break;
		default:
			root = node_read(r, &e);
			continue;
		}
		yaml_event_delete(&e);
	}
	return r->dead ? NULL : root;
}

gw_node *gw_yaml_parse(gw_arena *arena, const char *path, const char *bytes, size_t n, gw_diag *diag)
{
	reader r = {.arena = arena, .diag = diag, .bytes = bytes, .len = n};
	r.path = path ? gw_arena_str(arena, gw_str_of(path)).ptr : NULL;
	if (!yaml_parser_initialize(&r.parser)) {
		gw_report(diag, GW_E_INTERNAL, NULL, "libyaml cannot be started");
		return NULL;
	}
	/* Said outright, or libyaml would take two leading bytes for a mark of UTF-16. */
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)bytes, n);
	gw_node *root = stream_read(&r);
	yaml_parser_delete(&r.parser);
	if (r.dead)
		return NULL;
	if (!root || root->kind == GW_NODE_NULL) {
		root = GW_NEW(arena, gw_node);
		root->kind = GW_NODE_MAP;
		root->at = (gw_place){.path = r.path, .line = 1, .column = 1};
	}
	return root;
}

gw_node *gw_yaml_load(gw_arena *arena, const char *path, gw_diag *diag)
{
	gw_loaded file;
	if (gw_file_load_as(GW_E_CONFIG_FILE, path, FILE_MAX, &file, diag) > GW_WARN)
		return NULL;
	gw_node *root = gw_yaml_parse(arena, path, file.bytes, file.len, diag);
	gw_file_unload(&file);
	return root;
}
