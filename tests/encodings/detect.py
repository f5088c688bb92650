#!/usr/bin/env python3
"""Detection on generated snippets, alone or against others in the same run.

    detect.py CODES [PEERS]     CODES: the program of codes.c; PEERS: a virtual environment with chardet,
                                charset-normalizer and faust-cchardet (uchardet's code)

An answer is right when decoding the snippet in it gives the text that was encoded. What is in an encoding that gongwen
does not read (Japanese and Korean ones) must be named as such. Ends with 1 when the promises below do not hold.
"""
import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import snippets

PROMISED = 0.995  # of the snippets of 200 bytes and more


def same(name, raw, text):
    if not name:
        return False
    name = {"iso-2022-cn": "iso2022_cn", "hz-gb-2312": "hz", "windows-949": "cp949", "uhc": "cp949"}.get(name.lower(), name)
    if name == "iso2022_cn":
        return snippets.iso2022_cn(text) == raw
    try:
        return raw.decode(name) == text
    except (LookupError, UnicodeDecodeError):
        return False


def ours(codes, folder, cases):
    names = os.path.join(folder, "list")
    with open(names, "w") as f:
        for i, case in enumerate(cases):
            path = os.path.join(folder, "%d" % i)
            with open(path, "wb") as one:
                one.write(case[4])
            f.write(path + "\n")
    out = subprocess.run([codes, "detect", names], check=True, stdout=subprocess.PIPE, text=True).stdout.split("\n")
    return [name.lstrip("!") for name in out[:len(cases)]]


PEER = """
import json, sys
import %s as m
for i in range(int(sys.argv[2])):
    raw = open(sys.argv[1] + '/%%d' %% i, 'rb').read()
    print(json.dumps(%s))
"""
PEERS = [
    ("uchardet (faust-cchardet)", "cchardet", "m.detect(raw)['encoding']"),
    ("chardet", "chardet", "m.detect(raw)['encoding']"),
    ("charset-normalizer", "charset_normalizer", "getattr(m.from_bytes(raw).best(), 'encoding', None)"),
]


def peer(venv, folder, count, module, call):
    done = subprocess.run([os.path.join(venv, "bin", "python3"), "-c", PEER % (module, call), folder, str(count)],
                          check=True, stdout=subprocess.PIPE, text=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def main():
    codes, venv = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None
    cases = list(snippets.generate(int(os.environ.get("SEED", "1"))))
    with tempfile.TemporaryDirectory() as folder:
        answers = {"gongwen": ours(codes, folder, cases)}
        for name, module, call in PEERS if venv else []:
            answers[name] = peer(venv, folder, len(cases), module, call)
    right = {who: [same(a, c[4], c[3]) for a, c in zip(found, cases)] for who, found in answers.items()}

    for who, good in right.items():
        if who == "gongwen" or os.environ.get("V"):
            for g, a, (_, language, codec, text, raw) in zip(good, answers[who], cases):
                if not g:
                    print("wrong: %s in %s, %d bytes, %s says %s: %r" % (language, codec, len(raw), who, a, text[:30]))
    print("%-28s" % "bytes" + "".join("%12s" % ("%d-%d" % (a, b - 1)) for a, b in snippets.CLASSES) + "%10s" % "all")
    bad = []
    for who, good in right.items():
        shares = []
        for k in snippets.CLASSES:
            part = [g for g, c in zip(good, cases) if c[0] == k]
            shares.append(sum(part) / len(part))
        print("%-28s" % who + "".join("%11.2f%%" % (100 * s) for s in shares) + "%9.2f%%" % (100 * sum(good) / len(good)))
        if who == "gongwen":
            mine = shares
        else:
            bad += ["%s is better at %d to %d bytes" % (who, *k) for k, m, s in zip(snippets.CLASSES, mine, shares) if s > m]
    long_ones = [g for g, c in zip(right["gongwen"], cases) if c[0][0] >= 200]
    share = sum(long_ones) / len(long_ones)
    if share < PROMISED:
        bad.append("%.2f %% at 200 bytes and more, %.1f %% are promised" % (100 * share, 100 * PROMISED))
    for line in bad:
        print("FAIL: " + line)
    print("%d snippets, %.2f %% right at 200 bytes and more" % (len(cases), 100 * share))
    sys.exit(1 if bad else 0)


main()
