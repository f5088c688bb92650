#!/usr/bin/env python3
"""The measuring half of peers.sh.

    peers.py table GONGWEN CONFIG WORK ENV RESULT.json      all of them, as a table
    peers.py PEER DOCS SECONDS                              one of them, as JSON: bytes, CPU seconds, things found

A peer reads the documents from the first one on, line by line (whole documents would be slower for all of them), until its
seconds are over; loading its dictionaries does not count. gongwen reads all of them, and its start counts.
"""
import json, os, re, resource, shutil, subprocess, sys, time


def documents(folder):
    for root, dirs, files in os.walk(folder):
        dirs.sort()
        for name in sorted(files):
            with open(os.path.join(root, name), encoding='utf-8') as f:
                yield f.read()


def jionlp_times():
    import jionlp
    base = time.time()
    return lambda line: jionlp.ner.extract_time(line, time_base=base)


def jionlp_money():
    import jionlp
    return jionlp.ner.extract_money


def jieba_words():
    import jieba
    return jieba.lcut


def lac_words():
    from LAC import LAC
    return LAC(mode='lac').run


# What it does, how it is named in the table.
PEERS = {
    'jionlp-times': ('JioNLP', 'times', jionlp_times),
    'jionlp-money': ('JioNLP', 'amounts of money', jionlp_money),
    'jieba-words': ('jieba', 'words', jieba_words),
    'lac-words': ('LAC', 'words and names', lac_words),
}
NODE = {
    'times': ('Recognizers-Text', 'times'),
    'numbers': ('Recognizers-Text', 'numbers, shares, amounts, units'),
}


def one(peer, docs, seconds):
    read = PEERS[peer][2]()
    read('市水利局要在2025年6月底前完成，增长8.5%，资金3亿元。')
    start = time.process_time()
    size = found = 0
    for text in documents(docs):
        for line in text.split('\n'):
            if time.process_time() - start > seconds:
                break
            if line:
                found += len(read(line) or [])
            size += len(line.encode()) + 1
    print(json.dumps({'bytes': size, 'seconds': time.process_time() - start, 'found': found}))


# ---- the table ----

PIN = ['taskset', '-c', '0'] if shutil.which('taskset') else []


def run(argv, out=subprocess.PIPE):
    """(what it printed, CPU seconds)"""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(PIN + argv, stdout=out, stderr=subprocess.PIPE)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        words = done.stderr.decode('utf-8', 'replace').strip().splitlines()
        raise RuntimeError(words[-1] if words else f'status {done.returncode}')
    return done.stdout, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def gongwen_lines(gongwen, config, work):
    """gongwen as it is, and with the stages for times and numbers alone."""
    docs = os.path.join(work, 'docs')
    size = sum(len(text.encode()) for text in documents(docs))
    few = os.path.join(work, 'few')
    shutil.copytree(config, os.path.join(few, 'config'))
    shutil.copytree(os.path.join(config, '..', 'schemas'), os.path.join(few, 'schemas'))
    path = os.path.join(few, 'config', 'pipeline.yaml')
    with open(path, encoding='utf-8') as f:
        text = f.read()
    for stage in ('extract-agencies', 'extract-responsibilities'):
        text = re.sub(r'  - %s:\n(?:      .*\n)+' % stage, '', text)
    with open(path, 'w', encoding='utf-8') as f:
        f.write(re.sub(r'^inputs:\n(?:  .*\n)+', 'inputs: []\n', text, flags=re.M))
    for what, settings in (('all facts and tasks', os.path.join(config, 'pipeline.yaml')), ('times and numbers', path)):
        argv = [gongwen, 'map', '-q', '-j', '1', '-c', settings, '-i', docs]
        best = min(run(argv, subprocess.DEVNULL)[1] for _ in range(5))
        rows, _ = run(argv)
        found = len(re.findall(rb'(?m)^\{"table":"(?:agencies|deadlines|dates|targets|quantities|responsibilities)"', rows))
        yield {'program': 'gongwen map', 'does': what, 'bytes': size, 'seconds': round(best, 3), 'found': found}


def peer_lines(work, env, seconds, missing):
    docs = os.path.join(work, 'docs')
    jobs = [(name, does, [sys.executable, __file__, peer, docs, seconds]) for peer, (name, does, _) in PEERS.items()]
    jobs += [(name, does, ['node', os.path.join(env, 'npm', 'peers.mjs'), what, docs, seconds])
             for what, (name, does) in NODE.items()]
    known = ' '.join(missing)
    for name, does, argv in jobs:
        if name + ':' in known:
            continue
        try:
            found = json.loads(run(argv)[0].splitlines()[-1])
        except (RuntimeError, ValueError, OSError) as e:
            missing.append(f'{name}: does not run: {e}')
            known += name + ':'
            continue
        yield {'program': name, 'does': does, **found, 'seconds': round(found['seconds'], 3)}


def table(gongwen, config, work, env, result):
    seconds = os.environ.get('SECONDS_EACH', '20')
    try:
        with open(os.path.join(work, 'missing'), encoding='utf-8') as f:
            missing = f.read().splitlines()
    except FileNotFoundError:
        missing = []
    lines = list(gongwen_lines(gongwen, config, work)) + list(peer_lines(work, env, seconds, missing))
    for line in lines:
        line['mb_per_s'] = round(line['bytes'] / 1e6 / line['seconds'], 4)
    print('one core, CPU time, the same documents from the first on')
    print(f'{"program":18}{"finds":34}{"MB":>7}{"seconds":>9}{"MB/s":>9}{"gongwen map":>13}')
    for line in lines:
        times = lines[0]['mb_per_s'] / line['mb_per_s']
        print(f'{line["program"]:18}{line["does"]:34}{line["bytes"] / 1e6:7.2f}{line["seconds"]:9.2f}{line["mb_per_s"]:9.3f}'
              f'{f"{times:.0f} times" if line["program"] != "gongwen map" else "":>13}')
    for reason in missing:
        print('not measured:', reason)
    with open(result, 'w', encoding='utf-8') as f:
        json.dump({'lines': lines, 'missing': missing}, f, indent=1, ensure_ascii=False)
        f.write('\n')


if __name__ == '__main__':
    if sys.argv[1] == 'table':
        table(*sys.argv[2:])
    else:
        one(sys.argv[1], sys.argv[2], float(sys.argv[3]))
