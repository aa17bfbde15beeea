#!/bin/bash
# Makes /tmp/baked: `data`, a database that was shut down cleanly, and `version`, the build of Medusa that it is for.
# The server is the one that a store runs, reached by its socket alone; nothing with a password is in what remains.
set -euo pipefail
baked=/tmp/baked
scratch=$(mktemp -d)
mkdir -m 0700 "$baked" "$baked/data"
export PGDATA=$scratch/pgdata PGHOST=$scratch
(umask 077 && head -c 32 /dev/urandom | base64 >"$scratch/password")

POSTGRES_PASSWORD_FILE=$scratch/password postgres-entrypoint -c listen_addresses= -c fsync=off \
  -c unix_socket_directories="$scratch" -c max_wal_size=2GB &
server=$!
trap 'kill -INT $server 2>/dev/null || true' EXIT

# It waits for the database itself, with a deadline.
(cd /app && HOME=$scratch DATABASE_HOST=$scratch node src/main.js bake)
psql --quiet --username=postgres --dbname=medusa <<'SQL'
ALTER ROLE medusa PASSWORD NULL;
COMMENT ON DATABASE medusa IS NULL;
VACUUM (FULL, ANALYZE);
SQL

kill -INT "$server"
wait "$server"
trap - EXIT
# Of the log of changes nothing is needed any more: one empty segment instead of many.
pg_resetwal "$PGDATA" >/dev/null
rm -rf "$PGDATA"/postmaster.* "$PGDATA"/pg_stat_tmp/*
cp -r "$PGDATA/." "$baked/data"
cp /app/build-id "$baked/version"
rm -rf "$scratch"
