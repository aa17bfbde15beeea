#!/usr/bin/env bash
# Everything that CI runs: the quick checks, then the tests on a real cluster, which it brings up.
# Usage: scripts/test.sh [--long] [PYTEST ARGUMENTS...]   (make test, make test-long)
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=lib.sh
source scripts/lib.sh

if [ "${1:-}" = --long ]; then
  export STOREWRIGHT_LONG=1
  shift
fi
STOREWRIGHT_EXTRA_ENGINES=tests/engines/static:tests/engines/unpullable:$(tests/engines/empty.sh)
export FIRST_STORES='' STOREWRIGHT_EXTRA_ENGINES
scripts/check.sh
scripts/setup-local.sh
eval "$(scripts/env.sh)"
"$(scripts/python.sh)" -m pytest "$@"
[ -z "${STOREWRIGHT_LONG:-}" ] || scripts/bench.sh --long
