#!/usr/bin/env bash
# Takes one guard away at a time and asks whether a test notices. Give words to try only the mutants whose names hold one.
# The files are changed where they are and put back at the end, however it ends; commit first.
set -uo pipefail
cd "$(dirname "$0")/.."
git diff --quiet -- Sources || { echo "commit or stash the changes in Sources first" >&2; exit 2; }
trap 'git checkout -q -- Sources' EXIT
build_lock=${TALLYMAN_BUILD_LOCK:+flock -o $TALLYMAN_BUILD_LOCK}
survived=0 tried=0

mutant() { # name, file below Sources, sed expression, filter of the tests that should notice
  local name=$1 file=Sources/$2 expression=$3 filter=$4
  if [ "${#words[@]}" -gt 0 ]; then
    local wanted=; for word in "${words[@]}"; do case $name in *"$word"*) wanted=1 ;; esac; done
    [ -n "$wanted" ] || return 0
  fi
  tried=$((tried + 1))
  sed -i -E "$expression" "$file"
  if git diff --quiet -- "$file"; then
    printf '%-9s %s: the line is no longer in %s\n' STALE "$name" "$file"; survived=$((survived + 1)); return
  fi
  local log=.build/mutant.log
  if ! $build_lock swift build --build-tests > "$log" 2>&1; then
    printf '%-9s %s: see %s\n' UNBUILT "$name" "$log"; survived=$((survived + 1))
  elif $build_lock timeout 300 swift test --skip-build --filter "$filter" > "$log" 2>&1; then
    printf '%-9s %s\n' SURVIVED "$name"; survived=$((survived + 1))
  else
    printf '%-9s %s: %s\n' killed "$name" "$(grep -oE '✘ Test "[^"]*"' "$log" | head -1)"
  fi
  git checkout -q -- "$file"
}

words=("$@")
mutant "older files are superseded" Engine/Planning/PlanStage.swift \
  's/, version < previous\.version \{/, version < previous.version, run.id < 0 {/' EngineTests
mutant "duplicates are known by what was applied last" Engine/FlowRunner+Runs.swift \
  's/guard isSame, !isLocked, let previous/guard isSame, !isLocked, flow.name.isEmpty, let previous/' EngineTests
mutant "other settings make it another file" Engine/FlowRunner+Runs.swift \
  's/ \&\& \$0\?\.profile == flow\.fingerprint \}/ }/' EngineTests
mutant "a file has to settle" Endpoints/Intake/SettlePolicy.swift \
  's/if sighting\.looks >= 2, .* >= wait \{/if sighting.looks >= 1 {/' 'SettlePolicyTests|EndpointFaultProcessTests'
mutant "a file must not change while it is read" Endpoints/Intake/Spool.swift \
  's/guard let after, after\.size == count, file\.size == count, after\.modified == file\.modified else/guard let after, after.size >= 0 else/' SpoolTests
mutant "gate: fewer rows" Domain/Planning/Gates.swift \
  's/(private func rowDropFinding.*)/\1\n        if summary.records >= 0 { return nil }/' 'GatesTests|FaultyFileTests'
mutant "gate: to zero" Domain/Planning/Gates.swift \
  's/(private func toZeroFinding.*)/\1\n        if summary.records >= 0 { return nil }/' 'GatesTests|FaultyFileTests'
mutant "gate: unknown" Domain/Planning/Gates.swift \
  's/(private func unknownFinding.*)/\1\n        if summary.records >= 0 { return nil }/' GatesTests
mutant "gate: rejected" Domain/Planning/Gates.swift \
  's/(private func rejectedFinding.*)/\1\n        if summary.records >= 0 { return nil }/' GatesTests
mutant "gate: empty" Domain/Planning/Gates.swift \
  's/guard empty == \.hold, /guard empty == .allow, /' 'GatesTests|FaultyFileTests'
mutant "gate: header" Domain/Planning/Gates.swift \
  's/guard header == \.hold, /guard header == .allow, /' 'GatesTests|FaultyFileTests'
mutant "gate: age" Domain/Planning/Gates.swift \
  's/context\.age > maximumAge else/context.age > maximumAge * 1000 else/' GatesTests
mutant "gate: sequence" Domain/Planning/Gates.swift \
  's/current > last \+ 1$/current > last + 1000/' GatesTests
mutant "gate: nothing proves the file complete" Domain/Planning/Gates.swift \
  's/guard context\.completeness == \.unproven, /guard context.completeness == .proven, /' 'GatesTests|FaultyFileTests'
mutant "a newer value in the mirror wins" StateStore/Plans/Ledger+Applying.swift \
  's/WHEN c\.due IS NULL THEN m\.version > c\.version OR m\.value IS NOT c\.before/WHEN c.due IS NULL THEN 0/' 'ApplyingTests|RestartTests'
mutant "a plan sees what others wrote to the mirror" StateStore/Mirror/Ledger+MirrorEdition.swift \
  's/SELECT p\.mirror_edition = coalesce\(e\.edition, 0\) AND/SELECT p.mirror_edition >= 0 AND/' 'MirrorEditionTests|RestartTests'
mutant "look first after an interrupted attempt" Engine/Applying/ApplyStage.swift \
  's/claims\.filter\(\\\.isUnsettled\)/claims.filter { _ in isUndo }/' 'RestartTests|KillTests'
mutant "the catalogue is asked before anything is sent" Engine/Planning/Planner+Newcomers.swift \
  's/guard isProven else \{ return newcomers\.append\(.*\) \}/_ = isProven/' FaultyFileTests
mutant "codes that the shop would merge are refused" Engine/Planning/Planner.swift \
  's/if rows\.bytes\[rows\.rows\[range\.upperBound - 1\]\.key\] != firstKey, areMerged/if firstKey.isEmpty, areMerged/' FaultyFileTests
mutant "a file without its last line end is cut" Formats/Profiles/Profile.swift \
  's/if completeness\.needsFinalLineEnd, !proof\.endsWithLineEnd/if completeness.needsFinalLineEnd, !proof.endsWithLineEnd, proof.records < 0/' 'StructureTests|StreamingTests|FaultyFileTests'
mutant "an orderly stop is no death" StateStore/Runs/Ledger+Runs.swift \
  's/SET attempts = max\(0, attempts - 1\)/SET attempts = attempts/' ShopFaultProcessTests
mutant "a preview is never gone on with" Engine/FlowRunner+Runs.swift \
  's/case \.planning where run\.cause == Self\.previewCause:/case .planning where run.cause == "never":/' PreviewTests
mutant "one process per flow" StateStore/Operators/Ledger+Leases.swift \
  's/, isAlive\(row\["holder"\]\) \{ return nil \}/, isAlive(row["holder"]), token(row) < 0 { return nil }/; s/^(extension LedgerWriter \{)$/private func token(_ row: Row) -> Int64 { row["token"] }\n\n\1/' ConcurrencyTests
mutant "a value of a later day does not set the last applied file back" StateStore/Plans/Ledger+Snapshots.swift \
  's/^ *WHERE excluded\.run >= applied_snapshot\.run$//' EntitiesApartTests
mutant "what is held waits for no day" StateStore/Plans/Ledger+Schedule.swift \
  's/^ *AND p\.state <> .held.$//' EntitiesApartTests
mutant "a violation takes back its own entity only" Engine/FlowRunner+Applying.swift \
  's/entities: \[name\]/entities: Set(flow.entities.map { $0.definition.name })/' EntitiesApartTests
mutant "what was taken back locks the next plan" Engine/FlowRunner+Undoing.swift \
  's/for entity in entities \{ try writer\.lock/for entity in entities where entity.isEmpty { try writer.lock/' 'EntitiesApartTests|RollbackTests'
mutant "rollback leaves newer values" Engine/Applying/ApplyStage.swift \
  's/guard isUndo, !claim\.isUnsettled, let mine/guard isUndo, claim.isUnsettled, let mine/' RollbackTests
mutant "leaks: groups that guests belong to" Entities/Prices/GroupPins.swift \
  's/if Self\.isPublic\(found\), audience == \.trade \{/if Self.isPublic(found), audience == .public, found < 0 {/' 'LeakCheckTests|PriceSettingsTests|TierPriceApplierTests'
mutant "a guest's lower price is a violation" Entities/Prices/GuestCheck.swift \
  's/if let was \{ return offer\.price < was \}/if let was { return offer.price > was }/' GuestCheckTests
mutant "a refused credential stops every call" Magento/Decorators/CredentialLatch.swift \
  's/refused = refusal \}$/refused = nil }/' 'RetryTests|ShopFaultProcessTests|ClientTests'

echo "$tried tried, $survived not killed"
[ "$survived" -eq 0 ]
