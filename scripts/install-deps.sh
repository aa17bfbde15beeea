#!/usr/bin/env bash
# Installs the Debian packages that the project needs: the only place that says `apt-get install`.
# Usage: scripts/install-deps.sh [GROUP...]   groups: build cluster images test (default: all)
# Idempotent and fast when nothing is missing. Needs root only when something is missing.
set -euo pipefail

declare -A packages=(
  [build]="cmake ninja-build ccache pkg-config libboost1.81-dev libboost-url1.81-dev libboost-json1.81-dev
           libboost-context1.81-dev libssl-dev libsodium-dev libspdlog-dev libfmt-dev libcli11-dev
           libyaml-cpp-dev prometheus-cpp-dev libgtest-dev libgmock-dev librapidcheck-dev libbenchmark-dev
           zlib1g-dev clang-format-19 clang-tidy-19 shellcheck"
  [cluster]="containerd runc containernetworking-plugins iptables nftables conntrack iproute2 kmod openssl
             catatonit curl ca-certificates jq python3-venv libnss-myhostname"
  [images]="buildah mmdebstrap debian-archive-keyring catatonit curl jq python3"
  [test]="chromium fonts-dejavu-core curl jq python3-venv"
)

groups=("$@")
[ ${#groups[@]} -gt 0 ] || groups=(build cluster images test)
wanted=()
for group in "${groups[@]}"; do
  [ -n "${packages[$group]:-}" ] || { echo "install-deps: no group '$group' (build cluster images test)" >&2; exit 2; }
  # The lists above are wrapped for reading: split them on white space.
  read -r -a names -d '' <<<"${packages[$group]}" || true
  wanted+=("${names[@]}")
done

missing=()
for name in "${wanted[@]}"; do
  dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null | grep -qx installed || missing+=("$name")
done
[ ${#missing[@]} -gt 0 ] || exit 0

[ "$(id -u)" = 0 ] || { echo "install-deps: run as root to install: ${missing[*]}" >&2; exit 1; }
echo "installing ${#missing[@]} Debian packages: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
# Nothing that a package brings may start a service of its own here: the cluster starts its parts itself.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
  trap 'rm -f "$policy"' EXIT
fi
apt-get -qq -o DPkg::Lock::Timeout=300 update
apt-get -qq -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "${missing[@]}" >/dev/null
