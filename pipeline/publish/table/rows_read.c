/* Rows back from NDJSON. jansson parses; this file says which member is which cell. */
#include "out.h"

#include <jansson.h>

static gw_status bad(gw_diag *diag, const gw_place *at, const char *what, const char *more)
{
	return gw_report(diag, GW_E_ROWS_FILE, at, "%s%s", what, more);
}

static gw_str copied(gw_arena *a, const json_t *text)
{
	return gw_arena_str(a, (gw_str){json_string_value(text), (uint32_t)json_string_length(text)});
}

static json_t *parse(const char *line, size_t n, const gw_place *at, gw_diag *diag)
{
	json_error_t error;
	if (n > UINT32_MAX) {
		bad(diag, at, "a line longer than 4 GiB", "");
		return NULL;
	}
	json_t *object = json_loadb(line, n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
	if (object && json_is_object(object))
		return object;
	bad(diag, at, "the line is no JSON object: ", object ? "something else stands there" : error.text);
	json_decref(object);
	return NULL;
}

/* ---- cells ---- */

static bool read_cell(gw_arena *a, const gw_field *f, const json_t *value, gw_cell *out)
{
	if (json_is_null(value))
		return true;
	if (json_is_string(value) && (f->type == GW_F_STRING || f->type == GW_F_DATE))
		*out = (gw_cell){.kind = GW_CELL_STR, .s = copied(a, value)};
	else if (json_is_integer(value) && f->type == GW_F_INTEGER)
		*out = (gw_cell){.kind = GW_CELL_INT, .i = json_integer_value(value)};
	else if (json_is_number(value) && f->type == GW_F_NUMBER)
		*out = (gw_cell){.kind = GW_CELL_NUM, .n = json_number_value(value)};
	else if (json_is_boolean(value) && f->type == GW_F_BOOLEAN)
		*out = (gw_cell){.kind = GW_CELL_BOOL, .i = json_is_true(value)};
	else
		return false;
	return true;
}

static gw_status read_row(const gw_table *t, gw_arena *a, json_t *object, const gw_place *at, gw_rows *into, gw_diag *diag)
{
	gw_cell *cells = GW_NEW_N(a, gw_cell, t->field_count + 1);
	size_t expected = gw_table_field(t, "source_path") == GW_NONE ? 2 : 1; /* the table, and the source where it is no column */
	for (uint32_t i = 0; i < t->field_count; i++) {
		const json_t *value = json_object_get(object, t->fields[i].name);
		if (!value)
			return bad(diag, at, "a member is missing: ", t->fields[i].name);
		if (!read_cell(a, &t->fields[i], value, &cells[i]))
			return bad(diag, at, "a member has the wrong type: ", t->fields[i].name);
	}
	if (t->id == GW_T_ORGANIZATIONS) {
		const json_t *document = json_object_get(object, "document_id");
		if (!json_is_string(document))
			return bad(diag, at, "a member is missing: ", "document_id");
		cells[t->field_count] = (gw_cell){.kind = GW_CELL_STR, .s = copied(a, document)};
		expected++;
	}
	if (json_object_size(object) != expected + t->field_count)
		return bad(diag, at, "the row has members that its table does not have: ", t->name);
	*GW_PUSH(a, &into->table[t->id]) = cells;
	return GW_OK;
}

/* ---- rejects ---- */

static bool code_of(const char *name, gw_code *out)
{
	for (int c = 0; name && c < GW_CODE_COUNT; c++) {
		if (strcmp(gw_code_name((gw_code)c), name) == 0) {
			*out = (gw_code)c;
			return true;
		}
	}
	return false;
}

static gw_status read_reject(gw_arena *a, json_t *object, const gw_place *at, gw_rows *out, gw_diag *diag)
{
	const json_t *path = json_object_get(object, "source_path"), *raw = json_object_get(object, "raw");
	const json_t *sha256 = json_object_get(object, "source_sha256"), *message = json_object_get(object, "message");
	const json_t *stage = json_object_get(object, "stage");
	const char *encoding = json_string_value(json_object_get(object, "raw_encoding"));
	if (!json_is_string(path) || !json_is_string(raw) || !json_is_string(sha256) || !json_is_string(message) ||
		!code_of(json_string_value(json_object_get(object, "code")), &out->reject.code))
		return bad(diag, at, "a reject needs source_path, source_sha256, code, message and raw", "");
	out->rejected = true;
	out->source_path = copied(a, path);
	out->source_sha256 = copied(a, sha256);
	out->reject.message = copied(a, message).ptr;
	out->reject.stage = json_is_string(stage) ? copied(a, stage).ptr : NULL;
	out->reject.place.path = out->source_path.ptr;
	out->reject.place.line = (uint32_t)json_integer_value(json_object_get(object, "line"));
	out->reject.place.byte_offset = (uint64_t)json_integer_value(json_object_get(object, "byte_offset"));
	out->raw = copied(a, raw);
	if (encoding && strcmp(encoding, "base64") == 0)
		out->raw = gw_base64_read(a, out->raw);
	return out->raw.ptr ? GW_OK : bad(diag, at, "\"raw\" is no base64", "");
}

gw_status gw_reject_parse(gw_arena *arena, const char *line, size_t n, const gw_place *at, gw_rows *out, gw_diag *diag)
{
	json_t *object = parse(line, n, at, diag);
	if (!object)
		return GW_FAILED;
	gw_status s = read_reject(arena, object, at, out, diag);
	json_decref(object);
	return s;
}

/* ---- a line ---- */

static gw_status read_text(gw_arena *a, const json_t *object, const gw_place *at, gw_rows *into, gw_diag *diag)
{
	const json_t *text = json_object_get(object, "text"), *rows = json_object_get(object, "rows");
	if (!json_is_string(text) || !json_is_integer(rows))
		return bad(diag, at, "a member is missing: ", json_is_string(text) ? "rows" : "text");
	if (into->text.ptr)
		return bad(diag, at, "the source's text stands twice: was its row file given twice?", "");
	into->text = copied(a, text);
	into->rows_told = (uint64_t)json_integer_value(rows);
	gw_sha256_of(into->text.ptr, into->text.len, into->text_sha256);
	return GW_OK;
}

static gw_status read_line(const gw_schema *schema, gw_arena *a, json_t *object, const gw_place *at, gw_rows *into, gw_diag *diag)
{
	const char *table = json_string_value(json_object_get(object, "table"));
	const json_t *path = json_object_get(object, "source_path");
	if (!table || !json_is_string(path))
		return bad(diag, at, "a row needs \"table\" and \"source_path\"", "");
	if (!into->source_path.ptr)
		into->source_path = copied(a, path);
	if (!gw_str_eq(into->source_path, (gw_str){json_string_value(path), (uint32_t)json_string_length(path)}))
		return bad(diag, at, "a row of another source: ", json_string_value(path));
	if (strcmp(table, "text") == 0)
		return read_text(a, object, at, into, diag);
	if (strcmp(table, "rejects") == 0)
		return into->rejected ? bad(diag, at, "the source is rejected twice", "") : read_reject(a, object, at, into, diag);
	for (gw_table_id id = 0; id < GW_TABLES; id++)
		if (strcmp(table, gw_table_names[id]) == 0)
			return read_row(&schema->tables[id], a, object, at, into, diag);
	return bad(diag, at, "no such table: ", table);
}

gw_status gw_rows_parse_line(const gw_schema *schema, gw_arena *arena, const char *line, size_t n, const gw_place *at,
	gw_rows *into, gw_diag *diag)
{
	while (n && (line[n - 1] == '\n' || line[n - 1] == '\r' || line[n - 1] == '\t' || line[n - 1] == ' '))
		n--;
	json_t *object = parse(line, n, at, diag);
	if (!object)
		return GW_FAILED;
	gw_status s = read_line(schema, arena, object, at, into, diag);
	json_decref(object);
	return s;
}
