/* The pages for people: their words stand in schemas/pages/, here is what the tables put into the gaps, and the data
 * dictionary, which needs nothing else. */
#include "pages.h"
#include "gw/file.h"

#include <stdlib.h>

/* The names that a page may use: a value that another page has would be empty in it. */
#define OF_TABLES "tables", "name", "title", "title_zh", "description", "description_zh", "key", "first"
static const char *const of_snapshot[] = {"dataset_title", "dataset_description", "version", "previous", "documents", "licensed",
	"licence_name", "licence_path", "csv", "jsonl", "excel", "json", "texts", "guarded", "loading", "rows", OF_TABLES, NULL};
static const char *const of_loading[] = {"csv", "jsonl", "excel", "json", "texts", NULL};
static const char *const of_dictionary[] = {"schema_version", "references", "has_references", "from", "to", "columns", "is_text",
	"is_integer", "is_number", "is_boolean", "is_date", "has_minimum", "minimum", "has_maximum", "maximum", "pattern", "required",
	"choices", "has_choices", "value", "meaning", "meaning_zh", "example", OF_TABLES, NULL};

static const struct {
	const char *file;
	const char *const *names;
} page_files[GW_PAGES] = {
	[GW_PAGE_README] = {"readme.md", of_snapshot},
	[GW_PAGE_LOADING] = {"loading.md", of_loading},
	[GW_PAGE_TABLES] = {"tables.md", of_dictionary},
	[GW_PAGE_TABLES_ZH] = {"tables.zh.md", of_dictionary},
};

bool gw_pages_load(gw_arena *arena, const char *folder, const gw_template *pages[GW_PAGES], gw_diag *diag)
{
	bool good = true;
	for (int i = 0; i < GW_PAGES; i++) {
		gw_loaded file;
		const char *path = gw_path_join(arena, folder, page_files[i].file);
		if (!gw_path_exists(path)) {
			gw_report(diag, GW_E_SCHEMA, &(gw_place){.path = path}, "the page does not exist");
			good = false;
		} else if (gw_file_load(path, 1 << 20, &file, diag) != GW_OK) {
			good = false;
		} else {
			gw_str text = gw_arena_str(arena, (gw_str){file.bytes, (uint32_t)file.len});
			gw_file_unload(&file);
			pages[i] = gw_template_parse(arena, path, text, page_files[i].names, diag);
			good &= pages[i] != NULL;
		}
	}
	return good;
}

/* ---- values ---- */

void gw_page_put(json_t *to, const char *name, const char *z)
{
	json_object_set_new(to, name, json_string(z ? z : ""));
}

void gw_page_put_bool(json_t *to, const char *name, bool value)
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
	gw_page_put(to, name, cell.ptr);
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
	gw_page_put_bool(item, "first", json_array_size(list) == 0);
	json_array_append_new(list, item);
	return item;
}

/* The one or two fields of a key. */
static void put_key(json_t *to, const char *name, const gw_table *t, uint32_t within, uint32_t field)
{
	json_t *list = json_array();
	if (within != GW_NONE)
		gw_page_put(item_add(list), "name", t->fields[within].name);
	gw_page_put(item_add(list), "name", t->fields[field].name);
	json_object_set_new(to, name, list);
}

static void put_references(json_t *to, const gw_schema *schema, const gw_table *t)
{
	json_t *list = json_array();
	for (uint32_t i = 0; i < t->foreign_count; i++) {
		const gw_table *target = &schema->tables[t->foreign[i].table];
		json_t *r = item_add(list);
		put_key(r, "from", t, t->foreign[i].within, t->foreign[i].field);
		gw_page_put(r, "to", target->name);
		put_key(r, "key", target, target->primary_within, target->primary);
	}
	gw_page_put_bool(to, "has_references", t->foreign_count != 0);
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
	gw_page_put_bool(to, "has_choices", json_array_size(list) != 0);
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
	gw_page_put(to, "name", f->name);
	gw_page_put_bool(to, "is_text", f->type == GW_F_STRING);
	gw_page_put_bool(to, "is_integer", f->type == GW_F_INTEGER);
	gw_page_put_bool(to, "is_number", f->type == GW_F_NUMBER);
	gw_page_put_bool(to, "is_boolean", f->type == GW_F_BOOLEAN);
	gw_page_put_bool(to, "is_date", f->type == GW_F_DATE);
	gw_page_put_bool(to, "has_minimum", f->has_min);
	gw_page_put_bool(to, "has_maximum", f->has_max);
	json_object_set_new(to, "minimum", json_real(f->min));
	json_object_set_new(to, "maximum", json_real(f->max));
	put_cell(to, "pattern", json_string_value(json_object_get(json_object_get(declared, "constraints"), "pattern")));
	gw_page_put_bool(to, "required", f->required);
	put_said(to, "title", "title_zh", declared);
	put_said(to, "description", "description_zh", declared);
	put_choices(to, f, declared);
	put_example(to, json_object_get(declared, "example"));
}

json_t *gw_page_tables(const gw_schema *schema)
{
	json_t *tables = json_array();
	for (gw_table_id id = 0; id < GW_TABLES; id++) {
		const gw_table *t = &schema->tables[id];
		json_t *declared = json_loadb(t->json, t->json_len, 0, NULL), *to = item_add(tables), *columns = json_array();
		gw_page_put(to, "name", t->name);
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
	gw_page_put(values, "schema_version", schema->version);
	json_object_set_new(values, "tables", gw_page_tables(schema));
	gw_template_fill(schema->pages[chinese ? GW_PAGE_TABLES_ZH : GW_PAGE_TABLES], values, out);
	json_decref(values);
}
