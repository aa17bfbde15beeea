#!/usr/bin/env bash
# Measures what it costs to bring stores into the cluster: docs/performance.md.
# Usage: scripts/bench.sh [--long] [OPTIONS OF bench/apply...]   (make bench)
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=lib.sh
source scripts/lib.sh

# Sets sdk_reconciler to the program's path; built unless it is in the cache.
build_sdk_reconciler() {
  local inputs
  inputs=$(find bench/peers/sdk-reconciler -type f -print0 | sort -z | xargs -0 sha256sum; go version)
  sdk_reconciler=$(cache_dir)/bench/$(printf %s "$inputs" | short_hash)/sdk-reconciler
  [ -x "$sdk_reconciler" ] && return
  (cd bench/peers/sdk-reconciler && CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o "$sdk_reconciler.new" .)
  mv "$sdk_reconciler.new" "$sdk_reconciler"
}

engines=static
if [ "${1:-}" = --long ]; then
  engines=static,medusa
  shift
fi
step "building the C++ programs" scripts/build.sh
step "building the cluster's programs" cluster/build.sh >/dev/null
step "building the SDK reconciler" build_sdk_reconciler
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=tests:bench exec python3 -m apply --engines "$engines" --sdk-reconciler "$sdk_reconciler" "$@"
