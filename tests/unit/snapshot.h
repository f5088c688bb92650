/* snapshot.h - a small snapshot made by hand, for the tests that read snapshots back.
 *
 * It goes past the publisher on purpose: what is broken here could not be published. */
#ifndef GW_TEST_SNAPSHOT_H
#define GW_TEST_SNAPSHOT_H

#include "gw/file.h"
#include "gw/publish.h"
#include "../../pipeline/publish/review/read.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct maker {
	gw_diag diag;
	gw_arena arena;
	const gw_schema *schema;
	char *dir; /* a temporary folder */
	gw_buf csv[GW_TABLES], jsonl[GW_TABLES];
} maker;

static char *maker_path(maker *b, const char *snapshot, const char *name)
{
	return gw_path_join(&b->arena, gw_path_join(&b->arena, b->dir, snapshot), name);
}

static void put(maker *b, const char *snapshot, const char *name, const char *content, size_t n)
{
	char *path = maker_path(b, snapshot, name);
	gw_dir_make(gw_path_dir(&b->arena, path), &b->diag);
	gw_file_replace(path, content, n, &b->diag);
}

static void put_text(maker *b, const char *snapshot, const char *name, const char *content)
{
	put(b, snapshot, name, content, strlen(content));
}

/* Adds a row to both formats: names and values by turns, NULL at the end; what is not named is null. */
static void row(maker *b, gw_table_id id, ...)
{
	const gw_table *t = &b->schema->tables[id];
	gw_buf *csv = &b->csv[id], *jsonl = &b->jsonl[id];
	for (uint32_t i = 0; i < t->field_count; i++) {
		const gw_field *f = &t->fields[i];
		const char *value = NULL, *name;
		va_list ap;
		va_start(ap, id);
		while ((name = va_arg(ap, const char *)) != NULL) {
			const char *v = va_arg(ap, const char *);
			value = strcmp(name, f->name) == 0 ? v : value;
		}
		va_end(ap);
		gw_buf_adds(csv, i ? "," : "");
		gw_buf_printf(jsonl, "%s\"%s\":", i ? "," : "{", f->name);
		if (!value)
			gw_buf_adds(jsonl, "null");
		else if (f->type == GW_F_STRING || f->type == GW_F_DATE)
			gw_buf_printf(jsonl, "\"%s\"", value);
		else
			gw_buf_adds(jsonl, value);
		if (value)
			gw_buf_printf(csv, strchr(value, ',') ? "\"%s\"" : "%s", value);
	}
	gw_buf_adds(csv, "\n");
	gw_buf_adds(jsonl, "}\n");
}

static void tables_begin(maker *b)
{
	for (gw_table_id id = 0; id < GW_TABLES; id++) {
		gw_buf_clear(&b->csv[id]);
		gw_buf_clear(&b->jsonl[id]);
		const gw_table *t = &b->schema->tables[id];
		for (uint32_t i = 0; i < t->field_count; i++)
			gw_buf_printf(&b->csv[id], "%s%s", i ? "," : "", t->fields[i].name);
		gw_buf_adds(&b->csv[id], "\n");
		gw_buf_adds(&b->jsonl[id], "");
	}
}

#define TEXT_PATH "text/0123456789abcdef0123456789abcdef.txt"
#define JSON_PATH "documents/0123456789abcdef0123456789abcdef.json"
#define SOURCE "一、市发改委负责，\r\n年底前完成。\n"
#define HASH "0000000000000000000000000000000000000000000000000000000000000000"

/* One document of 18 characters, and what is found in it. */
static void sample_rows(maker *b)
{
	tables_begin(b);
	row(b, GW_T_DOCUMENTS, "document_id", "a.txt#1", "source_path", "a.txt", "part", "1", "source_sha256", HASH, "source_bytes", "51",
		"encoding", "UTF-8", "encoding_source", "detected", "encoding_errors", "0", "title", "一, 二", "line", "1", "char_start", "0",
		"char_end", "18", "char_count", "18", "section_count", "1", "json_path", JSON_PATH, "text_path", TEXT_PATH, NULL);
	row(b, GW_T_SECTIONS, "document_id", "a.txt#1", "section_id", "1", "depth", "0", "kind", "part", "marker", "一、", "ordinal", "1",
		"line", "1", "char_start", "0", "char_end", "9", "text", "一、市发改委负责，", "rule", "outline", NULL);
	row(b, GW_T_AGENCIES, "mention_id", "a.txt#1:a1", "document_id", "a.txt#1", "section_id", "1", "line", "1", "char_start", "2",
		"char_end", "6", "text", "市发改委", "rule", "agency.name", "agency_id", "class:市发展和改革委员会", "generic", "false", NULL);
	row(b, GW_T_ORGANIZATIONS, "agency_id", "class:市发展和改革委员会", "name", "市发展和改革委员会", "kind", "department",
		"mention_count", "1", "document_count", "1", NULL);
	row(b, GW_T_DEADLINES, "deadline_id", "a.txt#1:t1", "document_id", "a.txt#1", "section_id", "1", "line", "2", "char_start", "11",
		"char_end", "14", "text", "年底前", "rule", "time.year-end", "role", "deadline", "relation", "by", NULL);
	row(b, GW_T_TARGETS, "target_id", "a.txt#1:q1", "document_id", "a.txt#1", "section_id", "1", "line", "2", "char_start", "14",
		"char_end", "16", "text", "完成", "rule", "quantity.all", "role", "target", "op", ">=", "value", "99.5", "unit", "%",
		"deadline_id", "a.txt#1:t1", NULL);
}

static void tables_write(maker *b, const char *snapshot)
{
	for (gw_table_id id = 0; id < GW_TABLES; id++) {
		const gw_table *t = &b->schema->tables[id];
		put(b, snapshot, gw_arena_printf(&b->arena, "data/%s.csv", t->name), b->csv[id].ptr, b->csv[id].len);
		put(b, snapshot, gw_arena_printf(&b->arena, "data/%s.jsonl", t->name), b->jsonl[id].ptr, b->jsonl[id].len);
		put(b, snapshot, gw_arena_printf(&b->arena, "data/schemas/%s.json", t->name), t->json, t->json_len);
	}
	put_text(b, snapshot, "data/" TEXT_PATH, SOURCE);
	put_text(b, snapshot, "data/" JSON_PATH, "{}\n");
}

static void listed(gw_fileset *m, const gw_fileset_file *f, gw_buf *manifest, gw_diag *diag)
{
	char hex[65];
	gw_loaded file;
	gw_fileset_load(m, f, &file, diag);
	gw_sha256_of(file.bytes, file.len, hex);
	gw_file_unload(&file);
	gw_buf_printf(manifest, "%s  %s\n", hex, f->path);
}

static void resource(gw_fileset *m, const gw_fileset_file *f, bool first, gw_buf *out, gw_diag *diag)
{
	gw_buf line;
	gw_buf_init(&line);
	listed(m, f, &line, diag);
	gw_buf_printf(out, "%s{\"name\":\"r%zu\",\"path\":\"%s\",\"bytes\":%llu,\"hash\":\"sha256:%.64s\"}", first ? "" : ",",
		out->len, f->path + 5, (unsigned long long)f->size, line.ptr);
	gw_buf_release(&line);
}

/* datapackage.json over the tables that are there. */
static void descriptor_write(maker *b, const char *snapshot)
{
	gw_fileset m;
	gw_buf out;
	gw_buf_init(&out);
	gw_fileset_open(&m, gw_path_join(&b->arena, b->dir, snapshot), &b->diag);
	gw_buf_printf(&out, "{\"name\":\"sample\",\"version\":\"%s\",\"resources\":[", snapshot);
	bool first = true;
	for (uint32_t i = 0; i < m.items.count; i++) {
		const char *path = m.items.items[i].path;
		if (!gw_glob_match("data/*.csv", path) && !gw_glob_match("data/*.jsonl", path))
			continue;
		resource(&m, &m.items.items[i], first, &out, &b->diag);
		first = false;
	}
	gw_buf_adds(&out, "]}\n");
	put(b, snapshot, "data/datapackage.json", out.ptr, out.len);
	gw_fileset_close(&m);
	gw_buf_release(&out);
}

static void bag_write(maker *b, const char *snapshot)
{
	static const char *const tags[] = {"bag-info.txt", "bagit.txt", "manifest-sha256.txt"};
	gw_fileset m;
	gw_buf out;
	unsigned long long bytes = 0, files = 0;
	gw_buf_init(&out);
	gw_fileset_open(&m, gw_path_join(&b->arena, b->dir, snapshot), &b->diag);
	for (uint32_t i = 0; i < m.items.count; i++)
		if (strncmp(m.items.items[i].path, "data/", 5) == 0) {
			listed(&m, &m.items.items[i], &out, &b->diag);
			bytes += m.items.items[i].size;
			files++;
		}
	put(b, snapshot, "manifest-sha256.txt", out.ptr, out.len);
	put_text(b, snapshot, "bagit.txt", "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n");
	put_text(b, snapshot, "bag-info.txt", gw_arena_printf(&b->arena, "Payload-Oxum: %llu.%llu\n", bytes, files));
	gw_fileset_close(&m);
	gw_buf_clear(&out);
	gw_fileset_open(&m, gw_path_join(&b->arena, b->dir, snapshot), &b->diag);
	for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
		listed(&m, gw_fileset_find(&m, tags[i]), &out, &b->diag);
	put(b, snapshot, "tagmanifest-sha256.txt", out.ptr, out.len);
	gw_fileset_close(&m);
	gw_buf_release(&out);
}

static void snapshot_write(maker *b, const char *snapshot)
{
	tables_write(b, snapshot);
	descriptor_write(b, snapshot);
	bag_write(b, snapshot);
}

static int set_up(void **state)
{
	maker *b = calloc(1, sizeof *b);
	gw_diag_init(&b->diag);
	gw_arena_init(&b->arena);
	b->schema = gw_schema_load(&b->arena, "schemas", GW_SCHEMA_VERSION, &b->diag);
	const char *tmp = getenv("TMPDIR");
	b->dir = gw_arena_printf(&b->arena, "%s/gw-test-snapshot-XXXXXX", tmp ? tmp : "/tmp");
	*state = b;
	return b->schema && mkdtemp(b->dir) ? 0 : -1;
}

static int tear_down(void **state)
{
	maker *b = *state;
	gw_status s = gw_dir_remove(b->dir, &b->diag);
	for (gw_table_id id = 0; id < GW_TABLES; id++) {
		gw_buf_release(&b->csv[id]);
		gw_buf_release(&b->jsonl[id]);
	}
	gw_schema_release(b->schema);
	gw_diag_release(&b->diag);
	gw_arena_release(&b->arena);
	free(b);
	return s == GW_OK ? 0 : -1;
}

#endif
