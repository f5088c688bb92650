# What the cases of golden/ and errors/ share; sourced by their cmd files. See run-golden.sh.

# The snapshot that `latest` points to: latest OUT [DATASET]
latest() { echo "$1/${2:-$(ls "$1")}/latest"; }

# The content hash in a snapshot's version
hash_of() { readlink "$(latest "$@")" | sed 's/.*-//'; }

# Versions change with every change of the words: hide the hash where it is printed.
unhash() { sed -E 's/-[0-9a-f]{12}\b/-HASH/g'; }

# The version of the schemas that the program writes by
schema_version() { "$GONGWEN" --version | sed -n 's/^schema //p'; }

# A run without its talk; its exit status is kept.
quiet_run() { "$GONGWEN" run -c "$CONFIG" -q "$@" >/dev/null; }

# One CSV table of the latest snapshot: table OUT NAME [COLUMN...]
table() {
	python3 - "$(latest "$1")/data/$2.csv" "${@:3}" <<'END'
import csv, sys
rows = list(csv.DictReader(open(sys.argv[1], encoding='utf-8', newline='')))
names = sys.argv[2:] or (list(rows[0]) if rows else [])
for row in rows:
    print(' | '.join(row[name] for name in names))
END
}

# A copy of the configuration to spoil: ./config, ./schemas
own_config() {
	cp -r "$ROOT/config" "$ROOT/schemas" . && chmod -R u+w config schemas
	mkdir tests && ln -s "$DATA" tests/data
	CONFIG=$PWD/config/pipeline.yaml
}

# Root may read and write everything, so as root the program runs as nobody: as_user COMMAND...
as_user() {
	[ "$(id -u)" != 0 ] && { "$@"; return; }
	local drop="setpriv --reuid=65534 --regid=65534 --clear-groups"
	$drop "$GONGWEN" check -q -c "$CONFIG" >/dev/null 2>&1 || skip "root reads and writes everything, and nobody cannot be run here"
	$drop "$@"
}

skip() { echo "$*"; exit 77; }
