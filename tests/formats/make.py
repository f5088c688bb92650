#!/usr/bin/env python3
"""Wraps a text of one paragraph a line into other formats, for the tests; standard library only.

  make.py text|html|docx|pdf|scan|markdown TEXT OUT

Everything is written by hand and without a clock, so that the same text gives the same bytes.
"""
import html
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


def make_html(lines):
    body = []
    for item in rows_of(lines[1:]):
        if isinstance(item, list):
            rows = ''.join('<tr>%s</tr>' % ''.join('<td><p>%s</p></td>' % html.escape(c) for c in row) for row in item)
            body.append('<table border="1"><tbody>%s</tbody></table>' % rows)
        elif item.strip():
            # written as such pages are: blanks and line ends anywhere between tags
            body.append('<p style="text-indent: 2em">\n   <span>%s</span>\n</p>' % html.escape(item))
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
    return '<w:r><w:t xml:space="preserve">%s</w:t></w:r>' % html.escape(text, quote=False)


def make_docx(lines, out):
    body = []
    for item in rows_of(lines):
        if isinstance(item, list):
            rows = ''.join('<w:tr>%s</w:tr>' % ''.join('<w:tc><w:tcPr><w:tcW w:w="2000" w:type="dxa"/></w:tcPr><w:p>%s</w:p></w:tc>' %
                           text_run(c) for c in row) for row in item)
            body.append('<w:tbl><w:tblPr/><w:tblGrid/>%s</w:tbl>' % rows)
        else:
            half = len(item) // 2  # a word in two runs, as editing leaves them
            body.append('<w:p><w:pPr><w:jc w:val="both"/><w:tabs><w:tab w:val="left" w:pos="420"/></w:tabs></w:pPr>%s'
                        '<w:del w:id="1"><w:r><w:delText>删去的话</w:delText></w:r></w:del>%s</w:p>' %
                        (text_run(item[:half]), text_run(item[half:])))
    parts = {
        '[Content_Types].xml': '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        'word/document.xml': f'<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="{W}"><w:body>{"".join(body)}'
                             '<w:sectPr/></w:body></w:document>',
        'word/header1.xml': f'<w:hdr xmlns:w="{W}"><w:p>{text_run("页眉不是正文")}</w:p></w:hdr>',
    }
    zip_write(out, parts)


def zip_write(out, parts):
    with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as z:
        for name, content in parts.items():
            z.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)


# ---- PDF: one font that is not embedded, its codes are those of UTF-16 ----

PAGE_W, PAGE_H, LEFT, TOP, SIZE, LEADING, COLUMNS, LINES = 595, 842, 80, 90, 14, 24, 31, 26


def width(text):
    return sum(1 if ord(c) > 0x2000 or c in '·×—“”℃' else 0.5 for c in text)


def wrap(line):
    """A paragraph as lines of a page: indented by two characters, no line begins with a closing sign."""
    out, now = [], '\u3000\u3000' if line.strip() and not line.startswith('\u3000') else ''
    for c in line:
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


def show(x, y, text):
    return f'BT /F {SIZE} Tf {x:.1f} {y:.1f} Td <{text.encode("utf-16-be").hex().upper()}> Tj ET\n'


def draw_page(lines, number):
    out = show(PAGE_W / 2 - 90, PAGE_H - 40, '某某市人民政府文件汇编')
    for i, line in enumerate(lines):
        text = line.lstrip('\u3000 ')
        out += show(LEFT + SIZE * width(line[:len(line) - len(text)]), PAGE_H - TOP - i * LEADING, text) if text else ''
    return out + show(PAGE_W / 2 - 20, 40, f'— {number} —')


def make_pdf(lines):
    title = lines[0]
    flow = []
    if len(lines) > 1:  # the title is centred
        pad = max(0, int((COLUMNS - width(title)) / 2))
        flow.append('\u3000' * pad + title)
        lines = lines[1:]
    for line in lines:
        flow += wrap(line) if line.strip() else []
    pages = [flow[i:i + LINES] for i in range(0, len(flow), LINES)]
    return pdf_write(pdf_objects(pages, draw_page))


def make_scan():
    return pdf_write(pdf_objects([[], []], lambda page, number: '0.5 g 100 100 300 300 re f'))


def main():
    kind, source, out = sys.argv[1:4]
    lines = paragraphs(source) if kind != 'scan' else []
    while lines and not lines[0].strip():
        lines.pop(0)
    if kind == 'text':  # what all formats have: no indents, no empty lines
        kept = [line.strip(' \t\u3000') for line in lines]
        with open(out, 'w', encoding='utf-8', newline='\n') as f:
            f.writelines(line + '\n' for line in kept if line)
        return
    if kind == 'docx':
        make_docx(lines, out)
        return
    data = {'html': make_html, 'pdf': make_pdf}[kind](lines) if kind in ('html', 'pdf') else \
        make_scan() if kind == 'scan' else ('# ' + '\n\n'.join(lines) + '\n').encode()
    with open(out, 'wb') as f:
        f.write(data)


main()
