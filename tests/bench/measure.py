#!/usr/bin/env python3
"""The measuring half of run.sh: measure.py BIN CONFIG WORK RESULT.json"""
import itertools, json, os, shutil, statistics, subprocess, sys, time

GONGWEN, CONFIG, WORK, RESULT = sys.argv[1:5]
REPEATS = 3
PIN = ['taskset', '-c', '0'] if shutil.which('taskset') else []


def once(argv, pin=PIN, **how):
    """Seconds and peak memory in MB; ends the script when the program fails."""
    start = time.monotonic()
    child = subprocess.Popen(pin + argv, **how)
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.monotonic() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f'bench: {" ".join(argv)} ended with {child.returncode}')
    return seconds, usage.ru_maxrss / 1024


def timed(argv, before=lambda: None, **how):
    """The fastest of some runs: noise only ever makes one slower."""
    runs = []
    for _ in range(REPEATS):
        before()
        runs.append(once(argv, **how))
    return min(runs)


def in_turns(one, other):
    """Two measurements in turns, so that slow minutes meet both: the median of each, and of what one takes of the other."""
    pairs = [(one(), other()) for _ in range(REPEATS)]
    a, b = (tuple(statistics.median(run[i] for run in runs) for i in (0, 1)) for runs in zip(*pairs))
    return a, b, statistics.median(x[0] / y[0] for x, y in pairs)


def fresh_folder(number=itertools.count(1)):
    """A new one for every run, all of them removed at the end: where files were removed shortly before, ext4 looks through
    inodes that were freed in the last minutes for each file that is made, which takes seconds of system time."""
    return os.path.join(WORK, f'out{next(number)}')


def stages(folder):
    """Each step at its fastest."""
    best = None
    for _ in range(REPEATS):
        found = json.loads(subprocess.run(PIN + [WORK + '/stages', CONFIG, folder], check=True, stdout=subprocess.PIPE).stdout)
        if best:
            found['steps'] = {k: min(v, best['steps'][k]) for k, v in found['steps'].items()}
        best = found
    return best


def beside_iconv(encoding, folder):
    """The stage `decode` and iconv(3) in turns on the same bytes in memory."""
    return json.loads(subprocess.run(PIN + [WORK + '/decode', encoding, folder], check=True, stdout=subprocess.PIPE).stdout)


def change(folder):
    """One document in 500 gets a sentence more; others every time."""
    paths = sorted(os.path.join(root, f) for root, _, files in os.walk(folder) for f in files)
    change.calls = getattr(change, 'calls', 0) + 1
    for path in paths[change.calls * 37 % 500::500]:
        with open(path, 'a', encoding='utf-8') as f:
            f.write('2031年6月底前，由县发展改革局牵头完成12个项目。\n')


def joined(folder, name):
    path = os.path.join(WORK, name)
    with open(path, 'wb') as out:
        for root, dirs, files in os.walk(folder):
            dirs.sort()
            for f in sorted(files):
                with open(os.path.join(root, f), 'rb') as one:
                    shutil.copyfileobj(one, out)
    return path


def main():
    utf8, gb = os.path.join(WORK, 'utf8'), os.path.join(WORK, 'gb18030')
    found, found_gb = stages(utf8), stages(gb)
    mb = found['bytes'] / 1e6
    steps = found['steps']
    extract = sum(v for k, v in steps.items() if k == 'scan' or k.startswith('extract-'))
    lines = []  # name, MB/s of UTF-8 text, seconds, MB of memory

    def line(name, seconds, memory=None):
        lines.append({'name': name, 'mb_per_s': round(mb / seconds, 1) if seconds else None,
                      'seconds': round(seconds, 3), **({'peak_mb': round(memory, 1)} if memory else {})})

    line('decode (UTF-8)', steps['decode'])
    line('decode (GB18030)', found_gb['steps']['decode'])
    line('normalize', steps['normalize'])
    for name in ('split', 'structure', 'scan'):
        if name in steps:
            line(name, steps[name])
    for name in (k for k in steps if k.startswith('extract-')):
        line(name, steps[name])
    line('extract, with the scan', extract)
    line('link', steps.get('link', 0))
    line('rows and their NDJSON', steps['tabulate'] + steps['rows-print'])
    outs = []

    def run(jobs, pin):
        outs.append(fresh_folder())
        return once([GONGWEN, 'run', '-q', '-c', CONFIG, '-i', utf8, '-o', outs[-1], '-j', str(jobs)], pin, stdout=subprocess.DEVNULL)

    run_1, run_2, run_1_to_2 = in_turns(lambda: run(1, PIN), lambda: run(2, []))
    line('gongwen run -j 1, whole', *run_1)
    line('gongwen run -j 2, whole', *run_2)
    again = [GONGWEN, 'run', '-q', '-c', CONFIG, '-i', utf8, '-o', outs[0], '-j', '1']
    line('  again, 1 in 500 changed', *timed(again, before=lambda: change(utf8), stdout=subprocess.DEVNULL))
    line('  again, nothing changed', *timed(again, stdout=subprocess.DEVNULL))
    null = open(os.devnull, 'wb')
    gb_file, utf8_file = joined(gb, 'all.gb18030'), joined(utf8, 'all.utf8')
    mapped, iconv, map_to_iconv = in_turns(
        lambda: once([GONGWEN, 'map', '-q', '-c', CONFIG, '-i', gb, '-j', '1'], stdout=null),
        lambda: once(['iconv', '-f', 'gb18030', '-t', 'utf-8', gb_file], stdout=null))
    line('gongwen map -j 1 (GB18030)', *mapped)
    line('iconv -f gb18030 -t utf-8', *iconv)
    pairs = [beside_iconv('UTF-8', utf8), beside_iconv('GB18030', gb)]
    for p in pairs:
        line(f'{p["encoding"]} here, detected', p['seconds'])
        line(f'{p["encoding"]} by iconv(3)', p['iconv_seconds'])
    line('wc -m', *timed(['wc', '-m', utf8_file], stdout=null, env={**os.environ, 'LC_ALL': 'C.UTF-8'}))

    print(f'{mb:.1f} MB of UTF-8, {found["documents"]} documents, {found["facts"]} facts '
          f'(one in {found["chars"] / max(1, found["facts"]):.0f} characters); one core but for -j 2')
    print(f'{"":28}{"MB/s":>9}{"seconds":>10}{"peak MB":>9}')
    for x in lines:
        print(f'{x["name"]:28}{x["mb_per_s"] or 0:9.1f}{x["seconds"]:10.3f}{x.get("peak_mb", ""):>9}')
    print('; '.join(f'decoding {p["encoding"]}, with its detection, is {p["ratio"]:.2f} times as fast as iconv(3)' for p in pairs))
    print(f'map -j 1 takes {map_to_iconv:.2f} times as long as iconv on the same GB18030; '
          f'run -j 2 is {run_1_to_2:.2f} times as fast as run -j 1')
    with open(RESULT, 'w') as f:
        json.dump({'map_to_iconv': map_to_iconv, 'run_1_to_run_2': run_1_to_2,
                   'decode_to_iconv': {p['encoding']: p['ratio'] for p in pairs},
                   'bytes': found['bytes'], 'documents': found['documents'], 'facts': found['facts'], 'lines': lines}, f, indent=1)
        f.write('\n')


if __name__ == '__main__':
    main()
