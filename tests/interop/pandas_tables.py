#!/usr/bin/env python3
"""Loads every table with pandas, in its declared types, and joins the tables by their keys:   pandas_tables.py SNAPSHOT"""
import sys

import pandas

import snapshot

TYPES = {"string": "string", "integer": "Int64", "number": "Float64", "boolean": "boolean", "date": "string"}


def load(table):
    frame = pandas.read_csv(table.path, dtype={name: TYPES[kind] for name, kind in table.types.items()}, encoding="utf-8",
                            keep_default_na=False, na_values=[""])  # "NA" and "null" are texts, an empty cell is none
    for name, kind in table.types.items():
        if kind == "date":
            frame[name] = pandas.to_datetime(frame[name], format="%Y-%m-%d")
    return frame


def plain(table, frame):
    columns = []
    for name, kind in table.types.items():
        column = frame[name].dt.strftime("%Y-%m-%d") if kind == "date" else frame[name]
        columns.append([None if pandas.isna(value) else value for value in column.tolist()])
    return [list(row) for row in zip(*columns)]


tables = snapshot.tables(sys.argv[1])
frames = {name: load(table) for name, table in tables.items()}
rows = sum(snapshot.same_rows(t, plain(t, frames[t.name]), "pandas") for t in tables.values())
joined = 0
for table in tables.values():
    frame = frames[table.name]
    assert not frame.duplicated(table.key).any(), (table.name, "the primary key is there twice")
    for own, other, theirs in table.links:
        linked = frame.dropna(subset=[own[-1]])
        both = linked.merge(frames[other][theirs], left_on=own, right_on=theirs, how="left", indicator=True, validate="m:1")
        assert (both["_merge"] == "both").all() and len(both) == len(linked), (table.name, own, "orphans")
        joined += len(both)
print("pandas %s: %d tables, %d rows as declared, %d references lead to a row" %
      (pandas.__version__, len(tables), rows, joined))
