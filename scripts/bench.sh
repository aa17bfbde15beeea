#!/usr/bin/env bash
# Measures what it costs to bring stores into a cluster, and how long they take to be made: docs/performance.md.
# Usage: scripts/bench.sh [OPTIONS OF bench/apply...]           what applying costs, for the small test engine   (make bench)
#        scripts/bench.sh create [OPTIONS OF bench/create...]   creation until Ready and memory, on the cluster of make up
#        scripts/bench.sh --long                                both, applying for Medusa too
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

measure() { PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=tests:bench python3 -m "$@"; }

measure_applying() {
  step "building the C++ programs" scripts/build.sh
  step "building the cluster's programs" cluster/build.sh >/dev/null
  step "building the SDK reconciler" build_sdk_reconciler
  measure apply --sdk-reconciler "$sdk_reconciler" "$@"
}

measure_creation() {
  STOREWRIGHT_EXTRA_ENGINES=tests/engines/static:tests/engines/unpullable:$(tests/engines/empty.sh)
  export STOREWRIGHT_EXTRA_ENGINES
  FIRST_STORES='' scripts/setup-local.sh
  eval "$(scripts/env.sh)"
  measure create "$@"
}

case ${1:-} in
  create) measure_creation "${@:2}" ;;
  --long)
    measure_applying --engines static,medusa "${@:2}"
    measure_creation
    ;;
  *) measure_applying "$@" ;;
esac
