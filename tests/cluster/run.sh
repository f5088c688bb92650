#!/bin/bash
# The recipes of docs/cluster.md, run as they stand there: GNU parallel, Slurm (a cluster of one machine), the lines of
# Hadoop Streaming. Each must publish what `gongwen run` publishes.
#
# usage: run.sh BIN BUNDLE        what is not installed is skipped with a word
set -u
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
[ $# = 2 ] || { sed -n '5p' "${BASH_SOURCE[0]}" >&2; exit 2; }
gongwen=$(realpath "$1") bundle=$(realpath "$2")
export LC_ALL=C.UTF-8 NO_COLOR=1
unset SOURCE_DATE_EPOCH GONGWEN_CONFIG
work=$(mktemp -d "${TMPDIR:-/tmp}/gongwen-cluster.XXXXXX") && chmod 755 "$work"
started=()
trap '[ ${#started[@]} = 0 ] || kill "${started[@]}" 2>/dev/null; wait; rm -rf "$work"' EXIT

# The program as the machines have it: out of the bundle, on the PATH.
mkdir "$work/tools" && tar -C "$work/tools" -xzf "$bundle" || exit 1
export PATH=$work/tools/bin:$PATH

passed=0 failed=0 skipped=0
good() { echo "ok   $1"; passed=$((passed + 1)); }
bad() { echo "FAIL $1"; [ -s log ] && sed 's/^/     /' log | tail -n 30; failed=$((failed + 1)); }
skip() { echo "skip $1: $2"; skipped=$((skipped + 1)); }

# The lines of a recipe: block NAME
block() {
	awk -v name="$1" '$0 ~ "^<!-- tested: " name "( |-->)" {found = 1; next} found && /^```/ {if (inside) exit; inside = 1; next}
		inside {print}' "$root/docs/cluster.md"
}

# A folder of its own with documents/ and documents.ndjson: fresh NAME
fresh() {
	mkdir "$work/$1" && cd "$work/$1" && ln -s "$work/documents" "$work/documents.ndjson" . && : >log
}

same() { diff -r "$work"/whole/*/latest/ output/*/latest/ >>log 2>&1 && cmp "$work"/whole/*/archives/*.gz output/*/archives/*.gz >>log 2>&1; }

# recipe NAME: runs the block and compares
recipe() {
	fresh "$1"
	block "$1" >recipe
	[ -s recipe ] && bash -e recipe >log 2>&1 && same && good "$1" || bad "$1"
}

# ---- documents, and what is expected ----
mkdir "$work/documents"
cp -r "$root/tests/data/samples" "$root/tests/data/gold/docs" "$work/documents"
printf '\211PNG\r\n\032\n\0\0\0' >"$work/documents/picture.png"
cd "$work" && "$gongwen" run -q -c "$root/config/pipeline.yaml" -i documents -o whole >/dev/null 2>&1
[ $? = 3 ] || { echo "the run that is compared with did not end with 3"; exit 1; }
python3 - >documents.ndjson <<'END'
import base64, json, os
for root, _, files in sorted(os.walk('documents')):
    for name in sorted(files):
        path = os.path.join(root, name)
        with open(path, 'rb') as f:
            print(json.dumps({'source_path': os.path.relpath(path, 'documents'), 'content_base64': base64.b64encode(f.read()).decode()}))
END

# A document is in quarantine, so `publish` ends with 3, which would end a recipe: there it is taken for done.
gongwen() { command gongwen "$@" || { [ "$1 $?" = 'publish 3' ] && return 0; return 1; }; }
export -f gongwen

# ---- GNU parallel ----
if command -v parallel >/dev/null; then
	recipe parallel-folder
	recipe parallel-lines
	fresh parallel-fails
	rm documents.ndjson && { cat ../documents.ndjson; echo 'no document'; } >documents.ndjson
	block parallel-lines >recipe
	if bash -e recipe >log 2>&1 || [ -e output ] || ! grep -q 'error\[GW309\]' log; then bad parallel-fails; else good parallel-fails; fi
else
	skip parallel 'GNU parallel is not installed (package parallel)'
fi

# ---- Slurm ----
# The script without Slurm, as the tasks of an array would run it, last first.
fresh slurm-simulated
block slurm-map >map.sbatch
for task in $(seq 16 -1 1); do
	SLURM_ARRAY_TASK_ID=$task SLURM_CPUS_PER_TASK=1 bash map.sbatch >>log 2>&1 || echo "task $task: status $?" >>log
done
command gongwen publish -o output rows >>log 2>&1
[ $? = 3 ] && same && good slurm-simulated || bad slurm-simulated

# One machine that is controller and node; nothing of it is left behind.
slurm_start() {
	local at=$work/slurm.d name=$(hostname -s)
	mkdir -p "$at/state" "$at/spool"
	(umask 077 && head -c 1024 /dev/urandom >"$at/munge.key")
	munged --foreground --force --socket="$at/munge.sock" --key-file="$at/munge.key" --pid-file="$at/munged.pid" \
		--log-file="$at/munged.log" --seed-file="$at/munge.seed" >>"$at/log" 2>&1 &
	started+=($!)
	cat >"$at/slurm.conf" <<-END
		ClusterName=check
		SlurmctldHost=$name(127.0.0.1)
		SlurmctldPort=17817
		SlurmdPort=17818
		SlurmUser=$(id -un)
		SlurmdUser=$(id -un)
		AuthType=auth/munge
		AuthInfo=socket=$at/munge.sock
		StateSaveLocation=$at/state
		SlurmdSpoolDir=$at/spool
		SlurmctldPidFile=$at/controller.pid
		SlurmdPidFile=$at/node.pid
		SlurmctldLogFile=$at/controller.log
		SlurmdLogFile=$at/node.log
		ProctrackType=proctrack/pgid
		TaskPlugin=task/none
		MpiDefault=none
		SelectType=select/cons_tres
		SelectTypeParameters=CR_CPU
		ReturnToService=2
		NodeName=$name NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
		PartitionName=all Nodes=ALL Default=YES MaxTime=10 State=UP
	END
	export SLURM_CONF=$at/slurm.conf
	for try in $(seq 20); do [ -S "$at/munge.sock" ] && break; sleep 0.2; done
	slurmctld -D -i >>"$at/log" 2>&1 &
	started+=($!)
	slurmd -D >>"$at/log" 2>&1 &
	started+=($!)
	for try in $(seq 60); do sinfo -h -o %T 2>/dev/null | grep -q idle && return 0; sleep 0.5; done
	return 1
}

PATH=$PATH:/usr/sbin
if ! command -v slurmctld >/dev/null || ! command -v slurmd >/dev/null || ! command -v munged >/dev/null; then
	skip slurm 'Slurm is not installed (packages slurmctld slurmd slurm-client munge)'
elif [ "$(id -u)" != 0 ]; then
	skip slurm 'only root can start a cluster'
elif ! slurm_start; then
	skip slurm "no cluster came up here: $(tail -n 1 "$work/slurm.d/controller.log" 2>/dev/null)"
else
	fresh slurm
	block slurm-map >map.sbatch
	block slurm-submit >recipe
	timeout 240 bash -e recipe >log 2>&1 && same && good slurm || { cat logs/* >>log; bad slurm; }
	# A part that fails: nothing is published.
	fresh slurm-fails
	block slurm-submit >recipe
	block slurm-map | sed 's/^gongwen map/[ $part != 5 ]; gongwen map/' >map.sbatch
	if timeout 240 bash -e recipe >log 2>&1 || [ -e output ]; then bad slurm-fails; else good slurm-fails; fi
fi

# ---- Hadoop Streaming ----
# As it cuts the lines into parts and hands them to the mapper, and writes what that prints: with a TAB behind.
fresh streaming
mkdir rows
split -n l/5 documents.ndjson part-
for part in part-* /dev/null; do
	command gongwen map -j 1 <"$part" 2>>log | sed 's/$/\t/' >"rows/$(basename "$part")"
done
touch rows/_SUCCESS
command gongwen publish -o output rows >>log 2>&1
[ $? = 3 ] && same && good streaming || bad streaming

echo "check-cluster: $SECONDS s"
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
