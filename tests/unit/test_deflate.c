/* publish: packing, held against two programs that unpack. */
#include "../../pipeline/publish/deflate.h"
#include "../../pipeline/publish/huffman.h"

#include "gw/base.h"

#include <libdeflate.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

#include <cmocka.h>

enum { ROOM = 3 << 20, CANARY = 0x5A };

typedef struct bench {
	gw_deflater *own;
	unsigned char *plain, *packed, *back;
	uint32_t seed;
} bench;

static int set_up(void **state)
{
	bench *b = calloc(1, sizeof *b);
	b->own = gw_deflater_new(1);
	b->plain = malloc(ROOM);
	b->packed = malloc(2 * ROOM);
	b->back = malloc(ROOM);
	b->seed = 1;
	*state = b;
	return 0;
}

static int tear_down(void **state)
{
	bench *b = *state;
	gw_deflater_free(b->own);
	free(b->plain);
	free(b->packed);
	free(b->back);
	free(b);
	return 0;
}

static uint32_t chance(bench *b, uint32_t below)
{
	b->seed = b->seed * 1664525u + 1013904223u;
	return (uint32_t)((uint64_t)b->seed * below >> 32);
}

static size_t unpacked_by_zlib(unsigned char *packed, size_t size, unsigned char *to, size_t room)
{
	z_stream z = {.next_in = packed, .avail_in = (uInt)size, .next_out = to, .avail_out = (uInt)room};
	assert_int_equal(inflateInit2(&z, -15), Z_OK);
	assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
	assert_int_equal(z.avail_in, 0);
	inflateEnd(&z);
	return room - z.avail_out;
}

/* There and back, within the bound. The bytes are copied to a place that ends where they do: the sanitizer sees to the rest. */
static size_t there_and_back(bench *b, gw_deflater *d, size_t n)
{
	unsigned char *exact = malloc(n ? n : 1);
	size_t bound = gw_deflate_bound(d, n), got = 0;
	memcpy(exact, b->plain, n);
	memset(b->packed + bound, CANARY, 16);
	size_t size = gw_deflate(d, exact, n, b->packed);
	free(exact);
	assert_true(size > 0 && size <= bound);
	for (unsigned i = 0; i < 16; i++)
		assert_int_equal(b->packed[bound + i], CANARY);
	struct libdeflate_decompressor *by = libdeflate_alloc_decompressor();
	assert_int_equal(libdeflate_deflate_decompress(by, b->packed, size, b->back, ROOM, &got), LIBDEFLATE_SUCCESS);
	libdeflate_free_decompressor(by);
	assert_int_equal(got, n);
	assert_memory_equal(b->back, b->plain, n);
	assert_int_equal(unpacked_by_zlib(b->packed, size, b->back, ROOM), n);
	assert_memory_equal(b->back, b->plain, n);
	return size;
}

static void rows_put(bench *b, size_t n)
{
	size_t at = 0;
	for (unsigned i = 0; at + 256 < n; i++)
		at += (size_t)sprintf((char *)b->plain + at, "{\"task_id\":\"a.txt#1/t%u\",\"name\":\"公园%u\",\"value\":%u,\"unit\":null}\n", i,
			chance(b, 90), chance(b, 1000000));
	memset(b->plain + at, ' ', n - at);
}

static void all_sizes_come_back(void **state)
{
	bench *b = *state;
	static const size_t sizes[] = {0, 1, 2, 3, 4, 5, 7, 8, 23, 24, 25, 26, 31, 257, 258, 259, 300, 4096, 65535, 65536, 65537, 262143, 262144,
		262145, 327680, 327681, 589824, 589825, 1 << 20, (1 << 20) + 1};
	rows_put(b, ROOM);
	for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++)
		there_and_back(b, b->own, sizes[i]);
	for (size_t n = 0; n < 700; n++)
		there_and_back(b, b->own, n);
}

static void rows_become_small(void **state)
{
	bench *b = *state;
	rows_put(b, 1 << 20);
	size_t own = there_and_back(b, b->own, 1 << 20);
	gw_deflater *other = gw_deflater_new(6);
	size_t best = there_and_back(b, other, 1 << 20);
	gw_deflater_free(other);
	assert_true(own < (1 << 20) / 6);
	assert_true(best < own);
}

static void what_does_not_pack_is_stored(void **state)
{
	bench *b = *state;
	for (size_t i = 0; i < ROOM; i++)
		b->plain[i] = (unsigned char)chance(b, 256);
	for (size_t n = 1; n <= 1 << 20; n *= 8)
		assert_true(there_and_back(b, b->own, n) <= n + 5 * (n / 65535 + n / 262144 + 2));
}

static void long_runs_and_far_matches(void **state)
{
	bench *b = *state;
	memset(b->plain, 0, ROOM);
	assert_true(there_and_back(b, b->own, 1 << 20) < 6000);
	for (uint32_t far = 32760; far <= 32776; far++) {
		for (size_t i = 0; i < far; i++)
			b->plain[i] = (unsigned char)chance(b, 256);
		for (size_t i = far; i < 200000; i++)
			b->plain[i] = b->plain[i - far];
		size_t size = there_and_back(b, b->own, 200000);
		assert_true(far <= 32768 ? size < 60000 : size > 190000);
	}
	for (uint32_t period = 1; period < 40; period++) {
		for (size_t i = 0; i < 100000; i++)
			b->plain[i] = (unsigned char)(i % period * 7);
		there_and_back(b, b->own, 100000);
	}
}

/* Stretches that come again at any distance, and alphabets that change from block to block. */
static void mixed_bytes_come_back(void **state)
{
	bench *b = *state;
	for (unsigned round = 0; round < 60; round++) {
		size_t n = chance(b, 700000), i = 0;
		uint32_t symbols = 1 + chance(b, 256);
		while (i < n) {
			size_t len = 1 + chance(b, 400), back = 1 + chance(b, 40000);
			if (chance(b, 50) == 0)
				symbols = 1 + chance(b, 256);
			for (; len && i < n; len--, i++)
				b->plain[i] = chance(b, 3) && back <= i ? b->plain[i - back] : (unsigned char)chance(b, symbols);
		}
		there_and_back(b, b->own, n);
	}
}

static void gzip_members_join(void **state)
{
	bench *b = *state;
	for (int level = 1; level <= 9; level += 4) {
		gw_deflater *d = gw_deflater_new(level);
		rows_put(b, 100000);
		size_t first = gw_gzip(d, b->plain, 60000, b->packed);
		size_t second = gw_gzip(d, b->plain + 60000, 40000, b->packed + first);
		assert_true(first <= gw_gzip_bound(d, 60000));
		gw_deflater_free(d);
		z_stream z = {.next_in = b->packed, .avail_in = (uInt)(first + second), .next_out = b->back, .avail_out = ROOM};
		assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
		assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
		assert_int_equal(inflateReset(&z), Z_OK);
		assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
		inflateEnd(&z);
		assert_memory_equal(b->back, b->plain, 100000);
	}
}

/* Whoever packs the same rows anywhere gets these bytes; a new hash here is a change of all archives. */
static void the_bytes_are_always_the_same(void **state)
{
	bench *b = *state;
	char hex[65];
	rows_put(b, 1 << 20);
	size_t n = gw_gzip(b->own, b->plain, 1 << 20, b->packed);
	gw_sha256_of(b->packed, n, hex);
	assert_string_equal(hex, "a1f4dea21a8786cf9961b0e408f4dd9bf68189eca3d222960ebae458c3a7f844");
}

/* ---- codes ---- */

static void codes_fit_the_limit(void **state)
{
	(void)state;
	for (uint32_t symbols = 2; symbols <= 30; symbols++) {
		for (unsigned limit = 5; limit <= 15; limit++) {
			uint32_t often[30] = {1, 1}, filled = 0;
			gw_code codes[30];
			for (uint32_t i = 2; i < symbols; i++)
				often[i] = often[i - 1] + often[i - 2]; /* as deep as a tree can be */
			gw_codes_make(often, symbols, limit, codes);
			for (uint32_t i = 0; i < symbols; i++) {
				assert_in_range(codes[i].count, 1, limit);
				assert_true(i == 0 || codes[i].count <= codes[i - 1].count);
				filled += UINT32_C(1) << (15 - codes[i].count);
			}
			assert_int_equal(filled, 1 << 15);
		}
	}
}

static void a_code_has_two_symbols(void **state)
{
	(void)state;
	for (uint32_t only = 0; only <= 3; only++) {
		uint32_t often[3] = {0};
		gw_code codes[3];
		if (only < 3)
			often[only] = 5;
		gw_codes_make(often, 3, 15, codes);
		assert_int_equal(codes[0].count + codes[1].count + codes[2].count, 2);
		assert_true(only == 3 || codes[only].count == 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(all_sizes_come_back, set_up, tear_down),
		cmocka_unit_test_setup_teardown(rows_become_small, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_does_not_pack_is_stored, set_up, tear_down),
		cmocka_unit_test_setup_teardown(long_runs_and_far_matches, set_up, tear_down),
		cmocka_unit_test_setup_teardown(mixed_bytes_come_back, set_up, tear_down),
		cmocka_unit_test_setup_teardown(gzip_members_join, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_bytes_are_always_the_same, set_up, tear_down),
		cmocka_unit_test(codes_fit_the_limit),
		cmocka_unit_test(a_code_has_two_symbols),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
