#!/usr/bin/env bash
# Everything that CI runs: the quick checks, then the tests on a real cluster, which it brings up.
# Usage: scripts/test.sh [--long] [PYTEST ARGUMENTS...]   (make test, make test-long)
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=lib.sh
source scripts/lib.sh

# Tests on the cluster, and beside them those that need none: either waits more than it computes. What the latter say comes in the end.
both_lanes() {
  local results=build/tests with=0 without=0
  rm -rf "$results"
  mkdir -p "$results"
  progress "tests that need no cluster run beside the others: $results/without-cluster.log"
  # Of a process group of their own: an interruption from the keyboard is for the others, and ends these below.
  set -m
  nice -n 5 "$python" -m pytest --ignore=tests/e2e -p no:cacheprovider --junitxml="$results/without-cluster.xml" >"$results/without-cluster.log" 2>&1 &
  beside=$!
  set +m
  trap 'kill -INT "$beside" && wait "$beside"; cat "$results/without-cluster.log"' EXIT
  "$python" -m pytest tests/e2e --junitxml="$results/cluster.xml" || with=$?
  # pytest's exit code of an interruption.
  [ "$with" != 2 ] || exit 130
  progress "waiting for the tests that need no cluster"
  wait "$beside" || without=$?
  trap - EXIT
  cat "$results/without-cluster.log"
  "$python" scripts/count_tests.py "$with=$results/cluster.xml" "$without=$results/without-cluster.xml"
  [ "$with$without" = 00 ]
}

if [ "${1:-}" = --long ]; then
  export STOREWRIGHT_LONG=1
  shift
fi
STOREWRIGHT_EXTRA_ENGINES=tests/engines/static:tests/engines/unpullable:$(tests/engines/empty.sh)
export FIRST_STORES='' STOREWRIGHT_EXTRA_ENGINES
scripts/check.sh
scripts/setup-local.sh
eval "$(scripts/env.sh)"
python=$(scripts/python.sh)
if [ $# -gt 0 ]; then "$python" -m pytest "$@"; else both_lanes; fi
[ -z "${STOREWRIGHT_LONG:-}" ] || scripts/bench.sh --long
