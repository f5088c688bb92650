/* Lines in other encodings than their file, and text that had been decoded wrongly before. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "decoding.h"

static gw_str convert_str(fixture *f, const char *to, const char *from, gw_str s)
{
	return convert(&f->document, to, from, s.ptr, s.len);
}

static gw_status decode(fixture *f, gw_str bytes, gw_source *s)
{
	return decode_as(f, "a.txt", bytes.ptr, bytes.len, s);
}

static gw_str join(fixture *f, gw_str a, gw_str b)
{
	char *out = gw_arena_alloc(&f->document, a.len + b.len + 1u);
	memcpy(out, a.ptr, a.len);
	memcpy(out + a.len, b.ptr, b.len);
	return (gw_str){out, a.len + b.len};
}

static void text_is(const gw_source *s, gw_str want)
{
	assert_int_equal(s->text.byte_len, want.len);
	assert_memory_equal(s->text.bytes, want.ptr, want.len);
	assert_int_equal(s->text.char_count, gw_utf8_count(want.ptr, want.len));
}

static const char sample[] = "关于印发《某某市优化营商环境实施方案》的通知\n各县（市、区）人民政府：\n"
                             "　　一、到2025年底前，城镇化率达到63%以上。\n责任单位：市发展改革委、市财政局。\n";

static void test_lines_of_two_encodings(void **state)
{
	fixture *f = *state;
	gw_source s;
	gw_str utf8 = gw_str_of(sample), gb = convert_str(f, "GB18030", "UTF-8", utf8);
	gw_str twice = join(f, utf8, utf8), thrice = join(f, twice, utf8);
	static const char *const names[] = {"UTF-8", "GB18030", "UTF-8", "GB18030"};
	gw_str inputs[] = {
	        join(f, join(f, utf8, utf8), gb), join(f, join(f, gb, gb), utf8), join(f, join(f, utf8, gb), utf8),
	        join(f, join(f, gb, utf8), gb)};
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(decode(f, inputs[i], &s), GW_WARN);
		assert_string_equal(s.encoding, names[i]);
		assert_int_equal(s.encoding_errors, 0);
		text_is(&s, thrice);
		assert_non_null(reported(f, GW_W_INPUT_MIXED));
		assert_int_equal(reported(f, GW_W_INPUT_MIXED)->place.line, i < 2 ? 9 : 5);
	}
}

/* Lines of Big5 among GB 18030, and the other way round, without a byte that is none in either. */
static void test_big5_among_gb18030(void **state)
{
	fixture *f = *state;
	gw_source s;
	static const gw_str traditional =
	        GW_STR("各縣（市、區）人民政府應當加強對辦理工作的領導。\n關於印發實施方案的通知\n");
	gw_str here = gw_str_of(sample), gb = convert_str(f, "GB18030", "UTF-8", here), gb3 = join(f, gb, join(f, gb, gb));
	gw_str big5 = convert_str(f, "BIG5-HKSCS", "UTF-8", traditional), big5_3 = join(f, big5, join(f, big5, big5));
	gw_str here3 = join(f, here, join(f, here, here)), there3 = join(f, traditional, join(f, traditional, traditional));
	const gw_decoder *as_gb = gw_decoder_find("GB18030");
	const char *out;
	size_t n;
	uint32_t errors;
	as_gb->decode(big5.ptr, big5.len, &f->document, &out, &n, &errors, &f->diag);
	assert_int_equal(errors, 0);
	assert_int_equal(decode(f, join(f, gb3, join(f, big5, gb)), &s), GW_WARN);
	assert_string_equal(s.encoding, "GB18030");
	text_is(&s, join(f, here3, join(f, traditional, here)));
	assert_int_equal(reported(f, GW_W_INPUT_MIXED)->place.line, 13);
	assert_int_equal(decode(f, join(f, big5_3, join(f, gb, big5)), &s), GW_WARN);
	assert_string_equal(s.encoding, "Big5");
	text_is(&s, join(f, there3, join(f, here, traditional)));
	assert_int_equal(reported(f, GW_W_INPUT_MIXED)->place.line, 7);
	/* traditional text and rare names are no Big5 */
	static const char *const whole[] = {"關於印發實施方案的通知，各縣區人民政府辦公廳鑒於銀錢鋼鐵。\n", "负责人：朱镕基、陶喆、李堃、王淼、犇骉羴猋麤龘\n",
	        "GDP增长5％，PM2.5、A级、B类、㎡、㎏、℃、‰、№、①②③④⑤⑥⑦⑧\n"};
	for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
		gw_str one = gw_str_of(whole[i]);
		gw_str all = join(f, gb3, convert_str(f, "GB18030", "UTF-8", one));
		assert_int_equal(decode(f, all, &s), GW_OK);
		text_is(&s, join(f, here3, one));
	}
}

static void test_shown_in_one_byte(void **state)
{
	fixture *f = *state;
	gw_source s;
	gw_str utf8 = gw_str_of(sample), gb = convert_str(f, "GB18030", "UTF-8", utf8);
	static const char *const pages[] = {"ISO-8859-1", "MAC-CYRILLIC", "MACINTOSH"};
	for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
		assert_int_equal(decode(f, convert_str(f, "UTF-8", pages[i], utf8), &s), GW_WARN);
		text_is(&s, utf8);
		assert_non_null(reported(f, GW_W_INPUT_MOJIBAKE));
	}
	assert_int_equal(decode(f, convert_str(f, "UTF-8", "ISO-8859-1", gb), &s), GW_WARN);
	text_is(&s, utf8);
	/* twice */
	gw_str once = convert_str(f, "UTF-8", "ISO-8859-1", utf8);
	assert_int_equal(decode(f, convert_str(f, "UTF-8", "ISO-8859-1", once), &s), GW_WARN);
	text_is(&s, utf8);
	/* only reported when that is what is asked for */
	assert_int_equal(open_with(f, "mojibake: report\n"), GW_OK);
	assert_int_equal(decode(f, once, &s), GW_WARN);
	text_is(&s, once);
	assert_non_null(reported(f, GW_W_INPUT_MOJIBAKE));
}

static void test_within_good_text(void **state)
{
	fixture *f = *state;
	gw_source s;
	assert_int_equal(decode(f, GW_STR("来源：º£¿ÚÊÐ人民政府，主办：æ”¿åºœ办公厅。\n"), &s), GW_WARN);
	text_is(&s, GW_STR("来源：海口市人民政府，主办：政府办公厅。\n"));
	const gw_problem *p = reported(f, GW_W_INPUT_MOJIBAKE);
	assert_non_null(p);
	assert_int_equal(p->place.line, 1);
	assert_int_equal(p->place.byte_offset, 9);
}

static void test_what_is_meant_so(void **state)
{
	fixture *f = *state;
	gw_source s;
	static const gw_str texts[] = {
	        GW_STR("Café crème, déjà vu à l’été; naïve façade, Ångström, Übergröße.\n"),
	        GW_STR("Привет, мир! Постановление администрации города.\n"),
	        GW_STR("阿·卡·别·克·苏莱曼，±5%，25℃，§3，×10，÷2，é\n"),
	        GW_STR("Ελληνικά: η δημοκρατία\n"),
	        GW_STR("评审鉴定，借鉴经验；鎏金、錾刻。鑒於銀錢鋼鐵，關鍵鎮鄉鐵路錯綜，銷售鍋爐。\n"),
	        GW_STR("涓涓细流，沙家浜，淇县，渚洲，鍥鎬鐨\n"),
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		assert_int_equal(decode(f, texts[i], &s), GW_OK);
		text_is(&s, texts[i]);
	}
}

static void test_shown_as_gbk(void **state)
{
	fixture *f = *state;
	gw_source s;
	static const struct {
		gw_str shown, meant;
		unsigned lost;
	} texts[] = {
	        {GW_STR("来源：鏀垮簻办公厅\n"), GW_STR("来源：政府办公厅\n"), 0},
	        {GW_STR("甲\n海口市鏀垮簻\n"), GW_STR("甲\n海口市政府\n"), 0},
	        /* an odd number of characters: the last one has lost a byte */
	        {GW_STR("浜烘皯鏀垮簻銆�\n"), GW_STR("人民政府�\n"), 1},
	        {GW_STR("浜烘皯鏀垮簻銆?\n"), GW_STR("人民政府�\n"), 1},
	        {GW_STR("浜烘皯鏀垮簻銆"), GW_STR("人民政府�"), 1},
	        /* or stands before a letter as a pair */
	        {GW_STR("鏀垮簻鍔濧绾ф爣鍑�\n"), GW_STR("政府办A级标�\n"), 1},
	        /* 80 as the euro sign, as a control character, and gone where it can have been nothing else */
	        {GW_STR("涓€銆佹€讳綋瑕佹眰\n"), GW_STR("一、总体要求\n"), 0},
	        {GW_STR("涓銆佹讳綋瑕佹眰\n"), GW_STR("一、总体要求\n"), 0},
	        {GW_STR("鎸夌収鐪佸\ue759銆佺渷鏀垮簻甯備腑蹇冦�侀��褰�\n"), GW_STR("按照省委、省政府市中心、退�\n"), 1},
	        /* what is known of a text helps its short lines */
	        {GW_STR("浜烘皯鏀垮簻\n2027骞达級\n"), GW_STR("人民政府\n2027年）\n"), 0},
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		assert_int_equal(decode(f, texts[i].shown, &s), GW_WARN);
		text_is(&s, texts[i].meant);
		assert_non_null(reported(f, GW_W_INPUT_MOJIBAKE));
		assert_int_equal(reported(f, GW_W_INPUT_LOST) != NULL, texts[i].lost > 0);
	}
	assert_int_equal(decode(f, texts[1].shown, &s), GW_WARN);
	assert_int_equal(reported(f, GW_W_INPUT_MOJIBAKE)->place.line, 2);
	assert_int_equal(reported(f, GW_W_INPUT_MOJIBAKE)->place.byte_offset, 13);
	assert_int_equal(open_with(f, "mojibake: report\n"), GW_OK);
	assert_int_equal(decode(f, texts[0].shown, &s), GW_WARN);
	text_is(&s, texts[0].shown);
	assert_non_null(reported(f, GW_W_INPUT_MOJIBAKE));
}

/* A whole text, as one that reads every pair shows it, and what can come back of it. */
static void test_text_shown_as_gbk(void **state)
{
	fixture *f = *state;
	gw_source s;
	const gw_decoder *gb = gw_decoder_find("GB18030");
	const char *shown;
	size_t n;
	uint32_t errors;
	gw_str utf8 = gw_str_of(sample);
	gb->decode(utf8.ptr, utf8.len, &f->document, &shown, &n, &errors, &f->diag);
	assert_int_equal(decode(f, (gw_str){shown, (uint32_t)n}, &s), GW_WARN);
	assert_non_null(reported(f, GW_W_INPUT_MOJIBAKE));
	static const char *const back[] = {"优化营商环境实施方案》的通", "各县（市、区）人民政府", "年底前，城镇化率达到63%以上", "责任单位：市发展改革委、市财政局"};
	for (size_t i = 0; i < sizeof back / sizeof *back; i++)
		assert_non_null(memmem(s.text.bytes, s.text.byte_len, back[i], strlen(back[i])));
}

static void test_lost(void **state)
{
	fixture *f = *state;
	gw_source s;
	assert_int_equal(decode(f, GW_STR("第一条\n为了锟斤拷锟斤拷管理，制定本办法。\n"), &s), GW_WARN);
	assert_non_null(reported(f, GW_W_INPUT_LOST));
	assert_int_equal(reported(f, GW_W_INPUT_LOST)->place.line, 2);
}

/* What is rare is looked for in blocks: it is found wherever it stands in one. */
static void test_found_anywhere(void **state)
{
	fixture *f = *state;
	gw_source s;
	for (unsigned before = 0; before < 150; before++) {
		gw_buf b;
		gw_buf_init(&b);
		for (unsigned i = 0; i < before; i++)
			gw_buf_addc(&b, i % 40 == 39 ? '\n' : 'x');
		gw_buf_adds(&b, "锟斤拷");
		for (unsigned i = 0; i < 90; i++)
			gw_buf_adds(&b, "销售");
		assert_int_equal(decode(f, (gw_str){b.ptr, (uint32_t)b.len}, &s), GW_WARN);
		assert_int_equal(reported(f, GW_W_INPUT_LOST)->place.byte_offset, before);
		gw_buf_clear(&b);
		for (unsigned i = 0; i < before; i++)
			gw_buf_adds(&b, i % 40 == 39 ? "\n" : "销");
		size_t at = b.len;
		gw_buf_adds(&b, "æ”¿åºœ");
		for (unsigned i = 0; i < 90; i++)
			gw_buf_adds(&b, "销");
		assert_int_equal(decode(f, (gw_str){b.ptr, (uint32_t)b.len}, &s), GW_WARN);
		assert_int_equal(reported(f, GW_W_INPUT_MOJIBAKE)->place.byte_offset, at);
		gw_buf_release(&b);
	}
}

static void test_configured_wrongly(void **state)
{
	fixture *f = *state;
	gw_source s;
	assert_int_equal(open_with(f, "encoding: big5\n"), GW_OK);
	assert_int_equal(decode(f, gw_str_of(sample), &s), GW_WARN);
	assert_string_equal(s.encoding, "Big5");
	assert_non_null(reported(f, GW_W_INPUT_DECLARED));
	assert_int_equal(decode(f, GW_STR("only ASCII, 12 of it\n"), &s), GW_OK);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	        TEST(test_lines_of_two_encodings), TEST(test_big5_among_gb18030),
	        TEST(test_shown_in_one_byte), TEST(test_within_good_text),
	        TEST(test_what_is_meant_so),       TEST(test_lost),              TEST(test_found_anywhere),
	        TEST(test_shown_as_gbk), TEST(test_text_shown_as_gbk),
	        TEST(test_configured_wrongly),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
