package import Domain
package import Magento

/// Brings stock into a shop without MSI: one call per product, the source `default` only.
package struct StockItemsApplier: AbsoluteApplier {
    static let source = "default"
    private let stockItems: StockItems
    private let catalogue: Catalogue
    private let proof: ProductProof
    private let concurrency: Int

    /// - Parameter concurrency: how many products are sent at once; each product by one call at a time.
    package init(client: MagentoClient, concurrency: Int) {
        stockItems = client.stockItems
        catalogue = client.catalogue
        proof = ProductProof(client)
        self.concurrency = max(1, concurrency)
    }

    package var batchSize: Int { get async { concurrency * 10 } }

    package func lookUp(_ keys: [RecordKey]) async throws -> [RecordKey: KeyLookup] {
        try await catalogue.lookUp(keys)
    }

    package func lookUp(_ unconfirmed: [UnconfirmedKey]) async throws -> [RecordKey: KeyLookup] { try await proof.lookUp(unconfirmed) }

    package func changedKeys(since moment: UTCInstant?, atMost limit: Int) async throws -> ChangedKeys? {
        try await proof.changedKeys(since: moment, atMost: limit)
    }

    /// There is no list of stock items: each product is asked for, as many at once as are allowed.
    package func observe(_ visit: @Sendable ([ObservedValue]) async throws -> Void) async throws {
        try await catalogue.all { entries in
            let keys = entries.filter { !$0.isComposite }.map { RecordKey($0.sku) }
            try await visit(try await read(keys))
        }
    }

    package func readBack(_ changes: [Change]) async throws -> [ObservedValue] { try await read(changes.map(\.key)) }

    package func apply(_ changes: [Change]) async -> [ChangeAnswer] {
        await inTurns(changes.enumerated().map { ($0.offset, $0.element) }) { index, change in
            switch StockPatch.make(change, index: index) {
            case .nothing: .applied(evidence: "no level differs")
            case .rejected(let reason): .rejected(reason)
            case .patch(let patch): await save(patch)
            }
        }
    }

    private func save(_ patch: StockPatch) async -> ChangeAnswer {
        guard patch.rows.count == 1, let row = patch.rows.first, row.source == Self.source else {
            return .rejected(
                RejectReason(
                    "SOURCE-UNSUPPORTED", value: patch.rows.map(\.source).joined(separator: ", "),
                    "Without MSI there is one source, default", fix: "Map every warehouse to default, or aggregate them"))
        }
        let answer = await stockItems.save(sku: row.sku, quantity: row.quantity, isInStock: row.isInStock)
        switch answer {
        case .done: return .applied(evidence: "200 from stockItems")
        case .notDone(let refusal):
            switch refusal.disposition {
            case .refused, .absent: return .rejected(patch.rejection(refusal.message))
            case .cut, .again, .wait: return .deferred(refusal.diagnostic)
            }
        case .unknown(let refusal):
            guard let held = try? await stockItems.find(row.sku), patch.isHeld(in: [held]) else {
                return .deferred(refusal.diagnostic)
            }
            return .applied(evidence: patch.readBack)
        }
    }

    private func read(_ keys: [RecordKey]) async throws -> [ObservedValue] {
        let found = await inTurns(keys.enumerated().map { ($0.offset, $0.element) }) { _, key in
            do {
                return Result<ObservedValue?, Diagnostic>.success(
                    try await stockItems.find(key.text).map {
                        ObservedValue(key: key, value: SourceItemsApplier.value([$0]))
                    })
            } catch {
                return .failure(SourceItemsApplier.diagnostic(error))
            }
        }
        return try found.compactMap { try $0.get() }
    }

    /// Runs `work` for each item, `concurrency` at a time, and gives the results in the order of the items.
    private func inTurns<Item: Sendable, Output: Sendable>(
        _ items: [(Int, Item)], _ work: @escaping @Sendable (Int, Item) async -> Output
    ) async -> [Output] {
        await withTaskGroup(of: (Int, Output).self) { group in
            var waiting = items.makeIterator()
            var outputs: [Int: Output] = [:]
            for _ in 0..<concurrency {
                if let (index, item) = waiting.next() { group.addTask { (index, await work(index, item)) } }
            }
            while let (index, output) = await group.next() {
                outputs[index] = output
                if let (index, item) = waiting.next() { group.addTask { (index, await work(index, item)) } }
            }
            return items.compactMap { outputs[$0.0] }
        }
    }
}
