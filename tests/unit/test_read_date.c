/* Dates, days and lengths of time: each case is a text, the stretch that is read, and its standard form. */
#include "read_text.h"

typedef struct date_case {
	const char *text, *span, *edtf;
} date_case;

static const date_case dates[] = {
        /* whole */
        {"2027年", "2027年", "2027"},
        {"2025年8月", "2025年8月", "2025-08"},
        {"2025年8月31日前", "2025年8月31日", "2025-08-31"},
        {"2025年08月05日", "2025年08月05日", "2025-08-05"},
        {"8月31日", "8月31日", "XXXX-08-31"},
        {"8月底", "8月", "XXXX-08"},
        {"8月份", "8月份", "XXXX-08"},
        {"8月31号", "8月31号", "XXXX-08-31"},
        {"元月5日", "元月5日", "XXXX-01-05"},
        {"十一月二十日", "十一月二十日", "XXXX-11-20"},
        {"2025 年 8 月 31 日", "2025 年 8 月 31 日", "2025-08-31"},
        {"2025年底", "2025年", "2025"},
        {"2025年度", "2025年", "2025"},
        {"1949年10月1日", "1949年10月1日", "1949-10-01"},
        /* Chinese years, with letters for 〇 too */
        {"二〇二五年十月一日", "二〇二五年十月一日", "2025-10-01"},
        {"二○三五年", "二〇三五年", "2035"},
        {"二零二六年三月", "二零二六年三月", "2026-03"},
        {"二O二五年", "二O二五年", "2025"},
        {"一九四九年", "一九四九年", "1949"},
        {"二0二四年", "二0二四年", "2024"},
        /* the number of an item clings to it */
        {"1.|2026年6月底", "2026年6月", "2026-06"},
        {"12.|2026年", "2026年", "2026"},
        {"3.|9月底前", "9月", "XXXX-09"},
        {"。2.|4月15日", "4月15日", "XXXX-04-15"},
        /* unknown digits */
        {"20xx年8月", "20xx年8月", "20XX-08"},
        {"201x年", "201x年", "201X"},
        {"20××年5月6日", "20××年5月6日", "20XX-05-06"},
        {"20〇〇年", "20〇〇年", "20XX"},
        {"二〇××年", "二〇××年", "20XX"},
        {"二〇二x年三月", "二〇二x年三月", "202X-03"},
        {"xx年x月", "xx年x月", "XXXX"},
        {"20xx年xx月xx日", "20xx年xx月xx日", "20XX"},
        {"20xx年2月29日", "20xx年2月29日", "20XX-02-29"},
        /* signs */
        {"2025-08-31", "2025-08-31", "2025-08-31"},
        {"2025.8.31", "2025.8.31", "2025-08-31"},
        {"2025/8/31", "2025/8/31", "2025-08-31"},
        {"2025－8－3", "2025-8-3", "2025-08-03"},
        {"2025-08", "2025-08", "2025-08"},
        {"20xx.8.31", "20xx.8.31", "20XX-08-31"},
        /* parts of a year and of a month */
        {"2025年上半年", "2025年上半年", "2025-01/2025-06"},
        {"下半年", "下半年", "XXXX-07/XXXX-12"},
        {"第一季度", "第一季度", "XXXX-01/XXXX-03"},
        {"2025年四季度", "2025年四季度", "2025-10/2025-12"},
        {"2025年第3季度", "2025年第3季度", "2025-07/2025-09"},
        {"前三季度", "前三季度", "XXXX-01/XXXX-09"},
        {"2026年三、四季度", "2026年三、四季度", "2026-07/2026-12"},
        {"于|5、6月份", "5、6月份", "XXXX-05/XXXX-06"},
        {"2026年3、4、5月", "2026年3、4、5月", "2026-03/2026-05"},
        {"1、|2月底前", "2月", "XXXX-02"},
        {"1月1日零时", "1月1日零时", "XXXX-01-01"},
        {"第一、第二季度", "第一、第二季度", "XXXX-01/XXXX-06"},
        {"6月下旬", "6月下旬", "XXXX-06-21/XXXX-06-30"},
        {"七月上旬", "七月上旬", "XXXX-07-01/XXXX-07-10"},
        {"2025年5月中旬", "2025年5月中旬", "2025-05-11/2025-05-20"},
        {"9月中下旬", "9月中下旬", "XXXX-09-11/XXXX-09-30"},
        {"2025年4月上中旬", "2025年4月上中旬", "2025-04-01/2025-04-20"},
        {"9月中下游", "9月", "XXXX-09"},
        {"2月下旬", "2月下旬", "XXXX-02-21/XXXX-02"},
        {"2024年2月下旬", "2024年2月下旬", "2024-02-21/2024-02-29"},
        /* hours */
        {"8月31日18时30分", "8月31日18时30分", "XXXX-08-31"},
        {"2025-08-31 18:00", "2025-08-31 18:00", "2025-08-31"},
        {"8月31日下午5时", "8月31日下午5时", "XXXX-08-31"},
        {"8月31日晚8时40分", "8月31日晚8时40分", "XXXX-08-31"},
        {"3月2日晚上", "3月2日", "XXXX-03-02"},
        /* damaged */
        {"2015626日", "2015626日", "2015-06-26"},
        {"202428日", "202428日", "2024-02-08"},
        {"20231212日", "20231212日", "2023-12-12"},
        {"20231024日", "20231024日", "2023-10-24"},
        {"202411日起", "202411日", "2024-01-01"},
        {"2024118日", "2024118日", "2024"},
        {"2024105日", "2024105日", "2024-10-05"},
        {"20240105日", "20240105日", "2024-01-05"},
        {"20xx118日", "20xx118日", "20XX"},
        {"20xx626日", "20xx626日", "20XX-06-26"},
        {"2015年626日", "2015年626日", "2015-06-26"},
        {"20156月26日", "20156月26日", "2015-06-26"},
        {"2015年6月26)", "2015年6月26", "2015-06-26"},
        {"二二三年十一月二十日", "二二三年十一月二十日", "2023-11-20"},
        {"二三五年", "二三五年", "2035"},
        {"一九九年", "一九九年", "19XX"},
        {"二〇三年", "二〇三年", "20XX"},
        /* impossible: what is sure */
        {"11月31日", "11月31日", "XXXX-11"},
        {"2023年2月29日", "2023年2月29日", "2023-02"},
        {"2025年13月", "2025年", "2025"},
        {"2024年30日", "2024年", "2024"},
        {"2024230日", "2024230日", "2024"},
        /* sides of ranges */
        {"2020-2025年", "2020", "2020"},
        {"2024、2025年度", "2024", "2024"},
        {"2023、2024和2025年", "2023", "2023"},
        {"26年9月前", "26年9月", "2026-09"},
        {"第一、三季度", "第一", "XXXX-01/XXXX-03"},
        {"一、二、三季度", "一、二、三季度", "XXXX-01/XXXX-09"},
        {"20xx-2025年", "20xx", "20XX"},
        {"(|2021—2025)", "2021", "2021"},
        {"(2021-|2025)", "2025", "2025"},
        {"2020-|2025年", "2025年", "2025"},
        {"二〇二〇至二〇二五年", "二〇二〇", "2020"},
        {"5-7月", "5", "XXXX-05"},
        {"2025年5至7月", "2025年5", "2025-05"},
        {"8月1-5日", "8月1", "XXXX-08-01"},
        {"8月1、2日", "8月1", "XXXX-08-01"},
};

static void test_dates(void **state)
{
	(void)state;
	gw_arena a;
	gw_arena_init(&a);
	for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
		uint32_t pos;
		folded f = fold_marked(dates[i].text, &pos);
		gw_date d;
		char got[256] = "nothing";
		gw_str edtf = GW_STR("");
		if (gw_read_date(f.ch, f.len, pos, &d)) {
			span_text(&f, d.span, got);
			edtf = gw_date_edtf(&a, &d, GW_EDGE_WHOLE);
			assert_true(gw_edtf_valid(edtf));
		}
		if (strcmp(got, dates[i].span) != 0 || !gw_str_eq(edtf, gw_str_of(dates[i].edtf)))
			fail_msg("%s: read %s = %.*s, want %s = %s", dates[i].text, got, (int)edtf.len, edtf.ptr,
			        dates[i].span, dates[i].edtf);
	}
	gw_arena_release(&a);
}

static void test_no_date(void **state)
{
	(void)state;
	static const char *const texts[] = {
	        "",
	        "120年",
	        "50年",
	        "3年",
	        "三年",
	        "31日",
	        "2000人",
	        "2000-3000人",
	        "12345热线",
	        "2025",
	        "〔|2020〕53号",
	        "0771-2025",
	        "GB |2002-2010",
	        "7x24小时",
	        "4/5G",
	        "13月",
	        "0月",
	        "8个月",
	        "6月龄",
	        "200000日元",
	        "2025.8",
	        "2025/8",
	        "2025.8.31.1",
	        "5月|月",
	        "1|2月",
	        "十|二月",
	        "2025年|8月",
	        "2025年8月|31日",
	        "1.|5月",
	        "以|上半年",
	        "一二三年",
	        "二十年",
	        "三五年",
	        "美|元月",
	        "5号",
	        "一年",
	        "半年",
	        "190000",
	        "1.2025年",
	        "增长1.|2025年",
	        "增长3.|6月份",
	        "3-5年",
	        "2|025年",
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		uint32_t pos;
		folded f = fold_marked(texts[i], &pos);
		gw_date d;
		if (gw_read_date(f.ch, f.len, pos, &d)) {
			char got[256];
			span_text(&f, d.span, got);
			fail_msg("%s: read %s", texts[i], got);
		}
	}
}

static gw_date read_date(const char *text)
{
	uint32_t pos;
	folded f = fold_marked(text, &pos);
	gw_date d = {.year = -2};
	assert_true(gw_read_date(f.ch, f.len, pos, &d));
	return d;
}

static void test_marks(void **state)
{
	(void)state;
	assert_true(read_date("2020-2025年").bare && read_date("5-7月").bare && read_date("8月1-5日").bare);
	assert_false(read_date("2020年-2025年").bare);
	assert_true(read_date("2015626日").damaged && read_date("二二三年").damaged);
	assert_false(read_date("2015年6月26日").damaged);
	assert_true(read_date("二〇二五年").han && !read_date("2025年").han);
	assert_true(read_date("20xx年").year_mask == 3 && read_date("20xx年").year == 2000);
	assert_true(read_date("8月").year == -1);
	gw_date d = read_date("8月31日18时30分");
	assert_true(d.has_hour && d.hour == 18 && d.minute == 30);
	d = read_date("8月31日下午5时");
	assert_true(d.has_hour && d.hour == 17 && d.minute == 0);
	assert_false(read_date("8月31日").has_hour);
	assert_true(read_date("6月中旬").decade);
}

static void test_days(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int month, day;
	} days[] = {{"31日", -1, 31}, {"至|8日", -1, 8}, {"每月|5日前", -1, 5}, {"二十五日", -1, 25},
	        {"每年|101日", 10, 1}, {"1231日", 12, 31}, {"118日", 0, 0}, {"32日", 0, 0}, {"0日", 0, 0},
	        {"8月|31日", 0, 0}, {"每月|5号前", -1, 5}, {"626号", 0, 0}, {"第|5号", 0, 0}, {"180日", 0, 0}, {"12345日", 0, 0}};
	for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
		uint32_t pos;
		folded f = fold_marked(days[i].text, &pos);
		gw_date d;
		bool read = gw_read_day(f.ch, f.len, pos, &d);
		if (read != (days[i].day > 0) || (read && (d.month != days[i].month || d.day != days[i].day)))
			fail_msg("%s: %s %d %d", days[i].text, read ? "read" : "nothing", read ? d.month : 0,
			        read ? d.day : 0);
	}
	static const struct {
		const char *text;
		int month; /* 0: nothing is read */
	} dotted[] = {{"2025.10", 10}, {"2025/8", 8}, {"2025.6-2025.12", 6}, {"2025.10底", 10}, {"2025.13", 0}, {"2025.8.31", 0},
	        {"2025.10万元", 0}, {"2025.8%", 0}, {"1|2025.8", 0}, {"202.10", 0}};
	for (size_t i = 0; i < sizeof dotted / sizeof *dotted; i++) {
		uint32_t pos;
		folded f = fold_marked(dotted[i].text, &pos);
		gw_date d;
		int month = gw_read_dotted(f.ch, f.len, pos, &d) ? d.month : 0;
		if (month != dotted[i].month)
			fail_msg("%s: month %d", dotted[i].text, month);
	}
}

static const date_case durations[] = {
        {"6个月内", "6个月", "P6M"},
        {"三个月", "三个月", "P3M"},
        {"3年", "3年", "P3Y"},
        {"十五年", "十五年", "P15Y"},
        {"30日内", "30日", "P30D"},
        {"14日", "14日", "P14D"},
        {"5天", "5天", "P5D"},
        {"15个工作日", "15个工作日", "P15D"},
        {"10工作日", "10工作日", "P10D"},
        {"20个自然日", "20个自然日", "P20D"},
        {"48小时内", "48小时", "PT48H"},
        {"两个小时", "两个小时", "PT2H"},
        {"两周", "两周", "P2W"},
        {"3个星期", "3个星期", "P3W"},
        {"一年半", "一年半", "P18M"},
        {"半年", "半年", "P6M"},
        {"半个月", "半个月", "P15D"},
        {"一个半月", "一个半月", "P1M15D"},
        {"一个半小时", "一个半小时", "PT90M"},
        {"半小时", "半小时", "PT30M"},
        {"半天", "半天", "PT12H"},
        {"2个季度", "2个季度", "P6M"},
        {"30分钟", "30分钟", "PT30M"},
        {"1年6个月", "1年6个月", "P18M"},
        {"一年零三个月", "一年零三个月", "P15M"},
        {"2小时30分钟", "2小时30分钟", "PT150M"},
        {"三十多年", "三十多年", "P30Y"},
        {"两个多月", "两个多月", "P2M"},
        {"50年", "50年", "P50Y"},
        {"1.5年", "1.5年", "P18M"},
        {"三个年度", "三个年度", "P3Y"},
        {"60 日", "60 日", "P60D"},
};

static void test_durations(void **state)
{
	(void)state;
	gw_arena a;
	gw_arena_init(&a);
	for (size_t i = 0; i < sizeof durations / sizeof *durations; i++) {
		uint32_t pos;
		folded f = fold_marked(durations[i].text, &pos);
		gw_duration d;
		char got[256] = "nothing";
		gw_str iso = GW_STR("");
		if (gw_read_duration(f.ch, f.len, pos, &d)) {
			span_text(&f, d.span, got);
			iso = gw_duration_iso(&a, &d);
			assert_true(gw_duration_valid(iso));
		}
		if (strcmp(got, durations[i].span) != 0 || !gw_str_eq(iso, gw_str_of(durations[i].edtf)))
			fail_msg("%s: read %s = %.*s", durations[i].text, got, (int)iso.len, iso.ptr);
	}
	gw_arena_release(&a);
}

static void test_no_duration(void **state)
{
	(void)state;
	static const char *const texts[] = {"2025年", "2025 年", "8月", "90年代", "3年级", "100周年", "6个月龄",
	        "7x|24小时", "7×|24小时", "第|三年", "8月|30日", "下|半年", "上|半年", "三分之一", "20xx年", "30日元",
	        "三周岁", "5个", "百分之五年", "一|半年", "2015626日", "半导体", "半数", "三个年轻人"};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		uint32_t pos;
		folded f = fold_marked(texts[i], &pos);
		gw_duration d;
		if (gw_read_duration(f.ch, f.len, pos, &d))
			fail_msg("%s: read %g %c", texts[i], d.amount, d.unit);
	}
}

static void check_date(gw_arena *a, const gw_date *d, uint32_t p, uint32_t len)
{
	assert_true(d->span.begin == p && d->span.end > p && d->span.end <= len && d->span.end <= p + GW_READ_MAX);
	assert_true(d->month >= -1 && d->month <= 12 && d->day >= -1 && d->day <= 31 && d->month_to <= 12);
	for (gw_edge e = GW_EDGE_WHOLE; e <= GW_EDGE_MIDDLE; e++)
		if (!gw_edtf_valid(gw_date_edtf(a, d, e)))
			fail_msg("not valid: %s", gw_date_edtf(a, d, e).ptr);
	gw_str rule = gw_rrule_yearly(a, d, GW_EDGE_END);
	if (rule.ptr && !gw_rrule_valid(rule))
		fail_msg("not valid: %s", rule.ptr);
}

/* Readers find nothing at characters that gw_read_starts does not list. */
static void test_starts(void **state)
{
	(void)state;
	uint32_t text[8];
	for (uint32_t c = 1; c < 0x10000; c++) {
		static const char32_t *const behind[] = {
		        U"五年", U"5年", U"月", U"半年", U"季度", U"三季度", U"半年内", U"〇二五年", U"x年", U"日"};
		char utf8[5] = "";
		gw_utf8_put(utf8, c);
		if (strstr(gw_read_starts, utf8) || (c >= 0xd800 && c < 0xe000))
			continue;
		for (size_t i = 0; i < sizeof behind / sizeof *behind; i++) {
			uint32_t n = 0;
			text[n++] = c;
			while (behind[i][n - 1]) {
				text[n] = behind[i][n - 1];
				n++;
			}
			gw_number number;
			gw_date date;
			gw_duration duration;
			assert_false(gw_read_number(text, n, 0, &number) || gw_read_date(text, n, 0, &date) ||
			             gw_read_day(text, n, 0, &date) || gw_read_duration(text, n, 0, &duration));
		}
	}
}

/* Any text: no step outside, and whatever is read has a valid standard form. */
static void test_random(void **state)
{
	(void)state;
	uint64_t seed = 11;
	gw_arena a;
	gw_arena_init(&a);
	gw_date last = read_date("2020年5月");
	for (int round = 0; round < 20000; round++) {
		uint32_t len = 1 + next_random(&seed) % 90, *ch = random_text(&seed, len);
		for (uint32_t p = 0; p <= len; p++) {
			gw_date d;
			gw_duration t;
			if (gw_read_date(ch, len, p, &d)) {
				check_date(&a, &d, p, len);
				gw_str range = gw_date_range_edtf(&a, &last, GW_EDGE_WHOLE, &d, GW_EDGE_END);
				assert_true(range.len >= 4);
				last = d;
			}
			if (gw_read_day(ch, len, p, &d))
				check_date(&a, &d, p, len);
			if (gw_read_duration(ch, len, p, &t)) {
				assert_true(t.span.begin == p && t.span.end > p && t.span.end <= len);
				gw_str iso = gw_duration_iso(&a, &t);
				if (!gw_duration_valid(iso))
					fail_msg("not valid: %s", iso.ptr);
			}
		}
		free(ch);
		gw_arena_reset(&a);
	}
	gw_arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_dates),
	        cmocka_unit_test(test_no_date),
	        cmocka_unit_test(test_marks),
	        cmocka_unit_test(test_days),
	        cmocka_unit_test(test_durations),
	        cmocka_unit_test(test_no_duration),
	        cmocka_unit_test(test_starts),
	        cmocka_unit_test(test_random),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
