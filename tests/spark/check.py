#!/usr/bin/env python3
"""The checks behind run.sh: check.py ROOT GONGWEN BUNDLE WORK. Each publishes what `gongwen run` publishes, or fails as it should."""
import argparse, base64, filecmp, glob, gzip, json, os, subprocess, sys, time, traceback

ROOT, GONGWEN, BUNDLE, WORK = sys.argv[1:5]
CONFIG = os.path.join(ROOT, 'config', 'pipeline.yaml')
JOB = os.path.join(ROOT, 'pipeline', 'spark', 'gongwen_spark.py')
CLUSTER = 'local-cluster[2,1,1024]'
sys.path.insert(0, os.path.dirname(JOB))
import gongwen_spark  # noqa: E402
from pyspark.sql import SparkSession  # noqa: E402


# ---- documents ----

def put(path, content):
    path = os.path.join(WORK, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'wb') as f:
        f.write(content)


def documents_make():
    """The samples in all encodings, Chinese names and folders, an archive, and some that cannot be used."""
    for i, path in enumerate(sorted(glob.glob(ROOT + '/tests/data/samples/*') + glob.glob(ROOT + '/tests/data/gold/docs/*'))):
        with open(path, 'rb') as f:
            put(f'docs/{"市县"[i % 2]}/{i:02} {os.path.basename(path)}', f.read())
    plan = '县水利局要在{}年6月底前完成水库加固8座，县财政局配合。\n'
    for i in range(60):
        put(f'docs/many/{i}.txt', plan.format(2020 + i).encode('gb18030' if i % 3 else 'utf-8'))
    put('docs/packed/plan.txt', plan.format(2031).encode())
    subprocess.run(['tar', 'czf', 'docs/archive.tar.gz', 'docs/packed', '--remove-files'], cwd=WORK, check=True)
    put('docs/empty.txt', b'')
    put('docs/bad/picture.png', b'\x89PNG\r\n\x1a\n' + bytes(range(256)) * 40)
    put('docs/bad/broken.zip', b'PK\x03\x04' + b'\0' * 60)
    put('docs/.hidden/left-out.txt', plan.format(2040).encode())
    put('few/a.txt', plan.format(2030).encode())
    put('few/b.txt', plan.format(2031).encode())


def documents(folder):
    """(source path, bytes) of what `gongwen run` reads."""
    for root, dirs, files in os.walk(os.path.join(WORK, folder)):
        dirs[:] = sorted(d for d in dirs if not d.startswith('.'))
        for name in sorted(files):
            path = os.path.join(root, name)
            with open(path, 'rb') as f:
                yield os.path.relpath(path, os.path.join(WORK, folder)), f.read()


def reference(*inputs, name):
    argv = [GONGWEN, 'run', '-q', '-c', CONFIG, '-o', os.path.join(WORK, name)]
    for path in inputs:
        argv += ['-i', os.path.join(WORK, path)]
    subprocess.run(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return os.path.join(WORK, name)


# ---- comparing ----

def files_of(folder):
    return {os.path.relpath(os.path.join(root, f), folder): os.path.join(root, f)
            for root, _, files in os.walk(folder) for f in files}


def dataset(output):
    (name,) = os.listdir(output)
    return os.path.join(output, name)


def quarantined(output):
    found = []
    for path in glob.glob(dataset(output) + '/quarantine/*.jsonl'):
        with open(path, encoding='utf-8') as f:
            found += [(r['source_path'], r['code']) for r in map(json.loads, f)]
    return sorted(found)


def same(found, expected):
    """Every byte of the latest snapshot, and its archive."""
    a, b = files_of(dataset(found) + '/latest'), files_of(dataset(expected) + '/latest')
    assert a.keys() == b.keys(), f'files differ: {sorted(a.keys() ^ b.keys())[:5]}'
    assert len(a) > 20
    different = [name for name in a if not filecmp.cmp(a[name], b[name], shallow=False)]
    assert not different, f'bytes differ: {different[:5]}'
    (x,), (y,) = glob.glob(dataset(found) + '/archives/*.gz'), glob.glob(dataset(expected) + '/archives/*.gz')
    assert filecmp.cmp(x, y, shallow=False), 'archives differ'
    assert quarantined(found) == quarantined(expected), f'{quarantined(found)} instead of {quarantined(expected)}'


# ---- running ----

def options(**given):
    defaults = dict(input=[], ndjson=[], table=[], path_column='source_path', content_column='content', rows=None,
                    compression='gzip', parquet=None, publish=None, dataset=None, bundle=None, gongwen=GONGWEN,
                    config=CONFIG, schemas=os.path.join(ROOT, 'schemas'), partitions=None, max_bytes=256 << 20,
                    skip_hidden=False)
    assert not given.keys() - defaults.keys()
    return argparse.Namespace(**{**defaults, **given})


class Checks:
    def __init__(self):
        self.passed, self.failed, self.spark, self.count = 0, 0, None, 0

    def start(self):
        self.spark = (SparkSession.builder.master(CLUSTER).appName('check').config('spark.ui.enabled', 'false')
                      .config('spark.ui.showConsoleProgress', 'false').config('spark.task.maxFailures', '2')
                      .config('spark.sql.shuffle.partitions', '4').getOrCreate())
        self.spark.sparkContext.setLogLevel('OFF')
        self.spark.sparkContext.addPyFile(JOB)

    def place(self):
        self.count += 1
        return os.path.join(WORK, f'job{self.count}')

    def job(self, **given):
        """Runs the job; its output folder."""
        place = self.place()
        given.setdefault('publish', place + '/out')
        status = gongwen_spark.job(self.spark, options(rows=place + '/rows', **given))
        assert status == 0, f'the job ended with {status}'
        return given['publish']

    def fails(self, *words, **given):
        """The job fails, says these words, publishes nothing, and leaves no rows that look whole."""
        place = self.place()
        try:
            gongwen_spark.job(self.spark, options(rows=place + '/rows', publish=place + '/out', **given))
        except Exception as e:
            said = str(e)
        else:
            raise AssertionError('the job did not fail')
        assert not os.path.exists(place + '/out') and not os.path.exists(place + '/rows/_SUCCESS')
        for word in words:
            assert word in said, f'"{word}" is not in what it said:\n{said[:3000]}'

    def check(self, what, function):
        start = time.monotonic()
        try:
            function(self)
            self.passed += 1
            print(f'ok   {what} ({time.monotonic() - start:.1f} s)', flush=True)
        except Exception:
            self.failed += 1
            print(f'FAIL {what}\n{traceback.format_exc()}', flush=True)


def script(name, text):
    path = os.path.join(WORK, name)
    with open(path, 'w') as f:
        f.write('#!/bin/sh\n' + text)
    os.chmod(path, 0o755)
    return path


# ---- the checks ----

def submitted(_):
    """As a user runs it: spark-submit, the program sent along as a bundle, nothing installed on the workers."""
    done = subprocess.run(
        ['spark-submit', '--master', CLUSTER, '--conf', 'spark.ui.enabled=false', '--conf', 'spark.ui.showConsoleProgress=false', JOB, '--bundle', BUNDLE, '-i', WORK + '/docs',
         '--rows', WORK + '/submitted/rows', '--parquet', WORK + '/submitted/parquet', '--publish', WORK + '/submitted/out'],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    assert 'published' in done.stdout and 'went to quarantine' in done.stdout, done.stdout
    same(WORK + '/submitted/out', WORK + '/whole')


def parted(partitions):
    def check(c):
        same(c.job(input=[WORK + '/docs'], partitions=partitions), WORK + '/whole')
        rows = os.path.join(WORK, f'job{c.count}', 'rows')
        assert {'table=documents', 'table=tasks', 'table=text', 'table=rejects', '_SUCCESS'} <= set(os.listdir(rows))
    return check


def empty_partitions(c):
    expected = reference('few', name='few-whole')
    same(c.job(input=[WORK + '/few'], partitions=9), expected)


def no_documents(c):
    os.makedirs(WORK + '/nothing')
    out = c.job(input=[WORK + '/nothing'])
    assert os.path.getsize(dataset(out) + '/latest/data/documents.jsonl') == 0


def several_inputs(c):
    expected = reference('docs/many', 'few', 'docs/empty.txt', name='several-whole')
    same(c.job(input=[WORK + '/docs/many', 'file:' + WORK + '/few/', WORK + '/docs/empty.txt']), expected)


def lines(c):
    """NDJSON, plain and packed, with CR and empty lines."""
    rows = [json.dumps({'source_path': path, 'content_base64': base64.b64encode(raw).decode()}) for path, raw in
            documents('docs')]
    os.makedirs(WORK + '/lines')
    with open(WORK + '/lines/a.ndjson', 'w', newline='') as f:
        f.write('\r\n'.join(rows[:30]) + '\r\n\r\n')
    with gzip.open(WORK + '/lines/b.ndjson.gz', 'wt') as f:
        f.write('\n'.join(rows[30:]))
    same(c.job(ndjson=[WORK + '/lines'], partitions=3), WORK + '/whole')


def tables(c):
    rows = [(path, bytearray(raw)) for path, raw in documents('docs')]
    c.spark.createDataFrame(rows, 'source_path string, content binary').write.parquet(WORK + '/table.parquet')
    same(c.job(table=['parquet:' + WORK + '/table.parquet']), WORK + '/whole')
    texts = [(path, raw.decode()) for path, raw in documents('few')]
    c.spark.createDataFrame(texts, 'name string, body string').createOrReplaceTempView('texts')
    same(c.job(table=['texts'], path_column='name', content_column='body'), reference('few', name='texts-whole'))


def too_large(c):
    out = c.job(input=[WORK + '/docs'], max_bytes=9000)
    large = [path for path, raw in documents('docs') if len(raw) > 9000]
    assert large and set(large) == {path for path, code in quarantined(out) if code == 'GW306'}
    with open(dataset(out) + '/latest/data/documents.jsonl', encoding='utf-8') as f:
        found = {json.loads(line)['source_path'] for line in f}
    assert 'many/1.txt' in found and not found & set(large)


def parquet(c):
    """Types from the schemas, and as many rows as were published."""
    folder = WORK + '/submitted/parquet'
    targets, times = (c.spark.read.parquet(f'{folder}/{t}') for t in ('targets', 'deadlines'))
    types = dict(targets.dtypes)
    assert (types['value'], types['line'], types['text']) == ('double', 'bigint', 'string'), types
    assert dict(times.dtypes)['date_start'] == 'date'
    for table in ('documents', 'sections', 'agencies', 'deadlines', 'dates', 'targets', 'quantities', 'responsibilities', 'tasks'):
        with open(f'{dataset(WORK + "/whole")}/latest/data/{table}.jsonl', encoding='utf-8') as f:
            published = sum(1 for _ in f)
        found = c.spark.read.parquet(f'{folder}/{table}').count()
        assert found == published, f'{table}: {found} rows, {published} published'
    assert c.spark.read.parquet(folder + '/rejects').count() == len(quarantined(WORK + '/whole'))
    assert c.spark.read.parquet(folder + '/organizations').where('document_id is null').count() == 0


def plain_pipe(c):
    """The few lines of docs/cluster.md, without this job."""
    lines = [gongwen_spark.document_line(path, raw).decode().rstrip('\n') for path, raw in documents('docs')]
    rows = c.spark.sparkContext.parallelize(lines, 5).pipe(f'{GONGWEN} map -c {CONFIG}', checkCode=True)
    rows.saveAsTextFile(WORK + '/piped')
    subprocess.run([GONGWEN, 'publish', '-q', '-c', CONFIG, '-o', WORK + '/piped-out', WORK + '/piped'], stdout=subprocess.DEVNULL)
    same(WORK + '/piped-out', WORK + '/whole')


def worker_killed(c):
    killed = script('killed', 'read line; kill -9 $$\n')
    c.fails('was ended by signal 9 (SIGKILL', gongwen=killed, input=[WORK + '/few'])
    # Spark tries again elsewhere: a process that dies once costs nothing but time, and its rows are not there twice.
    once = script('once', f'if mkdir {WORK}/once.d 2>/dev/null; then {GONGWEN} "$@" | head -n 20; kill -9 $$; fi\nexec {GONGWEN} "$@"\n')
    place = c.place()
    rows = options(rows=place + '/rows', gongwen=once, input=[WORK + '/docs'], partitions=4)
    gongwen_spark.rows_land(c.spark, rows)
    assert os.path.isdir(WORK + '/once.d')
    assert gongwen_spark.publish(c.spark, options(rows=place + '/rows', publish=place + '/out')) == 0
    same(place + '/out', WORK + '/whole')


def worker_wrong(c):
    put('wrong.yaml', b'dataset: x\nstages: [decode, nonsense]\n')
    c.fails('ended with status 2', 'wrong.yaml:2', 'error[GW', config=WORK + '/wrong.yaml', input=[WORK + '/few'])
    c.fails('No such file or directory', gongwen='/nowhere/gongwen', input=[WORK + '/few'])
    put('broken.ndjson', b'{"source_path": "a.txt", "content": "x"}\n{"source_path": "b.t\n')
    c.fails('ended with status 1', 'error[GW309]', ndjson=[WORK + '/broken.ndjson'])


def publish_fails(c):
    place = c.place()
    args = options(rows=place + '/rows', publish=place + '/out', dataset='../no name', input=[WORK + '/few'])
    assert gongwen_spark.job(c.spark, args) == 2
    try:
        gongwen_spark.job(c.spark, args)
    except gongwen_spark.Wrong as e:
        assert 'is there already' in str(e)
    else:
        raise AssertionError('rows were written over others')


def hidden_names(c):
    put('marked/sub/_draft.txt', '县水利局负责。\n'.encode())
    put('marked/plan.txt', '县水利局负责。\n'.encode())
    c.fails('sub/_draft.txt', '--skip-hidden', input=[WORK + '/marked'])
    c.job(input=[WORK + '/marked'], skip_hidden=True)
    c.fails('there is no such file or folder', input=[WORK + '/nowhere'])
    c.fails('no pattern', input=[WORK + '/docs/*'])


def main():
    start = time.monotonic()
    documents_make()
    reference('docs', name='whole')
    assert len(quarantined(WORK + '/whole')) >= 2
    c = Checks()
    c.check('spark-submit with a bundle publishes what run publishes', submitted)
    c.start()
    for n in (1, 2, 7):
        c.check(f'{n} partitions publish what run publishes', parted(n))
    c.check('more partitions than documents', empty_partitions)
    c.check('no document', no_documents)
    c.check('several inputs', several_inputs)
    c.check('documents as lines, plain and packed', lines)
    c.check('documents in tables', tables)
    c.check('files that are too large go to quarantine', too_large)
    c.check('Parquet has the types of the schemas', parquet)
    c.check('RDD.pipe without the job', plain_pipe)
    c.check('a worker that is killed fails the job, once costs nothing', worker_killed)
    c.check('a worker that fails says why', worker_wrong)
    c.check('publishing fails', publish_fails)
    c.check('names that Spark does not see are told', hidden_names)
    c.spark.stop()
    print(f'check-spark: {time.monotonic() - start:.0f} s on {CLUSTER}')
    print(f'{c.passed} passed, {c.failed} failed')
    return 1 if c.failed else 0


if __name__ == '__main__':
    sys.exit(main())
