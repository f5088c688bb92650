/* Reads lexicon files: line by line, so that every complaint has its line and column. */
#include "grammar.h"

#include <stdio.h>

/* A word of the file as it stood there. */
typedef struct first_seen {
	gw_str canonical;
	const gw_attr *attrs;
	uint32_t attr_count, line;
	const char *line_begin, *at; /* the column is counted when it is told */
} first_seen;

typedef struct reader {
	gw_knowledge *k;
	gw_diag *diag;
	gw_arena scratch; /* for what is only of interest within the file */
	uint32_t file_first; /* entries from here on are the file's; where they stood is in `firsts`, one for each */
	GW_LIST(first_seen) firsts;
	gw_map seen;      /* of words that an earlier file has too: class and surface -> index in again */
	GW_LIST(first_seen) again;
	GW_LIST(gw_attr) attrs; /* of the line in hand */
	gw_arena word;    /* for one word */
	const char *path;
	uint32_t line;
	const char *line_begin;
	uint16_t cls;
	GW_LIST(gw_attr) shared; /* attributes of the @class line */
	bool about, source, licence;
	bool bad;
} reader;

static uint32_t column_of(const reader *r, const char *at)
{
	return 1 + (uint32_t)gw_utf8_count(r->line_begin, (size_t)(at - r->line_begin));
}

static void complain(reader *r, gw_code code, const char *at, const char *what, gw_str word)
{
	gw_place p = {r->path, r->line, column_of(r, at), 0};
	gw_report(r->diag, code, &p, "%s: `%.*s`", what, (int)word.len, word.ptr);
	r->bad = true;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* The next word up to a blank; *p advances behind it. */
static gw_str next_word(const char **p, const char *end)
{
	while (*p < end && is_blank(**p))
		++*p;
	const char *b = *p;
	while (*p < end && !is_blank(**p))
		++*p;
	return (gw_str){b, (uint32_t)(*p - b)};
}

/* The attributes of the line in hand, those that stand in it copied, all in one piece. */
static const gw_attr *keep_attrs(reader *r, const char *end)
{
	size_t room = 0;
	for (uint32_t i = 0; i < r->attrs.count; i++)
		room += r->attrs.items[i].key.len + r->attrs.items[i].value.len + 2;
	gw_attr *kept = gw_arena_alloc(r->k->arena, sizeof *kept * r->attrs.count + room);
	char *text = (char *)(kept + r->attrs.count);
	for (uint32_t i = 0; i < r->attrs.count; i++) {
		gw_attr a = r->attrs.items[i];
		kept[i] = a;
		if (a.key.ptr < r->line_begin || a.key.ptr >= end)
			continue; /* of the class line */
		memcpy(text, a.key.ptr, a.key.len);
		memcpy(text + a.key.len + 1, a.value.ptr, a.value.len);
		kept[i] = (gw_attr){{text, a.key.len}, {text + a.key.len + 1, a.value.len}};
		text += a.key.len + a.value.len + 2;
	}
	return kept;
}

/* key=value pairs up to the end of the line, behind those that the class line gave. */
static const gw_attr *read_attrs(reader *r, const char *p, const char *end, uint32_t *count)
{
	bool own = false;
	r->attrs.count = 0;
	for (uint32_t i = 0; i < r->shared.count; i++)
		*GW_PUSH(&r->scratch, &r->attrs) = r->shared.items[i];
	for (;;) {
		gw_str w = next_word(&p, end);
		if (w.len == 0)
			break;
		const char *eq = memchr(w.ptr, '=', w.len);
		if (!eq || eq == w.ptr) {
			complain(r, GW_E_LEXICON_LINE, w.ptr, "an attribute is written key=value", w);
			continue;
		}
		gw_str key = {w.ptr, (uint32_t)(eq - w.ptr)};
		gw_attr *a = NULL;
		for (uint32_t i = 0; i < r->attrs.count; i++)
			if (gw_str_eq(r->attrs.items[i].key, key))
				a = &r->attrs.items[i]; /* the line's own value wins over the class line's */
		if (!a)
			a = GW_PUSH(&r->scratch, &r->attrs);
		*a = (gw_attr){key, {eq + 1, (uint32_t)(w.ptr + w.len - eq - 1)}};
		own = true;
	}
	*count = r->attrs.count;
	return own ? keep_attrs(r, end) : r->shared.items;
}

static void read_directive(reader *r, const char *p, const char *end)
{
	gw_str name = next_word(&p, end);
	if (gw_str_eq(name, GW_STR("@about")))
		r->about = true;
	else if (gw_str_eq(name, GW_STR("@source")))
		r->source = true;
	else if (gw_str_eq(name, GW_STR("@licence")))
		r->licence = true;
	else if (gw_str_eq(name, GW_STR("@class"))) {
		gw_str cls = next_word(&p, end);
		if (cls.len == 0) {
			complain(r, GW_E_LEXICON_LINE, name.ptr, "a class needs a name", name);
			return;
		}
		r->shared.count = 0;
		uint32_t n = 0;
		const gw_attr *attrs = read_attrs(r, p, end, &n);
		r->shared.items = NULL;
		r->shared.cap = 0;
		for (uint32_t i = 0; i < n; i++)
			*GW_PUSH(r->k->arena, &r->shared) = attrs[i];
		r->cls = gw_class_intern(r->k, gw_arena_str(r->k->arena, cls).ptr);
	} else
		complain(r, GW_E_LEXICON_LINE, name.ptr, "no such directive; known are @about @source @licence @class", name);
}

static gw_str folded(reader *r, gw_str surface)
{
	uint32_t n;
	if (gw_fold_keeps_all(surface))
		return gw_arena_str(r->k->arena, surface);
	gw_arena_reset(&r->word);
	uint32_t *ch = gw_fold_text(&r->word, surface, &n);
	for (uint32_t i = 0; i < n; i++)
		if (ch[i] > 0xFFFF)
			n = 0; /* words lie in the basic plane */
	return gw_fold_to_utf8(r->k->arena, ch, n);
}

/* ---- entries by class and word ---- */

static void slots_grow(gw_knowledge *k)
{
	struct gw_entry_slot *old = k->entry_slots;
	uint32_t had = old ? k->entry_mask + 1 : 0, cap = had ? had * 2 : 1024;
	k->entry_slots = GW_NEW_N(k->arena, struct gw_entry_slot, cap);
	k->entry_mask = cap - 1;
	for (uint32_t i = 0; i < cap; i++)
		k->entry_slots[i].entry = GW_NONE;
	for (uint32_t i = 0; i < had; i++) {
		uint32_t to = old[i].hash & k->entry_mask;
		while (old[i].entry != GW_NONE && k->entry_slots[to].entry != GW_NONE)
			to = (to + 1) & k->entry_mask;
		if (old[i].entry != GW_NONE)
			k->entry_slots[to] = old[i];
	}
}

/* Three bytes a step, as most characters have; for this table alone. */
static uint32_t word_hash(uint16_t cls, gw_str surface)
{
	const unsigned char *p = (const unsigned char *)surface.ptr, *end = p + surface.len;
	uint64_t h = cls + 1u;
	for (; end - p >= 3; p += 3)
		h = (h ^ ((uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16)) * 0x9E3779B97F4A7C15u;
	while (p < end)
		h = (h ^ *p++) * 0x9E3779B97F4A7C15u;
	return (uint32_t)(h ^ h >> 32);
}

/* Where the word is, or would be put. */
static struct gw_entry_slot *slot_find(const gw_knowledge *k, uint16_t cls, gw_str surface, uint32_t *hash)
{
	*hash = word_hash(cls, surface);
	for (uint32_t i = *hash & k->entry_mask;; i = (i + 1) & k->entry_mask) {
		struct gw_entry_slot *s = &k->entry_slots[i];
		if (s->entry == GW_NONE)
			return s;
		const gw_entry *e = &k->entries.items[s->entry];
		if (s->hash == *hash && e->cls == cls && gw_str_eq(e->surface, surface))
			return s;
	}
}

uint32_t gw_entry_find(const gw_knowledge *k, uint16_t cls, gw_str surface)
{
	uint32_t hash;
	return k->entry_slots ? slot_find(k, cls, surface, &hash)->entry : GW_NONE;
}

/* ---- what a file says twice ---- */

/* A word of a class, as a key of a map; false when it is longer than any word. */
enum { KEY_MAX = 512 };
static bool key_make(char key[KEY_MAX], uint16_t cls, gw_str surface, gw_str *out)
{
	if (surface.len + 3 > KEY_MAX)
		return false;
	key[0] = (char)(cls & 0x7F);
	key[1] = (char)(cls >> 7 & 0x7F);
	key[2] = (char)(cls >> 14);
	if (surface.len)
		memcpy(key + 3, surface.ptr, surface.len);
	*out = (gw_str){key, surface.len + 3};
	return true;
}

static gw_str attr_of(const gw_attr *attrs, uint32_t n, gw_str key)
{
	for (uint32_t i = 0; i < n; i++)
		if (gw_str_eq(attrs[i].key, key))
			return attrs[i].value;
	return (gw_str){NULL, 0};
}

/* Keys are unique within each, so equal counts and every pair found make them equal, whatever the order. */
static bool same_attrs(const gw_attr *a, uint32_t an, const gw_attr *b, uint32_t bn)
{
	for (uint32_t i = 0; i < an; i++) {
		gw_str other = attr_of(b, bn, a[i].key);
		if (!other.ptr || !gw_str_eq(other, a[i].value))
			return false;
	}
	return an == bn;
}

/* As the word stood in this file first; NULL when it does now. `known`: the first entry of all files for it. */
static const first_seen *seen_before(reader *r, gw_str surface, uint32_t known, const first_seen *now)
{
	char room[KEY_MAX];
	gw_str key;
	if (known == GW_NONE)
		return NULL;
	if (known >= r->file_first)
		return &r->firsts.items[known - r->file_first];
	if (!key_make(room, r->cls, surface, &key))
		return NULL;
	uint32_t *slot = gw_map_put(&r->seen, key);
	if (*slot != GW_NONE)
		return &r->again.items[*slot];
	*slot = r->again.count;
	*GW_PUSH(&r->scratch, &r->again) = *now;
	return NULL;
}

/* Of two entries for one word one would win in silence, so a file may not say two things of it. Things with a code of
 * their own are different things of one name (there are several 朝阳区). */
static void check_twice(reader *r, gw_str surface, uint32_t known, const first_seen *now)
{
	const first_seen *f = seen_before(r, surface, known, now);
	if (!f)
		return;
	bool same = same_attrs(f->attrs, f->attr_count, now->attrs, now->attr_count);
	gw_str code = GW_STR("code");
	if (!gw_str_eq(attr_of(f->attrs, f->attr_count, code), attr_of(now->attrs, now->attr_count, code)) ||
		(same && gw_str_eq(f->canonical, now->canonical)))
		return;
	char what[200];
	snprintf(what, sizeof what, "the class has this word with %s in line %u, column %u already",
		same ? "another canonical form" : "other attributes", f->line, 1 + (uint32_t)gw_utf8_count(f->line_begin, (size_t)(f->at - f->line_begin)));
	complain(r, GW_E_LEXICON_TWICE, now->at, what, surface);
}

static void word_add(reader *r, gw_str surface, const first_seen *now, uint32_t group)
{
	gw_knowledge *k = r->k;
	uint32_t entries = k->entries.count;
	check_twice(r, surface, gw_entry_find(k, r->cls, surface), now);
	gw_entry_add(k, r->cls, surface, now->canonical, now->attrs, now->attr_count, group);
	if (k->entries.count > entries)
		*GW_PUSH(&r->scratch, &r->firsts) = *now;
}

static void read_entry(reader *r, const char *p, const char *end)
{
	const char *words_end = p;
	while (words_end < end && *words_end != '\t' && !(is_blank(words_end[0]) && words_end + 1 < end && is_blank(words_end[1])))
		words_end++;
	gw_str words = {p, (uint32_t)(words_end - p)};
	if (r->cls == GW_NO_CLASS) {
		complain(r, GW_E_LEXICON_LINE, p, "a word needs an @class line above it", words);
		return;
	}
	uint32_t n = 0;
	const gw_attr *attrs = read_attrs(r, words_end, end, &n);
	gw_str canonical = {NULL, 0};
	uint32_t group = r->k->groups++;
	for (const char *b = p; b <= words_end;) {
		const char *bar = memchr(b, '|', (size_t)(words_end - b));
		const char *e = bar ? bar : words_end;
		gw_str surface = {b, (uint32_t)(e - b)};
		while (surface.len && is_blank(surface.ptr[surface.len - 1]))
			surface.len--;
		gw_str f = folded(r, surface);
		if (f.len == 0)
			complain(r, GW_E_LEXICON_LINE, b, "an empty word, or one outside the basic plane", surface);
		else {
			if (!canonical.ptr)
				canonical = f;
			word_add(r, f, &(first_seen){canonical, attrs, n, r->line, r->line_begin, b}, group);
		}
		b = e + 1;
	}
}

gw_status gw_lexicon_parse(gw_knowledge *k, const char *path, gw_str bytes, gw_diag *diag)
{
	reader r = {.k = k, .diag = diag, .path = path, .cls = GW_NO_CLASS, .file_first = k->entries.count};
	gw_arena_init(&r.scratch);
	gw_arena_init(&r.word);
	gw_map_init(&r.seen, &r.scratch);
	const char *end = bytes.ptr + bytes.len;
	for (const char *p = bytes.ptr; p < end;) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		const char *e = nl ? nl : end;
		r.line++;
		r.line_begin = p;
		const char *line_end = e > p && e[-1] == '\r' ? e - 1 : e;
		if (!gw_utf8_valid(p, (size_t)(line_end - p)))
			complain(&r, GW_E_LEXICON_LINE, p, "not UTF-8", GW_STR("…"));
		else {
			const char *q = p;
			while (q < line_end && is_blank(*q))
				q++;
			if (q < line_end && *q == '@')
				read_directive(&r, q, line_end);
			else if (q < line_end && *q != '#')
				read_entry(&r, q, line_end);
		}
		p = e + 1;
	}
	if (!r.about || !r.source || !r.licence) {
		gw_place at = {path, 1, 1, 0};
		gw_report(diag, GW_E_LEXICON_LINE, &at, "a lexicon says @about, @source and @licence, each once");
		r.bad = true;
	}
	gw_arena_release(&r.scratch);
	gw_arena_release(&r.word);
	return r.bad ? GW_FAILED : GW_OK;
}

void gw_entry_add(gw_knowledge *k, uint16_t cls, gw_str surface, gw_str canonical, const gw_attr *attrs, uint32_t attr_count, uint32_t group)
{
	uint32_t hash;
	if (k->entry_words * 2 >= (k->entry_slots ? k->entry_mask + 1 : 0))
		slots_grow(k);
	struct gw_entry_slot *slot = slot_find(k, cls, surface, &hash);
	const gw_entry *old = slot->entry == GW_NONE ? NULL : &k->entries.items[slot->entry];
	/* The same word with the same canonical form in one class says nothing new (files may overlap); with a code of its
	 * own it is another thing of that name. */
	if (old && gw_str_eq(old->canonical, canonical) && old->group != group &&
		gw_str_eq(gw_entry_attr(old, "code"), attr_of(attrs, attr_count, GW_STR("code"))))
		return;
	if (!old) {
		*slot = (struct gw_entry_slot){hash, k->entries.count};
		k->entry_words++;
	}
	*GW_PUSH(k->arena, &k->entries) =
		(gw_entry){.surface = surface, .canonical = canonical, .cls = cls, .attr_count = (uint16_t)attr_count, .attrs = attrs, .group = group};
}
