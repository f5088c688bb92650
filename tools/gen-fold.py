#!/usr/bin/env python3
"""Writes pipeline/base/fold_table.h: what gw_fold makes of every character.

    tools/gen-fold.py TSCharacters.txt > pipeline/base/fold_table.h

Most of it comes from the compatibility mappings of the Unicode Character Database as Python's unicodedata holds them;
what Unicode has no mapping for, or another one than policy documents need, is listed below with the reason.
Traditional characters become simplified ones by OpenCC's TSCharacters.txt (https://github.com/BYVoid/OpenCC, Apache 2.0; in
PyPI's opencc-python-reimplemented), but for those that simplified text uses too (乾 in 乾县): what stands in GB 2312 stays.
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


# Characters of GB 2312 that simplified text has in names of persons only, and traditional text in every line.
ALSO_TRADITIONAL = "後后於于徵征麽么夥伙菸烟"

# GBK had no code points for these when it was made; converters of the time (and fonts ever since) put them here.
GBK_PRIVATE = {
    0xE7C7: 0x1E3F, 0xE78D: 0xFE10, 0xE78E: 0xFE12, 0xE78F: 0xFE11, 0xE790: 0xFE13, 0xE791: 0xFE14, 0xE792: 0xFE15,
    0xE793: 0xFE16, 0xE794: 0xFE17, 0xE795: 0xFE18, 0xE796: 0xFE19, 0xE816: 0x20087, 0xE817: 0x20089, 0xE818: 0x200CC,
    0xE831: 0x215D7, 0xE83B: 0x2298F, 0xE855: 0x241FE, 0xE81E: 0x9FB4, 0xE826: 0x9FB5, 0xE82B: 0x9FB6, 0xE82C: 0x9FB7,
    0xE832: 0x9FB8, 0xE843: 0x9FB9, 0xE854: 0x9FBA, 0xE864: 0x9FBB,
}
# Bullets of Symbol and Wingdings as word processors leave them.
SYMBOL_FONTS = {0xF0B7: "•", 0xF09F: "•", 0xF06C: "●", 0xF06E: "■", 0xF0A7: "■", 0xF075: "◆", 0xF0D8: "➢", 0xF0FC: "✓"}


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
    # ㋀ ㍘ ㏠: months, hours and days in one character
    if 0x32C0 <= cp <= 0x32CB or 0x3358 <= cp <= 0x3370 or 0x33E0 <= cp <= 0x33FE:
        return plain
    return None


def private_use():
    table = {cp: chr(c) for cp, c in GBK_PRIVATE.items()}
    for k, trail in enumerate([*range(0x50, 0x7F), *range(0x80, 0xA1)]):
        c = ord(bytes([0xFE, trail]).decode("gb18030"))
        if not 0xE000 <= c <= 0xF8FF:
            table.setdefault(0xE815 + k, chr(c))
    table.update(SYMBOL_FONTS)
    return table


def in_gb2312(c):
    return bool(c.encode("gb2312", "ignore"))


def simplified(path):
    """Traditional to simplified, basic plane only."""
    table = {}
    with open(path, encoding="utf-8") as f:
        for line in f:
            form, others = line.rstrip("\n").split("\t")
            plain = others.split()[0]
            if len(form) == len(plain) == 1 and form != plain and not in_gb2312(form) and ord(form) < 0x10000 \
                    and ord(plain) < 0x10000:
                table[form] = plain
    table.update(zip(ALSO_TRADITIONAL[::2], ALSO_TRADITIONAL[1::2]))
    for form, plain in table.items():
        table[form] = table.get(plain, plain)
    return {ord(form): plain for form, plain in table.items()}


def build(path):
    table = simplified(path)
    table.update(private_use())
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
    for _ in range(2):
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


def han(table):
    """Unified ideographs: one bit each, and the characters of the set bits in order."""
    bits, rank, to = [0] * 656, [0] * 656, []
    for i in range(656):
        rank[i] = len(to)
        for k in range(32):
            plain = table.get(0x4E00 + i * 32 + k)
            if plain is not None:
                bits[i] |= 1 << k
                to.append(ord(plain))
    return bits, rank, to


def numbers(name, kind, values, per_line, form):
    return "%s %s[%d] = {\n" % (kind, name, len(values)) + "".join(
        "\t" + " ".join(form % x for x in values[i:i + per_line]) + "\n" for i in range(0, len(values), per_line)) + "};\n\n"


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    table = build(sys.argv[1])
    check(table)
    sequences = sorted({v for v in table.values() if isinstance(v, str) and len(v) > 1})
    number = {v: i for i, v in enumerate(sequences)}

    def entry(cp):
        value = None if 0x4E00 <= cp <= 0x9FFF else table.get(cp)
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
    out("/* Made by tools/gen-fold.py from the Unicode Character Database %s (Python's unicodedata) and OpenCC's\n"
        " * TSCharacters (Apache 2.0); do not edit.\n" % unicodedata.unidata_version)
    out(" *\n * fold_index[c >> 8] names a page; fold_pages[page][c & 255] is 0 for a character that stays as it is,\n"
        " * else class << 24 | character (GW_FOLD_KEEP) or class << 24 | sequence (GW_FOLD_MORE). */\n")
    bits, rank, to = han(table)
    out("/* Unified ideographs: the characters for the set bits stand in fold_han_to, from fold_han_rank on. */\n")
    out(numbers("gw_fold_han_bits", "const uint32_t", bits, 12, "0x%X,"))
    out(numbers("fold_han_rank", "static const uint16_t", rank, 24, "%d,"))
    out(numbers("fold_han_to", "static const uint16_t", to, 16, "0x%X,"))
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
