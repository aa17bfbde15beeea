#!/bin/bash
# Runs a store's programs once while the image is built, on a database and a cache of their own, as a store's customer and owner would
# use it: what V8 compiles meanwhile is what each store then starts with (images/node/compiled-code.cjs).
# Usage: record.sh FILE COMMAND...   writes FILE; COMMAND is the image's entry point
set -euo pipefail
recorded=$1
shift
scratch=$(mktemp -d)
export HOME=$scratch PGDATA=$scratch/pgdata DATABASE_HOST=$scratch CACHE_HOST=127.0.0.1 STORE_FILE=$scratch/store.json

# A port of this machine that nobody has: a build may share its network.
free_port() {
  node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })'
}
CACHE_PORT=$(free_port)
PORT=$(free_port)
export CACHE_PORT PORT

secret() {
  local file=$scratch/$1
  (umask 077 && { printf '%s' "${3:-}" && head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n'; } >"$file")
  export "$2=$file"
}
secret database POSTGRES_PASSWORD_FILE
secret cache CACHE_PASSWORD_FILE
secret jwt JWT_SECRET_FILE
secret cookie COOKIE_SECRET_FILE
secret admin ADMIN_PASSWORD_FILE
secret key PUBLISHABLE_KEY_FILE pk_
cat >"$STORE_FILE" <<'JSON'
{"displayName": "Shop", "adminEmail": "owner@example.com", "country": "US", "currency": "USD", "language": "en", "url": "http://shop.example"}
JSON

# Far more than it takes. A build that hangs would hold up all others.
patience=300
running=()
end() {
  kill -TERM "${running[@]}" 2>/dev/null || true
  # It would wait for its clients.
  kill -INT "$postgres" 2>/dev/null || true
  wait
}
postgres-entrypoint -c listen_addresses= -c fsync=off -c unix_socket_directories="$scratch" &
postgres=$!
running+=("$postgres")
trap end EXIT
valkey-server - <<<"bind 127.0.0.1
port $CACHE_PORT
save \"\"
dir $scratch
requirepass $(<"$CACHE_PASSWORD_FILE")" &
running+=($!)

# Each adds to what the one before it left.
export COMPILED_CODE=$recorded COMPILED_CODE_RECORD=$recorded
timeout "$patience" "$@" bake
timeout "$patience" "$@" setup
touch "$scratch/set-up"
timeout "$patience" "$@" serve &
server=$!
running+=("$server")
node "$(dirname "$0")/visit.mjs" "http://127.0.0.1:$PORT"
kill -TERM "$server"
wait "$server"
[ "$recorded" -nt "$scratch/set-up" ] || {
  echo "record.sh: the server ended without writing $recorded" >&2
  exit 1
}
end
trap - EXIT
rm -rf "$scratch"
