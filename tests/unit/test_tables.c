/* Tables whose cells stand each on a line of its own, or whose rows are lines: which cell is below which header, and
 * where the tasks have their home. */
#include "documents.h"

/* "2.1 任务=种树 责任单位=甲局|2.2 …": the cells by the id of their row. */
static void cells_are(bench *b, const gw_document *d, const char *want)
{
	gw_buf out;
	uint32_t row = GW_NONE;
	gw_buf_init(&out);
	gw_buf_adds(&out, "");
	for (uint32_t i = 0; i < d->cells.count; i++) {
		const gw_table_cell *c = &d->cells.items[i];
		if (c->section != row)
			gw_buf_printf(&out, "%s%s", i ? "|" : "", d->sections.items[c->section].id.ptr);
		row = c->section;
		gw_buf_addc(&out, ' ');
		gw_buf_add_str(&out, gw_text_utf8(&b->arena, &b->source.text, c->header));
		gw_buf_addc(&out, '=');
		gw_buf_add_str(&out, gw_text_utf8(&b->arena, &b->source.text, c->span));
	}
	assert_string_equal(out.ptr, want);
	gw_buf_release(&out);
}

static void test_numbered(void **state)
{
	bench *b = *state;
	gw_document *d = read_text(b, "甲市绿化通知\n各县:"
	                              "\n一、要好。\n二、要快。\n甲市人民政府\n2025年1月5日\n附件\n绿化任务分工\n序号\n"
	                              "重点任务\n目标\n责任单位\n完成时限\n"
	                              "1\n植树造林\n新增绿地10公顷。\n市林业局、市财政局\n2025年底前\n2\n浇水\n全覆盖\n"
	                              "市水利局\n长期坚持\n备注:以月底为准。\n");
	sections_are(b, d,
	        "1 part 一、 要好|2 part 二、 要快|3 paragraph 附件 绿化任务分工|3.1 point 1 植树造林|3.2 point 2 "
	        "浇水|3.3 paragraph  ");
	cells_are(b, d,
	        "3.1 重点任务=植树造林 目标=新增绿地10公顷。 责任单位=市林业局、市财政局 完成时限=2025年底前|"
	        "3.2 重点任务=浇水 目标=全覆盖 责任单位=市水利局 完成时限=长期坚持");
	is(d->issued_on, "2025-01-05");
	/* an organ above a date is no signature there */
	d = read_text(b, "绿化任务分工表\n序号\n任务\n责任单位\n完成时限\n一\n植树造林\n甲市林业局\n2025年3月1日\n二\n"
	                 "浇水\n甲市水利局\n2025年4月1日\n");
	is(d->issued_on, "");
	is(d->title_text, "绿化任务分工表");
	sections_are(b, d, "1 point 一 植树造林|2 point 二 浇水");
}

/* A missing line is an empty cell: the row's number, its organs and its date bring it back into step. */
static void test_empty_cells(void **state)
{
	bench *b = *state;
	gw_document *d = read_text(b, "绿化任务分工表\n序号\n任务\n措施\n责任单位\n完成时限\n备注\n(一)"
	                              "\n植树造林\n市林业局\n2025年底前\n(二)\n浇水\n每周浇水一次\n"
	                              "2025年6月\n分片\n(三)\n除枝\n市城管局\n");
	cells_are(b, d,
	        "1 任务=植树造林 责任单位=市林业局 完成时限=2025年底前|2 任务=浇水 措施=每周浇水一次 "
	        "完成时限=2025年6月 备注=分片|"
	        "3 任务=除枝 责任单位=市城管局");
	sections_are(b, d, "1 point (一) 植树造林|2 point (二) 浇水|3 point (三) 除枝");
}

/* Bands across all columns head rows; a cell may be several lines; a number may stand for several rows. */
static void test_merged_cells(void **state)
{
	bench *b = *state;
	gw_document *d = read_text(b, "甲市任务分解表\n序号\n重点任务\n具体措施\n牵头单位\n配合单位\n完成时限\n一、产业"
	                              "（共2项）\n1\n建设园区\n1.编制规划。\n2.新建道路。\n市发展改革委\n"
	                              "市财政局\n2025年6月底前\n3."
	                              "引进企业。\n市商务局\n2025年12月底前\n2\n培育企业\n规上企业5家\n市工业和信息化局"
	                              "\n市统计局\n2025年底前\n"
	                              "二、民生（共1项）\n3\n新建学校\n小学2所\n市教育局\n市自然资源局\n市水利局\n持续"
	                              "推进\n二、其他要求\n要认真。\n");
	sections_are(b, d,
	        "1 part 一、 产业(共2项)|1.1 point 1 建设园区|1.2 point 3. 引进企业|1.3 point 2 培育企业|2 part 二、 "
	        "民生(共1项)|"
	        "2.3 point 3 新建学校|3 part 二、 其他要求");
	cells_are(b, d,
	        "1.1 重点任务=建设园区 具体措施=1.编制规划。 具体措施=2.新建道路。 牵头单位=市发展改革委 "
	        "配合单位=市财政局 完成时限=2025年6月底前|"
	        "1.2 具体措施=3.引进企业。 牵头单位=市商务局 完成时限=2025年12月底前|"
	        "1.3 重点任务=培育企业 具体措施=规上企业5家 牵头单位=市工业和信息化局 配合单位=市统计局 "
	        "完成时限=2025年底前|"
	        "2.3 重点任务=新建学校 具体措施=小学2所 牵头单位=市教育局 配合单位=市自然资源局 配合单位=市水利局 "
	        "完成时限=持续推进");
}

static void test_without_numbers(void **state)
{
	bench *b = *state;
	gw_document *d = read_text(b, "甲市绿化方案\n一、目标\n要好。\n二、分工\n任务名称\n责任单位\n完成时限\n备注\n植"
	                              "树造林,扩大绿地\n市林业局、市财政局\n2025年底前\n浇水\n市水利局\n"
	                              "2025年6月\n分片\n除枝\n市城管局\n长期坚持\n三、保障\n(一)"
	                              "加强领导。要加强。\n甲市人民政府\n2025年1月5日\n");
	sections_are(b, d,
	        "1 part 一、 目标|2 part 二、 分工|2.1 point  植树造林,扩大绿地|2.2 point  浇水|2.3 point  除枝|3 part "
	        "三、 保障|3.1 item (一) 加强领导");
	cells_are(b, d,
	        "2.1 任务名称=植树造林,扩大绿地 责任单位=市林业局、市财政局 完成时限=2025年底前|"
	        "2.2 任务名称=浇水 责任单位=市水利局 完成时限=2025年6月 备注=分片|2.3 任务名称=除枝 责任单位=市城管局 "
	        "完成时限=长期坚持");
	is(d->issued_on, "2025-01-05");
	/* figures; a % on a line of its own is a cell */
	d = read_text(b, "乙县指标方案\n一、指标\n指标名称\n单位\n2025年\n2030年\n属性\n森林覆盖率\n%"
	                 "\n40\n45\n约束性\n新增绿地\n公顷\n100\n200\n预期性\n二、其他\n没有。\n");
	cells_are(b, d,
	        "1.1 指标名称=森林覆盖率 单位=% 2025年=40 2030年=45 属性=约束性|1.2 指标名称=新增绿地 单位=公顷 "
	        "2025年=100 2030年=200 属性=预期性");
	/* the text goes on below, without a heading */
	d = read_text(b, "甲通知\n一、有。\n二、分工如下。\n任务\n责任单位\n完成时限\n种树\n市林业局\n2025年底前\n浇水"
	                 "\n市水利局\n2026年\n各单位要认真落实以上任务,年底报送总结。\n");
	sections_are(b, d, "1 part 一、 有|2 part 二、 分工如下|2.1 point  种树|2.2 point  浇水|2.3 paragraph  ");
}

static void test_rows_on_lines(void **state)
{
	bench *b = *state;
	gw_document *d =
	        read_text(b, "甲市任务清单\n序号\t重点任务\t牵头单位\t配合单位\t完成时限\n1\t植树造林\t市林业局\t市财政"
	                     "局、市水利局\t2025年底前\n"
	                     "2\t浇水\t市水利局\t\t2025年6月\n3\t除枝\t市城管局\n请按时完成以上任务,年底报送总结。\n");
	cells_are(b, d,
	        "1 重点任务=植树造林 牵头单位=市林业局 配合单位=市财政局、市水利局 完成时限=2025年底前|"
	        "2 重点任务=浇水 牵头单位=市水利局 完成时限=2025年6月|3 重点任务=除枝 牵头单位=市城管局");
	/* blanks; a word set wide stays one */
	d = read_text(b, "丙县分工方案\n序号　　工作任务　　责任单位　　完成时限\n1　　编制规划　　县发展改革局　　2025"
	                 "年3月底前\n2　　总　　则　　县司法局　　2025年4月底前\n"
	                 "　　以上任务,各单位要认真抓好落实。\n丙县人民政府\n2025年1月3日\n");
	cells_are(b, d,
	        "1 工作任务=编制规划 责任单位=县发展改革局 完成时限=2025年3月底前|2 工作任务=总则 责任单位=县司法局 "
	        "完成时限=2025年4月底前");
	is(d->issuer, "丙县人民政府");
	/* Markdown */
	d = read_text(b, "# 甲市任务清单\n\n## 任务\n\n| 序号 | 任务 | 责任单位 | 完成时间 |\n|---|:-:|---|---|\n| 1 | "
	                 "植树 | 市林业局 | 2025年底前 |\n| 2 | 浇水 | | 2025年6月 |\n\n以上任务请落实。\n");
	cells_are(b, d, "1.1 任务=植树 责任单位=市林业局 完成时间=2025年底前|1.2 任务=浇水 完成时间=2025年6月");
	/* a cell of two lines breaks its row */
	d = read_text(b, "甲市任务清单\n序号\t任务\t责任单位\t完成时限\n1\t植树\t市林业局\n市财政局\t2025年底前\n2\t浇水"
	                 "\t市水利局\t2025年6月\n");
	cells_are(b, d,
	        "1 任务=植树 责任单位=市林业局 责任单位=市财政局 完成时限=2025年底前|2 任务=浇水 责任单位=市水利局 "
	        "完成时限=2025年6月");
	/* tabs make columns of headers that nobody knows, too */
	d = read_text(b, "甲市活动安排\n时段\t做什么\t责任单位\n春季\t植树\t市林业局\n夏季\t浇水\t市水利局\n");
	cells_are(b, d, "1 时段=春季 做什么=植树 责任单位=市林业局|2 时段=夏季 做什么=浇水 责任单位=市水利局");
	/* single blanks do between known ones */
	d = read_text(b, "甲市任务清单\n序号 任务 责任单位 完成时限\n1 植树 市林业局 2025年底前\n2 浇水 市水利局 长期坚持\n");
	cells_are(b, d,
	        "1 任务=植树 责任单位=市林业局 完成时限=2025年底前|2 任务=浇水 责任单位=市水利局 完成时限=长期坚持");
}

/* A header that comes back behind a page's end is passed over; numbers leap where an excerpt leaves rows out. */
/* 一、 heads rows that begin with 1. and 2. */
static void test_bands_without_numbers(void **state)
{
	bench *b = *state;
	gw_document *d = read_text(b, "甲市任务分工\n重点任务\n牵头单位\n配合单位\n一、增绿\n1.植树造林\n市林业局\n市财政局\n2.浇水\n"
	                              "市水利局\n市财政局\n二、提质\n3.除枝\n市城管局\n市林业局\n");
	sections_are(b, d,
	        "1 part 一、 增绿|1.1 point 1. 植树造林|1.2 point 2. 浇水|2 part 二、 提质|2.3 point 3. 除枝");
}

/* A label on a line of its own is a column of one cell; what follows goes on with its item. */
static void test_forms(void **state)
{
	bench *b = *state;
	gw_document *d = read_text(b, "甲市绿化方案\n一、增绿\n新增绿地10公顷。\n牵头单位:\n市林业局\n责任单位\n市财政局、市水利局"
	                              "\n完成时限:\n2025年底前\n按月调度。\n二、浇水\n责任单位:\n每周浇水。\n");
	cells_are(b, d, "1 牵头单位=市林业局 责任单位=市财政局、市水利局 完成时限=2025年底前");
	sections_are(b, d, "1 part 一、 增绿|2 part 二、 浇水");
}

static void test_pages(void **state)
{
	bench *b = *state;
	gw_document *d = read_text(b, "甲清单\n序号\n任务\n责任单位\n1\n种树\n甲局\n2\n浇水\n乙局\n序号\n任务\n责任单位"
	                              "\n3\n除枝\n丙局\n21\n施肥\n丁局\n");
	cells_are(b, d,
	        "1 任务=种树 责任单位=甲局|2 任务=浇水 责任单位=乙局|3 任务=除枝 责任单位=丙局|21 任务=施肥 "
	        "责任单位=丁局");
}

/* Headings that look like headers, words set wide, signatures. */
static void test_no_table(void **state)
{
	static const char *const texts[] = {"甲方案\n目标\n任务\n措施\n一、要好。\n二、要快。\n",
	        "甲条例\n第一章　　总　　则\n第一条 为了好。\n第二条　　任务　　繁重。\n",
	        "甲意见\n中共中央办公厅　　国务院办公厅\n2025年1月5日\n", "甲方案\n任务\n责任单位\n完成时限\n",
	        "甲方案\n序号\n任务\n责任单位\n各单位要认真落实,不得有误。\n"};
	bench *b = *state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		cells_are(b, read_text(b, texts[i]), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_numbered),
	        cmocka_unit_test(test_empty_cells),
	        cmocka_unit_test(test_merged_cells),
	        cmocka_unit_test(test_without_numbers),
	        cmocka_unit_test(test_rows_on_lines),
	        cmocka_unit_test(test_bands_without_numbers),
	        cmocka_unit_test(test_forms),
	        cmocka_unit_test(test_pages),
	        cmocka_unit_test(test_no_table),
	};
	return cmocka_run_group_tests(tests, bench_make, bench_end);
}
