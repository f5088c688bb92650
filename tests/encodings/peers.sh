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
tests/encodings/compare.py "$codes" docs/encodings.md && tests/encodings/detect.py "$codes" $peers
