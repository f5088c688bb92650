@about Words of time: relations, edges, labels, named periods and days with their calendar value.
@source Compiled for this project from public documents; named days from the documents that set them.
@licence Apache-2.0

# Five-year plans; edtf is their calendar value. The weak ones are other things too (七五 in 一九七五年).
@class time.plan
十一五  edtf=2006/2010
十二五  edtf=2011/2015
十三五  edtf=2016/2020
十四五  edtf=2021/2025
十五五  edtf=2026/2030
十六五  edtf=2031/2035
@class time.plan.weak
六五  edtf=1981/1985
七五  edtf=1986/1990
八五  edtf=1991/1995
九五  edtf=1996/2000
十五  edtf=2001/2005

@class time.named.by
本世纪中叶|二十一世纪中叶|21世纪中叶  edtf=2050~
本世纪末  edtf=2100-12-31

# Days that count for an aim (到…时); to celebrate them is none.
@class time.event
新中国成立一百年|新中国成立100年|新中国成立一百周年|新中国成立100周年|新中国成立百年|中华人民共和国成立一百年|中华人民共和国成立100年|中华人民共和国成立一百周年|中华人民共和国成立100周年|建国一百年|建国100年|建国一百周年|建国100周年|建国百年  edtf=2049-10-01
新中国成立八十周年|新中国成立80周年|中华人民共和国成立八十周年|中华人民共和国成立80周年  edtf=2029-10-01
我们党成立一百年|我们党成立100年|我们党成立一百周年|我们党成立100周年|中国共产党成立一百年|中国共产党成立100年|中国共产党成立一百周年|中国共产党成立100周年|党成立一百年|党成立100年|党成立一百周年|党成立100周年|建党一百年|建党100年|建党一百周年|建党100周年|建党百年  edtf=2021-07-01
中国共产党成立一百一十周年|中国共产党成立110周年|建党一百一十周年|建党110周年  edtf=2031-07-01
建军一百年|建军100年|建军一百周年|建军100周年|建军百年|人民解放军建军一百年|人民军队建军一百年|中国人民解放军建军一百年|中国人民解放军建军100周年  edtf=2027-08-01

# Words before a date that move its year.
@class time.shift by=0
今年|本年
@class time.shift by=-1
去年|上年|上一年
@class time.shift by=-2
前年
@class time.shift by=1
明年|次年|翌年|来年|下一年

# What a date before it is the day of.
@class time.act act=adopted
会议通过
审议通过
讨论通过
表决通过
会议修订
修订通过
会议修正
会议批准
审议批准
全体会议通过
会议第一次修订
会议第二次修订
会议第三次修订
第一次修订
第二次修订
第三次修订
第四次修订
第五次修订
修正
第一次修正
第二次修正
第三次修正
第四次修正
会议修改
第一次修改
第二次修改
第三次修改
》修订
》修正
》修改
@class time.act act=issued
公布
发布
印发
颁布
签署

# What may go on behind 公布; anything else is its object (6月3日公布结果).
@class time.act.on
的
自
根据
施行
实施
执行
并
后

# What a length of time is counted back from: 届满30日前.
@class time.trigger
届满
期满
满
到期
截止
召开
举行
举办
开会
会议
开工
施工
开业
营业
开学
拍卖
投标
开标
招标
竞价
实施
施行
执行
生效
使用
投用
启用
变更
终止
解除
停止
停业
歇业
解散
出让
转让
审议
表决
选举
听证
开庭
审理
考试
报名
面试
发布
公布
公告
草案
决定
调整
出发
作业
活动
开始
启动
结束
交付
交易
缴纳
离职
离任
换届
预算调整方案

# Phrases that hold a time word and are none.
@class shield
每天
今天
当天
年底考核
年度考核
一百年奋斗目标
两个一百年
第一个百年
百年
百年变局

# Labels of a page before the day of a document.
@class time.label role=issued
成文日期:
发布日期:
发布时间:
印发日期:
发文日期:
公开日期:
生成日期:
发文时间:
公布日期:
更新时间:
签发日期:
成文时间:
印发时间:
公开时间:
信息时间:
录入时间:
日期:

# What a date before it is the begin of, when an object follows (起实施封闭管理).
@class time.carry
实施
正式实施
全面实施

# Words about the year that a text speaks from, where its page tells no day; `by` is what is added to the year there.
@class time.now.before by=1
过去的
刚刚过去的
@class time.now.after by=1
工作回顾
工作的回顾
工作总结
@class time.now.after by=0
工作安排
工作部署
工作总体部署
工作总体要求
工作任务
主要任务
重点工作
重点任务
主要工作
工作建议
政府工作
目标任务
工作的总体要求
主要预期目标
经济社会发展主要预期目标

# Named days that bound a year: 2027年国庆节前.
@class time.festival
元旦
元旦节
春节
元宵节
清明节
清明
五一
"五一"
五一劳动节
劳动节
端午节
端午
七一
"七一"
八一
"八一"
中秋节
中秋
国庆
国庆节
"十一"
中秋国庆
汛期
主汛期
汛期到来
供暖季
采暖季
采暖期
供暖期
冬季供暖
冬季采暖
秋季开学
春季开学
秋季学期开学
春季学期开学
秋季学期
春季学期

# Decades of the twentieth century.
@class time.decade
40年代|四十年代|20世纪40年代|20世纪四十年代|二十世纪40年代|二十世纪四十年代|上世纪40年代|上世纪四十年代|上个世纪40年代|上个世纪四十年代  edtf=194X
50年代|五十年代|20世纪50年代|20世纪五十年代|二十世纪50年代|二十世纪五十年代|上世纪50年代|上世纪五十年代|上个世纪50年代|上个世纪五十年代  edtf=195X
60年代|六十年代|20世纪60年代|20世纪六十年代|二十世纪60年代|二十世纪六十年代|上世纪60年代|上世纪六十年代|上个世纪60年代|上个世纪六十年代  edtf=196X
70年代|七十年代|20世纪70年代|20世纪七十年代|二十世纪70年代|二十世纪七十年代|上世纪70年代|上世纪七十年代|上个世纪70年代|上个世纪七十年代  edtf=197X
80年代|八十年代|20世纪80年代|20世纪八十年代|二十世纪80年代|二十世纪八十年代|上世纪80年代|上世纪八十年代|上个世纪80年代|上个世纪八十年代  edtf=198X
90年代|九十年代|20世纪90年代|20世纪九十年代|二十世纪90年代|二十世纪九十年代|上世纪90年代|上世纪九十年代|上个世纪90年代|上个世纪九十年代  edtf=199X
