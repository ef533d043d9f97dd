#!/usr/bin/env bash
# Plays histories of the simulated world on two cores, for MINUTES or COUNT of them, from seed FROM on. The last line is
# "histories N, findings M"; it fails where M is not 0. What is found is told with the command that plays it again.
set -euo pipefail
cd "$(dirname "$0")/.."
build=(swift build -c "${CONFIGURATION:-debug}" --product simulation)
"${build[@]}" >&2
program=$("${build[@]}" --show-bin-path)/simulation
export SWIFT_DETERMINISTIC_HASHING=1

from=${FROM:-$(date +%s)}
if [ -n "${COUNT:-}" ]; then span=(--count "$COUNT"); else span=(--minutes "${MINUTES:-10}"); fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
echo "seeds from $from on, two at a time"
for lane in 0 1; do
  "$program" --from $((from + lane)) --stride 2 "${span[@]}" --most "${MOST:-50}" --tell > "$folder/$lane" 2>&1 &
done
wait
cat "$folder"/*
awk '/^histories [0-9]+, findings [0-9]+$/ { histories += $2; findings += $4; lanes++ }
  END { printf "histories %d, findings %d\n", histories, findings; exit lanes < 2 || findings > 0 }' "$folder"/*
