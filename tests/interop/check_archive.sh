#!/bin/bash
# GNU tar makes the same bytes from the snapshot's folder; gzip and tar read the archive; both hashes are on record:
# check_archive.sh SNAPSHOT ARCHIVE RUN_RECORD [EPOCH]
set -eu
snapshot=$1 archive=$2 record=$3 epoch=${4:-315532800}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
top=$(basename "$archive" .tar.gz)

gzip --test "$archive"
gzip -dc "$archive" >"$work/made.tar"
mkdir "$work/packed" "$work/unpacked"
cp -r "$snapshot" "$work/packed/$top"
find "$work/packed" -exec touch -d 2001-02-03 {} + # a file's own time has no part in it
chmod -R go-rwx "$work/packed"
(cd "$work/packed" && LC_ALL=C tar --format=ustar --sort=name --mtime=@"$epoch" --owner=0 --group=0 --numeric-owner \
	--mode=u=rwX,go=rX -cf ../tar.tar "$top")
cmp "$work/made.tar" "$work/tar.tar"
[ $(($(stat -c %s "$work/made.tar") % 10240)) = 0 ] || { echo 'not padded to 10,240 bytes'; exit 1; }
# gzip's head: flags 0 (no name), time 0
[ "$(od -An -tx1 -j3 -N5 "$archive" | tr -d ' ')" = 0000000000 ] || { echo 'name or time in the gzip head'; exit 1; }

tar -xzf "$archive" -C "$work/unpacked" 2>"$work/said"
[ ! -s "$work/said" ] || { cat "$work/said"; exit 1; }
[ "$(ls "$work/unpacked")" = "$top" ] || { echo "the top folder is not $top"; exit 1; }
diff -r "$snapshot" "$work/unpacked/$top"
for file in "$archive" "$work/made.tar"; do
	hash=$(sha256sum "$file" | cut -c 1-64)
	grep -q "$hash" "$record" || { echo "the hash of $file is not in $record"; exit 1; }
done
echo "$(tar --version | sed -n '1s/tar (GNU tar)/GNU tar/p'): the same $(stat -c %s "$work/made.tar") bytes; both hashes are on record"
