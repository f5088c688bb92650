#!/bin/bash
# What the program makes from its own tables of options, diagnostics and columns: pages under docs/, JSON Schemas.
#   tools/make-docs.sh PROGRAM
# Each file is written only when all of it could be made.
set -eu
program=$(realpath "$1")
cd "$(dirname "$0")/.."
made=$(mktemp)
trap 'rm -f "$made"' EXIT

make_page() { # page file
	"$program" check -c config/pipeline.yaml --docs "$1" >"$made"
	cmp -s "$made" "$2" || { cat "$made" >"$2"; echo "$2"; }
}

for page in configuration diagnostics tables tables.zh; do
	make_page $page docs/$page.md
done
schemas=schemas/$("$program" --version | sed -n 's/^schema //p')
for table in "$schemas"/*.json; do
	case $table in *.schema.json) continue ;; esac
	make_page "$(basename "$table" .json).schema" "${table%.json}.schema.json"
done
make_page document.schema "$schemas/document.schema.json"
