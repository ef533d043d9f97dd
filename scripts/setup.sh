#!/usr/bin/env bash
# Installs what building, testing and the demo need on Debian 12. Says nothing and does nothing where it is all there.
set -euo pipefail

packages=(libssh2-1-dev libxml2-dev libxml2-utils zlib1g-dev libsqlite3-dev libcurl4-openssl-dev libargon2-dev pkg-config openssh-server openssh-client openssl python3 python3-venv)
missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done

if [ ${#missing[@]} -gt 0 ]; then
  as_root=()
  [ "$(id -u)" -eq 0 ] || as_root=(sudo)
  echo "installing: ${missing[*]}"
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

command -v swift >/dev/null || { echo "Swift 6.3 is needed: https://www.swift.org/install/linux/" >&2; exit 2; }
