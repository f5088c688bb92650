/* publish: what changed between two snapshots. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <jansson.h>

#include "snapshot.h"

typedef struct result {
	gw_buf json, readable;
	gw_diff_counts counts;
	gw_status status;
} result;

static result diff(maker *b, const char *old, const char *now)
{
	result r;
	gw_buf_init(&r.json);
	gw_buf_init(&r.readable);
	r.status = gw_snapshot_diff(old ? gw_path_join(&b->arena, b->dir, old) : NULL, gw_path_join(&b->arena, b->dir, now), &r.json,
		&r.readable, 20, &r.counts, &b->diag);
	return r;
}

static void release(result *r)
{
	gw_buf_release(&r->json);
	gw_buf_release(&r->readable);
}

/* The JSON is JSON, and its part at `path` ("tables.agencies.rows") looks like this. */
static void assert_json(const result *r, const char *path, const char *expected)
{
	json_error_t error;
	json_t *root = json_loadb(r->json.ptr, r->json.len, JSON_REJECT_DUPLICATES, &error), *at = root;
	assert_non_null(root);
	char name[64];
	for (const char *p = path; *p; p += *p == '.') {
		size_t n = strcspn(p, ".");
		snprintf(name, sizeof name, "%.*s", (int)n, p);
		at = json_object_get(at, name);
		assert_non_null(at);
		p += n;
	}
	char *found = json_dumps(at, JSON_COMPACT | JSON_ENCODE_ANY);
	assert_string_equal(found, expected);
	free(found);
	json_decref(root);
}

static void the_same_twice(void **state)
{
	maker *b = *state;
	sample_rows(b);
	snapshot_write(b, "1");
	snapshot_write(b, "2");
	result r = diff(b, "1", "2");
	assert_int_equal(r.status, GW_OK);
	assert_json(&r, "old", "\"1\"");
	assert_json(&r, "new", "\"2\"");
	for (gw_table_id id = 0; id < GW_TABLES; id++) {
		assert_int_equal(r.counts.added[id] + r.counts.removed[id] + r.counts.changed[id], 0);
		assert_json(&r, gw_arena_printf(&b->arena, "tables.%s", gw_table_names[id]),
			"{\"added\":0,\"removed\":0,\"changed\":0,\"rows\":{\"added\":[],\"removed\":[],\"changed\":[]}}");
	}
	release(&r);
}

static void the_first_one(void **state)
{
	maker *b = *state;
	sample_rows(b);
	snapshot_write(b, "1");
	result r = diff(b, NULL, "1");
	assert_int_equal(r.status, GW_OK);
	assert_json(&r, "old", "null");
	assert_json(&r, "tables.sections.rows.added", "[[\"a.txt#1\",\"1\"]]");
	assert_json(&r, "tables.agencies.rows.added", "[\"a.txt#1:a1\"]");
	assert_int_equal(r.counts.added[GW_T_TARGETS], 1);
	release(&r);
}

static void organ(maker *b, const char *id, const char *name, const char *mentions)
{
	row(b, GW_T_ORGANIZATIONS, "agency_id", id, "name", name, "mention_count", mentions, "document_count", "1", NULL);
}

static void rows_come_go_and_change(void **state)
{
	maker *b = *state;
	sample_rows(b);
	organ(b, "z", "财政局", "1");
	organ(b, "b", "教育局", "2");
	snapshot_write(b, "1");
	sample_rows(b);
	/* Another order, and one number written in another way: neither is a change. */
	char *number = strstr(b->csv[GW_T_TARGETS].ptr, "99.5,");
	memcpy(number, "995e-1,", 7);
	sample_rows(b);
	organ(b, "b", "教育厅, 省", "3");
	organ(b, "c", "公安局", "1");
	organ(b, "a", "民政局", "1");
	snapshot_write(b, "2");
	result r = diff(b, "1", "2");
	assert_json(&r, "tables.organizations",
		"{\"added\":2,\"removed\":1,\"changed\":1,\"rows\":{\"added\":[\"a\",\"c\"],\"removed\":[\"z\"],"
		"\"changed\":[{\"key\":\"b\",\"fields\":{\"name\":[\"教育局\",\"教育厅, 省\"],\"mention_count\":[2,3]}}]}}");
	assert_non_null(strstr(r.readable.ptr, "organizations     +2 -1 ~1\n"
					       "  + a  民政局\n"
					       "  + c  公安局\n"
					       "  - z  财政局\n"
					       "  ~ b  name: 教育局 → 教育厅, 省; mention_count: 2 → 3\n"));
	assert_non_null(strstr(r.readable.ptr, "1 → 2\ndocuments         +0 -0 ~0\n"));
	release(&r);
}

static void formats_and_archives_compare(void **state)
{
	maker *b = *state;
	sample_rows(b);
	snapshot_write(b, "1");
	snapshot_write(b, "2");
	/* The old one has JSON lines only, the new one is an archive. */
	for (gw_table_id id = 0; id < GW_TABLES; id++)
		unlink(maker_path(b, "1", gw_arena_printf(&b->arena, "data/%s.csv", gw_table_names[id])));
	assert_int_equal(system(gw_arena_printf(&b->arena, "cd '%s' && tar --format=ustar -czf 2.tar.gz 2", b->dir)), 0);
	result r = diff(b, "1", "2.tar.gz");
	assert_int_equal(r.status, GW_OK);
	assert_json(&r, "new", "\"2\"");
	for (gw_table_id id = 0; id < GW_TABLES; id++)
		assert_int_equal(r.counts.added[id] + r.counts.removed[id] + r.counts.changed[id], 0);
	release(&r);
}

static void long_lists_are_cut_for_people_only(void **state)
{
	maker *b = *state;
	sample_rows(b);
	snapshot_write(b, "1");
	for (int i = 0; i < 50; i++)
		organ(b, gw_arena_printf(&b->arena, "k%02d", i), "x", "1");
	snapshot_write(b, "2");
	result r = diff(b, "1", "2");
	assert_int_equal(r.counts.added[GW_T_ORGANIZATIONS], 50);
	assert_non_null(strstr(r.readable.ptr, "  + k19  x\n  + … and 30 more (--verbose shows them)\n"));
	assert_non_null(strstr(r.json.ptr, "k49"));
	release(&r);
}

static void columns_may_come_with_a_schema(void **state)
{
	maker *b = *state;
	sample_rows(b);
	snapshot_write(b, "1");
	snapshot_write(b, "2");
	/* The new schema calls `region` of organs `area`. */
	assert_int_equal(system(gw_arena_printf(&b->arena,
				"cd '%s/2/data' && sed -i 's/\"region\"/\"area\"/' schemas/organizations.json organizations.jsonl && "
				"sed -i 's/,region,/,area,/' organizations.csv && sed -i 's/,department,,,,/,department,,,省,/' organizations.csv "
				"&& sed -i 's/,department,,,,/,department,,,市,/' ../../1/data/organizations.csv",
				b->dir)),
		0);
	result r = diff(b, "1", "2");
	assert_int_equal(r.status, GW_OK);
	assert_json(&r, "tables.organizations", "{\"added\":0,\"removed\":0,\"changed\":0,\"rows\":{\"added\":[],\"removed\":[],\"changed\":[]}}");
	assert_json(&r, "schema",
		"{\"old\":null,\"new\":null,\"change\":\"major\",\"tables\":{\"organizations\":{\"added\":[\"area\"],\"removed\":[\"region\"],"
		"\"retyped\":{},\"key_changed\":false}}}");
	assert_int_equal(r.counts.schema, 1);
	assert_non_null(strstr(r.readable.ptr, "schema ? → ?, major: columns were removed, renamed or retyped; rows are compared by those "
					       "that both have\n  organizations   + area - region\n"));
	release(&r);
}

static void retyped_columns_compare_as_text(void **state)
{
	maker *b = *state;
	sample_rows(b);
	organ(b, "b", "教育局", "2");
	organ(b, "c", "公安局", "1");
	snapshot_write(b, "1");
	sample_rows(b);
	organ(b, "b", "教育局", "3");
	organ(b, "c", "公安局", "1");
	snapshot_write(b, "2");
	/* The new schema counts mentions in words. JSON lines say so with their marks. */
	assert_int_equal(system(gw_arena_printf(&b->arena,
				"cd '%s/2/data' && sed -i '/\"mention_count\"/,/constraints/ {s/\"integer\"/\"string\"/; s/, \"minimum\": 0//}' "
				"schemas/organizations.json "
				"&& rm organizations.jsonl",
				b->dir)),
		0);
	result r = diff(b, "1", "2");
	assert_int_equal(r.status, GW_OK);
	assert_json(&r, "schema.tables", "{\"organizations\":{\"added\":[],\"removed\":[],\"retyped\":{\"mention_count\":[\"integer\",\"string\"]},"
					 "\"key_changed\":false}}");
	assert_json(&r, "tables.organizations.rows.changed", "[{\"key\":\"b\",\"fields\":{\"mention_count\":[2,\"3\"]}}]");
	release(&r);
}

static void another_key_has_no_row_in_common(void **state)
{
	maker *b = *state;
	sample_rows(b);
	snapshot_write(b, "1");
	snapshot_write(b, "2");
	assert_int_equal(system(gw_arena_printf(&b->arena,
				"sed -i 's/\"primaryKey\": .*/\"primaryKey\": [\"text\"],/' '%s/2/data/schemas/agencies.json'", b->dir)),
		0);
	result r = diff(b, "1", "2");
	assert_int_equal(r.status, GW_OK);
	assert_int_equal(r.counts.added[GW_T_AGENCIES], 1);
	assert_int_equal(r.counts.removed[GW_T_AGENCIES], 1);
	assert_non_null(strstr(r.readable.ptr, "  agencies        (another key: no row of one is a row of the other)\n"));
	release(&r);
}

static void an_older_schema_may_have_fewer_tables(void **state)
{
	maker *b = *state;
	sample_rows(b);
	snapshot_write(b, "1");
	snapshot_write(b, "2");
	assert_int_equal(system(gw_arena_printf(&b->arena, "cd '%s/1/data' && rm dates.* schemas/dates.json", b->dir)), 0);
	result r = diff(b, "1", "2");
	assert_int_equal(r.status, GW_OK);
	assert_json(&r, "schema.tables", "{\"dates\":\"added\"}");
	assert_non_null(strstr(r.readable.ptr, "  dates           the table is new\n"));
	release(&r);
	r = diff(b, "2", "1");
	assert_int_equal(r.status, GW_OK);
	assert_json(&r, "schema.change", "\"major\"");
	assert_json(&r, "schema.tables", "{\"dates\":\"removed\"}");
	release(&r);
}

static void broken_ones_are_not_compared(void **state)
{
	maker *b = *state;
	sample_rows(b);
	snapshot_write(b, "1");
	result r = diff(b, "1", "none");
	assert_int_equal(r.status, GW_FAILED);
	assert_int_equal(b->diag.problems.items[0].code, GW_E_SNAPSHOT_NONE);
	release(&r);
	gw_buf_adds(&b->csv[GW_T_AGENCIES], "too,few\n");
	snapshot_write(b, "2");
	gw_diag_clear(&b->diag);
	r = diff(b, "1", "2");
	assert_int_equal(r.status, GW_FAILED);
	assert_int_equal(b->diag.problems.items[0].place.line, 3);
	release(&r);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_same_twice),
		TEST(the_first_one),
		TEST(rows_come_go_and_change),
		TEST(formats_and_archives_compare),
		TEST(long_lists_are_cut_for_people_only),
		TEST(columns_may_come_with_a_schema),
		TEST(retyped_columns_compare_as_text),
		TEST(another_key_has_no_row_in_common),
		TEST(an_older_schema_may_have_fewer_tables),
		TEST(broken_ones_are_not_compared),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
