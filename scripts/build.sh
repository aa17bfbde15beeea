#!/usr/bin/env bash
# Builds the C++ programs. Usage: scripts/build.sh [PRESET]   default: release
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=lib.sh
source scripts/lib.sh

preset=${1:-release}
# Another clone's compilations count as well: paths are taken relative to the clone.
export CCACHE_DIR=${CCACHE_DIR:-$(cache_dir)/ccache} CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1
log=build/$preset.log
mkdir -p build
# Two builds in one directory at once would break each other's files.
exec 9>"build/$preset.lock"
flock 9
[ -f "build/$preset/build.ninja" ] || cmake --preset "$preset" >"$log" 2>&1 || die "configuring failed, see $log: $(tail -n 20 "$log")"
if [ -t 2 ]; then
  NINJA_STATUS='  [%f/%t] %es ' cmake --build "build/$preset" >&2
else
  # Every tenth step, so that a long build shows how far it is without filling a log.
  NINJA_STATUS='[%f/%t] ' cmake --build "build/$preset" 2>&1 | tee -a "$log" |
    awk '/^\[/ { split($1, n, /[\[\/\]]/); if ((n[2] > 0 && n[2] % 10 == 0) || n[2] == n[3]) { print "  " n[2] " of " n[3]; fflush() }; next } !/^ninja: no work/ { print }' >&2
fi
