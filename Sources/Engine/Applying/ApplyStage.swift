import Domain
import StateStore

/// Sends a decided plan's changes, batch by batch: write down the intent, send, write down the answers. Several batches may be under way
/// (`ApplyStage+Sending`).
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
        try await send(&cursor, progress: progress)
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

    func originals(for answer: ChangeAnswer, of claim: ClaimedChanges.Claim) throws -> [[UInt8]] {
        guard case .rejected = answer, let file else { return [] }
        return try ledger.read { try $0.origins(of: claim.change.id) }.map { try file.bytes(of: $0) }
    }
}

extension ChangeAnswer {
    var trouble: Diagnostic? {
        switch self {
        case .deferred(let diagnostic): diagnostic
        case .applied, .adjusted, .rejected, .overtaken: nil
        }
    }
}

extension SettledChange {
    var isDecided: Bool { answer.trouble == nil }

    var isApplied: Bool {
        switch answer {
        case .applied, .adjusted: true
        case .rejected, .overtaken, .deferred: false
        }
    }
}
