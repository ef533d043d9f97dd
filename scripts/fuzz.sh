#!/usr/bin/env bash
# Drives the readers of hostile bytes with libFuzzer and AddressSanitizer, FUZZ_SECONDS (60) for each entry, or those named as arguments.
# New inputs stay below .build/fuzz; what breaks a promise is kept in Fuzz/corpus, to be mended and replayed by the tests.
set -euo pipefail
cd "$(dirname "$0")/.."
out=$PWD/.build/fuzz
seconds=${FUZZ_SECONDS:-60}
mkdir -p "$out"

flags=(-sanitize=fuzzer,address -O -g -wmo -enable-testing -parse-as-library -swift-version 6 -package-name tallyman -I "$out")
for feature in ExistentialAny MemberImportVisibility InternalImportsByDefault NonisolatedNonsendingByDefault; do
  flags+=(-enable-upcoming-feature "$feature")
done
for library in Sources/CLib*/ Sources/CZlib/; do
  [ ! -d "$library" ] || flags+=(-Xcc "-fmodule-map-file=$PWD/${library}module.modulemap" -I "$library")
done
mapfile -t includes < <(pkg-config --cflags-only-I libxml-2.0 | tr ' ' '\n' | grep -v '^$')
for include in "${includes[@]}"; do flags+=(-Xcc "$include"); done

# Of the shop's interface only what reads bytes: no network library is driven here.
magento() {
  find Sources/Magento/JSON -name '*.swift'
  printf 'Sources/Magento/Wire/%s.swift\n' Answer AnswerClassifier ErrorBody HTTPDate Refusal Refusal+Diagnostic RetryAfter ShopCall ShopReply TransportFailure
  printf 'Sources/Magento/Calls/%s.swift\n' ShopTime Sales/SalesDocument Sales/OrderSnapshot
}
newest=$(find Sources/Domain Sources/Formats Sources/Magento/JSON Sources/Magento/Wire Tests/MagentoTests/Fuzzing Tests/FormatsTests/Fuzzing Tests/FormatsTests/Support Fuzz/FuzzMain.swift -newer "$out/fuzz" 2>/dev/null | head -1 || true)
if [ ! -x "$out/fuzz" ] || [ -n "$newest" ]; then
  # The templates' library, as the package has it; it is not what is driven here.
  swift package resolve >/dev/null
  mapfile -t sources < <(find .build/checkouts/swift-mustache/Sources/Mustache -name '*.swift' | sort)
  swiftc -sanitize=address -O -wmo -parse-as-library -I "$out" -module-name Mustache -emit-module \
    -emit-module-path "$out/Mustache.swiftmodule" -c "${sources[@]}" -o "$out/Mustache.o"
  for module in Domain Formats; do
    mapfile -t sources < <(find "Sources/$module" -name '*.swift' | sort)
    swiftc "${flags[@]}" -module-name "$module" -emit-module -emit-module-path "$out/$module.swiftmodule" -c "${sources[@]}" -o "$out/$module.o"
  done
  mapfile -t sources < <(magento | sort)
  swiftc "${flags[@]}" -module-name Magento -emit-module -emit-module-path "$out/Magento.swiftmodule" -c "${sources[@]}" -o "$out/Magento.o"
  mapfile -t sources < <(find Tests/FormatsTests/Fuzzing Tests/MagentoTests/Fuzzing Tests/FormatsTests/Support -name '*.swift' ! -name '*Tests.swift' | sort)
  swiftc "${flags[@]}" -module-name Fuzzing Fuzz/FuzzMain.swift "${sources[@]}" "$out/Mustache.o" "$out/Domain.o" "$out/Formats.o" "$out/Magento.o" -lxml2 -lz -o "$out/fuzz"
fi

# The crash handler of the runtime would outlive the fuzzer.
export SWIFT_BACKTRACE=enable=no
if [ $# -eq 0 ]; then set -- csv xml lines objects gzip decimal date encoding profile inspection guess acknowledgement json answer; fi
failed=0
for entry in "$@"; do
  mkdir -p "$out/new/$entry" "Fuzz/corpus/$entry"
  echo "fuzz: $entry for $seconds s"
  FUZZ_ENTRY=$entry "$out/fuzz" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -max_len=4096 -verbosity=0 -print_final_stats=1 \
    -artifact_prefix="Fuzz/corpus/$entry/" "$out/new/$entry" "Fuzz/corpus/$entry" >"$out/$entry.log" 2>&1 || failed=1
  grep -E 'stat::number_of_executed_units|Fatal error|ERROR|SUMMARY|Test unit written' "$out/$entry.log" | sed 's/^/  /' || true
done
[ "$failed" -eq 0 ] && echo "fuzz: good"
exit "$failed"
