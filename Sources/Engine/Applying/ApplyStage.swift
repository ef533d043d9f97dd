import Domain
import StateStore

/// Sends a decided plan's changes, batch by batch: write down the intent, send, write down the answers.
///
/// Safe to stop and start again at any point: a change whose intent was recorded and whose answer was not is looked up in
/// the shop before anything is sent again (reliability G2, C2).
struct ApplyStage {
    let ledger: Ledger
    let run: Int64
    let entity: FlowEntity
    let file: String?
    let lease: LeaseKeeper
    let timeline: Timeline

    enum Ending {
        /// Every change has its outcome.
        case settled
        /// Some changes wait for a later attempt.
        case waiting(Diagnostic)
    }

    func apply(progress: (_ sent: Int) -> Void) async throws -> Ending {
        var last: Int64 = 0
        var sent = 0
        var trouble: Diagnostic?
        while true {
            try Task.checkCancellation()
            let limit = await entity.applier.batchSize
            let name = entity.definition.name
            let claimed = try ledger.write { writer in
                try lease.prove(writer)
                return try writer.claim(run: run, entity: name, after: last, limit: limit, now: timeline.now())
            }
            guard let highest = claimed.highest else { break }
            last = highest
            guard !claimed.claims.isEmpty else { continue }
            let answers = try await answer(claimed.claims)
            let settled = try zip(claimed.claims, answers).map { claim, answer in
                SettledChange(claim: claim, answer: answer, originals: try originals(for: answer, of: claim))
            }
            try ledger.write { writer in
                try writer.settle(settled, run: run, entity: name, now: timeline.now())
                try lease.prove(writer)
            }
            sent += settled.count
            progress(sent)
            trouble = answers.compactMap(\.trouble).first ?? trouble
            if let trouble, answers.allSatisfy({ $0.trouble != nil }) { return .waiting(trouble) }
        }
        return trouble.map { .waiting($0) } ?? .settled
    }

    /// Looks first where an earlier attempt may have gone through, then sends what is still to be sent.
    private func answer(_ claims: [ClaimedChanges.Claim]) async throws -> [ChangeAnswer] {
        var held: [RecordKey: EncodedValue] = [:]
        let unsettled = claims.filter(\.isUnsettled).map(\.change)
        if !unsettled.isEmpty {
            for observed in try await entity.applier.readBack(unsettled) { held[observed.key] = observed.value }
        }
        var answers = [ChangeAnswer?](repeating: nil, count: claims.count)
        var remaining: [Int] = []
        for (index, claim) in claims.enumerated() {
            if claim.isUnsettled, let value = held[claim.change.key],
                entity.definition.isSatisfied(claim.change.after, by: value)
            {
                answers[index] = .applied(evidence: "read back after an interrupted attempt")
            } else {
                remaining.append(index)
            }
        }
        if !remaining.isEmpty {
            let sent = try await entity.applier.apply(remaining.map { claims[$0].change })
            for (index, answer) in zip(remaining, sent) { answers[index] = answer }
        }
        return answers.compactMap { $0 }
    }

    private func originals(for answer: ChangeAnswer, of claim: ClaimedChanges.Claim) throws -> [[UInt8]] {
        guard case .rejected = answer, let file else { return [] }
        let bytes = try DeliveryBytes(path: file)
        return try claim.origins.map { try bytes.bytes(of: $0) }
    }
}

extension ChangeAnswer {
    fileprivate var trouble: Diagnostic? {
        switch self {
        case .deferred(let diagnostic): diagnostic
        case .applied, .rejected: nil
        }
    }
}
