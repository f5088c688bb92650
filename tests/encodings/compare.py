#!/usr/bin/env python3
"""Every code of the decoders against glibc's iconv, Python's codecs and the WHATWG indexes.

    compare.py CODES PAGE [INDEXES]   CODES: the program of codes.c; PAGE: docs/encodings.md, whose last part lists the
                                      differences; INDEXES: index-*.txt of tools/whatwg-index.mjs, if there
    UPDATE=1 compare.py …             writes that part anew; read the diff
    ALL=1 compare.py …                all codes of GB 18030 above the basic plane, not one in 101

The encodings of Unicode are held against Python and, where it is, Node.js: no difference is allowed there.

The list holds for the versions that the page names; with others it is not compared, and that is said.
"""
import ctypes
import itertools
import os
import platform
import subprocess
import sys
import tempfile

MARK = "<!-- from here on: tests/encodings/compare.py -->\n"

libc = ctypes.CDLL(None, use_errno=True)
libc.iconv_open.restype = ctypes.c_void_p
libc.iconv_open.argtypes = [ctypes.c_char_p, ctypes.c_char_p]
libc.iconv.restype = ctypes.c_size_t
libc.iconv.argtypes = [ctypes.c_void_p] + [ctypes.c_void_p] * 4


class Iconv:
    def __init__(self, name):
        self.cd = libc.iconv_open(b"UTF-32LE", name.encode())
        if self.cd == ctypes.c_void_p(-1).value:
            raise LookupError(name)
        self.out = ctypes.create_string_buffer(64)

    def __call__(self, raw):
        libc.iconv(self.cd, None, None, None, None)
        source = ctypes.create_string_buffer(raw, len(raw))
        begin, left = ctypes.c_void_p(ctypes.addressof(source)), ctypes.c_size_t(len(raw))
        to, room = ctypes.c_void_p(ctypes.addressof(self.out)), ctypes.c_size_t(64)
        r = libc.iconv(self.cd, ctypes.byref(begin), ctypes.byref(left), ctypes.byref(to), ctypes.byref(room))
        if r != 0 or left.value:
            return None
        # a letter that might take a mark is held back until it is asked for
        libc.iconv(self.cd, None, None, ctypes.byref(to), ctypes.byref(room))
        text = self.out.raw[:64 - room.value].decode("utf-32-le", "surrogatepass")
        return text or None


def codec(name):
    def decode(raw):
        try:
            return raw.decode(name) or None
        except UnicodeDecodeError:
            return None
    return decode


def index(folder, name):
    with open(os.path.join(folder, "index-%s.txt" % name), encoding="utf-8") as f:
        lines = [line.split() for line in f if not line.startswith("#")]
    return {int(p): [int(c, 16) for c in codes.split("+")] for p, codes in lines}


def whatwg(folder, name):
    """The decoders of https://encoding.spec.whatwg.org, sections 10.2 and 12.1, for one code."""
    table = index(folder, name)
    ranges = sorted((p, c[0]) for p, c in index(folder, "gb18030-ranges").items())

    def big5(raw):
        if len(raw) != 2 or not 0x81 <= raw[0] <= 0xFE or not (0x40 <= raw[1] <= 0x7E or 0xA1 <= raw[1] <= 0xFE):
            return None
        return table.get((raw[0] - 0x81) * 157 + raw[1] - (0x40 if raw[1] < 0x7F else 0x62))

    def gb18030(raw):
        if raw == b"\x80":
            return [0x20AC]
        if len(raw) == 2 and 0x81 <= raw[0] <= 0xFE and (0x40 <= raw[1] <= 0x7E or 0x80 <= raw[1] <= 0xFE):
            return table.get((raw[0] - 0x81) * 190 + raw[1] - (0x40 if raw[1] < 0x7F else 0x41))
        if len(raw) != 4 or raw[0] > 0xFE or raw[2] > 0xFE:
            return None
        p = ((raw[0] - 0x81) * 10 + raw[1] - 0x30) * 1260 + (raw[2] - 0x81) * 10 + raw[3] - 0x30
        if 39419 < p < 189000 or p > 1237575:
            return None
        if p == 7457:
            return [0xE7C7]
        at = max(x for x in ranges if x[0] <= p) if p < 189000 else ranges[-1]
        return [at[1] + p - at[0]]

    find = big5 if name == "big5" else gb18030

    def decode(raw):
        found = find(raw)
        return "".join(map(chr, found)) if found else None
    return decode


def others(name, indexes):
    """name of the other, its decoder"""
    table = {
        "GB18030": [("glibc", "GB18030"), ("Python", "gb18030")],
        "Big5": [("glibc", "BIG5-HKSCS"), ("Python", "big5hkscs")],
        "HZ-GB-2312": [("Python", "hz")],
        "ISO-2022-CN": [("glibc", "ISO-2022-CN")],
    }[name]
    for who, theirs in table:
        yield "%s %s" % (who, theirs), Iconv(theirs) if who == "glibc" else codec(theirs)
    if indexes and name in ("GB18030", "Big5"):
        yield "WHATWG", whatwg(indexes, name.lower())


def dump(codes, name):
    argv = [codes, "dump", name] + (["all"] if os.environ.get("ALL") else [])
    for line in subprocess.run(argv, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines():
        raw, _, text = line.partition("\t")
        yield bytes.fromhex(raw), "".join(chr(int(c, 16)) for c in text.split()) or None


def shown(raw, name):
    """The code itself, without the escapes."""
    if name == "ISO-2022-CN":
        return {0x41: "GB ", 0x47: "1 ", 0x48: "2 "}[raw[3]] + raw[-2:].hex().upper()
    return (raw[-2:] if name == "HZ-GB-2312" else raw).hex().upper()


def point(text):
    return "none" if text is None else " ".join("U+%04X" % ord(c) for c in text)


def kind(ours, theirs):
    if ours is None or theirs is None:
        return "only there" if ours is None else "only here"
    return "another"


def groups(found):
    """Neighbours of one kind become one line, unless both have a character: those are shown one by one."""
    out = []
    for i, raw, ours, theirs in found:
        k = kind(ours, theirs)
        steady = k == "another" and out and out[-1][0] == k and len(ours) == len(theirs) == 1 and \
            ord(ours) - ord(out[-1][3][1]) == 1 and ord(theirs) - ord(out[-1][3][2]) == 1
        if out and out[-1][0] == k and i == out[-1][1] + 1 and (k != "another" or steady):
            out[-1][1], out[-1][3] = i, (raw, ours, theirs)
            out[-1][4] += 1
        else:
            out.append([k, i, (raw, ours, theirs), (raw, ours, theirs), 1])
    return out


# ---- the encodings of Unicode: every code point, and what is none ----

SPOILED_UTF8 = bytes.fromhex("00 41 7F 80 8F 90 9F A0 BF C0 C1 C2 DF E0 E1 EC ED EE EF F0 F1 F3 F4 F5 FF")
SPOILED_UNITS = [0x41, 0x4E2D, 0xD7FF, 0xD800, 0xDBFF, 0xDC00, 0xDFFF, 0xE000, 0xFFFE, 0xFFFF]
SPOILED_LONG = [0x41, 0xD7FF, 0xD800, 0xDFFF, 0xE000, 0xFFFF, 0x10000, 0x10FFFF, 0x110000, 0x80000000, 0xFFFFFFFF]


def unicode_bytes(name):
    """Every code point; behind it sequences of what is at the edges of the encoding, each ended by "|"."""
    order = "big" if name.endswith("BE") else "little"
    all_points = "".join(map(chr, itertools.chain(range(0xD800), range(0xE000, 0x110000)))).encode(name)
    end = "|".encode(name)
    if name == "UTF-8":
        spoiled = (bytes(s) for n in (1, 2, 3, 4) for s in itertools.product(SPOILED_UTF8, repeat=n))
    else:
        units, size = (SPOILED_UNITS, 2) if name.startswith("UTF-16") else (SPOILED_LONG, 4)
        spoiled = (b"".join(u.to_bytes(size, order) for u in s) for n in (1, 2, 3, 4) for s in itertools.product(units, repeat=n))
    return all_points + b"".join(s + end for s in spoiled)


NODE = """
const fs = require('fs'), [name, path] = process.argv.slice(1)
fs.writeFileSync('/dev/stdout', Buffer.from(new TextDecoder(name, { ignoreBOM: true }).decode(fs.readFileSync(path))))
"""


def node_decode(name, path):
    """The TextDecoder of Node.js, which is the WHATWG's; None where there is no Node.js, and for UTF-32."""
    try:
        done = subprocess.run(["node", "-e", NODE, name, path],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None


def unicode_failures(codes):
    """(differences, names of who was asked)"""
    bad, asked = [], set()
    for name in ("UTF-8", "UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE"):
        raw = unicode_bytes(name)
        with tempfile.NamedTemporaryFile() as f:
            f.write(raw)
            f.flush()
            ours = subprocess.run([codes, "decode", name, f.name], check=True, stdout=subprocess.PIPE).stdout
            others = {"Python": raw.decode(name, "replace").encode()}
            theirs = node_decode(name, f.name) if not name.startswith("UTF-32") else None
            if theirs is not None:
                others["Node.js"] = theirs
        asked.update(others)
        bad += ["%s: otherwise decoded by %s" % (name, who) for who, text in others.items() if text != ours]
    return bad, sorted(asked)


def listing(codes, indexes, whatwg_failures):
    lines = ["Compared with glibc %s and Python %s.\n" % (platform.libc_ver()[1], platform.python_version())]
    for name in ("GB18030", "Big5", "HZ-GB-2312", "ISO-2022-CN"):
        all_codes = list(dump(codes, name))
        for who, decode in others(name, indexes):
            found = [(i, raw, ours, theirs) for i, (raw, ours) in enumerate(all_codes)
                     for theirs in [decode(raw)] if theirs != ours]
            if who == "WHATWG":
                whatwg_failures += ["%s %s: %s here, %s there" % (name, r.hex(), point(a), point(b)) for _, r, a, b in found]
                continue
            lines.append("\n### %s and %s\n" % (name, who))
            if not found:
                lines.append("No difference.\n")
                continue
            lines.append("| code | how many | here | there |\n| --- | --- | --- | --- |\n")
            for k, _, first, last, count in groups(found):
                code = shown(first[0], name) + (" to " + shown(last[0], name) if count > 1 else "")
                cells = [point(x) + (" to " + point(y) if count > 1 and None not in (x, y) else "")
                         for x, y in ((first[1], last[1]), (first[2], last[2]))]
                lines.append("| %s | %d | %s | %s |\n" % (code, count, *cells))
        if name in ("GB18030", "Big5"):
            lines.append("\n### %s and the WHATWG Encoding Standard\n\nNo difference.\n" % name)
    lines.append("\n### UTF-8, UTF-16, UTF-32 and Python, Node.js's TextDecoder (WHATWG)\n\n"
                 "No difference: all code points, and all sequences of one to four of the bytes or units at the edges of the\n"
                 "encodings (lone surrogates, overlong forms, cut ones, beyond U+10FFFF).\n")
    return "".join(lines)


def main():
    codes, page = sys.argv[1:3]
    indexes = sys.argv[3] if len(sys.argv) > 3 else "build/whatwg"
    indexes = indexes if os.path.isdir(indexes) else None
    failures = []
    try:
        text = listing(codes, indexes, failures)
    except LookupError as e:
        print("skipped: iconv has no %s here" % e)
        return 0
    with open(page, encoding="utf-8") as f:
        head, _, kept = f.read().partition(MARK)
    for line in failures[:20]:
        print("FAIL: not as the WHATWG has it: " + line)
    wrong, asked = unicode_failures(codes)
    for line in wrong:
        print("FAIL: " + line)
    if os.environ.get("UPDATE"):
        with open(page, "w", encoding="utf-8") as f:
            f.write(head + MARK + text)
    elif text.split("\n", 1)[0] != kept.split("\n", 1)[0]:
        print("skipped: %s was made with other versions (%s)" % (page, kept.split("\n", 1)[0]))
    elif text != kept:
        print("FAIL: %s lists other differences; UPDATE=1 %s writes them" % (page, sys.argv[0]))
        return 1
    print("codes compared with glibc and Python%s: %d lines of differences, all of them listed; Unicode's encodings as %s" %
          (" and the WHATWG" if indexes else "", text.count("\n|"), " and ".join(asked)))
    return 1 if failures or wrong else 0


sys.exit(main())
