/* base: arenas, lists, buffers, UTF-8, maps, hashes, diagnostics. */
#include "gw/aside.h"
#include "gw/diag.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdint.h>
#include <cmocka.h>

static void arena_gives_zeroed_memory_again(void **state)
{
	(void)state;
	gw_arena a;
	gw_arena_init(&a);
	for (int round = 0; round < 3; round++) {
		for (size_t n = 1; n < 5000; n += 7) {
			unsigned char *p = gw_arena_alloc(&a, n);
			assert_int_equal((uintptr_t)p % 16, 0);
			for (size_t i = 0; i < n; i++)
				assert_int_equal(p[i], 0);
			memset(p, 0xAB, n);
		}
		gw_arena_reset(&a);
		assert_int_equal(a.total, 0);
	}
	gw_arena_release(&a);
}

static void lists_keep_what_was_pushed(void **state)
{
	(void)state;
	gw_arena a;
	gw_arena_init(&a);
	GW_LIST(uint32_t) one = {0};
	GW_LIST(uint64_t) two = {0};
	for (uint32_t i = 0; i < 10000; i++) {
		*GW_PUSH(&a, &one) = i;
		*GW_PUSH(&a, &two) = (uint64_t)i * i;
	}
	for (uint32_t i = 0; i < 10000; i++) {
		assert_int_equal(one.items[i], i);
		assert_int_equal(two.items[i], (uint64_t)i * i);
	}
	gw_arena_release(&a);
}

static void buffers_end_with_nul(void **state)
{
	(void)state;
	gw_buf b;
	gw_buf_init(&b);
	gw_buf_adds(&b, "a");
	gw_buf_add_u64(&b, 0);
	gw_buf_add_u64(&b, UINT64_MAX);
	gw_buf_add_cp(&b, 0x4E2D);
	gw_buf_printf(&b, "-%03d", 7);
	assert_string_equal(b.ptr, "a018446744073709551615中-007");
	assert_int_equal(b.ptr[b.len], 0);
	gw_buf_clear(&b);
	assert_string_equal(b.ptr, "");
	for (int i = 0; i < 100000; i++)
		gw_buf_addc(&b, 'x');
	assert_int_equal(strlen(b.ptr), 100000);
	gw_buf_release(&b);
}

/* Counts the code points and replacements of some bytes, each replacement as '?'. */
static void walk(const char *bytes, size_t n, const char *expected)
{
	char shown[64];
	size_t used = 0;
	const char *p = bytes, *end = bytes + n;
	while (p < end) {
		const char *before = p;
		uint32_t c = gw_utf8_next(&p, end);
		assert_true(p > before);
		assert_true(p <= end);
		shown[used++] = c == UINT32_MAX ? '?' : c < 0x80 ? (char)c : '*';
	}
	shown[used] = 0;
	assert_string_equal(shown, expected);
	assert_int_equal(gw_utf8_valid(bytes, n), !strchr(expected, '?'));
}
#define WALK(bytes, expected) walk(bytes, sizeof(bytes) - 1, expected)

static void utf8_follows_table_3_7(void **state)
{
	(void)state;
	WALK("plain", "plain");
	WALK("中华a", "**a");
	WALK("\xF0\xA0\x80\x80z", "*z");       /* outside the BMP */
	WALK("\xC0\xAF\xE0\x80\xBF", "?????");  /* overlong: example of section 3.9 */
	WALK("\xED\xA0\x80", "???");            /* a surrogate */
	WALK("\xF4\x91\x92\x93\xFF\x41", "?????A");
	WALK("\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41", "????A"); /* truncated sequences */
	WALK("\xE4\xB8", "?");
	WALK("12345678\xFF", "12345678?");      /* behind a stretch that is skipped eight at a time */
}

static void utf8_round_trip_of_every_code_point(void **state)
{
	(void)state;
	for (uint32_t c = 0; c < 0x110000; c++) {
		if (c >= 0xD800 && c < 0xE000)
			continue;
		char bytes[4];
		unsigned n = gw_utf8_put(bytes, c);
		const char *p = bytes;
		if (gw_utf8_next(&p, bytes + n) != c || p != bytes + n)
			fail_msg("U+%04X", c);
	}
	assert_int_equal(gw_utf8_count("中a文", 7), 3);
}

static void maps_find_every_key(void **state)
{
	(void)state;
	gw_arena a;
	gw_arena_init(&a);
	gw_map m;
	gw_map_init(&m, &a);
	assert_int_equal(gw_map_get(&m, GW_STR("none")), GW_NONE);
	char key[16];
	for (uint32_t i = 0; i < 20000; i++) {
		int n = snprintf(key, sizeof key, "key%u", i);
		uint32_t *v = gw_map_put(&m, (gw_str){key, (uint32_t)n});
		assert_int_equal(*v, GW_NONE);
		*v = i;
	}
	for (uint32_t i = 0; i < 20000; i++) {
		int n = snprintf(key, sizeof key, "key%u", i);
		assert_int_equal(gw_map_get(&m, (gw_str){key, (uint32_t)n}), i);
	}
	assert_int_equal(m.count, 20000);
	*gw_map_put(&m, GW_STR("")) = 5;
	assert_int_equal(gw_map_get(&m, GW_STR("")), 5);
	gw_arena_release(&a);
}

static void hashes_are_the_published_ones(void **state)
{
	(void)state;
	char hex[65];
	gw_sha256_of("abc", 3, hex);
	assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	gw_sha256 h;
	gw_sha256_init(&h);
	gw_sha256_add(&h, "a", 1);
	gw_sha256_add(&h, "bc", 2);
	char again[65];
	gw_sha256_hex(&h, again);
	assert_string_equal(hex, again);
	assert_true(gw_hash64("abc", 3) == gw_hash64("abc", 3));
	assert_true(gw_hash64("abc", 3) != gw_hash64("abd", 3));
	assert_true(gw_hash64("", 0) != gw_hash64("\0", 1));
}

static void strings_have_the_order_of_bytes(void **state)
{
	(void)state;
	assert_true(gw_str_cmp(GW_STR("a"), GW_STR("ab")) < 0);
	assert_true(gw_str_cmp(GW_STR("b"), GW_STR("ab")) > 0);
	assert_true(gw_str_cmp(GW_STR("中"), GW_STR("中")) == 0);
	assert_true(gw_str_cmp(GW_STR("z"), GW_STR("中")) < 0);
	assert_true(gw_str_eq((gw_str){NULL, 0}, GW_STR("")));
}

static void problems_are_counted_and_printed_with_their_place(void **state)
{
	(void)state;
	gw_diag d, all;
	gw_diag_init(&d);
	gw_diag_init(&all);
	gw_place at = {.path = "a.yaml", .line = 3, .column = 5};
	assert_int_equal(gw_report(&d, GW_E_CONFIG_KEY, &at, "unknown key \"%s\"", "标签"), GW_FAILED);
	assert_int_equal(gw_report(&d, GW_W_INPUT_EMPTY, NULL, "nothing"), GW_WARN);
	assert_int_equal(d.errors, 1);
	assert_int_equal(d.warnings, 1);
	gw_diag_merge(&all, &d);
	gw_diag_release(&d);
	gw_buf line;
	gw_buf_init(&line);
	gw_problem_format(&all.problems.items[0], false, &line);
	assert_string_equal(line.ptr, "a.yaml:3:5: error[GW103]: unknown key \"标签\"");
	gw_buf_clear(&line);
	gw_problem_format(&all.problems.items[1], false, &line);
	assert_string_equal(line.ptr, "gongwen: warning[GW311]: nothing");
	gw_buf_release(&line);
	gw_diag_release(&all);
}

static void codes_are_never_given_twice(void **state)
{
	(void)state;
	for (gw_code a = 0; a < GW_CODE_COUNT; a++)
		for (gw_code b = a + 1; b < GW_CODE_COUNT; b++)
			assert_string_not_equal(gw_code_name(a), gw_code_name(b));
}

/* Pieces with a block of their own: they grow in place or move, and what is new is zero. */
static void arena_grows_large_pieces(void **state)
{
	(void)state;
	enum { MB = 1 << 20 };
	gw_arena a;
	gw_arena_init(&a);
	for (int round = 0; round < 3; round++) {
		size_t size = 0;
		unsigned char *p = NULL, *other = NULL;
		for (size_t more = 3 * MB; more <= 24 * MB; more += 3 * MB + 17) {
			p = gw_arena_grow(&a, p, size, more);
			for (size_t i = 0; i < size; i += 4093)
				assert_int_equal(p[i], 7);
			for (size_t i = size; i < more; i += 4093)
				assert_int_equal(p[i], 0);
			memset(p + size, 7, more - size);
			size = more;
			other = gw_arena_alloc(&a, 5 * MB); /* something stands behind it */
			other[5 * MB - 1] = 9;
		}
		assert_int_equal(other[5 * MB - 1], 9);
		assert_true(a.total > 60 * MB);
		gw_arena_reset(&a);
		assert_int_equal(a.total, 0);
	}
	GW_LIST(uint32_t) list = {0};
	for (uint32_t i = 0; i < 3 * MB; i++)
		*GW_PUSH(&a, &list) = i;
	for (uint32_t i = 0; i < 3 * MB; i += 1021)
		assert_int_equal(list.items[i], i);
	gw_arena_release(&a);
}

static void add_one(void *ctx)
{
	++*(int *)ctx;
}

static void work_aside_is_done_once(void **state)
{
	(void)state;
	gw_aside a = {0};
	int done = 0;
	gw_aside_end(&a); /* never begun */
	for (int i = 1; i <= 3; i++) {
		gw_aside_begin(&a, add_one, &done);
		gw_aside_end(&a);
		gw_aside_end(&a);
		assert_int_equal(done, i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arena_gives_zeroed_memory_again),
		cmocka_unit_test(arena_grows_large_pieces),
		cmocka_unit_test(work_aside_is_done_once),
		cmocka_unit_test(lists_keep_what_was_pushed),
		cmocka_unit_test(buffers_end_with_nul),
		cmocka_unit_test(utf8_follows_table_3_7),
		cmocka_unit_test(utf8_round_trip_of_every_code_point),
		cmocka_unit_test(maps_find_every_key),
		cmocka_unit_test(hashes_are_the_published_ones),
		cmocka_unit_test(strings_have_the_order_of_bytes),
		cmocka_unit_test(problems_are_counted_and_printed_with_their_place),
		cmocka_unit_test(codes_are_never_given_twice),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
