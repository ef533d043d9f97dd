#!/usr/bin/env bash
# Writes what is expected of the golden folders from what comes out, and shows what changed.
set -euo pipefail
cd "$(dirname "$0")/.."
GOLDEN=write swift test --filter "GoldenTests|ProfileRunTests|OrderGoldenTests|OutcomeMailTests|PollutionTests|ServerMatrixTests"
git status --short Fixtures docs/testing.md
