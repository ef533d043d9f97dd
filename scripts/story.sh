#!/usr/bin/env bash
# Plays the one history of the simulated world that SEED stands for, shortens it and tells it.
set -euo pipefail
cd "$(dirname "$0")/.."
swift build --product simulation >&2
SWIFT_DETERMINISTIC_HASHING=1 exec "$(swift build --show-bin-path)/simulation" --from "${SEED:?make story SEED=number}" --count 1 --tell
