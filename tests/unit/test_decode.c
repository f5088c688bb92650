/* Decoding: every code of GB 18030 against iconv(3), the same text in all encodings, detection, the index of lines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "decoding.h"

static gw_status decode(fixture *f, const char *bytes, size_t n, gw_source *s)
{
	return decode_as(f, "a.txt", bytes, n, s);
}

static const char sample[] = "关于印发《某某市优化营商环境实施方案》的通知\n各县(市、区)"
                             "人民政府：\r\n　　一、到2025年底前，城镇化率达到63%以上。"
                             "责任单位：市发展改革委、市财政局；😀〇";

static void test_one_text_in_all_encodings(void **state)
{
	fixture *f = *state;
	static const struct {
		const char *iconv_name, *name, *mark, *source;
	} cases[] = {
	        {"UTF-8", "UTF-8", "", "detected"},
	        {"UTF-8", "UTF-8", "\xEF\xBB\xBF", "bom"},
	        {"GB18030", "GB18030", "", "detected"},
	        {"GB18030", "GB18030", "\x84\x31\x95\x33", "bom"},
	        {"UTF-16LE", "UTF-16LE", "", "detected"},
	        {"UTF-16LE", "UTF-16LE", "\xFF\xFE", "bom"},
	        {"UTF-16BE", "UTF-16BE", "", "detected"},
	        {"UTF-16BE", "UTF-16BE", "\xFE\xFF", "bom"},
	        {"UTF-32LE", "UTF-32LE", "", "detected"},
	        {"UTF-32LE", "UTF-32LE", "\xFF\xFE\0\0", "bom"},
	        {"UTF-32BE", "UTF-32BE", "", "detected"},
	        {"UTF-32BE", "UTF-32BE", "\0\0\xFE\xFF", "bom"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		gw_buf b;
		gw_buf_init(&b);
		size_t mark = strcmp(cases[i].source, "bom") == 0 && strstr(cases[i].name, "-32") ? 4 : strlen(cases[i].mark);
		gw_buf_add(&b, cases[i].mark, mark);
		gw_buf_add_str(&b, convert(&f->document, cases[i].iconv_name, "UTF-8", sample, strlen(sample)));
		gw_source s;
		assert_int_equal(decode(f, b.ptr, b.len, &s), GW_OK);
		assert_string_equal(s.encoding, cases[i].name);
		assert_string_equal(s.encoding_source, cases[i].source);
		assert_int_equal(s.encoding_errors, 0);
		assert_int_equal(s.text.byte_len, strlen(sample));
		assert_memory_equal(s.text.bytes, sample, s.text.byte_len);
		assert_int_equal(s.text.line_count, 3);
		if (strcmp(cases[i].name, "UTF-8") == 0)
			assert_ptr_equal(s.text.bytes, b.ptr + strlen(cases[i].mark)); /* not copied */
		gw_buf_release(&b);
	}
}

/* glibc 2.36 and the WHATWG differ: docs/encodings.md. */
static bool glibc_differs(uint32_t code)
{
	static const uint16_t codes[] = {0xA3A0, 0xFE51, 0xFE52, 0xFE53, 0xFE6C, 0xFE76, 0xFE91};
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		if (codes[i] == code)
			return true;
	return false;
}

static void same_as_iconv(fixture *f, iconv_t cd, const unsigned char *code, size_t n, unsigned *seen)
{
	char want[16], *p = want, raw[4], *in = raw;
	size_t left = sizeof want, in_left = n;
	memcpy(raw, code, n);
	iconv(cd, NULL, NULL, NULL, NULL);
	bool good = iconv(cd, &in, &in_left, &p, &left) != (size_t)-1;
	const char *out;
	size_t len;
	uint32_t errors;
	gw_decoder_find("gbk")->decode((const char *)code, n, &f->document, &out, &len, &errors, &f->diag);
	if (!good) {
		/* private use and unassigned codes that iconv does not know may still be linear here */
		assert_true(errors > 0 || n == 4);
		return;
	}
	assert_int_equal(errors, 0);
	assert_int_equal(len, sizeof want - left);
	assert_memory_equal(out, want, len);
	++*seen;
}

static void test_every_pair(void **state)
{
	fixture *f = *state;
	iconv_t cd = iconv_open("UTF-8", "GB18030");
	unsigned seen = 0;
	for (unsigned lead = 0x81; lead <= 0xFE; lead++) {
		for (unsigned trail = 0x40; trail <= 0xFE; trail++) {
			unsigned char code[2] = {(unsigned char)lead, (unsigned char)trail};
			if (trail != 0x7F && !glibc_differs(lead << 8 | trail))
				same_as_iconv(f, cd, code, 2, &seen);
		}
		gw_arena_reset(&f->document);
	}
	assert_int_equal(seen, 126 * 190 - 7);
	iconv_close(cd);
}

/* All four-byte codes of the basic plane, and one in 101 of those above. */
static void test_four_bytes(void **state)
{
	fixture *f = *state;
	iconv_t cd = iconv_open("UTF-8", "GB18030");
	unsigned seen = 0;
	for (uint32_t linear = 0; linear < 1237576; linear += linear < 39420 ? 1 : 101) {
		if (linear == 39420)
			linear = 189000;
		unsigned char code[4] = {(unsigned char)(0x81 + linear / 12600),
		        (unsigned char)(0x30 + linear / 1260 % 10), (unsigned char)(0x81 + linear / 10 % 126),
		        (unsigned char)(0x30 + linear % 10)};
		/* codes whose characters have moved to two bytes: glibc sends them to the private use area in exchange
		 */
		if (!(linear >= 39076 && linear <= 39085) && !(linear >= 19057 && linear <= 19064) && linear != 7457)
			same_as_iconv(f, cd, code, 4, &seen);
		if (linear % 4096 == 0)
			gw_arena_reset(&f->document);
	}
	assert_true(seen > 39000);
	iconv_close(cd);
}

/* Four pairs at a time must give what each alone gives, with anything between them. */
static void test_pairs_in_a_row(void **state)
{
	fixture *f = *state;
	const gw_decoder *d = gw_decoder_find("GB18030");
	static const char *const between[] = {"", "", "", "", "", "", "\xA1\xA4", "\x81\x40", "7", "\n", "\x81\x30\x81\x30", "\x80", "\xFF"};
	uint64_t x = 7;
	gw_buf all, want;
	gw_buf_init(&all);
	gw_buf_init(&want);
	for (unsigned i = 0; i < 94 * 94 * 3; i++) {
		x = x * 6364136223846793005u + 1442695040888963407u;
		const char *other = between[(x >> 33) % (sizeof between / sizeof *between)];
		char pair[2] = {(char)(0xA1 + i / 94 % 94), (char)(0xA1 + i % 94)};
		const char *const parts[] = {pair, other};
		for (unsigned k = 0; k < 2; k++) {
			size_t n = k ? strlen(other) : 2, len;
			const char *out;
			uint32_t errors;
			d->decode(parts[k], n, &f->document, &out, &len, &errors, &f->diag);
			gw_buf_add(&all, parts[k], n);
			gw_buf_add(&want, out, len);
		}
	}
	const char *out;
	size_t len;
	uint32_t errors;
	d->decode(all.ptr, all.len, &f->document, &out, &len, &errors, &f->diag);
	assert_int_equal(len, want.len);
	assert_memory_equal(out, want.ptr, len);
	gw_buf_release(&all);
	gw_buf_release(&want);
}

static void bad_gb(fixture *f, const char *bytes, size_t n, const char *want, uint32_t want_errors)
{
	const char *out;
	size_t len;
	uint32_t errors;
	gw_decoder_find("GB18030")->decode(bytes, n, &f->document, &out, &len, &errors, &f->diag);
	assert_int_equal(errors, want_errors);
	assert_int_equal(len, strlen(want));
	assert_memory_equal(out, want, len);
}

static void test_bad_gb18030(void **state)
{
	fixture *f = *state;
	bad_gb(f,
	        "a\x80"
	        "b\xFF"
	        "c",
	        5, "a\u20ACb\uFFFDc", 1);
	bad_gb(f, "\xB0", 1, "\uFFFD", 1);     /* cut */
	bad_gb(f, "\xB0\n", 2, "\uFFFD\n", 1); /* the line end stays */
	bad_gb(f, "\x81\x30\x81", 3, "\uFFFD0\uFFFD", 2);
	bad_gb(f, "\x84\x31\xA5\x30x", 5, "\uFFFDx", 1); /* no character there */
	bad_gb(f, "\xE3\x32\x9A\x36", 4, "\uFFFD", 1);   /* above U+10FFFF */
	char many[4000];
	memset(many, 0xFF, sizeof many);
	const char *out;
	size_t len;
	uint32_t errors;
	gw_decoder_find("GB18030")->decode(many, sizeof many, &f->document, &out, &len, &errors, &f->diag);
	assert_int_equal(errors, sizeof many);
	assert_int_equal(len, 3 * sizeof many);
}

static void test_bad_bytes_are_counted(void **state)
{
	fixture *f = *state;
	gw_source s;
	static const char cut[] = "全市常住人口城镇化率\n达到百分之六十\xE4\xB8";
	assert_int_equal(decode(f, cut, strlen(cut), &s), GW_WARN);
	assert_string_equal(s.encoding, "UTF-8");
	assert_int_equal(s.encoding_errors, 1);
	assert_true(reported(f, GW_W_INPUT_BYTES));
	assert_int_equal(f->diag.problems.items[0].place.line, 2);
	assert_int_equal(f->diag.problems.items[0].place.column, 8);
	static const char mixed[] =
	        "第一条 "
	        "为了规范\xFF管理\xC0\x80，制定本办法。本办法自发布之日起施行。全市各单位都要遵照执行，不得有误。"
	        "有关部门要加强协调配合，抓好贯彻落实，确保各项任务如期完成，取得实效，并及时报告。";
	assert_int_equal(decode(f, mixed, strlen(mixed), &s), GW_WARN);
	assert_int_equal(s.encoding_errors, 3);
	assert_true(gw_utf8_valid(s.text.bytes, s.text.byte_len));
	assert_int_equal(s.text.char_count, gw_utf8_count(s.text.bytes, s.text.byte_len));
	/* a lone surrogate and an odd byte */
	assert_int_equal(decode(f, "\xFF\xFE\x00\xD8\x2D\x4E\x41", 7, &s), GW_WARN);
	assert_int_equal(s.encoding_errors, 2);
	assert_memory_equal(s.text.bytes, "\uFFFD中\uFFFD", s.text.byte_len);
}

static void rejects(fixture *f, const char *bytes, size_t n, gw_code code)
{
	gw_source s;
	assert_int_equal(decode(f, bytes, n, &s), GW_FAILED);
	assert_true(reported(f, code));
}

static void test_what_is_no_text(void **state)
{
	fixture *f = *state;
	rejects(f, "\x89PNG\r\n\x1A\n\0\0\0\rIHDR", 16, GW_E_INPUT_BINARY);
	rejects(f,
	        "\x7F"
	        "ELF\2\1\1",
	        7, GW_E_INPUT_BINARY);
	rejects(f, "PK\3\4\24\0\0\0", 8, GW_E_INPUT_BINARY);
	rejects(f, "%PDF-1.7\n", 9, GW_E_INPUT_BINARY);
	rejects(f, "\0\1\2\3\4\5\6\7", 8, GW_E_INPUT_BINARY);
	char noise[5000];
	uint64_t x = 88172645463325252u;
	for (size_t i = 0; i < sizeof noise; i++) {
		x ^= x << 13, x ^= x >> 7, x ^= x << 17;
		noise[i] = (char)x;
	}
	rejects(f, noise, sizeof noise, GW_E_INPUT_BINARY);
	rejects(f,
	        "caf\xE9 cr\xE8me br\xFBl\xE9"
	        "e",
	        17, GW_E_INPUT_ENCODING);
}

static void test_empty(void **state)
{
	fixture *f = *state;
	gw_source s;
	assert_int_equal(decode(f, "", 0, &s), GW_WARN);
	assert_true(reported(f, GW_W_INPUT_EMPTY));
	assert_int_equal(s.text.char_count, 0);
	assert_int_equal(s.text.line_count, 1);
	assert_int_equal(decode(f, "\xEF\xBB\xBF \r\n\xE3\x80\x80\n", 9, &s), GW_WARN);
	assert_true(reported(f, GW_W_INPUT_EMPTY));
	assert_int_equal(decode(f, "ok", 2, &s), GW_OK);
	assert_string_equal(s.encoding, "UTF-8");
}

static void test_declared(void **state)
{
	fixture *f = *state;
	gw_source s;
	static const char page[] = "<html><head><META http-equiv=Content-Type content='text/html; "
	                           "charset=gb2312'></head>某某市人民政府办公室";
	gw_str gb = convert(&f->document, "GB18030", "UTF-8", page, strlen(page));
	assert_int_equal(decode(f, gb.ptr, gb.len, &s), GW_OK);
	assert_string_equal(s.encoding, "GB18030");
	assert_string_equal(s.encoding_source, "declared");
	/* converted, but the old declaration is still there */
	assert_int_equal(decode(f, page, strlen(page), &s), GW_WARN);
	assert_string_equal(s.encoding, "UTF-8");
	assert_string_equal(s.encoding_source, "detected");
	assert_true(reported(f, GW_W_INPUT_DECLARED));
	static const char xml[] = "<?xml version=\"1.0\" encoding=\"utf-8\"?><a>市政府</a>";
	assert_int_equal(decode(f, xml, strlen(xml), &s), GW_OK);
	assert_string_equal(s.encoding_source, "declared");
	static const char wide[] = "<?xml version=\"1.0\" encoding=\"UTF-16\"?><a>市政府</a>";
	assert_int_equal(decode(f, wide, strlen(wide), &s), GW_WARN);
	assert_string_equal(s.encoding, "UTF-8");
	static const char ascii[] = "<meta charset=gbk><p>only ASCII</p>";
	assert_int_equal(decode(f, ascii, strlen(ascii), &s), GW_OK);
	assert_string_equal(s.encoding, "GB18030");
}

static void test_settings(void **state)
{
	fixture *f = *state;
	gw_source s;
	assert_int_equal(open_with(f, "encodings:\n  - {glob: '*.gbk.txt', encoding: gbk}\nmax_bytes: 64\n"), GW_OK);
	gw_str gb = convert(&f->document, "GB18030", "UTF-8", "市", 3);
	assert_int_equal(decode_as(f, "x/y.gbk.txt", gb.ptr, gb.len, &s), GW_OK);
	assert_string_equal(s.encoding_source, "config");
	assert_string_equal(s.encoding, "GB18030");
	assert_int_equal(decode_as(f, "x/y.txt", "市", 3, &s), GW_OK);
	assert_string_equal(s.encoding_source, "detected");
	char big[65] = "";
	memset(big, 'a', sizeof big);
	assert_int_equal(decode(f, big, 64, &s), GW_OK);
	assert_int_equal(decode(f, big, 65, &s), GW_FAILED);
	assert_true(reported(f, GW_E_INPUT_SIZE));
	assert_int_equal(open_with(f, "encoding: klingon\n"), GW_FAILED);
	assert_int_equal(open_with(f, "encodings: [{glob: a, encoding: b}, 3]\n"), GW_FAILED);
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(gw_decoder_find("GBK")->name, "GB18030");
	assert_string_equal(gw_decoder_find("gb2312")->name, "GB18030");
	assert_string_equal(gw_decoder_find("utf8")->name, "UTF-8");
	assert_null(gw_decoder_find("gb"));
	assert_null(gw_decoder_find(""));
}

/* Marks and lines against a walk from the start, on texts of every mixture. */
static void check_index(fixture *f, const char *bytes, size_t n)
{
	gw_source s;
	assert_true(decode(f, bytes, n, &s) <= GW_WARN);
	const gw_text *t = &s.text;
	const char *p = t->bytes, *end = p + t->byte_len;
	uint32_t c = 0, line = 1;
	assert_int_equal(t->line_start[0], 0);
	for (uint32_t before = 0; p < end; c++) {
		if (c % GW_BYTE_STEP == 0)
			assert_int_equal(t->byte_at[c / GW_BYTE_STEP], p - t->bytes);
		bool lf = *p == '\n', broke = before == '\n' || (before == '\r' && !lf);
		if (broke)
			assert_int_equal(t->line_start[line++], c);
		before = gw_utf8_next(&p, end);
		if (p == end && (before == '\n' || before == '\r'))
			assert_int_equal(t->line_start[line++], c + 1);
	}
	assert_int_equal(t->char_count, c);
	assert_int_equal(t->line_count, line);
}

static void test_index(void **state)
{
	fixture *f = *state;
	static const char *const pieces[] = {
	        "a", "\n", "\r\n", "\r", "é", "中", "😀", "中文字符很多", "plain words", "\n\n", "，"};
	uint64_t x = 42;
	for (unsigned round = 0; round < 400; round++) {
		gw_buf b;
		gw_buf_init(&b);
		gw_buf_adds(&b, "文");
		for (unsigned i = 0; i < round; i++) {
			x = x * 6364136223846793005u + 1442695040888963407u;
			gw_buf_adds(&b, pieces[(x >> 33) % (sizeof pieces / sizeof *pieces)]);
		}
		check_index(f, b.ptr, b.len);
		gw_buf_release(&b);
		gw_arena_reset(&f->document);
	}
}

/* Whatever the bytes, every decoder gives valid UTF-8, counts what it replaced and reads no byte beyond the end. */
static void test_noise(void **state)
{
	fixture *f = *state;
	static const char *const names[] = {"UTF-8", "GB18030", "UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE", "Big5",
	        "HZ-GB-2312", "ISO-2022-CN"};
	uint64_t x = 99;
	for (unsigned round = 0; round < 4000; round++) {
		size_t n = round % 67;
		char *bytes = malloc(n + (n == 0)); /* of its very size, so that a sanitizer sees one byte too many */
		for (size_t i = 0; i < n; i++) {
			x = x * 6364136223846793005u + 1442695040888963407u;
			bytes[i] = (char)(round & 1 ? 0x80 | x >> 40 : x >> 40);
		}
		for (size_t d = 0; d < sizeof names / sizeof *names; d++) {
			const gw_decoder *dec = gw_decoder_find(names[d]);
			int bid = dec->bid(bytes, n);
			assert_true(bid >= 0 && bid <= 1000);
			const char *out;
			size_t len;
			uint32_t errors, found = 0;
			dec->decode(bytes, n, &f->document, &out, &len, &errors, &f->diag);
			assert_true(gw_utf8_valid(out, len));
			for (const char *p = out; p < out + len;)
				found += gw_utf8_next(&p, out + len) == 0xFFFD;
			assert_true(found >= errors);
		}
		gw_source s;
		decode(f, bytes, n, &s);
		free(bytes);
		gw_arena_reset(&f->document);
	}
}

static void gives(fixture *f, const char *name, const char *bytes, size_t n, const char *want, uint32_t want_errors)
{
	const char *out;
	size_t len;
	uint32_t errors;
	gw_decoder_find(name)->decode(bytes, n, &f->document, &out, &len, &errors, &f->diag);
	assert_int_equal(errors, want_errors);
	assert_int_equal(len, strlen(want));
	assert_memory_equal(out, want, len);
}

/* Escapes, half characters, what stands where nothing may. */
static void test_damaged(void **state)
{
	fixture *f = *state;
	gives(f, "Big5", "\xA4\xA4\xA4\n", 4, "中\uFFFD\n", 1);
	gives(f, "Big5", "\x88\x62\x88\xA5", 4, "\u00CA\u0304\u00EA\u030C", 0);
	gives(f, "Big5", "\x81\xFE" "a\x80z\xA4", 6, "\uFFFDa\uFFFDz\uFFFD", 3);
	gives(f, "hz", "a~{VPND~}b~~c~\nd", 16, "a中文b~cd", 0);
	gives(f, "hz", "~{VP\nVP", 7, "中\nVP", 0); /* a line end is ASCII again */
	gives(f, "hz", "~{V", 3, "\uFFFD", 1);
	gives(f, "ISO-2022-CN", "\x1B$)A\x0EVPND\x0F!", 11, "中文!", 0);
	gives(f, "ISO-2022-CN", "\x1B$)G\x0E\x44\x63\x0F", 8, "中", 0);
	gives(f, "ISO-2022-CN", "\x1B$*H\x1BN!!x", 9, "乂x", 0);
	gives(f, "ISO-2022-CN", "\x0EVP\nVP", 6, "\uFFFD\nVP", 1); /* nothing designated */
	gives(f, "ISO-2022-CN", "\x1B[0m", 4, "\uFFFD[0m", 1);
	gives(f, "UTF-32LE", "\x2D\x4E\0\0\0\xD8\0\0\x41", 9, "中\uFFFD\uFFFD", 2);
	gives(f, "UTF-32BE", "\0\1\xF6\0\0\x11\0\0", 8, "😀\uFFFD", 1);
	/* the character that standards moved: old and new code, and the ones that stayed in the private use area */
	gives(f, "GB18030", "\xFE\x59\x82\x35\x90\x37\xA8\xBC\x81\x35\xF4\x37\xA6\xD9\xFE\x51", 16,
	        "\u9FB4\u9FB4\u1E3F\uE7C7\uFE10\uE816", 0);
	gives(f, "GB18030", "\xE3\x32\x9A\x35\x90\x30\x81\x30", 8, "\U0010FFFF\U00010000", 0);
}

static void test_guess(void **state)
{
	(void)state;
	assert_string_equal(gw_decoder_guess("\xD5\xFE\xB8\xAE\xB9\xA4\xD7\xF7\xB1\xA8\xB8\xE6.txt", 16)->name, "GB18030");
	assert_string_equal(gw_decoder_guess("政府工作报告.txt", 22)->name, "UTF-8");
	assert_string_equal(gw_decoder_guess("a.txt", 5)->name, "UTF-8");
}

/* The euro of code page 936 is one byte and three in UTF-8: a page full of them needs more room than was guessed. */
static void test_euros(void **state)
{
	enum { EUROS = 5000 };
	fixture *f = *state;
	char *bytes = gw_arena_alloc(&f->run, EUROS);
	memset(bytes, 0x80, EUROS);
	const char *text;
	size_t len;
	uint32_t errors;
	assert_int_equal(gw_decoder_find("gbk")->decode(bytes, EUROS, &f->document, &text, &len, &errors, &f->diag), GW_OK);
	assert_int_equal(len, 3 * EUROS);
	memset(gw_arena_alloc(&f->document, 64), 0x11, 64); /* what comes next in the arena lies elsewhere */
	for (uint32_t i = 0; i < EUROS; i++)
		assert_memory_equal(text + 3 * i, "\xE2\x82\xAC", 3);
	assert_int_equal(errors, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	        TEST(test_one_text_in_all_encodings),
	        TEST(test_every_pair),
	        TEST(test_four_bytes),
	        TEST(test_euros),
	        TEST(test_bad_gb18030),
	        TEST(test_bad_bytes_are_counted),
	        TEST(test_what_is_no_text),
	        TEST(test_empty),
	        TEST(test_declared),
	        TEST(test_settings),
	        TEST(test_names),
	        TEST(test_damaged),
	        TEST(test_guess),
	        TEST(test_index),
	        TEST(test_pairs_in_a_row),
	        TEST(test_noise),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
