#!/usr/bin/env python3
"""Writes the tables of the decoders and of the detection into pipeline/ingest/decode/.

    tools/gen-encodings.py WHATWG EUC-TW.gz dict.txt TSCharacters.txt

WHATWG            a folder with index-big5.txt, index-gb18030.txt and index-gb18030-ranges.txt of the WHATWG Encoding
                  Standard (https://encoding.spec.whatwg.org, CC0), fetched there or made by tools/whatwg-index.mjs
EUC-TW.gz         glibc's charmap of EUC-TW (Debian: package locales, /usr/share/i18n/charmaps): CNS 11643 planes 1, 2
dict.txt          the word frequencies of jieba (https://github.com/fxsjy/jieba, MIT), for the commonness of characters
TSCharacters.txt  OpenCC's characters, traditional to simplified (https://github.com/BYVoid/OpenCC, Apache 2.0)

What comes out is checked against Python's own codecs by tests/encodings/compare.py, which lists every difference.
"""
import gzip
import math
import os
import re
import sys

FOLDER = os.path.join(os.path.dirname(__file__), "..", "pipeline", "ingest", "decode")


def index(folder, name):
    table, source = {}, "the WHATWG Encoding Standard"
    with open(os.path.join(folder, "index-%s.txt" % name), encoding="utf-8") as f:
        for line in f:
            if line.startswith("#"):
                found = re.search(r"@exodus/bytes \S+", line)
                source += " as in npm's %s" % found.group() if found else ""
            elif line.strip():
                pointer, codes = line.split()[:2]
                table[int(pointer)] = [int(c, 16) for c in codes.split("+")]
    return table, source


def write(name, text):
    with open(os.path.join(FOLDER, name), "w", encoding="utf-8") as f:
        f.write(text)


def head(what, source):
    return "/* %s\n * Made by tools/gen-encodings.py from %s; do not edit. */\n\n" % (what, source)


def rows(values, per_line=10, form="0x%X,"):
    return "".join("\t\t" + " ".join(form % v for v in values[i:i + per_line]) + "\n"
                   for i in range(0, len(values), per_line))


# ---- GB 18030 ----

def gb2312_words(pairs):
    """The rows that text consists of, ready to be written."""
    text = "/* [lead & 7F][trail & 7F] of A1A1 to F7FE: the three bytes of the character in UTF-8, first one lowest, and the\n"
    text += " * highest bit; 0 for what has no three bytes. */\nstatic const uint32_t gb_words[128][128] = {\n"
    for lead in range(0xA1, 0xF8):
        codes = [pairs[(lead - 0x81) * 190 + trail - 0x41][0] for trail in range(0xA1, 0xFF)]
        values = [1 << 31 | int.from_bytes(chr(c).encode(), "little") if c >= 0x800 else 0 for c in codes]
        text += "\t[0x%X] = {[0x21] =\n" % (lead & 0x7F) + rows(values) + "\t},\n"
    return text + "};\n"


def gb18030(folder):
    pairs, source = index(folder, "gb18030")
    ranges, _ = index(folder, "gb18030-ranges")
    text = head("GB 18030-2022, two and four bytes.", source)
    text += "/* [lead - 0x81][trail - 0x40, one less above 0x7F] */\nstatic const uint16_t gb_pairs[126][190] = {\n"
    for lead in range(126):
        text += "\t{\n" + rows([pairs[lead * 190 + i][0] for i in range(190)]) + "\t},\n"
    text += "};\n\n" + gb2312_words(pairs)
    text += "\n/* Four-byte codes of the basic plane by linear index; code 0 marks a stretch without characters. */\n"
    basic = [(p, c[0]) for p, c in sorted(ranges.items()) if p < 189000]
    # The one code that the ranges leave to an exception, and the end.
    after = max(p for p, _ in basic if p <= 7457)
    start = dict(basic)[after]
    basic = sorted({**dict(basic), 7457: 0xE7C7, 7458: start + 7458 - after, 39420: 0}.items())
    text += "static const struct {\n\tuint16_t linear, code;\n} gb_ranges[%d] = {\n" % len(basic)
    for i in range(0, len(basic), 6):
        text += "\t" + " ".join("{%d, 0x%X}," % b for b in basic[i:i + 6]) + "\n"
    write("gb18030_table.h", text + "};\n")
    return pairs


# ---- Big5 ----

def big5(folder):
    table, source = index(folder, "big5")
    first = min(table) // 157
    single = {p: c[0] for p, c in table.items() if len(c) == 1}
    assert all(c < 0x10000 or c >> 16 == 2 for c in single.values())
    text = head("Big5 with HKSCS.", source)
    text += "enum { BIG5_FIRST = 0x%X };\n\n" % (first + 0x81)
    text += "/* [lead - BIG5_FIRST][trail - 0x40, 0x22 less from 0xA1 on], without the plane; 0: no character */\n"
    text += "static const uint16_t big5_pairs[%d][157] = {\n" % (0x7E - first)
    for lead in range(first, 0x7E):
        text += "\t{\n" + rows([single.get(lead * 157 + i, 0) & 0xFFFF for i in range(157)]) + "\t},\n"
    text += "};\n\n/* Which of them lie in plane 2. */\nstatic const uint32_t big5_plane2[%d][5] = {\n" % (0x7E - first)
    for lead in range(first, 0x7E):
        words = [0] * 5
        for i in range(157):
            if single.get(lead * 157 + i, 0) >> 16:
                words[i >> 5] |= 1 << (i & 31)
        text += "\t{" + ", ".join("0x%X" % w for w in words) + "},\n"
    write("big5_table.h", text + "};\n")


# ---- CNS 11643 ----

def cns(path):
    planes = {1: {}, 2: {}}
    with gzip.open(path, "rt", encoding="utf-8", errors="replace") as f:
        for line in f:
            m = re.match(r"<U([0-9A-F]+)>\s+((?:/x[0-9a-f]{2})+)", line)
            if not m:
                continue
            code, raw = int(m.group(1), 16), bytes.fromhex(m.group(2).replace("/x", ""))
            if len(raw) == 4 and raw[0] == 0x8E and raw[1] in (0xA1, 0xA2):
                plane, raw = raw[1] - 0xA0, raw[2:]
            elif len(raw) == 2:
                plane = 1
            else:
                continue
            planes[plane][(raw[0] - 0xA1, raw[1] - 0xA1)] = code
    assert all(c < 0x10000 for p in planes.values() for c in p.values())
    text = head("CNS 11643, planes 1 and 2.", "glibc's charmap EUC-TW")
    text += "/* [plane - 1][row][column]; 0: no character */\nstatic const uint16_t cns_codes[2][94][94] = {\n"
    for plane in (1, 2):
        text += "\t{\n"
        for row in range(94):
            values = [planes[plane].get((row, i), 0) for i in range(94)]
            text += "\t\t{\n" + rows(values) + "\t\t},\n" if any(values) else "\t\t{0},\n"
        text += "\t},\n"
    write("cns_table.h", text + "};\n")


# ---- how common a character is ----

def commonness(words, simplified):
    """Bits of each unified ideograph, in eighths: -log2 of its share in Chinese text."""
    count, total = {}, 0
    with open(words, encoding="utf-8") as f:
        for line in f:
            word, n = line.split()[:2]
            for c in word:
                if 0x4E00 <= ord(c) <= 0x9FFF:
                    count[c] = count.get(c, 0) + int(n)
                    total += int(n)
    # A traditional form is as common as the simplified one where it is used at all.
    with open(simplified, encoding="utf-8") as f:
        for line in f:
            form, others = line.rstrip("\n").split("\t")
            if len(form) == 1:
                count[form] = max(count.get(form, 0), count.get(others.split()[0], 0) // 2)
    bits = []
    for cp in range(0x4E00, 0xA000):
        share = (count.get(chr(cp), 0) + 0.5) / total
        bits.append(min(160, round(-8 * math.log2(share))))
    text = head("How common a unified ideograph is: -log2 of its share among those of Chinese text, in eighths of a bit.",
                "jieba's word frequencies (MIT), traditional\n * forms by OpenCC's TSCharacters (Apache 2.0)")
    text += "static const uint8_t han_bits[0x5200] = {\n" + rows(bits, 24, "%d,") + "};\n"
    write("han_table.h", text)


# ---- what text in UTF-8 or GBK has been shown as ----

ONE_BYTE = [("windows_1252", "cp1252"), ("mac_cyrillic", "mac_cyrillic"), ("windows_1251", "cp1251"),
            ("mac_roman", "mac_roman")]


def one_byte():
    text = head("Encodings of one byte: the characters of 80 to FF.",
                "Python's codecs; codes without a character are the\n * control characters of their number, as browsers have it")
    for name, codec in ONE_BYTE:
        values = []
        for b in range(0x80, 0x100):
            c = bytes([b]).decode(codec, "replace")
            values.append(b if c == "\uFFFD" else ord(c))
        text += "static const uint16_t %s[128] = {\n%s};\n\n" % (name, rows(values, 16).replace("\t\t", "\t"))
    write("one_byte_table.h", text.rstrip("\n") + "\n")


def main():
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    folder, charmap, words, simplified = sys.argv[1:]
    gb18030(folder)
    big5(folder)
    cns(charmap)
    one_byte()
    commonness(words, simplified)


main()
