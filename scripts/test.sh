#!/usr/bin/env bash
# Every test, after the checks that are quick to fail.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/check.sh
scripts/python.sh
swift test --parallel "$@"
