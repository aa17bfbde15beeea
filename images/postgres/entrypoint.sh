#!/bin/bash
# Starts PostgreSQL on the store's volume. An empty volume first gets a copy of the data that was baked into the image,
# or, where there is none for this store, an empty database; the password is set on each start, before the server
# listens, so that a changed Secret takes effect.
# Environment: PGDATA, POSTGRES_USER, POSTGRES_DB, POSTGRES_PASSWORD_FILE;
#              optional POSTGRES_SHARED_BUFFERS (default 64MB), POSTGRES_MAX_CONNECTIONS (default 50),
#              BAKED_VERSION: what the baked data has to be made for (default: whatever is there)
# Arguments are added to those of the server, e.g. -c work_mem=8MB.
set -euo pipefail

die() {
  printf 'postgres: %s\n' "$*" >&2
  exit 1
}
# The first process of a container gets no signal that it has no handler for.
trap 'exit 143' INT TERM

name='^[a-z_][a-z0-9_]{0,62}$'
[[ ${POSTGRES_USER:-} =~ $name ]] || die "POSTGRES_USER must match $name"
[[ ${POSTGRES_DB:-} =~ $name ]] || die "POSTGRES_DB must match $name"
[[ $POSTGRES_USER != postgres && $POSTGRES_USER != pg_* ]] ||
  die "POSTGRES_USER must not be postgres, the superuser, nor begin with pg_"
file=${POSTGRES_PASSWORD_FILE:-}
[ -n "$file" ] || die "POSTGRES_PASSWORD_FILE is not set: name the file that holds the password"
[ -r "$file" ] || die "POSTGRES_PASSWORD_FILE: $file is not there or cannot be read by uid $(id -u)"
password=$(<"$file")
[ -n "$password" ] || die "POSTGRES_PASSWORD_FILE: $file is empty"
[[ $password != *[[:cntrl:]]* ]] || die "POSTGRES_PASSWORD_FILE: $file holds a control character or more than one line"

version=$(postgres -V)
version=${version#postgres (PostgreSQL) }
major=${version%%[.\ ]*}
volume=$(dirname "$PGDATA")
staging=$PGDATA.initialising
baked=/usr/share/storewright/baked
[ -w "$volume" ] || die "the volume $volume cannot be written by uid $(id -u)"

# The lock is inherited by the server and ends with the last of its processes. Whoever holds it may take the files of an
# earlier server, also one that was killed, for abandoned.
exec {lock}>"$volume/lock"
flock -w 10 "$lock" || die "another server is still using the volume $volume"

# Runs SQL read from stdin, one statement a line, without a server: nothing can connect meanwhile. Ends at the first
# error. The statements hold the password, so they are never logged.
run_sql() {
  local data=$1
  shift
  postgres --single -D "$data" -c config_file=/etc/postgresql/postgresql.conf -c exit_on_error=on \
    -c log_min_messages=fatal -c log_min_error_statement=panic "$@" postgres >/dev/null
}

# Why the volume starts from an empty database; nothing if the baked data is for this store.
baked_unfit() {
  local made_for
  [ -r "$baked/version" ] || {
    echo "the image brings no baked data"
    return
  }
  made_for=$(<"$baked/version")
  [ "${BAKED_VERSION:-$made_for}" = "$made_for" ] || echo "baked data is for $made_for, this store wants $BAKED_VERSION"
}

copy_baked() {
  printf 'postgres: copying the baked data to the volume\n' >&2
  mkdir -m 0700 "$staging"
  (umask 077 && cp -r "$baked/data/." "$staging")
}

# The reason stays with the database, for the set-up to tell the store's owner.
create_empty() {
  printf 'postgres: %s: starting from an empty database\n' "$1" >&2
  initdb --pgdata="$staging" --username=postgres --encoding=UTF8 --locale-provider=builtin --locale=C.UTF-8 \
    --data-checksums --auth=reject --no-sync --no-instructions >/dev/null
  run_sql "$staging" -c fsync=off <<SQL
CREATE ROLE "$POSTGRES_USER" LOGIN
CREATE DATABASE "$POSTGRES_DB" OWNER "$POSTGRES_USER"
REVOKE CONNECT ON DATABASE "$POSTGRES_DB" FROM PUBLIC
COMMENT ON DATABASE "$POSTGRES_DB" IS '${1//\'/\'\'}'
SQL
}

# Everything is made beside its place and renamed when it is complete and on disk: killed at any moment, the next start
# begins anew.
initialise() {
  local unfit
  unfit=$(baked_unfit)
  rm -rf "$staging"
  if [ -z "$unfit" ]; then copy_baked; else create_empty "$unfit"; fi
  # The whole file system at once: file by file, its two thousand files take five times as long where nobody else writes. It waits for
  # what others have written too.
  initdb --pgdata="$staging" --sync-only --sync-method=syncfs >/dev/null
  mv -T "$staging" "$PGDATA"
  sync "$volume"
}

if [ -s "$PGDATA/PG_VERSION" ]; then
  found=$(<"$PGDATA/PG_VERSION")
  [ "$found" = "$major" ] || die "the volume holds data of PostgreSQL $found and this is $major:" \
    "use an image of PostgreSQL $found, or move the data with pg_dump and pg_restore"
elif [ -d "$PGDATA" ] && [ -n "$(ls -A "$PGDATA")" ]; then
  die "$PGDATA holds files but no database (no PG_VERSION): empty it, or restore a backup into it"
else
  initialise
fi
# Kubernetes may have opened the folder to the pod's group, which the server refuses.
chmod 0700 "$PGDATA"
rm -rf "$staging" "$PGDATA/postmaster.pid"

run_sql "$PGDATA" <<SQL || die "the password of $POSTGRES_USER was not set: is the volume of another POSTGRES_USER?"
ALTER ROLE "$POSTGRES_USER" PASSWORD '${password//\'/\'\'}'
SQL
unset password

exec postgres -D "$PGDATA" -c config_file=/etc/postgresql/postgresql.conf \
  -c shared_buffers="${POSTGRES_SHARED_BUFFERS:-64MB}" -c max_connections="${POSTGRES_MAX_CONNECTIONS:-50}" "$@"
