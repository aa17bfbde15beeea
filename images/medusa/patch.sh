#!/bin/bash
# Changes one line of Medusa's own code. Usage: patch.sh NODE_MODULES
set -euo pipefail
cd "$1"

# Loaded by import(), for which Node looks through the two thousand files of these workflows for the names that they export; by require()
# they are there already.
loader=@medusajs/medusa/dist/loaders/index.js
sed -i 's|await import("@medusajs/core-flows")|require("@medusajs/core-flows")|' "$loader"
if [ "$(grep -c 'require("@medusajs/core-flows")' "$loader")" != 1 ] || grep -q 'import(' "$loader"; then
  echo "patch.sh: $loader is not as expected: look at how it loads the workflows" >&2
  exit 1
fi
