#!/bin/bash
# The decoders code by code against iconv and Python, and detection on generated snippets:   run-encodings.sh BIN
# `make encodings` asks other detectors too.
set -u
cd "$(dirname "$0")/.."
codes=$(dirname "$1")/tests/encodings/codes
tests/encodings/compare.py "$codes" docs/encodings.md && tests/encodings/detect.py "$codes"
