#!/bin/bash
# Starts MariaDB on the store's volume. An empty volume becomes a copy of the data baked into the image when that is what
# the store wants, or else a new database. The user's password is set on each start before any connection is served, so
# that a changed Secret takes effect.
# Environment: MARIADB_DATABASE, MARIADB_USER, MARIADB_PASSWORD_FILE;
#              optional BAKED_VERSION (the baked data that the store wants; none: an empty database),
#              MARIADB_BUFFER_POOL (default 64M), MARIADB_MAX_CONNECTIONS (default 40)
# Arguments are added to those of the server, e.g. --slow-query-log.
set -euo pipefail

say() { printf 'mariadb: %s\n' "$*" >&2; }
die() {
  say "$*"
  exit 1
}
# The first process of a container gets no signal that it has no handler for.
trap 'exit 143' INT TERM

name='^[a-z_][a-z0-9_]{0,62}$'
[[ ${MARIADB_USER:-} =~ $name ]] || die "MARIADB_USER must match $name"
[[ ${MARIADB_DATABASE:-} =~ $name ]] || die "MARIADB_DATABASE must match $name"
[[ $MARIADB_USER != root && $MARIADB_USER != mysql && $MARIADB_USER != mariadb_sys ]] ||
  die "MARIADB_USER must not be root, mysql or mariadb_sys, which are the server's own"
pool=${MARIADB_BUFFER_POOL:-64M}
[[ $pool =~ ^[1-9][0-9]*[KMG]$ ]] || die "MARIADB_BUFFER_POOL must be a size such as 64M, not '$pool'"
connections=${MARIADB_MAX_CONNECTIONS:-40}
[[ $connections =~ ^[1-9][0-9]{0,3}$ ]] || die "MARIADB_MAX_CONNECTIONS must be a number such as 40, not '$connections'"
file=${MARIADB_PASSWORD_FILE:-}
[ -n "$file" ] || die "MARIADB_PASSWORD_FILE is not set: name the file that holds the password"
[ -r "$file" ] || die "MARIADB_PASSWORD_FILE: $file is not there or cannot be read by uid $(id -u)"
password=$(<"$file")
[ -n "$password" ] || die "MARIADB_PASSWORD_FILE: $file is empty"
[[ $password != *[[:cntrl:]]* ]] || die "MARIADB_PASSWORD_FILE: $file holds a control character or more than one line"

volume=/var/lib/mysql
data=$volume/data
staging=$volume/data.initialising
baked=/usr/share/storewright/baked
[ -w "$volume" ] || die "the volume $volume cannot be written by uid $(id -u)"

# The lock is inherited by the server and ends with the last of its processes. Whoever holds it may take the files of an
# earlier server, also one that was killed, for abandoned.
exec {lock}>"$volume/lock"
flock -w 10 "$lock" || die "another server is still using the volume $volume"

# Why an empty volume starts as an empty database; nothing when it starts as a copy of the baked data.
reason_for_empty() {
  local version=
  [ -r "$baked/version" ] && version=$(<"$baked/version")
  if [ -z "${BAKED_VERSION:-}" ]; then
    echo "the store asks for no baked data"
  elif [ -z "$version" ]; then
    echo "the image holds no baked data, this store wants $BAKED_VERSION"
  elif [ "$version" != "$BAKED_VERSION" ]; then
    echo "baked data is for $version, this store wants $BAKED_VERSION"
  fi
}

# A new database, with no account but the one of the server's own user, by the socket. The reason is kept as the
# comment of the shop's database: the set-up job tells it to the owner.
create_empty() {
  # By force: without it, it insists that the name of the host can be looked up.
  mariadb-install-db --no-defaults --force --datadir="$staging" --auth-root-authentication-method=socket \
    --auth-root-socket-user=mysql --skip-test-db --innodb-log-file-size=16M \
    --innodb-undo-tablespaces=0 --innodb-data-file-path=ibdata1:12M:autoextend:autoshrink \
    --innodb-flush-method=nosync >"$volume/initialising.log" 2>&1 ||
    die "a new database could not be made: $(tail -n 5 "$volume/initialising.log" | paste -sd' ')"
  rm -f "$volume/initialising.log"
  mariadbd --datadir="$staging" --bootstrap --silent-startup --log-warnings=0 2>/dev/null <<SQL ||
USE mysql;
DELETE FROM global_priv WHERE User = '' OR User = 'root';
DELETE FROM proxies_priv;
FLUSH PRIVILEGES;
CREATE DATABASE \`$MARIADB_DATABASE\` COMMENT '${1//\'/\'\'}';
SQL
    die "a new database could not be prepared"
}

# Everything is made beside its place and renamed when it is complete and on disk: killed at any moment, the next start
# begins anew.
initialise() {
  local reason
  reason=$(reason_for_empty)
  rm -rf "$staging"
  if [ -z "$reason" ]; then
    say "starting from the baked data of $BAKED_VERSION"
    cp -R --sparse=always "$baked/data" "$staging"
  else
    say "$reason: starting from an empty database"
    create_empty "$reason"
  fi
  chmod -R u=rwX,go= "$staging"
  # The whole file system at once, with what others have written: file by file takes several times as long.
  sync -f "$staging"
  mv -T "$staging" "$data"
  sync "$volume"
}

# The statements that make the shop's account what the Secret says: one a line, run by the server before it serves its
# first connection. A statement that fails ends the server.
account() {
  local quoted=${password//\\/\\\\}
  quoted=${quoted//\'/\\\'}
  cat <<SQL
CREATE DATABASE IF NOT EXISTS \`$MARIADB_DATABASE\`;
CREATE USER IF NOT EXISTS '$MARIADB_USER'@'%';
ALTER USER '$MARIADB_USER'@'%' IDENTIFIED BY '$quoted' ACCOUNT UNLOCK;
GRANT ALL PRIVILEGES ON \`$MARIADB_DATABASE\`.* TO '$MARIADB_USER'@'%';
SQL
}

if [ -d "$data/mysql" ]; then
  :
elif [ -d "$data" ] && [ -n "$(ls -A "$data")" ]; then
  die "$data holds files but no database (no mysql folder): empty it, or restore a backup into it"
else
  initialise
fi
rm -rf "$staging" "$volume/initialising.log"

statements=$(account)
unset password
# A here-string of this size is a pipe: the password touches neither a disk nor the arguments.
exec mariadbd --innodb-buffer-pool-size="$pool" --max-connections="$connections" --init-file=/dev/fd/3 "$@" \
  3<<<"$statements"
