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
  .bench/python/bin/pip install -q -r bench/requirements.txt
fi
.bench/python/bin/python bench/bench.py --tallyman "$(swift build -c release --show-bin-path)/tallyman" --folder .bench/work "$@"
