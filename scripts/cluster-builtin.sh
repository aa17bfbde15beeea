#!/usr/bin/env bash
# The built-in cluster of this checkout: starts it, stops it, or tells how it is. Its programs and Traefik come from the cache.
# Usage: scripts/cluster-builtin.sh up PAUSE_IMAGE | down [--any] | status
#   down --any stops whichever checkout's cluster runs here.
# Exit code 4: another checkout's cluster runs on this machine.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=lib.sh
source scripts/lib.sh

# The program that manages the running cluster is the one that started it, whatever has been built since.
running_program() {
  local file=/run/storewright/cluster.json
  if [ -f "$file" ]; then
    local bin
    bin=$(jq -r .bin "$file")
    [ ! -x "$bin/cluster" ] || {
      echo "$bin/cluster"
      return
    }
  fi
  echo "$(cluster/build.sh)/cluster"
}

case "${1:-}" in
  up)
    [ -n "${2:-}" ] || die "usage: $0 up PAUSE_IMAGE"
    bin=$(cluster/build.sh)
    "$bin/cluster" up --state="$(state_dir)" --bin="$bin" --traefik="$(cluster/traefik.sh)" --pause-image="$2" --owner="$root" \
      --dns-forward="${CLUSTER_DNS_FORWARD:-}"
    ;;
  down)
    owner=$root
    [ "${2:-}" != --any ] || owner=
    "$(running_program)" down --owner="$owner"
    ;;
  status) "$(running_program)" status ;;
  *) die "usage: $0 up PAUSE_IMAGE | down [--any] | status" ;;
esac
