#!/usr/bin/env bash
# The suites of Endpoints, Formats and StateStore under AddressSanitizer, then under ThreadSanitizer. A report fails it.
# SANITIZERS names one of them alone.
set -euo pipefail
cd "$(dirname "$0")/.."
for sanitizer in ${SANITIZERS:-address thread}; do
  echo "sanitizer: $sanitizer"
  # libssh2, libxml2 and SQLite are the system's own and are not instrumented: their heap is seen, their races are not.
  TALLYMAN_CORE=1 ASAN_OPTIONS="detect_leaks=0:suppressions=$PWD/scripts/asan.suppressions" TSAN_OPTIONS="suppressions=$PWD/scripts/tsan.suppressions halt_on_error=0 exitcode=66" \
    swift test --scratch-path ".build/$sanitizer" --sanitize="$sanitizer" --filter "${FILTER:-EndpointsTests|FormatsTests|StateStoreTests}" \
    --skip "need neither 256 MB nor 20 seconds" # a bound on memory that the sanitizer's own needs break
done
