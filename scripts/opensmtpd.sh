#!/usr/bin/env bash
# OpenSMTPD for the tests, unpacked below .build: nothing is installed, the machine's package sources stay as they are and no service runs.
# Debian 12's own 6.8 cannot do STARTTLS with OpenSSL 3 ("missing private key"), so it is the one of bookworm-backports. Says nothing where it
# is there; where it cannot be had, the tests that need it skip by name.
set -euo pipefail
cd "$(dirname "$0")/.."
root=.build/opensmtpd
[ -x "$root/usr/sbin/smtpd" ] && exit 0
skipped() { echo "OpenSMTPD cannot be had: $1; its tests are skipped" >&2; exit 0; }
[ "$(id -u)" -eq 0 ] || skipped "it needs root, for a root folder and users of its own"
command -v apt-get >/dev/null || skipped "there is no apt-get"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work" # apt's own user downloads into it
mkdir -p "$work/lists/partial" "$work/packages" "$work/root"
chown -R _apt "$work/lists" "$work/packages" 2>/dev/null || true
for suite in bookworm bookworm-backports; do
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian $suite main"
done >"$work/sources.list"
own=(-qq -o "Dir::Etc::SourceList=$work/sources.list" -o Dir::Etc::SourceParts=/dev/null -o "Dir::State::Lists=$work/lists"
  -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o Acquire::Retries=2 -o APT::Update::Error-Mode=any)
apt-get "${own[@]}" update 2>"$work/said" || skipped "$(tail -n 1 "$work/said")"
(cd "$work/packages" && apt-get "${own[@]}" download opensmtpd/bookworm-backports libevent-2.1-7 libdb5.3) 2>"$work/said" || skipped "$(tail -n 1 "$work/said")"
for package in "$work"/packages/*.deb; do dpkg-deb --extract "$package" "$work/root"; done

# A root folder that it can live in: a shell for its filters, and the libraries, which are the machine's.
programs=(/bin/sh "$work/root/usr/sbin/smtpd" "$work/root/usr/libexec/opensmtpd/mail.maildir")
unpacked=$(dirname "$(find "$work/root" -name 'libevent-2.1.so.7')")
mkdir -p "$work/root/bin"
cp -L /bin/sh "$work/root/bin/sh"
LD_LIBRARY_PATH="$unpacked" ldd "${programs[@]}" | grep -oE '/[^ :)]+\.so[^ :)]*' | sort -u | while read -r library; do
  case $library in
    "$work"/*) ;;
    *) mkdir -p "$work/root$(dirname "$library")" && cp -L "$library" "$work/root$library" ;;
  esac
done
chroot "$work/root" /usr/sbin/smtpd -h >"$work/said" 2>&1 || grep -q "version: OpenSMTPD" "$work/said" || skipped "$(tail -n 1 "$work/said")"

rm -rf "$root" "$root.new" "$work/root/usr/share" "$work/root/etc"
mv "$work/root" "$root.new"
mv "$root.new" "$root"
