/* README.md of a snapshot: what a reader who has only the snapshot has to know, in English and Chinese. */
#include "../table/pages.h"
#include "publisher.h"

static bool given(const char *z)
{
	return z && *z;
}

static void put_settings(json_t *to, const gw_publisher *p)
{
	const gw_publish_settings *s = &p->settings;
	gw_page_put(to, "dataset_title", given(s->title) ? s->title : p->dataset);
	gw_page_put(to, "dataset_description", s->description);
	gw_page_put_bool(to, "licensed", given(s->licence_name) || given(s->licence_path));
	gw_page_put(to, "licence_name", s->licence_name);
	gw_page_put(to, "licence_path", s->licence_path);
	gw_page_put_bool(to, "csv", s->csv);
	gw_page_put_bool(to, "jsonl", s->jsonl);
	gw_page_put_bool(to, "excel", s->excel);
	gw_page_put_bool(to, "json", s->json);
	gw_page_put_bool(to, "texts", s->texts);
}

/* Rows of each table, and cells that the copy for spreadsheets has changed. */
static void put_counts(json_t *to, const gw_publisher *p)
{
	json_t *tables = gw_page_tables(p->schema);
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
	gw_page_put(values, "version", e->version);
	gw_page_put(values, "previous", e->previous);
	put_settings(values, p);
	put_counts(values, p);
	gw_template_fill(p->schema->pages[GW_PAGE_LOADING], values, &out);
	gw_page_put(values, "loading", out.ptr);
	gw_buf_clear(&out);
	gw_template_fill(p->schema->pages[GW_PAGE_README], values, &out);
	json_decref(values);
	gw_status s = gw_bag_put(p, &p->payload, "data/README.md", out.ptr, out.len);
	gw_buf_release(&out);
	return s;
}
