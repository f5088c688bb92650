#!/usr/bin/env python3
"""The measuring half of growth.sh: growth.py GONGWEN CONFIG WORK RESULT.json MB…"""
import json, os, re, subprocess, sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from generate import Writer  # noqa: E402

GONGWEN, CONFIG, WORK, RESULT = sys.argv[1:5]
SIZES = [float(size) for word in sys.argv[5:] for size in word.split()]
RESULTS = []


def measured(*argv, out=None):
    """CPU seconds and peak MB of one call."""
    with open(out or os.devnull, 'wb') as stdout:
        child = subprocess.Popen([GONGWEN, *argv], stdout=stdout, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in (0, 3):
        sys.exit(f'growth: gongwen {" ".join(argv)} ended with {child.returncode}')
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def folder_size(folder, suffix=''):
    size = count = 0
    for root, _, files in os.walk(folder):
        for name in files:
            if name.endswith(suffix):
                size += os.lstat(os.path.join(root, name)).st_size
                count += 1
    return size, count


def write(folder, texts):
    size = count = 0
    for text in texts:
        if count % 500 == 0:
            os.makedirs(f'{folder}/{count // 500:04}')
        data = text.encode()
        with open(f'{folder}/{count // 500:04}/{count:07}.txt', 'wb') as f:
            f.write(data)
        size += len(data)
        count += 1
    return size, count


# ---- what is read ----

def documents(megabytes, low, high):
    """Documents of low to high bytes until there are so many of them."""
    writer, left = Writer(20240601), megabytes * 1e6
    while left > 0:
        text = writer.document(low + int(writer.random.random() * (high - low)))
        left -= len(text.encode())
        yield text


def organs(count):
    """A document for each county, with 30 of its organs."""
    offices = ('水利 教育 民政 财政 司法 审计 统计 商务 林业 体育 交通运输 农业农村 自然资源 生态环境 应急管理 卫生健康 市场监督管理 '
               '医疗保障 退役军人事务 住房和城乡建设 发展和改革 科学技术 工业和信息化 人力资源和社会保障 文化和旅游 公安 信访 乡村振兴 数据 粮食和物资储备').split()
    with open(os.path.join(os.path.dirname(CONFIG), 'gazetteer', 'regions.lex'), encoding='utf-8') as f:
        counties = sorted(set(re.findall(r'(?m)^(\w+[县市区])(?=[|\s;])', f.read())))
    for county in counties[:count // 30]:
        yield f'{county}人民政府关于水库管理的通知\n' + ''.join(f'{i + 1}．{county}{office}局负责巡查。\n' for i, office in enumerate(offices))


# ---- what is measured ----

def grow(name, megabytes, texts):
    # Folders of its own, removed with all others at the end: see fresh_folder in measure.py.
    docs, out, rows, published = (os.path.join(WORK, f'{len(RESULTS)}-{part}') for part in ('docs', 'out', 'rows', 'published'))
    os.makedirs(rows)
    size, count = write(docs, texts)
    found = {'name': name, 'mb': size / 1e6, 'documents': count}
    common = ('-q', '-c', CONFIG)
    found['map_cpu'], found['map_peak'] = measured('map', *common, '-j', '1', '-i', docs)
    found['run_cpu'], found['run_peak'] = measured('run', *common, '-j', '1', '-i', docs, '-o', out)
    data = f'{out}/gongwen/latest/data'
    for what, path, suffix in (('csv', data, '.csv'), ('jsonl', data, '.jsonl'), ('nested', data + '/documents', ''), ('texts', data + '/text', ''),
                               ('archive', out + '/gongwen/archives', '.tar.gz'), ('record', out + '/gongwen/runs', '')):
        found[what + '_mb'] = folder_size(path, suffix)[0] / 1e6
    found['files'] = folder_size(data)[1]
    found['changes_mb'] = os.path.getsize(data + '/CHANGES.json') / 1e6
    found['rows'] = {}
    for table in sorted(os.listdir(data)):
        if table.endswith('.jsonl'):
            with open(f'{data}/{table}', 'rb') as f:
                found['rows'][table[:-6]] = sum(1 for _ in f)
    # the next run, with one document less: what is read again, and the changes
    os.remove(f'{docs}/0000/0000000.txt')
    found['again_cpu'], found['again_peak'] = measured('run', *common, '-j', '1', '-i', docs, '-o', out)
    found['changes_again_mb'] = os.path.getsize(data + '/CHANGES.json') / 1e6
    # from row files, as after a cluster
    found['rows_mb'] = 0
    for part in range(1, 9):
        measured('map', *common, '-j', '1', '-i', docs, '--part', f'{part}/8', out=f'{rows}/{part}')
        found['rows_mb'] += os.path.getsize(f'{rows}/{part}') / 1e6
    found['publish_cpu'], found['publish_peak'] = measured('publish', *common, '-o', published, rows)
    RESULTS.append(found)
    print_line(found)


HEAD = ('documents', 'MB', 'facts', 'map s', 'MB/s', 'run s', 'MB/s', 'again s', 'publish s', 'map MB', 'run MB', 'again MB', 'publish MB', 'organs')


def print_line(f):
    if len(RESULTS) == 1:
        print('| | ' + ' | '.join(HEAD) + ' |\n|' + ' --- |' * (len(HEAD) + 1))
    facts = sum(f['rows'].get(t, 0) for t in ('agencies', 'deadlines', 'dates', 'targets', 'quantities', 'responsibilities'))
    cells = (f['documents'], f'{f["mb"]:.1f}', facts, f'{f["map_cpu"]:.2f}', f'{f["mb"] / f["map_cpu"]:.1f}', f'{f["run_cpu"]:.2f}',
             f'{f["mb"] / f["run_cpu"]:.1f}', f'{f["again_cpu"]:.2f}', f'{f["publish_cpu"]:.2f}', f'{f["map_peak"]:.0f}',
             f'{f["run_peak"]:.0f}', f'{f["again_peak"]:.0f}', f'{f["publish_peak"]:.0f}', f['rows'].get('organizations', 0))
    print(f'| {f["name"]} | ' + ' | '.join(str(c) for c in cells) + ' |', flush=True)


def print_bytes():
    names = ('rows_mb', 'csv_mb', 'jsonl_mb', 'nested_mb', 'texts_mb', 'archive_mb', 'changes_mb', 'changes_again_mb', 'record_mb')
    print('\nMB of output for each MB of source\n\n| | ' + ' | '.join(n[:-3] for n in names) + ' | files |\n|' + ' --- |' * (len(names) + 2))
    for f in RESULTS:
        print(f'| {f["name"]} | ' + ' | '.join(f'{f[n] / f["mb"]:.2f}' for n in names) + f' | {f["files"]} |')


def print_slopes():
    """What each document and each organ adds to the memory of a run."""
    def slope(what, by, lines):
        return (lines[-1][what] - lines[0][what]) * 1024 * 1024 / max(1, by(lines[-1]) - by(lines[0]))
    print('\nbytes of memory that each more adds\n')
    for kind, word, by in (('pages', 'document', lambda f: f['documents']), ('organs', 'organ', lambda f: f['rows']['organizations'])):
        lines = [f for f in RESULTS if f['name'].startswith(kind)]
        if len(lines) > 1:
            print(f'* a {word} ({kind}): map {slope("map_peak", by, lines):.0f}, run {slope("run_peak", by, lines):.0f}, '
                  f'run again {slope("again_peak", by, lines):.0f}, publish {slope("publish_peak", by, lines):.0f}')


def main():
    for size in SIZES:
        grow(f'{size:g} MB', size, documents(size, 5000, 60000))
    for count in (1000, 20000):
        grow(f'pages {count}', count * 0.003, documents(count * 0.003, 1500, 4500))
    for count in (3000, 80000):
        grow(f'organs {count}', 0, organs(count))
    print_bytes()
    print_slopes()
    with open(RESULT, 'w', encoding='utf-8') as f:
        json.dump(RESULTS, f, indent=1)
        f.write('\n')


if __name__ == '__main__':
    main()
