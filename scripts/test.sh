#!/usr/bin/env bash
# Every test, after the checks that are quick to fail. A run that stands still is ended with the stacks of its threads.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/check.sh
scripts/python.sh
scripts/opensmtpd.sh
scripts/sftp-servers.sh
swift build --build-tests

# Few at a time. All 1,500 at once are one queue for two threads: each step of a conversation then waits for all the others, until a
# deadline of half a minute is too short for a server of this same process. `swift test` does not know this option; the bundle does.
tests=$(ls -d "$(swift build --show-bin-path)"/*PackageTests.xctest)
timeout --signal=ABRT --kill-after=60 "${TEST_MINUTES:-40}m" \
  "$tests" --testing-library swift-testing --experimental-maximum-parallelization-width "${TEST_WIDTH:-8}" "$@"

# A part of the suite was asked for, which the browser is none of.
[ $# -gt 0 ] || { timeout --kill-after=30 5m scripts/proxies.sh; timeout --kill-after=30 15m scripts/browser.sh; }
