/* Folding: the promised forms, and what must hold for every character. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "gw/fold.h"

static void folds(const char *from, const char *to)
{
	gw_arena a;
	gw_arena_init(&a);
	uint32_t n;
	uint32_t *ch = gw_fold_text(&a, gw_str_of(from), &n);
	assert_string_equal(gw_fold_to_utf8(&a, ch, n).ptr, to);
	gw_arena_release(&a);
}

static void test_forms(void **state)
{
	(void)state;
	folds("ＡＢｚ０９％＋＜＝", "ABz09%+<=");
	folds("（一）［二］【三】〔四〕〖五〗", "(一)[二][三][四][五]");
	folds("〈甲〉《乙》", "〈甲〉《乙》");
	folds("“甲”„乙‟「丙」『丁』＂", "\"甲\"\"乙\"\"丙\"\"丁\"\"");
	folds("‘甲’＇", "'甲''");
	folds("—–―‐‑－−─", "--------");
	folds("～〜∼", "~~~");
	folds("：∶﹕，﹐；！？", ":::,,;!?");
	folds("。、…", "。、…");
	folds("．﹒％﹪≧⩾≦⩽‰", "..%%≥≥≤≤‰");
	folds("○◯〇", "〇〇〇");
	folds("①⑩㎡㎞℃", "①⑩㎡㎞℃");
	folds("㈠⑴⒈⒛⑳⒇", "(一)(1)1.20.⑳(20)");
	folds("⻄⻓⻔⻋⻢⻥⻦⻛⻚⻅⻆⻉⻘⻝⺠⻰⻬⻩⻮⺟⺫⻣⻤", "西长门车马鱼鸟风页见角贝青食民龙齐黄齿母目骨鬼");
	folds("⼀⼆⽅⾯⽣⾼", "一二方面生高");
	folds("\xEF\xA4\x80", "岂");
	folds("︵甲︶︻乙︼﹙丙﹚", "(甲)[乙](丙)");
	folds("发　展 \xC2\xA0\xE2\x80\x8B改\xC2\xAD革\xEF\xBB\xBF\t\n委", "发展改革委");
}

static void test_classes(void **state)
{
	(void)state;
	uint32_t out[4];
	unsigned n;
	static const uint32_t breaks[] = {'\n', '\v', '\f', '\r', 0x85, 0x2028, 0x2029};
	for (size_t i = 0; i < sizeof breaks / sizeof *breaks; i++)
		assert_int_equal(gw_fold(breaks[i], out, &n), GW_FOLD_BREAK);
	static const uint32_t blanks[] = {' ', '\t', 0xA0, 0x3000, 0x2003, 0x2009, 0x202F};
	for (size_t i = 0; i < sizeof blanks / sizeof *blanks; i++)
		assert_int_equal(gw_fold(blanks[i], out, &n), GW_FOLD_BLANK);
	static const uint32_t nothing[] = {0, 1, 0x1F, 0x7F, 0x9F, 0xAD, 0x200B, 0x200D, 0xFEFF, 0xFE0F, 0xE0101};
	for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++)
		assert_int_equal(gw_fold(nothing[i], out, &n), GW_FOLD_NOTHING);
	assert_int_equal(gw_fold(0xFFFD, out, &n), GW_FOLD_KEEP);
	assert_int_equal(out[0], 0xFFFD);
}

/* Folding what was folded changes nothing; nothing folds to a blank or a break. */
static void test_every_character(void **state)
{
	(void)state;
	for (uint32_t c = 0; c < 0x110000; c++) {
		uint32_t out[4] = {0}, again[4];
		unsigned n = 9, m;
		gw_fold_class cls = gw_fold(c, out, &n);
		assert_true(cls <= GW_FOLD_NOTHING);
		assert_int_equal(cls == GW_FOLD_KEEP, n == 1);
		assert_int_equal(cls == GW_FOLD_MORE, n > 1);
		assert_true(n <= 4);
		for (unsigned i = 0; i < n; i++) {
			assert_int_equal(gw_fold(out[i], again, &m), GW_FOLD_KEEP);
			assert_int_equal(again[0], out[i]);
		}
		if (c > 0x20 && c < 0x7F)
			assert_true(cls == GW_FOLD_KEEP && out[0] == c);
		if (c >= 0x4E00 && c < 0xA000) {
			assert_true(cls == GW_FOLD_KEEP && gw_is_han(out[0]));
			assert_int_equal(gw_fold_keeps(c), out[0] == c);
		}
	}
}

static void test_variants(void **state)
{
	(void)state;
	folds("關於進一步優化營商環境的實施意見", "关于进一步优化营商环境的实施意见");
	folds("廣東省發展和改革委員會、財政廳、體育總會後勤處", "广东省发展和改革委员会、财政厅、体育总会后勤处");
	folds("乾县、乾安县、瞭望、著名、徐霞客镇", "乾县、乾安县、瞭望、著名、徐霞客镇"); /* simplified text has these too */
	folds("⻄安市⻓安区⻋站、⼀⼆三、⾦⽔区", "西安市长安区车站、一二三、金水区");
	folds("二○三五年、二◯三五年", "二〇三五年、二〇三五年");
	folds("城­镇​化﻿率⁠", "城镇化率");
	folds("㋁㏠㍘、⑴⒈", "2月1日0点、(1)1.");
	folds("", "龴龵ḿ,•");
	folds("", ""); /* nobody knows what these are */
	folds("﨎六", "﨎六");
}

static void test_predicates(void **state)
{
	(void)state;
	assert_true(
	        gw_is_han(0x4E00) && gw_is_han(0x9FFF) && gw_is_han(0x3007) && gw_is_han(0x3400) && gw_is_han(0x20000));
	assert_false(
	        gw_is_han(0x3001) || gw_is_han('a') || gw_is_han(0xFF08) || gw_is_han(0x4DC0) || gw_is_han(0xA000));
	assert_true(gw_is_digit('0') && gw_is_digit('9') && !gw_is_digit('a') && !gw_is_digit(0xFF10));
	assert_true(gw_is_letter('a') && gw_is_letter('Z') && !gw_is_letter('@') && !gw_is_letter('[') &&
	            !gw_is_letter(0x4E00));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_forms),
	        cmocka_unit_test(test_classes),
	        cmocka_unit_test(test_every_character),
	        cmocka_unit_test(test_variants),
	        cmocka_unit_test(test_predicates),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
