/* The readers of formats one by one: numbers of DOCX, lines of PDF, pages, Markdown, programs; packings and names. */
#include "../../pipeline/ingest/format/page.h"
#include "../../pipeline/ingest/format/pdf.h"
#include "../../pipeline/ingest/packed.h"

#include <locale.h>
#include <setjmp.h>
#include <stdlib.h>

#include <cmocka.h>

typedef struct fixture {
	gw_arena arena;
	gw_diag diag;
	gw_buf out;
	gw_page_words words;
	gw_convert convert;
} fixture;

static int begin(void **state)
{
	fixture *f = calloc(1, sizeof *f);
	gw_arena_init(&f->arena);
	gw_diag_init(&f->diag);
	gw_buf_init(&f->out);
	gw_map_init(&f->words.containers, &f->arena);
	gw_map_init(&f->words.furniture, &f->arena);
	gw_map_init(&f->words.labels, &f->arena);
	*gw_map_put(&f->words.containers, GW_STR("zoom")) = 1;
	*gw_map_put(&f->words.furniture, GW_STR("share")) = 1;
	*gw_map_put(&f->words.labels, GW_STR("文号")) = 1;
	f->words.max_depth = 100;
	f->convert = (gw_convert){
	        .max_bytes = 1 << 20, .seconds = 10, .memory = (int64_t)2 << 30, .pdf = "", .rules = "", .converter = ""};
	*state = f;
	return 0;
}

static int end(void **state)
{
	fixture *f = *state;
	gw_buf_release(&f->out);
	gw_diag_release(&f->diag);
	gw_arena_release(&f->arena);
	free(f);
	return 0;
}

static gw_format_job job_of(fixture *f, const char *path, const char *text)
{
	gw_diag_clear(&f->diag);
	gw_buf_clear(&f->out);
	return (gw_format_job){.bytes = text,
	        .len = strlen(text),
	        .path = path,
	        .arena = &f->arena,
	        .at = {.path = path},
	        .diag = &f->diag,
	        .convert = &f->convert,
	        .words = &f->words};
}

/* What a reader makes of a text. */
static const char *made(fixture *f, const gw_format *format, const char *path, const char *text)
{
	gw_format_job job = job_of(f, path, text);
	assert_true(format->is(&job));
	if (format->read(&job, &f->out) >= GW_FAILED)
		return f->diag.problems.items[0].message;
	return f->out.ptr ? f->out.ptr : "";
}

/* ---- DOCX ---- */

static void lists_are_counted(void **state)
{
	fixture *f = *state;
	static const char numbering[] =
	        "<w:numbering xmlns:w='w'><w:abstractNum w:abstractNumId='0'>"
	        "<w:lvl w:ilvl='0'><w:start w:val='1'/><w:numFmt w:val='chineseCounting'/><w:lvlText "
	        "w:val='%1、'/></w:lvl>"
	        "<w:lvl w:ilvl='1'><w:start w:val='1'/><w:numFmt w:val='decimal'/><w:lvlText "
	        "w:val='%1.%2.'/></w:lvl></w:abstractNum>"
	        "<w:abstractNum w:abstractNumId='1'><w:lvl w:ilvl='0'><w:start w:val='9'/><w:numFmt "
	        "w:val='chineseCountingThousand'/>"
	        "<w:lvlText w:val='第%1条'/></w:lvl></w:abstractNum>"
	        "<w:abstractNum w:abstractNumId='2'><w:lvl w:ilvl='0'><w:numFmt w:val='bullet'/><w:lvlText "
	        "w:val='\xEF\x82\xB7'/></w:lvl>"
	        "</w:abstractNum><w:num w:numId='5'><w:abstractNumId w:val='0'/></w:num><w:num "
	        "w:numId='6'><w:abstractNumId w:val='1'/></w:num>"
	        "<w:num w:numId='7'><w:abstractNumId w:val='2'/></w:num><w:num w:numId='8'><w:abstractNumId w:val='0'/>"
	        "<w:lvlOverride w:ilvl='0'><w:startOverride w:val='1'/></w:lvlOverride></w:num></w:numbering>";
	static const char styles[] = "<w:styles xmlns:w='w'><w:style w:styleId='a'><w:pPr><w:numPr><w:numId "
	                             "w:val='6'/></w:numPr></w:pPr></w:style>"
	                             "<w:style w:styleId='b'><w:basedOn w:val='a'/></w:style></w:styles>";
	gw_docx_numbering n = {.arena = &f->arena};
	gw_docx_numbering_read(&n, numbering, strlen(numbering));
	gw_docx_styles_read(&n, styles, strlen(styles));
	assert_string_equal(gw_docx_label(&n, NULL, "5", 0), "一、");
	assert_string_equal(gw_docx_label(&n, NULL, "5", 1), "一.1.");
	assert_string_equal(gw_docx_label(&n, NULL, "5", 1), "一.2.");
	assert_string_equal(gw_docx_label(&n, NULL, "5", 0), "二、");
	assert_string_equal(gw_docx_label(&n, NULL, "5", 1), "二.1.");
	assert_string_equal(gw_docx_label(&n, NULL, "8", 0), "一、"); /* begins again */
	assert_string_equal(gw_docx_label(&n, "b", NULL, 0), "第九条 ");
	assert_string_equal(gw_docx_label(&n, "a", NULL, 0), "第十条 ");
	assert_string_equal(gw_docx_label(&n, "a", NULL, 0), "第十一条 ");
	for (int i = 12; i < 103; i++)
		gw_docx_label(&n, "a", NULL, 0);
	assert_string_equal(gw_docx_label(&n, "a", NULL, 0), "第一百零三条 ");
	assert_string_equal(gw_docx_label(&n, NULL, "7", 0), ""); /* a sign of a font of its own */
	assert_string_equal(gw_docx_label(&n, NULL, "99", 0), "");
	assert_string_equal(gw_docx_label(&n, "none", NULL, 0), "");
}

/* ---- PDF ---- */

static void line_at(fixture *f, gw_pdf_page *page, double left, double right, double top, const char *text)
{
	*GW_PUSH(&f->arena, &page->lines) =
	        (gw_pdf_line){.left = left, .right = right, .top = top, .bottom = top + 14, .text = gw_str_of(text)};
}

static void paragraphs_are_mended(void **state)
{
	fixture *f = *state;
	gw_pdf pdf = {.arena = &f->arena};
	for (int i = 1; i <= 3; i++) {
		gw_pdf_page *page = GW_PUSH(&f->arena, &pdf.pages);
		page->width = 595;
		page->height = 842;
		line_at(f, page, 200, 400, 40, gw_arena_printf(&f->arena, "文件汇编（%d）", i));
		line_at(f, page, 108, 515, 100, "第一行");
		line_at(f, page, 80, 515, 130, "第二行有 2");
		line_at(f, page, 80, 300, 160, "0个。");
		line_at(f, page, 108, 150, 190, "第一条");
		line_at(f, page, 165, 515, 190, "规定");
		line_at(f, page, 80, 515, 220, i == 3 ? "完" : "续页");
		line_at(f, page, 290, 310, 800, gw_arena_printf(&f->arena, "— %d —", i));
		if (i < 3)
			continue;
		line_at(f, page, 108, 140, 260, "甲局");
		line_at(f, page, 250, 290, 260, "乙局");
	}
	gw_pdf_write(&pdf, &f->out);
	assert_string_equal(f->out.ptr,
	        "第一行第二行有 20个。\n第一条　规定续页\n第一行第二行有 20个。\n第一条　规定续页\n"
	        "第一行第二行有 20个。\n第一条　规定完\n甲局\n乙局\n");
}

static void word_at(fixture *f, gw_pdf_page *page, double left, double top, const char *text)
{
	double right = left + 10.0 * (double)(strlen(text) / 3);
	*GW_PUSH(&f->arena, &page->words) = (gw_pdf_word){left, right, top, top + 10, gw_str_of(text), 0};
	*GW_PUSH(&f->arena, &page->lines) =
	        (gw_pdf_line){.left = left, .right = right, .top = top, .bottom = top + 10, .text = gw_str_of(text)};
}

static void rule_at(fixture *f, gw_pdf_rules *rules, bool upright, double at, double from, double to)
{
	*GW_PUSH(&f->arena, rules) = (gw_pdf_rule){upright, at, from, to};
}

/* Three columns, the first cell over two rows or not; borders drawn in pieces, lines of cells at heights of their own. */
static void table_at(fixture *f, gw_pdf *pdf, bool merged, const char *number, const char *tail)
{
	gw_pdf_page *page = GW_PUSH(&f->arena, &pdf->pages);
	gw_pdf_rules rules = {0};
	*page = (gw_pdf_page){.width = 595, .height = 842};
	for (int i = 0; i < 4; i++) {
		static const double x[] = {100, 130, 200, 252};
		rule_at(f, &rules, true, x[i], 300, 360);
		rule_at(f, &rules, true, x[i] + 0.4, 359, 400);
	}
	rule_at(f, &rules, false, 300, 100, 252);
	rule_at(f, &rules, false, 330, 100, 131);
	rule_at(f, &rules, false, 330, 130, 252);
	rule_at(f, &rules, false, 360, merged ? 130 : 100, 252);
	rule_at(f, &rules, false, 400, 99, 253);
	rule_at(f, &rules, false, 500, 99, 253); /* a rule by itself is no table */
	word_at(f, page, 100, 250, "表前");
	word_at(f, page, 104, 310, "序号");
	word_at(f, page, 134, 310, "任务");
	word_at(f, page, 204, 310, "单位");
	word_at(f, page, 108, 361, number);
	word_at(f, page, 204, 331, "县水利");
	word_at(f, page, 134, 337, "建库二座");
	word_at(f, page, 204, 344, "局");
	word_at(f, page, 134, 372, tail);
	word_at(f, page, 100, 450, "表后");
	gw_pdf_tables_find(pdf, page, &rules);
}

static void tables_are_cut_at_their_rules(void **state)
{
	fixture *f = *state;
	gw_pdf pdf = {.arena = &f->arena};
	table_at(f, &pdf, true, "一", "修路");
	gw_pdf_write(&pdf, &f->out);
	assert_string_equal(f->out.ptr, "表前\n序号\t任务\t单位\n一\t建库二座\t县水利局\n\t修路\t\n表后\n");
	/* over the end of a page: the head is not told twice, a row without its number goes on */
	pdf.pages.count = 0;
	gw_buf_clear(&f->out);
	table_at(f, &pdf, false, "7", "修");
	table_at(f, &pdf, false, "8", "路");
	for (uint32_t i = 0; i < 2; i++) /* nothing between the two */
		for (uint32_t k = 0; k < pdf.pages.items[i].lines.count; k++)
			if (!pdf.pages.items[i].lines.items[k].row)
				pdf.pages.items[i].lines.items[k].dropped = true;
	gw_pdf_write(&pdf, &f->out);
	assert_string_equal(
	        f->out.ptr, "序号\t任务\t单位\n\t建库二座\t县水利局\n7\t修建库二座\t县水利局\n8\t路\t\n");
}

static void footnotes_stand_behind_the_text(void **state)
{
	fixture *f = *state;
	gw_pdf pdf = {.arena = &f->arena};
	gw_pdf_page *page = GW_PUSH(&f->arena, &pdf.pages);
	*page = (gw_pdf_page){.width = 595, .height = 842};
	line_at(f, page, 108, 515, 100, "建库20座\x02" "1\x02，新增面积30m\x02" "2\x02，修建渠道三十");
	line_at(f, page, 80, 84, 700, "1");
	line_at(f, page, 86, 300, 697, "含在建的");
	line_at(f, page, 80, 300, 712, "水库。");
	gw_pdf_page *next = GW_PUSH(&f->arena, &pdf.pages);
	*next = (gw_pdf_page){.width = 595, .height = 842};
	line_at(f, next, 80, 300, 100, "公里。");
	page = &pdf.pages.items[0];
	page->lines.items[1].bottom = 705;
	page->lines.items[2].bottom = page->lines.items[2].top + 10;
	page->lines.items[3].bottom = page->lines.items[3].top + 10;
	gw_pdf_write(&pdf, &f->out);
	assert_string_equal(f->out.ptr, "建库20座，新增面积30m2，修建渠道三十公里。\n[1]含在建的水库。\n");
}

static void pdf_says_why(void **state)
{
	fixture *f = *state;
	assert_non_null(strstr(made(f, &gw_format_pdf, "a.pdf", "%PDF-1.4 nothing"), "poppler-utils"));
	f->convert.pdf = "/bin/false";
	assert_non_null(strstr(made(f, &gw_format_pdf, "a.pdf", "%PDF-1.4 nothing"), "damaged"));
	f->convert.pdf = "/bin/echo"; /* no XML */
	assert_non_null(strstr(made(f, &gw_format_pdf, "a.pdf", "%PDF-1.4 nothing"), "something else"));
}

/* ---- pages ---- */

static void pages_are_read(void **state)
{
	fixture *f = *state;
	const gw_format *html = &gw_format_html;
	assert_string_equal(made(f, html, "a", "<html><body><p>一\n二 &amp; a\nb</p>三<br>四<!-- x --></body></html>"),
	        "一二 & a b\n三\n四\n");
	assert_string_equal(
	        made(f, html, "a", "<html><body><p>unclosed<p>next<div>in<p>side"), "unclosed\nnext\nin\nside\n");
	/* labels without colons, furniture by part of its name, hidden text */
	assert_string_equal(made(f, html, "a",
	                            "<html><body><table><tr><td>文 号</td><td>某发〔2024〕1号</td></tr></table><div "
	                            "class='m-Share x'>分享</div>"
	                            "<div id=Zoom><p>正文，有逗号，有句号。</p><p style='display : "
	                            "none'>藏</p></div>尾</body></html>"),
	        "文号：某发〔2024〕1号\n正文，有逗号，有句号。\n");
	/* columns hold below cells that span */
	assert_string_equal(
	        made(f, html, "a",
	                "<html><body><table><tr><td rowspan=2>甲</td><td>乙</td><td colspan=2>丙</td><td>丁</td></tr>"
	                "<tr><td>戊</td><td>己</td><td>庚</td><td>辛</td></tr></table></body></html>"),
	        "甲\t乙\t丙\t\t丁\n\t戊\t己\t庚\t辛\n");
	gw_format_job job = job_of(f, "a.txt", "a < b 和 <!-- 导入数据 --> 的文字");
	assert_false(html->is(&job));
	job = job_of(f, "a.txt", "<b>一行</b>");
	assert_false(html->is(&job));
}

static void deep_pages_are_refused(void **state)
{
	fixture *f = *state;
	gw_buf b;
	gw_buf_init(&b);
	gw_buf_adds(&b, "<html><body>");
	for (int i = 0; i < 97; i++)
		gw_buf_adds(&b, "<div>");
	gw_buf_adds(&b, "字");
	assert_string_equal(made(f, &gw_format_html, "a", b.ptr), "字\n");
	b.len -= 3;
	gw_buf_adds(&b, "<div><div>字");
	assert_non_null(strstr(made(f, &gw_format_html, "a", b.ptr), "max_depth"));
	gw_buf_release(&b);
}

static void markdown_loses_its_signs(void **state)
{
	fixture *f = *state;
	assert_string_equal(made(f, &gw_format_markdown, "a.MD",
	                            "## 题 ##\r\n**粗** [链](http://x) ![图](y)\n> 引\n```\n# 码\n```\n"
	                            "|甲|乙|\n|---|---|\n|1||\n2 * 3, \\*, [x], a_b `*c*`\n---\n"),
	        "题\n粗 链 \n引\n# 码\n甲\t乙\n1\t\n2 * 3, *, [x], a_b *c*\n");
}

static void xml_is_read_without_entities(void **state)
{
	fixture *f = *state;
	assert_string_equal(
	        made(f, &gw_format_xml, "a", "<?xml version='1.0'?>\n<a>\n <b>一<i>二</i>三</b>\n <c>四</c>\n</a>"),
	        "一二三\n四\n");
	assert_non_null(
	        strstr(made(f, &gw_format_xml, "a", "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>"),
	                "entities"));
}

/* ---- programs ---- */

static void programs_are_held_to_limits(void **state)
{
	fixture *f = *state;
	int status;
	const char *sleeper[] = {"/bin/sleep", "30", NULL}, *talker[] = {"/usr/bin/yes", NULL},
	           *none[] = {"/nonexistent", NULL}, *echo[] = {"/bin/cat", NULL};
	gw_child c = {.argv = sleeper,
	        .bytes = "abc",
	        .len = 3,
	        .seconds = 1,
	        .memory = (int64_t)1 << 30,
	        .max_output = 1 << 16};
	assert_int_equal(gw_child_run(&c, &f->out, &status), GW_CHILD_TOO_LONG);
	c.argv = talker;
	assert_int_equal(gw_child_run(&c, &f->out, &status), GW_CHILD_TOO_MUCH);
	gw_buf_clear(&f->out);
	c.argv = none;
	assert_int_equal(gw_child_run(&c, &f->out, &status), GW_CHILD_NO_START);
	gw_buf_clear(&f->out);
	c.argv = echo;
	assert_int_equal(gw_child_run(&c, &f->out, &status), GW_CHILD_DONE);
	assert_string_equal(f->out.ptr, "abc");
}

static void old_files_go_through_the_converter(void **state)
{
	fixture *f = *state;
	static const char ole[] = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 text";
	assert_non_null(strstr(made(f, &gw_format_ole, "a.wps", ole), "antiword"));
	f->convert.converter = "/bin/cat";
	assert_string_equal(made(f, &gw_format_ole, "a.wps", ole), ole);
	f->convert.converter = "/bin/cat {}";
	assert_string_equal(made(f, &gw_format_ole, "a.wps", ole), ole);
	f->convert.converter = "/bin/true";
	assert_non_null(strstr(made(f, &gw_format_ole, "a.wps", ole), "no text"));
	/* an answer in a folder; of several commands the first with a text */
	f->convert.converter = "/bin/cp {} {out}/answer";
	assert_string_equal(made(f, &gw_format_ole, "a.wps", ole), ole);
	f->convert.converter = "/bin/false\n/bin/true\n/bin/cp {} {out}";
	assert_string_equal(made(f, &gw_format_ole, "a.wps", ole), ole);
	f->convert.converter = "/bin/true {out}";
	assert_non_null(strstr(made(f, &gw_format_ole, "a.wps", ole), "could not read"));
	f->convert.seconds = 1;
	f->convert.converter = "/bin/sleep 30\n/bin/cat";
	assert_non_null(strstr(made(f, &gw_format_ole, "a.wps", ole), "convert.seconds"));
	f->convert.converter = "/bin/false {}";
	assert_non_null(strstr(made(f, &gw_format_ole, "a.wps", ole), "could not read"));
	assert_null(gw_program_find(&f->arena, "no-such-program-here"));
	assert_non_null(gw_program_find(&f->arena, "sh"));
}

/* ---- packings ---- */

static void packings_are_known_by_their_bytes(void **state)
{
	(void)state;
	char tar[512] = {0};
	memcpy(tar + 257, "ustar", 5);
	assert_int_equal(gw_packing_of("PK\x03\x04", 4), GW_PACKING_ZIP);
	assert_int_equal(gw_packing_of("7z\xBC\xAF\x27\x1C", 6), GW_PACKING_7Z);
	assert_int_equal(gw_packing_of("\x1F\x8B\x08", 3), GW_PACKING_STREAM);
	assert_int_equal(gw_packing_of(tar, sizeof tar), GW_PACKING_TAR);
	assert_int_equal(gw_packing_of(tar, 100), GW_PACKING_NONE);
	assert_int_equal(gw_packing_of("PK", 2), GW_PACKING_NONE);
	assert_int_equal(gw_packing_of("", 0), GW_PACKING_NONE);
}

/* A 7z archive, made by the library that reads it; names in it are UTF-16. */
static void seven_zip_is_opened(void **state)
{
	fixture *f = *state;
	char room[8192];
	size_t used = 0;
	locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0),
	         before = uselocale(utf8); /* for the writer only */
	struct archive *a = archive_write_new();
	archive_write_set_format_7zip(a);
	archive_write_set_bytes_in_last_block(a, 1);
	assert_int_equal(archive_write_open_memory(a, room, sizeof room, &used), ARCHIVE_OK);
	struct archive_entry *e = archive_entry_new();
	archive_entry_set_pathname_utf8(e, "规划/计划.txt");
	archive_entry_set_filetype(e, AE_IFREG);
	archive_entry_set_size(e, 6);
	assert_int_equal(archive_write_header(a, e), ARCHIVE_OK);
	archive_write_data(a, "计划", 6);
	archive_entry_free(e);
	assert_int_equal(archive_write_close(a), ARCHIVE_OK);
	archive_write_free(a);
	uselocale(before);
	freelocale(utf8);
	gw_archive_settings set = {true, 3, 100, 1 << 20, 1 << 20, 100};
	gw_inputs in = {0};
	*GW_PUSH(&f->arena, &in.items) =
	        (gw_input){.source_path = "a.7z", .content = room, .content_len = used, .size = used};
	gw_inputs_unpack(&f->arena, &set, NULL, &in);
	assert_int_equal(in.items.count, 1);
	assert_string_equal(in.items.items[0].refused ? in.items.items[0].refused : "", "");
	assert_string_equal(in.items.items[0].source_path, "a.7z/规划/计划.txt");
	gw_loaded file;
	assert_int_equal(gw_spool_load(&in.items.items[0], &file, &f->diag), GW_OK);
	assert_int_equal(file.len, 6);
	assert_memory_equal(file.bytes, "计划", 6);
	gw_file_unload(&file);
	gw_inputs_release(&in);
}

/* A text need not end in a NUL, so no reader may look behind it. */
static void nothing_behind_the_end_is_read(void **state)
{
	fixture *f = *state;
	static const char page[] = "<!-- a --><!DOCTYPE html><html><head><title>关于</title></head><body><p>一</p><br>&amp;</body>";
	for (size_t n = 0; n < sizeof page; n++) {
		for (size_t from = 0; from < 30 && from <= n; from += 10) {
			char *copy = malloc(n - from + !(n - from));
			memcpy(copy, page + from, n - from);
			for (const gw_format *const *format = gw_formats_markup; *format; format++) {
				gw_format_job job = job_of(f, "a.html", "");
				job.bytes = copy;
				job.len = n - from;
				if ((*format)->is(&job))
					(*format)->read(&job, &f->out);
			}
			free(copy);
		}
	}
}

/* A line that ends before any page has begun. */
static void a_layout_without_pages(void **state)
{
	fixture *f = *state;
	gw_pdf pdf = {.arena = &f->arena};
	gw_buf_clear(&f->out);
	gw_buf_adds(&f->out, "<doc><line><word>一</word></line><page width='1' height='1'/></doc>");
	assert_true(gw_pdf_read_layout(&pdf, &f->out));
	assert_int_equal(pdf.pages.count, 1);
	assert_int_equal(pdf.pages.items[0].lines.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(lists_are_counted, begin, end),
	        cmocka_unit_test_setup_teardown(paragraphs_are_mended, begin, end),
	        cmocka_unit_test_setup_teardown(tables_are_cut_at_their_rules, begin, end),
	        cmocka_unit_test_setup_teardown(footnotes_stand_behind_the_text, begin, end),
	        cmocka_unit_test_setup_teardown(pdf_says_why, begin, end),
	        cmocka_unit_test_setup_teardown(pages_are_read, begin, end),
	        cmocka_unit_test_setup_teardown(nothing_behind_the_end_is_read, begin, end),
	        cmocka_unit_test_setup_teardown(a_layout_without_pages, begin, end),
	        cmocka_unit_test_setup_teardown(deep_pages_are_refused, begin, end),
	        cmocka_unit_test_setup_teardown(markdown_loses_its_signs, begin, end),
	        cmocka_unit_test_setup_teardown(xml_is_read_without_entities, begin, end),
	        cmocka_unit_test_setup_teardown(programs_are_held_to_limits, begin, end),
	        cmocka_unit_test_setup_teardown(old_files_go_through_the_converter, begin, end),
	        cmocka_unit_test_setup_teardown(packings_are_known_by_their_bytes, begin, end),
	        cmocka_unit_test_setup_teardown(seven_zip_is_opened, begin, end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
