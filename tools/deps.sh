#!/bin/sh
# Looks for the packages that building (or testing) needs and installs the missing ones by apt-get.
#   tools/deps.sh build|check|cluster|spark|peers|interop
# Says nothing and costs some milliseconds when all is there. Without root and sudo it prints the line to type.
set -u
mode=${1:-build}

missing='' # package names
say() { printf '%s\n' "$*" >&2; }

have_command() { command -v "$1" >/dev/null 2>&1; }
have_package() { have_command pkg-config && pkg-config --exists "$1" 2>/dev/null; }
# Headers without a .pc file: asked from the compiler, which knows where it looks.
have_header() { have_command cc && printf '#include <%s>\n' "$1" | cc -E -x c - >/dev/null 2>&1; }
have_server() { have_command "$1" || [ -x "/usr/sbin/$1" ]; }
have_module() { have_command python3 && python3 -c "import $1" 2>/dev/null; }
have_folder() { [ -d "$1" ]; }
# cmocka.h needs others before it.
have_cmocka() { have_package cmocka; }

# want PACKAGE "why" PROBE ARGUMENT
want() {
	"$3" "$4" && return
	missing="$missing $1"
	if [ -n "${report:-}" ]; then say "  $1: $2"; fi
}

look() {
	missing=''
	want gcc 'the C compiler' have_command cc
	want libc6-dev 'headers of the C library' have_header stdlib.h
	want make 'runs the build' have_command make
	want pkg-config 'finds the libraries' have_command pkg-config
	want libyaml-dev 'reads the configuration (libyaml)' have_package yaml-0.1
	want libjansson-dev 'reads and writes JSON (jansson)' have_package jansson
	want libcsv-dev 'reads CSV tables back (libcsv)' have_header csv.h
	want zlib1g-dev 'reads gzip files (zlib)' have_package zlib
	want libdeflate-dev 'writes gzip archives (libdeflate)' have_package libdeflate
	want libssl-dev 'SHA-256 (libcrypto)' have_package libcrypto
	want libarchive-dev 'opens ZIP, TAR, 7z and gzip inputs (libarchive)' have_package libarchive
	want libxml2-dev 'reads HTML pages, DOCX and the layout of PDF pages (libxml2)' have_package libxml-2.0
	if [ "$mode" = interop ]; then
		want python3 'the environment of the interop checks' have_command python3
		want python3-venv 'the environment of the interop checks' have_module ensurepip
		want npm 'JavaScript readers of data packages' have_command npm
		want locales 'runs in the locales of others' have_folder /usr/share/i18n/locales
		want libreoffice-calc-nogui 'opens the copy for spreadsheets' have_command soffice
	fi
	if [ "$mode" = check ]; then
		want libcmocka-dev 'unit tests (cmocka)' have_cmocka cmocka
		want python3 'test scripts' have_command python3
		want poppler-utils 'PDF inputs, at run time (pdftotext)' have_command pdftotext
	fi
	case $mode in
	cluster)
		want parallel 'the recipes for GNU parallel' have_command parallel
		want slurmctld 'the recipes for Slurm' have_server slurmctld
		want slurmd 'the recipes for Slurm' have_server slurmd
		want slurm-client 'the recipes for Slurm' have_command sbatch
		want munge 'the recipes for Slurm' have_server munged
		;;
	spark | peers)
		want python3-venv 'an environment of its own' have_module ensurepip
		[ "$mode" = peers ] || want default-jre-headless 'runs Spark' have_command java
		[ "$mode" = spark ] || want npm 'installs Recognizers-Text' have_command npm
		;;
	esac
}

look
[ -z "$missing" ] && exit 0

say 'Packages that gongwen needs are missing:'
report=1
look
report=

line="apt-get install -y --no-install-recommends$missing"
if ! have_command apt-get; then
	say "This is no Debian or Ubuntu (there is no apt-get). Please install the counterparts of:$missing"
	exit 1
fi
if [ "$(id -u)" = 0 ]; then
	as_root=''
elif have_command sudo && sudo -n true 2>/dev/null; then
	as_root='sudo -n'
else
	say 'They cannot be installed from here (neither root nor sudo without a password). Please type:'
	say "  sudo apt-get update && sudo $line"
	exit 1
fi

say "Installing:$missing"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# The lists may be old or absent; when they cannot be fetched, the install below still may find all it needs.
$as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 -qq update >"$log" 2>&1 ||
	say 'apt-get update failed, going on with the lists that are there'
# shellcheck disable=SC2086 # the words of $as_root and $missing
if ! $as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 -qq install -y \
	--no-install-recommends $missing >>"$log" 2>&1; then
	tail -n 20 "$log" >&2
	say "apt-get could not install them. The line was:"
	say "  $line"
	exit 1
fi
look
if [ -n "$missing" ]; then
	say "Still missing after the installation:$missing"
	exit 1
fi
