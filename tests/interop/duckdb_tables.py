#!/usr/bin/env python3
"""Makes a DuckDB database of the tables, CSV and JSON lines, in their declared types, with their keys as constraints:
duckdb_tables.py SNAPSHOT"""
import sys

import duckdb

import snapshot

TYPES = {"string": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE"}


def quoted(path):
    return "'" + path.replace("'", "''") + "'"


db = duckdb.connect()
tables = snapshot.tables(sys.argv[1])
rows = joined = 0
for table in tables.values():
    columns = ", ".join('"%s" %s' % (name, TYPES[kind]) for name, kind in table.types.items())
    db.execute("CREATE TABLE %s (%s, PRIMARY KEY (%s))" % (table.name, columns, ", ".join(table.key)))
    types = {name: TYPES[kind] for name, kind in table.types.items()}
    # every column kept from the JSON lines is that of the CSV
    db.execute("INSERT INTO %s SELECT * FROM read_csv(%s, header = true, delim = ',', quote = '\"', escape = '\"', "
               "new_line = '\\n', columns = %r)" % (table.name, quoted(table.path), types))
    lines = "read_json(%s, format = 'newline_delimited', columns = %r)" % (quoted(table.path[:-3] + "jsonl"), types)
    for left, right in ((table.name, lines), (lines, table.name)):
        odd = db.execute("SELECT * FROM %s EXCEPT ALL SELECT * FROM %s" % (left, right)).fetchall()
        assert not odd, (table.name, "CSV and JSON lines differ", odd[:2])
    found = db.execute("SELECT %s FROM %s ORDER BY rowid" % (", ".join(
        'CAST("%s" AS VARCHAR)' % name if kind == "date" else '"%s"' % name for name, kind in table.types.items()), table.name))
    rows += snapshot.same_rows(table, [list(row) for row in found.fetchall()], "duckdb")
for table in tables.values():
    for own, other, theirs in table.links:
        on = " AND ".join("a.%s = b.%s" % pair for pair in zip(own, theirs))
        there = "a.%s IS NOT NULL" % own[-1]
        count, matched = db.execute("SELECT count(*), count(b.%s) FROM %s a LEFT JOIN %s b ON %s WHERE %s" %
                                    (theirs[0], table.name, other, on, there)).fetchone()
        assert count == matched, (table.name, own, count - matched, "orphans")
        joined += matched
print("duckdb %s: %d tables, %d rows as declared, %d references lead to a row" %
      (duckdb.__version__, len(tables), rows, joined))
