# Units and measure words: what makes a number a quantity. 万 and 亿 belong to the number; 元/亩 and 立方米/万元 are
# composed by the grammar. kind says what is measured, si the plain symbol where there is one.
@about Units of measurement, money, time and counting, and words that follow a number without measuring
@source Legal units of measurement of the People's Republic of China, common measure words; compiled by hand
@licence CC0-1.0

# ---- shares ----
@class unit kind=percent
%  si=%
个百分点|百分点
‰|个千分点|千分点
成
折
@class unit kind=ratio
倍
倍数
分之一
番
ppm
ppb
ppt
pH
@class unit kind=money
元|元人民币|人民币元|块钱|块|圆|RMB|CNY  si=CNY
角  si=CNY
分钱  si=CNY
美元|元美元|美金|USD  si=USD
欧元|EUR  si=EUR
英镑|GBP  si=GBP
日元|JPY  si=JPY
港元|港币|HKD  si=HKD
澳门元|澳门币  si=MOP
新台币|台币  si=TWD
韩元  si=KRW
卢布  si=RUB
瑞士法郎|法郎
加元
澳元
新加坡元|新元
泰铢
马克
里亚尔
第纳尔
卢比
# ---- time: a length that is measured, not a date ----
@class unit kind=time
秒|秒钟|s  si=s
毫秒|ms  si=ms
微秒
分钟|min  si=min
刻钟
小时|个小时|h  si=h
工作小时|个工作小时
学时|个学时|课时|个课时|个标准学时|标准学时
天|日|d  si=d
工作日|个工作日
自然日|个自然日|日历天|日历日
交易日|个交易日
夜
昼夜
周|个星期|星期|个周
旬
月|个月|个整月|个自然月
季度|个季度|季
年|周年|个年度|年度|个自然年度|个整年|年整|整年|载
学年|个学年|学期|个学期
世纪|个世纪
工时|个工时
工日|个工日
人日|人·日|人天
人月
人年
班次
台时
机时
吨公里
岁|周岁|岁半
月龄
日龄
# ---- length, area, volume ----
@class unit kind=length
米|公尺|m  si=m
千米|公里|km|Km|KM  si=km
华里
海里|nmile
分米|dm
厘米|公分|cm|CM  si=cm
毫米|mm|MM  si=mm
微米|μm|um  si=μm
纳米|nm  si=nm
英尺|ft
英寸|寸|in
英里
丈
尺
延米|延长米
皮长公里
车道公里
管孔公里
正线公里
芯公里
光年
@class unit kind=area
平方米|平米|㎡|m2|m²  si=m2
平方千米|平方公里|km2|km²|k㎡  si=km2
平方厘米|cm2
平方毫米|mm2
平方英尺
公顷|hm2|hm²|ha  si=ha
亩|市亩
垧
顷
公亩
@class unit kind=volume
立方米|立方|方|m3|m³|㎥  si=m3
标准立方米|标方|Nm3|Nm³
立方厘米|cm3
立方千米|立方公里
升|公升|L|l  si=L
毫升|ml|mL|ML  si=mL
微升
桶
加仑
方量
标准箱|个标准箱|TEU|标箱
车皮
@class unit kind=mass
吨|公吨|t  si=t
千克|公斤|kg|KG|Kg  si=kg
斤|市斤
两
担
克|g  si=g
毫克|mg  si=mg
微克|μg|ug  si=μg
纳克|ng
吨标准煤|吨标煤|tce|吨煤  si=tce
吨油当量|吨标准油|toe
吨二氧化碳|吨二氧化碳当量|吨CO2|tCO2|tCO2e  si=tCO2
载重吨
总吨
净吨
克拉
磅
盎司
吨粮
当量吨
# ---- energy, power, electricity ----
@class unit kind=energy
千瓦时|千瓦·时|kWh|kW·h|KWH  si=kWh
兆瓦时|MWh|MW·h
吉瓦时|GWh
太瓦时|TWh
瓦时|Wh
焦耳|焦|J
千焦|kJ
兆焦|MJ
吉焦|GJ
卡路里|卡|大卡|千卡|kcal
度电
@class unit kind=power
千瓦|kW|KW|kw  si=kW
瓦|瓦特|W  si=W
兆瓦|MW  si=MW
吉瓦|GW  si=GW
兆伏安|MVA
千伏安|kVA|KVA
伏安
马力|匹
蒸吨|蒸吨/小时
@class unit kind=electric
伏|伏特|V
千伏|kV|KV  si=kV
毫伏
安|安培|A
毫安
安时|Ah
欧姆|欧|Ω
法拉
特斯拉
# ---- other physics ----
@class unit kind=temperature
摄氏度|℃|°C|度  si=℃
华氏度|℉
开尔文
@class unit kind=pressure
帕|帕斯卡|Pa
千帕|kPa
兆帕|MPa
百帕|hPa
标准大气压|个大气压|大气压
毫米汞柱|mmHg
@class unit kind=frequency
赫兹|赫|Hz
千赫|千赫兹|kHz
兆赫|兆赫兹|MHz
吉赫|吉赫兹|GHz
转/分|rpm
@class unit kind=sound
分贝|dB|dB(A)
@class unit kind=radiation
贝可|贝克勒尔|Bq
希沃特|Sv|毫希沃特|mSv
戈瑞|Gy
@class unit kind=speed
米/秒|m/s
千米/小时|公里/小时|千米/时|公里/时|km/h
节
马赫
@class unit kind=concentration
毫克/升|mg/L
毫克/立方米|mg/m3|mg/m³
微克/立方米|μg/m3|μg/m³|ug/m3
微克/升|μg/L
克/升
毫克/千克|mg/kg
微克/千克
克/千瓦时
摩尔|mol|毫摩尔|mmol
国际单位|IU
CFU|菌落形成单位
@class unit kind=data
比特|bit|位元
字节|B|Byte
KB|K
MB|兆|兆字节
GB|G|吉字节
TB|太字节
PB
EB
ZB
Mbps|兆比特每秒|Mbit/s|Mb/s|M
Gbps|Gbit/s|Gb/s
Tbps
Kbps
FLOPS|EFLOPS|PFLOPS|次浮点运算
像素|dpi
@class unit kind=angle
角度
角分
角秒
弧度
@class unit kind=light
勒克斯|lx
流明
坎德拉
# ---- counts of people ----
@class unit kind=people
人
名
人次|人(次)|人·次
人份
位
户
户次
例
例次
病例
人口
# ---- counts of things ----
@class unit kind=count act=yes
次
回
趟
遍
轮次
@class unit kind=count
个  abstract=yes
个次
项  abstract=yes
项次
项(次)
条  abstract=yes
条次
条线
家
家次
户(家)
所
所(个)
处
处(个)
座
栋
幢
间
套
件
件次
宗
起
起次
桩
次数
轮
场
场次
场(次)
期
批次
批(次)
届次
份
份次
篇
篇次
本
册
卷
页
张
张次
幅
字
个字
句
段
段次
首
支
只
枚
粒
颗
根
棵
株
丛
枝
朵
头
头(只)
羽
尾
台
台次
台(套)
台套
台(件)
套(件)
台件
架
架次
艘
艘次
辆
辆次
车次
列
列次
班
班列
床
张床
泊位
席
卡口
门
门次
门类
学分
个学分
分
分值
颗星
票
站点
站次
点位
个点位
眼
孔
孔位
杆
盏
盆
盒
箱
箱次
袋
瓶
罐
筐
盘
捆
块次
片
扇
层
道
道次
题
栏
笔
笔次
单量
票次
剂
剂次
针
针次
管次
人剂
副
双
对
伙
组
个组
组次
组数
群
串
线次
个环节
步
款
种  abstract=yes
种类
种次
堂
节次
核时
卡时
通次
帧
航次
班轮
吨次
@class unit kind=rate
次/年
次/月
次/周
次/日
次/天
人次/年
份/天
例/日
小时/天
小时/日
升/天
吨/日|吨/天|吨/年|吨/小时
立方米/日|立方米/天|立方米/小时|立方米/秒|立方米/年
元/年|元/月|元/天|元/日|元/人|元/人次|元/户|元/次|元/亩|元/吨|元/公斤|元/斤|元/千瓦时|元/度|元/平方米|元/立方米|元/小时|元/人·年|元/人·月|元/人年|元/人月|元/床|元/件|元/只|元/头|元/公里|元/车次|元/标准箱|元/辆|元/台|元/套
公斤/亩|斤/亩|吨/公顷|千克/亩|公斤/人|升/人·日
平方米/人|人/平方公里|米/公里|张/千人|人/千人|床/千人|公里/百平方公里|辆/万人|件/万人|台/万人

# ---- nouns and structure words that count only where the text demands or states a number of them (3县, 两届, 5类) ----
@class unit.weak kind=count
类  abstract=yes
届
任
批
级
县
县区
区
市
省
州
镇
乡
村
校
园
馆
街
街道
社区
省份
国
部门
单位
地
院
厂
店
店铺
园区
景区
学校
学生
教师
党员
干部
群众
案
代
维
端
段路
领域
行业
产业
品类
点
尊
员额
窗口
中心

里
行
面
单
线
包
品种
单元
企业
项目
方面
环节
人员
端口
讲
课
格
声
环
把
通
队
部
路
车
星
站
基
芯
楼
口
样
管
员
下
身
核
人才
码

# ---- words that follow a number without measuring: 第十二届, 3号, Ⅲ类, 第六章, 十大, 四位一体 ----
@class unit.not
号
号文
号文件
号令
号线
号楼
号院
号公告
号窗口
章
节
编
目
版
版本
中全会
次全会
次代表大会
次全体会议
届全国
届中央
届人大
届政协
届委员会
届党代会
位一体
个一
个一批
个维护
个意识
个自信
个务必
个确立
个全面
个坚持
个文明
个代表
个不准
个不
个统一
个必由之路
个牢牢把握
个结合
个区分开来
个凡是
个面向
个伟大
个方面
个先行
个专项
个体系
个体户
条主线
条底线
条红线
条例
条心
件事
把手
站式
门式
窗通办
网通办
网统管
网格员
网格化
码通
件事一次办
次性
次办
次办好
体化
体两翼
带一路
盘棋
揽子
张网
张图
张蓝图
张清单
条龙
条街
线城市
线员工
线人员
线工人
线教师
线医务人员
老一小
红两优
会两制
票制
票否决
人一策
企一策
县一业
村一品
镇一业
园一策
户一策
校一策
事一议
案一策
岗双责
责任区
部曲
道防线
大战略
大工程
大攻坚战
大行动
大体系
大任务
大举措
大平台
大产业
大中心
大格局
大板块
大理念
大品牌
大保障
大主体
大领域
支一扶
免一补
降一补
去一降
改一拆
下五个
农一村
农一部门
农工作
品一标
资平台
产融合
产合一
次产业
生空间
生融合
废综合利用
证合一
证通办
证照
审三校
审制
包一靠
通一平
通一达
网一平台
网融合
网合一
审终审
公经费
公消费
公一金
险一金
金一费
保一稳
稳六保
清零
会一课
会制度
务公开
务合一
权分置
权改革
权一体
权抵押
块钱改革
重一大
严三实
学一做
级联动
级书记
级网络
级体系
级管理
级响应
级医院
级甲等
级公路
级标准
级预警
级巡视
级河长
级干部
级调研员
级主任科员
级网格
级党组织
级电商
类用地
类水质
类水体
类医院
类地区
类人员
类企业
类干部
类主体
类卷
类开发区
类费用区
类学校
类会议
类工伤
级教授
级运动员
级伤残
级岗位
级财政
级预算
等奖
等功
等品
等座
甲医院
乙医院
本院校
本线
方责任
方机构
方支付
方协议
方评估
方面军
线城
点一线
孩政策
孩生育
胎化
代会
代身份证
代移动通信
代信息
代测序
代人
代技术
代核电
代半导体
期工程
期项目
期建设
标段
批次项目
轮土地承包
轮农村土地
轮驱动
轮巡视
轮巡察
轮督察
轮改革
轮车
轮汽车
轮摩托
轮电动
季有花
季作物
季稻
年级
年制
年规划
年计划
年行动
年行动计划
年行动方案
年攻坚
年过渡期
年一遇
日游
日报
分钟生活圈
分钟就医圈
分钟服务圈
分钟健身圈
分钟便民生活圈
分钟交通圈
分钟通勤圈
小时经济圈
小时通勤圈
小时交通圈
小时生活圈
小时城市圈
小时自助
小时值班
小时在线
小时服务
小时热线
小时专人值班
米跑
A级
A级景区
A级旅游景区
A级物流企业
星级
星级酒店
星级饭店
星级农家乐
星级党支部
G网络
G基站
G技术
G应用
D打印
K分辨率
度电成本
度创新
度融合
度空间
高四新
新一重
新经济
新领域
带两廊
圈层
圈一带
区叠加
区同建
区一群
区多园
区共建
区联动
区三线
线三边
线一单
长制
院一体
院制
边四权
联单
联工作法
联三建
社融合
位数
位代码
位编码
位党员
位群众
声道
维码
维地图
维空间
维模型
手房
手车
手资料
手抓
元论
元结构
元目标
元化
元治理
元投入
元主体
重保障
重功能
重压力
重底线
重预防
把火
把尺子
把钥匙
面红旗
家亲
口径
口价
口清
口受理
口之家
头在外
头公开
对一
对一帮扶
辅多
卡通
键式
键办理
站到底
向开放
向奔赴
向发力
行代码
行代建
表通
本账
本通
大
化
稳
保
严
农
产
废
孩
胎
