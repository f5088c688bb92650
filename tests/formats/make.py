#!/usr/bin/env python3
"""Wraps a text of one paragraph a line into other formats, for the tests; standard library only.

  make.py text|html|docx|pdf|pdf-without-rules|scan|markdown TEXT OUT

Lines with tabs are rows of a table. {1} in a line refers to a footnote, and a line that begins with [1] is its text.
Everything is written by hand and without a clock, so that the same text gives the same bytes.
"""
import html
import re
import sys
import zipfile

W = 'http://schemas.openxmlformats.org/wordprocessingml/2006/main'


def paragraphs(path):
    return [line.rstrip('\r\n') for line in open(path, encoding='utf-8-sig')]


def rows_of(lines):
    """The lines in groups: a line, or the rows of a table (lines with tabs) together."""
    table = []
    for line in lines:
        if '\t' in line:
            table.append(line.split('\t'))
            continue
        if table:
            yield table
            table = []
        yield line
    if table:
        yield table


REFERENCE = re.compile(r'\{(\d+)\}')
NOTE = re.compile(r'^\[(\d+)\]')


def marked(text):
    """For pages: the sign of a footnote is raised and a link."""
    text = html.escape(text)
    text = NOTE.sub(r'<a href="#ref\1">[\1]</a>', text)
    return REFERENCE.sub(r'<sup><a href="#note\1">\1</a></sup>', text)


def make_html(lines):
    body = []
    for item in rows_of(lines[1:]):
        if isinstance(item, list):
            rows = ''.join('<tr>%s</tr>' % ''.join('<td><p>%s</p></td>' % marked(c) for c in row) for row in item)
            body.append('<table border="1"><tbody>%s</tbody></table>' % rows)
        elif item.strip():
            # written as such pages are: blanks and line ends anywhere between tags
            body.append('<p style="text-indent: 2em">\n   <span>%s</span>\n</p>' % marked(item))
    title = html.escape(lines[0])
    return f'''<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>{title}_某某市人民政府</title>
<style>.a {{ color: red }}</style><script>var text = "<p>不是正文</p>";</script></head>
<body>
<div class="header"><div class="logo"><h1>某某市人民政府</h1></div>
<ul class="nav"><li><a href="/">首页</a></li><li><a href="/z">政务公开</a></li><li><a href="/b">办事服务</a></li></ul></div>
<div class="crumb">当前位置：<a href="/">首页</a> &gt; <a href="/z">政策文件</a></div>
<div class="wrap">
<h2 class="title">{title}</h2>
<div class="share">分享到：<a href="#">微信</a><a href="#">微博</a></div>
<div id="UCAP-CONTENT">
{chr(10).join(body)}
</div>
<div class="related"><h3>相关阅读</h3><a href="/1">市财政局要在2031年底前完成的另一件事</a></div>
</div>
<div class="footer">版权所有：某某市人民政府办公室　<span>备案号00000000</span><p>市大数据局负责技术支持，2032年1月1日起运行。</p></div>
</body></html>
'''.encode()


def text_run(text):
    """A run for each stretch of text, and for each sign of a footnote."""
    out = ''
    for i, piece in enumerate(REFERENCE.split(text)):
        if i % 2:
            out += '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteReference w:id="%s"/></w:r>' % piece
        elif piece:
            out += '<w:r><w:t xml:space="preserve">%s</w:t></w:r>' % html.escape(piece, quote=False)
    return out


# Numbers of headings as word processors keep them: counted by the program that shows them.
LEVELS = [('chineseCountingThousand', '%1、', re.compile('^[一二三四五六七八九十]+、')),
          ('chineseCountingThousand', '（%2）', re.compile('^（[一二三四五六七八九十]+）')),
          ('decimal', '%3.', re.compile(r'^\d+\.(?!\d)'))]
NUMBERING = '<w:numbering xmlns:w="%s"><w:abstractNum w:abstractNumId="0">%s</w:abstractNum><w:num w:numId="1">' \
            '<w:abstractNumId w:val="0"/></w:num></w:numbering>' % (W, ''.join(
                f'<w:lvl w:ilvl="{i}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{text}"/></w:lvl>'
                for i, (kind, text, _) in enumerate(LEVELS)))


def number_of(line):
    """The properties that number a line, and the line without its number."""
    for i, (_, _, pattern) in enumerate(LEVELS):
        m = pattern.match(line)
        if m:
            return f'<w:numPr><w:ilvl w:val="{i}"/><w:numId w:val="1"/></w:numPr>', line[m.end():]
    return '', line


def cells_merged(rows):
    """An empty cell below another goes on with it."""
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            merge = '<w:vMerge/>' if not text and r else '<w:vMerge w:val="restart"/>' if r + 1 < len(rows) and not rows[r + 1][c] else ''
            yield r, merge, text


def make_docx(lines, out):
    body, notes, numbered = [], [], any('\t' in line for line in lines)
    for item in rows_of(lines):
        if isinstance(item, list):
            rows = [''] * len(item)
            for r, merge, text in cells_merged(item):
                rows[r] += '<w:tc><w:tcPr><w:tcW w:w="2000" w:type="dxa"/>%s</w:tcPr><w:p>%s</w:p></w:tc>' % (merge, text_run(text))
            body.append('<w:tbl><w:tblPr/><w:tblGrid/>%s</w:tbl>' % ''.join('<w:tr>%s</w:tr>' % row for row in rows))
        elif NOTE.match(item):
            notes.append('<w:footnote w:id="%s"><w:p><w:r><w:footnoteRef/></w:r>%s</w:p></w:footnote>' %
                         (NOTE.match(item).group(1), text_run(NOTE.sub(' ', item))))
        else:
            number, item = number_of(item) if numbered else ('', item)
            half = len(item) // 2  # a word in two runs, as editing leaves them
            half = half if '{' not in item else item.index('{')
            body.append('<w:p><w:pPr>%s<w:jc w:val="both"/><w:tabs><w:tab w:val="left" w:pos="420"/></w:tabs></w:pPr>%s'
                        '<w:del w:id="1"><w:r><w:delText>删去的话</w:delText></w:r></w:del>'
                        '<w:r><w:rPr><w:vanish/></w:rPr><w:t>看不见的话</w:t></w:r><w:r><w:commentReference w:id="0"/></w:r>%s</w:p>' %
                        (number, text_run(item[:half]), text_run(item[half:])))
    parts = {
        'word/document.xml': f'<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="{W}"><w:body>{"".join(body)}'
                             '<w:sectPr/></w:body></w:document>',
        'word/header1.xml': f'<w:hdr xmlns:w="{W}"><w:p>{text_run("页眉不是正文")}</w:p></w:hdr>',
        'word/comments.xml': f'<w:comments xmlns:w="{W}"><w:comment w:id="0"><w:p>{text_run("批注不是正文")}</w:p></w:comment></w:comments>',
    }
    if notes:
        parts['word/footnotes.xml'] = f'<w:footnotes xmlns:w="{W}"><w:footnote w:id="-1" w:type="separator"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>' \
                                      '<w:footnote w:id="0" w:type="continuationSeparator"><w:p><w:r><w:continuationSeparator/></w:r></w:p></w:footnote>' \
                                      f'{"".join(notes)}</w:footnotes>'
    if numbered:
        parts['word/numbering.xml'] = NUMBERING
    zip_write(out, {**package(parts), **parts})


def package(parts):
    """What says how the parts belong together, for programs that go by it."""
    main = 'application/vnd.openxmlformats-officedocument.wordprocessingml.'
    kinds = {name: name[5:-4].rstrip('1') for name in parts}
    relation = '<Relationship Id="r%d" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/%s" Target="%s"/>'
    relations = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">%s</Relationships>'
    types = ''.join(f'<Override PartName="/{name}" ContentType="{main}{kind}{".main" if kind == "document" else ""}+xml"/>'
                    for name, kind in kinds.items())
    return {
        '[Content_Types].xml': '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" '
                               f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{types}</Types>',
        '_rels/.rels': relations % (relation % (1, 'officeDocument', 'word/document.xml')),
        'word/_rels/document.xml.rels': relations % ''.join(
            relation % (i, kind, name[5:]) for i, (name, kind) in enumerate(kinds.items()) if kind != 'document'),
    }


def zip_write(out, parts):
    with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as z:
        for name, content in parts.items():
            z.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)


# ---- PDF: one font that is not embedded, its codes are those of UTF-16 ----

PAGE_W, PAGE_H, LEFT, TOP, SIZE, LEADING, COLUMNS, LINES = 595, 842, 80, 90, 14, 24, 31, 26


def width(text):
    text = REFERENCE.sub('', text)
    return sum(1 if ord(c) > 0x2000 or c in '·×—“”℃' else 0.5 for c in text)


def wrap(line):
    """A paragraph as lines of a page: indented by two characters, no line begins with a closing sign."""
    out, now = [], '\u3000\u3000' if line.strip() and not line.startswith('\u3000') else ''
    for c in re.findall(r'\{\d+\}|.', line):
        if c.startswith('{'):
            now += c
            continue
        if width(now) + width(c) > COLUMNS and c not in '，。；：、）》”％%':
            out.append(now)
            now = ''
        now += c
    return out + [now]


def pdf_objects(pages, draw):
    to_unicode = ('/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /U def /CMapType 2 def\n'
                  '1 begincodespacerange <0000> <FFFF> endcodespacerange\n')
    for begin in range(0, 256, 100):
        rows = range(begin, min(begin + 100, 256))
        to_unicode += '%d beginbfrange\n' % len(rows)
        to_unicode += ''.join('<%02X00> <%02XFF> <%02X00>\n' % (r, r, r) for r in rows) + 'endbfrange\n'
    to_unicode += 'endcmap end end'
    narrow = ' '.join(['500'] * 256)
    objects = ['<< /Type /Catalog /Pages 2 0 R >>', None,
               '<< /Type /Font /Subtype /Type0 /BaseFont /Song /Encoding /Identity-H /DescendantFonts [4 0 R] /ToUnicode 6 0 R >>',
               '<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Song /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) '
               f'/Supplement 0 >> /FontDescriptor 5 0 R /DW 1000 /W [0 [{narrow}]] >>',
               '<< /Type /FontDescriptor /FontName /Song /Flags 4 /FontBBox [0 -200 1000 900] /ItalicAngle 0 /Ascent 880 '
               '/Descent -120 /CapHeight 700 /StemV 80 >>',
               f'<< /Length {len(to_unicode)} >>\nstream\n{to_unicode}\nendstream']
    kids = []
    for number, page in enumerate(pages, 1):
        content = draw(page, number)
        kids.append(len(objects) + 1)
        objects.append(f'<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {PAGE_W} {PAGE_H}] /Resources << /Font << /F 3 0 R >> >> '
                       f'/Contents {len(objects) + 2} 0 R >>')
        objects.append(f'<< /Length {len(content)} >>\nstream\n{content}\nendstream')
    objects[1] = '<< /Type /Pages /Kids [%s] /Count %d >>' % (' '.join(f'{k} 0 R' for k in kids), len(kids))
    return objects


def pdf_write(objects):
    out, places = b'%PDF-1.4\n', []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += f'{number} 0 obj\n{content}\nendobj\n'.encode('latin-1')
    xref = len(out)
    out += f'xref\n0 {len(objects) + 1}\n0000000000 65535 f \n'.encode()
    out += b''.join(b'%010d 00000 n \n' % p for p in places)
    return out + f'trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{xref}\n%%EOF\n'.encode()


def show(x, y, text, size=SIZE):
    return f'BT /F {size} Tf {x:.1f} {y:.1f} Td <{text.encode("utf-16-be").hex().upper()}> Tj ET\n'


def show_marked(x, y, text):
    """Text with raised signs of footnotes in it."""
    out = ''
    for i, piece in enumerate(REFERENCE.split(text)):
        if piece:
            out += show(x, y + 5, piece, SIZE // 2) if i % 2 else show(x, y, piece)
            x += width(piece) * (SIZE // 2 if i % 2 else SIZE)
    return out


def draw_page(lines, number):
    """Lines are texts; rows of tables, as draw_row wants them; and what stands at the foot of the page."""
    out = show(PAGE_W / 2 - 90, PAGE_H - 40, '某某市人民政府文件汇编')
    y, notes = PAGE_H - TOP, [line for line in lines if isinstance(line, str) and NOTE.match(line)]
    for line in lines:
        if isinstance(line, list):
            drawn, height = draw_row(line, y + SIZE)
            out += drawn
            y -= height
        elif line not in notes:
            text = line.lstrip('\u3000 ')
            out += show_marked(LEFT + SIZE * width(line[:len(line) - len(text)]), y, text) if text else ''
            y -= LEADING
    for i, note in enumerate(notes):
        at = 64 + 14 * (len(notes) - 1 - i)
        out += show(LEFT, at + 3, NOTE.match(note).group(1), 5) + show(LEFT + 5, at, NOTE.sub('', note), 9)
    if notes:
        out += f'0.5 w {LEFT} {64 + 14 * len(notes)} m {LEFT + 120} {64 + 14 * len(notes)} l S\n'
    return out + show(PAGE_W / 2 - 20, 40, f'— {number} —')


# A table: letters of 10 points, hardly any room between a rule and the text, cells set in the middle of their row.
CELL, CELL_LEADING, PAD, RULES = 10, 13, 2, sys.argv[1] != 'pdf-without-rules'


def cell_lines(text, columns):
    out, now = [], ''
    for c in text:
        if width(now) + width(c) > columns and c not in '，。；：、）》”％%':
            out.append(now)
            now = ''
        now += c
    return out + [now]


def columns_of(rows):
    """The widths of columns: more for longer texts, not less than the longest word of the head."""
    most = [max(width(row[c]) for row in rows) ** 0.5 for c in range(len(rows[0]))]
    room = SIZE * COLUMNS - 2 * PAD * len(most)
    return [max(room * m / sum(most) - CELL, CELL * 2.1) + 2 * PAD for m in most]


def row_height(row, columns):
    return max(len(cell_lines(t, (w - 2 * PAD) / CELL)) for t, w in zip(row, columns)) * CELL_LEADING + 2 * PAD


def draw_row(row, top):
    """row: [texts, widths, number of rows that each cell reaches over (0: none begins here), their heights]"""
    texts, columns, spans, heights = row
    out, x = '', LEFT
    for text, w, span in zip(texts, columns, spans):
        if span:
            height = sum(heights[:span])
            lines = cell_lines(text, (w - 2 * PAD) / CELL)
            if RULES:
                out += f'0.5 w {x:.1f} {top - height:.1f} {w:.1f} {height:.1f} re S\n'
            y = top - (height - len(lines) * CELL_LEADING) / 2 - CELL
            for i, line in enumerate(lines):
                out += show(x + PAD, y - i * CELL_LEADING, line, CELL) if line else ''
        x += w
    return out, heights[0]


def pages_of(flow):
    """Fills pages; a table that is broken shows its head again, cells over several rows go on empty."""
    pages, room = [[]], 0

    def begin():
        nonlocal room
        if pages[-1]:
            pages.append([])
        room = LINES * LEADING
    begin()
    for item in flow:
        if isinstance(item, str):
            need = 14 if NOTE.match(item) else LEADING
            if room < need:
                begin()
            pages[-1].append(item)
            room -= need
            continue
        columns = columns_of(item)
        heights = [row_height(row, columns) for row in item]
        for r, row in enumerate(item):
            if room < heights[r]:
                begin()
                pages[-1].append([item[0], columns, [1] * len(columns), heights])
                room -= heights[0]
            fits = 1  # rows to the end of the page
            while r + fits < len(item) and sum(heights[r:r + fits + 1]) <= room:
                fits += 1
            first = not pages[-1] or not isinstance(pages[-1][-1], list) or pages[-1][-1][0] is item[0]
            spans = []
            for c in range(len(columns)):
                span = 1
                while span < fits and not item[r + span][c]:
                    span += 1
                spans.append(span if row[c] or first else 0)
            pages[-1].append([row, columns, spans, heights[r:]])
            room -= heights[r]
        room -= LEADING
    return pages


def notes_moved(lines):
    """Each footnote behind the line that refers to it."""
    notes = {NOTE.match(line).group(1): line for line in lines if NOTE.match(line)}
    for line in lines:
        if not NOTE.match(line):
            yield line
            yield from (notes[n] for n in REFERENCE.findall(line) if n in notes)


def make_pdf(lines):
    title = lines[0]
    flow = []
    if len(lines) > 1:  # the title is centred
        pad = max(0, int((COLUMNS - width(title)) / 2))
        flow.append('\u3000' * pad + title)
        lines = list(notes_moved(lines[1:]))
    for item in rows_of(lines):
        if isinstance(item, list) or NOTE.match(item):
            flow.append(item)
        else:
            flow += wrap(item) if item.strip() else []
    return pdf_write(pdf_objects(pages_of(flow), draw_page))


def make_markdown(lines):
    out = []
    for item in rows_of([REFERENCE.sub('', line) for line in lines]):
        if isinstance(item, list):
            rows = ['| ' + ' | '.join(row) + ' |' for row in item]
            out.append('\n'.join(rows[:1] + ['|' + '---|' * len(item[0])] + rows[1:]))
        else:
            out.append(item)
    return ('# ' + '\n\n'.join(out) + '\n').encode()


def make_scan():
    return pdf_write(pdf_objects([[], []], lambda page, number: '0.5 g 100 100 300 300 re f'))


def main():
    kind, source, out = sys.argv[1:4]
    kind = kind.replace('-without-rules', '')
    lines = paragraphs(source) if kind != 'scan' else []
    while lines and not lines[0].strip():
        lines.pop(0)
    if kind == 'text':  # what all formats have: no indents, no empty lines
        kept = [REFERENCE.sub('', line).strip(' \u3000') for line in lines]
        with open(out, 'w', encoding='utf-8', newline='\n') as f:
            f.writelines(line + '\n' for line in kept if line)
        return
    if kind == 'docx':
        make_docx(lines, out)
        return
    data = make_scan() if kind == 'scan' else {'html': make_html, 'pdf': make_pdf, 'markdown': make_markdown}[kind](lines)
    with open(out, 'wb') as f:
        f.write(data)


main()
