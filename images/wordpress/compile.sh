#!/bin/bash
# Compiles the shop's code into a folder, at the image's build: once for the command line and once for PHP-FPM. PHP keeps
# what it compiles apart for each of its builds, and Debian's are two. Usage: compile.sh FOLDER
set -euo pipefail
folder=$1
socket=/tmp/compile.sock
script=/usr/share/storewright/wordpress/php/compile.php
options=(-d memory_limit=2G -d max_execution_time=0 -d "opcache.file_cache=$folder" -d opcache.file_cache_only=1)

mkdir -p "$folder"
php "${options[@]}" "$script"

php-fpm8.4 --allow-to-run-as-root --nodaemonize --fpm-config "${0%/*}/compile-fpm.conf" "${options[@]}" &
server=$!
for ((tries = 0; tries < 100; tries++)); do
  [ ! -S "$socket" ] || break
  sleep 0.1
done
answer=$(SCRIPT_FILENAME=$script REQUEST_METHOD=GET cgi-fcgi -bind -connect "$socket" 2>/dev/null) || true
kill -QUIT "$server"
wait "$server" || true
printf '%s\n' "$answer"
[[ $answer == *"compiled "* && $answer != *Status:* ]]
[ "$(find "$folder" -mindepth 1 -maxdepth 1 | wc -l)" = 2 ]
chmod -R u=rwX,go=rX "$folder"
