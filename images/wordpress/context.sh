#!/usr/bin/env bash
# Puts the WooCommerce plugin and the drawings of the sample products, which the other engine has too, into the build
# context. Exits with 3 when there is no plugin, and says why on stdout.
# Usage: context.sh DIR
set -euo pipefail
cd "$(dirname "$0")/../.."
scripts/woocommerce.sh "$1/woocommerce"
cp -R images/medusa/static/samples "$1/samples"
chmod -R u=rwX,go=rX "$1"
