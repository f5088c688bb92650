#!/bin/bash
# Random edits over a folder of documents: what an incremental run publishes is what a full run publishes.
#
# usage: run-incremental.sh BIN [SEED [ROUNDS]]
set -u
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
[ $# -ge 1 ] || { sed -n '4p' "${BASH_SOURCE[0]}" >&2; exit 2; }
work=$(mktemp -d "${TMPDIR:-/tmp}/gongwen-incremental.XXXXXX")
trap 'rm -rf "$work"' EXIT
export NO_COLOR=1
unset SOURCE_DATE_EPOCH

cp -r "$root/config" "$root/schemas" "$work" && chmod -R u+w "$work" && mkdir "$work/tests" && ln -s "$root/tests/data" "$work/tests/data"
edits() { # name, rounds
	mkdir "$work/$1"
	python3 "$root/tests/incremental/edits.py" "$(realpath "$gongwen")" "$work/config/pipeline.yaml" "$root/tests/data/samples" "$work/$1" \
		--seed "$seed" --rounds "$2"
}
gongwen=$1 seed=${2:-1} rounds=${3:-8}
edits default "$rounds" || exit 1
sed -i -e 's/csv: {excel: false}/csv: {excel: true}/' -e 's/jsonl: true/jsonl: false/' -e 's/  texts: true/  texts: false/' \
	-e 's/keep: 0/keep: 2/' "$work/config/pipeline.yaml"
edits others $((rounds / 2))
