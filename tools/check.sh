#!/bin/bash
# All checks behind `make check`, on programs that are built already; one summary line at the end.
#   tools/check.sh BUILD ASAN_BUILD
# The sanitized program runs all tests: what they do not notice, it does.
set -u
cd "$(dirname "$0")/.."
plain=$1/gongwen
checked=$2/gongwen
unit_dir=$2/tests/unit

passed=0
failed=0
failures=''
log=$(mktemp -d)
trap 'rm -rf "$log"' EXIT

export ASAN_OPTIONS="detect_leaks=1:abort_on_error=0:${ASAN_OPTIONS:-}"
export UBSAN_OPTIONS="print_stacktrace=1:${UBSAN_OPTIONS:-}"
# Leaks cannot be looked for where tracing is forbidden (some containers); everything else still can.
if "$checked" --version 2>&1 | grep -q 'LeakSanitizer has encountered a fatal error'; then
	export ASAN_OPTIONS="$ASAN_OPTIONS:detect_leaks=0"
	echo 'check: leaks are not looked for (tracing is forbidden here)'
fi

# step NAME COMMAND...: its last line is its summary; all of its output is shown when it fails.
step() {
	local name=$1 start=$SECONDS status=0 out=$log/out
	shift
	"$@" >"$out" 2>&1 || status=$?
	if [ "$status" = 0 ]; then
		passed=$((passed + 1))
		printf '  ok    %-10s %s (%d s)\n' "$name" "$(tail -n 1 "$out")" $((SECONDS - start))
	else
		failed=$((failed + 1))
		failures="$failures $name"
		sed 's/^/        /' "$out"
		printf '  FAIL  %-10s exit status %d (%d s)\n' "$name" "$status" $((SECONDS - start))
	fi
}

unit() {
	local programs=0 tests=0 bad=0 n p out=$log/unit
	for p in tests/unit/test_*.c; do
		p=$unit_dir/$(basename "$p" .c)
		programs=$((programs + 1))
		if "$p" >"$out" 2>&1; then
			n=$(sed -n 's/^\[  PASSED  \] \([0-9]*\) test.*/\1/p' "$out")
			tests=$((tests + ${n:-0}))
		else
			bad=$((bad + 1))
			echo "$p failed:"
			grep -v '^\[ RUN \|^\[       OK' "$out"
		fi
	done
	echo "$tests tests in $programs programs, $bad programs failed"
	[ "$bad" = 0 ]
}

runs_somehow() {
	"$plain" --version >/dev/null && "$plain" --version | head -n 1
}

step program runs_somehow
step layers tools/layers.sh
step unit unit
step targets "$2/tests/fuzz/targets" -n 150 tests/data/samples/* tests/data/gold/docs/*
step examples "$checked" check --examples
# The address checks do not bear another library before them, so this is the plain program.
step faults tests/fault/faults.py "$plain" "$1/tests/fault/shim.so"
# Its memory is what is asked about, not that of the address checks.
step memory tests/memory/peaks.py "$plain"
for runner in tests/run-*.sh; do
	name=${runner#tests/run-}
	step "${name%.sh}" "$runner" "$checked"
done

if [ "$failed" = 0 ]; then
	echo "check: all $passed steps passed in $SECONDS s"
else
	echo "check: $failed of $((passed + failed)) steps failed:$failures ($SECONDS s)"
	exit 1
fi
