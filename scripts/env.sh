#!/usr/bin/env bash
# Prints export lines for a shell that works with this checkout's cluster: eval "$(make -s env)"
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=lib.sh
source scripts/lib.sh
# shellcheck source=platform.sh
source scripts/platform.sh

[ -d "$(state_dir)/bin" ] || die "there is no cluster of this checkout yet: make up"
before=$PATH
use_cluster
for name in KUBECONFIG STOREWRIGHT_URL STOREWRIGHT_TOKEN_FILE STOREWRIGHT_TENANT; do printf 'export %s=%q\n' "$name" "${!name}"; done
# A shell that has it already keeps its PATH.
# shellcheck disable=SC2016 # $PATH is for the reading shell to expand
[[ ":$before:" == *":$(state_dir)/bin:"* ]] || printf 'export PATH=%q:"$PATH"\n' "$(state_dir)/bin"
