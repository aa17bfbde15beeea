# shellcheck shell=bash
# What the project's shell scripts share. Sourced, not run.

# Where downloads and builds are kept, outside the checkout, keyed by their inputs.
cache_dir() { echo "${STOREWRIGHT_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/storewright}"; }

# The first twelve hexadecimal digits of the SHA-256 of stdin.
short_hash() { sha256sum | cut -c1-12; }

# A line about what is being done, on stderr.
progress() { printf '%s\n' "· $*" >&2; }

# An error that ends the script: what, why, and what to do.
die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# wait_for SECONDS WHAT COMMAND...: runs the command until it succeeds; dies naming WHAT when the time is over.
wait_for() {
  local deadline=$((SECONDS + $1)) what=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$deadline" ] || die "$what did not happen in time"
    sleep 0.2
  done
}
