#!/usr/bin/env bash
# The programs as they are shipped: Swift's libraries inside, relocations packed, so that a poll needs less memory and starts sooner, and all that is
# linked read-only once it runs. LLVM's linker does both; binutils' packs, and then leaves the read-only part out. Code has pages of its own: nothing else
# becomes executable with it, and reading XML is a tenth quicker than where it begins anywhere in a page.
set -euo pipefail
cd "$(dirname "$0")/.."
for product in tallyman magento-sandbox; do
  swift build -c release --product "$product" --static-swift-stdlib \
    -Xswiftc -use-ld=lld -Xlinker -z -Xlinker pack-relative-relocs -Xlinker -z -Xlinker relro -Xlinker -z -Xlinker now -Xlinker -z -Xlinker separate-code
done
