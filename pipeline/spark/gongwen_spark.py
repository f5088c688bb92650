#!/usr/bin/env python3
"""Documents through `gongwen map` on a Spark cluster: rows by table, then a snapshot or Parquet.

    spark-submit --master … gongwen_spark.py --bundle gongwen.tar.gz \\
        -i hdfs:///crawl/2024 --rows hdfs:///rows/2024 --publish output/

    documents ─> partitions ─pipe─> gongwen map, one process a partition ─> ROWS/table=<table>/part-….txt.gz
                                                     ─> PARQUET/<table>/ (types from schemas/)
                                                     ─> gongwen publish, on the driver ─> a snapshot

The snapshot is the one that `gongwen run` makes of the same documents, byte for byte, however they were parted.
A document that cannot be used becomes a row of the table "rejects" and goes to quarantine; a process that fails ends
the job with what it said. See docs/cluster.md. Needs PySpark 3.4 or later and nothing else.
"""
import argparse
import base64
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading

from pyspark import SparkFiles
from pyspark.sql import SparkSession
from pyspark.sql.functions import col
from pyspark.sql.types import (BooleanType, DateType, DoubleType, LongType, StringType, StructField, StructType)

TYPES = {'string': StringType, 'integer': LongType, 'number': DoubleType, 'boolean': BooleanType, 'date': DateType}
# What `map` prints besides the published tables.
MORE_TABLES = {
    'text': {'source_path': 'string', 'rows': 'integer', 'text': 'string'},
    'rejects': {'source_path': 'string', 'source_sha256': 'string', 'byte_offset': 'integer', 'line': 'integer',
                'stage': 'string', 'code': 'string', 'message': 'string', 'raw_encoding': 'string', 'raw': 'string'},
}
# How Hadoop prints the status of a file.
STATUS = re.compile(r'FileStatus\{path=(.*?); isDirectory=(true|false)(?:; length=(\d+))?; ', re.S)
CHUNK = 1 << 20  # rows of a table go to the JVM by the megabyte: one by one they would cost more than their extraction


class Wrong(Exception):
    """What the user has to mend; told without a traceback."""


# ---- on the workers ----

def document_line(source_path, content):
    if not source_path:
        raise ValueError('a document has no source path')
    coded = base64.b64encode(content.encode() if isinstance(content, str) else content or b'').decode()
    return json.dumps({'source_path': source_path, 'content_base64': coded}).encode() + b'\n'


def too_large_line(source_path, length, limit):
    """What `gongwen run` says of a file that it does not read."""
    message = f'the file has {length} bytes, more than the limit of {limit}'
    return json.dumps({'table': 'rejects', 'source_path': source_path, 'source_sha256': '', 'byte_offset': 0, 'line': 0,
                       'stage': None, 'code': 'GW306', 'message': message, 'raw_encoding': 'utf-8', 'raw': ''},
                      ensure_ascii=False, separators=(',', ':')).encode() + b'\n'


def how_it_ended(status):
    if status > 0:
        return f'ended with status {status}'
    word = {signal.SIGKILL: ', as happens when memory runs out'}.get(-status, '')
    return f'was ended by signal {-status} ({signal.Signals(-status).name}{word})'


def piped(argv, lines):
    """The lines that a program makes of these lines. RDD.pipe does as much, but loses what the program says when it fails,
    and waits for ever when the lines cannot be read."""
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said)
        trouble = []

        def feed():
            try:
                child.stdin.writelines(lines)
                child.stdin.close()
            except BrokenPipeError:
                pass  # it has ended, and its status says why
            except BaseException as e:  # told by the thread that is listened to
                trouble.append(e)
                child.kill()

        feeder = threading.Thread(target=feed, daemon=True)
        feeder.start()
        try:
            yield from child.stdout
            status = child.wait()
        finally:  # also when nobody wants the rest
            child.kill()
            child.wait()
        feeder.join()
        said.seek(0)
        words = said.read().decode('utf-8', 'replace')
        sys.stderr.write(words)
        if trouble:
            raise trouble[0]
        if status != 0:
            raise RuntimeError(f'{" ".join(argv)} on {socket.gethostname()} {how_it_ended(status)}:\n{words[-4000:]}')


def by_table(lines):
    """(table, rows) in large pieces. Every line begins with {"table":"NAME" (pipeline/publish/rows_print.c)."""
    held, sizes = {}, {}
    for line in lines:
        table = line[10:line.index(b'"', 10)]
        held.setdefault(table, []).append(line)
        sizes[table] = sizes.get(table, 0) + len(line)
        if sizes[table] >= CHUNK:
            yield table.decode(), b''.join(held.pop(table))[:-1].decode()
            del sizes[table]
    for table, rows in held.items():
        yield table.decode(), b''.join(rows)[:-1].decode()


def program(args):
    """Where gongwen is, on a worker as on the driver."""
    return os.path.join(SparkFiles.get('gongwen'), 'bin', 'gongwen') if args.bundle else args.gongwen


def mapper(args, threads):
    def work(lines):
        argv = [program(args), 'map', '-j', threads] + (['-c', args.config] if args.config else [])
        return by_table(piped(argv, lines))
    return work


# ---- files, by the names that Hadoop knows ----

class Place:
    def __init__(self, spark, url):
        jvm = spark.sparkContext._jvm
        if any(c in url for c in '*?[]{}\\'):
            raise Wrong(f'{url}: a folder or a file is wanted, no pattern')
        self.jvm, self.conf = jvm, spark.sparkContext._jsc.hadoopConfiguration()
        path = jvm.org.apache.hadoop.fs.Path(url)
        self.fs = path.getFileSystem(self.conf)
        self.path = self.fs.makeQualified(path)
        self.url = self.path.toString()
        self.name = self.path.getName()

    def exists(self):
        return self.fs.exists(self.path)

    def is_file(self):
        return self.fs.getFileStatus(self.path).isFile()

    def length(self):
        return self.fs.getFileStatus(self.path).getLen()

    def is_local(self):
        return self.path.toUri().getScheme() == 'file'

    def local_path(self):
        return self.path.toUri().getPath()

    def copy_to(self, folder):
        target = self.jvm.org.apache.hadoop.fs.Path('file://' + os.path.abspath(folder))
        self.jvm.org.apache.hadoop.fs.FileUtil.copy(self.fs, self.path, target.getFileSystem(self.conf), target, False,
                                                    self.conf)

    def files(self):
        """(path below, length) of the files below, what begins with a dot left out. A call of the JVM a level, not one a file."""
        found, level = [], '/*'
        while True:
            listed = self.fs.globStatus(self.jvm.org.apache.hadoop.fs.Path(self.url + level))
            entries = STATUS.findall(self.jvm.org.apache.commons.lang3.ArrayUtils.toString(listed))
            if len(entries) != len(listed):
                raise Wrong(f'{self.url}: {len(listed) - len(entries)} files have names that cannot be read')
            below = [(path[len(self.url.rstrip('/')):], folder, length) for path, folder, length in entries]
            found += [(path[1:], int(length)) for path, folder, length in below if folder == 'false' and '/.' not in path]
            if not listed:
                return found
            level += '/*'


def unseen(path):
    """Hadoop takes such names for marks and what is not finished, and Spark does not read them; gongwen does."""
    return any(name.endswith('._COPYING_') or name.startswith('_') and '=' not in name and
               not name.startswith(('_metadata', '_common_metadata')) for name in path.split('/'))


# ---- what is read: all give an RDD of lines for `gongwen map`, and one of rows that are there already ----

def files_read(spark, args, url, alone):
    """(lines, rows that are there already) of the files below a folder, or of one."""
    place = Place(spark, url)
    if not place.exists():
        raise Wrong(f'{url}: there is no such file or folder')
    one, limit = place.is_file(), args.max_bytes
    below = [] if one else place.files()
    hidden = [path for path, _ in below if unseen(path)]
    if hidden and not args.skip_hidden:
        raise Wrong(f'{url}: Spark does not read names that begin with _: {hidden[0]} and {len(hidden) - 1} more. '
                    'Rename them, or leave them out with --skip-hidden')
    name, base, prefix = place.name, len(place.url.rstrip('/')) + 1, '' if alone else place.name + '/'

    def source_path(path):
        return name if one else prefix + path[base:]

    files = spark.read.format('binaryFile').option('recursiveFileLookup', 'true').load(place.url)
    small = files.filter(col('length') <= limit).select('path', 'content')
    if args.partitions:
        small = small.repartition(args.partitions)
    lines = small.rdd.map(lambda row: document_line(source_path(row[0]), row[1]))
    # Spark leaves out files without a byte.
    empty = [name] if one and not place.length() else [prefix + path for path, size in below if not size and not unseen(path)]
    if empty:
        lines = lines.union(spark.sparkContext.parallelize([document_line(path, b'') for path in empty], 1))
    if not any(size > limit for _, size in below) and not (one and place.length() > limit):
        return lines, None
    large = files.filter(col('length') > limit).select('path', 'length')
    return lines, large.rdd.map(lambda row: too_large_line(source_path(row[0]), row[1], limit))


def ndjson_read(spark, args, url):
    """The bytes of the lines as they are: what is no UTF-8 is for gongwen to complain about."""
    lines = spark.read.option('lineSep', '\n').text(url).select(col('value').cast('binary'))
    if args.partitions:
        lines = lines.repartition(args.partitions)
    return lines.rdd.map(lambda row: bytes(row[0]) + b'\n')


def table_read(spark, args, name):
    kind, colon, path = name.partition(':')
    table = spark.read.format(kind).load(path) if colon else spark.table(name)
    table = table.select(col(args.path_column).cast('string'), col(args.content_column))
    if args.partitions:
        table = table.repartition(args.partitions)
    return table.rdd.map(lambda row: document_line(row[0], row[1]))


def rows_of(spark, args):
    """An RDD of (table, rows)."""
    work = mapper(args, spark.conf.get('spark.task.cpus', '1'))
    lines, ready = [], []
    for url in args.input:
        documents, rejects = files_read(spark, args, url, len(args.input) == 1)
        lines.append(documents)
        ready += [rejects] if rejects else []
    lines += [ndjson_read(spark, args, url) for url in args.ndjson]
    lines += [table_read(spark, args, name) for name in args.table]
    return spark.sparkContext.union([part.mapPartitions(work) for part in lines] +
                                    [part.mapPartitions(by_table) for part in ready])


# ---- what is written ----

def rows_land(spark, args):
    rows = spark.createDataFrame(rows_of(spark, args), 'table string, value string', verifySchema=False)
    rows.write.partitionBy('table').option('compression', args.compression).text(args.rows)


def told_by(argv):
    done = subprocess.run(argv, stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise Wrong(f'{" ".join(argv)}: ended with status {done.returncode}')
    return done.stdout


def table_types(args):
    """The columns of each table, as the schemas declare them."""
    version = next(line.split()[1] for line in told_by([program(args), '--version']).splitlines()
                   if line.startswith('schema '))
    folder = args.schemas or os.path.join(os.path.dirname(os.path.dirname(program(args))), 'share', 'gongwen', 'schemas')
    tables = {name: dict(fields) for name, fields in MORE_TABLES.items()}
    for name in sorted(os.listdir(os.path.join(folder, version))):
        with open(os.path.join(folder, version, name), encoding='utf-8') as f:
            schema = json.load(f)
        if 'fields' in schema:
            tables[name[:-len('.json')]] = {f['name']: f['type'] for f in schema['fields']}
    for name, fields in tables.items():
        fields.setdefault('source_path', 'string')
    tables['organizations'].setdefault('document_id', 'string')  # a row an organ and document, until they are published
    return {name: StructType([StructField(f, TYPES[kind]()) for f, kind in fields.items()])
            for name, fields in tables.items()}


def parquet_write(spark, args):
    for name, columns in table_types(args).items():
        path = f'{args.rows}/table={name}'
        if Place(spark, path).exists():
            table = spark.read.schema(columns).option('mode', 'FAILFAST').option('dateFormat', 'yyyy-MM-dd').json(path)
        else:
            table = spark.createDataFrame([], columns)
        table.write.parquet(f'{args.parquet}/{name}')


def publish(spark, args):
    """The exit status: rejects (3) are no failure here, a cluster would start the job again for them."""
    landed = Place(spark, args.rows)
    folder = None
    if landed.is_local():
        rows = landed.local_path()
    else:
        folder = tempfile.mkdtemp(prefix='gongwen-rows-')
        rows = os.path.join(folder, 'rows')
        landed.copy_to(rows)
    try:
        if not any(name.startswith('table=') for name in os.listdir(rows)):
            rows = os.devnull  # no document, no row: an empty dataset, as `run` publishes it
        argv = [program(args), 'publish', '-o', args.publish]
        argv += ['-c', args.config] if args.config else []
        argv += ['--dataset', args.dataset] if args.dataset else []
        status = subprocess.run(argv + [rows]).returncode
    finally:
        if folder:
            shutil.rmtree(folder)
    if status == 3:
        print('gongwen_spark: some documents went to quarantine', file=sys.stderr)
    return 0 if status == 3 else status


# ---- the job ----

def arguments():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0], epilog='URL: whatever Hadoop knows, such as /data, '
                                'hdfs:///data, s3a://bucket/data. See docs/cluster.md.')
    p.add_argument('-i', '--input', action='append', default=[], metavar='URL', help='documents: a file, or a folder with all below it')
    p.add_argument('--ndjson', action='append', default=[], metavar='URL', help='documents as lines, as `gongwen map` reads them')
    p.add_argument('--table', action='append', default=[], metavar='NAME', help='documents in a table of the catalogue, or FORMAT:URL (parquet:/data)')
    p.add_argument('--path-column', default='source_path', metavar='NAME', help='of --table: the source path')
    p.add_argument('--content-column', default='content', metavar='NAME', help='of --table: the content, bytes or text')
    p.add_argument('--rows', required=True, metavar='URL', help='where the rows land, by table; must not exist')
    p.add_argument('--compression', default='gzip', choices=['gzip', 'none'], help='of the rows (gzip)')
    p.add_argument('--parquet', metavar='URL', help='the rows as Parquet too, one folder a table')
    p.add_argument('--publish', metavar='DIR', help='the folder under which the dataset is published, on the driver')
    p.add_argument('--dataset', metavar='NAME', help='the dataset, instead of the configured one')
    p.add_argument('--bundle', metavar='FILE', help='gongwen with its libraries and configuration (`make bundle`), sent to the workers')
    p.add_argument('--gongwen', default='gongwen', metavar='PATH', help='without --bundle: the program on every worker')
    p.add_argument('--config', metavar='FILE', help='the configuration, on every worker')
    p.add_argument('--schemas', metavar='DIR', help='for --parquet: the schemas, where they do not stand beside the program')
    p.add_argument('--partitions', type=int, metavar='N', help='deal the documents out anew; else as Spark has parted them')
    p.add_argument('--max-bytes', type=int, default=256 << 20, metavar='N', help='a larger file is rejected unread (256M)')
    p.add_argument('--skip-hidden', action='store_true', help='leave out names that begin with _, which Spark does not read')
    args = p.parse_args()
    if not (args.input or args.ndjson or args.table):
        p.error('no documents: name them with -i, --ndjson or --table')
    return args


def job(spark, args):
    if Place(spark, args.rows).exists():
        raise Wrong(f'{args.rows}: is there already')
    if args.bundle:
        spark.sparkContext.addArchive(args.bundle + '#gongwen')
    # Many small files make a partition, and the rows need not be sorted to be parted by table.
    spark.conf.set('spark.sql.files.openCostInBytes', str(64 << 10))
    spark.conf.set('spark.sql.maxConcurrentOutputFileWriters', '16')
    rows_land(spark, args)
    if args.parquet:
        parquet_write(spark, args)
    return publish(spark, args) if args.publish else 0


def main():
    args = arguments()
    spark = SparkSession.builder.appName('gongwen').getOrCreate()
    try:
        return job(spark, args)
    except Wrong as e:
        print(f'gongwen_spark: {e}', file=sys.stderr)
        return 2
    finally:
        spark.stop()


if __name__ == '__main__':
    sys.exit(main())
