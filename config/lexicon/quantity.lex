@about Words round numbers: comparators, changes, per-parts, words that end an indicator.
@source Compiled for this project from the usage of official documents.
@licence Apache-2.0

# Directly before the number: part of the span.
@class cmp.before op=>=
≥
>=
不低于
不少于
不小于
不得低于
不得少于
不得小于
应不低于
原则上不低于
至少
最少
最低不低于
达到或超过
@class cmp.before op=>
>
超过
高于
突破
大于
多于
逾
超
超出
@class cmp.before op=<=
≤
<=
不超过
不高于
不大于
不多于
不得超过
不得高于
不得大于
不得多于
最高不超过
最多不超过
最多
至多
不突破
不超
@class cmp.before op=<
<
低于
不到
不足
少于
小于
未达
@class cmp.before op=~
约
大约
约为
接近
近
将近
大概
左右约
约占
@class cmp.before op==
最高
最低

# Directly behind it.
@class cmp.behind op=>=
以上
及以上
或以上
以上的
@class cmp.behind op=<=
以下
及以下
以内
之内
或以下
@class cmp.behind op=~
左右
上下

# Apart from the number: says how it is meant, no part of the span.
@class cmp.apart op=<=
压缩至
压缩到
压减至
压减到
缩短至
缩短到
缩减至
缩减到
控制在
控制到
降至
降到
降低至
降低到
减少至
减少到
下降至
下降到
不超过
不高于
不得超过
不得高于
@class cmp.apart op=>=
不少于
不低于
不得少于
不得低于
至少
应不少于

@class change change=increase
增长
提高
上升
增加
提升
再提高
再增加
增幅
增速
同比增长
新增长
扩大
翻
@class change change=decrease
下降
降低
减少
压减
削减
减
缩减
缩短
回落
同比下降
负增长
# a level that is reached, not a change
@class change.level
增长到
增长至
提高到
提高至
上升到
上升至
增加到
增加至
提升到
提升至
扩大到
扩大至
延长至
延长到
下降到
下降至
降低到
降低至
减少到
减少至
压减到
压减至
缩短到
缩短至
新增

# How often, for how many.
@class per
每年|每年度|年均|每年年均|年  per=year
每季度|每季|每个季度  per=quarter
每月|每个月|月均  per=month
每周|每星期|每个星期  per=week
每天|每日|日均|日  per=day
每半年  per=P6M
每两年|每二年  per=P2Y
每三年  per=P3Y
每五年  per=P5Y
每学期  per=semester
每学年  per=school-year

# An indicator ends before these (they lead to its value) …
@class ind.end
达到
力争达到
达
达到了
实现
为
是
占
占比
占比达到
占比达
保持在
稳定在
稳定保持在
控制在
控制到
压缩至
压减至
降至
降到
提高到
提高至
提升到
提升至
增长到
增长至
增长
提高
上升
增加
下降
降低
减少
提升
压减
分别
分别为
分别达到
分别达
分别增长
分别提高
年均
平均
不低于
不少于
不超过
不高于
至少
超过
约
突破
力争
努力
确保
原则上
均
应
应当
要
须
总体
总量
接近
新增
再
有
共有
只享受
享受
完成
不得低于
不得少于
不得超过
不得高于
应达到
要达到
须达到
最高
最多
具备
形成
配备
配置
至
到
比
较
同比
每年
每月
每季度
累计
总额
可
可按
按
按照
标准

# … and does not begin with these.
@class ind.start
到
力争
确保
实现
完成
推动
推进
加快
使
将
对
把
使得
其中
全面
进一步
持续
建成
建设
新建
改造
打造
培育
引进
创建
组织
开展
选取
选派
梳理
支持
鼓励
达到
力争到
并
且
以及
同时
通过
按照
根据
原则上
应
要
新增
每年
用
由
在
从
向
划分为
分为
安排
设立
帮助
保障
扶持
形成
