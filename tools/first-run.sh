#!/bin/sh
# What `make run` does behind the build: the default configuration on the bundled samples, then a look at the result.
#   tools/first-run.sh PROGRAM
set -u
cd "$(dirname "$0")/.."
program=$1
config=config/pipeline.yaml

"$program" run -c "$config"
status=$?
# 3: published, though some inputs went to quarantine.
[ "$status" = 0 ] || [ "$status" = 3 ] || exit "$status"

sample=$(find tests/data/samples -type f -name '*.txt' 2>/dev/null | LC_ALL=C sort | head -n 1)
if [ -n "$sample" ]; then
	printf '\nOne of the samples, %s:\n' "$sample"
	"$program" show -c "$config" "$sample" || exit
fi

printf '\nThe snapshot is in:\n'
for latest in output/*/latest; do
	[ -e "$latest" ] && printf '  %s -> %s\n' "$latest" "$(readlink "$latest")"
done
printf 'Tables: data/*.csv and data/*.jsonl there; the ledger is data/tasks.csv. Checks: %s verify <snapshot>\n' "$program"
exit "$status"
