/* Agencies and organisations: a text goes through the chain as it is configured; each case says what is found in it.
 * Definite mentions are written [省政府], classes (各级政府); organisations as id|kind|level. */
#include "bench.h"

static const gw_document *read_text(bench *b, const char *text)
{
	gw_arena_reset(&b->arena);
	return bench_read(b, text);
}

static const char *mentions(bench *b, const char *text)
{
	const gw_document *d = read_text(b, text);
	gw_buf out;
	gw_buf_init(&out);
	for (uint32_t i = 0; i < d->agencies.count; i++) {
		const gw_agency *a = &d->agencies.items[i];
		gw_str t = gw_text_utf8(&b->arena, &b->source.text, a->span);
		gw_buf_adds(&out, a->unit_only ? "{" : a->generic ? "(" : "[");
		gw_buf_add_str(&out, t);
		gw_buf_adds(&out, a->unit_only ? "}" : a->generic ? ")" : "]");
	}
	const char *s = gw_arena_str(&b->arena, (gw_str){out.ptr ? out.ptr : "", (uint32_t)out.len}).ptr;
	gw_buf_release(&out);
	return s;
}

static const char *organizations(bench *b, const char *text)
{
	const gw_document *d = read_text(b, text);
	gw_buf out;
	gw_buf_init(&out);
	for (uint32_t i = 0; i < d->organizations.count; i++) {
		const gw_organization *o = &d->organizations.items[i];
		const gw_str parts[] = {o->id, GW_STR("|"), o->kind, GW_STR("|"), o->level, GW_STR(" ")};
		for (size_t p = 0; p < sizeof parts / sizeof *parts; p++)
			gw_buf_add_str(&out, parts[p]);
	}
	const char *s = gw_arena_str(&b->arena, (gw_str){out.ptr ? out.ptr : "", (uint32_t)out.len}).ptr;
	gw_buf_release(&out);
	return s;
}

static void names_are_read_from_both_ends(void **state)
{
	bench *b = *state;
	assert_string_equal(mentions(b, "由省数据局会同市委组织部研究。"), "[省数据局][市委组织部]");
	assert_string_equal(mentions(b, "县教育局校园食品安全专项整治工作领导小组要尽快部署。"), "[县教育局校园食品安全专项整治工作领导小组]");
	assert_string_equal(mentions(b, "区委区政府同意。"), "[区委][区政府]");
	assert_string_equal(mentions(b, "贵港市委市政府和党委政府同意。"), "[贵港市委][市政府](党委)(政府)");
	assert_string_equal(mentions(b, "国务院办公厅关于调整国务院抗旱工作领导小组的通知"), "[国务院办公厅][国务院抗旱工作领导小组]");
}

static void what_only_looks_like_an_organ(void **state)
{
	bench *b = *state;
	assert_string_equal(mentions(b, "按照市场监管办法,推进省科技攻关和县域医疗机构建设。"), "");
	assert_string_equal(mentions(b, "经省委十一届六次全会审议。"), "");
	assert_string_equal(mentions(b, "加强基层党组织、村民委员会建设,各部门、各单位要落实政府采购政策。"), "");
	assert_string_equal(mentions(b, "执行《国务院关于做好工作的意见》。"), "");
	/* groups that only a verb or a number stands before, and units of administration inside names */
	assert_string_equal(mentions(b, "抽调人员组成督查组,设5个工作专班,建立部际联席会议制度。"), "");
	assert_string_equal(mentions(b, "全区农业经营主体和徽州文化研究。"), "");
}

static void classes_are_generic(void **state)
{
	bench *b = *state;
	assert_string_equal(mentions(b, "各级党委、县级以上人民政府和各县(市、区)财政部门要落实。"), "(各级党委)(县级以上人民政府)(各县(市、区)财政部门)");
	assert_string_equal(mentions(b, "当地党委、政府领导,工会、妇联参加。"), "(当地党委)(政府)(工会)(妇联)");
	assert_string_equal(mentions(b, "国家防汛办成立汛情应对工作专班。"), "[国家防汛办][汛情应对工作专班]");
	assert_string_equal(mentions(b, "各地要成立汛情应对工作专班。"), "(汛情应对工作专班)");
	/* the words round a name are no part of it */
	assert_string_equal(mentions(b, "由各有关省级人民政府和相关行政管理部门落实。"), "(省级人民政府)(行政管理部门)");
}

static void names_of_the_document(void **state)
{
	bench *b = *state;
	assert_string_equal(mentions(b, "成立跨域联合收储办公室。联合行动由跨域联合收储办公室牵头。"), "[跨域联合收储办公室][跨域联合收储办公室]");
	assert_string_equal(mentions(b, "吉林省云阳矿业(集团)公司青岭煤矿停产。青岭煤矿党委已整改。"), "[吉林省云阳矿业(集团)公司青岭煤矿][青岭煤矿党委]");
}

static void shared_heads_are_spelled_out(void **state)
{
	bench *b = *state;
	const gw_document *d = read_text(b, "责任单位:各市、州、县人民政府。");
	assert_int_equal(d->agencies.count, 1);
	assert_int_equal(d->agencies.items[0].name_count, 3);
	assert_true(gw_str_eq(d->agencies.items[0].names[1], GW_STR("各州人民政府")));
	d = read_text(b, "责任单位:南宁、玉林、崇左市人民政府。");
	assert_int_equal(d->agencies.items[0].name_count, 3);
	assert_true(gw_str_eq(d->agencies.items[0].names[0], GW_STR("南宁市人民政府")));
	assert_true(gw_str_eq(d->agencies.items[0].names[2], GW_STR("崇左市人民政府")));
	d = read_text(b, "责任单位:杭州、嘉兴、湖州市人民政府。"); /* 州 in a city's name is no level */
	assert_int_equal(d->agencies.count, 1);
	assert_int_equal(d->agencies.items[0].name_count, 3);
	assert_true(gw_str_eq(d->agencies.items[0].names[0], GW_STR("杭州市人民政府")));
}

static void several_heads_share_an_end(void **state)
{
	bench *b = *state;
	const gw_document *d = read_text(b, "县(市、区)人大常委会、政府党组和市(州)法院、检察院党组应当自查。");
	assert_int_equal(d->agencies.count, 2);
	assert_int_equal(d->agencies.items[1].name_count, 2);
	assert_true(gw_str_eq(d->agencies.items[1].names[1], GW_STR("市(州)检察院党组")));
	d = read_text(b, "市(州)中级法院、检察院和县(市、区)法院、检察院党组负责人。");
	assert_int_equal(d->agencies.count, 1);
	assert_int_equal(d->agencies.items[0].name_count, 4);
	assert_true(gw_str_eq(d->agencies.items[0].names[0], GW_STR("市(州)中级法院党组")));
	assert_true(gw_str_eq(d->agencies.items[0].names[3], GW_STR("县(市、区)检察院党组")));
	d = read_text(b, "听取人大常委会、政府、政协党组汇报。");
	assert_int_equal(d->agencies.items[0].name_count, 3);
	assert_true(gw_str_eq(d->agencies.items[0].names[2], GW_STR("政协党组")));
	d = read_text(b, "省、自治区、直辖市党委审计工作领导小组办公室设在审计机关。");
	assert_int_equal(d->agencies.items[0].name_count, 3);
	assert_true(gw_str_eq(d->agencies.items[0].names[1], GW_STR("自治区党委审计工作领导小组办公室")));
}

static void short_names_of_the_document(void **state)
{
	bench *b = *state;
	const gw_document *d = read_text(b, "设立省口岸发展协调委员会(以下简称省口岸委)。口岸委不刻印章。省口岸委每月通报。");
	assert_int_equal(d->agencies.count, 3);
	assert_int_equal(d->agencies.items[1].short_for, 1);
	assert_int_equal(d->agencies.items[2].short_for, 1);
	assert_int_equal(d->organizations.count, 1);
	/* two names in turn, and one in front of an organ that a rule has found */
	assert_string_equal(mentions(b, "设立省口岸发展协调委员会(以下简称省口岸委)、省航道养护保障中心(以下简称航保中心)。"
					"航保中心报省口岸委,省口岸委报省水利厅,省口岸委党组研究,航保中心督办。"),
		"[省口岸发展协调委员会][省口岸委][省航道养护保障中心][航保中心][航保中心][省口岸委][省口岸委][省水利厅][省口岸委党组][航保中心]");
	/* a common noun stays one, whatever the document says */
	assert_string_equal(mentions(b, "成立省口岸发展领导小组(以下简称领导小组)。领导小组每月通报。"), "[省口岸发展领导小组]");
}

static void bodies_without_a_name_are_units_only(void **state)
{
	bench *b = *state;
	assert_string_equal(mentions(b, "领导小组下设办公室,负责日常工作。办公室设在县林业局。"), "{办公室}[县林业局]");
	assert_string_equal(mentions(b, "县防火指挥部负责调度,专家组负责会商。"), "[县防火指挥部]{专家组}");
	assert_string_equal(mentions(b, "责任单位:办公室、各镇。领导小组要研究重大事项。"), "[办公室]{各镇}");
}

static void organizations_have_a_region(void **state)
{
	bench *b = *state;
	assert_string_equal(organizations(b, "湖北省水利厅关于开展检查的通知\n省委、省财政厅同意。\n"),
		"420000:湖北省水利厅|department|provincial 420000:湖北省委|party|provincial 420000:湖北省财政厅|department|provincial ");
	/* 市 in a county's document is the prefecture, in a county-level city's the city itself */
	assert_string_equal(organizations(b, "平原县财政局关于拨款的通知\n报市政府批准。\n"), "371426:平原县财政局|department|county 371400:德州市人民政府|government|prefectural ");
	assert_string_equal(organizations(b, "江山市财政局关于拨款的通知\n报市政府批准。\n"), "330881:江山市财政局|department|county 330881:江山市人民政府|government|county ");
	/* of several districts of one name the one inside the city */
	assert_string_equal(organizations(b, "福州市鼓楼区教育局关于检查的通知\n市教育局同意。\n"), "350102:鼓楼区教育局|department|county 350100:福州市教育局|department|prefectural ");
	assert_string_equal(organizations(b, "朝阳区教育局关于检查的通知\n长春市教育局、区司法局同意。\n"),
		"220104:朝阳区教育局|department|county 220100:长春市教育局|department|prefectural 220104:朝阳区司法局|department|county ");
	/* an organ of the state has no region, though its title names one */
	assert_string_equal(organizations(b, "国务院关于湖北省有关规划的批复\n国务院\n2024年1月2日\n"), "CN:国务院|government|national ");
	assert_string_equal(organizations(b, "成都市政府关于合作的通知\n中共成都市委、成都理工大学同意。\n"),
		"510100:成都市人民政府|government|prefectural 510100:成都市委|party|prefectural 510100:成都理工大学|institution|prefectural ");
}

static void organizations_have_their_full_names(void **state)
{
	bench *b = *state;
	assert_string_equal(organizations(b, "湖北省水利厅关于开展检查的通知\n省发改委、省发展改革委和团省委同意。\n"),
		"420000:湖北省水利厅|department|provincial 420000:湖北省发展和改革委员会|department|provincial "
		"420000:共青团湖北省委|mass_organization|provincial ");
	/* without a place: the nation's in a document of the nation, else the document's own */
	assert_string_equal(organizations(b, "国务院关于工作的批复\n统计局会同财政部负责。\n国务院\n2024年1月2日\n"),
		"CN:国务院|government|national CN:国家统计局|department|national CN:财政部|department|national ");
	assert_string_equal(organizations(b, "平原县财政局关于拨款的通知\n统计局会同局办公室负责。\n平原县财政局\n"),
		"371426:平原县财政局|department|county 371426:平原县统计局|department|county 371426:平原县财政局办公室|office|county ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_read_from_both_ends),
		cmocka_unit_test(what_only_looks_like_an_organ),
		cmocka_unit_test(classes_are_generic),
	        cmocka_unit_test(names_of_the_document),
		cmocka_unit_test(shared_heads_are_spelled_out),
		cmocka_unit_test(several_heads_share_an_end),
		cmocka_unit_test(short_names_of_the_document),
		cmocka_unit_test(bodies_without_a_name_are_units_only),
		cmocka_unit_test(organizations_have_a_region),
		cmocka_unit_test(organizations_have_their_full_names),
	};
	return cmocka_run_group_tests(tests, bench_open, bench_close);
}
