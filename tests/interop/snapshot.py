"""What the checks need to know of a snapshot, read from its own datapackage.json: tables, types, keys, rows."""
import json
import os
import sys


class Table:
    def __init__(self, data, resource):
        self.name = resource["name"]
        self.path = os.path.join(data, resource["path"])
        schema = resource["schema"]
        self.types = {f["name"]: f["type"] for f in schema["fields"]}
        self.key = schema["primaryKey"]
        # (own fields, the other table, its fields)
        self.links = [(k["fields"], k["reference"]["resource"] or self.name, k["reference"]["fields"])
                      for k in schema.get("foreignKeys", [])]

    def rows(self):
        """The rows as the JSON lines hold them: what every reader of the CSV must come to."""
        with open(self.path[:-3] + "jsonl", encoding="utf-8", newline="\n") as lines:
            return [json.loads(line) for line in lines]


def package(folder):
    with open(os.path.join(folder, "data", "datapackage.json"), encoding="utf-8") as f:
        return json.load(f)


def tables(folder):
    """The CSV tables by name."""
    data = os.path.join(folder, "data")
    found = [Table(data, r) for r in package(folder)["resources"] if r["format"] == "csv"]
    return {t.name: t for t in found}


def same_rows(table, found, reader):
    """Holds the rows that a reader came to (lists of plain values, dates as ISO texts) against the JSON lines."""
    expected = [list(row.values()) for row in table.rows()]
    if len(found) != len(expected):
        sys.exit("%s: %s has %d rows, the JSON lines %d" % (reader, table.name, len(found), len(expected)))
    for number, (left, right) in enumerate(zip(found, expected), 1):
        for name, a, b in zip(table.types, left, right):
            # 5 and 5.0 are one number, but true is not 1
            if a != b or isinstance(a, bool) != isinstance(b, bool):
                sys.exit("%s: %s row %d, %s: read %r, the JSON lines say %r" % (reader, table.name, number, name, a, b))
    return len(expected)
