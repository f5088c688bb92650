/* A source's rows as the bytes that a snapshot holds of them: checked, as lines of the tables, as nested documents.
 *
 * Each row is written once; the nested documents copy their members from there. Everything lies in buffers that are
 * used again for the next source, and goes into one packet at the end. */
#include "publisher.h"

#include <libdeflate.h>
#include <stdio.h>
#include <stdlib.h>

/* A run with a systematic fault would break every row: the first ones tell. */
enum { BROKEN_ROWS_TOLD = 20 };

struct gw_render {
	gw_arena arena, scratch; /* scratch: reset for every source */
	const gw_schema *schema;
	bool csv, jsonl, excel, json, texts;
	gw_json_names names[GW_TABLES];
	gw_nest nest;
	uint32_t json_path, text_path; /* columns of documents */
	/* of the source in hand */
	gw_row_text text[GW_TABLES];
	gw_cell **documents; /* their rows as published */
	gw_buf nested, organs, memo; /* nested: the documents, one behind the other */
	GW_LIST(gw_packet_file) files; /* those, and then the text if it is to be one */
	gw_str source_text;
};

gw_render *gw_render_new(const gw_schema *schema, const gw_publish_settings *settings)
{
	gw_render *r = calloc(1, sizeof *r);
	if (!r) {
		fputs("gongwen: out of memory (a writer of rows)\n", stderr);
		exit(1);
	}
	gw_arena_init(&r->arena);
	gw_arena_init(&r->scratch);
	r->schema = schema;
	r->csv = settings->csv;
	r->jsonl = settings->jsonl;
	r->excel = settings->excel;
	r->json = settings->json;
	r->texts = settings->texts;
	for (gw_table_id id = 0; id < GW_TABLES; id++)
		gw_json_names_make(&r->arena, &schema->tables[id], &r->names[id]);
	gw_nest_open(&r->nest, &r->arena, schema);
	r->json_path = gw_table_field(&schema->tables[GW_T_DOCUMENTS], "json_path");
	r->text_path = gw_table_field(&schema->tables[GW_T_DOCUMENTS], "text_path");
	return r;
}

void gw_render_free(gw_render *r)
{
	if (!r)
		return;
	for (gw_table_id id = 0; id < GW_TABLES; id++) {
		gw_buf_release(&r->text[id].csv);
		gw_buf_release(&r->text[id].jsonl);
		gw_buf_release(&r->text[id].excel);
	}
	gw_buf_release(&r->nested);
	gw_buf_release(&r->organs);
	gw_buf_release(&r->memo);
	gw_arena_release(&r->scratch);
	gw_arena_release(&r->arena);
	free(r);
}

/* ---- checks ---- */

static bool rows_good(gw_render *r, const gw_rows *rows, gw_diag *diag)
{
	unsigned broken = 0;
	for (gw_table_id id = 0; id < GW_TABLES && !rows->checked; id++)
		for (uint32_t i = 0; i < rows->table[id].count && broken < BROKEN_ROWS_TOLD; i++)
			broken += gw_row_check(&r->schema->tables[id], rows->table[id].items[i], rows->source_path.ptr, diag) != GW_OK;
	return !broken && gw_keys_check(r->schema, rows, &r->scratch, diag) == GW_OK;
}

/* Rows may come from files: the names that they give to files are the ones the program would give, so that no file
 * is written twice or in another place. */
static bool paths_good(gw_render *r, const gw_rows *rows, gw_diag *diag)
{
	uint32_t primary = r->schema->tables[GW_T_DOCUMENTS].primary;
	gw_place at = {.path = rows->source_path.ptr};
	for (uint32_t i = 0; i < rows->table[GW_T_DOCUMENTS].count; i++) {
		const gw_cell *cells = rows->table[GW_T_DOCUMENTS].items[i];
		char hash[65];
		gw_sha256_of(cells[primary].s.ptr, cells[primary].s.len, hash);
		if (!gw_str_eq(cells[r->json_path].s, gw_str_of(gw_arena_printf(&r->scratch, "documents/%.32s.json", hash))) ||
			!gw_str_eq(cells[r->text_path].s, gw_str_of(gw_arena_printf(&r->scratch, "text/%.32s.txt", rows->text_sha256)))) {
			gw_report(diag, GW_E_ROW, &at, "documents, row %u: json_path or text_path is not made from its id and text", i + 1);
			return false;
		}
	}
	return true;
}

static bool source_good(gw_render *r, const gw_rows *rows, gw_diag *diag)
{
	gw_place at = {.path = rows->source_path.ptr};
	if (!rows_good(r, rows, diag))
		return false;
	if (rows->table[GW_T_DOCUMENTS].count && !rows->text.ptr) {
		gw_report(diag, GW_E_ROW, &at, "the source has rows, but no text");
		return false;
	}
	return paths_good(r, rows, diag);
}

/* ---- tables ---- */

/* The row with the paths of files that the settings leave out set to null. */
static gw_cell *document_row(gw_render *r, const gw_cell *cells)
{
	uint32_t count = r->schema->tables[GW_T_DOCUMENTS].field_count;
	gw_cell *row = GW_NEW_N(&r->scratch, gw_cell, count);
	memcpy(row, cells, sizeof *row * count);
	if (!r->json)
		row[r->json_path] = (gw_cell){0};
	if (!r->texts)
		row[r->text_path] = (gw_cell){0};
	return row;
}

static void table_write(gw_render *r, gw_table_id id, gw_cell *const *rows, uint32_t count)
{
	const gw_table *t = &r->schema->tables[id];
	gw_row_text *text = &r->text[id];
	bool organs = id == GW_T_ORGANIZATIONS; /* the table's rows are those merged over all sources */
	size_t step = (size_t)t->field_count + 1;
	gw_buf_clear(&text->csv);
	gw_buf_clear(&text->jsonl);
	gw_buf_clear(&text->excel);
	text->guarded = 0;
	text->at = GW_NEW_N(&r->scratch, size_t, step * count);
	for (uint32_t i = 0; i < count; i++) {
		if (organs ? r->json : r->csv || r->jsonl || r->json)
			gw_row_write(r->csv && !organs ? &text->csv : NULL, &text->jsonl, t, &r->names[id], rows[i], text->at + step * i);
		if (r->excel && !organs)
			text->guarded += gw_csv_excel_row(&text->excel, t, rows[i]);
	}
}

static void tables_write(gw_render *r, const gw_rows *rows)
{
	uint32_t documents = rows->table[GW_T_DOCUMENTS].count;
	r->documents = GW_NEW_N(&r->scratch, gw_cell *, documents);
	for (uint32_t i = 0; i < documents; i++)
		r->documents[i] = document_row(r, rows->table[GW_T_DOCUMENTS].items[i]);
	table_write(r, GW_T_DOCUMENTS, r->documents, documents);
	for (gw_table_id id = GW_T_SECTIONS; id < GW_TABLES; id++)
		table_write(r, id, rows->table[id].items, rows->table[id].count);
	gw_buf_clear(&r->organs);
	for (uint32_t i = 0; i < rows->table[GW_T_ORGANIZATIONS].count; i++)
		gw_packet_cells_add(&r->organs, rows->table[GW_T_ORGANIZATIONS].items[i], r->schema->tables[GW_T_ORGANIZATIONS].field_count);
}

/* ---- files of its own ---- */

static gw_packet_file *file_add(gw_render *r, gw_str name, uint64_t size)
{
	gw_packet_file *f = GW_PUSH(&r->scratch, &r->files);
	snprintf(f->path, sizeof f->path, "data/%.*s", (int)name.len, name.ptr);
	f->size = size;
	return f;
}

static gw_status documents_write(gw_render *r, const gw_rows *rows, gw_diag *diag)
{
	uint32_t at[GW_TABLES] = {0};
	gw_status s = GW_OK;
	for (uint32_t i = 0; s == GW_OK && i < rows->table[GW_T_DOCUMENTS].count; i++) {
		size_t begin = r->nested.len;
		s = gw_nest_document(&r->nest, rows, r->text, i, r->documents[i], at, &r->scratch, &r->nested, diag);
		gw_packet_file *f = file_add(r, r->documents[i][r->json_path].s, r->nested.len - begin);
		gw_sha256_of(r->nested.ptr + begin, f->size, f->sha256);
	}
	/* Rows that no document has taken stand in another order than the documents, so they would be missing above. */
	for (gw_table_id id = GW_T_SECTIONS; s == GW_OK && id < GW_TABLES; id++) {
		gw_place place = {.path = rows->source_path.ptr};
		if (at[id] != rows->table[id].count)
			s = gw_report(diag, GW_E_ROW, &place, "%s: rows are not in the order of their documents", gw_table_names[id]);
	}
	return s;
}

static void text_write(gw_render *r, const gw_rows *rows)
{
	gw_packet_file *f = file_add(r, r->documents[0][r->text_path].s, rows->text.len);
	r->source_text = rows->text;
	memcpy(f->sha256, rows->text_sha256, sizeof rows->text_sha256);
}

static gw_status source_write(gw_render *r, const gw_rows *rows, gw_diag *diag)
{
	gw_status s = GW_OK;
	tables_write(r, rows);
	if (r->json)
		s = documents_write(r, rows, diag);
	if (s == GW_OK && r->texts && rows->table[GW_T_DOCUMENTS].count)
		text_write(r, rows);
	return s;
}

/* ---- the packet ---- */

static gw_bytes bytes_of(const gw_buf *b)
{
	return (gw_bytes){b->ptr, b->len};
}

static uint32_t crc_of(const char *bytes, size_t n)
{
	return n ? libdeflate_crc32(0, bytes, n) : 0;
}

bool gw_render_file_next(const gw_render *r, gw_render_file *f)
{
	f->at += f->is ? f->is->size : 0;
	if (f->count == r->files.count)
		return false;
	f->is = &r->files.items[f->count++];
	f->bytes = f->at < r->nested.len ? r->nested.ptr + f->at : r->source_text.ptr;
	return true;
}

/* What the next run needs to take the source over. */
static void memo_make(gw_render *r, const gw_rows *rows, gw_packet *p)
{
	gw_render_file f = {0};
	gw_buf_clear(&r->memo);
	gw_state_memo(rows, &r->memo);
	p->memo = bytes_of(&r->memo);
	while (gw_render_file_next(r, &f))
		r->files.items[f.count - 1].crc = crc_of(f.bytes, f.is->size);
	for (gw_table_id id = 0; id < GW_TABLES; id++) {
		gw_packet_table *t = &p->table[id];
		t->crc[GW_FORM_CSV] = crc_of(t->csv.ptr, t->csv.len);
		t->crc[GW_FORM_JSONL] = crc_of(t->jsonl.ptr, t->jsonl.len);
		t->crc[GW_FORM_EXCEL] = crc_of(t->excel.ptr, t->excel.len);
	}
}

static void packet_make(gw_render *r, const gw_rows *rows, gw_buf *out)
{
	gw_packet p = {.source_path = rows->source_path, .documents = rows->table[GW_T_DOCUMENTS].count, .files = r->files.items,
		.file_count = r->files.count, .organs = bytes_of(&r->organs)};
	for (gw_table_id id = 0; id < GW_TABLES; id++) {
		const gw_row_text *text = &r->text[id];
		if (id == GW_T_ORGANIZATIONS)
			continue;
		p.table[id] = (gw_packet_table){.csv = bytes_of(&text->csv), .excel = bytes_of(&text->excel),
			.rows = rows->table[id].count, .guarded = text->guarded};
		if (r->jsonl)
			p.table[id].jsonl = bytes_of(&text->jsonl);
	}
	if (rows->problems)
		memo_make(r, rows, &p);
	gw_packet_write(&p, out);
}

static void reject_make(gw_render *r, const gw_rows *rows, gw_buf *out)
{
	gw_reject_print(rows, &r->nested);
	gw_packet p = {.source_path = rows->source_path, .reject = bytes_of(&r->nested)};
	gw_packet_write(&p, out);
}

static void known_make(const gw_rows *rows, gw_buf *out)
{
	gw_packet p = {.source_path = rows->source_path, .known = (uint64_t)rows->known->index + 1};
	gw_packet_write(&p, out);
}

static void source_begin(gw_render *r)
{
	gw_arena_reset(&r->scratch);
	gw_buf_clear(&r->nested);
	memset(&r->files, 0, sizeof r->files);
	r->source_text = (gw_str){0};
}

gw_status gw_render_rows(gw_render *r, const gw_rows *rows, gw_buf *packet, gw_diag *diag)
{
	source_begin(r);
	if (rows->rejected) {
		reject_make(r, rows, packet);
		return GW_OK;
	}
	if (rows->known) {
		known_make(rows, packet);
		return GW_OK;
	}
	if (!source_good(r, rows, diag) || source_write(r, rows, diag) != GW_OK)
		return GW_FATAL;
	packet_make(r, rows, packet);
	return GW_OK;
}

gw_status gw_rows_print_nested(const gw_schema *schema, const gw_rows *rows, gw_buf *out, gw_diag *diag)
{
	const gw_publish_settings settings = {.json = true, .texts = true};
	gw_render *r = gw_render_new(schema, &settings);
	source_begin(r);
	tables_write(r, rows);
	gw_status s = documents_write(r, rows, diag);
	gw_buf_add(out, r->nested.ptr, r->nested.len);
	gw_render_free(r);
	return s;
}
