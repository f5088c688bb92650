"""Generated snippets in all encodings: the same ones every time (a seed and the texts of this tree)."""
import glob
import os
import random

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(HERE, "..", "data")
CLASSES = [(50, 100), (100, 200), (200, 500), (500, 1000), (1000, 2000)]

# language, Python codec (None: written here), how many in each class of length
PLAN = [
    ("zh", "utf-8", 30), ("zh", "gb18030", 60), ("zh", "utf-16-le", 25), ("zh", "utf-16-be", 25),
    ("zh", "utf-32-le", 10), ("zh", "utf-32-be", 10), ("zh", "hz", 20), ("zh", "iso2022_cn", 20),
    ("hant", "utf-8", 15), ("hant", "big5", 60), ("hant", "gb18030", 25), ("hant", "utf-16-le", 10),
    ("hant", "utf-16-be", 10),
    ("en", "ascii", 20), ("en", "utf-16-le", 10), ("en", "utf-16-be", 10), ("en", "utf-32-le", 5),
    ("numbers", "ascii", 20), ("numbers", "utf-16-le", 10), ("numbers", "utf-16-be", 10), ("numbers", "gb18030", 10),
    ("ja", "utf-8", 10), ("ja", "shift_jis", 15), ("ja", "euc_jp", 15), ("ja", "iso2022_jp", 5), ("ja", "utf-16-le", 5),
    ("ko", "utf-8", 10), ("ko", "euc_kr", 20), ("ko", "utf-16-le", 5),
]


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def texts():
    found = {name: read(os.path.join(HERE, "texts", name + ".txt")) for name in ("en", "ja", "ko")}
    found["hant"] = read(os.path.join(HERE, "texts", "zh-Hant.txt"))
    found["zh"] = "".join(read(p) for p in sorted(glob.glob(os.path.join(DATA, "*", "docs", "*.txt"))))
    return found


def numbers(rng, han):
    """Rows of a table; with `han` its heads are words."""
    rows = []
    for _ in range(rng.randint(300, 400)):
        cells = ["%d" % rng.randint(0, 99999), "%.2f" % rng.uniform(0, 100), "%.1f%%" % rng.uniform(0, 100),
                 "%d-%02d-%02d" % (rng.randint(2000, 2035), rng.randint(1, 12), rng.randint(1, 28))]
        rng.shuffle(cells)
        if han and rng.random() < 0.3:
            cells.insert(0, rng.choice(["合计", "其中", "全市", "上年", "总计", "增长"]))
        rows.append(rng.choice(["\t", ",", "  "]).join(cells))
    return "\n".join(rows)


def iso2022_cn(text):
    """GB 2312 alone; designated once a line, as RFC 1922 asks for."""
    out = bytearray()
    for line in text.split("\n"):
        shifted = designated = False
        for c in line:
            raw = c.encode("gb2312")
            wide = len(raw) == 2
            if wide and not designated:
                out += b"\x1b$)A"
                designated = True
            if wide != shifted:
                out += b"\x0e" if wide else b"\x0f"
                shifted = wide
            out += bytes(b & 0x7F for b in raw)
        out += b"\x0f\n" if shifted else b"\n"
    return bytes(out[:-1])


def encoded(text, codec):
    if codec == "iso2022_cn":
        return iso2022_cn(text)
    return text.encode(codec)


def usable(text, codec):
    narrow = {"hz": "gb2312", "iso2022_cn": "gb2312"}.get(codec, codec)
    return "".join(c for c in text if c.encode(narrow, "ignore"))


def telling(text, codec):
    """A snippet in which nothing but ASCII happens to stand says nothing of its encoding."""
    return codec == "ascii" or codec.startswith("utf-") or sum(ord(c) > 127 for c in text) >= 4


def snippet(rng, text, codec, low, high):
    """(text, bytes): whole characters, of at least `low` and less than `high` bytes."""
    while True:
        want = rng.randrange(low, high)
        begin = rng.randrange(len(text))
        piece = text[begin:begin + want]
        # the longest beginning that still fits
        a, b = 1, len(piece)
        while a < b:
            middle = (a + b + 1) // 2
            if len(encoded(piece[:middle], codec)) <= want:
                a = middle
            else:
                b = middle - 1
        piece = piece[:a]
        raw = encoded(piece, codec)
        if low <= len(raw) < high and telling(piece, codec):
            return piece, raw


def generate(seed=1):
    """Yields (class, language, codec, text, bytes)."""
    rng = random.Random(seed)
    found = texts()
    usable_texts = {(l, c): usable(found[l], c) for l, c, _ in PLAN if l != "numbers"}
    for low, high in CLASSES:
        for language, codec, count in PLAN:
            for _ in range(count):
                if language == "numbers":
                    text = numbers(rng, codec == "gb18030")
                else:
                    text = usable_texts[language, codec]
                piece, raw = snippet(rng, text, codec, low, high)
                yield (low, high), language, codec, piece, raw
