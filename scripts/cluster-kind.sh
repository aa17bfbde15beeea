#!/usr/bin/env bash
# A cluster in Docker by kind, brought to the state that the platform counts on: Traefik as ingress class, metrics.
# Usage: scripts/cluster-kind.sh up | down
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=lib.sh
source scripts/lib.sh

name=${KIND_CLUSTER_NAME:-storewright}
kubeconfig=$(state_dir)/kind.yaml
# Charts of their projects, pinned.
traefik_chart=(traefik --repo https://traefik.github.io/charts --version 39.0.0)
metrics_chart=(metrics-server --repo https://kubernetes-sigs.github.io/metrics-server --version 3.13.0)

# Port 80 of this machine's loopback leads to Traefik's node port; kindnet enforces NetworkPolicies (kind 0.24 and newer). Kubelet asks
# for a certificate of the cluster's authority, so that metrics-server can tell whom it talks to.
configuration() {
  cat <<'YAML'
kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
kubeadmConfigPatches:
  - |
    kind: KubeletConfiguration
    serverTLSBootstrap: true
nodes:
  - role: control-plane
    extraPortMappings:
      - {containerPort: 30080, hostPort: 80, listenAddress: "127.0.0.1"}
      - {containerPort: 30080, hostPort: 80, listenAddress: "::1"}
YAML
}

create() {
  mkdir -p "$(state_dir)"
  if ! kind get clusters | grep -qx "$name"; then
    configuration | kind create cluster --name "$name" --kubeconfig "$kubeconfig" --config - --wait 120s >&2
  fi
  local helm kubectl
  helm="$(cluster/build.sh)/helm"
  kubectl="$(cluster/build.sh)/kubectl"
  export KUBECONFIG=$kubeconfig
  "$kubectl" get csr -o json |
    jq -r '.items[] | select(.spec.signerName == "kubernetes.io/kubelet-serving" and (.status | length) == 0) | .metadata.name' |
    xargs -r "$kubectl" certificate approve >&2
  "$helm" upgrade --install traefik "${traefik_chart[@]}" --namespace traefik --create-namespace --wait \
    --set ports.web.nodePort=30080 --set service.type=NodePort --set ingressClass.name=traefik >&2
  "$helm" upgrade --install metrics-server "${metrics_chart[@]}" --namespace kube-system --wait >&2
}

case "${1:-}" in
  up) create ;;
  down) kind delete cluster --name "$name" >&2 ;;
  *) die "usage: $0 up | down" ;;
esac
