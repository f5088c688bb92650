/* Documents of a source, what they say of themselves, their sections: on small invented texts, with the words that the
 * program ships. Run from the project's folder. */
#include "documents.h"

static void furniture_is(bench *b, const gw_document *d, const char *want)
{
	gw_buf out;
	gw_buf_init(&out);
	for (uint32_t i = 0; i < d->furniture.count; i++) {
		gw_buf_adds(&out, i ? "|" : "");
		gw_buf_add_str(&out, gw_text_utf8(&b->arena, &b->source.text, d->furniture.items[i]));
	}
	assert_string_equal(out.ptr ? out.ptr : "", want);
	gw_buf_release(&out);
}

/* ---- split ---- */

static void test_one_document(void **state)
{
	bench *b = *state;
	gw_document *d = read_text(b, "甲市绿化工作方案\n为做好绿化,制定本方案。\n一、目标\n种树。\n附件\n甲市绿化任务清单\n1.种树。\n2.浇水。\n");
	assert_int_equal(b->source.documents.count, 1);
	is(d->id, "a/x.txt#1");
	/* a letter and what it sends along are one */
	read_text(b, "甲市人民政府令\n第5号\n现公布《甲市公园条例》,自2024年3月1日起施行。\n市长 某某\n2024年1月5日\n甲市公园条例\n"
		     "(2023年12月1日甲市人民政府第3次常务会议通过)\n第一条 为了管好公园,制定本条例。\n第二条 公园免费。\n");
	assert_int_equal(b->source.documents.count, 1);
	/* the chapters of one document are no documents */
	read_text(b, "甲市规划纲要\n目录\n第一章 总体要求 1\n第二章 重点任务 4\n第一章 总体要求\n要好。\n第二章 重点任务\n要快。\n");
	assert_int_equal(b->source.documents.count, 1);
	/* blanks are a document too: the source was there */
	d = read_text(b, " \n\n\t\n");
	assert_int_equal(b->source.documents.count, 1);
	is(d->title_text, "");
	assert_int_equal(d->paragraphs.count, 0);
}

static void test_contents(void **state)
{
	bench *b = *state;
	gw_document *d = read_text(b, "方案汇编(三篇)\n目录\n1.甲县防汛工作方案 1\n2.乙县消防安全整治方案 5\n3.丙镇没有的方案 9\n"
				      "甲县防汛工作方案\n为防汛,制定本方案。\n一、目标\n不淹。\n"
				      "乙县消防安全\n整治方案\n(试行)\n一、目标\n不烧。\n下一篇:返回列表\n");
	assert_int_equal(b->source.documents.count, 2);
	is(d[0].title_text, "甲县防汛工作方案");
	is(d[1].title_text, "乙县消防安全整治方案(试行)");
	is(d[1].id, "a/x.txt#2");
	furniture_is(b, &d[1], "下一篇:返回列表");
}

static void test_title_blocks(void **state)
{
	bench *b = *state;
	gw_document *d = read_text(b, "学习资料(第2期)\n[某大学] 发布时间:2024年03月28日\n甲工作条例\n(2024年1月31日甲会议通过)\n"
				      "第一章 总则\n第一条 为了做好工作,制定本条例。\n第二条 要认真。\n第三条 要及时。\n(来源:《某报》2024年2月22日第1版)\n"
				      "乙教育法\n20231024日第十四届甲省人民代表大会常务委员会第六次会议通过)\n第一章 总则\n第一条 为了教育,制定本法。\n"
				      "第二条 本法自202411日起施行。\n(来源:《某报》20231025日第05版)\n");
	assert_int_equal(b->source.documents.count, 2);
	is(d[0].title_text, "甲工作条例");
	is(d[0].issued_on, "2024-02-22");
	is(d[1].title_text, "乙教育法");
	is(d[1].issuer, "甲省人民代表大会常务委员会");
	is(d[1].adopted_on, "2023-10-24");
	is(d[1].issued_on, "2023-10-25");
	is(d[1].effective_on, "2024-01-01");
	/* a title in the middle of a document that goes on is a heading */
	read_text(b, "甲市工作方案\n一、目标\n要好。\n二、任务\n要快。\n三、考核办法\n按下列办法考核。\n乙项考核办法\n一、分数\n满分。\n");
	assert_int_equal(b->source.documents.count, 1);
}

/* ---- metadata ---- */

static void test_table(void **state)
{
	bench *b = *state;
	gw_document *d = read_text(b, "索 引 号：\n  000014349/2024-1\n主题分类：\n  环保\\绿化\n发文机关：\n  甲省人民政府\n成文日期：\n"
				      "  2024年11月16日\n标　　题：\n  甲省人民政府关于印发绿化三年行动方案的通知\n发文字号：\n  甲政发〔2024〕39号\n"
				      "发布日期：\n  2024年12月05日\n主 题 词：\n  甲省人民政府关于印发\n 绿化三年行动方案的通知\n 甲政发〔2024〕39号\n"
				      "各市人民政府：\n 现将《绿化三年行动方案》印发给你们。\n 甲省人民政府\n 2024年11月16日\n （此件公开发布）\n"
				      " 绿化三年行动方案\n 一、目标\n 种树。\n 二、附则\n 本方案自印发之日起施行。\n   扫一扫在手机打开当前页\n-->\n");
	is(d->title_text, "甲省人民政府关于印发绿化三年行动方案的通知");
	is(d->type, "通知");
	is(d->issuer, "甲省人民政府");
	is(d->number, "甲政发〔2024〕39号");
	is(d->issued_on, "2024-11-16");
	is(d->effective_on, "2024-11-16");
	is(d->adopted_on, "");
	furniture_is(b, d, "扫一扫在手机打开当前页|-->");
	sections_are(b, d, "1 paragraph  绿化三年行动方案|1.1 part 一、 目标|1.2 part 二、 附则");
}

static void test_notes(void **state)
{
	bench *b = *state;
	gw_document *d = read_text(b, "中共甲州委\n关于学习贯彻会议精神\n推进治理的实施意见\n(2020年1月12日中国共产党甲州第八届委员会第八次会议通过)\n"
				      "为推进治理,提出意见。\n一、要好\n二、要快\n");
	is(d->title_text, "中共甲州委关于学习贯彻会议精神推进治理的实施意见");
	is(d->type, "意见");
	is(d->issuer, "中共甲州委");
	is(d->adopted_on, "2020-01-12");
	d = read_text(b, "# 甲市园林条例\n\n2017年8月25日 甲市第十四届人民代表大会常务委员会第三十二次会议通过\n"
			 "2018年11月29日 乙省第十三届人民代表大会常务委员会批准的《关于修改〈甲市养犬条例〉的决定》修正\n<!-- INFO END -->\n"
			 "## 第一章  总则\n\n第一条 为了园林。\n\n## 附则\n\n第二条 本条例自公布之日起施行。\n");
	is(d->title_text, "甲市园林条例");
	is(d->issuer, "甲市人民代表大会常务委员会");
	is(d->adopted_on, "2018-11-29");
	is(d->effective_on, "");
	sections_are(b, d, "1 chapter 第一章 总则|1.1 article 第一条 为了园林|2 chapter  附则|2.2 article 第二条 本条例自公布之日起施行");
	d = read_text(b, "事业登记暂行条例\n1998年10月25日 国务院令第252号发布\n第一条 为了登记。\n第二条 本条例自发布之日起施行。\n");
	is(d->issuer, "国务院");
	is(d->number, "国务院令第252号");
	is(d->issued_on, "1998-10-25");
	is(d->effective_on, "1998-10-25");
}

static void test_told_by_the_text(void **state)
{
	bench *b = *state;
	gw_document *d = read_text(b, "甲市人民政府关于印发《甲市人民政府工作规则》的通知\n各区人民政府：\n《甲市人民政府工作规则》已经2024年6月16日召开的"
				      "市政府第54次常务会议修订通过，现予印发。\n甲市人民政府\n2024年6月26日\n甲市人民政府工作规则\n一、甲\n二、乙\n");
	is(d->adopted_on, "2024-06-16");
	is(d->issued_on, "2024-06-26");
	/* another document that was passed is none of this one's */
	d = read_text(b, "甲市人民政府关于绿化的通知\n各区人民政府：\n《甲省绿化条例》已经2024年6月16日省人大常委会通过，各区要认真学习。\n"
			 "一、甲\n二、乙\n甲市人民政府\n2024年6月26日\n");
	is(d->adopted_on, "");
	d = read_text(b, "各位代表：\n　　现在，我代表甲省人民政府，向大会作报告，请予审议。\n一、回顾\n好。\n二、安排\n更好。\n");
	is(d->issuer, "甲省人民政府");
	d = read_text(b, "第十二届甲市人民代表大会第三次会议听取和审议了市长所作的报告，决定批准这个报告。\n");
	is(d->issuer, "甲市人民代表大会");
}

static void test_signature(void **state)
{
	bench *b = *state;
	gw_document *d = read_text(b, "绿化工作方案\n为绿化,制定本方案。\n一、要种树\n种。\n甲县林业局\n20xx年1月18日\n附件\n任务表\n乙县林业局\n2019年5月1日\n");
	is(d->issuer, "甲县林业局");
	is(d->issued_on, "20XX-01-18");
	d = read_text(b, "绿化工作方案\n为绿化,制定本方案。\n一、要种树\n种。\n甲县林业局 二〇二三年十一月二十日\n");
	is(d->issuer, "甲县林业局");
	is(d->issued_on, "2023-11-20");
	d = read_text(b, "平安县司法局20xx年公开工作方案\n20xx年1月11日\n为公开,制定本方案。\n一、甲\n二、乙\n");
	is(d->issuer, "平安县司法局");
	is(d->issued_on, "20XX-01-11");
}

static void test_title(void **state)
{
	bench *b = *state;
	gw_document *d = read_text(b, "分享：\n甲省2026年政府工作报告\n首页\n>\n政府工作报告\n>\n省政府工作报告\n甲省2026年政府工作报告\n"
				      "——2026年1月27日在甲省第十四届人民代表大会第四次会议上\n时间：\n2026-02-02\n甲省省长 某某\n各位代表：\n现在报告工作。\n"
				      "一、回顾\n好。\n二、安排\n更好。\n相关报道：\n别的消息\n");
	is(d->title_text, "甲省2026年政府工作报告");
	is(d->type, "报告");
	is(d->issuer, "甲省政府");
	is(d->issued_on, "2026-01-27");
	furniture_is(b, d, "分享:|甲省2026年政府工作报告|首页|>|政府工作报告|>|省政府工作报告|相关报道:|别的消息");
	sections_are(b, d, "1 part 一、 回顾|2 part 二、 安排");
	/* the head of the paper is not the title's */
	d = read_text(b, "甲县人民政府办公室文件\n关于印发《绿化方案》的通知\n各镇人民政府：\n现将《绿化方案》印发给你们。\n甲县人民政府办公室\n2031年3月2日\n");
	is(d->title_text, "关于印发《绿化方案》的通知");
	is(d->issuer, "甲县人民政府办公室");
	/* no title: the text begins at once; the place is reported */
	d = read_text(b, "各位代表：\n现在报告工作,请予审议。\n");
	is(d->title_text, "");
	assert_int_equal(b->diag.problems.count, 1);
	assert_int_equal(b->diag.problems.items[0].code, GW_W_NO_TITLE);
	assert_int_equal(b->diag.problems.items[0].place.line, 1);
	/* full width stays in the title as it stands in the source */
	d = read_text(b, "甲市关于２０２４年工作的意见（试行）\n一、甲\n二、乙\n");
	is(d->title_text, "甲市关于２０２４年工作的意见（试行）");
}

/* ---- sections ---- */

static void test_nesting(void **state)
{
	bench *b = *state;
	sections_are(b, read_text(b, "甲方案\n一、目标\n(一)指标。要高。\n1.绿地,多一些\n(1)树。\n①松树\n——油松\n(二)时限:年底\n二、措施\n(三)责任(责任单位:甲局)\n"),
		"1 part 一、 目标|1.1 item (一) 指标|1.1.1 point 1. 绿地,多一些|1.1.1.1 subpoint (1) 树|1.1.1.1.1 subpoint ① 松树|"
		"1.1.1.1.1.1 dash -- 油松|1.2 item (二) 时限|2 part 二、 措施|2.3 item (三) 责任");
	/* 1. above (一) in one part, below it in the other */
	sections_are(b, read_text(b, "甲方案\n一、甲\n1.子\n(一)丑\n(二)寅\n2.卯\n二、乙\n(一)辰\n1.巳\n(二)午\n"),
		"1 part 一、 甲|1.1 point 1. 子|1.1.1 item (一) 丑|1.1.2 item (二) 寅|1.2 point 2. 卯|2 part 二、 乙|2.1 item (一) 辰|"
		"2.1.1 point 1. 巳|2.2 item (二) 午");
	/* a list within a list of the same style; then one that only begins again */
	sections_are(b, read_text(b, "甲方案\n1.子\n2.丑\n1.寅\n2.卯\n3.辰\n"),
		"1 point 1. 子|2 point 2. 丑|3 point 1. 寅|4 point 2. 卯|5 point 3. 辰");
	sections_are(b, read_text(b, "甲方案\n1.子\n2.丑\n3.午\n1.寅\n2.卯\n4.辰\n"),
		"1 point 1. 子|2 point 2. 丑|3 point 3. 午|3.1 point 1. 寅|3.2 point 2. 卯|4 point 4. 辰");
	/* a gap in the numbering stays a gap; a number that comes back is counted on */
	sections_are(b, read_text(b, "甲方案\n(一)子\n(三)丑\n(三)寅\n"), "1 item (一) 子|3 item (三) 丑|4 item (三) 寅");
}

static void test_markers(void **state)
{
	bench *b = *state;
	sections_are(b, read_text(b, "甲条例\n第一编 总则\n第一章　任务\n第一节 要做的\n第一条　为了好。\n第一百二十条之一　也好。\n第一条规定的事不归这里。\n第二编 分则\n第三条 坏。\n"),
		"1 chapter 第一编 总则|1.1 chapter 第一章 任务|1.1.1 chapter 第一节 要做的|1.1.1.1 article 第一条 为了好|"
		"1.1.1.120 article 第一百二十条之一 也好|2 chapter 第二编 分则|2.3 article 第三条 坏");
	sections_are(b, read_text(b, "甲方案\n一、甲\n1.5倍的增长不是标记。\n2020年也不是。\n一、二年级不是。\n3 个不是。\n(2020)不是\n1、是\n2．也是\n3.2024年也是\n二.乙\n十一、丙\n"),
		"1 part 一、 甲|1.1 point 1、 是|1.2 point 2. 也是|1.3 point 3. 2024年也是|2 part 二. 乙|11 part 十一、 丙");
	sections_are(b, read_text(b, "甲预案\n目 录\n1 总则\n1.1 目的\n2 组织\n1 总则\n1.1 目的\n为了安全。\n1.2 依据\n1.2.1 法律\n有法。\n2 组织\n2.1 指挥部\n(1)指挥。\n"),
		"1 point 1 总则|1.1 point 1.1 目的|1.2 point 1.2 依据|1.2.1 point 1.2.1 法律|2 point 2 组织|2.1 point 2.1 指挥部|"
		"2.1.1 subpoint (1) 指挥");
	/* at most 40 characters with the marker, and a colon of a ratio is no end */
	sections_are(b, read_text(b, "甲方案\n一、比例达到1.9:1左右。\n二、一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十超过了\n"),
		"1 part 一、 比例达到1.9:1左右|2 part 二、 一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六七八");
}

static void test_annex(void **state)
{
	bench *b = *state;
	sections_are(b, read_text(b, "甲通知\n各县人民政府:\n一、要好。\n二、要快。\n附件:1.任务清单\n2.分工表\n甲市人民政府\n2024年1月5日\n附件1\n任务清单\n一、种树\n附件2：分工表\n一、谁种\n"),
		"1 part 一、 要好|2 part 二、 要快|3 paragraph 附件1 任务清单|3.1 part 一、 种树|4 paragraph 附件2 分工表|4.1 part 一、 谁种");
	/* a letter that comes behind the signature lists its own annexes above its own */
	sections_are(b, read_text(b, "甲市政府关于转发请示的通知\n各县：\n现将《关于学校扩招有关问题的请示》转发给你们。\n甲市人民政府&bsp; \n2024年1月5日\n"
				     "关于学校扩招\n有关问题的请示\n甲市人民政府:\n一、要好。\n二、要快。\n附：招生计划表\n乙市教育局\n2024年1月3日\n附：\n招生计划表\n"),
		"1 paragraph  关于学校扩招有关问题的请示|1.1 part 一、 要好|1.2 part 二、 要快|2 paragraph 附 招生计划表");
	/* nor do footnotes belong to the section that stands last */
	sections_are(b, read_text(b, "甲方案\n一、要好。\n二、要快。\n[1]甲局统计。\n[2]乙局统计。\n"),
		"1 part 一、 要好|2 part 二、 要快|3 paragraph [1] |4 paragraph [2] ");
	/* notes below a table are a list of their own */
	sections_are(b, read_text(b, "甲方案\n一、要好。\n二、要快。\n注：1、面积为平方米。\n2、长度为米。\n"), "1 part 一、 要好|2 part 二、 要快");
}

static void test_paragraphs(void **state)
{
	bench *b = *state;
	gw_document *d = read_text(b, "春运工作总体方案\n20xx年1月11日\n春运将从1月17日开始,为做好工作,制定本方案。\n做好疫情防控\n"
				      "引导务工人员错峰返乡。各地要合理调整放假时间,并且要早。\n组织学生避峰放假。教育部门要优化安排,早作打算。\n保证运输安全\n"
				      "加强监督管理。要压实责任,要督促经营单位执行规定。\n甲县交通运输局\n20xx年1月12日\n");
	sections_are(b, d, "1 paragraph  做好疫情防控|1.1 paragraph  引导务工人员错峰返乡|1.2 paragraph  组织学生避峰放假|"
			   "2 paragraph  保证运输安全|2.1 paragraph  加强监督管理");
	is(d->issued_on, "20XX-01-12");
	/* no headlines: every paragraph is a section */
	sections_are(b, read_text(b, "关于同意申办的复函\n甲省人民政府:\n同意以甲市名义申办运动会,经费由甲省承担。\n其他事项由有关部门办理,请按规定执行。\n"),
		"1 paragraph  |2 paragraph  ");
}

/* Lines of all kinds in any order: nothing may break what must hold. */
static void test_any_order(void **state)
{
	static const char *const lines[] = {"一、甲", "(一)乙。丙", "1.丁", "1.1 戊", "1.1.1 己", "(1)庚", "①辛", "——壬", "第一章 癸", "第一条 子",
		"附件", "附件1:丑", "目录", "目录 1", "甲市工作方案", "(试行)", "关于", "《", "》", ")", "自", "本方案自2020年1月1日起施行。", "标题:", "发文机关:",
		":", "#", "## ", "# 寅", "第", "第一", "(2020年1月1日通过", "通过)", ">", "首页", "来源:", "国务院", "2020年1月1日", "令", "第5号",
		"甲政发〔2020〕5号", "本作品是中华人民共和国的", "二、卯", "3.辰", "平安。", "(此件公开发布)", "(来源:《某报》2020年1月1日)",
		"序号", "任务", "责任单位", "完成时限", "1", "2", "甲局", "序号\t任务\t责任单位", "1\t甲\t乙局", "|序号|任务|备注|", "|-|-|", "|1|甲|"};
	bench *b = *state;
	uint64_t seed = 20240229;
	gw_buf text;
	gw_buf_init(&text);
	for (int round = 0; round < 3000; round++) {
		gw_buf_clear(&text);
		gw_buf_adds(&text, "");
		for (uint64_t n = seed >> 60 << 2; n; n--) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			gw_buf_adds(&text, lines[(seed >> 33) % (sizeof lines / sizeof *lines)]);
			gw_buf_adds(&text, seed >> 31 & 3 ? "\n" : "");
		}
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		read_text(b, text.ptr);
	}
	gw_buf_release(&text);
}

/* ---- the words' file ---- */

static void test_bad_words(void **state)
{
	bench *b = *state;
	char path[] = "/tmp/gongwen-words-XXXXXX";
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	static const char bad[] = "annexes: 附件\nunknown: [甲]\nlabels: {title: [标题], colour: [红]}\nfurniture:\n"
				  "  - {where: nowhere, how: whole, max: x}\ncounts: [[甲]]\n";
	assert_int_equal(write(fd, bad, sizeof bad - 1), sizeof bad - 1);
	close(fd);
	gw_diag diag;
	gw_diag_init(&diag);
	gw_arena run;
	gw_arena_init(&run);
	const char *settings[] = {path};
	void *made = NULL;
	assert_int_equal(gw_stage_structure.open(settings, NULL, &run, &made, &diag), GW_FAILED);
	static const struct {
		gw_code code;
		uint32_t line;
	} want[] = {{GW_E_CONFIG_TYPE, 1}, {GW_E_CONFIG_KEY, 2}, {GW_E_CONFIG_KEY, 3}, {GW_E_CONFIG_RANGE, 5},
		{GW_E_CONFIG_TYPE, 5}, {GW_E_CONFIG_MISSING, 5}, {GW_E_CONFIG_TYPE, 6}};
	assert_int_equal(diag.problems.count, sizeof want / sizeof *want);
	for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
		assert_int_equal(diag.problems.items[i].code, want[i].code);
		assert_int_equal(diag.problems.items[i].place.line, want[i].line);
	}
	unlink(path);
	gw_arena_release(&run);
	gw_diag_release(&diag);
	(void)b;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_document), cmocka_unit_test(test_contents), cmocka_unit_test(test_title_blocks),
		cmocka_unit_test(test_table), cmocka_unit_test(test_notes), cmocka_unit_test(test_told_by_the_text),
		cmocka_unit_test(test_signature),
		cmocka_unit_test(test_title), cmocka_unit_test(test_nesting), cmocka_unit_test(test_markers),
		cmocka_unit_test(test_annex), cmocka_unit_test(test_paragraphs), cmocka_unit_test(test_any_order),
		cmocka_unit_test(test_bad_words),
	};
	return cmocka_run_group_tests(tests, bench_make, bench_end);
}
