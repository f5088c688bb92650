/* base: reading, the hashing writer, replacing in one step, folders, globs, locks. */
#include "gw/file.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

typedef struct bench {
	gw_diag diag;
	gw_arena arena;
	char *dir;
} bench;

static int set_up(void **state)
{
	bench *b = calloc(1, sizeof *b);
	gw_diag_init(&b->diag);
	gw_arena_init(&b->arena);
	const char *tmp = getenv("TMPDIR");
	b->dir = gw_arena_printf(&b->arena, "%s/gw-test-file-XXXXXX", tmp ? tmp : "/tmp");
	*state = b;
	return mkdtemp(b->dir) ? 0 : -1;
}

static int tear_down(void **state)
{
	bench *b = *state;
	gw_status s = gw_dir_remove(b->dir, &b->diag);
	bool gone = !gw_path_exists(b->dir);
	gw_diag_release(&b->diag);
	gw_arena_release(&b->arena);
	free(b);
	return s == GW_OK && gone ? 0 : -1;
}

static char *at(bench *b, const char *name)
{
	return gw_path_join(&b->arena, b->dir, name);
}

static void assert_code(const bench *b, gw_code code)
{
	assert_int_equal(b->diag.problems.count, 1);
	assert_int_equal(b->diag.problems.items[0].code, code);
}

static void assert_content(bench *b, const char *path, const char *expected)
{
	gw_loaded f;
	assert_int_equal(gw_file_load(path, UINT64_MAX, &f, &b->diag), GW_OK);
	assert_int_equal(f.len, strlen(expected));
	assert_memory_equal(f.bytes, expected, f.len);
	gw_file_unload(&f);
}

static void what_is_written_is_read_and_hashed(void **state)
{
	bench *b = *state;
	/* Sizes round the writer's room and on both sides of where mapping begins. */
	static const size_t sizes[] = {0, 1, 131071, 131072, 131073, 1048575, 1048576, 3000001};
	for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
		char *bytes = malloc(sizes[k] + 1), hex[65], expected[65];
		for (size_t i = 0; i < sizes[k]; i++)
			bytes[i] = (char)(i * 31 + k);
		gw_writer *w = gw_writer_open(at(b, "big"), &b->diag);
		for (size_t i = 0, step = 1; i < sizes[k]; i += step, step = step * 3 + 1)
			gw_writer_put(w, bytes + i, sizes[k] - i < step ? sizes[k] - i : step);
		uint64_t size;
		assert_true(gw_writer_ok(w));
		assert_int_equal(gw_writer_close(w, true, &size, hex), GW_OK);
		gw_sha256_of(bytes, sizes[k], expected);
		assert_int_equal(size, sizes[k]);
		assert_string_equal(hex, expected);
		gw_loaded f;
		assert_int_equal(gw_file_load(at(b, "big"), sizes[k], &f, &b->diag), GW_OK);
		assert_int_equal(f.len, sizes[k]);
		assert_memory_equal(f.bytes, bytes, f.len);
		gw_file_unload(&f);
		free(bytes);
	}
}

static void reading_says_why_it_failed(void **state)
{
	bench *b = *state;
	gw_loaded f;
	assert_int_equal(gw_file_load(at(b, "none"), 10, &f, &b->diag), GW_FAILED);
	assert_code(b, GW_E_INPUT_MISSING);
	assert_non_null(strstr(b->diag.problems.items[0].message, "No such file"));
	gw_diag_clear(&b->diag);
	assert_int_equal(gw_file_load(b->dir, 10, &f, &b->diag), GW_FAILED);
	assert_code(b, GW_E_INPUT_READ);
	gw_diag_clear(&b->diag);
	gw_file_replace(at(b, "ten"), "0123456789", 10, &b->diag);
	assert_int_equal(gw_file_load(at(b, "ten"), 9, &f, &b->diag), GW_FAILED);
	assert_code(b, GW_E_INPUT_SIZE);
}

static void a_pipe_is_read_to_its_end(void **state)
{
	bench *b = *state;
	int fds[2];
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], "through", 7), 7);
	close(fds[1]);
	char path[32];
	snprintf(path, sizeof path, "/dev/fd/%d", fds[0]);
	assert_content(b, path, "through");
	close(fds[0]);
}

static void a_full_disk_is_reported_once(void **state)
{
	bench *b = *state;
	if (!gw_path_exists("/dev/full"))
		skip();
	gw_writer *w = gw_writer_open("/dev/full", &b->diag);
	char block[4096] = {0};
	for (int i = 0; i < 100; i++)
		gw_writer_put(w, block, sizeof block);
	assert_false(gw_writer_ok(w));
	assert_int_equal(gw_writer_close(w, false, NULL, NULL), GW_FAILED);
	assert_code(b, GW_E_OUTPUT_WRITE);
}

static void replacing_leaves_the_old_or_the_new(void **state)
{
	bench *b = *state;
	char *path = at(b, "small");
	assert_int_equal(gw_file_replace(path, "old", 3, &b->diag), GW_OK);
	assert_int_equal(gw_file_replace(path, "newer", 5, &b->diag), GW_OK);
	assert_content(b, path, "newer");
	assert_int_equal(gw_file_replace(at(b, "none/small"), "x", 1, &b->diag), GW_FAILED);
	assert_code(b, GW_E_OUTPUT_WRITE);
}

static void a_link_is_switched(void **state)
{
	bench *b = *state;
	char *path = at(b, "latest"), seen[32] = {0};
	assert_int_equal(gw_link_replace(path, "snapshots/1", &b->diag), GW_OK);
	assert_int_equal(gw_link_replace(path, "snapshots/2", &b->diag), GW_OK);
	assert_true(readlink(path, seen, sizeof seen - 1) > 0);
	assert_string_equal(seen, "snapshots/2");
	/* A folder in the way is a failure that leaves nothing behind. */
	assert_int_equal(gw_dir_make(at(b, "full/x"), &b->diag), GW_OK);
	assert_int_equal(gw_link_replace(at(b, "full"), "elsewhere", &b->diag), GW_FAILED);
	assert_int_equal(rmdir(at(b, "full/x")), 0);
	assert_int_equal(rmdir(at(b, "full")), 0);
}

static void folders_are_made_and_removed(void **state)
{
	bench *b = *state;
	assert_int_equal(gw_dir_make(at(b, "a/b//c/"), &b->diag), GW_OK);
	assert_int_equal(gw_dir_make(at(b, "a/b/c"), &b->diag), GW_OK);
	assert_true(gw_path_is_dir(at(b, "a/b/c")));
	assert_int_equal(gw_dir_sync(at(b, "a"), &b->diag), GW_OK);
	gw_file_replace(at(b, "a/b/file"), "x", 1, &b->diag);
	gw_file_replace(at(b, "outside"), "x", 1, &b->diag);
	/* A link is removed, not what it leads to. */
	assert_int_equal(symlink("../..", at(b, "a/b/up")), 0);
	assert_int_equal(gw_dir_remove(at(b, "a"), &b->diag), GW_OK);
	assert_false(gw_path_exists(at(b, "a")));
	assert_true(gw_path_exists(at(b, "outside")));
	assert_int_equal(gw_dir_remove(at(b, "never"), &b->diag), GW_OK);
	assert_int_equal(gw_dir_make(at(b, "outside/below"), &b->diag), GW_FAILED);
	assert_code(b, GW_E_OUTPUT_DIR);
}

static void paths_are_put_together_and_taken_apart(void **state)
{
	bench *b = *state;
	assert_string_equal(gw_path_join(&b->arena, "a", "b"), "a/b");
	assert_string_equal(gw_path_join(&b->arena, "a/", "b"), "a/b");
	assert_string_equal(gw_path_join(&b->arena, ".", "b"), "b");
	assert_string_equal(gw_path_join(&b->arena, "", "b"), "b");
	assert_string_equal(gw_path_join(&b->arena, "a", "/b"), "/b");
	assert_string_equal(gw_path_base("a/b"), "b");
	assert_string_equal(gw_path_base("b"), "b");
	assert_string_equal(gw_path_dir(&b->arena, "a/b/c"), "a/b");
	assert_string_equal(gw_path_dir(&b->arena, "a"), ".");
	assert_string_equal(gw_path_dir(&b->arena, "/a"), "/");
	assert_string_equal(gw_path_dir(&b->arena, "a//b"), "a");
}

static void globs_match_by_parts(void **state)
{
	(void)state;
	static const struct {
		const char *pattern, *path;
		bool match;
	} cases[] = {
		{"a.txt", "a.txt", true}, {"*.txt", "a.txt", true}, {"*.txt", "d/a.txt", false}, {"d/*", "d/a.txt", true},
		{"d/*", "d/e/a.txt", false}, {"**/*.txt", "a.txt", true}, {"**/*.txt", "d/e/a.txt", true},
		{"**/*.txt", "d/e/a.html", false}, {"d/**", "d/e/a", true}, {"d/**", "d", false}, {"d/**/a", "d/a", true},
		{"d/**/a", "d/x/y/a", true}, {"d/**/a", "dx/a", false}, {"**", "any/thing", true}, {"?.txt", "中.txt", true},
		{"?", "/", false}, {"**/b/*/c", "x/b/b/q/c", true}, {"**/b/*/c", "x/b/b/q/r/c", false}, {"a*b*c", "a-b-b-c", true},
		{"a*b*c", "a-b-b-", false}, {"*", "", true}, {"", "", true}, {"", "a", false}, {"年*报", "年度报", true},
		{"**/x/**", "a/x/b", true}, {"a**z", "a/b/z", true}, {"**/aab", "aaab", false},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (gw_glob_match(cases[i].pattern, cases[i].path) != cases[i].match)
			fail_msg("%s against %s", cases[i].pattern, cases[i].path);
}

static void globs_take_no_exponential_time(void **state)
{
	(void)state;
	char path[4001];
	memset(path, 'a', 4000);
	path[4000] = 0;
	assert_false(gw_glob_match("**a**a**a**a**a**a**a*a*a*a*a*a*b", path));
}

static void a_lock_keeps_others_out(void **state)
{
	bench *b = *state;
	char *path = at(b, ".lock");
	int first = gw_lock_take(path, false, &b->diag);
	assert_true(first >= 0);
	assert_int_equal(gw_lock_take(path, false, &b->diag), -2);
	assert_int_equal(gw_lock_take(path, true, &b->diag), -2);
	gw_lock_drop(first);
	int one = gw_lock_take(path, true, &b->diag), two = gw_lock_take(path, true, &b->diag);
	assert_true(one >= 0 && two >= 0);
	assert_int_equal(gw_lock_take(path, false, &b->diag), -2);
	gw_lock_drop(one);
	gw_lock_drop(two);
	assert_int_equal(b->diag.problems.count, 0);
	assert_int_equal(gw_lock_take(at(b, "none/.lock"), false, &b->diag), -1);
	assert_code(b, GW_E_OUTPUT_DIR);
}

/* The end of the file is no error of the system. */
static void at_a_place_it_is_all_or_nothing(void **state)
{
	bench *b = *state;
	char got[8] = "";
	int fd = open(gw_path_join(&b->arena, b->dir, "at"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_true(gw_write_at(fd, "abc", 3, 4));
	assert_true(gw_write_at(fd, "", 0, 100));
	assert_true(gw_read_at(fd, got, 3, 4));
	assert_memory_equal(got, "abc", 3);
	assert_true(gw_read_at(fd, got, 0, 1000));
	errno = EIO;
	assert_false(gw_read_at(fd, got, 4, 4));
	assert_int_equal(errno, 0);
	close(fd);
	assert_false(gw_read_at(fd, got, 1, 0));
	assert_int_equal(errno, EBADF);
	assert_false(gw_write_at(fd, got, 1, 0));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_written_is_read_and_hashed),
		TEST(reading_says_why_it_failed),
		TEST(a_pipe_is_read_to_its_end),
		TEST(at_a_place_it_is_all_or_nothing),
		TEST(a_full_disk_is_reported_once),
		TEST(replacing_leaves_the_old_or_the_new),
		TEST(a_link_is_switched),
		TEST(folders_are_made_and_removed),
		TEST(paths_are_put_together_and_taken_apart),
		TEST(globs_match_by_parts),
		TEST(globs_take_no_exponential_time),
		TEST(a_lock_keeps_others_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
