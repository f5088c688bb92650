#!/bin/sh
# The configuration as it is installed: without the samples of the checkout as inputs (-i names them), and with no output
# under the installation, so that it is ./output where nothing else is said.
#   tools/installed-config.sh config/pipeline.yaml
set -eu
sed -e '/^ *- \.\.\/tests\/data\/samples$/d' \
	-e 's|^inputs:$|inputs: []|' \
	-e 's|^# Datasets are published under this folder; -o replaces it\.$|# Datasets are published under this folder; -o replaces it. Without either it is ./output.|' \
	-e 's|^output: \.\./output$|# output: /var/lib/gongwen|' "$1"
