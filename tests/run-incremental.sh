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
python3 "$root/tests/incremental/edits.py" "$(realpath "$1")" "$root/config/pipeline.yaml" "$root/tests/data/samples" "$work" \
	--seed "${2:-1}" --rounds "${3:-10}"
