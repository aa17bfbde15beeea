#!/bin/bash
# Starts Valkey with the password of the file VALKEY_PASSWORD_FILE. The configuration goes in by stdin: a password among
# the arguments would be seen by every process of the node.
# Environment: VALKEY_PASSWORD_FILE; optional VALKEY_MAXMEMORY (default 64mb).
set -euo pipefail

die() {
  printf 'valkey: %s\n' "$*" >&2
  exit 1
}

file=${VALKEY_PASSWORD_FILE:-}
[ -n "$file" ] || die "VALKEY_PASSWORD_FILE is not set: name the file that holds the password"
[ -r "$file" ] || die "VALKEY_PASSWORD_FILE: $file is not there or cannot be read by uid $(id -u)"
password=$(<"$file")
[ -n "$password" ] || die "VALKEY_PASSWORD_FILE: $file is empty"
[[ $password != *[[:cntrl:]]* ]] || die "VALKEY_PASSWORD_FILE: $file holds a control character or more than one line"
maxmemory=${VALKEY_MAXMEMORY:-64mb}
[[ $maxmemory =~ ^[0-9]+(b|k|kb|m|mb|g|gb)?$ ]] || die "VALKEY_MAXMEMORY must be a size such as 64mb, not '$maxmemory'"
[ -w /data ] || die "the volume /data cannot be written by uid $(id -u)"

password=${password//\\/\\\\}
# A full queue must refuse new jobs, not forget old ones. The log is the only persistence: no snapshots beside it.
exec valkey-server - <<CONFIG
bind * -::*
port 6379
protected-mode yes
requirepass "${password//\"/\\\"}"
dir /data
appendonly yes
appendfsync everysec
auto-aof-rewrite-min-size 16mb
save ""
maxmemory $maxmemory
maxmemory-policy noeviction
tcp-keepalive 60
daemonize no
logfile ""
CONFIG
