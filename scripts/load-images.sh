#!/usr/bin/env bash
# Loads images into the cluster's nodes, those that are not there yet.
# Usage: scripts/build-images.sh | scripts/load-images.sh
# Stdin: NAME<TAB>REFERENCE<TAB>ARCHIVE lines; those of images that are not available, NAME<TAB>-<TAB>REASON, are passed over.
# Environment: CLUSTER=builtin|kind|k3s  default: what is there
#              STOREWRIGHT_CONTAINERD    socket of the built-in cluster's containerd
#              KIND_CLUSTER_NAME         default storewright
set -euo pipefail
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"

containerd=${STOREWRIGHT_CONTAINERD:-/run/storewright/containerd/containerd.sock}
kind_cluster=${KIND_CLUSTER_NAME:-storewright}
cluster=$(cluster_kind)

builtin_ctr() { ctr --address "$containerd" --namespace k8s.io "$@"; }

# The references that every node has, one a line.
loaded() {
  case $cluster in
    builtin) builtin_ctr images list -q ;;
    k3s) k3s ctr images list -q ;;
    kind)
      local nodes
      nodes=$(kind get nodes --name "$kind_cluster")
      [ -n "$nodes" ] || return 1
      for node in $nodes; do docker exec "$node" ctr --namespace k8s.io images list -q | sort -u; done |
        sort | uniq -c | awk -v nodes="$(wc -w <<<"$nodes")" '$1 == nodes {print $2}'
      ;;
  esac
}

load() {
  case $cluster in
    builtin) builtin_ctr images import "$1" ;;
    k3s) k3s ctr images import "$1" ;;
    kind) kind load image-archive "$1" --name "$kind_cluster" ;;
  esac
}

case $cluster in
  builtin) [ -S "$containerd" ] || die "no containerd answers at $containerd: start the cluster with 'make up' first" ;;
  kind | k3s) command -v "$cluster" >/dev/null || die "CLUSTER=$cluster, but there is no $cluster command" ;;
  existing)
    die "CLUSTER=existing: its nodes take images from a registry: push the archives there and name them in the values"
    ;;
esac

present=$(loaded) || die "the images of the $cluster cluster cannot be listed: is it running?"
total=0
new=()
while IFS=$'\t' read -r name reference archive; do
  [ "$reference" != - ] || continue
  total=$((total + 1))
  [ -f "$archive" ] || die "the archive of $name, $archive, is not there: run scripts/build-images.sh $name"
  grep -qxF "$reference" <<<"$present" || new+=("$name"$'\t'"$archive")
done
[ "$total" -gt 0 ] || die "no images on stdin: scripts/build-images.sh | scripts/load-images.sh"

for i in "${!new[@]}"; do
  IFS=$'\t' read -r name archive <<<"${new[i]}"
  start=$SECONDS
  progress "loading $name ($((i + 1)) of ${#new[@]})"
  output=$(load "$archive" 2>&1) || die "loading $name into the $cluster cluster failed: $output"
  progress "loaded $name in $((SECONDS - start)) s"
done
[ ${#new[@]} -gt 0 ] || progress "the cluster has all $total images"
