#!/usr/bin/env bash
# Takes this checkout's cluster down: its processes, mounts, network and rules go, its data stays for the next `make up`.
# Usage: scripts/teardown-local.sh [--data]   (make down; make purge)
#   --data removes the data as well: the stores, the images loaded, the keys.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=lib.sh
source scripts/lib.sh

case $(cluster_kind) in
  builtin) scripts/cluster-builtin.sh down ;;
  kind) scripts/cluster-kind.sh down ;;
  k3s | existing) progress "the cluster is not ours: it stays (helm -n storewright-system uninstall storewright removes the platform)" ;;
esac
if [ "${1:-}" = --data ]; then
  progress "removing the data in $(state_dir)"
  rm -rf "$(state_dir)"
fi
