#!/usr/bin/env python3
"""Eight times the documents, the same memory: the peak of a run, and of the next one, must not grow with their number.

usage: peaks.py GONGWEN [DOCUMENTS]

The documents are small and name the same organs, so that nothing grows but their number."""
import os, shutil, subprocess, sys, tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ALLOWED = 1.10
FILLING = 4 * 1024  # KiB: rooms of a fixed size that a few thousand documents do not fill yet
TEXT = ('某县水利局关于第{n}号水库除险加固的通知\n'
        '一、工作任务\n县水利局应于2031年6月底前完成{n}座水库的除险加固，县财政局负责落实资金{n}万元。\n'
        '二、保障措施\n县应急管理局牵头，县气象局配合，2030年底前建成雨情测报站{n}处，群众满意度达到95%以上。\n')


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
    finally:
        shutil.rmtree(work, ignore_errors=True)
    small, large = peaks
    print(f'{8 * count} documents for {count}: ' + ', '.join(
        f'{name} {a / 1024:.1f} to {b / 1024:.1f} MiB' for name, a, b in zip(('a run', 'the next run'), small, large)))
    if any(b > a * ALLOWED + FILLING for a, b in zip(small, large)):
        sys.exit(f'peaks: memory grows with the number of documents (allowed: a factor of {ALLOWED}, and {FILLING // 1024} MiB)')


if __name__ == '__main__':
    main()
