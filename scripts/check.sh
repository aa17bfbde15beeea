#!/usr/bin/env bash
# The quick checks: format, lint, build, unit tests. Usage: scripts/check.sh   (make check)
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=lib.sh
source scripts/lib.sh

cpp_files() { git ls-files -co --exclude-standard 'src/*.cpp' 'src/*.hpp' 'tests/*.cpp' 'bench/*.cpp'; }
go_modules() { git ls-files -co --exclude-standard '*go.mod' | xargs -n1 dirname; }

# in_go_module DIRECTORY COMMAND...: with the settings by which its programs are built, so that nothing is compiled twice. Only the Helm
# engine is linked with C.
in_go_module() (
  cd "$1"
  [ "$1" = src/helm/engine ] || export CGO_ENABLED=0
  shift
  "$@"
)

check_format() {
  cpp_files | xargs clang-format-19 --dry-run --Werror || die "the C++ files above are not formatted: make format"
  local unformatted module
  unformatted=$(go_modules | while read -r module; do gofmt -l "$module"; done)
  [ -z "$unformatted" ] || die "not formatted (make format): $unformatted"
}

# go vet analyses all that a package imports as well: ten minutes for Kubernetes and Helm with an empty cache. So the whole of it is left to
# `make test-long`.
vet() {
  in_go_module cluster go vet -trimpath ./cmd/cluster ./cmd/kube/boundclaims || die "go vet found something in cluster"
  [ -n "${STOREWRIGHT_LONG:-}" ] || return 0
  local module
  for module in $(go_modules); do
    in_go_module "$module" go vet -trimpath ./... || die "go vet found something in $module"
  done
}

lint() {
  git ls-files -co --exclude-standard '*.sh' .ci/run | xargs shellcheck
  local python
  vet
  python=$(scripts/python.sh)
  "$python" -m pytest --quiet tests/tidy
  "$python" -m pytest --quiet --collect-only >"$root/build/collected.log" || die "the tests cannot be collected: $(tail -n 20 build/collected.log)"
}

unit_tests() {
  (cd build/release && ctest --output-on-failure --no-tests=error) || die "unit tests failed"
  in_go_module cluster go test -trimpath ./cmd/cluster ./cmd/kube/boundclaims ./cmd/volumes
}

# Types, format and unit tests of the storefront. Its packages are installed when the lock file is newer than they are, and leave it as
# it is: npm would add those of other platforms.
storefront() (
  cd web/storefront
  if [ ! node_modules/.package-lock.json -nt package-lock.json ]; then
    npm install --no-save --no-audit --no-fund --loglevel=error >&2
    touch node_modules/.package-lock.json
  fi
  npm run --silent check
)

step "installing what is missing" scripts/install-deps.sh build test
step "checking the format" check_format
step "building" scripts/build.sh
step "linting" lint
step "checking the storefront" storefront
step "running the unit tests" unit_tests
