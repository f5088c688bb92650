#!/usr/bin/env python3
"""Makes a folder of plausible documents to measure on.

usage: generate.py SIZE_MB OUTDIR [--seed N] [--encoding utf-8]

The paragraphs of the invented samples (tests/data/gold/docs) are taken apart, their numbers, years, organs and regions
replaced, mixed with plain sentences at the density of real documents (as in 1.8 MB of official texts: about 6 facts
and 2.4 sections a kilobyte, tables and files ten times the source), and
put together again under fresh headings: plans with parts and items, regulations in articles, task lists. The same
arguments give the same bytes.
"""
import argparse, os, random, re

HERE = os.path.dirname(os.path.abspath(__file__))
DOCS = os.path.join(HERE, '..', 'data', 'gold', 'docs')
HAN = '零一二三四五六七八九'

PROVINCES = '湖南 湖北 江西 安徽 浙江 江苏 山东 河南 河北 山西 陕西 甘肃 四川 贵州 云南 广东 广西 福建 辽宁 吉林'.split()
CITIES = ('长沙 株洲 岳阳 武汉 襄阳 宜昌 荆州 南昌 赣州 合肥 芜湖 杭州 宁波 绍兴 南京 苏州 济南 烟台 郑州 洛阳 石家庄 '
          '太原 西安 兰州 平凉 成都 绵阳 贵阳 昆明 广州 珠海 南宁 桂林 福州 泉州 沈阳 大连 长春').split()
SECTORS = ('发展改革 教育 科技 工业和信息化 公安 民政 司法 财政 人力资源社会保障 自然资源 生态环境 住房城乡建设 '
           '交通运输 水利 农业农村 商务 文化和旅游 卫生健康 退役军人事务 应急管理 审计 市场监管 广播电视 体育 '
           '统计 医疗保障 林业 数据').split()
TOPICS = ('优化营商环境 推进新型城镇化 促进县域经济高质量发展 加强水资源节约集约利用 深化公共数据资源开发利用 '
          '推动制造业绿色低碳转型 完善基层治理体系 提升农村供水保障能力 加快现代物流业发展 健全养老服务体系').split()
KINDS = '实施方案 工作方案 行动计划 若干措施 工作要点 实施意见'.split()
HEADINGS = ('总体要求 主要目标 重点任务 夯实发展基础 强化要素支撑 健全体制机制 深化改革创新 提升服务能力 '
            '加强风险防范 保障措施 组织实施 完善配套政策').split()
ITEMS = ('加强统筹协调 完善政策体系 提升数字化水平 推进重点项目建设 健全监测评价机制 强化资金保障 培育经营主体 '
         '优化空间布局 推动成果转化 压实工作责任 加强队伍建设 扩大开放合作 改善公共服务 严格监督检查').split()
PLAIN = '''坚持问题导向、目标导向、结果导向相统一，聚焦突出短板和薄弱环节，分类施策、精准发力，确保各项举措落到实处
加强政策宣传解读，及时总结推广典型经验和有效做法，营造全社会关心支持、共同参与的良好氛围
充分发挥市场在资源配置中的决定性作用，更好发挥有效引导作用，激发各类经营主体内生动力和创新活力
健全工作推进机制，完善信息共享、会商研判、协同处置等制度，形成上下联动、齐抓共管的工作格局
推动优质资源向基层下沉，促进城乡之间、区域之间、群体之间均衡发展，不断增强群众获得感、幸福感、安全感
深化“放管服”改革，规范办事流程，压减申报材料，推行告知承诺、容缺受理、帮办代办等便利化措施
统筹发展和安全，健全风险识别、预警、处置全链条管理机制，牢牢守住不发生系统性、区域性风险的底线
强化科技赋能，推动大数据、云计算、人工智能等新技术与业务工作深度融合，提升智能化、精细化管理水平
严格落实过紧日子要求，优化支出结构，加强全过程绩效管理，提高资金使用的规范性、安全性和有效性
注重制度建设和长效管理，认真梳理行之有效的经验做法，及时上升为政策制度和标准规范
坚持因地制宜、循序渐进，尊重群众意愿，不搞“一刀切”，不搞层层加码，防止形式主义、官僚主义
加强专业人才培养和引进，完善评价激励机制，打造一支政治过硬、业务精湛、作风优良的干部人才队伍
鼓励基层大胆探索、先行先试，建立容错纠错机制，旗帜鲜明为担当者担当、为干事者撑腰
依法依规推进各项工作，做到程序正当、公开透明，自觉接受社会监督和舆论监督
深入实施创新驱动发展战略，推动产业链、创新链、资金链、人才链深度融合，加快培育新质生产力
立足资源禀赋和产业基础，突出特色、错位发展，避免同质化竞争和低水平重复建设'''.split('\n')

# What is varied in a paragraph, in the order in which it is looked for.
SLOT = re.compile(r'(?P<year>20\d\d(?=年))|(?P<month>\b1?\d(?=月))|(?P<organ>(?:省|市|县)(?:%s)(?:厅|局|委))|'
                  r'(?P<region>%s)|(?P<number>\d+(?:\.\d+)?)' % ('|'.join(sorted(SECTORS, key=len, reverse=True)),
                                                                 '|'.join(CITIES + PROVINCES)))
MARKER = re.compile(r'^[\s　]*(?:第[一二三四五六七八九十]+[条章][\s　]*|[一二三四五六七八九十]+、|'
                    r'[（(][一二三四五六七八九十]+[）)]|\d+\.(?!\d)|——)')


def template(paragraph):
    """A paragraph as literals and (slot, original) pairs, in turn."""
    parts, at = [], 0
    for m in SLOT.finditer(paragraph):
        parts.append(paragraph[at:m.start()])
        parts.append((m.lastgroup, m.group()))
        at = m.end()
    parts.append(paragraph[at:])
    return parts


def load_templates():
    rich, articles = [], []
    for name in sorted(os.listdir(DOCS)):
        with open(os.path.join(DOCS, name), encoding='utf-8', newline='') as f:
            text = f.read().replace('\r\n', '\n')
        if name.startswith('scraped'):  # lines broken in the middle of words are joined again
            text = re.sub(r'\n(?![\s　]|[（(]|$)', '', text)
        for line in text.split('\n'):
            body = MARKER.sub('', line).strip()
            if len(body) < 40:
                continue
            (articles if name.startswith('rural') else rich).append(template(body))
    return rich, articles


def han(n):
    if n < 10:
        return HAN[n]
    tens, ones = divmod(n, 10)
    return ('' if tens == 1 else HAN[tens]) + '十' + (HAN[ones] if ones else '')


class Writer:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.rich, self.articles = load_templates()
        self.fill = {'year': self.year, 'month': self.month, 'organ': self.organ, 'region': self.region,
                     'number': self.number}

    def pick(self, items):
        return items[int(self.random.random() * len(items))]

    def year(self, _):
        return str(2018 + int(self.random.random() * 15))

    def month(self, _):
        return str(1 + int(self.random.random() * 12))

    def organ(self, old):
        head = {'省': '厅', '市': '局', '县': '局'}[old[0]]
        return old[0] + self.pick(SECTORS) + head

    def region(self, _):
        return self.pick(CITIES)

    def number(self, old):
        """Another number of as many digits; what has a point keeps its decimals."""
        digits = [c if c == '.' else str(int(self.random.random() * 10)) for c in old]
        if digits[0] == '0' and old[0] != '0':
            digits[0] = '1'
        return ''.join(digits)

    def paragraph(self, parts):
        out = []
        for i, part in enumerate(parts):
            out.append(self.fill[part[0]](part[1]) if i & 1 else part)
        return ''.join(out)

    def plain(self, sentences):
        return '。'.join(self.pick(PLAIN) for _ in range(sentences)) + '。'

    def body(self, pool):
        """A paragraph as it stands in real documents: some plain sentences, sometimes facts."""
        roll = self.random.random()
        if roll < 0.55:
            return self.plain(2 + int(self.random.random() * 4))
        if roll < 0.85:
            return self.plain(1 + int(self.random.random() * 3)) + self.paragraph(self.pick(pool))
        return self.paragraph(self.pick(pool))

    def plan(self, size):
        province, city = self.pick(PROVINCES), self.pick(CITIES)
        place = self.pick([province + '省', city + '市'])
        year = self.year('')
        lines = [place + '关于' + self.pick(TOPICS) + '的' + self.pick(KINDS), f'（{year}年）', self.plain(2)]
        length, part = sum(map(len, lines)), 0
        while length * 3 < size:
            part += 1
            lines.append(f'{han(part)}、{self.pick(HEADINGS)}')
            for item in range(1, 3 + int(self.random.random() * 6)):
                line = f'（{han(item)}）{self.pick(ITEMS)}。{self.body(self.rich)}'
                lines.append(line)
                length += len(line)
                if length * 3 >= size:
                    break
            part %= 30
        lines += [place + '人民政府办公厅', f'{year}年{self.month("")}月{1 + int(self.random.random() * 28)}日']
        return lines

    def regulation(self, size):
        year = self.year('')
        lines = [self.pick(PROVINCES) + '省' + self.pick(TOPICS)[2:] + '条例', f'（{year}年3月30日公布）']
        length, article, chapter = 0, 0, 0
        while length * 3 < size:
            if article % 8 == 0:
                chapter += 1
                lines.append(f'第{han(chapter % 99)}章　{self.pick(HEADINGS)}')
            article = article % 98 + 1
            line = f'第{han(article)}条　{self.body(self.articles)}'
            lines.append(line)
            length += len(line)
        lines.append(f'第九十九条　本条例自{int(year) + 1}年1月1日起施行。')
        return lines

    def document(self, size):
        lines = self.plan(size) if self.random.random() < 0.8 else self.regulation(size)
        indent = '　　' if self.random.random() < 0.5 else ''
        return '\n'.join(lines[:1] + [indent + line for line in lines[1:]]) + '\n'


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('size_mb', type=float)
    ap.add_argument('outdir')
    ap.add_argument('--seed', type=int, default=20240601)
    ap.add_argument('--encoding', default='utf-8')
    a = ap.parse_args()
    writer, left, count = Writer(a.seed), int(a.size_mb * 1e6), 0
    while left > 0:
        folder = os.path.join(a.outdir, f'{count // 500:03d}')
        if count % 500 == 0:
            os.makedirs(folder, exist_ok=True)
        text = writer.document(min(5000 + int(writer.random.random() * 55000), max(left, 5000)))
        with open(os.path.join(folder, f'{count:06d}.txt'), 'wb') as f:
            f.write(text.encode(a.encoding))
        left -= len(text.encode('utf-8'))
        count += 1
    print(f'{count} documents')


if __name__ == '__main__':
    main()
