#!/bin/bash
# Runs every folder of a case directory and compares what comes out with what is kept there.
#
# usage: run-golden.sh BIN [NAME...]          (run-errors.sh: the same over tests/errors)
#        UPDATE=1 run-golden.sh BIN [NAME...]  writes what came out as the new expectation; read the diff
#
# A case is a folder:
#   cmd           shell lines, run by bash in a folder of their own
#   expected      stdout, byte for byte
#   expected.err  stderr; only compared where the file is there
#   status        exit status, 0 when the file is missing
# The lines see GONGWEN (the program), CASE (the case's folder), TMP (their own folder, the current one),
# DATA (tests/data), CONFIG (config/pipeline.yaml) and ROOT. These folders are written as $TMP … in the output.
# A case that cannot run here ends with 77 and says why on stdout: it is counted as skipped.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cases=${CASES:-$here/golden}
[ $# -ge 1 ] || { sed -n '2,5p' "${BASH_SOURCE[0]}" >&2; exit 2; }
GONGWEN=$(realpath "$1") && [ -x "$GONGWEN" ] || { echo "run-golden: $1 is no program" >&2; exit 2; }
shift
[ $# -gt 0 ] || set -- $(cd "$cases" && ls -d */ | tr -d /)

export GONGWEN ROOT=$(dirname "$here") DATA=$here/data
export CONFIG=$ROOT/config/pipeline.yaml LC_ALL=C NO_COLOR=1 TZ=UTC
unset SOURCE_DATE_EPOCH GONGWEN_CONFIG
work=$(mktemp -d "${TMPDIR:-/tmp}/gongwen-cases.XXXXXX") && chmod 755 "$work"
trap 'chmod -R u+rwx "$work" 2>/dev/null; rm -rf "$work"' EXIT

# Folders differ from machine to machine, and so do the lengths of runs.
plain() {
	sed -e "s|$GONGWEN|gongwen|g" -e "s|$TMP|\$TMP|g" -e "s|$CASE|\$CASE|g" -e "s|$DATA|\$DATA|g" -e "s|$ROOT|\$ROOT|g"
}

compare() { # file, what came out, word for it
	cmp -s "$1" "$2" && return 0
	echo "--- $3"
	diff -u --label expected --label found "$1" "$2" | head -n 60
	return 1
}

passed=0 failed=0 skipped=0 names=
for name in "$@"; do
	export CASE=$cases/$name TMP=$work/$name
	[ -f "$CASE/cmd" ] || { echo "FAIL $name: no cmd"; failed=$((failed + 1)); names="$names $name"; continue; }
	mkdir -p "$TMP"
	out=$work/$name.out err=$work/$name.err
	(cd "$TMP" && timeout "${CASE_SECONDS:-300}" bash "$CASE/cmd") >"$out.raw" 2>"$err.raw" </dev/null
	status=$?
	plain <"$out.raw" >"$out"
	plain <"$err.raw" >"$err"
	if [ $status = 77 ]; then
		echo "skip $name: $(tail -n 1 "$out")"
		skipped=$((skipped + 1))
		continue
	fi
	if [ -n "${UPDATE:-}" ]; then
		cp "$out" "$CASE/expected"
		[ ! -f "$CASE/expected.err" ] && [ -z "${WITH_STDERR:-}" ] || cp "$err" "$CASE/expected.err"
		[ $status = 0 ] && rm -f "$CASE/status" || echo $status >"$CASE/status"
		echo "kept $name (status $status)"
		passed=$((passed + 1))
		continue
	fi
	want=$(cat "$CASE/status" 2>/dev/null || echo 0)
	report=$(
		good=0
		[ "$status" = "$want" ] || { echo "--- exit status: expected $want, found $status"; good=1; }
		compare "$CASE/expected" "$out" stdout || good=1
		if [ -f "$CASE/expected.err" ]; then
			compare "$CASE/expected.err" "$err" stderr || good=1
		elif [ $good != 0 ]; then
			echo "--- stderr (not compared)"
			head -n 20 "$err"
		fi
		exit $good
	)
	if [ $? = 0 ]; then
		echo "ok   $name"
		passed=$((passed + 1))
	else
		echo "FAIL $name"
		echo "$report" | sed 's/^/     /'
		failed=$((failed + 1)) names="$names $name"
	fi
	chmod -R u+rwx "$TMP" 2>/dev/null
	rm -rf "$TMP"
done
echo "$(basename "$cases"): $passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ] || { echo "failed:$names"; exit 1; }
