# shellcheck shell=bash
# Installing the platform into a cluster. Sourced by setup-local.sh after lib.sh.

platform_namespace=storewright-system
platform_url=http://storewright.localhost

# Environment of this checkout's cluster for the commands that follow.
use_cluster() {
  KUBECONFIG=$(cluster_kubeconfig)
  PATH=$(state_dir)/bin:$PATH
  STOREWRIGHT_URL=$platform_url
  STOREWRIGHT_TOKEN_FILE=$(state_dir)/api-token
  STOREWRIGHT_TENANT=demo
  export KUBECONFIG PATH STOREWRIGHT_URL STOREWRIGHT_TOKEN_FILE STOREWRIGHT_TENANT
}

cluster_kubeconfig() {
  case $(cluster_kind) in
    builtin) echo "$(state_dir)/kubeconfig/admin.yaml" ;;
    k3s) echo "${KUBECONFIG:-/etc/rancher/k3s/k3s.yaml}" ;;
    kind) echo "$(state_dir)/kind.yaml" ;;
    existing) echo "${KUBECONFIG:-$HOME/.kube/config}" ;;
  esac
}

# What the platform counts on, whoever made the cluster.
check_cluster() {
  (
    use_cluster
    kubectl get --raw=/readyz >/dev/null || die "the cluster does not answer (KUBECONFIG=$KUBECONFIG)"
    kubectl get ingressclass traefik -o name >/dev/null 2>&1 || die "the cluster has no IngressClass 'traefik': install Traefik first"
    kubectl get storageclass -o json | jq -e '.items[] | select(.metadata.annotations["storageclass.kubernetes.io/is-default-class"] == "true")' >/dev/null ||
      die "the cluster has no default StorageClass: mark one with the annotation storageclass.kubernetes.io/is-default-class"
  )
}

# Where DNS and the ingress controller are, for the stores' network policies: it differs by cluster.
cluster_values() {
  case $(cluster_kind) in
    builtin) jq -n '{guardrails: {dns: {cidrs: ["10.244.255.1/32"]}}}' ;;
    k3s) jq -n '{ingress: {origin: "http://traefik.kube-system.svc"}, guardrails: {dns: {namespace: "kube-system"}, ingressController: {namespace: "kube-system"}}}' ;;
    kind) jq -n '{ingress: {origin: "http://traefik.traefik.svc"}, guardrails: {dns: {namespace: "kube-system"}, ingressController: {namespace: "traefik"}}}' ;;
    existing) jq -n '{}' ;;
  esac
}

# The platform's values as JSON, from build-images.sh's lines: its own image, and for each engine the images its engine.yaml asks for, or
# why the engine cannot be had when one of them cannot.
platform_values() {
  local images=$1 engines='{}' chart name wanted reference reason of_engine
  local -a charts=(charts/*/engine.yaml)
  local extra
  IFS=: read -r -a extra <<<"${STOREWRIGHT_EXTRA_ENGINES:-}"
  for chart in "${extra[@]}"; do charts+=("$chart/engine.yaml"); done
  for chart in "${charts[@]}"; do
    name=$(sed -n 's/^engine: *//p' "$chart")
    of_engine='{"images": {}}'
    for wanted in $(sed -n 's/^images: *\[\(.*\)\]/\1/p' "$chart" | tr ',' ' '); do
      reference=$(awk -F'\t' -v name="$wanted" '$1 == name {print $2}' "$images")
      case $reference in
        "") ;;
        -)
          reason=$(awk -F'\t' -v name="$wanted" '$1 == name {print $3}' "$images")
          of_engine=$(jq --arg r "$reason" '.unavailable = $r' <<<"$of_engine")
          ;;
        *) of_engine=$(jq --arg n "$wanted" --arg r "$reference" '.images[$n] = $r' <<<"$of_engine") ;;
      esac
    done
    engines=$(jq --arg e "$name" --argjson v "$of_engine" '.[$e] = $v' <<<"$engines")
  done
  jq --arg image "$(awk -F'\t' '$1 == "storewright" {print $2}' "$images")" --argjson engines "$engines" \
    '. + {image: $image, engines: $engines}' <<<"$(cluster_values)"
}

# Installs or upgrades the platform, unless what is deployed was made from the same chart and values.
install_platform() {
  local values inputs token
  values=$(mktemp)
  platform_values "$1" >"$values"
  inputs=$({ find charts/storewright -type f -print0 | sort -z | xargs -0 cat; cat "$values"; } | short_hash)
  if [ -n "$(kubectl -n "$platform_namespace" get secret -l "owner=helm,name=storewright,status=deployed,inputs=$inputs" -o name 2>/dev/null)" ]; then
    rm -f "$values"
    wait_for_platform
    return
  fi
  token=$(state_dir)/api-token
  kubectl create namespace "$platform_namespace" --dry-run=client -o yaml | platform_labels | kubectl apply --server-side -f - >/dev/null
  ensure_token "$token"
  helm upgrade --install storewright charts/storewright --namespace "$platform_namespace" --values "$values" --labels "inputs=$inputs" \
    --server-side=true --wait --timeout 120s >/dev/null || die "installing the platform failed: kubectl -n $platform_namespace get pods,events"
  rm -f "$values"
  wait_for_platform
}

platform_labels() { kubectl label --local -f - pod-security.kubernetes.io/enforce=restricted -o yaml; }

# The first API token: made once, kept in the cluster and, for its reader alone, in a file. Never an argument.
ensure_token() {
  local token=$1 secret=storewright-bootstrap-token
  if kubectl -n "$platform_namespace" get secret "$secret" -o jsonpath='{.data.token}' 2>/dev/null | base64 -d >"$token.new" && [ -s "$token.new" ]; then
    (umask 077 && cat "$token.new" >"$token")
  else
    (umask 077 && head -c 32 /dev/urandom | base64 | tr -d '\n=+/' >"$token")
    kubectl -n "$platform_namespace" create secret generic "$secret" --from-file=token="$token" >/dev/null
  fi
  rm -f "$token.new"
}

platform_answers() { curl --silent --fail --max-time 2 --output /dev/null "$platform_url/healthz"; }

# Pods of the configuration before are gone: whoever is asked now has the new one.
only_new_pods() {
  local replicas
  replicas=$(kubectl -n "$platform_namespace" get deployment storewright -o 'jsonpath={.spec.replicas}')
  [ "$(kubectl -n "$platform_namespace" get pods -l app.kubernetes.io/name=storewright -o name | wc -l)" = "$replicas" ]
}

wait_for_platform() {
  wait_for 60 "the end of the platform's old pods" only_new_pods
  wait_for 60 "an answer of the platform at $platform_url" platform_answers
}

make_tenant() {
  storewright tenant list -o name | grep -qx demo || storewright tenant create demo --plan small --plan medium --max-stores 20 >/dev/null
}
