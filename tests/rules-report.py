#!/usr/bin/env python3
"""How often each rule and each cue fires, and how often rightly; and what a document scores without what only it bears out.

usage: rules-report.py BIN CONFIG [--text FOLDER]… [--gold FOLDER]…

Text folders are only counted; gold folders hold docs/NAME.txt and NAME.gold.jsonl. A rule fires rightly where gold has a
fact of its kind with exactly its span and role; a cue where it speaks for the value that gold has (or against another).
Rules and cues that were wrong more often than right come first: they are the ones to look at.

The second part takes every gold document in turn: the rules that no other document confirms are switched off, the cues
likewise weigh nothing, and the document is measured again. The difference is what was learned from that document alone.
"""
import argparse, collections, csv, json, pathlib, re, shutil, subprocess, sys, tempfile

TABLES = {'agencies': 'agency', 'deadlines': 'time', 'dates': 'time', 'targets': 'quantity', 'quantities': 'quantity',
          'responsibilities': 'responsibility'}
MEASURES = ('agency', 'agency.specific', 'time', 'deadline', 'dates', 'quantity', 'target', 'target.indicator',
            'responsibility', 'resp.task')
NEVER = '\ue000\ue001\ue002'  # private use: stands in no document


def gold_facts(path, text):
    """(begin, end) of every annotated fact by kind, with what is said of it."""
    starts = [0]
    for line in text.split('\n'):
        starts.append(starts[-1] + len(line) + 1)
    facts = collections.defaultdict(list)
    for line in path.read_text(encoding='utf-8').splitlines():
        if not line.strip():
            continue
        fact = json.loads(line)
        at = starts[fact['line'] - 1] - 1
        for _ in range(fact.get('nth', 1)):
            at = text.index(fact['text'], at + 1)
        end = at + len(fact['text']) + (1 + len(fact['rest']) if fact.get('rest') else 0)
        facts[fact['kind']].append((at, end, fact))
    return facts


def trimmed(text, begin, end):
    while begin < end and text[begin].isspace():
        begin += 1
    while end > begin and text[end - 1].isspace():
        end -= 1
    return begin, end


class Runner:
    def __init__(self, binary, config, work):
        self.binary, self.config, self.work = binary, config, work

    def snapshot(self, inputs, name, config=None):
        out = self.work / name
        shutil.rmtree(out, ignore_errors=True)
        args = [self.binary, 'run', '-q', '-c', config or self.config, '-o', out]
        for i in inputs:
            args += ['-i', i]
        subprocess.run(list(map(str, args)), check=False, stdout=subprocess.DEVNULL)
        latest = sorted(out.glob('*/latest'))
        if not latest:
            sys.exit(f'rules-report: the run over {", ".join(map(str, inputs))} published nothing')
        return latest[0].resolve()

    def cues(self, path):
        done = subprocess.run([self.binary, 'show', '-q', '-c', self.config, '--explain', '--json', path],
                              check=False, capture_output=True, text=True)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def measures(self, gold, snapshot):
        done = subprocess.run([self.binary, 'eval', '--json', '--gold', gold, snapshot], check=True, capture_output=True,
                              text=True)
        return json.loads(done.stdout)


def rows(snapshot):
    with open(snapshot / 'data/documents.csv', encoding='utf-8-sig', newline='') as f:
        source = {r['document_id']: r['source_path'] for r in csv.DictReader(f)}
    for table in TABLES:
        with open(snapshot / f'data/{table}.csv', encoding='utf-8-sig', newline='') as f:
            for row in csv.DictReader(f):
                yield table, source[row['document_id']], row


def row_is_right(table, row, text, facts):
    """Same span, and the same role (for an agency: as definite) as a fact of gold."""
    begin, end = trimmed(text, int(row['char_start']), int(row['char_end']))
    for b, e, fact in facts[TABLES[table]]:
        if trimmed(text, b, e) != (begin, end):
            continue
        if table == 'agencies' and (row['generic'] == 'true') != bool(fact.get('generic')):
            continue
        role = row.get('role') or {'targets': 'target', 'quantities': 'status'}.get(table)
        if table != 'agencies' and fact.get('role') != role:
            continue
        return True
    return False


def truth(decision, begin, end, text, facts):
    """The value that gold has for a decision, None where it does not say."""
    kind = {'time': 'time', 'quantity': 'quantity', 'agency': 'agency'}.get(decision.split('.')[0])
    if not kind:
        return None
    here = [f for b, e, f in facts[kind] if trimmed(text, b, e) == trimmed(text, begin, end)]
    if decision.endswith('.keep'):
        return 'yes' if here else 'no'
    if not here:
        return None
    return ('yes' if here[0].get('generic') else 'no') if decision == 'agency.generic' else here[0].get('role')


class Count:
    def __init__(self):
        self.text = self.fired = self.right = 0
        self.docs = set()  # gold documents in which it was right


def gold_documents(folders):
    for folder in folders:
        for gold in sorted(folder.glob('*.gold.jsonl')):
            name = gold.name[:-len('.gold.jsonl')]
            doc = folder / 'docs' / f'{name}.txt'
            yield folder, gold, doc, doc.read_bytes().decode('utf-8')


def cue_lines(cues):
    for said in cues:
        for line in said['cues']:
            decision, value, weight, _, cue = line.split()[:5]
            yield said, decision, value, float(weight), cue


def counted(run, texts, golds):
    rules, cues = collections.defaultdict(Count), collections.defaultdict(Count)
    for folder in texts:
        for _, _, row in rows(run.snapshot([folder], 'text')):
            rules[row['rule']].text += 1
        for path in sorted(p for p in folder.rglob('*.txt')):
            for _, _, _, _, cue in cue_lines(run.cues(path)):
                cues[cue].text += 1
    for folder, gold, doc, text in golds:
        facts, key = gold_facts(gold, text), f'{folder.parent.name}/{folder.name}/{doc.stem}'
        for table, _, row in rows(run.snapshot([doc], 'gold')):
            c = rules[row['rule']]
            c.fired += 1
            if row_is_right(table, row, text, facts):
                c.right += 1
                c.docs.add(key)
        for said, decision, value, weight, cue in cue_lines(run.cues(doc)):
            want = truth(decision, said['char_start'], said['char_end'], text, facts)
            if want is None:
                continue
            c = cues[cue]
            c.fired += 1
            if (value == want) == (weight > 0):
                c.right += 1
                c.docs.add(key)
    return rules, cues


def without(config, rules, cues, to):
    """A copy of the configuration in which these rules never match and these cues weigh nothing."""
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(config.parent, to / 'config')
    shutil.copytree(config.parent.parent / 'schemas', to / 'schemas')
    for path in (to / 'config/rules').glob('*.yaml'):
        out, off = [], False
        for line in path.read_text(encoding='utf-8').split('\n'):
            named = re.match(r'  - id: (\S+)', line)
            off = named.group(1) in rules if named else off and not re.match(r'  - ', line)
            if off and re.match(r'    match: ', line):
                line = f"    match: '{NEVER}'"
            cue = re.match(r'  - \{id: ([^,\s]+),', line)
            if cue and cue.group(1) in cues:
                line = re.sub(r'weight: -?[0-9.]+', 'weight: 0', line)
            out.append(line)
        path.write_text('\n'.join(out), encoding='utf-8')
    return to / 'config' / config.name


def counts_print(title, ids, counts):
    print(f'\n{title}\n  {"id":34}{"text":>8}{"gold":>7}{"right":>7}{"share":>7}{"docs":>6}')
    def order(i):
        c = counts[i]
        return (c.right * 2 >= c.fired, -(c.fired - c.right), i)
    for i in sorted(ids, key=order):
        c = counts[i]
        share = f'{c.right / c.fired:.2f}' if c.fired else '-'
        print(f'  {i:34}{c.text:8d}{c.fired:7d}{c.right:7d}{share:>7}{len(c.docs):6d}')
    silent = sum(1 for i in ids if not counts[i].text and not counts[i].fired)
    single = sum(1 for i in ids if len(counts[i].docs) == 1)
    print(f'  {len(ids)} in all; {silent} never fired; {single} are confirmed by one gold document only')


def left_out_print(run, config, golds, rules, cues):
    """What each document scores with and without what only it confirms."""
    print('\nEach gold document without the rules and cues that no other gold document confirms (F1 with > without)')
    sums = collections.defaultdict(lambda: [0, 0, 0])
    for folder, gold, doc, _ in golds:
        key = f'{folder.parent.name}/{folder.name}/{doc.stem}'
        off_rules = {i for i, c in rules.items() if c.docs == {key}}
        off_cues = {i for i, c in cues.items() if c.docs == {key}}
        alone = run.work / 'alone'
        shutil.rmtree(alone, ignore_errors=True)
        (alone / 'docs').mkdir(parents=True)
        shutil.copy(gold, alone)
        shutil.copy(doc, alone / 'docs')
        full = run.measures(alone, run.snapshot([doc], 'with'))
        less = run.measures(alone, run.snapshot([doc], 'less', without(config, off_rules, off_cues, run.work / 'cut')))
        changed = [f'{m} {full[m]["f1"]:.3f} > {less[m]["f1"]:.3f}' for m in MEASURES
                   if abs(full[m]['f1'] - less[m]['f1']) > 5e-4]
        print(f'  {key:42} {len(off_rules):3d} rules {len(off_cues):3d} cues  {"; ".join(changed) or "the same"}')
        for m in MEASURES:
            for i, v in ((0, full[m]), (1, less[m])):
                sums[m][i] += v['f1'] * v['gold']
            sums[m][2] += full[m]['gold']
    print(f'\n  {"mean over documents, by facts":32}{"all":>8}{"left out":>10}')
    for m in MEASURES:
        total = sums[m][2] or 1
        print(f'  {m:32}{sums[m][0] / total:8.3f}{sums[m][1] / total:10.3f}')


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('binary', type=pathlib.Path)
    p.add_argument('config', type=pathlib.Path)
    p.add_argument('--text', type=pathlib.Path, action='append', default=[])
    p.add_argument('--gold', type=pathlib.Path, action='append', default=[])
    a = p.parse_args()
    config = a.config.resolve()
    with tempfile.TemporaryDirectory(prefix='gongwen-rules.') as work:
        run = Runner(a.binary.resolve(), config, pathlib.Path(work))
        golds = list(gold_documents([g for g in a.gold if g.is_dir()]))
        rules, cues = counted(run, [t for t in a.text if t.is_dir()], golds)
        declared, judged = [], []
        for path in sorted((config.parent / 'rules').glob('*.yaml')):
            said = path.read_text(encoding='utf-8')
            declared += re.findall(r'^  - id: (\S+)', said, re.M)
            judged += re.findall(r'^  - \{id: ([^,\s]+),', said, re.M)
        counts_print('Rules that name a row', sorted(set(declared) & set(rules)), rules)
        print(f'  {len(set(declared) - set(rules))} more name no row: decoys, rules for lists and definitions, and what never fired')
        counts_print('Cues', sorted(judged), cues)
        left_out_print(run, config, golds, rules, cues)


if __name__ == '__main__':
    main()
