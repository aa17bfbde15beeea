#!/usr/bin/env bash
# Makes the tests' Python environment unless it is in the cache. Prints the path of its python.
# Usage: scripts/python.sh
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=lib.sh
source scripts/lib.sh

environment=$(cache_dir)/python/$({ cat tests/requirements.txt; python3 --version; } | short_hash)
if [ ! -f "$environment/complete" ]; then
  progress "installing the tests' Python packages"
  python3 -m venv --clear "$environment" >&2
  "$environment/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --only-binary=:all: \
    --requirement tests/requirements.txt >&2
  touch "$environment/complete"
fi
echo "$environment/bin/python"
