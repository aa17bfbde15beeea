#!/usr/bin/env bash
# Formats what `make check` wants formatted. Usage: scripts/format.sh   (make format)
set -euo pipefail
cd "$(dirname "$0")/.."

git ls-files -co --exclude-standard 'src/*.cpp' 'src/*.hpp' 'tests/*.cpp' 'bench/*.cpp' | xargs clang-format-19 -i
git ls-files -co --exclude-standard '*.go' | xargs gofmt -w
