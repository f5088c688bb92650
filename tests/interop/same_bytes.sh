#!/bin/bash
# The same snapshots and archives, byte for byte, however and wherever the program runs:   same_bytes.sh PROGRAM
# Each variation publishes two snapshots, the second after a change, and is held against the plain run.
set -eu
program=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
root=$(realpath "$here/../..")
work=$(mktemp -d "${TMPDIR:-/tmp}/gongwen-bytes.XXXXXX") shm=
trap 'rm -rf "$work" ${shm:+"$shm"}' EXIT
chmod 755 "$work"
unset SOURCE_DATE_EPOCH GONGWEN_CONFIG
config=$root/config/pipeline.yaml

# inputs FOLDER [--reversed]: the documents, and those of the second snapshot
inputs() {
	local first=$1/first/documents second=$1/second/documents samples=("$root"/tests/data/samples/*) i
	mkdir -p "$first" "$second"
	if [ $# = 1 ]; then
		cp "${samples[@]}" "$first"
		"$here/inputs.py" "$first"
	else
		"$here/inputs.py" "$first" --reversed
		for ((i = ${#samples[@]} - 1; i >= 0; i--)); do cp "${samples[i]}" "$first"; done
	fi
	cp -r "$first/." "$second"
	rm "$second/work-plan.txt"
	sed -i 's/2025年/2026年/' "$second/task-notice.txt"
	chmod -R a+rX "$1"
}

options=()
# publish OUT COMMAND...: both snapshots of the folder $in, with $options
publish() {
	local out=$1 from
	shift
	for from in first second; do
		"$@" run -q -c "$config" -i "$in/$from/documents" -o "$out" "${options[@]}" >/dev/null 2>>"$work/said"
	done
}

# What is compared: names and bytes of snapshots and archives, and where `latest` leads.
digest() {
	(cd "$1/gongwen" && readlink latest && find snapshots archives -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum)
}

count=0
# vary NAME COMMAND...: publishes into $work/NAME by the command given and compares
vary() {
	local name=$1
	shift
	if ! "$@" || ! digest "$work/out" >"$work/found"; then
		tail -n 5 "$work/said"
		echo "FAIL $name: no snapshots"
		exit 1
	fi
	diff "$work/expected" "$work/found" >"$work/difference" || { head -n 20 "$work/difference"; echo "FAIL $name: other bytes"; exit 1; }
	rm -rf "$work/out"
	count=$((count + 1))
	names="${names:+$names, }$name"
}

leave_out() { left="${left:+$left; }$1"; }

inputs "$work/in"
in=$work/in
publish "$work/out" "$program"
digest "$work/out" >"$work/expected"
[ "$(grep -c 'tar.gz' "$work/expected")" = 2 ] || { echo 'the plain run made no two archives'; exit 1; }
mv "$work/out" "$work/plain"

for zone in Asia/Shanghai America/St_Johns Pacific/Apia; do vary "time zone $zone" publish "$work/out" env TZ=$zone "$program"; done
if [ -d /usr/share/i18n/locales ] && command -v localedef >/dev/null; then
	mkdir "$work/locales"
	for name in de_DE.UTF-8 tr_TR.UTF-8 zh_CN.GBK; do # 1: made, with warnings
		localedef -i ${name%.*} -f ${name#*.} "$work/locales/$name" 2>/dev/null || [ $? = 1 ]
		vary "locale $name" publish "$work/out" env LOCPATH="$work/locales" LC_ALL=$name "$program"
	done
else
	leave_out 'locales other than C (package locales is not here)'
fi
vary 'locale C.UTF-8' publish "$work/out" env LC_ALL=C.UTF-8 "$program"
with_umask() { (umask "$1" && publish "$work/out" "$program"); }
vary 'umask 077' with_umask 077
vary 'umask 000' with_umask 000
if [ "$(id -u)" = 0 ]; then
	drop=(setpriv --reuid=65534 --regid=65534 --clear-groups)
	if "${drop[@]}" "$program" check -q -c "$config" >/dev/null 2>&1; then
		mkdir "$work/out" && chown 65534 "$work/out"
		vary 'user nobody' publish "$work/out" "${drop[@]}" "$program"
	else
		leave_out 'another user (nobody may not read this folder)'
	fi
else
	leave_out 'another user (only root can become one)'
fi
from_the_inputs() { (cd "$work/in/second/documents/encodings" && in=../../.. publish ../../../../out "$program"); }
vary 'folder of the inputs, relative paths' from_the_inputs
from_the_root() { (cd / && in=.${work}/in publish "$work/out" "$program"); }
vary 'folder /' from_the_root
for n in 1 2 3 16; do
	options=(-j $n)
	vary "threads $n" publish "$work/out" "$program"
done
options=()
inputs "$work/reversed" --reversed
in=$work/reversed
vary 'files made in the other order' publish "$work/out" "$program"
find "$work/reversed" -exec touch -d 1999-12-31 {} +
chmod -R go-rwx "$work/reversed"
vary 'other times and modes of the files' publish "$work/out" "$program"
if [ -d /dev/shm ] && shm=$(mktemp -d /dev/shm/gongwen-bytes.XXXXXX 2>/dev/null); then
	inputs "$shm/in" --reversed # a memory file system lists the newest first
	in=$shm/in
	on_shm() { publish "$shm/out" "$program" && mv "$shm/out" "$work/out"; }
	vary 'inputs and output on tmpfs' on_shm
else
	leave_out 'tmpfs (no /dev/shm)'
fi
in=$work/in
vary 'no HOME' publish "$work/out" env -u HOME "$program"
vary 'another HOME' publish "$work/out" env HOME=/nowhere XDG_CONFIG_HOME=/nowhere TMPDIR="$work" "$program"
vary 'empty environment' publish "$work/out" env -i "$program"
vary 'dirty memory' publish "$work/out" env MALLOC_PERTURB_=165 MALLOC_ARENA_MAX=1 "$program"
vary 'a processor without SHA and AVX instructions' publish "$work/out" env OPENSSL_ia32cap=0 \
	GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX2,-AVX512F,-ERMS,-SSE4_2 "$program"
mkdir -p "$work/配置 with blanks" && cp -r "$root/config" "$root/schemas" "$work/配置 with blanks"
config="$work/配置 with blanks/config/pipeline.yaml"
vary 'configuration in another folder' publish "$work/out" "$program"
config=$root/config/pipeline.yaml
in_shards() {
	local from part
	for from in first second; do
		"$here/inputs.py" --ndjson "$in/$from/documents" | shuf | split -n r/3 - "$work/lines-"
		for part in c a b; do "$program" map -q -c "$config" <"$work/lines-a$part" 2>/dev/null | gzip >"$work/rows-$part.gz"; done
		"$program" publish -q -c "$config" -o "$work/out" "$work"/rows-{b,c,a}.gz >/dev/null 2>>"$work/said"
	done
}
vary 'map in three shuffled parts, publish' in_shards

echo "$count variations, 2 snapshots and archives each, the same bytes${left:+ (left out: $left)}"
