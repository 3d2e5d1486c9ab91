#!/bin/bash
# PostgreSQL's image runs this once, in an empty data folder: one role for
# Heraut, with its database, and one for Temporal, which makes its two itself.
set -euo pipefail

psql -v ON_ERROR_STOP=1 --username postgres \
  -v heraut="$DATABASE_PASSWORD" -v temporal="$TEMPORAL_DATABASE_PASSWORD" <<'SQL'
CREATE ROLE heraut LOGIN PASSWORD :'heraut';
CREATE DATABASE heraut OWNER heraut;
CREATE ROLE temporal LOGIN CREATEDB PASSWORD :'temporal';
SQL
