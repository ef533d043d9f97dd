#!/usr/bin/env bash
# Makes .build/deb/tallyman_VERSION_ARCH.deb: program, sandbox, profiles, units, sample settings, man page, completions, licences and bill of materials.
set -euo pipefail
cd "$(dirname "$0")/.."
needed=(dpkg-dev binutils zstd lintian systemd)
missing=(); for name in "${needed[@]}"; do dpkg-query -W -f='${Status}' "$name" 2>/dev/null | grep -q 'install ok installed' || missing+=("$name"); done
if [ ${#missing[@]} -gt 0 ]; then
  as_root=(); [ "$(id -u)" -eq 0 ] || as_root=(sudo)
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

scripts/release.sh
binary=$(swift build -c release --show-bin-path)/tallyman
version=$("$binary" --version)
architecture=$(dpkg --print-architecture)
out=.build/deb
maintainer=${DEB_MAINTAINER:-"Tallyman <packages@tallyman.org.uk>"}
root=$out/root
rm -rf "$out"
install -Dm755 "$binary" "$root/usr/bin/tallyman"
install -Dm755 "$(dirname "$binary")/magento-sandbox" "$root/usr/lib/tallyman/magento-sandbox"
strip --strip-unneeded -R .comment "$root/usr/bin/tallyman" "$root/usr/lib/tallyman/magento-sandbox"
mkdir -p "$root/usr/share/tallyman"
cp -r --no-preserve=mode Schemas/profiles Schemas/calendars Schemas/settings.schema.json "$root/usr/share/tallyman/"
for folder in xsd calendars; do [ ! -d "Schemas/$folder" ] || cp -r --no-preserve=mode "Schemas/$folder" "$root/usr/share/tallyman/"; done
for unit in packaging/*.service packaging/*.timer; do [ ! -f "$unit" ] || install -Dm644 "$unit" "$root/usr/lib/systemd/system/$(basename "$unit")"; done
install -Dm644 packaging/sysusers.conf "$root/usr/lib/sysusers.d/tallyman.conf"
install -Dm644 packaging/tmpfiles.conf "$root/usr/lib/tmpfiles.d/tallyman.conf"
doc=$root/usr/share/doc/tallyman
install -Dm644 packaging/settings.yaml "$doc/examples/settings.yaml"
install -m644 docs/settings.md docs/operations.md docs/alarms.md docs/profiles.md docs/security.md "$doc/"
{
  printf 'tallyman (%s) unstable; urgency=medium\n\n' "$version"
  sed -n '/^## /,$ { s/^- /  * /p; s/^  \([^ ]\)/    \1/p }' CHANGELOG.md | fold -s -w 76 | sed 's/^\([^ ]\)/    \1/; s/ *$//'
  printf '\n -- %s  Thu, 01 Jan 1970 00:00:00 +0000\n' "$maintainer"
} | gzip -9n > "$doc/changelog.gz"
install -Dm644 packaging/lintian-overrides "$root/usr/share/lintian/overrides/tallyman"
man=$root/usr/share/man/man1/tallyman.1
mkdir -p "$(dirname "$man")"
"$binary" --experimental-dump-help | python3 packaging/manual.py "$version" > "$man"
gzip -9n "$man"
install -d "$root/usr/share/bash-completion/completions" "$root/usr/share/zsh/vendor-completions" "$root/usr/share/fish/vendor_completions.d"
"$binary" --generate-completion-script bash | sed '1{/^#!/d}' > "$root/usr/share/bash-completion/completions/tallyman"
"$binary" --generate-completion-script zsh > "$root/usr/share/zsh/vendor-completions/_tallyman"
"$binary" --generate-completion-script fish > "$root/usr/share/fish/vendor_completions.d/tallyman.fish"
swift package show-dependencies --format json 2>/dev/null | sed -n '/^{/,$p' > "$out/dependencies.json"
python3 packaging/bill.py "$version" "$binary" "$out/dependencies.json" .build/checkouts "$doc/copyright" "$doc/tallyman.spdx.json"

mkdir -p "$root/DEBIAN" "$out/debian"
printf 'Source: tallyman\n\nPackage: tallyman\nArchitecture: any\n' > "$out/debian/control"
depends=$(cd "$out" && dpkg-shlibdeps -O root/usr/bin/tallyman root/usr/lib/tallyman/magento-sandbox 2>/dev/null | sed 's/^shlibs:Depends=//')
cat > "$root/DEBIAN/control" <<CONTROL
Package: tallyman
Version: $version
Architecture: $architecture
Maintainer: $maintainer
Installed-Size: $(du -sk "$root/usr" | cut -f1)
Depends: $depends, systemd | systemd-standalone-sysusers, systemd | systemd-standalone-tmpfiles, procps, tzdata, ca-certificates
Section: net
Priority: optional
Description: carries files between a legacy ERP and a Magento shop
 Fetches an ERP's CSV and XML files from SFTP folders, works out what differs
 from the shop, sends only that, and keeps books that account for every record.
 Implausible plans wait for a person, and every value can be explained.
CONTROL
for script in postinst prerm postrm; do install -m755 "packaging/$script" "$root/DEBIAN/$script"; done
(cd "$root" && find usr -type f -print0 | sort -z | xargs -0 md5sum) > "$root/DEBIAN/md5sums"
package=$out/tallyman_${version}_${architecture}.deb
dpkg-deb --root-owner-group -Zzstd -z19 -b "$root" "$package" >/dev/null
# dpkg of Debian 12 reads zstd; its lintian does not unpack it.
dpkg-deb --root-owner-group -Zgzip -b "$root" "$out/lint.deb" >/dev/null
lintian --fail-on error "$out/lint.deb"
rm "$out/lint.deb"
readelf -lW "$root/usr/bin/tallyman" | grep -q GNU_RELRO || { echo "deb: the program is linked without a read-only part" >&2; exit 1; }
for unit in "$root"/usr/lib/systemd/system/*.service; do systemd-analyze security --offline=true --threshold=20 "$unit" | tail -1; done
ls -l "$package" | awk '{ print "made: " $NF ", " $5 " bytes" }'
