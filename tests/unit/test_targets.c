/* Targets and quantities: a text goes through the chain as it is configured; each case says what is found in it, one
 * number an entry: T (target) or S (status), op and value with unit, then what else there is: by (change), per, since
 * (base), of (indicator). */
#include "bench.h"

/* Every text is a point of a plan, so that the document's type is known. */
static const gw_document *read_text(bench *b, const char *text)
{
	gw_arena_reset(&b->arena);
	return bench_read(b, gw_arena_printf(&b->arena, "某市工作方案\n一、重点工作\n%s\n", text));
}

static void also(gw_buf *out, const char *what, gw_str value)
{
	if (value.len)
		gw_buf_printf(out, " %s %.*s", what, (int)value.len, value.ptr);
}

static const char *result(bench *b, gw_buf *out)
{
	const char *s = gw_arena_str(&b->arena, (gw_str){out->ptr ? out->ptr : "", (uint32_t)out->len}).ptr;
	gw_buf_release(out);
	return s;
}

static const char *quantities(bench *b, const char *text)
{
	const gw_document *d = read_text(b, text);
	gw_buf out;
	gw_buf_init(&out);
	for (uint32_t i = 0; i < d->quantities.count; i++) {
		const gw_quantity *q = &d->quantities.items[i];
		gw_buf_printf(&out, "%s%c %s%g", i ? "; " : "", q->target ? 'T' : 'S', gw_op_names[q->op], q->value);
		if (q->op == GW_OP_RANGE)
			gw_buf_printf(&out, "..%g", q->value2);
		gw_buf_add_str(&out, q->unit);
		also(&out, "by", q->change);
		also(&out, "per", q->per);
		also(&out, "since", q->base);
	}
	return result(b, &out);
}

static const char *indicators(bench *b, const char *text)
{
	const gw_document *d = read_text(b, text);
	gw_buf out;
	gw_buf_init(&out);
	for (uint32_t i = 0; i < d->quantities.count; i++) {
		gw_buf_adds(&out, i ? "; " : "");
		gw_buf_add_str(&out, gw_text_utf8(&b->arena, &b->source.text, d->quantities.items[i].indicator));
	}
	return result(b, &out);
}

static void values_and_units(void **state)
{
	bench *b = *state;
	assert_string_equal(quantities(b, "奖励标准为50万元/亩。"), "T =50万元/亩");
	assert_string_equal(quantities(b, "给予2000万元补助。"), "T =2e+07元");
	assert_string_equal(quantities(b, "形成50万-70万份/天的检测能力。"), "T range500000..700000份/天");
	assert_string_equal(quantities(b, "给予3-5万元补助。"), "T range30000..50000元");
	assert_string_equal(quantities(b, "处1000元以上5000元以下罚款。"), "T range1000..5000元");
	assert_string_equal(quantities(b, "企业开办压缩至半个工作日。"), "T <=0.5个工作日");
	assert_string_equal(quantities(b, "灌溉水有效利用系数提高到0.568。"), "T =0.568");
	assert_string_equal(quantities(b, "培育企业3400多家。"), "T >3400家");
	assert_string_equal(quantities(b, "储备沙石三吨半。"), "T =3.5吨");
	assert_string_equal(quantities(b, "利润率介于5%和8%之间。"), "T range5..8%");
	assert_string_equal(quantities(b, "筹集公寓120套(间)。"), "T =120套(间)");
	assert_string_equal(quantities(b, "社会资本占比力争达到三分之一以上。") + 2, ">=0.333333");
}

static void comparators(void **state)
{
	bench *b = *state;
	assert_string_equal(quantities(b, "覆盖率不低于50%。"), "T >=50%");
	assert_string_equal(quantities(b, "协议期限最长不超过5年。"), "T <=5年");
	assert_string_equal(quantities(b, "培训人数不少于本单位总数5%。"), "T >=5%");
	assert_string_equal(quantities(b, "至少组织1次演练。"), "T >=1次");
	assert_string_equal(quantities(b, "费率不能超过1%。"), "T <=1%");
}

static void lists_share_what_stands_once(void **state)
{
	bench *b = *state;
	assert_string_equal(quantities(b, "登记时间分别压缩至3个、2个工作日。"), "T <=3个工作日; T <=2个工作日");
	assert_string_equal(quantities(b, "审批时间分别压缩至30、45个工作日。"), "T <=30个工作日; T <=45个工作日");
	assert_string_equal(indicators(b, "审批时间分别压缩至30、45个工作日。"), "审批时间; 审批时间");
	assert_string_equal(quantities(b, "新增博士3人、项目5个。"), "T =3人; T =5个");
}

static void changes_and_rates(void **state)
{
	bench *b = *state;
	assert_string_equal(quantities(b, "到2027年,货运量比2020年增长10%左右。"), "T ~10% by increase since 2020年");
	assert_string_equal(quantities(b, "到2027年,覆盖率提高到63%。"), "T =63%");
	assert_string_equal(quantities(b, "到2027年,能耗年均下降3%。"), "T =3% by decrease per year");
	assert_string_equal(quantities(b, "标准每3年调整一次。"), "T =1次 per P3Y");
	assert_string_equal(quantities(b, "每10天巡查1次。"), "T =1次 per P10D");
	assert_string_equal(quantities(b, "每个片区形成1万份/天的检测能力。"), "T =10000份/天 per 片区");
}

static void minimums_are_targets(void **state)
{
	bench *b = *state;
	assert_string_equal(quantities(b, "协会应当有30个以上的会员。"), "T >=30个");
	assert_string_equal(quantities(b, "申请人须有20万元以上资金。"), "T >=200000元");
	assert_string_equal(quantities(b, "连续从教8年以上的教师优先评审。"), "T >=8年");
	assert_string_equal(quantities(b, "总投资1亿元以上项目优先安排。"), "S >=1e+08元");
}

static void descriptions_are_no_targets(void **state)
{
	bench *b = *state;
	assert_string_equal(quantities(b, "目前,集中供热面积1860万平方米。"), "S =1.86e+07平方米");
	assert_string_equal(quantities(b, "镇区常住人口超过5万人的镇按小城市标准规划。"), "S >50000人");
	assert_string_equal(quantities(b, "检测人数在500万以下的,由县组织。"), "S <=5e+06");
	assert_string_equal(quantities(b, "对未摘帽的7个县开展督导。"), "S =7个");
	assert_string_equal(quantities(b, "离岸10公里以上、水深20米以上的网箱优先安排。"), "S >=10公里; S >=20米");
	assert_string_equal(quantities(b, "推广使用35吨敞顶箱。"), "S =35吨");
	assert_string_equal(quantities(b, "标准化托盘(1200mm×1000mm)循环共用。"), "S =1200mm; S =1000mm");
	assert_string_equal(quantities(b, "据初步统计,全市12个县共有危房2万间。"), "S =12个; S =20000间");
	assert_string_equal(quantities(b, "能够开展20种以上手术的医院占比达到60%。"), "S >=20种; T =60%");
	assert_string_equal(quantities(b, "新增甲市、乙市、丙县3个特色城市。"), ""); /* as many as are named */
	assert_string_equal(quantities(b, "目前有甲市、乙市等2个特色城市。"), "S =2个");
	assert_string_equal(quantities(b, "更新时限由10个工作日压缩至3个工作日。"), "S =10个工作日; T <=3个工作日");
}

static void what_only_looks_like_a_quantity(void **state)
{
	bench *b = *state;
	static const char *const none[] = {"提供7×24小时服务。", "推进24小时自助服务。", "打造15分钟社区生活圈。",
	        "4A级旅游景区做好服务。", "5G网络全面覆盖。", "整合12345热线。", "培育一批企业。",
	        "省市县乡村五级联动。", "实施十项民生工程。", "第3批名单。", "中共四川省委十二届四次全会精神。",
	        "推进长三角一体化。", "过去五年,我们努力工作。", "违反第一、二项规定。"};
	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		assert_string_equal(quantities(b, none[i]), "");
	assert_string_equal(quantities(b, "约1100立方米。") + 2, "~1100立方米"); /* no emergency number within */
}

static void indicators_are_noun_phrases(void **state)
{
	bench *b = *state;
	assert_string_equal(indicators(b, "到2027年,全省常住人口城镇化率力争达到63%。"), "全省常住人口城镇化率");
	assert_string_equal(indicators(b, "确保300个贫困村和17.8万贫困群众全部退出。"), "贫困村; 贫困群众");
	assert_string_equal(indicators(b, "每个实验室要具备1万份/天的检测能力。"), "检测能力");
	assert_string_equal(indicators(b, "回用率从45%提高到60%。"), "回用率; 回用率");
	assert_string_equal(indicators(b, "按设备购置费的70%给予补贴,最高5000元。"), "设备购置费; 补贴");
	assert_string_equal(indicators(b, "一般登记、抵押登记时间分别压缩至3个、2个工作日。"), "登记时间; 登记时间");
	/* a verb and its subject are no part of it, an act in a measure's name is */
	assert_string_equal(indicators(b, "县文旅局新筹集民宿房源40套。"), "民宿房源");
	assert_string_equal(indicators(b, "引导农户逐步将秸秆还田比例提高到70%。"), "秸秆还田比例");
	assert_string_equal(indicators(b, "建设规模达到30万吨。"), "建设规模");
	/* acts */
	assert_string_equal(indicators(b, "工作组每半年召开1次会议。"), "会议");
	assert_string_equal(indicators(b, "每年培训不少于300人次。"), "培训");
	/* what is given or imposed */
	assert_string_equal(indicators(b, "给予一次性搬迁补助5万元;丙类、丁类分别给予3万元、2万元。"),
	        "搬迁补助; 搬迁补助; 搬迁补助");
	assert_string_equal(indicators(b, "处2万元以下的罚款。"), "罚款");
	assert_string_equal(indicators(b, "开工率、竣工率分别达到92%和81%。"), "开工率; 竣工率");
	assert_string_equal(indicators(b, "公路和铁路客运量分别增长6%和4%。"), "公路和铁路客运量; 公路和铁路客运量");
	assert_string_equal(indicators(b, "文教支出占一般预算支出的27%。"), "文教支出");
	/* said before */
	assert_string_equal(indicators(b, "检测合格比例达到95%(山区可放宽至85%)。"), "检测合格比例; 检测合格比例");
	assert_string_equal(indicators(b, "渔船由900艘压减至600艘以内。"), "渔船; 渔船");
	assert_string_equal(indicators(b, "国家档案的保管期限,除另有规定外,甲级不超过三十年,乙级不超过十年。"),
	        "保管期限; 保管期限");
}

static void indicators_stand_behind_or_are_acts(void **state)
{
	bench *b = *state;
	assert_string_equal(indicators(b, "每年选派不少于10%的骨干教师到村小支教。"), "骨干教师");
	assert_string_equal(indicators(b, "每个街道建好1所集体兴办的养老院。"), "养老院");
	assert_string_equal(indicators(b, "市财政局每季度督办1次进展情况。"), "督办");
	assert_string_equal(indicators(b, "按不低于检查总数5%的比例开展复核。"), "检查总数");
	assert_string_equal(indicators(b, "与城区的差距保持在10个百分点以内。"), "差距");
	assert_string_equal(indicators(b, "津贴总额可在现有标准上增加10%。"), "津贴总额");
	assert_string_equal(indicators(b, "社区药师签约服务覆盖率达到60%。"), "社区药师签约服务覆盖率");
	assert_string_equal(indicators(b, "新签约项目数量达到60个。"), "项目数量");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(values_and_units),
	        cmocka_unit_test(comparators),
	        cmocka_unit_test(lists_share_what_stands_once),
	        cmocka_unit_test(changes_and_rates),
	        cmocka_unit_test(minimums_are_targets),
	        cmocka_unit_test(descriptions_are_no_targets),
	        cmocka_unit_test(what_only_looks_like_a_quantity),
	        cmocka_unit_test(indicators_are_noun_phrases),
	        cmocka_unit_test(indicators_stand_behind_or_are_acts),
	};
	return cmocka_run_group_tests(tests, bench_open, bench_close);
}
