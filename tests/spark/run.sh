#!/bin/bash
# The Spark job (pipeline/spark) on a small cluster of its own: one master, two workers, all on this machine.
#
# usage: run.sh BIN BUNDLE        environment in build/env/spark; SPARK_VERSION=4.0.1 for another PySpark
#
# Where Java or PySpark cannot be had it is skipped with the reason, and the status is 0.
set -u
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
[ $# = 2 ] || { sed -n '4p' "${BASH_SOURCE[0]}" >&2; exit 2; }
gongwen=$(realpath "$1") bundle=$(realpath "$2") version=${SPARK_VERSION:-3.5.6}
skip() { echo "check-spark: SKIPPED: $*"; echo "0 passed, 0 failed, 1 skipped"; exit 0; }

export LC_ALL=C.UTF-8 NO_COLOR=1 TZ=UTC # Java reads and writes Chinese file names only where the locale knows them
unset SOURCE_DATE_EPOCH GONGWEN_CONFIG
command -v java >/dev/null || skip 'there is no Java (default-jre-headless) and it cannot be installed here'
env=$root/build/env/spark-$version
if ! "$env/bin/python" -c 'import pyspark' 2>/dev/null; then
	rm -rf "$env" && mkdir -p "$(dirname "$env")"
	echo "check-spark: PySpark $version is installed into ${env#"$root"/}"
	{ python3 -m venv "$env" && "$env/bin/pip" install --quiet --disable-pip-version-check setuptools wheel &&
		"$env/bin/pip" install --quiet --disable-pip-version-check "pyspark==$version"; } >"$env.log" 2>&1 ||
		{ reason=$(tail -n 1 "$env.log"); rm -rf "$env"; skip "PySpark $version cannot be installed: $reason"; }
fi

work=$(mktemp -d "${TMPDIR:-/tmp}/gongwen-spark.XXXXXX")
trap 'rm -rf "$work"' EXIT
export SPARK_LOCAL_DIRS=$work/spark SPARK_WORKER_DIR=$work/workers SPARK_LOCAL_IP=127.0.0.1
export PYSPARK_PYTHON=$env/bin/python PYSPARK_DRIVER_PYTHON=$env/bin/python PATH=$env/bin:$PATH
unset SPARK_HOME
export JAVA_TOOL_OPTIONS='-XX:TieredStopAtLevel=1 -XX:+UseSerialGC' # short lives: compiling well would cost more than it gives
cd "$work" && "$env/bin/python" "$root/tests/spark/check.py" "$root" "$gongwen" "$bundle" "$work"
