/* croissant.json: the snapshot as a schema.org Dataset in the Croissant format (mlcommons.org/croissant/1.0), for
 * search engines of data and for loaders of machine learning. It names the version, so it is not part of the content.
 *
 * Every table is a RecordSet over its CSV file, or over its JSON lines where there is no CSV; every file of a table is
 * a FileObject with its hash, the nested documents and the texts are a FileSet each. */
#include "publisher.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

/* The context that the specification prescribes, and that readers compare with theirs. */
static const char context[] =
	"{\"@language\":\"en\",\"@vocab\":\"https://schema.org/\",\"citeAs\":\"cr:citeAs\",\"column\":\"cr:column\","
	"\"conformsTo\":\"dct:conformsTo\",\"cr\":\"http://mlcommons.org/croissant/\","
	"\"rai\":\"http://mlcommons.org/croissant/RAI/\",\"data\":{\"@id\":\"cr:data\",\"@type\":\"@json\"},"
	"\"dataType\":{\"@id\":\"cr:dataType\",\"@type\":\"@vocab\"},\"dct\":\"http://purl.org/dc/terms/\","
	"\"equivalentProperty\":\"cr:equivalentProperty\",\"examples\":{\"@id\":\"cr:examples\",\"@type\":\"@json\"},"
	"\"extract\":\"cr:extract\",\"field\":\"cr:field\",\"fileProperty\":\"cr:fileProperty\",\"fileObject\":\"cr:"
	"fileObject\","
	"\"fileSet\":\"cr:fileSet\",\"format\":\"cr:format\",\"includes\":\"cr:includes\",\"isLiveDataset\":\"cr:"
	"isLiveDataset\","
	"\"jsonPath\":\"cr:jsonPath\",\"key\":\"cr:key\",\"md5\":\"cr:md5\",\"parentField\":\"cr:parentField\","
	"\"path\":\"cr:path\","
	"\"recordSet\":\"cr:recordSet\",\"references\":\"cr:references\",\"regex\":\"cr:regex\",\"repeated\":\"cr:"
	"repeated\","
	"\"replace\":\"cr:replace\",\"samplingRate\":\"cr:samplingRate\",\"sc\":\"https://schema.org/\","
	"\"separator\":\"cr:separator\",\"source\":\"cr:source\",\"subField\":\"cr:subField\",\"transform\":\"cr:"
	"transform\"}";

static json_t *text(const char *z)
{
	return json_string(z);
}

static json_t *id_of(const char *z)
{
	return json_pack("{ss}", "@id", z);
}

/* "@type", "@id", "name" and "description", with which every part begins. */
static json_t *part(const char *type, const char *id, const char *name, const char *description)
{
	return json_pack("{ssssssss}", "@type", type, "@id", id, "name", name, "description", description);
}

static const char *about(const json_t *declared)
{
	const char *z = json_string_value(json_object_get(declared, "description"));
	return z ? z : "";
}

/* ---- files ---- */

static json_t *file_of(const gw_publisher *p, const gw_table *t, const json_t *schema, bool csv)
{
	char path[80], size[32];
	snprintf(path, sizeof path, "data/%s.%s", t->name, csv ? "csv" : "jsonl");
	const gw_member *m = gw_bag_find(p, path);
	snprintf(size, sizeof size, "%llu B", m ? (unsigned long long)m->size : 0);
	const char *name = path + strlen("data/");
	json_t *o = part("cr:FileObject", name, name, about(schema));
	json_object_set_new(o, "contentUrl", text(name));
	json_object_set_new(o, "contentSize", text(size));
	json_object_set_new(o, "encodingFormat", text(csv ? "text/csv" : "application/jsonlines"));
	json_object_set_new(o, "sha256", text(m ? m->sha256 : ""));
	return o;
}

static json_t *file_set(const char *name, const char *description, const char *format, const char *includes)
{
	json_t *o = part("cr:FileSet", name, name, description);
	json_object_set_new(o, "encodingFormat", text(format));
	json_object_set_new(o, "includes", text(includes));
	return o;
}

static json_t *files_of(const gw_publisher *p, json_t *const schemas[GW_TABLES])
{
	const gw_publish_settings *s = &p->settings;
	json_t *list = json_array();
	for (gw_table_id id = 0; s->csv && id < GW_TABLES; id++)
		json_array_append_new(list, file_of(p, &p->schema->tables[id], schemas[id], true));
	for (gw_table_id id = 0; s->jsonl && id < GW_TABLES; id++)
		json_array_append_new(list, file_of(p, &p->schema->tables[id], schemas[id], false));
	if (s->json && p->documents)
		json_array_append_new(list,
			file_set("document-files", "One nested JSON file a document, with all that was found in it.",
				"application/json", "documents/*.json"));
	if (s->texts && p->documents)
		json_array_append_new(list, file_set("text-files", "The decoded sources in which positions count.",
						    "text/plain", "text/*.txt"));
	return list;
}

/* ---- record sets ---- */

static json_t *column_of(const char *file, const char *column)
{
	return json_pack("{s{ss}s{ss}}", "fileObject", "@id", file, "extract", "column", column);
}

/* The table that a field alone refers to. Croissant knows no keys of several fields: of those the part is named that is
 * a key by itself, the document. */
static const gw_table *referred(const gw_publisher *p, const gw_table *t, uint32_t field)
{
	for (uint32_t i = 0; i < t->foreign_count; i++) {
		if (t->foreign[i].within == GW_NONE && t->foreign[i].field == field)
			return &p->schema->tables[t->foreign[i].table];
		if (t->foreign[i].within == field)
			return &p->schema->tables[GW_T_DOCUMENTS];
	}
	return NULL;
}

/* A reference names file and column, not the field of the other record set: readers of the reference implementation
 * then read that file, where by the field they would take the other record set out of their own hands. Tables of JSON
 * lines without a row have no columns that a reader could join. */
static void reference_add(const gw_publisher *p, const gw_table *t, uint32_t field, const char *ending, json_t *out)
{
	const gw_table *to = referred(p, t, field);
	if (!to || (!p->settings.csv && (!p->tables[t->id].rows || !p->tables[to->id].rows)))
		return;
	char file[80];
	snprintf(file, sizeof file, "%s.%s", to->name, ending);
	json_object_set_new(out, "references", column_of(file, to->fields[to->primary].name));
}

static json_t *field_of(const gw_publisher *p, const gw_table *t, uint32_t i, const json_t *declared)
{
	static const char *const types[] = {"sc:Text", "sc:Integer", "sc:Float", "sc:Boolean", "sc:Date"};
	const char *ending = p->settings.csv ? "csv" : "jsonl", *name = t->fields[i].name;
	char id[160], file[80];
	snprintf(id, sizeof id, "%s/%s", t->name, name);
	snprintf(file, sizeof file, "%s.%s", t->name, ending);
	json_t *o = part("cr:Field", id, name, about(declared));
	json_object_set_new(o, "dataType", text(types[t->fields[i].type]));
	json_object_set_new(o, "source", column_of(file, name));
	reference_add(p, t, i, ending, o);
	return o;
}

static json_t *key_of(const gw_table *t)
{
	char last[160], first[160];
	snprintf(last, sizeof last, "%s/%s", t->name, t->fields[t->primary].name);
	if (t->primary_within == GW_NONE)
		return id_of(last);
	snprintf(first, sizeof first, "%s/%s", t->name, t->fields[t->primary_within].name);
	return json_pack("[oo]", id_of(first), id_of(last));
}

static json_t *records_of(const gw_publisher *p, const gw_table *t, const json_t *schema)
{
	json_t *o = part("cr:RecordSet", t->name, t->name, about(schema));
	json_t *fields = json_array(), *declared = json_object_get(schema, "fields");
	for (uint32_t i = 0; i < t->field_count; i++)
		json_array_append_new(fields, field_of(p, t, i, json_array_get(declared, i)));
	json_object_set_new(o, "key", key_of(t));
	json_object_set_new(o, "field", fields);
	return o;
}

static json_t *text_field(const char *id, const char *name, const char *description, const char *property)
{
	json_t *o = part("cr:Field", id, name, description);
	json_object_set_new(o, "dataType", text("sc:Text"));
	json_object_set_new(o, "source",
		json_pack("{s{ss}s{ss}}", "fileSet", "@id", "text-files", "extract", "fileProperty", property));
	return o;
}

static json_t *texts_of(void)
{
	json_t *o = part("cr:RecordSet", "texts", "texts", "The decoded sources, one record a file.");
	json_object_set_new(o, "key", id_of("texts/text_path"));
	json_object_set_new(o, "field",
		json_pack("[oo]", text_field("texts/text_path", "text_path", "As in documents.text_path.", "fullpath"),
			text_field("texts/content", "content", "The decoded source.", "content")));
	return o;
}

/* ---- the dataset ---- */

static bool given(const char *z)
{
	return z && *z;
}

static json_t *licence_of(const gw_publish_settings *s)
{
	if (!given(s->licence_name) || !given(s->licence_path))
		return text(given(s->licence_path) ? s->licence_path : s->licence_name);
	return json_pack("{ssssss}", "@type", "sc:CreativeWork", "name", s->licence_name, "url", s->licence_path);
}

/* What the documents were taken from, in the words of schema.org. */
static json_t *sources_of(const gw_node *n)
{
	json_t *list = json_array();
	for (uint32_t i = 0; i < n->items.count; i++) {
		const gw_node *map = n->items.items[i], *title = gw_node_get(map, "title"),
			      *path = gw_node_get(map, "path");
		json_t *source = json_pack("{ssss}", "@type", "sc:CreativeWork", "name", title ? title->text.ptr : "");
		if (path)
			json_object_set_new(source, "url", text(path->text.ptr));
		json_array_append_new(list, source);
	}
	return list;
}

/* A BibTeX entry, which is what the specification asks for. */
static json_t *citation_of(gw_publisher *p, const gw_edition *e)
{
	const gw_publish_settings *s = &p->settings;
	return text(gw_arena_printf(&p->scratch, "@misc{%s, title = {%s}, version = {%s}%s%s%s}", p->dataset,
		given(s->title) ? s->title : p->dataset, e->version, given(s->creator) ? ", author = {{" : "",
		given(s->creator) ? s->creator : "", given(s->creator) ? "}}" : ""));
}

static json_t *description_of(gw_publisher *p)
{
	if (given(p->settings.description))
		return text(p->settings.description);
	return text(gw_arena_printf(&p->scratch,
		"Facts read from %llu policy documents in Chinese: agencies, deadlines, targets, responsibilities and "
		"tasks, each with "
		"its place in the source and the rule that found it.",
		(unsigned long long)p->documents));
}

static json_t *dataset_of(gw_publisher *p, const gw_edition *e)
{
	const gw_publish_settings *s = &p->settings;
	json_t *o = json_object();
	json_object_set_new(o, "@context", json_loads(context, 0, NULL));
	json_object_set_new(o, "@type", text("sc:Dataset"));
	json_object_set_new(o, "conformsTo", text("http://mlcommons.org/croissant/1.0"));
	json_object_set_new(o, "name", text(p->dataset));
	if (given(s->title))
		json_object_set_new(o, "alternateName", text(s->title));
	json_object_set_new(o, "description", description_of(p));
	json_object_set_new(o, "version", text(e->version));
	json_object_set_new(o, "inLanguage", text("zh"));
	json_object_set_new(o, "citeAs", citation_of(p, e));
	if (given(s->homepage))
		json_object_set_new(o, "url", text(s->homepage));
	if (given(s->creator))
		json_object_set_new(o, "creator", json_pack("{ssss}", "@type", "sc:Organization", "name", s->creator));
	if (given(s->licence_name) || given(s->licence_path))
		json_object_set_new(o, "license", licence_of(s));
	if (s->sources)
		json_object_set_new(o, "isBasedOn", sources_of(s->sources));
	if (p->has_epoch) {
		char day[32];
		gw_epoch_print(p->epoch, false, day);
		json_object_set_new(o, "datePublished", text(day));
	}
	return o;
}

gw_status gw_croissant_put(gw_publisher *p, const gw_edition *e)
{
	json_t *schemas[GW_TABLES], *root = dataset_of(p, e), *records = json_array();
	for (gw_table_id id = 0; id < GW_TABLES; id++)
		schemas[id] = json_loadb(p->schema->tables[id].json, p->schema->tables[id].json_len, 0, NULL);
	json_object_set_new(root, "distribution", files_of(p, schemas));
	for (gw_table_id id = 0; id < GW_TABLES; id++) {
		json_array_append_new(records, records_of(p, &p->schema->tables[id], schemas[id]));
		json_decref(schemas[id]);
	}
	if (p->settings.texts && p->documents)
		json_array_append_new(records, texts_of());
	json_object_set_new(root, "recordSet", records);
	return gw_bag_put_json(p, "data/croissant.json", root);
}
