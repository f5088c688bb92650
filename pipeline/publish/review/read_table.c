/* Tables read back, a row at a time, as cells of their schema.
 *
 * libcsv's callbacks carry no position. It is fed one line at a time: when the row's end is called within a line,
 * the row began at the first line fed since the row before, and that is its place. */
#include "read.h"

#include <jansson.h>
#include <stdlib.h>

/* ---- cells ---- */

bool gw_cell_eq(const gw_cell *a, const gw_cell *b)
{
	if (a->kind != b->kind) /* a whole number may be written as either */
		return (a->kind == GW_CELL_INT && b->kind == GW_CELL_NUM && (double)a->i == b->n) ||
		       (a->kind == GW_CELL_NUM && b->kind == GW_CELL_INT && a->n == (double)b->i);
	switch (a->kind) {
	case GW_CELL_NULL: return true;
	case GW_CELL_STR: return gw_str_eq(a->s, b->s);
	case GW_CELL_INT:
	case GW_CELL_BOOL: return a->i == b->i;
	case GW_CELL_NUM: return a->n == b->n;
	}
	return false;
}

void gw_cell_print(const gw_cell *c, gw_buf *out)
{
	switch (c->kind) {
	case GW_CELL_NULL: break;
	case GW_CELL_STR: gw_buf_add_str(out, c->s); break;
	case GW_CELL_INT: gw_buf_printf(out, "%lld", (long long)c->i); break;
	case GW_CELL_NUM: gw_number_print(out, c->n); break;
	case GW_CELL_BOOL: gw_buf_adds(out, c->i ? "true" : "false"); break;
	}
}

void gw_row_key(const gw_table *t, const gw_cell *cells, gw_buf *out)
{
	gw_buf_clear(out);
	if (t->primary_within != GW_NONE) {
		gw_cell_print(&cells[t->primary_within], out);
		gw_buf_addc(out, 0);
	}
	gw_cell_print(&cells[t->primary], out);
}

static gw_row_state bad(gw_row_reader *r, const gw_field *f, const char *what, gw_str value)
{
	gw_buf_clear(&r->problem);
	if (f)
		gw_buf_printf(&r->problem, "%s: ", f->name);
	gw_buf_adds(&r->problem, what);
	if (value.len)
		gw_buf_printf(&r->problem, ": %.*s", (int)(value.len < 200 ? value.len : 200), value.ptr);
	return GW_ROW_BAD;
}

/* `s` is NUL-terminated. What is plain in the published form has no blanks, no plus, no words. */
static bool cell_from_text(const gw_field *f, gw_str s, gw_cell *out)
{
	static const char plain[] = "0123456789.eE+-";
	char *end;
	*out = (gw_cell){.kind = GW_CELL_NULL};
	if (s.len == 0)
		return true;
	switch (f->type) {
	case GW_F_INTEGER:
		out->kind = GW_CELL_INT;
		out->i = strtoll(s.ptr, &end, 10);
		return strspn(s.ptr, "-0123456789") == s.len && *end == 0;
	case GW_F_NUMBER:
		out->kind = GW_CELL_NUM;
		out->n = strtod(s.ptr, &end);
		return strspn(s.ptr, plain) == s.len && *end == 0;
	case GW_F_BOOLEAN:
		out->kind = GW_CELL_BOOL;
		out->i = gw_str_eq(s, GW_STR("true"));
		return out->i || gw_str_eq(s, GW_STR("false"));
	default:
		out->kind = GW_CELL_STR;
		out->s = s;
		return true;
	}
}

static bool cell_from_json(const gw_field *f, const json_t *v, gw_cell *out)
{
	*out = (gw_cell){.kind = GW_CELL_NULL};
	if (json_is_null(v))
		return true;
	switch (f->type) {
	case GW_F_INTEGER:
		out->kind = GW_CELL_INT;
		out->i = json_integer_value(v);
		return json_is_integer(v);
	case GW_F_NUMBER:
		out->kind = GW_CELL_NUM;
		out->n = json_number_value(v);
		return json_is_number(v);
	case GW_F_BOOLEAN:
		out->kind = GW_CELL_BOOL;
		out->i = json_is_true(v);
		return json_is_boolean(v);
	default:
		out->kind = GW_CELL_STR;
		out->s = (gw_str){json_string_value(v), (uint32_t)json_string_length(v)};
		return json_is_string(v);
	}
}

/* ---- CSV ---- */

/* Fields are kept behind each other with a NUL each: the buffer may move while the row grows. */
static void on_field(void *bytes, size_t n, void *ctx)
{
	gw_row_reader *r = ctx;
	gw_buf_add(&r->text, bytes, n);
	gw_buf_addc(&r->text, 0);
	if (r->count < r->table->field_count)
		r->ends[r->count] = (uint32_t)r->text.len - 1;
	r->count++;
}

static void on_row(int end, void *ctx)
{
	(void)end;
	((gw_row_reader *)ctx)->complete = true;
}

/* libcsv would strip blanks round a field that is not quoted; ours are content. */
static int no_blank(unsigned char c)
{
	(void)c;
	return 0;
}

static gw_str csv_field(const gw_row_reader *r, uint32_t i)
{
	uint32_t begin = i ? r->ends[i - 1] + 1 : 0;
	return (gw_str){r->text.ptr + begin, r->ends[i] - begin};
}

/* ---- bytes that come as they are wanted ---- */

/* Moves what is not used yet to the beginning and reads on. False at the end. */
static bool more(gw_row_reader *r)
{
	enum { STEP = 256 * 1024 };
	if (!r->from)
		return false;
	size_t rest = (size_t)(r->end - r->at);
	if (rest)
		memmove(r->room.ptr, r->at, rest);
	r->room.len = rest;
	size_t n = gw_inflow_read(r->from, gw_buf_reserve(&r->room, STEP), STEP);
	r->room.len += n;
	r->bytes = r->at = r->room.ptr;
	r->end = r->at + r->room.len;
	return n > 0;
}

/* The line end behind r->at, NULL when there is none any more. */
static const char *line_end(gw_row_reader *r)
{
	size_t seen = 0;
	do {
		size_t n = (size_t)(r->end - r->at);
		const char *lf = n > seen ? memchr(r->at + seen, '\n', n - seen) : NULL;
		if (lf)
			return lf;
		seen = n;
	} while (more(r));
	return NULL;
}

static bool at_end(gw_row_reader *r)
{
	return r->at == r->end && !more(r);
}

/* Reads one record into text and ends. */
static gw_row_state csv_record(gw_row_reader *r)
{
	gw_buf_clear(&r->text);
	r->count = 0;
	r->complete = false;
	r->line = r->next_line;
	r->offset = (size_t)(r->at - r->bytes);
	while (!r->complete && !at_end(r)) {
		const char *lf = line_end(r);
		size_t n = (size_t)((lf ? lf + 1 : r->end) - r->at);
		if (csv_parse(&r->csv, r->at, n, on_field, on_row, r) != n) {
			r->at = r->end; /* behind a stray quote nothing can be told apart any more */
			r->from = NULL;
			csv_fini(&r->csv, NULL, NULL, NULL);
			return bad(r, NULL, csv_strerror(csv_error(&r->csv)), GW_STR("the rest of the file is not read"));
		}
		r->at += n;
		r->next_line++;
	}
	if (r->complete)
		return GW_ROW_GOOD;
	/* What comes out only now had no line end. */
	csv_fini(&r->csv, on_field, on_row, r);
	if (r->count == 0)
		return GW_ROW_END;
	return bad(r, NULL, "the last row has no end", (gw_str){0});
}

static gw_row_state csv_next(gw_row_reader *r)
{
	gw_row_state s = csv_record(r);
	if (s != GW_ROW_GOOD)
		return s;
	if (r->count != r->table->field_count) {
		bad(r, NULL, "", (gw_str){0});
		gw_buf_printf(&r->problem, "%u cells, expected %u", r->count, r->table->field_count);
		return GW_ROW_BAD;
	}
	for (uint32_t i = 0; i < r->count; i++)
		if (!cell_from_text(&r->table->fields[i], csv_field(r, i), &r->cells[i]))
			return bad(r, &r->table->fields[i], "a value of another type", csv_field(r, i));
	return GW_ROW_GOOD;
}

static bool csv_header(gw_row_reader *r)
{
	gw_row_state s = csv_record(r);
	if (s == GW_ROW_END)
		bad(r, NULL, "the file has no header", (gw_str){0});
	if (s != GW_ROW_GOOD)
		return false;
	bool same = r->count == r->table->field_count;
	for (uint32_t i = 0; same && i < r->count; i++)
		same = gw_str_eq(csv_field(r, i), gw_str_of(r->table->fields[i].name));
	if (!same)
		bad(r, NULL, "the header is not that of the schema", (gw_str){0});
	return same;
}

/* ---- JSON lines ---- */

/* Every record has every key, in the order of the schema. */
static gw_row_state json_cells(gw_row_reader *r)
{
	uint32_t i = 0;
	const char *key;
	json_t *value, *object = r->json;
	json_object_foreach(object, key, value)
	{
		if (i >= r->table->field_count || strcmp(key, r->table->fields[i].name) != 0)
			return bad(r, NULL, "a key that the schema has not, or not here", gw_str_of(key));
		if (!cell_from_json(&r->table->fields[i], value, &r->cells[i]))
			return bad(r, &r->table->fields[i], "a value of another type", (gw_str){0});
		i++;
	}
	if (i < r->table->field_count)
		return bad(r, &r->table->fields[i], "the key is missing", (gw_str){0});
	return GW_ROW_GOOD;
}

static gw_row_state json_next(gw_row_reader *r)
{
	json_decref(r->json);
	r->json = NULL;
	if (at_end(r))
		return GW_ROW_END;
	r->line = r->next_line++;
	r->offset = (size_t)(r->at - r->bytes);
	const char *lf = line_end(r), *line = r->at;
	r->at = lf ? lf + 1 : r->end;
	if (!lf)
		return bad(r, NULL, "the last row has no end", (gw_str){0});
	json_error_t error;
	r->json = json_loadb(line, (size_t)(lf - line), JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
	if (!r->json)
		return bad(r, NULL, "not JSON", gw_str_of(error.text));
	json_t *row = r->json;
	if (!json_is_object(row))
		return bad(r, NULL, "not a JSON object", (gw_str){0});
	return json_cells(r);
}

/* ---- both ---- */

static void parser_begin(gw_row_reader *r)
{
	csv_init(&r->csv, CSV_STRICT);
	csv_set_space_func(&r->csv, no_blank);
}

static bool reader_begin(gw_row_reader *r)
{
	const gw_table *table = r->table;
	r->next_line = 1;
	gw_buf_init(&r->room);
	gw_buf_init(&r->problem);
	gw_buf_init(&r->text);
	r->cells = calloc(table->field_count, sizeof *r->cells);
	r->ends = calloc(table->field_count, sizeof *r->ends);
	parser_begin(r);
	if (!r->cells || !r->ends) {
		bad(r, NULL, "out of memory", (gw_str){0});
		return false;
	}
	return r->format == GW_ROWS_JSONL || csv_header(r);
}

bool gw_row_reader_open(gw_row_reader *r, const gw_table *table, gw_row_format format, const char *bytes, size_t n)
{
	*r = (gw_row_reader){.table = table, .format = format, .bytes = bytes, .at = bytes, .end = bytes + n};
	return reader_begin(r);
}

bool gw_row_reader_open_stream(gw_row_reader *r, const gw_table *table, gw_row_format format, gw_inflow *from)
{
	*r = (gw_row_reader){.table = table, .format = format, .bytes = "", .from = from};
	r->at = r->end = r->bytes;
	return reader_begin(r);
}

gw_row_state gw_row_reader_next(gw_row_reader *r)
{
	return r->format == GW_ROWS_CSV ? csv_next(r) : json_next(r);
}

/* The end of the row that begins at p: the first line end outside of quotes; NULL when there is none. */
static const char *csv_row_end(const char *p, const char *end, uint32_t *lines)
{
	bool quoted = false;
	for (*lines = 0; p < end;) {
		const char *lf = memchr(p, '\n', (size_t)(end - p));
		if (!lf)
			return NULL;
		for (const char *q = p; (q = memchr(q, '"', (size_t)(lf - q))) != NULL; q++)
			quoted = !quoted;
		++*lines;
		p = lf + 1;
		if (!quoted)
			return p;
	}
	return NULL;
}

/* A first snapshot is all keys: the long texts behind them need not be taken apart (measured: a twentieth of a run). */
gw_row_state gw_row_reader_next_key(gw_row_reader *r)
{
	uint32_t last = r->table->primary, lines;
	if (r->table->primary_within != GW_NONE && r->table->primary_within > last)
		last = r->table->primary_within;
	const char *stop = r->format == GW_ROWS_CSV ? csv_row_end(r->at, r->end, &lines) : NULL, *p = r->at;
	if (!stop)
		return gw_row_reader_next(r);
	for (uint32_t i = 0; i <= last; i++) {
		const char *comma = memchr(p, ',', (size_t)(stop - p));
		if (!comma || *p == '"' || r->table->fields[i].type != GW_F_STRING)
			return gw_row_reader_next(r);
		r->cells[i] = (gw_cell){.kind = GW_CELL_STR, .s = {p, (uint32_t)(comma - p)}};
		p = comma + 1;
	}
	r->line = r->next_line;
	r->next_line += lines;
	r->offset = (size_t)(r->at - r->bytes);
	r->at = stop;
	return GW_ROW_GOOD;
}

void gw_row_reader_seek(gw_row_reader *r, size_t offset)
{
	/* Rows are only seen from their beginning to their end, so the parser stands between two of them. */
	r->at = r->bytes + offset;
}

void gw_row_reader_close(gw_row_reader *r)
{
	json_decref(r->json);
	csv_free(&r->csv);
	gw_buf_release(&r->problem);
	gw_buf_release(&r->room);
	gw_buf_release(&r->text);
	free(r->cells);
	free(r->ends);
	memset(r, 0, sizeof *r);
}
