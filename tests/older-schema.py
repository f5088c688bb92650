"""Makes of a snapshot one of another schema, as an older (or newer) program would have written it: bag, descriptor, version.

usage: older-schema.py SNAPSHOT NEW_PARENT_FOLDER SCHEMA_VERSION CHANGE...
  -table.column           the column is not there
  -table                  the table is not there
  +table                  a table of that name is there too, with the rows of documents
  table.column=old        the column has another name
  table.column:string     the column has another type
Prints the new snapshot's path: NEW_PARENT_FOLDER/<schema version>-000001-<content hash>.
"""
import csv, hashlib, json, os, re, shutil, sys

snapshot, parent, version, changes = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]
made = os.path.join(parent, '.made')
shutil.copytree(snapshot, made, symlinks=True)
data = os.path.join(made, 'data')


def path(name):
    return os.path.join(data, name)


def read(name):
    with open(path(name), encoding='utf-8', newline='') as f:
        return f.read()


def write(name, text):
    with open(path(name), 'w', encoding='utf-8', newline='') as f:
        f.write(text)


def change_schema(table, column, edit):
    schema = json.loads(read('schemas/%s.json' % table))
    schema['fields'] = [f for f in map(lambda f: edit(f) if f['name'] == column else f, schema['fields']) if f]
    write('schemas/%s.json' % table, json.dumps(schema, ensure_ascii=False, indent='\t') + '\n')


def change_rows(table, edit):
    rows = [json.loads(line) for line in read(table + '.jsonl').splitlines()]
    write(table + '.jsonl', ''.join(json.dumps(edit(r), ensure_ascii=False, separators=(',', ':')) + '\n' for r in rows))
    with open(path(table + '.csv'), encoding='utf-8', newline='') as f:
        rows = csv.DictReader(f)
        header, rows = dict.fromkeys(rows.fieldnames, ''), list(rows)
    with open(path(table + '.csv'), 'w', encoding='utf-8', newline='') as f:
        out = csv.writer(f, lineterminator='\n')
        out.writerow(edit(header))
        out.writerows(edit(r).values() for r in rows)


for change in changes:
    table, _, column = change.lstrip('-+').partition('.')
    column, sign, more = re.match(r'(\w*)([=:]?)(\w*)$', column).groups()
    if change.startswith('+'):
        for name in ('%s.csv', '%s.jsonl', 'schemas/%s.json'):
            shutil.copy(path(name % 'documents'), path(name % table))
        package = json.loads(read('datapackage.json'))
        new = [dict(r, name=r['name'].replace('documents', table), path=r['path'].replace('documents', table))
            for r in package['resources'] if r['path'].startswith('documents.')]
        write('datapackage.json', json.dumps(dict(package, resources=package['resources'] + new), ensure_ascii=False))
    elif not column:
        for name in (table + '.csv', table + '.jsonl', 'schemas/%s.json' % table, 'schemas/%s.schema.json' % table):
            if os.path.exists(path(name)):
                os.remove(path(name))
    elif change.startswith('-'):
        change_schema(table, column, lambda f: None)
        change_rows(table, lambda r: {k: v for k, v in r.items() if k != column})
    elif sign == '=':
        change_schema(table, column, lambda f: dict(f, name=more))
        change_rows(table, lambda r: {more if k == column else k: v for k, v in r.items()})
    else:
        change_schema(table, column, lambda f: {k: v for k, v in dict(f, type=more).items() if k != 'constraints'})
        change_rows(table, lambda r: {k: str(v) if k == column and v is not None else v for k, v in r.items()})

# What an older program did not write.
for name in ('croissant.json', 'README.md'):
    if os.path.exists(path(name)):
        os.remove(path(name))


def files(of):
    found = [os.path.relpath(os.path.join(at, f), made) for at, _, names in os.walk(of) for f in names]
    return sorted(found, key=os.fsencode)


def digest(name):
    with open(os.path.join(made, name), 'rb') as f:
        return hashlib.sha256(f.read()).hexdigest()


naming = ('data/datapackage.json', 'data/CHANGES.json', 'data/README.md', 'data/croissant.json')
content = hashlib.sha256(''.join('%s  %s\n' % (digest(f), f) for f in files(data) if f not in naming).encode()).hexdigest()
package = json.loads(read('datapackage.json'))
package['version'] = '%s-000001-%.12s' % (version, content)
package['gongwen'].update(schema_version=version, content_sha256=content, sequence=1, previous=None)
package['resources'] = [r for r in package['resources'] if os.path.exists(path(r['path']))]
for r in package['resources']:
    r['schema'] = json.loads(read('schemas/%s.json' % r['path'].split('.')[0]))
    r['bytes'], r['hash'] = os.path.getsize(path(r['path'])), 'sha256:' + digest('data/' + r['path'])
write('datapackage.json', json.dumps(package, ensure_ascii=False, indent=2) + '\n')


def tag(name, text):
    with open(os.path.join(made, name), 'w', encoding='utf-8', newline='') as f:
        f.write(text)


payload = files(data)
tag('manifest-sha256.txt', ''.join('%s  %s\n' % (digest(f), f) for f in payload))
tag('bag-info.txt', 'Payload-Oxum: %d.%d\n' % (sum(os.path.getsize(os.path.join(made, f)) for f in payload), len(payload)))
tags = ('bag-info.txt', 'bagit.txt', 'manifest-sha256.txt')
tag('tagmanifest-sha256.txt', ''.join('%s  %s\n' % (digest(f), f) for f in tags))
to = os.path.join(parent, package['version'])
os.rename(made, to)
print(to)
