#!/bin/bash
# Every diagnostic that a user can cause, with its place, words and exit status: see run-golden.sh.
#
# usage: run-errors.sh BIN [NAME...]          UPDATE=1 rewrites the expectations
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
CASES=$here/errors WITH_STDERR=1 exec "$here/run-golden.sh" "$@"
