@about The small words from which names of organs are built: administrative units, qualifiers that make a class.
@source Compiled for this project from the usage of official documents.
@licence Apache-2.0

# One administrative unit; alone before a head it is the document's own: 省财政厅, 市委, 区政府.
@class adm
省  level=provincial
自治区  level=provincial
兵团  level=provincial full=新疆生产建设兵团
市  level=prefectural
州  level=prefectural
盟  level=prefectural
自治州  level=prefectural
县  level=county
区  level=county
旗  level=county
县级市  level=county
自治县  level=county
自治旗  level=county
乡  level=township
镇  level=township
乡镇  level=township
民族乡  level=township
街道  level=township
苏木  level=township
团场  level=township
村  level=village

# Compounds of units: always a class.
@class adm.many
直辖市
地级市
地级以上市
设区市
省市
省市县
省市县乡
市县
市县区
市县乡
县市
县市区
区市
区县
县区
市区县
市州
州市
州县
旗县
旗县区
盟市
县乡
县镇
乡村
镇村
镇街
乡镇街道
镇办
镇街道
省区市
中央和省级
省、市、县
市、县
市、县两级
市、区两级
县、乡两级
省、市两级
省、市、县三级
市、县、乡三级
省市县乡四级
省、市、县、乡四级
市区两级
区县两级
州县两级
区镇两级
县乡村三级
省市两级
市县两级
县乡两级
省市县三级
市县乡三级

# Levels: 省级部门, 县级党委.
@class adm.level
省级及以下
市级及以下
县级及以下
省级及以上
市级及以上
县级及以上
设区的市级及以上
省级
市级
县级
区级
州级
盟级
旗级
地级
地市级
副省级
乡级
镇级
乡镇级
村级
街道级
省部级
国家级
省、市级
市、县级
省市级
市县级
区县级
县乡级
自治区级
直辖市级
设区的市级
县级以上
县级以上地方
县级以上地方各级
县以上
市级以上
省级以上
地市级以上
地级以上
地级及以上
设区的市级以上
设区的市
设区市
省辖市
不设区的市
较大的市
乡镇级以上
乡级以上
乡镇以上
副省级城市

# The direct organs of a level: 省直部门.
@class adm.direct
省直
市直
州直
县直
区直
旗直
盟直
省直属
市直属
区直属
县直属
直属
局属
厅属
委属
院属
中直
央地
垂直
垂管
中省直
驻市
驻县
驻区
驻州
驻省
中央驻
中央在
省驻
部属
省属
市属
县属
区属
央属

# Qualifiers that make a class.
@class qual
地方
境外
境内
内地
两地
对方
双方
军队
军队各级
全军
地方各级
各级地方
基层
上级
下级
上一级
下一级
上下级
同级
本级
当地
属地
辖区
所在地
本地
本地区
本省
本市
本县
本区
户籍所在地
物业所在地
分支机构所在地
经营场所所在地
营业场所所在地
主要办事机构所在地
住所地所在地
机构所在地
企业所在地
单位所在地
用人单位所在地
学校所在地
工程所在地
不动产所在地
财产所在地
住所所在地
房屋所在地
合同履行地
案发地
户籍地
生产地
销售地
使用地
经营地
主要经营地
建设地
施工地
接收地
服务地
工作所在地
就读地
灾害发生地
行政许可所在地
住所地
居住地
行为发生地
常住地
注册地
输出地
输入地
事发地
发生地
沿海
沿边
内陆
边境
民族地区
沿海地区
沿边地区
沿江地区
全国各级
全省各级
全市各级
全县各级
全区各级
全州各级
我省
我市
我县
我区
我州
同级其他
本行政区域内
城乡基层
城市基层
农村基层
异地
疫情发生地
事故发生地
违法行为发生地
经常居住地
工作地
就业地
参保地
项目所在地
迁入地
迁出地
流入地
流出地
产地
驻地
对口
全系统
本系统
省内
市内
县域内
辖区内

# Qualifiers that say nothing by themselves: 各部门, 有关单位 are no agencies, 省有关单位 is one.
@class qual.weak
各地
各地区
各地方
各级
各市
各省
各县
各级各类
各
有关
各有关
各相关
相关
相应
其他
其它
任何
所属
下属
业务
分管
各自
另一
其他有关
其他相关

# Organs that every level has: 各级党委, 县级以上人民政府.
@class govt
城市人民政府  kind=government
人民政府  kind=government
政府  kind=government
地方人民政府  kind=government
地方政府  kind=government
党委  kind=party
党组  kind=party
党工委  kind=party
党(工)委  kind=party
纪(工)委  kind=discipline
纪委  kind=discipline
纪委监委  kind=discipline
监委  kind=discipline
纪工委  kind=discipline
人大  kind=congress
人民代表大会常委会  kind=congress
人民代表大会及其常委会  kind=congress
人民代表大会或者其常务委员会  kind=congress
人大主席团  kind=congress
人民代表大会主席团  kind=congress
人民代表大会财政经济委员会  kind=congress
人民代表大会法制委员会  kind=congress
人民代表大会专门委员会  kind=congress
人民代表大会预算工作委员会  kind=congress
人民代表大会法制工作委员会  kind=congress
人民代表大会代表工作委员会  kind=congress
人民代表大会办公室  kind=congress
人民代表大会办公厅  kind=congress
人民代表大会工作机构  kind=congress
人民代表大会有关专门委员会  kind=congress
人民代表大会有关工作机构  kind=congress
人民代表大会办事机构  kind=congress
人大财政经济委员会  kind=congress
人大法制委员会  kind=congress
人大预算工作委员会  kind=congress
人大法制工作委员会  kind=congress
人大代表工作委员会  kind=congress
人大办公室  kind=congress
人大办公厅  kind=congress
人大工作机构  kind=congress
人大有关专门委员会  kind=congress
人大有关工作机构  kind=congress
人大办事机构  kind=congress
人大常委会财政经济委员会  kind=congress
人大常委会法制委员会  kind=congress
人大常委会专门委员会  kind=congress
人大常委会预算工作委员会  kind=congress
人大常委会法制工作委员会  kind=congress
人大常委会代表工作委员会  kind=congress
人大常委会办公厅  kind=congress
人大常委会工作机构  kind=congress
人大常委会有关专门委员会  kind=congress
人大常委会有关工作机构  kind=congress
人大常委会办事机构  kind=congress
人民代表大会常务委员会财政经济委员会  kind=congress
人民代表大会常务委员会法制委员会  kind=congress
人民代表大会常务委员会专门委员会  kind=congress
人民代表大会常务委员会预算工作委员会  kind=congress
人民代表大会常务委员会法制工作委员会  kind=congress
人民代表大会常务委员会代表工作委员会  kind=congress
人民代表大会常务委员会办公室  kind=congress
人民代表大会常务委员会办公厅  kind=congress
人民代表大会常务委员会工作机构  kind=congress
人民代表大会常务委员会有关专门委员会  kind=congress
人民代表大会常务委员会有关工作机构  kind=congress
人民代表大会常务委员会办事机构  kind=congress
人大常委会  kind=congress
人大财经委  kind=congress
人大法制委  kind=congress
人大专门委员会  kind=congress
人大常委会预算工委  kind=congress
人大常委会法工委  kind=congress
人大常委会办公室  kind=congress
人大及其常委会  kind=congress
人民代表大会  kind=congress
人民代表大会及其常务委员会  kind=congress
人民代表大会常务委员会  kind=congress
政协  kind=cppcc
人民法院  kind=court
法院  kind=court
人民检察院  kind=procuratorate
检察院  kind=procuratorate
人民武装部  kind=military
武装部  kind=military
管委会  kind=government
管理委员会  kind=government
街道办事处  kind=government
办事处  kind=government
国家机关  kind=class

# The document's own organ before an inner office: 局办公室, 我局政策法规科. Behind another word it is the end of a name.
@class adm.inner
局  level=internal
厅  level=internal
委  level=internal
院  level=internal
我局  level=internal end=局
我厅  level=internal end=厅
我委  level=internal end=委
我院  level=internal end=院
我部  level=internal end=部
本局  level=internal end=局
局机关  level=internal
厅机关  level=internal
委机关  level=internal
院机关  level=internal
校  level=internal
学校  level=internal
学院  level=internal
机关  level=internal
县局  level=county
区局  level=county
市局  level=prefectural
州局  level=prefectural
省局  level=provincial
省厅  level=provincial
总局  level=national
支队  level=internal
大队  level=internal
总队  level=internal

# One character that is a whole organ right behind its place: 省委, 市府.
@class organ.sole
委  kind=party
府  kind=government

# Stands before a place: 中共 does not belong to the organ's name in the table of organisations, 共青团 does (`keep`).
@class organ.lead
中共
中国共产党
共青团|团  keep=共青团 kind=mass_organization

# Units that stand in lists of units and are no organs: a responsibility, not an agency.
@class unit.none
各部门
各单位
各有关部门
各有关单位
各相关部门
各相关单位
有关部门
有关单位
相关部门
相关单位
各有关部门和单位
各相关部门和单位
有关部门和单位
相关部门和单位
各有关方面
有关方面
各部门各单位
各部门、各单位
各级各部门
各地各部门
各地区各部门
各地区、各部门
各地
各地区
各牵头部门
各成员单位
各责任单位
各责任部门
各部门单位
其他部门
其他有关部门
其他相关部门
其他有关单位
市级有关方面

# Where these end an item of a list, the item is no unit: 责任人, 时限.
@class unit.tail
等
等部门
等单位
等有关部门
等有关单位
等相关部门
等相关单位
等有关部门和单位
等相关部门和单位
等部门和单位
等部门单位
等按职责分工
等按职责
等分别
等共同
按职责分工
按照职责分工
按职责
按照职责
按分工
分别
共同
根据职责分工
依职责

# Classes of organisations that bear duties of their own (工会应当…), unlike governments as a class.
@class organ.mass
工会
共青团
共产主义青年团
妇联
妇女联合会
工商联
工商业联合会
科协
科学技术协会
残联
残疾人联合会
文联
文学艺术界联合会
作协
作家协会
侨联
归国华侨联合会
台联
台湾同胞联谊会
青联
青年联合会
学联
红十字会
社科联
总工会
关工委
公安机关
司法行政机关
国家安全机关
税务机关
审计机关
海警机构
消防救援机构

# What a party committee or group is of and what is no organ by itself: 省管企业党委, 人民团体党组.
@class party.seat
驻在单位
企业
公司
集团
院校
学校
国有企业
国企
金融企业
金融机构
高校
高等学校
高等院校
单位
事业单位
部门
国家机关部门
机关部门
人民团体
群团组织
科研院所
公立医院
国家机关
机关

# Words round a name, no part of it: 各有关|省级人民政府, 相关|行政管理部门.
@class organ.around
各有关
各相关
有关
相关
其他有关
其他相关
其他

# Documents that rule for all cases to come.
@class statute.type
法
条例
规定
准则
规则
细则
办法

# States whose governments and organs are named: 日本政府.
@class region.foreign
日本
美国
英国
法国
德国
意大利
俄罗斯
苏联
加拿大
澳大利亚
新西兰
韩国
朝鲜
蒙古
印度
巴基斯坦
越南
老挝
缅甸
泰国
柬埔寨
菲律宾
马来西亚
新加坡
印度尼西亚
哈萨克斯坦
吉尔吉斯斯坦
塔吉克斯坦
乌兹别克斯坦
土库曼斯坦
尼泊尔
阿富汗
伊朗
伊拉克
以色列
沙特阿拉伯
埃及
南非
巴西
阿根廷
墨西哥
西班牙
葡萄牙
荷兰
比利时
瑞士
瑞典
挪威
芬兰
丹麦
波兰
乌克兰
土耳其
