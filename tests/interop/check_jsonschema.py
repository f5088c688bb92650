#!/usr/bin/env python3
"""Every JSON file and every JSON line keeps to its schema, by JSON Schema 2020-12 with formats asserted:
check_jsonschema.py SNAPSHOT

data/schemas/NAME.schema.json is the schema of data/documents/*.json (document), of the lines of data/TABLE.jsonl, or of
data/NAME.json."""
import copy
import glob
import importlib.metadata
import json
import os
import sys

import jsonschema
from referencing import Registry, Resource

import snapshot

data = os.path.join(sys.argv[1], "data")


def twice(pairs):
    keys = [key for key, _ in pairs]
    assert len(keys) == len(set(keys)), ("a key is there twice", keys)
    return dict(pairs)


def read(path):
    with open(path, encoding="utf-8") as f:
        return json.load(f, object_pairs_hook=twice)


def formats(schema):
    if isinstance(schema, dict):
        own = {schema["format"]} if isinstance(schema.get("format"), str) else set()
        return own.union(*map(formats, schema.values()))
    return set().union(*map(formats, schema)) if isinstance(schema, list) else set()


def objects_of(name):
    """What the schema of that name is for: (place, object)."""
    if name == "document":
        for path in sorted(glob.glob(os.path.join(data, "documents", "*.json"))):
            yield path, read(path)
    elif name in tables:
        for number, row in enumerate(tables[name].rows(), 1):
            yield "%s.jsonl:%d" % (name, number), row
    else:
        yield name, read(os.path.join(data, name + ".json"))


tables = snapshot.tables(sys.argv[1])
schemas = {os.path.basename(p).split(".")[0]: read(p) for p in sorted(glob.glob(os.path.join(data, "schemas", "*.schema.json")))}
registry = Registry().with_resources((s["$id"], Resource.from_contents(s)) for s in schemas.values() if "$id" in s)
checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
counts = {}
for name, schema in schemas.items():
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema", name
    jsonschema.Draft202012Validator.check_schema(schema)
    unknown = formats(schema) - set(checker.checkers)
    assert not unknown, (name, "formats that nobody would check", unknown)
    validator = jsonschema.Draft202012Validator(schema, registry=registry, format_checker=checker)
    found = list(objects_of(name))
    for place, value in found:
        for error in validator.iter_errors(value):
            sys.exit("%s%s: %s" % (place, error.json_path[1:], error.message))
    counts[name] = len(found)
    # does it look at all? no number where a text belongs
    key = next(k for k, v in found[0][1].items() if isinstance(v, str))
    spoiled = {**copy.deepcopy(found[0][1]), key: 1}
    assert not validator.is_valid(spoiled), (name, key, "may be a number")
for path in glob.glob(os.path.join(data, "**", "*.json"), recursive=True):
    read(path)  # all of them are JSON, no key twice
documents = snapshot.package(sys.argv[1])["gongwen"]["rows"]["documents"]
assert counts["document"] == documents, counts
lines = sum(n for name, n in counts.items() if name in tables)
assert not lines or counts.keys() >= tables.keys(), tables.keys() - counts.keys()
print("jsonschema %s: %d schemas, %d documents, %d JSON lines, formats asserted" %
      (importlib.metadata.version("jsonschema"), len(schemas), documents, lines))
