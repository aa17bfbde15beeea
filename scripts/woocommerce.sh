#!/usr/bin/env bash
# Lays out the WooCommerce plugin of the pinned version as the folder DIR. It comes from, the first that there is:
#   WOOCOMMERCE_ZIP, a zip or a folder; the download cache, woocommerce-VERSION.zip or a folder woocommerce-VERSION;
#   WordPress.org, checked against the checksums that are published there.
# A zip is kept in the download cache if that has none: shops that run with it need it again when the platform is set up anew.
# Usage: scripts/woocommerce.sh DIR
# Exits with 1 when what is given is not the plugin, and with 3 when there is none to be had: stdout then says why, and
# what to do.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=lib.sh
source scripts/lib.sh

target=$1
version=$(<images/wordpress/woocommerce-version)
downloads=$(cache_dir)/downloads
publisher=${WOOCOMMERCE_PUBLISHER:-https://downloads.wordpress.org}
remedy="put WooCommerce $version as woocommerce-$version.zip into $downloads, or name it in WOOCOMMERCE_ZIP"

# lay_out SOURCE [OPTIONS...]
lay_out() {
  local source=$1 problem
  shift
  rm -rf "$target"
  problem=$(python3 scripts/woocommerce_plugin.py "$source" "$version" "$target" "$@" 2>&1) ||
    die "WooCommerce: $problem: use the zip of version $version from WordPress.org, whole and as it is"
}

# keep ZIP: what was given, where the cache has none: that one may have been checked more closely. A folder stays where it is.
keep() {
  local kept=$downloads/woocommerce-$version.zip
  { [ -f "$1" ] && ! [ -e "$kept" ]; } || return 0
  { mkdir -p "$downloads" && cp "$1" "$kept.new.$$" && mv "$kept.new.$$" "$kept"; } ||
    progress "WooCommerce's zip could not be kept as $kept: it has to be given each time"
}

fetch() {
  curl --silent --show-error --fail --location --connect-timeout 5 --max-time "$1" --retry 1 --retry-delay 2 \
    --output "$3" "$publisher/$2" 2>"$part/error"
}

# Downloads to a folder of its own; what was not checked never has the cached file's name.
download() {
  mkdir -p "$downloads"
  part=$(mktemp -d "$downloads/part.XXXXXX")
  trap 'rm -rf "$part"' EXIT
  progress "downloading WooCommerce $version"
  if ! fetch 20 "plugin-checksums/woocommerce/$version.json" "$part/checksums.json" ||
    ! fetch 300 "plugin/woocommerce.$version.zip" "$part/plugin.zip"; then
    echo "the WooCommerce plugin is not here and WordPress.org cannot be reached ($(head -n1 "$part/error")): $remedy"
    exit 3
  fi
  lay_out "$part/plugin.zip" --checksums "$part/checksums.json"
  mv "$part/plugin.zip" "$downloads/woocommerce-$version.zip"
}

command -v python3 >/dev/null || die "python3 is not installed: scripts/install-deps.sh images"
if [ -n "${WOOCOMMERCE_ZIP:-}" ]; then
  lay_out "$WOOCOMMERCE_ZIP"
  keep "$WOOCOMMERCE_ZIP"
elif [ -e "$downloads/woocommerce-$version.zip" ]; then
  lay_out "$downloads/woocommerce-$version.zip"
elif [ -d "$downloads/woocommerce-$version" ]; then
  lay_out "$downloads/woocommerce-$version"
else
  download
fi
