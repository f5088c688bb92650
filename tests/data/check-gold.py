#!/usr/bin/env python3
"""Checks the hand-made gold against the documents, and the samples against both.

usage: check-gold.py [--write-samples]

gold/NAME.gold.jsonl   one fact a line, its `text` stands on `line` of gold/docs/NAME.txt (the nth time)
gold/docs/NAME.txt     the document in UTF-8, without a byte order mark
samples/…              the same documents as they come in real life: other encodings, marks, line ends

--write-samples makes the samples from the gold's documents again, after one of them was edited.
"""
import json, os, re, sys

HERE = os.path.dirname(os.path.abspath(__file__))
# sample file: document, encoding, bytes in front
SAMPLES = {
    'municipal-decision.txt': ('municipal-decision', 'utf-8', b''),
    'work-plan.txt': ('work-plan', 'utf-8', b''),
    'indicator-plan.gb18030.txt': ('indicator-plan', 'gb18030', b''),
    'rural-water-regulation.utf16le.txt': ('rural-water-regulation', 'utf-16-le', b'\xff\xfe'),
    'scraped-page.txt': ('scraped-page', 'utf-8', b'\xef\xbb\xbf'),
    'work-plans-compilation.txt': ('work-plans-compilation', 'utf-8', b''),
    'task-notice.txt': ('task-notice', 'utf-8', b''),
    'county-work-report.txt': ('county-work-report', 'utf-8', b''),
}
ROLES = {
    'time': set('deadline schedule effective adopted issued past reference period limit'.split()),
    'quantity': {'target', 'status'},
    'responsibility': set('lead support responsible member supervise interpret'.split()),
}
RELATIONS = set('by within in from until at range after'.split())
NEEDED = {
    'agency': {'generic'}, 'time': {'role'}, 'quantity': {'role', 'op', 'value', 'unit', 'indicator'},
    'responsibility': {'role', 'label', 'unit', 'task'},
}
ALLOWED = {
    'agency': {'generic', 'names', 'canonical'}, 'time': {'role', 'edtf', 'duration', 'rrule', 'anchor', 'relation'},
    'quantity': {'role', 'op', 'value', 'value2', 'unit', 'indicator', 'base', 'per', 'due', 'change'},
    'responsibility': {'role', 'label', 'unit', 'names', 'task'},
}
problems = []


def squeeze(text):
    return re.sub(r'\s+', '', text)


def check_fields(say, item):
    kind = item.get('kind')
    if kind not in NEEDED:
        return say(f'no such kind: {kind}')
    have = set(item) - {'line', 'text', 'rest', 'nth', 'kind'}
    for key in sorted(NEEDED[kind] - have):
        say(f'{key} is missing')
    for key in sorted(have - ALLOWED[kind]):
        say(f'{key} does not belong to {kind}')
    if kind in ROLES and item.get('role') not in ROLES[kind]:
        say(f'no such role: {item.get("role")}')
    if kind == 'time':
        if sum(key in item for key in ('edtf', 'duration', 'rrule')) != 1:
            say('a time has one of edtf, duration, rrule')
        if 'relation' in item and item['relation'] not in RELATIONS:
            say(f'no such relation: {item["relation"]}')
    if kind == 'quantity' and (item.get('op') == 'range') != ('value2' in item):
        say('value2 goes with op range')


def check_words(say, item, squeezed):
    """What a fact quotes must stand in the document."""
    for key in ('indicator', 'due', 'base', 'label', 'task', 'anchor'):
        if key in item and squeeze(str(item[key])) not in squeezed:
            say(f'{key} is not in the document: {item[key]}')


def check_document(name):
    path = os.path.join(HERE, 'gold', 'docs', name + '.txt')
    with open(path, encoding='utf-8', newline='') as f:
        text = f.read()
    starts = [0] + [m.end() for m in re.finditer('\n', text)]
    squeezed = squeeze(text)
    seen, last, count = set(), -1, 0
    for number, raw in enumerate(open(os.path.join(HERE, 'gold', name + '.gold.jsonl'), encoding='utf-8'), 1):
        say = lambda what: problems.append(f'{name}.gold.jsonl:{number}: {what}')
        item = json.loads(raw)
        at = starts[item['line'] - 1] - 1
        end = starts[item['line']] if item['line'] < len(starts) else len(text)
        for _ in range(item.get('nth', 1)):
            at = text.find(item['text'], at + 1)
        whole = item['text'] + ('\n' + item['rest'] if 'rest' in item else '')
        if at < 0 or at >= end or not text.startswith(whole, at):
            say(f'{item["text"]} does not stand on line {item["line"]}')
            continue
        if at < last:
            say('the facts are not in text order')
        last = at
        key = (at, whole, item['kind'])
        if key in seen:
            say('the same fact stands twice')
        seen.add(key)
        check_fields(say, item)
        check_words(say, item, squeezed)
        count += 1
    return len(text), count


def sample_bytes(document, encoding, mark):
    with open(os.path.join(HERE, 'gold', 'docs', document + '.txt'), encoding='utf-8', newline='') as f:
        return mark + f.read().encode(encoding)


def main():
    if '--write-samples' in sys.argv[1:]:
        os.makedirs(os.path.join(HERE, 'samples'), exist_ok=True)
        for sample, how in SAMPLES.items():
            with open(os.path.join(HERE, 'samples', sample), 'wb') as f:
                f.write(sample_bytes(*how))
    facts = 0
    for _, (document, _, _) in sorted(SAMPLES.items()):
        facts += check_document(document)[1]
    for sample, how in SAMPLES.items():
        with open(os.path.join(HERE, 'samples', sample), 'rb') as f:
            if f.read() != sample_bytes(*how):
                problems.append(f'samples/{sample}: is not {how[0]}.txt in {how[1]}')
    for line in problems:
        print(line)
    print(f'gold: {len(SAMPLES)} documents, {facts} facts, {len(problems)} problems')
    return 1 if problems else 0


if __name__ == '__main__':
    sys.exit(main())
