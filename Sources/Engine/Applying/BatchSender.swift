import Domain
import StateStore

/// Sends one batch and answers for each of its changes. Several may be at work at one time.
struct BatchSender: Sendable {
    let ledger: Ledger
    let lease: LeaseKeeper
    let entity: FlowEntity
    let calls: any CallBook
    /// Values are put back: what somebody else has written since stays.
    let isUndo: Bool

    /// Looks first where an earlier attempt may have gone through, or where values are put back, then sends what is still to
    /// be sent.
    func answer(_ claims: [ClaimedChanges.Claim]) async throws -> [ChangeAnswer] {
        let looked = isUndo ? claims.map(\.change) : claims.filter(\.isUnsettled).map(\.change)
        guard !looked.isEmpty else { return try await entity.applier.apply(claims.map(\.change), calls) }
        var held: [RecordKey: EncodedValue] = [:]
        for observed in try await entity.applier.readBack(looked) { held[observed.key] = observed.value }
        var answers = [ChangeAnswer?](repeating: nil, count: claims.count)
        var remaining: [Int] = []
        for (index, claim) in claims.enumerated() {
            if let value = held[claim.change.key], let answer = answer(claim, seeing: value) {
                answers[index] = answer
            } else {
                remaining.append(index)
            }
        }
        if !remaining.isEmpty {
            // What was found is decided, so that the next one of the same order need not wait for another run.
            let found = answers.indices.filter { answers[$0] != nil }.map { claims[$0].change.key }
            if !found.isEmpty { try ledger.write(as: lease) { try $0.settleCalls(entity: entity.definition.name, keys: found) } }
            let sent = try await entity.applier.apply(remaining.map { claims[$0].change }, calls)
            for (index, answer) in zip(remaining, sent) { answers[index] = answer }
        }
        return answers.compactMap { $0 }
    }

    /// What needs no sending, going by what the shop holds.
    private func answer(_ claim: ClaimedChanges.Claim, seeing value: EncodedValue) -> ChangeAnswer? {
        let definition = entity.definition
        if definition.isSatisfied(claim.change.after, by: value) {
            return .applied(evidence: isUndo ? "read back" : "read back after an interrupted attempt")
        }
        guard isUndo, !claim.isUnsettled, let mine = claim.change.before, !definition.isSatisfied(mine, by: value) else {
            return nil
        }
        return .overtaken(evidence: "the shop holds \(definition.describe(value)), which is not what was sent")
    }
}
