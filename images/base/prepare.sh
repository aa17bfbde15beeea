#!/usr/bin/env bash
# Makes rootfs.tar in the build context: a minimal Debian 13 from Debian's packages, or the root of the image that
# BASE_IMAGE names. Packages are taken as they are on the day of the build: put that day into packages-as-of to have
# every image take newer ones.
# Usage: prepare.sh CONTEXT
# Environment: APT_SOURCES, APT_CONF  files that tell apt how this machine reaches Debian's packages
#              BASE_IMAGE             optional, see above
set -euo pipefail
rootfs=$1/rootfs.tar

if [ -n "${BASE_IMAGE:-}" ]; then
  container=$(buildah from --pull "$BASE_IMAGE")
  trap 'buildah rm "$container" >/dev/null' EXIT
  tar -C "$(buildah mount "$container")" --one-file-system -cf "$rootfs" .
  exit
fi

# An image needs neither manual pages nor translations (licences stay), and a build that dies is repeated, so dpkg need
# not sync.
slim=(
  --dpkgopt='path-exclude=/usr/share/man/*'
  --dpkgopt='path-exclude=/usr/share/locale/*'
  --dpkgopt='path-exclude=/usr/share/doc/*'
  --dpkgopt='path-include=/usr/share/doc/*/copyright'
  --dpkgopt=force-unsafe-io
)
# How this machine reaches the mirror stays out of the image: each build is told anew.
# shellcheck disable=SC2016  # mmdebstrap's shell expands $1, the root of the new system
neutral='cd "$1" && rm -f etc/apt/sources.list etc/apt/sources.list.d/* etc/apt/apt.conf.d/99mmdebstrap &&
  : >etc/resolv.conf && : >etc/hosts && chmod 644 etc/resolv.conf etc/hosts &&
  echo localhost >etc/hostname && chmod 644 etc/hostname && : >etc/machine-id &&
  rm -rf var/log/* var/cache/ldconfig/aux-cache &&
  echo "debconf debconf/frontend select Noninteractive" | chroot . debconf-set-selections'
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-0} mmdebstrap --mode=root --variant=minbase --format=tar \
  --keyring=/usr/share/keyrings/debian-archive-keyring.gpg --aptopt="$APT_CONF" "${slim[@]}" \
  --customize-hook="$neutral" trixie "$rootfs" "$APT_SOURCES"
