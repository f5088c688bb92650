#!/bin/bash
# Every bug that was found once, as a case of its own that shows it mended: see run-golden.sh.
#
# usage: run-bugs.sh BIN [NAME...]          UPDATE=1 rewrites the expectations
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
CASES=$here/bugs exec "$here/run-golden.sh" "$@"
