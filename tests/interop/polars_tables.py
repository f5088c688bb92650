#!/usr/bin/env python3
"""Loads every table with Polars, in its declared types, and joins the tables by their keys:   polars_tables.py SNAPSHOT"""
import sys

import polars

import snapshot

TYPES = {"string": polars.String, "integer": polars.Int64, "number": polars.Float64, "boolean": polars.Boolean,
         "date": polars.Date}


def load(table):
    return polars.read_csv(table.path, schema={name: TYPES[kind] for name, kind in table.types.items()})


def plain(table, frame):
    dates = [polars.col(name).cast(polars.String) for name, kind in table.types.items() if kind == "date"]
    return [list(row) for row in frame.with_columns(dates).rows()]


tables = snapshot.tables(sys.argv[1])
frames = {name: load(table) for name, table in tables.items()}
rows = sum(snapshot.same_rows(t, plain(t, frames[t.name]), "polars") for t in tables.values())
joined = 0
for table in tables.values():
    frame = frames[table.name]
    assert not frame.select(table.key).is_duplicated().any(), (table.name, "the primary key is there twice")
    for own, other, theirs in table.links:
        linked = frame.drop_nulls(own[-1])
        orphans = linked.join(frames[other], left_on=own, right_on=theirs, how="anti")
        assert orphans.is_empty(), (table.name, own, "orphans", orphans.head())
        joined += linked.join(frames[other], left_on=own, right_on=theirs, how="inner", validate="m:1").height
print("polars %s: %d tables, %d rows as declared, %d references lead to a row" %
      (polars.__version__, len(tables), rows, joined))
