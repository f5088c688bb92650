/* publish: schemas and what is wrong with them, rows that keep to them or do not. */
#include "desk.h"

#include <jansson.h>

static void the_project_schemas_load(void **state)
{
	desk *d = *state;
	const gw_table *sections = &d->schema->tables[GW_T_SECTIONS], *tasks = &d->schema->tables[GW_T_TASKS];
	assert_string_equal(desk_said(d), "");
	for (gw_table_id id = 0; id < GW_TABLES; id++) {
		const gw_table *t = &d->schema->tables[id];
		assert_string_equal(t->name, gw_table_names[id]);
		assert_true(t->primary_within == GW_NONE ? t->primary == 0 : t->primary_within == 0);
		assert_true(t->fields[t->primary].required);
	}
	assert_string_equal(sections->fields[sections->primary].name, "section_id");
	assert_string_equal(sections->fields[sections->primary_within].name, "document_id");
	assert_int_equal(tasks->foreign_count, 2);
	assert_int_equal(tasks->foreign[0].table, GW_T_SECTIONS);
	assert_int_equal(tasks->foreign[0].within, gw_table_field(tasks, "document_id"));
	assert_int_equal(tasks->foreign[0].to_within, 0);
	assert_int_equal(gw_table_field(tasks, "no such"), GW_NONE);
	assert_int_equal(tasks->fields[gw_table_field(tasks, "due_date")].type, GW_F_DATE);
}

static void copy_pages(desk *d)
{
	static const char *const names[] = {"readme.md", "loading.md", "tables.md", "tables.zh.md"};
	gw_dir_make(desk_path(d, "pages"), &d->diag);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		desk_put(d, gw_arena_printf(&d->arena, "pages/%s", names[i]),
			desk_get(d, gw_arena_printf(&d->arena, "schemas/pages/%s", names[i])).ptr);
}

/* A copy of the schemas in which one string of one file is another. */
static const char *load_changed(desk *d, const char *table, const char *from, const char *to)
{
	gw_dir_remove(desk_path(d, "9.9.9"), &d->diag);
	gw_dir_make(desk_path(d, "9.9.9"), &d->diag);
	copy_pages(d);
	for (gw_table_id id = 0; id < GW_TABLES; id++) {
		const char *name = gw_table_names[id];
		gw_str text = desk_get(d, gw_arena_printf(&d->arena, "schemas/" GW_SCHEMA_VERSION "/%s.json", name));
		const char *at = strcmp(name, table) == 0 ? strstr(text.ptr, from) : NULL;
		if (strcmp(name, table) == 0)
			assert_non_null(at);
		if (at)
			text = gw_str_of(gw_arena_printf(&d->arena, "%.*s%s%s", (int)(at - text.ptr), text.ptr, to, at + strlen(from)));
		desk_put(d, gw_arena_printf(&d->arena, "9.9.9/%s.json", name), text.ptr);
	}
	const gw_schema *s = gw_schema_load(&d->arena, d->dir, "9.9.9", &d->diag);
	gw_schema_release(s);
	assert_true((s == NULL) == (d->diag.errors > 0));
	return desk_said(d);
}

static void a_broken_schema_is_reported(void **state)
{
	static const struct {
		const char *table, *from, *to, *expected;
	} cases[] = {
		{"tasks", "\"marker\"", "\"mark\"",
			"9.9.9/tasks.json: error[GW601]: mark: the program makes no such column\n"
			"9.9.9/tasks.json: error[GW601]: marker: the column is missing\n"},
		{"tasks", "\"marker\"", "\"title\"", "9.9.9/tasks.json: error[GW601]: title: the field stands twice\n"},
		{"dates", "\"type\": \"date\"", "\"type\": \"day\"",
			"9.9.9/dates.json: error[GW601]: date_start: \"type\" must be string, integer, number, boolean or date\n"},
		{"dates", "\"fields\": [", "\"fields\": [,", "9.9.9/dates.json:9:13: error[GW601]: not JSON: unexpected token near ','\n"},
		{"targets", "\"required\": true", "\"required\": true, \"unique\": true",
			"9.9.9/targets.json: error[GW601]: target_id: the constraint \"unique\" is not known\n"},
		{"targets", "\"minimum\": 1", "\"minimum\": \"1\"",
			"9.9.9/targets.json: error[GW601]: line: \"minimum\" and \"maximum\" are numbers, for integer and number fields\n"},
		{"targets", "[\"target\"]", "[]", "9.9.9/targets.json: error[GW601]: role: \"enum\" is a list of texts, for string fields\n"},
		{"documents", "[0-9a-f]{64}", "[0-9a-f", "9.9.9/documents.json: error[GW601]: source_sha256: the pattern "
			"\"^[0-9a-f$\" cannot be used: Unmatched [, [^, [:, [., or [=\n"},
		{"agencies", "\"primaryKey\": [\"mention_id\"]", "\"primaryKey\": [\"id\"]",
			"9.9.9/agencies.json: error[GW601]: primaryKey: names no field of agencies\n"},
		{"agencies", "\"resource\": \"organizations\"", "\"resource\": \"organs\"",
			"9.9.9/agencies.json: error[GW601]: foreignKeys: \"resource\" names no table\n"},
		{"agencies", "\"fields\": [\"agency_id\"]}", "\"fields\": [\"name\"]}",
			"9.9.9/agencies.json: error[GW601]: foreignKeys: must point at the whole primary key of organizations\n"},
		{"sections", "{", "[", "9.9.9/sections.json:2:11: error[GW601]: not JSON: ']' expected near ':'\n"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *said = load_changed(*state, cases[i].table, cases[i].from, cases[i].to);
		/* What follows from the first complaint (a column that is then missing) is not of interest here. */
		char first[512];
		snprintf(first, sizeof first, "%.*s", (int)strlen(cases[i].expected), said);
		assert_string_equal(first, cases[i].expected);
	}
}

static void a_missing_schema_is_reported(void **state)
{
	desk *d = *state;
	assert_null(gw_schema_load(&d->arena, d->dir, "2.0.0", &d->diag));
	assert_int_equal(d->diag.errors, GW_TABLES + GW_PAGES);
	assert_non_null(strstr(desk_said(d), "2.0.0/agencies.json: error[GW601]: the schema file does not exist\n"));
}

static void columns_of_other_versions_are_read_without_a_version(void **state)
{
	desk *d = *state;
	assert_string_not_equal(load_changed(d, "tasks", "\"marker\"", "\"mark\""), "");
	const gw_schema *s = gw_schema_load(&d->arena, desk_path(d, "9.9.9"), NULL, &d->diag);
	assert_non_null(s);
	assert_int_not_equal(gw_table_field(&s->tables[GW_T_TASKS], "mark"), GW_NONE);
	gw_schema_release(s);
}

/* ---- words ---- */

static const char *word(const json_t *of, const char *key)
{
	const char *z = json_string_value(json_object_get(of, key));
	assert_true(z && *z);
	return z;
}

static gw_cell example(desk *d, const json_t *value)
{
	gw_cell c = {0};
	if (json_is_string(value))
		c = (gw_cell){.kind = GW_CELL_STR, .s = gw_arena_str(&d->arena, gw_str_of(json_string_value(value)))};
	else if (json_is_boolean(value))
		c = (gw_cell){.kind = GW_CELL_BOOL, .i = json_is_true(value)};
	else if (json_is_integer(value))
		c = (gw_cell){.kind = GW_CELL_INT, .i = json_integer_value(value)};
	else if (json_is_real(value))
		c = (gw_cell){.kind = GW_CELL_NUM, .n = json_real_value(value)};
	return c;
}

static void field_is_described(const gw_field *f, const json_t *declared)
{
	const json_t *own = json_object_get(declared, "gongwen");
	word(declared, "title");
	word(declared, "description");
	word(own, "title_zh");
	word(own, "description_zh");
	assert_int_equal(json_object_size(json_object_get(own, "values")), f->choice_count);
	for (uint32_t i = 0; i < f->choice_count; i++) {
		const json_t *meanings = json_object_get(json_object_get(own, "values"), f->choices[i]);
		assert_int_equal(json_array_size(meanings), 2);
		assert_true(*json_string_value(json_array_get(meanings, 0)) && *json_string_value(json_array_get(meanings, 1)));
	}
}

/* Every table, column and value is explained in both languages, and the examples make a row that would be published. */
static void everything_is_explained(void **state)
{
	desk *d = *state;
	for (gw_table_id id = 0; id < GW_TABLES; id++) {
		const gw_table *t = &d->schema->tables[id];
		json_t *root = json_loadb(t->json, t->json_len, JSON_REJECT_DUPLICATES, NULL);
		gw_cell *cells = GW_NEW_N(&d->arena, gw_cell, t->field_count);
		word(root, "title");
		word(root, "description");
		word(json_object_get(root, "gongwen"), "title_zh");
		word(json_object_get(root, "gongwen"), "description_zh");
		for (uint32_t i = 0; i < t->field_count; i++) {
			const json_t *declared = json_array_get(json_object_get(root, "fields"), i);
			field_is_described(&t->fields[i], declared);
			cells[i] = example(d, json_object_get(declared, "example"));
			assert_int_not_equal(cells[i].kind, GW_CELL_NULL);
		}
		assert_int_equal(gw_row_check(t, cells, NULL, &d->diag), GW_OK);
		json_decref(root);
	}
	assert_string_equal(desk_said(d), "");
}

/* What stands in every table of facts is said in the same words everywhere. */
static void shared_columns_say_the_same(void **state)
{
	static const char *const shared[] = {"document_id", "section_id", "line", "char_start", "char_end", "rule"};
	static const gw_table_id first = GW_T_AGENCIES, tables[] = {GW_T_DEADLINES, GW_T_DATES, GW_T_TARGETS, GW_T_QUANTITIES,
		GW_T_RESPONSIBILITIES, GW_T_TASKS};
	desk *d = *state;
	const gw_table *a = &d->schema->tables[first];
	json_t *root = json_loadb(a->json, a->json_len, 0, NULL), *fields = json_object_get(root, "fields");
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
		const gw_table *b = &d->schema->tables[tables[i]];
		json_t *other = json_loadb(b->json, b->json_len, 0, NULL);
		for (size_t k = 0; k < sizeof shared / sizeof *shared; k++) {
			json_t *x = json_copy(json_array_get(fields, gw_table_field(a, shared[k])));
			json_t *y = json_copy(json_array_get(json_object_get(other, "fields"), gw_table_field(b, shared[k])));
			json_object_del(x, "example");
			json_object_del(y, "example");
			if (!json_equal(x, y))
				fail_msg("%s of %s is not declared as that of %s", shared[k], b->name, a->name);
			json_decref(x);
			json_decref(y);
		}
		json_decref(other);
	}
	json_decref(root);
}

/* ---- rows ---- */

static gw_cell text(const char *z)
{
	return (gw_cell){.kind = GW_CELL_STR, .s = gw_str_of(z)};
}

static gw_cell whole(int64_t i)
{
	return (gw_cell){.kind = GW_CELL_INT, .i = i};
}

static void set(const gw_table *t, gw_cell *cells, const char *name, gw_cell value)
{
	cells[gw_table_field(t, name)] = value;
}

/* A good row of targets, or of deadlines. */
static gw_cell *good_row(desk *d, gw_table_id id)
{
	const gw_table *t = &d->schema->tables[id];
	gw_cell *c = GW_NEW_N(&d->arena, gw_cell, t->field_count);
	set(t, c, id == GW_T_TARGETS ? "target_id" : "deadline_id", text("a.txt#1/x1"));
	set(t, c, "document_id", text("a.txt#1"));
	set(t, c, "section_id", text("2.10"));
	set(t, c, "line", whole(1));
	set(t, c, "char_start", whole(0));
	set(t, c, "char_end", whole(3));
	set(t, c, "text", text("三个月"));
	set(t, c, "rule", text("r"));
	set(t, c, "role", text(id == GW_T_TARGETS ? "target" : "deadline"));
	if (id == GW_T_TARGETS) {
		set(t, c, "op", text(">="));
		set(t, c, "value", (gw_cell){.kind = GW_CELL_NUM, .n = 0.5});
	}
	return c;
}

static const char *check_with(desk *d, gw_table_id id, const char *name, gw_cell value)
{
	const gw_table *t = &d->schema->tables[id];
	gw_cell *c = good_row(d, id);
	set(t, c, name, value);
	gw_status s = gw_row_check(t, c, "a.txt", &d->diag);
	assert_int_equal(s, d->diag.errors ? GW_FAILED : GW_OK);
	return desk_said(d);
}

static void good_values_pass(void **state)
{
	desk *d = *state;
	const gw_cell nothing = {0};
	assert_string_equal(check_with(d, GW_T_TARGETS, "unit", nothing), "");
	assert_string_equal(check_with(d, GW_T_TARGETS, "value", whole(3)), "");
	assert_string_equal(check_with(d, GW_T_TARGETS, "op", text("range")), "");
	assert_string_equal(check_with(d, GW_T_DEADLINES, "date_end", text("2024-02-29")), "");
	assert_string_equal(check_with(d, GW_T_DEADLINES, "edtf", text("20XX-05/20XX-07")), "");
	assert_string_equal(check_with(d, GW_T_DEADLINES, "rrule", text("FREQ=YEARLY;BYMONTH=1,2,3")), "");
}

static void only_what_differs_from_the_row_before_is_looked_at(void **state)
{
	desk *d = *state;
	const gw_table *t = &d->schema->tables[GW_T_TARGETS];
	gw_cell *good = good_row(d, GW_T_TARGETS), *bad = good_row(d, GW_T_TARGETS);
	memcpy(bad, good, sizeof *bad * t->field_count);
	assert_int_equal(gw_row_check_after(t, good, bad, "a.txt", &d->diag), GW_OK);
	set(t, bad, "op", text("=>"));
	assert_int_equal(gw_row_check_after(t, good, bad, "a.txt", &d->diag), GW_FAILED);
	assert_int_equal(gw_row_check_after(t, bad, bad, "a.txt", &d->diag), GW_OK);
	set(t, good, "op", (gw_cell){0});
	set(t, bad, "op", (gw_cell){0});
	set(t, bad, "value", (gw_cell){0});
	assert_int_equal(gw_row_check_after(t, good, bad, "a.txt", &d->diag), GW_FAILED); /* required, and there before */
}

static void bad_values_are_named(void **state)
{
	desk *d = *state;
	const gw_cell nothing = {0};
#define TOLD(field, what) "a.txt: error[GW602]: targets, row a.txt#1/x1, " field ": " what "\n"
	assert_string_equal(check_with(d, GW_T_TARGETS, "value", nothing), TOLD("value", "is required, but there is no value"));
	assert_string_equal(check_with(d, GW_T_TARGETS, "value", text("3")), TOLD("value", "is no finite number (\"3\")"));
	assert_string_equal(check_with(d, GW_T_TARGETS, "value", (gw_cell){.kind = GW_CELL_NUM, .n = 1e308 * 10}),
		TOLD("value", "is no finite number (inf)"));
	assert_string_equal(check_with(d, GW_T_TARGETS, "line", (gw_cell){.kind = GW_CELL_NUM, .n = 1}),
		TOLD("line", "is no whole number (1)"));
	assert_string_equal(check_with(d, GW_T_TARGETS, "line", whole(0)), TOLD("line", "is out of range (0)"));
	assert_string_equal(check_with(d, GW_T_TARGETS, "op", text("=>")), TOLD("op", "is none of the declared values (\"=>\")"));
	assert_string_equal(check_with(d, GW_T_TARGETS, "op", text("rang")), TOLD("op", "is none of the declared values (\"rang\")"));
	assert_string_equal(check_with(d, GW_T_TARGETS, "unit", (gw_cell){.kind = GW_CELL_STR, .s = GW_STR("")}),
		TOLD("unit", "is no text, or an empty one (\"\")"));
	assert_string_equal(check_with(d, GW_T_TARGETS, "section_id", text("2.x")),
		TOLD("section_id", "does not have the declared form (\"2.x\")"));
	assert_string_equal(check_with(d, GW_T_TARGETS, "role", text("目标目标目标目标目标目标目标目标目标目标目标")),
		TOLD("role", "is none of the declared values (\"目标目标目标目标目标目标目标目标目标目标\"…)"));
#undef TOLD
}

static void dates_are_those_of_the_calendar(void **state)
{
	static const char *const bad[] = {"2023-02-29", "1900-02-29", "2024-13-01", "2024-00-10", "2024-01-00", "2024-04-31",
		"2024-1-01", "20XX-01-01", "2024-01-01T00:00", "0000-01-01"};
	static const char *const good[] = {"2000-02-29", "2024-12-31", "0001-01-01"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_non_null(strstr(check_with(*state, GW_T_DEADLINES, "date_start", text(bad[i])), "is no date"));
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_string_equal(check_with(*state, GW_T_DEADLINES, "date_start", text(good[i])), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_project_schemas_load, desk_open, desk_close),
		cmocka_unit_test_setup_teardown(a_broken_schema_is_reported, desk_open, desk_close),
		cmocka_unit_test_setup_teardown(a_missing_schema_is_reported, desk_open, desk_close),
		cmocka_unit_test_setup_teardown(columns_of_other_versions_are_read_without_a_version, desk_open, desk_close),
		cmocka_unit_test_setup_teardown(everything_is_explained, desk_open, desk_close),
		cmocka_unit_test_setup_teardown(shared_columns_say_the_same, desk_open, desk_close),
		cmocka_unit_test_setup_teardown(good_values_pass, desk_open, desk_close),
		cmocka_unit_test_setup_teardown(bad_values_are_named, desk_open, desk_close),
		cmocka_unit_test_setup_teardown(only_what_differs_from_the_row_before_is_looked_at, desk_open, desk_close),
		cmocka_unit_test_setup_teardown(dates_are_those_of_the_calendar, desk_open, desk_close),
	};
	return cmocka_run_group_tests_name("schema", tests, NULL, NULL);
}
