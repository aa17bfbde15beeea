#!/bin/bash
# Removes from node_modules what the server never loads: the admin's sources (it is built into public/admin), what built it, and
# what only people read. Usage: prune.sh NODE_MODULES
# The tests that place an order on a real store prove that nothing needed is gone. Medusa's command line is kept, as Medusa's own
# code looks for it, and so are the @rushstack packages, which it loads.
set -euo pipefail
cd "$1"

packages=(
  # The admin's user interface.
  @medusajs/dashboard @medusajs/ui @medusajs/ui-preset @medusajs/icons @medusajs/js-sdk @ariakit @dnd-kit @hookform @internationalized
  @radix-ui @react-aria @react-stately @react-types @remix-run @tanstack @uiw autoprefixer cmdk csstype date-fns framer-motion
  i18next 'i18next-*' motion 'motion-*' prism-react-renderer prismjs react react-aria 'react-aria-*' react-currency-input-field
  react-dom react-helmet-async react-hook-form react-i18next react-jwt react-remove-scroll 'react-router*' react-stately sonner
  tailwind-merge tailwindcss tailwindcss-animate use-callback-ref vaul
  # Compilers and bundlers.
  @babel @esbuild @jridgewell @medusajs/admin-vite-plugin @rollup @swc @types @vitejs browserslist caniuse-lite electron-to-chromium
  esbuild jiti magic-string postcss 'postcss-*' rollup sucrase ts-node typescript vite
  # Of Medusa's command line: banners, and the upload of statistics.
  figlet posthog-node @posthog
  # Tracing that nothing here switches on; its API stays, which Medusa calls.
  @grpc @opentelemetry/configuration '@opentelemetry/exporter-*' '@opentelemetry/otlp-*' '@opentelemetry/sdk-logs'
  '@opentelemetry/sdk-metrics' '@opentelemetry/sdk-node' '@opentelemetry/sdk-trace*' protobufjs
  # Services of clouds: sessions in DynamoDB, files in S3.
  @aws-sdk @aws-crypto @smithy
)
for pattern in "${packages[@]}"; do
  # Some of the patterns stand for several packages, none of their names has a space.
  # shellcheck disable=SC2086
  rm -rf $pattern
done

# Declarations, sources, maps and documentation. Licences stay.
find . -type f \( -name '*.ts' -o -name '*.mts' -o -name '*.cts' -o -name '*.tsx' -o -name '*.map' -o -name '*.tsbuildinfo' \
  -o -iname 'readme*.md' -o -iname 'changelog*.md' -o -iname 'history.md' \) -delete
find . -type d \( -name '__tests__' -o -name '__fixtures__' \) -prune -exec rm -rf {} +
rm -rf .bin .package-lock.json
# Links of workspaces and commands may point to what is gone now.
find . -xtype l -delete
find . -type d -empty -delete

# The migrator creates the folder of a module's migrations where there is none, which fails on a read-only root. (So it does for the
# modules of the application: see Containerfile.)
for module in @medusajs/*/dist; do mkdir -p "$module/migrations"; done
