import Domain
import Entities
import TestKit

/// A shop in memory that keeps stock per product, with faults a test plans.
actor FakeShop: AbsoluteApplier {
    enum Fault {
        /// The change is done and the answer is lost.
        case commitThenDrop
        /// Nothing is done and no answer comes.
        case dropBefore
        /// No answer comes, and what was sent is done when the test says so.
        case commitLate
        /// The shop is down for maintenance.
        case unavailable
    }

    private(set) var values: [RecordKey: StockValue] = [:]
    /// Every value that was ever written, in order.
    private(set) var writes: [(key: RecordKey, value: StockValue)] = []
    private(set) var applyCalls = 0
    private var unknown: Set<RecordKey> = []
    private var refused: Set<RecordKey> = []
    private var faults: [Fault] = []
    private var lookFailure: Diagnostic?
    private var late: [Change] = []
    private let size: Int
    nonisolated let batchesInFlight: Int
    private var random: SeededRandom?
    private var isReadWhole = false
    /// Keys that pages of everything leave out.
    private var unlisted: Set<RecordKey> = []
    /// Keys that were read back by name, in order.
    private(set) var named: [RecordKey] = []

    /// - Parameter seed: batches that are in flight together are taken in an order drawn from it.
    init(batchSize: Int = 100, batchesInFlight: Int = 1, seed: UInt64? = nil) {
        size = batchSize
        self.batchesInFlight = batchesInFlight
        random = seed.map { SeededRandom(seed: $0) }
    }

    func put(_ sku: String, source: String = "main", quantity: ExactDecimal) {
        values[RecordKey(sku)] = StockValue(levels: [StockLevel(source: source, quantity: quantity, isInStock: true)])
    }

    func remove(_ sku: String) { values[RecordKey(sku)] = nil }

    func forgetWrites() { writes = [] }
    func forget(_ skus: String...) { unknown.formUnion(skus.map { RecordKey($0) }) }
    func refuse(_ skus: String...) { refused.formUnion(skus.map { RecordKey($0) }) }
    func accept(_ sku: String) {
        refused.remove(RecordKey(sku))
        unknown.remove(RecordKey(sku))
    }
    /// Every look at the shop fails with this until it is taken back.
    func throwOnLook(_ failure: Diagnostic?) { lookFailure = failure }
    func plan(_ faults: Fault...) { self.faults += faults }

    /// What was sent with `commitLate` lands now, over whatever is there.
    func land() throws {
        for change in late { try write(change) }
        late = []
    }

    func quantity(_ sku: String, source: String = "main") -> ExactDecimal? {
        values[RecordKey(sku)]?.levels.first { $0.source == source }?.quantity
    }

    var quantities: [String: ExactDecimal] {
        var all: [String: ExactDecimal] = [:]
        for (key, value) in values { for level in value.levels { all["\(key) \(level.source)"] = level.quantity } }
        return all
    }

    // MARK: ChangeApplier

    var batchSize: Int { size }

    func lookUp(_ keys: [RecordKey]) throws -> [RecordKey: KeyLookup] {
        if let lookFailure { throw lookFailure }
        let known = keys.filter { !unknown.contains($0) }
        return Dictionary(uniqueKeysWithValues: known.map { ($0, .known(spelling: $0)) })
    }

    func observe(_ visit: @Sendable ([ObservedValue]) async throws -> Void) async throws {
        if let lookFailure { throw lookFailure }
        try await visit(values.map { ObservedValue(key: $0.key, value: $0.value.encoded) })
    }

    func apply(_ changes: [Change]) async throws -> [ChangeAnswer] {
        let turns = random?.next() ?? 0
        for _ in 0..<turns % 7 { await Task.yield() }
        applyCalls += 1
        let fault = faults.isEmpty ? nil : faults.removeFirst()
        switch fault {
        case .dropBefore: return changes.map { _ in .deferred(Self.lost) }
        case .commitLate:
            late += changes
            LateEffects.current?.note()
            return changes.map { _ in .deferred(Self.lost) }
        case .unavailable: return changes.map { _ in .deferred(Self.maintenance) }
        case .commitThenDrop:
            for change in changes { try write(change) }
            return changes.map { _ in .deferred(Self.lost) }
        case nil:
            return try changes.map { change in
                if refused.contains(change.key) {
                    return .rejected(RejectReason("SHOP-REFUSED", "the shop refused it", fix: "mend it in the shop"))
                }
                try write(change)
                return .applied(evidence: "accepted")
            }
        }
    }

    /// From now on everything is handed over in pages of two, but for these keys, the first page twice.
    func listWhole(without keys: String...) {
        isReadWhole = true
        unlisted = Set(keys.map { RecordKey($0) })
    }

    func readWhole(keys: Int, _ visit: @Sendable ([ObservedValue]) async throws -> Void) async throws -> Bool {
        guard isReadWhole else { return false }
        let listed = values.filter { !unlisted.contains($0.key) }.sorted { $0.key < $1.key }
        let all = listed.map { ObservedValue(key: $0.key, value: $0.value.encoded) }
        try await visit(Array(all.prefix(2)))
        for start in stride(from: 0, to: all.count, by: 2) { try await visit(Array(all[start..<min(start + 2, all.count)])) }
        return true
    }

    func readBack(_ changes: [Change]) -> [ObservedValue] {
        named += changes.map(\.key)
        return changes.compactMap { change in values[change.key].map { ObservedValue(key: change.key, value: $0.encoded) } }
    }

    private func write(_ change: Change) throws {
        let value = try StockValue(encoded: change.after)
        values[change.key] = StockValue(levels: value.levels)
        writes.append((change.key, StockValue(levels: value.levels)))
    }

    private static let lost = Diagnostic("SHOP-NO-ANSWER", "no answer came", fix: "look first", kind: .ambiguous)
    private static let maintenance = Diagnostic("SHOP-MAINTENANCE", "the shop is closed", fix: "wait", kind: .transient)
}
