#!/usr/bin/env python3
"""mlcroissant validates croissant.json and loads every record set, to the values of the JSON lines:
check_croissant.py SNAPSHOT

Nothing in croissant.json can keep it from guessing: it lets pandas find the types of a CSV's columns and makes texts of them
afterwards. So in a column where every text looks like a number, region 130123 comes as 130123.0 and section 6.20 as 6.2;
these are counted. JSON lines fare the same."""
import importlib.metadata
import logging
import math
import os
import re
import sys
import warnings

import mlcroissant

import snapshot

path = os.path.join(sys.argv[1], "data", "croissant.json")
if not os.path.exists(path):
    print("there is no croissant.json in this snapshot")
    sys.exit(77)


def plain(value, kind):
    """Texts come as bytes, dates as timestamps, nothing as NaN or NaT or None."""
    if value is None or value != value or isinstance(value, float) and math.isnan(value):
        return None
    if isinstance(value, bytes):
        value = value.decode("utf-8")
    if kind == "date":
        return str(value)[:10]
    return {"integer": int, "number": float, "boolean": bool}.get(kind, str)(value)


def as_guessed(value, written):
    """The text as it was written, where only a guess has changed it."""
    number = r"[0-9]+([.][0-9]+)?"
    if value != written and isinstance(value, str) and written and re.fullmatch(number, value) and re.fullmatch(number, written):
        global guessed
        guessed += 1
        return written if float(value) == float(written) else value
    return value


logging.disable(logging.WARNING)
warnings.simplefilter("ignore")
dataset = mlcroissant.Dataset(jsonld=path)
issues = dataset.metadata.ctx.issues
assert not issues.errors and not issues.warnings, issues.report()
tables = snapshot.tables(sys.argv[1])
sets = {s.name: s for s in dataset.metadata.record_sets}
assert sets.keys() >= tables.keys(), tables.keys() - sets.keys()
rows = guessed = 0
for table in tables.values():
    names = [field.name for field in sets[table.name].fields]
    assert names == list(table.types), (table.name, names)
    found = [[plain(value, table.types[key.split("/")[-1]]) for key, value in record.items()]
             for record in dataset.records(sets[table.name].id)]
    found = [list(map(as_guessed, row, written.values())) for row, written in zip(found, table.rows(), strict=True)]
    rows += snapshot.same_rows(table, found, "mlcroissant")
print("mlcroissant %s: valid, %d record sets, %d records, %d texts guessed to be numbers" %
      (importlib.metadata.version("mlcroissant"), len(tables), rows, guessed))
