#!/bin/bash
# gongwen beside other programs that find times, numbers, amounts and words in Chinese text, on the same documents in the
# same run, one core, CPU time: the ratios are the result.
#
# usage: peers.sh BIN        SECONDS_EACH=20 for each peer; prints a table and writes build/bench-peers.json
#
# The peers are installed into build/env/peers (PyPI, npm). One that cannot be had is named with the reason.
set -u
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
[ $# = 1 ] || { sed -n '5p' "${BASH_SOURCE[0]}" >&2; exit 2; }
gongwen=$(realpath "$1") env=$root/build/env/peers
work=$(mktemp -d "${TMPDIR:-/tmp}/gongwen-peers.XXXXXX")
trap 'rm -rf "$work"' EXIT
export LC_ALL=C.UTF-8
mkdir -p "$env"

[ -x "$env/bin/python" ] || python3 -m venv "$env" >"$work/log" 2>&1 || { echo 'bench-peers: SKIPPED: python3 makes no environment here (python3-venv)'; exit 0; }
# pip_get MODULE PACKAGE...: once; the last line of what pip says is the reason when it fails
pip_get() {
	local module=$1
	shift
	"$env/bin/python" -c "import importlib.util, sys; sys.exit(importlib.util.find_spec('$module') is None)" && return
	"$env/bin/pip" install --quiet --disable-pip-version-check "$@" >"$work/log" 2>&1 ||
		echo "$module: cannot be installed: $(grep -i error "$work/log" | tail -n 1)" >>"$work/missing"
}
pip_get jionlp jionlp==1.5.31
pip_get jieba jieba==0.42.1 'setuptools<81'
# LAC runs on Paddle's old interface, which ended with 2.4.
pip_get LAC --no-build-isolation LAC==2.1.2 'paddlepaddle<2.5'
echo 'HanLP: downloads its models when it runs, so it is no part of this' >>"$work/missing"
if ! command -v npm >/dev/null; then
	echo 'Recognizers-Text: there is no npm' >>"$work/missing"
elif [ ! -d "$env/npm/node_modules" ]; then
	mkdir -p "$env/npm" && echo '{"private": true}' >"$env/npm/package.json"
	(cd "$env/npm" && npm install --no-audit --no-fund --silent @microsoft/recognizers-text-suite@1.3.1) >"$work/log" 2>&1 || {
		rm -rf "$env/npm"
		echo "Recognizers-Text: cannot be installed: $(tail -n 1 "$work/log")" >>"$work/missing"
	}
fi
cp "$root/tests/bench/peers.mjs" "$env/npm/" 2>/dev/null

"$root/tests/bench/generate.py" 16 "$work/docs" >/dev/null || exit 1
"$env/bin/python" "$root/tests/bench/peers.py" table "$gongwen" "$root/config" "$work" "$env" "$root/build/bench-peers.json"
