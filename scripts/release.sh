#!/usr/bin/env bash
# The program as it is shipped: Swift's libraries inside, and relocations packed, so that a poll needs less memory and starts sooner.
set -euo pipefail
cd "$(dirname "$0")/.."
swift build -c release --product tallyman --static-swift-stdlib \
  -Xswiftc -use-ld=bfd -Xlinker -z -Xlinker pack-relative-relocs -Xlinker -z -Xlinker relro -Xlinker -z -Xlinker now
