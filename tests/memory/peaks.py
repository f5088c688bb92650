#!/usr/bin/env python3
"""Eight times the documents, the same memory: the peak of a run, and of the next one, must not grow with their number.
And what one large input takes, as one document and as many in one file, stays below so many bytes for each of its own.

usage: peaks.py GONGWEN [DOCUMENTS]

The documents are small and name the same organs, so that nothing grows but their number."""
import os, shutil, subprocess, sys, tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ALLOWED = 1.10
FILLING = 4 * 1024  # KiB: rooms of a fixed size that a few thousand documents do not fill yet
TEXT = ('某县水利局关于第{n}号水库除险加固的通知\n'
        '一、工作任务\n县水利局应于2031年6月底前完成{n}座水库的除险加固，县财政局负责落实资金{n}万元。\n'
        '二、保障措施\n县应急管理局牵头，县气象局配合，2030年底前建成雨情测报站{n}处，群众满意度达到95%以上。\n')

LARGE_BYTES = 6 << 20
LARGE_TIMES = {'one document': 58, 'a compilation': 58}
FILLER = ('坚持问题导向、目标导向、结果导向相统一，聚焦突出短板和薄弱环节，分类施策、精准发力，确保各项举措落到实处。统筹发展和安全，健全风险识别、预警、'
          '处置全链条管理机制，牢牢守住底线。推动优质资源向基层下沉，促进城乡之间、区域之间、群体之间均衡发展，不断增强群众获得感。\n')
LINES = ('（一）水库除险加固。县水利局应于2031年6月底前完成{n}座水库的除险加固，县财政局负责落实资金{n}万元，统筹发展和安全，健全机制，压实责任。\n'
         '（二）雨情测报。县气象局配合，2030年底前建成测报站{n}处。' + FILLER + FILLER + FILLER + FILLER)


def documents(folder, count):
    for n in range(count):
        if n % 500 == 0:
            os.makedirs(f'{folder}/{n // 500:03}')
        with open(f'{folder}/{n // 500:03}/{n:06}.txt', 'w', encoding='utf-8') as f:
            f.write(TEXT.format(n=n))


def peak(gongwen, docs, out):
    """KiB; one thread, since how far others run ahead is a matter of chance."""
    child = subprocess.Popen([gongwen, 'run', '-q', '-c', f'{ROOT}/config/pipeline.yaml', '-j', '1', '-i', docs, '-o', out],
                             stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        sys.exit(f'peaks: the run ended with {child.returncode}')
    return usage.ru_maxrss


def large(path, compilation):
    """One text of LARGE_BYTES; a compilation begins a document anew every 60 lines."""
    with open(path, 'w', encoding='utf-8') as f:
        size, n = 0, 0
        while size < LARGE_BYTES:
            begins = n == 0 or (compilation and n % 30 == 0)
            text = (f'某县第{n}灌区管理条例\n（2030年1月1日公布）\n' if begins else '') + LINES.format(n=n)
            ends = compilation and n % 30 == 29
            size += f.write(text + ('本条例自2030年1月1日起施行。\n' if ends else '')) * 3
            n += 1
    return os.path.getsize(path)


def check_large(gongwen, work, least):
    bad = False
    for name, limit in LARGE_TIMES.items():
        path = f'{work}/{name}.txt'
        size = large(path, name != 'one document')
        times = (peak(gongwen, path, f'{work}/out {name}') - least) * 1024 / size
        print(f'a text of {size / 1e6:.1f} MB as {name}: {times:.0f} bytes a byte')
        bad = bad or times > limit
    if bad:
        sys.exit(f'peaks: a large text takes more than it may: {LARGE_TIMES}')


def main():
    gongwen, count = os.path.realpath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 2500
    work = tempfile.mkdtemp(prefix='gongwen-memory.')
    peaks = []
    try:
        for n in (count, 8 * count):
            docs, out = f'{work}/docs{n}', f'{work}/out{n}'
            documents(docs, n)
            first = peak(gongwen, docs, out)
            with open(f'{docs}/000/000000.txt', 'a', encoding='utf-8') as f:
                f.write('二、附则\n本通知自2030年1月1日起施行。\n')
            peaks.append((first, peak(gongwen, docs, out)))
        check_large(gongwen, work, peaks[0][0])
    finally:
        shutil.rmtree(work, ignore_errors=True)
    small, large = peaks
    print(f'{8 * count} documents for {count}: ' + ', '.join(
        f'{name} {a / 1024:.1f} to {b / 1024:.1f} MiB' for name, a, b in zip(('a run', 'the next run'), small, large)))
    if any(b > a * ALLOWED + FILLING for a, b in zip(small, large)):
        sys.exit(f'peaks: memory grows with the number of documents (allowed: a factor of {ALLOWED}, and {FILLING // 1024} MiB)')


if __name__ == '__main__':
    main()
