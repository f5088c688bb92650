#!/usr/bin/env python3
"""frictionless finds no error in the package, and finds those of a spoiled copy:   check_frictionless.py SNAPSHOT"""
import os
import shutil
import sys
import tempfile

import frictionless

import snapshot

folder = sys.argv[1]
declared = snapshot.package(folder)["gongwen"]["rows"]

report = frictionless.validate(os.path.join(folder, "data", "datapackage.json"))
for kind, place, note in report.flatten(["type", "rowNumber", "note"]):
    print(kind, place, note)
assert report.valid, "%d errors" % report.stats["errors"]
for task in report.tasks:
    table = task.name.removesuffix("-jsonl")
    assert task.type == "table" and task.stats["rows"] == declared[table], (task.name, task.type, task.stats)

# Does it look at all? A text where a number belongs, a reference that leads nowhere, another hash.
with tempfile.TemporaryDirectory() as copy:
    data = os.path.join(copy, "data")
    shutil.copytree(os.path.join(folder, "data"), data)
    with open(os.path.join(data, "agencies.csv"), "a", encoding="utf-8") as f:
        f.write("x,nowhere,0,one,1,2,text,rule,,false\n")
    found = frictionless.validate(os.path.join(data, "datapackage.json"))
    kinds = {row[0] for row in found.flatten(["type"])}
    assert {"type-error", "foreign-key", "hash-count", "byte-count"} <= kinds, kinds
print("frictionless %s: 0 errors in %d tables, %d rows" %
      (frictionless.__version__, len(report.tasks), sum(task.stats["rows"] for task in report.tasks)))
