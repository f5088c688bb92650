#!/usr/bin/env python3
"""Has the program become slower? Counted instructions, not time: the same on a busy machine.

usage: instructions.py BIN FIGURES.json [--update]

BIN runs under callgrind over the documents that FIGURES names. Counted is what is executed in the program itself: the
libraries choose their code by the processor. Two figures are compared, the start (everything `check` does) and what a
run adds for each byte of source; more than 5 % above what is written down for the compiler that made BIN is a failure.
--update writes down what was counted, with the reason in the commit. Without valgrind, or for another compiler, it
says so and ends well.
"""
import hashlib, json, os, platform, re, shutil, subprocess, sys, tempfile

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..')
CONFIG = os.path.join(ROOT, 'config', 'pipeline.yaml')
LIMIT = 1.05
COPIES = 8  # of each document: what a run costs whatever its size shall not weigh much


def compiler(program):
    """"GCC: (Debian 12.2.0-14) 12.2.0" of the program's comment: gcc 12.2.0."""
    said = subprocess.run(['readelf', '-p', '.comment', program], stdout=subprocess.PIPE, text=True, check=True).stdout
    found = re.search(r'(GCC|clang)[^\n]*?(\d+\.\d+\.\d+)\s*$', said, re.M)
    return f'{found.group(1).lower() if found else "cc"} {found.group(2) if found else "?"} {platform.machine()}'


def own(path, program):
    """Instructions executed in the program's own code. A line behind calls= counts what was called."""
    total, inside, skip, names = 0, False, False, {}
    for line in open(path):
        if line.startswith('ob='):
            number, _, name = line[3:].strip().partition(' ')
            names[number] = name or names.get(number, '')
            inside = os.path.realpath(names[number]) == program
        elif line.startswith('calls='):
            skip = True
        elif line[0].isdigit() or line[0] in '+-*':
            total += int(line.split()[1]) if inside and not skip else 0
            skip = False
        elif line.startswith('cob='):
            number, _, name = line[4:].strip().partition(' ')
            if name:
                names[number] = name
    return total


def count(program, work, *arguments):
    out = os.path.join(work, 'callgrind')
    done = subprocess.run(['valgrind', '--tool=callgrind', '--callgrind-out-file=' + out, program, *arguments],
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(f'instructions: {" ".join(arguments)} ended with {done.returncode}:\n{done.stderr}')
    return own(out, program)


def copied(files, work):
    """The documents in a folder of their own, checked to be those of the figures; their size."""
    size, folder = 0, os.path.join(work, 'in')
    os.mkdir(folder)
    for path, sha256 in files.items():
        with open(os.path.join(ROOT, path), 'rb') as f:
            content = f.read()
        files[path] = hashlib.sha256(content).hexdigest()
        if sha256 and files[path] != sha256 and '--update' not in sys.argv:
            sys.exit(f'instructions: {path} is not what was counted before; take new figures (--update)')
        for copy in range(COPIES):
            size += len(content)
            with open(os.path.join(folder, f'{copy}-{os.path.basename(path)}'), 'wb') as f:
                f.write(content)
    return size, folder


def main():
    program, written = os.path.realpath(sys.argv[1]), sys.argv[2]
    if not shutil.which('valgrind') or not shutil.which('readelf'):
        print('instructions: skipped, valgrind (or readelf) is not installed')
        return
    with open(written) as f:
        figures = json.load(f)
    name = compiler(program)
    known = figures['compilers'].get(name)
    if not known and '--update' not in sys.argv:
        print(f'instructions: skipped, there are no figures for {name}; --update adds them')
        return
    with tempfile.TemporaryDirectory() as work:
        size, folder = copied(figures['documents'], work)
        start = count(program, work, 'check', '-q', '-c', CONFIG)
        whole = count(program, work, 'run', '-q', '-c', CONFIG, '-i', folder, '-o', os.path.join(work, 'out'), '-j', '1')
    now = {'start': start, 'for each byte': round((whole - start) / size, 1)}
    if '--update' in sys.argv:
        figures['compilers'][name] = now
        with open(written, 'w') as f:
            json.dump(figures, f, indent=1)
            f.write('\n')
        return
    for what, n in now.items():
        print(f'instructions, {what}: {n:,} (written down: {known[what]:,}, {n / known[what] - 1:+.1%})')
    if any(n > known[what] * LIMIT for what, n in now.items()):
        sys.exit(f'instructions: more than {LIMIT - 1:.0%} above what is written down for {name}; if the reason is a good one, --update')


main()
