/* Normalising: folding against a plain oracle, the map to the source, the same folded text from every encoding, and
 * which lines are joined. All texts are invented. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <iconv.h>
#include <stdlib.h>

#include "gw/fold.h"
#include "gw/stage.h"

typedef struct fixture {
	gw_arena run, a;
	gw_diag diag;
	void *decode, *normalize[3];
} fixture;

enum { AUTO, NEVER, ALWAYS };

static void *open_stage(fixture *f, const gw_stage *st, const char *yaml)
{
	void *state = NULL, *settings = gw_arena_alloc(&f->run, st->settings_size);
	gw_node *map = gw_yaml_parse(&f->run, "test.yaml", yaml, strlen(yaml), &f->diag);
	assert_true(gw_options_read(st->options, map, settings, &f->run, &f->diag));
	assert_int_equal(st->open(settings, NULL, &f->run, &state, &f->diag), GW_OK);
	return state;
}

static int setup(void **state)
{
	fixture *f = calloc(1, sizeof *f);
	gw_arena_init(&f->run);
	gw_arena_init(&f->a);
	gw_diag_init(&f->diag);
	f->decode = open_stage(f, &gw_stage_decode, "{}");
	f->normalize[AUTO] = open_stage(f, &gw_stage_normalize, "{}");
	f->normalize[NEVER] = open_stage(f, &gw_stage_normalize, "join_lines: never");
	f->normalize[ALWAYS] = open_stage(f, &gw_stage_normalize, "join_lines: always");
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	fixture *f = *state;
	gw_arena_release(&f->run);
	gw_arena_release(&f->a);
	gw_diag_release(&f->diag);
	free(f);
	return 0;
}

static gw_text *normalize(fixture *f, const char *bytes, size_t n, int join)
{
	gw_source *s = GW_NEW(&f->a, gw_source);
	*s = (gw_source){.arena = &f->a, .path = GW_STR("a.txt"), .raw = bytes, .raw_len = n};
	assert_true(gw_stage_decode.source(f->decode, s, &f->diag) <= GW_WARN);
	assert_int_equal(gw_stage_normalize.source(f->normalize[join], s, &f->diag), GW_OK);
	return &s->text;
}

/* With '|' for '\n', so that cases fit on a line. */
static void gives(fixture *f, int join, const char *from, const char *want)
{
	gw_arena_reset(&f->a);
	gw_text *t = normalize(f, from, strlen(from), join);
	gw_str got = gw_text_utf8(&f->a, t, (gw_span){0, t->len});
	char *z = gw_arena_printf(&f->a, "%s", got.ptr);
	for (char *p = z; *p; p++)
		if (*p == '\n')
			*p = '|';
	assert_string_equal(z, want);
}

static void test_blanks_and_breaks(void **state)
{
	fixture *f = *state;
	gives(f, AUTO, "", "");
	gives(f, AUTO, " \n　\r\n\t", "");
	gives(f, AUTO, "\n\n  发 展　改\xC2\xA0革\xE2\x80\x8B委  \r\n\r\n\r\n  甲 ， 乙 \n", "发展改革委|甲,乙");
	gives(f, AUTO, "GDP growth 5 %  of  2024 年 A B", "GDP growth 5%of 2024年A B");
	gives(f, AUTO, "1. 2025年底前 3.5 2 . 5", "1. 2025年底前3.5 2.5");
	gives(f, AUTO, "⑴ 总则\f㈠ 目标\u2028⒈ 要求\xC2\x85完", "(1)总则|(一)目标|1.要求|完");
	gives(f, AUTO, "Ａ Ｂ １２％", "A B 12%");
	gives(f, AUTO, "二O二五年、二〇三O年、二OО八年、二0二五年", "二〇二五年、二〇三〇年、二〇〇八年、二〇二五年");
	gives(f, AUTO, "O2O年会、二OOO年、B二O年", "O2O年会、二OOO年、B二O年");
	gives(f, AUTO, "關\xC2\xAD於⻓安區、優化\xE2\x80\x8B營商環境", "关于长安区、优化营商环境");
	gives(f, AUTO, "甲\r乙\r\n丙\n\r丁", "甲|乙|丙|丁");
	/* what is left of a page's blanks, cut at times */
	gives(f, AUTO, "甲市&nbsp;&ensp;人民政府 &bsp; \n5&nbsp;A R&D&sp;中心&amp;&", "甲市人民政府|5 A R&D中心&amp;&");
}

/* Up to three digits and a point are all there is in the line. */
static bool is_item(const uint32_t *ch, uint32_t n)
{
	uint32_t digits = 0;
	while (digits + 1 < n && gw_is_digit(ch[n - 2 - digits]))
		digits++;
	return digits >= 1 && digits <= 3 && (n == digits + 1 || ch[n - 2 - digits] == '\n');
}

/* The whole of folding without lines being joined, the slow and plain way. */
static uint32_t oracle(const gw_text *t, uint32_t *ch, uint32_t *src)
{
	const char *p = t->bytes, *end = p + t->byte_len;
	uint32_t n = 0, blank = GW_NONE, brk = GW_NONE, out[4];
	unsigned m;
	for (uint32_t pos = 0; p < end; pos++) {
		gw_fold_class cls = gw_fold(gw_utf8_next(&p, end), out, &m);
		if (cls == GW_FOLD_BLANK && blank == GW_NONE)
			blank = pos;
		if (cls == GW_FOLD_BREAK && brk == GW_NONE)
			brk = pos;
		if (cls != GW_FOLD_KEEP && cls != GW_FOLD_MORE)
			continue;
		uint32_t left = n ? ch[n - 1] : 0;
		bool right = gw_is_digit(out[0]) || gw_is_letter(out[0]);
		bool item = left == '.' && gw_is_digit(out[0]) && is_item(ch, n);
		if (n && brk != GW_NONE) {
			ch[n] = '\n';
			src[n++] = brk;
		} else if (n && blank != GW_NONE && right && (gw_is_digit(left) || gw_is_letter(left) || item)) {
			ch[n] = ' ';
			src[n++] = blank;
		}
		blank = brk = GW_NONE;
		for (unsigned i = 0; i < m; i++) {
			ch[n] = out[i];
			src[n++] = pos;
		}
	}
	src[n] = t->char_count;
	return n;
}

static void check_map(const gw_text *t)
{
	for (uint32_t i = 0; i < t->len; i++) {
		assert_true(t->src[i] < t->char_count);
		assert_true(t->src[i] <= t->src[i + 1]);
		assert_false(t->ch[i] == '\n' && (i == 0 || i + 1 == t->len || t->ch[i + 1] == '\n'));
	}
	assert_int_equal(t->src[t->len], t->char_count);
}

/* Folding the slice at a position gives what stands there. */
static void check_slices(fixture *f, const gw_text *t)
{
	for (uint32_t i = 0; i < t->len; i++) {
		if (t->ch[i] == '\n' || t->ch[i] == ' ')
			continue;
		gw_place_in_text p = gw_source_place(t, (gw_span){i, i + 1});
		uint32_t n;
		uint32_t *ch = gw_fold_text(&f->a, p.text, &n);
		bool found = false;
		for (uint32_t k = 0; k < n; k++)
			found = found || ch[k] == t->ch[i];
		assert_true(found);
	}
}

static const char *const pieces[] = {"甲", "发展改革委", "A", "9", "2025年", " ", "　", "\t", "\n", "\r\n", "\r",
        "\n\n", "，", "。", "（", "）", "《", "》", "、", ".", "⑴", "⒛", "㈠", "\u200B", "\u00AD", "\u2028", "\f",
        "\u00A0", "“", "——", "😀", "é", "䶮", "①", "一、", "第三条 "};

static uint64_t step(uint64_t *x)
{
	*x = *x * 6364136223846793005u + 1442695040888963407u;
	return *x >> 33;
}

static void test_against_oracle(void **state)
{
	fixture *f = *state;
	uint64_t x = 7;
	for (unsigned round = 0; round < 1500; round++) {
		gw_buf b;
		gw_buf_init(&b);
		gw_buf_adds(&b, "文");
		for (unsigned i = 0; i < round % 300; i++) {
			/* now and then only expanding characters or odd line ends: the first guess of the size is too
			 * small then */
			const char *piece = round % 50 == 49 ? (i & 1 ? "⑴" : "\f")
			                                     : pieces[step(&x) % (sizeof pieces / sizeof *pieces)];
			gw_buf_adds(&b, piece);
		}
		gw_arena_reset(&f->a);
		gw_text *t = normalize(f, b.ptr, b.len, NEVER);
		uint32_t *ch = GW_NEW_N(&f->a, uint32_t, 4 * t->char_count + 8),
		         *src = GW_NEW_N(&f->a, uint32_t, 4 * t->char_count + 8);
		assert_int_equal(t->len, oracle(t, ch, src));
		assert_memory_equal(t->ch, ch, t->len * sizeof *ch);
		assert_memory_equal(t->src, src, (t->len + 1) * sizeof *src);
		for (int join = AUTO; join <= ALWAYS; join++) {
			t = normalize(f, b.ptr, b.len, join);
			check_map(t);
			check_slices(f, t);
		}
		gw_buf_release(&b);
	}
}

/* A text that folds to far more than it has room for at first. */
static void test_more_room(void **state)
{
	fixture *f = *state;
	gw_buf b;
	gw_buf_init(&b);
	for (unsigned i = 0; i < 3000; i++)
		gw_buf_adds(&b, "⒇\v");
	gw_arena_reset(&f->a);
	gw_text *t = normalize(f, b.ptr, b.len, AUTO);
	assert_int_equal(t->len, 3000 * 5 - 1);
	check_map(t);
	gw_buf_release(&b);
}

static void test_same_from_every_encoding(void **state)
{
	fixture *f = *state;
	static const char text[] =
	        "某某市人民政府关于加快养老服务发展的意见\r\n　　一、到２０２５年底前，养老床位达到 3 万张以上；\n"
	        "（一）市民政局牵头，市财政局、市卫生健康委配合。\n　　⑴ 每年１月３１日前报告。";
	static const char *const names[] = {"GB18030", "UTF-16LE", "UTF-16BE"};
	gw_arena_reset(&f->a);
	gw_text *t = normalize(f, text, strlen(text), AUTO);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char out[2048], in[2048], *op = out, *ip = in;
		size_t ol = sizeof out, il = strlen(text);
		memcpy(in, text, il);
		iconv_t cd = iconv_open(names[i], "UTF-8");
		assert_int_equal(iconv(cd, &ip, &il, &op, &ol), 0);
		iconv_close(cd);
		gw_text *u = normalize(f, out, sizeof out - ol, AUTO);
		assert_int_equal(u->len, t->len);
		assert_memory_equal(u->ch, t->ch, t->len * sizeof *t->ch);
		assert_memory_equal(u->src, t->src, (t->len + 1) * sizeof *t->src);
	}
}

/* ---- joining ---- */

static void test_joined(void **state)
{
	fixture *f = *state;
	gives(f, AUTO, "要认真落实上级关于加强基层治理的各项部署,\n不断提高服务水平。",
	        "要认真落实上级关于加强基层治理的各项部署,不断提高服务水平。");
	gives(f, AUTO, "暂时调整实施《某某市养老服务\n条例》有关规定的决定",
	        "暂时调整实施《某某市养老服务条例》有关规定的决定");
	gives(f, AUTO, "根据《\n某某条例\n》，制定本办法", "根据《某某条例》,制定本办法");
	gives(f, AUTO, "由有关部门按照职责分工负责落实到位的事项（包括甲、\n乙和丙）要报告",
	        "由有关部门按照职责分工负责落实到位的事项(包括甲、乙和丙)要报告");
	gives(f, AUTO, "会议通过\n，自公布之日起施行", "会议通过,自公布之日起施行");
	gives(f, AUTO, "（\n2023\n年\n10\n月\n24\n日通过\n）", "(2023年10月24日通过)");
	gives(f, AUTO, "主要污染物排放量继续下降，城市细颗粒物（PM\n2.5\n）浓度",
	        "主要污染物排放量继续下降,城市细颗粒物(PM2.5)浓度");
}

/* Names that stand elsewhere on one line: in a page's table, within 《》, in a list of annexes. */
static void test_names_joined(void **state)
{
	fixture *f = *state;
	gives(f, AUTO, "标　题：\n某县关于建立职业教育工作部际联席会议制度的批复\n某县关于建立职业教育工作\n 部际联席会议制度的批复\n某县教育局：",
	        "标题:|某县关于建立职业教育工作部际联席会议制度的批复|某县关于建立职业教育工作部际联席会议制度的批复|某县教育局:");
	gives(f, AUTO, "现将《农村供水工程运行管理办法》印发给你们。\n农 村 供 水 工 程\n运行管理办法\n第一条 为了供水。",
	        "现将《农村供水工程运行管理办法》印发给你们。|农村供水工程运行管理办法|第一条为了供水。");
	gives(f, AUTO, "附件：1.某口岸查验区界址点坐标说明\n附件1\n某口岸查验区\n界址点坐标说明\n编号",
	        "附件:1.某口岸查验区界址点坐标说明|附件1|某口岸查验区界址点坐标说明|编号");
	/* too short to be no chance, a blank line too many, switched off */
	gives(f, AUTO, "县财政局牵头\n县财政局\n牵头", "县财政局牵头|县财政局|牵头");
	gives(f, AUTO, "农村供水工程运行管理办法\n农村供水工程\n\n\n运行管理办法", "农村供水工程运行管理办法|农村供水工程|运行管理办法");
	gives(f, NEVER, "农村供水工程运行管理办法\n农村供水工程\n运行管理办法", "农村供水工程运行管理办法|农村供水工程|运行管理办法");
}

static void test_not_joined(void **state)
{
	fixture *f = *state;
	/* a title over several lines, headings, labels, signatures, cells */
	gives(f, AUTO,
	        "中共某某市委\n关于学习贯彻全会精神推进城乡基层治理制度创新和能力建设\n的实施意见\n（2020年1月通过）",
	        "中共某某市委|关于学习贯彻全会精神推进城乡基层治理制度创新和能力建设|的实施意见|(2020年1月通过)");
	gives(f, AUTO, "四、努力建设人民满意的法治型服务型政府和现代化治理体系\n政贵在行",
	        "四、努力建设人民满意的法治型服务型政府和现代化治理体系|政贵在行");
	gives(f, AUTO, "各区县要按照职责分工抓好各项任务的组织实施工作，\n（一）加强领导",
	        "各区县要按照职责分工抓好各项任务的组织实施工作,|(一)加强领导");
	gives(f, AUTO, "各区县要按照职责分工抓好各项任务的组织实施工作，\n责任单位：市民政局",
	        "各区县要按照职责分工抓好各项任务的组织实施工作,|责任单位:市民政局");
	gives(f, AUTO, "各区县要按照职责分工抓好各项任务的组织实施工作，\n\n不断提高水平",
	        "各区县要按照职责分工抓好各项任务的组织实施工作,|不断提高水平");
	gives(f, AUTO, "（牵头单位：市民政局\n配合单位：市财政局）", "(牵头单位:市民政局|配合单位:市财政局)");
	gives(f, AUTO, "省财政厅，\n省水利厅", "省财政厅,|省水利厅");
	gives(f, AUTO, "某某市人民政府\n2023年1月2日", "某某市人民政府|2023年1月2日");
	gives(f, AUTO, "3\n日常工作", "3|日常工作");
	gives(f, NEVER, "根据《\n某某条例\n》", "根据《|某某条例|》");
	gives(f, ALWAYS, "甲乙\n丙丁\n\n戊\n　　己\n一、庚", "甲乙丙丁|戊|己|一、庚");
}

/* Text wrapped at 60 columns: paragraphs with an indent, then the same without. */
static void test_wrapped(void **state)
{
	fixture *f = *state;
	static const char *const sentences[] = {"各级各部门要提高认识，加强领导，明确责任，把各项任务落到实处。",
	        "到2025年底前全市养老床位达到三万张以上，护理型床位占比不低于百分之五十五。",
	        "市民政局要会同有关部门建立健全工作机制，定期通报进展情况。"};
	for (int indents = 1; indents >= 0; indents--) {
		gw_buf wrapped, plain;
		gw_buf_init(&wrapped);
		gw_buf_init(&plain);
		for (unsigned p = 0; p < 8; p++) {
			unsigned column = indents ? 4 : 0;
			gw_buf_adds(&wrapped, indents ? "　　" : "");
			if (p)
				gw_buf_adds(&plain, "|");
			for (unsigned s = 0; s < 5; s++) {
				const char *z = sentences[(p + s) % 3], *end = z + strlen(z);
				while (z < end) {
					const char *from = z;
					uint32_t c = gw_utf8_next(&z, end), out[4];
					unsigned n, w = c < 0x80 ? 1 : 2;
					gw_fold(c, out, &n);
					/* no line begins with a mark: it hangs over */
					if (column + w > 60 && gw_is_han(out[0])) {
						gw_buf_adds(&wrapped, "\n");
						column = 0;
					}
					column += w;
					gw_buf_add(&wrapped, from, (size_t)(z - from));
					gw_buf_add_cp(&plain, out[0]);
				}
			}
			gw_buf_adds(&wrapped, indents ? "\n" : "\n\n");
		}
		gives(f, AUTO, wrapped.ptr, plain.ptr);
		gw_buf_release(&wrapped);
		gw_buf_release(&plain);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	        TEST(test_blanks_and_breaks),
	        TEST(test_against_oracle),
	        TEST(test_more_room),
	        TEST(test_same_from_every_encoding),
	        TEST(test_joined),
	        TEST(test_names_joined),
	        TEST(test_not_joined),
	        TEST(test_wrapped),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
