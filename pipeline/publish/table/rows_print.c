/* Rows as NDJSON: what `map` prints. Every line begins with its table and its source, in this order and by these
 * bytes, so that row_files.c can sort lines into sources without parsing them. */
#include "out.h"

static void line_begin(gw_buf *out, const char *table, gw_str source_path)
{
	gw_buf_adds(out, "{\"table\":\"");
	gw_buf_adds(out, table);
	gw_buf_adds(out, "\",\"source_path\":");
	gw_json_str(out, source_path);
}

static void table_print(const gw_table *t, const gw_rows *rows, gw_buf *out)
{
	gw_buf begin;
	gw_buf_init(&begin);
	line_begin(&begin, t->name, rows->source_path);
	uint32_t own = gw_table_field(t, "source_path"); /* stands in front already */
	for (uint32_t i = 0; i < rows->table[t->id].count; i++) {
		const gw_cell *cells = rows->table[t->id].items[i];
		gw_buf_add(out, begin.ptr, begin.len);
		if (t->id == GW_T_ORGANIZATIONS) {
			gw_buf_adds(out, ",\"document_id\":");
			gw_json_cell(out, &cells[t->field_count]);
		}
		gw_row_append(out, t, t->names, cells, own);
	}
	gw_buf_release(&begin);
}

/* Members of a reject behind its source_path. */
static void reject_members(const gw_rows *rows, gw_buf *out)
{
	const gw_problem *p = &rows->reject;
	/* A NUL would be valid UTF-8, but no text: such bytes are better kept as bytes. */
	bool text = gw_utf8_valid(rows->raw.ptr, rows->raw.len) && (!rows->raw.len || !memchr(rows->raw.ptr, 0, rows->raw.len));
	gw_buf_adds(out, ",\"source_sha256\":");
	gw_json_str(out, rows->source_sha256);
	gw_buf_printf(out, ",\"byte_offset\":%llu,\"line\":%u,\"stage\":", (unsigned long long)p->place.byte_offset, p->place.line);
	gw_json_str(out, gw_str_of(p->stage));
	gw_buf_printf(out, ",\"code\":\"%s\",\"message\":", gw_code_name(p->code));
	gw_json_str(out, gw_str_of(p->message));
	gw_buf_printf(out, ",\"raw_encoding\":\"%s\",\"raw\":", text ? "utf-8" : "base64");
	if (text) {
		gw_json_str(out, rows->raw.ptr ? rows->raw : GW_STR(""));
	} else {
		gw_buf_addc(out, '"');
		gw_base64_add(out, rows->raw);
		gw_buf_addc(out, '"');
	}
	gw_buf_adds(out, "}\n");
}

void gw_reject_print(const gw_rows *rows, gw_buf *out)
{
	gw_buf_adds(out, "{\"source_path\":");
	gw_json_str(out, rows->source_path);
	reject_members(rows, out);
}

void gw_rows_print(const gw_schema *schema, const gw_rows *rows, gw_buf *out)
{
	if (rows->rejected) {
		line_begin(out, "rejects", rows->source_path);
		reject_members(rows, out);
		return;
	}
	uint64_t count = 0;
	for (gw_table_id id = 0; id < GW_TABLES; id++) {
		table_print(&schema->tables[id], rows, out);
		count += rows->table[id].count;
	}
	/* The text comes last and knows the number: a source cut short on the way is known by its lack, one of whose tables
	 * a file was lost by the count. */
	line_begin(out, "text", rows->source_path);
	gw_buf_printf(out, ",\"rows\":%llu,\"text\":", (unsigned long long)count);
	gw_json_str(out, rows->text.ptr ? rows->text : GW_STR(""));
	gw_buf_adds(out, "}\n");
}

/* ---- base64 (RFC 4648, section 4) ---- */

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void gw_base64_add(gw_buf *out, gw_str bytes)
{
	const unsigned char *p = (const unsigned char *)bytes.ptr;
	for (size_t left = bytes.len; left; p += 3) {
		unsigned n = left < 3 ? (unsigned)left : 3;
		unsigned v = (unsigned)p[0] << 16 | (n > 1 ? (unsigned)p[1] << 8 : 0) | (n > 2 ? p[2] : 0);
		char four[4] = {letters[v >> 18], letters[v >> 12 & 63], n > 1 ? letters[v >> 6 & 63] : '=', n > 2 ? letters[v & 63] : '='};
		gw_buf_add(out, four, 4);
		left -= n;
	}
}

gw_str gw_base64_read(gw_arena *arena, gw_str text)
{
	gw_str none = {NULL, 0};
	unsigned pad = 0;
	while (pad < 2 && text.len > pad && text.ptr[text.len - 1 - pad] == '=')
		pad++;
	if (text.len % 4 != 0)
		return none;
	char *to = gw_arena_alloc(arena, text.len / 4 * 3 + 1);
	uint32_t n = 0, v = 0;
	for (uint32_t i = 0; i < text.len; i++) {
		const char *at = i + pad >= text.len ? letters : text.ptr[i] ? strchr(letters, text.ptr[i]) : NULL;
		if (!at)
			return none;
		v = v << 6 | (uint32_t)(at - letters);
		if (i % 4 == 3) {
			to[n++] = (char)(v >> 16);
			to[n++] = (char)(v >> 8);
			to[n++] = (char)v;
			v = 0;
		}
	}
	return (gw_str){to, n - pad};
}
