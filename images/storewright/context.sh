#!/usr/bin/env bash
# Puts the built program, the libraries that it needs beside Debian's in the image, and the charts that it renders into
# the build context: the guardrails and each engine, not the platform's own. STOREWRIGHT_EXTRA_ENGINES: further chart
# folders, separated by colons, e.g. tests/engines/static.
# Usage: context.sh DIR
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=../../scripts/lib.sh
source scripts/lib.sh

binary=build/release/storewright
[ -x "$binary" ] || die "$binary is not built: cmake --preset release && cmake --build --preset release"
cp "$binary" "$1/storewright"

# The C and C++ run times and OpenSSL have one ABI over Debian's releases and come from the image. Others, whose version
# differs there, come along from where the program was built.
mkdir -p "$1/lib"
common='^lib(c|m|gcc_s|stdc[+][+]|ssl|crypto|dl|pthread|rt|resolv)[.]so'
ldd "$binary" | awk -v common="$common" '$3 ~ /^\// && $1 !~ common {print $3}' |
  while IFS= read -r library; do cp -L "$library" "$1/lib/"; done

mkdir -p "$1/charts"
for file in charts/*/Chart.yaml; do
  chart=$(dirname "$file")
  [ "$chart" = charts/storewright ] || cp -R "$chart" "$1/charts/"
done
IFS=: read -r -a extra <<<"${STOREWRIGHT_EXTRA_ENGINES:-}"
for chart in "${extra[@]}"; do
  name=$(basename "$chart")
  [ -f "$chart/Chart.yaml" ] || die "STOREWRIGHT_EXTRA_ENGINES: '$chart' holds no chart (no Chart.yaml)"
  [ ! -e "$1/charts/$name" ] || die "STOREWRIGHT_EXTRA_ENGINES: there is a chart '$name' already"
  cp -R "$chart" "$1/charts/$name"
done
chmod -R u=rwX,go=rX "$1"
