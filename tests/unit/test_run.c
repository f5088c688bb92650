/* The chain of stages, the configuration's complaints, the batch. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../pipeline/run/chain.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- stages made up for the tests ---- */

typedef struct nap_settings {
	int64_t most;
} nap_settings;

static const gw_option nap_options[] = {
	{"most", GW_OPT_INT, offsetof(nap_settings, most), "3", 0, 100, NULL, "Longest nap in milliseconds."},
	{.name = NULL},
};

static gw_status nap_open(const void *settings, gw_knowledge *k, gw_arena *arena, void **state, gw_diag *diag)
{
	(void)k;
	(void)diag;
	nap_settings *copy = GW_NEW(arena, nap_settings);
	*copy = *(const nap_settings *)settings;
	*state = copy;
	return GW_OK;
}

/* Sources take different times, so that threads finish in another order than they began. */
static gw_status nap_source(const void *state, gw_source *s, gw_diag *diag)
{
	const nap_settings *settings = state;
	usleep((useconds_t)(gw_hash64(s->path.ptr, s->path.len) % 1000 * (uint64_t)settings->most));
	s->text.bytes = s->raw;
	s->text.byte_len = (uint32_t)s->raw_len;
	if (gw_str_eq((gw_str){s->raw, (uint32_t)s->raw_len}, GW_STR("bad")))
		return gw_report(diag, GW_E_INPUT_BINARY, NULL, "made to fail");
	if (gw_str_eq((gw_str){s->raw, (uint32_t)s->raw_len}, GW_STR("mute")))
		return GW_FAILED;
	if (gw_str_eq((gw_str){s->raw, (uint32_t)s->raw_len}, GW_STR("odd")))
		return gw_report(diag, GW_W_INPUT_EMPTY, NULL, "made to warn");
	return GW_OK;
}

static const gw_stage stage_text = {.name = "text",
	.summary = "text",
	.reads = GW_HAS_RAW,
	.writes = GW_HAS_TEXT | GW_HAS_FOLDED | GW_HAS_DOCUMENTS,
	.options = nap_options,
	.settings_size = sizeof(nap_settings),
	.open = nap_open,
	.source = nap_source};
static const gw_stage stage_words = {
	.name = "words", .summary = "words", .reads = GW_HAS_FOLDED, .writes = GW_HAS_LATTICE};
static const gw_stage stage_times = {
	.name = "times", .summary = "times", .reads = GW_HAS_LATTICE, .writes = GW_HAS_TIMES};
static const gw_stage stage_tasks = {
	.name = "tasks", .summary = "tasks", .reads = GW_HAS_FOLDED, .uses = GW_HAS_TIMES, .writes = GW_HAS_LINKS};
static const gw_stage *const known[] = {&stage_text, &stage_words, &stage_times, &stage_tasks, NULL};

/* ---- the list of stages ---- */

typedef struct listing {
	gw_config config;
	gw_diag diag;
	bool read, ordered;
} listing;

static void listing_read(listing *l, const char *yaml)
{
	memset(l, 0, sizeof *l);
	gw_arena_init(&l->config.arena);
	gw_diag_init(&l->diag);
	gw_node *list = gw_yaml_parse(&l->config.arena, "p.yaml", yaml, strlen(yaml), &l->diag);
	assert_non_null(list);
	l->read = gw_chain_read(&l->config, list, known, &l->diag);
	l->ordered = gw_chain_check(&l->config, known, &l->diag);
}

static void listing_free(listing *l)
{
	gw_diag_release(&l->diag);
	gw_arena_release(&l->config.arena);
}

static void assert_problem(const gw_diag *d, uint32_t i, gw_code code, uint32_t line, const char *word)
{
	assert_true(i < d->problems.count);
	assert_int_equal(d->problems.items[i].code, code);
	assert_int_equal(d->problems.items[i].place.line, line);
	assert_non_null(strstr(d->problems.items[i].message, word));
}

static void list_in_order(void **state)
{
	(void)state;
	listing l;
	listing_read(&l, "- text: {most: 7}\n- words\n- times\n- tasks\n");
	assert_true(l.read && l.ordered);
	assert_int_equal(l.diag.problems.count, 0);
	assert_int_equal(l.config.chain.count, 4);
	assert_int_equal(((nap_settings *)l.config.chain.items[0].settings)->most, 7);
	listing_free(&l);
	/* Without times tasks are fine: they are used where they are there. */
	listing_read(&l, "- text\n- tasks\n");
	assert_true(l.read && l.ordered);
	assert_int_equal(((nap_settings *)l.config.chain.items[0].settings)->most, 3);
	listing_free(&l);
}

static void list_out_of_order(void **state)
{
	(void)state;
	listing l;
	listing_read(&l, "- text\n- times\n- words\n");
	assert_true(l.read && !l.ordered);
	assert_int_equal(l.diag.problems.count, 1);
	assert_problem(&l.diag, 0, GW_E_STAGE_ORDER, 2, "put words before it");
	listing_free(&l);
	listing_read(&l, "- text\n- times\n");
	assert_problem(&l.diag, 0, GW_E_STAGE_ORDER, 2, "no earlier stage");
	listing_free(&l);
	/* What is only used must not come behind its user either. */
	listing_read(&l, "- text\n- words\n- tasks\n- times\n");
	assert_problem(&l.diag, 0, GW_E_STAGE_ORDER, 3, "put times before it");
	listing_free(&l);
	/* Nothing to stand rows on. */
	listing_read(&l, "[]");
	assert_int_equal(l.diag.problems.count, 1);
	assert_problem(&l.diag, 0, GW_E_STAGE_ORDER, 0, "rows cannot be made");
	listing_free(&l);
}

static void list_complaints_come_together(void **state)
{
	(void)state;
	listing l;
	listing_read(&l, "- text: {most: 700, least: 1}\n- wrods\n- words: {x: 1}\n- words\n- {times: {}, tasks: "
			 "{}}\n- [text]\n");
	assert_false(l.read);
	assert_problem(&l.diag, 0, GW_E_CONFIG_KEY, 1, "least");
	assert_problem(&l.diag, 1, GW_E_CONFIG_RANGE, 1, "700");
	assert_problem(&l.diag, 2, GW_E_STAGE_UNKNOWN, 2, "wrods");
	assert_problem(&l.diag, 3, GW_E_CONFIG_KEY, 3, "x");
	assert_problem(&l.diag, 4, GW_E_STAGE_TWICE, 4, "line 3");
	assert_problem(&l.diag, 5, GW_E_CONFIG_TYPE, 5, "one name");
	assert_problem(&l.diag, 6, GW_E_CONFIG_TYPE, 6, "one name");
	assert_int_equal(l.diag.problems.count, 7);
	listing_free(&l);
	listing_read(&l, "text");
	assert_problem(&l.diag, 0, GW_E_CONFIG_TYPE, 1, "list of stages");
	listing_free(&l);
}

/* ---- the file ---- */

static char *file_of(const char *text)
{
	static char path[] = "/tmp/test_run.XXXXXX";
	strcpy(path + strlen(path) - 6, "XXXXXX");
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	return path;
}

static void config_complaints_come_together(void **state)
{
	(void)state;
	gw_diag d;
	gw_diag_init(&d);
	char *path = file_of("dataset: No Name\ninputs: [nowhere-at-all]\njobs: -1\nmax_rejects: many\ncolour: "
			     "red\nstages: decode\n");
	assert_null(gw_config_load_with_inputs(path, &d));
	static const gw_code codes[] = {GW_E_CONFIG_KEY, GW_E_CONFIG_RANGE, GW_E_CONFIG_RANGE, GW_E_CONFIG_RANGE,
		GW_E_CONFIG_TYPE, GW_E_CONFIG_PATH};
	static const uint32_t lines[] = {5, 3, 1, 4, 6, 2};
	for (uint32_t i = 0; i < 6; i++)
		assert_problem(&d, i, codes[i], lines[i], "");
	unlink(path);
	gw_diag_clear(&d);
	assert_null(gw_config_read("nowhere.yaml", &d));
	assert_problem(&d, 0, GW_E_CONFIG_FILE, 0, "does not exist");
	gw_diag_clear(&d);
	path = file_of("- a list\n");
	assert_null(gw_config_read(path, &d));
	assert_problem(&d, 0, GW_E_CONFIG_TYPE, 1, "map");
	unlink(path);
	gw_diag_release(&d);
}

static void reject_limits(void **state)
{
	(void)state;
	gw_config c = {.max_rejects = ""};
	assert_true(gw_config_reject_limit(&c, 100) == UINT64_MAX);
	c.max_rejects = "10";
	assert_int_equal(gw_config_reject_limit(&c, 1000), 10);
	c.max_rejects = "2.5%";
	assert_int_equal(gw_config_reject_limit(&c, 200), 5);
	for (unsigned percent = 0; percent <= 100; percent++) {
		char share[8];
		snprintf(share, sizeof share, "%u%%", percent);
		c.max_rejects = share;
		assert_int_equal(gw_config_reject_limit(&c, 100), percent);
		assert_int_equal(gw_config_reject_limit(&c, 101), percent * 101 / 100);
	}
	c.max_rejects = "0";
	assert_int_equal(gw_config_reject_limit(&c, 200), 0);
	assert_true(gw_dataset_name_good("gongwen-2025.a"));
	assert_false(gw_dataset_name_good("../x") || gw_dataset_name_good("") || gw_dataset_name_good(".x") ||
		     gw_dataset_name_good("A"));
}

/* ---- the batch ---- */

enum { SOURCES = 200, LARGE = 20 << 20 };

typedef struct taken {
	uint32_t count, rejects, warnings, stop_at;
	char *order; /* the source paths, one after the other */
} taken;

/* What is made of a source: its path, and for some so much that it has to wait in a file. */
static gw_status make(void *ctx, void *room, const gw_rows *rows, gw_buf *made, gw_diag *diag)
{
	(void)ctx;
	(void)diag;
	assert_int_equal(made->len, 0);
	*(uint32_t *)room += 1;
	gw_buf_add_str(made, rows->source_path);
	if (made->len > 3 && made->ptr[3] == '7') {
		memset(gw_buf_reserve(made, LARGE), made->ptr[2], LARGE);
		made->len += LARGE;
	}
	return GW_OK;
}

static gw_status take(void *ctx, const gw_source_note *note, gw_buf *made, const gw_diag *problems)
{
	taken *t = ctx;
	char want[16];
	snprintf(want, sizeof want, "%04u", t->count);
	assert_string_equal(note->source_path.ptr, want);
	assert_memory_equal(made->ptr, want, 4);
	assert_int_equal(made->len, want[3] == '7' ? 4 + LARGE : 4);
	assert_int_equal(made->ptr[made->len - 1], want[3] == '7' ? want[2] : want[3]);
	if (note->rejected) {
		t->rejects++;
		assert_true(note->reject == GW_E_INPUT_BINARY || note->reject == GW_E_INTERNAL || note->reject == GW_E_INPUT_MISSING);
		assert_true(problems->errors > 0);
	} else {
		assert_int_equal(note->bytes, 4);
		assert_int_equal(strlen(note->sha256), 64);
	}
	t->warnings += problems->warnings;
	return ++t->count == t->stop_at ? GW_FATAL : GW_OK;
}

/* One a thread. */
static void *room_new(void *ctx)
{
	(void)ctx;
	return calloc(1, sizeof(uint32_t));
}

static void inputs_make(gw_arena *a, gw_inputs *in)
{
	for (int i = 0; i < SOURCES; i++) {
		const char *content = i % 17 == 3 ? "bad" : i % 41 == 5 ? "mute" : "good";
		*GW_PUSH(a, &in->items) = (gw_input){.source_path = gw_arena_printf(a, "%04d", i),
			.content = content,
			.content_len = strlen(content)};
	}
	in->items.items[10].path = "/nowhere/at/all";
}

static void batch_keeps_the_order(void **state)
{
	(void)state;
	static const int64_t jobs[] = {1, 2, 7, 0};
	gw_inputs in = {0};
	gw_config c = {0};
	gw_diag d;
	gw_diag_init(&d);
	gw_arena_init(&c.arena);
	inputs_make(&c.arena, &in);
	c.schema = gw_schema_load(&c.arena, "schemas", GW_SCHEMA_VERSION, &d);
	assert_non_null(c.schema);
	gw_chain_link *link = GW_PUSH(&c.arena, &c.chain);
	*link = (gw_chain_link){.stage = &stage_text, .state = &(nap_settings){1}};
	for (int i = 0; i < 4; i++) {
		taken t = {0};
		const gw_batch_use use = {&t, room_new, free, make, take, NULL};
		assert_int_equal(gw_batch_run(&c, &in, jobs[i], &use, &d), GW_OK);
		assert_int_equal(t.count, SOURCES);
		assert_int_equal(t.rejects, 12 + 5 + 1); /* of 17, of 41 (one is also of 17), the one not there */
		t = (taken){.stop_at = 23};
		assert_int_equal(gw_batch_run(&c, &in, jobs[i], &use, &d), GW_FATAL);
		assert_int_equal(t.count, 23);
	}
	in.items.count = 0;
	taken none = {0};
	const gw_batch_use nobody = {&none, room_new, free, make, take, NULL};
	assert_int_equal(gw_batch_run(&c, &in, 4, &nobody, &d), GW_OK);
	assert_int_equal(none.count, 0);
	assert_int_equal(d.problems.count, 0);
	gw_schema_release(c.schema);
	gw_arena_release(&c.arena);
	gw_diag_release(&d);
}

/* The first source takes until all others are made: they go on behind it, beyond what memory holds of them. */
enum { BEHIND = 3000, OF_EACH = 40 << 10 };

typedef struct line {
	_Atomic uint32_t made;
	uint32_t taken;
} line;

static gw_status make_in_line(void *ctx, void *room, const gw_rows *rows, gw_buf *made, gw_diag *diag)
{
	line *l = ctx;
	(void)room;
	(void)diag;
	bool first = gw_str_eq(rows->source_path, GW_STR("0000"));
	for (int waited = 0; first && l->made < BEHIND && waited < 60000; waited++)
		usleep(1000);
	assert_true(!first || l->made == BEHIND);
	gw_buf_add_str(made, rows->source_path);
	memset(gw_buf_reserve(made, OF_EACH), made->ptr[3], OF_EACH);
	made->len += OF_EACH;
	l->made += !first;
	return GW_OK;
}

static gw_status take_in_line(void *ctx, const gw_source_note *note, gw_buf *made, const gw_diag *problems)
{
	line *l = ctx;
	(void)problems;
	assert_int_equal(atoi(note->source_path.ptr), l->taken);
	assert_int_equal(made->len, 4 + OF_EACH);
	assert_memory_equal(made->ptr, note->source_path.ptr, 4);
	assert_int_equal(made->ptr[made->len - 1], made->ptr[3]);
	l->taken++;
	return GW_OK;
}

static void a_large_source_keeps_nobody_waiting(void **state)
{
	(void)state;
	gw_inputs in = {0};
	gw_config c = {0};
	gw_diag d;
	line l = {0};
	gw_diag_init(&d);
	gw_arena_init(&c.arena);
	for (int i = 0; i <= BEHIND; i++)
		*GW_PUSH(&c.arena, &in.items) = (gw_input){.source_path = gw_arena_printf(&c.arena, "%04d", i), .content = "good", .content_len = 4};
	c.schema = gw_schema_load(&c.arena, "schemas", GW_SCHEMA_VERSION, &d);
	gw_chain_link *link = GW_PUSH(&c.arena, &c.chain);
	*link = (gw_chain_link){.stage = &stage_text, .state = &(nap_settings){0}};
	const gw_batch_use use = {&l, NULL, NULL, make_in_line, take_in_line, NULL};
	assert_int_equal(gw_batch_run(&c, &in, 2, &use, &d), GW_OK);
	assert_int_equal(l.taken, BEHIND + 1);
	gw_schema_release(c.schema);
	gw_arena_release(&c.arena);
	gw_diag_release(&d);
}

static void threads_for_sources(void **state)
{
	(void)state;
	assert_int_equal(gw_batch_threads(4, 2), 2);
	assert_int_equal(gw_batch_threads(3, 100), 3);
	assert_int_equal(gw_batch_threads(8, 0), 1);
	assert_true(gw_batch_threads(0, 100) >= 1);
}

/* ---- reference pages ---- */

static void page_is_current(const gw_schema *schema, const char *page, const char *folder, const char *ending)
{
	char path[96];
	gw_diag d;
	gw_loaded file;
	gw_buf made;
	gw_diag_init(&d);
	gw_buf_init(&made);
	snprintf(path, sizeof path, "%s/%s%s", folder, page, ending);
	assert_true(gw_docs_write(page, schema, &made));
	assert_int_equal(gw_file_load(path, 1 << 20, &file, &d), GW_OK);
	if (file.len != made.len || memcmp(file.bytes, made.ptr, made.len) != 0)
		fail_msg("%s is old: make docs", path);
	gw_file_unload(&file);
	gw_buf_release(&made);
	gw_diag_release(&d);
}

static void pages_are_current(void **state)
{
	(void)state;
	static const char *const pages[] = {"configuration", "diagnostics", "tables", "tables.zh"};
	static const char folder[] = "schemas/" GW_SCHEMA_VERSION;
	gw_buf none;
	gw_arena a;
	gw_diag d;
	gw_buf_init(&none);
	gw_arena_init(&a);
	gw_diag_init(&d);
	const gw_schema *schema = gw_schema_load(&a, "schemas", GW_SCHEMA_VERSION, &d);
	assert_non_null(schema);
	for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
		page_is_current(schema, pages[i], "docs", ".md");
	for (gw_table_id id = 0; id < GW_TABLES; id++)
		page_is_current(schema, gw_arena_printf(&a, "%s.schema", gw_table_names[id]), folder, ".json");
	page_is_current(schema, "document.schema", folder, ".json");
	assert_false(gw_docs_write("nothing", schema, &none));
	assert_false(gw_docs_write("tasks.schemas", schema, &none));
	gw_schema_release(schema);
	gw_diag_release(&d);
	gw_arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(list_in_order),
		cmocka_unit_test(list_out_of_order),
		cmocka_unit_test(list_complaints_come_together),
		cmocka_unit_test(config_complaints_come_together),
		cmocka_unit_test(reject_limits),
		cmocka_unit_test(batch_keeps_the_order),
		cmocka_unit_test(a_large_source_keeps_nobody_waiting),
		cmocka_unit_test(threads_for_sources),
		cmocka_unit_test(pages_are_current),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
