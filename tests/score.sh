#!/bin/bash
# Measures what the program reads against hand-made gold and holds it to tests/floors.json.
#
# usage: score.sh BIN
#
# `own` (tests/data/gold), `seen` (tests/data/seen: written and annotated without a look at the rules, developed on since)
# and `blind` (tests/data/blind: the same, and not for developing on, though its errors were looked at once: it says how unseen text fares) are always there and
# scored by `gongwen eval`. `gold` is a larger annotated collection kept beside the project (SHARED, default ../shared: gold/docs, gold/*.gold.jsonl,
# tools/score.py), scored by its own script; without it the others count. Every measure is an F1; below its floor the script ends with 1.
set -u
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
[ $# = 1 ] || { sed -n '4p' "${BASH_SOURCE[0]}" >&2; exit 2; }
gongwen=$(realpath "$1")
shared=${SHARED:-$root/../shared}
work=$(mktemp -d "${TMPDIR:-/tmp}/gongwen-score.XXXXXX")
trap 'rm -rf "$work"' EXIT

publish() { # documents, output: prints the snapshot
	"$gongwen" run -q -c "$root/config/pipeline.yaml" -i "$1" -o "$2" >/dev/null || return
	realpath "$2"/*/latest
}

table() { # key in floors.json, title; the measures as JSON on stdin
	python3 - "$root/tests/floors.json" "$1" "$2" 3<&0 <<'END'
import json, os, sys
floors = json.load(open(sys.argv[1]))[sys.argv[2]]
now = json.load(os.fdopen(3))
unknown = sorted(set(floors) - set(now))
print(f'{sys.argv[3]}\n  {"measure":18}{"floor":>7}{"F1":>7}{"prec.":>7}{"recall":>8}{"gold":>6}{"found":>7}')
below = 0
for name, m in now.items():
    floor = floors.get(name, 0)
    bad = m['f1'] + 1e-9 < floor
    below += bad
    print(f'  {name:18}{floor:7.2f}{m["f1"]:7.3f}{m["p"]:7.3f}{m["r"]:8.3f}{m["gold"]:6d}{m["found"]:7d}{"  BELOW" if bad else ""}')
for name in unknown:
    print(f'  {name}: has a floor but is not measured')
sys.exit(1 if below or unknown else 0)
END
}

failed=0
if [ -f "$shared/tools/score.py" ] && [ -d "$shared/gold/docs" ]; then
	snap=$(publish "$shared/gold/docs" "$work/gold") && [ -n "$snap" ] || { echo "score: the run over $shared/gold/docs failed" >&2; exit 1; }
	python3 "$shared/tools/score.py" --json --gold "$shared/gold" --data "$snap/data" >"$work/gold.json" || exit 1
	table gold "gold: $(ls "$shared"/gold/*.gold.jsonl | wc -l) annotated documents beside the project" <"$work/gold.json" || failed=1
else
	echo "gold: no collection at $shared (SHARED names another place); only the project's own gold is scored"
fi
for set in own:gold:"invented documents in tests/data/gold" seen:seen:"invented documents annotated without a look at the rules, mended by since" blind:blind:"invented documents annotated without a look at the rules"; do
	IFS=: read -r key folder what <<<"$set"
	docs=$root/tests/data/$folder
	snap=$(publish "$docs/docs" "$work/$key") && [ -n "$snap" ] || { echo "score: the run over $docs/docs failed" >&2; exit 1; }
	"$gongwen" eval --json --gold "$docs" "$snap" >"$work/$key.json" || exit 1
	table $key "$key: $(ls "$docs"/*.gold.jsonl | wc -l) $what" <"$work/$key.json" || failed=1
done
[ $failed = 0 ] && echo "score: every measure is at its floor or above" || echo "score: below the floor"
exit $failed
