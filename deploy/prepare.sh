#!/bin/sh
# Writes .env beside docker-compose.yml: a fresh password for each database
# role. An .env that is there already stays as it is.
set -eu
cd "$(dirname "$0")/.."

[ ! -e .env ] || { echo ".env is there already: nothing to do"; exit 0; }

password() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
umask 077
cat >.env <<END
POSTGRES_PASSWORD=$(password)
DATABASE_PASSWORD=$(password)
TEMPORAL_DATABASE_PASSWORD=$(password)
# The address that links in mails begin with, as people reach it.
HERAUT_PUBLIC_URL=http://127.0.0.1:8080
END
echo "wrote .env: next, docker compose up --detach --wait"
