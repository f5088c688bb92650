#!/usr/bin/env python3
"""Writes pipeline/base/fold_table.h: what gw_fold makes of every character.

    tools/gen-fold.py > pipeline/base/fold_table.h

Most of it comes from the compatibility mappings of the Unicode Character Database as Python's unicodedata holds them;
what Unicode has no mapping for, or another one than policy documents need, is listed below with the reason.
The script checks that folding twice is the same as folding once.
"""
import sys
import unicodedata

KEEP, MORE, BLANK, BREAK, NOTHING = range(5)

# Characters that share a meaning in documents though Unicode keeps them apart.
GROUPS = {
    "(": "⦅｟",
    ")": "⦆｠",
    "[": "［【〔〖〘〚⁅",
    "]": "］】〕〗〙〛⁆",
    '"': "“”„‟「」『』＂〝〞〟",
    "'": "‘’‚‛＇",
    "-": "—–―‐‑‒－−─━⸺⸻⁃",
    "~": "～〜∼⁓",
    ":": "：∶﹕︰꞉",
    ".": "．﹒․",
    "≥": "≧⩾",
    "≤": "≦⩽",
    "〇": "○◯",
    "…": "⋯",
    "·": "・･‧∙⋅",
}

# Unicode has no mapping for most of the CJK Radicals Supplement. Text taken from PDF is full of them, because fonts
# name one glyph for both. Only radicals that look like the whole character are listed.
RADICALS = (
    "⺁厂⺆冂⺊卜⺎兀⺒巳⺓幺⺛旡⺝月⺟母⺠民⺧牛⺩王⺫目⺬示⺰纟⺶羊⺷羊⺸羊⺼肉⺽臼⻁虎⻃西⻄西⻅见⻆角⻇角⻈讠⻉贝⻊足⻋车⻌辶⻍辶⻎辶"
    "⻏阝⻐钅⻑長⻓长⻔门⻖阝⻗雨⻘青⻙韦⻚页⻛风⻜飞⻝食⻞食⻟飠⻠饣⻡首⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻬齐⻮齿⻰龙⻳龟"
    # Kangxi radicals whose mapping is a form that simplified text does not use
    "⼾户⾭青"
)

BREAKS = [0x0A, 0x0B, 0x0C, 0x0D, 0x85, 0x2028, 0x2029]
BLANKS = [0x09, 0x20, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x2800, 0x3000]
NOTHINGS = [
    *range(0x00, 0x09), *range(0x0E, 0x20), *range(0x7F, 0x85), *range(0x86, 0xA0),  # controls
    0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, *range(0x180B, 0x1810), *range(0x200B, 0x2010),
    *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0x3164, *range(0xFE00, 0xFE10), 0xFEFF, 0xFFA0,
    *range(0xFFF9, 0xFFFD), *range(0xE0000, 0xE1000),  # default ignorable, annotation marks, object replacement
]


def decomposition(c):
    kind, _, rest = unicodedata.decomposition(c).rpartition("> ")
    return kind.lstrip("<"), "".join(chr(int(x, 16)) for x in rest.split())


def by_unicode(cp):
    """The character's compatibility form where it is one of the kinds that only differ in looks, else None."""
    c = chr(cp)
    kind, _ = decomposition(c)
    plain = unicodedata.normalize("NFKC", c)
    if kind in ("wide", "narrow", "small", "vertical") and len(plain) == 1:
        return plain
    if kind == "font" and plain.isascii() and plain.isalnum():
        return plain
    if 0x2E80 <= cp <= 0x2FDF and plain != c:
        return plain
    if 0xF900 <= cp <= 0xFAFF or 0x2F800 <= cp <= 0x2FA1F:
        return plain if len(plain) == 1 and plain != c else None
    # ⑴ ⒈ ⒜ ㈠: numbering in one character
    if 0x2474 <= cp <= 0x24B5 or 0x3220 <= cp <= 0x3243:
        return plain
    return None


def build():
    table = {}
    for cp in range(0x110000):
        if 0xD800 <= cp <= 0xDFFF:
            continue
        plain = by_unicode(cp)
        if plain is not None:
            table[cp] = plain
    for plain, chars in GROUPS.items():
        for c in chars:
            table[ord(c)] = plain
    for radical, plain in zip(RADICALS[::2], RADICALS[1::2]):
        table[ord(radical)] = plain
    # a mapping may lead to a character that has one of its own (︻ to 【 to [)
    for cp, plain in table.items():
        table[cp] = "".join(table.get(ord(c), c) for c in plain)
    for classes, members in ((BLANK, BLANKS), (BREAK, BREAKS), (NOTHING, NOTHINGS)):
        for cp in members:
            table[cp] = classes
    return table


def check(table):
    for cp, value in table.items():
        if isinstance(value, int):
            continue
        assert 1 <= len(value) <= 4, hex(cp)
        assert value != chr(cp), hex(cp)
        for c in value:
            assert ord(c) not in table, (hex(cp), value)


def main():
    table = build()
    check(table)
    sequences = sorted({v for v in table.values() if isinstance(v, str) and len(v) > 1})
    number = {v: i for i, v in enumerate(sequences)}

    def entry(cp):
        value = table.get(cp)
        if value is None:
            return 0
        if isinstance(value, int):
            return value << 24
        if len(value) > 1:
            return MORE << 24 | number[value]
        return KEEP << 24 | ord(value)

    pages, index = [[0] * 256], []
    for high in range(0x1100):
        page = [entry(high << 8 | low) for low in range(256)]
        if page not in pages:
            pages.append(page)
        index.append(pages.index(page))

    out = sys.stdout.write
    out("/* Made by tools/gen-fold.py from the Unicode Character Database %s (Python's unicodedata); do not edit.\n"
        % unicodedata.unidata_version)
    out(" *\n * fold_index[c >> 8] names a page; fold_pages[page][c & 255] is 0 for a character that stays as it is,\n"
        " * else class << 24 | character (GW_FOLD_KEEP) or class << 24 | sequence (GW_FOLD_MORE). */\n")
    out("static const uint8_t fold_index[0x1100] = {\n")
    for i in range(0, len(index), 32):
        out("\t" + " ".join("%d," % x for x in index[i:i + 32]) + "\n")
    out("};\n\nstatic const uint32_t fold_pages[%d][256] = {\n" % len(pages))
    for page in pages:
        out("\t{\n")
        for i in range(0, 256, 8):
            if any(page[i:i + 8]):
                out("\t\t[%d] = %s\n" % (i, " ".join("0x%X," % x for x in page[i:i + 8])))
        out("\t},\n" if any(page) else "\t\t0\n\t},\n")
    out("};\n\n/* length, then the characters */\nstatic const uint32_t fold_sequences[%d][5] = {\n" % len(sequences))
    for s in sequences:
        out("\t{%d, %s}, /* %s */\n" % (len(s), ", ".join("0x%X" % ord(c) for c in s), s))
    out("};\n")


main()
