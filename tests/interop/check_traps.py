#!/usr/bin/env python3
"""What readers have stumbled over, one by one; needs nothing but Python:   check_traps.py SNAPSHOT [EPOCH]

EPOCH: what SOURCE_DATE_EPOCH was when it was published."""
import csv
import datetime
import json
import os
import re
import sys

import snapshot

folder, epoch = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None
data = os.path.join(folder, "data")
package = snapshot.package(folder)
traps = 0


def holds(what, *places):
    global traps
    assert all(places), what
    traps += 1


def walk(value, path=()):
    yield path, value
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from walk(inner, path + (key,))


def read(path, **how):
    with open(os.path.join(folder, path), **how) as f:
        return f.read()


# ---- datapackage.json ----
resources = package["resources"]
csvs = [r for r in resources if r["format"] == "csv"]
lines = [r for r in resources if r["format"] == "jsonl"]
holds("the profile of version 2", package["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json")
holds("names are lower case", *[re.fullmatch("[-a-z0-9._/]+", r["name"]) for r in resources + [package]])
holds("paths stay below", *[not re.search(r"(^|/)\.\.(/|$)|^/|\\|:", r["path"]) for r in resources])
holds("a table for both versions", *[r["profile"] == "tabular-data-resource" and r["type"] == "table" for r in csvs])
holds("JSON lines are no table: old readers take any table for CSV", *["type" not in r for r in lines])
holds("the separator is told, not left to a guess", *[r["dialect"]["delimiter"] == "," for r in csvs])
holds("the encoding is told", *[r["encoding"] == "utf-8" for r in resources])
holds("sizes and hashes", *[r["bytes"] == os.path.getsize(os.path.join(data, r["path"])) and r["hash"].startswith("sha256:")
                            for r in resources])
holds("fields in the order of the header", *[[f["name"] for f in r["schema"]["fields"]] ==
                                             next(csv.reader([read("data/" + r["path"], encoding="utf-8").split("\n")[0]]))
                                             for r in csvs])
holds("missing values are texts", *[r["schema"]["missingValues"] == [""] for r in resources])
holds("keys are lists", *[isinstance(k, list) for r in resources for k in [r["schema"]["primaryKey"]] +
                          [f["fields"] for f in r["schema"].get("foreignKeys", [])]])
holds("no fieldsMatch", *["fieldsMatch" not in path for path, _ in walk(package)])
holds("no type that old readers do not know", *[value in ("table", "string", "integer", "number", "boolean", "date")
                                               for path, value in walk(resources) if path[-1:] == ("type",)])
holds("what is ours alone stands under gongwen", package.keys() <= {"$schema", "name", "title", "description", "homepage",
      "version", "created", "licenses", "sources", "contributors", "resources", "gongwen"})
created = epoch and datetime.datetime.fromtimestamp(int(epoch), datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
holds("a time only where it is given", package.get("created") == created)

# ---- tables ----
for r in csvs:
    raw = read("data/" + r["path"], mode="rb")
    text = raw.decode("utf-8")
    holds("no byte order mark in " + r["path"], not raw.startswith(b"\xef\xbb\xbf"))
    rows = list(csv.reader(open(os.path.join(data, r["path"]), encoding="utf-8", newline=""), strict=True))
    holds("as many cells in each row of " + r["path"], *[len(row) == len(rows[0]) for row in rows])
    bare = re.sub('"(?:[^"]|"")*"', "", text)
    holds("LF alone ends the rows of " + r["path"], "\r" not in bare, bare.count("\n") == len(rows), text.endswith("\n"))
    holds("no empty text that could be taken for none", ',"",' not in text)
    bare = [cell for line in bare.split("\n") for cell in line.split(",")]
    holds("blanks at the edges stand in quotes", *[cell == cell.strip(" \t\v\f") for cell in bare])
    kinds = [f["type"] for f in r["schema"]["fields"]]
    numbers = [cell for row in rows[1:] for kind, cell in zip(kinds, row) if kind in ("integer", "number") and cell]
    holds("plain numbers", *[re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", cell) for cell in numbers])
    holds("ISO dates", *[datetime.date.fromisoformat(cell) for row in rows[1:] for kind, cell in zip(kinds, row)
                         if kind == "date" and cell])
for r in lines:
    text = read("data/" + r["path"], encoding="utf-8", newline="")
    records = [json.loads(line) for line in text.split("\n")[:-1]]
    names = [f["name"] for f in r["schema"]["fields"]]
    holds("every key in every record, in order", *[list(record) == names for record in records])
    holds("one record a line", "\r" not in text, text.endswith("\n") or not text)

# ---- the copy for spreadsheets ----
guarded = package["gongwen"].get("excel_guarded_cells")
holds("guarded cells are counted where there is a copy", (guarded is not None) == os.path.isdir(os.path.join(data, "excel")))
for r in csvs if guarded else []:
    path = os.path.join(data, "excel", r["path"])
    raw = read("data/excel/" + r["path"], mode="rb")
    holds("mark and CR LF", raw.startswith(b"\xef\xbb\xbf"), raw.endswith(b"\r\n"))
    excel = list(csv.reader(open(path, encoding="utf-8-sig", newline="")))
    plain = list(csv.reader(open(os.path.join(data, r["path"]), encoding="utf-8", newline="")))
    kinds = [f["type"] for f in r["schema"]["fields"]]
    changed = [(a, b, kind) for left, right in zip(plain[1:], excel[1:]) for a, b, kind in zip(left, right, kinds) if a != b]
    holds("only formulas are changed", len(excel) == len(plain), *[b == "'" + a and a[0] in "=+-@\t\r\n＝＋－＠" and kind == "string"
                                                                   for a, b, kind in changed])
    holds("all formulas are", *[not cell or cell[0] not in "=+-@\t\r\n＝＋－＠" or kind != "string" for row in excel[1:]
                                for cell, kind in zip(row, kinds)])
    holds("their number is recorded", guarded[r["name"]] == len(changed))

# ---- bag ----
info = dict(line.split(": ", 1) for line in read("bag-info.txt", encoding="utf-8").splitlines())
payload = [os.path.join(place, name) for place, _, names in os.walk(data) for name in names]
holds("Payload-Oxum", info["Payload-Oxum"] == "%d.%d" % (sum(map(os.path.getsize, payload)), len(payload)))
holds("a date only where it is given", info.get("Bagging-Date") == (created and created[:10]))
holds("no mark, UTF-8, version 1.0", read("bagit.txt", mode="rb") == b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
print("%d traps of readers are not stepped into" % traps)
