/* Listing inputs and reading NDJSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gw/file.h"
#include "gw/ingest.h"

typedef struct fixture {
	gw_arena a;
	gw_diag diag;
	char dir[64];
} fixture;

static int setup(void **state)
{
	fixture *f = calloc(1, sizeof *f);
	gw_arena_init(&f->a);
	gw_diag_init(&f->diag);
	strcpy(f->dir, "/tmp/gw-ingest-XXXXXX");
	*state = f;
	return mkdtemp(f->dir) == NULL;
}

static int teardown(void **state)
{
	fixture *f = *state;
	gw_dir_remove(f->dir, &f->diag);
	gw_arena_release(&f->a);
	gw_diag_release(&f->diag);
	free(f);
	return 0;
}

static const char *at(fixture *f, const char *name)
{
	return gw_arena_printf(&f->a, "%s/%s", f->dir, name);
}

static void put(fixture *f, const char *name)
{
	const char *path = at(f, name);
	gw_dir_make(gw_path_dir(&f->a, path), &f->diag);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs(name, file);
	fclose(file);
}

/* The same list put away, in three parts, and brought back. */
static void away_check(fixture *f, gw_status want, const char *const *paths, uint32_t n, const gw_strings *exclude, const gw_inputs *in)
{
	gw_diag quiet;
	gw_inputs away;
	uint32_t seen = 0;
	gw_diag_init(&quiet);
	for (uint32_t part = 0; part <= 3; part++) {
		assert_int_equal(gw_inputs_list_away(&f->a, paths, n, exclude, &away, &quiet), want);
		assert_true(away.put_away);
		if (part)
			assert_true(gw_inputs_keep_part(&away, part, 3));
		else
			assert_int_equal(gw_inputs_count(&away), in->items.count);
		assert_true(gw_inputs_fetch(&f->a, &away));
		assert_false(away.put_away);
		seen += part ? away.items.count : 0;
		for (uint32_t i = 0; i < away.items.count; i++) {
			const gw_input *was = &in->items.items[part ? i * 3 + part - 1 : i], *is = &away.items.items[i];
			assert_string_equal(is->source_path, was->source_path);
			assert_string_equal(is->path, was->path);
			assert_int_equal(is->size, was->size);
		}
		gw_inputs_release(&away);
	}
	assert_int_equal(seen, in->items.count);
	gw_diag_release(&quiet);
}

/* The published paths, each ended by a blank. */
static const char *list(fixture *f, gw_status want, const char *const *paths, uint32_t n, const gw_strings *exclude)
{
	gw_inputs in;
	gw_buf b;
	gw_diag_clear(&f->diag);
	assert_int_equal(gw_inputs_list(&f->a, paths, n, exclude, &in, &f->diag), want);
	away_check(f, want, paths, n, exclude, &in);
	gw_buf_init(&b);
	gw_buf_adds(&b, "");
	for (uint32_t i = 0; i < in.items.count; i++)
		gw_buf_printf(&b, "%s ", in.items.items[i].source_path);
	const char *z = gw_arena_str(&f->a, (gw_str){b.ptr, (uint32_t)b.len}).ptr;
	gw_buf_release(&b);
	return z;
}

static uint32_t reports(const fixture *f, gw_code code)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < f->diag.problems.count; i++)
		n += f->diag.problems.items[i].code == code;
	return n;
}

static void test_folder(void **state)
{
	fixture *f = *state;
	put(f, "in/b.txt");
	put(f, "in/a/z.txt");
	put(f, "in/a.txt");
	put(f, "in/a/.hidden");
	put(f, "in/.git/x");
	put(f, "in/乙.txt");
	const char *paths[] = {at(f, "in"), at(f, "in/b.txt"), at(f, "in/")};
	assert_string_equal(list(f, GW_OK, paths, 1, NULL), "a.txt a/z.txt b.txt 乙.txt ");
	assert_string_equal(list(f, GW_OK, paths + 1, 1, NULL), "b.txt ");
	assert_string_equal(list(f, GW_OK, paths + 2, 1, NULL), "a.txt a/z.txt b.txt 乙.txt ");
	assert_string_equal(list(f, GW_OK, paths, 2, NULL), "b.txt in/a.txt in/a/z.txt in/b.txt in/乙.txt ");
	const char *skip[] = {"a", "b.*"};
	gw_strings exclude = {.items = skip, .count = 2};
	assert_string_equal(list(f, GW_OK, paths, 1, &exclude), "a.txt 乙.txt ");
}

static void test_twice_and_missing(void **state)
{
	fixture *f = *state;
	put(f, "x/in/a.txt");
	put(f, "y/in/a.txt");
	const char *paths[] = {at(f, "x/in"), at(f, "y/in"), at(f, "nowhere")};
	list(f, GW_FAILED, paths, 2, NULL);
	assert_int_equal(reports(f, GW_E_INPUT_TWICE), 1);
	list(f, GW_FAILED, paths + 1, 2, NULL);
	assert_int_equal(reports(f, GW_E_INPUT_MISSING), 1);
	gw_dir_make(at(f, "empty"), &f->diag);
	const char *empty = at(f, "empty");
	assert_string_equal(list(f, GW_WARN, &empty, 1, NULL), "");
	assert_int_equal(reports(f, GW_W_NO_INPUT), 1);
}

static void test_odd_files(void **state)
{
	fixture *f = *state;
	put(f, "in/d/a.txt");
	put(f, "in/\xB0\xA1.txt");
	put(f, "else/c.txt");
	assert_int_equal(symlink("..", at(f, "in/d/up")), 0);
	assert_int_equal(symlink("../else", at(f, "in/link")), 0);
	assert_int_equal(symlink("nowhere", at(f, "in/dangling")), 0);
	assert_int_equal(symlink("self", at(f, "in/self")), 0);
	assert_int_equal(mkfifo(at(f, "in/pipe"), 0666), 0);
	const char *in = at(f, "in");
	assert_string_equal(list(f, GW_WARN, &in, 1, NULL), "%B0%A1.txt d/a.txt dangling link/c.txt ");
	assert_int_equal(reports(f, GW_E_INPUT_LOOP), 2);
	assert_int_equal(reports(f, GW_E_INPUT_READ), 0); /* told when it is loaded */
	assert_int_equal(reports(f, GW_E_INPUT_SPECIAL), 1);
	gw_dir_make(at(f, "in/closed"), &f->diag);
	chmod(at(f, "in/closed"), 0);
	if (access(at(f, "in/closed"), R_OK) != 0) { /* root reads everything */
		assert_string_equal(list(f, GW_WARN, &in, 1, NULL), "%B0%A1.txt closed d/a.txt dangling link/c.txt ");
		const char *closed = at(f, "in/closed");
		list(f, GW_FAILED, &closed, 1, NULL);
		assert_int_equal(reports(f, GW_E_INPUT_READ), 1);
	}
	chmod(at(f, "in/closed"), 0777);
}

/* ---- NDJSON ---- */

typedef struct seen {
	gw_buf text;
	uint32_t count, stop_at;
} seen;

static gw_status each(void *ctx, const gw_input *in, gw_diag *diag)
{
	(void)diag;
	seen *s = ctx;
	gw_buf_printf(&s->text, "%s=", in->source_path);
	gw_buf_add(&s->text, in->content, in->content_len);
	gw_buf_addc(&s->text, ';');
	return ++s->count == s->stop_at ? GW_FATAL : GW_OK;
}

static gw_status read_text(fixture *f, const char *text, size_t n, seen *s)
{
	FILE *file = fopen(at(f, "lines"), "w+");
	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, n, file), n);
	rewind(file);
	gw_diag_clear(&f->diag);
	gw_buf_init(&s->text);
	gw_buf_adds(&s->text, "");
	s->count = 0;
	gw_status status = gw_ndjson_read(fileno(file), each, s, &f->diag);
	fclose(file);
	return status;
}

static void reads(fixture *f, const char *text, gw_status want, const char *docs, uint32_t problems)
{
	seen s = {0};
	assert_int_equal(read_text(f, text, strlen(text), &s), want);
	assert_string_equal(s.text.ptr, docs);
	assert_int_equal(reports(f, GW_E_INPUT_NDJSON), problems);
	gw_buf_release(&s.text);
}

static void test_ndjson(void **state)
{
	fixture *f = *state;
	reads(f, "", GW_OK, "", 0);
	reads(f, "\n\r\n\t\n", GW_OK, "", 0);
	reads(f,
	        "\xEF\xBB\xBF{\"source_path\":\"a\",\"content\":\"甲\\n\"}\t\r\n{\"source_path\":\"b\",\"content_"
	        "base64\":\"5LmZ\",\"x\":1}",
	        GW_OK, "a=甲\n;b=乙;", 0);
	reads(f,
	        "{\"source_path\":\"a\",\"content_base64\":\"\"}\n{\"source_path\":\"b\",\"content_base64\":\"YQ\"}\n"
	        "{\"source_path\":\"c\",\"content_base64\":\"YWI=\"}\n",
	        GW_OK, "a=;b=a;c=ab;", 0);
	/* a bad line is reported with its number, the others are read */
	reads(f,
	        "{\"source_path\":\"a\",\"content\":\"1\"}\n\n{\"source_path\":\"b\",\n{\"source_path\":\"c\","
	        "\"content\":\"3\"}\n",
	        GW_WARN, "a=1;c=3;", 1);
	assert_int_equal(f->diag.problems.items[0].place.line, 3);
	reads(f,
	        "[]\n3\n{}\n{\"source_path\":\"\",\"content\":\"\"}\n{\"source_path\":\"a\"}\n{\"source_path\":\"a\","
	        "\"content\":3}\n"
	        "{\"source_path\":\"a\",\"content\":\"\",\"content_base64\":\"\"}\n{\"source_path\":\"a\",\"content_"
	        "base64\":\"?\"}\n"
	        "{\"source_path\":\"a\",\"content_base64\":\"YQ===\"}\n{\"source_path\":\"a\\u0000\",\"content\":\"\"}"
	        "\n{\"source_path\":\"\xFF\"}\n",
	        GW_WARN, "", 11);
}

static void test_ndjson_stops(void **state)
{
	fixture *f = *state;
	static const char text[] = "{\"source_path\":\"a\",\"content\":\"\"}\n{\"source_path\":\"b\",\"content\":\"\"}"
	                           "\n{\"source_path\":\"c\",\"content\":\"\"}\n";
	seen s = {.stop_at = 2};
	assert_int_equal(read_text(f, text, strlen(text), &s), GW_FATAL);
	assert_int_equal(s.count, 2);
	gw_buf_release(&s.text);
}

/* A line of several megabytes, and many lines across the edges of what is read at once. */
static void test_ndjson_long(void **state)
{
	fixture *f = *state;
	gw_buf b;
	gw_buf_init(&b);
	gw_buf_adds(&b, "{\"source_path\":\"long\",\"content\":\"");
	for (unsigned i = 0; i < 1000000; i++)
		gw_buf_adds(&b, "字");
	gw_buf_adds(&b, "\"}\n");
	for (unsigned i = 0; i < 20000; i++)
		gw_buf_printf(&b, "{\"source_path\":\"%u\",\"content\":\"%u\"}\n", i, i);
	seen s = {0};
	assert_int_equal(read_text(f, b.ptr, b.len, &s), GW_OK);
	assert_int_equal(s.count, 20001);
	assert_string_equal(s.text.ptr + s.text.len - 12, "19999=19999;");
	gw_buf_release(&s.text);
	gw_buf_release(&b);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	        TEST(test_folder),
	        TEST(test_twice_and_missing),
	        TEST(test_odd_files),
	        TEST(test_ndjson),
	        TEST(test_ndjson_stops),
	        TEST(test_ndjson_long),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
