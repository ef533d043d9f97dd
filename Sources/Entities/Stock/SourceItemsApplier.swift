package import Domain
package import Magento

/// Brings stock into MSI's source items.
///
/// Batches of different SKUs may be under way at the same time: measured on a live shop, no quantity and no row of the index went wrong.
package struct SourceItemsApplier: AbsoluteApplier {
    let sourceItems: SourceItems
    let catalogue: Catalogue
    private let proof: ProductProof
    let sources: [String]
    let sizer: BatchSizer
    private let flights: FlightControl
    private let settler: BatchSettler<SourceItemsRoute>

    /// - Parameter sources: the codes of the mapped MSI sources; no other row is read or written.
    package init(client: MagentoClient, sources: [String], timeline: Timeline, sizer: BatchSizer? = nil) {
        sourceItems = client.sourceItems
        catalogue = client.catalogue
        proof = ProductProof(client)
        flights = client.pace.control("inventory/source-items")
        self.sources = sources
        self.sizer = sizer ?? client.pace.makeSizer()
        settler = BatchSettler(
            SourceItemsRoute(sourceItems: sourceItems, sources: sources), sizer: self.sizer, flights: flights, timeline: timeline)
    }

    /// Most changes have one row; those of more are cut into several calls.
    package var batchSize: Int { get async { sizer.rows } }

    /// So many that their rows fill one call.
    package var fillingBatch: Int { get async { sizer.changes } }

    package var batchesInFlight: Int { get async { flights.calls } }

    package func lookUp(_ keys: [RecordKey]) async throws -> [RecordKey: KeyLookup] {
        try await catalogue.lookUp(keys)
    }

    package func lookUp(_ unconfirmed: [UnconfirmedKey]) async throws -> [RecordKey: KeyLookup] { try await proof.lookUp(unconfirmed) }

    package func changedKeys(since moment: UTCInstant?, atMost limit: Int) async throws -> ChangedKeys? {
        try await proof.changedKeys(since: moment, atMost: limit)
    }

    package func observe(_ visit: @Sendable ([ObservedValue]) async throws -> Void) async throws {
        try await sourceItems.all(sources: sources) { items in try await visit(Self.values(items)) }
    }

    /// Named SKUs come 300 in a call, pages of everything have as many rows as the shop allows.
    package func readWhole(keys: Int, _ visit: @Sendable ([ObservedValue]) async throws -> Void) async throws -> Bool {
        guard keys > Self.fewKeys, try await sourceItems.count(sources: sources) <= Self.waste * keys * sources.count else { return false }
        try await sourceItems.all(sources: sources) { items in try await visit(Self.values(items)) }
        return true
    }

    /// So many are asked for by name in any case.
    private static let fewKeys = 1000
    /// A row of a page costs a sixth of one that is asked for by name, so up to so many times the keys' own rows may be read.
    private static let waste = 4

    package func readBack(_ changes: [Change]) async throws -> [ObservedValue] {
        let items = try await sourceItems.find(changes.map(Self.sku), sources: sources)
        let found = Dictionary(grouping: items) { RecordKey.folded(Array($0.sku.utf8)[...]) }
        return changes.compactMap { change in
            found[RecordKey.folded(change.key.bytes[...])].map { ObservedValue(key: change.key, value: Self.value($0)) }
        }
    }

    package func apply(_ changes: [Change]) async -> [ChangeAnswer] {
        var answers: [ChangeAnswer?] = changes.map { _ in nil }
        var pending: [StockPatch] = []
        for (index, change) in changes.enumerated() {
            switch StockPatch.make(change, index: index) {
            case .nothing: answers[index] = .applied(evidence: "no level differs")
            case .rejected(let reason): answers[index] = .rejected(reason)
            case .patch(let patch): pending.append(patch)
            }
        }
        sizer.note(rows: pending.reduce(0) { $0 + $1.rows.count }, of: pending.count)
        for (index, answer) in await settler.settle(pending) { answers[index] = answer }
        return answers.map { $0 ?? .unsettled }
    }

    /// The SKU in the shop's spelling.
    static func sku(_ change: Change) -> String {
        ((try? StockValue(encoded: change.after))?.spelling ?? change.key).text
    }

    /// Consecutive rows of the shop, one value per SKU. Rows of one product may have been made in different letter case; the first row's counts.
    static func values(_ items: [SourceItem]) -> [ObservedValue] {
        var values: [ObservedValue] = []
        var group: [SourceItem] = []
        for item in items {
            if let first = group.first, first.sku != item.sku, folded(first.sku) != folded(item.sku) {
                values.append(ObservedValue(key: RecordKey(first.sku), value: value(group)))
                group = []
            }
            group.append(item)
        }
        if let first = group.first { values.append(ObservedValue(key: RecordKey(first.sku), value: value(group))) }
        return values
    }

    private static func folded(_ sku: String) -> [UInt8] { RecordKey.folded(Array(sku.utf8)[...]) }

    static func value(_ items: [SourceItem]) -> EncodedValue {
        StockValue(levels: items.map { StockLevel(source: $0.source, quantity: $0.quantity, isInStock: $0.isInStock) })
            .encoded
    }

    static func diagnostic(_ error: any Error) -> Diagnostic {
        error as? Diagnostic
            ?? Diagnostic(
                "SHOP-READ", "The shop could not be read: \(Escaped(String(describing: error)))",
                fix: "Run doctor", kind: .transient)
    }
}
