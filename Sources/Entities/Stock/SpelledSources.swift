package import Domain
package import Magento

/// Compares the names of sources with the shop's before anything is planned for a key or sent.
///
/// The shop's database takes a source in other letters for the same one and answers with its own, so that nothing would ever match.
/// The shop is asked once, and only when there is something to ask it about.
package struct SpelledSources: AbsoluteApplier {
    private let wrapped: any AbsoluteApplier
    private let sources: [String]
    private let shop: ShopSources
    private let refusal: @Sendable (_ named: String, _ spelled: String) -> Diagnostic

    /// - Parameter refusal: what is said of a source of the settings that the shop spells otherwise.
    package init(
        _ wrapped: any AbsoluteApplier, client: MagentoClient, sources: [String],
        refusal: @escaping @Sendable (_ named: String, _ spelled: String) -> Diagnostic
    ) {
        self.wrapped = wrapped
        self.sources = sources
        self.refusal = refusal
        shop = ShopSources(client)
    }

    package var batchSize: Int { get async { await wrapped.batchSize } }
    package var batchesInFlight: Int { get async { await wrapped.batchesInFlight } }
    package var fillingBatch: Int { get async { await wrapped.fillingBatch } }

    package func lookUp(_ keys: [RecordKey]) async throws -> [RecordKey: KeyLookup] {
        try await demand(sources)
        return try await wrapped.lookUp(keys)
    }

    package func lookUp(_ unconfirmed: [UnconfirmedKey]) async throws -> [RecordKey: KeyLookup] {
        try await demand(sources)
        return try await wrapped.lookUp(unconfirmed)
    }

    package func changedKeys(since moment: UTCInstant?, atMost limit: Int) async throws -> ChangedKeys? {
        try await wrapped.changedKeys(since: moment, atMost: limit)
    }

    package func observe(_ visit: @Sendable ([ObservedValue]) async throws -> Void) async throws {
        try await demand(sources)
        try await wrapped.observe(visit)
    }

    package func readWhole(keys: Int, _ visit: @Sendable ([ObservedValue]) async throws -> Void) async throws -> Bool {
        try await wrapped.readWhole(keys: keys, visit)
    }

    package func readBack(_ changes: [Change]) async throws -> [ObservedValue] { try await wrapped.readBack(changes) }

    /// The changes' own sources count: a plan may be older than the settings.
    package func apply(_ changes: [Change]) async throws -> [ChangeAnswer] {
        let named = changes.flatMap { (try? StockValue(encoded: $0.after))?.levels.map(\.source) ?? [] }
        do {
            try await demand(named)
        } catch {
            return changes.map { _ in .deferred(SourceItemsApplier.diagnostic(error)) }
        }
        return try await wrapped.apply(changes)
    }

    private func demand(_ named: [String]) async throws {
        let codes = try await shop.codes()
        for source in Set(named).subtracting(codes).sorted() {
            guard let spelled = codes.first(where: { $0.lowercased() == source.lowercased() }) else { continue }
            throw refusal(source, spelled)
        }
    }
}

/// The codes of the shop's sources, read once; none where the integration may not read them.
private actor ShopSources {
    private let client: MagentoClient
    private var known: Set<String>?

    init(_ client: MagentoClient) { self.client = client }

    func codes() async throws -> Set<String> {
        if let known { return known }
        do {
            let codes = Set(try await client.inventory.sources().map(\.code))
            known = codes
            return codes
        } catch let diagnostic as Diagnostic where diagnostic.code == "SHOP-PERMISSION" {
            known = []
            return []
        }
    }
}
