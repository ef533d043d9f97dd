#!/usr/bin/env bash
# The programs as they are shipped: Swift's libraries inside, and everything that is linked made read-only before they run.
set -euo pipefail
cd "$(dirname "$0")/.."
for product in tallyman magento-sandbox; do
  swift build -c release --product "$product" --static-swift-stdlib -Xlinker -z -Xlinker relro -Xlinker -z -Xlinker now
done
