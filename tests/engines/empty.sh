#!/usr/bin/env bash
# Copies of the engine charts whose stores start from an empty database, as when baked data is of another version: the slow path, for tests
# and benchmarks. Usage: tests/engines/empty.sh   Prints the folders, for STOREWRIGHT_EXTRA_ENGINES.
set -euo pipefail
cd "$(dirname "$0")/../.."

copies=()
for chart in charts/*/engine.yaml; do
  name=$(sed -n 's/^engine: *//p' "$chart")
  grep -q '^bakedVersion:' "charts/$name/values.yaml" || continue
  copy=build/engines/$name-empty
  rm -rf "$copy"
  mkdir -p build/engines
  cp -a "charts/$name" "$copy"
  rm -rf "$copy/tests"
  sed -i "s/^name: .*/name: $name-empty/" "$copy/Chart.yaml"
  sed -i "s/^engine: .*/engine: $name-empty/; s/^displayName: \(.*\)/displayName: \1 (from an empty database)/" "$copy/engine.yaml"
  sed -i 's/^bakedVersion:.*/bakedVersion: none/' "$copy/values.yaml"
  copies+=("$copy")
done
(IFS=: && echo "${copies[*]}")
