import Domain
import StateStore

/// Several batches under way at one time (decision 0111).
///
/// Every batch is claimed in the order of the plan, and its intent is durable before it is sent; answers are written down in the order in
/// which they come. Two batches that are under way never share a key. Whatever was claimed and has no answer when the process dies is looked
/// up by the next one, however many batches that were.
extension ApplyStage {
    /// A batch on its way.
    private struct Batch: Sendable {
        var claims: [ClaimedChanges.Claim]
        var keyHashes: Set<Int64>
        /// It ends sales, and nothing else is in it.
        var goesFirst: Bool

        init(_ claims: [ClaimedChanges.Claim], of run: Int64) {
            self.claims = claims
            goesFirst = claims.last.map { $0.change.id <= ChangeNumbers.lastEnding(of: run) } ?? false
            keyHashes = Set(claims.map { KeyHash.of($0.change.key.bytes[...]) })
        }
    }

    private struct Answered: Sendable {
        var batch: Batch
        var answers: [ChangeAnswer]
        /// A call was left without an answer and may take effect later.
        var mayBeLate: Bool
    }

    /// Sends what may be sent by now, at most `limit` changes; less where the shop takes nothing. `visit` sees what was applied.
    func send(
        _ cursor: inout Cursor, atMost limit: Int = .max, progress: (_ sent: Int) -> Void = { _ in }, visit: ([Change]) -> Void = { _ in }
    ) async throws {
        guard !cursor.isStuck, limit > 0 else { return }
        let sender = BatchSender(ledger: ledger, lease: lease, entity: entity, calls: calls, isUndo: run.undoes != nil)
        var state = cursor
        defer { cursor = state }
        try await withThrowingTaskGroup(of: Answered.self) { group in
            var flying: Set<Int64> = []
            var count = 0
            var begun = 0
            var held: Batch?
            var first = 0
            while true {
                try Task.checkCancellation()
                let room = entity.definition.feed == .snapshot ? max(1, await entity.applier.batchesInFlight) : 1
                while count < room, !state.isStuck {
                    if held == nil {
                        held = try await next(&state, atMost: limit - begun)
                        begun += held?.claims.count ?? 0
                    }
                    // Several values of one key, each of its day, are sent one after the other; and the rest of a plan leaves once what
                    // goes first is answered (decision 0160).
                    guard let batch = held, flying.isDisjoint(with: batch.keyHashes), batch.goesFirst || first == 0 else { break }
                    held = nil
                    flying.formUnion(batch.keyHashes)
                    count += 1
                    if batch.goesFirst { first += 1 }
                    group.addTask { try await Self.answered(batch, by: sender) }
                }
                guard count > 0, let done = try await group.next() else { return }
                try settle(done, &state, visit)
                flying.subtract(done.batch.keyHashes)
                count -= 1
                if done.batch.goesFirst { first -= 1 }
                progress(state.sent)
            }
        }
    }

    /// The next changes that are to be sent, written down as such; `nil` where none is left.
    private func next(_ state: inout Cursor, atMost limit: Int) async throws -> Batch? {
        while limit > 0 {
            let size = min(limit, await entity.applier.fillingBatch)
            let last = state.last
            let claimed = try ledger.write(as: lease) { writer in
                return try writer.claim(run: run.id, entity: name, after: last, limit: size, now: timeline.now())
            }
            guard let highest = claimed.highest else { return nil }
            state.last = highest
            if !claimed.claims.isEmpty { return Batch(claimed.claims, of: run.id) }
        }
        return nil
    }

    private static func answered(_ batch: Batch, by sender: BatchSender) async throws -> Answered {
        let late = LateEffects()
        let answers = try await LateEffects.$current.withValue(late) { try await sender.answer(batch.claims) }
        return Answered(batch: batch, answers: answers, mayBeLate: late.arePossible)
    }

    private func settle(_ done: Answered, _ state: inout Cursor, _ visit: ([Change]) -> Void) throws {
        let claims = done.batch.claims
        let settled = try zip(claims, done.answers).map { claim, answer in
            SettledChange(claim: claim, answer: answer, originals: try originals(for: answer, of: claim))
        }
        try ledger.write(as: lease) { writer in
            try writer.settle(settled, run: run.id, entity: name, now: timeline.now())
            let mayBeLate = entity.definition.feed == .snapshot ? claims.filter { done.mayBeLate || $0.isUnsettled } : []
            try writer.noteLateValues(mayBeLate.map(\.change.key), of: name, flow: run.flow, at: ForwardClock(timeline))
            try writer.settleCalls(entity: name, keys: settled.filter(\.isDecided).map(\.claim.change.key))
        }
        visit(settled.filter(\.isApplied).map(\.claim.change))
        state.sent += settled.count
        state.trouble = done.answers.lazy.compactMap(\.trouble).first ?? state.trouble
        // What waits for a late effect says nothing of the shop now: the changes behind it go on.
        state.isStuck = state.isStuck || done.answers.allSatisfy { $0.trouble.map { !$0.isLateEffect } ?? false }
    }
}
