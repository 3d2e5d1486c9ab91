#!/bin/sh
# Makes Temporal's databases, or brings them to the version of this image. Each
# step may run again; SQL_HOST and its kin come from docker-compose.yml.
set -eu

for pair in temporal:temporal temporal_visibility:visibility; do
  export SQL_DATABASE="${pair%%:*}"
  temporal-sql-tool create
  temporal-sql-tool setup-schema -v 0.0
  temporal-sql-tool update-schema --schema-name "postgresql/v12/${pair##*:}"
done
