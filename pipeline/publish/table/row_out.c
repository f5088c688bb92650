/* Rows as bytes, in CSV and JSON at once: most texts are the same bytes in both and are looked at and copied in one go.
 *
 * The room for a row is reserved before its first byte, so that nothing has to be checked on the way. What is not plain
 * goes to the writers of csv_out.c and json_out.c; the unit test holds the result against libcsv and jansson. */
#include "out.h"

/* The high bit of some byte is set when one of the eight has a meaning in CSV or JSON: a control character, a quote, a
 * backslash, a comma. Bytes from 0x80 on, nearly all of a Chinese text, fall out of each test by their high bit. */
static inline uint64_t special(uint64_t v)
{
	const uint64_t ones = 0x0101010101010101u, high = 0x8080808080808080u;
	uint64_t quote = v ^ (ones * '"'), slash = v ^ (ones * '\\'), comma = v ^ (ones * ',');
	return (((v - ones * 0x20) & ~v) | ((quote - ones) & ~quote) | ((slash - ones) & ~slash) | ((comma - ones) & ~comma)) & high;
}

static inline uint64_t copy8(char *csv, char *json, const char *from)
{
	uint64_t v;
	memcpy(&v, from, 8);
	memcpy(csv, &v, 8);
	memcpy(json, &v, 8);
	return special(v);
}

static inline uint64_t copy4(char *csv, char *json, const char *from)
{
	uint32_t v;
	memcpy(&v, from, 4);
	memcpy(csv, &v, 4);
	memcpy(json, &v, 4);
	return special(v | (uint64_t)0x2020202020202020u << 32);
}

/* Copies to both places; false as soon as it meets a byte that one of them has to write otherwise. The last bytes are
 * copied by a step that begins before them. */
static inline bool copy_plain(char *csv, char *json, gw_str s)
{
	uint32_t n = s.len, i = 0;
	if (n >= 8) {
		for (; i + 8 <= n; i += 8)
			if (copy8(csv + i, json + i, s.ptr + i))
				return false;
		return i == n || !copy8(csv + n - 8, json + n - 8, s.ptr + n - 8);
	}
	if (n >= 4)
		return !(copy4(csv, json, s.ptr) | copy4(csv + n - 4, json + n - 4, s.ptr + n - 4));
	for (; i < n; i++) {
		char c = s.ptr[i];
		if ((unsigned char)c < 0x20 || c == '"' || c == '\\' || c == ',')
			return false;
		csv[i] = json[i] = c;
	}
	return true;
}

/* Where both stand while a row is written. */
typedef struct pens {
	char *csv, *json;
} pens;

static inline pens put_text(pens p, gw_str s)
{
	/* Blanks at the edges are plain for JSON, not for CSV. */
	if (s.len && s.ptr[0] != ' ' && s.ptr[s.len - 1] != ' ' && copy_plain(p.csv, p.json + 1, s)) {
		p.json[0] = p.json[s.len + 1] = '"';
		return (pens){p.csv + s.len, p.json + s.len + 2};
	}
	return (pens){gw_csv_put(p.csv, s), gw_json_put(p.json, s)};
}

enum { SHORT_ROOM = 64 }; /* for a cell that is no text */

/* Whole numbers, booleans, null, and their lengths; fractions are left to gw_json_cell. */
static inline unsigned short_text(char to[SHORT_ROOM], const gw_cell *c)
{
	if (c->kind == GW_CELL_BOOL) {
		memcpy(to, c->i ? "true\0" : "false", 5);
		return c->i ? 4 : 5;
	}
	uint64_t v = c->i < 0 ? 0 - (uint64_t)c->i : (uint64_t)c->i;
	unsigned n = c->i < 0, end;
	to[0] = '-';
	for (uint64_t rest = v; n++, rest >= 10; rest /= 10)
		;
	end = n;
	do
		to[--end] = (char)('0' + v % 10);
	while ((v /= 10) != 0);
	return n;
}

/* Any cell but a text; how many bytes it took. The room in `json` is there, so nothing moves. */
static inline unsigned put_short(char *to, gw_buf *json, const gw_cell *c)
{
	if (c->kind != GW_CELL_NUM)
		return short_text(to, c);
	json->len = (size_t)(to - json->ptr);
	gw_json_cell(json, c);
	return (unsigned)(json->ptr + json->len - to);
}

static inline char *put_name(char *to, gw_str name)
{
	if (name.len <= GW_NAME_ROOM)
		memcpy(to, name.ptr, GW_NAME_ROOM); /* of a fixed length: two moves */
	else
		memcpy(to, name.ptr, name.len);
	return to + name.len;
}

static size_t text_size(const gw_table *t, const gw_cell *cells)
{
	size_t n = 0;
	for (uint32_t i = 0; i < t->field_count; i++)
		n += cells[i].kind == GW_CELL_STR ? cells[i].s.len : 0;
	return n;
}

void gw_row_write(gw_buf *csv, gw_buf *json, const gw_table *t, const gw_json_names *names, const gw_cell *cells, size_t *at)
{
	size_t texts = text_size(t, cells), shorts = (size_t)t->field_count * SHORT_ROOM + GW_NAME_ROOM;
	char *begin = gw_buf_reserve(json, texts * GW_JSON_WORST + shorts + names->size), no_csv[SHORT_ROOM];
	pens p = {csv ? gw_buf_reserve(csv, texts * GW_CSV_WORST + shorts) : no_csv, begin};
	for (uint32_t i = 0; i < t->field_count; i++) {
		const gw_cell *c = &cells[i];
		if (at)
			at[i] = (size_t)(p.json - json->ptr);
		p.json = put_name(p.json, names->comma_name[i]);
		if (c->kind == GW_CELL_NULL) {
			memcpy(p.json, "null", 4);
			p.json += 4;
		} else if (c->kind != GW_CELL_STR) {
			unsigned n = put_short(p.json, json, c);
			memcpy(p.csv, p.json, n);
			p = (pens){p.csv + n, p.json + n};
		} else if (csv) {
			p = put_text(p, c->s);
		} else {
			p.json = gw_json_put(p.json, c->s);
		}
		if (csv)
			*p.csv++ = ',';
		else
			p.csv = no_csv;
	}
	*begin = '{'; /* in the place of the first comma */
	if (at)
		at[t->field_count] = (size_t)(p.json - json->ptr);
	memcpy(p.json, "}\n", 3);
	json->len = (size_t)(p.json + 2 - json->ptr);
	if (csv) {
		p.csv[-1] = '\n';
		*p.csv = 0;
		csv->len = (size_t)(p.csv - csv->ptr);
	}
}

void gw_row_append(gw_buf *json, const gw_table *t, const gw_json_names *names, const gw_cell *cells, uint32_t own)
{
	size_t shorts = (size_t)t->field_count * SHORT_ROOM + GW_NAME_ROOM;
	char *to = gw_buf_reserve(json, text_size(t, cells) * GW_JSON_WORST + shorts + names->size);
	for (uint32_t i = 0; i < t->field_count; i++) {
		const gw_cell *c = &cells[i];
		if (i == own)
			continue;
		to = put_name(to, names->comma_name[i]);
		if (c->kind == GW_CELL_STR)
			to = gw_json_put(to, c->s);
		else if (c->kind != GW_CELL_NULL)
			to += put_short(to, json, c);
		else
			to = (char *)memcpy(to, "null", 4) + 4;
	}
	memcpy(to, "}\n", 3);
	json->len = (size_t)(to + 2 - json->ptr);
}

void gw_json_names_make(gw_arena *arena, const gw_table *t, gw_json_names *out)
{
	*out = (gw_json_names){.comma_name = GW_NEW_N(arena, gw_str, t->field_count)};
	for (uint32_t i = 0; i < t->field_count; i++) {
		gw_buf b;
		gw_buf_init(&b);
		gw_buf_addc(&b, ',');
		gw_json_str(&b, gw_str_of(t->fields[i].name));
		gw_buf_addc(&b, ':');
		char *name = gw_arena_alloc(arena, b.len > GW_NAME_ROOM ? b.len : GW_NAME_ROOM);
		memcpy(name, b.ptr, b.len);
		out->comma_name[i] = (gw_str){name, (uint32_t)b.len};
		out->size += b.len;
		gw_buf_release(&b);
	}
}
