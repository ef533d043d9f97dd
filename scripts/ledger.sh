#!/usr/bin/env bash
# Keeps a ledger of this release for the tests that carry it to later ones: Fixtures/ledgers/VERSION.db, made by the demo. Run once, when a version is released.
set -euo pipefail
cd "$(dirname "$0")/.."
version=$("$(swift build --show-bin-path)/tallyman" --version)
target=Fixtures/ledgers/$version.db
[ ! -e "$target" ] || { echo "ledger: $target is there; a released ledger is never replaced" >&2; exit 1; }
scripts/demo.sh >/dev/null
mkdir -p Fixtures/ledgers
"$(swift build --show-bin-path)/tallyman" backup --settings .demo/settings/tallyman.yaml "$target"
chmod 644 "$target"
