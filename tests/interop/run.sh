#!/bin/bash
# What outside tools say of our snapshots.
#
# usage: run.sh PROGRAM [CHECK...]            all checks, or those named
#        UPDATE=1 run.sh PROGRAM questions    writes the answers to the questions as the new expectation; read the diff
#
# Two snapshots are looked at, each the second of its dataset: `nasty`, of the samples and what inputs.py invents, with all
# that can be published; `plain`, of the samples by the default configuration. The tools come from a Python and a Node environment under build/interop, which
# are made here once, by what requirements.txt and package-lock.json pin. What is not there (no network, no npm, no
# LibreOffice) is skipped, with a word; nothing fails for it.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(realpath "$here/../..")
[ $# -ge 1 ] || { sed -n '3,5p' "${BASH_SOURCE[0]}" >&2; exit 2; }
program=$(realpath "$1") && [ -x "$program" ] || { echo "interop: $1 is no program" >&2; exit 2; }
shift
wanted=" $* "
cd "$root" || exit
place=$root/build/interop
python=$place/venv/bin/python
mkdir -p "$place/npm"
work=$(mktemp -d "${TMPDIR:-/tmp}/gongwen-interop.XXXXXX") && chmod 755 "$work"
trap 'rm -rf "$work"' EXIT
export LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1 PYTHONUTF8=1
unset SOURCE_DATE_EPOCH GONGWEN_CONFIG

# ---- tools ----

# current STAMP FILE...: has the environment been made by these very files?
current() { [ "$(cat "$1" 2>/dev/null)" = "$(cat "${@:2}" | sha256sum)" ]; }
stamp() { cat "${@:2}" | sha256sum >"$1"; }

no_python=
make_python() {
	local pins=$here/requirements.txt log=$place/python.log
	current "$place/venv/made" "$pins" && return
	command -v python3 >/dev/null || { no_python='there is no python3'; return; }
	python3 -m venv --clear "$place/venv" >"$log" 2>&1 || { no_python='python3 cannot make environments (Debian: python3-venv)'; return; }
	echo 'interop: installing Python tools into build/interop/venv'
	timeout 900 "$python" -m pip install --quiet --disable-pip-version-check --retries 2 -r "$pins" >>"$log" 2>&1 ||
		{ no_python='the Python tools could not be installed (no network?), see build/interop/python.log'; return; }
	stamp "$place/venv/made" "$pins"
}

no_node=
make_node() {
	local pins=("$here/package.json" "$here/package-lock.json")
	current "$place/npm/made" "${pins[@]}" && return
	command -v npm >/dev/null && command -v node >/dev/null || { no_node='there is no npm (Debian: npm)'; return; }
	echo 'interop: installing JavaScript tools into build/interop/npm'
	cp "${pins[@]}" "$place/npm"
	(cd "$place/npm" && timeout 600 npm ci --ignore-scripts --no-audit --no-fund --fetch-retries 1) >"$place/npm.log" 2>&1 ||
		{ no_node='the JavaScript tools could not be installed (no network?), see build/interop/npm.log'; return; }
	stamp "$place/npm/made" "${pins[@]}"
}

make_python
make_node

# ---- snapshots ----

cp -r config schemas "$work"
cat >"$work/more.yaml" <<'END'
  title: 任务台账 "samples" & more
  licence_name: CC0-1.0
  licence_path: https://creativecommons.org/publicdomain/zero/1.0/
  sources: [{title: 样本, path: https://example.org/samples}]
END
sed -i -e 's/^  csv: {excel: false}/  csv: {excel: true}/' -e "/^  csv:/r $work/more.yaml" "$work/config/pipeline.yaml"
epoch=1700000000
mkdir "$work/mixed" "$work/before"
cp tests/data/samples/* "$work/mixed"
"$here/inputs.py" "$work/mixed"
cp tests/data/samples/* "$work/before"
rm "$work/before/scraped-page.txt"
sed -i 's/2025年9月30日前/2025年8月31日前/' "$work/before/work-plan.txt"
cp "$here/notice.txt" "$work/before"

# publish OUT COMMAND...: what is published must be published in full
publish() {
	local out=$1
	shift
	"$@" -q -o "$work/$out" >/dev/null 2>"$work/said" || { cat "$work/said"; echo "interop: no snapshot ($out)"; exit 1; }
}
for input in "$work/before" "$work/mixed"; do
	publish nasty env SOURCE_DATE_EPOCH=$epoch "$program" run -c "$work/config/pipeline.yaml" -i "$input"
done
for input in "$work/before" tests/data/samples; do publish plain "$program" run -c config/pipeline.yaml -i "$input"; done
nasty=$(realpath "$work/nasty/gongwen/latest")
plain=$(realpath "$work/plain/gongwen/latest")

# ---- checks ----

passed=0 failed=0 skipped=0

tell() { printf '  %-5s %-12s %s\n' "$1" "$2" "$3"; }

# check NAME COMMAND...: its last line is its summary; all of its output is shown when it fails; 77: skipped
check() {
	local name=$1 start=$SECONDS status=0 out=$work/out
	shift
	[ "$wanted" = '  ' ] || [[ $wanted = *" $name "* ]] || return
	"$@" >"$out" 2>&1 </dev/null || status=$?
	case $status in
	0) passed=$((passed + 1)) && tell ok "$name" "$(tail -n 1 "$out") ($((SECONDS - start)) s)" ;;
	77) skipped=$((skipped + 1)) && tell skip "$name" "$(tail -n 1 "$out")" ;;
	*)
		failed=$((failed + 1))
		sed 's/^/        /' "$out"
		tell FAIL "$name" "exit status $status ($((SECONDS - start)) s)"
		;;
	esac
}

absent() { echo "$1"; return 77; }
by_python() { if [ -n "$no_python" ]; then absent "$no_python"; else "$python" "$@"; fi; }
by_node() { if [ -n "$no_node" ]; then absent "$no_node"; else node "$@"; fi; }
archive_of() { echo "$(dirname "$(dirname "$1")")/archives/gongwen-$(basename "$1").tar.gz"; }
record_of() { grep -l "\"$(basename "$1")\"" "$(dirname "$(dirname "$1")")"/runs/*.json | head -n 1; }

bag() {
	if [ -n "$no_python" ]; then "$here/check_bag.sh" "$nasty"; else "$here/check_bag.sh" "$nasty" "$python" "$place/venv/bin/bagit.py"; fi
}
archives() {
	"$here/check_archive.sh" "$plain" "$(archive_of "$plain")" "$(record_of "$plain")" &&
		"$here/check_archive.sh" "$nasty" "$(archive_of "$nasty")" "$(record_of "$nasty")" $epoch
}
questions() {
	by_python "$here/questions.py" "$plain" 2025-08-15 >"$work/answers"
	local status=$?
	[ $status = 0 ] || { cat "$work/answers"; return $status; }
	[ -z "${UPDATE:-}" ] || cp "$work/answers" "$here/questions.expected"
	diff -u --label expected --label found "$here/questions.expected" "$work/answers" && echo 'five questions have their answers'
}

traps() { "$here/check_traps.py" "$plain" && "$here/check_traps.py" "$nasty" $epoch; }

check traps traps
check frictionless by_python "$here/check_frictionless.py" "$nasty"
check bag bag
check archive archives
check datapackage by_node "$here/check_datapackage.mjs" "$nasty" "$place/npm"
check jsonschema by_python "$here/check_jsonschema.py" "$nasty"
check pandas by_python "$here/pandas_tables.py" "$nasty"
check polars by_python "$here/polars_tables.py" "$nasty"
check duckdb by_python "$here/duckdb_tables.py" "$nasty"
check croissant by_python "$here/check_croissant.py" "$nasty"
check times by_python "$here/check_times.py" "$nasty"
check spreadsheet python3 "$here/check_spreadsheet.py" "$nasty"
check questions questions
check same-bytes "$here/same_bytes.sh" "$program"

echo "interop: $passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
