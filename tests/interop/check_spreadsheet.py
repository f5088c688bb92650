#!/usr/bin/env python3
"""LibreOffice opens the copy for spreadsheets: every cell as it was written, no cell a formula:
check_spreadsheet.py SNAPSHOT

The tables of excel/ are converted to OpenDocument and its cells held against the CSV. What a spreadsheet does to every
CSV is allowed for: what has no letter becomes a number, date or time, line ends become LF, control characters (which XML
cannot hold) go."""
import csv
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml

# comma, quote, UTF-8: what the import dialog chooses for a file with a byte order mark, which nobody sees headless
FILTER = "CSV:44,34,76"
NS = {"table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0", "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
      "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0"}


def name(prefixed):
    prefix, local = prefixed.split(":")
    return "{%s}%s" % (NS[prefix], local)


def text_of(node):
    said = node.text or ""
    for child in node:
        if child.tag == name("text:s"):
            said += " " * int(child.get(name("text:c"), 1))
        elif child.tag in (name("text:tab"), name("text:line-break")):
            said += "\t" if child.tag == name("text:tab") else "\n"
        else:
            said += text_of(child)
        said += child.tail or ""
    return said


def content_of(cell):
    """What a person sees, and the number behind it."""
    assert cell.get(name("table:formula")) is None, ("a formula", cell.get(name("table:formula")))
    shown = "\n".join(text_of(p) for p in cell.findall("text:p", NS))
    return shown, cell.get(name("office:value"))


def rows_of(path):
    for row in xml.parse(path).getroot().iter(name("table:table-row")):
        cells = []
        for cell in row.findall("table:table-cell", NS):
            cells += [content_of(cell)] * int(cell.get(name("table:number-columns-repeated"), 1))
        yield cells


def same(cell, shown, number):
    if re.sub("[\0-\x08\x0b\x0c\x0e-\x1f]", "", re.sub("\r\n?", "\n", cell)) == shown:
        return True
    if cell in ("true", "false"):
        return shown == cell.upper()
    if re.fullmatch(r"-?[0-9]+([.][0-9]+)?", cell):
        return float(cell) == float(number)  # 41260000000 may be shown as 4.126E+10
    return not re.search(r"[^\W\d_]", cell) and shown != ""  # 3:1 becomes a time, 6.1% is shown as 6.10%


soffice = shutil.which("soffice")
if not soffice:
    print("LibreOffice is not here (Debian: libreoffice-calc-nogui)")
    sys.exit(77)
paths = sorted(glob.glob(os.path.join(sys.argv[1], "data", "excel", "*.csv")))
count = 0
with tempfile.TemporaryDirectory() as work:
    subprocess.run([soffice, "-env:UserInstallation=file://%s/profile" % work, "--headless", "--infilter=" + FILTER,
                    "--convert-to", "fods", "--outdir", work, *paths], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL, timeout=300)
    for path in paths:
        raw = open(path, "rb").read()
        assert raw.startswith(b"\xef\xbb\xbf") and raw.endswith(b"\r\n"), path
        expected = list(csv.reader(open(path, encoding="utf-8-sig", newline="")))
        found = list(rows_of(os.path.join(work, os.path.basename(path)[:-3] + "fods")))[:len(expected)]
        assert len(found) == len(expected), (path, len(found), len(expected))
        for number, (cells, kept) in enumerate(zip(expected, found), 1):
            for column, cell in enumerate(cells):
                had = kept[column] if column < len(kept) else ("", None)
                assert same(cell, *had), (path, number, expected[0][column], cell, had)
                count += 1
version = subprocess.run([soffice, "--version"], capture_output=True, text=True).stdout.split()
print("LibreOffice %s: %d tables, %d cells as written, no formula" % (version[1] if len(version) > 1 else "?", len(paths), count))
