import Domain
import StateStore

/// Which of a plan's changes put right what had moved in the shop by itself. They are counted for the people who read the plan, and
/// forgotten with it.
struct PlannedDrift {
    private let ledger: Ledger
    private let entity: String
    /// Whether anything has moved that no plan has told of: mostly nothing has, and then no key is looked up.
    let isAny: Bool
    private var found: [RecordKey] = []

    init(_ ledger: Ledger, entity: String) throws {
        (self.ledger, self.entity) = (ledger, entity)
        isAny = try ledger.read { try $0.hasMoved(entity: entity) }
    }

    var count: Int { found.count }

    mutating func note(_ key: RecordKey) throws {
        if try ledger.read({ try $0.hasMoved(key, of: entity) }) { found.append(key) }
    }

    /// - Parameter isWhole: the plan's file tells of every key, so that what it did not change has moved back.
    func forget(isWhole: Bool, _ writer: LedgerWriter) throws {
        guard isAny else { return }
        try writer.forgetMoved(isWhole ? nil : found, of: entity)
    }
}
