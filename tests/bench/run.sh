#!/bin/bash
# How fast the program is: each stage, the whole run, and two well-known tools on the same data. One core; the whole run on
# two as well.
#
# usage: LIBS="…" run.sh BIN [SIZE_MB]        default 64 MB; prints a table and writes build/bench.json
#
# The input is generated (generate.py), in UTF-8 and once more in GB18030. tests/bench/stages.c, linked with the
# library beside BIN, times every stage; tests/bench/decode.c the decoding, with detection, against iconv(3) in pairs of
# rounds; BIN itself is measured over a whole `run`: tables, hashes, archive, and over `map` in turns with iconv(1). What
# the runs publish stays until the end: 90 times SIZE_MB in $TMPDIR.
set -u
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
[ $# -ge 1 ] && [ -n "${LIBS:-}" ] || { sed -n '5p' "${BASH_SOURCE[0]}" >&2; exit 2; }
gongwen=$(realpath "$1") size=${2:-64}
work=$(mktemp -d "${TMPDIR:-/tmp}/gongwen-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$root/build"

for name in stages decode; do
	${CC:-cc} -std=c11 -D_GNU_SOURCE -I"$root/include" ${CFLAGS:--O2} -o "$work/$name" "$root/tests/bench/$name.c" \
		"$(dirname "$gongwen")/libgongwen.a" $LIBS || exit 1
done
"$root/tests/bench/generate.py" "$size" "$work/utf8" >/dev/null || exit 1
"$root/tests/bench/generate.py" "$size" "$work/gb18030" --encoding gb18030 >/dev/null || exit 1
python3 "$root/tests/bench/measure.py" "$gongwen" "$root/config/pipeline.yaml" "$work" "$root/build/bench.json"
