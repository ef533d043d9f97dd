#!/usr/bin/env bash
# The reader alone, built as it is shipped (-O, whole module), into the folder that is named. After scripts/release.sh, whose modules it uses.
set -euo pipefail
cd "$(dirname "$0")/../.."
out=$1
mkdir -p "$out"
flags=(-O -wmo -parse-as-library -swift-version 6 -package-name tallyman -I "$out" -I .build/release/Modules -static-stdlib)
for feature in ExistentialAny MemberImportVisibility InternalImportsByDefault NonisolatedNonsendingByDefault; do
  flags+=(-enable-upcoming-feature "$feature")
done
for library in Sources/CLib*/ Sources/CZlib/; do
  flags+=(-Xcc "-fmodule-map-file=$PWD/${library}module.modulemap" -I "$library")
done
mapfile -t includes < <(pkg-config --cflags-only-I libxml-2.0 | tr ' ' '\n' | grep -v '^$')
for include in "${includes[@]}"; do flags+=(-Xcc "$include"); done
mapfile -t domain < <(find Sources/Domain -name '*.swift' | sort)
swiftc "${flags[@]}" -module-name Domain -emit-module -emit-module-path "$out/Domain.swiftmodule" -c "${domain[@]}" -o "$out/Domain.o"
mapfile -t formats < <(find Sources/Formats -name '*.swift' | sort)
swiftc "${flags[@]}" -module-name Formats "${formats[@]}" bench/cells/Cells.swift "$out/Domain.o" .build/release/Mustache.build/*.o -lxml2 -lz -o "$out/cells"
