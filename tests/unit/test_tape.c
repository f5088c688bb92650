/* base: lists longer than memory, and their order. */
#include "gw/tape.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

enum { SMALL = 512, RECORDS = 3000 };

static uint32_t random_next(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

/* Records of 0 to 300 bytes, some longer than the room. */
static uint32_t record_make(uint32_t i, char out[4096])
{
	uint32_t n = i % 97 == 0 ? 4000 : i % 300;
	memset(out, (int)('a' + i % 26), n);
	return n;
}

static void tape_check(const gw_tape *t, uint32_t count)
{
	gw_tape_cursor c = {0};
	gw_str record;
	char expected[4096];
	for (int round = 0; round < 2; round++) {
		gw_tape_rewind(&c, t);
		for (uint32_t i = 0; i < count; i++) {
			uint32_t n = record_make(i, expected);
			assert_true(gw_tape_next(&c, &record));
			assert_int_equal(record.len, n);
			assert_memory_equal(record.ptr, expected, n);
		}
		assert_false(gw_tape_next(&c, &record));
		assert_false(c.failed);
	}
	gw_tape_cursor_release(&c);
}

static void tape_fill(gw_tape *t, uint32_t count)
{
	char bytes[4096];
	for (uint32_t i = 0; i < count; i++) {
		uint32_t n = record_make(i, bytes), half = n / 3;
		gw_tape_add(t, bytes, half, bytes + half, n - half);
	}
}

static void a_tape_gives_back_what_it_got(void **state)
{
	(void)state;
	gw_tape t;
	for (uint32_t count = 0; count < 4; count++) {
		gw_tape_init(&t, 1 << 20);
		tape_fill(&t, count);
		tape_check(&t, count);
		assert_int_equal(t.filed, 0);
		gw_tape_release(&t);
	}
	gw_tape_init(&t, SMALL);
	tape_fill(&t, RECORDS);
	tape_check(&t, RECORDS);
	assert_int_equal(t.count, RECORDS);
	assert_true(t.filed > 0 && t.tail.cap < 16 * SMALL);
	gw_tape_clear(&t);
	tape_check(&t, 0);
	gw_tape_release(&t);
}

static void without_a_file_it_stays_in_memory(void **state)
{
	(void)state;
	char *was = getenv("TMPDIR") ? strdup(getenv("TMPDIR")) : NULL;
	gw_tape t;
	setenv("TMPDIR", "/nonexistent", 1);
	gw_tape_init(&t, SMALL);
	tape_fill(&t, RECORDS);
	if (was)
		setenv("TMPDIR", was, 1);
	else
		unsetenv("TMPDIR");
	free(was);
	assert_int_equal(t.filed, 0);
	tape_check(&t, RECORDS);
	gw_tape_release(&t);
}

/* ---- order ---- */

typedef struct item {
	char key[40];
	uint32_t len, number;
} item;

static int by_key(const void *x, const void *y)
{
	const item *a = x, *b = y;
	int order = gw_str_cmp((gw_str){a->key, a->len}, (gw_str){b->key, b->len});
	return order ? order : (a->number > b->number) - (a->number < b->number);
}

/* Keys of all lengths, with zeros and high bytes in them, many of them alike. */
static void items_make(item *items, uint32_t count)
{
	uint32_t seed = 7;
	for (uint32_t i = 0; i < count; i++) {
		items[i].number = i;
		items[i].len = random_next(&seed) % 12;
		for (uint32_t j = 0; j < items[i].len; j++)
			items[i].key[j] = (char)"\0ab\xFF"[random_next(&seed) % 4];
	}
}

static void order_check(uint32_t count, size_t room)
{
	item *items = calloc(count + 1, sizeof *items);
	gw_sorter *s = gw_sorter_new(room);
	gw_sorted r;
	items_make(items, count);
	for (uint32_t i = 0; i < count; i++)
		gw_sorter_add(s, (gw_str){items[i].key, items[i].len}, &items[i].number, sizeof items[i].number);
	qsort(items, count, sizeof *items, by_key);
	assert_int_equal(gw_sorter_count(s), count);
	for (int round = 0; round < 3; round++) {
		gw_sorter_rewind(s);
		for (uint32_t i = 0; i < count && !(round == 1 && i > count / 2); i++) {
			assert_true(gw_sorter_next(s, &r));
			assert_true(gw_str_eq(r.key, (gw_str){items[i].key, items[i].len}));
			assert_int_equal(r.value.len, sizeof items[i].number);
			assert_memory_equal(r.value.ptr, &items[i].number, sizeof items[i].number);
		}
		assert_true(round == 1 || !gw_sorter_next(s, &r));
		assert_false(gw_sorter_failed(s));
	}
	gw_sorter_free(s);
	free(items);
}

static void records_come_in_order(void **state)
{
	(void)state;
	order_check(0, 0);
	order_check(1, 0);
	order_check(RECORDS, 0);
	order_check(RECORDS, 64); /* a run each */
	order_check(129, 1);      /* one more than are merged at once */
	order_check(20000, 1);    /* more than their square: merged in three rounds */
	order_check(RECORDS, 4096);
	order_check(RECORDS, 100 * 1024);
}

static void more_may_come_between(void **state)
{
	(void)state;
	gw_sorter *s = gw_sorter_new(128);
	gw_sorted r;
	char last[8] = "";
	for (uint32_t i = 0; i < 200; i++) {
		char key[8];
		int n = snprintf(key, sizeof key, "%03u", (i * 37) % 200);
		gw_sorter_add(s, (gw_str){key, (uint32_t)n}, NULL, 0);
		if (i % 50)
			continue;
		gw_sorter_rewind(s);
		assert_true(gw_sorter_next(s, &r));
	}
	gw_sorter_rewind(s);
	for (uint32_t i = 0; i < 200; i++) {
		assert_true(gw_sorter_next(s, &r));
		assert_int_equal(r.key.len, 3);
		assert_true(memcmp(last, r.key.ptr, 3) < 0);
		memcpy(last, r.key.ptr, 3);
	}
	assert_false(gw_sorter_next(s, &r));
	gw_sorter_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tape_gives_back_what_it_got),
		cmocka_unit_test(without_a_file_it_stays_in_memory),
		cmocka_unit_test(records_come_in_order),
		cmocka_unit_test(more_may_come_between),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
