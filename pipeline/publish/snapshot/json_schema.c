/* JSON Schemas made from the declared tables: of a record of JSON lines, and of the nested JSON of a document. The
 * snapshot's and those in the tree come from here, and the writer nests by the same lists, so they cannot disagree. */
#include "../table/evolution.h"
#include "publisher.h"

#include <stdio.h>
#include <stdlib.h>

static json_t *declaration(const gw_table *t)
{
	json_t *root = json_loadb(t->json, t->json_len, 0, NULL);
	return root ? root : json_object();
}

static void copy(json_t *to, json_t *from, const char *key)
{
	if (json_object_get(from, key))
		json_object_set(to, key, json_object_get(from, key));
}

/* "string", or with null: what is not there is null in JSON lines, absent in nested JSON. */
static json_t *type_of(const gw_field *f, bool null)
{
	const char *name = f->type == GW_F_DATE ? "string" : gw_field_type_name(f->type);
	return null ? json_pack("[ss]", name, "null") : json_string(name);
}

static json_t *property(const gw_field *f, json_t *declared, bool with_null)
{
	bool null = with_null && !f->required;
	json_t *o = json_object(), *constraints = json_object_get(declared, "constraints");
	copy(o, declared, "title");
	copy(o, declared, "description");
	json_object_set_new(o, "type", type_of(f, null));
	if (f->type == GW_F_STRING)
		json_object_set_new(o, "minLength", json_integer(1));
	if (f->type == GW_F_DATE)
		json_object_set_new(o, "format", json_string("date"));
	copy(o, constraints, "pattern");
	copy(o, constraints, "minimum");
	copy(o, constraints, "maximum");
	if (f->choices) {
		json_t *choices = json_copy(json_object_get(constraints, "enum"));
		if (null)
			json_array_append_new(choices, json_null());
		json_object_set_new(o, "enum", choices);
	}
	if (json_object_get(declared, "example"))
		json_object_set_new(o, "examples", json_pack("[O]", json_object_get(declared, "example")));
	return o;
}

static json_t *object_of(json_t *schema)
{
	json_t *o = json_object();
	copy(o, schema, "title");
	copy(o, schema, "description");
	json_object_set_new(o, "type", json_string("object"));
	json_object_set_new(o, "properties", json_object());
	json_object_set_new(o, "required", json_array());
	json_object_set_new(o, "additionalProperties", json_false());
	return o;
}

static void require(json_t *object, const char *name)
{
	json_array_append_new(json_object_get(object, "required"), json_string(name));
}

static json_t *root_of(json_t *object)
{
	json_t *o = json_pack("{ss}", "$schema", "https://json-schema.org/draft/2020-12/schema");
	json_object_update_new(o, object);
	return o;
}

/* ---- JSON lines: every key in every record ---- */

static json_t *record_of(const gw_table *t)
{
	json_t *schema = declaration(t), *fields = json_object_get(schema, "fields"), *o = object_of(schema);
	for (uint32_t i = 0; i < t->field_count; i++) {
		json_object_set_new(json_object_get(o, "properties"), t->fields[i].name,
			property(&t->fields[i], json_array_get(fields, i), true));
		require(o, t->fields[i].name);
	}
	json_decref(schema);
	return root_of(o);
}

/* ---- nested JSON ---- */

static json_t *nested_row(const gw_nest *n, gw_table_id id)
{
	const gw_table *t = &n->schema->tables[id];
	json_t *schema = declaration(t), *fields = json_object_get(schema, "fields"), *o = object_of(schema);
	for (uint32_t i = 0; i < t->field_count; i++) {
		if (n->skip[id][i])
			continue;
		json_object_set_new(json_object_get(o, "properties"), t->fields[i].name,
			property(&t->fields[i], json_array_get(fields, i), false));
		if (t->fields[i].required)
			require(o, t->fields[i].name);
	}
	json_decref(schema);
	return o;
}

static void array_add(json_t *object, gw_table_id of)
{
	char ref[64];
	snprintf(ref, sizeof ref, "#/$defs/%s", gw_table_names[of]);
	json_object_set_new(json_object_get(object, "properties"), gw_table_names[of],
		json_pack("{sss{ss}}", "type", "array", "items", "$ref", ref));
}

static json_t *document_of(const gw_nest *n)
{
	static const gw_table_id whole[] = {GW_T_ORGANIZATIONS, GW_T_SECTIONS, GW_T_TASKS};
	json_t *defs = json_object(), *document = nested_row(n, GW_T_DOCUMENTS);
	for (gw_table_id id = GW_T_SECTIONS; id < GW_TABLES; id++)
		json_object_set_new(defs, gw_table_names[id], nested_row(n, id));
	for (unsigned i = 0; i < GW_NEST_FACTS; i++)
		array_add(json_object_get(defs, gw_table_names[GW_T_SECTIONS]), gw_nest_facts[i]);
	array_add(json_object_get(defs, gw_table_names[GW_T_SECTIONS]), GW_T_SECTIONS);
	array_add(json_object_get(defs, gw_table_names[GW_T_TASKS]), GW_T_RESPONSIBILITIES);
	json_object_set_new(json_object_get(document, "properties"), "$schema", json_pack("{ss}", "type", "string"));
	for (unsigned i = 0; i < sizeof whole / sizeof *whole; i++) {
		array_add(document, whole[i]);
		require(document, gw_table_names[whole[i]]);
	}
	array_add(document, GW_T_RESPONSIBILITIES); /* those of no task */
	json_object_set_new(document, "title", json_string("Document"));
	json_object_set_new(document, "description",
		json_string("One document with all that was found in it: metadata, sections as a "
			    "tree with their facts, the ledger of tasks. The rows of the tables, nested; what is null "
			    "there is absent here."));
	json_object_set_new(document, "$defs", defs);
	return root_of(document);
}

json_t *gw_json_schema(const gw_nest *n, gw_table_id table)
{
	return table == GW_TABLES ? document_of(n) : record_of(&n->schema->tables[table]);
}

void gw_json_schema_print(const gw_schema *schema, gw_table_id table, gw_buf *out)
{
	gw_arena a;
	gw_nest nest = {0};
	gw_arena_init(&a);
	gw_nest_open(&nest, &a, schema);
	json_t *root = gw_json_schema(&nest, table);
	char *text = json_dumps(root, JSON_INDENT(2));
	gw_buf_adds(out, text ? text : "");
	gw_buf_addc(out, '\n');
	free(text);
	json_decref(root);
	gw_arena_release(&a);
}
