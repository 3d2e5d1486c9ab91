#!/usr/bin/env bash
# Installs the Debian packages that tests start servers from. A package counts
# as present when its command or file is found. Nothing is started, enabled or changed
# on the machine beyond the packages: tests run servers of their own, each in
# an empty folder on free ports.
set -euo pipefail

# package:command that tests call, or a file that it has
needs=(
  postgresql:initdb
  postfix:postfix
  chromium:chromium
  slapd:slapd
  ldap-utils:ldapmodify
  samba:samba
  samba-common-bin:samba-tool
  samba-ad-provision:/usr/share/samba/setup/provision.ldif
  samba-dsdb-modules:/usr/lib/*/samba/ldb/acl.so
  samba-vfs-modules:/usr/lib/*/samba/vfs/acl_xattr.so
)

PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"
for dir in /usr/lib/postgresql/*/bin; do PATH="$PATH:$dir"; done

missing=()
for need in "${needs[@]}"; do
  command -v "${need#*:}" >/dev/null || compgen -G "${need#*:}" >/dev/null || missing+=("${need%%:*}")
done
[ ${#missing[@]} -gt 0 ] || exit 0

if ! command -v apt-get >/dev/null; then
  echo "tests need these Debian packages, or what they hold: ${missing[*]}" >&2
  exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
  echo "tests need packages that are missing; as root, run:" >&2
  echo "  apt-get install --no-install-recommends ${missing[*]}" >&2
  exit 1
fi

# Installing must neither start a service nor create a database cluster. Both
# switches are ours for the time of the installation alone.
policy=/usr/sbin/policy-rc.d
cluster=/etc/postgresql-common/createcluster.d/heraut-tests.conf
own_policy=
cleanup() {
  rm -f "$cluster"
  [ -z "$own_policy" ] || rm -f "$policy"
}
trap cleanup EXIT
if [ ! -e "$policy" ]; then
  own_policy=1
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 0755 "$policy"
fi
mkdir -p "$(dirname "$cluster")"
echo 'create_main_cluster = false' >"$cluster"

export DEBIAN_FRONTEND=noninteractive
echo 'postfix postfix/main_mailer_type select No configuration' | debconf-set-selections
apt-get update -q
apt-get install -q -y --no-install-recommends "${missing[@]}"
