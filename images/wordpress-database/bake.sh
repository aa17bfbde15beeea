#!/bin/bash
# Installs a shop into a database made for it and leaves the data in DIR/data, with DIR/version beside it.
# Usage: bake.sh DIR   (as root, in the image's build)
set -euo pipefail

target=$1
export DATABASE_HOST=localhost:/run/mysqld/mysqld.sock DATABASE_NAME=wordpress DATABASE_USER=wordpress

# Secrets for these few seconds: nothing that is made with them stays.
mkdir -p /run/secrets/store /etc/store
for name in database-password {auth,secure-auth,logged-in,nonce}-{key,salt}; do
  head -c 32 /dev/urandom | base64 -w0 >"/run/secrets/store/$name"
done
chmod -R a+rX /run/secrets /etc/store
cp /build/store.json /build/mail.json /etc/store/
chown 10022:10022 /run/mysqld

as_server=(setpriv --reuid=10022 --regid=10022 --clear-groups)

start_server() {
  MARIADB_PASSWORD_FILE=/run/secrets/store/database-password "${as_server[@]}" mariadb-entrypoint --skip-networking &
  server=$!
  # A server that outlived a failed build would hold on to its storage.
  trap 'kill -KILL "$server" 2>/dev/null || true' EXIT
  local deadline=$((SECONDS + 60))
  until "${as_server[@]}" mariadb-ready 2>/dev/null; do
    if ! kill -0 "$server" || [ "$SECONDS" -ge "$deadline" ]; then
      echo "bake: the database did not start" >&2
      exit 1
    fi
    sleep 0.2
  done
}

stop_server() {
  kill -TERM "$server"
  wait "$server"
  trap - EXIT
}

start_server
"${as_server[@]}" php /usr/share/storewright/wordpress/php/setup.php --bake
"${as_server[@]}" mariadb --defaults-file=/etc/mysql/my.cnf wordpress </build/shrink.sql
stop_server

mkdir -p "$target"
mv /var/lib/mysql/data "$target/data"
# What a start makes anew.
rm -f "$target"/data/{ibtmp1,ib_buffer_pool,mysqld.pid,*.err}
chown -R 0:0 "$target"
chmod -R u=rwX,go=rX "$target"
printf 'woocommerce-%s\n' "$(<"/usr/share/storewright/wordpress/woocommerce-version")" >"$target/version"
du -sh "$target"
