/* The pages for people: README.md of a snapshot and the data dictionary. Their words stand in schemas/pages/; here is what
 * fills the gaps. */
#include "../table/evolution.h"
#include "publisher.h"
#include "../table/template.h"

#include <stdlib.h>

static const char *const page_names[GW_PAGES] = {"readme.md", "loading.md", "tables.md", "tables.zh.md"};

static const char *const known[] = {
	/* of the snapshot */ "dataset_title", "dataset_description", "version", "previous", "documents", "licensed", "licence_name",
	"licence_path", "csv", "jsonl", "excel", "json", "texts", "guarded", "loading",
	/* of all tables, of one */ "schema_version", "tables", "name", "title", "title_zh", "description", "description_zh", "rows", "key",
	"first", "references", "has_references", "from", "to", "columns",
	/* of a column */ "is_text", "is_integer", "is_number", "is_boolean", "is_date", "has_minimum", "minimum", "has_maximum", "maximum",
	"pattern", "required", "choices", "has_choices", "value", "meaning", "meaning_zh", "example", NULL};

bool gw_pages_load(gw_arena *arena, const char *folder, const gw_template *pages[GW_PAGES], gw_diag *diag)
{
	bool good = true;
	for (int i = 0; i < GW_PAGES; i++) {
		gw_loaded file;
		const char *path = gw_path_join(arena, folder, page_names[i]);
		if (!gw_path_exists(path)) {
			gw_report(diag, GW_E_SCHEMA, &(gw_place){.path = path}, "the page does not exist");
			good = false;
		} else if (gw_file_load(path, 1 << 20, &file, diag) != GW_OK) {
			good = false;
		} else {
			gw_str text = gw_arena_str(arena, (gw_str){file.bytes, (uint32_t)file.len});
			gw_file_unload(&file);
			pages[i] = gw_template_parse(arena, path, text, known, diag);
			good &= pages[i] != NULL;
		}
	}
	return good;
}

/* ---- values ---- */

static void put(json_t *to, const char *name, const char *z)
{
	json_object_set_new(to, name, json_string(z ? z : ""));
}

static void put_bool(json_t *to, const char *name, bool value)
{
	json_object_set_new(to, name, json_boolean(value));
}

/* A text within a table of Markdown. */
static void put_cell(json_t *to, const char *name, const char *z)
{
	gw_buf cell;
	gw_buf_init(&cell);
	for (; z && *z; z++) {
		if (*z == '|')
			gw_buf_addc(&cell, '\\');
		gw_buf_addc(&cell, *z);
	}
	put(to, name, cell.ptr);
	gw_buf_release(&cell);
}

/* "title" or "description" of a table or a column, in both languages: where there is no Chinese one, the English one. */
static void put_said(json_t *to, const char *name, const char *name_zh, const json_t *declared)
{
	const char *z = json_string_value(json_object_get(declared, name));
	const char *zh = json_string_value(json_object_get(json_object_get(declared, "gongwen"), name_zh));
	put_cell(to, name, z);
	put_cell(to, name_zh, zh ? zh : z);
}

static json_t *item_add(json_t *list)
{
	json_t *item = json_object();
	put_bool(item, "first", json_array_size(list) == 0);
	json_array_append_new(list, item);
	return item;
}

/* The one or two fields of a key. */
static void put_key(json_t *to, const char *name, const gw_table *t, uint32_t within, uint32_t field)
{
	json_t *list = json_array();
	if (within != GW_NONE)
		put(item_add(list), "name", t->fields[within].name);
	put(item_add(list), "name", t->fields[field].name);
	json_object_set_new(to, name, list);
}

static void put_references(json_t *to, const gw_schema *schema, const gw_table *t)
{
	json_t *list = json_array();
	for (uint32_t i = 0; i < t->foreign_count; i++) {
		const gw_table *target = &schema->tables[t->foreign[i].table];
		json_t *r = item_add(list);
		put_key(r, "from", t, t->foreign[i].within, t->foreign[i].field);
		put(r, "to", target->name);
		put_key(r, "key", target, target->primary_within, target->primary);
	}
	put_bool(to, "has_references", t->foreign_count != 0);
	json_object_set_new(to, "references", list);
}

/* The values of an enumeration with their meanings. */
static void put_choices(json_t *to, const gw_field *f, const json_t *declared)
{
	const json_t *values = json_object_get(json_object_get(declared, "gongwen"), "values");
	json_t *list = json_array();
	for (uint32_t i = 0; f->choices && i < f->choice_count; i++) {
		const json_t *meanings = json_object_get(values, f->choices[i]);
		json_t *choice = item_add(list);
		put_cell(choice, "value", f->choices[i]);
		put_cell(choice, "meaning", json_string_value(json_array_get(meanings, 0)));
		put_cell(choice, "meaning_zh", json_string_value(json_array_get(meanings, 1)));
	}
	put_bool(to, "has_choices", json_array_size(list) != 0);
	json_object_set_new(to, "choices", list);
}

static void put_example(json_t *to, const json_t *value)
{
	char *z = value && !json_is_string(value) ? json_dumps(value, JSON_ENCODE_ANY) : NULL;
	put_cell(to, "example", z ? z : json_string_value(value));
	free(z);
}

static void put_column(json_t *to, const gw_field *f, const json_t *declared)
{
	put(to, "name", f->name);
	put_bool(to, "is_text", f->type == GW_F_STRING);
	put_bool(to, "is_integer", f->type == GW_F_INTEGER);
	put_bool(to, "is_number", f->type == GW_F_NUMBER);
	put_bool(to, "is_boolean", f->type == GW_F_BOOLEAN);
	put_bool(to, "is_date", f->type == GW_F_DATE);
	put_bool(to, "has_minimum", f->has_min);
	put_bool(to, "has_maximum", f->has_max);
	json_object_set_new(to, "minimum", json_real(f->min));
	json_object_set_new(to, "maximum", json_real(f->max));
	put_cell(to, "pattern", json_string_value(json_object_get(json_object_get(declared, "constraints"), "pattern")));
	put_bool(to, "required", f->required);
	put_said(to, "title", "title_zh", declared);
	put_said(to, "description", "description_zh", declared);
	put_choices(to, f, declared);
	put_example(to, json_object_get(declared, "example"));
}

/* What is declared of the tables. */
static json_t *tables_of(const gw_schema *schema)
{
	json_t *tables = json_array();
	for (gw_table_id id = 0; id < GW_TABLES; id++) {
		const gw_table *t = &schema->tables[id];
		json_t *declared = json_loadb(t->json, t->json_len, 0, NULL), *to = item_add(tables), *columns = json_array();
		put(to, "name", t->name);
		put_said(to, "title", "title_zh", declared);
		put_said(to, "description", "description_zh", declared);
		put_key(to, "key", t, t->primary_within, t->primary);
		put_references(to, schema, t);
		for (uint32_t i = 0; i < t->field_count; i++)
			put_column(item_add(columns), &t->fields[i], json_array_get(json_object_get(declared, "fields"), i));
		json_object_set_new(to, "columns", columns);
		json_decref(declared);
	}
	return tables;
}

/* ---- pages ---- */

void gw_dictionary_print(const gw_schema *schema, bool chinese, gw_buf *out)
{
	json_t *values = json_object();
	put(values, "schema_version", schema->version);
	json_object_set_new(values, "tables", tables_of(schema));
	gw_template_fill(schema->pages[chinese ? GW_PAGE_TABLES_ZH : GW_PAGE_TABLES], values, out);
	json_decref(values);
}

static bool given(const char *z)
{
	return z && *z;
}

static void put_settings(json_t *to, const gw_publisher *p)
{
	const gw_publish_settings *s = &p->settings;
	put(to, "dataset_title", given(s->title) ? s->title : p->dataset);
	put(to, "dataset_description", s->description);
	put_bool(to, "licensed", given(s->licence_name) || given(s->licence_path));
	put(to, "licence_name", s->licence_name);
	put(to, "licence_path", s->licence_path);
	put_bool(to, "csv", s->csv);
	put_bool(to, "jsonl", s->jsonl);
	put_bool(to, "excel", s->excel);
	put_bool(to, "json", s->json);
	put_bool(to, "texts", s->texts);
}

/* Rows of each table, and cells that the copy for spreadsheets has changed. */
static void put_counts(json_t *to, const gw_publisher *p)
{
	json_t *tables = tables_of(p->schema);
	uint64_t guarded = 0;
	for (gw_table_id id = 0; id < GW_TABLES; id++) {
		json_object_set_new(json_array_get(tables, id), "rows", json_integer((json_int_t)p->tables[id].rows));
		guarded += p->tables[id].guarded;
	}
	json_object_set_new(to, "tables", tables);
	json_object_set_new(to, "guarded", json_integer((json_int_t)guarded));
	json_object_set_new(to, "documents", json_integer((json_int_t)p->documents));
}

gw_status gw_readme_put(gw_publisher *p, const gw_edition *e)
{
	json_t *values = json_object();
	gw_buf out;
	gw_buf_init(&out);
	put(values, "version", e->version);
	put(values, "previous", e->previous);
	put_settings(values, p);
	put_counts(values, p);
	gw_template_fill(p->schema->pages[GW_PAGE_LOADING], values, &out);
	put(values, "loading", out.ptr);
	gw_buf_clear(&out);
	gw_template_fill(p->schema->pages[GW_PAGE_README], values, &out);
	json_decref(values);
	gw_status s = gw_bag_put(p, &p->payload, "data/README.md", out.ptr, out.len);
	gw_buf_release(&out);
	return s;
}
