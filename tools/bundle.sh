#!/bin/sh
# Packs the program with its libraries, configuration and schemas for machines that have none of them, such as the workers
# of a cluster: they need the C library of this machine or a newer one, on the same kind of processor.
#   tools/bundle.sh PROGRAM OUT.tar.gz [CONFIG]
# PROGRAM looks for its libraries in ../lib (see the Makefile); CONFIG is the folder of a configuration of your own,
# with schemas/ beside it as in a checkout (default: config).
set -eu
program=$1 out=$2 config=${3:-config}
[ -f "$config/pipeline.yaml" ] || { echo "bundle: $config holds no pipeline.yaml" >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/bin" "$work/lib" "$work/share/gongwen"
cp "$program" "$work/bin/gongwen"
# All but the C library itself, which belongs to the machine.
ldd "$program" | awk '$2 == "=>" && $3 ~ /^\// {print $3}' |
	grep -Ev '/(libc|libm|libdl|librt|libpthread|libresolv)\.so' | while read -r library; do
	cp -L "$library" "$work/lib/"
done
cp -R "$config" "$work/share/gongwen/config"
cp -R "$config/../schemas" "$work/share/gongwen/schemas"
tools/installed-config.sh "$config/pipeline.yaml" >"$work/share/gongwen/config/pipeline.yaml"
"$work/bin/gongwen" check -q -c "$work/share/gongwen/config/pipeline.yaml" >/dev/null
mkdir -p "$(dirname "$out")"
tar -C "$work" --sort=name --mtime=@315532800 --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX -cf - bin lib share |
	gzip -n >"$out.tmp"
mv "$out.tmp" "$out"
echo "$out ($(($(stat -c %s "$out") / 1000000)) MB)"
