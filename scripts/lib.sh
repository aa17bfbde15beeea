# shellcheck shell=bash
# What the project's shell scripts share. Sourced, not run.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# Where downloads and builds are kept, outside the checkout, keyed by their inputs.
cache_dir() { echo "${STOREWRIGHT_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/storewright}"; }

# Where this checkout's cluster keeps its data, its kubeconfig and the API token.
state_dir() { echo "${STOREWRIGHT_STATE:-/var/lib/storewright}/$(printf %s "$root" | short_hash)"; }

# The first twelve hexadecimal digits of the SHA-256 of stdin.
short_hash() { sha256sum | cut -c1-12; }

# A line about what is being done, on stderr.
progress() { printf '%s\n' "· $*" >&2; }

# An error that ends the script: what, why, and what to do.
die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# step WHAT COMMAND...: says what is being done, does it, and says how long it took if that was worth a mention.
step() {
  local what=$1 start=$SECONDS
  shift
  progress "$what"
  "$@"
  [ $((SECONDS - start)) -lt 2 ] || progress "$what: done in $((SECONDS - start)) s"
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

# The kind of cluster to use: $CLUSTER, or what is there.
cluster_kind() {
  case "${CLUSTER:-}" in
    builtin | existing | kind | k3s) echo "$CLUSTER" ;;
    "")
      if command -v k3s >/dev/null; then
        echo k3s
      elif command -v kind >/dev/null && docker info >/dev/null 2>&1; then
        echo kind
      else
        echo builtin
      fi
      ;;
    *) die "CLUSTER=$CLUSTER is none of builtin, existing, kind, k3s" ;;
  esac
}
