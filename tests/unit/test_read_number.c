/* Numbers as documents write them: each case is a text, the stretch that is the number, and what it says. */
#include "read_text.h"

#include <math.h>
#include <time.h>

typedef struct number_case {
	const char *text, *span;
	double value;
} number_case;

static const number_case cases[] = {
        /* Arabic, separators */
        {"2025", "2025", 2025},
        {"7.50%", "7.50", 7.5},
        {"1,250家", "1,250", 1250},
        {"12，345，678", "12,345,678", 12345678},
        {"1,2345", "1", 1},
        {"1,234,5", "1", 1},
        {"3 000人", "3 000", 3000},
        {"3 00人", "3", 3},
        {"0,123", "0", 0},
        {"1,250.5万元", "1,250.5万", 12505000},
        {"30，40", "30", 30},
        /* blanks within a number; between two numbers they stay */
        {"二百 三 十 四人", "二百 三 十 四", 234},
        {"八十 余 万元", "八十 余 万", 800000},
        {"三 分 之 二", "三 分 之 二", 2.0 / 3},
        {"百 分 之 6.5", "百 分 之 6.5", 6.5},
        {"六点 五", "六点 五", 6.5},
        {"3万 5 千 2 百", "3万", 30000},
        {"4 万2 千", "4 万2 千", 42000},
        {"2000  万元", "2000  万", 20000000},
        {"二十 三十", "二十", 20},
        {"一 二 三", "一", 1},
        {"五   十", "五", 5},
        {"半成，", "半成", 5},
        {"9/4", "9/4", 2.25},
        {"24/7", "24", 24},
        {"12/1", "12", 12},
        /* 万 and 亿 */
        {"1.2万", "1.2万", 12000},
        {"17.8万户", "17.8万", 178000},
        {"150万人份", "150万", 1500000},
        {"3 万元", "3 万", 30000},
        {"25万6千", "25万6千", 256000},
        {"13万2", "13万2", 132000},
        {"3万4500人", "3万4500", 34500},
        {"1亿2000万", "1亿2000万", 120000000},
        {"2.3万亿元", "2.3万亿", 2.3e12},
        {"6千家", "6千", 6000},
        {"5百万", "5百万", 5e6},
        {"800千瓦", "800", 800},
        {"1200万千瓦时", "1200万", 12000000},
        {"6千克", "6", 6},
        {"5个百分点", "5", 5},
        {"三万五万", "三万", 30000},
        {"一千亿", "一千亿", 1e11},
        {"二十万亿", "二十万亿", 2e13},
        /* Chinese numerals */
        {"一", "一", 1},
        {"两个", "两", 2},
        {"十", "十", 10},
        {"十二条", "十二", 12},
        {"二十", "二十", 20},
        {"一百二十", "一百二十", 120},
        {"一百零八", "一百零八", 108},
        {"二百五", "二百五", 250},
        {"三千零五十万", "三千零五十万", 30500000},
        {"五亿零六", "五亿零六", 500000006},
        {"一万二千三百四十五", "一万二千三百四十五", 12345},
        {"一百万零三千", "一百万零三千", 1003000},
        {"壹佰贰拾叁", "壹佰贰拾叁", 123},
        {"拾伍", "拾伍", 15},
        {"三点五", "三点五", 3.5},
        {"零点八", "零点八", 0.8},
        {"三点五亿元", "三点五亿", 3.5e8},
        {"百万", "百万", 1e6},
        {"千亿", "千亿", 1e11},
        {"万亿级", "万亿", 1e12},
        {"近|百家", "百", 100},
        {"超|千亿", "千亿", 1e11},
        {"二〇三五", "二〇三五", 2035},
        {"二○二五年", "二〇二五", 2025},
        {"一九九八", "一九九八", 1998},
        {"一〇一", "一〇一", 101},
        /* more than, about */
        {"3400多万", "3400多万", 34000000},
        {"三十多个", "三十多", 30},
        {"十余家", "十余", 10},
        {"二十几万", "二十几万", 200000},
        {"几十个", "几十", 10},
        {"数百", "数百", 100},
        {"100多元化", "100", 100},
        {"500余额", "500", 500},
        {"两三个", "两三", 2},
        {"七八十", "七八十", 70},
        {"十五六", "十五六", 15},
        {"一千二三百", "一千二三百", 1200},
        /* parts and ratios */
        {"百分之二十五点五", "百分之二十五点五", 25.5},
        {"百分之百", "百分之百", 100},
        {"百分之3.5", "百分之3.5", 3.5},
        {"三分之二以上", "三分之二", 2.0 / 3},
        {"千分之三", "千分之三", 0.003},
        {"万分之一", "万分之一", 0.0001},
        {"十分之一", "十分之一", 0.1},
        {"1/3以上", "1/3", 1.0 / 3},
        {"一又二分之一", "一又二分之一", 1.5},
        {"三成", "三成", 30},
        {"七成五", "七成五", 75},
        {"四成半以上", "四成半", 45},
        {"3成员", "3", 3},
        {"一半以上", "一半", 0.5},
        {"半数以上", "半数", 0.5},
        {"八五折", "八五", 8.5},
        {"1.94:1左右", "1.94:1", 1.94},
        {"10:1", "10:1", 10},
        {"1：350", "1:350", 1.0 / 350},
        {"1:2:3", "1", 1},
        {"14:30", "14", 14},
        {"8:00", "8", 8},
        {"4/5G", "4", 4},
        {"1:2025年", "1", 1},
        /* signs and letters */
        {"负3.9%", "负3.9", -3.9},
        {"负十五", "负十五", -15},
        {"10^4个", "10^4", 10000},
        {"1.2E+03", "1.2E+03", 1200},
        {"5k", "5k", 5000},
        {"10kV", "10", 10},
        {"4K", "4", 4},
        {"20xx", "20xx", 0},
        {"201x年", "201x", 0},
        {"第|十二条", "十二", 12},
        {"第|3章", "3", 3},
        {"统一|三项", "三", 3},
        {"统一|两三个", "两三", 2},
        {"100兆瓦", "100", 100},
};

static void test_values(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint32_t pos;
		folded f = fold_marked(cases[i].text, &pos);
		gw_number n;
		char got[256] = "nothing";
		if (gw_read_number(f.ch, f.len, pos, &n))
			span_text(&f, n.span, got);
		if (strcmp(got, cases[i].span) != 0 || fabs(n.value - cases[i].value) > 1e-12 * fabs(cases[i].value))
			fail_msg("%s: read %s = %.15g, want %s = %.15g", cases[i].text, got, n.value, cases[i].span,
			        cases[i].value);
	}
}

/* Where no number begins. */
static void test_nothing(void **state)
{
	(void)state;
	static const char *const texts[] = {
	        "",
	        "年",
	        "三五",
	        "|三五",
	        "一三五",
	        "一二三四五",
	        "十三五",
	        "十|三五",
	        "一二|三",
	        "20|25",
	        "3.|1.2",
	        "1.2.3",
	        "2025.8.31",
	        "万",
	        "千家万户",
	        "百分点",
	        "几个",
	        "数",
	        "陆地",
	        "拾到",
	        "减|负3项",
	        "负责",
	        "12345678901234567890",
	        "五|一",
	        "八一",
	        "百分之|五",
	        "二〇|二五",
	        "一|二三产业",
	        "一百|二十",
	        "25万|6千",
	        "3万|4500",
	        "点五",
	        "-5",
	        "第一",
	        "x年",
	        "多",
	        "一千|万",
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		uint32_t pos;
		folded f = fold_marked(texts[i], &pos);
		gw_number n;
		if (gw_read_number(f.ch, f.len, pos, &n))
			fail_msg("%s: read %.15g", texts[i], n.value);
	}
}

static gw_number read_number(const char *text)
{
	uint32_t pos;
	folded f = fold_marked(text, &pos);
	gw_number n = {.value = -1};
	assert_true(gw_read_number(f.ch, f.len, pos, &n));
	return n;
}

static void test_marks(void **state)
{
	(void)state;
	assert_true(read_number("3400多万").more);
	assert_true(read_number("几十").more);
	assert_false(read_number("3400万").more);
	assert_true(read_number("百分之五").percent);
	assert_false(read_number("千分之五").percent);
	assert_true(read_number("千分之五").fraction);
	assert_true(read_number("三分之二").fraction);
	assert_true(read_number("1.94:1").ratio);
	assert_true(read_number("20xx").masked);
	assert_true(read_number("第|五").ordinal);
	assert_true(read_number("五十万").han);
	assert_false(read_number("50万").han);
	assert_true(read_number("7.50").decimals == 2);
	gw_number n = read_number("七八十万");
	assert_true(n.about && n.value == 700000 && n.upto == 800000);
	n = read_number("三四亿");
	assert_true(n.about && n.value == 3e8 && n.upto == 4e8);
	n = read_number("50");
	assert_true(!n.about && n.upto == 50);
}

/* What 万 and 亿 multiplied the whole by; 1 where they belong to a part only. */
static void test_scale(void **state)
{
	(void)state;
	assert_true(read_number("50万元").scale == 1e4);
	assert_true(read_number("2.3万亿").scale == 1e12);
	assert_true(read_number("三千万").scale == 1e4);
	assert_true(read_number("30多亿").scale == 1e8);
	assert_true(read_number("25万6千").scale == 1);
	assert_true(read_number("1亿2000万").scale == 1);
	assert_true(read_number("300").scale == 1);
}

/* Any text: no step outside, spans that begin here, go on and stay in the text, finite values. */
static void test_random(void **state)
{
	(void)state;
	uint64_t seed = 7;
	for (int round = 0; round < 20000; round++) {
		uint32_t len = 1 + next_random(&seed) % 90, *ch = random_text(&seed, len);
		for (uint32_t p = 0; p <= len; p++) {
			gw_number n;
			if (!gw_read_number(ch, len, p, &n))
				continue;
			assert_true(n.span.begin == p && n.span.end > p && n.span.end <= len &&
			            n.span.end <= p + GW_READ_MAX);
			assert_true(isfinite(n.value) && isfinite(n.upto) && n.scale >= 1);
		}
		free(ch);
	}
}

/* Long runs of one kind cost the same per character as short ones. */
static void test_linear(void **state)
{
	(void)state;
	static const char32_t *const runs[] = {U"1", U".", U"1.", U"1,234", U"1 234", U"一二三四五", U"一万", U"十",
	        U"〇", U"零一", U"1:", U"1/", U"万", U"百分之", U"几", U"20x", U"1万"};
	uint32_t len = 200000, *ch = malloc(len * sizeof *ch);
	clock_t begin = clock();
	for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
		uint32_t n = 0;
		while (runs[i][n])
			n++;
		for (uint32_t p = 0; p < len; p++)
			ch[p] = runs[i][p % n];
		gw_number out;
		for (uint32_t p = 0; p < len; p++)
			(void)gw_read_number(ch, len, p, &out);
	}
	assert_true((double)(clock() - begin) / CLOCKS_PER_SEC < 20);
	free(ch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_values),
	        cmocka_unit_test(test_nothing),
	        cmocka_unit_test(test_marks),
	        cmocka_unit_test(test_scale),
	        cmocka_unit_test(test_random),
	        cmocka_unit_test(test_linear),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
