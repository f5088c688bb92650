#!/bin/bash
# How the cost of a run grows with what it is given: time, memory, bytes and files. The figures of docs/SCALING.md.
#
# usage: growth.sh BIN [MB…]        default 1 10 64; prints tables (Markdown) and writes build/growth.json
#
# CPU time is counted, not time by the clock, so other work on the machine disturbs little. 1 GB needs 40 GB in $TMPDIR.
set -u
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
[ $# -ge 1 ] || { sed -n '4p' "${BASH_SOURCE[0]}" >&2; exit 2; }
gongwen=$(realpath "$1")
shift
work=$(mktemp -d "${TMPDIR:-/tmp}/gongwen-growth.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$root/build"
python3 "$root/tests/bench/growth.py" "$gongwen" "$root/config/pipeline.yaml" "$work" "$root/build/growth.json" ${@:-1 10 64}
