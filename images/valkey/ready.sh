#!/bin/bash
# Succeeds when Valkey answers commands with the password: for probes.
set -euo pipefail
REDISCLI_AUTH=$(<"$VALKEY_PASSWORD_FILE")
export REDISCLI_AUTH
[ "$(valkey-cli -t 2 --no-auth-warning ping)" = PONG ]
