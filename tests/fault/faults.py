#!/usr/bin/env python3
"""A run that fails or is killed anywhere leaves the old snapshot, and the next run works.

    faults.py BIN SHIM [--long] [--seed N] [--only KIND:N]

A dataset is published once; its inputs change; the next run is disturbed by shim.so (see shim.c) at one of its calls
under the output folder. Then must hold:

  * the run has failed with status 1 and a message, and the dataset is, byte for byte, what it was before; or, where the
    call was not needed or came after the snapshot was published, the run has published what an undisturbed run does;
  * nothing half-made stands anywhere: what begins with .tmp- is gone after a failure, and after a kill with the next run;
  * the next run, undisturbed, publishes what an undisturbed run would have, byte for byte;
  * records of runs and quarantine files are whole.

Kinds: once (every call fails once), on (the disk is full from there on), kill (killed before the call), short (reads and
writes come in parts). --long tries every call of each kind, and 300 kills at random moments of a run over more documents.
"""
import argparse, collections, concurrent.futures, errno, filecmp, glob, json, os, random, re, shutil, signal, subprocess, \
    sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PLAN = '{}县农村公路养护实施方案\n（2025年3月12日印发）\n一、工作目标\n到2027年，列养率保持{}%。\n二、重点任务\n（一）健全机制。\n'


def write(path, content):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'wb') as f:
        f.write(content if isinstance(content, bytes) else content.encode())


def tree(folder):
    """What a folder holds: path to bytes, link target or 'folder'."""
    out = {}
    for at, folders, files in os.walk(folder):
        for name in folders + files:
            path = os.path.join(at, name)
            short = os.path.relpath(path, folder)
            if os.path.islink(path):
                out[short] = '-> ' + os.readlink(path)
            elif os.path.isdir(path):
                out[short] = 'folder'
            else:
                with open(path, 'rb') as f:
                    out[short] = f.read()
    return out


def copy(folder, to):
    """Published files are never written again, so the copy may share them."""
    shutil.copytree(folder, to, symlinks=True, copy_function=lambda a, b: (shutil.copy if a.endswith('.lock') else os.link)(a, b))


def published(place):
    """The part of a dataset that readers see."""
    seen = tree(place)
    return {path: what for path, what in seen.items()
            if path.split('/')[0] in ('snapshots', 'archives', 'latest') and what != 'folder'}


def unfinished(place):
    return sorted(os.path.relpath(os.path.join(at, name), place) for at, folders, files in os.walk(place)
                  for name in folders + files if name.startswith('.tmp-'))


def differences(a, b):
    return ' '.join(sorted(p for p in set(a) | set(b) if a.get(p) != b.get(p))[:9])


def mended(path):
    """A logged path without what differs from run to run."""
    path = re.sub(r'\.tmp-[^/ ]*', '.tmp', path)
    path = re.sub(r'\d{8}T\d{6}Z-[0-9a-f]{8}', 'RUN', path)
    return re.sub(r'[0-9a-f]{32}', 'HASH', path)


class Bench:
    def __init__(self, program, shim, work):
        self.program, self.shim, self.work = program, shim, work
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(('FAULT_', 'LD_PRELOAD', 'SOURCE_DATE_EPOCH'))}
        self.config = os.path.join(HERE, 'pipeline.yaml')

    def run(self, inputs, out, **fault):
        env = dict(self.env, LD_PRELOAD=self.shim)
        if fault:
            env.update(FAULT_ROOT=out)
            env.update({'FAULT_' + k.upper(): str(v) for k, v in fault.items()})
        done = subprocess.run([self.program, 'run', '-q', '-c', self.config, '-i', inputs, '-o', out, '-j', '1'], env=env,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
        return done.returncode, done.stderr.decode(errors='replace')

    def verify(self, snapshot):
        done = subprocess.run([self.program, 'verify', '-q', snapshot], env=self.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        assert done.returncode == 0, 'verify %s: %s' % (snapshot, done.stdout.decode())

    def prepare(self):
        w = self.work
        self.before, self.after = os.path.join(w, 'inputs-1'), os.path.join(w, 'inputs-2')
        write(self.before + '/a.txt', PLAN.format('青田', 97))
        write(self.after + '/a.txt', PLAN.format('青田', 99))
        write(self.after + '/b.txt', PLAN.format('云溪', 95))
        write(self.after + '/bad.txt', bytes(2000))
        for folder in (self.before, self.after): # taken over from the snapshot before
            write(folder + '/c.txt', PLAN.format('白沙', 96))
            write(folder + '/d.txt', PLAN.format('白沙', 96))
        self.base, whole = os.path.join(w, 'base'), os.path.join(w, 'whole')
        log = os.path.join(w, 'log')
        status, talk = self.run(self.before, self.base, log=log, at=0)
        assert status == 0, talk
        self.first_calls = self.calls_in(log, self.base)
        write(self.before + '/a.txt', PLAN.format('青田', 98))
        status, talk = self.run(self.before, self.base)
        assert status == 0, talk
        self.old = published(self.base + '/gongwen')
        shutil.copytree(self.base, whole, symlinks=True)
        self.status, talk = self.run(self.after, whole, log=log, at=0)
        assert self.status == 3, talk
        self.verify(whole + '/gongwen/latest')
        for archive in glob.glob(whole + '/gongwen/archives/*'):
            self.verify(archive)
        self.new = published(whole + '/gongwen')
        assert len([p for p in self.new if p.endswith('.tar.gz')]) == 2 and self.new['latest'] != self.old['latest']
        self.gone = {p for p in self.old if p not in self.new}
        assert self.gone # by keep: 2
        self.calls = self.calls_in(log, whole)

    def calls_in(self, log, out):
        calls = []
        with open(log) as f:
            for line in f:
                number, call, path = line.rstrip('\n').split(' ', 2)
                calls.append((int(number), call, path.replace(out, '')))
        assert [c[0] for c in calls] == list(range(1, len(calls) + 1))
        os.unlink(log)
        return calls

    # ---- one disturbed run ----

    def check(self, condition, what):
        if not condition:
            raise AssertionError(what)

    def check_records(self, place):
        for path in glob.glob(place + '/runs/*.json'):
            with open(path) as f:
                json.load(f)
        for path in glob.glob(place + '/quarantine/*.jsonl'):
            with open(path) as f:
                for line in f:
                    self.check(json.loads(line)['source_path'] == 'bad.txt', 'a strange reject in ' + path)

    def disturbed(self, kind, number):
        """Returns 'failed' or 'published'."""
        out = os.path.join(self.work, '%s-%d' % (kind, number))
        place = out + '/gongwen'
        copy(self.base, out)
        call, path = self.calls[number - 1][1:]
        error = errno.ENOSPC if kind == 'on' or number % 2 else errno.EIO
        status, talk = self.run(self.after, out, at=number, mode=kind, errno=error)
        now = published(place)
        shown = 'status %d\n%s' % (status, talk)
        self.check_records(place)
        # An old snapshot may be on its way out already, or still there; it goes with the next run.
        rest = {p: w for p, w in now.items() if p not in self.gone and not p.startswith('snapshots/.tmp-old')}
        if kind == 'kill':
            self.check(status == -signal.SIGKILL, 'not killed: ' + shown)
            self.check(now['latest'] in (self.old['latest'], self.new['latest']), 'latest leads elsewhere')
            if now['latest'] == self.new['latest']:
                self.check(rest == self.new, 'latest leads to what is not whole: ' + differences(rest, self.new))
                word = 'published'
            else:
                self.check(all(now.get(p) == w for p, w in self.old.items()), 'the old snapshot has changed')
                word = 'failed'
        elif now == self.old:
            self.check(status == 1, 'nothing was published: ' + shown)
            self.check('error[GW' in talk, 'no message: ' + shown)
            word = 'failed'
        else:
            self.check(rest == self.new, 'neither the old nor the new: %s%s' % (shown, differences(rest, self.new)))
            self.check(status == self.status, 'published, but ' + shown)
            needed = ('runs/' in path or 'run.prom' in path) and call in ('write', 'fsync', 'rename', 'symlink')
            self.check('error[GW5' in talk or not needed, 'not told: ' + shown)
            word = 'published'
        if kind == 'kill' and word == 'failed':
            status, talk = self.run(self.before, out) # what was put into place must go, with whatever comes next
            self.check(status == 0 and published(place) == self.old, 'with the old inputs: status %d\n%s%s' % (
                status, talk, differences(published(place), self.old)))
            self.check(not unfinished(place), 'left behind')
        if kind != 'kill' and not (kind == 'once' and call in ('unlink', 'unlinkat', 'openat', 'opendir', 'rmdir', 'close', 'open')):
            left = [p for p in unfinished(place) if '.tmp-old-' not in p]
            self.check(not left, 'left behind: %s\n%s' % (left[:3], shown))
        status, talk = self.run(self.after, out)
        self.check(status == self.status, 'the next run: status %d\n%s' % (status, talk))
        now, left = published(place), unfinished(place)
        self.check(now == self.new, 'the next run gives something else: ' + differences(now, self.new))
        states = os.listdir(place + '/state')
        self.check(states == [os.path.basename(os.readlink(place + '/latest')) + '.state'], 'states: %s' % states)
        self.check(not left, 'left behind after the next run: %s' % left[:3])
        self.check_records(place)
        shutil.rmtree(out)
        return word

    # ---- unpacking, disturbed ----

    def unpack(self, folder, **fault):
        env = dict(self.env, LD_PRELOAD=self.shim)
        if fault:
            env.update({'FAULT_' + k.upper(): str(v) for k, v in fault.items()}, FAULT_ROOT=folder)
        done = subprocess.run([self.program, 'unpack', '-q', self.archive, '-o', folder], env=env, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
        return done.returncode, done.stderr.decode(errors='replace')

    def prepare_unpack(self):
        self.archive = max(glob.glob(self.work + '/whole/gongwen/archives/*.tar.gz'))
        name, log, folder = os.path.basename(self.archive)[:-len('.tar.gz')], self.work + '/log', self.work + '/unpacked'
        status, talk = self.unpack(folder, log=log, at=0)
        assert status == 0, talk
        self.unpacked = tree(folder)
        assert tree(folder + '/' + name) == tree(self.work + '/whole/gongwen/latest/')
        return self.calls_in(log, folder)

    def unpack_disturbed(self, kind, number, call):
        folder = '%s/unpacked-%s-%d' % (self.work, kind, number)
        status, talk = self.unpack(folder, at=number, mode=kind, errno=errno.ENOSPC)
        now = tree(folder) if os.path.exists(folder) else {}
        seen = {p: w for p, w in now.items() if not p.startswith('.tmp-')}
        self.check(seen == self.unpacked or not seen, 'half unpacked: status %d\n%s' % (status, talk))
        if kind != 'kill':
            self.check(status == (0 if seen else 1) and (seen or 'error[GW' in talk), 'status %d\n%s' % (status, talk))
            self.check(len(now) == len(seen) or call in ('unlinkat', 'openat', 'rmdir', 'close'), 'left behind')
        if not seen:
            status, talk = self.unpack(folder)
            self.check(status == 0 and tree(folder) == self.unpacked, 'then: status %d\n%s' % (status, talk))
        if os.path.exists(folder):
            shutil.rmtree(folder)
        return 'published' if seen else 'failed'

    # ---- which calls ----

    def chosen(self, kind, every):
        """The numbers of the calls to disturb. Not every: of reads and closes of one sort the first, of others all; of kills
        and full disks every fifteenth, and all from the first rename into snapshots/ on."""
        if every:
            return [c[0] for c in self.calls]
        commit = next(n for n, call, path in self.calls if call == 'rename' and '/snapshots/' in path)
        if kind == 'kill':
            steps = {n for n in range(1, commit, max(1, commit // 16))}
            return sorted(steps | {n for n, call, path in self.calls if n >= commit - 3 and call in ('rename', 'fsync', 'syncfs', 'symlink')})
        if kind == 'on':
            return [n for n in range(1, len(self.calls), 1 + len(self.calls) // 20)]
        seen, out = collections.Counter(), []
        written = {path for n, call, path in self.calls if call == 'write'}
        for n, call, path in self.calls:
            sort = re.sub(r'/[^/]*(\.\w+)$', r'/*\1', mended(path))
            small = call in ('read', 'close', 'opendir', 'mkdir') or (call == 'open' and path not in written)
            seen[call, sort] += 1
            if seen[call, sort] <= (1 if small else 2):
                out.append(n)
        return out


def in_order(calls):
    """What a rename puts into place has been brought to disk before; `latest` is switched when all the rest is there."""
    dirty, synced_names, wrong = {}, True, []
    unsynced_folders = set()
    for number, call, path in calls:
        if call in ('write', 'pwrite', 'writev'):
            dirty[path] = number
        elif call in ('mkdir', 'symlink') or (call == 'open' and '/.tmp-' in path):
            unsynced_folders.add(os.path.dirname(path.rstrip('/')))
        elif call == 'syncfs':
            dirty.clear()
            unsynced_folders.clear()
        elif call == 'fsync':
            dirty.pop(path, None)
            unsynced_folders.discard(path)
        elif call == 'rename':
            source, target = path.split(' ')
            for at in [p for p in dirty if p == source or p.startswith(source + '/')]:
                wrong.append('%d: %s is renamed before %s is on disk' % (number, source, at))
            if '/snapshots/' in target:
                wrong += ['%d: %s is renamed before the names in %s are on disk' % (number, source, f)
                          for f in unsynced_folders if f.startswith(source)]
            if target.endswith('/latest'):
                wrong += ['%d: latest is switched before the names in %s are on disk' % (number, f)
                          for f in unsynced_folders if f.endswith(('/snapshots', '/archives'))]
            unsynced_folders.add(os.path.dirname(target))
    last = [f for f in unsynced_folders if '/.tmp-' not in f and f not in ('', '/')]
    wrong += ['at the end: the names in %s are not on disk' % f for f in last]
    return wrong


def sweep(bench, kind, every, pool):
    numbers = bench.chosen(kind, every)
    words, bad = collections.Counter(), []
    jobs = {pool.submit(bench.disturbed, kind, n): n for n in numbers}
    for job in concurrent.futures.as_completed(jobs):
        n = jobs[job]
        try:
            words[job.result()] += 1
            if os.environ.get('FAULTS_TALK') and job.result() == 'published':
                print('published:', kind, n, bench.calls[n - 1][1], mended(bench.calls[n - 1][2]))
        except Exception as e:
            bad.append((n, '%s at call %d (%s %s): %s' % (kind, n, bench.calls[n - 1][1], mended(bench.calls[n - 1][2]), e)))
    for _, what in sorted(bad)[:12]:
        print(what)
    print('%-5s %d of %d calls: %d runs failed, %d published, %d wrong' % (
        kind, len(numbers), len(bench.calls), words['failed'], words['published'], len(bad)))
    return len(bad)


def sweep_unpack(bench, every, pool):
    calls, bad, words = bench.prepare_unpack(), [], collections.Counter()
    step = 1 if every else 8
    jobs = {pool.submit(bench.unpack_disturbed, kind, n, call): (kind, n, call, path)
            for i, kind in enumerate(('once', 'on', 'kill')) for n, call, path in calls[i % step::step] + calls[-6:]}
    for job in concurrent.futures.as_completed(jobs):
        try:
            words[job.result()] += 1
        except Exception as e:
            bad.append('unpack, %s at call %d (%s %s): %s' % (*jobs[job], e))
    print('\n'.join(sorted(bad)[:9] + ['unpack: %d of 3 times %d calls: %d failed, %d unpacked, %d wrong' % (
        len(jobs), len(calls), words['failed'], words['published'], len(bad))]))
    return len(bad)


def short(bench):
    out = os.path.join(bench.work, 'short')
    shutil.copytree(bench.base, out, symlinks=True)
    status, talk = bench.run(bench.after, out, at=1, mode='short')
    good = status == bench.status and published(out + '/gongwen') == bench.new
    print('short reads and writes in parts: %s' % ('the same bytes' if good else 'status %d, other bytes\n%s' % (status, talk)))
    return 0 if good else 1


def random_kills(bench, count, seed):
    """Kills by the clock, over the whole pipeline and many documents: threads are at work then."""
    config, chance = os.path.join(ROOT, 'config', 'pipeline.yaml'), random.Random(seed)
    inputs, out = bench.work + '/many', bench.work + '/killed'
    texts = [open(p, 'rb').read() for p in sorted(glob.glob(ROOT + '/tests/data/samples/*.txt')) if 'utf16' not in p]

    def fill(turn):
        for i in range(40):
            write('%s/%02d.txt' % (inputs, i), b'%d\n' % (turn if i % 7 == 0 else 0) + texts[i % len(texts)])

    def start(out, *more):
        return subprocess.Popen([bench.program, 'run', '-q', '-c', config, '-i', inputs, '-o', out, *more], env=bench.env,
                                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    fill(0)
    begin = time.monotonic()
    assert start(out).wait() == 0
    length, hits, turn = time.monotonic() - begin, collections.Counter(), 0
    i = -1
    while hits['killed'] < count: # by turns of runs that extract everything and of runs that take over what they know
        i += 1
        if i % 10 == 0: # other inputs, so that there is something to publish
            turn += 1
            fill(turn)
        latest = os.readlink(out + '/gongwen/latest')
        p = start(out, *(['--full'] if i % 2 else []))
        time.sleep(chance.uniform(0, length * (1 if i % 2 else 0.6)))
        p.kill()
        hits['killed' if p.wait() == -signal.SIGKILL else 'was done'] += 1
        p.stderr.close()
        now = os.readlink(out + '/gongwen/latest')
        hits['published'] += now != latest
        bench.verify(out + '/gongwen/latest')
        if i % 10 == 9 or hits['killed'] == count: # and a run to its end
            p = start(out)
            assert p.wait() == 0, p.stderr.read().decode()
            p.stderr.close()
            assert not unfinished(out + '/gongwen'), unfinished(out + '/gongwen')
            fresh = bench.work + '/fresh'
            assert start(fresh).wait() == 0
            for name in os.listdir(fresh + '/gongwen/latest/data'):
                a, b = fresh + '/gongwen/latest/data/' + name, out + '/gongwen/latest/data/' + name
                if name.endswith(('.csv', '.jsonl')):
                    assert filecmp.cmp(a, b, False), 'other rows after kills: ' + name
            shutil.rmtree(fresh)
            names = sorted(os.listdir(out + '/gongwen/snapshots'))
            archives = sorted(n[len('gongwen-'):-len('.tar.gz')] for n in os.listdir(out + '/gongwen/archives'))
            assert names == archives, 'snapshots and archives differ: %s' % (set(names) ^ set(archives))
            for name in names[-2:]:
                bench.verify(out + '/gongwen/snapshots/' + name)
    print('kills by the clock over a run of %.2f s: %d killed, %d were done, %d had published; latest was whole each time' % (
        length, hits['killed'], hits['was done'], hits['published']))
    return 0


def full_disk(bench):
    """A small file system of its own, filled up to various degrees."""
    disk = bench.work + '/disk'
    os.mkdir(disk)
    if os.geteuid() != 0 or subprocess.call(['mount', '-t', 'tmpfs', '-o', 'size=3m,nr_inodes=800', 'none', disk],
                                            stderr=subprocess.DEVNULL) != 0:
        print('full disk: skipped, a tmpfs cannot be mounted here')
        return 0
    try:
        shutil.copytree(bench.base, disk + '/out', symlinks=True)
        failed = done = 0
        for room in range(0, 1500, 30):
            with open(disk + '/filler', 'wb') as f:
                free = os.statvfs(disk)
                f.write(bytes(max(0, free.f_bavail * free.f_bsize - room * 1024)))
            status, talk = bench.run(bench.after, disk + '/out')
            now = published(disk + '/out/gongwen')
            os.unlink(disk + '/filler')
            assert not unfinished(disk + '/out/gongwen'), 'with %d KiB: %s' % (room, unfinished(disk + '/out/gongwen'))
            if status == 1:
                assert now == bench.old and 'No space left on device' in talk, 'with %d KiB: %s' % (room, talk)
                failed += 1
            else:
                assert status == bench.status and now == bench.new, 'with %d KiB: status %d\n%s' % (room, status, talk)
                done += 1
            shutil.rmtree(disk + '/out')
            shutil.copytree(bench.base, disk + '/out', symlinks=True)
        print('full disk: of runs with 0 to 1470 KiB of room %d failed, %d published; nothing else stayed' % (failed, done))
        assert failed and done
    finally:
        subprocess.call(['umount', disk])
    return 0


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument('program')
    ap.add_argument('shim')
    ap.add_argument('--long', action='store_true')
    ap.add_argument('--seed', type=int, default=1)
    ap.add_argument('--only', help='KIND:N, one call')
    ap.add_argument('--jobs', type=int, default=os.cpu_count() or 2)
    args = ap.parse_args()
    begin = time.monotonic()
    with tempfile.TemporaryDirectory(prefix='gongwen-faults-') as work:
        bench = Bench(os.path.abspath(args.program), os.path.abspath(args.shim), os.path.realpath(work))
        bench.prepare()
        if args.only:
            kind, number = args.only.split(':')
            print(bench.calls[int(number) - 1])
            print(bench.disturbed(kind, int(number)))
            return 0
        wrong = in_order(bench.first_calls) + in_order(bench.calls)
        print('\n'.join(wrong[:9] + ['order of syncs and renames over %d calls: %d wrong' % (len(bench.calls), len(wrong))]))
        bad = len(wrong) + short(bench)
        with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
            for kind in 'once', 'on', 'kill':
                bad += sweep(bench, kind, args.long, pool)
            bad += sweep_unpack(bench, args.long, pool)
        if args.long:
            for part in (lambda: random_kills(bench, 300, args.seed)), (lambda: full_disk(bench)):
                try:
                    part()
                except AssertionError as e:
                    bad += 1
                    print('wrong:', e)
    print('faults: %s in %d s' % ('%d wrong' % bad if bad else 'all as promised', time.monotonic() - begin))
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
