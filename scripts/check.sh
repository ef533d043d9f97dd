#!/usr/bin/env bash
# What a reviewer should not have to look for.
set -euo pipefail
cd "$(dirname "$0")/.."
failed=0
fail() { echo "check: $1" >&2; failed=1; }

# One layout for all Swift, so that a review is about what changed (.swift-format).
found=$(swift format lint --strict --recursive --parallel Package.swift Sources Tests Fuzz 2>&1 || true)
[ -z "$found" ] || fail "not formatted (make format):
$found"

# Time, chance and identity come in through Timeline.
found=$(git grep -nE '\bDate\(\)|\bUUID\(\)|SystemRandomNumberGenerator\(' -- 'Sources/*.swift' ':!Sources/Domain/Time/Timeline.swift' ':!Sources/MagentoSandbox' || true)
[ -z "$found" ] || fail "the clock or chance is asked directly:
$found"

# Only one file sees each C library.
found=$(git grep -lE '^(package )?import CLibSSH2' -- 'Sources/*.swift' | grep -vx 'Sources/Endpoints/SFTP/LibSSH2/LibSSH2Calls+Library.swift' || true)
[ -z "$found" ] || fail "libssh2 is seen outside its one file: $found"

found=$(git grep -lE '^(package )?import CLibXML2' -- 'Sources/*.swift' | grep -vE '^Sources/Formats/XML/(LibXML2|XMLSchemaCheck)\.swift$' || true)
[ -z "$found" ] || fail "libxml2 is seen outside its two files: $found"

found=$(git grep -lE '^(package )?import CCurl' -- 'Sources/*.swift' | grep -vx 'Sources/Reports/SMTP/Curl.swift' || true)
[ -z "$found" ] || fail "libcurl is seen outside its one file: $found"

found=$(git grep -lE '^(package )?import CArgon2' -- 'Sources/*.swift' | grep -vx 'Sources/Console/Access/PasswordHash.swift' || true)
[ -z "$found" ] || fail "libargon2 is seen outside its one file: $found"

# SQL never carries a value in its text, except table names of our own.
found=$(git grep -nE 'sql: "[^"]*\\\(' -- 'Sources/StateStore' | grep -vE 'DELETE FROM|RawStatement.swift' || true)
[ -z "$found" ] || fail "a value inside SQL text:
$found"

# What is unsafe says why, on the line above.
found=$(git grep -nE '@unchecked Sendable|nonisolated\(unsafe\)|\btry!' -- 'Sources/*.swift' | while IFS=: read -r file line _; do
  sed -n "$((line - 1))p" "$file" | grep -qE '^\s*//' || echo "$file:$line"
done || true)
[ -z "$found" ] || fail "unsafe without a reason above it:
$found"

# Foundation's handles trap where nobody reads or the disk is full; StandardStream does not.
found=$(git grep -nE 'FileHandle\.standard(Output|Error|Input)|readDataToEndOfFile|\.write\(Data\(' -- 'Sources/tallyman' || true)
[ -z "$found" ] || fail "output that may end the work:
$found"

# Files stay small enough to be understood alone.
found=$(git ls-files 'Sources/*.swift' | xargs wc -l | awk '$2 != "total" && $1 > 700 { print $2 ": " $1 " lines" }')
[ -z "$found" ] || fail "too large: $found"

# No target imports what the design does not let it.
imports() { git grep -hoE '^(package |internal )?import [A-Za-z0-9]+' -- "Sources/$1" | awk '{print $NF}' | sort -u | tr '\n' ' '; }
may() { # target, allowed...
  local target=$1; shift
  for name in $(imports "$target"); do
    case " Foundation Glibc Synchronization Dispatch $* " in *" $name "*) ;; *) fail "$target may not import $name" ;; esac
  done
}
may Domain
may Formats Domain CLibXML2 CZlib Mustache
may Endpoints Domain CFileSystem CLibSSH2 Crypto
may StateStore Domain CSQLite GRDB GRDBSQLite
may Magento Domain AsyncHTTPClient Crypto NIOCore NIOHTTP1 NIOPosix NIOSSL NIOFoundationCompat
may Entities Domain Magento
may Reports Domain StateStore Mustache CCurl
may Engine Domain Formats Endpoints StateStore
may Console Domain StateStore Engine Reports Hummingbird HummingbirdCore HTTPTypes NIOCore NIOPosix ServiceLifecycle Logging Crypto CArgon2

"$(swift build --show-bin-path)/tallyman" docs . --check || failed=1
[ "$failed" -eq 0 ] && echo "check: good"
exit "$failed"
