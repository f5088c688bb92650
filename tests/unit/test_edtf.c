/* Standard forms of dates, ranges, lengths of time and recurrences. */
#include "read_text.h"

static gw_date date_in(const char *text, uint32_t from, uint32_t *end)
{
	folded f = fold_text(text);
	gw_date d;
	for (uint32_t p = from; p < f.len; p++)
		if (gw_read_date(f.ch, f.len, p, &d) || gw_read_day(f.ch, f.len, p, &d)) {
			*end = d.span.end;
			return d;
		}
	fail_msg("%s: no date", text);
	return (gw_date){.year = -1};
}

static void expect(const char *text, gw_str got, const char *want)
{
	if (!gw_str_eq(got, gw_str_of(want)))
		fail_msg("%s: %.*s, want %s", text, (int)got.len, got.ptr ? got.ptr : "", want);
}

/* The part of the guide's expressions that 底, 末 and 初 say is the edge here. */
static void test_edges(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		gw_edge edge;
		const char *edtf;
	} cases[] = {
	        {"到2027年", GW_EDGE_WHOLE, "2027"},
	        {"20xx年8月底前", GW_EDGE_END, "20XX-08-31"},
	        {"20xx年底前", GW_EDGE_END, "20XX-12-31"},
	        {"2025年底", GW_EDGE_END, "2025-12-31"},
	        {"20xx年12月底前", GW_EDGE_END, "20XX-12-31"},
	        {"20xx年12月", GW_EDGE_WHOLE, "20XX-12"},
	        {"1月17日", GW_EDGE_WHOLE, "XXXX-01-17"},
	        {"到二〇三五年", GW_EDGE_WHOLE, "2035"},
	        {"第一季度", GW_EDGE_WHOLE, "XXXX-01/XXXX-03"},
	        {"到2027年底", GW_EDGE_END, "2027-12-31"},
	        {"2015626日", GW_EDGE_WHOLE, "2015-06-26"},
	        {"202428日", GW_EDGE_WHOLE, "2024-02-08"},
	        {"20231212日", GW_EDGE_WHOLE, "2023-12-12"},
	        {"2024118日", GW_EDGE_WHOLE, "2024"},
	        {"11月31日", GW_EDGE_WHOLE, "XXXX-11"},
	        {"20xx年以来", GW_EDGE_WHOLE, "20XX"},
	        {"2025年8月31日", GW_EDGE_END, "2025-08-31"},
	        {"2024年2月底", GW_EDGE_END, "2024-02-29"},
	        {"2023年2月底", GW_EDGE_END, "2023-02-28"},
	        {"1900年2月底", GW_EDGE_END, "1900-02-28"},
	        {"2000年2月底", GW_EDGE_END, "2000-02-29"},
	        {"20xx年2月底", GW_EDGE_END, "20XX-02"},
	        {"2月底", GW_EDGE_END, "XXXX-02"},
	        {"9月底", GW_EDGE_END, "XXXX-09-30"},
	        {"一季度末", GW_EDGE_END, "XXXX-03-31"},
	        {"2025年上半年", GW_EDGE_END, "2025-06-30"},
	        {"6月下旬", GW_EDGE_END, "XXXX-06-30"},
	        {"2027年初", GW_EDGE_START, "2027-01"},
	        {"2027年3月初", GW_EDGE_START, "2027-03-01"},
	        {"三季度初", GW_EDGE_START, "XXXX-07-01"},
	        {"2026年中", GW_EDGE_MIDDLE, "2026-06"},
	        {"6月中", GW_EDGE_MIDDLE, "XXXX-06-11/XXXX-06-20"},
	        {"二季度中", GW_EDGE_MIDDLE, "XXXX-05"},
	};
	gw_arena a;
	gw_arena_init(&a);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint32_t end;
		gw_date d = date_in(cases[i].text, 0, &end);
		gw_str got = gw_date_edtf(&a, &d, cases[i].edge);
		expect(cases[i].text, got, cases[i].edtf);
		assert_true(gw_edtf_valid(got));
	}
	gw_date none = {.year = -1, .month = -1, .day = -1, .month_to = -1, .day_to = -1};
	expect("年底", gw_date_edtf(&a, &none, GW_EDGE_END), "XXXX-12-31");
	gw_arena_release(&a);
}

static void test_ranges(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		gw_edge from, to;
		const char *year; /* said elsewhere in the sentence */
		const char *edtf;
	} cases[] = {
	        {"20xx年5月-20xx年7月", 0, 0, NULL, "20XX-05/20XX-07"},
	        {"20xx-2025年", 0, 0, NULL, "20XX/2025"},
	        {"6月下旬-七月上旬", 0, 0, NULL, "XXXX-06-21/XXXX-07-10"},
	        {"2019年1月1日至12月31日", 0, 0, NULL, "2019-01-01/2019-12-31"},
	        {"2019年1月1日至2020年12月31日", 0, 0, NULL, "2019-01-01/2020-12-31"},
	        {"1月17日开始,至2月25日结束", 0, 0, "20xx年", "20XX-01-17/20XX-02-25"},
	        {"1月17日开始,至2月25日结束", 0, 0, NULL, "XXXX-01-17/XXXX-02-25"},
	        {"2月5日(正月)至8日", 0, 0, NULL, "XXXX-02-05/XXXX-02-08"},
	        {"2023年11月2日至3日", 0, 0, NULL, "2023-11-02/2023-11-03"},
	        {"8月1-5日", 0, 0, NULL, "XXXX-08-01/XXXX-08-05"},
	        {"5-7月", 0, 0, NULL, "XXXX-05/XXXX-07"},
	        {"2025年5-7月", 0, 0, NULL, "2025-05/2025-07"},
	        {"5月-20xx年7月", 0, 0, NULL, "20XX-05/20XX-07"},
	        {"2021-2025年", 0, 0, NULL, "2021/2025"},
	        {"2024年11月至3月", 0, 0, NULL, "2024-11/2025-03"},
	        {"11月至2025年3月", 0, 0, NULL, "2024-11/2025-03"},
	        {"20xx年11月至3月", 0, 0, NULL, "20XX-11/20XX-03"},
	        {"2025年5月至8月底", 0, GW_EDGE_END, NULL, "2025-05/2025-08-31"},
	        {"2025年7月至2月下旬", 0, 0, NULL, "2025-07/2026-02-28"},
	        {"第一季度至第三季度", 0, 0, NULL, "XXXX-01/XXXX-09"},
	        {"2月10日至31日", 0, 0, NULL, "XXXX-02-10/XXXX-02"},
	};
	gw_arena a;
	gw_arena_init(&a);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint32_t end, none;
		gw_date from = date_in(cases[i].text, 0, &end), to = date_in(cases[i].text, end, &none);
		if (cases[i].year) {
			gw_date year = date_in(cases[i].year, 0, &none);
			gw_date_take_year(&from, &year);
			gw_date_take_year(&to, &year);
		}
		gw_str got = gw_date_range_edtf(&a, &from, cases[i].from, &to, cases[i].to);
		expect(cases[i].text, got, cases[i].edtf);
		assert_true(gw_edtf_valid(got));
	}
	gw_arena_release(&a);
}

static void test_bounds(void **state)
{
	(void)state;
	static const char *const cases[][3] = {
	        {"2027", "2027-01-01", "2027-12-31"},
	        {"2024-02", "2024-02-01", "2024-02-29"},
	        {"2025-08-31", "2025-08-31", "2025-08-31"},
	        {"20XX-12-31", "", ""},
	        {"XXXX-01-17", "", ""},
	        {"20XX/2025", "", "2025-12-31"},
	        {"2021/2025", "2021-01-01", "2025-12-31"},
	        {"2050~", "2050-01-01", "2050-12-31"},
	        {"2025-01/2025-03", "2025-01-01", "2025-03-31"},
	        {"../2025-06", "", "2025-06-30"},
	        {"2020-01-01/..", "2020-01-01", ""},
	        {"XXXX-06-21/XXXX-07-10", "", ""},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char start[11], end[11];
		assert_true(gw_edtf_bounds(gw_str_of(cases[i][0]), start, end));
		assert_string_equal(start, cases[i][1]);
		assert_string_equal(end, cases[i][2]);
	}
}

static void test_edtf_validator(void **state)
{
	(void)state;
	static const char *const good[] = {"2027", "20XX-08-31", "XXXX-02-29", "2024-02-29", "2050~", "2021/2025",
	        "20X4-02-29", "2023-1X", "2025-12-3X", "../2025"};
	static const char *const bad[] = {"", "202", "20xx", "2025-13", "2025-00", "2023-02-29", "XXXX-02-30",
	        "2025-8-1", "2025/", "/2025", "../..", "2025-01-01/2024-12-31", "2025-08-31T10:00",
	        "2025-01/2025-03/2025-04", "2023-02-3X", "1900-02-29", "2025-1X-32", "~", "2025-"};
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		if (!gw_edtf_valid(gw_str_of(good[i])))
			fail_msg("%s is valid", good[i]);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (gw_edtf_valid(gw_str_of(bad[i])))
			fail_msg("%s is not valid", bad[i]);
	assert_false(gw_edtf_valid((gw_str){"2025\0", 5}));
	assert_false(gw_edtf_valid((gw_str){NULL, 0}));
}

static void test_duration_validator(void **state)
{
	(void)state;
	static const char *const good[] = {
	        "P6M", "PT48H", "P14D", "P3Y", "P2W", "P1M15D", "PT2H30M", "P1Y6M", "P1DT12H", "P2.5D"};
	static const char *const bad[] = {
	        "", "P", "PT", "6M", "P6", "PM", "P6H", "PT6D", "P6M1Y", "P1.5Y6M", "P1DT", "P-1D", "PT1H1H", "P1.D"};
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		if (!gw_duration_valid(gw_str_of(good[i])))
			fail_msg("%s is valid", good[i]);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (gw_duration_valid(gw_str_of(bad[i])))
			fail_msg("%s is not valid", bad[i]);
	assert_false(gw_duration_valid((gw_str){"P6\0", 3}));
}

static void test_recurrence(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		gw_edge edge;
		const char *rule;
	} cases[] = {
	        {"每年1月31日前", GW_EDGE_WHOLE, "FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=31"},
	        {"每年第一季度", GW_EDGE_WHOLE, "FREQ=YEARLY;BYMONTH=1,2,3"},
	        {"每年101日", GW_EDGE_WHOLE, "FREQ=YEARLY;BYMONTH=10;BYMONTHDAY=1"},
	        {"每年6月底前", GW_EDGE_END, "FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=30"},
	        {"每年3月", GW_EDGE_WHOLE, "FREQ=YEARLY;BYMONTH=3"},
	        {"每年2月底", GW_EDGE_END, "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1"},
	        {"每年上半年", GW_EDGE_WHOLE, "FREQ=YEARLY;BYMONTH=1,2,3,4,5,6"},
	        {"每年一季度末", GW_EDGE_END, "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=31"},
	        {"每年5月上旬", GW_EDGE_WHOLE, "FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=1,2,3,4,5,6,7,8,9,10"},
	};
	gw_arena a;
	gw_arena_init(&a);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint32_t end;
		gw_date d = date_in(cases[i].text, 0, &end);
		gw_str rule = gw_rrule_yearly(&a, &d, cases[i].edge);
		expect(cases[i].text, rule, cases[i].rule);
		assert_true(gw_rrule_valid(rule));
	}
	gw_date none = {.year = -1, .month = -1, .day = -1, .month_to = -1, .day_to = -1};
	assert_null(gw_rrule_yearly(&a, &none, GW_EDGE_WHOLE).ptr);
	expect("每年底", gw_rrule_yearly(&a, &none, GW_EDGE_END), "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=31");
	expect("每月5日", gw_rrule_on(&a, 0, 1u << 5, false), "FREQ=MONTHLY;BYMONTHDAY=5");
	expect("每月底", gw_rrule_on(&a, 0, 0, true), "FREQ=MONTHLY;BYMONTHDAY=-1");
	expect("每季度末", gw_rrule_on(&a, 1u << 3 | 1u << 6 | 1u << 9 | 1u << 12, 0, true), "FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1");
	gw_arena_release(&a);
}

static void test_rrule_validator(void **state)
{
	(void)state;
	static const char *const good[] = {"FREQ=YEARLY", "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=-1",
	        "FREQ=WEEKLY;BYDAY=MO,WE", "FREQ=MONTHLY;BYDAY=1MO,-1FR"};
	static const char *const bad[] = {"", "BYMONTH=1", "FREQ=", "FREQ=YEARLY;", "FREQ=HOURS",
	        "FREQ=YEARLY;BYMONTH=13", "FREQ=YEARLY;BYMONTH=0", "FREQ=YEARLY;BYMONTH=1,",
	        "FREQ=YEARLY;BYMONTHDAY=32", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=YEARLY;FREQ=YEARLY",
	        "FREQ=WEEKLY;BYDAY=XX", "FREQ=YEARLY;BYMONTH", "FREQ=YEARLY;INTERVAL=1,2"};
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		if (!gw_rrule_valid(gw_str_of(good[i])))
			fail_msg("%s is valid", good[i]);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (gw_rrule_valid(gw_str_of(bad[i])))
			fail_msg("%s is not valid", bad[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_edges),
	        cmocka_unit_test(test_ranges),
	        cmocka_unit_test(test_bounds),
	        cmocka_unit_test(test_edtf_validator),
	        cmocka_unit_test(test_duration_validator),
	        cmocka_unit_test(test_recurrence),
	        cmocka_unit_test(test_rrule_validator),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
