@about Words that say in which role a unit answers for a task.
@source Compiled for this project from the usage of official documents.
@licence Apache-2.0

# Labels that stand before a list of units: 牵头单位:甲、乙
@class duty.label role=lead
牵头单位
牵头部门
牵头处室
牵头科室
牵头股室
牵头责任单位
牵头责任部门
牵头负责单位
牵头机关
牵头地区
牵头领导单位
主办单位
主办部门
主办处室
主责单位
主责部门
主要责任单位
第一责任单位
总牵头单位
组长单位
牵头组织单位
牵头
主办
主责
总牵头

@class duty.label role=support
配合单位
配合部门
配合处室
配合科室
参加单位
参与单位
参与部门
参加部门
协办单位
协办部门
协办处室
协同单位
协同部门
协同处室
协助单位
协助部门
协作单位
协作部门
支持单位
联合单位
共同责任单位
配合责任单位
协同责任单位
协同配合单位
配合
参与
参加
协办
协同
协助

@class duty.label role=responsible
责任单位
责任部门
责任处室
责任科室
责任股室
责任主体
责任机构
责任分工
责任单位及责任人
责任单位和配合单位
承办单位
承办部门
承办处室
承办科室
承担单位
实施单位
实施部门
实施主体
落实单位
落实部门
落实主体
主管部门
主管单位
负责单位
负责部门
负责处室
负责科室
责任领导单位
执行单位
执行部门
组织实施单位
任务承担单位
责任县区
责任区县
责任市县
责任地区
建设单位
业务主管部门
分工
任务分工

@class duty.label role=member
成员单位
副组长单位
成员部门
组成单位
组成部门

@class duty.label role=supervise
监督单位
监督部门
督导单位
督办单位
督办部门
督查单位
指导单位
指导部门
监管单位
监管部门
考核单位

# Role words behind a list of units: (甲、乙等负责), (甲牵头,乙、丙配合)
@class duty.close role=lead
牵头负责  firm=yes
牵头落实  firm=yes
牵头实施  firm=yes
牵头组织实施  firm=yes
牵头组织  firm=yes
牵头推进  firm=yes
牵头办理  firm=yes
牵头推动
牵头协调
牵头抓总
牵头抓落实
总牵头  firm=yes
牵头  firm=yes
主办
主责

@class duty.close role=responsible
按职责分工抓好落实
按照职责分工抓好落实
按职责抓好落实
按职责分工做好落实
按职责做好
按职责分工推进
按职责组织实施
按职责实施
按职责承担
具体落实
具体承担
具体组织实施
具体实施
共同落实
共同承担
统一负责
全面负责
主要负责
分级负责
按级负责
分头负责
各负其责
抓好落实
抓落实
按职责分工负责  firm=yes
按照职责分工负责  firm=yes
按分工负责  firm=yes
按职责负责  firm=yes
按职能分工负责
按照各自职责分工负责
按各自职责分工负责
按各自职责负责
按照各自职责负责
依职责分工负责
根据职责分工负责
分工负责  firm=yes
分别负责  firm=yes
共同负责  firm=yes
具体负责  firm=yes
按职责分工落实
按照职责分工落实
按职责分工组织实施
按职责落实
组织实施
负责落实  firm=yes
负责实施  firm=yes
负责组织实施  firm=yes
负责  firm=yes
落实
承担
实施
承办

@class duty.close role=support
按职责分工配合  firm=yes
按职责分工做好配合
予以配合
给予配合
积极配合
密切配合
全力配合
共同配合
分工配合
做好配合
共同参与
积极参与
予以协助
予以支持
按照职责分工配合
按职责配合  firm=yes
参与配合  firm=yes
协助配合  firm=yes
协同配合  firm=yes
参加配合  firm=yes
配合  firm=yes
参与
参加
协同
协办
协助
支持

@class duty.close role=supervise
负责督导  firm=yes
负责监督  firm=yes
负责指导  firm=yes
督导
督办
监督
指导

@class duty.close role=interpret
负责解释
解释

# Behind a unit these open the names of others, who answer for nothing: 甲会同乙负责
@class unit.with
会同
会商
商
联合

# Behind these an organ is no subject: 提请公安机关协助, 设在市水利局,承担…
@class duty.object
根据
按照
依据
依照
支持
通过
经
经由
向
报
报请
报经
提请
商请
申请
请求
需要
需
要求
配合
协助
会同
同
对
从
在
被
把
将
设在
设于
挂靠
挂靠在
成立
设立
组建
建立
接受
服从
归
归口
交
交由
转交
移交
凡由
可由
可以由
不再由
委托
授权
抄送
报送
提交
告知
通知
责令
督促
邀请

# Verbs of a duty in prose: X负责Y, 由X牵头Y
@class duty.verb role=responsible
负责
具体负责
主要负责
分别负责
共同负责
统一负责
全面负责
承担
具体承担
主管
统筹协调
组织实施
统筹负责

@class duty.verb role=lead
牵头负责
牵头
牵头组织
牵头制定
牵头开展
总牵头

@class duty.verb role=support
配合
协助
协同
参与

@class duty.verb role=interpret
负责解释

@class duty.modal role=responsible
要
应当
应
须
必须

# A label that opens a due date, not a list of units.
@class due.label
完成时间
完成时限
完成期限
完成日期
时间要求
时限要求
时间节点
时间安排
办理时限
责任时限
整改时限
落实时限
推进时间
实施时间
计划完成时间
时限
期限
截止时间
进度安排
进度要求
时间进度

# Labels of task lists that are neither units nor times; they end a list of units.
@class list.label
责任人
责任领导
牵头领导
分管领导
联系人
联系电话
工作目标
主要任务
工作任务
重点任务
工作要求
整改措施
目标任务

# What may stand between a unit and its duty verb.
@class duty.adverb
切实
具体
主要
分别
统一
共同
全面
及时
依法
继续
进一步
加快
尽快
也
都
均
同时
还
抓紧
认真
积极
严格
充分
立即
定期
按级
分级
逐级
积极配合
按职责
按职责分工
按照职责分工
按分工
牢固
尽职
带头
主动
密切
全力
