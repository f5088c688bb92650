/* base: YAML with its marks, option tables, and the complaints of both. */
#include "gw/file.h"
#include "gw/settings.h"

#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

typedef struct bench {
	gw_diag diag;
	gw_arena arena;
	gw_buf said; /* all problems, one a line */
	char *dir;
} bench;

static int set_up(void **state)
{
	bench *b = calloc(1, sizeof *b);
	gw_diag_init(&b->diag);
	gw_arena_init(&b->arena);
	gw_buf_init(&b->said);
	const char *tmp = getenv("TMPDIR");
	b->dir = gw_arena_printf(&b->arena, "%s/gw-test-settings-XXXXXX", tmp ? tmp : "/tmp");
	*state = b;
	return mkdtemp(b->dir) ? 0 : -1;
}

static int tear_down(void **state)
{
	bench *b = *state;
	gw_dir_remove(b->dir, &b->diag);
	gw_diag_release(&b->diag);
	gw_arena_release(&b->arena);
	gw_buf_release(&b->said);
	free(b);
	return 0;
}

static gw_node *parse(bench *b, const char *yaml)
{
	return gw_yaml_parse(&b->arena, "t.yaml", yaml, strlen(yaml), &b->diag);
}

static void assert_said(bench *b, const char *expected)
{
	gw_buf_clear(&b->said);
	gw_buf_adds(&b->said, "");
	for (uint32_t i = 0; i < b->diag.problems.count; i++) {
		gw_problem_format(&b->diag.problems.items[i], false, &b->said);
		gw_buf_addc(&b->said, '\n');
	}
	assert_string_equal(b->said.ptr, expected);
}

static void a_tree_keeps_its_marks(void **state)
{
	bench *b = *state;
	gw_node *n = parse(b, "名称: &a 值\nlist:\n  - 'x'\n  - *a\n  - ~\n");
	assert_said(b, "");
	gw_node *list = gw_node_get(n, "list");
	assert_int_equal(list->kind, GW_NODE_LIST);
	assert_int_equal(list->items.count, 3);
	assert_int_equal(list->items.items[0]->at.line, 3);
	assert_int_equal(list->items.items[0]->at.column, 5);
	assert_true(list->items.items[0]->quoted);
	assert_ptr_equal(list->items.items[1], gw_node_get(n, "名称"));
	assert_int_equal(list->items.items[1]->at.column, 5); /* characters, not bytes */
	assert_int_equal(list->items.items[2]->kind, GW_NODE_NULL);
	assert_null(gw_node_get(n, "other"));
	assert_null(gw_node_get(list, "other"));
}

static void null_and_quotes(void **state)
{
	bench *b = *state;
	gw_node *n = parse(b, "a:\nb: ''\nc: !!str 5\nd: null\nnull: 1\ne: |\n  text\n");
	assert_said(b, "");
	assert_int_equal(gw_node_get(n, "a")->kind, GW_NODE_NULL);
	assert_int_equal(gw_node_get(n, "b")->kind, GW_NODE_SCALAR);
	assert_true(gw_node_get(n, "c")->quoted);
	assert_int_equal(gw_node_get(n, "d")->kind, GW_NODE_NULL);
	assert_int_equal(gw_node_get(n, "null")->kind, GW_NODE_SCALAR);
	assert_string_equal(gw_node_get(n, "e")->text.ptr, "text\n");
}

static void an_empty_file_is_an_empty_map(void **state)
{
	bench *b = *state;
	static const char *const files[] = {"", "# only words\n", "---\n", "~\n", "\xEF\xBB\xBF"};
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		gw_node *n = parse(b, files[i]);
		assert_non_null(n);
		assert_int_equal(n->kind, GW_NODE_MAP);
		assert_int_equal(n->pairs.count, 0);
	}
	assert_said(b, "");
}

static void all_problems_of_a_tree_at_once(void **state)
{
	bench *b = *state;
	gw_node *n = parse(b, "a: 1\na: 2\nb: *nowhere\nc: &c [*c]\n? [x]\n: y\nd: !thing z\n");
	assert_non_null(n);
	assert_said(b, "t.yaml:2:1: error[GW104]: the key \"a\" stands twice; the first is in line 1\n"
		       "t.yaml:3:4: error[GW102]: *nowhere: there is no anchor &nowhere before this line\n"
		       "t.yaml:4:8: error[GW102]: *c stands within what it names\n"
		       "t.yaml:5:3: error[GW105]: a key must be a word, not a list\n"
		       "t.yaml:7:4: error[GW105]: the tag !thing is not used here; leave it out\n");
	assert_string_equal(gw_node_get(n, "a")->text.ptr, "1");
}

static void syntax_errors_have_a_place(void **state)
{
	bench *b = *state;
	assert_null(parse(b, "a: [1, 2\nb: 3\n"));
	assert_int_equal(b->diag.problems.items[0].code, GW_E_CONFIG_SYNTAX);
	assert_int_equal(b->diag.problems.items[0].place.line, 2);
	gw_diag_clear(&b->diag);
	assert_null(parse(b, "a: \"中\xFF\"\n"));
	assert_int_equal(b->diag.problems.items[0].place.line, 1);
	assert_int_equal(b->diag.problems.items[0].place.column, 6);
	gw_diag_clear(&b->diag);
	assert_null(parse(b, "\tx: 1\n"));
	assert_int_equal(b->diag.errors, 1);
	gw_diag_clear(&b->diag);
	parse(b, "a: 1\n---\nb: 2\n");
	assert_said(b, "t.yaml:2:1: error[GW102]: a second document begins; one document a file\n");
}

static void nesting_is_bounded(void **state)
{
	bench *b = *state;
	char deep[400];
	memset(deep, '[', 399);
	deep[399] = 0;
	assert_null(parse(b, deep));
	assert_int_equal(b->diag.errors, 1);
}

static void a_missing_file_is_one_of_the_configuration(void **state)
{
	bench *b = *state;
	assert_null(gw_yaml_load(&b->arena, "no/such.yaml", &b->diag));
	assert_said(b, "no/such.yaml: error[GW101]: cannot be opened: No such file or directory\n");
}

typedef struct example {
	bool on;
	int64_t size;
	double share;
	const char *name, *file, *path;
	int mode;
	gw_strings words, files;
	gw_node *rest;
} example;

#define AT(field) offsetof(example, field)
static const gw_option options[] = {
	{"on", GW_OPT_BOOL, AT(on), "true", 0, 0, NULL, "Whether."},
	{"size", GW_OPT_INT, AT(size), "4K", 1, 1 << 20, NULL, "How large."},
	{"share", GW_OPT_NUMBER, AT(share), "0.5", 0, 1, NULL, "How much."},
	{"name", GW_OPT_STRING, AT(name), NULL, 0, 0, NULL, "What it is called."},
	{"file", GW_OPT_FILE, AT(file), "", 0, 0, NULL, "What it reads."},
	{"path", GW_OPT_PATH, AT(path), "out", 0, 0, NULL, "Where it writes."},
	{"mode", GW_OPT_CHOICE, AT(mode), "slow", 0, 0, "fast|slow", "How."},
	{"words", GW_OPT_STRINGS, AT(words), "[a, b]", 0, 0, NULL, "Which words."},
	{"files", GW_OPT_FILES, AT(files), "", 0, 0, ".lex", "Which files."},
	{"rest", GW_OPT_NODE, AT(rest), "", 0, 0, NULL, "The rest."},
	{.name = NULL},
};

static bool fill(bench *b, const char *yaml, example *e)
{
	return gw_options_read(options, parse(b, yaml), e, &b->arena, &b->diag);
}

static void defaults_are_what_the_table_says(void **state)
{
	bench *b = *state;
	example e;
	assert_true(fill(b, "name: 名\nsize:\n", &e));
	assert_true(e.on);
	assert_int_equal(e.size, 4096);
	assert_true(e.share == 0.5);
	assert_string_equal(e.name, "名");
	assert_string_equal(e.file, "");
	assert_string_equal(e.path, "out");
	assert_int_equal(e.mode, 1);
	assert_int_equal(e.words.count, 2);
	assert_string_equal(e.words.items[1], "b");
	assert_int_equal(e.files.count, 0);
	assert_null(e.rest);
	assert_false(gw_options_read(options, NULL, &e, &b->arena, &b->diag));
	assert_said(b, "gongwen: error[GW107]: the key \"name\" is missing: What it is called.\n");
}

static void values_are_read(void **state)
{
	bench *b = *state;
	example e;
	assert_true(fill(b, "{name: 7, on: false, size: 1M, share: 1, mode: fast, words: one, rest: {x: [1]}}", &e));
	assert_string_equal(e.name, "7");
	assert_false(e.on);
	assert_int_equal(e.size, 1 << 20);
	assert_int_equal(e.mode, 0);
	assert_int_equal(e.words.count, 1);
	assert_int_equal(e.rest->kind, GW_NODE_MAP);
}

static void all_problems_of_a_map_at_once(void **state)
{
	bench *b = *state;
	example e;
	assert_false(fill(b, "on: yes\nsize: 2M\nshare: \"0.5\"\nmode: quick\nwords: {a: b}\nwrods: x\nthing: y\nfile: no/such\n", &e));
	assert_said(b, "t.yaml:6:1: error[GW103]: unknown key \"wrods\"; did you mean \"words\"?\n"
		       "t.yaml:7:1: error[GW103]: unknown key \"thing\"; expected one of: on, size, share, name, file, path, mode, "
		       "words, files, rest\n"
		       "t.yaml:1:5: error[GW105]: on: yes is not true or false\n"
		       "t.yaml:2:7: error[GW106]: size: 2M is out of range, expected 1 to 1048576\n"
		       "t.yaml:3:8: error[GW105]: share: \"0.5\" (in quotes: a text) is not a number\n"
		       "t.yaml:1:1: error[GW107]: the key \"name\" is missing: What it is called.\n"
		       "t.yaml:8:7: error[GW108]: file: no/such does not exist\n"
		       "t.yaml:4:7: error[GW106]: mode: \"quick\" is none of fast|slow\n"
		       "t.yaml:5:8: error[GW105]: words: expected a list, found a map\n");
}

static void numbers_are_numbers(void **state)
{
	bench *b = *state;
	example e;
	static const char *const bad[] = {"size: 1.5", "size: x", "size: 5KB", "size: +5", "size: 99999999999999999999",
		"size: 9999999999G", "size: '5'", "share: inf", "share: 0x1", "share: nan", "share: 1e999", "share: .", "share: [1]"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		if (fill(b, gw_arena_printf(&b->arena, "name: n\n%s\n", bad[i]), &e) || b->diag.errors != 1)
			fail_msg("%s was taken", bad[i]);
		gw_diag_clear(&b->diag);
	}
}

static void not_a_map(void **state)
{
	bench *b = *state;
	example e;
	assert_false(fill(b, "- a\n", &e));
	assert_said(b, "t.yaml:1:1: error[GW105]: expected a map (key: value), found a list\n");
}

static void put(bench *b, const char *name, const char *content)
{
	gw_file_replace(gw_path_join(&b->arena, b->dir, name), content, strlen(content), &b->diag);
}

static void files_are_found_beside_the_yaml(void **state)
{
	bench *b = *state;
	gw_dir_make(gw_path_join(&b->arena, b->dir, "config/words"), &b->diag);
	put(b, "config/words/b.lex", "");
	put(b, "config/words/a.lex", "");
	put(b, "config/words/.hidden.lex", "");
	put(b, "config/words/readme.txt", "");
	put(b, "top.lex", "");
	put(b, "config/c.yaml", "name: n\nfile: ../top.lex\npath: ../out/./x\nfiles: [words, ./words/a.lex]\n");
	gw_node *n = gw_yaml_load(&b->arena, gw_path_join(&b->arena, b->dir, "config/c.yaml"), &b->diag);
	example e;
	assert_true(gw_options_read(options, n, &e, &b->arena, &b->diag));
	assert_said(b, "");
	size_t skip_dir = strlen(b->dir);
	assert_string_equal(e.file + skip_dir, "/top.lex");
	assert_string_equal(e.path + skip_dir, "/out/./x");
	assert_int_equal(e.files.count, 3);
	assert_string_equal(e.files.items[0] + skip_dir, "/config/words/a.lex");
	assert_string_equal(e.files.items[1] + skip_dir, "/config/words/b.lex");
	assert_string_equal(e.files.items[2] + skip_dir, "/config/words/a.lex");
	assert_int_equal(e.files.at[2].line, 4);
	assert_int_equal(e.files.at[2].column, 16);
}

static void the_table_is_its_documentation(void **state)
{
	bench *b = *state;
	gw_options_document(options, &b->said);
	assert_non_null(strstr(b->said.ptr, "| `size` | whole number, 1 to 1048576 | `4K` | How large. |\n"));
	assert_non_null(strstr(b->said.ptr, "| `mode` | `fast` or `slow` | `slow` | How. |\n"));
	assert_non_null(strstr(b->said.ptr, "| `name` | text | required | What it is called. |\n"));
	assert_non_null(strstr(b->said.ptr, "| `files` | list of files (a folder: its `*.lex`) | none | Which files. |\n"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_tree_keeps_its_marks),
		TEST(null_and_quotes),
		TEST(an_empty_file_is_an_empty_map),
		TEST(all_problems_of_a_tree_at_once),
		TEST(syntax_errors_have_a_place),
		TEST(nesting_is_bounded),
		TEST(a_missing_file_is_one_of_the_configuration),
		TEST(defaults_are_what_the_table_says),
		TEST(values_are_read),
		TEST(all_problems_of_a_map_at_once),
		TEST(numbers_are_numbers),
		TEST(not_a_map),
		TEST(files_are_found_beside_the_yaml),
		TEST(the_table_is_its_documentation),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
