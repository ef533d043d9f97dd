import Domain
import StateStore

/// How the shop stands to a key, as far as we know without asking.
enum KeyTrust {
    /// It need not be asked.
    case proven
    /// It took the key before; since then it may have lost it without saying so.
    case known
    case new
}

/// What the shop has changed of its keys since it was last asked: a key that was applied before keeps its spelling and its kind of product
/// unless the shop has touched it, so that of all others only the existence has to be asked (decision 0110).
extension Planner {
    /// So many are named at least, whatever the plan holds.
    private static let fewest = 1000

    /// Asked once for each plan, in front of its first look-up: what the shop changes after that is found by the next plan.
    mutating func lookForChangedKeys(known: Int) async throws {
        guard changedKeys == nil, entity.definition.proof == .passing else { return }
        let since = try ledger.read { try KeyBook(flow: flow, entity: entity.definition.name).last($0) }
        changedKeys = try await entity.applier.changedKeys(since: since, atMost: max(Self.fewest, known))
    }
}

/// Up to when by the shop's clock its changes of keys are known. Durable with the plan that asked.
struct KeyBook {
    let flow: String
    let entity: String

    func last(_ reader: LedgerReader) throws -> UTCInstant? {
        try reader.memory(flow: flow, name: name).flatMap(Int64.init).map { UTCInstant(milliseconds: $0) }
    }

    /// What the shop has changed counts as new until it is applied again, whether this plan has it or not.
    func note(_ changed: ChangedKeys?, _ writer: LedgerWriter) throws {
        guard let changed, let upTo = changed.upTo else { return }
        try writer.doubtMirror(changed.folded, entity: entity)
        try writer.remember(flow: flow, name: name, value: "\(upTo.milliseconds)")
    }

    private var name: String { "known.\(entity)" }
}
