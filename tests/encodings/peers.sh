#!/bin/sh
# Decoders and detection against others in one run:   peers.sh BUILD
# The others are installed into build/peers once; without a network that part is left out, and says so.
set -u
cd "$(dirname "$0")/../.."
codes=$1/tests/encodings/codes
peers=build/peers
if [ ! -e $peers/ready ]; then
	if python3 -m venv $peers >/dev/null 2>&1 && timeout 300 $peers/bin/pip -q --disable-pip-version-check install \
		faust-cchardet chardet charset-normalizer >$peers/log 2>&1; then
		: >$peers/ready
	else
		echo 'SKIPPED: uchardet, chardet and charset-normalizer could not be installed (no network?): gongwen alone'
		peers=
	fi
fi
# the indexes of the WHATWG, of which the tables were made
if [ ! -d build/whatwg ] && command -v npm >/dev/null 2>&1; then
	timeout 120 npm install --prefix build/npm @exodus/bytes >/dev/null 2>&1 &&
		node tools/whatwg-index.mjs build/npm/node_modules/@exodus/bytes build/whatwg
fi
[ -d build/whatwg ] || echo 'SKIPPED: the indexes of the WHATWG could not be had (npm)'
text=$(mktemp)
trap 'rm -f "$text" "$text".*' EXIT
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do cat tests/data/*/docs/*.txt; done >"$text"
for name in UTF-8 GB18030 UTF-16LE; do
	iconv -f utf-8 -t $name "$text" >"$text.$name"
	"$codes" speed $name "$text.$name" || echo "slower than iconv: $name"
done
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do cat tests/encodings/texts/zh-Hant.txt; done |
	iconv -f utf-8 -t big5-hkscs >"$text.big5"
"$codes" speed big5-hkscs "$text.big5" || echo 'slower than iconv: Big5'
tests/encodings/compare.py "$codes" docs/encodings.md && tests/encodings/detect.py "$codes" $peers
