import Domain
import StateStore

/// Sends a decided plan's changes, batch by batch: write down the intent, send, write down the answers.
///
/// Safe to stop and start again at any point: a change whose intent was recorded and whose answer was not is looked up in
/// the shop before anything is sent again (reliability G2, C2).
struct ApplyStage {
    let ledger: Ledger
    let run: Run
    let entity: FlowEntity
    let file: ProvenBytes?
    let lease: LeaseKeeper
    let timeline: Timeline
    let calls: any CallBook
    /// A person has approved that the plan goes out although a stranger sees nothing of it.
    var mayBeBlind = false

    enum Ending {
        /// Every change that may be sent by now has its outcome.
        case settled
        /// Some changes wait for a later attempt.
        case waiting(Diagnostic)
        /// A stranger saw what must not be seen.
        case violated([String])
        /// A stranger saw nothing at all, so that the looks prove nothing; why, for a person to decide.
        case blind(String)
    }

    var name: String { entity.definition.name }

    func apply(progress: (_ sent: Int) -> Void) async throws -> Ending {
        try ledger.write(as: lease) { writer in
            try writer.settleOutdated(run: run.id, entity: name, now: timeline.now())
        }
        guard let probe = entity.probe, run.undoes == nil else { return try await sendAll(progress: progress) }
        return try await sendInWaves(probe, progress: progress)
    }

    private func sendAll(progress: (_ sent: Int) -> Void) async throws -> Ending {
        var cursor = Cursor()
        while try await send(&cursor) { progress(cursor.sent) }
        return cursor.ending
    }

    /// How far an attempt has come.
    struct Cursor {
        var last: Int64 = 0
        var sent = 0
        var trouble: Diagnostic?
        /// The last batch was not taken at all.
        var isStuck = false

        var ending: Ending { trouble.map { .waiting($0) } ?? .settled }
    }

    /// Sends the next batch; `false` where none is left or the shop takes nothing. `visit` sees what was applied.
    func send(
        _ cursor: inout Cursor, atMost limit: Int = .max, visit: (([Change]) -> Void)? = nil
    ) async throws -> Bool {
        try Task.checkCancellation()
        guard !cursor.isStuck else { return false }
        let size = min(limit, await entity.applier.batchSize)
        let claimed = try ledger.write(as: lease) { writer in
            return try writer.claim(run: run.id, entity: name, after: cursor.last, limit: size, now: timeline.now())
        }
        guard let highest = claimed.highest else { return false }
        cursor.last = highest
        guard !claimed.claims.isEmpty else { return true }
        let late = LateEffects()
        let answers = try await LateEffects.$current.withValue(late) { try await answer(claimed.claims) }
        let settled = try zip(claimed.claims, answers).map { claim, answer in
            SettledChange(claim: claim, answer: answer, originals: try originals(for: answer, of: claim))
        }
        try ledger.write(as: lease) { writer in
            try writer.settle(settled, run: run.id, entity: name, now: timeline.now())
            let mayBeLate = entity.definition.feed == .snapshot ? claimed.claims.filter { late.arePossible || $0.isUnsettled } : []
            try writer.noteLateValues(mayBeLate.map(\.change.key), of: name, flow: run.flow, at: ForwardClock(timeline))
            try writer.settleCalls(entity: name, keys: settled.filter(\.isDecided).map(\.claim.change.key))
        }
        if let visit { visit(settled.filter(\.isApplied).map(\.claim.change)) }
        cursor.sent += settled.count
        cursor.trouble = answers.lazy.compactMap(\.trouble).first ?? cursor.trouble
        // What waits for a late effect says nothing of the shop now: the changes behind it go on.
        cursor.isStuck = answers.allSatisfy { $0.trouble.map { !$0.isLateEffect } ?? false }
        return true
    }

    /// Looks first where an earlier attempt may have gone through, or where values are put back, then sends what is still to
    /// be sent.
    private func answer(_ claims: [ClaimedChanges.Claim]) async throws -> [ChangeAnswer] {
        let isUndo = run.undoes != nil
        let looked = isUndo ? claims.map(\.change) : claims.filter(\.isUnsettled).map(\.change)
        guard !looked.isEmpty else { return try await entity.applier.apply(claims.map(\.change), calls) }
        var held: [RecordKey: EncodedValue] = [:]
        for observed in try await entity.applier.readBack(looked) { held[observed.key] = observed.value }
        var answers = [ChangeAnswer?](repeating: nil, count: claims.count)
        var remaining: [Int] = []
        for (index, claim) in claims.enumerated() {
            if let value = held[claim.change.key], let answer = answer(claim, seeing: value, isUndo: isUndo) {
                answers[index] = answer
            } else {
                remaining.append(index)
            }
        }
        if !remaining.isEmpty {
            // What was found is decided, so that the next one of the same order need not wait for another run.
            let found = answers.indices.filter { answers[$0] != nil }.map { claims[$0].change.key }
            if !found.isEmpty { try ledger.write(as: lease) { try $0.settleCalls(entity: name, keys: found) } }
            let sent = try await entity.applier.apply(remaining.map { claims[$0].change }, calls)
            for (index, answer) in zip(remaining, sent) { answers[index] = answer }
        }
        return answers.compactMap { $0 }
    }

    /// What needs no sending, going by what the shop holds.
    private func answer(_ claim: ClaimedChanges.Claim, seeing value: EncodedValue, isUndo: Bool) -> ChangeAnswer? {
        let definition = entity.definition
        if definition.isSatisfied(claim.change.after, by: value) {
            return .applied(evidence: isUndo ? "read back" : "read back after an interrupted attempt")
        }
        guard isUndo, !claim.isUnsettled, let mine = claim.change.before, !definition.isSatisfied(mine, by: value) else {
            return nil
        }
        return .overtaken(evidence: "the shop holds \(definition.describe(value)), which is not what was sent")
    }

    private func originals(for answer: ChangeAnswer, of claim: ClaimedChanges.Claim) throws -> [[UInt8]] {
        guard case .rejected = answer, let file else { return [] }
        return try ledger.read { try $0.origins(of: claim.change.id) }.map { try file.bytes(of: $0) }
    }
}

extension ChangeAnswer {
    fileprivate var trouble: Diagnostic? {
        switch self {
        case .deferred(let diagnostic): diagnostic
        case .applied, .adjusted, .rejected, .overtaken: nil
        }
    }
}

extension SettledChange {
    fileprivate var isDecided: Bool { answer.trouble == nil }

    fileprivate var isApplied: Bool {
        switch answer {
        case .applied, .adjusted: true
        case .rejected, .overtaken, .deferred: false
        }
    }
}
