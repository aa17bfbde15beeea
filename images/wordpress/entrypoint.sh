#!/bin/bash
# Runs one part of the shop: php (PHP-FPM), web (nginx in front of it, in the same pod), setup (makes the database ready
# for this image and this store), cron (has the shop do what is due).
# Environment: php and setup: DATABASE_HOST, DATABASE_NAME, DATABASE_USER
#              php:  PHP_WORKERS (default 4), PHP_MEMORY_LIMIT (default 256M)
#              cron: WORDPRESS_URL (default http://wordpress:8080)
set -euo pipefail

php=/usr/share/storewright/wordpress/php
refuse() {
  printf 'wordpress: %s\n' "$*" >&2
  exit 2
}

link_compiled_code() {
  mkdir -p /tmp/opcache
  ln -sfn /usr/share/storewright/opcache/* /tmp/opcache/
}

# As a container's first process, PHP would get no signal that it has no handler for. It may be killed anywhere.
run_script() {
  local child
  link_compiled_code
  php "$php/$1" &
  child=$!
  trap 'kill -KILL "$child"; exit 143' INT TERM QUIT
  wait "$child"
}

case ${1:-} in
  php)
    export PHP_WORKERS=${PHP_WORKERS:-4} PHP_MEMORY_LIMIT=${PHP_MEMORY_LIMIT:-256M}
    [[ $PHP_WORKERS =~ ^[1-9][0-9]{0,2}$ ]] || refuse "PHP_WORKERS must be a number such as 4, not '$PHP_WORKERS'"
    [[ $PHP_MEMORY_LIMIT =~ ^[1-9][0-9]*[MG]$ ]] ||
      refuse "PHP_MEMORY_LIMIT must be a size such as 256M, not '$PHP_MEMORY_LIMIT'"
    link_compiled_code
    # What the php before this one could do says nothing of this one (healthz.php).
    rm -f /tmp/shop-answered
    exec php-fpm8.4 --nodaemonize --force-stderr
    ;;
  web) exec nginx -e stderr ;;
  setup) run_script setup.php ;;
  cron) run_script cron.php ;;
  *) refuse "the command must be php, web, setup or cron, not '${1:-}'" ;;
esac
