#!/usr/bin/env bash
# Writes the Go code that api/oapi-codegen*.yaml ask for from api/openapi.yaml;
# with --check writes nothing and fails where a file differs.
set -euo pipefail
cd "$(dirname "$0")/.."

shopt -s nullglob
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

for config in api/oapi-codegen*.yaml; do
  output=$(sed -n 's/^output:[[:space:]]*//p' "$config")
  fresh="$scratch/$(basename "$output")"
  # The configuration's own output wins over the flag -o.
  sed "s|^output:.*|output: $fresh|" "$config" >"$scratch/config.yaml"
  go tool -modfile=tools/go.mod oapi-codegen -config "$scratch/config.yaml" api/openapi.yaml
  if [ "${1-}" != --check ]; then
    cp "$fresh" "$output"
  elif ! diff -u "$output" "$fresh" | head -n 40 >&2; then
    echo "$output differs from api/openapi.yaml: run 'make generate'" >&2
    exit 1
  fi
done
