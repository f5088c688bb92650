#!/bin/bash
# The bag is valid for bagit-python and sha256sum, and every damage is noticed:   check_bag.sh SNAPSHOT BAGIT...
# BAGIT: how bagit.py is called; left out where it is not installed.
set -eu
snapshot=$1
shift
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
cp -r "$snapshot" "$copy/bag"
cd "$copy/bag"

sha256sum --check --strict --quiet manifest-sha256.txt tagmanifest-sha256.txt
# every payload file once, every tag file but the tag manifest once
diff <(find data -type f | LC_ALL=C sort) <(cut -c 67- manifest-sha256.txt | LC_ALL=C sort)
diff <(find . -maxdepth 1 -type f ! -name tagmanifest-sha256.txt -printf '%f\n' | LC_ALL=C sort) <(cut -c 67- tagmanifest-sha256.txt | LC_ALL=C sort)
# names that no file system, unpacker or validator reads in another way
if LC_ALL=C find . | LC_ALL=C grep -n '[^A-Za-z0-9._/-]'; then echo 'names that need care'; exit 1; fi
[ "$(head -c 3 bagit.txt)" = Bag ] || { echo 'bagit.txt begins with a mark'; exit 1; }
said="sha256sum: $(wc -l <manifest-sha256.txt) files"
[ $# -gt 0 ] || { echo "$said; bagit-python is not here"; exit 77; }

"$@" --quiet --validate .
"$@" --quiet --validate --completeness-only .
"$@" --quiet --validate --fast . # Payload-Oxum
for damage in 'printf x >>data/tasks.csv' 'rm data/tasks.jsonl' 'echo x >data/more.txt' 'printf x >>bag-info.txt'; do
	cp -r . "$copy/damaged"
	(cd "$copy/damaged" && eval "$damage")
	! "$@" --quiet --validate "$copy/damaged" 2>/dev/null || { echo "not noticed: $damage"; exit 1; }
	rm -rf "$copy/damaged"
done
echo "$said; $("$@" --version | tail -n 1 | sed 's/.* /bagit-python /'): valid, 4 damages noticed"
