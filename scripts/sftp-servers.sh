#!/usr/bin/env bash
# ProFTPD with mod_sftp and Dropbear for the tests, unpacked below .build: nothing is installed and no service runs. Says nothing where they are there; where
# they cannot be had, the tests that need them skip by name.
set -euo pipefail
cd "$(dirname "$0")/.."
root=.build/sftp-servers
[ -x "$root/usr/sbin/proftpd" ] && [ -x "$root/usr/sbin/dropbear" ] && exit 0
skipped() { echo "ProFTPD and Dropbear cannot be had: $1; their tests are skipped" >&2; exit 0; }
[ "$(id -u)" -eq 0 ] || skipped "they need root, for an account of their own"
command -v apt-get >/dev/null || skipped "there is no apt-get"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work" # apt's own user downloads into it
mkdir -p "$work/lists/partial" "$work/packages" "$work/root"
chown -R _apt "$work/lists" "$work/packages" 2>/dev/null || true
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian bookworm main" >"$work/sources.list"
own=(-qq -o "Dir::Etc::SourceList=$work/sources.list" -o Dir::Etc::SourceParts=/dev/null -o "Dir::State::Lists=$work/lists"
  -o Dir::State::status=/dev/null -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o Acquire::Retries=2 -o APT::Update::Error-Mode=any)
apt-get "${own[@]}" update 2>"$work/said" || skipped "$(tail -n 1 "$work/said")"
(cd "$work/packages" && apt-get "${own[@]}" download proftpd-core proftpd-mod-crypto dropbear-bin libtomcrypt1 libtommath1 libhashkit2 libhiredis0.14 \
  libmemcached11 libmemcachedutil2 libpcre2-8-0 libpcre2-posix3) 2>"$work/said" || skipped "$(tail -n 1 "$work/said")"
for package in "$work"/packages/*.deb; do dpkg-deb --extract "$package" "$work/root"; done
libraries=$work/root/usr/lib/$(uname -m)-linux-gnu
for program in proftpd dropbear; do
  missing=$(LD_LIBRARY_PATH="$libraries" ldd "$work/root/usr/sbin/$program" | grep 'not found' || true)
  [ -z "$missing" ] || skipped "$program lacks$missing"
done

ln -s "lib/$(uname -m)-linux-gnu" "$work/root/usr/libraries"
rm -rf "$root" "$root.new" "$work/root/usr/share"
mv "$work/root" "$root.new"
mv "$root.new" "$root"
