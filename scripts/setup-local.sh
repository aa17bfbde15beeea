#!/usr/bin/env bash
# From a clone to an open shop on this machine: installs what is missing, builds, starts a cluster if there is none, builds and
# loads the images, installs the platform, makes a tenant and a store of each engine. Run again, it only does what is left to do.
# Usage: scripts/setup-local.sh   (make up)
#
# Environment: CLUSTER       builtin, existing, kind or k3s; default: what is there (docs/cluster.md)
#              FIRST_STORES  engines that get a first store, separated by spaces, or empty for none; default: each that is available
#              OWNER_EMAIL   the address of their owner; default owner@example.com
#              STOREWRIGHT_EXTRA_ENGINES   more engine charts for the platform, folders separated by ':' (tests use it)
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=lib.sh
source scripts/lib.sh
# shellcheck source=platform.sh
source scripts/platform.sh

cluster=$(cluster_kind)
export CLUSTER=$cluster
email=${OWNER_EMAIL:-owner@example.com}
started=$SECONDS
images=$(mktemp)
trap 'rm -f "$images"' EXIT

install_packages() {
  local groups=(build images)
  [ "$cluster" != builtin ] || groups+=(cluster)
  scripts/install-deps.sh "${groups[@]}"
}

# The tools for this checkout's cluster, in one directory for PATH.
link_tools() {
  local bin cluster_bin
  bin=$(state_dir)/bin
  cluster_bin=$(cluster/build.sh)
  mkdir -p "$bin"
  ln -sfn "$cluster_bin/kubectl" "$bin/kubectl"
  ln -sfn "$cluster_bin/helm" "$bin/helm"
  ln -sfn "$root/build/release/storewright" "$bin/storewright"
}

pause_image() { awk -F'\t' '$1 == "pause" {print $2}' "$images"; }

start_cluster() {
  case $cluster in
    builtin) start_builtin ;;
    kind) scripts/cluster-kind.sh up ;;
    k3s | existing) ;;
  esac
  link_tools
  check_cluster
}

# In CI another checkout's cluster, alive or not, gives way: a run starts from its own.
start_builtin() {
  local code=0
  scripts/cluster-builtin.sh up "$(pause_image)" || code=$?
  if [ "$code" = 4 ] && [ "${CI:-}" = true ]; then
    progress "CI: taking the other checkout's cluster down"
    scripts/cluster-builtin.sh down --any
    code=0
    scripts/cluster-builtin.sh up "$(pause_image)" || code=$?
  fi
  return "$code"
}

build_images() { scripts/build-images.sh >"$images"; }

load_images() {
  [ "$cluster" != existing ] || {
    push_images
    return
  }
  scripts/load-images.sh <"$images"
}

# Nodes of a cluster that we did not make take images from a registry: REGISTRY names it, and whoever runs this is logged in to it.
push_images() {
  [ -n "${REGISTRY:-}" ] || die "CLUSTER=existing: set REGISTRY to where its nodes take images from, for example REGISTRY=registry.example.com/storewright"
  local name reference archive pushed
  while IFS=$'\t' read -r name reference archive; do
    if [ "$reference" = - ]; then
      printf '%s\t-\t%s\n' "$name" "$archive"
      continue
    fi
    pushed=$REGISTRY/${reference##*/}
    step "pushing $pushed" buildah push --quiet "docker-archive:$archive" "docker://$pushed" >&2
    printf '%s\t%s\t%s\n' "$name" "$pushed" "$archive"
  done <"$images" >"$images.pushed"
  mv "$images.pushed" "$images"
}

# Sets first_engines, and says which engines there could be. Those that only tests have are none to show.
choose_engines() {
  local name available why
  while IFS=$'\t' read -r name available why; do
    if ! grep -qx "engine: $name" charts/*/engine.yaml; then continue; fi
    if [ "$available" = true ]; then
      first_engines+=("$name")
    else
      progress "engine $name is not available: $why"
    fi
  done < <(storewright engine list -o json | jq -r '.[] | [.name, .available, .unavailable // ""] | @tsv')
  [ -z "${FIRST_STORES+given}" ] || read -r -a first_engines <<<"$FIRST_STORES"
}

# open_shop ENGINE: its first store, made unless it is there, and ready.
open_shop() {
  local name=$1-shop display
  display=$(storewright engine list -o json | jq -r --arg name "$1" '.[] | select(.name == $name) | .displayName')
  if storewright store get "$name" >/dev/null 2>&1; then
    storewright store wait "$name"
  else
    storewright store create "$name" --engine "$1" --email "$email" --display-name "My $display shop" --wait
  fi
}

# All at once, their lines told apart by the engine.
open_shops() {
  local engine failed=''
  local -A running=()
  for engine in "${first_engines[@]}"; do
    (open_shop "$engine" 2>&1 >/dev/null | sed -u "s/^/  $engine  /" >&2) &
    running[$engine]=$!
  done
  for engine in "${!running[@]}"; do
    wait "${running[$engine]}" || failed+=" $engine"
  done
  [ -z "$failed" ] || die "no shop of$failed: see above, and storewright store get ENGINE-shop"
}

tell() {
  local engine store
  progress "done in $((SECONDS - started)) s"
  for engine in "${first_engines[@]}"; do
    store=$(storewright store get "$engine-shop" -o json)
    printf 'Shop      %s\nAdmin     %s\n' "$(jq -r .status.url <<<"$store")" "$(jq -r .status.adminURL <<<"$store")"
    # shellcheck disable=SC2016 # to be typed as it stands
    printf 'Password  eval "$(make -s env)" && storewright store credentials %s\n' "$engine-shop"
  done
}

step "installing what is missing" install_packages
step "building storewright" scripts/build.sh
step "building the images" build_images
step "starting the cluster ($cluster)" start_cluster
step "loading the images" load_images
use_cluster
step "installing the platform" install_platform "$images"
step "making the tenant demo" make_tenant
first_engines=()
choose_engines
step "opening a shop of each engine" open_shops
tell
