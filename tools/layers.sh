#!/bin/sh
# Includes go one way: base <- grammar <- ingest, normalize, structure, extract, link, publish <- run <- command.
# A folder of pipeline/ may use the gw/ headers listed here and its own private headers, nothing else.
set -eu
cd "$(dirname "$0")/.."

find pipeline include -name '*.[ch]' | LC_ALL=C sort | xargs awk '
BEGIN {
	base = " base aside diag settings file source fold read tape "
	words = base "knowledge "
	stage = words "stage "
	all = stage "ingest rows publish run "
	may["base"] = base
	may["grammar"] = words
	may["ingest"] = stage "ingest "
	may["normalize"] = may["structure"] = may["extract"] = may["link"] = stage
	may["publish"] = stage "rows publish "
	may["run"] = may["command"] = may["main.c"] = all
	# Headers: what each may lean on.
	own["tape"] = own["aside"] = own["base"] = own["diag"] = own["settings"] = own["file"] = own["source"] = own["fold"] = base
	own["knowledge"] = own["stage"] = stage
	own["read"] = base
	own["ingest"] = stage "ingest "
	own["rows"] = stage "rows "
	own["publish"] = stage "rows publish "
	own["run"] = all
}
function wrong(what) {
	printf "%s:%d: %s\n", FILENAME, FNR, what
	bad++
}
# a/b/../c -> a/c
function resolve(path,   parts, n, i, out, k) {
	n = split(path, parts, "/")
	k = 0
	for (i = 1; i <= n; i++) {
		if (parts[i] == ".." && k > 0) k--
		else if (parts[i] != ".") out[++k] = parts[i]
	}
	path = out[1]
	for (i = 2; i <= k; i++) path = path "/" out[i]
	return path
}
FNR == 1 {
	split(FILENAME, part, "/")
	header = part[1] == "include"
	module = header ? part[3] : part[2]
	sub(/\.h$/, "", module)
	allowed = header ? own[module] : may[module]
	if (allowed == "") wrong((header ? "gw/" module ".h" : "pipeline/" module) " is in no layer; add it to tools/layers.sh")
	files++
}
/^[ \t]*#[ \t]*include[ \t]*"/ {
	split($0, quoted, "\"")
	name = quoted[2]
	includes++
	if (name ~ /^gw\//) {
		short = substr(name, 4)
		sub(/\.h$/, "", short)
		if (allowed != "" && index(allowed, " " short " ") == 0) wrong((header ? "gw/" : "") module " must not include " name)
		next
	}
	dir = FILENAME
	sub(/\/[^\/]*$/, "", dir)
	target = resolve(dir "/" name)
	if (header || index(target, "pipeline/" module "/") != 1)
		wrong("private header " name " belongs to another folder; what others may see stands in include/gw/")
}
END {
	if (bad) { printf "layers: %d wrong includes\n", bad; exit 1 }
	printf "layers: %d includes of %d files go one way\n", includes, files
}'
