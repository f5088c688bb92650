#!/usr/bin/env python3
"""Writes the nasty documents of the interop tests into a folder:   inputs.py FOLDER [--reversed]
inputs.py --ndjson FOLDER prints what is in a folder as the lines that `gongwen map` reads.

What readers of CSV, JSON and archives stumble over: quotes, separators, line ends and blanks in cells, cells like
formulas, no text at all, characters beyond the basic plane, names of files that need care, every encoding.
All of it is invented. --reversed makes the files in the other order, for file systems that list them as they came.
"""
import base64
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "encodings"))
import snippets

QUOTES = """关于做好"双清单、双公示"工作的通知

各镇人民政府，县直各部门：
一、"清单,制度"
（一）"一窗受理",一次办好。2026年3月31日前办结"积案"120件。（牵头单位：县行政审批局；配合单位：县财政局，县"数据"局）
（二）'单引号'、`反引号`、\\反斜杠\\与%百分号。6月底前完成率不低于98.5%。（责任单位：县司法局）
（三）""
（四）制表符\t在此，分号;竖线|与井号#并存，2026年内新增岗位1,200个。（责任单位：县人社局）
"""

FORMULAS = """=SUM(A1:A9)专项行动方案

一、=cmd|'/c calc'!A1整治
1.+新增学位3000个，2026年9月底前完成。（责任单位：县教育局）
2.-压减会议20%以上，2026年12月31日前完成。（责任单位：县政府办公室）
3.@全体成员单位，每年1月31日前报送总结。（责任单位：各乡镇人民政府）
4.＝等号全角，＋加号全角，－减号全角，＠全角。2027年底前建成5个。（牵头单位：县发展改革局）
二、－全角减号开头的标题
三、＠全角开头的标题
"""

BLANKS = """   前后都有空白的标题   

　　各乡镇人民政府：
　　一、　  总体要求   
　　2026年底前，   全县  森林覆盖率  达到 45.2 % 。   
\t二、\t制表符之后的标题\t
　　（一）县林业局负责，2026年4月底前   栽植苗木  10万株。   
"""

BEYOND = """𠮷水县𬭚矿整治方案🚀

一、𠀋𠂉𠮟的要求😀
𠮷水县人民政府2026年6月30日前完成𬭚矿企业整治12家👍🏽。（牵头单位：县自然资源局；配合单位：县𬭚业协会）
二、👨‍👩‍👧‍👦家庭服务
2027年底前建成𠮷祥社区3个，e\u0301带组合符，零宽\u200b空格，行分隔\u2028段分隔\u2029下一行\u0085换页\x0c。（责任单位：县民政局）
"""

BROKEN_LINES = """关于分行
书写的
通知

一、任务分
工
（一）2026年
12月31日前，县水利
局完成中型灌区
改造2处。（牵头单位：县水
利局）
"""

FACTLESS = """春日散记

柳絮飞过小桥，雨后山色更青。
"""

TIMES = """工作安排表

一、时限
1.2024年2月29日前完成。2月29日、2月30日、13月1日各报一次。（责任单位：县统计局）
2.每年2月29日报送，每月31日报送，每月最后一个工作日报送，每季度首月10日前报送，每半年报送一次。（责任单位：县统计局）
3.每周一、每周三调度，每天巡查，每两年修订，每年第四季度考核，每年12月至次年2月值守。（责任单位：县应急局）
4.“十四五”期间、“十五五”末，20世纪90年代以来，本世纪中叶，到2035年，2050年前后，20xx年底前。（责任单位：县委办）
5.2025年上半年、下半年、第三季度、一季度末、年中、岁末年初；今冬明春，春节前，国庆节后。（责任单位：县政府办）
6.2025年12月31日24时止，2026年3月1日零时起，上午9时30分，自印发之日起30日内，3个工作日，两年半，半年，一个半月，72小时。（责任单位：县司法局）
7.2025-2027年，2025年11月—2026年3月，6月至9月，5日至15日，2025年9月初、10月上旬、11月中下旬。（责任单位：县农业农村局）
8.农历八月十五，公元前221年，9999年12月31日，1949年10月1日，0001年1月1日，2025年2月31日前完成。（责任单位：县文旅局）
"""

PLAIN = """关于推进乡村道路养护的通知

各乡镇人民政府，县直有关部门：
一、工作任务
（一）实施养护工程。2026年底前完成危桥改造8座。（牵头单位：县交通运输局；配合单位：县财政局）
（二）健全管护机制。村道列养率不低于98%，每年1月31日前报送上年度情况。（责任单位：县公路中心）
二、有关要求
县公安局于2026年第二季度完成隐患路段排查，2026年5月20日前整改120处。
2026年1月15日
"""

# what the decoder is to find: the bytes of PLAIN, in an encoding or with a mark
ENCODINGS = {
    "utf-8": PLAIN.encode(), "utf-8-bom": b"\xef\xbb\xbf" + PLAIN.encode(), "gb18030": PLAIN.encode("gb18030"),
    "big5": snippets.read(os.path.join(snippets.HERE, "texts", "zh-Hant.txt")).encode("big5hkscs"),
    "utf-16le": PLAIN.encode("utf-16-le"), "utf-16be": PLAIN.encode("utf-16-be"),
    "utf-16le-bom": b"\xff\xfe" + PLAIN.encode("utf-16-le"), "utf-16be-bom": b"\xfe\xff" + PLAIN.encode("utf-16-be"),
    "utf-32le": PLAIN.encode("utf-32-le"), "utf-32be": PLAIN.encode("utf-32-be"),
    "hz": "\n".join(line.encode("hz").decode() for line in PLAIN.split("\n")).encode(),
    "iso-2022-cn": snippets.iso2022_cn(PLAIN),
    "broken": PLAIN.encode()[:400] + b"\xff\xfe\x80" + PLAIN.encode()[400:],
}

FILES = {
    "quotes, \"commas\".txt": QUOTES,
    "=1+1.txt": FORMULAS,
    "-rf.txt": FORMULAS.replace("\n", "\r\n"),
    "@cell.txt": FORMULAS.replace("\n", "\r"),
    " leading blank.txt": BLANKS,
    "'quoted'.txt": BLANKS.replace("\n", "\r\n"),
    "line\nbreak.txt": BROKEN_LINES,
    "分行 回车.txt": BROKEN_LINES.replace("\n", "\r\n"),
    "𠮷水🚀.txt": BEYOND,
    "e\u0301.txt": PLAIN.replace("乡村", "农村"),
    "\u00e9.txt": PLAIN.replace("乡村", "城市"),
    "hash#1.txt": PLAIN.replace("乡村", "山区"),
    "100%25;a|b.txt": PLAIN.replace("乡村", "林区"),
    "times.txt": TIMES,
    "no-facts.txt": FACTLESS,
    "empty.txt": "",
    "blank.txt": " \n\n　\n\t\n",
    "one-character.txt": "令",
    "no-line-end.txt": PLAIN.rstrip("\n"),
    "nul.txt": PLAIN.replace("工作任务", "工作\0任务"),
    **{"encodings/%s.txt" % name: raw for name, raw in ENCODINGS.items()},
}


def write(folder, backwards=False):
    for name in sorted(FILES, reverse=backwards):
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        text = FILES[name]
        with open(path, "wb") as f:
            f.write(text if isinstance(text, bytes) else text.encode())


def print_lines(folder):
    for place, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(place, name)
            with open(path, "rb") as f:
                content = base64.b64encode(f.read()).decode()
            print(json.dumps({"source_path": os.path.relpath(path, folder), "content_base64": content}))


if __name__ == "__main__" and sys.argv[1] == "--ndjson":
    print_lines(sys.argv[2])
elif __name__ == "__main__":
    write(sys.argv[1], "--reversed" in sys.argv[2:])
