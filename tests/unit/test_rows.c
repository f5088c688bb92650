/* publish: facts to rows, rows to bytes and back. */
#include "../../pipeline/publish/table/out.h"
#include "desk.h"
#include "sample.h"

#include <csv.h>
#include <jansson.h>
#include <math.h>
#include <zlib.h>

/* ---- numbers and strings ---- */

static const char *number(desk *d, double v)
{
	gw_buf_clear(&d->said);
	gw_number_print(&d->said, v);
	return d->said.ptr;
}

static void numbers_are_plain(void **state)
{
	desk *d = *state;
	assert_string_equal(number(d, 0), "0");
	assert_string_equal(number(d, -0.0), "0");
	assert_string_equal(number(d, 63), "63");
	assert_string_equal(number(d, -5), "-5");
	assert_string_equal(number(d, 1500000), "1500000");
	assert_string_equal(number(d, 17.8 * 10000), "178000");
	assert_string_equal(number(d, 0.57 * 1e8), "57000000");
	assert_string_equal(number(d, 0.1 + 0.2), "0.3");
	assert_string_equal(number(d, 2.0 / 3), "0.6666666667");
	assert_string_equal(number(d, 1.94), "1.94");
	assert_string_equal(number(d, 0.00025), "0.00025");
	assert_string_equal(number(d, 123456789012.0), "123456789012");
	assert_string_equal(number(d, 1e18), "1000000000000000000");
	assert_string_equal(number(d, 0.99999999999), "1");
	assert_string_equal(number(d, -1234.5), "-1234.5");
	assert_string_equal(number(d, 1e-20), "1e-20");
	assert_string_equal(number(d, 6.02e23), "6.02e23");
	assert_string_equal(number(d, NAN), "null");
}

static uint64_t next_random(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return *seed >> 33;
}

/* Rows that passed through a file must print as before. */
static void numbers_survive_reading_back(void **state)
{
	desk *d = *state;
	uint64_t seed = 1;
	for (int i = 0; i < 20000; i++) {
		double v = (double)next_random(&seed) / (double)(next_random(&seed) + 1) * pow(10, (double)(next_random(&seed) % 24) - 10);
		char once[64];
		snprintf(once, sizeof once, "%s", number(d, v));
		double back = strtod(once, NULL);
		assert_true(fabs(back - v) <= 1e-9 * fabs(v));
		assert_string_equal(number(d, back), once);
	}
}

/* jansson is the oracle of our own escaping. */
static void strings_are_escaped_as_jansson_does(void **state)
{
	(void)state;
	uint64_t seed = 7;
	gw_buf ours, text;
	gw_buf_init(&ours);
	gw_buf_init(&text);
	for (int i = 0; i < 20000; i++) {
		gw_buf_clear(&text);
		gw_buf_clear(&ours);
		for (uint64_t n = next_random(&seed) % 40; n; n--) {
			uint64_t kind = next_random(&seed) % 8;
			uint32_t c = kind < 3   ? 0x4E00 + (uint32_t)(next_random(&seed) % 20000)
				     : kind < 4 ? (uint32_t)(next_random(&seed) % 0x20)
				     : kind < 5 ? 0x1F300 + (uint32_t)(next_random(&seed) % 200)
				     : kind < 6 ? (uint32_t)"\"\\/\x7f"[next_random(&seed) % 4]
						: 0x20 + (uint32_t)(next_random(&seed) % 0x60);
			gw_buf_add_cp(&text, c);
		}
		json_t *j = json_stringn(text.ptr ? text.ptr : "", text.len);
		char *theirs = json_dumps(j, JSON_ENCODE_ANY);
		gw_json_str(&ours, (gw_str){text.ptr ? text.ptr : "", (uint32_t)text.len});
		assert_string_equal(ours.ptr, theirs);
		free(theirs);
		json_decref(j);
	}
	gw_buf_release(&ours);
	gw_buf_release(&text);
}

/* ---- CSV ---- */

typedef struct back {
	gw_buf cells; /* "cell|" each, LF for the end of a row */
} back;

static void on_cell(void *bytes, size_t n, void *ctx)
{
	back *b = ctx;
	gw_buf_add(&b->cells, bytes, n);
	gw_buf_addc(&b->cells, 0x1f);
}

static void on_row(int end, void *ctx)
{
	(void)end;
	gw_buf_addc(&((back *)ctx)->cells, 0x1e);
}

/* A table of so many columns, named c0, c1 …, the last one at length. */
static gw_table columns(desk *d, uint32_t count, gw_json_names *names)
{
	gw_table t = {.field_count = count, .fields = GW_NEW_N(&d->arena, gw_field, count)};
	for (uint32_t i = 0; i < count; i++)
		t.fields[i].name = gw_arena_printf(&d->arena, "c%u%s", i, i + 1 < count ? "" : "_is_a_name_longer_than_most_names_are");
	gw_json_names_make(&d->arena, &t, names);
	return t;
}

static void csv_is_read_back_by_libcsv(void **state)
{
	desk *d = *state;
	static const char *const nasty[] = {"plain", "a,b", "\"quoted\"", "two\nlines", "cr\rlf\r\n", " leading", "trailing ", "\ttab",
		"\fpage", "line\v", "=1+1", "、，", "\"", "'", "ends\n", ",", "中 文"};
	enum { N = sizeof nasty / sizeof *nasty };
	gw_json_names names;
	gw_table t = columns(d, 3, &names);
	gw_buf out, expected;
	gw_buf_init(&out);
	gw_buf_init(&expected);
	for (unsigned i = 0; i < N; i++) {
		gw_cell c[3] = {{.kind = GW_CELL_STR, .s = gw_str_of(nasty[i])}, {0}, {.kind = GW_CELL_BOOL, .i = i % 2}};
		gw_row_write(&out, &d->said, &t, &names, c, NULL);
		gw_buf_printf(&expected, "%s\x1f\x1f%s\x1f\x1e", nasty[i], i % 2 ? "true" : "false");
	}
	back b = {0};
	struct csv_parser parser;
	csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI);
	assert_int_equal(csv_parse(&parser, out.ptr, out.len, on_cell, on_row, &b), out.len);
	assert_int_equal(csv_fini(&parser, on_cell, on_row, &b), 0);
	assert_string_equal(b.cells.ptr, expected.ptr);
	csv_free(&parser);
	gw_buf_release(&b.cells);
	gw_buf_release(&out);
	gw_buf_release(&expected);
}

static void csv_quotes_only_where_it_must(void **state)
{
	desk *d = *state;
	gw_json_names names;
	gw_table t = columns(d, 4, &names);
	gw_buf json;
	gw_buf_init(&json);
	gw_cell c[] = {{.kind = GW_CELL_STR, .s = GW_STR("=1")}, {.kind = GW_CELL_NUM, .n = -0.5}, {.kind = GW_CELL_INT, .i = -7},
		{.kind = GW_CELL_STR, .s = GW_STR("a \"b\"")}};
	gw_buf_clear(&d->said);
	gw_row_write(&d->said, &json, &t, &names, c, NULL);
	assert_string_equal(d->said.ptr, "=1,-0.5,-7,\"a \"\"b\"\"\"\n");
	gw_buf_clear(&d->said);
	assert_int_equal(gw_csv_excel_row(&d->said, &t, c), 1);
	assert_string_equal(d->said.ptr, "'=1,-0.5,-7,\"a \"\"b\"\"\"\r\n");
	c[0].s = GW_STR("＝1");
	c[3].s = GW_STR("-");
	gw_buf_clear(&d->said);
	assert_int_equal(gw_csv_excel_row(&d->said, &t, c), 2);
	assert_string_equal(d->said.ptr, "'＝1,-0.5,-7,'-\r\n");
	/* readers that trim take these for blanks */
	c[0].s = GW_STR("\fa");
	c[3].s = GW_STR("a\v");
	gw_buf_clear(&d->said);
	gw_row_write(&d->said, &json, &t, &names, c, NULL);
	assert_string_equal(d->said.ptr, "\"\fa\",-0.5,-7,\"a\v\"\n");
	gw_buf_release(&json);
}

/* A text of up to 40 characters, mostly plain, in memory of just its size: the address sanitizer sees one byte too far. */
static gw_cell random_text(uint64_t *seed, char **room)
{
	static const char *const odd[] = {",", "\"", "\\", "\n", "\r", "\t", " ", "\x01", "\x7f"};
	gw_buf b;
	gw_buf_init(&b);
	gw_buf_adds(&b, "");
	bool plain = next_random(seed) % 2;
	for (uint64_t n = next_random(seed) % 40; n; n--) {
		if (!plain && next_random(seed) % 8 == 0)
			gw_buf_adds(&b, odd[next_random(seed) % 9]);
		else if (next_random(seed) % 3)
			gw_buf_add_cp(&b, 0x4E00 + (uint32_t)(next_random(seed) % 20000));
		else
			gw_buf_addc(&b, (char)('a' + next_random(seed) % 26));
	}
	*room = malloc(b.len + 1);
	memcpy(*room, b.ptr, b.len);
	gw_cell c = {.kind = GW_CELL_STR, .s = {*room, (uint32_t)b.len}};
	*room = realloc(*room, b.len ? b.len : 1);
	c.s.ptr = *room;
	gw_buf_release(&b);
	return c;
}

static gw_cell random_cell(uint64_t *seed, char **room)
{
	static const int64_t whole[] = {0, 7, -7, 10, 1234567890123, INT64_MAX, INT64_MIN};
	switch (next_random(seed) % 8) {
	case 0: return (gw_cell){0};
	case 1: return (gw_cell){.kind = GW_CELL_INT, .i = whole[next_random(seed) % 7]};
	case 2: return (gw_cell){.kind = GW_CELL_NUM, .n = (double)(int64_t)next_random(seed) / 1000 - 1e5};
	case 3: return (gw_cell){.kind = GW_CELL_BOOL, .i = (int64_t)(next_random(seed) % 2)};
	default: return random_text(seed, room);
	}
}

/* The row in one go against cell after cell, the CSV of libcsv and the JSON that jansson understands; and the places
 * of the members. */
static void rows_are_written_as_their_cells(void **state)
{
	enum { COLUMNS = 6 };
	desk *d = *state;
	gw_json_names names;
	gw_table t = columns(d, COLUMNS, &names);
	gw_buf csv, json, alone, want_csv, want_json, cell;
	gw_buf *all[] = {&csv, &json, &alone, &want_csv, &want_json, &cell};
	for (int i = 0; i < 6; i++)
		gw_buf_init(all[i]);
	uint64_t seed = 11;
	for (int round = 0; round < 5000; round++) {
		gw_cell c[COLUMNS];
		char *rooms[COLUMNS] = {NULL};
		size_t at[COLUMNS + 1], csv_begin = csv.len, json_begin = json.len;
		gw_buf_clear(&want_csv);
		gw_buf_clear(&want_json);
		for (uint32_t i = 0; i < COLUMNS; i++) {
			c[i] = random_cell(&seed, &rooms[i]);
			gw_buf_clear(&cell);
			gw_json_cell(&cell, &c[i]);
			gw_buf_printf(&want_json, "%s\"%s\":%s", i ? "," : "{", t.fields[i].name, cell.ptr);
			gw_buf_adds(&want_csv, i ? "," : "");
			if (c[i].kind == GW_CELL_STR) {
				char *to = gw_buf_reserve(&want_csv, c[i].s.len * 2 + 2);
				want_csv.len += (size_t)(gw_csv_put(to, c[i].s) - to);
			} else if (c[i].kind != GW_CELL_NULL) {
				gw_buf_add(&want_csv, cell.ptr, cell.len);
			}
		}
		gw_buf_adds(&want_csv, "\n");
		gw_buf_adds(&want_json, "}\n");
		gw_row_write(&csv, &json, &t, &names, c, at);
		assert_string_equal(csv.ptr + csv_begin, want_csv.ptr);
		assert_string_equal(json.ptr + json_begin, want_json.ptr);
		assert_int_equal(at[0], json_begin);
		assert_int_equal(at[COLUMNS], json.len - 2);
		assert_memory_equal(json.ptr + at[2], ",\"c2\":", 6);
		gw_buf_clear(&alone);
		gw_row_write(NULL, &alone, &t, &names, c, NULL);
		assert_string_equal(alone.ptr, want_json.ptr);
		gw_buf_clear(&alone);
		gw_row_append(&alone, &t, &names, c, 0);
		assert_string_equal(alone.ptr, json.ptr + at[1]);
		json_t *parsed = json_loads(want_json.ptr, 0, NULL);
		assert_int_equal(json_object_size(parsed), COLUMNS);
		json_decref(parsed);
		for (uint32_t i = 0; i < COLUMNS; i++)
			free(rooms[i]);
	}
	for (int i = 0; i < 6; i++)
		gw_buf_release(all[i]);
}

static void base64_is_that_of_the_rfc(void **state)
{
	desk *d = *state;
	static const char *const pairs[][2] = {{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="},
		{"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}};
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		gw_buf_clear(&d->said);
		gw_buf_adds(&d->said, "");
		gw_base64_add(&d->said, gw_str_of(pairs[i][0]));
		assert_string_equal(d->said.ptr, pairs[i][1]);
		assert_true(gw_str_eq(gw_base64_read(&d->arena, gw_str_of(pairs[i][1])), gw_str_of(pairs[i][0])));
	}
	assert_null(gw_base64_read(&d->arena, GW_STR("Zg=")).ptr);
	assert_null(gw_base64_read(&d->arena, GW_STR("Z=g=")).ptr);
	assert_null(gw_base64_read(&d->arena, GW_STR("Zg-_")).ptr);
}

/* ---- tabulate ---- */

static gw_cell *find_row(const gw_rows *rows, gw_table_id id, uint32_t i)
{
	assert_true(i < rows->table[id].count);
	return rows->table[id].items[i];
}

static void assert_cell(desk *d, gw_table_id id, const gw_cell *cells, const char *name, const char *expected)
{
	uint32_t i = gw_table_field(&d->schema->tables[id], name);
	assert_int_not_equal(i, GW_NONE);
	gw_buf_clear(&d->said);
	gw_json_cell(&d->said, &cells[i]);
	assert_string_equal(d->said.ptr, expected);
}

static void facts_become_rows(void **state)
{
	desk *d = *state;
	gw_rows r;
	sample_rows(d->schema, &d->document, "dir/a.txt", &r);
	const gw_cell *doc = find_row(&r, GW_T_DOCUMENTS, 0), *task = find_row(&r, GW_T_TASKS, 0);
	assert_int_equal(r.table[GW_T_DOCUMENTS].count, 2);
	assert_cell(d, GW_T_DOCUMENTS, doc, "document_id", "\"dir/a.txt#1\"");
	assert_cell(d, GW_T_DOCUMENTS, doc, "issuer", "null");
	assert_cell(d, GW_T_DOCUMENTS, doc, "section_count", "3");
	assert_cell(d, GW_T_DOCUMENTS, find_row(&r, GW_T_DOCUMENTS, 1), "line", "6");
	assert_cell(d, GW_T_SECTIONS, find_row(&r, GW_T_SECTIONS, 1), "parent_id", "\"1\"");
	assert_cell(d, GW_T_SECTIONS, find_row(&r, GW_T_SECTIONS, 0), "parent_id", "null");
	assert_cell(d, GW_T_TASKS, task, "lead_units", "\"林业局\"");
	assert_cell(d, GW_T_TASKS, task, "targets", "\"覆盖率 40%以上\"");
	assert_cell(d, GW_T_TASKS, task, "due_date", "\"2027-12-31\"");
	assert_cell(d, GW_T_TASKS, task, "deadline_id", "\"dir/a.txt#1/d1\"");
	assert_cell(d, GW_T_TARGETS, find_row(&r, GW_T_TARGETS, 0), "deadline_id", "\"dir/a.txt#1/d1\"");
	assert_cell(d, GW_T_QUANTITIES, find_row(&r, GW_T_QUANTITIES, 0), "value", "35000");
	assert_cell(d, GW_T_DATES, find_row(&r, GW_T_DATES, 0), "date_id", "\"dir/a.txt#1/t1\"");
}

static void mentions_come_in_text_order_and_units_are_none(void **state)
{
	desk *d = *state;
	gw_rows r;
	sample_rows(d->schema, &d->document, "a.txt", &r);
	assert_int_equal(r.table[GW_T_AGENCIES].count, 3);
	assert_cell(d, GW_T_AGENCIES, find_row(&r, GW_T_AGENCIES, 0), "text", "\"林业局\"");
	assert_cell(d, GW_T_AGENCIES, find_row(&r, GW_T_AGENCIES, 0), "mention_id", "\"a.txt#1/a1\"");
	assert_cell(d, GW_T_AGENCIES, find_row(&r, GW_T_AGENCIES, 1), "text", "\"园林局\"");
	assert_cell(d, GW_T_RESPONSIBILITIES, find_row(&r, GW_T_RESPONSIBILITIES, 0), "agency_id", "\"330100:林业局\"");
}

static void a_document_without_sections_is_all_preamble(void **state)
{
	desk *d = *state;
	gw_rows r;
	sample_rows(d->schema, &d->document, "a.txt", &r);
	const gw_cell *s = find_row(&r, GW_T_SECTIONS, 3);
	assert_cell(d, GW_T_SECTIONS, s, "document_id", "\"a.txt#2\"");
	assert_cell(d, GW_T_SECTIONS, s, "section_id", "\"0\"");
	assert_cell(d, GW_T_SECTIONS, s, "kind", "\"preamble\"");
	assert_cell(d, GW_T_RESPONSIBILITIES, find_row(&r, GW_T_RESPONSIBILITIES, 2), "section_id", "\"0\"");
	assert_cell(d, GW_T_RESPONSIBILITIES, find_row(&r, GW_T_RESPONSIBILITIES, 2), "task_id", "null");
}

/* A column that nothing fills would be empty for ever. Region, type, number and the like are empty in this sample. */
static void every_column_is_filled_by_something(void **state)
{
	desk *d = *state;
	gw_source *s = sample_source(&d->document, "a.txt");
	gw_document *x = &s->documents.items[0];
	gw_str word = GW_STR("w");
	x->type = x->issuer = x->issuer_id = x->region_code = x->region = x->number = x->adopted_on = x->effective_on = word;
	x->organizations.items[0].region = word;
	for (uint32_t i = 0; i < 2; i++) {
		x->times.items[i].duration = x->times.items[i].rrule = x->times.items[i].anchor = word;
		x->quantities.items[i].change = x->quantities.items[i].base = x->quantities.items[i].per = word;
		x->quantities.items[i].op = GW_OP_RANGE;
		x->quantities.items[i].due = 1;
		x->duties.items[i].due = 1;
	}
	x->duties.items[1].role = GW_DUTY_RESPONSIBLE;
	*GW_PUSH(&d->document, &x->tasks.items[0].duties) = 2;
	*GW_PUSH(&d->document, &x->duties) = x->duties.items[0];
	x->duties.items[2].role = GW_DUTY_SUPPORT;
	gw_rows r;
	gw_tabulate(d->schema, NULL, s, &r);
	sample_rules(d->schema, &r);
	for (gw_table_id id = 0; id < GW_TABLES; id++) {
		for (uint32_t f = 0; f < d->schema->tables[id].field_count; f++) {
			bool filled = false;
			for (uint32_t i = 0; i < r.table[id].count; i++)
				filled = filled || r.table[id].items[i][f].kind != GW_CELL_NULL;
			if (!filled)
				fail_msg("%s.%s is filled by nothing", gw_table_names[id], d->schema->tables[id].fields[f].name);
		}
	}
}

static void words_broken_by_a_line_end_are_joined(void **state)
{
	desk *d = *state;
	gw_source *s = sample_source(&d->document, "a.txt");
	gw_document *x = &s->documents.items[0];
	x->quantities.items[0].indicator = sample_from_to(s, "附则", "2024年");
	gw_rows r;
	gw_tabulate(d->schema, NULL, s, &r);
	assert_cell(d, GW_T_TARGETS, find_row(&r, GW_T_TARGETS, 0), "indicator", "\"附则自\"");
}

/* ---- NDJSON ---- */

static gw_str printed(desk *d, const char *path)
{
	gw_rows r;
	gw_buf out;
	gw_buf_init(&out);
	sample_rows(d->schema, &d->document, path, &r);
	gw_rows_print(d->schema, &r, &out);
	gw_str s = gw_arena_str(&d->arena, (gw_str){out.ptr, (uint32_t)out.len});
	gw_buf_release(&out);
	return s;
}

/* Everything that row files hold, printed again. */
static gw_str read_back(desk *d, const char *const *paths, uint32_t count)
{
	gw_row_files *f = gw_row_files_open(d->schema, paths, count, &d->diag);
	gw_buf out;
	gw_buf_init(&out);
	for (bool end = !f; !end;) {
		gw_rows r;
		gw_arena_reset(&d->document);
		if (gw_row_files_next(f, &d->document, &r, &end, &d->diag) != GW_OK)
			break;
		if (!end)
			gw_rows_print(d->schema, &r, &out);
	}
	gw_row_files_close(f);
	gw_str s = gw_arena_str(&d->arena, (gw_str){out.ptr ? out.ptr : "", (uint32_t)out.len});
	gw_buf_release(&out);
	return s;
}

static void rows_pass_through_files_unchanged(void **state)
{
	desk *d = *state;
	gw_str a = printed(d, "a.txt"), b = printed(d, "b \"quoted\".txt"), c = printed(d, "c.txt");
	desk_put(d, "1", gw_arena_printf(&d->arena, "%s%s", c.ptr, a.ptr));
	desk_put(d, "2", b.ptr);
	desk_put(d, "3", "");
	const char *paths[] = {desk_path(d, "1"), desk_path(d, "2"), desk_path(d, "3")};
	assert_string_equal(read_back(d, paths, 3).ptr, gw_arena_printf(&d->arena, "%s%s%s", a.ptr, b.ptr, c.ptr));
	assert_string_equal(desk_said(d), "");
}

static void packed_row_files_are_read(void **state)
{
	desk *d = *state;
	gw_str a = printed(d, "a.txt");
	const char *path = desk_path(d, "rows.gz");
	gzFile gz = gzopen(path, "wb");
	assert_int_equal(gzwrite(gz, a.ptr, a.len), a.len);
	gzclose(gz);
	assert_string_equal(read_back(d, &path, 1).ptr, a.ptr);
	assert_string_equal(desk_said(d), "");
	/* Cut short, it is known. */
	gw_loaded f;
	assert_int_equal(gw_file_load(path, UINT64_MAX, &f, &d->diag), GW_OK);
	assert_int_equal(gw_file_replace(desk_path(d, "cut.gz"), f.bytes, f.len / 2, &d->diag), GW_OK);
	gw_file_unload(&f);
	path = desk_path(d, "cut.gz");
	assert_string_equal(read_back(d, &path, 1).ptr, "");
	assert_string_equal(desk_said(d), "cut.gz: error[GW321]: cannot be unpacked: the file ends too early\n");
}

/* The lines of a text in another order, CR and blank lines added: what engines do to them. */
static char *shuffled(desk *d, gw_str text, uint64_t seed)
{
	const char *lines[256];
	uint32_t n = 0;
	char *copy = gw_arena_str(&d->arena, text).ptr ? gw_arena_printf(&d->arena, "%s", text.ptr) : NULL, *save = NULL;
	for (char *p = strtok_r(copy, "\n", &save); p; p = strtok_r(NULL, "\n", &save))
		lines[n++] = p;
	gw_buf out;
	gw_buf_init(&out);
	for (; n; n--) {
		uint64_t i = next_random(&seed) % n;
		gw_buf_printf(&out, "%s%s\n%s", lines[i], i % 2 ? "\t\r" : "", i % 3 ? "" : "\r\n");
		lines[i] = lines[n - 1];
	}
	char *s = gw_arena_printf(&d->arena, "%s", out.ptr);
	gw_buf_release(&out);
	return s;
}

static void mixed_lines_come_back_in_order(void **state)
{
	desk *d = *state;
	gw_str a = printed(d, "a.txt"), b = printed(d, "b.txt");
	gw_str both = gw_str_of(gw_arena_printf(&d->arena, "%s%s", a.ptr, b.ptr));
	for (uint64_t seed = 1; seed < 20; seed++) {
		desk_put(d, "mixed", shuffled(d, both, seed));
		const char *path = desk_path(d, "mixed");
		assert_string_equal(read_back(d, &path, 1).ptr, both.ptr);
		assert_string_equal(desk_said(d), "");
	}
}

/* A member order of some other program. */
static void lines_written_anew_are_read(void **state)
{
	desk *d = *state;
	gw_str a = printed(d, "a.txt");
	gw_buf out;
	gw_buf_init(&out);
	for (const char *p = a.ptr; *p; p = strchr(p, '\n') + 1) {
		json_t *j = json_loadb(p, (size_t)(strchr(p, '\n') - p), 0, NULL);
		char *line = json_dumps(j, JSON_SORT_KEYS | JSON_ENSURE_ASCII);
		gw_buf_printf(&out, "%s\n", line);
		free(line);
		json_decref(j);
	}
	desk_put(d, "rows", out.ptr);
	gw_buf_release(&out);
	const char *path = desk_path(d, "rows");
	assert_string_equal(read_back(d, &path, 1).ptr, a.ptr);
	assert_string_equal(desk_said(d), "");
}

static void bad_row_files_are_told_with_their_line(void **state)
{
	static const struct {
		const char *content, *expected;
	} cases[] = {
		{"{\"table\":\"text\",\"source_path\":\"a\",\"rows\":0,\"text\":\"x\"}\nnonsense\n",
			"rows:2: error[GW321]: the line is no JSON object: '[' or '{' expected near 'nonsense'\n"},
		{"[]\n", "rows:1: error[GW321]: a row needs \"table\" and \"source_path\"\n"},
		{"{\"source_path\":\"a\"}\n", "rows:1: error[GW321]: a row needs \"table\" and \"source_path\"\n"},
		{"{\"table\":\"things\",\"source_path\":\"a\"}\n", "rows:1: error[GW321]: no such table: things\n"},
		{"{\"table\":\"tasks\",\"source_path\":\"a\"}\n", "rows:1: error[GW321]: a member is missing: task_id\n"},
		{"{\"table\":\"text\",\"source_path\":\"a\",\"rows\":0}\n", "rows:1: error[GW321]: a member is missing: text\n"},
		{"{\"table\":\"text\",\"source_path\":\"a\",\"text\":\"x\"}\n", "rows:1: error[GW321]: a member is missing: rows\n"},
		{"{\"table\":\"text\",\"source_path\":\"a\",\"rows\":2,\"text\":\"x\"}\n",
			"rows:1: error[GW321]: a has 0 of 2 rows: was a row file left out or given twice?\n"},
		{"{\"table\":\"text\",\"source_path\":\"a\",\"rows\":0,\"text\":\"x\"}\n{\"table\":\"text\",\"source_path\":\"a\",\"rows\":0,\"text\":\"x\"}\n",
			"rows:2: error[GW321]: the source's text stands twice: was its row file given twice?\n"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		desk *d = *state;
		desk_put(d, "rows", cases[i].content);
		const char *path = desk_path(d, "rows");
		read_back(d, &path, 1);
		assert_string_equal(desk_said(d), cases[i].expected);
	}
}

static void a_source_cut_short_is_noticed(void **state)
{
	desk *d = *state;
	gw_str a = printed(d, "a.txt");
	char *text = strstr(a.ptr, "{\"table\":\"text\"");
	assert_non_null(text);
	*text = 0;
	desk_put(d, "rows", a.ptr);
	const char *path = desk_path(d, "rows");
	read_back(d, &path, 1);
	assert_string_equal(desk_said(d), "rows:1: error[GW321]: a.txt has no \"text\" row: was the file cut short?\n");
}

static void rejects_go_out_and_come_back(void **state)
{
	desk *d = *state;
	static const char *const raws[] = {"plain \"text\"\n", "\xff\xfe\x80", ""};
	static const char *const shown[] = {"\"raw_encoding\":\"utf-8\",\"raw\":\"plain \\\"text\\\"\\n\"}\n",
		"\"raw_encoding\":\"base64\",\"raw\":\"//6A\"}\n", "\"raw_encoding\":\"utf-8\",\"raw\":\"\"}\n"};
	for (unsigned i = 0; i < 3; i++) {
		gw_rows r = {.source_path = GW_STR("a.bin"), .rejected = true, .source_sha256 = GW_STR("00"),
			.raw = gw_str_of(raws[i]),
			.reject = {.code = GW_E_INPUT_BINARY, .place = {.path = "a.bin", .byte_offset = 7}, .stage = "decode", .message = "no"}};
		gw_buf_clear(&d->said);
		gw_reject_print(&r, &d->said);
		assert_non_null(strstr(d->said.ptr, shown[i]));
		assert_non_null(strstr(d->said.ptr, "{\"source_path\":\"a.bin\",\"source_sha256\":\"00\",\"byte_offset\":7,\"line\":0,"
						    "\"stage\":\"decode\",\"code\":\"GW307\",\"message\":\"no\","));
		gw_rows again = {0};
		assert_int_equal(gw_reject_parse(&d->arena, d->said.ptr, d->said.len, NULL, &again, &d->diag), GW_OK);
		assert_true(again.rejected && gw_str_eq(again.raw, r.raw) && again.reject.code == r.reject.code);
		gw_buf_clear(&d->said);
		gw_rows_print(d->schema, &r, &d->said);
		desk_put(d, "rows", d->said.ptr);
		const char *path = desk_path(d, "rows");
		assert_string_equal(read_back(d, &path, 1).ptr, d->said.ptr);
	}
}

#define T(f) cmocka_unit_test_setup_teardown(f, desk_open, desk_close)
int main(void)
{
	const struct CMUnitTest tests[] = {
		T(numbers_are_plain),
		T(numbers_survive_reading_back),
		T(strings_are_escaped_as_jansson_does),
		T(csv_is_read_back_by_libcsv),
		T(csv_quotes_only_where_it_must),
		T(rows_are_written_as_their_cells),
		T(base64_is_that_of_the_rfc),
		T(facts_become_rows),
		T(mentions_come_in_text_order_and_units_are_none),
		T(a_document_without_sections_is_all_preamble),
		T(every_column_is_filled_by_something),
		T(words_broken_by_a_line_end_are_joined),
		T(rows_pass_through_files_unchanged),
		T(packed_row_files_are_read),
		T(mixed_lines_come_back_in_order),
		T(lines_written_anew_are_read),
		T(bad_row_files_are_told_with_their_line),
		T(a_source_cut_short_is_noticed),
		T(rejects_go_out_and_come_back),
	};
	return cmocka_run_group_tests_name("rows", tests, NULL, NULL);
}
