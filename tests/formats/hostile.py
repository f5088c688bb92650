#!/usr/bin/env python3
"""Files that mean harm, into a folder: hostile.py FOLDER [SIZE of the long line in MB]."""
import io
import os
import random
import struct
import sys
import tarfile
import warnings
import zipfile
import zlib

warnings.filterwarnings('ignore')
chance = random.Random(1)
folder = sys.argv[1]
long_line = int(sys.argv[2]) if len(sys.argv) > 2 else 300
W = 'http://schemas.openxmlformats.org/wordprocessingml/2006/main'


def put(name, data):
    with open(os.path.join(folder, name), 'wb') as f:
        f.write(data)


def zipped(items):
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as z:
        for name, content in items:
            z.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def tarred(infos):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode='w') as t:
        for info, content in infos:
            info.size = len(content)
            t.addfile(info, io.BytesIO(content))
    return out.getvalue()


def info(name, kind=tarfile.REGTYPE, link=''):
    i = tarfile.TarInfo(name)
    i.type, i.linkname = kind, link
    return i


def zeros(megabytes):
    """A deflated stream of zeros, made without ever holding them."""
    c = zlib.compressobj(9, zlib.DEFLATED, -15)
    piece, crc, out = bytes(1 << 20), 0, b''
    for _ in range(megabytes):
        crc = zlib.crc32(piece, crc)
        out += c.compress(piece)
    return out + c.flush(), crc


def overlapping_bomb(members, megabytes):
    """Many entries of the central directory over one stretch of data: small file, endless output."""
    data, crc = zeros(megabytes)
    size = megabytes << 20
    name = b'0000.txt'
    local = struct.pack('<4sHHHHHIIIHH', b'PK\3\4', 20, 0, 8, 0, 33, crc, len(data), size, len(name), 0) + name
    central = b''
    for i in range(members):
        n = b'%04d.txt' % i
        central += struct.pack('<4sHHHHHHIIIHHHHHII', b'PK\1\2', 20, 20, 0, 8, 0, 33, crc, len(data), size, len(n), 0, 0, 0, 0, 0, 0) + n
    body = local + data
    return body + central + struct.pack('<4sHHHHIIH', b'PK\5\6', 0, 0, members, members, len(central), len(body), 0)


def docx(document):
    return zipped([('[Content_Types].xml', '<Types/>'), ('word/document.xml', document)])


plan = '某县工作方案\n一、任务\n县水利局2030年底前建成水库2座。\n'.encode()
put('good.txt', plan)
put('bomb.zip', zipped([('zeros.txt', bytes(100 << 20))]))
put('bomb-overlap.zip', overlapping_bomb(2000, 20))
nested = zipped([('zeros.txt', bytes(50 << 20))])
for level in range(2):
    nested = zipped([('%d.zip' % i, nested) for i in range(16)])
put('bomb-nested.zip', nested)
raw, crc = zeros(400)
put('bomb.txt.gz', b'\x1f\x8b\x08\0\0\0\0\0\2\3' + raw + struct.pack('<II', crc, 400 << 20))

# droste: an archive that holds itself, as deep as it is opened
quine = zipped([('a.txt', plan)])
for level in range(40):
    quine = zipped([('r.zip', quine), ('a.txt', plan)])
put('quine.zip', quine)

put('names.tar', tarred([
    (info('../../up.txt'), plan), (info('/etc/abs.txt'), plan), (info('good.txt'), plan), (info('C:\\drive.txt'), plan),
    (info('dir/../../out.txt'), plan), (info('link.txt', tarfile.SYMTYPE, '/etc/passwd'), b''),
    (info('hard.txt', tarfile.LNKTYPE, 'good.txt'), b''), (info('pipe', tarfile.FIFOTYPE), b''),
    (info('dev', tarfile.CHRTYPE), b''), (info('good.txt'), plan), (info('n' * 3000 + '.txt'), plan)]))
put('cut.zip', zipped([('a.txt', chance.randbytes(5000)), ('b.txt', plan)])[:3000])
put('empty.zip', zipped([]))
put('not.zip', b'PK\3\4' + b'\xff' * 300)

entities = ''.join('<!ENTITY l%d "%s">' % (i, '&l%d;' % (i - 1) * 10) for i in range(1, 12))
put('entities.docx', docx('<?xml version="1.0"?><!DOCTYPE d [<!ENTITY l0 "ha">%s]><w:document xmlns:w="%s"><w:body><w:p><w:r><w:t>'
                          '&l11;</w:t></w:r></w:p></w:body></w:document>' % (entities, W)))
put('external.docx', docx('<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><w:document xmlns:w="%s"><w:body>'
                          '<w:p><w:r><w:t>&x;</w:t></w:r></w:p></w:body></w:document>' % W))
put('deep.docx', docx('<w:document xmlns:w="%s"><w:body>%s%s</w:body></w:document>' % (W, '<w:sdt>' * 10000, '</w:sdt>' * 10000)))
put('bomb.docx', docx('<w:document xmlns:w="%s"><w:body>%s</w:body></w:document>' % (W, ' ' * (100 << 20))))
put('broken.docx', docx('<w:document xmlns:w="%s"><w:body><w:p><w:r><w:t>只有一半' % W))
put('deep.html', b'<html><body>' + b'<div>' * 10000 + '市财政局负责。'.encode() + b'</div>' * 10000)
put('deep-b.html', b'<html><body>' + b'<b><i>' * 500000 + '市财政局负责。'.encode())
put('attributes.html', b'<html><body><p ' + b' '.join(b'a%d=1' % i for i in range(300000)) + '>市财政局负责。</p>'.encode())
put('scripts.html', '<html><head><title>某县工作方案</title></head><body><script>document.write("市财政局")</script></body></html>'.encode())
put('nul.html', '<html><body><p>县水\0利局2030年底前建成水库2座。</p></body></html>'.encode())
put('entities.xml', ('<?xml version="1.0"?><!DOCTYPE d [<!ENTITY l0 "ha">%s]><d>&l11;</d>' % entities).encode())
put('nuls.txt', b'\0' * 5000)
put('broken.pdf', b'%PDF-1.7\n' + chance.randbytes(2000))


def pdf(content):
    objects = ['<< /Type /Catalog /Pages 2 0 R >>', '<< /Type /Pages /Kids [4 0 R] /Count 1 >>',
               '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
               '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Resources << /Font << /F 3 0 R >> >> /Contents 5 0 R >>',
               '<< /Length %d >>\nstream\n%s\nendstream' % (len(content), content)]
    out = b'%PDF-1.4\n'
    for number, text in enumerate(objects, 1):
        out += ('%d 0 obj\n%s\nendobj\n' % (number, text)).encode()
    return out + b'trailer << /Size 6 /Root 1 0 R >>\n'


cells = ''.join('BT /F 9 Tf %d %d Td (cell%d) Tj ET ' % (50 + i % 8 * 60, 750 - i // 8 * 20, i) for i in range(240))
put('rules.pdf', pdf(cells + ''.join('%d %d m %d %d l S\n' % (i % 600, i // 600, i % 600, i // 600 + 9) for i in range(300000))))
put('grid.pdf', pdf(cells + ''.join('%g 0 m %g 800 l S 0 %g m 600 %g l S\n' % (i * .3, i * .3, i * .4, i * .4) for i in range(1990))))
put('old.doc', b'\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1' + bytes(600))
put('line-short.txt', '县水利局负责，'.encode() * 400000)
with open(os.path.join(folder, 'line.txt'), 'wb') as f:
    for _ in range(long_line):
        f.write(('县水利局负责，' * 49932)[:349525].encode()[:1 << 20])
os.mkfifo(os.path.join(folder, 'pipe.txt'))
os.symlink('/dev/zero', os.path.join(folder, 'zero.txt'))
os.symlink('.', os.path.join(folder, 'circle'))
