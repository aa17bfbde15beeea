#!/bin/bash
# Succeeds when MariaDB answers a query: for probes. Connections are served only once the password is set.
set -euo pipefail
timeout 2 mariadb --defaults-file=/etc/mysql/my.cnf --batch --skip-column-names --execute='SELECT 1' >/dev/null
