#!/usr/bin/env bash
# Writes packaging/function-order.txt anew: the functions that a poll and reading call, which scripts/release.sh has the linker put side by side.
# Worth doing where `make bench` finds that a poll needs more memory. Needs valgrind, which a release does not.
set -euo pipefail
cd "$(dirname "$0")/.."
needed=(valgrind binutils openssh-server)
missing=(); for name in "${needed[@]}"; do dpkg-query -W -f='${Status}' "$name" 2>/dev/null | grep -q 'install ok installed' || missing+=("$name"); done
if [ ${#missing[@]} -gt 0 ]; then
  as_root=(); [ "$(id -u)" -eq 0 ] || as_root=(sudo)
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi
scripts/release.sh
mkdir -p .bench
python3 bench/order.py --tallyman "$(swift build -c release --show-bin-path)/tallyman" --folder .bench/order > .bench/function-order.txt
mv .bench/function-order.txt packaging/function-order.txt
wc -l packaging/function-order.txt
