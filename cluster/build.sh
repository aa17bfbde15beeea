#!/usr/bin/env bash
# Builds the programs of the built-in cluster, unless they are in the cache. Prints the directory that holds them on stdout;
# what it is doing, how far it is and how long it took on stderr.
# Usage: cluster/build.sh
set -euo pipefail
cd "$(dirname "$0")"
# shellcheck source=../scripts/lib.sh
source ../scripts/lib.sh

inputs=$(find go.mod go.sum cmd netpol build.sh -type f -print0 | sort -z | xargs -0 sha256sum; go version)
bin="$(cache_dir)/cluster/$(printf %s "$inputs" | short_hash)/bin"
if [ -d "$bin" ]; then
  echo "$bin"
  exit 0
fi

mkdir -p "$(dirname "$bin")"
exec 9>"$(dirname "$bin").lock"
flock 9
[ -d "$bin" ] && { echo "$bin"; exit 0; }

# One row a program: file name, module directory, package. Shared packages compile once: the largest goes first.
programs=(
  "kube . ./cmd/kube"
  "etcd . go.etcd.io/etcd/server/v3"
  "kubectl . k8s.io/kubernetes/cmd/kubectl"
  "helm . helm.sh/helm/v4/cmd/helm"
  "kwok . sigs.k8s.io/kwok/cmd/kwok"
  "coredns . github.com/coredns/coredns"
  "volumes . ./cmd/volumes"
  "metrics-server . sigs.k8s.io/metrics-server/cmd/metrics-server"
  "network-policies netpol ."
  "cluster . ./cmd/cluster"
)
# What the programs say of themselves; charts and clients go by it.
kubernetes=$(sed -n 's/^\tk8s.io\/kubernetes \(v[^ ]*\).*/\1/p' go.mod)
helm=$(sed -n 's/^\thelm.sh\/helm\/v4 \(v[^ ]*\).*/\1/p' go.mod)
IFS=. read -r major minor _ <<<"${kubernetes#v}"
stamps="-X helm.sh/helm/v4/internal/version.version=$helm"
for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
  stamps+=" -X $package.gitVersion=$kubernetes -X $package.gitMajor=$major -X $package.gitMinor=$minor -X $package.gitTreeState=clean"
done
staging=$(mktemp -d "$(dirname "$bin")/build.XXXXXX")
trap 'rm -rf "$staging"' EXIT
step=0
for row in "${programs[@]}"; do
  read -r name module package <<<"$row"
  step=$((step + 1))
  start=$SECONDS
  progress "building $name ($step of ${#programs[@]})"
  (cd "$module" && CGO_ENABLED=0 go build -trimpath -ldflags="-s -w $stamps" -o "$staging/$name" "$package") >&2
  progress "built $name in $((SECONDS - start)) s"
done
for name in kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy; do ln -s kube "$staging/$name"; done
mv "$staging" "$bin"
chmod 755 "$bin"
trap - EXIT
echo "$bin"
