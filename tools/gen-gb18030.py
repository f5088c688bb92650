#!/usr/bin/env python3
"""Writes pipeline/ingest/decode/gb18030_table.h: the mapping of GB 18030.

    tools/gen-gb18030.py > pipeline/ingest/decode/gb18030_table.h

Python's gb18030 codec follows GB 18030-2000. The standard has since given 19 two-byte codes, which the first edition
had to send to the private use area, the characters that they always stood for (one in 2005, eighteen in 2022); those are
taken over here. The four-byte codes of the same characters keep decoding to them too, as in the WHATWG Encoding Standard.
"""
import sys

SINCE_2005 = {0xA8BC: 0x1E3F}
SINCE_2022 = {
    0xA6D9: 0xFE10, 0xA6DA: 0xFE12, 0xA6DB: 0xFE11, 0xA6DC: 0xFE13, 0xA6DD: 0xFE14, 0xA6DE: 0xFE15, 0xA6DF: 0xFE16,
    0xA6EC: 0xFE17, 0xA6ED: 0xFE18, 0xA6F3: 0xFE19, 0xFE59: 0x9FB4, 0xFE61: 0x9FB5, 0xFE66: 0x9FB6, 0xFE67: 0x9FB7,
    0xFE6D: 0x9FB8, 0xFE7E: 0x9FB9, 0xFE90: 0x9FBA, 0xFEA0: 0x9FBB,
}


def two_bytes():
    rows = []
    for lead in range(0x81, 0xFF):
        row = []
        for trail in [*range(0x40, 0x7F), *range(0x80, 0xFF)]:
            code = lead << 8 | trail
            c = ord(bytes([lead, trail]).decode("gb18030"))
            row.append(SINCE_2005.get(code, SINCE_2022.get(code, c)))
        rows.append(row)
    return rows


def four_bytes():
    """The basic plane: stretches in which code point minus linear index is constant."""
    ranges, before = [], None
    for linear in range(39420):
        rest, d = divmod(linear, 10)
        rest, c = divmod(rest, 126)
        a, b = divmod(rest, 10)
        raw = bytes([0x81 + a, 0x30 + b, 0x81 + c, 0x30 + d])
        try:
            code = ord(raw.decode("gb18030"))
        except UnicodeDecodeError:
            code = None
        step = None if code is None else code - linear
        if step != before or linear == 0:
            ranges.append((linear, code))
        before = step
    ranges.append((39420, None))
    return ranges


def main():
    out = sys.stdout.write
    out("/* Made by tools/gen-gb18030.py from Python's gb18030 codec (GB 18030-2000) with the changes of the editions of 2005\n"
        " * and 2022; do not edit. */\n\n")
    out("/* [lead - 0x81][trail - 0x40, one less above 0x7F] */\n")
    out("static const uint16_t gb_pairs[126][190] = {\n")
    for row in two_bytes():
        out("\t{\n")
        for i in range(0, 190, 10):
            out("\t\t" + " ".join("0x%X," % c for c in row[i:i + 10]) + "\n")
        out("\t},\n")
    out("};\n\n/* Four-byte codes of the basic plane by linear index; code 0 marks a stretch without characters. */\n")
    ranges = four_bytes()
    out("static const struct {\n\tuint16_t linear, code;\n} gb_ranges[%d] = {\n" % len(ranges))
    for i in range(0, len(ranges), 6):
        out("\t" + " ".join("{%d, 0x%X}," % (a, c or 0) for a, c in ranges[i:i + 6]) + "\n")
    out("};\n")


main()
