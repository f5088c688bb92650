/* What describes a snapshot: datapackage.json and CHANGES.json; croissant.c and readme.c do the rest. These name the version,
 * so they are not part of the content that the version is made from. */
#include "publisher.h"

#include <stdio.h>

/* ---- datapackage.json ---- */

static void set(json_t *object, const char *key, const char *text)
{
	json_object_set_new(object, key, json_string(text));
}

/* The table's own schema; in the resources of JSON lines the foreign keys lead to JSON lines. */
static json_t *schema_of(const gw_table *t, const char *suffix)
{
	json_t *schema = json_loadb(t->json, t->json_len, 0, NULL), *key;
	size_t i;
	json_array_foreach(json_object_get(schema, "foreignKeys"), i, key)
	{
		json_t *reference = json_object_get(key, "reference");
		char name[64];
		snprintf(name, sizeof name, "%s%s", json_string_value(json_object_get(reference, "resource")), suffix);
		set(reference, "resource", name);
	}
	return schema;
}

/* Said although it is the default: some readers guess the separator where it is not said, and take | for it in a table
 * with joined names. */
static json_t *dialect_of_csv(void)
{
	json_t *dialect = json_object();
	set(dialect, "delimiter", ",");
	set(dialect, "lineTerminator", "\n");
	set(dialect, "quoteChar", "\"");
	json_object_set_new(dialect, "doubleQuote", json_true());
	json_object_set_new(dialect, "skipInitialSpace", json_false());
	json_object_set_new(dialect, "header", json_true());
	return dialect;
}

/* CSV is declared as a table in the words of both versions of the standard. JSON lines are not: readers of the first
 * version would take them for CSV. They have their schema all the same. */
static json_t *resource_of(const gw_publisher *p, const gw_table *t, const char *ending, bool csv)
{
	char name[64], path[80];
	snprintf(name, sizeof name, "%s%s", t->name, csv ? "" : "-jsonl");
	snprintf(path, sizeof path, "data/%s.%s", t->name, ending);
	const gw_member *m = gw_bag_find(p, path);
	json_t *r = json_object(), *schema = schema_of(t, csv ? "" : "-jsonl");
	set(r, "name", name);
	set(r, "path", path + strlen("data/"));
	set(r, "profile", csv ? "tabular-data-resource" : "data-resource");
	if (csv)
		set(r, "type", "table");
	json_object_set(r, "title", json_object_get(schema, "title"));
	json_object_set(r, "description", json_object_get(schema, "description"));
	set(r, "format", ending);
	set(r, "mediatype", csv ? "text/csv" : "application/x-ndjson");
	set(r, "encoding", "utf-8");
	if (csv)
		json_object_set_new(r, "dialect", dialect_of_csv());
	json_object_set_new(r, "bytes", json_integer(m ? (json_int_t)m->size : 0));
	char hash[80];
	snprintf(hash, sizeof hash, "sha256:%s", m ? m->sha256 : "");
	set(r, "hash", hash);
	json_object_set_new(r, "schema", schema);
	return r;
}

static json_t *resources_of(const gw_publisher *p)
{
	json_t *list = json_array();
	for (gw_table_id id = 0; p->settings.csv && id < GW_TABLES; id++)
		json_array_append_new(list, resource_of(p, &p->schema->tables[id], "csv", true));
	for (gw_table_id id = 0; p->settings.jsonl && id < GW_TABLES; id++)
		json_array_append_new(list, resource_of(p, &p->schema->tables[id], "jsonl", false));
	return list;
}

/* Texts of a YAML tree; check_sources in options.c has seen that nothing else is there. */
static json_t *sources_of(const gw_node *n)
{
	json_t *list = json_array();
	for (uint32_t i = 0; i < n->items.count; i++) {
		json_t *source = json_object();
		const gw_node *map = n->items.items[i];
		for (uint32_t j = 0; j < map->pairs.count; j++)
			set(source, map->pairs.items[j].key->text.ptr, map->pairs.items[j].value->text.ptr);
		json_array_append_new(list, source);
	}
	return list;
}

static json_t *licences_of(const gw_publish_settings *s)
{
	json_t *list = json_array(), *licence = json_object();
	if (s->licence_name && *s->licence_name)
		set(licence, "name", s->licence_name);
	if (s->licence_path && *s->licence_path)
		set(licence, "path", s->licence_path);
	json_array_append_new(list, licence);
	return list;
}

/* What is ours alone. */
static json_t *own_of(const gw_publisher *p, const gw_edition *e)
{
	json_t *own = json_object(), *rows = json_object(), *guarded = json_object();
	set(own, "schema_version", p->schema->version);
	json_object_set_new(own, "sequence", json_integer((json_int_t)e->sequence));
	set(own, "content_sha256", e->content_sha256);
	json_object_set_new(own, "previous", *e->previous ? json_string(e->previous) : json_null());
	for (gw_table_id id = 0; id < GW_TABLES; id++) {
		json_object_set_new(rows, gw_table_names[id], json_integer((json_int_t)p->tables[id].rows));
		json_object_set_new(guarded, gw_table_names[id], json_integer((json_int_t)p->tables[id].guarded));
	}
	json_object_set_new(own, "rows", rows);
	if (p->settings.excel)
		json_object_set(own, "excel_guarded_cells", guarded);
	json_decref(guarded);
	return own;
}

gw_status gw_descriptor_put(gw_publisher *p, const gw_edition *e)
{
	const gw_publish_settings *s = &p->settings;
	json_t *root = json_object();
	set(root, "$schema", "https://datapackage.org/profiles/2.0/datapackage.json");
	set(root, "name", p->dataset);
	set(root, "version", e->version);
	if (p->has_epoch) {
		char created[32];
		gw_epoch_print(p->epoch, true, created);
		set(root, "created", created);
	}
	if (s->title && *s->title)
		set(root, "title", s->title);
	if (s->description && *s->description)
		set(root, "description", s->description);
	if (s->homepage && *s->homepage)
		set(root, "homepage", s->homepage);
	if (s->creator && *s->creator)
		json_object_set_new(root, "contributors", json_pack("[{ssss}]", "title", s->creator, "role", "author"));
	if ((s->licence_name && *s->licence_name) || (s->licence_path && *s->licence_path))
		json_object_set_new(root, "licenses", licences_of(s));
	if (s->sources)
		json_object_set_new(root, "sources", sources_of(s->sources));
	json_object_set_new(root, "resources", resources_of(p));
	json_object_set_new(root, "gongwen", own_of(p, e));
	return gw_bag_put_json(p, "data/datapackage.json", root);
}

/* ---- CHANGES.json ---- */

gw_status gw_changes_put(gw_publisher *p, const gw_edition *e, gw_diag *diag)
{
	gw_writer *w = gw_writer_open(gw_path_join(&p->scratch, p->bag, "data/CHANGES.json"), &p->own);
	if (!w)
		return GW_FAILED;
	gw_status s = gw_publisher_diff(p, e, w, diag), closed = gw_bag_close(p, w, "data/CHANGES.json");
	return s == GW_OK ? closed : s;
}
