#!/usr/bin/env bash
# Every test, after the checks that are quick to fail. A run that stands still is ended with the stacks of its threads.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/check.sh
scripts/python.sh
scripts/opensmtpd.sh
swift build --build-tests
timeout --signal=ABRT --kill-after=60 "${TEST_MINUTES:-40}m" swift test --skip-build --parallel "$@"
