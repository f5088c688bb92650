/* Texts with gaps: parsed once into a row of parts, in which a section knows where it ends. */
#include "template.h"

typedef enum part_kind { TEXT, VALUE, SECTION, INVERTED, CLOSE, REMARK } part_kind;

typedef struct part {
	part_kind kind;
	gw_str text;    /* the text, or the name */
	uint32_t close; /* of a section: the index of its end */
} part;

struct gw_template {
	GW_LIST(part) parts;
};

/* ---- parsing ---- */

typedef struct reader {
	gw_arena *arena;
	gw_template *t;
	const char *path;
	gw_str text;
	const char *const *known;
	gw_diag *diag;
	bool good;
} reader;

static void bad(reader *r, const char *at, const char *what, gw_str name)
{
	gw_place place = {.path = r->path, .line = 1, .column = 1};
	for (const char *p = r->text.ptr; p < at; p++) {
		bool next = *p == '\n';
		place.line += next;
		place.column = next ? 1 : place.column + ((*p & 0xC0) != 0x80);
	}
	gw_report(r->diag, GW_E_SCHEMA, &place, "{{%.*s: %s", (int)name.len, name.ptr, what);
	r->good = false;
}

static void part_add(reader *r, part_kind kind, const char *from, const char *to)
{
	if (kind == REMARK || (kind == TEXT && from == to))
		return;
	part *p = GW_PUSH(r->arena, &r->t->parts);
	*p = (part){kind, {from, (uint32_t)(to - from)}, 0};
}

static bool is_known(const reader *r, gw_str name)
{
	for (const char *const *k = r->known; *k; k++)
		if (gw_str_eq(gw_str_of(*k), name))
			return true;
	return gw_str_eq(name, GW_STR("."));
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* A tag alone on its line takes the line with it. */
static void widen(const reader *r, const char **from, const char **to)
{
	const char *a = *from, *b = *to, *end = r->text.ptr + r->text.len;
	while (a > r->text.ptr && is_blank(a[-1]))
		a--;
	while (b < end && is_blank(*b))
		b++;
	if ((a > r->text.ptr && a[-1] != '\n') || (b < end && *b != '\n'))
		return;
	*from = a;
	*to = b < end ? b + 1 : b;
}

static part_kind kind_of(char c)
{
	return c == '#' ? SECTION : c == '^' ? INVERTED : c == '/' ? CLOSE : c == '!' ? REMARK : VALUE;
}

/* The tag between two braces; what it is called. */
static part_kind tag_read(reader *r, const char *from, const char *to, gw_str *name)
{
	part_kind kind = from < to ? kind_of(*from) : VALUE;
	const char *a = from + (kind != VALUE), *b = to;
	while (a < b && is_blank(*a))
		a++;
	while (b > a && is_blank(b[-1]))
		b--;
	*name = (gw_str){a, (uint32_t)(b - a)};
	if (kind != REMARK && !is_known(r, *name))
		bad(r, from - 2, "the page has no value of this name", *name);
	return kind;
}

/* Every section ends, in the order in which they begin. */
static void sections_pair(reader *r)
{
	GW_LIST(uint32_t) open = {0};
	part *parts = r->t->parts.items;
	for (uint32_t i = 0; i < r->t->parts.count; i++) {
		if (parts[i].kind == SECTION || parts[i].kind == INVERTED)
			*GW_PUSH(r->arena, &open) = i;
		if (parts[i].kind != CLOSE)
			continue;
		if (open.count == 0 || !gw_str_eq(parts[open.items[open.count - 1]].text, parts[i].text)) {
			bad(r, parts[i].text.ptr, "what began last is another section, or none", parts[i].text);
			return;
		}
		parts[open.items[--open.count]].close = i;
	}
	for (uint32_t i = 0; i < open.count; i++)
		bad(r, parts[open.items[i]].text.ptr, "the section has no end", parts[open.items[i]].text);
}

static const char *find(const char *from, const char *end, const char *what)
{
	return from < end ? memmem(from, (size_t)(end - from), what, 2) : NULL;
}

const gw_template *gw_template_parse(gw_arena *arena, const char *path, gw_str text, const char *const known[], gw_diag *diag)
{
	reader r = {.arena = arena, .t = GW_NEW(arena, gw_template), .path = path, .text = text, .known = known, .diag = diag, .good = true};
	const char *at = text.ptr, *end = text.ptr + text.len, *tag;
	while ((tag = find(at, end, "{{")) != NULL) {
		const char *close = find(tag + 2, end, "}}"), *from = tag, *to = close + 2;
		if (!close) {
			bad(&r, tag, "no }} closes it", (gw_str){tag + 2, 0});
			return NULL;
		}
		gw_str name;
		part_kind kind = tag_read(&r, tag + 2, close, &name);
		if (kind != VALUE)
			widen(&r, &from, &to);
		part_add(&r, TEXT, at, from < at ? at : from);
		part_add(&r, kind, name.ptr, name.ptr + name.len);
		at = to;
	}
	part_add(&r, TEXT, at, end);
	sections_pair(&r);
	return r.good ? r.t : NULL;
}

/* ---- filling ---- */

typedef struct scope {
	const json_t *value;
	const struct scope *outer;
} scope;

static const json_t *look_up(const scope *s, gw_str name)
{
	if (gw_str_eq(name, GW_STR(".")))
		return s->value;
	for (; s; s = s->outer) {
		const json_t *found = json_object_getn(s->value, name.ptr, name.len);
		if (found)
			return found;
	}
	return NULL;
}

static bool is_given(const json_t *v)
{
	if (json_is_string(v))
		return json_string_length(v) != 0;
	if (json_is_array(v))
		return json_array_size(v) != 0;
	return v && !json_is_null(v) && !json_is_false(v);
}

static void value_put(const json_t *v, gw_buf *out)
{
	if (json_is_string(v))
		gw_buf_add(out, json_string_value(v), json_string_length(v));
	else if (json_is_integer(v))
		gw_buf_printf(out, "%lld", (long long)json_integer_value(v));
	else if (json_is_real(v))
		gw_buf_printf(out, "%g", json_real_value(v));
}

static void fill(const gw_template *t, uint32_t from, uint32_t to, const scope *s, gw_buf *out)
{
	for (uint32_t i = from; i < to; i++) {
		const part *p = &t->parts.items[i];
		const json_t *v = p->kind == TEXT ? NULL : look_up(s, p->text);
		if (p->kind == TEXT)
			gw_buf_add_str(out, p->text);
		else if (p->kind == VALUE)
			value_put(v, out);
		if (p->kind != SECTION && p->kind != INVERTED)
			continue;
		if (p->kind == SECTION && json_is_array(v))
			for (size_t n = 0; n < json_array_size(v); n++)
				fill(t, i + 1, p->close, &(scope){json_array_get(v, n), s}, out);
		else if (is_given(v) == (p->kind == SECTION))
			fill(t, i + 1, p->close, p->kind == SECTION && json_is_object(v) ? &(scope){v, s} : s, out);
		i = p->close;
	}
}

void gw_template_fill(const gw_template *t, const json_t *values, gw_buf *out)
{
	fill(t, 0, t->parts.count, &(scope){values, NULL}, out);
}
