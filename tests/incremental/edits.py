#!/usr/bin/env python3
"""Random edits over a folder: after each, an incremental run and a full one must publish the same bytes.

usage: edits.py BIN CONFIG SAMPLES WORK [--seed N] [--rounds N]

Two datasets see the same inputs in the same order of edits. One is always run incrementally; the other with --full.
After every round their latest snapshots, archives, quarantine and counts are compared. On the way the state is
damaged, removed, or taken back to an older one: that may cost time, never a byte.
"""
import argparse, filecmp, hashlib, io, json, os, random, shutil, subprocess, sys, tarfile, zipfile

ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
ap.add_argument('bin')
ap.add_argument('config')
ap.add_argument('samples')
ap.add_argument('work')
ap.add_argument('--seed', type=int, default=1)
ap.add_argument('--rounds', type=int, default=12)
a = ap.parse_args()
rnd = random.Random(a.seed)

inputs = os.path.join(a.work, 'in')
os.makedirs(inputs)
pool = []
for root, dirs, files in os.walk(a.samples):
    dirs.sort()
    for name in sorted(files):
        with open(os.path.join(root, name), 'rb') as f:
            pool.append(f.read())
pool = [p for p in pool if 0 < len(p) < 40000] or pool
SPOILT = [b'', b'\x00\x01\x02\x03 no text \x00' * 9, '　\n'.encode(), b'\x81\x20\xff' * 40]


def paths():
    return sorted(os.path.relpath(os.path.join(r, f), inputs) for r, _, fs in os.walk(inputs) for f in fs)


def write(path, data):
    full = os.path.join(inputs, path)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    with open(full, 'wb') as f:
        f.write(data)


def text():
    return rnd.choice(SPOILT) if rnd.random() < 0.15 else rnd.choice(pool)


def new_name():
    return rnd.choice(['', 'a/', 'b/c/', '市/']) + '%04x.txt' % rnd.randrange(65536)


def changed(data):
    """The same document with a line more, a line less, or other digits."""
    lines = data.split(b'\n')
    roll = rnd.random()
    if roll < 0.4 and len(lines) > 3:
        del lines[rnd.randrange(1, len(lines))]
    elif roll < 0.7:
        lines.insert(rnd.randrange(len(lines) + 1),
                     f'2031年{rnd.randrange(1, 13)}月底前，由县发展改革局牵头完成{rnd.randrange(10, 99)}个项目。'.encode())
    else:
        return data.replace(b'2', b'3')
    return b'\n'.join(lines)


def archive():
    names = ['m/%d.txt' % i for i in range(rnd.randrange(1, 4))]
    out = io.BytesIO()
    if rnd.random() < 0.5:
        with zipfile.ZipFile(out, 'w') as z:
            for n in names:
                z.writestr(zipfile.ZipInfo(n), text())
    else:
        with tarfile.open(fileobj=out, mode='w:gz') as t:
            for n in names:
                data = text()
                info = tarfile.TarInfo(n)
                info.size = len(data)
                t.addfile(info, io.BytesIO(data))
    return out.getvalue()


def edit():
    have = paths()
    roll = rnd.random()
    if roll < 0.3 or len(have) < 3:
        write(new_name(), text())
    elif roll < 0.4:
        write(new_name().replace('.txt', rnd.choice(['.zip', '.tgz'])), archive())
    elif roll < 0.65:
        path = rnd.choice(have)
        if path.endswith('.txt'):
            with open(os.path.join(inputs, path), 'rb') as f:
                data = f.read()
            write(path, changed(data))
    elif roll < 0.8:
        os.remove(os.path.join(inputs, rnd.choice(have)))
    elif roll < 0.9:
        target = new_name()
        os.makedirs(os.path.dirname(os.path.join(inputs, target)), exist_ok=True)
        os.rename(os.path.join(inputs, rnd.choice([p for p in have if p.endswith('.txt')] or have)), os.path.join(inputs, target))
    else:
        write(new_name(), rnd.choice([open(os.path.join(inputs, p), 'rb').read() for p in have]))


def run(out, *options):
    r = subprocess.run([a.bin, 'run', '-c', a.config, '-i', inputs, '-o', os.path.join(a.work, out), '--dataset', 'd', *options],
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if r.returncode not in (0, 3):
        sys.exit(f'{out}: exit {r.returncode}\n{r.stderr.decode()}')
    return r


def tree(root):
    """Every file of the latest snapshot and its archive, by hash."""
    found = {}
    latest = os.path.join(root, 'latest')
    version = os.path.basename(os.readlink(latest))
    for base, _, files in os.walk(latest + '/'):
        for f in files:
            with open(os.path.join(base, f), 'rb') as h:
                found[os.path.relpath(os.path.join(base, f), latest)] = hashlib.sha256(h.read()).hexdigest()
    for f in os.listdir(os.path.join(root, 'archives')):
        if version in f:
            with open(os.path.join(root, 'archives', f), 'rb') as h:
                found[f] = hashlib.sha256(h.read()).hexdigest()
    return found


def newest(root, folder):
    path = os.path.join(root, folder)
    names = sorted(os.listdir(path), key=lambda n: os.stat(os.path.join(path, n)).st_mtime_ns) if os.path.isdir(path) else []
    return os.path.join(path, names[-1]) if names else None


def record(root):
    with open(newest(root, 'runs'), encoding='utf-8') as f:
        r = json.load(f)
    taken = r['counts'].pop('sources_taken_over')
    r['counts'].pop('documents_taken_over')
    said = {k: r[k] for k in ('counts', 'status', 'exit_status', 'problems', 'inputs')}
    said['published'] = {k: v for k, v in r['published'].items() if k not in ('snapshot', 'archive', 'quarantine')}
    rejects = r['published']['quarantine']
    said['quarantine'] = open(rejects, 'rb').read() if rejects else None
    said['problems'] = [p for p in said['problems'] if p['code'] != 'GW513']
    said['counts'].pop('warnings')
    return said, taken


def spoil_blocks(path):
    with open(path, 'rb') as f:
        data = bytearray(f.read())
    data[rnd.randrange(len(data))] ^= 1 << rnd.randrange(8)
    with open(path, 'wb') as f:
        f.write(data)
    return 'blocks'


def spoil_state(one, older):
    """What may happen to a state between two runs."""
    folder = os.path.join(one, 'state')
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    if not names:
        return 'none'
    if rnd.random() < 0.2 and names[0].endswith('.blocks'):
        return spoil_blocks(os.path.join(folder, names[0]))
    path = os.path.join(folder, names[-1])
    roll = rnd.randrange(12)
    with open(path, 'rb') as f:
        data = bytearray(f.read())
    if roll == 0:
        data = data[:rnd.randrange(len(data))]
    elif roll == 1:
        data[rnd.randrange(len(data))] ^= 1 << rnd.randrange(8)
    elif roll == 2:
        os.remove(path)
        return 'removed'
    elif roll == 3 and older:
        data = older
    else:
        return 'whole'
    with open(path, 'wb') as f:
        f.write(data)
    return ('cut', 'flipped', '', 'older')[roll]


one, two = os.path.join(a.work, 'one', 'd'), os.path.join(a.work, 'two', 'd')
taken_all, older = 0, None
for _ in range(16):
    edit()
for number in range(a.rounds):
    how = spoil_state(one, older) if number else 'first'
    talk = run('one', *rnd.choice([[], ['-j', '1'], ['-j', '3']]))
    run('two', '--full')
    (said, taken), (full, none) = record(one), record(two)
    taken_all += taken
    for path in sorted(set(tree(one)) ^ set(tree(two))):
        sys.exit(f'round {number} ({how}): {path} is in one of the two only')
    x, y = tree(one), tree(two)
    for path in sorted(x):
        if x[path] != y[path]:
            sys.exit(f'round {number} ({how}): {path} differs')
    if said != full:
        for k in said:
            if said[k] != full[k]:
                sys.exit(f'round {number} ({how}): the records differ in {k}:\n{said[k]}\n{full[k]}\n{talk.stderr.decode()}')
    if none:
        sys.exit('--full took something over')
    if how in ('cut', 'flipped', 'older') and (taken or b'GW513' not in talk.stderr) and how != 'older':
        sys.exit(f'round {number}: a state that was {how} was used, or not told of')
    states = [n for n in os.listdir(os.path.join(one, 'state')) if n.endswith('.state')]
    if len(states) != 1:
        sys.exit(f'round {number}: {len(states)} states are kept')
    if {n.rsplit('.', 1)[0] for n in os.listdir(os.path.join(one, 'state'))} != {os.path.basename(os.readlink(one + '/latest'))}:
        sys.exit(f'round {number}: there are files of other versions in state/')
    if rnd.random() < 0.3:
        older = open(os.path.join(one, 'state', states[0]), 'rb').read()
    for _ in range(rnd.choice([0, 1, 1, 2, 3, 6])):
        edit()
if not taken_all and a.rounds >= 8:
    sys.exit('nothing was ever taken over')
print(f'{a.rounds} rounds, {len(paths())} files at the end, {taken_all} sources taken over; every snapshot is that of --full')
