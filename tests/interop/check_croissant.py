#!/usr/bin/env python3
"""mlcroissant validates croissant.json and loads every record set, to the values of the JSON lines:
check_croissant.py SNAPSHOT"""
import logging
import math
import os
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


logging.disable(logging.WARNING)
warnings.simplefilter("ignore")
dataset = mlcroissant.Dataset(jsonld=path)
issues = dataset.metadata.ctx.issues
assert not issues.errors and not issues.warnings, issues.report()
tables = snapshot.tables(sys.argv[1])
sets = {s.name: s for s in dataset.metadata.record_sets}
assert sets.keys() >= tables.keys(), tables.keys() - sets.keys()
rows = 0
for table in tables.values():
    names = [field.name for field in sets[table.name].fields]
    assert names == list(table.types), (table.name, names)
    found = [[plain(value, table.types[key.split("/")[-1]]) for key, value in record.items()]
             for record in dataset.records(sets[table.name].id)]
    rows += snapshot.same_rows(table, found, "mlcroissant")
print("mlcroissant %s: valid, %d record sets, %d records" % (mlcroissant.__version__, len(tables), rows))
