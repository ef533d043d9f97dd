#!/usr/bin/env bash
# The programs as they are shipped: Swift's libraries inside, relocations packed, so that a poll needs less memory and starts sooner, and all that is
# linked read-only once it runs. LLVM's linker does both; binutils' packs, and then leaves the read-only part out. Code has pages of its own: nothing else
# becomes executable with it, and reading XML is a tenth quicker than where it begins anywhere in a page.
# What a poll calls stands side by side, and no name is kept for a library to find that nobody loads: a third less memory
# (docs/decisions/0062-what-a-poll-calls-stands-side-by-side.md).
set -euo pipefail
cd "$(dirname "$0")/.."
order=$PWD/packaging/function-order.txt
nameless=$PWD/packaging/nameless.ld
programs=$(swift build -c release --show-bin-path)
for product in tallyman magento-sandbox; do
  # The build does not know that a program is made of these, too.
  if [ "$order" -nt "$programs/$product" ] || [ "$nameless" -nt "$programs/$product" ]; then rm -f "$programs/$product"; fi
  swift build -c release --product "$product" --static-swift-stdlib \
    -Xswiftc -use-ld=lld -Xlinker -z -Xlinker pack-relative-relocs -Xlinker -z -Xlinker relro -Xlinker -z -Xlinker now -Xlinker -z -Xlinker separate-code \
    -Xswiftc -Xfrontend -Xswiftc -function-sections -Xlinker --no-export-dynamic \
    -Xlinker "--symbol-ordering-file=$order" -Xlinker --no-warn-symbol-ordering -Xlinker -T -Xlinker "$nameless"
done
