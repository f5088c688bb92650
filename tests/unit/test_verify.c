/* publish: snapshots read back and verified. One sound snapshot; then each promise is broken in turn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "snapshot.h"

static const char *said(maker *b)
{
	gw_buf all;
	gw_buf_init(&all);
	gw_buf_adds(&all, "");
	for (uint32_t i = 0; i < b->diag.problems.count; i++) {
		gw_problem_format(&b->diag.problems.items[i], false, &all);
		gw_buf_addc(&all, '\n');
	}
	const char *text = gw_arena_str(&b->arena, (gw_str){all.ptr, (uint32_t)all.len}).ptr;
	gw_buf_release(&all);
	return text;
}

static void assert_sound(maker *b, const char *name)
{
	gw_status s = gw_snapshot_verify(gw_path_join(&b->arena, b->dir, name), &b->diag);
	assert_string_equal(said(b), "");
	assert_int_equal(s, GW_OK);
}

/* The snapshot is broken, and all that is said is one line that ends like this. */
static void assert_broken(maker *b, const char *name, const char *ending)
{
	gw_diag_clear(&b->diag);
	assert_int_equal(gw_snapshot_verify(gw_path_join(&b->arena, b->dir, name), &b->diag), GW_FAILED);
	const char *all = said(b);
	size_t n = strlen(all), e = strlen(ending);
	if (b->diag.problems.count != 1 || n < e + 1 || strncmp(all + n - e - 1, ending, e) != 0)
		fail_msg("expected …%s\nfound\n%s", ending, all);
}

/* Writes the rows as they are now, with all hashes right. */
static void rewrite(maker *b)
{
	snapshot_write(b, "s");
}

static void replace(gw_buf *buf, const char *from, const char *to)
{
	char *at = strstr(buf->ptr, from);
	assert_non_null(at);
	gw_buf rest;
	gw_buf_init(&rest);
	gw_buf_adds(&rest, at + strlen(from));
	buf->len = (size_t)(at - buf->ptr);
	gw_buf_adds(buf, to);
	gw_buf_add(buf, rest.ptr, rest.len);
	gw_buf_release(&rest);
}

/* In both formats. */
static void alter(maker *b, gw_table_id id, const char *csv_from, const char *csv_to, const char *json_from, const char *json_to)
{
	replace(&b->csv[id], csv_from, csv_to);
	replace(&b->jsonl[id], json_from, json_to);
}

static void a_sound_snapshot(void **state)
{
	maker *b = *state;
	sample_rows(b);
	rewrite(b);
	assert_sound(b, "s");
	/* By its dataset's `latest` too. */
	gw_dir_make(maker_path(b, "dataset", "snapshots"), &b->diag);
	assert_int_equal(rename(maker_path(b, "s", ""), maker_path(b, "dataset", "snapshots/1")), 0);
	gw_link_replace(maker_path(b, "dataset", "latest"), "snapshots/1", &b->diag);
	assert_sound(b, "dataset");
}

static void nothing_there(void **state)
{
	maker *b = *state;
	assert_broken(b, "none", "error[GW511]: no such snapshot or archive");
	put_text(b, "s", "file", "neither tar nor gzip\n");
	assert_broken(b, "s/file", "error[GW510]: neither a folder nor an archive");
}

static void bag_broken(void **state)
{
	maker *b = *state;
	sample_rows(b);
	rewrite(b);
	put_text(b, "s", "data/extra.txt", "");
	assert_int_equal(gw_snapshot_verify(maker_path(b, "s", ""), &b->diag), GW_FAILED);
	assert_non_null(strstr(said(b), "data/extra.txt is not listed"));
	assert_non_null(strstr(said(b), "Payload-Oxum"));
	unlink(maker_path(b, "s", "data/extra.txt"));
	put_text(b, "s", "data/" JSON_PATH, "[]\n"); /* as long as before */
	gw_diag_clear(&b->diag);
	assert_int_equal(gw_snapshot_verify(maker_path(b, "s", ""), &b->diag), GW_FAILED);
	assert_non_null(strstr(said(b), JSON_PATH " has changed: its SHA-256 is "));
	assert_non_null(strstr(said(b), JSON_PATH " is no JSON object"));
	rewrite(b);
	put_text(b, "s", "notes.txt", "");
	assert_broken(b, "s", "tagmanifest-sha256.txt: error[GW510]: notes.txt is not listed");
	unlink(maker_path(b, "s", "notes.txt"));
	unlink(maker_path(b, "s", "data/" JSON_PATH));
	bag_write(b, "s");
	assert_broken(b, "s", "data/documents.csv:2: error[GW510]: data/" JSON_PATH " is missing");
}

static void descriptor_broken(void **state)
{
	maker *b = *state;
	sample_rows(b);
	rewrite(b);
	put(b, "s", "data/dates.csv", b->csv[GW_T_DATES].ptr, b->csv[GW_T_DATES].len);
	descriptor_write(b, "s");
	bag_write(b, "s");
	assert_sound(b, "s");
	put_text(b, "s", "data/more.csv", "a\n1\n");
	bag_write(b, "s");
	assert_broken(b, "s", "data/datapackage.json: error[GW510]: the table more.csv is no resource");
	unlink(maker_path(b, "s", "data/more.csv"));
	put_text(b, "s", "data/datapackage.json", "{\"version\": \"1\", \"resources\": [], \"gongwen\": {\"content_sha256\": \"" HASH "\"}}");
	bag_write(b, "s");
	gw_diag_clear(&b->diag);
	gw_snapshot_verify(maker_path(b, "s", ""), &b->diag);
	assert_non_null(strstr(said(b), "there are no resources"));
	assert_non_null(strstr(said(b), "content_sha256 is not "));
	assert_non_null(strstr(said(b), "the version 1 does not end with the content's hash 000000000000"));
	put_text(b, "s", "data/datapackage.json", "{\"resources\": [\n1}");
	bag_write(b, "s");
	gw_diag_clear(&b->diag);
	gw_snapshot_verify(maker_path(b, "s", ""), &b->diag);
	assert_non_null(strstr(said(b), "data/datapackage.json:2: error[GW510]: not JSON"));
}

static void rows_broken(void **state)
{
	maker *b = *state;
	sample_rows(b);
	alter(b, GW_T_TARGETS, ",>=,", ",=>,", "\">=\"", "\"=>\"");
	rewrite(b);
	assert_broken(b, "s", "data/targets.csv:2: error[GW510]: targets, row a.txt#1:q1, op: is none of the declared values (\"=>\")");
	sample_rows(b);
	replace(&b->csv[GW_T_TARGETS], "99.5", "99.5%");
	rewrite(b);
	assert_broken(b, "s", "data/targets.csv:2: error[GW510]: value: a value of another type: 99.5%");
	sample_rows(b);
	replace(&b->jsonl[GW_T_TARGETS], "99.5", "99.25");
	rewrite(b);
	assert_broken(b, "s", "data/targets.jsonl:1: error[GW510]: a.txt#1:q1: value is not what the CSV says in line 2");
	sample_rows(b);
	replace(&b->jsonl[GW_T_TARGETS], "\"base\":null,", "");
	rewrite(b);
	assert_broken(b, "s", "data/targets.jsonl:1: error[GW510]: a key that the schema has not, or not here: per");
	sample_rows(b);
	gw_buf_clear(&b->jsonl[GW_T_TARGETS]);
	rewrite(b);
	assert_broken(b, "s", "data/targets.jsonl: error[GW510]: 0 rows, but the CSV has 1");
	sample_rows(b);
	replace(&b->csv[GW_T_TARGETS], "target_id,", "id,");
	rewrite(b);
	assert_broken(b, "s", "data/targets.csv:1: error[GW510]: the header is not that of the schema");
	sample_rows(b);
	b->csv[GW_T_TARGETS].ptr[--b->csv[GW_T_TARGETS].len] = 0;
	rewrite(b);
	gw_buf_clear(&b->jsonl[GW_T_TARGETS]);
	put(b, "s", "data/targets.csv", b->csv[GW_T_TARGETS].ptr, b->csv[GW_T_TARGETS].len);
	unlink(maker_path(b, "s", "data/targets.jsonl"));
	descriptor_write(b, "s");
	bag_write(b, "s");
	assert_broken(b, "s", "data/targets.csv:2: error[GW510]: the last row has no end");
}

/* Quotes that do not close, or stand where none may: told once, and the reader comes to an end. */
static void quotes_broken(void **state)
{
	maker *b = *state;
	static const char *const tails[] = {"a,\"open", "\"open\n\n", "a\"b,c\n", "\"a\"b,c\n1,2\n"};
	for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
		sample_rows(b);
		gw_buf_adds(&b->csv[GW_T_DATES], tails[i]);
		rewrite(b);
		unlink(maker_path(b, "s", "data/dates.jsonl"));
		descriptor_write(b, "s");
		bag_write(b, "s");
		gw_diag_clear(&b->diag);
		assert_int_equal(gw_snapshot_verify(maker_path(b, "s", ""), &b->diag), GW_FAILED);
		if (b->diag.problems.count != 1 || !strstr(said(b), "data/dates.csv:2: error[GW510]"))
			fail_msg("%zu: %s", i, said(b));
	}
}

/* Line ends, quotes and blanks are content; lines are counted in the file. */
static void cells_survive(void **state)
{
	maker *b = *state;
	sample_rows(b);
	const gw_table *t = &b->schema->tables[GW_T_ORGANIZATIONS];
	gw_buf *csv = &b->csv[GW_T_ORGANIZATIONS];
	gw_buf_adds(csv, "k1,\" a\n\"\"b\"\"\r\n,\", c ,,,,,1,1\nk2,x,,,,,,1,1\n");
	gw_row_reader r;
	assert_true(gw_row_reader_open(&r, t, GW_ROWS_CSV, csv->ptr, csv->len));
	assert_int_equal(gw_row_reader_next(&r), GW_ROW_GOOD);
	assert_int_equal(gw_row_reader_next(&r), GW_ROW_GOOD);
	assert_int_equal(r.line, 3);
	size_t offset = r.offset;
	assert_true(gw_str_eq(r.cells[1].s, GW_STR(" a\n\"b\"\r\n,")));
	assert_true(gw_str_eq(r.cells[2].s, GW_STR(" c ")));
	assert_int_equal(r.cells[3].kind, GW_CELL_NULL);
	assert_int_equal(gw_row_reader_next(&r), GW_ROW_GOOD);
	assert_int_equal(r.line, 6);
	assert_int_equal(gw_row_reader_next(&r), GW_ROW_END);
	assert_int_equal(gw_row_reader_next(&r), GW_ROW_END);
	gw_row_reader_seek(&r, offset);
	assert_int_equal(gw_row_reader_next(&r), GW_ROW_GOOD);
	assert_true(gw_str_eq(r.cells[0].s, GW_STR("k1")));
	gw_row_reader_close(&r);
}

static void keys_broken(void **state)
{
	maker *b = *state;
	sample_rows(b);
	alter(b, GW_T_TARGETS, ",a.txt#1:t1\n", ",a.txt#1:t9\n", "\"a.txt#1:t1\"", "\"a.txt#1:t9\"");
	rewrite(b);
	assert_broken(b, "s", "data/targets.csv:2: error[GW510]: deadline_id: a.txt#1:t9 is no row of deadlines");
	sample_rows(b);
	alter(b, GW_T_AGENCIES, ",1,1,2,", ",1.1,1,2,", "\"section_id\":\"1\"", "\"section_id\":\"1.1\"");
	rewrite(b);
	assert_broken(b, "s", "data/agencies.csv:2: error[GW510]: section_id: 1.1 is no row of sections");
	sample_rows(b);
	alter(b, GW_T_SECTIONS, "a.txt#1,1,,", "a.txt#1,1,7,", "\"parent_id\":null", "\"parent_id\":\"7\"");
	rewrite(b);
	assert_broken(b, "s", "data/sections.csv:2: error[GW510]: parent_id: 7 is no row of sections");
	sample_rows(b);
	row(b, GW_T_ORGANIZATIONS, "agency_id", "class:市发展和改革委员会", "name", "市发改委", "mention_count", "1", "document_count",
		"1", NULL);
	rewrite(b);
	assert_broken(b, "s", "data/organizations.csv:3: error[GW510]: the key class:市发展和改革委员会 stands twice");
}

static void positions_broken(void **state)
{
	maker *b = *state;
	sample_rows(b);
	alter(b, GW_T_AGENCIES, ",1,2,6,", ",1,3,7,", "\"char_start\":2,\"char_end\":6", "\"char_start\":3,\"char_end\":7");
	rewrite(b);
	assert_broken(b, "s",
		"data/agencies.csv:2: error[GW510]: a.txt#1:a1: at 3 to 7 stands \"发改委负\", not \"市发改委\"");
	sample_rows(b);
	alter(b, GW_T_DEADLINES, ",2,11,", ",1,11,", "\"line\":2", "\"line\":1");
	rewrite(b);
	assert_broken(b, "s", "data/deadlines.csv:2: error[GW510]: a.txt#1:t1: its line is 2, not 1");
	sample_rows(b);
	alter(b, GW_T_DOCUMENTS, ",1,0,18,", ",1,0,19,", "\"char_end\":18", "\"char_end\":19");
	rewrite(b);
	assert_broken(b, "s", "data/documents.csv:2: error[GW510]: a.txt#1: 0 to 19 is no stretch of its text of 18 characters");
	sample_rows(b);
	rewrite(b);
	unlink(maker_path(b, "s", "data/" TEXT_PATH));
	bag_write(b, "s");
	assert_broken(b, "s", "data/documents.csv:2: error[GW510]: data/" TEXT_PATH " is missing, or not UTF-8");
}

static void problems_of_a_file_are_cut_short(void **state)
{
	maker *b = *state;
	sample_rows(b);
	for (int i = 0; i < 150; i++)
		row(b, GW_T_ORGANIZATIONS, "agency_id", gw_arena_printf(&b->arena, "x:%d", i), "name", "x", "kind", "none", "mention_count",
			"1", "document_count", "1", NULL);
	rewrite(b);
	assert_int_equal(gw_snapshot_verify(maker_path(b, "s", ""), &b->diag), GW_FAILED);
	assert_int_equal(b->diag.problems.count, 101);
	assert_string_equal(b->diag.problems.items[100].message, "and 50 more problems of this file");
}

static void one_format_is_enough(void **state)
{
	maker *b = *state;
	sample_rows(b);
	rewrite(b);
	for (gw_table_id id = 0; id < GW_TABLES; id++)
		unlink(maker_path(b, "s", gw_arena_printf(&b->arena, "data/%s.csv", gw_table_names[id])));
	descriptor_write(b, "s");
	bag_write(b, "s");
	assert_sound(b, "s");
}

static void shell(maker *b, const char *command)
{
	assert_int_equal(system(gw_arena_printf(&b->arena, "cd '%s' && %s", b->dir, command)), 0);
}

/* tar and gzip are the other opinion on what an archive is. */
static void archives(void **state)
{
	maker *b = *state;
	sample_rows(b);
	rewrite(b);
	shell(b, "tar --format=ustar --sort=name -cf s.tar s && gzip -nk s.tar");
	assert_sound(b, "s.tar");
	assert_sound(b, "s.tar.gz");
	shell(b, "head -c 2000 s.tar.gz > cut.tar.gz");
	assert_int_equal(gw_snapshot_verify(gw_path_join(&b->arena, b->dir, "cut.tar.gz"), &b->diag), GW_FAILED);
	shell(b, "head -c 20000 s.tar > cut.tar");
	gw_diag_clear(&b->diag);
	assert_int_equal(gw_snapshot_verify(gw_path_join(&b->arena, b->dir, "cut.tar"), &b->diag), GW_FAILED);
	shell(b, "mkdir t && cp -r s t/ && tar --format=ustar -cf two.tar t/s/data s");
	assert_broken(b, "two.tar", "a member outside the archive's one top folder, or with a name that is not safe: s/");
	shell(b, "ln -s bagit.txt s/link && tar --format=ustar -cf link.tar s");
	assert_broken(b, "link.tar", "a member that is neither a folder nor a file: s/link");
	assert_broken(b, "s", "a snapshot holds folders and regular files only: link");
	shell(b, "rm s/link && echo x >> s/data/" TEXT_PATH " && tar --format=ustar -czf changed.tar.gz s");
	gw_diag_clear(&b->diag);
	assert_int_equal(gw_snapshot_verify(gw_path_join(&b->arena, b->dir, "changed.tar.gz"), &b->diag), GW_FAILED);
	assert_non_null(strstr(said(b), "changed.tar.gz/manifest-sha256.txt:"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_sound_snapshot),
		TEST(nothing_there),
		TEST(bag_broken),
		TEST(descriptor_broken),
		TEST(rows_broken),
		TEST(quotes_broken),
		TEST(cells_survive),
		TEST(keys_broken),
		TEST(positions_broken),
		TEST(problems_of_a_file_are_cut_short),
		TEST(one_format_is_enough),
		TEST(archives),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
