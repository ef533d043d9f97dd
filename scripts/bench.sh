#!/usr/bin/env bash
# The benchmark: release build, reference scripts in an environment of their own, everything on the loopback.
set -euo pipefail
cd "$(dirname "$0")/.."
as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo)
command -v sqlite3 >/dev/null || "${as_root[@]}" apt-get install -y -qq sqlite3 >/dev/null
scripts/release.sh
if [ ! -x .bench/python/bin/python ]; then
  python3 -m venv .bench/python 2>/dev/null || { "${as_root[@]}" apt-get install -y -qq python3-venv >/dev/null && python3 -m venv .bench/python; }
fi
# Also where an earlier version of the list was installed.
.bench/python/bin/pip install -q -r bench/requirements.txt
# The parts by name, or all of them: main, reading, sftp, shop, backlog, console.
parts=()
while [ $# -gt 0 ] && [[ $1 != -* ]]; do parts+=("$1"); shift; done
[ ${#parts[@]} -gt 0 ] || parts=(main reading sftp shop backlog console)
programs=$(swift build -c release --show-bin-path)
tallyman=$programs/tallyman
for part in "${parts[@]}"; do
  case $part in
    main) .bench/python/bin/python bench/bench.py --tallyman "$tallyman" --folder .bench/work "$@" ;;
    reading) .bench/python/bin/python bench/reading.py --tallyman "$tallyman" --folder .bench/work "$@" ;;
    console)
      [ -x "$programs/magento-sandbox" ] || swift build -c release --product magento-sandbox
      .bench/python/bin/python bench/console.py --tallyman "$tallyman" --sandbox "$programs/magento-sandbox" "$@" ;;
    backlog) .bench/python/bin/python bench/backlog.py --tallyman "$tallyman" "$@" ;;
    sftp) .bench/python/bin/python bench/sftp.py --tallyman "$tallyman" "$@" ;;
    shop)
      [ -x "$programs/magento-sandbox" ] || swift build -c release --product magento-sandbox
      .bench/python/bin/python bench/shop.py --tallyman "$tallyman" --sandbox "$programs/magento-sandbox" --folder .bench/work "$@" ;;
    *) echo "bench.sh: no part $part: main, reading, sftp, shop, backlog, console" >&2; exit 2 ;;
  esac
done
