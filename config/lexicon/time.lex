@about Words of time: relations, edges, labels, named periods and days with their calendar value.
@source Compiled for this project from public documents; named days from the documents that set them.
@licence Apache-2.0

@class time.before
前
之前
以前
底前

@class time.after
后
之后
以后

@class time.within
内
以内
之内

@class time.edge edge=end
底
末
年底
年末
月底
月末
季度末
@class time.edge edge=start
初
年初
月初
@class time.edge edge=middle
中

# Named stretches and days; edtf is their calendar value.
@class time.named
十一五|十一五时期|十一五期间|"十一五"|"十一五"时期|"十一五"期间  edtf=2006/2010
十二五|十二五时期|十二五期间|"十二五"|"十二五"时期|"十二五"期间  edtf=2011/2015
十三五|十三五时期|十三五期间|"十三五"|"十三五"时期|"十三五"期间  edtf=2016/2020
十四五|十四五时期|十四五期间|"十四五"|"十四五"时期|"十四五"期间  edtf=2021/2025
十五五|十五五时期|十五五期间|"十五五"|"十五五"时期|"十五五"期间  edtf=2026/2030
十六五|十六五时期|十六五期间|"十六五"|"十六五"时期|"十六五"期间  edtf=2031/2035
六五|六五时期|六五期间  edtf=1981/1985
七五|七五时期|七五期间  edtf=1986/1990
八五|八五时期|八五期间  edtf=1991/1995
九五|九五时期|九五期间  edtf=1996/2000
十五期间  edtf=2001/2005

@class time.named.by
十三五末|"十三五"末|十三五时期末|"十三五"时期末  edtf=2020-12-31
十四五末|"十四五"末|十四五时期末|"十四五"时期末|十四五期末|"十四五"期末  edtf=2025-12-31
十五五末|"十五五"末|十五五时期末|"十五五"时期末|十五五期末|"十五五"期末  edtf=2030-12-31
本世纪中叶|二十一世纪中叶|21世纪中叶  edtf=2050~
本世纪末  edtf=2100-12-31
新中国成立一百年时|新中国成立100年时|中华人民共和国成立一百年时|中华人民共和国成立100年时|新中国成立一百周年|新中国成立100周年  edtf=2049-10-01
我们党成立一百年时|我们党成立100年时|中国共产党成立一百年时|中国共产党成立100年时|建党一百年时|建党100年时|建党一百周年|建党100周年|中国共产党成立一百周年|中国共产党成立100周年|党成立一百年时  edtf=2021-07-01
建军一百年|建军100年|建军一百周年|建军100周年|人民解放军建军一百年  edtf=2027-08-01

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
