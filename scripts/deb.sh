#!/usr/bin/env bash
# Makes .build/deb/tallyman_VERSION_ARCH.deb (program, profiles, units, all pages, man pages, completions, licences, bill of materials) and
# tallyman-sandbox_VERSION_ARCH.deb (the stand-in shop), each with its checksum.
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
rm -rf "$out"

# Two packages: what a machine needs, and the stand-in shop for trying things out and for sign-off.
root=$out/tallyman
sandbox=$out/tallyman-sandbox
install -Dm755 "$binary" "$root/usr/bin/tallyman"
install -Dm755 "$(dirname "$binary")/magento-sandbox" "$sandbox/usr/bin/magento-sandbox"
strip --strip-unneeded -R .comment "$root/usr/bin/tallyman" "$sandbox/usr/bin/magento-sandbox"
share=$root/usr/share/tallyman
mkdir -p "$share"
for folder in profiles calendars xsd examples; do [ ! -d "Schemas/$folder" ] || cp -r --no-preserve=mode "Schemas/$folder" "$share/"; done
install -m644 Schemas/settings.schema.json "$share/"
for unit in packaging/*.service packaging/*.timer packaging/*.path; do install -Dm644 "$unit" "$root/usr/lib/systemd/system/$(basename "$unit")"; done
install -Dm644 packaging/sysusers.conf "$root/usr/lib/sysusers.d/tallyman.conf"
install -Dm644 packaging/tmpfiles.conf "$root/usr/lib/tmpfiles.d/tallyman.conf"

# All pages, in the folders that their links name.
doc=$root/usr/share/doc/tallyman
install -Dm644 packaging/settings.yaml "$doc/examples/settings.yaml"
install -m644 packaging/console.yaml "$doc/examples/console.yaml"
python3 packaging/pages.py . "$doc"
{
  printf 'tallyman (%s) unstable; urgency=medium\n\n' "$version"
  sed -n '/^## /,$ { s/^- /  * /p; s/^  \([^ ]\)/    \1/p }' CHANGELOG.md | fold -s -w 76 | sed 's/^\([^ ]\)/    \1/; s/ *$//'
  printf '\n -- %s  Thu, 01 Jan 1970 00:00:00 +0000\n' "$maintainer"
} | gzip -9n > "$doc/changelog.gz"
install -Dm644 packaging/lintian-overrides "$root/usr/share/lintian/overrides/tallyman"
install -Dm644 packaging/lintian-overrides-sandbox "$sandbox/usr/share/lintian/overrides/tallyman-sandbox"

manual() { # program, name, section, root
  mkdir -p "$4/usr/share/man/man$3"
  gzip -9n > "$4/usr/share/man/man$3/$2.$3.gz"
}
"$binary" --experimental-dump-help | python3 packaging/manual.py tallyman "$version" | manual - tallyman 1 "$root"
"$sandbox/usr/bin/magento-sandbox" --experimental-dump-help | python3 packaging/manual.py magento-sandbox "$version" | manual - magento-sandbox 1 "$sandbox"
sed "s/@VERSION@/$version/" docs/man/tallyman-settings.5 | manual - tallyman-settings 5 "$root"
install -d "$root/usr/share/bash-completion/completions" "$root/usr/share/zsh/vendor-completions" "$root/usr/share/fish/vendor_completions.d"
"$binary" --generate-completion-script bash | sed '1{/^#!/d}' > "$root/usr/share/bash-completion/completions/tallyman"
"$binary" --generate-completion-script zsh > "$root/usr/share/zsh/vendor-completions/_tallyman"
"$binary" --generate-completion-script fish > "$root/usr/share/fish/vendor_completions.d/tallyman.fish"
swift package show-dependencies --format json 2>/dev/null | sed -n '/^{/,$p' > "$out/dependencies.json"
python3 packaging/bill.py "$version" "$binary" "$out/dependencies.json" .build/checkouts "$doc/copyright" "$doc/tallyman.spdx.json"
install -Dm644 "$doc/copyright" "$sandbox/usr/share/doc/tallyman-sandbox/copyright"
install -m644 "$doc/changelog.gz" "$sandbox/usr/share/doc/tallyman-sandbox/changelog.gz"

mkdir -p "$out/debian"
printf 'Source: tallyman\n\nPackage: tallyman\nArchitecture: any\n' > "$out/debian/control"
libraries() { (cd "$out" && dpkg-shlibdeps -O "$1" 2>/dev/null | sed 's/^shlibs:Depends=//'); }
control() { # root, depends, further lines, description
  mkdir -p "$1/DEBIAN"
  {
    printf 'Package: %s\nVersion: %s\nArchitecture: %s\nMaintainer: %s\nInstalled-Size: %s\nDepends: %s\n' \
      "$(basename "$1")" "$version" "$architecture" "$maintainer" "$(du -sk "$1/usr" | cut -f1)" "$2"
    [ -z "$3" ] || printf '%s\n' "$3"
    printf 'Section: net\nPriority: optional\nDescription: %s\n' "$4"
  } > "$1/DEBIAN/control"
  (cd "$1" && find usr -type f -print0 | sort -z | xargs -0 md5sum) > "$1/DEBIAN/md5sums"
}
control "$root" "$(libraries tallyman/usr/bin/tallyman), systemd | systemd-standalone-sysusers, systemd | systemd-standalone-tmpfiles, procps, tzdata, ca-certificates" \
  "Recommends: openssh-client (>= 1:8.5)
Suggests: tallyman-sandbox (= $version)" \
  'carries files between a legacy ERP and a Magento shop
 Fetches an ERP'"'"'s CSV and XML files from SFTP folders, works out what differs
 from the shop, sends only that, and keeps books that account for every record.
 Implausible plans wait for a person, and every value can be explained.'
# Before they were two packages, the sandbox lay in the other one.
control "$sandbox" "$(libraries tallyman-sandbox/usr/bin/magento-sandbox)" "Enhances: tallyman" \
  'stand-in Magento shop for trying Tallyman out
 A Magento 2.4 shop as far as Tallyman talks to one, in memory, on this machine
 only: for the quick start, for training, and for the go-live scenarios.
 It is no shop and holds no data of one.'
for script in postinst prerm postrm; do install -m755 "packaging/$script" "$root/DEBIAN/$script"; done

for one in "$root" "$sandbox"; do
  package=$out/$(basename "$one")_${version}_${architecture}.deb
  dpkg-deb --root-owner-group -Zzstd -z19 -b "$one" "$package" >/dev/null
  (cd "$out" && sha256sum "$(basename "$package")" > "$(basename "$package").sha256")
  # dpkg of Debian 12 reads zstd; its lintian does not unpack it.
  dpkg-deb --root-owner-group -Zgzip -b "$one" "$out/lint.deb" >/dev/null
  lintian --fail-on error,warning "$out/lint.deb"
  rm "$out/lint.deb"
  readelf -lW "$one"/usr/bin/* | grep -q GNU_RELRO || { echo "deb: a program is linked without a read-only part" >&2; exit 1; }
done
for unit in "$root"/usr/lib/systemd/system/*.service; do systemd-analyze security --offline=true --threshold=20 "$unit" | tail -1; done
ls -l "$out"/*.deb | awk '{ print "made: " $NF ", " $5 " bytes" }'
du -sm "$root/usr" "$sandbox/usr" | awk '{ print "installed: " $2 ", " $1 " MB" }'
